// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>		/* ahead of Linux's own, which then leaves these out */
#include <linux/if_ether.h>
#include <linux/if_pppox.h>
#include <linux/ppp-comp.h>
#include <linux/ppp-ioctl.h>
#include <linux/ppp_defs.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "pair.h"

#define CCP_TRIES	20
#define CCP_WAIT_MS	200

/* RFC 3078 2.1: stateless, 128 bit. */
static const uint8_t mppe_option[] = { CI_MPPE, CILEN_MPPE, 0x01, 0x00, 0x00, 0x40 };

static void name_end(struct sockaddr_pppox *sa, struct in_addr addr, uint16_t call_id)
{
	memset(sa, 0, sizeof(*sa));
	sa->sa_family = AF_PPPOX;
	sa->sa_protocol = PX_PROTO_PPTP;
	sa->sa_addr.pptp.sin_addr = addr;
	sa->sa_addr.pptp.call_id = call_id;
}

static int open_ppp(void)
{
	int fd = open("/dev/ppp", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		pair_die("/dev/ppp");
	return fd;
}

void pair_channel_open(const struct pair_side *side, struct pair_end *end, int number)
{
	struct sockaddr_pppox local, remote;
	int channel;

	end->sock = pair_socket();
	name_end(&local, side->outer, end->call_id);
	name_end(&remote, side->peer_outer, end->peer_call_id);
	if (bind(end->sock, (void *)&local, sizeof(local)))
		pair_die("bind");
	if (connect(end->sock, (void *)&remote, sizeof(remote)))
		pair_die("connect");

	if (ioctl(end->sock, PPPIOCGCHAN, &channel))
		pair_die("PPPIOCGCHAN");
	end->channel = open_ppp();
	if (ioctl(end->channel, PPPIOCATTCHAN, &channel))
		pair_die("PPPIOCATTCHAN");
	end->unit = open_ppp();
	if (ioctl(end->unit, PPPIOCNEWUNIT, &number))
		pair_die("PPPIOCNEWUNIT");
	if (ioctl(end->channel, PPPIOCCONNECT, &number))
		pair_die("PPPIOCCONNECT");
}

/* Returns the flags as they were. */
static int set_flags(struct pair_end *end, int wanted)
{
	int flags, changed;

	if (ioctl(end->unit, PPPIOCGFLAGS, &flags))
		pair_die("PPPIOCGFLAGS");
	changed = flags | wanted;
	if (ioctl(end->unit, PPPIOCSFLAGS, &changed))
		pair_die("PPPIOCSFLAGS");
	return flags;
}

static void set_compressor(struct pair_end *end, const uint8_t *key, bool transmit)
{
	uint8_t options[sizeof(mppe_option) + PAIR_KEY_LEN];
	struct ppp_option_data data = {
		.ptr = options,
		.length = sizeof(options),
		.transmit = transmit,
	};

	memcpy(options, mppe_option, sizeof(mppe_option));
	memcpy(options + sizeof(mppe_option), key, PAIR_KEY_LEN);
	if (ioctl(end->unit, PPPIOCSCOMPRESS, &data))
		pair_die("PPPIOCSCOMPRESS (is ppp_mppe there?)");
}

void pair_channel_encrypt(const struct pair_side *side, struct pair_end *end)
{
	set_compressor(end, side->tx_key, true);
	set_compressor(end, side->rx_key, false);
	set_flags(end, SC_CCP_OPEN);
}

/* Until a CCP frame comes or the time is over. */
static bool await_ccp(struct pair_end *end)
{
	struct pollfd poll_unit = { .fd = end->unit, .events = POLLIN };
	uint8_t frame[PPP_MRU];

	while (poll(&poll_unit, 1, CCP_WAIT_MS) > 0) {
		ssize_t len = read(end->unit, frame, sizeof(frame));

		if (len >= 2 && (frame[0] << 8 | frame[1]) == PPP_CCP)
			return true;
	}
	return false;
}

void pair_channel_agree(struct pair_end *from, struct pair_end *to)
{
	uint8_t ack[2 + CCP_HDRLEN + sizeof(mppe_option)] = {
		PPP_CCP >> 8, PPP_CCP & 0xff,
		CCP_CONFACK, 1, 0, CCP_HDRLEN + sizeof(mppe_option),
	};
	int tries;

	memcpy(ack + 2 + CCP_HDRLEN, mppe_option, sizeof(mppe_option));
	for (tries = 0; tries < CCP_TRIES; tries++) {
		if (write(from->unit, ack, sizeof(ack)) != sizeof(ack))
			pair_die("sending a CCP frame");
		if (await_ccp(to))
			return;
	}
	errno = ETIMEDOUT;
	pair_die("a CCP frame through the tunnel");
}

void pair_channel_encrypted(struct pair_end *end)
{
	const int running = SC_COMP_RUN | SC_DECOMP_RUN;

	if ((set_flags(end, SC_CCP_UP) & running) != running) {
		errno = EPROTO;
		pair_die("MPPE did not come up");
	}
}
