// SPDX-License-Identifier: GPL-2.0-only
/* Blocks are compared octet by octet, on machines of either order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pcapng.h"

static uint8_t buf[512];

/* The number of four octets at @at. */
static uint32_t number(size_t at)
{
	uint32_t v;

	memcpy(&v, buf + at, sizeof(v));
	return v;
}

static uint16_t half(size_t at)
{
	uint16_t v;

	memcpy(&v, buf + at, sizeof(v));
	return v;
}

static void a_section_begins_a_file(void **state)
{
	assert_int_equal(pcapng_section(buf, sizeof(buf), "pppctl"), 28 + 12 + 4);
	assert_int_equal(number(0), 0x0a0d0d0a);
	assert_int_equal(number(4), 44);
	assert_int_equal(number(8), 0x1a2b3c4d);
	assert_int_equal(half(12), 1);
	assert_int_equal(half(14), 0);
	assert_int_equal(number(16), ~0u);
	assert_int_equal(number(20), ~0u);
	assert_int_equal(half(24), 4);
	assert_int_equal(half(26), 6);
	assert_memory_equal(buf + 28, "pppctl\0\0", 8);
	assert_int_equal(number(36), 0);
	assert_int_equal(number(40), 44);
}

static void an_interface_has_a_name(void **state)
{
	assert_int_equal(pcapng_interface(buf, sizeof(buf), PCAPNG_IP, "eth0", NULL), 32);
	assert_int_equal(number(0), 1);
	assert_int_equal(number(4), 32);
	assert_int_equal(half(8), 101);
	assert_int_equal(number(12), 0);
	assert_int_equal(half(16), 2);
	assert_int_equal(half(18), 4);
	assert_memory_equal(buf + 20, "eth0", 4);
	assert_int_equal(number(24), 0);
	assert_int_equal(number(28), 32);
}

static void a_packet_has_its_octets(void **state)
{
	const struct pcapng_packet packet = {
		.interface = 3, .time_us = 0x500000007, .direction = PCAPNG_SENT,
		.data = "abcde", .len = 5, .original = 9, .comment = "up",
	};

	assert_int_equal(pcapng_packet(buf, sizeof(buf), &packet), 28 + 8 + 8 + 8 + 8);
	assert_int_equal(number(0), 6);
	assert_int_equal(number(8), 3);
	assert_int_equal(number(12), 5);
	assert_int_equal(number(16), 7);
	assert_int_equal(number(20), 5);
	assert_int_equal(number(24), 9);
	assert_memory_equal(buf + 28, "abcde\0\0\0", 8);
	assert_int_equal(half(36), 2);
	assert_int_equal(half(38), 4);
	assert_int_equal(number(40), 2);
	assert_int_equal(half(44), 1);
	assert_int_equal(half(46), 2);
	assert_memory_equal(buf + 48, "up\0\0", 4);
	assert_int_equal(number(52), 0);
	assert_int_equal(number(56), 60);
}

static void options_may_be_absent(void **state)
{
	const struct pcapng_packet packet = { .data = "abcd", .len = 4, .original = 4 };

	assert_int_equal(pcapng_packet(buf, sizeof(buf), &packet), 28 + 4 + 8);
	assert_int_equal(number(32), 0);
	assert_int_equal(number(36), 40);
}

/* Each length of the buffer that is too small, and then the one that is not. */
static void what_does_not_fit_is_not_written(void **state)
{
	const struct pcapng_packet packet = {
		.direction = PCAPNG_RECEIVED, .data = "abcde", .len = 5, .original = 5, .comment = "x",
	};
	const size_t whole = pcapng_packet(buf, sizeof(buf), &packet);

	for (size_t size = 0; size < whole; size++)
		assert_int_equal(pcapng_packet(buf, size, &packet), 0);
	assert_int_equal(pcapng_packet(buf, whole, &packet), whole);
}

static void long_texts_are_cut(void **state)
{
	static char text[2 * PCAPNG_TEXT_MAX];
	static uint8_t large[PCAPNG_OVERHEAD + 8];
	const struct pcapng_packet packet = { .data = text, .len = 8, .original = 8, .comment = text };

	memset(text, 'x', sizeof(text) - 1);
	assert_in_range(pcapng_packet(large, sizeof(large), &packet), PCAPNG_TEXT_MAX,
			sizeof(large));
	assert_in_range(pcapng_interface(large, sizeof(large), 1, text, text), 2 * PCAPNG_TEXT_MAX,
			sizeof(large));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_section_begins_a_file),
		cmocka_unit_test(an_interface_has_a_name),
		cmocka_unit_test(a_packet_has_its_octets),
		cmocka_unit_test(options_may_be_absent),
		cmocka_unit_test(what_does_not_fit_is_not_written),
		cmocka_unit_test(long_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
