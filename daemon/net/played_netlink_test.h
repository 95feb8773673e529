/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fake of libmnl's sockets, for tests: it plays the kernel. It keeps what is sent as text, with
 * the attributes by name. Each sendmsg() is a line, so that the number of lines is the number of
 * round trips. A test says beforehand how to answer a request; all other requests are acknowledged.
 * One file of a test program includes this header.
 *
 *	NEWLINK create excl up name ppp0 + GETLINK name ppp0 ack
 *
 * stands for two requests that were sent together, of which the second asks for an acknowledgment.
 */
#ifndef CULVERT_NET_PLAYED_NETLINK_TEST_H
#define CULVERT_NET_PLAYED_NETLINK_TEST_H

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/pptp.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "net/route.h"

#define PLAYED_FAMILY	0x1c	/* the number of the family "pptp" */
#define PLAYED_GROUP	7	/* the number of its multicast group "events" */
#define PLAYED_PORT	4711

/* --- what was sent, as text ---------------------------------------------------------------- */

struct played_attr {
	uint16_t type;
	const char *name;
	/* '1', '2', '4': number of so many octets; s: text; k: octets; n: nest; a: IP address */
	char kind;
	const struct played_attr *nest;	/* attributes in a nest */
};

static const struct played_attr played_key[] = {
	{ PPTP_A_MPPE_KEY_BITS, "bits", '1', NULL },
	{ PPTP_A_MPPE_KEY_STATELESS, "stateless", '1', NULL },
	{ PPTP_A_MPPE_KEY_START, "start", 'k', NULL }, { 0 },
};

static const struct played_attr played_mppe[] = {
	{ PPTP_A_MPPE_REQUIRED, "required", '1', NULL },
	{ PPTP_A_MPPE_TX, "tx", 'n', played_key }, { PPTP_A_MPPE_RX, "rx", 'n', played_key }, { 0 },
};

static const struct played_attr played_window[] = {
	{ PPTP_A_WINDOW_SEND, "send", '2', NULL }, { PPTP_A_WINDOW_SLIDING, "sliding", '1', NULL },
	{ 0 },
};

static const struct played_attr played_outer[] = {
	{ PPTP_A_OUTER_TOS, "tos", '1', NULL }, { PPTP_A_OUTER_TTL, "ttl", '1', NULL },
	{ PPTP_A_OUTER_DF, "df", '1', NULL }, { PPTP_A_OUTER_MARK, "mark", '4', NULL },
	{ PPTP_A_OUTER_ECN, "ecn", '1', NULL }, { 0 },
};

static const struct played_attr played_shape[] = {
	{ PPTP_A_SHAPE_RX_RATE, "rx-rate", '8', NULL },
	{ PPTP_A_SHAPE_RX_BURST, "rx-burst", '4', NULL },
	{ PPTP_A_SHAPE_TX_RATE, "tx-rate", '8', NULL },
	{ PPTP_A_SHAPE_TX_BURST, "tx-burst", '4', NULL },
	{ PPTP_A_SHAPE_MARK, "mark", '4', NULL }, { PPTP_A_SHAPE_PRIORITY, "priority", '4', NULL },
	{ 0 },
};

static const struct played_attr played_session[] = {
	{ PPTP_A_SESSION_LOCAL_ADDRESS, "local", 'a', NULL },
	{ PPTP_A_SESSION_CALL_ID, "call", '2', NULL },
	{ PPTP_A_SESSION_IFINDEX, "ifindex", '4', NULL },
	{ PPTP_A_SESSION_LINK_IPV4, "hop", 'a', NULL },
	{ PPTP_A_SESSION_PROTOCOLS, "protocols", '4', NULL },
	{ PPTP_A_SESSION_FRAME, "frame", '4', NULL },
	{ PPTP_A_SESSION_WINDOW, "window", 'n', played_window },
	{ PPTP_A_SESSION_MPPE, "mppe", 'n', played_mppe },
	{ PPTP_A_SESSION_OUTER, "outer", 'n', played_outer },
	{ PPTP_A_SESSION_SHAPE, "shape", 'n', played_shape }, { 0 },
};

static const struct played_attr played_control[] = {
	{ CTRL_ATTR_FAMILY_NAME, "family", 's', NULL }, { 0 },
};

static const struct played_attr played_data[] = {
	{ IFLA_PPTP_MODE, "mode", '4', NULL }, { IFLA_PPTP_REVERSE_PATH, "reverse-path", '1', NULL },
	{ IFLA_PPTP_MSS_CLAMP, "mss-clamp", '1', NULL }, { IFLA_PPTP_OWNER, "owner", '4', NULL },
	{ 0 },
};

static const struct played_attr played_info[] = {
	{ IFLA_INFO_KIND, "kind", 's', NULL }, { IFLA_INFO_DATA, "data", 'n', played_data }, { 0 },
};

static const struct played_attr played_link[] = {
	{ IFLA_IFNAME, "name", 's', NULL }, { IFLA_MTU, "mtu", '4', NULL },
	{ IFLA_MASTER, "master", '4', NULL }, { IFLA_LINKINFO, "info", 'n', played_info },
	{ IFLA_EXT_MASK, "ext-mask", '4', NULL }, { 0 },
};

static const struct played_attr played_address[] = {
	{ IFA_LOCAL, "local", 'a', NULL }, { IFA_ADDRESS, "address", 'a', NULL },
	{ IFA_FLAGS, "flags", '4', NULL }, { 0 },
};

static const struct played_attr played_route[] = {
	{ RTA_DST, "dst", 'a', NULL }, { RTA_SRC, "src", 'a', NULL },
	{ RTA_GATEWAY, "via", 'a', NULL }, { RTA_PREFSRC, "from", 'a', NULL },
	{ RTA_OIF, "oif", '4', NULL }, { RTA_PRIORITY, "metric", '4', NULL },
	{ RTA_TABLE, "table", '4', NULL }, { RTA_MARK, "mark", '4', NULL }, { 0 },
};

static const struct played_attr played_neighbour[] = {
	{ NDA_DST, "dst", 'a', NULL }, { NDA_PROTOCOL, "proto", '1', NULL }, { 0 },
};

struct played_type {
	uint16_t type;
	uint8_t command;		/* of generic netlink; 0: rtnetlink */
	const char *name;
	size_t header;			/* octets before the attributes */
	const struct played_attr *attrs;
};

static const struct played_type played_types[] = {
	{ RTM_NEWLINK, 0, "NEWLINK", sizeof(struct ifinfomsg), played_link },
	{ RTM_DELLINK, 0, "DELLINK", sizeof(struct ifinfomsg), played_link },
	{ RTM_GETLINK, 0, "GETLINK", sizeof(struct ifinfomsg), played_link },
	{ RTM_NEWADDR, 0, "NEWADDR", sizeof(struct ifaddrmsg), played_address },
	{ RTM_DELADDR, 0, "DELADDR", sizeof(struct ifaddrmsg), played_address },
	{ RTM_GETADDR, 0, "GETADDR", sizeof(struct ifaddrmsg), played_address },
	{ RTM_NEWNEIGH, 0, "NEWNEIGH", sizeof(struct ndmsg), played_neighbour },
	{ RTM_DELNEIGH, 0, "DELNEIGH", sizeof(struct ndmsg), played_neighbour },
	{ RTM_GETNEIGH, 0, "GETNEIGH", sizeof(struct ndmsg), played_neighbour },
	{ RTM_NEWROUTE, 0, "NEWROUTE", sizeof(struct rtmsg), played_route },
	{ RTM_DELROUTE, 0, "DELROUTE", sizeof(struct rtmsg), played_route },
	{ RTM_GETROUTE, 0, "GETROUTE", sizeof(struct rtmsg), played_route },
	{ GENL_ID_CTRL, CTRL_CMD_GETFAMILY, "GETFAMILY", GENL_HDRLEN, played_control },
	{ PLAYED_FAMILY, PPTP_CMD_SESSION_GET, "SESSION_GET", GENL_HDRLEN, played_session },
	{ PLAYED_FAMILY, PPTP_CMD_SESSION_SET, "SESSION_SET", GENL_HDRLEN, played_session },
	{ PLAYED_FAMILY, PPTP_CMD_KEY_SET, "KEY_SET", GENL_HDRLEN, played_session },
	{ PLAYED_FAMILY, PPTP_CMD_LINK_ATTACH, "LINK_ATTACH", GENL_HDRLEN, played_session },
	{ PLAYED_FAMILY, PPTP_CMD_LINK_DETACH, "LINK_DETACH", GENL_HDRLEN, played_session },
	{ PLAYED_FAMILY, PPTP_CMD_NET_GET, "NET_GET", GENL_HDRLEN, played_session },
};

static char played_text[8192];
static size_t played_len;

static void __attribute__((format(printf, 1, 2))) played_say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	played_len += (size_t)vsnprintf(played_text + played_len, sizeof(played_text) - played_len,
					fmt, args);
	va_end(args);
	assert_true(played_len < sizeof(played_text));
}

static void played_say_attrs(const void *data, size_t len, const struct played_attr *known);

static void played_say_value(const struct played_attr *known, const void *data, size_t len)
{
	char text[INET6_ADDRSTRLEN];
	uint64_t value = 0;

	switch (known->kind) {
	case 'n':
		played_say("(");
		played_say_attrs(data, len, known->nest);
		played_say(")");
		break;
	case 's':
		played_say("%.*s", (int)len, (const char *)data);
		break;
	case 'k':
		for (size_t i = 0; i < len; i++)
			played_say("%02x", ((const uint8_t *)data)[i]);
		break;
	case 'a':
		played_say("%s", inet_ntop(len == 4 ? AF_INET : AF_INET6, data, text,
					   sizeof(text)));
		break;
	default:
		assert_int_equal(len, known->kind - '0');
		memcpy(&value, data, len);
		played_say("%llu", (unsigned long long)value);
	}
}

/* On a big-endian machine memcpy() would put numbers of 1 and 2 octets into the wrong octets. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are copied into larger ones");

static void played_say_attrs(const void *data, size_t len, const struct played_attr *known)
{
	const struct nlattr *attr;
	bool first = true;

	mnl_attr_for_each_payload(data, len) {
		const struct played_attr *k = known;

		while (k->name && k->type != mnl_attr_get_type(attr))
			k++;
		if (!k->name)
			fail_msg("attribute %u is not expected", mnl_attr_get_type(attr));
		played_say("%s%s ", first ? "" : " ", k->name);
		played_say_value(k, mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
		first = false;
	}
}

static void played_say_header(const struct nlmsghdr *nlh, const struct played_type *type)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);

	if (type->attrs == played_link) {
		if (ifi->ifi_index)
			played_say(" index %d", ifi->ifi_index);
		if (ifi->ifi_change)
			played_say(" %s", ifi->ifi_flags & IFF_UP ? "up" : "down");
		assert_int_equal(ifi->ifi_change & ~IFF_UP, 0);
	} else if (type->attrs == played_address) {
		assert_int_equal(ifa->ifa_family, AF_INET);
		played_say(" index %u length %u", ifa->ifa_index, ifa->ifa_prefixlen);
	} else if (type->attrs == played_neighbour) {
		assert_int_equal(ndm->ndm_family, AF_INET);
		assert_int_equal(ndm->ndm_flags, NTF_PROXY);
		if (ndm->ndm_ifindex)
			played_say(" index %d", ndm->ndm_ifindex);
	} else if (type->attrs == played_route) {
		assert_int_equal(rtm->rtm_family, AF_INET);
		played_say(" length %u", rtm->rtm_dst_len);
		if (type->type == RTM_GETROUTE) {
			if (rtm->rtm_protocol)
				played_say(" proto %u", rtm->rtm_protocol);
			return;
		}
		played_say(" in %u scope %u", rtm->rtm_table, rtm->rtm_scope);
		assert_int_equal(rtm->rtm_protocol, ROUTE_PROTOCOL);
		if (rtm->rtm_type != RTN_UNICAST)
			played_say(" type %u", rtm->rtm_type);
		if (rtm->rtm_flags & RTNH_F_ONLINK)
			played_say(" onlink");
	}
}

static void played_say_flags(const struct nlmsghdr *nlh, const struct played_type *type)
{
	const bool is_new = !strncmp(type->name, "NEW", 3);

	assert_true(nlh->nlmsg_flags & NLM_F_REQUEST);
	if (is_new && nlh->nlmsg_flags & NLM_F_CREATE)
		played_say(" create");
	if (is_new && nlh->nlmsg_flags & NLM_F_EXCL)
		played_say(" excl");
	if (is_new && nlh->nlmsg_flags & NLM_F_REPLACE)
		played_say(" replace");
	if (!is_new && nlh->nlmsg_flags & NLM_F_DUMP)
		played_say(" dump");
}

static const struct played_type *played_type_of(const struct nlmsghdr *nlh, int bus)
{
	const struct genlmsghdr *g = mnl_nlmsg_get_payload(nlh);
	const bool generic = bus == NETLINK_GENERIC;

	for (size_t i = 0; i < sizeof(played_types) / sizeof(played_types[0]); i++) {
		const struct played_type *t = &played_types[i];

		if (t->type == nlh->nlmsg_type && generic == !!t->command &&
		    (!generic || t->command == g->cmd))
			return t;
	}
	fail_msg("a request of type %u", nlh->nlmsg_type);
	return NULL;
}

/* Add the text of one request. Returns the beginning of that text. */
static const char *played_say_request(const struct nlmsghdr *nlh, int bus)
{
	const struct played_type *type = played_type_of(nlh, bus);
	const char *text = played_text + played_len;
	const char *attrs = mnl_nlmsg_get_payload_offset(nlh, type->header);
	const char *end = mnl_nlmsg_get_payload_tail(nlh);

	played_say("%s", type->name);
	played_say_flags(nlh, type);
	played_say_header(nlh, type);
	if (attrs < end)
		played_say(" ");
	played_say_attrs(attrs, (size_t)(end - attrs), type->attrs);
	if (nlh->nlmsg_flags & NLM_F_ACK)
		played_say(" ack");
	return text;
}

/* --- what is to be answered ---------------------------------------------------------------- */

struct played_rule {
	const char *request;		/* beginning of the request's text; NULL: rule is used */
	int err;			/* refuse the request with this error; 0: do not */
	const char *words;		/* text of the refusal; may be NULL */
	const void *message;		/* a copy; the answer, before the acknowledgment */
};

#define PLAYED_RULES	32
#define PLAYED_WAITING	64

/* One entry of the socket's queue: a datagram, or an error for recv() instead. */
struct played_datagram {
	void *data;
	size_t len;
	int err;
};

static struct played_rule played_rules[PLAYED_RULES];
static unsigned int played_n_rules;
static struct played_datagram played_waiting[PLAYED_WAITING];
static unsigned int played_n_waiting;

static void played_queue(const void *data, size_t len, int err)
{
	struct played_datagram *d = &played_waiting[played_n_waiting++];

	assert_true(played_n_waiting <= PLAYED_WAITING);
	*d = (struct played_datagram){ .data = malloc(len ? len : 1), .len = len, .err = err };
	if (len)
		memcpy(d->data, data, len);
}

static struct played_rule *played_add_rule(const char *request)
{
	assert_true(played_n_rules < PLAYED_RULES);
	played_rules[played_n_rules] = (struct played_rule){ .request = request };
	return &played_rules[played_n_rules++];
}

/* Refuse the next request whose text begins with @request. */
static inline void play_refusal(const char *request, int err, const char *words)
{
	struct played_rule *rule = played_add_rule(request);

	rule->err = err;
	rule->words = words;
}

/* Answer the next request whose text begins with @request with @message (from play_message()). */
static inline void play_answer(const char *request, const struct nlmsghdr *message)
{
	void *copy = malloc(message->nlmsg_len);

	memcpy(copy, message, message->nlmsg_len);
	played_add_rule(request)->message = copy;
}

/* Returns an empty message for the caller to fill, in a static buffer. */
static inline struct nlmsghdr *play_message(uint16_t type, size_t header)
{
	static _Alignas(8) char buf[4096];
	struct nlmsghdr *nlh;

	memset(buf, 0, sizeof(buf));
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = type;
	mnl_nlmsg_put_extra_header(nlh, header);
	return nlh;
}

/* Queue octets in the socket, before all later answers. */
static inline void play_datagram(const void *data, size_t len)
{
	played_queue(data, len, 0);
}

/* Queue an error of recv(). */
static inline void play_failure(int err)
{
	played_queue(NULL, 0, err);
}

/* Queue an error message as with NETLINK_CAP_ACK; with @err 0 it is an acknowledgment. */
static void played_queue_error(const struct nlmsghdr *about, int err, const char *words)
{
	_Alignas(8) char buf[256] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nlmsgerr *e = mnl_nlmsg_put_extra_header(nlh, sizeof(*e));

	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_CAPPED | (words ? NLM_F_ACK_TLVS : 0);
	nlh->nlmsg_seq = about->nlmsg_seq;
	nlh->nlmsg_pid = PLAYED_PORT;
	e->error = err;
	e->msg = *about;
	if (words)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, words);
	played_queue(nlh, nlh->nlmsg_len, 0);
}

static void played_queue_done(const struct nlmsghdr *about)
{
	_Alignas(8) char buf[64] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	mnl_nlmsg_put_extra_header(nlh, sizeof(int));
	nlh->nlmsg_type = NLMSG_DONE;
	nlh->nlmsg_flags = NLM_F_MULTI;
	nlh->nlmsg_seq = about->nlmsg_seq;
	nlh->nlmsg_pid = PLAYED_PORT;
	played_queue(nlh, nlh->nlmsg_len, 0);
}

static bool played_applies(const struct played_rule *rule, const char *text)
{
	return rule->request && !strncmp(rule->request, text, strlen(rule->request));
}

static void played_queue_message(struct played_rule *rule, const struct nlmsghdr *about)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)(uintptr_t)rule->message;

	nlh->nlmsg_seq = about->nlmsg_seq;
	nlh->nlmsg_pid = PLAYED_PORT;
	played_queue(nlh, nlh->nlmsg_len, 0);
	free(nlh);
	rule->request = NULL;
}

/* Queue the answers to the request @nlh, whose text is @text. */
static void played_carry_out(const struct nlmsghdr *nlh, const char *text)
{
	const bool dump = strstr(text, " dump");

	for (unsigned int i = 0; i < played_n_rules; i++) {
		struct played_rule *rule = &played_rules[i];

		if (!played_applies(rule, text))
			continue;
		if (rule->err) {
			rule->request = NULL;
			played_queue_error(nlh, rule->err, rule->words);
			return;
		}
		played_queue_message(rule, nlh);
		/* A dump is answered with the messages of all rules that apply. */
		if (!dump)
			break;
	}
	if (dump)
		played_queue_done(nlh);
	else if (nlh->nlmsg_flags & NLM_F_ACK)
		played_queue_error(nlh, 0, NULL);
}

/* --- libmnl's sockets ----------------------------------------------------------------------- */

struct mnl_socket {
	int fd;
	int bus;
};

static int played_send_error;		/* error of the next sendmsg(); 0: none */
static int played_feed = -1;		/* the other end of the socket that was opened last */
static unsigned int played_open;

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	struct mnl_socket *sock = malloc(sizeof(*sock));
	int fds[2];

	assert_true(bus == NETLINK_ROUTE || bus == NETLINK_GENERIC);
	assert_int_equal(flags, SOCK_CLOEXEC);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	if (played_feed >= 0)
		close(played_feed);
	sock->fd = fds[0];
	sock->bus = bus;
	played_feed = fds[1];
	played_open++;
	return sock;
}

int mnl_socket_bind(struct mnl_socket *sock, unsigned int groups, pid_t pid)
{
	return 0;
}

int mnl_socket_close(struct mnl_socket *sock)
{
	close(sock->fd);
	free(sock);
	played_open--;
	return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *sock)
{
	return sock->fd;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *sock)
{
	return PLAYED_PORT;
}

int mnl_socket_setsockopt(const struct mnl_socket *sock, int type, void *buf, socklen_t len)
{
	assert_int_equal(len, sizeof(int));
	if (type == NETLINK_ADD_MEMBERSHIP)
		played_say("join %d\n", *(int *)buf);
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *sock, const void *req, size_t len)
{
	const struct nlmsghdr *nlh = req;
	int left = (int)len;

	if (played_send_error) {
		errno = played_send_error;
		played_send_error = 0;
		return -1;
	}
	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		const char *text;

		if (nlh != req)
			played_say(" + ");
		text = played_say_request(nlh, sock->bus);
		played_carry_out(nlh, text);
	}
	assert_int_equal(left, 0);
	played_say("\n");
	return (ssize_t)len;
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *sock, void *buf, size_t size)
{
	struct played_datagram d;
	ssize_t n;

	/* Nothing more will come, so the socket's timeout expires. */
	if (!played_n_waiting) {
		errno = EAGAIN;
		return -1;
	}
	d = played_waiting[0];
	memmove(played_waiting, played_waiting + 1, --played_n_waiting * sizeof(d));
	errno = d.len > size ? ENOSPC : d.err;
	n = errno ? -1 : (ssize_t)d.len;
	if (n > 0)
		memcpy(buf, d.data, d.len);
	free(d.data);
	return n;
}

/* --- for tests ------------------------------------------------------------------------------ */

static inline void forget_requests(void)
{
	played_len = 0;
	played_text[0] = '\0';
}

/* Check that @want was sent since the last call: a line for each sendmsg(). */
#define expect_requests(want) expect_requests_at(want, __FILE__, __LINE__)
static inline void expect_requests_at(const char *want, const char *file, int line)
{
	if (strcmp(played_text, want)) {
		print_error("--- wanted\n%s--- sent\n%s", want, played_text);
		_fail(file, line);
	}
	forget_requests();
}

/* Returns the number of lines since the last expect_requests() or forget_requests(). */
static inline unsigned int played_round_trips(void)
{
	unsigned int n = 0;

	for (const char *p = played_text; (p = strchr(p, '\n')); p++)
		n++;
	return n;
}

/* Prepare the answer to GETFAMILY. */
static inline void play_family(void)
{
	struct nlmsghdr *nlh = play_message(GENL_ID_CTRL, GENL_HDRLEN);
	struct nlattr *groups, *group;

	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, PLAYED_FAMILY);
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, PPTP_MCGRP_EVENTS);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, PLAYED_GROUP);
	mnl_attr_nest_end(nlh, group);
	mnl_attr_nest_end(nlh, groups);
	play_answer("GETFAMILY", nlh);
}

/* Check that all rules were used, everything was read, and no socket is open. */
static inline void play_end(void)
{
	for (unsigned int i = 0; i < played_n_rules; i++)
		if (played_rules[i].request)
			fail_msg("nobody asked: %s", played_rules[i].request);
	played_n_rules = 0;
	assert_int_equal(played_n_waiting, 0);
	assert_int_equal(played_open, 0);
	assert_string_equal(played_text, "");
	if (played_feed >= 0)
		close(played_feed);
	played_feed = -1;
}

#endif
