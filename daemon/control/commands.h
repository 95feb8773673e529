/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What pppctl may ask of the daemon: the commands of the control socket (socket.h).
 *
 *	status		{}				one object about the daemon
 *	session.list	{}				an array of sessions
 *	session.show	{"id":N}			one session
 *	session.kill	{"id":N} or {"user":S}		{"killed":N}
 *	client.list	{}				an array of clients
 *	client.show	{"name":S}			one client
 *	client.up	{"name":S}			{"changed":B}: false if it was up, or dialing
 *	client.down	{"name":S}			{"changed":B}: false if it was down
 *	reload		{}				{"reloaded":B, "errors":[S...], "warnings":[S...]}
 *
 * A session:
 *	id, role ("server" or "client"), server and client (names in the configuration, of which one
 *	is ""), user, peer, local_address, remote_address, interface, call_id, peer_call_id, state,
 *	auth, mppe ({"bits","stateless"} or null), mtu, uptime_s, idle_s, rx_bytes, tx_bytes,
 *	rx_packets, tx_packets
 * A client:
 *	name, server, user, state ("down", "listening", "dialing", "up", "closing", "waiting"), step (of
 *	dialing), failures (in a row), failed_step, failure, failure_kind ("temporary", "permanent",
 *	"idle"), retry_in_s, interface, routes, and of its session: peer, local_address,
 *	remote_address, call_id, peer_call_id, auth, mppe, mtu, uptime_s, idle_s, rx_bytes,
 *	tx_bytes, rx_packets, tx_packets
 * Events, for those who monitor:
 *	{"type":T, "time_ms":N, "session":{}} with T of
 *	session.starting, session.authenticated, session.up, session.paused, session.resumed
 *	session.down	also "reason":S and "cause":C, see event_cause_name()
 *	login.refused	also "user":S and "reason":S
 * with time_ms in milliseconds since 1970.
 *
 * Addresses that are not known yet are null, numbers 0, texts "".
 */
#ifndef CULVERT_CONTROL_COMMANDS_H
#define CULVERT_CONTROL_COMMANDS_H

#include <stdint.h>

#include "client/clients.h"
#include "control/socket.h"
#include "server/servers.h"
#include "util/diag.h"

/* Whether the new configuration counts, and what @diag says of it, which is borrowed. */
typedef void (*api_reloaded_fn)(void *ctx, bool done, const struct diag *diag);

struct api {
	struct sessions *sessions;
	struct servers *servers;
	struct clients *clients;
	const char *version;
	uint64_t started_ms;		/* uv_now() when the daemon was ready */
	/*
	 * Read the configuration again, and call @reloaded then, perhaps at once. -ENOMEM if that
	 * cannot be begun, and @reloaded is not called.
	 */
	int (*reload)(void *daemon, api_reloaded_fn reloaded, void *ctx);
	void *daemon;
	struct control *control;	/* NULL while there is none */
	struct subscriber events;
};

/* Let those who monitor know of events, from now on. */
void api_subscribe(struct api *api);

/* For control_open(), whose context is a struct api. */
extern const struct control_command api_commands[];

#endif
