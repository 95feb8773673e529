/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What netlink requests change of a session's window and keys.
 */
#ifndef _CULVERT_NETLINK_SET_H
#define _CULVERT_NETLINK_SET_H

#include <linux/pptp.h>
#include <net/netlink.h>

struct netlink_ext_ack;
struct nlattr;
struct pptp_session;

/* For the policies of requests that have these nests. */
extern const struct nla_policy pptp_window_policy[PPTP_A_WINDOW_MAX + 1];
extern const struct nla_policy pptp_mppe_policy[PPTP_A_MPPE_MAX + 1];

/*
 * Do what the nest says, which its policy has validated.  Under the socket lock.  Return 0; -EINVAL
 * with the reason in @extack; -ENOMEM.
 */
int pptp_set_window(struct pptp_session *s, const struct nlattr *nest,
		    struct netlink_ext_ack *extack);
int pptp_set_keys(struct pptp_session *s, const struct nlattr *nest,
		  struct netlink_ext_ack *extack);

#endif /* _CULVERT_NETLINK_SET_H */
