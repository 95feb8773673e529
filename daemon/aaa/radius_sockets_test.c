// SPDX-License-Identifier: GPL-2.0-only
/* The sockets of struct radius, over loopback and in real time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "aaa/radius.h"
#include "radius/attribute.h"
#include "util/captured_log_test.h"
#include "util/container.h"

#define WAIT_MS		100	/* the first wait of a question */
#define PATIENCE_MS	10000	/* a test fails then */
#define SECRET		"testing123"

/* A server that the test plays, and what it has received. */
static struct {
	int fd;
	uint16_t port;
	uint8_t octets[RADIUS_PACKET_MAX];
	ssize_t len;
	struct sockaddr_in from;
} server;

static uv_loop_t loop;
static struct radius *radius;
static struct radius_peer_settings peer;
static struct {
	struct radius_question q;
	uint8_t buffer[300];
	bool answered;
	enum radius_outcome outcome;
} question;

/* What send() reports instead of sending, so many times; as after an ICMP message. */
static int send_errno;
static unsigned int send_errors;

ssize_t __real_send(int fd, const void *octets, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *octets, size_t len, int flags);

ssize_t __wrap_send(int fd, const void *octets, size_t len, int flags)
{
	if (!send_errors)
		return __real_send(fd, octets, len, flags);
	send_errors--;
	errno = send_errno;
	return -1;
}

static void open_server(uint16_t port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(port) };
	socklen_t len = sizeof(sa);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server.fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_true(server.fd >= 0);
	assert_int_equal(bind(server.fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(getsockname(server.fd, (struct sockaddr *)&sa, &len), 0);
	server.port = ntohs(sa.sin_port);
}

/* Run the loop until there is a request, which replaces the one before. */
static void receive(void)
{
	struct pollfd fd = { .fd = server.fd, .events = POLLIN };
	uint64_t late = uv_hrtime() + PATIENCE_MS * 1000000ull;
	socklen_t len = sizeof(server.from);

	while (!poll(&fd, 1, 0)) {
		assert_true(uv_hrtime() < late);
		uv_run(&loop, UV_RUN_ONCE);
	}
	server.len = recvfrom(server.fd, server.octets, sizeof(server.octets), 0,
			      (struct sockaddr *)&server.from, &len);
	assert_true(server.len > 0);
}

/* Accept what was received last, through the socket @fd. */
static void accept_from(int fd)
{
	const struct radius_secret secret = { SECRET, strlen(SECRET) };
	uint8_t octets[RADIUS_PACKET_MAX];
	struct radius_writer w;
	size_t len;

	radius_begin(&w, octets, sizeof(octets), RADIUS_ACCESS_ACCEPT, server.octets[1], NULL);
	len = radius_end_reply(&w, server.octets + RADIUS_AUTHENTICATOR, secret);
	assert_int_equal(sendto(fd, octets, len, 0, (struct sockaddr *)&server.from,
				sizeof(server.from)),
			 len);
}

static void write_question(struct radius_question *q, struct radius_writer *w,
			   const struct radius_server *to, uint32_t age_s)
{
	radius_put_text(w, RADIUS_USER_NAME, "alice");
}

static void on_answer(struct radius_question *q, const struct radius_answer *answer)
{
	question.answered = true;
	question.outcome = answer->outcome;
}

static void open_radius(void)
{
	static const unsigned int numbers[] = { 0 };
	const struct radius_group_settings group = {
		.name = "all", .peers = numbers, .n = 1,
		.login = { .irt_ms = WAIT_MS, .mrt_ms = WAIT_MS, .mrc = 4 },
	};
	const struct radius_settings settings = {
		.nas_identifier = "nas", .peers = &peer, .n_peers = 1, .groups = &group,
		.n_groups = 1,
	};
	char error[100];

	radius = radius_new(&loop, &settings, error, sizeof(error));
	assert_non_null(radius);
}

static void ask(void)
{
	memset(&question, 0, sizeof(question));
	question.q.request.code = RADIUS_ACCESS_REQUEST;
	question.q.request.buffer = question.buffer;
	question.q.request.size = sizeof(question.buffer);
	question.q.write = write_question;
	question.q.answered = on_answer;
	uv_update_time(&loop);
	assert_int_equal(radius_ask(radius, &question.q, radius_login_group(radius, "all")),
			 RADIUS_ANSWERED);
}

static void wait_for_answer(void)
{
	uint64_t late = uv_hrtime() + PATIENCE_MS * 1000000ull;

	while (!question.answered) {
		assert_true(uv_hrtime() < late);
		uv_run(&loop, UV_RUN_ONCE);
	}
}

static const struct radius_view *view(void)
{
	static struct radius_view v;

	assert_true(radius_view(radius, 0, &v));
	return &v;
}

static int set_up(void **state)
{
	uv_loop_init(&loop);
	send_errors = 0;
	open_server(0);
	peer = (struct radius_peer_settings){
		.name = "a", .address = { .v6.s6_addr = { 127, 0, 0, 1 }, .family = AF_INET },
		.auth_port = server.port, .secret = SECRET, .secret_len = strlen(SECRET),
		.vrf = "", .netns = "", .ports = 2, .window = 100, .line_max = 100, .weight = 1,
		.dead_after = 3, .probe_ms = 300, .dead_ms = 60000,
	};
	return 0;
}

/* All handles are closed, and nothing else is left. */
static int tear_down(void **state)
{
	radius_drop(radius);
	uv_run(&loop, UV_RUN_DEFAULT);
	close(server.fd);
	return uv_loop_close(&loop);
}

static void an_answer_comes(void **state)
{
	open_radius();
	ask();
	receive();
	accept_from(server.fd);
	wait_for_answer();
	assert_int_equal(question.outcome, RADIUS_ANSWERED);
	assert_string_equal(view()->fault, "");
}

/* One port after the other, each by a socket of its own. */
static void each_port_has_a_socket(void **state)
{
	uint16_t first;

	open_radius();
	ask();
	receive();
	first = server.from.sin_port;
	accept_from(server.fd);
	wait_for_answer();
	ask();
	receive();
	assert_int_not_equal(server.from.sin_port, first);
	accept_from(server.fd);
	wait_for_answer();
	ask();
	receive();
	assert_int_equal(server.from.sin_port, first);
	accept_from(server.fd);
	wait_for_answer();
}

static void an_answer_from_elsewhere_is_none(void **state)
{
	int elsewhere = socket(AF_INET, SOCK_DGRAM, 0);

	open_radius();
	ask();
	receive();
	accept_from(elsewhere);
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_false(question.answered);
	assert_int_equal(view()->server->counters.stray, 0);
	accept_from(server.fd);
	wait_for_answer();
	assert_int_equal(question.outcome, RADIUS_ANSWERED);
	close(elsewhere);
}

/* "Port unreachable" says nothing, since anybody can forge it; and it stops no socket. */
static void a_server_that_is_not_there_yet(void **state)
{
	uint16_t port = server.port;

	close(server.fd);
	open_radius();
	ask();
	for (unsigned int i = 0; i < 5; i++)
		uv_run(&loop, UV_RUN_NOWAIT);
	assert_false(question.answered);
	open_server(port);
	receive();
	accept_from(server.fd);
	/* at once, and not when the next wait is over */
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_true(question.answered);
	assert_int_equal(question.outcome, RADIUS_ANSWERED);
}

/* Nor does any other error that ICMP can cause, of which the next send() tells, and only once. */
static void an_error_of_icmp_stops_no_socket(void **state)
{
	static const int errors[] = {
		ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EMSGSIZE, EHOSTDOWN, ENONET, ENOPROTOOPT,
		EPROTO, EOPNOTSUPP, EACCES,
	};
	uint16_t port = 0;

	peer.ports = 1;
	open_radius();
	for (unsigned int i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		send_errno = errors[i];
		send_errors = 1;
		ask();
		assert_int_equal(send_errors, 0);
		assert_string_equal(view()->fault, "");
		receive();
		if (port)
			assert_int_equal(server.from.sin_port, port);
		port = server.from.sin_port;
		accept_from(server.fd);
		wait_for_answer();
	}
	assert_int_equal(view()->server->counters.lost, 0);
}

/* A socket that cannot send, for whatever reason, is told of. */
static void an_error_that_stays_is_told(void **state)
{
	open_radius();
	send_errno = ENETUNREACH;
	send_errors = 2;
	ask();
	assert_int_equal(send_errors, 0);
	assert_string_equal(view()->fault, "Network is unreachable");
	wait_for_answer();
}

/* The loop was busy when the answer came, behind much else, and until the time was over. */
static void what_has_come_is_no_silence(void **state)
{
	open_radius();
	ask();
	receive();
	for (unsigned int i = 0; i < 150; i++)
		assert_int_equal(sendto(server.fd, "?", 1, 0, (struct sockaddr *)&server.from,
					sizeof(server.from)), 1);
	accept_from(server.fd);
	usleep(2 * WAIT_MS * 1000);
	wait_for_answer();
	assert_int_equal(question.outcome, RADIUS_ANSWERED);
	assert_int_equal(view()->server->counters.malformed, 150);
	assert_int_equal(view()->server->counters.lost, 0);
	assert_int_equal(view()->server->counters.sent, 1);
}

static void nobody_answers(void **state)
{
	open_radius();
	ask();
	capture();
	wait_for_answer();
	assert_non_null(strstr(captured(), "does not answer"));
	assert_int_equal(question.outcome, RADIUS_NO_ANSWER);
	assert_int_equal(view()->server->state, RADIUS_DEAD);
	for (unsigned int i = 0; i < view()->server->counters.sent; i++)
		receive();
	/* and it is found out when it is there again */
	while (server.octets[0] != RADIUS_STATUS_SERVER)
		receive();
	accept_from(server.fd);
	capture();
	while (view()->server->state == RADIUS_DEAD)
		uv_run(&loop, UV_RUN_ONCE);
	assert_non_null(strstr(captured(), "answers again"));
}

/* What cannot be opened is told once, and counts as a server that does not answer. */
static void a_source_that_is_not_ours(void **state)
{
	const char *log;

	peer.source = (struct ip_addr){ .v6.s6_addr = { 192, 0, 2, 77 }, .family = AF_INET };
	capture();
	open_radius();
	assert_string_equal(view()->fault, "Cannot assign requested address");
	ask();
	wait_for_answer();
	log = captured();
	assert_int_equal(question.outcome, RADIUS_NO_ANSWER);
	log = strstr(log, "cannot be asked: Cannot assign requested address\n");
	assert_non_null(log);
	assert_null(strstr(log + 1, "cannot be asked"));
}

static void a_namespace_that_is_not_there(void **state)
{
	peer.netns = "culvert-no-such-namespace";
	capture();
	open_radius();
	assert_non_null(strstr(captured(), "cannot be asked: No such file or directory\n"));
	assert_string_equal(view()->fault, "No such file or directory");
}

static void a_source_of_ours(void **state)
{
	peer.source = (struct ip_addr){ .v6.s6_addr = { 127, 0, 0, 9 }, .family = AF_INET };
	open_radius();
	ask();
	receive();
	assert_int_equal(ntohl(server.from.sin_addr.s_addr), 0x7f000009);
	accept_from(server.fd);
	wait_for_answer();
}

/*
 * The socket of a server that is asked whether it is there again is made anew, if there is a
 * descriptor for that.
 */
static void without_descriptors_a_socket_stays(void **state)
{
	struct rlimit limit, none;

	peer.ports = 1;
	open_radius();
	ask();
	wait_for_answer();
	assert_int_equal(view()->server->state, RADIUS_DEAD);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	/* enough for poll() of one, and none that is free */
	none = (struct rlimit){ 1, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	for (unsigned int i = 0; i < view()->server->counters.sent; i++)
		receive();
	while (server.octets[0] != RADIUS_STATUS_SERVER)
		receive();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_string_equal(view()->fault, "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_comes),
		TEST(each_port_has_a_socket),
		TEST(an_answer_from_elsewhere_is_none),
		TEST(a_server_that_is_not_there_yet),
		TEST(an_error_of_icmp_stops_no_socket),
		TEST(an_error_that_stays_is_told),
		TEST(what_has_come_is_no_silence),
		TEST(nobody_answers),
		TEST(a_source_that_is_not_ours),
		TEST(a_namespace_that_is_not_there),
		TEST(a_source_of_ours),
		TEST(without_descriptors_a_socket_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
