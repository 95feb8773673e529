// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "diagnose.h"
#include "json.h"
#include "table.h"
#include "util/text.h"

#define WIDTH	79	/* columns of a line, unless a word is longer */
#define BEFORE	10	/* columns of what stands before the text of a step or a verdict */

/* --- words --------------------------------------------------------------------------------- */

/* Print @text behind @head in lines of WIDTH; those after the first begin BEFORE columns in. */
static void print_wrapped(const char *head, const char *text)
{
	int column = printf("  %-*s", BEFORE - 2, head);

	while (*text) {
		const int len = (int)strcspn(text, " ");

		if (column > BEFORE && column + 1 + len > WIDTH) {
			printf("\n%*s", BEFORE, "");
			column = BEFORE;
		}
		column += printf("%s%.*s", column > BEFORE ? " " : "", len, text);
		text += len;
		text += strspn(text, " ");
	}
	putchar('\n');
}

static enum colour colour_of(const char *kind)
{
	if (!strcmp(kind, "fault"))
		return COLOUR_BAD;
	return strcmp(kind, "fine") ? COLOUR_WARNING : COLOUR_GOOD;
}

/* Print in the colour that the options allow; the text is not padded. */
static void print_coloured(const struct options *options, enum colour colour, const char *text)
{
	static const char * const codes[] = {
		[COLOUR_GOOD] = "32", [COLOUR_WARNING] = "33", [COLOUR_BAD] = "31",
	};

	if (options->colour)
		printf("\033[%sm%s\033[0m", codes[colour], text);
	else
		fputs(text, stdout);
}

static void print_windows(const json_t *verdict)
{
	const json_t *windows = json_object_get(verdict, "windows");
	const size_t n = json_array_size(windows);
	const json_t *number;
	char text[80] = "";
	size_t i, len = 0;

	json_array_foreach(windows, i, number)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u",
					!i ? "" : i + 1 == n ? " or " : ", ",
					(unsigned int)json_integer_value(number) % 100000);
	if (n)
		printf("  %-*serror %s\n", BEFORE - 2, "Windows", text);
}

static void print_verdict(const json_t *verdict)
{
	print_wrapped("verdict", text_of(verdict, "sentence"));
	if (*text_of(verdict, "advice"))
		print_wrapped("advice", text_of(verdict, "advice"));
	print_windows(verdict);
}

/* --- an attempt ---------------------------------------------------------------------------- */

static void print_step(const json_t *step)
{
	const char *direction = text_of(step, "direction");
	const uint64_t at = number_of(step, "at_ms"), times = number_of(step, "times");
	char text[1200];
	char head[UNIT_SIZE];

	snprintf(head, sizeof(head), "%llu.%03llu", (unsigned long long)(at / 1000),
		 (unsigned long long)(at % 1000));
	snprintf(text, sizeof(text), "%s%s", !*direction ? "" : *direction == 'i' ? "< " : "> ",
		 text_of(step, "text"));
	if (times > 1)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " (%llu times)",
			 (unsigned long long)times);
	print_wrapped(head, text);
}

/* What was lost or dropped of the session's packets. */
static void print_drops(const json_t *counters)
{
	const json_t *value;
	const char *name;
	char text[600] = "";
	size_t len = 0;

	json_object_foreach((json_t *)counters, name, value)
		if ((strstr(name, "drop") || strstr(name, "lost")) && len < sizeof(text) - 80)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s %lld",
						len ? ", " : "", name,
						(long long)json_integer_value(value));
	if (len)
		print_wrapped("kernel", text);
}

static const char *section_of(const json_t *attempt)
{
	return *text_of(attempt, "client") ? text_of(attempt, "client") :
					     text_of(attempt, "server");
}

static void print_heading(const struct options *options, const json_t *a)
{
	const bool client = *text_of(a, "client");
	char age[UNIT_SIZE], lasted[UNIT_SIZE], user[TEXT_QUOTE_SIZE], section[TEXT_QUOTE_SIZE];

	text_name(user, text_of(a, "user"));
	text_name(section, section_of(a));
	if (client)
		printf("client %s, server %s", section, text_or_dash(a, "peer"));
	else
		printf("server %s, peer %s", section, text_or_dash(a, "peer"));
	if (*text_of(a, "user"))
		printf(", user %s", user);
	printf(", %s ago: ", show_duration(number_of(a, "age_s"), age));
	print_coloured(options, colour_of(text_of(json_object_get(a, "verdict"), "kind")),
		       text_of(a, "outcome"));
	printf(" after %s\n", show_duration(number_of(a, "lasted_s"), lasted));
}

static void print_attempt(const struct options *options, const json_t *a)
{
	const json_t *step;
	size_t i;

	print_heading(options, a);
	print_verdict(json_object_get(a, "verdict"));
	if (options->brief)
		return;
	putchar('\n');
	json_array_foreach(json_object_get(a, "steps"), i, step)
		print_step(step);
	if (number_of(a, "missing"))
		printf("  %-*sand %llu more, for which there was no room\n", BEFORE - 2, "",
		       (unsigned long long)number_of(a, "missing"));
	print_drops(json_object_get(a, "counters"));
}

/* The latest attempt is shown step by step, and of those before it what was wrong. */
static void print_attempts(const struct options *options, const json_t *attempts)
{
	const json_t *a;
	char age[UNIT_SIZE];
	size_t i;

	json_array_foreach(attempts, i, a) {
		if (!i) {
			print_attempt(options, a);
			continue;
		}
		if (i == 1)
			puts("\nbefore that:");
		print_wrapped(show_duration(number_of(a, "age_s"), age),
			      text_of(json_object_get(a, "verdict"), "sentence"));
	}
}

void print_verdicts(const json_t *attempts)
{
	const json_t *a;
	size_t i;

	json_array_foreach(attempts, i, a) {
		char age[UNIT_SIZE], section[TEXT_QUOTE_SIZE], text[1200];

		snprintf(text, sizeof(text), "server %s, peer %s: %s: %s",
			 text_name(section, section_of(a)), text_or_dash(a, "peer"),
			 text_of(a, "outcome"),
			 text_of(json_object_get(a, "verdict"), "sentence"));
		print_wrapped(show_duration(number_of(a, "age_s"), age), text);
	}
}

/* --- all that failed ------------------------------------------------------------------------ */

static void print_names(const char *head, const json_t *names)
{
	char text[1200] = "", name[TEXT_QUOTE_SIZE];
	const json_t *element;
	size_t i;

	json_array_foreach(names, i, element)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? ", " : "",
			 text_name(name, json_string_value(element)));
	if (*text)
		print_wrapped(head, text);
}

static void print_group(const struct options *options, const json_t *g)
{
	const unsigned long long n = number_of(g, "attempts");
	char age[UNIT_SIZE], head[80];

	snprintf(head, sizeof(head), "%llu failed", n);
	print_coloured(options, COLOUR_BAD, head);
	printf(", the last %s ago\n", show_duration(number_of(g, "age_s"), age));
	print_verdict(json_object_get(g, "verdict"));
	print_names("peers", json_object_get(g, "peers"));
	print_names("users", json_object_get(g, "users"));
	print_names("clients", json_object_get(g, "clients"));
}

static void show(const struct options *options, const json_t *answer)
{
	const json_t *attempts = json_object_get(answer, "attempts");
	const json_t *groups = json_object_get(answer, "groups");
	const json_t *g;
	size_t i;

	json_array_foreach(groups, i, g) {
		if (i)
			putchar('\n');
		print_group(options, g);
	}
	if (json_array_size(attempts))
		print_attempts(options, attempts);
	else if (!json_array_size(groups))
		print_verdict(json_object_get(answer, "verdict"));
}

int cmd_diagnose(const struct options *options, int argc, char **argv)
{
	static const char usage[] = "diagnose takes nothing, \"user NAME\", \"peer ADDRESS\" or "
				    "\"client NAME\"";
	struct call call = { .method = "org.culvert.Diagnosis.Diagnose" };

	if (argc != 0 && argc != 2)
		return misused(usage);
	if (argc && strcmp(argv[0], "user") && strcmp(argv[0], "peer") && strcmp(argv[0], "client"))
		return misused(usage);
	if (argc)
		call.parameters = json_pack("{s:s}", argv[0], argv[1]);
	return ask_and_show(options, call, show);
}
