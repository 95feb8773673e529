// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "radius/client.h"
#include "util/container.h"

#define WAIT_MAX_MS	3600000		/* of a group whose waits have no limit of their own */
#define COMPLAIN_MS	60000		/* between two complaints of one server */

/* What became of the request that had an identifier before: struct radius_slot. */
enum last {
	LAST_NONE,
	LAST_ANSWERED,
	LAST_GIVEN_UP,
};

void radius_server_config_init(struct radius_server_config *config)
{
	*config = (struct radius_server_config){
		.name = "",
		.require = RADIUS_REQUIRE_AUTO,
		.ports = 4,
		.window = 256,
		.line_max = 1000,
		.weight = 1,
		.dead_after = 3,
		.probe_ms = 5000,
		.dead_ms = 60000,
	};
}

void radius_server_init(struct radius_server *server, const struct radius_server_config *config,
			struct radius_slot *slots)
{
	memset(server, 0, sizeof(*server));
	server->config = config;
	server->slots = slots;
	server->probe_at = NEVER;
	server->probe = (struct radius_request){
		.code = RADIUS_STATUS_SERVER,
		.buffer = server->probe_buffer,
		.size = sizeof(server->probe_buffer),
		.server = server,
	};
	TAILQ_INIT(&server->requests);
	TAILQ_INIT(&server->line);
}

void radius_server_inherit(struct radius_server *server, const struct radius_server *old)
{
	server->state = old->state == RADIUS_UP ? RADIUS_UP : RADIUS_DEAD;
	server->since = old->since;
	server->signs = old->signs;
	server->counters = old->counters;
	server->rtt = old->rtt;
	server->told_unsigned = old->told_unsigned;
	server->complained = old->complained;
	server->complained_at = old->complained_at;
	server->relapses = old->relapses;
	server->trial_at = old->trial_at;
	if (server->state == RADIUS_DEAD && server->config->probe_ms)
		server->probe_at = old->probe_at == NEVER ? old->trial_at : old->probe_at;
}

void radius_client_init(struct radius_client *client, const struct radius_client_ops *ops,
			struct radius_server * const *servers, unsigned int n)
{
	*client = (struct radius_client){ .ops = ops, .servers = servers, .n_servers = n };
}

const char *radius_news_text(enum radius_news news)
{
	switch (news) {
	case RADIUS_NEWS_DEAD:
		return "does not answer";
	case RADIUS_NEWS_ALIVE:
		return "answers again";
	case RADIUS_NEWS_UNSIGNED:
		return "sends replies without Message-Authenticator, which can be forged "
		       "(CVE-2024-3596); update it (FreeRADIUS: to 3.2.5 or later)";
	case RADIUS_NEWS_SIGNED:
		return "sends replies with Message-Authenticator";
	case RADIUS_NEWS_NOT_SIGNED:
		return "sent a reply without Message-Authenticator, which was dropped; update it, "
		       "or (but for EAP) allow that by require-message-authenticator";
	case RADIUS_NEWS_NOT_AUTHENTIC:
		return "sent a reply that is not authentic, which was dropped; the secrets may "
		       "differ";
	case RADIUS_NEWS_WRONG_CODE:
		return "sent a reply whose code does not answer the request, which was dropped; "
		       "its ports for authentication and accounting may be mixed up";
	}
	return "is in an unknown state";
}

static void set_clock(struct radius_client *client, uint64_t now)
{
	if (now > client->now)
		client->now = now;
}

/* --- times ----------------------------------------------------------------------------------- */

/* Returns a random number below @n, which is not 0. */
static uint32_t random_below(struct radius_client *client, uint32_t n)
{
	uint32_t number;

	client->ops->random(client, &number, sizeof(number));
	return number % n;
}

/* Returns @ms + RAND * @ms, with RAND from -0.1 to 0.1: RFC 5080 section 2.2.1. */
static uint64_t jitter(struct radius_client *client, uint32_t ms)
{
	uint32_t tenth = ms / 10;

	return (uint64_t)ms - tenth + random_below(client, 2 * tenth + 1);
}

/* RT of RFC 5080 section 2.2.1: how long to wait for an answer to the next transmission. */
static uint32_t next_wait(struct radius_client *client, const struct radius_request *rq)
{
	const struct radius_patience *patience = &rq->group->patience;
	uint32_t longest = patience->mrt_ms ? patience->mrt_ms : WAIT_MAX_MS;
	uint64_t wait = rq->wait_ms ? rq->wait_ms + jitter(client, rq->wait_ms) :
				      jitter(client, patience->irt_ms);

	return (uint32_t)(wait > longest ? jitter(client, longest) : wait);
}

/* Returns when a request has waited long enough (MRD). */
static uint64_t end_of(const struct radius_request *rq)
{
	uint32_t mrd = rq->group->patience.mrd_ms;

	return mrd ? rq->begun_at + mrd : NEVER;
}

/* Returns true if a request that was not answered is not to be sent again (MRC, MRD). */
static bool is_over(const struct radius_request *rq)
{
	unsigned int mrc = rq->group->patience.mrc;

	return (mrc && rq->sent > mrc) || rq->client->now >= end_of(rq);
}

/* --- identifiers ----------------------------------------------------------------------------- */

/* Neighbours are of different ports, so that all ports are used alike. */
static struct radius_slot *slot_of(const struct radius_server *server, unsigned int port,
				   unsigned int id)
{
	return &server->slots[id * server->config->ports + port];
}

static struct radius_flight *last_flight(struct radius_request *rq)
{
	return &rq->flights[rq->n_flights - 1];
}

static void release(const struct radius_server *server, const struct radius_flight *flight,
		    enum last last)
{
	struct radius_slot *slot = slot_of(server, flight->port, flight->id);

	slot->request = NULL;
	slot->last = (uint8_t)last;
}

static void release_all(struct radius_request *rq, enum last last)
{
	for (unsigned int i = 0; i < rq->n_flights; i++)
		release(rq->server, &rq->flights[i], last);
	rq->n_flights = 0;
}

/* Returns the number of the free slot that comes next, or that of all slots if there is none. */
static unsigned int find_slot(const struct radius_server *server)
{
	unsigned int n = server->config->ports * RADIUS_IDS;

	for (unsigned int i = 0; i < n; i++) {
		unsigned int number = (server->next_slot + i) % n;

		if (!server->slots[number].request)
			return number;
	}
	return n;
}

/* Give the request a new identifier, in place of its oldest one if it has as many as it may. */
static bool take_slot(struct radius_request *rq)
{
	struct radius_server *server = rq->server;
	unsigned int ports = server->config->ports;
	unsigned int number = find_slot(server);

	if (number == ports * RADIUS_IDS)
		return false;
	if (rq->n_flights == RADIUS_FLIGHTS_MAX) {
		release(server, &rq->flights[0], LAST_GIVEN_UP);
		memmove(&rq->flights[0], &rq->flights[1],
			sizeof(rq->flights) - sizeof(rq->flights[0]));
		rq->n_flights--;
	}
	server->slots[number].request = rq;
	server->next_slot = number + 1;
	rq->flights[rq->n_flights++] = (struct radius_flight){
		.port = (uint8_t)(number % ports), .id = (uint8_t)(number / ports),
	};
	return true;
}

/* --- transmission ---------------------------------------------------------------------------- */

static uint32_t age_of(const struct radius_client *client, const struct radius_request *rq)
{
	return client->now > rq->since ? (uint32_t)((client->now - rq->since) / 1000) : 0;
}

/* Write the packet with a new identifier. Returns RADIUS_ANSWERED, or why that is not possible. */
static enum radius_outcome make(struct radius_client *client, struct radius_request *rq)
{
	const struct radius_server_config *config = rq->server->config;
	uint8_t random[RADIUS_AUTHENTICATOR_LEN];
	struct radius_flight *flight;
	struct radius_writer w;

	if (!take_slot(rq))
		return RADIUS_NO_ROOM;
	flight = last_flight(rq);
	client->ops->random(client, random, sizeof(random));
	radius_begin(&w, rq->buffer, rq->size, rq->code, flight->id,
		     rq->code == RADIUS_ACCOUNTING_REQUEST ? NULL : random);
	client->ops->write(rq, &w, rq->server, age_of(client, rq));
	rq->len = (uint16_t)radius_end_request(&w, config->secret);
	if (!rq->len)
		return RADIUS_TOO_LONG;
	memcpy(flight->authenticator, rq->buffer + RADIUS_AUTHENTICATOR, sizeof(random));
	return RADIUS_ANSWERED;
}

static void transmit(struct radius_client *client, struct radius_request *rq)
{
	struct radius_server *server = rq->server;

	server->counters.sent++;
	if (rq->sent++)
		server->counters.retransmitted++;
	rq->sent_at = client->now;
	client->ops->send(server, last_flight(rq)->port, rq->buffer, rq->len);
}

/* Transmit a request, and wait for its answer. */
static void ask(struct radius_client *client, struct radius_request *rq)
{
	rq->wait_ms = next_wait(client, rq);
	due_set(&client->due, &rq->due, earlier(client->now + rq->wait_ms, end_of(rq)));
	transmit(client, rq);
}

/* --- coming to a server and leaving it ------------------------------------------------------- */

static void feed(struct radius_client *client, struct radius_server *server);

/* Let the request end with an event, which radius_client_timeout() raises. */
static void fail_soon(struct radius_client *client, struct radius_request *rq,
		      enum radius_outcome outcome)
{
	rq->failing = outcome;
	due_set(&client->due, &rq->due, client->now);
}

/* Take the request away from its server. */
static void detach(struct radius_request *rq, enum last last)
{
	struct radius_server *server = rq->server;

	TAILQ_REMOVE(rq->in_line ? &server->line : &server->requests, rq, link);
	if (rq->in_line)
		server->in_line--;
	else
		server->under_way--;
	release_all(rq, last);
	rq->in_line = false;
	rq->server = NULL;
	if (server->trial == rq) {
		server->trial = NULL;
		server->state = RADIUS_DEAD;
	}
}

/* The same, and another one may have its turn there. Does nothing if the request is at none. */
static void leave(struct radius_client *client, struct radius_request *rq, enum last last)
{
	struct radius_server *server = rq->server;

	due_remove(&client->due, &rq->due);
	rq->hurried = false;
	if (!server)
		return;
	detach(rq, last);
	feed(client, server);
}

/* Returns true if the server is dead, and is to have a request again. */
static bool wants_trial(const struct radius_server *server, uint64_t now)
{
	return server->state == RADIUS_DEAD && now >= server->trial_at;
}

/* The server may be on trial: then this is the request that it gets. */
static void begin_trial(struct radius_server *server, struct radius_request *rq, uint64_t now)
{
	if (!wants_trial(server, now))
		return;
	server->state = RADIUS_ON_TRIAL;
	server->trial = rq;
}

/* Send the request to the server which it is at. Returns RADIUS_ANSWERED if that was possible. */
static enum radius_outcome start(struct radius_client *client, struct radius_request *rq)
{
	struct radius_server *server = rq->server;
	enum radius_outcome outcome;

	server->under_way++;
	TAILQ_INSERT_TAIL(&server->requests, rq, link);
	begin_trial(server, rq, client->now);
	outcome = make(client, rq);
	if (outcome) {
		detach(rq, LAST_GIVEN_UP);
		return outcome;
	}
	rq->first_at = client->now;
	ask(client, rq);
	return RADIUS_ANSWERED;
}

/* Returns true if a request that comes to the server is sent at once. */
static bool has_room(const struct radius_server *server)
{
	return server->under_way < server->config->window && TAILQ_EMPTY(&server->line);
}

/*
 * Bring the request to a server: under way, or in line. Returns RADIUS_ANSWERED, or why it cannot
 * be.
 */
static enum radius_outcome enter(struct radius_client *client, struct radius_request *rq,
				 struct radius_server *server)
{
	rq->server = server;
	if (has_room(server))
		return start(client, rq);
	if (server->in_line >= server->config->line_max) {
		rq->server = NULL;
		server->counters.refused_line++;
		return RADIUS_NO_ROOM;
	}
	rq->in_line = true;
	server->in_line++;
	TAILQ_INSERT_TAIL(&server->line, rq, link);
	due_set(&client->due, &rq->due, end_of(rq));
	return RADIUS_ANSWERED;
}

/* Let those have their turn that wait for the window, unless they are about to go elsewhere. */
static void feed(struct radius_client *client, struct radius_server *server)
{
	struct radius_request *rq;
	enum radius_outcome outcome;

	while (server->under_way < server->config->window) {
		rq = TAILQ_FIRST(&server->line);
		if (!rq || rq->hurried)
			return;
		TAILQ_REMOVE(&server->line, rq, link);
		server->in_line--;
		rq->in_line = false;
		outcome = start(client, rq);
		if (outcome)
			fail_soon(client, rq, outcome);
	}
}

/* --- choice of a server ---------------------------------------------------------------------- */

/* Returns true if the server has room for a request at least in line. */
static bool has_place(const struct radius_server *server)
{
	return has_room(server) || server->in_line < server->config->line_max;
}

/*
 * Returns true if the server is believed to answer, and has a place. A trial is one request, which
 * is sent at once: nobody stands in line for a dead server while others may answer.
 */
static bool is_usable(const struct radius_server *server, uint64_t now)
{
	return server->state == RADIUS_UP ? has_place(server) :
					    wants_trial(server, now) && has_room(server);
}

/* Those among which weights decide. */
struct choice {
	const struct radius_server *except;	/* NULL: any server of the group */
	bool roomy;				/* those with room in their window alone */
	bool weightless;			/* those with weight 0, too */
};

/* Returns the weight that a server has in a choice, 0 if it is not in it. */
static uint32_t weight_in(const struct choice *choice, const struct radius_server *server,
			  uint64_t now)
{
	if (server == choice->except || !is_usable(server, now) ||
	    (choice->roomy && !has_room(server)))
		return 0;
	return choice->weightless ? 1 : server->config->weight;
}

/* Returns a server of the choice, or NULL if there is none. */
static struct radius_server *draw(struct radius_client *client, const struct radius_group *group,
				  const struct choice *choice)
{
	uint32_t sum = 0, number;

	for (unsigned int i = 0; i < group->n; i++)
		sum += weight_in(choice, group->servers[i], client->now);
	if (!sum)
		return NULL;
	number = random_below(client, sum);
	for (unsigned int i = 0; i < group->n; i++) {
		uint32_t weight = weight_in(choice, group->servers[i], client->now);

		if (number < weight)
			return group->servers[i];
		number -= weight;
	}
	return NULL;
}

/*
 * By weight: those with a weight before those without; among these, those with room before others.
 */
static struct radius_server *pick_weighted(struct radius_client *client,
					   const struct radius_group *group,
					   const struct radius_server *except)
{
	for (unsigned int i = 0; i < 4; i++) {
		const struct choice choice = {
			.except = except, .roomy = !(i & 1), .weightless = i & 2,
		};
		struct radius_server *server = draw(client, group, &choice);

		if (server)
			return server;
	}
	return NULL;
}

static struct radius_server *pick_first(const struct radius_client *client,
					const struct radius_group *group,
					const struct radius_server *except)
{
	for (unsigned int i = 0; i < group->n; i++)
		if (group->servers[i] != except && is_usable(group->servers[i], client->now))
			return group->servers[i];
	return NULL;
}

/* Returns a server for the request that may answer, other than the one that it is at; or NULL. */
static struct radius_server *find_usable(struct radius_client *client,
					 const struct radius_request *rq)
{
	if (rq->only)
		return NULL;
	return rq->group->weighted ? pick_weighted(client, rq->group, rq->server) :
				     pick_first(client, rq->group, rq->server);
}

/* Returns the server of the group that comes after that of the request, in turn. */
static struct radius_server *next_in_turn(const struct radius_request *rq)
{
	const struct radius_group *group = rq->group;

	if (rq->only)
		return rq->only;
	for (unsigned int i = 0; i < group->n; i++)
		if (group->servers[i] == rq->server)
			return group->servers[(i + 1) % group->n];
	return group->servers[0];
}

/* --- death and revival ----------------------------------------------------------------------- */

static void tell(struct radius_client *client, struct radius_server *server, enum radius_news news)
{
	client->ops->news(client, server, news);
}

/* Let those requests go elsewhere, soon, which can; a trial stays until it is over. */
static void hurry_all(struct radius_client *client, struct radius_requests *requests)
{
	struct radius_request *rq;

	TAILQ_FOREACH(rq, requests, link) {
		if (rq->server->trial == rq || !find_usable(client, rq))
			continue;
		rq->hurried = true;
		due_set(&client->due, &rq->due, client->now);
	}
}

/* Returns the time to the first Status-Server after a death: twice as long with each relapse. */
static uint32_t first_probe_ms(const struct radius_server *server)
{
	const uint64_t most = server->config->dead_ms;
	uint64_t ms = server->config->probe_ms;

	for (unsigned int i = 0; i < server->relapses && ms < most; i++)
		ms = earlier(2 * ms, most);
	return (uint32_t)ms;
}

static void die(struct radius_client *client, struct radius_server *server)
{
	bool relapse = server->since && client->now - server->since < server->config->dead_ms;

	server->relapses = relapse ? server->relapses + 1 : 0;
	server->state = RADIUS_DEAD;
	server->since = client->now;
	server->trial_at = client->now + server->config->dead_ms;
	server->probe_at = server->config->probe_ms ?
			   client->now + jitter(client, first_probe_ms(server)) : NEVER;
	tell(client, server, RADIUS_NEWS_DEAD);
	hurry_all(client, &server->requests);
	hurry_all(client, &server->line);
}

/* A server has come back: what waits at those that are dead need not wait there. */
static void hurry_the_dead(struct radius_client *client)
{
	for (unsigned int i = 0; i < client->n_servers; i++) {
		if (client->servers[i]->state == RADIUS_UP)
			continue;
		hurry_all(client, &client->servers[i]->requests);
		hurry_all(client, &client->servers[i]->line);
	}
}

static void revive(struct radius_client *client, struct radius_server *server)
{
	server->state = RADIUS_UP;
	server->since = client->now;
	server->trial = NULL;
	server->probe_at = NEVER;
	release_all(&server->probe, LAST_GIVEN_UP);
	tell(client, server, RADIUS_NEWS_ALIVE);
	hurry_the_dead(client);
}

/* A request was not answered, and nothing was heard since it was sent. */
static void note_silence(struct radius_client *client, struct radius_server *server,
			 const struct radius_request *rq)
{
	server->silences++;
	if (server->trial == rq) {
		server->trial = NULL;
		server->state = RADIUS_DEAD;
		server->trial_at = client->now + server->config->dead_ms;
	} else if (server->state == RADIUS_UP && server->silences >= server->config->dead_after) {
		die(client, server);
	}
}

static void hear(struct radius_client *client, struct radius_server *server)
{
	server->heard = true;
	server->heard_at = client->now;
	server->silences = 0;
	server->counters.answered++;
	if (server->state != RADIUS_UP)
		revive(client, server);
}

static void probe(struct radius_client *client, struct radius_server *server)
{
	struct radius_request *rq = &server->probe;

	server->probe_at = client->now + jitter(client, server->config->probe_ms);
	rq->sent = 0;
	if (make(client, rq))
		release_all(rq, LAST_GIVEN_UP);
	else
		transmit(client, rq);
}

/* --- what is due ----------------------------------------------------------------------------- */

/* The request is over; its owner may do with it what it likes. */
static void finish(struct radius_client *client, struct radius_request *rq,
		   enum radius_outcome outcome)
{
	const struct radius_answer answer = { .outcome = outcome };

	leave(client, rq, LAST_GIVEN_UP);
	rq->client = NULL;
	client->ops->answered(rq, &answer);
}

/*
 * In the first round each server is given the first wait. Later, and at a server that is dead, too,
 * the wait grows on: else servers that are all slower than the first wait would never be heard.
 */
static void move(struct radius_client *client, struct radius_request *rq,
		 struct radius_server *server)
{
	enum radius_outcome outcome;

	rq->server->counters.moved++;
	leave(client, rq, LAST_GIVEN_UP);
	if (server->state == RADIUS_UP && rq->sent < rq->group->n)
		rq->wait_ms = 0;
	outcome = enter(client, rq, server);
	if (outcome)
		fail_soon(client, rq, outcome);
}

static void send_again(struct radius_client *client, struct radius_request *rq)
{
	enum radius_outcome outcome = rq->ages ? make(client, rq) : RADIUS_ANSWERED;

	if (outcome)
		finish(client, rq, outcome);
	else
		ask(client, rq);
}

/* Returns true if nothing was heard of the server since it was asked. */
static bool is_silent(const struct radius_server *server, const struct radius_request *rq)
{
	return !server->heard || server->heard_at <= rq->sent_at;
}

/* Returns the server to which a request goes that was not answered; NULL: it stays where it is. */
static struct radius_server *find_other(struct radius_client *client,
					const struct radius_request *rq)
{
	struct radius_server *other = NULL;

	if (is_silent(rq->server, rq))
		other = find_usable(client, rq);
	if (!other && rq->server->state != RADIUS_UP && has_place(next_in_turn(rq)))
		other = next_in_turn(rq);
	return other == rq->server ? NULL : other;
}

/* The wait for an answer is over. One that MRD has cut short says nothing of the server. */
static void expire(struct radius_client *client, struct radius_request *rq)
{
	struct radius_server *server = rq->server, *other;

	server->counters.lost++;
	if (is_silent(server, rq) && client->now - rq->sent_at >= rq->wait_ms)
		note_silence(client, server, rq);
	if (is_over(rq)) {
		finish(client, rq, RADIUS_NO_ANSWER);
		return;
	}
	other = find_other(client, rq);
	if (other)
		move(client, rq, other);
	else
		send_again(client, rq);
}

/* The server of the request is dead, and another one was not; either may have changed meanwhile. */
static void evade(struct radius_client *client, struct radius_request *rq)
{
	struct radius_server *other = NULL;

	if (rq->server->state != RADIUS_UP)
		other = find_usable(client, rq);
	rq->hurried = false;
	if (other) {
		move(client, rq, other);
		return;
	}
	due_set(&client->due, &rq->due,
		rq->in_line ? end_of(rq) : earlier(rq->sent_at + rq->wait_ms, end_of(rq)));
	feed(client, rq->server);
}

static void take_turn(struct radius_client *client, struct radius_request *rq)
{
	if (rq->failing)
		finish(client, rq, rq->failing);
	else if (rq->hurried)
		evade(client, rq);
	else if (rq->in_line)
		finish(client, rq, RADIUS_NO_ANSWER);
	else
		expire(client, rq);
}

uint64_t radius_client_next(const struct radius_client *client)
{
	uint64_t next = due_first(&client->due) ? due_first(&client->due)->at : NEVER;

	for (unsigned int i = 0; i < client->n_servers; i++)
		next = earlier(next, client->servers[i]->probe_at);
	return next;
}

void radius_client_timeout(struct radius_client *client, uint64_t now)
{
	struct due *due;

	set_clock(client, now);
	for (unsigned int i = 0; i < client->n_servers; i++)
		if (client->servers[i]->probe_at <= client->now)
			probe(client, client->servers[i]);
	for (unsigned int i = 0; i < RADIUS_SLICE; i++) {
		due = due_first(&client->due);
		if (!due || due->at > client->now)
			return;
		take_turn(client, container_of(due, struct radius_request, due));
	}
}

/* --- requests -------------------------------------------------------------------------------- */

/* Returns the server for a new request. */
static struct radius_server *first_server(struct radius_client *client,
					  const struct radius_request *rq)
{
	struct radius_server *server = find_usable(client, rq);

	return server ? server : next_in_turn(rq);
}

enum radius_outcome radius_client_send(struct radius_client *client, struct radius_request *rq,
				       const struct radius_group *group, uint64_t now)
{
	enum radius_outcome outcome;

	set_clock(client, now);
	rq->client = client;
	rq->group = group;
	rq->server = NULL;
	rq->failing = RADIUS_ANSWERED;
	rq->sent = 0;
	rq->wait_ms = 0;
	rq->begun_at = client->now;
	outcome = enter(client, rq, first_server(client, rq));
	if (outcome)
		rq->client = NULL;
	return outcome;
}

void radius_client_cancel(struct radius_request *rq, uint64_t now)
{
	struct radius_client *client = rq->client;

	if (!client)
		return;
	set_clock(client, now);
	leave(client, rq, LAST_GIVEN_UP);
	rq->client = NULL;
}

/* --- replies --------------------------------------------------------------------------------- */

static void count_unexpected(struct radius_server *server, const struct radius_slot *slot)
{
	if (slot->last == LAST_ANSWERED)
		server->counters.doubled++;
	else if (slot->last == LAST_GIVEN_UP)
		server->counters.late++;
	else
		server->counters.stray++;
}

/* People should know of replies that are dropped, but not of each. */
static void complain(struct radius_client *client, struct radius_server *server,
		     enum radius_news news)
{
	if (server->complained && client->now - server->complained_at < COMPLAIN_MS)
		return;
	server->complained = true;
	server->complained_at = client->now;
	tell(client, server, news);
}

static void drop_unsigned(struct radius_client *client, struct radius_server *server)
{
	server->counters.unsigned_replies++;
	complain(client, server, RADIUS_NEWS_NOT_SIGNED);
}

static void drop_wrong_code(struct radius_client *client, struct radius_server *server)
{
	server->counters.bad_code++;
	complain(client, server, RADIUS_NEWS_WRONG_CODE);
}

/* Drop a reply for which radius_check_reply() has found a fault. */
static void drop(struct radius_client *client, struct radius_server *server,
		 enum radius_fault fault)
{
	if (fault == RADIUS_FAULT_UNSIGNED) {
		drop_unsigned(client, server);
		return;
	}
	if (fault == RADIUS_FAULT_SIGNATURE)
		server->counters.bad_signature++;
	else
		server->counters.bad_authenticator++;
	complain(client, server, RADIUS_NEWS_NOT_AUTHENTIC);
}

/* Returns true if a reply with this code answers the request. */
static bool is_answer(const struct radius_request *rq, unsigned int code)
{
	switch (rq->code) {
	case RADIUS_ACCESS_REQUEST:
		return code == RADIUS_ACCESS_ACCEPT || code == RADIUS_ACCESS_REJECT ||
		       code == RADIUS_ACCESS_CHALLENGE;
	case RADIUS_ACCOUNTING_REQUEST:
		return code == RADIUS_ACCOUNTING_RESPONSE;
	case RADIUS_STATUS_SERVER:	/* RFC 5997 section 3 */
		return code == (rq->server->config->accounting ? RADIUS_ACCOUNTING_RESPONSE :
								 RADIUS_ACCESS_ACCEPT);
	default:
		return false;
	}
}

static void note_signed(struct radius_client *client, struct radius_server *server)
{
	if (server->signs)
		return;
	server->signs = true;
	tell(client, server, RADIUS_NEWS_SIGNED);
}

static void note_unsigned(struct radius_client *client, struct radius_server *server)
{
	if (server->told_unsigned || server->config->require != RADIUS_REQUIRE_AUTO)
		return;
	server->told_unsigned = true;
	tell(client, server, RADIUS_NEWS_UNSIGNED);
}

/* Returns true if the request has EAP-Message, as it was sent. */
static bool has_eap(const struct radius_request *rq)
{
	struct radius_packet packet;

	return !radius_parse(&packet, rq->buffer, rq->len) && packet.has_eap;
}

/* Returns true if the reply, to an Access-Request, must have a Message-Authenticator. */
static bool must_be_signed(const struct radius_request *rq, const struct radius_packet *packet)
{
	enum radius_require require = rq->server->config->require;

	/* who forges an Accept leaves EAP-Message out, which would tell that it has to be signed */
	if (packet->code != RADIUS_ACCESS_REJECT && has_eap(rq))
		return true;
	return require == RADIUS_REQUIRE_YES ||
	       (require == RADIUS_REQUIRE_AUTO && rq->server->signs);
}

/* Returns false if the reply lacks a Message-Authenticator that it must have. */
static bool is_signed_enough(struct radius_client *client, const struct radius_request *rq,
			     const struct radius_packet *packet)
{
	struct radius_server *server = rq->server;

	if (rq->code != RADIUS_ACCESS_REQUEST)
		return true;
	if (packet->signed_at) {
		if (!packet->has_eap)
			note_signed(client, server);
		return true;
	}
	if (must_be_signed(rq, packet))
		return false;
	note_unsigned(client, server);
	return true;
}

static const struct radius_flight *find_flight(const struct radius_request *rq, unsigned int port,
					       unsigned int id)
{
	for (unsigned int i = 0; i < rq->n_flights; i++)
		if (rq->flights[i].port == port && rq->flights[i].id == id)
			return &rq->flights[i];
	return NULL;
}

/* The reply is authentic, and answers the request. */
static void take_answer(struct radius_client *client, struct radius_request *rq,
			const struct radius_flight *flight, const struct radius_packet *packet)
{
	struct radius_server *server = rq->server;
	const struct radius_flight answered = *flight;
	const struct radius_answer answer = {
		.outcome = RADIUS_ANSWERED,
		.packet = packet,
		.server = server,
		.authenticator = answered.authenticator,
	};

	if (rq == &server->probe) {
		release_all(rq, LAST_ANSWERED);
		hear(client, server);
		return;
	}
	hear(client, server);
	radius_rtt_add(&server->rtt, client->now - rq->first_at, client->now);
	leave(client, rq, LAST_ANSWERED);
	rq->client = NULL;
	client->ops->answered(rq, &answer);
}

void radius_client_received(struct radius_client *client, struct radius_server *server,
			    unsigned int port, const void *octets, size_t len, uint64_t now)
{
	const struct radius_flight *flight;
	struct radius_packet packet;
	struct radius_slot *slot;
	enum radius_fault fault;

	set_clock(client, now);
	fault = radius_parse(&packet, octets, len);
	if (fault || port >= server->config->ports) {
		server->counters.malformed++;
		return;
	}
	slot = slot_of(server, port, packet.id);
	if (!slot->request) {
		count_unexpected(server, slot);
		return;
	}
	flight = find_flight(slot->request, port, packet.id);
	fault = radius_check_reply(&packet, flight->authenticator, server->config->secret);
	if (fault)
		drop(client, server, fault);
	else if (!is_answer(slot->request, packet.code))
		drop_wrong_code(client, server);
	else if (!is_signed_enough(client, slot->request, &packet))
		drop_unsigned(client, server);
	else
		take_answer(client, slot->request, flight, &packet);
}
