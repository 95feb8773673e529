/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IPCP: addresses (RFC 1332) and name servers (RFC 1877). Header compression is refused,
 * because frames in GRE may arrive out of order.
 *
 * Part of struct ppp_link; other code reaches it only through the link.
 */
#ifndef CULVERT_PPP_IPCP_H
#define CULVERT_PPP_IPCP_H

#include "ppp/fsm.h"

struct ipcp {
	struct fsm fsm;
	struct ppp_ipv4 want;		/* what the owner set */
	struct ppp_ipv4 have;		/* what is negotiated so far */
	struct in_addr peer;		/* the peer's address in the request being judged */
	uint8_t ask;			/* options in our request, by index in option_types */
	bool hinted;			/* the peer named no address and we asked for it */
};

void ipcp_init(struct ipcp *ipcp, const struct ppp_config *config);
/* Forget what earlier negotiations taught, and ask for everything again. */
void ipcp_reset(struct ipcp *ipcp);
/* Continue IPCP of an earlier process: in state Opened, or in state Stopped if it was not open. */
void ipcp_resume(struct ipcp *ipcp, const struct ppp_state *state);

#endif
