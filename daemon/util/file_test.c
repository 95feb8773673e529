// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/file.h"

static char folder[] = "/tmp/file-test-XXXXXX";
static char path[sizeof(folder) + 8];

static int make_folder(void **state)
{
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int remove_folder(void **state)
{
	return unlink(path) || rmdir(folder);
}

static void write_file(const char *data, size_t len, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void a_file_is_read_whole(void **state)
{
	struct file file;

	write_file("a\0b\n", 4, 0640);
	assert_int_equal(file_read(&file, path, 4), 0);
	assert_int_equal(file.len, 4);
	assert_memory_equal(file.data, "a\0b\n", 5);
	assert_int_equal(file.mode, 0640);
	assert_int_equal(file.owner, geteuid());
	file_free(&file);
	assert_null(file.data);

	write_file("", 0, 0600);
	assert_int_equal(file_read(&file, path, 0), 0);
	assert_int_equal(file.len, 0);
	assert_string_equal(file.data, "");
	file_free(&file);
}

static void refused(const char *name, size_t most, int err, const char *why)
{
	struct file file;

	assert_int_equal(file_read(&file, name, most), err);
	assert_string_equal(file.reason, why);
	assert_null(file.data);
}

static void what_cannot_be_read_is_said(void **state)
{
	write_file("12345", 5, 0600);
	refused(path, 4, -EFBIG, "is larger than 4 octets");
	refused(folder, 4, -EINVAL, "is not a regular file");
	refused("/nonexistent", 4, -ENOENT, "cannot be read: No such file or directory");
}

static void a_fifo_is_not_waited_for(void **state)
{
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	refused(path, 4, -EINVAL, "is not a regular file");
}

static void other_descriptors_are_closed(void **state)
{
	int fd = dup(STDERR_FILENO), far = fcntl(STDERR_FILENO, F_DUPFD, 777);

	assert_true(fd > STDERR_FILENO && far >= 777);
	file_close_others();
	assert_int_equal(fcntl(STDIN_FILENO, F_GETFD), 0);
	assert_int_equal(fcntl(STDERR_FILENO, F_GETFD), 0);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_int_equal(fcntl(far, F_GETFD), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_whole),
		cmocka_unit_test(what_cannot_be_read_is_said),
		cmocka_unit_test(a_fifo_is_not_waited_for),
		cmocka_unit_test(other_descriptors_are_closed),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
