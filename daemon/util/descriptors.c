// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <poll.h>
#include <stdio.h>
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

unsigned int descriptors_end(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	unsigned int size = 0;
	char line[256];

	while (f && !size && fgets(line, sizeof(line), f))
		if (sscanf(line, "FDSize: %u", &size) != 1)
			size = 0;
	if (f)
		fclose(f);
	return size;
}

unsigned int descriptors_count(unsigned int first)
{
	const unsigned int limit = descriptors_limit();
	/* poll(2) takes no more than there may be. */
	const unsigned int most = limit < DESCRIPTORS_AT_ONCE ? limit : DESCRIPTORS_AT_ONCE;
	struct pollfd fds[DESCRIPTORS_AT_ONCE];
	unsigned int n = 0;

	for (unsigned int i = 0; i < most; i++)
		fds[i] = (struct pollfd){ .fd = (int)(first + i) };
	if (poll(fds, most, 0) < 0)
		return 0;
	for (unsigned int i = 0; i < most; i++)
		n += !(fds[i].revents & POLLNVAL);
	return n;
}
