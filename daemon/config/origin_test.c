// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/draft.h"
#include "config/origin.h"
#include "config/parse.h"
#include "util/played_local_test.h"

static char folder[] = "/tmp/origin-test-XXXXXX";
static char conf[64], other[64], secrets[64], tokens[64];

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static int make_folder(void **state)
{
	if (!mkdtemp(folder))
		return -1;
	snprintf(conf, sizeof(conf), "%s/c", folder);
	snprintf(other, sizeof(other), "%s/o", folder);
	snprintf(secrets, sizeof(secrets), "%s/s", folder);
	snprintf(tokens, sizeof(tokens), "%s/t", folder);
	return 0;
}

static int remove_folder(void **state)
{
	unlink(conf);
	unlink(other);
	unlink(secrets);
	unlink(tokens);
	return rmdir(folder);
}

static int set_up(void **state)
{
	write_file(secrets, "alice * s *\n");
	write_file(other, "");
	return 0;
}

/* Load @text, in which each $S is the file of secrets, and which includes the other file. */
static struct config *load(const char *text)
{
	struct config *config;
	char full[4096] = "";
	struct diag diag;

	while (*text) {
		const char *dollar = strstr(text, "$S");
		int len = dollar ? (int)(dollar - text) : (int)strlen(text);

		snprintf(full + strlen(full), sizeof(full) - strlen(full), "%.*s%s", len, text,
			 dollar ? secrets : "");
		text += dollar ? len + 2 : len;
	}
	strcat(full, "include \"o\"\n");
	write_file(conf, full);
	diag_init(&diag);
	config = config_load(conf, &diag);
	if (!config)
		fail_msg("%s", diag.lines[0].text);
	diag_free(&diag);
	return config;
}

#define SERVER "server \"s\" {\n\tsecrets = \"$S\"\n\tlocal-address = 10.0.0.1\n"

/* Returns the value of @option in the section, with file and line: "10.0.0.1 c:3". */
static const char *value(const struct config *config, const char *section, const char *option)
{
	static char text[512];
	struct config_origin_section s;

	for (size_t i = 0; config_origin_section(config, i, &s); i++) {
		for (size_t j = 0; !strcmp(s.section, section) && j < s.n_options; j++) {
			struct config_origin_option o;
			char *v;

			config_origin_option(config, i, j, &o);
			if (strcmp(o.option, option))
				continue;
			v = config_origin_value(config, i, j);
			snprintf(text, sizeof(text), "%s %s:%u", v,
				 o.file ? strrchr(o.file, '/') + 1 : "", o.line);
			free(v);
			return text;
		}
	}
	return "";
}

static void it_is_known_where_all_was_said(void **state)
{
	struct config *c;

	write_file(other, "pool \"p\" { range = { 10.0.0.2, 10.0.0.8-10.0.0.9 }\n"
			  "	exclude = { }\n	exclude += 10.0.0.8 }\n");
	c = load(SERVER "\thost-name = \"a \\\"b\\\" \\\\ \\${c}\"\n\tdns = { 10.0.0.53 }\n\tpool = p }\n");
	assert_string_equal(value(c, "server", "local-address"), "10.0.0.1 c:3");
	assert_string_equal(value(c, "server", "host-name"), "\"a \\\"b\\\" \\\\ \\${c}\" c:4");
	assert_string_equal(value(c, "server", "dns"), "10.0.0.53 c:5");
	assert_string_equal(value(c, "server", "nbns"), "{ } :0");
	assert_string_equal(value(c, "server", "interface"), "\"pptp%d\" :0");
	assert_string_equal(value(c, "server", "pool"), "p c:6");
	assert_string_equal(value(c, "pool", "range"), "{ 10.0.0.2, 10.0.0.8-10.0.0.9 } o:1");
	assert_string_equal(value(c, "pool", "exclude"), "10.0.0.8 o:2");
	/* sections that no file has: all have their defaults, but those without which nothing is done */
	assert_string_equal(value(c, "log", "level"), "info :0");
	assert_string_equal(value(c, "web", "port"), "");
	config_put(c);
}

static char told[4096];

static void tell(void *ctx, const struct config_change *c)
{
	static const char * const kinds[] = { "+", "-", "", "content of " };
	const size_t len = strlen(told);

	snprintf(told + len, sizeof(told) - len, "%s%s %s %s %s>%s %s:%u%s\n", kinds[c->kind],
		 c->section, c->name, c->option ? c->option : "", c->before ? c->before : "",
		 c->after ? c->after : "", c->file ? strrchr(c->file, '/') + 1 : "", c->line,
		 c->restart ? " restart" : "");
}

/* Compare two configurations; both are dropped. */
static const char *differences(struct config *before, struct config *after)
{
	*told = '\0';
	assert_true(config_compare(before, after, tell, NULL));
	config_put(before);
	config_put(after);
	return told;
}

static void differences_are_told(void **state)
{
	assert_string_equal(differences(load(SERVER "}\n"), load(SERVER "}\n")), "");
	assert_string_equal(differences(load(SERVER "}\n"), load(SERVER "mtu = 1400\n}\n")),
			    "server s mtu auto>1400 c:4\n");
	assert_string_equal(differences(load(SERVER "mtu = 1400 }\n"), load(SERVER "}\n")),
			    "server s mtu 1400>auto :0\n");
	assert_string_equal(
		differences(load(SERVER "dns = 10.0.0.3 }\n"
				 "pool \"p\" { range = 10.0.9.2 }\npool \"q\" { range = 10.0.9.9 }\n"),
			    load("log { level = debug }\n" SERVER "dns = { 10.0.0.3, 10.0.0.4 } }\n"
				 "pool \"q\" { range = 10.0.9.9 }\npool \"r\" { range = 10.0.9.3 }\n")),
		"log  level info>debug c:1\n"
		"server s dns 10.0.0.3>{ 10.0.0.3, 10.0.0.4 } c:5\n"
		"+pool r  > c:7\n"
		"-pool p  > :0\n");
}

/* What is only written in another way is no difference. */
static void the_same_is_the_same(void **state)
{
	assert_string_equal(
		differences(load(SERVER "ecn = yes\nmark = 0x10\nrate-up = 1M }\n"),
			    load("log { }\n" SERVER "ecn = true\nmark = 16\nrate-up = 1000k\n"
				 "mtu = auto\nnbns = { } }\n")),
		"");
}

static void secrets_are_not_told(void **state)
{
	struct config *before = load(SERVER "}\n");

	write_file(secrets, "alice * geheim *\n");
	assert_string_equal(differences(before, load(SERVER "}\n")), "content of server s secrets > c:2\n");
}

#define HASH "454349e422f05297191ead13e21d3db520e5abef52055e4964b82fb213f593a1"

/* A file of tokens may change while all that names it stays the same. */
static void tokens_are_not_told(void **state)
{
	static const char text[] = SERVER "}\nweb {\n\ttokens = \"%s\"\n}\n";
	char full[256];
	struct config *before;

	snprintf(full, sizeof(full), text, tokens);
	write_file(tokens, "ops read " HASH "\n");
	before = load(full);
	write_file(tokens, "# of the operators\nops read " HASH "\n");
	assert_string_equal(differences(config_get(before), load(full)), "");
	write_file(tokens, "ops write " HASH "\n");
	assert_string_equal(differences(before, load(full)), "content of web  tokens > c:6\n");
}

static void what_needs_a_restart_is_marked(void **state)
{
	struct config *before = load(SERVER "}\n");
	struct config *after = load("control { max-clients = 5 }\nstate { addresses = /tmp/x }\n"
				    "accounting { file = /tmp/y max-age = 5 }\n" SERVER "}\n");

	assert_true(config_needs_restart(before, after, "control"));
	assert_true(config_needs_restart(before, after, "state"));
	assert_false(config_needs_restart(before, after, "accounting"));
	assert_false(config_needs_restart(before, before, "control"));
	differences(before, after);
	assert_non_null(strstr(told, "control  max-clients 32>5 c:1 restart\n"));
	assert_non_null(strstr(told, "accounting  max-age 30>5 c:3\n"));
}

static char *all_defaults(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	config_write_defaults(out);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* Each row says what it is for, in one line that is no sentence. */
static void all_options_have_a_meaning(void **state)
{
	const struct config_option *o;

	for (size_t k = 0; config_kinds[k]; k++) {
		assert_non_null(config_kinds[k]->means);
		for_each_option(o, config_kinds[k]) {
			if (!o->means || !*o->means || o->means[strlen(o->means) - 1] == '.' ||
			    strlen(o->means) > 90)
				fail_msg("%s %s: what it means", config_kinds[k]->name, o->name);
		}
	}
}

/* They change nothing, wherever they are included. */
static void the_defaults_are_all_comments(void **state)
{
	char *text = all_defaults();

	write_file(other, text);
	assert_string_equal(differences(load(SERVER "}\n"), load(SERVER "}\n")), "");
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_int_equal(*line, '#');
	free(text);
}

static void nothing_is_included(void *ctx, struct config_place place, const char *pattern)
{
	fail_msg("%s", pattern);
}

/* Without the # before each line they can be read, but for what has to be set. */
static void the_defaults_can_be_read(void **state)
{
	const struct config_includer includer = { .include = nothing_is_included };
	char *text = all_defaults(), uncommented[65536] = "";
	struct config_draft d;
	struct diag diag;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		const bool unset = !strcmp(line + strlen(line) - 3, " = ");

		if (!unset && strncmp(line, "# ", 2))
			strcat(strcat(uncommented, line + 1), "\n");
	}
	free(text);
	diag_init(&diag);
	draft_init(&d, &diag);
	config_parse(&d, report_file(&d.report, "defaults"), uncommented, strlen(uncommented), &includer);
	if (diag.n_lines)
		fail_msg("%s", diag.lines[0].text);
	for (size_t k = 0; config_kinds[k]; k++) {
		size_t i = 0;
		const struct config_section *s = draft_next(&d, config_kinds[k], &i);
		const struct config_option *o;

		assert_non_null(s);
		for_each_option(o, config_kinds[k])
			if (!section_given(s, o)->place.line != !o->preset)
				fail_msg("%s %s", config_kinds[k]->name, o->name);
	}
	draft_free(&d);
	diag_free(&diag);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_is_known_where_all_was_said, set_up),
		cmocka_unit_test_setup(differences_are_told, set_up),
		cmocka_unit_test_setup(the_same_is_the_same, set_up),
		cmocka_unit_test_setup(secrets_are_not_told, set_up),
		cmocka_unit_test_setup(tokens_are_not_told, set_up),
		cmocka_unit_test_setup(what_needs_a_restart_is_marked, set_up),
		cmocka_unit_test(all_options_have_a_meaning),
		cmocka_unit_test_setup(the_defaults_are_all_comments, set_up),
		cmocka_unit_test(the_defaults_can_be_read),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
