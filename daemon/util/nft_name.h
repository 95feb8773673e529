/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of sets of nftables, as in "filter guests" or "ip filter guests": family, table, set. */
#ifndef CULVERT_UTIL_NFT_NAME_H
#define CULVERT_UTIL_NFT_NAME_H

#include <stdbool.h>
#include <stdint.h>

#define NFT_NAME_SIZE		64	/* octets of the name of a table or a set, with the NUL */
#define NFT_NAMES_MAX		4	/* sets in one text */
#define NFT_NAME_TEXT_SIZE	(2 * NFT_NAME_SIZE + 8)

struct nft_name {
	uint8_t family;			/* NFPROTO_INET, _IPV4, _BRIDGE or _NETDEV */
	char table[NFT_NAME_SIZE];
	char set[NFT_NAME_SIZE];
};

/*
 * Read the names in @text, which commas separate. The family is inet unless it is said. Returns how
 * many there are, 0 for an empty text, or -1 if it is not right.
 */
int nft_names_parse(const char *text, struct nft_name names[NFT_NAMES_MAX]);

bool nft_name_equal(const struct nft_name *a, const struct nft_name *b);

/* Write "inet filter guests" to @text. Returns @text. */
const char *nft_name_format(const struct nft_name *name, char text[NFT_NAME_TEXT_SIZE]);

#endif
