// SPDX-License-Identifier: GPL-2.0-only
/* Runs of real scripts. This test program is also the process that becomes the script. */
#define _GNU_SOURCE 1
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "hooks/played_scripts_test.h"
#include "hooks/run.h"
#include "util/container.h"

struct ran {
	struct run run;
	char said[8192];
	unsigned int done;
};

static uv_loop_t loop;

static int setup(void **state)
{
	return uv_loop_init(&loop);
}

/* Nothing is left open: a run has closed what it opened. */
static int teardown(void **state)
{
	return uv_loop_close(&loop);
}

static void said(struct run *r, const char *line)
{
	struct ran *ran = container_of(r, struct ran, run);

	assert_true(strlen(ran->said) + strlen(line) + 2 < sizeof(ran->said));
	strcat(strcat(ran->said, line), "\n");
}

static void done(struct run *r)
{
	container_of(r, struct ran, run)->done++;
}

/* Begin to run a program, with the arguments "one" and "two words" and X=y in its environment. */
static void begin(struct ran *ran, const char *program, uint64_t timeout_ms)
{
	struct command *command = calloc(1, sizeof(*command) + 512);
	char *to = command->words;

	command->n_args = 3;
	command->n_env = 1;
	to = stpcpy(to, program) + 1;
	to = stpcpy(to, "one") + 1;
	to = stpcpy(to, "two words") + 1;
	strcpy(to, "X=y");
	*ran = (struct ran){ .run = { .said = said, .done = done } };
	run_start(&ran->run, &loop, command, timeout_ms);
	free(command);
	assert_int_equal(ran->done, 0);
}

static void run(struct ran *ran, const char *program)
{
	begin(ran, program, 60000);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(ran->done, 1);
	assert_int_equal(ran->run.error, 0);
	assert_false(ran->run.timed_out);
}

static void arguments_environment_and_status(void **state)
{
	struct ran ran;

	run(&ran, script("s", "echo \"$#: $1, $2, $X, $HOME\"\necho wrong >&2\nexit 3"));
	assert_string_equal(ran.said, "2: one, two words, y, \nwrong\n");
	assert_true(WIFEXITED(ran.run.status));
	assert_int_equal(WEXITSTATUS(ran.run.status), 3);
	run(&ran, script("s", "kill -9 $$"));
	assert_true(WIFSIGNALED(ran.run.status));
}

/*
 * The program has three descriptors, no signal that is ignored or blocked (but for those that the C
 * library has for itself), and leads a session.
 */
static void nothing_of_ours_is_inherited(void **state)
{
	const int careless = fcntl(STDERR_FILENO, F_DUPFD, 100);
	sigset_t block;
	struct ran ran;

	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* dash keeps a copy of the script itself at 10. */
	run(&ran, script("s", "cd /proc/$$\n"
			      "for fd in fd/*; do test $fd = fd/10 || echo $fd; done\n"
			      "while read name value; do case $name in\n"
			      "SigBlk:|SigIgn:) echo $name $((0x$value & 0x7fffffff));;\n"
			      "esac; done < status\n"
			      "read pid comm state ppid group session rest < stat\n"
			      "test $session = $$ && test $group = $$ && echo leads\n"
			      "ulimit -n | { read n; test $n -le 1024 && echo few; }"));
	sigprocmask(SIG_UNBLOCK, &block, NULL);
	signal(SIGPIPE, SIG_DFL);
	close(careless);
	assert_memory_equal(ran.said, "fd/0\nfd/1\nfd/2\n", 15);
	assert_non_null(strstr(ran.said, "SigBlk: 0\nSigIgn: 0\n"));
	assert_non_null(strstr(ran.said, "leads\nfew\n"));
	assert_int_equal(ran.run.status, 0);
}

static void output_is_cut_and_escaped(void **state)
{
	struct ran ran;

	run(&ran, script("s", "printf 'a\\033[1m\\n\\n\\377b\\n'\nprintf '%0999d\\n' 0\nprintf last"));
	assert_memory_equal(ran.said, "a\\x1b[1m\n\\xffb\n000", 18);
	assert_int_equal(strlen(ran.said), 18 - 3 + RUN_LINE_SIZE - 1 + 1 + 5);
	assert_string_equal(ran.said + strlen(ran.said) - 6, "\nlast\n");
	run(&ran, script("s", "seq 1 25"));
	assert_string_equal(strstr(ran.said, "\n19"), "\n19\n20\n");
	assert_int_equal(ran.run.more, 5);
}

static void a_script_that_hangs_is_ended(void **state)
{
	struct ran ran;

	begin(&ran, script("s", "echo here\nsleep 1000\necho not here"), 300);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(ran.done, 1);
	assert_true(ran.run.timed_out);
	assert_true(WIFSIGNALED(ran.run.status));
	assert_string_equal(ran.said, "here\n");
}

/* SIGTERM is not enough, and what the script has started gets SIGKILL, too. */
static void a_script_that_does_not_want_to_end_is_killed(void **state)
{
	char said[32] = "";
	struct ran ran;

	begin(&ran, script("s", "trap '' TERM\nsleep 1000 & echo $!\nwait"), 60000);
	while (!*ran.said)
		uv_run(&loop, UV_RUN_ONCE);
	snprintf(said, sizeof(said), "%.31s", ran.said);
	assert_int_equal(kill(atoi(said), 0), 0);
	run_cancel(&ran.run);
	for (unsigned int i = 0; i < 3; i++)
		uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(ran.done, 0);
	run_kill(&ran.run);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_true(ran.run.timed_out);
	assert_int_equal(WTERMSIG(ran.run.status), SIGKILL);
	/* Until somebody has waited for it, it is there, but does not run. */
	for (unsigned int i = 0; i < 500 && !kill(atoi(said), 0); i++) {
		char path[64], state_of = '?';
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/stat", atoi(said));
		f = fopen(path, "r");
		if (f && fscanf(f, "%*d (sleep) %c", &state_of) != 1)
			state_of = 'Z';
		if (f)
			fclose(f);
		if (!f || state_of == 'Z')
			return;
		usleep(10000);
	}
	assert_int_not_equal(kill(atoi(said), 0), 0);
}

/* What stays in the background, with our pipe, holds up nobody. */
static void the_background_is_not_waited_for(void **state)
{
	struct ran ran;

	run(&ran, script("s", "sleep 1000 & echo $!"));
	assert_true(atoi(ran.said) > 1);
	assert_int_equal(kill(atoi(ran.said), SIGKILL), 0);
}

static void a_program_that_others_can_change_is_not_run(void **state)
{
	const char *path = script("s", "echo here");
	struct ran ran;

	assert_int_equal(chmod(path, 0777), 0);
	run(&ran, path);
	assert_int_equal(WEXITSTATUS(ran.run.status), HOOK_FAILED);
	assert_non_null(strstr(ran.said, "can be written by others"));
	run(&ran, "/nowhere/at/all");
	assert_int_equal(WEXITSTATUS(ran.run.status), HOOK_FAILED);
	assert_non_null(strstr(ran.said, "/nowhere/at/all cannot be found"));
}

/* There are no descriptors: the run is over at once, though later, and leaves nothing. */
static void what_cannot_be_started_is_told(void **state)
{
	struct rlimit before, none;
	struct ran ran;

	getrlimit(RLIMIT_NOFILE, &before);
	none = (struct rlimit){ 3, before.rlim_max };
	setrlimit(RLIMIT_NOFILE, &none);
	begin(&ran, "/bin/true", 60000);
	setrlimit(RLIMIT_NOFILE, &before);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(ran.done, 1);
	assert_int_not_equal(ran.run.error, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(arguments_environment_and_status, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_of_ours_is_inherited, setup, teardown),
		cmocka_unit_test_setup_teardown(output_is_cut_and_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(a_script_that_hangs_is_ended, setup, teardown),
		cmocka_unit_test_setup_teardown(a_script_that_does_not_want_to_end_is_killed, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_background_is_not_waited_for, setup, teardown),
		cmocka_unit_test_setup_teardown(a_program_that_others_can_change_is_not_run, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_started_is_told, setup, teardown),
	};

	if (hook_serve(argc, argv))
		return HOOK_FAILED;
	return cmocka_run_group_tests(tests, scripts_begin, scripts_end);
}
