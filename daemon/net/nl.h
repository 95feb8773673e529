/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Netlink requests: one, or several in one message to the kernel.
 *
 * The kernel carries out a request to rtnetlink or generic netlink inside sendmsg(), and its answer
 * waits in the socket when sendmsg() returns. So nl_talk() and nl_ask() do not block for a peer, a
 * process or a timer, only for the kernel's own locks. The wait for the answer has a timeout.
 *
 * Requests are built in a buffer of the struct nl: nl_request() starts the first request, libmnl's
 * mnl_attr_put_*() functions fill it, nl_also() starts a further request behind it, and nl_talk()
 * or nl_ask() sends all of them. Nothing checks that the requests fit the buffer: the caller must
 * keep them small (all requests of the daemon are small and of bounded size).
 *
 * The kernel carries out the requests of one exchange in their order. When it refuses a request, it
 * still carries out the requests behind it. A caller that gets an error must undo what the other
 * requests did.
 *
 * Functions return 0 or a negative errno unless they say otherwise. After an error of nl_talk() or
 * nl_ask() @reason holds the text that the kernel gave (extended ACK), or else strerror(), until
 * the next exchange. nl_open() leaves @reason empty.
 */
#ifndef CULVERT_NET_NL_H
#define CULVERT_NET_NL_H

#include <stdbool.h>
#include <stdint.h>
#include <libmnl/libmnl.h>

#include "util/ip.h"

#define NL_REQUEST_MAX	1024	/* octets of all requests of one exchange */
#define NL_EVENTS	64	/* datagrams of events that one callback reads at most */
#define NL_REASON_SIZE	160	/* octets of a text that describes an error */

struct nl {
	struct mnl_socket *sock;
	unsigned int portid;
	uint32_t seq;			/* sequence number of the last request */
	uint32_t first_seq;		/* of the first request, which nl_request() started */
	char reason[NL_REASON_SIZE];
	_Alignas(8) char request[NL_REQUEST_MAX];
};

/*
 * Open a socket in the network namespace of the caller. @bus is NETLINK_ROUTE or NETLINK_GENERIC.
 * After an error @nl is closed.
 */
int nl_open(struct nl *nl, int bus);

/* Close the socket. Does nothing if @nl is zeroed or closed. */
void nl_close(struct nl *nl);

/*
 * Returns true if a whole message stands at @nlh, of which @left octets were received. Use this
 * instead of mnl_nlmsg_ok(): that takes a message length of more than 2 GiB for a negative number,
 * and mnl_nlmsg_next() then returns the same message for ever.
 */
bool nl_ok(const struct nlmsghdr *nlh, int left);

/*
 * Start the first request of an exchange, of @type, with @flags in addition to NLM_F_REQUEST. The
 * request has @extra zeroed octets for the header of the netlink family, which the caller fills
 * through mnl_nlmsg_get_payload(). Returns the request.
 */
struct nlmsghdr *nl_request(struct nl *nl, uint16_t type, uint16_t flags, size_t extra);

/*
 * Start a further request behind @before, which must be complete; all are sent together. Neither
 * request may be a dump (NLM_F_DUMP). Returns the request.
 */
struct nlmsghdr *nl_also(struct nl *nl, const struct nlmsghdr *before, uint16_t type,
			 uint16_t flags, size_t extra);

/*
 * Add an attribute with an IPv4 or IPv6 address, in network byte order. Adds no attribute if
 * @address is not set.
 */
void nl_put_address(struct nlmsghdr *nlh, uint16_t type, struct ip_addr address);

/*
 * Returns the address in @attr, which is IPv4 if it has 4 octets, IPv6 if it has 16. Returns an
 * address that is not set if @attr has any other length.
 */
struct ip_addr nl_get_address(const struct nlattr *attr);

/*
 * Send all requests up to @nlh, which is the one that was started last, and read the answers until
 * the kernel has acknowledged or refused @nlh. @cb (may be NULL) is called for each message of the
 * answer; it returns MNL_CB_OK, or MNL_CB_ERROR for a malformed message. Returns 0, or the error of
 * the first request that the kernel refused. Returns -EBADMSG if an answer is malformed, -EAGAIN if
 * no answer comes. Returns -EINTR if what a dump lists changed meanwhile, so that @cb may not have
 * seen everything.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *arg);

/*
 * Like nl_talk(), for a request @nlh that asks a question with one message as its answer. No
 * acknowledgment is asked for: the exchange ends with the answer, or when the kernel refuses @nlh.
 */
int nl_ask(struct nl *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *arg);

/*
 * Ask for a dump, of which nl_dump_part() then reads one part at a time, each some 16 KiB, and calls
 * @cb for each message in it. nl_dump_part() returns 1 if there is more, 0 after the last part, and a
 * negative errno if the dump is over. Meanwhile @nl can be asked for nothing else.
 */
int nl_dump(struct nl *nl, struct nlmsghdr *nlh);
int nl_dump_part(struct nl *nl, mnl_cb_t cb, void *arg);

#endif
