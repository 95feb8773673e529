// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "kernel_session.h"
#include "session.h"

const char *show_upper(const json_t *session, char text[SHOWN_SIZE])
{
	const char *upper = text_of(session, "upper");
	const char *interface = text_of(session, "interface");

	snprintf(text, SHOWN_SIZE, "%s%s%s", upper, *interface ? " " : "", interface);
	return text;
}

const char *show_kernel_mppe(const json_t *session, char text[SHOWN_SIZE])
{
	const json_t *mppe = json_object_get(session, "mppe");
	char tx_text[UNIT_SIZE], rx_text[UNIT_SIZE];
	const char *tx = show_mppe_key(json_object_get(mppe, "tx"), tx_text);
	const char *rx = show_mppe_key(json_object_get(mppe, "rx"), rx_text);

	if (strcmp(tx, rx))
		snprintf(text, SHOWN_SIZE, "tx %s, rx %s", tx, rx);
	else
		snprintf(text, SHOWN_SIZE, "%s", tx);
	return text;
}

uint64_t drops_in(const json_t *stats)
{
	uint64_t sum = 0;
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)stats, name, value)
		if (strstr(name, "_drop_"))
			sum += number_of(stats, name);
	return sum;
}

const char *counter_in_words(const char *name, char words[64])
{
	snprintf(words, 64, "%s", name);
	for (char *p = words; *p; p++)
		if (*p == '_')
			*p = ' ';
	return words;
}

void print_counters(const json_t *stats)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)stats, name, value) {
		char words[64];
		uint64_t n = number_of(stats, name);

		if (n)
			print_property(counter_in_words(name, words), "%ju", (uintmax_t)n);
	}
}
