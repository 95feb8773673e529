// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pptp.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "compat.h"
#include "link.h"
#include "netlink.h"
#include "netlink_put.h"
#include "netlink_set.h"
#include "notify.h"
#include "pernet.h"
#include "pppox.h"
#include "session.h"
#include "stats.h"

#define PPTP_PROTOCOLS	(PPTP_PROTOCOL_IPV4 | PPTP_PROTOCOL_IPV6)
#define PPTP_FRAMES	(PPTP_FRAME_ACFC | PPTP_FRAME_PFC)

static struct genl_family pptp_genl_family;

/* Seconds, at most a month: as milliseconds or as jiffies this still fits into a u32. */
static struct netlink_range_validation pptp_idle_range = { .max = 30 * 86400 };

/* Policies.  Each request has its own, with the attributes that it takes and no others. */

#define PPTP_POLICY_NAME						\
	[PPTP_A_SESSION_LOCAL_ADDRESS] = { .type = NLA_U32 },		\
	[PPTP_A_SESSION_CALL_ID] = NLA_POLICY_MIN(NLA_U16, 1)

#define PPTP_POLICY_SET							\
	[PPTP_A_SESSION_PROTOCOLS] = NLA_POLICY_MASK(NLA_U32, PPTP_PROTOCOLS), \
	[PPTP_A_SESSION_FRAME] = NLA_POLICY_MASK(NLA_U32, PPTP_FRAMES),	\
	[PPTP_A_SESSION_IDLE_TIMEOUT] =					\
		NLA_POLICY_FULL_RANGE(NLA_U32, &pptp_idle_range),	\
	[PPTP_A_SESSION_WINDOW] = NLA_POLICY_NESTED(pptp_window_policy), \
	[PPTP_A_SESSION_OUTER] = NLA_POLICY_NESTED(pptp_outer_policy),	\
	[PPTP_A_SESSION_SHAPE] = NLA_POLICY_NESTED(pptp_shape_policy)

#define PPTP_POLICY_ATTACH						\
	[PPTP_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),		\
	[PPTP_A_SESSION_LINK_IPV4] = { .type = NLA_U32 },		\
	[PPTP_A_SESSION_LINK_IPV6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)), \
	[PPTP_A_SESSION_NETNS_FD] = { .type = NLA_U32 }

static const struct nla_policy pptp_new_policy[PPTP_A_SESSION_MAX + 1] = {
	[PPTP_A_SESSION_LOCAL_ADDRESS] = { .type = NLA_U32 },
	[PPTP_A_SESSION_CALL_ID] = { .type = NLA_U16 },
	[PPTP_A_SESSION_PEER_ADDRESS] = { .type = NLA_U32 },
	[PPTP_A_SESSION_PEER_CALL_ID] = { .type = NLA_U16 },
	[PPTP_A_SESSION_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	PPTP_POLICY_SET,
	PPTP_POLICY_ATTACH,
};

static const struct nla_policy pptp_name_policy[PPTP_A_SESSION_MAX + 1] = {
	PPTP_POLICY_NAME,
};

/* The name of one session; or, for a dump, the link whose sessions are wanted. */
static const struct nla_policy pptp_get_policy[PPTP_A_SESSION_MAX + 1] = {
	PPTP_POLICY_NAME,
	[PPTP_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

static const struct nla_policy pptp_set_policy[PPTP_A_SESSION_MAX + 1] = {
	PPTP_POLICY_NAME,
	PPTP_POLICY_SET,
};

static const struct nla_policy pptp_key_set_policy[PPTP_A_SESSION_MAX + 1] = {
	PPTP_POLICY_NAME,
	[PPTP_A_SESSION_MPPE] = NLA_POLICY_NESTED(pptp_mppe_policy),
};

static const struct nla_policy pptp_attach_policy[PPTP_A_SESSION_MAX + 1] = {
	PPTP_POLICY_NAME,
	PPTP_POLICY_ATTACH,
};

/* Finding the session of a request. */

/*
 * Returns the session that a request names; or, with the reason in extack, ERR_PTR() of -EINVAL or
 * -ENOENT.  RCU read side.
 */
static struct pptp_session *pptp_named_session(struct genl_info *info)
{
	struct pptp_session *s;

	if (GENL_REQ_ATTR_CHECK(info, PPTP_A_SESSION_LOCAL_ADDRESS) ||
	    GENL_REQ_ATTR_CHECK(info, PPTP_A_SESSION_CALL_ID)) {
		NL_SET_ERR_MSG(info->extack, "a session is named by local address and call ID");
		return ERR_PTR(-EINVAL);
	}
	s = pptp_session_lookup(genl_info_net(info),
				nla_get_in_addr(info->attrs[PPTP_A_SESSION_LOCAL_ADDRESS]),
				nla_get_u16(info->attrs[PPTP_A_SESSION_CALL_ID]));
	if (!s) {
		NL_SET_ERR_MSG(info->extack, "no session has this local address and call ID");
		return ERR_PTR(-ENOENT);
	}
	return s;
}

static void pptp_unlock_session(struct pptp_session *s)
{
	release_sock(pptp_session_sk(s));
	pptp_session_put(s);
}

/*
 * Returns the session that a request names, which is CONNECTED, with a reference and its socket
 * locked; the caller releases both with pptp_unlock_session().  Otherwise returns, with the reason
 * in extack, ERR_PTR() of -EINVAL, -ENOENT or -ENOTCONN.
 */
static struct pptp_session *pptp_lock_session(struct genl_info *info)
{
	struct pptp_session *s;

	rcu_read_lock();
	s = pptp_named_session(info);
	if (!IS_ERR(s) && !pptp_session_hold(s)) {
		NL_SET_ERR_MSG(info->extack, "session is going down");
		s = ERR_PTR(-ENOENT);
	}
	rcu_read_unlock();
	if (IS_ERR(s))
		return s;

	lock_sock(pptp_session_sk(s));
	if (s->state == PPTP_STATE_CONNECTED)
		return s;
	if (s->state == PPTP_STATE_DEAD)
		NL_SET_ERR_MSG(info->extack, "session is going down");
	else
		NL_SET_ERR_MSG(info->extack, "session has no peer yet");
	pptp_unlock_session(s);
	return ERR_PTR(-ENOTCONN);
}

/* Changing a session.  Called under its socket lock. */

static int pptp_set_session(struct pptp_session *s, struct genl_info *info)
{
	struct nlattr **a = info->attrs;
	int err;

	if (a[PPTP_A_SESSION_WINDOW]) {
		err = pptp_set_window(s, a[PPTP_A_SESSION_WINDOW], info->extack);
		if (err)
			return err;
	}
	if (a[PPTP_A_SESSION_OUTER]) {
		err = pptp_set_outer(s, a[PPTP_A_SESSION_OUTER], info->extack);
		if (err)
			return err;
	}
	if (a[PPTP_A_SESSION_SHAPE]) {
		err = pptp_set_shape(s, a[PPTP_A_SESSION_SHAPE], info->extack);
		if (err)
			return err;
	}
	if (a[PPTP_A_SESSION_PROTOCOLS])
		WRITE_ONCE(s->protocols, nla_get_u32(a[PPTP_A_SESSION_PROTOCOLS]));
	if (a[PPTP_A_SESSION_FRAME])
		WRITE_ONCE(s->frame, nla_get_u32(a[PPTP_A_SESSION_FRAME]));
	if (a[PPTP_A_SESSION_IDLE_TIMEOUT])
		pptp_session_set_idle(s, nla_get_u32(a[PPTP_A_SESSION_IDLE_TIMEOUT]));
	return 0;
}

/*
 * Returns the namespace of the link to attach to, with a reference; or ERR_PTR() with the reason in
 * extack.  A session may be in one namespace and its link in another, but who joins them must have
 * a say in both.
 */
static struct net *pptp_link_net(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *fd = info->attrs[PPTP_A_SESSION_NETNS_FD];
	struct net *net;

	if (!fd)
		return get_net(genl_info_net(info));
	net = get_net_ns_by_fd(nla_get_u32(fd));
	if (IS_ERR(net)) {
		NL_SET_ERR_MSG_ATTR(info->extack, fd, "no descriptor of a network namespace");
		return net;
	}
	if (netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN))
		return net;
	put_net(net);
	NL_SET_ERR_MSG_ATTR(info->extack, fd, "no CAP_NET_ADMIN in the namespace of the link");
	return ERR_PTR(-EPERM);
}

static int pptp_attach_session(struct sk_buff *skb, struct pptp_session *s, struct genl_info *info)
{
	struct nlattr **a = info->attrs;
	struct in6_addr hop6 = {};
	struct net *net;
	int err;

	net = pptp_link_net(skb, info);
	if (IS_ERR(net))
		return PTR_ERR(net);
	if (a[PPTP_A_SESSION_LINK_IPV6])
		hop6 = nla_get_in6_addr(a[PPTP_A_SESSION_LINK_IPV6]);
	err = pptp_link_attach(net, s, nla_get_u32(a[PPTP_A_SESSION_IFINDEX]),
			       a[PPTP_A_SESSION_LINK_IPV4] ?
			       nla_get_in_addr(a[PPTP_A_SESSION_LINK_IPV4]) : 0,
			       &hop6, info->extack);
	put_net(net);
	return err;
}

/* Requests. */

/* Add a message about one session to @msg.  RCU read side.  Returns 0 or -EMSGSIZE. */
static int pptp_put_message(struct sk_buff *msg, struct pptp_session *s, u32 portid, u32 seq,
			    int flags, u8 cmd)
{
	void *hdr = genlmsg_put(msg, portid, seq, &pptp_genl_family, flags, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (pptp_put_session(msg, s)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static int pptp_reply_session(struct pptp_session *s, struct genl_info *info, u8 cmd)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	int err;

	if (!msg)
		return -ENOMEM;
	rcu_read_lock();
	err = pptp_put_message(msg, s, info->snd_portid, info->snd_seq, 0, cmd);
	rcu_read_unlock();
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/* Bind, connect and set up a new session, whose socket @sk the caller has locked. */
static int pptp_new_session(struct sk_buff *skb, struct sock *sk, struct genl_info *info)
{
	struct pptp_session *s = pptp_session_of(sk);
	struct nlattr **a = info->attrs;
	struct pptp_addr local = {}, peer = {};
	int err;

	local.sin_addr.s_addr = nla_get_in_addr(a[PPTP_A_SESSION_LOCAL_ADDRESS]);
	if (a[PPTP_A_SESSION_CALL_ID])
		local.call_id = nla_get_u16(a[PPTP_A_SESSION_CALL_ID]);
	peer.sin_addr.s_addr = nla_get_in_addr(a[PPTP_A_SESSION_PEER_ADDRESS]);
	peer.call_id = nla_get_u16(a[PPTP_A_SESSION_PEER_CALL_ID]);

	err = pptp_pppox_bind(sk, &local);
	if (err) {
		NL_SET_ERR_MSG(info->extack, "call ID, or every call ID of the address, is taken");
		return err;
	}
	/* The mark may be what leads to the peer. */
	if (a[PPTP_A_SESSION_OUTER]) {
		err = pptp_set_outer(s, a[PPTP_A_SESSION_OUTER], info->extack);
		if (err)
			return err;
	}
	err = pptp_pppox_connect(sk, &peer);
	if (err == -EALREADY)
		NL_SET_ERR_MSG(info->extack, "another session has that peer");
	else if (err == -EHOSTUNREACH)
		NL_SET_ERR_MSG(info->extack, "no route from local address to peer");
	else if (err)
		NL_SET_ERR_MSG(info->extack, "addresses of a session must not be 0");
	if (err)
		return err;
	err = pptp_set_session(s, info);
	if (!err && a[PPTP_A_SESSION_IFINDEX])
		err = pptp_attach_session(skb, s, info);
	return err;
}

static int pptp_session_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct pptp_session *s;
	struct sock *sk;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, PPTP_A_SESSION_FD) ||
	    GENL_REQ_ATTR_CHECK(info, PPTP_A_SESSION_LOCAL_ADDRESS) ||
	    GENL_REQ_ATTR_CHECK(info, PPTP_A_SESSION_PEER_ADDRESS) ||
	    GENL_REQ_ATTR_CHECK(info, PPTP_A_SESSION_PEER_CALL_ID)) {
		NL_SET_ERR_MSG(info->extack,
			       "a session needs fd, local address, peer address and peer call ID");
		return -EINVAL;
	}

	sk = pptp_pppox_from_fd(nla_get_s32(info->attrs[PPTP_A_SESSION_FD]), &err);
	if (!sk) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[PPTP_A_SESSION_FD],
				    "fd is not a PX_PROTO_PPTP socket");
		return err;
	}
	if (!net_eq(sock_net(sk), genl_info_net(info))) {
		NL_SET_ERR_MSG(info->extack, "socket is of another network namespace");
		sock_put(sk);
		return -EXDEV;
	}

	lock_sock(sk);
	s = pptp_session_of(sk);
	if (s->state != PPTP_STATE_NEW) {
		NL_SET_ERR_MSG(info->extack, "socket has been bound before");
		err = -EBUSY;
		goto unlock;
	}
	err = pptp_new_session(skb, sk, info);
	if (!err)
		err = pptp_reply_session(s, info, PPTP_CMD_SESSION_NEW);
	/* End a session that is only half set up: it is of no use. */
	if (err && s->state != PPTP_STATE_NEW)
		pptp_pppox_shutdown(sk, PPTP_DOWN_DELETED);
unlock:
	release_sock(sk);
	sock_put(sk);
	return err;
}

static int pptp_session_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct pptp_session *s;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;

	rcu_read_lock();
	s = pptp_named_session(info);
	err = IS_ERR(s) ? PTR_ERR(s) :
	      pptp_put_message(msg, s, info->snd_portid, info->snd_seq, 0,
			       PPTP_CMD_SESSION_GET);
	rcu_read_unlock();
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/* State of a dump, in struct netlink_callback.ctx.  @ifindex: only sessions of this link; or 0. */
struct pptp_dump {
	struct pptp_session_cursor cursor;
	int ifindex;
};

static int pptp_session_get_start(struct netlink_callback *cb)
{
	struct pptp_dump *dump = (void *)cb->ctx;
	struct nlattr **attrs = pptp_dump_attrs(cb);

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	if (attrs && attrs[PPTP_A_SESSION_IFINDEX])
		dump->ifindex = nla_get_u32(attrs[PPTP_A_SESSION_IFINDEX]);
	return 0;
}

static int pptp_session_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct pptp_dump *dump = (void *)cb->ctx;
	struct net *net = sock_net(msg->sk);
	struct pptp_session_cursor here;
	struct pptp_session *s;
	int err = 0;

	rcu_read_lock();
	for (;;) {
		here = dump->cursor;
		s = pptp_session_next(net, &dump->cursor);
		if (!s)
			break;
		if (dump->ifindex && pptp_link_ifindex(s, net) != dump->ifindex)
			continue;
		err = pptp_put_message(msg, s, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				       NLM_F_MULTI, PPTP_CMD_SESSION_GET);
		if (err) {
			dump->cursor = here;
			break;
		}
	}
	rcu_read_unlock();
	return msg->len ? msg->len : err;
}

static int pptp_session_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct pptp_session *s = pptp_lock_session(info);
	int err;

	if (IS_ERR(s))
		return PTR_ERR(s);
	err = pptp_set_session(s, info);
	pptp_unlock_session(s);
	return err;
}

static int pptp_session_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct pptp_session *s = pptp_lock_session(info);

	if (IS_ERR(s))
		return PTR_ERR(s);
	pptp_pppox_shutdown(pptp_session_sk(s), PPTP_DOWN_DELETED);
	pptp_unlock_session(s);
	return 0;
}

static int pptp_key_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *keys = info->attrs[PPTP_A_SESSION_MPPE];
	struct pptp_session *s;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, PPTP_A_SESSION_MPPE)) {
		NL_SET_ERR_MSG(info->extack, "what to do to the keys is missing");
		return -EINVAL;
	}
	s = pptp_lock_session(info);
	err = PTR_ERR_OR_ZERO(s);
	if (!err) {
		err = pptp_set_keys(s, keys, info->extack);
		pptp_unlock_session(s);
	}
	/* The message lives on for a while, and is part of the answer if it is refused. */
	pptp_wipe_keys(keys);
	return err;
}

static int pptp_link_attach_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct pptp_session *s;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, PPTP_A_SESSION_IFINDEX)) {
		NL_SET_ERR_MSG(info->extack, "the link to attach to is missing");
		return -EINVAL;
	}
	s = pptp_lock_session(info);
	if (IS_ERR(s))
		return PTR_ERR(s);
	err = pptp_attach_session(skb, s, info);
	pptp_unlock_session(s);
	return err;
}

static int pptp_link_detach_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct pptp_session *s = pptp_lock_session(info);
	bool attached;

	if (IS_ERR(s))
		return PTR_ERR(s);
	attached = pptp_link_detach(s);
	pptp_unlock_session(s);
	if (!attached) {
		NL_SET_ERR_MSG(info->extack, "session is not attached to a link");
		return -ENOTCONN;
	}
	return 0;
}

static int pptp_net_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct pptp_net *pn = pptp_pernet(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;

	hdr = genlmsg_put_reply(msg, info, &pptp_genl_family, 0, PPTP_CMD_NET_GET);
	if (!hdr || nla_put_u32(msg, PPTP_A_NET_SESSIONS, READ_ONCE(pn->sessions)) ||
	    pptp_counts_put(msg, PPTP_A_NET_STATS, &pn->counts, NULL) ||
	    pptp_totals_put(msg, PPTP_A_NET_TOTALS, pn->totals)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

#define PPTP_OP_POLICY(name)	.policy = name, .maxattr = PPTP_A_SESSION_MAX

static const struct genl_ops pptp_genl_ops[] = {
	{
		.cmd = PPTP_CMD_SESSION_NEW,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = pptp_session_new_doit,
		PPTP_OP_POLICY(pptp_new_policy),
	},
	{
		.cmd = PPTP_CMD_SESSION_GET,
		/* Whoever knows call IDs and sequence numbers can inject frames. */
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = pptp_session_get_doit,
		.start = pptp_session_get_start,
		.dumpit = pptp_session_get_dumpit,
		PPTP_OP_POLICY(pptp_get_policy),
	},
	{
		.cmd = PPTP_CMD_SESSION_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = pptp_session_set_doit,
		PPTP_OP_POLICY(pptp_set_policy),
	},
	{
		.cmd = PPTP_CMD_SESSION_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = pptp_session_del_doit,
		PPTP_OP_POLICY(pptp_name_policy),
	},
	{
		.cmd = PPTP_CMD_KEY_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = pptp_key_set_doit,
		PPTP_OP_POLICY(pptp_key_set_policy),
	},
	{
		.cmd = PPTP_CMD_LINK_ATTACH,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = pptp_link_attach_doit,
		PPTP_OP_POLICY(pptp_attach_policy),
	},
	{
		.cmd = PPTP_CMD_LINK_DETACH,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = pptp_link_detach_doit,
		PPTP_OP_POLICY(pptp_name_policy),
	},
	{
		.cmd = PPTP_CMD_NET_GET,
		.doit = pptp_net_get_doit,
	},
};

static const struct genl_multicast_group pptp_genl_groups[] = {
	{ .name = PPTP_MCGRP_EVENTS, PPTP_MCGRP_ADMIN },
};

static struct genl_family pptp_genl_family __ro_after_init = {
	.name = PPTP_FAMILY_NAME,
	.version = PPTP_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = pptp_genl_ops,
	.n_ops = ARRAY_SIZE(pptp_genl_ops),
	.resv_start_op = PPTP_CMD_SESSION_NEW,
	.mcgrps = pptp_genl_groups,
	.n_mcgrps = ARRAY_SIZE(pptp_genl_groups),
};

int __init pptp_netlink_init(void)
{
	pptp_notify_init(&pptp_genl_family);
	return genl_register_family(&pptp_genl_family);
}

void pptp_netlink_exit(void)
{
	genl_unregister_family(&pptp_genl_family);
}
