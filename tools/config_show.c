// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "util/text.h"

#define REMARK_AT 48	/* column of the comments that say where something stands */

/* Print @text, and a comment behind it that says where it stands. */
static void print_line(const char *text, const json_t *where)
{
	char shown[TEXT_SHOW_SIZE(256)];
	const char *file = text_of(where, "file");

	text_show(shown, sizeof(shown), file, strlen(file));
	if (*file)
		printf("%-*s # %s:%ju\n", REMARK_AT, text, shown, (uintmax_t)number_of(where, "line"));
	else
		printf("%-*s # default\n", REMARK_AT, text);
}

/* Without a value, which has to be set, the line is a comment. */
static void print_option(const json_t *option)
{
	const char *value = json_string_value(json_object_get(option, "value"));
	const char *name = text_of(option, "option");
	const size_t room = strlen(name) + (value ? strlen(value) : 0) + 32;
	char *text = malloc(room);

	if (!text)
		return;
	if (value)
		snprintf(text, room, "    %s = %s", name, value);
	else
		snprintf(text, room, "    # %s has to be set", name);
	print_line(text, option);
	free(text);
}

static void print_section(const json_t *section)
{
	const char *name = text_of(section, "name");
	const json_t *option;
	char text[160];
	size_t i;

	snprintf(text, sizeof(text), "%s%s%s%s {", text_of(section, "section"), *name ? " \"" : "", name,
		 *name ? "\"" : "");
	print_line(text, section);
	json_array_foreach(json_object_get(section, "options"), i, option)
		print_option(option);
	puts("}");
}

static void show(const struct options *options, const json_t *sections)
{
	const json_t *section;
	size_t i;

	json_array_foreach(sections, i, section) {
		if (i)
			putchar('\n');
		print_section(section);
	}
}

int cmd_config_show(const struct options *options, int argc, char **argv)
{
	struct call call = { .method = "org.culvert.Config.Show", .member = "sections" };
	const bool all = argc && !strcmp(argv[0], "all");

	argc -= all;
	argv += all;
	if (argc > 2)
		return misused("config show takes all, a kind of section, and a name; there is \"%s\"",
			       argv[2]);
	call.parameters = json_pack("{s:s*, s:s*}", "section", argc ? argv[0] : NULL, "name",
				    argc > 1 ? argv[1] : NULL);
	if (all)
		json_object_set_new(call.parameters, "all", json_true());
	return list_and_show(options, call, show);
}
