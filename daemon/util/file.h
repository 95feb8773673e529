/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small files that are read as a whole (configuration, secrets, passwords); and file descriptors of
 * any kind.
 */
#ifndef CULVERT_UTIL_FILE_H
#define CULVERT_UTIL_FILE_H

#include <stddef.h>
#include <sys/types.h>

struct file {
	char *data;		/* @len octets, then a NUL */
	size_t len;
	mode_t mode;		/* permission bits of the file that was read */
	uid_t owner;
	char reason[96];	/* the error, to be printed after the file name: "is not a ..." */
};

/*
 * Read the regular file @path if it has at most @most octets. The function never waits for a file
 * that is not a regular one (a FIFO, for example). Returns 0, and the caller must call file_free()
 * later; or a negative errno with @file->reason set, and the caller has nothing to free. The errno
 * is -EFBIG if the file is larger than @most, -EINVAL if it is not a regular file.
 */
int file_read(struct file *file, const char *path, size_t most);

/* Erase the data, which may be secret, and free it. */
void file_free(struct file *file);

/*
 * Close all descriptors except the first three: for a process that the daemon has started, and
 * which is not to have what the daemon has open. Not all of that is close-on-exec: the parent
 * process may have left descriptors open, and libraries open some, on other threads at any moment.
 */
void file_close_others(void);

#endif
