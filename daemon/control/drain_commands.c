// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "control/commands_priv.h"
#include "server/server.h"

/*
 * Read the server that is named, NULL if none is. Returns false with the reason in @error if there
 * is no such server.
 */
static bool named(const struct api *api, const json_t *request, struct server **server, char *error,
		  size_t size)
{
	const char *name = json_string_value(json_object_get(request, "server"));

	*server = name ? servers_find(api->servers, name) : NULL;
	if (!name || *server)
		return true;
	snprintf(error, size, "there is no server \"%s\"", name);
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

json_t *api_drain(void *ctx, const json_t *request, char *error, size_t size)
{
	const json_t *timeout = json_object_get(request, "timeout_s");
	const struct api *api = ctx;
	struct server *only, *server = NULL;
	unsigned int sessions = 0, n = 0;

	if (timeout && (!json_is_integer(timeout) || json_integer_value(timeout) < 0 ||
			json_integer_value(timeout) > UINT32_MAX)) {
		snprintf(error, size, "\"timeout_s\" is no number of seconds");
		return NULL;
	}
	if (!named(api, request, &only, error, size))
		return NULL;
	while ((server = next(api->servers, only, server))) {
		server_drain(server, (uint32_t)json_integer_value(timeout));
		sessions += server->n_calls;
		n++;
	}
	return json_pack("{s:i, s:i}", "servers", n, "sessions", sessions);
}

json_t *api_undrain(void *ctx, const json_t *request, char *error, size_t size)
{
	const struct api *api = ctx;
	struct server *only, *server = NULL;
	bool changed = false;

	if (!named(api, request, &only, error, size))
		return NULL;
	while ((server = next(api->servers, only, server)))
		changed |= server_undrain(server);
	return json_pack("{s:b}", "changed", changed);
}
