/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that the subcommands about sessions of the daemon share. */
#ifndef PPPCTL_SESSION_H
#define PPPCTL_SESSION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "control.h"
#include "session_columns.h"
#include "table.h"

/*
 * Returns "128 stateless" or the like for @key, an object with "bits" and "stateless"; "off" if
 * "bits" is 0 or there is no such object.
 */
const char *show_mppe_key(const json_t *key, char text[UNIT_SIZE]);

/* As show_mppe_key(), for the member "mppe" of @session. */
const char *show_mppe(const json_t *session, char text[UNIT_SIZE]);

/*
 * Print authentication, encryption, times and traffic of a session (or client), as properties; with
 * statistics the traffic in full.
 */
void print_session_counters(const struct options *options, const json_t *session);

/* Print each member of @object, a grant or a policy, as a property of the name @what. */
void print_members(const char *what, const json_t *object);

/* Returns true if @text is the number of a session, which is then in @id. */
bool is_session_id(const char *text, uint64_t *id);

/* Complain that @text is none. Returns STATUS_USAGE. */
int no_session_id(const char *text);

/*
 * Make @call for each session ID in @argv, which becomes the parameter "id", and show each result by
 * @show.
 * If a word is not a session ID, complain and ask nothing. Returns the worst exit status.
 */
int each_session(const struct options *options, struct call call, int argc, char **argv,
		 show_fn show);

/*
 * End the sessions that pass @filter, which is borrowed, or list them if @options say that nothing is to
 * be done. Returns an exit status, after complaining.
 */
int kill_sessions(const struct options *options, json_t *filter);

/* Choose the columns that @options ask for. Returns false after complaining. */
bool choose_for(const struct options *options, struct choice *choice);

/*
 * Show sessions, as JSON or with the columns of @choice, for the parameters of
 * org.culvert.Session.List, a reference that is taken. Returns an exit status, after complaining if it
 * is not STATUS_OK.
 */
int list_sessions(const struct options *options, const struct choice *choice, json_t *parameters);

#endif
