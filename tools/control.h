/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Talk to the daemon over its control socket, which speaks Varlink: one call for each connection.
 */
#ifndef PPPCTL_CONTROL_H
#define PPPCTL_CONTROL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "pppctl.h"

/* A call of a method. */
struct call {
	const char *method;		/* "org.culvert.Session.Show" */
	const char *member;		/* of the reply, that is the result; NULL: the whole reply */
	json_t *parameters;		/* a reference that is taken; NULL: none */
};

/*
 * Make @call and wait for the reply. Returns a new reference to the result, or NULL after
 * complaining. *@status is the exit status in both cases.
 */
json_t *ask(const struct options *options, struct call call, int *status);

/*
 * Make @call, which may have several replies, and call @reply for each one as it comes. @parameters
 * are borrowed. Returns an exit status, after complaining if it is not STATUS_OK.
 */
int ask_each(const struct options *options, struct call call,
	     void (*reply)(void *ctx, const json_t *parameters), void *ctx);

/*
 * As ask(), but the result is an array, which may come in several replies. Returns a new reference to
 * the whole; NULL after complaining.
 */
json_t *ask_list(const struct options *options, struct call call, int *status);

/* Print the result of a call. */
typedef void (*show_fn)(const struct options *options, const json_t *result);

/*
 * As ask() and as ask_list(), but show the result: as JSON if @options say so, otherwise by @show. If
 * @show is NULL nothing is shown. Return an exit status.
 */
int ask_and_show(const struct options *options, struct call call, show_fn show);
int list_and_show(const struct options *options, struct call call, show_fn show);

/*
 * As ask_and_show(), for each name in @argv: it becomes the parameter "name". Returns the worst exit
 * status.
 */
int each_named(const struct options *options, struct call call, int argc, char **argv,
	       show_fn show);

/* @parameters are those of an answer, borrowed. */
typedef void (*answered_fn)(const struct options *options, const json_t *parameters);

/*
 * Make @call, which is answered again and again, as things happen. Call @reply for each answer until the
 * last one; or until the daemon ends the connection, then complain. Returns an exit status.
 */
int follow(const struct options *options, struct call call, answered_fn reply);

/*
 * The same step by step, for who waits for something else, too. follow_begin() returns the connection,
 * which fclose() ends; NULL after complaining. follow_one() waits for an answer, and returns false after
 * the last one; @status is then the exit status.
 */
FILE *follow_begin(const struct options *options, struct call call);
bool follow_one(const struct options *options, FILE *stream, answered_fn reply, int *status);

/* Complain of each of @lines, an array, with @mark before it. */
void complain_of_lines(const json_t *lines, const char *mark);

/* Complain if @parameters, an answer, says that @what was lost before it. */
void complain_of_lost(const json_t *parameters, const char *what);
/* Called with an event, which is borrowed. */
typedef void (*event_fn)(const struct options *options, const json_t *event);

/*
 * Call @event for each event that the daemon sends. When the daemon ends the connection, wait for the
 * next one, unless @options say otherwise. What was not seen is an event, too: "monitor.lost" with
 * "lost", how many were not read in time, and "monitor.gap" with "gap_ms", for how long there was no
 * connection. Returns an exit status, after complaining.
 */
int monitor(const struct options *options, event_fn event);

#endif
