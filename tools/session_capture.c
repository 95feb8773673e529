// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capture a session: what goes between this host and the peer outside of the tunnel, what goes inside
 * of it, and what the daemon says to the peer, in one file for Wireshark.
 *
 * Packets are taken from the network by sockets of our own (packet(7)), so that the daemon never has
 * them, and whoever captures needs the rights of root. The daemon tells where they pass, and gives the
 * control frames and what happens to the session (org.culvert.Trace).
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "json.h"
#include "pcapng.h"
#include "session.h"
#include "util/bytes.h"
#include "util/ip.h"

#define PPP_LEN		2		/* of the protocol field of PPP, octets */
#define PPP_IPV4	0x0021
#define PPP_IPV6	0x0057
#define SNAPLEN		65535		/* of a packet, octets */
#define HOST		UINT32_MAX	/* mask of one address */
#define INTERFACES	64		/* that packets of the peer pass; others are not captured */
#define PORT		1723
#define GRE		47
#define TCP		6
#define ROOM		(4 << 20)	/* octets that may wait at a socket */
#define AT_ONCE		64		/* packets, before others have their turn */
#define LAST		100000		/* packets that may have waited at the end */

/* Interfaces of the file that are always there, in this order. */
enum {
	FRAMES,				/* PPP frames in the clear */
	EVENTS,				/* what happens to the session */
	FIXED
};

/* An interface of the file that stands for a device that packets outside pass. */
struct device {
	int ifindex;
	uint32_t number;
};

struct capture {
	FILE *file;
	const char *name;		/* of the file */
	uint64_t packets[2];		/* outside, inside */
	int sockets[2];			/* -1: none (yet) */
	struct device devices[INTERFACES];
	unsigned int n_devices;
	int home;			/* the network namespace that we are in */
	int daemons;			/* that of the daemon */
	uint64_t id;			/* of the session */
	int status;
};

enum { OUTSIDE, INSIDE };

static struct capture capture = { .sockets = { -1, -1 } };
static uint8_t block[PPP_LEN + SNAPLEN + PCAPNG_OVERHEAD];
static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	interrupted = 1;
}

/* --- the file ------------------------------------------------------------------------------ */

static void not_written(void)
{
	complain("%s: %s", capture.name, strerror(errno));
	capture.status = STATUS_FAILED;
	interrupted = 1;
}

static void put(size_t len)
{
	if (!capture.status && fwrite(block, 1, len, capture.file) != len)
		not_written();
}

static void put_packet(const struct pcapng_packet *packet)
{
	put(pcapng_packet(block, sizeof(block), packet));
}

static void put_heading(void)
{
	put(pcapng_section(block, sizeof(block), "pppctl " CULVERT_VERSION));
	put(pcapng_interface(block, sizeof(block), PCAPNG_PPP, "ppp",
			     "PPP frames of the session, in the clear"));
	put(pcapng_interface(block, sizeof(block), PCAPNG_TEXT, "session",
			     "what happened to the session"));
}

/* A file has what users send in it: it is for its owner alone. */
static bool open_file(const char *name)
{
	int fd = strcmp(name, "-") ? open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) :
				     dup(STDOUT_FILENO);

	capture.name = name;
	if (fd >= 0 && !isatty(fd))
		capture.file = fdopen(fd, "w");
	if (capture.file)
		return true;
	complain("%s: %s", name, fd >= 0 ? "this is a terminal; name a file" : strerror(errno));
	return false;
}

/* --- packets ------------------------------------------------------------------------------- */

/*
 * Filters of IPv4 packets as a socket of SOCK_DGRAM has them: from their header on. Outside, PPTP of
 * peers whose address is @address under @mask; inside, all of the address, where other sessions use the same interface.
 */
static bool filter_outside(int fd, uint32_t address, uint32_t mask)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 15),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12),		/* the source */
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, address, 3, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),		/* the destination */
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, address, 0, 9),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),		/* the protocol */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, GRE, 6, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TCP, 0, 6),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),		/* behind the header: the ports */
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PORT, 2, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PORT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SNAPLEN),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	return !setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

static bool filter_inside(int fd, uint32_t address)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, address, 2, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, address, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SNAPLEN),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	return !setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

/* Go to the namespace @netns of ip-netns(8), "" being the daemon's. Returns false with errno set. */
static bool enter(const char *netns)
{
	char path[300];
	int fd;
	bool done;

	if (!*netns)
		return !setns(capture.daemons, CLONE_NEWNET);
	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	done = fd >= 0 && !setns(fd, CLONE_NEWNET);
	if (fd >= 0)
		close(fd);
	return done;
}

/*
 * Returns a socket in @netns that has the packets of all devices that filter_outside() lets pass, or -1
 * with errno set; or with a @name those of this device that filter_inside() does, if @address is not 0.
 */
static int open_socket(const char *netns, const char *name, uint32_t address, uint32_t mask)
{
	struct sockaddr_ll from = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	const int on = 1, room = ROOM;
	int fd = -1, err;

	if (enter(netns)) {
		/* Of no protocol at first: nothing comes that the filter has not seen. */
		fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		from.sll_ifindex = name ? (int)if_nametoindex(name) : 0;
	}
	if (fd >= 0 &&
	    ((name && !from.sll_ifindex) || (name && address && !filter_inside(fd, address)) ||
	     (!name && !filter_outside(fd, address, mask)) ||
	     setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on)) ||
	     bind(fd, (struct sockaddr *)&from, sizeof(from)))) {
		err = errno;
		close(fd);
		errno = err;
		fd = -1;
	}
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	err = errno;
	setns(capture.home, CLONE_NEWNET);
	errno = err;
	return fd;
}

static uint32_t address_of(const json_t *where, const char *member)
{
	struct ip_addr address;

	return ip_parse_v4(text_of(where, member), &address) ? ntohl(address.v4.s_addr) : 0;
}

static bool open_outside(const char *netns, uint32_t address, uint32_t mask)
{
	if (capture.sockets[OUTSIDE] >= 0)
		close(capture.sockets[OUTSIDE]);
	capture.sockets[OUTSIDE] = open_socket(netns, NULL, address, mask);
	if (capture.sockets[OUTSIDE] >= 0)
		return true;
	complain("packets cannot be captured: %s", strerror(errno));
	return false;
}

/* The session may have no interface yet; then this is called again when it is up. */
static void open_inside(const json_t *where)
{
	const bool shared = json_is_true(json_object_get(where, "shared"));
	const char *name = text_of(where, "interface");

	if (capture.sockets[INSIDE] >= 0)
		close(capture.sockets[INSIDE]);
	capture.sockets[INSIDE] = -1;
	if (!*name || !address_of(where, "remote_address"))
		return;
	capture.sockets[INSIDE] = open_socket(text_of(where, "netns"), name,
					      shared ? address_of(where, "remote_address") : 0, 0);
	if (capture.sockets[INSIDE] < 0)
		complain("packets on %s are not captured: %s", name, strerror(errno));
}

/* Returns the number of the interface of the file for the device @ifindex; false: there is no room. */
static bool number_of_device(int ifindex, uint32_t *number)
{
	struct ifreq ifr = { .ifr_ifindex = ifindex };

	for (unsigned int i = 0; i < capture.n_devices; i++)
		if (capture.devices[i].ifindex == ifindex) {
			*number = capture.devices[i].number;
			return true;
		}
	if (capture.n_devices == INTERFACES)
		return false;
	if (ioctl(capture.sockets[OUTSIDE], SIOCGIFNAME, &ifr))
		snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%d", ifindex);
	*number = FIXED + capture.n_devices;
	capture.devices[capture.n_devices++] = (struct device){ ifindex, *number };
	put(pcapng_interface(block, sizeof(block), PCAPNG_IP, ifr.ifr_name,
			     "what goes between this host and the peer"));
	return true;
}

static uint64_t time_of(struct msghdr *msg)
{
	struct timeval tv = { 0 };

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMP)
			memcpy(&tv, CMSG_DATA(c), sizeof(tv));
	return (uint64_t)tv.tv_sec * 1000000 + (uint64_t)tv.tv_usec;
}

/* Take one packet. Returns false if there is none now. */
static bool take_packet(unsigned int side)
{
	static uint8_t octets[PPP_LEN + SNAPLEN];
	char control[CMSG_SPACE(sizeof(struct timeval))];
	struct sockaddr_ll from;
	struct iovec iov = { octets + PPP_LEN, SNAPLEN };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(capture.sockets[side], &msg, MSG_TRUNC);
	struct pcapng_packet packet = { .interface = FRAMES };

	if (n < 0)
		return false;
	packet.original = (size_t)n;
	packet.len = (size_t)n < SNAPLEN ? (size_t)n : SNAPLEN;
	packet.data = iov.iov_base;
	packet.time_us = time_of(&msg);
	packet.direction = from.sll_pkttype == PACKET_OUTGOING ? PCAPNG_SENT : PCAPNG_RECEIVED;
	if (side == OUTSIDE && !number_of_device(from.sll_ifindex, &packet.interface))
		return true;
	if (side == INSIDE) {
		put_be16(octets, ntohs(from.sll_protocol) == ETH_P_IPV6 ? PPP_IPV6 : PPP_IPV4);
		packet.data = octets;
		packet.len += PPP_LEN;
		packet.original += PPP_LEN;
	}
	put_packet(&packet);
	capture.packets[side]++;
	return true;
}

/* --- what the daemon tells ------------------------------------------------------------------ */

/* Returns how many octets the hexadecimal @text has; they are at @octets. */
static size_t octets_of(const char *text, uint8_t *octets, size_t size)
{
	size_t n = 0;
	unsigned int octet;

	while (n < size && sscanf(text + 2 * n, "%2x", &octet) == 1)
		octets[n++] = (uint8_t)octet;
	return n;
}

/* A control frame is a packet; what happens is a packet that has nothing but its text. */
static void put_line(const json_t *line)
{
	const char *direction = text_of(line, "direction"), *text = text_of(line, "text");
	uint8_t octets[2048];
	struct pcapng_packet packet = {
		.interface = FRAMES,
		.time_us = number_of(line, "time_us"),
		.direction = !*direction ? PCAPNG_UNKNOWN :
			     strcmp(direction, "sent") ? PCAPNG_RECEIVED : PCAPNG_SENT,
		.data = octets,
		.len = octets_of(text_of(line, "octets"), octets, sizeof(octets)),
		.comment = text,
	};

	/* Control messages are among the packets outside. */
	if (!packet.len && packet.direction)
		return;
	if (!packet.len) {
		packet.interface = EVENTS;
		packet.data = text;
		packet.len = strlen(text);
	}
	packet.original = packet.len;
	put_packet(&packet);
}

static json_t *ask_where(const struct options *options, uint64_t id)
{
	int status;

	return ask(options, (struct call){
		.method = "org.culvert.Trace.Where", .member = "where",
		.parameters = json_pack("{s:I}", "id", (json_int_t)id),
	}, &status);
}

/*
 * The session that was waited for has begun. Packets of others are not captured any more, nor are
 * those in the daemon's network namespace if its own are elsewhere.
 */
static void found(const struct options *options, uint64_t id)
{
	json_t *where = ask_where(options, id);
	const char *netns = text_of(where, "outer_netns");
	const uint32_t peer = address_of(where, "peer");

	capture.id = id;
	if (where && *netns)
		open_outside(netns, peer, HOST);
	else if (where)
		filter_outside(capture.sockets[OUTSIDE], peer, HOST);
	json_decref(where);
}

/* The interface is there once the session is up, and may be another one then. */
static void came(const struct options *options, const json_t *reply)
{
	const json_t *line = json_object_get(reply, "line");
	json_t *where;

	complain_of_lost(reply, "frames");
	if (*text_of(reply, "ended"))
		complain("the session has ended: %s", text_of(reply, "ended"));
	if (!line)
		return;
	put_line(line);
	if (!capture.id && number_of(line, "session"))
		found(options, number_of(line, "session"));
	if (strcmp(text_of(line, "code"), "session.up") &&
	    strcmp(text_of(line, "code"), "session.resumed"))
		return;
	where = ask_where(options, number_of(line, "session"));
	if (where)
		open_inside(where);
	json_decref(where);
}

/* --- the command ---------------------------------------------------------------------------- */

static void take_packets(unsigned int side, unsigned int n)
{
	while (n-- && capture.sockets[side] >= 0 && !capture.status && take_packet(side))
		;
}

/* Returns an exit status. */
static int capture_until_the_end(const struct options *options, FILE *stream)
{
	bool more = true;
	int status = STATUS_OK;

	while (more && !interrupted) {
		struct pollfd fds[] = {
			{ .fd = fileno(stream), .events = POLLIN },
			{ .fd = capture.sockets[OUTSIDE], .events = POLLIN },
			{ .fd = capture.sockets[INSIDE], .events = POLLIN },
		};

		/* Who looks on while it is written sees all that there is so far. */
		if (fflush(capture.file)) {
			not_written();
			break;
		}
		if (poll(fds, 3, -1) < 0)
			continue;
		take_packets(OUTSIDE, AT_ONCE);
		take_packets(INSIDE, AT_ONCE);
		if (fds[0].revents)
			more = follow_one(options, stream, came, &status);
	}
	/* What has come by now belongs to the capture. */
	take_packets(OUTSIDE, LAST);
	take_packets(INSIDE, LAST);
	return interrupted ? STATUS_OK : status;
}

static void say_what_is_there(void)
{
	struct tpacket_stats stats;
	socklen_t len;
	uint64_t lost = 0;

	for (unsigned int side = OUTSIDE; side <= INSIDE; side++) {
		len = sizeof(stats);
		if (capture.sockets[side] >= 0 &&
		    !getsockopt(capture.sockets[side], SOL_PACKET, PACKET_STATISTICS, &stats, &len))
			lost += stats.tp_drops;
	}
	fprintf(stderr, "%ju packets outside of the tunnel, %ju inside, %ju lost\n",
		(uintmax_t)capture.packets[OUTSIDE], (uintmax_t)capture.packets[INSIDE],
		(uintmax_t)lost);
}

/* The first answer names the session, if there is one already. */
static void begun(const struct options *options, const json_t *reply)
{
	capture.id = number_of(reply, "session");
}

/* Returns a file descriptor, or -1 with errno set: the network namespace of the daemon. */
static int daemons_netns(FILE *stream)
{
	struct ucred daemon;
	socklen_t len = sizeof(daemon);
	char path[64];

	if (getsockopt(fileno(stream), SOL_SOCKET, SO_PEERCRED, &daemon, &len))
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)daemon.pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Returns false after complaining. */
static bool prepare(FILE *stream)
{
	capture.home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	capture.daemons = daemons_netns(stream);
	if (capture.home >= 0 && capture.daemons >= 0)
		return true;
	complain("the network namespace of culvertd cannot be entered: %s", strerror(errno));
	return false;
}

/* Open the sockets for the session. Returns false after complaining. */
static bool open_session(const struct options *options)
{
	json_t *where = ask_where(options, capture.id);
	const bool opened = where && open_outside(text_of(where, "outer_netns"),
						  address_of(where, "peer"), HOST);

	if (opened)
		open_inside(where);
	json_decref(where);
	return opened;
}

/* Likewise for the next session of a peer in @from, whose control connection is not there yet. */
static bool open_next(const struct ip_prefix *from)
{
	const uint32_t mask = from->length ? HOST << (32 - from->length) : 0;

	return open_outside("", ntohl(from->address.v4.s_addr) & mask, mask);
}

/* @from: where the peer is whose session is waited for; NULL: it is there. */
static int capture_session(const struct options *options, FILE *stream,
			   const struct ip_prefix *from)
{
	const struct sigaction action = { .sa_handler = interrupt };
	int status = STATUS_FAILED;

	/* What poll(2) does not know of must not wait here. */
	setvbuf(stream, NULL, _IONBF, 0);
	if (!follow_one(options, stream, begun, &status))
		return status;
	if (!prepare(stream) || !(from ? open_next(from) : open_session(options)) ||
	    !open_file(options->write))
		return STATUS_FAILED;
	put_heading();
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	status = capture_until_the_end(options, stream);
	if (fclose(capture.file) && !capture.status)
		not_written();
	say_what_is_there();
	return capture.status ? capture.status : status;
}

static int capture_target(const struct options *options, json_t *target,
			  const struct ip_prefix *from)
{
	FILE *stream;
	int status;

	json_object_set_new(target, "octets", json_true());
	stream = follow_begin(options, (struct call){
		.method = "org.culvert.Trace.Trace", .parameters = target,
	});
	if (!stream)
		return STATUS_ABSENT;
	status = capture_session(options, stream, from);
	fclose(stream);
	return status;
}

static bool is_network(const char *text, struct ip_prefix *network)
{
	struct ip_addr address;

	if (!ip_parse_v4(text, &address))
		return ip_parse_prefix_v4(text, network);
	*network = ip_host(address);
	return true;
}

int cmd_session_capture(const struct options *options, int argc, char **argv)
{
	const bool user = argc == 2 && !strcmp(argv[0], "user");
	const bool next = argc == 2 && !strcmp(argv[0], "next-from");
	struct ip_prefix from;
	uint64_t id = 0;

	if (!user && !next && argc != 1)
		return misused("session capture needs the number of a session, or user and a name, or "
			       "next-from and an address");
	if (!user && !next && !is_session_id(argv[0], &id))
		return no_session_id(argv[0]);
	if (!options->write)
		return misused("session capture needs a file: -w FILE");
	if (next && !is_network(argv[1], &from))
		return misused("next-from needs an address or a network, as 192.0.2.0/24; there is "
			       "\"%s\"", argv[1]);
	if (next)
		return capture_target(options, json_pack("{s:s}", "from", argv[1]), &from);
	return capture_target(options, user ? json_pack("{s:s}", "user", argv[1]) :
					      json_pack("{s:I}", "id", (json_int_t)id), NULL);
}
