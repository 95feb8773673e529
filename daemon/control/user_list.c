// SPDX-License-Identifier: GPL-2.0-only
/*
 * org.culvert.User.List: users who are in, each with the sum of his sessions.
 *
 * First all sessions are met and added up, then the users become a heap, and then they are taken from
 * its top, one after the other: each of these in slices.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/commands_priv.h"
#include "control/objects.h"
#include "control/session_filter.h"
#include "session/session.h"
#include "util/callback.h"
#include "util/hash.h"
#include "util/text.h"

#define PEERS		8	/* that are told of a user */
#define LOOKED_AT	64	/* sessions of a user that are looked at for them */

/* A user, with the sum of those of his sessions that pass the filter. */
struct sum {
	struct sum *alike;		/* the next one in the same bucket */
	uint64_t sessions;
	uint64_t newest;		/* the number of a session */
	uint64_t uptime_s, idle_s;
	uint64_t rx_bytes, tx_bytes;
	uint64_t rx_dropped, tx_dropped;
	uint64_t rx, tx;		/* bit/s */
	char name[];
};

struct order {
	const char *name;
	uint64_t (*number)(const struct sum *u);	/* NULL: by the name alone */
};

enum phase {
	MEETING,
	SORTING,
	GIVING,
};

struct user_listing {
	struct registry *registry;
	struct registry_cursor cursor;
	struct session_filter filter;
	struct counting counting;
	const struct order *by;
	bool descending;
	bool unread;
	enum phase phase;
	struct sum **buckets;
	size_t n_buckets;		/* a power of 2 */
	struct sum **list;		/* all; from SORTING on a heap of the first @heap of them */
	size_t n, room;
	size_t heap;
	size_t at;			/* in @list: the next one to be put into the heap */
	uint64_t sessions;
	size_t limit;			/* 0: none */
	size_t given;
	char *after;			/* name behind which it begins; NULL: from the first one on */
	uint64_t after_number;
	char *last;			/* the place of the last one that was given; NULL: none was */
	bool failed;			/* out of memory */
};

/* ---- orders ---- */

static uint64_t sessions(const struct sum *u)
{
	return u->sessions;
}

static uint64_t uptime(const struct sum *u)
{
	return u->uptime_s;
}

static uint64_t idle(const struct sum *u)
{
	return u->idle_s;
}

static uint64_t rx_bytes(const struct sum *u)
{
	return u->rx_bytes;
}

static uint64_t tx_bytes(const struct sum *u)
{
	return u->tx_bytes;
}

static uint64_t rx_bits(const struct sum *u)
{
	return u->rx;
}

static uint64_t tx_bits(const struct sum *u)
{
	return u->tx;
}

static uint64_t bits(const struct sum *u)
{
	return u->rx + u->tx;
}

static const struct order orders[] = {
	{ "user", NULL },
	{ "sessions", sessions },
	{ "uptime_s", uptime },
	{ "idle_s", idle },
	{ "rx_bytes", rx_bytes },
	{ "tx_bytes", tx_bytes },
	{ "rx_bit_s", rx_bits },
	{ "tx_bit_s", tx_bits },
	{ "bit_s", bits },
};

static bool find_order(struct user_listing *l, const char *name)
{
	l->descending = *name == '-';
	name += l->descending;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]) && !l->by; i++)
		if (!strcmp(orders[i].name, name))
			l->by = &orders[i];
	return l->by;
}

static uint64_t number_of(const struct user_listing *l, const struct sum *u)
{
	return l->by->number ? l->by->number(u) : 0;
}

/* Returns true if @u comes behind the place of @number and @name. */
static bool is_behind(const struct user_listing *l, const struct sum *u, uint64_t number,
		      const char *name)
{
	const uint64_t mine = number_of(l, u);
	int differs = (mine > number) - (mine < number);

	if (!differs)
		differs = strcmp(u->name, name);
	return l->descending ? differs < 0 : differs > 0;
}

static bool comes_after(const struct user_listing *l, const struct sum *a, const struct sum *b)
{
	return is_behind(l, a, number_of(l, b), b->name);
}

/* Read a place as place_of() writes it. Returns false if it is none. */
static bool read_place(struct user_listing *l, const char *text)
{
	const char *colon = strchr(text, ':');
	char number[24];

	snprintf(number, sizeof(number), "%.*s", (int)(colon ? colon - text : 0), text);
	if (!text_number(number, 0, UINT64_MAX, &l->after_number))
		return false;
	l->after = strdup(colon + 1);
	return l->after;
}

/* Returns NULL if there is no memory. */
static char *place_of(const struct user_listing *l, const struct sum *u)
{
	char *text;

	return asprintf(&text, "%" PRIu64 ":%s", number_of(l, u), u->name) < 0 ? NULL : text;
}

/* ---- the heap: the first one on top ---- */

static void swap(struct sum **a, struct sum **b)
{
	struct sum *c = *a;

	*a = *b;
	*b = c;
}

static void sift_up(struct user_listing *l, size_t i)
{
	for (; i && comes_after(l, l->list[(i - 1) / 2], l->list[i]); i = (i - 1) / 2)
		swap(&l->list[i], &l->list[(i - 1) / 2]);
}

static void sift_down(struct user_listing *l)
{
	size_t i = 0, child;

	while ((child = 2 * i + 1) < l->heap) {
		if (child + 1 < l->heap && comes_after(l, l->list[child], l->list[child + 1]))
			child++;
		if (!comes_after(l, l->list[i], l->list[child]))
			return;
		swap(&l->list[child], &l->list[i]);
		i = child;
	}
}

/* Those up to the place of @after stay out of it, behind all others. */
static void sort_next(struct user_listing *l)
{
	struct sum *u = l->list[l->at++];

	if (l->after && !is_behind(l, u, l->after_number, l->after))
		return;
	swap(&l->list[l->at - 1], &l->list[l->heap]);
	sift_up(l, l->heap++);
}

static struct sum *take_first(struct user_listing *l)
{
	swap(&l->list[0], &l->list[--l->heap]);
	sift_down(l);
	return l->list[l->heap];
}

/* ---- sums ---- */

static struct sum **bucket_of(const struct user_listing *l, const char *name)
{
	return &l->buckets[hash_folded(name, strlen(name)) & (l->n_buckets - 1)];
}

static bool make_room(struct user_listing *l)
{
	const size_t room = l->room ? 2 * l->room : 64;
	struct sum **list;

	if (l->n < l->room)
		return true;
	list = realloc(l->list, room * sizeof(struct sum *));
	if (!list)
		return false;
	l->list = list;
	l->room = room;
	return true;
}

/* Returns the user of @s; NULL: there is no memory for a new one. */
static struct sum *find_sum(struct user_listing *l, const struct session *s)
{
	struct sum **bucket = bucket_of(l, s->record.user);
	struct sum *u;

	for (u = *bucket; u; u = u->alike)
		if (session_is_of(s, u->name))
			return u;
	u = make_room(l) ? calloc(1, sizeof(*u) + strlen(s->record.user) + 1) : NULL;
	if (!u)
		return NULL;
	strcpy(u->name, s->record.user);
	u->idle_s = UINT64_MAX;
	u->alike = *bucket;
	*bucket = u;
	l->list[l->n++] = u;
	return u;
}

static void add(struct sum *u, const struct session *s)
{
	const struct net_stats *stats = &s->record.stats;
	const uint64_t uptime_s = session_uptime_s(s);

	u->sessions++;
	u->newest = s->record.id;	/* they are met in the order of their numbers */
	u->uptime_s = uptime_s > u->uptime_s ? uptime_s : u->uptime_s;
	u->idle_s = stats->idle_s < u->idle_s ? stats->idle_s : u->idle_s;
	u->rx_bytes += stats->rx_bytes;
	u->tx_bytes += stats->tx_bytes;
	u->rx_dropped += stats->rx_dropped;
	u->tx_dropped += stats->tx_dropped;
	u->rx += s->rate.rx;
	u->tx += s->rate.tx;
}

/* Returns true if @s is of a user who is in. */
static bool is_of_user(const struct session *s)
{
	return session_is_in(s) && *s->record.user;
}

static void meet_next(struct user_listing *l)
{
	struct session *s = registry_cursor_step(&l->cursor);
	struct sum *u;

	if (!s) {
		l->phase = SORTING;
		return;
	}
	if (!is_of_user(s) || !session_filter_passes(&l->filter, s, &l->counting))
		return;
	if (!l->unread)
		counting_read(&l->counting, s);
	u = find_sum(l, s);
	if (u)
		add(u, s);
	l->failed |= !u;
	l->sessions++;
}

/* ---- the list ---- */

static bool has(const json_t *peers, const char *text)
{
	const json_t *peer;
	size_t i;

	json_array_foreach(peers, i, peer)
		if (!strcmp(json_string_value(peer), text))
			return true;
	return false;
}

/* Returns true if @s was added up, by the counters that were read then: the kernel is not asked again. */
static bool counts(const struct user_listing *l, const struct session *s)
{
	return is_of_user(s) && session_filter_fits(&l->filter, s) &&
	       session_filter_counters_fit(&l->filter, s);
}

static json_t *peers_of(const struct user_listing *l, const struct sum *u)
{
	struct session *s = registry_next_of_user(l->registry, u->name, NULL);
	json_t *peers = json_array();

	for (int i = 0; s && i < LOOKED_AT && json_array_size(peers) < PEERS; i++) {
		const char *text = ip_text(s->record.addr.remote);

		if (counts(l, s) && !has(peers, text))
			json_array_append_new(peers, json_string(text));
		s = registry_next_of_user(l->registry, u->name, s);
	}
	return peers;
}

static json_t *object_of_user(const struct user_listing *l, const struct sum *u)
{
	const struct session *s = registry_find_id(l->registry, u->newest);

	return json_pack("{s:s, s:I, s:o, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o*}",
			 "user", u->name,
			 "sessions", (json_int_t)u->sessions,
			 "peers", peers_of(l, u),
			 "source", s ? auth_source_name(s->source) : "",
			 "uptime_s", (json_int_t)u->uptime_s,
			 "idle_s", (json_int_t)u->idle_s,
			 "rx_bytes", (json_int_t)u->rx_bytes,
			 "tx_bytes", (json_int_t)u->tx_bytes,
			 "rx_dropped", (json_int_t)u->rx_dropped,
			 "tx_dropped", (json_int_t)u->tx_dropped,
			 "rx_bit_s", (json_int_t)u->rx,
			 "tx_bit_s", (json_int_t)u->tx,
			 "policy", s ? object_of_policy(&s->policy) : NULL);
}

static void close_users(void *ctx)
{
	struct user_listing *l = ctx;

	registry_cursor_close(&l->cursor);
	session_filter_drop(&l->filter);
	for (size_t i = 0; i < l->n; i++)
		free(l->list[i]);
	free(l->list);
	free(l->buckets);
	free(l->after);
	free(l->last);
	free(l);
}

/* Returns false after saying why. */
static bool read_wishes(struct user_listing *l, const json_t *parameters,
			struct control_error *error)
{
	json_int_t limit = json_integer_value(json_object_get(parameters, "limit"));
	const char *sort = json_string_value(json_object_get(parameters, "sort"));
	const char *after = json_string_value(json_object_get(parameters, "after"));

	l->limit = limit > 0 ? (size_t)limit : 0;
	l->unread = json_is_true(json_object_get(parameters, "unread"));
	if (json_object_get(parameters, "limit") && !l->limit)
		control_invalid(error, "limit", "\"limit\": expected a number from 1");
	else if (!find_order(l, sort ? sort : "user"))
		control_invalid(error, "sort", "\"sort\" is \"%s\": expected user, sessions, uptime_s, "
				"idle_s, rx_bytes, tx_bytes, rx_bit_s, tx_bit_s or bit_s; or - before it",
				sort);
	else if (after && !read_place(l, after))
		control_invalid(error, "after", "\"after\": expected what \"next\" said in this order");
	else
		return session_filter_read(&l->filter, json_object_get(parameters, "filter"), error);
	return false;
}

static void *open_users(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;
	struct user_listing *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->registry = &api->sessions->registry;
	registry_cursor_open(l->registry, &l->cursor);
	counting_begin(&l->counting, api->sessions, SIZE_MAX);
	for (l->n_buckets = 64; l->n_buckets < l->registry->n;)
		l->n_buckets *= 2;
	l->buckets = calloc(l->n_buckets, sizeof(struct sum *));
	if (l->buckets && read_wishes(l, parameters, error))
		return l;
	close_users(l);
	return NULL;
}

static enum control_next give(struct user_listing *l, json_t **element)
{
	const struct sum *u;

	if (!l->heap || (l->limit && l->given == l->limit))
		return CONTROL_END;
	u = take_first(l);
	free(l->last);
	l->last = place_of(l, u);
	l->given++;
	*element = l->last ? object_of_user(l, u) : NULL;
	return CONTROL_ELEMENT;
}

static enum control_next next_user(void *ctx, json_t **element)
{
	struct user_listing *l = ctx;

	while (l->phase != GIVING) {
		if (!counting_goes_on(&l->counting))
			return CONTROL_LATER;
		if (l->phase == MEETING)
			meet_next(l);
		else if (l->at == l->n)
			l->phase = GIVING;
		else
			sort_next(l);
		if (l->failed) {
			*element = NULL;
			return CONTROL_ELEMENT;
		}
		if (!callback_has_time_for_steps())
			return CONTROL_LATER;
	}
	return give(l, element);
}

static json_t *end_users(void *ctx, bool cut)
{
	const struct user_listing *l = ctx;

	return json_pack("{s:I, s:I, s:s*}", "matched", (json_int_t)l->n,
			 "sessions", (json_int_t)l->sessions, "next", l->heap ? l->last : NULL);
}

const struct control_list api_user_list = {
	.member = "users",
	.open = open_users,
	.next = next_user,
	.end = end_users,
	.close = close_users,
};
