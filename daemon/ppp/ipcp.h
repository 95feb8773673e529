/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IPCP: addresses (RFC 1332) and name servers (RFC 1877). Header compression is
 * refused: the frames below are not in order by nature.
 *
 * Part of struct ppp_link, reached only through it.
 */
#ifndef CULVERT_PPP_IPCP_H
#define CULVERT_PPP_IPCP_H

#include "ppp/fsm.h"

struct ipcp {
	struct fsm fsm;
	struct ppp_ipv4 want;		/* what the owner gave */
	struct ppp_ipv4 have;		/* what is agreed so far */
	struct in_addr peer;		/* the peer's by the request under judgement */
	uint8_t ask;			/* mask of options in our request */
	bool hinted;			/* a peer silent of its address was asked for it */
};

void ipcp_init(struct ipcp *ipcp, const struct ppp_config *config);
void ipcp_reset(struct ipcp *ipcp);
void ipcp_resume(struct ipcp *ipcp, const struct ppp_state *state);

#endif
