/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file in which is written down which address users had last, so that they get it again when
 * the daemon was started anew.
 *
 * It has a line for each login, the latest last, with the address, the number of the user
 * (pool_user()) and, if it is not 0, that of the place that the pool's addresses are of
 * (place_hash()). When it has become twice as long as it need be, it is written anew, with one line
 * for each address. What was added survives a kill, most often within some milliseconds of the
 * login; the loss of power may take what was added in the last half a minute.
 *
 * A file that is damaged is moved aside, to NAME.damaged, and begun anew with what could be read.
 * Since two daemons would write over each other's lines, the file is locked as long as it is open.
 *
 * A thread writes; functions here never wait for the disk, but for pool_file_open() and
 * pool_file_close(). Memory: 24 octets for each address that is yet to be written, of which there
 * are POOL_FILE_WAITING at most: more are left out.
 */
#ifndef CULVERT_AAA_POOL_FILE_H
#define CULVERT_AAA_POOL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "util/ip.h"
#include "util/jobs.h"

#define POOL_FILE_WAITING	65536

struct pool_entry {
	uint32_t address;		/* IPv4, host order */
	uint32_t user;
	uint32_t place;
};

struct pool_entries {
	struct pool_entry *list;
	size_t n;
	size_t room;
};

/* Zeroed before its first use. */
struct pool_file {
	/* private */
	char *path;			/* NULL: not open */
	int fd;				/* this and the next four are the thread's while @busy */
	size_t lines;			/* in the file */
	size_t kept;			/* of them when it was written anew */
	int err;			/* of the job: errno; 0: all was written */
	const char *what;		/* could not be done */
	struct jobs thread;
	struct job job;
	uv_poll_t poll;
	bool busy;
	bool closing;
	bool failed;			/* it was told that the file cannot be written to */
	struct pool_entries waiting;
	struct pool_entries batch;	/* what the thread has to add */
};

/*
 * Open the file @path, or begin one, in a directory that is made if only that is missing. Calls
 * @known for each address that is in it, the latest last. Without the file users have new addresses
 * after a start: a reason is logged, and then the functions below do nothing. Waits for the disk.
 */
void pool_file_open(struct pool_file *f, uv_loop_t *loop, const char *path,
		    void (*known)(void *ctx, const struct pool_entry *entry), void *ctx);

/* Add that a user got an address. */
void pool_file_add(struct pool_file *f, const struct pool_entry *entry);

/*
 * Write what waits and close the file. Waits for the disk. The handle is closed by the loop, until
 * when @f must stay.
 */
void pool_file_close(struct pool_file *f);

#endif
