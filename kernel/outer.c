// SPDX-License-Identifier: GPL-2.0-only
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <net/inet_ecn.h>

#include "compat.h"
#include "outer.h"

const struct pptp_outer pptp_outer_default = { .tos = PPTP_TOS_INHERIT };

int pptp_outer_valid_tos(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u8 tos = nla_get_u8(attr);

	if (tos == PPTP_TOS_INHERIT || !(tos & INET_ECN_MASK))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "the last two bits of the TOS octet belong to ECN");
	return -EINVAL;
}

/* Returns the attribute of which @which is the number among PPTP_A_OUTER_*. */
#define PPTP_OUTER_ATTR(tos, which)	((tos) + (which) - PPTP_A_OUTER_TOS)

static_assert(PPTP_OUTER_ATTR(IFLA_PPTP_TOS, PPTP_A_OUTER_ECN) == IFLA_PPTP_ECN);

u8 pptp_outer_get(struct pptp_outer *outer, struct nlattr **attrs, int tos)
{
	const struct nlattr *attr;
	u8 given = 0;

	*outer = pptp_outer_default;
	attr = attrs[PPTP_OUTER_ATTR(tos, PPTP_A_OUTER_TOS)];
	if (attr) {
		outer->tos = nla_get_u8(attr);
		given |= PPTP_OUTER_TOS;
	}
	attr = attrs[PPTP_OUTER_ATTR(tos, PPTP_A_OUTER_TTL)];
	if (attr) {
		outer->ttl = nla_get_u8(attr);
		given |= PPTP_OUTER_TTL;
	}
	attr = attrs[PPTP_OUTER_ATTR(tos, PPTP_A_OUTER_DF)];
	if (attr) {
		outer->df = nla_get_u8(attr);
		given |= PPTP_OUTER_DF;
	}
	attr = attrs[PPTP_OUTER_ATTR(tos, PPTP_A_OUTER_MARK)];
	if (attr) {
		outer->mark = nla_get_u32(attr);
		given |= PPTP_OUTER_MARK;
	}
	attr = attrs[PPTP_OUTER_ATTR(tos, PPTP_A_OUTER_ECN)];
	if (attr) {
		outer->ecn = nla_get_u8(attr);
		given |= PPTP_OUTER_ECN;
	}
	return given;
}

int pptp_outer_put(struct sk_buff *msg, int tos, const struct pptp_outer *outer)
{
	if (nla_put_u8(msg, PPTP_OUTER_ATTR(tos, PPTP_A_OUTER_TOS), READ_ONCE(outer->tos)) ||
	    nla_put_u8(msg, PPTP_OUTER_ATTR(tos, PPTP_A_OUTER_TTL), READ_ONCE(outer->ttl)) ||
	    nla_put_u8(msg, PPTP_OUTER_ATTR(tos, PPTP_A_OUTER_DF), READ_ONCE(outer->df)) ||
	    nla_put_u32(msg, PPTP_OUTER_ATTR(tos, PPTP_A_OUTER_MARK), READ_ONCE(outer->mark)) ||
	    nla_put_u8(msg, PPTP_OUTER_ATTR(tos, PPTP_A_OUTER_ECN), READ_ONCE(outer->ecn)))
		return -EMSGSIZE;
	return 0;
}

void pptp_outer_set(struct pptp_outer *outer, const struct pptp_outer *from, u8 given)
{
	if (given & PPTP_OUTER_MARK)
		WRITE_ONCE(outer->mark, from->mark);
	if (given & PPTP_OUTER_TOS)
		WRITE_ONCE(outer->tos, from->tos);
	if (given & PPTP_OUTER_TTL)
		WRITE_ONCE(outer->ttl, from->ttl);
	if (given & PPTP_OUTER_DF)
		WRITE_ONCE(outer->df, from->df);
	if (given & PPTP_OUTER_ECN)
		WRITE_ONCE(outer->ecn, from->ecn);
}
