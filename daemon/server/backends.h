/* SPDX-License-Identifier: GPL-2.0-only */
/* Who judges the logins of a server, made from its section. */
#ifndef CULVERT_SERVER_BACKENDS_H
#define CULVERT_SERVER_BACKENDS_H

#include "aaa/backend.h"
#include "aaa/radius.h"
#include "config/config.h"
#include "server/databases.h"

/*
 * Returns the backend of @server, a section of @config, with one reference: the secrets, RADIUS, a
 * database, or one after the other, as users= says. @radius and @databases, made from @config, may be
 * NULL if no server needs them; references are taken. Returns NULL if there is no memory.
 */
struct auth *server_backend(const struct config *config, const struct config_server *server,
			    struct radius *radius, struct databases *databases);

#endif
