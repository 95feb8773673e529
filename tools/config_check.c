// SPDX-License-Identifier: GPL-2.0-only
/*
 * The daemon itself checks the configuration, and tells what its options are, so that the result is
 * what the daemon would say. culvertd is looked for in SBINDIR, and then in the PATH.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pppctl.h"

#ifndef SBINDIR
#define SBINDIR "/usr/local/sbin"
#endif

/* Become culvertd. Returns if it cannot be run, after complaining. */
static int become_culvertd(char **args)
{
	execv(SBINDIR "/culvertd", args);
	execvp("culvertd", args);
	complain("culvertd cannot be run: %s", strerror(errno));
	return STATUS_ABSENT;
}

int cmd_config_check(const struct options *options, int argc, char **argv)
{
	char *args[] = { "culvertd", "--check", NULL, NULL, NULL };

	if (argc > 1)
		return misused("config check takes one file; there is \"%s\"", argv[1]);
	if (argc) {
		args[2] = "-c";
		args[3] = argv[0];
	}
	return become_culvertd(args);
}

int cmd_config_dump_defaults(const struct options *options, int argc, char **argv)
{
	char *args[] = { "culvertd", "--dump-defaults", NULL };

	if (argc)
		return misused("config dump-defaults takes no arguments; there is \"%s\"", argv[0]);
	return become_culvertd(args);
}
