/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tap sees all that the daemon says to peers and hears of them: messages of control connections, and
 * PPP frames that are not user traffic. There is one for all sessions, sessions.tap, and mostly none:
 * then it costs the test of a pointer.
 *
 * The functions are called at once, in the midst of other work: they must not change a session or a
 * tunnel. What they are given is valid during the call.
 */
#ifndef CULVERT_TAP_H
#define CULVERT_TAP_H

#include "session/session.h"
#include "session/tunnel.h"

struct tap {
	/* The control connection @t begins, with its addresses; it ends. */
	void (*opened)(struct tap *tap, struct tunnel *t);
	void (*closed)(struct tap *tap, struct tunnel *t);
	/*
	 * A message (RFC 2637 section 2) is sent or has come. Of one that is malformed or of an
	 * undefined type, @message has the first octets only.
	 */
	void (*message)(struct tap *tap, struct tunnel *t, bool sent, const uint8_t *message,
			size_t len);
	/* A frame is sent or has come; its protocol field, of two octets, is first. */
	void (*frame)(struct tap *tap, struct session *s, bool sent, const uint8_t *frame,
		      size_t len);
};

static inline void tap_message(struct tunnel *t, bool sent, const uint8_t *message, size_t len)
{
	struct tap *tap = t->sessions->tap;

	if (tap)
		tap->message(tap, t, sent, message, len);
}

static inline void tap_frame(struct session *s, bool sent, const uint8_t *frame, size_t len)
{
	struct tap *tap = s->all->tap;

	if (tap)
		tap->frame(tap, s, sent, frame, len);
}

#endif
