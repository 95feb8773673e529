// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/callback.h"
#include "util/file.h"
#include "util/log.h"
#include "client/resolver.h"

#define PROGRAM_MS	10000	/* a program that takes longer is killed */
#define MAX_ARGS	8

#define RECORD	".culvert"	/* what our records are called, behind the interface's name */

/* Exists while systemd-resolved runs. */
#define RESOLVED_SOCKET	"/run/systemd/resolve/io.systemd.Resolve"

static void go_on(struct resolver *r);

/* The command line of a program, and the buffers for its words. */
struct command {
	char *args[MAX_ARGS];		/* RESOLVER_PROGRAM, the program, its arguments */
	unsigned int n;
	char record[IFNAMSIZ + sizeof(RECORD)];
	char servers[RESOLVER_SERVERS][IP_TEXT_SIZE];
	char ifname[IFNAMSIZ];
};

static void add_arg(struct command *c, const char *arg)
{
	/* libuv does not change the words. */
	c->args[c->n++] = (char *)(uintptr_t)arg;
	c->args[c->n] = NULL;
}

static bool is_resolved(const struct resolver *r)
{
	return r->kind == CONFIG_RESOLVER_RESOLVED ||
	       (r->kind == CONFIG_RESOLVER_AUTO && access(RESOLVED_SOCKET, F_OK) == 0);
}

static unsigned int format_servers(struct command *c, const struct resolver_servers *servers)
{
	for (unsigned int i = 0; i < servers->n; i++)
		ip_format(servers->list[i], c->servers[i]);
	return servers->n;
}

/* resolvectl dns IFNAME SERVER..., resolvectl revert IFNAME */
static void resolvectl(struct command *c, const struct resolver_servers *servers, bool forget)
{
	unsigned int n = forget ? 0 : format_servers(c, servers);

	add_arg(c, RESOLVER_PROGRAM);
	add_arg(c, "resolvectl");
	add_arg(c, forget ? "revert" : "dns");
	add_arg(c, c->ifname);
	for (unsigned int i = 0; i < n; i++)
		add_arg(c, c->servers[i]);
}

/* resolvconf -a RECORD, which reads a resolv.conf(5) from standard input; resolvconf -d RECORD */
static void resolvconf(struct resolver *r, struct command *c,
		       const struct resolver_servers *servers, bool forget)
{
	unsigned int n = forget ? 0 : format_servers(c, servers);
	size_t len = 0;

	snprintf(c->record, sizeof(c->record), "%s" RECORD, c->ifname);
	add_arg(c, RESOLVER_PROGRAM);
	add_arg(c, "resolvconf");
	add_arg(c, forget ? "-d" : "-a");
	add_arg(c, c->record);
	for (unsigned int i = 0; i < n; i++)
		len += (size_t)snprintf(r->text + len, sizeof(r->text) - len, "nameserver %s\n",
					c->servers[i]);
}

static void handle_closed(uv_handle_t *handle)
{
	CALLBACK("resolver: closed");
	struct resolver *r = handle->data;

	if (--r->handles)
		return;
	r->running = 0;
	go_on(r);
	if (!r->running)
		r->idle(r);
}

static void close_handle(struct resolver *r, uv_handle_t *handle)
{
	if (!uv_is_closing(handle))
		uv_close(handle, handle_closed);
}

/* @status and @signum are those of the program. */
static void tell_failure(const struct resolver *r, int status, int signum)
{
	const struct log_fields about = { .client = r->name };

	if (status == RESOLVER_FAILED)
		log_with(&about, log_warning("client %s: name servers: %s is not there, or cannot be "
					     "run", r->name, r->program));
	else
		log_with(&about, log_warning("client %s: name servers: %s ended with %s %d", r->name,
					     r->program, signum ? "signal" : "status",
					     signum ? signum : status));
}

static void exit_cb(uv_process_t *process, int64_t status, int signum)
{
	CALLBACK("resolver: program");
	struct resolver *r = process->data;

	if (status || signum)
		tell_failure(r, (int)status, signum);
	close_handle(r, (uv_handle_t *)&r->process);
	close_handle(r, (uv_handle_t *)&r->input);
	close_handle(r, (uv_handle_t *)&r->timer);
}

static void timer_cb(uv_timer_t *timer)
{
	CALLBACK("resolver: clock");
	struct resolver *r = timer->data;

	uv_process_kill(&r->process, SIGKILL);
}

static void write_cb(uv_write_t *write, int status)
{
	CALLBACK("resolver: written");
	struct resolver *r = write->data;

	/* The program waits for the end of its input. */
	close_handle(r, (uv_handle_t *)&r->input);
}

static void feed(struct resolver *r)
{
	uv_buf_t buf = uv_buf_init(r->text, (unsigned int)strlen(r->text));

	r->write.data = r;
	if (uv_write(&r->write, (uv_stream_t *)&r->input, &buf, 1, write_cb))
		close_handle(r, (uv_handle_t *)&r->input);
}

static void start(struct resolver *r, struct command *c)
{
	uv_stdio_container_t stdio[] = {
		{ .flags = UV_CREATE_PIPE | UV_READABLE_PIPE,
		  .data.stream = (uv_stream_t *)&r->input },
		{ .flags = UV_IGNORE },
		{ .flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO },
	};
	const uv_process_options_t options = {
		.file = "/proc/self/exe",
		.args = c->args,
		.exit_cb = exit_cb,
		.stdio = stdio,
		.stdio_count = 3,
	};
	int err;

	uv_pipe_init(r->loop, &r->input, 0);
	uv_timer_init(r->loop, &r->timer);
	r->process.data = r;
	r->input.data = r;
	r->timer.data = r;
	r->handles = 3;
	r->running = 1;
	r->program = c->args[1];
	err = uv_spawn(r->loop, &r->process, &options);
	if (err) {
		log_with(&(struct log_fields){ .client = r->name },
			 log_warning("client %s: name servers: %s: %s", r->name, r->program,
				     uv_strerror(err)));
		close_handle(r, (uv_handle_t *)&r->process);
		close_handle(r, (uv_handle_t *)&r->input);
		close_handle(r, (uv_handle_t *)&r->timer);
		return;
	}
	uv_timer_start(&r->timer, timer_cb, PROGRAM_MS, 0);
	feed(r);
}

static bool same(const struct resolver_servers *a, const struct resolver_servers *b)
{
	if (strcmp(a->ifname, b->ifname) || a->n != b->n || a->resolved != b->resolved)
		return false;
	for (unsigned int i = 0; i < a->n; i++)
		if (!ip_equal(a->list[i], b->list[i]))
			return false;
	return true;
}

/*
 * Start the program that brings @told one step nearer to @wanted. What was told is taken back
 * before anything else is told, even for the same interface.
 */
static void go_on(struct resolver *r)
{
	const struct resolver_servers none = { 0 };
	bool forget = r->told.ifname[0] != '\0';
	struct command c = { 0 };

	if (r->running || same(&r->told, &r->wanted))
		return;
	memcpy(c.ifname, forget ? r->told.ifname : r->wanted.ifname, sizeof(c.ifname));
	r->text[0] = '\0';
	if (forget ? r->told.resolved : r->wanted.resolved)
		resolvectl(&c, &r->wanted, forget);
	else
		resolvconf(r, &c, &r->wanted, forget);
	/* Set before the program has succeeded: if it fails, another try would fail, too. */
	r->told = forget ? none : r->wanted;
	start(r, &c);
}

void resolver_init(struct resolver *r, uv_loop_t *loop, enum config_resolver kind, const char *name,
		   void (*idle)(struct resolver *r))
{
	memset(r, 0, sizeof(*r));
	r->loop = loop;
	r->kind = kind;
	r->name = name;
	r->idle = idle;
}

bool resolver_has_record(const char *ifname)
{
	/* Where resolvconf's packages keep them: Debian's own, openresolv, openresolv since 3.13. */
	static const char * const folders[] = { "interface", "interfaces", "keys" };
	char path[128];

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, sizeof(path), "/run/resolvconf/%s/%s" RECORD, folders[i], ifname);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

void resolver_claim(struct resolver *r, const char *ifname)
{
	snprintf(r->told.ifname, sizeof(r->told.ifname), "%s", ifname);
	go_on(r);
}

void resolver_tell(struct resolver *r, const char *ifname, const struct ip_addr *list,
		   unsigned int n)
{
	memset(&r->wanted, 0, sizeof(r->wanted));
	if (r->kind != CONFIG_RESOLVER_OFF && r->kind != CONFIG_RESOLVER_ASK && n) {
		snprintf(r->wanted.ifname, sizeof(r->wanted.ifname), "%s", ifname);
		r->wanted.resolved = is_resolved(r);
		for (; r->wanted.n < n && r->wanted.n < RESOLVER_SERVERS; r->wanted.n++)
			r->wanted.list[r->wanted.n] = list[r->wanted.n];
	}
	go_on(r);
}

void resolver_forget(struct resolver *r)
{
	memset(&r->wanted, 0, sizeof(r->wanted));
	go_on(r);
}

bool resolver_is_idle(const struct resolver *r)
{
	return !r->running;
}

/* --- in the process ----------------------------------------------------------------------- */

bool resolver_serve(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[0], RESOLVER_PROGRAM))
		return false;
	file_close_others();
	execvp(argv[1], argv + 1);
	return true;
}
