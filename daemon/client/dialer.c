// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "client/dialer.h"

static void enter(struct dialer *d, enum dialer_state state, uint64_t now)
{
	d->state = state;
	d->since = now;
}

/* Returns the state in which there is no attempt and nothing was asked for. */
static enum dialer_state at_rest(const struct dialer *d)
{
	return d->config.connect == DIALER_ON_DEMAND ? DIALER_LISTENING : DIALER_DOWN;
}

void dialer_init(struct dialer *d, const struct dialer_config *config, uint64_t now)
{
	memset(d, 0, sizeof(*d));
	d->config = *config;
	enter(d, config->connect == DIALER_AT_START ? DIALER_DIALING : at_rest(d), now);
}

bool dialer_ask_up(struct dialer *d, uint64_t now)
{
	if (d->state == DIALER_UP || d->state == DIALER_DIALING)
		return false;
	d->up_again = true;
	d->refusals = 0;
	if (d->state != DIALER_CLOSING)
		enter(d, DIALER_DIALING, now);
	return true;
}

bool dialer_ask_down(struct dialer *d, uint64_t now)
{
	bool busy = d->state == DIALER_DIALING || d->state == DIALER_UP;
	bool meant_up = d->up_again;

	d->up_again = false;
	d->failures = 0;
	d->failures_here = 0;
	d->refusals = 0;
	if (d->state == DIALER_CLOSING)
		return meant_up;
	if (d->state == DIALER_DOWN)
		return false;
	enter(d, busy ? DIALER_CLOSING : DIALER_DOWN, now);
	return true;
}

void dialer_packet(struct dialer *d, uint64_t now)
{
	if (d->state == DIALER_LISTENING)
		enter(d, DIALER_DIALING, now);
}

void dialer_succeeded(struct dialer *d, uint64_t now)
{
	if (d->state != DIALER_DIALING)
		return;
	d->refusals = 0;
	d->failures_here = 0;
	enter(d, DIALER_UP, now);
}

/* Returns @min for the first failure, doubled with each further one of @n, at most @max. */
static uint64_t grown(uint64_t min, uint64_t max, unsigned int n)
{
	uint64_t ms = min;

	while (n-- > 1 && ms < max)
		ms *= 2;
	return ms < max ? ms : max;
}

/* Returns the delay in milliseconds, at random a quarter longer or shorter at most. */
static uint64_t delay(const struct dialer *d, enum dialer_end how, uint32_t random)
{
	const struct dialer_config *c = &d->config;
	uint64_t ms = how == DIALER_END_PERMANENT ?
		      grown(c->refused_min_ms, c->refused_max_ms, d->refusals) :
		      grown(c->retry_min_ms, c->retry_max_ms,
			    d->where == DIALER_HERE ? d->failures_here : d->failures);

	return ms - ms / 4 + random % (ms / 2 + 1);
}

/* Returns true if the next attempt is left to people, who have to ask for it. */
static bool is_for_people(const struct dialer *d, enum dialer_end how)
{
	if (how == DIALER_END_PERMANENT && !d->config.refused_max_ms)
		return true;
	return !d->config.reconnect && d->config.connect != DIALER_ON_DEMAND;
}

static void count(struct dialer *d, enum dialer_where where)
{
	d->where = where;
	if (where == DIALER_HERE) {
		d->failures_here++;
		return;
	}
	d->failures++;
	d->failures_here = 0;
}

static void fail(struct dialer *d, enum dialer_end how, enum dialer_where where, uint32_t random,
		 uint64_t now)
{
	count(d, where);
	d->refusals += how == DIALER_END_PERMANENT;
	if (is_for_people(d, how)) {
		d->up_again = false;
		enter(d, DIALER_DOWN, now);
		return;
	}
	d->due = now + delay(d, how, random);
	enter(d, DIALER_WAITING, now);
}

void dialer_over(struct dialer *d, enum dialer_end how, enum dialer_where where, uint32_t random,
		 uint64_t now)
{
	if (d->state == DIALER_CLOSING) {
		enter(d, d->up_again ? DIALER_DIALING : DIALER_DOWN, now);
		return;
	}
	if (d->state == DIALER_UP && now - d->since >= DIALER_STABLE_MS)
		d->failures = 0;
	if (how == DIALER_END_IDLE) {
		d->up_again = false;
		d->failures = 0;
		enter(d, at_rest(d), now);
	} else {
		fail(d, how, where, random, now);
	}
}

bool dialer_minds_way(const struct dialer *d)
{
	return d->state == DIALER_WAITING && d->where != DIALER_AT_SERVER;
}

void dialer_way_changed(struct dialer *d, uint64_t now)
{
	uint64_t soon = d->since + DIALER_HASTE_MS;

	if (!dialer_minds_way(d))
		return;
	if (soon < now)
		soon = now;
	d->due = earlier(d->due, soon);
}

uint64_t dialer_deadline(const struct dialer *d)
{
	return d->state == DIALER_WAITING ? d->due : NEVER;
}

void dialer_tick(struct dialer *d, uint64_t now)
{
	bool wanted = d->config.reconnect && (d->up_again || d->config.connect != DIALER_ON_DEMAND);

	if (d->state == DIALER_WAITING && now >= d->due)
		enter(d, wanted ? DIALER_DIALING : at_rest(d), now);
}

const char *dialer_state_name(enum dialer_state state)
{
	static const char * const names[] = {
		[DIALER_DOWN] = "down",
		[DIALER_LISTENING] = "listening",
		[DIALER_DIALING] = "dialing",
		[DIALER_UP] = "up",
		[DIALER_CLOSING] = "closing",
		[DIALER_WAITING] = "waiting",
	};

	return names[state];
}

const char *dialer_end_name(enum dialer_end end)
{
	static const char * const names[] = {
		[DIALER_END_TEMPORARY] = "temporary",
		[DIALER_END_PERMANENT] = "permanent",
		[DIALER_END_IDLE] = "idle",
	};

	return names[end];
}
