/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PPTP socket: AF_PPPOX, PX_PROTO_PPTP. It owns the session in the kernel; closing it ends the
 * session. Addresses and call IDs are those of s->addr (see session.h).
 */
#ifndef CULVERT_NET_PPPOX_H
#define CULVERT_NET_PPPOX_H

#include "net/session.h"

/* A socket that is no session yet, or a negative errno. Loads the kernel module if need be. */
int pppox_socket(void);

/* Can there be one? 0 or a negative errno. */
int pppox_probe(void);

/*
 * Open s->fd and bind it to the local address and call ID (0: the kernel chooses, and s->addr is
 * brought up to date). Returns 0 or a negative errno with net_reason(); s->fd is -1 then.
 */
int pppox_bind(struct net_session *s);

/* Likewise, unless it is bound already, and connect it to the remote. */
int pppox_open(struct net_session *s);

/* Close s->fd, if it is open. */
void pppox_close(struct net_session *s);

#endif
