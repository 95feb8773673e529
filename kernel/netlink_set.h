/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Netlink requests that change the window, the outer IP header, the rates and the keys of a
 * session.
 */
#ifndef _CULVERT_NETLINK_SET_H
#define _CULVERT_NETLINK_SET_H

#include <linux/pptp.h>
#include <net/netlink.h>

struct netlink_ext_ack;
struct nlattr;
struct pptp_session;

/* Policies of the nests PPTP_A_SESSION_WINDOW, _OUTER, _SHAPE and _MPPE. */
extern const struct nla_policy pptp_window_policy[PPTP_A_WINDOW_MAX + 1];
extern const struct nla_policy pptp_outer_policy[PPTP_A_OUTER_MAX + 1];
extern const struct nla_policy pptp_shape_policy[PPTP_A_SHAPE_MAX + 1];
extern const struct nla_policy pptp_mppe_policy[PPTP_A_MPPE_MAX + 1];

/*
 * Apply the nest @nest, which the policy of the request has validated, to session @s.  Called under
 * the socket lock.  Return 0; -EINVAL or, for keys in FIPS mode, -EOPNOTSUPP, with the reason in
 * @extack; or -ENOMEM.  On an error nothing has changed.
 */
int pptp_set_window(struct pptp_session *s, const struct nlattr *nest,
		    struct netlink_ext_ack *extack);
int pptp_set_outer(struct pptp_session *s, const struct nlattr *nest,
		   struct netlink_ext_ack *extack);
int pptp_set_shape(struct pptp_session *s, const struct nlattr *nest,
		   struct netlink_ext_ack *extack);
int pptp_set_keys(struct pptp_session *s, const struct nlattr *nest,
		  struct netlink_ext_ack *extack);

/* Wipe the start keys of a nest PPTP_A_SESSION_MPPE. */
void pptp_wipe_keys(struct nlattr *nest);

#endif /* _CULVERT_NETLINK_SET_H */
