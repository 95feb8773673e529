// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pptp.h>
#include <stdio.h>
#include <string.h>

#include "control/diagnosis.h"
#include "control/objects.h"
#include "diagnosis/verdict.h"
#include "server/server.h"
#include "util/deadline.h"
#include "util/text.h"

#define GROUPS		24	/* of an answer */
#define GROUP_NAMES	5	/* peers, users and clients that a group names of each */
#define JUDGED		200	/* failed attempts that are judged for groups, the latest */
#define STEPS		1000	/* of an answer, or as many as one attempt more has */

static uint64_t now_of(const struct api *api)
{
	return uv_now(api->sessions->loop);
}

static json_t *text(const char *raw)
{
	char shown[TEXT_SHOW_SIZE(FACTS_TEXT)];

	text_show(shown, sizeof(shown), raw, strlen(raw));
	return json_string(shown);
}

/* A file of procfs, which is read at once. */
static bool forwards(void)
{
	FILE *f = fopen("/proc/sys/net/ipv4/ip_forward", "re");
	int c = f ? fgetc(f) : '1';

	if (f)
		fclose(f);
	return c != '0';
}

/* --- an attempt ---------------------------------------------------------------------------- */

static const char *kind_name(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_FAULT:
		return "fault";
	case VERDICT_FINE:
		return "fine";
	case VERDICT_UNDER_WAY:
		break;
	}
	return "under-way";
}

static json_t *object_of_verdict(const struct verdict *v)
{
	json_t *windows = json_array();

	for (size_t i = 0; i < VERDICT_WINDOWS && v->windows[i]; i++)
		json_array_append_new(windows, json_integer(v->windows[i]));
	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "rule", v->rule, "kind", kind_name(v->kind),
			 "sentence", v->sentence, "advice", v->advice, "windows", windows);
}

static const char *direction_of(enum history_step step)
{
	return step == HISTORY_FRAME_IN ? "in" : step == HISTORY_FRAME_OUT ? "out" : "";
}

static json_t *steps_of(const struct history *h)
{
	json_t *steps = json_array();
	char words[FACTS_TEXT];
	struct history_view v;
	size_t at = 0;

	while (history_next(h, &at, &v))
		if (*facts_step(words, &v))
			json_array_append_new(steps, json_pack(
				"{s:I, s:s, s:s, s:I}", "at_ms", (json_int_t)v.at, "direction",
				direction_of(v.step), "text", words, "times", (json_int_t)v.times));
	return steps;
}

static const char *outcome_of(const struct history_head *head)
{
	if (head->ended == NEVER)
		return head->up ? "up" : "under-way";
	return head->up ? "ended" : "failed";
}

/* The kernel is asked about a session that lasts; its history has what was counted at the end. */
static void read_facts(const struct api *api, struct facts *f, const struct history *h)
{
	uint64_t counters[NET_COUNTERS];
	struct session *s;

	facts_of(f, h);
	s = f->head.ended == NEVER ? registry_find_id(&api->sessions->registry, f->head.session) :
				     NULL;
	if (s && session_read_counters(s, counters))
		facts_count(f, counters, NET_COUNTERS);
}

static json_t *object_of(const struct facts *f, const struct history *h, const struct verdict *v,
			 uint64_t now)
{
	const struct history_head *head = &f->head;
	const bool server = head->role == HISTORY_OF_SERVER;
	const uint64_t end = head->ended == NEVER ? now : head->ended;
	char peer[IP_TEXT_SIZE];

	ip_format(head->peer, peer);
	return json_pack("{s:s, s:s, s:s, s:o, s:s?, s:s, s:I, s:I, s:I, s:I, s:s, s:o, s:o, s:i, s:o, "
			 "s:o}",
			 "role", server ? "server" : "client",
			 "server", server ? f->section : "",
			 "client", server ? "" : f->section,
			 "user", text(head->user),
			 "peer", *peer ? peer : NULL,
			 "host", f->peer_is,
			 "session", (json_int_t)head->session,
			 "time_ms", (json_int_t)head->clock_ms,
			 "age_s", (json_int_t)((now - head->began) / 1000),
			 "lasted_s", (json_int_t)((end - head->began) / 1000),
			 "outcome", outcome_of(head),
			 "reason", text(f->reason),
			 "steps", steps_of(h),
			 "missing", head->missing,
			 "counters", object_of_counters(f->counters),
			 "verdict", object_of_verdict(v));
}

/* --- the attempts of somebody --------------------------------------------------------------- */

static bool is_asked_for(const struct diagnosis_question *q, const struct history *h)
{
	struct history_head head;
	struct facts f;

	history_head(h, &head);
	if (q->user)
		return head.role == HISTORY_OF_SERVER && !strcmp(head.user, q->user);
	if (ip_is_set(q->peer))
		return ip_equal(head.peer, q->peer);
	if (head.role != HISTORY_OF_CLIENT)
		return false;
	facts_of(&f, h);
	return !strcmp(f.section, q->client);
}

static bool is_banned(const struct api *api, const struct diagnosis_question *q)
{
	return ip_is_set(q->peer) && bans_find(api->servers->abuse.bans, q->peer, now_of(api));
}

static json_t *verdict_on_absence(const struct api *api, const struct diagnosis_question *q)
{
	char peer[IP_TEXT_SIZE];
	struct verdict_absent absent = { .user = q->user, .client = q->client };
	const struct server *server;
	bool some_open = false;
	struct verdict v;

	if (ip_is_set(q->peer)) {
		absent.peer = ip_format(q->peer, peer);
		absent.banned = is_banned(api, q);
	}
	TAILQ_FOREACH(server, &api->servers->list, link) {
		absent.servers = absent.servers || !server->retired;
		some_open = some_open || !(server->retired || server->drain.on);
	}
	absent.drained = absent.servers && !some_open;
	verdict_of_absence(&v, &absent);
	return object_of_verdict(&v);
}

/*
 * Returns the verdict on the latest attempt. Who has been banned since it ended gets no further than
 * that, whatever it came to.
 */
static json_t *verdict_on_latest(const struct api *api, const struct diagnosis_question *q,
				 const struct facts *f, const struct verdict *v)
{
	return f->head.ended != NEVER && is_banned(api, q) ? verdict_on_absence(api, q) :
							     object_of_verdict(v);
}

/* Returns the attempts; *@first becomes the verdict on the latest of them, or NULL. */
static json_t *attempts_of(const struct api *api, const struct diagnosis_question *q,
			   json_t **first)
{
	const struct surroundings around = { .forwards = forwards() };
	const uint64_t now = now_of(api);
	json_t *attempts = json_array();
	const struct history *h = NULL;
	size_t steps = 0;
	struct verdict v;
	json_t *object;
	struct facts f;

	*first = NULL;
	while (json_array_size(attempts) < DIAGNOSIS_ATTEMPTS && steps < STEPS &&
	       (h = history_latest(api->sessions->histories, h, now))) {
		if (!is_asked_for(q, h))
			continue;
		read_facts(api, &f, h);
		verdict_of(&v, &f, &around);
		object = object_of(&f, h, &v, now);
		steps += json_array_size(json_object_get(object, "steps"));
		json_array_append_new(attempts, object);
		if (!*first)
			*first = verdict_on_latest(api, q, &f, &v);
	}
	return attempts;
}

/* --- all that failed ------------------------------------------------------------------------ */

struct group {
	struct verdict latest;
	unsigned int attempts;
	uint64_t age_s;
	json_t *peers;
	json_t *users;
	json_t *clients;
};

struct groups {
	struct group list[GROUPS];
	size_t n;
};

static void add_name(json_t *names, const char *name)
{
	const json_t *known;
	size_t i;

	json_array_foreach(names, i, known)
		if (!strcmp(json_string_value(known), name))
			return;
	if (*name && i < GROUP_NAMES)
		json_array_append_new(names, text(name));
}

/* Returns the group of the verdict; NULL if there are too many. */
static struct group *group_of(struct groups *groups, const struct verdict *v, uint64_t age_s)
{
	struct group *g;

	for (size_t i = 0; i < groups->n; i++)
		if (!strcmp(groups->list[i].latest.rule, v->rule))
			return &groups->list[i];
	if (groups->n == GROUPS)
		return NULL;
	g = &groups->list[groups->n++];
	*g = (struct group){
		.latest = *v, .age_s = age_s,
		.peers = json_array(), .users = json_array(), .clients = json_array(),
	};
	return g;
}

static void add_failure(struct groups *groups, const struct facts *f, uint64_t now)
{
	const struct surroundings around = { .forwards = true };
	const bool server = f->head.role == HISTORY_OF_SERVER;
	char peer[IP_TEXT_SIZE];
	struct verdict v;
	struct group *g;

	verdict_of(&v, f, &around);
	if (v.kind != VERDICT_FAULT)
		return;
	g = group_of(groups, &v, (now - f->head.began) / 1000);
	if (!g)
		return;
	g->attempts++;
	add_name(g->peers, ip_format(f->head.peer, peer));
	add_name(server ? g->users : g->clients, server ? f->head.user : f->section);
}

static json_t *object_of_group(const struct group *g)
{
	return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o}",
			 "attempts", (json_int_t)g->attempts,
			 "age_s", (json_int_t)g->age_s,
			 "peers", g->peers,
			 "users", g->users,
			 "clients", g->clients,
			 "verdict", object_of_verdict(&g->latest));
}

static json_t *groups_of(const struct api *api)
{
	static struct groups groups;
	const uint64_t now = now_of(api);
	json_t *list = json_array();
	const struct history *h = NULL;
	struct history_head head;
	unsigned int judged = 0;
	struct facts f;

	groups.n = 0;
	while (judged < JUDGED && (h = history_latest(api->sessions->histories, h, now))) {
		history_head(h, &head);
		if (head.ended == NEVER || head.well)
			continue;
		judged++;
		facts_of(&f, h);
		add_failure(&groups, &f, now);
	}
	for (size_t i = 0; i < groups.n; i++)
		json_array_append_new(list, object_of_group(&groups.list[i]));
	return list;
}

json_t *diagnosis_answer(const struct api *api, const struct diagnosis_question *q)
{
	const bool all = !q->user && !q->client && !ip_is_set(q->peer);
	struct histories_counts counts = { 0 };
	json_t *attempts, *groups, *verdict = NULL;

	if (api->sessions->histories)
		counts = histories_counts(api->sessions->histories);
	attempts = all ? json_array() : attempts_of(api, q, &verdict);
	groups = all ? groups_of(api) : json_array();
	if (!verdict)
		verdict = json_array_size(groups) ? json_null() : verdict_on_absence(api, q);
	return json_pack("{s:o, s:o, s:o, s:I, s:I, s:I}", "verdict", verdict, "attempts", attempts,
			 "groups", groups, "remembered", (json_int_t)counts.attempts,
			 "remembered_bytes", (json_int_t)counts.octets, "forgotten",
			 (json_int_t)counts.forgotten);
}
