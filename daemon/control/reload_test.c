// SPDX-License-Identifier: GPL-2.0-only
/* A thread of libuv's pool reads the files, while the loop runs in this thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#include "control/reload.h"

static char folder[] = "/tmp/reload-test-XXXXXX";
static char path[64], secrets[64];
static uv_loop_t loop;
static struct reload reload;

/* What go_over() was given, and whether it succeeds. */
static unsigned int seen;
static char seen_pool[32];
static bool agrees;
static bool takes_time;			/* the test calls reload_gone_over() */

/* What the requests were answered. */
static unsigned int told;
static bool told_done[8];
static char told_line[8][256];

static void go_over(struct reload *r, struct config *config, struct pool_plan *pools,
		    struct diag *diag)
{
	assert_ptr_equal(r, &reload);
	assert_int_equal(pools->n, config->n_pools);
	seen++;
	snprintf(seen_pool, sizeof(seen_pool), "%s %zu %zu", config->pools[0].name,
		 pool_size(pools->pools[0]), pool_counts(pools->pools[0]).reserved);
	if (!agrees)
		diag_error(diag, path, 0, "not now");
	if (!takes_time)
		reload_gone_over(r, agrees);
}

static void done(void *ctx, bool done, const struct diag *diag)
{
	assert_int_equal(*(unsigned int *)ctx, told);
	told_done[told] = done;
	snprintf(told_line[told], sizeof(told_line[told]), "%s",
		 diag->n_lines ? diag->lines[0].text : "");
	told++;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, 0600), 0);
}

static void write_config(const char *pool, const char *option)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "pool \"%s\" { range = \"10.0.0.10-10.0.0.19\" }\n"
		 "server \"office\" {\n"
		 "local-address = \"10.0.0.1\"\npool = \"%s\"\nsecrets = \"%s\"\n%s\n}\n",
		 pool, pool, secrets, option);
	write_file(path, text);
}

static int set_up(void **state)
{
	seen = 0;
	told = 0;
	agrees = true;
	takes_time = false;
	write_file(secrets, "alice * wonder 10.0.0.12\nbob * builder *\n");
	write_config("users", "");
	if (uv_loop_init(&loop))
		return -1;
	reload_init(&reload, &loop, path, go_over);
	return 0;
}

static int tear_down(void **state)
{
	return uv_loop_close(&loop);
}

static void ask(unsigned int *number)
{
	assert_int_equal(reload_ask(&reload, done, number), 0);
}

static void what_was_read_is_gone_over_to(void **state)
{
	unsigned int first = 0;

	ask(&first);
	assert_int_equal(seen, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(told, 1);
	assert_true(told_done[0]);
	assert_string_equal(told_line[0], "");
	assert_string_equal(seen_pool, "users 9 1");
}

static void what_is_wrong_is_told(void **state)
{
	unsigned int first = 0;

	write_config("users", "mtu = huge");
	ask(&first);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(told, 1);
	assert_false(told_done[0]);
	assert_non_null(strstr(told_line[0], ":6: mtu is \"huge\""));
	assert_int_equal(seen, 0);
}

static void what_cannot_be_is_told(void **state)
{
	unsigned int first = 0;

	agrees = false;
	ask(&first);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(seen, 1);
	assert_false(told_done[0]);
	assert_non_null(strstr(told_line[0], "not now"));
}

/* A request that comes while the file is read may mean a newer file: it is read once more. */
static void it_is_read_once_more_for_all_who_ask_meanwhile(void **state)
{
	unsigned int first = 0, second = 1, third = 2;

	ask(&first);
	ask(&second);
	ask(&third);
	assert_int_equal(reload_ask(&reload, NULL, NULL), 0);
	while (!told)
		uv_run(&loop, UV_RUN_ONCE);
	assert_int_equal(told, 1);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(told, 3);
	assert_int_equal(seen, 2);
	assert_true(told_done[2]);
}

/* Whoever asks while it is gone over to what was read waits for the next reading. */
static void one_is_gone_over_to_at_a_time(void **state)
{
	unsigned int first = 0, second = 1;

	takes_time = true;
	ask(&first);
	uv_run(&loop, UV_RUN_DEFAULT);
	ask(&second);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(seen, 1);
	assert_int_equal(told, 0);
	reload_gone_over(&reload, true);
	assert_int_equal(told, 1);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(seen, 2);
	reload_gone_over(&reload, true);
	assert_int_equal(told, 2);
}

/* How often it was looked, and what was compared. */
static unsigned int looked;
static char compared[64];

static void compare(void *ctx, const struct config *before, const struct config *after)
{
	snprintf(compared, sizeof(compared), "%s to %s", before->pools[0].name,
		 after ? after->pools[0].name : "nothing");
}

static void was_looked(void *ctx, const struct diag *diag)
{
	looked++;
	assert_int_equal(!!diag->errors, !strcmp(compared, "one to nothing"));
}

/* Who only looks changes nothing, and does not keep those from it who do. */
static void files_are_looked_at(void **state)
{
	struct config *in_use;
	unsigned int first = 0;
	struct diag diag;

	write_config("one", "");
	diag_init(&diag);
	in_use = config_load(path, &diag);
	diag_free(&diag);
	write_config("two", "");
	looked = 0;
	for (int i = 0; i < 3; i++)
		assert_int_equal(reload_look(&reload, &in_use, compare, was_looked, NULL), 0);
	ask(&first);
	while (!told)
		uv_run(&loop, UV_RUN_ONCE);
	/* the first look was under way already */
	assert_int_equal(looked, 1);
	assert_int_equal(seen, 1);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(looked, 3);
	assert_string_equal(compared, "one to two");
	write_config("two", "mtu = 5");
	assert_int_equal(reload_look(&reload, &in_use, compare, was_looked, NULL), 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(looked, 4);
	assert_string_equal(compared, "one to nothing");
	assert_int_equal(seen, 1);
	config_put(in_use);
}

static int make_folder(void **state)
{
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/culvert.conf", folder);
	snprintf(secrets, sizeof(secrets), "%s/secrets", folder);
	return 0;
}

static int remove_folder(void **state)
{
	unlink(path);
	unlink(secrets);
	return rmdir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_read_is_gone_over_to, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_is_read_once_more_for_all_who_ask_meanwhile,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_is_gone_over_to_at_a_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(files_are_looked_at, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
