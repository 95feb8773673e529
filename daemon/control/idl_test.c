// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "control/idl.h"

static struct idl_fault fault;

static struct idl_interface *parse(const char *text)
{
	struct idl_interface *interface = idl_parse(text, strlen(text), &fault);

	if (!interface)
		fail_msg("line %u: %s", fault.line, fault.text);
	return interface;
}

static void an_interface_is_parsed(void **state)
{
	struct idl_interface *i = parse("# A comment\n# and another\ninterface org.example-x.ftl2\n\n"
		"type Coordinate (x: float, y: ?float) # behind\n"
		"type State (idle, spooling_up)\n"
		"method Jump(to: []Coordinate, why: [string]?string, how: (fast: bool)) -> ()\n"
		"method Look(any: any, object: object)->(states: ?[]State, n: int)\n"
		"error NotEnough (parameter: string)");
	const struct idl_member *m = i->members;
	const struct idl_field *f;

	assert_string_equal(i->name, "org.example-x.ftl2");
	assert_int_equal(m->what, IDL_TYPE);
	assert_string_equal(m->name, "Coordinate");
	assert_int_equal(m->in->kind, IDL_STRUCT);
	assert_int_equal(m->in->fields->type->kind, IDL_FLOAT);
	assert_int_equal(m->in->fields->next->type->kind, IDL_MAYBE);
	m = m->next;
	assert_int_equal(m->in->kind, IDL_ENUM);
	assert_string_equal(m->in->fields->next->name, "spooling_up");
	assert_null(m->in->fields->next->next);
	m = idl_find(i, IDL_METHOD, "Jump");
	assert_null(m->out->fields);
	f = m->in->fields;
	assert_int_equal(f->type->kind, IDL_ARRAY);
	assert_ptr_equal(f->type->of->of, i->members->in);
	assert_int_equal(f->next->type->kind, IDL_MAP);
	assert_int_equal(f->next->type->of->kind, IDL_MAYBE);
	assert_int_equal(f->next->next->type->kind, IDL_STRUCT);
	m = idl_find(i, IDL_ERROR, "NotEnough");
	assert_non_null(m);
	assert_null(m->next);
	assert_null(idl_find(i, IDL_METHOD, "NotEnough"));
	idl_free(i);
}

/* A type may be within itself; names of types may come before the types. */
static void names_are_resolved_at_the_end(void **state)
{
	struct idl_interface *i = parse("interface a.b\nmethod M() -> (tree: Tree)\n"
					"type Tree (leaves: []Tree)\n");
	const struct idl_member *tree = idl_find(i, IDL_TYPE, "Tree");

	assert_ptr_equal(idl_find(i, IDL_METHOD, "M")->out->fields->type->of, tree->in);
	assert_ptr_equal(tree->in->fields->type->of->of, tree->in);
	idl_free(i);
}

static void types_are_compared(void **state)
{
	struct idl_interface *i = parse("interface a.b\n"
		"type A (x: ?int, t: []A)\ntype B (x: ?int, t: []A)\ntype C (x: int, t: []A)\n"
		"type D (x: ?int, t: []A, y: int)\ntype E (x, t)\ntype F (x: ?int, t: [string]A)\n"
		"type G (x: ?int, t: []B)\n");
	const struct idl_type *a = idl_find(i, IDL_TYPE, "A")->in;

	assert_true(idl_same(a, idl_find(i, IDL_TYPE, "B")->in));
	for (const char *other = "CDEFG"; *other; other++)
		assert_false(idl_same(a, idl_find(i, IDL_TYPE, (char[]){ *other, 0 })->in));
	idl_free(i);
}

static void faults_are_told_with_their_line(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *words;
	} faults[] = {
		{ "", 1, "expected \"interface\"" },
		{ "interface x", 1, "\"x\" is no name of an interface like org.example.Thing" },
		{ "interface a..b", 1, "\"a..b\" is no name of an interface like "
				       "org.example.Thing" },
		{ "interface a.b-", 1, "\"a.b-\" is no name of an interface like "
				       "org.example.Thing" },
		{ "interface a.b\nfoo X ()", 2, "\"foo\": expected \"type\", \"method\" or "
						"\"error\"" },
		{ "interface a.b\n\ntype x ()", 3, "\"x\" does not begin with a capital" },
		{ "interface a.b\ntype X (a: int b: int)", 2, "expected \")\"" },
		{ "interface a.b\ntype X (a: int, b)", 2, "expected \":\"" },
		{ "interface a.b\ntype X (a, b: int)", 2, "expected \")\"" },
		{ "interface a.b\ntype X (a: int, a: int)", 2, "there are two fields \"a\"" },
		{ "interface a.b\ntype X (a_: int)", 2, "\"a_\" has a \"_\" that is not between "
							"others" },
		{ "interface a.b\ntype X (_a: int)", 2, "expected the name of a field" },
		{ "interface a.b\ntype X (a: number)", 2, "\"number\" is no type" },
		{ "interface a.b\ntype X (a: ??int)", 2, "expected one \"?\"" },
		{ "interface a.b\ntype X (a: [int]int)", 2, "expected a type" },
		{ "interface a.b\ntype X (a: Y)\n", 3, "there is no type \"Y\"" },
		{ "interface a.b\ntype X ()\nerror X ()", 3, "there are two members \"X\"" },
		{ "interface a.b\nmethod X ()", 2, "expected \"->\"" },
		{ "interface a.b\nmethod X (a) -> ()", 2, "expected fields with types" },
		{ "interface a.b\ntype X (a: [][][][][][][][][][][][][][][][][]int)", 2,
		  "there are more than 16 types in each other" },
		{ "interface a.b\ntype X (", 2, "expected the name of a field" },
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		assert_null(idl_parse(faults[i].text, strlen(faults[i].text), &fault));
		assert_string_equal(fault.text, faults[i].words);
		assert_int_equal(fault.line, faults[i].line);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interface_is_parsed),
		cmocka_unit_test(names_are_resolved_at_the_end),
		cmocka_unit_test(types_are_compared),
		cmocka_unit_test(faults_are_told_with_their_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
