// SPDX-License-Identifier: GPL-2.0-only
#include "server/listener.h"
#include "server/presence.h"
#include "server/server.h"
#include "server/servers.h"
#include "util/callback.h"
#include "util/local.h"
#include "util/log.h"

/* For each listener it takes a few microseconds to look, and no lock of the kernel. */
#define LOOK_MS		1000

bool presence_is_absent(struct place place, struct ip_addr address)
{
	const bool elsewhere = place.netns && *place.netns;

	return !elsewhere && !ip_is_any(address) && !local_has_address(address);
}

static void look(struct listener *l)
{
	const bool absent = presence_is_absent(listener_place(l), l->address);
	const char *name = l->server->config->name;

	if (absent == l->absent)
		return;
	l->absent = absent;
	if (absent)
		log_server(l->server, log_warning("server %s: no interface has %s any more; who calls "
						  "it there does not get here until one has", name,
						  ip_text(l->address)));
	else
		log_server(l->server, log_notice("server %s: an interface has %s now, so that it can "
						 "be called there", name, ip_text(l->address)));
}

static void timer_cb(uv_timer_t *timer)
{
	CALLBACK("servers: addresses");
	const struct servers *s = timer->data;
	struct listener *l;

	LIST_FOREACH(l, &s->listeners, link)
		look(l);
}

void presence_watch(struct servers *s)
{
	const struct listener *l;

	LIST_FOREACH(l, &s->listeners, link)
		if (!ip_is_any(l->address))
			break;
	if (l)
		uv_timer_start(&s->presence_timer, timer_cb, LOOK_MS, LOOK_MS);
	else
		uv_timer_stop(&s->presence_timer);
}
