/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CCP (RFC 1962) with only one option: MPPE (RFC 3078). Compression itself is never offered
 * and always refused.
 *
 * Part of struct ppp_link; other code reaches it only through the link.
 */
#ifndef CULVERT_PPP_CCP_H
#define CULVERT_PPP_CCP_H

#include "ppp/fsm.h"

/* Supported Bits of the MPPE option, RFC 3078 section 2.1. */
#define MPPE_OPT_H		0x01000000u	/* stateless */
#define MPPE_OPT_M		0x00000080u	/* 56 bit */
#define MPPE_OPT_S		0x00000040u	/* 128 bit */
#define MPPE_OPT_L		0x00000020u	/* 40 bit */
#define MPPE_OPT_D		0x00000010u	/* obsolete */
#define MPPE_OPT_C		0x00000001u	/* MPPC compression */

#define MPPE_OPT_LEN		6		/* the whole option, type and length included */

struct ccp {
	struct fsm fsm;
	uint32_t ask;			/* Supported Bits that we ask for */
	uint32_t peer;			/* Supported Bits that the request being judged gets */
	uint32_t granted;		/* Supported Bits that we acknowledged; 0: no MPPE */
	bool hinted;			/* the peer did not ask for MPPE and we suggested it */
	bool settled;			/* it is decided whether the link encrypts */
	bool rejected;			/* the peer rejected MPPE itself */
	/* Resynchronisation of the direction that we receive. */
	bool reset_waits;		/* a Reset-Request waits for its Reset-Ack */
	uint8_t reset_id;
	uint8_t resets;			/* how often the Reset-Request was sent */
	uint64_t reset_deadline;
};

void ccp_init(struct ccp *ccp, const struct ppp_config *config);
/* Forget what earlier negotiations taught, and ask for the best that is allowed. */
void ccp_reset(struct ccp *ccp);

/* Returns true if MPPE is wanted and authentication gave keys of an allowed length. */
bool ccp_possible(const struct ccp *ccp);

/* Continue CCP of an earlier process: in state Opened, or in state Stopped if it was not open. */
void ccp_resume(struct ccp *ccp, const struct ppp_state *state);

/* Returns true if CCP is open and both directions are encrypted. */
bool ccp_encrypts(const struct ccp *ccp);

/*
 * Our receiver lost step (stateful MPPE): ask the peer for a flush with a Reset-Request, at
 * a bounded rate.
 */
void ccp_lost_step(struct ccp *ccp, uint64_t now);

uint64_t ccp_deadline(const struct ccp *ccp);
void ccp_tick(struct ccp *ccp, uint64_t now);

#endif
