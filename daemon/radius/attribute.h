/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attributes that we know, in one table: what they are called, what their values look like, in
 * which packets they may be, and how often.
 *
 * An attribute that is not in the table is ignored wherever it comes from, as RFC 2865 section 5
 * allows.
 */
#ifndef CULVERT_RADIUS_ATTRIBUTE_H
#define CULVERT_RADIUS_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "radius/packet.h"
#include "util/ip.h"

/* Vendors (SMI Network Management Private Enterprise Codes). */
#define RADIUS_CISCO		9
#define RADIUS_MICROSOFT	311
#define RADIUS_WISPR		14122
#define RADIUS_MIKROTIK		14988

/* Attributes without a vendor. */
enum radius_type {
	RADIUS_USER_NAME = 1,			/* RFC 2865 */
	RADIUS_USER_PASSWORD = 2,
	RADIUS_CHAP_PASSWORD = 3,
	RADIUS_NAS_IP_ADDRESS = 4,
	RADIUS_NAS_PORT = 5,
	RADIUS_SERVICE_TYPE = 6,
	RADIUS_FRAMED_PROTOCOL = 7,
	RADIUS_FRAMED_IP_ADDRESS = 8,
	RADIUS_FRAMED_IP_NETMASK = 9,
	RADIUS_FILTER_ID = 11,
	RADIUS_FRAMED_MTU = 12,
	RADIUS_REPLY_MESSAGE = 18,
	RADIUS_FRAMED_ROUTE = 22,
	RADIUS_STATE = 24,
	RADIUS_CLASS = 25,
	RADIUS_SESSION_TIMEOUT = 27,
	RADIUS_IDLE_TIMEOUT = 28,
	RADIUS_TERMINATION_ACTION = 29,
	RADIUS_CALLED_STATION_ID = 30,
	RADIUS_CALLING_STATION_ID = 31,
	RADIUS_NAS_IDENTIFIER = 32,
	RADIUS_PROXY_STATE = 33,
	RADIUS_ACCT_STATUS_TYPE = 40,		/* RFC 2866 */
	RADIUS_ACCT_DELAY_TIME = 41,
	RADIUS_ACCT_INPUT_OCTETS = 42,
	RADIUS_ACCT_OUTPUT_OCTETS = 43,
	RADIUS_ACCT_SESSION_ID = 44,
	RADIUS_ACCT_AUTHENTIC = 45,
	RADIUS_ACCT_SESSION_TIME = 46,
	RADIUS_ACCT_INPUT_PACKETS = 47,
	RADIUS_ACCT_OUTPUT_PACKETS = 48,
	RADIUS_ACCT_TERMINATE_CAUSE = 49,
	RADIUS_ACCT_MULTI_SESSION_ID = 50,
	RADIUS_ACCT_LINK_COUNT = 51,
	RADIUS_ACCT_INPUT_GIGAWORDS = 52,	/* RFC 2869 */
	RADIUS_ACCT_OUTPUT_GIGAWORDS = 53,
	RADIUS_EVENT_TIMESTAMP = 55,
	RADIUS_CHAP_CHALLENGE = 60,
	RADIUS_NAS_PORT_TYPE = 61,
	RADIUS_PORT_LIMIT = 62,
	RADIUS_TUNNEL_TYPE = 64,		/* RFC 2868 */
	RADIUS_TUNNEL_MEDIUM_TYPE = 65,
	RADIUS_TUNNEL_CLIENT_ENDPOINT = 66,
	RADIUS_TUNNEL_SERVER_ENDPOINT = 67,
	RADIUS_EAP_MESSAGE = RADIUS_TYPE_EAP_MESSAGE,
	RADIUS_MESSAGE_AUTHENTICATOR = RADIUS_TYPE_MESSAGE_AUTHENTICATOR,
	RADIUS_ACCT_INTERIM_INTERVAL = 85,	/* RFC 2869 */
	RADIUS_NAS_PORT_ID = 87,
	RADIUS_FRAMED_POOL = 88,
	RADIUS_NAS_IPV6_ADDRESS = 95,		/* RFC 3162 */
	RADIUS_FRAMED_INTERFACE_ID = 96,
	RADIUS_FRAMED_IPV6_PREFIX = 97,
	RADIUS_FRAMED_IPV6_ROUTE = 99,
	RADIUS_FRAMED_IPV6_POOL = 100,
	RADIUS_ERROR_CAUSE = 101,		/* RFC 5176 */
	RADIUS_DELEGATED_IPV6_PREFIX = 123,	/* RFC 4818 */
	RADIUS_FRAMED_IPV6_ADDRESS = 168,	/* RFC 6911 */
	RADIUS_DNS_SERVER_IPV6_ADDRESS = 169,
	RADIUS_DELEGATED_IPV6_PREFIX_POOL = 171,
};

enum radius_microsoft {				/* RFC 2548 */
	RADIUS_MS_CHAP_RESPONSE = 1,
	RADIUS_MS_CHAP_ERROR = 2,
	RADIUS_MS_MPPE_ENCRYPTION_POLICY = 7,
	RADIUS_MS_MPPE_ENCRYPTION_TYPES = 8,
	RADIUS_MS_CHAP_DOMAIN = 10,
	RADIUS_MS_CHAP_CHALLENGE = 11,
	RADIUS_MS_CHAP_MPPE_KEYS = 12,
	RADIUS_MS_MPPE_SEND_KEY = 16,
	RADIUS_MS_MPPE_RECV_KEY = 17,
	RADIUS_MS_CHAP2_RESPONSE = 25,
	RADIUS_MS_CHAP2_SUCCESS = 26,
	RADIUS_MS_PRIMARY_DNS_SERVER = 28,
	RADIUS_MS_SECONDARY_DNS_SERVER = 29,
	RADIUS_MS_PRIMARY_NBNS_SERVER = 30,
	RADIUS_MS_SECONDARY_NBNS_SERVER = 31,
};

#define RADIUS_CISCO_AVPAIR		1
#define RADIUS_WISPR_BANDWIDTH_MAX_UP	7	/* bit/s, from the user */
#define RADIUS_WISPR_BANDWIDTH_MAX_DOWN	8
#define RADIUS_MIKROTIK_RATE_LIMIT	8

/* Values that we want and send. */
#define RADIUS_SERVICE_FRAMED	2	/* Service-Type: RFC 2865 section 5.6 */
#define RADIUS_PROTOCOL_PPP	1	/* Framed-Protocol: section 5.7 */

/* What a value looks like. */
enum radius_format {
	RADIUS_TEXT,		/* 1 octet or more, none of them NUL */
	RADIUS_OCTETS,		/* 1 octet or more; the RFCs' "string" */
	RADIUS_INTEGER,		/* 4 octets */
	RADIUS_DATE,		/* 4 octets: seconds since 1970 in UTC */
	RADIUS_ADDRESS,		/* 4 octets: an IPv4 address */
	RADIUS_ADDRESS6,	/* 16 octets */
	RADIUS_PREFIX6,		/* RFC 3162 section 2.3: reserved, length, 0 to 16 octets */
	RADIUS_IFID,		/* 8 octets: an interface identifier */
	RADIUS_TAGGED_INTEGER,	/* RFC 2868 section 3.1: tag, 3 octets */
	RADIUS_TAGGED_TEXT,	/* RFC 2868 section 3.3: perhaps a tag below 0x20, a text */
};

/* Where an attribute may be, a mask. */
#define RADIUS_IN_REQUEST	0x01u		/* Access-Request */
#define RADIUS_IN_ACCEPT	0x02u
#define RADIUS_IN_REJECT	0x04u
#define RADIUS_IN_CHALLENGE	0x08u
#define RADIUS_IN_ACCOUNTING	0x10u		/* Accounting-Request */
#define RADIUS_IN_RESPONSE	0x20u		/* Accounting-Response */
#define RADIUS_IN_COA		0x40u		/* CoA-Request */
#define RADIUS_IN_DISCONNECT	0x80u		/* Disconnect-Request */
#define RADIUS_IN_ACK		0x100u		/* CoA-ACK, Disconnect-ACK */
#define RADIUS_IN_NAK		0x200u

/* How often it may be there, and what it means that it is not as it should be. */
#define RADIUS_SEVERAL		0x1u		/* more than once */
/*
 * It binds: it proves something, or it restricts what the user may do. A packet in which it is
 * malformed, or twice where it may be once, is refused as a whole. Any other attribute is then
 * ignored, and that is told.
 */
#define RADIUS_BINDS		0x2u

struct radius_definition {
	const char *name;
	uint32_t vendor;	/* 0: none */
	uint8_t type;
	uint8_t format;		/* enum radius_format */
	uint8_t flags;		/* RADIUS_SEVERAL, RADIUS_BINDS */
	uint16_t where;		/* RADIUS_IN_* */
	uint8_t min, max;	/* octets of the value; 0, 0: as the format says */
};

#define RADIUS_DEFINITIONS_MAX	128	/* rows of the table, at most */

/* Returns the whole table, sorted by vendor and type, and its length in *@n. */
const struct radius_definition *radius_definitions(size_t *n);

/* Returns what is known of an attribute, or NULL if nothing is. */
const struct radius_definition *radius_definition(uint32_t vendor, uint8_t type);

/* Returns the bit of RADIUS_IN_* of a packet, or 0 if no attributes are defined for the code. */
unsigned int radius_where(unsigned int code);

/* Returns true if the value has the length and the contents that its definition asks for. */
bool radius_is_well_formed(const struct radius_definition *definition,
			   const struct radius_attribute *attribute);

/* Returns the number in the first four octets of a value, or 0 if it has fewer. */
uint32_t radius_number_of(const struct radius_attribute *attribute);

/* Return what is in a well-formed value of RADIUS_ADDRESS, _ADDRESS6 and _PREFIX6. */
struct ip_addr radius_address_of(const struct radius_attribute *attribute);
struct ip_addr radius_address6_of(const struct radius_attribute *attribute);
struct ip_prefix radius_prefix6_of(const struct radius_attribute *attribute);

#endif
