// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/pptp.h>
#include <net/if.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel.h"
#include "pppctl.h"
#include "util/counters.h"

#define NEEDS_PRIVILEGE	"reading the kernel's sessions needs CAP_NET_ADMIN; try again as root"
#define BUFFER		32768	/* octets of one read: the kernel fills no larger buffer */
#define DUMP_TRIES	5	/* a dump is repeated if sessions came or went meanwhile */
#define N_OF(array)	(sizeof(array) / sizeof((array)[0]))

/* ---- attributes ---- */

enum kind {
	KIND_NONE,		/* not shown */
	KIND_NUMBER,		/* u8, u16, u32 or u64, by its length */
	KIND_BOOL,
	KIND_IPV4,
	KIND_IPV6,
	KIND_INTERFACE,		/* an index, shown with its name */
	KIND_WORD,		/* one of @words */
	KIND_WORDS,		/* bits; bit 0 is words[0] */
	KIND_TOS,		/* a number, or "inherit" */
	KIND_NEST,
};

struct attribute {
	const char *name;
	enum kind kind;
	const char * const *words;	/* ends with NULL */
	const struct attribute *nest;
	int nest_max;
};

#define STAT(constant, text) [PPTP_A_STATS_##constant] = { text, KIND_NUMBER },

static const struct attribute stats[] = { COUNTERS(STAT) };

/* A counter that is added to the header must be given a name in util/counters.h. */
_Static_assert(N_OF(stats) == PPTP_A_STATS_MAX + 1, "a counter has no name");

static const struct attribute key[] = {
	[PPTP_A_MPPE_KEY_BITS] = { "bits", KIND_NUMBER },
	[PPTP_A_MPPE_KEY_STATELESS] = { "stateless", KIND_BOOL },
	[PPTP_A_MPPE_KEY_COHERENCY] = { "coherency", KIND_NUMBER },
};

static const struct attribute mppe[] = {
	[PPTP_A_MPPE_REQUIRED] = { "required", KIND_BOOL },
	[PPTP_A_MPPE_TX] = { "tx", KIND_NEST, .nest = key, .nest_max = N_OF(key) - 1 },
	[PPTP_A_MPPE_RX] = { "rx", KIND_NEST, .nest = key, .nest_max = N_OF(key) - 1 },
};

static const struct attribute window[] = {
	[PPTP_A_WINDOW_SEND] = { "send", KIND_NUMBER },
	[PPTP_A_WINDOW_RECEIVE] = { "receive", KIND_NUMBER },
	[PPTP_A_WINDOW_SLIDING] = { "sliding", KIND_BOOL },
	[PPTP_A_WINDOW_REORDER_MAX] = { "reorder_max", KIND_NUMBER },
	[PPTP_A_WINDOW_REORDER_TIMEOUT] = { "reorder_timeout_us", KIND_NUMBER },
	[PPTP_A_WINDOW_TX_SEQ] = { "tx_seq", KIND_NUMBER },
	[PPTP_A_WINDOW_TX_ACKED] = { "tx_acked", KIND_NUMBER },
	[PPTP_A_WINDOW_RX_SEQ] = { "rx_seq", KIND_NUMBER },
	[PPTP_A_WINDOW_RX_ACKED] = { "rx_acked", KIND_NUMBER },
};

static const char * const dfs[] = { "set", "clear", NULL };

static const struct attribute outer[] = {
	[PPTP_A_OUTER_TOS] = { "tos", KIND_TOS },
	[PPTP_A_OUTER_TTL] = { "ttl", KIND_NUMBER },
	[PPTP_A_OUTER_DF] = { "df", KIND_WORD, .words = dfs },
	[PPTP_A_OUTER_MARK] = { "mark", KIND_NUMBER },
	[PPTP_A_OUTER_ECN] = { "ecn", KIND_BOOL },
};

static const struct attribute shape[] = {
	[PPTP_A_SHAPE_RX_RATE] = { "rx_rate", KIND_NUMBER },
	[PPTP_A_SHAPE_RX_BURST] = { "rx_burst", KIND_NUMBER },
	[PPTP_A_SHAPE_TX_RATE] = { "tx_rate", KIND_NUMBER },
	[PPTP_A_SHAPE_TX_BURST] = { "tx_burst", KIND_NUMBER },
	[PPTP_A_SHAPE_MARK] = { "mark", KIND_NUMBER },
	[PPTP_A_SHAPE_PRIORITY] = { "priority", KIND_NUMBER },
};

static const char * const uppers[] = { "none", "channel", "link", NULL };
static const char * const protocols[] = { "ipv4", "ipv6", NULL };
static const char * const frames[] = { "acfc", "pfc", NULL };
static const char * const downs[] = { "closed", "deleted", NULL };

static const struct attribute session[] = {
	[PPTP_A_SESSION_LOCAL_ADDRESS] = { "local_address", KIND_IPV4 },
	[PPTP_A_SESSION_CALL_ID] = { "call_id", KIND_NUMBER },
	[PPTP_A_SESSION_PEER_ADDRESS] = { "peer_address", KIND_IPV4 },
	[PPTP_A_SESSION_PEER_CALL_ID] = { "peer_call_id", KIND_NUMBER },
	[PPTP_A_SESSION_UPPER] = { "upper", KIND_WORD, .words = uppers },
	[PPTP_A_SESSION_IFINDEX] = { "ifindex", KIND_INTERFACE },
	[PPTP_A_SESSION_LINK_IPV4] = { "link_ipv4", KIND_IPV4 },
	[PPTP_A_SESSION_LINK_IPV6] = { "link_ipv6", KIND_IPV6 },
	[PPTP_A_SESSION_PROTOCOLS] = { "protocols", KIND_WORDS, .words = protocols },
	[PPTP_A_SESSION_FRAME] = { "frame", KIND_WORDS, .words = frames },
	[PPTP_A_SESSION_IDLE_TIMEOUT] = { "idle_timeout_s", KIND_NUMBER },
	[PPTP_A_SESSION_IDLE] = { "idle_ms", KIND_NUMBER },
	[PPTP_A_SESSION_UPTIME] = { "uptime_s", KIND_NUMBER },
	[PPTP_A_SESSION_PATH_MTU] = { "path_mtu", KIND_NUMBER },
	[PPTP_A_SESSION_DOWN] = { "down", KIND_WORD, .words = downs },
	[PPTP_A_SESSION_WINDOW] = {
		"window", KIND_NEST, .nest = window, .nest_max = N_OF(window) - 1,
	},
	[PPTP_A_SESSION_MPPE] = { "mppe", KIND_NEST, .nest = mppe, .nest_max = N_OF(mppe) - 1 },
	[PPTP_A_SESSION_STATS] = {
		"stats", KIND_NEST, .nest = stats, .nest_max = N_OF(stats) - 1,
	},
	[PPTP_A_SESSION_OUTER] = {
		"outer", KIND_NEST, .nest = outer, .nest_max = N_OF(outer) - 1,
	},
	[PPTP_A_SESSION_SHAPE] = {
		"shape", KIND_NEST, .nest = shape, .nest_max = N_OF(shape) - 1,
	},
};

static const struct attribute net[] = {
	[PPTP_A_NET_SESSIONS] = { "sessions", KIND_NUMBER },
	[PPTP_A_NET_STATS] = {
		"stats", KIND_NEST, .nest = stats, .nest_max = N_OF(stats) - 1,
	},
	[PPTP_A_NET_TOTALS] = {
		"totals", KIND_NEST, .nest = stats, .nest_max = N_OF(stats) - 1,
	},
};

/* The largest number of attributes in any of the sets above. */
#define MAX_ATTRIBUTE PPTP_A_STATS_MAX

static uint64_t number_in(const struct nlattr *a)
{
	switch (nla_len(a)) {
	case 1:
		return nla_get_u8(a);
	case 2:
		return nla_get_u16(a);
	case 4:
		return nla_get_u32(a);
	case 8:
		return nla_get_u64((struct nlattr *)a);
	default:
		return 0;
	}
}

static json_t *address_in(int family, const struct nlattr *a)
{
	char text[INET6_ADDRSTRLEN];

	if (nla_len(a) != (family == AF_INET ? 4 : 16))
		return NULL;
	return json_string(inet_ntop(family, nla_data(a), text, sizeof(text)));
}

static json_t *word_in(const struct attribute *attribute, uint64_t value)
{
	for (size_t i = 0; attribute->words[i]; i++)
		if (i == value)
			return json_string(attribute->words[i]);
	return json_integer((json_int_t)value);
}

static json_t *words_in(const struct attribute *attribute, uint64_t bits)
{
	json_t *list = json_array();

	for (size_t i = 0; attribute->words[i]; i++)
		if (bits & UINT64_C(1) << i)
			json_array_append_new(list, json_string(attribute->words[i]));
	return list;
}

static json_t *set_in(struct nlattr **attributes, const struct attribute *set, int max);

static json_t *nest_in(const struct attribute *attribute, struct nlattr *a)
{
	struct nlattr *attributes[MAX_ATTRIBUTE + 1];

	if (nla_parse_nested(attributes, attribute->nest_max, a, NULL))
		return NULL;
	return set_in(attributes, attribute->nest, attribute->nest_max);
}

static json_t *value_in(const struct attribute *attribute, struct nlattr *a)
{
	switch (attribute->kind) {
	case KIND_NUMBER:
	case KIND_INTERFACE:
		return json_integer((json_int_t)number_in(a));
	case KIND_BOOL:
		return json_boolean(number_in(a));
	case KIND_IPV4:
		return address_in(AF_INET, a);
	case KIND_IPV6:
		return address_in(AF_INET6, a);
	case KIND_WORD:
		return word_in(attribute, number_in(a));
	case KIND_WORDS:
		return words_in(attribute, number_in(a));
	case KIND_TOS:
		return number_in(a) == PPTP_TOS_INHERIT ? json_string("inherit") :
							  json_integer((json_int_t)number_in(a));
	case KIND_NEST:
		return nest_in(attribute, a);
	case KIND_NONE:
		break;
	}
	return NULL;
}

/* Returns the attributes that are present as an object, or NULL if one is malformed. */
static json_t *set_in(struct nlattr **attributes, const struct attribute *set, int max)
{
	json_t *object = json_object();

	for (int i = 0; i <= max; i++) {
		json_t *value;

		if (!attributes[i] || set[i].kind == KIND_NONE)
			continue;
		value = value_in(&set[i], attributes[i]);
		if (!value) {
			json_decref(object);
			return NULL;
		}
		json_object_set_new(object, set[i].name, value);
		if (set[i].kind == KIND_INTERFACE) {
			char name[IF_NAMESIZE];

			if (if_indextoname((unsigned int)number_in(attributes[i]), name))
				json_object_set_new(object, "interface", json_string(name));
		}
	}
	return object;
}

static const char *event_name(uint8_t command)
{
	switch (command) {
	case PPTP_CMD_SESSION_UP_NTF:
		return "up";
	case PPTP_CMD_SESSION_DOWN_NTF:
		return "down";
	case PPTP_CMD_SESSION_IDLE_NTF:
		return "idle";
	case PPTP_CMD_MPPE_RESYNC_NTF:
		return "mppe_resync";
	default:
		return NULL;
	}
}

json_t *kernel_parse(struct nlmsghdr *message)
{
	struct nlattr *attributes[MAX_ATTRIBUTE + 1];
	const struct attribute *set = session;
	int max = N_OF(session) - 1;
	const char *event;
	uint8_t command;
	json_t *object;

	if (!genlmsg_valid_hdr(message, 0))
		return NULL;
	command = genlmsg_hdr(message)->cmd;
	if (command == PPTP_CMD_NET_GET) {
		set = net;
		max = N_OF(net) - 1;
	}
	if (genlmsg_parse(message, 0, attributes, max, NULL))
		return NULL;
	object = set_in(attributes, set, max);
	event = event_name(command);
	if (object && event)
		json_object_set_new(object, "event", json_string(event));
	return object;
}

/* ---- the socket ---- */

struct request {
	struct nl_sock *sock;
	int family;
	json_t *list;		/* the objects received so far */
	int error;		/* the kernel's negative errno, or 0 */
	char words[256];	/* the kernel's text about @error, or "" */
	void (*event)(const void *ctx, const json_t *object);
	const void *ctx;
};

static int message_came(struct nl_msg *msg, void *arg)
{
	struct request *request = arg;
	json_t *object = kernel_parse(nlmsg_hdr(msg));

	if (object)
		json_array_append_new(request->list, object);
	return NL_OK;
}

/* Take the text out of an extended ACK: libnl does not offer it. */
static void take_words(struct request *request, const struct nlmsgerr *error)
{
	const struct nlmsghdr *header = (const struct nlmsghdr *)((const char *)error -
								  NLMSG_HDRLEN);
	size_t skip = sizeof(*error);
	struct nlattr *attribute;
	int rest;

	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(header->nlmsg_flags & NLM_F_CAPPED))
		skip += error->msg.nlmsg_len - NLMSG_HDRLEN;
	rest = (int)header->nlmsg_len - NLMSG_HDRLEN - (int)NLMSG_ALIGN(skip);
	attribute = (struct nlattr *)((char *)error + NLMSG_ALIGN(skip));
	for (; nla_ok(attribute, rest); attribute = nla_next(attribute, &rest))
		if (nla_type(attribute) == NLMSGERR_ATTR_MSG)
			snprintf(request->words, sizeof(request->words), "%.*s",
				 nla_len(attribute), (const char *)nla_data(attribute));
}

static int error_came(struct sockaddr_nl *from, struct nlmsgerr *error, void *arg)
{
	struct request *request = arg;

	request->error = error->error;
	take_words(request, error);
	return NL_STOP;
}

static const char *refusal(const struct request *request)
{
	if (*request->words)
		return request->words;
	return request->error == -EPERM ? NEEDS_PRIVILEGE : strerror(-request->error);
}

static bool open_socket(struct request *request, int *status)
{
	int one = 1;

	*status = STATUS_ABSENT;
	request->sock = nl_socket_alloc();
	if (!request->sock || genl_connect(request->sock)) {
		complain("no netlink socket");
		return false;
	}
	nl_socket_set_msg_buf_size(request->sock, BUFFER);
	setsockopt(nl_socket_get_fd(request->sock), SOL_NETLINK, NETLINK_EXT_ACK, &one,
		   sizeof(one));
	request->family = genl_ctrl_resolve(request->sock, PPTP_FAMILY_NAME);
	if (request->family < 0) {
		complain("the kernel module culvert is not loaded; try \"modprobe culvert\"");
		return false;
	}
	nl_socket_modify_cb(request->sock, NL_CB_VALID, NL_CB_CUSTOM, message_came, request);
	nl_socket_modify_err_cb(request->sock, NL_CB_CUSTOM, error_came, request);
	return true;
}

/* Send one request and receive its whole reply. Returns 0 or a negative error of libnl. */
static int transact(struct request *request, uint8_t command, int flags,
		    const struct in_addr *local, uint16_t call_id)
{
	struct nl_msg *msg = nlmsg_alloc();
	int err = -NLE_NOMEM;

	json_array_clear(request->list);
	request->error = 0;
	if (msg &&
	    genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, request->family, 0, flags, command,
			PPTP_FAMILY_VERSION) &&
	    (!local || (!nla_put_u32(msg, PPTP_A_SESSION_LOCAL_ADDRESS, local->s_addr) &&
			!nla_put_u16(msg, PPTP_A_SESSION_CALL_ID, call_id))))
		err = nl_send_auto(request->sock, msg);
	nlmsg_free(msg);
	if (err >= 0)
		err = nl_recvmsgs_default(request->sock);
	return err < 0 ? err : 0;
}

static void close_socket(struct request *request)
{
	nl_socket_free(request->sock);
	json_decref(request->list);
}

/* Returns the objects of the reply as an array, or NULL after complaining. */
static json_t *query(uint8_t command, int flags, const struct in_addr *local, uint16_t call_id,
		     int *status)
{
	struct request request = { .list = json_array() };
	json_t *list = NULL;
	int err = 0;

	if (open_socket(&request, status)) {
		for (int i = 0; i < DUMP_TRIES; i++) {
			err = transact(&request, command, flags, local, call_id);
			if (err != -NLE_DUMP_INTR)
				break;
		}
		*status = STATUS_FAILED;
		if (request.error) {
			complain("%s", refusal(&request));
		} else if (err) {
			complain("netlink: %s", nl_geterror(err));
		} else {
			list = json_incref(request.list);
			*status = STATUS_OK;
		}
	}
	close_socket(&request);
	return list;
}

static json_t *only_one(json_t *list, int *status)
{
	json_t *object = json_incref(json_array_get(list, 0));

	if (list && !object) {
		complain("the kernel does not answer");
		*status = STATUS_FAILED;
	}
	json_decref(list);
	return object;
}

json_t *kernel_sessions(int *status)
{
	return query(PPTP_CMD_SESSION_GET, NLM_F_DUMP, NULL, 0, status);
}

json_t *kernel_session(struct in_addr local, uint16_t call_id, int *status)
{
	return only_one(query(PPTP_CMD_SESSION_GET, 0, &local, call_id, status), status);
}

json_t *kernel_counters(int *status)
{
	return only_one(query(PPTP_CMD_NET_GET, 0, NULL, 0, status), status);
}

static int event_came(struct nl_msg *msg, void *arg)
{
	struct request *request = arg;
	json_t *object = kernel_parse(nlmsg_hdr(msg));

	if (object && json_object_get(object, "event"))
		request->event(request->ctx, object);
	json_decref(object);
	return NL_OK;
}

int kernel_monitor(void (*event)(const void *ctx, const json_t *object), const void *ctx)
{
	struct request request = { .list = json_array(), .event = event, .ctx = ctx };
	int status, group, err;

	if (!open_socket(&request, &status))
		goto out;
	group = genl_ctrl_resolve_grp(request.sock, PPTP_FAMILY_NAME, PPTP_MCGRP_EVENTS);
	status = STATUS_FAILED;
	err = group < 0 ? group : nl_socket_add_membership(request.sock, group);
	if (err) {
		complain(err == -NLE_PERM ? NEEDS_PRIVILEGE :
			 "the kernel module has no events to listen to");
		goto out;
	}
	nl_socket_disable_seq_check(request.sock);
	nl_socket_modify_cb(request.sock, NL_CB_VALID, NL_CB_CUSTOM, event_came, &request);
	while (err >= 0) {
		err = nl_recvmsgs_default(request.sock);
		if (err == -NLE_NOMEM) {
			/* ENOBUFS: the kernel was faster than the reader of our output. */
			complain("some events were lost");
			err = 0;
		}
	}
	complain("netlink: %s", nl_geterror(err));
out:
	close_socket(&request);
	return status;
}
