/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: the terms of a policy (aaa/policy.h) that the sections profile and
 * user may give, and the names of other sections that go with them.
 */
#ifndef CULVERT_CONFIG_TERMS_H
#define CULVERT_CONFIG_TERMS_H

#include <stddef.h>

#include "config/draft.h"

extern const struct config_word config_single_sessions[];

/* The rows of the table. AT(field) is the offset of the field of struct policy. */
#define CONFIG_TERM_OPTIONS(AT) \
	{ "pool", &config_type_string, AT(pool), .preset = "" }, \
	{ "max-sessions", &config_type_number, AT(max_sessions), \
	  .max = 1000000, .preset = "0", .unit = "sessions" }, \
	{ "single-session", &config_type_word, AT(single), .words = config_single_sessions, \
	  .preset = "off" }, \
	{ "idle-timeout", &config_type_number, AT(idle_timeout_s), \
	  .max = 31536000, .preset = "0", .unit = "seconds" }, \
	{ "session-timeout", &config_type_number, AT(session_timeout_s), \
	  .max = 31536000, .preset = "0", .unit = "seconds" }

/* Returns the mask of the terms that @s gives: policy.given. */
uint32_t config_given_terms(const struct config_section *s);

/* Report if @name, from @option of @s, is neither "" nor the name of a section of this @kind. */
void config_check_name(struct config_draft *d, const struct config_section *s, const char *option,
		       const char *name, const struct config_kind *kind);

/* Report what is wrong with the terms of @s, which are in @policy. */
void config_check_terms(struct config_draft *d, const struct config_section *s,
			const struct policy *policy);

#endif
