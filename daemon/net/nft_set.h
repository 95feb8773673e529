/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Elements of sets of nftables, over nfnetlink.
 *
 * A change of the rules may wait for others who change them, and for RCU: these functions are for a
 * thread. Elements that are made here have the comment "culvertd", by which a daemon knows what an
 * earlier one has left behind.
 *
 * Functions return 0 or a negative errno unless they say otherwise.
 */
#ifndef CULVERT_NET_NFT_SET_H
#define CULVERT_NET_NFT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/ip.h"
#include "util/nft_name.h"

#define NFT_CHANGES_MAX	256	/* in one transaction */

struct mnl_socket;

struct nft {
	struct mnl_socket *sock;	/* NULL: closed */
	uint32_t seq;
};

/* One IPv4 address that comes into a set or leaves it. */
struct nft_change {
	struct nft_name name;
	struct ip_addr address;
	bool add;
	int err;			/* the result */
	uint64_t handle;		/* for the caller */
};

/* The socket is closed on exec. After an error @nft is closed. */
int nft_open(struct nft *nft);
void nft_close(struct nft *nft);

/*
 * Make the changes, at most NFT_CHANGES_MAX, in their order and in one transaction. Those that the
 * kernel refuses have an @err, and all others are made without them: -ENOENT if there is no such
 * table or set, or nothing to be removed; -EEXIST if the address is in the set already; -ENFILE if
 * the set is full; -EINVAL if it is not for addresses of IPv4. Those without a result have the error
 * that the function returns.
 */
int nft_make(struct nft *nft, struct nft_change *changes, size_t n);

/*
 * Get a handle of the set and its table, which others of the same names do not have. Returns -ENOENT if
 * there is no such set; -EINVAL if it is a map, or not for single addresses of IPv4.
 */
int nft_set_find(struct nft *nft, const struct nft_name *name, uint64_t *handle);

/* Remove all elements that have our comment. Returns how many there were. */
int nft_remove_ours(struct nft *nft, const struct nft_name *name);

#endif
