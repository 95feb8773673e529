/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of a configuration say, as it is written there, and where: for people who want to
 * know what is in use, and what a change of the files would change. Secrets that stand in files of
 * their own are not in it; only whether they have changed can be told.
 */
#ifndef CULVERT_CONFIG_ORIGIN_H
#define CULVERT_CONFIG_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "config/config.h"

struct config_kind;

/* A section of the files, or one that none of them has, whose options have their defaults. */
struct config_origin_section {
	const char *section;		/* "server" */
	const char *name;		/* "" without a name */
	const char *file;		/* as it is written; NULL: none has it */
	unsigned int line;		/* where it begins */
	size_t n_options;
};

struct config_origin_option {
	const char *option;
	const char *file;		/* NULL: the default counts */
	unsigned int line;
	bool required;			/* it has no default */
};

/*
 * Write section @i of @config, from 0, to @section. Those of the files come first, in their order.
 * Returns false if there are no more. Texts are valid as long as @config.
 */
bool config_origin_section(const struct config *config, size_t i,
			   struct config_origin_section *section);

/* Write option @j of section @i to @option. */
void config_origin_option(const struct config *config, size_t i, size_t j,
			  struct config_origin_option *option);

/*
 * Returns the value of option @j of section @i as a file could have it; the caller frees. NULL if there
 * is no memory.
 */
char *config_origin_value(const struct config *config, size_t i, size_t j);

enum config_change_kind {
	CONFIG_ADDED,			/* a section */
	CONFIG_REMOVED,			/* likewise */
	CONFIG_CHANGED,			/* an option */
	CONFIG_CONTENT,			/* what is in the file that an option names */
};

/* A difference between two configurations. Texts are valid during the call. */
struct config_change {
	enum config_change_kind kind;
	const char *section;
	const char *name;		/* of the section; "" without one */
	const char *option;		/* NULL: the section as a whole */
	const char *before, *after;	/* of CHANGED: values as files could have them */
	const char *file;		/* where the later one says so; NULL: nowhere */
	unsigned int line;
	bool restart;			/* it counts when the daemon is started again */
};

typedef void (*config_change_fn)(void *ctx, const struct config_change *change);

/*
 * Call @fn for each difference between @before and @after, in the order of the files of @after; what is
 * no longer there comes last. How a value is written does not matter. May run on any thread. Returns
 * false if memory was too scarce for all of them.
 */
bool config_compare(const struct config *before, const struct config *after, config_change_fn fn,
		    void *ctx);

/*
 * Returns true if something differs in the section @section, which has no name, that counts when the
 * daemon is started again.
 */
bool config_needs_restart(const struct config *before, const struct config *after,
			  const char *section);

/*
 * Write all options with their defaults and what they are for to @out, as a file whose lines are all
 * comments.
 */
void config_write_defaults(FILE *out);

/* ---- for config.c ---- */

struct config_draft;

/* Returns NULL if there is no memory. The texts of @d are taken. */
struct config_origins *config_origins_new(struct config_draft *d);
void config_origins_free(struct config_origins *origins);	/* NULL is allowed */

#endif
