// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two links against each other in memory, through a channel that may lose, repeat and
 * reorder frames, on a virtual clock. No test sleeps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ppp/link.h"
#include "util/scarce_test.h"

#define PASSWORD	"clientPass"
#define USER		"DOMAIN\\User"
#define FRAMES_MAX	256

/* --- the laboratory ------------------------------------------------------------------- */

enum { SERVER, CLIENT };

struct channel {
	unsigned int delay;		/* ms, one way */
	unsigned int jitter;		/* up to so much more; frames overtake each other */
	unsigned int loss;		/* per cent */
	unsigned int dup;		/* per cent */
};

struct in_flight {
	uint64_t when;
	uint64_t order;
	int to;
	size_t len;
	uint8_t frame[PPP_FRAME_MAX];
};

struct end {
	struct ppp_link link;
	struct ppp_config config;
	const char *password;		/* the password that this end, as a server, knows */
	unsigned int verdict_delay;
	bool ipv4, ipv6, ccp, down;	/* as events reported them */
	bool ready;			/* IPV4_READY came, and neither UP nor DOWN since */
	unsigned int readies;
	unsigned int deaf;		/* how often the peer might have sent what we would drop */
	bool early;			/* IPv4 was up before CCP */
	bool data;			/* data arrives all the time */
	unsigned int ipv4_ups, authenticated, cancelled, lcp_ups, bads, reset_acks;
	unsigned int asked, downs, rejects_sent, frames_sent;
	enum ppp_reason reason;
	uint16_t error;
	char text[PPP_TEXT_MAX + 1];
	char ident[PPP_TEXT_MAX + 1];
	struct ppp_auth_request request;
	uint64_t verdict_at;		/* NEVER: no verdict is due */
	void (*tamper)(struct ppp_auth_verdict *verdict);
	uint64_t ipv4_at;
	struct {
		bool set;
		uint8_t bits;
		bool stateless;
		uint8_t key[MPPE_KEY_LEN];
		uint8_t option[6];
	} tx, rx;
};

static struct end ends[2];
static struct in_flight flight[FRAMES_MAX];
static size_t n_flight;
static struct channel channel;
static uint64_t now, order;
static uint64_t seed;
static bool loopback;
static bool one_way;			/* nothing reaches the client */
static bool letter;			/* the client behaves like pppd */
static unsigned int restarts;		/* requests for a protocol that the client has open */
static uint8_t acks_lost;		/* PPP_OPEN_CCP, _IPCP: Acks of the client get lost */

static uint64_t rnd(void)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static bool chance(unsigned int percent)
{
	return rnd() % 100 < percent;
}

static struct end *end_of(struct ppp_link *link)
{
	return link->owner;
}

static void launch(int to, const uint8_t *frame, size_t len)
{
	struct in_flight *f = &flight[n_flight++];

	assert_true(n_flight < FRAMES_MAX);
	f->to = to;
	f->when = now + channel.delay + (channel.jitter ? rnd() % (channel.jitter + 1) : 0);
	f->order = order++;
	f->len = len;
	memcpy(f->frame, frame, len);
}

static bool ack_is_lost(const uint8_t *frame)
{
	return frame[2] == FSM_CONFIGURE_ACK && frame[0] == 0x80 &&
	       ((frame[1] == 0xfd && acks_lost & PPP_OPEN_CCP) ||
		(frame[1] == 0x21 && acks_lost & PPP_OPEN_IPCP));
}

static void on_send(struct ppp_link *link, const uint8_t *frame, size_t len)
{
	int to = end_of(link) == &ends[SERVER] && !loopback ? CLIENT : SERVER;
	struct end *e = end_of(link);

	assert_true(len >= 6 && len <= PPP_FRAME_MAX);
	assert_int_equal(frame[4] << 8 | frame[5], len - 2);
	assert_false(e->down);
	e->frames_sent++;
	if (frame[0] == 0xc0 && frame[1] == 0x21 && frame[2] == 8)
		e->rejects_sent++;
	if (frame[0] == 0x80 && frame[1] == 0xfd && frame[2] == 15)
		e->reset_acks++;
	if ((one_way && to == CLIENT) || (to == SERVER && ack_is_lost(frame)))
		return;
	if (!chance(channel.loss))
		launch(to, frame, len);
	if (chance(channel.dup))
		launch(to, frame, len);
}

static void give_verdict(struct end *e)
{
	struct ppp_auth_verdict verdict;

	ppp_auth_check(&e->request, e->password, strlen(e->password), &verdict);
	if (e->tamper)
		e->tamper(&verdict);
	e->verdict_at = NEVER;
	ppp_link_auth_verdict(&e->link, &verdict, now);
	explicit_bzero(&verdict, sizeof(verdict));
}

static void on_mppe(struct end *e, const struct ppp_event *event)
{
	bool tx = event->type == PPP_EVENT_MPPE_TX;

	/* A set-up while encryption is in use would lose the peer. */
	assert_false(e->ccp);
	(tx ? &e->tx : &e->rx)->set = true;
	(tx ? &e->tx : &e->rx)->bits = event->mppe.bits;
	(tx ? &e->tx : &e->rx)->stateless = event->mppe.stateless;
	memcpy((tx ? &e->tx : &e->rx)->key, event->mppe.key, MPPE_KEY_LEN);
	memcpy((tx ? &e->tx : &e->rx)->option, event->mppe.option, 6);
	assert_int_equal(event->mppe.key_len, event->mppe.bits == 128 ? 16 : 8);
}

static void on_event(struct ppp_link *link, const struct ppp_event *event)
{
	struct end *e = end_of(link);

	assert_false(e->down);
	switch (event->type) {
	case PPP_EVENT_LCP_UP:
		e->lcp_ups++;
		break;
	case PPP_EVENT_AUTH_REQUEST:
		assert_true(e->verdict_at == NEVER);
		e->asked++;
		e->request = *event->auth;
		e->verdict_at = now + e->verdict_delay;
		if (!e->verdict_delay)
			give_verdict(e);
		break;
	case PPP_EVENT_AUTH_CANCELLED:
		assert_true(e->verdict_at != NEVER);
		e->verdict_at = NEVER;
		e->cancelled++;
		break;
	case PPP_EVENT_AUTHENTICATED:
		e->authenticated++;
		break;
	case PPP_EVENT_MPPE_RX:
	case PPP_EVENT_MPPE_TX:
		on_mppe(e, event);
		break;
	case PPP_EVENT_CCP_UP:
		assert_false(e->ccp);
		assert_true(e->tx.set && e->rx.set);
		e->ccp = true;
		break;
	case PPP_EVENT_CCP_DOWN:
		assert_true(e->ccp || e->tx.set);
		e->ccp = false;
		e->tx.set = false;
		e->rx.set = false;
		break;
	case PPP_EVENT_IPV4_UP:
		assert_false(e->ipv4);
		assert_true(e->authenticated > 0);
		/* What is sent in clear must not find a key. */
		assert_true(e->ccp || !e->tx.set);
		if (e->config.mppe == PPP_MPPE_REQUIRED)
			assert_true(e->ccp);
		e->ipv4 = true;
		e->ready = false;
		if (!ends[e == &ends[SERVER]].ipv4 && !ends[e == &ends[SERVER]].ready)
			ends[e == &ends[SERVER]].deaf++;
		e->early = e->early || !e->ccp;
		e->ipv4_ups++;
		e->ipv4_at = now;
		break;
	case PPP_EVENT_IPV4_DOWN:
		assert_true(e->ipv4 || e->ready);
		e->ipv4 = false;
		e->ready = false;
		break;
	case PPP_EVENT_IPV4_READY:
		assert_false(e->ipv4 || e->ready);
		assert_true(event->ready.encrypted || e->config.mppe != PPP_MPPE_REQUIRED);
		/* What the peer sends can be decrypted, and what it gets is encrypted. */
		assert_true(!event->ready.encrypted || (e->rx.set && e->tx.set));
		e->ready = true;
		e->readies++;
		break;
	case PPP_EVENT_IPV6_UP:
		assert_false(e->ipv6);
		e->ipv6 = true;
		break;
	case PPP_EVENT_IPV6_DOWN:
		assert_true(e->ipv6);
		e->ipv6 = false;
		break;
	case PPP_EVENT_IDENTIFICATION:
		snprintf(e->ident, sizeof(e->ident), "%s", event->text);
		break;
	case PPP_EVENT_PEER_ERROR:
	case PPP_EVENT_UNTIMELY:
		assert_non_null(event->text);
		e->bads++;
		break;
	case PPP_EVENT_DOWN:
		assert_false(e->ipv4 || e->ready || e->ipv6 || e->ccp);
		e->down = true;
		e->downs++;
		e->reason = event->down.reason;
		e->error = event->down.error;
		assert_true(strlen(event->down.text) > 0);
		snprintf(e->text, sizeof(e->text), "%s", event->down.text);
		break;
	}
}

static void on_random(struct ppp_link *link, void *buf, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((uint8_t *)buf)[i] = (uint8_t)rnd();
}

/* Where data flows, each look finds more of it. */
static uint64_t on_data_frames(struct ppp_link *link)
{
	static uint64_t frames[2];
	uint64_t *n = &frames[end_of(link) == &ends[CLIENT]];

	*n += end_of(link)->data;
	return *n;
}

static const struct ppp_link_ops ops = {
	.send = on_send,
	.event = on_event,
	.random = on_random,
	.data_frames = on_data_frames,
};

static struct in_addr addr(const char *text)
{
	struct in_addr a;

	assert_int_equal(inet_pton(AF_INET, text, &a), 1);
	return a;
}

static void forget_all(void)
{
	for (int i = 0; i < 2; i++)
		ppp_link_wipe(&ends[i].link);
}

/* Start this end again on the same call, as another program might do. */
static void forget(int i)
{
	struct end *e = &ends[i];

	ppp_link_wipe(&e->link);
	ppp_link_init(&e->link, &e->config, &ops, e);
}

/* A server that demands @method and a client that can give it; nothing is open yet. */
static void prepare(enum ppp_auth_method method)
{
	struct ppp_ipv4 ipv4 = {
		.local = addr("10.0.0.1"),
		.remote = addr("10.0.0.7"),
		.dns = { addr("10.0.0.53"), addr("10.0.0.54") },
		.nbns = { addr("10.0.0.137"), addr("10.0.0.138") },
	};

	forget_all();
	memset(ends, 0, sizeof(ends));
	n_flight = 0;
	order = 0;
	loopback = false;
	one_way = false;
	letter = false;
	restarts = 0;
	acks_lost = 0;
	now = 1000000;
	channel = (struct channel){ .delay = 10 };
	for (int i = 0; i < 2; i++) {
		struct end *e = &ends[i];

		ppp_config_init(&e->config);
		e->verdict_at = NEVER;
		e->password = PASSWORD;
		ppp_link_init(&e->link, &e->config, &ops, e);
	}
	ends[SERVER].config.demand[0] = (uint8_t)method;
	ends[SERVER].config.mru = 1400;
	ends[CLIENT].config.accept = PPP_AUTH_BIT(method);
	ends[CLIENT].config.ask_dns = true;
	ends[CLIENT].config.ask_nbns = true;
	ppp_link_set_ipv4(&ends[SERVER].link, &ipv4);
	ppp_link_set_credentials(&ends[CLIENT].link, USER, PASSWORD);
}

static void mppe(enum ppp_mppe_policy server, enum ppp_mppe_policy client)
{
	ends[SERVER].config.mppe = server;
	ends[CLIENT].config.mppe = client;
	/* ccp_init() has read the configuration already */
	for (int i = 0; i < 2; i++)
		ccp_reset(&ends[i].link.ccp);
}

/*
 * Make the client behave like pppd: three seconds between copies from the first copy on, a
 * new negotiation upon each Configure-Request for an open protocol, and a Response that is
 * sent only once.
 */
static void keep_to_the_letter(void)
{
	static struct fsm_ops plain[4];
	struct fsm *fsms[] = {
		&ends[CLIENT].link.lcp.fsm, &ends[CLIENT].link.ccp.fsm,
		&ends[CLIENT].link.ipcp.fsm, &ends[CLIENT].link.ipv6cp.fsm,
	};

	for (size_t i = 0; i < 4; i++) {
		plain[i] = *fsms[i]->ops;
		plain[i].reack = false;
		plain[i].eager = false;
		fsms[i]->ops = &plain[i];
		fsms[i]->first_interval = 3000;
	}
	ends[CLIENT].config.restart_first_ms = 3000;
	letter = true;
}

static void open_both(void)
{
	ppp_link_open(&ends[SERVER].link, now);
	ppp_link_open(&ends[CLIENT].link, now);
}

static struct in_flight *next_flight(void)
{
	struct in_flight *next = NULL;

	for (size_t i = 0; i < n_flight; i++)
		if (!next || flight[i].when < next->when ||
		    (flight[i].when == next->when && flight[i].order < next->order))
			next = &flight[i];
	return next;
}

static uint64_t next_timer(void)
{
	uint64_t when = NEVER;

	for (int i = 0; i < 2; i++) {
		uint64_t deadline = ppp_link_deadline(&ends[i].link);

		when = deadline < when ? deadline : when;
		when = ends[i].verdict_at < when ? ends[i].verdict_at : when;
	}
	return when;
}

/*
 * Count a Configure-Request for a protocol that is open at the client. pppd then takes
 * everything down again, or, for CCP, hangs up.
 */
static void count_restart(const struct in_flight *f)
{
	const struct ppp_link *link = &ends[CLIENT].link;
	uint16_t protocol = (uint16_t)(f->frame[0] << 8 | f->frame[1]);

	if (f->to == CLIENT && f->frame[2] == FSM_CONFIGURE_REQUEST)
		restarts += (protocol == PPP_PROTO_LCP && fsm_is_open(&link->lcp.fsm)) ||
			    (protocol == PPP_PROTO_CCP && fsm_is_open(&link->ccp.fsm)) ||
			    (protocol == PPP_PROTO_IPCP && fsm_is_open(&link->ipcp.fsm));
}

/* Deliver the next frame or run the next timers. Returns false if they lie beyond @until. */
static bool step(uint64_t until)
{
	struct in_flight *f = next_flight();
	uint64_t timer;

	if (letter && ends[CLIENT].link.auth.client.method != PPP_AUTH_PAP)
		ends[CLIENT].link.auth.client.deadline = NEVER;
	timer = next_timer();
	if (f && f->when <= timer) {
		struct in_flight copy = *f;

		if (copy.when > until)
			return false;
		*f = flight[--n_flight];
		count_restart(&copy);
		now = copy.when > now ? copy.when : now;
		/*
		 * an exact copy on the heap, so that ASan detects an access one octet too
		 * far; this allocation must not fail
		 */
		uint8_t *frame = __real_malloc(copy.len);

		memcpy(frame, copy.frame, copy.len);
		ppp_link_input(&ends[copy.to].link, frame, copy.len, now);
		free(frame);
		return true;
	}
	if (timer > until)
		return false;
	now = timer > now ? timer : now;
	for (int i = 0; i < 2; i++) {
		if (ends[i].verdict_at <= now)
			give_verdict(&ends[i]);
		ppp_link_tick(&ends[i].link, now);
		/* a deadline in the past would make the owner's loop spin */
		assert_true(ppp_link_deadline(&ends[i].link) > now);
	}
	return true;
}

static void run_for(uint64_t ms)
{
	uint64_t until = now + ms;
	unsigned int steps = 0;

	while (step(until))
		assert_true(++steps < 100000);
	now = until;
}

static bool both_up(void)
{
	return ends[SERVER].ipv4 && ends[CLIENT].ipv4 && !n_flight;
}

static bool both_down(void)
{
	return ends[SERVER].down && ends[CLIENT].down;
}

static void run_until(bool (*done)(void), uint64_t ms)
{
	uint64_t until = now + ms;
	unsigned int steps = 0;

	while (!done() && step(until))
		assert_true(++steps < 100000);
}

static void assert_up(void)
{
	for (int i = 0; i < 2; i++) {
		if (ends[i].down)
			fail_msg("%s: %s", i == SERVER ? "server" : "client", ends[i].text);
		assert_true(ends[i].ipv4);
	}
}

static void assert_addresses(void)
{
	const struct ppp_ipv4 *s = &ppp_link_state(&ends[SERVER].link)->ipv4;
	const struct ppp_ipv4 *c = &ppp_link_state(&ends[CLIENT].link)->ipv4;

	assert_int_equal(s->local.s_addr, addr("10.0.0.1").s_addr);
	assert_int_equal(s->remote.s_addr, addr("10.0.0.7").s_addr);
	assert_int_equal(c->local.s_addr, addr("10.0.0.7").s_addr);
	assert_int_equal(c->remote.s_addr, addr("10.0.0.1").s_addr);
	assert_int_equal(c->dns[0].s_addr, addr("10.0.0.53").s_addr);
	assert_int_equal(c->dns[1].s_addr, addr("10.0.0.54").s_addr);
	assert_int_equal(c->nbns[0].s_addr, addr("10.0.0.137").s_addr);
	assert_int_equal(c->nbns[1].s_addr, addr("10.0.0.138").s_addr);
}

/* Each end can decrypt what the other end sends. */
static void assert_keys_meet(void)
{
	for (int i = 0; i < 2; i++) {
		struct end *a = &ends[i], *b = &ends[!i];
		const struct ppp_state *state = ppp_link_state(&a->link);

		assert_true(a->tx.set && b->rx.set);
		assert_int_equal(a->tx.bits, b->rx.bits);
		assert_int_equal(a->tx.stateless, b->rx.stateless);
		assert_memory_equal(a->tx.key, b->rx.key, MPPE_KEY_LEN);
		assert_memory_equal(a->tx.option, b->rx.option, 6);
		assert_int_equal(state->tx.bits, a->tx.bits);
		assert_int_equal(state->rx.bits, a->rx.bits);
	}
}

static bool gives_keys(enum ppp_auth_method method)
{
	return method == PPP_AUTH_MSCHAP || method == PPP_AUTH_MSCHAPV2 || method == PPP_AUTH_EAP;
}

/* A new Configure-Request for MPPE, 128 bit and stateless, to send to an open link. */
static const uint8_t mppe_request[] = { 0x80, 0xfd, 1, 77, 0, 10, 18, 6, 1, 0, 0, 0x40 };

/* --- the peer's first packet ---------------------------------------------------------- */

static bool client_up(void)
{
	return ends[CLIENT].ipv4;
}

/*
 * The client's Acks get lost, so that it is open before the server is, when the server has answered
 * its third request: in CCP, in IPCP, or in both. What it sends then must be welcome.
 */
static void a_peer_that_is_open_before_us_can_send(void **state)
{
	static const struct {
		enum ppp_mppe_policy mppe;
		uint8_t lost;
	} cases[] = {
		{ PPP_MPPE_OFF, PPP_OPEN_IPCP },
		{ PPP_MPPE_REQUIRED, PPP_OPEN_CCP },
		{ PPP_MPPE_REQUIRED, PPP_OPEN_IPCP },
		{ PPP_MPPE_REQUIRED, PPP_OPEN_CCP | PPP_OPEN_IPCP },
		{ PPP_MPPE_PREFERRED, PPP_OPEN_CCP },
		{ PPP_MPPE_PREFERRED, PPP_OPEN_IPCP },
		{ PPP_MPPE_PREFERRED, PPP_OPEN_CCP | PPP_OPEN_IPCP },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		prepare(PPP_AUTH_MSCHAPV2);
		mppe(cases[i].mppe, cases[i].mppe);
		acks_lost = cases[i].lost;
		open_both();
		run_until(client_up, 5000);
		assert_true(ends[CLIENT].ipv4);
		assert_false(ends[SERVER].ipv4);
		assert_true(ends[SERVER].ready);
		assert_int_equal(ends[SERVER].deaf, 0);
		acks_lost = 0;
		run_until(both_up, 10000);
		assert_up();
		assert_int_equal(ends[SERVER].readies, 1);
		assert_int_equal(ends[SERVER].ipv4_ups, 1);
		assert_addresses();
		if (cases[i].mppe != PPP_MPPE_OFF)
			assert_keys_meet();
	}
}

/* In the usual order we are open in time, and nothing is set up twice. */
static void who_is_open_in_time_is_not_ready_before(void **state)
{
	prepare(PPP_AUTH_MSCHAPV2);
	mppe(PPP_MPPE_REQUIRED, PPP_MPPE_REQUIRED);
	open_both();
	run_until(both_up, 5000);
	assert_up();
	assert_int_equal(ends[SERVER].deaf, 0);
	assert_int_equal(ends[SERVER].readies, 0);
}

/* The peer negotiates anew: our Ack opens its side again, before its own Ack is here. */
static void it_can_send_when_it_negotiates_anew(void **state)
{
	static const uint8_t ipcp_request[] = { 0x80, 0x21, 1, 77, 0, 10, 3, 6, 10, 0, 0, 7 };

	prepare(PPP_AUTH_MSCHAPV2);
	mppe(PPP_MPPE_REQUIRED, PPP_MPPE_REQUIRED);
	open_both();
	run_until(both_up, 5000);
	ppp_link_input(&ends[SERVER].link, ipcp_request, sizeof(ipcp_request), now);
	assert_false(ends[SERVER].ipv4);
	assert_true(ends[SERVER].ready);
	run_until(both_up, 5000);
	assert_up();
	ppp_link_input(&ends[SERVER].link, mppe_request, sizeof(mppe_request), now);
	assert_false(ends[SERVER].ipv4);
	assert_true(ends[SERVER].ready);
	run_until(both_up, 5000);
	assert_up();
	assert_keys_meet();
}

/* The server has agreed to encrypt, and lets packets pass; its peer has yet to agree. */
static void let_the_server_agree(void)
{
	prepare(PPP_AUTH_MSCHAPV2);
	mppe(PPP_MPPE_PREFERRED, PPP_MPPE_PREFERRED);
	acks_lost = PPP_OPEN_CCP;
	open_both();
	run_until(client_up, 5000);
	assert_true(ends[SERVER].ready && ends[SERVER].tx.set);
}

/* Keys that come to nothing are void before anything is sent in clear. */
static void keys_that_come_to_nothing_are_void(void **state)
{
	static const uint8_t lcp_request[] = { 0xc0, 0x21, 1, 77, 0, 4 };
	uint8_t nothing[] = { 0x80, 0xfd, 1, 90, 0, 4 };

	let_the_server_agree();
	ppp_link_input(&ends[SERVER].link, lcp_request, sizeof(lcp_request), now);
	assert_false(ends[SERVER].ready || ends[SERVER].tx.set);

	/* The peer wants CCP without MPPE after all. */
	let_the_server_agree();
	ppp_link_input(&ends[SERVER].link, nothing, sizeof(nothing), now);
	nothing[3]++;
	ppp_link_input(&ends[SERVER].link, nothing, sizeof(nothing), now);
	assert_false(ends[SERVER].ipv4 || ends[SERVER].ready);
	acks_lost = 0;
	run_for(4000);
	assert_true(ends[SERVER].ipv4_ups);
}

/* Nothing passes for long in a session that nobody is told of, whatever keeps us from being up. */
static void who_does_not_let_us_come_up_sends_for_a_moment(void **state)
{
	uint8_t ipcp_request[] = { 0x80, 0x21, 1, 77, 0, 10, 3, 6, 10, 0, 0, 7 };

	prepare(PPP_AUTH_MSCHAPV2);
	acks_lost = PPP_OPEN_IPCP;
	open_both();
	run_until(client_up, 5000);
	assert_true(ends[SERVER].ready);
	run_for(1900);
	assert_true(ends[SERVER].ready);
	run_for(200);
	assert_false(ends[SERVER].ready || ends[SERVER].ipv4);
	for (; ipcp_request[3] < 87; ipcp_request[3]++) {
		ppp_link_input(&ends[SERVER].link, ipcp_request, sizeof(ipcp_request), now);
		assert_false(ends[SERVER].ready);
	}
	acks_lost = 0;
	run_until(both_up, 10000);
	assert_up();
	assert_int_equal(ends[SERVER].readies, 1);
}

/* What the peer may send no more is not let in, and going to and fro costs us little. */
static void it_cannot_send_when_it_goes_back(void **state)
{
	static const uint8_t ipcp_request[] = { 0x80, 0x21, 1, 77, 0, 10, 3, 6, 10, 0, 0, 7 };
	static const uint8_t terminate[] = { 0x80, 0x21, 5, 78, 0, 4 };

	prepare(PPP_AUTH_MSCHAPV2);
	mppe(PPP_MPPE_REQUIRED, PPP_MPPE_REQUIRED);
	open_both();
	run_until(both_up, 5000);
	for (unsigned int i = 0; i < 40; i++) {
		ppp_link_input(&ends[SERVER].link, ipcp_request, sizeof(ipcp_request), now);
		assert_false(ends[SERVER].ipv4);
		ppp_link_input(&ends[SERVER].link, terminate, sizeof(terminate), now);
		assert_false(ends[SERVER].ready);
	}
	assert_in_range(ends[SERVER].readies, 1, 5);
}

/* --- negotiation ---------------------------------------------------------------------- */

static const enum ppp_auth_method methods[] = {
	PPP_AUTH_NONE, PPP_AUTH_PAP, PPP_AUTH_CHAP_MD5, PPP_AUTH_MSCHAP, PPP_AUTH_MSCHAPV2,
	PPP_AUTH_EAP,			/* with MS-CHAPv2 inside */
};

#define N_METHODS (sizeof(methods) / sizeof(methods[0]))

static void every_method_comes_up(void **state)
{
	for (size_t m = 0; m < N_METHODS; m++) {
		const struct ppp_state *s, *c;

		prepare(methods[m]);
		open_both();
		run_until(both_up, 5000);
		assert_up();
		assert_addresses();
		s = ppp_link_state(&ends[SERVER].link);
		c = ppp_link_state(&ends[CLIENT].link);
		assert_int_equal(s->phase, PPP_PHASE_NETWORK);
		assert_int_equal(s->peer_auth, methods[m]);
		assert_int_equal(c->local_auth, methods[m]);
		assert_int_equal(c->peer_auth, PPP_AUTH_NONE);
		assert_string_equal(ppp_link_peer_name(&ends[SERVER].link),
				    methods[m] ? USER : "");
		assert_int_equal(s->local_mru, 1400);
		assert_int_equal(c->peer_mru, 1400);
		assert_int_equal(c->local_mru, 1500);
		assert_int_equal(s->peer_mru, 1500);
		assert_int_equal(s->local_magic, c->peer_magic);
		assert_int_equal(c->local_magic, s->peer_magic);
		assert_true(s->local_magic != c->local_magic);
		assert_true(s->peer_pfc && s->peer_acfc && c->local_pfc && c->local_acfc);
		assert_int_equal(ends[SERVER].bads + ends[CLIENT].bads, 0);
		assert_int_equal(ends[SERVER].lcp_ups, 1);
	}
}

/* Times without loss, in round trips: how long a user waits. */
static void negotiation_takes_few_round_trips(void **state)
{
	static const double bound[N_METHODS] = {
		[0] = 3, [1] = 4, [2] = 4.5, [3] = 4.5, [4] = 4.5, [5] = 6.5,
	};

	for (size_t m = 0; m < N_METHODS; m++) {
		double server, client;
		uint64_t start;

		prepare(methods[m]);
		if (gives_keys(methods[m]))
			mppe(PPP_MPPE_REQUIRED, PPP_MPPE_REQUIRED);
		start = now;
		open_both();
		run_until(both_up, 5000);
		assert_up();
		server = (double)(ends[SERVER].ipv4_at - start) / (2 * channel.delay);
		client = (double)(ends[CLIENT].ipv4_at - start) / (2 * channel.delay);
		print_message("# %-10s: datagrams after %.1f round trips (server), %.1f (client)\n",
			      ppp_auth_name(methods[m]), server, client);
		assert_true(server <= bound[m]);
		assert_true(client <= bound[m]);
	}
}

/* The peer does not hear the end that starts first; the link must not wait for the timer. */
static void a_late_peer_costs_no_timer(void **state)
{
	prepare(PPP_AUTH_MSCHAPV2);
	ppp_link_open(&ends[SERVER].link, now);
	n_flight = 0;
	now += 5;
	ppp_link_open(&ends[CLIENT].link, now);
	run_until(both_up, 5000);
	assert_up();
	assert_true(ends[CLIENT].ipv4_at - (1000000 + 5) <= 5 * 2 * channel.delay);
}

struct mppe_end {
	enum ppp_mppe_policy policy;
	uint8_t bits;
	uint8_t modes;
};

static uint8_t strongest_bits(uint8_t mask)
{
	return mask & PPP_MPPE_128 ? 128 : mask & PPP_MPPE_56 ? 56 : 40;
}

static void check_mppe(enum ppp_auth_method method, struct mppe_end server, struct mppe_end client)
{
	bool can = gives_keys(method) && server.policy != PPP_MPPE_OFF &&
		   client.policy != PPP_MPPE_OFF && (server.bits & client.bits) &&
		   (server.modes & client.modes);
	bool must = server.policy == PPP_MPPE_REQUIRED || client.policy == PPP_MPPE_REQUIRED;

	ends[SERVER].config.mppe_bits = server.bits;
	ends[CLIENT].config.mppe_bits = client.bits;
	ends[SERVER].config.mppe_modes = server.modes;
	ends[CLIENT].config.mppe_modes = client.modes;
	mppe(server.policy, client.policy);
	open_both();
	if (must && !can) {
		enum ppp_reason s, c;

		run_until(both_down, 300000);
		assert_true(both_down());
		s = ends[SERVER].reason;
		c = ends[CLIENT].reason;
		assert_true(s == PPP_REASON_MPPE_REFUSED || s == PPP_REASON_MPPE_NO_KEYS ||
			    c == PPP_REASON_MPPE_REFUSED || c == PPP_REASON_MPPE_NO_KEYS);
		assert_int_equal(ends[SERVER].ipv4_ups,
				 server.policy == PPP_MPPE_REQUIRED ? 0 : ends[SERVER].ipv4_ups);
		return;
	}
	run_until(both_up, 300000);
	assert_up();
	assert_addresses();
	for (int i = 0; i < 2; i++) {
		const struct ppp_state *state = ppp_link_state(&ends[i].link);

		assert_int_equal(ends[i].ccp, can);
		assert_int_equal(!!(state->open & PPP_OPEN_CCP), can);
		if (!can) {
			assert_int_equal(state->tx.bits, 0);
			continue;
		}
		assert_int_equal(state->tx.bits, strongest_bits(server.bits & client.bits));
		assert_int_equal(state->tx.stateless,
				 !!(server.modes & client.modes & PPP_MPPE_STATELESS));
	}
	if (!can)
		return;
	assert_keys_meet();
	/* datagrams wait for encryption, even where it is only preferred */
	assert_false(ends[SERVER].early || ends[CLIENT].early);
}

static void every_mppe_combination_ends_as_it_should(void **state)
{
	static const enum ppp_mppe_policy policies[] = {
		PPP_MPPE_OFF, PPP_MPPE_PREFERRED, PPP_MPPE_REQUIRED,
	};
	unsigned int runs = 0;

	/* clang-format off */
	for (size_t m = 0; m < N_METHODS; m++)
	for (size_t sp = 0; sp < 3; sp++)
	for (size_t cp = 0; cp < 3; cp++)
	for (uint8_t sb = 1; sb < 8; sb++)
	for (uint8_t cb = 1; cb < 8; cb++)
	for (uint8_t sm = 1; sm < 4; sm++)
	for (uint8_t cm = 1; cm < 4; cm++) {
		/* Key lengths and modes only matter where there are keys. */
		if (!gives_keys(methods[m]) && (sb != cb || sb != 4 || sm != cm || sm != 1))
			continue;
		prepare(methods[m]);
		check_mppe(methods[m], (struct mppe_end){ policies[sp], sb, sm },
			   (struct mppe_end){ policies[cp], cb, cm });
		runs++;
	}
	/* clang-format on */
	print_message("# %u combinations\n", runs);
}

static void bad_channels_come_up_all_the_same(void **state)
{
	static const struct channel channels[] = {
		{ .delay = 20, .loss = 20 },
		{ .delay = 20, .dup = 40 },
		{ .delay = 20, .jitter = 60 },
		{ .delay = 5, .jitter = 400 },
		{ .delay = 300, .jitter = 20 },
		{ .delay = 20, .jitter = 60, .loss = 15, .dup = 15 },
	};
	unsigned int runs = 0;

	/* clang-format off */
	for (size_t ch = 0; ch < sizeof(channels) / sizeof(channels[0]); ch++)
	for (size_t m = 0; m < N_METHODS; m++)
	for (unsigned int policy = PPP_MPPE_OFF; policy <= PPP_MPPE_REQUIRED; policy++)
	for (unsigned int round = 0; round < 20; round++) {
		bool enc = gives_keys(methods[m]) && policy != PPP_MPPE_OFF;

		if (!gives_keys(methods[m]) && policy == PPP_MPPE_REQUIRED)
			continue;
		seed = runs;
		prepare(methods[m]);
		mppe(policy, policy);
		ends[SERVER].verdict_delay = round % 2 ? 70 : 0;
		channel = channels[ch];
		/* Without Echo-Requests: silence means nothing where one in five frames is lost. */
		ends[SERVER].config.echo_interval_ms = 0;
		ends[CLIENT].config.echo_interval_ms = 0;
		open_both();
		run_until(both_up, 120000);
		assert_up();
		assert_addresses();
		if (enc && ends[SERVER].ccp && ends[CLIENT].ccp)
			assert_keys_meet();
		if (policy == PPP_MPPE_REQUIRED)
			assert_true(ends[SERVER].ccp && ends[CLIENT].ccp);
		runs++;
	}
	/* clang-format on */
	print_message("# %u links\n", runs);
}

static void a_long_password_has_no_short_keys_in_version_1(void **state)
{
	static const char password[] = "more than fourteen";

	/* clang-format off */
	for (unsigned int policy = PPP_MPPE_PREFERRED; policy <= PPP_MPPE_REQUIRED; policy++)
	for (unsigned int bits = PPP_MPPE_40; bits <= PPP_MPPE_128; bits++) {
		prepare(PPP_AUTH_MSCHAP);
		mppe(policy, policy);
		ends[SERVER].config.mppe_bits = (uint8_t)bits;
		ends[CLIENT].config.mppe_bits = (uint8_t)bits;
		ends[SERVER].password = password;
		ppp_link_set_credentials(&ends[CLIENT].link, USER, password);
		open_both();
		if (policy == PPP_MPPE_REQUIRED && !(bits & PPP_MPPE_128)) {
			run_until(both_down, 5000);
			assert_int_equal(ends[SERVER].reason, PPP_REASON_MPPE_NO_KEYS);
			assert_non_null(strstr(ends[SERVER].text, "long keys only"));
			continue;
		}
		run_until(both_up, 5000);
		assert_up();
		assert_int_equal(ends[SERVER].ccp, !!(bits & PPP_MPPE_128));
	}
	/* clang-format on */
}

static bool lost_patience(void)
{
	const struct ppp_link *link = &ends[SERVER].link;

	return link->lcp.fsm.holds == FSM_HOLDS_MAX || link->ccp.fsm.holds == FSM_HOLDS_MAX ||
	       link->ipcp.fsm.holds == FSM_HOLDS_MAX;
}

static void peers_to_the_letter_come_up_over_bad_channels(void **state)
{
	static const struct channel channels[] = {
		{ .delay = 1 },
		{ .delay = 300 },
		{ .delay = 300, .jitter = 30 },
		{ .delay = 800 },
		{ .delay = 20, .loss = 15 },
		{ .delay = 20, .jitter = 8, .loss = 15 },
		{ .delay = 150, .jitter = 300, .loss = 5, .dup = 10 },
	};
	unsigned int runs = 0, unrest = 0;

	/* clang-format off */
	for (size_t ch = 0; ch < sizeof(channels) / sizeof(channels[0]); ch++)
	for (size_t m = 0; m < N_METHODS; m++)
	for (unsigned int policy = PPP_MPPE_OFF; policy <= PPP_MPPE_REQUIRED; policy++)
	for (unsigned int round = 0; round < 20; round++) {
		if (!gives_keys(methods[m]) && policy == PPP_MPPE_REQUIRED)
			continue;
		seed = runs;
		prepare(methods[m]);
		mppe(policy, policy);
		channel = channels[ch];
		for (int i = 0; i < 2; i++) {
			/*
			 * Without Echo-Requests, as above. The two ends ask for different
			 * options.
			 */
			ends[i].config.echo_interval_ms = 0;
			ends[i].config.pfc = i == SERVER;
			ends[i].config.acfc = i == SERVER;
		}
		keep_to_the_letter();
		open_both();
		run_until(both_up, 120000);
		if (!both_up())
			print_message("channel %zu, %s, policy %u, seed %u: %s | %s\n", ch,
				      ppp_auth_name(methods[m]), policy, runs,
				      ends[SERVER].text, ends[CLIENT].text);
		assert_up();
		assert_addresses();
		/*
		 * Frames that stay in order never reach an open client protocol, even if
		 * they are lost or late. The exception: so many were lost that a request
		 * was answered although it should have been held back.
		 */
		if (methods[m] != PPP_AUTH_NONE && methods[m] != PPP_AUTH_PAP &&
		    !channel.jitter && !lost_patience())
			assert_int_equal(restarts, 0);
		unrest += restarts;
		runs++;
	}
	/* clang-format on */
	print_message("# %u links, %u restarts\n", runs, unrest);
}

static void both_ends_may_demand_proof(void **state)
{
	prepare(PPP_AUTH_MSCHAPV2);
	mppe(PPP_MPPE_REQUIRED, PPP_MPPE_REQUIRED);
	ends[CLIENT].config.demand[0] = PPP_AUTH_CHAP_MD5;
	ends[SERVER].config.accept = PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5);
	ppp_link_set_credentials(&ends[SERVER].link, "office", PASSWORD);
	open_both();
	run_until(both_up, 5000);
	assert_up();
	assert_keys_meet();
	assert_string_equal(ppp_link_peer_name(&ends[CLIENT].link), "office");
	assert_int_equal(ppp_link_state(&ends[SERVER].link)->local_auth, PPP_AUTH_CHAP_MD5);
}

static void both_ends_may_have_keys_to_give(void **state)
{
	for (unsigned int i = 0; i < 8; i++) {
		seed = i;
		prepare(PPP_AUTH_MSCHAPV2);
		mppe(PPP_MPPE_REQUIRED, PPP_MPPE_REQUIRED);
		ends[SERVER].verdict_delay = i % 3 * 20;
		ends[CLIENT].config.demand[0] = i % 2 ? PPP_AUTH_MSCHAPV2 : PPP_AUTH_MSCHAP;
		ends[SERVER].config.accept = ~0u;
		ppp_link_set_credentials(&ends[SERVER].link, "office", PASSWORD);
		open_both();
		run_until(both_up, 5000);
		assert_up();
		assert_keys_meet();
	}
}

static void ipv6_comes_up_beside_ipv4(void **state)
{
	const struct ppp_ipv6 *s, *c;

	prepare(PPP_AUTH_NONE);
	ends[SERVER].config.ipv6 = true;
	ends[CLIENT].config.ipv6 = true;
	open_both();
	run_until(both_up, 5000);
	run_for(100);
	assert_up();
	assert_true(ends[SERVER].ipv6 && ends[CLIENT].ipv6);
	s = &ppp_link_state(&ends[SERVER].link)->ipv6;
	c = &ppp_link_state(&ends[CLIENT].link)->ipv6;
	assert_memory_equal(s->local, c->remote, PPP_IFID_LEN);
	assert_memory_equal(s->remote, c->local, PPP_IFID_LEN);
	assert_memory_not_equal(s->local, s->remote, PPP_IFID_LEN);
}

static void ipv6_identifiers_may_be_given(void **state)
{
	const struct ppp_ipv6 given = { { 0, 0, 0, 0, 0, 0, 0, 1 }, { 0, 0, 0, 0, 0, 0, 0, 2 } };

	prepare(PPP_AUTH_NONE);
	ends[SERVER].config.ipv6 = true;
	ends[CLIENT].config.ipv6 = true;
	ppp_link_set_ipv6(&ends[SERVER].link, &given);
	open_both();
	run_for(1000);
	assert_true(ends[SERVER].ipv6 && ends[CLIENT].ipv6);
	assert_memory_equal(ppp_link_state(&ends[CLIENT].link)->ipv6.local, given.remote,
			    PPP_IFID_LEN);
	assert_memory_equal(ppp_link_state(&ends[CLIENT].link)->ipv6.remote, given.local,
			    PPP_IFID_LEN);
}

static void a_peer_without_ipv6_still_has_ipv4(void **state)
{
	prepare(PPP_AUTH_NONE);
	ends[SERVER].config.ipv6 = true;
	open_both();
	run_for(2000);
	assert_up();
	assert_false(ends[SERVER].ipv6);
	assert_int_equal(ends[CLIENT].rejects_sent, 1);
}

static void no_common_network_protocol_ends_the_link(void **state)
{
	prepare(PPP_AUTH_NONE);
	ends[SERVER].config.ipv4 = false;
	ends[SERVER].config.ipv6 = true;
	open_both();
	run_until(both_down, 60000);
	assert_true(both_down());
	assert_true(ends[SERVER].reason == PPP_REASON_NO_NETWORK ||
		    ends[CLIENT].reason == PPP_REASON_NO_NETWORK);
}

static void a_client_without_an_address_is_told(void **state)
{
	const struct ppp_ipv4 nothing = { .local = addr("10.0.0.1") };

	prepare(PPP_AUTH_NONE);
	ppp_link_set_ipv4(&ends[SERVER].link, &nothing);
	open_both();
	run_until(both_down, 60000);
	assert_int_equal(ends[CLIENT].reason, PPP_REASON_NO_NETWORK);
}

/* --- authentication ------------------------------------------------------------------- */

static void inside_eap_both_may_choose(void **state)
{
	static const uint8_t lists[][PPP_AUTH_METHODS] = {
		{ PPP_AUTH_MSCHAPV2 },
		{ PPP_AUTH_CHAP_MD5 },
		{ PPP_AUTH_MSCHAPV2, PPP_AUTH_CHAP_MD5 },
		{ PPP_AUTH_CHAP_MD5, PPP_AUTH_MSCHAPV2 },
	};

	/* clang-format off */
	for (size_t s = 0; s < 4; s++)
	for (size_t c = 0; c < 4; c++) {
		prepare(PPP_AUTH_EAP);
		memcpy(ends[SERVER].config.eap, lists[s], PPP_AUTH_METHODS);
		memcpy(ends[CLIENT].config.eap, lists[c], PPP_AUTH_METHODS);
		open_both();
		if (s < 2 && c < 2 && s != c) {
			run_until(both_down, 60000);
			assert_int_equal(ends[SERVER].reason, PPP_REASON_AUTH_NO_METHOD);
			continue;
		}
		run_until(both_up, 5000);
		assert_up();
		/* the first method of the server's list that the client has too */
		assert_int_equal(ends[SERVER].request.method,
				 memchr(lists[c], lists[s][0], PPP_AUTH_METHODS) ? lists[s][0]
										 : lists[s][1]);
	}
	/* clang-format on */
}

static void a_wrong_password_in_eap_md5_is_refused(void **state)
{
	prepare(PPP_AUTH_EAP);
	ends[SERVER].config.eap[0] = PPP_AUTH_CHAP_MD5;
	ends[CLIENT].config.eap[0] = PPP_AUTH_CHAP_MD5;
	ends[SERVER].password = "another";
	open_both();
	run_until(both_down, 60000);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_AUTH_PEER_FAILED);
	assert_int_equal(ends[CLIENT].reason, PPP_REASON_AUTH_WE_FAILED);
}

static void a_password_that_cannot_be_used_is_not_the_servers_fault(void **state)
{
	char too_long[300];

	memset(too_long, 'x', sizeof(too_long) - 1);
	too_long[sizeof(too_long) - 1] = '\0';
	for (size_t m = 1; m < N_METHODS; m++) {
		if (methods[m] == PPP_AUTH_CHAP_MD5)
			continue;
		prepare(methods[m]);
		ppp_link_set_credentials(&ends[CLIENT].link, USER, too_long);
		open_both();
		run_until(both_down, 60000);
		assert_int_equal(ends[CLIENT].reason, PPP_REASON_AUTH_WE_CANNOT);
		assert_int_equal(ends[SERVER].asked, 0);
	}
}

static void a_wrong_password_is_refused_with_words(void **state)
{
	for (size_t m = 1; m < N_METHODS; m++) {
		prepare(methods[m]);
		ends[SERVER].verdict_delay = m % 2 ? 0 : 30;
		ends[SERVER].password = "another";
		open_both();
		run_until(both_down, 60000);
		assert_true(both_down());
		assert_int_equal(ends[SERVER].reason, PPP_REASON_AUTH_PEER_FAILED);
		assert_int_equal(ends[CLIENT].reason, PPP_REASON_AUTH_WE_FAILED);
		assert_non_null(strstr(ends[SERVER].text, USER));
		assert_int_equal(ends[SERVER].asked, 1);
		assert_int_equal(ends[SERVER].authenticated + ends[CLIENT].authenticated, 0);
		if (gives_keys(methods[m])) {
			assert_int_equal(ends[SERVER].error, 691);
			assert_int_equal(ends[CLIENT].error, 691);
			assert_non_null(strstr(ends[CLIENT].text,
					       "wrong user or password (MS-CHAP 691)"));
		} else {
			assert_int_equal(ends[CLIENT].error, 0);
		}
		/* no timer was needed to find out */
		assert_true(now - 1000000 < 250);
	}
}

static void expired(struct ppp_auth_verdict *verdict)
{
	verdict->result = PPP_AUTH_FAILED;
	verdict->error = MSCHAP_ERR_PASSWD_EXPIRED;
	snprintf(verdict->message, sizeof(verdict->message), "See the help desk");
}

static void refusals_keep_their_code_and_message(void **state)
{
	prepare(PPP_AUTH_MSCHAPV2);
	ends[SERVER].tamper = expired;
	open_both();
	run_until(both_down, 60000);
	assert_int_equal(ends[SERVER].error, 648);
	assert_int_equal(ends[CLIENT].error, 648);
	assert_non_null(strstr(ends[CLIENT].text, "password expired (MS-CHAP 648)"));
	assert_non_null(strstr(ends[CLIENT].text, "See the help desk"));
}

static void impostor(struct ppp_auth_verdict *verdict)
{
	verdict->authenticator[5] = verdict->authenticator[5] == '0' ? '1' : '0';
}

static void silent_impostor(struct ppp_auth_verdict *verdict)
{
	verdict->authenticator[0] = '\0';
}

static void a_server_that_does_not_know_the_password_is_found_out(void **state)
{
	void (*const tampers[])(struct ppp_auth_verdict *) = { impostor, silent_impostor };

	for (int i = 0; i < 4; i++) {
		prepare(i < 2 ? PPP_AUTH_MSCHAPV2 : PPP_AUTH_EAP);
		ends[SERVER].tamper = tampers[i % 2];
		open_both();
		run_until(both_down, 60000);
		assert_int_equal(ends[CLIENT].reason, PPP_REASON_AUTH_PEER_UNPROVEN);
		assert_int_equal(ends[CLIENT].authenticated, 0);
		if (i >= 2) {
			/*
			 * in EAP the client reports the failure and the server does not let
			 * it in
			 */
			assert_int_equal(ends[SERVER].authenticated, 0);
			continue;
		}
		assert_int_equal(ends[SERVER].reason, PPP_REASON_PEER_CLOSED);
		assert_non_null(strstr(ends[SERVER].text, "impostor"));
	}
}

static void the_method_is_found_down_the_list(void **state)
{
	static const uint8_t list[PPP_AUTH_METHODS] = {
		PPP_AUTH_EAP, PPP_AUTH_MSCHAPV2, PPP_AUTH_MSCHAP, PPP_AUTH_CHAP_MD5, PPP_AUTH_PAP,
	};

	for (size_t m = 1; m < N_METHODS; m++) {
		prepare(methods[m]);
		memcpy(ends[SERVER].config.demand, list, sizeof(list));
		open_both();
		run_until(both_up, 5000);
		assert_up();
		assert_int_equal(ppp_link_state(&ends[SERVER].link)->peer_auth, methods[m]);
	}
}

static void no_common_method_is_said_so(void **state)
{
	prepare(PPP_AUTH_MSCHAPV2);
	ends[CLIENT].config.accept = PPP_AUTH_BIT(PPP_AUTH_PAP);
	open_both();
	run_until(both_down, 60000);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_AUTH_NO_METHOD);
	assert_int_equal(ends[CLIENT].reason, PPP_REASON_AUTH_NO_METHOD);
	assert_string_equal(ends[CLIENT].text, "no authentication method that both sides allow: "
					       "the peer wants mschap-v2");
	assert_string_equal(ends[SERVER].text, "no authentication method that both sides allow: "
					       "the peer suggests pap, which is not allowed here");
}

static void a_peer_without_credentials_is_refused(void **state)
{
	prepare(PPP_AUTH_MSCHAPV2);
	ends[CLIENT].config.accept = 0;
	open_both();
	run_until(both_down, 60000);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_AUTH_PEER_REFUSED);
}

static void a_verdict_that_never_comes_is_a_timeout(void **state)
{
	prepare(PPP_AUTH_MSCHAPV2);
	ends[SERVER].verdict_delay = 1000000;
	open_both();
	run_until(both_down, 600000);
	assert_true(both_down());
	assert_int_equal(ends[SERVER].reason, PPP_REASON_AUTH_TIMEOUT);
	assert_int_equal(ends[SERVER].asked, 1);
	assert_int_equal(ends[SERVER].cancelled, 1);
}

static void a_rechallenge_does_not_disturb(void **state)
{
	prepare(PPP_AUTH_MSCHAPV2);
	mppe(PPP_MPPE_REQUIRED, PPP_MPPE_REQUIRED);
	ends[SERVER].config.rechallenge_ms = 10000;
	open_both();
	run_for(35000);
	assert_up();
	assert_int_equal(ends[SERVER].asked, 4);
	assert_int_equal(ends[SERVER].authenticated, 1);
	assert_int_equal(ends[CLIENT].authenticated, 1);
	assert_int_equal(ends[SERVER].ipv4_ups, 1);
	/* CCP, if it is negotiated again, takes the newest keys at both ends */
	ppp_link_input(&ends[SERVER].link, mppe_request, sizeof(mppe_request), now);
	run_until(both_up, 5000);
	assert_up();
	assert_keys_meet();
	/* the password has changed: the next rechallenge ends the link */
	ends[SERVER].password = "changed meanwhile";
	run_until(both_down, 60000);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_AUTH_PEER_FAILED);
	assert_int_equal(ends[CLIENT].reason, PPP_REASON_AUTH_WE_FAILED);
}

/* --- life of an open link ------------------------------------------------------------- */

static void up(enum ppp_auth_method method, enum ppp_mppe_policy policy)
{
	prepare(method);
	mppe(policy, policy);
	open_both();
	run_until(both_up, 5000);
	assert_up();
}

static void a_quiet_link_stays(void **state)
{
	unsigned int sent;

	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	run_for(1000);
	sent = ends[SERVER].frames_sent + ends[CLIENT].frames_sent;
	run_for(3600 * 1000);
	assert_up();
	/*
	 * Every 30 s one end sends an Echo-Request and the other end answers. So both ends
	 * have heard from each other, and only one of them asks.
	 */
	assert_in_range(ends[SERVER].frames_sent + ends[CLIENT].frames_sent - sent, 236, 240);
	assert_int_equal(ends[SERVER].ipv4_ups, 1);
	assert_int_equal(ends[SERVER].bads + ends[CLIENT].bads, 0);
}

static void a_dead_peer_is_noticed(void **state)
{
	uint64_t start;

	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	start = now;
	channel.loss = 100;
	run_until(both_down, 600000);
	assert_true(both_down());
	assert_int_equal(ends[SERVER].reason, PPP_REASON_ECHO_TIMEOUT);
	assert_true(now - start <= 5 * 30000 + 1000);
}

static void who_sends_data_is_not_asked(void **state)
{
	unsigned int sent;

	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	ends[SERVER].data = ends[CLIENT].data = true;
	run_for(1000);
	sent = ends[SERVER].frames_sent + ends[CLIENT].frames_sent;
	run_for(3600 * 1000);
	assert_int_equal(ends[SERVER].frames_sent + ends[CLIENT].frames_sent, sent);
	ends[SERVER].data = false;
	run_for(31000);
	assert_int_equal(ends[SERVER].frames_sent + ends[CLIENT].frames_sent, sent + 2);
}

static bool server_down(void)
{
	return ends[SERVER].down;
}

static void data_forgives_what_was_missed(void **state)
{
	uint64_t start;

	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	ends[CLIENT].config.echo_failures = 0;
	/* Echo-Requests are lost until just before the limit, then data arrives. */
	channel.loss = 100;
	run_for(4 * 30000 + 15000);
	ends[SERVER].data = true;
	run_for(30000);
	ends[SERVER].data = false;
	start = now;
	run_until(server_down, 600000);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_ECHO_TIMEOUT);
	assert_in_range(now - start, 4 * 30000, 5 * 30000);
}

static void without_echo_it_is_not(void **state)
{
	up(PPP_AUTH_NONE, PPP_MPPE_OFF);
	ends[SERVER].config.echo_failures = 0;
	ends[CLIENT].config.echo_failures = 0;
	channel.loss = 100;
	run_for(3600 * 1000);
	assert_up();
}

static void closing_tells_both(void **state)
{
	for (int i = 0; i < 2; i++) {
		up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
		ppp_link_close(&ends[i].link, PPP_REASON_LOCAL, "for the night", now);
		run_until(both_down, 5000);
		assert_true(both_down());
		assert_int_equal(ends[i].reason, PPP_REASON_LOCAL);
		assert_string_equal(ends[i].text, "closed on request: for the night");
		assert_int_equal(ends[!i].reason, PPP_REASON_PEER_CLOSED);
		assert_non_null(strstr(ends[!i].text, "for the night"));
		assert_int_equal(ends[0].downs + ends[1].downs, 2);
	}
}

static void closing_both_at_once_works(void **state)
{
	up(PPP_AUTH_NONE, PPP_MPPE_OFF);
	ppp_link_close(&ends[0].link, PPP_REASON_LOCAL, NULL, now);
	ppp_link_close(&ends[1].link, PPP_REASON_LOCAL, NULL, now);
	run_until(both_down, 5000);
	assert_true(both_down());
	assert_int_equal(ends[0].reason, PPP_REASON_LOCAL);
	assert_int_equal(ends[1].reason, PPP_REASON_LOCAL);
}

static void closing_without_an_answer_ends_too(void **state)
{
	up(PPP_AUTH_NONE, PPP_MPPE_OFF);
	channel.loss = 100;
	ppp_link_close(&ends[0].link, PPP_REASON_LOCAL, NULL, now);
	run_for(1000);
	assert_true(ends[0].down);
}

static void closing_early_works_at_every_step(void **state)
{
	for (unsigned int steps = 0; steps < 60; steps++) {
		prepare(PPP_AUTH_MSCHAPV2);
		mppe(PPP_MPPE_REQUIRED, PPP_MPPE_REQUIRED);
		ends[SERVER].verdict_delay = 5;
		open_both();
		for (unsigned int i = 0; i < steps; i++)
			step(now + 5000);
		ppp_link_close(&ends[steps % 2].link, PPP_REASON_LOCAL, NULL, now);
		run_until(both_down, 60000);
		assert_true(both_down());
	}
}

static void the_call_going_away_ends_it_at_once(void **state)
{
	unsigned int sent;

	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	sent = ends[SERVER].frames_sent;
	ppp_link_lower_down(&ends[SERVER].link, now);
	assert_true(ends[SERVER].down);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_LOWER_DOWN);
	assert_int_equal(ends[SERVER].frames_sent, sent);
	assert_true(ppp_link_deadline(&ends[SERVER].link) == NEVER);
	/* the link ignores everything from now on */
	ppp_link_input(&ends[SERVER].link, (const uint8_t *)"\xc0\x21\x09\x01\x00\x08\0\0\0\0",
		       10, now);
	ppp_link_close(&ends[SERVER].link, PPP_REASON_LOCAL, NULL, now);
	ppp_link_tick(&ends[SERVER].link, now + 100000);
	assert_int_equal(ends[SERVER].downs, 1);
}

static void the_call_going_away_keeps_the_first_reason(void **state)
{
	up(PPP_AUTH_NONE, PPP_MPPE_OFF);
	ppp_link_close(&ends[CLIENT].link, PPP_REASON_LOCAL, "bye", now);
	/* the server has received the Terminate-Request but has not yet waited for its end */
	run_for(channel.delay);
	ppp_link_lower_down(&ends[SERVER].link, now);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_PEER_CLOSED);
}

static void nobody_there_is_noticed(void **state)
{
	prepare(PPP_AUTH_MSCHAPV2);
	ppp_link_open(&ends[SERVER].link, now);
	channel.loss = 100;
	n_flight = 0;
	run_for(60000);
	assert_true(ends[SERVER].down);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_NO_ANSWER);
	assert_non_null(strstr(ends[SERVER].text, "GRE"));
}

/* GRE passes from the client to the server, and not back. */
static void who_does_not_hear_us_is_told_from_who_is_silent(void **state)
{
	prepare(PPP_AUTH_MSCHAPV2);
	one_way = true;
	open_both();
	run_until(both_down, 60000);
	assert_true(both_down());
	assert_int_equal(ends[SERVER].reason, PPP_REASON_UNHEARD);
	assert_non_null(strstr(ends[SERVER].text, "does not hear us"));
	assert_int_equal(ends[CLIENT].reason, PPP_REASON_NO_ANSWER);
}

static void call_goes_away_after(uint64_t ms, bool hears, enum ppp_reason server,
				 enum ppp_reason client)
{
	prepare(PPP_AUTH_MSCHAPV2);
	one_way = !hears;
	ends[SERVER].verdict_delay = 100000;
	open_both();
	run_for(ms);
	ppp_link_lower_down(&ends[SERVER].link, now);
	ppp_link_lower_down(&ends[CLIENT].link, now);
	assert_int_equal(ends[SERVER].reason, server);
	assert_int_equal(ends[CLIENT].reason, client);
}

/* Who hangs up because the wire is dead says something else, as "lost carrier", or nothing. */
static void a_dead_wire_is_why_the_call_goes_away(void **state)
{
	call_goes_away_after(6000, false, PPP_REASON_UNHEARD, PPP_REASON_NO_ANSWER);
	call_goes_away_after(1000, false, PPP_REASON_LOWER_DOWN, PPP_REASON_LOWER_DOWN);
	call_goes_away_after(6000, true, PPP_REASON_LOWER_DOWN, PPP_REASON_LOWER_DOWN);
}

static void a_dead_wire_is_why_the_peer_terminates(void **state)
{
	static const uint8_t terminate[] = { 0xc0, 0x21, 5, 77, 0, 4 };

	prepare(PPP_AUTH_MSCHAPV2);
	one_way = true;
	open_both();
	run_for(6000);
	ppp_link_input(&ends[SERVER].link, terminate, sizeof(terminate), now);
	run_for(6000);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_UNHEARD);
}

static void a_looped_line_is_noticed(void **state)
{
	prepare(PPP_AUTH_NONE);
	loopback = true;
	ppp_link_open(&ends[SERVER].link, now);
	run_for(60000);
	assert_true(ends[SERVER].down);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_LOOPBACK);
}

static void a_line_looped_later_is_noticed(void **state)
{
	up(PPP_AUTH_NONE, PPP_MPPE_OFF);
	loopback = true;
	/* The client is cut off, and silent. */
	ends[CLIENT].link.lcp.echo_deadline = NEVER;
	run_for(200000);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_LOOPBACK);
}

static void lcp_may_be_negotiated_again(void **state)
{
	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	forget(CLIENT);
	ppp_link_set_credentials(&ends[CLIENT].link, USER, PASSWORD);
	ends[CLIENT].ipv4 = false;
	ends[CLIENT].ccp = false;
	ppp_link_open(&ends[CLIENT].link, now);
	run_until(both_up, 10000);
	assert_up();
	run_for(5000);
	assert_up();
	assert_int_equal(ends[SERVER].ipv4_ups, 2);
	assert_int_equal(ends[SERVER].authenticated, 2);
	assert_keys_meet();
}

static void copies_of_old_requests_do_not_disturb(void **state)
{
	static const uint8_t protocols[][2] = { { 0xc0, 0x21 }, { 0x80, 0x21 } };

	for (size_t p = 0; p < 2; p++) {
		struct in_flight *seen = NULL;

		prepare(PPP_AUTH_NONE);
		open_both();
		while (!both_up()) {
			/* remember the client's last Configure-Request of this protocol */
			for (size_t i = 0; i < n_flight; i++) {
				if (flight[i].to != SERVER || flight[i].frame[2] != 1 ||
				    memcmp(flight[i].frame, protocols[p], 2))
					continue;
				free(seen);
				seen = malloc(sizeof(*seen));
				*seen = flight[i];
			}
			assert_true(step(now + 5000));
		}
		assert_non_null(seen);
		ppp_link_input(&ends[SERVER].link, seen->frame, seen->len, now);
		free(seen);
		run_for(1000);
		assert_up();
		assert_int_equal(ends[SERVER].ipv4_ups, 1);
		assert_int_equal(ends[CLIENT].ipv4_ups, 1);
		assert_int_equal(ends[SERVER].lcp_ups, 1);
	}
}

static void lcp_over_and_over_is_too_much(void **state)
{
	uint8_t request[] = { 0xc0, 0x21, 1, 100, 0, 4 };

	up(PPP_AUTH_NONE, PPP_MPPE_OFF);
	for (unsigned int i = 0; i < 100 && !ends[SERVER].down; i++) {
		request[3]++;
		ppp_link_input(&ends[SERVER].link, request, sizeof(request), now);
		run_until(both_up, 5000);
	}
	run_until(both_down, 5000);
	assert_true(ends[SERVER].down);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_PROTOCOL);
	assert_true(ends[SERVER].ipv4_ups < 20);
}

static void ccp_negotiated_again_stops_the_data(void **state)
{
	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	ppp_link_input(&ends[SERVER].link, mppe_request, sizeof(mppe_request), now);
	assert_false(ends[SERVER].ipv4);
	assert_false(ends[SERVER].ccp);
	run_until(both_up, 5000);
	assert_up();
	assert_true(ends[SERVER].ccp && ends[CLIENT].ccp);
	assert_int_equal(ends[SERVER].ipv4_ups, 2);
	assert_keys_meet();
}

static void ccp_closed_by_the_peer_ends_a_link_that_needs_it(void **state)
{
	static const uint8_t terminate[] = { 0x80, 0xfd, 5, 77, 0, 4 };

	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	ppp_link_input(&ends[SERVER].link, terminate, sizeof(terminate), now);
	assert_false(ends[SERVER].ipv4);
	run_until(both_down, 10000);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_MPPE_REFUSED);
	assert_non_null(strstr(ends[SERVER].text, "closed CCP"));
}

static void ccp_closed_by_the_peer_does_not_take_preferred_encryption_away(void **state)
{
	static const uint8_t terminate[] = { 0x80, 0xfd, 5, 77, 0, 4 };

	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_PREFERRED);
	assert_true(ends[SERVER].ccp);
	ppp_link_input(&ends[SERVER].link, terminate, sizeof(terminate), now);
	assert_false(ends[SERVER].ipv4);
	run_until(both_down, 10000);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_MPPE_ENDED);
	assert_int_equal(ends[SERVER].ipv4_ups, 1);
}

/* The client starts again on the same call, and has another idea of how. */
static void client_starts_again(enum ppp_mppe_policy policy, enum ppp_auth_method method)
{
	forget(CLIENT);
	ends[CLIENT].config.mppe = policy;
	ends[CLIENT].config.accept = PPP_AUTH_BIT(method);
	ppp_link_set_credentials(&ends[CLIENT].link, USER, PASSWORD);
	ends[CLIENT].ipv4 = false;
	ends[CLIENT].ccp = false;
	ppp_link_open(&ends[CLIENT].link, now);
}

/* LCP is not encrypted, so anybody can forge what makes it start again. */
static void lcp_again_does_not_take_preferred_encryption_away(void **state)
{
	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_PREFERRED);
	client_starts_again(PPP_MPPE_PREFERRED, PPP_AUTH_MSCHAPV2);
	run_until(both_up, 10000);
	assert_up();
	assert_true(ends[SERVER].ccp && ends[CLIENT].ccp);
	assert_false(ends[SERVER].early);
	assert_int_equal(ends[SERVER].ipv4_ups, 2);

	client_starts_again(PPP_MPPE_OFF, PPP_AUTH_MSCHAPV2);
	run_until(both_down, 60000);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_MPPE_ENDED);
	assert_int_equal(ends[SERVER].ipv4_ups, 2);

	/* A login without keys. */
	prepare(PPP_AUTH_MSCHAPV2);
	ends[SERVER].config.demand[1] = PPP_AUTH_PAP;
	mppe(PPP_MPPE_PREFERRED, PPP_MPPE_PREFERRED);
	open_both();
	run_until(both_up, 5000);
	assert_true(ends[SERVER].ccp);
	client_starts_again(PPP_MPPE_PREFERRED, PPP_AUTH_PAP);
	run_until(both_down, 60000);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_MPPE_ENDED);
	assert_int_equal(ends[SERVER].ipv4_ups, 1);
}

static void mppe_resynchronises(void **state)
{
	prepare(PPP_AUTH_MSCHAPV2);
	ends[SERVER].config.mppe_modes = PPP_MPPE_STATEFUL;
	ends[CLIENT].config.mppe_modes = PPP_MPPE_STATEFUL;
	mppe(PPP_MPPE_REQUIRED, PPP_MPPE_REQUIRED);
	open_both();
	run_until(both_up, 5000);
	assert_up();

	/* Many packets that cannot be decrypted cause one Reset-Request. */
	for (unsigned int i = 0; i < 10; i++)
		ppp_link_mppe_lost(&ends[CLIENT].link, now);
	ppp_link_input(&ends[CLIENT].link, (const uint8_t *)"\x00\xfd\x90\x00xxxx", 8, now);
	run_for(100);
	assert_int_equal(ends[SERVER].reset_acks, 1);
	assert_false(ends[CLIENT].link.ccp.reset_waits);

	/* A lost Reset-Request is repeated, for a limited time. */
	channel.loss = 100;
	ppp_link_mppe_lost(&ends[CLIENT].link, now);
	run_for(1000);
	channel.loss = 0;
	run_for(1000);
	assert_int_equal(ends[SERVER].reset_acks, 2);
	assert_false(ends[CLIENT].link.ccp.reset_waits);
	assert_up();
}

static void mppe_stateless_needs_no_reset(void **state)
{
	unsigned int sent;

	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	sent = ends[CLIENT].frames_sent;
	ppp_link_mppe_lost(&ends[CLIENT].link, now);
	assert_int_equal(ends[CLIENT].frames_sent, sent);
}

static void unknown_protocols_are_rejected_at_a_bounded_rate(void **state)
{
	static const uint8_t frame[] = { 0x80, 0x3f, 1, 1, 0, 4 };

	up(PPP_AUTH_NONE, PPP_MPPE_OFF);
	for (unsigned int i = 0; i < 200; i++)
		ppp_link_input(&ends[SERVER].link, frame, sizeof(frame), now);
	assert_int_equal(ends[SERVER].rejects_sent, 8);
	for (unsigned int i = 0; i < 200; i++)
		ppp_link_input(&ends[SERVER].link, frame, sizeof(frame), now + 500);
	assert_int_equal(ends[SERVER].rejects_sent, 10);
	now += 500;
	run_for(1000);
	assert_up();
}

static void nothing_but_lcp_and_auth_passes_before_authentication(void **state)
{
	static const uint8_t ipcp[] = { 0x80, 0x21, 1, 1, 0, 10, 3, 6, 10, 0, 0, 7 };
	static const uint8_t data[] = { 0x00, 0x21, 0x45, 0 };
	unsigned int sent;

	prepare(PPP_AUTH_MSCHAPV2);
	ends[SERVER].verdict_delay = 10000;
	open_both();
	run_for(500);
	assert_int_equal(ppp_link_state(&ends[SERVER].link)->phase, PPP_PHASE_AUTHENTICATE);
	sent = ends[SERVER].frames_sent;
	ppp_link_input(&ends[SERVER].link, ipcp, sizeof(ipcp), now);
	ppp_link_input(&ends[SERVER].link, data, sizeof(data), now);
	assert_int_equal(ends[SERVER].frames_sent, sent);
	assert_int_equal(ends[SERVER].bads, 2);
}

/* --- taking over ---------------------------------------------------------------------- */

static void a_link_goes_on_in_another_process(void **state)
{
	struct ppp_state saved;

	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	run_for(1000);
	saved = *ppp_link_state(&ends[SERVER].link);
	ppp_link_wipe(&ends[SERVER].link);
	memset(&ends[SERVER].link, 0xee, sizeof(ends[SERVER].link));
	ppp_link_init(&ends[SERVER].link, &ends[SERVER].config, &ops, &ends[SERVER]);
	assert_true(ppp_link_resume(&ends[SERVER].link, &saved, USER, now));
	run_for(600 * 1000);
	assert_up();
	assert_int_equal(ends[SERVER].ipv4_ups, 1);
	assert_string_equal(ppp_link_peer_name(&ends[SERVER].link), USER);
	ppp_link_close(&ends[SERVER].link, PPP_REASON_LOCAL, NULL, now);
	run_until(both_down, 5000);
	assert_true(both_down());
}

static void a_link_taken_over_may_start_from_the_beginning(void **state)
{
	struct ppp_state saved;

	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	saved = *ppp_link_state(&ends[SERVER].link);
	forget(SERVER);
	assert_true(ppp_link_resume(&ends[SERVER].link, &saved, USER, now));
	forget(CLIENT);
	ppp_link_set_credentials(&ends[CLIENT].link, USER, PASSWORD);
	ends[CLIENT].ipv4 = false;
	ends[CLIENT].ccp = false;
	ppp_link_open(&ends[CLIENT].link, now);
	run_until(both_up, 10000);
	assert_up();
	assert_keys_meet();
}

static void a_link_taken_over_cannot_make_new_keys(void **state)
{
	struct ppp_state saved;

	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	saved = *ppp_link_state(&ends[SERVER].link);
	forget(SERVER);
	assert_true(ppp_link_resume(&ends[SERVER].link, &saved, USER, now));
	ends[SERVER].tx.set = false;
	ends[SERVER].rx.set = false;
	ppp_link_input(&ends[SERVER].link, mppe_request, sizeof(mppe_request), now);
	assert_false(ends[SERVER].tx.set || ends[SERVER].rx.set);
	run_until(both_down, 5000);
	assert_int_equal(ends[SERVER].reason, PPP_REASON_MPPE_NO_KEYS);
}

static void nonsense_is_not_taken_over(void **state)
{
	struct ppp_state good, bad;

	up(PPP_AUTH_MSCHAPV2, PPP_MPPE_REQUIRED);
	good = *ppp_link_state(&ends[SERVER].link);
	prepare(PPP_AUTH_MSCHAPV2);
	mppe(PPP_MPPE_REQUIRED, PPP_MPPE_REQUIRED);
	bad = good;
	bad.version++;
	assert_false(ppp_link_resume(&ends[SERVER].link, &bad, USER, now));
	bad = good;
	bad.phase = PPP_PHASE_AUTHENTICATE;
	assert_false(ppp_link_resume(&ends[SERVER].link, &bad, USER, now));
	bad = good;
	bad.tx.bits = 64;
	assert_false(ppp_link_resume(&ends[SERVER].link, &bad, USER, now));
	bad = good;
	bad.open &= ~PPP_OPEN_CCP;
	assert_false(ppp_link_resume(&ends[SERVER].link, &bad, USER, now));
	assert_true(ppp_link_resume(&ends[SERVER].link, &good, USER, now));
}

/* --- memory --------------------------------------------------------------------------- */

static bool has_only_its_names(const struct ppp_link *link)
{
	return !link->auth.server.talk && !link->auth.client.talk && !link->lcp.fsm.talk &&
	       !link->ccp.fsm.talk && !link->ipcp.fsm.talk && !link->ipv6cp.fsm.talk;
}

static void a_link_that_is_up_is_small(void **state)
{
	for (enum ppp_auth_method m = PPP_AUTH_NONE; m < PPP_AUTH_METHODS; m++) {
		up(m, PPP_MPPE_PREFERRED);
		/* the last Ack is on its way to the server */
		run_for(100);
		assert_true(has_only_its_names(&ends[SERVER].link));
		assert_true(has_only_its_names(&ends[CLIENT].link));
	}
}

/*
 * Wherever the memory runs out, one end reports it and the other end notices that the peer
 * is gone.
 */
static void without_memory_the_link_ends_with_words(void **state)
{
	static const enum ppp_auth_method some[] = { PPP_AUTH_MSCHAPV2, PPP_AUTH_EAP };
	unsigned int n, ended = 0;

	for (size_t m = 0; m < sizeof(some) / sizeof(some[0]); m++) {
		for (n = 0;; n++) {
			prepare(some[m]);
			mppe(PPP_MPPE_REQUIRED, PPP_MPPE_REQUIRED);
			memory_left = n;
			open_both();
			run_for(2000);
			memory_left = UINT_MAX;
			if (both_up())
				break;
			run_until(both_down, 120000);
			assert_true(both_down());
			for (int i = 0; i < 2; i++) {
				if (ends[i].reason != PPP_REASON_NO_MEMORY)
					continue;
				assert_string_equal(ends[i].text, "out of memory");
				ended++;
			}
		}
		/* LCP at both ends, authentication at both, a name, CCP and IPCP at both */
		assert_int_equal(n, 9);
	}
	assert_true(ended >= 18);
}

static void without_memory_a_rechallenge_ends_the_link(void **state)
{
	prepare(PPP_AUTH_MSCHAPV2);
	ends[SERVER].config.rechallenge_ms = 10000;
	open_both();
	run_until(both_up, 5000);
	run_for(1000);
	memory_left = 0;
	run_until(both_down, 20000);
	memory_left = UINT_MAX;
	assert_int_equal(ends[SERVER].reason, PPP_REASON_NO_MEMORY);
	assert_int_equal(ends[CLIENT].reason, PPP_REASON_PEER_CLOSED);
}

static int forget_the_last(void **state)
{
	forget_all();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_peer_that_is_open_before_us_can_send),
		cmocka_unit_test(who_is_open_in_time_is_not_ready_before),
		cmocka_unit_test(it_can_send_when_it_negotiates_anew),
		cmocka_unit_test(keys_that_come_to_nothing_are_void),
		cmocka_unit_test(who_does_not_let_us_come_up_sends_for_a_moment),
		cmocka_unit_test(it_cannot_send_when_it_goes_back),
		cmocka_unit_test(every_method_comes_up),
		cmocka_unit_test(negotiation_takes_few_round_trips),
		cmocka_unit_test(a_late_peer_costs_no_timer),
		cmocka_unit_test(every_mppe_combination_ends_as_it_should),
		cmocka_unit_test(bad_channels_come_up_all_the_same),
		cmocka_unit_test(a_long_password_has_no_short_keys_in_version_1),
		cmocka_unit_test(peers_to_the_letter_come_up_over_bad_channels),
		cmocka_unit_test(both_ends_may_demand_proof),
		cmocka_unit_test(both_ends_may_have_keys_to_give),
		cmocka_unit_test(ipv6_comes_up_beside_ipv4),
		cmocka_unit_test(ipv6_identifiers_may_be_given),
		cmocka_unit_test(a_peer_without_ipv6_still_has_ipv4),
		cmocka_unit_test(no_common_network_protocol_ends_the_link),
		cmocka_unit_test(a_client_without_an_address_is_told),
		cmocka_unit_test(inside_eap_both_may_choose),
		cmocka_unit_test(a_wrong_password_in_eap_md5_is_refused),
		cmocka_unit_test(a_password_that_cannot_be_used_is_not_the_servers_fault),
		cmocka_unit_test(a_wrong_password_is_refused_with_words),
		cmocka_unit_test(refusals_keep_their_code_and_message),
		cmocka_unit_test(a_server_that_does_not_know_the_password_is_found_out),
		cmocka_unit_test(the_method_is_found_down_the_list),
		cmocka_unit_test(no_common_method_is_said_so),
		cmocka_unit_test(a_peer_without_credentials_is_refused),
		cmocka_unit_test(a_verdict_that_never_comes_is_a_timeout),
		cmocka_unit_test(a_rechallenge_does_not_disturb),
		cmocka_unit_test(a_quiet_link_stays),
		cmocka_unit_test(a_dead_peer_is_noticed),
		cmocka_unit_test(who_sends_data_is_not_asked),
		cmocka_unit_test(data_forgives_what_was_missed),
		cmocka_unit_test(without_echo_it_is_not),
		cmocka_unit_test(closing_tells_both),
		cmocka_unit_test(closing_both_at_once_works),
		cmocka_unit_test(closing_without_an_answer_ends_too),
		cmocka_unit_test(closing_early_works_at_every_step),
		cmocka_unit_test(the_call_going_away_ends_it_at_once),
		cmocka_unit_test(the_call_going_away_keeps_the_first_reason),
		cmocka_unit_test(nobody_there_is_noticed),
		cmocka_unit_test(who_does_not_hear_us_is_told_from_who_is_silent),
		cmocka_unit_test(a_dead_wire_is_why_the_call_goes_away),
		cmocka_unit_test(a_dead_wire_is_why_the_peer_terminates),
		cmocka_unit_test(a_looped_line_is_noticed),
		cmocka_unit_test(a_line_looped_later_is_noticed),
		cmocka_unit_test(lcp_may_be_negotiated_again),
		cmocka_unit_test(copies_of_old_requests_do_not_disturb),
		cmocka_unit_test(lcp_over_and_over_is_too_much),
		cmocka_unit_test(ccp_negotiated_again_stops_the_data),
		cmocka_unit_test(ccp_closed_by_the_peer_ends_a_link_that_needs_it),
		cmocka_unit_test(ccp_closed_by_the_peer_does_not_take_preferred_encryption_away),
		cmocka_unit_test(lcp_again_does_not_take_preferred_encryption_away),
		cmocka_unit_test(mppe_resynchronises),
		cmocka_unit_test(mppe_stateless_needs_no_reset),
		cmocka_unit_test(unknown_protocols_are_rejected_at_a_bounded_rate),
		cmocka_unit_test(nothing_but_lcp_and_auth_passes_before_authentication),
		cmocka_unit_test(a_link_goes_on_in_another_process),
		cmocka_unit_test(a_link_taken_over_may_start_from_the_beginning),
		cmocka_unit_test(a_link_taken_over_cannot_make_new_keys),
		cmocka_unit_test(nonsense_is_not_taken_over),
		cmocka_unit_test(a_link_that_is_up_is_small),
		cmocka_unit_test(without_memory_the_link_ends_with_words),
		cmocka_unit_test(without_memory_a_rechallenge_ends_the_link),
	};

	return cmocka_run_group_tests(tests, NULL, forget_the_last);
}
