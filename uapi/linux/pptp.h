/* SPDX-License-Identifier: ((GPL-2.0-only WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Generic netlink family "pptp" and the link kind "pptp" of the culvert module.
 *
 * uapi/specs/pptp.yaml describes the family for YNL, with the same names and numbers.
 *
 * A session is the data plane of one PPTP call.  Its name is its local outer IPv4 address and its
 * local call ID, in the network namespace of the netlink socket.  A PX_PROTO_PPTP socket owns the
 * session.  The session ends when that socket is closed, or earlier by SESSION_DEL.  Netlink
 * requests read and change sessions, but never keep them alive.
 *
 * Byte order: IPv4 and IPv6 addresses are in network order, all other numbers in host order.
 *
 * NET_GET needs no privilege.  All other commands, and joining the group "events", need
 * CAP_NET_ADMIN in the user namespace that owns the network namespace: call IDs and sequence
 * numbers are what somebody lacks who wants to inject frames.  (Kernels that do not know a
 * privilege for groups let everybody join.)  A request that is refused for what it asks for gets
 * an extended ACK with a text; missing privilege (EPERM) and missing memory give no text.
 */
#ifndef _UAPI_LINUX_PPTP_H
#define _UAPI_LINUX_PPTP_H

#define PPTP_FAMILY_NAME	"pptp"
#define PPTP_FAMILY_VERSION	1

#define PPTP_MCGRP_EVENTS	"events"

/* Where the frames of a session go. */
enum pptp_upper {
	PPTP_UPPER_NONE,		/* control frames to the socket, data frames dropped */
	PPTP_UPPER_CHANNEL,		/* all to ppp_generic, after PPPIOCGCHAN */
	PPTP_UPPER_LINK,		/* control frames to the socket, data frames to a link */
};

/* Network protocols that may cross a link.  Packets of the others are dropped and counted. */
enum pptp_protocol {
	PPTP_PROTOCOL_IPV4 = 1,		/* PPP 0x0021, IPCP opened */
	PPTP_PROTOCOL_IPV6 = 2,		/* PPP 0x0057, IPv6CP opened */
};

/* Field compression that we use for frames we send, as LCP agreed.  We always accept both forms. */
enum pptp_frame {
	PPTP_FRAME_ACFC = 1,		/* no address and control fields (RFC 1661 6.6) */
	PPTP_FRAME_PFC = 2,		/* protocol field of one byte (RFC 1661 6.5) */
};

/* Why a session went down. */
enum pptp_down {
	PPTP_DOWN_CLOSED,		/* its socket was closed */
	PPTP_DOWN_DELETED,		/* SESSION_DEL, or SESSION_NEW that failed half-way */
};

/* TOS octet of packets to the peer: the DSCP of the packet inside. */
#define PPTP_TOS_INHERIT	1

/* Don't Fragment in packets to the peer. */
enum pptp_df {
	PPTP_DF_SET,			/* set if the packet fits the path: finds the path MTU */
	PPTP_DF_CLEAR,			/* never: where ICMP errors do not reach us */
};

/* Mode of a link (IFLA_PPTP_MODE). */
enum pptp_link_mode {
	PPTP_LINK_MODE_SESSION,		/* one session, which gets all packets */
	PPTP_LINK_MODE_SHARED,		/* many sessions; the route's next hop selects one */
};

/* Attributes of one session (PPTP_A_SESSION_*). */
enum {
	PPTP_A_SESSION_PAD = 1,
	PPTP_A_SESSION_LOCAL_ADDRESS,	/* u32, IPv4: our outer address */
	PPTP_A_SESSION_CALL_ID,		/* u16: our call ID, in GRE headers from the peer */
	PPTP_A_SESSION_PEER_ADDRESS,	/* u32, IPv4: the peer's outer address */
	PPTP_A_SESSION_PEER_CALL_ID,	/* u16: the peer's call ID, in GRE headers to the peer */
	PPTP_A_SESSION_FD,		/* s32: an unbound PX_PROTO_PPTP socket (SESSION_NEW) */
	PPTP_A_SESSION_UPPER,		/* u32, enum pptp_upper */
	PPTP_A_SESSION_IFINDEX,		/* u32: the link, in the namespace NETNS_FD */
	PPTP_A_SESSION_LINK_IPV4,	/* u32, IPv4: inner address of the peer, as a next hop */
	PPTP_A_SESSION_LINK_IPV6,	/* 16 bytes, IPv6: likewise; usually link-local */
	PPTP_A_SESSION_PROTOCOLS,	/* u32, bits of enum pptp_protocol */
	PPTP_A_SESSION_FRAME,		/* u32, bits of enum pptp_frame */
	PPTP_A_SESSION_IDLE_TIMEOUT,	/* u32, seconds without data: SESSION_IDLE_NTF; 0: off */
	PPTP_A_SESSION_IDLE,		/* u32, ms since the last data frame in either direction */
	PPTP_A_SESSION_UPTIME,		/* u32, seconds since the session was connected */
	PPTP_A_SESSION_PATH_MTU,	/* u32: inner packet that fits the path; 0: no route */
	PPTP_A_SESSION_DOWN,		/* u32, enum pptp_down (SESSION_DOWN_NTF) */
	PPTP_A_SESSION_WINDOW,		/* nest, PPTP_A_WINDOW_* */
	PPTP_A_SESSION_MPPE,		/* nest, PPTP_A_MPPE_* */
	PPTP_A_SESSION_STATS,		/* nest, PPTP_A_STATS_* */
	PPTP_A_SESSION_OUTER,		/* nest, PPTP_A_OUTER_* */
	PPTP_A_SESSION_SHAPE,		/* nest, PPTP_A_SHAPE_* */
	PPTP_A_SESSION_NETNS_FD,	/* u32: descriptor; default: the namespace of the request */

	__PPTP_A_SESSION_MAX,
	PPTP_A_SESSION_MAX = (__PPTP_A_SESSION_MAX - 1)
};

/*
 * Sequence numbers, acknowledgments and reordering (RFC 2637 4.2 to 4.4).  SEND takes effect only
 * while SLIDING is 1: without it the kernel ignores a SEND that is set, and reports 0.
 */
enum {
	PPTP_A_WINDOW_SEND = 1,		/* u16, packets: receive window that the peer announced */
	PPTP_A_WINDOW_RECEIVE,		/* u16, packets: receive window that we announced */
	PPTP_A_WINDOW_SLIDING,		/* u8, 0 or 1: hold back frames beyond the peer's window */
	PPTP_A_WINDOW_REORDER_MAX,	/* u16, packets held while one is missing; 0: none */
	PPTP_A_WINDOW_REORDER_TIMEOUT,	/* u32, longest wait for a missing packet, microseconds */
	PPTP_A_WINDOW_TX_SEQ,		/* u32: last sequence number that was sent */
	PPTP_A_WINDOW_TX_ACKED,		/* u32: last one that the peer acknowledged */
	PPTP_A_WINDOW_RX_SEQ,		/* u32: last one that was delivered */
	PPTP_A_WINDOW_RX_ACKED,		/* u32: last one that we acknowledged */

	__PPTP_A_WINDOW_MAX,
	PPTP_A_WINDOW_MAX = (__PPTP_A_WINDOW_MAX - 1)
};

/*
 * IP header of packets to the peer.  A request has what is to be the session's own; for all that it
 * lacks the values of the link are in effect (IFLA_PPTP_*), and without a link the defaults.  A
 * reply has what is in effect.
 *
 * Frames of one session that have several DSCPs may take different queues on the way and overtake
 * each other.  Many peers drop what was overtaken, and with stateful MPPE each such frame costs a
 * resynchronisation.  A fixed TOS keeps them together.
 *
 * With ECN 0 packets say that congestion is not to be marked (RFC 6040 4.1, compatibility mode).
 * With 1 they have the ECN field of the packet inside: only for a peer that brings a mark of the
 * outer header to the packet inside (RFC 6040 4.2), since otherwise the mark is lost, and TCP goes
 * on as if there were no congestion.  What we receive is treated by RFC 6040 4.2 in any case.
 *
 * MARK is also the mark by which the route to the peer is looked up.  The priority of packets to
 * the peer, by which qdiscs choose, is SO_PRIORITY of the session's socket.
 */
enum {
	PPTP_A_OUTER_TOS = 1,		/* u8: DSCP * 4, or PPTP_TOS_INHERIT, the default */
	PPTP_A_OUTER_TTL,		/* u8; 0, the default: that of the route */
	PPTP_A_OUTER_DF,		/* u8, enum pptp_df */
	PPTP_A_OUTER_MARK,		/* u32; 0, the default: SO_MARK of the session's socket */
	PPTP_A_OUTER_ECN,		/* u8, 0 or 1: the peer heeds ECN outside; default 0 */

	__PPTP_A_OUTER_MAX,
	PPTP_A_OUTER_MAX = (__PPTP_A_OUTER_MAX - 1)
};

/*
 * What user traffic of a session keeps to, and how it is told from others'.  What a request lacks
 * stays as it is.
 *
 * A rate is that of IP packets inside the tunnel.  Packets beyond it are dropped, and none waits:
 * at most BURST octets pass at once, and packets are dropped by chance, ever more of them, from
 * half of that on, which lets TCP keep to the rate.  A rate that comes without a burst gets a burst
 * of 200 ms, and 15000 octets at least.  RX is what comes from the peer.
 *
 * MARK and PRIORITY are those of user packets in both directions, where they are not 0: as packets
 * from the peer leave the link (forwarding replaces their priority by that of their TOS), and as
 * packets to the peer leave for the outer device, where they take the place of PPTP_A_OUTER_MARK
 * and of SO_PRIORITY; the route to the peer is looked up with the former in any case.
 */
enum {
	PPTP_A_SHAPE_PAD = 1,
	PPTP_A_SHAPE_RX_RATE,		/* u64, bits a second from 8000 to 10^12; 0: no limit */
	PPTP_A_SHAPE_RX_BURST,		/* u32, octets, up to 2^30 */
	PPTP_A_SHAPE_TX_RATE,		/* likewise, for packets to the peer */
	PPTP_A_SHAPE_TX_BURST,
	PPTP_A_SHAPE_MARK,		/* u32 */
	PPTP_A_SHAPE_PRIORITY,		/* u32, as SO_PRIORITY; or the handle of a class of tc(8) */

	__PPTP_A_SHAPE_MAX,
	PPTP_A_SHAPE_MAX = (__PPTP_A_SHAPE_MAX - 1)
};

/*
 * Encryption of a session (RFC 3078).  Keys can be set, but never read.  When a CCP Reset-Ack is
 * sent through the session's socket, the packet after it is a flushed one.
 */
enum {
	PPTP_A_MPPE_REQUIRED = 1,	/* u8, 0 or 1: drop plaintext data in both directions */
	PPTP_A_MPPE_TX,			/* nest, PPTP_A_MPPE_KEY_*; absent when read: no key */
	PPTP_A_MPPE_RX,			/* likewise */

	__PPTP_A_MPPE_MAX,
	PPTP_A_MPPE_MAX = (__PPTP_A_MPPE_MAX - 1)
};

/* The key of one direction.  Without BITS the key stays; a new key needs BITS, STATELESS, START. */
enum {
	PPTP_A_MPPE_KEY_BITS = 1,	/* u8: 40, 56 or 128; 0 removes the key */
	PPTP_A_MPPE_KEY_STATELESS,	/* u8, 0 or 1 */
	PPTP_A_MPPE_KEY_START,		/* 16 bytes, write only: start key, RFC 3079 2 and 3 */
	PPTP_A_MPPE_KEY_COHERENCY,	/* u16, read only: last coherency count */

	__PPTP_A_MPPE_KEY_MAX,
	PPTP_A_MPPE_KEY_MAX = (__PPTP_A_MPPE_KEY_MAX - 1)
};

/*
 * Counters, each u64.  PACKETS and BYTES count PPP frames and their bytes from the protocol field
 * on: frames that were accepted (RX) or handed to IP (TX).  PPTP_A_NET_STATS lacks these four.  A
 * DROP counter counts packets.  "Namespace only" means: the packet belongs to no session, and is
 * counted in PPTP_A_NET_STATS.
 *
 * What is counted of a session is counted in PPTP_A_NET_TOTALS of its namespace, too, and stays
 * there when the session ends.  What is counted in PPTP_A_NET_STATS is not: all packets that were
 * dropped in a namespace are the sum of both.
 */
enum {
	PPTP_A_STATS_PAD = 1,
	PPTP_A_STATS_RX_PACKETS,
	PPTP_A_STATS_RX_BYTES,
	PPTP_A_STATS_TX_PACKETS,
	PPTP_A_STATS_TX_BYTES,
	PPTP_A_STATS_RX_ACKS,		/* acknowledgments without payload that were received */
	PPTP_A_STATS_TX_ACKS,		/* acknowledgments without payload that were sent */
	PPTP_A_STATS_RX_REORDERED,	/* came early and was put back in order */
	PPTP_A_STATS_RX_LOST,		/* sequence numbers that were given up */
	PPTP_A_STATS_RX_RESYNCS,	/* the window followed a jump of the peer's numbers */
	PPTP_A_STATS_RX_DROP_MALFORMED,	/* no GRE header of RFC 2637 (namespace only) */
	PPTP_A_STATS_RX_DROP_TRUNCATED,	/* shorter than its header says (namespace only) */
	PPTP_A_STATS_RX_DROP_NO_SESSION,	/* unknown call ID (namespace only) */
	PPTP_A_STATS_RX_DROP_WRONG_PEER,	/* known call ID, but another source address */
	PPTP_A_STATS_RX_DROP_DUPLICATE,	/* sequence number was received before */
	PPTP_A_STATS_RX_DROP_STALE,	/* came after its sequence number was given up */
	PPTP_A_STATS_RX_DROP_FAR,	/* sequence number is too far ahead to be believed */
	PPTP_A_STATS_RX_DROP_FRAME,	/* payload is not a PPP frame */
	PPTP_A_STATS_RX_DROP_NO_UPPER,	/* data while neither link nor channel is attached */
	PPTP_A_STATS_RX_DROP_PROTOCOL_DOWN,	/* protocol is not in SESSION_PROTOCOLS */
	PPTP_A_STATS_RX_DROP_LINK_DOWN,	/* the link is administratively down */
	PPTP_A_STATS_RX_DROP_INNER,	/* payload is not an IP packet of the frame's protocol */
	PPTP_A_STATS_RX_DROP_REVERSE_PATH,	/* source address is not routed to the session */
	PPTP_A_STATS_RX_DROP_QUEUE_FULL,	/* control frame; the socket's owner did not read */
	PPTP_A_STATS_RX_DROP_PLAINTEXT,	/* not encrypted, but encryption is required */
	PPTP_A_STATS_RX_DROP_MPPE_COHERENCY,	/* coherency count beyond its bound, or no key */
	PPTP_A_STATS_RX_DROP_MPPE_RESYNC,	/* came before the flushed packet that is needed */
	PPTP_A_STATS_RX_DROP_BACKLOG,	/* queue to the cipher or to the link is full */
	PPTP_A_STATS_RX_DROP_NO_MEMORY,
	PPTP_A_STATS_TX_DROP_NO_SESSION,	/* no session has the next hop (namespace only) */
	PPTP_A_STATS_TX_DROP_PROTOCOL_DOWN,	/* protocol is not in SESSION_PROTOCOLS */
	PPTP_A_STATS_TX_DROP_CLOSED,	/* the session is going down */
	PPTP_A_STATS_TX_DROP_NO_ROUTE,	/* no route to the peer */
	PPTP_A_STATS_TX_DROP_LOOP,	/* the route to the peer leads into its own tunnel */
	PPTP_A_STATS_TX_DROP_TOO_BIG,	/* beyond the path MTU and must not be fragmented */
	PPTP_A_STATS_TX_DROP_SEGMENT,	/* segmentation or checksum in software failed */
	PPTP_A_STATS_TX_DROP_WINDOW,	/* queue of the sliding window is full */
	PPTP_A_STATS_TX_DROP_PLAINTEXT,	/* no key, but encryption is required */
	PPTP_A_STATS_TX_DROP_BACKLOG,	/* queue to the cipher or to IP is full */
	PPTP_A_STATS_TX_DROP_NO_MEMORY,
	PPTP_A_STATS_RX_DROP_RATE,	/* beyond the rate of the session (PPTP_A_SHAPE_*) */
	PPTP_A_STATS_TX_DROP_RATE,	/* likewise */

	__PPTP_A_STATS_MAX,
	PPTP_A_STATS_MAX = (__PPTP_A_STATS_MAX - 1)
};

/* Attributes of the network namespace (PPTP_A_NET_*). */
enum {
	PPTP_A_NET_SESSIONS = 1,	/* u32: number of sessions that hold a call ID */
	PPTP_A_NET_STATS,		/* nest, PPTP_A_STATS_*: packets without a session */
	PPTP_A_NET_TOTALS,		/* nest, PPTP_A_STATS_*: all sessions, past and present */

	__PPTP_A_NET_MAX,
	PPTP_A_NET_MAX = (__PPTP_A_NET_MAX - 1)
};

/*
 * Commands and their attributes.  "Name" stands for LOCAL_ADDRESS and CALL_ID.
 *
 * SESSION_NEW	FD, LOCAL_ADDRESS, PEER_ADDRESS, PEER_CALL_ID; optionally CALL_ID (absent or 0: the
 *		kernel picks one) and the attributes of SESSION_SET and LINK_ATTACH.  Binds and
 *		connects the socket.  The reply is that of SESSION_GET.
 * SESSION_GET	Name: the reply is that session.  Dump: all sessions, or with IFINDEX those that
 *		are attached to that link.
 * SESSION_SET	Name and any of PROTOCOLS, FRAME, IDLE_TIMEOUT, WINDOW (its first five), OUTER,
 *		SHAPE.
 * SESSION_DEL	Name.  The socket stays open, but reads end of file.  The call ID is free again.
 * KEY_SET	Name and MPPE.  A direction that is absent keeps its key.
 * LINK_ATTACH	Name and IFINDEX; for a shared link also LINK_IPV4 or LINK_IPV6 or both.
 * LINK_DETACH	Name.
 * NET_GET	No attributes.  The reply is PPTP_A_NET_*.
 * *_NTF	Events, sent to the group "events": name, PEER_ADDRESS and PEER_CALL_ID; for DOWN
 *		also DOWN and the final STATS, for IDLE also IDLE_TIMEOUT.
 *
 * The commands from SESSION_SET to LINK_DETACH need a connected session; otherwise they return
 * ENOTCONN.  While there is no data, SESSION_IDLE_NTF is repeated after each IDLE_TIMEOUT.
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

/*
 * IFLA_INFO_DATA of a link of kind "pptp".  A link with an OWNER is removed when the session of
 * that socket ends or the socket is closed.
 */
enum {
	IFLA_PPTP_UNSPEC,
	IFLA_PPTP_MODE,			/* u32, enum pptp_link_mode; fixed at creation */
	IFLA_PPTP_REVERSE_PATH,		/* u8, 0 or 1: accept only sources routed to the session */
	IFLA_PPTP_MSS_CLAMP,		/* u8, default 1: clamp TCP MSS to the MTU, both ways */
	IFLA_PPTP_SESSIONS,		/* u32, read only: number of attached sessions */
	IFLA_PPTP_OWNER,		/* s32, creation only: PX_PROTO_PPTP socket */
	IFLA_PPTP_TOS,			/* these five as PPTP_A_OUTER_*, for sessions of the link */
	IFLA_PPTP_TTL,			/* that have no value of their own */
	IFLA_PPTP_DF,
	IFLA_PPTP_MARK,
	IFLA_PPTP_ECN,

	__IFLA_PPTP_MAX,
	IFLA_PPTP_MAX = (__IFLA_PPTP_MAX - 1)
};

#endif /* _UAPI_LINUX_PPTP_H */
