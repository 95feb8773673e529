/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Masquerading: what is sent by an interface gets the address of that interface as its source.
 *
 * It is one table of nftables, which belongs to us: nobody else can change it, and the kernel
 * removes it when it is closed or the daemon dies.
 */
#ifndef CULVERT_NET_MASQUERADE_H
#define CULVERT_NET_MASQUERADE_H

struct nft_ctx;

struct masquerade {
	struct nft_ctx *nft;		/* NULL: not open */
	char reason[192];		/* what failed, in words */
};

/*
 * Masquerade IPv4 packets that leave by the interface. @m is zeroed or was closed. Returns 0 or a
 * negative errno.
 */
int masquerade_open(struct masquerade *m, int ifindex);

/* Harmless on one that is not open. */
void masquerade_close(struct masquerade *m);

#endif
