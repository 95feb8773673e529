// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aaa/password.h"

#define MAX_FILE 4096	/* octets */

static bool is_private(const struct stat *st, const char *path, struct diag *diag)
{
	unsigned int mode = st->st_mode & 07777;

	if (!S_ISREG(st->st_mode)) {
		diag_error(diag, path, 0, "is not a regular file");
		return false;
	}
	if (mode & (S_IRWXG | S_IRWXO)) {
		diag_error(diag, path, 0, "mode %04o lets others at the password; expected 0600",
			   mode);
		return false;
	}
	if (st->st_uid && st->st_uid != geteuid()) {
		diag_error(diag, path, 0, "belongs to user %u; expected root", st->st_uid);
		return false;
	}
	return true;
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

/* The octets of @data, which are @len, as far as the first line goes. */
static char *take_line(const char *path, const char *data, size_t len, struct diag *diag)
{
	const char *end = memchr(data, '\n', len);
	char *line;

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
	if (strlen(line) == len && !has_control(line))
		return line;
	diag_error(diag, path, 0, "has control characters in its first line; expected a password");
	password_free(line);
	return NULL;
}

static char *read_password(int fd, const char *path, struct diag *diag)
{
	char data[MAX_FILE], *password;
	ssize_t n;

	do {
		n = read(fd, data, sizeof(data));
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		diag_error(diag, path, 0, "cannot be read: %s", strerror(errno));
		return NULL;
	}
	password = take_line(path, data, (size_t)n, diag);
	explicit_bzero(data, sizeof(data));
	return password;
}

char *password_load(const char *path, struct diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *password = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		diag_error(diag, path, 0, "cannot be read: %s", strerror(errno));
	else if (is_private(&st, path, diag))
		password = read_password(fd, path, diag);
	if (fd >= 0)
		close(fd);
	return password;
}

void password_free(char *password)
{
	if (!password)
		return;
	explicit_bzero(password, strlen(password));
	free(password);
}
