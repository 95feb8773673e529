// SPDX-License-Identifier: GPL-2.0-only
#include <uv.h>

#include "session/steps.h"

uint32_t steps_mark(void)
{
	const uint32_t mark = (uint32_t)(uv_hrtime() / 1000);

	return mark ? mark : 1;
}

bool steps_took(const struct steps *s, enum setup_step step, uint32_t *us)
{
	uint32_t before = s->began;

	for (unsigned int i = 0; i < step; i++)
		if (s->ended[i])
			before = s->ended[i];
	if (!before || !s->ended[step])
		return false;
	*us = s->ended[step] - before;
	return true;
}

bool steps_took_all(const struct steps *s, uint32_t *us)
{
	if (!s->began || !s->ended[SETUP_NETWORK])
		return false;
	*us = s->ended[SETUP_NETWORK] - s->began;
	return true;
}

const char *setup_step_name(enum setup_step step)
{
	static const char * const names[SETUP_STEPS] = {
		[SETUP_CONNECTION] = "connection",
		[SETUP_CALL] = "call",
		[SETUP_LCP] = "lcp",
		[SETUP_AUTH] = "auth",
		[SETUP_NETWORK] = "network",
	};

	return names[step];
}
