/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions of users who were let in, as many as a test wants: without a kernel, and with a link
 * that says nothing. Included by one file of a test program, after <cmocka.h>.
 *
 * The monotonic clock of the program, that of libuv included, moves only when it is asked, by
 * CLOCK_STEP_NS each time: what is done in slices takes so many steps, whatever the machine does.
 */
#ifndef CULVERT_PLAYED_SESSIONS_TEST_H
#define CULVERT_PLAYED_SESSIONS_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "session/played_kernel_test.h"
#include "session/session.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/ip_literal_test.h"

#define CLOCK_STEP_NS	10000

static uint64_t played_ns = 1000000000000;

int clock_gettime(clockid_t id, struct timespec *now)
{
	if (id != CLOCK_MONOTONIC && id != CLOCK_MONOTONIC_COARSE)
		return (int)syscall(SYS_clock_gettime, id, now);
	played_ns += CLOCK_STEP_NS;
	now->tv_sec = (time_t)(played_ns / 1000000000);
	now->tv_nsec = (long)(played_ns % 1000000000);
	return 0;
}

/* A session, with what has happened to it. */
struct played {
	struct session session;
	unsigned int downs;
	unsigned int changes;		/* EVENT_CHANGED */
};

struct played_world {
	uv_loop_t loop;
	struct sessions sessions;
	struct session_config config;
	struct subscriber sub;
	struct played *list;
	unsigned int n;
	unsigned int changes;		/* of all */
};

static inline void played_send(struct ppp_link *link, const uint8_t *frame, size_t len)
{
}

static inline void played_event(struct ppp_link *link, const struct ppp_event *event)
{
}

static inline void played_random(struct ppp_link *link, void *buf, size_t len)
{
	memset(buf, 1, len);
}

static const struct ppp_link_ops played_link = {
	.send = played_send, .event = played_event, .random = played_random,
};

static inline void played_down(struct session *s, const struct ppp_end *end)
{
	struct played *p = s->owner;

	p->downs++;
}

static const struct session_ops played_ops = { .down = played_down };

static inline void played_hear(struct subscriber *sub, const struct event *event)
{
	struct played_world *w = container_of(sub, struct played_world, sub);
	struct played *p = event->session->owner;

	if (event->type != EVENT_CHANGED)
		return;
	p->changes++;
	w->changes++;
}

/* Begin with @n sessions to come. */
static inline void world_open(struct played_world *w, unsigned int n)
{
	memset(w, 0, sizeof(*w));
	kernel_reset();
	assert_int_equal(uv_loop_init(&w->loop), 0);
	assert_int_equal(sessions_open(&w->sessions, &w->loop, &fake_backend), 0);
	ppp_config_init(&w->config.ppp);
	w->list = calloc(n, sizeof(*w->list));
	assert_non_null(w->list);
	w->sub.hear = played_hear;
	events_subscribe(&w->sessions.events, &w->sub);
}

/*
 * Add a session of @user, who was let in at the server @owner, and whose outer and inner address
 * are @outer and @inner.
 */
static inline struct session *world_add(struct played_world *w, const char *owner, const char *user,
					struct ip_addr outer, struct ip_addr inner)
{
	struct session *s = &w->list[w->n].session;

	session_init(s, &w->sessions, SESSION_OF_SERVER, owner, &w->config, &played_ops,
		     &w->list[w->n++]);
	ppp_link_init(&s->link, &s->config.ppp, &played_link, s);
	session_set_outer(s, ip("192.0.2.1"), outer);
	assert_int_equal(session_set_user(s, user), 0);
	assert_true(session_claim_inner(s, (struct place){ 0 }, inner));
	s->reached = PPP_PHASE_NETWORK;
	return s;
}

static inline void played_freed(struct session *s)
{
}

static inline void world_close(struct played_world *w)
{
	for (unsigned int i = 0; i < w->n; i++)
		if (!w->list[i].session.freed)
			session_end(&w->list[i].session, EVENT_CAUSE_NAS_REQUEST, "over",
				    played_freed);
	events_unsubscribe(&w->sessions.events, &w->sub);
	sessions_close(&w->sessions);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	kernel_end();
	free(w->list);
}

/* Returns how many sessions are over. */
static inline unsigned int world_over(const struct played_world *w)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < w->n; i++)
		n += session_is_over(&w->list[i].session);
	return n;
}

#endif
