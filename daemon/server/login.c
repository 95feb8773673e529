// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ppp/mschap.h"
#include "server/call.h"
#include "server/login.h"
#include "server/probe.h"
#include "server/servers.h"
#include "util/log.h"
#include "util/text.h"

/*
 * A login that waits for a probe of another session. @verdict is a copy that holds keys, so it is
 * wiped before it is freed.
 */
struct login_wait {
	struct probe *probe;
	struct auth_verdict verdict;
};

static void addresses(const struct call *c, struct ip_addr remote, struct ppp_ipv4 *ipv4)
{
	const struct config_server *config = c->server->config;

	memset(ipv4, 0, sizeof(*ipv4));
	ipv4->local = ip_to_v4(c->upper->local);
	ipv4->remote = ip_to_v4(remote);
	for (size_t i = 0; i < config->dns.n && i < PPP_DNS_MAX; i++)
		ipv4->dns[i] = ip_to_v4(config->dns.list[i]);
	for (size_t i = 0; i < config->nbns.n && i < PPP_DNS_MAX; i++)
		ipv4->nbns[i] = ip_to_v4(config->nbns.list[i]);
}

static void refuse(struct call *c, const struct ppp_auth_verdict *verdict)
{
	c->refused = true;
	session_verdict(&c->session, verdict, NULL);
}

/*
 * Refuse a login for a reason of admission: the password was right, or was not checked. @user is
 * printable.
 */
static void refuse_admission(struct call *c, const char *user, enum admission_reason reason)
{
	const struct admission_reason_info *info = admission_reason_info(reason);
	struct ppp_auth_verdict no = { .result = PPP_AUTH_FAILED, .error = info->mschap };
	char quoted[TEXT_QUOTE_SIZE];

	log_trail(c, LOG_LEVEL_WARNING, "login of user %s refused: %s", text_quote(quoted, user),
		  info->log);
	session_login_refused(&c->session, user, info->log);
	snprintf(no.message, sizeof(no.message), "%s", info->peer);
	refuse(c, &no);
}

/* Let the user in: for the first time, or again after a new challenge. */
static void let_in(struct call *c, const struct auth_verdict *verdict, struct ip_addr address)
{
	struct ppp_ipv4 ipv4;

	if (strcmp(c->session.record.user, verdict->user)) {
		if (session_set_user(&c->session, verdict->user)) {
			refuse_admission(c, verdict->user, ADMISSION_NO_MEMORY);
			return;
		}
		log_trail(c, LOG_LEVEL_INFO, "authenticated (%s)", ppp_auth_name(c->method));
	}
	session_claim_inner(&c->session, address);
	addresses(c, address, &ipv4);
	session_verdict(&c->session, &verdict->link, &ipv4);
}

static void decide(struct call *c, const struct auth_verdict *verdict,
		   struct admission_probed probed);

static void drop_wait(struct call *c)
{
	struct login_wait *wait = c->wait;

	if (!wait)
		return;
	c->wait = NULL;
	probe_cancel(wait->probe);
	explicit_bzero(wait, sizeof(*wait));
	free(wait);
}

static void probe_done(void *ctx, uint64_t id, bool alive)
{
	const struct admission_probed probed = { .session = id, .alive = alive };
	struct call *c = ctx;
	struct auth_verdict verdict = c->wait->verdict;

	drop_wait(c);
	decide(c, &verdict, probed);
	explicit_bzero(&verdict, sizeof(verdict));
}

/* Returns false if there is no memory. */
static bool wait_for_probe(struct call *c, const struct auth_verdict *verdict, uint64_t id)
{
	c->wait = calloc(1, sizeof(*c->wait));
	if (!c->wait)
		return false;
	c->wait->verdict = *verdict;
	c->wait->probe = probe_start(c, id, probe_done, c);
	if (c->wait->probe)
		return true;
	drop_wait(c);
	return false;
}

/* The proof was right: ask admission whether the user may come in, and tell the peer. */
static void decide(struct call *c, const struct auth_verdict *verdict,
		   struct admission_probed probed)
{
	struct admission_login_question q = {
		.user = verdict->user,
		.current = c->session.record.user,
		.address_kind = verdict->address_kind,
		.address = verdict->address,
		.within = verdict->restricted ? verdict->within : NULL,
		.n_within = verdict->n_within,
		.pool = c->server->pool,
		.local = c->session.record.addr.local,
		.probed = probed,
	};
	struct admission_answer a;

	for (;;) {
		a = admission_login(&c->login, &c->admission, &q, server_now(c->server));
		if (a.verdict == ADMISSION_PROBE && probe_is_needless(c->server->all, a.session))
			q.probed = (struct admission_probed){ .session = a.session };
		else if (a.verdict == ADMISSION_REPLACE)
			call_replace(c->server->all, a.session,
				     "the user came back, and it was silent");
		else
			break;
	}
	if (a.verdict == ADMISSION_ALLOW)
		let_in(c, verdict, a.address);
	else if (a.verdict == ADMISSION_REFUSE)
		refuse_admission(c, verdict->user, a.reason);
	else if (!wait_for_probe(c, verdict, a.session))
		refuse_admission(c, verdict->user, ADMISSION_NO_MEMORY);
}

static void auth_done(void *ctx, const struct auth_verdict *verdict)
{
	static const struct admission_probed nothing;
	char quoted[TEXT_QUOTE_SIZE];
	struct call *c = ctx;

	admission_tried(&c->login, verdict->result, server_now(c->server));
	if (verdict->result == AUTH_OK) {
		decide(c, verdict, nothing);
		return;
	}
	log_trail(c, LOG_LEVEL_NOTICE, "login of user %s refused (%s): %s",
		  text_quote(quoted, verdict->user), ppp_auth_name(c->method),
		  auth_result_text(verdict->result));
	session_login_refused(&c->session, verdict->user, auth_result_text(verdict->result));
	refuse(c, &verdict->link);
}

/* Returns true if the backend may be asked; false after the peer was refused. */
static bool may_try(struct call *c, const struct ppp_auth_request *request)
{
	const char *name = request->user;
	size_t len = request->user_len;
	char shown[AUTH_SHOWN_MAX + 1];
	struct admission_answer a;

	if (c->server->config->strip_domain)
		name = mschap_bare_name(name, &len);
	a = admission_try(&c->login, &c->admission, name, len, server_now(c->server));
	if (a.verdict == ADMISSION_ALLOW)
		return true;
	text_show(shown, sizeof(shown), name, len);
	refuse_admission(c, shown, a.reason);
	return false;
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
	if (may_try(c, request))
		auth_start(c->server->auth, &c->job, &rq, auth_done, c);
}

void login_cancelled(struct session *session)
{
	struct call *c = session->owner;

	auth_cancel(&c->job);
	drop_wait(c);
	admission_forget(&c->login, server_now(c->server));
}
