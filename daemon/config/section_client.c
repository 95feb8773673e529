// SPDX-License-Identifier: GPL-2.0-only
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/password.h"
#include "config/check.h"
#include "config/common.h"

static const struct config_word methods[] = {
	{ "pap", PPP_AUTH_BIT(PPP_AUTH_PAP) },
	{ "chap-md5", PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5) },
	{ "mschap", PPP_AUTH_BIT(PPP_AUTH_MSCHAP) },
	{ "mschap-v2", PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2) },
	{ "eap", PPP_AUTH_BIT(PPP_AUTH_EAP) },
	{ "none", PPP_AUTH_BIT(PPP_AUTH_NONE) },
	{ "any", PPP_AUTH_BIT(PPP_AUTH_METHODS) - PPP_AUTH_BIT(PPP_AUTH_PAP) },
	{ "either", PPP_AUTH_BIT(PPP_AUTH_PAP) | PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5) |
		    PPP_AUTH_BIT(PPP_AUTH_MSCHAP) | PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2) },
	{ 0 },
};

static const struct config_word resolvers[] = {
	{ "off", CONFIG_RESOLVER_OFF },
	{ "auto", CONFIG_RESOLVER_AUTO },
	{ "resolvconf", CONFIG_RESOLVER_RESOLVCONF },
	{ "resolved", CONFIG_RESOLVER_RESOLVED },
	{ "ask", CONFIG_RESOLVER_ASK },
	{ 0 },
};

static const struct config_word connects[] = {
	{ "start", CONFIG_CONNECT_START },
	{ "demand", CONFIG_CONNECT_DEMAND },
	{ "manual", CONFIG_CONNECT_MANUAL },
	{ 0 },
};

#define AT(field) offsetof(struct config_client, field)

static const struct config_option options[] = {
	CONFIG_COMMON_OPTIONS(AT),

	CONFIG_HOOK_OPTIONS(AT),

	{ "server", &config_type_string, AT(server), .min = 1, .max = 253,
	  .means = "Name or address of the server that is called" },
	{ "source-address", &config_type_address, AT(source_address), .preset = "0.0.0.0",
	  .means = "The address of this host that it is called from; 0.0.0.0: that of the route" },
	{ "phone", &config_type_string, AT(phone), .max = 64, .preset = "",
	  .means = "The number that is told with the call" },
	{ "user", &config_type_string, AT(user), .max = PPP_NAME_MAX, .preset = "",
	  .means = "As whom we log in" },
	{ "secret-file", &config_type_optional_path, AT(secret_path), .preset = "",
	  .means = "The file with the password" },
	{ "auth", &config_type_mask, AT(auth), .words = methods,
	  .min = 1, .max = PPP_AUTH_METHODS, .preset = "mschap-v2",
	  .means = "How we agree to prove who we are" },

	{ "local-address", &config_type_address, AT(local_address), .preset = "0.0.0.0",
	  .means = "Our address in the tunnel; 0.0.0.0: the server assigns it" },
	{ "interface", &config_type_optional_interface, AT(interface), .preset = "",
	  .means = "Name of the interface; empty: that of the section" },
	{ "mru", &config_type_mtu, AT(mru), .min = 576, .max = 1500, .preset = "auto",
	  .unit = "octets",
	  .means = "The largest packet that is asked for, or auto" },
	{ "vrf", &config_type_optional_interface, AT(vrf), .preset = "",
	  .means = "The VRF that the interface is in" },
	{ "masquerade", &config_type_bool, AT(masquerade), .preset = "false",
	  .means = "Whether forwarded packets leave with our address in the tunnel" },
	{ "resolver", &config_type_word, AT(resolver), .words = resolvers, .preset = "off",
	  .means = "Who is told the server's name servers: off, auto, resolvconf, resolved or ask" },
	{ "routes", &config_type_prefixes, AT(routes), .max = 1000, .preset = "",
	  .means = "Networks behind the server" },
	{ "default-route", &config_type_bool, AT(default_route), .preset = "false",
	  .means = "Whether all networks are behind the server" },
	{ "metric", &config_type_number, AT(metric), .max = INT32_MAX, .preset = "0",
	  .means = "The metric of these routes" },

	{ "connect", &config_type_word, AT(connect), .words = connects, .preset = "start",
	  .means = "When the server is called: start, demand or manual" },
	{ "reconnect", &config_type_bool, AT(reconnect), .preset = "true",
	  .means = "Whether it is called again when the session has ended" },
	{ "reconnect-min", &config_type_number, AT(reconnect_min_s),
	  .min = 1, .max = 86400, .preset = "2", .unit = "seconds",
	  .means = "The first wait before that" },
	{ "reconnect-max", &config_type_number, AT(reconnect_max_s),
	  .min = 1, .max = 86400, .preset = "300", .unit = "seconds",
	  .means = "The longest wait before that" },
	{ "reconnect-refused-min", &config_type_number, AT(reconnect_refused_min_s),
	  .min = 1, .max = 86400, .preset = "300", .unit = "seconds",
	  .means = "The first wait after a login that was refused" },
	{ "reconnect-refused-max", &config_type_number, AT(reconnect_refused_max_s),
	  .max = 86400, .preset = "3600", .unit = "seconds",
	  .means = "The longest wait after that; 0: it is not tried again" },
	{ 0 },
};

/* ---- checks ---- */

/* MPPE takes its keys from MS-CHAP, so one method that we agree to must be MS-CHAP. */
static void check_mppe(struct config_draft *d, const struct config_section *s)
{
	const struct config_client *c = s->values;
	uint8_t keyed = PPP_AUTH_BIT(PPP_AUTH_MSCHAP) | PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2);

	if (!section_knows(s, "mppe", "auth", "eap"))
		return;
	if (memchr(c->eap, PPP_AUTH_MSCHAPV2, sizeof(c->eap)))
		keyed |= PPP_AUTH_BIT(PPP_AUTH_EAP);
	if (c->mppe == PPP_MPPE_REQUIRED && !(c->auth & keyed))
		report_error(&d->report, section_place(s, "auth"),
			     "auth has nothing that gives keys for mppe = required; add "
			     "\"mschap-v2\", or set mppe = preferred or mppe = off");
}

static void check_source_address(struct config_draft *d, const struct config_section *s)
{
	const struct config_client *c = s->values;

	if (section_knows(s, "source-address") && !ip_is_any(c->source_address) &&
	    !ip_is_unicast(c->source_address))
		report_error(&d->report, section_place(s, "source-address"),
			     "source-address is \"%s\": expected an address of this host",
			     ip_text(c->source_address));
}

/* Check the options that depend on when the client dials. */
static void check_connect(struct config_draft *d, const struct config_section *s)
{
	const struct config_client *c = s->values;

	if (!section_knows(s, "connect"))
		return;
	if (section_knows(s, "idle-timeout") && c->connect == CONFIG_CONNECT_START &&
	    c->idle_timeout_s)
		report_error(&d->report, section_place(s, "idle-timeout"),
			     "idle-timeout makes no sense with connect = start, which would dial "
			     "again at once; expected connect = demand or connect = manual");
	if (c->connect != CONFIG_CONNECT_DEMAND)
		return;
	if (section_knows(s, "routes") && !c->routes.n)
		report_error(&d->report, section_place(s, "connect"),
			     "connect is demand, but without routes there is nothing to wait for");
	if (section_knows(s, "default-route") && c->default_route)
		report_error(&d->report, section_place(s, "default-route"),
			     "default-route would keep connect = demand from reaching the server; "
			     "expected routes");
}

static void check_reconnect(struct config_draft *d, const struct config_section *s)
{
	const struct config_client *c = s->values;

	if (section_knows(s, "reconnect-min", "reconnect-max") &&
	    c->reconnect_max_s < c->reconnect_min_s)
		report_error(&d->report, section_place(s, "reconnect-max"),
			     "reconnect-max is %u: expected no less than reconnect-min, which is "
			     "%u", c->reconnect_max_s, c->reconnect_min_s);
	if (section_knows(s, "reconnect-refused-min", "reconnect-refused-max") &&
	    c->reconnect_refused_max_s && c->reconnect_refused_max_s < c->reconnect_refused_min_s)
		report_error(&d->report, section_place(s, "reconnect-refused-max"),
			     "reconnect-refused-max is %u: expected 0, or no less than "
			     "reconnect-refused-min, which is %u", c->reconnect_refused_max_s,
			     c->reconnect_refused_min_s);
}

/* Returns the name of the client's interface. */
static const char *interface_of(const struct config_section *s)
{
	const struct config_client *c = s->values;

	return *c->interface ? c->interface : s->name;
}

static void check_interface(struct config_draft *d, struct config_section *s)
{
	if (strlen(interface_of(s)) >= IFNAMSIZ)
		report_error(&d->report, s->place,
			     "client \"%s\" needs interface (interface), since its own name has "
			     "more than %d octets", s->name, IFNAMSIZ - 1);
	config_check_interface(d, s, interface_of(s));
}

static void load_password(struct config_draft *d, const struct config_section *s)
{
	struct config_client *c = s->values;
	struct config_place place = section_place(s, "secret-file");
	struct diag diag;

	if (c->password && *c->secret_path)
		report_error(&d->report, place, "there are both a password and secret-file; "
			     "expected one of them");
	if (c->password)
		return;
	if (!*c->secret_path) {
		report_error(&d->report, place, "client \"%s\" needs secret-file (path), unless "
			     "auth is \"none\" alone", s->name);
		return;
	}
	diag_init(&diag);
	c->password = password_load(c->secret_path, &diag);
	report_other_file(&d->report, place, &diag);
	if (!c->password)
		report_error(&d->report, place, "client \"%s\" cannot do without %s", s->name,
			     c->secret_path);
}

/* Check user and password, which are needed unless @auth is "none" alone. */
static void check_user(struct config_draft *d, const struct config_section *s)
{
	const struct config_client *c = s->values;

	if (!section_knows(s, "auth") || c->auth == PPP_AUTH_BIT(PPP_AUTH_NONE))
		return;
	if (section_knows(s, "user") && !*c->user)
		report_error(&d->report, section_place(s, "user"),
			     "client \"%s\" needs user (text), unless auth is \"none\" alone",
			     s->name);
	if (section_knows(s, "secret-file"))
		load_password(d, s);
}

static void check(struct config_draft *d, struct config_section *s)
{
	const struct config_client *c = s->values;

	if (section_knows(s, "local-address") && !ip_is_any(c->local_address))
		config_check_local_address(d, s, c->local_address);
	check_source_address(d, s);
	check_reconnect(d, s);
	check_connect(d, s);
	check_mppe(d, s);
	config_check_hooks(d, s, &c->programs);
	if (section_knows(s, "interface"))
		check_interface(d, s);
	check_user(d, s);
}

/* ---- the result ---- */

static void release(void *values)
{
	struct config_client *c = values;

	password_free(c->password);
	free(c->name);
}

/* The default name of the interface is that of the section. Returns false if there is no memory. */
static bool default_interface(struct config_client *c, const char *name)
{
	char *copy;

	if (*c->interface)
		return true;
	copy = strdup(name);
	if (!copy)
		return false;
	free(c->interface);
	c->interface = copy;
	return true;
}

static uint64_t content(const void *values)
{
	const struct config_client *c = values;

	return config_content_of_text(0, c->password);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	struct config_client *client = &config->clients[config->n_clients];

	if (!default_interface(s->values, s->name))
		return false;
	config->n_clients++;
	*client = *(struct config_client *)s->values;
	client->name = s->name;
	s->name = NULL;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_client = {
	"client", .means = "A server to be called",
	.titled = true, .size = sizeof(struct config_client), .options = options, .check = check,
	.content = content, .content_of = "secret-file", .release = release, .move = move,
};
