/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The session as the kernel knows it: one PPTP call, owned by one pppox socket.
 *
 * Life: net_session_open() makes it known to the kernel (its GRE frames are accepted from then on,
 * so it comes before the Outgoing-Call-Reply); frames pass by net_session_send() and
 * net_session_receive(); net_session_mppe() and net_session_up() let traffic flow;
 * net_session_close() removes all that the others made. If the daemon dies, the kernel does that.
 *
 * Frames are PPP frames without address and control field: two octets of protocol, big-endian,
 * then the rest. Only frames that are not user traffic come here.
 *
 * How it is done is the backend's affair. A struct net_session is embedded by its owner and must
 * not move while open. Nothing here allocates or blocks. Functions return 0 or a negative errno
 * unless they say otherwise, and after an error net_reason() says in words what failed.
 */
#ifndef CULVERT_NET_SESSION_H
#define CULVERT_NET_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <net/if.h>
#include <sys/uio.h>

#include "util/ip.h"

#define NET_MPPE_KEY	16	/* octets of a start key */
#define NET_FRAMES	8	/* that are sent or taken at once, at most */

struct net_backend;

/* Who talks to whom. Call IDs in host order. */
struct net_session_addr {
	struct ip_addr local;		/* our outer address */
	struct ip_addr remote;		/* the peer's outer address */
	uint16_t call_id;		/* ours: in what the peer sends; 0 asks the kernel for one */
	uint16_t peer_call_id;		/* the peer's: in what we send */
};

/* One direction of MPPE. The start key is that of RFC 3079 (GetAsymmetricStartKey). */
struct net_mppe {
	unsigned int bits;		/* 40, 56 or 128 */
	bool stateless;
	uint8_t key[NET_MPPE_KEY];
};

/* A change of a session's encryption. */
struct net_keys {
	struct net_mppe rx;		/* to be set if @set_rx; 0 bits take the key away */
	struct net_mppe tx;		/* likewise */
	bool set_rx;
	bool set_tx;
	bool required;			/* nothing passes in clear */
};

/* The inner IPv4 addresses, and how packets between them travel. */
struct net_ip4 {
	struct ip_addr local;
	struct ip_addr remote;
	unsigned int mtu;		/* of the link, octets */
	bool acfc;			/* the peer takes frames without address and control, */
	bool pfc;			/* and with a protocol field of one octet */
};

/*
 * The link that sessions are to be attached to. @mode to @mss_clamp are the owner's to fill, and
 * it must stay until the last session on it is closed.
 */
enum net_link_mode {
	NET_LINK_SESSION,		/* an interface for each session */
	NET_LINK_SHARED,		/* one interface for all, routes name the sessions */
};

struct net_link {
	enum net_link_mode mode;
	char name[IFNAMSIZ];		/* of the interface; %d stands for a free number */
	int vrf;			/* VRF device that interfaces are to belong to; 0: none */
	bool mss_clamp;			/* make TCP's segments fit */

	int ifindex;			/* of the shared interface; 0: none */
	int sock;			/* the backend's: the interface goes when it is closed */
	char reason[192];		/* what failed, in words */
};

struct net_stats {
	uint64_t rx_bytes;
	uint64_t tx_bytes;
	uint64_t rx_packets;
	uint64_t tx_packets;
	uint64_t idle_s;		/* since the last user packet in either direction */
};

struct net_session {
	/* to be read by the owner */
	struct net_session_addr addr;
	int fd;				/* poll it for reading, then net_session_receive() */
	int ifindex;			/* 0: no interface (yet) */
	char ifname[IFNAMSIZ];

	/* the backend's */
	const struct net_backend *backend;
	const struct net_link *link;
	bool mppe_required;
	bool flows;			/* traffic may pass */
	bool keys_wait;			/* until it is to: nothing is encrypted before */
	struct net_keys keys;		/* that wait */
	struct net_ip4 ip;		/* what up() was told last */
};

/* Decryption of the session @name (its local address and call ID) lost step, see net_events(). */
typedef void (*net_lost_fn)(void *ctx, const struct net_session_addr *name);

/* The counters of the session @name (its local address and call ID). */
typedef void (*net_stats_fn)(void *ctx, const struct net_session_addr *name,
			     const struct net_stats *stats);

/*
 * What makes sessions. The functions do what the ones of the like name below promise; a backend is
 * embedded in a structure of its maker's that holds what its sessions share.
 */
struct net_backend {
	const char *name;
	int (*link_open)(const struct net_backend *b, struct net_link *link);
	void (*link_close)(const struct net_backend *b, struct net_link *link);
	int (*link_address)(const struct net_backend *b, struct net_link *link,
			    struct ip_addr local, bool there);
	int (*link_mss_clamp)(const struct net_backend *b, struct net_link *link, bool on);
	int (*reserve)(struct net_session *s);
	int (*open)(struct net_session *s);
	int (*send)(struct net_session *s, struct iovec *frames, unsigned int n);
	int (*receive)(struct net_session *s, struct iovec *frames, unsigned int n);
	int (*mppe)(struct net_session *s, const struct net_mppe *rx, const struct net_mppe *tx);
	int (*mppe_state)(struct net_session *s, bool up);
	int (*up)(struct net_session *s, const struct net_ip4 *ip);
	int (*pause)(struct net_session *s);
	int (*stats)(struct net_session *s, struct net_stats *stats);
	int (*all_stats)(const struct net_backend *b, net_stats_fn fn, void *ctx);
	void (*close)(struct net_session *s);
	int (*path_mtu)(const struct net_backend *b, int sock, unsigned int *mtu);
	int (*events_fd)(const struct net_backend *b);	/* NULL: it tells nothing */
	void (*events)(const struct net_backend *b, net_lost_fn lost, void *ctx);
};

/* What a session could not do, in words; valid until the thread's next call of one of these. */
const char *net_reason(void);

/* For backends: that is @what, because of @why. Returns @err. */
int net_failed(int err, const char *what, const char *why);

/* Make the interface of a shared link, up. Others need nothing. */
int net_link_open(const struct net_backend *b, struct net_link *link);

/* Remove it; all of its sessions must be closed. Harmless on one that is not open. */
void net_link_close(const struct net_backend *b, struct net_link *link);

/*
 * Give the interface of a shared link an address, beside those that it has: our end of sessions. Or
 * take it away, which no session on the link may have any more. Others need nothing.
 */
int net_link_add_address(const struct net_backend *b, struct net_link *link, struct ip_addr local);
void net_link_del_address(const struct net_backend *b, struct net_link *link,
			  struct ip_addr local);

/*
 * Change @link->mss_clamp. On a shared link that counts at once, for all of its sessions; on others
 * for interfaces that are made from now on.
 */
int net_link_set_mss_clamp(const struct net_backend *b, struct net_link *link, bool on);

/*
 * Reserve a call ID of ours, s->addr.call_id, for a peer that has yet to say what its own is. @s is
 * zeroed before. net_session_open() with this call ID goes on from there.
 */
int net_session_reserve(struct net_session *s, const struct net_backend *b, struct ip_addr local);

/*
 * Make the session, zeroed before or reserved, to be attached to @link. @addr->call_id 0 lets the
 * kernel choose; s->addr.call_id is the one in use.
 * With @mppe_required no user traffic passes unencrypted, whatever is called later; without, none
 * does while CCP is up.
 */
int net_session_open(struct net_session *s, const struct net_backend *b,
		     const struct net_link *link, const struct net_session_addr *addr,
		     bool mppe_required);

/* Send @n frames. A frame that the kernel has no room for is lost, as on any wire: 0. */
int net_session_send(struct net_session *s, struct iovec *frames, unsigned int n);

/*
 * Take frames: as many as there are, and @n at most, each to its place in @frames, whose length
 * becomes the frame's. Return: how many, 0 when there is none now, -ENOTCONN when the kernel's
 * session is gone, or another negative errno.
 */
int net_session_receive(struct net_session *s, struct iovec *frames, unsigned int n);

/*
 * Set keys of one or both directions (NULL: unchanged). To be called before the CCP frame that
 * agrees to them is sent: @tx before our Configure-Ack, @rx before our Configure-Request.
 */
int net_session_mppe(struct net_session *s, const struct net_mppe *rx, const struct net_mppe *tx);

/*
 * CCP opened with MPPE in it; or went down, and the keys are forgotten: then no user traffic
 * passes if MPPE is required.
 */
int net_session_mppe_state(struct net_session *s, bool up);

/*
 * Let IPv4 flow: addresses, route to the peer, MTU, link up. What is there already, since the session
 * was only paused, stays if the addresses are the same, and is made anew otherwise.
 */
int net_session_up(struct net_session *s, const struct net_ip4 *ip);

/*
 * Let no user traffic pass until net_session_up(). Link, addresses and routes stay: a peer may cause
 * this as often as it likes, and most often it is up again in a moment with the same addresses.
 */
int net_session_pause(struct net_session *s);

int net_session_stats(struct net_session *s, struct net_stats *stats);

/* The counters of all sessions at once, also of those of other programs. */
int net_all_stats(const struct net_backend *b, net_stats_fn fn, void *ctx);

/*
 * Remove the session from the kernel. Its own link goes by itself soon after, without being waited
 * for, unless its name is a fixed one that the next session may want. Harmless on a closed one.
 */
void net_session_close(struct net_session *s);

/* A descriptor to be polled for reading, upon which net_events() is to be called; -1: none. */
int net_events_fd(const struct net_backend *b);

/*
 * Take what the kernel has to tell, or a part of it, and then the descriptor stays readable. @lost is
 * called for each session whose peer must be asked to
 * start its encryption again (a CCP Reset-Request, stateful MPPE only).
 */
void net_events(const struct net_backend *b, net_lost_fn lost, void *ctx);

/* The MTU, in octets, of the outer path: that of @sock, an IPv4 socket connected to the peer. */
int net_path_mtu(const struct net_backend *b, int sock, unsigned int *mtu);

#endif
