// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "session/poller.h"
#include "util/callback.h"

#define READY_AT_ONCE	64

static int serve(struct poller *poller)
{
	struct epoll_event ready[READY_AT_ONCE];
	int n = epoll_wait(poller->epoll, ready, READY_AT_ONCE, 0);

	for (int i = 0; i < n; i++) {
		struct polled *polled = ready[i].data.ptr;

		polled->ready(polled, ready[i].events);
	}
	return n;
}

/* Sockets that there is no time for are ready again in the next iteration of the loop. */
static void poll_cb(uv_poll_t *poll, int status, int events)
{
	struct poller *poller = poll->data;
	CALLBACK(poller->what);

	while (serve(poller) == READY_AT_ONCE && callback_has_time())
		;
}

int poller_open(struct poller *poller, uv_loop_t *loop, const char *what)
{
	int err;

	memset(poller, 0, sizeof(*poller));
	poller->what = what;
	poller->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (poller->epoll < 0)
		return -errno;
	err = uv_poll_init(loop, &poller->poll, poller->epoll);
	if (err)
		return err;
	poller->poll.data = poller;
	return uv_poll_start(&poller->poll, UV_READABLE, poll_cb);
}

void poller_close(struct poller *poller)
{
	if (poller->poll.data)
		uv_close((uv_handle_t *)&poller->poll, NULL);
	poller->poll.data = NULL;
	if (poller->epoll >= 0)
		close(poller->epoll);
	poller->epoll = -1;
}

static int control(struct poller *poller, int op, int fd, struct polled *polled, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = polled };

	return epoll_ctl(poller->epoll, op, fd, &event) ? -errno : 0;
}

int poller_add(struct poller *poller, int fd, struct polled *polled, uint32_t events)
{
	return control(poller, EPOLL_CTL_ADD, fd, polled, events);
}

void poller_change(struct poller *poller, int fd, struct polled *polled, uint32_t events)
{
	control(poller, EPOLL_CTL_MOD, fd, polled, events);
}

void poller_remove(struct poller *poller, int fd)
{
	control(poller, EPOLL_CTL_DEL, fd, NULL, 0);
}
