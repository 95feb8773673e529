// SPDX-License-Identifier: GPL-2.0-only
/*
 * Real scripts that are told of sessions, which exist here only as far as scripts hear of them. This
 * test program is also the process that becomes the script.
 */
#define _GNU_SOURCE 1
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hooks/hooks.h"
#include "hooks/played_scripts_test.h"
#include "hooks/run.h"
#include "session/session.h"
#include "util/captured_log_test.h"
#include "util/ip_literal_test.h"
#include "util/log.h"
#include "util/program.h"

#define MANY	20

struct bench {
	uv_loop_t loop;
	struct sessions all;
	struct hooks hooks;
	struct programs programs;
	struct session sessions[MANY];
	unsigned int stopped;
	char answers[512];
};

static struct hooks_settings settings = {
	.max_running = 4, .max_waiting = 100, .timeout_ms = 60000,
};

static char none[] = "";

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	uv_loop_init(&b->loop);
	b->all.loop = &b->loop;
	events_init(&b->all.events);
	hooks_open(&b->hooks, &b->all, &settings);
	b->programs = (struct programs){ none, none, none, none };
	for (unsigned int i = 0; i < MANY; i++) {
		struct session *s = &b->sessions[i];

		s->all = &b->all;
		s->loop = &b->loop;
		s->config.programs = &b->programs;
		s->record.id = i + 1;
		s->record.user = "alice";
		s->record.addr.remote = ip("192.0.2.11");
		s->record.addr.local = ip("192.0.2.1");
		s->record.ip4.local = ip("10.99.0.1");
		s->record.ip4.remote = ip("10.99.0.10");
	}
	*state = b;
	return 0;
}

static void stopped(void *ctx)
{
	struct bench *b = ctx;

	b->stopped++;
}

static void stop(struct bench *b)
{
	hooks_stop(&b->hooks, stopped, b);
	assert_int_equal(b->stopped, 0);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(b->stopped, 1);
}

static int teardown(void **state)
{
	struct bench *b = *state;
	int err;

	if (!b->stopped)
		stop(b);
	assert_int_equal(b->hooks.counters.running, 0);
	assert_int_equal(b->hooks.counters.waiting, 0);
	for (unsigned int i = 0; i < HOOKS_BUCKETS; i++)
		assert_true(LIST_EMPTY(&b->hooks.lines[i]));
	err = uv_loop_close(&b->loop);
	free(b);
	return err;
}

static void tell(struct bench *b, unsigned int i, enum event_type type)
{
	const struct event event = {
		.type = type, .session = &b->sessions[i], .user = "", .text = "bye",
		.cause = type == EVENT_DOWN ? EVENT_CAUSE_USER_REQUEST : EVENT_CAUSE_NONE,
	};

	events_tell(&b->all.events, &event);
}

/* Until no script waits or runs. */
static void run_all(struct bench *b)
{
	while (b->hooks.counters.running || b->hooks.counters.waiting)
		uv_run(&b->loop, UV_RUN_ONCE);
}

/* Let all events be told to one script; @path is not copied. */
static void let_tell(struct bench *b, const char *path)
{
	char *program = (char *)(uintptr_t)path;

	b->programs.on_up = program;
	b->programs.on_down = program;
	b->programs.on_change = program;
}

static void a_session_is_told_in_its_order(void **state)
{
	struct bench *b = *state;

	let_tell(b, script("s", "test $CULVERT_EVENT = up && sleep 0.3\n"
				"echo $CULVERT_ID $CULVERT_EVENT $IPREMOTE $CULVERT_REASON >> told"));
	for (enum event_type type = EVENT_STARTING; type <= EVENT_DOWN; type++)
		tell(b, 6, type);
	run_all(b);
	expect_file("told", "7 up 10.99.0.10\n7 change 10.99.0.10\n7 down 10.99.0.10 bye\n");
	assert_int_equal(b->hooks.counters.run, 3);
	assert_int_equal(b->hooks.counters.failed, 0);
}

/* Others do not wait for a slow one; what is told is what was so at the time of the event. */
static void sessions_do_not_wait_for_each_other(void **state)
{
	struct bench *b = *state;

	let_tell(b, script("s", "test $CULVERT_ID = 1 && while ! test -e go; do sleep 0.01; done\n"
				"echo $CULVERT_ID $CULVERT_EVENT $PEERNAME >> told"));
	tell(b, 0, EVENT_UP);
	tell(b, 0, EVENT_DOWN);
	b->sessions[0].record.user = "mallory";
	tell(b, 1, EVENT_UP);
	while (b->hooks.counters.run < 1)
		uv_run(&b->loop, UV_RUN_ONCE);
	tell(b, 1, EVENT_DOWN);
	while (b->hooks.counters.run < 2)
		uv_run(&b->loop, UV_RUN_ONCE);
	expect_file("told", "2 up alice\n2 down alice\n");
	script("go", "");
	run_all(b);
	expect_file("told", "1 up alice\n1 down alice\n");
	unlink(in_scripts("go"));
}

/* Of twenty at once four run, and all in the end. */
static void so_many_run_at_a_time(void **state)
{
	struct bench *b = *state;
	unsigned int most = 0;

	let_tell(b, script("s", "mkdir -p at; mkdir at/$$; ls at | wc -l >> beside\n"
				"sleep 0.02; rmdir at/$$"));
	b->programs.on_down = none;
	for (unsigned int i = 0; i < MANY; i++)
		tell(b, i, EVENT_UP);
	assert_int_equal(b->hooks.counters.running, 0);
	while (b->hooks.counters.running || b->hooks.counters.waiting) {
		uv_run(&b->loop, UV_RUN_ONCE);
		if (b->hooks.counters.running > most)
			most = b->hooks.counters.running;
	}
	assert_int_equal(most, 4);
	assert_int_equal(b->hooks.counters.run, MANY);
	assert_true(in_scripts_holds("test $(sort -n beside | tail -n 1) -le 4"));
	for (unsigned int i = 0; i < MANY; i++)
		tell(b, i, EVENT_DOWN);
}

/* Who was told of the beginning is told of the end, and others of neither. */
static void what_has_no_room_is_dropped(void **state)
{
	const struct hooks_settings few = { .max_running = 1, .max_waiting = 2, .timeout_ms = 9000 };
	struct bench *b = *state;

	hooks_set(&b->hooks, &few);
	let_tell(b, script("s", "echo $CULVERT_ID $CULVERT_EVENT >> told"));
	capture();
	for (unsigned int i = 0; i < 4; i++)
		tell(b, i, EVENT_UP);
	tell(b, 0, EVENT_CHANGED);
	for (unsigned int i = 0; i < 4; i++)
		tell(b, i, EVENT_DOWN);
	assert_non_null(strstr(captured(), "session 3 (alice, 192.0.2.11): on-up is not run: 2 programs"));
	assert_int_equal(b->hooks.counters.waiting, 4);
	assert_int_equal(b->hooks.counters.dropped, 3);
	run_all(b);
	expect_file("told", "1 up\n2 up\n1 down\n2 down\n");
}

static void failures_are_counted_and_logged(void **state)
{
	struct hooks_settings hasty = settings;
	struct bench *b = *state;

	hasty.timeout_ms = 300;
	hooks_set(&b->hooks, &hasty);
	let_tell(b, script("s", "echo for the log; test $CULVERT_EVENT = up && exit 5\nsleep 1000"));
	capture();
	tell(b, 0, EVENT_UP);
	tell(b, 0, EVENT_DOWN);
	run_all(b);
	hooks_set(&b->hooks, &settings);
	assert_int_equal(b->hooks.counters.run, 2);
	assert_int_equal(b->hooks.counters.failed, 1);
	assert_int_equal(b->hooks.counters.timed_out, 1);
	assert_non_null(strstr(captured(), "session 1 (alice, 192.0.2.11): on-up: for the log\n"));
}

/* A session that paused, and has another address now, has changed; one with the same has not. */
static void another_address_is_a_change(void **state)
{
	struct bench *b = *state;

	let_tell(b, script("s", "echo $CULVERT_EVENT $5 >> told"));
	tell(b, 0, EVENT_UP);
	tell(b, 0, EVENT_PAUSED);
	tell(b, 0, EVENT_RESUMED);
	b->sessions[0].record.ip4.remote = ip("10.99.0.11");
	tell(b, 0, EVENT_RESUMED);
	tell(b, 0, EVENT_DOWN);
	run_all(b);
	expect_file("told", "up 10.99.0.10\nchange 10.99.0.11\ndown 10.99.0.11\n");
}

static void no_program_no_run(void **state)
{
	struct bench *b = *state;

	tell(b, 0, EVENT_UP);
	tell(b, 0, EVENT_DOWN);
	b->sessions[1].config.programs = NULL;
	tell(b, 1, EVENT_UP);
	tell(b, 1, EVENT_DOWN);
	/* It was never up. */
	b->programs.on_down = (char *)(uintptr_t)script("s", "echo here >> told");
	tell(b, 2, EVENT_STARTING);
	tell(b, 2, EVENT_DOWN);
	assert_int_equal(b->hooks.counters.waiting, 0);
	assert_int_equal(b->hooks.counters.run, 0);
}

static void answered(void *ctx, const char *refusal)
{
	struct bench *b = ctx;
	size_t len = strlen(b->answers);

	snprintf(b->answers + len, sizeof(b->answers) - len, "%s\n", refusal ? refusal : "yes");
}

static struct hook *ask(struct bench *b, unsigned int i, const char *user, const char *program)
{
	const struct hook_login login = {
		.program = program, .user = user, .local = ip("10.0.0.1"), .remote = ip("10.0.0.2"),
	};

	return hooks_ask(&b->hooks, &b->sessions[i], &login, answered, b);
}

static void a_script_says_who_comes_in(void **state)
{
	const char *path = script("s", "test $CULVERT_EVENT$5 = pre-up10.0.0.2 || exit 9\n"
				       "test $PEERNAME = alice && exit 0\n"
				       "printf '\\nnot \\033 %s\\nreally\\n' $PEERNAME; exit 2");
	struct bench *b = *state;

	assert_non_null(ask(b, 0, "alice", path));
	run_all(b);
	assert_non_null(ask(b, 0, "bob", path));
	run_all(b);
	assert_non_null(ask(b, 0, "carol", "/nowhere/at/all"));
	run_all(b);
	assert_string_equal(b->answers, "yes\npre-up ended with status 2: not \\x1b bob\n"
			    "pre-up ended with status 127: /nowhere/at/all cannot be found: "
			    "No such file or directory\n");
}

static void a_script_that_hangs_lets_nobody_in(void **state)
{
	struct hooks_settings hasty = settings;
	struct bench *b = *state;

	hasty.timeout_ms = 200;
	hooks_set(&b->hooks, &hasty);
	assert_non_null(ask(b, 0, "alice", script("s", "trap 'exit 0' TERM; sleep 1000 & wait")));
	run_all(b);
	assert_string_equal(b->answers, "pre-up did not end within 0 s\n");
}

/* Whether it waits or runs: nobody hears of it. */
static void a_question_is_cancelled(void **state)
{
	const struct hooks_settings one = { .max_running = 1, .max_waiting = 2, .timeout_ms = 60000 };
	const char *path = script("s", "sleep 1000");
	struct hook *first, *second;
	struct bench *b = *state;

	hooks_set(&b->hooks, &one);
	first = ask(b, 0, "alice", path);
	second = ask(b, 1, "bob", path);
	assert_null(ask(b, 2, "carol", path));
	while (!b->hooks.counters.running)
		uv_run(&b->loop, UV_RUN_ONCE);
	hooks_ask_cancel(second);
	assert_int_equal(b->hooks.counters.waiting, 0);
	hooks_ask_cancel(first);
	run_all(b);
	assert_string_equal(b->answers, "");
}

/* A flood of events does not keep logins waiting, nor the other way round. */
static void logins_and_events_take_turns(void **state)
{
	const struct hooks_settings one = { .max_running = 1, .max_waiting = 99, .timeout_ms = 60000 };
	static char tells[sizeof(scripts) + 8], asks[sizeof(scripts) + 8];
	struct bench *b = *state;

	hooks_set(&b->hooks, &one);
	strcpy(tells, script("t", "echo told >> seen"));
	strcpy(asks, script("a", "echo asked >> seen"));
	let_tell(b, tells);
	b->programs.on_down = none;
	for (unsigned int i = 0; i < 3; i++)
		tell(b, i, EVENT_UP);
	for (unsigned int i = 3; i < 6; i++)
		assert_non_null(ask(b, i, "alice", asks));
	run_all(b);
	expect_file("seen", "asked\ntold\nasked\ntold\nasked\ntold\n");
	for (unsigned int i = 0; i < 3; i++)
		tell(b, i, EVENT_DOWN);
}

/* What was told before the end is run, too. */
static void the_end_waits_for_scripts(void **state)
{
	struct bench *b = *state;

	let_tell(b, script("s", "sleep 0.1; echo $CULVERT_ID >> told"));
	for (unsigned int i = 0; i < 6; i++) {
		tell(b, i, EVENT_UP);
		tell(b, i, EVENT_DOWN);
	}
	stop(b);
	assert_int_equal(b->hooks.counters.run, 12);
	assert_true(in_scripts_holds("test $(wc -l < told) = 12"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_is_told_in_its_order),
		TEST(sessions_do_not_wait_for_each_other),
		TEST(so_many_run_at_a_time),
		TEST(what_has_no_room_is_dropped),
		TEST(failures_are_counted_and_logged),
		TEST(another_address_is_a_change),
		TEST(no_program_no_run),
		TEST(a_script_says_who_comes_in),
		TEST(a_script_that_hangs_lets_nobody_in),
		TEST(a_question_is_cancelled),
		TEST(logins_and_events_take_turns),
		TEST(the_end_waits_for_scripts),
	};

	if (hook_serve(argc, argv))
		return HOOK_FAILED;
	return cmocka_run_group_tests(tests, scripts_begin, scripts_end);
}
