// SPDX-License-Identifier: GPL-2.0-only
/*
 * PPTP sessions between two network namespaces with no daemon, for measuring the data plane.
 *
 * usage: pptp-pair [-m channel|session|shared] [-n SESSIONS] [-e] [-1] NETNS_A NETNS_B
 *
 *	-m	where the sessions are attached (pair.h, enum pair_mode); channel is the default and
 *		all that the in-tree module knows
 *	-n	so many sessions, numbered from 0
 *	-e	with MPPE, 128 bit, stateless, under fixed keys
 *	-1	only the ends in A: sessions at rest, whose peer is nobody
 *
 * The outer addresses are 10.0.0.1 in A and 10.0.0.2 in B.  On a shared link, session N's next hop
 * is 10.9.128.1 + N seen from A and 10.9.0.1 + N seen from B; addresses and routes are left to the
 * caller.  The module must be loaded.
 *
 * Prints "ready" once traffic may flow.  Lives until its standard input ends; then all is removed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <linux/if_ether.h>
#include <linux/if_pppox.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "pair.h"

#define OUTER_A		0x0a000001
#define OUTER_B		0x0a000002
#define INNER_A		0x0a090001
#define INNER_B		0x0a098001
#define CALL_ID_A	1
#define CALL_ID_B	30001	/* the in-tree module has one table of call IDs for everything */
#define MAX_SESSIONS	30000

static const uint8_t key_ab[PAIR_KEY_LEN] = "Culvert A to B!";
static const uint8_t key_ba[PAIR_KEY_LEN] = "Culvert B to A!";

struct pair {
	enum pair_mode mode;
	int sessions;
	bool encrypt;
	int nr_sides;
	struct pair_side sides[2];
};

void pair_die(const char *what)
{
	fprintf(stderr, "pptp-pair: %s: %s\n", what, strerror(errno));
	exit(1);
}

int pair_socket(void)
{
	int fd = socket(AF_PPPOX, SOCK_STREAM | SOCK_CLOEXEC, PX_PROTO_PPTP);

	if (fd < 0)
		pair_die("no PPTP socket: is the module loaded?");
	return fd;
}

static void usage(void)
{
	fprintf(stderr, "usage: pptp-pair [-m channel|session|shared] [-n SESSIONS] [-e] [-1]"
		" NETNS_A NETNS_B\n");
	exit(2);
}

static enum pair_mode parse_mode(const char *text)
{
	static const char * const names[] = { "channel", "session", "shared" };
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(text, names[i]))
			return i;
	usage();
	return 0;
}

static void parse(struct pair *pair, int argc, char **argv)
{
	int option;

	pair->sessions = 1;
	pair->nr_sides = 2;
	while ((option = getopt(argc, argv, "m:n:e1")) != -1) {
		switch (option) {
		case 'm':
			pair->mode = parse_mode(optarg);
			break;
		case 'n':
			pair->sessions = atoi(optarg);
			break;
		case 'e':
			pair->encrypt = true;
			break;
		case '1':
			pair->nr_sides = 1;
			break;
		default:
			usage();
		}
	}
	if (argc - optind != 2 || pair->sessions < 1 || pair->sessions > MAX_SESSIONS)
		usage();
	/* With one end there is nobody to agree with. */
	if (pair->encrypt && pair->nr_sides == 1)
		usage();
	pair->sides[0].netns = argv[optind];
	pair->sides[1].netns = argv[optind + 1];
}

static void pair_enter(const struct pair_side *side)
{
	if (setns(side->netns_fd, CLONE_NEWNET))
		pair_die(side->netns);
}

static void plan_side(struct pair *pair, int index)
{
	struct pair_side *side = &pair->sides[index];
	uint32_t peer_inner = index ? INNER_A : INNER_B;
	char path[256];
	int i;

	snprintf(path, sizeof(path), "/run/netns/%s", side->netns);
	side->netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (side->netns_fd < 0)
		pair_die(path);

	side->outer.s_addr = htonl(index ? OUTER_B : OUTER_A);
	side->peer_outer.s_addr = htonl(index ? OUTER_A : OUTER_B);
	if (pair->encrypt) {
		side->tx_key = index ? key_ba : key_ab;
		side->rx_key = index ? key_ab : key_ba;
	}
	side->ends = calloc(pair->sessions, sizeof(*side->ends));
	if (!side->ends)
		pair_die("memory");
	for (i = 0; i < pair->sessions; i++) {
		side->ends[i].call_id = (index ? CALL_ID_B : CALL_ID_A) + i;
		side->ends[i].peer_call_id = (index ? CALL_ID_A : CALL_ID_B) + i;
		side->ends[i].peer_inner.s_addr = htonl(peer_inner + i);
	}
}

static void open_side(const struct pair *pair, const struct pair_side *side)
{
	int i;

	pair_enter(side);
	for (i = 0; i < pair->sessions; i++) {
		if (pair->mode == PAIR_CHANNEL)
			pair_channel_open(side, &side->ends[i], i);
		else
			pair_link_open(side, &side->ends[i], pair->mode, i);
	}
}

static void encrypt_channels(struct pair *pair)
{
	struct pair_side *a = &pair->sides[0], *b = &pair->sides[1];
	int i;

	for (i = 0; i < pair->sessions; i++) {
		pair_channel_encrypt(a, &a->ends[i]);
		pair_channel_encrypt(b, &b->ends[i]);
		pair_channel_agree(&a->ends[i], &b->ends[i]);
		pair_channel_agree(&b->ends[i], &a->ends[i]);
		pair_channel_encrypted(&a->ends[i]);
		pair_channel_encrypted(&b->ends[i]);
	}
}

/* Every session takes up to three descriptors at each end. */
static void raise_limit(void)
{
	struct rlimit limit = { .rlim_cur = 8 * MAX_SESSIONS, .rlim_max = 8 * MAX_SESSIONS };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		pair_die("raising the number of open files");
}

static void wait_for_end_of_input(void)
{
	char c;

	while (read(STDIN_FILENO, &c, 1) > 0)
		;
}

int main(int argc, char **argv)
{
	struct pair pair = {};
	int i;

	parse(&pair, argc, argv);
	raise_limit();
	for (i = 0; i < pair.nr_sides; i++) {
		plan_side(&pair, i);
		open_side(&pair, &pair.sides[i]);
	}
	if (pair.encrypt && pair.mode == PAIR_CHANNEL)
		encrypt_channels(&pair);

	puts("ready");
	fflush(stdout);
	wait_for_end_of_input();

	for (i = 0; pair.mode != PAIR_CHANNEL && i < pair.nr_sides; i++) {
		pair_enter(&pair.sides[i]);
		pair_link_remove(pair.mode, pair.sessions);
	}
	return 0;
}
