/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of the control socket (socket.h), by which pppctl asks the daemon.
 *
 *	status		{}				one object about the daemon
 *	session.list	{}				an array of sessions
 *	session.show	{"id":N}			one session, with source and grant
 *	session.kill	{"id":N} or {"user":S}		{"killed":N}
 *	session.set	{"id":N, "terms":{NAME:S}}	{"changed":1}
 *	client.list	{}				an array of clients
 *	client.show	{"name":S}			one client
 *	client.up	{"name":S}			{"changed":B}: false if it was up or dialing
 *	client.down	{"name":S}			{"changed":B}: false if it was down
 *	pool.list	{}				an array of pools, as "pools" of status
 *	radius.list	{}				an array of RADIUS servers
 *	radius.show	{"name":S}			an array of those with this name
 *	database.list	{}				an array of databases
 *	ban.list	{}				an array of bans, the oldest first
 *	ban.add		{"network":S}, "time_s":N or	{"added":S}
 *			none
 *	ban.remove	{"network":S}			{"removed":S}: the network that was banned
 *	accounting	{}				one object about records of sessions
 *	drain		{"server":S, "timeout_s":N}	{"servers":N, "sessions":N}: drained, left
 *	undrain		{"server":S}			{"changed":B}: false if none was drained
 *	reload		{}				{"reloaded":B, "errors":[S...],
 *							 "warnings":[S...]}
 *
 * "terms" of session.set are options of the section "user", with their values as texts: rate-up,
 * rate-down, burst-up, burst-down, session-timeout, idle-timeout. A 0 takes a limit away.
 *
 * drain and undrain are about all servers without "server", and for ever without "timeout_s". An
 * object of "servers" of status has "draining", and "drain_left_s" if sessions are to be ended;
 * "absent", those addresses of "listen" that no interface has; and "proxied", the number of sessions
 * with proxy ARP, each of which has "proxy_arp" in session.show: the interface.
 *
 * "nft_elements" of status is the number of elements that are in sets of nftables for users,
 * "nft_missing" of those that the kernel has refused.
 *
 * session.kill, client.up and client.down do not wait: they answer before the sessions are down or
 * up. "killed" is the number of sessions that are being ended.
 *
 * "coa" of status: null if nobody listens for requests of RADIUS servers (coa.h); else counters:
 *	acked, refused, dropped (requests, but for those that were only repeated), repeated, ended
 *	and changed (sessions)
 *
 * "hooks" of status: programs that are told of sessions: running, waiting; run, failed, timed_out
 *	(of those run), dropped (for want of room)
 *
 * A session:
 *	id, role ("server" or "client"), server and client (names in the configuration, of which one
 *	is ""), user, peer, local_address, remote_address, interface, vrf,
 *	call_id, peer_call_id, state,
 *	auth, mppe ({"bits","stateless"} or null), mtu, uptime_s, idle_s, rx_bytes, tx_bytes,
 *	rx_packets, tx_packets
 * source is who has let the user in: "secrets", "radius", "database", or "" for nobody. grant is what
 * RADIUS has granted, or a database (filters alone), or an administrator has set (session.set), an object, or null. Of these it has those
 * that were granted: user, classes (their number), address, netmask (length), pool, routes, dns,
 * nbns, dns6, addresses6, prefixes6, delegated6, pool6, delegated_pool6, interface_id,
 * session_timeout_s, idle_timeout_s, interim_interval_s, termination_action, port_limit, mtu,
 * filters, rate_up, rate_down, burst_up, burst_down (bit/s), burst_up_s, burst_down_s, avpairs.
 * Names in the plural are arrays of texts but for classes.
 *
 * A client:
 *	name, server, user, state ("down", "listening", "dialing", "up", "closing", "waiting"),
 *	step (of dialing), failures (in a row), failed_step, failure, failure_kind ("temporary",
 *	"permanent", "idle"), retry_in_s, interface, vrf, masquerade (true or false), routes
 *	(array of texts), peer (the server's address, now or last), and of its session:
 *	local_address, remote_address, dns (array of addresses), call_id, peer_call_id, auth, mppe,
 *	mtu, uptime_s, idle_s, rx_bytes, tx_bytes, rx_packets, tx_packets
 * A pool:
 *	name, size, used, reserved, most, refused (see struct pool_counts), next (name of the pool
 *	that is asked after it; "" for none)
 * A RADIUS server; a section of the configuration is one for each use:
 *	name, use ("logins", "accounting"), address, port, state ("up", "dead", "trial"), state_s
 *	(how long it is in it), fault (why it has no socket), signs (it has sent
 *	Message-Authenticator where it need not), under_way and window (how many there may be),
 *	queued and max_queued, last_minute and last_5_minutes ({"answers", "median_ms", "p99_ms"}),
 *	counters (see struct radius_counters)
 * A database:
 *	name, type ("sqlite", "postgresql"), where (its file, or host and database), state ("up",
 *	"down", "connecting"), state_s (how long it is in it), fault (what is wrong), under_way,
 *	queued, max_queued, counters (see struct database_counters)
 * A ban:
 *	network, reason ("failed logins" or "administrator"), age_s, left_s (null: it has no end),
 *	failures (that led to it), times (bans in a row, with this one), turned_away (connections)
 * Accounting:
 *	radius (records go to servers), file (they go to a file), sessions (with a Start and no Stop),
 *	queued (records that wait for an answer, or for the file), oldest_s (age of the oldest),
 *	under_way, sent (got there), unanswered (tries), merged (Interim-Updates that a later record
 *	replaced), dropped (for want of room), too_old, unusable (no packet can carry them, or they
 *	are damaged), not_known (Accounting-On and -Off that no server answers), store_fault (why
 *	the store cannot be used), store_errors, lines (in the file), lines_queued, lines_dropped,
 *	file_fault (true: it cannot be written to)
 * An event, sent to monitors:
 *	{"type":T, "time_ms":N, "session":{}} where T is one of
 *	session.starting, session.authenticated, session.up, session.paused, session.resumed,
 *	session.changed
 *	session.down	with "cause":C, see event_cause_name(), and "reason":S
 *	login.refused	with "user":S and "reason":S
 * time_ms is in milliseconds since 1970, UTC. "reason" is absent if there is none. session.down is
 * sent only for a session that was up before.
 *
 * A value that is not known yet is null for an address, 0 for a number and "" for a text.
 */
#ifndef CULVERT_CONTROL_COMMANDS_H
#define CULVERT_CONTROL_COMMANDS_H

#include <stdint.h>

#include "accounting/accounting.h"
#include "client/clients.h"
#include "control/socket.h"
#include "server/servers.h"
#include "util/diag.h"

/*
 * The configuration has been read. @done is true if the new one is in use, false if the old one
 * stays. @diag has the errors and warnings, and is borrowed for the call.
 */
typedef void (*api_reloaded_fn)(void *ctx, bool done, const struct diag *diag);

struct coa;
struct hooks;

struct api {
	struct sessions *sessions;
	struct servers *servers;
	struct clients *clients;
	const struct accounting *accounting;	/* NULL: not any more */
	const struct coa *coa;
	const struct hooks *hooks;
	const char *version;
	uint64_t started_ms;		/* uv_now() when the daemon was ready */
	/*
	 * Read the configuration again and call @reloaded when that is done, later, on the loop's
	 * thread. Returns 0, or -ENOMEM, and then @reloaded is not called.
	 */
	int (*reload)(void *daemon, api_reloaded_fn reloaded, void *ctx);
	void *daemon;			/* the first argument of @reload */
	struct control *control;	/* NULL: not open */
	struct subscriber events;
};

/* Send session events to monitors, from now on. */
void api_subscribe(struct api *api);

/* The table for control_open(). Its context is a struct api. */
extern const struct control_command api_commands[];

#endif
