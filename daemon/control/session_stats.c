// SPDX-License-Identifier: GPL-2.0-only
/* org.culvert.Session.Stats: the counters of the kernel, of one session or of many together. */
#include <stdlib.h>

#include "control/commands_priv.h"
#include "control/objects.h"
#include "control/session_filter.h"
#include "session/session.h"
#include "session/sweep.h"

struct totals {
	struct control_answer *answer;
	struct session_filter filter;
	json_int_t sessions;
	uint64_t counters[NET_COUNTERS];
	uint64_t rx, tx;		/* bit/s */
};

/* Add @s if its counters fit, which are read for that and for the sum at once. */
static void add(struct totals *t, struct session *s)
{
	uint64_t counters[NET_COUNTERS];

	const bool counted = session_read_counters(s, counters);

	if (!session_filter_counters_fit(&t->filter, s))
		return;
	t->sessions++;
	t->rx += s->rate.rx;
	t->tx += s->rate.tx;
	for (size_t i = 0; counted && i < NET_COUNTERS; i++)
		t->counters[i] += counters[i];
}

static json_t *object_of(const struct totals *t)
{
	return json_pack("{s:I, s:o, s:I, s:I}", "sessions", t->sessions,
			 "counters", object_of_counters(t->counters),
			 "rx_bit_s", (json_int_t)t->rx, "tx_bit_s", (json_int_t)t->tx);
}

static bool add_if_it_passes(void *ctx, struct session *s)
{
	struct totals *t = ctx;

	if (!session_is_over(s) && session_filter_fits(&t->filter, s))
		add(t, s);
	return true;
}

static void all_added(void *ctx)
{
	struct totals *t = ctx;

	control_answer(t->answer, object_of(t));
	session_filter_drop(&t->filter);
	free(t);
}

static void tell_of_many(const struct api *api, json_t *filter, struct control_answer *answer)
{
	struct control_error error = { 0 };
	struct totals *t = calloc(1, sizeof(*t));

	if (t) {
		t->answer = answer;
		if (session_filter_read(&t->filter, filter, &error) &&
		    !sweep_sessions(api->sessions, add_if_it_passes, all_added, t))
			return;
		session_filter_drop(&t->filter);
	}
	free(t);
	control_fail(answer, &error);
}

static void tell_of_one(const struct api *api, const json_t *parameters,
			struct control_answer *answer)
{
	struct control_error error = { 0 };
	struct session *s = api_find_session(api, parameters, &error);
	struct totals t = { 0 };

	if (!s) {
		control_fail(answer, &error);
		return;
	}
	add(&t, s);
	control_answer(answer, object_of(&t));
}

void api_session_stats(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	json_t *filter = json_object_get(parameters, "filter");
	struct control_error error = { 0 };

	if (!filter == !json_object_get(parameters, "id")) {
		control_invalid(&error, "filter", API_ID_OR_FILTER);
		control_fail(answer, &error);
	} else if (filter) {
		tell_of_many(ctx, filter, answer);
	} else {
		tell_of_one(ctx, parameters, answer);
	}
}
