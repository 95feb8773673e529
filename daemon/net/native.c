// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <linux/pptp.h>

#include "net/native.h"
#include "net/pppox.h"

#define UNITS		100000	/* numbers in interface names; they fit IFNAMSIZ */
#define SHARED_MTU	1456	/* of a shared link: what the usual path carries with MPPE */

static struct native_backend *backend_of(const struct net_backend *base)
{
	/* base is the first member, and the object behind it is never const */
	return (struct native_backend *)(uintptr_t)base;
}

static int failed(struct net_session *s, int err, const char *what, const char *why)
{
	snprintf(s->reason, sizeof(s->reason), "%s: %s", what, why);
	return err;
}

/* --- links -------------------------------------------------------------------------------- */

/* Make an interface; %d in @pattern becomes the next free number. */
static int make_link(struct native_backend *b, const char *pattern, const struct rtnl_pptp *settings,
		     char name[IFNAMSIZ], int *ifindex)
{
	const char *number = strstr(pattern, "%d");
	int err = -EEXIST;

	if (!number) {
		snprintf(name, IFNAMSIZ, "%s", pattern);
		return rtnl_pptp_add(&b->rtnl, name, settings, ifindex);
	}
	for (unsigned int i = 0; err == -EEXIST && i < UNITS; i++) {
		snprintf(name, IFNAMSIZ, "%.*s%u", (int)(number - pattern), pattern, b->next_unit);
		b->next_unit = (b->next_unit + 1) % UNITS;
		err = rtnl_pptp_add(&b->rtnl, name, settings, ifindex);
	}
	return err;
}

static int native_link_open(const struct net_backend *base, struct net_link *link)
{
	struct native_backend *b = backend_of(base);
	struct rtnl_pptp settings = {
		.mode = PPTP_LINK_MODE_SHARED,
		.reverse_path = true,
		.mss_clamp = link->mss_clamp,
		.vrf = link->vrf,
		.mtu = SHARED_MTU,
	};
	char name[IFNAMSIZ];
	int err;

	if (link->mode != NET_LINK_SHARED)
		return 0;
	link->sock = pppox_socket();
	if (link->sock < 0) {
		snprintf(link->reason, sizeof(link->reason), "PPTP socket: %s",
			 strerror(-link->sock));
		return link->sock;
	}
	settings.owner = link->sock;
	err = make_link(b, link->name, &settings, name, &link->ifindex);
	if (!err) {
		memcpy(link->name, name, sizeof(link->name));
		err = rtnl_addr_add(&b->rtnl, link->ifindex, link->local, link->local);
	}
	if (err) {
		snprintf(link->reason, sizeof(link->reason), "%s: %s", name, b->rtnl.nl.reason);
		/* Which takes the interface along, if there is one. */
		close(link->sock);
		link->ifindex = 0;
	}
	return err;
}

static void native_link_close(const struct net_backend *base, struct net_link *link)
{
	rtnl_link_del(&backend_of(base)->rtnl, link->ifindex);
	close(link->sock);
}

/* --- frames ------------------------------------------------------------------------------- */

static int native_open(struct net_session *s)
{
	struct native_backend *b = backend_of(s->backend);
	int err;

	err = pppox_open(s);
	if (err)
		return err;
	if (!s->mppe_required)
		return 0;
	err = genl_set_keys(&b->genl, &s->addr, true, NULL, NULL);
	return err ? failed(s, err, "require MPPE", b->genl.nl.reason) : 0;
}

static int native_send(struct net_session *s, const uint8_t *frame, size_t len)
{
	if (send(s->fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 || errno == EAGAIN ||
	    errno == ENOBUFS || errno == ENOMEM)
		return 0;
	return failed(s, -errno, "send PPP frame", strerror(errno));
}

static ssize_t native_receive(struct net_session *s, uint8_t *frame, size_t size)
{
	ssize_t n;

	do {
		n = recv(s->fd, frame, size, MSG_DONTWAIT | MSG_TRUNC);
		/* Longer than any control frame can be: as if it had been lost. */
	} while ((n < 0 && errno == EINTR) || n > (ssize_t)size);
	if (n > 0)
		return n;
	if (n == 0)
		return -ENOTCONN;
	return errno == EAGAIN ? 0 : failed(s, -errno, "receive PPP frame", strerror(errno));
}

/* --- encryption --------------------------------------------------------------------------- */

static int native_mppe(struct net_session *s, const struct net_mppe *rx, const struct net_mppe *tx)
{
	struct native_backend *b = backend_of(s->backend);
	int err = genl_set_keys(&b->genl, &s->addr, s->mppe_required, rx, tx);

	return err ? failed(s, err, "set MPPE key", b->genl.nl.reason) : 0;
}

static int native_mppe_state(struct net_session *s, bool up)
{
	static const struct net_mppe none;
	struct native_backend *b = backend_of(s->backend);
	int err;

	if (!up)
		return native_mppe(s, &none, &none);
	/* The keys are in place already.  Where MPPE was only preferred it is required from now on. */
	err = genl_set_keys(&b->genl, &s->addr, true, NULL, NULL);
	return err ? failed(s, err, "require MPPE", b->genl.nl.reason) : 0;
}

/* --- traffic ------------------------------------------------------------------------------ */

static int up_own(struct native_backend *b, struct net_session *s, const struct net_ip4 *ip)
{
	const struct rtnl_pptp settings = {
		.mode = PPTP_LINK_MODE_SESSION, .mss_clamp = s->link->mss_clamp, .mtu = ip->mtu,
		.owner = s->fd, .vrf = s->link->vrf,
	};
	const struct in_addr none = { 0 };
	int err;

	err = make_link(b, s->link->name, &settings, s->ifname, &s->ifindex);
	if (err)
		return failed(s, err, s->ifname, b->rtnl.nl.reason);
	err = genl_attach(&b->genl, &s->addr, s->ifindex, none);
	if (err)
		return failed(s, err, "attach to link", b->genl.nl.reason);
	err = rtnl_addr_add(&b->rtnl, s->ifindex, ip->local, ip->remote);
	return err ? failed(s, err, "address of link", b->rtnl.nl.reason) : 0;
}

static int up_shared(struct native_backend *b, struct net_session *s, const struct net_ip4 *ip)
{
	int err;

	snprintf(s->ifname, sizeof(s->ifname), "%s", s->link->name);
	s->ifindex = s->link->ifindex;
	err = genl_attach(&b->genl, &s->addr, s->ifindex, ip->remote);
	if (err)
		return failed(s, err, "attach to link", b->genl.nl.reason);
	err = rtnl_route_add(&b->rtnl, s->ifindex, ip->local, ip->remote);
	return err ? failed(s, err, "route to peer", b->rtnl.nl.reason) : 0;
}

/* Remove what up_own() or up_shared() made, as far as they came. */
static void take_down(struct net_session *s, const struct net_ip4 *ip)
{
	struct native_backend *b = backend_of(s->backend);

	if (!s->ifindex)
		return;
	genl_set(&b->genl, &s->addr, 0, 0);
	genl_detach(&b->genl, &s->addr);
	if (s->link->mode == NET_LINK_SHARED)
		rtnl_route_del(&b->rtnl, s->ifindex, ip->local, ip->remote);
	else
		rtnl_link_del(&b->rtnl, s->ifindex);
	s->ifindex = 0;
	s->ifname[0] = '\0';
}

static bool is_made_for(const struct net_session *s, const struct net_ip4 *ip)
{
	return s->ifindex && s->ip.local.s_addr == ip->local.s_addr &&
	       s->ip.remote.s_addr == ip->remote.s_addr;
}

/* Attach it to a link with these addresses, as far as it is not. */
static int attach(struct native_backend *b, struct net_session *s, const struct net_ip4 *ip)
{
	if (is_made_for(s, ip)) {
		if (s->link->mode == NET_LINK_SHARED || s->ip.mtu == ip->mtu)
			return 0;
		return rtnl_link_up(&b->rtnl, s->ifindex, ip->mtu) ?
		       failed(s, -EIO, "MTU of link", b->rtnl.nl.reason) : 0;
	}
	take_down(s, &s->ip);
	return s->link->mode == NET_LINK_SHARED ? up_shared(b, s, ip) : up_own(b, s, ip);
}

static int native_up(struct net_session *s, const struct net_ip4 *ip)
{
	struct native_backend *b = backend_of(s->backend);
	int err;

	err = attach(b, s, ip);
	if (!err) {
		err = genl_set(&b->genl, &s->addr, PPTP_PROTOCOL_IPV4,
			       (ip->acfc ? PPTP_FRAME_ACFC : 0) | (ip->pfc ? PPTP_FRAME_PFC : 0));
		if (err)
			failed(s, err, "let IPv4 pass", b->genl.nl.reason);
	}
	if (err)
		take_down(s, ip);
	else
		s->ip = *ip;
	return err;
}

static int native_pause(struct net_session *s)
{
	struct native_backend *b = backend_of(s->backend);
	int err = genl_set(&b->genl, &s->addr, 0, 0);

	return err ? failed(s, err, "let no traffic pass", b->genl.nl.reason) : 0;
}

static int native_stats(struct net_session *s, struct net_stats *stats)
{
	return genl_stats(&backend_of(s->backend)->genl, &s->addr, stats);
}

static int native_all_stats(const struct net_backend *base, net_stats_fn fn, void *ctx)
{
	return genl_all_stats(&backend_of(base)->genl, fn, ctx);
}

static void native_close(struct net_session *s)
{
	if (s->fd >= 0)
		take_down(s, &s->ip);
	pppox_close(s);
}

static int native_path_mtu(const struct net_backend *base, struct in_addr local,
			   struct in_addr remote, unsigned int *mtu)
{
	return rtnl_path_mtu(&backend_of(base)->rtnl, local, remote, mtu);
}

static int native_events_fd(const struct net_backend *base)
{
	return mnl_socket_get_fd(backend_of(base)->genl.events.sock);
}

static void native_events(const struct net_backend *base, net_lost_fn lost, void *ctx)
{
	genl_events(&backend_of(base)->genl, lost, ctx);
}

/* --- the backend -------------------------------------------------------------------------- */

static int backend_failed(struct native_backend *b, int err, const char *what)
{
	snprintf(b->reason, sizeof(b->reason), "%s: %s", what, strerror(-err));
	return err;
}

int native_backend_open(struct native_backend *b)
{
	int err;

	memset(b, 0, sizeof(*b));
	b->base = (struct net_backend){
		.name = "native",
		.link_open = native_link_open,
		.link_close = native_link_close,
		.reserve = pppox_bind,
		.open = native_open,
		.send = native_send,
		.receive = native_receive,
		.mppe = native_mppe,
		.mppe_state = native_mppe_state,
		.up = native_up,
		.pause = native_pause,
		.stats = native_stats,
		.all_stats = native_all_stats,
		.close = native_close,
		.path_mtu = native_path_mtu,
		.events_fd = native_events_fd,
		.events = native_events,
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
	return 0;
}

void native_backend_close(struct native_backend *b)
{
	genl_close(&b->genl);
	rtnl_close(&b->rtnl);
}
