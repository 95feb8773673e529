// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "control/called_test.h"
#include "server/databases.h"

static struct config_database sections[] = {
	{ .name = "first", .type = DATABASE_SQLITE, .file = "/nowhere/first.db", .connection = "",
	  .query = "", .timeout_s = 5, .max_queued = 7 },
	{ .name = "second", .type = DATABASE_SQLITE, .file = "/nowhere/second.db",
	  .connection = "", .query = "", .timeout_s = 5, .max_queued = 7 },
};
static const struct config config = { .databases = sections, .n_databases = 2 };
static uv_loop_t loop;
static struct servers servers;
static struct api api = { .servers = &servers };

static const char *text(const json_t *object, const char *member)
{
	const char *value = json_string_value(json_object_get(object, member));

	assert_non_null(value);
	return value;
}

static struct databases *make(const struct databases *old)
{
	char error[128];
	struct databases *all = databases_new(&loop, &config, old, error, sizeof(error));

	assert_non_null(all);
	return all;
}

static json_t *list(void)
{
	json_t *reply = called(&api, "org.culvert.Database.List", NULL);
	json_t *all = json_incref(json_object_get(reply, "databases"));

	json_decref(reply);
	return all;
}

static void databases_are_listed(void **state)
{
	json_t *all = list();
	const json_t *one;

	assert_int_equal(json_array_size(all), 0);
	json_decref(all);
	uv_loop_init(&loop);
	servers.databases = make(NULL);
	while (!*database_view(servers.databases->list[1]).fault)
		uv_run(&loop, UV_RUN_ONCE);
	all = list();
	assert_int_equal(json_array_size(all), 2);
	one = json_array_get(all, 1);
	assert_string_equal(text(one, "name"), "second");
	assert_string_equal(text(one, "type"), "sqlite");
	assert_string_equal(text(one, "where"), "/nowhere/second.db");
	assert_string_equal(text(one, "state"), "down");
	assert_string_equal(text(one, "fault"), "No such file or directory");
	assert_int_equal(json_integer_value(json_object_get(one, "max_queued")), 7);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(one, "counters"),
							    "asked")), 0);
	json_decref(all);
}

/* The one that is as it was stays. */
static void a_reload_keeps_what_is_the_same(void **state)
{
	struct databases *before = servers.databases, *after;

	sections[0].timeout_s = 6;
	after = make(before);
	assert_ptr_not_equal(after->list[0], before->list[0]);
	assert_ptr_equal(after->list[1], before->list[1]);
	assert_ptr_equal(databases_find(after, "second"), before->list[1]);
	databases_free(before);
	databases_free(after);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(databases_are_listed),
		cmocka_unit_test(a_reload_keeps_what_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
