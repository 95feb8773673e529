// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "control/session_filter.h"
#include "session/session.h"

bool session_filter_network(const json_t *object, const char *name, struct ip_prefix *network,
			    struct control_error *error)
{
	const char *text = json_string_value(json_object_get(object, name));
	struct ip_addr address;

	if (!text)
		return true;
	if (ip_parse_v4(text, &address)) {
		*network = ip_host(address);
		return true;
	}
	if (ip_parse_prefix_v4(text, network))
		return true;
	control_invalid(error, name, "\"%s\" is \"%s\": expected an address or a network like "
			"192.0.2.0/24", name, text);
	return false;
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

bool session_filter_read(struct session_filter *f, json_t *object, struct control_error *error)
{
	*f = (struct session_filter){
		.object = json_incref(object),
		.user = text_of(object, "user"),
		.role = text_of(object, "role"),
		.server = text_of(object, "server"),
		.client = text_of(object, "client"),
		.interface = text_of(object, "interface"),
		.state = text_of(object, "state"),
		.search = text_of(object, "search"),
		.idle_s = json_integer_value(json_object_get(object, "idle_s")),
		.uptime_s = json_integer_value(json_object_get(object, "uptime_s")),
		.bit_s = json_integer_value(json_object_get(object, "bit_s")),
	};
	return session_filter_network(object, "peer", &f->peer, error) &&
	       session_filter_network(object, "remote_address", &f->remote, error);
}

void session_filter_drop(struct session_filter *f)
{
	json_decref(f->object);
	f->object = NULL;
}

static bool is(const char *wanted, const char *text)
{
	return !wanted || !strcmp(wanted, text);
}

static bool is_in(const struct ip_prefix *network, struct ip_addr address)
{
	return !network->length || ip_prefix_contains(network, address);
}

static bool is_of(const struct session_filter *f, const struct session_record *r)
{
	const bool served = r->role == SESSION_OF_SERVER;

	return is(f->role, served ? "server" : "client") &&
	       is(f->server, served ? r->owner : "") && is(f->client, served ? "" : r->owner);
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static bool is_found(const char *search, const struct session_record *r)
{
	return !search || strcasestr(r->user, search) || begins(r->ifname, search) ||
	       begins(ip_text(r->addr.remote), search) ||
	       (r->up && begins(ip_text(r->ip4.remote), search));
}

bool session_filter_counts(const struct session_filter *f)
{
	return f->idle_s || f->bit_s;
}

bool session_filter_counters_fit(const struct session_filter *f, const struct session *s)
{
	return (json_int_t)s->record.stats.idle_s >= f->idle_s &&
	       (json_int_t)(s->rate.rx + s->rate.tx) >= f->bit_s;
}

bool session_filter_fits(const struct session_filter *f, const struct session *s)
{
	const struct session_record *r = &s->record;
	const struct ip_addr none = { .family = AF_UNSPEC };

	return (!f->user || session_is_of(s, f->user)) && is_of(f, r) &&
	       is(f->interface, r->ifname) && is(f->state, session_state_name(s)) &&
	       is_found(f->search, r) && is_in(&f->peer, r->addr.remote) &&
	       is_in(&f->remote, r->up ? r->ip4.remote : none) &&
	       (json_int_t)session_uptime_s(s) >= f->uptime_s;
}

bool session_filter_passes(const struct session_filter *f, struct session *s,
			   struct counting *counting)
{
	if (!session_filter_fits(f, s))
		return false;
	if (!session_filter_counts(f))
		return true;
	if (counting)
		counting_read(counting, s);
	else
		session_read_stats(s);
	return session_filter_counters_fit(f, s);
}
