// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "accounting/accounting.h"
#include "accounting/interim.h"
#include "accounting/record.h"
#include "session/radius_session.h"
#include "session/session.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"
#include "util/timer.h"

#define STOP_LOOK_MS	20	/* how often an end looks whether all is answered */

/* A session that has a Start and no Stop. */
struct account {
	LIST_ENTRY(account) same_hash;
	uint64_t session;		/* record.id */
	struct due due;			/* the next Interim-Update */
};

static uint64_t now_of(const struct accounting *a)
{
	return uv_now(a->all->loop);
}

/* Not for secrets: these numbers only spread what would come together. */
static uint32_t random_of(struct accounting *a)
{
	a->random ^= a->random << 13;
	a->random ^= a->random >> 17;
	a->random ^= a->random << 5;
	return a->random;
}

/* --- questions ------------------------------------------------------------------------------- */

static struct accounting_question *question_of(struct radius_question *q)
{
	return container_of(q, struct accounting_question, question);
}

static void write_question(struct radius_question *q, struct radius_writer *w,
			   const struct radius_server *server, uint32_t age_s)
{
	const struct accounting_question *question = question_of(q);
	struct account_record r;

	/* It was looked at when it was made, or when it was loaded. */
	if (account_decode(&r, question->record->body, question->record->len))
		account_write(&r, w, age_s + question->extra_s);
	else
		w->out.err = true;
}

static void answered(struct radius_question *q, const struct radius_answer *answer)
{
	struct accounting_question *question = question_of(q);
	struct accounting *a = question->of;
	struct sender_record *record = question->record;

	record->question = NULL;
	STAILQ_INSERT_HEAD(&a->free, question, free);
	ledger_answered(&a->ledger, record, answer->outcome);
}

static bool make_questions(struct accounting *a)
{
	if (a->questions)
		return true;
	a->questions = calloc(SENDER_WINDOW, sizeof(*a->questions));
	for (unsigned int i = 0; a->questions && i < SENDER_WINDOW; i++) {
		struct accounting_question *question = &a->questions[i];

		question->of = a;
		question->question.write = write_question;
		question->question.answered = answered;
		STAILQ_INSERT_TAIL(&a->free, question, free);
	}
	return a->questions;
}

/* Say how old a record is: the clock of the questions may be younger. */
static void set_age(struct accounting *a, struct accounting_question *question,
		    const struct sender_record *record)
{
	uint64_t age_ms = (uint64_t)((int64_t)now_of(a) - record->happened_ms);
	uint64_t now = radius_now(a->radius);

	question->question.request.since = now > age_ms ? now - age_ms : 0;
	question->extra_s = age_ms > now ? (uint32_t)((age_ms - now) / 1000) : 0;
}

static enum radius_outcome ask_servers(struct accounting *a, struct sender_record *record)
{
	struct accounting_question *question = STAILQ_FIRST(&a->free);
	struct radius_request *request;
	enum radius_outcome outcome;

	if (!question)
		return RADIUS_NO_ROOM;
	request = &question->question.request;
	request->code = RADIUS_ACCOUNTING_REQUEST;
	request->ages = true;
	request->buffer = question->buffer;
	request->size = sizeof(question->buffer);
	question->record = record;
	set_age(a, question, record);
	outcome = radius_ask(a->radius, &question->question, a->group);
	if (outcome != RADIUS_ANSWERED)
		return outcome;
	STAILQ_REMOVE_HEAD(&a->free, free);
	record->question = question;
	return outcome;
}

/* --- the file, if there are no servers ------------------------------------------------------- */

static void line_done(struct lines *lines, void *ctx, bool written)
{
	struct sender_record *record = ctx;
	struct accounting *a = lines->owner;

	record->in_file = NULL;
	ledger_answered(&a->ledger, record, written ? RADIUS_ANSWERED : RADIUS_NO_ROOM);
}

/* Not 0. Another run of the daemon has another one, most likely. */
static uint32_t this_run(const struct accounting *a)
{
	return a->all->nonce ? a->all->nonce : 1;
}

/*
 * A record that waited for servers, which a reload took away, may have its copy in the file, or
 * before it in the line. What an earlier run wrote is not known: better twice than not at all.
 */
static bool is_copied(const struct accounting *a, const struct account_record *r)
{
	return r->copied_by == this_run(a);
}

static enum radius_outcome write_line(struct accounting *a, struct sender_record *record)
{
	struct account_record r;

	if (!account_decode(&r, record->body, record->len))
		return RADIUS_TOO_LONG;
	record->in_file = lines_add(a->lines, is_copied(a, &r) ? strdup("") : account_json(&r),
				    record);
	return record->in_file ? RADIUS_ANSWERED : RADIUS_NO_ROOM;
}

/* --- records that are sent ------------------------------------------------------------------- */

static enum radius_outcome send_record(struct ledger *l, struct sender_record *record)
{
	struct accounting *a = l->owner;

	return a->group ? ask_servers(a, record) : write_line(a, record);
}

static void give_up(struct ledger *l, struct sender_record *record)
{
	struct accounting *a = l->owner;
	struct accounting_question *question = record->question;

	if (record->in_file)
		line_disown(record->in_file);
	record->in_file = NULL;
	if (!question)
		return;
	radius_give_up(&question->question);
	record->question = NULL;
	STAILQ_INSERT_HEAD(&a->free, question, free);
}

/* --- records --------------------------------------------------------------------------------- */

static void lose(struct accounting *a)
{
	a->lost++;
	log_limited("accounting", now_of(a), LOG_LEVEL_ERROR,
		    "accounting: a record is dropped: out of memory");
}

static bool has_ears(const struct accounting *a)
{
	return a->group || a->lines;
}

static bool tells(const struct accounting *a)
{
	return a->has_ledger && has_ears(a);
}

/* What goes to servers has a copy in the file. */
static bool copies(const struct accounting *a)
{
	return a->group && a->lines;
}

static void tell(struct accounting *a, struct account_record *r)
{
	const struct radius_record *record = &r->record;
	uint8_t body[ACCOUNT_BODY_MAX];
	size_t len;

	r->copied_by = copies(a) ? this_run(a) : 0;
	len = account_encode(r, body);
	if (!len || ledger_add(&a->ledger, record->status, record->id ? record->id : r->session.id,
			       record->event_time, body, len))
		lose(a);
	if (copies(a))
		lines_add(a->lines, account_json(r), NULL);
}

static void tell_of_session(struct accounting *a, enum radius_status status,
			    const struct session *s, enum event_cause cause)
{
	struct account_record r = { .record.id = NULL };
	struct radius_session_texts texts;

	if (a->radius)
		r.nas = *radius_nas(a->radius);
	radius_session_of(s, &r.session, &texts);
	account_describe(&r, status, &s->record, s->source, s->grant, session_uptime_s(s), cause,
			 (uint64_t)time(NULL));
	tell(a, &r);
}

/* Accounting-On and -Off have the same Acct-Session-Id, which is of this run of the daemon. */
static void tell_of_us(struct accounting *a, enum radius_status status)
{
	const struct radius_nas nobody = { .identifier = "" };
	const struct radius_nas *nas = a->radius ? radius_nas(a->radius) : &nobody;
	struct account_record r = { .record.id = NULL };
	char id[ACCOUNTING_NAS_ID_SIZE];

	snprintf(id, sizeof(id), "%08x%08x", a->all->opened_s, a->all->nonce);
	account_of_nas(&r, status, nas, id, (uint64_t)time(NULL));
	tell(a, &r);
}

/* Half of the room for lines is for what happens meanwhile. */
static bool made_stop(struct ledger *l, const uint8_t *body, size_t len)
{
	struct accounting *a = l->owner;
	struct account_record r;

	if (a->lines && a->lines->n >= LINES_MOST / 2)
		return false;
	if (a->lines && account_decode(&r, body, len))
		lines_add(a->lines, account_json(&r), NULL);
	return true;
}

static const struct ledger_ops ops_with_copies = {
	.send = send_record,
	.give_up = give_up,
	.made = made_stop,
};

static const struct ledger_ops ops_without_copies = {
	.send = send_record,
	.give_up = give_up,
};

/* --- Interim-Updates ------------------------------------------------------------------------- */

static void interims_cb(uv_timer_t *timer);

static uint64_t next_interim(const struct accounting *a)
{
	const struct due *first = due_first(&a->interims);

	if (a->looked_at < ACCOUNTING_BUCKETS)
		return now_of(a);
	return first ? first->at : NEVER;
}

static void arm(struct accounting *a)
{
	if (!a->stopped)
		timer_arm(&a->timer, interims_cb, next_interim(a));
}

static uint32_t interval_of(const struct accounting *a, const struct session *s)
{
	return interim_interval(s->grant ? s->grant->interim_s : 0, a->settings.interim_s);
}

/*
 * Tell what the session has come to. Without an interval, since a reload perhaps, look once in a
 * while whether it has one again.
 */
static void update(struct accounting *a, struct account *account)
{
	struct session *s = registry_find_id(&a->all->registry, account->session);
	uint32_t interval = interval_of(a, s);

	if (interval && tells(a)) {
		session_read_stats(s);
		tell_of_session(a, RADIUS_STATUS_INTERIM, s, EVENT_CAUSE_NONE);
	}
	due_set(&a->interims, &account->due,
		interim_next(now_of(a), interval ? interval : INTERIM_LEAST_S, random_of(a)));
}

/* The interval may be another one now: do not wait for the end of a longer one. */
static void hurry(struct accounting *a, struct account *account)
{
	const struct session *s = registry_find_id(&a->all->registry, account->session);
	uint64_t at = interim_first(now_of(a), interval_of(a, s), random_of(a));

	if (at < account->due.at)
		due_set(&a->interims, &account->due, at);
}

/* The next ones of those that a reload may hurry. */
static void hurry_some(struct accounting *a)
{
	struct account *account;

	LIST_FOREACH(account, &a->accounts[a->looked_at], same_hash)
		hurry(a, account);
	a->looked_at++;
}

static void interims_cb(uv_timer_t *timer)
{
	CALLBACK("accounting: interims");
	struct accounting *a = container_of(timer, struct accounting, timer);
	struct due *due;

	while (a->looked_at < ACCOUNTING_BUCKETS && callback_has_time())
		hurry_some(a);
	while ((due = due_first(&a->interims)) && due->at <= now_of(a) && callback_has_time())
		update(a, container_of(due, struct account, due));
	timer_arm(&a->timer, interims_cb, next_interim(a));
}

/* --- events ---------------------------------------------------------------------------------- */

static struct account *find_account(const struct accounting *a, uint64_t session)
{
	struct account *account;

	LIST_FOREACH(account, &a->accounts[session % ACCOUNTING_BUCKETS], same_hash)
		if (account->session == session)
			return account;
	return NULL;
}

static void came_up(struct accounting *a, const struct session *s)
{
	struct account *account = calloc(1, sizeof(*account));
	uint32_t interval = interval_of(a, s);

	if (!account) {
		lose(a);
		return;
	}
	account->session = s->record.id;
	LIST_INSERT_HEAD(&a->accounts[account->session % ACCOUNTING_BUCKETS], account, same_hash);
	a->n_accounts++;
	tell_of_session(a, RADIUS_STATUS_START, s, EVENT_CAUSE_NONE);
	due_set(&a->interims, &account->due,
		interim_first(now_of(a), interval ? interval : INTERIM_LEAST_S, random_of(a)));
	arm(a);
}

static void remove_account(struct accounting *a, struct account *account)
{
	due_remove(&a->interims, &account->due);
	LIST_REMOVE(account, same_hash);
	a->n_accounts--;
	free(account);
}

/*
 * A session that has a Start gets a Stop even if nothing is told any more: it waits for those that
 * a later reload names.
 */
static void hear(struct subscriber *sub, const struct event *event)
{
	struct accounting *a = container_of(sub, struct accounting, sub);
	const struct session *s = event->session;
	struct account *account;

	if (event->type == EVENT_UP && s->record.role == SESSION_OF_SERVER && tells(a)) {
		came_up(a, s);
	} else if (event->type == EVENT_DOWN) {
		account = find_account(a, s->record.id);
		if (!account)
			return;
		tell_of_session(a, RADIUS_STATUS_STOP, s, event->cause);
		remove_account(a, account);
		arm(a);
	} else if (event->type == EVENT_CHANGED) {
		account = find_account(a, s->record.id);
		if (!account)
			return;
		hurry(a, account);
		arm(a);
	}
}

/* --- settings -------------------------------------------------------------------------------- */

/* What settings come to. All of it is there, or nothing is. */
struct plan {
	struct accounting_settings settings;
	const struct radius_group *group;
	struct lines *lines;
};

static void free_settings(struct accounting_settings *settings)
{
	free((char *)settings->group);
	free((char *)settings->file);
	free((char *)settings->store);
}

static bool copy_settings(struct accounting_settings *to, const struct accounting_settings *from)
{
	*to = *from;
	to->group = strdup(from->group);
	to->file = strdup(from->file);
	to->store = strdup(from->store);
	if (to->group && to->file && to->store)
		return true;
	free_settings(to);
	return false;
}

static void free_lines(struct lines *lines)
{
	free(lines);
}

static struct lines *new_lines(struct accounting *a, const char *path)
{
	struct lines *lines = calloc(1, sizeof(*lines));

	if (!lines)
		return NULL;
	if (lines_open(lines, a->all->loop, path)) {
		free(lines);
		return NULL;
	}
	lines->owner = a;
	lines->done = line_done;
	return lines;
}

static bool keeps_file(const struct accounting *a, const struct accounting_settings *settings)
{
	return a->lines && !strcmp(a->settings.file, settings->file);
}

static bool make_plan(struct accounting *a, struct plan *plan,
		      const struct accounting_settings *settings, const struct radius *radius)
{
	*plan = (struct plan){ .lines = keeps_file(a, settings) ? a->lines : NULL };
	if (radius && *settings->group)
		plan->group = radius_accounting_group(radius, settings->group);
	if ((plan->group && !make_questions(a)) || !copy_settings(&plan->settings, settings))
		return false;
	if (!*settings->file || plan->lines)
		return true;
	plan->lines = new_lines(a, settings->file);
	if (!plan->lines)
		free_settings(&plan->settings);
	return plan->lines;
}

static void use_plan(struct accounting *a, const struct plan *plan, struct radius *radius)
{
	if (a->lines && a->lines != plan->lines)
		lines_close(a->lines, free_lines);
	a->lines = plan->lines;
	free_settings(&a->settings);
	a->settings = plan->settings;
	radius_keep(radius);
	radius_drop(a->radius);
	a->radius = radius;
	a->group = plan->group;
}

static int need_ledger(struct accounting *a)
{
	const struct store_limits limits = { a->settings.max_size, a->settings.max_age_s };
	int err = 0;

	if (a->has_ledger)
		ledger_set_limits(&a->ledger, &limits);
	else if (has_ears(a))
		err = ledger_open(&a->ledger, a->all->loop, a->settings.store, &limits,
				  copies(a) ? this_run(a) : 0,
				  copies(a) ? &ops_with_copies : &ops_without_copies, a);
	a->has_ledger |= has_ears(a) && !err;
	a->ledger.sending = has_ears(a);
	return err;
}

/*
 * Without a thread there is no store, and nothing is told. A second Accounting-On would end the
 * sessions that live, at servers that know them from before.
 */
static int begin(struct accounting *a)
{
	int err = need_ledger(a);

	if (err || !a->has_ledger)
		return err;
	if (tells(a) && (!a->on || (a->group && !a->on_at_servers))) {
		a->on = true;
		a->on_at_servers |= !!a->group;
		tell_of_us(a, RADIUS_STATUS_ON);
	}
	ledger_look(&a->ledger);
	return 0;
}

static void free_all(struct accounting *a)
{
	struct account *account;

	for (unsigned int i = 0; i < ACCOUNTING_BUCKETS; i++)
		while ((account = LIST_FIRST(&a->accounts[i])))
			remove_account(a, account);
	free(a->questions);
	radius_drop(a->radius);
	free_settings(&a->settings);
}

int accounting_open(struct accounting *a, struct sessions *all,
		    const struct accounting_settings *settings, struct radius *radius)
{
	struct plan plan;
	int err;

	memset(a, 0, sizeof(*a));
	a->all = all;
	a->looked_at = ACCOUNTING_BUCKETS;
	STAILQ_INIT(&a->free);
	if (getrandom(&a->random, sizeof(a->random), GRND_NONBLOCK) != sizeof(a->random))
		a->random = (uint32_t)uv_hrtime();
	a->random |= 1;
	if (!make_plan(a, &plan, settings, radius)) {
		free(a->questions);
		return -ENOMEM;
	}
	use_plan(a, &plan, radius);
	err = begin(a);
	if (err) {
		if (a->lines)
			lines_close(a->lines, free_lines);
		free_all(a);
		return err;
	}
	uv_timer_init(all->loop, &a->timer);
	a->sub.hear = hear;
	events_subscribe(&all->events, &a->sub);
	return 0;
}

int accounting_reload(struct accounting *a, const struct accounting_settings *settings,
		      struct radius *radius)
{
	struct plan plan;

	if (!make_plan(a, &plan, settings, radius))
		return -ENOMEM;
	use_plan(a, &plan, radius);
	a->looked_at = 0;
	arm(a);
	return begin(a);
}

void accounting_reopen(struct accounting *a)
{
	if (a->lines)
		lines_reopen(a->lines);
}

/* --- the end --------------------------------------------------------------------------------- */

static void closed(struct accounting *a)
{
	if (--a->open)
		return;
	free_all(a);
	a->stopped(a->ctx);
}

static void lines_closed(struct lines *lines)
{
	struct accounting *a = lines->owner;

	free(lines);
	closed(a);
}

static void close_lines(struct accounting *a)
{
	struct lines *lines = a->lines;

	a->lines = NULL;
	if (lines)
		lines_close(lines, lines_closed);
	else
		closed(a);
}

/* The last of the ledger may have been Stops that it made up, which are for the file, too. */
static void ledger_closed(struct ledger *l)
{
	close_lines(l->owner);
}

static void timer_closed(uv_handle_t *handle)
{
	CALLBACK("accounting: closed");

	closed(container_of((uv_timer_t *)handle, struct accounting, timer));
}

static void stop_cb(uv_timer_t *timer)
{
	CALLBACK("accounting: stop");
	struct accounting *a = container_of(timer, struct accounting, timer);

	if (tells(a) && now_of(a) < a->stop_at && !ledger_is_empty(&a->ledger)) {
		timer_arm(&a->timer, stop_cb, now_of(a) + STOP_LOOK_MS);
		return;
	}
	if (tells(a) && !ledger_is_empty(&a->ledger) && !a->ledger.failed)
		log_notice("accounting: what waits in %s for the next start: %llu records",
			   a->settings.store, (unsigned long long)ledger_waiting(&a->ledger));
	a->open = 2;
	if (a->has_ledger)
		ledger_close(&a->ledger, ledger_closed);
	else
		close_lines(a);
	uv_close((uv_handle_t *)&a->timer, timer_closed);
}

void accounting_stop(struct accounting *a, void (*stopped)(void *ctx), void *ctx)
{
	a->stopped = stopped;
	a->ctx = ctx;
	a->stop_at = now_of(a) + a->settings.stop_ms;
	events_unsubscribe(&a->all->events, &a->sub);
	if (a->on && tells(a))
		tell_of_us(a, RADIUS_STATUS_OFF);
	timer_arm(&a->timer, stop_cb, 0);
}

/* --- to be seen ------------------------------------------------------------------------------ */

static void look_at_ledger(const struct accounting *a, struct accounting_view *view)
{
	const struct ledger *l = &a->ledger;
	uint32_t oldest = ledger_oldest_s(l);
	uint64_t now = (uint64_t)time(NULL);

	view->queued = ledger_waiting(l);
	view->oldest_s = view->queued && oldest && now > oldest ? now - oldest : 0;
	view->under_way = l->sender.under_way;
	view->failures = l->sender.failures;
	view->counts = l->counts;
	if (l->failed)
		view->store_fault = l->reason;
}

void accounting_look(const struct accounting *a, struct accounting_view *view)
{
	*view = (struct accounting_view){
		.radius = a->group, .file = a->lines, .sessions = a->n_accounts,
		.store_fault = "",
	};
	if (a->has_ledger)
		look_at_ledger(a, view);
	view->counts.dropped += a->lost;
	if (!a->lines)
		return;
	view->lines = a->lines->written;
	view->lines_dropped = a->lines->dropped;
	view->lines_queued = a->lines->n;
	view->file_fault = a->lines->failed;
}
