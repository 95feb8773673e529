// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drives PX_PROTO_PPTP sockets without a daemon, for the tests of the module.
 *
 *	pptp_sock abi LOCAL PEER
 *		Try what the socket interface allows and forbids and print each outcome.  The same
 *		lines must come out with the in-tree module pptp and with culvert.  (Not tried:
 *		connect() without a route, where the in-tree module looks up the wrong one.)
 *	pptp_sock ppp LOCAL CALL PEER PEERCALL
 *		Connect a session, make it a ppp interface that passes IP without negotiation,
 *		print its name, and stay until standard input ends.
 *	pptp_sock hold LOCAL CALL PEER PEERCALL
 *		Connect a session, print its call ID, and stay likewise.
 *	pptp_sock send|recv LOCAL CALL PEER PEERCALL FRAME
 *		Send a control frame given in hex, or wait for one and compare.
 *
 * Addresses are IPv4; call IDs decimal, CALL 0 lets the kernel choose.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_pppox.h>
#include <linux/ppp-ioctl.h>
#include <linux/ppp_defs.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct sockaddr_pppox address(const char *addr, unsigned int call_id)
{
	struct sockaddr_pppox sp;

	memset(&sp, 0, sizeof(sp));
	sp.sa_family = AF_PPPOX;
	sp.sa_protocol = PX_PROTO_PPTP;
	sp.sa_addr.pptp.call_id = call_id;
	if (inet_pton(AF_INET, addr, &sp.sa_addr.pptp.sin_addr) != 1) {
		fprintf(stderr, "%s: not an IPv4 address\n", addr);
		exit(1);
	}
	return sp;
}

static int open_socket(void)
{
	int fd = socket(AF_PPPOX, SOCK_STREAM, PX_PROTO_PPTP);

	if (fd < 0)
		die("socket");
	return fd;
}

static int bind_to(int fd, const char *addr, unsigned int call_id)
{
	struct sockaddr_pppox sp = address(addr, call_id);

	return bind(fd, (struct sockaddr *)&sp, sizeof(sp)) ? -errno : 0;
}

static int connect_to(int fd, const char *addr, unsigned int call_id)
{
	struct sockaddr_pppox sp = address(addr, call_id);

	return connect(fd, (struct sockaddr *)&sp, sizeof(sp)) ? -errno : 0;
}

static unsigned int call_id_of(int fd)
{
	struct sockaddr_pppox sp;
	socklen_t len = sizeof(sp);

	if (getsockname(fd, (struct sockaddr *)&sp, &len))
		die("getsockname");
	return sp.sa_addr.pptp.call_id;
}

static void show(const char *what, int ret)
{
	printf("%-44s %s\n", what, ret < 0 ? strerrorname_np(-ret) : "ok");
}

static int ioctl_int(int fd, unsigned long request, int *val)
{
	return ioctl(fd, request, val) ? -errno : 0;
}

/* What the interface says to calls out of order and to names that are taken. */
static void abi_names(const char *local, const char *peer)
{
	int a = open_socket(), b = open_socket(), c = open_socket(), val;
	struct sockaddr_pppox sp = address(local, 100), other;
	socklen_t len;

	show("bind, short address", bind(a, (struct sockaddr *)&sp, sizeof(sp) - 1) ? -errno : 0);
	show("connect before bind", connect_to(a, peer, 1));
	show("PPPIOCGCHAN before bind", ioctl_int(a, PPPIOCGCHAN, &val));
	show("bind", bind_to(a, local, 100));
	show("bind again", bind_to(a, local, 101));
	show("bind, call ID taken", bind_to(b, local, 100));
	show("bind after a refusal", bind_to(b, local, 101));
	show("bind, call ID of the kernel's choice", bind_to(c, local, 0));
	printf("%-44s %s\n", "call ID chosen", call_id_of(c) ? "nonzero" : "zero");

	show("connect to address 0", connect_to(a, "0.0.0.0", 1));
	show("connect", connect_to(a, peer, 1));
	show("connect again, same peer", connect_to(a, peer, 1));
	show("connect again, other peer", connect_to(a, peer, 2));
	show("connect, peer taken", connect_to(b, peer, 1));
	show("connect after a refusal", connect_to(b, peer, 2));
	show("bind when connected", bind_to(a, local, 105));

	sp = address(peer, 9);
	sp.sa_protocol = PX_PROTO_OE;
	show("connect, other protocol", connect(c, (struct sockaddr *)&sp, sizeof(sp)) ? -errno : 0);
	sp.sa_protocol = PX_PROTO_PPTP;
	show("connect, short address",
	     connect(c, (struct sockaddr *)&sp, sizeof(sp) - 1) ? -errno : 0);

	memset(&other, 0xff, sizeof(other));
	len = sizeof(other);
	show("getsockname", getsockname(a, (struct sockaddr *)&other, &len) ? -errno : 0);
	sp = address(local, 100);
	printf("%-44s %s\n", "name", len == sizeof(sp) && !memcmp(&sp, &other, len) ? "right" : "wrong");
	memset(&other, 0xff, sizeof(other));
	show("getpeername", getpeername(a, (struct sockaddr *)&other, &len) ? -errno : 0);
	printf("%-44s %s\n", "name of peer is the local one",
	       !memcmp(&sp, &other, sizeof(sp)) ? "yes" : "no");

	show("listen", listen(a, 1) ? -errno : 0);
	show("shutdown", shutdown(a, SHUT_RDWR) ? -errno : 0);
	show("PPPIOCGFLAGS on the socket", ioctl_int(a, PPPIOCGFLAGS, &val));

	close(a);
	close(b);
	a = open_socket();
	b = open_socket();
	show("bind, call ID free again", bind_to(a, local, 100));
	show("connect, peer free again", connect_to(a, peer, 1));
	close(a);
	close(b);
	close(c);
}

static int open_ppp(void)
{
	int fd = open("/dev/ppp", O_RDWR);

	if (fd < 0)
		die("/dev/ppp");
	return fd;
}

static void abi_channel(const char *local, const char *peer)
{
	int fd = open_socket(), chan = open_ppp(), index = -1, again = -1, val;
	char frame[64];

	show("bind", bind_to(fd, local, 200));
	show("PPPIOCGCHAN before connect", ioctl_int(fd, PPPIOCGCHAN, &index));
	show("connect", connect_to(fd, peer, 200));
	show("PPPIOCGCHAN", ioctl_int(fd, PPPIOCGCHAN, &index));
	show("PPPIOCGCHAN again", ioctl_int(fd, PPPIOCGCHAN, &again));
	printf("%-44s %s\n", "same channel", index == again ? "yes" : "no");
	show("recv on the socket", recv(fd, frame, sizeof(frame), MSG_DONTWAIT) < 0 ? -errno : 0);
	show("send on the socket", send(fd, "\xc0\x21\x09\x01", 4, MSG_DONTWAIT) < 0 ? -errno : 0);

	show("PPPIOCATTCHAN", ioctl_int(chan, PPPIOCATTCHAN, &index));
	show("PPPIOCGFLAGS", ioctl_int(chan, PPPIOCGFLAGS, &val));
	printf("%-44s %#x\n", "flags at first", val);
	val = SC_COMP_PROT | SC_COMP_AC | SC_RCV_B7_0 | SC_CCP_OPEN;
	show("PPPIOCSFLAGS", ioctl_int(chan, PPPIOCSFLAGS, &val));
	show("PPPIOCGFLAGS", ioctl_int(chan, PPPIOCGFLAGS, &val));
	printf("%-44s %#x\n", "flags then", val);
	show("PPPIOCGASYNCMAP", ioctl_int(chan, PPPIOCGASYNCMAP, &val));
	show("PPPIOCSASYNCMAP", ioctl_int(chan, PPPIOCSASYNCMAP, &val));
	show("PPPIOCGMRU", ioctl_int(chan, PPPIOCGMRU, &val));
	show("PPPIOCSMRU", ioctl_int(chan, PPPIOCSMRU, &val));

	show("write LCP", write(chan, "\xc0\x21\x09\x01\0\x08\0\0\0\0", 10) == 10 ? 0 : -errno);
	close(fd);
	show("write LCP, socket closed", write(chan, "\xc0\x21\x09\x01\0\x08\0\0\0\0", 10) < 0 ?
	     -errno : 0);
	show("read, socket closed", read(chan, frame, sizeof(frame)) < 0 ? -errno : 0);
	close(chan);
}

static int abi(char **argv)
{
	abi_names(argv[0], argv[1]);
	abi_channel(argv[0], argv[1]);
	return 0;
}

static int session(char **argv)
{
	int fd = open_socket(), err;

	err = bind_to(fd, argv[0], atoi(argv[1]));
	if (!err)
		err = connect_to(fd, argv[2], atoi(argv[3]));
	if (err) {
		fprintf(stderr, "session: %s\n", strerror(-err));
		exit(1);
	}
	return fd;
}

static void wait_for_end(void)
{
	char buf[64];

	fflush(stdout);
	while (read(STDIN_FILENO, buf, sizeof(buf)) > 0)
		;
}

static int ppp(char **argv)
{
	int fd = session(argv), chan = open_ppp(), unit = open_ppp();
	struct npioctl np = { .protocol = PPP_IP, .mode = NPMODE_PASS };
	int index, ifunit = -1;

	if (ioctl_int(fd, PPPIOCGCHAN, &index))
		die("PPPIOCGCHAN");
	if (ioctl_int(chan, PPPIOCATTCHAN, &index))
		die("PPPIOCATTCHAN");
	if (ioctl_int(unit, PPPIOCNEWUNIT, &ifunit))
		die("PPPIOCNEWUNIT");
	if (ioctl_int(chan, PPPIOCCONNECT, &ifunit))
		die("PPPIOCCONNECT");
	if (ioctl(unit, PPPIOCSNPMODE, &np))
		die("PPPIOCSNPMODE");
	printf("ppp%d\n", ifunit);
	wait_for_end();
	return 0;
}

static int hold(char **argv)
{
	printf("%u\n", call_id_of(session(argv)));
	wait_for_end();
	return 0;
}

static size_t from_hex(const char *hex, unsigned char *out, size_t size)
{
	size_t n = 0;
	unsigned int byte;

	for (; n < size && sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		out[n++] = byte;
		if (!hex[1])
			break;
	}
	return n;
}

static int send_frame(char **argv)
{
	unsigned char frame[2048];
	size_t len = from_hex(argv[4], frame, sizeof(frame));

	if (send(session(argv), frame, len, 0) != (ssize_t)len)
		die("send");
	return 0;
}

static int recv_frame(char **argv)
{
	unsigned char want[2048], got[2048];
	size_t len = from_hex(argv[4], want, sizeof(want));
	struct pollfd p = { .fd = session(argv), .events = POLLIN };
	ssize_t n;

	puts("ready");
	fflush(stdout);
	if (poll(&p, 1, 5000) != 1) {
		fprintf(stderr, "nothing came\n");
		return 1;
	}
	n = recv(p.fd, got, sizeof(got), 0);
	if (n < 0)
		die("recv");
	if ((size_t)n != len || memcmp(got, want, len)) {
		fprintf(stderr, "another frame came, of %zd octets\n", n);
		return 1;
	}
	return 0;
}

static const struct command {
	const char *name;
	int args;
	int (*run)(char **argv);
} commands[] = {
	{ "abi", 2, abi },
	{ "ppp", 4, ppp },
	{ "hold", 4, hold },
	{ "send", 5, send_frame },
	{ "recv", 5, recv_frame },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (argc > 1 && !strcmp(argv[1], commands[i].name) && argc - 2 == commands[i].args)
			return commands[i].run(argv + 2);
	fprintf(stderr, "usage: see the head of pptp_sock.c\n");
	return 2;
}
