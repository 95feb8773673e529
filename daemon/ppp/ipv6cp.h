/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IPv6CP: interface identifiers (RFC 5072). IPv6CP only makes the link-local addresses
 * unique. Other addresses come later and by other means (router advertisement, DHCPv6).
 *
 * Part of struct ppp_link; other code reaches it only through the link.
 */
#ifndef CULVERT_PPP_IPV6CP_H
#define CULVERT_PPP_IPV6CP_H

#include "ppp/fsm.h"

struct ipv6cp {
	struct fsm fsm;
	struct ppp_ipv6 want;		/* what the owner set */
	struct ppp_ipv6 have;
	uint8_t peer[PPP_IFID_LEN];	/* the peer's identifier in the request being judged */
};

void ipv6cp_init(struct ipv6cp *ipv6cp, const struct ppp_config *config);
/* Forget what earlier negotiations taught, and choose our identifier again. */
void ipv6cp_reset(struct ipv6cp *ipv6cp);
/*
 * Continue IPv6CP of an earlier process: in state Opened, or in state Stopped if it was not
 * open.
 */
void ipv6cp_resume(struct ipv6cp *ipv6cp, const struct ppp_state *state);

#endif
