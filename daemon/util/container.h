/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * container_of(): from a member back to the structure that embeds it.
 *
 * The owner of an embedded structure gets a pointer to that structure in callbacks; this is how it
 * finds itself. The type of @ptr is checked against the member's.
 */
#ifndef CULVERT_UTIL_CONTAINER_H
#define CULVERT_UTIL_CONTAINER_H

#include <stddef.h>

#define container_of(ptr, type, member) ({					\
	const __typeof__(((type *)0)->member) *mptr_ = (ptr);			\
	(type *)((char *)mptr_ - offsetof(type, member));			\
})

#endif
