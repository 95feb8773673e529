// SPDX-License-Identifier: GPL-2.0-only
#include "control.h"
#include "json.h"

/* Let the daemon do @command to each client named. */
static int change(const struct options *options, const char *command, int argc, char **argv)
{
	int worst = STATUS_OK;

	for (int i = 0; i < argc; i++) {
		json_t *result;
		int status;

		result = ask(options, json_pack("{s:s,s:s}", "cmd", command, "name", argv[i]),
			     &status);
		if (result && options->json)
			print_json(options, result);
		json_decref(result);
		worst = status > worst ? status : worst;
	}
	return worst;
}

int cmd_client_up(const struct options *options, int argc, char **argv)
{
	return argc ? change(options, "client.up", argc, argv) :
		      misused("client up needs the name of a client");
}

int cmd_client_down(const struct options *options, int argc, char **argv)
{
	return argc ? change(options, "client.down", argc, argv) :
		      misused("client down needs the name of a client");
}
