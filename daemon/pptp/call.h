/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls on a PPTP control connection (RFC 2637 section 3.2): incoming and outgoing, as PNS and
 * as PAC. Rules on clock, events, errors and memory are those of conn.h.
 *
 * A call is in the hands of this layer from pptp_call_dial(), pptp_call_ring() or call_alloc()
 * until call_down(). Then its memory is the owner's again.
 *
 * culvertd has no lines, so that it never calls pptp_call_ring(), pptp_call_wan_error() and
 * pptp_call_set_link_info(). They are here for tests, which so meet both ends of each message, and
 * for a program that has lines.
 *
 * The states of the RFC, for each kind of call:
 *
 *	PNS_OUT  dial -> WAIT_REPLY -> ESTABLISHED -> WAIT_DISCONNECT -> down
 *	PAC_OUT  asked -> WAIT_ANSWER (wait_cs_ans) -> ESTABLISHED -> down
 *	PAC_IN   ring -> WAIT_REPLY -> ESTABLISHED -> down
 *	PNS_IN   asked -> WAIT_ANSWER -> WAIT_CONNECT -> ESTABLISHED -> WAIT_DISCONNECT -> down
 *
 * WAIT_ANSWER of PNS_IN is ours: the RFC lets the PNS decide at once, our owner may take a while.
 * A call that stays in a passing state for @reply_timeout_ms ends the control connection
 * (section 3.2.1), except that a request which our owner leaves unanswered is only refused.
 *
 * Call IDs are in host order. 0 is a valid ID for a peer to choose (Windows does).
 */
#ifndef CULVERT_PPTP_CALL_H
#define CULVERT_PPTP_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "pptp/conn.h"
#include "pptp/msg.h"

/* The window of a peer that names none; what Windows announces. */
#define PPTP_WINDOW_DEFAULT	64

enum pptp_call_state {
	PPTP_CALL_IDLE,			/* over, or not begun */
	PPTP_CALL_WAIT_REPLY,		/* we asked; the peer has not answered */
	PPTP_CALL_WAIT_ANSWER,		/* the peer asked; our owner has not answered */
	PPTP_CALL_WAIT_CONNECT,		/* PNS_IN: accepted, Incoming-Call-Connected is to come */
	PPTP_CALL_ESTABLISHED,
	PPTP_CALL_WAIT_DISCONNECT,	/* PNS: we sent Call-Clear-Request */
};

/* What we tell the peer of our end of a call */
struct pptp_call_params {
	uint16_t local_id;	/* our call ID; unused by the other calls of the connection */
	uint16_t window;	/* packets that we will buffer, at least 1 */
	uint16_t delay;		/* processing delay, 1/10 s */
	uint32_t speed;		/* bit/s, for show */
	uint32_t channel;	/* for the peer's logs */
};

/* To be read by the owner; written here only. */
struct pptp_call {
	struct pptp_conn *conn;
	enum pptp_call_kind kind;
	enum pptp_call_state state;
	uint16_t local_id;		/* valid once we have named it */
	uint16_t peer_id;		/* valid once the peer has: when asked or established */
	uint16_t serial;		/* the same at both ends */
	uint16_t peer_window;		/* packets the peer will buffer, never 0 once established */
	uint16_t peer_delay;		/* 1/10 s */
	uint32_t peer_speed;		/* bit/s */

	/* what the peer's last reply or Call-Disconnect-Notify said */
	uint8_t result;
	uint8_t error;
	uint16_t cause;

	/* private */
	struct pptp_call *next;
	struct pptp_call *prev;
	struct pptp_call_params params;	/* PAC_IN: for Incoming-Call-Connected */
	uint64_t state_since;
	uint64_t wan_error_at;		/* when we sent the last one */
	bool local_named;		/* @local_id is valid */
	bool peer_named;		/* @peer_id is valid */
	bool wan_error_sent;
};

/**
 * pptp_call_dial() - as PNS, ask the peer for an outgoing call
 * @call: memory for the call, of any content
 * @rq: what to ask for; @rq->call_id is our call ID, @rq->window at least 1
 *
 * Return: 0 if asked: call_up() or call_down() follows. Otherwise @call was not taken:
 * -ENOTCONN if the connection is not established, -EEXIST if another call has this ID,
 * -ENOSPC if the connection has @max_calls calls already.
 */
int pptp_call_dial(struct pptp_call *call, struct pptp_conn *conn,
		   const struct pptp_out_request *rq, uint64_t now);

/**
 * pptp_call_ring() - as PAC, tell the peer of an incoming call
 * @call: memory for the call, of any content
 * @rq: what to tell; @rq->call_id is not looked at, the ID is in @params
 * @params: our end of the call; kept until the peer has accepted
 *
 * Return: as pptp_call_dial().
 */
int pptp_call_ring(struct pptp_call *call, struct pptp_conn *conn,
		   const struct pptp_in_request *rq, const struct pptp_call_params *params,
		   uint64_t now);

/**
 * pptp_call_answer() - accept the call that the peer asked for
 * @call: in state PPTP_CALL_WAIT_ANSWER
 * @params: our end of the call
 *
 * PAC_OUT: the call is up, call_up() is raised before this returns. The peer sends frames as soon
 * as it has the reply, so be ready to take them before. PNS_IN: call_up() comes when the peer
 * has connected.
 *
 * Return: 0; -EINVAL if the call does not wait for an answer, -EEXIST if another call of the
 * connection has this ID; nothing has changed then.
 */
int pptp_call_answer(struct pptp_call *call, const struct pptp_call_params *params, uint64_t now);

/**
 * pptp_call_refuse() - turn down the call that the peer asked for
 * @call: in state PPTP_CALL_WAIT_ANSWER, otherwise nothing happens
 * @no: what the peer is told
 *
 * Raises call_down() with PPTP_END_LOCAL.
 */
void pptp_call_refuse(struct pptp_call *call, const struct pptp_refusal *no, uint64_t now);

/**
 * pptp_call_clear() - end a call, whatever its state
 * @result: why, told to the peer where we are PAC; a PNS has no place for it
 *
 * As PAC the call is over: call_down() is raised before this returns. As PNS the peer is asked
 * to clear it and call_down() follows when it has; frames should be sent no more.
 */
void pptp_call_clear(struct pptp_call *call, enum pptp_disconnect_result result, uint64_t now);

/**
 * pptp_call_set_link_info() - tell the peer the asynchronous control character maps
 *
 * Sent by either kind of peer in practice. Return: 0, or -EINVAL if the call is not established.
 */
int pptp_call_set_link_info(struct pptp_call *call, uint32_t send_accm, uint32_t recv_accm,
			    uint64_t now);

/**
 * pptp_call_wan_error() - as PAC, report errors of the line
 * @counts: since the call came up; @counts->peer_call_id is not looked at
 *
 * Return: 0; -EINVAL if the call is not an established one of a PAC; -EAGAIN if one was sent in
 * the last 60 seconds (section 2.14).
 */
int pptp_call_wan_error(struct pptp_call *call, const struct pptp_wan_error *counts, uint64_t now);

/* Words for logs: a static string, never NULL. */
const char *pptp_call_end_text(enum pptp_call_end why);

#endif
