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

/*
 * Call @event for each event that the daemon tells, from now on and until it
 * goes away, and complain then. The object is borrowed. Returns an exit status.
 */
int monitor(const struct options *options,
	    void (*event)(const struct options *options, const json_t *object));

#endif
