/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A struct radius whose network and clock the test plays. What is sent is kept in a list, and
 * answered when the test says so.
 *
 *	played_radius_open(&p, NULL);
 *	radius_ask(p.radius, &q, radius_login_group(p.radius, "ab"));
 *	played_radius_reply(&p, p.n_sent - 1, RADIUS_ACCESS_ACCEPT);
 *	played_radius_close(&p);
 *
 * and an answer with attributes:
 *
 *	struct radius_writer *w = played_radius_begin(&p, 0, RADIUS_ACCESS_ACCEPT);
 *	radius_put_number(w, RADIUS_SESSION_TIMEOUT, 60);
 *	played_radius_send(&p, 0);
 */
#ifndef CULVERT_AAA_PLAYED_RADIUS_TEST_H
#define CULVERT_AAA_PLAYED_RADIUS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "aaa/radius_wire.h"
#include "radius/attribute.h"
#include "util/container.h"

#define PLAYED_RADIUS_SENT	500

/* The servers of played_radius_settings, by their number. */
enum played_radius_server {
	PLAYED_A_LOGIN,
	PLAYED_A_ACCOUNTING,
	PLAYED_B_LOGIN,
	PLAYED_B_ACCOUNTING,
};

struct played_datagram {
	unsigned int server;
	unsigned int port;
	size_t len;
	uint8_t octets[RADIUS_PACKET_MAX];
	uint64_t at;
};

struct played_radius {
	struct radius_wire wire;
	struct radius *radius;		/* the test's reference */
	uint64_t now;
	uint64_t due;			/* what the timer is set to */
	struct played_datagram sent[PLAYED_RADIUS_SENT];	/* since the beginning */
	unsigned int n_sent;
	unsigned int renewed;		/* how often sockets were to be renewed */
	bool freed;

	struct radius_writer reply;	/* of played_radius_begin() */
	uint8_t reply_octets[RADIUS_PACKET_MAX];
};

#define PLAYED_RADIUS_PEER(called, last, text)						\
	{										\
		.name = called,								\
		.address = { .v6.s6_addr = { 192, 0, 2, last }, .family = AF_INET },	\
		.auth_port = 1812, .acct_port = 1813,					\
		.secret = text, .secret_len = sizeof(text) - 1, .vrf = "", .netns = "",	\
		.ports = 2, .window = 100, .line_max = 100, .weight = 1,		\
		.dead_after = 3, .probe_ms = 5000, .dead_ms = 60000,			\
	}

#define PLAYED_RADIUS_GROUP(called, first, count)					\
	{										\
		.name = called, .peers = played_radius_numbers + (first), .n = count,	\
		.login = { .irt_ms = 1000, .mrt_ms = 4000, .mrc = 5, .mrd_ms = 30000 },	\
		.accounting = { .irt_ms = 1000, .mrt_ms = 4000, .mrd_ms = 60000 },	\
	}

/* 192.0.2.1 and 192.0.2.2, both for logins and accounting; as a group "ab", and each alone. */
static const unsigned int played_radius_numbers[] = { 0, 1 };
static const struct radius_peer_settings played_radius_peers[] = {
	PLAYED_RADIUS_PEER("a", 1, "secret of a"),
	PLAYED_RADIUS_PEER("b", 2, "secret of b"),
};
static const struct radius_group_settings played_radius_groups[] = {
	PLAYED_RADIUS_GROUP("ab", 0, 2),
	PLAYED_RADIUS_GROUP("a", 0, 1),
	PLAYED_RADIUS_GROUP("b", 1, 1),
};
static const struct radius_settings played_radius_settings = {
	.nas_identifier = "nas",
	.peers = played_radius_peers, .n_peers = 2,
	.groups = played_radius_groups, .n_groups = 3,
};

static inline struct played_radius *played_radius_of(struct radius_wire *wire)
{
	return container_of(wire, struct played_radius, wire);
}

static inline uint64_t played_radius_now(struct radius_wire *wire)
{
	return played_radius_of(wire)->now;
}

static inline void played_radius_arm(struct radius_wire *wire, uint64_t at)
{
	played_radius_of(wire)->due = at;
}

static inline void played_radius_take(struct radius_wire *wire, unsigned int server,
				      unsigned int port, const uint8_t *octets, size_t len)
{
	struct played_radius *p = played_radius_of(wire);
	struct played_datagram *d = &p->sent[p->n_sent++];

	assert_true(p->n_sent < PLAYED_RADIUS_SENT);
	assert_true(len <= sizeof(d->octets));
	d->server = server;
	d->port = port;
	d->len = len;
	d->at = p->now;
	memcpy(d->octets, octets, len);
}

static inline void played_radius_renew(struct radius_wire *wire, unsigned int server)
{
	played_radius_of(wire)->renewed++;
}

static inline const char *played_radius_fault(struct radius_wire *wire, unsigned int server)
{
	return "";
}

static inline void played_radius_free(struct radius_wire *wire)
{
	assert_false(played_radius_of(wire)->freed);
	played_radius_of(wire)->freed = true;
}

static const struct radius_wire_ops played_radius_ops = {
	.now = played_radius_now,
	.arm = played_radius_arm,
	.send = played_radius_take,
	.renew = played_radius_renew,
	.fault = played_radius_fault,
	.free = played_radius_free,
};

/* @settings may be NULL: played_radius_settings. */
static inline void played_radius_open(struct played_radius *p,
				      const struct radius_settings *settings)
{
	memset(p, 0, sizeof(*p));
	p->wire.ops = &played_radius_ops;
	p->now = 1000000;
	p->due = NEVER;
	p->radius = radius_new_on(&p->wire, settings ? settings : &played_radius_settings);
	assert_non_null(p->radius);
}

/* Drop the test's reference, which must be the last one: no question is under way. */
static inline void played_radius_close(struct played_radius *p)
{
	radius_drop(p->radius);
	assert_true(p->freed);
}

/* Let time pass; what is due is done when it is due. */
static inline void played_radius_pass(struct played_radius *p, uint64_t ms)
{
	uint64_t end = p->now + ms;

	while (p->due <= end) {
		if (p->due > p->now)
			p->now = p->due;
		radius_timeout(p->radius);
	}
	p->now = end;
}

/* --- requests, by their number in @sent ------------------------------------------------------ */

/* Parse request @n. */
static inline struct radius_packet played_radius_request(const struct played_radius *p,
							 unsigned int n)
{
	struct radius_packet packet;

	assert_true(n < p->n_sent);
	assert_int_equal(radius_parse(&packet, p->sent[n].octets, p->sent[n].len), RADIUS_SOUND);
	return packet;
}

/* Find the first attribute of this type in request @n; @vendor is 0 for one of the RFCs. */
static inline bool played_radius_find(const struct played_radius *p, unsigned int n,
				      uint32_t vendor, uint8_t type,
				      struct radius_attribute *attribute)
{
	struct radius_packet packet = played_radius_request(p, n);
	struct radius_iterator it = radius_attributes(&packet);

	while (radius_next(&it, attribute))
		if (attribute->vendor == vendor && attribute->type == type)
			return true;
	return false;
}

static inline struct radius_secret played_radius_secret(const struct played_radius *p,
							unsigned int n)
{
	struct radius_view view;

	assert_true(radius_view(p->radius, p->sent[n].server, &view));
	return view.server->config->secret;
}

/* Begin the reply to request @n, signed if it is one to an Access-Request. */
static inline struct radius_writer *played_radius_begin(struct played_radius *p, unsigned int n,
							enum radius_code code)
{
	assert_true(n < p->n_sent);
	radius_begin(&p->reply, p->reply_octets, sizeof(p->reply_octets), code,
		     p->sent[n].octets[1], NULL);
	return &p->reply;
}

/* End the reply to request @n, and let it come. */
static inline void played_radius_send(struct played_radius *p, unsigned int n)
{
	size_t len = radius_end_reply(&p->reply, p->sent[n].octets + RADIUS_AUTHENTICATOR,
				      played_radius_secret(p, n));

	assert_true(len > 0);
	radius_received(p->radius, p->sent[n].server, p->sent[n].port, p->reply_octets, len);
}

/* Answer request @n without any attribute. */
static inline void played_radius_reply(struct played_radius *p, unsigned int n,
				       enum radius_code code)
{
	played_radius_begin(p, n, code);
	played_radius_send(p, n);
}

#endif
