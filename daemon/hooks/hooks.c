// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "hooks/command.h"
#include "hooks/hooks.h"
#include "hooks/run.h"
#include "session/describe.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/ip.h"
#include "util/log.h"
#include "util/program.h"
#include "util/text.h"

#define RESULT_SIZE	96		/* "ended with status 1" */
#define WHO_SIZE	(DESCRIBE_NAME_SIZE + 16)
#define DEADLINE_AGAIN_MS 500

/* A session of whose beginning programs were told, or are to be told. */
struct hook_line {
	LIST_ENTRY(hook_line) link;
	struct hooks *of;
	uint64_t id;			/* of the session */
	struct hook_queue hooks;	/* the first is under way, or in hooks.events */
	struct ip_addr local, remote;	/* inside the tunnel, as programs know them */
	bool over;			/* the session has ended */
};

/* A program that waits, or that runs. */
struct hook {
	struct hooks *hooks;
	struct hook_line *line;		/* NULL: a question */
	TAILQ_ENTRY(hook) in_line;
	TAILQ_ENTRY(hook) entry;	/* in hooks.events, .questions or .running */
	const char *what;		/* "on-up" */
	char *who;			/* the session, for the log */
	char *user;			/* the next three: what lines are about */
	char owner[SESSION_OWNER_MAX];
	struct log_fields about;
	char topic[64];			/* of lines of the log */
	struct command *command;
	struct under_way *under_way;	/* NULL: waits */
	void (*answer)(void *ctx, const char *refusal); /* NULL: nobody wants to know */
	void *ctx;
};

/* What only a program that runs needs. */
struct under_way {
	struct run run;
	struct hook *of;
	uint64_t timeout_ms;
	char first[TEXT_SHOW_SIZE(RUN_LINE_SIZE)]; /* the first line that it wrote; or "" */
};

static uint64_t now(const struct hooks *h)
{
	return uv_now(h->all->loop);
}

/* --- lines -------------------------------------------------------------------------------- */

static struct hook_line *find_line(const struct hooks *h, uint64_t id)
{
	struct hook_line *line;

	LIST_FOREACH(line, &h->lines[id % HOOKS_BUCKETS], link)
		if (line->id == id)
			return line;
	return NULL;
}

static struct hook_line *new_line(struct hooks *h, uint64_t id)
{
	struct hook_line *line = calloc(1, sizeof(*line));

	if (!line)
		return NULL;
	line->of = h;
	line->id = id;
	TAILQ_INIT(&line->hooks);
	LIST_INSERT_HEAD(&h->lines[id % HOOKS_BUCKETS], line, link);
	return line;
}

static void leave_line(struct hook_line *line)
{
	if (!line->over || !TAILQ_EMPTY(&line->hooks))
		return;
	LIST_REMOVE(line, link);
	free(line);
}

/* --- hooks -------------------------------------------------------------------------------- */

static void hook_free(struct hook *k)
{
	free(k->under_way);
	free(k->command);
	free(k->who);
	free(k->user);
	free(k);
}

/* Returns the session as log lines name it, in @text. */
static const char *who(const struct session_record *r, char text[WHO_SIZE])
{
	char name[DESCRIBE_NAME_SIZE];

	if (r->role == SESSION_OF_SERVER)
		snprintf(text, WHO_SIZE, "session %s", describe_name(r, name));
	else
		snprintf(text, WHO_SIZE, "client %s", r->owner);
	return text;
}

/* The session may be gone before the lines are written. */
static void keep_about(struct hook *k, const struct command_facts *facts)
{
	k->user = strdup(facts->user);
	snprintf(k->owner, sizeof(k->owner), "%s", facts->record->owner);
	k->about = describe_fields(facts->record, LOG_EVENT_NONE);
	k->about.user = k->user;
	k->about.hook = k->what;
	*(k->about.server ? &k->about.server : &k->about.client) = k->owner;
}

static struct hook *hook_new(struct hooks *h, const char *what, const struct command_facts *facts)
{
	struct hook *k = calloc(1, sizeof(*k));
	char text[WHO_SIZE];

	if (!k)
		return NULL;
	k->hooks = h;
	k->what = what;
	k->who = strdup(who(facts->record, text));
	keep_about(k, facts);
	k->command = command_new(facts);
	snprintf(k->topic, sizeof(k->topic), "hooks for %s", ip_text(facts->record->addr.remote));
	if (k->who && k->user && k->command)
		return k;
	hook_free(k);
	return NULL;
}

static void start_next(uv_idle_t *idle);

static bool may_start(const struct hooks *h)
{
	return h->counters.running < h->settings.max_running &&
	       !(TAILQ_EMPTY(&h->events) && TAILQ_EMPTY(&h->questions));
}

static void wake(struct hooks *h)
{
	if (may_start(h))
		uv_idle_start(&h->starter, start_next);
}

static void stand_in(struct hook_queue *queue, struct hook *k)
{
	TAILQ_INSERT_TAIL(queue, k, entry);
	wake(k->hooks);
}

/* --- a run -------------------------------------------------------------------------------- */

/* Returns what was wrong, in @text; or NULL. */
static const char *result_of(const struct under_way *u, char text[RESULT_SIZE])
{
	const struct run *r = &u->run;

	if (r->error)
		snprintf(text, RESULT_SIZE, "could not be started: %s", strerror(r->error));
	else if (r->timed_out)
		snprintf(text, RESULT_SIZE, "did not end within %llu s",
			 (unsigned long long)u->timeout_ms / 1000);
	else if (WIFSIGNALED(r->status))
		snprintf(text, RESULT_SIZE, "was ended by signal %d", WTERMSIG(r->status));
	else if (WEXITSTATUS(r->status))
		snprintf(text, RESULT_SIZE, "ended with status %d", WEXITSTATUS(r->status));
	else
		return NULL;
	return text;
}

static void count(struct hooks_counters *n, const struct run *r)
{
	n->running--;
	n->run++;
	if (r->timed_out)
		n->timed_out++;
	else if (r->error || r->status)
		n->failed++;
}

/* Why a login is refused is told with the refusal. */
static void tell_result(const struct hook *k, const char *wrong)
{
	const unsigned int more = k->under_way->run.more;
	struct log_fields failed = k->about;

	failed.event = LOG_EVENT_HOOK_FAILED;
	if (more)
		log_with(&k->about, log_limited(k->topic, now(k->hooks), LOG_LEVEL_INFO,
						"%s: %s: %u more lines", k->who, k->what, more));
	if (wrong && k->line)
		log_with(&failed, log_limited(k->topic, now(k->hooks), LOG_LEVEL_WARNING,
					      "%s: %s: %s %s", k->who, k->what,
					      command_program(k->command), wrong));
}

static void answer(struct hook *k, const char *wrong)
{
	const char *first = k->under_way->first;
	char refusal[sizeof(k->under_way->first) + RESULT_SIZE + 32];

	if (!k->answer)
		return;
	snprintf(refusal, sizeof(refusal), "%s %s%s%s", k->what, wrong ? wrong : "",
		 *first ? ": " : "", first);
	k->answer(k->ctx, wrong ? refusal : NULL);
}

/* Let the next one of the same session stand in, behind those of others. */
static void go_on(struct hook *k)
{
	struct hook_line *line = k->line;
	struct hook *next;

	if (!line)
		return;
	TAILQ_REMOVE(&line->hooks, k, in_line);
	next = TAILQ_FIRST(&line->hooks);
	if (next)
		stand_in(&k->hooks->events, next);
	leave_line(line);
}

static void close_if_idle(struct hooks *h);

static void run_done(struct run *r)
{
	struct hook *k = container_of(r, struct under_way, run)->of;
	struct hooks *h = k->hooks;
	char text[RESULT_SIZE];
	const char *wrong = result_of(k->under_way, text);

	TAILQ_REMOVE(&h->running, k, entry);
	count(&h->counters, r);
	tell_result(k, wrong);
	answer(k, wrong);
	go_on(k);
	hook_free(k);
	wake(h);
	close_if_idle(h);
}

static void run_said(struct run *r, const char *line)
{
	struct under_way *u = container_of(r, struct under_way, run);
	const struct hook *k = u->of;

	if (!*u->first)
		snprintf(u->first, sizeof(u->first), "%s", line);
	log_with(&k->about, log_limited(k->topic, now(k->hooks), LOG_LEVEL_INFO, "%s: %s: %s", k->who,
					k->what, line));
}

/* Logins and events take turns. */
static struct hook *take_next(struct hooks *h)
{
	const bool ask = TAILQ_EMPTY(&h->events) || (!h->asked && !TAILQ_EMPTY(&h->questions));
	struct hook_queue *queue = ask ? &h->questions : &h->events;
	struct hook *k = TAILQ_FIRST(queue);

	h->asked = ask;
	TAILQ_REMOVE(queue, k, entry);
	h->counters.waiting--;
	return k;
}

static void drop(struct hook *k, const char *why)
{
	k->hooks->counters.dropped++;
	log_with(&k->about, log_limited("hooks that are not run", now(k->hooks), LOG_LEVEL_WARNING,
					"%s: %s: %s is not run: %s", k->who, k->what,
					command_program(k->command), why));
	go_on(k);
	hook_free(k);
}

static void start(struct hook *k)
{
	struct hooks *h = k->hooks;

	k->under_way = calloc(1, sizeof(*k->under_way));
	if (!k->under_way) {
		if (k->answer)
			k->answer(k->ctx, "out of memory");
		drop(k, "out of memory");
		return;
	}
	k->under_way->of = k;
	k->under_way->timeout_ms = h->settings.timeout_ms;
	k->under_way->run.said = run_said;
	k->under_way->run.done = run_done;
	TAILQ_INSERT_TAIL(&h->running, k, entry);
	h->counters.running++;
	run_start(&k->under_way->run, h->all->loop, k->command, h->settings.timeout_ms);
}

/* One for each turn of the loop, since it takes a while. */
static void start_next(uv_idle_t *idle)
{
	CALLBACK("hooks: start");
	struct hooks *h = container_of(idle, struct hooks, starter);

	if (may_start(h))
		start(take_next(h));
	if (!may_start(h))
		uv_idle_stop(idle);
	close_if_idle(h);
}

/* --- events ------------------------------------------------------------------------------- */

/* Returns false if one more may not wait; that was logged. */
static bool has_room(struct hooks *h, const struct session *s, const char *what)
{
	char text[WHO_SIZE];

	if (h->counters.waiting < h->settings.max_waiting)
		return true;
	h->counters.dropped++;
	log_of(s, log_limited("hooks that are not run", now(h), LOG_LEVEL_WARNING,
			      "%s: %s is not run: %u programs wait already (max-waiting)",
			      who(&s->record, text), what, h->counters.waiting));
	return false;
}

static void no_memory(struct hooks *h, const struct session *s, const char *what)
{
	h->counters.dropped++;
	log_of(s, log_limited("hooks that are not run", now(h), LOG_LEVEL_ERROR,
			      "%s is not run: out of memory", what));
}

static void tell(struct hook_line *line, const char *what, const char *program,
		 const struct event *event)
{
	const struct session *s = event->session;
	const bool down = event->type == EVENT_DOWN;
	struct hooks *h = line->of;
	char acct_id[SESSION_ACCT_ID_SIZE];
	const struct command_facts facts = {
		.program = program,
		.event = what + sizeof("on-") - 1,
		.record = &s->record,
		.user = s->record.user,
		.local = line->local,
		.remote = line->remote,
		.acct_id = session_acct_id(s, acct_id),
		.uptime_s = session_uptime_s(s),
		.cause = down ? event_cause_name(event->cause) : NULL,
		.reason = event->text,
	};
	struct hook *k;

	if (!*program)
		return;
	k = hook_new(h, what, &facts);
	if (!k) {
		no_memory(h, s, what);
		return;
	}
	k->line = line;
	h->counters.waiting++;
	if (TAILQ_EMPTY(&line->hooks))
		stand_in(&h->events, k);
	TAILQ_INSERT_TAIL(&line->hooks, k, in_line);
}

static void take_addresses(struct hook_line *line, const struct session *s)
{
	line->local = s->record.ip4.local;
	line->remote = s->record.ip4.remote;
}

static void up(struct hooks *h, const struct programs *p, const struct event *event)
{
	struct hook_line *line;

	if (!*p->on_up && !*p->on_down && !*p->on_change)
		return;
	if (!has_room(h, event->session, "on-up"))
		return;
	line = new_line(h, event->session->record.id);
	if (!line) {
		no_memory(h, event->session, "on-up");
		return;
	}
	take_addresses(line, event->session);
	tell(line, "on-up", p->on_up, event);
}

static void changed(struct hook_line *line, const struct programs *p, const struct event *event)
{
	take_addresses(line, event->session);
	if (*p->on_change && has_room(line->of, event->session, "on-change"))
		tell(line, "on-change", p->on_change, event);
}

/* A session that paused and went on may have other addresses. */
static void resumed(struct hook_line *line, const struct programs *p, const struct event *event)
{
	const struct net_ip4 *ip4 = &event->session->record.ip4;

	if (!ip_equal(line->local, ip4->local) || !ip_equal(line->remote, ip4->remote))
		changed(line, p, event);
}

static void down(struct hook_line *line, const struct programs *p, const struct event *event)
{
	line->over = true;
	tell(line, "on-down", p->on_down, event);
	leave_line(line);
}

static void hear(struct subscriber *sub, const struct event *event)
{
	struct hooks *h = container_of(sub, struct hooks, sub);
	const struct programs *p = session_programs(event->session);
	struct hook_line *line;

	if (!p)
		return;
	if (event->type == EVENT_UP) {
		up(h, p, event);
		return;
	}
	line = find_line(h, event->session->record.id);
	if (!line)
		return;
	if (event->type == EVENT_CHANGED)
		changed(line, p, event);
	else if (event->type == EVENT_RESUMED)
		resumed(line, p, event);
	else if (event->type == EVENT_DOWN)
		down(line, p, event);
}

/* --- questions ---------------------------------------------------------------------------- */

struct hook *hooks_ask(struct hooks *h, const struct session *s, const struct hook_login *login,
		       void (*fn)(void *ctx, const char *refusal), void *ctx)
{
	char acct_id[SESSION_ACCT_ID_SIZE];
	const struct command_facts facts = {
		.program = login->program,
		.event = "pre-up",
		.record = &s->record,
		.user = login->user,
		.local = login->local,
		.remote = login->remote,
		.acct_id = session_acct_id(s, acct_id),
	};
	struct hook *k;

	if (!has_room(h, s, "pre-up"))
		return NULL;
	k = hook_new(h, "pre-up", &facts);
	if (!k) {
		no_memory(h, s, "pre-up");
		return NULL;
	}
	k->answer = fn;
	k->ctx = ctx;
	h->counters.waiting++;
	stand_in(&h->questions, k);
	return k;
}

void hooks_ask_cancel(struct hook *k)
{
	k->answer = NULL;
	if (k->under_way) {
		run_cancel(&k->under_way->run);
		return;
	}
	TAILQ_REMOVE(&k->hooks->questions, k, entry);
	k->hooks->counters.waiting--;
	hook_free(k);
}

/* --- the beginning and the end ------------------------------------------------------------ */

void hooks_open(struct hooks *h, struct sessions *all, const struct hooks_settings *settings)
{
	h->all = all;
	h->settings = *settings;
	TAILQ_INIT(&h->events);
	TAILQ_INIT(&h->questions);
	TAILQ_INIT(&h->running);
	uv_idle_init(all->loop, &h->starter);
	uv_timer_init(all->loop, &h->deadline);
	h->handles = 2;
	h->sub.hear = hear;
	events_subscribe(&all->events, &h->sub);
}

void hooks_set(struct hooks *h, const struct hooks_settings *settings)
{
	h->settings = *settings;
	wake(h);
}

static void handle_closed(uv_handle_t *handle)
{
	CALLBACK("hooks: closed");
	struct hooks *h = handle->data;

	if (!--h->handles)
		h->stopped(h->ctx);
}

static void close_handle(struct hooks *h, uv_handle_t *handle)
{
	handle->data = h;
	uv_close(handle, handle_closed);
}

static void close_if_idle(struct hooks *h)
{
	if (!h->stopping || h->counters.waiting || h->counters.running ||
	    uv_is_closing((uv_handle_t *)&h->starter))
		return;
	close_handle(h, (uv_handle_t *)&h->starter);
	close_handle(h, (uv_handle_t *)&h->deadline);
}

/* What waits is not run, and what runs is ended. */
static void deadline_cb(uv_timer_t *timer)
{
	CALLBACK("hooks: end");
	struct hooks *h = container_of(timer, struct hooks, deadline);
	struct hook *k;

	h->settings.max_running = 0;
	while ((k = TAILQ_FIRST(&h->events))) {
		TAILQ_REMOVE(&h->events, k, entry);
		h->counters.waiting--;
		drop(k, "culvertd stops");
	}
	TAILQ_FOREACH(k, &h->running, entry)
		run_kill(&k->under_way->run);
	/* Some stand behind what runs. */
	uv_timer_start(&h->deadline, deadline_cb, DEADLINE_AGAIN_MS, 0);
	close_if_idle(h);
}

void hooks_stop(struct hooks *h, void (*stopped)(void *ctx), void *ctx)
{
	events_unsubscribe(&h->all->events, &h->sub);
	h->stopping = true;
	h->stopped = stopped;
	h->ctx = ctx;
	uv_timer_start(&h->deadline, deadline_cb, HOOKS_STOP_MS, 0);
	close_if_idle(h);
}
