/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the IP header of packets to a peer has that is for an administrator to say: DSCP, ECN, TTL,
 * Don't Fragment and mark.  A session has its own values for some of it, and takes those of its
 * link for the rest.
 */
#ifndef _CULVERT_OUTER_H
#define _CULVERT_OUTER_H

#include <linux/pptp.h>
#include <linux/types.h>
#include <net/netlink.h>

/**
 * struct pptp_outer - values of the outer IP header
 * @mark: mark of packets to the peer, and of the lookup of their route; 0: see pptp_path_mark()
 * @tos: TOS octet without ECN, or PPTP_TOS_INHERIT
 * @ttl: TTL, or 0 for that of the route
 * @df: enum pptp_df
 * @ecn: the peer heeds the ECN field of the outer header
 */
struct pptp_outer {
	u32 mark;
	u8 tos;
	u8 ttl;
	u8 df;
	u8 ecn;
};

/* Bits that say which values of a struct pptp_outer are given. */
enum pptp_outer_bit {
	PPTP_OUTER_MARK = 1,
	PPTP_OUTER_TOS = 2,
	PPTP_OUTER_TTL = 4,
	PPTP_OUTER_DF = 8,
	PPTP_OUTER_ECN = 16,
};

/* Values of a link, or of a session without a link, that nobody has set. */
extern const struct pptp_outer pptp_outer_default;

/* Check a TOS octet, for NLA_POLICY_VALIDATE_FN().  Returns 0, or -EINVAL with the reason. */
int pptp_outer_valid_tos(const struct nlattr *attr, struct netlink_ext_ack *extack);

/*
 * Attributes.  Those of a link and those of a session (PPTP_A_OUTER_*) have the same types in the
 * same order.  @tos: number of the first of them, IFLA_PPTP_TOS or PPTP_A_OUTER_TOS.
 */

/* Read values from @attrs, which a policy has checked.  Returns the bits of those given. */
u8 pptp_outer_get(struct pptp_outer *outer, struct nlattr **attrs, int tos);

/* Octets that pptp_outer_put() needs. */
#define PPTP_OUTER_PUT_SIZE	(4 * nla_total_size(sizeof(u8)) + nla_total_size(sizeof(u32)))

/* Put all values into a message.  Returns 0, or -EMSGSIZE if it has no room. */
int pptp_outer_put(struct sk_buff *msg, int tos, const struct pptp_outer *outer);

/*
 * Write to @outer the values of @from whose bits are in @given.  Packet paths may read @outer
 * meanwhile, each value with READ_ONCE().
 */
void pptp_outer_set(struct pptp_outer *outer, const struct pptp_outer *from, u8 given);

#endif /* _CULVERT_OUTER_H */
