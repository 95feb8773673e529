// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "util/text.h"

/* Print a text of the daemon, fit for a terminal. */
static void print_text(const char *text)
{
	char shown[TEXT_SHOW_SIZE(1024)];

	text_show(shown, sizeof(shown), text, strlen(text));
	fputs(shown, stdout);
}

static void print_what(const json_t *change)
{
	const char *kind = text_of(change, "kind"), *option = text_of(change, "option");

	if (!strcmp(kind, "changed")) {
		printf("%s = ", option);
		print_text(text_of(change, "after"));
		fputs(", is ", stdout);
		print_text(text_of(change, "before"));
	} else if (!strcmp(kind, "content")) {
		printf("what is in the file of %s has changed", option);
	} else {
		fputs(!strcmp(kind, "added") ? "is new" : "is gone", stdout);
	}
}

static void print_change(const json_t *change)
{
	const char *name = text_of(change, "name");

	printf("%s%s%s%s: ", text_of(change, "section"), *name ? " \"" : "", name, *name ? "\"" : "");
	print_what(change);
	if (json_is_true(json_object_get(change, "restart")))
		fputs("; counts when culvertd is started again", stdout);
	if (*text_of(change, "file")) {
		fputs(" (", stdout);
		print_text(text_of(change, "file"));
		printf(":%ju)", (uintmax_t)number_of(change, "line"));
	}
	putchar('\n');
}

static void print_changes(const json_t *reply)
{
	const json_t *changes = json_object_get(reply, "changes"), *change;
	size_t i;

	if (!json_array_size(changes))
		puts("a reload would change nothing");
	json_array_foreach(changes, i, change)
		print_change(change);
	if (number_of(reply, "missing"))
		printf("and %ju more\n", (uintmax_t)number_of(reply, "missing"));
}

int cmd_config_diff(const struct options *options, int argc, char **argv)
{
	const struct call call = { .method = "org.culvert.Config.Diff" };
	json_t *reply;
	int status;

	if (argc)
		return misused("config diff takes no arguments; there is \"%s\"", argv[0]);
	reply = ask(options, call, &status);
	if (!reply)
		return status;
	if (options->json)
		print_json(options, reply);
	complain_of_lines(json_object_get(reply, "warnings"), "warning: ");
	complain_of_lines(json_object_get(reply, "errors"), "");
	if (json_array_size(json_object_get(reply, "errors"))) {
		complain("a reload would change nothing, since the configuration is wrong");
		status = STATUS_USAGE;
	} else if (!options->json) {
		print_changes(reply);
	}
	json_decref(reply);
	return status;
}
