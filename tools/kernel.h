/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asking the kernel module itself, with no daemon in between: the generic
 * netlink family "pptp" of uapi/linux/pptp.h, turned into JSON values. Members
 * are called as in uapi/specs/pptp.yaml with _ for -, and times say their unit.
 */
#ifndef PPPCTL_KERNEL_H
#define PPPCTL_KERNEL_H

#include <jansson.h>
#include <netinet/in.h>
#include <stdint.h>

struct nlmsghdr;

/*
 * All sessions of this network namespace, as an array; one of them; the
 * counters of the namespace. A new reference, or NULL after complaining, with
 * the exit status in @status. @call_id is in host order.
 */
json_t *kernel_sessions(int *status);
json_t *kernel_session(struct in_addr local, uint16_t call_id, int *status);
json_t *kernel_counters(int *status);

/*
 * Call @event for each event from now on, with an object that has "event", "up"
 * and the like, and the members of a session. The reference stays ours. Returns
 * an exit status, after complaining, if that is not possible any more.
 */
int kernel_monitor(void (*event)(const void *ctx, const json_t *object), const void *ctx);

/*
 * The attributes of one message of the family, as an object. NULL if they are
 * malformed. Names and kinds of attributes that are not known are left out.
 */
json_t *kernel_parse(struct nlmsghdr *message);

#endif
