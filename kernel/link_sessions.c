// SPDX-License-Identifier: GPL-2.0-only
#include <linux/rhashtable.h>
#include <net/ipv6.h>

#include "compat.h"
#include "link.h"
#include "link_device.h"
#include "session.h"

/* Sessions and owners of all links, see link.h. */
DEFINE_MUTEX(pptp_link_lock);

static const struct rhashtable_params pptp_hop4_params = {
	.key_len = sizeof(__be32),
	.key_offset = offsetof(struct pptp_session, hop4),
	.head_offset = offsetof(struct pptp_session, hop4_node),
	.automatic_shrinking = true,
};

static const struct rhashtable_params pptp_hop6_params = {
	.key_len = sizeof(struct in6_addr),
	.key_offset = offsetof(struct pptp_session, hop6),
	.head_offset = offsetof(struct pptp_session, hop6_node),
	.automatic_shrinking = true,
};

int pptp_link_hops_init(struct pptp_link *link)
{
	int err = rhashtable_init(&link->hops4, &pptp_hop4_params);

	if (err)
		return err;
	err = rhashtable_init(&link->hops6, &pptp_hop6_params);
	if (err)
		rhashtable_destroy(&link->hops4);
	return err;
}

void pptp_link_hops_destroy(struct pptp_link *link)
{
	rhashtable_destroy(&link->hops6);
	rhashtable_destroy(&link->hops4);
}

struct pptp_session *pptp_link_hop4(struct pptp_link *link, __be32 hop)
{
	return rhashtable_lookup(&link->hops4, &hop, pptp_hop4_params);
}

struct pptp_session *pptp_link_hop6(struct pptp_link *link, const struct in6_addr *hop)
{
	return rhashtable_lookup(&link->hops6, hop, pptp_hop6_params);
}

/*
 * Put in effect what a session has of its own and, for the rest, what @link has; NULL for no link.
 * Under pptp_link_lock.
 */
static void pptp_link_apply_outer(struct pptp_session *s, const struct pptp_link *link)
{
	u32 mark = s->outer.mark;

	pptp_outer_set(&s->outer, link ? &link->outer : &pptp_outer_default, ~s->own_given);
	pptp_outer_set(&s->outer, &s->own, s->own_given);
	/* The mark chooses the route; see pptp_route(). */
	if (s->outer.mark != mark)
		sk_dst_reset(pptp_session_sk(s));
}

void pptp_link_own_outer(struct pptp_session *s, const struct pptp_outer *own, u8 given)
{
	mutex_lock(&pptp_link_lock);
	s->own = *own;
	s->own_given = given;
	pptp_link_apply_outer(s, rcu_dereference_protected(s->link,
							   lockdep_is_held(&pptp_link_lock)));
	mutex_unlock(&pptp_link_lock);
}

void pptp_link_set_outer(struct pptp_link *link, const struct pptp_outer *outer, u8 given)
{
	struct pptp_session *s;

	if (!given)
		return;
	mutex_lock(&pptp_link_lock);
	pptp_outer_set(&link->outer, outer, given);
	list_for_each_entry(s, &link->sessions, link_node)
		pptp_link_apply_outer(s, link);
	mutex_unlock(&pptp_link_lock);
}

static int pptp_link_add_hops(struct pptp_link *link, struct pptp_session *s,
			      struct netlink_ext_ack *extack)
{
	int err;

	if (s->hop4) {
		err = rhashtable_lookup_insert_fast(&link->hops4, &s->hop4_node, pptp_hop4_params);
		if (err)
			goto taken;
	}
	if (!ipv6_addr_any(&s->hop6)) {
		err = rhashtable_lookup_insert_fast(&link->hops6, &s->hop6_node, pptp_hop6_params);
		if (err) {
			if (s->hop4)
				rhashtable_remove_fast(&link->hops4, &s->hop4_node,
						       pptp_hop4_params);
			goto taken;
		}
	}
	return 0;

taken:
	if (err != -EEXIST)
		return err;
	NL_SET_ERR_MSG(extack, "another session of this link has that inner address");
	return -EADDRINUSE;
}

static int pptp_link_admit(struct pptp_link *link, struct pptp_session *s,
			   struct netlink_ext_ack *extack)
{
	if (link->dead) {
		NL_SET_ERR_MSG(extack, "link is being removed");
		return -ENODEV;
	}
	if (link->mode == PPTP_LINK_MODE_SHARED) {
		if (!s->hop4 && ipv6_addr_any(&s->hop6)) {
			NL_SET_ERR_MSG(extack, "a shared link needs the peer's inner address");
			return -EINVAL;
		}
		return pptp_link_add_hops(link, s, extack);
	}
	if (link->count) {
		NL_SET_ERR_MSG(extack, "link is in mode session and has one already");
		return -EBUSY;
	}
	rcu_assign_pointer(link->session, s);
	return 0;
}

static void pptp_link_remove(struct pptp_link *link, struct pptp_session *s)
{
	if (link->mode == PPTP_LINK_MODE_SESSION) {
		RCU_INIT_POINTER(link->session, NULL);
	} else {
		if (s->hop4)
			rhashtable_remove_fast(&link->hops4, &s->hop4_node, pptp_hop4_params);
		if (!ipv6_addr_any(&s->hop6))
			rhashtable_remove_fast(&link->hops6, &s->hop6_node, pptp_hop6_params);
	}
	list_del_init(&s->link_node);
	link->count--;
	WRITE_ONCE(s->upper, PPTP_UPPER_NONE);
	RCU_INIT_POINTER(s->link, NULL);
	pptp_link_forget_source(s);
	pptp_link_apply_outer(s, NULL);
}

int pptp_link_add(struct pptp_link *link, struct pptp_session *s, __be32 hop4,
		  const struct in6_addr *hop6, struct netlink_ext_ack *extack)
{
	int err;

	mutex_lock(&pptp_link_lock);
	s->hop4 = hop4;
	s->hop6 = hop6 ? *hop6 : in6addr_any;
	err = pptp_link_admit(link, s, extack);
	if (!err) {
		list_add_tail(&s->link_node, &link->sessions);
		link->count++;
		pptp_link_apply_outer(s, link);
		rcu_assign_pointer(s->link, link);
		/* Pairs with the acquire in pptp_rx_deliver(), which must find the link. */
		smp_store_release(&s->upper, PPTP_UPPER_LINK);
	}
	mutex_unlock(&pptp_link_lock);
	return err;
}

void pptp_link_empty(struct pptp_link *link)
{
	struct pptp_session *s, *next;

	mutex_lock(&pptp_link_lock);
	link->dead = true;
	list_for_each_entry_safe(s, next, &link->sessions, link_node)
		pptp_link_remove(link, s);
	mutex_unlock(&pptp_link_lock);
}

void pptp_link_forget_sources(struct pptp_link *link)
{
	struct pptp_session *s;

	mutex_lock(&pptp_link_lock);
	list_for_each_entry(s, &link->sessions, link_node)
		pptp_link_forget_source(s);
	mutex_unlock(&pptp_link_lock);
}

bool pptp_link_detach(struct pptp_session *s)
{
	struct pptp_link *link;

	mutex_lock(&pptp_link_lock);
	link = rcu_dereference_protected(s->link, lockdep_is_held(&pptp_link_lock));
	if (link)
		pptp_link_remove(link, s);
	mutex_unlock(&pptp_link_lock);
	return link;
}

int pptp_link_ifindex(const struct pptp_session *s, const struct net *net)
{
	const struct pptp_link *link = rcu_dereference(s->link);

	return link && net_eq(dev_net(link->dev), net) ? link->dev->ifindex : 0;
}
