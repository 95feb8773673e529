// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run a command in a network namespace that ip(8) has named:
 *
 *	in_ns NAMESPACE COMMAND [ARGUMENT...]
 *
 * "ip netns exec" does so too, and loads a dozen libraries and mounts /sys first.  Under a debug
 * kernel that takes longer than most of what the tests run by it; this program is static and makes
 * two system calls.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[256];
	int fd;

	if (argc < 3)
		errx(2, "usage: in_ns NAMESPACE COMMAND [ARGUMENT...]");
	snprintf(path, sizeof(path), "/run/netns/%s", argv[1]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(126, "no network namespace %s", argv[1]);
	if (setns(fd, CLONE_NEWNET))
		err(126, "cannot enter network namespace %s", argv[1]);
	execvp(argv[2], argv + 2);
	err(127, "%s", argv[2]);
}
