// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hooks/run.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/file.h"
#include "util/program.h"
#include "util/text.h"

#define READ_SIZE	4096
#define LAST_READS	16	/* of what the program wrote just before its end */
#define DESCRIPTORS	1024	/* programs that use select(2), or close all there may be */

/* --- in the process ----------------------------------------------------------------------- */

/* Our limit of descriptors is none that programs expect. */
static void limit_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur <= DESCRIPTORS)
		return;
	limit.rlim_cur = DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &limit);
}

bool hook_serve(int argc, char **argv)
{
	char reason[PROGRAM_REASON_SIZE];

	if (argc < 2 || strcmp(argv[0], HOOK_PROGRAM))
		return false;
	file_close_others();
	limit_descriptors();
	if (!program_is_safe(argv[1], reason)) {
		fprintf(stderr, "%s %s\n", argv[1], reason);
		return true;
	}
	execv(argv[1], argv + 1);
	fprintf(stderr, "%s cannot be run: %s\n", argv[1],
		errno == ENOENT ? "there is no interpreter as its first line says" :
				  strerror(errno));
	return true;
}

/* --- in the daemon ------------------------------------------------------------------------ */

static void tell_line(struct run *r)
{
	char shown[TEXT_SHOW_SIZE(RUN_LINE_SIZE)];

	if (!r->len)
		return;
	text_show(shown, sizeof(shown), r->line, r->len);
	r->len = 0;
	if (r->lines++ < RUN_LINES)
		r->said(r, shown);
	else
		r->more++;
}

static void take(struct run *r, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			tell_line(r);
		else if (r->len < sizeof(r->line) - 1)
			r->line[r->len++] = text[i];
	}
}

/* Returns false if there is nothing to be read now, or ever. */
static bool read_some(struct run *r)
{
	char text[READ_SIZE];
	ssize_t n = read(r->output, text, sizeof(text));

	if (n > 0)
		take(r, text, (size_t)n);
	else if (!n)
		uv_poll_stop(&r->poll);
	return n > 0;
}

static void handle_closed(uv_handle_t *handle)
{
	CALLBACK("hooks: closed");
	struct run *r = handle->data;

	if (--r->handles)
		return;
	if (r->output >= 0)
		close(r->output);
	if (r->pidfd >= 0)
		close(r->pidfd);
	r->done(r);
}

static void add_handle(struct run *r, uv_handle_t *handle)
{
	handle->data = r;
	r->handles++;
}

static void finish(struct run *r)
{
	uv_close((uv_handle_t *)&r->timer, handle_closed);
	if (r->output < 0)
		return;
	uv_close((uv_handle_t *)&r->end, handle_closed);
	uv_close((uv_handle_t *)&r->poll, handle_closed);
}

static void ended_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("hooks: program");
	struct run *r = poll->data;

	if (waitpid(r->pid, &r->status, WNOHANG) != r->pid)
		return;
	for (unsigned int i = 0; i < LAST_READS && read_some(r); i++)
		;
	tell_line(r);
	finish(r);
}

static void output_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("hooks: output");

	read_some(poll->data);
}

/* The number of the group is not another one's before waitpid() has told of the process's end. */
static void signal_group(const struct run *r, int signum)
{
	kill(-r->pid, signum);
}

static void kill_cb(uv_timer_t *timer)
{
	CALLBACK("hooks: kill");

	run_kill(timer->data);
}

static void timeout_cb(uv_timer_t *timer)
{
	CALLBACK("hooks: clock");

	run_cancel(timer->data);
}

void run_cancel(struct run *r)
{
	if (r->timed_out || uv_is_closing((uv_handle_t *)&r->timer))
		return;
	r->timed_out = true;
	signal_group(r, SIGTERM);
	uv_timer_start(&r->timer, kill_cb, RUN_GRACE_MS, 0);
}

void run_kill(struct run *r)
{
	if (uv_is_closing((uv_handle_t *)&r->timer))
		return;
	r->timed_out = true;
	signal_group(r, SIGKILL);
}

static int spawn_with(struct run *r, struct command *command,
		      const posix_spawn_file_actions_t *files, posix_spawnattr_t *attr)
{
	char name[] = HOOK_PROGRAM, *args[COMMAND_WORDS], *env[COMMAND_WORDS];
	sigset_t all, none;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_setsigdefault(attr, &all);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF |
					       POSIX_SPAWN_SETSIGMASK);
	command_split(command, name, args, env);
	return posix_spawn(&r->pid, "/proc/self/exe", files, attr, args, env);
}

/* The process writes to @out. Returns 0, or an errno. */
static int spawn(struct run *r, struct command *command, int out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int err;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	err = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&files, out, STDERR_FILENO);
	if (!err)
		err = posix_spawn_file_actions_addchdir_np(&files, "/");
	if (!err)
		err = spawn_with(r, command, &files, &attr);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return err;
}

/* Without a pidfd nobody would tell the end: then the process has to end now. */
static int watch(struct run *r)
{
	int err;

	/* Not every C library has a function for it. */
	r->pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	if (r->pidfd >= 0)
		return 0;
	err = errno;
	signal_group(r, SIGKILL);
	waitpid(r->pid, NULL, 0);
	return err;
}

static int begin(struct run *r, struct command *command)
{
	int fds[2], err;

	if (pipe2(fds, O_CLOEXEC))
		return errno;
	err = spawn(r, command, fds[1]);
	close(fds[1]);
	if (!err)
		err = watch(r);
	if (err)
		close(fds[0]);
	else
		r->output = fds[0];
	return err;
}

void run_start(struct run *r, uv_loop_t *loop, struct command *command, uint64_t timeout_ms)
{
	r->pidfd = -1;
	r->output = -1;
	uv_timer_init(loop, &r->timer);
	add_handle(r, (uv_handle_t *)&r->timer);
	r->error = begin(r, command);
	if (r->error) {
		finish(r);
		return;
	}
	/* libuv makes them not wait. */
	uv_poll_init(loop, &r->end, r->pidfd);
	uv_poll_init(loop, &r->poll, r->output);
	add_handle(r, (uv_handle_t *)&r->end);
	add_handle(r, (uv_handle_t *)&r->poll);
	uv_poll_start(&r->end, UV_READABLE, ended_cb);
	uv_poll_start(&r->poll, UV_READABLE, output_cb);
	uv_timer_start(&r->timer, timeout_cb, timeout_ms, 0);
}
