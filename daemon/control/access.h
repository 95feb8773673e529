/* SPDX-License-Identifier: GPL-2.0-only */
/* Who may use the control socket, and for what. */
#ifndef CULVERT_CONTROL_ACCESS_H
#define CULVERT_CONTROL_ACCESS_H

#include <sys/types.h>

#define ACCESS_NO_GROUP	((gid_t)-1)

struct control_options;

/* Groups, or ACCESS_NO_GROUP. */
struct access_groups {
	gid_t write;		/* may look and change */
	gid_t read;		/* may look */
	gid_t capture;		/* may look, at what users send and receive too */
};

/* Somebody at the other end of a socket. */
struct access_peer {
	uid_t uid;
	pid_t pid;
	unsigned int rights;	/* mask of enum control_right */
};

/* Look up the groups. May read files. Returns 0, or -ENOENT if there is none of that name. */
int access_groups_find(struct access_groups *groups, const struct control_options *options);

/*
 * Let the members of @groups connect to the socket @path, which only its owner may so far. With more
 * than one group, on a file system without access control lists, others may connect, too, and have no
 * rights. Returns 0 or a negative errno.
 */
int access_open(const char *path, const struct access_groups *groups);

/*
 * Fill in @peer of the connected unix socket @fd: the process that has connected, as it was then.
 * Without memory, supplementary groups do not count.
 */
void access_look(struct access_peer *peer, int fd, const struct access_groups *groups);

#endif
