// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/clients.h"
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

static void client_gone(struct client *c)
{
	struct clients *cs = container_of(c->shared, struct clients, shared);

	TAILQ_REMOVE(&cs->list, c, link);
	cs->n--;
	client_free(c);
	if (cs->shared.stopping && !cs->n)
		finish(cs);
}

static int add(struct clients *cs, struct config *whole, const struct config_client *config)
{
	struct client *c = client_new(&cs->shared, whole, config);

	if (!c)
		return -ENOMEM;
	TAILQ_INSERT_TAIL(&cs->list, c, link);
	cs->n++;
	return 0;
}

/* Retire the clients that @config does not have; all clients if @config is NULL. */
static void retire(struct clients *cs, const struct config *config)
{
	struct client *c, *next;

	for (c = TAILQ_FIRST(&cs->list); c; c = next) {
		next = TAILQ_NEXT(c, link);
		if (!c->retired && !(config && config_find_client(config, c->config->name)))
			client_retire(c);
	}
}

int clients_reload(struct clients *cs, struct config *config, char *error, size_t size)
{
	int err = 0;

	need_works(cs, config);
	retire(cs, config);
	for (size_t i = 0; !err && i < config->n_clients; i++) {
		struct client *c = clients_find(cs, config->clients[i].name);

		if (c)
			client_reload(c, config, &config->clients[i]);
		else
			err = add(cs, config, &config->clients[i]);
	}
	if (err)
		snprintf(error, size, "clients: %s", strerror(-err));
	return err;
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
	if (!cs->shared.stopping) {
		cs->shared.stopping = true;
		retire(cs, NULL);
	}
	if (!cs->n)
		finish(cs);
}
