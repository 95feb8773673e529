/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A TUN interface that takes the place of a session's interface until that exists. The daemon reads
 * the packets that are routed to the TUN interface, and passes them on when the session is up.
 *
 * Functions return 0 or a negative errno unless they say otherwise.
 */
#ifndef CULVERT_NET_TUN_H
#define CULVERT_NET_TUN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tun {
	int fd;				/* poll it for reading; -1: not open */
	int ifindex;			/* 0: not open */
};

/*
 * Create an interface, which is down. @pattern is its name; the kernel replaces a %d in it by a
 * free number.
 */
int tun_open(struct tun *tun, const char *pattern);

/* Close the descriptor. The kernel then removes the interface and its routes. */
void tun_close(struct tun *tun);

/*
 * Read one IP packet without blocking. The kernel cuts a packet that is longer than @size octets.
 * Returns the number of octets in @packet, 0 if no packet waits, or a negative errno.
 */
ssize_t tun_read(struct tun *tun, uint8_t *packet, size_t size);

/*
 * Send the IPv4 packet @packet, with the header that it has, out of the interface @ifname. Returns
 * -EINVAL if @len is less than an IPv4 header.
 */
int tun_pass_on(const char *ifname, const uint8_t *packet, size_t len);

#endif
