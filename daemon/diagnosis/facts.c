// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pptp.h>
#include <stdio.h>
#include <string.h>

#include "diagnosis/facts.h"
#include "ppp/ppp.h"
#include "pptp/call.h"
#include "trace/packet.h"
#include "util/deadline.h"
#include "util/text.h"

/* What was told of the attempt, of which facts.reason is the best. */
struct told {
	const char *refused;
	const char *told;
	const char *failed;
	const char *ended;
	const char *closed;
};

static void count_all(struct facts *f, const uint8_t *data, size_t len)
{
	for (; len >= 9; len -= 9, data += 9) {
		uint64_t value = 0;

		for (unsigned int i = 1; i <= 8; i++)
			value = value << 8 | data[i];
		if (data[0] < FACTS_COUNTERS)
			f->counters[data[0]] = value;
	}
}

static void hear_frame(struct facts *f, const struct history_view *v)
{
	const unsigned int protocol = v->len < 3 ? 0 : (unsigned int)(v->data[0] << 8 | v->data[1]);

	f->frames_in += v->times;
	/* Configure-Ack, -Nak and -Reject */
	if (protocol == PPP_PROTO_LCP && v->data[2] >= 2 && v->data[2] <= 4)
		f->lcp_answered = true;
}

static void take(struct facts *f, struct told *t, const struct history_view *v)
{
	const char *text = (const char *)v->data;

	switch (v->step) {
	case HISTORY_SECTION:
		f->section = text;
		break;
	case HISTORY_TCP_FAILED:
		t->failed = text;
		break;
	case HISTORY_CONNECTED:
		/* Of a client, perhaps with another address than before. */
		f->connected = true;
		f->started = f->called = false;
		break;
	case HISTORY_STARTED:
		f->started = true;
		f->peer_is = text;
		break;
	case HISTORY_CALL:
		f->called = true;
		break;
	case HISTORY_FRAME_IN:
		hear_frame(f, v);
		break;
	case HISTORY_FRAME_OUT:
		f->frames_out += v->times;
		break;
	case HISTORY_LOGIN:
		f->method = text;
		break;
	case HISTORY_REFUSED:
		t->refused = text;
		break;
	case HISTORY_AUTHENTICATED:
		f->authenticated = true;
		t->refused = NULL;
		break;
	case HISTORY_TOLD:
		t->told = text;
		break;
	case HISTORY_ENDED:
		t->ended = text;
		break;
	case HISTORY_CLOSED:
		t->closed = text;
		break;
	case HISTORY_COUNTED:
		count_all(f, v->data, v->len);
		break;
	default:
		break;
	}
}

/* A session that ended with its control connection ended for the reason of that. */
static const char *why_ended(const struct told *t)
{
	const char *by_connection = pptp_call_end_text(PPTP_END_CONN);

	if (t->closed && (!t->ended || !strcmp(t->ended, by_connection)))
		return t->closed;
	return t->ended ? t->ended : t->failed ? t->failed : "";
}

void facts_of(struct facts *f, const struct history *h)
{
	struct told t = { .refused = NULL };
	struct history_view v;
	size_t at = 0;

	memset(f, 0, sizeof(*f));
	history_head(h, &f->head);
	f->section = f->peer_is = f->method = "";
	while (history_next(h, &at, &v))
		take(f, &t, &v);
	f->refused = t.refused;
	if (t.refused)
		f->reason = t.refused;
	else if (t.told && !f->head.up)
		f->reason = t.told;
	else
		f->reason = why_ended(&t);
}

void facts_count(struct facts *f, const uint64_t *counters, size_t n)
{
	memcpy(f->counters, counters, n * sizeof(*counters));
}

bool facts_heard(const struct facts *f)
{
	return f->frames_in || f->counters[PPTP_A_STATS_RX_PACKETS];
}

static unsigned int be16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

static void say(char out[FACTS_TEXT], const char *before, const struct history_view *v)
{
	const size_t len = strlen(before);

	memcpy(out, before, len);
	text_show(out + len, FACTS_TEXT - len, v->data, v->len);
}

/* What history_frame() has kept: protocol, code, and some of the data. */
static void say_frame(char out[FACTS_TEXT], const struct history_view *v)
{
	struct trace_packet packet;

	if (v->len < 3)
		return;
	trace_kept(&packet, (uint16_t)be16(v->data), v->data[2], v->data + 3, v->len - 3);
	trace_sentence(&packet, out, FACTS_TEXT);
}

char *facts_step(char out[FACTS_TEXT], const struct history_view *v)
{
	static const char * const before[HISTORY_STEPS] = {
		[HISTORY_LOOKED_UP] = "the server's name was looked up: ",
		[HISTORY_TCP_FAILED] = "no TCP connection: ",
		[HISTORY_CONNECTED] = "TCP connected, our address ",
		[HISTORY_STARTED] = "PPTP started, the peer is ",
		[HISTORY_LOGIN] = "login by ",
		[HISTORY_JUDGED] = "login accepted by ",
		[HISTORY_REFUSED] = "login refused: ",
		[HISTORY_AUTHENTICATED] = "authenticated",
		[HISTORY_UP] = "up ",
		[HISTORY_PAUSED] = "traffic paused",
		[HISTORY_RESUMED] = "traffic resumed",
		[HISTORY_NOTE] = "odd: ",
		[HISTORY_TOLD] = "",
		[HISTORY_ENDED] = "ended: ",
		[HISTORY_CLOSED] = "control connection ended: ",
	};

	*out = '\0';
	switch (v->step) {
	case HISTORY_SECTION:
	case HISTORY_COUNTED:
	case HISTORY_STEPS:
		break;
	case HISTORY_CALL_ASKED:
		if (v->len == 2)
			snprintf(out, FACTS_TEXT, "call asked for, with call ID %u", be16(v->data));
		break;
	case HISTORY_CALL:
		if (v->len == 4)
			snprintf(out, FACTS_TEXT, "call up, call IDs %u (ours) and %u", be16(v->data),
				 be16(v->data + 2));
		break;
	case HISTORY_FRAME_IN:
	case HISTORY_FRAME_OUT:
		say_frame(out, v);
		break;
	default:
		if (before[v->step])
			say(out, before[v->step], v);
	}
	return out;
}
