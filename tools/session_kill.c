// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "session.h"

/* Takes the reference to @request. */
static int kill_one(const struct options *options, json_t *request)
{
	json_t *result;
	int status;

	result = ask(options, request, &status);
	if (!result)
		return status;
	if (options->json)
		print_json(options, result);
	json_decref(result);
	return STATUS_OK;
}

int cmd_session_kill(const struct options *options, int argc, char **argv)
{
	int worst = STATUS_OK;
	json_int_t id;

	if (!argc)
		return misused("session kill needs the number of a session, or user and a name");
	if (!strcmp(argv[0], "user")) {
		if (argc != 2)
			return misused("user has to be followed by one name");
		return kill_one(options, json_pack("{s:s,s:s}", "cmd", "session.kill", "user",
						   argv[1]));
	}
	for (int i = 0; i < argc; i++)
		if (!parse_id(argv[i], &id))
			return STATUS_USAGE;
	for (int i = 0; i < argc; i++) {
		int status;

		parse_id(argv[i], &id);
		status = kill_one(options, json_pack("{s:s,s:I}", "cmd", "session.kill", "id", id));
		worst = status > worst ? status : worst;
	}
	return worst;
}
