/* SPDX-License-Identifier: GPL-2.0-only */
/* The words by which sessions are chosen on the command line: the type Filter of org.culvert.Session. */
#ifndef PPPCTL_SESSION_FILTER_H
#define PPPCTL_SESSION_FILTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Take a word and its value, as "user" and "alice", from the beginning of @argv into @filter, an
 * object. Returns how many words were taken: 0 if the first one is no word of a filter; -1 after
 * complaining.
 */
int take_filter(json_t *filter, int argc, char **argv);

/* The same for "limit" and a number, which becomes the parameter of a list. */
int take_limit(json_t *parameters, int argc, char **argv);

/*
 * Read what can follow the name of a list, @command: a filter, "limit", and "sort" with a key, which
 * @take_order makes a parameter of ("" if there is none); it returns false after complaining. Returns
 * false after complaining.
 */
bool read_list_words(json_t *parameters, const char *command,
		     bool (*take_order)(json_t *parameters, const char *key), int argc,
		     char **argv);

/* How often something is shown. */
struct pace {
	uint64_t interval_s;
	uint64_t count;			/* 0: without an end */
	bool given;			/* one of these was typed */
};

/* The same for "interval" and seconds, and for "count" and a number. */
int take_pace(struct pace *pace, int argc, char **argv);

/* Returns a time as it may be typed, "90" or "5m", in seconds; NULL if @text is none. */
json_t *read_seconds(const char *text);

/*
 * Complain that @command has @word, which is neither a word of a filter nor one of @others; that ends
 * with NULL. Returns STATUS_USAGE.
 */
int no_filter(const char *command, const char *word, const char * const *others);

#endif
