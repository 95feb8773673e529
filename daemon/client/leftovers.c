// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/leftovers.h"
#include "net/route.h"
#include "util/log.h"

/*
 * An abstract address: each network namespace has its own, as it has its own routes, and it is free
 * again when its owner is dead.
 */
#define LOCK	"\0culvertd"

static int lock(void)
{
	const socklen_t len = offsetof(struct sockaddr_un, sun_path) + sizeof(LOCK) - 1;
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	memcpy(sun.sun_path, LOCK, sizeof(LOCK));
	if (bind(fd, (struct sockaddr *)&sun, len) == 0)
		return fd;
	close(fd);
	return -EADDRINUSE;
}

static int remove_routes(void)
{
	struct rtnl rtnl;
	int n = rtnl_open(&rtnl);

	if (n)
		return n;
	n = route_del_ours(&rtnl);
	rtnl_close(&rtnl);
	return n;
}

void leftovers_remove(struct leftovers *l)
{
	int n;

	l->lock = lock();
	n = l->lock < 0 ? l->lock : remove_routes();
	if (n == -EADDRINUSE)
		log_info("another culvertd runs here, so that routes are not removed which an earlier "
			 "one may have left behind");
	else if (n < 0)
		log_warning("routes that an earlier culvertd may have left behind: %s",
			    strerror(-n));
	else if (n)
		log_notice("removed %d route%s that an earlier culvertd left behind", n,
			   n == 1 ? "" : "s");
}

void leftovers_close(struct leftovers *l)
{
	if (l->lock >= 0)
		close(l->lock);
	l->lock = -1;
}
