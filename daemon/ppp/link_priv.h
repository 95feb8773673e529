/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions of the link that its protocols call. Not for the owner.
 *
 * Rule: a protocol never ends the link or another protocol from within its own automaton.
 * It calls link_fail(). The link acts once the current frame or timer has been handled.
 */
#ifndef CULVERT_PPP_LINK_PRIV_H
#define CULVERT_PPP_LINK_PRIV_H

#include "ppp/link.h"

/* The link that contains *@ptr as @member (a designator such as lcp.fsm). */
#define link_of(ptr, member) \
	((struct ppp_link *)(void *)((char *)(ptr) - offsetof(struct ppp_link, member)))

void link_output(struct ppp_link *link, const uint8_t *frame, size_t len);
void link_random(struct ppp_link *link, void *buf, size_t len);
void link_event(struct ppp_link *link, enum ppp_event_type type);
void link_event_text(struct ppp_link *link, enum ppp_event_type type, const char *text);

/*
 * Report a dropped frame: PPP_EVENT_PEER_ERROR (bad) or PPP_EVENT_UNTIMELY. @why is a
 * constant string.
 */
void link_bad(struct ppp_link *link, const char *why);
void link_untimely(struct ppp_link *link, const char *why);

/*
 * The link cannot go on. Only the first call counts. @detail is the end of a sentence in
 * plain text, or NULL.
 */
void link_fail(struct ppp_link *link, enum ppp_reason reason, const char *detail);

/* As link_fail(), with the MS-CHAP code @error, which is put into words. */
void link_fail_mschap(struct ppp_link *link, enum ppp_reason reason, unsigned int error,
		      const char *detail);

/*
 * Write the printable ASCII characters of @src, and a NUL, to @dst, which has @size octets.
 * All other octets are left out.
 */
void link_sanitise(char *dst, size_t size, const uint8_t *src, size_t len);

/* Called by LCP. */
void link_lcp_up(struct ppp_link *link);
void link_lcp_down(struct ppp_link *link);
void link_lcp_finished(struct ppp_link *link, enum fsm_cause cause);
void link_protocol_rejected(struct ppp_link *link, uint16_t protocol);

/* Authentication is complete in both directions. */
void link_authenticated(struct ppp_link *link);

/* Called by CCP and IPCP just before their Configure-Ack is sent, when they are set up for it. */
void link_acking(struct ppp_link *link);

/* Called by CCP, IPCP and IPv6CP. @open is the bit of the protocol in ppp_state.open. */
void link_ncp_changed(struct ppp_link *link, uint8_t open, bool up);
void link_ncp_finished(struct ppp_link *link, uint8_t open, enum fsm_cause cause);

#endif
