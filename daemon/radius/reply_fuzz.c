// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "radius/reply.h"

static const struct radius_secret secret = { "s", 1 };
static const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN] = "0123456789abcde";

static void check_text(const char *text, size_t size)
{
	assert(strnlen(text, size) < size);
}

static void check_lists(const struct radius_reply *r)
{
	assert(r->n_classes <= RADIUS_CLASSES_MAX);
	assert(r->n_filters <= RADIUS_FILTERS_MAX);
	assert(r->n_routes <= RADIUS_ROUTES_MAX);
	assert(r->n_avpairs <= RADIUS_AVPAIRS_MAX);
	assert(r->n_dns6 <= RADIUS_DNS_MAX);
	assert(r->n_prefixes6 <= RADIUS_PREFIXES_MAX);
	assert(r->n_delegated6 <= RADIUS_PREFIXES_MAX);
	assert(r->n_addresses6 <= RADIUS_PREFIXES_MAX);
	for (unsigned int i = 0; i < r->n_filters; i++)
		check_text(r->filters[i], sizeof(r->filters[i]));
	for (unsigned int i = 0; i < r->n_avpairs; i++)
		check_text(r->avpairs[i], sizeof(r->avpairs[i]));
	for (unsigned int i = 0; i < r->n_routes; i++)
		assert(r->routes[i].to.length <= ip_bits(r->routes[i].to.address));
	for (unsigned int i = 0; i < r->n_prefixes6; i++)
		assert(r->prefixes6[i].length <= 128);
}

static void check(const struct radius_reply *r)
{
	check_text(r->user, sizeof(r->user));
	check_text(r->message, sizeof(r->message));
	check_text(r->pool, sizeof(r->pool));
	check_text(r->pool6, sizeof(r->pool6));
	check_text(r->delegated_pool6, sizeof(r->delegated_pool6));
	check_text(r->mschap_error.message, sizeof(r->mschap_error.message));
	check_text(r->mschap2_success.text, sizeof(r->mschap2_success.text));
	check_lists(r);
	assert(r->eap_len <= RADIUS_EAP_MAX);
	assert(r->send_key.len <= RADIUS_KEY_MAX && r->recv_key.len <= RADIUS_KEY_MAX);
	assert(!r->netmask.given || r->netmask.value <= 32);
	assert((r->address_choice == RADIUS_ADDRESS_GIVEN) == ip_is_unicast(r->address));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct radius_reply reply;
	struct radius_packet p;

	if (radius_parse(&p, data, size))
		return 0;
	if (radius_reply_read(&reply, &p, authenticator, secret))
		check(&reply);
	else
		assert(reply.refused.what);
	return 0;
}

/* --- seeds ----------------------------------------------------------------------------------- */

static void accepted(struct radius_writer *w)
{
	uint8_t value[RADIUS_HIDDEN_KEY_MAX];

	radius_put_text(w, RADIUS_USER_NAME, "alice");
	radius_put_number(w, RADIUS_SERVICE_TYPE, 2);
	radius_put_number(w, RADIUS_FRAMED_IP_ADDRESS, 0x0a000001);
	radius_put_number(w, RADIUS_FRAMED_IP_NETMASK, 0xffffff00);
	radius_put_text(w, RADIUS_FRAMED_ROUTE, "10.0.0.0/8 0.0.0.0 1 2 -1");
	radius_put_text(w, RADIUS_FRAMED_IPV6_ROUTE, "2001:db8::/32 :: 7");
	radius_put(w, RADIUS_FRAMED_IPV6_PREFIX, "\0\x40\x20\x01\x0d\xb8\0\0\0\1", 10);
	radius_put_text(w, RADIUS_CLASS, "c");
	radius_put_text(w, RADIUS_FILTER_ID, "f");
	radius_put_number(w, RADIUS_SESSION_TIMEOUT, 3600);
	radius_put_vendor(w, RADIUS_MIKROTIK, RADIUS_MIKROTIK_RATE_LIMIT,
			  "10M/20M 20M/40M 1k 10 8 1M", 26);
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_MPPE_SEND_KEY, value,
			  radius_hide_key((const uint8_t *)"0123456789abcdef", 16, 1, authenticator,
					  secret, value));
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_CHAP2_SUCCESS,
			  "\1S=407A5589115FD0D6209F510FE9C04566932CDA56", 43);
}

static void rejected(struct radius_writer *w)
{
	radius_put_text(w, RADIUS_REPLY_MESSAGE, "go away");
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_CHAP_ERROR, "\1E=691 R=1 V=3 M=no", 19);
	radius_put(w, RADIUS_EAP_MESSAGE, "\4\1\0\4", 4);
}

static void challenged(struct radius_writer *w)
{
	radius_put(w, RADIUS_EAP_MESSAGE, "\1\2\0\6\15\40", 6);
	radius_put(w, RADIUS_STATE, "\1\2\3", 3);
	radius_put_number(w, RADIUS_SESSION_TIMEOUT, 30);
}

size_t fuzz_seed(unsigned int index, uint8_t *buf)
{
	static const struct {
		enum radius_code code;
		void (*fill)(struct radius_writer *w);
	} seeds[] = {
		{ RADIUS_ACCESS_ACCEPT, accepted },
		{ RADIUS_ACCESS_REJECT, rejected },
		{ RADIUS_ACCESS_CHALLENGE, challenged },
		{ RADIUS_COA_REQUEST, accepted },
	};
	struct radius_writer w;

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	radius_begin(&w, buf, FUZZ_MAX, seeds[index].code, 1, NULL);
	seeds[index].fill(&w);
	return radius_end_reply(&w, authenticator, secret);
}
