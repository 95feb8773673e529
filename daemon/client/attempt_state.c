// SPDX-License-Identifier: GPL-2.0-only
#include "client/attempt_state.h"

const char *attempt_state_name(enum attempt_state state)
{
	static const char * const names[] = {
		[ATTEMPT_NEW] = "new",
		[ATTEMPT_LOOKUP] = "lookup",
		[ATTEMPT_CONNECTING] = "connecting",
		[ATTEMPT_STARTING] = "starting",
		[ATTEMPT_CALLING] = "calling",
		[ATTEMPT_LINK] = "link",
		[ATTEMPT_UP] = "up",
		[ATTEMPT_HANGING_UP] = "hanging up",
		[ATTEMPT_CLEARING] = "clearing",
		[ATTEMPT_STOPPING] = "stopping",
		[ATTEMPT_CLOSED] = "closed",
		[ATTEMPT_GONE] = "gone",
	};

	return names[state];
}

const char *attempt_step_name(enum attempt_step step)
{
	static const char * const names[] = {
		[STEP_LOOKUP] = "name lookup",
		[STEP_CONNECT] = "TCP connection",
		[STEP_START] = "control connection",
		[STEP_CALL] = "call",
		[STEP_LCP] = "link",
		[STEP_LOGIN] = "login",
		[STEP_CCP] = "encryption",
		[STEP_IPCP] = "addresses",
		[STEP_UP] = "session",
	};

	return names[step];
}

enum attempt_step attempt_link_step(enum ppp_phase reached, unsigned int opened,
				    enum ppp_mppe_policy mppe)
{
	if (reached < PPP_PHASE_AUTHENTICATE)
		return STEP_LCP;
	if (reached < PPP_PHASE_NETWORK)
		return STEP_LOGIN;
	if (mppe == PPP_MPPE_REQUIRED && !(opened & PPP_OPEN_CCP))
		return STEP_CCP;
	return STEP_IPCP;
}

enum attempt_step attempt_step(enum attempt_state state, enum attempt_step link_step)
{
	switch (state) {
	case ATTEMPT_NEW:
	case ATTEMPT_LOOKUP:
		return STEP_LOOKUP;
	case ATTEMPT_CONNECTING:
		return STEP_CONNECT;
	case ATTEMPT_STARTING:
		return STEP_START;
	case ATTEMPT_CALLING:
		return STEP_CALL;
	case ATTEMPT_LINK:
		return link_step;
	default:
		return STEP_UP;
	}
}

void attempt_clock_begin(struct attempt_clock *clock, unsigned int login_timeout_s, uint64_t now)
{
	*clock = (struct attempt_clock){
		.login_by = now + login_timeout_s * 1000ull,
		.goodbye_by = NEVER,
	};
}

void attempt_clock_enter(struct attempt_clock *clock, enum attempt_state from,
			 enum attempt_state to, uint64_t now)
{
	if (to == ATTEMPT_HANGING_UP || (to > ATTEMPT_HANGING_UP && from <= ATTEMPT_HANGING_UP))
		clock->goodbye_by = now + ATTEMPT_GOODBYE_MS;
}

uint64_t attempt_clock_deadline(const struct attempt_clock *clock, enum attempt_state state)
{
	switch (state) {
	case ATTEMPT_LOOKUP:
	case ATTEMPT_CONNECTING:
	case ATTEMPT_STARTING:
	case ATTEMPT_CALLING:
	case ATTEMPT_LINK:
		return clock->login_by;
	case ATTEMPT_HANGING_UP:
	case ATTEMPT_CLEARING:
	case ATTEMPT_STOPPING:
		return clock->goodbye_by;
	default:
		return NEVER;
	}
}

enum attempt_timeout attempt_clock_expired(const struct attempt_clock *clock,
					   enum attempt_state state, uint64_t now)
{
	if (now < attempt_clock_deadline(clock, state))
		return ATTEMPT_IN_TIME;
	return state >= ATTEMPT_HANGING_UP ? ATTEMPT_GOODBYE_TIMEOUT : ATTEMPT_LOGIN_TIMEOUT;
}
