// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "control/called_test.h"
#include "util/ip_literal_test.h"

struct bench {
	uv_loop_t loop;
	struct servers servers;
	struct api api;
};

static int set_up(void **state)
{
	const struct config_abuse config = {
		.failures = 1, .within_s = 60, .ban_s = 60, .max_ban_s = 60, .aggregate = 24,
		.burst = 1,
	};
	struct bench *b = calloc(1, sizeof(*b));

	uv_loop_init(&b->loop);
	b->api.servers = &b->servers;
	assert_int_equal(abuse_open(&b->servers.abuse, &b->loop), 0);
	abuse_configure(&b->servers.abuse, &config);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	abuse_close(&b->servers.abuse, NULL);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	abuse_free(&b->servers.abuse);
	free(b);
	return 0;
}

/* Call @method, and compare the reply, or the error, with @expected. */
static void run(struct bench *b, const char *method, const char *parameters, const char *expected)
{
	json_t *reply = called(&b->api, method, json_loads(parameters, 0, NULL));
	char *text = reply ? json_dumps(reply, JSON_COMPACT) : NULL;

	assert_string_equal(text ? text : called_error.text, expected);
	free(text);
	json_decref(reply);
}

static void lists(struct bench *b, const char * const *expected)
{
	json_t *reply = called(&b->api, "org.culvert.Ban.List", NULL);
	json_t *ban;
	size_t i;

	json_array_foreach(json_object_get(reply, "bans"), i, ban) {
		char *text = json_dumps(ban, JSON_COMPACT);

		assert_non_null(*expected);
		assert_string_equal(text, *expected++);
		free(text);
	}
	assert_null(*expected);
	json_decref(reply);
}

static void bans_are_added_listed_and_removed(void **state)
{
	struct bench *b = *state;
	uint64_t now = uv_now(&b->loop);

	lists(b, (const char * const[]){ NULL });
	run(b, "org.culvert.Ban.Add", "{\"network\":\"192.0.2.1\"}", "{\"added\":\"192.0.2.1/32\"}");
	run(b, "org.culvert.Ban.Add", "{\"network\":\"198.51.0.0/16\",\"time_s\":90}",
	    "{\"added\":\"198.51.0.0/16\"}");
	bans_failed(b->servers.abuse.bans, ip("203.0.113.9"), now);
	bans_connection(b->servers.abuse.bans, ip("203.0.113.10"), now);
	lists(b, (const char * const[]){
		"{\"network\":\"192.0.2.1/32\",\"reason\":\"administrator\",\"age_s\":0,"
		"\"failures\":0,\"times\":0,\"turned_away\":0}",
		"{\"network\":\"198.51.0.0/16\",\"reason\":\"administrator\",\"age_s\":0,"
		"\"left_s\":90,\"failures\":0,\"times\":0,\"turned_away\":0}",
		"{\"network\":\"203.0.113.0/24\",\"reason\":\"failed logins\",\"age_s\":0,"
		"\"left_s\":60,\"failures\":1,\"times\":1,\"turned_away\":1}",
		NULL });
	run(b, "org.culvert.Ban.Remove", "{\"network\":\"203.0.113.9\"}",
	    "{\"removed\":\"203.0.113.0/24\"}");
	run(b, "org.culvert.Ban.Remove", "{\"network\":\"192.0.2.1\"}", "{\"removed\":\"192.0.2.1/32\"}");
	run(b, "org.culvert.Ban.Remove", "{\"network\":\"198.51.0.0/16\"}",
	    "{\"removed\":\"198.51.0.0/16\"}");
	lists(b, (const char * const[]){ NULL });
}

static void what_is_wrong_is_said(void **state)
{
	struct bench *b = *state;

	run(b, "org.culvert.Ban.Add", "{}", "\"network\": it is missing");
	run(b, "org.culvert.Ban.Add", "{\"network\":5}", "\"network\": expected a text");
	run(b, "org.culvert.Ban.Add", "{\"network\":\"here\"}",
	    "\"here\" is neither an address nor a network like 192.0.2.0/24");
	run(b, "org.culvert.Ban.Add", "{\"network\":\"192.0.2.1/24\"}",
	    "\"192.0.2.1/24\" is neither an address nor a network like 192.0.2.0/24");
	run(b, "org.culvert.Ban.Add", "{\"network\":\"0.0.0.0/0\"}", "0.0.0.0/0 would keep everybody out");
	run(b, "org.culvert.Ban.Add", "{\"network\":\"192.0.2.1\",\"time_s\":0}",
	    "\"time_s\": expected a number from 1 to 4294967295");
	run(b, "org.culvert.Ban.Add", "{\"network\":\"192.0.2.1\",\"time_s\":\"1\"}",
	    "\"time_s\": expected a whole number");
	run(b, "org.culvert.Ban.Add", "{\"network\":\"192.0.0.0/16\"}", "{\"added\":\"192.0.0.0/16\"}");
	run(b, "org.culvert.Ban.Remove", "{\"network\":\"192.0.2.1\"}",
	    "192.0.2.1/32 is banned as a part of 192.0.0.0/16 alone");
	run(b, "org.culvert.Ban.Remove", "{\"network\":\"198.51.100.1\"}", "198.51.100.1/32 is not banned");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bans_are_added_listed_and_removed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_said, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
