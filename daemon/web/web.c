// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "web/web.h"

#ifdef CULVERT_MICROHTTPD

#include <microhttpd.h>

#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"
#include "web/scrape.h"

#define MEMORY_PER_CONNECTION 16384
#define BACKLOG		16
#define SEND_BUFFER	65536		/* octets that one turn writes, or some more */
#define TEXTS		2		/* all but single sessions; single sessions */

/* An answer that several requests share. */
struct answer {
	unsigned int refs;
	struct MHD_Response *response;	/* NULL: there was no memory for the text */
};

/* A request under way. Freed by request_over(). */
struct request {
	LIST_ENTRY(request) link;	/* of those that wait for a text */
	struct MHD_Connection *connection;
	struct answer *answer;		/* a reference; NULL: none yet */
	bool waits;			/* it is suspended, and in a list */
	bool told;			/* the text was made, or could not be */
};

LIST_HEAD(requests, request);

/* A text that is asked for. */
struct text {
	struct web *web;
	struct scrape *scrape;		/* NULL: none is made */
	struct requests requests;
};

/* What listens on one address; another one is another of these. */
struct door {
	struct web *web;
	struct MHD_Daemon *http;
	int fd;				/* the socket that listens */
	uv_poll_t poll;
	uv_timer_t timer;		/* of libmicrohttpd's next timeout */
	unsigned int n;			/* connections, after the last run */
	unsigned int handles;		/* not closed yet */
};

struct web {
	const struct api *api;
	struct tally tally;
	struct scrape_source source;
	uint64_t answers[WEB_N_CODES];
	struct web_settings settings;	/* .names are in @names */
	char **names;
	struct door *door;		/* NULL: nobody listens */
	struct text texts[TEXTS];
};

/* --- settings ------------------------------------------------------------------------------- */

static void free_names(char **names, size_t n)
{
	for (size_t i = 0; names && i < n; i++)
		free(names[i]);
	free(names);
}

static char **copy_names(const struct web_settings *from)
{
	char **names = calloc(from->n_names + 1, sizeof(*names));

	for (size_t i = 0; names && i < from->n_names; i++) {
		names[i] = strdup(from->names[i]);
		if (!names[i]) {
			free_names(names, i);
			return NULL;
		}
	}
	return names;
}

/* --- answers -------------------------------------------------------------------------------- */

static void count_answer(struct web *web, unsigned int code)
{
	static const unsigned int codes[WEB_N_CODES] = WEB_CODES;
	unsigned int i = 0;

	while (codes[i] && codes[i] != code)
		i++;
	web->answers[i]++;
}

static void head(struct MHD_Response *response, const char *type)
{
	MHD_add_response_header(response, "Content-Type", type);
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Content-Security-Policy", "default-src 'none'");
}

static enum MHD_Result send_response(struct web *web, struct MHD_Connection *connection,
				     unsigned int code, struct MHD_Response *response)
{
	count_answer(web, code);
	return MHD_queue_response(connection, code, response);
}

/* Answer with a line for people. */
static enum MHD_Result say(struct web *web, struct MHD_Connection *connection, unsigned int code,
			   const char *words)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(strlen(words),
									(void *)(uintptr_t)words,
									MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	head(response, "text/plain; charset=utf-8");
	if (code == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, "Allow", "GET, HEAD");
	result = send_response(web, connection, code, response);
	MHD_destroy_response(response);
	return result;
}

/* --- texts ---------------------------------------------------------------------------------- */

static void put_answer(struct answer *a)
{
	if (!a || --a->refs)
		return;
	if (a->response)
		MHD_destroy_response(a->response);
	free(a);
}

/* Takes over @text, which may be NULL. Returns one reference, or NULL if there is no memory. */
static struct answer *new_answer(char *text, size_t len)
{
	struct answer *a = calloc(1, sizeof(*a));

	if (a && text)
		a->response = MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE);
	if (!a || !a->response)
		free(text);
	else
		head(a->response, METRICS_CONTENT_TYPE);
	if (a)
		a->refs = 1;
	return a;
}

/* The request is asked again, which then finds its answer. */
static void go_on(struct request *r)
{
	LIST_REMOVE(r, link);
	r->waits = false;
	MHD_resume_connection(r->connection);
}

static void run_http(struct door *door);

static void text_made(void *ctx, char *text, size_t len)
{
	struct text *t = ctx;
	struct answer *answer = new_answer(text, len);
	struct request *r;

	t->scrape = NULL;
	while ((r = LIST_FIRST(&t->requests))) {
		r->answer = answer;
		if (answer)
			answer->refs++;
		r->told = true;
		go_on(r);
	}
	put_answer(answer);
	run_http(t->web->door);
}

/* Let @r wait for the text, which is begun unless it is being made. */
static enum MHD_Result wait_for_text(struct text *t, struct request *r, unsigned int sessions)
{
	if (!t->scrape)
		t->scrape = scrape_begin(&t->web->source, sessions, text_made, t);
	if (!t->scrape)
		return say(t->web, r->connection, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory\n");
	LIST_INSERT_HEAD(&t->requests, r, link);
	r->waits = true;
	MHD_suspend_connection(r->connection);
	return MHD_YES;
}

/* --- requests ------------------------------------------------------------------------------- */

/* Returns true if @host, the value of the header, is an address or a name that is ours. */
static bool is_ours(const struct web *web, const char *host)
{
	const bool bracket = *host == '[';
	const size_t len = strcspn(host + bracket, bracket ? "]" : ":");
	struct ip_addr address;
	char name[256];

	if (len >= sizeof(name))
		return false;
	memcpy(name, host + bracket, len);
	name[len] = '\0';
	if (ip_parse(name, &address) || !strcasecmp(name, "localhost"))
		return true;
	for (size_t i = 0; i < web->settings.n_names; i++)
		if (!strcasecmp(name, web->names[i]))
			return true;
	return false;
}

/* Answer a request at once, as far as its head tells that. Returns false if it does not. */
static bool answer_head(struct web *web, struct MHD_Connection *connection, const char *method,
			enum MHD_Result *result)
{
	const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
						       MHD_HTTP_HEADER_HOST);

	if (host && !is_ours(web, host)) {
		*result = say(web, connection, MHD_HTTP_FORBIDDEN,
			      "culvertd does not know itself by this name: see names in "
			      "culvert.conf(5)\n");
		return true;
	}
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD)) {
		*result = say(web, connection, MHD_HTTP_METHOD_NOT_ALLOWED,
			      "there is nothing here but to be read\n");
		return true;
	}
	return false;
}

static enum MHD_Result answer_path(struct web *web, struct request *r, const char *path)
{
	const struct web_settings *settings = &web->settings;

	if (settings->metrics && !strcmp(path, "/metrics"))
		return wait_for_text(&web->texts[0], r, 0);
	if (settings->metrics && settings->session_series && !strcmp(path, "/metrics/sessions"))
		return wait_for_text(&web->texts[1], r, settings->session_series);
	return say(web, r->connection, MHD_HTTP_NOT_FOUND, "there is no such page\n");
}

/* Called for the head of a request, then for its body, then again after it was suspended. */
static enum MHD_Result serve(void *cls, struct MHD_Connection *connection, const char *url,
			     const char *method, const char *version, const char *upload,
			     size_t *upload_size, void **state)
{
	struct web *web = cls;
	struct request *r = *state;
	enum MHD_Result result;

	if (!r) {
		r = calloc(1, sizeof(*r));
		if (!r)
			return MHD_NO;
		r->connection = connection;
		*state = r;
		return answer_head(web, connection, method, &result) ? result : MHD_YES;
	}
	if (*upload_size) {
		*upload_size = 0;
		return MHD_YES;
	}
	if (!r->told)
		return answer_path(web, r, url);
	if (!r->answer || !r->answer->response)
		return say(web, connection, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory\n");
	return send_response(web, connection, MHD_HTTP_OK, r->answer->response);
}

static void request_over(void *cls, struct MHD_Connection *connection, void **state,
			 enum MHD_RequestTerminationCode why)
{
	struct request *r = *state;

	if (!r)
		return;
	if (r->waits)
		LIST_REMOVE(r, link);
	put_answer(r->answer);
	free(r);
	*state = NULL;
}

/* --- the listener --------------------------------------------------------------------------- */

static void timeout(uv_timer_t *timer)
{
	CALLBACK("web: timeout");

	run_http(container_of(timer, struct door, timer));
}

static unsigned int connections_of(const struct door *door)
{
	return MHD_get_daemon_info(door->http, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
		->num_connections;
}

/*
 * Do what can be done without waiting, and come back when there is more. When there was no room for
 * connections libmicrohttpd watches its listening socket no more, and begins again in the run after the
 * one in which a connection has ended, which nothing else would bring about.
 */
static void run_http(struct door *door)
{
	const unsigned int before = door->n;
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(door->http);
	door->n = connections_of(door);
	if (door->n < before)
		uv_timer_start(&door->timer, timeout, 0, 0);
	else if (MHD_get_timeout(door->http, &ms) == MHD_YES)
		uv_timer_start(&door->timer, timeout, ms, 0);
	else
		uv_timer_stop(&door->timer);
}

static void readable(uv_poll_t *poll, int status, int events)
{
	CALLBACK("web: requests");

	run_http(container_of(poll, struct door, poll));
}

static void handle_closed(uv_handle_t *handle)
{
	CALLBACK("web: closed");
	struct door *door = handle->data;

	if (!--door->handles)
		free(door);
}

static void close_door(struct web *web)
{
	struct door *door = web->door;
	struct request *r;

	if (!door)
		return;
	web->door = NULL;
	for (unsigned int i = 0; i < TEXTS; i++) {
		scrape_cancel(web->texts[i].scrape);
		web->texts[i].scrape = NULL;
		while ((r = LIST_FIRST(&web->texts[i].requests)))
			go_on(r);
	}
	uv_close((uv_handle_t *)&door->poll, handle_closed);
	MHD_stop_daemon(door->http);
	uv_close((uv_handle_t *)&door->timer, handle_closed);
}

/* Returns a socket that listens, or a negative errno. */
static int listen_on(const struct web_settings *settings)
{
	const int on = 1, send_buffer = SEND_BUFFER;
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(settings->address, settings->port, &sa);
	int fd = socket(settings->address.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* What is accepted inherits it, so that no turn writes much more than that. */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(send_buffer));
	if (!bind(fd, (struct sockaddr *)&sa, len) && !listen(fd, BACKLOG))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Takes over @fd. Returns NULL if there is no memory. */
static struct door *open_door(struct web *web, int fd, unsigned int max_connections)
{
	const union MHD_DaemonInfo *info;
	struct door *door = calloc(1, sizeof(*door));
	uv_loop_t *loop = web->api->sessions->loop;

	if (door)
		door->http = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
					      NULL, serve, web, MHD_OPTION_LISTEN_SOCKET, fd,
					      MHD_OPTION_CONNECTION_LIMIT, max_connections,
					      MHD_OPTION_CONNECTION_MEMORY_LIMIT,
					      (size_t)MEMORY_PER_CONNECTION,
					      MHD_OPTION_CONNECTION_TIMEOUT,
					      (unsigned int)WEB_TIMEOUT_S,
					      MHD_OPTION_STRICT_FOR_CLIENT, 1,
					      MHD_OPTION_NOTIFY_COMPLETED, request_over, NULL,
					      MHD_OPTION_END);
	if (!door || !door->http) {
		free(door);
		return NULL;
	}
	info = MHD_get_daemon_info(door->http, MHD_DAEMON_INFO_EPOLL_FD);
	door->web = web;
	door->fd = fd;
	uv_poll_init(loop, &door->poll, info->epoll_fd);
	uv_timer_init(loop, &door->timer);
	door->poll.data = door;
	door->timer.data = door;
	door->handles = 2;
	uv_poll_start(&door->poll, UV_READABLE, readable);
	return door;
}

/* --- from outside --------------------------------------------------------------------------- */

struct web *web_new(const struct api *api)
{
	struct web *web = calloc(1, sizeof(*web));

	if (!web)
		return NULL;
	web->api = api;
	tally_open(&web->tally, api->sessions);
	web->source = (struct scrape_source){
		.api = api, .tally = &web->tally, .started_s = (uint64_t)time(NULL),
		.answers = web->answers,
	};
	for (unsigned int i = 0; i < TEXTS; i++)
		web->texts[i].web = web;
	return web;
}

static bool same_address(const struct web_settings *a, const struct web_settings *b)
{
	return ip_equal(a->address, b->address) && a->port == b->port;
}

/* Returns 0, or a negative errno. */
static int change_door(struct web *web, const struct web_settings *to)
{
	const bool stays = web->door && same_address(&web->settings, to);
	struct door *door;
	int fd;

	if (stays && web->settings.max_connections == to->max_connections)
		return 0;
	fd = stays ? dup(web->door->fd) : listen_on(to);
	if (fd < 0)
		return stays ? -errno : fd;
	door = open_door(web, fd, to->max_connections);
	if (!door) {
		close(fd);
		return -ENOMEM;
	}
	close_door(web);
	web->door = door;
	return 0;
}

static int fail(const struct web_settings *settings, int err, char *error, size_t size)
{
	snprintf(error, size, "web: %s port %u: %s", ip_text(settings->address), settings->port,
		 strerror(-err));
	return err;
}

int web_use(struct web *web, const struct web_settings *settings, char *error, size_t size)
{
	char **names;
	int err;

	if (!settings) {
		close_door(web);
		return 0;
	}
	names = copy_names(settings);
	err = names ? change_door(web, settings) : -ENOMEM;
	if (err) {
		free_names(names, settings->n_names);
		return fail(settings, err, error, size);
	}
	free_names(web->names, web->settings.n_names);
	web->names = names;
	web->settings = *settings;
	web->settings.names = NULL;
	return 0;
}

void web_close(struct web *web)
{
	if (!web)
		return;
	close_door(web);
	tally_close(&web->tally);
	free_names(web->names, web->settings.n_names);
	free(web);
}

#else

struct web {
	char nothing;
};

/* The configuration refuses the section, so that nobody asks for more. */
struct web *web_new(const struct api *api)
{
	return calloc(1, sizeof(struct web));
}

int web_use(struct web *web, const struct web_settings *settings, char *error, size_t size)
{
	return 0;
}

void web_close(struct web *web)
{
	free(web);
}

#endif
