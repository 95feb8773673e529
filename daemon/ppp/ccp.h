/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CCP (RFC 1962) with one option only: MPPE (RFC 3078). Compression proper is
 * never offered and always refused.
 *
 * Part of struct ppp_link, reached only through it.
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
	uint32_t ask;			/* Supported Bits that we ask for; 0: none are left */
	uint32_t peer;			/* ... that the request under judgement would get */
	uint32_t granted;		/* ... that we acknowledged; 0: none */
	bool hinted;			/* a peer that did not ask for MPPE was told to */
	bool settled;			/* it is decided whether there is encryption */
	/* Resynchronisation of what we receive. */
	bool reset_waits;		/* a Reset-Request is out */
	uint8_t reset_id;
	uint8_t resets;			/* how often it was sent */
	uint64_t reset_deadline;
};

void ccp_init(struct ccp *ccp, const struct ppp_config *config);
void ccp_reset(struct ccp *ccp);

/* MPPE is wanted and there are keys that allow it. */
bool ccp_possible(const struct ccp *ccp);

/* CCP as it was in an earlier process, or closed if it was not open. */
void ccp_resume(struct ccp *ccp, const struct ppp_state *state);

/* CCP is open and both directions are encrypted. */
bool ccp_encrypts(const struct ccp *ccp);

/* Our receiver lost step (stateful MPPE): ask for a flush, at a bounded rate. */
void ccp_lost_step(struct ccp *ccp, uint64_t now);

uint64_t ccp_deadline(const struct ccp *ccp);
void ccp_tick(struct ccp *ccp, uint64_t now);

#endif
