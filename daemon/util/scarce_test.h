/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A test's control of when memory runs out, for tests that the Makefile lists as SCARCE: all calls
 * of calloc(), malloc() and strdup() in the test program come here. Exactly one file of the program
 * includes this header.
 */
#ifndef CULVERT_UTIL_SCARCE_TEST_H
#define CULVERT_UTIL_SCARCE_TEST_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* After this number of allocations every further one fails. UINT_MAX: none fails. */
static unsigned int memory_left = UINT_MAX;

/* strdup() fails, whatever memory_left says. */
static bool texts_fail;

static bool memory_is_out(void)
{
	if (memory_left == UINT_MAX)
		return false;
	if (memory_left) {
		memory_left--;
		return false;
	}
	errno = ENOMEM;
	return true;
}

void *__real_calloc(size_t n, size_t size);
void *__real_malloc(size_t size);
char *__real_strdup(const char *text);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_malloc(size_t size);
char *__wrap_strdup(const char *text);

void *__wrap_calloc(size_t n, size_t size)
{
	return memory_is_out() ? NULL : __real_calloc(n, size);
}

void *__wrap_malloc(size_t size)
{
	return memory_is_out() ? NULL : __real_malloc(size);
}

char *__wrap_strdup(const char *text)
{
	return texts_fail || memory_is_out() ? NULL : __real_strdup(text);
}

#endif
