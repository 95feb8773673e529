// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/grant.h"
#include "config/config.h"
#include "control/commands_priv.h"
#include "control/objects.h"
#include "server/proxy_arp.h"
#include "session/session.h"
#include "session/sweep.h"

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
	return object_of_session(s);
}

static void close_sessions(void *ctx)
{
	struct session_listing *list = ctx;

	registry_cursor_close(&list->cursor);
	free(list);
}

const struct control_list api_session_list = {
	.open = open_sessions,
	.next = next_session,
	.close = close_sessions,
};

static struct session *find(const struct api *api, const json_t *request, char *error, size_t size)
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

static const char *source_name(enum auth_source source)
{
	switch (source) {
	case AUTH_SOURCE_LOCAL:
		return "secrets";
	case AUTH_SOURCE_RADIUS:
		return "radius";
	case AUTH_SOURCE_DATABASE:
		return "database";
	case AUTH_SOURCE_NONE:
		break;
	}
	return "";
}

/* Returns false if there is no memory. */
static bool add_proxy_arp(json_t *object, const struct session *s)
{
	const char *name = s->record.role == SESSION_OF_SERVER ? proxy_arp_interface(s->owner) :
								 NULL;

	return !name || !json_object_set_new(object, "proxy_arp", json_string(name));
}

/*
 * Add who has let the user in, what was granted, and what counts. Returns false if there is no
 * memory.
 */
static bool add_grant(json_t *object, const struct session *s)
{
	json_t *grant = s->grant ? object_of_grant(s->grant) : json_null();

	return !json_object_set_new(object, "source", json_string(source_name(s->source))) &&
	       !json_object_set_new(object, "grant", grant) &&
	       !json_object_set_new(object, "policy", object_of_policy(&s->policy));
}

json_t *api_session_show(void *ctx, const json_t *request, char *error, size_t size)
{
	struct session *s = find(ctx, request, error, size);
	json_t *object;

	if (!s)
		return NULL;
	session_read_stats(s);
	object = object_of_session(s);
	if (object && !(add_grant(object, s) && add_proxy_arp(object, s))) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/* Read what is to be set. Returns false with the reason in @error. */
static bool read_terms(const json_t *request, struct policy *terms, char *error, size_t size)
{
	json_t *wanted = json_object_get(request, "terms");
	const char *name;
	json_t *value;

	json_object_foreach(wanted, name, value) {
		const char *text = json_string_value(value);
		char want[256];

		if (text &&
		    config_set_term(terms, grant_settable(), name, text, want, sizeof(want)))
			continue;
		if (text && *want)
			snprintf(error, size, "%s is \"%s\": %s", name, text, want);
		else
			snprintf(error, size, "\"%s\" cannot be set: expected rate-up, rate-down, "
				 "burst-up, burst-down, session-timeout or idle-timeout", name);
		return false;
	}
	if (!terms->given)
		snprintf(error, size, "nothing is to be set");
	return terms->given;
}

/*
 * A burst is one of a rate: add that which is in effect, if no other one is to be set. Returns false
 * if there is none.
 */
static bool complete(struct policy *terms, const struct policy *now)
{
	if (policy_has(terms, POLICY_BURST_UP) && !policy_has(terms, POLICY_RATE_UP)) {
		terms->rate_up = now->rate_up;
		terms->given |= POLICY_BIT(POLICY_RATE_UP);
	}
	if (policy_has(terms, POLICY_BURST_DOWN) && !policy_has(terms, POLICY_RATE_DOWN)) {
		terms->rate_down = now->rate_down;
		terms->given |= POLICY_BIT(POLICY_RATE_DOWN);
	}
	return (!terms->burst_up || terms->rate_up) && (!terms->burst_down || terms->rate_down);
}

/* Returns why the session cannot have @terms; NULL if it has them now. */
static const char *set_terms(struct session *s, const struct policy *terms)
{
	struct auth_grant *grant = grant_set(s->grant, terms);
	const char *no = NULL;

	if (!grant)
		no = "out of memory";
	else if (!session_fits(s, grant))
		no = "the session is up for longer than that; \"session kill\" ends it";
	else
		session_change_grant(s, grant);
	grant_put(grant);
	return no;
}

json_t *api_session_set(void *ctx, const json_t *request, char *error, size_t size)
{
	struct session *s = find(ctx, request, error, size);
	struct policy terms = { 0 };
	const char *no;

	if (!s || !read_terms(request, &terms, error, size))
		return NULL;
	if (!session_is_in(s))
		no = "nobody is in who came by a server";
	else if (!complete(&terms, &s->policy))
		no = "a burst needs a rate";
	else
		no = set_terms(s, &terms);
	if (!no)
		return json_pack("{s:i}", "changed", 1);
	snprintf(error, size, "%s", no);
	return NULL;
}

static void kill_one(struct session *s)
{
	session_close(s, EVENT_CAUSE_ADMIN_RESET, "ended by the administrator");
}

/* Returns the number of sessions of @user. */
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
	if (session_is_of(s, ctx))
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

json_t *api_session_kill(void *ctx, const json_t *request, char *error, size_t size)
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
