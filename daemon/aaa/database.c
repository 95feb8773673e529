// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/database_driver.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"
#include "util/timer.h"

static void timer_cb(uv_timer_t *timer);

/* --- settings -------------------------------------------------------------------------------- */

/* Copy the text at @at. Returns false if there is no memory. */
static bool own(const char **at)
{
	*at = strdup(*at);
	return *at;
}

static bool copy_settings(struct database_settings *to, const struct database_settings *from)
{
	const char **texts[] = {
		&to->name, &to->file, &to->connection, &to->password, &to->query,
	};
	bool ok = true;

	*to = *from;
	if (!*to->query)
		to->query = DATABASE_QUERY;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ok = own(texts[i]) && ok;
	return ok;
}

static void free_secret(const char *text)
{
	if (text)
		explicit_bzero((char *)(uintptr_t)text, strlen(text));
	free((char *)(uintptr_t)text);
}

static void free_settings(struct database_settings *s)
{
	free((char *)(uintptr_t)s->name);
	free((char *)(uintptr_t)s->file);
	free_secret(s->connection);
	free_secret(s->password);
	free((char *)(uintptr_t)s->query);
}

bool database_is_made_of(const struct database *d, const struct database_settings *s)
{
	const struct database_settings *is = &d->settings;
	const char *query = *s->query ? s->query : DATABASE_QUERY;

	return is->type == s->type && is->timeout_ms == s->timeout_ms &&
	       is->max_queued == s->max_queued && !strcmp(is->name, s->name) &&
	       !strcmp(is->file, s->file) && !strcmp(is->connection, s->connection) &&
	       !strcmp(is->password, s->password) && !strcmp(is->query, query);
}

const char *database_name(const struct database *d)
{
	return d->settings.name;
}

/* --- made and freed -------------------------------------------------------------------------- */

void database_closed(struct database *d)
{
	free_settings(&d->settings);
	free(d);
}

static void timer_closed(uv_handle_t *handle)
{
	CALLBACK("database: closed");
	struct database *d = container_of((uv_timer_t *)handle, struct database, timer);

	d->driver->close(d);
}

struct database *database_new(uv_loop_t *loop, const struct database_settings *settings,
			      char *error, size_t size)
{
	const struct database_driver *driver = settings->type == DATABASE_SQLITE ?
					       &database_sqlite : &database_postgresql;
	struct database *d = calloc(1, driver->size);
	int err = -ENOMEM;

	if (!d) {
		snprintf(error, size, "database %s: out of memory", settings->name);
		return NULL;
	}
	d->driver = driver;
	d->loop = loop;
	d->refs = 1;
	d->since = uv_now(loop);
	TAILQ_INIT(&d->waiting);
	TAILQ_INIT(&d->flights);
	uv_timer_init(loop, &d->timer);
	if (copy_settings(&d->settings, settings))
		err = driver->open(d);
	if (!err)
		return d;
	snprintf(error, size, "database %s: %s", settings->name, strerror(-err));
	database_drop(d);
	return NULL;
}

struct database *database_keep(struct database *d)
{
	d->refs++;
	return d;
}

void database_drop(struct database *d)
{
	if (d && !--d->refs)
		uv_close((uv_handle_t *)&d->timer, timer_closed);
}

bool database_is_dropped(const struct database *d)
{
	return uv_is_closing((const uv_handle_t *)&d->timer);
}

/* --- the state ------------------------------------------------------------------------------- */

void database_note(struct database *d, const char *fault)
{
	const struct log_fields about = {
		.event = fault ? LOG_EVENT_DATABASE_FAULT : LOG_EVENT_NONE,
		.database = d->settings.name,
	};
	const char *now = fault ? fault : "";

	if (!fault && !d->works && *d->fault)
		log_with(&about, log_notice("database %s (%s): is there again", d->settings.name,
					    d->where));
	if (!fault ? !d->works : !*d->fault)
		d->since = uv_now(d->loop);
	/* The same is not told again for each question, but another fault is. */
	if (fault && strcmp(d->fault, now))
		log_with(&about, log_error("database %s (%s): %s", d->settings.name, d->where, now));
	d->works = !fault;
	snprintf(d->fault, sizeof(d->fault), "%s", now);
}

void database_note_connected(struct database *d)
{
	d->counters.connects++;
}

struct database_view database_view(const struct database *d)
{
	return (struct database_view){
		.name = d->settings.name,
		.type = d->settings.type,
		.where = d->where,
		.state = *d->fault ? "down" : d->works ? "up" : "connecting",
		.for_ms = uv_now(d->loop) - d->since,
		.fault = d->fault,
		.under_way = d->n_flights,
		.waiting = d->n_waiting,
		.max_queued = d->settings.max_queued,
		.counters = d->counters,
	};
}

/* --- questions ------------------------------------------------------------------------------- */

/* Returns the question under way for longest, or NULL. */
static struct database_question *oldest_under_way(const struct database *d)
{
	const struct flight *flight;

	TAILQ_FOREACH(flight, &d->flights, next)
		if (flight->question)
			return flight->question;
	return NULL;
}

static uint64_t earliest(const struct database *d)
{
	const struct database_question *waits = TAILQ_FIRST(&d->waiting);
	const struct database_question *asked = oldest_under_way(d);

	return earlier(waits ? waits->until : NEVER, asked ? asked->until : NEVER);
}

static void arm(struct database *d)
{
	if (!uv_is_closing((uv_handle_t *)&d->timer))
		timer_arm(&d->timer, timer_cb, earliest(d));
}

static void leave_line(struct database *d, struct database_question *q)
{
	TAILQ_REMOVE(&d->waiting, q, next);
	d->n_waiting--;
}

/* The question is in no list any more: tell who asked. */
static void tell(struct database *d, struct database_question *q,
		 const struct database_found *found, const char *fault)
{
	const struct database_answer answer = { .found = found, .fault = fault };

	if (!found)
		d->counters.failed++;
	else if (found->known)
		d->counters.found++;
	else
		d->counters.unknown++;
	q->database = NULL;
	q->flight = NULL;
	q->answered(q, &answer);
	database_drop(d);
}

struct flight *database_next(struct database *d)
{
	struct database_question *q = TAILQ_FIRST(&d->waiting);
	struct flight *flight = q ? calloc(1, sizeof(*flight)) : NULL;

	if (!flight)
		return NULL;
	leave_line(d, q);
	flight->question = q;
	q->flight = flight;
	TAILQ_INSERT_TAIL(&d->flights, flight, next);
	d->n_flights++;
	return flight;
}

/* Returns the flight's question, or NULL. */
static struct database_question *end_flight(struct database *d, struct flight *flight)
{
	struct database_question *q = flight->question;

	TAILQ_REMOVE(&d->flights, flight, next);
	d->n_flights--;
	free(flight);
	return q;
}

void database_answer(struct database *d, struct flight *flight, const struct database_found *found)
{
	struct database_question *q = end_flight(d, flight);

	if (q)
		tell(d, q, found, "");
}

void database_could_not(struct database *d, struct flight *flight, const char *fault)
{
	struct database_question *q = end_flight(d, flight);

	if (q)
		tell(d, q, NULL, fault);
}

void database_return(struct database *d)
{
	struct flight *flight;

	while ((flight = TAILQ_LAST(&d->flights, flights))) {
		struct database_question *q = end_flight(d, flight);

		if (!q)
			continue;
		q->flight = NULL;
		TAILQ_INSERT_HEAD(&d->waiting, q, next);
		d->n_waiting++;
	}
}

void database_refuse_all(struct database *d, const char *fault)
{
	struct database_question *q;

	database_keep(d);
	while ((q = TAILQ_FIRST(&d->waiting))) {
		leave_line(d, q);
		tell(d, q, NULL, fault);
	}
	database_drop(d);
}

const char *database_ask(struct database *d, struct database_question *q)
{
	if (d->unreachable || d->n_waiting + d->n_flights >= d->settings.max_queued) {
		d->counters.refused++;
		return d->unreachable ? d->fault : "too many questions are queued";
	}
	d->counters.asked++;
	q->database = database_keep(d);
	q->flight = NULL;
	q->until = uv_now(d->loop) + d->settings.timeout_ms;
	TAILQ_INSERT_TAIL(&d->waiting, q, next);
	d->n_waiting++;
	d->driver->serve(d);
	arm(d);
	return NULL;
}

void database_give_up(struct database_question *q)
{
	struct database *d = q->database;

	if (!d)
		return;
	if (q->flight)
		q->flight->question = NULL;
	else
		leave_line(d, q);
	q->database = NULL;
	q->flight = NULL;
	arm(d);
	database_drop(d);
}

/*
 * Tell those whose time is over. Returns true if one of them was under way. Whoever is told may ask
 * again, so that each time the lists are looked at anew.
 */
static bool tell_late(struct database *d, uint64_t now, const char *fault)
{
	struct database_question *q;
	bool late = false;

	while ((q = oldest_under_way(d)) && q->until <= now) {
		q->flight->question = NULL;
		late = true;
		d->counters.late++;
		tell(d, q, NULL, fault);
	}
	while ((q = TAILQ_FIRST(&d->waiting)) && q->until <= now) {
		leave_line(d, q);
		d->counters.late++;
		tell(d, q, NULL, fault);
	}
	return late;
}

static void timer_cb(uv_timer_t *timer)
{
	CALLBACK("database: late");
	struct database *d = container_of(timer, struct database, timer);
	char fault[64];

	snprintf(fault, sizeof(fault), "no answer within %u s", d->settings.timeout_ms / 1000);
	database_keep(d);
	if (tell_late(d, uv_now(d->loop), fault)) {
		database_note(d, fault);
		d->driver->late(d);
	}
	arm(d);
	database_drop(d);
}
