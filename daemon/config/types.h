/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: what options there can be, and how the text of
 * one becomes a value. Nothing here knows of sections and files.
 */
#ifndef CULVERT_CONFIG_TYPES_H
#define CULVERT_CONFIG_TYPES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

struct config_ranges {
	struct ipv4_range *list;
	size_t n;
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

/* One row of the table of options. Every section has rows of its own. */
struct config_option {
	const char *name;	/* NULL ends the rows of a section */
	const struct config_type *type;
	size_t offset;		/* of the field in the structure that the section is read into */
	const char *preset;	/* NULL: required. Lists: separated by blanks */
	const char *unit;	/* NULL for none */
	unsigned long min;	/* numbers: bounds; lists: how many elements; */
	unsigned long max;	/* strings: how many octets. 0, 0 for no bounds of its own */
	const struct config_word *words;
};

/* Fields are char *. */
extern const struct config_type config_type_string;
extern const struct config_type config_type_path;
extern const struct config_type config_type_optional_path;	/* or "" */
extern const struct config_type config_type_interface;		/* with one %d at most */
extern const struct config_type config_type_optional_interface;	/* without; or "" */

extern const struct config_type config_type_number;		/* unsigned int */
extern const struct config_type config_type_mtu;		/* unsigned int */
extern const struct config_type config_type_port;		/* uint16_t */
extern const struct config_type config_type_bool;		/* bool */
extern const struct config_type config_type_word;		/* an enum */
extern const struct config_type config_type_mask_word;		/* uint8_t */
extern const struct config_type config_type_address;		/* struct ip_addr */

/* Lists. */
extern const struct config_type config_type_mask;		/* uint8_t */
extern const struct config_type config_type_methods;		/* uint8_t[PPP_AUTH_METHODS] */
extern const struct config_type config_type_addresses;		/* struct config_addresses */
extern const struct config_type config_type_ranges;		/* struct config_ranges */
extern const struct config_type config_type_prefixes;		/* struct config_prefixes */

#endif
