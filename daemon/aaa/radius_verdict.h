/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a RADIUS server's reply to a login means: a verdict. Pure.
 *
 * Only the code of the packet says whether the user comes in (RFC 3579 section 2.6.3), but an
 * Access-Accept is not enough where the peer could not go on with it:
 *
 *  - For MS-CHAPv2 it must have MS-CHAP2-Success, with the identifier of the Response. Without that
 *    the peer, which wants to know that the server knows its password, would leave (RFC 2759
 *    section 5). It is passed on as it is.
 *  - If the link must be encrypted, it must have keys: MS-MPPE-Send-Key and -Recv-Key for MS-CHAPv2
 *    and EAP, MS-CHAP-MPPE-Keys for MS-CHAPv1. PAP and CHAP-MD5 give none.
 *  - MS-MPPE-Encryption-Policy and -Types must leave something that the link allows. Of the link's
 *    policy and the server's the stricter one counts, and of the key lengths those that both
 *    have. Without the two attributes the link's own count.
 *
 * Then the login is refused, and @why names what the server has to send.
 *
 * What EAP calls Identity is not proven by most of its methods, and in PEAP and TTLS it is another
 * name than the one that is. So after EAP only the server can say who the user is, by User-Name. A
 * user without that comes in, but is @claimed, and the verdict has a remark.
 *
 * An Access-Reject, and an Access-Challenge to anything but EAP (RFC 2865 section 4.4 wants that to
 * be taken as one), is a refusal. MS-CHAP-Error says what the peer hears: its code, whether it may
 * try again, and its message. Without it, it is error 691; words are Reply-Message. A refusal for
 * "wrong password" (691) counts as a failed login; one for another reason is AUTH_REFUSED.
 *
 * An Access-Challenge with EAP goes on. It may lack State (RFC 2865 section 5.24): the next request
 * has none then, and goes to the same server all the same. One without EAP-Message cannot be
 * answered, and is a refusal.
 */
#ifndef CULVERT_AAA_RADIUS_VERDICT_H
#define CULVERT_AAA_RADIUS_VERDICT_H

#include "aaa/backend.h"
#include "radius/client.h"
#include "radius/reply.h"

/*
 * Judge. @v is zeroed and filled in; with AUTH_CONTINUES @v->link.eap points into @reply, and with
 * AUTH_OK the caller owns the reference in @v->grant. @user is the name in User-Name, any octets,
 * and at most RADIUS_VALUE_MAX of them. If the reply has none, it gets into @reply, and so
 * accounting has it; the user's name is that of radius_verdict_name(). @server is the name of the
 * server, for texts.
 */
void radius_verdict(struct auth_verdict *v, struct radius_reply *reply,
		    const struct auth_request *request, const char *user, size_t user_len,
		    const char *server);

/*
 * Set @v->user to the name that the peer has sent, less a domain if the request says so. Not less a
 * realm: users of two realms, or of ours, may have the same name behind that.
 */
void radius_verdict_name(struct auth_verdict *v, const struct auth_request *request);

/*
 * As radius_verdict() for a reply that radius_reply_read() refuses; @reply->refused and @reply->code say why.
 * This and the next one leave @v->user "".
 */
void radius_verdict_unreadable(struct auth_verdict *v, const struct radius_reply *reply,
			       const char *server);

/* The same if there was no reply. It is a refusal that the peer takes for a temporary one. */
void radius_verdict_unanswered(struct auth_verdict *v, enum radius_outcome outcome);

#endif
