/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What more than one command, or an event, shows: as JSON. Each function returns a new reference, or
 * NULL without memory. commands.h tells of the members.
 */
#ifndef CULVERT_CONTROL_OBJECTS_H
#define CULVERT_CONTROL_OBJECTS_H

#include <jansson.h>

#include "ppp/ppp.h"
#include "util/ip.h"

struct session;

/* null if there is none. */
json_t *object_of_address(struct ip_addr address);

/* null without encryption. */
json_t *object_of_mppe(const struct ppp_state *ppp);

/* With the counters that were read last, see session_read_stats(). */
json_t *object_of_session(struct session *s);

#endif
