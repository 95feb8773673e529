// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <sys/resource.h>

#include "util/descriptors.h"

#define RESERVE		64	/* descriptors, or a quarter of them if there are few */

void descriptors_raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

unsigned int descriptors_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur > UINT_MAX)
		return UINT_MAX;
	return (unsigned int)limit.rlim_cur;
}

bool descriptor_is_scarce(int fd)
{
	unsigned int limit = descriptors_limit();
	unsigned int reserve = limit / 4 < RESERVE ? limit / 4 : RESERVE;

	return fd >= 0 && (unsigned int)fd >= limit - reserve;
}
