/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: the types of options, and how a text becomes a value. Independent
 * of sections and files.
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
	 * Set @field from @text; a list gets another element. Returns false after writing to @want,
	 * of @size octets, what is expected instead.
	 */
	bool (*set)(const struct config_option *option, void *field, const char *text, char *want,
		    size_t size);
	/*
	 * Free what @field holds and leave it empty. NULL if there is nothing to free; required for
	 * lists.
	 */
	void (*clear)(void *field);
	/* Octets of the field if values can be compared by memcmp(), else 0. */
	size_t size;
	bool (*same)(const void *a, const void *b); /* used if @size is 0: returns true if equal */
};

/* A word and its value. */
struct config_word {
	const char *text;	/* NULL ends a list */
	unsigned int value;	/* if a word before it has the same, this is a second name */
};

/* One row of the table of options. Each kind of section has its own rows. */
struct config_option {
	const char *name;	/* NULL ends the rows of a section */
	const struct config_type *type;
	size_t offset;		/* of the field in the structure that options are read into */
	const char *preset;	/* NULL: required. Elements of a list: separated by spaces */
	const char *unit;	/* NULL for none */
	unsigned long min;	/* numbers: bounds; lists: number of elements; */
	unsigned long max;	/* strings: octets, where a @max of 0 is no bound */
	const struct config_word *words;
	const char *means;	/* what it is for, in a line */
	bool restart;		/* another value counts when the daemon is started again */
};

/* Fields are char *. */
extern const struct config_type config_type_string;
extern const struct config_type config_type_path;
extern const struct config_type config_type_optional_path;	/* may be "" */
extern const struct config_type config_type_interface;		/* may have one %d */
extern const struct config_type config_type_optional_interface;	/* no %d; may be "" */
extern const struct config_type config_type_interface_pattern;	/* see util/ifname.h */

extern const struct config_type config_type_nft_sets;		/* util/nft_name.h */

extern const struct config_type config_type_number;		/* unsigned int */
extern const struct config_type config_type_mtu;		/* unsigned int */
extern const struct config_type config_type_port;		/* uint16_t */
extern const struct config_type config_type_bool;		/* bool */
extern const struct config_type config_type_word;		/* an enum */
extern const struct config_type config_type_mask_word;		/* uint8_t */
extern const struct config_type config_type_tos;		/* uint8_t; @words: names of DSCPs */
extern const struct config_type config_type_ttl;		/* uint8_t; 0: auto */
extern const struct config_type config_type_mark;		/* uint32_t */
extern const struct config_type config_type_priority;		/* uint32_t; or "1:10" of tc(8) */
extern const struct config_type config_type_rate;		/* uint64_t, bits per second; 0 */
extern const struct config_type config_type_burst;		/* uint32_t, octets; 0: auto */
extern const struct config_type config_type_time;		/* uint64_t, CLOCK_REALTIME; 0: never */
extern const struct config_type config_type_address;		/* struct ip_addr, IPv4 */
extern const struct config_type config_type_any_address;	/* struct ip_addr, of both families */

/* Lists. */
extern const struct config_type config_type_mask;		/* uint8_t */
extern const struct config_type config_type_methods;		/* uint8_t[PPP_AUTH_METHODS] */
extern const struct config_type config_type_addresses;		/* struct config_addresses, IPv4 */
extern const struct config_type config_type_any_addresses;	/* the same, of both families */
extern const struct config_type config_type_names;		/* struct config_names */
extern const struct config_type config_type_ranges;		/* struct config_ranges */
extern const struct config_type config_type_prefixes;		/* struct config_prefixes */

#endif
