// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <strings.h>

#include "util/log_rules.h"

static bool same(const struct log_subject *a, const struct log_subject *b)
{
	return !strcasecmp(a->user, b->user) && !strcmp(a->server, b->server) &&
	       !strcmp(a->client, b->client) && a->session == b->session &&
	       a->peer.length == b->peer.length &&
	       (!a->peer.length || ip_prefix_equal(&a->peer, &b->peer));
}

bool log_subject_is_all(const struct log_subject *s)
{
	return !*s->user && !*s->server && !*s->client && !s->session && !s->peer.length;
}

static struct log_rule *find(struct log_rules *rules, const struct log_subject *subject)
{
	for (size_t i = 0; i < rules->n; i++)
		if (same(&rules->list[i].subject, subject))
			return &rules->list[i];
	return NULL;
}

bool log_rules_set(struct log_rules *rules, const struct log_rule *rule)
{
	struct log_rule *place = find(rules, &rule->subject);

	if (!place && rules->n == LOG_RULES_MAX)
		return false;
	if (!place)
		place = &rules->list[rules->n++];
	*place = *rule;
	return true;
}

static void remove_at(struct log_rules *rules, size_t i)
{
	rules->n--;
	memmove(&rules->list[i], &rules->list[i + 1], (rules->n - i) * sizeof(rules->list[0]));
}

size_t log_rules_remove(struct log_rules *rules, const struct log_subject *subject)
{
	const struct log_rule *rule = subject ? find(rules, subject) : NULL;
	const size_t n = rules->n;

	if (!subject)
		rules->n = 0;
	else if (rule)
		remove_at(rules, (size_t)(rule - rules->list));
	return n - rules->n;
}

void log_rules_expire(struct log_rules *rules, uint64_t now_ms)
{
	for (size_t i = rules->n; i--;)
		if (rules->list[i].until_ms <= now_ms)
			remove_at(rules, i);
}

static bool is(const char *wanted, const char *text)
{
	return !*wanted || (text && !strcmp(wanted, text));
}

static bool fits(const struct log_subject *s, const struct log_fields *about)
{
	return (!s->session || s->session == about->session) &&
	       (!*s->user || (about->user && !strcasecmp(s->user, about->user))) &&
	       is(s->server, about->server) && is(s->client, about->client) &&
	       (!s->peer.length ||
		(ip_is_set(about->peer) && ip_prefix_contains(&s->peer, about->peer)));
}

enum log_level log_rules_level(const struct log_rules *rules, const struct log_fields *about,
			       enum log_level level, bool *asked)
{
	enum log_level of_all = level;

	*asked = false;
	for (size_t i = 0; i < rules->n; i++) {
		const struct log_rule *r = &rules->list[i];

		if (log_subject_is_all(&r->subject)) {
			of_all = r->level;
		} else if (about && fits(&r->subject, about)) {
			level = *asked && level > r->level ? level : r->level;
			*asked = true;
		}
	}
	return *asked ? level : of_all;
}
