// SPDX-License-Identifier: GPL-2.0-only
/*
 * Servers with real TCP connections over loopback. The kernel, the clock and the clients are
 * simulated; the simulated kernel passes frames in memory. The clients use struct tunnel and struct
 * session, too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "aaa/admission.h"
#include "aaa/grant.h"
#include "aaa/policy.h"
#include "aaa/pool.h"
#include "aaa/radius.h"
#include "aaa/secrets.h"
#include "hooks/hooks.h"
#include "net/played_netlink_test.h"
#include "server/call.h"
#include "server/link_plan.h"
#include "server/listener.h"
#include "server/pool_plan.h"
#include "server/servers.h"
#include "session/played_clock_test.h"
#include "session/played_kernel_test.h"
#include "session/played_tunnel_test.h"
#include "server/played_client_test.h"
#include "server/played_judge_test.h"
#include "util/captured_log_test.h"
#include "util/container.h"
#include "util/diag.h"
#include "util/ip_literal_test.h"
#include "util/played_local_test.h"
#include "util/played_mark_test.h"
#include "util/scarce_test.h"

/* --- a server ------------------------------------------------------------------------------ */

struct bench {
	uv_loop_t loop;
	struct sessions sessions;
	struct sessions theirs;		/* of the clients */
	struct net_backend their_backend;
	struct servers servers;
	struct config config;
	struct config_server server;
	struct config_pool pool;
	struct ipv4_range range;
	struct ip_addr listen;
	struct judge judge;
	struct config_radius radius;
	char secrets[32];
	uint16_t port;
	bool stopped;
};

static const char users[] =
	"alice * wonderland *\n"
	"bob * builder 10.99.1.7\n"
	"'x, 192.0.2.9) up' * builder *\n";

static void make_config(struct bench *b)
{
	struct diag diag;
	int fd;

	strcpy(b->secrets, "/tmp/culvert-test-XXXXXX");
	fd = mkstemp(b->secrets);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, users, strlen(users)), strlen(users));
	close(fd);

	b->listen = ip("127.0.0.1");
	b->range = (struct ipv4_range){ number("10.99.0.10"),
					number("10.99.0.12") };
	b->pool = (struct config_pool){ .name = "users", .ranges = &b->range, .n_ranges = 1 };
	diag_init(&diag);
	b->server = (struct config_server){
		.name = "office",
		.listen = { &b->listen, 1 },
		.host_name = "test",
		.auth = { PPP_AUTH_MSCHAPV2 },
		.auth_name = "office",
		.proxy_arp = "off",
		.users = { CONFIG_JUDGE_SECRETS },
		.radius_group = "",
		.secrets = secrets_load(b->secrets, &diag),
		.mppe = PPP_MPPE_REQUIRED,
		.mppe_bits = PPP_MPPE_128,
		.mppe_modes = PPP_MPPE_STATELESS,
		.pool = &b->pool,
		.local_address = ip("10.99.0.1"),
		.interface = "pptp%d",
		.max_calls_per_connection = 2,
		.login_timeout_s = 30,
		.programs = { "", "", "", "" },
	};
	diag_free(&diag);
	assert_non_null(b->server.secrets);
	b->config = (struct config){
		.refs = 1,	/* one is the test's, so that it is never freed */
		.path = b->secrets,
		.pools = &b->pool, .n_pools = 1,
		.servers = &b->server, .n_servers = 1,
	};
}

/*
 * Returns a port that nobody listens on: the kernel chooses it for a socket that is closed again.
 */
static uint16_t free_port(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr = ip("127.0.0.1").v4 };
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	close(fd);
	return ntohs(sin.sin_port);
}

static void start(struct bench *b)
{
	b->port = free_port();
	b->server.port = b->port;
	assert_int_equal(servers_open(&b->servers, &b->sessions, &b->config), 0);
}

static int setup(void **state)
{
	const struct log_options all = { .level = LOG_LEVEL_INFO, .target = LOG_TARGET_STDERR };
	struct bench *b = calloc(1, sizeof(*b));

	log_open(&all);
	kernel_reset();
	interface_has(ip("192.0.2.1"), 24);
	uv_loop_init(&b->loop);
	b->their_backend = fake_backend;
	b->their_backend.events_fd = NULL;
	assert_int_equal(sessions_open(&b->sessions, &b->loop, &fake_backend), 0);
	assert_int_equal(sessions_open(&b->theirs, &b->loop, &b->their_backend), 0);
	make_config(b);
	*state = b;
	return 0;
}

static void run_until(struct bench *b, bool (*done)(void *ctx), void *ctx)
{
	loop_until(&b->loop, done, ctx);
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

/* Stop the server and check that nothing is left. */
static int teardown(void **state)
{
	struct bench *b = *state;

	if (!b->servers.stopping)
		servers_stop(&b->servers, note_stopped, b);
	run_until(b, has_stopped, b);
	judge_close(&b->judge);
	sessions_close(&b->sessions);
	sessions_close(&b->theirs);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	kernel_end();
	servers_free(&b->servers);
	secrets_put(b->server.secrets);
	unlink(b->secrets);
	free(b);
	play_end();
	return 0;
}

static void client_dial(struct client *c, struct bench *b, const char *user, const char *password)
{
	client_call(c, &b->theirs, b->port, user, password);
}

static bool server_is_empty(void *ctx)
{
	struct bench *b = ctx;

	return !b->sessions.registry.n && !b->servers.n_conns;
}

static bool one_is_left(void *ctx)
{
	struct bench *b = ctx;

	return b->sessions.registry.n == 1;
}

static struct session *only_session(struct bench *b)
{
	assert_int_equal(b->sessions.registry.n, 1);
	return registry_next(&b->sessions.registry, NULL);
}

/* The server's session may come up one frame later than the client's. */
static bool all_up(void *ctx)
{
	struct bench *b = ctx;
	struct session *s = NULL;

	while ((s = registry_next(&b->sessions.registry, s)))
		if (!s->record.up)
			return false;
	return true;
}

static void dial_up(struct client *c, struct bench *b, const char *user, const char *password)
{
	client_dial(c, b, user, password);
	run_until(b, client_is_up, c);
	run_until(b, all_up, b);
}

/* From now on the client receives no frames. */
static void loses_its_frames(struct client *c)
{
	poller_remove(&c->session.all->frames, c->session.net.fd);
}

/* --- tests ---------------------------------------------------------------------------------- */

static void test_login(void **state)
{
	struct bench *b = *state;
	const struct session_record *r;
	struct kernel_session *ours, *theirs;
	struct client c;

	start(b);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);

	r = &only_session(b)->record;
	assert_string_equal(r->user, "alice");
	assert_string_equal(r->owner, "office");
	assert_int_equal(r->ppp.peer_auth, PPP_AUTH_MSCHAPV2);
	assert_ip(r->ip4.local, "10.99.0.1");
	assert_ip(r->ip4.remote, "10.99.0.10");
	session_read_stats(only_session(b));
	assert_int_equal(r->stats.rx_bytes, 1000);
	/* 1500 less 20 + 16 + 4 + 4 */
	assert_int_equal(r->ip4.mtu, 1456);

	ours = kernel_find(r->addr.call_id);
	theirs = kernel_find(r->addr.peer_call_id);
	assert_non_null(ours);
	assert_non_null(theirs);
	assert_true(ours->up && ours->encrypted);
	/* The peer may send as soon as it has our Ack. */
	assert_true(ours->up_at_ack);
	assert_true(theirs->up && theirs->encrypted);
	assert_true(ip_equal(theirs->ip.local, r->ip4.remote));
	assert_int_equal(theirs->ip.mtu, 1456);
	assert_int_equal(ours->ip.window, 0);
	assert_int_equal(ours->tx.bits, 128);
	assert_true(ours->tx.stateless);
	assert_memory_equal(&ours->tx, &theirs->rx, sizeof(ours->tx));
	assert_memory_equal(&ours->rx, &theirs->tx, sizeof(ours->rx));
	assert_memory_not_equal(ours->tx.key, ours->rx.key, NET_MPPE_KEY);

	client_drop(&c);
	run_until(b, server_is_empty, b);
	assert_int_equal(kernel_count(), 0);
}

/* --- a program that is asked first ----------------------------------------------------------- */

/* The question that was asked last. These take the place of the functions of hooks/. */
static struct {
	struct hook_login login;
	char user[64];
	void (*answer)(void *ctx, const char *refusal);
	void *ctx;
	unsigned int asked;
	unsigned int cancelled;
	bool full;			/* too many wait */
} question;

struct hook *hooks_ask(struct hooks *h, const struct session *s, const struct hook_login *login,
		       void (*answer)(void *ctx, const char *refusal), void *ctx)
{
	question.login = *login;
	snprintf(question.user, sizeof(question.user), "%s", login->user);
	question.answer = answer;
	question.ctx = ctx;
	question.asked++;
	return question.full ? NULL : (struct hook *)&question;
}

void hooks_ask_cancel(struct hook *hook)
{
	assert_ptr_equal(hook, &question);
	question.cancelled++;
}

static bool was_asked(void *ctx)
{
	const unsigned int *times = ctx;

	return question.asked == *times;
}

/* Start with a program that is asked first; alice calls, and it has her login. */
static void start_with_pre_up(struct bench *b, struct client *c)
{
	unsigned int once = 1;

	memset(&question, 0, sizeof(question));
	b->server.programs.pre_up = "/etc/pre-up";
	start(b);
	b->servers.hooks = (struct hooks *)&question;
	client_dial(c, b, "alice", "wonderland");
	run_until(b, was_asked, &once);
}

static void test_pre_up(void **state)
{
	struct bench *b = *state;
	const struct session *s;
	struct client c;

	start_with_pre_up(b, &c);
	assert_string_equal(question.login.program, "/etc/pre-up");
	assert_string_equal(question.user, "alice");
	assert_ip(question.login.local, "10.99.0.1");
	assert_ip(question.login.remote, "10.99.0.10");
	s = only_session(b);
	for (unsigned int i = 0; i < 20; i++)
		uv_run(&b->loop, UV_RUN_NOWAIT);
	assert_int_equal(s->record.ppp.phase, PPP_PHASE_AUTHENTICATE);
	question.answer(question.ctx, NULL);
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	assert_int_equal(question.asked, 1);
	assert_int_equal(question.cancelled, 0);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_pre_up_refuses(void **state)
{
	struct bench *b = *state;
	struct client c;

	start_with_pre_up(b, &c);
	capture();
	question.answer(question.ctx, "pre-up ended with status 1: not today");
	assert_non_null(strstr(captured(), "mschap-v2: pre-up ended with status "
					   "1: not today\n"));
	run_until(b, client_is_down, &c);
	assert_int_equal(c.error, 646);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/*
 * Who begins anew, before the program has said a word, is asked about again, and does not come in
 * by that. Who has come in is not.
 */
static void test_pre_up_is_not_passed_by(void **state)
{
	static const uint8_t configure_request[] = { 0xc0, 0x21, 1, 77, 0, 4 };
	struct bench *b = *state;
	unsigned int twice = 2;
	struct client c;
	int feed;

	start_with_pre_up(b, &c);
	feed = kernel_find(only_session(b)->record.addr.call_id)->feed;
	assert_int_equal(write(feed, configure_request, sizeof(configure_request)),
			 sizeof(configure_request));
	run_until(b, was_asked, &twice);
	assert_int_equal(question.cancelled, 1);
	assert_int_equal(only_session(b)->record.ppp.phase, PPP_PHASE_AUTHENTICATE);
	question.answer(question.ctx, NULL);
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	assert_int_equal(write(feed, configure_request, sizeof(configure_request)),
			 sizeof(configure_request));
	while (only_session(b)->record.up)
		turn(&b->loop);
	run_until(b, all_up, b);
	assert_int_equal(question.asked, 2);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_end_during_pre_up(void **state)
{
	struct bench *b = *state;
	struct client c;

	start_with_pre_up(b, &c);
	client_drop(&c);
	run_until(b, server_is_empty, b);
	assert_int_equal(question.cancelled, 1);
}

static void test_pre_up_cannot_be_run(void **state)
{
	struct bench *b = *state;
	struct client c;

	start_with_pre_up(b, &c);
	client_drop(&c);
	question.full = true;
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_down, &c);
	assert_int_equal(c.error, 646);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/* --- RADIUS ---------------------------------------------------------------------------------- */

/* Start, with RADIUS as judge, which knows the password wonderland. */
static void start_with_radius(struct bench *b)
{
	judge_open(&b->judge, &b->loop, "wonderland");
	b->radius = (struct config_radius){
		.name = "r", .address = ip("127.0.0.1"), .port = b->judge.port,
		.secret = JUDGE_SECRET, .vrf = "", .netns = "", .ports = 1, .window = 10,
		.dead_after = 3, .dead_time_s = 60,
	};
	b->config.nas.identifier = "nas";
	b->config.radius = &b->radius;
	b->config.n_radius = 1;
	if (!memchr(b->server.users, CONFIG_JUDGE_RADIUS, sizeof(b->server.users)))
		b->server.users[0] = CONFIG_JUDGE_RADIUS;
	if (!b->config.n_realms)
		b->server.radius_group = "r";
	start(b);
}

static void grant_much(struct radius_writer *w)
{
	radius_put_text(w, RADIUS_USER_NAME, "Alice of RADIUS");
	radius_put_number(w, RADIUS_FRAMED_IP_ADDRESS, number("10.98.0.7"));
	radius_put_number(w, RADIUS_SESSION_TIMEOUT, 600);
	radius_put_text(w, RADIUS_CLASS, "gold");
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_SECONDARY_DNS_SERVER, "\x0a\x63\0\x35",
			  4);
}

static void test_radius_login(void **state)
{
	char id[SESSION_ACCT_ID_SIZE];
	struct bench *b = *state;
	struct kernel_session *ours, *theirs;
	const struct session *s;
	struct client c;

	start_with_radius(b);
	b->judge.grants = grant_much;
	client_dial(&c, b, "alice", "wonderland");
	c.config.ppp.ask_dns = true;
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	s = only_session(b);
	assert_int_equal(b->judge.asked, 1);
	assert_string_equal(b->judge.user, "alice");
	assert_string_equal(b->judge.acct_id, session_acct_id(s, id));
	assert_string_equal(s->record.user, "Alice of RADIUS");
	assert_int_equal(s->source, AUTH_SOURCE_RADIUS);
	assert_int_equal(s->grant->session_timeout_s, 600);
	assert_int_equal(s->grant->n_classes, 1);
	assert_ip(s->record.ip4.remote, "10.98.0.7");
	assert_ip(ip_from_v4(c.session.record.ppp.ipv4.dns[0]), "10.99.0.53");
	ours = kernel_find(s->record.addr.call_id);
	theirs = kernel_find(s->record.addr.peer_call_id);
	assert_true(ours->encrypted && theirs->encrypted);
	assert_memory_equal(&ours->tx, &theirs->rx, sizeof(ours->tx));
	assert_memory_equal(&ours->rx, &theirs->tx, sizeof(ours->rx));
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_radius_refuses(void **state)
{
	struct bench *b = *state;
	struct client c;

	start_with_radius(b);
	client_dial(&c, b, "alice", "looking-glass");
	run_until(b, client_call_ended, &c);
	assert_int_equal(c.reason, PPP_REASON_AUTH_WE_FAILED);
	assert_int_equal(c.error, 691);
	client_drop(&c);
	run_until(b, server_is_empty, b);

	b->judge.error = 647;
	client_dial(&c, b, "alice", "wonderland");
	capture();
	run_until(b, client_call_ended, &c);
	assert_non_null(strstr(captured(), "login from 127.0.0.1 refused: user \"alice\", "
			       "session 2, mschap-v2: rejected by RADIUS server r (account "
			       "disabled): \"Not you\""));
	assert_int_equal(c.error, 647);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_radius_is_silent(void **state)
{
	struct bench *b = *state;
	struct client c;

	start_with_radius(b);
	b->judge.silent = true;
	client_dial(&c, b, "alice", "wonderland");
	capture();
	run_until(b, client_call_ended, &c);
	assert_non_null(strstr(captured(), "login from 127.0.0.1 refused: user \"alice\", "
			       "session 1, mschap-v2: no RADIUS server answers"));
	assert_true(b->judge.asked > 1);
	assert_int_equal(c.error, 646);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_radius_without_keys(void **state)
{
	struct bench *b = *state;
	struct client c;

	start_with_radius(b);
	b->judge.keyless = true;
	client_dial(&c, b, "alice", "wonderland");
	capture();
	run_until(b, client_call_ended, &c);
	assert_non_null(strstr(captured(), "Access-Accept of RADIUS server r has no keys for MPPE, "
			       "which is required: the server has to send MS-MPPE-Send-Key and "
			       "MS-MPPE-Recv-Key"));
	assert_int_equal(c.error, 649);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/* The server's section only prefers encryption; that of the user is required. */
static void require_encryption(struct radius_writer *w)
{
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_MPPE_ENCRYPTION_POLICY, "\0\0\0\2", 4);
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_MPPE_ENCRYPTION_TYPES, "\0\0\0\4", 4);
}

static void test_radius_requires_encryption(void **state)
{
	struct bench *b = *state;
	struct client c;

	b->server.mppe = PPP_MPPE_PREFERRED;
	b->server.mppe_bits = PPP_MPPE_40 | PPP_MPPE_128;
	start_with_radius(b);
	client_dial(&c, b, "alice", "wonderland");
	c.config.ppp.mppe = PPP_MPPE_OFF;
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	assert_false(kernel_find(only_session(b)->record.addr.call_id)->encrypted);
	client_drop(&c);
	run_until(b, server_is_empty, b);

	b->judge.grants = require_encryption;
	client_dial(&c, b, "alice", "wonderland");
	c.config.ppp.mppe = PPP_MPPE_OFF;
	run_until(b, client_call_ended, &c);
	assert_false(c.up);
	client_drop(&c);
	run_until(b, server_is_empty, b);

	dial_up(&c, b, "alice", "wonderland");
	assert_true(kernel_find(only_session(b)->record.addr.call_id)->mppe_required);
	assert_true(kernel_find(only_session(b)->record.addr.call_id)->encrypted);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static const char *pool_name;

static void grant_pool(struct radius_writer *w)
{
	radius_put_text(w, RADIUS_FRAMED_POOL, pool_name);
}

static void test_radius_names_a_pool(void **state)
{
	struct bench *b = *state;
	struct ipv4_range range = { number("10.97.0.10"), number("10.97.0.12") };
	struct config_pool pools[] = {
		b->pool, { .name = "gold", .ranges = &range, .n_ranges = 1 },
	};
	struct client c;

	b->config.pools = pools;
	b->config.n_pools = 2;
	b->server.pool = &pools[0];
	start_with_radius(b);
	b->judge.grants = grant_pool;
	pool_name = "gold";
	dial_up(&c, b, "alice", "wonderland");
	assert_ip(only_session(b)->record.ip4.remote, "10.97.0.10");
	client_drop(&c);
	run_until(b, server_is_empty, b);

	pool_name = "gilt\n";
	client_dial(&c, b, "alice", "wonderland");
	capture();
	run_until(b, client_call_ended, &c);
	assert_non_null(strstr(captured(), ", mschap-v2: there is no pool \"gilt\\x0a\", which RADIUS names (Framed-Pool)"));
	assert_int_equal(c.error, 649);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void let_choose(struct radius_writer *w)
{
	radius_put_number(w, RADIUS_FRAMED_IP_ADDRESS, 0xffffffff);
}

static void test_radius_lets_the_user_choose(void **state)
{
	const struct ppp_ipv4 wish = { .local = ip("10.99.0.12").v4 };
	const struct ppp_ipv4 none = { .local = ip("10.98.0.1").v4 };
	struct bench *b = *state;
	struct client c, other, third;

	start_with_radius(b);
	b->judge.grants = let_choose;
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_call_is_up, &c);
	session_set_ipv4(&c.session, &wish);
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	assert_ip(only_session(b)->record.ip4.remote, "10.99.0.12");
	assert_int_equal(pool_used(b->servers.pools[0]), 1);

	/* another user cannot have it, nor one that is not of the pool */
	client_dial(&other, b, "bob", "wonderland");
	run_until(b, client_call_is_up, &other);
	session_set_ipv4(&other.session, &wish);
	run_until(b, client_is_up, &other);
	client_dial(&third, b, "carol", "wonderland");
	run_until(b, client_call_is_up, &third);
	session_set_ipv4(&third.session, &none);
	run_until(b, client_is_up, &third);
	run_until(b, all_up, b);
	assert_non_null(registry_find_inner(&b->sessions.registry, (struct place){ 0 }, ip("10.99.0.10")));
	assert_non_null(registry_find_inner(&b->sessions.registry, (struct place){ 0 }, ip("10.99.0.11")));
	assert_null(registry_find_inner(&b->sessions.registry, (struct place){ 0 }, ip("10.98.0.1")));
	client_drop(&third);
	client_drop(&other);
	client_drop(&c);
	run_until(b, server_is_empty, b);
	assert_int_equal(pool_used(b->servers.pools[0]), 0);
}

static void grant_one_port(struct radius_writer *w)
{
	radius_put_number(w, RADIUS_PORT_LIMIT, 1);
}

static void test_radius_limits_sessions(void **state)
{
	struct bench *b = *state;
	struct client c, d;

	start_with_radius(b);
	b->judge.grants = grant_one_port;
	dial_up(&c, b, "alice", "wonderland");
	client_dial(&d, b, "alice", "wonderland");
	run_until(b, client_call_ended, &d);
	assert_int_equal(d.error, 646);
	assert_false(d.up);
	client_drop(&d);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_radius_passes_eap_through(void **state)
{
	struct bench *b = *state;
	struct kernel_session *ours, *theirs;
	struct client c;

	b->server.auth[0] = PPP_AUTH_EAP;
	start_with_radius(b);
	client_dial(&c, b, "alice", "wonderland");
	c.config.ppp.accept = PPP_AUTH_BIT(PPP_AUTH_EAP);
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	assert_int_equal(b->judge.asked, 3);
	assert_string_equal(b->judge.user, "alice");
	assert_string_equal(only_session(b)->record.user, "alice");
	assert_int_equal(only_session(b)->record.ppp.peer_auth, PPP_AUTH_EAP);
	assert_true(((struct call *)only_session(b)->owner)->claimed);
	ours = kernel_find(only_session(b)->record.addr.call_id);
	theirs = kernel_find(only_session(b)->record.addr.peer_call_id);
	assert_true(ours->encrypted);
	assert_memory_equal(&ours->tx, &theirs->rx, sizeof(ours->tx));
	assert_memory_equal(&ours->rx, &theirs->tx, sizeof(ours->rx));
	client_drop(&c);
	run_until(b, server_is_empty, b);

	client_dial(&c, b, "alice", "looking-glass");
	c.config.ppp.accept = PPP_AUTH_BIT(PPP_AUTH_EAP);
	run_until(b, client_call_ended, &c);
	assert_int_equal(c.reason, PPP_REASON_AUTH_WE_FAILED);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/* The peer goes in the middle of a conversation. */
static void test_radius_conversation_ends_early(void **state)
{
	struct bench *b = *state;
	struct client c;

	b->server.auth[0] = PPP_AUTH_EAP;
	start_with_radius(b);
	client_dial(&c, b, "alice", "wonderland");
	c.config.ppp.accept = PPP_AUTH_BIT(PPP_AUTH_EAP);
	while (!b->judge.asked)
		turn(&b->loop);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/* Each packet of a conversation is asked about, but the conversation is one try. */
static void test_a_conversation_is_one_try(void **state)
{
	struct bench *b = *state;
	struct client c;

	b->server.auth[0] = PPP_AUTH_EAP;
	b->server.max_failed_logins = 2;
	start_with_radius(b);
	for (unsigned int i = 0; i < 5; i++) {
		client_dial(&c, b, "alice", "wonderland");
		c.config.ppp.accept = PPP_AUTH_BIT(PPP_AUTH_EAP);
		run_until(b, client_is_up, &c);
		client_drop(&c);
		run_until(b, server_is_empty, b);
	}
	assert_int_equal(b->judge.asked, 15);
}

static bool judge_was_asked(void *ctx)
{
	struct bench *b = ctx;

	return b->judge.asked;
}

static bool server_talks(void *ctx)
{
	struct call *c = only_session(ctx)->owner;

	return auth_is_talking(&c->job);
}

static void expect_too_many_tries(struct bench *b, uint8_t method)
{
	struct client c;

	b->judge.asked = 0;
	client_dial(&c, b, "alice", "wonderland");
	c.config.ppp.accept = PPP_AUTH_BIT(method);
	capture();
	run_until(b, client_call_ended, &c);
	assert_non_null(strstr(captured(), "too many failed logins of this user"));
	assert_int_equal(b->judge.asked, 0);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/* Else whoever guesses would hang up as soon as it suspects that the guess was wrong. */
static void test_who_does_not_wait_has_tried(void **state)
{
	struct bench *b = *state;
	struct client c;

	b->server.max_failed_logins = 2;
	start_with_radius(b);
	b->judge.silent = true;
	for (unsigned int i = 0; i < 2; i++) {
		b->judge.asked = 0;
		client_dial(&c, b, "alice", "looking-glass");
		run_until(b, judge_was_asked, b);
		client_drop(&c);
		run_until(b, server_is_empty, b);
	}
	b->judge.silent = false;
	expect_too_many_tries(b, PPP_AUTH_MSCHAPV2);
}

/* EAP may have told the peer already that it is wrong. */
static void test_who_leaves_a_conversation_has_tried(void **state)
{
	struct bench *b = *state;
	struct client c;

	b->server.auth[0] = PPP_AUTH_EAP;
	b->server.max_failed_logins = 2;
	start_with_radius(b);
	for (unsigned int i = 0; i < 2; i++) {
		b->judge.asked = 0;
		client_dial(&c, b, "alice", "looking-glass");
		c.config.ppp.accept = PPP_AUTH_BIT(PPP_AUTH_EAP);
		run_until(b, judge_was_asked, b);
		loses_its_frames(&c);
		run_until(b, server_talks, b);
		client_drop(&c);
		run_until(b, server_is_empty, b);
	}
	expect_too_many_tries(b, PPP_AUTH_EAP);
}

static void test_secrets_before_radius(void **state)
{
	struct bench *b = *state;
	struct client c;

	b->server.users[0] = CONFIG_JUDGE_SECRETS;
	b->server.users[1] = CONFIG_JUDGE_RADIUS;
	start_with_radius(b);
	dial_up(&c, b, "bob", "builder");
	assert_int_equal(only_session(b)->source, AUTH_SOURCE_LOCAL);
	assert_int_equal(b->judge.asked, 0);
	client_drop(&c);
	run_until(b, server_is_empty, b);
	dial_up(&c, b, "carol", "wonderland");
	assert_int_equal(only_session(b)->source, AUTH_SOURCE_RADIUS);
	assert_int_equal(b->judge.asked, 1);
	client_drop(&c);
	run_until(b, server_is_empty, b);
	/* known, and wrong */
	client_dial(&c, b, "bob", "wonderland");
	run_until(b, client_call_ended, &c);
	assert_int_equal(c.error, 691);
	assert_int_equal(b->judge.asked, 1);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_radius_before_secrets(void **state)
{
	struct bench *b = *state;
	struct client c;

	b->server.users[0] = CONFIG_JUDGE_RADIUS;
	b->server.users[1] = CONFIG_JUDGE_SECRETS;
	start_with_radius(b);
	/* that of the secrets is another one, and is not looked at */
	client_dial(&c, b, "bob", "builder");
	run_until(b, client_call_ended, &c);
	assert_int_equal(c.error, 691);
	client_drop(&c);
	run_until(b, server_is_empty, b);
	b->judge.silent = true;
	capture();
	dial_up(&c, b, "bob", "builder");
	assert_non_null(strstr(captured(), "no RADIUS server answers"));
	assert_int_equal(only_session(b)->source, AUTH_SOURCE_LOCAL);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_realms(void **state)
{
	struct config_realm realms[] = {
		{ .name = "example.org", .radius_group = "r" },
		{ .name = "corp", .radius_group = "r", .strip = true },
	};
	struct bench *b = *state;
	struct client c;

	b->config.realms = realms;
	b->config.n_realms = 2;
	start_with_radius(b);
	dial_up(&c, b, "alice@example.org", "wonderland");
	assert_string_equal(b->judge.user, "alice@example.org");
	assert_string_equal(only_session(b)->record.user, "alice@example.org");
	client_drop(&c);
	run_until(b, server_is_empty, b);
	dial_up(&c, b, "CORP\\alice", "wonderland");
	assert_string_equal(b->judge.user, "alice");
	/* who may be another one than alice */
	assert_string_equal(only_session(b)->record.user, "CORP\\alice");
	assert_string_equal(only_session(b)->grant->user, "alice");
	client_drop(&c);
	run_until(b, server_is_empty, b);
	/* nobody is asked about users of no realm */
	client_dial(&c, b, "alice", "wonderland");
	capture();
	run_until(b, client_call_ended, &c);
	assert_non_null(strstr(captured(), "the name has no realm that is configured"));
	assert_int_equal(c.error, 691);
	assert_int_equal(b->judge.asked, 2);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/*
 * Who is of a realm that RADIUS is asked about is nobody of the secrets: @ours is their bob in another
 * realm, @theirs is a user of the realm @name.
 */
static void check_realm_of_secrets(struct bench *b, char *name, const char *ours,
				   const char *theirs)
{
	struct config_realm realm = { .name = name, .radius_group = "r" };
	struct client c;

	b->config.realms = &realm;
	b->config.n_realms = 1;
	b->server.users[0] = CONFIG_JUDGE_SECRETS;
	b->server.users[1] = CONFIG_JUDGE_RADIUS;
	start_with_radius(b);
	dial_up(&c, b, ours, "builder");
	assert_string_equal(only_session(b)->record.user, "bob");
	assert_int_equal(only_session(b)->source, AUTH_SOURCE_LOCAL);
	assert_int_equal(b->judge.asked, 0);
	client_drop(&c);
	run_until(b, server_is_empty, b);
	dial_up(&c, b, theirs, "wonderland");
	assert_string_equal(only_session(b)->record.user, theirs);
	assert_int_equal(only_session(b)->source, AUTH_SOURCE_RADIUS);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_realms_of_secrets(void **state)
{
	struct bench *b = *state;

	b->server.strip_realm = true;
	check_realm_of_secrets(b, (char[]){ "Example.org" }, "bob@example.com", "bob@example.org");
}

/* The same of one that stands in front. */
static void test_domains_of_secrets(void **state)
{
	struct bench *b = *state;

	b->server.strip_domain = true;
	check_realm_of_secrets(b, (char[]){ "Partner" }, "CORP\\bob", "PARTNER\\bob");
}

/* --- other settings -------------------------------------------------------------------------- */

static void test_sliding_window(void **state)
{
	struct bench *b = *state;
	struct client c;

	b->server.sliding_window = true;
	start(b);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	assert_int_equal(kernel_find(only_session(b)->record.addr.call_id)->ip.window,
			 TUNNEL_WINDOW);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_wrong_password(void **state)
{
	struct bench *b = *state;
	struct client c;

	start(b);
	client_dial(&c, b, "alice", "looking-glass");
	run_until(b, client_is_down, &c);
	assert_int_equal(c.reason, PPP_REASON_AUTH_WE_FAILED);
	assert_int_equal(c.error, 691);
	run_until(b, client_call_ended, &c);
	assert_false(c.up);
	assert_int_equal(b->sessions.registry.n, 0);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_no_memory_for_a_user(void **state)
{
	struct bench *b = *state;
	struct client c;

	start(b);
	texts_fail = true;
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_call_ended, &c);
	texts_fail = false;
	assert_int_equal(c.reason, PPP_REASON_AUTH_WE_FAILED);
	assert_false(c.up);
	client_drop(&c);
	run_until(b, server_is_empty, b);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_two_sessions_of_one_user(void **state)
{
	struct bench *b = *state;
	struct client one, two;
	struct session *s;

	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	client_dial(&two, b, "alice", "wonderland");
	run_until(b, client_is_up, &two);
	run_until(b, all_up, b);
	assert_int_equal(b->sessions.registry.n, 2);
	assert_int_equal(registry_count_user(&b->sessions.registry, "office", "alice"), 2);
	s = registry_next(&b->sessions.registry, NULL);
	assert_false(ip_equal(s->record.ip4.remote,
			      registry_next(&b->sessions.registry, s)->record.ip4.remote));
	client_drop(&one);
	client_drop(&two);
	run_until(b, server_is_empty, b);
}

/*
 * A branch that calls again can be reached before the server knows that the first session is dead.
 */
static void test_user_routes(void **state)
{
	struct ip_prefix lan = { ip("192.168.5.0"), 24 };
	struct config_user user = { .name = "alice", .routes = { &lan, 1 } };
	struct bench *b = *state;
	struct client one, two;
	struct rtnl rtnl;

	b->config.users = &user;
	b->config.n_users = 1;
	assert_int_equal(rtnl_open(&rtnl), 0);
	kernel_rtnl = &rtnl;
	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	run_until(b, all_up, b);
	expect_requests("NEWROUTE create excl length 24 in 254 scope 253 dst 192.168.5.0 oif 1 "
			"metric 0 ack\n");
	client_dial(&two, b, "alice", "wonderland");
	run_until(b, client_is_up, &two);
	run_until(b, all_up, b);
	expect_requests("NEWROUTE create replace length 24 in 254 scope 253 dst 192.168.5.0 oif 3 "
			"metric 0 ack\n");
	client_drop(&two);
	run_until(b, one_is_left, b);
	expect_requests("NEWROUTE create replace length 24 in 254 scope 253 dst 192.168.5.0 oif 1 "
			"metric 0 ack\n");
	client_drop(&one);
	run_until(b, server_is_empty, b);
	expect_requests("");
	rtnl_close(&rtnl);
}

static void test_fixed_address(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	start(b);
	client_dial(&one, b, "bob", "builder");
	run_until(b, client_is_up, &one);
	run_until(b, all_up, b);
	assert_ip(only_session(b)->record.ip4.remote, "10.99.1.7");
	/* there is only one such address */
	client_dial(&two, b, "bob", "builder");
	run_until(b, client_is_down, &two);
	assert_int_equal(two.error, 646);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

/* The fixed address of a user is not given to other users. */
static void test_fixed_address_in_the_pool(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	b->range.first = number("10.99.1.7");
	b->range.last = number("10.99.1.8");
	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	run_until(b, all_up, b);
	assert_ip(only_session(b)->record.ip4.remote, "10.99.1.8");
	client_dial(&two, b, "bob", "builder");
	run_until(b, client_is_up, &two);
	run_until(b, all_up, b);
	assert_non_null(registry_find_inner(&b->sessions.registry, (struct place){ 0 }, ip("10.99.1.7")));
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

static void expect_log(const char *log, const char *part)
{
	if (!strstr(log, part))
		fail_msg("no \"%s\" in:\n%s", part, log);
}

/* A name chosen by the peer is told from what the log says of it. */
static void test_names_in_the_log(void **state)
{
	struct bench *b = *state;
	struct client one, two;
	const char *log;

	start(b);
	capture();
	client_dial(&one, b, "y\" refused: \"z\nlogin from 192.0.2.9 failed: user", "builder");
	run_until(b, client_call_ended, &one);
	dial_up(&two, b, "x, 192.0.2.9) up", "builder");
	log = captured();
	expect_log(log, "culvertd: login from 127.0.0.1 failed: user \"y\\x22 refused: "
		   "\\x22z\\x0alogin from 192.0.2.9 failed: user\", session 1, mschap-v2: unknown "
		   "user\n");
	expect_log(log, "session 2 (\"x, 192.0.2.9) up\", 127.0.0.1): up ");
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

static size_t count(const char *log, const char *part)
{
	size_t n = 0;

	for (const char *at = log; (at = strstr(at, part)); at++)
		n++;
	return n;
}

/* --- abuse ------------------------------------------------------------------------------------ */

static void fails(struct bench *b, unsigned int times)
{
	struct client c;

	while (times--) {
		client_dial(&c, b, "alice", "looking-glass");
		run_until(b, client_is_down, &c);
		assert_int_equal(c.reason, PPP_REASON_AUTH_WE_FAILED);
		client_drop(&c);
		run_until(b, server_is_empty, b);
	}
}

static void is_turned_away(struct bench *b)
{
	struct client c;

	client_dial(&c, b, "bob", "builder");
	run_until(b, client_conn_over, &c);
	assert_false(c.call_up);
	assert_int_equal(b->servers.n_conns, 0);
	client_drop(&c);
}

static void is_served(struct bench *b)
{
	struct client c;

	dial_up(&c, b, "bob", "builder");
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static bool no_ban_is_left(void *ctx)
{
	struct bench *b = ctx;

	return bans_due(b->servers.abuse.bans) == NEVER;
}

static void ban_after(struct bench *b, unsigned int failures)
{
	b->config.abuse = (struct config_abuse){
		.failures = failures, .within_s = 60, .ban_s = 10, .max_ban_s = 100,
		.aggregate = 32, .burst = 1,
	};
}

static void test_failed_logins_ban(void **state)
{
	struct bench *b = *state;
	const char *log;

	ban_after(b, 3);
	start(b);
	capture();
	fails(b, 2);
	is_served(b);
	fails(b, 1);
	is_turned_away(b);
	is_turned_away(b);
	run_until(b, no_ban_is_left, b);
	is_served(b);
	log = captured();
	assert_int_equal(count(log, "culvertd: login from 127.0.0.1 failed: user \"alice\", "), 3);
	assert_int_equal(count(log, "culvertd: 127.0.0.1 is banned for 10 s: 3 failed logins\n"),
			 1);
	assert_int_equal(count(log, "culvertd: 127.0.0.1 is not banned any more: its time is "
			       "over; 2 connections turned away\n"), 1);
}

/* On a connection that was there before, too. Who is logged in stays. */
static void test_ban_of_those_connected(void **state)
{
	const struct ip_prefix here = ip_host(ip("127.0.0.1"));
	struct bench *b = *state;
	struct client in, calling, trying;

	ban_after(b, 0);
	start(b);
	capture();
	dial_up(&in, b, "bob", "builder");
	client_dial(&trying, b, "alice", "wonderland");
	run_until(b, client_call_is_up, &trying);
	client_dial(&calling, b, "alice", "wonderland");
	turn(&b->loop);
	assert_int_equal(b->servers.n_conns, 3);
	assert_int_equal(bans_add(b->servers.abuse.bans, &here, NEVER, played_ms), 0);
	run_until(b, client_is_down, &trying);
	assert_int_equal(trying.error, 646);
	run_until(b, client_call_ended, &calling);
	assert_false(calling.call_up);
	expect_log(captured(), "login from 127.0.0.1 refused: user \"alice\", session 2, mschap-v2: "
		   "the address is banned\n");
	client_drop(&trying);
	client_drop(&calling);
	run_until(b, one_is_left, b);
	assert_true(in.up && !in.down);
	client_drop(&in);
	run_until(b, server_is_empty, b);
}

static void test_too_many_connections_in_a_second(void **state)
{
	struct bench *b = *state;

	ban_after(b, 0);
	b->config.abuse.per_second = 1;
	b->config.abuse.burst = 2;
	start(b);
	capture();
	is_served(b);
	is_served(b);
	is_turned_away(b);
	expect_log(captured(), "server office, 127.0.0.1: connection refused: too many of them in a "
		   "short time\n");
	assert_int_equal(b->servers.abuse.too_fast, 1);
	assert_int_equal(b->servers.abuse.banned, 0);
	played_ms += 2000;
	is_served(b);
}

/* Returns for how many milliseconds a wrong login is under way. */
static uint64_t time_of_failure(struct bench *b)
{
	uint64_t begun = played_ms;

	fails(b, 1);
	return played_ms - begun;
}

static void test_answers_come_late(void **state)
{
	static const uint64_t delays[] = { 0, 1000, 2000, 3000, 3000 };
	const struct ip_prefix except = ip_host(ip("127.0.0.1"));
	struct bench *b = *state;
	uint64_t usual;

	b->server.max_failed_logins = 5;
	b->config.abuse = (struct config_abuse){ .max_delay_s = 3, .aggregate = 32 };
	start(b);
	usual = time_of_failure(b);
	for (unsigned int i = 1; i < 5; i++)
		assert_in_range(time_of_failure(b), usual + delays[i], usual + delays[i] + 900);
	/* A try that is not judged any more is answered as late. */
	capture();
	assert_in_range(time_of_failure(b), usual + 3000, usual + 3900);
	expect_log(captured(), "login from 127.0.0.1 failed: user \"alice\", session 6, mschap-v2: "
		   "too many failed logins of this user from this address\n");
	b->config.abuse.except = (struct config_prefixes){ (struct ip_prefix *)&except, 1 };
	abuse_configure(&b->servers.abuse, &b->config.abuse);
	assert_in_range(time_of_failure(b), 0, usual + 900);
}

static bool an_answer_waits(void *ctx)
{
	struct bench *b = ctx;

	return b->servers.abuse.n_late;
}

/* Whoever does not wait for the answer leaves nothing behind. */
static void test_late_answers_to_nobody(void **state)
{
	struct bench *b = *state;
	struct client c;

	b->server.max_failed_logins = 5;
	b->config.abuse = (struct config_abuse){ .max_delay_s = 60, .aggregate = 32 };
	start(b);
	fails(b, 1);
	for (unsigned int i = 0; i < 3; i++) {
		client_dial(&c, b, "alice", "looking-glass");
		run_until(b, an_answer_waits, b);
		client_drop(&c);
		run_until(b, server_is_empty, b);
		assert_int_equal(b->servers.abuse.n_late, 0);
	}
}

/* Sessions of all servers count together. */
static void test_max_sessions_of_all(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	b->config.abuse = (struct config_abuse){ .max_sessions = 1, .aggregate = 32 };
	start(b);
	dial_up(&one, b, "alice", "wonderland");
	client_dial(&two, b, "bob", "builder");
	capture();
	run_until(b, client_is_down, &two);
	assert_int_equal(two.error, 646);
	expect_log(captured(), "all servers together have as many sessions as they may\n");
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

/* --- what the log says ------------------------------------------------------------------------ */

/* GRE passes in no direction, or from the client alone: what is logged says so, and once. */
static void test_dead_wires_in_the_log(void **state)
{
	struct bench *b = *state;
	struct client one, two, three;
	const char *log;

	start(b);
	lose_frames = true;
	icmp = ECONNREFUSED;
	capture();
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_conn_over, &one);
	log = captured();
	expect_log(log, "server office, 127.0.0.1: no answer to LCP: does a firewall drop GRE (IP "
		   "protocol 47)? (ICMP says of our packets: Connection refused)\n");
	assert_int_equal(count(log, "\n"), 1);
	client_drop(&one);
	run_until(b, server_is_empty, b);

	lose_frames = false;
	icmp = 0;
	capture();
	client_dial(&two, b, "alice", "wonderland");
	run_until(b, client_call_is_up, &two);
	loses_its_frames(&two);
	run_until(b, client_call_ended, &two);
	log = captured();
	expect_log(log, "ended before it was up: the peer does not hear us: ");
	assert_int_equal(count(log, "GRE"), 1);
	client_drop(&two);
	run_until(b, server_is_empty, b);

	/* The client gives up first. */
	client_dial(&three, b, "alice", "wonderland");
	run_until(b, client_call_is_up, &three);
	loses_its_frames(&three);
	loop_for(&b->loop, 6000);
	capture();
	client_drop(&three);
	run_until(b, server_is_empty, b);
	log = captured();
	expect_log(log, "ended before it was up: control connection ended; the peer does not hear "
		   "us: ");
	assert_int_equal(count(log, "GRE"), 1);
}

/* The client ends the link with a reason, and the call goes before our side of it has ended. */
static void test_last_words_in_the_log(void **state)
{
	struct bench *b = *state;
	struct client c;

	start(b);
	dial_up(&c, b, "alice", "wonderland");
	session_close(&c.session, EVENT_CAUSE_ADMIN_RESET, "enough");
	run_until(b, client_is_down, &c);
	capture();
	client_drop(&c);
	run_until(b, server_is_empty, b);
	expect_log(captured(), " s: closed by the peer: closed on request: enough; ");
}

/* With an address of the host the session would be up, and its packets would stay at the host. */
static void test_address_of_the_host(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	interface_has(ip("10.99.1.7"), 24);	/* the fixed address of bob */
	start(b);
	client_dial(&one, b, "bob", "builder");
	run_until(b, client_is_down, &one);
	assert_int_equal(one.error, 649);
	interface_has(ip("10.99.0.10"), 24);	/* the first one of the pool */
	dial_up(&two, b, "alice", "wonderland");
	assert_ip(only_session(b)->record.ip4.remote, "10.99.0.11");
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

/* --- sessions in the way that may be dead ----------------------------------------------------- */

/* From now on the client receives no messages on its control connection. */
static void loses_its_messages(struct client *c)
{
	turn_deaf(&c->tunnel);
}

/* Place another call on the control connection of @first. */
static void client_calls_again(struct client *c, struct client *first, const char *user,
			       const char *password)
{
	const struct pptp_out_request rq = {
		.call_id = 0x0fff, .serial = 2, .min_bps = 300, .max_bps = TUNNEL_SPEED,
		.bearer = PPTP_BEARER_ANY, .framing = PPTP_FRAMING_ANY, .window = TUNNEL_WINDOW,
	};

	*c = (struct client){
		.config = first->config, .sessions = first->sessions,
		.user = user, .password = password,
		.tunnel = { .local = first->tunnel.local, .remote = first->tunnel.remote,
			    .closing = true },
		.tunnel_freed = true,
	};
	c->config.ppp.name = user;
	assert_int_equal(pptp_call_dial(&c->call, &first->tunnel.pptp, &rq,
					tunnel_now(&first->tunnel)),
			 0);
	tunnel_sync(&first->tunnel);
}

static void is_taken_over(struct bench *b, struct client *by)
{
	run_until(b, client_is_up, by);
	run_until(b, all_up, b);
	assert_int_equal(only_session(b)->record.id, 2);
	assert_ip(only_session(b)->record.ip4.remote, "10.99.1.7");
}

/* A session whose peer does not answer makes room for a new session of the same user. */
static void test_silent_peer(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	start(b);
	dial_up(&one, b, "bob", "builder");
	loses_its_frames(&one);
	loses_its_messages(&one);
	client_dial(&two, b, "bob", "builder");
	is_taken_over(b, &two);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

/* When thousands hang up at once, the end of one may be known long before it is handled. */
static void test_peer_that_has_hung_up_is_not_asked(void **state)
{
	struct bench *b = *state;
	struct client one, two;
	struct call *call;
	uint64_t began;

	start(b);
	dial_up(&one, b, "bob", "builder");
	loses_its_frames(&one);
	loses_its_messages(&one);
	call = only_session(b)->owner;
	call->connection->tunnel.hung_up = true;
	began = uv_now(&b->loop);
	client_dial(&two, b, "bob", "builder");
	is_taken_over(b, &two);
	assert_in_range(uv_now(&b->loop), began, began + ADMISSION_PROBE_MS - 1);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

/* An answer on either way shows that the peer is there. */
static void test_peer_that_answers_in_one_way(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	start(b);
	dial_up(&one, b, "bob", "builder");
	loses_its_frames(&one);
	client_dial(&two, b, "bob", "builder");
	run_until(b, client_is_down, &two);
	assert_int_equal(two.error, 646);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);

	dial_up(&one, b, "bob", "builder");
	loses_its_messages(&one);
	client_dial(&two, b, "bob", "builder");
	run_until(b, client_is_down, &two);
	assert_int_equal(two.error, 646);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

/* The session waits in the line of ends, and its connection still exists. */
static void test_session_that_is_over(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	start(b);
	dial_up(&one, b, "bob", "builder");
	only_session(b)->over = true;
	client_dial(&two, b, "bob", "builder");
	is_taken_over(b, &two);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

/* A new call on the same connection is no sign of life for the call before it. */
static void test_silent_call_beside_another(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	start(b);
	dial_up(&one, b, "bob", "builder");
	loses_its_frames(&one);
	client_calls_again(&two, &one, "bob", "builder");
	is_taken_over(b, &two);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

/* The same peer places the same call again, because it has lost the first one. */
static void test_same_call(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	run_until(b, all_up, b);
	/* While the first call is alive, the second one is refused. */
	client_dial(&two, b, "alice", "wonderland");
	two.call_id = one.call.local_id;
	run_until(b, client_call_ended, &two);
	assert_int_equal(two.end, PPTP_END_REFUSED);
	assert_int_equal(two.call.result, PPTP_OUT_BUSY);
	assert_int_equal(b->servers.conns->counts.refused_calls[ADMISSION_CALL_ID], 1);
	client_drop(&two);
	assert_int_equal(only_session(b)->record.id, 1);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

/*
 * We have placed a call at the same peer, which by chance chose the call ID of its own call to us.
 */
static void test_same_call_of_ours(void **state)
{
	const struct net_session_addr addr = {
		.local = ip("127.0.0.1"), .remote = ip("127.0.0.1"), .call_id = 0x300,
		.peer_call_id = 0x2000,
	};
	struct bench *b = *state;
	struct client ours = {
		.sessions = &b->sessions, .has_session = true, .tunnel.closing = true,
		.tunnel_freed = true,
	};
	struct client c;

	start(b);
	session_init(&ours.session, &b->sessions, SESSION_OF_CLIENT, "test", &ours.config,
		     &client_session_ops, &ours);
	assert_int_equal(session_open(&ours.session, &addr, -1), 0);
	client_dial(&c, b, "alice", "wonderland");
	c.call_id = addr.peer_call_id;
	run_until(b, client_is_up, &c);
	client_drop(&c);
	client_drop(&ours);
	run_until(b, server_is_empty, b);
}

static void test_sessions_per_user(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	b->server.max_sessions_per_user = 1;
	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	client_dial(&two, b, "alice", "wonderland");
	run_until(b, client_is_down, &two);
	assert_int_equal(two.error, 646);
	assert_false(two.up);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

static void test_single_session(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	b->server.single = POLICY_SINGLE_REPLACE_NOW;
	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	client_dial(&two, b, "alice", "wonderland");
	capture();
	run_until(b, client_is_up, &two);
	assert_non_null(strstr(captured(), ": the user logged in again"));
	assert_int_equal(b->sessions.registry.n, 1);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

/* What the section of the user says counts instead of what the server says. */
static void test_terms_of_a_user(void **state)
{
	struct bench *b = *state;
	struct ipv4_range range = { number("10.97.0.10"), number("10.97.0.12") };
	struct config_pool pools[] = {
		b->pool, { .name = "gold", .ranges = &range, .n_ranges = 1 },
	};
	struct config_user user = { .name = "alice", .policy = {
		.given = POLICY_BIT(POLICY_POOL) | POLICY_BIT(POLICY_SESSION_TIMEOUT),
		.pool = "gold", .session_timeout_s = 1,
	} };
	struct client alice, bob;

	b->config.pools = pools;
	b->config.n_pools = 2;
	b->server.pool = &pools[0];
	b->config.users = &user;
	b->config.n_users = 1;
	start(b);
	dial_up(&alice, b, "alice", "wonderland");
	assert_ip(only_session(b)->record.ip4.remote, "10.97.0.10");
	dial_up(&bob, b, "bob", "builder");
	run_until(b, client_is_down, &alice);
	assert_false(bob.down);
	assert_string_equal(only_session(b)->record.user, "bob");
	client_drop(&bob);
	client_drop(&alice);
	run_until(b, server_is_empty, b);
}

static void grant_reserved(struct radius_writer *w)
{
	radius_put_number(w, RADIUS_FRAMED_IP_ADDRESS, number("10.99.0.11"));
}

/* The address of a user's section is that user's alone, whatever the secrets or RADIUS say. */
static void test_address_of_a_user(void **state)
{
	struct bench *b = *state;
	struct config_user sections[] = {
		{ .name = "alice", .address = ip("10.99.0.10") },
		{ .name = "carol", .address = ip("10.99.1.7") },
	};
	const struct config_user *owners[] = { &sections[0], &sections[1] };
	struct client alice, bob;

	b->config.users = sections;
	b->config.owners = owners;
	b->config.n_users = b->config.n_owners = 2;
	start(b);
	assert_int_equal(pool_size(b->servers.pools[0]), 2);
	dial_up(&alice, b, "alice", "wonderland");
	assert_ip(only_session(b)->record.ip4.remote, "10.99.0.10");
	assert_int_equal(pool_used(b->servers.pools[0]), 0);
	/* by his secret he has the address of carol */
	client_dial(&bob, b, "bob", "builder");
	capture();
	run_until(b, client_is_down, &bob);
	expect_log(captured(), "mschap-v2: the user's address is another user's "
		   "own");
	assert_int_equal(bob.error, 649);
	client_drop(&bob);
	client_drop(&alice);
	run_until(b, server_is_empty, b);
}

static void test_radius_grants_a_reserved_address(void **state)
{
	struct bench *b = *state;
	struct config_user user = { .name = "alice", .address = ip("10.99.0.11") };
	const struct config_user *owner = &user;
	struct client alice, bob;

	b->config.users = &user;
	b->config.owners = &owner;
	b->config.n_users = b->config.n_owners = 1;
	start_with_radius(b);
	dial_up(&alice, b, "alice", "wonderland");
	assert_ip(only_session(b)->record.ip4.remote, "10.99.0.11");
	client_drop(&alice);
	run_until(b, server_is_empty, b);

	b->judge.grants = grant_reserved;
	client_dial(&bob, b, "bob", "wonderland");
	run_until(b, client_is_down, &bob);
	assert_int_equal(bob.error, 649);
	client_drop(&bob);

	/* RADIUS has the last word on what alice gets */
	user.address = ip("10.99.0.12");
	dial_up(&alice, b, "alice", "wonderland");
	assert_ip(only_session(b)->record.ip4.remote, "10.99.0.11");
	client_drop(&alice);
	run_until(b, server_is_empty, b);
}

static void expect_closed(struct bench *b, const char *why)
{
	char want[128];
	struct client c;

	capture();
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_down, &c);
	snprintf(want, sizeof(want), "mschap-v2: %s\n", why);
	expect_log(captured(), want);
	assert_int_equal(c.error, 647);
	assert_false(c.up);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_closed_accounts(void **state)
{
	struct bench *b = *state;
	struct config_profile guests = { .name = "guests", .policy = {
		.given = POLICY_BIT(POLICY_EXPIRES), .expires_s = 1,
	} };
	struct config_user user = { .name = "alice", .disabled = true };
	struct client c;

	b->config.users = &user;
	b->config.n_users = 1;
	start(b);
	expect_closed(b, "the user is disabled");
	user.disabled = false;
	user.profile = &guests;
	expect_closed(b, "the user has expired");
	user.policy = (struct policy){ .given = POLICY_BIT(POLICY_EXPIRES) };	/* never */
	dial_up(&c, b, "alice", "wonderland");
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_names_in_any_case(void **state)
{
	struct bench *b = *state;
	struct config_user user = { .name = "Alice", .address = ip("10.99.0.77") };
	const struct config_user *owner = &user;
	struct client one, two;

	b->server.fold_case = true;
	b->server.max_sessions_per_user = 1;
	start(b);
	dial_up(&one, b, "ALICE", "wonderland");
	assert_string_equal(only_session(b)->record.user, "alice");
	client_dial(&two, b, "aLice", "wonderland");
	run_until(b, client_is_down, &two);
	assert_int_equal(two.error, 646);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);

	/* a section has the last word on how the name is written */
	b->config.users = &user;
	b->config.owners = &owner;
	b->config.n_users = b->config.n_owners = 1;
	dial_up(&one, b, "ALICE", "wonderland");
	assert_string_equal(only_session(b)->record.user, "Alice");
	assert_ip(only_session(b)->record.ip4.remote, "10.99.0.77");
	client_drop(&one);
	run_until(b, server_is_empty, b);
	user.disabled = true;
	expect_closed(b, "the user is disabled");
}

/* Who is in keeps the name that he has, whatever the configuration calls him since. */
static void test_a_name_is_written_in_another_way(void **state)
{
	struct bench *b = *state;
	struct config_user user = { .name = "ALICE" };
	struct session *s;
	struct client c;

	b->server.fold_case = true;
	b->server.rechallenge_s = 4;
	start(b);
	dial_up(&c, b, "Alice", "wonderland");
	b->config.users = &user;
	b->config.n_users = 1;
	s = only_session(b);
	loop_for(&b->loop, 6000);
	assert_true(s->record.up);
	assert_int_equal(s->link.state.chap_id, 2);
	assert_string_equal(s->record.user, "alice");
	user.disabled = true;
	run_until(b, client_is_down, &c);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_max_sessions(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	b->server.max_sessions = 1;
	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	client_dial(&two, b, "bob", "builder");
	run_until(b, client_is_down, &two);
	assert_int_equal(two.error, 646);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

/* Connect to the server and send nothing. */
static int connect_silently(struct bench *b)
{
	return connect_to(b->port);
}

/* A call that makes no progress to a login gives way, and its connection with it. */
static void test_calls_that_start(void **state)
{
	struct bench *b = *state;
	struct client one, two, three;

	b->server.max_starting_per_address = 1;
	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_call_is_up, &one);
	loses_its_frames(&one);
	/* It has ADMISSION_GRACE_MS for its login. */
	client_dial(&two, b, "bob", "builder");
	run_until(b, client_call_ended, &two);
	assert_int_equal(two.end, PPTP_END_REFUSED);
	assert_int_equal(two.call.result, PPTP_OUT_BUSY);
	client_drop(&two);
	loop_for(&b->loop, ADMISSION_GRACE_MS);
	client_dial(&three, b, "bob", "builder");
	run_until(b, client_is_up, &three);
	run_until(b, client_conn_over, &one);
	assert_int_equal(one.why, PPTP_CLOSE_EOF);
	client_drop(&one);
	client_drop(&three);
	run_until(b, server_is_empty, b);
}

/* Many connections at once are accepted in parts, with other callbacks between them. */
static void test_many_connections_at_once(void **state)
{
	struct bench *b = *state;
	unsigned int before;
	struct client c;
	int silent[200];

	start(b);
	for (unsigned int i = 0; i < 200; i++)
		silent[i] = connect_silently(b);
	do {
		before = b->servers.n_conns;
		turn(&b->loop);
		assert_in_range(b->servers.n_conns, before, before + 33);
	} while (b->servers.n_conns < 200);
	for (unsigned int i = 0; i < 200; i++)
		close(silent[i]);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void set_descriptors(unsigned int limit)
{
	struct rlimit all;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
	all.rlim_cur = limit;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
}

#define FEW	160
#define MANY	4096

/* As connect_to(), with a descriptor that the server, in the same process, does not miss. */
static int connect_from_outside(struct bench *b, uint16_t port)
{
	int fd, aside;

	set_descriptors(MANY);
	fd = connect_to(port);
	aside = fcntl(fd, F_DUPFD_CLOEXEC, FEW);
	assert_true(aside >= FEW);
	close(fd);
	set_descriptors(FEW);
	turn(&b->loop);
	return aside;
}

/* Connections that wait take all descriptors but some: logins and files find theirs. */
static void test_descriptors(void **state)
{
	struct bench *b = *state;
	int silent[2 * FEW], fd;
	struct client c, d;
	const char *log;

	start(b);
	capture();
	for (unsigned int i = 0; i < 2 * FEW; i++)
		silent[i] = connect_from_outside(b, b->port);
	assert_in_range(b->servers.n_conns, FEW / 2, FEW);
	dial_up(&c, b, "alice", "wonderland");
	dial_up(&d, b, "bob", "builder");
	log = captured();
	expect_log(log, "gives way to a newer one: the limit of open files is reached");
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	close(fd);
	for (unsigned int i = 0; i < 2 * FEW; i++)
		close(silent[i]);
	client_drop(&d);
	client_drop(&c);
	run_until(b, server_is_empty, b);
	set_descriptors(MANY);
}

/* Start two servers, of which each has an admission of its own. The first lets one login wait. */
static void start_two(struct bench *b, struct config_server two[2])
{
	b->port = free_port();
	b->server.port = b->port;
	two[0] = b->server;
	two[0].max_connections_per_address = 1;
	two[1] = b->server;
	two[1].name = "annex";
	two[1].port = free_port();
	b->config.servers = two;
	b->config.n_servers = 2;
	assert_int_equal(servers_open(&b->servers, &b->sessions, &b->config), 0);
}

/* Nobody gives way to a connection that is refused. */
static void test_descriptors_of_the_refused(void **state)
{
	static struct config_server two[2];
	struct bench *b = *state;
	int silent[FEW], refused;
	unsigned int before;
	struct client c;
	const char *log;

	start_two(b, two);
	/* It has ADMISSION_GRACE_MS for its login. */
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_call_is_up, &c);
	loses_its_frames(&c);
	for (unsigned int i = 0; i < FEW; i++)
		silent[i] = connect_from_outside(b, two[1].port);
	before = b->servers.n_conns;
	assert_in_range(before, FEW / 2, FEW - 1);
	capture();
	refused = connect_from_outside(b, b->port);
	log = captured();
	expect_log(log, "connection refused: too many connections from this address");
	assert_int_equal(b->servers.conns->counts.refused[ADMISSION_CONNECTIONS_OF_ADDRESS], 1);
	assert_null(strstr(log, "gives way"));
	turn(&b->loop);
	assert_int_equal(b->servers.n_conns, before);
	close(refused);
	for (unsigned int i = 0; i < FEW; i++)
		close(silent[i]);
	client_drop(&c);
	run_until(b, server_is_empty, b);
	set_descriptors(MANY);
}

/*
 * Connections that send nothing give way to those that log in. Connections with a login do not
 * count.
 */
static void test_connections_per_address(void **state)
{
	struct bench *b = *state;
	struct client one, two;
	int silent[20];

	b->server.max_connections_per_address = 3;
	start(b);
	for (unsigned int i = 0; i < 20; i++)
		silent[i] = connect_silently(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	client_dial(&two, b, "bob", "builder");
	run_until(b, client_is_up, &two);
	run_until(b, all_up, b);
	assert_in_range(b->servers.n_conns, 2, 2 + 3);
	for (unsigned int i = 0; i < 20; i++)
		close(silent[i]);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

static void test_kernel_refuses(void **state)
{
	struct bench *b = *state;
	struct client c;

	refuse_sessions = true;
	start(b);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_call_ended, &c);
	assert_int_equal(c.end, PPTP_END_REFUSED);
	assert_int_equal(c.call.error, PPTP_ERR_NO_RESOURCE);
	assert_false(c.call_up);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_kill(void **state)
{
	struct bench *b = *state;
	struct client c;

	start(b);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	session_close(only_session(b), EVENT_CAUSE_ADMIN_RESET, "enough");
	run_until(b, client_call_ended, &c);
	run_until(b, client_is_down, &c);
	assert_int_equal(c.reason, PPP_REASON_PEER_CLOSED);
	assert_int_equal(c.end, PPTP_END_DISCONNECTED);
	assert_int_equal(c.call.result, PPTP_DISC_ADMIN);
	assert_int_equal(b->sessions.registry.n, 0);
	/* the address may connect again */
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_stop(void **state)
{
	struct bench *b = *state;
	struct client c;

	start(b);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	servers_stop(&b->servers, note_stopped, b);
	run_until(b, client_conn_over, &c);
	run_until(b, client_is_down, &c);
	assert_int_equal(c.reason, PPP_REASON_PEER_CLOSED);
	assert_int_equal(c.end, PPTP_END_DISCONNECTED);
	assert_int_equal(c.why, PPTP_CLOSE_PEER_STOP);
	assert_int_equal(c.tunnel.pptp.stop_reason, PPTP_STOP_SHUTDOWN);
	run_until(b, has_stopped, b);
	client_drop(&c);
}

/* A peer that receives nothing cannot delay the end. */
static void test_stop_deaf_peer(void **state)
{
	struct bench *b = *state;
	struct client c;

	start(b);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	lose_frames = true;
	turn_deaf(&c.tunnel);
	servers_stop(&b->servers, note_stopped, b);
	run_until(b, has_stopped, b);
	assert_int_equal(b->sessions.registry.n, 0);
	client_drop(&c);
}

static void test_login_timeout(void **state)
{
	struct bench *b = *state;
	struct client c;

	b->server.login_timeout_s = 1;
	start(b);
	lose_frames = true;
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_conn_over, &c);
	assert_true(c.call_up);
	assert_int_equal(c.why, PPTP_CLOSE_PEER_STOP);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/* --- draining --------------------------------------------------------------------------------- */

static struct server *only_server(struct bench *b)
{
	return TAILQ_FIRST(&b->servers.list);
}

/* Returns the error of a try to connect, 0 if it is accepted by the kernel. */
static int error_of_connect(struct bench *b)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET, .sin_addr = ip("127.0.0.1").v4, .sin_port = htons(b->port),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int err = connect(fd, (struct sockaddr *)&sin, sizeof(sin)) ? errno : 0;

	close(fd);
	return err;
}

static bool one_connection_is_left(void *ctx)
{
	struct bench *b = ctx;

	return b->servers.n_conns == 1;
}

/* Nobody new comes in, by whichever way; who is in stays. */
static void test_drain(void **state)
{
	struct bench *b = *state;
	struct client one, two, three;
	int idle;

	start(b);
	dial_up(&one, b, "alice", "wonderland");
	idle = connect_silently(b);
	client_dial(&two, b, "bob", "builder");
	run_until(b, client_call_is_up, &two);
	capture();
	server_drain(only_server(b), 0);
	assert_non_null(strstr(captured(), "server office is drained: nobody new comes in, and 2 "
					   "sessions are left\n"));
	assert_int_equal(error_of_connect(b), ECONNREFUSED);
	/* The login that was under way. */
	run_until(b, client_is_down, &two);
	assert_int_equal(two.error, 646);
	client_drop(&two);
	run_until(b, one_connection_is_left, b);
	close(idle);
	client_calls_again(&three, &one, "bob", "builder");
	run_until(b, client_call_ended, &three);
	assert_int_equal(three.call.result, PPTP_OUT_BUSY);
	loop_for(&b->loop, 100000);
	assert_false(one.down);
	assert_false(only_server(b)->drain.told);
	/* She hangs up, and so the connection ends. */
	capture();
	session_close(&one.session, EVENT_CAUSE_ADMIN_RESET, "enough");
	run_until(b, client_conn_over, &one);
	assert_non_null(strstr(captured(), "server office has been drained: no session is left\n"));
	client_drop(&one);
	run_until(b, server_is_empty, b);
	assert_int_equal(error_of_connect(b), ECONNREFUSED);
}

static void test_undrain(void **state)
{
	struct bench *b = *state;
	struct client one, two;

	start(b);
	assert_false(server_undrain(only_server(b)));
	dial_up(&one, b, "alice", "wonderland");
	server_drain(only_server(b), 5);
	assert_int_equal(error_of_connect(b), ECONNREFUSED);
	assert_int_equal(server_drain_left_s(only_server(b)), 5);
	capture();
	assert_true(server_undrain(only_server(b)));
	assert_non_null(strstr(captured(), "server office is not drained any more"));
	dial_up(&two, b, "bob", "builder");
	/* The time counts no more. */
	loop_for(&b->loop, 20000);
	assert_false(one.down);
	assert_false(two.down);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

static void test_time_to_drain_is_up(void **state)
{
	struct bench *b = *state;
	struct client one, two;
	const char *log;

	start(b);
	dial_up(&one, b, "alice", "wonderland");
	dial_up(&two, b, "bob", "builder");
	server_drain(only_server(b), 1000);
	server_drain(only_server(b), 5);
	loop_for(&b->loop, 4900);
	assert_false(one.down);
	capture();
	run_until(b, client_conn_over, &one);
	run_until(b, client_conn_over, &two);
	run_until(b, client_is_down, &one);
	log = captured();
	assert_non_null(strstr(log, "server office: the time for draining is up, 2 sessions are "
				    "ended\n"));
	assert_non_null(strstr(log, "server office has been drained"));
	assert_int_equal(one.reason, PPP_REASON_PEER_CLOSED);
	assert_int_equal(one.tunnel.pptp.stop_reason, PPTP_STOP_SHUTDOWN);
	assert_int_equal(server_drain_left_s(only_server(b)), 0);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

/* Send the message as it is on the wire. */
static void send_message(int fd, const struct pptp_msg *msg)
{
	uint8_t octets[PPTP_MSG_MAX];
	size_t len = pptp_msg_encode(msg, octets);

	assert_int_equal(write(fd, octets, len), len);
}

/* A peer that begins, and then does nothing, not even agree to the end. */
static void test_start_without_a_call(void **state)
{
	const struct pptp_msg start_request = {
		.type = PPTP_START_REQUEST, .start.version = PPTP_VERSION,
	};
	struct bench *b = *state;
	uint64_t began;
	const char *log;
	int fd;

	start(b);
	b->server.login_timeout_s = 60;
	fd = connect_silently(b);
	send_message(fd, &start_request);
	while (!b->servers.n_conns)
		turn(&b->loop);
	began = uv_now(&b->loop);
	capture();
	run_until(b, server_is_empty, b);
	log = captured();
	expect_log(log, "server office, 127.0.0.1: no call was placed\n");
	assert_int_equal(b->servers.conns->counts.expired[CONNECTION_LACKS_CALL], 1);
	assert_int_equal(b->servers.conns->counts.accepted, 1);
	assert_in_range(uv_now(&b->loop) - began, 10000, 21000);
	close(fd);
}

static bool session_is_freed(void *ctx)
{
	struct client *c = ctx;

	return c->session_freed;
}

/* The client has no call any more, and forgets its session. */
static void forgets_its_session(struct bench *b, struct client *c)
{
	session_end(&c->session, EVENT_CAUSE_NONE, "dropped", client_session_freed);
	run_until(b, session_is_freed, c);
	c->has_session = false;
}

/* Calls that come to nothing do not keep a connection. */
static void test_calls_that_come_to_nothing(void **state)
{
	static struct client calls[8];
	struct bench *b = *state;
	uint64_t began;

	start(b);
	began = uv_now(&b->loop);
	client_dial(&calls[0], b, "alice", "wonderland");
	for (unsigned int i = 0; i < 8 && !calls[0].tunnel_freed; i++) {
		if (i)
			client_calls_again(&calls[i], &calls[0], "alice", "wonderland");
		run_until(b, client_call_is_up, &calls[i]);
		loses_its_frames(&calls[i]);
		loop_for(&b->loop, 8000);
		if (calls[0].tunnel_freed)
			break;
		pptp_call_clear(&calls[i].call, PPTP_DISC_REQUEST, uv_now(&b->loop));
		tunnel_sync(&calls[0].tunnel);
		run_until(b, client_call_ended, &calls[i]);
		forgets_its_session(b, &calls[i]);
	}
	assert_true(calls[0].tunnel_freed);
	assert_in_range(uv_now(&b->loop) - began, 30000, 42000);
	for (unsigned int i = 8; i-- > 0;)
		if (calls[i].sessions)
			client_drop(&calls[i]);
	run_until(b, server_is_empty, b);
}

static bool client_flushed(void *ctx)
{
	struct client *c = ctx;

	return kernel_find(c->call.local_id)->reset_acks;
}

/* Returns true once the counters were read twice. */
static bool looked_twice(void *ctx)
{
	return looks >= 2;
}

/* While GRE frames come from the peer, a missing Echo-Reply does not end its control connection. */
static void test_echo(void **state)
{
	struct bench *b = *state;
	struct client c;

	b->server.echo_interval_s = 1;
	b->server.echo_timeout_s = 1;
	start(b);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	loses_its_messages(&c);
	data_flows = true;
	looks = 0;
	run_until(b, looked_twice, NULL);
	assert_true(only_session(b)->record.up);
	data_flows = false;
	run_until(b, server_is_empty, b);
	client_drop(&c);
}

static void test_mppe_lost(void **state)
{
	struct bench *b = *state;
	struct client c;

	b->server.mppe_modes = PPP_MPPE_STATEFUL;
	start(b);
	client_dial(&c, b, "alice", "wonderland");
	c.config.ppp.mppe_modes = PPP_MPPE_STATEFUL;
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	assert_false(only_session(b)->record.ppp.rx.stateless);
	assert_int_equal(write(kernel_events[1], &only_session(b)->record.addr,
			       sizeof(struct net_session_addr)),
			 sizeof(struct net_session_addr));
	run_until(b, client_flushed, &c);
	assert_true(only_session(b)->record.up);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_path_mtu(void **state)
{
	struct bench *b = *state;
	struct client c;

	path_mtu = 1492;
	start(b);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	assert_int_equal(only_session(b)->record.ip4.mtu, 1448);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/* Input that is not PPTP ends its own connection and no other. */
static void test_garbage(void **state)
{
	struct bench *b = *state;
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr = ip("127.0.0.1").v4 };
	struct client c;
	int fd;

	start(b);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);

	fd = socket(AF_INET, SOCK_STREAM, 0);
	sin.sin_port = htons(b->port);
	capture();
	assert_int_equal(connect(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(write(fd, "GET / HTTP/1.0\r\n\r\n", 18), 18);
	while (b->servers.n_conns < 2)
		turn(&b->loop);
	while (b->servers.n_conns > 1)
		turn(&b->loop);
	expect_log(captured(), "culvertd: server office, 127.0.0.1: connection closed: the peer "
		   "does not speak PPTP\n");
	close(fd);
	assert_true(only_session(b)->record.up);

	client_drop(&c);
	run_until(b, server_is_empty, b);
}

struct listener_of_events {
	struct subscriber sub;
	char heard[512];
};

static void hear(struct subscriber *sub, const struct event *event)
{
	struct listener_of_events *l = container_of(sub, struct listener_of_events, sub);
	const char *kind = event->type == EVENT_DOWN ? session_end_kind(event->session) :
						       event->kind;
	size_t len = strlen(l->heard);

	snprintf(l->heard + len, sizeof(l->heard) - len, "%llu %s %s%s %s%s%s%s\n",
		 (unsigned long long)event->session->record.id, event_name(event->type),
		 event->session->record.user, event->user, event_cause_name(event->cause),
		 event->type == EVENT_REFUSED ? event->text : "", *kind ? ", " : "", kind);
}

static void test_events(void **state)
{
	struct listener_of_events l = { .sub = { .hear = hear } };
	struct bench *b = *state;
	struct client one, two;
	uint32_t us;

	start(b);
	events_subscribe(&b->sessions.events, &l.sub);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	run_until(b, all_up, b);
	assert_string_equal(l.heard,
			    "1 session.starting  \n"
			    "1 session.authenticated alice \n"
			    "1 session.up alice \n");
	for (unsigned int i = 0; i < SETUP_STEPS; i++)
		assert_true(steps_took(&only_session(b)->steps, i, &us));
	assert_true(steps_took_all(&only_session(b)->steps, &us));
	*l.heard = '\0';
	client_dial(&two, b, "b\nb", "builder");
	run_until(b, client_call_ended, &two);
	assert_string_equal(l.heard,
			    "2 session.starting  \n"
			    "2 login.refused b\\x0ab unknown user, unknown-user\n"
			    "2 session.down  login-failed, peer-failed-auth\n");
	*l.heard = '\0';
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
	assert_string_equal(l.heard, "1 session.down alice lost-service, lost-service\n");
	events_unsubscribe(&b->sessions.events, &l.sub);
}

/* --- another configuration ------------------------------------------------------------------ */

/* Another configuration, which begins as a copy of the one in use. */
struct variant {
	struct config config;
	struct config_server server;
	struct config_pool pool;
	struct ipv4_range range;
	struct ip_addr listen;
};

static void vary(struct variant *v, struct bench *b)
{
	v->server = b->server;
	v->pool = b->pool;
	v->range = b->range;
	v->listen = b->listen;
	v->server.pool = &v->pool;
	v->server.listen.list = &v->listen;
	v->pool.ranges = &v->range;
	v->config = (struct config){
		.refs = 1,
		.path = b->secrets,
		.pools = &v->pool, .n_pools = 1,
		.servers = &v->server, .n_servers = 1,
	};
}

struct going_over {
	struct bench *b;
	struct variant *v;
	int err;
	char error[256];
};

static void links_made(struct link_plan *links, void *ctx)
{
	struct going_over *next = ctx;
	struct config *config = &next->v->config;
	struct pool_plan *pools = pool_plan_new(config);

	next->err = links->err;
	snprintf(next->error, sizeof(next->error), "%s", links->error);
	if (!next->err)
		next->err = servers_reload(&next->b->servers, config, pools, links, next->error,
					   sizeof(next->error));
	pool_plan_free(pools);
	link_plan_free(links);
}

static int try_to_go_over(struct bench *b, struct variant *v, char error[256])
{
	struct going_over next = { .b = b, .v = v };

	assert_int_equal(link_plan_begin(&b->servers, &v->config, false, links_made, &next), 0);
	snprintf(error, 256, "%s", next.error);
	return next.err;
}

static void goes_over(struct bench *b, struct variant *v)
{
	char error[256];
	int err = try_to_go_over(b, v, error);

	if (err)
		fail_msg("%s", error);
	assert_ptr_equal(b->servers.config, &v->config);
}

static void test_reload_secrets(void **state)
{
	static const char other[] = "alice * through-the-mirror *\n";
	struct bench *b = *state;
	struct client one, two, three;
	static struct variant v;
	struct diag diag;

	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);

	vary(&v, b);
	diag_init(&diag);
	v.server.secrets = secrets_parse("other", other, strlen(other), &diag);
	assert_non_null(v.server.secrets);
	goes_over(b, &v);
	/* the test's, and two of the session */
	assert_int_equal(b->config.refs, 3);
	secrets_put(v.server.secrets);
	diag_free(&diag);

	client_dial(&two, b, "alice", "wonderland");
	run_until(b, client_is_down, &two);
	assert_int_equal(two.error, 691);
	client_dial(&three, b, "alice", "through-the-mirror");
	run_until(b, client_is_up, &three);
	run_until(b, all_up, b);
	assert_false(one.down);
	assert_int_equal(b->sessions.registry.n, 2);
	client_drop(&three);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

static void set_rate(struct session *s, uint64_t up)
{
	const struct policy terms = { .given = POLICY_BIT(POLICY_RATE_UP), .rate_up = up };
	struct auth_grant *grant = grant_set(s->grant, &terms);

	assert_non_null(grant);
	session_change_grant(s, grant);
	grant_put(grant);
}

/* Alice has to prove herself again, and bob, of whom the configuration says so, more often. */
static void test_rechallenge(void **state)
{
	struct bench *b = *state;
	struct config_user user = { .name = "bob", .policy = {
		.given = POLICY_BIT(POLICY_RECHALLENGE), .rechallenge_s = 4,
	} };
	static const char other[] = "alice * looking-glass *\nbob * builder 10.99.1.7\n";
	static struct variant v;
	struct client one, two;
	struct session *alice, *bob;
	struct diag diag;
	uint16_t up;

	b->server.rechallenge_s = 10;
	b->config.users = &user;
	b->config.n_users = 1;
	start(b);
	dial_up(&one, b, "alice", "wonderland");
	dial_up(&two, b, "bob", "builder");
	alice = registry_next_of_user(&b->sessions.registry, "alice", NULL);
	bob = registry_next_of_user(&b->sessions.registry, "bob", NULL);
	up = alice->record.ppp.open;
	set_rate(alice, 512000);
	loop_for(&b->loop, 35000);
	assert_int_equal(alice->link.state.chap_id, 4);
	assert_in_range(bob->link.state.chap_id, 8, 10);
	assert_false(one.down);
	assert_false(two.down);
	assert_true(alice->record.up);
	assert_int_equal(alice->record.ppp.open, up);
	/* An administrator has said so meanwhile. */
	assert_int_equal(alice->policy.rate_up, 512000);
	assert_ip(alice->record.ip4.remote, "10.99.0.10");
	/* Her password is another one. */
	vary(&v, b);
	diag_init(&diag);
	v.server.secrets = secrets_parse("other", other, strlen(other), &diag);
	goes_over(b, &v);
	run_until(b, client_is_down, &one);
	assert_int_equal(one.reason, PPP_REASON_AUTH_WE_FAILED);
	loop_for(&b->loop, 20000);
	assert_false(two.down);
	assert_string_equal(only_session(b)->record.user, "bob");
	client_drop(&one);
	/* He has frozen, and nobody looks for him otherwise. */
	loses_its_frames(&two);
	capture();
	run_until(b, client_conn_over, &two);
	assert_non_null(strstr(captured(), "no response to our challenge"));
	client_drop(&two);
	run_until(b, server_is_empty, b);
	secrets_put(v.server.secrets);
	diag_free(&diag);
}

/* Returns the outer header of the only session of @user. */
static const struct outer *outer_of(struct bench *b, const char *user)
{
	const struct session *s = registry_next_of_user(&b->sessions.registry, user, NULL);

	assert_non_null(s);
	return &s->net.outer;
}

/* Sessions that are there keep the header that they began with. */
static void test_reload_outer_header(void **state)
{
	struct bench *b = *state;
	static struct variant v;
	struct client one, two;

	b->server.outer = (struct outer){
		.tos = 0x48, .ttl = 9, .df = OUTER_DF_CLEAR, .ecn = true,
	};
	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	vary(&v, b);
	v.server.outer = (struct outer){ .tos = OUTER_TOS_INHERIT };
	goes_over(b, &v);
	client_dial(&two, b, "bob", "builder");
	run_until(b, client_is_up, &two);
	run_until(b, all_up, b);

	assert_int_equal(outer_of(b, "alice")->tos, 0x48);
	assert_int_equal(outer_of(b, "alice")->ttl, 9);
	assert_int_equal(outer_of(b, "alice")->df, OUTER_DF_CLEAR);
	assert_true(outer_of(b, "alice")->ecn);
	assert_int_equal(outer_of(b, "bob")->tos, OUTER_TOS_INHERIT);
	assert_int_equal(outer_of(b, "bob")->ttl, 0);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

static bool lacks_address(void *ctx)
{
	struct bench *b = ctx;

	return LIST_FIRST(&b->servers.listeners)->absent;
}

static bool has_address(void *ctx)
{
	return !lacks_address(ctx);
}

static void test_address_comes_and_goes(void **state)
{
	struct bench *b = *state;
	static struct variant v;

	b->listen = ip("198.51.100.7");
	start(b);
	assert_true(lacks_address(b));
	capture();
	interface_has(ip("198.51.100.7"), 24);
	run_until(b, has_address, b);
	assert_non_null(strstr(captured(), "server office: an interface has 198.51.100.7 now, so "
			       "that it can be called there"));
	capture();
	interface_has(ip("192.0.2.1"), 24);
	run_until(b, lacks_address, b);
	assert_non_null(strstr(captured(), "server office: no interface has 198.51.100.7 any more"));
	vary(&v, b);
	v.listen = ip("0.0.0.0");
	goes_over(b, &v);
	assert_true(has_address(b));
	assert_false(uv_is_active((uv_handle_t *)&b->servers.presence_timer));
}

/* A peer can connect as soon as the socket listens, and its connection has the mark by then. */
static void test_mark(void **state)
{
	struct bench *b = *state;
	static struct variant v, others[2];
	static const char *const addresses[] = { "0.0.0.0", "127.0.0.2" };
	struct client one;
	int fd;

	forget_marks();
	b->server.outer.mark = 7;
	start(b);
	assert_int_equal(mark_at_listen, 7);
	fd = LIST_FIRST(&b->servers.listeners)->fd;
	assert_int_equal(mark_of(fd), 7);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	assert_int_equal(outer_of(b, "alice")->mark, 7);

	/* The listener stays, and has another mark. */
	vary(&v, b);
	v.server.outer.mark = 9;
	goes_over(b, &v);
	assert_int_equal(LIST_FIRST(&b->servers.listeners)->fd, fd);
	assert_int_equal(mark_of(fd), 9);
	assert_int_equal(outer_of(b, "alice")->mark, 7);
	client_drop(&one);
	run_until(b, server_is_empty, b);

	/* Both are in the way of the next, and are closed before that one begins. */
	for (unsigned int i = 0; i < 2; i++) {
		vary(&others[i], b);
		others[i].listen = ip(addresses[i]);
		others[i].server.outer.mark = 11 + i;
		goes_over(b, &others[i]);
		assert_int_equal(mark_at_listen, 11 + i);
	}
}

static void test_reload_pool(void **state)
{
	struct bench *b = *state;
	struct client one, two, three;
	static struct variant v;

	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	vary(&v, b);
	/* only the address that is taken, and one more */
	v.range.first = number("10.99.0.10");
	v.range.last = number("10.99.0.11");
	goes_over(b, &v);
	client_dial(&two, b, "alice", "wonderland");
	run_until(b, client_is_up, &two);
	client_dial(&three, b, "alice", "wonderland");
	run_until(b, client_is_down, &three);
	assert_int_equal(three.error, 646);
	client_drop(&three);
	client_drop(&one);
	client_drop(&two);
	run_until(b, server_is_empty, b);
	assert_int_equal(pool_used(b->servers.pools[0]), 0);
}

/* Beside the pool "users", which has one address now, one of one address more, which comes next. */
static void chain_pools(struct bench *b, struct config_pool pools[2], struct ipv4_range *range)
{
	range->first = range->last = number("10.97.0.10");
	b->range.last = b->range.first;
	pools[0] = b->pool;
	pools[0].next = "more";
	pools[1] = (struct config_pool){ .name = "more", .ranges = range, .n_ranges = 1 };
	b->config.pools = pools;
	b->config.n_pools = 2;
	b->server.pool = &pools[0];
}

static void test_users_are_recalled(void **state)
{
	const struct pool_entry elsewhere = {
		.address = ip_number(ip("10.99.0.11")), .user = pool_user("alice", 5), .place = 7,
	};
	const struct pool_entry here = {
		.address = ip_number(ip("10.99.0.12")), .user = pool_user("alice", 5),
	};
	struct bench *b = *state;
	struct client c;

	b->pool.sticky = true;
	start(b);
	servers_recall(&b->servers, &here);
	servers_recall(&b->servers, &elsewhere);
	dial_up(&c, b, "alice", "wonderland");
	assert_ip(only_session(b)->record.ip4.remote, "10.99.0.12");
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_chained_pools(void **state)
{
	struct bench *b = *state;
	struct config_pool pools[2];
	struct ipv4_range range;
	static struct variant v;
	struct client one, two, three;

	chain_pools(b, pools, &range);
	start(b);
	capture();
	dial_up(&one, b, "alice", "wonderland");
	expect_log(captured(), "pool users: 1 of 1 addresses are in use");
	client_dial(&two, b, "alice", "wonderland");
	capture();
	run_until(b, client_is_up, &two);
	expect_log(captured(), "pool more: 1 of 1 addresses are in use");
	assert_non_null(registry_find_inner(&b->sessions.registry, (struct place){ 0 }, ip("10.97.0.10")));
	assert_int_equal(pool_used(b->servers.pools[0]), 1);
	assert_int_equal(pool_used(b->servers.pools[1]), 1);
	client_dial(&three, b, "alice", "wonderland");
	capture();
	run_until(b, client_is_down, &three);
	expect_log(captured(), "mschap-v2: no address is free in pools "
		   "users, more");
	assert_int_equal(three.error, 646);
	client_drop(&three);

	/* the session keeps the address of a pool that is gone, which is no part of the chain */
	vary(&v, b);
	goes_over(b, &v);
	client_dial(&three, b, "alice", "wonderland");
	capture();
	run_until(b, client_is_down, &three);
	expect_log(captured(), "mschap-v2: no address is free in pool "
		   "users\n");
	client_drop(&three);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
	assert_int_equal(pool_used(b->servers.pools[0]), 0);
}

/* Returns a port that another socket listens on until @fd is closed. */
static uint16_t taken_port(int *fd)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr = ip("127.0.0.1").v4 };
	socklen_t len = sizeof(sin);

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(*fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(*fd, 1), 0);
	assert_int_equal(getsockname(*fd, (struct sockaddr *)&sin, &len), 0);
	return ntohs(sin.sin_port);
}

static void test_reload_fails(void **state)
{
	struct bench *b = *state;
	struct client one, two;
	static struct variant v;
	char error[256], want[256];
	int fd;

	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	vary(&v, b);
	v.server.port = taken_port(&fd);
	v.server.max_sessions = 1;
	assert_int_equal(try_to_go_over(b, &v, error), -EADDRINUSE);
	snprintf(want, sizeof(want), "listen on 127.0.0.1 port %u: address already in use",
		 v.server.port);
	assert_string_equal(error, want);
	assert_int_equal(v.config.refs, 1);
	assert_ptr_equal(b->servers.config, &b->config);
	/* the new configuration is not in use */
	client_dial(&two, b, "alice", "wonderland");
	run_until(b, client_is_up, &two);
	assert_false(one.down);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
	close(fd);
}

static struct radius_view radius_of(struct bench *b, unsigned int server)
{
	struct radius_view view;

	assert_non_null(b->servers.radius);
	assert_true(radius_view(b->servers.radius, server, &view));
	return view;
}

/* RADIUS servers come and go with the configuration; what is known of one that stays goes over. */
static void test_reload_radius(void **state)
{
	struct config_radius r = {
		.name = "r", .address = ip("127.0.0.1"), .port = 1812, .accounting_port = 1813,
		.secret = "testing123", .vrf = "", .netns = "", .ports = 1, .window = 10,
		.dead_after = 3, .dead_time_s = 60,
	};
	struct bench *b = *state;
	struct radius_view before;
	static struct variant v, w;
	char error[256];
	int fd;

	b->config.nas.identifier = "nas";
	b->config.radius = &r;
	b->config.n_radius = 1;
	start(b);
	before = radius_of(b, 0);
	assert_string_equal(before.peer->name, "r");
	assert_string_equal(radius_nas(b->servers.radius)->identifier, "nas");
	loop_for(&b->loop, 5000);
	vary(&v, b);
	v.config.nas = b->config.nas;
	v.config.radius = &r;
	v.config.n_radius = 1;
	v.server.port = taken_port(&fd);
	assert_int_equal(try_to_go_over(b, &v, error), -EADDRINUSE);
	assert_ptr_equal(radius_of(b, 0).server, before.server);
	close(fd);
	v.server.port = b->port;
	r.window = 20;
	goes_over(b, &v);
	assert_int_equal(radius_of(b, 0).server->config->window, 20);
	assert_true(radius_of(b, 0).for_ms >= 5000);
	assert_true(radius_of(b, 1).accounting);
	vary(&w, b);
	goes_over(b, &w);
	assert_null(b->servers.radius);
}

/*
 * Settings of RADIUS that a reload leaves as they are leave everything as it is: the login that is
 * under way, the socket by which it was asked, and what was counted.
 */
static void test_reload_leaves_radius(void **state)
{
	struct bench *b = *state;
	const struct radius_server *before;
	struct radius *radius;
	static struct variant v;
	struct client c;

	start_with_radius(b);
	radius = b->servers.radius;
	before = radius_of(b, 0).server;
	client_dial(&c, b, "alice", "wonderland");
	while (!before->under_way)
		turn(&b->loop);
	vary(&v, b);
	v.config.nas = b->config.nas;
	v.config.radius = b->config.radius;
	v.config.n_radius = b->config.n_radius;
	v.server.idle_timeout_s = 300;
	goes_over(b, &v);
	assert_ptr_equal(b->servers.radius, radius);
	assert_ptr_equal(radius_of(b, 0).server, before);
	assert_int_equal(before->under_way, 1);
	assert_int_equal(before->counters.sent, 1);
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	assert_int_equal(b->judge.asked, 1);
	assert_int_equal(before->counters.answered, 1);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/* The configuration is read again in the middle of a conversation, and RADIUS is gone from it. */
static void test_reload_during_a_conversation(void **state)
{
	struct bench *b = *state;
	struct client c;
	static struct variant v;

	b->server.auth[0] = PPP_AUTH_EAP;
	start_with_radius(b);
	client_dial(&c, b, "alice", "wonderland");
	c.config.ppp.accept = PPP_AUTH_BIT(PPP_AUTH_EAP);
	while (!b->judge.asked)
		turn(&b->loop);
	vary(&v, b);
	v.server.users[0] = CONFIG_JUDGE_SECRETS;
	goes_over(b, &v);
	assert_null(b->servers.radius);
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	assert_int_equal(b->judge.asked, 3);
	assert_int_equal(only_session(b)->source, AUTH_SOURCE_RADIUS);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/* What is drained stays so, also where it listens from now on. */
static void test_reload_while_drained(void **state)
{
	struct bench *b = *state;
	static struct variant v, w;
	struct client c;

	start(b);
	dial_up(&c, b, "alice", "wonderland");
	server_drain(only_server(b), 1000);
	vary(&v, b);
	goes_over(b, &v);
	assert_int_equal(error_of_connect(b), ECONNREFUSED);
	vary(&w, b);
	w.listen = ip("0.0.0.0");
	goes_over(b, &w);
	assert_int_equal(error_of_connect(b), ECONNREFUSED);
	assert_int_equal(server_drain_left_s(only_server(b)), 1000);
	assert_false(c.down);
	server_undrain(only_server(b));
	assert_int_equal(error_of_connect(b), 0);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_reload_removes(void **state)
{
	struct bench *b = *state;
	static struct variant v;
	struct client c;

	start(b);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	run_until(b, all_up, b);
	vary(&v, b);
	v.config.n_servers = 0;
	goes_over(b, &v);
	run_until(b, client_is_down, &c);
	assert_int_equal(c.reason, PPP_REASON_PEER_CLOSED);
	run_until(b, client_conn_over, &c);
	client_drop(&c);
	run_until(b, server_is_empty, b);
	uv_run(&b->loop, UV_RUN_NOWAIT);
	assert_true(TAILQ_EMPTY(&b->servers.list));
	assert_int_equal(b->config.refs, 1);
	assert_int_equal(kernel_count(), 0);
}

/* Another server takes over the listener, and can be reached without interruption. */
static void test_reload_renames(void **state)
{
	struct bench *b = *state;
	struct client one, two;
	static struct variant v;

	start(b);
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_is_up, &one);
	vary(&v, b);
	v.server.name = "other";
	goes_over(b, &v);
	run_until(b, client_is_down, &one);
	client_drop(&one);
	run_until(b, server_is_empty, b);
	client_dial(&two, b, "alice", "wonderland");
	run_until(b, client_is_up, &two);
	assert_string_equal(only_session(b)->record.owner, "other");
	client_drop(&two);
	run_until(b, server_is_empty, b);
}

/* A socket for one address prevents listening on all addresses, and the other way round. */
static void test_reload_widens(void **state)
{
	struct bench *b = *state;
	static struct variant v, w;
	struct client c;

	start(b);
	vary(&v, b);
	v.listen = ip("0.0.0.0");
	goes_over(b, &v);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	vary(&w, b);
	goes_over(b, &w);
	assert_false(c.down);
	client_drop(&c);
	run_until(b, server_is_empty, b);
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, client_is_up, &c);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/* --- shared links, across configurations ------------------------------------------------------ */

#define expect_links(want) do {							\
	assert_string_equal(kernel_links, want);				\
	kernel_links[0] = '\0';							\
} while (0)

static void start_shared(struct bench *b, const char *interface)
{
	b->server.link = CONFIG_LINK_SHARED;
	b->server.interface = (char *)(uintptr_t)interface;
	b->server.mss_clamp = true;
	start(b);
}

static struct kernel_session *in_the_making(void)
{
	for (unsigned int i = 0; i < MAX_SESSIONS; i++)
		if (kernel[i].s && kernel[i].making && kernel[i].s->prepared)
			return &kernel[i];
	return NULL;
}

static bool link_is_being_made(void *arg)
{
	return in_the_making();
}

/* Where a user lands is said by the server; and with a link of its own, by the user's section. */
static void test_places_of_users(void **state)
{
	static struct config_user places[] = { {
		.name = "alice",
		.policy = { .given = POLICY_BIT(POLICY_VRF), .vrf = "blue" },
	} };
	struct bench *b = *state;
	struct client c;

	b->server.shape.interface = "ppp-%u";
	b->server.shape.vrf = "red";
	b->config.users = places;
	b->config.n_users = 1;
	start(b);
	dial_up(&c, b, "alice", "wonderland");
	assert_string_equal(kernel_find(1)->s->wanted.name, "ppp-alice");
	assert_string_equal(kernel_find(1)->s->wanted.vrf, "blue");
	assert_false(kernel_find(1)->s->wanted.numbered);
	assert_non_null(registry_find_inner(&b->sessions.registry, (struct place){ .vrf = "blue" },
					    ip("10.99.0.10")));
	client_drop(&c);
	run_until(b, server_is_empty, b);

	/* The VRF is gone. */
	links_take_time = true;
	client_dial(&c, b, "alice", "wonderland");
	run_until(b, link_is_being_made, NULL);
	capture();
	kernel_make_link(in_the_making(), -ENODEV);
	run_until(b, client_call_ended, &c);
	assert_non_null(strstr(captured(), "login from 127.0.0.1 refused: user \"alice\", session 2, "
			       "mschap-v2: link: not today"));
	assert_int_equal(c.error, 646);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

static void test_shared_place(void **state)
{
	static struct config_user places[] = { {
		.name = "alice",
		.policy = { .given = POLICY_BIT(POLICY_VRF), .vrf = "blue" },
	} };
	struct bench *b = *state;
	struct client c;

	b->config.users = places;
	b->config.n_users = 1;
	start_shared(b, "users");
	dial_up(&c, b, "bob", "builder");
	client_drop(&c);
	run_until(b, server_is_empty, b);
	places[0].policy.netns = "beyond";
	places[0].policy.given |= POLICY_BIT(POLICY_NETNS);
	client_dial(&c, b, "alice", "wonderland");
	capture();
	run_until(b, client_call_ended, &c);
	assert_non_null(strstr(captured(), "mschap-v2: user-netns is \"beyond\", but interface users "
			       "is shared"));
	client_drop(&c);
	run_until(b, server_is_empty, b);
	places[0].policy.netns = "";
	client_dial(&c, b, "alice", "wonderland");
	capture();
	run_until(b, client_call_ended, &c);
	assert_non_null(strstr(captured(), "login from 127.0.0.1 refused: user \"alice\", session 3, "
			       "mschap-v2: user-vrf is \"blue\", but the shared interface users is in "
			       "none"));
	assert_int_equal(c.error, 646);
	client_drop(&c);
	run_until(b, server_is_empty, b);
}

/*
 * A call that is placed before the reload keeps our old inner address, even if the login comes
 * later.
 */
static void test_reload_during_a_login(void **state)
{
	struct bench *b = *state;
	static struct variant v;
	struct client one;

	start_shared(b, "users");
	lose_frames = true;
	client_dial(&one, b, "alice", "wonderland");
	run_until(b, client_call_is_up, &one);
	vary(&v, b);
	v.server.local_address = ip("10.99.0.2");
	goes_over(b, &v);
	lose_frames = false;
	run_until(b, client_is_up, &one);
	run_until(b, all_up, b);
	assert_ip(only_session(b)->record.ip4.local, "10.99.0.1");
	expect_links("open users +10.99.0.1 +10.99.0.2 ");
	client_drop(&one);
	run_until(b, server_is_empty, b);
	servers_stop(&b->servers, note_stopped, b);
	run_until(b, has_stopped, b);
}

/*
 * Sessions made before the reload keep our inner address, later ones have the new one, and the
 * interface is the same.
 */
static void test_reload_local_address(void **state)
{
	struct bench *b = *state;
	struct client one, two, three;
	static struct variant v, w, x;

	start_shared(b, "users");
	expect_links("open users +10.99.0.1 ");
	dial_up(&one, b, "alice", "wonderland");
	vary(&v, b);
	v.server.local_address = ip("10.99.0.2");
	goes_over(b, &v);
	dial_up(&two, b, "alice", "wonderland");
	assert_ip(two.session.record.ip4.remote, "10.99.0.2");
	assert_ip(one.session.record.ip4.remote, "10.99.0.1");
	assert_false(one.down);
	expect_links("+10.99.0.2 ");

	/* Back to the first configuration: both addresses are still there. */
	vary(&w, b);
	goes_over(b, &w);
	dial_up(&three, b, "alice", "wonderland");
	assert_ip(three.session.record.ip4.remote, "10.99.0.1");
	expect_links("");
	client_drop(&one);
	client_drop(&two);
	run_until(b, one_is_left, b);
	uv_run(&b->loop, UV_RUN_NOWAIT);
	expect_links("-10.99.0.2 ");
	/* An address that no session uses is removed at once. */
	vary(&x, b);
	x.server.local_address = ip("10.99.0.3");
	client_drop(&three);
	run_until(b, server_is_empty, b);
	uv_run(&b->loop, UV_RUN_NOWAIT);
	goes_over(b, &x);
	expect_links("+10.99.0.3 -10.99.0.1 ");
	servers_stop(&b->servers, note_stopped, b);
	run_until(b, has_stopped, b);
}

static void test_reload_mss_clamp(void **state)
{
	struct bench *b = *state;
	static struct variant v;
	struct client one;

	start_shared(b, "pptp%d");
	expect_links("open pptp%d +10.99.0.1 ");
	dial_up(&one, b, "alice", "wonderland");
	vary(&v, b);
	v.server.mss_clamp = false;
	goes_over(b, &v);
	expect_links("clamp pptp%d 0 ");
	goes_over(b, &v);
	expect_links("");
	assert_false(one.down);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

static void cannot_go_over(struct bench *b, struct variant *v, const char *why);

/* A server is on a device, and so are its sessions. */
static void test_places_of_servers(void **state)
{
	struct bench *b = *state;
	static struct variant v;
	struct client one;

	b->server.device = "lo";
	start(b);
	dial_up(&one, b, "alice", "wonderland");
	assert_string_equal(kernel_find(1)->s->outer.from.vrf, "lo");
	vary(&v, b);
	v.server.device = "nowhere0";
	cannot_go_over(b, &v, "by way of nowhere0: no such device");
	v.server.device = NULL;
	v.server.netns = "nowhere1";
	cannot_go_over(b, &v, "in namespace nowhere1: no such file or directory");
	v.server.netns = NULL;
	goes_over(b, &v);
	assert_string_equal(LIST_FIRST(&b->servers.listeners)->device, "");
	assert_null(LIST_NEXT(LIST_FIRST(&b->servers.listeners), link));
	assert_false(one.down);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

static void cannot_go_over(struct bench *b, struct variant *v, const char *why)
{
	char error[256];

	assert_int_not_equal(try_to_go_over(b, v, error), 0);
	if (!strstr(error, why))
		fail_msg("%s", error);
	assert_ptr_not_equal(b->servers.config, &v->config);
}

/* What was prepared for a configuration that is then not used is undone. */
static void test_reload_of_an_address_fails(void **state)
{
	struct bench *b = *state;
	static struct variant v;
	struct client one;
	int fd;

	start_shared(b, "users");
	expect_links("open users +10.99.0.1 ");
	dial_up(&one, b, "alice", "wonderland");
	vary(&v, b);
	v.server.local_address = ip("10.99.0.2");
	refuse_link = "users";
	cannot_go_over(b, &v, "server office: link: not today");
	expect_links("");
	refuse_link = NULL;
	v.server.port = taken_port(&fd);
	cannot_go_over(b, &v, "address already in use");
	expect_links("+10.99.0.2 -10.99.0.2 ");
	close(fd);
	/* The inner address of a session's peer. */
	v.server.port = b->server.port;
	v.server.local_address = ip("10.99.0.10");
	cannot_go_over(b, &v, "server office: local-address 10.99.0.10 is in use by session 1 (alice)");
	expect_links("");
	assert_false(one.down);
	client_drop(&one);
	run_until(b, server_is_empty, b);
}

static void test_reload_of_a_clamp_fails(void **state)
{
	struct bench *b = *state;
	struct config_server before[2], after[2];
	static struct variant v, w;

	start_shared(b, "users");
	vary(&v, b);
	before[0] = v.server;
	before[1] = v.server;
	before[1].name = "other";
	before[1].interface = "others";
	before[1].local_address = ip("10.98.0.1");
	before[1].listen.n = 0;
	v.config.servers = before;
	v.config.n_servers = 2;
	goes_over(b, &v);
	expect_links("open users +10.99.0.1 open others +10.98.0.1 ");

	vary(&w, b);
	memcpy(after, before, sizeof(after));
	after[0].mss_clamp = after[1].mss_clamp = false;
	after[0].pool = after[1].pool = &w.pool;
	w.config.servers = after;
	w.config.n_servers = 2;
	refuse_link = "others";
	cannot_go_over(b, &w, "server other: link: not today");
	expect_links("clamp users 0 clamp users 1 ");
	refuse_link = NULL;
	goes_over(b, &w);
	expect_links("clamp users 0 clamp others 0 ");
	/* The current state is what must be kept after the next failure. */
	memcpy(before, after, sizeof(before));
	before[1].local_address = ip("10.98.0.2");
	before[0].pool = before[1].pool = &v.pool;
	refuse_link = "others";
	cannot_go_over(b, &v, "server other: link: not today");
	expect_links("");
	servers_stop(&b->servers, note_stopped, b);
	run_until(b, has_stopped, b);
}

static struct worker_job *kept;		/* with the worker, which somebody keeps waiting */

static void keep_job(const struct net_backend *b, struct worker_job *job)
{
	assert_null(kept);
	kept = job;
}

/* Logins go on while the worker makes what the next configuration needs. */
static void test_logins_while_links_are_made(void **state)
{
	struct net_backend slow = fake_backend;
	struct bench *b = *state;
	struct client one, two;
	struct going_over next;
	static struct variant v;

	start_shared(b, "users");
	expect_links("open users +10.99.0.1 ");
	dial_up(&one, b, "alice", "wonderland");
	vary(&v, b);
	v.server.local_address = ip("10.99.0.11");
	next = (struct going_over){ .b = b, .v = &v };
	slow.work = keep_job;
	b->sessions.backend = &slow;
	assert_int_equal(link_plan_begin(&b->servers, &v.config, false, links_made, &next), 0);
	b->sessions.backend = &fake_backend;
	assert_ptr_equal(b->servers.config, &b->config);
	/* the next address of the pool is about to be a server's */
	dial_up(&two, b, "alice", "wonderland");
	assert_ip(registry_find_id(&b->sessions.registry, 2)->record.ip4.remote, "10.99.0.12");
	client_drop(&one);
	run_until(b, one_is_left, b);
	expect_links("");
	kept->run(kept, NULL);
	kept->done(kept);
	kept = NULL;
	assert_int_equal(next.err, 0);
	expect_links("+10.99.0.11 ");
	client_drop(&two);
	run_until(b, server_is_empty, b);
	expect_links("-10.99.0.1 ");
}

/* A server is renamed, or removed and added again, while its sessions end. */
static void test_reload_takes_an_interface_over(void **state)
{
	struct bench *b = *state;
	static struct variant v, w;
	struct client one;

	start_shared(b, "users");
	expect_links("open users +10.99.0.1 ");
	dial_up(&one, b, "alice", "wonderland");
	vary(&v, b);
	v.server.name = "other";
	v.server.mss_clamp = false;
	goes_over(b, &v);
	expect_links("clamp users 0 ");
	vary(&w, b);
	w.server.mss_clamp = false;
	goes_over(b, &w);
	run_until(b, client_is_down, &one);
	client_drop(&one);
	run_until(b, server_is_empty, b);
	expect_links("");
	servers_stop(&b->servers, note_stopped, b);
	run_until(b, has_stopped, b);
}

/*
 * No peer gets an address that sessions use as our end, even if the configuration no longer has it.
 */
static void test_old_local_address(void **state)
{
	struct bench *b = *state;
	struct client one, two;
	static struct variant v;

	b->server.local_address = ip("10.99.1.7");	/* the fixed address of bob */
	start_shared(b, "users");
	dial_up(&one, b, "alice", "wonderland");
	vary(&v, b);
	v.server.local_address = ip("10.99.0.1");
	goes_over(b, &v);
	client_dial(&two, b, "bob", "builder");
	run_until(b, client_is_down, &two);
	assert_int_equal(two.error, 649);
	client_drop(&two);
	client_drop(&one);
	run_until(b, server_is_empty, b);
	uv_run(&b->loop, UV_RUN_NOWAIT);
	dial_up(&two, b, "bob", "builder");
	client_drop(&two);
	run_until(b, server_is_empty, b);
	servers_stop(&b->servers, note_stopped, b);
	run_until(b, has_stopped, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_login, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pre_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pre_up_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pre_up_is_not_passed_by, setup, teardown),
		cmocka_unit_test_setup_teardown(test_end_during_pre_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pre_up_cannot_be_run, setup, teardown),
		cmocka_unit_test_setup_teardown(test_radius_login, setup, teardown),
		cmocka_unit_test_setup_teardown(test_radius_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_radius_is_silent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_radius_without_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(test_radius_requires_encryption, setup, teardown),
		cmocka_unit_test_setup_teardown(test_radius_names_a_pool, setup, teardown),
		cmocka_unit_test_setup_teardown(test_radius_lets_the_user_choose, setup, teardown),
		cmocka_unit_test_setup_teardown(test_radius_limits_sessions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_radius_passes_eap_through, setup, teardown),
		cmocka_unit_test_setup_teardown(test_radius_conversation_ends_early, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_conversation_is_one_try, setup, teardown),
		cmocka_unit_test_setup_teardown(test_who_does_not_wait_has_tried, setup, teardown),
		cmocka_unit_test_setup_teardown(test_who_leaves_a_conversation_has_tried, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_secrets_before_radius, setup, teardown),
		cmocka_unit_test_setup_teardown(test_radius_before_secrets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_realms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_realms_of_secrets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_domains_of_secrets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sliding_window, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrong_password, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_memory_for_a_user, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two_sessions_of_one_user, setup, teardown),
		cmocka_unit_test_setup_teardown(test_user_routes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fixed_address, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fixed_address_in_the_pool, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_in_the_log, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failed_logins_ban, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ban_of_those_connected, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_many_connections_in_a_second, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_answers_come_late, setup, teardown),
		cmocka_unit_test_setup_teardown(test_late_answers_to_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(test_max_sessions_of_all, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dead_wires_in_the_log, setup, teardown),
		cmocka_unit_test_setup_teardown(test_last_words_in_the_log, setup, teardown),
		cmocka_unit_test_setup_teardown(test_address_of_the_host, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silent_peer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_that_has_hung_up_is_not_asked, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_peer_that_answers_in_one_way, setup, teardown),
		cmocka_unit_test_setup_teardown(test_session_that_is_over, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silent_call_beside_another, setup, teardown),
		cmocka_unit_test_setup_teardown(test_same_call, setup, teardown),
		cmocka_unit_test_setup_teardown(test_same_call_of_ours, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sessions_per_user, setup, teardown),
		cmocka_unit_test_setup_teardown(test_single_session, setup, teardown),
		cmocka_unit_test_setup_teardown(test_terms_of_a_user, setup, teardown),
		cmocka_unit_test_setup_teardown(test_address_of_a_user, setup, teardown),
		cmocka_unit_test_setup_teardown(test_radius_grants_a_reserved_address, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_closed_accounts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_in_any_case, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_name_is_written_in_another_way, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_max_sessions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_calls_that_start, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_connections_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_descriptors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_descriptors_of_the_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_connections_per_address, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kernel_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kill, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stop_deaf_peer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_drain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undrain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_time_to_drain_is_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_login_timeout, setup, teardown),
		cmocka_unit_test_setup_teardown(test_start_without_a_call, setup, teardown),
		cmocka_unit_test_setup_teardown(test_calls_that_come_to_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_echo, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mppe_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(test_path_mtu, setup, teardown),
		cmocka_unit_test_setup_teardown(test_garbage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_events, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_secrets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rechallenge, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_outer_header, setup, teardown),
		cmocka_unit_test_setup_teardown(test_address_comes_and_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mark, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_pool, setup, teardown),
		cmocka_unit_test_setup_teardown(test_chained_pools, setup, teardown),
		cmocka_unit_test_setup_teardown(test_users_are_recalled, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_radius, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_leaves_radius, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_during_a_conversation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_while_drained, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_removes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_renames, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_widens, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_local_address, setup, teardown),
		cmocka_unit_test_setup_teardown(test_places_of_users, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shared_place, setup, teardown),
		cmocka_unit_test_setup_teardown(test_places_of_servers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_during_a_login, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_mss_clamp, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_of_an_address_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_of_a_clamp_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_logins_while_links_are_made, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_takes_an_interface_over, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_old_local_address, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
