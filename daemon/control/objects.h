/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON values that several commands and events share. Each function returns a new reference, or
 * NULL if there is no memory. commands.h lists the members.
 */
#ifndef CULVERT_CONTROL_OBJECTS_H
#define CULVERT_CONTROL_OBJECTS_H

#include <jansson.h>
#include <stdbool.h>

#include "net/session.h"
#include "ppp/ppp.h"
#include "util/diag.h"
#include "util/ip.h"

struct auth_grant;
struct policy;
struct session;

/* The text of the address; JSON's null if it is not set, 0.0.0.0 or ::. */
json_t *object_of_address(struct ip_addr address);

/* JSON's null without encryption. */
json_t *object_of_mppe(const struct ppp_state *ppp);

/* What was not granted is no member. */
json_t *object_of_grant(const struct auth_grant *grant);

/* A limit that there is not is no member. */
json_t *object_of_policy(const struct policy *policy);

/* Set what the kernel has counted of a session in @object. Returns false if there is no memory. */
bool object_set_traffic(json_t *object, const struct net_stats *stats);

/* Returns true if object_set_traffic() sets the member @name. */
bool is_traffic_member(const char *name);

/* The errors or the warnings of @diag, as an array. */
json_t *lines_of_diag(const struct diag *diag, bool warnings);

/* By the names of "pppctl kernel session show"; what is 0 is no member. */
json_t *object_of_counters(const uint64_t counters[NET_COUNTERS]);

/* The counters are those that session_read_stats() read last. */
json_t *object_of_session(struct session *s);

/* The same, with who has let the user in, what was granted, and what counts. */
json_t *object_of_whole_session(struct session *s);

/* Returns true if the member @name is of object_of_whole_session() alone. */
bool is_whole_session_member(const char *name);

#endif
