// SPDX-License-Identifier: GPL-2.0-only
/* org.culvert.Log: levels of the log, set while the daemon runs. */
#include <stdio.h>
#include <string.h>

#include "control/commands_priv.h"
#include "control/session_filter.h"
#include "util/log_rules.h"

static uint64_t now_of(const struct api *api)
{
	return uv_now(api->sessions->loop);
}

/* ---- what a rule is for ---- */

/* Returns false after saying why. */
static bool copy_text(char *to, size_t size, const json_t *from, const char *name,
		      struct control_error *error)
{
	const char *text = json_string_value(json_object_get(from, name));

	if (text && (!*text || strlen(text) >= size)) {
		control_invalid(error, name, "\"%s\": expected a text of 1 to %zu octets", name,
				size - 1);
		return false;
	}
	snprintf(to, size, "%s", text ? text : "");
	return true;
}

static bool read_session(struct log_subject *s, const json_t *from, struct control_error *error)
{
	const json_t *number = json_object_get(from, "session");

	if (number && json_integer_value(number) < 1) {
		control_invalid(error, "session", "\"session\": expected the number of a session");
		return false;
	}
	s->session = (uint64_t)json_integer_value(number);
	return true;
}

static bool read_peer(struct log_subject *s, const json_t *from, struct control_error *error)
{
	if (!session_filter_network(from, "peer", &s->peer, error))
		return false;
	if (!json_object_get(from, "peer") || s->peer.length)
		return true;
	control_invalid(error, "peer", "\"peer\": expected a network that is a part of all");
	return false;
}

static bool read_subject(struct log_subject *s, const json_t *from, struct control_error *error)
{
	memset(s, 0, sizeof(*s));
	return copy_text(s->user, sizeof(s->user), from, "user", error) &&
	       copy_text(s->server, sizeof(s->server), from, "server", error) &&
	       copy_text(s->client, sizeof(s->client), from, "client", error) &&
	       read_session(s, from, error) && read_peer(s, from, error);
}

static const char *text_or_null(const char *text)
{
	return *text ? text : NULL;
}

static json_t *object_of_subject(const struct log_subject *s)
{
	char peer[IP_TEXT_SIZE];

	return json_pack("{s:s*, s:o*, s:s*, s:s*, s:s*}",
			 "user", text_or_null(s->user),
			 "session", s->session ? json_integer((json_int_t)s->session) : NULL,
			 "peer", s->peer.length ? ip_prefix_format(&s->peer, peer) : NULL,
			 "server", text_or_null(s->server),
			 "client", text_or_null(s->client));
}

/* ---- methods ---- */

static json_t *object_of_rule(const struct log_rule *rule, uint64_t now)
{
	const uint64_t left_s = (rule->until_ms - now + 999) / 1000;

	return json_pack("{s:o, s:s, s:o*}", "subject", object_of_subject(&rule->subject),
			 "level", log_level_name(rule->level), "left_s",
			 rule->until_ms == UINT64_MAX ? NULL : json_integer((json_int_t)left_s));
}

json_t *api_log_list(void *ctx, const json_t *parameters, struct control_error *error)
{
	const uint64_t now = now_of(ctx);
	const struct log_rules *rules = log_rules_now(now);
	json_t *list = json_array();

	for (size_t i = 0; i < rules->n; i++)
		json_array_append_new(list, object_of_rule(&rules->list[i], now));
	return json_pack("{s:s, s:o}", "level", log_level_name(log_level()), "rules", list);
}

/* Returns false after saying why. */
static bool read_time(struct log_rule *rule, const json_t *parameters, uint64_t now,
		      struct control_error *error)
{
	const json_t *time = json_object_get(parameters, "time_s");
	const json_int_t time_s = json_integer_value(time);

	rule->until_ms = UINT64_MAX;
	if (!time)
		return true;
	if (time_s < 1 || time_s > UINT32_MAX) {
		control_invalid(error, "time_s", "\"time_s\": expected a number from 1 to %u",
				UINT32_MAX);
		return false;
	}
	rule->until_ms = now + (uint64_t)time_s * 1000;
	return true;
}

json_t *api_log_set(void *ctx, const json_t *parameters, struct control_error *error)
{
	const char *level = json_string_value(json_object_get(parameters, "level"));
	struct log_rule rule = { 0 };

	if (!read_subject(&rule.subject, json_object_get(parameters, "subject"), error) ||
	    !read_time(&rule, parameters, now_of(ctx), error))
		return NULL;
	if (!log_level_find(level, &rule.level)) {
		control_invalid(error, "level", "\"%s\" is no level: expected error, warning, notice, "
				"info or debug", level);
		return NULL;
	}
	if (log_subject_is_all(&rule.subject) && rule.level < LOG_LEVEL_NOTICE) {
		control_invalid(error, "level", "\"%s\" for all lines would leave out who changes what: "
				"expected notice, info or debug, or a subject", level);
		return NULL;
	}
	if (!log_set_rule(&rule)) {
		control_refused(error, "there are %d levels already; \"pppctl log unset\" takes one away",
				LOG_RULES_MAX);
		return NULL;
	}
	return json_pack("{s:i}", "rules", (int)log_rules_now(now_of(ctx))->n);
}

json_t *api_log_unset(void *ctx, const json_t *parameters, struct control_error *error)
{
	const json_t *from = json_object_get(parameters, "subject");
	struct log_subject subject;

	if (from && !read_subject(&subject, from, error))
		return NULL;
	return json_pack("{s:i}", "removed", (int)log_remove_rule(from ? &subject : NULL));
}
