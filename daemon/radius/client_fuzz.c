// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client under a script of steps: requests that are sent and cancelled, time that passes, replies
 * that are right, wrong or noise. What must hold is checked after each step.
 */
#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "radius/client.h"
#include "util/container.h"

#define SERVERS		2
#define PORTS		1
#define REQUESTS	16
#define BUFFER		128
#define PACKETS		64	/* those that may still be answered */

enum op { OP_SEND, OP_CANCEL, OP_TIME, OP_DUE, OP_REPLY, OP_NOISE, OP_BENT, OPS };

/* Bits of the first octet. */
#define SET_WEIGHTED	0x01
#define SET_ONE		0x02	/* a group of one server */
#define SET_NO_PROBE	0x04
#define SET_STRICT	0x08	/* Message-Authenticator is demanded */
#define SET_AGAIN	0x10	/* a request that is answered is sent again at once, a few times */

struct sent {
	struct radius_server *server;
	unsigned int port;
	size_t len;
	uint8_t octets[BUFFER];
};

struct owner {
	struct radius_client client;
	struct radius_server_config config;
	struct radius_server servers[SERVERS];
	struct radius_server *list[SERVERS];
	struct radius_slot slots[SERVERS][PORTS * RADIUS_IDS];
	struct radius_group group;
	struct radius_request requests[REQUESTS];
	uint8_t buffers[REQUESTS][BUFFER];
	bool under_way[REQUESTS];
	struct sent sent[PACKETS];
	unsigned int n_sent;
	unsigned int again;
	uint64_t now;
	uint32_t random;
};

static struct owner o;

static void fill(struct radius_client *client, void *buf, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		o.random = o.random * 1103515245 + 12345;
		((uint8_t *)buf)[i] = (uint8_t)(o.random >> 16);
	}
}

static void write_request(struct radius_request *rq, struct radius_writer *w,
			  const struct radius_server *server, uint32_t age_s)
{
	radius_put_number(w, 41, age_s);
}

static void send_packet(struct radius_server *server, unsigned int port, const uint8_t *octets,
			size_t len)
{
	struct sent *sent = &o.sent[o.n_sent++ % PACKETS];
	struct radius_packet packet;

	assert(port < PORTS && len <= BUFFER);
	assert(!radius_parse(&packet, octets, len));
	*sent = (struct sent){ .server = server, .port = port, .len = len };
	memcpy(sent->octets, octets, len);
}

static void send_request(unsigned int number)
{
	if (!o.under_way[number])
		o.under_way[number] = !radius_client_send(&o.client, &o.requests[number], &o.group,
							  o.now);
}

static void answered(struct radius_request *rq, const struct radius_answer *answer)
{
	unsigned int number = (unsigned int)(rq - o.requests);

	assert(o.under_way[number] && !rq->client);
	assert((answer->outcome == RADIUS_ANSWERED) == !!answer->packet);
	o.under_way[number] = false;
	if (o.again) {
		o.again--;
		send_request(number);
	}
}

static void news(struct radius_client *client, struct radius_server *server, enum radius_news what)
{
}

static const struct radius_client_ops ops = {
	.random = fill,
	.write = write_request,
	.send = send_packet,
	.answered = answered,
	.news = news,
};

/* --- steps ----------------------------------------------------------------------------------- */

static void receive(const struct sent *sent, const void *octets, size_t len)
{
	radius_client_received(&o.client, sent->server, sent->port, octets, len, o.now);
}

static struct sent *pick_sent(uint8_t arg)
{
	unsigned int known = o.n_sent < PACKETS ? o.n_sent : PACKETS;

	return known ? &o.sent[(o.n_sent - 1 - arg % known) % PACKETS] : NULL;
}

/* Answer a packet that was sent, with a code of the script, and one bit changed if @bent. */
static void reply(uint8_t arg, uint8_t code, bool bent)
{
	const struct sent *sent = pick_sent(arg);
	uint8_t buf[BUFFER];
	struct radius_writer w;
	size_t len;

	if (!sent)
		return;
	radius_begin(&w, buf, sizeof(buf), code & 0x80 ? RADIUS_ACCESS_ACCEPT :
		     RADIUS_ACCOUNTING_RESPONSE, sent->octets[1], NULL);
	buf[0] = code & 0x7f;
	len = radius_end_reply(&w, sent->octets + RADIUS_AUTHENTICATOR, o.config.secret);
	if (bent)
		buf[arg % len] ^= 1;
	receive(sent, buf, len);
}

static void noise(struct reader *script, uint8_t len)
{
	const struct sent *sent = pick_sent(0);
	size_t n = len < rd_left(script) ? len : rd_left(script);
	const uint8_t *octets = rd_bytes(script, n);

	if (sent && octets)
		receive(sent, octets, n);
}

static void let_time_pass(uint64_t ms)
{
	o.now += ms;
	for (int i = 0; i < 100 && radius_client_next(&o.client) <= o.now; i++)
		radius_client_timeout(&o.client, o.now);
}

static void step(struct reader *script)
{
	enum op op = rd_u8(script) % OPS;
	uint8_t arg = rd_u8(script);
	uint64_t next = radius_client_next(&o.client);

	switch (op) {
	case OP_SEND:
		send_request(arg % REQUESTS);
		break;
	case OP_CANCEL:
		radius_client_cancel(&o.requests[arg % REQUESTS], o.now);
		o.under_way[arg % REQUESTS] = false;
		break;
	case OP_TIME:
		let_time_pass(arg * 20);
		break;
	case OP_DUE:
		let_time_pass(next != NEVER && next > o.now ? next - o.now : 0);
		break;
	case OP_NOISE:
		noise(script, arg);
		break;
	default:
		reply(arg, rd_u8(script), op == OP_BENT);
	}
}

/* --- what must hold -------------------------------------------------------------------------- */

static unsigned int length(const struct radius_requests *requests)
{
	struct radius_request *rq;
	unsigned int n = 0;

	TAILQ_FOREACH(rq, requests, link)
		n++;
	return n;
}

static unsigned int check_server(unsigned int number)
{
	const struct radius_server *server = &o.servers[number];
	unsigned int flights = server->probe.n_flights, used = 0;
	struct radius_request *rq;

	assert(length(&server->requests) == server->under_way);
	assert(length(&server->line) == server->in_line);
	assert(server->under_way <= o.config.window && server->in_line <= o.config.line_max);
	assert((server->state == RADIUS_ON_TRIAL) == !!server->trial);
	TAILQ_FOREACH(rq, &server->requests, link) {
		assert(rq->n_flights && rq->server == server && !rq->in_line);
		assert(due_is_set(&rq->due));
		flights += rq->n_flights;
	}
	for (unsigned int i = 0; i < PORTS * RADIUS_IDS; i++)
		used += !!o.slots[number][i].request;
	assert(used == flights);
	return server->under_way + server->in_line;
}

static void check(void)
{
	unsigned int at_servers = 0, under_way = 0;

	for (unsigned int i = 0; i < SERVERS; i++)
		at_servers += check_server(i);
	for (unsigned int i = 0; i < REQUESTS; i++) {
		assert(o.under_way[i] == !!o.requests[i].client);
		under_way += o.under_way[i] && !o.requests[i].failing;
	}
	assert(at_servers == under_way);
}

static void begin(uint8_t settings)
{
	memset(&o, 0, sizeof(o));
	o.now = 1000;
	radius_server_config_init(&o.config);
	o.config.secret = (struct radius_secret){ "s", 1 };
	o.config.ports = PORTS;
	o.config.window = 3;
	o.config.line_max = 4;
	o.config.probe_ms = settings & SET_NO_PROBE ? 0 : 3000;
	o.config.dead_ms = 5000;
	o.config.require = settings & SET_STRICT ? RADIUS_REQUIRE_YES : RADIUS_REQUIRE_AUTO;
	o.again = settings & SET_AGAIN ? 20 : 0;
	for (unsigned int i = 0; i < SERVERS; i++) {
		radius_server_init(&o.servers[i], &o.config, o.slots[i]);
		o.list[i] = &o.servers[i];
	}
	radius_client_init(&o.client, &ops, o.list, SERVERS);
	o.group = (struct radius_group){
		.servers = o.list,
		.n = settings & SET_ONE ? 1 : SERVERS,
		.weighted = settings & SET_WEIGHTED,
		.patience = { .irt_ms = 500, .mrt_ms = 2000, .mrc = 4, .mrd_ms = 8000 },
	};
	for (unsigned int i = 0; i < REQUESTS; i++) {
		o.requests[i].code = i % 2 ? RADIUS_ACCOUNTING_REQUEST : RADIUS_ACCESS_REQUEST;
		o.requests[i].ages = i % 2;
		o.requests[i].only = i % 5 ? NULL : &o.servers[0];
		o.requests[i].buffer = o.buffers[i];
		/* one of them has no room for its packet */
		o.requests[i].size = i == 7 ? 22 : BUFFER;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader script = rd_init(data, size);

	begin(rd_u8(&script));
	while (rd_left(&script)) {
		step(&script);
		check();
	}
	/* whatever was done, all requests end in time */
	o.again = 0;
	for (int i = 0; i < 20; i++)
		let_time_pass(1000);
	check();
	for (unsigned int i = 0; i < REQUESTS; i++)
		assert(!o.under_way[i]);
	return 0;
}

/* --- seeds ----------------------------------------------------------------------------------- */

static void add(struct writer *w, enum op op, uint8_t arg)
{
	wr_u8(w, op);
	wr_u8(w, arg);
}

static void add_reply(struct writer *w, enum op op, uint8_t arg, enum radius_code code,
		      bool is_signed)
{
	add(w, op, arg);
	wr_u8(w, (uint8_t)(code | (is_signed ? 0x80 : 0)));
}

/* Everything is answered. */
static void calm(struct writer *w)
{
	wr_u8(w, SET_AGAIN);
	for (uint8_t i = 0; i < 4; i++) {
		add(w, OP_SEND, i);
		add_reply(w, OP_REPLY, 0, i % 2 ? RADIUS_ACCOUNTING_RESPONSE : RADIUS_ACCESS_ACCEPT,
			  !(i % 2));
	}
	add_reply(w, OP_REPLY, 0, RADIUS_ACCESS_REJECT, true);
	add_reply(w, OP_BENT, 0, RADIUS_ACCESS_ACCEPT, true);
}

/* A server dies, is probed and revived. */
static void death(struct writer *w)
{
	wr_u8(w, 0);
	for (uint8_t i = 0; i < 12; i++)
		add(w, OP_SEND, i);
	for (int i = 0; i < 20; i++)
		add(w, OP_DUE, 0);
	for (uint8_t i = 0; i < 20; i++)
		add_reply(w, OP_REPLY, i, RADIUS_ACCESS_ACCEPT, false);
	add(w, OP_TIME, 255);
	add_reply(w, OP_REPLY, 0, RADIUS_ACCESS_ACCEPT, false);
}

/* A server alone, with trials. */
static void trial(struct writer *w)
{
	wr_u8(w, SET_ONE | SET_NO_PROBE | SET_STRICT);
	for (uint8_t i = 0; i < 9; i++)
		add(w, OP_SEND, i);
	for (int i = 0; i < 10; i++)
		add(w, OP_DUE, 0);
	add(w, OP_CANCEL, 3);
	add(w, OP_TIME, 255);
	add(w, OP_TIME, 255);
	add(w, OP_SEND, 1);
	add_reply(w, OP_REPLY, 0, RADIUS_ACCOUNTING_RESPONSE, false);
	add(w, OP_NOISE, 20);
	wr_zero(w, 20);
}

static void weights(struct writer *w)
{
	wr_u8(w, SET_WEIGHTED | SET_AGAIN);
	for (uint8_t i = 0; i < 16; i++)
		add(w, OP_SEND, i);
	add(w, OP_TIME, 60);
	for (uint8_t i = 0; i < 16; i++)
		add_reply(w, OP_REPLY, i, RADIUS_ACCESS_CHALLENGE, true);
	add(w, OP_TIME, 255);
}

size_t fuzz_seed(unsigned int index, uint8_t *buf)
{
	static void (* const seeds[])(struct writer *w) = { calm, death, trial, weights };
	struct writer w = wr_init(buf, FUZZ_MAX);

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	seeds[index](&w);
	return wr_ok(&w) ? wr_len(&w) : 0;
}
