/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Netlink requests, one at a time or a few at once.
 *
 * A request to rtnetlink or generic netlink is carried out by the kernel inside sendmsg(), and its
 * answer waits in the socket when sendmsg() returns. So nl_talk() does not block for a peer, a
 * process or a timer, only for the kernel's own locks; a receive timeout bounds even that.
 *
 * Requests are built in a buffer of the struct nl itself: nl_request() starts one, libmnl's
 * mnl_attr_put_*() functions fill it, nl_also() starts another behind it, nl_talk() sends them all.
 * Requests that outgrow the buffer are a bug of the caller (all of ours are small and of bounded
 * size).
 *
 * The kernel carries out the requests of one nl_talk() in their order, and those behind one that it
 * refuses as well: a caller who gets an error undoes what the others did.
 *
 * Return values are 0 or a negative errno. When the kernel gave a reason (extended ACK), @reason
 * holds it until the next request; otherwise it holds strerror().
 */
#ifndef CULVERT_NET_NL_H
#define CULVERT_NET_NL_H

#include <stdbool.h>
#include <stdint.h>
#include <libmnl/libmnl.h>

#include "util/ip.h"

#define NL_REQUEST_MAX	1024	/* octets of what one nl_talk() sends */
#define NL_EVENTS	64	/* datagrams of events that are read before others have their turn */

struct nl {
	struct mnl_socket *sock;
	unsigned int portid;
	uint32_t seq;			/* of the request started last */
	uint32_t first_seq;		/* of the one that nl_request() started */
	char reason[160];
	_Alignas(8) char request[NL_REQUEST_MAX];
};

/* @bus is NETLINK_ROUTE or NETLINK_GENERIC. The socket belongs to the caller's network namespace. */
int nl_open(struct nl *nl, int bus);

/* Harmless on one that is all zeroes or already closed. */
void nl_close(struct nl *nl);

/*
 * Is there a whole message at @nlh, with @left octets to go? Like mnl_nlmsg_ok(), which takes a length
 * of more than 2 GiB for a negative one, and then its mnl_nlmsg_next() stays where it is.
 */
bool nl_ok(const struct nlmsghdr *nlh, int left);

/*
 * Start a request of @type with @flags beside NLM_F_REQUEST, followed by @extra zeroed octets of
 * family header, which the caller fills through mnl_nlmsg_get_payload().
 */
struct nlmsghdr *nl_request(struct nl *nl, uint16_t type, uint16_t flags, size_t extra);

/* The same, to be sent together with and behind @before, which is complete. No dump (NLM_F_DUMP). */
struct nlmsghdr *nl_also(struct nl *nl, const struct nlmsghdr *before, uint16_t type,
			 uint16_t flags, size_t extra);

/* Put an address of either family; nothing if there is none. */
void nl_put_address(struct nlmsghdr *nlh, uint16_t type, struct ip_addr address);

/* The address in @attr, told apart by its length; none if it has another one. */
struct ip_addr nl_get_address(const struct nlattr *attr);

/*
 * Send all up to @nlh, the request started last, and read the answers until that one is
 * acknowledged or refused. @cb (may be NULL) sees each answering message and returns MNL_CB_OK.
 * Returns 0, or the error of the first request that was refused. -EINTR: what was listed changed
 * meanwhile, so that something may be missing in what @cb saw.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *arg);

/* Likewise, for a question @nlh to which the kernel has one answer: that ends it, and nothing else. */
int nl_ask(struct nl *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *arg);

#endif
