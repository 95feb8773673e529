/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One client of the herd: a control connection with one call and the PPP link in it, from an
 * address of its own or one that it shares.
 *
 *	client_begin() ──► LOGGING_IN ──► UP ──► LEAVING or SILENT ──► OVER
 *
 * It tells the herd when it is up, when it is over, and when its ping was answered. It may be over
 * in any state; then it is no longer among the herd's clients and its memory frees itself.
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
	CLIENT_LEAVING,			/* in one of the manners below */
	CLIENT_SILENT,			/* says nothing any more; until the server closes TCP */
	CLIENT_OVER,
};

/* How clients leave. */
enum manner {
	MANNER_CLEAR,			/* Call-Clear-Request; when it is answered, TCP is closed */
	MANNER_STOP,			/* Stop-Control-Connection-Request */
	MANNER_TERMINATE,		/* LCP's Terminate-Request, the rest is the server's */
	MANNER_FIN,			/* TCP is closed without a word */
	MANNER_RST,			/* TCP is reset */
	MANNER_SILENCE,			/* no answer to anything; TCP stays open */
	MANNERS
};

/* "clear", "stop", …; in the order of enum manner. */
extern const char * const manner_names[MANNERS];

struct client {
	/* to be read by the herd */
	struct herd *herd;
	unsigned int slot;		/* its number, which its user's name ends in */
	enum client_state state;
	bool encrypted;			/* it insists on MPPE; no traffic is made by it */
	uint64_t began_ns;		/* of uv_hrtime() */
	uint64_t up_ns;

	/* private */
	struct in_addr address;
	uint16_t call_id;
	char user[64];
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_timer_t timer;
	unsigned int handles;
	bool reset;			/* TCP is to be reset, not closed */
	uint64_t give_up_at;		/* ms of the loop; when something took too long */
	struct pptp_conn conn;
	struct pptp_call call;
	struct ppp_link link;
	bool calling;			/* @call is in the hands of pptp/ */
	bool linked;			/* @link is open */
	uint32_t tx_next;		/* sequence number of our next frame */
	uint32_t rx_last;		/* of the last one that came; valid with @rx_any */
	uint32_t rx_unacked;		/* frames that came since our last acknowledgment */
	bool rx_any;
	uint8_t early[128];		/* a frame that came before the reply to our call */
	size_t early_len;
	char why[TALLY_TEXT];		/* it is over; "": as it was asked to */
};

/*
 * Begin a login as the client with this number. Returns NULL without memory or descriptors;
 * otherwise herd_up() or herd_over() follows, later.
 */
struct client *client_begin(struct herd *herd, unsigned int slot, bool encrypted);

/* Leave; herd_over() follows, perhaps at once. To be called for a client that is up. */
void client_leave(struct client *c, enum manner manner);

/* A packet of its call. */
void client_take(struct client *c, const struct gre *gre);

/* Send an echo request to the server's inner address. herd_answered() follows, or not. */
void client_ping(struct client *c, uint16_t seq);

#endif
