/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What counts for a user of a server (aaa/policy.h): who has a say in it, and in which order.
 */
#ifndef CULVERT_SERVER_TERMS_H
#define CULVERT_SERVER_TERMS_H

#include "aaa/policy.h"

struct auth_grant;
struct config;
struct config_server;

/*
 * Returns what counts for @user at @server, a section of @config: what the server says; its
 * profile; the profile of the section of the user, and that section; the profiles that Filter-Id of
 * @grant names; and what else @grant says. The last that says something counts. @user is the name
 * as in session_record.user, or NULL if nothing proves that it is the user, who has no section
 * then. @grant may be NULL. The result has texts of @config and of @grant.
 */
struct policy terms_of(const struct config *config, const struct config_server *server,
		       const char *user, const struct auth_grant *grant);

#endif
