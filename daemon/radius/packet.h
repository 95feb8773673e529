/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RADIUS packets (RFC 2865 section 3): header, authenticators, and attributes as octets. The
 * meaning of attributes is in attribute.h.
 *
 * Pure. Nothing here allocates memory, has a clock or makes random numbers. Numbers are in host
 * order on the C side. Lengths are in octets.
 *
 * What authenticates a packet, made with a secret that both ends share, and what does not:
 *
 *  - The Response Authenticator of a reply: MD5 of the reply, the authenticator of the request and
 *    the secret (RFC 2865 section 3). It is in every reply. It does not withstand an attacker on
 *    the path (CVE-2024-3596, "Blast-RADIUS"), who can make a reply to a request without
 *    Message-Authenticator.
 *  - The Request Authenticator of Accounting-, CoA- and Disconnect-Requests: MD5 of the packet and
 *    the secret (RFC 2866 section 3, RFC 5176 section 2.3).
 *  - The Request Authenticator of Access-Request and Status-Server, 16 random octets, proves
 *    nothing.
 *  - Message-Authenticator, an attribute: HMAC-MD5 (RFC 3579 section 3.2). We write it as the first
 *    attribute of all packets but those of accounting, which leaves the attack no place to begin.
 *
 * All comparisons of authenticators take the same time wherever they differ.
 */
#ifndef CULVERT_RADIUS_PACKET_H
#define CULVERT_RADIUS_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/bytes.h"

#define RADIUS_AUTH_PORT	1812
#define RADIUS_ACCT_PORT	1813
#define RADIUS_COA_PORT		3799	/* RFC 5176 section 2.1 */

#define RADIUS_HEADER_LEN	20
#define RADIUS_PACKET_MAX	4096
#define RADIUS_AUTHENTICATOR	4	/* its offset in the header */
#define RADIUS_AUTHENTICATOR_LEN 16
#define RADIUS_VALUE_MAX	253	/* the longest value of an attribute */
#define RADIUS_VENDOR_VALUE_MAX	247	/* the same inside Vendor-Specific, one in each */

enum radius_code {
	RADIUS_ACCESS_REQUEST = 1,
	RADIUS_ACCESS_ACCEPT = 2,
	RADIUS_ACCESS_REJECT = 3,
	RADIUS_ACCOUNTING_REQUEST = 4,
	RADIUS_ACCOUNTING_RESPONSE = 5,
	RADIUS_ACCESS_CHALLENGE = 11,
	RADIUS_STATUS_SERVER = 12,	/* RFC 5997 */
	RADIUS_DISCONNECT_REQUEST = 40,	/* RFC 5176 */
	RADIUS_DISCONNECT_ACK = 41,
	RADIUS_DISCONNECT_NAK = 42,
	RADIUS_COA_REQUEST = 43,
	RADIUS_COA_ACK = 44,
	RADIUS_COA_NAK = 45,
};

/* The types that this file knows by itself. */
#define RADIUS_TYPE_VENDOR_SPECIFIC		26
#define RADIUS_TYPE_EAP_MESSAGE			79
#define RADIUS_TYPE_MESSAGE_AUTHENTICATOR	80

/* The secret that we share with a server. The octets belong to the caller, and are not copied. */
struct radius_secret {
	const void *octets;
	size_t len;			/* not 0 */
};

/* What is wrong with a packet. */
enum radius_fault {
	RADIUS_SOUND,
	RADIUS_FAULT_SHORT,		/* fewer octets than a header has, or its Length says */
	RADIUS_FAULT_LENGTH,		/* Length is below 20 or above 4096 */
	RADIUS_FAULT_ATTRIBUTE,		/* one has a length below 2, or ends behind the packet */
	RADIUS_FAULT_DOUBLED,		/* two Message-Authenticators, or one of not 16 octets */
	RADIUS_FAULT_CODE,		/* the code is none that could be expected here */
	RADIUS_FAULT_AUTHENTICATOR,	/* it is of another secret, or forged */
	RADIUS_FAULT_SIGNATURE,		/* so is Message-Authenticator */
	RADIUS_FAULT_UNSIGNED,		/* EAP without Message-Authenticator (RFC 3579 3.1) */
};

/* Returns words for the log: a static string, never NULL. */
const char *radius_fault_text(enum radius_fault fault);

/* Returns "Access-Request" and so on, or "unknown code". */
const char *radius_code_text(unsigned int code);

/* --- packets that we receive ----------------------------------------------------------------- */

/* A packet that is well formed; its octets belong to the caller. */
struct radius_packet {
	const uint8_t *octets;
	uint16_t len;			/* without the padding behind the packet */
	uint8_t code;			/* as sent; see enum radius_code */
	uint8_t id;
	bool has_eap;			/* it has at least one EAP-Message */
	uint16_t signed_at;		/* offset of Message-Authenticator's value; 0: none */
};

/**
 * radius_parse() - look at a datagram
 * @packet: filled with %RADIUS_SOUND, undefined otherwise
 * @octets: the datagram. Octets behind the Length of the header are padding, and are ignored.
 * @len: octets of the datagram
 *
 * Checks all lengths. Authenticates nothing; the code may be any.
 *
 * Return: %RADIUS_SOUND, or one of the faults SHORT, LENGTH, ATTRIBUTE and DOUBLED.
 */
enum radius_fault radius_parse(struct radius_packet *packet, const void *octets, size_t len);

/**
 * radius_check_reply() - authenticate a reply
 * @packet: the reply
 * @authenticator: Request Authenticator of the request, as it was sent
 * @secret: that of the server which was asked
 *
 * Checks the Response Authenticator, and Message-Authenticator where there is one. Whether a reply
 * without it is good enough is for the caller to say (@packet->signed_at), except for one that has
 * EAP-Message. That the identifier and the code answer the request is for the caller, too.
 *
 * Return: %RADIUS_SOUND, or one of the faults AUTHENTICATOR, SIGNATURE and UNSIGNED.
 */
enum radius_fault radius_check_reply(const struct radius_packet *packet,
				     const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN],
				     struct radius_secret secret);

/**
 * radius_check_request() - authenticate an Accounting-, CoA- or Disconnect-Request
 *
 * Return: %RADIUS_SOUND, or one of the faults CODE, AUTHENTICATOR, SIGNATURE and UNSIGNED.
 */
enum radius_fault radius_check_request(const struct radius_packet *packet,
				       struct radius_secret secret);

/* Returns the authenticator of a packet, RADIUS_AUTHENTICATOR_LEN octets inside it. */
static inline const uint8_t *radius_authenticator(const struct radius_packet *packet)
{
	return packet->octets + RADIUS_AUTHENTICATOR;
}

/*
 * One attribute. Those in Vendor-Specific stand for themselves, with @vendor set, several of them
 * if a Vendor-Specific contains several. A Vendor-Specific that is not built as RFC 2865 section
 * 5.26 suggests is one attribute of RADIUS_TYPE_VENDOR_SPECIFIC: its value begins with the vendor,
 * if it has four octets at all.
 */
struct radius_attribute {
	uint32_t vendor;		/* SMI code of the vendor; 0: an attribute of the RFCs */
	uint8_t type;
	uint8_t len;			/* of the value; may be 0 */
	const uint8_t *value;		/* inside the packet */
};

struct radius_iterator {
	/* private */
	struct reader attributes;
	struct reader inside;		/* of a Vendor-Specific */
	uint32_t vendor;		/* likewise */
};

/* Begin at the first attribute of @packet, which must stay in place. */
struct radius_iterator radius_attributes(const struct radius_packet *packet);

/* Take the next attribute. Returns false if there is none. */
bool radius_next(struct radius_iterator *it, struct radius_attribute *attribute);

/*
 * Put together a value that was sent in pieces, as EAP-Message is: the values of all attributes of
 * @type that no vendor defined, in their order. Returns false if they have more than @size octets;
 * then *@len is undefined. Without such an attribute *@len is 0.
 */
bool radius_join(const struct radius_packet *packet, uint8_t type, uint8_t *to, size_t size,
		 size_t *len);

/* --- packets that we send -------------------------------------------------------------------- */

/* A packet being written. What does not fit is told at the end: radius_end_*() return 0. */
struct radius_writer {
	struct writer out;
	uint16_t signed_at;		/* as in struct radius_packet */
};

/**
 * radius_begin() - begin a packet
 * @w: needs no preparation
 * @buf: where the packet goes
 * @size: octets of @buf; more than %RADIUS_PACKET_MAX are not used
 * @code: any of enum radius_code
 * @id: its identifier
 * @authenticator: for Access-Request and Status-Server 16 random octets, which nobody can foretell;
 *	NULL for all others
 *
 * Writes the header, and Message-Authenticator as first attribute unless @code is one of accounting
 * (RFC 2869 section 5.19 has no place for it there).
 */
void radius_begin(struct radius_writer *w, void *buf, size_t size, enum radius_code code,
		  uint8_t id, const uint8_t *authenticator);

/*
 * Add an attribute of at most RADIUS_VALUE_MAX octets. A value of 0 octets is not written (RFC 2865
 * section 5: such an attribute MUST NOT be sent).
 */
void radius_put(struct radius_writer *w, uint8_t type, const void *value, size_t len);
void radius_put_text(struct radius_writer *w, uint8_t type, const char *text);
void radius_put_number(struct radius_writer *w, uint8_t type, uint32_t number);

/* Add an attribute of a vendor, in a Vendor-Specific of its own; RADIUS_VENDOR_VALUE_MAX octets. */
void radius_put_vendor(struct radius_writer *w, uint32_t vendor, uint8_t type, const void *value,
		       size_t len);

/* Add a value of any length in as many attributes as it needs (RFC 3579 section 3.1). */
void radius_put_pieces(struct radius_writer *w, uint8_t type, const void *value, size_t len);

/**
 * radius_end_request() - end a request: fill in Length and what authenticates it
 *
 * Return: the length of the packet, or 0 if anything did not fit.
 */
size_t radius_end_request(struct radius_writer *w, struct radius_secret secret);

/**
 * radius_end_reply() - end a reply
 * @authenticator: Request Authenticator of the request
 *
 * Return: the length of the packet, or 0 if anything did not fit.
 */
size_t radius_end_reply(struct radius_writer *w,
			const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN],
			struct radius_secret secret);

#endif
