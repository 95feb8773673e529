// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "session.h"
#include "session_columns.h"
#include "session_filter.h"
#include "table.h"
#include "util/text.h"

#define USUAL "id,role,user,peer,local,remote,interface,state,mppe,uptime,rx,tx"
#define BRIEF "id,user,remote,interface,state"
#define STATISTICS "id,user,interface,idle,rx-bytes,rx-packets,rx-dropped,tx-bytes,tx-packets,tx-dropped"

/* A list on its way to the screen. */
struct listing {
	const struct options *options;
	const struct choice *choice;
	struct table *table;		/* NULL: JSON */
	uint64_t n;
	uint64_t matched;		/* how many there are, if the daemon has said that */
};

/*
 * Print the elements of an array as they come: there may be more than fit into memory well. No text in
 * JSON has a newline.
 */
static void print_next(const struct listing *l, const json_t *session)
{
	bool pretty = l->options->pretty;
	char *text = json_dumps(session, JSON_ENCODE_ANY | (pretty ? JSON_INDENT(4) : JSON_COMPACT));

	printf("%s%s", l->n ? "," : "[", pretty ? "\n    " : "");
	for (const char *c = text ? text : "null"; *c; c++) {
		putchar(*c);
		if (*c == '\n')
			fputs("    ", stdout);
	}
	free(text);
}

static void reply_came(void *ctx, const json_t *reply)
{
	struct listing *l = ctx;
	const json_t *session;
	size_t i;

	json_array_foreach(json_object_get(reply, "sessions"), i, session) {
		if (l->table)
			add_session(l->table, l->choice, session);
		else
			print_next(l, session);
		l->n++;
	}
	l->matched = number_of(reply, "matched");
}

static void end_json(const struct listing *l, int status)
{
	if (status != STATUS_OK) {
		/* An array without an end is no JSON: nobody takes it for the whole. */
		fputs(l->n ? "\n" : "", stdout);
		print_json_error(l->options, status);
	} else {
		puts(!l->n ? "[]" : l->options->pretty ? "\n]" : "]");
	}
}

static void print_sessions(const struct listing *l)
{
	const struct options *options = l->options;

	if (!l->n && !options->brief) {
		table_drop(l->table);
		puts("no sessions");
		return;
	}
	table_print(l->table, !options->brief, options->colour);
	if (l->matched > l->n && !options->brief)
		printf("%ju of %ju sessions\n", (uintmax_t)l->n, (uintmax_t)l->matched);
}

int list_sessions(const struct options *options, const struct choice *choice, json_t *parameters)
{
	struct listing l = { .options = options, .choice = choice };
	int status;

	if (!options->json)
		l.table = table_of_sessions(choice);
	status = ask_each(options, (struct call){
		.method = "org.culvert.Session.List",
		.parameters = parameters,
	}, reply_came, &l);
	if (!l.table)
		end_json(&l, status);
	else if (status == STATUS_OK)
		print_sessions(&l);
	else
		table_drop(l.table);
	return status;
}

bool choose_for(const struct options *options, struct choice *choice)
{
	const char *usual = options->brief ? BRIEF : options->statistics ? STATISTICS : USUAL;

	return choose_columns(choice, options->columns ? options->columns : usual, usual);
}

/* Returns false after complaining. */
static bool take_order(json_t *parameters, const char *key)
{
	char order[32];

	if (!*key)
		misused("sort has to be followed by a column, with - before it for the largest first");
	if (!*key || !order_by(key, order))
		return false;
	json_object_set_new(parameters, "sort", json_string(order));
	return true;
}

int cmd_session_list(const struct options *options, int argc, char **argv)
{
	struct choice choice;
	json_t *parameters;

	if (options->columns && !strcmp(options->columns, "help")) {
		print_columns();
		return STATUS_OK;
	}
	if (!choose_for(options, &choice))
		return STATUS_USAGE;
	parameters = json_object();
	/* JSON has all members, unless it is told which. */
	if (!options->json || options->columns)
		json_object_set_new(parameters, "fields", fields_of(&choice));
	if (!read_list_words(parameters, "session list", take_order, argc, argv)) {
		json_decref(parameters);
		return STATUS_USAGE;
	}
	return list_sessions(options, &choice, parameters);
}
