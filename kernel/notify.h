/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Netlink events, sent to multicast group "events" in the namespace of the session.  An event is
 * lost if no socket listens or memory is short.
 *
 * Context: any but hard interrupts; the functions do not sleep.
 */
#ifndef _CULVERT_NOTIFY_H
#define _CULVERT_NOTIFY_H

#include <linux/pptp.h>

struct genl_family;
struct pptp_session;

/* Set the family that sends the events.  Called before the first session exists. */
void pptp_notify_init(const struct genl_family *family);

void pptp_notify_up(struct pptp_session *s);
void pptp_notify_down(struct pptp_session *s, enum pptp_down why);
void pptp_notify_idle(struct pptp_session *s);
void pptp_notify_resync(struct pptp_session *s);

#endif /* _CULVERT_NOTIFY_H */
