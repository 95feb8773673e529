/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The chain of MPPE session keys (RFC 3078 7, RFC 3079 3): each key is made from the one before it.
 *
 * Pure: no locks, no allocation, no globals.  The caller of mppe.h serialises all calls.  All of
 * the state is secret.
 */
#ifndef _CULVERT_MPPE_KEY_H
#define _CULVERT_MPPE_KEY_H

#include <linux/types.h>

#include "mppe.h"

/*
 * The chain of session keys.  @key is in use.  @ready holds the ready keys: those after @key that
 * have been computed and not used yet.  @tail is the last of them, or @key if there are none.
 */
struct pptp_mppe_chain {
	u8 start[MPPE_KEY_MAX];
	u8 key[MPPE_KEY_MAX];
	u8 tail[MPPE_KEY_MAX];
	u8 ready[MPPE_AHEAD][MPPE_KEY_MAX];
	u8 ready_first;
	u8 ready_count;
	u8 key_len;
	u8 bits;
	u32 steps;		/* key steps computed so far; wraps */
};

/* A walk ahead that does not move the chain: @key is @steps after the key in use. */
struct pptp_mppe_walk {
	u8 key[MPPE_KEY_MAX];
	u32 steps;
};

/*
 * Start a zeroed chain: its first key is in use.  @start_key: MPPE_KEY_MAX bytes; @bits: 40, 56 or
 * 128.
 */
void pptp_mppe_chain_start(struct pptp_mppe_chain *chain, const u8 *start_key, unsigned int bits);

/* Move the chain by one step: the next key is in use from now on. */
void pptp_mppe_rekey(struct pptp_mppe_chain *chain);

/* Compute keys until at least @n, at most MPPE_AHEAD, are ready. */
void pptp_mppe_make_ready(struct pptp_mppe_chain *chain, unsigned int n);

/* Start a walk at the key in use. */
void pptp_mppe_walk_start(const struct pptp_mppe_chain *chain, struct pptp_mppe_walk *walk);

/*
 * Walk on to the key that is @steps after the key in use; does nothing if the walk is already there
 * or beyond.  The keys of the first MPPE_AHEAD steps stay in the chain as ready keys, so that no
 * forged frame can make us compute them again.
 */
void pptp_mppe_walk_to(struct pptp_mppe_chain *chain, struct pptp_mppe_walk *walk, u32 steps);

/* Move the chain to where the walk is. */
void pptp_mppe_walk_commit(struct pptp_mppe_chain *chain, const struct pptp_mppe_walk *walk);

#endif /* _CULVERT_MPPE_KEY_H */
