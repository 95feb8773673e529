// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "json.h"

void print_json(const struct options *options, const json_t *value)
{
	json_dumpf(value, stdout, JSON_ENCODE_ANY |
		   (options->pretty ? JSON_INDENT(4) : JSON_COMPACT));
	putchar('\n');
}

const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

const char *text_or_dash(const json_t *object, const char *name)
{
	const char *text = text_of(object, name);

	return *text ? text : "-";
}

uint64_t number_of(const json_t *object, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(object, name));

	return n > 0 ? (uint64_t)n : 0;
}
