// SPDX-License-Identifier: GPL-2.0-only
/* org.culvert.User.Show: what the configuration and the secrets say of a user. */
#include <string.h>

#include "aaa/secrets.h"
#include "control/commands_priv.h"
#include "control/objects.h"

static json_t *source(const struct config_server *server, const char *judge, const char *where,
		      const struct secrets_entry *entry)
{
	return json_pack("{s:s, s:s, s:s, s:o*, s:s*}", "server", server->name, "judge", judge,
			 "where", where, "line", entry ? json_integer(entry->line) : NULL,
			 "flaw", entry ? entry->flaw : NULL);
}

/* Returns the group that is asked about @user, as aaa/backend_radius.h says; "": none is. */
static const char *group_of(const struct config *config, const struct config_server *server,
			    const char *user)
{
	const char *at = strrchr(user, '@'), *backslash = strchr(user, '\\');
	const struct config_realm *realm = NULL;

	if (at)
		realm = config_find_realm(config, at + 1, strlen(at + 1));
	if (!realm && backslash)
		realm = config_find_realm(config, user, (size_t)(backslash - user));
	return realm ? realm->radius_group : server->radius_group;
}

static json_t *source_of(const struct config *config, const struct config_server *server,
			 enum config_judge judge, const char *user)
{
	switch (judge) {
	case CONFIG_JUDGE_RADIUS:
		return source(server, "radius", group_of(config, server, user), NULL);
	case CONFIG_JUDGE_DATABASE:
		return source(server, "database", server->database, NULL);
	default:
		return source(server, "secrets", server->secrets_path,
			      secrets_find(server->secrets, user, strlen(user), server->auth_name,
					   server->fold_case));
	}
}

static json_t *sources_of(const struct config *config, const char *user)
{
	json_t *sources = json_array();

	for (size_t i = 0; i < config->n_servers; i++) {
		const struct config_server *server = &config->servers[i];

		for (const uint8_t *judge = server->users; *judge != CONFIG_JUDGE_END; judge++)
			json_array_append_new(sources, source_of(config, server, *judge, user));
	}
	return sources;
}

/* Letters count if no server takes them for the same. */
static const struct config_user *section_of(const struct config *config, const char *name)
{
	const struct config_user *user = config_find_user(config, name);

	for (size_t i = 0; !user && i < config->n_servers; i++)
		if (config->servers[i].fold_case)
			user = config_match_user(config, name, true);
	return user;
}

static json_t *object_of_section(const struct config_user *user)
{
	return json_pack("{s:b, s:s, s:s, s:o}", "disabled", user->disabled,
			 "profile", user->profile ? user->profile->name : "",
			 "address", ip_is_any(user->address) ? "" : ip_text(user->address),
			 "policy", object_of_policy(&user->policy));
}

json_t *api_user_show(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;
	const struct config *config = api->servers->config;
	const char *name = json_string_value(json_object_get(parameters, "user"));
	const struct config_user *user = section_of(config, name);

	return json_pack("{s:o, s:o}", "section", user ? object_of_section(user) : json_null(),
			 "sources", sources_of(config, name));
}
