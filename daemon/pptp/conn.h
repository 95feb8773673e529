/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PPTP control connection (RFC 2637 sections 1.4, 2 and 3.1), both for the side that opened the
 * TCP connection (the originator) and for the side that accepted it (the receiver). Which side is
 * PNS and which is PAC is decided for each call separately, see call.h.
 *
 * Pure: octets and times go in, octets and events come out through struct pptp_conn_ops. The owner
 * embeds struct pptp_conn and provides the memory for calls. This layer allocates only one buffer,
 * for a message that is not complete yet or has to wait. So the memory that a connection uses is
 * bounded, whatever the peer sends.
 *
 * Clock. @now is in milliseconds of a clock that never goes back. The owner calls pptp_conn_tick()
 * at pptp_conn_deadline() or soon after.
 *
 * Events. The functions that take @now raise events before they return. An event may call any of
 * these functions again, except pptp_conn_input(); the send event may call none of them. The owner
 * must keep the memory of the connection until the function that raised the event has returned, and
 * free it later (a callback of uv_close() does). The memory of a call belongs to the owner again as
 * soon as call_down() is entered.
 *
 * Errors of the peer. A malformed message or a lost synchronisation ends the connection, as section
 * 3 demands. A request that makes no sense in its state is answered with an error. A well-framed
 * message of an undefined type is ignored with a note. So is a reply, a notification or a
 * Call-Clear-Request that matches nothing: it may have crossed one of our messages on the wire.
 * After our Stop request it is ignored without a note. Until the Start exchange is complete, it
 * ends the connection, and so does a Start request to the originator. These known harmless habits
 * are accepted: reserved fields not 0, a Start reply or an Outgoing-Call-Reply with result 0,
 * window 0, any bearer and framing, an Echo-Reply with another identifier.
 *
 * Load. On average, no more than @msg_rate messages a second are taken from the peer. Input above
 * this rate is left unread, so that TCP slows the peer down and no other peer is affected. The
 * owner must bound its send queue in the same way: while earlier octets wait for the socket, it
 * must not pass more input.
 */
#ifndef CULVERT_PPTP_CONN_H
#define CULVERT_PPTP_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pptp/msg.h"
#include "util/deadline.h"

struct pptp_call;
struct pptp_conn;

/* Settings. Connections may share them; they must outlive the connections and must not change. */
struct pptp_conn_config {
	const char *host;		/* our name; cut to 64 octets when sent */
	const char *vendor;
	uint16_t firmware;
	uint16_t max_channels;		/* sent unchanged; 0 if we are only PNS */
	uint32_t start_timeout_ms;	/* to wait for a Start message, 3.1.4: 60 s */
	uint32_t stop_timeout_ms;	/* to wait for a Stop-Control-Connection-Reply */
	uint32_t reply_timeout_ms;	/* to wait for a call in a passing state, 3.2.1: 60 s */
	uint32_t echo_interval_ms;	/* silence before an Echo-Request, 60 s; 0: none is due */
	uint32_t echo_timeout_ms;	/* to wait for the Echo-Reply or a frame of a call, 60 s */
	unsigned int max_calls;		/* at once on one connection; a lookup is linear in it */
	unsigned int msg_rate;		/* messages taken from the peer in a second; not 0 */
	unsigned int msg_burst;		/* messages taken at once; not 0 */
	unsigned int call_cost;		/* a request for a call counts as so many messages */
};

/* Set the RFC's values; where it has none, values for a server with one call a connection. */
void pptp_conn_config_init(struct pptp_conn_config *config);

enum pptp_conn_state {
	PPTP_CONN_CLOSED,		/* over; nothing more will happen */
	PPTP_CONN_IDLE,			/* receiver: waits for Start-Control-Connection-Request */
	PPTP_CONN_WAIT_CTL_REPLY,	/* originator: request sent */
	PPTP_CONN_ESTABLISHED,
	PPTP_CONN_WAIT_STOP_REPLY,	/* we sent Stop-Control-Connection-Request */
	PPTP_CONN_COLLIDED,		/* receiver: the peer lost a start collision (3.1.3) */
};

/* Why a connection is over. */
enum pptp_close {
	PPTP_CLOSE_LOCAL,		/* pptp_conn_stop(), completed before its timeout */
	PPTP_CLOSE_ABORTED,		/* pptp_conn_abort() */
	PPTP_CLOSE_PEER_STOP,		/* Stop-Control-Connection-Request; see @stop_reason */
	PPTP_CLOSE_EOF,			/* TCP was closed or broke without a Stop message */
	PPTP_CLOSE_REFUSED,		/* by the peer, in its Start reply; see @result, @error */
	PPTP_CLOSE_NOT_ACCEPTED,	/* by us, in our Start reply; see @result, @error */
	PPTP_CLOSE_VERSION,		/* no common protocol version */
	PPTP_CLOSE_START_TIMEOUT,	/* no Start message in time */
	PPTP_CLOSE_STOP_TIMEOUT,	/* no Stop-Control-Connection-Reply in time */
	PPTP_CLOSE_ECHO_TIMEOUT,	/* no sign of life after an Echo-Request */
	PPTP_CLOSE_CALL_TIMEOUT,	/* a call stayed in a passing state too long (3.2.1) */
	PPTP_CLOSE_SYNC_LOST,		/* no magic cookie, after good messages */
	PPTP_CLOSE_NOT_PPTP,		/* no magic cookie in the first octets */
	PPTP_CLOSE_BAD_FORMAT,		/* wrong length, or wrong PPTP message type */
	PPTP_CLOSE_BAD_STATE,		/* a message that is not allowed in this state */
	PPTP_CLOSE_COLLISION,		/* the loser of a start collision is gone, or timed out */
	PPTP_CLOSE_NO_MEMORY,		/* no memory on our side */
};

enum pptp_call_kind {
	PPTP_CALL_PNS_OUT,	/* we asked the peer to place the call: a usual client */
	PPTP_CALL_PAC_OUT,	/* the peer asked us to place the call: a usual server */
	PPTP_CALL_PAC_IN,	/* we told the peer of an incoming call */
	PPTP_CALL_PNS_IN,	/* the peer told us of an incoming call */
};

/* Why a call is over. */
enum pptp_call_end {
	PPTP_END_LOCAL,		/* pptp_call_clear() or pptp_call_refuse() */
	PPTP_END_CLEARED,	/* the peer's Call-Clear-Request */
	PPTP_END_DISCONNECTED,	/* the peer's Call-Disconnect-Notify; codes in the call */
	PPTP_END_REFUSED,	/* the peer's negative reply; codes in the call */
	PPTP_END_UNANSWERED,	/* the owner did not answer the peer's request in time */
	PPTP_END_CONN,		/* the control connection ended */
};

/* How we refuse a peer's request for a call, see call_alloc(). */
struct pptp_refusal {
	uint8_t result;		/* PAC_OUT: enum pptp_out_result; PNS_IN: enum pptp_in_result */
	uint8_t error;		/* enum pptp_error; only with result 2 */
};

/*
 * What the owner provides. A member may be NULL unless it is marked as required. Requests of the
 * peer for a call are refused unless both call_alloc and call_asked are set.
 */
struct pptp_conn_ops {
	/*
	 * Required. Send @len octets to the peer, in order. The owner copies or writes them before
	 * it returns. If it cannot send, it calls pptp_conn_abort() later, not from here.
	 */
	void (*send)(struct pptp_conn *conn, const uint8_t *data, size_t len);

	/*
	 * A message of the peer is here, and is handled when this returns. Of one that is malformed
	 * or of an undefined type, @message has the first octets only. The event may call no function
	 * of this layer.
	 */
	void (*heard)(struct pptp_conn *conn, const uint8_t *message, size_t len);

	/*
	 * Required. The connection is over; raised exactly once, as the last event. All calls have
	 * gone down before. The owner sends what is still in its queue, then closes TCP.
	 */
	void (*closed)(struct pptp_conn *conn, enum pptp_close why);

	/*
	 * Receiver only: the peer asks to start the connection. Returns PPTP_START_OK to accept,
	 * PPTP_START_COLLIDED if we have won a start collision (see pptp_collision_won()), or any
	 * other of enum pptp_start_result to refuse; PPTP_START_GENERAL is sent with the error "no
	 * resource". If this member is NULL, every peer is accepted.
	 */
	unsigned int (*start)(struct pptp_conn *conn, const struct pptp_start *peer);

	/* The connection is established. @peer is the peer's Start message, valid until return. */
	void (*up)(struct pptp_conn *conn, const struct pptp_start *peer);

	/*
	 * The peer did something odd. It was ignored or refused, or it ends the connection next.
	 * @what is a constant string for the log. Raised at most three times for each message.
	 */
	void (*note)(struct pptp_conn *conn, const char *what);

	/*
	 * The peer asks for a call. With kind PPTP_CALL_PAC_OUT, @rq is an Outgoing-Call-Request;
	 * with PPTP_CALL_PNS_IN, an Incoming-Call-Request. Returns memory for the call, with any
	 * content; or NULL to refuse, with the reason in @no. On entry @no is "no resource". The
	 * owner must not end the connection in this event, except if it returns NULL.
	 */
	struct pptp_call *(*call_alloc)(struct pptp_conn *conn, enum pptp_call_kind kind,
					const struct pptp_msg *rq, struct pptp_refusal *no);

	/*
	 * Raised after call_alloc(), when @call is ready. The owner answers now or later with
	 * pptp_call_answer() or pptp_call_refuse(). @call->peer_id is valid.
	 */
	void (*call_asked)(struct pptp_call *call);

	/* The call is established: both call IDs are valid, frames may be sent and received. */
	void (*call_up)(struct pptp_call *call);

	/* The call is over, and this layer has forgotten it; raised exactly once for each call. */
	void (*call_down)(struct pptp_call *call, enum pptp_call_end why);

	/*
	 * Returns a number that changes whenever a frame of any call has come from the peer. Used
	 * when an Echo-Request is sent, and again when its reply is late: a peer that sends frames
	 * is alive.
	 */
	uint64_t (*signs)(struct pptp_conn *conn);

	void (*call_link_info)(struct pptp_call *call, const struct pptp_link_info *info);
	void (*call_wan_error)(struct pptp_call *call, const struct pptp_wan_error *counts);
};

/* Another return value of the start event: send no answer; the peer, which lost, closes TCP. */
#define PPTP_START_COLLIDED	0

/* The owner may read this structure; only this layer writes to it. */
struct pptp_conn {
	const struct pptp_conn_config *config;
	const struct pptp_conn_ops *ops;
	enum pptp_conn_state state;
	bool originator;

	/* codes of the last Start reply or Stop request, see enum pptp_close */
	uint8_t result;			/* enum pptp_start_result */
	uint8_t error;			/* enum pptp_error */
	uint8_t stop_reason;		/* enum pptp_stop_reason */

	unsigned int nr_calls;
	struct pptp_call *calls;	/* a list, linked by @next and @prev of the calls */

	uint64_t rx_msgs;		/* well-framed messages taken from the peer */
	uint64_t tx_msgs;

	/* private */
	uint64_t now;			/* the latest time that the owner passed */
	uint64_t state_since;
	uint64_t heard;			/* when the last message was taken */
	uint64_t echo_sent;		/* valid while @echo_waiting */
	uint64_t signs;			/* likewise: result of the signs op at that time */
	uint64_t tokens_at;		/* when @tokens was last updated */
	int64_t tokens;			/* thousandths of a message that may still be taken */
	uint32_t echo_id;		/* of the last Echo-Request we sent */
	bool echo_waiting;
	bool blocked;			/* @kept holds a message that waits for tokens */
	bool bad_version;		/* we sent Stop because of the peer's version */
	bool closing;			/* the end has begun, the closed event follows */
	uint16_t skip;			/* octets of an undefined message still to be skipped */
	uint16_t have;			/* octets in @kept */
	uint8_t *kept;			/* NULL, or PPTP_MSG_MAX octets for a message */
};

/**
 * pptp_conn_accept() - begin as the receiver, on a TCP connection that was just accepted
 * pptp_conn_start() - begin as the originator, on a TCP connection that was just established
 *
 * @conn needs no preparation. pptp_conn_start() sends the Start request. No other event is raised.
 */
void pptp_conn_accept(struct pptp_conn *conn, const struct pptp_conn_config *config,
		      const struct pptp_conn_ops *ops, uint64_t now);
void pptp_conn_start(struct pptp_conn *conn, const struct pptp_conn_config *config,
		     const struct pptp_conn_ops *ops, uint64_t now);

/**
 * pptp_conn_input() - take octets that came from the peer
 * @data: the octets, not aligned to messages
 * @len: number of octets; may be 0
 *
 * Return: the number of octets taken. It is less than @len only when the peer is over its rate.
 * Then the owner stops reading, keeps the other octets, and passes them again after the next
 * pptp_conn_tick(). Once the connection is over, all octets are taken and dropped.
 */
size_t pptp_conn_input(struct pptp_conn *conn, const void *data, size_t len, uint64_t now);

/*
 * Returns true if @data begins with a message of a type that ends a call or the connection (Stop,
 * Call-Clear-Request, Call-Disconnect-Notify). For an owner that postpones the work of an end. An
 * end for another reason, such as a malformed message or a refused call, is not foreseen. Returns
 * false, too, if @data does not begin with the first 10 octets of a message.
 */
bool pptp_conn_may_end(const struct pptp_conn *conn, const uint8_t *data, size_t len);

/* Report that the peer closed its half of the TCP connection, or that the TCP connection broke. */
void pptp_conn_eof(struct pptp_conn *conn, uint64_t now);

/**
 * pptp_conn_stop() - end the connection in an orderly way
 * @reason: sent to the peer
 *
 * If the connection is established, a Stop-Control-Connection-Request is sent, all calls go down at
 * once (a Stop clears them, section 2.3), and closed() follows on the peer's reply, but after
 * @stop_timeout_ms at the latest. Before that the connection ends at once.
 */
void pptp_conn_stop(struct pptp_conn *conn, enum pptp_stop_reason reason, uint64_t now);

/**
 * pptp_conn_probe() - ask the peer for a sign of life: an Echo-Request (section 2.5)
 *
 * Any message of the peer then increases @rx_msgs. The request takes the place of the one that is
 * due next. Nothing is sent if the connection is not established, or if an earlier request still
 * waits for its reply. If @echo_interval_ms is 0, a missing reply does not end the connection.
 */
void pptp_conn_probe(struct pptp_conn *conn, uint64_t now);

/* End the connection at once, without a message to the peer. All calls go down first. */
void pptp_conn_abort(struct pptp_conn *conn, uint64_t now);

/* The same, because the owner has no memory for octets from or to the peer. */
void pptp_conn_no_memory(struct pptp_conn *conn, uint64_t now);

/*
 * Free the buffer of a connection that is dropped without its closed event. A connection that is
 * closed or all zeroes is allowed. The caller may reuse the memory of @conn afterwards.
 */
void pptp_conn_free(struct pptp_conn *conn);

/**
 * pptp_conn_deadline() - when pptp_conn_tick() is to be called next
 *
 * Any call of a function of this header or call.h may change it: ask again after each.
 *
 * Return: a time of the owner's clock, possibly in the past, or NEVER.
 */
uint64_t pptp_conn_deadline(const struct pptp_conn *conn);

/* Do what is due at @now. Does nothing if nothing is due. */
void pptp_conn_tick(struct pptp_conn *conn, uint64_t now);

/**
 * pptp_collision_won() - decide a start collision (section 3.1.3)
 * @local: our IPv4 address, in host order
 * @peer: the peer's IPv4 address, in host order
 *
 * The start event calls this if we have originated another connection to the same peer, which is in
 * state PPTP_CONN_WAIT_CTL_REPLY.
 *
 * Return: true if we have won: return PPTP_START_COLLIDED, and wait for the reply on our own
 * connection. False if we have lost: pptp_conn_abort() our own connection, and return
 * PPTP_START_OK.
 */
static inline bool pptp_collision_won(uint32_t local, uint32_t peer)
{
	return local > peer;
}

/* Text for logs: a static string, never NULL. */
const char *pptp_close_text(enum pptp_close why);

#endif
