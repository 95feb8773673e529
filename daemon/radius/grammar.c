// SPDX-License-Identifier: GPL-2.0-only
/* The texts of reply.h that have a grammar. */
#include <string.h>

#include "radius/reply.h"
#include "util/text.h"

#define RATE_MAX	1000000000000000ull	/* bit/s */
#define TIME_MAX	86400			/* seconds of a burst */
#define PRIORITY_MAX	8

/* --- words ----------------------------------------------------------------------------------- */

/* The words of a text, in a copy that is cut into pieces. */
struct words {
	char text[RADIUS_VALUE_MAX + 1];
	char *next;
};

static bool begin_words(struct words *words, const char *text)
{
	if (strlen(text) >= sizeof(words->text))
		return false;
	strcpy(words->text, text);
	words->next = words->text;
	return true;
}

/* Returns the next word, or NULL if there is none. */
static char *next_word(struct words *words)
{
	char *word;

	do {
		word = strsep(&words->next, " \t");
	} while (word && !*word);
	return word;
}

/* --- routes ---------------------------------------------------------------------------------- */

/* Returns the length of the network that an address is in by its class. */
static unsigned int class_bits(uint32_t address)
{
	if (!address)
		return 0;
	if (address >> 31 == 0)
		return 8;
	return address >> 30 == 2 ? 16 : 24;
}

static bool parse_destination(char *word, uint8_t family, struct ip_prefix *to)
{
	char *slash = strchr(word, '/');
	uint64_t length;

	if (slash)
		*slash = '\0';
	if (!ip_parse(word, &to->address) || to->address.family != family)
		return false;
	if (slash && !text_number(slash + 1, 0, ip_bits(to->address), &length))
		return false;
	if (!slash)
		length = family == AF_INET ? class_bits(ip_number(to->address)) : 128;
	to->length = (uint8_t)length;
	to->address = ip_network(to->address, to->length);
	return true;
}

/* 0.0.0.0 and :: stand for the address of the user. */
static bool parse_gateway(const char *word, uint8_t family, struct ip_addr *gateway)
{
	if (!word)
		return true;
	if (!ip_parse(word, gateway) || gateway->family != family)
		return false;
	if (ip_is_any(*gateway))
		*gateway = (struct ip_addr){ 0 };
	return true;
}

/* Any number of metrics follows, of which the first one counts. "-1" is in the RFC's example. */
static bool parse_metrics(struct words *words, uint32_t *metric)
{
	bool first = true;
	const char *word;
	uint64_t number;

	while ((word = next_word(words))) {
		bool negative = *word == '-';

		if (!text_number(word + negative, 0, UINT32_MAX, &number))
			return false;
		if (first && !negative)
			*metric = (uint32_t)number;
		first = false;
	}
	return true;
}

bool radius_parse_route(const char *text, bool ipv6, struct radius_route *route)
{
	const uint8_t family = ipv6 ? AF_INET6 : AF_INET;
	struct words words;
	char *word;

	memset(route, 0, sizeof(*route));
	if (!begin_words(&words, text))
		return false;
	word = next_word(&words);
	return word && parse_destination(word, family, &route->to) &&
	       parse_gateway(next_word(&words), family, &route->gateway) &&
	       parse_metrics(&words, &route->metric);
}

/* --- rates ----------------------------------------------------------------------------------- */

static bool parse_rate(char *word, uint64_t *rate)
{
	static const struct {
		char letter;
		uint64_t factor;
	} units[] = {
		{ 'k', 1000 }, { 'K', 1000 }, { 'm', 1000000 }, { 'M', 1000000 },
		{ 'g', 1000000000 }, { 'G', 1000000000 },
	};
	size_t len = strlen(word);
	uint64_t factor = 1;

	for (size_t i = 0; len && i < sizeof(units) / sizeof(units[0]); i++)
		if (word[len - 1] == units[i].letter)
			factor = units[i].factor;
	if (factor > 1)
		word[len - 1] = '\0';
	if (!text_number(word, 0, RATE_MAX / factor, rate))
		return false;
	*rate *= factor;
	return true;
}

static bool parse_seconds(char *word, uint64_t *seconds)
{
	size_t len = strlen(word);

	if (len && word[len - 1] == 's')
		word[len - 1] = '\0';
	return text_number(word, 0, TIME_MAX, seconds);
}

/* Parse "rx[/tx]"; without tx it is the same for both. */
static bool parse_pair(char *word, bool (*parse)(char *word, uint64_t *number), uint64_t *rx,
		       uint64_t *tx)
{
	char *rx_word = strsep(&word, "/");

	if (!parse(rx_word, rx))
		return false;
	*tx = *rx;
	return !word || parse(word, tx);
}

static bool parse_priority(char *word, uint64_t *rx, uint64_t *tx)
{
	return text_number(word, 1, PRIORITY_MAX, rx);
}

static bool parse_rate_pair(char *word, uint64_t *rx, uint64_t *tx)
{
	return parse_pair(word, parse_rate, rx, tx);
}

static bool parse_seconds_pair(char *word, uint64_t *rx, uint64_t *tx)
{
	return parse_pair(word, parse_seconds, rx, tx);
}

bool radius_parse_rates(const char *text, struct radius_rates *rates)
{
	enum { LIMIT, BURST, THRESHOLD, TIME, PRIORITY, MINIMUM, PARTS };
	static bool (* const parse[PARTS])(char *word, uint64_t *rx, uint64_t *tx) = {
		[LIMIT] = parse_rate_pair, [BURST] = parse_rate_pair,
		[THRESHOLD] = parse_rate_pair, [TIME] = parse_seconds_pair,
		[PRIORITY] = parse_priority, [MINIMUM] = parse_rate_pair,
	};
	uint64_t rx[PARTS] = { 0 }, tx[PARTS] = { 0 };
	struct words words;
	size_t n = 0;
	char *word;

	if (!begin_words(&words, text))
		return false;
	while ((word = next_word(&words)))
		if (n == PARTS || !parse[n](word, &rx[n], &tx[n]))
			return false;
		else
			n++;
	*rates = (struct radius_rates){
		.up = rx[LIMIT], .down = tx[LIMIT], .burst_up = rx[BURST], .burst_down = tx[BURST],
		.burst_up_s = (uint32_t)rx[TIME], .burst_down_s = (uint32_t)tx[TIME],
	};
	return n > 0;
}
