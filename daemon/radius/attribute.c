// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "radius/attribute.h"
#include "util/bytes.h"

/* Columns of the tables of RFC 2865 5.44, RFC 2866 5.13, RFC 2869 5.19 and RFC 5176 3.6. */
#define REQ	RADIUS_IN_REQUEST
#define ACC	RADIUS_IN_ACCEPT
#define REJ	RADIUS_IN_REJECT
#define CHA	RADIUS_IN_CHALLENGE
#define ACT	RADIUS_IN_ACCOUNTING
#define RSP	RADIUS_IN_RESPONSE
#define COA	RADIUS_IN_COA
#define DIS	RADIUS_IN_DISCONNECT
#define ACK	RADIUS_IN_ACK
#define NAK	RADIUS_IN_NAK

#define NAMES	(REQ | ACT | COA | DIS)		/* what names a NAS, a port or a session */
#define GRANTS	(ACC | COA)			/* what a server lets a session have */
#define ANY	(NAMES | ACC | REJ | CHA | RSP | ACK | NAK)

#define SEVERAL	RADIUS_SEVERAL
#define BINDS	RADIUS_BINDS

/* One row: vendor, type and format are written without the prefix of their names. */
#define ROW(title, of, code, form, how, in)			\
	SIZED(title, of, code, form, how, in, 0, 0)
#define SIZED(title, of, code, form, how, in, least, most)	\
	{ .name = (title), .vendor = RADIUS_##of, .type = RADIUS_##code, .format = RADIUS_##form, \
	  .flags = (how), .where = (in), .min = (least), .max = (most) }
#define RADIUS_0	0	/* no vendor */

static const struct radius_definition table[] = {
	ROW("User-Name", 0, USER_NAME, TEXT, 0, NAMES | ACC),
	SIZED("User-Password", 0, USER_PASSWORD, OCTETS, BINDS, REQ, 16, 128),
	SIZED("CHAP-Password", 0, CHAP_PASSWORD, OCTETS, BINDS, REQ, 17, 17),
	ROW("NAS-IP-Address", 0, NAS_IP_ADDRESS, ADDRESS, BINDS, NAMES),
	ROW("NAS-Port", 0, NAS_PORT, INTEGER, BINDS, NAMES),
	ROW("Service-Type", 0, SERVICE_TYPE, INTEGER, BINDS, NAMES | ACC),
	ROW("Framed-Protocol", 0, FRAMED_PROTOCOL, INTEGER, BINDS, REQ | ACC | ACT | COA),
	ROW("Framed-IP-Address", 0, FRAMED_IP_ADDRESS, ADDRESS, BINDS, NAMES | ACC),
	ROW("Framed-IP-Netmask", 0, FRAMED_IP_NETMASK, ADDRESS, 0, REQ | ACC | ACT | COA),
	ROW("Filter-Id", 0, FILTER_ID, TEXT, BINDS | SEVERAL, GRANTS | ACT),
	ROW("Framed-MTU", 0, FRAMED_MTU, INTEGER, 0, REQ | GRANTS | CHA | ACT),
	ROW("Reply-Message", 0, REPLY_MESSAGE, TEXT, SEVERAL, ACC | REJ | CHA | COA | DIS),
	ROW("Framed-Route", 0, FRAMED_ROUTE, TEXT, SEVERAL, GRANTS | ACT),
	ROW("State", 0, STATE, OCTETS, BINDS, REQ | ACC | CHA | COA | DIS | ACK | NAK),
	ROW("Class", 0, CLASS, OCTETS, SEVERAL, ACC | ACT | COA | DIS),
	ROW("Session-Timeout", 0, SESSION_TIMEOUT, INTEGER, BINDS, GRANTS | CHA | ACT),
	ROW("Idle-Timeout", 0, IDLE_TIMEOUT, INTEGER, BINDS, GRANTS | CHA | ACT),
	ROW("Termination-Action", 0, TERMINATION_ACTION, INTEGER, BINDS, GRANTS | ACT),
	ROW("Called-Station-Id", 0, CALLED_STATION_ID, TEXT, BINDS, NAMES),
	ROW("Calling-Station-Id", 0, CALLING_STATION_ID, TEXT, BINDS, NAMES),
	ROW("NAS-Identifier", 0, NAS_IDENTIFIER, TEXT, BINDS, NAMES),
	ROW("Proxy-State", 0, PROXY_STATE, OCTETS, SEVERAL, ANY),
	ROW("Acct-Status-Type", 0, ACCT_STATUS_TYPE, INTEGER, BINDS, ACT),
	ROW("Acct-Delay-Time", 0, ACCT_DELAY_TIME, INTEGER, 0, ACT),
	ROW("Acct-Input-Octets", 0, ACCT_INPUT_OCTETS, INTEGER, 0, ACT),
	ROW("Acct-Output-Octets", 0, ACCT_OUTPUT_OCTETS, INTEGER, 0, ACT),
	ROW("Acct-Session-Id", 0, ACCT_SESSION_ID, TEXT, BINDS, NAMES),
	ROW("Acct-Authentic", 0, ACCT_AUTHENTIC, INTEGER, 0, ACT),
	ROW("Acct-Session-Time", 0, ACCT_SESSION_TIME, INTEGER, 0, ACT),
	ROW("Acct-Input-Packets", 0, ACCT_INPUT_PACKETS, INTEGER, 0, ACT),
	ROW("Acct-Output-Packets", 0, ACCT_OUTPUT_PACKETS, INTEGER, 0, ACT),
	ROW("Acct-Terminate-Cause", 0, ACCT_TERMINATE_CAUSE, INTEGER, 0, ACT | DIS | ACK),
	ROW("Acct-Multi-Session-Id", 0, ACCT_MULTI_SESSION_ID, TEXT, BINDS, NAMES),
	ROW("Acct-Link-Count", 0, ACCT_LINK_COUNT, INTEGER, 0, ACT),
	ROW("Acct-Input-Gigawords", 0, ACCT_INPUT_GIGAWORDS, INTEGER, 0, ACT),
	ROW("Acct-Output-Gigawords", 0, ACCT_OUTPUT_GIGAWORDS, INTEGER, 0, ACT),
	ROW("Event-Timestamp", 0, EVENT_TIMESTAMP, DATE, BINDS, ACT | COA | DIS | ACK | NAK),
	ROW("CHAP-Challenge", 0, CHAP_CHALLENGE, OCTETS, BINDS, REQ),
	ROW("NAS-Port-Type", 0, NAS_PORT_TYPE, INTEGER, 0, NAMES),
	ROW("Port-Limit", 0, PORT_LIMIT, INTEGER, BINDS, REQ | GRANTS | ACT),
	ROW("Tunnel-Type", 0, TUNNEL_TYPE, TAGGED_INTEGER, SEVERAL, REQ | GRANTS | ACT),
	ROW("Tunnel-Medium-Type", 0, TUNNEL_MEDIUM_TYPE, TAGGED_INTEGER, SEVERAL,
	    REQ | GRANTS | ACT),
	ROW("Tunnel-Client-Endpoint", 0, TUNNEL_CLIENT_ENDPOINT, TAGGED_TEXT, SEVERAL,
	    REQ | GRANTS | ACT),
	ROW("Tunnel-Server-Endpoint", 0, TUNNEL_SERVER_ENDPOINT, TAGGED_TEXT, SEVERAL,
	    REQ | GRANTS | ACT),
	ROW("EAP-Message", 0, EAP_MESSAGE, OCTETS, BINDS | SEVERAL, REQ | ACC | REJ | CHA),
	SIZED("Message-Authenticator", 0, MESSAGE_AUTHENTICATOR, OCTETS, BINDS, ANY, 16, 16),
	ROW("Acct-Interim-Interval", 0, ACCT_INTERIM_INTERVAL, INTEGER, 0, GRANTS),
	ROW("NAS-Port-Id", 0, NAS_PORT_ID, TEXT, BINDS, NAMES),
	ROW("Framed-Pool", 0, FRAMED_POOL, TEXT, BINDS, GRANTS),
	ROW("NAS-IPv6-Address", 0, NAS_IPV6_ADDRESS, ADDRESS6, BINDS, NAMES),
	ROW("Framed-Interface-Id", 0, FRAMED_INTERFACE_ID, IFID, 0, NAMES | ACC),
	ROW("Framed-IPv6-Prefix", 0, FRAMED_IPV6_PREFIX, PREFIX6, SEVERAL, NAMES | ACC),
	ROW("Framed-IPv6-Route", 0, FRAMED_IPV6_ROUTE, TEXT, SEVERAL, GRANTS | ACT),
	ROW("Framed-IPv6-Pool", 0, FRAMED_IPV6_POOL, TEXT, BINDS, GRANTS),
	ROW("Error-Cause", 0, ERROR_CAUSE, INTEGER, 0, REJ | ACK | NAK),
	ROW("Delegated-IPv6-Prefix", 0, DELEGATED_IPV6_PREFIX, PREFIX6, SEVERAL, NAMES | ACC),
	ROW("Framed-IPv6-Address", 0, FRAMED_IPV6_ADDRESS, ADDRESS6, SEVERAL, NAMES | ACC),
	ROW("DNS-Server-IPv6-Address", 0, DNS_SERVER_IPV6_ADDRESS, ADDRESS6, SEVERAL,
	    REQ | GRANTS | ACT),
	ROW("Delegated-IPv6-Prefix-Pool", 0, DELEGATED_IPV6_PREFIX_POOL, TEXT, BINDS, GRANTS | ACT),

	ROW("Cisco-AVPair", CISCO, CISCO_AVPAIR, TEXT, SEVERAL, NAMES | ACC),

	SIZED("MS-CHAP-Response", MICROSOFT, MS_CHAP_RESPONSE, OCTETS, BINDS, REQ, 50, 50),
	SIZED("MS-CHAP-Error", MICROSOFT, MS_CHAP_ERROR, OCTETS, 0, REJ, 2, 247),
	ROW("MS-MPPE-Encryption-Policy", MICROSOFT, MS_MPPE_ENCRYPTION_POLICY, INTEGER, BINDS, ACC),
	ROW("MS-MPPE-Encryption-Types", MICROSOFT, MS_MPPE_ENCRYPTION_TYPES, INTEGER, BINDS, ACC),
	ROW("MS-CHAP-Domain", MICROSOFT, MS_CHAP_DOMAIN, OCTETS, 0, ACC),
	ROW("MS-CHAP-Challenge", MICROSOFT, MS_CHAP_CHALLENGE, OCTETS, BINDS, REQ),
	SIZED("MS-CHAP-MPPE-Keys", MICROSOFT, MS_CHAP_MPPE_KEYS, OCTETS, BINDS, ACC, 32, 32),
	SIZED("MS-MPPE-Send-Key", MICROSOFT, MS_MPPE_SEND_KEY, OCTETS, BINDS, ACC, 18, 247),
	SIZED("MS-MPPE-Recv-Key", MICROSOFT, MS_MPPE_RECV_KEY, OCTETS, BINDS, ACC, 18, 247),
	SIZED("MS-CHAP2-Response", MICROSOFT, MS_CHAP2_RESPONSE, OCTETS, BINDS, REQ, 50, 50),
	SIZED("MS-CHAP2-Success", MICROSOFT, MS_CHAP2_SUCCESS, OCTETS, BINDS, ACC, 43, 247),
	ROW("MS-Primary-DNS-Server", MICROSOFT, MS_PRIMARY_DNS_SERVER, ADDRESS, 0, ACC | ACT),
	ROW("MS-Secondary-DNS-Server", MICROSOFT, MS_SECONDARY_DNS_SERVER, ADDRESS, 0, ACC | ACT),
	ROW("MS-Primary-NBNS-Server", MICROSOFT, MS_PRIMARY_NBNS_SERVER, ADDRESS, 0, ACC | ACT),
	ROW("MS-Secondary-NBNS-Server", MICROSOFT, MS_SECONDARY_NBNS_SERVER, ADDRESS, 0, ACC | ACT),

	ROW("WISPr-Bandwidth-Max-Up", WISPR, WISPR_BANDWIDTH_MAX_UP, INTEGER, BINDS, GRANTS),
	ROW("WISPr-Bandwidth-Max-Down", WISPR, WISPR_BANDWIDTH_MAX_DOWN, INTEGER, BINDS,
	    GRANTS),

	ROW("Mikrotik-Rate-Limit", MIKROTIK, MIKROTIK_RATE_LIMIT, TEXT, BINDS, GRANTS),
};

_Static_assert(sizeof(table) / sizeof(table[0]) <= RADIUS_DEFINITIONS_MAX, "too many rows");

const struct radius_definition *radius_definitions(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

static int compare(const void *key, const void *member)
{
	const struct radius_definition *a = key;
	const struct radius_definition *b = member;

	if (a->vendor != b->vendor)
		return a->vendor < b->vendor ? -1 : 1;
	return (int)a->type - (int)b->type;
}

const struct radius_definition *radius_definition(uint32_t vendor, uint8_t type)
{
	const struct radius_definition key = { .vendor = vendor, .type = type };

	return bsearch(&key, table, sizeof(table) / sizeof(table[0]), sizeof(table[0]), compare);
}

unsigned int radius_where(unsigned int code)
{
	switch (code) {
	case RADIUS_ACCESS_REQUEST:
		return REQ;
	case RADIUS_ACCESS_ACCEPT:
		return ACC;
	case RADIUS_ACCESS_REJECT:
		return REJ;
	case RADIUS_ACCESS_CHALLENGE:
		return CHA;
	case RADIUS_ACCOUNTING_REQUEST:
		return ACT;
	case RADIUS_ACCOUNTING_RESPONSE:
		return RSP;
	case RADIUS_COA_REQUEST:
		return COA;
	case RADIUS_DISCONNECT_REQUEST:
		return DIS;
	case RADIUS_COA_ACK:
	case RADIUS_DISCONNECT_ACK:
		return ACK;
	case RADIUS_COA_NAK:
	case RADIUS_DISCONNECT_NAK:
		return NAK;
	default:
		return 0;
	}
}

/* RFC 3162 section 2.3: no bit behind the length of the prefix is set, and no octet is missing. */
static bool is_prefix6(const uint8_t *value, size_t len)
{
	size_t bits = value[1];

	if (bits > 128 || (bits + 7) / 8 > len - 2)
		return false;
	for (size_t bit = bits; bit < (len - 2) * 8; bit++)
		if (value[2 + bit / 8] & 0x80 >> bit % 8)
			return false;
	return true;
}

/* Octets that a value of each format has, at least and at most. */
static const struct {
	uint8_t min, max;
} lengths[] = {
	[RADIUS_TEXT] = { 1, RADIUS_VALUE_MAX },
	[RADIUS_OCTETS] = { 1, RADIUS_VALUE_MAX },
	[RADIUS_INTEGER] = { 4, 4 },
	[RADIUS_DATE] = { 4, 4 },
	[RADIUS_ADDRESS] = { 4, 4 },
	[RADIUS_ADDRESS6] = { 16, 16 },
	[RADIUS_PREFIX6] = { 2, 18 },
	[RADIUS_IFID] = { 8, 8 },
	[RADIUS_TAGGED_INTEGER] = { 4, 4 },
	[RADIUS_TAGGED_TEXT] = { 1, RADIUS_VALUE_MAX },
};

bool radius_is_well_formed(const struct radius_definition *definition,
			   const struct radius_attribute *attribute)
{
	const uint8_t format = definition->format;
	const uint8_t min = definition->min ? definition->min : lengths[format].min;
	const uint8_t max = definition->max ? definition->max : lengths[format].max;

	if (attribute->len < min || attribute->len > max)
		return false;
	if (format == RADIUS_TEXT)
		return !memchr(attribute->value, '\0', attribute->len);
	if (format == RADIUS_PREFIX6)
		return is_prefix6(attribute->value, attribute->len);
	return true;
}

uint32_t radius_number_of(const struct radius_attribute *attribute)
{
	struct reader r = rd_init(attribute->value, attribute->len);

	return rd_be32(&r);
}

struct ip_addr radius_address_of(const struct radius_attribute *attribute)
{
	return ip_from_number(radius_number_of(attribute));
}

/* Octets that are not there are zero. */
static struct ip_addr address6(const uint8_t *octets, size_t len)
{
	struct ip_addr address = { .family = AF_INET6 };

	memcpy(&address.v6, octets, len);
	return address;
}

struct ip_addr radius_address6_of(const struct radius_attribute *attribute)
{
	return address6(attribute->value, attribute->len);
}

struct ip_prefix radius_prefix6_of(const struct radius_attribute *attribute)
{
	return (struct ip_prefix){
		.address = address6(attribute->value + 2, attribute->len - 2),
		.length = attribute->value[1],
	};
}
