/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: the kinds of sections and their options. Each kind is described in
 * its own file, section_*.c.
 */
#ifndef CULVERT_CONFIG_TABLE_H
#define CULVERT_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "config/types.h"

/* The structures that options are read into, where they differ from those in struct config. */
struct pool_values {
	struct config_ranges ranges;
	struct config_addresses exclude;
	char *next;			/* name of a section "pool", or "" */
	bool sticky;
	char *netns;			/* whose addresses these are; "": the daemon's own */
	char *vrf;			/* likewise, there; "": none */
};

struct server_values {
	struct config_server
		server; /* without .name, .pool, .profile; .secrets is set by the check */
	char *pool;			/* name of a section "pool", or "" */
	char *profile;			/* of a section "profile", or "" */
};

struct user_values {
	struct config_user user;	/* without .profile */
	char *profile;			/* name of a section "profile", or "" */
	char address_text[IP_TEXT_SIZE];	/* by which it is found that another has it */
};

struct config_draft;
struct config_section;

/* A kind of section. @check and @release may be NULL. */
struct config_kind {
	const char *name;
	bool titled;		/* the section has a name and may appear more than once */
	size_t most;		/* titled: so many sections at most; 0: no bound */
	size_t size;		/* of the structure that its options are read into */
	const struct config_option *options;
	const char *means;	/* what the section is for, in a line */
	bool absent_is_off;	/* without it, its options have no values in use */
	/*
	 * Returns a number that changes with what is in the files that @values names, secrets above
	 * all; it tells nothing of it. @values are those that @check has filled. May be NULL.
	 */
	uint64_t (*content)(const void *values);
	const char *content_of;	/* the option that names that file */
	/* Report mistakes that concern more than one option, and read the files that @s names. */
	void (*check)(struct config_draft *d, struct config_section *s);
	/* Free what @values holds besides its options. */
	void (*release)(void *values);
	/*
	 * Move the values of @s into @config, whose arrays have room for them, and leave the values
	 * of @s zeroed. The kinds are moved in the order of config_kinds. Returns false if there is
	 * no memory.
	 */
	bool (*move)(struct config *config, const struct config_draft *d, struct config_section *s);
};

extern const struct config_kind config_kind_log;
extern const struct config_kind config_kind_control;
extern const struct config_kind config_kind_pool;
extern const struct config_kind config_kind_profile;
extern const struct config_kind config_kind_server;
extern const struct config_kind config_kind_client;
extern const struct config_kind config_kind_user;
extern const struct config_kind config_kind_abuse;
extern const struct config_kind config_kind_nas;
extern const struct config_kind config_kind_database;
extern const struct config_kind config_kind_radius;
extern const struct config_kind config_kind_radius_group;
extern const struct config_kind config_kind_realm;
extern const struct config_kind config_kind_accounting;
extern const struct config_kind config_kind_state;
extern const struct config_kind config_kind_coa;
extern const struct config_kind config_kind_coa_client;
extern const struct config_kind config_kind_hooks;
extern const struct config_kind config_kind_web;

extern const struct config_kind * const config_kinds[];		/* ends with NULL */

#define for_each_option(o, kind) for ((o) = (kind)->options; (o)->name; (o)++)

/*
 * Return the kind or the option with this name, or NULL. Some options have a second name, by which
 * people know them from elsewhere.
 */
const struct config_kind *config_find_kind(const char *name);
const struct config_option *config_find_option(const struct config_kind *kind, const char *name);

/* Set @field to the preset of @option. Returns false if there is no memory. */
bool config_preset_option(const struct config_option *option, void *field);

/* Returns true if the field of @option is equal in @a and @b. */
bool config_same_option(const struct config_option *option, const void *a, const void *b);

/*
 * Set all fields of @values, which must be zeroed, to the presets of @kind. Returns false if there
 * is no memory.
 */
bool config_preset(const struct config_kind *kind, void *values);

/* Returns @so_far, 0 at first, with @len octets at @data added: a number that changes with them. */
uint64_t config_content(uint64_t so_far, const void *data, size_t len);

/* The same for a text, which may be NULL. */
uint64_t config_content_of_text(uint64_t so_far, const char *text);

/* Free all that @values holds. */
void config_clear(const struct config_kind *kind, void *values);

/* Returns true if @a and @b are equal in all fields that options set. */
bool config_same_values(const struct config_kind *kind, const void *a, const void *b);

#endif
