// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/scarce_test.h"

#ifndef CULVERT_MICROHTTPD

#include "web/web.h"

static void there_is_nothing_to_listen_with(void **state)
{
	struct web *web = web_new(NULL, NULL);

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

#include "aaa/throttle.h"
#include "aaa/tokens.h"
#include "control/coa.h"
#include "control/commands_priv.h"
#include "control/played_sessions_test.h"
#include "hooks/hooks.h"
#include "server/connection.h"
#include "web/logins.h"
#include "web/scrape.h"
#include "web/web.h"

#define MANY 2000

/* Who has which, by "r", "w" and "c". */
#define TOKENS \
	"reader read 454349e422f05297191ead13e21d3db520e5abef52055e4964b82fb213f593a1\n" \
	"writer write 50e721e49c013f00c62cf59f2163542a9d8df02464efeb615d31051b0fddc326\n" \
	"catcher capture 2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6\n"

static struct played_world w;
static struct config config;
static struct servers servers;
static struct clients clients;
static struct hooks hooks;
static struct api api;
static struct control *control;
static struct tokens *tokens;
static struct web *web;
static struct web_settings settings;
static char error[256];
static const char *from;		/* address of the client; NULL: any */

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

static struct tokens *tokens_of(const char *text)
{
	struct tokens *made;
	struct diag diag;

	diag_init(&diag);
	made = tokens_parse("tokens", text, strlen(text), &diag);
	assert_int_equal(diag.warnings, 0);
	diag_free(&diag);
	return made;
}

/* Methods are those of the daemon, and one that is told something when the test says so. */
static struct teller {
	struct control_teller teller;
	struct control_answer *answer;	/* NULL: gone */
	unsigned int room;
} teller;

static void has_room(struct control_teller *t)
{
	teller.room++;
	control_continue(teller.answer, "{\"lost\":1}");
}

static void is_gone(struct control_teller *t)
{
	teller.answer = NULL;
}

static void tell_later(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	teller = (struct teller){ { has_room, is_gone }, answer, 0 };
	control_tell(answer, &teller.teller);
	control_continue(answer, "{}");
}

static unsigned int changes;

static json_t *change(void *ctx, const json_t *parameters, struct control_error *refused)
{
	changes++;
	if (json_object_get(parameters, "refuse"))
		control_refused(refused, "no");
	return json_object_get(parameters, "refuse") ? NULL : json_pack("{s:i}", "n", changes);
}

static uint64_t looking_ns;	/* how long it takes */

static json_t *look(void *ctx, const json_t *parameters, struct control_error *not_found)
{
	played_ns += looking_ns;
	if (!json_object_get(parameters, "lose"))
		return json_pack("{s:i}", "seen", ++changes);
	control_not_found(not_found, "thing", "luck");
	return NULL;
}

/* The answer that the test itself has to give. */
static struct control_answer *owed;

static void owe(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	owed = answer;
}

static const char test_description[] =
	"interface org.example.Test\n"
	"method Look(lose: ?bool) -> (seen: int)\n"
	"method Change(refuse: ?bool) -> (n: int)\n"
	"method Capture() -> (seen: int)\n"
	"method Tell() -> (text: ?string, lost: ?int)\n"
	"method Owe() -> (text: ?string)\n";

static const struct control_method methods[] = {
	{ "org.example.Test.Look", CONTROL_READ, .run = look },
	{ "org.example.Test.Change", CONTROL_WRITE, .run = change },
	{ "org.example.Test.Capture", CONTROL_CAPTURE, .run = look },
	{ "org.example.Test.Tell", CONTROL_READ, true, .begin = tell_later },
	{ "org.example.Test.Owe", CONTROL_READ, .begin = owe },
	{ "org.culvert.Session.List", CONTROL_READ, .list = &api_session_list },
	{ NULL },
};

static void open_control(void)
{
	static const char *descriptions[32] = { test_description };
	static char path[64];
	const struct control_options options = { .path = path, .max_clients = 2, .version = "1" };

	snprintf(path, sizeof(path), "/tmp/web-test-%d.sock", (int)getpid());
	for (size_t i = 0; api_descriptions[i]; i++)
		descriptions[i + 1] = api_descriptions[i];
	control = control_open(&w.loop, &options, methods, descriptions, &api, error,
			       sizeof(error));
	if (!control)
		fail_msg("%s", error);
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
	open_control();
	changes = 0;
	looking_ns = 0;
	from = NULL;
	teller.answer = NULL;
	tokens = tokens_of(TOKENS);
	settings = (struct web_settings){
		.address = ip("127.0.0.1"), .port = free_port(), .max_connections = 3,
		.metrics = true, .session_series = 2, .names = names, .n_names = 1,
		.tokens = tokens, .page = true,
	};
	web = web_new(&api, control);
	assert_int_equal(web_use(web, &settings, error, sizeof(error)), 0);
	return 0;
}

static int tear_down(void **state)
{
	web_close(web);
	tokens_put(tokens);
	control_close(control);
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
	socklen_t len;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (from) {
		len = ip_to_sockaddr(ip(from), 0, &sa);
		assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	}
	len = ip_to_sockaddr(ip("127.0.0.1"), port, &sa);
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
	text = get("/metrics");
	expect(text, "\nculvert_http_requests_total{code=\"200\"} 1\n");
	expect(text, "\nprocess_open_fds ");
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

/* Returns settings with a port that @fd, which has to be closed, listens at. */
static struct web_settings at_a_taken_port(int *fd)
{
	struct web_settings other = settings;
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(ip("127.0.0.1"), 0, &sa);

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(*fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(listen(*fd, 1), 0);
	assert_int_equal(getsockname(*fd, (struct sockaddr *)&sa, &len), 0);
	other.port = ntohs(((struct sockaddr_in *)&sa)->sin_port);
	return other;
}

static void an_address_that_is_taken_changes_nothing(void **state)
{
	int fd;
	const struct web_settings other = at_a_taken_port(&fd);

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

/* --- methods -------------------------------------------------------------------------------- */

/* Ask with these lines in the head, and a body; NULL: none. */
static int send_request(const char *method, const char *path, const char *lines, const char *body)
{
	static char text[32768];
	int fd = dial(settings.port), len;

	assert_true(fd >= 0);
	len = snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: localhost:%u\r\nConnection: close\r\n%s",
		       method, path, settings.port, lines);
	if (body)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "Content-Length: %zu\r\n",
				strlen(body));
	len += snprintf(text + len, sizeof(text) - (size_t)len, "\r\n%s", body ? body : "");
	assert_int_equal(send(fd, text, (size_t)len, MSG_NOSIGNAL), len);
	return fd;
}

static const char *request(const char *method, const char *path, const char *lines,
			   const char *body)
{
	return rest(send_request(method, path, lines, body));
}

#define JSON	"Content-Type: application/json\r\n"
#define R	"Authorization: Bearer r\r\n"
#define W	"Authorization: Bearer w\r\n"
#define C	"Authorization: bearer c\r\n"
#define STREAM	"Accept: text/event-stream\r\n"
#define TEST_API "/api/org.example.Test."

static const char *post(const char *method, const char *lines, const char *body)
{
	char path[128];

	snprintf(path, sizeof(path), TEST_API "%s", method);
	return request("POST", path, lines, body);
}

/* Let the loop run for @s seconds of the played clock, and read what comes. Returns @reply. */
static const char *heard(int fd, unsigned int s)
{
	const uint64_t end = played_ns + s * 1000000000ull;
	size_t len = 0;
	ssize_t n;

	do {
		played_ns += 100000000;
		for (unsigned int i = 0; i < 8; i++)
			uv_run(&w.loop, UV_RUN_NOWAIT);
		n = fd < 0 ? 0 : recv(fd, reply + len, sizeof(reply) - 1 - len, MSG_DONTWAIT);
		if (n > 0)
			len += (size_t)n;
	} while (played_ns < end);
	reply[len] = '\0';
	return reply;
}

static bool is_over(int fd)
{
	char octet;
	bool over;

	heard(-1, 1);
	over = !recv(fd, &octet, 1, MSG_DONTWAIT);
	close(fd);
	return over;
}

static unsigned int count_of(const char *text, const char *part)
{
	unsigned int n = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		n++;
	return n;
}

static void rights_are_those_of_the_token(void **state)
{
	expect(post("Look", R JSON, "{}"), "HTTP/1.1 200 ");
	expect(reply, "\r\nContent-Type: application/json\r\n");
	expect(reply, "\r\nCache-Control: no-store\r\n");
	expect(reply, "\r\n\r\n{\"seen\":1}");
	expect(post("Look", W JSON, ""), "{\"seen\":2}");
	expect(post("Look", C JSON, "{}"), "{\"seen\":3}");
	expect(post("Change", W JSON, "{}"), "{\"n\":4}");
	expect(post("Capture", C JSON, "{}"), "{\"seen\":5}");
	expect(post("Change", R JSON, "{}"), "HTTP/1.1 403 ");
	expect(reply, "{\"error\":\"org.varlink.service.PermissionDenied\"");
	expect(post("Change", C JSON, "{}"), "HTTP/1.1 403 ");
	expect(post("Capture", W JSON, "{}"), "HTTP/1.1 403 ");
	expect(request("GET", TEST_API "Look", R, NULL), "{\"seen\":6}");
	expect(request("GET", TEST_API "Capture", C, NULL), "{\"seen\":7}");
	expect(request("GET", TEST_API "Change", W, NULL), "HTTP/1.1 405 ");
	expect(request("HEAD", TEST_API "Look", R, NULL), "HTTP/1.1 405 ");
	assert_int_equal(changes, 7);
	expect(request("GET", "/whoami", W, NULL), "{\"name\":\"writer\",\"rights\":[\"read\",\"write\"]}");
	settings.tokens = NULL;
	settings.page = false;
	assert_int_equal(web_use(web, &settings, error, sizeof(error)), 0);
	expect(post("Look", R JSON, "{}"), "HTTP/1.1 404 ");
	expect(request("GET", "/whoami", W, NULL), "HTTP/1.1 404 ");
}

static void a_wrong_token_is_refused_and_soon_not_looked_at(void **state)
{
	expect(post("Look", JSON, "{}"), "HTTP/1.1 401 ");
	expect(reply, "\r\nWWW-Authenticate: Bearer\r\n");
	expect(post("Look", "Authorization: Basic cjpy\r\n" JSON, "{}"), "HTTP/1.1 401 ");
	for (unsigned int i = 0; i < 10; i++)
		expect(post("Look", "Authorization: Bearer x\r\n" JSON, "{}"), "HTTP/1.1 401 ");
	expect(post("Look", "Authorization: Bearer x\r\n" JSON, "{}"), "HTTP/1.1 429 ");
	expect(post("Look", R JSON, "{}"), "HTTP/1.1 429 ");
	assert_int_equal(changes, 0);
	played_ns += THROTTLE_REFILL_MS * 1000000;
	expect(post("Look", R JSON, "{}"), "HTTP/1.1 200 ");
}

/* Where a socket of IPv6 takes connections of IPv4 they are not all of one network. */
static void an_address_of_ipv4_is_one_by_ipv6_too(void **state)
{
	settings.address = ip("::");
	settings.port = free_port();
	if (web_use(web, &settings, error, sizeof(error)))
		skip();
	from = "127.0.0.2";
	for (unsigned int i = 0; i < 10; i++)
		expect(post("Look", "Authorization: Bearer x\r\n" JSON, "{}"), "HTTP/1.1 401 ");
	expect(post("Look", R JSON, "{}"), "HTTP/1.1 429 ");
	from = "127.0.0.3";
	expect(post("Look", R JSON, "{}"), "HTTP/1.1 200 ");
}

static void errors_have_their_status(void **state)
{
	expect(post("Look", R JSON, "{\"lose\":true}"), "HTTP/1.1 404 ");
	expect(reply, "\r\n\r\n{\"error\":\"org.culvert.NotFound\",\"parameters\":{\"what\":\"thing\",\"name\":\"luck\"}}");
	expect(post("Change", W JSON, "{\"refuse\":true}"), "HTTP/1.1 409 ");
	expect(post("Look", R JSON, "{\"lose\":1}"), "HTTP/1.1 400 ");
	expect(reply, "org.varlink.service.InvalidParameter");
	expect(post("Look", R JSON, "{} x"), "HTTP/1.1 400 ");
	expect(post("Look", R JSON, "{},\"oneway\":true"), "HTTP/1.1 400 ");
	expect(post("Look", R JSON, "[]"), "HTTP/1.1 400 ");
	expect(post("None", R JSON, "{}"), "HTTP/1.1 404 ");
	expect(reply, "org.varlink.service.MethodNotFound");
	expect(post("Tell", R JSON, "{}"), "HTTP/1.1 400 ");
	expect(request("GET", TEST_API "Look?parameters=%7B%22lose%22:true%7D", R, NULL), "HTTP/1.1 404 ");
	expect(request("POST", "/api/", R JSON, "{}"), "HTTP/1.1 404 ");
	expect(request("POST", "/api/../metrics", R JSON, "{}"), "HTTP/1.1 404 ");
	expect(request("POST", "/api/org.varlink.service.GetInfo", R JSON, "{}"), "\"product\":\"culvertd\"");
}

static void a_body_is_json_and_short(void **state)
{
	static char body[CONTROL_MAX_CALL + 2];

	memset(body, ' ', CONTROL_MAX_CALL);
	memcpy(body, "{}", 2);
	expect(post("Look", R JSON, body), "HTTP/1.1 200 ");
	strcat(body, " ");
	expect(post("Look", R JSON, body), "HTTP/1.1 413 ");
	expect(post("Look", R, "{}"), "HTTP/1.1 415 ");
	expect(post("Look", R, NULL), "HTTP/1.1 415 ");
	expect(post("Look", R "Content-Type: text/plain\r\n", "{}"), "HTTP/1.1 415 ");
	expect(post("Look", R "Content-Type: application/json; charset=utf-8\r\n", "{}"), "HTTP/1.1 200 ");
	expect(post("Look", R JSON "Transfer-Encoding: chunked\r\n", NULL), "HTTP/1.1 411 ");
	assert_int_equal(changes, 2);
}

static void an_answer_may_come_later(void **state)
{
	int fd = send_request("POST", TEST_API "Owe", R JSON, "{}");

	heard(fd, 3 * WEB_TIMEOUT_S);
	assert_string_equal(reply, "");
	control_answer(owed, json_pack("{s:s}", "text", "now"));
	expect(rest(fd), "\r\n\r\n{\"text\":\"now\"}");
	/* Nobody waits for it any more. */
	fd = send_request("POST", TEST_API "Owe", R JSON, "{}");
	heard(fd, 1);
	close(fd);
	heard(-1, 1);
	control_answer(owed, json_object());
	heard(-1, 1);
	/* Nor does a listener that is gone. */
	fd = send_request("POST", TEST_API "Owe", R JSON, "{}");
	heard(fd, 1);
	assert_int_equal(web_use(web, NULL, error, sizeof(error)), 0);
	control_answer(owed, json_object());
	assert_true(is_over(fd));
}

/* Put the chunks of the body in @reply together (RFC 9112 section 7.1). */
static void join_chunks(void)
{
	char *in = strstr(reply, "\r\n\r\n") + 4, *out = in, *data;
	size_t n;

	while ((n = strtoul(in, &data, 16))) {
		data += 2;
		memmove(out, data, n);
		out += n;
		in = data + n + 2;
	}
	*out = '\0';
}

/* A list comes in pieces, each when the one before was passed on; no callback takes long. */
static void a_long_list_takes_slices(void **state)
{
	for (unsigned int i = 0; i < MANY; i++)
		add_up("alice");
	callbacks_forget();
	rest(send_request("GET", "/api/org.culvert.Session.List", R STREAM, NULL));
	join_chunks();
	assert_int_equal(count_of(reply, "{\"id\":"), MANY);
	assert_int_equal(count_of(reply, "event: end\n"), 1);
	assert_in_range(count_of(reply, "\ndata: {\"sessions\":["), 2, MANY / 2);
	assert_int_equal(callbacks_seen()->too_long, 0);
	expect(request("GET", "/api/org.culvert.Session.List?parameters={\"limit\":3}", R, NULL),
	       "\"next\":");
}

/* --- browsers ------------------------------------------------------------------------------- */

/* Returns a header with the cookie in @reply, good until the next call. */
static const char *cookie_of(void)
{
	static char header[128];
	const char *cookie = strstr(reply, "\r\nSet-Cookie: culvert=");

	assert_non_null(cookie);
	snprintf(header, sizeof(header), "Cookie: %.40s\r\n", cookie + strlen("\r\nSet-Cookie: "));
	return header;
}

static const char *log_in(const char *token)
{
	char body[64];

	snprintf(body, sizeof(body), "{\"token\":\"%s\"}", token);
	return request("POST", "/login", JSON, body);
}

static void a_browser_logs_in_and_out(void **state)
{
	const char *cookie;
	char lines[256];

	expect(log_in("w"), "HTTP/1.1 200 ");
	expect(reply, "{\"name\":\"writer\",\"rights\":[\"read\",\"write\"]}");
	expect(reply, "; Path=/; HttpOnly; SameSite=Strict\r\n");
	cookie = cookie_of();
	expect(request("GET", "/whoami", cookie, NULL), "\"writer\"");
	snprintf(lines, sizeof(lines), "%s" JSON, cookie);
	expect(post("Change", lines, "{}"), "{\"n\":1}");
	expect(request("POST", "/logout", cookie, NULL), "HTTP/1.1 415 ");
	expect(request("GET", "/whoami", cookie, NULL), "HTTP/1.1 200 ");
	expect(request("POST", "/logout", lines, "{}"), "HTTP/1.1 200 ");
	expect(reply, "Max-Age=0");
	expect(request("GET", "/whoami", cookie, NULL), "HTTP/1.1 401 ");
	expect(post("Change", lines, "{}"), "HTTP/1.1 401 ");
	expect(request("POST", "/logout", lines, "{}"), "HTTP/1.1 200 ");
	expect(log_in("x"), "HTTP/1.1 401 ");
	expect_not(reply, "Set-Cookie");
	expect(request("POST", "/login", JSON, "{}"), "HTTP/1.1 400 ");
	expect(request("POST", "/login", "", "{\"token\":\"w\"}"), "HTTP/1.1 415 ");
	expect(request("GET", "/login", "", NULL), "HTTP/1.1 405 ");
	expect(request("GET", "/whoami", "Cookie: culvert=\r\n", NULL), "HTTP/1.1 401 ");
	expect(request("POST", "/login", JSON "Origin: https://vpn.example.org\r\n", "{\"token\":\"w\"}"), "; Secure");
}

/* A proxy that asks by HTTP Basic lets the browser send that along; a token is more than a cookie. */
static void a_proxy_may_ask_on_its_own(void **state)
{
	const char *cookie;
	char lines[256];

	log_in("w");
	cookie = cookie_of();
	snprintf(lines, sizeof(lines), "%sAuthorization: Basic cjpy\r\n", cookie);
	expect(request("GET", "/whoami", lines, NULL), "\"writer\"");
	snprintf(lines, sizeof(lines), "%s" R, cookie);
	expect(request("GET", "/whoami", lines, NULL), "\"reader\"");
	snprintf(lines, sizeof(lines), "%sAuthorization: Bearer x\r\n", cookie);
	expect(request("GET", "/whoami", lines, NULL), "HTTP/1.1 401 ");
	expect(request("GET", "/whoami", "Cookie: culvert=x\r\nAuthorization: Basic cjpy\r\n", NULL),
	       "HTTP/1.1 401 ");
}

static void pages_of_others_are_refused(void **state)
{
	char lines[256], ours[64];
	const char *cookie;

	log_in("w");
	cookie = cookie_of();
	snprintf(ours, sizeof(ours), "http://localhost:%u", settings.port);
	for (unsigned int i = 0; i < 6; i++) {
		const char * const origins[] = {
			"null", "http://evil.example", "http://localhost:1", "http://127.0.0.1",
			"http://vpn.example.organ", "http://vpn.example",
		};

		snprintf(lines, sizeof(lines), "%s" JSON "Origin: %s\r\n", cookie, origins[i]);
		expect(post("Change", lines, "{}"), "HTTP/1.1 403 ");
		expect(request("GET", TEST_API "Look", lines, NULL), "HTTP/1.1 403 ");
		expect(request("POST", "/logout", lines, NULL), "HTTP/1.1 403 ");
		expect(request("POST", "/login", lines, "{\"token\":\"w\"}"), "HTTP/1.1 403 ");
	}
	assert_int_equal(changes, 0);
	snprintf(lines, sizeof(lines), "%s" JSON "Origin: %s\r\n", cookie, ours);
	expect(post("Change", lines, "{}"), "HTTP/1.1 200 ");
	snprintf(lines, sizeof(lines), "%s" JSON "Origin: https://vpn.example.org:8443\r\n", cookie);
	expect(post("Change", lines, "{}"), "HTTP/1.1 200 ");
	/* What a form can send. */
	snprintf(lines, sizeof(lines), "%sContent-Type: text/plain\r\n", cookie);
	expect(post("Change", lines, "{}"), "HTTP/1.1 415 ");
	expect(post("Change", cookie, NULL), "HTTP/1.1 415 ");
	assert_int_equal(changes, 2);
	expect(get_by("GET", "/whoami", "evil.example"), "HTTP/1.1 403 ");
}

/* --- streams -------------------------------------------------------------------------------- */

static int stream(const char *method, const char *lines)
{
	char path[128], all[256];

	snprintf(path, sizeof(path), TEST_API "%s", method);
	snprintf(all, sizeof(all), "%s" STREAM, lines);
	return send_request("GET", path, all, NULL);
}

static void a_method_is_called_again_and_again(void **state)
{
	int fd = stream("Look?every=2", R);

	expect(heard(fd, 1), "HTTP/1.1 200 ");
	expect(reply, "\r\nContent-Type: text/event-stream\r\n");
	expect(reply, "data: {\"seen\":1}\n\n");
	heard(fd, 8);
	assert_in_range(count_of(reply, "data: {\"seen\":"), 3, 4);
	expect_not(reply, "event:");
	close(fd);
	heard(-1, 20);
	assert_in_range(changes, 4, 12);
	expect(rest(stream("Look", R)), "event: end\ndata: {\"seen\":");
	expect(rest(stream("Look?every=1&parameters={\"lose\":true}", R)),
	       "event: error\ndata: {\"error\":\"org.culvert.NotFound\"");
	expect(rest(stream("Look?every=0", R)), "HTTP/1.1 400 ");
	expect(rest(stream("Look?every=61", R)), "HTTP/1.1 400 ");
	expect(rest(stream("Change", W)), "HTTP/1.1 405 ");
	expect(rest(stream("Capture", W)), "event: error\ndata: {\"error\":\"org.varlink.service.PermissionDenied\"");
}

static void a_stream_has_events_and_says_that_it_is_there(void **state)
{
	int fd = stream("Tell", R);

	expect(heard(fd, 1), "data: {}\n\n");
	assert_true(control_continue(teller.answer, "{\"text\":\"a\"}"));
	expect(heard(fd, 1), "data: {\"text\":\"a\"}\n\n");
	expect(heard(fd, 20), "\r\n:\n\n\r\n");
	/* It is alive after more than what a connection may say nothing for. */
	expect(heard(fd, 3 * WEB_TIMEOUT_S), "\r\n:\n\n\r\n");
	assert_non_null(teller.answer);
	control_answer(teller.answer, json_pack("{s:s}", "text", "z"));
	expect(rest(fd), "event: end\ndata: {\"text\":\"z\"}\n\n");
	/* Whoever goes is noticed. */
	fd = stream("Tell", R);
	heard(fd, 1);
	close(fd);
	heard(-1, 40);
	assert_null(teller.answer);
}

static void who_reads_slowly_is_bounded_and_told(void **state)
{
	static char text[10000];
	int fd = stream("Tell", R), told = 0;

	heard(fd, 1);
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "{\"text\":\"", 9);
	memcpy(text + sizeof(text) - 3, "\"}", 2);
	for (; control_continue(teller.answer, text); told++) {
		assert_true(told < 1000);
		for (unsigned int i = 0; i < 4; i++)
			uv_run(&w.loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(teller.room, 0);
	assert_false(control_continue(teller.answer, "{}"));
	/* Others do not wait for that. */
	expect(post("Look", R JSON, "{}"), "HTTP/1.1 200 ");
	for (unsigned int i = 0; i < 100 && !teller.room; i++)
		heard(fd, 1);
	assert_int_equal(teller.room, 1);
	assert_true(control_continue(teller.answer, "{\"text\":\"last\"}"));
	heard(fd, 2);
	expect(reply, "data: {\"text\":\"last\"}\n\n");
	/* Who does not read at all is dropped. */
	while (control_continue(teller.answer, text))
		for (unsigned int i = 0; i < 4; i++)
			uv_run(&w.loop, UV_RUN_NOWAIT);
	/* TCP tries a last bit of the window after 200 ms that are real, and the time begins anew. */
	for (unsigned int i = 0; i < 20 && teller.answer; i++)
		heard(-1, 90);
	assert_null(teller.answer);
	close(fd);
}

/* It begins anew, rather than lack an event that nobody tells of. */
static void a_stream_ends_without_memory_for_an_event(void **state)
{
	int fd = stream("Tell", R);

	expect(heard(fd, 1), "data: {}");
	memory_left = 1;
	control_continue(teller.answer, "{\"text\":\"a\"}");
	memory_left = UINT_MAX;
	control_continue(teller.answer, "{\"text\":\"b\"}");
	assert_string_equal(heard(fd, 1), "0\r\n\r\n");
	assert_null(teller.answer);
	assert_true(is_over(fd));
}

/* All are due in the same second, and together take more than a callback may. */
static void many_streams_take_slices(void **state)
{
	int fds[8];

	settings.max_connections = 20;
	assert_int_equal(web_use(web, &settings, error, sizeof(error)), 0);
	for (unsigned int i = 0; i < 8; i++) {
		fds[i] = stream("Look?every=1", R);
		heard(fds[i], 1);
	}
	looking_ns = 1500000;
	callbacks_forget();
	heard(-1, 5);
	for (unsigned int i = 0; i < 8; i++)
		assert_in_range(count_of(heard(fds[i], 1), "data: {"), 2, 30);
	assert_int_equal(callbacks_seen()->too_long, 0);
	for (unsigned int i = 0; i < 8; i++)
		close(fds[i]);
}

static void streams_are_half_of_the_connections(void **state)
{
	int fds[2];

	for (unsigned int i = 0; i < 2; i++)
		fds[i] = stream("Look?every=1", R);
	heard(fds[1], 1);
	expect(rest(stream("Look", R)), "HTTP/1.1 503 ");
	expect(post("Look", R JSON, "{}"), "HTTP/1.1 200 ");
	for (unsigned int i = 0; i < 2; i++)
		close(fds[i]);
	heard(-1, 3);
	expect(rest(stream("Look", R)), "event: end");
}

static void a_reload_takes_logins_and_streams_away(void **state)
{
	int writer, reader;
	const char *cookie;

	log_in("w");
	cookie = cookie_of();
	writer = stream("Look?every=1", cookie);
	reader = stream("Look?every=1", R);
	expect(heard(writer, 1), "data: {");
	settings.tokens = tokens_of("reader read 454349e422f05297191ead13e21d3db520e5abef52055e4964b82fb213f593a1\n");
	assert_int_equal(web_use(web, &settings, error, sizeof(error)), 0);
	tokens_put(settings.tokens);
	expect(request("GET", "/whoami", cookie, NULL), "HTTP/1.1 401 ");
	heard(reader, 3);
	expect(reply, "data: {");
	heard(writer, 1);
	assert_true(is_over(writer));
	assert_false(is_over(reader));
}

/* Who is not to be let in any more does not depend on another program's port. */
static void a_move_that_fails_takes_them_away_too(void **state)
{
	int fd, writer;
	struct web_settings other = at_a_taken_port(&fd);
	const char *cookie;

	log_in("w");
	cookie = cookie_of();
	writer = stream("Look?every=1", cookie);
	expect(heard(writer, 1), "data: {");
	other.tokens = tokens_of("reader read 454349e422f05297191ead13e21d3db520e5abef52055e4964b82fb213f593a1\n");
	assert_int_equal(web_use(web, &other, error, sizeof(error)), -EADDRINUSE);
	tokens_put(other.tokens);
	expect(request("GET", "/whoami", cookie, NULL), "HTTP/1.1 401 ");
	expect(request("GET", "/whoami", W, NULL), "HTTP/1.1 401 ");
	expect(request("GET", "/whoami", R, NULL), "HTTP/1.1 200 ");
	heard(writer, 1);
	assert_true(is_over(writer));
	close(fd);
}

static void who_is_displaced_loses_streams(void **state)
{
	const char *cookie;
	int fd;

	log_in("w");
	cookie = cookie_of();
	fd = stream("Tell", cookie);
	expect(heard(fd, 1), "data: {}");
	/* All within a second, so that the stream does not show that it is in use. */
	for (unsigned int i = 0; i < LOGINS_MAX; i++)
		expect(log_in("r"), "HTTP/1.1 200 ");
	expect(request("GET", "/whoami", cookie, NULL), "HTTP/1.1 401 ");
	heard(fd, 2);
	assert_null(teller.answer);
	assert_true(is_over(fd));
}

static void streams_end_with_the_listener(void **state)
{
	int fd = stream("Tell", R), other;

	expect(heard(fd, 1), "data: {}");
	other = stream("Look?every=1", R);
	heard(other, 1);
	settings.port = free_port();
	assert_int_equal(web_use(web, &settings, error, sizeof(error)), 0);
	assert_null(teller.answer);
	assert_true(is_over(fd));
	rest(other);
	/* And one is open at the end of the test. */
	fd = stream("Look?every=1", R);
	heard(fd, 1);
	close(fd);
}

/* --- the page ------------------------------------------------------------------------------- */

static void the_page_is_there(void **state)
{
	char lines[128];
	const char *tag;

	expect(get("/"), "HTTP/1.1 200 ");
	expect(reply, "\r\nContent-Type: text/html; charset=utf-8\r\n");
	expect(reply, "\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; ");
	expect(reply, "\r\nReferrer-Policy: no-referrer\r\n");
	expect(reply, "<!doctype html>");
	expect(reply, "</html>\n");
	tag = strstr(reply, "ETag: ");
	assert_non_null(tag);
	snprintf(lines, sizeof(lines), "If-None-Match: %.18s\r\n", tag + 6);
	expect(request("GET", "/", lines, NULL), "HTTP/1.1 304 ");
	expect_not(reply, "<!doctype");
	expect(request("HEAD", "/", "", NULL), "HTTP/1.1 200 ");
	expect_not(reply, "<!doctype");
	expect(get("/page.css"), "text/css");
	expect(get("/page.js"), "text/javascript");
	expect(get("/page.html"), "HTTP/1.1 404 ");
	expect(get("/../web.c"), "HTTP/1.1 404 ");
	expect(get("/%2e%2e/etc/passwd"), "HTTP/1.1 404 ");
	expect(get("//page.js"), "HTTP/1.1 404 ");
	expect(get_by("POST", "/", "localhost"), "HTTP/1.1 405 ");
	settings.page = false;
	assert_int_equal(web_use(web, &settings, error, sizeof(error)), 0);
	expect(get("/"), "HTTP/1.1 404 ");
	expect(get("/page.js"), "HTTP/1.1 404 ");
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
		TEST(rights_are_those_of_the_token),
		TEST(a_wrong_token_is_refused_and_soon_not_looked_at),
		TEST(an_address_of_ipv4_is_one_by_ipv6_too),
		TEST(errors_have_their_status),
		TEST(a_body_is_json_and_short),
		TEST(an_answer_may_come_later),
		TEST(a_long_list_takes_slices),
		TEST(a_browser_logs_in_and_out),
		TEST(a_proxy_may_ask_on_its_own),
		TEST(pages_of_others_are_refused),
		TEST(a_method_is_called_again_and_again),
		TEST(a_stream_has_events_and_says_that_it_is_there),
		TEST(who_reads_slowly_is_bounded_and_told),
		TEST(a_stream_ends_without_memory_for_an_event),
		TEST(many_streams_take_slices),
		TEST(streams_are_half_of_the_connections),
		TEST(a_reload_takes_logins_and_streams_away),
		TEST(a_move_that_fails_takes_them_away_too),
		TEST(who_is_displaced_loses_streams),
		TEST(streams_end_with_the_listener),
		TEST(the_page_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
