// SPDX-License-Identifier: GPL-2.0-only
#ifdef CULVERT_MICROHTTPD

#include <stdlib.h>

#include "web/web_priv.h"

#define NO_MEMORY "out of memory\n"

/* An answer that several requests share. */
struct shared_text {
	unsigned int refs;
	struct MHD_Response *response;	/* NULL: there was no memory for the text */
};

static void put(struct shared_text *a)
{
	if (!a || --a->refs)
		return;
	if (a->response)
		MHD_destroy_response(a->response);
	free(a);
}

/* Takes over @text, which may be NULL. Returns one reference, or NULL if there is no memory. */
static struct shared_text *new_text(char *text, size_t len)
{
	struct shared_text *a = calloc(1, sizeof(*a));

	if (a && text)
		a->response = MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE);
	if (!a || !a->response)
		free(text);
	else
		answer_head(a->response, METRICS_CONTENT_TYPE);
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

static void text_made(void *ctx, char *text, size_t len)
{
	struct text *t = ctx;
	struct shared_text *answer = new_text(text, len);
	struct request *r;

	t->scrape = NULL;
	while ((r = LIST_FIRST(&t->requests))) {
		r->text = answer;
		if (answer)
			answer->refs++;
		r->told = true;
		go_on(r);
	}
	put(answer);
	door_wake(t->web->door);
}

/* Let @r wait for the text, which is begun unless it is being made. */
static enum MHD_Result serve(struct text *t, struct request *r, unsigned int sessions)
{
	if (r->told)
		return r->text && r->text->response ?
			       answer_with(r, MHD_HTTP_OK, r->text->response) :
			       answer_words(r, MHD_HTTP_SERVICE_UNAVAILABLE, NO_MEMORY);
	if (!t->scrape)
		t->scrape = scrape_begin(&t->web->source, sessions, text_made, t);
	if (!t->scrape)
		return answer_words(r, MHD_HTTP_SERVICE_UNAVAILABLE, NO_MEMORY);
	LIST_INSERT_HEAD(&t->requests, r, link);
	r->waits = true;
	MHD_suspend_connection(r->connection);
	return MHD_YES;
}

bool metrics_are_there(const struct web *web)
{
	return web->settings.metrics;
}

bool metrics_sessions_are_there(const struct web *web)
{
	return web->settings.metrics && web->settings.session_series;
}

enum MHD_Result metrics_serve(struct request *r)
{
	return serve(&r->web->texts[0], r, 0);
}

enum MHD_Result metrics_serve_sessions(struct request *r)
{
	return serve(&r->web->texts[1], r, r->web->settings.session_series);
}

void metrics_forget(struct request *r)
{
	if (r->waits)
		LIST_REMOVE(r, link);
	put(r->text);
}

void metrics_close(struct web *web)
{
	struct request *r;

	for (unsigned int i = 0; i < TEXTS; i++) {
		scrape_cancel(web->texts[i].scrape);
		web->texts[i].scrape = NULL;
		while ((r = LIST_FIRST(&web->texts[i].requests)))
			go_on(r);
	}
}

#endif
