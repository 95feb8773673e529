/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Masquerading: IPv4 packets that leave by an interface get the address of that interface as their
 * source address.
 *
 * Each interface has one nftables table, which the daemon owns: no other process can change the
 * table, and the kernel removes it when the daemon closes it or dies.
 */
#ifndef CULVERT_NET_MASQUERADE_H
#define CULVERT_NET_MASQUERADE_H

struct nft_ctx;

struct masquerade {
	struct nft_ctx *nft;		/* NULL: not open */
	char reason[192];		/* describes the last error in words */
};

/*
 * Masquerade IPv4 packets that leave by the interface @ifindex. @m must be zeroed or closed.
 * Returns 0, or a negative errno with m->reason; @m is closed then.
 */
int masquerade_open(struct masquerade *m, int ifindex);

/* Remove the table. Does nothing if @m is not open. */
void masquerade_close(struct masquerade *m);

#endif
