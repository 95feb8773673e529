/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Talk to the daemon over its control socket: one request, one answer.
 */
#ifndef PPPCTL_CONTROL_H
#define PPPCTL_CONTROL_H

#include <jansson.h>

#include "pppctl.h"

/*
 * Send @request, whose reference is taken, and wait for the answer. Returns a
 * new reference to the result, or NULL after complaining. *@status is the exit
 * status in both cases.
 */
json_t *ask(const struct options *options, json_t *request, int *status);

/* Print the result of a request. */
typedef void (*show_fn)(const struct options *options, const json_t *result);

/*
 * As ask(), but show the result: as JSON if @options say so, otherwise by @show. If @show is NULL
 * nothing is shown. Returns an exit status.
 */
int ask_and_show(const struct options *options, json_t *request, show_fn show);

/*
 * As ask_and_show(), for each name in @argv: ask for @command, with "name". Returns the worst exit
 * status.
 */
int each_named(const struct options *options, const char *command, int argc, char **argv,
	       show_fn show);

/*
 * Call @event for each event that the daemon sends, until the daemon ends the
 * connection; then complain. @object is borrowed. Returns an exit status.
 */
int monitor(const struct options *options,
	    void (*event)(const struct options *options, const json_t *object));

#endif
