/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IPv6CP: interface identifiers (RFC 5072). Addresses come later and by other
 * means (router advertisement, DHCPv6); this only makes link-local ones unique.
 *
 * Part of struct ppp_link, reached only through it.
 */
#ifndef CULVERT_PPP_IPV6CP_H
#define CULVERT_PPP_IPV6CP_H

#include "ppp/fsm.h"

struct ipv6cp {
	struct fsm fsm;
	struct ppp_ipv6 want;		/* what the owner gave */
	struct ppp_ipv6 have;
	uint8_t peer[PPP_IFID_LEN];	/* the peer's by the request under judgement */
};

void ipv6cp_init(struct ipv6cp *ipv6cp, const struct ppp_config *config);
void ipv6cp_reset(struct ipv6cp *ipv6cp);
void ipv6cp_resume(struct ipv6cp *ipv6cp, const struct ppp_state *state);

#endif
