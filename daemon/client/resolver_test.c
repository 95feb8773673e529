// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host's resolver is told. This test program also plays resolvconf: a folder at the
 * beginning of the PATH has it under that name, and then it notes its arguments and its input.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/resolver.h"
#include "util/ip_literal_test.h"

/* --- as resolvconf -------------------------------------------------------------------------- */

static int resolvconf(int argc, char **argv, const char *note)
{
	FILE *f = fopen(note, "a");
	char line[128];

	if (!f)
		return 1;
	for (int i = 1; i < argc; i++)
		fprintf(f, "%s ", argv[i]);
	while (fgets(line, sizeof(line), stdin))
		fprintf(f, "[%.*s] ", (int)strcspn(line, "\n"), line);
	for (int fd = 0; fd < 1024; fd++)
		if (fd != fileno(f) && fcntl(fd, F_GETFD) >= 0)
			fprintf(f, "%d ", fd);
	fprintf(f, "\n");
	fclose(f);
	return 0;
}

/* --- tests ----------------------------------------------------------------------------------- */

static char folder[] = "/tmp/resolver-test-XXXXXX";
static char program[sizeof(folder) + sizeof("/resolvconf")];
static char note[sizeof(folder) + sizeof("/note")];
static uv_loop_t loop;

static int setup(void **state)
{
	char path[sizeof(folder) + 64], self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0 || !mkdtemp(folder))
		return -1;
	self[n] = '\0';
	snprintf(program, sizeof(program), "%s/resolvconf", folder);
	snprintf(note, sizeof(note), "%s/note", folder);
	snprintf(path, sizeof(path), "%s:/usr/bin:/bin", folder);
	setenv("PATH", path, 1);
	setenv("CULVERT_TEST_NOTE", note, 1);
	signal(SIGPIPE, SIG_IGN);
	uv_loop_init(&loop);
	return symlink(self, program);
}

static int teardown(void **state)
{
	unlink(note);
	unlink(program);
	return rmdir(folder) || uv_loop_close(&loop);
}

static void expect_note(const char *want)
{
	char text[512];
	FILE *f = fopen(note, "r");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	unlink(note);
	assert_string_equal(text, want);
}

static void idle(struct resolver *r)
{
}

static int careless = -1;

/* Another thread opens a descriptor at the last moment, as libraries do: without close-on-exec. */
static void open_carelessly(void)
{
	if (careless < 0)
		careless = fcntl(STDERR_FILENO, F_DUPFD, 100);
}

/* resolvconf gets its arguments and its input, but none of our other descriptors. */
static void resolvconf_is_told(void **state)
{
	const struct ip_addr servers[] = { ip("10.0.0.53"), ip("10.0.0.54") };
	struct resolver r;

	assert_int_equal(pthread_atfork(open_carelessly, NULL, NULL), 0);
	/* who only asks tells nobody */
	resolver_init(&r, &loop, CONFIG_RESOLVER_ASK, "hq", idle);
	resolver_tell(&r, "hq", servers, 2);
	assert_true(resolver_is_idle(&r));

	resolver_init(&r, &loop, CONFIG_RESOLVER_RESOLVCONF, "hq", idle);
	resolver_tell(&r, "hq", servers, 2);
	assert_false(resolver_is_idle(&r));
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_true(resolver_is_idle(&r));
	expect_note("-a hq.culvert [nameserver 10.0.0.53] [nameserver 10.0.0.54] 0 1 2 \n");
	assert_true(careless >= 100);
	resolver_tell(&r, "hq", servers, 2);
	assert_true(resolver_is_idle(&r));
	resolver_forget(&r);
	uv_run(&loop, UV_RUN_DEFAULT);
	expect_note("-d hq.culvert 0 1 2 \n");
	close(careless);
}

/* One program runs at a time, and the last request counts. */
static void what_is_wanted_may_change_meanwhile(void **state)
{
	const struct ip_addr first = ip("10.0.0.53"), last = ip("10.0.0.54");
	struct resolver r;

	resolver_init(&r, &loop, CONFIG_RESOLVER_RESOLVCONF, "hq", idle);
	resolver_tell(&r, "hq", &first, 1);
	resolver_forget(&r);
	resolver_tell(&r, "hq", &last, 1);
	uv_run(&loop, UV_RUN_DEFAULT);
	expect_note("-a hq.culvert [nameserver 10.0.0.53] 0 1 2 \n"
		    "-d hq.culvert 0 1 2 \n"
		    "-a hq.culvert [nameserver 10.0.0.54] 0 1 2 \n");
}

/* What a daemon that was killed has told is taken back before anything else is told. */
static void what_was_told_before_is_taken_back(void **state)
{
	const struct ip_addr server = ip("10.0.0.53");
	struct resolver r;

	resolver_init(&r, &loop, CONFIG_RESOLVER_RESOLVCONF, "hq", idle);
	resolver_claim(&r, "hq");
	assert_false(resolver_is_idle(&r));
	resolver_tell(&r, "hq", &server, 1);
	uv_run(&loop, UV_RUN_DEFAULT);
	expect_note("-d hq.culvert 0 1 2 \n"
		    "-a hq.culvert [nameserver 10.0.0.53] 0 1 2 \n");
	assert_false(resolver_has_record("culvert-test"));
}

static void without_servers_nothing_is_told(void **state)
{
	struct resolver r;

	resolver_init(&r, &loop, CONFIG_RESOLVER_RESOLVCONF, "hq", idle);
	resolver_tell(&r, "hq", NULL, 0);
	resolver_forget(&r);
	assert_true(resolver_is_idle(&r));
}

/* Nothing can be told, and nobody waits for it. */
static void the_program_is_not_there(void **state)
{
	const struct ip_addr server = ip("10.0.0.53");
	char *path = strdup(getenv("PATH"));
	struct resolver r;

	setenv("PATH", "/nonexistent", 1);
	resolver_init(&r, &loop, CONFIG_RESOLVER_RESOLVCONF, "hq", idle);
	resolver_tell(&r, "hq", &server, 1);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_true(resolver_is_idle(&r));
	assert_int_equal(access(note, F_OK), -1);
	setenv("PATH", path, 1);
	free(path);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolvconf_is_told),
		cmocka_unit_test(what_is_wanted_may_change_meanwhile),
		cmocka_unit_test(what_was_told_before_is_taken_back),
		cmocka_unit_test(without_servers_nothing_is_told),
		cmocka_unit_test(the_program_is_not_there),
	};

	if (!strcmp(argv[0], "resolvconf"))
		return resolvconf(argc, argv, getenv("CULVERT_TEST_NOTE"));
	if (resolver_serve(argc, argv))
		return RESOLVER_FAILED;
	return cmocka_run_group_tests(tests, setup, teardown);
}
