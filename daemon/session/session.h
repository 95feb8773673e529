/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One session: the kernel's session and the PPP link on it, driven by the event loop.
 *
 *	owner ──► pptp call
 *	  └─────► session ──► ppp_link (frames and clock in, frames and events out)
 *	             └──────► net_session (frames, keys, addresses to the kernel)
 *
 * The owner of a session is the code that has the call: a struct call (server/) or a struct attempt
 * (client/). It embeds the struct session, decides on users and addresses, and ends the call when
 * the session is over. A session works in the same way whether the peer placed the call or we did.
 * (The text record.owner names something else: the section of the configuration.)
 *
 * Life: session_init() assigns the number; session_open() makes the kernel's session (a server does
 * so before it answers the peer, a client when it has the peer's answer); session_start() begins
 * LCP once the call is up; then the owner's ops and the events (events.h) tell what happens;
 * session_end() removes everything. The owner calls session_end() after ops->down, or at any
 * earlier time after session_init().
 *
 * Everything runs on the loop's thread. Times are milliseconds of uv_now().
 */
#ifndef CULVERT_SESSION_H
#define CULVERT_SESSION_H

#include <sys/queue.h>
#include <uv.h>

#include "aaa/backend.h"
#include "aaa/grant.h"
#include "aaa/policy.h"
#include "net/session.h"
#include "ppp/link.h"
#include "session/rate.h"
#include "session/sessions.h"
#include "session/steps.h"

#define SESSION_RECORD_VERSION	4
#define SESSION_OWNER_MAX	64	/* octets of record.owner, with the NUL */
#define SESSION_ACCT_ID_SIZE	34	/* octets of session_acct_id(), with the NUL */

/*
 * What a frame costs on the outer path, in octets (IPv4 20, GRE 16, PPP address, control and
 * protocol 4), and what MPPE takes of the peer's MRU (coherency count 2, inner protocol 2).
 */
#define SESSION_OUTER_OVERHEAD	40
#define SESSION_MPPE_OVERHEAD	4

enum session_role {
	SESSION_OF_SERVER,		/* the peer placed the call */
	SESSION_OF_CLIENT,		/* we placed the call */
};

/*
 * Everything that can be shown of a session. A plain value without secrets: it may be copied, and
 * written to a file and read back, except for @user, which is a pointer. Addresses are in network
 * order.
 */
struct session_record {
	uint32_t version;		/* SESSION_RECORD_VERSION */
	uint64_t id;			/* unique during the life of the daemon, from 1 */
	enum session_role role;
	char owner[SESSION_OWNER_MAX];	/* name of the section "server" or "client" */
	const char *user;		/* for display; "" until known; memory of the session */
	struct net_session_addr addr;	/* outer addresses and call IDs */
	char ifname[IFNAMSIZ];
	char vrf[IFNAMSIZ];		/* that the interface is in; "": none */
	uint32_t table;			/* of routes through it; 0: the main table */
	int ifindex;
	bool up;			/* user traffic flows */
	struct ppp_state ppp;		/* what was negotiated */
	struct net_ip4 ip4;		/* inner addresses; valid while @up */
	unsigned int path_mtu;		/* of the outer path, octets */
	uint64_t opened_s;		/* CLOCK_REALTIME, seconds */
	uint64_t up_s;			/* CLOCK_REALTIME when first up; 0: was not up yet */
	struct net_stats stats;		/* as of the last read */
};

struct programs;

/* What the owner asks for. */
struct session_config {
	struct ppp_config ppp;		/* .mru is ignored: it follows from the path */
	const struct net_link *link;
	struct outer outer;		/* IP header of packets to the peer */
	unsigned int mtu;		/* of the link, octets; 0: what the path allows */
	unsigned int mru;		/* asked of the peer, octets; 0: what the path allows */
	bool sliding_window;		/* keep to the peer's receive window */
	unsigned int idle_timeout_s;	/* without user traffic; 0: never */
	unsigned int session_timeout_s;	/* since the session came up; 0: never */
	bool fold_case;			/* ASCII case does not tell users apart */
	const struct programs *programs; /* that are told of it; NULL: none */
};

struct session;
struct tunnel;

struct session_ops {
	/*
	 * The peer has sent its proof. The owner answers by session_verdict(), at once or later.
	 * May be NULL if nothing is demanded of the peer.
	 */
	void (*authenticate)(struct session *s, const struct ppp_auth_request *request);
	/* The verdict is no longer wanted; one that is given all the same is ignored. */
	void (*auth_cancelled)(struct session *s);
	/*
	 * What the host needs for the session could not be made, for the reason that net_reason()
	 * says, and so the verdict that lets the peer in was not given. The owner gives another one.
	 * May be NULL: the session ends.
	 */
	void (*not_made)(struct session *s);
	/*
	 * Returns what counts for the session if @grant (NULL: nothing) is granted to it. The texts
	 * in it are valid until the owner says otherwise, and as long as @grant. May be NULL: what
	 * the configuration of the session says, and @grant.
	 */
	struct policy (*policy)(const struct session *s, const struct auth_grant *grant);
	/*
	 * The peer asks for @address inside the tunnel, and not for the one that was given with the
	 * verdict. Returns true if it may have that; then the owner has recorded it
	 * (session_claim_inner()). May be NULL: it may not.
	 */
	bool (*choose_address)(struct session *s, struct ip_addr address);
	/*
	 * up(): user traffic flows, for the first time or again. paused(): it stopped, and may flow
	 * again. What the owner set up in the host for the session stays during a pause. It is
	 * removed when the session is over, or changed if record.ip4 differs at the next up().
	 */
	void (*up)(struct session *s);
	void (*paused)(struct session *s);
	/*
	 * A frame of the peer was dropped. @wrong: the frame is invalid; otherwise it was only
	 * unexpected. @what is a constant string. The peer can cause this as often as it likes.
	 */
	void (*note)(struct session *s, bool wrong, const char *what);
	/*
	 * The link is over. Raised at most once, and never by session_end(). s->record.stats are
	 * final. The owner then ends the call and calls session_end(). The session of a server
	 * raises this later, from the line of ends (later.h); the session of a client at once, also
	 * from within session_close() or session_lost().
	 */
	void (*down)(struct session *s, const struct ppp_end *end);
	/* Returns the control connection of the session's call; NULL once that is gone. May be NULL. */
	struct tunnel *(*tunnel)(const struct session *s);
};

struct session {
	/* the owner may read these */
	struct session_record record;
	void *owner;

	uint8_t reached;		/* the last enum ppp_phase before the end */
	uint8_t opened;			/* mask of PPP_OPEN_*: what was open at some time */
	enum event_cause cause;		/* why the link ended; valid once it is over */
	uint32_t heard;			/* control frames received from the peer */
	enum auth_source source;	/* who let the user in */
	struct auth_grant *grant;	/* what was granted then: a reference; NULL: nothing */
	struct policy policy;		/* what counts for the session, with @grant in it */
	struct rate rate;		/* as of the last read of the counters */
	struct history *history;	/* NULL: none; remember.h */
	struct steps steps;		/* until it was up; those before the call are the owner's to set */

	/* private */
	const struct session_ops *ops;
	struct sessions *all;
	uv_loop_t *loop;		/* @all->loop */
	struct registry_entry entry;
	char *user;			/* memory of record.user; NULL: record.user is "" */
	struct session_config config;
	uint16_t peer_window;		/* as of session_set_window() */
	struct ppp_link link;
	struct net_session net;
	uv_timer_t timer;
	uint64_t up_at;			/* when traffic first flowed; valid if record.up_s is set */
	uint64_t idle_check;		/* when to check for idleness next, or NEVER */
	uint64_t expiry_check;		/* when to look at the clock for policy.expires_s, or NEVER */
	uint64_t end_at;		/* when the session timeout expires, or NEVER */
	uint64_t earned_at;		/* time up to which @renegotiations was reduced */
	unsigned int renegotiations;	/* recent ones; falls by one each RENEGOTIATION_MS */
	struct polled polled;		/* the socket of @net, in the poller of frames */
	bool watched;			/* @polled is watched */
	bool has_link;			/* session_open() has initialised @link */
	bool lost;			/* session_lost(): the kernel's session is gone */
	bool over;			/* the link is over: no more frames, no more events */
	bool started;			/* session_start() was called: EVENT_DOWN has to follow */
	bool rising;			/* IPv4 is open in PPP, and traffic waits for the link */
	bool ready;			/* not up yet, but traffic passes: the peer may send */
	/* A verdict that waits for the link; it holds keys. NULL: none does. */
	struct ppp_auth_verdict *verdict;
	struct later later;		/* waits from the end of the link until ops->down */
	uint8_t end_reason;		/* enum ppp_reason; this and the next two: for ops->down */
	uint16_t end_error;
	char *end_text;			/* NULL: the text of @end_reason */
	void (*freed)(struct session *s);
};

/*
 * Assign a number and add the session to the registry of @all. @owner_name becomes record.owner.
 * @config is copied; what it points to must outlive the session. The caller must call session_end()
 * some time later.
 */
void session_init(struct session *s, struct sessions *all, enum session_role role,
		  const char *owner_name, const struct session_config *config,
		  const struct session_ops *ops, void *owner);

/*
 * Set the outer addresses in the record as soon as they are known. session_open() sets them, too.
 */
void session_set_outer(struct session *s, struct ip_addr local, struct ip_addr remote);

/* Set the receive window of the peer, packets. To be called before session_start(). */
void session_set_window(struct session *s, uint16_t window);

/*
 * Set the name of the peer's user, or the name under which the peer tries to log in. @user is
 * printable, at most AUTH_SHOWN_MAX octets, and copied. Returns 0; or -ENOMEM with the reason in
 * net_reason(), and then nothing has changed.
 */
int session_set_user(struct session *s, const char *user);

/* Returns true if @user is the name of the session's user, as session_set_user() has it. */
bool session_is_of(const struct session *s, const char *user);

/*
 * Record who has let the user in, and what was granted, to which a reference is taken (NULL:
 * nothing). It stays until EVENT_DOWN was told. ops->policy says what counts now. A user who proves itself again in a session that was
 * up gets no more time by that: the earlier end counts.
 */
void session_set_grant(struct session *s, enum auth_source source, struct auth_grant *grant);

/*
 * Set what counts of MPPE for the user who logs in. To be called before the session_verdict() that
 * lets the user in.
 */
void session_set_mppe(struct session *s, enum ppp_mppe_policy policy, uint8_t bits);

/*
 * Returns false if the session would have to end at once with @grant instead of what was granted,
 * because it is up for longer than that allows.
 */
bool session_fits(const struct session *s, const struct auth_grant *grant);

/*
 * Replace what was granted to a session that runs, by @grant, to which a reference is taken. Its
 * traffic is not touched. A timeout that is another one now counts from where it did before: a
 * Session-Timeout from when the session came up, an Idle-Timeout from the last user traffic. If one
 * is over already, the session ends. All subscribers hear EVENT_CHANGED.
 */
void session_change_grant(struct session *s, struct auth_grant *grant);

/*
 * Say what the session's own interface is to be. To be called after session_open() and before the
 * session_verdict() that lets the user in.
 */
void session_want_interface(struct session *s, const struct net_interface *wanted);

/*
 * Record @inner as the peer's inner address, now or later, in @place, whose texts must stay valid
 * as long as that is recorded. Returns false if the peer of another session has that address there.
 */
bool session_claim_inner(struct session *s, struct place place, struct ip_addr inner);

/*
 * Reserve a call ID of ours, in s->record.addr.call_id, before the peer's call ID is known. This ID
 * must then be passed to session_open(). Returns 0 or a negative errno with the reason in
 * net_reason().
 */
int session_reserve(struct session *s, struct ip_addr local);

/*
 * Make the kernel's session and the PPP link. s->record.addr.call_id is our call ID afterwards.
 * @sock, an IPv4 socket connected to the peer, gives the path MTU. Returns 0; or a negative errno
 * with the reason in net_reason(), and then the only function to be called is session_end().
 */
int session_open(struct session *s, const struct net_session_addr *addr, int sock);

/*
 * Set what proves us to a peer that asks for proof, and the addresses to negotiate if they do not
 * come with a verdict on the peer. To be called after session_open() and before session_start().
 * @user and @password are not copied and must outlive the session.
 */
void session_set_credentials(struct session *s, const char *user, const char *password);
void session_set_ipv4(struct session *s, const struct ppp_ipv4 *ipv4);

/* The call is up: begin LCP. */
void session_start(struct session *s);

/*
 * Give the verdict that ops->authenticate asked for. @ipv4 is the addresses to negotiate; NULL on
 * refusal, or if session_set_ipv4() has set them. The peer hears that it was let in when the
 * interface or the route of the session was made, so that nothing else has to wait for that.
 */
void session_verdict(struct session *s, const struct ppp_auth_verdict *verdict,
		     const struct ppp_ipv4 *ipv4);

/*
 * Tell all subscribers that the peer's login was refused. The owner then tells the peer, by
 * session_verdict(). @user is printable; @kind, a constant string, says in a word what @why says.
 */
void session_login_refused(struct session *s, const char *user, const char *kind, const char *why);

/*
 * Returns why the session has ended, or why it could not come up, in a word that metrics have: that
 * of the link's reason, or else of the cause.
 */
const char *session_end_kind(const struct session *s);

/*
 * End the session in good order: the peer is told by LCP, and ops->down follows after a few seconds
 * at most. Before session_open() has succeeded there is nothing to tell the peer. @cause counts if
 * no cause is set yet.
 */
void session_close(struct session *s, enum event_cause cause, const char *text);

/* The call is gone: ops->down follows, unless it was raised before. Nothing more is sent. */
void session_lost(struct session *s);

/* The kernel's decryption has lost step (stateful MPPE): send a CCP Reset-Request (RFC 3078). */
void session_mppe_lost(struct session *s);

/*
 * session_probe() asks the peer for a sign of life (an LCP Echo-Request); a peer that is there
 * answers. session_signs() returns a number that changes whenever anything came from the peer.
 */
void session_probe(struct session *s);
uint64_t session_signs(struct session *s);

/* Octets of a text about the end of a session, with what ICMP says and the NUL. */
#define SESSION_END_SIZE	(PPP_TEXT_MAX + 100)

/*
 * Returns why the session ends, in words, if its link has a reason to end: the peer has ended it, or
 * we have. NULL if it has none. Valid until the next call.
 */
const char *session_ending(const struct session *s);

/*
 * Returns what seems to be wrong with the wire, in words, if the link has not been answered yet and
 * should have been; NULL otherwise, and once the link ends, whose text has it then. Valid until
 * the next call.
 */
const char *session_wire(struct session *s);

/* Returns true while a user is in who came by a server. */
bool session_is_in(const struct session *s);

/* Returns true once the link is over, even if ops->down was not raised yet. */
bool session_is_over(const struct session *s);

/*
 * Read the kernel's counters into s->record.stats, and compute s->rate. If they cannot be read, both
 * stay as they were.
 */
void session_read_stats(struct session *s);

/* The same with all that the kernel counts (net_session_stats()). Returns false if it cannot be read. */
bool session_read_counters(struct session *s, uint64_t counters[NET_COUNTERS]);

/* The same with what was read already. */
void session_take_stats(struct session *s, const struct net_stats *stats);

/*
 * Write Acct-Session-Id (RFC 2866 section 5.5) to @text: a name of the session that no session of
 * another run of the daemon has. Returns @text.
 */
const char *session_acct_id(const struct session *s, char text[SESSION_ACCT_ID_SIZE]);

/* Returns where the peer is: the namespace and the device that packets to it leave by. */
struct place session_outside(const struct session *s);

/* Returns the control connection of the session's call; NULL if there is none any more. */
struct tunnel *session_tunnel(const struct session *s);

/* Returns true if its interface is that of other sessions, too. */
bool session_shares_interface(const struct session *s);

/* Returns the programs that are told of the session; NULL: none. They belong to its owner. */
const struct programs *session_programs(const struct session *s);

/* Returns the seconds since user traffic first flowed; 0 if it never did. */
uint64_t session_uptime_s(const struct session *s);

/*
 * Remove the session at once, without telling the peer. No op is called any more. The counters are
 * read for the last time. If session_start() was called, all subscribers hear EVENT_DOWN with @text
 * and with s->cause, which becomes @cause if it was not set. @freed is called later from the loop;
 * the memory may be reused from then on.
 */
void session_end(struct session *s, enum event_cause cause, const char *text,
		 void (*freed)(struct session *s));

/*
 * Returns "up" while user traffic flows, else the phase of the link: "authenticate", "network" ...
 */
const char *session_state_name(const struct session *s);

#endif
