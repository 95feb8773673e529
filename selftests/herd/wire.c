// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <unistd.h>
#include <sys/socket.h>

#include "wire.h"
#include "util/container.h"

#define PACKET_MAX	2048
#define BATCH		32		/* packets of one system call */
#define BATCHES		8		/* at most, before TCP and timers have their turn */
#define SOCKET_BUFFER	(32 << 20)	/* octets, for answers to all clients at the same time */

static void take_batch(struct wire *wire, uint8_t packets[][PACKET_MAX],
		       const struct mmsghdr *heads, int n)
{
	struct gre gre;

	for (int i = 0; i < n; i++) {
		if (gre_parse(packets[i], heads[i].msg_len, &gre)) {
			wire->received++;
			wire->take(wire, &gre);
		} else {
			wire->bad++;
		}
	}
}

static void readable(uv_poll_t *poll, int status, int events)
{
	struct wire *wire = container_of(poll, struct wire, poll);
	static uint8_t packets[BATCH][PACKET_MAX];
	struct mmsghdr heads[BATCH] = { 0 };
	struct iovec parts[BATCH];
	int n = BATCH;

	for (int i = 0; i < BATCH; i++) {
		parts[i] = (struct iovec){ packets[i], PACKET_MAX };
		heads[i].msg_hdr.msg_iov = &parts[i];
		heads[i].msg_hdr.msg_iovlen = 1;
	}
	for (int i = 0; i < BATCHES && n == BATCH; i++) {
		n = recvmmsg(wire->fd, heads, BATCH, MSG_DONTWAIT, NULL);
		take_batch(wire, packets, heads, n);
	}
}

static int open_socket(void)
{
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_GRE);
	int one = 1, size = SOCKET_BUFFER;

	if (fd < 0)
		return -errno;
	/* Beyond the system's limit, if we have CAP_NET_ADMIN; with less, more frames are lost. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	if (!setsockopt(fd, IPPROTO_IP, IP_HDRINCL, &one, sizeof(one)))
		return fd;
	one = -errno;
	close(fd);
	return one;
}

int wire_open(struct wire *wire, uv_loop_t *loop,
	      void (*take)(struct wire *wire, const struct gre *gre))
{
	*wire = (struct wire){ .take = take };
	wire->fd = open_socket();
	if (wire->fd < 0)
		return wire->fd;
	uv_poll_init(loop, &wire->poll, wire->fd);
	return uv_poll_start(&wire->poll, UV_READABLE, readable);
}

void wire_send(struct wire *wire, const struct gre *gre)
{
	const struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = gre->destination };
	uint8_t packet[PACKET_MAX];
	size_t len = gre_build(gre, packet, sizeof(packet));

	if (!len || sendto(wire->fd, packet, len, 0, (const struct sockaddr *)&to, sizeof(to)) < 0)
		wire->unsent++;
}
