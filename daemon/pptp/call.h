/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls on a PPTP control connection (RFC 2637 section 3.2): incoming and outgoing calls, as PNS
 * and as PAC. The rules of conn.h on clock, events, errors and memory apply.
 *
 * From pptp_call_dial(), pptp_call_ring() or call_alloc() until call_down() this layer owns the
 * memory of a call. After that the memory belongs to the owner again.
 *
 * culvertd has no telephone lines, so it never calls pptp_call_ring(), pptp_call_wan_error() and
 * pptp_call_set_link_info(). They exist for tests, which exercise both ends of each message in this
 * way, and for a program that has lines.
 *
 * The states of the RFC, for each kind of call:
 *
 *	PNS_OUT  dial -> WAIT_REPLY -> ESTABLISHED -> WAIT_DISCONNECT -> down
 *	PAC_OUT  asked -> WAIT_ANSWER (wait_cs_ans) -> ESTABLISHED -> down
 *	PAC_IN   ring -> WAIT_REPLY -> ESTABLISHED -> down
 *	PNS_IN   asked -> WAIT_ANSWER -> WAIT_CONNECT -> ESTABLISHED -> WAIT_DISCONNECT -> down
 *
 * WAIT_ANSWER of PNS_IN is not in the RFC: there the PNS decides at once, while our owner may
 * answer later. All states but IDLE and ESTABLISHED are passing states. A call that stays in a
 * passing state for @reply_timeout_ms ends the control connection (section 3.2.1). One case is
 * different: if our owner does not answer a request in time, only this request is refused.
 *
 * Call IDs are in host order. A peer may choose 0 as its call ID (Windows does).
 */
#ifndef CULVERT_PPTP_CALL_H
#define CULVERT_PPTP_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "pptp/conn.h"
#include "pptp/msg.h"

/* The window of a peer that sends 0. Windows announces this value. */
#define PPTP_WINDOW_DEFAULT	64

enum pptp_call_state {
	PPTP_CALL_IDLE,			/* over, or not begun */
	PPTP_CALL_WAIT_REPLY,		/* we asked; the peer has not replied yet */
	PPTP_CALL_WAIT_ANSWER,		/* the peer asked; our owner has not answered yet */
	PPTP_CALL_WAIT_CONNECT,		/* PNS_IN: accepted; waits for Incoming-Call-Connected */
	PPTP_CALL_ESTABLISHED,
	PPTP_CALL_WAIT_DISCONNECT,	/* PNS: we sent Call-Clear-Request */
};

/* What we tell the peer about our end of a call. */
struct pptp_call_params {
	uint16_t local_id;	/* our call ID; no other call of the connection may use it */
	uint16_t window;	/* packets that we will buffer, at least 1 */
	uint16_t delay;		/* processing delay, 1/10 s */
	uint32_t speed;		/* bit/s, for information only */
	uint32_t channel;	/* for the peer's logs */
};

/* The owner may read this structure; only this layer writes to it. */
struct pptp_call {
	struct pptp_conn *conn;
	enum pptp_call_kind kind;
	enum pptp_call_state state;
	uint16_t local_id;		/* our call ID, valid once we have chosen it */
	uint16_t peer_id;		/* the peer's; valid if the peer asked, or if established */
	uint16_t serial;		/* Call Serial Number, the same at both ends */
	uint16_t peer_window;		/* packets the peer will buffer; not 0 if established */
	uint16_t peer_delay;		/* processing delay of the peer, 1/10 s */
	uint32_t peer_speed;		/* bit/s */

	/* codes of the peer's last reply or Call-Disconnect-Notify */
	uint8_t result;
	uint8_t error;
	uint16_t cause;

	/* private */
	struct pptp_call *next;
	struct pptp_call *prev;
	struct pptp_call_params params;	/* PAC_IN: for Incoming-Call-Connected */
	uint64_t state_since;
	uint64_t wan_error_at;		/* when we sent the last WAN-Error-Notify */
	bool local_named;		/* @local_id is valid */
	bool peer_named;		/* @peer_id is valid */
	bool wan_error_sent;
};

/**
 * pptp_call_dial() - as PNS, ask the peer for an outgoing call
 * @call: memory for the call, with any content
 * @rq: the request to send; @rq->call_id is our call ID, @rq->window must be at least 1
 *
 * Return: 0 if the request was sent; call_up() or call_down() follows. Otherwise a negative errno,
 * and @call still belongs to the owner: -ENOTCONN if the connection is not established, -EEXIST if
 * another call of the connection has this ID, -ENOSPC if there are already @max_calls calls.
 */
int pptp_call_dial(struct pptp_call *call, struct pptp_conn *conn,
		   const struct pptp_out_request *rq, uint64_t now);

/**
 * pptp_call_ring() - as PAC, tell the peer of an incoming call
 * @call: memory for the call, with any content
 * @rq: the request to send; @rq->call_id is ignored, @params->local_id is used
 * @params: our end of the call; copied, and sent when the peer has accepted
 *
 * Return: as pptp_call_dial().
 */
int pptp_call_ring(struct pptp_call *call, struct pptp_conn *conn, const struct pptp_in_request *rq,
		   const struct pptp_call_params *params, uint64_t now);

/**
 * pptp_call_answer() - accept the call that the peer asked for
 * @call: a call in state PPTP_CALL_WAIT_ANSWER
 * @params: our end of the call
 *
 * PAC_OUT: the call is established and call_up() is raised before this returns. The peer sends
 * frames as soon as it has the reply, so the caller must be ready for frames before. PNS_IN:
 * call_up() follows when the peer's Incoming-Call-Connected arrives.
 *
 * Return: 0; -EINVAL if the call is in another state, -EEXIST if another call of the connection has
 * this ID. On error nothing has changed.
 */
int pptp_call_answer(struct pptp_call *call, const struct pptp_call_params *params, uint64_t now);

/**
 * pptp_call_refuse() - refuse the call that the peer asked for
 * @call: a call in state PPTP_CALL_WAIT_ANSWER; in any other state nothing happens
 * @no: the codes to send to the peer
 *
 * Raises call_down() with PPTP_END_LOCAL.
 */
void pptp_call_refuse(struct pptp_call *call, const struct pptp_refusal *no, uint64_t now);

/**
 * pptp_call_clear() - end a call, whatever its state
 * @result: the reason, sent to the peer in a Call-Disconnect-Notify; unused otherwise
 *
 * In state PPTP_CALL_WAIT_ANSWER the request is refused, and call_down() is raised before this
 * returns. Else, as PAC, a Call-Disconnect-Notify is sent, and call_down() is raised before this
 * returns. As PNS a Call-Clear-Request is sent, and call_down() follows when the peer has cleared
 * the call; the owner should send no more frames.
 */
void pptp_call_clear(struct pptp_call *call, enum pptp_disconnect_result result, uint64_t now);

/**
 * pptp_call_set_link_info() - send the asynchronous control character maps to the peer
 *
 * By the RFC only a PNS sends this (section 2.15); in practice a PAC does, too.
 *
 * Return: 0, or -EINVAL if the call is not established.
 */
int pptp_call_set_link_info(struct pptp_call *call, uint32_t send_accm, uint32_t recv_accm,
			    uint64_t now);

/**
 * pptp_call_wan_error() - as PAC, report errors of the line
 * @counts: since the call was established; @counts->peer_call_id is ignored
 *
 * Return: 0; -EINVAL if the call is not established or we are not its PAC; -EAGAIN if a report was
 * sent in the last 60 seconds (section 2.14).
 */
int pptp_call_wan_error(struct pptp_call *call, const struct pptp_wan_error *counts, uint64_t now);

/* Text for logs: a static string, never NULL. */
const char *pptp_call_end_text(enum pptp_call_end why);

#endif
