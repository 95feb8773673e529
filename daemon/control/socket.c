// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "control/socket.h"
#include "util/callback.h"
#include "util/container.h"

#define LISTEN_BACKLOG 16
#define AGAIN_MS 1000	/* after a client could not be accepted */
#define MAX_ERROR 256	/* octets of the words of an error */

struct control_client {
	LIST_ENTRY(control_client) link;
	uv_pipe_t pipe;
	struct control *control;
	uint64_t heard_ms;	/* uv_now() when the client last sent something */
	bool monitor;
	bool last_words;	/* disconnect once everything is written; read nothing more */
	bool closing;
	bool paused;		/* reading is stopped: @request is full */
	struct control_answer *owed;	/* further requests wait for it; NULL: none */
	void *list;		/* the list that is being sent, or NULL */
	const struct control_list *list_of;	/* of @list */
	bool list_began;	/* the first element was sent */
	char *held;		/* lines that wait for the end of @list, or NULL */
	size_t held_len;
	size_t len;		/* octets in @request */
	char request[CONTROL_MAX_REQUEST];	/* received and not carried out yet */
};

struct control_answer {
	struct control_client *client;	/* NULL: disconnected */
};

struct control {
	uv_pipe_t listener;
	uv_timer_t again;	/* to accept a client that had to wait for memory */
	LIST_HEAD(, control_client) clients;
	unsigned int n_clients;
	unsigned int n_monitors;
	unsigned int max_clients;
	unsigned int handles;	/* open handles of libuv, the listener included */
	const struct control_command *commands;
	void *ctx;
};

/* A write under way, with the octets that it writes. */
struct line {
	uv_write_t write;
	struct control_client *client;
	char text[];
};

/* ---- life of a client ---- */

static void handle_closed(struct control *control)
{
	if (!--control->handles)
		free(control);
}

static void client_closed(uv_handle_t *handle)
{
	CALLBACK("control: closed");
	struct control_client *client = handle->data;

	handle_closed(client->control);
	free(client->held);
	free(client);
}

static void list_close(struct control_client *client)
{
	if (!client->list)
		return;
	client->list_of->close(client->list);
	client->list = NULL;
}

static void client_close(struct control_client *client)
{
	if (client->closing)
		return;
	client->closing = true;
	list_close(client);
	if (client->owed)
		client->owed->client = NULL;
	LIST_REMOVE(client, link);
	client->control->n_clients--;
	if (client->monitor)
		client->control->n_monitors--;
	uv_close((uv_handle_t *)&client->pipe, client_closed);
}

static size_t backlog(const struct control_client *client)
{
	return uv_stream_get_write_queue_size((const uv_stream_t *)&client->pipe);
}

static void serve(struct control_client *client);
static void continue_list(struct control_client *client, const char *before);

static void line_written(uv_write_t *write, int status)
{
	CALLBACK("control: written");
	struct line *line = container_of(write, struct line, write);
	struct control_client *client = line->client;

	free(line);
	if (status)
		client_close(client);
	if (client->closing || backlog(client))
		return;
	if (client->last_words)
		client_close(client);
	else if (client->list)
		continue_list(client, "");
	else if (!client->owed)
		serve(client);
}

/* Send the @len octets of @text, and then @end. Disconnects the client if that fails. */
static void send_text(struct control_client *client, const char *text, size_t len, const char *end)
{
	size_t more = strlen(end);
	struct line *line = malloc(sizeof(*line) + len + more);
	uv_buf_t buf;

	if (!line) {
		client_close(client);
		return;
	}
	line->client = client;
	memcpy(line->text, text, len);
	memcpy(line->text + len, end, more);
	buf = uv_buf_init(line->text, (unsigned int)(len + more));
	if (uv_write(&line->write, (uv_stream_t *)&client->pipe, &buf, 1, line_written)) {
		free(line);
		client_close(client);
	}
}

static void send_line(struct control_client *client, const char *text)
{
	send_text(client, text, strlen(text), "\n");
}

/* Keep a line until the list that is being sent has ended: a list is one line. */
static void hold_line(struct control_client *client, const char *text)
{
	size_t len = strlen(text);
	char *held = client->held_len > CONTROL_MAX_BACKLOG ? NULL :
		     realloc(client->held, client->held_len + len + 1);

	if (!held) {
		client_close(client);
		return;
	}
	memcpy(held + client->held_len, text, len);
	held[client->held_len + len] = '\n';
	client->held = held;
	client->held_len += len + 1;
}

static void send_held(struct control_client *client)
{
	if (client->held)
		send_text(client, client->held, client->held_len, "");
	free(client->held);
	client->held = NULL;
	client->held_len = 0;
}

/* ---- answers ---- */

/* Takes the reference to @answer. NULL: there was no memory, and the client is disconnected. */
static void send_answer(struct control_client *client, json_t *answer)
{
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;

	json_decref(answer);
	if (text)
		send_line(client, text);
	else
		client_close(client);
	free(text);
}

static void send_error(struct control_client *client, const char *error)
{
	send_answer(client, json_pack("{s:b,s:s}", "ok", 0, "error", error));
}

static void send_result(struct control_client *client, json_t *result)
{
	send_answer(client, json_pack("{s:b,s:o}", "ok", 1, "result", result));
}

/* ---- answers that take their time ---- */

static void begin(struct control_client *client, control_begin_fn fn, const json_t *request)
{
	client->owed = malloc(sizeof(*client->owed));
	if (!client->owed) {
		send_error(client, "out of memory");
		return;
	}
	client->owed->client = client;
	fn(client->control->ctx, request, client->owed);
}

/* Free @answer. Returns the client that waits for it; NULL if that client has disconnected. */
static struct control_client *settle(struct control_answer *answer)
{
	struct control_client *client = answer->client;

	free(answer);
	if (client)
		client->owed = NULL;
	return client;
}

void control_answer(struct control_answer *answer, json_t *result)
{
	struct control_client *client = settle(answer);

	/* line_written() serves the client's next request. */
	if (client)
		send_result(client, result);
	else
		json_decref(result);
}

void control_refuse(struct control_answer *answer, const char *error)
{
	struct control_client *client = settle(answer);

	if (client)
		send_error(client, error);
}

/* ---- lists ---- */

/* Write @object, whose reference is taken, to @out. Returns false if there is no memory. */
static bool write_element(FILE *out, json_t *object, bool first)
{
	char *text = json_dumps(object, JSON_COMPACT | JSON_ENCODE_ANY);
	bool done = text && (first || fputc(',', out) != EOF) && fputs(text, out) != EOF;

	free(text);
	json_decref(object);
	return done;
}

/*
 * Write as many elements as one slice has time for, and the end of the line after the last one.
 * Returns false if there is no memory.
 */
static bool write_slice(struct control_client *client, FILE *out)
{
	json_t *element;

	do {
		element = client->list_of->next(client->list);
		if (!element) {
			list_close(client);
			return fputs("]}\n", out) != EOF;
		}
		if (!write_element(out, element, !client->list_began))
			return false;
		client->list_began = true;
	} while (callback_has_time());
	return true;
}

/* Send @before and the next slice of the list. line_written() sends the slice after that. */
static void continue_list(struct control_client *client, const char *before)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	bool done = out && fputs(before, out) != EOF && write_slice(client, out);

	if (out && fclose(out))
		done = false;
	if (done)
		send_text(client, text, len, "");
	else
		client_close(client);
	free(text);
	if (!client->list && !client->closing)
		send_held(client);
}

static void start_list(struct control_client *client, const struct control_list *list,
		       const json_t *request)
{
	char error[MAX_ERROR] = "out of memory";

	client->list_of = list;
	client->list_began = false;
	client->list = list->open(client->control->ctx, request, error, sizeof(error));
	if (client->list)
		continue_list(client, "{\"ok\":true,\"result\":[");
	else
		send_error(client, error);
}

/* ---- requests ---- */

static void start_monitor(struct control_client *client)
{
	if (!client->monitor) {
		client->monitor = true;
		client->control->n_monitors++;
	}
	send_result(client, json_null());
}

static const struct control_command *find_command(const struct control *control, const char *name)
{
	for (const struct control_command *c = control->commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

static void run_command(struct control_client *client, const json_t *request)
{
	const struct control *control = client->control;
	const char *name = json_string_value(json_object_get(request, "cmd"));
	const struct control_command *command;
	char error[MAX_ERROR] = "failed without a reason";
	json_t *result;

	if (!name) {
		send_error(client, "a request is an object with a string \"cmd\"");
		return;
	}
	if (!strcmp(name, "monitor")) {
		start_monitor(client);
		return;
	}
	command = find_command(control, name);
	if (!command) {
		snprintf(error, sizeof(error), "unknown command \"%.64s\"", name);
		send_error(client, error);
		return;
	}
	if (command->list) {
		start_list(client, command->list, request);
		return;
	}
	if (command->begin) {
		begin(client, command->begin, request);
		return;
	}
	result = command->run(control->ctx, request, error, sizeof(error));
	if (result)
		send_result(client, result);
	else
		send_error(client, error);
}

static void run_request(struct control_client *client, const char *text, size_t len)
{
	json_error_t wrong;
	json_t *request = json_loadb(text, len, JSON_REJECT_DUPLICATES, &wrong);
	char error[MAX_ERROR];

	if (request) {
		run_command(client, request);
		json_decref(request);
		return;
	}
	snprintf(error, sizeof(error), "not JSON: %s", wrong.text);
	send_error(client, error);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void data_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

/* Carry out the first request in client->request. Returns false if no whole request is there. */
static bool serve_one(struct control_client *client)
{
	char *end = memchr(client->request, '\n', client->len);
	char line[CONTROL_MAX_REQUEST];
	size_t len;

	if (!end) {
		if (client->len < CONTROL_MAX_REQUEST)
			return false;
		client->last_words = true;
		send_error(client, "the request is too long");
		return true;
	}
	len = (size_t)(end - client->request);
	memcpy(line, client->request, len);
	client->len -= len + 1;
	memmove(client->request, end + 1, client->len);
	if (len)
		run_request(client, line, len);
	return true;
}

/* Carry out requests while the client reads its answers. Read on if there is room for more. */
static void serve(struct control_client *client)
{
	while (!client->closing && !client->last_words && !client->list && !client->owed &&
	       !backlog(client))
		if (!serve_one(client))
			break;
	if (client->closing || client->last_words)
		return;
	if (client->len == CONTROL_MAX_REQUEST) {
		client->paused = true;
		uv_read_stop((uv_stream_t *)&client->pipe);
	} else if (client->paused) {
		client->paused = false;
		uv_read_start((uv_stream_t *)&client->pipe, give_buffer, data_read);
	}
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	static char unwanted[256];
	struct control_client *client = handle->data;

	/* A client that is about to be disconnected may still send something. */
	if (client->last_words)
		*buf = uv_buf_init(unwanted, sizeof(unwanted));
	else
		*buf = uv_buf_init(client->request + client->len,
				   (unsigned int)(CONTROL_MAX_REQUEST - client->len));
}

static void data_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	CALLBACK("control: request");
	struct control_client *client = stream->data;

	if (n < 0) {
		client_close(client);
		return;
	}
	if (client->last_words)
		return;
	client->heard_ms = uv_now(stream->loop);
	client->len += (size_t)n;
	serve(client);
}

/* ---- connections ---- */

/*
 * Make room for one more client: if there are too many, disconnect the one that has sent nothing
 * for longest. Returns false if all clients are monitors, which are not disconnected.
 */
static bool make_room(struct control *control)
{
	struct control_client *client, *oldest = NULL;

	if (control->n_clients < control->max_clients)
		return true;
	LIST_FOREACH(client, &control->clients, link)
		if (!client->monitor && (!oldest || client->heard_ms < oldest->heard_ms))
			oldest = client;
	if (!oldest)
		return false;
	client_close(oldest);
	return true;
}

static void accept_again(uv_timer_t *timer);

static void accept_client(struct control *control)
{
	uv_stream_t *stream = (uv_stream_t *)&control->listener;
	struct control_client *client;
	bool room = make_room(control);

	client = calloc(1, sizeof(*client));
	/* libuv does not listen until the client is accepted: try again soon. */
	if (!client) {
		uv_timer_start(&control->again, accept_again, AGAIN_MS, 0);
		return;
	}
	client->control = control;
	client->heard_ms = uv_now(stream->loop);
	uv_pipe_init(stream->loop, &client->pipe, 0);
	client->pipe.data = client;
	control->handles++;
	control->n_clients++;
	LIST_INSERT_HEAD(&control->clients, client, link);
	if (uv_accept(stream, (uv_stream_t *)&client->pipe) ||
	    uv_read_start((uv_stream_t *)&client->pipe, give_buffer, data_read)) {
		client_close(client);
	} else if (!room) {
		client->last_words = true;
		send_error(client, "too many clients");
	}
}

static void accept_again(uv_timer_t *timer)
{
	CALLBACK("control: again");

	accept_client(container_of(timer, struct control, again));
}

static void connected(uv_stream_t *stream, int status)
{
	CALLBACK("control: connected");

	if (!status)
		accept_client(stream->data);
}

/* ---- the socket ---- */

static int make_parents(const char *path)
{
	char *copy = strdup(path);
	int err = 0;

	if (!copy)
		return -ENOMEM;
	for (char *slash = strchr(copy + 1, '/'); slash && !err; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			err = -errno;
		*slash = '/';
	}
	free(copy);
	return err;
}

/* Returns 1 if a daemon answers on the socket, 0 if none does, or a negative errno. */
static int is_answered(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0)
		return -errno;
	strncpy(addr.sun_path, path, sizeof(addr.sun_path) - 1);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		err = errno;
	close(fd);
	if (!err)
		return 1;
	return err == ECONNREFUSED || err == ENOENT ? 0 : -err;
}

/*
 * Remove a socket that a daemon has left behind, and nothing else. Returns 0, or -1 after writing
 * the reason to @error.
 */
static int clear_way(const char *path, char *error, size_t size)
{
	struct stat st;
	int answered;

	if (lstat(path, &st))
		return 0;
	if (!S_ISSOCK(st.st_mode)) {
		snprintf(error, size, "%s is in the way: it is not a socket", path);
		return -1;
	}
	answered = is_answered(path);
	if (answered > 0) {
		snprintf(error, size, "%s is in use: another culvertd is running", path);
		return -1;
	}
	if (answered < 0 || unlink(path)) {
		snprintf(error, size, "%s is in the way: %s", path,
			 strerror(answered < 0 ? -answered : errno));
		return -1;
	}
	return 0;
}

static int set_access(const char *path, const char *group)
{
	struct group *entry;

	if (!group || !*group)
		return 0;
	entry = getgrnam(group);
	if (!entry)
		return -ENOENT;
	if (chown(path, (uid_t)-1, entry->gr_gid) || chmod(path, 0660))
		return -errno;
	return 0;
}

static int start_listening(struct control *control, const struct control_options *options)
{
	/* Mode 0600 from the moment when the socket appears. */
	mode_t old = umask(0177);
	int err = uv_pipe_bind(&control->listener, options->path);

	umask(old);
	if (!err)
		err = set_access(options->path, options->group);
	if (!err)
		err = uv_listen((uv_stream_t *)&control->listener, LISTEN_BACKLOG, connected);
	return err;
}

static void listener_closed(uv_handle_t *handle)
{
	CALLBACK("control: closed");

	handle_closed(handle->data);
}

struct control *control_open(struct uv_loop_s *loop, const struct control_options *options,
			     const struct control_command *commands, void *ctx, char *error,
			     size_t size)
{
	struct control *control;
	int err = make_parents(options->path);

	if (err) {
		snprintf(error, size, "the folder of %s cannot be made: %s", options->path,
			 strerror(-err));
		return NULL;
	}
	if (clear_way(options->path, error, size))
		return NULL;
	control = calloc(1, sizeof(*control));
	if (!control) {
		snprintf(error, size, "out of memory");
		return NULL;
	}
	LIST_INIT(&control->clients);
	control->commands = commands;
	control->ctx = ctx;
	control->max_clients = options->max_clients;
	uv_pipe_init(loop, &control->listener, 0);
	control->listener.data = control;
	uv_timer_init(loop, &control->again);
	control->again.data = control;
	control->handles = 2;
	err = start_listening(control, options);
	if (err) {
		snprintf(error, size, "%s cannot be listened on: %s", options->path,
			 strerror(-err));
		control_close(control);
		return NULL;
	}
	return control;
}

void control_publish(struct control *control, json_t *event)
{
	struct control_client *client, *next;
	json_t *message;
	char *text;

	if (!control->n_monitors)
		return;
	message = json_pack("{s:O}", "event", event);
	text = message ? json_dumps(message, JSON_COMPACT) : NULL;
	json_decref(message);
	if (!text)
		return;
	for (client = LIST_FIRST(&control->clients); client; client = next) {
		next = LIST_NEXT(client, link);
		if (!client->monitor)
			continue;
		if (backlog(client) > CONTROL_MAX_BACKLOG)
			client_close(client);
		else if (client->list)
			hold_line(client, text);
		else
			send_line(client, text);
	}
	free(text);
}

bool control_has_monitors(const struct control *control)
{
	return control->n_monitors;
}

void control_close(struct control *control)
{
	struct control_client *client;

	if (!control)
		return;
	while ((client = LIST_FIRST(&control->clients)))
		client_close(client);
	uv_close((uv_handle_t *)&control->again, listener_closed);
	uv_close((uv_handle_t *)&control->listener, listener_closed);
}
