// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <unistd.h>

#include "aaa/pool.h"
#include "control/coa.h"
#include "control/commands_priv.h"
#include "control/objects.h"
#include "hooks/hooks.h"
#include "server/listener.h"
#include "server/server.h"
#include "util/callback.h"

static json_t *server_object(const struct servers *all, const struct config_server *config)
{
	const struct server *server = servers_find(all, config->name);
	json_t *listen = json_array(), *absent = json_array();
	const struct place place = config_outside(config);
	const struct listener *l;
	uint32_t left_s;
	char text[IP_TEXT_SIZE + 8];

	for (size_t i = 0; i < config->listen.n; i++) {
		snprintf(text, sizeof(text), "%s:%u", ip_text(config->listen.list[i]),
			 config->port);
		json_array_append_new(listen, json_string(text));
		l = listener_find(all, place, config->listen.list[i], config->port);
		if (l && l->absent)
			json_array_append_new(absent, json_string(text));
	}
	left_s = server_drain_left_s(server);
	return json_pack("{s:s, s:o, s:o, s:s, s:s, s:i, s:i, s:i, s:b, s:o*}", "name", config->name,
			 "listen", listen, "absent", absent, "netns", place.netns,
			 "device", place.vrf,
			 "connections", server->n_conns, "sessions", server->n_calls,
			 "proxied", server->n_proxied,
			 "draining", server->drain.on,
			 "drain_left_s", left_s ? json_integer(left_s) : NULL);
}

static json_t *pool_object(const struct config_pool *config, const struct pool *pool)
{
	const struct pool_counts n = pool_counts(pool);

	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:s}",
			 "name", config->name,
			 "size", (json_int_t)n.size,
			 "used", (json_int_t)n.used,
			 "reserved", (json_int_t)n.reserved,
			 "most", (json_int_t)n.most,
			 "refused", (json_int_t)n.refused,
			 "next", config->next ? config->next : "");
}

static json_t *pool_array(const struct servers *all)
{
	json_t *list = json_array();

	for (size_t i = 0; i < all->config->n_pools; i++)
		json_array_append_new(list, pool_object(&all->config->pools[i], all->pools[i]));
	return list;
}

json_t *api_pool_list(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;

	return json_pack("{s:o}", "pools", pool_array(api->servers));
}

static uint64_t dropped(const struct coa_counters *n)
{
	const struct radius_coa_counters *p = &n->packets;

	return n->unknown_source + p->malformed + p->bad_authenticator + p->unsigned_requests +
	       p->bad_code + p->bad_time + p->doubtful + p->too_long;
}

static json_t *coa_object(const struct coa *coa)
{
	const struct coa_counters n = coa_counters(coa);

	if (!coa_listens(coa))
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "acked", (json_int_t)n.acks,
			 "refused", (json_int_t)(n.naks + n.packets.refused),
			 "dropped", (json_int_t)dropped(&n),
			 "repeated", (json_int_t)n.packets.repeated,
			 "ended", (json_int_t)n.ended, "changed", (json_int_t)n.changed);
}

static json_t *hooks_object(const struct hooks_counters *n)
{
	return json_pack("{s:i, s:i, s:I, s:I, s:I, s:I}", "running", (int)n->running, "waiting",
			 (int)n->waiting, "run", (json_int_t)n->run, "failed",
			 (json_int_t)n->failed, "timed_out", (json_int_t)n->timed_out, "dropped",
			 (json_int_t)n->dropped);
}

json_t *api_status(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;
	const struct callbacks *seen = callbacks_seen();
	const struct servers *all = api->servers;
	json_t *servers = json_array();

	for (size_t i = 0; i < all->config->n_servers; i++)
		json_array_append_new(servers, server_object(all, &all->config->servers[i]));
	return json_pack("{s:s, s:i, s:I, s:i, s:i, s:s, s:s, s:f, s:s, s:f, s:s, s:I, s:i, s:i, s:o, s:o, s:o, s:o}",
			 "version", api->version,
			 "pid", (int)getpid(),
			 "uptime_s", (json_int_t)((uv_now(all->loop) - api->started_ms) / 1000),
			 "sessions", api->sessions->registry.n,
			 "connections", all->n_conns,
			 "config", all->config->path,
			 "backend", api->sessions->backend->name,
			 "longest_callback_ms", seen->longest_ns / 1e6,
			 "longest_callback", seen->longest,
			 "busiest_callback_ms", seen->busiest_ns / 1e6,
			 "busiest_callback", seen->busiest,
			 "callbacks_too_long", (json_int_t)seen->too_long,
			 "nft_elements", (int)all->user_sets.n_elements,
			 "nft_missing", (int)all->user_sets.n_missing,
			 "servers", servers,
			 "pools", pool_array(all),
			 "coa", coa_object(api->coa),
			 "hooks", hooks_object(&api->hooks->counters));
}

static void reloaded(void *ctx, bool done, const struct diag *diag)
{
	control_answer(ctx, json_pack("{s:b, s:o, s:o}", "reloaded", done,
				      "errors", lines_of_diag(diag, false),
				      "warnings", lines_of_diag(diag, true)));
}

void api_reload(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	const struct api *api = ctx;

	if (api->reload(api->daemon, reloaded, answer))
		control_answer(answer, NULL);
}
