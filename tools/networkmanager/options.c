// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "networkmanager/options.h"

/*
 * Options that mean the same here. Those that let culvertd read files or run programs are left out,
 * since people who are not root have connections; so are those for what NetworkManager does itself:
 * routes, name servers, dialing again.
 */
static const char * const same[] = {
	"auth", "eap", "echo-interval", "echo-timeout", "host-name", "idle-timeout", "interface",
	"lcp-echo-failure", "lcp-echo-interval", "local-address", "mppe", "mppe-bits", "mppe-mode",
	"mru", "mss-clamp", "mtu", "phone", "port", "sliding-window", "source-address", NULL,
};

/* Keys that are read below, or that have no meaning here: a link has no compression. */
static const char * const known[] = {
	"domain", "gateway", "mppe-stateful", "no-vj-comp", "nobsdcomp", "nodeflate", "password-flags",
	"refuse-chap", "refuse-eap", "refuse-mschap", "refuse-mschapv2", "refuse-pap", "require-mppe",
	"require-mppe-128", "require-mppe-40", "unit", "user", NULL,
};

static bool is_in(const char * const *list, const char *key)
{
	while (*list && strcmp(*list, key) != 0)
		list++;
	return *list;
}

/* Returns the value, or NULL if it is not there or empty. */
static const char *value_of(const json_t *data, const char *key)
{
	const char *value = json_string_value(json_object_get(data, key));

	return value && *value ? value : NULL;
}

static bool is_yes(const json_t *data, const char *key)
{
	const char *value = value_of(data, key);

	return value && !strcmp(value, "yes");
}

static void set(json_t *options, const char *name, const char *value)
{
	json_object_set_new(options, name, json_string(value));
}

static void set_user(json_t *options, const json_t *data)
{
	const char *user = value_of(data, "user"), *domain = value_of(data, "domain");

	if (user && domain)
		json_object_set_new(options, "user", json_sprintf("%s\\%s", domain, user));
	else if (user)
		set(options, "user", user);
}

/* Who refuses MS-CHAPv2 wants what is left; nobody else is made to agree to less. */
static void set_methods(json_t *options, const json_t *data)
{
	static const struct {
		const char *refused, *method;
	} methods[] = {
		{ "refuse-eap", "eap" }, { "refuse-mschap", "mschap" }, { "refuse-chap", "chap-md5" },
		{ "refuse-pap", "pap" },
	};
	char list[64] = "";

	if (!is_yes(data, "refuse-mschapv2"))
		return;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		size_t len = strlen(list);

		if (!is_yes(data, methods[i].refused))
			snprintf(list + len, sizeof(list) - len, "%s%s", len ? "," : "",
				 methods[i].method);
	}
	set(options, "auth", list);
}

static void set_encryption(json_t *options, const json_t *data)
{
	if (is_yes(data, "require-mppe-40"))
		set(options, "mppe-bits", "40");
	if (is_yes(data, "mppe-stateful"))
		set(options, "mppe-mode", "any");
}

/* What is NetworkManager's: the routes, the name servers, and whether to dial again. */
static void set_our_own(json_t *options, const char *interface)
{
	set(options, "interface", interface);
	set(options, "connect", "start");
	set(options, "reconnect", "false");
	set(options, "resolver", "ask");
	/* NetworkManager waits for 60 seconds, and would not say why it failed. */
	set(options, "login-timeout", "50");
}

json_t *options_of(const json_t *data, const char *interface, char *why, size_t size)
{
	const char *gateway = value_of(data, "gateway"), *key;
	json_t *options = json_object(), *value;

	if (!gateway) {
		snprintf(why, size, "the connection has no gateway");
		json_decref(options);
		return NULL;
	}
	set(options, "server", gateway);
	set_user(options, data);
	set_methods(options, data);
	set_encryption(options, data);
	set_our_own(options, interface);
	json_object_foreach((json_t *)(uintptr_t)data, key, value) {
		if (is_in(same, key)) {
			json_object_set(options, key, value);
		} else if (!is_in(known, key)) {
			snprintf(why, size, "\"%s\" is not known", key);
			json_decref(options);
			return NULL;
		}
	}
	return options;
}

bool options_need_password(const json_t *options)
{
	const char *auth = value_of(options, "auth");

	return !auth || strcmp(auth, "none") != 0;
}

void options_names(const char *uuid, char *name, char *interface)
{
	size_t len = 0;

	snprintf(name, 64, "nm-%s", uuid);
	snprintf(interface, 16, "nm");
	for (const char *p = uuid; *p && len < 8; p++)
		if (isalnum((unsigned char)*p))
			interface[2 + len++] = *p;
	interface[2 + len] = '\0';
}
