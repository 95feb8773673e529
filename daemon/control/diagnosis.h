/* SPDX-License-Identifier: GPL-2.0-only */
/* What the daemon says of attempts of the last hour: diagnosis/ as JSON. */
#ifndef CULVERT_CONTROL_DIAGNOSIS_H
#define CULVERT_CONTROL_DIAGNOSIS_H

#include <jansson.h>

#include "control/commands.h"

#define DIAGNOSIS_ATTEMPTS	16	/* of an answer */

/* Of whom the attempts are asked for. At most one is set; if none is, of all who failed, grouped. */
struct diagnosis_question {
	const char *user;		/* NULL: of no user */
	struct ip_addr peer;
	const char *client;		/* NULL: of no client */
};

/*
 * Returns a new reference to an object; NULL if there is no memory. Its members:
 *
 *	verdict		of the latest attempt, or on that there is none; null if all were asked for
 *			and some have failed
 *	attempts	the latest first, DIAGNOSIS_ATTEMPTS at most, fewer if they have many steps;
 *			none if all were asked for
 *	groups		attempts that failed, by verdict, the latest first; none if one was asked for
 *	remembered	attempts in all
 *	forgotten	attempts that were forgotten before their hour was over, for want of room
 */
json_t *diagnosis_answer(const struct api *api, const struct diagnosis_question *q);

#endif
