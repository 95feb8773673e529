// SPDX-License-Identifier: GPL-2.0-only
#include "aaa/database.h"
#include "control/commands_priv.h"
#include "server/databases.h"

static json_t *counters_object(const struct database_counters *c)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "asked", (json_int_t)c->asked,
			 "found", (json_int_t)c->found,
			 "unknown", (json_int_t)c->unknown,
			 "failed", (json_int_t)c->failed,
			 "late", (json_int_t)c->late,
			 "refused", (json_int_t)c->refused,
			 "connects", (json_int_t)c->connects);
}

static json_t *database_object(const struct database *d)
{
	const struct database_view v = database_view(d);

	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:i, s:i, s:i, s:o}",
			 "name", v.name,
			 "type", v.type == DATABASE_SQLITE ? "sqlite" : "postgresql",
			 "where", v.where,
			 "state", v.state,
			 "state_s", (json_int_t)(v.for_ms / 1000),
			 "fault", v.fault,
			 "under_way", (int)v.under_way,
			 "queued", (int)v.waiting,
			 "max_queued", (int)v.max_queued,
			 "counters", counters_object(&v.counters));
}

json_t *api_database_list(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;
	const struct databases *all = api->servers->databases;
	json_t *list = json_array();

	for (size_t i = 0; all && i < all->n; i++)
		json_array_append_new(list, database_object(all->list[i]));
	return json_pack("{s:o}", "databases", list);
}
