// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/program.h"

static bool unsafe(char reason[PROGRAM_REASON_SIZE], const char *what, const char *more)
{
	snprintf(reason, PROGRAM_REASON_SIZE, "%s%s", what, more);
	return false;
}

static bool is_ours(const struct stat *st)
{
	return st->st_uid == 0 || st->st_uid == geteuid();
}

static bool is_safe_file(const char *path, char reason[PROGRAM_REASON_SIZE])
{
	struct stat st;

	if (stat(path, &st))
		return unsafe(reason, "cannot be looked at: ", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return unsafe(reason, "is not a file", "");
	if (!is_ours(&st))
		return unsafe(reason, "belongs to another user; expected root", "");
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return unsafe(reason, "can be written by others; expected mode 0755 or less", "");
	if (!(st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
		return unsafe(reason, "cannot be executed; expected mode 0755 or 0700", "");
	return true;
}

/* Who can write to a folder can replace what is in it, but for others' files in a sticky one. */
static bool is_safe_folder(const char *path, char reason[PROGRAM_REASON_SIZE])
{
	struct stat st;

	if (stat(path, &st))
		return unsafe(reason, "is in a folder that cannot be looked at: ", path);
	if (!is_ours(&st))
		return unsafe(reason, "is in a folder of another user: ", path);
	if (st.st_mode & (S_IWGRP | S_IWOTH) && !(st.st_mode & S_ISVTX))
		return unsafe(reason, "is in a folder that others can write to: ", path);
	return true;
}

bool program_is_safe(const char *path, char reason[PROGRAM_REASON_SIZE])
{
	char real[PATH_MAX], *slash;

	if (!realpath(path, real))
		return unsafe(reason, "cannot be found: ", strerror(errno));
	if (!is_safe_file(real, reason))
		return false;
	while ((slash = strrchr(real, '/')) && slash != real) {
		*slash = '\0';
		if (!is_safe_folder(real, reason))
			return false;
	}
	return is_safe_folder("/", reason);
}
