/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a server grants, asks or refuses: an Access-Accept, -Challenge or -Reject, and the changes
 * in a CoA-Request, read into one plain structure.
 *
 * What an attribute gets that is not as it should be:
 *
 *  - One that is not in the table of attribute.h: ignored, counted in @unknown. One of the table
 *    that means nothing here, as Proxy-State: ignored.
 *  - One that is not allowed in this packet, as Framed-IP-Address in an Access-Reject: ignored,
 *    with a remark.
 *  - One that is malformed, as an integer of three octets, a text with a NUL or a route without a
 *    prefix; or that is there twice but may be once; or for which there is no room: ignored, with
 *    a remark. But if it binds (RADIUS_BINDS), because it proves something or restricts what the
 *    user may do, the whole packet is refused. Of two that do not bind the first counts.
 *  - A Vendor-Specific of Microsoft that is not built as it should be: the packet is refused,
 *    since it may have been a key.
 *  - A Service-Type other than Framed, a Framed-Protocol other than PPP: the packet is refused.
 *    RFC 2865 section 5.6 wants that to be taken as an Access-Reject.
 *
 * Texts are what the server sent, without NULs: escape them before you show them.
 *
 * Pure; allocates nothing. The structure has no pointers to the packet. It can hold keys: erase it
 * with radius_reply_erase().
 */
#ifndef CULVERT_RADIUS_REPLY_H
#define CULVERT_RADIUS_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "radius/attribute.h"
#include "radius/hide.h"
#include "util/ip.h"

#define RADIUS_CLASSES_MAX	8
#define RADIUS_FILTERS_MAX	4
#define RADIUS_ROUTES_MAX	16	/* of both families */
#define RADIUS_PREFIXES_MAX	4	/* of each kind */
#define RADIUS_AVPAIRS_MAX	8
#define RADIUS_DNS_MAX		2	/* of each family; NBNS */
#define RADIUS_EAP_MAX		1500	/* what PPP can carry */
#define RADIUS_MESSAGE_MAX	512	/* octets of all Reply-Messages */
#define RADIUS_REMARKS_MAX	4	/* those that are kept */

struct radius_octets {
	uint8_t len;			/* 0: it was not there */
	uint8_t octets[RADIUS_VALUE_MAX];
};

struct radius_number {
	bool given;
	uint32_t value;
};

struct radius_key {
	uint8_t len;			/* 0: it was not there */
	uint8_t octets[RADIUS_KEY_MAX];
};

/* Framed-IP-Address (RFC 2865 section 5.8). */
enum radius_address_choice {
	RADIUS_ADDRESS_NOT_GIVEN,
	RADIUS_ADDRESS_GIVEN,
	RADIUS_ADDRESS_BY_USER,		/* 255.255.255.255: the user chooses */
	RADIUS_ADDRESS_BY_NAS,		/* 255.255.255.254: we choose, of a pool */
};

/* Framed-Route, Framed-IPv6-Route (RFC 2865 section 5.22, RFC 3162 section 2.5). */
struct radius_route {
	struct ip_prefix to;
	struct ip_addr gateway;		/* not set: the user's address */
	uint32_t metric;		/* the first one; 0: none was given */
};

/* Rates in bit/s; 0: none was given. */
struct radius_rates {
	uint64_t up, down;		/* from the user, to the user */
	uint64_t burst_up, burst_down;
	uint32_t burst_up_s, burst_down_s;	/* seconds */
};

/* MS-CHAP-Error (RFC 2548 section 2.1.5, RFC 2759 section 6). */
struct radius_mschap_error {
	bool given;
	uint8_t id;			/* of the Response that it answers */
	bool retry;
	uint16_t error;			/* enum mschap_error of ppp/mschap.h; 0: none was said */
	char message[RADIUS_VENDOR_VALUE_MAX + 1];	/* for the user; may be "" */
};

/* MS-CHAP2-Success (RFC 2548 section 2.3.3). */
struct radius_mschap2_success {
	bool given;
	uint8_t id;
	char text[43];			/* "S=" and 40 capital hexadecimal digits */
};

/* MS-MPPE-Encryption-Policy and -Types (RFC 2548 sections 2.4.4 and 2.4.5). */
#define RADIUS_MPPE_ALLOWED	1
#define RADIUS_MPPE_REQUIRED	2
#define RADIUS_MPPE_40		0x2u	/* bits of the types */
#define RADIUS_MPPE_128		0x4u
#define RADIUS_MPPE_56		0x8u

struct radius_remark {
	const struct radius_definition *about;	/* NULL: a Vendor-Specific */
	const char *what;		/* a static string: "is malformed" */
};

struct radius_reply {
	uint8_t code;			/* enum radius_code */

	/* The user. */
	char user[RADIUS_VALUE_MAX + 1];	/* User-Name, for accounting; "": none */
	char message[RADIUS_MESSAGE_MAX + 1];	/* all Reply-Messages, a blank between them */
	struct radius_octets state;
	struct radius_octets classes[RADIUS_CLASSES_MAX];	/* in their order */
	unsigned int n_classes;

	/* Addresses and routes. */
	enum radius_address_choice address_choice;
	struct ip_addr address;		/* RADIUS_ADDRESS_GIVEN */
	struct radius_number netmask;	/* the length of the prefix */
	char pool[RADIUS_VALUE_MAX + 1];
	struct radius_route routes[RADIUS_ROUTES_MAX];
	unsigned int n_routes;
	struct ip_addr dns[RADIUS_DNS_MAX];	/* IPv4; not set: not given */
	struct ip_addr nbns[RADIUS_DNS_MAX];
	struct ip_addr dns6[RADIUS_DNS_MAX];
	unsigned int n_dns6;
	struct ip_prefix prefixes6[RADIUS_PREFIXES_MAX];	/* Framed-IPv6-Prefix */
	unsigned int n_prefixes6;
	struct ip_prefix delegated6[RADIUS_PREFIXES_MAX];	/* Delegated-IPv6-Prefix */
	unsigned int n_delegated6;
	struct ip_addr addresses6[RADIUS_PREFIXES_MAX];		/* Framed-IPv6-Address */
	unsigned int n_addresses6;
	char pool6[RADIUS_VALUE_MAX + 1];
	char delegated_pool6[RADIUS_VALUE_MAX + 1];
	bool has_ifid;
	uint8_t ifid[8];		/* Framed-Interface-Id, in network order */

	/* Limits. Seconds. */
	struct radius_number session_timeout;
	struct radius_number idle_timeout;
	struct radius_number interim_interval;	/* as sent; RFC 2869 wants 60 at least */
	struct radius_number termination_action;	/* 1: ask again when the session ends */
	struct radius_number port_limit;
	struct radius_number mtu;
	char filters[RADIUS_FILTERS_MAX][RADIUS_VALUE_MAX + 1];
	unsigned int n_filters;
	struct radius_rates rates;	/* Mikrotik-Rate-Limit, or else WISPr-Bandwidth-Max-* */
	char avpairs[RADIUS_AVPAIRS_MAX][RADIUS_VALUE_MAX + 1];	/* Cisco-AVPair, as sent */
	unsigned int n_avpairs;

	/* Proofs and keys. */
	struct radius_mschap_error mschap_error;
	struct radius_mschap2_success mschap2_success;
	struct radius_number mppe_policy;	/* RADIUS_MPPE_ALLOWED or _REQUIRED */
	struct radius_number mppe_types;	/* RADIUS_MPPE_40, _56, _128, bits */
	struct radius_key send_key;	/* for what we send to the user */
	struct radius_key recv_key;
	bool has_mschap_keys;		/* MS-CHAP-MPPE-Keys: ... */
	uint8_t lm_key[8];		/* ... the first octets of the LM hash, ... */
	uint8_t nt_key[16];		/* ... and the hash of the NT hash */
	uint16_t eap_len;		/* 0: no EAP-Message */
	uint8_t eap[RADIUS_EAP_MAX];	/* one whole EAP packet */

	/* Error-Cause (RFC 5176 section 3.5), which a server may give with a Reject. */
	struct radius_number error_cause;

	/* What was unusual. */
	unsigned int unknown;		/* attributes that are not in the table */
	unsigned int n_remarks;		/* all; the first RADIUS_REMARKS_MAX are kept */
	struct radius_remark remarks[RADIUS_REMARKS_MAX];
	struct radius_remark refused;	/* why radius_reply_read() returned false */
};

/**
 * radius_reply_read() - read the attributes of a reply that was authenticated, or of a CoA-Request,
 *	some of which do not mean a change there: see coa.h
 * @reply: needs no preparation
 * @packet: a sound packet
 * @authenticator: Request Authenticator of the Access-Request; NULL for a CoA-Request, which has no
 *	keys
 * @secret: that of the server
 *
 * Return: true; or false if the packet must be refused, which @reply->refused explains. Then
 * nothing else in @reply may be used.
 */
bool radius_reply_read(struct radius_reply *reply, const struct radius_packet *packet,
		       const uint8_t *authenticator, struct radius_secret secret);

/* Overwrite all of @reply with zeroes. */
void radius_reply_erase(struct radius_reply *reply);

/* --- texts with a grammar -------------------------------------------------------------------- */

/*
 * Parse "destination[/length] [gateway [metric]...]". An IPv4 destination without a length has that
 * of its class (RFC 2865 section 5.22). Returns false if the text is anything else.
 */
bool radius_parse_route(const char *text, bool ipv6, struct radius_route *route);

/*
 * Parse what Mikrotik-Rate-Limit has: "rx[/tx] [burst rx[/tx] [threshold rx[/tx] [time rx[/tx]
 * [priority [minimum rx[/tx]]]]]]". Received (rx) is what comes from the user. Rates are in bit/s,
 * with k, M or G for thousands. A part without tx has rx for both. Threshold, priority and minimum
 * are checked and dropped. Returns false if the text is anything else.
 */
bool radius_parse_rates(const char *text, struct radius_rates *rates);

#endif
