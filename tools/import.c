// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "pppctl.h"
#include "util/ip.h"
#include "util/text.h"

/* One value of an option. Those of a list stand behind each other. */
struct value {
	char *kind, *title, *option, *text;
	bool list;
	char *from;		/* "file:line", or why it is there */
	struct value *next;
};

struct import {
	struct value *values;
	char *missing;		/* lines of comments */
	char *secrets;		/* likewise */
};

static void *need(void *memory)
{
	if (memory)
		return memory;
	complain("out of memory");
	exit(STATUS_FAILED);
}

static char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static char *format(const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	return need(text);
}

/* Append @more, which is freed, to *@text. */
static void append(char **text, char *more)
{
	char *longer = format("%s%s", *text, more);

	free(*text);
	free(more);
	*text = longer;
}

struct import *import_new(void)
{
	struct import *import = need(calloc(1, sizeof(*import)));

	import->missing = format("%s", "");
	import->secrets = format("%s", "");
	return import;
}

static void value_free(struct value *v)
{
	free(v->kind);
	free(v->title);
	free(v->option);
	free(v->text);
	free(v->from);
	free(v);
}

void import_free(struct import *import)
{
	while (import->values) {
		struct value *v = import->values;

		import->values = v->next;
		value_free(v);
	}
	free(import->missing);
	free(import->secrets);
	free(import);
}

/* ---- values ---- */

static bool is_of(const struct value *v, const char *kind, const char *title, const char *option)
{
	return !strcmp(v->kind, kind) && !strcmp(v->title, title) && !strcmp(v->option, option);
}

static char *from_of(struct import_place place)
{
	char shown[256];

	if (!place.line)
		return format("nothing says it: please check");
	text_show(shown, sizeof(shown), place.file, strlen(place.file));
	return format("%s:%u", shown, place.line);
}

static void put(struct import *import, const char *kind, const char *title, const char *option,
		const char *value, bool list, struct import_place place)
{
	struct value **end = &import->values, *v = need(calloc(1, sizeof(*v)));

	*v = (struct value){
		.kind = format("%s", kind), .title = format("%s", title),
		.option = format("%s", option), .text = format("%s", value), .list = list,
		.from = from_of(place),
	};
	while (*end)
		end = &(*end)->next;
	*end = v;
}

/* Returns where the first value that is equal to @value (NULL: any) hangs, or NULL. */
static struct value **find(struct import *import, const char *kind, const char *title,
			   const char *option, const char *value)
{
	for (struct value **v = &import->values; *v; v = &(*v)->next)
		if (is_of(*v, kind, title, option) && (!value || !strcmp((*v)->text, value)))
			return v;
	return NULL;
}

bool import_remove(struct import *import, const char *kind, const char *title, const char *option,
		   const char *value)
{
	struct value **at = find(import, kind, title, option, value);
	struct value *v = at ? *at : NULL;

	if (!v)
		return false;
	*at = v->next;
	value_free(v);
	return true;
}

void import_set(struct import *import, const char *kind, const char *title, const char *option,
		const char *value, struct import_place place)
{
	import_remove(import, kind, title, option, NULL);
	put(import, kind, title, option, value, false, place);
}

void import_add(struct import *import, const char *kind, const char *title, const char *option,
		const char *value, struct import_place place)
{
	if (!find(import, kind, title, option, value))
		put(import, kind, title, option, value, true, place);
}

const char *import_get(const struct import *import, const char *kind, const char *title,
		       const char *option)
{
	for (const struct value *v = import->values; v; v = v->next)
		if (is_of(v, kind, title, option))
			return v->text;
	return NULL;
}

void import_number(struct import *import, const char *kind, const char *title, const char *option,
		   const char *value, unsigned long min, unsigned long max,
		   struct import_place place)
{
	uint64_t n;

	if (text_number(value, min, max, &n))
		import_set(import, kind, title, option, value, place);
	else
		import_missing(import, place, "\"%s\" cannot be %s, which is from %lu to %lu", value,
			       option, min, max);
}

static char *quoted(const char *text)
{
	char *out = need(malloc(2 * strlen(text) + 3)), *end = out;

	*end++ = '"';
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			*end++ = '\\';
		*end++ = *text;
	}
	*end++ = '"';
	*end = '\0';
	return out;
}

void import_string(struct import *import, const char *kind, const char *title, const char *option,
		   const char *text, struct import_place place)
{
	char *value = quoted(text);

	if (text_has_control(text))
		import_missing(import, place, "%s has a control character", option);
	else
		import_set(import, kind, title, option, value, place);
	free(value);
}

void import_range(struct import *import, const char *pool, const char *text,
		  struct import_place place)
{
	char word[64], *dash, *dot, *whole = NULL;
	struct ipv4_range range;
	uint64_t octet;

	snprintf(word, sizeof(word), "%s", text);
	dash = strchr(word, '-');
	dot = dash ? memrchr(word, '.', (size_t)(dash - word)) : NULL;
	if (dot && text_number(dash + 1, 0, 255, &octet))
		whole = format("%.*s-%.*s.%s", (int)(dash - word), word, (int)(dot - word), word,
			       dash + 1);
	else
		whole = format("%s", word);
	if (strlen(text) < sizeof(word) && !ipv4_parse_range(whole, &range))
		import_add(import, "pool", pool, "range", whole, place);
	else
		import_missing(import, place, "\"%s\" is no range of addresses", text);
	free(whole);
}

void import_missing(struct import *import, struct import_place place, const char *fmt, ...)
{
	char words[512], shown[TEXT_SHOW_SIZE(512)], *from = from_of(place);
	va_list args;

	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	text_show(shown, sizeof(shown), words, strlen(words));
	append(&import->missing, place.line ? format("#  - %s: %s\n", from, shown) :
					      format("#  - %s\n", shown));
	free(from);
}

void import_secret(struct import *import, const char *user, const char *password,
		   const char *addresses, struct import_place place)
{
	char *name = quoted(user), *secret = quoted(password), *from = from_of(place);

	if (text_has_control(user) || text_has_control(password))
		import_missing(import, place, "a user whose name or password has a control character");
	else
		append(&import->secrets, format("# %s * %s %s\t# %s\n", name, secret, addresses, from));
	free(name);
	free(secret);
	free(from);
}

char *import_name(const char *name)
{
	char *out = format("%.63s", *name ? name : "unnamed");

	for (char *c = out; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *c))
			*c = '-';
	return out;
}

/* ---- the result ---- */

#define NOWHERE	((struct import_place){ 0 })

/* MPPE takes its keys from MS-CHAP, so that other methods cannot be there together with it. */
static void drop_keyless(struct import *import)
{
	static const char * const keyless[] = { "pap", "chap-md5" };
	const char *mppe = import_get(import, IMPORT_SERVER, "mppe");

	for (size_t i = 0; i < 2 && (!mppe || !strcmp(mppe, "required")); i++)
		if (import_remove(import, IMPORT_SERVER, "auth", keyless[i]))
			import_missing(import, NOWHERE, "%s in auth: it gives no keys for mppe = "
				       "required", keyless[i]);
}

static bool has_section(const struct import *import, const char *kind)
{
	for (const struct value *v = import->values; v; v = v->next)
		if (!strcmp(v->kind, kind))
			return true;
	return false;
}

static void add_required(struct import *import)
{
	if (!has_section(import, "server") && has_section(import, "client"))
		return;
	if (!import_get(import, IMPORT_SERVER, "local-address"))
		import_set(import, IMPORT_SERVER, "local-address", "10.99.0.1", NOWHERE);
	if (!import_get(import, IMPORT_SERVER, "pool") && !has_section(import, "pool"))
		import_add(import, "pool", IMPORT_POOL, "range", "10.99.0.2-10.99.0.254", NOWHERE);
	if (!import_get(import, IMPORT_SERVER, "pool") &&
	    import_get(import, "pool", IMPORT_POOL, "range"))
		import_set(import, IMPORT_SERVER, "pool", "\"" IMPORT_POOL "\"", NOWHERE);
	if (*import->secrets)
		import_set(import, IMPORT_SERVER, "secrets", "\"/etc/culvert/secrets\"", NOWHERE);
	drop_keyless(import);
}

/* Write all values of the list that begins with @first. */
static void write_list(char **out, struct value *first)
{
	append(out, format("\t%s = {\n", first->option));
	for (struct value *v = first; v; v = v->next)
		if (is_of(v, first->kind, first->title, first->option))
			append(out, format("\t\t%s,\t# %s\n", v->text, v->from));
	append(out, format("\t}\n"));
}

static bool is_first(const struct import *import, const struct value *v, bool of_section)
{
	for (const struct value *o = import->values; o != v; o = o->next)
		if (!strcmp(o->kind, v->kind) && !strcmp(o->title, v->title) &&
		    (of_section || !strcmp(o->option, v->option)))
			return false;
	return true;
}

static void write_section(struct import *import, char **out, struct value *first)
{
	append(out, *first->title ? format("%s \"%s\" {\n", first->kind, first->title) :
				    format("%s {\n", first->kind));
	for (struct value *v = first; v; v = v->next) {
		if (strcmp(v->kind, first->kind) || strcmp(v->title, first->title))
			continue;
		if (!v->list)
			append(out, format("\t%s = %s\t# %s\n", v->option, v->text, v->from));
		else if (is_first(import, v, false))
			write_list(out, v);
	}
	append(out, format("}\n\n"));
}

char *import_text(struct import *import)
{
	char *out = format("# Made by pppctl import. See culvert.conf(5), and try it by culvertd --check.\n\n");

	add_required(import);
	for (struct value *v = import->values; v; v = v->next)
		if (is_first(import, v, true))
			write_section(import, &out, v);
	if (*import->secrets)
		append(&out, format("# These lines, without the # before them, belong into "
				    "/etc/culvert/secrets (mode 0600):\n%s\n", import->secrets));
	append(&out, *import->missing ? format("# What has no equivalent, and why:\n%s", import->missing) :
					format("# Everything has an equivalent.\n"));
	return out;
}

/* ---- lines ---- */

void import_begin(struct import_line *line, const char *file, const char *text)
{
	*line = (struct import_line){ .place = { file, 0 }, .next = text };
	if (!strncmp(text, "\xef\xbb\xbf", 3))
		line->next += 3;
}

/* Split what is at *@pos, which moves behind the line, into words in @line. */
static void split(struct import_line *line, const char **pos)
{
	const char *in = *pos;
	char *out = line->copy, quote = '\0';
	bool word = false;

	for (; *in; in++) {
		const bool joins = *in == '\\' &&
				   (in[1] == '\n' || (in[1] == '\r' && in[2] == '\n'));

		if (joins) {
			/* In an export of RouterOS the rest of a word is indented. */
			in += in[1] == '\r' ? 2 : 1;
			line->read++;
			while (in[1] == ' ')
				in++;
		} else if (*in == '\n') {
			break;
		} else if (!quote && strchr(" \t\r", *in)) {
			if (word)
				*out++ = '\0';
			word = false;
		} else if (!quote && !word && *in == '#') {
			in += strcspn(in, "\n") - 1;
		} else {
			if (!word && line->n < IMPORT_WORDS)
				line->words[line->n++] = out;
			word = true;
			if (quote ? *in == quote : *in == '"' || *in == '\'')
				quote = quote ? '\0' : *in;
			else if (*in == '\\' && in[1])
				*out++ = *++in;
			else
				*out++ = *in;
		}
	}
	*out = '\0';
	*pos = *in ? in + 1 : in;
}

bool import_next(struct import_line *line)
{
	do {
		free(line->copy);
		line->copy = NULL;
		if (!*line->next)
			return false;
		line->copy = need(malloc(strlen(line->next) + 1));
		line->n = 0;
		line->place.line = ++line->read;
		split(line, &line->next);
	} while (!line->n);
	return true;
}
