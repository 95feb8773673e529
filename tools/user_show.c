// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "diagnose.h"
#include "json.h"
#include "session.h"
#include "table.h"
#include "util/text.h"

/* ---- what the daemon is asked ---- */

/* Add the array @call.member of the reply to @user. Returns an exit status, after complaining. */
static int add_list(const struct options *options, struct call call, json_t *user, const char *name)
{
	int status;
	json_t *list = ask_list(options, call, &status);

	if (list)
		json_object_set_new(user, name, list);
	return status;
}

static int add_attempts(const struct options *options, const char *name, json_t *user)
{
	int status;
	json_t *attempts = ask(options, (struct call){
		.method = "org.culvert.Diagnosis.Diagnose",
		.member = "attempts",
		.parameters = json_pack("{s:s}", "user", name),
	}, &status);

	if (attempts)
		json_object_set_new(user, "attempts", attempts);
	return status;
}

/* Returns all that is told of @name, a new reference; NULL after complaining. */
static json_t *ask_of(const struct options *options, const char *name, int *status)
{
	json_t *user = ask(options, (struct call){
		.method = "org.culvert.User.Show",
		.parameters = json_pack("{s:s}", "user", name),
	}, status);

	if (!user)
		return NULL;
	json_object_set_new(user, "user", json_string(name));
	*status = add_list(options, (struct call){
		.method = "org.culvert.User.List",
		.member = "users",
		.parameters = json_pack("{s:{s:s}}", "filter", "user", name),
	}, user, "sums");
	if (!*status)
		*status = add_list(options, (struct call){
			.method = "org.culvert.Session.List",
			.member = "sessions",
			.parameters = json_pack("{s:{s:s, s:s}}", "filter", "user", name, "role",
						"server"),
		}, user, "sessions");
	if (!*status)
		*status = add_attempts(options, name, user);
	if (!*status)
		return user;
	json_decref(user);
	return NULL;
}

/* Returns true if anything is known of @user. Of whom RADIUS and databases know nothing is said. */
static bool is_known(const json_t *user)
{
	const json_t *source;
	size_t i;

	json_array_foreach(json_object_get(user, "sources"), i, source)
		if (number_of(source, "line"))
			return true;
	return json_is_object(json_object_get(user, "section")) ||
	       json_array_size(json_object_get(user, "sessions")) ||
	       json_array_size(json_object_get(user, "attempts"));
}

/* ---- how it is shown ---- */

static void print_source(const json_t *source)
{
	const char *judge = text_of(source, "judge"), *where = text_of(source, "where");
	const char *server = text_of(source, "server");

	if (*text_of(source, "flaw"))
		print_property("refused by", "secrets of server %s: %s", server, text_of(source, "flaw"));
	else if (number_of(source, "line"))
		print_property("known to", "secrets of server %s: %s:%ju", server, where,
			       (uintmax_t)number_of(source, "line"));
	else if (!strcmp(judge, "secrets"))
		print_property("unknown to", "secrets of server %s: %s", server, where);
	else if (*where)
		print_property("asked of", "%s %s, by server %s", judge, where, server);
}

static void print_section(const json_t *section)
{
	if (!json_is_object(section))
		return;
	if (json_is_true(json_object_get(section, "disabled")))
		print_property("section", "disabled: the user is not let in");
	if (*text_of(section, "profile"))
		print_property("section", "profile %s", text_of(section, "profile"));
	if (*text_of(section, "address"))
		print_property("section", "address %s", text_of(section, "address"));
	print_members("section", json_object_get(section, "policy"));
}

static void print_sum(const json_t *sum)
{
	char text[UNIT_SIZE], idle[UNIT_SIZE], other[UNIT_SIZE];

	print_property("sessions", "%ju", (uintmax_t)number_of(sum, "sessions"));
	if (!sum)
		return;
	if (*text_of(sum, "source"))
		print_property("let in by", "%s", text_of(sum, "source"));
	print_property("up", "%s, idle %s", show_duration(number_of(sum, "uptime_s"), text),
		       show_duration(number_of(sum, "idle_s"), idle));
	print_property("received", "%s at %sbit/s, dropped %ju",
		       show_octets(number_of(sum, "rx_bytes"), text),
		       show_rate(number_of(sum, "rx_bit_s"), other),
		       (uintmax_t)number_of(sum, "rx_dropped"));
	print_property("sent", "%s at %sbit/s, dropped %ju",
		       show_octets(number_of(sum, "tx_bytes"), text),
		       show_rate(number_of(sum, "tx_bit_s"), other),
		       (uintmax_t)number_of(sum, "tx_dropped"));
	print_members("in effect", json_object_get(sum, "policy"));
}

static void print_sessions(const struct options *options, const json_t *sessions)
{
	static const char names[] = "id,server,peer,remote,interface,state,uptime,rx,tx";
	struct choice choice;
	struct table *table;
	const json_t *session;
	size_t i;

	if (!json_array_size(sessions))
		return;
	putchar('\n');
	choose_columns(&choice, names, names);
	table = table_of_sessions(&choice);
	json_array_foreach(sessions, i, session)
		add_session(table, &choice, session);
	table_print(table, true, options->colour);
}

static void print_user(const struct options *options, const json_t *user)
{
	const json_t *sum = json_array_get(json_object_get(user, "sums"), 0);
	char name[TEXT_QUOTE_SIZE];
	const json_t *source;
	size_t i;

	printf("user %s\n", text_name(name, text_of(user, "user")));
	print_sum(sum);
	print_section(json_object_get(user, "section"));
	json_array_foreach(json_object_get(user, "sources"), i, source)
		print_source(source);
	print_sessions(options, json_object_get(user, "sessions"));
	if (!json_array_size(json_object_get(user, "attempts")))
		return;
	puts("\nattempts, the latest first:");
	print_verdicts(json_object_get(user, "attempts"));
}

static int show_one(const struct options *options, const char *name)
{
	int status;
	json_t *user = ask_of(options, name, &status);

	if (!user) {
		print_json_error(options, status);
		return status;
	}
	if (options->json) {
		print_json(options, user);
	} else if (is_known(user)) {
		print_user(options, user);
	} else {
		complain("user \"%s\" has no session, has tried nothing in the last hour, and is "
			 "neither in the configuration nor in the secrets", name);
		status = STATUS_FAILED;
	}
	json_decref(user);
	return status;
}

int cmd_user_show(const struct options *options, int argc, char **argv)
{
	int worst = STATUS_OK;

	if (!argc)
		return misused("user show needs the name of a user");
	for (int i = 0; i < argc; i++) {
		int status;

		if (i && !options->json)
			putchar('\n');
		status = show_one(options, argv[i]);
		worst = status > worst ? status : worst;
	}
	return worst;
}

int cmd_user_kill(const struct options *options, int argc, char **argv)
{
	int worst = STATUS_OK;

	if (!argc)
		return misused("user kill needs the name of a user");
	for (int i = 0; i < argc; i++) {
		json_t *filter = json_pack("{s:s, s:s}", "user", argv[i], "role", "server");
		int status = kill_sessions(options, filter);

		json_decref(filter);
		worst = status > worst ? status : worst;
	}
	return worst;
}
