// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/link.h"

struct server_link *server_link_open(const struct net_backend *backend,
				     const struct config_server *config, char *error, size_t size)
{
	struct server_link *link = calloc(1, sizeof(*link));

	if (!link) {
		snprintf(error, size, "server %s: out of memory", config->name);
		return NULL;
	}
	link->refs = 1;
	link->backend = backend;
	link->net.mode = config->link == CONFIG_LINK_SHARED ? NET_LINK_SHARED : NET_LINK_SESSION;
	link->net.local = config->local_address;
	link->net.mss_clamp = config->mss_clamp;
	snprintf(link->net.name, sizeof(link->net.name), "%s",
		 link->net.mode == NET_LINK_SHARED ? config->interface : "pptp%d");
	if (!net_link_open(backend, &link->net))
		return link;
	snprintf(error, size, "server %s: link: %s", config->name, link->net.reason);
	server_link_put(link);
	return NULL;
}

struct server_link *server_link_get(struct server_link *link)
{
	link->refs++;
	return link;
}

void server_link_put(struct server_link *link)
{
	if (!link || --link->refs)
		return;
	net_link_close(link->backend, &link->net);
	free(link);
}

bool server_link_is_same(const struct config_server *a, const struct config_server *b)
{
	return a->link == b->link && ip_equal(a->local_address, b->local_address) &&
	       a->mss_clamp == b->mss_clamp && !strcmp(a->interface, b->interface);
}
