/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated ("played") kernel for tests. A session is a pair of sockets in memory. What a session
 * sends is received by the session whose call ID is the sender's peer_call_id. Included by one file
 * of a test program.
 */
#ifndef CULVERT_PLAYED_KERNEL_TEST_H
#define CULVERT_PLAYED_KERNEL_TEST_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/session.h"
#include "net/worker.h"

#define MAX_SESSIONS	16

/* A session in the simulated kernel. */
struct kernel_session {
	struct net_session *s;		/* NULL: free */
	int feed;			/* the session receives what is written here */
	bool up;
	bool encrypted;
	bool mppe_required;
	unsigned int shapes;	/* how often net_session_shape() asked for another one */
	unsigned int reset_acks;	/* Reset-Acks that were sent */
	unsigned int echoes;		/* LCP Echo-Requests that were sent */
	bool up_at_ack;			/* @up when the last Ack of CCP or IPCP was sent */
	uint64_t frames;		/* received from the peer */
	unsigned int links;		/* interfaces made for the session so far */
	bool making;			/* an interface, until kernel_make_link() */
	struct net_mppe rx, tx;
	struct net_ip4 ip;
};

static struct kernel_session kernel[MAX_SESSIONS];
static uint16_t last_call_id;
static unsigned int path_mtu = 1500;
static unsigned int idle_s;
static bool data_flows;			/* each read of the counters finds one more data frame */
static unsigned int looks;		/* how often counters were read */
static bool refuse_sessions;
static const char *refuse_link;	/* name of the shared interface that refuses changes */
static char kernel_links[256];	/* log of shared interfaces, a word for each step */
static bool lose_frames;
static uint16_t lose_acks_of;		/* Acks of IPCP of the session with this call ID; 0: none */
static bool links_take_time;		/* links are made by kernel_make_link() */
static int refuse_links;		/* no link can be made: the error; 0: links can be made */
static struct rtnl *kernel_rtnl;	/* for the jobs of net_work() */
static int icmp;		/* what ICMP says of lost frames, an errno; 0: nothing */
static int kernel_events[2];	/* sessions written to [1] lose step */

static inline struct kernel_session *kernel_find(uint16_t call_id)
{
	for (unsigned int i = 0; i < MAX_SESSIONS; i++) {
		if (kernel[i].s && kernel[i].s->addr.call_id == call_id)
			return &kernel[i];
	}
	return NULL;
}

static inline unsigned int kernel_count(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < MAX_SESSIONS; i++)
		n += !!kernel[i].s;
	return n;
}

static void __attribute__((format(printf, 1, 2))) kernel_note_link(const char *fmt, ...)
{
	size_t len = strlen(kernel_links);
	va_list args;

	va_start(args, fmt);
	vsnprintf(kernel_links + len, sizeof(kernel_links) - len, fmt, args);
	va_end(args);
}

static bool fake_link_is_refused(struct net_link *link)
{
	snprintf(link->reason, sizeof(link->reason), "not today");
	return refuse_link && !strcmp(refuse_link, link->name);
}

static int fake_link_open(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link)
{
	link->ifindex = link->mode == NET_LINK_SHARED ? 100 : 0;
	if (link->ifindex)
		kernel_note_link("open %s ", link->name);
	return 0;
}

static void fake_link_close(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link)
{
	kernel_note_link("close %s ", link->name);
}

static int fake_link_address(const struct net_backend *b, struct rtnl *rtnl, struct net_link *link,
			     struct ip_addr local, bool there)
{
	if (there && fake_link_is_refused(link))
		return -EPERM;
	kernel_note_link("%s%s ", there ? "+" : "-", ip_text(local));
	return 0;
}

static int fake_link_mss_clamp(const struct net_backend *b, struct rtnl *rtnl,
			       struct net_link *link, bool on)
{
	if (fake_link_is_refused(link))
		return -EPERM;
	kernel_note_link("clamp %s %d ", link->name, on);
	return 0;
}

static int fake_open(struct net_session *s)
{
	int fds[2];

	if (refuse_sessions) {
		return net_failed(-ENODEV, "PPTP socket", "no such module");
	}
	for (unsigned int i = 0; i < MAX_SESSIONS; i++) {
		struct kernel_session *k = &kernel[i];

		if (k->s)
			continue;
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds))
			return -errno;
		memset(k, 0, sizeof(*k));
		k->s = s;
		k->feed = fds[1];
		s->fd = fds[0];
		if (!s->addr.call_id)
			s->addr.call_id = ++last_call_id;
		s->ifindex = i + 1;
		snprintf(s->ifname, sizeof(s->ifname), "fake%u", i);
		return 0;
	}
	return -ENOSPC;
}

static int fake_send(struct net_session *s, struct iovec *frames, unsigned int n)
{
	struct kernel_session *k = kernel_find(s->addr.peer_call_id);

	for (unsigned int i = 0; i < n; i++) {
		const struct iovec *f = &frames[i];

		if (f->iov_len > 2 && !memcmp(f->iov_base, "\x80\xfd\x0f", 3))
			kernel_find(s->addr.call_id)->reset_acks++;
		if (f->iov_len > 2 && !memcmp(f->iov_base, "\xc0\x21\x09", 3))
			kernel_find(s->addr.call_id)->echoes++;
		if (f->iov_len > 2 && (!memcmp(f->iov_base, "\x80\xfd\x02", 3) ||
				       !memcmp(f->iov_base, "\x80\x21\x02", 3)))
			kernel_find(s->addr.call_id)->up_at_ack =
				kernel_find(s->addr.call_id)->up;
		if (!k || lose_frames)
			continue;
		if (lose_acks_of == s->addr.call_id && !memcmp(f->iov_base, "\x80\x21\x02", 3))
			continue;
		k->frames++;
		assert_int_equal(write(k->feed, f->iov_base, f->iov_len), f->iov_len);
	}
	return 0;
}

static int fake_receive(struct net_session *s, struct iovec *frames, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		ssize_t len = read(s->fd, frames[i].iov_base, frames[i].iov_len);

		if (len <= 0 && i)
			return (int)i;
		if (len < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (len == 0)
			return -ENOTCONN;
		frames[i].iov_len = len;
	}
	return (int)n;
}

static int fake_mppe(struct net_session *s, const struct net_mppe *rx, const struct net_mppe *tx)
{
	struct kernel_session *k = kernel_find(s->addr.call_id);

	if (rx)
		k->rx = *rx;
	if (tx)
		k->tx = *tx;
	k->mppe_required = s->mppe_required;
	return 0;
}

static int fake_mppe_state(struct net_session *s, bool up)
{
	kernel_find(s->addr.call_id)->encrypted = up;
	return 0;
}

static int fake_prepare(struct net_session *s, const struct net_ip4 *ip)
{
	struct kernel_session *k = kernel_find(s->addr.call_id);

	if (refuse_links)
		return net_failed(refuse_links, "link", "not today");
	if (!ip_equal(k->ip.local, ip->local) || !ip_equal(k->ip.remote, ip->remote)) {
		k->links++;
		k->making = links_take_time;
	}
	k->ip = *ip;
	return k->making ? -EINPROGRESS : 0;
}

/* The link that is being made for @k is there, or could not be made. */
static inline void kernel_make_link(struct kernel_session *k, int err)
{
	assert_true(k->making);
	k->making = false;
	if (err)
		net_failed(err, "link", "not today");
	k->s->prepared(k->s, err);
}

static int fake_up(struct net_session *s, const struct net_ip4 *ip)
{
	struct kernel_session *k = kernel_find(s->addr.call_id);

	assert_false(k->making);
	assert_true(ip_equal(k->ip.remote, ip->remote));
	k->up = true;
	k->ip = *ip;
	return 0;
}

static int fake_pause(struct net_session *s)
{
	kernel_find(s->addr.call_id)->up = false;
	return 0;
}

static int fake_icmp(struct net_session *s)
{
	return icmp;
}

/* net_session_shape() has it in s->shape when this has succeeded. */
static int fake_shape(struct net_session *s, const struct net_shape *shape)
{
	kernel_find(s->addr.call_id)->shapes++;
	return 0;
}

static int fake_stats(struct net_session *s, struct net_stats *stats, uint64_t *counters)
{
	struct kernel_session *k = kernel_find(s->addr.call_id);

	if (!k)
		return -ENOENT;
	looks++;
	k->frames += data_flows;
	stats->rx_bytes = 1000;
	stats->rx_packets = k->frames;
	stats->idle_s = idle_s;
	if (counters)
		counters[2] = 4;
	return 0;
}

/* One session at a time. */
static int fake_survey(const struct net_backend *b, net_stats_fn fn, void *ctx)
{
	static unsigned int at;
	const unsigned int i = at++;
	struct net_stats stats = { .rx_bytes = i + 1 };

	if (kernel[i].s)
		fn(ctx, NULL, &kernel[i].s->addr, &stats);
	at %= MAX_SESSIONS;
	return at != 0;
}

static void fake_close(struct net_session *s)
{
	for (unsigned int i = 0; i < MAX_SESSIONS; i++) {
		if (kernel[i].s != s)
			continue;
		close(kernel[i].feed);
		close(s->fd);
		kernel[i].s = NULL;
	}
}

static int fake_path_mtu(const struct net_backend *b, int sock, unsigned int *mtu)
{
	*mtu = path_mtu;
	return 0;
}

static int fake_events_fd(const struct net_backend *b)
{
	return kernel_events[0];
}

static void fake_events(const struct net_backend *b, net_lost_fn lost, void *ctx)
{
	struct net_session_addr name;

	while (read(kernel_events[0], &name, sizeof(name)) == sizeof(name))
		lost(ctx, NULL, &name);
}

static void fake_work(const struct net_backend *b, struct worker_job *job)
{
	job->run(job, kernel_rtnl);
	job->done(job);
}

static const struct net_backend fake_backend = {
	.name = "fake",
	.link_open = fake_link_open,
	.link_close = fake_link_close,
	.link_address = fake_link_address,
	.link_mss_clamp = fake_link_mss_clamp,
	.open = fake_open,
	.send = fake_send,
	.receive = fake_receive,
	.mppe = fake_mppe,
	.mppe_state = fake_mppe_state,
	.prepare = fake_prepare,
	.up = fake_up,
	.pause = fake_pause,
	.icmp = fake_icmp,
	.shape = fake_shape,
	.stats = fake_stats,
	.survey = fake_survey,
	.close = fake_close,
	.path_mtu = fake_path_mtu,
	.events_fd = fake_events_fd,
	.events = fake_events,
	.work = fake_work,
	.work_now = fake_work,
};

/* Return to the initial state. */
static inline void kernel_reset(void)
{
	memset(kernel, 0, sizeof(kernel));
	last_call_id = 0;
	path_mtu = 1500;
	idle_s = 0;
	data_flows = false;
	looks = 0;
	refuse_sessions = false;
	refuse_link = NULL;
	kernel_links[0] = '\0';
	lose_frames = false;
	lose_acks_of = 0;
	links_take_time = false;
	refuse_links = 0;
	kernel_rtnl = NULL;
	icmp = 0;
	assert_int_equal(pipe2(kernel_events, O_NONBLOCK | O_CLOEXEC), 0);
}

/* Check that no session is left. */
static inline void kernel_end(void)
{
	assert_int_equal(kernel_count(), 0);
	close(kernel_events[0]);
	close(kernel_events[1]);
}

#endif
