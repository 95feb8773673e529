/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One tunnel of RFC 2637 on the event loop: its control connection's TCP socket and clock, under a
 * pptp_conn.
 *
 * The owner embeds it and provides the ops of the pptp_conn, in which .send is tunnel_send() and
 * .closed calls tunnel_close(). Octets that several messages make are written together. Whoever
 * calls a function of pptp/ on a connection, other than in one of its events, calls tunnel_sync()
 * afterwards.
 *
 * A peer that does not read is not read from either, and what waits for it is bounded. There is
 * memory for what waits, either way, only while there is any; without, the connection is dropped.
 * What may end the tunnel, with all of its calls, comes to its turn in the line of ends (later.h).
 */
#ifndef CULVERT_TUNNEL_H
#define CULVERT_TUNNEL_H

#include <stdbool.h>
#include <uv.h>

#include "pptp/conn.h"
#include "session/sessions.h"
#include "util/ip.h"

/* What we tell of ourselves, whichever end we are; nothing depends on it but the window. */
#define TUNNEL_VENDOR	"Culvert"
#define TUNNEL_FIRMWARE	1
#define TUNNEL_SPEED	100000000	/* bit/s */
#define TUNNEL_WINDOW	64		/* packets that we buffer */

#define TUNNEL_IN	256	/* octets taken from the socket at once; more than any message has */
#define TUNNEL_OUT	2048	/* octets that may wait for the socket */

struct tunnel_in;
struct tunnel_out;

struct tunnel {
	/* the owner may read these */
	struct pptp_conn pptp;
	struct ip_addr local;
	struct ip_addr remote;

	/* the owner's: call @expired at this time of uv_now(), or NEVER */
	uint64_t expires;
	void (*expired)(struct tunnel *t);

	/* private */
	struct sessions *sessions;
	struct later later;
	struct polled polled;
	uv_timer_t timer;
	int fd;				/* its TCP socket; -1: there is none */
	struct tunnel_in *in;		/* what pptp/ has not taken yet; NULL: nothing */
	struct tunnel_out *out;		/* what is to be written; NULL: nothing */
	unsigned int depth;		/* of calls into pptp/: write when the last one is back */
	bool connecting;
	bool readable;			/* there may be octets at the socket, or the end */
	bool hung_up;			/* the peer will send no more than is there */
	bool eof;			/* all of that was read */
	bool broken;			/* nothing can be sent any more */
	bool end_told;			/* to pptp/ */
	bool waits_for_room;		/* did so, and hears of it */
	bool due;			/* the clock has run out */
	bool no_memory;			/* for what came, or was to be sent: it is to end */
	bool closing;
	void (*freed)(struct tunnel *t);
	void (*connected)(struct tunnel *t, int status);
};

/*
 * Take the connection @fd, the tunnel's from now on, which has TCP_NODELAY and comes from @remote; the
 * listener is bound to @bound. Returns 0, or a negative errno; tunnel_close() is to be called either
 * way.
 */
int tunnel_accept(struct tunnel *t, struct sessions *sessions, int fd, struct ip_addr remote,
		  struct ip_addr bound);

/* Begin, as the receiver of the connection. */
void tunnel_serve(struct tunnel *t, const struct pptp_conn_config *config,
		const struct pptp_conn_ops *ops);

/*
 * Connect to @remote and @port. @connected is called later, with 0 or a negative errno, but not once the
 * connection is being closed. Returns 0 or a negative errno, and then does not call it; tunnel_close()
 * is to be called either way.
 */
int tunnel_connect(struct tunnel *t, struct sessions *sessions, struct ip_addr remote,
		   uint16_t port, void (*connected)(struct tunnel *t, int status));

/* Connected: begin, as the originator. */
void tunnel_originate(struct tunnel *t, const struct pptp_conn_config *config,
		    const struct pptp_conn_ops *ops);

/* For struct pptp_conn_ops. */
void tunnel_send(struct pptp_conn *pptp, const uint8_t *data, size_t len);

/* Write what waits, read if it is time, set the clock. */
void tunnel_sync(struct tunnel *t);

/* Write what waits, now: for what must be on its way before something else is sent elsewhere. */
void tunnel_flush(struct tunnel *t);

/* Write what can be written and close; @freed is called, later, when @p may be freed. */
void tunnel_close(struct tunnel *t, void (*freed)(struct tunnel *t));

/* The socket, still the tunnel's; -1: there is none. */
int tunnel_socket(const struct tunnel *t);

static inline uint64_t tunnel_now(const struct tunnel *t)
{
	return uv_now(t->sessions->loop);
}

#endif
