/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets of another network namespace, which has a name that ip-netns(8) knows. A socket stays in
 * the namespace that it was made in, whoever uses it.
 */
#ifndef CULVERT_NETNS_H
#define CULVERT_NETNS_H

#include <stdbool.h>
#include <stdint.h>

#define NETNS_NAME_MAX	255

/*
 * Call @make with @arg, in the network namespace @name, and return what it returns: a descriptor or
 * a negative errno. With "" that is the caller's own namespace. Returns a negative errno, too, if
 * there is no such namespace, or if it may not be entered, for which CAP_SYS_ADMIN is needed.
 *
 * @make runs in a thread of its own, for which the caller waits: it must not wait for anything.
 */
int netns_make(const char *name, int (*make)(const void *arg), const void *arg);

/* The same in the network namespace with the descriptor @ns, whatever has its name by now. */
int netns_make_in(int ns, int (*make)(const void *arg), const void *arg);

/*
 * Returns a number that the network namespace @name has, and no other one at the same time: another
 * one may get the name. Returns 0 for "", and if there is none of that name.
 */
uint64_t netns_number(const char *name);

/* Returns a descriptor of the network namespace @name, or a negative errno. */
int netns_open(const char *name);

static inline bool netns_exists(const char *name)
{
	return netns_number(name) != 0;
}

#endif
