// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/error.h"
#include "control/idl_check.h"
#include "control/socket_priv.h"
#include "util/log.h"

#define SHOWN_MAX 256	/* octets of parameters in a line of the log */

struct control_answer {
	struct control_client *client;	/* NULL: disconnected */
	struct control_teller *teller;	/* NULL: none */
	struct call_form form;
};

/* ---- replies ---- */

/* Takes the reference to @message; NULL: there was no memory. */
static void send_message(struct control_client *client, const struct call_form *form,
			 json_t *message)
{
	if (!form->oneway)
		client_send(client, message ? json_dumps(message, JSON_COMPACT) : NULL);
	json_decref(message);
}

void send_reply(struct control_client *client, const struct call_form *form, json_t *parameters)
{
	static const struct control_error no_memory;

	if (parameters)
		send_message(client, form, json_pack("{s:o}", "parameters", parameters));
	else
		send_error(client, form, &no_memory);
}

void send_error(struct control_client *client, const struct call_form *form,
		const struct control_error *error)
{
	send_message(client, form, error_message(error));
}

/* ---- replies that take their time ---- */

static void begin(struct control_client *client, const struct control_entry *entry,
		  const json_t *parameters, const struct call_form *form)
{
	static const struct control_error no_memory;

	client->owed = calloc(1, sizeof(*client->owed));
	if (!client->owed) {
		send_error(client, form, &no_memory);
		return;
	}
	client->owed->client = client;
	client->owed->form = *form;
	entry->method->begin(entry->ctx, parameters, client->owed);
}

/* Give a reply, or if that is NULL the error. Frees @answer. */
static void settle(struct control_answer *answer, json_t *parameters,
		   const struct control_error *error)
{
	struct control_client *client = answer->client;

	if (client) {
		client->owed = NULL;
		client->starved = false;
		if (parameters)
			send_reply(client, &answer->form, parameters);
		else
			send_error(client, &answer->form, error);
		/* When there is something to write, the end of that serves the next call. */
		client_serve(client);
	} else {
		json_decref(parameters);
	}
	free(answer);
}

void control_answer(struct control_answer *answer, json_t *parameters)
{
	static const struct control_error no_memory;

	settle(answer, parameters, &no_memory);
}

void control_fail(struct control_answer *answer, const struct control_error *error)
{
	settle(answer, NULL, error);
}

void control_tell(struct control_answer *answer, struct control_teller *teller)
{
	answer->teller = teller;
}

bool control_continue(struct control_answer *answer, const char *parameters)
{
	static const char before[] = "{\"parameters\":", after[] = ",\"continues\":true}";
	struct control_client *client = answer->client;
	size_t len = sizeof(before) + (parameters ? strlen(parameters) : 0) + sizeof(after);
	char *text;

	if (!client || answer->form.oneway)
		return true;
	if (client->unwritten + client_cost(len) > CONTROL_MAX_BACKLOG || client->starved) {
		client->starved = true;
		return false;
	}
	text = parameters ? malloc(len) : NULL;
	if (text)
		snprintf(text, len, "%s%s%s", before, parameters, after);
	client_send(client, text);
	return true;
}

void answer_room(struct control_client *client)
{
	struct control_answer *answer = client->owed;

	if (!client->starved)
		return;
	client->starved = false;
	if (answer->teller)
		answer->teller->room(answer->teller);
}

bool control_wants_more(const struct control_answer *answer)
{
	return answer->form.more;
}

bool answer_is_told(const struct control_client *client)
{
	return client->owed && client->owed->teller;
}

void answer_forsake(struct control_client *client)
{
	struct control_answer *answer = client->owed;

	if (!answer)
		return;
	client->owed = NULL;
	answer->client = NULL;
	if (!answer->teller)
		return;
	answer->teller->gone(answer->teller);
	free(answer);
}

/* ---- calls ---- */

static const struct control_entry *find(const struct control *control, const char *method)
{
	for (size_t i = 0; i < control->n_entries; i++)
		if (!strcmp(control->entries[i].method->name, method))
			return &control->entries[i];
	return NULL;
}

bool control_changes(const struct control *control, const char *method)
{
	const struct control_entry *entry = find(control, method);

	return entry && entry->method->right & CONTROL_WRITE;
}

/* Say what is missing: the interface, the method, or the code for it. */
static void not_there(const struct control *control, const char *method,
		      struct control_error *error)
{
	const char *dot = strrchr(method, '.');
	size_t len = dot ? (size_t)(dot - method) : strlen(method);
	char interface[sizeof(error->subject)];

	snprintf(interface, sizeof(interface), "%.*s", (int)len, method);
	if (!interfaces_find(&control->interfaces, method, len, NULL))
		error_set(error, ERROR_INTERFACE_NOT_FOUND, interface);
	else if (interfaces_method(&control->interfaces, method))
		error_set(error, ERROR_METHOD_NOT_IMPLEMENTED, method);
	else
		error_set(error, ERROR_METHOD_NOT_FOUND, method);
}

/* Returns false after saying why the call cannot be. */
static bool is_allowed(const struct control_client *client, const struct control_entry *entry,
		       json_t *parameters, const struct call_form *form,
		       struct control_error *error)
{
	const struct control_method *method = entry->method;
	struct idl_misfit misfit;

	if ((client->rights & method->right) != method->right) {
		error_set(error, ERROR_PERMISSION_DENIED, "");
		log_limited("control", uv_now(client->idle.loop), LOG_LEVEL_NOTICE,
			    "%s may not call %s", client->who, method->name);
		return false;
	}
	/* Nobody would see the replies of one that is called "oneway". */
	if (method->needs_more && (!form->more || form->oneway)) {
		error_set(error, ERROR_EXPECTED_MORE, "");
		return false;
	}
	if (idl_check(entry->described->in, parameters, &misfit))
		return true;
	control_invalid(error, misfit.path, "\"%s\": %s", misfit.path, misfit.text);
	return false;
}

/* Returns @parameters as a text for the log, without the secret; NULL: there is no memory. */
static char *shown(const struct control_method *method, const json_t *parameters)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)parameters);
	char *text = NULL;

	if (!method->secret || !json_object_get(copy, method->secret) ||
	    !json_object_set_new(copy, method->secret, json_string("(not shown)")))
		text = copy ? json_dumps(copy, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
	json_decref(copy);
	return text;
}

/* Who changes something, or looks at what users send, is named in the log. */
static void note(const struct control_client *client, const struct control_method *method,
		 const json_t *parameters)
{
	char *text;

	if (!(method->right & ~(unsigned int)CONTROL_READ))
		return;
	text = shown(method, parameters);
	log_notice("%s calls %s %.*s%s", client->who, method->name, SHOWN_MAX, text ? text : "",
		   text && strlen(text) > SHOWN_MAX ? "..." : "");
	free(text);
}

static void run(struct control_client *client, const struct control_entry *entry,
		const json_t *parameters, const struct call_form *form)
{
	struct control_error error = { 0 };
	json_t *reply;

	note(client, entry->method, parameters);
	if (entry->method->list) {
		list_start(client, entry, parameters, form);
	} else if (entry->method->begin) {
		begin(client, entry, parameters, form);
	} else {
		reply = entry->method->run(entry->ctx, parameters, &error);
		if (reply)
			send_reply(client, form, reply);
		else
			send_error(client, form, &error);
	}
}

void dispatch_call(struct control_client *client, const char *name, json_t *parameters,
		   const struct call_form *form)
{
	const struct control_entry *entry = find(client->control, name);
	struct control_error error = { 0 };

	if (!entry)
		not_there(client->control, name, &error);
	else if (is_allowed(client, entry, parameters, form, &error))
		return run(client, entry, parameters, form);
	send_error(client, form, &error);
}

/* What is no call has no answer in Varlink: the client is told and disconnected. */
static void no_call(struct control_client *client, const char *why)
{
	static const struct call_form plain;
	struct control_error error = { 0 };

	client->last_words = true;
	control_refused(&error, "this is no Varlink: %s", why);
	send_error(client, &plain, &error);
}

void dispatch(struct control_client *client, const char *text, size_t len)
{
	json_error_t wrong;
	json_t *message = json_loadb(text, len, JSON_REJECT_DUPLICATES, &wrong);
	const char *method = json_string_value(json_object_get(message, "method"));
	const struct call_form form = {
		.more = json_is_true(json_object_get(message, "more")),
		.oneway = json_is_true(json_object_get(message, "oneway")),
	};
	json_t *parameters = json_object_get(message, "parameters");

	parameters = parameters && !json_is_null(parameters) ? json_incref(parameters) :
							       json_object();
	if (!message)
		no_call(client, wrong.text);
	else if (!method)
		no_call(client, "a call is an object with a text \"method\"");
	else
		dispatch_call(client, method, parameters, &form);
	json_decref(parameters);
	json_decref(message);
}

/* ---- the table ---- */

static int add(struct control *control, const struct control_method *methods, void *ctx,
	       char *error, size_t size)
{
	for (const struct control_method *m = methods; m->name; m++) {
		struct control_entry *entry = &control->entries[control->n_entries++];

		*entry = (struct control_entry){
			.method = m, .described = interfaces_method(&control->interfaces, m->name),
			.ctx = ctx,
		};
		if (!entry->described) {
			snprintf(error, size, "the method %s is not described", m->name);
			return -1;
		}
	}
	return 0;
}

static size_t count(const struct control_method *methods)
{
	size_t n = 0;

	while (methods[n].name)
		n++;
	return n;
}

int dispatch_open(struct control *control, const struct control_method *methods, void *ctx,
		  char *error, size_t size)
{
	control->entries = calloc(count(service_methods) + count(methods),
				  sizeof(*control->entries));
	if (!control->entries) {
		snprintf(error, size, "out of memory");
		return -1;
	}
	if (add(control, service_methods, control, error, size))
		return -1;
	return add(control, methods, ctx, error, size);
}
