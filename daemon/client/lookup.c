// SPDX-License-Identifier: GPL-2.0-only
#include <netdb.h>
#include <string.h>

#include "client/lookup.h"
#include "util/callback.h"
#include "util/container.h"

static void take(struct lookup *l, const struct addrinfo *list)
{
	for (; list && l->n < LOOKUP_MAX; list = list->ai_next) {
		if (list->ai_family == AF_INET)
			l->list[l->n++] = ip_from_sockaddr(list->ai_addr);
	}
}

static void looked_up(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
	CALLBACK("lookup: done");
	struct lookup *l = container_of(request, struct lookup, request);

	l->status = status;
	if (!status)
		take(l, list);
	uv_freeaddrinfo(list);
	l->done(l);
}

int lookup_start(struct lookup *l, uv_loop_t *loop, const char *name,
		 void (*done)(struct lookup *l))
{
	const struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };

	memset(l, 0, sizeof(*l));
	l->done = done;
	return uv_getaddrinfo(loop, &l->request, looked_up, name, NULL, &hints);
}

void lookup_cancel(struct lookup *l)
{
	uv_cancel((uv_req_t *)&l->request);
}
