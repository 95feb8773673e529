// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/leftovers.h"
#include "net/proxy_arp.h"
#include "net/route.h"
#include "util/log.h"

#define NAMESPACE	"/proc/self/ns/net"

/*
 * Take the lock of this network namespace, which is free again when its owner is dead. It is a file
 * that only root can open: an address of a socket could be taken by anybody, who would so keep us
 * from removing anything. Each namespace has a file of its own, as it has its own routes. The file
 * stays, since one that is removed may be locked by somebody who has opened it before. Returns a
 * descriptor, or a negative errno, and what could not be used in *@what.
 */
static int lock(const char *folder, const char **what)
{
	char path[PATH_MAX];
	struct stat netns;
	int fd, err;

	*what = NAMESPACE;
	if (stat(NAMESPACE, &netns))
		return -errno;
	*what = folder;
	if (mkdir(folder, 0755) && errno != EEXIST)
		return -errno;
	snprintf(path, sizeof(path), "%s/net-%ju.lock", folder, (uintmax_t)netns.st_ino);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	err = errno == EWOULDBLOCK ? -EADDRINUSE : -errno;
	close(fd);
	return err;
}

/* What to remove, and how. */
struct leftover {
	const char *one, *many;
	int (*del)(struct rtnl *rtnl);
};

static const struct leftover kinds[] = {
	{ "route", "routes", route_del_ours },
	{ "entry of proxy ARP", "entries of proxy ARP", proxy_arp_del_ours },
};

static void remove_kind(const struct leftover *kind)
{
	struct rtnl rtnl;
	int n = rtnl_open(&rtnl);

	if (!n) {
		n = kind->del(&rtnl);
		rtnl_close(&rtnl);
	}
	if (n < 0)
		log_warning("%s that an earlier culvertd may have left behind: %s", kind->many,
			    strerror(-n));
	else if (n)
		log_notice("removed %d %s that an earlier culvertd left behind", n,
			   n == 1 ? kind->one : kind->many);
}

void leftovers_remove(struct leftovers *l, const char *folder)
{
	const char *what;

	l->lock = lock(folder, &what);
	if (l->lock == -EADDRINUSE)
		log_info("another culvertd runs here, so that routes are not removed which an earlier "
			 "one may have left behind");
	else if (l->lock < 0)
		log_warning("routes stay that an earlier culvertd may have left behind: %s: %s",
			    what, strerror(-l->lock));
	for (size_t i = 0; l->lock >= 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		remove_kind(&kinds[i]);
}

void leftovers_close(struct leftovers *l)
{
	if (l->lock >= 0)
		close(l->lock);
	l->lock = -1;
}
