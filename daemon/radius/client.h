/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A RADIUS client: requests of their owners go to servers, and come back answered.
 *
 * Pure: octets and times come in, octets and events go out through struct radius_client_ops.
 * Nothing is allocated: the owner embeds requests, and provides servers and the memory of their
 * identifiers.
 *
 * Identifiers. A server is asked from @ports source ports, each of which has 256 identifiers. A
 * port is a number here, from 0; the sockets are the owner's. Identifiers are used in turn, so that
 * one is free for as long as possible before it is used again.
 *
 * Window. At most @window requests are under way to a server, and @line_max wait for their turn.
 * They wait as long as they would wait for an answer.
 *
 * Retransmission (RFC 5080 section 2.2.1). A request is sent again after a time that grows and has
 * jitter, with the same octets. If it has to say how old it is (@ages: Acct-Delay-Time), it is
 * written anew each time, with another identifier; an answer to the last transmission but one is
 * accepted too.
 *
 * Failover. A request that was not answered in time is sent again to the same server if anything
 * was heard of this since the request was sent: then a packet was lost. Otherwise it goes to the
 * next server of its group that is not dead. So what asks a server that has vanished is later by
 * one retransmission. In the first round each server is given the first wait; then waits grow,
 * whichever server is asked, so that slower servers are heard in the end. An answer from a server
 * that the request has left is too late. A server is dead after @dead_after such silences in a row,
 * and then all that waits for it goes to others at once. If all servers of a group are dead, they
 * are asked in turn; and when one is revived, all that waits for the others goes to it at once.
 *
 * Revival. A dead server is asked by Status-Server (RFC 5997) every @probe_ms; any authentic answer
 * revives it. Some servers know no Status-Server: so @dead_ms after its death a server gets one
 * request of those that come, and is dead again if it does not answer that. A server that dies
 * within @dead_ms of its revival is probed later each time, so that one that is only too slow does
 * not come and go.
 *
 * Message-Authenticator in replies to Access-Requests (@require). With RADIUS_REQUIRE_AUTO it is
 * demanded from the moment that the server has sent one in a reply without EAP; until then a reply
 * without it is believed, and RADIUS_NEWS_UNSIGNED tells of the first such reply. Replies with EAP
 * do not count, since servers that sign no other reply must sign these (RFC 3579 section 3.1).
 * Whatever @require says, no reply with EAP-Message is believed without it, and no Accept or
 * Challenge to a request with EAP-Message, which would have one: a forger could leave it out.
 * Answers to Status-Server and in accounting need none, since they let nobody in.
 *
 * Nothing is believed that is not authentic. What is not changes no timer and no state of a server:
 * it is counted, and people are told, at most once a minute for each server. That includes a reply
 * with a code that does not answer the request.
 *
 * Clock. @now is in milliseconds of a clock that never goes back. The owner calls
 * radius_client_timeout() at radius_client_next() or soon after, and reads all its sockets before:
 * an answer that has come in time but was not read counts as a silence. A loop that runs timers
 * before it polls, as that of libuv does, needs care there.
 *
 * Events are raised from within radius_client_received() and radius_client_timeout() alone, except
 * send and write, which radius_client_send() and radius_client_cancel() raise too. The answered
 * event may call any function of this header but these two; the others may call none.
 */
#ifndef CULVERT_RADIUS_CLIENT_H
#define CULVERT_RADIUS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "radius/packet.h"
#include "radius/rtt.h"
#include "util/deadline.h"
#include "util/due.h"

#define RADIUS_IDS		256	/* of a port */
#define RADIUS_PORTS_MAX	32
#define RADIUS_FLIGHTS_MAX	2	/* identifiers that a request has at once */
#define RADIUS_GROUP_MAX	16	/* servers of a group */
#define RADIUS_SLICE		32	/* requests that one radius_client_timeout() deals with */

/* Octets of a Status-Server: header, Message-Authenticator, NAS-Identifier, NAS-IPv6-Address. */
#define RADIUS_PROBE_MAX	(RADIUS_HEADER_LEN + 18 + 2 + RADIUS_VALUE_MAX + 18)

struct radius_client;
struct radius_request;
struct radius_server;

/* --- what the owner sets --------------------------------------------------------------------- */

enum radius_require {
	RADIUS_REQUIRE_AUTO,
	RADIUS_REQUIRE_YES,
	RADIUS_REQUIRE_NO,
};

/* Must stay in place, unchanged, as long as the server does. */
struct radius_server_config {
	const char *name;		/* for the owner */
	struct radius_secret secret;
	enum radius_require require;	/* Message-Authenticator in replies to Access-Requests */
	bool accounting;		/* its Status-Server is answered by Accounting-Response */
	unsigned int ports;		/* source ports; 1 to RADIUS_PORTS_MAX */
	unsigned int window;		/* at most radius_window_max() */
	unsigned int line_max;
	unsigned int weight;		/* in groups with weights; 0: if no other one is left */
	unsigned int dead_after;	/* silences in a row; not 0 */
	uint32_t probe_ms;		/* 0: no Status-Server */
	uint32_t dead_ms;
};

/* Set values that suit most servers: four ports, a window of 256, a line of 1000, and so on. */
void radius_server_config_init(struct radius_server_config *config);

/* Returns the largest window for so many ports. */
static inline unsigned int radius_window_max(unsigned int ports)
{
	/* each request may have two identifiers, so may the probe, and one is free for the next */
	return ports * RADIUS_IDS / RADIUS_FLIGHTS_MAX - 2;
}

/* How long to ask: the parameters of RFC 5080 section 2.2.1. */
struct radius_patience {
	uint32_t irt_ms;		/* the first wait, and in the first round; not 0 */
	uint32_t mrt_ms;		/* the longest wait; 0: no limit */
	unsigned int mrc;		/* retransmissions, to all servers together; 0: no limit */
	uint32_t mrd_ms;		/* from radius_client_send() to the end; 0: no limit */
};

/* Servers that a request may go to. Must stay in place as long as requests use it. */
struct radius_group {
	struct radius_server * const *servers;
	unsigned int n;			/* 1 to RADIUS_GROUP_MAX */
	bool weighted;			/* shared by weight; else the first that is up has all */
	struct radius_patience patience;
};

enum radius_outcome {
	RADIUS_ANSWERED,
	RADIUS_NO_ANSWER,		/* in the time that the group's patience has */
	/*
	 * Neither window nor line of any usable server has room; or there is no identifier, which
	 * happens only where a window is larger than radius_window_max().
	 */
	RADIUS_NO_ROOM,
	RADIUS_TOO_LONG,		/* the request does not fit into its buffer */
};

struct radius_answer {
	enum radius_outcome outcome;
	/* With RADIUS_ANSWERED, valid during the event: */
	const struct radius_packet *packet;	/* an authentic reply to the request */
	const struct radius_server *server;	/* that sent it */
	const uint8_t *authenticator;		/* of the request, which hides keys in the reply */
};

/*
 * A request. The owner zeroes it, sets the members up to @size, and keeps it in place from
 * radius_client_send() to the answered event or radius_client_cancel().
 */
struct radius_request {
	enum radius_code code;		/* Access- or Accounting-Request */
	bool ages;			/* it has Acct-Delay-Time */
	uint64_t since;			/* with @ages: when what it tells has happened */
	struct radius_server *only;	/* no other server may be asked; NULL: any of the group */
	uint8_t *buffer;		/* for the packet; the owner's */
	size_t size;			/* octets of @buffer */

	/* private */
	struct radius_client *client;	/* NULL: it is not under way */
	const struct radius_group *group;
	struct radius_server *server;	/* where it is now */
	bool in_line;			/* it waits for the window */
	enum radius_outcome failing;	/* not 0: it is over, and its event is due */
	bool hurried;			/* it is due because its server is dead */
	uint16_t len;			/* of the packet in @buffer */
	unsigned int sent;		/* transmissions, to all servers */
	uint32_t wait_ms;		/* RT of RFC 5080 */
	uint64_t begun_at;		/* radius_client_send() */
	uint64_t first_at;		/* first transmission to this server */
	uint64_t sent_at;		/* last transmission */
	struct due due;
	TAILQ_ENTRY(radius_request) link;	/* of the server: under way, or in line */
	unsigned int n_flights;		/* the last one is that in @buffer */
	struct radius_flight {
		uint8_t port;
		uint8_t id;
		uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN];
	} flights[RADIUS_FLIGHTS_MAX];
};

TAILQ_HEAD(radius_requests, radius_request);

/* --- servers --------------------------------------------------------------------------------- */

/* One identifier of one port. All zeroes is a free one. */
struct radius_slot {
	/* private */
	struct radius_request *request;	/* NULL: it is free */
	uint8_t last;			/* what became of the one before */
};

struct radius_counters {
	uint64_t sent;			/* packets, probes included */
	uint64_t retransmitted;		/* those that were not the first of their request */
	uint64_t answered;		/* authentic replies to requests and probes */
	uint64_t lost;			/* waits that ended without an answer */
	uint64_t moved;			/* requests that went to another server instead */
	uint64_t refused_line;		/* requests for which the line had no room */
	/* Packets that were dropped: */
	uint64_t late;			/* for a request that was given up or moved */
	uint64_t doubled;		/* for a request that was answered */
	uint64_t stray;			/* for an identifier that was never used */
	uint64_t malformed;
	uint64_t bad_authenticator;
	uint64_t bad_signature;		/* Message-Authenticator is wrong */
	uint64_t unsigned_replies;	/* it is missing, but demanded */
	uint64_t bad_code;		/* authentic, but no answer to such a request */
};

enum radius_server_state {
	RADIUS_UP,
	RADIUS_DEAD,
	RADIUS_ON_TRIAL,		/* dead, but one request is asking it */
};

/* The owner may read this structure. */
struct radius_server {
	const struct radius_server_config *config;
	enum radius_server_state state;
	uint64_t since;			/* when it died or was revived */
	bool signs;			/* it has sent Message-Authenticator where it need not */
	unsigned int under_way;		/* requests; those in line are not among them */
	unsigned int in_line;
	struct radius_counters counters;
	struct radius_rtt rtt;		/* from the first transmission to the answer */

	/* private */
	struct radius_slot *slots;	/* of port 0, then of port 1, ... */
	unsigned int next_slot;		/* where the search for a free one begins */
	struct radius_requests requests, line;
	uint64_t heard_at;		/* the last authentic reply */
	bool heard;			/* there was one */
	bool told_unsigned;
	bool complained;		/* of replies that were dropped; ... */
	uint64_t complained_at;		/* ... the last time */
	unsigned int silences;		/* in a row */
	unsigned int relapses;		/* deaths in a row that came soon after a revival */
	uint64_t trial_at;		/* dead: when it gets a request again */
	struct radius_request *trial;	/* on trial: that request */
	uint64_t probe_at;		/* dead: when the next Status-Server is due; or NEVER */
	struct radius_request probe;
	uint8_t probe_buffer[RADIUS_PROBE_MAX];
};

/*
 * Set up a server that is up. @slots are config->ports * RADIUS_IDS, zeroed; they are the owner's,
 * and stay in place as long as the server.
 */
void radius_server_init(struct radius_server *server, const struct radius_server_config *config,
			struct radius_slot *slots);

/*
 * Let @server, which was just set up, begin as what is known of it by @old, the same machine with
 * other settings: dead or up, since when, signs, counters, times. One that is on trial there is
 * dead here.
 */
void radius_server_inherit(struct radius_server *server, const struct radius_server *old);

/* --- the client ------------------------------------------------------------------------------ */

enum radius_news {
	RADIUS_NEWS_DEAD,		/* it does not answer; others are asked if there are any */
	RADIUS_NEWS_ALIVE,		/* it answers again */
	/*
	 * It sent a reply to an Access-Request without Message-Authenticator, which is open to
	 * CVE-2024-3596. Raised once for a server with RADIUS_REQUIRE_AUTO.
	 */
	RADIUS_NEWS_UNSIGNED,
	RADIUS_NEWS_SIGNED,		/* it does sign; with _AUTO that is demanded from now on */
	RADIUS_NEWS_NOT_SIGNED,		/* a reply was dropped that had to be signed */
	RADIUS_NEWS_NOT_AUTHENTIC,	/* a reply was dropped: forged, or of another secret */
	RADIUS_NEWS_WRONG_CODE,		/* likewise: authentic, but no answer to such a request */
};

/* Returns words for the log that name the cure, to be printed after the name of the server. */
const char *radius_news_text(enum radius_news news);

/* What the owner provides; all of it is required. */
struct radius_client_ops {
	/* Fill @buf with random octets that nobody can foretell. */
	void (*random)(struct radius_client *client, void *buf, size_t len);

	/*
	 * Write the attributes of a request, or of a Status-Server (@request->code), which should
	 * have NAS-Identifier. May be asked several times for one request, for other servers and
	 * with other authenticators (in the packet, for hiding User-Password), and must write the
	 * same each time, but for Acct-Delay-Time, which is @age_s.
	 */
	void (*write)(struct radius_request *request, struct radius_writer *w,
		      const struct radius_server *server, uint32_t age_s);

	/* Send a datagram from source port @port (0, 1, ...) to @server. It may get lost. */
	void (*send)(struct radius_server *server, unsigned int port, const uint8_t *octets,
		     size_t len);

	/* The request is over, and is the owner's again. Raised once, unless it was cancelled. */
	void (*answered)(struct radius_request *request, const struct radius_answer *answer);

	/* Something that people should know. */
	void (*news)(struct radius_client *client, struct radius_server *server,
		     enum radius_news news);
};

/* The owner embeds it. Only this layer writes to it. */
struct radius_client {
	const struct radius_client_ops *ops;

	/* private */
	struct radius_server * const *servers;
	unsigned int n_servers;
	struct due_heap due;		/* requests */
	uint64_t now;
};

/* Begin. @servers, which were set up, are all that groups may have; the list stays in place. */
void radius_client_init(struct radius_client *client, const struct radius_client_ops *ops,
			struct radius_server * const *servers, unsigned int n);

/**
 * radius_client_send() - ask a group of servers
 *
 * Return: %RADIUS_ANSWERED, and the request is under way; or %RADIUS_NO_ROOM or %RADIUS_TOO_LONG,
 * and it is not: then no event will tell of it.
 */
enum radius_outcome radius_client_send(struct radius_client *client, struct radius_request *request,
				       const struct radius_group *group, uint64_t now);

/* Give up a request. Does nothing if it is not under way. */
void radius_client_cancel(struct radius_request *request, uint64_t now);

/* A datagram came to source port @port from @server's address and port. */
void radius_client_received(struct radius_client *client, struct radius_server *server,
			    unsigned int port, const void *octets, size_t len, uint64_t now);

/* Returns when radius_client_timeout() is due, possibly in the past, or NEVER. */
uint64_t radius_client_next(const struct radius_client *client);

/*
 * Do what is due at @now. Deals with RADIUS_SLICE requests at most, so that it does not take long;
 * what is left is due at once.
 */
void radius_client_timeout(struct radius_client *client, uint64_t now);

#endif
