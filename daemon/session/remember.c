// SPDX-License-Identifier: GPL-2.0-only
#include <time.h>

#include "session/describe.h"
#include "session/remember.h"

static uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static enum history_role role_of(enum session_role role)
{
	return role == SESSION_OF_SERVER ? HISTORY_OF_SERVER : HISTORY_OF_CLIENT;
}

void remember_attempt(struct sessions *all, struct history **holder, enum session_role role,
		      const char *owner, struct ip_addr peer)
{
	history_begin(all->histories, holder, role_of(role), owner, peer, uv_now(all->loop),
		      clock_ms());
}

void remember_session(struct session *s, struct history **from)
{
	const struct session_record *r = &s->record;

	if (history_has_ended(*from))
		remember_attempt(s->all, from, r->role, r->owner, r->addr.remote);
	history_move(&s->history, from);
	history_set_session(s->history, r->id);
}

void remember_call(struct session *s)
{
	const struct net_session_addr *addr = &s->record.addr;
	const uint8_t ids[] = {
		(uint8_t)(addr->call_id >> 8), (uint8_t)addr->call_id,
		(uint8_t)(addr->peer_call_id >> 8), (uint8_t)addr->peer_call_id,
	};

	history_add_octets(s->history, HISTORY_CALL, uv_now(s->loop), ids, sizeof(ids));
}

static void hear(struct subscriber *sub, const struct event *event)
{
	struct session *s = event->session;
	const uint64_t now = uv_now(s->loop);
	char text[DESCRIBE_SIZE];

	switch (event->type) {
	case EVENT_AUTHENTICATED:
		history_set_user(s->history, s->record.user);
		history_add(s->history, HISTORY_AUTHENTICATED, now, "%s", "");
		break;
	case EVENT_REFUSED:
		history_set_user(s->history, event->user);
		history_add(s->history, HISTORY_REFUSED, now, "%s", event->text);
		break;
	case EVENT_UP:
		history_up(s->history, now, "%s", describe_up(&s->record, text));
		break;
	case EVENT_PAUSED:
		history_add(s->history, HISTORY_PAUSED, now, "%s", "");
		break;
	case EVENT_RESUMED:
		history_add(s->history, HISTORY_RESUMED, now, "%s", "");
		break;
	case EVENT_STARTING:
	case EVENT_CHANGED:
	case EVENT_DOWN:
		break;
	}
}

void remember_events(struct sessions *all, struct subscriber *sub)
{
	sub->hear = hear;
	events_subscribe(&all->events, sub);
}

/* The history of a session that was up for long had to make room for others. */
static void remember_short(struct session *s)
{
	const struct session_record *r = &s->record;
	const uint64_t uptime_s = session_uptime_s(s);
	char text[DESCRIBE_SIZE];

	history_begin(s->all->histories, &s->history, role_of(r->role), r->owner, r->addr.remote,
		      uv_now(s->loop) - uptime_s * 1000, r->up_s * 1000);
	history_set_session(s->history, r->id);
	history_set_user(s->history, r->user);
	history_up(s->history, uv_now(s->loop) - uptime_s * 1000, "%s", describe_up(r, text));
}

/* Returns true if a session that was up has ended as it was meant to. */
static bool is_well(enum event_cause cause)
{
	switch (cause) {
	case EVENT_CAUSE_USER_REQUEST:
	case EVENT_CAUSE_IDLE_TIMEOUT:
	case EVENT_CAUSE_SESSION_TIMEOUT:
	case EVENT_CAUSE_ADMIN_RESET:
	case EVENT_CAUSE_ADMIN_REBOOT:
		return true;
	default:
		return false;
	}
}

void remember_counters(struct session *s)
{
	uint64_t counters[NET_COUNTERS];

	if (session_read_counters(s, counters))
		history_count(s->history, uv_now(s->loop), counters, NET_COUNTERS);
}

void remember_end(struct session *s, const char *text)
{
	const bool up = s->record.up_s;

	if (!s->history && up) {
		remember_short(s);
		remember_counters(s);
	}
	history_end(s->history, up && is_well(s->cause), uv_now(s->loop), text);
}
