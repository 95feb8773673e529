// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "client/settings.h"
#include "session/tunnel.h"

static void set_dialer(struct dialer_config *dialer, const struct config_client *config)
{
	static const enum dialer_connect connects[] = {
		[CONFIG_CONNECT_START] = DIALER_AT_START,
		[CONFIG_CONNECT_DEMAND] = DIALER_ON_DEMAND,
		[CONFIG_CONNECT_MANUAL] = DIALER_BY_HAND,
	};

	dialer->connect = connects[config->connect];
	dialer->reconnect = config->reconnect;
	dialer->retry_min_ms = config->reconnect_min_s * 1000;
	dialer->retry_max_ms = config->reconnect_max_s * 1000;
	dialer->refused_min_ms = config->reconnect_refused_min_s * 1000;
	dialer->refused_max_ms = config->reconnect_refused_max_s * 1000;
}

static void set_ppp(struct ppp_config *ppp, const struct config_client *config)
{
	ppp_config_init(ppp);
	ppp->accept = config->auth;
	memcpy(ppp->eap, config->eap, sizeof(ppp->eap));
	ppp->name = config->user;
	ppp->echo_interval_ms = config->lcp_echo_interval_s * 1000;
	ppp->echo_failures = config->lcp_echo_failure;
	ppp->mppe = config->mppe;
	ppp->mppe_bits = config->mppe_bits;
	ppp->mppe_modes = config->mppe_modes;
	ppp->ask_dns = config->resolver != CONFIG_RESOLVER_OFF;
}

static void set_session(struct session_config *session, const struct config_client *config)
{
	set_ppp(&session->ppp, config);
	session->mtu = config->mtu == CONFIG_MTU_AUTO ? 0 : config->mtu;
	session->mru = config->mru == CONFIG_MTU_AUTO ? 0 : config->mru;
	session->idle_timeout_s = config->idle_timeout_s;
	session->sliding_window = config->sliding_window;
	session->outer = config->outer;
	session->programs = &config->programs;
}

static void set_link(struct net_link *link, const struct config_client *config)
{
	link->mode = NET_LINK_SESSION;
	link->mss_clamp = config->mss_clamp;
	snprintf(link->name, sizeof(link->name), "%s", config->interface);
}

static void set_pptp(struct pptp_conn_config *pptp, const struct config_client *config)
{
	pptp_conn_config_init(pptp);
	pptp->host = config->host_name;
	pptp->vendor = TUNNEL_VENDOR;
	pptp->firmware = TUNNEL_FIRMWARE;
	pptp->max_channels = 0;
	pptp->max_calls = 1;
	pptp->echo_interval_ms = config->echo_interval_s * 1000;
	pptp->echo_timeout_ms = config->echo_timeout_s * 1000;
}

void client_settings_make(struct client_settings *s, const struct config_client *config)
{
	memset(s, 0, sizeof(*s));
	set_session(&s->session, config);
	set_link(&s->link, config);
	set_pptp(&s->pptp, config);
	set_dialer(&s->dialer, config);
}
