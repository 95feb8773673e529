// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

/* <net/if.h>, which this brings in, must come before <linux/if.h>. */
#include "net/pppox.h"

#include <linux/if_pppox.h>

#include "util/netns.h"

/* The kernel's header packs its structure, so that no pointer to it may be one to the other. */
union address {
	struct sockaddr any;
	struct sockaddr_pppox pppox;
};

static union address address(struct ip_addr addr, uint16_t call_id)
{
	return (union address){ .pppox = {
		.sa_family = AF_PPPOX,
		.sa_protocol = PX_PROTO_PPTP,
		.sa_addr.pptp = { .call_id = call_id, .sin_addr = ip_to_v4(addr) },
	} };
}

static int failed(struct net_session *s, const char *what)
{
	int err = -errno;

	pppox_close(s);
	return net_failed(err, what, strerror(-err));
}

int pppox_socket(void)
{
	int fd = socket(AF_PPPOX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, PX_PROTO_PPTP);

	return fd < 0 ? -errno : fd;
}

int pppox_probe(void)
{
	int fd = pppox_socket();

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int make_socket(const void *arg)
{
	return pppox_socket();
}

int pppox_bind(struct net_session *s)
{
	union address local = address(s->addr.local, s->addr.call_id);
	socklen_t len = sizeof(local.pppox);

	s->fd = netns_make(s->outer.from.netns ? s->outer.from.netns : "", make_socket, NULL);
	if (s->fd < 0) {
		errno = -s->fd;
		return failed(s, "PPTP socket (is the kernel module loaded?)");
	}
	if (bind(s->fd, &local.any, sizeof(local.pppox)) < 0)
		return failed(s, "bind PPTP socket");
	if (getsockname(s->fd, &local.any, &len) < 0)
		return failed(s, "name of PPTP socket");
	s->addr.call_id = local.pppox.sa_addr.pptp.call_id;
	return 0;
}

int pppox_open(struct net_session *s)
{
	union address remote = address(s->addr.remote, s->addr.peer_call_id);
	int err = s->fd < 0 ? pppox_bind(s) : 0;

	const char *device = s->outer.from.vrf;

	if (err)
		return err;
	/* The kernel takes packets of the peer from nowhere else then. */
	if (device && *device &&
	    setsockopt(s->fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device)) < 0)
		return failed(s, "device of PPTP socket");
	/* connect() looks up the route, and only then is there a session that can have a mark. */
	if (s->outer.mark &&
	    setsockopt(s->fd, SOL_SOCKET, SO_MARK, &s->outer.mark, sizeof(s->outer.mark)) < 0)
		return failed(s, "mark of PPTP socket");
	if (connect(s->fd, &remote.any, sizeof(remote.pppox)) < 0)
		return failed(s, "connect PPTP socket");
	return 0;
}

int pppox_icmp(struct net_session *s)
{
	int err = 0;
	socklen_t len = sizeof(err);

	return getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &len) ? 0 : err;
}

void pppox_close(struct net_session *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
