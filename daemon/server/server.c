// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "server/server.h"
#include "server/servers.h"
#include "util/log.h"

/* What we tell of ourselves; nothing depends on it. */
#define VENDOR			"Culvert"
#define FIRMWARE		1

struct server *server_new(struct servers *all)
{
	struct server *server = calloc(1, sizeof(*server));

	if (server)
		server->all = all;
	return server;
}

static void session_settings(struct server *server)
{
	const struct config_server *config = server->config;
	struct ppp_config *ppp = &server->session.ppp;

	ppp_config_init(ppp);
	memcpy(ppp->demand, config->auth, sizeof(ppp->demand));
	memcpy(ppp->eap, config->eap, sizeof(ppp->eap));
	ppp->name = config->auth_name;
	ppp->echo_interval_ms = config->lcp_echo_interval_s * 1000;
	ppp->echo_failures = config->lcp_echo_failure;
	ppp->mppe = config->mppe;
	ppp->mppe_bits = config->mppe_bits;
	ppp->mppe_modes = config->mppe_modes;
	server->session.mtu = config->mtu == CONFIG_MTU_AUTO ? 0 : config->mtu;
	server->session.link = &server->upper->net;
	server->session.idle_timeout_s = config->idle_timeout_s;
	server->session.session_timeout_s = config->session_timeout_s;
}

static void pptp_settings(struct server *server)
{
	const struct config_server *config = server->config;
	struct pptp_conn_config *pptp = &server->pptp;

	pptp_conn_config_init(pptp);
	pptp->host = config->host_name;
	pptp->vendor = VENDOR;
	pptp->firmware = FIRMWARE;
	pptp->max_channels = config->max_calls_per_connection > UINT16_MAX ?
			     UINT16_MAX : config->max_calls_per_connection;
	pptp->max_calls = config->max_calls_per_connection;
	pptp->echo_interval_ms = config->echo_interval_s * 1000;
	pptp->echo_timeout_ms = config->echo_timeout_s * 1000;
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
	log_notice("server %s is no longer configured", server->config->name);
	server->retired = true;
}

void server_free(struct server *server)
{
	server_link_put(server->upper);
	auth_put(server->auth);
	pool_put(server->pool);
	config_put(server->whole);
	free(server);
}

uint64_t server_now(const struct server *server)
{
	return uv_now(server->all->loop);
}
