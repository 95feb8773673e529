// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "server/call.h"
#include "server/login.h"
#include "server/servers.h"
#include "util/log.h"

static bool allowed(const void *ctx, struct in_addr address)
{
	return auth_allows_address(ctx, address);
}

/* Find an address for the user that @verdict lets in. NULL, or why there is none. */
static const char *take_address(struct call *c, const struct auth_verdict *verdict)
{
	struct server *server = c->server;
	size_t len = strlen(verdict->user);
	int err = -ENOSPC;

	switch (verdict->address_kind) {
	case AUTH_ADDRESS_FIXED:
		c->address = verdict->address;
		err = server->pool ? pool_take_address(server->pool, c->address) : -ENOENT;
		if (err == -ENOENT)
			err = 0;	/* not the pool's, so nobody else is given it */
		if (err)
			return "the user's address is in use";
		break;
	case AUTH_ADDRESS_POOL:
		if (!server->pool)
			return "the server has no pool and the user no address";
		err = verdict->restriction ?
		      pool_take_matching(server->pool, verdict->user, len, allowed, verdict,
					 &c->address) :
		      pool_take(server->pool, verdict->user, len, &c->address);
		if (err)
			return "no address is free";
		break;
	}
	if (!session_claim_inner(&c->session, c->address)) {
		if (server->pool)
			pool_give_back(server->pool, c->address);
		return "the user's address is in use";
	}
	c->has_address = true;
	c->pool = server->pool ? pool_get(server->pool) : NULL;
	return NULL;
}

static const char *admit(struct call *c, const struct auth_verdict *verdict)
{
	const struct config_server *config = c->server->config;
	const struct registry *registry = &c->server->all->sessions->registry;

	if (config->max_sessions_per_user &&
	    registry_count_user(registry, config->name, verdict->user) >=
	    config->max_sessions_per_user)
		return "the user has too many sessions";
	return take_address(c, verdict);
}

static void addresses(const struct config_server *config, struct in_addr remote,
		      struct ppp_ipv4 *ipv4)
{
	memset(ipv4, 0, sizeof(*ipv4));
	ipv4->local = config->local_address;
	ipv4->remote = remote;
	for (size_t i = 0; i < config->dns.n && i < PPP_DNS_MAX; i++)
		ipv4->dns[i] = config->dns.list[i];
	for (size_t i = 0; i < config->nbns.n && i < PPP_DNS_MAX; i++)
		ipv4->nbns[i] = config->nbns.list[i];
}

static void refuse(struct call *c, const struct ppp_auth_verdict *verdict)
{
	c->refused = true;
	session_verdict(&c->session, verdict, NULL);
}

/* The right password, but not now. */
static void refuse_admission(struct call *c, const char *why)
{
	struct ppp_auth_verdict no = {
		.result = PPP_AUTH_FAILED, .error = MSCHAP_ERR_NO_DIALIN_PERMISSION,
	};

	log_trail(c, LOG_LEVEL_WARNING, "login refused: %s", why);
	session_login_refused(&c->session, c->session.record.user, why);
	snprintf(no.message, sizeof(no.message), "%s", why);
	refuse(c, &no);
}

static void accept_user(struct call *c, const struct ppp_auth_verdict *verdict)
{
	struct ppp_ipv4 ipv4;

	addresses(c->server->config, c->address, &ipv4);
	session_verdict(&c->session, verdict, &ipv4);
}

static void auth_done(void *ctx, const struct auth_verdict *verdict)
{
	struct call *c = ctx;
	const char *method = ppp_auth_name(c->method);
	const char *why;

	if (verdict->result != AUTH_OK) {
		log_trail(c, LOG_LEVEL_NOTICE, "login of user \"%s\" refused (%s): %s",
			  verdict->user, method, auth_result_text(verdict->result));
		session_login_refused(&c->session, verdict->user,
				      auth_result_text(verdict->result));
		refuse(c, &verdict->link);
		return;
	}
	if (c->has_address) {
		/* a rechallenge of a link that is up */
		accept_user(c, &verdict->link);
		return;
	}
	why = admit(c, verdict);
	session_set_user(&c->session, verdict->user);
	if (why) {
		refuse_admission(c, why);
		return;
	}
	log_trail(c, LOG_LEVEL_INFO, "authenticated (%s)", method);
	accept_user(c, &verdict->link);
}

void login_authenticate(struct session *session, const struct ppp_auth_request *request)
{
	struct call *c = session->owner;
	const struct auth_request rq = {
		.proof = request,
		.server = c->server->config->auth_name,
		.strip_domain = c->server->config->strip_domain,
		.peer = session->record.addr.remote,
	};

	c->method = request->method;
	auth_start(c->server->auth, &c->job, &rq, auth_done, c);
}

void login_cancelled(struct session *session)
{
	struct call *c = session->owner;

	auth_cancel(&c->job);
}
