// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "client/client.h"
#include "client/log.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/timer.h"

#define SETTLE_MS	200	/* before packets that were held are sent, see attempt_up() */

static void look_again(struct client *c);
static void timer_cb(uv_timer_t *timer);

static uint64_t now_ms(const struct client *c)
{
	return uv_now(c->shared->loop);
}

/* --- the way to the server ----------------------------------------------------------------- */

/* Stands for a server of which no address is known yet: any address of the world (RFC 5737). */
#define ANYWHERE	0xcb007101	/* 203.0.113.1 */

/* Try again by a way that is not the one any more with which nothing was heard. */
static void notice_way(struct client *c, const struct route_way *way)
{
	if (c->attempt ? !attempt_minds_way(c->attempt) : !dialer_minds_way(&c->dialer))
		return;
	/* The kernel has yet to remove the routes into the tunnel that has just ended. */
	if (c->tunnel && way->ifindex == c->tunnel)
		return;
	if (route_same_way(&c->way, way))
		return;
	c->way = *way;
	if (!way->there || !way->runs)
		return;
	log_client(c->config, LOG_LEVEL_INFO, "the way to the server has changed, trying again");
	if (c->attempt)
		attempt_way_changed(c->attempt);
	else
		dialer_way_changed(&c->dialer, now_ms(c));
}

/* Returns true if there is an attempt that has not begun. */
static bool is_new(const struct client *c)
{
	return c->attempt && c->attempt->state == ATTEMPT_NEW;
}

/* Returns true if there is one that has only to know its way. */
static bool may_begin(const struct client *c)
{
	return is_new(c) && !c->shared->waits(c);
}

/* The attempt begins, and this is the way that it goes. */
static void begin_by(struct client *c, const struct look *l)
{
	c->way = l->way;
	client_host_use_vrf(&c->host, &l->there);
	attempt_begin(c->attempt);
}

static void look(struct client *c);

/* An attempt may have begun, or ended, since the question was put. */
static void looked(struct look *l)
{
	struct client *c = container_of(l, struct client, look);
	const bool to_server = ip_is_set(l->to) && ip_equal(l->to, c->way_to);

	if (c->attempt && ip_is_set(l->local) && !l->has_local)
		attempt_address_gone(c->attempt, l->local);
	if (to_server && may_begin(c))
		begin_by(c, l);
	else if (to_server)
		notice_way(c, &l->way);
	if (c->look_outdated || may_begin(c))
		look(c);
	look_again(c);
}

static bool minds_way(const struct client *c)
{
	if (!c->attempt)
		return dialer_minds_way(&c->dialer);
	return is_new(c) || attempt_minds_way(c->attempt);
}

/* Look at the host, and act by what is to be seen: looked(). */
static void look(struct client *c)
{
	struct look *l = &c->look;

	c->look_outdated = l->busy;
	if (l->busy)
		return;
	l->to = minds_way(c) ? c->way_to : ip_none();
	l->mark = c->config->outer.mark;
	l->from = c->config->source_address;
	l->local = c->attempt ? attempt_local(c->attempt) : ip_none();
	snprintf(l->vrf, sizeof(l->vrf), "%s", c->config->vrf);
	look_start(l, &c->shared->net, looked);
}

/* Find out the way that the new attempt is to go. */
static void look_for_way(struct client *c)
{
	if (!ip_parse_v4(c->config->server, &c->way_to))
		c->way_to = ip_is_set(c->peer) ? c->peer : ip_from_number(ANYWHERE);
	look(c);
}

/* --- the attempt under way ---------------------------------------------------------------- */

static void arm(struct client *c)
{
	if (!uv_is_closing((uv_handle_t *)&c->timer))
		timer_arm(&c->timer, timer_cb, earlier(dialer_deadline(&c->dialer), c->settle_at));
}

/* Returns true if there is an interface whose packets make the client dial. */
static bool listens(const struct client *c)
{
	return c->demand && c->demand->ifindex;
}

static void attempt_up(struct attempt *a, const struct session_record *session)
{
	struct client *c = a->owner;

	c->failure.words[0] = '\0';
	c->tunnel = session->ifindex;
	dialer_succeeded(&c->dialer, now_ms(c));
	/*
	 * The server lets traffic in when it has received our last Configure-Ack, which is on its
	 * way. A packet that overtakes the Configure-Ack is lost. So the packets that made the
	 * client dial are held a little longer.
	 */
	c->holds = listens(c);
	if (c->holds)
		c->settle_at = now_ms(c) + SETTLE_MS;
	else
		client_host_up(&c->host, session);
	arm(c);
}

static void settle(struct client *c)
{
	c->settle_at = NEVER;
	client_host_up(&c->host, &attempt_session(c->attempt)->record);
}

static void pass_on(struct client *c)
{
	demand_pass_on(c->demand, attempt_session(c->attempt)->record.ifname);
}

/* What is held may go, unless traffic has been paused meanwhile. */
static void host_ready(struct client_host *h)
{
	struct client *c = container_of(h, struct client, host);

	if (!c->holds || c->settle_at != NEVER)
		return;
	c->holds = false;
	pass_on(c);
}

static void attempt_paused(struct attempt *a)
{
	struct client *c = a->owner;

	c->settle_at = NEVER;
	c->holds = false;
}

static void attempt_down(struct attempt *a)
{
	struct client *c = a->owner;

	c->settle_at = NEVER;
	c->holds = false;
	client_host_down(&c->host);
}

static void attempt_failed(struct attempt *a, const struct failure *why)
{
	struct client *c = a->owner;

	c->failure = *why;
}

/* Log when the next attempt begins, or that people have to ask for it. */
static void log_outlook(const struct client *c, enum dialer_end end)
{
	const char *why = end == DIALER_END_PERMANENT ? "this will not pass by itself; " : "";
	unsigned long long wait_ms = dialer_deadline(&c->dialer) - now_ms(c);

	if (c->dialer.state == DIALER_WAITING)
		log_client(c->config, LOG_LEVEL_INFO, "%snext attempt in %llu s", why,
			   (wait_ms + 500) / 1000);
	else if (c->dialer.state == DIALER_DOWN)
		log_client(c->config, LOG_LEVEL_NOTICE,
			   "%sno attempt before \"pppctl client up %s\"", why, c->config->name);
}

/* The attempt and its session have ended by @end, with a cause at @where. */
static void ended(struct client *c, enum dialer_end end, enum dialer_where where)
{
	bool asked = c->dialer.state == DIALER_CLOSING;
	uint32_t random = 0;

	if (c->demand)
		demand_drop(c->demand);
	/* Without a random number the delay is not spread, which does little harm. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = 0;
	dialer_over(&c->dialer, end, where, random, now_ms(c));
	if (!asked && end != DIALER_END_IDLE)
		log_outlook(c, end);
}

static void attempt_over(struct attempt *a, enum dialer_end end)
{
	struct client *c = a->owner;

	c->peer = attempt_peer(a);
	c->peer_was_good = attempt_was_good(a);
	c->attempt = NULL;
	ended(c, end, attempt_where(a));
	if (minds_way(c))
		look(c);
	look_again(c);
}

static const struct attempt_ops attempt_ops = {
	.up = attempt_up,
	.paused = attempt_paused,
	.down = attempt_down,
	.failed = attempt_failed,
	.over = attempt_over,
};

static void begin_attempt(struct client *c)
{
	const struct attempt_setup setup = {
		.sessions = c->shared->sessions,
		.config = c->config,
		.settings = &c->settings,
		.host = &c->host,
		.routed = listens(c),
		.last = c->peer,
		.last_was_good = c->peer_was_good,
	};

	c->attempt = attempt_new(&setup, &attempt_ops, c);
	if (c->attempt) {
		look_for_way(c);
	} else {
		log_client(c->config, LOG_LEVEL_ERROR, "out of memory");
		ended(c, DIALER_END_TEMPORARY, DIALER_HERE);
	}
}

/* --- on demand ---------------------------------------------------------------------------- */

/*
 * Returns true if packets may go into the session, and still come to the listening interface: the
 * worker has yet to make the session's routes.
 */
static bool passes_on(const struct client *c)
{
	const struct session *s = c->attempt ? attempt_session(c->attempt) : NULL;

	return c->dialer.state == DIALER_UP && s && s->record.up && !c->holds &&
	       !client_host_carries(&c->host);
}

static bool demand_holds(void *owner)
{
	struct client *c = owner;

	return c->dialer.state == DIALER_LISTENING || c->dialer.state == DIALER_DIALING ||
	       c->holds || passes_on(c);
}

static void demand_asked(void *owner)
{
	struct client *c = owner;

	if (passes_on(c))
		pass_on(c);
	dialer_packet(&c->dialer, now_ms(c));
	look_again(c);
}

/* The routes that make the client dial lead there from now on. */
static void demand_made(void *owner)
{
	struct client *c = owner;

	client_host_listen(&c->host, c->demand->ifindex, DEMAND_PACKET_MAX);
	look_again(c);
}

static const struct demand_ops demand_ops = {
	.made = demand_made,
	.holds = demand_holds,
	.asked = demand_asked,
};

/* --- the configuration -------------------------------------------------------------------- */

/* The name servers were taken back: what waited for that may go on. */
static void host_idle(struct client_host *h)
{
	look_again(container_of(h, struct client, host));
}

static const struct client_host_ops host_ops = {
	.idle = host_idle,
	.ready = host_ready,
};

/* Begin as c->config says. Nothing may be under way. */
static void configure(struct client *c)
{
	client_settings_make(&c->settings, c->config);
	client_host_configure(&c->host, c->config, c->shared->loop, &c->shared->net, &host_ops);
	dialer_init(&c->dialer, &c->settings.dialer, now_ms(c));
	c->failure.words[0] = '\0';
	if (c->config->connect == CONFIG_CONNECT_DEMAND)
		c->demand = demand_open(c->shared->loop, &c->shared->net, c->config, &demand_ops,
					c);
}

static void go_over(struct client *c)
{
	config_put(c->whole);
	c->whole = c->next_whole;
	c->config = c->next_config;
	c->next_whole = NULL;
	configure(c);
	if (c->asked)
		dialer_ask_up(&c->dialer, now_ms(c));
	c->asked = false;
}

static void timer_closed(uv_handle_t *handle)
{
	CALLBACK("client: closed");
	struct client *c = handle->data;

	c->shared->gone(c);
}

/* No attempt is under way: go over to the next configuration, or end, if that was asked for. */
static void at_rest(struct client *c)
{
	if (!client_host_is_idle(&c->host) || c->look.busy || !(c->retired || c->next_whole))
		return;
	client_host_ignore(&c->host);
	demand_close(c->demand);
	c->demand = NULL;
	if (!c->retired)
		go_over(c);
	else if (!uv_is_closing((uv_handle_t *)&c->timer))
		uv_close((uv_handle_t *)&c->timer, timer_closed);
}

/* --- the clock, and what it leads to ------------------------------------------------------ */

static void hang_up(struct client *c)
{
	attempt_close(c->attempt, c->shared->stopping ? EVENT_CAUSE_ADMIN_REBOOT :
							EVENT_CAUSE_ADMIN_RESET);
}

/* While people want no session, packets that would dial are refused: nobody waits in vain. */
static void direct_packets(struct client *c)
{
	if (listens(c) && !c->retired && !c->next_whole)
		client_host_direct(&c->host, c->dialer.state == DIALER_DOWN ? 0 :
								       c->demand->ifindex);
}

/* Do what the dialer's state asks for. */
static void look_again(struct client *c)
{
	direct_packets(c);
	if (!c->attempt && (c->dialer.state != DIALER_DIALING || c->next_whole))
		at_rest(c);
	if (!c->attempt && !c->retired && !c->next_whole && c->dialer.state == DIALER_DIALING)
		begin_attempt(c);
	else if (c->attempt && c->dialer.state == DIALER_CLOSING)
		hang_up(c);
	arm(c);
}

static void timer_cb(uv_timer_t *timer)
{
	CALLBACK("client: clock");
	struct client *c = timer->data;

	if (now_ms(c) >= c->settle_at)
		settle(c);
	dialer_tick(&c->dialer, now_ms(c));
	look_again(c);
}

/* Addresses, routes or links of this host have changed. */
static void host_changed(struct later *news)
{
	struct client *c = container_of(news, struct client, news);

	client_host_retry(&c->host);
	if (c->attempt || minds_way(c))
		look(c);
	look_again(c);
}

/* --- what administrators and the set of clients ask for ----------------------------------- */

bool client_up(struct client *c)
{
	bool news = !c->retired && dialer_ask_up(&c->dialer, now_ms(c));

	/* Who asks wants to see the failure of this attempt, not that of an earlier one. */
	if (news)
		c->failure.words[0] = '\0';
	c->asked = c->next_whole;
	look_again(c);
	return news;
}

bool client_down(struct client *c)
{
	bool news = dialer_ask_down(&c->dialer, now_ms(c));

	c->asked = false;
	look_again(c);
	return news;
}

void client_retire(struct client *c)
{
	c->retired = true;
	client_down(c);
}

void client_reload(struct client *c, struct config *whole, const struct config_client *config)
{
	if (!c->next_whole && config_same_client(c->config, config))
		return;
	config_put(c->next_whole);
	c->next_whole = config_get(whole);
	c->next_config = config;
	client_down(c);
}

/*
 * Who waits for a client to listen or to be up wants to send packets then: neither is told before
 * the worker has done its part. (A client that is up and has a listening interface holds or passes
 * on what comes there until then.)
 */
static enum dialer_state state_to_tell(const struct client *c)
{
	enum dialer_state state = c->dialer.state;

	if (state == DIALER_UP && !listens(c) && !client_host_carries(&c->host))
		return DIALER_DIALING;
	if (state == DIALER_LISTENING && c->demand &&
	    (c->demand->making || (c->demand->ifindex && !client_host_listens(&c->host))))
		return DIALER_DOWN;
	return state;
}

void client_status(const struct client *c, struct client_status *status)
{
	const struct failure *failure = &c->failure;
	uint64_t now = now_ms(c);

	*status = (struct client_status){
		.config = c->config,
		.state = state_to_tell(c),
		.step = "",
		.peer = c->attempt ? attempt_peer(c->attempt) : c->peer,
		.session = c->attempt ? attempt_session(c->attempt) : NULL,
		.failures = c->dialer.failures,
		.failed_step = failure->words[0] ? attempt_step_name(failure->step) : "",
		.failure = failure->words,
		.failure_kind = failure->words[0] ? dialer_end_name(failure->end) : "",
	};
	if (c->attempt && status->state == DIALER_DIALING)
		status->step = attempt_step_name(attempt_step_now(c->attempt));
	if (c->dialer.state == DIALER_WAITING && c->dialer.due > now)
		status->retry_ms = c->dialer.due - now;
}

/* --- life --------------------------------------------------------------------------------- */

struct client *client_new(struct client_shared *shared, struct config *whole,
			  const struct config_client *config)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->shared = shared;
	c->whole = config_get(whole);
	c->config = config;
	c->settle_at = NEVER;
	c->news.turn = host_changed;
	uv_timer_init(shared->loop, &c->timer);
	c->timer.data = c;
	configure(c);
	look_again(c);
	return c;
}

void client_free(struct client *c)
{
	later_cancel(&c->shared->net.works, &c->news);
	config_put(c->whole);
	config_put(c->next_whole);
	explicit_bzero(c, sizeof(*c));
	free(c);
}
