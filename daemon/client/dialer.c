// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "client/dialer.h"

static void enter(struct dialer *d, enum dialer_state state, uint64_t now)
{
	d->state = state;
	d->since = now;
}

/* Where it rests when nobody asks for anything. */
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
	if (d->state == DIALER_DIALING)
		enter(d, DIALER_UP, now);
}

/* The nominal delay, a quarter more or less. */
static uint64_t delay(const struct dialer *d, enum dialer_end how, uint32_t random)
{
	uint64_t ms = d->config.retry_min_ms;

	for (unsigned int i = 1; i < d->failures && ms < d->config.retry_max_ms; i++)
		ms *= 2;
	if (how == DIALER_END_REFUSED || ms > d->config.retry_max_ms)
		ms = d->config.retry_max_ms;
	return ms - ms / 4 + random % (ms / 2 + 1);
}

static void wait_for_next(struct dialer *d, enum dialer_end how, uint32_t random, uint64_t now)
{
	d->failures++;
	d->due = now + delay(d, how, random);
	enter(d, DIALER_WAITING, now);
}

void dialer_over(struct dialer *d, enum dialer_end how, uint32_t random, uint64_t now)
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
	} else if (d->config.reconnect || d->config.connect == DIALER_ON_DEMAND) {
		wait_for_next(d, how, random, now);
	} else {
		enter(d, DIALER_DOWN, now);
	}
}

uint64_t dialer_deadline(const struct dialer *d)
{
	return d->state == DIALER_WAITING ? d->due : DIALER_NEVER;
}

void dialer_tick(struct dialer *d, uint64_t now)
{
	bool wanted = d->config.reconnect &&
		      (d->up_again || d->config.connect != DIALER_ON_DEMAND);

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
