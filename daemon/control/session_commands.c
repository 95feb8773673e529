// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>

#include "aaa/grant.h"
#include "config/config.h"
#include "control/commands_priv.h"
#include "control/objects.h"
#include "control/session_filter.h"
#include "session/session.h"
#include "session/sweep.h"

struct session *api_find_session(const struct api *api, const json_t *parameters,
				 struct control_error *error)
{
	json_int_t id = json_integer_value(json_object_get(parameters, "id"));
	struct session *s = registry_find_id(&api->sessions->registry, (uint64_t)id);
	char name[32];

	snprintf(name, sizeof(name), "%" JSON_INTEGER_FORMAT, id);
	if (!s)
		control_not_found(error, "session", name);
	return s;
}

json_t *api_session_show(void *ctx, const json_t *parameters, struct control_error *error)
{
	struct session *s = api_find_session(ctx, parameters, error);

	if (!s)
		return NULL;
	session_read_stats(s);
	return json_pack("{s:o}", "session", object_of_whole_session(s));
}

/* Read what is to be set. Returns false with the reason in @error. */
static bool read_terms(const json_t *parameters, struct policy *terms, struct control_error *error)
{
	json_t *wanted = json_object_get(parameters, "terms");
	const char *name;
	json_t *value;

	json_object_foreach(wanted, name, value) {
		const char *text = json_string_value(value);
		char want[256];

		if (config_set_term(terms, grant_settable(), name, text, want, sizeof(want)))
			continue;
		if (*want)
			control_invalid(error, "terms", "%s is \"%s\": %s", name, text, want);
		else
			control_invalid(error, "terms",
					"\"%s\" cannot be set: expected rate-up, rate-down, burst-up, "
					"burst-down, session-timeout or idle-timeout", name);
		return false;
	}
	if (!terms->given)
		control_invalid(error, "terms", "nothing is to be set");
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

json_t *api_session_set(void *ctx, const json_t *parameters, struct control_error *error)
{
	struct session *s = api_find_session(ctx, parameters, error);
	struct policy terms = { 0 };
	const char *no;

	if (!s || !read_terms(parameters, &terms, error))
		return NULL;
	if (!session_is_in(s))
		no = "nobody is in who came by a server";
	else if (!complete(&terms, &s->policy))
		no = "a burst needs a rate";
	else
		no = set_terms(s, &terms);
	if (!no)
		return json_pack("{s:i}", "changed", 1);
	control_refused(error, "%s", no);
	return NULL;
}

static void kill_one(struct session *s)
{
	session_close(s, EVENT_CAUSE_ADMIN_RESET, "ended by the administrator");
}

/* Sessions that are being ended, and who waits to hear how many. */
struct killing {
	struct control_answer *answer;
	struct session_filter filter;
	bool dry_run;			/* they are only counted */
	int n;
};

static bool kill_if_it_passes(void *ctx, struct session *s)
{
	struct killing *k = ctx;

	if (session_is_over(s) || !session_filter_passes(&k->filter, s, NULL))
		return true;
	k->n++;
	if (!k->dry_run)
		kill_one(s);
	return true;
}

static void all_killed(void *ctx)
{
	struct killing *k = ctx;

	control_answer(k->answer, json_pack("{s:i}", "killed", k->n));
	session_filter_drop(&k->filter);
	free(k);
}

static void kill_many(const struct api *api, json_t *filter, bool dry_run,
		      struct control_answer *answer)
{
	struct control_error error = { 0 };
	struct killing *k = calloc(1, sizeof(*k));

	if (k) {
		k->answer = answer;
		k->dry_run = dry_run;
		if (session_filter_read(&k->filter, filter, &error) &&
		    !sweep_sessions(api->sessions, kill_if_it_passes, all_killed, k))
			return;
		session_filter_drop(&k->filter);
	}
	free(k);
	control_fail(answer, &error);
}

static void kill_by_id(const struct api *api, const json_t *parameters, bool dry_run,
		       struct control_answer *answer)
{
	struct control_error error = { 0 };
	struct session *s = api_find_session(api, parameters, &error);

	if (!s) {
		control_fail(answer, &error);
		return;
	}
	if (!dry_run)
		kill_one(s);
	control_answer(answer, json_pack("{s:i}", "killed", 1));
}

void api_session_kill(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	const bool dry_run = json_is_true(json_object_get(parameters, "dry_run"));
	json_t *filter = json_object_get(parameters, "filter");
	struct control_error error = { 0 };

	if (!filter == !json_object_get(parameters, "id")) {
		control_invalid(&error, "filter", API_ID_OR_FILTER);
		control_fail(answer, &error);
	} else if (filter) {
		kill_many(ctx, filter, dry_run, answer);
	} else {
		kill_by_id(ctx, parameters, dry_run, answer);
	}
}
