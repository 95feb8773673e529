/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The path to the peer: its route, its MTU, and the outer IP header.
 *
 * Context of everything here: RCU read side, bottom halves off, unless it says otherwise.
 */
#ifndef _CULVERT_PATH_H
#define _CULVERT_PATH_H

#include <linux/types.h>

#include "stats.h"

struct dst_entry;
struct pptp_session;
struct sk_buff;

/* Octets that a data frame adds to an IP packet, at most. */
#define PPTP_PATH_IP_GRE	(20 + 16)	/* IP, GRE with both numbers */
#define PPTP_PATH_PPP		4		/* address, control, protocol */
#define PPTP_PATH_MPPE		4		/* protocol 0x00fd, coherency count */
#define PPTP_PATH_OVERHEAD	(PPTP_PATH_IP_GRE + PPTP_PATH_PPP + PPTP_PATH_MPPE)

/**
 * struct pptp_path - the path to the peer
 * @dst: route; without a reference, valid on the caller's RCU read side
 * @mtu: MTU of the path, octets of outer IP packet
 * @encrypt: the session has a key to encrypt data with; looked at once for a packet, since the key
 *	may come or go at any time, and only linear packets can be encrypted
 */
struct pptp_path {
	struct dst_entry *dst;
	unsigned int mtu;
	bool encrypt;
};

/**
 * pptp_path_find() - find the path to the peer
 * @s: session
 * @path: filled in on success
 * @why: filled in on failure: the drop to count
 *
 * Return: true, or false if there is no route or the session is not connected.
 */
bool pptp_path_find(struct pptp_session *s, struct pptp_path *path, enum pptp_count *why);

/*
 * Returns the octets of the largest inner IP packet that leaves in one piece, encrypted if
 * @path->encrypt.  At least IPV4_MIN_MTU, even if such a packet has to be fragmented.
 */
unsigned int pptp_path_room(const struct pptp_path *path);

/*
 * Returns the mark of packets to the peer and of the lookup of their route; 0 for none: then
 * packets have the mark of the packet inside.
 */
u32 pptp_path_mark(struct pptp_session *s);

/* Returns the TOS octet of the outer header; @inner is that of the packet inside, or 0. */
u8 pptp_path_tos(const struct pptp_session *s, u8 inner);

/**
 * pptp_path_mtu() - the largest inner IP packet for the path to the peer
 * @s: session with local address and peer, connected or not
 *
 * Context: RCU read side; bottom halves off, or process.
 * Return: as pptp_path_room(), or 0 if there is no route.
 */
unsigned int pptp_path_mtu(struct pptp_session *s);

/**
 * pptp_path_learn_mtu() - believe an ICMP error that tells the MTU of the path to the peer
 * @s: session, connected
 * @mtu: the MTU, octets of outer IP packet
 *
 * The routing code gets the MTU for the route that the session takes, whichever interface the error
 * came by.  Without memory the error is lost, as it may be on its way to us.
 */
void pptp_path_learn_mtu(struct pptp_session *s, unsigned int mtu);

/**
 * pptp_path_flow() - make a packet belong to the one flow that a session is outside
 * @s: session, connected
 * @skb: packet to the peer
 *
 * Replaces what the stack knows of the packet inside: its socket, hash, priority, transmit queue
 * and departure time.  Qdiscs and devices with several queues part flows by these, and frames that
 * take different ways overtake each other.  The mark stays, since only an administrator sets one.
 */
void pptp_path_flow(struct pptp_session *s, struct sk_buff *skb);

/**
 * pptp_path_send() - put the outer IP header in front of a GRE packet and send it
 * @s: session
 * @skb: packet, consumed; data at the GRE header, with room for the IP header in front
 * @dst: route of the path to the peer
 * @tos: TOS octet of the IP header
 * @fits: the path takes the packet in one piece; otherwise it leaves in fragments
 */
void pptp_path_send(struct pptp_session *s, struct sk_buff *skb, struct dst_entry *dst, u8 tos,
		    bool fits);

#endif /* _CULVERT_PATH_H */
