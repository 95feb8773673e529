// SPDX-License-Identifier: GPL-2.0-only
#include <time.h>

#include "control/commands.h"
#include "control/objects.h"
#include "session/session.h"
#include "util/container.h"

/*
 * Returns false for the end of a session that was never up: there are many of those, and where a
 * refused login is the cause, monitors see that as an event of its own.
 */
static bool is_worth_telling(const struct event *event)
{
	return event->type != EVENT_DOWN || event->session->record.up_s;
}

static void hear(struct subscriber *sub, const struct event *event)
{
	const struct api *api = container_of(sub, struct api, events);
	struct timespec now;
	json_t *object;

	if (!api->control || !control_has_monitors(api->control) || !is_worth_telling(event))
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	object = json_pack("{s:s, s:I, s:o}", "type", event_name(event->type),
			   "time_ms", (json_int_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
			   "session", object_of_session(event->session));
	if (event->type == EVENT_REFUSED)
		json_object_set_new(object, "user", json_string(event->user));
	if (event->type == EVENT_DOWN)
		json_object_set_new(object, "cause",
				    json_string(event_cause_name(event->cause)));
	if (*event->text)
		json_object_set_new(object, "reason", json_string(event->text));
	control_publish(api->control, object);
	json_decref(object);
}

void api_subscribe(struct api *api)
{
	api->events.hear = hear;
	events_subscribe(&api->sessions->events, &api->events);
}
