// SPDX-License-Identifier: GPL-2.0-only
/*
 * A herd of PPTP clients: one process that makes many real logins at a server, from many addresses.
 *
 * usage: herd [-s SERVER] [-f ADDRESS] [-a ADDRESSES] [-n CLIENTS] [-u USER] [-p PASSWORD]
 *		[-t SECONDS]
 *
 *	-s	the server's address (192.0.2.1)
 *	-f	the first address of the clients (10.64.0.1); it and the addresses that follow must
 *		be local to this host: ip route add local 10.64.0.0/14 dev lo
 *	-a	number of addresses (as many as clients)
 *	-n	number of clients at most (10000)
 *	-u -p	client 7 logs in as USER7 (herd7), with this password (herd)
 *	-t	seconds that a login may take, and that a client may take to leave (60)
 *
 * The program reads commands from standard input, one on a line. When it has carried out a command
 * it answers with one line of JSON:
 *
 *	login N [AT-ONCE] [mppe] [greet]
 *		N more clients log in, AT-ONCE of them at the same time (1). With mppe they require
 *		128 bit, stateless. With greet, and without mppe, each sends an echo request in the
 *		moment in which it is up, behind the frame that opened its link.
 *	traffic N PACKETS
 *		N of the clients that are up without MPPE, spread evenly, send PACKETS echo requests
 *		each through their tunnels, in rounds. In a round each client sends one. The next
 *		round begins when all are answered, or after three seconds.
 *	drop HOW N
 *		N of the clients that are up, spread evenly, leave. HOW is clear, stop, terminate,
 *		fin, rst or silence (see client.h). The answer comes when they have ended; with
 *		silence at once.
 *	knock PER-SECOND SECONDS
 *		So many logins begin a second, for so many seconds, whether or not those before have
 *		ended. Who comes up leaves at once. With a wrong password (-p) and one address (-a 1)
 *		that is a guesser. The answer comes when all have ended.
 *	count
 *		How many clients are up and so on, and which were lost since the last count.
 *
 * Clients that are up answer LCP Echo-Requests, Echo-Requests of the control connection, and pings
 * that come through the server. The program ends when standard input ends, and the kernel closes
 * what is open.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>

#include "herd.h"
#include "util/container.h"
#include "util/ip.h"
#include "util/text.h"

#define CALL_IDS	65535
#define DESCRIPTORS	64	/* beside those of the clients */

/* --- clients by address and call ID ------------------------------------------------------- */

/* Returns how many clients share an address. */
static unsigned int sharing(const struct herd *herd)
{
	return (herd->n_slots + herd->n_addresses - 1) / herd->n_addresses;
}

void herd_name(struct herd *herd, unsigned int slot, struct in_addr *address, uint16_t *call_id)
{
	unsigned int each = sharing(herd);
	unsigned int turn = herd->slots[slot].generation++ % (CALL_IDS / each);

	address->s_addr = htonl(herd->first_address + slot % herd->n_addresses);
	*call_id = 1 + slot / herd->n_addresses + each * turn;
}

static struct client *find(struct herd *herd, const struct gre *gre)
{
	uint32_t address = ntohl(gre->destination.s_addr) - herd->first_address;
	unsigned int slot = (gre->call_id - 1u) % sharing(herd) * herd->n_addresses + address;
	struct client *c;

	if (address >= herd->n_addresses || !gre->call_id || slot >= herd->n_slots)
		return NULL;
	c = herd->slots[slot].client;
	return c && c->call_id == gre->call_id ? c : NULL;
}

static void take(struct wire *wire, const struct gre *gre)
{
	struct herd *herd = container_of(wire, struct herd, wire);
	struct client *c = find(herd, gre);

	if (c)
		client_take(c, gre);
	else
		herd->counts.stray++;
}

/* --- what happens to clients --------------------------------------------------------------- */

void herd_up(struct herd *herd, struct client *c)
{
	herd->n_up++;
	if (herd->job && herd->job->up)
		herd->job->up(herd, c);
}

void herd_over(struct herd *herd, struct client *c, enum client_state was, const char *why)
{
	herd->slots[c->slot].client = NULL;
	if (was == CLIENT_UP) {
		herd->n_up--;
		tally_add(&herd->lost, why);
	} else if (was == CLIENT_SILENT) {
		herd->n_silent--;
	}
	if (herd->job && herd->job->over)
		herd->job->over(herd, c, was, why);
}

void herd_answered(struct herd *herd, struct client *c, uint16_t seq)
{
	if (herd->job && herd->job->answered)
		herd->job->answered(herd, c, seq);
}

bool herd_begin(struct herd *herd, bool encrypted)
{
	static unsigned int cursor;

	for (unsigned int i = 0; i < herd->n_slots; i++) {
		unsigned int slot = cursor++ % herd->n_slots;

		if (herd->slots[slot].client)
			continue;
		herd->slots[slot].client = client_begin(herd, slot, encrypted);
		return herd->slots[slot].client;
	}
	return false;
}

struct client *herd_next_up(struct herd *herd, const struct client *c)
{
	for (unsigned int i = c ? c->slot + 1 : 0; i < herd->n_slots; i++) {
		struct client *next = herd->slots[i].client;

		if (next && next->state == CLIENT_UP)
			return next;
	}
	return NULL;
}

/* --- answers -------------------------------------------------------------------------------- */

void herd_answer(struct herd *herd, json_t *answer)
{
	json_dumpf(answer, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
	putchar('\n');
	fflush(stdout);
	json_decref(answer);
	herd->job = NULL;
	/* The caller may be within an event of a client: the next job begins from a timer. */
	uv_timer_start(&herd->idle, commands_go_on, 0, 0);
}

static json_t *milliseconds(struct samples *s, unsigned int percent)
{
	return json_real(samples_percentile(s, percent) / 1e6);
}

json_t *samples_json(struct samples *s)
{
	return json_pack("{s:o, s:o, s:o}", "median", milliseconds(s, 50),
			 "p99", milliseconds(s, 99), "max", milliseconds(s, 100));
}

json_t *tally_json(const struct tally *t)
{
	json_t *object = json_object();

	for (unsigned int i = 0; i < t->n; i++) {
		char text[TEXT_SHOW_SIZE(TALLY_TEXT)];

		text_show(text, sizeof(text), t->list[i].text, strlen(t->list[i].text));
		json_object_set_new(object, text, json_integer(t->list[i].count));
	}
	return object;
}

/* --- options -------------------------------------------------------------------------------- */

static const char usage[] =
	"usage: herd [-s SERVER] [-f ADDRESS] [-a ADDRESSES] [-n CLIENTS] [-u USER] [-p PASSWORD] "
	"[-t SECONDS]";

static void set_protocols(struct herd *herd)
{
	struct ppp_config *ppp = &herd->plain;

	pptp_conn_config_init(&herd->pptp);
	herd->pptp.host = "herd";
	herd->pptp.max_calls = 1;
	herd->pptp.echo_interval_ms = 0;

	ppp_config_init(ppp);
	ppp->accept = PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2);
	ppp->echo_interval_ms = 0;
	herd->encrypted = *ppp;
	herd->encrypted.mppe = PPP_MPPE_REQUIRED;
}

static void set_defaults(struct herd *herd)
{
	herd->server = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr = { inet_addr("192.0.2.1") },
		.sin_port = htons(PPTP_PORT),
	};
	herd->first_address = ntohl(inet_addr("10.64.0.1"));
	herd->n_slots = 10000;
	herd->user = "herd";
	herd->password = "herd";
	herd->patience_ms = 60000;
}

static uint32_t address_of(const char *text)
{
	struct ip_addr address;

	if (!ip_parse_v4(text, &address))
		errx(2, "\"%s\" is no IPv4 address", text);
	return ip_number(address);
}

static unsigned int number_of(const char *text, unsigned int max)
{
	uint64_t number;

	if (!text_number(text, 1, max, &number))
		errx(2, "\"%s\" is no number from 1 to %u", text, max);
	return number;
}

static void set_option(struct herd *herd, int option)
{
	if (option == 's')
		herd->server.sin_addr.s_addr = htonl(address_of(optarg));
	else if (option == 'f')
		herd->first_address = address_of(optarg);
	else if (option == 'a')
		herd->n_addresses = number_of(optarg, 1 << 20);
	else if (option == 'n')
		herd->n_slots = number_of(optarg, 1 << 20);
	else if (option == 'u')
		herd->user = optarg;
	else if (option == 'p')
		herd->password = optarg;
	else if (option == 't')
		herd->patience_ms = 1000 * number_of(optarg, 100000);
	else
		errx(2, "%s", usage);
}

static void set_options(struct herd *herd, int argc, char **argv)
{
	int option;

	set_defaults(herd);
	set_protocols(herd);
	while ((option = getopt(argc, argv, "s:f:a:n:u:p:t:")) >= 0)
		set_option(herd, option);
	if (optind < argc)
		set_option(herd, '?');
	if (!herd->n_addresses || herd->n_addresses > herd->n_slots)
		herd->n_addresses = herd->n_slots;
	if (sharing(herd) > CALL_IDS)
		errx(2, "more clients of an address than there are call IDs");
}

static void raise_limit(const struct herd *herd)
{
	rlim_t wanted = herd->n_slots + DESCRIPTORS;
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_cur > wanted ? limit.rlim_cur : wanted;
	limit.rlim_max = limit.rlim_max > wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		err(1, "%ju descriptors", (uintmax_t)wanted);
}

int main(int argc, char **argv)
{
	static struct herd herd;
	int status;

	set_options(&herd, argc, argv);
	raise_limit(&herd);
	herd.slots = calloc(herd.n_slots, sizeof(*herd.slots));
	if (!herd.slots || uv_loop_init(&herd.loop))
		errx(1, "out of memory");
	status = wire_open(&herd.wire, &herd.loop, take);
	if (status)
		errx(1, "no raw socket for GRE: %s", strerror(-status));
	commands_open(&herd);
	uv_run(&herd.loop, UV_RUN_DEFAULT);
	return 0;
}
