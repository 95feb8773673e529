/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses from text, for tests. Include this after <cmocka.h>. */
#ifndef CULVERT_UTIL_IP_LITERAL_TEST_H
#define CULVERT_UTIL_IP_LITERAL_TEST_H

#include "util/ip.h"

/* Returns the address @text; "" means no address. */
static inline struct ip_addr ip(const char *text)
{
	struct ip_addr address = { .family = AF_UNSPEC };

	if (*text && !ip_parse(text, &address))
		fail_msg("\"%s\" is no address", text);
	return address;
}

/* Returns an IPv4 address in host order, so that a test can do arithmetic with it. */
static inline uint32_t number(const char *text)
{
	return ip_number(ip(text));
}

#define assert_ip(is, text)	assert_string_equal(ip_text(is), text)

#endif
