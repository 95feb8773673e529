/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An interface that stands for one which is not there yet: what is routed to it comes here, to be
 * passed on when the other one is up.
 *
 * Functions return 0 or a negative errno unless they say otherwise.
 */
#ifndef CULVERT_NET_TUN_H
#define CULVERT_NET_TUN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tun {
	int fd;				/* poll it for reading */
	int ifindex;
};

/* Make an interface that is down and called as @pattern says, %d standing for a free number. */
int tun_open(struct tun *tun, const char *pattern);

/* The interface goes with it, and so do its routes. */
void tun_close(struct tun *tun);

/* Take one IP packet. Return: its length, 0 when there is none now, or a negative errno. */
ssize_t tun_read(struct tun *tun, uint8_t *packet, size_t size);

/* Send an IPv4 packet, as it is, out of the interface @ifname. */
int tun_pass_on(const char *ifname, const uint8_t *packet, size_t len);

#endif
