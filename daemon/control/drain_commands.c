// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "control/commands_priv.h"
#include "server/server.h"

/* Read the server that is named, NULL if none is. Returns false if there is no such server. */
static bool named(const struct api *api, const json_t *parameters, struct server **server,
		  struct control_error *error)
{
	const char *name = json_string_value(json_object_get(parameters, "server"));

	*server = name ? servers_find(api->servers, name) : NULL;
	if (!name || *server)
		return true;
	control_not_found(error, "server", name);
	return false;
}

/* Returns the next server after @server (NULL: the first); but @only, if that is not NULL. */
static struct server *next(const struct servers *all, const struct server *only,
			   struct server *server)
{
	do {
		server = server ? TAILQ_NEXT(server, link) : TAILQ_FIRST(&all->list);
	} while (server && (server->retired || (only && server != only)));
	return server;
}

json_t *api_drain(void *ctx, const json_t *parameters, struct control_error *error)
{
	json_int_t timeout_s = json_integer_value(json_object_get(parameters, "timeout_s"));
	const struct api *api = ctx;
	struct server *only, *server = NULL;
	unsigned int sessions = 0, n = 0;

	if (timeout_s < 0 || timeout_s > UINT32_MAX) {
		control_invalid(error, "timeout_s", "\"timeout_s\": expected a number from 0 to %u", UINT32_MAX);
		return NULL;
	}
	if (!named(api, parameters, &only, error))
		return NULL;
	while ((server = next(api->servers, only, server))) {
		server_drain(server, (uint32_t)timeout_s);
		sessions += server->n_calls;
		n++;
	}
	return json_pack("{s:i, s:i}", "servers", n, "sessions", sessions);
}

json_t *api_undrain(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;
	struct server *only, *server = NULL;
	bool changed = false;

	if (!named(api, parameters, &only, error))
		return NULL;
	while ((server = next(api->servers, only, server)))
		changed |= server_undrain(server);
	return json_pack("{s:b}", "changed", changed);
}
