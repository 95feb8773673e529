// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "control/commands_priv.h"
#include "control/objects.h"
#include "session/session.h"

static json_t *routes(const struct config_client *config)
{
	json_t *list = json_array();
	char text[IP_TEXT_SIZE];

	for (size_t i = 0; i < config->routes.n; i++)
		json_array_append_new(list,
				      json_string(ip_prefix_format(&config->routes.list[i], text)));
	if (config->default_route)
		json_array_append_new(list, json_string("0.0.0.0/0"));
	return list;
}

static json_t *name_servers(const struct session_record *r)
{
	json_t *list = json_array();

	for (unsigned int i = 0; r->up && i < PPP_DNS_MAX; i++)
		if (r->ppp.ipv4.dns[i].s_addr)
			json_array_append_new(list,
					      object_of_address(ip_from_v4(r->ppp.ipv4.dns[i])));
	return list;
}

/* The members that come from the session, or stand for its absence. */
static json_t *client_session(const struct client_status *status)
{
	static const struct session_record none;
	const struct session_record *r = status->session ? &status->session->record : &none;
	json_t *object;

	object = json_pack("{s:o, s:o, s:o, s:o, s:i, s:i, s:s, s:o, s:i, s:I}",
			 "peer", object_of_address(status->peer),
			 "local_address", object_of_address(r->up ? r->ip4.local : none.ip4.local),
			 "remote_address", object_of_address(r->up ? r->ip4.remote : none.ip4.remote),
			 "dns", name_servers(r),
			 "call_id", r->addr.call_id,
			 "peer_call_id", r->addr.peer_call_id,
			 "auth", r->ppp.local_auth ? ppp_auth_name(r->ppp.local_auth) : "",
			 "mppe", object_of_mppe(&r->ppp),
			 "mtu", r->up ? r->ip4.mtu : 0,
			 "uptime_s", (json_int_t)(status->session ?
						  session_uptime_s(status->session) : 0));
	object_set_traffic(object, &r->stats);
	return object;
}

static const char *origin(const struct client *client)
{
	static const char * const names[] = {
		[CLIENT_OF_CONFIG] = "configuration",
		[CLIENT_OF_RUN_TIME] = "run-time",
		[CLIENT_EPHEMERAL] = "ephemeral",
	};

	return names[client->origin];
}

json_t *object_of_client(const struct client *client)
{
	struct client_status status;
	json_t *object, *session;

	client_status(client, &status);
	if (status.session)
		session_read_stats(status.session);
	object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:I, s:s, s:s, s:b, s:o}",
			   "name", status.config->name,
			   "origin", origin(client),
			   "server", status.config->server,
			   "user", status.config->user,
			   "state", dialer_state_name(status.state),
			   "step", status.step,
			   "failures", status.failures,
			   "failed_step", status.failed_step,
			   "failure", status.failure,
			   "failure_kind", status.failure_kind,
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

struct client_listing {
	const struct api *api;
	size_t at;			/* the next one, counted: clients come and go by a reload */
};

static void *open_clients(void *ctx, const json_t *parameters, struct control_error *error)
{
	struct client_listing *list = calloc(1, sizeof(*list));

	if (list)
		list->api = ctx;
	return list;
}

static enum control_next next_client(void *ctx, json_t **element)
{
	struct client_listing *list = ctx;
	const struct client *c = clients_next(list->api->clients, NULL);

	for (size_t i = 0; c && i < list->at; i++)
		c = clients_next(list->api->clients, c);
	list->at++;
	if (!c)
		return CONTROL_END;
	*element = object_of_client(c);
	return CONTROL_ELEMENT;
}

const struct control_list api_client_list = {
	.member = "clients",
	.open = open_clients,
	.next = next_client,
	.close = free,
};

struct client *named_client(const struct api *api, const json_t *parameters,
			    struct control_error *error)
{
	const char *name = json_string_value(json_object_get(parameters, "name"));
	struct client *c = clients_find(api->clients, name);

	if (!c)
		control_not_found(error, "client", name);
	return c;
}

json_t *api_client_show(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct client *c = named_client(ctx, parameters, error);

	return c ? json_pack("{s:o}", "client", object_of_client(c)) : NULL;
}

static json_t *client_change(const struct api *api, const json_t *parameters,
			     struct control_error *error, bool (*change)(struct client *c))
{
	struct client *c = named_client(api, parameters, error);

	return c ? json_pack("{s:b}", "changed", change(c)) : NULL;
}

json_t *api_client_up(void *ctx, const json_t *parameters, struct control_error *error)
{
	return client_change(ctx, parameters, error, client_up);
}

json_t *api_client_down(void *ctx, const json_t *parameters, struct control_error *error)
{
	return client_change(ctx, parameters, error, client_down);
}
