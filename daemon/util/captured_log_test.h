/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test writes to standard error, as the log does. Include this after <cmocka.h>, in one file
 * of a test program.
 */
#ifndef CULVERT_UTIL_CAPTURED_LOG_TEST_H
#define CULVERT_UTIL_CAPTURED_LOG_TEST_H

#include <stdio.h>
#include <unistd.h>

static FILE *capture_file;
static int capture_stderr;

/* From now on, what is written to standard error is kept. */
static inline void capture(void)
{
	fflush(stderr);
	capture_file = tmpfile();
	assert_non_null(capture_file);
	capture_stderr = dup(STDERR_FILENO);
	assert_true(capture_stderr >= 0);
	assert_true(dup2(fileno(capture_file), STDERR_FILENO) >= 0);
}

/* Returns what was written to standard error since capture(), and stops the capture. */
static inline const char *captured(void)
{
	static char text[1 << 20];
	ssize_t n;

	assert_true(dup2(capture_stderr, STDERR_FILENO) >= 0);
	close(capture_stderr);
	n = pread(fileno(capture_file), text, sizeof(text) - 1, 0);
	assert_true(n >= 0);
	text[n] = '\0';
	fclose(capture_file);
	return text;
}

#endif
