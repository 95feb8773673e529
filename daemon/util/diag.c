// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "text.h"

#define MAX_WORDS 1024	/* octets of the words before escaping, with the NUL */

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

static void remove_line(struct diag *d, size_t i)
{
	free(d->lines[i].text);
	d->n_lines--;
	memmove(&d->lines[i], &d->lines[i + 1], (d->n_lines - i) * sizeof(d->lines[0]));
}

/* Returns which line to drop when there are too many: the last warning, else the last line. */
static size_t least_of(const struct diag *d)
{
	for (size_t i = d->n_lines; i; i--)
		if (d->lines[i - 1].warning)
			return i - 1;
	return d->n_lines - 1;
}

static bool make_room(struct diag *d, const struct diag_line *line)
{
	const struct diag_line *least;

	if (d->n_lines < DIAG_MAX_LINES)
		return true;
	least = &d->lines[least_of(d)];
	if (least->warning == line->warning ? least->rank <= line->rank : line->warning)
		return false;
	remove_line(d, least_of(d));
	return true;
}

/* Insert @line in its place, or free it if there is no room. Takes ownership of the text. */
static void keep(struct diag *d, struct diag_line line)
{
	size_t i;

	if (!line.text || !make_room(d, &line)) {
		free(line.text);
		return;
	}
	for (i = d->n_lines; i && d->lines[i - 1].rank > line.rank; i--)
		d->lines[i] = d->lines[i - 1];
	d->lines[i] = line;
	d->n_lines++;
}

static char *format(const char *file, unsigned int line, const char *fmt, va_list args)
{
	char words[MAX_WORDS], raw[2 * MAX_WORDS];
	char shown[TEXT_SHOW_SIZE(sizeof(raw))];

	vsnprintf(words, sizeof(words), fmt, args);
	if (line)
		snprintf(raw, sizeof(raw), "%s:%u: %s", file, line, words);
	else
		snprintf(raw, sizeof(raw), "%s: %s", file, words);
	text_show(shown, sizeof(shown), raw, strlen(raw));
	return strdup(shown);
}

void diag_report(struct diag *d, bool warning, const char *file, unsigned int line, const char *fmt,
		 va_list args)
{
	struct diag_line new = { .rank = d->rank, .warning = warning };

	if (warning)
		d->warnings++;
	else
		d->errors++;
	if (!make_room(d, &new))
		return;
	new.text = format(file, line, fmt, args);
	keep(d, new);
}

void diag_error(struct diag *d, const char *file, unsigned int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	diag_report(d, false, file, line, fmt, args);
	va_end(args);
}

void diag_warning(struct diag *d, const char *file, unsigned int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	diag_report(d, true, file, line, fmt, args);
	va_end(args);
}

void diag_move(struct diag *to, struct diag *from)
{
	to->errors += from->errors;
	to->warnings += from->warnings;
	for (size_t i = 0; i < from->n_lines; i++) {
		from->lines[i].rank = to->rank;
		keep(to, from->lines[i]);
	}
	diag_init(from);
}

void diag_close(struct diag *d, const char *file)
{
	const unsigned int errors = d->errors, warnings = d->warnings;
	const size_t all = (size_t)errors + warnings;
	const uint64_t rank = d->rank;

	if (d->n_lines == all || !d->n_lines)
		return;
	if (d->n_lines == DIAG_MAX_LINES)
		remove_line(d, least_of(d));
	d->rank = DIAG_LAST;
	(errors ? diag_error : diag_warning)(d, file, 0, "%zu more are not shown",
					     all - d->n_lines);
	d->errors = errors;
	d->warnings = warnings;
	d->rank = rank;
}
