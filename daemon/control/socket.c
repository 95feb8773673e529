// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/error.h"
#include "control/socket_priv.h"
#include "util/callback.h"
#include "util/container.h"

#define LISTEN_BACKLOG 16
#define AGAIN_MS 1000	/* after a client could not be accepted */

void control_forget(struct control *control)
{
	if (--control->handles)
		return;
	interfaces_free(&control->interfaces);
	free(control->entries);
	free(control);
}

/* ---- connections ---- */

/*
 * Make room for one more client: if there are too many, disconnect the one that has sent nothing
 * for longest. Returns false if all clients are told something: these are not disconnected.
 */
static bool make_room(struct control *control)
{
	struct control_client *client, *oldest = NULL;

	if (control->n_clients < control->max_clients)
		return true;
	LIST_FOREACH(client, &control->clients, link)
		if (!client->visits && !answer_is_told(client) &&
		    (!oldest || client->heard_ms < oldest->heard_ms))
			oldest = client;
	if (!oldest)
		return false;
	client_close(oldest);
	return true;
}

static void turn_away(struct control_client *client, const struct control_error *error)
{
	static const struct call_form plain;

	client->last_words = true;
	send_error(client, &plain, error);
}

static void accept_again(uv_timer_t *timer);

static void accept_client(struct control *control)
{
	struct control_error error = { 0 };
	uv_stream_t *stream = (uv_stream_t *)&control->listener;
	struct control_client *client;
	bool room = make_room(control);

	client = control_client_new(control, false);
	/* libuv does not listen until the client is accepted: try again soon. */
	if (!client) {
		uv_timer_start(&control->again, accept_again, AGAIN_MS, 0);
		return;
	}
	if (uv_accept(stream, (uv_stream_t *)&client->pipe) || client_open(client)) {
		client_close(client);
	} else if (!room) {
		control_refused(&error, "too many clients");
		turn_away(client, &error);
	} else if (!client->rights) {
		error_set(&error, ERROR_PERMISSION_DENIED, "");
		turn_away(client, &error);
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

static int start_listening(struct control *control, const struct control_options *options)
{
	/* Mode 0600 from the moment when the socket appears. */
	mode_t old = umask(0177);
	int err = uv_pipe_bind(&control->listener, options->path);

	umask(old);
	if (!err)
		err = access_groups_find(&control->groups, options);
	if (!err)
		err = access_open(options->path, &control->groups);
	if (!err)
		err = uv_listen((uv_stream_t *)&control->listener, LISTEN_BACKLOG, connected);
	return err;
}

static void listener_closed(uv_handle_t *handle)
{
	CALLBACK("control: closed");

	control_forget(handle->data);
}

static void erase_and_free(void *memory)
{
	if (memory)
		explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

/* What clients send may be a secret, of which the parser makes copies. */
static void erase_what_was_parsed(void)
{
	json_malloc_t take;

	json_get_alloc_funcs(&take, NULL);
	json_set_alloc_funcs(take, erase_and_free);
}

struct control *control_open(struct uv_loop_s *loop, const struct control_options *options,
			     const struct control_method *methods, const char * const *descriptions,
			     void *ctx, char *error, size_t size)
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
	erase_what_was_parsed();
	LIST_INIT(&control->clients);
	control->version = options->version;
	control->max_clients = options->max_clients;
	uv_pipe_init(loop, &control->listener, 0);
	control->listener.data = control;
	uv_timer_init(loop, &control->again);
	control->again.data = control;
	control->handles = 2;
	if (interfaces_parse(&control->interfaces, service_description, descriptions, error,
			     size) ||
	    dispatch_open(control, methods, ctx, error, size)) {
		control_close(control);
		return NULL;
	}
	err = start_listening(control, options);
	if (err) {
		snprintf(error, size, "%s cannot be listened on: %s", options->path,
			 strerror(-err));
		control_close(control);
		return NULL;
	}
	return control;
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
