// SPDX-License-Identifier: GPL-2.0-only
#include "aaa/played_radius_test.h"
#include "control/called_test.h"

static struct played_radius p;
static struct servers servers;
static struct api api = { .servers = &servers };

static struct {
	struct radius_question q;
	uint8_t buffer[300];
} questions[4];

static void write_question(struct radius_question *q, struct radius_writer *w,
			   const struct radius_server *server, uint32_t age_s)
{
}

static void on_answer(struct radius_question *q, const struct radius_answer *answer)
{
}

static void ask(unsigned int i, const char *group)
{
	questions[i].q = (struct radius_question){
		.request = { .code = RADIUS_ACCESS_REQUEST, .buffer = questions[i].buffer,
			     .size = sizeof(questions[i].buffer) },
		.write = write_question, .answered = on_answer,
	};
	assert_int_equal(radius_ask(p.radius, &questions[i].q, radius_login_group(p.radius, group)),
			 RADIUS_ANSWERED);
}

static int set_up(void **state)
{
	played_radius_open(&p, NULL);
	servers.radius = p.radius;
	return 0;
}

static int tear_down(void **state)
{
	for (unsigned int i = 0; i < 4; i++)
		radius_give_up(&questions[i].q);
	played_radius_close(&p);
	return 0;
}

static json_int_t number(const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static const char *text(const json_t *object, const char *member)
{
	const char *value = json_string_value(json_object_get(object, member));

	assert_non_null(value);
	return value;
}

/* Returns the servers in a reply, whose reference is taken. */
static json_t *servers_of(json_t *reply)
{
	json_t *all = json_incref(json_object_get(reply, "servers"));

	assert_true(json_is_array(all));
	json_decref(reply);
	return all;
}

static json_t *list(void)
{
	return servers_of(called(&api, "org.culvert.Radius.List", NULL));
}

static void all_servers_are_listed(void **state)
{
	json_t *all = list();
	const json_t *b = json_array_get(all, 3);

	assert_int_equal(json_array_size(all), 4);
	assert_string_equal(text(json_array_get(all, 0), "use"), "logins");
	assert_string_equal(text(b, "name"), "b");
	assert_string_equal(text(b, "use"), "accounting");
	assert_string_equal(text(b, "address"), "192.0.2.2");
	assert_int_equal(number(b, "port"), 1813);
	assert_string_equal(text(b, "state"), "up");
	assert_string_equal(text(b, "fault"), "");
	assert_int_equal(number(json_object_get(b, "last_minute"), "answers"), 0);
	json_decref(all);
}

/* Half of the answers take 20 ms, the rest 200 ms, and one is under way. */
static void times_and_counters_are_shown(void **state)
{
	json_t *all;
	const json_t *a, *times;

	for (unsigned int i = 0; i < 10; i++) {
		ask(0, "a");
		played_radius_pass(&p, i % 2 ? 20 : 200);
		played_radius_reply(&p, p.n_sent - 1, RADIUS_ACCESS_ACCEPT);
	}
	ask(1, "a");
	all = list();
	a = json_array_get(all, 0);
	times = json_object_get(a, "last_minute");
	assert_int_equal(number(times, "answers"), 10);
	assert_in_range(number(times, "median_ms"), 20, 23);
	assert_in_range(number(times, "p99_ms"), 200, 225);
	assert_int_equal(number(a, "under_way"), 1);
	assert_int_equal(number(a, "window"), 100);
	assert_int_equal(number(a, "queued"), 0);
	assert_int_equal(number(json_object_get(a, "counters"), "sent"), 11);
	assert_int_equal(number(json_object_get(a, "counters"), "answered"), 10);
	assert_true(json_is_true(json_object_get(a, "signs")));
	json_decref(all);
	/* two minutes later they are among those of the last five alone */
	radius_give_up(&questions[1].q);
	played_radius_pass(&p, 120000);
	all = list();
	a = json_array_get(all, 0);
	assert_int_equal(number(json_object_get(a, "last_minute"), "answers"), 0);
	assert_int_equal(number(json_object_get(a, "last_5_minutes"), "answers"), 10);
	assert_in_range(number(a, "state_s"), 120, 122);
	json_decref(all);
}

static void a_dead_server_is_shown(void **state)
{
	json_t *both;

	for (unsigned int i = 0; i < 3; i++)
		ask(i, "b");
	played_radius_pass(&p, 3000);
	both = servers_of(called(&api, "org.culvert.Radius.Show", json_pack("{s:s}", "name", "b")));
	assert_int_equal(json_array_size(both), 2);
	assert_string_equal(text(json_array_get(both, 0), "state"), "dead");
	assert_in_range(number(json_array_get(both, 0), "state_s"), 1, 2);
	assert_true(number(json_object_get(json_array_get(both, 0), "counters"), "lost") >= 3);
	assert_string_equal(text(json_array_get(both, 1), "state"), "up");
	json_decref(both);
}

static void names_that_nobody_has(void **state)
{
	json_t *all;

	assert_null(called(&api, "org.culvert.Radius.Show", json_pack("{s:s}", "name", "c")));
	assert_string_equal(called_error.subject, "RADIUS server");
	assert_string_equal(called_error.text, "c");
	assert_null(called(&api, "org.culvert.Radius.Show", NULL));
	assert_string_equal(called_error.text, "\"name\": it is missing");
	/* and without any server */
	servers.radius = NULL;
	all = list();
	assert_int_equal(json_array_size(all), 0);
	assert_null(called(&api, "org.culvert.Radius.Show", json_pack("{s:s}", "name", "a")));
	json_decref(all);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_servers_are_listed),
		TEST(times_and_counters_are_shown),
		TEST(a_dead_server_is_shown),
		TEST(names_that_nobody_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
