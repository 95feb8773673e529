// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "control.h"
#include "json.h"

int cmd_reload(const struct options *options, int argc, char **argv)
{
	json_t *result;
	int status;

	if (argc)
		return misused("reload takes no arguments; there is \"%s\"", argv[0]);
	result = ask(options, (struct call){ .method = "org.culvert.Daemon.Reload" }, &status);
	if (!result)
		return status;
	if (options->json)
		print_json(options, result);
	complain_of_lines(json_object_get(result, "warnings"), "warning: ");
	complain_of_lines(json_object_get(result, "errors"), "");
	if (!json_is_true(json_object_get(result, "reloaded"))) {
		complain("culvertd goes on with the configuration that it had");
		status = STATUS_USAGE;
	}
	json_decref(result);
	return status;
}
