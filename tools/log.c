// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "session.h"
#include "session_filter.h"
#include "table.h"
#include "util/text.h"

/* ---- what is typed ---- */

static const char * const subjects[] = { "user", "session", "peer", "server", "client" };

#define N_SUBJECTS (sizeof(subjects) / sizeof(subjects[0]))

/*
 * Take a word of a subject and its value into @subject. Returns how many words were taken: 0 if the
 * first is none of these; -1 after complaining.
 */
static int take_subject(json_t *subject, int argc, char **argv)
{
	uint64_t id;

	for (size_t i = 0; argc && i < N_SUBJECTS; i++) {
		if (strcmp(argv[0], subjects[i]))
			continue;
		if (argc < 2) {
			misused("%s has to be followed by %s", argv[0],
				!strcmp(argv[0], "session") ? "the number of a session" :
				!strcmp(argv[0], "peer") ? "an address or a network" : "a name");
			return -1;
		}
		if (strcmp(argv[0], "session")) {
			json_object_set_new(subject, argv[0], json_string(argv[1]));
			return 2;
		}
		if (!is_session_id(argv[1], &id)) {
			no_session_id(argv[1]);
			return -1;
		}
		json_object_set_new(subject, argv[0], json_integer((json_int_t)id));
		return 2;
	}
	return 0;
}

/* Take all of a subject. Returns how many words were taken; -1 after complaining. */
static int take_subjects(json_t *subject, int argc, char **argv)
{
	int taken = 0, n;

	while ((n = take_subject(subject, argc - taken, argv + taken)) > 0)
		taken += n;
	return n < 0 ? -1 : taken;
}

static bool is_level(const char *word)
{
	static const char * const levels[] = { "error", "warning", "notice", "info", "debug" };

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (!strcmp(levels[i], word))
			return true;
	return false;
}

/* Take "LEVEL" or "LEVEL for TIME", which end the line. Returns false after complaining. */
static bool take_level(json_t *parameters, int argc, char **argv)
{
	json_t *time_s;

	if (!argc || !is_level(argv[0])) {
		misused("log set has %s%s%s: expected user, session, peer, server or client and a value, "
			"or the level error, warning, notice, info or debug", argc ? "\"" : "",
			argc ? argv[0] : "no level", argc ? "\"" : "");
		return false;
	}
	json_object_set_new(parameters, "level", json_string(argv[0]));
	if (argc == 1)
		return true;
	if (argc != 3 || strcmp(argv[1], "for")) {
		misused("the level can be followed by \"for\" and a time alone");
		return false;
	}
	time_s = read_seconds(argv[2]);
	if (!json_integer_value(time_s)) {
		json_decref(time_s);
		misused("for has to be followed by a time in seconds, or as 5m, 2h or 1d");
		return false;
	}
	json_object_set_new(parameters, "time_s", time_s);
	return true;
}

/* ---- what is shown ---- */

/* Write "user alice, peer 192.0.2.0/24". */
static const char *show_subject(const json_t *subject, char *text, size_t size)
{
	size_t len = 0;

	snprintf(text, size, "all others");
	for (size_t i = 0; i < N_SUBJECTS && len < size; i++) {
		const char *name = subjects[i], *value = text_of(subject, name);
		char number[UNIT_SIZE];

		if (number_of(subject, name)) {
			snprintf(number, sizeof(number), "%ju", (uintmax_t)number_of(subject, name));
			value = number;
		}
		if (*value)
			len += (size_t)snprintf(text + len, size - len, "%s%s %s", len ? ", " : "", name,
						value);
	}
	return text;
}

static void print_rules(const struct options *options, const json_t *rules)
{
	static const struct column columns[] = {
		{ "LINES", false }, { "LEVEL", false }, { "LEFT", true },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *rule;
	size_t i;

	json_array_foreach(rules, i, rule) {
		char text[512];

		table_add(table, show_subject(json_object_get(rule, "subject"), text, sizeof(text)));
		table_add(table, text_of(rule, "level"));
		if (json_object_get(rule, "left_s"))
			table_add_duration(table, number_of(rule, "left_s"));
		else
			table_add(table, "ever");
	}
	table_print(table, !options->brief, options->colour);
}

static void show(const struct options *options, const json_t *reply)
{
	const json_t *rules = json_object_get(reply, "rules");

	if (!options->brief)
		printf("level %s, by the configuration\n", text_of(reply, "level"));
	if (json_array_size(rules))
		print_rules(options, rules);
}

int cmd_log_list(const struct options *options, int argc, char **argv)
{
	if (argc)
		return misused("log list takes no arguments; there is \"%s\"", argv[0]);
	return ask_and_show(options, (struct call){ .method = "org.culvert.Log.List" }, show);
}

int cmd_log_set(const struct options *options, int argc, char **argv)
{
	json_t *subject = json_object();
	struct call call = {
		.method = "org.culvert.Log.Set",
		.parameters = json_pack("{s:o}", "subject", subject),
	};
	int n = take_subjects(subject, argc, argv);

	if (n >= 0 && take_level(call.parameters, argc - n, argv + n))
		return ask_and_show(options, call, NULL);
	json_decref(call.parameters);
	return STATUS_USAGE;
}

/* Returns the parameters of Log.Unset; NULL after complaining. */
static json_t *read_unset(int argc, char **argv)
{
	json_t *subject;
	int n;

	if (argc == 1 && !strcmp(argv[0], "all"))
		return json_object();
	subject = json_object();
	n = take_subjects(subject, argc, argv);
	if (n == argc)
		return json_pack("{s:o}", "subject", subject);
	if (n >= 0)
		misused("log unset has \"%s\": expected user, session, peer, server or client and a "
			"value, or all alone", argv[n]);
	json_decref(subject);
	return NULL;
}

int cmd_log_unset(const struct options *options, int argc, char **argv)
{
	struct call call = { .method = "org.culvert.Log.Unset" };
	json_t *reply;
	int status;

	call.parameters = read_unset(argc, argv);
	if (!call.parameters)
		return STATUS_USAGE;
	reply = ask(options, call, &status);
	if (!reply)
		return status;
	if (!number_of(reply, "removed")) {
		complain("no level was set for that");
		status = STATUS_FAILED;
	} else if (options->json) {
		print_json(options, reply);
	}
	json_decref(reply);
	return status;
}
