/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has logged in by a browser, which sends a cookie from then on. Pure, but for the random numbers of
 * new cookies. Times are milliseconds of the caller's monotonic clock.
 */
#ifndef CULVERT_WEB_LOGINS_H
#define CULVERT_WEB_LOGINS_H

#include "aaa/tokens.h"

#define LOGINS_MAX	64		/* one more takes the place of the one that was used least lately */
#define LOGIN_IDLE_MS	(12 * 3600 * 1000ull)
#define LOGIN_COOKIE	33		/* octets of the text: 128 random bits, and a NUL */

struct login {
	uint64_t number;	/* is never given twice; 0: nobody */
	char cookie[LOGIN_COOKIE];
	struct token token;
	uint64_t used_ms;
};

struct logins {
	uint64_t last;		/* number that was given */
	struct login list[LOGINS_MAX];
};

/* Returns the login, valid until the next call; NULL if there are no random numbers. */
const struct login *logins_add(struct logins *l, const struct token *token, uint64_t now_ms);

/* Returns whose @cookie it is, a string, and remembers that it was used; NULL: nobody's. */
const struct login *logins_find(struct logins *l, const char *cookie, uint64_t now_ms);

/* It is in use by a request that goes on. */
void logins_touch(struct logins *l, uint64_t number, uint64_t now_ms);

/* Returns true if the login is still there. */
bool logins_has(const struct logins *l, uint64_t number);

void logins_remove(struct logins *l, uint64_t number);

/* Keep those alone whose tokens are among @tokens, with the rights that stand there now. */
void logins_review(struct logins *l, const struct tokens *tokens);

#endif
