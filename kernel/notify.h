/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events to group "events" of the session's namespace; lost if nobody listens or memory is short.
 *
 * Context: any but hard interrupts.
 */
#ifndef _CULVERT_NOTIFY_H
#define _CULVERT_NOTIFY_H

#include <linux/pptp.h>

struct genl_family;
struct pptp_session;

/* Before the first session: the family whose events these are. */
void pptp_notify_init(const struct genl_family *family);

void pptp_notify_up(struct pptp_session *s);
void pptp_notify_down(struct pptp_session *s, enum pptp_down why);
void pptp_notify_idle(struct pptp_session *s);
void pptp_notify_resync(struct pptp_session *s);

#endif /* _CULVERT_NOTIFY_H */
