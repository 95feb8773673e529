/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One client of the herd: a control connection with one call and its PPP link. Several clients may
 * share an address of this host.
 *
 *	client_begin() ──► LOGGING_IN ──► UP ──► LEAVING or SILENT ──► OVER
 *
 * The client calls herd_up() when it is up, herd_over() when it has ended, and herd_answered() when
 * its ping was answered. A client may end in any state. It has left its slot of the herd when
 * herd_over() returns, and frees its own memory later.
 */
#ifndef CULVERT_HERD_CLIENT_H
#define CULVERT_HERD_CLIENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "gre.h"
#include "stats.h"
#include "ppp/link.h"
#include "pptp/call.h"
#include "pptp/conn.h"

struct herd;

enum client_state {
	CLIENT_LOGGING_IN,
	CLIENT_UP,
	CLIENT_LEAVING,			/* in any manner but MANNER_SILENCE */
	CLIENT_SILENT,			/* sends nothing any more, until the server closes TCP */
	CLIENT_OVER,
};

/* How a client leaves the server. */
enum manner {
	MANNER_CLEAR,			/* Call-Clear-Request; TCP is closed after the answer */
	MANNER_STOP,			/* Stop-Control-Connection-Request */
	MANNER_TERMINATE,		/* LCP Terminate-Request; the server has to do the rest */
	MANNER_FIN,			/* TCP is closed, without a message before */
	MANNER_RST,			/* TCP is reset */
	MANNER_SILENCE,			/* nothing is answered any more; TCP stays open */
	MANNERS
};

/* "clear", "stop" and so on, indexed by enum manner. */
extern const char * const manner_names[MANNERS];

struct client {
	/* for the herd to read */
	struct herd *herd;
	unsigned int slot;		/* the client's number; its user's name ends in it */
	enum client_state state;
	bool encrypted;			/* requires MPPE, and so can send no traffic (no cipher) */
	uint64_t began_ns;		/* uv_hrtime() at the beginning of the login */
	uint64_t up_ns;			/* uv_hrtime() when it came up */

	/* private */
	struct in_addr address;
	uint16_t call_id;
	char user[64];
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_timer_t timer;
	unsigned int handles;
	bool reset;			/* TCP is to be reset, not closed */
	uint64_t give_up_at;		/* uv_now() at which the login or the end has failed */
	struct pptp_conn conn;
	struct pptp_call call;
	struct ppp_link link;
	bool calling;			/* @call is in use by pptp/ */
	bool linked;			/* @link is open */
	uint32_t tx_next;		/* sequence number of our next frame */
	uint32_t rx_last;		/* of the newest frame received; valid with @rx_any */
	uint32_t rx_unacked;		/* frames received since our last acknowledgment */
	bool rx_any;			/* a frame was received */
	uint8_t early[128];		/* a frame that came before the reply to our call */
	size_t early_len;
	char why[TALLY_TEXT];		/* reason of the end; "": the end was asked for */
};

/*
 * Begin a login as the client with number @slot. Returns NULL if there is no memory, descriptor or
 * address; otherwise herd_up() or herd_over() is called later.
 */
struct client *client_begin(struct herd *herd, unsigned int slot, bool encrypted);

/* Make a client that is up leave. herd_over() is called, perhaps before this returns. */
void client_leave(struct client *c, enum manner manner);

/* Take a packet of the client's call from the wire. */
void client_take(struct client *c, const struct gre *gre);

/* Send an echo request to the server's inner address. A reply leads to herd_answered(). */
void client_ping(struct client *c, uint16_t seq);

#endif
