// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/pptp.h>

#include "net/genl.h"
#include "util/netns.h"

_Static_assert(OUTER_TOS_INHERIT == PPTP_TOS_INHERIT, "one word for one thing");

/* Start a request behind @before; if @before is NULL, the first request. */
static struct nlmsghdr *request(struct nl *nl, const struct nlmsghdr *before, uint16_t type,
				uint8_t command, uint8_t version)
{
	const size_t extra = sizeof(struct genlmsghdr);
	struct nlmsghdr *nlh = before ? nl_also(nl, before, type, 0, extra) :
					nl_request(nl, type, 0, extra);
	struct genlmsghdr *g = mnl_nlmsg_get_payload(nlh);

	g->cmd = command;
	g->version = version;
	return nlh;
}

static struct nlmsghdr *about(struct genl *genl, const struct nlmsghdr *before, uint8_t command,
			      const struct net_session_addr *name)
{
	struct nlmsghdr *nlh = request(&genl->nl, before, genl->family, command,
				       PPTP_FAMILY_VERSION);

	mnl_attr_put_u32(nlh, PPTP_A_SESSION_LOCAL_ADDRESS, ip_to_v4(name->local).s_addr);
	mnl_attr_put_u16(nlh, PPTP_A_SESSION_CALL_ID, name->call_id);
	return nlh;
}

/* --- the family --------------------------------------------------------------------------- */

static void read_groups(int *events, const struct nlattr *groups)
{
	const struct nlattr *group, *attr;

	mnl_attr_for_each_nested(group, groups) {
		const char *name = "";
		uint32_t id = 0;

		mnl_attr_for_each_nested(attr, group) {
			if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME &&
			    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
				name = mnl_attr_get_str(attr);
			else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID &&
				 mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
				id = mnl_attr_get_u32(attr);
		}
		if (!strcmp(name, PPTP_MCGRP_EVENTS))
			*events = id;
	}
}

/* The kernel's answer about the family. */
struct family {
	uint16_t id;
	int events;			/* number of the multicast group; 0: none */
};

static int read_family(const struct nlmsghdr *nlh, void *arg)
{
	struct family *family = arg;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U16) == 0)
			family->id = mnl_attr_get_u16(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			read_groups(&family->events, attr);
	}
	return MNL_CB_OK;
}

/*
 * The kernel sends an event for each session that comes or goes, too. The daemon does not need
 * these events, and the filter keeps them from waking it. If the filter cannot be attached, the
 * daemon reads and drops these events.
 */
static void hear_resyncs_only(struct nl *events)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS,
			 NLMSG_HDRLEN + offsetof(struct genlmsghdr, cmd)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PPTP_CMD_MPPE_RESYNC_NTF, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]), .filter = code,
	};

	setsockopt(mnl_socket_get_fd(events->sock), SOL_SOCKET, SO_ATTACH_FILTER, &program,
		   sizeof(program));
}

int genl_open(struct genl *genl)
{
	struct family family = { 0 };
	struct nlmsghdr *nlh;
	int err;

	memset(genl, 0, sizeof(*genl));
	err = nl_open(&genl->nl, NETLINK_GENERIC);
	if (err)
		return err;
	nlh = request(&genl->nl, NULL, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, PPTP_FAMILY_NAME);
	err = nl_ask(&genl->nl, nlh, read_family, &family);
	genl->family = family.id;
	if (!err && (!family.id || !family.events))
		err = -ENOENT;
	if (!err)
		err = nl_open(&genl->events, NETLINK_GENERIC);
	if (!err)
		hear_resyncs_only(&genl->events);
	if (!err && mnl_socket_setsockopt(genl->events.sock, NETLINK_ADD_MEMBERSHIP, &family.events,
					  sizeof(family.events)) < 0)
		err = -errno;
	if (err)
		genl_close(genl);
	return err;
}

void genl_close(struct genl *genl)
{
	nl_close(&genl->survey);
	nl_close(&genl->events);
	nl_close(&genl->nl);
}

/* --- sessions ------------------------------------------------------------------------------ */

static void put_key(struct nlmsghdr *nlh, uint16_t type, const struct net_mppe *key)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	mnl_attr_put_u8(nlh, PPTP_A_MPPE_KEY_BITS, key->bits);
	if (key->bits) {
		mnl_attr_put_u8(nlh, PPTP_A_MPPE_KEY_STATELESS, key->stateless);
		mnl_attr_put(nlh, PPTP_A_MPPE_KEY_START, sizeof(key->key), key->key);
	}
	mnl_attr_nest_end(nlh, nest);
}

static struct nlmsghdr *put_keys(struct genl *genl, const struct nlmsghdr *before,
				 const struct net_session_addr *name, const struct net_keys *keys)
{
	struct nlmsghdr *nlh = about(genl, before, PPTP_CMD_KEY_SET, name);
	struct nlattr *nest = mnl_attr_nest_start(nlh, PPTP_A_SESSION_MPPE);

	mnl_attr_put_u8(nlh, PPTP_A_MPPE_REQUIRED, keys->required);
	if (keys->set_tx)
		put_key(nlh, PPTP_A_MPPE_TX, &keys->tx);
	if (keys->set_rx)
		put_key(nlh, PPTP_A_MPPE_RX, &keys->rx);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

/* Do nl_talk(), then erase the keys in the buffer. */
static int talk_of_keys(struct genl *genl, struct nlmsghdr *nlh)
{
	int err = nl_talk(&genl->nl, nlh, NULL, NULL);

	explicit_bzero(genl->nl.request, sizeof(genl->nl.request));
	return err;
}

int genl_set_keys(struct genl *genl, const struct net_session_addr *name,
		  const struct net_keys *keys)
{
	return talk_of_keys(genl, put_keys(genl, NULL, name, keys));
}

static struct nlmsghdr *put_attach(struct genl *genl, const struct nlmsghdr *before,
				   const struct net_session_addr *name,
				   const struct genl_traffic *up)
{
	struct nlmsghdr *nlh = about(genl, before, PPTP_CMD_LINK_ATTACH, name);

	mnl_attr_put_u32(nlh, PPTP_A_SESSION_IFINDEX, up->ifindex);
	if (up->netns)
		mnl_attr_put_u32(nlh, PPTP_A_SESSION_NETNS_FD, up->netns);
	nl_put_address(nlh, PPTP_A_SESSION_LINK_IPV4, up->next_hop);
	return nlh;
}

static void put_window(struct nlmsghdr *nlh, uint16_t window)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, PPTP_A_SESSION_WINDOW);

	mnl_attr_put_u16(nlh, PPTP_A_WINDOW_SEND, window);
	mnl_attr_put_u8(nlh, PPTP_A_WINDOW_SLIDING, true);
	mnl_attr_nest_end(nlh, nest);
}

/* Returns false if there was nothing to put. */
static bool put_outer(struct nlmsghdr *nlh, const struct outer *outer)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, PPTP_A_SESSION_OUTER);

	if (outer->tos != OUTER_TOS_INHERIT)
		mnl_attr_put_u8(nlh, PPTP_A_OUTER_TOS, outer->tos);
	if (outer->ttl)
		mnl_attr_put_u8(nlh, PPTP_A_OUTER_TTL, outer->ttl);
	if (outer->df == OUTER_DF_CLEAR)
		mnl_attr_put_u8(nlh, PPTP_A_OUTER_DF, PPTP_DF_CLEAR);
	if (outer->mark)
		mnl_attr_put_u32(nlh, PPTP_A_OUTER_MARK, outer->mark);
	if (outer->ecn)
		mnl_attr_put_u8(nlh, PPTP_A_OUTER_ECN, true);
	mnl_attr_nest_end(nlh, nest);
	return mnl_attr_get_payload_len(nest);
}

int genl_set_outer(struct genl *genl, const struct net_session_addr *name,
		   const struct outer *outer)
{
	struct nlmsghdr *nlh = about(genl, NULL, PPTP_CMD_SESSION_SET, name);

	return put_outer(nlh, outer) ? nl_talk(&genl->nl, nlh, NULL, NULL) : 0;
}

static void put_rate(struct nlmsghdr *nlh, uint16_t rate, uint64_t bits, uint16_t burst,
		     uint32_t octets)
{
	mnl_attr_put_u64(nlh, rate, bits);
	if (octets)
		mnl_attr_put_u32(nlh, burst, octets);
}

int genl_set_shape(struct genl *genl, const struct net_session_addr *name,
		   const struct net_shape *shape)
{
	struct nlmsghdr *nlh = about(genl, NULL, PPTP_CMD_SESSION_SET, name);
	struct nlattr *nest = mnl_attr_nest_start(nlh, PPTP_A_SESSION_SHAPE);

	put_rate(nlh, PPTP_A_SHAPE_RX_RATE, shape->rx_rate, PPTP_A_SHAPE_RX_BURST, shape->rx_burst);
	put_rate(nlh, PPTP_A_SHAPE_TX_RATE, shape->tx_rate, PPTP_A_SHAPE_TX_BURST, shape->tx_burst);
	mnl_attr_put_u32(nlh, PPTP_A_SHAPE_MARK, shape->mark);
	mnl_attr_put_u32(nlh, PPTP_A_SHAPE_PRIORITY, shape->priority);
	mnl_attr_nest_end(nlh, nest);
	return nl_talk(&genl->nl, nlh, NULL, NULL);
}

/*
 * The kernel carries out the requests behind a request that it refuses, and it refuses a key if it
 * has no memory for it. So the requirement for MPPE comes first, in a request of its own. That
 * needs no memory, and with it no user traffic passes without a key.
 */
int genl_up(struct genl *genl, const struct net_session_addr *name, const struct genl_traffic *up)
{
	const struct net_keys requirement = { .required = true };
	struct nlmsghdr *nlh = NULL;

	if (up->keys && up->keys->required && (up->keys->set_rx || up->keys->set_tx))
		nlh = put_keys(genl, nlh, name, &requirement);
	if (up->keys)
		nlh = put_keys(genl, nlh, name, up->keys);
	if (up->ifindex)
		nlh = put_attach(genl, nlh, name, up);
	nlh = about(genl, nlh, PPTP_CMD_SESSION_SET, name);
	mnl_attr_put_u32(nlh, PPTP_A_SESSION_PROTOCOLS, up->protocols);
	mnl_attr_put_u32(nlh, PPTP_A_SESSION_FRAME, up->frame);
	if (up->window)
		put_window(nlh, up->window);
	return talk_of_keys(genl, nlh);
}

static struct nlmsghdr *put_pause(struct genl *genl, const struct net_session_addr *name)
{
	struct nlmsghdr *nlh = about(genl, NULL, PPTP_CMD_SESSION_SET, name);

	mnl_attr_put_u32(nlh, PPTP_A_SESSION_PROTOCOLS, 0);
	return nlh;
}

int genl_pause(struct genl *genl, const struct net_session_addr *name)
{
	return nl_talk(&genl->nl, put_pause(genl, name), NULL, NULL);
}

int genl_down(struct genl *genl, const struct net_session_addr *name)
{
	const struct nlmsghdr *nlh = put_pause(genl, name);

	return nl_talk(&genl->nl, about(genl, nlh, PPTP_CMD_LINK_DETACH, name), NULL, NULL);
}

/* Causes were appended behind those of the other direction once. */
static bool is_rx_drop(uint16_t counter)
{
	return (counter >= PPTP_A_STATS_RX_DROP_MALFORMED &&
		counter <= PPTP_A_STATS_RX_DROP_NO_MEMORY) ||
	       counter == PPTP_A_STATS_RX_DROP_RATE;
}

static bool is_tx_drop(uint16_t counter)
{
	return (counter >= PPTP_A_STATS_TX_DROP_NO_SESSION &&
		counter <= PPTP_A_STATS_TX_DROP_NO_MEMORY) ||
	       counter == PPTP_A_STATS_TX_DROP_RATE;
}

static void read_counters(struct net_stats *stats, const struct nlattr *nest)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		const uint16_t counter = mnl_attr_get_type(attr);

		if (mnl_attr_validate(attr, MNL_TYPE_U64) < 0)
			continue;
		if (is_rx_drop(counter))
			stats->rx_dropped += mnl_attr_get_u64(attr);
		else if (is_tx_drop(counter))
			stats->tx_dropped += mnl_attr_get_u64(attr);
		switch (counter) {
		case PPTP_A_STATS_RX_PACKETS:
			stats->rx_packets = mnl_attr_get_u64(attr);
			break;
		case PPTP_A_STATS_RX_BYTES:
			stats->rx_bytes = mnl_attr_get_u64(attr);
			break;
		case PPTP_A_STATS_TX_PACKETS:
			stats->tx_packets = mnl_attr_get_u64(attr);
			break;
		case PPTP_A_STATS_TX_BYTES:
			stats->tx_bytes = mnl_attr_get_u64(attr);
			break;
		}
	}
}

static void read_session(const struct nlmsghdr *nlh, struct net_session_addr *name,
			 struct net_stats *stats)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case PPTP_A_SESSION_LOCAL_ADDRESS:
			if (mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
				name->local = nl_get_address(attr);
			break;
		case PPTP_A_SESSION_CALL_ID:
			if (mnl_attr_validate(attr, MNL_TYPE_U16) == 0)
				name->call_id = mnl_attr_get_u16(attr);
			break;
		case PPTP_A_SESSION_IDLE:
			if (mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
				stats->idle_s = mnl_attr_get_u32(attr) / 1000;
			break;
		case PPTP_A_SESSION_STATS:
			read_counters(stats, attr);
			break;
		}
	}
}

_Static_assert(PPTP_A_STATS_MAX < NET_COUNTERS, "there is room for all counters");

static void read_all_counters(uint64_t *counters, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr, *counter;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != PPTP_A_SESSION_STATS)
			continue;
		mnl_attr_for_each_nested(counter, attr)
			if (mnl_attr_get_type(counter) < NET_COUNTERS &&
			    mnl_attr_validate(counter, MNL_TYPE_U64) == 0)
				counters[mnl_attr_get_type(counter)] = mnl_attr_get_u64(counter);
	}
}

struct one {
	struct net_stats *stats;
	uint64_t *counters;
};

static int read_one(const struct nlmsghdr *nlh, void *arg)
{
	const struct one *one = arg;
	struct net_session_addr name;

	read_session(nlh, &name, one->stats);
	if (one->counters)
		read_all_counters(one->counters, nlh);
	return MNL_CB_OK;
}

int genl_stats(struct genl *genl, const struct net_session_addr *name, struct net_stats *stats,
	       uint64_t *counters)
{
	struct one one = { .stats = stats, .counters = counters };

	return nl_ask(&genl->nl, about(genl, NULL, PPTP_CMD_SESSION_GET, name), read_one, &one);
}

struct all_stats {
	const char *netns;
	net_stats_fn fn;
	void *ctx;
};

static int read_each(const struct nlmsghdr *nlh, void *arg)
{
	const struct all_stats *all = arg;
	struct net_session_addr name = { 0 };
	struct net_stats stats = { 0 };

	read_session(nlh, &name, &stats);
	all->fn(all->ctx, all->netns, &name, &stats);
	return MNL_CB_OK;
}

/* In the namespace of @arg. */
static int open_survey(const void *arg)
{
	struct genl * const *genl = arg;

	return nl_open(&(*genl)->survey, NETLINK_GENERIC);
}

static int begin_survey(struct genl *genl)
{
	struct nl *nl = &genl->survey;
	int err = 0;

	if (!nl->sock)
		err = genl->netns ? netns_make_in(genl->netns_fd, open_survey, &genl) :
				    open_survey(&genl);
	if (!err)
		err = nl_dump(nl, request(nl, NULL, genl->family, PPTP_CMD_SESSION_GET,
					  PPTP_FAMILY_VERSION));
	return err;
}

int genl_survey(struct genl *genl, net_stats_fn fn, void *ctx)
{
	struct all_stats all = { .netns = genl->netns, .fn = fn, .ctx = ctx };
	int more = genl->surveys ? 0 : begin_survey(genl);

	if (!more)
		more = nl_dump_part(&genl->survey, read_each, &all);
	genl->surveys = more > 0;
	/* The kernel may be amid a dump, and would refuse the next one. */
	if (more < 0)
		nl_close(&genl->survey);
	return more;
}

/* --- all of the namespace ------------------------------------------------------------------- */

#define FIRST_DROP PPTP_A_STATS_RX_DROP_MALFORMED

_Static_assert(NET_DROPS == PPTP_A_STATS_MAX - FIRST_DROP + 1, "each drop has a name");

static void add_counters(struct net_totals *totals, const struct nlattr *nest)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		const unsigned int type = mnl_attr_get_type(attr);

		if (mnl_attr_validate(attr, MNL_TYPE_U64) < 0)
			continue;
		if (type >= FIRST_DROP && type <= PPTP_A_STATS_MAX)
			totals->drops[type - FIRST_DROP] += mnl_attr_get_u64(attr);
		else if (type == PPTP_A_STATS_RX_PACKETS)
			totals->rx_packets += mnl_attr_get_u64(attr);
		else if (type == PPTP_A_STATS_RX_BYTES)
			totals->rx_bytes += mnl_attr_get_u64(attr);
		else if (type == PPTP_A_STATS_TX_PACKETS)
			totals->tx_packets += mnl_attr_get_u64(attr);
		else if (type == PPTP_A_STATS_TX_BYTES)
			totals->tx_bytes += mnl_attr_get_u64(attr);
	}
}

/* PPTP_A_NET_STATS is of packets without a session, PPTP_A_NET_TOTALS of those with one. */
static int read_totals(const struct nlmsghdr *nlh, void *arg)
{
	struct net_totals *totals = arg;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case PPTP_A_NET_SESSIONS:
			if (mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
				totals->sessions += mnl_attr_get_u32(attr);
			break;
		case PPTP_A_NET_TOTALS:
			totals->has_traffic = true;
			add_counters(totals, attr);
			break;
		case PPTP_A_NET_STATS:
			add_counters(totals, attr);
			break;
		}
	}
	return MNL_CB_OK;
}

int genl_add_totals(struct genl *genl, struct net_totals *totals)
{
	struct nlmsghdr *nlh = request(&genl->nl, NULL, genl->family, PPTP_CMD_NET_GET,
				       PPTP_FAMILY_VERSION);

	return nl_ask(&genl->nl, nlh, read_totals, totals);
}

/* --- events -------------------------------------------------------------------------------- */

static void read_event(const struct genl *genl, const struct nlmsghdr *nlh, net_lost_fn lost,
		       void *ctx)
{
	const struct genlmsghdr *g = mnl_nlmsg_get_payload(nlh);
	struct net_session_addr name = { 0 };
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*g) || g->cmd != PPTP_CMD_MPPE_RESYNC_NTF)
		return;
	mnl_attr_for_each(attr, nlh, sizeof(*g)) {
		if (mnl_attr_get_type(attr) == PPTP_A_SESSION_LOCAL_ADDRESS &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
			name.local = nl_get_address(attr);
		else if (mnl_attr_get_type(attr) == PPTP_A_SESSION_CALL_ID &&
			 mnl_attr_validate(attr, MNL_TYPE_U16) == 0)
			name.call_id = mnl_attr_get_u16(attr);
	}
	lost(ctx, genl->netns, &name);
}

void genl_events(struct genl *genl, net_lost_fn lost, void *ctx)
{
	_Alignas(8) char buf[16384];
	ssize_t n;

	for (unsigned int i = 0; i < NL_EVENTS; i++) {
		const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
		int left;

		n = recv(mnl_socket_get_fd(genl->events.sock), buf, sizeof(buf), MSG_DONTWAIT);
		/* The kernel sends an event lost by ENOBUFS again with the next lost packet. */
		if (n < 0 && (errno == ENOBUFS || errno == EINTR))
			continue;
		if (n <= 0)
			return;
		for (left = n; nl_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
			if (nlh->nlmsg_type == genl->family)
				read_event(genl, nlh, lost, ctx);
	}
}
