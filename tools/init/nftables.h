/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules of this host, by libnftables. That is loaded when it is needed: with what it needs itself,
 * to link pppctl with it would be most of the time that any other command takes to begin.
 */
#ifndef CULVERT_TOOLS_INIT_NFTABLES_H
#define CULVERT_TOOLS_INIT_NFTABLES_H

#include <jansson.h>
#include <stdbool.h>

/* Returns a new reference to what "nft -j list ruleset" prints; NULL if that is not to be had. */
json_t *nftables_list(void);

/* Carry out commands, or with @try only look whether they could be. Returns false after complaining. */
bool nftables_run(const char *commands, bool try);

#endif
