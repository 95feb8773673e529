// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "text.h"

#define MAX_WORDS 1024	/* octets of one message before escaping */

void diag_init(struct diag *d)
{
	memset(d, 0, sizeof(*d));
}

void diag_free(struct diag *d)
{
	for (size_t i = 0; i < d->n_lines; i++)
		free(d->lines[i].text);
	diag_init(d);
}

static void add(struct diag *d, bool warning, const char *file, unsigned int line,
		const char *fmt, va_list args)
{
	char words[MAX_WORDS], raw[2 * MAX_WORDS];
	char shown[TEXT_SHOW_SIZE(sizeof(raw))];

	if (warning)
		d->warnings++;
	else
		d->errors++;
	if (d->n_lines == DIAG_MAX_LINES)
		return;
	vsnprintf(words, sizeof(words), fmt, args);
	if (line)
		snprintf(raw, sizeof(raw), "%s:%u: %s", file, line, words);
	else
		snprintf(raw, sizeof(raw), "%s: %s", file, words);
	text_show(shown, sizeof(shown), raw, strlen(raw));
	d->lines[d->n_lines].warning = warning;
	d->lines[d->n_lines].text = strdup(shown);
	if (d->lines[d->n_lines].text)
		d->n_lines++;
}

void diag_error(struct diag *d, const char *file, unsigned int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(d, false, file, line, fmt, args);
	va_end(args);
}

void diag_warning(struct diag *d, const char *file, unsigned int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(d, true, file, line, fmt, args);
	va_end(args);
}
