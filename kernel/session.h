/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions: lifetime, names and lookup.
 *
 * A session is one PPTP call.  It is part of its PX_PROTO_PPTP socket, in the same allocation, so
 * session and socket live equally long.  A session passes through these states, never backwards:
 *
 *	NEW		after socket(): the session has no name yet.
 *	BOUND		after bind(): the session has a local address and a call ID, and
 *			pptp_session_lookup() finds it.
 *	CONNECTED	after connect(): the session has a peer and carries traffic.
 *	DEAD		after release(), or deleted by netlink: the session has no name and passes
 *			no more packets.
 *
 * References and RCU:
 *  - Lookups run under rcu_read_lock() and return a session without a reference; the caller may
 *    use the session until rcu_read_unlock().  A session leaves the tables when it dies.  Its
 *    socket is freed later, after a grace period (SOCK_RCU_FREE).
 *  - Code that needs a session for longer takes a reference on its socket with
 *    pptp_session_hold(), inside the same RCU read side.  The reference keeps the memory, not the
 *    call: check the state.
 *  - State changes happen in process context under the socket lock.  The packet paths take
 *    neither the socket lock nor a reference.
 *  - A packet path that found a session earlier may still use the session after it became DEAD.
 *    What packet paths use (counters, window, route) is freed only with the socket.  What packet
 *    paths could start again (timers, queues) is stopped for good by pptp_session_close().
 *
 * Names: a call ID is unique for its local address in its namespace.  Each local address has one
 * xarray from call ID to session.  A lookup is a walk of three levels, and the marks of the same
 * tree lead to a free call ID, so neither gets slower as the 65535 call IDs are taken.  The search
 * for a free call ID starts at a random number: a call ID is not reused soon, so that stray packets
 * of its last call do not reach the next call, and call IDs cannot be guessed by counting.
 */
#ifndef _CULVERT_SESSION_H
#define _CULVERT_SESSION_H

#include <linux/hrtimer.h>
#include <linux/if_pppox.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/pptp.h>
#include <linux/random.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <net/sock.h>

#include "encrypt.h"
#include "order.h"
#include "outer.h"
#include "rate.h"
#include "stats.h"
#include "window.h"

struct pptp_mppe;
struct pptp_link;
struct pptp_local;
struct pptp_sliding;

struct pptp_session;

/**
 * struct pptp_source6 - route by the link to the last IPv6 source of a session that had one
 * @addr: the address; only for the CPU that has the turn of struct pptp_session.up
 * @cookie: for dst_check(); likewise
 * @dst: the route with a reference, or NULL
 */
struct pptp_source6 {
	struct in6_addr addr;
	u32 cookie;
	struct dst_entry __rcu *dst;
};

/**
 * struct pptp_session_ops - calls from sessions, ciphers and windows up to the packet paths
 * @rx_timer: function of struct pptp_session.rx_timer
 * @rx_resume: received frames have been decrypted; called on the RCU read side, bottom halves off,
 *	no locks held; the session may have died meanwhile
 * @tx_timer: function of struct pptp_session.ack_timer
 * @tx_send: send numbered, encrypted frames, or drop them if the session has died or there is no
 *	route; empties the list; called on the RCU read side, bottom halves off, no locks held
 * @tx_room: the sliding window has room again; called on the RCU read side, bottom halves off, no
 *	locks held
 * @idle: no data has passed for the idle timeout; called in softirq
 *
 * Sessions, ciphers and windows are layers below the packet paths, and call them only by this
 * table.
 */
struct pptp_session_ops {
	enum hrtimer_restart (*rx_timer)(struct hrtimer *timer);
	void (*rx_resume)(struct pptp_session *s);
	void (*tx_timer)(struct timer_list *timer);
	void (*tx_send)(struct pptp_session *s, struct sk_buff_head *frames);
	void (*tx_room)(struct pptp_session *s);
	void (*idle)(struct pptp_session *s);
};

enum pptp_state {
	PPTP_STATE_NEW,
	PPTP_STATE_BOUND,
	PPTP_STATE_CONNECTED,
	PPTP_STATE_DEAD,
};

/**
 * struct pptp_peer_key - names the peer of a connected session; unique in a namespace
 * @dev: index of the device that the socket was bound to at connect(), 0 for any.  In two VRFs the
 *	same addresses are of two peers.
 * @raddr: outer address of the peer
 * @laddr: our outer address
 * @peer_call_id: call ID of the peer
 * @pad: zero
 */
struct pptp_peer_key {
	int dev;
	__be32 raddr;
	__be32 laddr;
	u16 peer_call_id;
	u16 pad;
};

/**
 * struct pptp_session - one call
 *
 * @ops: calls to the packet paths; constant
 *
 * Names.  Constant from the state that sets them on.
 * @state: enum pptp_state; written under the socket lock, read anywhere
 * @call_id: our call ID; from BOUND on
 * @laddr: our outer address; from BOUND on
 * @key: the peer; from CONNECTED on
 * @peer_node: node in struct pptp_net.peers, while CONNECTED
 * @local: the local address that @call_id belongs to, while BOUND or CONNECTED
 * @connected_at: jiffies_64 at connect()
 * @hash: hash of the flow that all packets to the peer are; from CONNECTED on
 *
 * Upper half.  Fields about the link are written under pptp_link_lock, the other fields under the
 * socket lock; the packet paths read with READ_ONCE() or under RCU.
 * @upper: enum pptp_upper
 * @frame: bits of enum pptp_frame for frames that we send
 * @protocols: bits of enum pptp_protocol that may pass
 * @ppp_flags: SC_* flags of PPPIOCSFLAGS, returned by PPPIOCGFLAGS
 * @link: the link, while @upper is PPTP_UPPER_LINK, else NULL
 * @link_node: node in struct pptp_link.sessions
 * @own: values of the outer IP header that the session has of its own
 * @own_given: bits of enum pptp_outer_bit of the values that are in @own
 * @outer: values of the outer IP header in effect; the packet paths read each with READ_ONCE()
 * @owned: link that is removed when the session dies, or NULL; under pptp_link_lock
 * @hop4_node: node in struct pptp_link.hops4, if the link is shared and @hop4 is set
 * @hop6_node: node in struct pptp_link.hops6, if the link is shared and @hop6 is set
 * @hop4: inner IPv4 address of the peer, 0 if there is none
 * @hop6: inner IPv6 address of the peer, all zero if there is none
 * @source6: for the check of source addresses; empty while there is no link
 *
 * Receiving.
 * @rx_lock: serialises the window and the way of frames from it to the upper half, so that the
 *	upper half gets frames in order; bottom halves off
 * @up: frames on their way up a link, in order; under @rx_lock
 * @rx_timer: gives up missing frames that the window waits for, and passes on the frames left in
 *	@up and @out
 * @receive_window: packets, as announced to the peer
 * @rx_mppe: decryption, NULL while there is no key; under @rx_lock
 * @resync_told: jiffies when the control plane was last told that @rx_mppe is out of step; under
 *	@rx_lock
 * @decrypting: number of frames that wait for the cipher; together they hold one reference
 *
 * Sending.
 * @tx_lock: serialises sequence numbers and encryption; bottom halves off
 * @tx_mppe: encryption, NULL while there is no key; under @tx_lock, or with READ_ONCE() only to see
 *	whether there is a key
 * @out: numbered frames on their way out; under @tx_lock
 * @line: batches on their way out
 * @sliding: queue of the sliding window, NULL while the window is off; written under the socket
 *	lock and @tx_lock
 * @ack_timer: sends the acknowledgment that no frame has taken along, and the frames left in @out
 * @tx_cpu: CPU, counted from 1, whose transmit queue (XPS) packets to the peer take; 0 before the
 *	first; written under @tx_lock
 *
 * Both.
 * @mppe_required: data that is not encrypted is dropped; READ_ONCE()
 * @window: sequence numbers and acknowledgments; locks as in window.h
 * @idle_timer: watches @active; runs while @idle_timeout is not 0
 * @idle_timeout: seconds, 0 for never
 * @active: jiffies when the last data frame passed
 * @rates: what user traffic keeps to, NULL without limits; written under the socket lock
 * @mark: mark of user packets in both directions, 0 to leave it; READ_ONCE()
 * @priority: likewise, their priority
 * @traffic: packets and octets
 * @totals: of the namespace: what is counted of the session is counted there, too; constant
 * @counts: events and drops
 */
struct pptp_session {
	u8 state;
	u8 upper;
	u8 frame;
	u8 protocols;
	u16 call_id;
	u16 receive_window;
	bool mppe_required;
	__be32 laddr;
	const struct pptp_session_ops *ops;
	struct pptp_peer_key key;
	struct pptp_link __rcu *link;
	struct pptp_traffic __percpu *traffic;
	struct pptp_totals __percpu *totals;
	struct pptp_rates __rcu *rates;
	u32 active;
	u32 mark;
	u32 priority;

	spinlock_t rx_lock;	/* window, and order of frames up to the upper half */
	spinlock_t tx_lock;	/* sequence numbers and encryption */
	struct pptp_order up;
	struct pptp_mppe *rx_mppe;
	struct pptp_mppe *tx_mppe;
	atomic_t decrypting;
	struct pptp_order out;
	struct pptp_sliding *sliding;
	struct pptp_line line;
	struct pptp_window window;
	struct hrtimer rx_timer;
	struct timer_list ack_timer;
	u32 hash;
	u16 tx_cpu;
	struct pptp_outer outer;

	struct timer_list idle_timer;
	u32 idle_timeout;
	int ppp_flags;
	u64 connected_at;
	unsigned long resync_told;
	struct rhash_head peer_node;
	struct pptp_local *local;
	struct list_head link_node;
	struct pptp_link *owned;
	struct pptp_outer own;
	u8 own_given;
	struct rhash_head hop4_node;
	struct rhash_head hop6_node;
	__be32 hop4;
	struct in6_addr hop6;
	struct pptp_source6 source6;

	struct pptp_counts counts;
};

/**
 * struct pptp_sock - the socket and its session
 * @po: for pppox; first, because a struct sock is cast to it
 * @session: the session
 */
struct pptp_sock {
	struct pppox_sock po;
	struct pptp_session session;
};

static inline struct pptp_session *pptp_session_of(struct sock *sk)
{
	return &container_of(pppox_sk(sk), struct pptp_sock, po)->session;
}

static inline struct pppox_sock *pptp_session_po(struct pptp_session *s)
{
	return &container_of(s, struct pptp_sock, session)->po;
}

static inline struct sock *pptp_session_sk(struct pptp_session *s)
{
	return &pptp_session_po(s)->sk;
}

static inline struct net *pptp_session_net(struct pptp_session *s)
{
	return sock_net(pptp_session_sk(s));
}

static inline bool pptp_session_connected(const struct pptp_session *s)
{
	/* Pairs with the release in pptp_session_connect(): CONNECTED is seen with the peer. */
	return smp_load_acquire(&s->state) == PPTP_STATE_CONNECTED;
}

/**
 * pptp_session_hold() - keep the memory of a session beyond the RCU read side
 * @s: session, found on the RCU read side that the caller is still in
 *
 * Return: true with a reference, which the caller drops with pptp_session_put(); false if the
 * session is being freed.
 */
static inline bool pptp_session_hold(struct pptp_session *s)
{
	return refcount_inc_not_zero(&pptp_session_sk(s)->sk_refcnt);
}

static inline void pptp_session_put(struct pptp_session *s)
{
	sock_put(pptp_session_sk(s));
}

/*
 * Returns true if a user packet of @len octets keeps to the rate of its direction, and has been
 * paid for.  RCU read side.
 */
static inline bool pptp_session_may_pass(struct pptp_session *s, enum pptp_direction to,
					 unsigned int len)
{
	struct pptp_rates *rates = rcu_dereference(s->rates);

	return likely(!rates) ||
	       pptp_rate_passes(rates, to, len, ktime_get_ns(), get_random_u32());
}

/* Count @n times what happens to the session.  Any context. */
static inline void pptp_session_count(struct pptp_session *s, enum pptp_count which, long n)
{
	atomic_long_add(n, &s->counts.n[which]);
	this_cpu_add(s->totals->n[which], n);
}

/* Count one frame of @len octets.  Bottom halves off. */
static inline void pptp_session_count_rx(struct pptp_session *s, unsigned int len)
{
	pptp_traffic_rx(s->traffic, len);
	pptp_traffic_rx(&s->totals->traffic, len);
}

static inline void pptp_session_count_tx(struct pptp_session *s, unsigned int len)
{
	pptp_traffic_tx(s->traffic, len);
	pptp_traffic_tx(&s->totals->traffic, len);
}

/* Receive window of a session until its user sets another, in packets. */
#define PPTP_WINDOW_DEFAULT	64

/* Record that a data frame passed now. */
static inline void pptp_session_touch(struct pptp_session *s)
{
	u32 now = jiffies;

	if (READ_ONCE(s->active) != now)
		WRITE_ONCE(s->active, now);
}

/**
 * pptp_session_idle_left() - how long a session may still be idle
 * @now: jiffies
 * @active: jiffies when a data frame passed last
 * @timeout: idle timeout, in jiffies
 *
 * These are 32 bits of jiffies on all machines, and differences without sign: an idle timeout of a
 * month has more than 2^31 jiffies.
 *
 * Return: jiffies until the idle timeout is over, 0 if it is.
 */
static inline u32 pptp_session_idle_left(u32 now, u32 active, u32 timeout)
{
	u32 idle = now - active;

	/* A frame may pass on another CPU after @now was read. */
	if (idle > U32_MAX - HZ)
		return timeout;
	return idle < timeout ? timeout - idle : 0;
}

/*
 * Let the timer pass on, in a moment, the frames left in @up or @out.  Called while the session is
 * CONNECTED, under the lock of that order or under @rx_lock.
 */
static inline void pptp_session_hand_on(struct pptp_session *s)
{
	/* Not in the past: the timer would run again before others that are due. */
	hrtimer_start(&s->rx_timer, ktime_get(), HRTIMER_MODE_ABS_SOFT);
}

/**
 * pptp_session_init() - initialise a session to state NEW
 * @s: session, zeroed by the caller
 * @net: namespace, which must outlive the session
 * @ops: calls to the packet paths; must outlive the session
 *
 * Return: 0 or -ENOMEM.  After success, pptp_session_destroy() frees what the session holds.
 */
int pptp_session_init(struct pptp_session *s, const struct net *net,
		      const struct pptp_session_ops *ops);

/**
 * pptp_session_destroy() - free what a session holds
 * @s: session that is NEW; or DEAD, and a grace period has passed since it died
 *
 * Context: any.
 */
void pptp_session_destroy(struct pptp_session *s);

/**
 * pptp_session_bind() - give a session its local name
 * @net: namespace
 * @s: session that is NEW
 * @laddr: local outer address; need not be configured
 * @call_id: 1 to 65535, or 0 to let the kernel pick a free one
 *
 * Return: 0; -EBUSY if @call_id is taken, or if @call_id is 0 and all call IDs of the address are
 * taken; -ENOMEM.
 */
int pptp_session_bind(struct net *net, struct pptp_session *s, __be32 laddr, u16 call_id);

/**
 * pptp_session_connect() - give a session its peer
 * @net: namespace
 * @s: session that is BOUND
 * @dev: index of the device that the peer is reached by; 0 for any
 * @raddr: outer address of the peer
 * @peer_call_id: call ID of the peer
 *
 * Return: 0; -EALREADY if another session of this local address has the same peer; -ENOMEM.
 */
int pptp_session_connect(struct net *net, struct pptp_session *s, int dev, __be32 raddr,
			 u16 peer_call_id);

/**
 * pptp_session_close() - make a session DEAD
 * @net: namespace
 * @s: session, in any state
 *
 * On return the names of the session are free, its timers are stopped for good, and the frames that
 * its window and its sliding window held back are freed.  Packet paths may still use the session
 * until a grace period has passed.
 *
 * Context: process; may sleep.
 * Return: true if the session was CONNECTED.
 */
bool pptp_session_close(struct net *net, struct pptp_session *s);

/**
 * pptp_session_set_idle() - set the idle timeout
 * @s: session that is CONNECTED; its socket lock is held
 * @seconds: idle timeout, 0 for none
 *
 * When no data has passed for @seconds, the session calls the function @idle of its operations, and
 * again every @seconds while no data passes.  The time starts now.
 */
void pptp_session_set_idle(struct pptp_session *s, u32 seconds);

/**
 * pptp_session_lookup() - find the session with a local name
 * @net: namespace
 * @laddr: local outer address
 * @call_id: local call ID
 *
 * Context: RCU read side.
 * Return: session that is BOUND or CONNECTED, or is just becoming BOUND, or has just died; or NULL.
 */
struct pptp_session *pptp_session_lookup(struct net *net, __be32 laddr, u16 call_id);

/**
 * pptp_session_lookup_peer() - find the session with a peer
 * @net: namespace
 * @key: the peer
 *
 * Context: RCU read side.
 * Return: session that is CONNECTED, or is just becoming CONNECTED, or has just died; or NULL.
 */
struct pptp_session *pptp_session_lookup_peer(struct net *net, const struct pptp_peer_key *key);

/**
 * struct pptp_session_cursor - position of a walk through the names
 * @laddr: local address, host order
 * @call_id: the next call ID to look at, up to 65536
 *
 * All zero is the start.  Names are ordered by address, then by call ID.  So a walk that stops and
 * continues later returns every session that had its name all the time, and none twice.
 */
struct pptp_session_cursor {
	u32 laddr;
	u32 call_id;
};

/**
 * pptp_session_next() - walk all sessions that have a name
 * @net: namespace
 * @cursor: position; moved behind the session returned
 *
 * Context: RCU read side.
 * Return: the first session at or after @cursor, or NULL at the end.
 */
struct pptp_session *pptp_session_next(struct net *net, struct pptp_session_cursor *cursor);

/* Set the bound of the memory for frames that the windows of all sessions keep. */
void pptp_session_memory_init(void);

/**
 * pptp_session_net_init() - set up the tables of a namespace
 * @net: namespace
 *
 * Return: 0 or -ENOMEM.
 */
int pptp_session_net_init(struct net *net);
void pptp_session_net_exit(struct net *net);

#endif /* _CULVERT_SESSION_H */
