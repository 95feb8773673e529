// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <linux/pptp.h>

#include "net/link_backend.h"
#include "net/pppox.h"

#define SHARED_MTU	1456	/* octets that the usual path carries with MPPE */

static struct link_backend *backend_of(const struct net_backend *base)
{
	/* @base is the first member of a struct link_backend, which is never const. */
	return (struct link_backend *)(uintptr_t)base;
}

/* --- links -------------------------------------------------------------------------------- */

static int backend_link_open(const struct net_backend *base, struct rtnl *rtnl,
			     struct net_link *link)
{
	struct link_backend *b = backend_of(base);
	struct rtnl_pptp settings = {
		.mode = PPTP_LINK_MODE_SHARED,
		.reverse_path = true,
		.mss_clamp = link->mss_clamp,
		.mtu = SHARED_MTU,
	};
	char name[IFNAMSIZ];
	int err;

	if (link->mode != NET_LINK_SHARED)
		return 0;
	err = rtnl_vrf_find(rtnl, link->vrf, &settings.vrf, &link->table);
	if (err) {
		snprintf(link->reason, sizeof(link->reason), "%s", rtnl->nl.reason);
		return err;
	}
	link->sock = pppox_socket();
	if (link->sock < 0) {
		snprintf(link->reason, sizeof(link->reason), "PPTP socket: %s",
			 strerror(-link->sock));
		return link->sock;
	}
	settings.owner = link->sock;
	err = rtnl_pptp_add_free(rtnl, link->name, &b->next_number, &settings, name,
				 &link->ifindex);
	if (err) {
		snprintf(link->reason, sizeof(link->reason), "%s: %s", name, rtnl->nl.reason);
		close(link->sock);
		return err;
	}
	memcpy(link->name, name, sizeof(link->name));
	return 0;
}

static void backend_link_close(const struct net_backend *base, struct rtnl *rtnl,
			       struct net_link *link)
{
	rtnl_link_del(rtnl, link->ifindex);
	close(link->sock);
}

static int link_failed(const struct rtnl *rtnl, struct net_link *link, int err, const char *what)
{
	if (err)
		snprintf(link->reason, sizeof(link->reason), "%s of %s: %s", what, link->name,
			 rtnl->nl.reason);
	return err;
}

static int backend_link_address(const struct net_backend *base, struct rtnl *rtnl,
				struct net_link *link, struct ip_addr local, bool there)
{
	int err = there ? rtnl_addr_add(rtnl, link->ifindex, local, local) :
			  rtnl_addr_del(rtnl, link->ifindex, local, local);

	return link_failed(rtnl, link, err, "address");
}

static int backend_link_mss_clamp(const struct net_backend *base, struct rtnl *rtnl,
				  struct net_link *link, bool on)
{
	return link_failed(rtnl, link, rtnl_pptp_set_mss_clamp(rtnl, link->ifindex, on),
			   "MSS clamp");
}

/* --- frames ------------------------------------------------------------------------------- */

static int change_keys(struct net_session *s, bool required, const struct net_mppe *rx,
		       const struct net_mppe *tx);

/* Returns what the sessions are asked about where @s is. */
static struct genl *genl_of(const struct net_session *s)
{
	return s->ns ? &s->ns->genl : &backend_of(s->backend)->genl;
}

static int enter_namespace(struct net_session *s)
{
	const char *netns = s->outer.from.netns;
	int err = 0;

	if (netns && *netns)
		s->ns = namespace_get(&backend_of(s->backend)->namespaces, netns, &err);
	return err ? net_failed(err, netns, strerror(-err)) : 0;
}

static int backend_open(struct net_session *s)
{
	int err = enter_namespace(s);

	if (!err)
		err = pppox_open(s);
	if (err)
		return err;
	err = genl_set_outer(genl_of(s), &s->addr, &s->outer);
	if (err)
		return net_failed(err, "header of packets to the peer", genl_of(s)->nl.reason);
	return s->mppe_required ? change_keys(s, true, NULL, NULL) : 0;
}

static void make_messages(struct mmsghdr *messages, struct iovec *frames, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		messages[i] = (struct mmsghdr){
			.msg_hdr = { .msg_iov = &frames[i], .msg_iovlen = 1 },
		};
}

static int backend_send(struct net_session *s, struct iovec *frames, unsigned int n)
{
	struct mmsghdr messages[NET_FRAMES];
	unsigned int done = 0;
	int sent;

	make_messages(messages, frames, n);
	while (done < n) {
		sent = sendmmsg(s->fd, messages + done, n - done, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != ENOBUFS && errno != ENOMEM)
			return net_failed(-errno, "send PPP frame", strerror(errno));
		/* A frame that the kernel had no room for is lost. */
		done += sent > 0 ? sent : 1;
	}
	return 0;
}

/*
 * Keep the good frames and set their lengths. A message that was longer than its buffer is dropped
 * as if it had been lost, because no control frame is so long. A message of 0 octets, which is the
 * end of the session, is dropped too. Returns the number of frames kept.
 */
static unsigned int take_lengths(const struct mmsghdr *messages, struct iovec *frames,
				 unsigned int n)
{
	unsigned int good = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct iovec frame = frames[i];

		if (!messages[i].msg_len || messages[i].msg_len > frame.iov_len)
			continue;
		/* The buffer of a dropped message moves behind the good frames. */
		frames[i] = frames[good];
		frame.iov_len = messages[i].msg_len;
		frames[good++] = frame;
	}
	return good;
}

static int backend_receive(struct net_session *s, struct iovec *frames, unsigned int n)
{
	struct mmsghdr messages[NET_FRAMES];
	int came;

	make_messages(messages, frames, n);
	do {
		came = recvmmsg(s->fd, messages, n, MSG_DONTWAIT | MSG_TRUNC, NULL);
	} while (came < 0 && errno == EINTR);
	if (came < 0)
		return errno == EAGAIN ? 0 :
		       net_failed(-errno, "receive PPP frame", strerror(errno));
	return messages[0].msg_len ? (int)take_lengths(messages, frames, came) : -ENOTCONN;
}

/* --- encryption --------------------------------------------------------------------------- */

static void forget_keys(struct net_session *s)
{
	explicit_bzero(&s->keys, sizeof(s->keys));
	s->keys_wait = false;
}

/*
 * Returns true if the state of @key changes with each packet. The kernel needs such a key before
 * the first packet comes, even if user traffic may not pass yet.
 */
static bool is_stateful(const struct net_mppe *key)
{
	return key && key->bits && !key->stateless;
}

/*
 * Change the requirement for MPPE and the keys (NULL: unchanged). While no user traffic may pass,
 * stateless keys are kept in @s, and genl_up() sets them together with everything else. Otherwise
 * the change is made now.
 */
static int change_keys(struct net_session *s, bool required, const struct net_mppe *rx,
		       const struct net_mppe *tx)
{
	int err;

	s->keys_wait = true;
	s->keys.required = required;
	if (rx) {
		s->keys.set_rx = true;
		s->keys.rx = *rx;
	}
	if (tx) {
		s->keys.set_tx = true;
		s->keys.tx = *tx;
	}
	if (!s->flows && !is_stateful(rx) && !is_stateful(tx))
		return 0;
	err = genl_set_keys(genl_of(s), &s->addr, &s->keys);
	forget_keys(s);
	return err ? net_failed(err, "set MPPE key", genl_of(s)->nl.reason) : 0;
}

static int backend_mppe(struct net_session *s, const struct net_mppe *rx, const struct net_mppe *tx)
{
	return change_keys(s, s->mppe_required || s->mppe_up, rx, tx);
}

static int backend_mppe_state(struct net_session *s, bool up)
{
	static const struct net_mppe none;

	s->mppe_up = up;
	if (!up)
		return backend_mppe(s, &none, &none);
	/* MPPE that was only preferred is required from now on. */
	return s->mppe_required ? 0 : change_keys(s, true, NULL, NULL);
}

/* --- traffic ------------------------------------------------------------------------------ */

static void forget_interface(struct net_session *s)
{
	s->place = NULL;
	s->ifindex = 0;
	s->ifname[0] = '\0';
	s->flows = false;
	s->attached = false;
}

/*
 * Take away what the host has for the session, which goes on. The kernel detaches the session when
 * the session's own interface is removed.
 */
static void take_down(struct net_session *s, enum session_link_end end)
{
	if (!s->place)
		return;
	if (s->attached && s->place->shared)
		genl_down(genl_of(s), &s->addr);
	session_link_remove(s->place, end, -1);
	forget_interface(s);
}

static void link_made(struct session_link *place, int err, const char *what, const char *why)
{
	struct net_session *s = place->owner;

	if (err) {
		net_failed(err, what, why);
		take_down(s, SESSION_LINK_LEAVE);
	} else {
		s->ifindex = place->ifindex;
		memcpy(s->ifname, place->name, sizeof(s->ifname));
		memcpy(s->vrf, place->vrf, sizeof(s->vrf));
		s->table = place->table;
	}
	s->prepared(s, err);
}

static bool has_addresses(const struct net_session *s, const struct net_ip4 *ip)
{
	return s->place && ip_equal(s->place->local, ip->local) &&
	       ip_equal(s->place->remote, ip->remote);
}

static int backend_prepare(struct net_session *s, const struct net_ip4 *ip)
{
	struct link_backend *b = backend_of(s->backend);
	struct session_link *place;

	if (has_addresses(s, ip))
		return s->place->making ? -EINPROGRESS : 0;
	place = session_link_new(&b->links, s, ip, link_made, s);
	if (!place)
		return net_failed(-ENOMEM, "link", strerror(ENOMEM));
	take_down(s, SESSION_LINK_LEAVE);
	s->place = place;
	session_link_make(place);
	return -EINPROGRESS;
}

static int backend_up(struct net_session *s, const struct net_ip4 *ip)
{
	struct link_backend *b = backend_of(s->backend);
	const struct ip_addr none = { .family = AF_UNSPEC };
	const struct genl_traffic up = {
		.keys = s->keys_wait ? &s->keys : NULL,
		.ifindex = s->attached ? 0 : s->ifindex,
		.netns = s->place->netns_fd ? s->place->netns_fd : s->ns ? b->namespaces.home : 0,
		.next_hop = s->place->shared ? ip->remote : none,
		.protocols = PPTP_PROTOCOL_IPV4,
		.frame = (ip->acfc ? PPTP_FRAME_ACFC : 0) | (ip->pfc ? PPTP_FRAME_PFC : 0),
		.window = ip->window,
	};
	int err = genl_up(genl_of(s), &s->addr, &up);

	s->attached = true;
	if (err) {
		net_failed(err, "let IPv4 pass", genl_of(s)->nl.reason);
		take_down(s, err == -EADDRINUSE ? SESSION_LINK_KEEP_ROUTE : SESSION_LINK_LEAVE);
		return err;
	}
	forget_keys(s);
	s->flows = true;
	session_link_set_mtu(s->place, ip->mtu);
	return 0;
}

static int backend_pause(struct net_session *s)
{
	int err;

	if (!s->flows)
		return 0;
	s->flows = false;
	err = genl_pause(genl_of(s), &s->addr);
	return err ? net_failed(err, "let nothing pass", genl_of(s)->nl.reason) : 0;
}

static int backend_shape(struct net_session *s, const struct net_shape *shape)
{
	int err = genl_set_shape(genl_of(s), &s->addr, shape);

	return err ? net_failed(err, "rates, mark and priority", genl_of(s)->nl.reason) : 0;
}

static int backend_stats(struct net_session *s, struct net_stats *stats, uint64_t *counters)
{
	return genl_stats(genl_of(s), &s->addr, stats, counters);
}

static int backend_survey(const struct net_backend *base, net_stats_fn fn, void *ctx)
{
	struct link_backend *b = backend_of(base);
	int more;

	if (b->surveys_others) {
		b->surveys_others = namespaces_survey(&b->namespaces, fn, ctx);
		return b->surveys_others;
	}
	more = genl_survey(&b->genl, fn, ctx);
	if (more)
		return more;
	namespaces_survey_begin(&b->namespaces);
	b->surveys_others = true;
	return 1;
}

static int backend_totals(const struct net_backend *base, struct net_totals *totals)
{
	struct link_backend *b = backend_of(base);
	int err = genl_add_totals(&b->genl, totals);
	int other = namespaces_add_totals(&b->namespaces, totals);

	return err ? err : other;
}

/*
 * The kernel removes what the socket owns after the socket is closed. This function does not wait
 * for it.
 */
static void backend_close(struct net_session *s)
{
	int fd = -1;

	if (s->place && s->place->making) {
		fd = s->fd;
		s->fd = -1;
	}
	pppox_close(s);
	if (s->place)
		session_link_remove(s->place, SESSION_LINK_CLOSE, fd);
	forget_interface(s);
	forget_keys(s);
	namespace_put(s->ns);
	s->ns = NULL;
}

/* The kernel has looked up the route of @sock already, and GRE packets take the same route. */
static int backend_path_mtu(const struct net_backend *base, int sock, unsigned int *mtu)
{
	int value;
	socklen_t len = sizeof(value);

	if (getsockopt(sock, IPPROTO_IP, IP_MTU, &value, &len) < 0)
		return net_failed(-errno, "MTU of the path", strerror(errno));
	*mtu = value;
	return 0;
}

static int backend_events_fd(const struct net_backend *base)
{
	return backend_of(base)->namespaces.events;
}

static void backend_events(const struct net_backend *base, net_lost_fn lost, void *ctx)
{
	namespaces_events(&backend_of(base)->namespaces, lost, ctx);
}

static int backend_work_fd(const struct net_backend *base)
{
	return worker_fd(&backend_of(base)->links.worker);
}

static void backend_work_done(const struct net_backend *base)
{
	worker_done(&backend_of(base)->links.worker);
}

static void backend_work(const struct net_backend *base, struct worker_job *job)
{
	worker_add(&backend_of(base)->links.worker, job);
}

static void backend_work_now(const struct net_backend *base, struct worker_job *job)
{
	job->run(job, &backend_of(base)->rtnl);
	job->done(job);
}

/* --- the backend -------------------------------------------------------------------------- */

static int backend_failed(struct link_backend *b, int err, const char *what)
{
	snprintf(b->reason, sizeof(b->reason), "%s: %s", what, strerror(-err));
	return err;
}

int link_backend_open(struct link_backend *b)
{
	int err;

	memset(b, 0, sizeof(*b));
	b->namespaces = (struct namespaces){ .events = -1, .home = -1 };
	b->base = (struct net_backend){
		.name = "native",
		.link_open = backend_link_open,
		.link_close = backend_link_close,
		.link_address = backend_link_address,
		.link_mss_clamp = backend_link_mss_clamp,
		.reserve = pppox_bind,
		.open = backend_open,
		.send = backend_send,
		.receive = backend_receive,
		.mppe = backend_mppe,
		.mppe_state = backend_mppe_state,
		.prepare = backend_prepare,
		.up = backend_up,
		.pause = backend_pause,
		.icmp = pppox_icmp,
		.shape = backend_shape,
		.stats = backend_stats,
		.survey = backend_survey,
		.totals = backend_totals,
		.close = backend_close,
		.path_mtu = backend_path_mtu,
		.events_fd = backend_events_fd,
		.events = backend_events,
		.work_fd = backend_work_fd,
		.work_done = backend_work_done,
		.work = backend_work,
		.work_now = backend_work_now,
	};
	err = pppox_probe();
	if (err)
		return backend_failed(b, err, "PPTP socket (can the module \"culvert\" be loaded?)");
	err = rtnl_open(&b->rtnl);
	if (err)
		return backend_failed(b, err, "rtnetlink");
	err = genl_open(&b->genl);
	if (err)
		return backend_failed(b, err, "netlink family of the module \"culvert\"");
	err = namespaces_open(&b->namespaces, &b->genl);
	if (err)
		return backend_failed(b, err, "network namespace");
	err = session_links_open(&b->links);
	return err ? backend_failed(b, err, "thread for rtnetlink") : 0;
}

void link_backend_close(struct link_backend *b)
{
	session_links_close(&b->links);
	namespaces_close(&b->namespaces);
	genl_close(&b->genl);
	rtnl_close(&b->rtnl);
}
