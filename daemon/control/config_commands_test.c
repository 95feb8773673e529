// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "control/called_test.h"
#include "control/reload.h"

static char folder[] = "/tmp/config-test-XXXXXX";
static char path[64], secrets[64];
static uv_loop_t loop;
static struct reload reload;
static struct config *in_use;
static struct servers servers;

static int compare(void *daemon, api_compare_fn fn, api_compared_fn done, void *ctx)
{
	return reload_look(&reload, &in_use, fn, done, ctx);
}

static struct api api = { .servers = &servers, .compare = compare };

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, 0600), 0);
}

static void write_config(const char *options, const char *more)
{
	char text[1024];

	snprintf(text, sizeof(text), "server \"office\" {\n\tlocal-address = 10.0.0.1\n\tsecrets = \"%s\"\n"
		 "%s}\n%s", secrets, options, more);
	write_file(path, text);
}

static int set_up(void **state)
{
	struct diag diag;

	write_file(secrets, "alice * geheim *\n");
	write_config("\thost-name = \"a b\\\xff\"\n\tdns = { 10.0.0.3, 10.0.0.4 }\n",
		     "database \"d\" { type = postgresql\n\tconnection = \"hostaddr=192.0.2.1\" }\n");
	diag_init(&diag);
	in_use = servers.config = config_load(path, &diag);
	if (!in_use)
		fail_msg("%s", diag.lines[0].text);
	diag_free(&diag);
	assert_int_equal(uv_loop_init(&loop), 0);
	called_loop = &loop;
	reload_init(&reload, &loop, path, NULL);
	return 0;
}

static int tear_down(void **state)
{
	uv_run(&loop, UV_RUN_DEFAULT);
	config_put(in_use);
	return uv_loop_close(&loop);
}

/* Call @method; returns the reply as a text without the path of the file. */
static const char *told(const char *method, const char *parameters)
{
	static char text[131072];
	json_t *reply = called(&api, method, json_loads(parameters, 0, NULL));
	char *all = json_dumps(reply, JSON_COMPACT), *rest = all, *at;

	assert_non_null(all);
	*text = '\0';
	while ((at = strstr(rest, folder))) {
		strncat(text, rest, (size_t)(at - rest));
		rest = at + strlen(folder);
	}
	strcat(text, rest);
	free(all);
	json_decref(reply);
	return text;
}

#define SHOW "org.culvert.Config.Show"
#define DIFF "org.culvert.Config.Diff"

static void what_is_in_use_is_shown(void **state)
{
	assert_string_equal(told(SHOW, "{}"),
		"{\"sections\":[{\"section\":\"server\",\"name\":\"office\",\"file\":\"/c\",\"line\":1,"
		"\"options\":["
		"{\"option\":\"host-name\",\"value\":\"\\\"a b\\\\xff\\\"\",\"file\":\"/c\",\"line\":4},"
		"{\"option\":\"secrets\",\"value\":\"/s\",\"file\":\"/c\",\"line\":3},"
		"{\"option\":\"local-address\",\"value\":\"10.0.0.1\",\"file\":\"/c\",\"line\":2},"
		"{\"option\":\"dns\",\"value\":\"{ 10.0.0.3, 10.0.0.4 }\",\"file\":\"/c\",\"line\":5}]},"
		"{\"section\":\"database\",\"name\":\"d\",\"file\":\"/c\",\"line\":7,\"options\":["
		"{\"option\":\"type\",\"value\":\"postgresql\",\"file\":\"/c\",\"line\":7},"
		"{\"option\":\"connection\",\"value\":\"\\\"hostaddr=192.0.2.1\\\"\",\"file\":\"/c\","
		"\"line\":8}]}]}");
	assert_string_equal(told(SHOW, "{\"section\":\"log\"}"), "{\"sections\":[]}");
	assert_string_equal(told(SHOW, "{\"section\":\"log\",\"all\":true}"),
		"{\"sections\":[{\"section\":\"log\",\"name\":\"\",\"options\":["
		"{\"option\":\"level\",\"value\":\"info\"},{\"option\":\"target\",\"value\":\"auto\"},"
		"{\"option\":\"limit-burst\",\"value\":\"10\"},{\"option\":\"limit-rate\",\"value\":\"6\"}]}]}");
	assert_string_equal(told(SHOW, "{\"name\":\"lab\"}"), "{\"sections\":[]}");
	assert_null(strstr(told(SHOW, "{\"all\":true}"), "geheim"));
	assert_non_null(strstr(told(SHOW, "{\"all\":true}"), "\"section\":\"control\""));
}

static void what_a_reload_would_change_is_told(void **state)
{
	assert_string_equal(told(DIFF, "{}"),
			    "{\"changes\":[],\"missing\":0,\"errors\":[],\"warnings\":[]}");
	write_file(secrets, "alice * anders *\n");
	write_config("\thost-name = \"a b\\\xff\"\n\tdns = { 10.0.0.3 }\n", "control { max-clients = 5 }\n");
	assert_string_equal(told(DIFF, "{}"),
		"{\"changes\":["
		"{\"kind\":\"changed\",\"section\":\"server\",\"name\":\"office\",\"option\":\"dns\","
		"\"before\":\"{ 10.0.0.3, 10.0.0.4 }\",\"after\":\"10.0.0.3\",\"file\":\"/c\",\"line\":5,"
		"\"restart\":false},"
		"{\"kind\":\"content\",\"section\":\"server\",\"name\":\"office\",\"option\":\"secrets\","
		"\"file\":\"/c\",\"line\":3,\"restart\":false},"
		"{\"kind\":\"changed\",\"section\":\"control\",\"name\":\"\",\"option\":\"max-clients\","
		"\"before\":\"32\",\"after\":\"5\",\"file\":\"/c\",\"line\":7,\"restart\":true},"
		"{\"kind\":\"removed\",\"section\":\"database\",\"name\":\"d\",\"restart\":false}],"
		"\"missing\":0,\"errors\":[],\"warnings\":[]}");
	write_config("\tmtu = 5\n", "");
	assert_non_null(strstr(told(DIFF, "{}"), "{\"changes\":[],\"missing\":0,\"errors\":[\"/c:4: mtu is"));
	/* and nothing was taken over */
	assert_non_null(strstr(told(SHOW, "{}"), "10.0.0.4"));
}

/* An answer has a bound. */
static void many_changes_are_counted(void **state)
{
	FILE *f = fopen(path, "a");

	for (int i = 0; i < 600; i++)
		fprintf(f, "pool \"p%d\" { range = 10.9.%d.%d }\n", i, i / 200, 1 + i % 200);
	fclose(f);
	assert_non_null(strstr(told(DIFF, "{}") + 1, "\"p499\""));
	assert_null(strstr(told(DIFF, "{}"), "\"p500\""));
	assert_non_null(strstr(told(DIFF, "{}"), "\"missing\":100,"));
}

static int make_folder(void **state)
{
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/c", folder);
	snprintf(secrets, sizeof(secrets), "%s/s", folder);
	return 0;
}

static int remove_folder(void **state)
{
	unlink(path);
	unlink(secrets);
	return rmdir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_in_use_is_shown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_a_reload_would_change_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_changes_are_counted, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
