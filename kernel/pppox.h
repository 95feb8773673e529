/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PX_PROTO_PPTP socket: the interface of the in-tree module, and PPP control frames by
 * recvmsg(), sendmsg() and poll().
 *
 * A message is one frame, from the two-octet protocol field on.  Without a channel, sendmsg() takes
 * frames of protocols 0x4000 and above, which are control frames (RFC 1661 2), and fails with
 * EINVAL for network-layer data; recvmsg() returns every frame that was delivered, decrypted if
 * needed, except IPv4 and IPv6 packets, which go to the link.  SO_RCVBUF bounds the receive queue.
 * With a channel, both fail with EOPNOTSUPP, as in the in-tree module.  After the session has been
 * deleted, recvmsg() returns 0 when the receive queue is empty, and sendmsg() fails with EPIPE.
 */
#ifndef _CULVERT_PPPOX_H
#define _CULVERT_PPPOX_H

#include <linux/if_pppox.h>
#include <linux/pptp.h>
#include <linux/types.h>

struct sock;

int pptp_pppox_init(void);
void pptp_pppox_exit(void);

/**
 * pptp_pppox_bind() - bind() without the checks of address length and privilege
 * @sk: socket, locked
 * @local: local outer address and call ID; call ID 0 lets the kernel pick a free one
 *
 * Return: 0; -EALREADY if the session is DEAD; -EBUSY if it is bound already; or the error of
 * pptp_session_bind().
 */
int pptp_pppox_bind(struct sock *sk, const struct pptp_addr *local);

/**
 * pptp_pppox_connect() - connect() without the checks of address length and protocol
 * @sk: socket, locked
 * @peer: the peer's outer address and call ID
 *
 * Return: 0; -EALREADY if another session has this peer or the session is DEAD; -EBUSY if it is
 * connected already; -EINVAL if it is not bound or an address is 0; -EHOSTUNREACH if there is no
 * route to the peer; or the error of pptp_session_connect().
 */
int pptp_pppox_connect(struct sock *sk, const struct pptp_addr *peer);

/**
 * pptp_pppox_from_fd() - get the PX_PROTO_PPTP socket of a descriptor
 * @fd: descriptor of the current process
 * @err: set to -EBADF, -ENOTSOCK or -EPROTOTYPE if NULL is returned
 *
 * Return: socket with a reference, which the caller drops with sock_put(); or NULL.
 */
struct sock *pptp_pppox_from_fd(int fd, int *err);

/**
 * pptp_pppox_shutdown() - end the session of a socket
 * @sk: socket, locked
 * @why: reason that the event tells
 *
 * The names of the session are free on return.  Channel and link are detached, the link that the
 * session owns is removed, and readers and writers are woken.  The socket itself is not closed.
 */
void pptp_pppox_shutdown(struct sock *sk, enum pptp_down why);

#endif /* _CULVERT_PPPOX_H */
