/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sessions: lifetime, names and lookup.
 *
 * A session is one PPTP call.  It is part of its PX_PROTO_PPTP socket, one allocation, and so it
 * lives exactly as long.  It passes through these states, never backwards:
 *
 *	NEW		socket(): no name yet.
 *	BOUND		bind(): has a local address and call ID, found by pptp_session_lookup().
 *	CONNECTED	connect(): has a peer, carries traffic.
 *	DEAD		release(), or deleted by netlink: no name, passes nothing more.
 *
 * References and RCU:
 *  - Lookups run under rcu_read_lock() and return a session without a reference; it may be used
 *    until rcu_read_unlock().  The socket is freed after a grace period (SOCK_RCU_FREE), and it
 *    leaves the tables before, when it dies.
 *  - Who needs a session longer takes a reference on its socket with pptp_session_hold() inside
 *    the same read side.  That keeps the memory, not the call: check the state.
 *  - State changes happen in process context under the socket lock.  The packet paths take
 *    neither the socket lock nor a reference.
 *  - A session that has become DEAD may still be inside a packet path that found it earlier.
 *    What those paths use (counters, window, route) is freed only with the socket; what they
 *    could start anew (timers, queues) is shut for good by pptp_session_close().
 *
 * Names: a call ID is unique for its local address in its namespace.  Each local address has one
 * xarray from call ID to session: lookup is a walk of three levels, and a free call ID is
 * found by the marks of the same tree, so neither gets slower as the 65535 call IDs fill up.
 * Allocation starts at a random point: a call ID is not soon used again, so that stray packets
 * of the last call do not meet the next one, and it cannot be guessed by counting.
 */
#ifndef _CULVERT_SESSION_H
#define _CULVERT_SESSION_H

#include <linux/hrtimer.h>
#include <linux/if_pppox.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/pptp.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <net/sock.h>

#include "encrypt.h"
#include "order.h"
#include "stats.h"
#include "window.h"

struct pptp_mppe;
struct pptp_link;
struct pptp_local;
struct pptp_sliding;

struct pptp_session;

/**
 * struct pptp_session_ops - what the packet paths do for a session when something becomes due
 * @rx_timer: for struct pptp_session.rx_timer
 * @rx_resume: received frames have been decrypted; RCU read side, bottom halves off, no locks; the
 *	session may have died meanwhile
 * @tx_timer: for struct pptp_session.ack_timer
 * @tx_send: send numbered, encrypted frames, or drop them if the session has died; empties the
 *	list; RCU read side, bottom halves off, no locks
 * @tx_room: the sliding window has room again; RCU read side, bottom halves off, no locks
 * @idle: no data has passed for the idle timeout; softirq
 *
 * Sessions, ciphers and windows are below the packet paths and know them by this table alone.
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
 * struct pptp_peer_key - what no two connected sessions of a namespace share
 * @raddr: outer address of the peer
 * @laddr: outer address of ours
 * @peer_call_id: call ID of the peer
 * @pad: zero
 */
struct pptp_peer_key {
	__be32 raddr;
	__be32 laddr;
	u16 peer_call_id;
	u16 pad;
};

/**
 * struct pptp_session - one call
 *
 * @ops: constant
 *
 * Names.  Constant once the state says that they are there.
 * @state: enum pptp_state; written under the socket lock, read anywhere
 * @call_id: ours; from BOUND on
 * @laddr: our outer address; from BOUND on
 * @key: the peer; from CONNECTED on
 * @peer_node: in struct pptp_net.peers while CONNECTED
 * @local: the address that @call_id belongs to, while BOUND or CONNECTED
 * @connected_at: jiffies_64 of connect()
 *
 * Upper half.  Written under the socket lock, or under pptp_link_lock what concerns the link;
 * read by the packet paths with READ_ONCE() or RCU.
 * @upper: enum pptp_upper
 * @frame: bits of enum pptp_frame that we send with
 * @protocols: bits of enum pptp_protocol that may pass
 * @ppp_flags: SC_* flags of PPPIOCSFLAGS, for PPPIOCGFLAGS to return
 * @link: the link, with PPTP_UPPER_LINK
 * @link_node: in struct pptp_link.sessions
 * @owned: link that goes when the socket is closed; under pptp_link_lock
 * @hop4_node: in struct pptp_link.hops4, if @hop4 is set
 * @hop6_node: in struct pptp_link.hops6, if @hop6 is set
 * @hop4: inner address of the peer, 0 if none
 * @hop6: likewise
 *
 * Receiving.
 * @rx_lock: serialises the window and everything up to the upper half, which so gets its frames
 *	in order; bottom halves off
 * @up: frames on their way up a link; under @rx_lock
 * @rx_timer: gives up what the window waits for, and takes what is left of @up
 * @receive_window: packets, as announced to the peer
 * @rx_mppe: decryption; under @rx_lock, NULL without
 * @resync_told: jiffies when the control plane was last told that @rx_mppe is out of step; under
 *	@rx_lock
 * @decrypting: frames that wait for the cipher; together they hold one reference
 *
 * Sending.
 * @tx_lock: serialises sequence numbers and encryption; bottom halves off
 * @tx_mppe: encryption; under @tx_lock, or by READ_ONCE() to ask whether there is any
 * @out: numbered frames on their way out; under @tx_lock
 * @line: batches on their way out
 * @sliding: queue of the sliding window, NULL while that is off; under @tx_lock
 * @ack_timer: sends the acknowledgement that no frame has taken along, and what is left of @out
 *
 * Both.
 * @mppe_required: data passes encrypted or not at all; READ_ONCE()
 * @window: sequence numbers and acknowledgements; locks as in window.h
 * @idle_timer: watches @active; runs while @idle_timeout is set
 * @idle_timeout: seconds, 0 for never
 * @active: jiffies when a data frame passed last
 * @traffic: packets and octets
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
	unsigned long active;

	spinlock_t rx_lock;	/* the window and all up to the upper half */
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

	struct timer_list idle_timer;
	u32 idle_timeout;
	int ppp_flags;
	u64 connected_at;
	unsigned long resync_told;
	struct rhash_head peer_node;
	struct pptp_local *local;
	struct list_head link_node;
	struct pptp_link *owned;
	struct rhash_head hop4_node;
	struct rhash_head hop6_node;
	__be32 hop4;
	struct in6_addr hop6;

	struct pptp_counts counts;
};

/**
 * struct pptp_sock - the socket and its session
 * @po: what pppox needs; first, because a struct sock is cast to it
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
	/* Pairs with the release in pptp_session_connect(): who sees CONNECTED sees the peer. */
	return smp_load_acquire(&s->state) == PPTP_STATE_CONNECTED;
}

/**
 * pptp_session_hold() - keep the memory of a session beyond the RCU read side
 * @s: found under the RCU read lock that is still held
 *
 * Return: true with a reference to be dropped by pptp_session_put(); false if it is being freed.
 */
static inline bool pptp_session_hold(struct pptp_session *s)
{
	return refcount_inc_not_zero(&pptp_session_sk(s)->sk_refcnt);
}

static inline void pptp_session_put(struct pptp_session *s)
{
	sock_put(pptp_session_sk(s));
}

/* Returns true if the session encrypts the data that it sends.  A guess without the send lock. */
static inline bool pptp_session_encrypts(const struct pptp_session *s)
{
	return READ_ONCE(s->tx_mppe);
}

/* Windows in packets, announced by those who say nothing else. */
#define PPTP_WINDOW_DEFAULT	64

/* Note that a data frame passed. */
static inline void pptp_session_touch(struct pptp_session *s)
{
	unsigned long now = jiffies;

	if (READ_ONCE(s->active) != now)
		WRITE_ONCE(s->active, now);
}

/**
 * pptp_session_init() - make a zeroed session NEW
 * @s: session
 * @ops: outlives it
 *
 * Return: 0 or -ENOMEM.  After success pptp_session_destroy() frees what it holds.
 */
int pptp_session_init(struct pptp_session *s, const struct pptp_session_ops *ops);

/**
 * pptp_session_destroy() - free what a session holds
 * @s: session that is NEW or DEAD, a grace period after it died; any context
 */
void pptp_session_destroy(struct pptp_session *s);

/**
 * pptp_session_bind() - give a session its local name
 * @net: namespace
 * @s: session that is NEW
 * @laddr: local outer address; need not be configured
 * @call_id: 1 to 65535, or 0 to have one picked
 *
 * Return: 0; -EBUSY if the call ID, or with 0 every call ID of the address, is taken; -ENOMEM.
 */
int pptp_session_bind(struct net *net, struct pptp_session *s, __be32 laddr, u16 call_id);

/**
 * pptp_session_connect() - give a session its peer
 * @net: namespace
 * @s: session that is BOUND
 * @raddr: outer address of the peer
 * @peer_call_id: call ID of the peer
 *
 * Return: 0; -EALREADY if another session of this local address has that peer; -ENOMEM.
 */
int pptp_session_connect(struct net *net, struct pptp_session *s, __be32 raddr,
			 u16 peer_call_id);

/**
 * pptp_session_close() - make a session DEAD in any state
 * @net: namespace
 * @s: session
 *
 * Its names are free at once, its timers stopped for good, what it held back is freed; packet
 * paths may still be inside until a grace period has passed.
 *
 * Context: process; may sleep.
 * Return: true if it was CONNECTED.
 */
bool pptp_session_close(struct net *net, struct pptp_session *s);

/**
 * pptp_session_set_idle() - have an event when no data passes for so long
 * @s: session that is CONNECTED; under its socket lock
 * @seconds: 0 for never
 */
void pptp_session_set_idle(struct pptp_session *s, u32 seconds);

/**
 * pptp_session_lookup() - the session with a local name
 * @net: namespace
 * @laddr: local outer address
 * @call_id: local call ID
 *
 * Context: RCU read side.
 * Return: session that is BOUND or CONNECTED (or just died), or NULL.
 */
struct pptp_session *pptp_session_lookup(struct net *net, __be32 laddr, u16 call_id);

/**
 * pptp_session_lookup_peer() - the session with a peer
 * @net: namespace
 * @key: the peer
 *
 * Context: RCU read side.
 * Return: session that is CONNECTED (or just died), or NULL.
 */
struct pptp_session *pptp_session_lookup_peer(struct net *net, const struct pptp_peer_key *key);

/**
 * struct pptp_session_cursor - a place in the order of names
 * @laddr: address in host order
 * @call_id: the next call ID to look at, up to 65536
 *
 * All zero is the start.  Names are ordered by address, then call ID, so a walk that stops and
 * goes on later misses no session that was there all the time and shows none twice.
 */
struct pptp_session_cursor {
	u32 laddr;
	u32 call_id;
};

/**
 * pptp_session_next() - walk all sessions that have a name
 * @net: namespace
 * @cursor: moved beyond the session returned
 *
 * Context: RCU read side.
 * Return: the first session at or after @cursor, or NULL at the end.
 */
struct pptp_session *pptp_session_next(struct net *net, struct pptp_session_cursor *cursor);

/**
 * pptp_session_net_init() - set up the tables of a namespace
 * @net: namespace
 *
 * Return: 0 or -ENOMEM.
 */
int pptp_session_net_init(struct net *net);
void pptp_session_net_exit(struct net *net);

#endif /* _CULVERT_SESSION_H */
