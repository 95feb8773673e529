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

#include "control/coa_config.h"
#include "util/ip_literal_test.h"

static char folder[] = "/tmp/coa-config-test-XXXXXX";
static char path[64], secret[64];

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, 0600), 0);
}

static int make_folder(void **state)
{
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/conf", folder);
	snprintf(secret, sizeof(secret), "%s/secret", folder);
	write_file(secret, "xyzzy 5461\n");
	return 0;
}

static int remove_folder(void **state)
{
	unlink(path);
	unlink(secret);
	return rmdir(folder);
}

/* A configuration has to have something to do. */
#define CLIENT	"client \"hq\" { server = \"192.0.2.9\"  user = \"a\"  secret-file = \"%s\" }\n"

/* Returns the configuration of this text, in which the secret's path may stand three times. */
static struct config *load(const char *format)
{
	struct config *config;
	struct diag diag;
	char text[1024];

	snprintf(text, sizeof(text), format, secret, secret, secret);
	write_file(path, text);
	diag_init(&diag);
	config = config_load(path, &diag);
	if (!config)
		fail_msg("%s", diag.lines[0].text);
	diag_free(&diag);
	return config;
}

static void test_all(void **state)
{
	struct config *config = load(
		CLIENT
		"nas { identifier = \"nas-1\"  address = \"192.0.2.1\" }\n"
		"coa {\n"
		"	listen = { \"192.0.2.1\", \"2001:db8::1\" }\n"
		"	port = 1700\n"
		"	vrf = mgmt\n"
		"	netns = blue\n"
		"	window = 60\n"
		"	require-timestamp = true\n"
		"	require-message-authenticator = true\n"
		"}\n"
		"coa-client \"one\" { address = \"192.0.2.20\"  secret-file = \"%s\" }\n"
		"coa-client \"two\" { address = \"2001:db8::20\"  secret-file = \"%s\" }\n");
	struct coa_config made;
	const struct coa_settings *s = &made.settings;

	assert_true(coa_config_make(&made, config));
	assert_int_equal(s->n_listen, 2);
	assert_ip(s->listen[0].address, "192.0.2.1");
	assert_ip(s->listen[1].address, "2001:db8::1");
	assert_int_equal(s->listen[0].port, 1700);
	assert_int_equal(s->listen[1].port, 1700);
	assert_string_equal(s->listen[1].vrf, "mgmt");
	assert_string_equal(s->listen[1].netns, "blue");
	assert_int_equal(s->n_clients, 2);
	assert_string_equal(s->clients[0].name, "one");
	assert_ip(s->clients[0].address, "192.0.2.20");
	assert_ip(s->clients[1].address, "2001:db8::20");
	assert_int_equal(s->clients[1].secret_len, 10);
	assert_memory_equal(s->clients[1].secret, "xyzzy 5461", 10);
	assert_int_equal(s->checks.window_s, 60);
	assert_true(s->checks.require_timestamp);
	assert_true(s->checks.require_signature);
	assert_string_equal(s->nas_identifier, "nas-1");
	assert_ip(s->nas_address, "192.0.2.1");
	coa_config_free(&made);
	config_put(config);
}

static void test_nobody(void **state)
{
	struct config *config = load(CLIENT);
	struct coa_config made;

	assert_true(coa_config_make(&made, config));
	assert_int_equal(made.settings.n_listen, 0);
	assert_int_equal(made.settings.n_clients, 0);
	assert_false(ip_is_set(made.settings.nas_address));
	coa_config_free(&made);
	config_put(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
