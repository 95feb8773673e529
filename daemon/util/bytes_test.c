// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bytes.h"

static void reads_in_network_order(void **state)
{
	static const uint8_t in[] = {
		0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
		0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 'a', 'b',
	};
	struct reader r = rd_init(in, sizeof(in));
	char text[2];

	assert_int_equal(rd_u8(&r), 0x01);
	assert_int_equal(rd_be16(&r), 0x0203);
	assert_int_equal(rd_be32(&r), 0x04050607);
	assert_true(rd_be64(&r) == 0x08090a0b0c0d0e0fULL);
	assert_int_equal(rd_left(&r), 2);
	rd_copy(&r, text, 2);
	assert_memory_equal(text, "ab", 2);
	assert_true(rd_done(&r));
}

static void read_error_is_sticky(void **state)
{
	uint8_t *in = malloc(3);
	struct reader r;
	uint8_t out[4] = { 9, 9, 9, 9 };

	assert_non_null(in);
	memset(in, 0x55, 3);
	r = rd_init(in, 3);
	assert_int_equal(rd_be32(&r), 0);
	assert_false(rd_ok(&r));
	assert_int_equal(rd_u8(&r), 0);
	assert_null(rd_bytes(&r, 0));
	assert_int_equal(rd_left(&r), 0);
	rd_copy(&r, out, sizeof(out));
	assert_memory_equal(out, "\0\0\0\0", 4);
	assert_false(rd_done(&r));
	free(in);
}

static void huge_lengths_do_not_wrap(void **state)
{
	uint8_t buf[4] = { 0 };
	struct reader r = rd_init(buf, sizeof(buf));
	struct writer w = wr_init(buf, sizeof(buf));

	assert_null(rd_bytes(&r, SIZE_MAX));
	assert_false(rd_ok(&r));
	assert_null(wr_reserve(&w, SIZE_MAX));
	assert_false(wr_ok(&w));
}

static void inner_reader_is_bounded(void **state)
{
	static const uint8_t in[] = { 1, 2, 3, 4 };
	struct reader r = rd_init(in, sizeof(in));
	struct reader sub = rd_sub(&r, 3);
	struct reader lie;

	assert_int_equal(rd_be16(&sub), 0x0102);
	assert_int_equal(rd_be16(&sub), 0);
	assert_false(rd_ok(&sub));
	assert_true(rd_ok(&r));
	assert_int_equal(rd_left(&r), 1);
	lie = rd_sub(&r, 2);
	assert_false(rd_ok(&lie));
	assert_false(rd_ok(&r));
	assert_int_equal(rd_left(&lie), 0);
}

static void nothing_is_a_valid_input(void **state)
{
	struct reader r = rd_init(NULL, 0);
	struct writer w = wr_init(NULL, 0);

	assert_true(rd_done(&r));
	assert_non_null(rd_bytes(&r, 0));
	assert_true(wr_ok(&w));
	wr_u8(&w, 1);
	assert_false(wr_ok(&w));
}

static void writes_in_network_order(void **state)
{
	static const uint8_t want[] = {
		0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16,
		0x17, 0x18, 'x', 'y', 0, 0, 0,
	};
	uint8_t out[sizeof(want)];
	struct writer w = wr_init(out, sizeof(out));

	memset(out, 0xee, sizeof(out));
	wr_u8(&w, 1);
	wr_be16(&w, 0x0203);
	wr_be32(&w, 0x04050607);
	wr_be64(&w, 0x1112131415161718ULL);
	wr_padded(&w, "xy", 2, 4);
	wr_zero(&w, 1);
	assert_true(wr_ok(&w));
	assert_int_equal(wr_len(&w), sizeof(want));
	assert_int_equal(wr_room(&w), 0);
	assert_memory_equal(out, want, sizeof(want));
}

static void write_error_is_sticky(void **state)
{
	volatile size_t size = 3;	/* volatile: gcc warns of the tested overflow */
	uint8_t *out = malloc(size);
	struct writer w;

	assert_non_null(out);
	w = wr_init(out, size);
	wr_be16(&w, 0xabcd);
	wr_be16(&w, 0x1234);
	assert_false(wr_ok(&w));
	assert_int_equal(wr_len(&w), 2);
	wr_u8(&w, 1);
	assert_int_equal(wr_len(&w), 2);
	assert_int_equal(wr_room(&w), 0);
	free(out);
}

static void padded_field_refuses_longer(void **state)
{
	uint8_t out[8];
	struct writer w = wr_init(out, sizeof(out));

	wr_padded(&w, "abcde", 5, 4);
	assert_false(wr_ok(&w));
	assert_int_equal(wr_len(&w), 0);
}

static void lengths_can_be_filled_in_later(void **state)
{
	uint8_t out[4];
	struct writer w = wr_init(out, sizeof(out));

	wr_zero(&w, 3);
	wr_be16_at(&w, 1, 0x0102);
	wr_u8_at(&w, 0, 7);
	assert_true(wr_ok(&w));
	assert_memory_equal(out, "\7\1\2", 3);
	wr_be16_at(&w, 2, 1);
	assert_false(wr_ok(&w));
}

static void filling_in_what_is_not_there_fails(void **state)
{
	uint8_t out[4];
	struct writer w = wr_init(out, sizeof(out));

	wr_u8_at(&w, 0, 1);
	assert_false(wr_ok(&w));
	w = wr_init(out, sizeof(out));
	wr_be32(&w, 0);
	wr_be16_at(&w, SIZE_MAX, 1);
	assert_false(wr_ok(&w));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_network_order),
		cmocka_unit_test(read_error_is_sticky),
		cmocka_unit_test(huge_lengths_do_not_wrap),
		cmocka_unit_test(inner_reader_is_bounded),
		cmocka_unit_test(nothing_is_a_valid_input),
		cmocka_unit_test(writes_in_network_order),
		cmocka_unit_test(write_error_is_sticky),
		cmocka_unit_test(padded_field_refuses_longer),
		cmocka_unit_test(lengths_can_be_filled_in_later),
		cmocka_unit_test(filling_in_what_is_not_there_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
