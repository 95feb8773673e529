// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aaa/pool_file.h"
#include "diagnosis/history.h"
#include "hooks/hooks.h"
#include "ppp/mschap.h"
#include "server/call.h"
#include "server/login.h"
#include "server/probe.h"
#include "server/servers.h"
#include "server/terms.h"
#include "server/user_place.h"
#include "session/radius_session.h"
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

/* A login that waits for the program pre-up, likewise. */
struct pre_up {
	struct hook *question;
	struct ppp_auth_verdict verdict;
	struct ppp_ipv4 ipv4;
};

_Static_assert(RADIUS_DNS_MAX == PPP_DNS_MAX, "a grant has the servers that IPCP can tell");

/* Take those of the user if there are any, in their order, else those of the server's section. */
static void name_servers(struct in_addr to[PPP_DNS_MAX], const struct ip_addr *granted,
			 const struct config_addresses *ours)
{
	size_t n = 0;

	for (size_t i = 0; granted && i < RADIUS_DNS_MAX; i++)
		if (ip_is_set(granted[i]))
			to[n++] = ip_to_v4(granted[i]);
	for (size_t i = 0; !n && i < ours->n && i < PPP_DNS_MAX; i++)
		to[i] = ip_to_v4(ours->list[i]);
}

static void addresses(const struct call *c, const struct auth_grant *grant, struct ip_addr remote,
		      struct ppp_ipv4 *ipv4)
{
	const struct config_server *config = c->server->config;

	memset(ipv4, 0, sizeof(*ipv4));
	ipv4->local = ip_to_v4(c->upper->local);
	ipv4->remote = ip_to_v4(remote);
	name_servers(ipv4->dns, grant ? grant->dns : NULL, &config->dns);
	name_servers(ipv4->nbns, grant ? grant->nbns : NULL, &config->nbns);
}

/*
 * Tell of a login that was refused: the one line about it, which docs/fail2ban.md promises. Nothing
 * that the peer has chosen comes before its address, and nothing limits these lines. @failed: the
 * peer may be guessing. @kind is @why in a word.
 */
static void tell(struct call *c, bool failed, const char *user, const char *kind, const char *why)
{
	const struct session_record *r = &c->session.record;
	struct log_fields about = describe_fields(r, LOG_EVENT_LOGIN_REFUSED);
	char quoted[TEXT_QUOTE_SIZE];

	about.user = user;
	about.reason = kind;
	log_with(&about, log_at(failed ? LOG_LEVEL_NOTICE : LOG_LEVEL_WARNING,
				"login from %s %s: user %s, session %llu, %s: %s",
				ip_text(r->addr.remote), failed ? "failed" : "refused",
				text_quote(quoted, user), (unsigned long long)r->id,
				ppp_auth_name(c->method), why));
	session_login_refused(&c->session, user, kind, why);
	c->refused = true;
}

/*
 * Refuse a login though the password was right, or was not checked: @why is for the log, @words for
 * the user. @user is printable.
 */
static void refuse_user(struct call *c, const char *user, const char *kind, const char *why,
			uint16_t error, const char *words)
{
	struct ppp_auth_verdict no = { .result = PPP_AUTH_FAILED, .error = error };

	tell(c, false, user, kind, why);
	snprintf(no.message, sizeof(no.message), "%s", words);
	session_verdict(&c->session, &no, NULL);
}

static void refuse_admission(struct call *c, const char *user, enum admission_reason reason)
{
	const struct admission_reason_info *info = admission_reason_info(reason);

	refuse_user(c, user, admission_reason_name(reason), info->log, info->mschap, info->peer);
}

/* It may be otherwise when the user tries again. */
static void refuse_for_now(struct call *c, const char *user, const char *kind, const char *why)
{
	refuse_user(c, user, kind, why, MSCHAP_ERR_RESTRICTED_LOGON_HOURS, "Not now");
}

void login_not_made(struct session *session)
{
	refuse_for_now(session->owner, session->record.user, "not-made", net_reason());
}

/* The grant names a pool that is not in the configuration. */
static void refuse_pool(struct call *c, const char *user, const char *pool)
{
	const struct admission_reason_info *info = admission_reason_info(ADMISSION_NO_POOL);
	char shown[TEXT_SHOW_SIZE(RADIUS_VALUE_MAX)], quoted[TEXT_QUOTE_SIZE];
	char why[TEXT_QUOTE_SIZE + 64];

	text_show(shown, sizeof(shown), pool, strlen(pool));
	snprintf(why, sizeof(why), "there is no pool %s, which RADIUS names (Framed-Pool)",
		 text_quote(quoted, shown));
	refuse_user(c, user, admission_reason_name(ADMISSION_NO_POOL), why, info->mschap,
		    info->peer);
}

static void drop_pre_up(struct call *c)
{
	struct pre_up *wait = c->pre_up;

	if (!wait)
		return;
	c->pre_up = NULL;
	explicit_bzero(wait, sizeof(*wait));
	free(wait);
}

static void pre_up_done(void *ctx, const char *refusal)
{
	struct call *c = ctx;
	struct pre_up wait = *c->pre_up;

	drop_pre_up(c);
	if (!refusal) {
		c->pre_up_passed = true;
		session_verdict(&c->session, &wait.verdict, &wait.ipv4);
	} else {
		refuse_for_now(c, c->session.record.user, "pre-up", refusal);
	}
	explicit_bzero(&wait, sizeof(wait));
}

/* Ask the program; it answers later, and until then the login waits. */
static void ask_pre_up(struct call *c, const char *program, const struct ppp_auth_verdict *verdict,
		       const struct ppp_ipv4 *ipv4)
{
	const struct session_record *r = &c->session.record;
	const struct hook_login login = {
		.program = program,
		.user = r->user,
		.local = ip_from_v4(ipv4->local),
		.remote = ip_from_v4(ipv4->remote),
	};
	struct hooks *hooks = c->server->all->hooks;

	c->pre_up = calloc(1, sizeof(*c->pre_up));
	if (c->pre_up && hooks)
		c->pre_up->question = hooks_ask(hooks, &c->session, &login, pre_up_done, c);
	if (!c->pre_up || !c->pre_up->question) {
		drop_pre_up(c);
		refuse_for_now(c, r->user, "pre-up", "pre-up could not be run");
		return;
	}
	c->pre_up->verdict = *verdict;
	c->pre_up->ipv4 = *ipv4;
}

/*
 * No pool of the chain from @q->pool on has a free address, or not one that the user may have. All
 * of them are named, as far as there is room.
 */
static void refuse_exhausted(struct call *c, const struct admission_login_question *q)
{
	const struct admission_reason_info *info = admission_reason_info(ADMISSION_NO_ADDRESS);
	const struct pool *next = pool_next(q->pool);
	char why[512];
	size_t len;

	snprintf(why, sizeof(why), "%s in pool%s %s",
		 q->within ? "no address that the user may have is free" : info->log,
		 next ? "s" : "", servers_pool_name(c->server->all, q->pool));
	for (; next; next = pool_next(next)) {
		len = strlen(why);
		snprintf(why + len, sizeof(why) - len, ", %s",
			 servers_pool_name(c->server->all, next));
	}
	refuse_user(c, q->user, admission_reason_name(ADMISSION_NO_ADDRESS), why, info->mschap,
		    info->peer);
}

/* Tell of what admission has answered to @q; @pool is the name of the pool that it was to be. */
static void refuse_login(struct call *c, enum admission_reason reason,
			 const struct admission_login_question *q, const char *pool)
{
	if (reason == ADMISSION_NO_ADDRESS)
		refuse_exhausted(c, q);
	else if (reason == ADMISSION_NO_POOL && *pool)
		refuse_pool(c, q->user, pool);
	else
		refuse_admission(c, q->user, reason);
}

/* Warn when most of the pool that the address was taken from is in use. */
static void watch_pool(const struct call *c)
{
	struct log_fields about = { .event = LOG_EVENT_POOL_SCARCE };
	struct pool *pool = c->admission.pool;
	struct pool_counts n;

	if (!pool || !pool_becomes_scarce(pool))
		return;
	n = pool_counts(pool);
	about.pool = servers_pool_name(c->server->all, pool);
	log_with(&about, log_limited("pools", server_now(c->server), LOG_LEVEL_WARNING,
				     "pool %s: %zu of %zu addresses are in use", about.pool, n.used,
				     n.size));
}

/* Have it written down which address the user got, if it is to be the same one next time. */
static void keep_address(const struct call *c, const struct admission_login_question *q)
{
	const struct pool *pool = c->admission.pool;
	const struct pool_entry entry = {
		.address = ip_number(c->admission.address),
		.user = pool_user(q->user, strlen(q->user)),
		.place = servers_pool_place(c->server->all, pool),
	};

	if (pool && pool_is_sticky(pool) && q->address_kind != AUTH_ADDRESS_FIXED &&
	    !ip_equal(c->admission.address, q->own) && c->server->all->pool_file)
		pool_file_add(c->server->all->pool_file, &entry);
}

/* Let the user in: for the first time, or again after a new challenge. */
static void let_in(struct call *c, const struct auth_verdict *verdict, struct ip_addr address)
{
	const char *pre_up = c->server->config->programs.pre_up;
	const bool known = session_is_of(&c->session, verdict->user);
	const bool again = known && c->session.source == verdict->source;
	struct ppp_ipv4 ipv4;

	if (!known) {
		if (session_set_user(&c->session, verdict->user)) {
			refuse_admission(c, verdict->user, ADMISSION_NO_MEMORY);
			return;
		}
		log_trail(c, LOG_EVENT_NONE, LOG_LEVEL_INFO, "authenticated (%s%s)", ppp_auth_name(c->method),
			  verdict->source == AUTH_SOURCE_RADIUS ? ", RADIUS" : "");
	}
	/* What an administrator has set stays, unless RADIUS or a database grants anew. */
	if (!again || (verdict->grant && verdict->source != AUTH_SOURCE_LOCAL))
		session_set_grant(&c->session, verdict->source, verdict->grant);
	session_set_mppe(&c->session, verdict->mppe, verdict->mppe_bits);
	addresses(c, verdict->grant, address, &ipv4);
	if (*pre_up && !c->pre_up_passed)
		ask_pre_up(c, pre_up, &verdict->link, &ipv4);
	else
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
	grant_put(wait->verdict.grant);
	explicit_bzero(wait, sizeof(*wait));
	free(wait);
}

static void probe_done(void *ctx, uint64_t id, bool alive)
{
	const struct admission_probed probed = { .session = id, .alive = alive };
	struct call *c = ctx;
	struct auth_verdict verdict = c->wait->verdict;

	grant_get(verdict.grant);
	drop_wait(c);
	decide(c, &verdict, probed);
	grant_put(verdict.grant);
	explicit_bzero(&verdict, sizeof(verdict));
}

/* Returns false if there is no memory. */
static bool wait_for_probe(struct call *c, const struct auth_verdict *verdict, uint64_t id)
{
	c->wait = calloc(1, sizeof(*c->wait));
	if (!c->wait)
		return false;
	c->wait->verdict = *verdict;
	grant_get(verdict->grant);
	c->wait->probe = probe_start(c, id, probe_done, c);
	if (c->wait->probe)
		return true;
	drop_wait(c);
	return false;
}

/* The session keeps the terms of the configuration that counts now, and has them with its texts. */
static void take_terms(struct call *c)
{
	struct config *old = c->terms;

	c->terms = config_get(c->server->whole);
	config_put(old);
}

/*
 * What the configuration says now of the account counts, of a user who is in already, too; and of
 * the name that a peer only claims.
 */
static void ask_about_account(const struct call *c, const struct auth_verdict *verdict,
			      struct admission_login_question *q)
{
	const struct config *config = c->server->whole;
	const struct config_user *user = config_find_user(config, verdict->user);

	q->disabled = verdict->disabled || (user && user->disabled);
	q->expires_s = terms_of(config, c->server->config, verdict->user, verdict->grant).expires_s;
	q->clock_s = (uint64_t)time(NULL);
}

static struct admission_login_question
question_of(const struct call *c, const struct auth_verdict *verdict, const struct policy *policy)
{
	const struct config_user *user = config_find_user(c->terms, verdict->user);
	struct admission_login_question q = {
		.user = verdict->user,
		.current = session_is_of(&c->session, verdict->user) ? verdict->user :
								       c->session.record.user,
		.address_kind = verdict->address_kind,
		.address = verdict->address,
		.granted = verdict->source == AUTH_SOURCE_RADIUS,
		.own = user ? user->address : ip_none(),
		.within = verdict->restricted ? verdict->within : NULL,
		.n_within = verdict->n_within,
		.pool = servers_find_pool(c->server->all, policy->pool),
		.max_sessions = policy->max_sessions,
		.single = policy->single,
		.claimed = verdict->claimed,
		.local = c->session.record.addr.local,
		.place = user_place(policy),
	};

	ask_about_account(c, verdict, &q);
	return q;
}

/* Returns why a session of the user is ended for the new one. */
static const char *why_replaced(const struct policy *policy)
{
	return policy->single == POLICY_SINGLE_REPLACE_NOW ?
	       "the user logged in again" : "the user came back, and it was silent";
}

/* The proof was right: ask admission whether the user may come in, and tell the peer. */
static void decide(struct call *c, const struct auth_verdict *verdict,
		   struct admission_probed probed)
{
	const bool comes = !c->admission.admitted;
	struct admission_login_question q;
	struct admission_answer a;
	struct policy policy;
	char why[128];

	c->claimed = verdict->claimed;
	if (comes)
		take_terms(c);
	policy = call_terms(c, verdict->user, verdict->grant);
	q = question_of(c, verdict, &policy);
	q.probed = probed;
	if (comes && !user_place_fits(c, &policy, why, sizeof(why))) {
		refuse_for_now(c, verdict->user, "place", why);
		return;
	}
	for (;;) {
		a = admission_login(&c->login, &c->admission, &q, server_now(c->server));
		if (a.verdict == ADMISSION_PROBE && probe_is_needless(c->server->all, a.session))
			q.probed = (struct admission_probed){ .session = a.session };
		else if (a.verdict == ADMISSION_REPLACE)
			call_replace(c->server->all, a.session, why_replaced(&policy));
		else
			break;
	}
	if (a.verdict == ADMISSION_ALLOW) {
		watch_pool(c);
		if (comes) {
			keep_address(c, &q);
			user_place_take(c, verdict->user, &policy, a.address);
		}
		let_in(c, verdict, a.address);
	} else if (a.verdict == ADMISSION_REFUSE) {
		refuse_login(c, a.reason, &q, policy.pool);
	} else if (!wait_for_probe(c, verdict, a.session)) {
		refuse_admission(c, verdict->user, ADMISSION_NO_MEMORY);
	}
}

/* Where the user has a section, its name is that of the user, in whatever case he writes it. */
static void accepted(struct call *c, const struct auth_verdict *verdict)
{
	static const struct admission_probed nothing;
	const struct config_user *user = config_match_user(c->server->whole, verdict->user,
							   c->server->config->fold_case);
	struct auth_verdict named = *verdict;

	if (user)
		snprintf(named.user, sizeof(named.user), "%s", user->name);
	decide(c, &named, nothing);
	explicit_bzero(&named, sizeof(named));
}

static void auth_done(void *ctx, const struct auth_verdict *verdict)
{
	struct call *c = ctx;
	const struct log_fields about = describe_fields(&c->session.record, LOG_EVENT_NONE);
	unsigned int failures = 0;
	bool failed;

	/* All users of a server may get the same remark. */
	if (*verdict->remark) {
		log_with(&about, log_limited("remarks on logins", server_now(c->server),
					     LOG_LEVEL_WARNING, "session %s: %s", call_name(c),
					     verdict->remark));
		history_add(c->session.history, HISTORY_NOTE, server_now(c->server), "%s",
			    verdict->remark);
	}
	if (verdict->result == AUTH_CONTINUES) {
		session_verdict(&c->session, &verdict->link, NULL);
		return;
	}
	admission_tried(&c->login, verdict->result, server_now(c->server));
	if (verdict->result == AUTH_OK) {
		history_add(c->session.history, HISTORY_JUDGED, server_now(c->server), "%s",
			    auth_source_name(verdict->source));
		accepted(c, verdict);
		return;
	}
	failed = auth_is_failure(verdict->result);
	tell(c, failed, verdict->user, auth_result_name(verdict->result), auth_why(verdict));
	if (!failed) {
		session_verdict(&c->session, &verdict->link, NULL);
		return;
	}
	abuse_failed(&c->server->all->abuse, c);
	/* A session that is up ends at once when its user cannot prove itself again. */
	if (!c->admission.admitted)
		failures = admission_failures(c->server->admission, &c->login,
					      server_now(c->server));
	abuse_answer(&c->server->all->abuse, c, &verdict->link, failures);
}

/* There were too many failed logins: the password is not looked at. */
static void refuse_guess(struct call *c, const char *user, enum admission_reason reason)
{
	const struct admission_reason_info *info = admission_reason_info(reason);
	struct ppp_auth_verdict no = { .result = PPP_AUTH_FAILED, .error = info->mschap };

	tell(c, true, user, admission_reason_name(reason), info->log);
	snprintf(no.message, sizeof(no.message), "%s", info->peer);
	abuse_answer(&c->server->all->abuse, c, &no, UINT_MAX);
}

/* Returns true if the backend may be asked; false after the peer was refused. */
static bool may_try(struct call *c, const struct auth_request *request)
{
	size_t len;
	const char *name = auth_looked_up(request, &len);
	char shown[AUTH_SHOWN_MAX + 1];
	struct admission_answer a;

	auth_show_user(shown, request, name, len);
	history_set_user(c->session.history, shown);
	history_add(c->session.history, HISTORY_LOGIN, server_now(c->server), "%s, user %s",
		    ppp_auth_name(c->method), shown);
	a = admission_try(&c->login, &c->admission, name, len, server_now(c->server));
	if (a.verdict == ADMISSION_ALLOW)
		return true;
	if (a.reason == ADMISSION_OTHER_USER || a.reason == ADMISSION_BANNED)
		refuse_admission(c, shown, a.reason);
	else
		refuse_guess(c, shown, a.reason);
	return false;
}

/* Returns how many octets of EAP get to the peer in one frame, which is one packet outside. */
static uint16_t eap_max(const struct session_record *r)
{
	const unsigned int path = r->path_mtu - SESSION_OUTER_OVERHEAD;

	return (uint16_t)(r->ppp.peer_mru < path ? r->ppp.peer_mru : path);
}

/*
 * A realm or domain that has a section stays in the name where RADIUS is asked: its users are others
 * than those of secrets and databases.
 */
static bool is_asked_of_radius(const struct server *server, const char *realm, size_t len)
{
	return memchr(server->config->users, CONFIG_JUDGE_RADIUS, sizeof(server->config->users)) &&
	       config_find_realm(server->whole, realm, len);
}

static bool strips_realm(const struct server *server, const struct ppp_auth_request *proof)
{
	const struct config_server *config = server->config;
	const char *at = memrchr(proof->user, '@', proof->user_len);

	if (!at || !config->strip_realm ||
	    (!memchr(config->users, CONFIG_JUDGE_SECRETS, sizeof(config->users)) &&
	     !memchr(config->users, CONFIG_JUDGE_DATABASE, sizeof(config->users))))
		return false;
	return !is_asked_of_radius(server, at + 1,
				   (size_t)(proof->user + proof->user_len - at - 1));
}

static bool strips_domain(const struct server *server, const struct ppp_auth_request *proof)
{
	size_t len = proof->user_len;
	const char *user = mschap_bare_name(proof->user, &len);

	return server->config->strip_domain && user != proof->user &&
	       !is_asked_of_radius(server, proof->user, (size_t)(user - proof->user - 1));
}

void login_authenticate(struct session *session, const struct ppp_auth_request *request)
{
	struct call *c = session->owner;
	struct radius_session_texts texts;
	struct radius_session names;
	const struct auth_request rq = {
		.proof = request,
		.server = c->server->config->auth_name,
		.strip_domain = strips_domain(c->server, request),
		.strip_realm = strips_realm(c->server, request),
		.fold_case = c->server->config->fold_case,
		.peer = session->record.addr.remote,
		.session = &names,
		.mppe = c->mppe,
		.mppe_bits = c->mppe_bits,
		.eap_max = eap_max(&session->record),
	};

	c->method = request->method;
	radius_session_of(session, &names, &texts);
	/* The packets of one conversation are one try. */
	if (auth_is_talking(&c->job) || may_try(c, &rq))
		auth_start(c->server->auth, &c->job, &rq, auth_done, c);
}

bool login_choose_address(struct session *session, struct ip_addr address)
{
	struct call *c = session->owner;

	return admission_choose(&c->admission, address, session->record.addr.local,
				session->entry.place) &&
	       session_claim_inner(session, session->entry.place, address);
}

/*
 * A try counts as failed if the peer does not wait for the verdict: it may know before that it was
 * wrong, from how long that takes, or from EAP. That does not get the peer banned: when no RADIUS
 * server answers, all peers go, and a ban would keep them out for longer than the servers do.
 */
void login_cancelled(struct session *session)
{
	struct call *c = session->owner;

	if (auth_is_under_way(&c->job))
		admission_tried(&c->login, AUTH_WRONG_SECRET, server_now(c->server));
	abuse_forget(&c->server->all->abuse, c);
	auth_cancel(&c->job);
	drop_wait(c);
	if (c->pre_up)
		hooks_ask_cancel(c->pre_up->question);
	drop_pre_up(c);
	admission_forget(&c->login, server_now(c->server));
}
