/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Marks of sockets, which are noted and not set, since that takes CAP_NET_ADMIN. Included by one
 * file of a test program.
 */
#ifndef CULVERT_UTIL_PLAYED_MARK_TEST_H
#define CULVERT_UTIL_PLAYED_MARK_TEST_H

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MARKED_SOCKETS	256

static uint32_t marks[MARKED_SOCKETS];	/* by descriptor; one that is closed keeps it here */
static uint32_t mark_at_listen;		/* that the socket had when one was listened on last */

static inline void forget_marks(void)
{
	memset(marks, 0, sizeof(marks));
	mark_at_listen = 0;
}

static inline uint32_t mark_of(int fd)
{
	return fd >= 0 && fd < MARKED_SOCKETS ? marks[fd] : 0;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t len)
{
	if (level != SOL_SOCKET || option != SO_MARK)
		return (int)syscall(SYS_setsockopt, fd, level, option, value, len);
	if (fd >= 0 && fd < MARKED_SOCKETS && len == sizeof(marks[fd]))
		memcpy(&marks[fd], value, len);
	return 0;
}

int listen(int fd, int backlog)
{
	mark_at_listen = mark_of(fd);
	return (int)syscall(SYS_listen, fd, backlog);
}

#endif
