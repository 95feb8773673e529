/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a RADIUS server grants a user: the Access-Accept without proofs and keys, kept as long as
 * the session. Immutable, so that whoever has a reference may read it at any time: a CoA-Request
 * makes another one. It is one piece of memory, no larger than what the server has sent needs.
 *
 * Texts are what the server sent, without NULs: escape them before you show them. One thread only.
 */
#ifndef CULVERT_AAA_GRANT_H
#define CULVERT_AAA_GRANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "radius/reply.h"
#include "util/ip.h"

struct grant_octets {
	const uint8_t *octets;
	uint8_t len;
};

/* A text that was not given is "", a list has no elements, a number is 0 but where it is said. */
struct policy;

struct auth_grant {
	const char *user;		/* User-Name, for accounting */
	const struct grant_octets *classes;	/* for accounting, in their order */
	unsigned int n_classes;

	/* IPv4 */
	enum radius_address_choice address_choice;
	struct ip_addr address;		/* RADIUS_ADDRESS_GIVEN */
	bool has_netmask;
	uint8_t netmask;		/* the length of the prefix; may be 0 */
	const char *pool;		/* Framed-Pool */
	const struct radius_route *routes;	/* of both families */
	unsigned int n_routes;
	struct ip_addr dns[RADIUS_DNS_MAX];	/* not set: not given */
	struct ip_addr nbns[RADIUS_DNS_MAX];

	/* IPv6 */
	const struct ip_addr *dns6;
	unsigned int n_dns6;
	const struct ip_prefix *prefixes6;	/* Framed-IPv6-Prefix */
	unsigned int n_prefixes6;
	const struct ip_prefix *delegated6;	/* Delegated-IPv6-Prefix */
	unsigned int n_delegated6;
	const struct ip_addr *addresses6;	/* Framed-IPv6-Address */
	unsigned int n_addresses6;
	const char *pool6;
	const char *delegated_pool6;
	bool has_ifid;
	uint8_t ifid[8];		/* Framed-Interface-Id, in network order */

	/*
	 * Limits. A Session-Timeout or an Idle-Timeout of 0 seconds is as good as none, and so is a
	 * Port-Limit of 0: the configuration counts then.
	 */
	uint32_t session_timeout_s;
	uint32_t idle_timeout_s;
	uint32_t interim_s;		/* Acct-Interim-Interval, as sent */
	uint32_t termination_action;	/* 1: RADIUS-Request */
	uint32_t port_limit;		/* sessions of the user */
	uint32_t mtu;			/* Framed-MTU */
	uint64_t expires_s;		/* the user does, CLOCK_REALTIME; no attribute says so */
	const char * const *filters; /* Filter-Id */
	unsigned int n_filters;
	struct radius_rates rates;
	uint32_t lifted;		/* limits that there are not, whoever has one: POLICY_BIT() */
	const char * const *avpairs; /* Cisco-AVPair, as sent */
	unsigned int n_avpairs;

	/* MPPE */
	struct radius_number mppe_policy;	/* RADIUS_MPPE_ALLOWED or _REQUIRED */
	struct radius_number mppe_types;	/* RADIUS_MPPE_40, _56, _128, bits */

	/* private */
	unsigned int refs;
};

/*
 * Make a grant of what an Access-Accept says. Returns it with one reference, or NULL if there is no
 * memory.
 */
struct auth_grant *grant_new(const struct radius_reply *reply);

/*
 * Make a grant that names @profile ("": none), as a Filter-Id does, for a user who expires at
 * @expires_s, and says nothing else. Likewise.
 */
struct auth_grant *grant_of_account(const char *profile, uint64_t expires_s);

/*
 * Make a grant of a pool ("": none) and of rates in bit/s, from the user and to the user (0: none),
 * as a line of the secrets may have them. Likewise.
 */
struct auth_grant *grant_of_secret(const char *pool, uint64_t rate_up, uint64_t rate_down);

/*
 * Make what becomes of a grant by a CoA-Request. @changes are as radius/coa.h has them: limits,
 * filters, rates, AVPairs and classes that are given replace those of @old, a list as a whole; all
 * else stays. A limit of 0 is taken back. @old may be NULL: nothing was granted before. Returns the
 * new grant with one reference, or NULL if there is no memory; @old keeps its references.
 */
struct auth_grant *grant_changed(const struct auth_grant *old, const struct radius_reply *changes);

/*
 * Make what becomes of a grant when an administrator sets @terms, as grant_changed() does. A limit
 * of 0 is lifted: what others say of it does not count, either. A burst is set only together with
 * its rate. Terms that grant_settable() does not have are ignored.
 */
struct auth_grant *grant_set(const struct auth_grant *old, const struct policy *terms);

/* Returns the mask of POLICY_BIT() of what grant_set() can set. */
uint32_t grant_settable(void);

/* Take or drop a reference. @grant may be NULL. */
struct auth_grant *grant_get(struct auth_grant *grant);
void grant_put(struct auth_grant *grant);

#endif
