// SPDX-License-Identifier: GPL-2.0-only
/* Who removes the routes that a daemon left behind. The kernel's routes are simulated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/leftovers.h"
#include "net/played_netlink_test.h"
#include "util/captured_log_test.h"

#define LOOKS	"GETROUTE dump length 0 proto 47 ack\nGETNEIGH dump ack\n"

static char above[] = "/tmp/leftovers-test-XXXXXX";
static char folder[sizeof(above) + 8];

static int setup(void **state)
{
	strcpy(strrchr(above, '-'), "-XXXXXX");
	assert_non_null(mkdtemp(above));
	snprintf(folder, sizeof(folder), "%s/culvert", above);
	forget_requests();
	return 0;
}

static int teardown(void **state)
{
	char command[sizeof(folder) + 16];

	snprintf(command, sizeof(command), "rm -r '%s'", above);
	assert_int_equal(system(command), 0);
	play_end();
	return 0;
}

static void the_first_removes_them(void **state)
{
	struct leftovers one, two;

	leftovers_remove(&one, folder);
	expect_requests(LOOKS);
	leftovers_remove(&two, folder);
	expect_requests("");
	leftovers_close(&two);
	leftovers_remove(&two, folder);
	expect_requests("");
	leftovers_close(&one);
	leftovers_remove(&two, folder);
	expect_requests(LOOKS);
	leftovers_close(&two);
	leftovers_close(&two);
}

/* Anybody on the host may have an address of this name, and a folder of this name. */
static void nobody_without_privilege_is_in_the_way(void **state)
{
	static const struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = "\0culvertd" };
	const socklen_t len = offsetof(struct sockaddr_un, sun_path) + sizeof("\0culvertd") - 1;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct leftovers l;
	struct stat st;
	char path[128];

	assert_int_equal(bind(fd, (const struct sockaddr *)&sun, len), 0);
	leftovers_remove(&l, folder);
	expect_requests(LOOKS);
	assert_int_equal(stat("/proc/self/ns/net", &st), 0);
	snprintf(path, sizeof(path), "%s/net-%ju.lock", folder, (uintmax_t)st.st_ino);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 0022, 0);
	leftovers_close(&l);
	close(fd);
}

/* Returns 0 if another namespace has a lock of its own, 1 if not, and 2 without one. */
static int look_elsewhere(void)
{
	struct leftovers l;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		return 2;
	leftovers_remove(&l, folder);
	return l.lock < 0;
}

static void each_namespace_has_its_own(void **state)
{
	struct leftovers l;
	int status;
	pid_t pid;

	leftovers_remove(&l, folder);
	expect_requests(LOOKS);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		_exit(look_elsewhere());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	leftovers_close(&l);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 2)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* The folder cannot be made: nothing is removed, because another daemon may run. */
static void without_a_folder_they_stay(void **state)
{
	struct leftovers l;
	const char *log;

	snprintf(folder, sizeof(folder), "%s/none/x", above);
	capture();
	leftovers_remove(&l, folder);
	log = captured();
	expect_requests("");
	assert_non_null(strstr(log, "/none/x: No such file or directory"));
	leftovers_close(&l);
}

/* Returns 0 if the log says what is missing, 1 if not, and 2 if nothing can be hidden here. */
static int look_without_proc(void)
{
	struct leftovers l;
	const char *log;

	capture();
	if (unshare(CLONE_NEWUSER) || chroot(above) || chdir("/"))
		return 2;
	leftovers_remove(&l, "/culvert");
	log = captured();
	return !strstr(log, "behind: /proc/self/ns/net: No such file or directory") || l.lock >= 0;
}

/* The folder is not to blame if the namespace has no name. */
static void without_a_namespace_they_stay(void **state)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		_exit(look_without_proc());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 2)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_removes_them, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_without_privilege_is_in_the_way, setup,
						teardown),
		cmocka_unit_test_setup_teardown(each_namespace_has_its_own, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_folder_they_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_namespace_they_stay, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
