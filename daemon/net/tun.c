// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <linux/if_tun.h>

#include "net/tun.h"

#define IPV4_HEADER	20	/* octets at least, RFC 791 section 3.1 */
#define IPV4_TO		16	/* offset of the destination address, in octets */

int tun_open(struct tun *tun, const char *pattern)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int err;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", pattern);
	tun->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tun->fd < 0)
		return -errno;
	if (ioctl(tun->fd, TUNSETIFF, &ifr) == 0) {
		tun->ifindex = if_nametoindex(ifr.ifr_name);
		if (tun->ifindex)
			return 0;
	}
	err = -errno;
	tun_close(tun);
	return err;
}

void tun_close(struct tun *tun)
{
	close(tun->fd);
	tun->fd = -1;
	tun->ifindex = 0;
}

ssize_t tun_read(struct tun *tun, uint8_t *packet, size_t size)
{
	ssize_t n;

	do {
		n = read(tun->fd, packet, size);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	return errno == EAGAIN ? 0 : -errno;
}

int tun_pass_on(const char *ifname, const uint8_t *packet, size_t len)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int err = 0;
	int fd;

	if (len < IPV4_HEADER)
		return -EINVAL;
	memcpy(&to.sin_addr, packet + IPV4_TO, sizeof(to.sin_addr));
	/* IPPROTO_RAW: the packet brings its own IP header. */
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, ifname, strlen(ifname) + 1) < 0 ||
	    sendto(fd, packet, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		err = -errno;
	close(fd);
	return err;
}
