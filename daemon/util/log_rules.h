/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Levels of the log for some lines: of one user, one session, one peer and so on, for some time. Pure;
 * nothing is allocated, and the table has a bound.
 *
 * Of the rules that a line fits, that with the least important level counts, and then the level of all
 * others does not: so a rule can let lines through, or keep them out. A rule without a subject is for
 * all lines that no other rule fits.
 */
#ifndef CULVERT_UTIL_LOG_RULES_H
#define CULVERT_UTIL_LOG_RULES_H

#include "util/log.h"

#define LOG_RULES_MAX	32
#define LOG_RULE_TEXT	257	/* octets of a name, with the NUL */

/* Which lines: those to which all applies that is set. */
struct log_subject {
	char user[LOG_RULE_TEXT];	/* in letters of any case; "": any */
	char server[64];		/* "": any */
	char client[64];		/* "": any */
	uint64_t session;		/* 0: any */
	struct ip_prefix peer;		/* of length 0: any */
};

struct log_rule {
	struct log_subject subject;
	enum log_level level;
	uint64_t until_ms;		/* UINT64_MAX: without an end */
};

struct log_rules {
	struct log_rule list[LOG_RULES_MAX];
	size_t n;
};

/* Returns true if nothing of it is set, so that it is for all lines that no other rule fits. */
bool log_subject_is_all(const struct log_subject *subject);

/*
 * Set the level of @rule->subject, in the place of an earlier one. Returns false if the table is full.
 */
bool log_rules_set(struct log_rules *rules, const struct log_rule *rule);

/* Remove the rule of @subject (NULL: all of them). Returns how many there were. */
size_t log_rules_remove(struct log_rules *rules, const struct log_subject *subject);

/* Remove those whose time is over at @now_ms. */
void log_rules_expire(struct log_rules *rules, uint64_t now_ms);

/*
 * Returns the level of lines about @about (NULL: nothing that is known), where @level is that of the
 * configuration. *@asked is true if a rule with a subject has decided.
 */
enum log_level log_rules_level(const struct log_rules *rules, const struct log_fields *about,
			       enum log_level level, bool *asked);

#endif
