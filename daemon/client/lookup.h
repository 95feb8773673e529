/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A name's IPv4 addresses, looked up on the loop's pool.
 */
#ifndef CULVERT_CLIENT_LOOKUP_H
#define CULVERT_CLIENT_LOOKUP_H

#include <uv.h>

#include "util/ip.h"

#define LOOKUP_MAX	16	/* addresses of a name; further ones are not taken */

struct lookup {
	/* to be read when it is done */
	int status;			/* 0, or an error of libuv's */
	unsigned int n;
	struct ip_addr list[LOOKUP_MAX];

	/* private */
	void (*done)(struct lookup *l);
	uv_getaddrinfo_t request;
};

/*
 * Begin. @done is called later, once, and then the memory may be reused. Returns 0, or an error of
 * libuv's without calling it.
 */
int lookup_start(struct lookup *l, uv_loop_t *loop, const char *name,
		 void (*done)(struct lookup *l));

/* It is not wanted any more: @done is called as soon as that can be. */
void lookup_cancel(struct lookup *l);

#endif
