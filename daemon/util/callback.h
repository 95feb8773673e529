/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long the loop is held: every callback of the loop begins with CALLBACK("what it is for"), which
 * measures it until the function returns.
 *
 * While a callback runs nobody else is served; so none may take longer than CALLBACK_LIMIT_NS,
 * whatever the number of sessions. What could is cut into slices, each a callback. The longest run
 * is told by `pppctl status`.
 */
#ifndef CULVERT_UTIL_CALLBACK_H
#define CULVERT_UTIL_CALLBACK_H

#include <stdbool.h>
#include <stdint.h>

#define CALLBACK_LIMIT_NS	5000000
#define CALLBACK_SLICE_NS	2000000	/* after which a slice of something long ends */

struct callback {
	const char *what;
	uint64_t began_ns;
};

/* What was seen since the start, or since callbacks_forget(). */
struct callbacks {
	const char *longest;		/* what the longest was for; "" if there was none */
	uint64_t longest_ns;
	uint64_t too_long;		/* how many were over the limit */
};

struct callback callback_begin(const char *what);	/* @what is constant */
void callback_end(struct callback *callback);

#define CALLBACK(what) \
	struct callback callback_ __attribute__((cleanup(callback_end), unused)) = \
		callback_begin(what)

/* Returns true while the callback that runs may go on with something long. */
bool callback_has_time(void);

const struct callbacks *callbacks_seen(void);
void callbacks_forget(void);

#endif
