// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "aaa/database_row.h"
#include "util/nt_hash.h"
#include "util/text.h"

#define LATEST_S	253402300799	/* the end of the year 9999 */

static const char * const names[DATABASE_COLUMNS] = {
	[DATABASE_SECRET] = "secret",
	[DATABASE_SERVER] = "server",
	[DATABASE_ADDRESSES] = "addresses",
	[DATABASE_PROFILE] = "profile",
	[DATABASE_DISABLED] = "disabled",
	[DATABASE_EXPIRES] = "expires",
};

enum database_column database_column(const char *name)
{
	unsigned int i = 0;

	while (i < DATABASE_COLUMNS && strcasecmp(names[i], name))
		i++;
	return i;
}

/* --- which row counts ------------------------------------------------------------------------ */

static bool is_given(const char *text)
{
	return text && *text;
}

static bool is_any(const char *server)
{
	return !is_given(server) || !strcmp(server, "*");
}

static void forget_texts(struct database_found *found)
{
	for (unsigned int i = 0; i < DATABASE_COLUMNS; i++) {
		if (found->texts[i])
			explicit_bzero(found->texts[i], strlen(found->texts[i]));
		free(found->texts[i]);
		found->texts[i] = NULL;
	}
}

/* An absent secret is kept as an empty one, so that there is a text if there is a row. */
static bool keep_texts(struct database_found *found, const char * const texts[DATABASE_COLUMNS])
{
	forget_texts(found);
	for (unsigned int i = 0; i < DATABASE_COLUMNS; i++) {
		const char *text = !texts[i] && i == DATABASE_SECRET ? "" : texts[i];

		if (!text)
			continue;
		found->texts[i] = strdup(text);
		if (!found->texts[i]) {
			forget_texts(found);
			return false;
		}
	}
	return true;
}

bool database_found_any(const struct database_found *found)
{
	return found->texts[DATABASE_SECRET];
}

bool database_found_add(struct database_found *found, const char * const texts[DATABASE_COLUMNS],
			const char *server)
{
	const char *its = texts[DATABASE_SERVER];

	found->known = true;
	if (!is_any(its) && strcmp(its, server))
		return true;
	if (database_found_any(found) && (is_any(its) || !is_any(found->texts[DATABASE_SERVER])))
		return true;
	return keep_texts(found, texts);
}

void database_found_clear(struct database_found *found)
{
	forget_texts(found);
	found->known = false;
}

/* --- what it says ---------------------------------------------------------------------------- */

static const char *read_secret(struct database_row *row, const char *text)
{
	const size_t len = strlen(text);

	if (!len)
		return "secret is empty, or there is no such column: anybody could use it";
	row->entry.secret = (const uint8_t *)text;
	row->entry.secret_len = len;
	if (!nt_hash_is_marked(text, len))
		return len <= SECRETS_MAX_SECRET ? NULL : "secret is longer than 256 octets";
	if (!nt_hash_parse(text, len, row->hash))
		return "secret begins with {NT}, which has to be followed by the 32 hexadecimal "
		       "digits of an NT hash";
	row->entry.secret = row->hash;
	row->entry.secret_len = sizeof(row->hash);
	row->entry.nt_hash = true;
	return NULL;
}

static const char *read_addresses(struct database_row *row, const char *text)
{
	row->entry.addresses = row->addresses;
	if (!is_given(text)) {
		row->addresses[0].range.last = UINT32_MAX;	/* any */
		row->entry.n_addresses = 1;
		return NULL;
	}
	return secrets_read_addresses(text, row->addresses, &row->entry.n_addresses) ?
	       NULL : "addresses has a word that is none; expected a.b.c.d, a.b.c.d/n or a.b.c.d-e.f.g.h, "
		      "any with ! in front, * or -, with blanks between, at most 64";
}

static const char *read_disabled(struct database_row *row, const char *text)
{
	static const char * const words[][2] = {
		{ "f", "t" }, { "false", "true" }, { "0", "1" }, { "no", "yes" }, { "off", "on" },
	};

	if (!is_given(text))
		return NULL;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (unsigned int on = 0; on < 2; on++) {
			row->disabled = on;
			if (!strcasecmp(words[i][on], text))
				return NULL;
		}
	}
	return "disabled is neither true nor false";
}

/* --- times ----------------------------------------------------------------------------------- */

/* Read @n digits at *@text, which moves behind them. Returns false if there are none. */
static bool take_digits(const char **text, int n, int *number)
{
	*number = 0;
	for (; n; n--, ++*text) {
		if (**text < '0' || **text > '9')
			return false;
		*number = *number * 10 + (**text - '0');
	}
	return true;
}

static bool take(const char **text, char c)
{
	if (**text != c)
		return false;
	++*text;
	return true;
}

static bool take_day(const char **text, struct tm *tm)
{
	struct tm made;

	if (!take_digits(text, 4, &tm->tm_year) || !take(text, '-') ||
	    !take_digits(text, 2, &tm->tm_mon) || !take(text, '-') ||
	    !take_digits(text, 2, &tm->tm_mday))
		return false;
	tm->tm_year -= 1900;
	tm->tm_mon--;
	made = *tm;
	/* timegm() makes March 2 of February 30. */
	return timegm(&made) > 0 && made.tm_mon == tm->tm_mon && made.tm_mday == tm->tm_mday;
}

static bool take_hour(const char **text, struct tm *tm)
{
	int unused;

	if (!take_digits(text, 2, &tm->tm_hour) || !take(text, ':') ||
	    !take_digits(text, 2, &tm->tm_min) || tm->tm_hour > 24 || tm->tm_min > 59)
		return false;
	if (take(text, ':') && (!take_digits(text, 2, &tm->tm_sec) || tm->tm_sec > 60))
		return false;
	if (take(text, '.'))
		while (take_digits(text, 1, &unused))
			;
	return true;
}

/* Read the offset from UTC, if there is one, and the end of the text. */
static bool take_offset(const char **text, int *offset_s)
{
	const char sign = **text;
	int hours, minutes = 0;

	*offset_s = 0;
	take(text, ' ');
	if (take(text, '+') || take(text, '-')) {
		if (!take_digits(text, 2, &hours))
			return false;
		if ((take(text, ':') || **text) && !take_digits(text, 2, &minutes))
			return false;
		*offset_s = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
	} else {
		take(text, 'Z');
	}
	return !**text;
}

static bool read_moment(const char *text, uint64_t *time_s)
{
	struct tm tm = { 0 };
	int offset_s = 0;
	time_t at;

	if (!take_day(&text, &tm))
		return false;
	if ((take(&text, ' ') || take(&text, 'T')) && !take_hour(&text, &tm))
		return false;
	if (!take_offset(&text, &offset_s))
		return false;
	at = timegm(&tm) - offset_s;
	*time_s = (uint64_t)at;
	return at > 0;
}

static const char *read_expires(struct database_row *row, const char *text)
{
	if (!is_given(text) || !strcasecmp(text, "infinity") || !strcasecmp(text, "never"))
		return NULL;
	if (text_number(text, 1, LATEST_S, &row->expires_s) || read_moment(text, &row->expires_s))
		return NULL;
	return "expires is no time; expected one as 2026-12-31 23:59:59+01, or seconds since 1970";
}

const char *database_row_read(struct database_row *row, const struct database_found *found)
{
	const char * const *texts = (const char * const *)found->texts;
	const char *wrong;

	memset(row, 0, sizeof(*row));
	row->entry.client = "";
	row->entry.server = texts[DATABASE_SERVER] ? texts[DATABASE_SERVER] : "*";
	row->profile = texts[DATABASE_PROFILE] ? texts[DATABASE_PROFILE] : "";
	wrong = read_secret(row, texts[DATABASE_SECRET]);
	if (!wrong)
		wrong = read_addresses(row, texts[DATABASE_ADDRESSES]);
	if (!wrong)
		wrong = read_disabled(row, texts[DATABASE_DISABLED]);
	if (!wrong)
		wrong = read_expires(row, texts[DATABASE_EXPIRES]);
	return wrong;
}
