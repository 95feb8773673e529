// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "json.h"

int each_client(const struct options *options, const char *command, int argc, char **argv,
		show_fn show)
{
	int worst = STATUS_OK;

	for (int i = 0; i < argc; i++) {
		int status = ask_and_show(options, json_pack("{s:s,s:s}", "cmd", command, "name",
							     argv[i]), show);

		worst = status > worst ? status : worst;
	}
	return worst;
}

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
