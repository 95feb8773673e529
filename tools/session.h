/* SPDX-License-Identifier: GPL-2.0-only */
/* What the subcommands about sessions of the daemon share. */
#ifndef PPPCTL_SESSION_H
#define PPPCTL_SESSION_H

#include <jansson.h>
#include <stdbool.h>

#include "table.h"

/* "128 stateless", or "off" */
const char *show_mppe(const json_t *session, char text[UNIT_SIZE]);

/* How a session is protected, how long it is up and what it carried, as properties. */
void print_session_counters(const json_t *session);

/* The number of a session from the command line; complains if it is none. */
bool parse_id(const char *text, json_int_t *id);

#endif
