/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draining a server, before it is stopped or while others take over: nobody new comes in, and who is
 * in stays until he leaves or the time is up.
 *
 * The kernel refuses new connections to a server that is drained, so that clients and balancers at
 * once try another one. Connections without a call end, and new calls on the others are busy. Who
 * comes back counts as new. A reload of the configuration changes nothing of it.
 */
#ifndef CULVERT_DRAIN_H
#define CULVERT_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

struct server;
struct servers;

struct server_drain {
	bool on;
	bool told;			/* that nobody is left */
	uint64_t until;			/* when sessions are ended, ms of uv_now(); or NEVER */
};

/*
 * Let nobody new in. In @timeout_s seconds (0: never) the sessions that are left are ended, in good
 * order. For a server that is drained already the time begins anew.
 */
void server_drain(struct server *server, uint32_t timeout_s);

/* Let users in again. Returns false if the server was not drained. */
bool server_undrain(struct server *server);

/* A call of the server is gone. */
void server_drain_less(struct server *server);

/* Returns the seconds until sessions are ended; 0: they are not, or have been already. */
uint32_t server_drain_left_s(const struct server *server);

#endif
