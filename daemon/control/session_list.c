// SPDX-License-Identifier: GPL-2.0-only
/*
 * org.culvert.Session.List: sessions that pass a filter, in an order, some of their members, and no
 * more than a limit.
 *
 * By ID, sessions are given as they are met. In any other order all are met first, and sorted, in
 * slices; then those are given that are still there.
 */
#include <stdlib.h>
#include <string.h>

#include "control/commands_priv.h"
#include "control/objects.h"
#include "control/session_filter.h"
#include "control/session_order.h"
#include "session/session.h"
#include "util/callback.h"

enum phase {
	MEETING,		/* in an order: until all are met */
	SORTING,
	GIVING,
};

struct session_listing {
	struct registry *registry;
	struct registry_cursor cursor;
	struct session_filter filter;
	struct counting counting;
	struct session_order order;
	json_t *fields;			/* a reference; NULL: what every session has */
	bool counts;			/* the counters are read when a session is given */
	bool whole;			/* @fields has members that Show alone would give */
	enum phase phase;
	size_t limit;			/* 0: none */
	size_t given;
	size_t at;			/* in @order: the next one to be given */
	bool more;			/* there are others behind the last one that was given */
	char *last;			/* the place of that one; NULL: none was given */
	uint64_t matched;		/* sessions that passed */
	uint64_t rx, tx;		/* their rates, in an order of counters */
	bool failed;			/* out of memory */
};

static bool is_counter(const char *name)
{
	return is_traffic_member(name) || !strcmp(name, "rx_bit_s") || !strcmp(name, "tx_bit_s");
}

static void close_sessions(void *ctx)
{
	struct session_listing *l = ctx;

	registry_cursor_close(&l->cursor);
	session_filter_drop(&l->filter);
	session_order_free(&l->order);
	json_decref(l->fields);
	free(l->last);
	free(l);
}

static void read_fields(struct session_listing *l, const json_t *parameters)
{
	json_t *field;
	size_t i;

	l->fields = json_incref(json_object_get(parameters, "fields"));
	l->counts = !l->fields;
	json_array_foreach(l->fields, i, field) {
		const char *name = json_string_value(field);

		l->counts |= is_counter(name);
		l->whole |= is_whole_session_member(name);
	}
}

/* Returns false after saying why. */
static bool read_wishes(struct session_listing *l, const json_t *parameters,
			struct control_error *error)
{
	json_int_t limit = json_integer_value(json_object_get(parameters, "limit"));
	const char *sort = json_string_value(json_object_get(parameters, "sort"));
	const char *after = json_string_value(json_object_get(parameters, "after"));

	l->limit = limit > 0 ? (size_t)limit : 0;
	if (json_object_get(parameters, "limit") && !l->limit)
		control_invalid(error, "limit", "\"limit\": expected a number from 1");
	else if (!session_order_open(&l->order, sort, l->limit))
		control_invalid(error, "sort", "\"sort\" is \"%s\": expected %s; or - before it",
				sort, SESSION_ORDERS);
	else if (after && !session_order_after(&l->order, after))
		control_invalid(error, "after", "\"after\": expected what \"next\" said in this order");
	else
		return session_filter_read(&l->filter, json_object_get(parameters, "filter"), error);
	return false;
}

static void *open_sessions(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;
	struct session_listing *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->registry = &api->sessions->registry;
	registry_cursor_open(l->registry, &l->cursor);
	if (!read_wishes(l, parameters, error)) {
		close_sessions(l);
		return NULL;
	}
	read_fields(l, parameters);
	counting_begin(&l->counting, api->sessions,
		       l->limit && !session_order_counts(&l->order) &&
		       !session_filter_counts(&l->filter) ? l->limit : SIZE_MAX);
	l->phase = l->order.by ? MEETING : GIVING;
	return l;
}

/* Returns true if @s is one of those asked for. */
static bool meet(struct session_listing *l, struct session *s)
{
	if (!session_filter_passes(&l->filter, s, &l->counting))
		return false;
	if (session_order_counts(&l->order))
		counting_read(&l->counting, s);
	l->matched++;
	l->rx += s->rate.rx;
	l->tx += s->rate.tx;
	return session_order_follows(&l->order, s);
}

static json_t *chosen(const struct session_listing *l, struct session *s)
{
	json_t *whole = l->whole ? object_of_whole_session(s) : object_of_session(s);
	json_t *object, *field;
	size_t i;

	if (!l->fields || !whole)
		return whole;
	object = json_pack("{s:O}", "id", json_object_get(whole, "id"));
	json_array_foreach(l->fields, i, field) {
		const char *name = json_string_value(field);

		json_object_set(object, name, json_object_get(whole, name));
	}
	json_decref(whole);
	return object;
}

static enum control_next give(struct session_listing *l, struct session *s, json_t **element)
{
	if (l->counts && !session_order_counts(&l->order))
		counting_read(&l->counting, s);
	free(l->last);
	l->last = session_order_place(&l->order, s);
	l->given++;
	*element = l->last ? chosen(l, s) : NULL;
	return CONTROL_ELEMENT;
}

/* By ID: all are met, also those behind the limit, so that they are counted. */
static enum control_next next_by_id(struct session_listing *l, json_t **element)
{
	struct session *s;

	do {
		if (!counting_goes_on(&l->counting))
			return CONTROL_LATER;
		s = registry_cursor_step(&l->cursor);
		if (!s)
			return CONTROL_END;
		if (!meet(l, s))
			continue;
		if (!l->limit || l->given < l->limit)
			return give(l, s, element);
		l->more = true;
	} while (callback_has_time_for_steps());
	return CONTROL_LATER;
}

static void meet_next(struct session_listing *l)
{
	struct session *s = registry_cursor_step(&l->cursor);

	if (!s)
		l->phase = SORTING;
	else if (!meet(l, s))
		return;
	else if (l->limit && l->order.n == l->limit)
		l->more = true;
	if (s && !session_order_add(&l->order, s))
		l->failed = true;
}

static enum control_next give_next(struct session_listing *l, json_t **element)
{
	while (l->at < l->order.n) {
		struct session *s = registry_find_id(l->registry, l->order.list[l->at++].id);

		if (s)
			return give(l, s, element);
	}
	return CONTROL_END;
}

static enum control_next next_in_order(struct session_listing *l, json_t **element)
{
	while (l->phase != GIVING) {
		if (!counting_goes_on(&l->counting))
			return CONTROL_LATER;
		if (l->phase == MEETING)
			meet_next(l);
		else if (session_order_step(&l->order))
			l->phase = GIVING;
		if (l->failed) {
			*element = NULL;
			return CONTROL_ELEMENT;
		}
		if (!callback_has_time_for_steps())
			return CONTROL_LATER;
	}
	return counting_goes_on(&l->counting) ? give_next(l, element) : CONTROL_LATER;
}

static enum control_next next_session(void *ctx, json_t **element)
{
	struct session_listing *l = ctx;

	return l->order.by ? next_in_order(l, element) : next_by_id(l, element);
}

static json_t *end_sessions(void *ctx, bool cut)
{
	const struct session_listing *l = ctx;
	/* By ID, a list that is cut has not met all. */
	const bool all = l->order.by || !cut;
	json_t *end = json_pack("{s:s*}", "next", cut || l->more ? l->last : NULL);

	if (all)
		json_object_set_new(end, "matched", json_integer((json_int_t)l->matched));
	if (session_order_counts(&l->order)) {
		json_object_set_new(end, "rx_bit_s", json_integer((json_int_t)l->rx));
		json_object_set_new(end, "tx_bit_s", json_integer((json_int_t)l->tx));
	}
	return end;
}

const struct control_list api_session_list = {
	.member = "sessions",
	.open = open_sessions,
	.next = next_session,
	.end = end_sessions,
	.close = close_sessions,
};
