// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "session.h"
#include "util/text.h"

/* Print @text, made fit for a terminal, and end the line. */
static void print_text(const char *text)
{
	char shown[8192];

	text_show(shown, sizeof(shown), text, strlen(text));
	puts(shown);
}

static void print_line(const json_t *line)
{
	uint64_t us = number_of(line, "time_us");
	time_t t = (time_t)(us / 1000000);
	char now[16];

	strftime(now, sizeof(now), "%H:%M:%S", localtime(&t));
	printf("%s.%06u %-8s ", now, (unsigned int)(us % 1000000), text_of(line, "direction"));
	print_text(text_of(line, "text"));
}

static void print_reply(const json_t *reply)
{
	const json_t *line = json_object_get(reply, "line");

	if (line)
		print_line(line);
	if (*text_of(reply, "ended")) {
		fputs("ended: ", stdout);
		print_text(text_of(reply, "ended"));
	}
}

static void came(const struct options *options, const json_t *reply)
{
	complain_of_lost(reply, "lines");
	if (!options->json)
		print_reply(reply);
	else if (json_object_get(reply, "line"))
		print_json(options, json_object_get(reply, "line"));
	/* Each line is written at once, to a pipe as well. */
	fflush(stdout);
}

static int trace(const struct options *options, json_t *target)
{
	return follow(options, (struct call){
		.method = "org.culvert.Trace.Trace", .parameters = target,
	}, came);
}

int cmd_session_trace(const struct options *options, int argc, char **argv)
{
	uint64_t id;

	if (argc == 1 && is_session_id(argv[0], &id))
		return trace(options, json_pack("{s:I}", "id", (json_int_t)id));
	if (argc == 1)
		return no_session_id(argv[0]);
	if (argc == 2 && !strcmp(argv[0], "user"))
		return trace(options, json_pack("{s:s}", "user", argv[1]));
	if (argc == 2 && !strcmp(argv[0], "next-from"))
		return trace(options, json_pack("{s:s}", "from", argv[1]));
	return misused("session trace needs the number of a session, or user and a name, or next-from "
		       "and an address");
}
