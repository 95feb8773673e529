// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "client/lookup.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/file.h"

/* What the process writes to its standard output. Fits into a pipe, so that it never waits. */
struct answer {
	int status;			/* 0, or an error of libuv */
	unsigned int n;
	struct in_addr list[LOOKUP_MAX];
};

/* --- in the process ----------------------------------------------------------------------- */

static void take(struct answer *a, const struct addrinfo *list)
{
	for (; list && a->n < LOOKUP_MAX; list = list->ai_next) {
		if (list->ai_family == AF_INET)
			a->list[a->n++] = ip_from_sockaddr(list->ai_addr).v4;
	}
}

static void look_up(struct answer *a, const char *name)
{
	const struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	uv_getaddrinfo_t request = { .addrinfo = NULL };

	/* Without a callback libuv asks and waits. It knows names that are not ASCII. */
	a->status = uv_getaddrinfo(uv_default_loop(), &request, NULL, name, NULL, &hints);
	if (!a->status)
		take(a, request.addrinfo);
	uv_freeaddrinfo(request.addrinfo);
}

bool lookup_serve(int argc, char **argv)
{
	struct answer a = { 0 };

	if (argc != 2 || strcmp(argv[0], LOOKUP_PROGRAM))
		return false;
	file_close_others();
	/* Nobody reads the answer once the daemon is dead. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	look_up(&a, argv[1]);
	fwrite(&a, sizeof(a), 1, stdout);
	fflush(stdout);
	return true;
}

/* --- in the daemon ------------------------------------------------------------------------ */

/* A process that ended without an answer has crashed in a library, or was killed. */
static void read_answer(struct lookup *l)
{
	struct answer a;

	if (read(l->fd, &a, sizeof(a)) != sizeof(a) || a.n > LOOKUP_MAX) {
		l->status = UV_EAI_FAIL;
		return;
	}
	l->status = a.status;
	for (l->n = 0; l->n < a.n; l->n++)
		l->list[l->n] = ip_from_v4(a.list[l->n]);
}

static void process_closed(uv_handle_t *handle)
{
	CALLBACK("lookup: done");
	struct lookup *l = container_of((uv_process_t *)handle, struct lookup, process);

	l->done(l);
}

/* The result is there. libuv has the handle even of a process that could not be started. */
static void finish(struct lookup *l)
{
	l->running = false;
	if (l->fd >= 0)
		close(l->fd);
	if (l->process.type == UV_PROCESS)
		uv_close((uv_handle_t *)&l->process, process_closed);
	else
		l->done(l);
}

static void exit_cb(uv_process_t *process, int64_t status, int signum)
{
	CALLBACK("lookup: process");
	struct lookup *l = container_of(process, struct lookup, process);

	if (l->cancelled)
		l->status = UV_ECANCELED;
	else
		read_answer(l);
	finish(l);
}

/* Start the process, which writes to @out. */
static int spawn(struct lookup *l, int out)
{
	char program[] = LOOKUP_PROGRAM;
	/* libuv does not change the words. */
	char *args[] = { program, (char *)(uintptr_t)l->name, NULL };
	uv_stdio_container_t stdio[] = {
		{ .flags = UV_IGNORE },
		{ .flags = UV_INHERIT_FD, .data.fd = out },
		{ .flags = UV_IGNORE },
	};
	const uv_process_options_t options = {
		.file = "/proc/self/exe",
		.args = args,
		.exit_cb = exit_cb,
		.stdio = stdio,
		.stdio_count = 3,
	};

	return uv_spawn(l->line->idle.loop, &l->process, &options);
}

static void start(struct lookup *l)
{
	int fds[2] = { -1, -1 };

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		l->status = uv_translate_sys_error(errno);
	l->fd = fds[0];
	if (!l->status)
		l->status = spawn(l, fds[1]);
	if (fds[1] >= 0)
		close(fds[1]);
	l->running = !l->status;
}

static void turn(struct later *later)
{
	struct lookup *l = container_of(later, struct lookup, later);

	if (l->cancelled)
		l->status = UV_ECANCELED;
	else
		start(l);
	if (!l->running)
		finish(l);
}

void lookup_start(struct lookup *l, struct later_line *line, const char *name,
		  void (*done)(struct lookup *l))
{
	memset(l, 0, sizeof(*l));
	l->done = done;
	l->line = line;
	l->name = name;
	l->fd = -1;
	l->later.turn = turn;
	later_add(line, &l->later);
}

void lookup_cancel(struct lookup *l)
{
	l->cancelled = true;
	if (l->running)
		uv_process_kill(&l->process, SIGKILL);
}
