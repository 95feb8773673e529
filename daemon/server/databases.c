// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/databases.h"

static struct database_settings settings_of(const struct config_database *config)
{
	return (struct database_settings){
		.name = config->name,
		.type = config->type,
		.file = config->file,
		.connection = config->connection,
		.password = config->password ? config->password : "",
		.query = config->query,
		.timeout_ms = config->timeout_s * 1000,
		.max_queued = config->max_queued,
	};
}

/* Returns one of @old, which may be NULL, that is the same; or else a new one. */
static struct database *make(uv_loop_t *loop, const struct database_settings *settings,
			     const struct databases *old, char *error, size_t size)
{
	for (size_t i = 0; old && i < old->n; i++)
		if (database_is_made_of(old->list[i], settings))
			return database_keep(old->list[i]);
	return database_new(loop, settings, error, size);
}

struct databases *databases_new(uv_loop_t *loop, const struct config *config,
				const struct databases *old, char *error, size_t size)
{
	struct databases *all = calloc(1,
				       sizeof(*all) + config->n_databases * sizeof(all->list[0]));

	if (!all) {
		snprintf(error, size, "databases: out of memory");
		return NULL;
	}
	for (; all->n < config->n_databases; all->n++) {
		const struct database_settings settings = settings_of(&config->databases[all->n]);

		all->list[all->n] = make(loop, &settings, old, error, size);
		if (!all->list[all->n]) {
			databases_free(all);
			return NULL;
		}
	}
	return all;
}

struct database *databases_find(const struct databases *all, const char *name)
{
	size_t i = 0;

	while (strcmp(database_name(all->list[i]), name))
		i++;
	return all->list[i];
}

void databases_free(struct databases *all)
{
	for (size_t i = 0; all && i < all->n; i++)
		database_drop(all->list[i]);
	free(all);
}
