/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether this host has the addresses on which servers listen. One may come later, or go and come
 * back: a virtual address that is another host's for now. A server listens on it all the time, and
 * can be called as soon as it is there; what changes is logged.
 */
#ifndef CULVERT_PRESENCE_H
#define CULVERT_PRESENCE_H

#include "util/ip.h"
#include "util/place.h"

struct servers;

/*
 * Returns true if no interface of this host has @address, where a server in @place listens. It is
 * not known of other network namespaces, which are taken to have it.
 */
bool presence_is_absent(struct place place, struct ip_addr address);

/* To be called when the listeners of @s are other ones: look after their addresses. */
void presence_watch(struct servers *s);

#endif
