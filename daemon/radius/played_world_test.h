/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client with three servers that the test plays. What the client sends and tells is kept in a
 * list and in a log; packets are answered when the test says so.
 *
 * The log has words: ">a" a request to server a, ">>a" a retransmission, ">a?" a Status-Server;
 * "+1" the answer to request 1, "-1" no answer, "!1" no room or too long; "dead(a)" and so on for
 * news.
 */
#ifndef CULVERT_RADIUS_PLAYED_WORLD_TEST_H
#define CULVERT_RADIUS_PLAYED_WORLD_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "radius/attribute.h"
#include "radius/client.h"
#include "util/container.h"

#define WORLD_SERVERS	3
#define WORLD_PACKETS	4000
#define WORLD_REQUESTS	1000
#define WORLD_BUFFER	300

struct played_packet {
	struct radius_server *server;
	unsigned int port;
	size_t len;
	uint8_t octets[WORLD_BUFFER];
	uint64_t at;
};

struct played_request {
	struct radius_request request;
	uint8_t buffer[WORLD_BUFFER];
	bool answered;
	enum radius_outcome outcome;
	uint8_t code;			/* of the reply */
	uint64_t at;			/* when that was */
	bool resend;			/* send it once more when it is answered */
};

struct world {
	struct radius_client client;
	struct radius_server_config configs[WORLD_SERVERS];
	struct radius_server servers[WORLD_SERVERS];
	struct radius_server *list[WORLD_SERVERS];
	struct radius_slot *slots[WORLD_SERVERS];
	struct radius_group group;	/* of all servers */
	struct played_request requests[WORLD_REQUESTS];
	struct played_packet packets[WORLD_PACKETS];
	unsigned int n_packets;		/* sent since the beginning */
	bool quiet;			/* log nothing */
	char log[2000];
	uint64_t now;
	uint32_t random;
	size_t filler;			/* octets of Class that requests have besides */
	bool eap;			/* they have EAP-Message */
};

static struct world *world_of(struct radius_client *client)
{
	return container_of(client, struct world, client);
}

static unsigned int number_of_server(const struct world *w, const struct radius_server *server)
{
	return (unsigned int)(server - w->servers);
}

static unsigned int number_of_request(const struct world *w, const struct radius_request *rq)
{
	return (unsigned int)(container_of(rq, const struct played_request, request) - w->requests);
}

__attribute__((format(printf, 2, 3))) static void note(struct world *w, const char *format, ...)
{
	size_t len = strlen(w->log);
	va_list args;

	if (w->quiet)
		return;
	va_start(args, format);
	if (len)
		w->log[len++] = ' ';
	vsnprintf(w->log + len, sizeof(w->log) - len, format, args);
	va_end(args);
}

/* Compares the log, and begins a new one. */
#define expect(w, text)					\
	do {						\
		assert_string_equal((w)->log, text);	\
		(w)->log[0] = '\0';			\
	} while (0)

static void world_random(struct radius_client *client, void *buf, size_t len)
{
	struct world *w = world_of(client);

	for (size_t i = 0; i < len; i++) {
		w->random = w->random * 1103515245 + 12345;
		((uint8_t *)buf)[i] = (uint8_t)(w->random >> 16);
	}
}

/* All tests have one world. */
static struct world *the_world;

static void world_write(struct radius_request *rq, struct radius_writer *out,
			const struct radius_server *server, uint32_t age_s)
{
	static const uint8_t filler[RADIUS_PROBE_MAX];

	radius_put_text(out, RADIUS_NAS_IDENTIFIER, "nas");
	if (rq->ages)
		radius_put_number(out, RADIUS_ACCT_DELAY_TIME, age_s);
	radius_put_pieces(out, RADIUS_CLASS, filler, the_world->filler);
	if (the_world->eap)
		radius_put(out, RADIUS_EAP_MESSAGE, "\2\1\0\4", 4);
}

static void world_send(struct radius_server *server, unsigned int port, const uint8_t *octets,
		       size_t len)
{
	struct world *w = the_world;
	struct played_packet *p = &w->packets[w->n_packets++];
	char letter = (char)('a' + number_of_server(w, server));

	assert_true(w->n_packets < WORLD_PACKETS);
	assert_true(len <= sizeof(p->octets));
	assert_true(port < server->config->ports);
	*p = (struct played_packet){ .server = server, .port = port, .len = len, .at = w->now };
	memcpy(p->octets, octets, len);
	if (octets[0] == RADIUS_STATUS_SERVER) {
		note(w, ">%c?", letter);
		return;
	}
	/* a retransmission has been there, unless it ages */
	for (unsigned int i = 0; i + 1 < w->n_packets; i++)
		if (w->packets[i].server == server && w->packets[i].port == port &&
		    w->packets[i].len == len && !memcmp(w->packets[i].octets, octets, len)) {
			note(w, ">>%c", letter);
			return;
		}
	note(w, ">%c", letter);
}

static void world_answered(struct radius_request *rq, const struct radius_answer *answer)
{
	struct played_request *p = container_of(rq, struct played_request, request);
	struct world *w = the_world;

	assert_false(p->answered);
	p->answered = true;
	p->at = w->now;
	p->outcome = answer->outcome;
	p->code = answer->packet ? answer->packet->code : 0;
	note(w, "%c%u", answer->outcome == RADIUS_ANSWERED ? '+' :
	     answer->outcome == RADIUS_NO_ANSWER ? '-' : '!', number_of_request(w, rq));
	if (p->resend) {
		p->answered = false;
		p->resend = false;
		assert_int_equal(radius_client_send(&w->client, rq, &w->group, w->now),
				 RADIUS_ANSWERED);
	}
}

static void world_news(struct radius_client *client, struct radius_server *server,
		       enum radius_news news)
{
	static const char * const names[] = {
		[RADIUS_NEWS_DEAD] = "dead", [RADIUS_NEWS_ALIVE] = "alive",
		[RADIUS_NEWS_UNSIGNED] = "unsigned", [RADIUS_NEWS_SIGNED] = "signed",
		[RADIUS_NEWS_NOT_SIGNED] = "not-signed",
		[RADIUS_NEWS_NOT_AUTHENTIC] = "not-authentic",
		[RADIUS_NEWS_WRONG_CODE] = "wrong-code",
	};

	note(world_of(client), "%s(%c)", names[news],
	     'a' + number_of_server(world_of(client), server));
}

static const struct radius_client_ops world_ops = {
	.random = world_random,
	.write = world_write,
	.send = world_send,
	.answered = world_answered,
	.news = world_news,
};

/* Patience of 1 s, 2 s, 4 s, 4 s ... until five retransmissions or 30 s. */
static const struct radius_patience world_patience = {
	.irt_ms = 1000, .mrt_ms = 4000, .mrc = 5, .mrd_ms = 30000,
};

static int world_set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	*state = the_world = w;
	if (!w)
		return -1;
	w->now = 1000000;
	w->random = 1;
	for (unsigned int i = 0; i < WORLD_SERVERS; i++) {
		radius_server_config_init(&w->configs[i]);
		w->configs[i].secret = (struct radius_secret){ &"ABC"[i], 1 };
		w->slots[i] = calloc(RADIUS_PORTS_MAX * RADIUS_IDS, sizeof(*w->slots[i]));
		if (!w->slots[i])
			return -1;
		radius_server_init(&w->servers[i], &w->configs[i], w->slots[i]);
		w->list[i] = &w->servers[i];
	}
	radius_client_init(&w->client, &world_ops, w->list, WORLD_SERVERS);
	w->group = (struct radius_group){
		.servers = w->list, .n = WORLD_SERVERS, .patience = world_patience,
	};
	return 0;
}

static int world_tear_down(void **state)
{
	struct world *w = *state;

	for (unsigned int i = 0; i < WORLD_SERVERS; i++)
		free(w->slots[i]);
	free(w);
	return 0;
}

static struct radius_request *world_request(struct world *w, unsigned int number)
{
	struct played_request *p = &w->requests[number];

	if (!p->request.buffer) {
		p->request.code = RADIUS_ACCESS_REQUEST;
		p->request.buffer = p->buffer;
		p->request.size = sizeof(p->buffer);
	}
	p->answered = false;
	return &p->request;
}

static void ask(struct world *w, unsigned int number)
{
	assert_int_equal(radius_client_send(&w->client, world_request(w, number), &w->group,
					    w->now),
			 RADIUS_ANSWERED);
}

/* Let time pass; the client is called when it wants to be. */
static void pass(struct world *w, uint64_t ms)
{
	uint64_t end = w->now + ms;

	while (radius_client_next(&w->client) <= end) {
		if (radius_client_next(&w->client) > w->now)
			w->now = radius_client_next(&w->client);
		radius_client_timeout(&w->client, w->now);
	}
	w->now = end;
}

/* How a reply is made. */
enum reply_how {
	REPLY_SIGNED = 0x1,
	REPLY_EAP = 0x2,
	REPLY_OTHER_SECRET = 0x4,
	REPLY_BAD_SIGNATURE = 0x8,
};

/* Make the reply to packet number @n of those sent. Returns its length. */
static size_t make_reply(const struct world *w, unsigned int n, enum radius_code code,
			 unsigned int how, uint8_t buf[RADIUS_PACKET_MAX])
{
	const struct played_packet *p = &w->packets[n];
	struct radius_secret secret = p->server->config->secret;
	struct radius_writer out;

	if (how & REPLY_OTHER_SECRET)
		secret = (struct radius_secret){ "other", 5 };
	/* accounting is what is begun without Message-Authenticator */
	radius_begin(&out, buf, RADIUS_PACKET_MAX,
		     how & REPLY_SIGNED ? RADIUS_ACCESS_ACCEPT : RADIUS_ACCOUNTING_RESPONSE,
		     p->octets[1], NULL);
	buf[0] = code;
	if (how & REPLY_BAD_SIGNATURE)
		out.signed_at = 0;
	if (how & REPLY_EAP)
		radius_put(&out, RADIUS_EAP_MESSAGE, "\1\2\0\4", 4);
	return radius_end_reply(&out, p->octets + RADIUS_AUTHENTICATOR, secret);
}

static void reply_how(struct world *w, unsigned int n, enum radius_code code, unsigned int how)
{
	uint8_t buf[RADIUS_PACKET_MAX];
	size_t len = make_reply(w, n, code, how, buf);

	radius_client_received(&w->client, w->packets[n].server, w->packets[n].port, buf, len,
			       w->now);
}

/* Accept what packet @n asks, as most servers do. */
static void reply(struct world *w, unsigned int n)
{
	reply_how(w, n, RADIUS_ACCESS_ACCEPT, REPLY_SIGNED);
}

#endif
