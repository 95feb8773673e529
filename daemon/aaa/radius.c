// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "aaa/radius_wire.h"
#include "radius/attribute.h"
#include "util/container.h"
#include "util/log.h"

/* A server as the client has it: a peer, asked for one thing. */
struct asked {
	struct radius_server server;
	struct radius_server_config config;
	struct radius_slot *slots;
	struct radius *radius;
	const struct radius_peer_settings *peer;
	bool accounting;
	uint64_t begun;			/* since when it is known */
};

/* A group for one thing; without servers it does not exist. */
struct members {
	struct radius_group group;
	struct radius_server *servers[RADIUS_GROUP_MAX];
};

struct named_group {
	char *name;
	struct members login, accounting;
};

struct radius {
	unsigned int refs;
	struct radius_wire *wire;
	struct radius_client client;
	struct radius_nas nas;
	struct radius_peer_settings *peers;	/* with texts of their own */
	unsigned int n_peers;
	struct asked *asked;		/* of a peer: logins before accounting */
	struct radius_server **servers;	/* those of @asked, for the client */
	unsigned int n_asked;
	struct named_group *groups;
	unsigned int n_groups;
	uint64_t armed;			/* what the wire's timer is set to */
	/* Random numbers for the next requests: each octet is used once. */
	uint8_t random[256];		/* getrandom() gives so few all at once, or none */
	size_t n_random;
};

/* --- what the client needs ------------------------------------------------------------------- */

static struct radius *radius_of(struct radius_client *client)
{
	return container_of(client, struct radius, client);
}

static void draw(struct radius *r)
{
	ssize_t n;

	do {
		n = getrandom(r->random, sizeof(r->random), 0);
	} while (n < 0 && errno == EINTR);
	if (n != sizeof(r->random)) {
		/* With predictable authenticators passwords could be read, and replies forged. */
		log_error("no random numbers: %s", strerror(errno));
		abort();
	}
	r->n_random = sizeof(r->random);
}

static void give_random(struct radius_client *client, void *buf, size_t len)
{
	struct radius *r = radius_of(client);
	uint8_t *p = buf;

	while (len--) {
		if (!r->n_random)
			draw(r);
		*p++ = r->random[--r->n_random];
		r->random[r->n_random] = 0;
	}
}

/* A Status-Server says who asks (RFC 5997 section 3). */
static void write_probe(const struct radius *r, struct radius_writer *w)
{
	const struct ip_addr *a = &r->nas.address;

	if (*r->nas.identifier)
		radius_put_text(w, RADIUS_NAS_IDENTIFIER, r->nas.identifier);
	if (a->family == AF_INET)
		radius_put(w, RADIUS_NAS_IP_ADDRESS, &a->v4, sizeof(a->v4));
	else if (a->family == AF_INET6)
		radius_put(w, RADIUS_NAS_IPV6_ADDRESS, &a->v6, sizeof(a->v6));
}

static const struct asked *asked_of(const struct radius_server *server)
{
	return container_of(server, const struct asked, server);
}

static unsigned int number_of(const struct asked *asked)
{
	return (unsigned int)(asked - asked->radius->asked);
}

static uint16_t port_of(const struct asked *asked)
{
	return asked->accounting ? asked->peer->acct_port : asked->peer->auth_port;
}

static struct radius_question *question_of(struct radius_request *request)
{
	return container_of(request, struct radius_question, request);
}

static void write_request(struct radius_request *request, struct radius_writer *w,
			  const struct radius_server *server, uint32_t age_s)
{
	struct radius_question *q;

	if (request->code == RADIUS_STATUS_SERVER) {
		write_probe(asked_of(server)->radius, w);
		return;
	}
	q = question_of(request);
	q->write(q, w, server, age_s);
}

/* Returns true if the packet finds out whether a dead server is there again. */
static bool is_trial(const struct radius_server *server, const uint8_t *octets)
{
	return server->state == RADIUS_ON_TRIAL ||
	       (server->state == RADIUS_DEAD && octets[0] == RADIUS_STATUS_SERVER);
}

static void send_request(struct radius_server *server, unsigned int port, const uint8_t *octets,
			 size_t len)
{
	const struct asked *asked = asked_of(server);
	struct radius_wire *wire = asked->radius->wire;

	if (is_trial(server, octets))
		wire->ops->renew(wire, number_of(asked));
	wire->ops->send(wire, number_of(asked), port, octets, len);
}

static void request_answered(struct radius_request *request, const struct radius_answer *answer)
{
	struct radius_question *q = question_of(request);
	struct radius *r = q->radius;

	q->radius = NULL;
	q->answered(q, answer);
	radius_drop(r);
}

/* The client raises each of these seldom, but for death and revival, which take their time. */
static void tell(struct radius_client *client, struct radius_server *server, enum radius_news news)
{
	static const enum log_event events[] = {
		[RADIUS_NEWS_DEAD] = LOG_EVENT_RADIUS_DEAD,
		[RADIUS_NEWS_ALIVE] = LOG_EVENT_RADIUS_ALIVE,
		[RADIUS_NEWS_WRONG_CODE] = LOG_EVENT_NONE,
	};
	const bool good = news == RADIUS_NEWS_ALIVE || news == RADIUS_NEWS_SIGNED;
	const struct asked *asked = asked_of(server);
	const struct log_fields about = {
		.event = events[news],
		.radius = asked->peer->name,
	};

	log_with(&about, log_at(good ? LOG_LEVEL_NOTICE : LOG_LEVEL_WARNING,
				"radius %s (%s port %u, %s): %s", about.radius,
				ip_text(asked->peer->address), port_of(asked),
				asked->accounting ? "accounting" : "logins",
				radius_news_text(news)));
}

static const struct radius_client_ops client_ops = {
	.random = give_random,
	.write = write_request,
	.send = send_request,
	.answered = request_answered,
	.news = tell,
};

/* --- making it ------------------------------------------------------------------------------- */

static void free_peers(struct radius *r)
{
	for (unsigned int i = 0; i < r->n_peers; i++) {
		struct radius_peer_settings *peer = &r->peers[i];

		if (peer->secret)
			explicit_bzero((char *)(uintptr_t)peer->secret, peer->secret_len);
		free((char *)(uintptr_t)peer->secret);
		free((char *)(uintptr_t)peer->name);
		free((char *)(uintptr_t)peer->vrf);
		free((char *)(uintptr_t)peer->netns);
	}
	free(r->peers);
}

static void destroy(struct radius *r)
{
	free_peers(r);
	for (unsigned int i = 0; r->asked && i < r->n_asked; i++)
		free(r->asked[i].slots);
	for (unsigned int i = 0; r->groups && i < r->n_groups; i++)
		free(r->groups[i].name);
	explicit_bzero(r->random, sizeof(r->random));
	free((char *)(uintptr_t)r->nas.identifier);
	free(r->groups);
	free(r->servers);
	free(r->asked);
	free(r);
}

/* Texts become copies, and whatever could not be copied NULL. */
static bool copy_peer(struct radius_peer_settings *to, const struct radius_peer_settings *from)
{
	char *secret = malloc(from->secret_len);

	if (secret)
		memcpy(secret, from->secret, from->secret_len);
	*to = *from;
	to->secret = secret;
	to->name = strdup(from->name);
	to->vrf = strdup(from->vrf);
	to->netns = strdup(from->netns);
	return to->secret && to->name && to->vrf && to->netns;
}

static bool copy_peers(struct radius *r, const struct radius_settings *settings)
{
	/* One element more than needed: calloc() of an empty array may return NULL. */
	r->peers = calloc(settings->n_peers + 1, sizeof(*r->peers));
	while (r->peers && r->n_peers < settings->n_peers) {
		unsigned int i = r->n_peers++;

		if (!copy_peer(&r->peers[i], &settings->peers[i]))
			return false;
	}
	return r->peers;
}

static bool make_server(struct radius *r, const struct radius_peer_settings *peer, bool accounting)
{
	struct asked *asked = &r->asked[r->n_asked];

	r->servers[r->n_asked++] = &asked->server;
	asked->radius = r;
	asked->peer = peer;
	asked->accounting = accounting;
	asked->config = (struct radius_server_config){
		.name = peer->name,
		.secret = { peer->secret, peer->secret_len },
		.require = peer->require,
		.accounting = accounting,
		.ports = peer->ports,
		.window = peer->window,
		.line_max = peer->line_max,
		.weight = peer->weight,
		.dead_after = peer->dead_after,
		.probe_ms = peer->probe_ms,
		.dead_ms = peer->dead_ms,
	};
	asked->slots = calloc((size_t)peer->ports * RADIUS_IDS, sizeof(*asked->slots));
	radius_server_init(&asked->server, &asked->config, asked->slots);
	return asked->slots;
}

static bool make_servers(struct radius *r)
{
	bool made = true;

	r->asked = calloc(2 * (size_t)r->n_peers + 1, sizeof(*r->asked));
	r->servers = calloc(2 * (size_t)r->n_peers + 1, sizeof(struct radius_server *));
	if (!r->asked || !r->servers)
		return false;
	for (unsigned int i = 0; made && i < r->n_peers; i++) {
		if (r->peers[i].auth_port)
			made = make_server(r, &r->peers[i], false);
		if (made && r->peers[i].acct_port)
			made = make_server(r, &r->peers[i], true);
	}
	return made;
}

static struct radius_server *find_server(const struct radius *r,
					 const struct radius_peer_settings *peer, bool accounting)
{
	for (unsigned int i = 0; i < r->n_asked; i++)
		if (r->asked[i].peer == peer && r->asked[i].accounting == accounting)
			return &r->asked[i].server;
	return NULL;
}

static void make_members(const struct radius *r, struct members *members,
			 const struct radius_group_settings *settings, bool accounting)
{
	struct radius_group *group = &members->group;

	group->servers = members->servers;
	group->weighted = settings->weighted;
	group->patience = accounting ? settings->accounting : settings->login;
	for (unsigned int i = 0; i < settings->n && group->n < RADIUS_GROUP_MAX; i++) {
		struct radius_server *server = find_server(r, &r->peers[settings->peers[i]],
							   accounting);

		if (server)
			members->servers[group->n++] = server;
	}
}

static bool make_groups(struct radius *r, const struct radius_settings *settings)
{
	r->groups = calloc(settings->n_groups + 1, sizeof(*r->groups));
	while (r->groups && r->n_groups < settings->n_groups) {
		const struct radius_group_settings *from = &settings->groups[r->n_groups];
		struct named_group *to = &r->groups[r->n_groups++];

		make_members(r, &to->login, from, false);
		make_members(r, &to->accounting, from, true);
		to->name = strdup(from->name);
		if (!to->name)
			return false;
	}
	return r->groups;
}

struct radius *radius_new_on(struct radius_wire *wire, const struct radius_settings *settings)
{
	struct radius *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->refs = 1;
	r->nas.identifier = strdup(settings->nas_identifier);
	r->nas.address = settings->nas_address;
	if (!r->nas.identifier || !copy_peers(r, settings) || !make_servers(r) ||
	    !make_groups(r, settings)) {
		destroy(r);
		return NULL;
	}
	r->wire = wire;
	r->armed = NEVER;
	for (unsigned int i = 0; i < r->n_asked; i++)
		r->asked[i].begun = radius_now(r);
	radius_client_init(&r->client, &client_ops, r->servers, r->n_asked);
	wire->radius = r;
	return r;
}

struct radius *radius_new(uv_loop_t *loop, const struct radius_settings *settings, char *error,
			  size_t size)
{
	struct radius_wire *wire = radius_sockets_new(loop);
	struct radius *r = wire ? radius_new_on(wire, settings) : NULL;

	if (r && radius_sockets_open(wire))
		return r;
	if (r)
		radius_drop(r);
	else if (wire)
		wire->ops->free(wire);
	snprintf(error, size, "radius: out of memory");
	return NULL;
}

/* To be called after each call into the client, which may have a new deadline. */
static void rearm(struct radius *r)
{
	uint64_t next = radius_client_next(&r->client);

	if (next == r->armed)
		return;
	r->armed = next;
	r->wire->ops->arm(r->wire, next);
}

/* --- references ------------------------------------------------------------------------------ */

struct radius *radius_keep(struct radius *r)
{
	if (r)
		r->refs++;
	return r;
}

/* Whatever is under way has a reference, so that nothing is. */
void radius_drop(struct radius *r)
{
	if (!r || --r->refs)
		return;
	r->wire->ops->free(r->wire);
	destroy(r);
}

static bool is_same(const struct asked *a, const struct asked *b)
{
	return a->accounting == b->accounting && port_of(a) == port_of(b) &&
	       ip_equal(a->peer->address, b->peer->address) &&
	       !strcmp(a->peer->name, b->peer->name) &&
	       a->peer->secret_len == b->peer->secret_len &&
	       !memcmp(a->peer->secret, b->peer->secret, a->peer->secret_len);
}

static void inherit(struct asked *asked, const struct radius *old)
{
	for (unsigned int i = 0; i < old->n_asked; i++) {
		if (!is_same(asked, &old->asked[i]))
			continue;
		radius_server_inherit(&asked->server, &old->asked[i].server);
		asked->begun = old->asked[i].begun;
	}
}

void radius_inherit(struct radius *r, const struct radius *old)
{
	for (unsigned int i = 0; i < r->n_asked; i++)
		inherit(&r->asked[i], old);
	rearm(r);
}

/* --- the same once more ---------------------------------------------------------------------- */

static bool same_peer(const struct radius_peer_settings *a, const struct radius_peer_settings *b)
{
	return !strcmp(a->name, b->name) && ip_equal(a->address, b->address) &&
	       a->auth_port == b->auth_port && a->acct_port == b->acct_port &&
	       a->secret_len == b->secret_len && !memcmp(a->secret, b->secret, a->secret_len) &&
	       ip_equal(a->source, b->source) && !strcmp(a->vrf, b->vrf) &&
	       !strcmp(a->netns, b->netns) && a->require == b->require && a->ports == b->ports &&
	       a->window == b->window && a->line_max == b->line_max && a->weight == b->weight &&
	       a->dead_after == b->dead_after && a->probe_ms == b->probe_ms &&
	       a->dead_ms == b->dead_ms;
}

static bool same_patience(const struct radius_patience *a, const struct radius_patience *b)
{
	return a->irt_ms == b->irt_ms && a->mrt_ms == b->mrt_ms && a->mrc == b->mrc &&
	       a->mrd_ms == b->mrd_ms;
}

static bool same_members(const struct radius_group *a, const struct radius_group *b)
{
	if (a->n != b->n || a->weighted != b->weighted ||
	    !same_patience(&a->patience, &b->patience))
		return false;
	for (unsigned int i = 0; i < a->n; i++)
		if (a->servers[i] != b->servers[i])
			return false;
	return true;
}

/* The peers are those of @r. */
static bool same_group(const struct radius *r, const struct named_group *group,
		       const struct radius_group_settings *settings)
{
	struct members login = { 0 }, accounting = { 0 };

	make_members(r, &login, settings, false);
	make_members(r, &accounting, settings, true);
	return !strcmp(group->name, settings->name) &&
	       same_members(&group->login.group, &login.group) &&
	       same_members(&group->accounting.group, &accounting.group);
}

bool radius_is_made_of(const struct radius *r, const struct radius_settings *settings)
{
	if (strcmp(r->nas.identifier, settings->nas_identifier) ||
	    !ip_equal(r->nas.address, settings->nas_address) || r->n_peers != settings->n_peers ||
	    r->n_groups != settings->n_groups)
		return false;
	for (unsigned int i = 0; i < r->n_peers; i++)
		if (!same_peer(&r->peers[i], &settings->peers[i]))
			return false;
	for (unsigned int i = 0; i < r->n_groups; i++)
		if (!same_group(r, &r->groups[i], &settings->groups[i]))
			return false;
	return true;
}

/* --- what is asked for ----------------------------------------------------------------------- */

static const struct named_group *find_group(const struct radius *r, const char *name)
{
	for (unsigned int i = 0; i < r->n_groups; i++)
		if (!strcmp(r->groups[i].name, name))
			return &r->groups[i];
	return NULL;
}

const struct radius_group *radius_login_group(const struct radius *r, const char *name)
{
	const struct named_group *group = find_group(r, name);

	return group && group->login.group.n ? &group->login.group : NULL;
}

const struct radius_group *radius_accounting_group(const struct radius *r, const char *name)
{
	const struct named_group *group = find_group(r, name);

	return group && group->accounting.group.n ? &group->accounting.group : NULL;
}

const struct radius_nas *radius_nas(const struct radius *r)
{
	return &r->nas;
}

uint64_t radius_now(const struct radius *r)
{
	return r->wire->ops->now(r->wire);
}

bool radius_view(const struct radius *r, unsigned int i, struct radius_view *view)
{
	const struct asked *asked;
	uint64_t since;

	if (i >= r->n_asked)
		return false;
	asked = &r->asked[i];
	since = asked->server.since ? asked->server.since : asked->begun;
	*view = (struct radius_view){
		.server = &asked->server,
		.peer = asked->peer,
		.accounting = asked->accounting,
		.port = port_of(asked),
		.for_ms = radius_now(r) - since,
		.fault = r->wire->ops->fault(r->wire, i),
	};
	return true;
}

/* --- questions ------------------------------------------------------------------------------- */

enum radius_outcome radius_ask(struct radius *r, struct radius_question *q,
			       const struct radius_group *group)
{
	enum radius_outcome outcome = radius_client_send(&r->client, &q->request, group,
							 radius_now(r));

	if (outcome == RADIUS_ANSWERED)
		q->radius = radius_keep(r);
	rearm(r);
	return outcome;
}

void radius_give_up(struct radius_question *q)
{
	struct radius *r = q->radius;

	if (!r)
		return;
	q->radius = NULL;
	radius_client_cancel(&q->request, radius_now(r));
	rearm(r);
	radius_drop(r);
}

void radius_received(struct radius *r, unsigned int server, unsigned int port, const void *octets,
		     size_t len)
{
	radius_keep(r);
	radius_client_received(&r->client, &r->asked[server].server, port, octets, len,
			       radius_now(r));
	rearm(r);
	radius_drop(r);
}

void radius_timeout(struct radius *r)
{
	radius_keep(r);
	r->armed = NEVER;
	radius_client_timeout(&r->client, radius_now(r));
	rearm(r);
	radius_drop(r);
}
