// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "control/idl_check.h"

static const char description[] =
	"interface org.example.Check\n"
	"type Inner (n: int, f: ?float)\n"
	"type State (up, down, away)\n"
	"type All (b: ?bool, i: ?int, s: ?string, o: ?object, y: ?any, e: ?State, t: ?Inner,\n"
	"          a: ?[]Inner, m: ?[string]?int, l: ?[]?int)\n"
	"type Few (needed: string)\n";

static struct idl_interface *interface;

/* Returns "" if @text fits, else the path and the words of the fault. */
static const char *checked(const char *type, const char *text)
{
	static char said[300];
	struct idl_misfit misfit;
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	assert_non_null(value);
	*said = '\0';
	if (!idl_check(idl_find(interface, IDL_TYPE, type)->in, value, &misfit))
		snprintf(said, sizeof(said), "%s: %s", misfit.path, misfit.text);
	json_decref(value);
	return said;
}

static int set_up(void **state)
{
	struct idl_fault fault;

	interface = idl_parse(description, strlen(description), &fault);
	return interface ? 0 : -1;
}

static int tear_down(void **state)
{
	idl_free(interface);
	return 0;
}

static void what_fits_is_accepted(void **state)
{
	assert_string_equal(checked("All", "{}"), "");
	assert_string_equal(checked("All", "{\"b\":true,\"i\":-3,\"s\":\"\",\"o\":{\"x\":1},\"y\":[],"
				    "\"e\":\"away\",\"t\":{\"n\":1,\"f\":2},\"a\":[{\"n\":1,\"f\":2.5}],"
				    "\"m\":{\"x\":1,\"y\":null},\"l\":[null,1]}"), "");
	assert_string_equal(checked("Few", "{\"needed\":\"x\"}"), "");
}

static void what_does_not_fit_is_told_with_its_path(void **state)
{
	static const char * const faults[][3] = {
		{ "All", "[]", ": expected an object" },
		{ "Few", "{}", "needed: it is missing" },
		{ "Few", "{\"needed\":null}", "needed: expected a text" },
		{ "Few", "{\"needed\":\"\",\"more\":1}", "more: there is no such member" },
		{ "All", "{\"b\":1}", "b: expected true or false" },
		{ "All", "{\"i\":1.5}", "i: expected a whole number" },
		{ "All", "{\"s\":1}", "s: expected a text" },
		{ "All", "{\"o\":[]}", "o: expected an object" },
		{ "All", "{\"e\":\"gone\"}", "e: expected \"up\", \"down\" or \"away\"" },
		{ "All", "{\"e\":1}", "e: expected \"up\", \"down\" or \"away\"" },
		{ "All", "{\"t\":{\"n\":1,\"f\":\"\"}}", "t.f: expected a number" },
		{ "All", "{\"a\":[{\"n\":1},{\"f\":1}]}", "a[1].n: it is missing" },
		{ "All", "{\"a\":{}}", "a: expected an array" },
		{ "All", "{\"m\":[]}", "m: expected an object" },
		{ "All", "{\"m\":{\"x\":\"\"}}", "m.x: expected a whole number" },
		{ "All", "{\"l\":[0,true]}", "l[1]: expected a whole number" },
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		assert_string_equal(checked(faults[i][0], faults[i][1]), faults[i][2]);
}

static void null_becomes_absence(void **state)
{
	json_t *value = json_loads("{\"i\":null,\"t\":{\"n\":1,\"f\":null},\"s\":\"\"}", 0, NULL);
	json_t *want = json_loads("{\"t\":{\"n\":1},\"s\":\"\"}", 0, NULL);
	struct idl_misfit misfit;

	assert_true(idl_check(idl_find(interface, IDL_TYPE, "All")->in, value, &misfit));
	assert_true(json_equal(value, want));
	json_decref(value);
	json_decref(want);
}

/* Names that are too long for the path are cut. */
static void long_names_are_cut(void **state)
{
	char name[300];
	json_t *value = json_object();
	struct idl_misfit misfit;

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	json_object_set_new(value, name, json_true());
	assert_false(idl_check(idl_find(interface, IDL_TYPE, "All")->in, value, &misfit));
	assert_int_equal(strlen(misfit.path), sizeof(misfit.path) - 1);
	json_decref(value);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_is_accepted),
		cmocka_unit_test(what_does_not_fit_is_told_with_its_path),
		cmocka_unit_test(null_becomes_absence),
		cmocka_unit_test(long_names_are_cut),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
