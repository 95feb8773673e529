// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aaa/password.h"

static char path[] = "/tmp/password-test-XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	return unlink(path);
}

/* Load the password from a file of these octets and this mode; the first report goes to @said. */
static char *load(const char *text, size_t len, mode_t mode, char *said, size_t size)
{
	FILE *f = fopen(path, "w");
	struct diag diag;
	char *password;

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
	diag_init(&diag);
	password = password_load(path, &diag);
	assert_int_equal(diag.errors, !password);
	snprintf(said, size, "%s", password ? "" : diag.lines[0].text);
	diag_free(&diag);
	return password;
}

static void expect(const char *text, size_t len, const char *password)
{
	char said[256], *got = load(text, len, 0600, said, sizeof(said));

	assert_non_null(got);
	assert_string_equal(got, password);
	password_free(got);
}

static void refused(const char *text, size_t len, mode_t mode, const char *why)
{
	char said[256];

	assert_null(load(text, len, mode, said, sizeof(said)));
	assert_non_null(strstr(said, why));
	assert_ptr_equal(strstr(said, path), said);
}

static void the_first_line_counts(void **state)
{
	char longest[PASSWORD_MAX + 2];

	expect("wonder", 6, "wonder");
	expect("wonder\n", 7, "wonder");
	expect(" two words \nmore\n", 17, " two words ");
	expect("w\xc3\xb6rd\n", 6, "w\xc3\xb6rd");
	memset(longest, 'x', PASSWORD_MAX);
	longest[PASSWORD_MAX] = '\0';
	expect(longest, PASSWORD_MAX, longest);
}

static void what_is_no_password(void **state)
{
	char longer[PASSWORD_MAX + 1];

	memset(longer, 'x', sizeof(longer));
	refused("", 0, 0600, "1 to 256 octets");
	refused("\nwonder\n", 8, 0600, "1 to 256 octets");
	refused(longer, sizeof(longer), 0600, "1 to 256 octets");
	refused("won\0der\n", 8, 0600, "control characters");
	refused("wonder\r\n", 8, 0600, "control characters");
	refused("\xef\xbb\xbfwonder\n", 10, 0600, "byte order mark");
}

static void others_must_not_get_at_it(void **state)
{
	refused("wonder\n", 7, 0640, "mode 0640");
	refused("wonder\n", 7, 0604, "mode 0604");
	refused("wonder\n", 7, 0620, "mode 0620");
	refused("wonder\n", 7, 0601, "mode 0601");
}

static void no_file(void **state)
{
	struct diag diag;

	diag_init(&diag);
	assert_null(password_load("/nonexistent", &diag));
	assert_null(password_load("/", &diag));
	assert_int_equal(diag.errors, 2);
	assert_string_equal(diag.lines[0].text,
			    "/nonexistent: cannot be read: No such file or directory");
	assert_string_equal(diag.lines[1].text, "/: is not a regular file");
	diag_free(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_counts),
		cmocka_unit_test(what_is_no_password),
		cmocka_unit_test(others_must_not_get_at_it),
		cmocka_unit_test(no_file),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
