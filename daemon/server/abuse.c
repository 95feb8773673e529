// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "config/config.h"
#include "server/abuse.h"
#include "server/call.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"
#include "util/timer.h"

/* An answer to a failed login that waits. */
struct late_answer {
	struct due due;
	struct call *call;
	struct ppp_auth_verdict verdict;
};

static uint64_t now_of(const struct abuse *a)
{
	return uv_now(a->timer.loop);
}

/* --- bans ---------------------------------------------------------------------------------- */

/* A source that is one address is shown as such. */
static const char *network_text(const struct ip_prefix *network, char text[IP_TEXT_SIZE])
{
	return network->length == ip_bits(network->address) ? ip_format(network->address, text) :
							      ip_prefix_format(network, text);
}

static void ban_begun(void *ctx, const struct ban *ban)
{
	char network[IP_TEXT_SIZE], time[32] = "";
	struct log_fields about = { .event = LOG_EVENT_BAN };
	uint64_t now = now_of(ctx);

	((struct abuse *)ctx)->begun[ban->by_hand]++;
	network_text(&ban->network, network);
	if (ban->network.length == ip_bits(ban->network.address))
		about.peer = ban->network.address;
	log_about(&about);
	if (ban->until != NEVER)
		snprintf(time, sizeof(time), " for %llu s",
			 (unsigned long long)(ban->until - ban->since) / 1000);
	if (ban->by_hand)
		log_audit(now, LOG_LEVEL_NOTICE, "%s is banned%s by the administrator", network,
			  time);
	else
		log_audit(now, LOG_LEVEL_NOTICE, "%s is banned%s: %u failed logins", network, time,
			  ban->failures);
	log_about(NULL);
}

static void ban_ended(void *ctx, const struct ban *ban, enum ban_end why)
{
	static const char * const words[] = {
		[BAN_END_TIME] = "its time is over",
		[BAN_END_REMOVED] = "removed by the administrator",
		[BAN_END_ROOM] = "there are too many bans",
	};
	char network[IP_TEXT_SIZE];

	log_audit(now_of(ctx), LOG_LEVEL_NOTICE,
		  "%s is not banned any more: %s; %llu connection%s turned away",
		  network_text(&ban->network, network), words[why],
		  (unsigned long long)ban->turned_away, ban->turned_away == 1 ? "" : "s");
}

static const struct ban_ops ops = { .begun = ban_begun, .ended = ban_ended };

bool abuse_turns_away(struct abuse *a, struct ip_addr from, const char *server)
{
	const struct log_fields about = { .peer = from, .server = server };

	switch (bans_connection(a->bans, from, now_of(a))) {
	case BAN_WELCOME:
		return false;
	case BAN_TOO_FAST:
		a->too_fast++;
		log_with(&about, log_limited(ip_text(from), now_of(a), LOG_LEVEL_WARNING,
					     "server %s, %s: connection refused: too many of them "
					     "in a short time", server, ip_text(from)));
		break;
	case BAN_BANNED:
		a->banned++;
		break;
	}
	return true;
}

void abuse_failed(struct abuse *a, const struct call *call)
{
	bans_failed(a->bans, call->session.record.addr.remote, now_of(a));
	abuse_settle(a);
}

/* --- answers that come late ------------------------------------------------------------------ */

static struct late_answer *first_late(const struct abuse *a)
{
	struct due *due = due_first(&a->late);

	return due ? container_of(due, struct late_answer, due) : NULL;
}

void abuse_forget(struct abuse *a, struct call *call)
{
	struct late_answer *late = call->late;

	if (!late)
		return;
	call->late = NULL;
	due_remove(&a->late, &late->due);
	a->n_late--;
	free(late);
}

static void answer(struct abuse *a, struct late_answer *late)
{
	const struct ppp_auth_verdict verdict = late->verdict;
	struct call *call = late->call;

	abuse_forget(a, call);
	session_verdict(&call->session, &verdict, NULL);
}

static void timer_cb(uv_timer_t *timer)
{
	CALLBACK("abuse: timer");
	struct abuse *a = container_of(timer, struct abuse, timer);
	struct late_answer *late;

	bans_run(a->bans, now_of(a));
	while (callback_has_time() && (late = first_late(a)) && late->due.at <= now_of(a))
		answer(a, late);
	abuse_settle(a);
}

void abuse_settle(struct abuse *a)
{
	const struct late_answer *late = first_late(a);

	timer_arm(&a->timer, timer_cb, earlier(bans_due(a->bans), late ? late->due.at : NEVER));
}

/* Returns the milliseconds that the answer to the last of @failures waits. */
static uint64_t delay_of(const struct abuse *a, unsigned int failures)
{
	uint64_t s = failures > 1 ? 1 : 0;

	for (unsigned int i = 2; i < failures && s < a->max_delay_s; i++)
		s *= 2;
	return earlier(s, a->max_delay_s) * 1000;
}

void abuse_answer(struct abuse *a, struct call *call, const struct ppp_auth_verdict *verdict,
		  unsigned int failures)
{
	uint64_t delay = bans_excepts(a->bans, call->session.record.addr.remote) ?
			 0 : delay_of(a, failures);
	struct late_answer *late = NULL;

	if (delay && a->n_late < ABUSE_LATE_MAX)
		late = calloc(1, sizeof(*late));
	if (!late) {
		session_verdict(&call->session, verdict, NULL);
		return;
	}
	late->call = call;
	late->verdict = *verdict;
	call->late = late;
	a->n_late++;
	due_set(&a->late, &late->due, now_of(a) + delay);
	abuse_settle(a);
}

/* --- the whole ------------------------------------------------------------------------------- */

int abuse_open(struct abuse *a, uv_loop_t *loop)
{
	uint32_t seed = 0;

	uv_timer_init(loop, &a->timer);
	/* Without a random seed, sources can be chosen that take each other's places. */
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uint32_t)uv_hrtime();
	a->bans = bans_new(seed, &ops, a);
	return a->bans ? 0 : -ENOMEM;
}

void abuse_configure(struct abuse *a, const struct config_abuse *config)
{
	const struct ban_settings settings = {
		.failures = config->failures,
		.within_ms = config->within_s * 1000ull,
		.time_ms = config->ban_s * 1000ull,
		.max_time_ms = config->max_ban_s * 1000ull,
		.length = config->aggregate,
		.per_second = config->per_second,
		.burst = config->burst,
		.except = config->except.list,
		.n_except = config->except.n,
	};

	bans_set(a->bans, &settings);
	a->max_delay_s = config->max_delay_s;
}

void abuse_close(struct abuse *a, uv_close_cb closed)
{
	uv_close((uv_handle_t *)&a->timer, closed);
}

void abuse_free(struct abuse *a)
{
	bans_free(a->bans);
}
