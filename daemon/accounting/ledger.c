// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "accounting/ledger.h"
#include "accounting/record.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/hash.h"
#include "util/log.h"
#include "util/timer.h"

#define RETRY_MS	10000
#define REMOVE_MS	200
#define CHECK_MS	60000
#define NO_ROOM_MS	100

static uint64_t realtime_s(void)
{
	return (uint64_t)time(NULL);
}

static struct ledger *ledger_of(struct sender *s)
{
	return container_of(s, struct ledger, sender);
}

/* --- the clock ------------------------------------------------------------------------------- */

static void tick(uv_timer_t *timer);

static bool may_remove(const struct ledger *l, uint64_t now)
{
	return l->n_removals && (l->closed || sender_wants(&l->sender) || now >= l->remove_at ||
				 l->n_removals >= LEDGER_BATCH);
}

/* Returns true if the owner is to hear now of Stops that were made up. */
static bool tells_now(const struct ledger *l)
{
	return !STAILQ_EMPTY(&l->made) && uv_now(l->loop) >= l->made_at;
}

/* Nothing is left to be written, or it cannot be, which was tried once more at the end. */
static bool may_close(const struct ledger *l)
{
	return l->closed && !l->busy && !tells_now(l) &&
	       (l->gave_up || ((l->failed || l->is_open) && !l->n_unwritten && !l->n_removals));
}

/* Returns when the thread has something to do; NEVER while it is busy. */
static uint64_t next_job(const struct ledger *l, uint64_t now)
{
	if (l->busy)
		return NEVER;
	if (may_close(l))
		return now;
	if (!l->is_open)
		return l->closed ? now : l->retry_at;
	if (l->n_unwritten || may_remove(l, now) || sender_wants(&l->sender))
		return now;
	return l->n_removals ? earlier(l->remove_at, l->check_at) : l->check_at;
}

/* Returns when something is to be done. */
static uint64_t next_tick(const struct ledger *l)
{
	uint64_t at = next_job(l, uv_now(l->loop));

	if (!STAILQ_EMPTY(&l->made))
		at = earlier(at, l->made_at);
	return l->sending && !l->closed ? earlier(at, sender_next(&l->sender)) : at;
}

void ledger_look(struct ledger *l)
{
	timer_arm(&l->timer, tick, next_tick(l));
}

/* --- records in memory ----------------------------------------------------------------------- */

static struct sender_record *new_record(enum radius_status status, const char *session,
					const uint8_t *body, size_t len)
{
	size_t size = strlen(session) + 1;
	struct sender_record *record = calloc(1, sizeof(*record) + len + size);

	if (!record)
		return NULL;
	record->status = status;
	record->len = len;
	memcpy(record->body, body, len);
	memcpy(record->body + len, session, size);
	record->session = (const char *)record->body + len;
	return record;
}

static void set_time(struct ledger *l, struct sender_record *record, uint32_t time_s)
{
	int64_t age_s = (int64_t)realtime_s() - time_s;

	record->time_s = time_s;
	record->happened_ms = (int64_t)uv_now(l->loop) - (age_s > 0 ? age_s * 1000 : 0);
}

/* @before: NULL, or the record that is to be written after it. */
static void add_unwritten(struct ledger *l, struct sender_record *record,
			  struct sender_record *before)
{
	record->is_unwritten = true;
	if (before)
		TAILQ_INSERT_BEFORE(before, record, unwritten);
	else
		TAILQ_INSERT_TAIL(&l->unwritten, record, unwritten);
	l->n_unwritten++;
	record->is_untaken = !record->taken;
	if (record->is_untaken)
		TAILQ_INSERT_TAIL(&l->untaken, record, untaken);
	if (record->status != RADIUS_STATUS_INTERIM)
		return;
	TAILQ_INSERT_TAIL(&l->interims, record, interim);
	LIST_INSERT_HEAD(&l->by_session[hash_text(record->session) % LEDGER_BUCKETS], record,
			 same_hash);
}

static void leave_untaken(struct ledger *l, struct sender_record *record)
{
	if (record->is_untaken)
		TAILQ_REMOVE(&l->untaken, record, untaken);
	record->is_untaken = false;
}

static void leave_unwritten(struct ledger *l, struct sender_record *record)
{
	record->is_unwritten = false;
	TAILQ_REMOVE(&l->unwritten, record, unwritten);
	l->n_unwritten--;
	leave_untaken(l, record);
	l->n_notes -= record->tell;
	if (record->status != RADIUS_STATUS_INTERIM)
		return;
	TAILQ_REMOVE(&l->interims, record, interim);
	LIST_REMOVE(record, same_hash);
}

/* Without memory the record stays in the store, and is sent once more after the next start. */
static void remove_later(struct ledger *l, uint64_t id)
{
	if (l->n_removals == l->room_removals) {
		size_t room = l->room_removals ? 2 * l->room_removals : 256;
		uint64_t *more = realloc(l->removals, room * sizeof(*more));

		if (!more)
			return;
		l->removals = more;
		l->room_removals = room;
	}
	if (!l->n_removals)
		l->remove_at = uv_now(l->loop) + REMOVE_MS;
	l->removals[l->n_removals++] = id;
}

static bool is_removed(const struct ledger *l, uint64_t id)
{
	for (size_t i = 0; i < l->n_removals; i++)
		if (l->removals[i] == id)
			return true;
	return false;
}

/* A record of which nothing is wanted any more, in memory or in the store. */
static void done_with(struct ledger *l, struct sender_record *record)
{
	if (record->writing) {
		record->over = true;
		return;
	}
	if (record->is_unwritten)
		leave_unwritten(l, record);
	else if (record->stored)
		remove_later(l, record->id);
	free(record);
}

/*
 * A record that a server has got, or cannot get. If it was sent while the store could not be used,
 * that still has to note what it says of its session: a Stop, or the next start would make one up.
 */
static void was_sent(struct ledger *l, struct sender_record *record)
{
	const bool of_nas = record->status == RADIUS_STATUS_ON ||
			    record->status == RADIUS_STATUS_OFF;

	if (record->writing || !record->is_unwritten || of_nas) {
		done_with(l, record);
		return;
	}
	l->n_notes += !record->tell;
	record->tell = true;
	record->over = false;
}

static void count(struct ledger *l, const struct sender_record *record, enum sender_end end)
{
	switch (end) {
	case SENDER_ANSWERED:
		l->counts.sent++;
		break;
	case SENDER_TOO_LONG:
		l->counts.unusable++;
		log_limited("accounting", uv_now(l->loop), LOG_LEVEL_ERROR,
			    "accounting: a record of session %s is too long for a packet, and is "
			    "dropped", record->session);
		break;
	case SENDER_NOT_KNOWN:
		l->counts.not_known++;
		log_limited("accounting", uv_now(l->loop), LOG_LEVEL_WARNING,
			    "accounting: the servers answer other records, but no Accounting-%s: "
			    "it is not sent any more",
			    record->status == RADIUS_STATUS_ON ? "On" : "Off");
		break;
	case SENDER_REPLACED:
		/* Those in the store are counted there, if it can be used. */
		l->counts.merged += !record->stored || l->failed;
		break;
	case SENDER_FORGOTTEN:
		break;
	}
}

static void sender_done(struct sender *s, struct sender_record *record, enum sender_end end)
{
	struct ledger *l = ledger_of(s);

	record->taken = false;
	count(l, record, end);
	switch (end) {
	case SENDER_ANSWERED:
	case SENDER_TOO_LONG:
	case SENDER_NOT_KNOWN:
		was_sent(l, record);
		break;
	case SENDER_REPLACED:
		/* The store removes it together with what replaces it, if it gets that. */
		if (!record->stored || l->failed)
			done_with(l, record);
		else
			free(record);
		break;
	case SENDER_FORGOTTEN:
		if (!record->is_unwritten)
			free(record);
		break;
	}
}

static enum radius_outcome sender_send(struct sender *s, struct sender_record *record)
{
	struct ledger *l = ledger_of(s);

	return l->ops->send(l, record);
}

static const struct sender_ops sender_ops = { .send = sender_send, .done = sender_done };

static bool offer(struct ledger *l, struct sender_record *record)
{
	if (!sender_offer(&l->sender, record))
		return false;
	record->taken = true;
	leave_untaken(l, record);
	return true;
}

/* --- without a store ------------------------------------------------------------------------- */

/* Let records be sent that the store did not take, in their order. No thread has any of them. */
static void offer_unwritten(struct ledger *l)
{
	struct sender_record *record;

	if (!l->failed || l->closed)
		return;
	while ((record = TAILQ_FIRST(&l->untaken)) && offer(l, record))
		;
}

/* Only a record that neither the sender nor the thread has can be dropped. */
static bool is_free(const struct sender_record *record)
{
	return !record->taken && !record->writing;
}

static struct sender_record *victim(const struct ledger *l)
{
	struct sender_record *record;

	TAILQ_FOREACH(record, &l->interims, interim)
		if (is_free(record))
			return record;
	TAILQ_FOREACH(record, &l->unwritten, unwritten)
		if (is_free(record))
			return record;
	return NULL;
}

static void bound_memory(struct ledger *l)
{
	struct sender_record *record = l->n_unwritten > LEDGER_MEMORY ? victim(l) : NULL;

	if (!record)
		return;
	if (!record->tell) {
		l->counts.dropped++;
		log_limited("accounting", uv_now(l->loop), LOG_LEVEL_ERROR,
			    "accounting: a record of session %s is dropped: %u records wait in "
			    "memory for the store %s", record->session, LEDGER_MEMORY, l->path);
	}
	done_with(l, record);
}

static void store_fails(struct ledger *l)
{
	if (!l->failed || strcmp(l->reason, l->store.reason))
		log_with(&(struct log_fields){ .event = LOG_EVENT_ACCOUNTING_FAULT },
			 log_error("accounting store %s: %s. Records wait in memory, and are lost if "
				   "culvertd ends", l->path, l->store.reason));
	snprintf(l->reason, sizeof(l->reason), "%s", l->store.reason);
	l->counts.store_errors++;
	l->failed = true;
	l->is_open = false;
	l->retry_at = uv_now(l->loop) + RETRY_MS;
	offer_unwritten(l);
}

/* --- jobs: on the thread --------------------------------------------------------------------- */

static void run(struct job *base)
{
	struct ledger_job *job = container_of(base, struct ledger_job, job);
	struct ledger *l = container_of(job, struct ledger, job);

	switch (job->what) {
	case LEDGER_OPEN:
		job->result = store_open(&l->store, &job->found,
					 l->ops->made ? &job->made : NULL, job->now_s);
		break;
	case LEDGER_LOAD:
		job->result = store_load(&l->store, job->after, LEDGER_LOAD_MOST, &job->loaded,
					 &job->n_loaded);
		break;
	case LEDGER_WRITE:
		job->result = store_write(&l->store, job->changes, job->n, job->now_s);
		break;
	case LEDGER_CLOSE:
		store_close(&l->store);
		job->result = STORE_DONE;
		break;
	}
}

/* --- jobs: their ends ------------------------------------------------------------------------ */

/*
 * The file was damaged: what was in it and is still in memory is written once more, before all that
 * has happened since.
 */
static void write_all_again(struct ledger *l)
{
	struct sender_record *first = TAILQ_FIRST(&l->unwritten);
	struct sender_record *record;

	log_error("accounting store %s was damaged. It was moved to %s, and a new one was begun: "
		  "records that waited in it are not sent", l->path, l->store.aside);
	l->n_removals = 0;
	l->sender.more = false;
	TAILQ_FOREACH(record, &l->sender.all, all) {
		if (!record->stored)
			continue;
		record->stored = false;
		add_unwritten(l, record, first);
	}
}

static void opened(struct ledger *l, struct ledger_job *job)
{
	struct sender_record *record;

	if (l->failed)
		log_notice("accounting store %s can be used again", l->path);
	l->failed = false;
	l->is_open = true;
	if (l->store.aside[0])
		write_all_again(l);
	if (job->found.last_id > l->last_id)
		l->last_id = job->found.last_id;
	if (!l->opened)
		l->sender.more = l->store.counts.records;
	TAILQ_FOREACH(record, &l->unwritten, unwritten)
		if (!record->id)
			record->id = ++l->last_id;
	l->opened = true;
	if (job->found.stops)
		log_notice("accounting: %llu session%s had not ended when culvertd did: the last "
			   "record of each became its Stop", (unsigned long long)job->found.stops,
			   job->found.stops == 1 ? "" : "s");
	STAILQ_CONCAT(&l->made, &job->made);
}

static void take_loaded(struct ledger *l, const struct store_record *from)
{
	struct account_record decoded;
	struct sender_record *record;
	const char *session;

	if (is_removed(l, from->id)) {
		sender_skip(&l->sender, from->id);
		return;
	}
	if (!account_decode(&decoded, from->body, from->len)) {
		l->counts.unusable++;
		remove_later(l, from->id);
		sender_skip(&l->sender, from->id);
		return;
	}
	session = decoded.record.id ? decoded.record.id : decoded.session.id;
	record = new_record(from->status, session, from->body, from->len);
	if (!record)
		return;
	record->id = from->id;
	record->stored = true;
	set_time(l, record, from->time_s);
	record->taken = sender_take(&l->sender, record);
	if (!record->taken)
		free(record);
}

static void loaded(struct ledger *l, struct ledger_job *job)
{
	const struct store_record *one;

	if (job->result == STORE_DONE && !l->closed) {
		STAILQ_FOREACH(one, &job->loaded, next)
			take_loaded(l, one);
		if (job->n_loaded < LEDGER_LOAD_MOST)
			l->sender.more = false;
	}
	store_records_free(&job->loaded);
}

/* Returns false if the store did not get it. */
static void written(struct ledger *l, struct sender_record *record, bool is_there)
{
	record->writing = false;
	if (is_there) {
		leave_unwritten(l, record);
		record->stored = !record->tell;
	}
	if (record->over)
		was_sent(l, record);
	else if (is_there && !record->taken && (record->tell || l->closed || !offer(l, record)))
		free(record);
}

/* The sender has forgotten records that are not written yet. */
static void find_untaken(struct ledger *l)
{
	struct sender_record *record;

	TAILQ_INIT(&l->untaken);
	TAILQ_FOREACH(record, &l->unwritten, unwritten) {
		record->is_untaken = !record->taken && !record->tell;
		if (record->is_untaken)
			TAILQ_INSERT_TAIL(&l->untaken, record, untaken);
	}
}

static void look_for_losses(struct ledger *l)
{
	const struct store_counts *now = &l->store.counts;
	uint64_t dropped = now->dropped_size - l->stored.dropped_size;
	uint64_t too_old = now->dropped_age - l->stored.dropped_age;

	if (dropped)
		log_limited("accounting", uv_now(l->loop), LOG_LEVEL_ERROR,
			    "accounting store %s is full: %llu records were dropped, the oldest "
			    "Interim-Updates first", l->path, (unsigned long long)dropped);
	if (too_old)
		log_limited("accounting", uv_now(l->loop), LOG_LEVEL_ERROR,
			    "accounting store %s: %llu records were dropped that waited for too "
			    "long", l->path, (unsigned long long)too_old);
	if (dropped || too_old) {
		sender_forget(&l->sender);
		find_untaken(l);
	}
	l->counts.dropped += dropped;
	l->counts.too_old += too_old;
	l->counts.merged += now->merged - l->stored.merged;
	l->counts.unusable += now->unreadable - l->stored.unreadable;
	l->stored = *now;
}

/* The removals of a job are the first ones of the list, to which others were added since. */
static void wrote(struct ledger *l, struct ledger_job *job)
{
	const bool is_there = job->result == STORE_DONE;
	size_t removals = 0;

	for (size_t i = 0; i < job->n; i++) {
		if (job->records[i])
			written(l, job->records[i], is_there);
		else
			removals++;
	}
	if (!is_there || !removals)
		return;
	l->n_removals -= removals;
	memmove(l->removals, l->removals + removals, l->n_removals * sizeof(*l->removals));
	l->remove_at = uv_now(l->loop) + REMOVE_MS;
}

/* A damaged file is moved aside at once, unless the one before it was just now. */
static void hurry_once(struct ledger *l)
{
	uint64_t now = uv_now(l->loop);

	if (!l->damaged_at || now - l->damaged_at >= CHECK_MS)
		l->retry_at = now;
	l->damaged_at = now;
}

static void done(struct job *base)
{
	struct ledger_job *job = container_of(base, struct ledger_job, job);
	struct ledger *l = container_of(job, struct ledger, job);

	l->busy = false;
	switch (job->what) {
	case LEDGER_OPEN:
		if (job->result == STORE_DONE)
			opened(l, job);
		break;
	case LEDGER_LOAD:
		loaded(l, job);
		break;
	case LEDGER_WRITE:
		wrote(l, job);
		break;
	case LEDGER_CLOSE:
		/* not from within a job, whose thread is to end */
		l->over = true;
		timer_arm(&l->timer, tick, 0);
		return;
	}
	look_for_losses(l);
	if (job->result == STORE_DAMAGED || job->result == STORE_FAILED) {
		store_fails(l);
		l->gave_up = job->at_the_end;
	}
	if (job->result == STORE_DAMAGED)
		hurry_once(l);
	ledger_look(l);
}

/* --- jobs: begun ----------------------------------------------------------------------------- */

static void begin(struct ledger *l, int what)
{
	l->job.job = (struct job){ .run = run, .done = done };
	l->job.what = what;
	l->job.now_s = realtime_s();
	l->job.at_the_end = l->closed;
	l->store.limits = l->limits;
	l->store.uptime_s = (uv_now(l->loop) - l->began_at) / 1000;
	l->busy = true;
	jobs_add(&l->thread, &l->job.job);
}

static struct store_change change_of(const struct sender_record *record)
{
	return (struct store_change){
		.what = record->tell ? STORE_TELL : STORE_ADD,
		.id = record->id,
		.status = record->status,
		.time_s = record->time_s,
		.session = record->session,
		.body = record->body,
		.len = record->len,
		.under_way = record->beside,
	};
}

/* Removals have half of the places at most: records that are not written yet matter more. */
static void begin_write(struct ledger *l)
{
	struct ledger_job *job = &l->job;
	struct sender_record *record;
	size_t n = 0;

	for (size_t i = 0; i < l->n_removals && n < LEDGER_BATCH / 2; i++) {
		job->records[n] = NULL;
		job->changes[n++] = (struct store_change){
			.what = STORE_REMOVE, .id = l->removals[i],
		};
	}
	TAILQ_FOREACH(record, &l->unwritten, unwritten) {
		if (n == LEDGER_BATCH)
			break;
		record->writing = true;
		job->records[n] = record;
		job->changes[n++] = change_of(record);
	}
	job->n = n;
	l->check_at = uv_now(l->loop) + CHECK_MS;
	begin(l, LEDGER_WRITE);
}

static void begin_load(struct ledger *l)
{
	l->job.after = l->sender.last_id;
	begin(l, LEDGER_LOAD);
}

/*
 * Loading waits for removals: what is read from the store must not be what was answered before, and
 * those that are answered while it is read are in the list.
 */
static void next(struct ledger *l, uint64_t now)
{
	if (may_close(l))
		begin(l, LEDGER_CLOSE);
	else if (next_job(l, now) > now)
		return;
	else if (!l->is_open)
		begin(l, LEDGER_OPEN);
	else if (sender_wants(&l->sender) && !l->n_unwritten && !l->n_removals && !l->closed)
		begin_load(l);
	else
		begin_write(l);
}

static void handle_closed(uv_handle_t *handle)
{
	CALLBACK("accounting: closed");
	struct ledger *l = handle->data;

	if (--l->handles)
		return;
	free(l->path);
	free(l->removals);
	l->closed(l);
}

static void end(struct ledger *l)
{
	struct sender_record *record;

	if (l->n_unwritten > l->n_notes)
		log_error("accounting store %s: %u records could not be written, and are lost",
			  l->path, l->n_unwritten - l->n_notes);
	while ((record = TAILQ_FIRST(&l->unwritten))) {
		leave_unwritten(l, record);
		free(record);
	}
	store_records_free(&l->made);
	store_records_free(&l->job.made);
	uv_poll_stop(&l->poll);
	jobs_close(&l->thread);		/* it is idle */
	l->poll.data = l;
	l->timer.data = l;
	uv_close((uv_handle_t *)&l->poll, handle_closed);
	uv_close((uv_handle_t *)&l->timer, handle_closed);
}

static void tell_made(struct ledger *l)
{
	while (tells_now(l) && callback_has_time()) {
		struct store_record *made = STAILQ_FIRST(&l->made);

		if (!l->ops->made(l, made->body, made->len)) {
			l->made_at = uv_now(l->loop) + NO_ROOM_MS;
			return;
		}
		STAILQ_REMOVE_HEAD(&l->made, next);
		free(made);
	}
}

static void tick(uv_timer_t *timer)
{
	CALLBACK("accounting: records");
	struct ledger *l = container_of(timer, struct ledger, timer);
	uint64_t now = uv_now(l->loop);

	if (l->over) {
		end(l);
		return;
	}
	while (l->sending && !l->closed && callback_has_time() && sender_pump(&l->sender, now))
		;
	offer_unwritten(l);
	tell_made(l);
	next(l, now);
	timer_arm(&l->timer, tick, next_tick(l));
}

static void jobs_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("accounting: store");
	struct ledger *l = container_of(poll, struct ledger, poll);

	jobs_done(&l->thread);
}

/* --- the owner ------------------------------------------------------------------------------- */

int ledger_open(struct ledger *l, uv_loop_t *loop, const char *path,
		const struct store_limits *limits, uint32_t copied_by, const struct ledger_ops *ops,
		void *owner)
{
	int err;

	memset(l, 0, sizeof(*l));
	l->loop = loop;
	l->ops = ops;
	l->owner = owner;
	l->path = strdup(path);
	if (!l->path)
		return -ENOMEM;
	l->store.path = l->path;
	l->store.copied_by = copied_by;
	l->limits = *limits;
	STAILQ_INIT(&l->made);
	STAILQ_INIT(&l->job.made);
	STAILQ_INIT(&l->job.loaded);
	TAILQ_INIT(&l->unwritten);
	TAILQ_INIT(&l->untaken);
	TAILQ_INIT(&l->interims);
	sender_init(&l->sender, &sender_ops);
	err = jobs_open(&l->thread);
	if (!err)
		err = uv_poll_init(loop, &l->poll, jobs_fd(&l->thread));
	if (err) {
		jobs_close(&l->thread);
		free(l->path);
		return err;
	}
	uv_poll_start(&l->poll, UV_READABLE, jobs_cb);
	uv_timer_init(loop, &l->timer);
	l->handles = 2;
	l->began_at = uv_now(loop);
	l->check_at = uv_now(loop) + CHECK_MS;
	begin(l, LEDGER_OPEN);
	return 0;
}

void ledger_set_limits(struct ledger *l, const struct store_limits *limits)
{
	l->limits = *limits;
}

/* A later record of @session is there: what waits in memory for the store is replaced, too. */
static void replace_unwritten(struct ledger *l, const char *session)
{
	struct sender_record *record, *following;

	record = LIST_FIRST(&l->by_session[hash_text(session) % LEDGER_BUCKETS]);
	for (; record; record = following) {
		following = LIST_NEXT(record, same_hash);
		if (!is_free(record) || strcmp(record->session, session))
			continue;
		l->counts.merged += !record->tell;
		done_with(l, record);
	}
}

int ledger_add(struct ledger *l, enum radius_status status, const char *session, uint32_t time_s,
	       const uint8_t *body, size_t len)
{
	struct sender_record *record = new_record(status, session, body, len);

	if (!record)
		return -ENOMEM;
	set_time(l, record, time_s);
	if (status == RADIUS_STATUS_INTERIM || status == RADIUS_STATUS_STOP) {
		replace_unwritten(l, session);
		record->beside = sender_replace(&l->sender, session);
	}
	if (l->opened)
		record->id = ++l->last_id;
	add_unwritten(l, record, NULL);
	bound_memory(l);
	offer_unwritten(l);
	ledger_look(l);
	return 0;
}

void ledger_answered(struct ledger *l, struct sender_record *record, enum radius_outcome outcome)
{
	sender_answered(&l->sender, record, outcome, uv_now(l->loop));
	ledger_look(l);
}

bool ledger_is_empty(const struct ledger *l)
{
	return (l->opened || l->failed) && l->n_unwritten == l->n_notes && !l->sender.n &&
	       !l->sender.more;
}

uint64_t ledger_waiting(const struct ledger *l)
{
	uint64_t in_store = l->stored.records - earlier(l->n_removals, l->stored.records);
	uint64_t n = in_store + l->n_unwritten - l->n_notes;

	/* The store may have dropped some that are under way. */
	return n > l->sender.n ? n : l->sender.n;
}

uint32_t ledger_oldest_s(const struct ledger *l)
{
	const struct sender_record *record = TAILQ_FIRST(&l->sender.all);

	if (!record)
		record = TAILQ_FIRST(&l->unwritten);
	return record ? record->time_s : 0;
}

/* --- the end --------------------------------------------------------------------------------- */

void ledger_close(struct ledger *l, void (*closed)(struct ledger *l))
{
	struct sender_record *record;

	TAILQ_FOREACH(record, &l->sender.all, all)
		if (record->under_way)
			l->ops->give_up(l, record);
	l->closed = closed;
	sender_close(&l->sender);
	timer_arm(&l->timer, tick, 0);
}
