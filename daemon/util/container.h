/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * container_of(): from a member to the structure that embeds it.
 *
 * A callback gets a pointer to an embedded structure; the owner gets the pointer to its own
 * structure with this macro. The compiler checks the type of @ptr against the type of the member.
 */
#ifndef CULVERT_UTIL_CONTAINER_H
#define CULVERT_UTIL_CONTAINER_H

#include <stddef.h>

#define container_of(ptr, type, member) ({					\
	const __typeof__(((type *)0)->member) *mptr_ = (ptr);			\
	(type *)((char *)mptr_ - offsetof(type, member));			\
})

#endif
