// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/idl.h"
#include "util/container.h"

/* A piece of memory of an interface. */
struct piece {
	struct piece *next;
	max_align_t memory[];
};

/* The interface with its memory. */
struct whole {
	struct idl_interface interface;
	struct piece *pieces;
};

struct parser {
	const char *at, *end;
	unsigned int line;
	unsigned int depth;
	bool failed;
	struct idl_fault *fault;
	struct whole *whole;
};

static void fail(struct parser *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The first fault is the one that is told. */
static void fail(struct parser *p, const char *fmt, ...)
{
	va_list args;

	if (p->failed)
		return;
	p->failed = true;
	p->fault->line = p->line;
	va_start(args, fmt);
	vsnprintf(p->fault->text, sizeof(p->fault->text), fmt, args);
	va_end(args);
}

/* Returns zeroed memory that goes with the interface, or NULL after a fault. */
static void *make(struct parser *p, size_t size)
{
	struct piece *piece = calloc(1, sizeof(*piece) + size);

	if (!piece) {
		fail(p, "out of memory");
		return NULL;
	}
	piece->next = p->whole->pieces;
	p->whole->pieces = piece;
	return piece->memory;
}

/* ---- words ---- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static void skip_blanks(struct parser *p)
{
	for (; p->at < p->end; p->at++) {
		if (*p->at == '#')
			while (p->at + 1 < p->end && p->at[1] != '\n')
				p->at++;
		else if (*p->at == '\n')
			p->line++;
		else if (*p->at != ' ' && *p->at != '\t' && *p->at != '\r')
			return;
	}
}

/* Returns true, and goes on behind it, if the next thing is @mark. */
static bool take(struct parser *p, const char *mark)
{
	size_t len = strlen(mark);

	skip_blanks(p);
	if (p->failed || (size_t)(p->end - p->at) < len || memcmp(p->at, mark, len) != 0)
		return false;
	p->at += len;
	return true;
}

static void expect(struct parser *p, const char *mark)
{
	if (!take(p, mark))
		fail(p, "expected \"%s\"", mark);
}

/* Returns a copy of the next word, of letters, digits and any of @more; NULL after a fault. */
static const char *take_word(struct parser *p, const char *more, const char *expected)
{
	const char *start;
	char *word;

	skip_blanks(p);
	start = p->at;
	while (p->at < p->end &&
	       (is_letter(*p->at) || is_digit(*p->at) || (*p->at && strchr(more, *p->at))))
		p->at++;
	if (p->at == start || !is_letter(*start)) {
		fail(p, "expected %s", expected);
		return NULL;
	}
	word = make(p, (size_t)(p->at - start) + 1);
	if (word)
		memcpy(word, start, (size_t)(p->at - start));
	return word;
}

/* The name of a field: letters and digits, and single underscores between them. */
static const char *take_field_name(struct parser *p)
{
	const char *name = take_word(p, "_", "the name of a field");

	if (name && (strstr(name, "__") || name[strlen(name) - 1] == '_'))
		fail(p, "\"%.40s\" has a \"_\" that is not between others", name);
	return name;
}

/* The name of a type, a method or an error. */
static const char *take_member_name(struct parser *p)
{
	const char *name = take_word(p, "", "a name");

	if (name && !is_capital(*name))
		fail(p, "\"%.40s\" does not begin with a capital", name);
	return name;
}

/* At least two parts with dots between them; hyphens are inside of parts only. */
static const char *take_interface_name(struct parser *p)
{
	const char *name = take_word(p, ".-", "the name of an interface");
	bool good = name && strchr(name, '.');

	for (const char *c = name; good && *c; c++)
		if (*c == '.' || *c == '-')
			good = is_letter(c[1]) || is_digit(c[1]) || (*c == '-' && c[1] == '-');
	if (name && !good)
		fail(p, "\"%.60s\" is no name of an interface like org.example.Thing", name);
	return name;
}

/* ---- types ---- */

static const struct idl_type *parse_type(struct parser *p);

static struct idl_type *new_type(struct parser *p, enum idl_kind kind)
{
	struct idl_type *type = make(p, sizeof(*type));

	if (type)
		type->kind = kind;
	return type;
}

static bool is_double(const struct idl_field *fields, const char *name)
{
	for (; fields; fields = fields->next)
		if (!strcmp(fields->name, name))
			return true;
	return false;
}

/* Behind the bracket of a struct or an enum; the first field tells which one it is. */
static const struct idl_type *parse_fields(struct parser *p)
{
	struct idl_type *type = new_type(p, IDL_STRUCT);
	const struct idl_field **end = type ? &type->fields : NULL;

	if (take(p, ")"))
		return type;
	do {
		struct idl_field *field = make(p, sizeof(*field));
		const char *name = take_field_name(p);

		if (!field || !name || !type)
			return NULL;
		if (is_double(type->fields, name))
			fail(p, "there are two fields \"%.40s\"", name);
		field->name = name;
		if (!type->fields && !take(p, ":"))
			type->kind = IDL_ENUM;
		else if (type->fields && type->kind == IDL_STRUCT)
			expect(p, ":");
		if (type->kind == IDL_STRUCT)
			field->type = parse_type(p);
		*end = field;
		end = &field->next;
	} while (take(p, ","));
	expect(p, ")");
	return type;
}

static const struct idl_type *parse_word(struct parser *p)
{
	static const char * const kinds[] = {
		[IDL_BOOL] = "bool", [IDL_INT] = "int", [IDL_FLOAT] = "float",
		[IDL_STRING] = "string", [IDL_OBJECT] = "object", [IDL_ANY] = "any",
	};
	const char *word = take_word(p, "", "a type");
	struct idl_type *type;

	if (!word)
		return NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i], word))
			return new_type(p, (enum idl_kind)i);
	if (!is_capital(*word))
		fail(p, "\"%.40s\" is no type", word);
	type = new_type(p, IDL_NAMED);
	if (type)
		type->name = word;
	return type;
}

static const struct idl_type *parse_of(struct parser *p, enum idl_kind kind)
{
	struct idl_type *type = new_type(p, kind);

	if (!type)
		return NULL;
	type->of = parse_type(p);
	if (kind == IDL_MAYBE && type->of && type->of->kind == IDL_MAYBE)
		fail(p, "expected one \"?\"");
	return type;
}

static const struct idl_type *parse_bare_type(struct parser *p)
{
	if (take(p, "?"))
		return parse_of(p, IDL_MAYBE);
	if (take(p, "[]"))
		return parse_of(p, IDL_ARRAY);
	if (take(p, "[string]"))
		return parse_of(p, IDL_MAP);
	return take(p, "(") ? parse_fields(p) : parse_word(p);
}

/* Returns NULL after a fault only; after a fault the result may be one that is not complete. */
static const struct idl_type *parse_type(struct parser *p)
{
	const struct idl_type *type;

	if (p->depth == IDL_MAX_DEPTH) {
		fail(p, "there are more than %u types in each other", IDL_MAX_DEPTH);
		return NULL;
	}
	p->depth++;
	type = parse_bare_type(p);
	p->depth--;
	return type;
}

static const struct idl_type *parse_struct(struct parser *p)
{
	const struct idl_type *type;

	expect(p, "(");
	type = p->failed ? NULL : parse_fields(p);
	if (type && type->kind != IDL_STRUCT)
		fail(p, "expected fields with types");
	return type;
}

/* ---- members ---- */

static void parse_member(struct parser *p, struct idl_member *member)
{
	const char *word = take_word(p, "", "\"type\", \"method\" or \"error\"");

	member->name = word ? take_member_name(p) : NULL;
	if (!member->name)
		return;
	if (!strcmp(word, "method")) {
		member->what = IDL_METHOD;
		member->in = parse_struct(p);
		expect(p, "->");
		member->out = p->failed ? NULL : parse_struct(p);
	} else if (!strcmp(word, "error")) {
		member->what = IDL_ERROR;
		member->in = parse_struct(p);
	} else if (!strcmp(word, "type")) {
		member->what = IDL_TYPE;
		expect(p, "(");
		member->in = p->failed ? NULL : parse_fields(p);
	} else {
		fail(p, "\"%.40s\": expected \"type\", \"method\" or \"error\"", word);
	}
}

static bool is_taken(const struct idl_interface *interface, const char *name)
{
	for (const struct idl_member *m = interface->members; m; m = m->next)
		if (!strcmp(m->name, name))
			return true;
	return false;
}

static void parse_members(struct parser *p)
{
	struct idl_interface *interface = &p->whole->interface;
	const struct idl_member **end = &interface->members;

	for (skip_blanks(p); !p->failed && p->at < p->end; skip_blanks(p)) {
		struct idl_member *member = make(p, sizeof(*member));

		if (!member)
			return;
		parse_member(p, member);
		if (!p->failed && is_taken(interface, member->name))
			fail(p, "there are two members \"%.40s\"", member->name);
		*end = member;
		end = &member->next;
	}
}

/* ---- names of types ---- */

/* The types were made by make() and are ours to change. */
static void resolve(struct parser *p, const struct idl_type *type)
{
	const struct idl_member *named;

	if (!type || p->failed)
		return;
	for (const struct idl_field *f = type->fields; f; f = f->next)
		resolve(p, f->type);
	if (type->kind != IDL_NAMED) {
		resolve(p, type->of);
		return;
	}
	named = idl_find(&p->whole->interface, IDL_TYPE, type->name);
	if (named)
		((struct idl_type *)type)->of = named->in;
	else
		fail(p, "there is no type \"%.40s\"", type->name);
}

struct idl_interface *idl_parse(const char *text, size_t len, struct idl_fault *fault)
{
	struct parser p = { .at = text, .end = text + len, .line = 1, .fault = fault };

	p.whole = calloc(1, sizeof(*p.whole));
	if (!p.whole || len > IDL_MAX_TEXT) {
		fail(&p, p.whole ? "the description is too long" : "out of memory");
		free(p.whole);
		return NULL;
	}
	expect(&p, "interface");
	p.whole->interface.name = p.failed ? NULL : take_interface_name(&p);
	parse_members(&p);
	for (const struct idl_member *m = p.whole->interface.members; m && !p.failed; m = m->next) {
		resolve(&p, m->in);
		resolve(&p, m->out);
	}
	if (!p.failed)
		return &p.whole->interface;
	idl_free(&p.whole->interface);
	return NULL;
}

void idl_free(struct idl_interface *interface)
{
	struct whole *whole;
	struct piece *next;

	if (!interface)
		return;
	whole = container_of(interface, struct whole, interface);
	for (struct piece *piece = whole->pieces; piece; piece = next) {
		next = piece->next;
		free(piece);
	}
	free(whole);
}

const struct idl_member *idl_find(const struct idl_interface *interface, enum idl_what what,
				  const char *name)
{
	for (const struct idl_member *m = interface->members; m; m = m->next)
		if (m->what == what && !strcmp(m->name, name))
			return m;
	return NULL;
}

static bool same_fields(const struct idl_field *a, const struct idl_field *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (strcmp(a->name, b->name) || (a->type && !idl_same(a->type, b->type)))
			return false;
	return !a && !b;
}

bool idl_same(const struct idl_type *a, const struct idl_type *b)
{
	if (a->kind != b->kind)
		return false;
	/* What stands behind a name is compared by its name alone: types may be within themselves. */
	if (a->kind == IDL_NAMED)
		return !strcmp(a->name, b->name);
	return (!a->of || idl_same(a->of, b->of)) && same_fields(a->fields, b->fields);
}
