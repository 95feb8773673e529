// SPDX-License-Identifier: GPL-2.0-only
#include <nettle/memops.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "web/logins.h"

static bool is_over(const struct login *login, uint64_t now_ms)
{
	return !login->number || now_ms - login->used_ms >= LOGIN_IDLE_MS;
}

static bool make_cookie(char cookie[LOGIN_COOKIE])
{
	uint8_t octets[LOGIN_COOKIE / 2];

	if (getrandom(octets, sizeof(octets), GRND_NONBLOCK) != sizeof(octets))
		return false;
	for (size_t i = 0; i < sizeof(octets); i++)
		snprintf(cookie + 2 * i, 3, "%02x", octets[i]);
	return true;
}

const struct login *logins_add(struct logins *l, const struct token *token, uint64_t now_ms)
{
	struct login *place = &l->list[0];

	for (size_t i = 0; i < LOGINS_MAX && !is_over(place, now_ms); i++)
		if (is_over(&l->list[i], now_ms) || l->list[i].used_ms < place->used_ms)
			place = &l->list[i];
	*place = (struct login){ .number = ++l->last, .token = *token, .used_ms = now_ms };
	if (make_cookie(place->cookie))
		return place;
	place->number = 0;
	return NULL;
}

const struct login *logins_find(struct logins *l, const char *cookie, uint64_t now_ms)
{
	struct login *found = NULL;

	if (strlen(cookie) != LOGIN_COOKIE - 1)
		return NULL;
	for (size_t i = 0; i < LOGINS_MAX; i++)
		if (!is_over(&l->list[i], now_ms) &&
		    memeql_sec(l->list[i].cookie, cookie, LOGIN_COOKIE - 1))
			found = &l->list[i];
	if (found)
		found->used_ms = now_ms;
	return found;
}

/* Returns the index; LOGINS_MAX if there is none. */
static size_t place_of(const struct logins *l, uint64_t number)
{
	size_t i = number ? 0 : LOGINS_MAX;

	while (i < LOGINS_MAX && l->list[i].number != number)
		i++;
	return i;
}

void logins_touch(struct logins *l, uint64_t number, uint64_t now_ms)
{
	const size_t i = place_of(l, number);

	if (i < LOGINS_MAX)
		l->list[i].used_ms = now_ms;
}

bool logins_has(const struct logins *l, uint64_t number)
{
	return place_of(l, number) < LOGINS_MAX;
}

void logins_remove(struct logins *l, uint64_t number)
{
	const size_t i = place_of(l, number);

	if (i < LOGINS_MAX)
		l->list[i] = (struct login){ .number = 0 };
}

void logins_review(struct logins *l, const struct tokens *tokens)
{
	for (size_t i = 0; i < LOGINS_MAX; i++) {
		const struct token *now = tokens_again(tokens, &l->list[i].token);

		if (now)
			l->list[i].token.rights = now->rights;
		else
			l->list[i] = (struct login){ .number = 0 };
	}
}
