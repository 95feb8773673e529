// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "aaa/pool.h"
#include "control/commands.h"
#include "session/session.h"
#include "session/sweep.h"
#include "util/callback.h"
#include "util/container.h"

static json_t *address(struct ip_addr a)
{
	return ip_is_set(a) && !ip_is_any(a) ? json_string(ip_text(a)) : json_null();
}

static json_t *mppe(const struct ppp_state *ppp)
{
	if (!(ppp->open & PPP_OPEN_CCP))
		return json_null();
	return json_pack("{s:i, s:b}", "bits", ppp->tx.bits, "stateless", ppp->tx.stateless);
}

/* How the end that called has proved who it is. */
static const char *auth_of(const struct session_record *r)
{
	enum ppp_auth_method method = r->role == SESSION_OF_SERVER ? r->ppp.peer_auth :
								     r->ppp.local_auth;

	return method ? ppp_auth_name(method) : "";
}

static json_t *session_object(struct session *s)
{
	const struct session_record *r = &s->record;
	const bool served = r->role == SESSION_OF_SERVER;
	const struct ip_addr none = { .family = AF_UNSPEC };

	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:i, s:i, s:s, s:s, s:o, "
			 "s:i, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "id", (json_int_t)r->id,
			 "role", served ? "server" : "client",
			 "server", served ? r->owner : "",
			 "client", served ? "" : r->owner,
			 "user", r->user,
			 "peer", address(r->addr.remote),
			 "local_address", address(r->up ? r->ip4.local : none),
			 "remote_address", address(r->up ? r->ip4.remote : none),
			 "interface", r->ifname,
			 "call_id", r->addr.call_id,
			 "peer_call_id", r->addr.peer_call_id,
			 "state", session_state_name(s),
			 "auth", auth_of(r),
			 "mppe", mppe(&r->ppp),
			 "mtu", r->up ? r->ip4.mtu : 0,
			 "uptime_s", (json_int_t)session_uptime_s(s),
			 "idle_s", (json_int_t)r->stats.idle_s,
			 "rx_bytes", (json_int_t)r->stats.rx_bytes,
			 "tx_bytes", (json_int_t)r->stats.tx_bytes,
			 "rx_packets", (json_int_t)r->stats.rx_packets,
			 "tx_packets", (json_int_t)r->stats.tx_packets);
}

/* A monitor does not care for attempts that never came up, but for refused logins. */
static bool is_worth_telling(const struct event *event)
{
	return event->type != EVENT_DOWN || event->session->record.up_s;
}

static void hear(struct subscriber *sub, const struct event *event)
{
	const struct api *api = container_of(sub, struct api, events);
	struct timespec now;
	json_t *object;

	if (!api->control || !control_has_monitors(api->control) || !is_worth_telling(event))
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	object = json_pack("{s:s, s:I, s:o}", "type", event_name(event->type),
			   "time_ms", (json_int_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
			   "session", session_object(event->session));
	if (event->type == EVENT_REFUSED)
		json_object_set_new(object, "user", json_string(event->user));
	if (event->type == EVENT_DOWN)
		json_object_set_new(object, "cause",
				    json_string(event_cause_name(event->cause)));
	if (*event->text)
		json_object_set_new(object, "reason", json_string(event->text));
	control_publish(api->control, object);
	json_decref(object);
}

void api_subscribe(struct api *api)
{
	api->events.hear = hear;
	events_subscribe(&api->sessions->events, &api->events);
}

/* --- sessions ----------------------------------------------------------------------------- */

struct session_listing {
	struct registry_cursor cursor;
};

static void *open_sessions(void *ctx, const json_t *request, char *error, size_t size)
{
	const struct api *api = ctx;
	struct session_listing *list = malloc(sizeof(*list));

	if (!list) {
		snprintf(error, size, "out of memory");
		return NULL;
	}
	registry_cursor_open(&api->sessions->registry, &list->cursor);
	return list;
}

static json_t *next_session(void *ctx)
{
	struct session_listing *list = ctx;
	struct session *s = registry_cursor_step(&list->cursor);

	if (!s)
		return NULL;
	session_read_stats(s);
	return session_object(s);
}

static void close_sessions(void *ctx)
{
	struct session_listing *list = ctx;

	registry_cursor_close(&list->cursor);
	free(list);
}

static const struct control_list session_list = {
	.open = open_sessions,
	.next = next_session,
	.close = close_sessions,
};

static struct session *find(const struct api *api, const json_t *request, char *error,
			    size_t size)
{
	const json_t *id = json_object_get(request, "id");
	struct session *s;

	if (!json_is_integer(id)) {
		snprintf(error, size, "\"id\", the number of a session, is missing");
		return NULL;
	}
	s = registry_find_id(&api->sessions->registry, json_integer_value(id));
	if (!s)
		snprintf(error, size, "there is no session %" JSON_INTEGER_FORMAT,
			 json_integer_value(id));
	return s;
}

static json_t *session_show(void *ctx, const json_t *request, char *error, size_t size)
{
	struct session *s = find(ctx, request, error, size);

	if (!s)
		return NULL;
	session_read_stats(s);
	return session_object(s);
}

static void kill_one(struct session *s)
{
	session_close(s, EVENT_CAUSE_ADMIN_RESET, "ended by the administrator");
}

/* How many sessions the user has. */
static int count_of_user(const struct registry *registry, const char *user)
{
	struct session *s = NULL;
	int n = 0;

	while ((s = registry_next_of_user(registry, user, s)))
		n++;
	return n;
}

static bool kill_of_user(void *ctx, struct session *s)
{
	if (!strcmp(s->record.user, ctx))
		kill_one(s);
	return true;
}

static json_t *kill_user(const struct api *api, const char *user, char *error, size_t size)
{
	int n = count_of_user(&api->sessions->registry, user);
	char *copy;

	if (!n) {
		snprintf(error, size, "user \"%s\" has no session", user);
		return NULL;
	}
	copy = strdup(user);
	if (!copy || sweep_sessions(api->sessions, kill_of_user, free, copy)) {
		free(copy);
		snprintf(error, size, "out of memory");
		return NULL;
	}
	return json_pack("{s:i}", "killed", n);
}

static json_t *session_kill(void *ctx, const json_t *request, char *error, size_t size)
{
	const char *user = json_string_value(json_object_get(request, "user"));
	struct session *s;

	if (user && *user)
		return kill_user(ctx, user, error, size);
	s = find(ctx, request, error, size);
	if (!s)
		return NULL;
	kill_one(s);
	return json_pack("{s:i}", "killed", 1);
}

/* --- clients ------------------------------------------------------------------------------ */

static json_t *routes(const struct config_client *config)
{
	json_t *list = json_array();
	char text[IP_TEXT_SIZE];

	for (size_t i = 0; i < config->routes.n; i++)
		json_array_append_new(list, json_string(ip_prefix_format(&config->routes.list[i],
									 text)));
	if (config->default_route)
		json_array_append_new(list, json_string("0.0.0.0/0"));
	return list;
}

static json_t *name_servers(const struct session_record *r)
{
	json_t *list = json_array();

	for (unsigned int i = 0; r->up && i < PPP_DNS_MAX; i++)
		if (r->ppp.ipv4.dns[i].s_addr)
			json_array_append_new(list, address(ip_from_v4(r->ppp.ipv4.dns[i])));
	return list;
}

/* The members that come from the session, or stand for its absence. */
static json_t *client_session(const struct client_status *status)
{
	static const struct session_record none;
	const struct session_record *r = status->session ? &status->session->record : &none;

	return json_pack("{s:o, s:o, s:o, s:o, s:i, s:i, s:s, s:o, s:i, s:I, s:I, s:I, s:I, s:I, "
			 "s:I}",
			 "peer", address(status->peer),
			 "local_address", address(r->up ? r->ip4.local : none.ip4.local),
			 "remote_address", address(r->up ? r->ip4.remote : none.ip4.remote),
			 "dns", name_servers(r),
			 "call_id", r->addr.call_id,
			 "peer_call_id", r->addr.peer_call_id,
			 "auth", r->ppp.local_auth ? ppp_auth_name(r->ppp.local_auth) : "",
			 "mppe", mppe(&r->ppp),
			 "mtu", r->up ? r->ip4.mtu : 0,
			 "uptime_s", (json_int_t)(status->session ?
						  session_uptime_s(status->session) : 0),
			 "idle_s", (json_int_t)r->stats.idle_s,
			 "rx_bytes", (json_int_t)r->stats.rx_bytes,
			 "tx_bytes", (json_int_t)r->stats.tx_bytes,
			 "rx_packets", (json_int_t)r->stats.rx_packets,
			 "tx_packets", (json_int_t)r->stats.tx_packets);
}

static json_t *client_object(const struct client *client)
{
	struct client_status status;
	json_t *object, *session;

	client_status(client, &status);
	if (status.session)
		session_read_stats(status.session);
	object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:I, s:s, s:s, s:b, s:o}",
			   "name", status.config->name,
			   "server", status.config->server,
			   "user", status.config->user,
			   "state", dialer_state_name(status.state),
			   "step", status.step,
			   "failures", status.failures,
			   "failed_step", status.failed_step,
			   "failure", status.failure,
			   "retry_in_s", (json_int_t)((status.retry_ms + 999) / 1000),
			   "interface", status.config->interface,
			   "vrf", status.config->vrf,
			   "masquerade", status.config->masquerade,
			   "routes", routes(status.config));
	session = client_session(&status);
	json_object_update(object, session);
	json_decref(session);
	return object;
}

static json_t *client_list(void *ctx, const json_t *request, char *error, size_t size)
{
	const struct api *api = ctx;
	const struct client *c = NULL;
	json_t *list = json_array();

	while ((c = clients_next(api->clients, c)))
		json_array_append_new(list, client_object(c));
	return list;
}

static struct client *named_client(const struct api *api, const json_t *request, char *error,
				   size_t size)
{
	const char *name = json_string_value(json_object_get(request, "name"));
	struct client *c;

	if (!name) {
		snprintf(error, size, "\"name\", the name of a client, is missing");
		return NULL;
	}
	c = clients_find(api->clients, name);
	if (!c)
		snprintf(error, size, "there is no client \"%s\"", name);
	return c;
}

static json_t *client_show(void *ctx, const json_t *request, char *error, size_t size)
{
	const struct client *c = named_client(ctx, request, error, size);

	return c ? client_object(c) : NULL;
}

static json_t *client_change(const struct api *api, const json_t *request, char *error, size_t size,
			     bool (*change)(struct client *c))
{
	struct client *c = named_client(api, request, error, size);

	return c ? json_pack("{s:b}", "changed", change(c)) : NULL;
}

static json_t *up(void *ctx, const json_t *request, char *error, size_t size)
{
	return client_change(ctx, request, error, size, client_up);
}

static json_t *down(void *ctx, const json_t *request, char *error, size_t size)
{
	return client_change(ctx, request, error, size, client_down);
}

/* --- the daemon --------------------------------------------------------------------------- */

static json_t *server_object(const struct servers *all, const struct config_server *config)
{
	unsigned int conns, sessions;
	json_t *listen = json_array();
	char text[IP_TEXT_SIZE + 8];

	for (size_t i = 0; i < config->listen.n; i++) {
		snprintf(text, sizeof(text), "%s:%u", ip_text(config->listen.list[i]),
			 config->port);
		json_array_append_new(listen, json_string(text));
	}
	servers_count(all, config->name, &conns, &sessions);
	return json_pack("{s:s, s:o, s:i, s:i}", "name", config->name, "listen", listen,
			 "connections", conns, "sessions", sessions);
}

static json_t *status(void *ctx, const json_t *request, char *error, size_t size)
{
	const struct api *api = ctx;
	const struct callbacks *seen = callbacks_seen();
	const struct servers *all = api->servers;
	json_t *servers = json_array(), *pools = json_array();

	for (size_t i = 0; i < all->config->n_servers; i++)
		json_array_append_new(servers, server_object(all, &all->config->servers[i]));
	for (size_t i = 0; i < all->config->n_pools; i++)
		json_array_append_new(pools,
				      json_pack("{s:s, s:I, s:I}",
						"name", all->config->pools[i].name,
						"size", (json_int_t)pool_size(all->pools[i]),
						"used", (json_int_t)pool_used(all->pools[i])));
	return json_pack("{s:s, s:i, s:I, s:i, s:i, s:s, s:s, s:f, s:s, s:I, s:o, s:o}",
			 "version", api->version,
			 "pid", (int)getpid(),
			 "uptime_s", (json_int_t)((uv_now(all->loop) - api->started_ms) / 1000),
			 "sessions", api->sessions->registry.n,
			 "connections", all->n_conns,
			 "config", all->config->path,
			 "backend", api->sessions->backend->name,
			 "longest_callback_ms", seen->longest_ns / 1e6,
			 "longest_callback", seen->longest,
			 "callbacks_too_long", (json_int_t)seen->too_long,
			 "servers", servers,
			 "pools", pools);
}

static json_t *lines(const struct diag *diag, bool warnings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < diag->n_lines; i++)
		if (diag->lines[i].warning == warnings)
			json_array_append_new(list, json_string(diag->lines[i].text));
	return list;
}

static json_t *reload(void *ctx, const json_t *request, char *error, size_t size)
{
	const struct api *api = ctx;
	struct diag diag;
	json_t *result;
	bool done;

	diag_init(&diag);
	done = api->reload(api->daemon, &diag);
	result = json_pack("{s:b, s:o, s:o}", "reloaded", done, "errors", lines(&diag, false),
			   "warnings", lines(&diag, true));
	diag_free(&diag);
	return result;
}

const struct control_command api_commands[] = {
	{ "status", .run = status },
	{ "session.list", .list = &session_list },
	{ "session.show", .run = session_show },
	{ "session.kill", .run = session_kill },
	{ "client.list", .run = client_list },
	{ "client.show", .run = client_show },
	{ "client.up", .run = up },
	{ "client.down", .run = down },
	{ "reload", .run = reload },
	{ NULL },
};
