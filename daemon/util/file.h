/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small files, read whole: configuration, secrets, passwords. And descriptors of any kind.
 */
#ifndef CULVERT_UTIL_FILE_H
#define CULVERT_UTIL_FILE_H

#include <stddef.h>
#include <sys/types.h>

struct file {
	char *data;		/* @len octets, and a NUL behind them */
	size_t len;
	mode_t mode;		/* permission bits of the file that was read */
	uid_t owner;
	char reason[96];	/* why it could not be read, to follow its name: "is not a ..." */
};

/*
 * Read the regular file @path if it has at most @most octets. What is no regular file is not waited
 * for. Returns 0, and file_free() is to follow; or a negative errno with @file->reason (-EFBIG if it
 * is larger, -EINVAL if it is no regular file), and nothing is to be freed.
 */
int file_read(struct file *file, const char *path, size_t most);

/* Erase the data, which may be secret, and free them. */
void file_free(struct file *file);

/*
 * Let no program that is started from here on have any descriptor that is open now, but the first
 * three: libraries open some of their own, and whoever started us may have left us others.
 */
void file_keep_to_ourselves(void);

#endif
