// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop and the clients run in the same thread: each step sends something,
 * lets the loop run until something can be read, and checks what was read.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
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
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#include "control/access.h"
#include "control/socket.h"
#include "util/captured_log_test.h"
#include "util/scarce_test.h"

#define PATIENCE_MS 5000

static char folder[] = "/tmp/control-test-XXXXXX";
static char path[64];
static uv_loop_t loop;
static struct control *control;
static unsigned int calls;

static const char description[] =
	"interface org.example.Test\n"
	"method Echo(value: ?any) -> (value: ?any)\n"
	"method Fails(how: string) -> ()\n"
	"method Large() -> (list: []int)\n"
	"method Numbers(n: ?int, pause: ?int) -> (numbers: []int, next: ?int)\n"
	"method Endless(n: int) -> (numbers: []int)\n"
	"method Owe() -> (value: int)\n"
	"method Monitor() -> (event: ?string, lost: ?int)\n"
	"method Login(user: string, password: string) -> (password: string)\n"
	"method Nowhere() -> ()\n";
static const char * const descriptions[] = { description, NULL };

static json_t *echo(void *ctx, const json_t *parameters, struct control_error *error)
{
	json_t *value = json_object_get(parameters, "value");

	assert_ptr_equal(ctx, &calls);
	assert_false(json_is_null(value));
	calls++;
	return json_pack("{s:O*}", "value", value);
}

static json_t *fails(void *ctx, const json_t *parameters, struct control_error *error)
{
	const char *how = json_string_value(json_object_get(parameters, "how"));

	if (!strcmp(how, "not found"))
		control_not_found(error, "thing", "luck");
	else if (!strcmp(how, "refused"))
		control_refused(error, "no \"%s\"", "luck");
	else if (!strcmp(how, "invalid"))
		control_invalid(error, "how", "\"how\" is %s", how);
	return NULL;
}

static json_t *login(void *ctx, const json_t *parameters, struct control_error *error)
{
	return json_pack("{s:O}", "password", json_object_get(parameters, "password"));
}

static json_t *large(void *ctx, const json_t *parameters, struct control_error *error)
{
	json_t *list = json_array();

	calls++;
	for (int i = 0; i < 200000; i++)
		json_array_append_new(list, json_integer(i));
	return json_pack("{s:o}", "list", list);
}

/* The list of a method that replies with as many numbers as the call asks for. */
struct numbers {
	int next;
	int end;
	int pause;			/* slices without a number before each one */
	int paused;
};

static unsigned int lists_open;

static void *open_numbers(void *ctx, const json_t *parameters, struct control_error *error)
{
	json_t *n = json_object_get(parameters, "n");
	struct numbers *numbers = calloc(1, sizeof(*numbers));

	if (!n) {
		control_refused(error, "how many?");
		free(numbers);
		return NULL;
	}
	numbers->end = json_integer_value(n);
	numbers->pause = json_integer_value(json_object_get(parameters, "pause"));
	lists_open++;
	return numbers;
}

static enum control_next next_number(void *list, json_t **element)
{
	struct numbers *numbers = list;

	if (numbers->next == numbers->end)
		return CONTROL_END;
	if (numbers->paused++ < numbers->pause)
		return CONTROL_LATER;
	numbers->paused = 0;
	*element = json_integer(numbers->next++);
	return CONTROL_ELEMENT;
}

static json_t *end_numbers(void *list, bool cut)
{
	struct numbers *numbers = list;

	return cut ? json_pack("{s:i}", "next", numbers->next) : json_object();
}

static void close_numbers(void *list)
{
	lists_open--;
	free(list);
}

static const struct control_list numbers = {
	"numbers", open_numbers, next_number, end_numbers, close_numbers,
};
static const struct control_list endless = {
	"numbers", open_numbers, next_number, NULL, close_numbers,
};

/* Answers that the test itself has to give. */
static struct control_answer *owed[4];
static unsigned int n_owed;

static void owe(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	owed[n_owed++] = answer;
}

/* Those who are told something. */
static struct monitor {
	struct control_teller teller;
	struct control_answer *answer;	/* NULL: gone */
	unsigned int room;		/* how often there was room again */
} monitors[4];
static unsigned int n_monitors;

static void room(struct control_teller *teller)
{
	((struct monitor *)teller)->room++;
}

static void gone(struct control_teller *teller)
{
	((struct monitor *)teller)->answer = NULL;
}

static void monitor(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	monitors[n_monitors] = (struct monitor){ { room, gone }, answer, 0 };
	control_tell(answer, &monitors[n_monitors++].teller);
	control_continue(answer, "{}");
}

static const struct control_method methods[] = {
	{ "org.example.Test.Echo", CONTROL_READ, .run = echo },
	{ "org.example.Test.Fails", CONTROL_READ, .run = fails },
	{ "org.example.Test.Large", CONTROL_READ, .run = large },
	{ "org.example.Test.Numbers", CONTROL_READ, .list = &numbers },
	{ "org.example.Test.Endless", CONTROL_READ, .list = &endless },
	{ "org.example.Test.Owe", CONTROL_WRITE, .begin = owe },
	{ "org.example.Test.Monitor", CONTROL_READ, true, .begin = monitor },
	{ "org.example.Test.Login", CONTROL_HOST, .run = login, .secret = "password" },
	{ NULL },
};

static void open_control(unsigned int max_clients, const char *group)
{
	struct control_options options = {
		.path = path, .group = group, .max_clients = max_clients, .version = "1.2",
	};
	char error[256] = "";

	control = control_open(&loop, &options, methods, descriptions, &calls, error,
			       sizeof(error));
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
	n_owed = n_monitors = 0;
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

/* Send each line of @text as a message. */
static void call(int fd, const char *text)
{
	char *copy = strdup(text);
	size_t len = strlen(text);

	for (char *c = copy; *c; c++)
		if (*c == '\n')
			*c = '\0';
	assert_int_equal(send(fd, copy, len, MSG_NOSIGNAL), len);
	free(copy);
}

/* Returns the next message from @fd; "" if the connection ends. */
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
		end = memchr(line + len, '\0', (size_t)n);
		if (end)
			n = end + 1 - (line + len);
		assert_int_equal(recv(fd, line + len, (size_t)n, 0), n);
		len += (size_t)n;
		if (end)
			break;
		assert_true(len < sizeof(line) - 1);
	}
	return line;
}

#define CALL(method, parameters) \
	"{\"method\":\"org.example.Test." method "\",\"parameters\":" parameters "}\n"
#define MORE(method, parameters) \
	"{\"method\":\"org.example.Test." method "\",\"parameters\":" parameters ",\"more\":true}\n"
#define SAY(value) CALL("Echo", "{\"value\":" value "}")
#define REPLY(parameters) "{\"parameters\":" parameters "}"
#define ECHOED(value) REPLY("{\"value\":" value "}")
#define NUMBERS(list) REPLY("{\"numbers\":" list "}")
#define ERROR(name, parameters) "{\"error\":\"" name "\",\"parameters\":" parameters "}"
#define REFUSED(reason) ERROR("org.culvert.Refused", "{\"reason\":\"" reason "\"}")

/* Sends the lines of @calls, and compares the next message. */
static void answers(int fd, const char *text, const char *want)
{
	call(fd, text);
	assert_string_equal(hear(fd), want);
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

static void methods_are_called(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial();
	answers(fd, SAY("[1,\"\xc3\xa9\"]"), ECHOED("[1,\"\xc3\xa9\"]"));
	answers(fd, "{\"method\":\"org.example.Test.Echo\"}\n", REPLY("{}"));
	answers(fd, "{\"method\":\"org.example.Test.Echo\",\"parameters\":null}\n", REPLY("{}"));
	/* null is the same as absence */
	answers(fd, SAY("null"), REPLY("{}"));
	assert_int_equal(calls, 4);
	close(fd);
}

static void errors_have_names(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial();
	answers(fd, CALL("Fails", "{\"how\":\"not found\"}"),
		ERROR("org.culvert.NotFound", "{\"what\":\"thing\",\"name\":\"luck\"}"));
	answers(fd, CALL("Fails", "{\"how\":\"refused\"}"), REFUSED("no \\\"luck\\\""));
	answers(fd, CALL("Fails", "{\"how\":\"invalid\"}"),
		ERROR("org.varlink.service.InvalidParameter",
		      "{\"parameter\":\"how\",\"reason\":\"\\\"how\\\" is invalid\"}"));
	answers(fd, CALL("Fails", "{\"how\":\"\"}"), REFUSED("out of memory"));
	close(fd);
}

static void bad_calls_are_answered(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial();
	answers(fd, "{\"method\":\"org.example.Other.Echo\"}\n",
		ERROR("org.varlink.service.InterfaceNotFound", "{\"interface\":\"org.example.Other\"}"));
	answers(fd, "{\"method\":\"nonsense\"}\n",
		ERROR("org.varlink.service.InterfaceNotFound", "{\"interface\":\"nonsense\"}"));
	answers(fd, CALL("Nonsense", "{}"), ERROR("org.varlink.service.MethodNotFound",
						  "{\"method\":\"org.example.Test.Nonsense\"}"));
	answers(fd, CALL("Nowhere", "{}"), ERROR("org.varlink.service.MethodNotImplemented",
						 "{\"method\":\"org.example.Test.Nowhere\"}"));
	answers(fd, CALL("Echo", "{\"x\":1}"),
		ERROR("org.varlink.service.InvalidParameter",
		      "{\"parameter\":\"x\",\"reason\":\"\\\"x\\\": there is no such member\"}"));
	answers(fd, CALL("Echo", "[]"),
		ERROR("org.varlink.service.InvalidParameter",
		      "{\"parameter\":\"\",\"reason\":\"\\\"\\\": expected an object\"}"));
	answers(fd, CALL("Monitor", "{}"), ERROR("org.varlink.service.ExpectedMore", "{}"));
	answers(fd, SAY("1"), ECHOED("1"));
	assert_int_equal(calls, 1);
	close(fd);
}

/* A client that does not speak Varlink is told so and disconnected. */
static void other_languages_end_the_connection(void **state)
{
	static const char * const others[] = {
		"hello\n", "[]\n", "{\"method\":7}\n", "{\"cmd\":\"status\"}\n", "\n",
	};

	open_control(4, NULL);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		int fd = dial();

		call(fd, others[i]);
		assert_non_null(strstr(hear(fd), "\"reason\":\"this is no Varlink: "));
		assert_string_equal(hear(fd), "");
		close(fd);
	}
}

static void calls_come_in_pieces_and_in_heaps(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial();
	say(fd, "{\"method\":\"org.exam");
	uv_run(&loop, UV_RUN_NOWAIT);
	call(fd, "ple.Test.Echo\",\"parameters\":{\"value\":1}}\n" SAY("2") "{\"method\"");
	assert_string_equal(hear(fd), ECHOED("1"));
	assert_string_equal(hear(fd), ECHOED("2"));
	answers(fd, ":\"org.example.Test.Echo\",\"parameters\":{\"value\":3}}\n", ECHOED("3"));
	close(fd);
}

static int dial_monitor(void)
{
	int fd = dial();

	answers(fd, MORE("Monitor", "{}"), "{\"parameters\":{},\"continues\":true}");
	return fd;
}

/* A client may say that it sends no more, as socat(1) does at the end of its input. */
static void the_last_calls_are_answered(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial();
	call(fd, SAY("1") CALL("Owe", "{}") MORE("Numbers", "{\"n\":2,\"pause\":2}") SAY("2"));
	shutdown(fd, SHUT_WR);
	assert_string_equal(hear(fd), ECHOED("1"));
	expect_owed(1);
	control_answer(owed[0], json_pack("{s:i}", "value", 7));
	assert_string_equal(hear(fd), ECHOED("7"));
	assert_non_null(strstr(hear(fd), "[0]"));
	assert_string_equal(hear(fd), NUMBERS("[1]"));
	assert_string_equal(hear(fd), ECHOED("2"));
	assert_string_equal(hear(fd), "");
	close(fd);
	/* who is told something and says so is gone */
	fd = dial_monitor();
	shutdown(fd, SHUT_WR);
	assert_string_equal(hear(fd), "");
	assert_null(monitors[0].answer);
	close(fd);
}

static void nobody_waits_for_what_is_one_way(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial();
	call(fd, "{\"method\":\"org.example.Test.Echo\",\"oneway\":true}\n"
		 "{\"method\":\"org.example.Test.Nonsense\",\"oneway\":true}\n"
		 "{\"method\":\"org.example.Test.Numbers\",\"parameters\":{\"n\":3},\"oneway\":true}\n"
		 "{\"method\":\"org.example.Test.Owe\",\"oneway\":true}\n" SAY("2"));
	expect_owed(1);
	assert_int_equal(calls, 1);
	control_answer(owed[0], json_pack("{s:i}", "value", 7));
	assert_string_equal(hear(fd), ECHOED("2"));
	close(fd);
}

static void long_calls_end_the_connection(void **state)
{
	char text[CONTROL_MAX_CALL + 100];
	int fd;

	open_control(4, NULL);
	fd = dial();
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	answers(fd, text, REFUSED("the call is too long"));
	assert_string_equal(hear(fd), "");
	close(fd);
	/* the longest call that is allowed */
	fd = dial();
	memset(text, ' ', CONTROL_MAX_CALL - 1);
	memcpy(text, SAY("1"), strlen(SAY("1")) - 1);
	text[CONTROL_MAX_CALL - 1] = '\n';
	text[CONTROL_MAX_CALL] = '\0';
	answers(fd, text, ECHOED("1"));
	close(fd);
}

static void the_service_describes_itself(void **state)
{
	json_t *reply;
	int fd;

	open_control(4, NULL);
	fd = dial();
	answers(fd, "{\"method\":\"org.varlink.service.GetInfo\"}\n",
		REPLY("{\"vendor\":\"The Culvert developers\",\"product\":\"culvertd\",\"version\":\"1.2\","
		      "\"url\":\"\",\"interfaces\":[\"org.varlink.service\",\"org.example.Test\"]}"));
	call(fd, "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
		 "\"parameters\":{\"interface\":\"org.example.Test\"}}\n");
	reply = json_loads(hear(fd), 0, NULL);
	assert_string_equal(json_string_value(json_object_get(json_object_get(reply, "parameters"),
							      "description")), description);
	json_decref(reply);
	answers(fd, "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
		    "\"parameters\":{\"interface\":\"org.example.Other\"}}\n",
		ERROR("org.varlink.service.InterfaceNotFound", "{\"interface\":\"org.example.Other\"}"));
	close(fd);
}

/* Receive a list of numbers from 0. Returns how many; *@pieces is the number of replies. */
static int hear_numbers(int fd, unsigned int *pieces, size_t *longest)
{
	bool goes_on = true;
	int n = 0;

	for (*pieces = 0, *longest = 0; goes_on; ++*pieces) {
		const char *text = hear(fd);
		json_t *reply = json_loads(text, 0, NULL), *number;
		size_t i, len = strlen(text);

		*longest = len > *longest ? len : *longest;
		goes_on = json_is_true(json_object_get(reply, "continues"));
		json_array_foreach(json_object_get(json_object_get(reply, "parameters"), "numbers"), i,
				   number)
			assert_int_equal(json_integer_value(number), n++);
		json_decref(reply);
	}
	return n;
}

static void lists_come_in_slices(void **state)
{
	enum { MANY = 300000 };
	unsigned int pieces;
	size_t longest;
	int fd, other;

	open_control(4, NULL);
	fd = dial();
	other = dial();
	answers(fd, CALL("Numbers", "{}"), REFUSED("how many?"));
	answers(fd, CALL("Numbers", "{\"n\":0}"), NUMBERS("[]"));
	answers(fd, MORE("Numbers", "{\"n\":0}"), NUMBERS("[]"));
	answers(fd, CALL("Numbers", "{\"n\":3}"), NUMBERS("[0,1,2]"));
	/* some slices have nothing yet */
	answers(fd, CALL("Numbers", "{\"n\":3,\"pause\":3}"), NUMBERS("[0,1,2]"));
	call(fd, MORE("Numbers", "{\"n\":3,\"pause\":3}"));
	assert_int_equal(hear_numbers(fd, &pieces, &longest), 3);
	assert_int_equal(pieces, 3);
	call(fd, MORE("Numbers", "{\"n\":300000}") SAY("4"));
	/* Another client does not wait for the list. */
	answers(other, SAY("5"), ECHOED("5"));
	assert_int_equal(lists_open, 1);
	assert_int_equal(hear_numbers(fd, &pieces, &longest), MANY);
	assert_true(pieces > 1);
	assert_true(longest <= CONTROL_MAX_REPLY);
	assert_string_equal(hear(fd), ECHOED("4"));
	assert_int_equal(lists_open, 0);
	/* A client that disconnects within a list leaves nothing behind. */
	call(fd, MORE("Numbers", "{\"n\":300000}"));
	uv_run(&loop, UV_RUN_NOWAIT);
	close(fd);
	while (lists_open)
		uv_run(&loop, UV_RUN_ONCE);
	close(other);
}

/* Without "more" there is one reply, which is not too long. */
static void lists_without_more_are_cut(void **state)
{
	json_t *reply, *parameters;
	const char *text;
	int fd;

	open_control(4, NULL);
	fd = dial();
	call(fd, CALL("Numbers", "{\"n\":300000}") SAY("4"));
	text = hear(fd);
	assert_in_range(strlen(text), CONTROL_MAX_REPLY / 2, CONTROL_MAX_REPLY);
	reply = json_loads(text, 0, NULL);
	assert_null(json_object_get(reply, "continues"));
	parameters = json_object_get(reply, "parameters");
	assert_int_equal(json_integer_value(json_object_get(parameters, "next")),
			 json_array_size(json_object_get(parameters, "numbers")));
	json_decref(reply);
	assert_string_equal(hear(fd), ECHOED("4"));
	answers(fd, CALL("Endless", "{\"n\":300000}"), ERROR("org.varlink.service.ExpectedMore", "{}"));
	answers(fd, CALL("Endless", "{\"n\":2}"), NUMBERS("[0,1]"));
	assert_int_equal(lists_open, 0);
	close(fd);
}

static void an_answer_may_come_later(void **state)
{
	struct control_error error;
	int fd, other;

	open_control(4, NULL);
	fd = dial();
	other = dial();
	call(fd, CALL("Owe", "{}") SAY("2") CALL("Owe", "{}"));
	expect_owed(1);
	answers(other, SAY("1"), ECHOED("1"));
	assert_int_equal(calls, 1);
	control_answer(owed[0], json_pack("{s:i}", "value", 7));
	assert_string_equal(hear(fd), ECHOED("7"));
	assert_string_equal(hear(fd), ECHOED("2"));
	expect_owed(2);
	control_refused(&error, "too late");
	control_fail(owed[1], &error);
	assert_string_equal(hear(fd), REFUSED("too late"));
	close(fd);
	close(other);
}

static void nobody_may_wait_for_it_any_more(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial();
	call(fd, CALL("Owe", "{}"));
	expect_owed(1);
	close(fd);
	fd = dial();
	call(fd, CALL("Owe", "{}"));
	expect_owed(2);
	control_answer(owed[0], json_object());
	control_close(control);
	control = NULL;
	uv_run(&loop, UV_RUN_DEFAULT);
	control_answer(owed[1], json_object());
	close(fd);
}

/* While a client does not read its replies, further calls are not carried out. */
static void slow_readers_wait(void **state)
{
	enum { REQUESTS = 1000 };
	static const char request[] = "{\"method\":\"org.example.Test.Large\"}";
	int fd;

	open_control(4, NULL);
	fd = dial();
	for (int i = 0; i < REQUESTS; i++) {
		if (send(fd, request, sizeof(request), MSG_NOSIGNAL) < 0)
			break;
		uv_run(&loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(calls, 1);
	assert_int_equal(strncmp(hear(fd), REPLY("{\"list\":[0,1,"), 27), 0);
	assert_int_equal(strncmp(hear(fd), REPLY("{\"list\":[0,1,"), 27), 0);
	assert_true(calls >= 2);
	assert_true(calls <= 3);
	close(fd);
}

static void who_asks_for_it_is_told(void **state)
{
	int a, b;

	open_control(4, NULL);
	a = dial_monitor();
	b = dial();
	assert_true(control_continue(monitors[0].answer, "{\"event\":\"up\"}"));
	assert_string_equal(hear(a), "{\"parameters\":{\"event\":\"up\"},\"continues\":true}");
	answers(b, SAY("2"), ECHOED("2"));
	/* further calls wait until there is a last reply */
	call(a, SAY("1"));
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(calls, 1);
	control_answer(monitors[0].answer, json_object());
	assert_string_equal(hear(a), REPLY("{}"));
	assert_string_equal(hear(a), ECHOED("1"));
	close(a);
	a = dial_monitor();
	assert_non_null(monitors[1].answer);
	close(a);
	for (int i = 0; i < PATIENCE_MS && monitors[1].answer; i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		poll(NULL, 0, 1);
	}
	assert_null(monitors[1].answer);
	close(b);
}

/* Who does not read costs so much memory and no more, and hears later that something is lost. */
static void what_the_deaf_are_told_is_lost(void **state)
{
	static char text[65536];
	size_t told = 0, heard = 0;
	int fd;

	open_control(4, NULL);
	fd = dial_monitor();
	snprintf(text, sizeof(text), "{\"event\":\"%060000d\"}", 0);
	while (control_continue(monitors[0].answer, text))
		told += strlen(text);
	assert_in_range(told, CONTROL_MAX_BACKLOG - 2 * sizeof(text),
			CONTROL_MAX_BACKLOG + 8 * sizeof(text));
	assert_false(control_continue(monitors[0].answer, "{}"));
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(monitors[0].room, 0);
	while (heard < told)
		heard += strlen(hear(fd)) - strlen(",\"continues\":true}") - strlen("{\"parameters\":");
	for (int i = 0; i < PATIENCE_MS && !monitors[0].room; i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		poll(NULL, 0, 1);
	}
	assert_int_equal(monitors[0].room, 1);
	assert_true(control_continue(monitors[0].answer, "{\"lost\":2}"));
	assert_string_equal(hear(fd), "{\"parameters\":{\"lost\":2},\"continues\":true}");
	close(fd);
}

/* What is little costs more than its octets. */
static void little_things_have_their_cost(void **state)
{
	const size_t cost = strlen("{\"parameters\":{\"event\":1},\"continues\":true}") + sizeof(uv_write_t);
	size_t n = 0;
	int fd;

	open_control(4, NULL);
	fd = dial_monitor();
	while (control_continue(monitors[0].answer, "{\"event\":1}"))
		n++;
	/* Some have left for the socket. */
	assert_in_range(n * cost, CONTROL_MAX_BACKLOG / 2, CONTROL_MAX_BACKLOG + 256 * 1024);
	close(fd);
}

/* A monitor that missed something for want of memory must not believe that nothing happened. */
static void without_memory_who_is_told_is_disconnected(void **state)
{
	int fd;

	open_control(4, NULL);
	fd = dial_monitor();
	assert_true(control_continue(monitors[0].answer, NULL));
	assert_null(monitors[0].answer);
	close(fd);
}

static void the_longest_silent_makes_room(void **state)
{
	int a, b, c;

	open_control(2, NULL);
	a = dial_monitor();
	b = dial();
	answers(b, SAY("1"), ECHOED("1"));
	c = dial();
	assert_string_equal(hear(b), "");
	answers(c, MORE("Monitor", "{}"), "{\"parameters\":{},\"continues\":true}");
	close(b);
	b = dial();
	assert_string_equal(hear(b), REFUSED("too many clients"));
	assert_string_equal(hear(b), "");
	control_answer(monitors[0].answer, json_object());
	assert_string_equal(hear(a), REPLY("{}"));
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
	answers(a, SAY("1"), ECHOED("1"));
	answers(b, SAY("2"), ECHOED("2"));
	close(a);
	close(b);
}

/* Who calls is logged with what, but for what is secret. */
static void secrets_are_not_logged(void **state)
{
	const char *log;
	int fd;

	open_control(2, NULL);
	fd = dial();
	capture();
	answers(fd, CALL("Login", "{\"user\":\"alice\",\"password\":\"wonderland\"}"),
		REPLY("{\"password\":\"wonderland\"}"));
	log = captured();
	close(fd);
	assert_non_null(strstr(log, "calls org.example.Test.Login {\"user\":\"alice\",\"password\":"
			       "\"(not shown)\"}"));
	assert_null(strstr(log, "wonderland"));
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

/* Returns the access control list of the socket; its length is 0 if there is none. */
static ssize_t acl_of_socket(uint8_t acl[64])
{
	ssize_t len = getxattr(path, "system.posix_acl_access", acl, 64);

	return len < 0 ? 0 : len;
}

static void several_groups_may_be_let_in(void **state)
{
	struct control_options options = {
		.path = path, .group = "daemon", .read_group = "games",
		.capture_group = "daemon", .max_clients = 1,
	};
	char error[256] = "";
	uint8_t acl[64];
	struct stat st;

	if (geteuid())
		skip();
	control = control_open(&loop, &options, methods, descriptions, &calls, error,
			       sizeof(error));
	assert_non_null(control);
	assert_int_equal(stat(path, &st), 0);
	if (!acl_of_socket(acl)) {
		assert_int_equal(st.st_mode & 07777, 0666);
		return;
	}
	/* each group once, by its number: 1 and 60; nobody else */
	assert_int_equal(acl_of_socket(acl), 4 + 6 * 8);
	assert_int_equal(acl[4 + 2 * 8], 8);
	assert_int_equal(acl[4 + 2 * 8 + 4], getgrnam("daemon")->gr_gid);
	assert_int_equal(acl[4 + 3 * 8 + 4], getgrnam("games")->gr_gid);
	assert_int_equal(st.st_mode & 07777, 0660);
}

/* Returns the rights of somebody who is in the group @gid and in no other one of ours. */
static unsigned int rights_of(gid_t gid)
{
	const struct access_groups groups = { .write = 1, .read = 60, .capture = 12 };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), fd;
	struct access_peer peer;
	pid_t child;

	strcpy(addr.sun_path, path);
	assert_int_equal(bind(listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(chmod(path, 0666) | chmod(folder, 0755), 0);
	assert_int_equal(listen(listener, 1), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		const gid_t two[] = { 65533, gid };

		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		_exit(setgroups(2, two) || setgid(65534) || setuid(65534) ||
		      connect(fd, (struct sockaddr *)&addr, sizeof(addr)));
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	assert_true(fd >= 0);
	access_look(&peer, fd, &groups);
	assert_int_equal(peer.uid, 65534);
	assert_int_equal(peer.pid, child);
	close(fd);
	close(listener);
	unlink(path);
	return peer.rights;
}

static void rights_are_those_of_groups(void **state)
{
	if (geteuid())
		skip();
	snprintf(path, sizeof(path), "%s/sock", folder);
	assert_int_equal(rights_of(1), CONTROL_READ | CONTROL_WRITE);
	assert_int_equal(rights_of(60), CONTROL_READ);
	assert_int_equal(rights_of(12), CONTROL_READ | CONTROL_CAPTURE);
	assert_int_equal(rights_of(3), 0);
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

	assert_null(
		control_open(&loop, &options, methods, descriptions, &calls, error, sizeof(error)));
	snprintf(want, sizeof(want), "%s is in use: another culvertd is running", path);
	assert_string_equal(error, want);
	fd = dial();
	answers(fd, SAY("1"), ECHOED("1"));
	close(fd);
}

static void other_files_are_left_alone(void **state)
{
	struct control_options options = { .path = path, .max_clients = 1 };
	char error[256], want[256];
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	assert_true(fd >= 0);
	close(fd);
	assert_null(
		control_open(&loop, &options, methods, descriptions, &calls, error, sizeof(error)));
	snprintf(want, sizeof(want), "%s is in the way: it is not a socket", path);
	assert_string_equal(error, want);
	assert_int_equal(unlink(path), 0);
	options.path = "/proc/nowhere/sock";
	assert_null(control_open(&loop, &options, methods, descriptions, &calls, error, sizeof(error)));
	assert_string_equal(error, "the folder of /proc/nowhere/sock cannot be made: "
			    "No such file or directory");
}

/* ---- visitors ---- */

struct guest {
	struct control_visitor visitor;
	struct control_client *visit;	/* NULL: gone */
	char *reply;			/* that was not taken; NULL: none */
	size_t len;
	unsigned int replies;
};

static void replied(struct control_visitor *visitor, char *text, size_t len)
{
	struct guest *g = (struct guest *)visitor;

	assert_null(g->reply);
	assert_int_equal(strlen(text), len);
	g->reply = text;
	g->len = len;
	g->replies++;
}

static void lost(struct control_visitor *visitor)
{
	((struct guest *)visitor)->visit = NULL;
}

static void invite(struct guest *g, unsigned int rights)
{
	*g = (struct guest){ .visitor = { replied, lost } };
	g->visit = control_visit(control, &g->visitor, "web: token a", rights);
	assert_non_null(g->visit);
}

static void take(struct guest *g)
{
	free(g->reply);
	g->reply = NULL;
	if (g->visit)
		control_taken(g->visit, g->len);
}

static void asks(struct guest *g, const char *method, const char *parameters, bool more,
		 const char *want)
{
	char name[64];
	json_t *object = json_loads(parameters, 0, NULL);

	snprintf(name, sizeof(name), "org.example.Test.%s", method);
	control_call(g->visit, name, object, more);
	json_decref(object);
	if (!g->reply)
		fail_msg("%s has no reply", method);
	assert_string_equal(g->reply, want);
	take(g);
}

static void visitors_call_without_the_socket(void **state)
{
	struct guest g, reader;

	open_control(1, NULL);
	invite(&g, CONTROL_READ | CONTROL_WRITE);
	invite(&reader, CONTROL_READ);
	/* They take nobody's place. */
	answers(dial(), SAY("1"), ECHOED("1"));
	asks(&g, "Echo", "{\"value\":5}", false, ECHOED("5"));
	asks(&g, "Echo", "{\"x\":5}", false, ERROR("org.varlink.service.InvalidParameter",
		"{\"parameter\":\"x\",\"reason\":\"\\\"x\\\": there is no such member\"}"));
	asks(&reader, "Owe", "{}", false, ERROR("org.varlink.service.PermissionDenied", "{}"));
	assert_true(control_changes(control, "org.example.Test.Owe"));
	assert_false(control_changes(control, "org.example.Test.Echo"));
	assert_false(control_changes(control, "org.example.Test.None"));
	control_leave(reader.visit);
	control_leave(g.visit);
}

static void begins(struct guest *g, const char *method, const char *parameters)
{
	char name[64];
	json_t *object = json_loads(parameters, 0, NULL);

	snprintf(name, sizeof(name), "org.example.Test.%s", method);
	control_call(g->visit, name, object, true);
	json_decref(object);
	while (!g->reply)
		uv_run(&loop, UV_RUN_NOWAIT);
}

/* A list goes on when its piece was taken, and not before. */
static void visitors_take_lists_in_pieces(void **state)
{
	struct guest g;
	unsigned int n;

	open_control(1, NULL);
	invite(&g, CONTROL_READ);
	begins(&g, "Numbers", "{\"n\":10,\"pause\":1}");
	for (n = 1; strstr(g.reply, "\"continues\""); n++) {
		for (unsigned int i = 0; i < 5; i++)
			uv_run(&loop, UV_RUN_NOWAIT);
		assert_int_equal(g.replies, n);
		take(&g);
		while (!g.reply)
			uv_run(&loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(n, 10);
	take(&g);
	begins(&g, "Numbers", "{\"n\":10,\"pause\":1}");
	assert_int_equal(lists_open, 1);
	free(g.reply);
	control_leave(g.visit);
	assert_int_equal(lists_open, 0);
}

/* What a visitor has not taken is what waits for a client. */
static void visitors_owe_what_they_do_not_take(void **state)
{
	static const char around[] = "{\"parameters\":,\"continues\":true}";
	char text[1000];
	struct guest g;
	unsigned int n;

	open_control(1, NULL);
	invite(&g, CONTROL_READ);
	memset(text, ' ', sizeof(text));
	strcpy(text + sizeof(text) - 3, "{}");
	begins(&g, "Monitor", "{}");
	take(&g);
	for (n = 0; control_continue(monitors[0].answer, text); n++) {
		free(g.reply);
		g.reply = NULL;
	}
	assert_in_range(n, CONTROL_MAX_BACKLOG / 1500, CONTROL_MAX_BACKLOG / 1000);
	assert_int_equal(g.len, strlen(text) + strlen(around));
	while (n--) {
		assert_int_equal(monitors[0].room, 0);
		take(&g);
	}
	assert_int_equal(monitors[0].room, 1);
	control_close(control);
	control = NULL;
	assert_null(g.visit);
	assert_null(monitors[0].answer);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(methods_are_called, set_up, tear_down),
		cmocka_unit_test_setup_teardown(errors_have_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bad_calls_are_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_languages_end_the_connection, set_up, tear_down),
		cmocka_unit_test_setup_teardown(calls_come_in_pieces_and_in_heaps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_last_calls_are_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_waits_for_what_is_one_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(long_calls_end_the_connection, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_service_describes_itself, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lists_come_in_slices, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lists_without_more_are_cut, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_answer_may_come_later, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_may_wait_for_it_any_more, set_up, tear_down),
		cmocka_unit_test_setup_teardown(slow_readers_wait, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_asks_for_it_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_the_deaf_are_told_is_lost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(little_things_have_their_cost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_memory_who_is_told_is_disconnected, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_longest_silent_makes_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_memory_a_client_waits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(secrets_are_not_logged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_root_unless_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_group_may_be_let_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(several_groups_may_be_let_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rights_are_those_of_groups, set_up, tear_down),
		cmocka_unit_test_setup_teardown(leftovers_are_replaced_but_not_the_living, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(visitors_call_without_the_socket, set_up, tear_down),
		cmocka_unit_test_setup_teardown(visitors_take_lists_in_pieces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(visitors_owe_what_they_do_not_take, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_files_are_left_alone, set_up, tear_down),
	};

	/* As the daemon does. */
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
