// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PX_PROTO_PPTP socket of culvert against that of the in-tree module, in one guest: the same steps are taken on
 * both, and every step must have the same outcome (result, error, name of the socket, octets delivered).
 *
 * Left out is what culvert does differently on purpose: call IDs are unique per local address and namespace (in tree:
 * in the whole machine), frames may be sent and received on the socket itself (in tree: never), and connect() fails
 * for a peer to which there is no route (in tree it asks for the route to 0.0.0.0).
 *
 * Both ends of a call are on the loopback device: 127.0.0.1 and 127.0.0.2.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_pppox.h>
#include <linux/ppp-ioctl.h>

#include "kselftest.h"

#define MAX_STEPS	96
#define ONE		"127.0.0.1"
#define OTHER		"127.0.0.2"

struct step {
	const char *what;
	char outcome[96];
};

struct transcript {
	struct step steps[MAX_STEPS];
	unsigned int n;
};

static struct transcript *current;

static void __attribute__((format(printf, 2, 3))) note(const char *what, const char *fmt, ...)
{
	struct step *step = &current->steps[current->n];
	va_list args;

	if (current->n == MAX_STEPS)
		ksft_exit_fail_msg("more steps than there is room for\n");
	current->n++;
	step->what = what;
	va_start(args, fmt);
	vsnprintf(step->outcome, sizeof(step->outcome), fmt, args);
	va_end(args);
}

/* Note the result of a system call; file descriptors and lengths only as "good". */
static int result(const char *what, int value)
{
	if (value < 0)
		note(what, "%s", strerrorname_np(errno));
	else
		note(what, "good");
	return value;
}

static struct sockaddr_pppox name(const char *address, uint16_t call_id)
{
	struct sockaddr_pppox sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_family = AF_PPPOX;
	sa.sa_protocol = PX_PROTO_PPTP;
	sa.sa_addr.pptp.call_id = call_id;
	inet_pton(AF_INET, address, &sa.sa_addr.pptp.sin_addr);
	return sa;
}

static int open_socket(void)
{
	return socket(AF_PPPOX, SOCK_STREAM, PX_PROTO_PPTP);
}

static int bind_to(int fd, const char *address, uint16_t call_id)
{
	struct sockaddr_pppox sa = name(address, call_id);

	return bind(fd, (struct sockaddr *)&sa, sizeof(sa));
}

static int connect_to(int fd, const char *address, uint16_t call_id)
{
	struct sockaddr_pppox sa = name(address, call_id);

	return connect(fd, (struct sockaddr *)&sa, sizeof(sa));
}

/* The socket's name; a call ID that the kernel chose is only told apart from 0. */
static void note_name(const char *what, int fd, bool peer, bool chosen)
{
	struct sockaddr_pppox sa;
	socklen_t len = sizeof(sa);
	char address[INET_ADDRSTRLEN];
	int err;

	memset(&sa, 0xff, sizeof(sa));
	err = peer ? getpeername(fd, (struct sockaddr *)&sa, &len) :
		     getsockname(fd, (struct sockaddr *)&sa, &len);
	if (err) {
		result(what, err);
		return;
	}
	inet_ntop(AF_INET, &sa.sa_addr.pptp.sin_addr, address, sizeof(address));
	note(what, "family %d protocol %u %s call %u length %u", sa.sa_family, sa.sa_protocol, address,
	     chosen ? sa.sa_addr.pptp.call_id != 0 : sa.sa_addr.pptp.call_id, len);
}

static void create(void)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET };
	static const char *const names[] = { "socket of type stream", "socket of type datagram",
					     "socket of type raw", "socket of type seqpacket" };

	for (unsigned int i = 0; i < 4; i++) {
		int fd = result(names[i], socket(AF_PPPOX, types[i], PX_PROTO_PPTP));

		if (fd >= 0)
			close(fd);
	}
}

static void binding(void)
{
	struct sockaddr_pppox sa = name(ONE, 100);
	int fd = open_socket(), second = open_socket();

	note_name("name of an unbound socket", fd, false, false);
	result("bind, name too short", bind(fd, (struct sockaddr *)&sa, sizeof(sa) - 1));
	result("bind, name of a byte", bind(fd, (struct sockaddr *)&sa, 1));
	result("bind", bind_to(fd, ONE, 100));
	note_name("name of a bound socket", fd, false, false);
	note_name("peer name of a bound socket", fd, true, false);
	result("bind again", bind_to(fd, ONE, 101));
	result("bind, call ID taken", bind_to(second, ONE, 100));
	result("bind after that failed", bind_to(second, ONE, 102));
	close(second);
	close(fd);

	fd = open_socket();
	result("bind, call ID free again", bind_to(fd, ONE, 100));
	close(fd);

	fd = open_socket();
	result("bind, highest call ID", bind_to(fd, ONE, 65535));
	close(fd);

	fd = open_socket();
	result("bind, call ID for the kernel to choose", bind_to(fd, ONE, 0));
	note_name("name then", fd, false, true);
	close(fd);

	fd = open_socket();
	sa = name(ONE, 103);
	sa.sa_protocol = PX_PROTO_OE;
	result("bind, other protocol in the name", bind(fd, (struct sockaddr *)&sa, sizeof(sa)));
	close(fd);
}

static void connecting(void)
{
	struct sockaddr_pppox sa = name(OTHER, 201);
	int fd = open_socket(), second = open_socket(), channel;

	result("connect, not bound", connect_to(fd, OTHER, 201));
	result("bind before connect", bind_to(fd, ONE, 200));
	result("connect, name too short", connect(fd, (struct sockaddr *)&sa, sizeof(sa) - 1));
	sa.sa_protocol = PX_PROTO_OE;
	result("connect, other protocol in the name", connect(fd, (struct sockaddr *)&sa, sizeof(sa)));
	result("connect, no address", connect_to(fd, "0.0.0.0", 201));
	result("channel before connect", ioctl(fd, PPPIOCGCHAN, &channel));
	result("connect", connect_to(fd, OTHER, 201));
	note_name("name of a connected socket", fd, false, false);
	note_name("peer name of a connected socket", fd, true, false);
	result("connect again, same peer", connect_to(fd, OTHER, 201));
	result("connect again, other peer", connect_to(fd, OTHER, 202));
	result("bind when connected", bind_to(fd, ONE, 203));
	bind_to(second, ONE, 204);
	result("connect to a call that another socket has", connect_to(second, OTHER, 201));
	result("connect to another call of that peer", connect_to(second, OTHER, 205));
	close(second);
	close(fd);

	fd = open_socket();
	bind_to(fd, ONE, 200);
	result("connect, call free again", connect_to(fd, OTHER, 201));
	close(fd);
}

static void refused_calls(void)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	int fd = open_socket(), pair[2], value = 0;

	bind_to(fd, ONE, 300);
	result("listen", listen(fd, 1));
	result("accept", accept(fd, (struct sockaddr *)&sa, &len));
	result("shutdown", shutdown(fd, SHUT_RDWR));
	result("socketpair", socketpair(AF_PPPOX, SOCK_STREAM, PX_PROTO_PPTP, pair));
	len = sizeof(value);
	result("getsockopt of the protocol", getsockopt(fd, SOL_PPPOL2TP, 1, &value, &len));
	result("setsockopt of the protocol", setsockopt(fd, SOL_PPPOL2TP, 1, &value, sizeof(value)));
	close(fd);
}

static void controls(void)
{
	int fd = open_socket(), value = 0;

	result("GCHAN, not bound", ioctl(fd, PPPIOCGCHAN, &value));
	bind_to(fd, ONE, 400);
	result("GFLAGS before connect", ioctl(fd, PPPIOCGFLAGS, &value));
	connect_to(fd, OTHER, 401);
	result("GFLAGS", ioctl(fd, PPPIOCGFLAGS, &value));
	result("SFLAGS", ioctl(fd, PPPIOCSFLAGS, &value));
	result("GMRU", ioctl(fd, PPPIOCGMRU, &value));
	result("GCHAN, bad pointer", ioctl(fd, PPPIOCGCHAN, (void *)1));
	result("GCHAN", ioctl(fd, PPPIOCGCHAN, &value));
	result("GCHAN again", ioctl(fd, PPPIOCGCHAN, &value));
	result("connect after GCHAN", connect_to(fd, OTHER, 402));
	result("an ioctl of sockets", ioctl(fd, FIONREAD, &value));
	close(fd);
}

/* A connected socket's channel, opened through /dev/ppp as pppd does; -1 after noting why not. */
static int open_channel(const char *what, int fd)
{
	int index, ppp;

	if (ioctl(fd, PPPIOCGCHAN, &index))
		return result(what, -1);
	ppp = open("/dev/ppp", O_RDWR | O_CLOEXEC);
	if (ppp < 0 || ioctl(ppp, PPPIOCATTCHAN, &index)) {
		result(what, -1);
		if (ppp >= 0)
			close(ppp);
		return -1;
	}
	note(what, "good");
	return ppp;
}

/* The flags of the channel as ppp_generic hands them on to the module. */
static void channel_flags(int channel)
{
	int flags = SC_COMP_PROT | SC_COMP_AC;

	result("channel flags set", ioctl(channel, PPPIOCSFLAGS, &flags));
	flags = 0;
	result("channel flags read", ioctl(channel, PPPIOCGFLAGS, &flags));
	note("channel flags kept", "%#x", flags & (SC_COMP_PROT | SC_COMP_AC));
	flags = 0;
	ioctl(channel, PPPIOCSFLAGS, &flags);
	result("an ioctl that the channel does not know", ioctl(channel, PPPIOCXFERUNIT));
}

/* Send a frame into one channel; note what comes out of the other. */
static void pass(const char *what, int from, int to, const uint8_t *frame, size_t len)
{
	struct pollfd ready = { .fd = to, .events = POLLIN };
	uint8_t got[2048];
	unsigned int sum = 0;
	ssize_t n;

	if (write(from, frame, len) < 0) {
		result(what, -1);
		return;
	}
	if (poll(&ready, 1, 2000) != 1) {
		note(what, "nothing came");
		return;
	}
	n = read(to, got, sizeof(got));
	for (ssize_t i = 0; i < n; i++)
		sum = sum * 31 + got[i];
	note(what, "%zd octets, sum %#x", n, sum);
}

static void data(void)
{
	static const uint8_t echo[] = { 0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0 };
	uint8_t large[1400] = { 0xc0, 0x21, 9, 2 };
	int one = open_socket(), other = open_socket(), a, b;

	for (size_t i = 4; i < sizeof(large); i++)
		large[i] = i;
	bind_to(one, ONE, 500);
	bind_to(other, OTHER, 501);
	result("one end connects", connect_to(one, OTHER, 501));
	result("the other end connects", connect_to(other, ONE, 500));
	a = open_channel("one end's channel", one);
	b = open_channel("the other end's channel", other);
	if (a >= 0 && b >= 0) {
		channel_flags(a);
		pass("a frame", a, b, echo, sizeof(echo));
		pass("a frame back", b, a, echo, sizeof(echo));
		pass("a large frame", a, b, large, sizeof(large));
		pass("a frame of the protocol alone", a, b, echo, 2);
		pass("a last frame", b, a, echo, sizeof(echo));
		close(one);
		note("write to the channel of a closed socket", "%s",
		     write(a, echo, sizeof(echo)) < 0 ? strerrorname_np(errno) : "good");
	} else {
		close(one);
	}
	if (a >= 0)
		close(a);
	if (b >= 0)
		close(b);
	close(other);
}

/* What is ours alone. */
static void own(void)
{
	int fd = open_socket(), second = open_socket();
	int err = bind_to(fd, ONE, 600);

	ksft_test_result(!err && connect_to(fd, "198.51.100.1", 601) && errno == EHOSTUNREACH,
			 "ours: connect without a route: EHOSTUNREACH\n");
	ksft_test_result(!bind_to(second, OTHER, 600), "ours: one call ID on two local addresses\n");
	close(second);
	close(fd);
}

static void take(struct transcript *transcript, const char *load)
{
	if (system(load))
		ksft_exit_fail_msg("failed: %s\n", load);
	current = transcript;
	create();
	binding();
	connecting();
	refused_calls();
	controls();
	data();
}

int main(void)
{
	static struct transcript in_tree, ours;

	ksft_print_header();
	take(&in_tree, "{ [ ! -d /sys/module/culvert ] || modprobe -r culvert; } && modprobe pptp");
	take(&ours, "modprobe -r pptp && modprobe culvert");
	ksft_set_plan(in_tree.n + 3);
	for (unsigned int i = 0; i < in_tree.n && i < ours.n; i++) {
		const struct step *want = &in_tree.steps[i], *got = &ours.steps[i];
		bool equal = !strcmp(want->what, got->what) && !strcmp(want->outcome, got->outcome);

		if (!equal)
			ksft_print_msg("in tree: %s: %s; ours: %s: %s\n", want->what, want->outcome,
				       got->what, got->outcome);
		ksft_test_result(equal, "%s: %s\n", want->what, want->outcome);
	}
	ksft_test_result(ours.n == in_tree.n, "the same steps were taken on both\n");
	own();
	ksft_finished();
}
