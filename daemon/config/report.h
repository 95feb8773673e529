/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: what is wrong with it, by file and line, told
 * in the order of the files as they were read, and of their lines.
 */
#ifndef CULVERT_CONFIG_REPORT_H
#define CULVERT_CONFIG_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "util/diag.h"

struct config_place {
	unsigned int file;	/* what report_file() returned */
	unsigned int line;	/* from 1; 0 stands for the file as a whole */
};

struct config_report {
	struct diag *diag;
	char **files;		/* as people write their paths */
	unsigned int n_files;
	unsigned int before;	/* errors that @diag had at first */
};

#define REPORT_NO_FILE (~0u)

/* Room that report_where() needs; longer paths are cut. */
#define REPORT_WHERE_SIZE 256

void report_init(struct config_report *r, struct diag *diag);
void report_free(struct config_report *r);

/* Its number for the file @path, the next that is read; REPORT_NO_FILE without memory. */
unsigned int report_file(struct config_report *r, const char *path);

void report_error(struct config_report *r, struct config_place place, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void report_warning(struct config_report *r, struct config_place place, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void report_no_memory(struct config_report *r);

/* No error was reported. */
bool report_is_good(const struct config_report *r);

/*
 * Add what @from says of another file, and empty it. If it has an error this
 * comes to @place, which is where the configuration names that file; else behind
 * everything.
 */
void report_other_file(struct config_report *r, struct config_place place, struct diag *from);

/* "line 3", or "other.conf:3" if that is not the file of @here. Returns @text. */
const char *report_where(const struct config_report *r, struct config_place here,
			 struct config_place there, char text[REPORT_WHERE_SIZE]);

#endif
