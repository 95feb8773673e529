// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "secrets.h"
#include "util/nt_hash.h"

/*
 * Check that secrets_allows() agrees with the ranges at both ends of each range, and at the
 * addresses just outside.
 */
static void check_ranges(const struct secrets_entry *e)
{
	struct ipv4_range ranges[SECRETS_MAX_RANGES];
	size_t n = secrets_ranges(e, ranges);

	assert(n <= SECRETS_MAX_RANGES);
	for (size_t i = 0; i < n; i++) {
		const uint32_t near[] = {
			ranges[i].first, ranges[i].last, ranges[i].first - 1, ranges[i].last + 1,
		};

		for (size_t j = 0; j < 4; j++) {
			struct ip_addr in = ip_from_number(near[j]);

			assert(!ip_is_unicast(in) ||
			       secrets_allows(e, in) == ipv4_ranges_contain(ranges, n, in));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secrets *s;
	struct diag diag;

	diag_init(&diag);
	s = secrets_parse("f", data, size, &diag);
	assert(!s == !!diag.errors);
	for (size_t i = 0; i < diag.n_lines; i++)
		assert(!strchr(diag.lines[i].text, '\n'));
	if (s) {
		const struct secrets_entry *e = secrets_find(s, data, size < 8 ? size : 8, "srv", true);
		struct ip_addr in;

		assert(!e || !e->nt_hash || e->secret_len == NT_HASH_LEN);
		assert(!e || e->secret_len <= SECRETS_MAX_SECRET);
		assert(!e || !e->flaw == (e->secret_len > 0));
		assert(!e || !e->flaw || !strchr(e->flaw, '\n'));
		if (e && secrets_fixed_address(e, &in))
			assert(secrets_allows(e, in));
		if (e)
			check_ranges(e);
	}
	secrets_put(s);
	diag_free(&diag);
	return 0;
}

size_t fuzz_seed(unsigned int index, uint8_t *buf)
{
	static const char * const seeds[] = {
		"alice * \"won der\" *\nbob srv 'x' 10.0.0.1 !10.0.0.0/8 -\n",
		"# comment\na\\ b * \\101\\x42\\n *\\\n -- idle 3\n* * any *\n",
		"a * {NT}0123456789abcdef0123456789ABCDEF *\nb * \\{NT}0 *\nc * {nt}f *\n",
		"a * @/nonexistent *\nb srv \"open\n",
		"a * s pool-1 512/2M\r\nb * pa'ss'\"word\" 10.0.0.1-9 8\\\r\n\nc * @s 10.0.0.1-10.0.1.0\n",
	};

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	memcpy(buf, seeds[index], strlen(seeds[index]));
	return strlen(seeds[index]);
}
