// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "json.h"

static bool printed;
static json_t
	*error; /* the daemon's last reply with an error; NULL: none since print_json_error() */

bool json_was_printed(void)
{
	return printed;
}

void print_json(const struct options *options, const json_t *value)
{
	json_dumpf(value, stdout, JSON_ENCODE_ANY |
		   (options->pretty ? JSON_INDENT(4) : JSON_COMPACT));
	putchar('\n');
	printed = true;
}

void keep_error(const json_t *message)
{
	json_decref(error);
	error = json_deep_copy(message);
}

/* Returns what a failure is called that is not the daemon's. */
static const char *name_of(int status)
{
	switch (status) {
	case STATUS_USAGE:
		return "usage";
	case STATUS_ABSENT:
		return "absent";
	default:
		return "failed";
	}
}

void print_json_error(const struct options *options, int status)
{
	const char *name = text_of(error, "error");
	json_t *object;

	if (!options->json)
		return;
	object = json_pack("{s:s, s:O*, s:s, s:i}", "error", *name ? name : name_of(status),
			   "parameters", json_object_get(error, "parameters"),
			   "reason", last_complaint(), "status", status);
	print_json(options, object);
	json_decref(object);
	json_decref(error);
	error = NULL;
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
