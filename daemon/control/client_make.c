// SPDX-License-Identifier: GPL-2.0-only
/* Clients that are made and removed at run time, and who is told what becomes of a client. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/commands_priv.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"

/* ---- who is told ---- */

/* What is told again when it changes. */
struct told {
	enum dialer_state state;
	const char *step;
	unsigned int failures;
	enum client_origin origin;
	char failure[FAILURE_MAX];
};

/*
 * Somebody who is told what becomes of a client: at the end of each round of the loop, if that has
 * changed something. So nobody who changes a client has to know of it.
 */
struct watcher {
	struct control_teller teller;
	uv_prepare_t prepare;		/* has the watcher's memory; not active while clients are read */
	const struct api *api;
	struct control_answer *answer;
	struct client *client;		/* NULL: there is none yet */
	uint64_t changes;		/* of which clients there are, as they were looked at last */
	struct told told;
	bool full;			/* too much waits to be read already */
	bool gone;			/* there is nobody any more who is told */
	bool ephemeral;			/* the client goes together with the watcher */
};

static void free_watcher(uv_handle_t *handle)
{
	CALLBACK("control: watcher closed");

	free(handle->data);
}

static void forget(struct watcher *w)
{
	w->gone = true;
	uv_close((uv_handle_t *)&w->prepare, free_watcher);
}

/* Returns true if the client is still there. */
static bool still_there(struct watcher *w)
{
	const struct clients *cs = w->api->clients;

	if (w->changes == cs->changes)
		return true;
	for (struct client *c = clients_next(cs, NULL); c; c = clients_next(cs, c))
		if (c == w->client) {
			w->changes = cs->changes;
			return true;
		}
	return false;
}

static void tell(struct watcher *w)
{
	json_t *parameters = json_pack("{s:o}", "client", object_of_client(w->client));
	char *text = parameters ? json_dumps(parameters, JSON_COMPACT) : NULL;

	w->full = !control_continue(w->answer, text);
	free(text);
	json_decref(parameters);
}

/* Tell how the client is, if it was not told yet. */
static void look(struct watcher *w)
{
	struct client_status status;
	struct told now;

	client_status(w->client, &status);
	memset(&now, 0, sizeof(now));
	now.state = status.state;
	now.step = status.step;
	now.failures = status.failures;
	now.origin = w->client->origin;
	snprintf(now.failure, sizeof(now.failure), "%s", status.failure);
	if (w->full || !memcmp(&now, &w->told, sizeof(now)))
		return;
	memcpy(&w->told, &now, sizeof(now));
	tell(w);
}

static void round_ends(uv_prepare_t *prepare)
{
	CALLBACK("control: watcher");
	struct watcher *w = prepare->data;

	if (still_there(w)) {
		look(w);
		return;
	}
	forget(w);
	control_answer(w->answer, json_pack("{s:b}", "removed", true));
}

/* What was not told is out of date by now: only how the client is counts. */
static void room(struct control_teller *teller)
{
	struct watcher *w = container_of(teller, struct watcher, teller);

	w->full = false;
	memset(&w->told, 0, sizeof(w->told));
}

static void gone(struct control_teller *teller)
{
	struct watcher *w = container_of(teller, struct watcher, teller);

	/* While the client is being made, its maker looks whether there is still somebody. */
	if (!w->client) {
		w->gone = true;
		return;
	}
	if (w->ephemeral && still_there(w) && clients_remove(w->api->clients, w->client))
		log_notice("client %s: removed, since whoever made it has gone",
			   w->client->config->name);
	forget(w);
}

/* Returns NULL if there is no memory. */
static struct watcher *watcher_new(const struct api *api, struct control_answer *answer)
{
	struct watcher *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->teller = (struct control_teller){ .room = room, .gone = gone };
	w->api = api;
	w->answer = answer;
	uv_prepare_init(api->sessions->loop, &w->prepare);
	w->prepare.data = w;
	control_tell(answer, &w->teller);
	return w;
}

static void watch(struct watcher *w, struct client *c)
{
	w->client = c;
	w->changes = w->api->clients->changes;
	uv_prepare_start(&w->prepare, round_ends);
	look(w);
}

void api_client_watch(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	struct control_error error;
	struct client *c = named_client(ctx, parameters, &error);
	struct watcher *w;

	if (!c) {
		control_fail(answer, &error);
		return;
	}
	w = watcher_new(ctx, answer);
	if (w)
		watch(w, c);
	else
		control_answer(answer, NULL);
}

/* ---- making ---- */

/* A client that is being made. Files may be read for it, which a thread does. */
struct making {
	uv_work_t work;
	struct api *api;
	json_t *parameters;		/* a reference; the texts below are part of it */
	struct config_setting *settings;
	size_t n_settings;
	bool ephemeral;
	struct control_answer *answer;	/* not to be used if @watcher is gone */
	struct watcher *watcher;	/* NULL: nobody is told */
	struct config *config;		/* what was made */
	struct diag diag;
};

static const char *text_of(const struct making *m, const char *parameter)
{
	return json_string_value(json_object_get(m->parameters, parameter));
}

/* On a thread of libuv's pool. Nothing of the loop's may be touched. */
static void read_options(uv_work_t *work)
{
	struct making *m = container_of(work, struct making, work);

	m->config = config_of_client(text_of(m, "name"), m->settings, m->n_settings,
				     text_of(m, "password"), &m->diag);
}

/* Say what is wrong with the options, and log what people should know of them. */
static void report(const struct making *m, struct control_error *error)
{
	static const char ours[] = "client: ";
	const char *wrong = NULL;

	for (size_t i = 0; i < m->diag.n_lines; i++) {
		const char *text = m->diag.lines[i].text;

		if (!strncmp(text, ours, strlen(ours)))
			text += strlen(ours);
		if (m->diag.lines[i].warning)
			log_warning("client %s: %s", text_of(m, "name"), text);
		else if (!wrong)
			wrong = text;
	}
	if (wrong)
		control_invalid(error, "options", "%s", wrong);
}

/* Returns the client; or NULL after saying in @error why there is none. */
static struct client *add(struct making *m, struct control_error *error)
{
	char why[256];
	struct client *c;

	report(m, error);
	if (!m->config)
		return NULL;
	c = clients_add(m->api->clients, m->config,
			m->ephemeral ? CLIENT_EPHEMERAL : CLIENT_OF_RUN_TIME, why, sizeof(why));
	if (!c)
		control_refused(error, "%s", why);
	return c;
}

/* Tell whoever asked. Only who is told what becomes of it can have gone meanwhile. */
static void made(struct making *m)
{
	struct control_error error = { 0 };
	struct watcher *w = m->watcher;
	struct client *c = NULL;

	if (w && w->gone && m->ephemeral) {
		forget(w);
		return;
	}
	c = add(m, &error);
	if (w && w->gone) {
		forget(w);
	} else if (c && w) {
		w->ephemeral = m->ephemeral;
		watch(w, c);
	} else {
		if (w)
			forget(w);
		if (c)
			control_answer(m->answer, json_pack("{s:o}", "client", object_of_client(c)));
		else
			control_fail(m->answer, &error);
	}
}

static void making_free(struct making *m)
{
	config_put(m->config);
	diag_free(&m->diag);
	json_decref(m->parameters);
	free(m->settings);
	free(m);
}

static void options_read(uv_work_t *work, int status)
{
	CALLBACK("control: client made");
	struct making *m = container_of(work, struct making, work);

	made(m);
	making_free(m);
}

/* Returns NULL if there is no memory. */
static struct making *making_new(struct api *api, const json_t *parameters)
{
	json_t *options = json_object_get(parameters, "options"), *value;
	struct making *m = calloc(1, sizeof(*m));
	const char *name;

	if (!m)
		return NULL;
	diag_init(&m->diag);
	m->api = api;
	m->parameters = json_incref((json_t *)(uintptr_t)parameters);
	m->ephemeral = json_is_true(json_object_get(parameters, "ephemeral"));
	m->settings = calloc(json_object_size(options) + 1, sizeof(*m->settings));
	if (!m->settings) {
		making_free(m);
		return NULL;
	}
	json_object_foreach(options, name, value)
		m->settings[m->n_settings++] = (struct config_setting){
			.name = name, .value = json_string_value(value),
		};
	return m;
}

void api_client_add(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	struct api *api = ctx;
	const bool more = control_wants_more(answer);
	struct control_error error;
	struct making *m;

	if (!more && json_is_true(json_object_get(parameters, "ephemeral"))) {
		control_invalid(&error, "ephemeral", "\"ephemeral\": the call has to be made with "
				"\"more\", since the client goes when its connection does");
		control_fail(answer, &error);
		return;
	}
	m = making_new(api, parameters);
	if (m && more)
		m->watcher = watcher_new(api, answer);
	if (!m || (more && !m->watcher)) {
		if (m)
			making_free(m);
		control_answer(answer, NULL);
		return;
	}
	m->answer = answer;
	/* Cannot fail: libuv refuses only a request without a function. */
	uv_queue_work(api->sessions->loop, &m->work, read_options, options_read);
}

json_t *api_client_remove(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;
	struct client *c = named_client(api, parameters, error);

	if (!c)
		return NULL;
	if (clients_remove(api->clients, c))
		return json_object();
	control_refused(error, "client \"%s\" is one of the configuration: remove its section there, and "
			"reload; or let it go down", c->config->name);
	return NULL;
}
