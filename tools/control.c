// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"
#include "json.h"

#define PATIENCE_S 10	/* longest wait for the next octets of an answer, or to send */

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
	default:
		complain("%s: %s", path, strerror(err));
	}
}

/* Returns a stream connected to the daemon, with PATIENCE_S; NULL after complaining. */
static FILE *connect_to(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = PATIENCE_S };
	FILE *stream;
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path)) {
		complain("the path of the socket is too long: %s", path);
		return NULL;
	}
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		complain("no socket: %s", strerror(errno));
		return NULL;
	}
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		complain_of_connect(path, errno);
		close(fd);
		return NULL;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	stream = fdopen(fd, "r");
	if (!stream) {
		complain("no socket: %s", strerror(errno));
		close(fd);
	}
	return stream;
}

static bool send_request(FILE *stream, const json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	const char *p = text;
	size_t len = text ? strlen(text) : 0;

	/* The newline takes the place of the final NUL. */
	if (text)
		text[len++] = '\n';
	while (len) {
		ssize_t n = send(fileno(stream), p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		p += n;
		len -= (size_t)n;
	}
	free(text);
	return p && !len;
}

/* Returns the value of the next line from the daemon, or NULL after complaining. */
static json_t *receive(FILE *stream)
{
	char *line = NULL;
	json_t *value = NULL;
	size_t size = 0;

	errno = ECONNRESET;
	if (getline(&line, &size, stream) > 0) {
		value = json_loads(line, 0, NULL);
		if (!value)
			complain("culvertd answers something that is not JSON");
	} else if (errno == EAGAIN) {
		complain("culvertd does not answer");
	} else {
		complain("culvertd broke off: %s", strerror(errno));
	}
	free(line);
	return value;
}

/* Send @request. Returns a new reference to the result, or NULL after complaining. */
static json_t *exchange(FILE *stream, const json_t *request, int *status)
{
	json_t *answer = NULL, *result = NULL;

	*status = STATUS_ABSENT;
	if (send_request(stream, request))
		answer = receive(stream);
	else
		complain("culvertd broke off: %s", strerror(errno));
	if (!answer)
		return NULL;
	if (json_is_true(json_object_get(answer, "ok"))) {
		result = json_incref(json_object_get(answer, "result"));
		*status = STATUS_OK;
	} else {
		const char *error = text_of(answer, "error");

		complain("%s", *error ? error : "culvertd refuses, and does not say why");
		*status = STATUS_FAILED;
	}
	json_decref(answer);
	return result;
}

json_t *ask(const struct options *options, json_t *request, int *status)
{
	FILE *stream = connect_to(options->socket);
	json_t *result = NULL;

	*status = STATUS_ABSENT;
	if (stream) {
		result = exchange(stream, request, status);
		fclose(stream);
	}
	json_decref(request);
	return result;
}

int ask_and_show(const struct options *options, json_t *request, show_fn show)
{
	int status;
	json_t *result = ask(options, request, &status);

	if (!result)
		return status;
	if (options->json)
		print_json(options, result);
	else if (show)
		show(options, result);
	json_decref(result);
	return STATUS_OK;
}

int each_named(const struct options *options, const char *command, int argc, char **argv,
	       show_fn show)
{
	int worst = STATUS_OK;

	for (int i = 0; i < argc; i++) {
		int status = ask_and_show(options, json_pack("{s:s,s:s}", "cmd", command, "name",
							     argv[i]), show);

		worst = status > worst ? status : worst;
	}
	return worst;
}

int monitor(const struct options *options,
	    void (*event)(const struct options *options, const json_t *object))
{
	FILE *stream = connect_to(options->socket);
	json_t *request = json_pack("{s:s}", "cmd", "monitor");
	struct timeval forever = { 0 };
	int status = STATUS_ABSENT;
	json_t *line;

	if (!stream)
		goto out;
	json_decref(exchange(stream, request, &status));
	if (status == STATUS_OK) {
		setsockopt(fileno(stream), SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof(forever));
		while ((line = receive(stream))) {
			event(options, json_object_get(line, "event"));
			json_decref(line);
		}
		status = STATUS_ABSENT;
	}
	fclose(stream);
out:
	json_decref(request);
	return status;
}
