/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events of sessions, told to all subscribers: the control socket, and any other part of the daemon
 * that follows sessions.
 *
 * A subscriber is called at once, in the order of subscription. It may read the session, and may
 * subscribe and unsubscribe any subscriber; it must not change a session. A subscriber that is
 * added during an event may or may not be told that event.
 */
#ifndef CULVERT_EVENTS_H
#define CULVERT_EVENTS_H

#include <sys/queue.h>

struct session;

enum event_type {
	EVENT_STARTING,			/* the call is up and LCP begins */
	EVENT_AUTHENTICATED,		/* each end has proved what the other end asked for */
	EVENT_REFUSED,			/* a login was refused; the peer may try again */
	EVENT_UP,			/* user traffic flows, for the first time */
	EVENT_PAUSED,			/* user traffic does not flow for now */
	EVENT_RESUMED,			/* user traffic flows again */
	EVENT_CHANGED,			/* what it is granted, or a limit, is another one now */
	EVENT_DOWN,			/* the session ended; once for each EVENT_STARTING */
};

/*
 * Why a session ended. The names are those of RFC 2866 section 5.10 where one fits. Values below
 * 100 are the numbers of that RFC, values from 100 on are our own.
 */
enum event_cause {
	EVENT_CAUSE_NONE = 0,
	EVENT_CAUSE_USER_REQUEST = 1,	/* the peer ended the session in good order */
	EVENT_CAUSE_LOST_CARRIER = 2,	/* the peer vanished, or answers nothing */
	EVENT_CAUSE_LOST_SERVICE = 3,	/* the control connection ended */
	EVENT_CAUSE_IDLE_TIMEOUT = 4,
	EVENT_CAUSE_SESSION_TIMEOUT = 5,
	EVENT_CAUSE_ADMIN_RESET = 6,	/* an administrator ended this session */
	EVENT_CAUSE_ADMIN_REBOOT = 7,	/* the daemon, or the server or client, is being stopped */
	EVENT_CAUSE_NAS_ERROR = 9,	/* the kernel did not do what it was asked to do */
	EVENT_CAUSE_NAS_REQUEST = 10,	/* we ended it for a reason of our own */
	EVENT_CAUSE_USER_ERROR = 17,	/* the peer breaks the protocol, or cannot agree */
	EVENT_CAUSE_LOGIN_FAILED = 100,	/* nobody logged in */
};

struct event {
	enum event_type type;
	struct session *session;	/* valid during the call */
	enum event_cause cause;		/* for EVENT_DOWN */
	const char *user;		/* EVENT_REFUSED: who tried to log in, printable; else "" */
	const char *text;		/* EVENT_REFUSED, EVENT_DOWN: the reason; else "" */
	const char *kind;		/* EVENT_REFUSED: the reason in a word; else "" */
};

struct subscriber {
	/* set by the owner of the subscriber */
	void (*hear)(struct subscriber *sub, const struct event *event);

	/* private */
	TAILQ_ENTRY(subscriber) link;
};

struct events {
	TAILQ_HEAD(, subscriber) subscribers;
	struct subscriber *next;	/* to be called next, of the event under way */
};

void events_init(struct events *ev);

/* Subscribe @sub, with @hear set. It must stay in place until events_unsubscribe(). */
void events_subscribe(struct events *ev, struct subscriber *sub);
void events_unsubscribe(struct events *ev, struct subscriber *sub);

/* Call all subscribers. A subscriber must not call this. */
void events_tell(struct events *ev, const struct event *event);

/* Returns the name that monitors see: "session.up" and so on. */
const char *event_name(enum event_type type);

/* Returns "user-request" and so on; "" for EVENT_CAUSE_NONE. */
const char *event_cause_name(enum event_cause cause);

#endif
