/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session as RADIUS names it, the same for its login, its accounting and changes of it:
 *
 *	NAS-Port		the low 32 bits of its number
 *	NAS-Port-Id		"SECTION:NUMBER", as "office:17"
 *	Acct-Session-Id		session_acct_id()
 *	Acct-Multi-Session-Id	the same: there is no multilink
 *	Calling-Station-Id	the peer's outer address
 *	Called-Station-Id	our outer address
 */
#ifndef CULVERT_SESSION_RADIUS_SESSION_H
#define CULVERT_SESSION_RADIUS_SESSION_H

#include "radius/request.h"
#include "session/session.h"

/* The memory of a struct radius_session. */
struct radius_session_texts {
	char id[SESSION_ACCT_ID_SIZE];
	char port_id[SESSION_OWNER_MAX + 24];
	char calling[IP_TEXT_SIZE];
	char called[IP_TEXT_SIZE];
};

/*
 * Fill @to with what is known of @s. It has pointers to @texts and to memory of @s. The user is
 * that of the grant if it names one, which is what a server wants to see in accounting; else that
 * of the record, as text_show() has it: octets of the peer's that cannot be printed are escaped.
 */
void radius_session_of(const struct session *s, struct radius_session *to,
		       struct radius_session_texts *texts);

#endif
