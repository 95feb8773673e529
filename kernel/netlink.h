/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink family "pptp"; see uapi/linux/pptp.h for its contract.
 */
#ifndef _CULVERT_NETLINK_H
#define _CULVERT_NETLINK_H

#include <linux/pptp.h>

struct pptp_session;

int pptp_netlink_init(void);
void pptp_netlink_exit(void);

/*
 * Events to group "events" of the session's namespace; lost if nobody listens or memory is short.
 * Any context but hard interrupts.
 */
void pptp_netlink_notify_up(struct pptp_session *s);
void pptp_netlink_notify_down(struct pptp_session *s, enum pptp_down why);
void pptp_netlink_notify_idle(struct pptp_session *s);
void pptp_netlink_notify_resync(struct pptp_session *s);

#endif /* _CULVERT_NETLINK_H */
