// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "aaa/admission.h"
#include "server/call.h"
#include "server/probe.h"
#include "server/servers.h"
#include "util/callback.h"
#include "util/container.h"

/* Counters of what came from the peer of a session. */
struct signs {
	uint64_t frames;
	uint64_t messages;		/* on the control connection */
};

struct probe {
	uv_timer_t timer;
	struct servers *all;
	uint64_t id;
	bool same_connection;		/* as the call that asks for the probe */
	struct signs signs;		/* when the probe began */
	void (*done)(void *ctx, uint64_t id, bool alive);
	void *ctx;
};

/* Returns the call of the session with that number; NULL once the session is gone. */
static struct call *call_with(const struct servers *all, uint64_t id)
{
	struct session *s = registry_find_id(&all->sessions->registry, id);

	return s && s->record.role == SESSION_OF_SERVER ? s->owner : NULL;
}

static struct call *call_of(const struct probe *p)
{
	return call_with(p->all, p->id);
}

bool probe_is_needless(const struct servers *all, uint64_t id)
{
	const struct call *c = call_with(all, id);

	return c && (session_is_over(&c->session) ||
		     (c->connection && tunnel_has_hung_up(&c->connection->tunnel)));
}

/*
 * Returns the tunnel whose messages are a sign of life; NULL if there is none. A connection on
 * which the peer has just placed another call is alive in any case, and says nothing about this
 * call.
 */
static struct tunnel *tunnel_of(const struct probe *p, struct call *c)
{
	return c->connection && !p->same_connection ? &c->connection->tunnel : NULL;
}

static struct signs signs_of(const struct probe *p, struct call *c)
{
	const struct tunnel *tunnel = tunnel_of(p, c);

	return (struct signs){
		.frames = session_signs(&c->session),
		.messages = tunnel ? tunnel->pptp.rx_msgs : 0,
	};
}

static bool is_alive(const struct probe *p, struct call *c)
{
	const struct signs now = signs_of(p, c);

	if (session_is_over(&c->session))
		return false;
	return now.frames != p->signs.frames || now.messages != p->signs.messages;
}

static void ask(struct probe *p, struct call *c)
{
	struct tunnel *tunnel = tunnel_of(p, c);

	p->signs = signs_of(p, c);
	session_probe(&c->session);
	if (!tunnel)
		return;
	pptp_conn_probe(&tunnel->pptp, tunnel_now(tunnel));
	tunnel_sync(tunnel);
}

static void probe_freed(uv_handle_t *handle)
{
	free(container_of((uv_timer_t *)handle, struct probe, timer));
}

static void probe_over(uv_timer_t *timer)
{
	CALLBACK("probe: over");
	struct probe *p = container_of(timer, struct probe, timer);
	struct call *c = call_of(p);
	bool alive = c && is_alive(p, c);

	probe_cancel(p);
	p->done(p->ctx, p->id, alive);
}

struct probe *probe_start(const struct call *by, uint64_t id,
			  void (*done)(void *ctx, uint64_t id, bool alive), void *ctx)
{
	struct probe *p = calloc(1, sizeof(*p));
	struct call *c;

	if (!p)
		return NULL;
	p->all = by->server->all;
	p->id = id;
	p->done = done;
	p->ctx = ctx;
	uv_timer_init(p->all->loop, &p->timer);
	uv_timer_start(&p->timer, probe_over, ADMISSION_PROBE_MS, 0);
	c = call_of(p);
	if (!c)
		return p;
	p->same_connection = c->connection == by->connection;
	ask(p, c);
	return p;
}

void probe_cancel(struct probe *p)
{
	if (p && !uv_is_closing((uv_handle_t *)&p->timer))
		uv_close((uv_handle_t *)&p->timer, probe_freed);
}
