// SPDX-License-Identifier: GPL-2.0-only
/* Requests over loopback, from a socket of the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>

#include "control/coa.h"
#include "control/played_sessions_test.h"
#include "radius/packet.h"
#include "util/captured_log_test.h"
#include "util/log.h"

#define PATIENCE	1000	/* turns of the loop, each of which waits a millisecond */
#define MANY		100

static const struct radius_secret secret = { "xyzzy5461", 9 };

struct bench {
	struct played_world world;
	struct coa *coa;
	struct coa_listen_settings listen[2];
	struct coa_client_settings clients[2];
	struct coa_settings settings;
	int fd;				/* of the source */
	struct ip_addr to;		/* where requests go */
	uint16_t port;
	uint8_t request[RADIUS_PACKET_MAX];
	size_t request_len;
	uint8_t id;
	/* the last answer */
	uint8_t answer[RADIUS_PACKET_MAX];
	size_t answer_len;
	struct ip_addr from;		/* where it came from */
	uint16_t from_port;
};

static int source_at(struct ip_addr address, uint16_t port)
{
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(address, port, &sa);
	int fd = socket(address.family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	return fd;
}

/* Returns a port that nobody has. */
static uint16_t free_port(void)
{
	struct sockaddr_in sa;
	socklen_t len = sizeof(sa);
	int fd = source_at(ip("127.0.0.1"), 0);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	close(fd);
	return ntohs(sa.sin_port);
}

static void open_coa(struct bench *b)
{
	char error[256] = "";

	b->coa = coa_new(&b->world.sessions);
	assert_non_null(b->coa);
	if (coa_use(b->coa, &b->settings, error, sizeof(error)))
		fail_msg("%s", error);
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	world_open(&b->world, MANY);
	for (unsigned int i = 0; i < MANY; i++)
		world_add(&b->world, "office", i ? "guest" : "alice", ip("198.51.100.1"),
			  ip_from_number(0x0a000001 + i));
	b->port = free_port();
	b->to = ip("127.0.0.1");
	b->listen[0] = (struct coa_listen_settings){ .address = b->to, .port = b->port };
	b->clients[0] = (struct coa_client_settings){ "billing", ip("127.0.0.9"), "xyzzy5461", 9 };
	b->clients[1] = (struct coa_client_settings){ "six", ip("::1"), "xyzzy5461", 9 };
	b->settings = (struct coa_settings){
		.listen = b->listen, .n_listen = 1, .clients = b->clients, .n_clients = 2,
		.checks = { .window_s = 300 }, .nas_identifier = "nas-1",
	};
	b->fd = source_at(ip("127.0.0.9"), 0);
	log_open(&(struct log_options){ .level = LOG_LEVEL_INFO });
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	coa_close(b->coa);
	world_close(&b->world);
	close(b->fd);
	log_close();
	free(b);
	return 0;
}

/* Begin a request about @user; what else it has is put by the caller. */
static struct radius_writer begin(struct bench *b, enum radius_code code, const char *user)
{
	struct radius_writer w;

	radius_begin(&w, b->request, sizeof(b->request), code, ++b->id, NULL);
	radius_put_text(&w, RADIUS_USER_NAME, user);
	return w;
}

static void send_again(struct bench *b)
{
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(b->to, b->port, &sa);

	assert_int_equal(sendto(b->fd, b->request, b->request_len, 0, (struct sockaddr *)&sa, len),
			 b->request_len);
}

static void end(struct bench *b, struct radius_writer w)
{
	b->request_len = radius_end_request(&w, secret);
	assert_true(b->request_len);
	send_again(b);
}

static bool take_answer(struct bench *b)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	ssize_t n = recvfrom(b->fd, b->answer, sizeof(b->answer), 0, (struct sockaddr *)&sa, &len);

	if (n < 0)
		return false;
	b->answer_len = (size_t)n;
	b->from = ip_from_sockaddr((struct sockaddr *)&sa);
	b->from_port = ntohs(sa.ss_family == AF_INET ? ((struct sockaddr_in *)&sa)->sin_port :
						       ((struct sockaddr_in6 *)&sa)->sin6_port);
	return true;
}

/* Let the loop run until an answer is there, and return its code; 0: none comes. */
static unsigned int await(struct bench *b, unsigned int patience)
{
	struct radius_packet packet;

	for (unsigned int i = 0; !take_answer(b); i++) {
		if (i == patience)
			return 0;
		uv_run(&b->world.loop, UV_RUN_NOWAIT);
		poll(NULL, 0, 1);
	}
	assert_int_equal(radius_parse(&packet, b->answer, b->answer_len), RADIUS_SOUND);
	assert_int_equal(radius_check_reply(&packet, b->request + RADIUS_AUTHENTICATOR, secret),
			 RADIUS_SOUND);
	assert_int_equal(packet.id, b->id);
	return packet.code;
}

/* Disconnect @user. Returns the code of the answer. */
static unsigned int disconnect(struct bench *b, const char *user)
{
	end(b, begin(b, RADIUS_DISCONNECT_REQUEST, user));
	return await(b, PATIENCE);
}

/* Returns Error-Cause of the last answer, or 0. */
static unsigned int error_cause(const struct bench *b)
{
	struct radius_packet packet;
	struct radius_attribute a;
	struct radius_iterator it;

	assert_int_equal(radius_parse(&packet, b->answer, b->answer_len), RADIUS_SOUND);
	it = radius_attributes(&packet);
	while (radius_next(&it, &a))
		if (a.type == RADIUS_ERROR_CAUSE)
			return radius_number_of(&a);
	return 0;
}

static void test_requests_are_carried_out(void **state)
{
	struct bench *b = *state;
	struct radius_writer w;
	struct coa_counters n;

	open_coa(b);
	assert_true(coa_listens(b->coa));
	w = begin(b, RADIUS_COA_REQUEST, "alice");
	radius_put_number(&w, RADIUS_SESSION_TIMEOUT, 77);
	capture();
	end(b, w);
	assert_int_equal(await(b, PATIENCE), RADIUS_COA_ACK);
	assert_string_equal(captured(), "culvertd: CoA: coa-client billing changes user \"alice\"\n");
	assert_int_equal(b->world.list[0].session.grant->session_timeout_s, 77);
	capture();
	assert_int_equal(disconnect(b, "mallory"), RADIUS_DISCONNECT_NAK);
	assert_string_equal(captured(), "culvertd: CoA: coa-client billing disconnects user "
			    "\"mallory\": refused: no session matches\n");
	assert_int_equal(error_cause(b), RADIUS_ERROR_NO_SESSION);
	assert_int_equal(disconnect(b, "alice"), RADIUS_DISCONNECT_ACK);
	assert_true(session_is_over(&b->world.list[0].session));
	/* the same once more: the answer is the same one, and nobody is asked */
	send_again(b);
	assert_int_equal(await(b, PATIENCE), RADIUS_DISCONNECT_ACK);
	n = coa_counters(b->coa);
	assert_int_equal(n.packets.taken, 3);
	assert_int_equal(n.packets.repeated, 1);
	assert_int_equal(n.acks, 2);
	assert_int_equal(n.naks, 1);
	assert_int_equal(n.ended, 1);
	assert_int_equal(n.changed, 1);
}

/* What radius/coa.h refuses is answered, too. */
static void test_what_cannot_be_done(void **state)
{
	struct bench *b = *state;
	struct radius_writer w;

	open_coa(b);
	w = begin(b, RADIUS_COA_REQUEST, "alice");
	radius_put_number(&w, RADIUS_SESSION_TIMEOUT, 77);
	radius_put_vendor(&w, RADIUS_MICROSOFT, RADIUS_MS_MPPE_ENCRYPTION_POLICY, "\0\0\0\2", 4);
	end(b, w);
	assert_int_equal(await(b, PATIENCE), RADIUS_COA_NAK);
	assert_int_equal(error_cause(b), RADIUS_ERROR_UNSUPPORTED_ATTRIBUTE);
	assert_null(b->world.list[0].session.grant);
	w = begin(b, RADIUS_DISCONNECT_REQUEST, "alice");
	radius_put_text(&w, RADIUS_NAS_IDENTIFIER, "nas-2");
	end(b, w);
	assert_int_equal(await(b, PATIENCE), RADIUS_DISCONNECT_NAK);
	assert_int_equal(error_cause(b), RADIUS_ERROR_NAS_MISMATCH);
	assert_false(session_is_over(&b->world.list[0].session));
}

/* Check that the last request is dropped, and that the log says so, if @line is not "". */
static void is_dropped(struct bench *b, const char *line)
{
	const char *log;

	capture();
	send_again(b);
	assert_int_equal(await(b, 20), 0);
	log = captured();
	if (!strstr(log, line) || !*line != !*log)
		fail_msg("the log has %s", log);
}

static void test_what_is_dropped(void **state)
{
	struct bench *b = *state;
	struct radius_writer w;
	struct coa_counters n;

	b->settings.checks.require_signature = true;
	b->settings.checks.require_timestamp = true;
	open_coa(b);
	w = begin(b, RADIUS_DISCONNECT_REQUEST, "alice");
	b->request_len = radius_end_request(&w, secret);
	is_dropped(b, "coa-client billing (127.0.0.9 port");
	is_dropped(b, "Event-Timestamp is missing or too far");
	b->request[RADIUS_AUTHENTICATOR]++;
	is_dropped(b, "is the secret the same at both ends?");
	b->request[0] = RADIUS_ACCESS_REQUEST;
	is_dropped(b, "it is neither a CoA- nor a Disconnect-Request");
	b->request_len = 7;
	is_dropped(b, "it is no RADIUS packet");
	close(b->fd);
	b->fd = source_at(ip("127.0.0.8"), 0);
	is_dropped(b, "no coa-client has this address");
	n = coa_counters(b->coa);
	assert_int_equal(n.packets.bad_time, 2);
	assert_int_equal(n.packets.bad_authenticator, 1);
	assert_int_equal(n.packets.bad_code, 1);
	assert_int_equal(n.packets.malformed, 1);
	assert_int_equal(n.unknown_source, 1);
	assert_int_equal(n.packets.taken, 0);
	assert_int_equal(world_over(&b->world), 0);
}

/* What was recorded before the daemon was started again is not carried out by that. */
static void test_earlier_requests(void **state)
{
	struct bench *b = *state;
	struct radius_writer w;

	open_coa(b);
	w = begin(b, RADIUS_DISCONNECT_REQUEST, "alice");
	radius_put_number(&w, RADIUS_EVENT_TIMESTAMP, (uint32_t)time(NULL) - 1);
	end(b, w);
	is_dropped(b, "it was made before culvertd began");
	w = begin(b, RADIUS_DISCONNECT_REQUEST, "alice");
	radius_put_number(&w, RADIUS_EVENT_TIMESTAMP, (uint32_t)time(NULL) + 2);
	end(b, w);
	assert_int_equal(await(b, PATIENCE), RADIUS_DISCONNECT_ACK);
}

/* Who floods gets no more lines than others. */
static void test_lines_have_a_limit(void **state)
{
	struct bench *b = *state;
	unsigned int lines = 0;

	log_open(&(struct log_options){ .level = LOG_LEVEL_INFO, .limit_burst = 3,
					.limit_per_minute = 1 });
	open_coa(b);
	close(b->fd);
	b->fd = source_at(ip("127.0.0.8"), 0);
	b->request_len = 20;
	capture();
	for (unsigned int i = 0; i < 50; i++)
		send_again(b);
	await(b, 20);
	for (const char *p = captured(); (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 3);
	assert_int_equal(coa_counters(b->coa).unknown_source, 50);
}

/* The answer leaves from the address that was asked, not from one that the kernel chooses. */
static void test_any_address(void **state)
{
	struct bench *b = *state;

	b->listen[0].address = ip("0.0.0.0");
	open_coa(b);
	b->to = ip("127.0.0.77");
	assert_int_equal(disconnect(b, "alice"), RADIUS_DISCONNECT_ACK);
	assert_ip(b->from, "127.0.0.77");
	assert_int_equal(b->from_port, b->port);
	b->to = ip("127.0.0.1");
	assert_int_equal(disconnect(b, "guest"), RADIUS_DISCONNECT_ACK);
	assert_ip(b->from, "127.0.0.1");
}

/* Both families can have any address, on the same port. */
static void test_ipv6(void **state)
{
	struct bench *b = *state;

	b->listen[0].address = ip("0.0.0.0");
	b->listen[1] = (struct coa_listen_settings){ .address = ip("::"), .port = b->port };
	b->settings.n_listen = 2;
	open_coa(b);
	close(b->fd);
	b->fd = source_at(ip("::1"), 0);
	b->to = ip("::1");
	assert_int_equal(disconnect(b, "alice"), RADIUS_DISCONNECT_ACK);
	assert_ip(b->from, "::1");
	assert_int_equal(b->from_port, b->port);
}

/* More requests than are read in a turn, and one that takes many turns. */
static void test_many_at_once(void **state)
{
	struct bench *b = *state;
	unsigned int answers = 0;

	log_open(&(struct log_options){ .level = LOG_LEVEL_NOTICE });
	open_coa(b);
	end(b, begin(b, RADIUS_DISCONNECT_REQUEST, "guest"));
	for (unsigned int i = 0; i < 60; i++) {
		struct radius_writer w = begin(b, RADIUS_COA_REQUEST, "alice");

		radius_put_number(&w, RADIUS_IDLE_TIMEOUT, 100 + i);
		end(b, w);
	}
	for (unsigned int i = 0; i < PATIENCE && answers < 61; i++) {
		uv_run(&b->world.loop, UV_RUN_NOWAIT);
		while (take_answer(b))
			answers++;
		poll(NULL, 0, 1);
	}
	assert_int_equal(answers, 61);
	assert_int_equal(world_over(&b->world), MANY - 1);
	assert_int_equal(b->world.changes, 60);
	assert_int_equal(coa_counters(b->coa).acks, 61);
}

static void test_reload(void **state)
{
	static const struct coa_client_settings other = { "other", { .family = AF_INET }, "new", 3 };
	struct bench *b = *state;
	struct coa_client_settings clients[2] = { other, b->clients[0] };
	char error[256];
	int taken;

	open_coa(b);
	/* another secret counts at once, and the socket stays open */
	clients[1].secret = "plugh";
	clients[1].secret_len = 5;
	b->settings.clients = clients;
	assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), 0);
	end(b, begin(b, RADIUS_DISCONNECT_REQUEST, "alice"));
	is_dropped(b, "is the secret the same");
	/* a port that is in use: sockets stay as they were, but not secrets */
	b->settings.clients = b->clients;
	b->listen[1] = (struct coa_listen_settings){ .address = ip("127.0.0.5"), .port = b->port };
	taken = source_at(b->listen[1].address, b->listen[1].port);
	b->settings.n_listen = 2;
	assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), -EADDRINUSE);
	assert_non_null(strstr(error, "CoA: listen on 127.0.0.5 port"));
	assert_int_equal(disconnect(b, "mallory"), RADIUS_DISCONNECT_NAK);
	/* once it is free */
	close(taken);
	assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), 0);
	assert_int_equal(disconnect(b, "alice"), RADIUS_DISCONNECT_ACK);
	b->to = ip("127.0.0.5");
	assert_int_equal(disconnect(b, "mallory"), RADIUS_DISCONNECT_NAK);
	/* the first one is closed */
	b->settings.listen = &b->listen[1];
	b->settings.n_listen = 1;
	assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), 0);
	assert_int_equal(disconnect(b, "mallory"), RADIUS_DISCONNECT_NAK);
	b->to = ip("127.0.0.1");
	is_dropped(b, "");
	/* what is checked may be other things, too */
	b->settings.checks.require_timestamp = true;
	assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), 0);
	b->to = ip("127.0.0.5");
	end(b, begin(b, RADIUS_DISCONNECT_REQUEST, "mallory"));
	is_dropped(b, "Event-Timestamp is missing");
}

/* From any address to a certain one, and back: the one is in the way of the other. */
static void test_an_address_instead_of_any(void **state)
{
	struct bench *b = *state;
	char error[256];
	int taken;

	b->listen[0].address = ip("0.0.0.0");
	open_coa(b);
	b->listen[0].address = ip("127.0.0.1");
	b->listen[0].port = b->port;
	assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), 0);
	assert_int_equal(disconnect(b, "mallory"), RADIUS_DISCONNECT_NAK);
	/* somebody else is in the way, too: the first one is there again */
	taken = source_at(ip("127.0.0.5"), b->port);
	b->listen[0].address = ip("0.0.0.0");
	assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), -EADDRINUSE);
	assert_int_equal(disconnect(b, "mallory"), RADIUS_DISCONNECT_NAK);
	close(taken);
	assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), 0);
	assert_int_equal(disconnect(b, "mallory"), RADIUS_DISCONNECT_NAK);
}

/* With each reload a socket of a VRF takes the place of the one before; any interface can be one. */
static void test_a_vrf(void **state)
{
	struct bench *b = *state;
	char error[256];

	strcpy(b->listen[0].vrf, "lo");
	open_coa(b);
	assert_int_equal(disconnect(b, "mallory"), RADIUS_DISCONNECT_NAK);
	assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), 0);
	assert_int_equal(disconnect(b, "mallory"), RADIUS_DISCONNECT_NAK);
	/* one that is not there: the socket stays that there is */
	strcpy(b->listen[0].vrf, "culvert-none");
	assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), -ENODEV);
	assert_non_null(strstr(error, " in VRF culvert-none: No such device"));
	assert_int_equal(disconnect(b, "mallory"), RADIUS_DISCONNECT_NAK);
	strcpy(b->listen[0].netns, "culvert-test-none");
	assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), -ENOENT);
	assert_non_null(strstr(error, " in namespace culvert-test-none: No such file"));
	/* without a VRF, and then with nothing changed */
	memset(b->listen[0].vrf, 0, sizeof(b->listen[0].vrf));
	memset(b->listen[0].netns, 0, sizeof(b->listen[0].netns));
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), 0);
		assert_int_equal(disconnect(b, "mallory"), RADIUS_DISCONNECT_NAK);
	}
}

/* The source or the socket of a request that is under way may go. */
static void test_reload_meanwhile(void **state)
{
	struct bench *b = *state;
	char error[256];

	for (unsigned int without_clients = 0; without_clients < 2; without_clients++) {
		struct radius_writer w;

		b->settings.n_clients = 2;
		b->settings.n_listen = 1;
		if (b->coa)
			assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), 0);
		else
			open_coa(b);
		w = begin(b, RADIUS_COA_REQUEST, "guest");
		radius_put_number(&w, RADIUS_IDLE_TIMEOUT, 100 + without_clients);
		end(b, w);
		while (coa_counters(b->coa).packets.taken <= without_clients)
			uv_run(&b->world.loop, UV_RUN_NOWAIT);
		assert_int_equal(coa_counters(b->coa).acks, without_clients);
		if (without_clients)
			b->settings.n_clients = 0;
		else
			b->settings.n_listen = 0;
		assert_int_equal(coa_use(b->coa, &b->settings, error, sizeof(error)), 0);
		assert_int_equal(await(b, 20), 0);
		assert_int_equal(coa_counters(b->coa).acks, without_clients + 1);
	}
}

/* A request that is under way when all ends. */
static void test_close_meanwhile(void **state)
{
	struct bench *b = *state;

	open_coa(b);
	end(b, begin(b, RADIUS_DISCONNECT_REQUEST, "guest"));
	while (!coa_counters(b->coa).packets.taken)
		uv_run(&b->world.loop, UV_RUN_NOWAIT);
	coa_close(b->coa);
	b->coa = NULL;
	assert_int_equal(await(b, 20), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_requests_are_carried_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_cannot_be_done, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_dropped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_earlier_requests, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lines_have_a_limit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_any_address, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ipv6, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reload, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_address_instead_of_any, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_vrf, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reload_meanwhile, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_close_meanwhile, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
