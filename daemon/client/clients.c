// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/clients.h"
#include "client/log.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"

/* --- changes of the host ------------------------------------------------------------------ */

/*
 * Changes come in crowds: a link brings addresses and routes along, and ten thousand sessions of
 * servers come and go. The first one is noticed at once, and the others of this time together.
 */
#define CROWD_MS	200

static void finish(struct clients *cs);
static void watch_cb(uv_poll_t *poll, int status, int events);

/* Let each client look at the host, in slices. */
static void notice(struct clients *cs)
{
	struct client *c;

	TAILQ_FOREACH(c, &cs->list, link)
		later_add(&cs->shared.net.works, &c->news);
}

static void crowd_cb(uv_timer_t *timer)
{
	CALLBACK("clients: changes");
	struct clients *cs = timer->data;

	uv_poll_start(&cs->watch_poll, UV_READABLE, watch_cb);
}

static void watch_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("clients: change");
	struct clients *cs = poll->data;

	cs->shared.net.ops->watch_read(&cs->watch);
	notice(cs);
	uv_poll_stop(poll);
	uv_timer_start(&cs->watch_timer, crowd_cb, CROWD_MS, 0);
}

static int open_watch(struct clients *cs)
{
	int fd, err = cs->shared.net.ops->watch_open(&cs->watch, &fd);

	if (err)
		return err;
	err = uv_poll_init(cs->shared.loop, &cs->watch_poll, fd);
	if (err) {
		cs->shared.net.ops->watch_close(&cs->watch);
		return err;
	}
	uv_timer_init(cs->shared.loop, &cs->watch_timer);
	cs->watching = true;
	cs->watch_handles = 2;
	cs->watch_poll.data = cs;
	cs->watch_timer.data = cs;
	return uv_poll_start(&cs->watch_poll, UV_READABLE, watch_cb);
}

static void watch_closed(uv_handle_t *handle)
{
	CALLBACK("clients: closed");
	struct clients *cs = handle->data;

	if (--cs->watch_handles)
		return;
	cs->shared.net.ops->watch_close(&cs->watch);
	cs->watching = false;
	finish(cs);
}

/* The first client needs what all share. */
static void need_works(struct clients *cs, const struct config *config)
{
	int err;

	if (cs->open || !config->n_clients)
		return;
	cs->open = true;
	later_line_open(&cs->shared.net.works, cs->shared.loop);
	err = open_watch(cs);
	/* Not fatal: a client whose address is gone notices by echoes, only later. */
	if (err)
		log_warning("changes of addresses, routes and links will not be noticed: %s",
			    strerror(-err));
}

/* --- the set ------------------------------------------------------------------------------ */

/* An interface can be made anew once the client that had it is gone, with its session. */
static bool client_waits(const struct client *c)
{
	struct clients *cs = container_of(c->shared, struct clients, shared);
	const struct client *other;

	TAILQ_FOREACH(other, &cs->list, link)
		if (other != c && other->retired &&
		    !strcmp(other->config->interface, c->config->interface))
			return true;
	return false;
}

/* @c has left its interface. */
static void wake_others(struct clients *cs, const struct client *c)
{
	struct client *other;

	TAILQ_FOREACH(other, &cs->list, link)
		if (!other->retired && !strcmp(other->config->interface, c->config->interface))
			later_add(&cs->shared.net.works, &other->news);
}

/* Returns true if a server of @config is to have the interface that @c has. */
static bool is_for_server(const struct client *c, const struct config *config)
{
	const char *whose, *kind = config_find_interface(config, c->config->interface, &whose);

	return kind && !strcmp(kind, "server");
}

/* Returns true if a client that was retired still has an interface that a server of @config is to have. */
static bool is_being_left(const struct clients *cs, const struct config *config)
{
	const struct client *c;

	TAILQ_FOREACH(c, &cs->list, link)
		if (c->retired && is_for_server(c, config))
			return true;
	return false;
}

/* A client has gone: the servers of the next configuration may have waited for it. */
static void tell_if_left(struct clients *cs)
{
	if (!cs->next || is_being_left(cs, cs->next))
		return;
	cs->next = NULL;
	cs->left(cs->left_ctx);
}

static void client_gone(struct client *c)
{
	struct clients *cs = container_of(c->shared, struct clients, shared);

	TAILQ_REMOVE(&cs->list, c, link);
	cs->n--;
	wake_others(cs, c);
	client_free(c);
	tell_if_left(cs);
	if (cs->shared.stopping && !cs->n)
		finish(cs);
}

/* Returns NULL if there is no memory. */
static struct client *add(struct clients *cs, struct config *whole,
			  const struct config_client *config, enum client_origin origin)
{
	struct client *c = client_new(&cs->shared, whole, config);

	if (!c)
		return NULL;
	c->origin = origin;
	TAILQ_INSERT_TAIL(&cs->list, c, link);
	cs->n++;
	cs->n_made += origin != CLIENT_OF_CONFIG;
	cs->changes++;
	return c;
}

static void retire_one(struct clients *cs, struct client *c)
{
	cs->n_made -= c->origin != CLIENT_OF_CONFIG;
	cs->changes++;
	client_retire(c);
}

/*
 * Returns true, after logging why, if @config has the interface of @c, which was made at run time: what
 * the configuration has goes before.
 */
static bool has_lost_interface(const struct client *c, const struct config *config)
{
	const char *whose, *kind = config_find_interface(config, c->config->interface, &whose);

	if (kind)
		log_client(c->config, LOG_LEVEL_WARNING, "removed, since %s \"%s\" of the "
			   "configuration has the interface %s now", kind, whose,
			   c->config->interface);
	return kind;
}

/* Returns true if @c is not wanted any more by @config, or at all if that is NULL. */
static bool is_to_go(const struct client *c, const struct config *config)
{
	if (!config)
		return true;
	if (config_find_client(config, c->config->name))
		return false;
	return c->origin == CLIENT_OF_CONFIG || has_lost_interface(c, config);
}

static void retire(struct clients *cs, const struct config *config)
{
	struct client *c, *next;

	for (c = TAILQ_FIRST(&cs->list); c; c = next) {
		next = TAILQ_NEXT(c, link);
		if (!c->retired && is_to_go(c, config))
			retire_one(cs, c);
	}
}

bool clients_make_way(struct clients *cs, const struct config *config, void (*left)(void *ctx),
		      void *ctx)
{
	for (struct client *c = clients_next(cs, NULL), *next; c; c = next) {
		next = clients_next(cs, c);
		if (c->origin != CLIENT_OF_CONFIG && is_for_server(c, config) &&
		    has_lost_interface(c, config))
			retire_one(cs, c);
	}
	if (!is_being_left(cs, config))
		return true;
	cs->next = config;
	cs->left = left;
	cs->left_ctx = ctx;
	return false;
}

/* @c is of the configuration from now on, if it was not before. */
static void adopt(struct clients *cs, struct client *c)
{
	if (c->origin == CLIENT_OF_CONFIG)
		return;
	log_client(c->config, LOG_LEVEL_NOTICE, "the configuration has this client now, which was made "
		   "at run time");
	c->origin = CLIENT_OF_CONFIG;
	cs->n_made--;
	cs->changes++;
}

int clients_reload(struct clients *cs, struct config *config, char *error, size_t size)
{
	config_put(cs->config);
	cs->config = config_get(config);
	need_works(cs, config);
	retire(cs, config);
	for (size_t i = 0; i < config->n_clients; i++) {
		struct client *c = clients_find(cs, config->clients[i].name);

		if (c) {
			adopt(cs, c);
			client_reload(c, config, &config->clients[i]);
		} else if (!add(cs, config, &config->clients[i], CLIENT_OF_CONFIG)) {
			snprintf(error, size, "clients: %s", strerror(ENOMEM));
			return -ENOMEM;
		}
	}
	return 0;
}

/* Returns true after writing to @error what is in the way of a client as @config says. */
static bool is_taken(const struct clients *cs, const struct config_client *config, char *error,
		     size_t size)
{
	const struct client *c = clients_find(cs, config->name);
	const char *kind, *whose;

	if (c) {
		snprintf(error, size, "there is a client \"%s\" already, %s", config->name,
			 c->origin == CLIENT_OF_CONFIG ? "in the configuration" :
							 "which was made at run time");
		return true;
	}
	kind = config_find_interface(cs->config, config->interface, &whose);
	for (c = clients_next(cs, NULL); !kind && c; c = clients_next(cs, c))
		if (!strcmp(c->config->interface, config->interface)) {
			kind = "client";
			whose = c->config->name;
		}
	if (kind)
		snprintf(error, size, "interface %s is taken already by %s \"%s\"",
			 config->interface, kind, whose);
	return kind;
}

struct client *clients_add(struct clients *cs, struct config *config, enum client_origin origin,
			   char *error, size_t size)
{
	struct client *c;

	if (cs->shared.stopping) {
		snprintf(error, size, "culvertd is about to stop");
		return NULL;
	}
	if (cs->n_made >= CLIENTS_MADE_MAX) {
		snprintf(error, size, "there are %u clients already that were made at run time",
			 cs->n_made);
		return NULL;
	}
	if (is_taken(cs, config->clients, error, size))
		return NULL;
	need_works(cs, config);
	c = add(cs, config, config->clients, origin);
	if (!c)
		snprintf(error, size, "out of memory");
	return c;
}

bool clients_remove(struct clients *cs, struct client *c)
{
	if (c->origin == CLIENT_OF_CONFIG)
		return false;
	retire_one(cs, c);
	return true;
}

struct client *clients_find(const struct clients *cs, const char *name)
{
	struct client *c;

	TAILQ_FOREACH(c, &cs->list, link)
		if (!c->retired && !strcmp(c->config->name, name))
			return c;
	return NULL;
}

struct client *clients_next(const struct clients *cs, const struct client *c)
{
	c = c ? TAILQ_NEXT(c, link) : TAILQ_FIRST(&cs->list);
	while (c && c->retired)
		c = TAILQ_NEXT(c, link);
	return (struct client *)c;
}

/* --- life --------------------------------------------------------------------------------- */

/* The worker has nothing of the clients' any more. */
static void host_jobs_done(struct host_net *net)
{
	struct clients *cs = container_of(net, struct clients, shared.net);

	if (cs->shared.stopping && !cs->n)
		finish(cs);
}

void clients_init(struct clients *cs)
{
	memset(cs, 0, sizeof(*cs));
	cs->shared.net.ops = &host_ops_real;
	cs->shared.net.idle = host_jobs_done;
	cs->shared.gone = client_gone;
	cs->shared.waits = client_waits;
	TAILQ_INIT(&cs->list);
}

int clients_open(struct clients *cs, struct sessions *sessions, struct config *config)
{
	char error[128];
	int err;

	cs->shared.sessions = sessions;
	cs->shared.loop = sessions->loop;
	cs->shared.net.backend = sessions->backend;
	err = clients_reload(cs, config, error, sizeof(error));
	if (err)
		log_error("%s", error);
	return err;
}

static void works_closed(struct later_line *line)
{
	struct clients *cs = container_of(line, struct clients, shared.net.works);

	cs->open = false;
	finish(cs);
}

/* All clients are gone. What has to be closed first calls this again when it is. */
static void finish(struct clients *cs)
{
	if (cs->shared.net.jobs)
		return;
	if (cs->watching) {
		if (!uv_is_closing((uv_handle_t *)&cs->watch_poll)) {
			uv_close((uv_handle_t *)&cs->watch_poll, watch_closed);
			uv_close((uv_handle_t *)&cs->watch_timer, watch_closed);
		}
		return;
	}
	if (cs->open)
		later_line_close(&cs->shared.net.works, works_closed);
	else
		cs->stopped(cs->ctx);
}

void clients_stop(struct clients *cs, void (*stopped)(void *ctx), void *ctx)
{
	cs->stopped = stopped;
	cs->ctx = ctx;
	config_put(cs->config);
	cs->config = NULL;
	if (!cs->shared.stopping) {
		cs->shared.stopping = true;
		retire(cs, NULL);
	}
	if (!cs->n)
		finish(cs);
}
