/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a callback holds the loop. Every callback of the loop begins with
 * CALLBACK("what it is for"), which measures the time until the function returns.
 *
 * While a callback runs, the loop serves nothing else. Therefore no callback may take longer than
 * CALLBACK_LIMIT_NS, whatever the number of sessions. Work that could take longer is cut into
 * slices, each in a callback of its own. `pppctl status` shows the longest callback, and the one
 * that worked for longest: they differ where a callback waited for a lock, or for a processor.
 */
#ifndef CULVERT_UTIL_CALLBACK_H
#define CULVERT_UTIL_CALLBACK_H

#include <stdbool.h>
#include <stdint.h>

#define CALLBACK_LIMIT_NS	5000000
#define CALLBACK_SLICE_NS	2000000	/* time after which a slice ends */

struct callback {
	const char *what;
	uint64_t began_ns;
	uint64_t cpu_ns;		/* processor time of the thread at that moment */
};

/* Measurements since the start of the daemon, or since the last callbacks_forget(). */
struct callbacks {
	const char *longest;		/* what the longest one was for; "" if none was measured */
	uint64_t longest_ns;
	const char *busiest;		/* what the one was for that took most processor time; or "" */
	uint64_t busiest_ns;		/* of processor time, in the kernel, too */
	uint64_t too_long;		/* number of callbacks that took longer than the limit */
};

struct callback callback_begin(const char *what);	/* @what: a string constant */
void callback_end(struct callback *callback);

#define CALLBACK(what) \
	struct callback callback_ __attribute__((cleanup(callback_end), unused)) = \
		callback_begin(what)

/* Returns true while the running callback may continue its slice (CALLBACK_SLICE_NS). */
bool callback_has_time(void);

/*
 * The same, between steps of a few microseconds: looks at the clock in every 16th call alone, since
 * that is a system call on some machines, and dearer than a step.
 */
bool callback_has_time_for_steps(void);

const struct callbacks *callbacks_seen(void);
void callbacks_forget(void);

#endif
