// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "json.h"

#define PATIENCE_S 10		/* longest wait for the next octets of an answer, or to send */
#define LONGEST_PAUSE_MS 5000	/* between two attempts to connect again */

static void complain_of_connect(const char *path, int err)
{
	switch (err) {
	case ENOENT:
	case ECONNREFUSED:
		complain("culvertd is not running: nobody answers on %s; "
			 "start it by \"systemctl start culvertd\"", path);
		break;
	case EACCES:
	case EPERM:
		complain("%s may not be used by you: become root, or a member of the group that "
			 "culvert.conf names in control { }", path);
		break;
	case ENAMETOOLONG:
		complain("the path of the socket is too long: %s", path);
		break;
	default:
		complain("%s: %s", path, strerror(err));
	}
}

/* Returns a socket that is connected to the daemon; -1 with errno set. */
static int try_connect(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || !connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

/* Returns a stream connected to the daemon, with PATIENCE_S; NULL with errno set. */
static FILE *connect_to(const char *path)
{
	struct timeval patience = { .tv_sec = PATIENCE_S };
	int fd = try_connect(path);
	FILE *stream;

	if (fd < 0)
		return NULL;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	stream = fdopen(fd, "r");
	if (!stream)
		close(fd);
	return stream;
}

/* Returns false with errno set. */
static bool send_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/*
 * Send a call. It has a newline before its NUL: an earlier daemon, which still runs after an upgrade,
 * waits for one, and then says at once that it does not understand.
 */
static bool send_call(FILE *stream, const struct call *call, bool more)
{
	json_t *message = json_pack("{s:s, s:O*, s:o*}", "method", call->method, "parameters",
				    json_object_size(call->parameters) ? call->parameters : NULL,
				    "more", more ? json_true() : NULL);
	char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;
	bool sent = text && send_all(fileno(stream), text, strlen(text)) &&
		    send_all(fileno(stream), "\n", 2);

	free(text);
	json_decref(message);
	return sent;
}

/* Read a message, or the line of an earlier daemon. Returns NULL with errno set; the caller frees. */
static char *read_message(FILE *stream)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int c = EOF;

	errno = ECONNRESET;
	while (out && (c = getc(stream)) > 0 && c != '\n')
		putc(c, out);
	if (out && !fclose(out) && c != EOF)
		return text;
	free(text);
	return NULL;
}

/* Returns the next message from the daemon, or NULL after complaining. */
static json_t *receive(FILE *stream)
{
	char *text = read_message(stream);
	json_t *value = NULL;

	if (text) {
		value = json_loads(text, 0, NULL);
		if (!value)
			complain("culvertd answers something that is not JSON");
	} else if (errno == EAGAIN) {
		complain("culvertd does not answer");
	} else {
		complain("culvertd broke off: %s", strerror(errno));
	}
	free(text);
	return value;
}

/* Complain of the error in @message. Returns an exit status. */
static int refused(const json_t *message)
{
	const json_t *parameters = json_object_get(message, "parameters");
	const char *error = text_of(message, "error");
	const char *what = text_of(parameters, "what"), *reason = text_of(parameters, "reason");

	if (json_object_get(message, "ok")) {
		complain("the culvertd that runs is of an earlier version than pppctl, and does not "
			 "understand it: \"systemctl restart culvertd\" starts the new one, and ends "
			 "its sessions");
		return STATUS_ABSENT;
	}
	if (*what)
		complain(strcmp(what, "session") ? "there is no %s \"%s\"" : "there is no %s %s",
			 what, text_of(parameters, "name"));
	else if (*reason)
		complain("%s", reason);
	else if (!strcmp(error, "org.varlink.service.PermissionDenied"))
		complain("you may not do that: culvert.conf says in control { } who may");
	else if (strstr(error, "NotFound"))
		complain("culvertd does not know that: it is of another version than pppctl");
	else
		complain("culvertd refuses, and does not say why%s%s", *error ? ": " : "", error);
	return STATUS_FAILED;
}

/*
 * Receive one reply. Returns a new reference to its parameters, or NULL after complaining. *@last is
 * false if another one follows.
 */
static json_t *receive_reply(FILE *stream, bool *last, int *status)
{
	json_t *message = receive(stream);
	json_t *parameters;

	*status = STATUS_ABSENT;
	*last = true;
	if (!message)
		return NULL;
	parameters = json_incref(json_object_get(message, "parameters"));
	if (!parameters || json_object_get(message, "error")) {
		*status = refused(message);
		keep_error(message);
		json_decref(parameters);
		parameters = NULL;
	} else {
		*status = STATUS_OK;
		*last = !json_is_true(json_object_get(message, "continues"));
	}
	json_decref(message);
	return parameters;
}

/* Send @call, whose parameters are released. Returns @stream; NULL after complaining, and closing it. */
static FILE *begin(FILE *stream, const struct call *call, bool more)
{
	/* A daemon that refuses us may have said why before it broke off. */
	if (stream && !send_call(stream, call, more) && errno != EPIPE) {
		complain("culvertd broke off: %s", strerror(errno));
		fclose(stream);
		stream = NULL;
	}
	json_decref(call->parameters);
	return stream;
}

/* Connect and send @call, whose parameters are released. Returns NULL after complaining. */
static FILE *start(const struct options *options, const struct call *call, bool more)
{
	FILE *stream = connect_to(options->socket);

	if (!stream)
		complain_of_connect(options->socket, errno);
	return begin(stream, call, more);
}

json_t *ask(const struct options *options, struct call call, int *status)
{
	FILE *stream = start(options, &call, false);
	json_t *parameters, *result = NULL;
	bool last;

	*status = STATUS_ABSENT;
	if (!stream)
		return NULL;
	parameters = receive_reply(stream, &last, status);
	fclose(stream);
	if (!call.member || !parameters)
		return parameters;
	result = json_incref(json_object_get(parameters, call.member));
	json_decref(parameters);
	if (result)
		return result;
	complain("culvertd answers without \"%s\"", call.member);
	*status = STATUS_FAILED;
	return NULL;
}

int ask_each(const struct options *options, struct call call,
	     void (*reply)(void *ctx, const json_t *parameters), void *ctx)
{
	FILE *stream = start(options, &call, true);
	int status = STATUS_ABSENT;
	bool last = !stream;

	while (!last) {
		json_t *parameters = receive_reply(stream, &last, &status);

		if (parameters)
			reply(ctx, parameters);
		json_decref(parameters);
	}
	if (stream)
		fclose(stream);
	return status;
}

struct gathered {
	const char *member;
	json_t *list;
};

static void gather(void *ctx, const json_t *parameters)
{
	struct gathered *g = ctx;

	json_array_extend(g->list, json_object_get(parameters, g->member));
}

json_t *ask_list(const struct options *options, struct call call, int *status)
{
	struct gathered g = { .member = call.member, .list = json_array() };

	*status = ask_each(options, call, gather, &g);
	if (!*status)
		return g.list;
	json_decref(g.list);
	return NULL;
}

/* Takes the reference to @result; NULL: there is none, and @status says why. */
static int show_result(const struct options *options, json_t *result, int status, show_fn show)
{
	if (!result) {
		print_json_error(options, status);
		return status;
	}
	if (options->json)
		print_json(options, result);
	else if (show)
		show(options, result);
	json_decref(result);
	return STATUS_OK;
}

int ask_and_show(const struct options *options, struct call call, show_fn show)
{
	int status;
	json_t *result = ask(options, call, &status);

	return show_result(options, result, status, show);
}

int list_and_show(const struct options *options, struct call call, show_fn show)
{
	int status;
	json_t *result = ask_list(options, call, &status);

	return show_result(options, result, status, show);
}

int each_named(const struct options *options, struct call call, int argc, char **argv, show_fn show)
{
	int worst = STATUS_OK;

	for (int i = 0; i < argc; i++) {
		int status;

		call.parameters = json_pack("{s:s}", "name", argv[i]);
		status = ask_and_show(options, call, show);
		worst = status > worst ? status : worst;
	}
	return worst;
}

/* ---- what is told as it happens ---- */

void complain_of_lines(const json_t *lines, const char *mark)
{
	const json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
		complain("%s%s", mark, json_string_value(line));
}

void complain_of_lost(const json_t *parameters, const char *what)
{
	uint64_t lost = number_of(parameters, "lost");

	if (lost)
		complain("%ju %s were not seen here, since they were not read in time",
			 (uintmax_t)lost, what);
}

FILE *follow_begin(const struct options *options, struct call call)
{
	return start(options, &call, true);
}

bool follow_one(const struct options *options, FILE *stream, answered_fn reply, int *status)
{
	const struct timeval forever = { 0 };
	bool last;
	json_t *parameters = receive_reply(stream, &last, status);

	setsockopt(fileno(stream), SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof(forever));
	if (parameters)
		reply(options, parameters);
	json_decref(parameters);
	return !last;
}

int follow(const struct options *options, struct call call, answered_fn reply)
{
	FILE *stream = follow_begin(options, call);
	int status = STATUS_ABSENT;

	if (!stream)
		return status;
	while (follow_one(options, stream, reply, &status))
		;
	fclose(stream);
	if (status != STATUS_OK)
		print_json_error(options, status);
	return status;
}

/* ---- events ---- */

static uint64_t now_ms(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Tell of what was not seen, in its place among the events. */
static void tell(const struct options *options, event_fn event, const char *type,
		 const char *member, uint64_t number)
{
	json_t *object = json_pack("{s:s, s:I, s:I}", "type", type,
				   "time_ms", (json_int_t)now_ms(CLOCK_REALTIME), member,
				   (json_int_t)number);

	event(options, object);
	json_decref(object);
}

/*
 * Call @event for each event until the connection ends, and close it; then complain. Returns an exit
 * status. *@heard becomes true if the daemon has said that it tells events.
 */
static int hear(const struct options *options, FILE *stream, event_fn event, bool *heard)
{
	struct timeval forever = { 0 };
	int status = STATUS_ABSENT;
	bool last = !stream;

	while (!last) {
		json_t *reply = receive_reply(stream, &last, &status);
		uint64_t lost = number_of(reply, "lost");

		*heard |= reply != NULL;
		setsockopt(fileno(stream), SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof(forever));
		if (lost)
			tell(options, event, "monitor.lost", "lost", lost);
		if (json_object_get(reply, "event"))
			event(options, json_object_get(reply, "event"));
		json_decref(reply);
	}
	if (stream)
		fclose(stream);
	return status;
}

/*
 * Wait for a daemon that has gone, for as long as it takes, and @pause_ms before the first attempt.
 * Returns NULL after complaining.
 */
static FILE *wait_for_daemon(const struct options *options, uint64_t pause_ms)
{
	FILE *stream;

	do {
		const struct timespec pause = { .tv_sec = (time_t)(pause_ms / 1000),
						.tv_nsec = (long)(pause_ms % 1000) * 1000000 };

		nanosleep(&pause, NULL);
		pause_ms = pause_ms < LONGEST_PAUSE_MS / 2 ? 2 * pause_ms : LONGEST_PAUSE_MS;
		stream = connect_to(options->socket);
	} while (!stream && (errno == ENOENT || errno == ECONNREFUSED || errno == EAGAIN));
	if (!stream)
		complain_of_connect(options->socket, errno);
	return stream;
}

int monitor(const struct options *options, event_fn event)
{
	const struct call call = { .method = "org.culvert.Session.Monitor" };
	bool heard = false, once;
	int status = hear(options, start(options, &call, true), event, &heard);

	/* Who was told of events is told of those of the next daemon, too. */
	once = heard;
	while (status == STATUS_ABSENT && once && !options->no_reconnect) {
		uint64_t since_ms = now_ms(CLOCK_BOOTTIME);
		FILE *stream;

		complain("waiting for culvertd");
		/* One that hangs up at once may be about to end. */
		stream = wait_for_daemon(options, heard ? 100 : LONGEST_PAUSE_MS);
		if (!stream)
			break;
		tell(options, event, "monitor.gap", "gap_ms", now_ms(CLOCK_BOOTTIME) - since_ms);
		heard = false;
		status = hear(options, begin(stream, &call, true), event, &heard);
	}
	if (status != STATUS_OK)
		print_json_error(options, status);
	return status;
}
