// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "json.h"
#include "session.h"

static int kill_user(const struct options *options, const char *user)
{
	int status;
	json_t *result = ask(options, (struct call){
		.method = "org.culvert.Session.Kill",
		.parameters = json_pack("{s:{s:s}}", "filter", "user", user),
	}, &status);

	if (!result)
		return status;
	if (!number_of(result, "killed")) {
		complain("user \"%s\" has no session", user);
		status = STATUS_FAILED;
	} else if (options->json) {
		print_json(options, result);
	}
	json_decref(result);
	return status;
}

int cmd_session_kill(const struct options *options, int argc, char **argv)
{
	if (!argc)
		return misused("session kill needs the number of a session, or user and a name");
	if (strcmp(argv[0], "user"))
		return each_session(options, (struct call){ .method = "org.culvert.Session.Kill" }, argc, argv, NULL);
	return argc == 2 ? kill_user(options, argv[1]) :
			   misused("user has to be followed by one name");
}
