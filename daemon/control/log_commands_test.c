// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "control/called_test.h"
#include "util/log.h"

static uv_loop_t loop;
static struct sessions sessions = { .loop = &loop };
static struct api api = { .sessions = &sessions };

static int set_up(void **state)
{
	return uv_loop_init(&loop);
}

static int tear_down(void **state)
{
	log_close();
	return uv_loop_close(&loop);
}

/* Call @method, and compare the reply, or the error, with @expected. */
static void run(const char *method, const char *parameters, const char *expected)
{
	json_t *reply = called(&api, method, json_loads(parameters, 0, NULL));
	char *text = reply ? json_dumps(reply, JSON_COMPACT) : NULL;

	assert_string_equal(text ? text : called_error.text, expected);
	free(text);
	json_decref(reply);
}

static void set(const char *parameters, const char *expected)
{
	run("org.culvert.Log.Set", parameters, expected);
}

static void list(const char *expected)
{
	run("org.culvert.Log.List", "{}", expected);
}

static void levels_are_set_listed_and_unset(void **state)
{
	const struct log_fields alice = { .user = "alice" };

	list("{\"level\":\"info\",\"rules\":[]}");
	set("{\"subject\":{\"user\":\"alice\"},\"level\":\"debug\",\"time_s\":600}", "{\"rules\":1}");
	set("{\"subject\":{\"peer\":\"192.0.2.0/24\",\"server\":\"office\"},\"level\":\"error\"}",
	    "{\"rules\":2}");
	set("{\"subject\":{\"session\":7,\"client\":\"hq\"},\"level\":\"warning\"}", "{\"rules\":3}");
	set("{\"subject\":{},\"level\":\"notice\"}", "{\"rules\":4}");
	set("{\"subject\":{\"session\":7,\"client\":\"hq\"},\"level\":\"notice\"}", "{\"rules\":4}");
	list("{\"level\":\"info\",\"rules\":["
	     "{\"subject\":{\"user\":\"alice\"},\"level\":\"debug\",\"left_s\":600},"
	     "{\"subject\":{\"peer\":\"192.0.2.0/24\",\"server\":\"office\"},\"level\":\"error\"},"
	     "{\"subject\":{\"session\":7,\"client\":\"hq\"},\"level\":\"notice\"},"
	     "{\"subject\":{},\"level\":\"notice\"}]}");
	log_about(&alice);
	assert_true(log_enabled(LOG_LEVEL_DEBUG));
	log_about(NULL);
	assert_false(log_enabled(LOG_LEVEL_INFO));
	run("org.culvert.Log.Unset", "{\"subject\":{}}", "{\"removed\":1}");
	run("org.culvert.Log.Unset", "{\"subject\":{\"user\":\"bob\"}}", "{\"removed\":0}");
	run("org.culvert.Log.Unset", "{}", "{\"removed\":3}");
	assert_true(log_enabled(LOG_LEVEL_INFO));
}

static void what_is_wrong_is_said(void **state)
{
	char text[96];

	set("{\"subject\":{},\"level\":\"loud\"}",
	    "\"loud\" is no level: expected error, warning, notice, info or debug");
	set("{\"subject\":{},\"level\":\"warning\"}",
	    "\"warning\" for all lines would leave out who changes what: expected notice, info or debug, "
	    "or a subject");
	set("{\"subject\":{\"peer\":\"here\"},\"level\":\"info\"}",
	    "\"peer\" is \"here\": expected an address or a network like 192.0.2.0/24");
	set("{\"subject\":{\"peer\":\"0.0.0.0/0\"},\"level\":\"info\"}",
	    "\"peer\": expected a network that is a part of all");
	set("{\"subject\":{\"session\":0},\"level\":\"info\"}",
	    "\"session\": expected the number of a session");
	set("{\"subject\":{\"user\":\"\"},\"level\":\"info\"}",
	    "\"user\": expected a text of 1 to 256 octets");
	set("{\"subject\":{},\"level\":\"info\",\"time_s\":0}",
	    "\"time_s\": expected a number from 1 to 4294967295");
	list("{\"level\":\"info\",\"rules\":[]}");
	for (int i = 1; i <= 32; i++) {
		snprintf(text, sizeof(text), "{\"subject\":{\"session\":%d},\"level\":\"debug\"}", i);
		json_decref(called(&api, "org.culvert.Log.Set", json_loads(text, 0, NULL)));
	}
	set("{\"subject\":{\"session\":33},\"level\":\"info\"}",
	    "there are 32 levels already; \"pppctl log unset\" takes one away");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(levels_are_set_listed_and_unset, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_said, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
