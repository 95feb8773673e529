/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PX_PROTO_PPTP socket: the in-tree module's interface, and PPP control frames by
 * recvmsg(), sendmsg() and poll().
 *
 * One frame a message, from the two-octet protocol field on.  Without a channel, sendmsg() takes
 * every PPP frame but network data (0x0021, 0x0057, 0x00fd), and recvmsg() gives every frame
 * that is not data for the upper half.  The receive queue is bounded by SO_RCVBUF.  With a
 * channel both fail with EOPNOTSUPP, as they do in the in-tree module.  When the session is
 * deleted, recvmsg() returns 0 and sendmsg() EPIPE.
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
 * pptp_pppox_bind() - bind() without its checks
 * @sk: socket, locked
 * @local: local outer address and call ID, 0 to have one picked
 *
 * Return: as bind().
 */
int pptp_pppox_bind(struct sock *sk, const struct pptp_addr *local);

/**
 * pptp_pppox_connect() - connect() without its checks
 * @sk: socket, locked
 * @peer: the peer's outer address and call ID
 *
 * Return: as connect().
 */
int pptp_pppox_connect(struct sock *sk, const struct pptp_addr *peer);

/**
 * pptp_pppox_from_fd() - the socket that a descriptor of the caller stands for
 * @fd: descriptor
 * @err: why not: -EBADF, -ENOTSOCK or -EPROTOTYPE
 *
 * Return: socket with a reference, or NULL.
 */
struct sock *pptp_pppox_from_fd(int fd, int *err);

/**
 * pptp_pppox_shutdown() - end a session whose socket stays open
 * @sk: socket, locked
 * @why: for the event
 *
 * Names are free at once, channel and link are detached, readers and writers woken.
 */
void pptp_pppox_shutdown(struct sock *sk, enum pptp_down why);

#endif /* _CULVERT_PPPOX_H */
