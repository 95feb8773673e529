/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ask the kernel module itself, without the daemon. Messages of the generic
 * netlink family "pptp" (uapi/linux/pptp.h) become JSON values. Members have the
 * names of uapi/specs/pptp.yaml, with _ in place of -; the name of a time ends
 * in its unit.
 */
#ifndef PPPCTL_KERNEL_H
#define PPPCTL_KERNEL_H

#include <jansson.h>
#include <netinet/in.h>
#include <stdint.h>

struct nlmsghdr;

/*
 * Return all sessions of this network namespace as an array, one session, or
 * the counters of the namespace. The result is a new reference, or NULL after
 * complaining. *@status is the exit status in both cases. @local is in network
 * order, @call_id in host order.
 */
json_t *kernel_sessions(int *status);
json_t *kernel_session(struct in_addr local, uint16_t call_id, int *status);
json_t *kernel_counters(int *status);

/*
 * Call @event for each event of the kernel module from now on. @object is
 * borrowed. It has the member "event" ("up", "down", "idle" or "mppe_resync")
 * and members of the session. Returns only after an error, which it complains
 * of, with the exit status.
 */
int kernel_monitor(void (*event)(const void *ctx, const json_t *object), const void *ctx);

/*
 * Returns the attributes of one message of the family as an object, or NULL if
 * they are malformed. Attributes that this program does not know are left out.
 */
json_t *kernel_parse(struct nlmsghdr *message);

#endif
