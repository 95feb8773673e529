// SPDX-License-Identifier: GPL-2.0-only
/* Lines of other products' files, and their words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "pppctl.h"

void import_begin(struct import_line *line, enum import_syntax syntax, const char *file,
		  const char *text)
{
	*line = (struct import_line){ .syntax = syntax, .place = { file, 0 }, .next = text };
	if (!strncmp(text, "\xef\xbb\xbf", 3))
		line->next += 3;
}

/* Returns the octets of the line at @text, with those that a backslash joins to it. */
static size_t length_of(const char *text)
{
	const char *end = strchr(text, '\n');

	while (end && end > text &&
	       (end[-1] == '\\' || (end[-1] == '\r' && end - text > 1 && end[-2] == '\\')))
		end = strchr(end + 1, '\n');
	return end ? (size_t)(end - text) : strlen(text);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int digit_of(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Write what the escape at @in, behind its backslash, stands for. Returns its last character. */
static const char *take_escape(const struct import_line *line, const char *in, char *out)
{
	static const char names[] = "nrt_", meant[] = "\n\r\t ";
	const char *name = strchr(names, *in);

	*out = *in;
	if (line->syntax != IMPORT_ROUTEROS)
		return in;
	if (name) {
		*out = meant[name - names];
	} else if (digit_of(in[0]) >= 0 && digit_of(in[1]) >= 0) {
		*out = (char)(digit_of(in[0]) * 16 + digit_of(in[1]));
		return in + 1;
	}
	return in;
}

static bool joins_lines(const struct import_line *line, const char *in)
{
	return line->syntax != IMPORT_ACCEL && *in == '\\' &&
	       (in[1] == '\n' || (in[1] == '\r' && in[2] == '\n'));
}

static bool is_quote(const struct import_line *line, char c)
{
	return line->syntax != IMPORT_ACCEL && (c == '"' || (c == '\'' && line->syntax == IMPORT_PPPD));
}

/* Returns true if a comment begins at @in, outside of words. */
static bool begins_comment(const struct import_line *line, const char *in)
{
	return *in == '#' && (line->syntax == IMPORT_PPPD || !line->n);
}

/*
 * An export whose lines somebody has joined has blanks between = and the value. Returns true if what
 * stands behind the blank at @in is one.
 */
static bool continues(const struct import_line *line, const char *in, const char *out)
{
	const char *next = in + strspn(in, " \t");

	return line->syntax == IMPORT_ROUTEROS && out > line->copy && out[-1] == '=' &&
	       (*next == '"' || (!strchr("\r\n", *next) && next[strcspn(next, " \t\r\n=")] != '='));
}

/* Split what is at *@pos, which moves behind the line, into words in @line. */
static void split(struct import_line *line, const char **pos)
{
	const char *in = *pos;
	char *out = line->copy, quote = '\0';
	bool word = false;

	for (; *in; in++) {
		if (joins_lines(line, in)) {
			/* In an export of RouterOS the rest of a word is indented. */
			in += in[1] == '\r' ? 2 : 1;
			line->read++;
			while (in[1] == ' ')
				in++;
		} else if (*in == '\n') {
			break;
		} else if (!quote && is_blank(*in)) {
			if (word && continues(line, in, out))
				continue;
			if (word)
				*out++ = '\0';
			word = false;
		} else if (!quote && !word && begins_comment(line, in)) {
			in += strcspn(in, "\n") - 1;
		} else {
			if (!word && line->n < IMPORT_WORDS)
				line->words[line->n++] = out;
			word = true;
			if (quote ? *in == quote : is_quote(line, *in))
				quote = quote ? '\0' : *in;
			else if (*in == '\\' && in[1] && line->syntax != IMPORT_ACCEL)
				in = take_escape(line, in + 1, out++);
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
		line->copy = malloc(length_of(line->next) + 1);
		if (!line->copy) {
			complain("out of memory");
			exit(STATUS_FAILED);
		}
		line->n = 0;
		line->place.line = ++line->read;
		split(line, &line->next);
	} while (!line->n);
	return true;
}
