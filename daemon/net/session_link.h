/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host has for a session: the session's own interface with its addresses, or the route to
 * the peer through an interface that sessions share. The worker makes it and removes it, so that
 * nothing here waits for the kernel's rtnl lock.
 *
 * Functions are called on the loop's thread.
 */
#ifndef CULVERT_NET_SESSION_LINK_H
#define CULVERT_NET_SESSION_LINK_H

#include "net/session.h"
#include "net/worker.h"

/* What the links of all sessions share. Zeroed before session_links_open(). */
struct session_links {
	struct worker worker;
	unsigned int next_number;	/* in the name of an interface; for the worker's thread */
};

struct session_link;

/*
 * The end of what session_link_make() has begun. @err is 0, or a negative errno, which "@what: @why"
 * describes.
 */
typedef void (*session_link_made_fn)(struct session_link *l, int err, const char *what,
				     const char *why);

struct session_link {
	/* for the owner to read */
	int ifindex;			/* 0: not made (yet) */
	char name[IFNAMSIZ];		/* of the interface; valid if @ifindex is not 0 */
	uint32_t table;			/* of its routes; likewise. 0: the main table */
	char vrf[IFNAMSIZ];		/* "": none */
	struct ip_addr local;		/* the inner addresses */
	struct ip_addr remote;
	unsigned int mtu;		/* of the session's own interface, octets, as last asked for */
	bool shared;
	bool making;			/* not made yet: the worker uses the session's socket */

	/* private */
	struct session_links *all;
	char *netns;			/* that the interface is in; NULL: the daemon's own */
	int netns_fd;			/* likewise, once it is made; 0: the daemon's own */
	session_link_made_fn made;
	void *owner;
	bool same_inside_and_outside;	/* the peer has one address inside the tunnel and outside */
	bool delete_it;			/* @remove has to remove something */
	bool setting_mtu;		/* @set_mtu is with the worker */
	char pattern[IFNAMSIZ];
	bool may_number;		/* if the name @pattern is taken, another one will do */
	bool numbered;			/* @pattern itself is no name */
	struct rtnl_pptp settings;	/* of the session's own interface */
	unsigned int mtu_there;		/* what the interface has, or what @set_mtu sets */
	int fd;				/* for @remove to close; -1: none */
	struct worker_job make;
	struct worker_job set_mtu;
	struct worker_job remove;
	int made_ifindex;		/* results of @make */
	char made_name[IFNAMSIZ];
	uint32_t made_table;
	int err;
	const char *what;		/* what failed */
	char *why;			/* memory of the link; NULL: strerror(-err) */
};

/* Start the worker. Returns 0 or a negative errno; session_links_close() must follow either way. */
int session_links_open(struct session_links *all);
void session_links_close(struct session_links *all);

/*
 * Returns a link for what @s needs for the addresses and the MTU in @ip; NULL if there is no memory.
 * session_link_make() must follow. The link exists until session_link_remove().
 */
struct session_link *session_link_new(struct session_links *all, const struct net_session *s,
				      const struct net_ip4 *ip, session_link_made_fn made,
				      void *owner);

/* Begin to make it. @made is called later, by worker_done(). */
void session_link_make(struct session_link *l);

/* Change the MTU of the session's own interface some time soon. */
void session_link_set_mtu(struct session_link *l, unsigned int mtu);

/* Why a link is removed. */
enum session_link_end {
	SESSION_LINK_LEAVE,		/* the session stays, and its socket with it */
	SESSION_LINK_CLOSE,		/* the socket of the session is or will be closed */
	SESSION_LINK_KEEP_ROUTE,	/* as LEAVE, but another session needs the route */
};

/*
 * Remove what was made for the session, and free @l. @made is not called any more. The kernel
 * removes an interface soon after its owner is closed; one with a fixed name is removed here even
 * so, because the next session may need the name. @fd is the socket of the session if it is to be
 * closed here, which must be left to this function while l->making; otherwise -1.
 */
void session_link_remove(struct session_link *l, enum session_link_end end, int fd);

#endif
