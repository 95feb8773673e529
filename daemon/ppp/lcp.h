/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * LCP: options and keepalive of the link itself (RFC 1661 sections 5 and 6). Identification
 * and Time-Remaining of RFC 1570 are understood but never sent.
 *
 * Part of struct ppp_link; other code reaches it only through the link.
 */
#ifndef CULVERT_PPP_LCP_H
#define CULVERT_PPP_LCP_H

#include "ppp/fsm.h"

/* Options of the peer's Configure-Request that is being judged. */
struct lcp_peer {
	uint16_t mru;
	uint32_t accm;
	uint32_t magic;
	bool pfc;
	bool acfc;
	uint8_t auth;			/* enum ppp_auth_method that the peer demands of us */
	bool in_vain;			/* the peer demands a method that we do not give */
};

struct lcp {
	struct fsm fsm;
	/* What our next Configure-Request asks for. */
	uint16_t ask_mru;		/* 0: do not ask, the default is used */
	bool ask_magic;
	bool ask_pfc;
	bool ask_acfc;
	uint8_t demand;			/* index into ppp_config.demand */
	uint32_t magic;
	struct lcp_peer peer;
	uint8_t give;			/* enum ppp_auth_method that we agreed to give */
	uint8_t loops;			/* how often in a row our own magic number came back */
	/* Keepalive by Echo-Requests. */
	uint64_t echo_deadline;
	uint32_t echo_missed;
	uint64_t data_frames;		/* that had come when an Echo-Request was due last */
	uint8_t own_echoes;		/* Echo-Requests in a row that had our magic number */
	bool echo_waits;
};

void lcp_init(struct lcp *lcp, const struct ppp_config *config);

/* Forget what earlier negotiations taught, and ask for everything again. */
void lcp_reset(struct lcp *lcp);

/* Continue an LCP that was open in an earlier process. */
void lcp_resume(struct lcp *lcp, const struct ppp_state *state);

/*
 * Returns the method that an Authentication-Protocol option (RFC 1661 section 6.2) names;
 * PPP_AUTH_NONE for one that we do not have.
 */
enum ppp_auth_method lcp_auth_method(const struct fsm_option *option);

/* Returns the method that our last Configure-Request demands of the peer. */
enum ppp_auth_method lcp_demanded(const struct lcp *lcp);

/*
 * LCP has failed for @reason (@detail as for link_fail()). If the peer's last request
 * demanded a method that we do not give, that reason is reported instead.
 */
void lcp_fail(struct lcp *lcp, enum ppp_reason reason, const char *detail);

/* A frame came from the peer, which is therefore alive. */
void lcp_heard(struct lcp *lcp, uint64_t now);

/* Timers of the automaton and of the keepalive. */
uint64_t lcp_deadline(const struct lcp *lcp);
void lcp_tick(struct lcp *lcp, uint64_t now);

/* Start the keepalive, if ppp_config.echo_interval_ms is not 0. */
void lcp_echo_start(struct lcp *lcp, uint64_t now);

/* Send one Echo-Request in addition to those of the keepalive. LCP must be in state Opened. */
void lcp_echo_now(struct lcp *lcp);

/*
 * Tell the peer that we do not use the protocol of @frame (RFC 1661 section 5.7). @frame
 * begins with its protocol field; it is cut to the peer's MRU.
 */
void lcp_protocol_reject(struct lcp *lcp, const uint8_t *frame, size_t len);

#endif
