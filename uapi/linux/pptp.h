/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Generic netlink family "pptp" and the link kind "pptp" of the culvert module.
 *
 * Described for YNL in uapi/specs/pptp.yaml; names and numbers here and there are the same.
 *
 * A session is one PPTP call.  It is named by its local outer IPv4 address and its local call ID,
 * within the network namespace of the netlink socket.  It lives as long as the PX_PROTO_PPTP
 * socket that owns it; netlink changes and watches it, and can end it, but never keeps it alive.
 *
 * Byte order: IPv4 and IPv6 addresses are in network order, every other number in host order.
 * Everything but SESSION_GET and NET_GET needs CAP_NET_ADMIN in the user namespace that owns the
 * network namespace.  Every refusal carries an extended ACK text.
 */
#ifndef _UAPI_LINUX_PPTP_H
#define _UAPI_LINUX_PPTP_H

#define PPTP_FAMILY_NAME	"pptp"
#define PPTP_FAMILY_VERSION	1

#define PPTP_MCGRP_EVENTS	"events"

/* Where the frames of a session go. */
enum pptp_upper {
	PPTP_UPPER_NONE,		/* control frames to the socket, data frames dropped */
	PPTP_UPPER_CHANNEL,		/* ppp_generic, after PPPIOCGCHAN */
	PPTP_UPPER_LINK,		/* a link of kind "pptp", after LINK_ATTACH */
};

/* Network protocols that may cross a link; what is not up is dropped and counted. */
enum pptp_protocol {
	PPTP_PROTOCOL_IPV4 = 1,		/* PPP 0x0021, IPCP opened */
	PPTP_PROTOCOL_IPV6 = 2,		/* PPP 0x0057, IPv6CP opened */
};

/* Field compression that LCP allowed us to send with; we accept both forms always. */
enum pptp_frame {
	PPTP_FRAME_ACFC = 1,		/* leave out address and control (RFC 1661 6.6) */
	PPTP_FRAME_PFC = 2,		/* one-byte protocol field (RFC 1661 6.5) */
};

/* Why a session went down. */
enum pptp_down {
	PPTP_DOWN_CLOSED,		/* its socket was closed */
	PPTP_DOWN_DELETED,		/* SESSION_DEL */
};

/* Mode of a link (IFLA_PPTP_MODE). */
enum pptp_link_mode {
	PPTP_LINK_MODE_SESSION,		/* one session; every packet is for it */
	PPTP_LINK_MODE_SHARED,		/* many; the next hop of the route names the session */
};

/* Attributes of one session (PPTP_A_SESSION_*). */
enum {
	PPTP_A_SESSION_PAD = 1,
	PPTP_A_SESSION_LOCAL_ADDRESS,	/* u32, IPv4: outer, ours */
	PPTP_A_SESSION_CALL_ID,		/* u16: ours, what the peer puts into the GRE header */
	PPTP_A_SESSION_PEER_ADDRESS,	/* u32, IPv4: outer, the peer's */
	PPTP_A_SESSION_PEER_CALL_ID,	/* u16: the peer's, what we put into the GRE header */
	PPTP_A_SESSION_FD,		/* s32: an unbound PX_PROTO_PPTP socket (SESSION_NEW) */
	PPTP_A_SESSION_UPPER,		/* u32, enum pptp_upper */
	PPTP_A_SESSION_IFINDEX,		/* u32: the link, in the namespace of the request */
	PPTP_A_SESSION_LINK_IPV4,	/* u32, IPv4: inner address of the peer, its next hop */
	PPTP_A_SESSION_LINK_IPV6,	/* 16 bytes: likewise; usually link-local */
	PPTP_A_SESSION_PROTOCOLS,	/* u32, bits of enum pptp_protocol */
	PPTP_A_SESSION_FRAME,		/* u32, bits of enum pptp_frame */
	PPTP_A_SESSION_IDLE_TIMEOUT,	/* u32, seconds: SESSION_IDLE_NTF after that; 0 never */
	PPTP_A_SESSION_IDLE,		/* u32, ms since a data frame passed, either way */
	PPTP_A_SESSION_UPTIME,		/* u32, seconds since connect */
	PPTP_A_SESSION_PATH_MTU,	/* u32: IP packet that fits the path unfragmented */
	PPTP_A_SESSION_DOWN,		/* u32, enum pptp_down (SESSION_DOWN_NTF) */
	PPTP_A_SESSION_WINDOW,		/* nest, PPTP_A_WINDOW_* */
	PPTP_A_SESSION_MPPE,		/* nest, PPTP_A_MPPE_* */
	PPTP_A_SESSION_STATS,		/* nest, PPTP_A_STATS_* */

	__PPTP_A_SESSION_MAX,
	PPTP_A_SESSION_MAX = (__PPTP_A_SESSION_MAX - 1)
};

/* Sequence numbers, acknowledgements and reordering (RFC 2637 4.2 to 4.4). */
enum {
	PPTP_A_WINDOW_SEND = 1,		/* u16, packets: receive window the peer announced */
	PPTP_A_WINDOW_RECEIVE,		/* u16, packets: receive window we announced */
	PPTP_A_WINDOW_SLIDING,		/* u8, 0 or 1: hold back what exceeds the peer's window */
	PPTP_A_WINDOW_REORDER_MAX,	/* u16, packets held while one is missing; 0 none */
	PPTP_A_WINDOW_REORDER_TIMEOUT,	/* u32, microseconds at most to wait for a missing one */
	PPTP_A_WINDOW_TX_SEQ,		/* u32: last sequence number sent */
	PPTP_A_WINDOW_TX_ACKED,		/* u32: last one the peer acknowledged */
	PPTP_A_WINDOW_RX_SEQ,		/* u32: last one delivered */
	PPTP_A_WINDOW_RX_ACKED,		/* u32: last one we acknowledged */

	__PPTP_A_WINDOW_MAX,
	PPTP_A_WINDOW_MAX = (__PPTP_A_WINDOW_MAX - 1)
};

/*
 * Encryption of a session (RFC 3078); keys are written, never read. A CCP Reset-Ack that is sent
 * through the session's socket makes the packet after it a flushed one.
 */
enum {
	PPTP_A_MPPE_REQUIRED = 1,	/* u8, 0 or 1: plaintext data is dropped both ways */
	PPTP_A_MPPE_TX,			/* nest, PPTP_A_MPPE_KEY_* */
	PPTP_A_MPPE_RX,			/* nest, PPTP_A_MPPE_KEY_* */

	__PPTP_A_MPPE_MAX,
	PPTP_A_MPPE_MAX = (__PPTP_A_MPPE_MAX - 1)
};

/* One direction of it. */
enum {
	PPTP_A_MPPE_KEY_BITS = 1,	/* u8: 40, 56 or 128; 0 takes the key away */
	PPTP_A_MPPE_KEY_STATELESS,	/* u8, 0 or 1 */
	PPTP_A_MPPE_KEY_START,		/* 16 bytes, write only: start key, RFC 3079 3 */
	PPTP_A_MPPE_KEY_COHERENCY,	/* u16, read only: last coherency count */

	__PPTP_A_MPPE_KEY_MAX,
	PPTP_A_MPPE_KEY_MAX = (__PPTP_A_MPPE_KEY_MAX - 1)
};

/*
 * Counters, every one u64.  Packets and bytes are PPP frames from the protocol field on, accepted
 * (rx) or handed to IP (tx).  A DROP counter counts packets.
 */
enum {
	PPTP_A_STATS_PAD = 1,
	PPTP_A_STATS_RX_PACKETS,
	PPTP_A_STATS_RX_BYTES,
	PPTP_A_STATS_TX_PACKETS,
	PPTP_A_STATS_TX_BYTES,
	PPTP_A_STATS_RX_ACKS,		/* acknowledgements without payload, received */
	PPTP_A_STATS_TX_ACKS,		/* likewise, sent */
	PPTP_A_STATS_RX_REORDERED,	/* came early and was put back in order */
	PPTP_A_STATS_RX_LOST,		/* sequence numbers given up */
	PPTP_A_STATS_RX_RESYNCS,	/* the window followed a peer that had jumped */
	PPTP_A_STATS_RX_DROP_MALFORMED,	/* no RFC 2637 GRE header (namespace only) */
	PPTP_A_STATS_RX_DROP_TRUNCATED,	/* shorter than its header says (namespace only) */
	PPTP_A_STATS_RX_DROP_NO_SESSION,	/* unknown call ID (namespace only) */
	PPTP_A_STATS_RX_DROP_WRONG_PEER,	/* known call ID, other source address */
	PPTP_A_STATS_RX_DROP_DUPLICATE,	/* sequence number seen before */
	PPTP_A_STATS_RX_DROP_STALE,	/* came after it was given up */
	PPTP_A_STATS_RX_DROP_FAR,	/* too far ahead to be believed */
	PPTP_A_STATS_RX_DROP_FRAME,	/* no PPP frame */
	PPTP_A_STATS_RX_DROP_NO_UPPER,	/* data while neither link nor channel is attached */
	PPTP_A_STATS_RX_DROP_PROTOCOL_DOWN,	/* network protocol not up */
	PPTP_A_STATS_RX_DROP_LINK_DOWN,	/* the link is administratively down */
	PPTP_A_STATS_RX_DROP_INNER,	/* payload is not the IP packet it should be */
	PPTP_A_STATS_RX_DROP_REVERSE_PATH,	/* source address is not routed to the session */
	PPTP_A_STATS_RX_DROP_QUEUE_FULL,	/* control frames that nobody read */
	PPTP_A_STATS_RX_DROP_PLAINTEXT,	/* not encrypted though that is required */
	PPTP_A_STATS_RX_DROP_MPPE_COHERENCY,	/* coherency count beyond its bound or no key */
	PPTP_A_STATS_RX_DROP_MPPE_RESYNC,	/* waits for a flushed packet */
	PPTP_A_STATS_RX_DROP_BACKLOG,	/* backlog of the cipher or of the way up full */
	PPTP_A_STATS_RX_DROP_NO_MEMORY,
	PPTP_A_STATS_TX_DROP_NO_SESSION,	/* next hop names no session (namespace only) */
	PPTP_A_STATS_TX_DROP_PROTOCOL_DOWN,	/* network protocol not up */
	PPTP_A_STATS_TX_DROP_CLOSED,	/* session is going down */
	PPTP_A_STATS_TX_DROP_NO_ROUTE,	/* no route to the peer */
	PPTP_A_STATS_TX_DROP_LOOP,	/* the route to the peer leads into its own tunnel */
	PPTP_A_STATS_TX_DROP_TOO_BIG,	/* beyond the path MTU and not to be fragmented */
	PPTP_A_STATS_TX_DROP_SEGMENT,	/* a superpacket or checksum could not be resolved */
	PPTP_A_STATS_TX_DROP_WINDOW,	/* the sliding window's queue is full */
	PPTP_A_STATS_TX_DROP_PLAINTEXT,	/* no key though encryption is required */
	PPTP_A_STATS_TX_DROP_BACKLOG,	/* backlog of the cipher or of the way out full */
	PPTP_A_STATS_TX_DROP_NO_MEMORY,

	__PPTP_A_STATS_MAX,
	PPTP_A_STATS_MAX = (__PPTP_A_STATS_MAX - 1)
};

/* The namespace as a whole. */
enum {
	PPTP_A_NET_SESSIONS = 1,	/* u32: sessions that hold a call ID */
	PPTP_A_NET_STATS,		/* nest, PPTP_A_STATS_*: packets that met no session */

	__PPTP_A_NET_MAX,
	PPTP_A_NET_MAX = (__PPTP_A_NET_MAX - 1)
};

/*
 * Commands.  "Name" stands for LOCAL_ADDRESS and CALL_ID.
 *
 * SESSION_NEW	FD, LOCAL_ADDRESS, PEER_ADDRESS, PEER_CALL_ID, optional CALL_ID (absent or 0: the
 *		kernel picks), and anything that SESSION_SET and LINK_ATTACH take.  Binds and
 *		connects the socket.  Answers with the session as SESSION_GET does.
 * SESSION_GET	Name: one session.  Dump: all, or with IFINDEX those attached to that link.
 * SESSION_SET	Name and any of PROTOCOLS, FRAME, IDLE_TIMEOUT, WINDOW (its first five).
 * SESSION_DEL	Name.  The socket stays open, reads end of file, and its call ID is free.
 * KEY_SET	Name and MPPE.
 * LINK_ATTACH	Name, IFINDEX; LINK_IPV4 or LINK_IPV6 or both where the link is shared.
 * LINK_DETACH	Name.
 * NET_GET	Counters of the namespace.
 * *_NTF	Events to group "events": name, peer, and for DOWN the reason and the final STATS.
 */
enum {
	PPTP_CMD_SESSION_NEW = 1,
	PPTP_CMD_SESSION_GET,
	PPTP_CMD_SESSION_SET,
	PPTP_CMD_SESSION_DEL,
	PPTP_CMD_KEY_SET,
	PPTP_CMD_LINK_ATTACH,
	PPTP_CMD_LINK_DETACH,
	PPTP_CMD_NET_GET,
	PPTP_CMD_SESSION_UP_NTF,
	PPTP_CMD_SESSION_DOWN_NTF,
	PPTP_CMD_SESSION_IDLE_NTF,
	PPTP_CMD_MPPE_RESYNC_NTF,	/* send a CCP Reset-Request */

	__PPTP_CMD_MAX,
	PPTP_CMD_MAX = (__PPTP_CMD_MAX - 1)
};

/* IFLA_INFO_DATA of a link of kind "pptp". */
enum {
	IFLA_PPTP_UNSPEC,
	IFLA_PPTP_MODE,			/* u32, enum pptp_link_mode; fixed at creation */
	IFLA_PPTP_REVERSE_PATH,		/* u8, 0 or 1: take only sources routed to the session */
	IFLA_PPTP_MSS_CLAMP,		/* u8, 0 or 1: clamp TCP MSS to the MTU, both ways */
	IFLA_PPTP_SESSIONS,		/* u32, read only: sessions attached */
	IFLA_PPTP_OWNER,		/* s32, creation only: PX_PROTO_PPTP socket it goes with */

	__IFLA_PPTP_MAX,
	IFLA_PPTP_MAX = (__IFLA_PPTP_MAX - 1)
};

#endif /* _UAPI_LINUX_PPTP_H */
