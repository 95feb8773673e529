/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the protocols of a link call on the link. Not for its owner.
 *
 * Rule: a protocol never ends the link or another protocol from within its own
 * automaton. It says link_fail(), and the link acts once the frame or timer in
 * hand is done with.
 */
#ifndef CULVERT_PPP_LINK_PRIV_H
#define CULVERT_PPP_LINK_PRIV_H

#include "ppp/link.h"

/* The link in which @ptr is @member (a designator such as lcp.fsm). */
#define link_of(ptr, member) \
	((struct ppp_link *)(void *)((char *)(ptr) - offsetof(struct ppp_link, member)))

void link_output(struct ppp_link *link, const uint8_t *frame, size_t len);
void link_random(struct ppp_link *link, void *buf, size_t len);
void link_event(struct ppp_link *link, enum ppp_event_type type);
void link_event_text(struct ppp_link *link, enum ppp_event_type type, const char *text);

/* A frame was dropped; @why is a constant string. */
void link_bad(struct ppp_link *link, const char *why);
void link_untimely(struct ppp_link *link, const char *why);

/*
 * The link cannot go on. The first reason counts. @detail, a sentence's end in
 * plain text, or NULL.
 */
void link_fail(struct ppp_link *link, enum ppp_reason reason, const char *detail);

/* The words for it, once it has failed. */
const char *link_reason_text(const struct ppp_link *link);

/* The same with an MS-CHAP code, which is put into words. */
void link_fail_mschap(struct ppp_link *link, enum ppp_reason reason, unsigned int error,
		      const char *detail);

/* Write the printable of @src, and a NUL, to @dst of @size octets. */
void link_sanitise(char *dst, size_t size, const uint8_t *src, size_t len);

/* LCP */
void link_lcp_up(struct ppp_link *link);
void link_lcp_down(struct ppp_link *link);
void link_lcp_finished(struct ppp_link *link, enum fsm_cause cause);
void link_protocol_rejected(struct ppp_link *link, uint16_t protocol);

/* Both directions of authentication are done. */
void link_authenticated(struct ppp_link *link);

/* CCP, IPCP and IPv6CP */
void link_ncp_changed(struct ppp_link *link, uint8_t open, bool up);
void link_ncp_finished(struct ppp_link *link, uint8_t open, enum fsm_cause cause);

#endif
