// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "radius/attribute.h"
#include "radius/hex_test.h"

static void the_table_is_sorted(void **state)
{
	size_t n;
	const struct radius_definition *table = radius_definitions(&n);

	for (size_t i = 1; i < n; i++)
		assert_true(table[i - 1].vendor < table[i].vendor ||
			    (table[i - 1].vendor == table[i].vendor &&
			     table[i - 1].type < table[i].type));
}

static void each_row_makes_sense(void **state)
{
	size_t n;
	const struct radius_definition *table = radius_definitions(&n);

	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(radius_definition(table[i].vendor, table[i].type), &table[i]);
		assert_true(table[i].where);
		assert_true(table[i].min <= table[i].max);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(table[i].name, table[j].name);
	}
}

static void what_is_not_there_is_not_found(void **state)
{
	assert_null(radius_definition(0, 0));
	assert_null(radius_definition(0, RADIUS_TYPE_VENDOR_SPECIFIC));
	assert_null(radius_definition(0, 255));
	assert_null(radius_definition(RADIUS_MICROSOFT, 255));
	assert_null(radius_definition(1, 1));
	assert_null(radius_definition(UINT32_MAX, 1));
}

/* Some cells of the tables of RFC 2865 5.44, RFC 2866 5.13 and RFC 5176 3.6. */
static void where_they_may_be(void **state)
{
	static const struct {
		uint8_t type;
		enum radius_code yes, no;
	} cells[] = {
		{ RADIUS_USER_NAME, RADIUS_ACCESS_ACCEPT, RADIUS_ACCESS_REJECT },
		{ RADIUS_USER_PASSWORD, RADIUS_ACCESS_REQUEST, RADIUS_ACCOUNTING_REQUEST },
		{ RADIUS_REPLY_MESSAGE, RADIUS_ACCESS_REJECT, RADIUS_ACCESS_REQUEST },
		{ RADIUS_STATE, RADIUS_ACCESS_CHALLENGE, RADIUS_ACCESS_REJECT },
		{ RADIUS_CLASS, RADIUS_ACCOUNTING_REQUEST, RADIUS_ACCESS_CHALLENGE },
		{ RADIUS_ACCT_STATUS_TYPE, RADIUS_ACCOUNTING_REQUEST, RADIUS_ACCESS_REQUEST },
		{ RADIUS_ERROR_CAUSE, RADIUS_COA_NAK, RADIUS_COA_REQUEST },
		{ RADIUS_FILTER_ID, RADIUS_COA_REQUEST, RADIUS_DISCONNECT_REQUEST },
		{ RADIUS_ACCT_SESSION_ID, RADIUS_DISCONNECT_REQUEST, RADIUS_DISCONNECT_ACK },
		{ RADIUS_EAP_MESSAGE, RADIUS_ACCESS_REJECT, RADIUS_ACCOUNTING_REQUEST },
		{ RADIUS_PROXY_STATE, RADIUS_ACCOUNTING_RESPONSE, RADIUS_STATUS_SERVER },
	};

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		const struct radius_definition *d = radius_definition(0, cells[i].type);

		assert_true(d->where & radius_where(cells[i].yes));
		assert_false(d->where & radius_where(cells[i].no));
	}
}

static void values_have_their_form(void **state)
{
	static const struct {
		uint32_t vendor;
		uint8_t type;
		const char *hex;
		bool good;
	} table[] = {
		{ 0, RADIUS_USER_NAME, "", false },
		{ 0, RADIUS_USER_NAME, "61", true },
		{ 0, RADIUS_USER_NAME, "c3a4ff", true },	/* not UTF-8, as old clients send */
		{ 0, RADIUS_USER_NAME, "6100", false },
		{ 0, RADIUS_CLASS, "", false },
		{ 0, RADIUS_CLASS, "00", true },
		{ 0, RADIUS_SESSION_TIMEOUT, "000001", false },
		{ 0, RADIUS_SESSION_TIMEOUT, "00000001", true },
		{ 0, RADIUS_SESSION_TIMEOUT, "0000000001", false },
		{ 0, RADIUS_EVENT_TIMESTAMP, "65000000", true },
		{ 0, RADIUS_EVENT_TIMESTAMP, "6500000000", false },
		{ 0, RADIUS_FRAMED_IP_ADDRESS, "0a0000", false },
		{ 0, RADIUS_FRAMED_IP_ADDRESS, "0a000001", true },
		{ 0, RADIUS_NAS_IPV6_ADDRESS, "20010db8000000000000000000000001", true },
		{ 0, RADIUS_NAS_IPV6_ADDRESS, "20010db80000000000000000000000", false },
		{ 0, RADIUS_FRAMED_INTERFACE_ID, "0000000000000001", true },
		{ 0, RADIUS_FRAMED_INTERFACE_ID, "00000000000001", false },
		{ 0, RADIUS_TUNNEL_TYPE, "00000001", true },
		{ 0, RADIUS_TUNNEL_TYPE, "000001", false },
		{ 0, RADIUS_MESSAGE_AUTHENTICATOR, "00", false },
		{ 0, RADIUS_CHAP_PASSWORD, "0000000000000000000000000000000000", true },
		{ 0, RADIUS_CHAP_PASSWORD, "00000000000000000000000000000000", false },
		/* prefixes */
		{ 0, RADIUS_FRAMED_IPV6_PREFIX, "00", false },
		{ 0, RADIUS_FRAMED_IPV6_PREFIX, "0000", true },
		{ 0, RADIUS_FRAMED_IPV6_PREFIX, "0040 20010db800000001", true },
		{ 0, RADIUS_FRAMED_IPV6_PREFIX, "0040 20010db8000000010000", true },
		{ 0, RADIUS_FRAMED_IPV6_PREFIX, "0040 20010db8000000010001", false },
		{ 0, RADIUS_FRAMED_IPV6_PREFIX, "0041 20010db800000001", false },
		{ 0, RADIUS_FRAMED_IPV6_PREFIX, "003f 20010db800000001", false },
		{ 0, RADIUS_FRAMED_IPV6_PREFIX, "0080 20010db8000000000000000000000001", true },
		{ 0, RADIUS_FRAMED_IPV6_PREFIX, "0081 20010db8000000000000000000000001", false },
		{ 0, RADIUS_FRAMED_IPV6_PREFIX, "0001 00", true },
		{ 0, RADIUS_FRAMED_IPV6_PREFIX, "0001", false },
		/* vendors */
		{ RADIUS_MICROSOFT, RADIUS_MS_MPPE_ENCRYPTION_POLICY, "00000002", true },
		{ RADIUS_MICROSOFT, RADIUS_MS_MPPE_ENCRYPTION_POLICY, "02", false },
		{ RADIUS_MIKROTIK, RADIUS_MIKROTIK_RATE_LIMIT, "31304d", true },
	};
	uint8_t value[RADIUS_VALUE_MAX];

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct radius_attribute a = {
			.vendor = table[i].vendor,
			.type = table[i].type,
			.value = value,
			.len = (uint8_t)from_hex(table[i].hex, value),
		};

		assert_int_equal(radius_is_well_formed(radius_definition(a.vendor, a.type), &a),
				 table[i].good);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sorted),
		cmocka_unit_test(each_row_makes_sense),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(where_they_may_be),
		cmocka_unit_test(values_have_their_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
