// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pppctl.h"
#include "util/text.h"

#define MAX_WORDS 1024

static bool is_silent;
static char last[TEXT_SHOW_SIZE(MAX_WORDS)];

static void complain_args(const char *fmt, va_list args)
{
	char words[MAX_WORDS];

	vsnprintf(words, sizeof(words), fmt, args);
	text_show(last, sizeof(last), words, strlen(words));
	if (!is_silent)
		fprintf(stderr, "pppctl: %s\n", last);
}

void complain_silently(bool silent)
{
	is_silent = silent;
}

const char *last_complaint(void)
{
	return last;
}

void complain(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complain_args(fmt, args);
	va_end(args);
}

int misused(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complain_args(fmt, args);
	va_end(args);
	if (!is_silent)
		fputs("Try \"pppctl --help\".\n", stderr);
	return STATUS_USAGE;
}
