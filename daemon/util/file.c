// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file.h"

static int unreadable(struct file *file, int err)
{
	snprintf(file->reason, sizeof(file->reason), "cannot be read: %s", strerror(err));
	return -err;
}

/* Check the file and store its attributes before any of it is read. */
static int examine(struct file *file, int fd, size_t most, size_t *size)
{
	struct stat st;

	if (fstat(fd, &st))
		return unreadable(file, errno);
	if (!S_ISREG(st.st_mode)) {
		snprintf(file->reason, sizeof(file->reason), "is not a regular file");
		return -EINVAL;
	}
	if ((uintmax_t)st.st_size > most) {
		snprintf(file->reason, sizeof(file->reason), "is larger than %zu octets", most);
		return -EFBIG;
	}
	file->mode = st.st_mode & 07777;
	file->owner = st.st_uid;
	*size = (size_t)st.st_size;
	return 0;
}

/* Read up to @size octets. The file may have become shorter since examine(). */
static int fill(struct file *file, int fd, size_t size)
{
	while (file->len < size) {
		ssize_t n = read(fd, file->data + file->len, size - file->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return unreadable(file, errno);
		if (!n)
			break;
		file->len += (size_t)n;
	}
	file->data[file->len] = '\0';
	return 0;
}

int file_read(struct file *file, const char *path, size_t most)
{
	/* O_NONBLOCK: do not wait for a writer if @path is a FIFO. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t size = 0;
	int err;

	*file = (struct file){ 0 };
	if (fd < 0)
		return unreadable(file, errno);
	err = examine(file, fd, most, &size);
	if (!err) {
		file->data = malloc(size + 1);
		err = file->data ? fill(file, fd, size) : unreadable(file, ENOMEM);
		if (err)
			file_free(file);
	}
	close(fd);
	return err;
}

void file_free(struct file *file)
{
	if (file->data)
		explicit_bzero(file->data, file->len);
	free(file->data);
	file->data = NULL;
	file->len = 0;
}

void file_close_others(void)
{
	/* Not every C library has a function for it. */
	syscall(SYS_close_range, STDERR_FILENO + 1, UINT_MAX, 0);
}
