/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Policy: what counts for one session. Several places have a say in it: the server that the user
 * logs in to, a profile, what the configuration says of the user, and a RADIUS server. Each of them
 * gives some terms and leaves others open; they are added in that order, and of each term the last
 * one that was given counts.
 *
 * A struct policy is both what one place says and what counts in the end. It is a plain value. Its
 * texts belong to the configuration or the grant that they came from, which must outlive it.
 */
#ifndef CULVERT_AAA_POLICY_H
#define CULVERT_AAA_POLICY_H

#include <stdbool.h>
#include <stdint.h>

struct auth_grant;

enum policy_term {
	POLICY_POOL,
	POLICY_MAX_SESSIONS,
	POLICY_SINGLE_SESSION,
	POLICY_IDLE_TIMEOUT,
	POLICY_SESSION_TIMEOUT,
	POLICY_RATE_UP,
	POLICY_RATE_DOWN,
	POLICY_BURST_UP,
	POLICY_BURST_DOWN,
	POLICY_MARK,
	POLICY_PRIORITY,
	POLICY_RECHALLENGE,
	POLICY_EXPIRES,
	POLICY_NETNS,
	POLICY_VRF,
	POLICY_INTERFACE,
	POLICY_NFT_SETS,
	POLICY_TERMS
};

#define POLICY_BIT(term)	(1u << (term))

#define POLICY_RATE_MIN		8000ull		/* bits per second */
#define POLICY_RATE_MAX		1000000000000ull
#define POLICY_BURST_MAX	(1u << 30)	/* octets */

/* Whether a user may have one session only, and which of two is ended. */
enum policy_single {
	POLICY_SINGLE_OFF,		/* as many as max_sessions says */
	POLICY_SINGLE_DENY,		/* the new one is refused */
	POLICY_SINGLE_REPLACE,		/* the old one is ended if its peer does not answer */
	POLICY_SINGLE_REPLACE_NOW,	/* the old one is ended */
};

struct policy {
	uint32_t given;			/* mask of POLICY_BIT(); what is not given is 0 or NULL */
	/* The pool that the address comes from; "": none, so that a user needs his own address. */
	const char *pool;
	uint32_t max_sessions;		/* of the user, at one server; 0: no limit */
	enum policy_single single;	/* unless it is OFF, @max_sessions does not count */
	uint32_t idle_timeout_s;	/* without user traffic; 0: never */
	uint32_t session_timeout_s;	/* since the session came up; 0: never */
	/*
	 * Of IP packets inside, bits per second, up: from the user; 0: no limit. Bursts are octets; 0:
	 * what fits the rate, which is so too if a rate is given and no burst with it.
	 */
	uint64_t rate_up, rate_down;
	uint32_t burst_up, burst_down;
	uint32_t mark;			/* of user packets, both ways; 0: none */
	uint32_t priority;		/* likewise */
	uint32_t rechallenge_s;		/* CHAP and MS-CHAP: proof is asked for so often; 0: once */
	const char *nft_sets;		/* that the address is in; see util/nft_name.h; "": none */
	uint64_t expires_s;		/* CLOCK_REALTIME: from then on nobody comes in; 0: never */
	const char *netns;		/* of the user's interface; "": that of the daemon */
	const char *vrf;		/* likewise, there; "": none */
	const char *interface;		/* a pattern for its name; see util/ifname.h */
};

/* Returns true if @term was given. */
static inline bool policy_has(const struct policy *policy, enum policy_term term)
{
	return policy->given & POLICY_BIT(term);
}

/* Add all terms that @more gives to @policy; they count instead of those that were there. */
void policy_add(struct policy *policy, const struct policy *more);

/*
 * Add what a RADIUS server grants, or an administrator has set; @grant may be NULL: nothing. A limit
 * of 0 is none given, unless it is lifted (grant.h).
 */
void policy_add_grant(struct policy *policy, const struct auth_grant *grant);

#endif
