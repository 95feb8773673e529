/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One PPTP control connection on the event loop: the TCP socket and the clock of a pptp_conn.
 *
 * The owner embeds it and provides the ops of the pptp_conn, in which .send is peer_send() and
 * .closed calls peer_close(). Octets that several messages make are written together. Whoever
 * calls a function of pptp/ on a connection, other than in one of its events, calls peer_sync()
 * afterwards.
 *
 * A peer that does not read is not read from either, and what waits for it is bounded.
 */
#ifndef CULVERT_PEER_H
#define CULVERT_PEER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <uv.h>

#include "pptp/conn.h"

#define PEER_IN		512	/* octets taken from the socket at once */
#define PEER_OUT	2048	/* octets that may wait for the socket */

struct peer {
	/* the owner may read these */
	struct pptp_conn pptp;
	struct sockaddr_in local;
	struct sockaddr_in remote;
	char name[INET_ADDRSTRLEN];

	/* the owner's: call @expired at this time of uv_now(); UINT64_MAX for never */
	uint64_t expires;
	void (*expired)(struct peer *p);

	/* private */
	uv_tcp_t tcp;
	uv_timer_t timer;
	uv_write_t write;
	uint8_t in[PEER_IN];
	size_t in_len;			/* octets of @in that pptp/ has not taken yet */
	uint8_t out[PEER_OUT];
	size_t out_len;			/* octets to be written, the first @out_busy of them under way */
	size_t out_busy;
	unsigned int depth;		/* of calls into pptp/: write when the last one is back */
	unsigned int handles;
	bool reading;
	bool eof;
	bool closing;
	void (*freed)(struct peer *p);
	uv_connect_t connect;
	void (*connected)(struct peer *p, int status);
};

/*
 * Take a connection that waits at @listener. Returns 0, or a negative errno; peer_close() is to be
 * called either way.
 */
int peer_accept(struct peer *p, uv_loop_t *loop, uv_stream_t *listener);

/* Begin, as the receiver of the connection. */
void peer_serve(struct peer *p, const struct pptp_conn_config *config,
		const struct pptp_conn_ops *ops);

/*
 * Connect to @remote. @connected is called later, with 0 or a negative errno, but not once the
 * connection is being closed. Returns 0 or a negative errno, and then does not call it; peer_close()
 * is to be called either way.
 */
int peer_connect(struct peer *p, uv_loop_t *loop, const struct sockaddr_in *remote,
		 void (*connected)(struct peer *p, int status));

/* Connected: begin, as the originator. */
void peer_originate(struct peer *p, const struct pptp_conn_config *config,
		    const struct pptp_conn_ops *ops);

/* For struct pptp_conn_ops. */
void peer_send(struct pptp_conn *pptp, const uint8_t *data, size_t len);

/* Write what waits, read if it is time, set the clock. */
void peer_sync(struct peer *p);

/* Write what waits, now: for what must be on its way before something else is sent elsewhere. */
void peer_flush(struct peer *p);

/* Write what can be written and close; @freed is called, later, when @p may be freed. */
void peer_close(struct peer *p, void (*freed)(struct peer *p));

static inline uint64_t peer_now(const struct peer *p)
{
	return uv_now(p->tcp.loop);
}

#endif
