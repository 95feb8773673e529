/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: the table of options, and how the text of one
 * becomes a value. Nothing here knows of files and sections in a file.
 */
#ifndef CULVERT_CONFIG_TABLE_H
#define CULVERT_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

struct range_list {
	struct ipv4_range *list;
	size_t n;
};

/* What the titled sections are read into. */
struct pool_values {
	struct range_list ranges;
	struct config_addresses exclude;
};

struct server_values {
	struct config_server server;	/* all but .name, .pool and .secrets */
	char *pool;			/* name of a pool, or "" */
};

/* A kind of section. */
struct config_kind {
	const char *name;
	bool titled;		/* may appear more than once, each with a name */
	size_t size;		/* of the structure that its options are read into */
};

struct config_option;

struct config_type {
	const char *name;	/* for people: "number", "list of addresses" */
	bool list;
	/*
	 * Set @field from @text, or add to it if this is a list. False after
	 * writing to @want, of @size octets, what would be right.
	 */
	bool (*set)(const struct config_option *option, void *field, const char *text,
		    char *want, size_t size);
	/* Free what @field holds, leaving it empty. NULL if there is nothing to free. */
	void (*clear)(void *field);
	/* Octets of the field, where comparing them tells whether two are the same; else 0. */
	size_t size;
	bool (*same)(const void *a, const void *b);	/* where @size is 0 */
};

/* A word and what it stands for. */
struct config_word {
	const char *text;	/* NULL ends a list */
	unsigned int value;
};

struct config_option {
	const struct config_kind *kind;
	const char *name;
	const struct config_type *type;
	size_t offset;		/* of the field in the kind's structure */
	const char *preset;	/* NULL: required. Lists: separated by blanks */
	const char *unit;
	unsigned long min;	/* numbers: bounds; lists: how many elements; */
	unsigned long max;	/* strings: how many octets. 0, 0 for no bounds of its own */
	const struct config_word *words;
};

extern const struct config_kind config_kind_log;
extern const struct config_kind config_kind_control;
extern const struct config_kind config_kind_pool;
extern const struct config_kind config_kind_server;
extern const struct config_kind config_kind_client;
extern const struct config_kind config_kind_user;

extern const struct config_kind * const config_kinds[];		/* ends with NULL */
extern const struct config_option config_options[];		/* ends with .name NULL */

#define CONFIG_MAX_OPTIONS 96	/* rows of the table at most */
#define CONFIG_MAX_KINDS 8	/* kinds of sections at most */

/* How many elements the list in @field has. */
size_t config_list_length(const struct config_option *option, const void *field);

/* Are the fields of @option at @a and @b the same? */
bool config_same_option(const struct config_option *option, const void *a, const void *b);

/* Set all fields of @values, which is zeroed, to the presets of @kind. False without memory. */
bool config_preset(const struct config_kind *kind, void *values);

/* Free what the fields of @values hold. */
void config_clear(const struct config_kind *kind, void *values);

#endif
