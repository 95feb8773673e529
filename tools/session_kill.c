// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "json.h"
#include "session.h"
#include "session_filter.h"

/* Returns false after complaining. */
static bool read_filter(json_t *filter, int argc, char **argv)
{
	static const char * const others[] = { "all", "the number of a session", NULL };

	if (!strcmp(argv[0], "all")) {
		if (argc > 1)
			misused("all are all: nothing can follow, and there is \"%s\"", argv[1]);
		return argc == 1;
	}
	for (int i = 0; i < argc;) {
		int n = take_filter(filter, argc - i, argv + i);

		if (!n)
			no_filter("session kill", argv[i], others);
		if (n <= 0)
			return false;
		i += n;
	}
	return true;
}

static void complain_of_none(const json_t *filter)
{
	const char *user = text_of(filter, "user");
	const size_t others = json_object_size(filter) - (*text_of(filter, "role") != '\0');

	if (*user && others == 1)
		complain("user \"%s\" has no session", user);
	else
		complain("there is no such session");
}

static int kill_these(const struct options *options, json_t *filter)
{
	int status;
	json_t *result = ask(options, (struct call){
		.method = "org.culvert.Session.Kill",
		.parameters = json_pack("{s:O}", "filter", filter),
	}, &status);

	if (!result)
		return status;
	if (!number_of(result, "killed")) {
		complain_of_none(filter);
		status = STATUS_FAILED;
	} else if (options->json) {
		print_json(options, result);
	}
	json_decref(result);
	return status;
}

/* Show whom kill_these() would end. */
static int list_these(const struct options *options, json_t *filter)
{
	struct choice choice;
	json_t *parameters;

	if (!choose_for(options, &choice))
		return STATUS_USAGE;
	parameters = json_pack("{s:O}", "filter", filter);
	if (!options->json)
		json_object_set_new(parameters, "fields", fields_of(&choice));
	return list_sessions(options, &choice, parameters);
}

int kill_sessions(const struct options *options, json_t *filter)
{
	return options->dry_run ? list_these(options, filter) : kill_these(options, filter);
}

static int kill_filtered(const struct options *options, int argc, char **argv)
{
	json_t *filter = json_object();
	int status = STATUS_USAGE;

	if (read_filter(filter, argc, argv))
		status = kill_sessions(options, filter);
	json_decref(filter);
	return status;
}

/* Show those of some numbers that there are. */
static int show_these(const struct options *options, int argc, char **argv)
{
	struct options brief = *options;

	brief.brief = true;
	return cmd_session_show(&brief, argc, argv);
}

int cmd_session_kill(const struct options *options, int argc, char **argv)
{
	uint64_t id;

	if (!argc)
		return misused("session kill needs the number of a session, a filter, or all");
	if (!is_session_id(argv[0], &id))
		return kill_filtered(options, argc, argv);
	if (options->dry_run)
		return show_these(options, argc, argv);
	return each_session(options, (struct call){ .method = "org.culvert.Session.Kill" }, argc, argv,
			    NULL);
}
