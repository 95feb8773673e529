/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The settings that a section "client" of the configuration makes for the layers below. Pure.
 */
#ifndef CULVERT_CLIENT_SETTINGS_H
#define CULVERT_CLIENT_SETTINGS_H

#include "client/dialer.h"
#include "config/config.h"
#include "net/session.h"
#include "pptp/conn.h"
#include "session/session.h"

struct client_settings {
	struct session_config session;	/* without .link */
	struct net_link link;		/* without .vrf */
	struct pptp_conn_config pptp;
	struct dialer_config dialer;
};

/* Fill @s from @config. @s refers to texts of @config, which must outlive @s. */
void client_settings_make(struct client_settings *s, const struct config_client *config);

#endif
