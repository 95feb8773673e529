// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "aaa/radius.h"
#include "control/commands_priv.h"
#include "control/objects.h"

#define MINUTE_MS 60000

static const char *state_name(enum radius_server_state state)
{
	switch (state) {
	case RADIUS_UP:
		return "up";
	case RADIUS_DEAD:
		return "dead";
	case RADIUS_ON_TRIAL:
		return "trial";
	}
	return "";
}

/* How long the answers of the last minutes took. */
static json_t *times(const struct radius_rtt *rtt, uint64_t window_ms, uint64_t now)
{
	return json_pack("{s:I, s:I, s:I}",
			 "answers", (json_int_t)radius_rtt_count(rtt, window_ms, now),
			 "median_ms", (json_int_t)radius_rtt_quantile(rtt, 50, window_ms, now),
			 "p99_ms", (json_int_t)radius_rtt_quantile(rtt, 99, window_ms, now));
}

static json_t *counters_object(const struct radius_counters *c)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "sent", (json_int_t)c->sent,
			 "retransmitted", (json_int_t)c->retransmitted,
			 "answered", (json_int_t)c->answered,
			 "lost", (json_int_t)c->lost,
			 "moved", (json_int_t)c->moved,
			 "refused", (json_int_t)c->refused_line,
			 "late", (json_int_t)c->late,
			 "doubled", (json_int_t)c->doubled,
			 "stray", (json_int_t)c->stray,
			 "malformed", (json_int_t)c->malformed,
			 "bad_authenticator", (json_int_t)c->bad_authenticator,
			 "bad_signature", (json_int_t)c->bad_signature,
			 "unsigned", (json_int_t)c->unsigned_replies,
			 "bad_code", (json_int_t)c->bad_code);
}

static json_t *radius_object(const struct radius *r, const struct radius_view *view)
{
	const struct radius_server *server = view->server;
	uint64_t now = radius_now(r);

	return json_pack("{s:s, s:s, s:o, s:i, s:s, s:I, s:s, s:b, s:i, s:i, s:i, s:i, s:o, s:o, "
			 "s:o}",
			 "name", view->peer->name,
			 "use", view->accounting ? "accounting" : "logins",
			 "address", object_of_address(view->peer->address),
			 "port", view->port,
			 "state", state_name(server->state),
			 "state_s", (json_int_t)(view->for_ms / 1000),
			 "fault", view->fault,
			 "signs", server->signs,
			 "under_way", server->under_way,
			 "window", server->config->window,
			 "queued", server->in_line,
			 "max_queued", server->config->line_max,
			 "last_minute", times(&server->rtt, MINUTE_MS, now),
			 "last_5_minutes", times(&server->rtt, 5 * MINUTE_MS, now),
			 "counters", counters_object(&server->counters));
}

/* Returns an array of the servers with this name, or of all servers if @name is NULL. */
static json_t *radius_array(const struct radius *r, const char *name)
{
	json_t *list = json_array();
	struct radius_view view;

	for (unsigned int i = 0; r && radius_view(r, i, &view); i++)
		if (!name || !strcmp(view.peer->name, name))
			json_array_append_new(list, radius_object(r, &view));
	return list;
}

json_t *api_radius_list(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;

	return json_pack("{s:o}", "servers", radius_array(api->servers->radius, NULL));
}

json_t *api_radius_show(void *ctx, const json_t *parameters, struct control_error *error)
{
	const char *name = json_string_value(json_object_get(parameters, "name"));
	const struct api *api = ctx;
	json_t *list = radius_array(api->servers->radius, name);

	if (json_array_size(list))
		return json_pack("{s:o}", "servers", list);
	json_decref(list);
	control_not_found(error, "RADIUS server", name);
	return NULL;
}
