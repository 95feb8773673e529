// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/session_order.h"
#include "session/session.h"
#include "util/text.h"

struct order {
	const char *name;
	bool counts;
	uint64_t (*number)(const struct session *s);
	const char *(*text)(const struct session *s);
};

static const char *user(const struct session *s)
{
	return s->record.user;
}

static const char *server(const struct session *s)
{
	return s->record.role == SESSION_OF_SERVER ? s->record.owner : "";
}

static const char *client(const struct session *s)
{
	return s->record.role == SESSION_OF_CLIENT ? s->record.owner : "";
}

static const char *interface(const struct session *s)
{
	return s->record.ifname;
}

static uint64_t id(const struct session *s)
{
	return s->record.id;
}

static uint64_t peer(const struct session *s)
{
	return ip_is_set(s->record.addr.remote) ? ip_number(s->record.addr.remote) : 0;
}

static uint64_t remote_address(const struct session *s)
{
	return s->record.up ? ip_number(s->record.ip4.remote) : 0;
}

static uint64_t idle(const struct session *s)
{
	return s->record.stats.idle_s;
}

static uint64_t rx_bytes(const struct session *s)
{
	return s->record.stats.rx_bytes;
}

static uint64_t tx_bytes(const struct session *s)
{
	return s->record.stats.tx_bytes;
}

static uint64_t rx_bits(const struct session *s)
{
	return s->rate.rx;
}

static uint64_t tx_bits(const struct session *s)
{
	return s->rate.tx;
}

static uint64_t bits(const struct session *s)
{
	return s->rate.rx + s->rate.tx;
}

static const struct order orders[] = {
	{ "id", .number = id },
	{ "user", .text = user },
	{ "server", .text = server },
	{ "client", .text = client },
	{ "peer", .number = peer },
	{ "remote_address", .number = remote_address },
	{ "interface", .text = interface },
	{ "state", .text = session_state_name },
	{ "uptime_s", .number = session_uptime_s },
	{ "idle_s", true, .number = idle },
	{ "rx_bytes", true, .number = rx_bytes },
	{ "tx_bytes", true, .number = tx_bytes },
	{ "rx_bit_s", true, .number = rx_bits },
	{ "tx_bit_s", true, .number = tx_bits },
	{ "bit_s", true, .number = bits },
};

bool session_order_open(struct session_order *o, const char *name, size_t limit)
{
	*o = (struct session_order){ .limit = limit };
	if (!name || !strcmp(name, "id"))
		return true;
	o->descending = *name == '-';
	name += o->descending;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]) && !o->by; i++)
		if (!strcmp(orders[i].name, name))
			o->by = &orders[i];
	return o->by;
}

void session_order_free(struct session_order *o)
{
	for (size_t i = 0; i < o->n; i++)
		free(o->list[i].text);
	free(o->list);
	free(o->after.text);
	*o = (struct session_order){ 0 };
}

bool session_order_counts(const struct session_order *o)
{
	return o->by && o->by->counts;
}

/* The text is borrowed. */
static struct place_in_order place_of(const struct session_order *o, const struct session *s)
{
	return (struct place_in_order){
		.id = s->record.id,
		.number = o->by && o->by->number ? o->by->number(s) : 0,
		.text = o->by && o->by->text ? (char *)o->by->text(s) : NULL,
	};
}

/* Returns true if @a comes behind @b. */
static bool is_behind(const struct session_order *o, const struct place_in_order *a,
		      const struct place_in_order *b)
{
	int differs = a->text && b->text ? strcmp(a->text, b->text) :
					   (a->number > b->number) - (a->number < b->number);

	if (o->descending)
		differs = -differs;
	return differs ? differs > 0 : a->id > b->id;
}

bool session_order_after(struct session_order *o, const char *text)
{
	const char *colon = strchr(text, ':');
	char id[24];

	snprintf(id, sizeof(id), "%.*s", (int)(colon ? colon - text : 0), text);
	if (!text_number(id, 1, INT64_MAX, &o->after.id))
		return false;
	if (!o->by)
		return !colon[1];
	if (o->by->number)
		return text_number(colon + 1, 0, UINT64_MAX, &o->after.number);
	o->after.text = strdup(colon + 1);
	return o->after.text;
}

bool session_order_follows(const struct session_order *o, const struct session *s)
{
	const struct place_in_order place = place_of(o, s);

	return !o->after.id || is_behind(o, &place, &o->after);
}

static void swap(struct place_in_order *a, struct place_in_order *b)
{
	struct place_in_order c = *a;

	*a = *b;
	*b = c;
}

static void sift_up(struct session_order *o, size_t i)
{
	for (; i && is_behind(o, &o->list[i], &o->list[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&o->list[i], &o->list[(i - 1) / 2]);
}

/* The heap has @n places. */
static void sift_down(struct session_order *o, size_t n)
{
	size_t i = 0, child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && is_behind(o, &o->list[child + 1], &o->list[child]))
			child++;
		if (!is_behind(o, &o->list[child], &o->list[i]))
			return;
		swap(&o->list[child], &o->list[i]);
		i = child;
	}
}

static bool make_room(struct session_order *o)
{
	size_t room = o->room ? 2 * o->room : 64;
	struct place_in_order *list;

	if (o->n < o->room)
		return true;
	list = realloc(o->list, room * sizeof(*list));
	if (!list)
		return false;
	o->list = list;
	o->room = room;
	return true;
}

bool session_order_add(struct session_order *o, const struct session *s)
{
	struct place_in_order place = place_of(o, s);
	bool full = o->limit && o->n == o->limit;

	if (full && !is_behind(o, &o->list[0], &place))
		return true;
	if (place.text)
		place.text = strdup(place.text);
	if ((o->by && o->by->text && !place.text) || (!full && !make_room(o))) {
		free(place.text);
		return false;
	}
	if (full) {
		free(o->list[0].text);
		o->list[0] = place;
		sift_down(o, o->n);
	} else {
		o->list[o->n] = place;
		sift_up(o, o->n++);
	}
	o->unsorted = o->n;
	return true;
}

bool session_order_step(struct session_order *o)
{
	if (o->unsorted < 2)
		return true;
	swap(&o->list[0], &o->list[--o->unsorted]);
	sift_down(o, o->unsorted);
	return o->unsorted < 2;
}

char *session_order_place(const struct session_order *o, const struct session *s)
{
	const struct place_in_order place = place_of(o, s);
	char *text = NULL;
	int len;

	if (place.text)
		len = asprintf(&text, "%" PRIu64 ":%s", place.id, place.text);
	else if (o->by)
		len = asprintf(&text, "%" PRIu64 ":%" PRIu64, place.id, place.number);
	else
		len = asprintf(&text, "%" PRIu64 ":", place.id);
	return len < 0 ? NULL : text;
}
