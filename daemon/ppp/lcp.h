/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * LCP: options and keepalive of the link itself (RFC 1661 sections 5 and 6,
 * RFC 1570 for Identification and Time-Remaining, which are tolerated).
 *
 * Part of struct ppp_link, reached only through it.
 */
#ifndef CULVERT_PPP_LCP_H
#define CULVERT_PPP_LCP_H

#include "ppp/fsm.h"

/* Options of the peer's Configure-Request under judgement. */
struct lcp_peer {
	uint16_t mru;
	uint32_t accm;
	uint32_t magic;
	bool pfc;
	bool acfc;
	uint8_t auth;			/* enum ppp_auth_method that it demands of us */
	bool in_vain;			/* ... though we do not give that one */
};

struct lcp {
	struct fsm fsm;
	/* What our next Configure-Request asks for. */
	uint16_t ask_mru;		/* 0: nothing, the default will do */
	bool ask_magic;
	bool ask_pfc;
	bool ask_acfc;
	uint8_t demand;			/* index into ppp_config.demand */
	uint32_t magic;
	struct lcp_peer peer;
	uint8_t give;			/* enum ppp_auth_method that we agreed to */
	uint8_t loops;			/* our own magic number came back so often in a row */
	/* Echo keepalive. */
	uint64_t echo_deadline;
	uint32_t echo_missed;
	bool echo_waits;
};

void lcp_init(struct lcp *lcp, const struct ppp_config *config);

/* Forget what earlier negotiations taught and ask for everything again. */
void lcp_reset(struct lcp *lcp);

/* An LCP that was open in an earlier process. */
void lcp_resume(struct lcp *lcp, const struct ppp_state *state);

/* How the peer is to prove itself, by what was asked last. */
enum ppp_auth_method lcp_demanded(const struct lcp *lcp);

/*
 * LCP comes to nothing for @reason (@detail as for link_fail()), or for the better one that the
 * peer demanded proof that we do not give, to the last.
 */
void lcp_fail(struct lcp *lcp, enum ppp_reason reason, const char *detail);

/* The peer was heard, whatever it said: it is alive. */
void lcp_heard(struct lcp *lcp, uint64_t now);

/* Timers of the automaton and of the keepalive. */
uint64_t lcp_deadline(const struct lcp *lcp);
void lcp_tick(struct lcp *lcp, uint64_t now);

/* Start the keepalive, if there is to be one. */
void lcp_echo_start(struct lcp *lcp, uint64_t now);

/* Send one Echo-Request besides those of the keepalive. LCP must be in Opened. */
void lcp_echo_now(struct lcp *lcp);

/* Tell the peer that we have no use for @frame, protocol field first (section 5.7). */
void lcp_protocol_reject(struct lcp *lcp, const uint8_t *frame, size_t len);

#endif
