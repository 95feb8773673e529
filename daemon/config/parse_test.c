// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/check.h"
#include "config/foreign.h"
#include "config/parse.h"

static struct diag diag;
static struct config_draft draft;
static char included[256];	/* each include as "line:name " */

static void note_include(void *ctx, struct config_place place, const char *pattern)
{
	size_t len = strlen(included);

	snprintf(included + len, sizeof(included) - len, "%u:%s ", place.line, pattern);
}

static void parse(const char *text)
{
	static const struct config_includer includer = { .include = note_include };

	included[0] = '\0';
	diag_init(&diag);
	draft_init(&draft, &diag);
	assert_int_equal(report_file(&draft.report, "f"), 0);
	config_parse(&draft, 0, text, strlen(text), &includer);
}

static void forget(void)
{
	draft_free(&draft);
	diag_free(&diag);
}

static const struct config_server *server(const char *name)
{
	const struct config_section *s = draft_find(&draft, &config_kind_server, name);

	assert_non_null(s);
	return &((struct server_values *)s->values)->server;
}

static void parse_good(const char *text)
{
	parse(text);
	if (diag.n_lines)
		fail_msg("%s", diag.lines[0].text);
}

static void every_form_of_a_value(void **state)
{
	parse_good("server s{port=1 auth-name='' dns={1.1.1.1,} dns+=1.0.0.1 nbns={}}\n"
		   "\"server\" 't' { \"port\" = \"2\" dns = 9.9.9.9 auth += { pap, }\n"
		   "mppe-bits += { } mppe-bits += { 40 } mppe-bits += { } }\n");
	assert_int_equal(server("s")->port, 1);
	assert_int_equal(server("s")->dns.n, 2);
	assert_int_equal(server("t")->port, 2);
	assert_int_equal(server("t")->dns.n, 1);
	/* += replaces the preset of a list if the section has not given the list yet. */
	assert_int_equal(server("t")->auth[0], PPP_AUTH_PAP);
	assert_int_equal(server("t")->auth[1], PPP_AUTH_NONE);
	assert_int_equal(server("t")->mppe_bits, PPP_MPPE_40);
	forget();
}

static void second_names(void **state)
{
	parse_good("server s{wins=10.0.0.9 pptp-echo-interval=7 pptp-echo-timeout=8 mppe=prefer}\n"
		   "server t{mppe=deny} server u{mppe=require}\n"
		   "client c{password-file=\"/x\" pptp-echo-interval=9}\n");
	assert_int_equal(server("s")->nbns.n, 1);
	assert_int_equal(server("s")->echo_interval_s, 7);
	assert_int_equal(server("s")->echo_timeout_s, 8);
	assert_int_equal(server("s")->mppe, PPP_MPPE_PREFERRED);
	assert_int_equal(server("t")->mppe, PPP_MPPE_OFF);
	assert_int_equal(server("u")->mppe, PPP_MPPE_REQUIRED);
	forget();
}

/* A word that is an option in one section would never be explained in another. */
static void no_option_is_a_foreign_word(void **state)
{
	struct config_option_info info;

	for (size_t i = 0; config_option_info(i, &info); i++)
		assert_null(config_find_foreign(info.name));
}

static void empty_files_and_sections(void **state)
{
	parse_good("");
	assert_int_equal(draft.n_sections, 0);
	forget();
	parse_good(" # nothing\n");
	forget();
	parse_good("log{}control{}");
	assert_int_equal(draft.n_sections, 2);
	forget();
}

static void sections_and_options_know_where_they_are(void **state)
{
	const struct config_section *s;

	parse_good("\nserver\n\"s\"\n{ port\n=\n5\n}");
	s = draft_find(&draft, &config_kind_server, "s");
	assert_int_equal(s->place.line, 2);
	assert_int_equal(section_place(s, "port").line, 4);
	assert_int_equal(section_place(s, "mtu").line, 2);
	forget();
}

static void includes_are_handed_on(void **state)
{
	parse_good("include \"a b\"\nlog { }\ninclude 'conf.d/*.conf'\n");
	assert_string_equal(included, "1:a b 3:conf.d/*.conf ");
	forget();
}

/* A text, and everything that is reported about it. */
static const struct {
	const char *text;
	const char *want[10];
} wrong[] = {
	/* Parsing goes on behind unknown names. */
	{ "server \"s\" {\n prot = 1\n port = 0\n dsn = { 1.1.1.1,\n 1.0.0.1 }\n mtu = 1\n}\n"
	  "sevrer \"t\" {\n port = 0\n}\nlgo { level = x }\nlog { }",
	  { "2: there is no option \"prot\" in server \"s\"; did you mean \"port\"?",
	    "3: port is \"0\": expected a number from 1 to 65535",
	    "4: there is no option \"dsn\" in server \"s\"; did you mean \"dns\"?",
	    "6: mtu is \"1\": expected auto or a number from 576 to 1500",
	    "8: there is no section \"sevrer\"; did you mean \"server\"?",
	    "9: port is \"0\": expected a number from 1 to 65535",
	    "11: there is no section \"lgo\"; did you mean \"log\"?",
	    "11: level is \"x\": expected error, warning, notice, info or debug",
	    "12: there are two log sections; the first begins in line 11" } },
	{ "server \"s\" { x { y = { z } } \"z\" q { } w {} port = 0 }",
	  { "1: there is no option \"x\" in server \"s\"; see culvert.conf(5)",
	    "1: there is no option \"z\" in server \"s\"; see culvert.conf(5)",
	    "1: there is no option \"w\" in server \"s\"; see culvert.conf(5)",
	    "1: port is \"0\": expected a number from 1 to 65535" } },
	{ "plugins \"x\" { server = { a }\n secret = { } }\nlog { level = x }",
	  { "1: there is no section \"plugins\"; see culvert.conf(5)",
	    "3: level is \"x\": expected error, warning, notice, info or debug" } },
	{ "server \"s\" { routes = { 10.0.0.0/8 } }",
	  { "1: there is no option \"routes\" in server \"s\"; it belongs into client { }" } },
	{ "port = 5\nmetric = { 1 }\nlog { level = x }",
	  { "1: port stands outside of any section; it belongs into server { }",
	    "2: metric stands outside of any section; it belongs into client { }",
	    "3: level is \"x\": expected error, warning, notice, info or debug" } },
	{ "pool = users\nlog { level = x }",
	  { "1: pool stands outside of any section; it belongs into profile { }",
	    "2: level is \"x\": expected error, warning, notice, info or debug" } },

	/* A brace is missing. */
	{ "server \"s\" {\n port = 5\nserver \"t\" {\n port = 0\n}\nlog {\n",
	  { "1: the { that begins here is never closed",
	    "4: port is \"0\": expected a number from 1 to 65535",
	    "6: the { that begins here is never closed" } },
	{ "server \"s\" {\n dns = { 1.1.1.1\n port = 0\n}",
	  { "2: the { that begins here is never closed",
	    "3: port is \"0\": expected a number from 1 to 65535" } },
	{ "server \"s\" {\n x = { 1\nlog { level = x }",
	  { "1: the { that begins here is never closed",
	    "2: there is no option \"x\" in server \"s\"; see culvert.conf(5)",
	    "2: the { that begins here is never closed",
	    "3: level is \"x\": expected error, warning, notice, info or debug" } },
	{ "log\n level = x\n}\ncontrol { socket = x }",
	  { "1: the head of the log section has to be followed by {",
	    "2: level is \"x\": expected error, warning, notice, info or debug",
	    "4: socket is \"x\": expected a path that begins with /" } },
	{ "server \"s\"\nlog { level = x }",
	  { "1: the head of the server section has to be followed by {",
	    "2: level is \"x\": expected error, warning, notice, info or debug" } },
	{ "log \"x\" { level = x }\nserver \"s\" = { port = 0 }",
	  { "1: the head of the log section has to be followed by {",
	    "1: level is \"x\": expected error, warning, notice, info or debug",
	    "2: the head of the server section has to be followed by {",
	    "2: port is \"0\": expected a number from 1 to 65535" } },
	{ "server { port = 0 }",
	  { "1: server has to be followed by a name in quotes",
	    "1: port is \"0\": expected a number from 1 to 65535" } },
	{ "log { } } }\nlog { level = x }",
	  { "1: unexpected closing brace", "1: unexpected closing brace",
	    "2: there are two log sections; the first begins in line 1",
	    "2: level is \"x\": expected error, warning, notice, info or debug" } },
	{ "server \"s\" { port = 0 /* }\n",
	  { "1: the comment that begins here is never closed",
	    "1: port is \"0\": expected a number from 1 to 65535" } },
	{ "server \"s\" { auth-name = \"x }\n",
	  { "1: the quote that begins here is never closed" } },

	/* A value is missing, or there is one too many. */
	{ "server \"s\" {\n port =\n mtu = 1\n mru\n mtu += 5\n port\n}",
	  { "2: port has to be followed by a value",
	    "3: mtu is \"1\": expected auto or a number from 576 to 1500",
	    "4: there is no option \"mru\" in server \"s\"; did you mean \"mtu\"?",
	    "5: mtu is no list that something could be added to; expected =",
	    "6: port has to be followed by = and a value" } },
	{ "server \"s\" {\n port { 5 }\n mtu 1400\n port = 5 6 7\n link = { shared }\n mtu = ( 1 )\n}",
	  { "2: port has to be followed by = and a value",
	    "3: mtu has to be followed by = and a value",
	    "4: there is no option \"6\" in server \"s\"; see culvert.conf(5)",
	    "5: link takes one value, not a list",
	    "6: mtu has to be followed by a value",
	    "6: \"(\" is not expected here" } },
	{ "server \"s\" {\n dns = { 1.1.1.1 1.0.0.1 }\n nbns = { , 1.1.1.1 }\n listen = { { } }\n"
	  " auth = { pap,, eap }\n port = 0 }",
	  { "2: \"1.0.0.1\" in the list dns has to come after a comma",
	    "3: \",\" is not expected in the list nbns",
	    "4: \"{\" is not expected in the list listen",
	    "5: \",\" is not expected in the list auth",
	    "6: port is \"0\": expected a number from 1 to 65535" } },
	{ "server \"s\" { dns = { }\n dns = { 1.1.1.1 }\n port = 1 = 2\n mtu = 1 }",
	  { "2: dns is set twice in this section, first in line 1",
	    "3: port has to be followed by a value",
	    "3: there is no option \"1\" in server \"s\"; see culvert.conf(5)",
	    "4: mtu is \"1\": expected auto or a number from 576 to 1500" } },
	{ "= 5\nlog { level = x }",
	  { "1: \"=\" is not expected here",
	    "2: level is \"x\": expected error, warning, notice, info or debug" } },

	/* A mistake that the lexer has reported is not reported again. */
	{ "server \"s\" { po\001rt = 5\n dns = { \"\\0\", 1.1.1.1 }\n port = 0 }\nlo\001g { }",
	  { "1: the control character 0x01 stands here; expected text",
	    "2: an octet of the number 0 cannot be part of a text",
	    "3: port is \"0\": expected a number from 1 to 65535",
	    "4: the control character 0x01 stands here; expected text" } },
	{ "server \"s\001\" { port = 0 }",
	  { "1: the control character 0x01 stands here; expected text",
	    "1: port is \"0\": expected a number from 1 to 65535" } },

	/* include */
	{ "include\nlog { level = x }\ninclude = \"a\"\ninclude \"\"\ninclude \"\\0\"",
	  { "1: include has to be followed by the name of a file in quotes",
	    "2: level is \"x\": expected error, warning, notice, info or debug",
	    "3: include has to be followed by the name of a file in quotes",
	    "4: include has to be followed by the name of a file in quotes",
	    "5: an octet of the number 0 cannot be part of a text" } },
	{ "include conf.d/*.conf\n",
	  { "1: the comment that begins here is never closed",
	    "1: include has to be followed by the name of a file in quotes" } },
	/* Words that people know from elsewhere; what follows is skipped as for any other. */
	{ "server \"s\" { localip = 10.0.0.1\n require-mppe-128 = yes\n ms-dns = 10.0.0.1\n"
	  "noipdefault = true\n remoteip = 10.0.0.5\n wins = 10.0.0.1 nbns = 10.0.0.2 }\n"
	  "localip 10.0.0.1\npool \"p\" { password-file = x }",
	  { "1: there is no option \"localip\" in server \"s\"; what pptpd calls so is local-address",
	    "2: there is no option \"require-mppe-128\" in server \"s\"; what pppd calls so is "
	    "mppe = required and mppe-bits = 128",
	    "3: there is no option \"ms-dns\" in server \"s\"; what pppd calls so is dns",
	    "4: there is no option \"noipdefault\" in server \"s\"; what pppd calls so is not needed "
	    "here: the server gives the address, unless local-address asks for one",
	    "5: there is no option \"remoteip\" in server \"s\"; what pptpd calls so is range in a "
	    "pool section, and pool",
	    "6: nbns is set twice in this section, first in line 6",
	    "7: localip stands outside of any section; what pptpd calls so is local-address",
	    "8: there is no option \"password-file\" in pool \"p\"; it belongs into client { }" } },
	{ "log { include \"a\"\n level = x }",
	  { "1: include has to stand outside of any section",
	    "2: level is \"x\": expected error, warning, notice, info or debug" } },
};

static void mistakes_are_told_and_reading_goes_on(void **state)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		size_t n = 0;

		parse(wrong[i].text);
		for (; wrong[i].want[n]; n++) {
			const char *got = n < diag.n_lines ? diag.lines[n].text : "f:(nothing)";

			assert_string_equal(got + 2, wrong[i].want[n]);
		}
		if (diag.n_lines != n)
			fail_msg("in excess: %s", diag.lines[n].text);
		forget();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_a_value),
		cmocka_unit_test(second_names),
		cmocka_unit_test(no_option_is_a_foreign_word),
		cmocka_unit_test(empty_files_and_sections),
		cmocka_unit_test(sections_and_options_know_where_they_are),
		cmocka_unit_test(includes_are_handed_on),
		cmocka_unit_test(mistakes_are_told_and_reading_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
