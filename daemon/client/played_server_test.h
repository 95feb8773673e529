/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small PPTP server for tests of clients, over real TCP and the played kernel. It lets one user
 * in, or misbehaves at the step that the test chooses. To be included by one file of a test
 * program.
 */
#ifndef CULVERT_PLAYED_SERVER_TEST_H
#define CULVERT_PLAYED_SERVER_TEST_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <uv.h>

#include "ppp/mschap.h"
#include "pptp/call.h"
#include "session/session.h"
#include "session/played_tunnel_test.h"
#include "session/tunnel.h"
#include "util/container.h"
#include "util/ip_literal_test.h"

enum vice {
	VIRTUOUS,
	MUTE,			/* accepts TCP connections, and does not read */
	CLOSES,			/* accepts TCP connections, and closes them at once */
	REFUSES_START,
	CLOSES_AT_CALL,
	BUSY,			/* refuses the call */
	STALLS_CALL,		/* does not answer the call */
	NO_PPP,			/* accepts the call, and sends no frame */
	CLOSES_AT_LOGIN,
	STALLS_LOGIN,		/* gives no verdict on the client's proof */
	FULL,			/* refuses the login for now */
	IMPOSTOR,		/* accepts any proof, and does not know the password */
};

struct played_server {
	/* for the test to change at any time */
	enum vice vice;
	const char *password;
	enum ppp_mppe_policy mppe;
	uint8_t mppe_modes;

	struct in_addr client_address;	/* inner */

	uv_loop_t *loop;
	struct sessions sessions;	/* of the guests */
	struct accepting listener;
	uint16_t port;
	LIST_HEAD(, guest) guests;

	char phone[PPTP_NAME_LEN + 1];	/* of the last call */

	/* counts of what has happened */
	unsigned int connections;
	unsigned int calls;
	unsigned int logins;		/* proofs that were received */
	unsigned int links_ended;	/* by the client's Terminate-Request */
	unsigned int calls_cleared;	/* by the client's Call-Clear-Request */
	unsigned int stops;		/* by the client's Stop-Control-Connection-Request */
};

/* One connection of a client, with its only call. */
struct guest {
	LIST_ENTRY(guest) list;
	struct played_server *srv;
	struct tunnel tunnel;
	struct pptp_call call;
	struct net_link link;
	struct session session;
	bool has_session;
	unsigned int parts;		/* how many of tunnel and session are not freed yet */
};

static void guest_part_freed(struct guest *g)
{
	if (--g->parts)
		return;
	LIST_REMOVE(g, list);
	free(g);
}

static void guest_session_freed(struct session *s)
{
	guest_part_freed(s->owner);
}

static void guest_end_session(struct guest *g)
{
	if (g->has_session)
		session_end(&g->session, EVENT_CAUSE_NONE, "vanished", guest_session_freed);
	g->has_session = false;
}

static void guest_freed(struct tunnel *t)
{
	guest_part_freed(container_of(t, struct guest, tunnel));
}

/* The server vanishes: it closes TCP and sends nothing before. */
static inline void guest_vanish(struct guest *g)
{
	guest_end_session(g);
	tunnel_close(&g->tunnel, guest_freed);
}

/* --- its session --------------------------------------------------------------------------- */

static void guest_authenticate(struct session *s, const struct ppp_auth_request *request)
{
	struct guest *g = s->owner;
	const struct ppp_ipv4 ipv4 = {
		.local.s_addr = htonl(0x0a630001),	/* 10.99.0.1 */
		.remote = g->srv->client_address,
	};
	struct ppp_auth_verdict verdict = { .result = PPP_AUTH_FAILED };

	g->srv->logins++;
	if (g->srv->vice == STALLS_LOGIN)
		return;
	if (g->srv->vice == CLOSES_AT_LOGIN) {
		tunnel_close(&g->tunnel, guest_freed);
		return;
	}
	ppp_auth_check(request, g->srv->password, strlen(g->srv->password), &verdict);
	if (g->srv->vice == FULL)
		verdict = (struct ppp_auth_verdict){
			.result = PPP_AUTH_FAILED, .error = MSCHAP_ERR_RESTRICTED_LOGON_HOURS,
			.message = "The server is full",
		};
	if (g->srv->vice == IMPOSTOR)
		verdict.result = PPP_AUTH_OK;
	session_verdict(s, &verdict, &ipv4);
}

static void guest_session_down(struct session *s, const struct ppp_end *end)
{
	struct guest *g = s->owner;

	/* The end that ends the link also ends the call. */
	if (end->reason != PPP_REASON_PEER_CLOSED && !g->tunnel.closing &&
	    g->tunnel.pptp.nr_calls) {
		pptp_call_clear(&g->call, PPTP_DISC_GENERAL, tunnel_now(&g->tunnel));
		tunnel_sync(&g->tunnel);
	}
}

static const struct session_ops guest_session_ops = {
	.authenticate = guest_authenticate,
	.down = guest_session_down,
};

/* The only place where a session of the server begins. */
static int guest_open_session(struct guest *g, uint16_t peer_call_id)
{
	const struct net_session_addr addr = {
		.local = g->tunnel.local,
		.remote = g->tunnel.remote,
		.peer_call_id = peer_call_id,
	};
	struct session_config config = { .link = &g->link };

	ppp_config_init(&config.ppp);
	config.ppp.demand[0] = PPP_AUTH_MSCHAPV2;
	config.ppp.name = "played";
	config.ppp.mppe = g->srv->mppe;
	config.ppp.mppe_bits = PPP_MPPE_128;
	config.ppp.mppe_modes = g->srv->mppe_modes;
	session_init(&g->session, &g->srv->sessions, SESSION_OF_SERVER, "played", &config,
		     &guest_session_ops, g);
	g->has_session = true;
	g->parts++;
	return session_open(&g->session, &addr, -1);
}

/* --- its connection and call --------------------------------------------------------------- */

static struct guest *guest_of(struct pptp_conn *pptp)
{
	struct tunnel *tunnel = container_of(pptp, struct tunnel, pptp);

	return container_of(tunnel, struct guest, tunnel);
}

static unsigned int guest_start(struct pptp_conn *pptp, const struct pptp_start *peer)
{
	return guest_of(pptp)->srv->vice == REFUSES_START ? PPTP_START_NOT_AUTHORIZED :
							    PPTP_START_OK;
}

static struct pptp_call *guest_call_alloc(struct pptp_conn *pptp, enum pptp_call_kind kind,
					  const struct pptp_msg *rq, struct pptp_refusal *no)
{
	struct guest *g = guest_of(pptp);

	g->srv->calls++;
	snprintf(g->srv->phone, sizeof(g->srv->phone), "%s", rq->out_request.phone);
	if (g->srv->vice != BUSY)
		return &g->call;
	no->result = PPTP_OUT_BUSY;
	no->error = PPTP_ERR_NONE;
	return NULL;
}

static void guest_call_asked(struct pptp_call *call)
{
	struct guest *g = container_of(call, struct guest, call);
	struct pptp_call_params params = { .window = 64 };

	if (g->srv->vice == CLOSES_AT_CALL)
		pptp_conn_abort(&g->tunnel.pptp, tunnel_now(&g->tunnel));
	if (g->srv->vice == CLOSES_AT_CALL || g->srv->vice == STALLS_CALL)
		return;
	assert_int_equal(guest_open_session(g, call->peer_id), 0);
	params.local_id = g->session.record.addr.call_id;
	assert_int_equal(pptp_call_answer(call, &params, tunnel_now(&g->tunnel)), 0);
}

static void guest_call_up(struct pptp_call *call)
{
	struct guest *g = container_of(call, struct guest, call);

	tunnel_flush(&g->tunnel);
	if (g->srv->vice != NO_PPP)
		session_start(&g->session);
}

static void guest_call_down(struct pptp_call *call, enum pptp_call_end why)
{
	struct guest *g = container_of(call, struct guest, call);

	g->srv->calls_cleared += why == PPTP_END_CLEARED;
	g->srv->links_ended += g->has_session &&
			       ppp_link_state(&g->session.link)->phase == PPP_PHASE_TERMINATE;
	guest_end_session(g);
}

static void guest_closed(struct pptp_conn *pptp, enum pptp_close why)
{
	struct guest *g = guest_of(pptp);

	g->srv->stops += why == PPTP_CLOSE_PEER_STOP;
	tunnel_close(&g->tunnel, guest_freed);
}

static const struct pptp_conn_ops guest_conn_ops = {
	.send = tunnel_send,
	.closed = guest_closed,
	.start = guest_start,
	.call_alloc = guest_call_alloc,
	.call_asked = guest_call_asked,
	.call_up = guest_call_up,
	.call_down = guest_call_down,
};

static struct pptp_conn_config guest_conn_config;

static void server_connection(struct accepting *listener, int fd)
{
	struct played_server *srv = container_of(listener, struct played_server, listener);
	struct guest *g = calloc(1, sizeof(*g));

	assert_non_null(g);
	g->srv = srv;
	g->parts = 1;
	srv->connections++;
	LIST_INSERT_HEAD(&srv->guests, g, list);
	assert_int_equal(tunnel_open(&g->tunnel, &srv->sessions, fd, ip("127.0.0.1"),
				     ip("127.0.0.1")), 0);
	if (srv->vice == CLOSES)
		tunnel_close(&g->tunnel, guest_freed);
	else if (srv->vice == MUTE)
		turn_deaf(&g->tunnel);
	else
		tunnel_serve(&g->tunnel, &guest_conn_config, &guest_conn_ops);
}

/* --- the whole ----------------------------------------------------------------------------- */

static inline void server_open(struct played_server *srv, uv_loop_t *loop,
			       const struct net_backend *backend)
{
	pptp_conn_config_init(&guest_conn_config);
	guest_conn_config.host = "played";
	guest_conn_config.vendor = "test";
	srv->client_address.s_addr = htonl(0x0a63000a);	/* 10.99.0.10 */
	srv->loop = loop;
	assert_int_equal(sessions_open(&srv->sessions, loop, backend), 0);
	srv->password = "wonderland";
	srv->mppe = PPP_MPPE_REQUIRED;
	srv->mppe_modes = PPP_MPPE_STATELESS;
	LIST_INIT(&srv->guests);
	accepting_open(&srv->listener, loop, server_connection);
	srv->port = srv->listener.port;
}

/* Returns the newest guest. The test fails if there is none. */
static inline struct guest *server_guest(struct played_server *srv)
{
	struct guest *g = LIST_FIRST(&srv->guests);

	assert_non_null(g);
	return g;
}

/* Close the server. It vanishes for the guests that are left. */
static inline void server_close(struct played_server *srv)
{
	struct guest *g;

	LIST_FOREACH(g, &srv->guests, list)
		guest_vanish(g);
	sessions_close(&srv->sessions);
	accepting_close(&srv->listener);
}

#endif
