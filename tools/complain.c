// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pppctl.h"
#include "util/text.h"

static void complain_args(const char *fmt, va_list args)
{
	char words[1024], shown[TEXT_SHOW_SIZE(sizeof(words))];

	vsnprintf(words, sizeof(words), fmt, args);
	text_show(shown, sizeof(shown), words, strlen(words));
	fprintf(stderr, "pppctl: %s\n", shown);
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
	fputs("Try \"pppctl --help\".\n", stderr);
	return STATUS_USAGE;
}
