/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Talking to the daemon over its control socket: one request, one answer.
 */
#ifndef PPPCTL_CONTROL_H
#define PPPCTL_CONTROL_H

#include <jansson.h>

#include "pppctl.h"

/*
 * Send @request, whose reference is taken, and wait for the answer. Returns a
 * new reference to the result; NULL after complaining, with the exit status in
 * @status.
 */
json_t *ask(const struct options *options, json_t *request, int *status);

/* Print what the daemon has answered. */
typedef void (*show_fn)(const struct options *options, const json_t *result);

/*
 * The same, and show the result: as JSON if the options say so, else by @show, or not at all if
 * that is NULL. Returns an exit status.
 */
int ask_and_show(const struct options *options, json_t *request, show_fn show);

/*
 * Call @event for each event that the daemon tells, from now on and until it
 * goes away, and complain then. The object is borrowed. Returns an exit status.
 */
int monitor(const struct options *options,
	    void (*event)(const struct options *options, const json_t *object));

#endif
