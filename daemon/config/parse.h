/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: the grammar, by recursive descent.
 *
 *	file    = { section | "include" quoted text }
 *	section = kind [text] "{" { option } "}"
 *	option  = name ("=" | "+=") value
 *	value   = text | "{" [text { "," text } [","]] "}"
 *
 * A mistake is reported and what belongs to it is skipped, so that each is told
 * once and the ones behind it are told, too. What an option or a section is
 * called is looked up in the table.
 */
#ifndef CULVERT_CONFIG_PARSE_H
#define CULVERT_CONFIG_PARSE_H

#include <stddef.h>

#include "config/draft.h"

struct config_includer {
	/* At @place stands an include of @pattern. */
	void (*include)(void *ctx, struct config_place place, const char *pattern);
	void *ctx;
};

/* Read @text, of @len octets, into @d. @file is the number that report_file() gave. */
void config_parse(struct config_draft *d, unsigned int file, const char *text, size_t len,
		  const struct config_includer *includer);

#endif
