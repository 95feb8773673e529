// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "radius/packet.h"

static const struct radius_secret secret = { "s", 1 };
static const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN] = "0123456789abcde";

/* Each attribute lies in the packet, and together they are no longer than it is. */
static void walk(const struct radius_packet *p)
{
	struct radius_iterator it = radius_attributes(p);
	struct radius_attribute a;
	size_t sum = 0;

	while (radius_next(&it, &a)) {
		assert(a.value >= p->octets + RADIUS_HEADER_LEN);
		assert(a.value + a.len <= p->octets + p->len);
		sum += 2 + a.len;
	}
	assert(sum + RADIUS_HEADER_LEN <= p->len);
}

static void join(const struct radius_packet *p)
{
	static uint8_t eap[RADIUS_PACKET_MAX];
	size_t len;

	assert(radius_join(p, RADIUS_TYPE_EAP_MESSAGE, eap, sizeof(eap), &len));
	assert(!len || p->has_eap);
}

/* What we make of the same attributes is what we read, and is authentic. */
static void make(const struct radius_packet *p)
{
	static uint8_t buf[RADIUS_PACKET_MAX];
	struct radius_iterator it = radius_attributes(p);
	struct radius_attribute a;
	struct radius_packet made;
	struct radius_writer w;
	size_t len;

	radius_begin(&w, buf, sizeof(buf), RADIUS_COA_REQUEST, p->id, NULL);
	while (radius_next(&it, &a))
		if (a.vendor)
			radius_put_vendor(&w, a.vendor, a.type, a.value, a.len);
		else if (a.type != RADIUS_TYPE_MESSAGE_AUTHENTICATOR)
			radius_put(&w, a.type, a.value, a.len);
	len = radius_end_request(&w, secret);
	if (!len)
		return;
	assert(!radius_parse(&made, buf, len));
	assert(made.len == len && made.id == p->id && made.signed_at);
	assert(!radius_check_request(&made, secret));
	walk(&made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct radius_packet p;

	if (radius_parse(&p, data, size))
		return 0;
	assert(p.len <= size && p.len >= RADIUS_HEADER_LEN);
	radius_check_reply(&p, authenticator, secret);
	radius_check_request(&p, secret);
	walk(&p);
	join(&p);
	make(&p);
	return 0;
}

static size_t reply(uint8_t *buf, enum radius_code code)
{
	struct radius_writer w;

	radius_begin(&w, buf, FUZZ_MAX, code, 1, NULL);
	radius_put_vendor(&w, 311, 7, "\0\0\0\1", 4);
	radius_put_vendor(&w, 311, 8, "\0\0\0\4", 4);
	radius_put(&w, RADIUS_TYPE_EAP_MESSAGE, "\3\2\0\4", 4);
	radius_put_text(&w, 18, "hello");
	return radius_end_reply(&w, authenticator, secret);
}

size_t fuzz_seed(unsigned int index, uint8_t *buf)
{
	static const enum radius_code codes[] = {
		RADIUS_ACCESS_ACCEPT, RADIUS_ACCOUNTING_RESPONSE, RADIUS_COA_REQUEST,
	};

	return index < sizeof(codes) / sizeof(codes[0]) ? reply(buf, codes[index]) : 0;
}
