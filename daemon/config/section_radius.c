// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "aaa/password.h"
#include "aaa/radius.h"
#include "config/radius_names.h"
#include "radius/client.h"
#include "util/netns.h"

static const struct config_word requires[] = {
	{ "auto", RADIUS_REQUIRE_AUTO },
	{ "yes", RADIUS_REQUIRE_YES },
	{ "no", RADIUS_REQUIRE_NO },
	{ 0 },
};

#define AT(field) offsetof(struct config_radius, field)

static const struct config_option options[] = {
	{ "address", &config_type_any_address, AT(address), .preset = NULL,
	  .means = "The address of the server" },
	{ "port", &config_type_port, AT(port), .max = 65535, .preset = "1812",
	  .means = "Its port for logins; 0: it is not asked" },
	{ "accounting-port", &config_type_port, AT(accounting_port), .max = 65535,
	  .preset = "1813",
	  .means = "Its port for records of sessions; 0: it is sent none" },
	{ "secret-file", &config_type_path, AT(secret_path), .preset = NULL,
	  .means = "The file with the secret that we share" },
	{ "source-address", &config_type_any_address, AT(source_address), .preset = "0.0.0.0",
	  .means = "The address of this host that it is asked from; 0.0.0.0: that of the route" },
	{ "vrf", &config_type_optional_interface, AT(vrf), .preset = "",
	  .means = "The VRF or other interface by which it is asked" },
	{ "netns", &config_type_string, AT(netns), .max = NETNS_NAME_MAX, .preset = "",
	  .means = "The network namespace in which it is asked" },
	{ "require-message-authenticator", &config_type_word, AT(require), .words = requires,
	  .preset = "auto",
	  .means = "Whether its answers have to be signed: auto, yes or no" },
	{ "ports", &config_type_number, AT(ports), .min = 1, .max = RADIUS_PORTS_MAX,
	  .preset = "4",
	  .means = "How many ports of this host it is asked from" },
	{ "window", &config_type_number, AT(window), .min = 1, .max = 4094, .preset = "256",
	  .unit = "requests",
	  .means = "How many requests may be under way to it" },
	{ "max-queued", &config_type_number, AT(max_queued), .max = 100000, .preset = "1000",
	  .unit = "requests",
	  .means = "How many may wait for that; 0: no limit" },
	{ "weight", &config_type_number, AT(weight), .max = 1000, .preset = "1",
	  .means = "Its share of requests where a group is balanced by weight" },
	{ "dead-after", &config_type_number, AT(dead_after), .min = 1, .max = 1000, .preset = "3",
	  .unit = "requests",
	  .means = "So many requests without an answer make it dead" },
	{ "probe-interval", &config_type_number, AT(probe_interval_s), .max = 3600, .preset = "5",
	  .unit = "seconds",
	  .means = "Time between questions whether it is there again; 0: none are asked" },
	{ "dead-time", &config_type_number, AT(dead_time_s), .min = 1, .max = 86400,
	  .preset = "60", .unit = "seconds",
	  .means = "Time after which a dead server that is not asked so is tried" },
	{ 0 },
};

static void check_addresses(struct config_draft *d, const struct config_section *s)
{
	const struct config_radius *r = s->values;
	const struct ip_addr source = r->source_address;

	if (section_knows(s, "address") && !config_is_host(r->address))
		report_error(&d->report, section_place(s, "address"),
			     "address is \"%s\": expected the address of a host",
			     ip_text(r->address));
	if (!section_knows(s, "address", "source-address") || ip_is_any(source))
		return;
	if (!config_is_host(source))
		report_error(&d->report, section_place(s, "source-address"),
			     "source-address is \"%s\": expected an address of this host",
			     ip_text(source));
	else if (source.family != r->address.family)
		report_error(&d->report, section_place(s, "source-address"),
			     "source-address is \"%s\": expected an %s address, as address is one",
			     ip_text(source), r->address.family == AF_INET ? "IPv4" : "IPv6");
}

static void check_ports(struct config_draft *d, const struct config_section *s)
{
	const struct config_radius *r = s->values;

	if (!section_knows(s, "port", "accounting-port"))
		return;
	if (!r->port && !r->accounting_port)
		report_error(&d->report, section_place(s, "port"),
			     "port and accounting-port are 0, so that the server is asked for "
			     "nothing; leave one of them out");
	else if (r->port == r->accounting_port)
		report_error(&d->report, section_place(s, "accounting-port"),
			     "accounting-port is %u, as port is; expected another one, or 0 if "
			     "the server does not do accounting", r->accounting_port);
}

static void check_window(struct config_draft *d, const struct config_section *s)
{
	const struct config_radius *r = s->values;

	if (section_knows(s, "ports", "window") && r->window > radius_window_max(r->ports))
		report_error(&d->report, section_place(s, "window"),
			     "window is %u: expected at most %u with ports = %u, or more ports",
			     r->window, radius_window_max(r->ports), r->ports);
}

static void check(struct config_draft *d, struct config_section *s)
{
	struct config_radius *r = s->values;

	config_take_radius_name(d, s);
	check_addresses(d, s);
	check_ports(d, s);
	check_window(d, s);
	config_check_netns(d, s, "netns", r->netns);
	if (section_knows(s, "secret-file"))
		r->secret = config_load_secret(d, s, "secret-file", r->secret_path);
}

static void release(void *values)
{
	struct config_radius *r = values;

	password_free(r->secret);
	free(r->name);
}

static uint64_t content(const void *values)
{
	const struct config_radius *c = values;

	return config_content_of_text(0, c->secret);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	struct config_radius *r = &config->radius[config->n_radius++];

	*r = *(struct config_radius *)s->values;
	r->name = s->name;
	s->name = NULL;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_radius = {
	"radius", .means = "A RADIUS server",
	.titled = true, .most = RADIUS_PEERS_MAX, .size = sizeof(struct config_radius),
	.options = options, .check = check, .content = content, .content_of = "secret-file",
	.release = release, .move = move,
};
