/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated ("played") client for tests of servers. It uses real TCP and the simulated kernel,
 * places one call, logs in by MS-CHAPv2, and records what happens. Included by one file of a test
 * program, after the simulated clock and kernel.
 */
#ifndef CULVERT_PLAYED_CLIENT_TEST_H
#define CULVERT_PLAYED_CLIENT_TEST_H

#include <string.h>

#include "pptp/call.h"
#include "session/session.h"
#include "session/played_tunnel_test.h"
#include "session/tunnel.h"
#include "util/container.h"
#include "util/ip_literal_test.h"

struct client {
	/* may be changed by the test between client_dial() and the next iteration of the loop */
	struct session_config config;
	uint16_t call_id;		/* 0: a new one for each call */

	struct sessions *sessions;
	const char *user;
	const char *password;
	struct pptp_conn_config conn_config;
	struct tunnel tunnel;
	struct pptp_call call;
	struct session session;
	bool has_session;
	bool session_freed;

	/* what has happened */
	bool call_up;
	bool up;
	bool down;			/* the link is over */
	enum ppp_reason reason;		/* why it is over */
	uint16_t error;			/* MS-CHAP code of @reason */
	bool call_ended;
	enum pptp_call_end end;
	enum pptp_close why;		/* why the connection ended */
	bool tunnel_freed;
};

static void client_session_up(struct session *s)
{
	struct client *c = s->owner;

	c->up = true;
}

static void client_session_down(struct session *s, const struct ppp_end *end)
{
	struct client *c = s->owner;

	c->down = true;
	c->reason = end->reason;
	c->error = end->error;
}

static const struct session_ops client_session_ops = {
	.up = client_session_up,
	.down = client_session_down,
};

static struct client *client_of(struct pptp_conn *pptp)
{
	struct tunnel *tunnel = container_of(pptp, struct tunnel, pptp);

	return container_of(tunnel, struct client, tunnel);
}

static void client_call_up(struct pptp_call *call)
{
	struct client *c = container_of(call, struct client, call);
	const struct net_session_addr addr = {
		.local = c->tunnel.local,
		.remote = c->tunnel.remote,
		.call_id = call->local_id,
		.peer_call_id = call->peer_id,
	};

	c->call_up = true;
	session_init(&c->session, c->sessions, SESSION_OF_CLIENT, "test", &c->config,
		     &client_session_ops, c);
	c->has_session = true;
	assert_int_equal(session_open(&c->session, &addr, -1), 0);
	session_set_credentials(&c->session, c->user, c->password);
	session_start(&c->session);
}

static void client_call_down(struct pptp_call *call, enum pptp_call_end why)
{
	struct client *c = container_of(call, struct client, call);

	c->call_ended = true;
	c->end = why;
}

static void client_conn_up(struct pptp_conn *pptp, const struct pptp_start *peer)
{
	static uint16_t call_id = 0x1000;
	struct client *c = client_of(pptp);
	const struct pptp_out_request rq = {
		.call_id = c->call_id ? c->call_id : call_id++, .serial = 1, .min_bps = 300,
		.max_bps = TUNNEL_SPEED, .bearer = PPTP_BEARER_ANY, .framing = PPTP_FRAMING_ANY,
		.window = TUNNEL_WINDOW,
	};

	assert_int_equal(pptp_call_dial(&c->call, pptp, &rq, tunnel_now(&c->tunnel)), 0);
}

static void client_tunnel_freed(struct tunnel *tunnel)
{
	struct client *c = container_of(tunnel, struct client, tunnel);

	c->tunnel_freed = true;
}

static void client_conn_closed(struct pptp_conn *pptp, enum pptp_close why)
{
	struct client *c = client_of(pptp);

	c->why = why;
	tunnel_close(&c->tunnel, client_tunnel_freed);
}

static const struct pptp_conn_ops client_conn_ops = {
	.send = tunnel_send,
	.closed = client_conn_closed,
	.up = client_conn_up,
	.call_up = client_call_up,
	.call_down = client_call_down,
};

/* Connect to the server at @port. The client's session is one of @sessions. */
static inline void client_call(struct client *c, struct sessions *sessions, uint16_t port,
			       const char *user, const char *password)
{
	struct ppp_config *ppp = &c->config.ppp;

	memset(c, 0, sizeof(*c));
	c->sessions = sessions;
	c->user = user;
	c->password = password;
	pptp_conn_config_init(&c->conn_config);
	c->conn_config.host = "client";
	c->conn_config.vendor = "test";
	ppp_config_init(ppp);
	ppp->accept = PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2);
	ppp->name = user;
	ppp->mppe = PPP_MPPE_REQUIRED;
	ppp->mppe_bits = PPP_MPPE_128;
	ppp->mppe_modes = PPP_MPPE_STATELESS;
	assert_int_equal(tunnel_open(&c->tunnel, sessions, connect_to(port), ip("127.0.0.1"),
				     ip("0.0.0.0")), 0);
	tunnel_originate(&c->tunnel, &c->conn_config, &client_conn_ops);
}

static inline void client_session_freed(struct session *s)
{
	struct client *c = s->owner;

	c->session_freed = true;
}

static inline bool client_is_gone(void *ctx)
{
	struct client *c = ctx;

	return c->tunnel_freed && (!c->has_session || c->session_freed);
}

/* Hang up without a message, as a client does that is killed. */
static inline void client_drop(struct client *c)
{
	if (c->has_session)
		session_end(&c->session, EVENT_CAUSE_NONE, "dropped", client_session_freed);
	if (!c->tunnel.closing)
		tunnel_close(&c->tunnel, client_tunnel_freed);
	loop_until(c->sessions->loop, client_is_gone, c);
}

/* Conditions to wait for. */

static inline bool client_call_is_up(void *ctx)
{
	struct client *c = ctx;

	return c->call_up;
}

static inline bool client_is_up(void *ctx)
{
	struct client *c = ctx;

	return c->up;
}

static inline bool client_is_down(void *ctx)
{
	struct client *c = ctx;

	return c->down;
}

static inline bool client_call_ended(void *ctx)
{
	struct client *c = ctx;

	return c->call_ended;
}

static inline bool client_conn_over(void *ctx)
{
	struct client *c = ctx;

	return c->tunnel_freed;
}

#endif
