// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "json.h"

bool failed_for_good(const json_t *client)
{
	return !strcmp(text_of(client, "failure_kind"), "permanent");
}

const char *show_next_try(const json_t *client, char text[UNIT_SIZE])
{
	uint64_t s = number_of(client, "retry_in_s");
	char wait[UNIT_SIZE];

	if (s) {
		snprintf(text, UNIT_SIZE, "in %s", show_duration(s, wait));
		return text;
	}
	return *text_of(client, "failure") && !strcmp(text_of(client, "state"), "down") ?
	       "when asked" : "";
}
