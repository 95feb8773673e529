// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "session/session.h"
#include "session/sessions.h"
#include "util/callback.h"

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

static int watch_kernel(struct sessions *ss)
{
	int fd = net_events_fd(ss->backend);
	int err;

	if (fd < 0)
		return 0;
	err = uv_poll_init(ss->loop, &ss->kernel, fd);
	if (err)
		return err;
	ss->kernel.data = ss;
	return uv_poll_start(&ss->kernel, UV_READABLE, kernel_cb);
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
	later_line_open(&ss->ends, loop);
	err = poller_open(&ss->frames, loop, "sessions: frames");
	if (!err)
		err = poller_open(&ss->tunnels, loop, "tunnels: read");
	return err ? err : watch_kernel(ss);
}

void sessions_close(struct sessions *ss)
{
	if (!ss->loop)
		return;
	later_line_close(&ss->ends);
	ss->loop = NULL;
	if (ss->kernel.data)
		uv_close((uv_handle_t *)&ss->kernel, NULL);
	ss->kernel.data = NULL;
	poller_close(&ss->tunnels);
	poller_close(&ss->frames);
}

void sessions_read_stats(struct sessions *ss)
{
	registry_read_stats(&ss->registry, ss->backend);
}
