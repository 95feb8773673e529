// SPDX-License-Identifier: GPL-2.0-only
#ifdef CULVERT_MICROHTTPD

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/callback.h"
#include "util/container.h"
#include "util/text.h"
#include "web/message.h"
#include "web/web_priv.h"

#define STREAM_TYPE	"text/event-stream"
#define STREAM_TIMEOUT_S 60	/* nothing of a stream was read for so long */
#define TICK_MS		1000
#define SLICE_MS	1	/* with 0, libuv would let nothing else run before */
#define BEAT_MS		15000	/* a stream says at least so often that it is there */
#define EVERY_MAX_S	60
#define END_EVENT	"event: end\n"
#define ERROR_EVENT	"event: error\n"
#define BEAT		":\n\n"

/* A part of a stream that was not read yet. */
struct chunk {
	STAILQ_ENTRY(chunk) link;
	size_t owed;			/* octets of the message that it was made of; 0: of none */
	size_t len;
	char text[];
};

/* A call, and what came of it. */
struct exchange {
	LIST_ENTRY(exchange) link;
	struct control_visitor visitor;
	struct control_client *visit;	/* NULL: it is over */
	struct request *request;
	struct caller caller;
	char *method;
	json_t *parameters;
	bool suspended;
	bool over;			/* there are no more replies */

	char *text;			/* the reply, if it is no stream; NULL: none */
	size_t len;

	bool stream;
	uint64_t every_ms;		/* 0: only once */
	uint64_t due_ms;		/* when to call again; 0: a call is under way */
	uint64_t wrote_ms;		/* when something was added last */
	size_t sent;			/* octets of the first chunk */
	STAILQ_HEAD(, chunk) chunks;
};

static uint64_t now_of(const struct web *web)
{
	return uv_now(web->tick.loop);
}

static void go_on(struct exchange *x)
{
	if (!x->suspended)
		return;
	x->suspended = false;
	MHD_resume_connection(x->request->connection);
	door_wake(x->request->web->door);
}

static void suspend(struct exchange *x)
{
	x->suspended = true;
	MHD_suspend_connection(x->request->connection);
}

static void drop_chunk(struct exchange *x)
{
	struct chunk *chunk = STAILQ_FIRST(&x->chunks);

	STAILQ_REMOVE_HEAD(&x->chunks, link);
	x->sent = 0;
	free(chunk);
}

/* ---- streams ---- */

/*
 * Add @head, @len octets of @text and @tail to the stream; without memory the stream ends, rather than
 * go on without them.
 */
static void add_chunk(struct exchange *x, const char *head, const char *text, size_t len,
		      const char *tail, size_t owed)
{
	const size_t before = strlen(head), after = strlen(tail);
	struct chunk *chunk = malloc(sizeof(*chunk) + before + len + after);

	if (!chunk) {
		x->over = true;
		return;
	}
	chunk->owed = owed;
	chunk->len = before + len + after;
	memcpy(chunk->text, head, before);
	memcpy(chunk->text + before, text, len);
	memcpy(chunk->text + before + len, tail, after);
	STAILQ_INSERT_TAIL(&x->chunks, chunk, link);
	x->wrote_ms = now_of(x->request->web);
}

static void add_event(struct exchange *x, const char *text, size_t len)
{
	struct message_parts parts;
	const char *head = "data: ";

	message_take_apart(&parts, text, len);
	if (parts.code != MHD_HTTP_OK)
		head = ERROR_EVENT "data: ";
	else if (!parts.continues && !x->every_ms)
		head = END_EVENT "data: ";
	if (parts.code != MHD_HTTP_OK || (!parts.continues && !x->every_ms))
		x->over = true;
	add_chunk(x, head, parts.text, parts.len, "\n\n", len);
}

/* Called by libmicrohttpd for more of the stream. */
static ssize_t read_on(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct exchange *x = cls;
	struct chunk *chunk = STAILQ_FIRST(&x->chunks);
	size_t n, owed;

	if (!chunk && x->over)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (!chunk) {
		suspend(x);
		return 0;
	}
	n = chunk->len - x->sent < max ? chunk->len - x->sent : max;
	memcpy(buf, chunk->text + x->sent, n);
	x->sent += n;
	if (x->sent < chunk->len)
		return (ssize_t)n;
	owed = chunk->owed;
	drop_chunk(x);
	if (owed && x->every_ms)
		x->due_ms = now_of(x->request->web) + x->every_ms;
	if (owed && x->visit)
		control_taken(x->visit, owed);
	return (ssize_t)n;
}

static void beat(struct exchange *x, uint64_t now)
{
	if (!x->suspended || now - x->wrote_ms < BEAT_MS)
		return;
	add_chunk(x, BEAT, "", 0, "", 0);
	go_on(x);
}

static void call_again(struct exchange *x, uint64_t now)
{
	if (!x->due_ms || now < x->due_ms || !x->visit)
		return;
	x->due_ms = 0;
	control_call(x->visit, x->method, x->parameters, false);
}

/* ---- replies ---- */

static void reply(struct control_visitor *visitor, char *text, size_t len)
{
	struct exchange *x = container_of(visitor, struct exchange, visitor);

	if (x->stream) {
		if (!x->over)
			add_event(x, text, len);
		free(text);
	} else {
		x->text = text;
		x->len = len;
		x->over = true;
	}
	go_on(x);
}

static void gone(struct control_visitor *visitor)
{
	struct exchange *x = container_of(visitor, struct exchange, visitor);

	x->visit = NULL;
	x->over = true;
	go_on(x);
}

/* Give up what is under way, and what was not read. */
static void end(struct exchange *x)
{
	if (x->visit)
		control_leave(x->visit);
	x->visit = NULL;
	x->over = true;
	while (!STAILQ_EMPTY(&x->chunks))
		drop_chunk(x);
	go_on(x);
}

/* ---- what time brings ---- */

/* Returns true unless the login by which the stream was asked for has made room for another one. */
static bool may_go_on(const struct exchange *x)
{
	const struct logins *logins = &x->request->web->logins;

	return !x->caller.login || logins_has(logins, x->caller.login);
}

static void look_after(struct exchange *x, uint64_t now)
{
	if (!may_go_on(x)) {
		end(x);
		return;
	}
	logins_touch(&x->request->web->logins, x->caller.login, now);
	call_again(x, now);
	beat(x, now);
}

static void ticked(uv_timer_t *timer)
{
	CALLBACK("web: streams");
	struct web *web = container_of(timer, struct web, tick);
	const uint64_t now = uv_now(timer->loop);
	struct exchange *x;

	LIST_FOREACH(x, &web->exchanges, link) {
		if (x->stream && !x->over)
			look_after(x, now);
		if (!callback_has_time()) {
			/* Those that were called are not due any more: the next slice has others. */
			uv_timer_start(timer, ticked, SLICE_MS, TICK_MS);
			return;
		}
	}
}

/* ---- requests ---- */

static const char *argument(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
}

static bool wants_stream(const struct request *r)
{
	const char *accept = request_header(r, MHD_HTTP_HEADER_ACCEPT);

	return !r->post && accept && strstr(accept, STREAM_TYPE);
}

/* Returns the parameters of the call; NULL if they are none. */
static json_t *read_parameters(const struct request *r)
{
	const char *text = r->post ? r->body : argument(r, "parameters");
	const size_t len = r->post ? r->len : text ? strlen(text) : 0;
	json_t *parameters;

	if (!len)
		return json_object();
	parameters = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(parameters))
		return parameters;
	json_decref(parameters);
	return NULL;
}

/* Returns the status that refuses the request, or 0, and why. */
static unsigned int look_at(const struct request *r, const struct exchange *x, const char **why)
{
	const struct web *web = r->web;

	*why = "there are too many streams";
	if (x->stream && web->n_streams >= (web->settings.max_connections + 1) / 2)
		return MHD_HTTP_SERVICE_UNAVAILABLE;
	*why = "what changes something has to be asked for by POST";
	if (!r->post && control_changes(web->control, x->method))
		return MHD_HTTP_METHOD_NOT_ALLOWED;
	*why = "parameters have to be an object of JSON";
	if (!x->parameters)
		return MHD_HTTP_BAD_REQUEST;
	*why = "every has to be a number of seconds from 1 to 60";
	if (x->every_ms == UINT64_MAX)
		return MHD_HTTP_BAD_REQUEST;
	return 0;
}

static uint64_t every_of(const struct request *r)
{
	const char *text = argument(r, "every");
	uint64_t seconds;

	if (!text)
		return 0;
	return text_number(text, 1, EVERY_MAX_S, &seconds) ? seconds * 1000 : UINT64_MAX;
}

static struct exchange *new_exchange(struct request *r, const struct caller *caller)
{
	static const char prefix[] = "/api/";
	struct exchange *x = calloc(1, sizeof(*x));
	char *method = strdup(r->path + strlen(prefix));

	if (!x || !method) {
		free(x);
		free(method);
		return NULL;
	}
	x->visitor = (struct control_visitor){ .reply = reply, .gone = gone };
	x->request = r;
	x->caller = *caller;
	x->method = method;
	x->stream = wants_stream(r);
	x->every_ms = x->stream ? every_of(r) : 0;
	x->parameters = read_parameters(r);
	STAILQ_INIT(&x->chunks);
	LIST_INSERT_HEAD(&r->web->exchanges, x, link);
	r->exchange = x;
	return x;
}

static bool visit(struct exchange *x)
{
	struct web *web = x->request->web;
	char who[128];

	snprintf(who, sizeof(who), "web: token %s (%s)", x->caller.token.name,
		 ip_text(caller_address(x->request)));
	x->visit = control_visit(web->control, &x->visitor, who, x->caller.token.rights);
	return x->visit;
}

static enum MHD_Result start_stream(struct request *r, struct exchange *x)
{
	struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
									  DOOR_MEMORY, read_on, x,
									  NULL);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_set_connection_option(r->connection, MHD_CONNECTION_OPTION_TIMEOUT,
				  (unsigned int)STREAM_TIMEOUT_S);
	answer_head(response, STREAM_TYPE);
	/* Proxies are not to wait for more. */
	MHD_add_response_header(response, "X-Accel-Buffering", "no");
	result = answer_with(r, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

/* Send the reply, which is taken. */
static enum MHD_Result send_reply(struct request *r, struct exchange *x)
{
	struct message_parts parts;
	char *text = x->text;

	if (!text)
		return answer_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory");
	x->text = NULL;
	message_take_apart(&parts, text, x->len);
	memmove(text, parts.text, parts.len);
	return answer_json(r, parts.code, text, parts.len, NULL);
}

/* Go on after the call was made, or more of it has come. */
static enum MHD_Result wait_for_reply(struct request *r, struct exchange *x)
{
	if (x->over)
		return send_reply(r, x);
	suspend(x);
	return MHD_YES;
}

enum MHD_Result gateway_serve(struct request *r)
{
	struct exchange *x = r->exchange;
	enum MHD_Result result;
	struct caller caller;
	unsigned int code;
	const char *why;

	if (x)
		return wait_for_reply(r, x);
	if (!caller_find(r, &caller, &result))
		return result;
	x = new_exchange(r, &caller);
	if (!x)
		return MHD_NO;
	code = look_at(r, x, &why);
	if (code) {
		x->stream = false;
		return answer_error(r, code, why);
	}
	if (x->stream && !r->web->n_streams++)
		uv_timer_start(&r->web->tick, ticked, TICK_MS, TICK_MS);
	if (!visit(x))
		return MHD_NO;
	control_call(x->visit, x->method, x->parameters, x->stream && !x->every_ms);
	return x->stream ? start_stream(r, x) : wait_for_reply(r, x);
}

void gateway_forget(struct request *r)
{
	struct exchange *x = r->exchange;

	if (!x)
		return;
	/* It is not to be resumed any more. */
	x->suspended = false;
	end(x);
	if (x->stream && !--r->web->n_streams)
		uv_timer_stop(&r->web->tick);
	LIST_REMOVE(x, link);
	json_decref(x->parameters);
	free(x->method);
	free(x->text);
	free(x);
}

/* ---- ends ---- */

void gateway_end_login(struct web *web, uint64_t login)
{
	struct exchange *x;

	LIST_FOREACH(x, &web->exchanges, link)
		if (x->stream && x->caller.login == login)
			end(x);
}

void gateway_review(struct web *web)
{
	struct exchange *x;

	LIST_FOREACH(x, &web->exchanges, link) {
		const struct token *now = tokens_again(web->settings.tokens, &x->caller.token);

		if (x->stream && (!now || now->rights != x->caller.token.rights))
			end(x);
	}
}

void gateway_close(struct web *web)
{
	struct exchange *x;

	LIST_FOREACH(x, &web->exchanges, link)
		end(x);
}

#endif
