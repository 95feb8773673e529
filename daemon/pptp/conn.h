/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PPTP control connection (RFC 2637 sections 1.4, 2 and 3.1), for the side that opened the
 * TCP connection (the originator) and the side that accepted it (the receiver). Which of the
 * two is PNS and which is PAC is decided call by call, see call.h.
 *
 * Pure: octets and a clock go in, octets and events come out through struct pptp_conn_ops.
 * The owner embeds struct pptp_conn and gives memory for calls. Nothing here allocates but room
 * for a message that is not whole yet, or has to wait; so the memory that a connection uses is
 * bounded, whatever the peer sends.
 *
 * Clock. @now is in milliseconds of a clock that never goes back; every call is given it. The
 * owner calls pptp_conn_tick() at pptp_conn_deadline() or soon after.
 *
 * Events. They are raised from within pptp_conn_input(), pptp_conn_tick(), pptp_conn_eof(),
 * pptp_conn_stop(), pptp_conn_abort() and the functions of call.h, and may call any of those
 * again except pptp_conn_input(). The connection's memory must stay until the function that
 * raised the event has returned: free it later (uv_close() does). A call's memory belongs to
 * the owner again as soon as call_down() is entered.
 *
 * Errors of the peer. A malformed message or a lost synchronisation ends the connection, as
 * section 3 asks. A request that makes no sense in its state is answered with a general error.
 * A well-framed message of an undefined type, and a reply or notification that fits nothing,
 * are ignored with a note: they may have crossed one of ours on the wire. Known harmless
 * habits (reserved fields not 0, a Start reply with result 0, window 0, any bearer and framing,
 * an Echo-Reply with another identifier) are accepted.
 *
 * Load. Messages of the peer are taken at no more than @msg_rate a second on average; beyond
 * that input is left unread, so TCP slows the peer down and nobody else notices. The owner
 * must bound its send queue in the same way: while earlier octets wait for the socket, give no
 * more input.
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

/* Settings, shared by any number of connections; must outlive them and not change. */
struct pptp_conn_config {
	const char *host;		/* our name; what is beyond 64 octets is not sent */
	const char *vendor;
	uint16_t firmware;
	uint16_t max_channels;		/* sent as it is; 0 when we are PNS only */
	uint32_t start_timeout_ms;	/* for Start messages, 3.1.4 says 60 s */
	uint32_t stop_timeout_ms;	/* for a Stop-Control-Connection-Reply */
	uint32_t reply_timeout_ms;	/* for a call to leave a passing state, 3.2.1: 60 s */
	uint32_t echo_interval_ms;	/* silence of the peer before we ask, 60 s; 0: never ask */
	uint32_t echo_timeout_ms;	/* for the Echo-Reply or a frame of a call, 60 s */
	unsigned int max_calls;		/* at once on one connection; lookup is linear in it */
	unsigned int msg_rate;		/* messages a second taken from the peer; not 0 */
	unsigned int msg_burst;		/* and at once; not 0 */
	unsigned int call_cost;		/* a request for a call counts as that many messages */
};

/* The RFC's values, and for the rest what suits a server with one call a connection. */
void pptp_conn_config_init(struct pptp_conn_config *config);

enum pptp_conn_state {
	PPTP_CONN_CLOSED,		/* over; nothing more will happen */
	PPTP_CONN_IDLE,			/* receiver: waiting for Start-Control-Connection-Request */
	PPTP_CONN_WAIT_CTL_REPLY,	/* originator: request sent */
	PPTP_CONN_ESTABLISHED,
	PPTP_CONN_WAIT_STOP_REPLY,	/* we sent Stop-Control-Connection-Request */
	PPTP_CONN_COLLIDED,		/* the loser's connection, seen by the winner (3.1.3) */
};

/* Why a connection is over */
enum pptp_close {
	PPTP_CLOSE_LOCAL,		/* pptp_conn_stop(), and the peer agreed */
	PPTP_CLOSE_ABORTED,		/* pptp_conn_abort() */
	PPTP_CLOSE_PEER_STOP,		/* Stop-Control-Connection-Request; see @stop_reason */
	PPTP_CLOSE_EOF,			/* the peer closed TCP without a word */
	PPTP_CLOSE_REFUSED,		/* negative Start reply; codes in @result and @error */
	PPTP_CLOSE_NOT_ACCEPTED,	/* we refused; codes in @result and @error */
	PPTP_CLOSE_VERSION,		/* no common protocol version */
	PPTP_CLOSE_START_TIMEOUT,	/* no Start message in time */
	PPTP_CLOSE_STOP_TIMEOUT,	/* no Stop-Control-Connection-Reply in time */
	PPTP_CLOSE_ECHO_TIMEOUT,	/* the peer is dead */
	PPTP_CLOSE_CALL_TIMEOUT,	/* a call stuck in a passing state (3.2.1) */
	PPTP_CLOSE_SYNC_LOST,		/* no magic cookie */
	PPTP_CLOSE_BAD_FORMAT,		/* wrong length or PPTP message type */
	PPTP_CLOSE_BAD_STATE,		/* a message that may not come in this state */
	PPTP_CLOSE_COLLISION,		/* start collision: the loser has gone, as it should */
	PPTP_CLOSE_NO_MEMORY,		/* here */
};

enum pptp_call_kind {
	PPTP_CALL_PNS_OUT,	/* we asked the peer to place a call: the usual client */
	PPTP_CALL_PAC_OUT,	/* the peer asked us to: the usual server */
	PPTP_CALL_PAC_IN,	/* we told the peer of a call that came in */
	PPTP_CALL_PNS_IN,	/* the peer told us of one */
};

/* Why a call is over */
enum pptp_call_end {
	PPTP_END_LOCAL,		/* pptp_call_clear() or pptp_call_refuse() */
	PPTP_END_CLEARED,	/* Call-Clear-Request from the peer */
	PPTP_END_DISCONNECTED,	/* Call-Disconnect-Notify; codes in the call */
	PPTP_END_REFUSED,	/* negative reply to our request; codes in the call */
	PPTP_END_UNANSWERED,	/* the owner did not answer the peer's request in time */
	PPTP_END_CONN,		/* the control connection ended */
};

/* How a peer's request for a call is turned down, see call_alloc() */
struct pptp_refusal {
	uint8_t result;		/* enum pptp_out_result or pptp_in_result, by the kind */
	uint8_t error;		/* enum pptp_error, with result 2 only */
};

/*
 * What the owner provides. Members may be NULL unless "required" is said; a call is the peer's
 * to ask for only if both call_alloc and call_asked are there.
 */
struct pptp_conn_ops {
	/*
	 * Required. Send @len octets to the peer, in order. They are copied or written before
	 * it returns. Failure to send is reported by pptp_conn_abort(), later.
	 */
	void (*send)(struct pptp_conn *conn, const uint8_t *data, size_t len);

	/*
	 * Required, raised exactly once, last of all: all calls have gone down before. Flush
	 * what was sent, then close TCP.
	 */
	void (*closed)(struct pptp_conn *conn, enum pptp_close why);

	/*
	 * Receiver only: the peer wants to start. Return PPTP_START_OK to let it in, another
	 * of enum pptp_start_result to refuse (PPTP_START_GENERAL says "no resource"), or
	 * PPTP_START_COLLIDED if this is a collision that we have won, see
	 * pptp_collision_won(). NULL lets everyone in.
	 */
	unsigned int (*start)(struct pptp_conn *conn, const struct pptp_start *peer);

	/* Established. @peer is what the peer said of itself, valid during the call. */
	void (*up)(struct pptp_conn *conn, const struct pptp_start *peer);

	/*
	 * The peer did something odd, which was ignored, refused, or ends the connection next.
	 * @what is a constant string for the log. At most two for each message taken.
	 */
	void (*note)(struct pptp_conn *conn, const char *what);

	/*
	 * The peer asks for a call (kind PPTP_CALL_PAC_OUT, @rq is an Outgoing-Call-Request;
	 * or PPTP_CALL_PNS_IN, an Incoming-Call-Request). Return memory for the call, of any
	 * content, or fill @no and return NULL. @no comes filled with "no resource". The
	 * connection must not be ended from in here, except with NULL returned.
	 */
	struct pptp_call *(*call_alloc)(struct pptp_conn *conn, enum pptp_call_kind kind,
					const struct pptp_msg *rq, struct pptp_refusal *no);

	/*
	 * Follows call_alloc() at once, when @call is ready: answer now or later with
	 * pptp_call_answer() or pptp_call_refuse(). @call->peer_id is known.
	 */
	void (*call_asked)(struct pptp_call *call);

	/* The call is established: both call IDs are known, frames may flow. */
	void (*call_up)(struct pptp_call *call);

	/* The call is over and forgotten here; raised exactly once for each call. */
	void (*call_down)(struct pptp_call *call, enum pptp_call_end why);

	/*
	 * A number that is another one whenever a frame of any call has come from the peer. Asked
	 * with an Echo-Request, and when the reply is late: a peer that sends frames is not dead.
	 */
	uint64_t (*signs)(struct pptp_conn *conn);

	void (*call_link_info)(struct pptp_call *call, const struct pptp_link_info *info);
	void (*call_wan_error)(struct pptp_call *call, const struct pptp_wan_error *counts);
};

/* Answer of the start op, beside enum pptp_start_result: hold still, the peer will go. */
#define PPTP_START_COLLIDED	0

/* To be read by the owner; written here only. */
struct pptp_conn {
	const struct pptp_conn_config *config;
	const struct pptp_conn_ops *ops;
	enum pptp_conn_state state;
	bool originator;

	/* codes of the last refusal or stop, see enum pptp_close */
	uint8_t result;			/* enum pptp_start_result */
	uint8_t error;			/* enum pptp_error */
	uint8_t stop_reason;		/* enum pptp_stop_reason */

	unsigned int nr_calls;
	struct pptp_call *calls;	/* list, linked through the calls */

	uint64_t rx_msgs;		/* whole messages taken from the peer */
	uint64_t tx_msgs;

	/* private */
	uint64_t now;			/* the latest time we were told */
	uint64_t state_since;
	uint64_t heard;			/* when the last message came */
	uint64_t echo_sent;		/* valid while @echo_waiting */
	uint64_t signs;			/* likewise: what the op said then */
	uint64_t tokens_at;		/* when @tokens was right */
	int64_t tokens;			/* thousandths of a message that may still be taken */
	uint32_t echo_id;		/* of the last Echo-Request we sent */
	bool echo_waiting;
	bool blocked;			/* @kept is a message that must wait for tokens */
	bool bad_version;		/* we are stopping because of the peer's version */
	bool closing;			/* the end has begun, @closed comes */
	uint16_t skip;			/* octets of an undefined message still to come */
	uint16_t have;			/* octets of @kept */
	uint8_t *kept;			/* the beginning of a message, PPTP_MSG_MAX; else NULL */
};

/**
 * pptp_conn_accept() - begin as the receiver, on a TCP connection just accepted
 * pptp_conn_start() - begin as the originator, on one just established; sends the request
 *
 * @conn needs no preparation. No event but send is raised.
 */
void pptp_conn_accept(struct pptp_conn *conn, const struct pptp_conn_config *config,
		      const struct pptp_conn_ops *ops, uint64_t now);
void pptp_conn_start(struct pptp_conn *conn, const struct pptp_conn_config *config,
		     const struct pptp_conn_ops *ops, uint64_t now);

/**
 * pptp_conn_input() - take octets that came from the peer
 * @data: the octets, cut anywhere
 * @len: how many; may be 0
 *
 * Return: how many were taken. Fewer than @len only when the peer is over its rate: stop
 * reading, keep the rest, and give it again after the pptp_conn_tick() that is due next. After
 * the end all octets are taken and dropped.
 */
size_t pptp_conn_input(struct pptp_conn *conn, const void *data, size_t len, uint64_t now);

/*
 * Returns true if the next message, which begins with these octets, may end calls or the connection.
 * For an owner to whom such an end is work that he puts off; where a message was cut it is not told.
 */
bool pptp_conn_may_end(const struct pptp_conn *conn, const uint8_t *data, size_t len);

/* The peer closed its half of the TCP connection, or the connection broke. */
void pptp_conn_eof(struct pptp_conn *conn, uint64_t now);

/**
 * pptp_conn_stop() - end the connection in good order
 * @reason: told to the peer
 *
 * Calls go down at once (a Stop clears them, section 2.3), then the peer's reply is awaited for
 * @stop_timeout_ms. Where nothing is established it ends at once.
 */
void pptp_conn_stop(struct pptp_conn *conn, enum pptp_stop_reason reason, uint64_t now);

/**
 * pptp_conn_probe() - ask the peer for a sign of life: an Echo-Request (section 2.5)
 *
 * Whatever comes from it then shows in @rx_msgs. The request counts as one that was due, and one
 * that is under way will do; where none is ever due, no answer does not end the connection.
 */
void pptp_conn_probe(struct pptp_conn *conn, uint64_t now);

/* End the connection at once and without a word, calls first. */
void pptp_conn_abort(struct pptp_conn *conn, uint64_t now);

/* The same, because the owner has no memory for what came from the peer, or is to go there. */
void pptp_conn_no_memory(struct pptp_conn *conn, uint64_t now);

/*
 * Free what a connection has that was not closed; harmless on one that was, or is all zeroes. Its
 * own memory may be used for something else then.
 */
void pptp_conn_free(struct pptp_conn *conn);

/**
 * pptp_conn_deadline() - when pptp_conn_tick() is to be called next
 *
 * It may change with every call of a function here or in call.h: ask again after each.
 *
 * Return: a time of the owner's clock, perhaps in the past, or NEVER.
 */
uint64_t pptp_conn_deadline(const struct pptp_conn *conn);

/* Do what is due at @now. Harmless when nothing is. */
void pptp_conn_tick(struct pptp_conn *conn, uint64_t now);

/**
 * pptp_collision_won() - decide a start collision (section 3.1.3)
 * @local: our IPv4 address
 * @peer: the peer's; both in host order
 *
 * To be asked by the start op when a connection that we originated to the same peer is in state
 * PPTP_CONN_WAIT_CTL_REPLY. If won: return PPTP_START_COLLIDED, and wait for the reply on our
 * own connection. If lost: pptp_conn_abort() our own connection, and return PPTP_START_OK.
 */
static inline bool pptp_collision_won(uint32_t local, uint32_t peer)
{
	return local > peer;
}

/* Words for logs: a static string, never NULL. */
const char *pptp_close_text(enum pptp_close why);

#endif
