/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the listener for HTTP (web.h):
 *	web.c		settings, and what there is as long as the daemon
 *	door.c		the socket and libmicrohttpd in the loop
 *	request.c	a request from its head to its answer: who is asked for what
 *	answer.c	answers
 *	metrics.c	texts for Prometheus, which requests share
 *	gateway.c	calls of methods, and streams of their replies
 *	caller.c	who asks: tokens, logins, and whoever tries too often
 *	files.c		the page
 */
#ifndef CULVERT_WEB_PRIV_H
#define CULVERT_WEB_PRIV_H

#include <jansson.h>
#include <microhttpd.h>
#include <sys/queue.h>
#include <uv.h>

#include "aaa/throttle.h"
#include "web/door.h"
#include "web/logins.h"
#include "web/scrape.h"
#include "web/web.h"

#define WEB_BODY_MAX	CONTROL_MAX_CALL	/* octets behind a head */
#define WEB_TOO_LARGE	413	/* its name differs among versions of libmicrohttpd */

struct exchange;
struct shared_text;
struct request;

LIST_HEAD(requests, request);

/* A text for Prometheus that is asked for. */
struct text {
	struct web *web;
	struct scrape *scrape;		/* NULL: none is made */
	struct requests requests;
};

/* All but single sessions; single sessions. */
#define TEXTS 2

struct web {
	const struct api *api;
	struct control *control;
	struct tally tally;
	struct scrape_source source;
	uint64_t answers[WEB_N_CODES];
	struct scrape_descriptors descriptors;
	struct web_settings settings;	/* .names are in @names */
	char **names;
	struct door *door;		/* NULL: nobody listens */
	struct text texts[TEXTS];

	struct logins logins;
	struct throttle *failures;	/* addresses from where tokens come that nobody has */
	LIST_HEAD(, exchange) exchanges;
	unsigned int n_streams;
	uv_timer_t tick;		/* runs while there are streams */
};

/* Who asks. */
struct caller {
	struct token token;
	uint64_t login;			/* by which; 0: none */
};

struct resource {
	const char *path;		/* ends with / : all below */
	const char *methods;		/* as in the header Allow; all have GET or POST */
	bool json;			/* a POST has to say that its body is JSON */
	bool (*is_there)(const struct web *web);
	/* Called when the body is there; and again after the request was suspended. */
	enum MHD_Result (*serve)(struct request *r);
};

/* A request under way. */
struct request {
	LIST_ENTRY(request) link;	/* of those that wait for a text */
	struct web *web;
	struct MHD_Connection *connection;
	const struct resource *resource;
	const char *path;		/* what was asked for; libmicrohttpd's */
	bool post;
	char *body;			/* NULL as long as the head is looked at */
	size_t len, size;		/* octets in @body, and how many come */

	/* metrics.c */
	struct shared_text *text;	/* a reference; NULL: none yet */
	bool waits;			/* it is suspended, and in a list */
	bool told;			/* the text was made, or could not be */

	/* gateway.c */
	struct exchange *exchange;	/* NULL: none yet */
};

/* ---- request.c ---- */

enum MHD_Result request_serve(void *web, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **state);
void request_over(void *cls, struct MHD_Connection *connection, void **state,
		  enum MHD_RequestTerminationCode why);

/* Returns the value of a header; NULL: it has none. */
const char *request_header(const struct request *r, const char *name);

/* ---- answer.c ---- */

/* What all answers have, with their type. */
void answer_head(struct MHD_Response *response, const char *type);

/* Send @response, which may be NULL (no memory: the connection ends), and keep it. */
enum MHD_Result answer_with(struct request *r, unsigned int code, struct MHD_Response *response);

/* Send a line for people, which is constant. */
enum MHD_Result answer_words(struct request *r, unsigned int code, const char *words);

/* Send @len octets of JSON at @text, to be freed. @cookie is a header; NULL: none. */
enum MHD_Result answer_json(struct request *r, unsigned int code, char *text, size_t len,
			    const char *cookie);

/* The same of an object, whose reference is taken; NULL: no memory. */
enum MHD_Result answer_object(struct request *r, unsigned int code, json_t *object,
			      const char *cookie);

/* Send an error as the control socket has them; by the code, it is PermissionDenied or Refused. */
enum MHD_Result answer_error(struct request *r, unsigned int code, const char *reason);

/* ---- metrics.c ---- */

bool metrics_are_there(const struct web *web);
bool metrics_sessions_are_there(const struct web *web);
enum MHD_Result metrics_serve(struct request *r);
enum MHD_Result metrics_serve_sessions(struct request *r);
void metrics_forget(struct request *r);	/* it is over */
void metrics_close(struct web *web);	/* let all that wait go on, with nothing */

/* ---- caller.c ---- */

bool callers_are_there(const struct web *web);
enum MHD_Result caller_log_in(struct request *r);
enum MHD_Result caller_log_out(struct request *r);
enum MHD_Result caller_who(struct request *r);

/*
 * Find out who asks, and whether a page of others lets them. Returns true; or false after answering,
 * with *@result.
 */
bool caller_find(struct request *r, struct caller *caller, enum MHD_Result *result);

/* Returns false after answering, if the request has come from a page of others. */
bool caller_is_from_us(struct request *r, enum MHD_Result *result);

/* Returns the address from where the request comes. */
struct ip_addr caller_address(const struct request *r);

/* ---- gateway.c ---- */

enum MHD_Result gateway_serve(struct request *r);
void gateway_forget(struct request *r);	/* it is over */
void gateway_end_login(struct web *web, uint64_t login);	/* end its streams */
void gateway_review(struct web *web);	/* end streams of those who may not have them any more */
void gateway_close(struct web *web);	/* end all, suspend none any more */

/* ---- files.c ---- */

bool files_are_there(const struct web *web);
enum MHD_Result files_serve(struct request *r);

#endif
