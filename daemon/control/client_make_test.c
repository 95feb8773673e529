// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients that are made at run time, by the methods of the control socket, and who is told what becomes
 * of them. The host is played, and nobody is called: the clients wait to be asked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "client/played_host_test.h"
#include "client/played_work_test.h"
#include "control/commands_priv.h"
#include "control/idl_check.h"
#include "control/interfaces.h"
#include "session/played_kernel_test.h"
#include "util/log.h"

/* Somebody who has called. */
struct control_answer {
	const char *method;
	bool more;
	bool full;			/* he does not read */
	bool given;
	struct control_teller *teller;
	struct control_error error;
	json_t *last;			/* reply; NULL: none yet */
	unsigned int replies;
};

static struct interfaces all;
static uv_loop_t loop;
static struct net_backend backend;
static struct sessions sessions;
static struct clients clients;
static struct config config;
static struct api api;
static bool stopped;

static void take(struct control_answer *answer, json_t *reply)
{
	struct idl_misfit misfit;

	if (!idl_check(interfaces_method(&all, answer->method)->out, reply, &misfit))
		fail_msg("%s: %s", misfit.path, misfit.text);
	json_decref(answer->last);
	answer->last = reply;
	answer->replies++;
}

void control_answer(struct control_answer *answer, json_t *parameters)
{
	assert_false(answer->given);
	answer->given = true;
	take(answer, parameters);
}

void control_fail(struct control_answer *answer, const struct control_error *error)
{
	assert_false(answer->given);
	answer->given = true;
	answer->error = *error;
}

bool control_continue(struct control_answer *answer, const char *parameters)
{
	assert_true(answer->more);
	assert_false(answer->given);
	if (!answer->full)
		take(answer, json_loads(parameters, 0, NULL));
	return !answer->full;
}

void control_tell(struct control_answer *answer, struct control_teller *teller)
{
	answer->teller = teller;
}

bool control_wants_more(const struct control_answer *answer)
{
	return answer->more;
}

static int set_up(void **state)
{
	const struct log_options quiet = { .level = LOG_LEVEL_ERROR };
	char error[256];

	log_open(&quiet);
	if (!all.n && interfaces_parse(&all, "interface a.b", api_descriptions, error, sizeof(error)))
		fail_msg("%s", error);
	kernel_reset();
	memset(&host, 0, sizeof(host));
	open_work();
	assert_int_equal(uv_loop_init(&loop), 0);
	backend = fake_backend;
	backend.work = played_work;
	backend.work_fd = played_work_fd;
	backend.work_done = played_work_done;
	assert_int_equal(sessions_open(&sessions, &loop, &backend), 0);
	clients_init(&clients);
	clients.shared.net.ops = &played_host_ops;
	config = (struct config){ .refs = 1 };
	assert_int_equal(clients_open(&clients, &sessions, &config), 0);
	api = (struct api){ .sessions = &sessions, .clients = &clients };
	stopped = false;
	return 0;
}

static void note_stopped(void *ctx)
{
	stopped = true;
}

static void stop(void)
{
	if (!clients.shared.stopping)
		clients_stop(&clients, note_stopped, NULL);
	while (!stopped)
		uv_run(&loop, UV_RUN_ONCE);
}

static int tear_down(void **state)
{
	stop();
	host_is_clean();
	assert_int_equal(config.refs, 1);
	sessions_close(&sessions);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	kernel_end();
	close_work();
	return 0;
}

static void call(struct control_answer *a, const char *method, bool more, const char *parameters)
{
	const struct control_method *m = api_methods;
	json_t *given = json_loads(parameters, 0, NULL);
	struct idl_misfit misfit;

	*a = (struct control_answer){ .method = method, .more = more };
	while (strcmp(m->name, method) != 0)
		m++;
	assert_true(idl_check(interfaces_method(&all, method)->in, given, &misfit));
	m->begin(&api, given, a);
	json_decref(given);
}

/* He goes, if he still waits for something. */
static void leave(struct control_answer *a)
{
	if (!a->given && a->teller)
		a->teller->gone(a->teller);
	json_decref(a->last);
	a->last = NULL;
}

/* One round of the loop; it may have nothing to wait for. */
static void turn(void)
{
	uv_run(&loop, UV_RUN_NOWAIT);
	uv_sleep(1);
}

/* Let the loop run until @n replies or an error have come. */
static void hear(struct control_answer *a, unsigned int n)
{
	while (a->replies < n && !(a->given && a->error.kind))
		turn();
	assert_true(a->replies <= n);
}

/* Nothing more is heard. */
static void is_silent(struct control_answer *a)
{
	unsigned int n = a->replies;

	for (int i = 0; i < 10; i++)
		turn();
	assert_int_equal(a->replies, n);
}

static const char *member(const struct control_answer *a, const char *name)
{
	return json_string_value(json_object_get(json_object_get(a->last, "client"), name));
}

static struct client *office(void)
{
	return clients_find(&clients, "office");
}

#define ADD	"org.culvert.Client.Add"
#define WATCH	"org.culvert.Client.Watch"
#define OFFICE	"\"name\":\"office\",\"password\":\"wonderland\",\"options\":{\"server\":" \
		"\"127.0.0.1\",\"user\":\"alice\",\"connect\":\"manual\"}"

static void one_is_made_and_removed(void **state)
{
	struct control_error error = { 0 };
	struct control_answer a;
	json_t *name = json_pack("{s:s}", "name", "office"), *reply;

	call(&a, ADD, false, "{" OFFICE "}");
	hear(&a, 1);
	assert_true(a.given);
	assert_string_equal(member(&a, "name"), "office");
	assert_string_equal(member(&a, "origin"), "run-time");
	assert_string_equal(member(&a, "state"), "down");
	assert_string_equal(office()->config->password, "wonderland");
	assert_int_equal(office()->origin, CLIENT_OF_RUN_TIME);
	leave(&a);
	reply = api_client_remove(&api, name, &error);
	assert_int_equal(json_object_size(reply), 0);
	json_decref(reply);
	assert_null(office());
	assert_null(api_client_remove(&api, name, &error));
	assert_string_equal(error.text, "office");
	json_decref(name);
}

static void what_is_wrong_is_said(void **state)
{
	static const struct {
		const char *parameters, *words;
	} rows[] = {
		{ "{\"name\":\"office\",\"options\":{\"server\":\"s\",\"user\":\"u\",\"mtu\":\"12\"},"
		  "\"password\":\"x\"}", "mtu is \"12\": expected auto or a number from 576 to 1500" },
		{ "{\"name\":\"office\",\"options\":{\"server\":\"s\",\"usr\":\"u\"},\"password\":\"x\"}",
		  "there is no option \"usr\" in client \"office\"; did you mean \"user\"?" },
		{ "{\"name\":\"office\",\"options\":{\"server\":\"s\",\"user\":\"u\"}}",
		  "client \"office\" needs secret-file (path), unless auth is \"none\" alone" },
		{ "{" OFFICE ",\"ephemeral\":true}",
		  "\"ephemeral\": the call has to be made with \"more\", since the client goes when its "
		  "connection does" },
	};
	struct control_answer a;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		call(&a, ADD, false, rows[i].parameters);
		hear(&a, 1);
		assert_string_equal(a.error.text, rows[i].words);
		assert_null(office());
		leave(&a);
	}
	call(&a, ADD, false, "{" OFFICE "}");
	hear(&a, 1);
	leave(&a);
	call(&a, ADD, false, "{" OFFICE "}");
	hear(&a, 1);
	assert_string_equal(a.error.text, "there is a client \"office\" already, which was made at run time");
	leave(&a);
}

static void changes_are_told(void **state)
{
	struct control_answer a, b;

	call(&a, ADD, true, "{" OFFICE "}");
	hear(&a, 1);
	assert_false(a.given);
	assert_string_equal(member(&a, "state"), "down");
	is_silent(&a);
	call(&b, WATCH, true, "{\"name\":\"office\"}");
	hear(&b, 1);
	assert_true(client_up(office()));
	hear(&a, 2);
	assert_string_equal(member(&a, "state"), "dialing");
	hear(&b, 2);
	/* who makes one that is not ephemeral may go */
	leave(&a);
	for (int i = 0; i < 10; i++)
		turn();
	assert_non_null(office());
	assert_true(clients_remove(&clients, office()));
	while (!b.given)
		turn();
	assert_true(json_is_true(json_object_get(b.last, "removed")));
	assert_null(json_object_get(b.last, "client"));
	leave(&b);
}

static void who_does_not_read_is_told_what_counts(void **state)
{
	struct control_answer a;

	call(&a, ADD, true, "{" OFFICE "}");
	hear(&a, 1);
	a.full = true;
	client_up(office());
	is_silent(&a);
	client_down(office());
	is_silent(&a);
	a.full = false;
	is_silent(&a);
	a.teller->room(a.teller);
	while (a.replies < 2)
		turn();
	while (strcmp(member(&a, "state"), "down") != 0)
		turn();
	leave(&a);
}

static void one_goes_with_its_maker(void **state)
{
	struct control_answer a;

	call(&a, ADD, true, "{" OFFICE ",\"ephemeral\":true}");
	hear(&a, 1);
	assert_string_equal(member(&a, "origin"), "ephemeral");
	leave(&a);
	assert_null(office());
	/* also if he goes before it was made */
	call(&a, ADD, true, "{" OFFICE ",\"ephemeral\":true}");
	leave(&a);
	uv_sleep(100);
	for (int i = 0; i < 10; i++)
		turn();
	assert_null(office());
}

static void the_configuration_keeps_it(void **state)
{
	struct config *of_file;
	struct control_answer a;
	struct control_error error = { 0 };
	json_t *name = json_pack("{s:s}", "name", "office");
	char text[128];
	struct diag diag;
	const struct config_setting settings[] = {
		{ "server", "127.0.0.1" }, { "user", "alice" }, { "connect", "manual" },
	};

	diag_init(&diag);
	of_file = config_of_client("office", settings, 3, "wonderland", &diag);
	assert_non_null(of_file);
	call(&a, ADD, true, "{" OFFICE ",\"ephemeral\":true}");
	hear(&a, 1);
	assert_int_equal(clients_reload(&clients, of_file, text, sizeof(text)), 0);
	hear(&a, 2);
	assert_string_equal(member(&a, "origin"), "configuration");
	leave(&a);
	assert_non_null(office());
	assert_null(api_client_remove(&api, name, &error));
	assert_string_equal(error.text, "client \"office\" is one of the configuration: remove its section "
			    "there, and reload; or let it go down");
	assert_int_equal(clients_reload(&clients, &config, text, sizeof(text)), 0);
	config_put(of_file);
	json_decref(name);
}

static void those_who_are_told_hear_of_the_end(void **state)
{
	struct control_answer a, b;

	call(&a, ADD, true, "{" OFFICE ",\"ephemeral\":true}");
	hear(&a, 1);
	call(&b, ADD, true, "{\"name\":\"other\",\"options\":{\"server\":\"s\",\"auth\":\"none\","
	     "\"mppe\":\"off\"}}");
	stop();
	while (!a.given || !b.given)
		turn();
	assert_true(json_is_true(json_object_get(a.last, "removed")));
	assert_string_equal(b.error.text, "culvertd is about to stop");
	leave(&a);
	leave(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_is_made_and_removed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(changes_are_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_does_not_read_is_told_what_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_goes_with_its_maker, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_configuration_keeps_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(those_who_are_told_hear_of_the_end, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
