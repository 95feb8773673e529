// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/socket_priv.h"
#include "util/callback.h"
#include "util/container.h"

/* A write under way, with the octets that it writes. */
struct message {
	uv_write_t write;
	struct control_client *client;
	char *text;
	size_t len;
};

/* What malloc() adds to each of the two blocks of a message. */
#define MALLOC_ADDS	16

/* ---- life ---- */

static void handle_closed(uv_handle_t *handle)
{
	CALLBACK("control: closed");
	struct control_client *client = handle->data;

	if (--client->handles)
		return;
	control_forget(client->control);
	if (!client->visits)
		explicit_bzero(client->call, CONTROL_MAX_CALL);
	free(client);
}

void client_close(struct control_client *client)
{
	if (client->closing)
		return;
	client->closing = true;
	list_close(client);
	answer_forsake(client);
	LIST_REMOVE(client, link);
	uv_close((uv_handle_t *)&client->idle, handle_closed);
	if (!client->visits) {
		client->control->n_clients--;
		uv_close((uv_handle_t *)&client->pipe, handle_closed);
	} else if (client->visitor) {
		client->visitor->gone(client->visitor);
	}
}

struct control_client *control_client_new(struct control *control, bool visits)
{
	uv_loop_t *loop = control->listener.loop;
	struct control_client *client = calloc(1, sizeof(*client) +
					       (visits ? 0 : CONTROL_MAX_CALL));

	if (!client)
		return NULL;
	client->control = control;
	client->visits = visits;
	client->heard_ms = uv_now(loop);
	uv_idle_init(loop, &client->idle);
	client->idle.data = client;
	client->handles = 1;
	if (!visits) {
		uv_pipe_init(loop, &client->pipe, 0);
		client->pipe.data = client;
		client->handles++;
		control->n_clients++;
	}
	control->handles++;
	LIST_INSERT_HEAD(&control->clients, client, link);
	return client;
}

/* ---- writing ---- */

static void message_written(uv_write_t *write, int status)
{
	CALLBACK("control: written");
	struct message *message = container_of(write, struct message, write);
	struct control_client *client = message->client;
	const size_t cost = client_cost(message->len);

	free(message->text);
	free(message);
	if (status)
		client_close(client);
	client_written(client, cost);
}

void client_written(struct control_client *client, size_t cost)
{
	client->unwritten -= cost;
	if (client->closing || client->unwritten)
		return;
	if (client->last_words)
		client_close(client);
	else if (client->listing)
		list_continue(client);
	else if (client->owed)
		answer_room(client);
	else
		client_serve(client);
}

size_t client_cost(size_t len)
{
	return len + sizeof(struct message) + 2 * MALLOC_ADDS;
}

void client_send(struct control_client *client, char *text)
{
	struct message *message = NULL;
	uv_buf_t buf;

	if (client->visitor && text && !client->closing) {
		client->unwritten += client_cost(strlen(text));
		client->visitor->reply(client->visitor, text, strlen(text));
		return;
	}
	if (text && !client->visits && !client->closing)
		message = malloc(sizeof(*message));
	if (!message) {
		free(text);
		client_close(client);
		return;
	}
	*message = (struct message){ .client = client, .text = text, .len = strlen(text) + 1 };
	buf = uv_buf_init(text, (unsigned int)message->len);
	client->unwritten += client_cost(message->len);
	if (uv_write(&message->write, (uv_stream_t *)&client->pipe, &buf, 1, message_written)) {
		client->unwritten -= client_cost(message->len);
		free(text);
		free(message);
		client_close(client);
	}
}

/* ---- reading ---- */

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void data_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

/* Carry out the first call in client->call. Returns false if no whole call is there. */
static bool serve_one(struct control_client *client)
{
	static const struct call_form plain;
	struct control_error error = { 0 };
	char *end = memchr(client->call, '\0', client->len);
	static char call[CONTROL_MAX_CALL];
	size_t len;

	if (!end) {
		if (client->len < CONTROL_MAX_CALL)
			return false;
		client->last_words = true;
		control_refused(&error, "the call is too long");
		send_error(client, &plain, &error);
		return true;
	}
	len = (size_t)(end - client->call);
	memcpy(call, client->call, len);
	client->len -= len + 1;
	memmove(client->call, end + 1, client->len);
	explicit_bzero(client->call + client->len, len + 1);
	dispatch(client, call, len);
	explicit_bzero(call, len);
	return true;
}

void client_serve(struct control_client *client)
{
	if (client->serving)
		return;
	client->serving = true;
	while (!client->closing && !client->last_words && !client->listing && !client->owed &&
	       !client->unwritten)
		if (!serve_one(client))
			break;
	client->serving = false;
	if (client->closing || client->last_words)
		return;
	if (client->ended) {
		if (!client->listing && !client->owed && !client->unwritten)
			client_close(client);
		return;
	}
	if (client->len == CONTROL_MAX_CALL) {
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
		*buf = uv_buf_init(client->call + client->len,
				   (unsigned int)(CONTROL_MAX_CALL - client->len));
}

static void data_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	CALLBACK("control: call");
	struct control_client *client = stream->data;

	if (n < 0) {
		client->ended = true;
		/* Whoever is told something is taken for disconnected: he would never be done. */
		if (n != UV_EOF || client->last_words || answer_is_told(client))
			client_close(client);
		else
			client_serve(client);
		return;
	}
	if (client->last_words)
		return;
	client->heard_ms = uv_now(stream->loop);
	client->len += (size_t)n;
	client_serve(client);
}

int client_open(struct control_client *client)
{
	struct access_peer peer;
	uv_os_fd_t fd;
	int err = uv_fileno((uv_handle_t *)&client->pipe, &fd);

	if (err)
		return err;
	access_look(&peer, fd, &client->control->groups);
	client->rights = peer.rights;
	snprintf(client->who, sizeof(client->who), "control: uid %u (process %d)",
		 (unsigned int)peer.uid, (int)peer.pid);
	return uv_read_start((uv_stream_t *)&client->pipe, give_buffer, data_read);
}
