/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The listener for CoA- and Disconnect-Requests (RFC 5176), by which RADIUS servers change and end
 * sessions. Packets, replays and repeats are radius/coa.h's, sessions are coa_apply.h's; here are
 * the sockets, the permitted sources with their secrets, and the log.
 *
 * A request is taken only from the address of a configured source. Whatever comes from elsewhere,
 * or is dropped by radius/coa.h, gets no answer; it is counted, and told in the log, at a limited
 * rate. An answer leaves from the address and the port that the request was sent to, so that a
 * socket may be bound to any address.
 */
#ifndef CULVERT_COA_H
#define CULVERT_COA_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/coa_apply.h"
#include "radius/coa.h"
#include "session/sessions.h"
#include "util/ip.h"
#include "util/netns.h"

struct coa;

struct coa_listen_settings {
	struct ip_addr address;		/* 0.0.0.0 and :: are any address of their family */
	uint16_t port;			/* in host order */
	char vrf[IFNAMSIZ];		/* a VRF or another interface; "": any without a VRF */
	char netns[NETNS_NAME_MAX + 1];	/* "": the daemon's own */
};

/* A permitted source. */
struct coa_client_settings {
	const char *name;		/* for the log */
	struct ip_addr address;		/* each has an address of its own */
	const char *secret;
	size_t secret_len;		/* not 0 */
};

struct coa_settings {
	const struct coa_listen_settings *listen;
	size_t n_listen;		/* 0: nothing listens */
	const struct coa_client_settings *clients;
	size_t n_clients;
	struct radius_coa_config checks;
	const char *nas_identifier;	/* ours; NULL or "": requests may not name one */
	struct ip_addr nas_address;	/* likewise, besides the address that was asked */
};

/* For pppctl. Requests that were received are all of these but ended and changed. */
struct coa_counters {
	struct radius_coa_counters packets;
	uint64_t unknown_source;	/* dropped */
	uint64_t acks, naks;		/* to what was taken */
	uint64_t ended, changed;	/* sessions */
};

/* Returns a listener that does not listen yet; NULL if there is no memory. */
struct coa *coa_new(struct sessions *sessions);

/*
 * Listen as @settings say, which are copied, from now on; sockets that are open already stay open.
 * But where there is a VRF or a network namespace, the sockets are made anew, since another one may
 * have that name by now.
 * Requests that are under way are answered if their source is still permitted, and their socket
 * still there. Returns 0; or a negative errno after writing the reason to @error, of @size octets:
 * then the sockets are as they were, and with -ENOMEM all else may be so, too; with any other errno
 * sources, their secrets, checks and names are those of @settings.
 */
int coa_use(struct coa *coa, const struct coa_settings *settings, char *error, size_t size);

/* Returns true if anybody may send requests. */
bool coa_listens(const struct coa *coa);

struct coa_counters coa_counters(const struct coa *coa);

/*
 * Close all sockets, and give up what is under way. The memory is freed once the loop has run the
 * close callbacks. To be called before sessions_close(). @coa may be NULL.
 */
void coa_close(struct coa *coa);

#endif
