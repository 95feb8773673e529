// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "aaa/backend_chain.h"
#include "aaa/backend_database.h"
#include "aaa/backend_radius.h"
#include "server/backends.h"

static struct auth *radius_backend(const struct config *config, const struct config_server *server,
				   struct radius *radius)
{
	/* One element more than needed: calloc() of an empty array may return NULL. */
	struct auth_realm *realms = calloc(config->n_realms + 1, sizeof(*realms));
	struct auth_radius_settings settings = {
		.realms = realms, .n_realms = (unsigned int)config->n_realms,
	};
	struct auth *auth;

	if (!realms)
		return NULL;
	if (*server->radius_group)
		settings.group = radius_login_group(radius, server->radius_group);
	for (size_t i = 0; i < config->n_realms; i++)
		realms[i] = (struct auth_realm){
			.name = config->realms[i].name,
			.group = radius_login_group(radius, config->realms[i].radius_group),
			.strip = config->realms[i].strip,
		};
	auth = auth_radius_new(radius, &settings);
	free(realms);
	return auth;
}

static struct auth *database_backend(const struct config *config,
				     const struct config_server *server,
				     struct databases *databases)
{
	/* One element more than needed, as above. */
	const char **profiles = calloc(config->n_profiles + 1, sizeof(*profiles));
	const struct auth_database_settings settings = { profiles, config->n_profiles };
	struct auth *auth;

	if (!profiles)
		return NULL;
	for (size_t i = 0; i < config->n_profiles; i++)
		profiles[i] = config->profiles[i].name;
	auth = auth_database_new(databases_find(databases, server->database), &settings);
	free(profiles);
	return auth;
}

static struct auth *make(const struct config *config, const struct config_server *server,
			 enum config_judge judge, struct radius *radius,
			 struct databases *databases)
{
	switch (judge) {
	case CONFIG_JUDGE_RADIUS:
		return radius_backend(config, server, radius);
	case CONFIG_JUDGE_DATABASE:
		return database_backend(config, server, databases);
	default:
		return auth_secrets_new(server->secrets);
	}
}

struct auth *server_backend(const struct config *config, const struct config_server *server,
			    struct radius *radius, struct databases *databases)
{
	struct auth *list[sizeof(server->users)], *chain = NULL;
	unsigned int n = 0;
	bool made = true;

	for (const uint8_t *judge = server->users; made && *judge != CONFIG_JUDGE_END; judge++) {
		list[n] = make(config, server, *judge, radius, databases);
		made = list[n];
		n += made;
	}
	if (made && n == 1)
		return list[0];
	if (made)
		chain = auth_chain_new(list, n);
	for (unsigned int i = 0; i < n; i++)
		auth_put(list[i]);
	return chain;
}
