// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#ifndef CULVERT_MICROHTTPD

#include "web/web.h"

static void there_is_nothing_to_listen_with(void **state)
{
	struct web *web = web_new(NULL);

	assert_non_null(web);
	assert_int_equal(web_use(web, NULL, NULL, 0), 0);
	web_close(web);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_nothing_to_listen_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

#include "control/coa.h"
#include "control/played_sessions_test.h"
#include "hooks/hooks.h"
#include "server/connection.h"
#include "web/scrape.h"
#include "web/web.h"

#define MANY 2000

static struct played_world w;
static struct config config;
static struct servers servers;
static struct clients clients;
static struct hooks hooks;
static struct api api;
static struct web *web;
static struct web_settings settings;
static char error[256];

static const struct ban_ops no_ops;

static uint16_t free_port(void)
{
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(ip("127.0.0.1"), 0, &sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	close(fd);
	return ntohs(((struct sockaddr_in *)&sa)->sin_port);
}

static int set_up(void **state)
{
	static const char * const names[] = { "vpn.example.org" };

	world_open(&w, MANY);
	servers = (struct servers){ .config = &config, .sessions = &w.sessions, .loop = &w.loop };
	TAILQ_INIT(&servers.list);
	servers.conns = calloc(1, sizeof(*servers.conns));
	servers.abuse.bans = bans_new(1, &no_ops, NULL);
	clients_init(&clients);
	api = (struct api){
		.sessions = &w.sessions, .servers = &servers, .clients = &clients,
		.coa = coa_new(&w.sessions), .hooks = &hooks, .version = "1.2\"3",
	};
	settings = (struct web_settings){
		.address = ip("127.0.0.1"), .port = free_port(), .max_connections = 3,
		.metrics = true, .session_series = 2, .names = names, .n_names = 1,
	};
	web = web_new(&api);
	assert_int_equal(web_use(web, &settings, error, sizeof(error)), 0);
	return 0;
}

static int tear_down(void **state)
{
	web_close(web);
	coa_close((struct coa *)(uintptr_t)api.coa);
	world_close(&w);
	bans_free(servers.abuse.bans);
	free(servers.conns);
	return 0;
}

/* --- a client of HTTP ----------------------------------------------------------------------- */

static int dial(uint16_t port)
{
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(ip("127.0.0.1"), port, &sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (!connect(fd, (struct sockaddr *)&sa, len))
		return fd;
	close(fd);
	return -1;
}

static void ask(int fd, const char *method, const char *path, const char *host)
{
	char text[1024];
	int len = snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
			   "Content-Length: 0\r\n\r\n", method, path, host);

	assert_int_equal(send(fd, text, (size_t)len, MSG_NOSIGNAL), len);
}

static char reply[2 << 20];

/* Returns @reply, all that comes until the connection ends, which is closed. */
static const char *rest(int fd)
{
	size_t len = 0;
	ssize_t n;

	do {
		uv_run(&w.loop, UV_RUN_NOWAIT);
		n = recv(fd, reply + len, sizeof(reply) - 1 - len, MSG_DONTWAIT);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EAGAIN));
	close(fd);
	reply[len] = '\0';
	return reply;
}

static const char *get_by(const char *method, const char *path, const char *host)
{
	int fd = dial(settings.port);

	assert_true(fd >= 0);
	ask(fd, method, path, host);
	return rest(fd);
}

static const char *get(const char *path)
{
	return get_by("GET", path, "localhost:9723");
}

static void expect(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" lacks \"%s\"", text, part);
}

static void expect_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" has \"%s\"", text, part);
}

/* --- sessions ------------------------------------------------------------------------------- */

static struct session *add_up(const char *user)
{
	struct session *s = world_add(&w, "office", user, ip("198.51.100.1"),
				      ip_from_number(0x0a000001 + w.n));
	struct event event = { .type = EVENT_STARTING, .session = s, .kind = "" };

	events_tell(&w.sessions.events, &event);
	s->record.up = true;
	s->record.up_s = 1;
	event.type = EVENT_UP;
	events_tell(&w.sessions.events, &event);
	return s;
}

/* --- tests ---------------------------------------------------------------------------------- */

static void metrics_are_told(void **state)
{
	const char *text;

	add_up("alice");
	servers.conns->counts.accepted = 7;
	servers.conns->counts.refused[ADMISSION_CONNECTIONS] = 5;
	servers.abuse.banned = 3;
	text = get("/metrics");
	expect(text, "HTTP/1.1 200 ");
	expect(text, "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n");
	expect(text, "\r\nCache-Control: no-store\r\n");
	expect(text, "\nculvert_build_info{version=\"1.2\\\"3\"} 1\n");
	expect(text, "\nculvert_sessions{server=\"office\",state=\"up\"} 1\n");
	expect(text, "\nculvert_sessions_up_total{server=\"office\"} 1\n");
	expect(text, "\nculvert_connections_accepted_total 7\n");
	expect(text, "\nculvert_connections_refused_total{reason=\"connections\"} 5\n");
	expect(text, "\nculvert_connections_refused_total{reason=\"banned\"} 3\n");
	expect(text, "\nprocess_open_fds ");
	expect(text, "\nprocess_resident_memory_bytes ");
	expect(text, "\nculvert_metrics_left_out 0\n");
	expect_not(text, "alice");
	expect(get("/metrics"), "\nculvert_http_requests_total{code=\"200\"} 1\n");
}

static void single_sessions_are_told_within_their_bound(void **state)
{
	const char *text;

	add_up("al\"ice");
	add_up("bob");
	add_up("carol");
	text = get("/metrics/sessions");
	expect(text, "\nculvert_session_receive_bytes_total{session=\"1\",server=\"office\",client=\"\","
	       "user=\"al\\\"ice\",interface=\"\"} 0\n");
	expect(text, "user=\"bob\"");
	expect_not(text, "carol");
	expect(text, "\nculvert_session_series_left_out 1\n");
	expect_not(text, "culvert_build_info");
	settings.session_series = 0;
	assert_int_equal(web_use(web, &settings, error, sizeof(error)), 0);
	expect(get("/metrics/sessions"), "HTTP/1.1 404 ");
	settings.metrics = false;
	assert_int_equal(web_use(web, &settings, error, sizeof(error)), 0);
	expect(get("/metrics"), "HTTP/1.1 404 ");
}

/* Whoever makes a name of theirs point here gets a browser to ask, but not an answer. */
static void names_of_others_are_refused(void **state)
{
	expect(get_by("GET", "/metrics", "evil.example:9723"), "HTTP/1.1 403 ");
	expect(get_by("GET", "/metrics", "127.0.0.1.evil.example"), "HTTP/1.1 403 ");
	expect(get_by("GET", "/metrics", "127.0.0.1"), "HTTP/1.1 200 ");
	expect(get_by("GET", "/metrics", "[::1]:9723"), "HTTP/1.1 200 ");
	expect(get_by("GET", "/metrics", "VPN.example.org"), "HTTP/1.1 200 ");
}

static void there_is_nothing_but_to_be_read(void **state)
{
	expect(get_by("POST", "/metrics", "localhost"), "HTTP/1.1 405 ");
	expect(get_by("DELETE", "/metrics", "localhost"), "HTTP/1.1 405 ");
	expect(get("/"), "HTTP/1.1 404 ");
	expect(get("/metrics/../metrics"), "HTTP/1.1 404 ");
	expect(get_by("HEAD", "/metrics", "localhost"), "HTTP/1.1 200 ");
	expect_not(reply, "culvert_build_info");
}

/* Whoever does not go on, or does not read, keeps nobody from a text. */
static void who_does_not_read_holds_nobody_up(void **state)
{
	int lazy = dial(settings.port), quiet = dial(settings.port);

	ask(lazy, "GET", "/metrics", "localhost");
	expect(get("/metrics"), "HTTP/1.1 200 ");
	expect(get("/metrics"), "HTTP/1.1 200 ");
	expect(rest(lazy), "HTTP/1.1 200 ");
	played_ns += (WEB_TIMEOUT_S + 2) * 1000000000ull;
	assert_string_equal(rest(quiet), "");
}

/* One more waits in the kernel until there is room. */
static void there_is_a_bound_to_connections(void **state)
{
	int fds[4];
	char octet;

	for (unsigned int i = 0; i < 4; i++)
		fds[i] = dial(settings.port);
	ask(fds[3], "GET", "/metrics", "localhost");
	for (unsigned int i = 0; i < 50; i++)
		uv_run(&w.loop, UV_RUN_NOWAIT);
	assert_int_equal(recv(fds[3], &octet, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
	for (unsigned int i = 0; i < 3; i++)
		close(fds[i]);
	expect(rest(fds[3]), "HTTP/1.1 200 ");
}

/* Requests under way do not keep the listener from being closed, nor from moving. */
static void the_listener_moves_and_goes(void **state)
{
	int fd = dial(settings.port);
	uint16_t before = settings.port;

	ask(fd, "GET", "/metrics", "localhost");
	for (unsigned int i = 0; i < 3; i++)
		uv_run(&w.loop, UV_RUN_NOWAIT);
	settings.port = free_port();
	assert_int_equal(web_use(web, &settings, error, sizeof(error)), 0);
	rest(fd);
	assert_int_equal(dial(before), -1);
	expect(get("/metrics"), "HTTP/1.1 200 ");
	settings.max_connections = 5;
	assert_int_equal(web_use(web, &settings, error, sizeof(error)), 0);
	expect(get("/metrics"), "HTTP/1.1 200 ");
	assert_int_equal(web_use(web, NULL, error, sizeof(error)), 0);
	assert_int_equal(dial(settings.port), -1);
	assert_int_equal(web_use(web, &settings, error, sizeof(error)), 0);
	fd = dial(settings.port);
	ask(fd, "GET", "/metrics/sessions", "localhost");
	for (unsigned int i = 0; i < 3; i++)
		uv_run(&w.loop, UV_RUN_NOWAIT);
	close(fd);
}

static void an_address_that_is_taken_changes_nothing(void **state)
{
	struct web_settings other = settings;
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(ip("127.0.0.1"), 0, &sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	other.port = ntohs(((struct sockaddr_in *)&sa)->sin_port);
	assert_int_equal(web_use(web, &other, error, sizeof(error)), -EADDRINUSE);
	expect(error, "web: 127.0.0.1 port ");
	expect(get("/metrics"), "HTTP/1.1 200 ");
	close(fd);
}

/* The clock moves with each look at it: this many sessions are some slices. */
static void many_sessions_take_slices(void **state)
{
	char left_out[64];

	for (unsigned int i = 0; i < MANY; i++)
		add_up("alice");
	callbacks_forget();
	expect(get("/metrics"), "\nculvert_sessions{server=\"office\",state=\"up\"} 2000\n");
	snprintf(left_out, sizeof(left_out), "\nculvert_session_series_left_out %u\n", MANY - 2);
	expect(get("/metrics/sessions"), left_out);
	assert_int_equal(callbacks_seen()->too_long, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(metrics_are_told),
		TEST(single_sessions_are_told_within_their_bound),
		TEST(names_of_others_are_refused),
		TEST(there_is_nothing_but_to_be_read),
		TEST(who_does_not_read_holds_nobody_up),
		TEST(there_is_a_bound_to_connections),
		TEST(the_listener_moves_and_goes),
		TEST(an_address_that_is_taken_changes_nothing),
		TEST(many_sessions_take_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
