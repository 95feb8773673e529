// SPDX-License-Identifier: GPL-2.0-only
#include "control.h"

int cmd_client_up(const struct options *options, int argc, char **argv)
{
	return argc ? each_named(options, (struct call){ .method = "org.culvert.Client.Up" }, argc, argv, NULL) :
		      misused("client up needs the name of a client");
}

int cmd_client_down(const struct options *options, int argc, char **argv)
{
	return argc ? each_named(options, (struct call){ .method = "org.culvert.Client.Down" }, argc, argv, NULL) :
		      misused("client down needs the name of a client");
}
