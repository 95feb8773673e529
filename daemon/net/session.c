// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "net/session.h"

/* One buffer for all sessions of the thread, because an error of a session is rare. */
static _Thread_local char reason[192];

const char *net_reason(void)
{
	return reason;
}

int net_failed(int err, const char *what, const char *why)
{
	snprintf(reason, sizeof(reason), "%s: %s", what, why);
	return err;
}

int net_link_open(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link)
{
	link->ifindex = 0;
	link->sock = -1;
	return b->link_open(b, rtnl, link);
}

void net_link_close(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link)
{
	if (link->ifindex)
		b->link_close(b, rtnl, link);
	link->ifindex = 0;
}

int net_link_add_address(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link,
			 struct ip_addr local)
{
	return link->ifindex ? b->link_address(b, rtnl, link, local, true) : 0;
}

void net_link_del_address(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link,
			  struct ip_addr local)
{
	if (link->ifindex)
		b->link_address(b, rtnl, link, local, false);
}

int net_link_set_mss_clamp(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link,
			   bool on)
{
	int err;

	/* Not even the same is written: the loop reads it meanwhile. */
	if (on == link->mss_clamp)
		return 0;
	err = link->ifindex ? b->link_mss_clamp(b, rtnl, link, on) : 0;
	if (!err)
		link->mss_clamp = on;
	return err;
}

int net_session_reserve(struct net_session *s, const struct net_backend *b, struct ip_addr local)
{
	int err;

	s->fd = -1;
	s->addr.local = local;
	s->backend = b;
	err = b->reserve(s);
	if (err)
		net_session_close(s);
	return err;
}

int net_session_open(struct net_session *s, const struct net_backend *b,
		     const struct net_link *link, const struct outer *outer,
		     const struct net_session_addr *addr, bool mppe_required)
{
	int fd = s->backend ? s->fd : -1;	/* from net_session_reserve() */
	int err;

	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->addr = *addr;
	s->mppe_required = mppe_required;
	s->link = link;
	s->outer = *outer;
	s->backend = b;
	err = b->open(s);
	if (err)
		net_session_close(s);
	return err;
}

int net_session_send(struct net_session *s, struct iovec *frames, unsigned int n)
{
	return s->backend->send(s, frames, n);
}

int net_session_receive(struct net_session *s, struct iovec *frames, unsigned int n)
{
	return s->backend->receive(s, frames, n);
}

int net_session_mppe(struct net_session *s, const struct net_mppe *rx, const struct net_mppe *tx)
{
	return s->backend->mppe(s, rx, tx);
}

int net_session_require_mppe(struct net_session *s, bool required)
{
	s->mppe_required = required;
	return s->backend->mppe(s, NULL, NULL);
}

int net_session_mppe_state(struct net_session *s, bool up)
{
	return s->backend->mppe_state(s, up);
}

void net_session_want(struct net_session *s, const struct net_interface *wanted)
{
	s->wanted = *wanted;
}

int net_session_prepare(struct net_session *s, const struct net_ip4 *ip, net_prepared_fn prepared)
{
	s->prepared = prepared;
	return s->backend->prepare(s, ip);
}

int net_session_up(struct net_session *s, const struct net_ip4 *ip)
{
	return s->backend->up(s, ip);
}

int net_session_pause(struct net_session *s)
{
	return s->backend->pause(s);
}

static bool same_shape(const struct net_shape *a, const struct net_shape *b)
{
	return a->rx_rate == b->rx_rate && a->tx_rate == b->tx_rate && a->rx_burst == b->rx_burst &&
	       a->tx_burst == b->tx_burst && a->mark == b->mark && a->priority == b->priority;
}

int net_session_shape(struct net_session *s, const struct net_shape *shape)
{
	int err = same_shape(&s->shape, shape) ? 0 : s->backend->shape(s, shape);

	if (!err)
		s->shape = *shape;
	return err;
}

int net_session_icmp(struct net_session *s)
{
	return s->backend && s->backend->icmp ? s->backend->icmp(s) : 0;
}

int net_session_stats(struct net_session *s, struct net_stats *stats, uint64_t *counters)
{
	memset(stats, 0, sizeof(*stats));
	if (counters)
		memset(counters, 0, NET_COUNTERS * sizeof(*counters));
	return s->backend->stats(s, stats, counters);
}

int net_survey(const struct net_backend *b, net_stats_fn fn, void *ctx)
{
	return b->survey ? b->survey(b, fn, ctx) : -EOPNOTSUPP;
}

void net_totals_add(struct net_totals *sum, const struct net_totals *now,
		    const struct net_totals *before)
{
	sum->sessions += now->sessions - before->sessions;
	for (unsigned int i = 0; i < NET_DROPS; i++)
		sum->drops[i] += now->drops[i] - before->drops[i];
	sum->has_traffic |= now->has_traffic;
	sum->rx_packets += now->rx_packets - before->rx_packets;
	sum->rx_bytes += now->rx_bytes - before->rx_bytes;
	sum->tx_packets += now->tx_packets - before->tx_packets;
	sum->tx_bytes += now->tx_bytes - before->tx_bytes;
}

int net_read_totals(const struct net_backend *b, struct net_totals *totals)
{
	*totals = (struct net_totals){ 0 };
	return b->totals ? b->totals(b, totals) : -EOPNOTSUPP;
}

void net_session_close(struct net_session *s)
{
	if (!s->backend)
		return;
	s->backend->close(s);
	s->backend = NULL;
}

int net_path_mtu(const struct net_backend *b, int sock, unsigned int *mtu)
{
	return b->path_mtu(b, sock, mtu);
}

int net_events_fd(const struct net_backend *b)
{
	return b->events_fd ? b->events_fd(b) : -1;
}

void net_events(const struct net_backend *b, net_lost_fn lost, void *ctx)
{
	b->events(b, lost, ctx);
}

int net_work_fd(const struct net_backend *b)
{
	return b->work_fd ? b->work_fd(b) : -1;
}

void net_work_done(const struct net_backend *b)
{
	b->work_done(b);
}

void net_work(const struct net_backend *b, struct worker_job *job)
{
	b->work(b, job);
}

void net_work_now(const struct net_backend *b, struct worker_job *job)
{
	b->work_now(b, job);
}
