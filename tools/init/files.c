// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"
#include "pppctl.h"

char *init_read_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	if (!file)
		return NULL;
	len = getdelim(&text, &size, '\0', file);
	if (len < 0) {
		free(text);
		text = ferror(file) ? NULL : strdup("");
	} else if (strlen(text) != (size_t)len) {
		/* What is behind a NUL would be lost when the file is written again. */
		free(text);
		text = NULL;
		errno = EILSEQ;
	}
	fclose(file);
	return text;
}

/* Make a new name count, also if power is lost now. */
static void sync_folder(const char *path)
{
	char folder[512];
	int fd;

	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path) + 1, path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static bool fill(int fd, const char *text, unsigned int mode)
{
	size_t len = strlen(text);

	while (len) {
		const ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return !fchmod(fd, mode) && !fsync(fd);
}

bool init_write_file(const char *path, const char *text, unsigned int mode)
{
	char temporary[512];
	struct stat st;
	bool ok;
	int fd;

	if (!lstat(path, &st) && !S_ISREG(st.st_mode)) {
		complain("%s is %s: it is left alone", path,
			 S_ISLNK(st.st_mode) ? "a symbolic link" : "no regular file");
		return false;
	}
	snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
	fd = mkostemp(temporary, O_CLOEXEC);	/* of mode 0600 */
	if (fd < 0) {
		complain("%s cannot be written: %s", path, strerror(errno));
		return false;
	}
	ok = fill(fd, text, mode);
	ok = !close(fd) && ok && !rename(temporary, path);
	if (!ok) {
		complain("%s cannot be written: %s", path, strerror(errno));
		unlink(temporary);
		return false;
	}
	sync_folder(path);
	return true;
}

int init_run(const char * const argv[])
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return -1;
	if (!pid) {
		/* Not const in the prototype, and not changed. */
		execvp(argv[0], (char * const *)argv);
		complain("%s cannot be run: %s", argv[0], strerror(errno));
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}
