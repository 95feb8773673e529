/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The RADIUS servers that the daemon asks: sockets, clock and log around radius/client.h.
 *
 * One struct radius is made from plain settings, and does not change. When the configuration is
 * read again with other settings another one is made; the old one lives until its last question has
 * ended and its last reference is dropped. What is known of the servers goes over by
 * radius_inherit().
 *
 * A peer of the settings is one machine, which may be asked for logins, for accounting, or both:
 * these are two servers to the client, each with its own port, sockets and state.
 *
 * Sockets are connected, so that the kernel drops what comes from elsewhere. All of them are read
 * before it is counted which questions were not answered in time. A server whose sockets cannot be
 * opened now counts as one that does not answer; it is tried again when it is asked the next time.
 *
 * On the loop's thread only.
 */
#ifndef CULVERT_AAA_RADIUS_H
#define CULVERT_AAA_RADIUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "radius/client.h"
#include "radius/request.h"
#include "util/ip.h"

/* --- settings -------------------------------------------------------------------------------- */

#define RADIUS_PEERS_MAX	64	/* each has sockets of its own, up to 2 * RADIUS_PORTS_MAX */

struct radius_peer_settings {
	const char *name;
	struct ip_addr address;
	uint16_t auth_port, acct_port;	/* host order; 0: not asked for that */
	const char *secret;
	size_t secret_len;		/* not 0 */
	struct ip_addr source;		/* not set: that of the route */
	const char *vrf;		/* ""; or the VRF, or any interface, that packets leave by */
	const char *netns;		/* ""; or a name under /run/netns */
	/* as in struct radius_server_config: */
	enum radius_require require;
	unsigned int ports, window, line_max, weight, dead_after;
	uint32_t probe_ms, dead_ms;
};

struct radius_group_settings {
	const char *name;
	const unsigned int *peers;	/* numbers in radius_settings.peers, no two alike */
	unsigned int n;			/* 1 to RADIUS_GROUP_MAX */
	bool weighted;
	struct radius_patience login, accounting;
};

struct radius_settings {
	const char *nas_identifier;	/* "": none is sent */
	struct ip_addr nas_address;	/* not set: none is sent */
	const struct radius_peer_settings *peers;
	unsigned int n_peers;		/* at most RADIUS_PEERS_MAX */
	const struct radius_group_settings *groups;
	unsigned int n_groups;
};

/* --- all servers ----------------------------------------------------------------------------- */

struct radius;

/*
 * Returns one reference; or NULL with the reason in @error, of @size octets. All of @settings is
 * copied. The handles are closed by the loop after the last reference was dropped.
 */
struct radius *radius_new(uv_loop_t *loop, const struct radius_settings *settings, char *error,
			  size_t size);

struct radius *radius_keep(struct radius *r);	/* NULL is allowed */
void radius_drop(struct radius *r);		/* likewise */

/*
 * Returns true if another one made of @settings would do the same, so that this one can stay, with
 * its sockets, what is known of the servers, and the questions that are under way.
 */
bool radius_is_made_of(const struct radius *r, const struct radius_settings *settings);

/*
 * Take over what is known of each server that @old asked with the same name, address, port and
 * secret: whether it is dead, since when, its counters and times. Before the first question only.
 */
void radius_inherit(struct radius *r, const struct radius *old);

/*
 * Return the group with this name, of those servers of it that are asked for logins, or for
 * accounting. NULL: there is no such group, or no such server in it. Valid as long as @r.
 */
const struct radius_group *radius_login_group(const struct radius *r, const char *name);
const struct radius_group *radius_accounting_group(const struct radius *r, const char *name);

const struct radius_nas *radius_nas(const struct radius *r);

/* --- questions ------------------------------------------------------------------------------- */

/* Embedded by who asks, which zeroes it before its first use. It must not move while under way. */
struct radius_question {
	struct radius_request request;	/* code, ages, since, only, buffer, size: see client.h */

	/*
	 * Write the attributes; see radius_client_ops.write. NAS-Identifier and the address are the
	 * writer's, too: radius_nas().
	 */
	void (*write)(struct radius_question *q, struct radius_writer *w,
		      const struct radius_server *server, uint32_t age_s);

	/* It is over, and may be asked again. Raised once, unless it was given up. */
	void (*answered)(struct radius_question *q, const struct radius_answer *answer);

	/* private */
	struct radius *radius;		/* a reference while it is under way, else NULL */
};

/*
 * Ask a server of @group, which is one of @r. Returns RADIUS_ANSWERED, and the question is under
 * way; or RADIUS_NO_ROOM or RADIUS_TOO_LONG, and @q->answered is not called. It is never called
 * before this has returned.
 */
enum radius_outcome radius_ask(struct radius *r, struct radius_question *q,
			       const struct radius_group *group);

/* Give up a question. Does nothing if it is not under way. */
void radius_give_up(struct radius_question *q);

/* The time that @request.since is of: milliseconds of the loop's clock. */
uint64_t radius_now(const struct radius *r);

/* --- to be seen ------------------------------------------------------------------------------ */

struct radius_view {
	const struct radius_server *server;	/* its state, counters and times */
	const struct radius_peer_settings *peer;
	bool accounting;		/* it is asked for accounting, else for logins */
	uint16_t port;
	uint64_t for_ms;		/* how long it is in this state */
	const char *fault;		/* why it has no socket; "": it has */
};

/* Look at server @i, from 0, in the order of the settings. Returns false if there is none. */
bool radius_view(const struct radius *r, unsigned int i, struct radius_view *view);

#endif
