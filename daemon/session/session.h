/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One session: the kernel's session and the PPP link on it, tied to the event loop.
 *
 *	pptp call ──owner──► session ──► ppp_link (frames and clock in, frames and events out)
 *	                        └──────► net_session (frames, keys, addresses to the kernel)
 *
 * The owner embeds it, knows the call, decides on users and addresses, and frees it. It is the same
 * for a session that a peer opened with us and for one that we opened with a peer.
 *
 * Life: session_init() gives it its number; session_open() makes the kernel's session, before the
 * peer is told of the call; session_start() begins LCP once the call is up; the owner's ops, and the
 * events that everybody hears, say how it goes; after ops->down, or at any time, session_end()
 * removes all of it.
 *
 * Everything runs on the loop's thread. Times are milliseconds of uv_now().
 */
#ifndef CULVERT_SESSION_H
#define CULVERT_SESSION_H

#include <sys/queue.h>
#include <uv.h>

#include "aaa/backend.h"
#include "net/session.h"
#include "ppp/link.h"
#include "session/sessions.h"

#define SESSION_RECORD_VERSION	3
#define SESSION_OWNER_MAX	64	/* octets of an owner's name, with the NUL */

/*
 * What a frame costs on the outer path, in octets (design: IPv4 20, GRE 16, PPP address, control
 * and protocol 4), and what MPPE takes of the peer's MRU (coherency count 2, inner protocol 2).
 */
#define SESSION_OUTER_OVERHEAD	40
#define SESSION_MPPE_OVERHEAD	4

enum session_role {
	SESSION_OF_SERVER,		/* a peer called us */
	SESSION_OF_CLIENT,		/* we called */
};

/*
 * All that is to be known of a session: a plain value without secrets, that may be copied, written
 * to a file and read back, but for the one text in it that is as long as it has to be. Addresses
 * are in network order.
 */
struct session_record {
	uint32_t version;		/* SESSION_RECORD_VERSION */
	uint64_t id;			/* unique in the life of the daemon, from 1 */
	enum session_role role;
	char owner[SESSION_OWNER_MAX];	/* the server's or client's name in the configuration */
	const char *user;		/* to be shown; "" until it is known; the session's */
	struct net_session_addr addr;	/* outer */
	char ifname[IFNAMSIZ];
	int ifindex;
	bool up;			/* user traffic flows */
	struct ppp_state ppp;		/* what was negotiated */
	struct net_ip4 ip4;		/* inner, valid while @up */
	unsigned int path_mtu;		/* of the outer path, octets */
	uint64_t opened_s;		/* CLOCK_REALTIME, seconds */
	uint64_t up_s;			/* likewise; 0: was not up yet */
	struct net_stats stats;		/* as read last */
};

/* What the owner wants of a session. */
struct session_config {
	struct ppp_config ppp;		/* but for .mru, which follows the path */
	const struct net_link *link;
	unsigned int mtu;		/* of the link, octets; 0: what the path allows */
	unsigned int mru;		/* asked of the peer, octets; 0: likewise */
	unsigned int idle_timeout_s;	/* without user traffic; 0: never */
	unsigned int session_timeout_s;	/* since it came up; 0: never */
};

struct session;

struct session_ops {
	/*
	 * The peer has sent its proof. Answer by session_verdict(), now or later. May be NULL
	 * if nothing is demanded of peers.
	 */
	void (*authenticate)(struct session *s, const struct ppp_auth_request *request);
	/* The answer is no longer wanted. */
	void (*auth_cancelled)(struct session *s);
	/*
	 * User traffic flows, or no longer does (and may again): what the owner made for it in the
	 * host stays until it is over, unless record.ip4 is another then.
	 */
	void (*up)(struct session *s);
	void (*paused)(struct session *s);
	/*
	 * A frame was dropped, being @wrong or only untimely; @what is constant. As often as the
	 * peer likes.
	 */
	void (*note)(struct session *s, bool wrong, const char *what);
	/*
	 * The link is over, raised once at most; s->record.stats are final. The owner ends the
	 * call and ends the session. Not raised by session_end().
	 */
	void (*down)(struct session *s, const struct ppp_end *end);
};

struct session {
	/* the owner may read these */
	struct session_record record;
	void *owner;

	uint8_t reached;		/* the latest enum ppp_phase before the end */
	uint8_t opened;			/* mask of PPP_OPEN_*: what was open at any time */
	enum event_cause cause;		/* why the link is over, once it is */
	uint32_t heard;			/* control frames that came from the peer */

	/* private */
	const struct session_ops *ops;
	struct sessions *all;
	uv_loop_t *loop;		/* that of @all */
	struct registry_entry entry;
	char *user;			/* record.user, if that is not "" */
	struct session_config config;
	struct ppp_link link;
	struct net_session net;
	uv_timer_t timer;
	uint64_t up_at;			/* when traffic began to flow, valid with record.up_s */
	uint64_t idle_check;		/* when idleness is looked at next, or NEVER */
	uint64_t end_at;		/* session timeout, or NEVER */
	uint64_t earned_at;		/* until when its right to renegotiate was counted */
	unsigned int renegotiations;	/* not yet forgotten */
	uint64_t data_heard;		/* frames of data from the peer, when that was asked last */
	struct polled polled;		/* frames at its socket */
	bool watched;			/* they are waited for */
	bool lost;			/* what is below the link is gone */
	bool over;			/* nothing more is to happen */
	bool started;			/* the end is to be told */
	struct later later;		/* when it is over, until ops->down */
	uint8_t end_reason;		/* enum ppp_reason, and what else that tells */
	uint16_t end_error;
	char *end_text;			/* NULL: there was no memory for more than the reason */
	void (*freed)(struct session *s);
};

/*
 * Number the session and let it be found. @owner_name is shown; @config is copied, what it points to
 * must outlive the session. session_end() is to follow one day.
 */
void session_init(struct session *s, struct sessions *all, enum session_role role,
		  const char *owner_name, const struct session_config *config,
		  const struct session_ops *ops, void *owner);

/* The outer addresses, as soon as they are known; session_open() sets them, too. */
void session_set_outer(struct session *s, struct ip_addr local, struct ip_addr remote);

/*
 * Who the peer is, or says that he is; printable, at most AUTH_SHOWN_MAX octets, copied. Returns 0,
 * or -ENOMEM with the words in net_reason() and nothing changed.
 */
int session_set_user(struct session *s, const char *user);

/* The peer has @inner inside the tunnel, or will have; false if another session's peer has it. */
bool session_claim_inner(struct session *s, struct ip_addr inner);

/*
 * Reserve a call ID of ours, s->record.addr.call_id, for a peer that has yet to say what its own
 * is. Returns as session_open(), which is to be given this ID, does.
 */
int session_reserve(struct session *s, struct ip_addr local);

/*
 * Make the kernel's session; s->record.addr tells the call ID. @sock, an IPv4 socket that is
 * connected to the peer, tells the path's MTU. Returns 0 or a negative errno with the words in
 * net_reason().
 */
int session_open(struct session *s, const struct net_session_addr *addr, int sock);

/*
 * What to prove to a peer that asks for proof, and the addresses to negotiate, where no verdict on
 * the peer brings them. After session_open(), before session_start(); the texts must outlive the
 * session.
 */
void session_set_credentials(struct session *s, const char *user, const char *password);
void session_set_ipv4(struct session *s, const struct ppp_ipv4 *ipv4);

/* The call is up: begin. */
void session_start(struct session *s);

/*
 * The verdict that authenticate() asked for; @ipv4 (may be NULL on refusal) are the addresses to
 * negotiate.
 */
void session_verdict(struct session *s, const struct ppp_auth_verdict *verdict,
		     const struct ppp_ipv4 *ipv4);

/*
 * The login that the peer tries is refused, for all to hear. The owner goes on to tell the peer, by
 * session_verdict(). @user is printable.
 */
void session_login_refused(struct session *s, const char *user, const char *why);

/* End it in good order; ops->down follows, after seconds at most. */
void session_close(struct session *s, enum event_cause cause, const char *text);

/* The call is gone: ops->down follows, if it was not raised before. */
void session_lost(struct session *s);

/* The kernel cannot decrypt any more: ask the peer to start again (stateful MPPE). */
void session_mppe_lost(struct session *s);

/*
 * Ask the peer for a sign of life. A live one answers, which shows in session_signs(): a number that
 * is another one whenever anything has come from the peer meanwhile.
 */
void session_probe(struct session *s);
uint64_t session_signs(struct session *s);

/* Returns true once the link is over, though its owner may hear of it later. */
bool session_is_over(const struct session *s);

/* Bring s->record.stats up to date. */
void session_read_stats(struct session *s);

/* Seconds since user traffic began to flow; 0 if it did not. */
uint64_t session_uptime_s(const struct session *s);

/*
 * Remove it at once and without a word to the peer; no op is called any more. Everybody hears that
 * it is down, @text saying why, and @cause, unless s->cause is set. Its counters are final before
 * that. @freed is called, later, when the memory may be reused.
 */
void session_end(struct session *s, enum event_cause cause, const char *text,
		 void (*freed)(struct session *s));

/* "authenticate", "network" and so on, "up" while traffic flows. */
const char *session_state_name(const struct session *s);

#endif
