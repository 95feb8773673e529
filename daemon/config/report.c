// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/report.h"

void report_init(struct config_report *r, struct diag *diag)
{
	*r = (struct config_report){ .diag = diag, .before = diag->errors };
}

void report_free(struct config_report *r)
{
	for (unsigned int i = 0; i < r->n_files; i++)
		free(r->files[i]);
	free(r->files);
}

unsigned int report_file(struct config_report *r, const char *path)
{
	char **grown = reallocarray(r->files, r->n_files + 1, sizeof(*grown));

	if (!grown)
		return REPORT_NO_FILE;
	r->files = grown;
	grown[r->n_files] = strdup(path);
	return grown[r->n_files] ? r->n_files++ : REPORT_NO_FILE;
}

static void add(struct config_report *r, bool warning, struct config_place place, const char *fmt,
		va_list args)
{
	r->diag->rank = (uint64_t)place.file << 32 | place.line;
	diag_report(r->diag, warning, r->files[place.file], r->no_lines ? 0 : place.line, fmt, args);
	r->diag->rank = DIAG_LAST;
}

void report_error(struct config_report *r, struct config_place place, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(r, false, place, fmt, args);
	va_end(args);
}

void report_warning(struct config_report *r, struct config_place place, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(r, true, place, fmt, args);
	va_end(args);
}

void report_no_memory(struct config_report *r)
{
	diag_error(r->diag, r->n_files ? r->files[0] : "configuration", 0, "out of memory");
}

bool report_is_good(const struct config_report *r)
{
	return r->diag->errors == r->before;
}

void report_other_file(struct config_report *r, struct config_place place, struct diag *from)
{
	if (from->errors)
		r->diag->rank = (uint64_t)place.file << 32 | place.line;
	diag_move(r->diag, from);
	r->diag->rank = DIAG_LAST;
}

const char *report_where(const struct config_report *r, struct config_place here,
			 struct config_place there, char text[REPORT_WHERE_SIZE])
{
	if (here.file == there.file)
		snprintf(text, REPORT_WHERE_SIZE, "line %u", there.line);
	else
		snprintf(text, REPORT_WHERE_SIZE, "%s:%u", r->files[there.file], there.line);
	return text;
}
