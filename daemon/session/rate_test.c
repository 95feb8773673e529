// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "session/rate.h"

static struct rate rate;

static void read_at(uint64_t now_ms, uint64_t rx_bytes, uint64_t tx_bytes)
{
	const struct net_stats stats = { .rx_bytes = rx_bytes, .tx_bytes = tx_bytes };

	rate_read(&rate, now_ms, 10000, &stats);
}

static void rates_are_between_two_readings(void **state)
{
	rate = (struct rate){ 0 };
	/* the first is compared with the beginning */
	read_at(14000, 1000, 2000);
	assert_int_equal(rate.rx, 2000);
	assert_int_equal(rate.tx, 4000);
	read_at(16000, 1000, 3000);
	assert_int_equal(rate.rx, 0);
	assert_int_equal(rate.tx, 4000);
}

/* Many who look do not make the time between two readings short. */
static void close_readings_are_one(void **state)
{
	rate = (struct rate){ 0 };
	read_at(10999, 7000, 7000);
	assert_int_equal(rate.rx, 0);
	read_at(11000, 1000, 0);
	assert_int_equal(rate.rx, 8000);
	for (uint64_t ms = 11001; ms < 12000; ms++)
		read_at(ms, 2000, 0);
	assert_int_equal(rate.rx, 8000);
	read_at(12000, 3000, 0);
	assert_int_equal(rate.rx, 16000);
}

static void counters_may_begin_anew(void **state)
{
	rate = (struct rate){ 0 };
	read_at(11000, 5000, 5000);
	read_at(12000, 10, 20);
	assert_int_equal(rate.rx, 0);
	read_at(13000, 20, 20);
	assert_int_equal(rate.rx, 80);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_between_two_readings),
		cmocka_unit_test(close_readings_are_one),
		cmocka_unit_test(counters_may_begin_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
