// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pptp.h>
#include <net/genetlink.h>

#include "compat.h"
#include "netlink_put.h"
#include "notify.h"
#include "session.h"
#include "stats.h"

static const struct genl_family *pptp_notify_family;

void pptp_notify_init(const struct genl_family *family)
{
	pptp_notify_family = family;
}

static int pptp_put_down(struct sk_buff *msg, struct pptp_session *s, enum pptp_down why)
{
	if (nla_put_u32(msg, PPTP_A_SESSION_DOWN, why) ||
	    pptp_counts_put(msg, PPTP_A_SESSION_STATS, &s->counts, s->traffic))
		return -EMSGSIZE;
	return 0;
}

static void pptp_notify(struct pptp_session *s, u8 cmd, enum pptp_down why)
{
	struct net *net = pptp_session_net(s);
	struct sk_buff *msg;
	void *hdr;

	if (!genl_has_listeners(pptp_notify_family, net, 0))
		return;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!msg)
		return;
	hdr = genlmsg_put(msg, 0, 0, pptp_notify_family, 0, cmd);
	if (!hdr || pptp_put_name(msg, s) || pptp_put_peer(msg, s) ||
	    (cmd == PPTP_CMD_SESSION_IDLE_NTF &&
	     nla_put_u32(msg, PPTP_A_SESSION_IDLE_TIMEOUT, READ_ONCE(s->idle_timeout))) ||
	    (cmd == PPTP_CMD_SESSION_DOWN_NTF && pptp_put_down(msg, s, why))) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(pptp_notify_family, net, msg, 0, 0, GFP_ATOMIC);
}

void pptp_notify_up(struct pptp_session *s)
{
	pptp_notify(s, PPTP_CMD_SESSION_UP_NTF, 0);
}

void pptp_notify_down(struct pptp_session *s, enum pptp_down why)
{
	pptp_notify(s, PPTP_CMD_SESSION_DOWN_NTF, why);
}

void pptp_notify_idle(struct pptp_session *s)
{
	pptp_notify(s, PPTP_CMD_SESSION_IDLE_NTF, 0);
}

void pptp_notify_resync(struct pptp_session *s)
{
	pptp_notify(s, PPTP_CMD_MPPE_RESYNC_NTF, 0);
}
