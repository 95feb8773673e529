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
#include <stdint.h>

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

/*
 * The same as import_add(), or with @list false as import_set(), for an IPv4 address; anything else
 * is missing. So is what has no place in the list any more, if that is dns or nbns.
 */
void import_address(struct import *import, const char *kind, const char *title, const char *option,
		    const char *value, bool list, struct import_place place);

/* Returns the value of @option, or the first one of a list; NULL if it is not set. */
const char *import_get(const struct import *import, const char *kind, const char *title,
		       const char *option);

/* The same as import_set(), for a number; one that is not in [@min, @max] is missing. */
void import_number(struct import *import, const char *kind, const char *title, const char *option,
		   const char *value, unsigned long min, unsigned long max,
		   struct import_place place);

/*
 * The same, for a rate: a number, which may have k, M or G behind it, of bits a second times @scale.
 */
void import_rate(struct import *import, const char *kind, const char *title, const char *option,
		 const char *value, unsigned long scale, struct import_place place);

/* The same, for a text, which is quoted. */
void import_string(struct import *import, const char *kind, const char *title, const char *option,
		   const char *text, struct import_place place);

/*
 * As import_string(), for the name of a section of kind @of. If there is none in the end, it is
 * missing.
 */
void import_reference(struct import *import, const char *kind, const char *title,
		      const char *option, const char *name, struct import_place place);

/* Append addresses "a.b.c.d", "a.b.c.d-e.f.g.h", "a.b.c.d-e" or "a.b.c.d/n" to the range of a pool. */
void import_range(struct import *import, const char *pool, const char *text,
		  struct import_place place);

/* Note that something has no equivalent, and why. */
void import_missing(struct import *import, struct import_place place, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Add a line that belongs into a file of secrets. */
void import_secret(struct import *import, const char *user, const char *password,
		   const char *addresses, struct import_place place);

/*
 * Set secret-file to a file of /etc/culvert called @name, which has one line, @secret ("": it is
 * missing); that is told at the end.
 */
void import_file(struct import *import, const char *kind, const char *title, const char *name,
		 const char *secret, struct import_place place);

/*
 * Add the RADIUS server @host, an address, if it is not there yet. Returns the name of its section,
 * which stays valid, or NULL if it is missing.
 */
const char *import_radius_server(struct import *import, const char *host,
				 struct import_place place);

/* What is known of a RADIUS server, a name or an address, as long as it has no secret-file. */
void import_radius_secret(struct import *import, const char *host, const char *secret,
			  struct import_place place);

/* Users are judged by @judge, "secrets" or "radius", too, after those that were told before. */
void import_judge(struct import *import, const char *judge, struct import_place place);

/* Each RADIUS server is asked again after @ms milliseconds; what cannot be is missing. */
void import_radius_timeout(struct import *import, uint64_t ms, struct import_place place);

/* Let every RADIUS server ask for changes (RFC 5176), as by @secret (NULL: that of each). */
void import_radius_changes(struct import *import, const char *secret, struct import_place place);

/* Returns @name as a section can be called: other characters become hyphens. The caller frees it. */
char *import_name(const char *name);

/* Returns true if nothing is there that a server or a client could be made of. */
bool import_is_empty(const struct import *import);

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
#define IMPORT_GROUP	"radius-group", "imported"

#define IMPORT_WORDS	64	/* of a line, at most */

/* How lines are written. */
enum import_syntax {
	IMPORT_PPPD,		/* quotes of both kinds, comments anywhere, a backslash joins lines */
	IMPORT_ACCEL,		/* none of them; a comment is a line */
	IMPORT_ROUTEROS,	/* double quotes, escapes of its own, a backslash joins lines */
};

/* The words of one line; quotes around a word, or a part of it, are removed. */
struct import_line {
	enum import_syntax syntax;
	struct import_place place;	/* where the line begins */
	const char *next;		/* the text behind the line */
	unsigned int read;		/* lines so far */
	char *copy;
	char *words[IMPORT_WORDS];
	unsigned int n;
};

/* Begin to read @text. */
void import_begin(struct import_line *line, enum import_syntax syntax, const char *file,
		  const char *text);

/* Read the next line that has words. Returns false at the end of the text, when all is freed. */
bool import_next(struct import_line *line);

#endif
