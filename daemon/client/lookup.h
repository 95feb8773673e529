/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Look up the IPv4 addresses of a name, on libuv's thread pool.
 */
#ifndef CULVERT_CLIENT_LOOKUP_H
#define CULVERT_CLIENT_LOOKUP_H

#include <uv.h>

#include "util/ip.h"

#define LOOKUP_MAX	16	/* addresses of a name; further addresses are ignored */

struct lookup {
	/* for the owner to read once @done was called */
	int status;			/* 0, or an error of libuv */
	unsigned int n;			/* number of addresses in @list */
	struct ip_addr list[LOOKUP_MAX];

	/* private */
	void (*done)(struct lookup *l);
	uv_getaddrinfo_t request;
};

/*
 * Begin to look up @name. @done is called once, later, on the loop's thread; the memory of @l may
 * be reused from then on. Returns 0, or an error of libuv, and then @done is not called.
 */
int lookup_start(struct lookup *l, uv_loop_t *loop, const char *name,
		 void (*done)(struct lookup *l));

/*
 * The result is not wanted any more. @done is called nevertheless: soon if the thread pool has not
 * begun the lookup, otherwise only when the lookup ends.
 */
void lookup_cancel(struct lookup *l);

#endif
