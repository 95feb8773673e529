// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "control/watch.h"

static char folder[] = "/tmp/watch-test-XXXXXX";
static char secrets[64], other[64];
static uv_loop_t loop;
static uv_timer_t clock_timer;
static struct watch watch;
static struct config_server servers[2];
static struct config config = { .servers = servers };
static unsigned int changes;
static bool over;

static void changed(void *ctx)
{
	assert_ptr_equal(ctx, &watch);
	changes++;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
	uv_loop_init(&loop);
	uv_timer_init(&loop, &clock_timer);
	write_file(secrets, "a * b *\n");
	write_file(other, "a * b *\n");
	servers[0] = (struct config_server){
		.secrets_path = secrets, .watch_secrets = true, .users = { CONFIG_JUDGE_SECRETS },
	};
	servers[1] = servers[0];
	config.n_servers = 2;
	changes = 0;
	watch_init(&watch, &loop, changed, &watch);
	watch_files(&watch, &config);
	return 0;
}

static int tear_down(void **state)
{
	watch_close(&watch);
	uv_close((uv_handle_t *)&clock_timer, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	return uv_loop_close(&loop);
}

static void is_over(uv_timer_t *timer)
{
	over = true;
}

static void run_for(uint64_t ms)
{
	over = false;
	uv_timer_start(&clock_timer, is_over, ms, 0);
	while (!over)
		uv_run(&loop, UV_RUN_ONCE);
}

static void changes_that_come_together_are_one(void **state)
{
	write_file(secrets, "a * c *\n");
	run_for(WATCH_REST_MS / 2);
	write_file(secrets, "a * d *\n");
	run_for(WATCH_REST_MS * 3 / 4);
	assert_int_equal(changes, 0);
	run_for(WATCH_REST_MS);
	assert_int_equal(changes, 1);
	write_file(secrets, "a * e *\n");
	run_for(WATCH_REST_MS + 200);
	assert_int_equal(changes, 2);
}

/* As editors do; and again, since the file that was watched is gone. */
static void files_are_replaced(void **state)
{
	for (unsigned int i = 1; i <= 2; i++) {
		write_file(other, "a * c *\n");
		run_for(WATCH_REST_MS + 200);
		assert_int_equal(changes, i - 1);
		assert_int_equal(rename(other, secrets), 0);
		run_for(WATCH_REST_MS + 200);
		assert_int_equal(changes, i);
	}
}

static void who_does_not_ask_is_not_told(void **state)
{
	servers[0].watch_secrets = false;
	servers[1].secrets_path = other;
	watch_files(&watch, &config);
	write_file(secrets, "a * c *\n");
	run_for(WATCH_REST_MS + 200);
	assert_int_equal(changes, 0);
	write_file(other, "a * c *\n");
	run_for(WATCH_REST_MS + 200);
	assert_int_equal(changes, 1);
	servers[1].users[0] = CONFIG_JUDGE_RADIUS;
	watch_files(&watch, &config);
	write_file(other, "a * d *\n");
	run_for(WATCH_REST_MS + 200);
	assert_int_equal(changes, 1);
}

/* What was noticed before the files are named anew is told, too. */
static void nothing_is_missed_between(void **state)
{
	write_file(secrets, "a * c *\n");
	watch_files(&watch, &config);
	run_for(WATCH_REST_MS + 200);
	assert_int_equal(changes, 1);
}

static void a_file_that_never_rests_is_told(void **state)
{
	for (unsigned int ms = 0; ms < WATCH_LATEST_MS + 500; ms += WATCH_REST_MS / 2) {
		write_file(secrets, "a * c *\n");
		run_for(WATCH_REST_MS / 2);
	}
	assert_int_equal(changes, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(changes_that_come_together_are_one, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(files_are_replaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_does_not_ask_is_not_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_missed_between, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_never_rests_is_told, set_up, tear_down),
	};
	int failed;

	if (!mkdtemp(folder))
		return 1;
	snprintf(secrets, sizeof(secrets), "%s/secrets", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(secrets);
	unlink(other);
	rmdir(folder);
	return failed;
}
