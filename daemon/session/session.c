// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/random.h>

#include "session/describe.h"
#include "session/remember.h"
#include "session/session.h"
#include "session/tap.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"
#include "util/timer.h"

/*
 * How often the peer may interrupt user traffic by renegotiation: so many times in a row, then once
 * in so many ms.
 */
#define RENEGOTIATIONS		10
#define RENEGOTIATION_MS	6000

/* How long a user who has expired may stay after the clock of the host was set forward. */
#define EXPIRY_LOOK_MS		60000

static uint64_t realtime_s(void)
{
	return (uint64_t)time(NULL);
}

/* --- events ------------------------------------------------------------------------------ */

static void tell_kind(struct session *s, enum event_type type, const char *user, const char *kind,
		      const char *text)
{
	const struct event event = {
		.type = type,
		.session = s,
		.cause = type == EVENT_DOWN ? s->cause : EVENT_CAUSE_NONE,
		.user = user,
		.text = text,
		.kind = kind,
	};

	events_tell(&s->all->events, &event);
}

static void tell(struct session *s, enum event_type type, const char *text)
{
	tell_kind(s, type, "", "", text);
}

void session_login_refused(struct session *s, const char *user, const char *kind, const char *why)
{
	tell_kind(s, EVENT_REFUSED, user, kind, why);
}

/* A step has ended. What comes again in a session that was up is no step to it. */
static void mark(struct session *s, enum setup_step step)
{
	if (!s->record.up_s)
		s->steps.ended[step] = steps_mark();
}

/* Returns the cause to report for an end of the link that this side did not ask for. */
static enum event_cause cause_of(enum ppp_reason reason)
{
	switch (reason) {
	case PPP_REASON_PEER_CLOSED:
		return EVENT_CAUSE_USER_REQUEST;
	case PPP_REASON_LOWER_DOWN:
	case PPP_REASON_NO_ANSWER:
	case PPP_REASON_UNHEARD:
	case PPP_REASON_ECHO_TIMEOUT:
		return EVENT_CAUSE_LOST_CARRIER;
	case PPP_REASON_AUTH_PEER_REFUSED:
	case PPP_REASON_AUTH_PEER_FAILED:
	case PPP_REASON_AUTH_WE_FAILED:
	case PPP_REASON_AUTH_WE_CANNOT:
	case PPP_REASON_AUTH_PEER_UNPROVEN:
	case PPP_REASON_AUTH_TIMEOUT:
		return EVENT_CAUSE_LOGIN_FAILED;
	case PPP_REASON_LOCAL:
		return EVENT_CAUSE_NAS_REQUEST;
	case PPP_REASON_NO_MEMORY:
		return EVENT_CAUSE_NAS_ERROR;
	default:
		return EVENT_CAUSE_USER_ERROR;
	}
}

/* End the link. Only the first cause is kept. */
static void close_link(struct session *s, enum event_cause cause, const char *text)
{
	if (!s->cause)
		s->cause = cause;
	ppp_link_close(&s->link, PPP_REASON_LOCAL, text, uv_now(s->loop));
}

/* --- limits ------------------------------------------------------------------------------ */

/* Returns what counts for the session if @grant is granted to it. */
static struct policy policy_by(const struct session *s, const struct auth_grant *grant)
{
	struct policy policy = {
		.given = POLICY_BIT(POLICY_IDLE_TIMEOUT) | POLICY_BIT(POLICY_SESSION_TIMEOUT),
		.idle_timeout_s = s->config.idle_timeout_s,
		.session_timeout_s = s->config.session_timeout_s,
	};

	if (s->ops->policy)
		return s->ops->policy(s, grant);
	policy_add_grant(&policy, grant);
	return policy;
}

/* The session may last from now on as long as its limit says, if it does not end before. */
static void limit_session(struct session *s)
{
	uint64_t limit = s->policy.session_timeout_s;

	if (limit)
		s->end_at = earlier(s->end_at, uv_now(s->loop) + limit * 1000);
	s->expiry_check = s->policy.expires_s ? uv_now(s->loop) : NEVER;
}

/* --- frames to the peer ----------------------------------------------------------------- */

/* Frames of one session, sent together when the call into its link has returned. */
static struct outbox {
	struct session *of;
	unsigned int n;
	struct iovec frames[NET_FRAMES];
	uint8_t octets[NET_FRAMES][PPP_FRAME_MAX];
} outbox;

static void send_waiting(void)
{
	unsigned int n = outbox.n;

	outbox.n = 0;
	/* A lost frame is repeated by the automaton of PPP, so nothing is done here. */
	if (n && net_session_send(&outbox.of->net, outbox.frames, n))
		log_of(outbox.of, log_debug("session %llu: %s",
					    (unsigned long long)outbox.of->record.id, net_reason()));
}

static void link_send(struct ppp_link *link, const uint8_t *frame, size_t len)
{
	struct session *s = link->owner;
	struct iovec *next;

	if (s->over)
		return;
	history_frame(s->history, true, frame, len, uv_now(s->loop));
	tap_frame(s, true, frame, len);
	if (outbox.of != s || outbox.n == NET_FRAMES)
		send_waiting();
	outbox.of = s;
	next = &outbox.frames[outbox.n];
	next->iov_base = memcpy(outbox.octets[outbox.n], frame, len);
	next->iov_len = len;
	outbox.n++;
}

/* --- the clock -------------------------------------------------------------------------- */

static void timer_cb(uv_timer_t *timer);

/*
 * To be called after each call into the link: the link may have frames to send, or a new deadline.
 */
static void arm(struct session *s)
{
	send_waiting();
	if (!s->over)
		timer_arm(&s->timer, timer_cb,
			  earlier(ppp_link_deadline(&s->link),
				  earlier(s->idle_check, earlier(s->expiry_check, s->end_at))));
}

static void check_idle(struct session *s, uint64_t now)
{
	uint64_t limit = s->policy.idle_timeout_s;

	session_read_stats(s);
	if (!limit) {
		s->idle_check = NEVER;
	} else if (s->record.stats.idle_s >= limit) {
		s->idle_check = NEVER;
		close_link(s, EVENT_CAUSE_IDLE_TIMEOUT, "idle for too long");
	} else {
		s->idle_check = now + (limit - s->record.stats.idle_s) * 1000;
	}
}

/* The clock of the host may be set at any time, so it is looked at again and again. */
static void check_expiry(struct session *s, uint64_t now)
{
	const uint64_t expires_s = s->policy.expires_s, clock_s = realtime_s();

	if (clock_s >= expires_s) {
		s->expiry_check = NEVER;
		close_link(s, EVENT_CAUSE_SESSION_TIMEOUT, "the user has expired");
	} else {
		s->expiry_check = now + earlier((expires_s - clock_s) * 1000, EXPIRY_LOOK_MS);
	}
}

static void timer_cb(uv_timer_t *timer)
{
	CALLBACK("session: clock");
	struct session *s = container_of(timer, struct session, timer);
	uint64_t now = uv_now(s->loop);

	if (now >= s->end_at) {
		s->end_at = NEVER;
		close_link(s, EVENT_CAUSE_SESSION_TIMEOUT, "session time is over");
	} else if (now >= s->expiry_check) {
		check_expiry(s, now);
	} else if (now >= s->idle_check) {
		check_idle(s, now);
	}
	ppp_link_tick(&s->link, now);
	arm(s);
}

/* --- operations of the link ------------------------------------------------------------- */

/*
 * A login takes twenty octets of random numbers, so octets for a dozen logins are drawn at once.
 * Each octet is used once.
 */
static struct {
	uint8_t octets[256];		/* getrandom() gives so few all at once, or none */
	size_t left;			/* how many are not used yet */
} randoms;

static void draw_randoms(void)
{
	ssize_t n;

	do {
		n = getrandom(randoms.octets, sizeof(randoms.octets), 0);
	} while (n < 0 && errno == EINTR);
	if (n != sizeof(randoms.octets)) {
		/* With predictable challenges anybody could log in. */
		log_error("no random numbers: %s", strerror(errno));
		abort();
	}
	randoms.left = n;
}

static void link_random(struct ppp_link *link, void *buf, size_t len)
{
	uint8_t *p = buf;

	while (len--) {
		if (!randoms.left)
			draw_randoms();
		*p++ = randoms.octets[--randoms.left];
		randoms.octets[randoms.left] = 0;
	}
}

/* The kernel counts all frames; of control frames some may still wait at the socket. */
static uint64_t link_data_frames(struct ppp_link *link)
{
	struct session *s = link->owner;

	session_read_stats(s);
	return s->record.stats.rx_packets - s->heard;
}

/* The kernel did not do what it was asked to do: end the link, which cannot work. */
static void kernel_refused(struct session *s)
{
	log_of(s, log_limited("kernel", uv_now(s->loop), LOG_LEVEL_ERROR, "session %llu: %s",
			      (unsigned long long)s->record.id, net_reason()));
	close_link(s, EVENT_CAUSE_NAS_ERROR, net_reason());
}

static void set_key(struct session *s, const struct ppp_event *event, bool rx)
{
	struct net_mppe mppe = { .bits = event->mppe.bits, .stateless = event->mppe.stateless };
	int err;

	memcpy(mppe.key, event->mppe.key, sizeof(mppe.key));
	err = rx ? net_session_mppe(&s->net, &mppe, NULL) : net_session_mppe(&s->net, NULL, &mppe);
	explicit_bzero(&mppe, sizeof(mppe));
	if (err)
		kernel_refused(s);
}

/*
 * Returns the largest IP packet that fits the path, the peer's MRU and the configuration. @mppe:
 * packets are or will be encrypted.
 */
static unsigned int link_mtu(const struct session *s, const struct ppp_state *state, bool mppe)
{
	unsigned int room = s->record.path_mtu - SESSION_OUTER_OVERHEAD;
	unsigned int mtu = state->peer_mru < room ? state->peer_mru : room;

	if (mppe)
		mtu -= SESSION_MPPE_OVERHEAD;
	if (s->config.mtu && s->config.mtu < mtu)
		mtu = s->config.mtu;
	return mtu;
}

static void note_interface(struct session *s)
{
	memcpy(s->record.ifname, s->net.ifname, sizeof(s->record.ifname));
	memcpy(s->record.vrf, s->net.vrf, sizeof(s->record.vrf));
	s->record.table = s->net.table;
	s->record.ifindex = s->net.ifindex;
	registry_set(&s->all->registry, s, REGISTRY_INTERFACE);
}

static void traffic_flows(struct session *s, uint64_t now)
{
	bool again = s->record.up_s;

	mark(s, SETUP_NETWORK);
	if (!again) {
		s->record.up_s = realtime_s();
		s->up_at = now;
		limit_session(s);
	}
	if (s->ops->up)
		s->ops->up(s);
	tell(s, again ? EVENT_RESUMED : EVENT_UP, "");
}

/* --- the link of the session ------------------------------------------------------------ */

static void let_traffic_flow(struct session *s)
{
	struct session_record *r = &s->record;
	uint64_t now = uv_now(s->loop);

	if (net_session_up(&s->net, &r->ip4)) {
		kernel_refused(s);
		return;
	}
	r->up = true;
	s->ready = false;
	note_interface(s);
	if (s->policy.idle_timeout_s)
		s->idle_check = now + s->policy.idle_timeout_s * 1000ull;
	traffic_flows(s, now);
}

static void free_verdict(struct ppp_auth_verdict *verdict)
{
	if (!verdict)
		return;
	explicit_bzero(verdict, sizeof(*verdict));
	free(verdict);
}

static void drop_verdict(struct session *s)
{
	free_verdict(s->verdict);
	s->verdict = NULL;
}

static void give_verdict(struct session *s, const struct ppp_auth_verdict *verdict)
{
	ppp_link_auth_verdict(&s->link, verdict, uv_now(s->loop));
}

/* The link is made: go on with what waits for it. */
static void go_on(struct session *s)
{
	struct ppp_auth_verdict *verdict = s->verdict;

	/* An event that the verdict causes may drop what waits. */
	s->verdict = NULL;
	if (verdict)
		give_verdict(s, verdict);
	free_verdict(verdict);
	if (s->rising) {
		s->rising = false;
		let_traffic_flow(s);
	}
}

/* The link cannot be made: nobody is let in, and the owner says why. */
static void refuse_verdict(struct session *s)
{
	drop_verdict(s);
	s->ops->not_made(s);
}

static void link_prepared(struct net_session *net, int err)
{
	struct session *s = container_of(net, struct session, net);

	if (s->over)
		return;
	if (!err)
		go_on(s);
	else if (s->verdict && s->ops->not_made)
		refuse_verdict(s);
	else
		kernel_refused(s);
	arm(s);
}

/*
 * Make the link for the addresses in @ip4. Returns 0 if it is there; -EINPROGRESS if
 * link_prepared() follows. With any other error the session ends.
 */
static int make_link(struct session *s, const struct net_ip4 *ip4)
{
	int err = net_session_prepare(&s->net, ip4, link_prepared);

	if (err && err != -EINPROGRESS)
		kernel_refused(s);
	return err;
}

/* Returns how packets travel between the addresses in @ipv4. @mppe: they are encrypted. */
static struct net_ip4 ip4_of(const struct session *s, const struct ppp_ipv4 *ipv4, bool mppe)
{
	const struct ppp_state *state = ppp_link_state(&s->link);

	return (struct net_ip4){
		.local = ip_from_v4(ipv4->local),
		.remote = ip_from_v4(ipv4->remote),
		.mtu = link_mtu(s, state, mppe),
		.acfc = state->peer_acfc,
		.pfc = state->peer_pfc,
		.window = s->config.sliding_window ? s->peer_window : 0,
	};
}

static void ipv4_up(struct session *s, const struct ppp_ipv4 *ipv4)
{
	struct session_record *r = &s->record;
	int err;

	r->ip4 = ip4_of(s, ipv4, ppp_link_state(&s->link)->open & PPP_OPEN_CCP);
	err = make_link(s, &r->ip4);
	s->rising = err == -EINPROGRESS;
	if (!err)
		let_traffic_flow(s);
}

/*
 * The peer may send as soon as it has the Ack that waits in the outbox: let its packets pass, if
 * the link is there to take them. The session is not up before the peer's own Ack is here.
 */
static void ipv4_ready(struct session *s, const struct ppp_ipv4 *ipv4, bool mppe)
{
	const struct net_ip4 ip4 = ip4_of(s, ipv4, mppe);

	if (make_link(s, &ip4))
		return;
	s->ready = true;
	if ((mppe && net_session_mppe_state(&s->net, true)) || net_session_up(&s->net, &ip4))
		kernel_refused(s);
}

/* Returns what a link is made of before it is known whether packets are encrypted. */
static struct net_ip4 early_ip4(const struct session *s, const struct ppp_ipv4 *ipv4)
{
	return (struct net_ip4){
		.local = ip_from_v4(ipv4->local),
		.remote = ip_from_v4(ipv4->remote),
		.mtu = link_mtu(s, ppp_link_state(&s->link), s->config.ppp.mppe != PPP_MPPE_OFF),
	};
}

/* The user is known, and so are the addresses: make the link before the peer hears of it. */
static int make_link_for(struct session *s, const struct ppp_ipv4 *ipv4)
{
	const struct net_ip4 ip4 = early_ip4(s, ipv4);

	return make_link(s, &ip4);
}

static void keep_verdict(struct session *s, const struct ppp_auth_verdict *verdict)
{
	drop_verdict(s);
	s->verdict = malloc(sizeof(*s->verdict));
	if (s->verdict)
		*s->verdict = *verdict;
	else
		close_link(s, EVENT_CAUSE_NAS_ERROR, "out of memory");
}

/*
 * A peer may renegotiate whenever it likes (RFC 1661 section 4.3). So may an attacker who sends in
 * the peer's name, since LCP and IPCP are not encrypted. Renegotiation costs us little, but not
 * nothing.
 */
static bool may_renegotiate(struct session *s)
{
	uint64_t now = uv_now(s->loop);
	uint64_t earned = (now - s->earned_at) / RENEGOTIATION_MS;

	s->earned_at += earned * RENEGOTIATION_MS;
	s->renegotiations = earned < s->renegotiations ? s->renegotiations - earned : 0;
	return s->renegotiations++ < RENEGOTIATIONS;
}

/* Let nothing pass. Returns false if that failed, which ends the session. */
static bool pause_traffic(struct session *s)
{
	int err = s->lost ? 0 : net_session_pause(&s->net);

	if (!err || err == -ENOENT)
		return true;
	kernel_refused(s);
	return false;
}

static void ipv4_down(struct session *s)
{
	s->rising = false;
	if (s->ready)
		pause_traffic(s);
	s->ready = false;
	if (!s->record.up)
		return;
	s->record.up = false;
	if (pause_traffic(s) && !s->lost && !may_renegotiate(s))
		close_link(s, EVENT_CAUSE_USER_ERROR, "the peer renegotiates without end");
	s->idle_check = NEVER;
	if (s->ops->paused)
		s->ops->paused(s);
	tell(s, EVENT_PAUSED, "");
}

static void reach(struct session *s, enum ppp_phase phase)
{
	if (phase > s->reached)
		s->reached = phase;
}

static void unwatch(struct session *s)
{
	if (s->watched)
		poller_remove(&s->all->frames, s->net.fd);
	s->watched = false;
}

static void tell_owner(struct later *later)
{
	struct session *s = container_of(later, struct session, later);
	char *text = s->end_text;
	const struct ppp_end end = {
		.reason = s->end_reason,
		.error = s->end_error,
		.text = text ? text : ppp_reason_text(s->end_reason),
	};

	s->end_text = NULL;
	remember_counters(s);
	if (s->ops->down)
		s->ops->down(s, &end);
	free(text);
}

/* Returns @text; in a copy in @room with what ICMP says of our packets, if it says anything. */
static const char *with_evidence(struct session *s, const char *text, char room[SESSION_END_SIZE])
{
	int icmp = net_session_icmp(&s->net);

	if (!icmp)
		return text;
	snprintf(room, SESSION_END_SIZE, "%s (ICMP says of our packets: %s)", text, strerror(icmp));
	return room;
}

static bool is_of_the_wire(enum ppp_reason reason)
{
	return reason == PPP_REASON_NO_ANSWER || reason == PPP_REASON_UNHEARD ||
	       reason == PPP_REASON_ECHO_TIMEOUT;
}

/*
 * Returns true if the link has a reason to end but is not down yet, as when the peer has ended it
 * by LCP: a peer that then closes its connection ends nothing by that.
 */
static bool ends_already(const struct session *s)
{
	return s->has_link && ppp_link_reason(&s->link);
}

const char *session_ending(const struct session *s)
{
	if (s->over)
		return s->end_text;
	return ends_already(s) ? ppp_link_reason_text(&s->link) : NULL;
}

const char *session_wire(struct session *s)
{
	bool ends = !s->has_link || s->over || ends_already(s);
	enum ppp_reason wire = ends ? PPP_REASON_NONE : ppp_link_wire(&s->link);
	static char room[SESSION_END_SIZE];

	return wire ? with_evidence(s, ppp_reason_text(wire), room) : NULL;
}

/*
 * The owner removes everything, which takes time. A server may have thousands of calls that end at
 * once, so its sessions wait in the line of ends. A client has few, and must know why the session
 * ended before its call ends.
 */
static void is_down(struct session *s, enum ppp_reason reason, uint16_t error, const char *text)
{
	char room[SESSION_END_SIZE];

	s->over = true;
	s->end_reason = reason;
	s->end_error = error;
	s->end_text = strdup(is_of_the_wire(reason) ? with_evidence(s, text, room) : text);
	if (!s->cause)
		s->cause = cause_of(reason);
	uv_timer_stop(&s->timer);
	unwatch(s);
	s->later.turn = tell_owner;
	if (s->record.role == SESSION_OF_SERVER)
		later_add(&s->all->ends, &s->later);
	else
		tell_owner(&s->later);
}

static void link_event(struct ppp_link *link, const struct ppp_event *event)
{
	struct session *s = link->owner;

	if (s->over)
		return;
	s->record.ppp = *ppp_link_state(link);
	s->opened |= s->record.ppp.open;
	switch (event->type) {
	case PPP_EVENT_AUTH_REQUEST:
		if (s->ops->authenticate)
			s->ops->authenticate(s, event->auth);
		break;
	case PPP_EVENT_AUTH_CANCELLED:
		drop_verdict(s);
		if (s->ops->auth_cancelled)
			s->ops->auth_cancelled(s);
		break;
	case PPP_EVENT_MPPE_RX:
		set_key(s, event, true);
		break;
	case PPP_EVENT_MPPE_TX:
		set_key(s, event, false);
		break;
	case PPP_EVENT_CCP_UP:
		if (net_session_mppe_state(&s->net, true))
			kernel_refused(s);
		break;
	case PPP_EVENT_CCP_DOWN:
		if (net_session_mppe_state(&s->net, false))
			kernel_refused(s);
		break;
	case PPP_EVENT_IPV4_UP:
		ipv4_up(s, event->ipv4);
		break;
	case PPP_EVENT_IPV4_DOWN:
		ipv4_down(s);
		break;
	case PPP_EVENT_IPV4_READY:
		ipv4_ready(s, event->ready.ipv4, event->ready.encrypted);
		break;
	case PPP_EVENT_PEER_ERROR:
	case PPP_EVENT_UNTIMELY:
		if (event->type == PPP_EVENT_PEER_ERROR)
			history_add(s->history, HISTORY_NOTE, uv_now(s->loop), "%s", event->text);
		if (s->ops->note)
			s->ops->note(s, event->type == PPP_EVENT_PEER_ERROR, event->text);
		break;
	case PPP_EVENT_DOWN:
		is_down(s, event->down.reason, event->down.error, event->down.text);
		break;
	case PPP_EVENT_LCP_UP:
		reach(s, PPP_PHASE_AUTHENTICATE);
		mark(s, SETUP_LCP);
		break;
	case PPP_EVENT_AUTHENTICATED:
		reach(s, PPP_PHASE_NETWORK);
		mark(s, SETUP_AUTH);
		tell(s, EVENT_AUTHENTICATED, "");
		break;
	case PPP_EVENT_IPV6_UP:
	case PPP_EVENT_IPV6_DOWN:
	case PPP_EVENT_IDENTIFICATION:
		break;
	}
}

/*
 * The link for the address that the peer had is removed at once, since another session may get that
 * address from now on. If the new link cannot be begun, ipv4_ready() or ipv4_up() tries that again,
 * and ends the session.
 */
static bool link_choose_address(struct ppp_link *link, const struct ppp_ipv4 *ipv4)
{
	struct session *s = link->owner;
	struct net_ip4 ip4;

	if (s->over || !s->ops->choose_address ||
	    !s->ops->choose_address(s, ip_from_v4(ipv4->remote)))
		return false;
	ip4 = early_ip4(s, ipv4);
	net_session_prepare(&s->net, &ip4, link_prepared);
	return true;
}

static const struct ppp_link_ops link_ops = {
	.send = link_send,
	.event = link_event,
	.random = link_random,
	.data_frames = link_data_frames,
	.choose_address = link_choose_address,
};

/* --- frames from the kernel ------------------------------------------------------------- */

static void read_frames(struct session *s)
{
	static uint8_t octets[NET_FRAMES][PPP_FRAME_MAX];
	struct iovec frames[NET_FRAMES];
	int n;

	if (s->over)
		return;
	for (unsigned int i = 0; i < NET_FRAMES; i++)
		frames[i] = (struct iovec){ octets[i], sizeof(octets[i]) };
	n = net_session_receive(&s->net, frames, NET_FRAMES);
	if (n < 0)
		session_lost(s);
	if (n > 0)
		s->heard += n;
	for (int i = 0; i < n && !s->over; i++) {
		history_frame(s->history, false, frames[i].iov_base, frames[i].iov_len,
			      uv_now(s->loop));
		tap_frame(s, false, frames[i].iov_base, frames[i].iov_len);
		ppp_link_input(&s->link, frames[i].iov_base, frames[i].iov_len, uv_now(s->loop));
	}
	arm(s);
}

/* When time is up, the remaining sockets are reported again in the next iteration of the loop. */
static void ready(struct polled *polled, uint32_t events)
{
	if (callback_has_time())
		read_frames(container_of(polled, struct session, polled));
}

static int watch(struct session *s)
{
	int err;

	s->polled.ready = ready;
	err = poller_add(&s->all->frames, s->net.fd, &s->polled, EPOLLIN);
	s->watched = !err;
	return err ? net_failed(err, "PPTP socket", strerror(-err)) : 0;
}

/* --- life ------------------------------------------------------------------------------- */

void session_init(struct session *s, struct sessions *all, enum session_role role,
		  const char *owner_name, const struct session_config *config,
		  const struct session_ops *ops, void *owner)
{
	memset(s, 0, sizeof(*s));
	s->record.version = SESSION_RECORD_VERSION;
	s->record.role = role;
	snprintf(s->record.owner, sizeof(s->record.owner), "%s", owner_name);
	s->record.user = "";
	s->record.opened_s = realtime_s();
	s->all = all;
	s->loop = all->loop;
	s->config = *config;
	s->ops = ops;
	s->owner = owner;
	s->idle_check = NEVER;
	s->expiry_check = NEVER;
	s->end_at = NEVER;
	s->policy = policy_by(s, NULL);
	registry_add(&all->registry, s);
	uv_timer_init(s->loop, &s->timer);
}

void session_set_outer(struct session *s, struct ip_addr local, struct ip_addr remote)
{
	s->record.addr.local = local;
	s->record.addr.remote = remote;
	registry_set(&s->all->registry, s, REGISTRY_OUTER);
}

int session_set_user(struct session *s, const char *user)
{
	char *copy = strdup(user);

	if (!copy)
		return net_failed(-ENOMEM, "user", strerror(ENOMEM));
	free(s->user);
	s->user = copy;
	s->record.user = copy;
	registry_set(&s->all->registry, s, REGISTRY_USER);
	return 0;
}

bool session_is_of(const struct session *s, const char *user)
{
	return s->config.fold_case ? !strcasecmp(s->record.user, user) :
				     !strcmp(s->record.user, user);
}

/* Let the kernel know what counts of the policy there. */
static void shape_traffic(struct session *s)
{
	const struct policy *policy = &s->policy;
	const struct net_shape shape = {
		.rx_rate = policy->rate_up,
		.tx_rate = policy->rate_down,
		.rx_burst = policy->burst_up,
		.tx_burst = policy->burst_down,
		.mark = policy->mark,
		.priority = policy->priority,
	};

	if (!s->over && !s->lost && net_session_shape(&s->net, &shape))
		kernel_refused(s);
}

void session_set_grant(struct session *s, enum auth_source source, struct auth_grant *grant)
{
	struct auth_grant *old = s->grant;

	s->source = source;
	s->grant = grant_get(grant);
	s->policy = policy_by(s, grant);
	s->config.ppp.rechallenge_ms = s->policy.rechallenge_s * 1000;
	grant_put(old);
	shape_traffic(s);
	if (!s->record.up_s || s->over)
		return;
	limit_session(s);
	arm(s);
}

void session_set_mppe(struct session *s, enum ppp_mppe_policy policy, uint8_t bits)
{
	const bool required = policy == PPP_MPPE_REQUIRED;

	if (s->over)
		return;
	s->config.ppp.mppe = policy;
	s->config.ppp.mppe_bits = bits;
	if (s->net.mppe_required != required && net_session_require_mppe(&s->net, required))
		kernel_refused(s);
}

/* Returns when a session that was up has to end, if its limit is @limit_s from the beginning on. */
static uint64_t end_by(const struct session *s, uint64_t limit_s)
{
	return limit_s ? s->up_at + limit_s * 1000 : NEVER;
}

bool session_fits(const struct session *s, const struct auth_grant *grant)
{
	uint64_t limit = policy_by(s, grant).session_timeout_s;

	return !s->record.up_s || limit == s->policy.session_timeout_s ||
	       uv_now(s->loop) < end_by(s, limit);
}

void session_change_grant(struct session *s, struct auth_grant *grant)
{
	const struct policy before = s->policy;
	struct auth_grant *old = s->grant;

	if (s->over)
		return;
	s->grant = grant_get(grant);
	s->policy = policy_by(s, grant);
	grant_put(old);
	shape_traffic(s);
	tell(s, EVENT_CHANGED, "");
	if (s->record.up_s && s->policy.session_timeout_s != before.session_timeout_s)
		s->end_at = end_by(s, s->policy.session_timeout_s);
	if (s->record.up_s && s->policy.expires_s != before.expires_s)
		s->expiry_check = s->policy.expires_s ? uv_now(s->loop) : NEVER;
	if (s->record.up && s->policy.idle_timeout_s != before.idle_timeout_s)
		check_idle(s, uv_now(s->loop));
	arm(s);
}

void session_set_window(struct session *s, uint16_t window)
{
	s->peer_window = window;
}

void session_want_interface(struct session *s, const struct net_interface *wanted)
{
	net_session_want(&s->net, wanted);
}

bool session_claim_inner(struct session *s, struct place place, struct ip_addr inner)
{
	return registry_claim_inner(&s->all->registry, s, place, inner);
}

int session_reserve(struct session *s, struct ip_addr local)
{
	int err = net_session_reserve(&s->net, s->all->backend, local);

	s->record.addr = s->net.addr;
	return err;
}

int session_open(struct session *s, const struct net_session_addr *addr, int sock)
{
	unsigned int mtu;
	int err;

	err = net_session_open(&s->net, s->all->backend, s->config.link, &s->config.outer, addr,
			       s->config.ppp.mppe == PPP_MPPE_REQUIRED);
	if (err)
		return err;
	s->record.addr = s->net.addr;
	registry_set(&s->all->registry, s, REGISTRY_CALL);
	registry_set(&s->all->registry, s, REGISTRY_PEER_CALL);
	registry_set(&s->all->registry, s, REGISTRY_OUTER);
	note_interface(s);

	if (net_path_mtu(s->all->backend, sock, &mtu) || mtu > PPP_MRU_DEFAULT)
		mtu = PPP_MRU_DEFAULT;
	if (mtu < PPP_MRU_MIN + SESSION_OUTER_OVERHEAD + SESSION_MPPE_OVERHEAD)
		mtu = PPP_MRU_MIN + SESSION_OUTER_OVERHEAD + SESSION_MPPE_OVERHEAD;
	s->record.path_mtu = mtu;
	s->config.ppp.mru = mtu - SESSION_OUTER_OVERHEAD;
	if (s->config.mtu && s->config.mtu + SESSION_MPPE_OVERHEAD < s->config.ppp.mru)
		s->config.ppp.mru = s->config.mtu + SESSION_MPPE_OVERHEAD;
	if (s->config.mru && s->config.mru < s->config.ppp.mru)
		s->config.ppp.mru = s->config.mru;
	ppp_link_init(&s->link, &s->config.ppp, &link_ops, s);
	s->has_link = true;
	return watch(s);
}

void session_set_credentials(struct session *s, const char *user, const char *password)
{
	ppp_link_set_credentials(&s->link, user, password);
}

void session_set_ipv4(struct session *s, const struct ppp_ipv4 *ipv4)
{
	ppp_link_set_ipv4(&s->link, ipv4);
}

void session_start(struct session *s)
{
	if (s->over)
		return;
	s->started = true;
	mark(s, SETUP_CALL);
	tell(s, EVENT_STARTING, "");
	ppp_link_open(&s->link, uv_now(s->loop));
	arm(s);
}

void session_verdict(struct session *s, const struct ppp_auth_verdict *verdict,
		     const struct ppp_ipv4 *ipv4)
{
	int err = 0;

	if (s->over)
		return;
	if (ipv4) {
		ppp_link_set_ipv4(&s->link, ipv4);
		err = make_link_for(s, ipv4);
	}
	if (!err)
		give_verdict(s, verdict);
	else if (err == -EINPROGRESS)
		keep_verdict(s, verdict);
	arm(s);
}

void session_close(struct session *s, enum event_cause cause, const char *text)
{
	if (s->over)
		return;
	if (s->has_link) {
		close_link(s, cause, text);
		arm(s);
	} else {
		s->cause = cause;
		is_down(s, PPP_REASON_LOCAL, 0, text);
	}
}

void session_lost(struct session *s)
{
	if (s->over)
		return;
	s->lost = true;
	if (!s->has_link)
		is_down(s, PPP_REASON_LOWER_DOWN, 0, ppp_reason_text(PPP_REASON_LOWER_DOWN));
	else
		ppp_link_lower_down(&s->link, uv_now(s->loop));
}

void session_mppe_lost(struct session *s)
{
	if (s->over)
		return;
	ppp_link_mppe_lost(&s->link, uv_now(s->loop));
	arm(s);
}

void session_probe(struct session *s)
{
	if (s->over || !s->started)
		return;
	ppp_link_probe(&s->link, uv_now(s->loop));
	arm(s);
}

uint64_t session_signs(struct session *s)
{
	session_read_stats(s);
	return s->heard + s->record.stats.rx_packets;
}

bool session_is_in(const struct session *s)
{
	return s->record.role == SESSION_OF_SERVER && s->reached >= PPP_PHASE_NETWORK && !s->over;
}

bool session_is_over(const struct session *s)
{
	return s->over;
}

void session_take_stats(struct session *s, const struct net_stats *stats)
{
	s->record.stats = *stats;
	if (s->record.up_s)
		rate_read(&s->rate, uv_now(s->loop), s->up_at, stats);
}

/* When the session is gone in the kernel, the counters of the last read are good enough. */
void session_read_stats(struct session *s)
{
	struct net_stats stats;

	if (s->net.backend && !net_session_stats(&s->net, &stats, NULL))
		session_take_stats(s, &stats);
}

bool session_read_counters(struct session *s, uint64_t counters[NET_COUNTERS])
{
	struct net_stats stats;

	if (!s->net.backend || net_session_stats(&s->net, &stats, counters))
		return false;
	session_take_stats(s, &stats);
	return true;
}

const char *session_acct_id(const struct session *s, char text[SESSION_ACCT_ID_SIZE])
{
	snprintf(text, SESSION_ACCT_ID_SIZE, "%08x%08x-%llx", s->all->opened_s, s->all->nonce,
		 (unsigned long long)s->record.id);
	return text;
}

uint64_t session_uptime_s(const struct session *s)
{
	/* Not computed from record.up_s: the wall clock may jump. */
	return s->record.up_s ? (uv_now(s->loop) - s->up_at) / 1000 : 0;
}

static void timer_closed(uv_handle_t *handle)
{
	CALLBACK("session: closed");
	struct session *s = container_of((uv_timer_t *)handle, struct session, timer);

	ppp_link_wipe(&s->link);
	drop_verdict(s);
	free(s->user);
	history_let_go(&s->history, uv_now(s->loop));
	s->freed(s);
}

void session_end(struct session *s, enum event_cause cause, const char *text,
		 void (*freed)(struct session *s))
{
	if (!s->over || s->later.waits)
		remember_counters(s);
	later_cancel(&s->all->ends, &s->later);
	free(s->end_text);
	s->end_text = NULL;
	s->over = true;
	s->freed = freed;
	if (!s->cause)
		s->cause = ends_already(s) ? cause_of(ppp_link_reason(&s->link)) : cause;
	remember_end(s, text);
	if (s->started)
		tell(s, EVENT_DOWN, text);
	grant_put(s->grant);
	s->grant = NULL;
	registry_remove(&s->all->registry, s);
	if (outbox.of == s)
		send_waiting();
	unwatch(s);
	net_session_close(&s->net);
	uv_close((uv_handle_t *)&s->timer, timer_closed);
}

const char *session_end_kind(const struct session *s)
{
	const enum ppp_reason reason = s->has_link ? ppp_link_reason(&s->link) : PPP_REASON_NONE;

	return reason && reason != PPP_REASON_LOCAL ? ppp_reason_name(reason) :
						      event_cause_name(s->cause);
}

struct place session_outside(const struct session *s)
{
	return s->config.outer.from;
}

struct tunnel *session_tunnel(const struct session *s)
{
	return s->ops->tunnel ? s->ops->tunnel(s) : NULL;
}

bool session_shares_interface(const struct session *s)
{
	return s->config.link->mode == NET_LINK_SHARED;
}

const struct programs *session_programs(const struct session *s)
{
	return s->config.programs;
}

const char *session_state_name(const struct session *s)
{
	return s->record.up ? "up" : ppp_phase_name(s->record.ppp.phase);
}
