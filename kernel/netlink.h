/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Generic netlink family "pptp".  Its contract is in uapi/linux/pptp.h.
 */
#ifndef _CULVERT_NETLINK_H
#define _CULVERT_NETLINK_H

int pptp_netlink_init(void);
void pptp_netlink_exit(void);

#endif /* _CULVERT_NETLINK_H */
