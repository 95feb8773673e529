// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "session/session.h"
#include "session/sessions.h"
#include "util/callback.h"

#define READY_AT_ONCE	64

static void mppe_lost(void *ctx, const struct net_session_addr *name)
{
	struct sessions *ss = ctx;
	struct session *s = registry_find_call(&ss->registry, name);

	if (s)
		session_mppe_lost(s);
}

static void kernel_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("kernel: events");
	struct sessions *ss = poll->data;

	net_events(ss->backend, mppe_lost, ss);
}

/* Those that have to wait for the next turn are told of again. */
static void frames_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("sessions: frames");
	struct sessions *ss = poll->data;
	struct epoll_event ready[READY_AT_ONCE];
	int n = epoll_wait(ss->frames, ready, READY_AT_ONCE, 0);

	for (int i = 0; i < n && (i == 0 || callback_has_time()); i++)
		session_read(ready[i].data.ptr);
}

static int start_poll(struct sessions *ss, uv_poll_t *poll, int fd, uv_poll_cb cb)
{
	int err = uv_poll_init(ss->loop, poll, fd);

	if (err)
		return err;
	poll->data = ss;
	return uv_poll_start(poll, UV_READABLE, cb);
}

static void stop_poll(uv_poll_t *poll)
{
	if (poll->data)
		uv_close((uv_handle_t *)poll, NULL);
	poll->data = NULL;
}

int sessions_open(struct sessions *ss, uv_loop_t *loop, const struct net_backend *backend)
{
	int fd = net_events_fd(backend);
	int err;

	memset(ss, 0, sizeof(*ss));
	ss->loop = loop;
	ss->backend = backend;
	registry_init(&ss->registry);
	events_init(&ss->events);
	later_line_open(&ss->ends, loop);
	ss->frames = epoll_create1(EPOLL_CLOEXEC);
	if (ss->frames < 0)
		return -errno;
	err = start_poll(ss, &ss->frames_poll, ss->frames, frames_cb);
	return err || fd < 0 ? err : start_poll(ss, &ss->kernel, fd, kernel_cb);
}

void sessions_close(struct sessions *ss)
{
	if (ss->loop)
		later_line_close(&ss->ends);
	ss->loop = NULL;
	stop_poll(&ss->kernel);
	stop_poll(&ss->frames_poll);
	if (ss->frames >= 0)
		close(ss->frames);
	ss->frames = -1;
}

int sessions_watch(struct sessions *ss, struct session *s)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = s };

	return epoll_ctl(ss->frames, EPOLL_CTL_ADD, s->net.fd, &event) ? -errno : 0;
}

void sessions_unwatch(struct sessions *ss, struct session *s)
{
	epoll_ctl(ss->frames, EPOLL_CTL_DEL, s->net.fd, NULL);
}

void sessions_read_stats(struct sessions *ss)
{
	registry_read_stats(&ss->registry, ss->backend);
}
