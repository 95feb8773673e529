// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <time.h>

#include "control/commands_priv.h"
#include "control/history.h"
#include "session/session.h"
#include "util/callback.h"
#include "util/container.h"

struct counts {
	unsigned int logins;
	unsigned int failures;
};

/* What the kernel had counted at a moment. */
struct traffic {
	bool known;
	uint64_t at_ms;			/* uv_now() */
	uint64_t rx_bytes, tx_bytes;
};

struct sample {
	time_t time_s;			/* CLOCK_REALTIME, at its end */
	unsigned int sessions;
	struct counts counts;
	bool has_rates;
	uint64_t rx_bit_s, tx_bit_s;
};

/* A client that is told. */
struct watcher {
	LIST_ENTRY(watcher) link;
	struct control_teller teller;
	struct control_answer *answer;
	struct history *history;
};

struct history {
	struct sessions *sessions;
	struct subscriber sub;
	struct counts counts;		/* of the step that is not over */
	struct traffic step_began;
	struct traffic told;		/* when all were told last */
	struct sample samples[HISTORY_SAMPLES];
	unsigned int n, next;		/* samples that there are; where the next one goes */
	LIST_HEAD(, watcher) watchers;
	uv_timer_t step;
	uv_timer_t now;			/* runs while somebody is told */
	unsigned int handles;
};

static void hear(struct subscriber *sub, const struct event *event)
{
	struct history *h = container_of(sub, struct history, sub);
	const struct session_record *r = &event->session->record;

	if (r->role != SESSION_OF_SERVER)
		return;
	if (event->type == EVENT_UP)
		h->counts.logins++;
	else if (event->type == EVENT_DOWN && !r->up_s)
		h->counts.failures++;
}

static struct traffic read_traffic(const struct history *h)
{
	struct net_totals totals;

	if (net_read_totals(h->sessions->backend, &totals) || !totals.has_traffic)
		return (struct traffic){ .known = false };
	return (struct traffic){
		.known = true, .at_ms = uv_now(h->step.loop), .rx_bytes = totals.rx_bytes,
		.tx_bytes = totals.tx_bytes,
	};
}

static uint64_t rate(uint64_t before, uint64_t now, uint64_t ms)
{
	return now < before ? 0 : (now - before) * 8 * 1000 / ms;
}

/* Take a sample, with the traffic since *@since, which becomes that of now. */
static struct sample sample_now(const struct history *h, struct traffic *since)
{
	const struct traffic now = read_traffic(h);
	const uint64_t ms = now.at_ms - since->at_ms;
	struct sample s = {
		.time_s = time(NULL), .sessions = h->sessions->registry.n, .counts = h->counts,
		.has_rates = now.known && since->known && ms,
	};

	if (s.has_rates) {
		s.rx_bit_s = rate(since->rx_bytes, now.rx_bytes, ms);
		s.tx_bit_s = rate(since->tx_bytes, now.tx_bytes, ms);
	}
	*since = now;
	return s;
}

/* A rate that is not known is null. */
static json_t *rate_value(const struct sample *s, uint64_t bit_s)
{
	return s->has_rates ? json_integer((json_int_t)bit_s) : json_null();
}

static json_t *sample_object(const struct sample *s)
{
	return json_pack("{s:I, s:i, s:i, s:i, s:o, s:o}", "time_s", (json_int_t)s->time_s,
			 "sessions", (int)s->sessions, "logins", (int)s->counts.logins, "failures",
			 (int)s->counts.failures, "rx_bit_s", rate_value(s, s->rx_bit_s), "tx_bit_s",
			 rate_value(s, s->tx_bit_s));
}

/* Tell all of a sample, as the member @name. Who reads too slowly misses some. */
static void tell(struct history *h, const char *name, const struct sample *s)
{
	json_t *object = json_pack("{s:o}", name, sample_object(s));
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	struct watcher *w, *next;

	for (w = LIST_FIRST(&h->watchers); w; w = next) {
		/* It goes if its client turns out to be disconnected. */
		next = LIST_NEXT(w, link);
		control_continue(w->answer, text);
	}
	free(text);
	json_decref(object);
}

static void step_over(uv_timer_t *timer)
{
	CALLBACK("history: step");
	struct history *h = container_of(timer, struct history, step);
	const struct sample s = sample_now(h, &h->step_began);

	h->counts = (struct counts){ 0 };
	h->samples[h->next] = s;
	h->next = (h->next + 1) % HISTORY_SAMPLES;
	if (h->n < HISTORY_SAMPLES)
		h->n++;
	tell(h, "sample", &s);
}

static void tell_now(uv_timer_t *timer)
{
	CALLBACK("history: now");
	struct history *h = container_of(timer, struct history, now);
	const struct sample s = sample_now(h, &h->told);

	tell(h, "now", &s);
}

/* What was lost is not told later: the next one is newer. */
static void room(struct control_teller *teller)
{
}

static void gone(struct control_teller *teller)
{
	struct watcher *w = container_of(teller, struct watcher, teller);
	struct history *h = w->history;

	LIST_REMOVE(w, link);
	free(w);
	if (LIST_EMPTY(&h->watchers))
		uv_timer_stop(&h->now);
}

static char *all_samples(const struct history *h)
{
	json_t *list = json_array(), *object;
	char *text;

	for (unsigned int i = 0; i < h->n; i++)
		json_array_append_new(list,
				      sample_object(
					      &h->samples[(h->next + HISTORY_SAMPLES - h->n + i) %
							  HISTORY_SAMPLES]));
	object = json_pack("{s:o, s:i}", "samples", list, "step_s", HISTORY_STEP_S);
	text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	return text;
}

void api_watch(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	const struct api *api = ctx;
	struct history *h = api->history;
	struct watcher *w = calloc(1, sizeof(*w));
	char *text;

	if (!w) {
		control_answer(answer, NULL);
		return;
	}
	*w = (struct watcher){ .teller = { room, gone }, .answer = answer, .history = h };
	if (LIST_EMPTY(&h->watchers)) {
		h->told = read_traffic(h);
		uv_timer_start(&h->now, tell_now, HISTORY_NOW_S * 1000, HISTORY_NOW_S * 1000);
	}
	LIST_INSERT_HEAD(&h->watchers, w, link);
	control_tell(answer, &w->teller);
	text = all_samples(h);
	control_continue(answer, text);
	free(text);
}

struct history *history_new(struct sessions *sessions)
{
	struct history *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->sessions = sessions;
	LIST_INIT(&h->watchers);
	h->sub.hear = hear;
	events_subscribe(&sessions->events, &h->sub);
	uv_timer_init(sessions->loop, &h->step);
	uv_timer_init(sessions->loop, &h->now);
	h->step.data = h->now.data = h;
	h->handles = 2;
	h->step_began = read_traffic(h);
	uv_timer_start(&h->step, step_over, HISTORY_STEP_S * 1000, HISTORY_STEP_S * 1000);
	return h;
}

static void closed(uv_handle_t *handle)
{
	CALLBACK("history: closed");
	struct history *h = handle->data;

	if (!--h->handles)
		free(h);
}

void history_close(struct history *h)
{
	if (!h)
		return;
	events_unsubscribe(&h->sessions->events, &h->sub);
	uv_close((uv_handle_t *)&h->step, closed);
	uv_close((uv_handle_t *)&h->now, closed);
}
