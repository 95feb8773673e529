/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One tunnel of RFC 2637 on the event loop: the TCP socket and the clock of its control connection,
 * which is a pptp_conn.
 *
 * The owner embeds the tunnel and provides the ops of the pptp_conn: .send is tunnel_send(), .heard
 * is tunnel_heard(), and .closed must call tunnel_close(). Messages that are sent in one call are written together. After
 * calling a function of pptp/ on the connection, other than from one of its events, the caller
 * calls tunnel_sync().
 *
 * If the peer does not read, the tunnel does not read from it either, and the output that waits is
 * bounded. Buffers exist only while they hold octets, in either direction; if one cannot be
 * allocated, the connection is dropped. Input that may end the tunnel, and so all of its calls, is
 * handled in the line of ends (later.h).
 */
#ifndef CULVERT_TUNNEL_H
#define CULVERT_TUNNEL_H

#include <stdbool.h>
#include <uv.h>

#include "pptp/conn.h"
#include "session/sessions.h"
#include "util/ip.h"

/* What we tell the peer about ourselves in either role. Only the window has an effect. */
#define TUNNEL_VENDOR	"Culvert"
#define TUNNEL_FIRMWARE	1
#define TUNNEL_SPEED	100000000	/* bit/s */
#define TUNNEL_WINDOW	64		/* packets that we buffer in each call */

#define TUNNEL_IN	256	/* octets read from the socket at once; longer than any message */
#define TUNNEL_OUT	2048	/* octets that may wait to be written */

struct tunnel_in;
struct tunnel_out;

struct tunnel {
	/* may be read by the owner */
	struct pptp_conn pptp;
	struct ip_addr local;
	struct ip_addr remote;

	/* set by the owner: when to call @expired, in time of uv_now(); or NEVER */
	uint64_t expires;
	void (*expired)(struct tunnel *t);

	/* held by the owner, and not by the session of a call; NULL: none */
	struct history *history;

	/* private */
	struct sessions *sessions;
	struct later later;
	struct polled polled;
	uv_timer_t timer;
	int fd;				/* the TCP socket; -1: none */
	struct tunnel_in *in;		/* read, but not yet accepted by pptp/; NULL: nothing */
	struct tunnel_out *out;		/* waits to be written; NULL: nothing */
	unsigned int depth;		/* calls into pptp/ under way; the last one writes */
	bool readable;			/* the socket may have octets, or the end of the stream */
	bool hung_up;			/* nothing will follow what the socket has now */
	bool eof;			/* the end of the stream was read */
	bool broken;			/* the socket failed: nothing can be sent any more */
	bool end_told;			/* pptp_conn_eof() was called */
	bool waits_for_room;		/* EPOLLOUT is watched: the socket was full at some time */
	bool due;			/* the timer has expired */
	bool no_memory;			/* for input or output: the connection must end */
	bool closing;
	void (*freed)(struct tunnel *t);
};

/*
 * Take over the connection @fd, which has TCP_NODELAY set. @remote is the peer's address, @bound
 * the address of the listener (0.0.0.0 or :: if it has none, or if we connected). The tunnel owns
 * @fd even after an error. Returns 0 or a negative errno; tunnel_close() must be called either way.
 */
int tunnel_open(struct tunnel *t, struct sessions *sessions, int fd, struct ip_addr remote,
		struct ip_addr bound);

/* Begin PPTP as the receiver of the connection, or as the one that connected. */
void tunnel_serve(struct tunnel *t, const struct pptp_conn_config *config,
		  const struct pptp_conn_ops *ops);
void tunnel_originate(struct tunnel *t, const struct pptp_conn_config *config,
		      const struct pptp_conn_ops *ops);

/* The .send of struct pptp_conn_ops. */
void tunnel_send(struct pptp_conn *pptp, const uint8_t *data, size_t len);

/* The .heard of struct pptp_conn_ops. */
void tunnel_heard(struct pptp_conn *pptp, const uint8_t *message, size_t len);

/*
 * Write what waits, hand waiting input to pptp/, let more be read if there may be more, and set the
 * timer.
 */
void tunnel_sync(struct tunnel *t);

/* Write what waits now, because it must leave before something else is sent on another socket. */
void tunnel_flush(struct tunnel *t);

/*
 * Write what the socket takes, and close. @freed is called later from the loop; the memory of @t
 * may be freed from then on. Does nothing if the tunnel is being closed already.
 */
void tunnel_close(struct tunnel *t, void (*freed)(struct tunnel *t));

/* Returns true if the peer has closed the connection, though its end may not be handled yet. */
bool tunnel_has_hung_up(const struct tunnel *t);

/* Returns the socket, which stays owned by the tunnel; -1 if there is none. */
int tunnel_socket(const struct tunnel *t);

static inline uint64_t tunnel_now(const struct tunnel *t)
{
	return uv_now(t->sessions->loop);
}

#endif
