// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "session/remember.h"
#include "session/session.h"
#include "session/sessions.h"
#include "util/callback.h"

static void mppe_lost(void *ctx, const char *netns, const struct net_session_addr *name)
{
	struct sessions *ss = ctx;
	struct session *s = registry_find_call(&ss->registry, netns, name);

	if (s)
		session_mppe_lost(s);
}

static void kernel_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("kernel: events");
	struct sessions *ss = poll->data;

	net_events(ss->backend, mppe_lost, ss);
}

static void work_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("kernel: links made");
	struct sessions *ss = poll->data;

	net_work_done(ss->backend);
}

/* Watch @fd, which is -1 if there is nothing to watch. */
static int watch(struct sessions *ss, uv_poll_t *poll, int fd, uv_poll_cb cb)
{
	int err;

	if (fd < 0)
		return 0;
	err = uv_poll_init(ss->loop, poll, fd);
	if (err)
		return err;
	poll->data = ss;
	return uv_poll_start(poll, UV_READABLE, cb);
}

static void unwatch(uv_poll_t *poll)
{
	if (poll->data)
		uv_close((uv_handle_t *)poll, NULL);
	poll->data = NULL;
}

int sessions_open(struct sessions *ss, uv_loop_t *loop, const struct net_backend *backend)
{
	int err;

	memset(ss, 0, sizeof(*ss));
	ss->loop = loop;
	ss->backend = backend;
	ss->tunnels.epoll = -1;
	registry_init(&ss->registry);
	events_init(&ss->events);
	ss->histories = histories_new();
	remember_events(ss, &ss->remember);
	later_line_open(&ss->ends, loop);
	ss->opened_s = (uint32_t)time(NULL);
	/* It only has to differ from that of a run that began in the same second. */
	if (getrandom(&ss->nonce, sizeof(ss->nonce), GRND_NONBLOCK) != sizeof(ss->nonce))
		ss->nonce = (uint32_t)uv_hrtime();
	err = poller_open(&ss->frames, loop, "sessions: frames");
	if (!err)
		err = poller_open(&ss->tunnels, loop, "tunnels: read");
	if (!err)
		err = watch(ss, &ss->kernel, net_events_fd(backend), kernel_cb);
	return err ? err : watch(ss, &ss->work, net_work_fd(backend), work_cb);
}

void sessions_close(struct sessions *ss)
{
	if (!ss->loop)
		return;
	later_line_close(&ss->ends, NULL);
	ss->loop = NULL;
	unwatch(&ss->kernel);
	unwatch(&ss->work);
	poller_close(&ss->tunnels);
	poller_close(&ss->frames);
	histories_free(ss->histories);
	ss->histories = NULL;
}

static void take_stats(void *ctx, const char *netns, const struct net_session_addr *name,
		       const struct net_stats *stats)
{
	const struct sessions *ss = ctx;
	struct session *s = registry_find_call(&ss->registry, netns, name);

	if (s)
		session_take_stats(s, stats);
}

/*
 * What cannot be read stays as it was: there is nobody who would have better numbers. A survey that
 * began too early, for somebody who did not wait for its end, is followed by another one.
 */
static bool survey(struct sessions *ss, uint64_t since)
{
	while (ss->surveyed < since) {
		if (!ss->surveys)
			ss->survey_began = uv_now(ss->loop);
		ss->surveys = net_survey(ss->backend, take_stats, ss) > 0;
		if (!ss->surveys)
			ss->surveyed = ss->survey_began;
		else if (!callback_has_time())
			return false;
	}
	return true;
}

/* A question costs some five times what a survey costs for each session (docs/performance.md). */
void counting_begin(struct counting *c, struct sessions *ss, size_t most)
{
	const uint64_t now = uv_now(ss->loop);
	const size_t n = ss->registry.n;

	*c = (struct counting){
		.all = ss, .since = now > COUNTING_FRESH_MS ? now - COUNTING_FRESH_MS : 1,
		.few = most <= n / 8 ? SIZE_MAX : n / 32 > COUNTING_FEW ? n / 32 : COUNTING_FEW,
	};
}

bool counting_goes_on(const struct counting *c)
{
	return c->asked < c->few || survey(c->all, c->since);
}

void counting_read(struct counting *c, struct session *s)
{
	if (c->asked == c->few)
		return;
	c->asked++;
	session_read_stats(s);
}
