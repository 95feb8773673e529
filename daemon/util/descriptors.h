/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * File descriptors, of which a process has a limited number (RLIMIT_NOFILE). Peers can make us use
 * as many as they like, so a part is kept for what else needs them: files, pppctl, a login.
 */
#ifndef CULVERT_UTIL_DESCRIPTORS_H
#define CULVERT_UTIL_DESCRIPTORS_H

#include <stdbool.h>

/* Raise the limit as far as we are allowed to. */
void descriptors_raise_limit(void);

/* Returns the limit, at most UINT_MAX; UINT_MAX, too, if it cannot be found out. */
unsigned int descriptors_limit(void);

/*
 * Returns true if @fd, which was just opened, is one of those that are kept in reserve. The kernel
 * gives the lowest number that is free, so there are hardly any others left then.
 */
bool descriptor_is_scarce(int fd);

/*
 * To count those that are open, which would take too long at once: descriptors_end() returns a
 * number that is larger than any of them, and descriptors_count() how many of DESCRIPTORS_AT_ONCE
 * are open, from @first on. /proc/self/fd would tell them, too, and make an inode for each.
 */
#define DESCRIPTORS_AT_ONCE 1024
unsigned int descriptors_end(void);
unsigned int descriptors_count(unsigned int first);

#endif
