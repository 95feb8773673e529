// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "control/error.h"
#include "control/socket_priv.h"
#include "util/callback.h"
#include "util/container.h"

/* A reply ends when it is so long: what is added last may be as long as the rest. */
#define FULL	(CONTROL_MAX_REPLY * 3 / 4)

struct listing {
	const struct control_list *of;
	void *list;
	struct call_form form;
	unsigned int n;		/* elements in @text */
	char *text;		/* the reply that is being made; NULL: none */
	size_t len, room;
};

/* Returns false if there is no memory. */
static bool append(struct listing *l, const char *text, size_t len)
{
	if (l->len + len + 1 > l->room) {
		size_t room = 2 * (l->len + len + 1);
		char *more = realloc(l->text, room);

		if (!more)
			return false;
		l->text = more;
		l->room = room;
	}
	memcpy(l->text + l->len, text, len);
	l->len += len;
	l->text[l->len] = '\0';
	return true;
}

static bool append_text(struct listing *l, const char *text)
{
	return append(l, text, strlen(text));
}

static bool begin_reply(struct listing *l)
{
	return append_text(l, "{\"parameters\":{\"") && append_text(l, l->of->member) &&
	       append_text(l, "\":[");
}

/* Takes the reference to @element; NULL: there was no memory. */
static bool append_element(struct listing *l, json_t *element)
{
	char *text = element ? json_dumps(element, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	bool done = text && (l->n ? append_text(l, ",") : l->text || begin_reply(l)) &&
		    append_text(l, text);

	l->n++;
	free(text);
	json_decref(element);
	return done;
}

/* Add the members of @object, whose reference is taken (NULL: no memory), behind the array. */
static bool append_members(struct listing *l, json_t *object)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	size_t len = text ? strlen(text) : 0;
	bool done = text && (len == 2 || (append_text(l, ",") && append(l, text + 1, len - 2)));

	free(text);
	json_decref(object);
	return done;
}

/* Send what is there. */
static void send_piece(struct control_client *client, struct listing *l)
{
	char *text = append_text(l, "]},\"continues\":true}") ? l->text : NULL;

	if (!text)
		free(l->text);
	l->text = NULL;
	l->len = l->room = l->n = 0;
	client_send(client, text);
}

/* Send the last reply. @cut: the list is not over. */
static void finish(struct control_client *client, struct listing *l, bool cut)
{
	struct control_error error = { 0 };
	bool done = l->text || begin_reply(l);
	char *text;

	if (cut && !l->of->end) {
		const struct call_form form = l->form;

		list_close(client);
		error_set(&error, ERROR_EXPECTED_MORE, "");
		send_error(client, &form, &error);
		return;
	}
	done = done && append_text(l, "]") &&
	       append_members(l, l->of->end ? l->of->end(l->list, cut) : json_object()) &&
	       append_text(l, "}}");
	text = done ? l->text : NULL;
	if (done)
		l->text = NULL;
	list_close(client);
	client_send(client, text);
}

static void next_slice(uv_idle_t *idle)
{
	CALLBACK("control: list");
	struct control_client *client = container_of(idle, struct control_client, idle);

	uv_idle_stop(idle);
	list_continue(client);
}

/* Returns true if the slice may go on. */
static bool add_one(struct control_client *client, struct listing *l)
{
	json_t *element = NULL;

	switch (l->of->next(l->list, &element)) {
	case CONTROL_ELEMENT:
		if (!append_element(l, element)) {
			client_close(client);
			return false;
		}
		break;
	case CONTROL_LATER:
		return false;
	case CONTROL_END:
		finish(client, l, false);
		return false;
	}
	if (l->len < FULL)
		return callback_has_time_for_steps();
	if (!l->form.more)
		finish(client, l, true);
	return false;
}

void list_continue(struct control_client *client)
{
	struct listing *l = client->listing;

	while (add_one(client, l))
		;
	if (client->listing != l || client->closing)
		return;
	if (l->form.more && l->n)
		send_piece(client, l);
	else
		uv_idle_start(&client->idle, next_slice);
}

void list_start(struct control_client *client, const struct control_entry *entry,
		const json_t *parameters, const struct call_form *form)
{
	struct control_error error = { 0 };
	struct listing *l;

	/* Nobody would see it. */
	if (form->oneway)
		return;
	l = calloc(1, sizeof(*l));
	if (l) {
		l->of = entry->method->list;
		l->form = *form;
		l->list = l->of->open(entry->ctx, parameters, &error);
	}
	if (!l || !l->list) {
		free(l);
		send_error(client, form, &error);
		return;
	}
	client->listing = l;
	list_continue(client);
}

void list_close(struct control_client *client)
{
	struct listing *l = client->listing;

	if (!l)
		return;
	client->listing = NULL;
	l->of->close(l->list);
	free(l->text);
	free(l);
}
