// SPDX-License-Identifier: GPL-2.0-only
/* The table of methods, and the descriptions of interfaces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "control/commands.h"
#include "control/interfaces.h"

static struct interfaces all;

static int set_up(void **state)
{
	char error[256];

	if (!interfaces_parse(&all, "interface a.b", api_descriptions, error, sizeof(error)))
		return 0;
	print_error("%s\n", error);
	return -1;
}

static int tear_down(void **state)
{
	interfaces_free(&all);
	return 0;
}

static bool is_in_table(const char *interface, const char *method)
{
	size_t len = strlen(interface);

	for (const struct control_method *m = api_methods; m->name; m++)
		if (!strncmp(m->name, interface, len) && m->name[len] == '.' &&
		    !strcmp(m->name + len + 1, method))
			return true;
	return false;
}

static void what_is_described_is_there(void **state)
{
	for (size_t i = 0; i < all.n; i++) {
		const struct idl_interface *interface = all.list[i].parsed;

		for (const struct idl_member *m = interface->members; m; m = m->next)
			if (m->what == IDL_METHOD && !is_in_table(interface->name, m->name))
				fail_msg("%s.%s is described and is no method", interface->name,
					 m->name);
	}
}

static void what_is_there_is_described(void **state)
{
	for (const struct control_method *m = api_methods; m->name; m++) {
		if (!interfaces_method(&all, m->name))
			fail_msg("the method %s is not described", m->name);
		assert_int_equal(!!m->run + !!m->begin + !!m->list, 1);
		assert_true(m->right);
		for (const struct control_method *other = m + 1; other->name; other++)
			assert_string_not_equal(m->name, other->name);
	}
}

/* A list is a member of the reply, and the other members may be absent: most replies lack them. */
static void lists_are_described_as_such(void **state)
{
	for (const struct control_method *m = api_methods; m->name; m++) {
		const struct idl_field *f = interfaces_method(&all, m->name)->out->fields;

		if (!m->list)
			continue;
		assert_string_equal(f->name, m->list->member);
		assert_int_equal(f->type->kind, IDL_ARRAY);
		while ((f = f->next))
			assert_int_equal(f->type->kind, IDL_MAYBE);
	}
}

static const struct idl_member *find_before(size_t i, const char *name)
{
	const struct idl_member *found = NULL;

	while (!found && i--)
		found = idl_find(all.list[i].parsed, IDL_TYPE, name);
	return found;
}

/* Interfaces cannot use types of others: what is called the same is the same. */
static void types_of_one_name_are_the_same(void **state)
{
	for (size_t i = 0; i < all.n; i++)
		for (const struct idl_member *m = all.list[i].parsed->members; m; m = m->next) {
			const struct idl_member *other = find_before(i, m->name);

			if (m->what == IDL_TYPE && other && !idl_same(m->in, other->in))
				fail_msg("the type %s of %s is not as elsewhere", m->name,
					 all.list[i].parsed->name);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_described_is_there),
		cmocka_unit_test(what_is_there_is_described),
		cmocka_unit_test(lists_are_described_as_such),
		cmocka_unit_test(types_of_one_name_are_the_same),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
