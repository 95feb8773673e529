/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PPTP socket: AF_PPPOX, PX_PROTO_PPTP. The socket owns the session in the kernel: closing the
 * socket ends the session. Addresses and call IDs are those of s->addr (see session.h).
 */
#ifndef CULVERT_NET_PPPOX_H
#define CULVERT_NET_PPPOX_H

#include "net/session.h"

/*
 * Returns a socket that is not a session yet, or a negative errno. Loads the kernel module if it is
 * not loaded.
 */
int pppox_socket(void);

/* Returns 0 if the kernel can create a PPTP socket, or a negative errno. */
int pppox_probe(void);

/*
 * Open s->fd and bind it to the local address and call ID. If s->addr.call_id is 0 the kernel
 * chooses a call ID; s->addr.call_id is the chosen call ID afterwards. Returns 0, or a negative
 * errno with net_reason(); s->fd is -1 then.
 */
int pppox_bind(struct net_session *s);

/*
 * Connect s->fd to the remote address and call ID, after pppox_bind() if s->fd is -1. There must be
 * a route to that address for packets with the mark in s->outer. Returns as pppox_bind() does.
 */
int pppox_open(struct net_session *s);

/* As net_session_icmp(). */
int pppox_icmp(struct net_session *s);

/* Close s->fd if it is open, and set it to -1. */
void pppox_close(struct net_session *s);

#endif
