// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lookups of names that need no name server. This test program is also the process that looks up;
 * a name server that does not answer is played there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "client/lookup.h"

#define SILENT	"silent.example"	/* its name server does not answer */
#define CRASHES	"crash.example"		/* the C library crashes */
#define MANY	9

/* --- in the process -------------------------------------------------------------------------- */

static void play(const char *name)
{
	while (!strcmp(name, SILENT))
		pause();
	if (!strcmp(name, CRASHES))
		raise(SIGKILL);
}

/* --- tests ----------------------------------------------------------------------------------- */

static uv_loop_t loop;
static struct later_line line;
static unsigned int n_done;

static int setup(void **state)
{
	n_done = 0;
	uv_loop_init(&loop);
	later_line_open(&line, &loop);
	return 0;
}

static int teardown(void **state)
{
	later_line_close(&line, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	return uv_loop_close(&loop);
}

static void done(struct lookup *l)
{
	n_done++;
}

static void run_until_done(unsigned int n)
{
	while (n_done < n)
		uv_run(&loop, UV_RUN_ONCE);
}

static void look_up(struct lookup *l, const char *name)
{
	lookup_start(l, &line, name, done);
	assert_int_equal(n_done, 0);
	run_until_done(1);
}

static void an_address_is_its_own(void **state)
{
	struct lookup l;

	look_up(&l, "192.0.2.7");
	assert_int_equal(l.status, 0);
	assert_int_equal(l.n, 1);
	assert_string_equal(ip_text(l.list[0]), "192.0.2.7");
}

static void another_family_is_not_taken(void **state)
{
	struct lookup l;

	look_up(&l, "::1");
	assert_int_not_equal(l.status, 0);
	assert_int_equal(l.n, 0);
}

static void an_impossible_name_has_no_address(void **state)
{
	char name[2000];
	struct lookup l;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	look_up(&l, name);
	assert_int_not_equal(l.status, 0);
	assert_int_equal(l.n, 0);
}

static void a_crash_is_a_failure(void **state)
{
	struct lookup l;

	look_up(&l, CRASHES);
	assert_int_equal(l.status, UV_EAI_FAIL);
}

static void without_descriptors_it_fails(void **state)
{
	struct rlimit limit, none;
	struct lookup l;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){ .rlim_cur = 3, .rlim_max = limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	look_up(&l, "192.0.2.7");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(l.status, UV_EMFILE);
}

/* However many wait for a name server: the next name is looked up at once, and all let go. */
static void others_do_not_wait(void **state)
{
	struct lookup silent[MANY], l;

	for (int i = 0; i < MANY; i++)
		lookup_start(&silent[i], &line, SILENT, done);
	look_up(&l, "192.0.2.7");
	assert_int_equal(l.n, 1);
	for (int i = 0; i < MANY; i++)
		lookup_cancel(&silent[i]);
	run_until_done(1 + MANY);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(silent[i].status, UV_ECANCELED);
}

static void it_may_be_cancelled_before_it_begins(void **state)
{
	struct lookup l;

	lookup_start(&l, &line, SILENT, done);
	lookup_cancel(&l);
	assert_int_equal(n_done, 0);
	run_until_done(1);
	assert_int_equal(l.status, UV_ECANCELED);
}

#define WITH_LOOP(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WITH_LOOP(an_address_is_its_own),
		WITH_LOOP(another_family_is_not_taken),
		WITH_LOOP(an_impossible_name_has_no_address),
		WITH_LOOP(a_crash_is_a_failure),
		WITH_LOOP(without_descriptors_it_fails),
		WITH_LOOP(others_do_not_wait),
		WITH_LOOP(it_may_be_cancelled_before_it_begins),
	};

	if (argc == 2)
		play(argv[1]);
	return lookup_serve(argc, argv) ? 0 : cmocka_run_group_tests(tests, NULL, NULL);
}
