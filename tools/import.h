/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configurations of other products as one of ours. What is read from texts is collected in a struct
 * import, each value with the file and the line that it is from; in the end all of it is one text.
 * No file is opened here, so that tests can play any.
 *
 * Out of memory ends the program.
 */
#ifndef PPPCTL_IMPORT_H
#define PPPCTL_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

struct import;

/* A place in a file that is read. */
struct import_place {
	const char *file;
	unsigned int line;	/* 0: nowhere, the value is an assumption */
};

struct import *import_new(void);
void import_free(struct import *import);

/*
 * Set @option in the section @kind, which has the name @title ("": none). A value that is set again
 * replaces the old one. @value is as it stands in culvert.conf(5), quoted if it has to be.
 */
void import_set(struct import *import, const char *kind, const char *title, const char *option,
		const char *value, struct import_place place);

/* Append @value to the list @option. One that is there already is not appended. */
void import_add(struct import *import, const char *kind, const char *title, const char *option,
		const char *value, struct import_place place);

/* Forget @value of the list @option. Returns false if it is not there. */
bool import_remove(struct import *import, const char *kind, const char *title, const char *option,
		   const char *value);

/* Returns the value of @option, or the first one of a list; NULL if it is not set. */
const char *import_get(const struct import *import, const char *kind, const char *title,
		       const char *option);

/* The same as import_set(), for a number; one that is not in [@min, @max] is missing. */
void import_number(struct import *import, const char *kind, const char *title, const char *option,
		   const char *value, unsigned long min, unsigned long max,
		   struct import_place place);

/* The same, for a text, which is quoted. */
void import_string(struct import *import, const char *kind, const char *title, const char *option,
		   const char *text, struct import_place place);

/* Append addresses "a.b.c.d", "a.b.c.d-e.f.g.h", "a.b.c.d-e" or "a.b.c.d/n" to the range of a pool. */
void import_range(struct import *import, const char *pool, const char *text,
		  struct import_place place);

/* Note that something has no equivalent, and why. */
void import_missing(struct import *import, struct import_place place, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Add a line that belongs into a file of secrets. */
void import_secret(struct import *import, const char *user, const char *password,
		   const char *addresses, struct import_place place);

/* Returns @name as a section can be called: other characters become hyphens. The caller frees it. */
char *import_name(const char *name);

/* Returns the configuration, which the caller frees. What is required is added, as an assumption. */
char *import_text(struct import *import);

/* Read one file of a product. @text ends with a NUL. */
void import_pptpd(struct import *import, const char *file, const char *text);
void import_accel(struct import *import, const char *file, const char *text);
void import_chap_secrets(struct import *import, const char *file, const char *text);
void import_routeros(struct import *import, const char *file, const char *text);

/* What a server made of other configurations is called. */
#define IMPORT_SERVER	"server", "imported"
#define IMPORT_POOL	"imported"

#define IMPORT_WORDS	64	/* of a line, at most */

/* The words of one line; quotes around a word, or a part of it, are removed. */
struct import_line {
	struct import_place place;	/* where the line begins */
	const char *next;		/* the text behind the line */
	unsigned int read;		/* lines so far */
	char *copy;
	char *words[IMPORT_WORDS];
	unsigned int n;
};

/* Begin to read @text. */
void import_begin(struct import_line *line, const char *file, const char *text);

/*
 * Read the next line that has words; # begins a comment, and a backslash at its end joins the next
 * one. Returns false at the end of the text, when everything is freed.
 */
bool import_next(struct import_line *line);

#endif
