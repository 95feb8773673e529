// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop and the clients run in the same thread: each step sends something,
 * lets the loop run until something can be read, and checks what was read.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#include "control/socket.h"
#include "util/scarce_test.h"

#define PATIENCE_MS 5000

static char folder[] = "/tmp/control-test-XXXXXX";
static char path[64];
static uv_loop_t loop;
static struct control *control;
static unsigned int calls;

static json_t *echo(void *ctx, const json_t *request, char *error, size_t size)
{
	assert_ptr_equal(ctx, &calls);
	calls++;
	return json_incref(json_object_get(request, "value"));
}

static json_t *fails(void *ctx, const json_t *request, char *error, size_t size)
{
	snprintf(error, size, "no \"luck\"");
	return NULL;
}

static json_t *large(void *ctx, const json_t *request, char *error, size_t size)
{
	json_t *list = json_array();

	calls++;
	for (int i = 0; i < 200000; i++)
		json_array_append_new(list, json_integer(i));
	return list;
}

/* The list of a command that answers with as many numbers as the request asks for. */
struct numbers {
	int next;
	int end;
};

static unsigned int lists_open;
static struct control *publish_at_100;

static void *open_numbers(void *ctx, const json_t *request, char *error, size_t size)
{
	json_t *n = json_object_get(request, "n");
	struct numbers *numbers = calloc(1, sizeof(*numbers));

	if (!n) {
		snprintf(error, size, "how many?");
		free(numbers);
		return NULL;
	}
	numbers->end = json_integer_value(n);
	lists_open++;
	return numbers;
}

static json_t *next_number(void *list)
{
	struct numbers *numbers = list;
	json_t *event;

	if (numbers->next == numbers->end)
		return NULL;
	if (numbers->next == 100 && publish_at_100) {
		event = json_string("hundred");
		control_publish(publish_at_100, event);
		json_decref(event);
	}
	return json_integer(numbers->next++);
}

static void close_numbers(void *list)
{
	lists_open--;
	free(list);
}

static const struct control_list numbers = { open_numbers, next_number, close_numbers };

/* Answers that the test itself has to give. */
static struct control_answer *owed[4];
static unsigned int n_owed;

static void owe(void *ctx, const json_t *request, struct control_answer *answer)
{
	owed[n_owed++] = answer;
}

static const struct control_command commands[] = {
	{ "echo", .run = echo }, { "fails", .run = fails }, { "large", .run = large },
	{ "numbers", .list = &numbers }, { "owe", .begin = owe }, { NULL },
};

static void open_control(unsigned int max_clients, const char *group)
{
	struct control_options options = {
		.path = path, .group = group, .max_clients = max_clients,
	};
	char error[256] = "";

	control = control_open(&loop, &options, commands, &calls, error, sizeof(error));
	if (!control)
		fail_msg("%s", error);
}

static int make_folder(void **state)
{
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char inner[80];

	snprintf(inner, sizeof(inner), "%s/deep/er", folder);
	rmdir(inner);
	snprintf(inner, sizeof(inner), "%s/deep", folder);
	rmdir(inner);
	return rmdir(folder);
}

static int set_up(void **state)
{
	snprintf(path, sizeof(path), "%s/deep/er/sock", folder);
	calls = 0;
	n_owed = 0;
	control = NULL;
	return uv_loop_init(&loop);
}

static int tear_down(void **state)
{
	control_close(control);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_int_equal(access(path, F_OK), -1);
	return 0;
}

static int try_connect(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	strcpy(addr.sun_path, path);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		close(fd);
		return -1;
	}
	return fd;
}

static int dial(void)
{
	int fd = try_connect();

	assert_true(fd >= 0);
	uv_run(&loop, UV_RUN_NOWAIT);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Let the loop run until @fd can be read or is closed. Returns false if that takes too long. */
static bool await(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t end = uv_hrtime() / 1000000 + PATIENCE_MS;

	do {
		uv_run(&loop, UV_RUN_NOWAIT);
		if (poll(&p, 1, 1) == 1)
			return true;
	} while (uv_hrtime() / 1000000 < end);
	return false;
}

/* Returns the next line from @fd without its newline; "" if the connection ends. */
static char *hear(int fd)
{
	static char line[4 * 1024 * 1024];
	size_t len = 0;

	for (;;) {
		char *end;
		ssize_t n;

		if (!await(fd))
			fail_msg("nothing comes");
		n = recv(fd, line + len, sizeof(line) - 1 - len, MSG_PEEK);
		if (n <= 0)
			return "";
		end = memchr(line + len, '\n', (size_t)n);
		if (end)
			n = end + 1 - (line + len);
		assert_int_equal(recv(fd, line + len, (size_t)n, 0), n);
		len += (size_t)n;
		if (end)
			break;
		assert_true(len < sizeof(line) - 1);
	}
	line[len - 1] = '\0';
	return line;
}

static void answers(int fd, const char *request, const char *want)
{
	say(fd, request);
	assert_string_equal(hear(fd), want);
}

static void commands_are_run(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial();
	answers(fd, "{\"cmd\":\"echo\",\"value\":[1,\"\xc3\xa9\"]}\n",
		"{\"ok\":true,\"result\":[1,\"\xc3\xa9\"]}");
	answers(fd, "{\"cmd\":\"fails\"}\n", "{\"ok\":false,\"error\":\"no \\\"luck\\\"\"}");
	assert_int_equal(calls, 1);
	close(fd);
}

static void bad_requests_are_answered(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial();
	answers(fd, "{\"cmd\":\"nonsense\"}\n",
		"{\"ok\":false,\"error\":\"unknown command \\\"nonsense\\\"\"}");
	answers(fd, "{\"cmd\":7}\n",
		"{\"ok\":false,\"error\":\"a request is an object with a string \\\"cmd\\\"\"}");
	answers(fd, "[]\n",
		"{\"ok\":false,\"error\":\"a request is an object with a string \\\"cmd\\\"\"}");
	say(fd, "hello\n");
	assert_non_null(strstr(hear(fd), "\"error\":\"not JSON: "));
	answers(fd, "\n\n{\"cmd\":\"echo\",\"value\":1}\n", "{\"ok\":true,\"result\":1}");
	close(fd);
}

static void requests_come_in_pieces_and_in_heaps(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial();
	say(fd, "{\"cmd\":\"ec");
	uv_run(&loop, UV_RUN_NOWAIT);
	say(fd, "ho\",\"value\":1}\n{\"cmd\":\"echo\",\"value\":2}\n{\"cmd\":\"echo\"");
	assert_string_equal(hear(fd), "{\"ok\":true,\"result\":1}");
	assert_string_equal(hear(fd), "{\"ok\":true,\"result\":2}");
	answers(fd, ",\"value\":3}\n", "{\"ok\":true,\"result\":3}");
	close(fd);
}

static void long_requests_end_the_connection(void **state)
{
	char text[CONTROL_MAX_REQUEST + 100];
	int fd;

	open_control(4, NULL);
	fd = dial();
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	answers(fd, text, "{\"ok\":false,\"error\":\"the request is too long\"}");
	assert_string_equal(hear(fd), "");
	close(fd);
	/* the longest request that is allowed */
	fd = dial();
	memset(text, ' ', CONTROL_MAX_REQUEST - 1);
	memcpy(text, "{\"cmd\":\"echo\",\"value\":1}", 24);
	text[CONTROL_MAX_REQUEST - 1] = '\n';
	text[CONTROL_MAX_REQUEST] = '\0';
	answers(fd, text, "{\"ok\":true,\"result\":1}");
	close(fd);
}

static void lists_come_in_slices(void **state)
{
	enum { MANY = 300000 };
	json_t *answer, *result;
	int fd, other;

	open_control(4, NULL);
	fd = dial();
	other = dial();
	answers(fd, "{\"cmd\":\"numbers\"}\n", "{\"ok\":false,\"error\":\"how many?\"}");
	answers(fd, "{\"cmd\":\"numbers\",\"n\":0}\n", "{\"ok\":true,\"result\":[]}");
	answers(fd, "{\"cmd\":\"numbers\",\"n\":3}\n", "{\"ok\":true,\"result\":[0,1,2]}");
	say(fd, "{\"cmd\":\"numbers\",\"n\":300000}\n{\"cmd\":\"echo\",\"value\":4}\n");
	/* Another client does not wait for the list. */
	answers(other, "{\"cmd\":\"echo\",\"value\":5}\n", "{\"ok\":true,\"result\":5}");
	assert_int_equal(lists_open, 1);
	answer = json_loads(hear(fd), 0, NULL);
	assert_non_null(answer);
	result = json_object_get(answer, "result");
	assert_int_equal(json_array_size(result), MANY);
	assert_int_equal(json_integer_value(json_array_get(result, MANY - 1)), MANY - 1);
	json_decref(answer);
	assert_string_equal(hear(fd), "{\"ok\":true,\"result\":4}");
	assert_int_equal(lists_open, 0);
	/* A client that disconnects within a list leaves nothing behind. */
	say(fd, "{\"cmd\":\"numbers\",\"n\":300000}\n");
	uv_run(&loop, UV_RUN_NOWAIT);
	close(fd);
	while (lists_open)
		uv_run(&loop, UV_RUN_ONCE);
	close(other);
}

static void events_wait_for_the_end_of_a_list(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial();
	answers(fd, "{\"cmd\":\"monitor\"}\n", "{\"ok\":true,\"result\":null}");
	publish_at_100 = control;
	say(fd, "{\"cmd\":\"numbers\",\"n\":200}\n");
	assert_non_null(strstr(hear(fd), ",99,100,101,"));
	assert_string_equal(hear(fd), "{\"event\":\"hundred\"}");
	publish_at_100 = NULL;
	close(fd);
}

/* Let the loop run until @n answers are owed. */
static void expect_owed(unsigned int n)
{
	for (int i = 0; n_owed < n && i < PATIENCE_MS; i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		poll(NULL, 0, n_owed < n);
	}
	assert_int_equal(n_owed, n);
}

static void an_answer_may_come_later(void **state)
{
	int fd, other;

	open_control(4, NULL);
	fd = dial();
	other = dial();
	say(fd, "{\"cmd\":\"owe\"}\n{\"cmd\":\"echo\",\"value\":2}\n{\"cmd\":\"owe\"}\n");
	expect_owed(1);
	answers(other, "{\"cmd\":\"echo\",\"value\":1}\n", "{\"ok\":true,\"result\":1}");
	assert_int_equal(calls, 1);
	control_answer(owed[0], json_integer(7));
	assert_string_equal(hear(fd), "{\"ok\":true,\"result\":7}");
	assert_string_equal(hear(fd), "{\"ok\":true,\"result\":2}");
	expect_owed(2);
	control_refuse(owed[1], "too late");
	assert_string_equal(hear(fd), "{\"ok\":false,\"error\":\"too late\"}");
	close(fd);
	close(other);
}

static void nobody_may_wait_for_it_any_more(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial();
	say(fd, "{\"cmd\":\"owe\"}\n");
	expect_owed(1);
	close(fd);
	fd = dial();
	say(fd, "{\"cmd\":\"owe\"}\n");
	expect_owed(2);
	control_answer(owed[0], json_integer(7));
	control_close(control);
	control = NULL;
	uv_run(&loop, UV_RUN_DEFAULT);
	control_answer(owed[1], json_integer(7));
	close(fd);
}

/* While a client does not read its answers, further requests are not carried out. */
static void slow_readers_wait(void **state)
{
	enum { REQUESTS = 1000 };
	int fd;

	open_control(4, NULL);
	fd = dial();
	for (int i = 0; i < REQUESTS; i++) {
		static const char request[] = "{\"cmd\":\"large\"}\n";

		if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) < 0)
			break;
		uv_run(&loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(calls, 1);
	assert_int_equal(strncmp(hear(fd), "{\"ok\":true,\"result\":[0,1,", 25), 0);
	assert_int_equal(strncmp(hear(fd), "{\"ok\":true,\"result\":[0,1,", 25), 0);
	assert_true(calls >= 2);
	assert_true(calls <= 3);
	close(fd);
}

static void monitors_hear_events(void **state)
{
	json_t *event = json_pack("{s:s}", "type", "up");
	int a, b;

	open_control(4, NULL);
	a = dial();
	b = dial();
	assert_false(control_has_monitors(control));
	control_publish(control, event);
	answers(a, "{\"cmd\":\"monitor\"}\n", "{\"ok\":true,\"result\":null}");
	assert_true(control_has_monitors(control));
	control_publish(control, event);
	assert_string_equal(hear(a), "{\"event\":{\"type\":\"up\"}}");
	answers(a, "{\"cmd\":\"echo\",\"value\":1}\n", "{\"ok\":true,\"result\":1}");
	answers(b, "{\"cmd\":\"echo\",\"value\":2}\n", "{\"ok\":true,\"result\":2}");
	close(a);
	for (int i = 0; i < PATIENCE_MS && control_has_monitors(control); i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		poll(NULL, 0, 1);
	}
	assert_false(control_has_monitors(control));
	json_decref(event);
	close(b);
}

static void deaf_monitors_are_dropped(void **state)
{
	char text[65536];
	json_t *event;
	int fd;

	memset(text, 'e', sizeof(text));
	event = json_pack("{s:s#}", "text", text, (int)sizeof(text));
	open_control(4, NULL);
	fd = dial();
	answers(fd, "{\"cmd\":\"monitor\"}\n", "{\"ok\":true,\"result\":null}");
	for (unsigned int i = 0; i < 2 * CONTROL_MAX_BACKLOG / sizeof(text); i++)
		control_publish(control, event);
	assert_false(control_has_monitors(control));
	json_decref(event);
	close(fd);
}

static void the_longest_silent_makes_room(void **state)
{
	int a, b, c;

	open_control(2, NULL);
	a = dial();
	answers(a, "{\"cmd\":\"monitor\"}\n", "{\"ok\":true,\"result\":null}");
	b = dial();
	answers(b, "{\"cmd\":\"echo\",\"value\":1}\n", "{\"ok\":true,\"result\":1}");
	c = dial();
	assert_string_equal(hear(b), "");
	answers(c, "{\"cmd\":\"monitor\"}\n", "{\"ok\":true,\"result\":null}");
	close(b);
	b = dial();
	assert_string_equal(hear(b), "{\"ok\":false,\"error\":\"too many clients\"}");
	assert_string_equal(hear(b), "");
	answers(a, "{\"cmd\":\"echo\",\"value\":1}\n", "{\"ok\":true,\"result\":1}");
	close(a);
	close(b);
	close(c);
}

/* It waits until there is some, and so do those behind it. */
static void without_memory_a_client_waits(void **state)
{
	int a, b;

	open_control(2, NULL);
	memory_left = 0;
	a = dial();
	b = dial();
	uv_run(&loop, UV_RUN_ONCE);
	memory_left = UINT_MAX;
	answers(a, "{\"cmd\":\"echo\",\"value\":1}\n", "{\"ok\":true,\"result\":1}");
	answers(b, "{\"cmd\":\"echo\",\"value\":2}\n", "{\"ok\":true,\"result\":2}");
	close(a);
	close(b);
}

static void only_root_unless_told(void **state)
{
	struct stat st;

	open_control(2, NULL);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void the_group_may_be_let_in(void **state)
{
	struct stat st;

	if (geteuid())
		skip();
	open_control(2, "daemon");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_not_equal(st.st_gid, 0);
}

static void leftovers_are_replaced_but_not_the_living(void **state)
{
	struct control_options options = { .path = path, .max_clients = 1 };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char error[256], want[256];
	int fd;

	/* a socket on which no process listens */
	open_control(1, NULL);
	control_close(control);
	uv_run(&loop, UV_RUN_DEFAULT);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(addr.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(fd);
	open_control(1, NULL);

	assert_null(control_open(&loop, &options, commands, &calls, error, sizeof(error)));
	snprintf(want, sizeof(want), "%s is in use: another culvertd is running", path);
	assert_string_equal(error, want);
	fd = dial();
	answers(fd, "{\"cmd\":\"echo\",\"value\":1}\n", "{\"ok\":true,\"result\":1}");
	close(fd);
}

static void other_files_are_left_alone(void **state)
{
	struct control_options options = { .path = path, .max_clients = 1 };
	char error[256], want[256];
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	assert_true(fd >= 0);
	close(fd);
	assert_null(control_open(&loop, &options, commands, &calls, error, sizeof(error)));
	snprintf(want, sizeof(want), "%s is in the way: it is not a socket", path);
	assert_string_equal(error, want);
	assert_int_equal(unlink(path), 0);
	options.path = "/proc/nowhere/sock";
	assert_null(control_open(&loop, &options, commands, &calls, error, sizeof(error)));
	assert_string_equal(error, "the folder of /proc/nowhere/sock cannot be made: "
			    "No such file or directory");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(commands_are_run, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bad_requests_are_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(requests_come_in_pieces_and_in_heaps, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(long_requests_end_the_connection, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(lists_come_in_slices, set_up, tear_down),
		cmocka_unit_test_setup_teardown(events_wait_for_the_end_of_a_list, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_answer_may_come_later, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_may_wait_for_it_any_more, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(slow_readers_wait, set_up, tear_down),
		cmocka_unit_test_setup_teardown(monitors_hear_events, set_up, tear_down),
		cmocka_unit_test_setup_teardown(deaf_monitors_are_dropped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_longest_silent_makes_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_memory_a_client_waits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_root_unless_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_group_may_be_let_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(leftovers_are_replaced_but_not_the_living, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(other_files_are_left_alone, set_up, tear_down),
	};

	/* As the daemon does. */
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
