// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "config/foreign.h"
#include "config/lex.h"
#include "config/parse.h"
#include "util/text.h"

#define AHEAD 3		/* tokens that are looked at together, including the current one */

struct parser {
	struct config_draft *draft;
	const struct config_includer *includer;
	struct lexer lexer;
	struct token tokens[AHEAD];
	unsigned int at;	/* index in @tokens of the current token */
	unsigned int line;	/* where the token before it ended */
};

/* ---- tokens ---- */

static const struct token *ahead(const struct parser *p, unsigned int n)
{
	return &p->tokens[(p->at + n) % AHEAD];
}

static enum token_kind next_is(const struct parser *p, unsigned int n)
{
	return ahead(p, n)->kind;
}

static const char *text(const struct parser *p)
{
	return ahead(p, 0)->text;
}

static void advance(struct parser *p)
{
	p->line = ahead(p, 0)->line;
	lexer_next(&p->lexer, &p->tokens[p->at]);
	p->at = (p->at + 1) % AHEAD;
}

static bool is_assignment(enum token_kind kind)
{
	return kind == TOKEN_EQUALS || kind == TOKEN_ADD;
}

static struct config_place place_of_line(const struct parser *p, unsigned int line)
{
	return (struct config_place){ .file = p->lexer.file, .line = line };
}

/* Returns the place of the current token. */
static struct config_place here(const struct parser *p)
{
	return place_of_line(p, ahead(p, 0)->line);
}

/* Returns the place where the token before it ended, for a report of something that is missing. */
static struct config_place behind(const struct parser *p)
{
	return place_of_line(p, p->line);
}

#define mistake(p, place, ...) report_error(&(p)->draft->report, place, __VA_ARGS__)

/* The file ends, or another section begins, inside the block that begins at @open. */
static void report_open(struct parser *p, struct config_place open)
{
	if (next_is(p, 0) != TOKEN_END || !p->lexer.cut)
		mistake(p, open, "the { that begins here is never closed");
}

/* ---- skipping after a mistake ---- */

static bool at_section(const struct parser *p)
{
	const struct config_kind *kind =
		next_is(p, 0) == TOKEN_TEXT ? config_find_kind(text(p)) : NULL;

	if (!kind)
		return false;
	if (kind->titled && next_is(p, 1) == TOKEN_TEXT)
		return next_is(p, 2) == TOKEN_OPEN;
	return !kind->titled && next_is(p, 1) == TOKEN_OPEN;
}

/* Skip from a { to behind its }, with everything inside. */
static void skip_block(struct parser *p)
{
	struct config_place open = here(p);
	unsigned int depth = 0;

	do {
		if (next_is(p, 0) == TOKEN_END || (depth && at_section(p))) {
			report_open(p, open);
			return;
		}
		depth += next_is(p, 0) == TOKEN_OPEN;
		depth -= next_is(p, 0) == TOKEN_CLOSE;
		advance(p);
	} while (depth);
}

static void skip_value(struct parser *p)
{
	if (next_is(p, 0) == TOKEN_OPEN)
		skip_block(p);
	else if (next_is(p, 0) == TOKEN_TEXT && !is_assignment(next_is(p, 1)))
		advance(p);
}

/* Skip to the next option, section, } or end of the file. */
static void skip_to_statement(struct parser *p)
{
	while (next_is(p, 0) != TOKEN_END && next_is(p, 0) != TOKEN_CLOSE && !at_section(p)) {
		if (next_is(p, 0) == TOKEN_TEXT && is_assignment(next_is(p, 1)))
			return;
		if (next_is(p, 0) == TOKEN_OPEN)
			skip_block(p);
		else
			advance(p);
	}
}

/* Skip what follows an unknown name. */
static void skip_statement(struct parser *p)
{
	const bool option = is_assignment(next_is(p, 0));

	if (option) {
		advance(p);
		skip_value(p);
	} else if (next_is(p, 0) == TOKEN_TEXT && next_is(p, 1) == TOKEN_OPEN && !at_section(p)) {
		advance(p);
		skip_block(p);
	} else if (next_is(p, 0) == TOKEN_OPEN) {
		skip_block(p);
	} else {
		skip_to_statement(p);
	}
}

static void unexpected(struct parser *p)
{
	if (!ahead(p, 0)->wrong)
		mistake(p, here(p), "\"%s\" is not expected here", text(p));
	skip_to_statement(p);
}

/* ---- similar names ---- */

static const struct config_option *nearest_option(const struct config_kind *kind, const char *typed)
{
	const struct config_option *o, *best = NULL;
	unsigned int least = UINT32_MAX;

	for_each_option(o, kind) {
		if (text_distance(typed, o->name) >= least || !text_resembles(typed, o->name))
			continue;
		least = text_distance(typed, o->name);
		best = o;
	}
	return best;
}

static const struct config_kind *nearest_kind(const char *typed)
{
	const struct config_kind *best = NULL;
	unsigned int least = UINT32_MAX;

	for (size_t i = 0; config_kinds[i]; i++) {
		const char *name = config_kinds[i]->name;

		if (text_distance(typed, name) >= least || !text_resembles(typed, name))
			continue;
		least = text_distance(typed, name);
		best = config_kinds[i];
	}
	return best;
}

/* Returns the first kind of section that has an option with this name, or NULL. */
static const struct config_kind *kind_with(const char *option)
{
	for (size_t i = 0; config_kinds[i]; i++)
		if (config_find_option(config_kinds[i], option))
			return config_kinds[i];
	return NULL;
}

/* ---- options ---- */

/* Returns the option that begins what is told of a word of another product, or NULL. */
static const struct config_option *option_here(const struct config_kind *kind,
					       const struct config_foreign *foreign)
{
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(foreign->here, " ,;"), foreign->here);
	return config_find_option(kind, name);
}

void config_unknown_option(struct config_draft *d, struct config_section *s,
			   struct config_place place, const char *name)
{
	const struct config_foreign *foreign = config_find_foreign(name);
	const struct config_option *near = foreign ? option_here(s->kind, foreign) :
						     nearest_option(s->kind, name);
	const struct config_kind *other = kind_with(name);
	const char *quote = s->kind->titled ? "\"" : "";
	char hint[192] = "see culvert.conf(5)";

	if (foreign)
		snprintf(hint, sizeof(hint), "what %s calls so is %s", foreign->product, foreign->here);
	else if (near)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near->name);
	else if (other)
		snprintf(hint, sizeof(hint), "it belongs into %s { }", other->name);
	report_error(&d->report, place, "there is no option \"%s\" in %s%s%s%s%s; %s", name,
		     s->kind->name, s->kind->titled ? " " : "", quote, s->name, quote, hint);
	/* The user meant that option, but its value is unknown. */
	if (near)
		draft_wrong(s, near);
}

static void parse_element(struct parser *p, struct config_section *s,
			  const struct config_option *option, bool ignore)
{
	if (ahead(p, 0)->wrong)
		draft_wrong(s, option);
	else if (!ignore)
		draft_value(p->draft, s, option, here(p), text(p));
	advance(p);
}

/*
 * Skip the comma behind an element. Another element without a comma is reported, and returns true.
 * Returns false if the list cannot go on here, which the caller reports.
 */
static bool parse_comma(struct parser *p, struct config_section *s,
			const struct config_option *option)
{
	if (next_is(p, 0) == TOKEN_COMMA)
		advance(p);
	else if (next_is(p, 0) == TOKEN_TEXT && !is_assignment(next_is(p, 1)) && !at_section(p)) {
		mistake(p, here(p), "\"%s\" in the list %s has to come after a comma", text(p),
			option->name);
		draft_wrong(s, option);
	} else if (next_is(p, 0) != TOKEN_CLOSE) {
		return false;
	}
	return true;
}

/* Parse from the { of a list to behind its }. */
static void parse_list(struct parser *p, struct config_section *s,
		       const struct config_option *option, bool ignore)
{
	struct config_place open = here(p);

	advance(p);
	while (next_is(p, 0) == TOKEN_TEXT && !is_assignment(next_is(p, 1)) && !at_section(p)) {
		parse_element(p, s, option, ignore);
		if (!parse_comma(p, s, option))
			break;
	}
	if (next_is(p, 0) == TOKEN_CLOSE) {
		advance(p);
		return;
	}
	draft_wrong(s, option);
	if (next_is(p, 0) == TOKEN_TEXT || next_is(p, 0) == TOKEN_END) {
		report_open(p, open);
		return;
	}
	mistake(p, here(p), "\"%s\" is not expected in the list %s", text(p), option->name);
	/* Skip the rest of the list. */
	skip_to_statement(p);
	if (next_is(p, 0) == TOKEN_CLOSE)
		advance(p);
}

static void parse_value(struct parser *p, struct config_section *s,
			const struct config_option *option, bool ignore)
{
	if (next_is(p, 0) == TOKEN_TEXT && !is_assignment(next_is(p, 1))) {
		parse_element(p, s, option, ignore);
	} else if (next_is(p, 0) == TOKEN_OPEN && option->type->list) {
		parse_list(p, s, option, ignore);
	} else if (next_is(p, 0) == TOKEN_OPEN) {
		mistake(p, here(p), "%s takes one value, not a list", option->name);
		draft_wrong(s, option);
		skip_block(p);
	} else {
		mistake(p, behind(p), "%s has to be followed by a value", option->name);
		draft_wrong(s, option);
	}
}

/* Parse what follows the name of an option. */
static void parse_assignment(struct parser *p, struct config_section *s,
			     const struct config_option *option, struct config_place place)
{
	const bool add = next_is(p, 0) == TOKEN_ADD;
	bool ignore = false;

	if (add && !option->type->list) {
		mistake(p, here(p), "%s is no list that something could be added to; expected =",
			option->name);
		ignore = true;
	} else {
		ignore = !draft_option(p->draft, s, option, place, add);
	}
	if (ignore)
		draft_wrong(s, option);
	advance(p);
	parse_value(p, s, option, ignore);
}

static void parse_option(struct parser *p, struct config_section *s)
{
	const struct config_option *option = config_find_option(s->kind, text(p));
	const bool wrong = ahead(p, 0)->wrong;
	struct config_place place = here(p);

	if (option && wrong)
		draft_wrong(s, option);
	else if (!option && !wrong)
		config_unknown_option(p->draft, s, place, text(p));
	advance(p);
	if (!option || wrong) {
		skip_statement(p);
	} else if (is_assignment(next_is(p, 0))) {
		parse_assignment(p, s, option, place);
	} else {
		mistake(p, place, "%s has to be followed by = and a value", option->name);
		draft_wrong(s, option);
		if (!at_section(p))
			skip_value(p);
	}
}

/* ---- sections ---- */

/*
 * Parse the options up to the } of a section. @open is the place of its {; .line is 0 if that is
 * missing.
 */
static void parse_body(struct parser *p, struct config_section *s, struct config_place open)
{
	while (next_is(p, 0) != TOKEN_CLOSE) {
		if (next_is(p, 0) == TOKEN_END || at_section(p)) {
			if (open.line)
				report_open(p, open);
			return;
		}
		if (next_is(p, 0) != TOKEN_TEXT) {
			unexpected(p);
		} else if (!strcmp(text(p), "include") && next_is(p, 1) == TOKEN_TEXT) {
			mistake(p, here(p), "include has to stand outside of any section");
			advance(p);
			advance(p);
		} else {
			parse_option(p, s);
		}
	}
	advance(p);
}

/*
 * Parse the { of a section. Writes its place to @open; .line is 0 if it is missing. Returns false
 * if no options follow.
 */
static bool parse_brace(struct parser *p, struct config_section *s, struct config_place *open)
{
	*open = here(p);
	if (next_is(p, 0) == TOKEN_OPEN) {
		advance(p);
		return true;
	}
	mistake(p, behind(p), "the head of the %s section has to be followed by {", s->kind->name);
	s->doubtful = true;
	/* There may be one word or sign too many before it. */
	if (next_is(p, 0) != TOKEN_CLOSE && next_is(p, 1) == TOKEN_OPEN && !at_section(p)) {
		advance(p);
		advance(p);
		return true;
	}
	open->line = 0;
	return next_is(p, 0) == TOKEN_TEXT && is_assignment(next_is(p, 1));
}

/* @doubtful: the name of the section's kind is misspelt, which was reported. */
static void parse_section(struct parser *p, const struct config_kind *kind, bool doubtful)
{
	struct config_place place = here(p), open;
	const bool titled = kind->titled && next_is(p, 1) == TOKEN_TEXT;
	struct config_section *s;

	advance(p);
	if (kind->titled && !titled)
		mistake(p, behind(p), "%s has to be followed by a name in quotes", kind->name);
	s = draft_section(p->draft, kind, titled && !ahead(p, 0)->wrong ? text(p) : NULL, place);
	if (titled)
		advance(p);
	if (!s) {
		skip_statement(p);
		return;
	}
	s->doubtful |= doubtful;
	if (parse_brace(p, s, &open))
		parse_body(p, s, open);
}

/* ---- outside of sections ---- */

static void parse_include(struct parser *p)
{
	struct config_place place = here(p);

	advance(p);
	/* A pattern without quotes, like conf.d slash star, would begin a comment. */
	if (!ahead(p, 0)->quoted || (!*text(p) && !ahead(p, 0)->wrong)) {
		mistake(p, place, "include has to be followed by the name of a file in quotes");
		if (!at_section(p))
			skip_statement(p);
		return;
	}
	if (!ahead(p, 0)->wrong)
		p->includer->include(p->includer->ctx, place, text(p));
	advance(p);
}

/* An option outside of a section, or a section of an unknown kind. */
static void parse_stray(struct parser *p)
{
	const struct config_kind *home = kind_with(text(p)), *near = nearest_kind(text(p));
	const struct config_foreign *foreign = home ? NULL : config_find_foreign(text(p));
	const bool block = next_is(p, 1) == TOKEN_OPEN ||
			   (next_is(p, 1) == TOKEN_TEXT && next_is(p, 2) == TOKEN_OPEN);

	if (ahead(p, 0)->wrong)
		;
	else if (home && !block)
		mistake(p, here(p), "%s stands outside of any section; it belongs into %s { }",
			text(p), home->name);
	else if (foreign)
		mistake(p, here(p), "%s stands outside of any section; what %s calls so is %s",
			text(p), foreign->product, foreign->here);
	else if (near)
		mistake(p, here(p), "there is no section \"%s\"; did you mean \"%s\"?", text(p),
			near->name);
	else
		mistake(p, here(p), "there is no section \"%s\"; see culvert.conf(5)", text(p));
	if (near && block) {
		parse_section(p, near, true);
		return;
	}
	advance(p);
	skip_statement(p);
}

static void parse_statement(struct parser *p)
{
	const struct config_kind *kind = config_find_kind(text(p));

	if (!strcmp(text(p), "include"))
		parse_include(p);
	else if (kind && !is_assignment(next_is(p, 1)))
		parse_section(p, kind, false);
	else
		parse_stray(p);
}

static void parse_file(struct parser *p)
{
	while (next_is(p, 0) != TOKEN_END) {
		if (next_is(p, 0) == TOKEN_TEXT) {
			parse_statement(p);
		} else if (next_is(p, 0) == TOKEN_CLOSE) {
			mistake(p, here(p), "unexpected closing brace");
			advance(p);
		} else {
			unexpected(p);
		}
	}
}

void config_parse(struct config_draft *d, unsigned int file, const char *content, size_t len,
		  const struct config_includer *includer)
{
	struct parser p = { .draft = d, .includer = includer };

	lexer_init(&p.lexer, content, len, file, &d->report);
	for (unsigned int i = 0; i < AHEAD; i++)
		lexer_next(&p.lexer, &p.tokens[i]);
	parse_file(&p);
}
