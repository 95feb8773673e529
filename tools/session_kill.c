// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "session.h"

static int kill_user(const struct options *options, const char *user)
{
	return ask_and_show(options, json_pack("{s:s,s:s}", "cmd", "session.kill", "user", user),
			    NULL);
}

int cmd_session_kill(const struct options *options, int argc, char **argv)
{
	if (!argc)
		return misused("session kill needs the number of a session, or user and a name");
	if (strcmp(argv[0], "user"))
		return each_session(options, "session.kill", argc, argv, NULL);
	return argc == 2 ? kill_user(options, argv[1]) :
			   misused("user has to be followed by one name");
}
