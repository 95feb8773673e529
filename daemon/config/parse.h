/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: the grammar, parsed by recursive descent.
 *
 *	file    = { section | "include" quoted text }
 *	section = kind [text] "{" { option } "}"
 *	option  = name ("=" | "+=") value
 *	value   = text | "{" [text { "," text } [","]] "}"
 *
 * A mistake is reported, and the statement that it is in is skipped. So each mistake is reported
 * once, and parsing goes on behind it. Names of sections and options are looked up in the table.
 */
#ifndef CULVERT_CONFIG_PARSE_H
#define CULVERT_CONFIG_PARSE_H

#include <stddef.h>

#include "config/draft.h"

struct config_includer {
	/* Called for an include of @pattern at @place. */
	void (*include)(void *ctx, struct config_place place, const char *pattern);
	void *ctx;
};

/* Parse @text, of @len octets, into @d. @file is the number from report_file(). */
void config_parse(struct config_draft *d, unsigned int file, const char *text, size_t len,
		  const struct config_includer *includer);

/* Report, at @place, that there is no option @name in @s, and what may have been meant. */
void config_unknown_option(struct config_draft *d, struct config_section *s,
			   struct config_place place, const char *name);

#endif
