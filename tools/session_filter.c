// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "pppctl.h"
#include "session_filter.h"
#include "util/text.h"

enum kind {
	TEXT,		/* the daemon knows whether it is right */
	SECONDS,
	BITS,		/* a second */
};

struct word {
	const char *name;
	const char *member;	/* of Filter */
	enum kind kind;
	const char *value;	/* what has to follow */
};

static const struct word words[] = {
	{ "user", "user", TEXT, "a name" },
	{ "role", "role", TEXT, "server or client" },
	{ "server", "server", TEXT, "a name" },
	{ "client", "client", TEXT, "a name" },
	{ "peer", "peer", TEXT, "an address or a network" },
	{ "address", "remote_address", TEXT, "an address or a network" },
	{ "interface", "interface", TEXT, "a name" },
	{ "state", "state", TEXT, "a state" },
	{ "search", "search", TEXT, "a text" },
	{ "idle", "idle_s", SECONDS, "a time in seconds, or as 5m, 2h or 1d" },
	{ "uptime", "uptime_s", SECONDS, "a time in seconds, or as 5m, 2h or 1d" },
	{ "rate", "bit_s", BITS, "a rate in bit/s, or as 512k, 20M or 1G" },
};

#define N_WORDS (sizeof(words) / sizeof(words[0]))

/* Returns what a letter behind a number multiplies it by; 0 if it has no meaning. */
static uint64_t factor_of(enum kind kind, char letter)
{
	switch (letter) {
	case 's':
		return kind == SECONDS ? 1 : 0;
	case 'm':
		return kind == SECONDS ? 60 : 0;
	case 'h':
		return kind == SECONDS ? 3600 : 0;
	case 'd':
		return kind == SECONDS ? 86400 : 0;
	case 'k':
		return kind == BITS ? 1000 : 0;
	case 'M':
		return kind == BITS ? 1000000 : 0;
	case 'G':
		return kind == BITS ? 1000000000 : 0;
	default:
		return 0;
	}
}

/* Returns NULL if @text is no number with one of these letters behind it, or none. */
static json_t *read_number(enum kind kind, const char *text)
{
	size_t len = strlen(text);
	uint64_t factor = len ? factor_of(kind, text[len - 1]) : 0;
	char digits[32];
	uint64_t n;

	if (factor)
		len--;
	else
		factor = 1;
	if (len >= sizeof(digits))
		return NULL;
	memcpy(digits, text, len);
	digits[len] = '\0';
	if (!text_number(digits, 0, INT64_MAX / factor, &n))
		return NULL;
	return json_integer((json_int_t)(n * factor));
}

json_t *read_seconds(const char *text)
{
	return read_number(SECONDS, text);
}

int take_filter(json_t *filter, int argc, char **argv)
{
	for (size_t i = 0; argc && i < N_WORDS; i++) {
		const struct word *w = &words[i];
		json_t *value = NULL;

		if (strcmp(argv[0], w->name))
			continue;
		if (argc > 1)
			value = w->kind == TEXT ? json_string(argv[1]) : read_number(w->kind, argv[1]);
		if (!value) {
			misused("%s has to be followed by %s", w->name, w->value);
			return -1;
		}
		json_object_set_new(filter, w->member, value);
		return 2;
	}
	return 0;
}

int take_limit(json_t *parameters, int argc, char **argv)
{
	uint64_t limit;

	if (!argc || strcmp(argv[0], "limit"))
		return 0;
	if (argc < 2 || !text_number(argv[1], 1, INT32_MAX, &limit)) {
		misused("limit has to be followed by a number from 1");
		return -1;
	}
	json_object_set_new(parameters, "limit", json_integer((json_int_t)limit));
	return 2;
}

int take_pace(struct pace *pace, int argc, char **argv)
{
	bool is_interval = !strcmp(argv[0], "interval");

	if (!is_interval && strcmp(argv[0], "count"))
		return 0;
	pace->given = true;
	if (argc > 1 && text_number(argv[1], is_interval ? 0 : 1, 86400,
				    is_interval ? &pace->interval_s : &pace->count))
		return 2;
	misused("%s has to be followed by a number up to 86400", argv[0]);
	return -1;
}

int no_filter(const char *command, const char *word, const char * const *others)
{
	char expected[512] = "";
	size_t n = N_WORDS;

	while (others[n - N_WORDS])
		n++;
	for (size_t i = 0; i < n; i++) {
		const char *name = i < N_WORDS ? words[i].name : others[i - N_WORDS];
		size_t len = strlen(expected);

		if (text_resembles(word, name))
			return misused("%s has \"%s\"; did you mean \"%s\"?", command, word, name);
		snprintf(expected + len, sizeof(expected) - len, "%s%s",
			 !i ? "" : i + 1 == n ? " or " : ", ", name);
	}
	return misused("%s has \"%s\": expected %s", command, word, expected);
}

/* Take "sort KEY" or "limit N". Returns as take_filter() does. */
static int take_wish(json_t *parameters, bool (*take_order)(json_t *parameters, const char *key),
		     int argc, char **argv)
{
	if (strcmp(argv[0], "sort"))
		return take_limit(parameters, argc, argv);
	return take_order(parameters, argc > 1 ? argv[1] : "") ? 2 : -1;
}

bool read_list_words(json_t *parameters, const char *command,
		     bool (*take_order)(json_t *parameters, const char *key), int argc, char **argv)
{
	static const char * const others[] = { "sort", "limit", NULL };
	json_t *filter = json_object();
	int n = 1;

	for (int i = 0; i < argc && n > 0; i += n) {
		n = take_filter(filter, argc - i, argv + i);
		if (!n)
			n = take_wish(parameters, take_order, argc - i, argv + i);
		if (!n)
			no_filter(command, argv[i], others);
	}
	if (json_object_size(filter))
		json_object_set(parameters, "filter", filter);
	json_decref(filter);
	return n > 0;
}
