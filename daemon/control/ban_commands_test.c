// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "control/commands_priv.h"
#include "util/ip_literal_test.h"

struct bench {
	uv_loop_t loop;
	struct servers servers;
	struct api api;
	char error[256];
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

typedef json_t *(*command_fn)(void *ctx, const json_t *request, char *error, size_t size);

/* Run @command, and compare the result, or the error, with @expected. */
static void run(struct bench *b, command_fn command, const char *request, const char *expected)
{
	json_t *rq = json_loads(request, 0, NULL);
	json_t *result = command(&b->api, rq, b->error, sizeof(b->error));
	char *text = result ? json_dumps(result, JSON_COMPACT) : NULL;

	assert_string_equal(text ? text : b->error, expected);
	free(text);
	json_decref(result);
	json_decref(rq);
}

static void lists(struct bench *b, const char * const *expected)
{
	void *list = api_ban_list.open(&b->api, NULL, b->error, sizeof(b->error));
	json_t *ban;

	assert_non_null(list);
	while ((ban = api_ban_list.next(list))) {
		char *text = json_dumps(ban, JSON_COMPACT);

		assert_non_null(*expected);
		assert_string_equal(text, *expected++);
		free(text);
		json_decref(ban);
	}
	assert_null(*expected);
	api_ban_list.close(list);
}

static void bans_are_added_listed_and_removed(void **state)
{
	struct bench *b = *state;
	uint64_t now = uv_now(&b->loop);

	lists(b, (const char * const[]){ NULL });
	run(b, api_ban_add, "{\"network\":\"192.0.2.1\"}", "{\"added\":\"192.0.2.1/32\"}");
	run(b, api_ban_add, "{\"network\":\"198.51.0.0/16\",\"time_s\":90}",
	    "{\"added\":\"198.51.0.0/16\"}");
	bans_failed(b->servers.abuse.bans, ip("203.0.113.9"), now);
	bans_connection(b->servers.abuse.bans, ip("203.0.113.10"), now);
	lists(b, (const char * const[]){
		"{\"network\":\"192.0.2.1/32\",\"reason\":\"administrator\",\"age_s\":0,"
		"\"left_s\":null,\"failures\":0,\"times\":0,\"turned_away\":0}",
		"{\"network\":\"198.51.0.0/16\",\"reason\":\"administrator\",\"age_s\":0,"
		"\"left_s\":90,\"failures\":0,\"times\":0,\"turned_away\":0}",
		"{\"network\":\"203.0.113.0/24\",\"reason\":\"failed logins\",\"age_s\":0,"
		"\"left_s\":60,\"failures\":1,\"times\":1,\"turned_away\":1}",
		NULL });
	run(b, api_ban_remove, "{\"network\":\"203.0.113.9\"}",
	    "{\"removed\":\"203.0.113.0/24\"}");
	run(b, api_ban_remove, "{\"network\":\"192.0.2.1\"}", "{\"removed\":\"192.0.2.1/32\"}");
	run(b, api_ban_remove, "{\"network\":\"198.51.0.0/16\"}",
	    "{\"removed\":\"198.51.0.0/16\"}");
	lists(b, (const char * const[]){ NULL });
}

static void what_is_wrong_is_said(void **state)
{
	struct bench *b = *state;

	run(b, api_ban_add, "{}", "\"network\" is missing");
	run(b, api_ban_add, "{\"network\":5}", "\"network\" is missing");
	run(b, api_ban_add, "{\"network\":\"here\"}",
	    "\"here\" is neither an address nor a network like 192.0.2.0/24");
	run(b, api_ban_add, "{\"network\":\"192.0.2.1/24\"}",
	    "\"192.0.2.1/24\" is neither an address nor a network like 192.0.2.0/24");
	run(b, api_ban_add, "{\"network\":\"0.0.0.0/0\"}", "0.0.0.0/0 would keep everybody out");
	run(b, api_ban_add, "{\"network\":\"192.0.2.1\",\"time_s\":0}",
	    "\"time_s\" is not a number from 1 to 4294967295");
	run(b, api_ban_add, "{\"network\":\"192.0.2.1\",\"time_s\":\"1\"}",
	    "\"time_s\" is not a number from 1 to 4294967295");
	run(b, api_ban_add, "{\"network\":\"192.0.0.0/16\"}", "{\"added\":\"192.0.0.0/16\"}");
	run(b, api_ban_remove, "{\"network\":\"192.0.2.1\"}",
	    "192.0.2.1/32 is banned as a part of 192.0.0.0/16 alone");
	run(b, api_ban_remove, "{\"network\":\"198.51.100.1\"}", "198.51.100.1/32 is not banned");
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
