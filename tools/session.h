/* SPDX-License-Identifier: GPL-2.0-only */
/* What the subcommands about sessions of the daemon share. */
#ifndef PPPCTL_SESSION_H
#define PPPCTL_SESSION_H

#include <jansson.h>

#include "control.h"
#include "table.h"

/* An object with "bits" and "stateless": "128 stateless", or "off"; that for none, too */
const char *show_mppe_key(const json_t *key, char text[UNIT_SIZE]);

/* The same, of a session. */
const char *show_mppe(const json_t *session, char text[UNIT_SIZE]);

/* How a session is protected, how long it is up and what it carried, as properties. */
void print_session_counters(const json_t *session);

/*
 * Let the daemon do @command to each session numbered on the command line, and show what it says;
 * or complain of what is no number, and do nothing. Returns the worst status.
 */
int each_session(const struct options *options, const char *command, int argc, char **argv,
		 show_fn show);

#endif
