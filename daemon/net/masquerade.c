// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <nftables/libnftables.h>

#include "net/masquerade.h"

/*
 * The owner of a table is the netlink socket that created it. The socket exists as long as the
 * struct nft_ctx. The table names the interface by its index, because a name would need quoting.
 */
static const char table[] =
	"table ip culvert_%1$d {\n"
	"	flags owner;\n"
	"	chain postrouting {\n"
	"		type nat hook postrouting priority srcnat;\n"
	"		oif %1$d masquerade\n"
	"	}\n"
	"}\n";

static void set_reason(struct masquerade *m, const char *text)
{
	size_t len = strcspn(text, "\n");

	snprintf(m->reason, sizeof(m->reason), "nftables: %.*s", (int)len,
		 len ? text : "no reason given");
}

int masquerade_open(struct masquerade *m, int ifindex)
{
	char commands[sizeof(table) + 32];

	m->nft = nft_ctx_new(NFT_CTX_DEFAULT);
	if (!m->nft) {
		set_reason(m, strerror(ENOMEM));
		return -ENOMEM;
	}
	nft_ctx_buffer_error(m->nft);
	nft_ctx_buffer_output(m->nft);
	snprintf(commands, sizeof(commands), table, ifindex);
	if (nft_run_cmd_from_buffer(m->nft, commands) == 0)
		return 0;
	set_reason(m, nft_ctx_get_error_buffer(m->nft));
	masquerade_close(m);
	return -EIO;
}

void masquerade_close(struct masquerade *m)
{
	if (m->nft)
		nft_ctx_free(m->nft);
	m->nft = NULL;
}
