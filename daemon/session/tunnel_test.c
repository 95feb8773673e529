// SPDX-License-Identifier: GPL-2.0-only
/* A tunnel that serves a plain socket, on a real loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "session/played_tunnel_test.h"
#include "session/tap.h"
#include "session/tunnel.h"
#include "util/container.h"
#include "util/ip_literal_test.h"
#include "util/scarce_test.h"

#define PATIENCE_MS	10000

struct bench {
	uv_loop_t loop;
	struct sessions sessions;	/* without sessions, for the line of ends and the pollers */
	struct accepting listener;
	int peer;			/* the peer's socket, read and written by the test */
	struct tunnel tunnel;
	struct pptp_conn_config config;
	enum pptp_close why;
	bool accepted, up, closed, freed;
	bool late;
	unsigned int expected;		/* messages that the tunnel has to send */
	struct tunnel other;		/* a tunnel that connects */
};

static struct bench *bench_of(struct pptp_conn *pptp)
{
	struct tunnel *t = container_of(pptp, struct tunnel, pptp);

	return container_of(t, struct bench, tunnel);
}

static void on_freed(struct tunnel *t)
{
	container_of(t, struct bench, tunnel)->freed = true;
}

static void on_closed(struct pptp_conn *pptp, enum pptp_close why)
{
	struct bench *b = bench_of(pptp);

	b->closed = true;
	b->why = why;
	tunnel_close(&b->tunnel, on_freed);
}

static void on_up(struct pptp_conn *pptp, const struct pptp_start *peer)
{
	assert_string_equal(peer->host, "peer");
	bench_of(pptp)->up = true;
}

static const struct pptp_conn_ops ops = {
	.send = tunnel_send, .heard = tunnel_heard, .closed = on_closed, .up = on_up,
};

static void too_late(uv_timer_t *timer)
{
	struct bench *b = timer->data;

	b->late = true;
}

static void run_until(struct bench *b, bool (*done)(const struct bench *b))
{
	uv_timer_t timer;

	b->late = false;
	uv_timer_init(&b->loop, &timer);
	timer.data = b;
	uv_timer_start(&timer, too_late, PATIENCE_MS, 0);
	while (!done(b) && !b->late)
		uv_run(&b->loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&b->loop, UV_RUN_NOWAIT);
	assert_false(b->late);
}

static void on_connection(struct accepting *listener, int fd)
{
	struct bench *b = container_of(listener, struct bench, listener);

	/* If the listener has no single address, the local address is that of the connection. */
	assert_int_equal(tunnel_open(&b->tunnel, &b->sessions, fd, ip("127.0.0.1"),
				     ip("0.0.0.0")), 0);
	assert_ip(b->tunnel.local, "127.0.0.1");
	b->accepted = true;
}

static bool is_accepted(const struct bench *b)
{
	return b->accepted;
}

static const struct net_backend no_backend;

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct sockaddr_storage sa;
	socklen_t len;

	*state = b;
	pptp_conn_config_init(&b->config);
	uv_loop_init(&b->loop);
	assert_int_equal(sessions_open(&b->sessions, &b->loop, &no_backend), 0);
	accepting_open(&b->listener, &b->loop, on_connection);
	len = ip_to_sockaddr(ip("127.0.0.1"), b->listener.port, &sa);
	b->peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(b->peer, (struct sockaddr *)&sa, len), 0);
	run_until(b, is_accepted);
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	tunnel_close(&b->tunnel, on_freed);
	accepting_close(&b->listener);
	sessions_close(&b->sessions);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_true(b->freed);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	if (b->peer >= 0)
		close(b->peer);
	free(b);
	return 0;
}

static size_t start_request(uint8_t *buf)
{
	const struct pptp_msg msg = {
		.type = PPTP_START_REQUEST,
		.start = { .version = PPTP_VERSION, .host = "peer" },
	};

	return pptp_msg_encode(&msg, buf);
}

/* Read a message as the peer, which must have that type and size. */
static void expect_message(struct bench *b, enum pptp_msg_type type, size_t size)
{
	uint8_t buf[PPTP_MSG_MAX];
	struct pptp_msg msg;

	assert_int_equal(recv(b->peer, buf, size, MSG_WAITALL), size);
	assert_int_equal(pptp_msg_decode(buf, size, &msg), 0);
	assert_int_equal(msg.type, type);
}

/* What the tap has seen: a word for each. */
static char seen[256];

static void see(const char *what, size_t len)
{
	size_t n = strlen(seen);

	snprintf(seen + n, sizeof(seen) - n, "%s %zu\n", what, len);
}

static void see_opened(struct tap *tap, struct tunnel *t)
{
	see(ip_text(t->remote), 0);
}

static void see_closed(struct tap *tap, struct tunnel *t)
{
	see("closed", 0);
}

static void see_message(struct tap *tap, struct tunnel *t, bool sent, const uint8_t *message,
			size_t len)
{
	assert_int_equal(message[7], 0x4d);
	see(sent ? "sent" : "received", len);
}

static struct tap tap = { .opened = see_opened, .closed = see_closed, .message = see_message };

static bool is_up(const struct bench *b)
{
	return b->up;
}

static bool is_closed(const struct bench *b)
{
	return b->closed;
}

static bool has_a_part(const struct bench *b)
{
	return b->tunnel.pptp.kept;
}

static bool has_sent_four(const struct bench *b)
{
	return b->tunnel.pptp.tx_msgs == 4;
}

static bool has_heard_three(const struct bench *b)
{
	return b->tunnel.pptp.rx_msgs == 3;
}

static void a_tap_sees_whole_messages(void **state)
{
	static const char undefined[] = "\x00\x10\x00\x01\x1a\x2b\x3c\x4d\x00\x63\x00\x00\x01\x02\x03";
	struct bench *b = *state;
	uint8_t buf[16 + PPTP_MSG_MAX];
	size_t len = start_request(buf);

	*seen = '\0';
	b->sessions.tap = &tap;
	tunnel_serve(&b->tunnel, &b->config, &ops);
	assert_int_equal(write(b->peer, buf, 100), 100);
	run_until(b, has_a_part);
	assert_string_equal(seen, "");
	assert_int_equal(write(b->peer, buf + 100, len - 100), len - 100);
	run_until(b, is_up);
	assert_string_equal(seen, "received 156\nsent 156\n");
	/* of an undefined type, the header; then a known one in the same segment */
	memcpy(buf, undefined, 16);
	len = 16 + pptp_msg_encode(&(struct pptp_msg){ .type = PPTP_ECHO_REQUEST }, buf + 16);
	assert_int_equal(write(b->peer, buf, len), len);
	run_until(b, has_heard_three);
	assert_string_equal(seen, "received 156\nsent 156\nreceived 12\nreceived 16\nsent 20\n");
	*seen = '\0';
	tunnel_close(&b->tunnel, on_freed);
	tunnel_close(&b->tunnel, on_freed);
	assert_string_equal(seen, "closed 0\n");
}

static void a_message_may_come_in_parts(void **state)
{
	struct bench *b = *state;
	uint8_t buf[PPTP_MSG_MAX];
	size_t len = start_request(buf);

	tunnel_serve(&b->tunnel, &b->config, &ops);
	assert_int_equal(write(b->peer, buf, 100), 100);
	run_until(b, has_a_part);
	assert_int_equal(write(b->peer, buf + 100, len - 100), len - 100);
	run_until(b, is_up);
	expect_message(b, PPTP_START_REPLY, len);
	/* No buffer is left for messages that were handled. */
	assert_null(b->tunnel.pptp.kept);
	assert_null(b->tunnel.in);
	assert_null(b->tunnel.out);
}

static void what_comes_too_fast_waits(void **state)
{
	const struct pptp_msg echo = { .type = PPTP_ECHO_REQUEST, .echo = { .id = 7 } };
	struct bench *b = *state;
	uint8_t buf[2 * PPTP_MSG_MAX];
	size_t len = start_request(buf);
	bool waited = false;

	b->config.msg_burst = 1;
	b->config.msg_rate = 100;
	tunnel_serve(&b->tunnel, &b->config, &ops);
	for (unsigned int i = 0; i < 3; i++)
		len += pptp_msg_encode(&echo, buf + len);
	assert_int_equal(write(b->peer, buf, len), len);
	while (!has_sent_four(b)) {
		uv_run(&b->loop, UV_RUN_ONCE);
		waited = waited || b->tunnel.in;
	}
	assert_true(waited);
	assert_null(b->tunnel.in);
	expect_message(b, PPTP_START_REPLY, 156);
	for (unsigned int i = 0; i < 3; i++)
		expect_message(b, PPTP_ECHO_REPLY, 20);
}

/* One of the two buffers that are needed cannot be allocated. */
static void without_memory_it_is_dropped(void **state)
{
	struct bench *b = *state;
	uint8_t buf[PPTP_MSG_MAX];
	size_t len = start_request(buf);

	tunnel_serve(&b->tunnel, &b->config, &ops);
	assert_int_equal(write(b->peer, buf, len), len);
	memory_left = 0;
	run_until(b, is_closed);
	memory_left = UINT_MAX;
	assert_int_equal(b->why, PPTP_CLOSE_NO_MEMORY);
	assert_int_equal(recv(b->peer, buf, sizeof(buf), 0), 0);
}

static void without_memory_for_what_waits_it_is_dropped(void **state)
{
	const struct pptp_msg echo = { .type = PPTP_ECHO_REQUEST };
	struct bench *b = *state;
	uint8_t buf[2 * PPTP_MSG_MAX];
	size_t len = start_request(buf);

	b->config.msg_burst = 1;
	b->config.msg_rate = 1;
	tunnel_serve(&b->tunnel, &b->config, &ops);
	for (unsigned int i = 0; i < 3; i++)
		len += pptp_msg_encode(&echo, buf + len);
	assert_int_equal(write(b->peer, buf, len), len);
	/* memory for the reply and for the message that has begun, but not for what follows it */
	memory_left = 2;
	run_until(b, is_closed);
	memory_left = UINT_MAX;
	assert_int_equal(b->why, PPTP_CLOSE_NO_MEMORY);
}

static bool waits_for_room(const struct bench *b)
{
	return b->tunnel.waits_for_room;
}

static bool has_sent_all(const struct bench *b)
{
	return !b->tunnel.out && !b->tunnel.in && b->tunnel.pptp.tx_msgs == b->expected;
}

static void set_buffer(int fd, int option, int octets)
{
	assert_int_equal(setsockopt(fd, SOL_SOCKET, option, &octets, sizeof(octets)), 0);
}

/* The tunnel does not read from such a peer. Once the peer reads, all answers are sent. */
static void a_peer_that_does_not_read_is_waited_for(void **state)
{
	const struct pptp_msg echo = { .type = PPTP_ECHO_REQUEST, .echo = { .id = 7 } };
	struct bench *b = *state;
	uint8_t buf[PPTP_MSG_MAX];
	size_t len = start_request(buf);

	b->config.msg_burst = UINT_MAX / 2;
	tunnel_serve(&b->tunnel, &b->config, &ops);
	set_buffer(b->tunnel.fd, SO_SNDBUF, 1);
	set_buffer(b->peer, SO_RCVBUF, 1);
	assert_int_equal(write(b->peer, buf, len), len);
	len = pptp_msg_encode(&echo, buf);
	b->expected = 1;
	while (!waits_for_room(b)) {
		b->expected += send(b->peer, buf, len, MSG_DONTWAIT) == (ssize_t)len;
		uv_run(&b->loop, UV_RUN_NOWAIT);
	}
	assert_non_null(b->tunnel.out);
	expect_message(b, PPTP_START_REPLY, 156);
	for (unsigned int i = 1; i < b->expected; i++) {
		uv_run(&b->loop, UV_RUN_NOWAIT);
		expect_message(b, PPTP_ECHO_REPLY, 20);
	}
	run_until(b, has_sent_all);
}

/* Messages that came before the hang-up are handled first. */
static void what_came_before_the_end_counts(void **state)
{
	struct bench *b = *state;
	uint8_t buf[PPTP_MSG_MAX];
	size_t len = start_request(buf);

	tunnel_serve(&b->tunnel, &b->config, &ops);
	assert_int_equal(write(b->peer, buf, len), len);
	assert_int_equal(shutdown(b->peer, SHUT_WR), 0);
	run_until(b, is_closed);
	assert_true(b->up);
	assert_int_equal(b->why, PPTP_CLOSE_EOF);
	expect_message(b, PPTP_START_REPLY, len);
}

static void a_reset_ends_it(void **state)
{
	const struct linger at_once = { .l_onoff = 1 };
	struct bench *b = *state;

	tunnel_serve(&b->tunnel, &b->config, &ops);
	assert_int_equal(setsockopt(b->peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
	close(b->peer);
	b->peer = -1;
	run_until(b, is_closed);
	assert_int_equal(b->why, PPTP_CLOSE_EOF);
}

static void other_freed(struct tunnel *t)
{
}

static void no_more_connections(struct accepting *a, int fd)
{
	close(fd);
}

/* Who has connected does not know from which address. */
static void it_learns_its_address(void **state)
{
	struct bench *b = *state;

	tunnel_serve(&b->tunnel, &b->config, &ops);
	b->listener.came = no_more_connections;
	*seen = '\0';
	b->sessions.tap = &tap;
	assert_int_equal(tunnel_open(&b->other, &b->sessions, connect_to(b->listener.port),
				     ip("127.0.0.1"), ip("0.0.0.0")), 0);
	assert_ip(b->other.local, "127.0.0.1");
	assert_string_equal(seen, "127.0.0.1 0\n");
	tunnel_close(&b->other, other_freed);
	uv_run(&b->loop, UV_RUN_NOWAIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_tap_sees_whole_messages, setup, teardown),
		cmocka_unit_test_setup_teardown(a_message_may_come_in_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(what_comes_too_fast_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(without_memory_it_is_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(without_memory_for_what_waits_it_is_dropped, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_peer_that_does_not_read_is_waited_for, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_came_before_the_end_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(a_reset_ends_it, setup, teardown),
		cmocka_unit_test_setup_teardown(it_learns_its_address, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
