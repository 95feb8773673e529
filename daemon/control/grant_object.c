// SPDX-License-Identifier: GPL-2.0-only
/* What RADIUS has granted to a session, as JSON. */
#include <stdio.h>
#include <string.h>

#include "aaa/grant.h"
#include "control/objects.h"
#include "util/text.h"

/* An object being made. */
struct making {
	json_t *object;
	bool failed;			/* out of memory */
};

static void put(struct making *m, const char *name, json_t *value)
{
	m->failed = json_object_set_new(m->object, name, value) || m->failed;
}

/* JSON has UTF-8 only, and what the server sent may be anything. */
static json_t *text_value(const char *text)
{
	char shown[TEXT_SHOW_SIZE(RADIUS_VALUE_MAX)];

	text_show(shown, sizeof(shown), text, strlen(text));
	return json_string(shown);
}

static void put_text(struct making *m, const char *name, const char *text)
{
	if (*text)
		put(m, name, text_value(text));
}

static void put_number(struct making *m, const char *name, uint64_t number)
{
	if (number)
		put(m, name, json_integer((json_int_t)number));
}

static void put_texts(struct making *m, const char *name, const char * const *texts, unsigned int n)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < n; i++)
		m->failed = json_array_append_new(list, text_value(texts[i])) || m->failed;
	if (n)
		put(m, name, list);
	else
		json_decref(list);
}

static void put_addresses(struct making *m, const char *name, const struct ip_addr *addresses,
			  unsigned int n)
{
	char texts[RADIUS_PREFIXES_MAX][IP_TEXT_SIZE];
	const char *list[RADIUS_PREFIXES_MAX];
	unsigned int given = 0;

	for (unsigned int i = 0; i < n && i < RADIUS_PREFIXES_MAX; i++) {
		if (!ip_is_set(addresses[i]))
			continue;
		list[given] = ip_format(addresses[i], texts[given]);
		given++;
	}
	put_texts(m, name, list, given);
}

static void put_prefixes(struct making *m, const char *name, const struct ip_prefix *prefixes,
			 unsigned int n)
{
	char texts[RADIUS_PREFIXES_MAX][IP_TEXT_SIZE];
	const char *list[RADIUS_PREFIXES_MAX];

	for (unsigned int i = 0; i < n; i++)
		list[i] = ip_prefix_format(&prefixes[i], texts[i]);
	put_texts(m, name, list, n);
}

static void put_routes(struct making *m, const struct auth_grant *g)
{
	char texts[RADIUS_ROUTES_MAX][2 * IP_TEXT_SIZE + 32], to[IP_TEXT_SIZE];
	const char *list[RADIUS_ROUTES_MAX];

	for (unsigned int i = 0; i < g->n_routes; i++) {
		const struct radius_route *route = &g->routes[i];
		const bool via = ip_is_set(route->gateway) && !ip_is_any(route->gateway);
		int len = snprintf(texts[i], sizeof(texts[i]), "%s%s%s",
				   ip_prefix_format(&route->to, to), via ? " via " : "",
				   via ? ip_text(route->gateway) : "");

		if (route->metric)
			snprintf(texts[i] + len, sizeof(texts[i]) - (size_t)len, " metric %u",
				 route->metric);
		list[i] = texts[i];
	}
	put_texts(m, "routes", list, g->n_routes);
}

static void put_ipv4(struct making *m, const struct auth_grant *g)
{
	switch (g->address_choice) {
	case RADIUS_ADDRESS_GIVEN:
		put_text(m, "address", ip_text(g->address));
		break;
	case RADIUS_ADDRESS_BY_USER:
		put_text(m, "address", "chosen by the user");
		break;
	case RADIUS_ADDRESS_BY_NAS:
		put_text(m, "address", "of a pool");
		break;
	case RADIUS_ADDRESS_NOT_GIVEN:
		break;
	}
	if (g->has_netmask)
		put(m, "netmask", json_integer(g->netmask));
	put_text(m, "pool", g->pool);
	put_routes(m, g);
	put_addresses(m, "dns", g->dns, RADIUS_DNS_MAX);
	put_addresses(m, "nbns", g->nbns, RADIUS_DNS_MAX);
}

static void put_ipv6(struct making *m, const struct auth_grant *g)
{
	char text[2 * sizeof(g->ifid) + 4] = "";

	put_addresses(m, "dns6", g->dns6, g->n_dns6);
	put_addresses(m, "addresses6", g->addresses6, g->n_addresses6);
	put_prefixes(m, "prefixes6", g->prefixes6, g->n_prefixes6);
	put_prefixes(m, "delegated6", g->delegated6, g->n_delegated6);
	put_text(m, "pool6", g->pool6);
	put_text(m, "delegated_pool6", g->delegated_pool6);
	if (g->has_ifid)
		snprintf(text, sizeof(text), "%02x%02x:%02x%02x:%02x%02x:%02x%02x", g->ifid[0],
			 g->ifid[1], g->ifid[2], g->ifid[3], g->ifid[4], g->ifid[5], g->ifid[6],
			 g->ifid[7]);
	put_text(m, "interface_id", text);
}

static void put_limits(struct making *m, const struct auth_grant *g)
{
	put_number(m, "session_timeout_s", g->session_timeout_s);
	put_number(m, "idle_timeout_s", g->idle_timeout_s);
	put_number(m, "interim_interval_s", g->interim_s);
	put_number(m, "termination_action", g->termination_action);
	put_number(m, "port_limit", g->port_limit);
	put_number(m, "mtu", g->mtu);
	put_texts(m, "filters", g->filters, g->n_filters);
	put_number(m, "rate_up", g->rates.up);
	put_number(m, "rate_down", g->rates.down);
	put_number(m, "burst_up", g->rates.burst_up);
	put_number(m, "burst_down", g->rates.burst_down);
	put_number(m, "burst_up_s", g->rates.burst_up_s);
	put_number(m, "burst_down_s", g->rates.burst_down_s);
	put_texts(m, "avpairs", g->avpairs, g->n_avpairs);
}

json_t *object_of_grant(const struct auth_grant *grant)
{
	struct making m = { .object = json_object() };

	if (!m.object)
		return NULL;
	put_text(&m, "user", grant->user);
	put_number(&m, "classes", grant->n_classes);
	put_ipv4(&m, grant);
	put_ipv6(&m, grant);
	put_limits(&m, grant);
	if (!m.failed)
		return m.object;
	json_decref(m.object);
	return NULL;
}
