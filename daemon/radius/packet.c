// SPDX-License-Identifier: GPL-2.0-only
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <string.h>

#include "radius/packet.h"

#define ATTRIBUTE_HEADER_LEN	2	/* type, length */
#define VENDOR_LEN		4	/* SMI code at the beginning of Vendor-Specific */
#define LENGTH_AT		2	/* in the header */

static const uint8_t zero[RADIUS_AUTHENTICATOR_LEN];

const char *radius_fault_text(enum radius_fault fault)
{
	switch (fault) {
	case RADIUS_SOUND:
		return "sound";
	case RADIUS_FAULT_SHORT:
		return "shorter than it says";
	case RADIUS_FAULT_LENGTH:
		return "length is not between 20 and 4096";
	case RADIUS_FAULT_ATTRIBUTE:
		return "an attribute has an impossible length";
	case RADIUS_FAULT_DOUBLED:
		return "Message-Authenticator is doubled or has not 16 octets";
	case RADIUS_FAULT_CODE:
		return "code is out of place";
	case RADIUS_FAULT_AUTHENTICATOR:
		return "authenticator is wrong; the secrets may differ";
	case RADIUS_FAULT_SIGNATURE:
		return "Message-Authenticator is wrong; the secrets may differ";
	case RADIUS_FAULT_UNSIGNED:
		return "EAP-Message without Message-Authenticator";
	}
	return "malformed";
}

const char *radius_code_text(unsigned int code)
{
	switch (code) {
	case RADIUS_ACCESS_REQUEST:
		return "Access-Request";
	case RADIUS_ACCESS_ACCEPT:
		return "Access-Accept";
	case RADIUS_ACCESS_REJECT:
		return "Access-Reject";
	case RADIUS_ACCOUNTING_REQUEST:
		return "Accounting-Request";
	case RADIUS_ACCOUNTING_RESPONSE:
		return "Accounting-Response";
	case RADIUS_ACCESS_CHALLENGE:
		return "Access-Challenge";
	case RADIUS_STATUS_SERVER:
		return "Status-Server";
	case RADIUS_DISCONNECT_REQUEST:
		return "Disconnect-Request";
	case RADIUS_DISCONNECT_ACK:
		return "Disconnect-ACK";
	case RADIUS_DISCONNECT_NAK:
		return "Disconnect-NAK";
	case RADIUS_COA_REQUEST:
		return "CoA-Request";
	case RADIUS_COA_ACK:
		return "CoA-ACK";
	case RADIUS_COA_NAK:
		return "CoA-NAK";
	default:
		return "unknown code";
	}
}

/* --- authenticators -------------------------------------------------------------------------- */

/* Returns true if the Request Authenticator is made of the packet, and not of random octets. */
static bool is_hashed(unsigned int code)
{
	return code == RADIUS_ACCOUNTING_REQUEST || code == RADIUS_COA_REQUEST ||
	       code == RADIUS_DISCONNECT_REQUEST;
}

static bool is_accounting(unsigned int code)
{
	return code == RADIUS_ACCOUNTING_REQUEST || code == RADIUS_ACCOUNTING_RESPONSE;
}

/* MD5(Code + ID + Length + @authenticator + Attributes + Secret): RFC 2865 section 3. */
static void hash(const uint8_t *octets, size_t len, const uint8_t *authenticator,
		 struct radius_secret secret, uint8_t digest[RADIUS_AUTHENTICATOR_LEN])
{
	struct md5_ctx ctx;

	md5_init(&ctx);
	md5_update(&ctx, RADIUS_AUTHENTICATOR, octets);
	md5_update(&ctx, RADIUS_AUTHENTICATOR_LEN, authenticator);
	md5_update(&ctx, len - RADIUS_HEADER_LEN, octets + RADIUS_HEADER_LEN);
	md5_update(&ctx, secret.len, secret.octets);
	md5_digest(&ctx, RADIUS_AUTHENTICATOR_LEN, digest);
	explicit_bzero(&ctx, sizeof(ctx));
}

/*
 * HMAC-MD5(Secret, Code + ID + Length + @authenticator + Attributes), with zeroes for the value at
 * @at, which is that of Message-Authenticator itself: RFC 3579 section 3.2.
 */
static void sign(const uint8_t *octets, size_t len, size_t at, const uint8_t *authenticator,
		 struct radius_secret secret, uint8_t digest[RADIUS_AUTHENTICATOR_LEN])
{
	const size_t behind = at + RADIUS_AUTHENTICATOR_LEN;
	struct hmac_md5_ctx ctx;

	hmac_md5_set_key(&ctx, secret.len, secret.octets);
	hmac_md5_update(&ctx, RADIUS_AUTHENTICATOR, octets);
	hmac_md5_update(&ctx, RADIUS_AUTHENTICATOR_LEN, authenticator);
	hmac_md5_update(&ctx, at - RADIUS_HEADER_LEN, octets + RADIUS_HEADER_LEN);
	hmac_md5_update(&ctx, sizeof(zero), zero);
	hmac_md5_update(&ctx, len - behind, octets + behind);
	hmac_md5_digest(&ctx, RADIUS_AUTHENTICATOR_LEN, digest);
	explicit_bzero(&ctx, sizeof(ctx));
}

/* Check both authenticators of a packet; @authenticator is what stood in its header for both. */
static enum radius_fault check(const struct radius_packet *packet, const uint8_t *authenticator,
			       struct radius_secret secret)
{
	uint8_t digest[RADIUS_AUTHENTICATOR_LEN];

	hash(packet->octets, packet->len, authenticator, secret, digest);
	if (!memeql_sec(digest, radius_authenticator(packet), sizeof(digest)))
		return RADIUS_FAULT_AUTHENTICATOR;
	if (!packet->signed_at)
		return packet->has_eap ? RADIUS_FAULT_UNSIGNED : RADIUS_SOUND;
	sign(packet->octets, packet->len, packet->signed_at, authenticator, secret, digest);
	return memeql_sec(digest, packet->octets + packet->signed_at, sizeof(digest)) ?
	       RADIUS_SOUND : RADIUS_FAULT_SIGNATURE;
}

enum radius_fault radius_check_reply(const struct radius_packet *packet,
				     const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN],
				     struct radius_secret secret)
{
	return check(packet, authenticator, secret);
}

enum radius_fault radius_check_request(const struct radius_packet *packet,
				       struct radius_secret secret)
{
	if (!is_hashed(packet->code))
		return RADIUS_FAULT_CODE;
	return check(packet, zero, secret);
}

/* --- reading --------------------------------------------------------------------------------- */

/*
 * Take one attribute as it stands in the packet. Returns false at the end, and if it is malformed.
 */
static bool take(struct reader *r, struct radius_attribute *attribute)
{
	uint8_t len;

	if (!rd_left(r))
		return false;
	attribute->vendor = 0;
	attribute->type = rd_u8(r);
	len = rd_u8(r);
	if (len < ATTRIBUTE_HEADER_LEN) {
		rd_fail(r);
		return false;
	}
	attribute->len = len - ATTRIBUTE_HEADER_LEN;
	attribute->value = rd_bytes(r, attribute->len);
	return rd_ok(r);
}

/* Note where Message-Authenticator is. Returns false if that cannot be told. */
static bool note_signature(struct radius_packet *packet, const struct radius_attribute *attribute)
{
	if (packet->signed_at || attribute->len != RADIUS_AUTHENTICATOR_LEN)
		return false;
	packet->signed_at = (uint16_t)(attribute->value - packet->octets);
	return true;
}

static enum radius_fault look_at_attributes(struct radius_packet *packet)
{
	struct reader r = rd_init(packet->octets + RADIUS_HEADER_LEN,
				  packet->len - RADIUS_HEADER_LEN);
	struct radius_attribute attribute;
	enum radius_fault fault = RADIUS_SOUND;

	while (take(&r, &attribute)) {
		if (attribute.type == RADIUS_TYPE_EAP_MESSAGE)
			packet->has_eap = true;
		if (attribute.type == RADIUS_TYPE_MESSAGE_AUTHENTICATOR &&
		    !note_signature(packet, &attribute))
			fault = RADIUS_FAULT_DOUBLED;
	}
	return rd_ok(&r) ? fault : RADIUS_FAULT_ATTRIBUTE;
}

enum radius_fault radius_parse(struct radius_packet *packet, const void *octets, size_t len)
{
	struct reader r = rd_init(octets, len);

	*packet = (struct radius_packet){ .octets = octets };
	packet->code = rd_u8(&r);
	packet->id = rd_u8(&r);
	packet->len = rd_be16(&r);
	if (!rd_ok(&r) || len < RADIUS_HEADER_LEN)
		return RADIUS_FAULT_SHORT;
	if (packet->len < RADIUS_HEADER_LEN || packet->len > RADIUS_PACKET_MAX)
		return RADIUS_FAULT_LENGTH;
	if (packet->len > len)
		return RADIUS_FAULT_SHORT;
	return look_at_attributes(packet);
}

struct radius_iterator radius_attributes(const struct radius_packet *packet)
{
	return (struct radius_iterator){
		.attributes = rd_init(packet->octets + RADIUS_HEADER_LEN,
				      packet->len - RADIUS_HEADER_LEN),
		.inside = rd_init(NULL, 0),
	};
}

/* Returns true if @r consists of whole attributes, of one at least. */
static bool is_a_list(struct reader r)
{
	struct radius_attribute attribute;
	bool any = false;

	while (take(&r, &attribute))
		any = true;
	return any && rd_ok(&r);
}

/* Step into a Vendor-Specific. Returns false if it is not built as the RFC suggests. */
static bool enter(struct radius_iterator *it, const struct radius_attribute *attribute)
{
	struct reader r = rd_init(attribute->value, attribute->len);
	uint32_t vendor = rd_be32(&r);

	if (!vendor || !is_a_list(r))
		return false;
	it->vendor = vendor;
	it->inside = r;
	return true;
}

bool radius_next(struct radius_iterator *it, struct radius_attribute *attribute)
{
	for (;;) {
		if (take(&it->inside, attribute)) {
			attribute->vendor = it->vendor;
			return true;
		}
		if (!take(&it->attributes, attribute))
			return false;
		if (attribute->type != RADIUS_TYPE_VENDOR_SPECIFIC || !enter(it, attribute))
			return true;
	}
}

bool radius_join(const struct radius_packet *packet, uint8_t type, uint8_t *to, size_t size,
		 size_t *len)
{
	struct radius_iterator it = radius_attributes(packet);
	struct writer w = wr_init(to, size);
	struct radius_attribute attribute;

	while (radius_next(&it, &attribute))
		if (!attribute.vendor && attribute.type == type)
			wr_copy(&w, attribute.value, attribute.len);
	*len = wr_len(&w);
	return wr_ok(&w);
}

/* --- writing --------------------------------------------------------------------------------- */

void radius_begin(struct radius_writer *w, void *buf, size_t size, enum radius_code code,
		  uint8_t id, const uint8_t *authenticator)
{
	w->out = wr_init(buf, size < RADIUS_PACKET_MAX ? size : RADIUS_PACKET_MAX);
	w->signed_at = 0;
	wr_u8(&w->out, code);
	wr_u8(&w->out, id);
	wr_be16(&w->out, 0);
	wr_copy(&w->out, authenticator ? authenticator : zero, RADIUS_AUTHENTICATOR_LEN);
	if (is_accounting(code))
		return;
	radius_put(w, RADIUS_TYPE_MESSAGE_AUTHENTICATOR, zero, sizeof(zero));
	w->signed_at = RADIUS_HEADER_LEN + ATTRIBUTE_HEADER_LEN;
}

void radius_put(struct radius_writer *w, uint8_t type, const void *value, size_t len)
{
	if (!len)
		return;
	if (len > RADIUS_VALUE_MAX) {
		w->out.err = true;
		return;
	}
	wr_u8(&w->out, type);
	wr_u8(&w->out, (uint8_t)(ATTRIBUTE_HEADER_LEN + len));
	wr_copy(&w->out, value, len);
}

void radius_put_text(struct radius_writer *w, uint8_t type, const char *text)
{
	radius_put(w, type, text, strlen(text));
}

void radius_put_number(struct radius_writer *w, uint8_t type, uint32_t number)
{
	uint8_t value[4];

	put_be32(value, number);
	radius_put(w, type, value, sizeof(value));
}

void radius_put_vendor(struct radius_writer *w, uint32_t vendor, uint8_t type, const void *value,
		       size_t len)
{
	const size_t inside = ATTRIBUTE_HEADER_LEN + len;

	if (!len)
		return;
	if (len > RADIUS_VENDOR_VALUE_MAX) {
		w->out.err = true;
		return;
	}
	wr_u8(&w->out, RADIUS_TYPE_VENDOR_SPECIFIC);
	wr_u8(&w->out, (uint8_t)(ATTRIBUTE_HEADER_LEN + VENDOR_LEN + inside));
	wr_be32(&w->out, vendor);
	wr_u8(&w->out, type);
	wr_u8(&w->out, (uint8_t)inside);
	wr_copy(&w->out, value, len);
}

void radius_put_pieces(struct radius_writer *w, uint8_t type, const void *value, size_t len)
{
	struct reader r = rd_init(value, len);

	while (rd_left(&r)) {
		size_t piece = rd_left(&r) < RADIUS_VALUE_MAX ? rd_left(&r) : RADIUS_VALUE_MAX;

		radius_put(w, type, rd_bytes(&r, piece), piece);
	}
}

/*
 * Fill in Length and the authenticators. @authenticator stands in the header while both are made;
 * the hash goes there unless @random, which means that it is there to stay.
 */
static size_t end(struct radius_writer *w, const uint8_t *authenticator, bool random,
		  struct radius_secret secret)
{
	uint8_t *octets = w->out.start;
	size_t len = wr_len(&w->out);

	wr_be16_at(&w->out, LENGTH_AT, (uint16_t)len);
	if (!wr_ok(&w->out))
		return 0;
	if (w->signed_at)
		sign(octets, len, w->signed_at, authenticator, secret, octets + w->signed_at);
	if (!random)
		hash(octets, len, authenticator, secret, octets + RADIUS_AUTHENTICATOR);
	return len;
}

size_t radius_end_request(struct radius_writer *w, struct radius_secret secret)
{
	bool random;

	if (!wr_ok(&w->out))
		return 0;
	random = !is_hashed(w->out.start[0]);
	return end(w, random ? w->out.start + RADIUS_AUTHENTICATOR : zero, random, secret);
}

size_t radius_end_reply(struct radius_writer *w,
			const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN],
			struct radius_secret secret)
{
	return end(w, authenticator, false, secret);
}
