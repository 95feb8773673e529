// SPDX-License-Identifier: GPL-2.0-only
/*
 * org.culvert.Trace: what a session and its peer say to each other.
 *
 * A tracer follows one control connection and one session on it. The tap (session/tap.h) is there only
 * while somebody traces, and finds those who follow what it sees by a walk through all of them: these
 * are clients of the control socket, whose number has a bound, and nothing has to be kept for sessions
 * that nobody traces.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control/commands_priv.h"
#include "control/objects.h"
#include "control/session_filter.h"
#include "session/describe.h"
#include "session/session.h"
#include "session/tap.h"
#include "trace/packet.h"
#include "util/container.h"

#define CONNECTION_CLOSED	"the control connection is closed"

struct tracer {
	LIST_ENTRY(tracer) link;
	struct control_teller teller;
	struct control_answer *answer;
	struct api *api;
	bool waits;			/* for a connection from a peer in @from */
	struct ip_prefix from;
	const struct tunnel *tunnel;	/* NULL: none yet, or not any more */
	uint64_t id;			/* of the session; 0: there is none yet */
	bool octets;			/* of frames are wanted */
	bool over;			/* the session is down, for @reason */
	char reason[256];
	uint64_t lost;			/* lines that it was not told since the last one that it was */
};

/* --- the tap ------------------------------------------------------------------------------- */

static struct api *api_of(struct tap *tap)
{
	return container_of(tap, struct api, tracing.tap);
}

static void leave(struct tracer *t)
{
	struct api *api = t->api;

	LIST_REMOVE(t, link);
	free(t);
	if (!LIST_EMPTY(&api->tracing.tracers))
		return;
	api->sessions->tap = NULL;
	events_unsubscribe(&api->sessions->events, &api->tracing.events);
}

/* Nothing more can come: give the last reply. */
static void finish(struct tracer *t, const char *reason)
{
	struct control_answer *answer = t->answer;
	json_t *reply = json_pack("{s:s}", "ended", reason);

	if (reply && t->lost)
		json_object_set_new(reply, "lost", json_integer((json_int_t)t->lost));
	leave(t);
	control_answer(answer, reply);
}

static json_int_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (json_int_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Takes the reference to @line. Returns NULL if there is no memory. */
static char *text_of_line(json_t *line)
{
	json_t *reply = json_pack("{s:o}", "line", line);
	char *text = reply ? json_dumps(reply, JSON_COMPACT) : NULL;

	json_decref(reply);
	return text;
}

/* A message or a frame, and the replies that have it, which are made once somebody is to be told. */
struct said {
	const struct session *session;	/* NULL: a message */
	const struct tunnel *tunnel;	/* of a message */
	const struct trace_packet *packet;
	bool sent;
	const uint8_t *frame;
	size_t len;
	char *plain, *with_octets;
};

/* Returns the octets of the frame but for secrets, in hexadecimal; NULL if it is no frame of ours. */
static const char *octets_of(const struct said *said, char hex[2 * PPP_FRAME_MAX + 1])
{
	uint8_t frame[PPP_FRAME_MAX];

	if (!said->frame || said->len > sizeof(frame))
		return NULL;
	memcpy(frame, said->frame, said->len);
	trace_hide(frame, said->len);
	for (size_t i = 0; i < said->len; i++)
		snprintf(hex + 2 * i, 3, "%02x", frame[i]);
	return hex;
}

/* Returns a reply, as control_continue() wants it; NULL if there is no memory. */
static char *text_of(const struct said *said, bool octets)
{
	const struct trace_packet *p = said->packet;
	char text[TRACE_TEXT_SIZE], hex[2 * PPP_FRAME_MAX + 1];
	json_t *fields = json_array(), *line;

	for (const char *f = trace_next_field(p, NULL); f; f = trace_next_field(p, f))
		json_array_append_new(fields, json_string(f));
	line = json_pack("{s:I, s:s, s:s, s:s*, s:o, s:s, s:s*}", "time_us", now_us(),
			 "direction", said->sent ? "sent" : "received", "protocol", p->protocol,
			 "code", *p->code ? p->code : NULL, "fields", fields,
			 "text", trace_text(p, text),
			 "octets", octets ? octets_of(said, hex) : NULL);
	if (line && said->session)
		json_object_set_new(line, "session",
				    json_integer((json_int_t)said->session->record.id));
	if (line && p->id >= 0)
		json_object_set_new(line, "identifier", json_integer(p->id));
	return text_of_line(line);
}

/* @text as control_continue() wants it. The tracer may be gone after this. */
static void tell(struct tracer *t, const char *text)
{
	if (t->lost || !control_continue(t->answer, text))
		t->lost++;
}

/* Returns the reply for @t; NULL if there is no memory. */
static const char *text_for(const struct tracer *t, struct said *said)
{
	char **text = t->octets ? &said->with_octets : &said->plain;

	if (!*text)
		*text = text_of(said, t->octets);
	return *text;
}

/* Tell those who follow the session or the connection. */
static void tell_all(const struct api *api, struct said *said)
{
	struct tracer *t, *next;

	for (t = LIST_FIRST(&api->tracing.tracers); t; t = next) {
		next = LIST_NEXT(t, link);
		if (said->session ? t->id == said->session->record.id : t->tunnel == said->tunnel)
			tell(t, text_for(t, said));
	}
	free(said->plain);
	free(said->with_octets);
}

static bool is_followed(const struct api *api, const struct tunnel *tunnel, uint64_t id)
{
	const struct tracer *t;

	LIST_FOREACH(t, &api->tracing.tracers, link)
		if (id ? t->id == id : t->tunnel == tunnel)
			return true;
	return false;
}

static void hear_message(struct tap *tap, struct tunnel *tunnel, bool sent, const uint8_t *message,
			 size_t len)
{
	const struct api *api = api_of(tap);
	struct trace_packet p;

	if (!is_followed(api, tunnel, 0))
		return;
	trace_message(&p, message, len);
	tell_all(api, &(struct said){ .tunnel = tunnel, .packet = &p, .sent = sent });
}

static void hear_frame(struct tap *tap, struct session *s, bool sent, const uint8_t *frame,
		       size_t len)
{
	const struct api *api = api_of(tap);
	struct trace_packet p;

	if (!is_followed(api, NULL, s->record.id))
		return;
	trace_frame(&p, frame, len);
	tell_all(api, &(struct said){
		.session = s, .packet = &p, .sent = sent, .frame = frame, .len = len,
	});
}

/* --- what happens -------------------------------------------------------------------------- */

/* Tell one what happened to its connection or session. @detail may be "". The tracer may be gone then. */
static void tell_event(struct tracer *t, const char *protocol, const char *code,
		       const struct session *s, const char *detail)
{
	json_t *line = json_pack("{s:I, s:s, s:s, s:o, s:o}", "time_us", now_us(), "protocol",
				 protocol, "code", code, "fields",
				 *detail ? json_pack("[s]", detail) : json_array(), "text",
				 json_sprintf("%s %s%s%s", protocol, code, *detail ? ": " : "", detail));
	char *text;

	if (line && s)
		json_object_set_new(line, "session", json_integer((json_int_t)s->record.id));
	text = text_of_line(line);
	tell(t, text);
	free(text);
}

static void tunnel_opened(struct tap *tap, struct tunnel *tunnel)
{
	const struct api *api = api_of(tap);
	struct tracer *t, *next;
	char detail[128];

	for (t = LIST_FIRST(&api->tracing.tracers); t; t = next) {
		next = LIST_NEXT(t, link);
		if (!t->waits || !ip_prefix_contains(&t->from, tunnel->remote))
			continue;
		t->waits = false;
		t->tunnel = tunnel;
		snprintf(detail, sizeof(detail), "peer %s", ip_text(tunnel->remote));
		tell_event(t, "TCP", "connected", NULL, detail);
	}
}

static void tunnel_closed(struct tap *tap, struct tunnel *tunnel)
{
	struct api *api = api_of(tap);
	struct tracer *t, *next;

	for (t = LIST_FIRST(&api->tracing.tracers); t; t = next) {
		next = LIST_NEXT(t, link);
		if (t->tunnel != tunnel)
			continue;
		t->tunnel = NULL;
		if (t->over || !registry_find_id(&api->sessions->registry, t->id))
			finish(t, *t->reason ? t->reason : CONNECTION_CLOSED);
		else
			tell_event(t, "TCP", "closed", NULL, "");
	}
}

static const char *detail_of(const struct event *event, char text[512])
{
	const struct session_record *r = &event->session->record;
	char words[DESCRIBE_SIZE], user[TEXT_QUOTE_SIZE];

	switch (event->type) {
	case EVENT_AUTHENTICATED:
		snprintf(text, 512, "user %s", text_quote(user, r->user));
		break;
	case EVENT_REFUSED:
		snprintf(text, 512, "user %s, %s", text_name(user, event->user), event->text);
		break;
	case EVENT_UP:
	case EVENT_RESUMED:
		snprintf(text, 512, "%s", describe_up(r, words));
		break;
	case EVENT_DOWN:
		snprintf(text, 512, "%s (%s); %s", event->text, event_cause_name(event->cause),
			 describe_traffic(r, words));
		break;
	default:
		*text = '\0';
	}
	return text;
}

/*
 * The messages that end call and connection follow the end of the session, so they are waited for;
 * not on a connection with other calls.
 */
static bool ends_now(struct tracer *t, const char *reason)
{
	t->over = true;
	snprintf(t->reason, sizeof(t->reason), "%s", reason);
	return !t->tunnel || t->tunnel->pptp.nr_calls > 1;
}

static void hear_event(struct subscriber *sub, const struct event *event)
{
	struct api *api = container_of(sub, struct api, tracing.events);
	const struct tunnel *tunnel = session_tunnel(event->session);
	const uint64_t id = event->session->record.id;
	struct tracer *t, *next;
	char detail[512];

	detail_of(event, detail);
	for (t = LIST_FIRST(&api->tracing.tracers); t; t = next) {
		next = LIST_NEXT(t, link);
		if (!t->id && t->tunnel && t->tunnel == tunnel)
			t->id = id;
		if (t->id != id)
			continue;
		if (event->type == EVENT_DOWN && ends_now(t, event->text))
			finish(t, event->text);
		else
			tell_event(t, "session", event_name(event->type), event->session, detail);
	}
}

/* --- the method ---------------------------------------------------------------------------- */

static void room(struct control_teller *teller)
{
	struct tracer *t = container_of(teller, struct tracer, teller);
	const uint64_t lost = t->lost;
	char text[64];

	snprintf(text, sizeof(text), "{\"lost\":%" PRIu64 "}", lost);
	t->lost = 0;
	if (!control_continue(t->answer, text))
		t->lost = lost;
}

static void gone(struct control_teller *teller)
{
	leave(container_of(teller, struct tracer, teller));
}

static struct session *newest_of(const struct registry *r, const char *user)
{
	struct session *newest = NULL;

	for (struct session *s = registry_next_of_user(r, user, NULL); s;
	     s = registry_next_of_user(r, user, s))
		if (!newest || s->record.id > newest->record.id)
			newest = s;
	return newest;
}

/* Returns NULL after saying why. */
static struct session *find_id(const struct api *api, const json_t *parameters,
			       struct control_error *error)
{
	json_int_t id = json_integer_value(json_object_get(parameters, "id"));
	struct session *s = registry_find_id(&api->sessions->registry, (uint64_t)id);
	char name[32];

	snprintf(name, sizeof(name), "%" JSON_INTEGER_FORMAT, id);
	if (s && !session_is_over(s))
		return s;
	control_not_found(error, "session", name);
	return NULL;
}

static struct session *find_user(const struct api *api, const char *user,
				 struct control_error *error)
{
	struct session *s = newest_of(&api->sessions->registry, user);

	if (s && !session_is_over(s))
		return s;
	control_not_found(error, "session of user", user);
	return NULL;
}

/* Returns false after saying why. */
static bool read_target(struct tracer *t, const json_t *parameters, struct control_error *error)
{
	const char *user = json_string_value(json_object_get(parameters, "user"));
	const bool id = json_object_get(parameters, "id"), from = json_object_get(parameters, "from");
	struct session *s;

	if (id + !!user + from != 1) {
		control_invalid(error, "id", "expected one of \"id\", \"user\" and \"from\"");
		return false;
	}
	t->octets = json_is_true(json_object_get(parameters, "octets"));
	if (from) {
		t->waits = session_filter_network(parameters, "from", &t->from, error);
		return t->waits;
	}
	s = user ? find_user(t->api, user, error) : find_id(t->api, parameters, error);
	if (!s)
		return false;
	t->id = s->record.id;
	t->tunnel = session_tunnel(s);
	return true;
}

static void join(struct api *api, struct tracer *t)
{
	if (LIST_EMPTY(&api->tracing.tracers)) {
		api->tracing.tap = (struct tap){
			.opened = tunnel_opened,
			.closed = tunnel_closed,
			.message = hear_message,
			.frame = hear_frame,
		};
		api->tracing.events.hear = hear_event;
		api->sessions->tap = &api->tracing.tap;
		events_subscribe(&api->sessions->events, &api->tracing.events);
	}
	LIST_INSERT_HEAD(&api->tracing.tracers, t, link);
}

void api_trace(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	struct control_error error = { 0 };
	struct tracer *t = calloc(1, sizeof(*t));
	char first[64] = "{}";

	if (t)
		t->api = ctx;
	if (!t || !read_target(t, parameters, &error)) {
		free(t);
		control_fail(answer, &error);
		return;
	}
	t->teller = (struct control_teller){ .room = room, .gone = gone };
	t->answer = answer;
	if (t->id)
		snprintf(first, sizeof(first), "{\"session\":%" PRIu64 "}", t->id);
	join(ctx, t);
	control_tell(answer, &t->teller);
	control_continue(answer, first);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

json_t *api_trace_where(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct session *s = find_id(ctx, parameters, error);
	const struct session_record *r = s ? &s->record : NULL;

	if (!s)
		return NULL;
	return json_pack("{s:{s:o, s:s, s:s, s:s, s:o, s:b}}", "where",
			 "peer", object_of_address(r->addr.remote),
			 "outer_netns", or_empty(session_outside(s).netns),
			 "interface", r->ifname, "netns", or_empty(s->entry.place.netns),
			 "remote_address",
			 object_of_address(r->up ? r->ip4.remote : (struct ip_addr){ 0 }),
			 "shared", session_shares_interface(s));
}
