// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aaa/password.h"
#include "util/file.h"
#include "util/text.h"

#define MAX_FILE 65536	/* octets of the whole file */

static bool is_private(const struct file *file, const char *path, struct diag *diag)
{
	if (file->mode & (S_IRWXG | S_IRWXO)) {
		diag_error(diag, path, 0, "mode %04o lets others at the password; expected 0600",
			   file->mode);
		return false;
	}
	if (file->owner && file->owner != geteuid()) {
		diag_error(diag, path, 0, "belongs to user %u; expected root", file->owner);
		return false;
	}
	return true;
}

/*
 * Returns a copy of the first line of the @len octets at @data, or NULL with a report if it is no
 * password.
 */
static char *take_line(const char *path, const char *data, size_t len, struct diag *diag)
{
	const char *end = memchr(data, '\n', len);
	char *line;

	if (len >= 3 && !memcmp(data, "\xef\xbb\xbf", 3)) {
		diag_error(diag, path, 0, "begins with a byte order mark (U+FEFF), which would be "
			   "part of the password; save it as UTF-8 without one");
		return NULL;
	}
	if (end)
		len = (size_t)(end - data);
	if (!len || len > PASSWORD_MAX) {
		diag_error(diag, path, 0, "expected a password of 1 to %d octets in the first line",
			   PASSWORD_MAX);
		return NULL;
	}
	line = calloc(1, len + 1);
	if (!line) {
		diag_error(diag, path, 0, "out of memory");
		return NULL;
	}
	memcpy(line, data, len);
	if (strlen(line) == len && !text_has_control(line))
		return line;
	diag_error(diag, path, 0, "has control characters in its first line; expected a password");
	password_free(line);
	return NULL;
}

char *password_load(const char *path, struct diag *diag)
{
	char *password = NULL;
	struct file file;

	if (file_read(&file, path, MAX_FILE)) {
		diag_error(diag, path, 0, "%s", file.reason);
		return NULL;
	}
	if (is_private(&file, path, diag))
		password = take_line(path, file.data, file.len, diag);
	file_free(&file);
	return password;
}

void password_free(char *password)
{
	if (!password)
		return;
	explicit_bzero(password, strlen(password));
	free(password);
}
