/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a program is told of a session, by its arguments and its environment: as pppd(8) tells
 * ip-up, ip-down and ip-pre-up, so that people's scripts run as they are, and more under names that
 * begin with CULVERT_. Pure but for memory.
 */
#ifndef CULVERT_COMMAND_H
#define CULVERT_COMMAND_H

#include <stddef.h>

#include "session/session.h"

#define COMMAND_WORDS	48		/* arguments and environment, at most */

/* Texts are printable but for @reason. */
struct command_facts {
	const char *program;
	const char *event;		/* "up", "down", "change" or "pre-up" */
	const struct session_record *record;
	const char *user;
	struct ip_addr local, remote;	/* inside the tunnel */
	const char *acct_id;		/* session_acct_id() */
	uint64_t uptime_s;
	const char *cause;		/* NULL: the session has not ended */
	const char *reason;		/* text from a peer may be in it */
};

struct command {
	unsigned int n_args;		/* the program among them */
	unsigned int n_env;
	char words[];			/* of the arguments, then of the environment */
};

/* Returns a command, to be freed by free(); NULL without memory. */
struct command *command_new(const struct command_facts *facts);

/*
 * Let @args and @env point to the words of @command, and end with NULL. @args begins with @name,
 * for the process that becomes the program.
 */
void command_split(struct command *command, char *name, char *args[COMMAND_WORDS],
		   char *env[COMMAND_WORDS]);

/* Returns the path of the program. */
static inline const char *command_program(const struct command *command)
{
	return command->words;
}

#endif
