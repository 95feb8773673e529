/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens to sessions, told to everybody who subscribed: the control socket, and whatever else
 * of the daemon follows sessions.
 *
 * Subscribers hear of an event at once, in the order in which they subscribed. They may look at the
 * session, and subscribe and unsubscribe; they may not change sessions.
 */
#ifndef CULVERT_EVENTS_H
#define CULVERT_EVENTS_H

#include <sys/queue.h>

struct session;

enum event_type {
	EVENT_STARTING,			/* its call is up and LCP begins */
	EVENT_AUTHENTICATED,		/* each end has proved what the other asked of it */
	EVENT_REFUSED,			/* a login of its peer; it may try again */
	EVENT_UP,			/* user traffic flows, for the first time */
	EVENT_PAUSED,			/* it does not flow any more */
	EVENT_RESUMED,			/* it does again */
	EVENT_DOWN,			/* the end; follows each EVENT_STARTING once */
};

/*
 * Why a session ended. The words are those of RFC 2866 section 5.10, as far as they fit; what is
 * behind them is that RFC's number or, from 100 on, ours.
 */
enum event_cause {
	EVENT_CAUSE_NONE = 0,
	EVENT_CAUSE_USER_REQUEST = 1,	/* the peer ended it in good order */
	EVENT_CAUSE_LOST_CARRIER = 2,	/* the peer went without a word, or answers nothing */
	EVENT_CAUSE_LOST_SERVICE = 3,	/* the peer ended what the session needs */
	EVENT_CAUSE_IDLE_TIMEOUT = 4,
	EVENT_CAUSE_SESSION_TIMEOUT = 5,
	EVENT_CAUSE_ADMIN_RESET = 6,	/* an administrator ended this session */
	EVENT_CAUSE_ADMIN_REBOOT = 7,	/* the daemon, or this part of it, is being stopped */
	EVENT_CAUSE_NAS_ERROR = 9,	/* the kernel did not do as it was asked */
	EVENT_CAUSE_NAS_REQUEST = 10,	/* we ended it for a reason of our own */
	EVENT_CAUSE_USER_ERROR = 17,	/* the peer breaks the protocol, or cannot agree */
	EVENT_CAUSE_LOGIN_FAILED = 100,	/* nobody was let in */
};

struct event {
	enum event_type type;
	struct session *session;	/* borrowed for the call */
	enum event_cause cause;		/* EVENT_DOWN */
	const char *user;		/* EVENT_REFUSED: who tried, printable; else "" */
	const char *text;		/* EVENT_REFUSED, EVENT_DOWN: why, for people; else "" */
};

struct subscriber {
	/* the owner's */
	void (*hear)(struct subscriber *sub, const struct event *event);

	/* private */
	TAILQ_ENTRY(subscriber) link;
};

struct events {
	TAILQ_HEAD(, subscriber) subscribers;
	struct subscriber *next;	/* who hears next of the event that is being told */
};

void events_init(struct events *ev);

/* @sub, with its function set, must stay where it is until events_unsubscribe(). */
void events_subscribe(struct events *ev, struct subscriber *sub);
void events_unsubscribe(struct events *ev, struct subscriber *sub);

/* Let everybody hear. Not to be called by somebody who hears. */
void events_tell(struct events *ev, const struct event *event);

/* "session.up" and so on, as monitors see it. */
const char *event_name(enum event_type type);

/* "user-request" and so on; "" for EVENT_CAUSE_NONE. */
const char *event_cause_name(enum event_cause cause);

#endif
