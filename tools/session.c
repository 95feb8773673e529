// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdio.h>

#include "client.h"
#include "session.h"
#include "util/text.h"

const char *show_mppe(const json_t *session, char text[UNIT_SIZE])
{
	const json_t *mppe = json_object_get(session, "mppe");

	if (!json_is_object(mppe))
		return "off";
	snprintf(text, UNIT_SIZE, "%u %s", (unsigned int)number_of(mppe, "bits"),
		 json_is_true(json_object_get(mppe, "stateless")) ? "stateless" : "stateful");
	return text;
}

bool parse_id(const char *text, json_int_t *id)
{
	uint64_t n;

	if (!text_number(text, 1, INT64_MAX, &n)) {
		misused("\"%s\" is not the number of a session; \"pppctl session list\" shows them",
			text);
		return false;
	}
	*id = (json_int_t)n;
	return true;
}
