/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attributes of Access- and Accounting-Requests, written from plain structures. The header, and
 * what authenticates the packet, are packet.h's; when it is sent, client.h's.
 *
 * Pure; copies nothing. Texts that are NULL or "", numbers that are not given and addresses that
 * are not set are left out. A text of more than 253 octets makes the packet one that does not fit:
 * nothing is cut.
 */
#ifndef CULVERT_RADIUS_REQUEST_H
#define CULVERT_RADIUS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "radius/reply.h"
#include "util/ip.h"

/* Who we are; it is in every request. */
struct radius_nas {
	const char *identifier;		/* NAS-Identifier */
	struct ip_addr address;		/* NAS-IP-Address or NAS-IPv6-Address */
};

/* What logins and records say of a session. */
struct radius_session {
	const char *user;		/* any octets: in a login, as the peer sent it */
	size_t user_len;
	const char *id;			/* Acct-Session-Id */
	const char *multi_id;		/* Acct-Multi-Session-Id */
	struct radius_number port;	/* NAS-Port */
	const char *port_id;		/* NAS-Port-Id */
	const char *calling;		/* Calling-Station-Id */
	const char *called;		/* Called-Station-Id */
	struct ip_addr peer;		/* outer addresses: Tunnel-Client-Endpoint, ... */
	struct ip_addr local;		/* ... Tunnel-Server-Endpoint */
};

enum radius_proof {
	RADIUS_PROOF_PAP,		/* @response: the password */
	RADIUS_PROOF_CHAP,		/* @challenge of any length, @response of 16 octets */
	RADIUS_PROOF_MSCHAP,		/* @challenge of 8 octets, @response of 49, as PPP has it */
	RADIUS_PROOF_MSCHAPV2,		/* @challenge of 16 octets, @response of 49, likewise */
	RADIUS_PROOF_EAP,		/* @response: a whole EAP packet */
};

struct radius_login {
	enum radius_proof proof;
	uint8_t id;			/* CHAP identifier */
	const uint8_t *challenge;
	size_t challenge_len;
	const uint8_t *response;
	size_t response_len;
	const struct radius_octets *state;	/* of the Access-Challenge before; or NULL */
	struct ip_addr address;		/* Framed-IP-Address that the peer wishes for */
	uint16_t mtu;			/* Framed-MTU: what EAP may fill; 0: not said */
};

/* Acct-Status-Type (RFC 2866 section 5.1). */
enum radius_status {
	RADIUS_STATUS_START = 1,
	RADIUS_STATUS_STOP = 2,
	RADIUS_STATUS_INTERIM = 3,
	RADIUS_STATUS_ON = 7,
	RADIUS_STATUS_OFF = 8,
};

/* Acct-Authentic (section 5.6). */
enum radius_authentic {
	RADIUS_AUTHENTIC_NOT_SAID = 0,
	RADIUS_AUTHENTIC_RADIUS = 1,
	RADIUS_AUTHENTIC_LOCAL = 2,
};

/* An accounting record: what has happened, and when. */
struct radius_record {
	enum radius_status status;
	uint32_t event_time;		/* Event-Timestamp: seconds since 1970; 0: not known */
	enum radius_authentic authentic;
	const char *id;			/* RADIUS_STATUS_ON, _OFF: Acct-Session-Id */

	/* RADIUS_STATUS_STOP, _INTERIM. Input is what came from the user. */
	uint32_t session_time_s;
	uint64_t input_octets, output_octets;
	uint64_t input_packets, output_packets;
	uint32_t cause;			/* RADIUS_STATUS_STOP: RFC 2866 5.10; 0: not known */

	/* What the session has, if it has got it. */
	struct ip_addr address;		/* Framed-IP-Address */
	const uint8_t *ifid;		/* Framed-Interface-Id, 8 octets; or NULL */
	const struct ip_prefix *prefixes6;	/* Framed-IPv6-Prefix */
	size_t n_prefixes6;
	const struct ip_prefix *delegated6;	/* Delegated-IPv6-Prefix */
	size_t n_delegated6;
	const struct radius_octets *classes;	/* of the Access-Accept, in their order */
	size_t n_classes;
};

/**
 * radius_write_login() - write the attributes of an Access-Request
 * @w: an Access-Request, begun with the authenticator with which User-Password is hidden
 *
 * A proof whose parts have wrong lengths makes the packet one that does not fit; so does a password
 * of more than 128 octets, which RADIUS cannot carry.
 */
void radius_write_login(struct radius_writer *w, const struct radius_nas *nas,
			const struct radius_session *session, const struct radius_login *login,
			struct radius_secret secret);

/**
 * radius_write_record() - write the attributes of an Accounting-Request
 * @w: an Accounting-Request that was begun
 * @session: NULL for %RADIUS_STATUS_ON and _OFF, which are not about one
 * @age_s: Acct-Delay-Time: seconds since it happened
 */
void radius_write_record(struct radius_writer *w, const struct radius_nas *nas,
			 const struct radius_session *session, const struct radius_record *record,
			 uint32_t age_s);

#endif
