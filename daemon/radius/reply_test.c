// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "radius/hex_test.h"
#include "radius/reply.h"

static const struct radius_secret secret = { "xyzzy5461", 9 };

static const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN] = {
	0x0f, 0x40, 0x3f, 0x94, 0x73, 0x97, 0x80, 0x57,
	0xbd, 0x83, 0xd5, 0xcb, 0x98, 0xf4, 0x22, 0x7a,
};

/* A reply being made, and what was read of it. */
struct made {
	uint8_t buf[RADIUS_PACKET_MAX];
	struct radius_writer w;
	struct radius_reply reply;
};

static int set_up(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	*state = m;
	if (!m)
		return -1;
	radius_begin(&m->w, m->buf, sizeof(m->buf), RADIUS_ACCESS_ACCEPT, 1, NULL);
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

/* Begin once more, with an empty packet. */
static void begin(struct made *m, enum radius_code code)
{
	radius_begin(&m->w, m->buf, sizeof(m->buf), code, 1, NULL);
}

static void put(struct made *m, uint32_t vendor, uint8_t type, const void *value, size_t len)
{
	if (vendor)
		radius_put_vendor(&m->w, vendor, type, value, len);
	else
		radius_put(&m->w, type, value, len);
}

static void put_hex(struct made *m, uint32_t vendor, uint8_t type, const char *hex)
{
	uint8_t value[RADIUS_VALUE_MAX];

	put(m, vendor, type, value, from_hex(hex, value));
}

static void put_text(struct made *m, uint32_t vendor, uint8_t type, const char *text)
{
	put(m, vendor, type, text, strlen(text));
}

static bool read_reply(struct made *m)
{
	struct radius_packet p;
	size_t len = radius_end_reply(&m->w, authenticator, secret);

	assert_int_not_equal(len, 0);
	assert_int_equal(radius_parse(&p, m->buf, len), RADIUS_SOUND);
	assert_int_equal(radius_check_reply(&p, authenticator, secret), RADIUS_SOUND);
	memset(&m->reply, 0xee, sizeof(m->reply));
	return radius_reply_read(&m->reply, &p, authenticator, secret);
}

/* Read a reply of which nothing is unusual. */
static struct radius_reply *read_clean(struct made *m)
{
	assert_true(read_reply(m));
	assert_int_equal(m->reply.n_remarks, 0);
	assert_int_equal(m->reply.unknown, 0);
	return &m->reply;
}

static void assert_address(struct ip_addr address, const char *text)
{
	assert_string_equal(ip_text(address), text);
}

static void assert_prefix(const struct ip_prefix *prefix, const char *text)
{
	char got[IP_TEXT_SIZE];

	assert_string_equal(ip_prefix_format(prefix, got), text);
}

static void assert_number(struct radius_number number, uint32_t value)
{
	assert_true(number.given);
	assert_int_equal(number.value, value);
}

/* --- what is read ---------------------------------------------------------------------------- */

static void nothing_is_read_as_nothing(void **state)
{
	static const struct radius_reply none = { .code = RADIUS_ACCESS_ACCEPT };

	assert_true(read_reply(*state));
	assert_memory_equal(&((struct made *)*state)->reply, &none, sizeof(none));
}

static void addresses(void **state)
{
	struct radius_reply *r;

	put_hex(*state, 0, RADIUS_FRAMED_IP_ADDRESS, "0a010203");
	put_hex(*state, 0, RADIUS_FRAMED_IP_NETMASK, "fffffe00");
	put_text(*state, 0, RADIUS_FRAMED_POOL, "gold");
	put_hex(*state, RADIUS_MICROSOFT, RADIUS_MS_PRIMARY_DNS_SERVER, "0a000035");
	put_hex(*state, RADIUS_MICROSOFT, RADIUS_MS_SECONDARY_DNS_SERVER, "0a000036");
	put_hex(*state, RADIUS_MICROSOFT, RADIUS_MS_PRIMARY_NBNS_SERVER, "0a000037");
	put_hex(*state, RADIUS_MICROSOFT, RADIUS_MS_SECONDARY_NBNS_SERVER, "0a000038");
	r = read_clean(*state);
	assert_int_equal(r->address_choice, RADIUS_ADDRESS_GIVEN);
	assert_address(r->address, "10.1.2.3");
	assert_number(r->netmask, 23);
	assert_string_equal(r->pool, "gold");
	assert_address(r->dns[0], "10.0.0.53");
	assert_address(r->dns[1], "10.0.0.54");
	assert_address(r->nbns[0], "10.0.0.55");
	assert_address(r->nbns[1], "10.0.0.56");
}

static void addresses_that_somebody_chooses(void **state)
{
	put_hex(*state, 0, RADIUS_FRAMED_IP_ADDRESS, "ffffffff");
	assert_int_equal(read_clean(*state)->address_choice, RADIUS_ADDRESS_BY_USER);
	begin(*state, RADIUS_ACCESS_ACCEPT);
	put_hex(*state, 0, RADIUS_FRAMED_IP_ADDRESS, "fffffffe");
	assert_int_equal(read_clean(*state)->address_choice, RADIUS_ADDRESS_BY_NAS);
}

static void netmasks(void **state)
{
	static const struct {
		const char *hex;
		int length;		/* -1: it is none */
	} table[] = {
		{ "ffffffff", 32 }, { "fffffffe", 31 }, { "ff000000", 8 }, { "80000000", 1 },
		{ "00000000", 0 }, { "ff00ff00", -1 }, { "00000001", -1 }, { "7fffffff", -1 },
	};
	struct made *m = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		begin(m, RADIUS_ACCESS_ACCEPT);
		put_hex(m, 0, RADIUS_FRAMED_IP_NETMASK, table[i].hex);
		assert_true(read_reply(m));
		assert_int_equal(m->reply.netmask.given, table[i].length >= 0);
		assert_int_equal(m->reply.n_remarks, table[i].length < 0);
		if (table[i].length >= 0)
			assert_int_equal(m->reply.netmask.value, table[i].length);
	}
}

static void ipv6(void **state)
{
	static const uint8_t ifid[] = { 2, 0, 0, 0, 0, 0, 0, 9 };
	struct radius_reply *r;

	put(*state, 0, RADIUS_FRAMED_INTERFACE_ID, ifid, sizeof(ifid));
	put_hex(*state, 0, RADIUS_FRAMED_IPV6_PREFIX, "0040 20010db800000001");
	put_hex(*state, 0, RADIUS_FRAMED_IPV6_PREFIX, "0080 20010db8000000000000000000000007");
	put_hex(*state, 0, RADIUS_DELEGATED_IPV6_PREFIX, "0038 20010db8000100");
	put_hex(*state, 0, RADIUS_FRAMED_IPV6_ADDRESS, "20010db8000000000000000000000008");
	put_hex(*state, 0, RADIUS_DNS_SERVER_IPV6_ADDRESS, "20010db8000000000000000000000035");
	put_text(*state, 0, RADIUS_FRAMED_IPV6_POOL, "six");
	put_text(*state, 0, RADIUS_DELEGATED_IPV6_PREFIX_POOL, "homes");
	put_text(*state, 0, RADIUS_FRAMED_IPV6_ROUTE, "2001:db8:5::/48 :: 1");
	r = read_clean(*state);
	assert_true(r->has_ifid);
	assert_memory_equal(r->ifid, ifid, sizeof(ifid));
	assert_int_equal(r->n_prefixes6, 2);
	assert_prefix(&r->prefixes6[0], "2001:db8:0:1::/64");
	assert_prefix(&r->prefixes6[1], "2001:db8::7/128");
	assert_int_equal(r->n_delegated6, 1);
	assert_prefix(&r->delegated6[0], "2001:db8:1::/56");
	assert_int_equal(r->n_addresses6, 1);
	assert_address(r->addresses6[0], "2001:db8::8");
	assert_int_equal(r->n_dns6, 1);
	assert_address(r->dns6[0], "2001:db8::35");
	assert_string_equal(r->pool6, "six");
	assert_string_equal(r->delegated_pool6, "homes");
	assert_int_equal(r->n_routes, 1);
	assert_prefix(&r->routes[0].to, "2001:db8:5::/48");
}

static void limits(void **state)
{
	struct radius_reply *r;

	put_hex(*state, 0, RADIUS_SERVICE_TYPE, "00000002");
	put_hex(*state, 0, RADIUS_FRAMED_PROTOCOL, "00000001");
	put_hex(*state, 0, RADIUS_SESSION_TIMEOUT, "00000e10");
	put_hex(*state, 0, RADIUS_IDLE_TIMEOUT, "0000012c");
	put_hex(*state, 0, RADIUS_ACCT_INTERIM_INTERVAL, "00000258");
	put_hex(*state, 0, RADIUS_TERMINATION_ACTION, "00000001");
	put_hex(*state, 0, RADIUS_PORT_LIMIT, "00000000");
	put_hex(*state, 0, RADIUS_FRAMED_MTU, "00000578");
	put_text(*state, 0, RADIUS_FILTER_ID, "guests.in");
	put_text(*state, 0, RADIUS_FILTER_ID, "guests.out");
	put_text(*state, RADIUS_CISCO, RADIUS_CISCO_AVPAIR, "lcp:interface-config#1=x");
	r = read_clean(*state);
	assert_number(r->session_timeout, 3600);
	assert_number(r->idle_timeout, 300);
	assert_number(r->interim_interval, 600);
	assert_number(r->termination_action, 1);
	assert_number(r->port_limit, 0);
	assert_number(r->mtu, 1400);
	assert_int_equal(r->n_filters, 2);
	assert_string_equal(r->filters[0], "guests.in");
	assert_string_equal(r->filters[1], "guests.out");
	assert_int_equal(r->n_avpairs, 1);
	assert_string_equal(r->avpairs[0], "lcp:interface-config#1=x");
}

static void names_and_classes(void **state)
{
	struct radius_reply *r;

	put_text(*state, 0, RADIUS_USER_NAME, "alice@example.org");
	put_text(*state, 0, RADIUS_REPLY_MESSAGE, "hello");
	put_hex(*state, 0, RADIUS_CLASS, "00ff00");
	put_text(*state, 0, RADIUS_REPLY_MESSAGE, "world");
	put_text(*state, 0, RADIUS_CLASS, "second");
	put_hex(*state, 0, RADIUS_STATE, "0102");
	put_hex(*state, 0, RADIUS_PROXY_STATE, "07");
	r = read_clean(*state);
	assert_string_equal(r->user, "alice@example.org");
	assert_string_equal(r->message, "hello world");
	assert_int_equal(r->n_classes, 2);
	assert_int_equal(r->classes[0].len, 3);
	assert_memory_equal(r->classes[0].octets, "\0\377\0", 3);
	assert_int_equal(r->classes[1].len, 6);
	assert_int_equal(r->state.len, 2);
}

/* All attributes of a list have room for the longest value. */
static void the_longest_texts(void **state)
{
	char text[RADIUS_VALUE_MAX + 1];
	struct made *m = *state;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	put_text(m, 0, RADIUS_USER_NAME, text);
	put_text(m, 0, RADIUS_FRAMED_POOL, text);
	put_text(m, 0, RADIUS_CLASS, text);
	for (int i = 0; i < 3; i++)
		put_text(m, 0, RADIUS_REPLY_MESSAGE, text);
	for (int i = 0; i < RADIUS_FILTERS_MAX; i++)
		put_text(m, 0, RADIUS_FILTER_ID, text);
	assert_true(read_reply(m));
	assert_string_equal(m->reply.user, text);
	assert_string_equal(m->reply.pool, text);
	assert_string_equal(m->reply.filters[RADIUS_FILTERS_MAX - 1], text);
	/* the third message has no room */
	assert_int_equal(strlen(m->reply.message), 2 * RADIUS_VALUE_MAX + 1);
	assert_int_equal(m->reply.n_remarks, 1);
	assert_string_equal(m->reply.remarks[0].about->name, "Reply-Message");
}

static void rates_and_which_count(void **state)
{
	struct radius_reply *r;

	put_hex(*state, RADIUS_WISPR, RADIUS_WISPR_BANDWIDTH_MAX_UP, "000f4240");
	put_hex(*state, RADIUS_WISPR, RADIUS_WISPR_BANDWIDTH_MAX_DOWN, "001e8480");
	r = read_clean(*state);
	assert_int_equal(r->rates.up, 1000000);
	assert_int_equal(r->rates.down, 2000000);

	for (int first = 0; first < 2; first++) {
		begin(*state, RADIUS_ACCESS_ACCEPT);
		if (first)
			put_text(*state, RADIUS_MIKROTIK, RADIUS_MIKROTIK_RATE_LIMIT, "10M/20M");
		put_hex(*state, RADIUS_WISPR, RADIUS_WISPR_BANDWIDTH_MAX_UP, "000f4240");
		if (!first)
			put_text(*state, RADIUS_MIKROTIK, RADIUS_MIKROTIK_RATE_LIMIT, "10M/20M");
		r = read_clean(*state);
		assert_int_equal(r->rates.up, 10000000);
		assert_int_equal(r->rates.down, 20000000);
	}
}

/* --- proofs and keys ------------------------------------------------------------------------- */

#define SUCCESS	"S=407A5589115FD0D6209F510FE9C04566932CDA56"

static void what_mschap_v2_gets(void **state)
{
	uint8_t send[16], recv[16], value[RADIUS_HIDDEN_KEY_MAX];
	struct radius_reply *r;

	memset(send, 1, sizeof(send));
	memset(recv, 2, sizeof(recv));
	put_text(*state, RADIUS_MICROSOFT, RADIUS_MS_CHAP2_SUCCESS, "\7" SUCCESS);
	put(*state, RADIUS_MICROSOFT, RADIUS_MS_MPPE_SEND_KEY, value,
	    radius_hide_key(send, sizeof(send), 1, authenticator, secret, value));
	put(*state, RADIUS_MICROSOFT, RADIUS_MS_MPPE_RECV_KEY, value,
	    radius_hide_key(recv, sizeof(recv), 2, authenticator, secret, value));
	put_hex(*state, RADIUS_MICROSOFT, RADIUS_MS_MPPE_ENCRYPTION_POLICY, "00000002");
	put_hex(*state, RADIUS_MICROSOFT, RADIUS_MS_MPPE_ENCRYPTION_TYPES, "00000004");
	r = read_clean(*state);
	assert_true(r->mschap2_success.given);
	assert_int_equal(r->mschap2_success.id, 7);
	assert_string_equal(r->mschap2_success.text, SUCCESS);
	assert_int_equal(r->send_key.len, 16);
	assert_memory_equal(r->send_key.octets, send, 16);
	assert_int_equal(r->recv_key.len, 16);
	assert_memory_equal(r->recv_key.octets, recv, 16);
	assert_number(r->mppe_policy, RADIUS_MPPE_REQUIRED);
	assert_number(r->mppe_types, RADIUS_MPPE_128);
	radius_reply_erase(r);
	assert_int_equal(r->send_key.octets[0], 0);
}

static void words_behind_the_success_are_dropped(void **state)
{
	put_text(*state, RADIUS_MICROSOFT, RADIUS_MS_CHAP2_SUCCESS, "\7" SUCCESS " M=OK");
	assert_string_equal(read_clean(*state)->mschap2_success.text, SUCCESS);
}

static void what_mschap_v1_gets(void **state)
{
	static const uint8_t lm[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct radius_reply *r;

	put_hex(*state, RADIUS_MICROSOFT, RADIUS_MS_CHAP_MPPE_KEYS,
		"6dce10fdf7bc73a3ff43469cdc8fac49ab81e074f4ff4483b689b8fbea8e772d");
	r = read_clean(*state);
	assert_true(r->has_mschap_keys);
	assert_memory_equal(r->lm_key, lm, sizeof(lm));
	assert_int_equal(r->nt_key[0], 0xa0);
	assert_int_equal(r->nt_key[15], 0xaf);
}

static void what_mschap_says_of_errors(void **state)
{
	static const struct {
		const char *text;
		unsigned int error;
		bool retry;
		const char *message;
	} table[] = {
		{ "E=691 R=1 C=00112233445566778899AABBCCDDEEFF V=3 M=Wrong password, try again",
		  691, true, "Wrong password, try again" },
		{ "E=648 R=0", 648, false, "" },
		{ " E=649  R=0 V=3", 649, false, "" },
		{ "M=only words E=1", 0, false, "only words E=1" },
		{ "go away", 0, false, "go away" },
	};
	char value[RADIUS_VALUE_MAX];
	struct radius_reply *r;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		begin(*state, RADIUS_ACCESS_REJECT);
		value[0] = 9;
		strcpy(value + 1, table[i].text);
		put_text(*state, RADIUS_MICROSOFT, RADIUS_MS_CHAP_ERROR, value);
		r = read_clean(*state);
		assert_true(r->mschap_error.given);
		assert_int_equal(r->mschap_error.id, 9);
		assert_int_equal(r->mschap_error.error, table[i].error);
		assert_int_equal(r->mschap_error.retry, table[i].retry);
		assert_string_equal(r->mschap_error.message, table[i].message);
	}
}

static void words_with_a_nul_are_no_words(void **state)
{
	struct made *m = *state;

	begin(m, RADIUS_ACCESS_REJECT);
	put_hex(m, RADIUS_MICROSOFT, RADIUS_MS_CHAP_ERROR, "01453d3600");
	assert_true(read_reply(m));
	assert_false(m->reply.mschap_error.given);
	assert_int_equal(m->reply.n_remarks, 1);
}

static void eap_is_put_together(void **state)
{
	uint8_t eap[RADIUS_EAP_MAX] = { 1, 5, RADIUS_EAP_MAX >> 8, RADIUS_EAP_MAX & 0xff, 13 };
	struct made *m = *state;

	eap[RADIUS_EAP_MAX - 1] = 0x77;
	begin(m, RADIUS_ACCESS_CHALLENGE);
	radius_put_pieces(&m->w, RADIUS_EAP_MESSAGE, eap, sizeof(eap));
	put_hex(m, 0, RADIUS_STATE, "aa");
	put_hex(m, 0, RADIUS_SESSION_TIMEOUT, "0000001e");
	assert_int_equal(read_clean(m)->eap_len, sizeof(eap));
	assert_memory_equal(m->reply.eap, eap, sizeof(eap));
	assert_int_equal(m->reply.code, RADIUS_ACCESS_CHALLENGE);
	assert_number(m->reply.session_timeout, 30);
}

/* --- what is wrong --------------------------------------------------------------------------- */

static void what_binds_must_be_right(void **state)
{
	static const struct {
		uint32_t vendor;
		uint8_t type;
		const char *hex;
	} table[] = {
		{ 0, RADIUS_SERVICE_TYPE, "00000001" },		/* Login */
		{ 0, RADIUS_FRAMED_PROTOCOL, "00000002" },	/* SLIP */
		{ 0, RADIUS_FRAMED_IP_ADDRESS, "0a0000" },
		{ 0, RADIUS_FRAMED_IP_ADDRESS, "7f000001" },
		{ 0, RADIUS_FRAMED_IP_ADDRESS, "00000000" },
		{ 0, RADIUS_SESSION_TIMEOUT, "0000000001" },
		{ 0, RADIUS_FILTER_ID, "610062" },
		{ 0, RADIUS_EAP_MESSAGE, "010200" },		/* shorter than a header */
		{ 0, RADIUS_EAP_MESSAGE, "03020005" },		/* longer than it is */
		{ 0, RADIUS_EAP_MESSAGE, "0302000401" },	/* shorter than it is */
		{ RADIUS_MICROSOFT, RADIUS_MS_MPPE_SEND_KEY, "8001" },
		{ RADIUS_MICROSOFT, RADIUS_MS_MPPE_SEND_KEY,	/* of another secret */
		  "800100112233445566778899aabbccddeeff" },
		{ RADIUS_MICROSOFT, RADIUS_MS_CHAP_MPPE_KEYS, "00" },
		{ RADIUS_MICROSOFT, RADIUS_MS_MPPE_ENCRYPTION_POLICY, "000002" },
		{ RADIUS_MICROSOFT, RADIUS_MS_CHAP2_SUCCESS, "01533d3430" },
		{ RADIUS_MICROSOFT, RADIUS_MS_CHAP2_SUCCESS,
		  "01533d 4747474747474747474747474747474747474747"
		  "4747474747474747474747474747474747474747" },
		{ RADIUS_MIKROTIK, RADIUS_MIKROTIK_RATE_LIMIT, "78" },
		{ RADIUS_WISPR, RADIUS_WISPR_BANDWIDTH_MAX_UP, "01" },
		{ RADIUS_WISPR, RADIUS_WISPR_BANDWIDTH_MAX_DOWN, "0000000001" },
		{ 0, RADIUS_TYPE_VENDOR_SPECIFIC, "00000137" },
		{ 0, RADIUS_TYPE_VENDOR_SPECIFIC, "00000137 1000" },
		{ 0, RADIUS_TYPE_VENDOR_SPECIFIC, "00000137 1010 8001" },
	};
	struct made *m = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		begin(m, RADIUS_ACCESS_ACCEPT);
		put_hex(m, table[i].vendor, table[i].type, table[i].hex);
		assert_false(read_reply(m));
		assert_non_null(m->reply.refused.what);
		if (!table[i].vendor && table[i].type == RADIUS_TYPE_VENDOR_SPECIFIC)
			assert_null(m->reply.refused.about);
		else
			assert_int_equal(m->reply.refused.about->type, table[i].type);
	}
}

/* What does not bind is left out, and the rest of the reply counts. */
static void what_does_not_bind_is_left_out(void **state)
{
	static const struct {
		uint32_t vendor;
		uint8_t type;
		const char *hex;
	} table[] = {
		{ 0, RADIUS_REPLY_MESSAGE, "6100" },
		{ 0, RADIUS_FRAMED_ROUTE, "313233" },
		{ 0, RADIUS_ACCT_INTERIM_INTERVAL, "0258" },
		{ 0, RADIUS_FRAMED_IPV6_PREFIX, "0040 2001" },
		{ 0, RADIUS_FRAMED_INTERFACE_ID, "01" },
		{ RADIUS_MICROSOFT, RADIUS_MS_PRIMARY_DNS_SERVER, "0a" },
		/* not allowed in an Access-Accept */
		{ 0, RADIUS_NAS_PORT, "00000001" },
		{ 0, RADIUS_ACCT_STATUS_TYPE, "00000001" },
		{ RADIUS_MICROSOFT, RADIUS_MS_CHAP_ERROR, "00453d363931" },
	};
	struct made *m = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		begin(m, RADIUS_ACCESS_ACCEPT);
		put_hex(m, table[i].vendor, table[i].type, table[i].hex);
		put_hex(m, 0, RADIUS_SESSION_TIMEOUT, "00000e10");
		assert_true(read_reply(m));
		assert_int_equal(m->reply.n_remarks, 1);
		assert_int_equal(m->reply.remarks[0].about->type, table[i].type);
		assert_number(m->reply.session_timeout, 3600);
	}
}

static void unknown_ones_are_counted(void **state)
{
	struct made *m = *state;

	put_hex(m, 0, 240, "00");
	put_hex(m, 4711, 1, "00");
	put_hex(m, RADIUS_CISCO, 250, "00");
	put_hex(m, RADIUS_MICROSOFT, 23, "00000001");
	put_hex(m, 0, RADIUS_TYPE_VENDOR_SPECIFIC, "00001267 0001 0000");
	put_hex(m, 0, RADIUS_TYPE_VENDOR_SPECIFIC, "01");
	put_text(m, 0, RADIUS_FRAMED_POOL, "gold");
	assert_true(read_reply(m));
	assert_int_equal(m->reply.unknown, 6);
	assert_int_equal(m->reply.n_remarks, 0);
	assert_string_equal(m->reply.pool, "gold");
}

static void twice_what_may_be_once(void **state)
{
	struct made *m = *state;

	put_text(m, 0, RADIUS_USER_NAME, "alice");
	put_text(m, 0, RADIUS_USER_NAME, "bob");
	assert_true(read_reply(m));
	assert_string_equal(m->reply.user, "alice");
	assert_int_equal(m->reply.n_remarks, 1);
	assert_string_equal(m->reply.remarks[0].what, "is there twice");

	begin(m, RADIUS_ACCESS_ACCEPT);
	put_hex(m, 0, RADIUS_SESSION_TIMEOUT, "00000e10");
	put_hex(m, 0, RADIUS_SESSION_TIMEOUT, "00000e10");
	assert_false(read_reply(m));
	assert_string_equal(m->reply.refused.about->name, "Session-Timeout");

	/* none of two rates is surely the one that was meant */
	begin(m, RADIUS_ACCESS_ACCEPT);
	put_text(m, RADIUS_MIKROTIK, RADIUS_MIKROTIK_RATE_LIMIT, "1M/2M");
	put_text(m, RADIUS_MIKROTIK, RADIUS_MIKROTIK_RATE_LIMIT, "10M/20M");
	assert_false(read_reply(m));
	assert_string_equal(m->reply.refused.about->name, "Mikrotik-Rate-Limit");
}

static void lists_have_a_bound(void **state)
{
	struct made *m = *state;

	for (int i = 0; i < RADIUS_CLASSES_MAX + 2; i++)
		put_hex(m, 0, RADIUS_CLASS, "01");
	for (int i = 0; i < RADIUS_ROUTES_MAX; i++)
		put_text(m, 0, RADIUS_FRAMED_ROUTE, "10.0.0.0/8");
	for (int i = 0; i < 5; i++)
		put_text(m, 0, RADIUS_FRAMED_IPV6_ROUTE, "2001:db8::/32");
	assert_true(read_reply(m));
	assert_int_equal(m->reply.n_classes, RADIUS_CLASSES_MAX);
	assert_int_equal(m->reply.n_routes, RADIUS_ROUTES_MAX);
	assert_int_equal(m->reply.n_remarks, 2 + 5);
	assert_string_equal(m->reply.remarks[RADIUS_REMARKS_MAX - 1].about->name,
			    "Framed-IPv6-Route");

	begin(m, RADIUS_ACCESS_ACCEPT);
	for (int i = 0; i < 10; i++) {
		put_hex(m, 0, RADIUS_FRAMED_IPV6_PREFIX, "0040 20010db800000001");
		put_hex(m, 0, RADIUS_FRAMED_IPV6_ADDRESS, "20010db8000000000000000000000008");
		put_text(m, RADIUS_CISCO, RADIUS_CISCO_AVPAIR, "a=b");
	}
	assert_true(read_reply(m));
	assert_int_equal(m->reply.n_prefixes6, RADIUS_PREFIXES_MAX);
	assert_int_equal(m->reply.n_addresses6, RADIUS_PREFIXES_MAX);
	assert_int_equal(m->reply.n_avpairs, RADIUS_AVPAIRS_MAX);
	assert_int_equal(m->reply.n_remarks, 6 + 6 + 2);

	/* a filter that is left out would let more through */
	begin(m, RADIUS_ACCESS_ACCEPT);
	for (int i = 0; i < RADIUS_FILTERS_MAX + 1; i++)
		put_text(m, 0, RADIUS_FILTER_ID, "a");
	assert_false(read_reply(m));
}

static void eap_has_a_bound(void **state)
{
	uint8_t eap[RADIUS_EAP_MAX + 1] = { 1, 5, sizeof(eap) >> 8, sizeof(eap) & 0xff, 13 };
	struct made *m = *state;

	radius_put_pieces(&m->w, RADIUS_EAP_MESSAGE, eap, sizeof(eap));
	assert_false(read_reply(m));
	assert_string_equal(m->reply.refused.about->name, "EAP-Message");
}

static void a_change_grants_as_a_reply_does(void **state)
{
	struct made *m = *state;
	struct radius_packet p;

	begin(m, RADIUS_COA_REQUEST);
	put_text(m, 0, RADIUS_USER_NAME, "alice");
	put_text(m, 0, RADIUS_FILTER_ID, "slow");
	put_hex(m, 0, RADIUS_NAS_PORT, "00000001");
	put_hex(m, RADIUS_MICROSOFT, RADIUS_MS_MPPE_SEND_KEY, "8001");
	assert_int_equal(radius_parse(&p, m->buf, radius_end_request(&m->w, secret)), RADIUS_SOUND);
	assert_true(radius_reply_read(&m->reply, &p, NULL, secret));
	assert_string_equal(m->reply.filters[0], "slow");
	assert_int_equal(m->reply.send_key.len, 0);
	assert_int_equal(m->reply.n_remarks, 1);
}

/* --- grammars -------------------------------------------------------------------------------- */

static void routes(void **state)
{
	static const struct {
		const char *text;
		const char *to;		/* NULL: it is none */
		const char *gateway;
		unsigned int metric;
	} table[] = {
		{ "192.168.1.0/24 192.168.1.1 1 2 -1 400", "192.168.1.0/24", "192.168.1.1", 1 },
		{ "192.168.1.0/24 0.0.0.0 1", "192.168.1.0/24", "", 1 },
		{ "192.168.1.0/24", "192.168.1.0/24", "", 0 },
		{ "  192.168.1.0/24\t 10.0.0.1 ", "192.168.1.0/24", "10.0.0.1", 0 },
		{ "192.168.1.77/24", "192.168.1.0/24", "", 0 },
		{ "0.0.0.0/0 0.0.0.0 -1", "0.0.0.0/0", "", 0 },
		/* by class */
		{ "10.1.0.0", "10.0.0.0/8", "", 0 },
		{ "172.16.0.0 0.0.0.0", "172.16.0.0/16", "", 0 },
		{ "192.168.9.0", "192.168.9.0/24", "", 0 },
		{ "0.0.0.0 10.0.0.1", "0.0.0.0/0", "10.0.0.1", 0 },
		/* not one */
		{ "", NULL, NULL, 0 },
		{ " ", NULL, NULL, 0 },
		{ "192.168.1.0/33", NULL, NULL, 0 },
		{ "192.168.1.0/", NULL, NULL, 0 },
		{ "192.168.1/24", NULL, NULL, 0 },
		{ "2001:db8::/32", NULL, NULL, 0 },
		{ "10.0.0.0/8 ::", NULL, NULL, 0 },
		{ "10.0.0.0/8 gateway", NULL, NULL, 0 },
		{ "10.0.0.0/8 0.0.0.0 one", NULL, NULL, 0 },
		{ "10.0.0.0/8 0.0.0.0 4294967296", NULL, NULL, 0 },
		{ "10.0.0.0/8 0.0.0.0 --1", NULL, NULL, 0 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct radius_route route;

		assert_int_equal(radius_parse_route(table[i].text, false, &route), !!table[i].to);
		if (!table[i].to)
			continue;
		assert_prefix(&route.to, table[i].to);
		assert_address(route.gateway, table[i].gateway);
		assert_int_equal(route.metric, table[i].metric);
	}
}

static void routes_of_ipv6(void **state)
{
	struct radius_route route;

	assert_true(radius_parse_route("2000:0:0:106::/64 2000::106:a00:20ff:fe99:a998 1", true,
				       &route));
	assert_prefix(&route.to, "2000:0:0:106::/64");
	assert_address(route.gateway, "2000::106:a00:20ff:fe99:a998");
	assert_int_equal(route.metric, 1);
	assert_true(radius_parse_route("2001:db8::1", true, &route));
	assert_prefix(&route.to, "2001:db8::1/128");
	assert_false(radius_parse_route("2001:db8::/129", true, &route));
	assert_false(radius_parse_route("10.0.0.0/8", true, &route));
}

#define M	1000000ull
#define K	1000ull

static void rates(void **state)
{
	static const struct {
		const char *text;
		struct radius_rates want;
	} table[] = {
		{ "128k", { .up = 128 * K, .down = 128 * K } },
		{ "64k/128M", { .up = 64 * K, .down = 128 * M } },
		{ "10M/20M", { .up = 10 * M, .down = 20 * M } },
		{ "1000000/1G", { .up = M, .down = 1000 * M } },
		{ "0/0", { .up = 0 } },
		{ "64k 256k", { 64 * K, 64 * K, 256 * K, 256 * K, 0, 0 } },
		{ "10M/20M 20M/40M", { 10 * M, 20 * M, 20 * M, 40 * M, 0, 0 } },
		{ "10M/20M 20M/40M 15M/30M 10/20s",
		  { 10 * M, 20 * M, 20 * M, 40 * M, 10, 20 } },
		{ "10M/20M 20M/40M 15M/30M 10 8 1M/2M",
		  { 10 * M, 20 * M, 20 * M, 40 * M, 10, 10 } },
		{ " 1m  2K ", { M, M, 2 * K, 2 * K, 0, 0 } },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct radius_rates got;

		assert_true(radius_parse_rates(table[i].text, &got));
		assert_memory_equal(&got, &table[i].want, sizeof(got));
	}
}

static void what_is_no_rate(void **state)
{
	static const char * const table[] = {
		"", " ", "k", "10X", "10M/", "/10M", "10M/20M/30M", "-1", "1.5M", "0x10", "10 M",
		"1000001G", "99999999999999999999", "1M 1M 1M 1M 9", "1M 1M 1M 1M 0",
		"1M 1M 1M 1M 1 1M 1M", "1M 1M 1M 100000", "1M 1M 1M 1M", "01M",
	};

	char long_text[300];
	struct radius_route route;
	struct radius_rates got;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_false(radius_parse_rates(table[i], &got));
	/* longer than an attribute can be */
	memset(long_text, ' ', sizeof(long_text));
	strcpy(long_text + sizeof(long_text) - 3, "1M");
	assert_false(radius_parse_rates(long_text, &got));
	assert_false(radius_parse_route(long_text, false, &route));
}

#define test(t)	cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		test(nothing_is_read_as_nothing),
		test(addresses),
		test(addresses_that_somebody_chooses),
		test(netmasks),
		test(ipv6),
		test(limits),
		test(names_and_classes),
		test(the_longest_texts),
		test(rates_and_which_count),
		test(what_mschap_v2_gets),
		test(words_behind_the_success_are_dropped),
		test(what_mschap_v1_gets),
		test(what_mschap_says_of_errors),
		test(words_with_a_nul_are_no_words),
		test(eap_is_put_together),
		test(what_binds_must_be_right),
		test(what_does_not_bind_is_left_out),
		test(unknown_ones_are_counted),
		test(twice_what_may_be_once),
		test(lists_have_a_bound),
		test(eap_has_a_bound),
		test(a_change_grants_as_a_reply_does),
		test(routes),
		test(routes_of_ipv6),
		test(rates),
		test(what_is_no_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
