/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions between two network namespaces with no daemon: what pptp-pair is made of.
 *
 * A side is one end of all sessions, in one namespace.  The functions here act in the namespace of
 * the calling process, which must be that of the side (see pair_enter() in pptp-pair.c).  They end
 * the process with a message when something fails: nothing useful can be measured then.
 *
 * Addresses are in network order, call IDs in host order.
 */
#ifndef PAIR_H
#define PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>

#define PAIR_KEY_LEN	16
#define PAIR_MTU	1442	/* what fits 1500 octets with every header at its longest */

enum pair_mode {
	PAIR_CHANNEL,		/* ppp_generic units, named ppp<number> */
	PAIR_SESSION,		/* links pptp<number>, one a session */
	PAIR_SHARED,		/* one link, pptp0 */
};

/* One end of one session. */
struct pair_end {
	uint16_t call_id;
	uint16_t peer_call_id;
	struct in_addr peer_inner;	/* next hop towards the peer, on a shared link */
	int sock;			/* pppox socket, which owns the session */
	int channel;			/* /dev/ppp, attached to the channel */
	int unit;			/* /dev/ppp, the unit */
};

struct pair_side {
	const char *netns;
	struct in_addr outer;
	struct in_addr peer_outer;
	const uint8_t *tx_key;		/* MPPE start keys, or NULL without encryption */
	const uint8_t *rx_key;
	struct pair_end *ends;		/* one a session */
	int netns_fd;
};

void pair_die(const char *what) __attribute__((noreturn));

/* A new pppox socket of protocol PPTP. */
int pair_socket(void);

/* channel.c: bind, connect, make a unit of the given number. */
void pair_channel_open(const struct pair_side *side, struct pair_end *end, int number);

/*
 * Give both ends keys and bring MPPE up, by the CCP acknowledgments that ppp_generic listens for.
 * Both ends must be open.
 */
void pair_channel_encrypt(const struct pair_side *side, struct pair_end *end);
void pair_channel_agree(struct pair_end *from, struct pair_end *to);
void pair_channel_encrypted(struct pair_end *end);

/* link.c: make the link unless it is there, then the session on it. */
void pair_link_open(const struct pair_side *side, struct pair_end *end, enum pair_mode mode,
		    int number);

/* Remove what pair_link_open() made and the end of the process would leave. */
void pair_link_remove(enum pair_mode mode, int sessions);

#endif
