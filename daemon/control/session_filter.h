/* SPDX-License-Identifier: GPL-2.0-only */
/* Which sessions a method is about: the type Filter of org.culvert.Session. */
#ifndef CULVERT_CONTROL_SESSION_FILTER_H
#define CULVERT_CONTROL_SESSION_FILTER_H

#include "control/socket.h"
#include "session/sessions.h"
#include "util/ip.h"

struct session;

struct session_filter {
	json_t *object;			/* a reference, which keeps the texts; NULL: all sessions */
	const char *user, *role, *server, *client, *interface, *state, *search;	/* NULL: any */
	struct ip_prefix peer, remote;	/* of length 0: any */
	json_int_t idle_s, uptime_s, bit_s;	/* at least */
};

/*
 * Read @object, which may be NULL, and take a reference to it. Returns false after saying why.
 * session_filter_drop() must be called either way.
 */
bool session_filter_read(struct session_filter *f, json_t *object, struct control_error *error);
void session_filter_drop(struct session_filter *f);

/*
 * Read the member @name of @object, an address or a network, if it is there. Returns false after
 * saying why.
 */
bool session_filter_network(const json_t *object, const char *name, struct ip_prefix *network,
			    struct control_error *error);

/* Returns true if counters decide. */
bool session_filter_counts(const struct session_filter *f);

/*
 * Returns true if @s is one of them. If its counters decide they are read, by @counting, or for @s alone
 * if that is NULL.
 */
bool session_filter_passes(const struct session_filter *f, struct session *s,
			   struct counting *counting);

/*
 * The same in two parts, for who has read the counters, or is about to: what else there is of @s, and
 * its counters as they were read last.
 */
bool session_filter_fits(const struct session_filter *f, const struct session *s);
bool session_filter_counters_fit(const struct session_filter *f, const struct session *s);

#endif
