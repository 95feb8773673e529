// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients with real TCP over loopback, against a small server that misbehaves as a test wants. The
 * kernel's sessions, the host and the clock are played: no root is needed, and no time is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/clients.h"
#include "session/played_clock_test.h"
#include "session/played_kernel_test.h"
#include "client/played_host_test.h"
#include "client/played_work_test.h"
#include "client/played_server_test.h"
#include "util/log.h"
#include "util/ip_literal_test.h"
#include "util/played_mark_test.h"

#define MANY_ROUTES	100

/* --- what all tests have ------------------------------------------------------------------- */

struct bench {
	uv_loop_t loop;
	struct net_backend backend;	/* the played kernel, with the functions below */
	struct net_backend their_backend;	/* the server's: likewise, without events */
	struct sessions sessions;
	struct played_server server;
	struct clients clients;
	struct config config;
	struct config_client client;
	struct ip_prefix routes[MANY_ROUTES];
	struct subscriber subscriber;
	char heard[512];		/* events of the clients' sessions */
	bool stopped;
};

static bool refuse_call_ids;

static int reserve(struct net_session *s)
{
	if (refuse_call_ids)
		return net_failed(-ENOSPC, "bind PPTP socket", "all call IDs are in use");
	s->addr.call_id = ++last_call_id;
	return 0;
}

static int stats(struct net_session *s, struct net_stats *stats, uint64_t *counters)
{
	fake_stats(s, stats, counters);
	stats->idle_s = idle_s;
	return 0;
}

/* An interface is removed together with its session. */
static void close_session(struct net_session *s)
{
	remove_routes_of(s->ifindex);
	fake_close(s);
}

/* A session that gets other addresses gets another interface. */
static int prepare(struct net_session *s, const struct net_ip4 *ip)
{
	const struct kernel_session *k = kernel_find(s->addr.call_id);

	if (k->links && !ip_equal(k->ip.local, ip->local)) {
		remove_routes_of(s->ifindex);
		s->ifindex += MAX_SESSIONS;
	}
	return fake_prepare(s, ip);
}

static void make_config(struct bench *b)
{
	static char name[] = "hq", server[] = "127.0.0.1", user[] = "alice", nothing[] = "";
	static char password[] = "wonderland", host_name[] = "test";

	b->routes[0] = (struct ip_prefix){ .address = ip("192.168.5.0"), .length = 24 };
	b->client = (struct config_client){
		.name = name,
		.server = server,
		.port = b->server.port,
		.host_name = host_name,
		.user = user,
		.secret_path = nothing,
		.phone = nothing,
		.source_address = ip("0.0.0.0"),
		.password = password,
		.auth = PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2),
		.mppe = PPP_MPPE_REQUIRED,
		.mppe_bits = PPP_MPPE_128,
		.mppe_modes = PPP_MPPE_STATELESS,
		.interface = name,
		.mtu = CONFIG_MTU_AUTO,
		.mru = CONFIG_MTU_AUTO,
		.vrf = nothing,
		.programs = { .on_up = nothing, .on_down = nothing, .on_change = nothing },
		.resolver = CONFIG_RESOLVER_OFF,
		.routes = { b->routes, 1 },
		.metric = 7,
		.connect = CONFIG_CONNECT_START,
		.reconnect = true,
		.reconnect_min_s = 4,
		.reconnect_max_s = 16,
		.reconnect_refused_min_s = 40,
		.reconnect_refused_max_s = 100,
		.login_timeout_s = 30,
		.echo_interval_s = 60,
		.echo_timeout_s = 60,
		.lcp_echo_interval_s = 30,
		.lcp_echo_failure = 4,
	};
	b->config = (struct config){
		.refs = 1,	/* the test's, so that it is never freed */
		.clients = &b->client, .n_clients = 1,
	};
}

static void hear(struct subscriber *sub, const struct event *event)
{
	struct bench *b = container_of(sub, struct bench, subscriber);
	size_t len = strlen(b->heard);

	assert_int_equal(event->session->record.role, SESSION_OF_CLIENT);
	snprintf(b->heard + len, sizeof(b->heard) - len, "%s%s%s\n", event_name(event->type),
		 event->cause ? " " : "", event_cause_name(event->cause));
}

/* Make the empty set of clients. */
static void make_clients(struct bench *b)
{
	clients_init(&b->clients);
	b->clients.shared.net.ops = &played_host_ops;
	b->stopped = false;
}

static int setup(void **state)
{
	const struct log_options quiet = { .level = LOG_LEVEL_ERROR };
	struct bench *b = calloc(1, sizeof(*b));

	log_open(&quiet);
	kernel_reset();
	memset(&host, 0, sizeof(host));
	refuse_call_ids = false;
	idle_s = 0;
	open_work();
	uv_loop_init(&b->loop);
	b->backend = fake_backend;
	b->backend.reserve = reserve;
	b->backend.stats = stats;
	b->backend.prepare = prepare;
	b->backend.close = close_session;
	b->backend.work = played_work;
	b->backend.work_fd = played_work_fd;
	b->backend.work_done = played_work_done;
	b->their_backend = b->backend;
	b->their_backend.events_fd = NULL;
	b->their_backend.work_fd = NULL;
	assert_int_equal(sessions_open(&b->sessions, &b->loop, &b->backend), 0);
	b->subscriber.hear = hear;
	events_subscribe(&b->sessions.events, &b->subscriber);
	server_open(&b->server, &b->loop, &b->their_backend);
	make_config(b);
	make_clients(b);
	*state = b;
	return 0;
}

static void run_until(struct bench *b, bool (*done)(void *ctx), void *ctx)
{
	loop_until(&b->loop, done, ctx);
}

static void run_for(struct bench *b, uint64_t ms)
{
	loop_for(&b->loop, ms);
}

static void note_stopped(void *ctx)
{
	struct bench *b = ctx;

	b->stopped = true;
}

static bool has_stopped(void *ctx)
{
	struct bench *b = ctx;

	return b->stopped;
}

static void stop(struct bench *b)
{
	clients_stop(&b->clients, note_stopped, b);
	run_until(b, has_stopped, b);
	host_is_clean();
}

/* Stop everything and check that nothing is left. */
static int teardown(void **state)
{
	struct bench *b = *state;

	if (!b->clients.shared.stopping)
		stop(b);
	assert_true(b->stopped);
	assert_int_equal(b->config.refs, 1);
	server_close(&b->server);
	sessions_close(&b->sessions);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	assert_int_equal(b->sessions.registry.n, 0);
	kernel_end();
	close_work();
	free(b);
	return 0;
}

static void start(struct bench *b)
{
	assert_int_equal(clients_open(&b->clients, &b->sessions, &b->config), 0);
}

/* --- what is to be seen of the client ------------------------------------------------------ */

static struct client *hq(struct bench *b)
{
	struct client *c = clients_find(&b->clients, "hq");

	assert_non_null(c);
	return c;
}

static struct client_status status(struct bench *b)
{
	struct client_status status;

	client_status(hq(b), &status);
	return status;
}

static bool is_up(void *ctx)
{
	struct bench *b = ctx;

	return status(b).state == DIALER_UP;
}

static bool is_down(void *ctx)
{
	struct bench *b = ctx;

	return status(b).state == DIALER_DOWN;
}

static bool is_waiting(void *ctx)
{
	struct bench *b = ctx;

	return status(b).state == DIALER_WAITING;
}

static bool is_connecting(void *ctx)
{
	struct bench *b = ctx;

	return !strcmp(status(b).step, "control connection");
}

static bool is_listening(void *ctx)
{
	struct bench *b = ctx;

	return status(b).state == DIALER_LISTENING;
}

static bool nobody_is_there(void *ctx)
{
	struct bench *b = ctx;

	return LIST_EMPTY(&b->server.guests);
}

/* The server may notice that the session is up a frame later than the client. */
static bool both_are_up(void *ctx)
{
	struct bench *b = ctx;

	return is_up(b) && server_guest(&b->server)->session.record.up;
}

static void come_up(struct bench *b)
{
	run_until(b, is_up, b);
	run_until(b, both_are_up, b);
	do_jobs();
}

/* Hang up by hand, and check that nothing is left. */
static void go_down(struct bench *b)
{
	assert_true(client_down(hq(b)));
	run_until(b, is_down, b);
	do_jobs();
	assert_null(status(b).session);
	assert_int_equal(host.n_routes, 0);
}

/* Run until the client waits after a failure. Check that it failed at @step, with @words. */
static void fails(struct bench *b, const char *step, const char *words)
{
	struct client_status s;

	run_until(b, is_waiting, b);
	s = status(b);
	assert_string_equal(s.failed_step, step);
	assert_string_equal(s.failure, words);
	assert_string_equal(s.step, "");
	assert_null(s.session);
	assert_int_equal(kernel_count(),
			 b->server.guests.lh_first && b->server.guests.lh_first->has_session);
}

/* Check that the next attempt begins after @seconds, give or take a quarter. */
static void waits(struct bench *b, unsigned int seconds)
{
	assert_in_range(status(b).retry_ms, seconds * 750, seconds * 1250);
}

struct step {
	struct bench *b;
	const char *name;
};

static bool is_at_step(void *ctx)
{
	struct step *s = ctx;

	return !strcmp(status(s->b).step, s->name);
}

static void reach(struct bench *b, const char *step)
{
	struct step s = { b, step };

	run_until(b, is_at_step, &s);
}

/* Something of the host has changed. */
static void news(struct bench *b)
{
	assert_int_equal(write(host.news[1], "x", 1), 1);
}

/* --- an address of loopback that does not answer ------------------------------------------- */

#define BLACK_HOLE	"127.0.0.9"
#define CLOSED		"127.0.0.8"

struct black_hole {
	int listener;
	int fds[8];
};

/* Make a listener whose queue is full: the kernel drops further connection requests. */
static void dig(struct black_hole *h, uint16_t port)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET, .sin_addr = ip(BLACK_HOLE).v4, .sin_port = htons(port),
	};

	h->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(h->listener, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(h->listener, 0), 0);
	for (size_t i = 0; i < 8; i++) {
		h->fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(h->fds[i], (struct sockaddr *)&sin, sizeof(sin));
	}
}

static void fill(struct black_hole *h)
{
	for (size_t i = 0; i < 8; i++)
		close(h->fds[i]);
	close(h->listener);
}

static void name_server(struct bench *b, unsigned int n, const char *first, const char *second)
{
	static char name[] = "vpn.example";

	b->client.server = name;
	host.name = name;
	host.n_addresses = n;
	host.addresses[0] = ip(first);
	host.addresses[1] = ip(second);
}

/* --- up and down --------------------------------------------------------------------------- */

static void comes_up(void **state)
{
	struct bench *b = *state;
	const struct session_record *r;
	struct kernel_session *ours, *theirs;
	struct client_status s;

	start(b);
	assert_int_equal(status(b).state, DIALER_DIALING);
	do_jobs();
	assert_string_equal(status(b).step, "TCP connection");
	come_up(b);

	s = status(b);
	assert_string_equal(s.step, "");
	assert_string_equal(s.failure, "");
	assert_string_equal(s.failed_step, "");
	assert_int_equal(s.failures, 0);
	assert_ip(s.peer, "127.0.0.1");
	assert_non_null(s.session);
	r = &s.session->record;
	assert_string_equal(r->owner, "hq");
	assert_string_equal(r->user, "alice");
	assert_ip(r->ip4.local, "10.99.0.10");
	assert_ip(r->ip4.remote, "10.99.0.1");

	ours = kernel_find(r->addr.call_id);
	theirs = kernel_find(r->addr.peer_call_id);
	assert_true(ours->up && ours->encrypted && theirs->up && theirs->encrypted);
	assert_memory_equal(&ours->tx, &theirs->rx, sizeof(ours->tx));
	assert_memory_equal(&ours->rx, &theirs->tx, sizeof(ours->rx));
	assert_int_equal(ours->ip.window, 0);
	assert_int_equal(host.n_routes, 1);
	assert_ip(host.routes[0].to.address, "192.168.5.0");
	assert_int_equal(host.routes[0].metric, 7);
	assert_int_equal(host.routes[0].ifindex, r->ifindex);
}

static void keeps_to_the_window_of_a_server(void **state)
{
	struct bench *b = *state;

	b->client.sliding_window = true;
	start(b);
	come_up(b);
	assert_int_equal(kernel_find(status(b).session->record.addr.call_id)->ip.window, 64);
}

static void packets_have_the_header_that_is_asked_for(void **state)
{
	struct bench *b = *state;
	const struct outer *outer;

	b->client.outer = (struct outer){
		.tos = 0xb8, .ttl = 9, .df = OUTER_DF_CLEAR, .ecn = true,
	};
	start(b);
	come_up(b);
	outer = &kernel_find(status(b).session->record.addr.call_id)->s->outer;
	assert_int_equal(outer->tos, 0xb8);
	assert_int_equal(outer->ttl, 9);
	assert_int_equal(outer->df, OUTER_DF_CLEAR);
	assert_true(outer->ecn);
}

/* The way that is looked for is that of packets with the mark, and all of them have it. */
static void the_way_is_that_of_the_mark(void **state)
{
	struct bench *b = *state;

	forget_marks();
	b->client.outer.mark = 7;
	start(b);
	do_jobs();
	assert_int_equal(host.mark, 7);
	come_up(b);
	assert_int_equal(mark_of(tunnel_socket(&hq(b)->attempt->tunnel)), 7);
	assert_int_equal(kernel_find(status(b).session->record.addr.call_id)->s->outer.mark, 7);
}

static void hangs_up_in_good_order(void **state)
{
	struct bench *b = *state;

	start(b);
	come_up(b);
	go_down(b);
	run_until(b, nobody_is_there, b);
	assert_int_equal(b->server.links_ended, 1);
	assert_int_equal(b->server.calls_cleared, 1);
	assert_int_equal(b->server.stops, 1);
	assert_string_equal(status(b).failure, "");
	assert_ip(status(b).peer, "127.0.0.1");
	assert_string_equal(b->heard, "session.starting\nsession.authenticated\nsession.up\n"
			    "session.paused\nsession.down admin-reset\n");
	assert_false(client_down(hq(b)));
	run_for(b, 60000);
	assert_true(is_down(b));
	assert_int_equal(b->server.connections, 1);

	assert_true(client_up(hq(b)));
	assert_false(client_up(hq(b)));
	come_up(b);
	assert_int_equal(routes_to(status(b).session->record.ifindex), 1);
}

static void by_hand_it_waits_for_people(void **state)
{
	struct bench *b = *state;

	b->client.connect = CONFIG_CONNECT_MANUAL;
	start(b);
	run_for(b, 60000);
	assert_true(is_down(b));
	assert_true(client_up(hq(b)));
	come_up(b);
}

/* The number that some servers choose by, and the address of the host that others know us by. */
static void a_phone_number_and_a_source(void **state)
{
	static char number[] = "0 17";
	struct bench *b = *state;

	b->client.phone = number;
	b->client.source_address = ip("127.0.0.7");
	start(b);
	come_up(b);
	assert_string_equal(b->server.phone, number);
	assert_ip(status(b).session->record.addr.local, "127.0.0.7");
}

/* The address may come later than the client: it is waited for. */
static void a_source_that_the_host_has_not(void **state)
{
	struct bench *b = *state;
	char words[100];

	snprintf(words, sizeof(words), "127.0.0.1 port %u: address not available", b->server.port);
	b->client.reconnect_min_s = b->client.reconnect_max_s = 100;
	b->client.source_address = ip("192.0.2.222");
	host.lost_address = ip("192.0.2.222");
	start(b);
	fails(b, "TCP connection", words);
	assert_int_equal(status(b).failures, 0);
	b->client.source_address = ip("127.0.0.7");
	host.lost_address.family = AF_UNSPEC;
	news(b);
	run_for(b, 2000);
	assert_true(is_up(b));
}

/* A route that covers the server's address does not lead the outer packets into the tunnel. */
static void the_server_is_reached_past_the_tunnel(void **state)
{
	struct bench *b = *state;

	b->client.default_route = true;
	b->client.masquerade = true;
	start(b);
	come_up(b);
	assert_int_equal(routes_to(status(b).session->record.ifindex), 3);
	assert_int_equal(routes_to(OUTER_IFINDEX), 1);
	assert_int_equal(host.masquerades, 1);
	go_down(b);
	assert_int_equal(host.masquerades, 0);
}

static void a_vrf_has_the_routes(void **state)
{
	static char blue[] = "blue";
	struct bench *b = *state;

	b->client.vrf = blue;
	b->client.default_route = true;
	start(b);
	fails(b, "link", "VRF: there is no such VRF");
	host.has_vrf = true;
	come_up(b);
	assert_int_equal(host.n_routes, 3);
	for (unsigned int i = 0; i < host.n_routes; i++)
		assert_int_equal(host.routes[i].table, VRF_TABLE);
	assert_string_equal(kernel_find(status(b).session->record.addr.call_id)->s->link->vrf,
			    blue);
}

/* The kernel reports a lost step of the session @name. */
static void lose_step(const struct net_session_addr *name)
{
	assert_int_equal(write(kernel_events[1], name, sizeof(*name)), sizeof(*name));
}

static void stateful_encryption_asks_for_a_flush(void **state)
{
	struct bench *b = *state;
	const struct net_session_addr *theirs;

	b->client.mppe_modes = PPP_MPPE_STATEFUL;
	b->server.mppe_modes = PPP_MPPE_STATEFUL;
	start(b);
	come_up(b);
	theirs = &server_guest(&b->server)->session.record.addr;
	/* the lost step of another session is none of the client's */
	lose_step(theirs);
	run_for(b, 100);
	assert_int_equal(kernel_find(theirs->call_id)->reset_acks, 0);
	lose_step(&status(b).session->record.addr);
	run_for(b, 100);
	assert_int_equal(kernel_find(theirs->call_id)->reset_acks, 1);
}

/* --- each step fails ------------------------------------------------------------------------ */

static void an_unknown_name(void **state)
{
	static char unknown[] = "nowhere.example";
	struct bench *b = *state;

	b->client.server = unknown;
	start(b);
	assert_string_equal(status(b).step, "name lookup");
	assert_false(ip_is_set(status(b).peer));
	fails(b, "name lookup", "nowhere.example has no address: unknown node or service");
	waits(b, 4);
	host.name = unknown;
	host.n_addresses = 1;
	host.addresses[0] = ip("127.0.0.1");
	come_up(b);
	assert_string_equal(status(b).failure, "");
}

static void names_take_too_long(void **state)
{
	struct bench *b = *state;

	name_server(b, 1, "127.0.0.1", "127.0.0.1");
	host.slow_names = true;
	start(b);
	fails(b, "name lookup", "not done within the login-timeout of 30 s");
}

static void nobody_listens(void **state)
{
	static char closed[] = CLOSED;
	struct bench *b = *state;
	char words[100];

	b->client.server = closed;
	snprintf(words, sizeof(words), CLOSED " port %u: connection refused", b->server.port);
	start(b);
	fails(b, "TCP connection", words);
	assert_ip(status(b).peer, CLOSED);
}

static void the_next_address_has_its_turn(void **state)
{
	struct bench *b = *state;

	name_server(b, 2, CLOSED, "127.0.0.1");
	start(b);
	come_up(b);
	assert_ip(status(b).peer, "127.0.0.1");
	assert_int_equal(status(b).failures, 0);
	assert_string_equal(status(b).failure, "");
}

/* Dead addresses cost a head start each, and not the whole time of the attempt. */
static void addresses_that_do_not_answer_have_a_head_start(void **state)
{
	struct bench *b = *state;
	struct black_hole hole;
	uint64_t began;

	dig(&hole, b->server.port);
	name_server(b, 7, BLACK_HOLE, BLACK_HOLE);
	for (unsigned int i = 2; i < 6; i++)
		host.addresses[i] = ip(BLACK_HOLE);
	host.addresses[6] = ip("127.0.0.1");
	start(b);
	began = uv_now(&b->loop);
	come_up(b);
	assert_in_range(uv_now(&b->loop) - began, 6 * RACE_HEAD_START_MS, 7 * RACE_HEAD_START_MS);
	assert_ip(status(b).peer, "127.0.0.1");
	fill(&hole);
}

/* The first address accepts the connection and then says nothing, for the whole attempt. */
static void the_next_attempt_begins_with_the_next_address(void **state)
{
	struct bench *b = *state;
	char words[100];

	name_server(b, 2, "127.0.0.1", CLOSED);
	b->server.vice = MUTE;
	snprintf(words, sizeof(words), CLOSED " port %u: connection refused", b->server.port);
	start(b);
	fails(b, "control connection", "not done within the login-timeout of 30 s");
	assert_ip(status(b).peer, "127.0.0.1");
	b->server.vice = VIRTUOUS;
	reach(b, "control connection");
	assert_string_equal(status(b).failure, words);
	come_up(b);
}

/* A server whose session ended because nobody needs it any more is asked first again. */
static void a_good_address_comes_first(void **state)
{
	struct bench *b = *state;

	name_server(b, 2, CLOSED, "127.0.0.1");
	start(b);
	come_up(b);
	go_down(b);
	assert_true(client_up(hq(b)));
	reach(b, "control connection");
	assert_string_equal(status(b).failure, "");
	come_up(b);
	/* one that has died is not */
	guest_vanish(server_guest(&b->server));
	run_until(b, is_waiting, b);
	reach(b, "control connection");
	assert_string_equal(status(b).failed_step, "TCP connection");
}

static void no_address_answers(void **state)
{
	struct bench *b = *state;
	struct black_hole hole;
	char words[100];

	dig(&hole, b->server.port);
	name_server(b, 2, CLOSED, BLACK_HOLE);
	snprintf(words, sizeof(words), BLACK_HOLE " port %u: no answer", b->server.port);
	start(b);
	fails(b, "TCP connection", words);
	assert_int_equal(status(b).failures, 1);
	/* the login-timeout is for all addresses together */
	b->client.login_timeout_s = 5;
	fails(b, "TCP connection", words);
	run_for(b, status(b).retry_ms + 1);
	fails(b, "TCP connection", "not done within the login-timeout of 5 s");
	fill(&hole);
}

static void each_address_may_refuse_to_start(void **state)
{
	struct bench *b = *state;

	name_server(b, 2, "127.0.0.1", "127.0.0.1");
	b->server.vice = REFUSES_START;
	start(b);
	fails(b, "control connection",
	      "server refused: not authorized to establish a control connection (result 4)");
	assert_int_equal(b->server.connections, 2);
	assert_string_equal(status(b).failure_kind, "permanent");
	waits(b, 40);
}

static void start_is_not_answered(void **state)
{
	struct bench *b = *state;

	name_server(b, 2, "127.0.0.1", "127.0.0.1");
	b->server.vice = MUTE;
	start(b);
	reach(b, "control connection");
	fails(b, "control connection", "not done within the login-timeout of 30 s");
	/* and there was no time left for the second address */
	assert_int_equal(b->server.connections, 1);
}

static void tcp_is_closed_at_once(void **state)
{
	struct bench *b = *state;

	b->server.vice = CLOSES;
	start(b);
	fails(b, "control connection", pptp_close_text(PPTP_CLOSE_EOF));
}

static void the_call_is_refused(void **state)
{
	struct bench *b = *state;

	name_server(b, 2, "127.0.0.1", "127.0.0.1");
	b->server.vice = BUSY;
	start(b);
	fails(b, "call", "server refused: busy (result 4)");
	assert_int_equal(b->server.calls, 2);
	/* each attempt ended in good order */
	run_until(b, nobody_is_there, b);
	assert_int_equal(b->server.stops, 2);
}

static void the_call_is_not_answered(void **state)
{
	struct bench *b = *state;

	b->server.vice = STALLS_CALL;
	start(b);
	reach(b, "call");
	fails(b, "call", "not done within the login-timeout of 30 s");
	run_until(b, nobody_is_there, b);
	assert_int_equal(b->server.calls_cleared, 1);
	assert_int_equal(b->server.stops, 1);
}

/* An administrator may end a session whose call is not answered yet. */
static void the_session_is_killed_before_the_call_is_answered(void **state)
{
	struct bench *b = *state;
	struct session *session;

	b->server.vice = STALLS_CALL;
	start(b);
	reach(b, "call");
	session = registry_find_id(&b->sessions.registry, 1);
	assert_non_null(session);
	session_close(session, EVENT_CAUSE_ADMIN_RESET, "ended by the administrator");
	fails(b, "call", "ended by the administrator");
}

static void tcp_is_closed_at_the_call(void **state)
{
	struct bench *b = *state;

	b->server.vice = CLOSES_AT_CALL;
	start(b);
	fails(b, "call", pptp_close_text(PPTP_CLOSE_EOF));
}

static void the_kernel_has_no_call_id(void **state)
{
	struct bench *b = *state;

	refuse_call_ids = true;
	start(b);
	fails(b, "call", "bind PPTP socket: all call IDs are in use");
	run_until(b, nobody_is_there, b);
	assert_int_equal(b->server.calls, 0);
	assert_int_equal(b->server.stops, 1);
	refuse_call_ids = false;
	come_up(b);
}

static bool a_call_was_asked_for(void *ctx)
{
	struct bench *b = ctx;

	return b->server.guests.lh_first && b->server.guests.lh_first->has_session;
}

static void the_kernel_has_no_session(void **state)
{
	struct bench *b = *state;

	start(b);
	run_until(b, a_call_was_asked_for, b);
	refuse_sessions = true;
	fails(b, "link", "PPTP socket: no such module");
	run_until(b, nobody_is_there, b);
	assert_int_equal(b->server.calls_cleared, 1);
	refuse_sessions = false;
	come_up(b);
}

static void nobody_speaks_ppp(void **state)
{
	struct bench *b = *state;

	name_server(b, 2, "127.0.0.1", "127.0.0.1");
	b->server.vice = NO_PPP;
	lose_frames = true;
	start(b);
	reach(b, "link");
	assert_non_null(status(b).session);
	fails(b, "link", ppp_reason_text(PPP_REASON_NO_ANSWER));
	/* once PPP has begun another address is not tried */
	assert_int_equal(b->server.connections, 1);
	lose_frames = false;
	b->server.vice = VIRTUOUS;
	come_up(b);
}

static void the_login_is_refused(void **state)
{
	struct bench *b = *state;

	name_server(b, 2, "127.0.0.1", "127.0.0.1");
	b->server.password = "looking-glass";
	start(b);
	fails(b, "login",
	      "server refused: wrong user or password (MS-CHAP 691), Authentication failed");
	assert_int_equal(b->server.connections, 1);
	assert_string_equal(b->heard, "session.starting\nsession.down login-failed\n");
	/* attempts are rare, because servers lock out users whose logins fail too often */
	assert_string_equal(status(b).failure_kind, "permanent");
	waits(b, 40);
	run_for(b, status(b).retry_ms + 1);
	fails(b, "login", status(b).failure);
	waits(b, 80);
	/* the cause may be mended at the server alone */
	b->server.password = "wonderland";
	come_up(b);
	assert_string_equal(status(b).failure_kind, "");
}

/* The next attempt comes as soon as if the server had not answered. */
static void the_login_is_refused_for_now(void **state)
{
	struct bench *b = *state;

	b->server.vice = FULL;
	start(b);
	fails(b, "login", "server refused: login not allowed at this time (MS-CHAP 646), "
			  "The server is full");
	assert_string_equal(status(b).failure_kind, "temporary");
	waits(b, 4);
	b->server.vice = VIRTUOUS;
	come_up(b);
}

/* With reconnect-refused-max 0 people have to ask for the next attempt. */
static void a_refused_login_may_be_the_last(void **state)
{
	struct bench *b = *state;

	b->client.reconnect_refused_max_s = 0;
	b->server.password = "looking-glass";
	start(b);
	run_until(b, is_down, b);
	assert_string_equal(status(b).failure_kind, "permanent");
	assert_int_equal(status(b).failures, 1);
	run_for(b, 100000);
	assert_int_equal(b->server.connections, 1);
	b->server.password = "wonderland";
	assert_true(client_up(hq(b)));
	come_up(b);
}

static void the_login_is_not_answered(void **state)
{
	struct bench *b = *state;

	b->client.login_timeout_s = 5;
	b->server.vice = STALLS_LOGIN;
	start(b);
	reach(b, "login");
	fails(b, "login", "not done within the login-timeout of 5 s");
	run_until(b, nobody_is_there, b);
	assert_int_equal(b->server.calls_cleared, 1);
}

static void tcp_is_closed_at_the_login(void **state)
{
	struct bench *b = *state;

	b->server.vice = CLOSES_AT_LOGIN;
	start(b);
	fails(b, "login", pptp_close_text(PPTP_CLOSE_EOF));
	assert_int_equal(b->server.logins, 1);
}

static void the_server_is_an_impostor(void **state)
{
	struct bench *b = *state;

	b->server.password = "looking-glass";
	b->server.vice = IMPOSTOR;
	start(b);
	run_until(b, is_waiting, b);
	assert_string_equal(status(b).failed_step, "login");
	assert_non_null(strstr(status(b).failure, "does not know our password"));
	assert_string_equal(status(b).failure_kind, "permanent");
	waits(b, 40);
}

static void the_server_does_not_encrypt(void **state)
{
	struct bench *b = *state;

	b->server.mppe = PPP_MPPE_OFF;
	start(b);
	run_until(b, is_waiting, b);
	assert_string_equal(status(b).failed_step, "encryption");
	assert_non_null(strstr(status(b).failure, "MPPE is required"));
	assert_string_equal(status(b).failure_kind, "permanent");
}

static void the_server_wants_another_proof(void **state)
{
	struct bench *b = *state;

	b->client.auth = PPP_AUTH_BIT(PPP_AUTH_PAP);
	b->client.mppe = PPP_MPPE_OFF;
	start(b);
	fails(b, "link",
	      "no authentication method that both sides allow: the peer wants mschap-v2");
	assert_string_equal(status(b).failure_kind, "permanent");
}

/* --- the session ends ----------------------------------------------------------------------- */

/* The session ends with @words, the routes are removed, and the client comes up again by itself. */
static void ends_and_comes_back(struct bench *b, const char *words)
{
	unsigned int connections = b->server.connections;

	fails(b, "session", words);
	assert_int_equal(status(b).failures, 1);
	waits(b, 4);
	assert_int_equal(host.n_routes, 0);
	come_up(b);
	assert_int_equal(b->server.connections, connections + 1);
	assert_string_equal(status(b).failure, "");
}

static void the_server_vanishes(void **state)
{
	struct bench *b = *state;

	b->client.default_route = true;
	start(b);
	come_up(b);
	guest_vanish(server_guest(&b->server));
	ends_and_comes_back(b, pptp_close_text(PPTP_CLOSE_EOF));
}

static void the_server_clears_the_call(void **state)
{
	struct bench *b = *state;
	struct guest *g;

	start(b);
	come_up(b);
	g = server_guest(&b->server);
	pptp_call_clear(&g->call, PPTP_DISC_ADMIN, uv_now(&b->loop));
	tunnel_sync(&g->tunnel);
	ends_and_comes_back(b, "server ended the call: administrative shutdown (result 3)");
	assert_int_equal(b->server.stops, 1);
}

static void the_server_stops(void **state)
{
	struct bench *b = *state;
	struct guest *g;

	start(b);
	come_up(b);
	g = server_guest(&b->server);
	pptp_conn_stop(&g->tunnel.pptp, PPTP_STOP_SHUTDOWN, uv_now(&b->loop));
	tunnel_sync(&g->tunnel);
	ends_and_comes_back(b, "server ended the connection: peer is being shut down");
}

static void the_server_terminates_the_link(void **state)
{
	struct bench *b = *state;

	start(b);
	come_up(b);
	session_close(&server_guest(&b->server)->session, EVENT_CAUSE_ADMIN_RESET, "lunch");
	fails(b, "session", "closed by the peer: closed on request: lunch");
}

static void the_server_falls_silent(void **state)
{
	struct bench *b = *state;

	start(b);
	come_up(b);
	lose_frames = true;
	run_until(b, is_waiting, b);
	assert_string_equal(status(b).failed_step, "session");
	assert_non_null(strstr(status(b).failure, "no longer answers LCP echo"));
}

/* A server that answers in GRE only is alive, until it does not answer in GRE any more. */
static void the_server_does_not_answer_echoes(void **state)
{
	struct bench *b = *state;

	guest_conn_config.echo_interval_ms = 0;
	start(b);
	come_up(b);
	turn_deaf(&server_guest(&b->server)->tunnel);
	run_for(b, 600000);
	assert_true(status(b).session && status(b).session->record.up);
	assert_int_equal(b->server.logins, 1);
	lose_frames = true;
	run_until(b, is_waiting, b);
	assert_string_equal(status(b).failure, "no Echo-Reply from the peer in time");
}

/* As when somebody removes the session or the module. */
static void the_kernel_loses_the_session(void **state)
{
	struct bench *b = *state;

	start(b);
	come_up(b);
	lose_frames = true;
	shutdown(kernel_find(status(b).session->record.addr.call_id)->feed, SHUT_RDWR);
	run_until(b, is_waiting, b);
	lose_frames = false;
	ends_and_comes_back(b, "the kernel's session is gone");
}

static void the_host_loses_its_address(void **state)
{
	struct bench *b = *state;

	b->client.default_route = true;
	start(b);
	come_up(b);
	/* another address of the host is lost */
	host.lost_address = ip("192.0.2.1");
	assert_int_equal(write(host.news[1], "x", 1), 1);
	run_for(b, 1000);
	assert_true(is_up(b));
	host.lost_address = ip("127.0.0.1");
	assert_int_equal(write(host.news[1], "x", 1), 1);
	fails(b, "session", "the address 127.0.0.1 of this host is gone");
	assert_int_equal(host.n_routes, 0);
	/* no goodbye was sent: it could not have arrived */
	run_until(b, nobody_is_there, b);
	assert_int_equal(b->server.stops, 0);
	host.lost_address.family = AF_UNSPEC;
	come_up(b);
}

static const uint8_t configure_request[] = {
	0xc0, 0x21, 1, 200, 0, 10, 5, 6, 0x12, 0x34, 0x56, 0x78,
};

static struct kernel_session *our_session(struct bench *b)
{
	return kernel_find(status(b).session->record.addr.call_id);
}

/* The server negotiates the link anew; returns when traffic is paused. */
static void pause_traffic(struct bench *b)
{
	struct kernel_session *k = our_session(b);

	assert_int_equal(write(k->feed, configure_request, sizeof(configure_request)),
			 sizeof(configure_request));
	while (k->up)
		turn(&b->loop);
	assert_true(is_up(b));
}

static void resume_traffic(struct bench *b)
{
	struct kernel_session *k = our_session(b);

	while (!k->up)
		turn(&b->loop);
	do_jobs();
	assert_true(is_up(b));
}

/* Either end may negotiate anew at any time; routes and masquerading of the host stay. */
static void the_link_is_negotiated_anew(void **state)
{
	struct bench *b = *state;

	b->client.masquerade = true;
	b->client.default_route = true;
	start(b);
	come_up(b);
	pause_traffic(b);
	assert_int_equal(host.masquerades, 1);
	assert_int_equal(host.n_routes, 4);
	resume_traffic(b);
	assert_int_equal(host.masqueraded, 1);
	assert_int_equal(host.masquerades, 1);
	assert_int_equal(host.n_routes, 4);
	assert_int_equal(our_session(b)->links, 1);
	assert_int_equal(b->server.connections, 1);
}

/* A refusal that ends a session which worked is temporary: it may be a forged frame. */
static void a_proof_that_is_refused_anew_is_tried_again(void **state)
{
	struct bench *b = *state;

	start(b);
	come_up(b);
	b->server.password = "looking-glass";
	pause_traffic(b);
	run_until(b, is_waiting, b);
	assert_string_equal(status(b).failed_step, "session");
	assert_string_equal(status(b).failure_kind, "temporary");
	waits(b, 4);
	run_for(b, status(b).retry_ms + 1);
	run_until(b, is_waiting, b);
	assert_string_equal(status(b).failed_step, "login");
	assert_string_equal(status(b).failure_kind, "permanent");
	waits(b, 40);
}

/* With the address the interface changes: routes and masquerading are made for the new one. */
static void the_server_gives_another_address(void **state)
{
	struct bench *b = *state;
	int before;

	b->client.masquerade = true;
	b->client.default_route = true;
	start(b);
	come_up(b);
	before = status(b).session->record.ifindex;
	b->server.client_address = ip("10.99.0.11").v4;
	pause_traffic(b);
	resume_traffic(b);
	assert_ip(status(b).session->record.ip4.local, "10.99.0.11");
	assert_int_not_equal(status(b).session->record.ifindex, before);
	assert_int_equal(host.masqueraded, 2);
	assert_int_equal(host.masquerades, 1);
	assert_int_equal(routes_to(status(b).session->record.ifindex), 3);
	assert_int_equal(routes_to(OUTER_IFINDEX), 1);
	assert_int_equal(host.n_routes, 4);
}

/* --- when it dials again --------------------------------------------------------------------- */

static void delays_grow(void **state)
{
	static const unsigned int seconds[] = { 4, 8, 16, 16 };
	struct bench *b = *state;

	b->server.vice = BUSY;
	start(b);
	for (unsigned int i = 0; i < 4; i++) {
		run_until(b, is_waiting, b);
		assert_int_equal(status(b).failures, i + 1);
		waits(b, seconds[i]);
		run_for(b, status(b).retry_ms - 1);
		assert_int_equal(b->server.connections, i + 1);
		run_for(b, 1);
		assert_int_equal(b->server.connections, i + 2);
	}
}

/* A link or a route comes back: nobody waits for the rest of the delay. */
static void another_way_ends_the_wait(void **state)
{
	struct bench *b = *state;

	name_server(b, 1, "127.0.0.1", "127.0.0.1");
	host.name = NULL;
	host.no_way = true;
	b->client.reconnect_min_s = b->client.reconnect_max_s = 100;
	start(b);
	run_until(b, is_waiting, b);
	name_server(b, 1, "127.0.0.1", "127.0.0.1");
	/* something else has changed */
	news(b);
	run_for(b, 10000);
	assert_true(is_waiting(b));
	host.no_way = false;
	news(b);
	run_for(b, 2000);
	assert_true(is_up(b));
}

/* Routes into the tunnel outlast it for a moment: they are no way to the server. */
static void the_tunnel_that_ended_is_no_way(void **state)
{
	struct bench *b = *state;

	b->client.reconnect_min_s = b->client.reconnect_max_s = 100;
	host.way_ifindex = OUTER_IFINDEX;
	start(b);
	run_until(b, is_up, b);
	host.way_ifindex = status(b).session->record.ifindex;
	guest_vanish(server_guest(&b->server));
	run_until(b, is_waiting, b);
	news(b);
	run_for(b, 10000);
	assert_true(is_waiting(b));
	/* The kernel has removed them. */
	host.way_ifindex = OUTER_IFINDEX;
	news(b);
	run_for(b, 10000);
	assert_true(is_waiting(b));
	host.way_ifindex = OUTER_IFINDEX + 1;
	news(b);
	run_for(b, 2000);
	assert_true(is_up(b));
}

/* A server that refuses is not asked more often because something has changed here. */
static void another_way_does_not_hurry_a_busy_server(void **state)
{
	struct bench *b = *state;

	b->client.reconnect_min_s = b->client.reconnect_max_s = 100;
	b->server.vice = BUSY;
	start(b);
	run_until(b, is_waiting, b);
	host.no_way = true;
	news(b);
	run_for(b, 1000);
	host.no_way = false;
	news(b);
	run_for(b, 10000);
	assert_int_equal(b->server.connections, 1);
}

/* A question that was lost is put again once there is a way. */
static void another_way_is_taken_under_way(void **state)
{
	struct bench *b = *state;

	name_server(b, 1, "127.0.0.1", "127.0.0.1");
	host.slow_names = true;
	host.no_way = true;
	start(b);
	run_for(b, 1000);
	host.slow_names = false;
	run_for(b, 1000);
	assert_string_equal(status(b).step, "name lookup");
	host.no_way = false;
	news(b);
	run_for(b, 1000);
	assert_true(is_up(b));
	assert_int_equal(status(b).failures, 0);
}

/* Connections that were lost on the way are begun again, too. */
static void connecting_begins_again_by_another_way(void **state)
{
	struct bench *b = *state;
	struct black_hole hole;

	dig(&hole, b->server.port);
	name_server(b, 1, BLACK_HOLE, BLACK_HOLE);
	start(b);
	reach(b, "TCP connection");
	host.no_way = true;
	news(b);
	run_for(b, RACE_CONNECT_MS - 1000);
	host.no_way = false;
	news(b);
	run_for(b, RACE_CONNECT_MS - 2000);
	assert_string_equal(status(b).step, "TCP connection");
	fill(&hole);
}

static void asking_ends_the_wait(void **state)
{
	struct bench *b = *state;

	b->server.vice = REFUSES_START;
	start(b);
	run_until(b, is_waiting, b);
	b->server.vice = VIRTUOUS;
	assert_string_equal(status(b).failed_step, "control connection");
	assert_true(client_up(hq(b)));
	/* after client_up() only a failure of this attempt is shown */
	assert_string_equal(status(b).failure, "");
	assert_true(status(b).state == DIALER_DIALING);
	come_up(b);
}

static void without_reconnect_one_attempt_is_made(void **state)
{
	struct bench *b = *state;

	b->client.reconnect = false;
	b->server.vice = BUSY;
	start(b);
	run_until(b, is_down, b);
	assert_string_equal(status(b).failure, "server refused: busy (result 4)");
	run_for(b, 60000);
	assert_int_equal(b->server.connections, 1);
}

/* --- it is asked down, and stopped, in each state -------------------------------------------- */

/* A step in which an attempt is stuck, and how to get there. */
struct stall {
	const char *step;
	enum vice vice;
	const char *address;		/* NULL: a name, whose lookup does not end by itself */
};

static const struct stall stalls[] = {
	{ "name lookup", VIRTUOUS, NULL },
	{ "TCP connection", VIRTUOUS, BLACK_HOLE },
	{ "control connection", MUTE, "127.0.0.1" },
	{ "call", STALLS_CALL, "127.0.0.1" },
	{ "link", NO_PPP, "127.0.0.1" },
	{ "login", STALLS_LOGIN, "127.0.0.1" },
};

#define N_STALLS	(sizeof(stalls) / sizeof(*stalls))

static void stall(struct bench *b, const struct stall *how)
{
	static char address[INET_ADDRSTRLEN];

	name_server(b, 2, "127.0.0.1", "127.0.0.1");
	host.slow_names = true;
	b->server.vice = how->vice;
	lose_frames = how->vice == NO_PPP;
	if (how->address) {
		snprintf(address, sizeof(address), "%s", how->address);
		b->client.server = address;
	}
}

/* End the stall, so that the client can come up. */
static void recover(struct bench *b)
{
	static char address[] = "127.0.0.1";

	b->server.vice = VIRTUOUS;
	lose_frames = false;
	b->client.server = address;
}

static void it_can_be_asked_down_at_each_step(void **state)
{
	struct bench *b = *state;
	struct black_hole hole;

	dig(&hole, b->server.port);
	b->client.connect = CONFIG_CONNECT_MANUAL;
	start(b);
	for (size_t i = 0; i < N_STALLS; i++) {
		uint64_t began;

		stall(b, &stalls[i]);
		assert_true(client_up(hq(b)));
		do_jobs();
		reach(b, stalls[i].step);
		began = uv_now(&b->loop);
		assert_true(client_down(hq(b)));
		assert_string_equal(status(b).step, "");
		run_until(b, is_down, b);
		assert_string_equal(status(b).failure, "");
		assert_in_range(uv_now(&b->loop) - began, 0, 2 * ATTEMPT_GOODBYE_MS + 100);
		host.slow_names = false;
		recover(b);
		assert_true(client_up(hq(b)));
		come_up(b);
		go_down(b);
	}
	fill(&hole);
}

static void it_can_be_asked_down_while_it_waits(void **state)
{
	struct bench *b = *state;

	b->server.vice = BUSY;
	start(b);
	run_until(b, is_waiting, b);
	assert_true(client_down(hq(b)));
	assert_true(is_down(b));
	assert_int_equal(status(b).retry_ms, 0);
	run_for(b, 60000);
	assert_int_equal(b->server.connections, 1);
}

static bool first_address_failed(void *ctx)
{
	struct bench *b = ctx;

	return *status(b).failure;
}

/* Asked down between two addresses, the client does not try the second. */
static void it_can_be_asked_down_between_addresses(void **state)
{
	struct bench *b = *state;

	name_server(b, 2, "127.0.0.1", "127.0.0.1");
	b->server.vice = BUSY;
	start(b);
	run_until(b, first_address_failed, b);
	assert_string_equal(status(b).step, "call");
	assert_true(client_down(hq(b)));
	run_until(b, is_down, b);
	assert_int_equal(b->server.connections, 1);
}

static void asked_up_while_it_closes(void **state)
{
	struct bench *b = *state;

	start(b);
	come_up(b);
	assert_true(client_down(hq(b)));
	assert_int_equal(status(b).state, DIALER_CLOSING);
	assert_true(client_up(hq(b)));
	assert_int_equal(status(b).state, DIALER_CLOSING);
	come_up(b);
	assert_int_equal(b->server.connections, 2);
	assert_int_equal(b->server.stops, 1);
	/* and the other way round */
	assert_true(client_down(hq(b)));
	assert_true(client_up(hq(b)));
	assert_true(client_down(hq(b)));
	run_until(b, is_down, b);
	run_for(b, 60000);
	assert_int_equal(b->server.connections, 2);
}

/* A server that answers nothing cannot hold up the end. */
static void a_deaf_server_is_left_behind(void **state)
{
	struct bench *b = *state;
	uint64_t began;

	start(b);
	come_up(b);
	lose_frames = true;
	turn_deaf(&server_guest(&b->server)->tunnel);
	began = uv_now(&b->loop);
	assert_true(client_down(hq(b)));
	run_for(b, ATTEMPT_GOODBYE_MS / 2);
	assert_int_equal(status(b).state, DIALER_CLOSING);
	run_until(b, is_down, b);
	assert_in_range(uv_now(&b->loop) - began, ATTEMPT_GOODBYE_MS, 2 * ATTEMPT_GOODBYE_MS + 100);
	assert_int_equal(b->server.stops, 0);
}

static void it_can_be_stopped_at_each_step(void **state)
{
	struct bench *b = *state;
	struct black_hole hole;

	dig(&hole, b->server.port);
	for (size_t i = 0; i < N_STALLS; i++) {
		uint64_t began;

		stall(b, &stalls[i]);
		start(b);
		do_jobs();
		reach(b, stalls[i].step);
		began = uv_now(&b->loop);
		stop(b);
		assert_in_range(uv_now(&b->loop) - began, 0, 2 * ATTEMPT_GOODBYE_MS + 100);
		make_clients(b);
	}
	fill(&hole);
	b->config.n_clients = 0;
	start(b);
}

static void it_can_be_stopped_while_it_is_up(void **state)
{
	struct bench *b = *state;

	b->client.default_route = true;
	b->client.masquerade = true;
	start(b);
	come_up(b);
	stop(b);
	assert_non_null(strstr(b->heard, "session.down admin-reboot\n"));
	run_until(b, nobody_is_there, b);
	assert_int_equal(b->server.links_ended, 1);
	assert_int_equal(b->server.calls_cleared, 1);
	assert_int_equal(b->server.stops, 1);
}

static void it_can_be_stopped_while_it_waits(void **state)
{
	struct bench *b = *state;

	b->server.vice = BUSY;
	start(b);
	run_until(b, is_waiting, b);
	stop(b);
}

static void it_can_be_stopped_while_it_closes(void **state)
{
	struct bench *b = *state;

	start(b);
	come_up(b);
	assert_true(client_down(hq(b)));
	assert_true(client_up(hq(b)));
	stop(b);
	assert_int_equal(b->server.connections, 1);
}

static void nothing_is_stopped_at_once(void **state)
{
	struct bench *b = *state;

	b->config.n_clients = 0;
	start(b);
	clients_stop(&b->clients, note_stopped, b);
	assert_true(b->stopped);
}

/* --- another configuration ------------------------------------------------------------------- */

struct variant {
	struct config config;
	struct config_client clients[2];
};

/* Make a configuration that is a copy of the one in use, to be changed by the test. */
static void vary(struct variant *v, struct bench *b)
{
	v->clients[0] = b->client;
	v->config = (struct config){ .refs = 1, .clients = v->clients, .n_clients = 1 };
}

static void reload(struct bench *b, struct variant *v)
{
	char error[128];

	assert_int_equal(clients_reload(&b->clients, &v->config, error, sizeof(error)), 0);
}

static void a_reload_without_a_change_is_not_noticed(void **state)
{
	struct bench *b = *state;
	struct session *before;
	static struct variant v;

	start(b);
	come_up(b);
	before = status(b).session;
	vary(&v, b);
	reload(b, &v);
	run_for(b, 10000);
	assert_true(is_up(b));
	assert_ptr_equal(status(b).session, before);
	assert_int_equal(b->server.connections, 1);
	/* the set of clients has it, and no client */
	assert_int_equal(v.config.refs, 2);
	stop(b);
	assert_int_equal(v.config.refs, 1);
}

static void a_reload_while_up_begins_anew(void **state)
{
	struct ip_prefix other = { .address = ip("192.168.6.0"), .length = 24 };
	struct bench *b = *state;
	static struct variant v;

	start(b);
	come_up(b);
	vary(&v, b);
	v.clients[0].routes = (struct config_prefixes){ &other, 1 };
	reload(b, &v);
	assert_int_equal(status(b).state, DIALER_CLOSING);
	assert_ptr_equal(status(b).config, &b->client);
	run_until(b, nobody_is_there, b);
	come_up(b);
	assert_ptr_equal(status(b).config, &v.clients[0]);
	assert_int_equal(b->server.stops, 1);
	assert_int_equal(b->config.refs, 1);
	assert_int_equal(host.n_routes, 1);
	assert_true(ip_prefix_equal(&host.routes[0].to, &other));
	stop(b);
	assert_int_equal(v.config.refs, 1);
}

static void a_reload_while_dialing_begins_anew(void **state)
{
	struct bench *b = *state;
	static struct variant v;

	b->server.vice = MUTE;
	start(b);
	reach(b, "control connection");
	vary(&v, b);
	v.clients[0].login_timeout_s = 31;
	b->server.vice = VIRTUOUS;
	reload(b, &v);
	come_up(b);
	assert_int_equal(b->server.connections, 2);
	assert_ptr_equal(status(b).config, &v.clients[0]);
	stop(b);
}

/* The last of several reloads counts, even if it restores the first configuration. */
static void reloads_follow_each_other(void **state)
{
	static struct variant v, w;
	struct bench *b = *state;

	start(b);
	come_up(b);
	vary(&v, b);
	v.clients[0].metric = 8;
	reload(b, &v);
	vary(&w, b);
	reload(b, &w);
	assert_int_equal(v.config.refs, 1);
	run_until(b, nobody_is_there, b);
	come_up(b);
	assert_ptr_equal(status(b).config, &w.clients[0]);
	stop(b);
}

/* client_up() while the old configuration ends brings up the new one. */
static void asked_up_while_a_reload_closes_it(void **state)
{
	struct bench *b = *state;
	static struct variant v;

	start(b);
	come_up(b);
	vary(&v, b);
	v.clients[0].connect = CONFIG_CONNECT_MANUAL;
	reload(b, &v);
	assert_true(client_up(hq(b)));
	run_until(b, nobody_is_there, b);
	come_up(b);
	assert_ptr_equal(status(b).config, &v.clients[0]);
	stop(b);
}

/* The last request counts. */
static void asked_down_while_a_reload_closes_it(void **state)
{
	static struct variant v;
	struct bench *b = *state;

	start(b);
	come_up(b);
	vary(&v, b);
	v.clients[0].connect = CONFIG_CONNECT_MANUAL;
	reload(b, &v);
	assert_true(client_up(hq(b)));
	assert_true(client_down(hq(b)));
	run_until(b, is_down, b);
	run_for(b, 60000);
	assert_true(is_down(b));
	assert_ptr_equal(status(b).config, &v.clients[0]);
	stop(b);
}

static void a_manual_client_rests_after_a_reload(void **state)
{
	struct bench *b = *state;
	static struct variant v;

	start(b);
	come_up(b);
	vary(&v, b);
	v.clients[0].connect = CONFIG_CONNECT_MANUAL;
	reload(b, &v);
	run_until(b, is_down, b);
	run_for(b, 60000);
	assert_true(is_down(b));
	assert_ptr_equal(status(b).config, &v.clients[0]);
	stop(b);
}

static bool no_client_is_left(void *ctx)
{
	struct bench *b = ctx;

	return !b->clients.n;
}

static void a_client_is_removed_and_comes_back(void **state)
{
	struct bench *b = *state;
	static struct variant none, again;

	start(b);
	come_up(b);
	vary(&none, b);
	none.config.n_clients = 0;
	reload(b, &none);
	assert_null(clients_find(&b->clients, "hq"));
	assert_null(clients_next(&b->clients, NULL));
	/* the section is back before the client has ended: a second client of that name */
	vary(&again, b);
	reload(b, &again);
	assert_int_equal(b->clients.n, 2);
	assert_ptr_equal(clients_next(&b->clients, NULL), hq(b));
	assert_null(clients_next(&b->clients, hq(b)));
	come_up(b);
	run_until(b, is_up, b);
	reload(b, &none);
	run_until(b, no_client_is_left, b);
	assert_int_equal(again.config.refs, 1);
	assert_int_equal(b->config.refs, 1);
	assert_int_equal(kernel_count(), 0);
	stop(b);
}

static void two_clients_do_not_know_of_each_other(void **state)
{
	static char other[] = "lab";
	struct bench *b = *state;
	struct client_status s;
	static struct variant v;

	start(b);
	come_up(b);
	vary(&v, b);
	v.clients[1] = b->client;
	v.clients[1].name = other;
	v.clients[1].connect = CONFIG_CONNECT_MANUAL;
	v.config.n_clients = 2;
	reload(b, &v);
	assert_true(is_up(b));
	client_status(clients_find(&b->clients, "lab"), &s);
	assert_int_equal(s.state, DIALER_DOWN);
	assert_true(client_up(clients_find(&b->clients, "lab")));
	run_for(b, 5000);
	client_status(clients_find(&b->clients, "lab"), &s);
	assert_int_equal(s.state, DIALER_UP);
	assert_int_equal(b->server.connections, 2);
	assert_true(client_down(hq(b)));
	run_until(b, is_down, b);
	client_status(clients_find(&b->clients, "lab"), &s);
	assert_int_equal(s.state, DIALER_UP);
	stop(b);
}

/* --- routes that are in the way -------------------------------------------------------------- */

static struct client_status status_of(struct bench *b, const char *name)
{
	struct client_status status;
	struct client *c = clients_find(&b->clients, name);

	assert_non_null(c);
	client_status(c, &status);
	return status;
}

static bool lab_is_up(void *ctx)
{
	return status_of(ctx, "lab").state == DIALER_UP;
}

/* Make a configuration of two clients, hq and lab, that want the same. */
static void vary_both(struct variant *v, struct bench *b)
{
	static char other[] = "lab";

	vary(v, b);
	v->clients[1] = b->client;
	v->clients[1].name = other;
	v->config.n_clients = 2;
}

/* Start two clients that want the same routes. hq comes up, and then lab. */
static void start_both(struct bench *b, struct variant *v)
{
	vary_both(v, b);
	v->clients[1].connect = CONFIG_CONNECT_MANUAL;
	assert_int_equal(clients_open(&b->clients, &b->sessions, &v->config), 0);
	come_up(b);
	assert_true(client_up(clients_find(&b->clients, "lab")));
	run_until(b, lab_is_up, b);
}

static unsigned int routes_of(struct bench *b, const char *name)
{
	return routes_to(status_of(b, name).session->record.ifindex);
}

static bool lab_has_the_route(void *ctx)
{
	return routes_of(ctx, "lab") == 1;
}

/* Who came first has the route; when that client goes, the other one gets it. */
static void two_clients_want_the_same_route(void **state)
{
	struct bench *b = *state;
	static struct variant v;

	start_both(b, &v);
	assert_int_equal(host.n_routes, 1);
	assert_int_equal(routes_of(b, "hq"), 1);
	assert_true(client_down(hq(b)));
	run_until(b, lab_has_the_route, b);
	run_until(b, is_down, b);
	assert_int_equal(host.n_routes, 1);
	/* and back */
	assert_true(client_up(hq(b)));
	run_until(b, is_up, b);
	assert_int_equal(routes_of(b, "hq"), 0);
	assert_true(client_down(clients_find(&b->clients, "lab")));
	run_for(b, 1000);
	assert_int_equal(routes_of(b, "hq"), 1);
	assert_int_equal(host.n_routes, 1);
	stop(b);
}

/* The route past the tunnel stays as long as one of them needs it. */
static void two_clients_reach_the_same_server(void **state)
{
	struct bench *b = *state;
	static struct variant v;

	b->client.default_route = true;
	start_both(b, &v);
	assert_int_equal(routes_to(OUTER_IFINDEX), 1);
	assert_true(client_down(hq(b)));
	run_until(b, is_down, b);
	assert_int_equal(routes_to(OUTER_IFINDEX), 1);
	assert_int_equal(routes_of(b, "lab"), 3);
	assert_true(client_down(clients_find(&b->clients, "lab")));
	run_for(b, 1000);
	assert_int_equal(host.n_routes, 0);
	stop(b);
}

/* A route that we did not make stays; when it goes, the client has its own. */
static void the_host_has_the_route_already(void **state)
{
	struct bench *b = *state;
	struct route theirs = { .to = b->routes[0], .metric = 7, .ifindex = OUTER_IFINDEX };

	host.routes[host.n_routes++] = theirs;
	start(b);
	come_up(b);
	assert_int_equal(host.n_routes, 1);
	assert_int_equal(routes_to(OUTER_IFINDEX), 1);
	assert_int_equal(write(host.news[1], "x", 1), 1);
	run_for(b, 1000);
	assert_int_equal(routes_to(OUTER_IFINDEX), 1);
	remove_routes_of(OUTER_IFINDEX);
	assert_int_equal(write(host.news[1], "x", 1), 1);
	run_for(b, 1000);
	assert_int_equal(routes_of(b, "hq"), 1);
}

/* More routes than can be made in one go. */
static void many_routes_are_made_and_passed_on(void **state)
{
	struct bench *b = *state;
	static struct variant v;

	for (unsigned int i = 0; i < MANY_ROUTES; i++)
		b->routes[i] = (struct ip_prefix){
			.address = ip_from_number(0xc0a80000 + (i << 8)), .length = 24,
		};
	b->client.routes.n = MANY_ROUTES;
	start_both(b, &v);
	run_for(b, 1000);
	assert_int_equal(routes_of(b, "hq"), MANY_ROUTES);
	assert_true(client_down(hq(b)));
	run_for(b, 10000);
	assert_int_equal(routes_of(b, "lab"), MANY_ROUTES);
	assert_int_equal(host.n_routes, MANY_ROUTES);
	stop(b);
}

/* --- on demand ------------------------------------------------------------------------------ */

static const char unicast[] = "192.168.5.7", multicast[] = "224.0.0.251";

/* A packet with @mark in its first data octet is routed to the listening interface. */
static void route_packet(const char *to, uint8_t mark)
{
	uint8_t packet[64] = { 0x45 };
	const struct in_addr address = ip(to).v4;

	memcpy(packet + 16, &address, sizeof(address));
	packet[20] = mark;
	assert_int_equal(write(host.feed, packet, sizeof(packet)), sizeof(packet));
}

/* Start a client that is to listen, once the worker has made the interface. */
static void listen_for_later(struct bench *b)
{
	b->client.connect = CONFIG_CONNECT_DEMAND;
	b->client.local_address = ip("10.99.0.10");
	start(b);
}

static void listen_for(struct bench *b)
{
	listen_for_later(b);
	do_jobs();
}

static void a_listening_client_has_its_routes(void **state)
{
	static char blue[] = "blue";
	struct bench *b = *state;

	b->client.vrf = blue;
	host.has_vrf = true;
	listen_for(b);
	run_for(b, 60000);
	assert_true(is_listening(b));
	assert_int_equal(b->server.connections, 0);
	assert_true(host.listening && host.listen_up);
	assert_int_equal(host.listen_vrf, VRF_IFINDEX);
	assert_ip(host.listen_address, "10.99.0.10");
	assert_int_equal(host.n_routes, 1);
	assert_int_equal(host.routes[0].ifindex, LISTEN_IFINDEX);
	assert_int_equal(host.routes[0].metric, 8);
	assert_int_equal(host.routes[0].table, VRF_TABLE);
	stop(b);
}

static void a_packet_dials_and_is_passed_on(void **state)
{
	struct bench *b = *state;
	int ifindex;

	listen_for(b);
	route_packet(multicast, 99);
	run_for(b, 1000);
	assert_true(is_listening(b));
	route_packet(unicast, 1);
	route_packet(multicast, 99);
	route_packet(unicast, 2);
	come_up(b);
	/* packets are held a little longer, until the server lets them in */
	assert_int_equal(host.n_passed, 0);
	assert_int_equal(routes_to(status(b).session->record.ifindex), 0);
	route_packet(unicast, 3);
	run_for(b, 300);
	ifindex = status(b).session->record.ifindex;
	assert_int_equal(routes_to(ifindex), 1);
	assert_int_equal(host.n_passed, 3);
	for (unsigned int i = 0; i < 3; i++) {
		assert_string_equal(host.passed[i].ifname, status(b).session->record.ifname);
		assert_int_equal(host.passed[i].first[20], i + 1);
	}
	/* a packet that still comes to the listening interface is dropped */
	route_packet(unicast, 4);
	run_for(b, 1000);
	assert_int_equal(host.n_passed, 3);
}

static void so_many_packets_are_held(void **state)
{
	struct bench *b = *state;

	listen_for(b);
	for (uint8_t i = 0; i < DEMAND_PACKETS + 4; i++)
		route_packet(unicast, i);
	come_up(b);
	run_for(b, 300);
	assert_int_equal(host.n_passed, DEMAND_PACKETS);
	assert_int_equal(host.passed[DEMAND_PACKETS - 1].first[20], DEMAND_PACKETS - 1);
}

static void an_idle_session_listens_again(void **state)
{
	struct bench *b = *state;

	b->client.idle_timeout_s = 10;
	listen_for(b);
	route_packet(unicast, 1);
	come_up(b);
	idle_s = 10;
	run_until(b, is_listening, b);
	assert_string_equal(status(b).failed_step, "session");
	assert_string_equal(status(b).failure, "idle for too long");
	assert_non_null(strstr(b->heard, "session.down idle-timeout\n"));
	assert_int_equal(status(b).failures, 0);
	run_until(b, nobody_is_there, b);
	assert_int_equal(b->server.stops, 1);
	assert_int_equal(host.n_routes, 1);
	/* packets that were held before do not make the client dial again */
	run_for(b, 60000);
	assert_int_equal(b->server.connections, 1);
	route_packet(unicast, 2);
	come_up(b);
	run_for(b, 300);
	assert_int_equal(host.n_passed, 2);
	assert_int_equal(host.passed[1].first[20], 2);
}

static void what_is_held_goes_with_the_attempt(void **state)
{
	struct bench *b = *state;

	b->server.vice = BUSY;
	listen_for(b);
	route_packet(unicast, 1);
	fails(b, "call", "server refused: busy (result 4)");
	/* no person asked: after the delay the client listens, and does not dial */
	route_packet(unicast, 2);
	b->server.vice = VIRTUOUS;
	run_until(b, is_listening, b);
	run_for(b, 60000);
	assert_int_equal(b->server.connections, 1);
	route_packet(unicast, 3);
	come_up(b);
	run_for(b, 300);
	assert_int_equal(host.n_passed, 1);
	assert_int_equal(host.passed[0].first[20], 3);
}

/* The session ends while packets are held that little longer. */
static void an_end_before_packets_are_passed_on(void **state)
{
	struct bench *b = *state;

	b->client.masquerade = true;
	listen_for(b);
	route_packet(unicast, 1);
	come_up(b);
	guest_vanish(server_guest(&b->server));
	run_until(b, is_waiting, b);
	run_for(b, 1000);
	assert_int_equal(host.n_passed, 0);
	assert_int_equal(host.masqueraded, 0);

	assert_true(client_up(hq(b)));
	come_up(b);
	host.lost_address = ip("127.0.0.1");
	assert_int_equal(write(host.news[1], "x", 1), 1);
	run_until(b, is_waiting, b);
	run_for(b, 1000);
	assert_int_equal(host.masqueraded, 0);
}

/* Packets that were held are not sent while traffic is paused: they would be lost. */
static void a_pause_before_packets_are_passed_on(void **state)
{
	struct bench *b = *state;

	listen_for(b);
	route_packet(unicast, 1);
	come_up(b);
	lose_frames = true;
	pause_traffic(b);
	run_for(b, 1000);
	assert_int_equal(host.n_passed, 0);
	lose_frames = false;
	resume_traffic(b);
	run_for(b, 300);
	assert_int_equal(host.n_passed, 1);
	assert_int_equal(routes_to(status(b).session->record.ifindex), 1);
}

static void routes_may_not_cover_the_server(void **state)
{
	struct bench *b = *state;

	b->client.default_route = true;
	listen_for(b);
	route_packet(unicast, 1);
	fails(b, "TCP connection",
	      "the routes cover the server's address 127.0.0.1, so that it cannot be reached");
	assert_int_equal(b->server.connections, 0);
	waits(b, 40);
}

static void people_may_ask_for_it_too(void **state)
{
	struct bench *b = *state;

	listen_for(b);
	assert_true(client_up(hq(b)));
	come_up(b);
	run_for(b, 300);
	assert_int_equal(routes_to(status(b).session->record.ifindex), 1);
	/* after client_down() no packet makes the client dial */
	assert_true(client_down(hq(b)));
	run_until(b, is_down, b);
	route_packet(unicast, 1);
	run_for(b, 60000);
	assert_true(is_down(b));
	assert_int_equal(b->server.connections, 1);
}

/* Asked down, the client lets packets be refused, rather than vanish. */
static void packets_are_refused_while_it_is_down(void **state)
{
	struct bench *b = *state;

	listen_for(b);
	assert_int_equal(routes_to(LISTEN_IFINDEX), 1);
	assert_true(client_down(hq(b)));
	assert_true(is_down(b));
	do_jobs();
	assert_int_equal(host.n_routes, 1);
	assert_true(host.routes[0].unreachable);
	assert_int_equal(host.routes[0].metric, 8);
	assert_true(client_up(hq(b)));
	do_jobs();
	assert_int_equal(routes_to(LISTEN_IFINDEX), 1);
	assert_false(host.routes[0].unreachable);
	come_up(b);
	/* and it is stopped while it refuses */
	assert_true(client_down(hq(b)));
	run_until(b, is_down, b);
	do_jobs();
	assert_true(host.routes[0].unreachable);
	stop(b);
}

static void without_an_interface_people_can_still_dial(void **state)
{
	struct bench *b = *state;

	host.refuse_tun = true;
	listen_for(b);
	assert_true(is_listening(b));
	assert_true(client_up(hq(b)));
	come_up(b);
	assert_int_equal(routes_to(status(b).session->record.ifindex), 1);
}

static void a_listening_client_can_be_stopped(void **state)
{
	struct bench *b = *state;

	listen_for(b);
	stop(b);
}

static void a_reload_ends_the_listening(void **state)
{
	struct bench *b = *state;
	static struct variant v, w;

	listen_for(b);
	vary(&v, b);
	v.clients[0].connect = CONFIG_CONNECT_START;
	reload(b, &v);
	do_jobs();
	assert_false(host.listening);
	come_up(b);
	/* and back again */
	vary(&w, b);
	reload(b, &w);
	run_until(b, is_listening, b);
	do_jobs();
	assert_true(host.listening);
	stop(b);
}

/* --- while somebody holds the kernel's lock ------------------------------------------------- */

/* The session is up, and the host may not be ready for it yet. */
static bool has_session_up(void *ctx)
{
	return hq(ctx)->dialer.state == DIALER_UP;
}

static bool have_sessions_up(void *ctx)
{
	struct bench *b = ctx;

	return has_session_up(b) && clients_find(&b->clients, "lab")->dialer.state == DIALER_UP;
}

/* A client is told to be up when its routes are there, as far as it can have them. */
static void a_client_is_up_when_its_routes_are_there(void **state)
{
	struct bench *b = *state;

	b->client.default_route = true;
	b->client.masquerade = true;
	start(b);
	run_until(b, is_connecting, b);
	worker_is_stuck = true;
	run_until(b, has_session_up, b);
	assert_int_equal(status(b).state, DIALER_DIALING);
	assert_string_equal(status(b).step, "session");
	while (!is_up(b))
		assert_true(do_job());
	assert_int_equal(host.n_routes, 4);
	assert_int_equal(host.masquerades, 1);
	free_worker();
}

/* Nothing leads into a tunnel that has ended before the worker came to its routes. */
static void a_session_ends_before_its_routes_are_made(void **state)
{
	struct bench *b = *state;

	b->client.default_route = true;
	b->client.masquerade = true;
	start(b);
	run_until(b, is_connecting, b);
	worker_is_stuck = true;
	run_until(b, has_session_up, b);
	guest_vanish(server_guest(&b->server));
	run_until(b, is_waiting, b);
	assert_int_equal(host.n_routes, 0);
	free_worker();
	run_for(b, 100);
	assert_int_equal(host.n_routes, 0);
	assert_int_equal(host.masquerades, 0);
	come_up(b);
	assert_int_equal(host.n_routes, 4);
}

/* The server is looked up before the tunnel's routes cover it. */
static void the_way_past_the_tunnel_comes_first(void **state)
{
	struct bench *b = *state;

	b->client.default_route = true;
	start(b);
	run_until(b, is_connecting, b);
	worker_is_stuck = true;
	run_until(b, has_session_up, b);
	run_for(b, 1000);
	assert_int_equal(host.n_routes, 0);
	while (!host.n_routes)
		assert_true(do_job());
	assert_int_equal(routes_to(OUTER_IFINDEX), 1);
	free_worker();
}

/* It does so, too, if the other client that asked for the same route first cannot have it. */
static void the_way_past_the_tunnel_comes_first_for_the_next(void **state)
{
	struct bench *b = *state;
	static struct variant v;
	const char *next;

	b->client.default_route = true;
	vary_both(&v, b);
	v.clients[1].metric++;
	assert_int_equal(clients_open(&b->clients, &b->sessions, &v.config), 0);
	do_jobs();
	worker_is_stuck = true;
	run_until(b, have_sessions_up, b);
	host.refusals = 1;
	assert_true(do_job());
	next = hq(b)->host.pin.block ? "lab" : "hq";
	while (!routes_of(b, next))
		if (!do_job())
			turn(&b->loop);
	assert_int_equal(routes_to(OUTER_IFINDEX), 1);
	free_worker();
	stop(b);
}

/* The way is looked for first, and nobody waits for that but the client itself. */
static void it_is_asked_down_before_the_way_is_known(void **state)
{
	struct bench *b = *state;

	b->client.connect = CONFIG_CONNECT_MANUAL;
	start(b);
	worker_is_stuck = true;
	assert_true(client_up(hq(b)));
	run_for(b, 100000);
	assert_int_equal(status(b).state, DIALER_DIALING);
	assert_int_equal(b->server.connections, 0);
	assert_true(client_down(hq(b)));
	run_until(b, is_down, b);
	free_worker();
	run_for(b, 1000);
	assert_true(is_down(b));
	assert_true(client_up(hq(b)));
	come_up(b);
}

static void it_is_stopped_before_the_way_is_known(void **state)
{
	struct bench *b = *state;

	worker_is_stuck = true;
	start(b);
	clients_stop(&b->clients, note_stopped, b);
	run_for(b, 10000);
	assert_false(b->stopped);
	free_worker();
	run_until(b, has_stopped, b);
	host_is_clean();
}

/* An answer that was given for an attempt that has ended is no answer to the next one. */
static void the_way_is_asked_for_anew_by_each_attempt(void **state)
{
	struct bench *b = *state;

	host.way_ifindex = OUTER_IFINDEX;
	start(b);
	come_up(b);
	worker_is_stuck = true;
	news(b);
	run_for(b, 1000);
	guest_vanish(server_guest(&b->server));
	run_until(b, is_waiting, b);
	run_for(b, status(b).retry_ms + 1000);
	assert_int_equal(status(b).state, DIALER_DIALING);
	assert_int_equal(b->server.connections, 1);
	/* the answer is about the address of the session that has ended */
	assert_true(do_job());
	assert_int_equal(hq(b)->attempt->state, ATTEMPT_NEW);
	host.way_ifindex = OUTER_IFINDEX + 1;
	free_worker();
	come_up(b);
	assert_int_equal(hq(b)->way.ifindex, OUTER_IFINDEX + 1);
}

/* A reload while the host is looked at: the look belongs to the old configuration. */
static void a_reload_waits_for_the_answer(void **state)
{
	struct bench *b = *state;
	static struct variant v;

	worker_is_stuck = true;
	start(b);
	vary(&v, b);
	v.clients[0].login_timeout_s = 31;
	reload(b, &v);
	run_for(b, 1000);
	assert_ptr_equal(status(b).config, &b->client);
	free_worker();
	come_up(b);
	assert_ptr_equal(status(b).config, &v.clients[0]);
	stop(b);
}

/* What was held is passed on when the host is ready, and not before. */
static void packets_wait_for_the_worker(void **state)
{
	struct bench *b = *state;

	b->client.masquerade = true;
	listen_for(b);
	route_packet(unicast, 1);
	run_until(b, is_connecting, b);
	worker_is_stuck = true;
	run_until(b, is_up, b);
	run_for(b, 1000);
	assert_int_equal(host.n_passed, 0);
	route_packet(unicast, 2);
	run_for(b, 1000);
	free_worker();
	run_for(b, 100);
	assert_int_equal(host.masquerades, 1);
	assert_int_equal(host.n_passed, 2);
}

/* So is what the listening interface gets as long as the worker has yet to make the routes. */
static void packets_before_the_routes_are_passed_on(void **state)
{
	struct bench *b = *state;

	listen_for(b);
	route_packet(unicast, 1);
	run_until(b, is_connecting, b);
	worker_is_stuck = true;
	run_until(b, is_up, b);
	run_for(b, 1000);
	while (!host.n_passed)
		assert_true(do_job());
	assert_int_equal(host.n_passed, 1);
	assert_int_equal(routes_to(status(b).session->record.ifindex), 0);
	route_packet(unicast, 2);
	run_for(b, 1000);
	assert_int_equal(host.n_passed, 2);
	assert_int_equal(host.passed[1].first[20], 2);
	assert_string_equal(host.passed[1].ifname, status(b).session->record.ifname);
	/* but not while traffic is paused: it would be lost */
	lose_frames = true;
	pause_traffic(b);
	route_packet(unicast, 3);
	run_for(b, 1000);
	assert_int_equal(host.n_passed, 2);
	lose_frames = false;
	resume_traffic(b);
	free_worker();
	run_for(b, 1000);
	assert_int_equal(host.n_passed, 2);
	assert_int_equal(routes_to(status(b).session->record.ifindex), 1);
}

/* Without an interface to listen on nothing is held either. */
static void without_an_interface_it_is_up_when_its_routes_are_there(void **state)
{
	struct bench *b = *state;

	host.refuse_tun = true;
	listen_for(b);
	assert_true(client_up(hq(b)));
	run_until(b, is_connecting, b);
	worker_is_stuck = true;
	run_until(b, has_session_up, b);
	assert_int_equal(status(b).state, DIALER_DIALING);
	while (!is_up(b))
		assert_true(do_job());
	assert_int_equal(host.n_routes, 1);
	free_worker();
}

/* Who waits until a client listens may send packets then. */
static void a_client_listens_when_its_routes_are_there(void **state)
{
	struct bench *b = *state;

	listen_for_later(b);
	assert_true(do_job());
	assert_true(host.listening);
	assert_true(is_down(b));
	while (!is_listening(b))
		assert_true(do_job());
	assert_int_equal(routes_to(LISTEN_IFINDEX), 1);
}

/* The listening interface is not wanted any more before it is there. */
static void a_listening_client_is_stopped_before_it_listens(void **state)
{
	struct bench *b = *state;

	worker_is_stuck = true;
	listen_for_later(b);
	clients_stop(&b->clients, note_stopped, b);
	run_for(b, 1000);
	assert_false(b->stopped);
	free_worker();
	run_until(b, has_stopped, b);
	host_is_clean();
}

/* The same, when people have asked it down while the interface was made. */
static void packets_are_refused_once_there_is_an_interface(void **state)
{
	struct bench *b = *state;

	worker_is_stuck = true;
	listen_for_later(b);
	assert_true(client_down(hq(b)));
	free_worker();
	run_for(b, 100);
	assert_int_equal(host.n_routes, 1);
	assert_true(host.routes[0].unreachable);
	stop(b);
}

static void unicast_packets_of_ipv4_ask(void **state)
{
	uint8_t packet[20] = { [0] = 0x45, [16] = 10 };

	assert_true(demand_wants(packet, sizeof(packet)));
	assert_false(demand_wants(packet, sizeof(packet) - 1));
	assert_false(demand_wants(packet, 0));
	packet[16] = 223;
	assert_true(demand_wants(packet, sizeof(packet)));
	packet[16] = 224;
	assert_false(demand_wants(packet, sizeof(packet)));
	packet[16] = 255;
	assert_false(demand_wants(packet, sizeof(packet)));
	packet[16] = 10;
	packet[0] = 0x60;
	assert_false(demand_wants(packet, sizeof(packet)));
}

/* --- clients that are made at run time ------------------------------------------------------- */

/* Make a configuration with the client "hq" alone, which is to be made at run time. */
static struct client *make_hq(struct bench *b, struct variant *v, enum client_origin origin)
{
	char error[128] = "";
	struct client *c;

	vary(v, b);
	c = clients_add(&b->clients, &v->config, origin, error, sizeof(error));
	if (!c)
		fail_msg("%s", error);
	return c;
}

static void start_without_clients(struct bench *b)
{
	b->config.n_clients = 0;
	start(b);
}

static void made_at_run_time_it_outlasts_reloads(void **state)
{
	static struct variant made, none;
	struct bench *b = *state;
	struct session *before;

	start_without_clients(b);
	make_hq(b, &made, CLIENT_OF_RUN_TIME);
	come_up(b);
	before = status(b).session;
	vary(&none, b);
	none.config.n_clients = 0;
	reload(b, &none);
	run_for(b, 10000);
	assert_ptr_equal(status(b).session, before);
	assert_int_equal(hq(b)->origin, CLIENT_OF_RUN_TIME);
	assert_true(clients_remove(&b->clients, hq(b)));
	assert_null(clients_find(&b->clients, "hq"));
	run_until(b, no_client_is_left, b);
	run_until(b, nobody_is_there, b);
	assert_int_equal(b->server.stops, 1);
	assert_int_equal(b->clients.n_made, 0);
	assert_int_equal(made.config.refs, 1);
	stop(b);
}

static void the_configuration_takes_it_over(void **state)
{
	static struct variant made, none, v;
	struct bench *b = *state;
	struct session *before;

	start_without_clients(b);
	make_hq(b, &made, CLIENT_EPHEMERAL);
	come_up(b);
	before = status(b).session;
	vary(&v, b);
	reload(b, &v);
	run_for(b, 10000);
	assert_ptr_equal(status(b).session, before);
	assert_int_equal(hq(b)->origin, CLIENT_OF_CONFIG);
	assert_int_equal(b->clients.n_made, 0);
	assert_false(clients_remove(&b->clients, hq(b)));
	assert_non_null(clients_find(&b->clients, "hq"));
	vary(&none, b);
	none.config.n_clients = 0;
	reload(b, &none);
	assert_null(clients_find(&b->clients, "hq"));
	stop(b);
}

/* A client of the configuration needs the interface of one that was made: it comes when that is gone. */
static void the_configuration_takes_its_interface(void **state)
{
	static char name[] = "branch";
	static struct variant made, v;
	struct bench *b = *state;
	struct client_status branch;

	start_without_clients(b);
	make_hq(b, &made, CLIENT_OF_RUN_TIME);
	come_up(b);
	vary(&v, b);
	v.clients[0].name = name;
	reload(b, &v);
	assert_null(clients_find(&b->clients, "hq"));
	assert_int_equal(b->clients.n, 2);
	while (b->clients.n == 2) {
		client_status(clients_find(&b->clients, "branch"), &branch);
		assert_int_equal(branch.state, DIALER_DIALING);
		assert_string_equal(branch.step, "name lookup");
		assert_int_equal(b->server.connections, 1);
		uv_run(&b->loop, UV_RUN_ONCE);
	}
	run_for(b, 2000);
	client_status(clients_find(&b->clients, "branch"), &branch);
	assert_int_equal(branch.state, DIALER_UP);
	assert_int_equal(b->server.connections, 2);
	stop(b);
}

static void note_left(void *ctx)
{
	++*(unsigned int *)ctx;
}

/* A server needs the interface of one that was made, before the reload: it is told when that is gone. */
static void it_makes_way_for_a_server(void **state)
{
	static char name[] = "hq", other[] = "lan";
	static struct config_server server;
	static struct variant made, v;
	struct bench *b = *state;
	unsigned int left = 0;

	server = (struct config_server){ .name = other, .link = CONFIG_LINK_SHARED, .interface = other };
	start_without_clients(b);
	make_hq(b, &made, CLIENT_OF_RUN_TIME);
	come_up(b);
	vary(&v, b);
	v.config.n_clients = 0;
	v.config.servers = &server;
	v.config.n_servers = 1;
	assert_true(clients_make_way(&b->clients, &v.config, note_left, &left));
	server.interface = name;
	server.link = CONFIG_LINK_SESSION;
	assert_true(clients_make_way(&b->clients, &v.config, note_left, &left));
	assert_non_null(clients_find(&b->clients, "hq"));
	server.link = CONFIG_LINK_SHARED;
	assert_false(clients_make_way(&b->clients, &v.config, note_left, &left));
	assert_null(clients_find(&b->clients, "hq"));
	assert_int_equal(left, 0);
	run_until(b, no_client_is_left, b);
	assert_int_equal(left, 1);
	assert_int_equal(b->server.stops, 1);
	assert_true(clients_make_way(&b->clients, &v.config, note_left, &left));
	reload(b, &v);
	stop(b);
	assert_int_equal(left, 1);
}

static void what_is_taken_is_refused(void **state)
{
	static char name[] = "branch";
	static struct variant made, v;
	struct bench *b = *state;
	char error[128];

	b->client.connect = CONFIG_CONNECT_MANUAL;
	start(b);
	vary(&v, b);
	assert_null(clients_add(&b->clients, &v.config, CLIENT_OF_RUN_TIME, error, sizeof(error)));
	assert_string_equal(error, "there is a client \"hq\" already, in the configuration");
	v.clients[0].name = name;
	assert_null(clients_add(&b->clients, &v.config, CLIENT_OF_RUN_TIME, error, sizeof(error)));
	assert_string_equal(error, "interface hq is taken already by client \"hq\"");
	vary(&made, b);
	made.clients[0].name = name;
	made.clients[0].interface = name;
	assert_non_null(clients_add(&b->clients, &made.config, CLIENT_OF_RUN_TIME, error, sizeof(error)));
	assert_null(clients_add(&b->clients, &made.config, CLIENT_OF_RUN_TIME, error, sizeof(error)));
	assert_string_equal(error, "there is a client \"branch\" already, which was made at run time");
	b->clients.n_made = CLIENTS_MADE_MAX;
	assert_null(clients_add(&b->clients, &v.config, CLIENT_OF_RUN_TIME, error, sizeof(error)));
	assert_string_equal(error, "there are 256 clients already that were made at run time");
	b->clients.n_made = 1;
	stop(b);
	assert_int_equal(made.config.refs, 1);
	assert_int_equal(v.config.refs, 1);
	assert_null(clients_add(&b->clients, &v.config, CLIENT_OF_RUN_TIME, error, sizeof(error)));
	assert_string_equal(error, "culvertd is about to stop");
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BENCH(comes_up),
		WITH_BENCH(made_at_run_time_it_outlasts_reloads),
		WITH_BENCH(the_configuration_takes_it_over),
		WITH_BENCH(the_configuration_takes_its_interface),
		WITH_BENCH(it_makes_way_for_a_server),
		WITH_BENCH(what_is_taken_is_refused),
		WITH_BENCH(keeps_to_the_window_of_a_server),
		WITH_BENCH(packets_have_the_header_that_is_asked_for),
		WITH_BENCH(the_way_is_that_of_the_mark),
		WITH_BENCH(hangs_up_in_good_order),
		WITH_BENCH(by_hand_it_waits_for_people),
		WITH_BENCH(a_phone_number_and_a_source),
		WITH_BENCH(a_source_that_the_host_has_not),
		WITH_BENCH(the_server_is_reached_past_the_tunnel),
		WITH_BENCH(a_vrf_has_the_routes),
		WITH_BENCH(stateful_encryption_asks_for_a_flush),
		WITH_BENCH(an_unknown_name),
		WITH_BENCH(names_take_too_long),
		WITH_BENCH(nobody_listens),
		WITH_BENCH(the_next_address_has_its_turn),
		WITH_BENCH(addresses_that_do_not_answer_have_a_head_start),
		WITH_BENCH(the_next_attempt_begins_with_the_next_address),
		WITH_BENCH(a_good_address_comes_first),
		WITH_BENCH(no_address_answers),
		WITH_BENCH(each_address_may_refuse_to_start),
		WITH_BENCH(start_is_not_answered),
		WITH_BENCH(tcp_is_closed_at_once),
		WITH_BENCH(the_call_is_refused),
		WITH_BENCH(the_call_is_not_answered),
		WITH_BENCH(the_session_is_killed_before_the_call_is_answered),
		WITH_BENCH(tcp_is_closed_at_the_call),
		WITH_BENCH(the_kernel_has_no_call_id),
		WITH_BENCH(the_kernel_has_no_session),
		WITH_BENCH(nobody_speaks_ppp),
		WITH_BENCH(the_login_is_refused),
		WITH_BENCH(the_login_is_refused_for_now),
		WITH_BENCH(a_refused_login_may_be_the_last),
		WITH_BENCH(the_login_is_not_answered),
		WITH_BENCH(tcp_is_closed_at_the_login),
		WITH_BENCH(the_server_is_an_impostor),
		WITH_BENCH(the_server_does_not_encrypt),
		WITH_BENCH(the_server_wants_another_proof),
		WITH_BENCH(the_server_vanishes),
		WITH_BENCH(the_server_clears_the_call),
		WITH_BENCH(the_server_stops),
		WITH_BENCH(the_server_terminates_the_link),
		WITH_BENCH(the_server_falls_silent),
		WITH_BENCH(the_server_does_not_answer_echoes),
		WITH_BENCH(the_kernel_loses_the_session),
		WITH_BENCH(the_host_loses_its_address),
		WITH_BENCH(the_link_is_negotiated_anew),
		WITH_BENCH(a_proof_that_is_refused_anew_is_tried_again),
		WITH_BENCH(the_server_gives_another_address),
		WITH_BENCH(delays_grow),
		WITH_BENCH(another_way_ends_the_wait),
		WITH_BENCH(the_tunnel_that_ended_is_no_way),
		WITH_BENCH(another_way_does_not_hurry_a_busy_server),
		WITH_BENCH(another_way_is_taken_under_way),
		WITH_BENCH(connecting_begins_again_by_another_way),
		WITH_BENCH(asking_ends_the_wait),
		WITH_BENCH(without_reconnect_one_attempt_is_made),
		WITH_BENCH(it_can_be_asked_down_at_each_step),
		WITH_BENCH(it_can_be_asked_down_while_it_waits),
		WITH_BENCH(it_can_be_asked_down_between_addresses),
		WITH_BENCH(asked_up_while_it_closes),
		WITH_BENCH(a_deaf_server_is_left_behind),
		WITH_BENCH(it_can_be_stopped_at_each_step),
		WITH_BENCH(it_can_be_stopped_while_it_is_up),
		WITH_BENCH(it_can_be_stopped_while_it_waits),
		WITH_BENCH(it_can_be_stopped_while_it_closes),
		WITH_BENCH(nothing_is_stopped_at_once),
		WITH_BENCH(a_reload_without_a_change_is_not_noticed),
		WITH_BENCH(a_reload_while_up_begins_anew),
		WITH_BENCH(a_reload_while_dialing_begins_anew),
		WITH_BENCH(reloads_follow_each_other),
		WITH_BENCH(asked_up_while_a_reload_closes_it),
		WITH_BENCH(asked_down_while_a_reload_closes_it),
		WITH_BENCH(a_manual_client_rests_after_a_reload),
		WITH_BENCH(a_client_is_removed_and_comes_back),
		WITH_BENCH(two_clients_do_not_know_of_each_other),
		WITH_BENCH(two_clients_want_the_same_route),
		WITH_BENCH(two_clients_reach_the_same_server),
		WITH_BENCH(the_host_has_the_route_already),
		WITH_BENCH(many_routes_are_made_and_passed_on),
		WITH_BENCH(a_listening_client_has_its_routes),
		WITH_BENCH(a_packet_dials_and_is_passed_on),
		WITH_BENCH(so_many_packets_are_held),
		WITH_BENCH(an_idle_session_listens_again),
		WITH_BENCH(what_is_held_goes_with_the_attempt),
		WITH_BENCH(an_end_before_packets_are_passed_on),
		WITH_BENCH(a_pause_before_packets_are_passed_on),
		WITH_BENCH(routes_may_not_cover_the_server),
		WITH_BENCH(people_may_ask_for_it_too),
		WITH_BENCH(packets_are_refused_while_it_is_down),
		WITH_BENCH(without_an_interface_people_can_still_dial),
		WITH_BENCH(a_listening_client_can_be_stopped),
		WITH_BENCH(a_reload_ends_the_listening),
		WITH_BENCH(a_client_is_up_when_its_routes_are_there),
		WITH_BENCH(a_session_ends_before_its_routes_are_made),
		WITH_BENCH(the_way_past_the_tunnel_comes_first),
		WITH_BENCH(the_way_past_the_tunnel_comes_first_for_the_next),
		WITH_BENCH(it_is_asked_down_before_the_way_is_known),
		WITH_BENCH(it_is_stopped_before_the_way_is_known),
		WITH_BENCH(the_way_is_asked_for_anew_by_each_attempt),
		WITH_BENCH(a_reload_waits_for_the_answer),
		WITH_BENCH(packets_wait_for_the_worker),
		WITH_BENCH(packets_before_the_routes_are_passed_on),
		WITH_BENCH(without_an_interface_it_is_up_when_its_routes_are_there),
		WITH_BENCH(a_client_listens_when_its_routes_are_there),
		WITH_BENCH(a_listening_client_is_stopped_before_it_listens),
		WITH_BENCH(packets_are_refused_once_there_is_an_interface),
		cmocka_unit_test(unicast_packets_of_ipv4_ask),
	};

	/* As the daemon does. */
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
