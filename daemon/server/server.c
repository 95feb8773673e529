// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "server/call.h"
#include "server/server.h"
#include "server/servers.h"
#include "session/tunnel.h"
#include "util/deadline.h"
#include "util/local.h"
#include "util/log.h"

#define STOP_TIMEOUT_MS	10000	/* for the answer to a Stop-Control-Connection-Request */

/* --- the sessions as admission sees them -------------------------------------------------- */

static const struct registry *registry_of(void *ctx)
{
	struct server *server = ctx;

	return &server->all->sessions->registry;
}

/* Returns true if @s belongs to a call of this server. */
static bool is_ours(void *ctx, const struct session *s)
{
	const struct server *server = ctx;

	return s->record.role == SESSION_OF_SERVER && call_server(s) == server;
}

static unsigned int count_user(void *ctx, const char *user)
{
	struct session *s = NULL;
	unsigned int n = 0;

	while ((s = registry_next_of_user(registry_of(ctx), user, s)))
		n += is_ours(ctx, s);
	return n;
}

static void each_of_user(void *ctx, const char *user, admission_each_fn fn, void *arg)
{
	struct session *s = NULL;

	while ((s = registry_next_of_user(registry_of(ctx), user, s))) {
		const struct admission_session session = { .id = s->record.id, .user = user };

		if (is_ours(ctx, s) && !fn(arg, &session))
			break;
	}
}

static unsigned int count_all(void *ctx)
{
	const struct server *server = ctx, *other;
	unsigned int n = 0;

	TAILQ_FOREACH(other, &server->all->list, link) {
		struct admission_counts counts;

		admission_count(other->admission, NULL, &counts);
		n += counts.sessions;
	}
	return n;
}

static uint64_t holder(void *ctx, struct place place, struct ip_addr inner)
{
	const struct session *s = registry_find_inner(registry_of(ctx), place, inner);

	return s ? s->record.id : 0;
}

static uint64_t same_call(void *ctx, struct ip_addr local, struct ip_addr remote,
			  uint16_t peer_call_id)
{
	const struct server *server = ctx;
	struct session *s = NULL;

	/*
	 * A call that we placed at this peer does not count: the call IDs are equal by chance, and
	 * it is not a server's to end.
	 */
	while ((s = registry_next_of_call(registry_of(ctx), remote, peer_call_id, s)))
		if (s->record.role == SESSION_OF_SERVER && ip_equal(s->record.addr.local, local) &&
		    place_equal(session_outside(s), server->session.outer.from))
			return s->record.id;
	return 0;
}

static bool is_of_this_host(void *ctx, struct ip_addr address)
{
	const struct server *server = ctx;

	return server_interfaces_have(&server->all->interfaces, address) ||
	       local_has_address(address);
}

static bool has_connection(void *ctx, struct ip_addr address)
{
	const struct server *server = ctx;

	return connections_have(server->all, address);
}

static const char *owner(void *ctx, struct ip_addr address)
{
	const struct server *server = ctx;
	const struct config_user *user = config_find_owner(server->whole, address);

	return user ? user->name : NULL;
}

static bool is_banned(void *ctx, struct ip_addr from, uint64_t now)
{
	const struct server *server = ctx;

	return bans_find(server->all->abuse.bans, from, now);
}

static const struct admission_view view = {
	.count_user = count_user,
	.each_of_user = each_of_user,
	.count_all = count_all,
	.holder = holder,
	.call = same_call,
	.is_ours = is_of_this_host,
	.is_outer = has_connection,
	.owner = owner,
	.is_banned = is_banned,
};

void server_set_limits(struct server *server)
{
	const struct config_server *config = server->config;
	const struct admission_limits limits = {
		.max_sessions = config->max_sessions,
		.max_sessions_per_address = config->max_sessions_per_address,
		.max_sessions_of_all = server->whole->abuse.max_sessions,
		.max_connections = config->max_connections,
		.max_connections_per_address = config->max_connections_per_address,
		.max_waiting = config->max_waiting,
		.max_calls_per_connection = config->max_calls_per_connection,
		.max_starting = config->max_starting,
		.max_starting_per_address = config->max_starting_per_address,
		.max_failed_logins = config->max_failed_logins,
		.max_failed_logins_per_address = config->max_failed_logins_per_address,
		.nobody_new = server->drain.on,
	};

	admission_set_limits(server->admission, &limits);
}

/* --- the server --------------------------------------------------------------------------- */

struct server *server_new(struct servers *all)
{
	struct server *server = calloc(1, sizeof(*server));
	uint32_t seed = 0;

	if (!server)
		return NULL;
	server->all = all;
	server->drain.until = NEVER;
	/* Without a random seed, an attacker can more easily fill one bucket of the tables. */
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uint32_t)uv_hrtime();
	server->admission = admission_new(&view, server, seed);
	if (server->admission)
		return server;
	free(server);
	return NULL;
}

static void session_settings(struct server *server)
{
	const struct config_server *config = server->config;
	struct ppp_config *ppp = &server->session.ppp;

	ppp_config_init(ppp);
	memcpy(ppp->demand, config->auth, sizeof(ppp->demand));
	memcpy(ppp->eap, config->eap, sizeof(ppp->eap));
	/* Secrets are asked about what the link makes of EAP; RADIUS does EAP itself. */
	ppp->eap_relay = config->users[0] == CONFIG_JUDGE_RADIUS;
	ppp->name = config->auth_name;
	ppp->echo_interval_ms = config->lcp_echo_interval_s * 1000;
	ppp->echo_failures = config->lcp_echo_failure;
	ppp->mppe = config->mppe;
	ppp->mppe_bits = config->mppe_bits;
	ppp->mppe_modes = config->mppe_modes;
	server->session.mtu = config->mtu == CONFIG_MTU_AUTO ? 0 : config->mtu;
	server->session.link = &server->upper->interface->net;
	server->session.idle_timeout_s = config->idle_timeout_s;
	server->session.sliding_window = config->sliding_window;
	server->session.outer = config->outer;
	server->session.fold_case = config->fold_case;
	server->session.outer.from = config_outside(config);
	server->session.programs = &config->programs;
	server->session.session_timeout_s = config->session_timeout_s;
}

static void pptp_settings(struct server *server)
{
	const struct config_server *config = server->config;
	struct pptp_conn_config *pptp = &server->pptp;

	pptp_conn_config_init(pptp);
	pptp->host = config->host_name;
	pptp->vendor = TUNNEL_VENDOR;
	pptp->firmware = TUNNEL_FIRMWARE;
	pptp->max_channels = config->max_calls_per_connection > UINT16_MAX ?
			     UINT16_MAX : config->max_calls_per_connection;
	pptp->max_calls = config->max_calls_per_connection;
	pptp->echo_interval_ms = config->echo_interval_s * 1000;
	pptp->echo_timeout_ms = config->echo_timeout_s * 1000;
	/* RFC 2637 says 60 s, and that long a peer could stay that has nothing to answer. */
	pptp->stop_timeout_ms = STOP_TIMEOUT_MS;
}

void server_configure(struct server *server, struct config *whole,
		      const struct config_server *config, struct auth *auth, struct pool *pool,
		      struct server_link *upper)
{
	struct config *old = server->whole;

	server->whole = config_get(whole);
	server->config = config;
	config_put(old);
	server_link_put(server->upper);
	server->upper = upper;
	auth_put(server->auth);
	server->auth = auth;
	pool_put(server->pool);
	server->pool = pool;
	session_settings(server);
	pptp_settings(server);
	server_set_limits(server);
}

void server_get(struct server *server)
{
	server->refs++;
}

void server_put(struct server *server)
{
	server->refs--;
	if (!server->retired || server->refs)
		return;
	TAILQ_REMOVE(&server->all->list, server, link);
	server_free(server);
}

void server_retire(struct server *server)
{
	log_server(server, log_notice("server %s is no longer configured", server->config->name));
	server->retired = true;
}

void server_free(struct server *server)
{
	server_link_put(server->upper);
	auth_put(server->auth);
	pool_put(server->pool);
	config_put(server->whole);
	admission_free(server->admission);
	free(server);
}

uint64_t server_now(const struct server *server)
{
	return uv_now(server->all->loop);
}
