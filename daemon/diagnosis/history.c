// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "diagnosis/history.h"
#include "ppp/ppp.h"
#include "util/deadline.h"
#include "util/hash.h"

#define BUCKETS		1024
#define OVERHEAD	16	/* what malloc() adds, about */
#define SECTION_MAX	64	/* octets of the name of a section, with the NUL */
#define HEADER		7	/* octets of a step before its data: time, type, times, length */
#define FRAME_MAX	64	/* octets that are kept of a frame behind its code */
#define FOR_FRAMES	(HISTORY_SIZE - 768)	/* the rest is for what else happens */
#define FIRST_SIZE	192	/* of the steps of an attempt that has just begun */

struct source {
	LIST_ENTRY(source) of_bucket;
	TAILQ_ENTRY(source) of_number;	/* of those with as many attempts */
	TAILQ_HEAD(, history) attempts;	/* the oldest first */
	unsigned int n;
	enum history_role role;
	struct ip_addr network;		/* of a peer */
	char client[];			/* "" of a peer */
};

struct history {
	TAILQ_ENTRY(history) in_order;	/* of all, by when they began */
	TAILQ_ENTRY(history) of_end;	/* of those that ended, by when */
	TAILQ_ENTRY(history) of_good;
	TAILQ_ENTRY(history) of_source;
	struct histories *all;
	struct source *source;
	struct history **holder;	/* NULL: nobody holds it */
	struct ip_addr peer;
	char *user;			/* NULL: nobody */
	uint64_t session;
	uint64_t began;
	uint64_t ended;
	uint64_t clock_ms;
	uint8_t *steps;
	uint16_t len;			/* octets of @steps that are in use */
	uint16_t size;
	uint16_t last;			/* where the last step begins */
	uint16_t missing;
	uint8_t role;
	bool up;
	bool well;
	bool good;			/* in the list of good ones */
};

TAILQ_HEAD(histories_list, history);

struct histories {
	struct histories_list in_order;
	struct histories_list ended;
	struct histories_list good;
	LIST_HEAD(, source) sources[BUCKETS];
	TAILQ_HEAD(, source) numbers[HISTORY_PER_SOURCE + 1];
	struct histories_counts counts;
};

/* --- sources ------------------------------------------------------------------------------- */

static struct ip_addr network_of(struct ip_addr peer)
{
	return peer.family == AF_INET6 ? ip_network(peer, 64) : peer;
}

static size_t source_octets(const struct source *s)
{
	return sizeof(*s) + strlen(s->client) + 1 + OVERHEAD;
}

static unsigned int bucket_of(struct ip_addr network, const char *client)
{
	return (*client ? hash_text(client) : ip_hash(network)) % BUCKETS;
}

static struct source *source_get(struct histories *all, enum history_role role, const char *section,
				 struct ip_addr peer)
{
	const char *client = role == HISTORY_OF_CLIENT ? section : "";
	const struct ip_addr network = role == HISTORY_OF_CLIENT ? ip_none() : network_of(peer);
	const unsigned int bucket = bucket_of(network, client);
	struct source *s;

	LIST_FOREACH(s, &all->sources[bucket], of_bucket)
		if (s->role == role && !strcmp(s->client, client) && ip_equal(s->network, network))
			return s;
	s = calloc(1, sizeof(*s) + strlen(client) + 1);
	if (!s)
		return NULL;
	TAILQ_INIT(&s->attempts);
	s->role = role;
	s->network = network;
	strcpy(s->client, client);
	LIST_INSERT_HEAD(&all->sources[bucket], s, of_bucket);
	TAILQ_INSERT_TAIL(&all->numbers[0], s, of_number);
	all->counts.octets += source_octets(s);
	return s;
}

/* The source has @by more attempts than before; without any it is forgotten. */
static void source_has(struct histories *all, struct source *s, int by)
{
	TAILQ_REMOVE(&all->numbers[s->n], s, of_number);
	s->n += (unsigned int)by;
	if (s->n) {
		TAILQ_INSERT_TAIL(&all->numbers[s->n], s, of_number);
		return;
	}
	LIST_REMOVE(s, of_bucket);
	all->counts.octets -= source_octets(s);
	free(s);
}

/* --- memory -------------------------------------------------------------------------------- */

static size_t user_octets(const struct history *h)
{
	return h->user ? strlen(h->user) + 1 + OVERHEAD : 0;
}

static size_t octets_of(const struct history *h)
{
	return sizeof(*h) + OVERHEAD + (h->size ? h->size + OVERHEAD : 0) + user_octets(h);
}

static void set_good(struct history *h, bool good)
{
	if (h->good == good)
		return;
	h->good = good;
	if (good)
		TAILQ_INSERT_TAIL(&h->all->good, h, of_good);
	else
		TAILQ_REMOVE(&h->all->good, h, of_good);
}

static void forget(struct history *h)
{
	struct histories *all = h->all;

	if (h->holder)
		*h->holder = NULL;
	set_good(h, false);
	TAILQ_REMOVE(&all->in_order, h, in_order);
	if (h->ended != NEVER)
		TAILQ_REMOVE(&all->ended, h, of_end);
	TAILQ_REMOVE(&h->source->attempts, h, of_source);
	source_has(all, h->source, -1);
	all->counts.octets -= octets_of(h);
	all->counts.attempts--;
	free(h->user);
	free(h->steps);
	free(h);
}

/* Returns the attempt that goes first when there is no room. */
static struct history *least_of(struct histories *all)
{
	if (!TAILQ_EMPTY(&all->good))
		return TAILQ_FIRST(&all->good);
	for (unsigned int n = HISTORY_PER_SOURCE; n; n--)
		if (!TAILQ_EMPTY(&all->numbers[n]))
			return TAILQ_FIRST(&TAILQ_FIRST(&all->numbers[n])->attempts);
	return NULL;
}

/* Let others go until all is within the budget again. */
static void make_room(struct histories *all, const struct history *but)
{
	struct history *h;

	while (all->counts.octets > HISTORY_BUDGET) {
		h = least_of(all);
		if (!h || h == but)
			return;
		forget(h);
		all->counts.forgotten++;
	}
}

/* Give @h room for @size octets of steps. Returns false if there is none. */
static bool resize(struct history *h, size_t size)
{
	uint8_t *steps = realloc(h->steps, size);

	if (!steps)
		return false;
	h->all->counts.octets -= octets_of(h);
	h->steps = steps;
	h->size = (uint16_t)size;
	h->all->counts.octets += octets_of(h);
	make_room(h->all, h);
	return true;
}

/* Nothing is expected soon: keep no room that is not used. */
static void trim(struct history *h)
{
	if (h->len && h->len < h->size)
		resize(h, h->len);
}

/* --- life ---------------------------------------------------------------------------------- */

struct histories *histories_new(void)
{
	struct histories *all = calloc(1, sizeof(*all));

	if (!all)
		return NULL;
	TAILQ_INIT(&all->in_order);
	TAILQ_INIT(&all->ended);
	TAILQ_INIT(&all->good);
	for (unsigned int n = 0; n <= HISTORY_PER_SOURCE; n++)
		TAILQ_INIT(&all->numbers[n]);
	return all;
}

void histories_free(struct histories *all)
{
	struct history *h;

	if (!all)
		return;
	while ((h = TAILQ_FIRST(&all->in_order)))
		forget(h);
	free(all);
}

static bool is_too_old(const struct history *h, uint64_t now)
{
	return h->ended != NEVER && now > h->ended && now - h->ended > HISTORY_KEPT_MS;
}

static void forget_old(struct histories *all, uint64_t now)
{
	struct history *h;

	while ((h = TAILQ_FIRST(&all->ended)) && is_too_old(h, now))
		forget(h);
}

static struct history *history_new(struct histories *all, enum history_role role,
				   const char *section, struct ip_addr peer)
{
	struct history *h = calloc(1, sizeof(*h));
	struct source *source = h ? source_get(all, role, section, peer) : NULL;

	if (!source) {
		free(h);
		return NULL;
	}
	h->all = all;
	h->source = source;
	h->role = (uint8_t)role;
	h->peer = peer;
	h->ended = NEVER;
	if (source->n == HISTORY_PER_SOURCE)
		forget(TAILQ_FIRST(&source->attempts));
	TAILQ_INSERT_TAIL(&source->attempts, h, of_source);
	TAILQ_INSERT_TAIL(&all->in_order, h, in_order);
	source_has(all, source, 1);
	all->counts.attempts++;
	all->counts.octets += octets_of(h);
	return h;
}

void history_begin(struct histories *all, struct history **holder, enum history_role role,
		   const char *section, struct ip_addr peer, uint64_t now, uint64_t clock_ms)
{
	struct history *h;

	history_let_go(holder, now);
	if (!all)
		return;
	forget_old(all, now);
	h = history_new(all, role, section, peer);
	if (!h)
		return;
	h->began = now;
	h->clock_ms = clock_ms;
	h->holder = holder;
	*holder = h;
	history_add(h, HISTORY_SECTION, now, "%s", section);
	make_room(all, h);
}

void history_move(struct history **to, struct history **from)
{
	struct history *h = *from;

	if (*to)
		(*to)->holder = NULL;
	*from = NULL;
	*to = h;
	if (h)
		h->holder = to;
}

static void end(struct history *h, bool well, uint64_t now)
{
	h->ended = now;
	h->well = well;
	set_good(h, well);
	TAILQ_INSERT_TAIL(&h->all->ended, h, of_end);
	trim(h);
}

void history_let_go(struct history **holder, uint64_t now)
{
	struct history *h = *holder;

	*holder = NULL;
	if (!h)
		return;
	h->holder = NULL;
	if (h->ended == NEVER)
		end(h, h->up, now);
}

void history_set_peer(struct history *h, struct ip_addr peer)
{
	if (h)
		h->peer = peer;
}

void history_set_session(struct history *h, uint64_t id)
{
	if (h)
		h->session = id;
}

void history_set_user(struct history *h, const char *user)
{
	char *copy;

	if (!h || !*user || (h->user && !strcmp(h->user, user)))
		return;
	copy = strdup(user);
	if (!copy)
		return;
	h->all->counts.octets -= octets_of(h);
	free(h->user);
	h->user = copy;
	h->all->counts.octets += octets_of(h);
	make_room(h->all, h);
}

void history_up(struct history *h, uint64_t now, const char *fmt, ...)
{
	char text[HISTORY_STEP_MAX + 1];
	va_list args;

	if (!h)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	history_add(h, HISTORY_UP, now, "%s", text);
	h->up = true;
	set_good(h, true);
	trim(h);
}

void history_count(struct history *h, uint64_t now, const uint64_t *counters, size_t n)
{
	uint8_t data[HISTORY_STEP_MAX];
	size_t len = 0;

	for (size_t i = 0; i < n && len + 9 <= sizeof(data); i++) {
		if (!counters[i])
			continue;
		data[len++] = (uint8_t)i;
		for (unsigned int shift = 64; shift; shift -= 8)
			data[len++] = (uint8_t)(counters[i] >> (shift - 8));
	}
	if (len)
		history_add_octets(h, HISTORY_COUNTED, now, data, len);
}

void history_end(struct history *h, bool well, uint64_t now, const char *why)
{
	if (!h || h->ended != NEVER)
		return;
	history_add(h, HISTORY_ENDED, now, "%s", why);
	end(h, well, now);
}

bool history_has_ended(const struct history *h)
{
	return !h || h->ended != NEVER;
}

/* --- steps --------------------------------------------------------------------------------- */

/* Returns true if there is room for a step with @len octets, of those below @limit. */
static bool has_room(struct history *h, size_t len, size_t limit)
{
	const size_t need = h->len + HEADER + len + 1;
	size_t size = h->size ? h->size : FIRST_SIZE;

	if (need > limit)
		return false;
	if (need <= h->size)
		return true;
	while (size < need)
		size *= 2;
	return resize(h, size < HISTORY_SIZE ? size : HISTORY_SIZE);
}

/* Count the step with the last one if they are the same. Returns false if they are not. */
static bool repeats(struct history *h, enum history_step step, const void *data, size_t len)
{
	uint8_t *last = h->steps + h->last;

	if (!h->len || last[4] != step || last[6] != len ||
	    (len && memcmp(last + HEADER, data, len)))
		return false;
	if (last[5] < UINT8_MAX)
		last[5]++;
	return true;
}

static void add(struct history *h, enum history_step step, uint64_t now, const void *data,
		size_t len, size_t limit)
{
	const uint64_t at = now - h->began;
	const uint32_t time = at < UINT32_MAX ? (uint32_t)at : UINT32_MAX;
	uint8_t *to;

	if (repeats(h, step, data, len))
		return;
	if (!has_room(h, len, limit)) {
		if (h->missing < UINT16_MAX)
			h->missing++;
		return;
	}
	to = h->steps + h->len;
	memcpy(to, &time, sizeof(time));
	to[4] = (uint8_t)step;
	to[5] = 1;
	to[6] = (uint8_t)len;
	if (len)
		memcpy(to + HEADER, data, len);
	to[HEADER + len] = '\0';
	h->last = h->len;
	h->len = (uint16_t)(h->len + HEADER + len + 1);
}

void history_add_octets(struct history *h, enum history_step step, uint64_t now, const void *data,
			size_t len)
{
	if (h)
		add(h, step, now, data, len < HISTORY_STEP_MAX ? len : HISTORY_STEP_MAX,
		    HISTORY_SIZE);
}

void history_add(struct history *h, enum history_step step, uint64_t now, const char *fmt, ...)
{
	char text[HISTORY_STEP_MAX + 1];
	va_list args;

	if (!h)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	history_add_octets(h, step, now, text, strlen(text));
}

/* --- frames -------------------------------------------------------------------------------- */

enum { /* codes of LCP, of which the first seven are those of all automata (RFC 1661 section 5) */
	CONFIGURE_REQUEST = 1,
	CONFIGURE_REJECT = 4,
	TERMINATE_REQUEST = 5,
	CODE_REJECT = 7,
	PROTOCOL_REJECT = 8,
	ECHO_REQUEST = 9,
	DISCARD_REQUEST = 11,
	IDENTIFICATION = 12,
	RESET_REQUEST = 14,		/* of CCP (RFC 1962 section 3) */
};

#define BEFORE_DATA	6	/* protocol, code, identifier, length */

static bool is_negotiated(uint16_t protocol)
{
	return protocol == PPP_PROTO_LCP || protocol == PPP_PROTO_CCP ||
	       protocol == PPP_PROTO_IPCP || protocol == PPP_PROTO_IPV6CP;
}

/* Returns true if a session that is up is of no interest to anybody for this frame. */
static bool is_routine(uint16_t protocol, uint8_t code)
{
	return !is_negotiated(protocol) || (protocol == PPP_PROTO_CCP && code >= RESET_REQUEST);
}

/* Returns how many octets behind the header of the frame are kept. */
static size_t worth_of(uint16_t protocol, uint8_t code)
{
	if (protocol == PPP_PROTO_EAP)
		return code <= 2 ? 1 : 0;	/* the type: its data may be a proof */
	if (!is_negotiated(protocol))
		return 0;
	if (code >= CONFIGURE_REQUEST && code <= TERMINATE_REQUEST)
		return FRAME_MAX;
	if (protocol == PPP_PROTO_LCP && code == IDENTIFICATION)
		return FRAME_MAX;
	/* What is rejected comes back, with all that was in it. */
	if (protocol == PPP_PROTO_LCP && code == PROTOCOL_REJECT)
		return 2;
	return code == CODE_REJECT ? 1 : 0;
}

void history_frame(struct history *h, bool out, const uint8_t *frame, size_t len, uint64_t now)
{
	const enum history_step step = out ? HISTORY_FRAME_OUT : HISTORY_FRAME_IN;
	uint8_t kept[3 + FRAME_MAX];
	uint16_t protocol;
	size_t said, n;

	if (!h || len < PPP_PROTO_LEN + 1)
		return;
	protocol = (uint16_t)(frame[0] << 8 | frame[1]);
	if (protocol == PPP_PROTO_LCP && frame[2] >= ECHO_REQUEST && frame[2] <= DISCARD_REQUEST)
		return;
	if (h->up && is_routine(protocol, frame[2]))
		return;
	memcpy(kept, frame, 3);
	said = len >= BEFORE_DATA ? (size_t)(frame[4] << 8 | frame[5]) + PPP_PROTO_LEN : 0;
	said = said < len ? said : len;
	n = said > BEFORE_DATA ? said - BEFORE_DATA : 0;
	if (n > worth_of(protocol, frame[2]))
		n = worth_of(protocol, frame[2]);
	memcpy(kept + 3, frame + BEFORE_DATA, n);
	add(h, step, now, kept, 3 + n, FOR_FRAMES);
}

/* --- to read ------------------------------------------------------------------------------- */

const struct history *history_latest(const struct histories *all, const struct history *before,
				     uint64_t now)
{
	const struct history *h;

	if (!all)
		return NULL;
	h = before ? TAILQ_PREV(before, histories_list, in_order) :
		     TAILQ_LAST(&all->in_order, histories_list);

	while (h && is_too_old(h, now))
		h = TAILQ_PREV(h, histories_list, in_order);
	return h;
}

void history_head(const struct history *h, struct history_head *head)
{
	*head = (struct history_head){
		.role = h->role,
		.peer = h->peer,
		.user = h->user ? h->user : "",
		.session = h->session,
		.began = h->began,
		.ended = h->ended,
		.clock_ms = h->clock_ms,
		.up = h->up,
		.well = h->well,
		.missing = h->missing,
	};
}

bool history_next(const struct history *h, size_t *at, struct history_view *view)
{
	const uint8_t *from = h->steps + *at;

	if (*at >= h->len)
		return false;
	memcpy(&view->at, from, sizeof(view->at));
	view->step = from[4];
	view->times = from[5];
	view->len = from[6];
	view->data = from + HEADER;
	*at += HEADER + view->len + 1;
	return true;
}

struct histories_counts histories_counts(const struct histories *all)
{
	return all->counts;
}
