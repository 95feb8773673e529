/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What went wrong with an attempt, in one sentence, and what to do about it. The rules stand in one
 * table, and each has a name. docs/troubleshooting.md tells people the same by symptom, and by the
 * numbers that Windows shows: diagnosis/guide_test compares the two.
 *
 * Pure.
 */
#ifndef CULVERT_DIAGNOSIS_VERDICT_H
#define CULVERT_DIAGNOSIS_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diagnosis/facts.h"

#define VERDICT_TEXT	768	/* octets of a text, with the NUL */
#define VERDICT_WINDOWS	4	/* numbers that Windows may show */

enum verdict_kind {
	VERDICT_FAULT,			/* something is wrong */
	VERDICT_FINE,			/* all is well, or ended as it should */
	VERDICT_UNDER_WAY,		/* it is too early to say */
};

struct verdict {
	const char *rule;		/* its name */
	enum verdict_kind kind;
	uint16_t windows[VERDICT_WINDOWS]; /* 0: no more */
	char sentence[VERDICT_TEXT];	/* printable, without a full stop */
	char advice[VERDICT_TEXT];	/* whole sentences; "": there is nothing to do */
};

/* What can be said of the host besides an attempt. */
struct surroundings {
	bool forwards;			/* net.ipv4.ip_forward is 1 */
};

/* Judge an attempt. There is always a verdict. */
void verdict_of(struct verdict *v, const struct facts *facts, const struct surroundings *around);

/* What was asked for, of which nothing is remembered, and what may be the cause. */
struct verdict_absent {
	const char *user;		/* NULL: nobody was asked for; likewise the next two */
	const char *peer;
	const char *client;
	bool servers;			/* there are some */
	bool drained;			/* all of them are */
	bool banned;			/* @peer is */
};

void verdict_of_absence(struct verdict *v, const struct verdict_absent *absent);

/* Returns the name of rule @i and the numbers of Windows that it has; NULL behind the last. */
const char *verdict_rule(size_t i, const uint16_t **windows);

/* Returns what Windows means by the number of an error, or NULL. */
const char *verdict_windows_text(unsigned int number);

#endif
