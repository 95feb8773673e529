/* SPDX-License-Identifier: GPL-2.0-only */
/* Scripts for tests of hooks, in a folder of their own. Included by one file of a test program. */
#ifndef CULVERT_PLAYED_SCRIPTS_TEST_H
#define CULVERT_PLAYED_SCRIPTS_TEST_H

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scripts[] = "/tmp/hooks-test-XXXXXX";

static inline const char *in_scripts(const char *name)
{
	static char path[2][sizeof(scripts) + 32];
	static unsigned int i;

	i = !i;
	snprintf(path[i], sizeof(path[i]), "%s/%s", scripts, name);
	return path[i];
}

/* Write a script, which runs in the folder. Returns its path, valid until the next but one. */
static inline const char *script(const char *name, const char *body)
{
	const char *path = in_scripts(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\ncd %s\n%s\n", scripts, body);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0700), 0);
	return path;
}

/* Expect what scripts have written to a file there, which is removed. */
static inline void expect_file(const char *name, const char *want)
{
	FILE *f = fopen(in_scripts(name), "r");
	char text[2048];

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	unlink(in_scripts(name));
	assert_string_equal(text, want);
}

/* Returns true if the command succeeds in the folder of the scripts. */
static inline bool in_scripts_holds(const char *command)
{
	char line[512];

	snprintf(line, sizeof(line), "cd %s && %s", scripts, command);
	return system(line) == 0;
}

static inline int scripts_begin(void **state)
{
	return mkdtemp(scripts) ? 0 : -1;
}

static inline int scripts_remove(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	return remove(path);
}

static inline int scripts_end(void **state)
{
	return nftw(scripts, scripts_remove, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
