// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "accounting/sender.h"
#include "util/container.h"
#include "util/hash.h"

#define NO_ROOM_MS	200	/* until it is tried again */

void sender_init(struct sender *s, const struct sender_ops *ops)
{
	memset(s, 0, sizeof(*s));
	s->ops = ops;
	s->allowed = SENDER_WINDOW;
	TAILQ_INIT(&s->all);
	TAILQ_INIT(&s->ready);
	TAILQ_INIT(&s->behind);
	TAILQ_INIT(&s->barriers);
}

/* --- lines ----------------------------------------------------------------------------------- */

static struct sender_line *find_line(const struct sender *s, const char *session)
{
	struct sender_line *line;

	LIST_FOREACH(line, &s->lines[hash_text(session) % SENDER_BUCKETS], same_hash)
		if (!strcmp(line->session, session))
			return line;
	return NULL;
}

/* Returns a line without records, which is nowhere but in the table; NULL without memory. */
static struct sender_line *add_line(struct sender *s, const char *session)
{
	size_t size = strlen(session) + 1;
	struct sender_line *line = calloc(1, sizeof(*line) + size);

	if (!line)
		return NULL;
	memcpy(line->session, session, size);
	TAILQ_INIT(&line->records);
	LIST_INSERT_HEAD(&s->lines[hash_text(session) % SENDER_BUCKETS], line, same_hash);
	return line;
}

/* Take a line out of where it waits. */
static void leave(struct sender *s, struct sender_line *line)
{
	switch (line->state) {
	case LINE_READY:
		TAILQ_REMOVE(&s->ready, line, next);
		break;
	case LINE_BEHIND:
		TAILQ_REMOVE(&s->behind, line, next);
		break;
	case LINE_LATER:
		due_remove(&s->later, &line->due);
		break;
	case LINE_UNDER_WAY:
		break;
	}
}

/* --- what comes first ------------------------------------------------------------------------ */

static bool is_of_nas(const struct sender_record *record)
{
	return record->status == RADIUS_STATUS_ON || record->status == RADIUS_STATUS_OFF;
}

static struct sender_record *head_of(const struct sender_line *line)
{
	return TAILQ_FIRST(&line->records);
}

/*
 * Returns true if all that came before @barrier was answered, or is in a line of which nobody knows
 * when it will be.
 */
static bool may_go(const struct sender *s, const struct sender_record *barrier)
{
	const struct sender_record *record;

	TAILQ_FOREACH(record, &s->all, all) {
		if (record == barrier)
			return true;
		if (record->line->state != LINE_LATER)
			return false;
	}
	return false;
}

/* Returns true if @record has to wait for others. */
static bool has_to_wait(const struct sender *s, const struct sender_record *record)
{
	const struct sender_record *barrier = TAILQ_FIRST(&s->barriers);

	if (!barrier || record->number < barrier->number)
		return false;
	return record != barrier || !may_go(s, barrier);
}

/* Let a line, which waits nowhere, wait where its first record has to. @first: before others. */
static void place(struct sender *s, struct sender_line *line, bool first)
{
	line->state = has_to_wait(s, head_of(line)) ? LINE_BEHIND : LINE_READY;
	if (line->state == LINE_BEHIND)
		TAILQ_INSERT_TAIL(&s->behind, line, next);
	else if (first)
		TAILQ_INSERT_HEAD(&s->ready, line, next);
	else
		TAILQ_INSERT_TAIL(&s->ready, line, next);
}

/* Something has left, or gives way: perhaps it is the turn of the first On or Off. */
static void look_at_barrier(struct sender *s)
{
	struct sender_record *barrier = TAILQ_FIRST(&s->barriers);

	if (!barrier || barrier->line->state != LINE_BEHIND || head_of(barrier->line) != barrier ||
	    !may_go(s, barrier))
		return;
	leave(s, barrier->line);
	place(s, barrier->line, true);
}

/* An On or Off has left: those behind it go on, up to the next one. */
static void let_go_on(struct sender *s)
{
	struct sender_lines lines = TAILQ_HEAD_INITIALIZER(lines);
	struct sender_line *line;

	TAILQ_CONCAT(&lines, &s->behind, next);
	while ((line = TAILQ_FIRST(&lines))) {
		TAILQ_REMOVE(&lines, line, next);
		place(s, line, false);
	}
}

/* --- records --------------------------------------------------------------------------------- */

void sender_skip(struct sender *s, uint64_t id)
{
	if (id > s->last_id)
		s->last_id = id;
}

static bool insert(struct sender *s, struct sender_record *record)
{
	struct sender_line *line = find_line(s, record->session);
	bool is_new = !line;

	if (is_new)
		line = add_line(s, record->session);
	if (!line)
		return false;
	record->line = line;
	record->number = ++s->last_number;
	record->under_way = false;
	TAILQ_INSERT_TAIL(&s->all, record, all);
	TAILQ_INSERT_TAIL(&line->records, record, next);
	if (is_of_nas(record))
		TAILQ_INSERT_TAIL(&s->barriers, record, of_nas);
	s->n++;
	sender_skip(s, record->id);
	if (is_new)
		place(s, line, false);
	return true;
}

/*
 * Take a record out. Its line waits nowhere meanwhile if the record is the first of it, and is gone
 * afterwards if it was the only one.
 */
static void take_out(struct sender *s, struct sender_record *record, enum sender_end end)
{
	struct sender_line *line = record->line;
	const bool was_barrier = record == TAILQ_FIRST(&s->barriers);
	const bool was_head = record == head_of(line);

	if (was_head)
		leave(s, line);
	TAILQ_REMOVE(&s->all, record, all);
	TAILQ_REMOVE(&line->records, record, next);
	if (is_of_nas(record))
		TAILQ_REMOVE(&s->barriers, record, of_nas);
	s->n--;
	if (!head_of(line)) {
		LIST_REMOVE(line, same_hash);
		free(line);
	} else if (was_head) {
		line->tries = 0;
		line->faults = 0;
		place(s, line, false);
	}
	if (was_barrier)
		let_go_on(s);
	look_at_barrier(s);
	s->ops->done(s, record, end);
}

bool sender_offer(struct sender *s, struct sender_record *record)
{
	if (!s->more && s->n < SENDER_MOST && insert(s, record))
		return true;
	s->more |= record->stored;
	return false;
}

bool sender_wants(const struct sender *s)
{
	return s->more && s->n <= SENDER_MOST / 2;
}

bool sender_take(struct sender *s, struct sender_record *record)
{
	const struct sender_line *line = find_line(s, record->session);
	const struct sender_record *other = line ? head_of(line) : NULL;

	while (other && other->id != record->id)
		other = TAILQ_NEXT(other, next);
	if (other) {
		sender_skip(s, record->id);
		return false;
	}
	return insert(s, record);
}

uint64_t sender_replace(struct sender *s, const char *session)
{
	struct sender_line *line = find_line(s, session);
	struct sender_record *record, *next;
	uint64_t under_way = 0;

	for (record = line ? head_of(line) : NULL; record; record = next) {
		next = TAILQ_NEXT(record, next);
		if (record->status != RADIUS_STATUS_INTERIM)
			continue;
		if (record->under_way)
			under_way = record->id;
		else
			take_out(s, record, SENDER_REPLACED);
	}
	return under_way;
}

void sender_forget(struct sender *s)
{
	struct sender_record *record, *next;

	for (record = TAILQ_FIRST(&s->all); record; record = next) {
		next = TAILQ_NEXT(record, all);
		if (!record->under_way)
			take_out(s, record, SENDER_FORGOTTEN);
	}
	s->more = true;
	s->last_id = 0;
}

void sender_close(struct sender *s)
{
	struct sender_record *record;

	while ((record = TAILQ_FIRST(&s->all)))
		take_out(s, record, SENDER_FORGOTTEN);
	s->under_way = 0;
	s->suspect = NULL;
}

/* --- sending --------------------------------------------------------------------------------- */

static void wake_later(struct sender *s, uint64_t now)
{
	struct due *due;

	while ((due = due_first(&s->later)) && due->at <= now) {
		struct sender_line *line = container_of(due, struct sender_line, due);

		due_remove(&s->later, due);
		place(s, line, false);
	}
}

/*
 * A record that was not answered before is alone under way. Returns a line whose record shows
 * whether the servers answer anything; NULL if none is to go.
 */
static struct sender_line *witness(const struct sender *s)
{
	struct sender_line *line;

	if (!s->suspect || s->under_way > 1)
		return NULL;
	line = TAILQ_FIRST(&s->ready);
	if (line)
		return line;
	TAILQ_FOREACH(line, &s->behind, next)
		if (!is_of_nas(head_of(line)))
			return line;
	return NULL;
}

/* Returns the line whose first record is to be sent now; NULL if there is none. */
static struct sender_line *next_line(const struct sender *s)
{
	struct sender_line *line = TAILQ_FIRST(&s->ready);

	if (line && s->under_way < s->allowed)
		return line;
	return witness(s);
}

static uint64_t may_send_at(const struct sender *s)
{
	return s->pause_until > s->room_at ? s->pause_until : s->room_at;
}

static void went(struct sender *s, struct sender_line *line, uint64_t now)
{
	struct sender_record *record = head_of(line);

	leave(s, line);
	line->state = LINE_UNDER_WAY;
	record->under_way = true;
	record->sent_at = now;
	if (line->tries)
		s->suspect = record;
	s->under_way++;
}

bool sender_pump(struct sender *s, uint64_t now)
{
	struct sender_line *line;

	wake_later(s, now);
	line = now >= may_send_at(s) ? next_line(s) : NULL;
	if (!line)
		return false;
	switch (s->ops->send(s, head_of(line))) {
	case RADIUS_ANSWERED:
		went(s, line, now);
		return true;
	case RADIUS_TOO_LONG:
		take_out(s, head_of(line), SENDER_TOO_LONG);
		return true;
	case RADIUS_NO_ROOM:
	case RADIUS_NO_ANSWER:
		break;
	}
	s->room_at = now + NO_ROOM_MS;
	return false;
}

uint64_t sender_next(const struct sender *s)
{
	const struct due *due = due_first(&s->later);
	uint64_t at = due ? due->at : NEVER;

	return next_line(s) ? earlier(at, may_send_at(s)) : at;
}

/* --- answers --------------------------------------------------------------------------------- */

/* Returns true if others were answered while this record was not. */
static bool is_its_fault(const struct sender *s, const struct sender_record *record, uint64_t now)
{
	if (!s->was_answered)
		return false;
	/* One that is suspected may be alone with its witness, which is sent beside it. */
	if (record->line->tries || is_of_nas(record))
		return s->answered_at >= record->sent_at;
	/* Servers that died meanwhile have answered others before that. */
	return s->answered_at > now - (now - record->sent_at) / 2;
}

static void wait_for_long(struct sender *s, struct sender_line *line, uint64_t now)
{
	uint64_t wait = SENDER_LATER_MS;

	for (unsigned int i = 0; i < line->faults && wait < SENDER_LATEST_MS; i++)
		wait *= 2;
	line->faults++;
	line->state = LINE_LATER;
	due_set(&s->later, &line->due, now + earlier(wait, SENDER_LATEST_MS));
	look_at_barrier(s);
}

static void was_silent(struct sender *s, struct sender_record *record, uint64_t now)
{
	struct sender_line *line = record->line;
	const bool its_fault = is_its_fault(s, record, now);

	s->failures++;
	if (is_of_nas(record) && its_fault && line->tries) {
		take_out(s, record, SENDER_NOT_KNOWN);
		return;
	}
	line->tries++;
	if (its_fault && !is_of_nas(record)) {
		wait_for_long(s, line, now);
	} else {
		s->allowed = 1;
		s->pause_until = now + SENDER_PAUSE_MS;
		place(s, line, false);
	}
}

static void no_room(struct sender *s, struct sender_line *line, uint64_t now)
{
	s->room_at = now + NO_ROOM_MS;
	place(s, line, true);
}

/* An answer took @took_ms: let as many be under way as the servers keep up with. */
static void adapt(struct sender *s, uint64_t took_ms)
{
	if (s->allowed < SENDER_LEAST)
		s->allowed *= 2;
	else if (took_ms > SENDER_SLOW_MS)
		s->allowed -= s->allowed > SENDER_LEAST;
	else
		s->allowed += s->allowed < SENDER_WINDOW;
}

void sender_answered(struct sender *s, struct sender_record *record, enum radius_outcome outcome,
		     uint64_t now)
{
	record->under_way = false;
	if (s->suspect == record)
		s->suspect = NULL;
	s->under_way--;
	s->room_at = 0;
	switch (outcome) {
	case RADIUS_ANSWERED:
		s->was_answered = true;
		s->answered_at = now;
		adapt(s, now - record->sent_at);
		take_out(s, record, SENDER_ANSWERED);
		break;
	case RADIUS_TOO_LONG:
		take_out(s, record, SENDER_TOO_LONG);
		break;
	case RADIUS_NO_ANSWER:
		was_silent(s, record, now);
		break;
	case RADIUS_NO_ROOM:
		no_room(s, record->line, now);
		break;
	}
}
