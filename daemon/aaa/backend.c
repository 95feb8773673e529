// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/backend.h"
#include "ppp/mschap.h"
#include "radius/request.h"
#include "util/text.h"

/* --- questions ------------------------------------------------------------------------------- */

void auth_start(struct auth *auth, struct auth_job *job, const struct auth_request *request,
		auth_done_fn done, void *ctx)
{
	if (job->talk) {
		auth = job->talk;
		job->talk = NULL;
	} else {
		auth->refs++;
		job->backend = NULL;
	}
	job->auth = auth;
	job->done = done;
	job->ctx = ctx;
	auth->ops->start(auth, job, request);
}

void auth_cancel(struct auth_job *job)
{
	struct auth *auth = job->auth ? job->auth : job->talk;

	if (!auth)
		return;
	job->auth = NULL;
	job->talk = NULL;
	if (auth->ops->cancel)
		auth->ops->cancel(auth, job);
	auth_put(auth);
}

void auth_finish(struct auth_job *job, const struct auth_verdict *verdict)
{
	struct auth *auth = job->auth;

	job->auth = NULL;
	if (verdict->result == AUTH_CONTINUES) {
		/* the conversation has the reference; the callback may end it */
		job->talk = auth;
		job->done(job->ctx, verdict);
		return;
	}
	job->done(job->ctx, verdict);
	auth_put(auth);
}

void auth_put(struct auth *auth)
{
	if (auth && !--auth->refs)
		auth->ops->free(auth);
}

/* --- requests that are kept ------------------------------------------------------------------ */

struct auth_kept {
	struct auth_request request;
	struct ppp_auth_request proof;
	struct radius_session session;
	size_t size;			/* of all of it */
	char octets[];
};

/* Returns a copy at *@to, which moves behind it; NULL if @from is NULL. */
static const void *keep(char **to, const void *from, size_t len)
{
	char *at = *to;

	if (!from)
		return NULL;
	*to += len;
	return memcpy(at, from, len);
}

static size_t text_size(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static const char *keep_text(char **to, const char *text)
{
	return keep(to, text, text_size(text));
}

static size_t texts_size(const struct radius_session *session)
{
	if (!session)
		return 0;
	return text_size(session->id) + text_size(session->multi_id) + text_size(session->port_id) +
	       text_size(session->calling) + text_size(session->called);
}

static void keep_session(struct auth_kept *kept, char **to, const struct radius_session *from)
{
	struct radius_session *session = &kept->session;

	if (!from)
		return;
	*session = *from;
	session->user = NULL;
	session->user_len = 0;
	session->id = keep_text(to, from->id);
	session->multi_id = keep_text(to, from->multi_id);
	session->port_id = keep_text(to, from->port_id);
	session->calling = keep_text(to, from->calling);
	session->called = keep_text(to, from->called);
	kept->request.session = session;
}

struct auth_kept *auth_keep(const struct auth_request *request)
{
	const size_t eap_len = request->proof->eap ? request->proof->eap_len : 0;
	const size_t size = sizeof(struct auth_kept) + text_size(request->server) +
			    texts_size(request->session) + eap_len;
	struct auth_kept *kept = calloc(1, size);
	char *to;

	if (!kept)
		return NULL;
	to = kept->octets;
	kept->size = size;
	kept->request = *request;
	kept->proof = *request->proof;
	kept->request.proof = &kept->proof;
	kept->request.server = keep_text(&to, request->server);
	kept->proof.eap = keep(&to, request->proof->eap, eap_len);
	keep_session(kept, &to, request->session);
	return kept;
}

const struct auth_request *auth_kept_request(const struct auth_kept *kept)
{
	return &kept->request;
}

void auth_kept_free(struct auth_kept *kept)
{
	if (kept)
		explicit_bzero(kept, kept->size);
	free(kept);
}

/* --- verdicts -------------------------------------------------------------------------------- */

void auth_refuse(struct auth_verdict *v, enum auth_result result, uint16_t error,
		 const char *message)
{
	explicit_bzero(&v->link, sizeof(v->link));
	v->result = result;
	v->link.result = PPP_AUTH_FAILED;
	v->link.error = error;
	v->link.retry = auth_is_failure(result);
	snprintf(v->link.message, sizeof(v->link.message), "%s", message);
}

const char *auth_looked_up(const struct auth_request *request, size_t *len)
{
	const char *name = request->proof->user;
	const char *at;

	*len = request->proof->user_len;
	if (request->strip_domain)
		name = mschap_bare_name(name, len);
	at = request->strip_realm ? memrchr(name, '@', *len) : NULL;
	if (at)
		*len = (size_t)(at - name);
	return name;
}

void auth_show_user(char user[AUTH_SHOWN_MAX + 1], const struct auth_request *request,
		    const char *name, size_t len)
{
	text_show(user, AUTH_SHOWN_MAX + 1, name, len);
	if (request->fold_case)
		text_fold(user);
}

void auth_refuse_without_memory(struct auth_verdict *v)
{
	snprintf(v->why, sizeof(v->why), "out of memory");
	auth_refuse(v, AUTH_UNAVAILABLE, MSCHAP_ERR_RESTRICTED_LOGON_HOURS,
		    "The server is busy, try again later");
}

void auth_finish_without_memory(struct auth_job *job, const struct auth_request *request)
{
	struct auth_verdict v = { 0 };

	text_show(v.user, sizeof(v.user), request->proof->user, request->proof->user_len);
	auth_refuse_without_memory(&v);
	auth_finish(job, &v);
}

bool auth_is_failure(enum auth_result result)
{
	return result == AUTH_UNKNOWN_USER || result == AUTH_OTHER_SERVER ||
	       result == AUTH_WRONG_SECRET;
}

const char *auth_result_name(enum auth_result result)
{
	switch (result) {
	case AUTH_OK:
		return "accepted";
	case AUTH_UNKNOWN_USER:
		return "unknown-user";
	case AUTH_OTHER_SERVER:
		return "other-server";
	case AUTH_WRONG_SECRET:
		return "wrong-password";
	case AUTH_NO_ADDRESS:
		return "no-address-allowed";
	case AUTH_CONTINUES:
		return "asked-for-more";
	case AUTH_REFUSED:
		return "refused-by-policy";
	case AUTH_UNAVAILABLE:
		return "not-available";
	}
	return "refused";
}

const char *auth_result_text(enum auth_result result)
{
	switch (result) {
	case AUTH_OK:
		return "accepted";
	case AUTH_UNKNOWN_USER:
		return "unknown user";
	case AUTH_OTHER_SERVER:
		return "the secrets have this user for another server only (second column)";
	case AUTH_WRONG_SECRET:
		return "wrong password";
	case AUTH_NO_ADDRESS:
		return "no address allowed for this user";
	case AUTH_CONTINUES:
		return "asked for more";
	case AUTH_REFUSED:
		return "refused by policy";
	case AUTH_UNAVAILABLE:
		return "authentication not available";
	}
	return "refused";
}

const char *auth_source_name(enum auth_source source)
{
	switch (source) {
	case AUTH_SOURCE_LOCAL:
		return "secrets";
	case AUTH_SOURCE_RADIUS:
		return "radius";
	case AUTH_SOURCE_DATABASE:
		return "database";
	case AUTH_SOURCE_NONE:
		break;
	}
	return "";
}

const char *auth_why(const struct auth_verdict *verdict)
{
	return *verdict->why ? verdict->why : auth_result_text(verdict->result);
}
