// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "session/session.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/descriptors.h"
#include "web/scrape.h"
#include "web/tell.h"

/* What is told of single sessions, one family behind the other. */
#define FIRST_OF_SESSIONS METRICS_SESSION_RX_BYTES
#define AFTER_SESSIONS METRICS_SESSION_SERIES_LEFT_OUT

#define DESCRIPTORS_FRESH_MS 60000

#define AT_ONCE	16		/* sessions, of a few microseconds each, before a look at the clock */

struct scrape {
	struct scrape_source from;
	scrape_done_fn done;
	void *ctx;
	uv_idle_t idle;
	struct metrics_text text;
	/* Does some work; returns true if there is more of it. */
	bool (*go_on)(struct scrape *s);

	unsigned int next;		/* of tell_all */
	unsigned int fds_seen, fds_end;	/* descriptors below @fds_seen were counted */
	uint64_t fds;

	/* Of single sessions: */
	unsigned int max;		/* 0: all else is told of */
	uint64_t *ids;			/* those that are told of; @n of @max */
	unsigned int n;
	uint64_t left_out;
	struct counting counting;
	struct registry_cursor cursor;
	bool walks;			/* @cursor is open */
	enum metrics_name family;	/* that is told */
	unsigned int told;		/* so many of @ids */
};

/* --- all but single sessions ---------------------------------------------------------------- */

static bool count_descriptors(struct scrape *s)
{
	struct scrape_descriptors *known = s->from.descriptors;
	const uint64_t now = uv_now(s->from.api->sessions->loop);

	if (known->at && now - known->at < DESCRIPTORS_FRESH_MS) {
		metrics_count(&s->text, METRICS_OPEN_FDS, known->n);
		return false;
	}
	if (s->fds_seen < s->fds_end) {
		s->fds += descriptors_count(s->fds_seen);
		s->fds_seen += DESCRIPTORS_AT_ONCE;
		return true;
	}
	*known = (struct scrape_descriptors){ .n = s->fds, .at = now };
	return true;
}

static bool tell_next(struct scrape *s)
{
	if (tell_all[s->next]) {
		tell_all[s->next++](&s->text, &s->from);
		return true;
	}
	return count_descriptors(s);
}

/* --- single sessions ------------------------------------------------------------------------ */

static void tell_of(struct metrics_text *t, enum metrics_name family, const struct session *s)
{
	const struct session_record *r = &s->record;
	const bool served = r->role == SESSION_OF_SERVER;
	const uint64_t counts[] = {
		r->stats.rx_bytes, r->stats.tx_bytes, r->stats.rx_packets, r->stats.tx_packets,
		session_uptime_s(s),
	};
	char id[24];

	snprintf(id, sizeof(id), "%llu", (unsigned long long)r->id);
	metrics_count(t, family, counts[family - FIRST_OF_SESSIONS], id, served ? r->owner : "",
		      served ? "" : r->owner, r->user, r->ifname);
}

static bool tell_next_session(struct scrape *s)
{
	const struct session *session;

	if (s->told == s->n) {
		s->told = 0;
		s->family++;
	}
	if (!s->n || s->family == AFTER_SESSIONS) {
		metrics_count(&s->text, METRICS_SESSION_SERIES_LEFT_OUT, s->left_out);
		return false;
	}
	/* It may have ended since. */
	session = registry_find_id(&s->from.api->sessions->registry, s->ids[s->told++]);
	if (session && session->record.up)
		tell_of(&s->text, s->family, session);
	return true;
}

static bool tell_sessions(struct scrape *s)
{
	for (unsigned int i = 0; i < AT_ONCE; i++)
		if (!tell_next_session(s))
			return false;
	return true;
}

/* The oldest ones are told of, so that series do not come and go. */
static void choose_next_session(struct scrape *s)
{
	struct session *session = registry_cursor_step(&s->cursor);

	if (!session) {
		registry_cursor_close(&s->cursor);
		s->walks = false;
		s->go_on = tell_sessions;
	} else if (session->record.up && s->n == s->max) {
		s->left_out++;
	} else if (session->record.up) {
		counting_read(&s->counting, session);
		s->ids[s->n++] = session->record.id;
	}
}

static bool choose_sessions(struct scrape *s)
{
	for (unsigned int i = 0; i < AT_ONCE && s->walks && counting_goes_on(&s->counting); i++)
		choose_next_session(s);
	return true;
}

/* --- slices --------------------------------------------------------------------------------- */

static void freed(uv_handle_t *handle)
{
	CALLBACK("web: scrape closed");
	struct scrape *s = container_of((uv_idle_t *)handle, struct scrape, idle);

	free(s->ids);
	free(s);
}

void scrape_cancel(struct scrape *s)
{
	if (!s)
		return;
	if (s->walks)
		registry_cursor_close(&s->cursor);
	metrics_text_free(&s->text);
	uv_close((uv_handle_t *)&s->idle, freed);
}

static void finish(struct scrape *s)
{
	const scrape_done_fn done = s->done;
	void *ctx = s->ctx;
	char *text = NULL;
	size_t len = 0;

	metrics_text_end(&s->text);
	if (!s->text.failed) {
		text = s->text.text;
		len = s->text.len;
		s->text.text = NULL;
	}
	scrape_cancel(s);
	done(ctx, text, len);
}

static void slice(uv_idle_t *idle)
{
	CALLBACK("web: scrape");
	struct scrape *s = container_of(idle, struct scrape, idle);

	do {
		if (!s->go_on(s)) {
			finish(s);
			return;
		}
	} while (callback_has_time());
}

struct scrape *scrape_begin(const struct scrape_source *source, unsigned int sessions,
			    scrape_done_fn done, void *ctx)
{
	struct scrape *s = calloc(1, sizeof(*s));

	if (s && sessions)
		s->ids = calloc(sessions, sizeof(*s->ids));
	if (!s || (sessions && !s->ids)) {
		free(s);
		return NULL;
	}
	s->from = *source;
	s->done = done;
	s->ctx = ctx;
	s->max = sessions;
	s->family = FIRST_OF_SESSIONS;
	s->fds_end = descriptors_end();
	s->go_on = sessions ? choose_sessions : tell_next;
	if (sessions)
		registry_cursor_open(&source->api->sessions->registry, &s->cursor);
	s->walks = sessions;
	counting_begin(&s->counting, source->api->sessions, sessions);
	metrics_text_init(&s->text, SCRAPE_TEXT_MAX);
	uv_idle_init(source->api->sessions->loop, &s->idle);
	uv_idle_start(&s->idle, slice);
	return s;
}
