/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Netlink requests, one at a time.
 *
 * A request to rtnetlink or generic netlink is carried out by the kernel inside sendmsg(), and its
 * answer waits in the socket when sendmsg() returns. So nl_talk() does not block for a peer, a
 * process or a timer, only for the kernel's own locks; a receive timeout bounds even that.
 *
 * Requests are built in a buffer of the struct nl itself: nl_request() starts one, libmnl's
 * mnl_attr_put_*() functions fill it, nl_talk() sends it. A request that outgrows the buffer is a
 * bug of the caller (all our requests are small and of bounded size).
 *
 * Return values are 0 or a negative errno. When the kernel gave a reason (extended ACK), @reason
 * holds it until the next request; otherwise it holds strerror().
 */
#ifndef CULVERT_NET_NL_H
#define CULVERT_NET_NL_H

#include <stdint.h>
#include <libmnl/libmnl.h>

#define NL_REQUEST_MAX	1024	/* octets of one request */

struct nl {
	struct mnl_socket *sock;
	unsigned int portid;
	uint32_t seq;
	char reason[160];
	_Alignas(8) char request[NL_REQUEST_MAX];
};

/* @bus is NETLINK_ROUTE or NETLINK_GENERIC. The socket belongs to the caller's network namespace. */
int nl_open(struct nl *nl, int bus);

/* Harmless on one that is all zeroes or already closed. */
void nl_close(struct nl *nl);

/*
 * Start a request of @type with @flags beside NLM_F_REQUEST, followed by @extra zeroed octets of
 * family header, which the caller fills through mnl_nlmsg_get_payload().
 */
struct nlmsghdr *nl_request(struct nl *nl, uint16_t type, uint16_t flags, size_t extra);

/*
 * Send @nlh, the request that nl_request() returned, and read the answers until it is
 * acknowledged or refused. @cb (may be NULL) sees each answering message and returns MNL_CB_OK.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *arg);

#endif
