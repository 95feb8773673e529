// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "aaa/backend_radius.h"
#include "aaa/grant.h"
#include "aaa/radius_verdict.h"
#include "ppp/mschap.h"
#include "util/container.h"

struct realm {
	char *name;
	const struct radius_group *group;
	bool strip;
};

struct auth_radius {
	struct auth base;
	struct radius *radius;		/* a reference */
	const struct radius_group *group;
	unsigned int n_realms;
	struct realm realms[];
};

/* A question under way, or a conversation. It has passwords: erase it before it is freed. */
struct login {
	struct auth_radius *auth;
	struct auth_job *job;
	struct auth_kept *kept;		/* the request */
	struct radius_question question;
	const struct radius_group *group;
	const char *user;		/* User-Name; in @kept */
	size_t user_len;

	/* What the last Access-Challenge had. */
	struct radius_server *talks_to;	/* that sent it; NULL: there was none */
	struct radius_octets state;
	uint8_t eap[RADIUS_EAP_MAX];	/* for the peer */

	uint8_t buffer[RADIUS_PACKET_MAX];
};

static struct auth_radius *to_radius(struct auth *auth)
{
	return (struct auth_radius *)auth;
}

static void login_free(struct login *login)
{
	auth_kept_free(login->kept);
	explicit_bzero(login, sizeof(*login));
	free(login);
}

/* --- names ----------------------------------------------------------------------------------- */

/* A name without its realm, and the realm. */
struct parted {
	const char *user, *realm;
	size_t user_len, realm_len;
};

/* Part "user@realm" at the last @. Returns false if it has none. */
static bool part_suffix(const char *name, size_t len, struct parted *p)
{
	const char *at = memrchr(name, '@', len);

	if (!at)
		return false;
	*p = (struct parted){
		.user = name, .user_len = (size_t)(at - name),
		.realm = at + 1, .realm_len = (size_t)(name + len - at - 1),
	};
	return true;
}

/* Part "REALM\user". Returns false if it has no backslash. */
static bool part_prefix(const char *name, size_t len, struct parted *p)
{
	size_t user_len = len;
	const char *user = mschap_bare_name(name, &user_len);

	if (user == name)
		return false;
	*p = (struct parted){
		.user = user, .user_len = user_len,
		.realm = name, .realm_len = (size_t)(user - name - 1),
	};
	return true;
}

static const struct realm *find_realm(const struct auth_radius *auth, const struct parted *p)
{
	for (unsigned int i = 0; i < auth->n_realms; i++) {
		const struct realm *realm = &auth->realms[i];

		if (strlen(realm->name) == p->realm_len &&
		    !strncasecmp(realm->name, p->realm, p->realm_len))
			return realm;
	}
	return NULL;
}

static void rename_user(struct login *login, const struct parted *p)
{
	login->user = p->user;
	login->user_len = p->user_len;
}

/* Choose the group of servers, which may be none, and the name that they hear. */
static void choose(struct login *login)
{
	const struct auth_radius *auth = login->auth;
	const struct auth_request *request = auth_kept_request(login->kept);
	const enum ppp_auth_method method = request->proof->method;
	const char *name = request->proof->user;
	const size_t len = request->proof->user_len;
	const struct realm *suffix = NULL, *prefix = NULL;
	struct parted p;

	login->user = name;
	login->user_len = len;
	login->group = auth->group;
	if (part_suffix(name, len, &p))
		suffix = find_realm(auth, &p);
	if (suffix) {
		login->group = suffix->group;
		if (suffix->strip && method != PPP_AUTH_EAP && method != PPP_AUTH_MSCHAPV2)
			rename_user(login, &p);
	}
	if (!part_prefix(login->user, login->user_len, &p))
		return;
	if (!suffix)
		prefix = find_realm(auth, &p);
	if (prefix)
		login->group = prefix->group;
	if ((request->strip_domain || (prefix && prefix->strip)) && method != PPP_AUTH_EAP)
		rename_user(login, &p);
}

/* --- the request ----------------------------------------------------------------------------- */

static enum radius_proof proof_of(enum ppp_auth_method method)
{
	switch (method) {
	case PPP_AUTH_CHAP_MD5:
		return RADIUS_PROOF_CHAP;
	case PPP_AUTH_MSCHAP:
		return RADIUS_PROOF_MSCHAP;
	case PPP_AUTH_MSCHAPV2:
		return RADIUS_PROOF_MSCHAPV2;
	case PPP_AUTH_EAP:
		return RADIUS_PROOF_EAP;
	default:
		return RADIUS_PROOF_PAP;
	}
}

static struct radius_login login_of(const struct login *login)
{
	const struct auth_request *request = auth_kept_request(login->kept);
	const struct ppp_auth_request *proof = request->proof;
	const bool eap = proof->method == PPP_AUTH_EAP;

	return (struct radius_login){
		.proof = proof_of(proof->method),
		.id = proof->id,
		.challenge = proof->challenge,
		.challenge_len = proof->challenge_len,
		.response = eap ? proof->eap : proof->response,
		.response_len = eap ? proof->eap_len : proof->response_len,
		.state = login->state.len ? &login->state : NULL,
		.mtu = eap ? request->eap_max : 0,
	};
}

static void write_request(struct radius_question *question, struct radius_writer *w,
			  const struct radius_server *server, uint32_t age_s)
{
	struct login *login = container_of(question, struct login, question);
	const struct auth_request *request = auth_kept_request(login->kept);
	const struct radius_login proof = login_of(login);
	struct radius_session session = { .peer = request->peer };

	if (request->session)
		session = *request->session;
	session.user = login->user;
	session.user_len = login->user_len;
	radius_write_login(w, radius_nas(login->auth->radius), &session, &proof,
			   server->config->secret);
}

/* --- the answer ------------------------------------------------------------------------------ */

/* The verdict is there, and ends the question. */
static void finish(struct login *login, struct auth_verdict *v)
{
	struct auth_job *job = login->job;

	if (!*v->user)
		radius_verdict_name(v, auth_kept_request(login->kept));
	if (v->result != AUTH_CONTINUES) {
		job->backend = NULL;
		login_free(login);
	}
	auth_finish(job, v);
	grant_put(v->grant);
	explicit_bzero(v, sizeof(*v));
}

/* Keep what is needed to go on. @reply is gone when the peer answers. */
static void keep_challenge(struct login *login, struct auth_verdict *v,
			   const struct radius_reply *reply, const struct radius_server *server)
{
	/* a copy in one go: what is behind the packet is zero */
	memcpy(login->eap, reply->eap, sizeof(login->eap));
	v->link.eap = login->eap;
	login->state = reply->state;
	login->talks_to = (struct radius_server *)server;
}

static void read_answer(struct login *login, struct auth_verdict *v,
			const struct radius_answer *answer)
{
	const struct radius_server_config *server = answer->server->config;
	struct radius_reply reply;

	if (radius_reply_read(&reply, answer->packet, answer->authenticator, server->secret))
		radius_verdict(v, &reply, auth_kept_request(login->kept), login->user,
			       login->user_len, server->name);
	else
		radius_verdict_unreadable(v, &reply, server->name);
	if (v->result == AUTH_CONTINUES)
		keep_challenge(login, v, &reply, answer->server);
	radius_reply_erase(&reply);
}

static void answered(struct radius_question *question, const struct radius_answer *answer)
{
	struct login *login = container_of(question, struct login, question);
	struct auth_verdict v;

	if (answer->outcome == RADIUS_ANSWERED)
		read_answer(login, &v, answer);
	else
		radius_verdict_unanswered(&v, answer->outcome);
	finish(login, &v);
}

/* --- the question ---------------------------------------------------------------------------- */

/* Returns false if RADIUS cannot be asked: then @v says why. */
static bool may_ask(const struct login *login, struct auth_verdict *v)
{
	const struct ppp_auth_request *proof = auth_kept_request(login->kept)->proof;
	enum auth_result result = AUTH_UNKNOWN_USER;
	const char *why;

	if (!login->user_len)
		why = "unknown user: RADIUS cannot be asked without a name";
	else if (login->user_len > RADIUS_VALUE_MAX)
		why = "unknown user: RADIUS has no names of more than 253 octets";
	else if (!login->group)
		why = "unknown user: the name has no realm that is configured, and the server no "
		      "radius-group";
	else if (proof->method == PPP_AUTH_PAP && proof->response_len > RADIUS_PASSWORD_MAX) {
		result = AUTH_REFUSED;
		why = "a password of more than 128 octets, which RADIUS cannot carry";
	} else
		return true;
	memset(v, 0, sizeof(*v));
	snprintf(v->why, sizeof(v->why), "%s", why);
	auth_refuse(v, result, MSCHAP_ERR_AUTHENTICATION_FAILURE, "Wrong user name or password");
	return false;
}

static void ask(struct login *login)
{
	struct radius_question *question = &login->question;
	enum radius_outcome outcome;
	struct auth_verdict v;

	if (!may_ask(login, &v)) {
		finish(login, &v);
		return;
	}
	question->request.only = login->talks_to;
	outcome = radius_ask(login->auth->radius, question, login->group);
	if (outcome == RADIUS_ANSWERED)
		return;
	radius_verdict_unanswered(&v, outcome);
	finish(login, &v);
}

static struct login *login_new(struct auth_radius *auth, struct auth_job *job)
{
	struct login *login = calloc(1, sizeof(*login));

	if (!login)
		return NULL;
	login->auth = auth;
	login->job = job;
	login->question.request.code = RADIUS_ACCESS_REQUEST;
	login->question.request.buffer = login->buffer;
	login->question.request.size = sizeof(login->buffer);
	login->question.write = write_request;
	login->question.answered = answered;
	return login;
}

static void start(struct auth *auth, struct auth_job *job, const struct auth_request *request)
{
	struct login *login = job->backend;

	if (!login)
		login = login_new(to_radius(auth), job);
	job->backend = login;
	if (login) {
		auth_kept_free(login->kept);
		login->kept = auth_keep(request);
	}
	if (login && login->kept) {
		choose(login);
		ask(login);
		return;
	}
	job->backend = NULL;
	if (login)
		login_free(login);
	auth_finish_without_memory(job, request);
}

static void cancel(struct auth *auth, struct auth_job *job)
{
	struct login *login = job->backend;

	job->backend = NULL;
	radius_give_up(&login->question);
	login_free(login);
}

/* --- the backend ----------------------------------------------------------------------------- */

static void destroy(struct auth *auth)
{
	struct auth_radius *r = to_radius(auth);

	for (unsigned int i = 0; i < r->n_realms; i++)
		free(r->realms[i].name);
	radius_drop(r->radius);
	free(r);
}

struct auth *auth_radius_new(struct radius *radius, const struct auth_radius_settings *settings)
{
	static const struct auth_ops ops = { .start = start, .cancel = cancel, .free = destroy };
	struct auth_radius *r = calloc(1, sizeof(*r) + settings->n_realms * sizeof(r->realms[0]));

	if (!r)
		return NULL;
	r->base = (struct auth){ .ops = &ops, .name = "radius", .refs = 1 };
	r->radius = radius_keep(radius);
	r->group = settings->group;
	for (unsigned int i = 0; i < settings->n_realms; i++) {
		const struct auth_realm *realm = &settings->realms[i];
		char *name = strdup(realm->name);

		if (!name) {
			destroy(&r->base);
			return NULL;
		}
		r->realms[r->n_realms++] = (struct realm){ name, realm->group, realm->strip };
	}
	return &r->base;
}
