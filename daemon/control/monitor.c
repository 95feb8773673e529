// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "control/commands_priv.h"
#include "control/objects.h"
#include "session/session.h"
#include "util/container.h"

/* A client that is told what happens. */
struct monitor {
	LIST_ENTRY(monitor) link;
	struct control_teller teller;
	struct control_answer *answer;
	uint64_t lost;			/* events that it was not told since the last one that it was */
};

/*
 * Returns false for the end of a session that was never up: there are many of those, and where a
 * refused login is the cause, monitors see that as an event of its own.
 */
static bool is_worth_telling(const struct event *event)
{
	return event->type != EVENT_DOWN || event->session->record.up_s;
}

/* Returns NULL if there is no memory. */
static char *text_of(const struct event *event)
{
	struct timespec now;
	json_t *object;
	char *text;

	clock_gettime(CLOCK_REALTIME, &now);
	object = json_pack("{s:s, s:I, s:o, s:s*, s:s*, s:s*}", "type", event_name(event->type),
			   "time_ms", (json_int_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
			   "session", object_of_session(event->session),
			   "user", event->type == EVENT_REFUSED ? event->user : NULL,
			   "cause", event->type == EVENT_DOWN ? event_cause_name(event->cause) : NULL,
			   "reason", *event->text ? event->text : NULL);
	object = json_pack("{s:o}", "event", object);
	text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	return text;
}

static void tell(struct monitor *m, const char *text)
{
	if (m->lost || !control_continue(m->answer, text))
		m->lost++;
}

static void hear(struct subscriber *sub, const struct event *event)
{
	const struct api *api = container_of(sub, struct api, events);
	struct monitor *m, *next;
	char *text;

	if (LIST_EMPTY(&api->monitors) || !is_worth_telling(event))
		return;
	text = text_of(event);
	for (m = LIST_FIRST(&api->monitors); m; m = next) {
		/* It goes if its client turns out to be disconnected. */
		next = LIST_NEXT(m, link);
		tell(m, text);
	}
	free(text);
}

static void room(struct control_teller *teller)
{
	struct monitor *m = container_of(teller, struct monitor, teller);
	const uint64_t lost = m->lost;
	char text[64];

	snprintf(text, sizeof(text), "{\"lost\":%" PRIu64 "}", lost);
	m->lost = 0;
	if (!control_continue(m->answer, text))
		m->lost = lost;
}

static void gone(struct control_teller *teller)
{
	struct monitor *m = container_of(teller, struct monitor, teller);

	LIST_REMOVE(m, link);
	free(m);
}

void api_session_monitor(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	struct api *api = ctx;
	struct monitor *m = calloc(1, sizeof(*m));

	if (!m) {
		control_answer(answer, NULL);
		return;
	}
	m->teller = (struct control_teller){ .room = room, .gone = gone };
	m->answer = answer;
	LIST_INSERT_HEAD(&api->monitors, m, link);
	control_tell(answer, &m->teller);
	control_continue(answer, "{}");
}

void api_subscribe(struct api *api)
{
	LIST_INIT(&api->monitors);
	api->events.hear = hear;
	events_subscribe(&api->sessions->events, &api->events);
}
