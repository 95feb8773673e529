// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "radius.h"

enum colour radius_colour(const json_t *server)
{
	const char *state = text_of(server, "state");

	if (!strcmp(state, "dead"))
		return COLOUR_BAD;
	/* also one that has no socket, and was not asked often enough to be dead */
	return !strcmp(state, "up") && !*text_of(server, "fault") ? COLOUR_GOOD : COLOUR_WARNING;
}

const char *show_radius_time(const json_t *times, const char *member, char text[UNIT_SIZE])
{
	text[0] = '\0';
	if (number_of(times, "answers"))
		snprintf(text, UNIT_SIZE, "%ju ms", (uintmax_t)number_of(times, member));
	return text;
}
