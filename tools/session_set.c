// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "session.h"
#include "util/text.h"

/* Returns NAME=VALUE... as an object; NULL after a complaint. */
static json_t *read_terms(int argc, char **argv)
{
	json_t *terms = json_object();

	for (int i = 0; i < argc; i++) {
		char *equal = strchr(argv[i], '=');

		if (!equal || equal == argv[i]) {
			misused("session set has \"%s\": expected a name, = and a value", argv[i]);
			json_decref(terms);
			return NULL;
		}
		*equal = '\0';
		json_object_set_new(terms, argv[i], json_string(equal + 1));
	}
	return terms;
}

int cmd_session_set(const struct options *options, int argc, char **argv)
{
	json_t *terms;
	uint64_t id;

	if (argc < 2)
		return misused("session set needs the number of a session, and what it is to have");
	if (!is_session_id(argv[0], &id))
		return no_session_id(argv[0]);
	terms = read_terms(argc - 1, argv + 1);
	if (!terms)
		return STATUS_USAGE;
	return ask_and_show(options, (struct call){
		.method = "org.culvert.Session.Set",
		.parameters = json_pack("{s:I, s:o}", "id", (json_int_t)id, "terms", terms),
	}, NULL);
}
