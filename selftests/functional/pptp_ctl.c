// SPDX-License-Identifier: GPL-2.0-only
/*
 * Speaks to the module by netlink without a daemon, for the tests of the module.
 *
 *	pptp_ctl link NAME session|shared		create a link
 *	pptp_ctl new LOCAL CALL PEER PEERCALL LINK [HOP4 [HOP6]]
 *		open a socket, make it a session on LINK (- for none) with IPv4 and IPv6 up, print
 *		its call ID, and keep it until standard input ends
 *	pptp_ctl many COUNT LOCAL PEER LINK HOP4	likewise COUNT of them, HOP4 counted up
 *	pptp_ctl attach LOCAL CALL LINK [HOP4 [HOP6]]
 *	pptp_ctl detach LOCAL CALL
 *	pptp_ctl del LOCAL CALL
 *	pptp_ctl set LOCAL CALL NAME VALUE...		protocols, frame, idle-timeout, sliding, send,
 *							receive, reorder-max, reorder-timeout;
 *							tos, ttl, df, mark, ecn replace what the
 *							session has of its own, "outer -" is none
 *	pptp_ctl key LOCAL CALL BITS STATELESS TX RX	start keys in hex; BITS 0 takes both away
 *	pptp_ctl echo LOCAL CALL KEY			set a key that is refused; fails if the refusal has it
 *	pptp_ctl get LOCAL CALL				counters that are not 0, one a line
 *	pptp_ctl net					likewise of the namespace
 *	pptp_ctl count [LINK]				number of sessions in a dump
 *	pptp_ctl monitor COUNT				wait for so many events and print them
 *
 * What the kernel refuses is printed with its own words; the exit status is then 1.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/if_pppox.h>
#include <linux/rtnetlink.h>

#include <linux/pptp.h>

struct request {
	struct nlmsghdr *nlh;
	char buf[8192];
};

static uint16_t family, events;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct mnl_socket *open_netlink(int bus)
{
	struct mnl_socket *nl = mnl_socket_open(bus);
	int on = 1;

	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("netlink");
	mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl, NETLINK_CAP_ACK, &on, sizeof(on));
	return nl;
}

/* The socket of the family, opened once. */
static struct mnl_socket *genl(void)
{
	static struct mnl_socket *nl;

	if (!nl)
		nl = open_netlink(NETLINK_GENERIC);
	return nl;
}

static int extack_attr(const struct nlattr *attr, void *data)
{
	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
		*(const char **)data = mnl_attr_get_str(attr);
	return MNL_CB_OK;
}

/* 0 for an acknowledgment, else the error, with the kernel's words printed. */
static int refusal(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	const char *text = NULL;

	if (!err->error)
		return 0;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		mnl_attr_parse(nlh, sizeof(*err), extack_attr, &text);
	fprintf(stderr, "%s: %s\n", strerror(-err->error), text ? text : "(the kernel gave no reason)");
	return err->error;
}

/* Send and handle what comes back, up to the acknowledgment or the end of a dump. */
static int talk(struct mnl_socket *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *data)
{
	static char buf[65536];
	struct nlmsghdr *in;
	int len;

	nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = 1;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		die("send");
	for (;;) {
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (len < 0)
			die("receive");
		for (in = (void *)buf; mnl_nlmsg_ok(in, len); in = mnl_nlmsg_next(in, &len)) {
			if (in->nlmsg_type == NLMSG_ERROR)
				return refusal(in);
			if (in->nlmsg_type == NLMSG_DONE)
				return 0;
			if (cb)
				cb(in, data);
		}
	}
}

static struct nlmsghdr *start(struct request *r, uint16_t type, uint8_t cmd)
{
	struct genlmsghdr *g;

	r->nlh = mnl_nlmsg_put_header(r->buf);
	r->nlh->nlmsg_type = type;
	g = mnl_nlmsg_put_extra_header(r->nlh, sizeof(*g));
	g->cmd = cmd;
	g->version = 1;
	return r->nlh;
}

static int group_attr(const struct nlattr *attr, void *data)
{
	(void)data;
	if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
		events = mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static int family_attr(const struct nlattr *attr, void *data)
{
	const struct nlattr *group;

	(void)data;
	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
		family = mnl_attr_get_u16(attr);
	if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
		mnl_attr_for_each_nested(group, attr)
			mnl_attr_parse_nested(group, group_attr, NULL);
	return MNL_CB_OK;
}

static int family_cb(const struct nlmsghdr *nlh, void *data)
{
	(void)data;
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), family_attr, NULL);
}

static void find_family(void)
{
	struct request r;

	start(&r, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(r.nlh, CTRL_ATTR_FAMILY_NAME, PPTP_FAMILY_NAME);
	if (talk(genl(), r.nlh, family_cb, NULL) || !family)
		exit(1);
}

static uint32_t ipv4(const char *text)
{
	struct in_addr a;

	if (inet_pton(AF_INET, text, &a) != 1) {
		fprintf(stderr, "%s: not an IPv4 address\n", text);
		exit(2);
	}
	return a.s_addr;
}

static uint32_t ifindex(const char *name)
{
	unsigned int index = if_nametoindex(name);

	if (!index)
		die(name);
	return index;
}

/* A request about the session that argv[0] and argv[1] name. */
static void about(struct request *r, uint8_t cmd, char **argv)
{
	start(r, family, cmd);
	mnl_attr_put_u32(r->nlh, PPTP_A_SESSION_LOCAL_ADDRESS, ipv4(argv[0]));
	mnl_attr_put_u16(r->nlh, PPTP_A_SESSION_CALL_ID, atoi(argv[1]));
}

static int finish(struct request *r, mnl_cb_t cb)
{
	return talk(genl(), r->nlh, cb, NULL) ? 1 : 0;
}

static void put_link(struct nlmsghdr *nlh, int argc, char **argv)
{
	struct in6_addr a6;

	mnl_attr_put_u32(nlh, PPTP_A_SESSION_IFINDEX, ifindex(argv[0]));
	if (argc > 1)
		mnl_attr_put_u32(nlh, PPTP_A_SESSION_LINK_IPV4, ipv4(argv[1]));
	if (argc > 2 && inet_pton(AF_INET6, argv[2], &a6) == 1)
		mnl_attr_put(nlh, PPTP_A_SESSION_LINK_IPV6, sizeof(a6), &a6);
}

static int do_link(int argc, char **argv)
{
	struct mnl_socket *nl = open_netlink(NETLINK_ROUTE);
	struct nlattr *info, *data;
	struct request r;

	(void)argc;
	r.nlh = mnl_nlmsg_put_header(r.buf);
	r.nlh->nlmsg_type = RTM_NEWLINK;
	r.nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	mnl_nlmsg_put_extra_header(r.nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(r.nlh, IFLA_IFNAME, argv[0]);
	info = mnl_attr_nest_start(r.nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(r.nlh, IFLA_INFO_KIND, "pptp");
	data = mnl_attr_nest_start(r.nlh, IFLA_INFO_DATA);
	mnl_attr_put_u32(r.nlh, IFLA_PPTP_MODE, !strcmp(argv[1], "shared"));
	mnl_attr_nest_end(r.nlh, data);
	mnl_attr_nest_end(r.nlh, info);
	return talk(nl, r.nlh, NULL, NULL) ? 1 : 0;
}

static int call_id_attr(const struct nlattr *attr, void *data)
{
	if (mnl_attr_get_type(attr) == PPTP_A_SESSION_CALL_ID)
		*(uint16_t *)data = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static int call_id_cb(const struct nlmsghdr *nlh, void *data)
{
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), call_id_attr, data);
}

/* A session, or -1.  @hop4 in network order, 0 without. */
static int new_session(uint32_t local, uint16_t call, uint32_t peer, uint16_t peer_call,
		       uint32_t link, uint32_t hop4, const char *hop6)
{
	int fd = socket(AF_PPPOX, SOCK_STREAM, PX_PROTO_PPTP);
	struct in6_addr a6;
	struct request r;

	if (fd < 0)
		die("socket");
	start(&r, family, PPTP_CMD_SESSION_NEW);
	mnl_attr_put_u32(r.nlh, PPTP_A_SESSION_FD, fd);
	mnl_attr_put_u32(r.nlh, PPTP_A_SESSION_LOCAL_ADDRESS, local);
	mnl_attr_put_u16(r.nlh, PPTP_A_SESSION_CALL_ID, call);
	mnl_attr_put_u32(r.nlh, PPTP_A_SESSION_PEER_ADDRESS, peer);
	mnl_attr_put_u16(r.nlh, PPTP_A_SESSION_PEER_CALL_ID, peer_call);
	mnl_attr_put_u32(r.nlh, PPTP_A_SESSION_PROTOCOLS, PPTP_PROTOCOL_IPV4 | PPTP_PROTOCOL_IPV6);
	if (link)
		mnl_attr_put_u32(r.nlh, PPTP_A_SESSION_IFINDEX, link);
	if (hop4)
		mnl_attr_put_u32(r.nlh, PPTP_A_SESSION_LINK_IPV4, hop4);
	if (hop6 && inet_pton(AF_INET6, hop6, &a6) == 1)
		mnl_attr_put(r.nlh, PPTP_A_SESSION_LINK_IPV6, sizeof(a6), &a6);
	if (talk(genl(), r.nlh, call_id_cb, &call))
		return -1;
	return call;
}

static void wait_for_end(void)
{
	char buf[64];

	fflush(stdout);
	while (read(STDIN_FILENO, buf, sizeof(buf)) > 0)
		;
}

static int do_new(int argc, char **argv)
{
	int call = new_session(ipv4(argv[0]), atoi(argv[1]), ipv4(argv[2]), atoi(argv[3]),
			       strcmp(argv[4], "-") ? ifindex(argv[4]) : 0,
			       argc > 5 ? ipv4(argv[5]) : 0, argc > 6 ? argv[6] : NULL);

	if (call < 0)
		return 1;
	printf("%d\n", call);
	wait_for_end();
	return 0;
}

static int do_many(int argc, char **argv)
{
	uint32_t hop = ntohl(ipv4(argv[4])), local = ipv4(argv[1]), peer = ipv4(argv[2]);
	uint32_t link = ifindex(argv[3]);
	struct rlimit files = { 1 << 20, 1 << 20 };
	int i, count = atoi(argv[0]);

	(void)argc;
	if (setrlimit(RLIMIT_NOFILE, &files))
		die("setrlimit");
	for (i = 0; i < count; i++)
		if (new_session(local, 0, peer, i + 1, link, htonl(hop + i), NULL) < 0)
			return 1;
	printf("%d\n", count);
	wait_for_end();
	return 0;
}

static int do_attach(int argc, char **argv)
{
	struct request r;

	about(&r, PPTP_CMD_LINK_ATTACH, argv);
	put_link(r.nlh, argc - 2, argv + 2);
	return finish(&r, NULL);
}

static int do_detach(int argc, char **argv)
{
	struct request r;

	(void)argc;
	about(&r, PPTP_CMD_LINK_DETACH, argv);
	return finish(&r, NULL);
}

static int do_del(int argc, char **argv)
{
	struct request r;

	(void)argc;
	about(&r, PPTP_CMD_SESSION_DEL, argv);
	return finish(&r, NULL);
}

/* @nest: 0, or the attribute of the session that the setting is in. */
static const struct setting {
	const char *name;
	uint16_t type;
	uint8_t size;
	uint16_t nest;
} settings[] = {
	{ "protocols", PPTP_A_SESSION_PROTOCOLS, 4, 0 },
	{ "frame", PPTP_A_SESSION_FRAME, 4, 0 },
	{ "idle-timeout", PPTP_A_SESSION_IDLE_TIMEOUT, 4, 0 },
	{ "sliding", PPTP_A_WINDOW_SLIDING, 1, PPTP_A_SESSION_WINDOW },
	{ "send", PPTP_A_WINDOW_SEND, 2, PPTP_A_SESSION_WINDOW },
	{ "receive", PPTP_A_WINDOW_RECEIVE, 2, PPTP_A_SESSION_WINDOW },
	{ "reorder-max", PPTP_A_WINDOW_REORDER_MAX, 2, PPTP_A_SESSION_WINDOW },
	{ "reorder-timeout", PPTP_A_WINDOW_REORDER_TIMEOUT, 4, PPTP_A_SESSION_WINDOW },
	{ "tos", PPTP_A_OUTER_TOS, 1, PPTP_A_SESSION_OUTER },
	{ "ttl", PPTP_A_OUTER_TTL, 1, PPTP_A_SESSION_OUTER },
	{ "df", PPTP_A_OUTER_DF, 1, PPTP_A_SESSION_OUTER },
	{ "mark", PPTP_A_OUTER_MARK, 4, PPTP_A_SESSION_OUTER },
	{ "ecn", PPTP_A_OUTER_ECN, 1, PPTP_A_SESSION_OUTER },
	{ "outer", 0, 0, PPTP_A_SESSION_OUTER },
};

static const struct setting *setting_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (!strcmp(settings[i].name, name))
			return &settings[i];
	fprintf(stderr, "%s: no such setting\n", name);
	exit(2);
}

static void put_setting(struct nlmsghdr *nlh, const struct setting *s, uint32_t value)
{
	if (s->size == 1)
		mnl_attr_put_u8(nlh, s->type, value);
	else if (s->size == 2)
		mnl_attr_put_u16(nlh, s->type, value);
	else if (s->size == 4)
		mnl_attr_put_u32(nlh, s->type, value);
}

/* Put the settings of one nest.  Returns whether there are any. */
static bool put_settings(struct nlmsghdr *nlh, uint16_t nest, int argc, char **argv)
{
	bool any = false;
	int i;

	for (i = 0; i + 1 < argc; i += 2) {
		const struct setting *s = setting_of(argv[i]);

		if (s->nest != nest)
			continue;
		put_setting(nlh, s, strtoul(argv[i + 1], NULL, 0));
		any = true;
	}
	return any;
}

static void put_nest(struct nlmsghdr *nlh, uint16_t nest, int argc, char **argv)
{
	struct nlattr *attr = mnl_attr_nest_start(nlh, nest);

	if (put_settings(nlh, nest, argc, argv))
		mnl_attr_nest_end(nlh, attr);
	else
		mnl_attr_nest_cancel(nlh, attr);
}

static int do_set(int argc, char **argv)
{
	struct request r;

	about(&r, PPTP_CMD_SESSION_SET, argv);
	put_settings(r.nlh, 0, argc - 2, argv + 2);
	put_nest(r.nlh, PPTP_A_SESSION_WINDOW, argc - 2, argv + 2);
	put_nest(r.nlh, PPTP_A_SESSION_OUTER, argc - 2, argv + 2);
	return finish(&r, NULL);
}

static void put_key(struct nlmsghdr *nlh, int type, char **argv, const char *hex)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);
	unsigned char key[16] = { 0 };
	unsigned int i, byte;

	for (i = 0; i < sizeof(key) && sscanf(hex + 2 * i, "%2x", &byte) == 1; i++)
		key[i] = byte;
	mnl_attr_put_u8(nlh, PPTP_A_MPPE_KEY_BITS, atoi(argv[0]));
	mnl_attr_put_u8(nlh, PPTP_A_MPPE_KEY_STATELESS, atoi(argv[1]));
	mnl_attr_put(nlh, PPTP_A_MPPE_KEY_START, sizeof(key), key);
	mnl_attr_nest_end(nlh, nest);
}

static int do_key(int argc, char **argv)
{
	struct nlattr *nest;
	struct request r;

	(void)argc;
	about(&r, PPTP_CMD_KEY_SET, argv);
	nest = mnl_attr_nest_start(r.nlh, PPTP_A_SESSION_MPPE);
	mnl_attr_put_u8(r.nlh, PPTP_A_MPPE_REQUIRED, !!atoi(argv[2]));
	put_key(r.nlh, PPTP_A_MPPE_TX, argv + 2, argv[4]);
	put_key(r.nlh, PPTP_A_MPPE_RX, argv + 2, argv[5]);
	mnl_attr_nest_end(r.nlh, nest);
	return finish(&r, NULL);
}

static int do_echo(int argc, char **argv)
{
	struct mnl_socket *nl = genl();
	struct nlattr *nest;
	struct request r;
	char buf[8192];
	int off = 0, len;

	(void)argc;
	mnl_socket_setsockopt(nl, NETLINK_CAP_ACK, &off, sizeof(off));
	about(&r, PPTP_CMD_KEY_SET, argv);
	r.nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	nest = mnl_attr_nest_start(r.nlh, PPTP_A_SESSION_MPPE);
	put_key(r.nlh, PPTP_A_MPPE_TX, (char *[]){ "128", "1" }, argv[2]);
	mnl_attr_nest_end(r.nlh, nest);
	if (mnl_socket_sendto(nl, r.nlh, r.nlh->nlmsg_len) < 0)
		die("send");
	len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	printf("%d octets of an answer to %u\n", len, r.nlh->nlmsg_len);
	return len < (int)r.nlh->nlmsg_len ||
	       memmem(buf, len, (char *)mnl_nlmsg_get_payload_tail(r.nlh) - 16, 16);
}

#define S(name) [PPTP_A_STATS_##name] = #name
static const char *const stats[PPTP_A_STATS_MAX + 1] = {
	S(RX_PACKETS), S(RX_BYTES), S(TX_PACKETS), S(TX_BYTES), S(RX_ACKS), S(TX_ACKS),
	S(RX_REORDERED), S(RX_LOST), S(RX_RESYNCS), S(RX_DROP_MALFORMED), S(RX_DROP_TRUNCATED),
	S(RX_DROP_NO_SESSION), S(RX_DROP_WRONG_PEER), S(RX_DROP_DUPLICATE), S(RX_DROP_STALE),
	S(RX_DROP_FAR), S(RX_DROP_FRAME), S(RX_DROP_NO_UPPER), S(RX_DROP_PROTOCOL_DOWN),
	S(RX_DROP_LINK_DOWN), S(RX_DROP_INNER), S(RX_DROP_REVERSE_PATH), S(RX_DROP_QUEUE_FULL),
	S(RX_DROP_PLAINTEXT), S(RX_DROP_MPPE_COHERENCY), S(RX_DROP_MPPE_RESYNC),
	S(RX_DROP_BACKLOG), S(RX_DROP_NO_MEMORY), S(TX_DROP_NO_SESSION),
	S(TX_DROP_PROTOCOL_DOWN), S(TX_DROP_CLOSED), S(TX_DROP_NO_ROUTE), S(TX_DROP_LOOP),
	S(TX_DROP_TOO_BIG), S(TX_DROP_SEGMENT), S(TX_DROP_WINDOW), S(TX_DROP_PLAINTEXT),
	S(TX_DROP_BACKLOG), S(TX_DROP_NO_MEMORY),
};

static int stats_attr(const struct nlattr *attr, void *data)
{
	uint16_t type = mnl_attr_get_type(attr);

	(void)data;
	if (type <= PPTP_A_STATS_MAX && stats[type] && mnl_attr_get_u64(attr))
		printf("%s %llu\n", stats[type], (unsigned long long)mnl_attr_get_u64(attr));
	return MNL_CB_OK;
}

#define W(name) [PPTP_A_WINDOW_##name] = #name
static const char *const window[PPTP_A_WINDOW_MAX + 1] = {
	W(SEND), W(RECEIVE), W(SLIDING), W(REORDER_MAX), W(REORDER_TIMEOUT), W(TX_SEQ),
	W(TX_ACKED), W(RX_SEQ), W(RX_ACKED),
};

static int window_attr(const struct nlattr *attr, void *data)
{
	uint16_t type = mnl_attr_get_type(attr);
	uint32_t value = mnl_attr_get_payload_len(attr) == 4 ? mnl_attr_get_u32(attr) :
			 mnl_attr_get_payload_len(attr) == 2 ? mnl_attr_get_u16(attr) :
							       mnl_attr_get_u8(attr);

	(void)data;
	if (type <= PPTP_A_WINDOW_MAX && window[type])
		printf("WINDOW_%s %u\n", window[type], value);
	return MNL_CB_OK;
}

#define O(name) [PPTP_A_OUTER_##name] = #name
static const char *const outer[PPTP_A_OUTER_MAX + 1] = {
	O(TOS), O(TTL), O(DF), O(MARK), O(ECN),
};

static int outer_attr(const struct nlattr *attr, void *data)
{
	uint16_t type = mnl_attr_get_type(attr);

	(void)data;
	if (type <= PPTP_A_OUTER_MAX && outer[type])
		printf("OUTER_%s %u\n", outer[type], mnl_attr_get_payload_len(attr) == 4 ?
		       mnl_attr_get_u32(attr) : mnl_attr_get_u8(attr));
	return MNL_CB_OK;
}

static int session_attr(const struct nlattr *attr, void *data)
{
	(void)data;
	switch (mnl_attr_get_type(attr)) {
	case PPTP_A_SESSION_UPPER:
		printf("UPPER %u\n", mnl_attr_get_u32(attr));
		break;
	case PPTP_A_SESSION_PATH_MTU:
		printf("PATH_MTU %u\n", mnl_attr_get_u32(attr));
		break;
	case PPTP_A_SESSION_IDLE:
		printf("IDLE %u\n", mnl_attr_get_u32(attr));
		break;
	case PPTP_A_SESSION_WINDOW:
		return mnl_attr_parse_nested(attr, window_attr, NULL);
	case PPTP_A_SESSION_OUTER:
		return mnl_attr_parse_nested(attr, outer_attr, NULL);
	case PPTP_A_SESSION_STATS:
		return mnl_attr_parse_nested(attr, stats_attr, NULL);
	}
	return MNL_CB_OK;
}

static int session_cb(const struct nlmsghdr *nlh, void *data)
{
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), session_attr, data);
}

static int do_get(int argc, char **argv)
{
	struct request r;

	(void)argc;
	about(&r, PPTP_CMD_SESSION_GET, argv);
	return finish(&r, session_cb);
}

static int net_attr(const struct nlattr *attr, void *data)
{
	(void)data;
	if (mnl_attr_get_type(attr) == PPTP_A_NET_SESSIONS)
		printf("SESSIONS %u\n", mnl_attr_get_u32(attr));
	if (mnl_attr_get_type(attr) == PPTP_A_NET_STATS)
		return mnl_attr_parse_nested(attr, stats_attr, NULL);
	return MNL_CB_OK;
}

static int net_cb(const struct nlmsghdr *nlh, void *data)
{
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), net_attr, data);
}

static int do_net(int argc, char **argv)
{
	struct request r;

	(void)argc;
	(void)argv;
	start(&r, family, PPTP_CMD_NET_GET);
	return finish(&r, net_cb);
}

static int count_cb(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	++*(unsigned int *)data;
	return MNL_CB_OK;
}

static int do_count(int argc, char **argv)
{
	unsigned int n = 0;
	struct request r;

	start(&r, family, PPTP_CMD_SESSION_GET);
	r.nlh->nlmsg_flags |= NLM_F_DUMP;
	if (argc)
		mnl_attr_put_u32(r.nlh, PPTP_A_SESSION_IFINDEX, ifindex(argv[0]));
	if (talk(genl(), r.nlh, count_cb, &n))
		return 1;
	printf("%u\n", n);
	return 0;
}

static int do_monitor(int argc, char **argv)
{
	static const char *const names[] = {
		[PPTP_CMD_SESSION_UP_NTF] = "up",
		[PPTP_CMD_SESSION_DOWN_NTF] = "down",
		[PPTP_CMD_SESSION_IDLE_NTF] = "idle",
		[PPTP_CMD_MPPE_RESYNC_NTF] = "resync",
	};
	int left = atoi(argv[0]), group = events, len;
	struct mnl_socket *nl = genl();
	struct nlmsghdr *nlh;
	uint16_t call;
	char buf[8192];

	(void)argc;
	if (mnl_socket_setsockopt(nl, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		die("membership");
	puts("ready");
	fflush(stdout);
	while (left > 0) {
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (len < 0)
			die("receive");
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
			const struct genlmsghdr *g = mnl_nlmsg_get_payload(nlh);

			call = 0;
			mnl_attr_parse(nlh, sizeof(*g), call_id_attr, &call);
			printf("%s %u\n", names[g->cmd], call);
			fflush(stdout);
			left--;
		}
	}
	return 0;
}

static const struct command {
	const char *name;
	int min, max;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "link", 2, 2, do_link },
	{ "new", 5, 7, do_new },
	{ "many", 5, 5, do_many },
	{ "attach", 3, 5, do_attach },
	{ "detach", 2, 2, do_detach },
	{ "del", 2, 2, do_del },
	{ "set", 4, 64, do_set },
	{ "key", 6, 6, do_key },
	{ "echo", 3, 3, do_echo },
	{ "get", 2, 2, do_get },
	{ "net", 0, 0, do_net },
	{ "count", 0, 1, do_count },
	{ "monitor", 1, 1, do_monitor },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		const struct command *c = &commands[i];

		if (strcmp(argv[1], c->name) || argc - 2 < c->min || argc - 2 > c->max)
			continue;
		find_family();
		return c->run(argc - 2, argv + 2);
	}
	fprintf(stderr, "usage: see the head of pptp_ctl.c\n");
	return 2;
}
