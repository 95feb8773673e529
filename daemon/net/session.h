/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The session as the kernel knows it: one PPTP call, owned by one PPTP socket.
 *
 * Life of a session: net_session_open() tells the kernel about the session. From then on the kernel
 * accepts its GRE packets, so this must happen before the Outgoing-Call-Reply is sent.
 * net_session_send() and net_session_receive() pass frames. net_session_prepare() makes the link of
 * the session, net_session_mppe() and net_session_up() let user traffic flow. net_session_close()
 * removes everything that the other functions made. If the daemon dies, the kernel does that.
 *
 * Frames are PPP frames without the address and control fields: two octets of protocol, big-endian,
 * then the rest. User traffic never comes here; only control frames do.
 *
 * A backend implements these functions. The owner embeds the struct net_session, which must not
 * move while the session is open. Functions of sessions do not wait for the kernel's rtnl lock,
 * which others may hold for long: a thread (worker.h) makes and removes interfaces and routes.
 *
 * Functions return 0 or a negative errno unless they say otherwise. After an error of a session
 * function net_reason() describes the error in words, but not after net_session_stats(),
 * net_all_stats(), or -ENOTCONN from net_session_receive(). After an error of a link function
 * link->reason does.
 */
#ifndef CULVERT_NET_SESSION_H
#define CULVERT_NET_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <net/if.h>
#include <sys/uio.h>

#include "util/ip.h"
#include "util/outer.h"
#include "util/place.h"

#define NET_MPPE_KEY	16	/* octets of a start key */
#define NET_FRAMES	8	/* frames that one call sends or receives at most */
#define NET_COUNTERS	64	/* more than the kernel has of a session */

struct namespace;
struct net_backend;
struct net_session;
struct session_link;
struct worker_job;
struct rtnl;

/* The two ends of a session. Call IDs are in host byte order. */
struct net_session_addr {
	struct ip_addr local;		/* our outer address */
	struct ip_addr remote;		/* the peer's outer address */
	uint16_t call_id;		/* ours, which the peer sends; 0: the kernel chooses it */
	uint16_t peer_call_id;		/* the peer's, which we send */
};

/* One direction of MPPE. @key is the start key of RFC 3079 section 3 (GetAsymmetricStartKey). */
struct net_mppe {
	unsigned int bits;		/* 40, 56 or 128; 0: no key */
	bool stateless;
	uint8_t key[NET_MPPE_KEY];
};

/* A change of a session's encryption. */
struct net_keys {
	struct net_mppe rx;		/* the new key if @set_rx; 0 bits remove the key */
	struct net_mppe tx;		/* the new key if @set_tx; 0 bits remove the key */
	bool set_rx;
	bool set_tx;
	bool required;			/* no user traffic passes unencrypted */
};

/* The inner IPv4 addresses, and how packets travel between them. */
struct net_ip4 {
	struct ip_addr local;
	struct ip_addr remote;
	unsigned int mtu;		/* of the session's own interface, octets */
	bool acfc;			/* the peer accepts frames without address and control */
	bool pfc;			/* the peer accepts a protocol field of one octet */
	uint16_t window;		/* packets: the peer's receive window, which is kept to
					 * (RFC 2637 section 4.2); 0: it is not */
};

enum net_link_mode {
	NET_LINK_SESSION,		/* an interface for each session */
	NET_LINK_SHARED,		/* one interface for all; routes name the session */
};

/*
 * The link that sessions are attached to. The owner fills in @mode to @mss_clamp. The struct must
 * exist until the last session on the link is closed.
 */
struct net_link {
	enum net_link_mode mode;
	char name[IFNAMSIZ];		/* of the interface; a %d at its end: a free number */
	char vrf[IFNAMSIZ];		/* VRF of interfaces; "": none */
	bool mss_clamp;			/* clamp the MSS of TCP to the MTU */

	int ifindex;			/* of the shared interface; 0: none */
	uint32_t table;			/* of its routes; 0: the main table */
	int sock;			/* private to the backend; owns the shared interface */
	char reason[192];		/* describes the last error in words */
};

/* The session's own interface, where sessions of a link are told apart. */
struct net_interface {
	char name[IFNAMSIZ];		/* a %d at its end: a free number; "": as the link says */
	bool numbered;			/* a number is added in any case (util/ifname.h) */
	char vrf[IFNAMSIZ];		/* instead of that of the link; "": none */
	const char *netns;		/* memory of the owner; NULL or "": the daemon's own */
};

/*
 * What user traffic keeps to, and how the host tells it from others' (uapi/linux/pptp.h,
 * PPTP_A_SHAPE_*). Rates are of IP packets inside, bits per second, 0: no limit; bursts are octets,
 * 0: what the kernel finds fit for the rate.
 */
struct net_shape {
	uint64_t rx_rate;		/* from the peer */
	uint64_t tx_rate;		/* to the peer */
	uint32_t rx_burst;
	uint32_t tx_burst;
	uint32_t mark;			/* of user packets, both ways; 0: none */
	uint32_t priority;		/* likewise */
};

/*
 * Counters of a session: PPP frames, control frames too; bytes are octets from the protocol field
 * on.
 */
struct net_stats {
	uint64_t rx_bytes;
	uint64_t tx_bytes;
	uint64_t rx_packets;
	uint64_t tx_packets;
	uint64_t rx_dropped;		/* packets, for whatever cause */
	uint64_t tx_dropped;
	uint64_t idle_s;		/* since the last user packet in either direction */
};

/* What the module counts of packets that it drops. */
#define NET_DROPS	32

struct net_drop {
	bool sent;			/* to a peer; else received from one */
	const char *reason;		/* in a word, such as "no-session" */
};

extern const struct net_drop net_drops[NET_DROPS];

/*
 * What the kernel counts of all sessions that there are and were in the daemon's own network
 * namespace, those of other programs too, and in each other one since we have had a session in it.
 * Only @sessions goes back.
 */
struct net_totals {
	uint64_t sessions;		/* that there are */
	uint64_t drops[NET_DROPS];	/* of packets with a session, and without */
	bool has_traffic;		/* false: the kernel module is too old to tell */
	uint64_t rx_packets;		/* PPP frames from peers, and their octets */
	uint64_t rx_bytes;
	uint64_t tx_packets;		/* PPP frames to peers */
	uint64_t tx_bytes;
};

/*
 * The end of what net_session_prepare() began. After an error (a negative errno) net_reason()
 * describes the error, and nothing that was made is left.
 */
typedef void (*net_prepared_fn)(struct net_session *s, int err);

struct net_session {
	/* for the owner to read */
	struct net_session_addr addr;
	int fd;				/* readable: call net_session_receive() */
	int ifindex;			/* 0: no interface (yet) */
	char ifname[IFNAMSIZ];
	char vrf[IFNAMSIZ];		/* valid with @ifindex, as is @table */
	uint32_t table;			/* of routes through the interface; 0: the main table */

	/* private to the backend */
	const struct net_backend *backend;
	const struct net_link *link;
	struct outer outer;
	struct namespace *ns;		/* where its socket is; NULL: the daemon's own */
	struct net_shape shape;		/* as the kernel has it */
	struct net_interface wanted;	/* for the next prepare() that makes one */
	bool mppe_required;
	bool mppe_up;			/* as net_session_mppe_state() said last */
	bool attached;			/* to its link */
	bool flows;			/* user traffic may pass */
	bool keys_wait;			/* @keys is to be set when user traffic may pass */
	struct net_keys keys;		/* not yet told to the kernel */
	struct session_link *place;	/* what the host has for it; NULL: nothing */
	net_prepared_fn prepared;	/* argument of the last prepare() */
};

/*
 * Tells that the decryption of a session has lost step, see net_events(). The session is in the
 * network namespace @netns, as in outer.from; only the local address and the local call ID of @name
 * are set.
 */
typedef void (*net_lost_fn)(void *ctx, const char *netns, const struct net_session_addr *name);

/* Tells the counters of a session, which is named in the same way. */
typedef void (*net_stats_fn)(void *ctx, const char *netns, const struct net_session_addr *name,
			     const struct net_stats *stats);

/*
 * A backend: it implements the functions of similar names below, with the same contracts. The
 * implementation embeds this in a struct of its own, which holds what its sessions share.
 */
struct net_backend {
	const char *name;
	int (*link_open)(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link);
	void (*link_close)(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link);
	int (*link_address)(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link,
			    struct ip_addr local, bool there);
	int (*link_mss_clamp)(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link,
			      bool on);
	int (*reserve)(struct net_session *s);
	int (*open)(struct net_session *s);
	int (*send)(struct net_session *s, struct iovec *frames, unsigned int n);
	int (*receive)(struct net_session *s, struct iovec *frames, unsigned int n);
	int (*mppe)(struct net_session *s, const struct net_mppe *rx, const struct net_mppe *tx);
	int (*mppe_state)(struct net_session *s, bool up);
	int (*prepare)(struct net_session *s, const struct net_ip4 *ip);
	int (*up)(struct net_session *s, const struct net_ip4 *ip);
	int (*pause)(struct net_session *s);
	int (*icmp)(struct net_session *s);	/* NULL: nothing is known */
	int (*shape)(struct net_session *s, const struct net_shape *shape);
	int (*stats)(struct net_session *s, struct net_stats *stats, uint64_t *counters);
	int (*survey)(const struct net_backend *b, net_stats_fn fn, void *ctx);	/* may be NULL */
	int (*totals)(const struct net_backend *b, struct net_totals *totals);	/* may be NULL */
	void (*close)(struct net_session *s);
	int (*path_mtu)(const struct net_backend *b, int sock, unsigned int *mtu);
	int (*events_fd)(const struct net_backend *b);	/* NULL: there are no events */
	void (*events)(const struct net_backend *b, net_lost_fn lost, void *ctx);
	int (*work_fd)(const struct net_backend *b);	/* NULL: nothing is done later */
	void (*work_done)(const struct net_backend *b);
	void (*work)(const struct net_backend *b, struct worker_job *job);
	void (*work_now)(const struct net_backend *b, struct worker_job *job);
};

/*
 * Returns the description of the last error of a session function in this thread. It stays valid
 * until the next error of a session function in this thread.
 */
const char *net_reason(void);

/* For backends: set net_reason() to "@what: @why". Returns @err. */
int net_failed(int err, const char *what, const char *why);

/*
 * --- links ---
 *
 * The functions of links wait for the kernel's rtnl lock. They are for jobs of net_work(), which
 * pass their @rtnl on.
 */

/*
 * Create the interface of a shared link and bring it up; link->name is the name of the interface
 * afterwards. For NET_LINK_SESSION this creates no interface.
 */
int net_link_open(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link);

/*
 * Remove the interface of a shared link. All sessions on the link must be closed. Does nothing if
 * the link has no interface.
 */
void net_link_close(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link);

/*
 * Add an inner local address to the interface of a shared link, or remove it. An address that is
 * removed must not be the local address of a session on the link. Both do nothing if the link has
 * no interface.
 */
int net_link_add_address(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link,
			 struct ip_addr local);
void net_link_del_address(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link,
			  struct ip_addr local);

/*
 * Change link->mss_clamp. On a shared link this takes effect at once, for all sessions on the link;
 * otherwise it takes effect for interfaces that are created later. After an error it is unchanged.
 */
int net_link_set_mss_clamp(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link,
			   bool on);

/* --- sessions --- */

/*
 * Reserve a local call ID, while the peer's call ID is not known yet. @s must be zeroed. The
 * reserved call ID is s->addr.call_id. net_session_open() must then be called with the same local
 * address and call ID. After an error @s is closed.
 */
int net_session_reserve(struct net_session *s, const struct net_backend *b, struct ip_addr local);

/*
 * Open the session @s, which must be zeroed or reserved. net_session_up() will attach it to @link.
 * Packets to the peer have the IP header @outer, which is copied; where it is as OUTER_DEFAULT, an
 * administrator may set another value for the link. If addr->call_id is 0 the kernel chooses the
 * local call ID; s->addr.call_id is the chosen call ID afterwards. If @mppe_required, no user
 * traffic ever passes unencrypted, whatever is called later; otherwise no user traffic passes
 * unencrypted while CCP is up. After an error @s is closed.
 */
int net_session_open(struct net_session *s, const struct net_backend *b,
		     const struct net_link *link, const struct outer *outer,
		     const struct net_session_addr *addr, bool mppe_required);

/*
 * Send @n frames, at most NET_FRAMES. A frame that the kernel has no room for is lost, as on any
 * wire: that is not an error.
 */
int net_session_send(struct net_session *s, struct iovec *frames, unsigned int n);

/*
 * Receive the frames that wait, at most @n, which is at most NET_FRAMES. Each entry of @frames is a
 * buffer and its size. The first entries then hold the frames, with the length of the frame; the
 * order of the buffers may have changed. A frame that is longer than its buffer is dropped. Returns
 * the number of frames, which is 0 if no frame waits or all that waited were dropped. Returns
 * -ENOTCONN if the session is gone in the kernel, or another negative errno.
 */
int net_session_receive(struct net_session *s, struct iovec *frames, unsigned int n);

/*
 * Set the key of one or both directions; NULL leaves a direction unchanged. Must be called before
 * the CCP frame that agrees to the key is sent: with @tx before our Configure-Ack, with @rx before
 * our Configure-Request. What net_session_mppe_state() said of unencrypted traffic stays true.
 */
int net_session_mppe(struct net_session *s, const struct net_mppe *rx, const struct net_mppe *tx);

/*
 * Change @mppe_required of net_session_open(), as long as no user traffic passes: it may be known
 * only when the user is.
 */
int net_session_require_mppe(struct net_session *s, bool required);

/*
 * Tell whether CCP is up with MPPE. If @up, no user traffic passes unencrypted from now on. If not
 * @up, the keys are removed; no user traffic passes then if the session was opened with
 * @mppe_required.
 */
int net_session_mppe_state(struct net_session *s, bool up);

/*
 * Say what the session's own interface is to be, from the next one on that net_session_prepare()
 * makes. If its name is taken, a number is added. Without effect if the link is shared.
 */
void net_session_want(struct net_session *s, const struct net_interface *wanted);

/*
 * Make what the host needs to carry IPv4 traffic between the addresses in @ip. On a link of
 * NET_LINK_SESSION this is the session's interface with its addresses and MTU; on a shared link it
 * is the route to the peer. What was made for other addresses is removed, and traffic stops.
 * Returns 0 if everything is there. Returns -EINPROGRESS if it will be: @prepared is called later,
 * by net_work_done(), unless the session is closed or other addresses are prepared before. Returns
 * another errno if it cannot be made.
 */
int net_session_prepare(struct net_session *s, const struct net_ip4 *ip, net_prepared_fn prepared);

/*
 * Let IPv4 traffic flow, over what net_session_prepare() has made for the addresses in @ip.
 * Attaches the session to its link if it is not attached. The MTU of the session's own interface
 * becomes that of @ip soon after. After an error nothing that was prepared is left.
 */
int net_session_up(struct net_session *s, const struct net_ip4 *ip);

/*
 * Let no user traffic pass until net_session_up(). The interface, the addresses and the routes
 * stay, because a peer can cause a pause as often as it likes, and the session is usually up again
 * in a moment with the same addresses.
 */
int net_session_pause(struct net_session *s);

/*
 * Let user traffic keep to @shape from now on. Asks the kernel for nothing if it does already.
 */
int net_session_shape(struct net_session *s, const struct net_shape *shape);

/*
 * Returns what ICMP has said last of packets that the session sent, as an errno, such as
 * EHOSTUNREACH; 0 if it said nothing since the last call. Anybody on the path can say so: it is
 * evidence for people, and no reason to end anything.
 */
int net_session_icmp(struct net_session *s);

/*
 * Read the counters of the session; and all that the kernel counts of it, by its number
 * PPTP_A_STATS_*, unless @counters is NULL, which else has NET_COUNTERS. They are 0 after an error.
 * net_reason() does not describe an error.
 */
int net_session_stats(struct net_session *s, struct net_stats *stats, uint64_t *counters);

/*
 * Read the counters of some more sessions in all network namespaces that we have some in, those of
 * other programs too, and call @fn for each session; the first call, and one after the end, begins
 * with the first ones. The time of a call does not grow with the number of sessions. Returns 1 if
 * there are more, 0 at the end, and a negative errno if they cannot be read, which ends it, too.
 */
int net_survey(const struct net_backend *b, net_stats_fn fn, void *ctx);

/* Add to @sum by how much @now is more than @before. */
void net_totals_add(struct net_totals *sum, const struct net_totals *now,
		    const struct net_totals *before);

/*
 * Read what the kernel counts of all sessions together; the time does not grow with their number.
 * Returns -EOPNOTSUPP if it counts nothing.
 */
int net_read_totals(const struct net_backend *b, struct net_totals *totals);

/*
 * Remove the session from the kernel and erase its keys. The interface or the route is removed soon
 * after, and before anything is made for another session that could need the name or the address.
 * Does nothing if @s is closed.
 */
void net_session_close(struct net_session *s);

/*
 * Returns a descriptor: when it is readable net_events() must be called. Returns -1 if the backend
 * has no events; net_events() must not be called then.
 */
int net_events_fd(const struct net_backend *b);

/*
 * Read events of the kernel. The number of events for one call is bounded: if more wait, the
 * descriptor stays readable. Calls @lost for each session whose decryption has lost step, which
 * happens with stateful MPPE only. The peer of that session must be sent a CCP Reset-Request.
 */
void net_events(const struct net_backend *b, net_lost_fn lost, void *ctx);

/*
 * Returns a descriptor: when it is readable net_work_done() must be called, which tells the end of
 * what was begun before. Returns -1 if the backend begins nothing that it does not end at once;
 * net_work_done() must not be called then.
 */
int net_work_fd(const struct net_backend *b);
void net_work_done(const struct net_backend *b);

/*
 * Let the thread that makes and removes interfaces and routes do @job, after everything that was
 * begun before; see worker.h. job->done is called by net_work_done().
 */
void net_work(const struct net_backend *b, struct worker_job *job);

/*
 * Do @job, and call job->done, before this returns. Waits for the kernel: only while the daemon
 * starts, when nobody is served yet and no job is with the thread.
 */
void net_work_now(const struct net_backend *b, struct worker_job *job);

/*
 * Get the MTU of the outer path, in octets. @sock is an IPv4 socket that is connected to the peer.
 */
int net_path_mtu(const struct net_backend *b, int sock, unsigned int *mtu);

#endif
