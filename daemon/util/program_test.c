// SPDX-License-Identifier: GPL-2.0-only
/* Programs that others could change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/program.h"

static char folder[] = "/tmp/program-test-XXXXXX";
static char path[sizeof(folder) + sizeof("/program")];
static char link_path[sizeof(folder) + sizeof("/link")];

static int setup(void **state)
{
	int fd;

	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/program", folder);
	snprintf(link_path, sizeof(link_path), "%s/link", folder);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	unlink(link_path);
	unlink(path);
	return rmdir(folder);
}

static void expect(const char *program, const char *wrong)
{
	char reason[PROGRAM_REASON_SIZE] = "";

	assert_int_equal(program_is_safe(program, reason), !*wrong);
	assert_memory_equal(reason, wrong, strlen(wrong));
}

static void a_file_is_looked_at(void **state)
{
	chmod(path, 0755);
	expect(path, "");
	chmod(path, 0700);
	expect(path, "");
	chmod(path, 0775);
	expect(path, "can be written by others");
	chmod(path, 0757);
	expect(path, "can be written by others");
	chmod(path, 0644);
	expect(path, "cannot be executed");
	expect(folder, "is not a file");
	expect("/nowhere/at/all", "cannot be found: No such file");
}

/* What counts is where the link leads. */
static void a_link_is_followed(void **state)
{
	assert_int_equal(symlink(path, link_path), 0);
	chmod(path, 0755);
	expect(link_path, "");
	chmod(path, 0777);
	expect(link_path, "can be written by others");
}

static void folders_are_looked_at(void **state)
{
	chmod(path, 0755);
	chmod(folder, 0777);
	expect(path, "is in a folder that others can write to: /tmp/program-test-");
	chmod(folder, 01777);
	expect(path, "");
	chmod(folder, 0700);
}

static void owners_are_looked_at(void **state)
{
	if (geteuid())
		skip();
	chmod(path, 0755);
	assert_int_equal(chown(path, 1, 1), 0);
	expect(path, "belongs to another user");
	assert_int_equal(chown(path, 0, 0), 0);
	assert_int_equal(chown(folder, 1, 1), 0);
	expect(path, "is in a folder of another user");
	assert_int_equal(chown(folder, 0, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_looked_at),
		cmocka_unit_test(a_link_is_followed),
		cmocka_unit_test(folders_are_looked_at),
		cmocka_unit_test(owners_are_looked_at),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
