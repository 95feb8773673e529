// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "session/events.h"

void events_init(struct events *ev)
{
	TAILQ_INIT(&ev->subscribers);
	ev->next = NULL;
}

void events_subscribe(struct events *ev, struct subscriber *sub)
{
	TAILQ_INSERT_TAIL(&ev->subscribers, sub, link);
}

void events_unsubscribe(struct events *ev, struct subscriber *sub)
{
	if (ev->next == sub)
		ev->next = TAILQ_NEXT(sub, link);
	TAILQ_REMOVE(&ev->subscribers, sub, link);
}

void events_tell(struct events *ev, const struct event *event)
{
	struct subscriber *sub;

	for (sub = TAILQ_FIRST(&ev->subscribers); sub; sub = ev->next) {
		ev->next = TAILQ_NEXT(sub, link);
		sub->hear(sub, event);
	}
}

const char *event_name(enum event_type type)
{
	static const char * const names[] = {
		[EVENT_STARTING] = "session.starting",
		[EVENT_AUTHENTICATED] = "session.authenticated",
		[EVENT_REFUSED] = "login.refused",
		[EVENT_UP] = "session.up",
		[EVENT_PAUSED] = "session.paused",
		[EVENT_RESUMED] = "session.resumed",
		[EVENT_CHANGED] = "session.changed",
		[EVENT_DOWN] = "session.down",
	};

	return names[type];
}

const char *event_cause_name(enum event_cause cause)
{
	switch (cause) {
	case EVENT_CAUSE_NONE:
		break;
	case EVENT_CAUSE_USER_REQUEST:
		return "user-request";
	case EVENT_CAUSE_LOST_CARRIER:
		return "lost-carrier";
	case EVENT_CAUSE_LOST_SERVICE:
		return "lost-service";
	case EVENT_CAUSE_IDLE_TIMEOUT:
		return "idle-timeout";
	case EVENT_CAUSE_SESSION_TIMEOUT:
		return "session-timeout";
	case EVENT_CAUSE_ADMIN_RESET:
		return "admin-reset";
	case EVENT_CAUSE_ADMIN_REBOOT:
		return "admin-reboot";
	case EVENT_CAUSE_NAS_ERROR:
		return "nas-error";
	case EVENT_CAUSE_NAS_REQUEST:
		return "nas-request";
	case EVENT_CAUSE_USER_ERROR:
		return "user-error";
	case EVENT_CAUSE_LOGIN_FAILED:
		return "login-failed";
	}
	return "";
}
