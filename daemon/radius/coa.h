/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CoA- and Disconnect-Requests (RFC 5176): servers change and end sessions.
 *
 * Pure. A request comes in as octets and goes out to the owner as selectors, which name sessions,
 * and changes. The owner does it, or does not, and answers; the answer comes back as octets.
 *
 * Authentication. The owner knows permitted sources by their addresses, and passes the secret of
 * the source. The Request Authenticator must be right, and Message-Authenticator where there is
 * one; with @require_signature it must be there.
 *
 * Replay. A request with Event-Timestamp is dropped if that is not within @window_s of our clock
 * (section 6.3); with @require_timestamp one without it is dropped, too. A request that was seen
 * before (same identifier and authenticator, which is a hash of it all) is answered with the same
 * octets again, and the owner does not hear of it (RFC 5080 section 2.2.2), as long as it is among
 * the last ones: their number is the owner's choice. With Event-Timestamp it may come from any
 * permitted source and port, since who has recorded it can choose that; without it the same octets
 * from elsewhere are another request. One whose Event-Timestamp is not later than that of a request
 * which had to be forgotten is dropped, since it may be that one: the window is shorter while more
 * requests come than can be remembered. What is dropped gets no answer, so that it tells nobody
 * anything.
 *
 * A request that is authentic but cannot be carried out gets a NAK from here, with an Error-Cause:
 *
 *	401 Unsupported Attribute	one that is no name and no change that we know
 *	402 Missing Attribute		nothing names a session, or a CoA-Request changes nothing
 *	404 Invalid Request		an attribute that may be there once is there twice
 *	405 Unsupported Service		Service-Type is not Framed, as Authorize-Only
 *	407 Invalid Attribute Value	an attribute is malformed
 *
 * A single such attribute refuses all: RFC 5176 section 3 wants all or nothing, and what names a
 * session and is not heeded would let the request hit others. The owner compares NAS-Identifier and
 * the addresses of the NAS with its own (403), looks for the sessions (503), and does to all of
 * them what is asked, or to none.
 */
#ifndef CULVERT_RADIUS_COA_H
#define CULVERT_RADIUS_COA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "radius/reply.h"
#include "util/ip.h"

#define RADIUS_COA_ANSWER_MAX	512	/* octets; most of them are Proxy-States */

/* Error-Cause (section 3.5). */
enum radius_error_cause {
	RADIUS_ERROR_NONE = 0,
	RADIUS_ERROR_UNSUPPORTED_ATTRIBUTE = 401,
	RADIUS_ERROR_MISSING_ATTRIBUTE = 402,
	RADIUS_ERROR_NAS_MISMATCH = 403,
	RADIUS_ERROR_INVALID_REQUEST = 404,
	RADIUS_ERROR_UNSUPPORTED_SERVICE = 405,
	RADIUS_ERROR_INVALID_VALUE = 407,
	RADIUS_ERROR_PROHIBITED = 501,
	RADIUS_ERROR_NO_SESSION = 503,		/* Session Context Not Found */
	RADIUS_ERROR_NOT_REMOVABLE = 504,
	RADIUS_ERROR_NO_RESOURCES = 506,
};

/* Whom a request is about. Every one that is given must match; texts are "" if they are not. */
struct radius_selectors {
	/* the NAS */
	char nas_identifier[RADIUS_VALUE_MAX + 1];
	struct ip_addr nas_address;	/* not set: not given */
	struct ip_addr nas_address6;
	/* the session */
	char user[RADIUS_VALUE_MAX + 1];
	char session_id[RADIUS_VALUE_MAX + 1];
	char multi_id[RADIUS_VALUE_MAX + 1];
	char calling[RADIUS_VALUE_MAX + 1];
	char called[RADIUS_VALUE_MAX + 1];
	char port_id[RADIUS_VALUE_MAX + 1];
	struct radius_number port;
	struct ip_addr address;		/* Framed-IP-Address */
	bool has_ifid;
	uint8_t ifid[8];		/* Framed-Interface-Id, in network order */
	struct ip_prefix prefix6;	/* Framed-IPv6-Prefix; address not set: not given */
};

struct radius_coa_config {
	unsigned int window_s;		/* section 6.3 suggests 300 */
	bool require_timestamp;
	bool require_signature;
};

/* A request that was seen. All zeroes is an unused one. */
struct radius_coa_seen {
	/* private */
	struct ip_addr from;
	uint16_t port;
	uint8_t code;			/* 0: unused */
	uint8_t id;
	uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN];
	uint64_t made;			/* Event-Timestamp; 0: it had none */
	uint64_t turn;			/* the higher, the later it was used */
	uint16_t len;			/* of the answer; 0: there is none yet */
	uint8_t answer[RADIUS_COA_ANSWER_MAX];
};

struct radius_coa_counters {
	uint64_t malformed;
	uint64_t bad_authenticator;	/* and Message-Authenticator */
	uint64_t unsigned_requests;
	uint64_t bad_code;		/* neither CoA- nor Disconnect-Request */
	uint64_t bad_time;		/* Event-Timestamp is too old, too far ahead, or missing */
	uint64_t doubtful;		/* it may be one that had to be forgotten */
	uint64_t repeated;		/* seen before */
	uint64_t too_long;		/* its Proxy-States have no room in an answer */
	uint64_t taken;			/* handed to the owner */
	uint64_t refused;		/* answered with a NAK from here */
};

/* The owner embeds it. It may read the counters. */
struct radius_coa {
	struct radius_coa_config config;
	struct radius_coa_counters counters;

	/* private */
	struct radius_coa_seen *seen;
	unsigned int n_seen;
	uint64_t turn;
	uint64_t forgotten;		/* the latest @made that is not remembered any more */
	uint8_t buffer[RADIUS_COA_ANSWER_MAX];	/* for an answer that is not remembered any more */
};

/* A request for the owner. It has no pointers, and may be kept until it is answered. */
struct radius_coa_request {
	bool disconnect;		/* else a change */
	struct ip_addr from;		/* where the answer goes */
	uint16_t port;
	struct radius_selectors selectors;
	/*
	 * Of a CoA-Request: limits, filters, rates, AVPairs, and classes, which replace those that
	 * the session has (section 3.6, note 3). Nothing else in it may be used: user, addresses,
	 * prefixes and the like are filled in as well, but in a CoA-Request they name the session,
	 * as @selectors say, and MUST NOT change it (note 1).
	 */
	struct radius_reply changes;

	/* private */
	uint8_t code;
	uint8_t id;
	bool has_time;			/* Event-Timestamp: @made */
	uint64_t made;
	uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN];
	uint16_t proxies_len;		/* all Proxy-States, as they stand in the packet */
	uint8_t proxies[RADIUS_COA_ANSWER_MAX];
};

enum radius_coa_outcome {
	RADIUS_COA_DROPPED,		/* nothing is to be done, and nothing to be sent */
	RADIUS_COA_ANSWER,		/* the answer is there */
	RADIUS_COA_TAKEN,		/* the owner is to carry it out, and then to answer */
};

/* Octets to be sent to where the request came from; valid until the next call for @coa. */
struct radius_coa_answer {
	const uint8_t *octets;
	size_t len;
};

/*
 * Begin. @seen are the owner's; as many requests as they are, zeroed, are remembered. @n is at
 * least 1. Lookup is linear.
 */
void radius_coa_init(struct radius_coa *coa, const struct radius_coa_config *config,
		     struct radius_coa_seen *seen, unsigned int n);

/*
 * What was made until @time may have been seen and is not remembered: the owner had been there
 * before, in another run.
 */
void radius_coa_forgot(struct radius_coa *coa, uint64_t time);

/**
 * radius_coa_received() - a datagram came from a permitted source
 * @request: filled with %RADIUS_COA_TAKEN, undefined otherwise
 * @answer: filled with %RADIUS_COA_ANSWER
 * @from: address that it came from
 * @port: port that it came from
 * @secret: that of the source
 * @octets: the datagram
 * @len: its length
 * @time: seconds since 1970
 *
 * A request that is repeated before it was answered is dropped.
 */
enum radius_coa_outcome radius_coa_received(struct radius_coa *coa,
					    struct radius_coa_request *request,
					    struct radius_coa_answer *answer, struct ip_addr from,
					    uint16_t port, struct radius_secret secret,
					    const void *octets, size_t len, uint64_t time);

/*
 * Answer a request that was taken, with an ACK if @error is RADIUS_ERROR_NONE, else with a NAK.
 * Other requests may have come meanwhile. @secret is that of the source.
 */
struct radius_coa_answer radius_coa_answer(struct radius_coa *coa,
					   const struct radius_coa_request *request,
					   enum radius_error_cause error,
					   struct radius_secret secret);

#endif
