/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many sessions there were in the last hour, and how logins went: a sample every HISTORY_STEP_S,
 * and who is told of each as it comes. In memory alone.
 */
#ifndef CULVERT_CONTROL_HISTORY_H
#define CULVERT_CONTROL_HISTORY_H

#include "session/sessions.h"

#define HISTORY_STEP_S	10
#define HISTORY_SAMPLES	360
#define HISTORY_NOW_S	2	/* whoever is told hears so often of the step that is not over */

struct history;

/* Begin to count. @sessions must outlive the result. Returns NULL if there is no memory. */
struct history *history_new(struct sessions *sessions);

/*
 * Count no more; all who are told have disconnected. The memory is freed once the loop has run the close
 * callbacks. NULL is allowed.
 */
void history_close(struct history *history);

#endif
