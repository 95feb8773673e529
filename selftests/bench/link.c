// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/pptp.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "pair.h"

/* One request and its answer. */
struct request {
	const char *what;
	struct nlmsghdr *nlh;
	char buf[2048];
};

static int remember_family(const struct nlattr *attr, void *data)
{
	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
		*(uint16_t *)data = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static int read_family(const struct nlmsghdr *nlh, void *data)
{
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), remember_family, data);
}

static int ignore(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(void)data;
	return MNL_CB_OK;
}

static int print_reason(const struct nlattr *attr, void *data)
{
	(void)data;
	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
		fprintf(stderr, "pptp-pair: the kernel says: %s\n", mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

/* The extended ACK text of a refusal; the request is not quoted (NETLINK_CAP_ACK). */
static void explain(const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_type == NLMSG_ERROR && (nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		mnl_attr_parse(nlh, sizeof(struct nlmsgerr), print_reason, NULL);
}

/* Send and wait for the acknowledgment; @callback sees what comes before it. */
static void transact(struct request *req, int bus, mnl_cb_t callback, void *data)
{
	char answer[8192];
	struct mnl_socket *nl = mnl_socket_open2(bus, SOCK_CLOEXEC);
	int one = 1, len, more = MNL_CB_OK;

	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID))
		pair_die("netlink");
	mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl, NETLINK_CAP_ACK, &one, sizeof(one));

	req->nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	if (mnl_socket_sendto(nl, req->nlh, req->nlh->nlmsg_len) < 0)
		pair_die(req->what);
	while (more > MNL_CB_STOP) {
		len = mnl_socket_recvfrom(nl, answer, sizeof(answer));
		if (len < 0)
			pair_die(req->what);
		more = mnl_cb_run(answer, len, 0, mnl_socket_get_portid(nl), callback, data);
		if (more < 0) {
			explain((struct nlmsghdr *)answer);
			pair_die(req->what);
		}
	}
	mnl_socket_close(nl);
}

static void genl_begin(struct request *req, const char *what, uint16_t family, uint8_t command)
{
	struct genlmsghdr *genl;

	req->what = what;
	req->nlh = mnl_nlmsg_put_header(req->buf);
	req->nlh->nlmsg_type = family;
	genl = mnl_nlmsg_put_extra_header(req->nlh, sizeof(*genl));
	genl->cmd = command;
	genl->version = PPTP_FAMILY_VERSION;
}

static uint16_t family_id(void)
{
	static uint16_t id;
	struct request req;

	if (!id) {
		genl_begin(&req, "no netlink family pptp: is the module culvert loaded?",
			   GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
		mnl_attr_put_strz(req.nlh, CTRL_ATTR_FAMILY_NAME, PPTP_FAMILY_NAME);
		transact(&req, NETLINK_GENERIC, read_family, &id);
	}
	return id;
}

static void link_name(char *name, enum pair_mode mode, int number)
{
	snprintf(name, IFNAMSIZ, "pptp%d", mode == PAIR_SHARED ? 0 : number);
}

static void rtnl_begin(struct request *req, const char *what, uint16_t type, const char *name)
{
	struct ifinfomsg *info;

	req->what = what;
	req->nlh = mnl_nlmsg_put_header(req->buf);
	req->nlh->nlmsg_type = type;
	info = mnl_nlmsg_put_extra_header(req->nlh, sizeof(*info));
	info->ifi_family = AF_UNSPEC;
	mnl_attr_put_strz(req->nlh, IFLA_IFNAME, name);
}

static void make_link(const char *name, enum pair_mode mode)
{
	struct nlattr *info, *data;
	struct request req;

	rtnl_begin(&req, "no link of kind pptp", RTM_NEWLINK, name);
	req.nlh->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	mnl_attr_put_u32(req.nlh, IFLA_MTU, PAIR_MTU);
	info = mnl_attr_nest_start(req.nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(req.nlh, IFLA_INFO_KIND, "pptp");
	data = mnl_attr_nest_start(req.nlh, IFLA_INFO_DATA);
	mnl_attr_put_u32(req.nlh, IFLA_PPTP_MODE,
			 mode == PAIR_SHARED ? PPTP_LINK_MODE_SHARED : PPTP_LINK_MODE_SESSION);
	mnl_attr_nest_end(req.nlh, data);
	mnl_attr_nest_end(req.nlh, info);
	transact(&req, NETLINK_ROUTE, ignore, NULL);
}

static void make_session(const struct pair_side *side, struct pair_end *end, enum pair_mode mode,
			 unsigned int ifindex)
{
	struct request req;

	end->sock = pair_socket();
	genl_begin(&req, "session new", family_id(), PPTP_CMD_SESSION_NEW);
	mnl_attr_put_u32(req.nlh, PPTP_A_SESSION_FD, end->sock);
	mnl_attr_put_u32(req.nlh, PPTP_A_SESSION_LOCAL_ADDRESS, side->outer.s_addr);
	mnl_attr_put_u16(req.nlh, PPTP_A_SESSION_CALL_ID, end->call_id);
	mnl_attr_put_u32(req.nlh, PPTP_A_SESSION_PEER_ADDRESS, side->peer_outer.s_addr);
	mnl_attr_put_u16(req.nlh, PPTP_A_SESSION_PEER_CALL_ID, end->peer_call_id);
	mnl_attr_put_u32(req.nlh, PPTP_A_SESSION_IFINDEX, ifindex);
	if (mode == PAIR_SHARED)
		mnl_attr_put_u32(req.nlh, PPTP_A_SESSION_LINK_IPV4, end->peer_inner.s_addr);
	mnl_attr_put_u32(req.nlh, PPTP_A_SESSION_PROTOCOLS, PPTP_PROTOCOL_IPV4);
	transact(&req, NETLINK_GENERIC, ignore, NULL);
}

static void put_key(struct nlmsghdr *nlh, uint16_t direction, const uint8_t *key)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, direction);

	mnl_attr_put_u8(nlh, PPTP_A_MPPE_KEY_BITS, 128);
	mnl_attr_put_u8(nlh, PPTP_A_MPPE_KEY_STATELESS, 1);
	mnl_attr_put(nlh, PPTP_A_MPPE_KEY_START, PAIR_KEY_LEN, key);
	mnl_attr_nest_end(nlh, nest);
}

static void set_keys(const struct pair_side *side, const struct pair_end *end)
{
	struct nlattr *nest;
	struct request req;

	genl_begin(&req, "key set", family_id(), PPTP_CMD_KEY_SET);
	mnl_attr_put_u32(req.nlh, PPTP_A_SESSION_LOCAL_ADDRESS, side->outer.s_addr);
	mnl_attr_put_u16(req.nlh, PPTP_A_SESSION_CALL_ID, end->call_id);
	nest = mnl_attr_nest_start(req.nlh, PPTP_A_SESSION_MPPE);
	mnl_attr_put_u8(req.nlh, PPTP_A_MPPE_REQUIRED, 1);
	put_key(req.nlh, PPTP_A_MPPE_TX, side->tx_key);
	put_key(req.nlh, PPTP_A_MPPE_RX, side->rx_key);
	mnl_attr_nest_end(req.nlh, nest);
	transact(&req, NETLINK_GENERIC, ignore, NULL);
}

void pair_link_open(const struct pair_side *side, struct pair_end *end, enum pair_mode mode,
		    int number)
{
	char name[IFNAMSIZ];
	unsigned int ifindex;

	link_name(name, mode, number);
	if (mode == PAIR_SESSION || number == 0)
		make_link(name, mode);
	ifindex = if_nametoindex(name);
	make_session(side, end, mode, ifindex);
	if (side->tx_key)
		set_keys(side, end);
}

void pair_link_remove(enum pair_mode mode, int sessions)
{
	int links = mode == PAIR_SHARED ? 1 : sessions;
	char name[IFNAMSIZ];
	struct request req;
	int i;

	for (i = 0; i < links; i++) {
		link_name(name, mode, i);
		rtnl_begin(&req, "removing a link", RTM_DELLINK, name);
		transact(&req, NETLINK_ROUTE, ignore, NULL);
	}
}
