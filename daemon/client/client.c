// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "client/client.h"
#include "client/host.h"
#include "util/log.h"
#include "net/tun.h"
#include "session/tunnel.h"
#include "pptp/call.h"
#include "util/container.h"
#include "util/inet.h"

/* What we tell of ourselves; nothing depends on it. */
#define VENDOR			"Culvert"
#define FIRMWARE		1
#define LINE_SPEED		100000000	/* bit/s */
#define RECEIVE_WINDOW		64		/* packets */

#define MAX_ADDRESSES		16	/* of a server that are tried */
#define CONNECT_MS		10000	/* for TCP, before the next address has its turn */
#define GOODBYE_MS		3000	/* for the server to agree to the end of an attempt */
#define SETTLE_MS		200	/* before what was held is sent, see session_up() */
#define FAILURE_MAX		256	/* octets of the words for a failure */

enum step {
	STEP_LOOKUP,
	STEP_CONNECT,
	STEP_START,
	STEP_CALL,
	STEP_LCP,
	STEP_LOGIN,
	STEP_CCP,
	STEP_IPCP,
	STEP_UP,
};

enum conn {
	CONN_NONE,
	CONN_CONNECTING,		/* TCP */
	CONN_RUNNING,			/* in the hands of pptp/ */
	CONN_CLOSING,			/* until its memory may be reused */
};

#define HELD_PACKETS		16	/* until a session that they asked for is up */
#define HELD_MAX		1500	/* octets of one */

/* What is routed to a client that dials on demand, while it has no session. */
struct listen {
	struct tun tun;
	uv_poll_t poll;
	struct client *client;
	unsigned int n;			/* of packets held */
	struct {
		size_t len;
		uint8_t data[HELD_MAX];
	} packets[HELD_PACKETS];
};

struct client {
	TAILQ_ENTRY(client) link;
	struct clients *all;
	struct config *whole;		/* a reference, which keeps @config */
	const struct config_client *config;
	struct config *next_whole;	/* likewise, to be gone over to when it is down; or NULL */
	const struct config_client *next_config;
	bool asked;			/* to come up, with that */
	bool retired;			/* to be freed when it is down */
	struct dialer dialer;
	uv_timer_t timer;
	struct listen *listen;		/* NULL: not on demand */

	/* settings, made of @config */
	struct session_config settings;
	struct net_link upper;
	struct pptp_conn_config pptp;
	struct client_host host;

	/* the attempt under way, or what came of it */
	bool busy;			/* there is one */
	bool over;			/* it is being taken down */
	bool failed;			/* why is noted */
	enum step step;
	enum dialer_end end;
	struct in_addr addresses[MAX_ADDRESSES];
	unsigned int n_addresses;
	unsigned int next_address;
	uint64_t login_by;		/* until then it must be up */
	uint64_t connect_by;
	uint64_t settle_at;		/* up on demand, and what was held is sent then */
	uint64_t abort_at;		/* the server has not agreed to the end by then */
	uv_getaddrinfo_t lookup;
	bool looking_up;
	struct tunnel tunnel;
	enum conn conn;
	struct pptp_call call;
	bool calling;			/* @call is in the hands of pptp/ */
	struct session session;
	bool has_session;		/* until its memory may be reused */
	bool session_ended;		/* session_end() was called */

	/* of the last one that failed */
	enum step failed_step;
	char failure[FAILURE_MAX];
};

static const struct pptp_conn_ops conn_ops;
static const struct session_ops session_ops;

static void look_again(struct client *c);

static uint64_t now_ms(const struct client *c)
{
	return uv_now(c->all->loop);
}

static const char *step_name(enum step step)
{
	static const char * const names[] = {
		[STEP_LOOKUP] = "name lookup",
		[STEP_CONNECT] = "TCP connection",
		[STEP_START] = "control connection",
		[STEP_CALL] = "call",
		[STEP_LCP] = "link",
		[STEP_LOGIN] = "login",
		[STEP_CCP] = "encryption",
		[STEP_IPCP] = "addresses",
		[STEP_UP] = "session",
	};

	return names[step];
}

/* How far it has come; within PPP that is for the session to say. */
static enum step step_now(const struct client *c)
{
	const struct session *s = &c->session;

	if (c->step != STEP_LCP)
		return c->step;
	if (s->reached < PPP_PHASE_AUTHENTICATE)
		return STEP_LCP;
	if (s->reached < PPP_PHASE_NETWORK)
		return STEP_LOGIN;
	if (c->config->mppe == PPP_MPPE_REQUIRED && !(s->opened & PPP_OPEN_CCP))
		return STEP_CCP;
	return STEP_IPCP;
}

/* The text of an address, in one of a few static places, so that a line can show some. */
static const char *show(struct in_addr address)
{
	static char text[4][INET_ADDRSTRLEN];
	static unsigned int next;
	char *p = text[next++ % 4];

	return inet_ntop(AF_INET, &address, p, INET_ADDRSTRLEN);
}

#define log_client(c, level, fmt, ...) \
	log_at(level, "client %s: " fmt, (c)->config->name, ##__VA_ARGS__)

/* --- the end of an attempt ---------------------------------------------------------------- */

static void begin_address(struct client *c);

static void attempt_gone(struct client *c)
{
	uint32_t random = 0;

	if (!c->over || c->conn != CONN_NONE || c->calling || c->has_session || c->looking_up)
		return;
	if (c->failed && c->failed_step < STEP_LCP && c->dialer.state == DIALER_DIALING &&
	    c->next_address < c->n_addresses && now_ms(c) < c->login_by) {
		begin_address(c);
		return;
	}
	c->busy = false;
	if (c->listen)
		c->listen->n = 0;
	/* Without random numbers the delay is only less spread. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = 0;
	dialer_over(&c->dialer, c->end, random, now_ms(c));
	if (c->dialer.state == DIALER_WAITING)
		log_client(c, LOG_LEVEL_INFO, "next attempt in %llu s",
			   (unsigned long long)((dialer_deadline(&c->dialer) - now_ms(c) + 500) /
						1000));
	look_again(c);
}

static void session_freed(struct session *session)
{
	struct client *c = session->owner;

	c->has_session = false;
	attempt_gone(c);
}

static void end_session(struct client *c)
{
	const struct net_stats *stats = &c->session.record.stats;

	if (!c->has_session || c->session_ended)
		return;
	c->session_ended = true;
	if (c->session.record.up_s) {
		session_read_stats(&c->session);
		log_client(c, LOG_LEVEL_INFO,
			   "down after %llu s; received %llu bytes in %llu packets, sent %llu in %llu",
			   (unsigned long long)session_uptime_s(&c->session),
			   (unsigned long long)stats->rx_bytes,
			   (unsigned long long)stats->rx_packets,
			   (unsigned long long)stats->tx_bytes,
			   (unsigned long long)stats->tx_packets);
	}
	client_host_down(&c->host);
	/* Why, s->cause knows in most cases. */
	session_end(&c->session, c->retired ? EVENT_CAUSE_ADMIN_REBOOT : EVENT_CAUSE_NAS_REQUEST,
		    c->failed ? c->failure : "closed on request", session_freed);
}

static void tunnel_freed(struct tunnel *tunnel)
{
	struct client *c = container_of(tunnel, struct client, tunnel);

	c->conn = CONN_NONE;
	attempt_gone(c);
}

static void close_conn(struct client *c)
{
	c->conn = CONN_CLOSING;
	tunnel_close(&c->tunnel, tunnel_freed);
}

/* Go one step further towards the end of the connection; events of pptp/ take it on. */
static void end_conn(struct client *c)
{
	uint64_t now = now_ms(c);

	if (c->conn == CONN_CONNECTING) {
		close_conn(c);
	} else if (c->conn == CONN_RUNNING) {
		if (c->calling)
			pptp_call_clear(&c->call, PPTP_DISC_REQUEST, now);
		else if (c->tunnel.pptp.state == PPTP_CONN_ESTABLISHED)
			pptp_conn_stop(&c->tunnel.pptp, PPTP_STOP_NONE, now);
		else if (c->tunnel.pptp.state != PPTP_CONN_WAIT_STOP_REPLY)
			pptp_conn_abort(&c->tunnel.pptp, now);
		if (c->conn == CONN_RUNNING)
			tunnel_sync(&c->tunnel);
	}
}

static void arm(struct client *c);

/* Take down whatever there is. attempt_gone() goes on when that is done. */
static void take_down(struct client *c)
{
	if (c->over)
		return;
	c->over = true;
	c->settle_at = DIALER_NEVER;
	c->abort_at = now_ms(c) + GOODBYE_MS;
	if (c->looking_up)
		uv_cancel((uv_req_t *)&c->lookup);
	end_session(c);
	end_conn(c);
	arm(c);
	attempt_gone(c);
}

/* Note why it does not work, unless something is noted already, or it is the end that is wanted. */
static void __attribute__((format(printf, 3, 4)))
note_failure(struct client *c, enum dialer_end end, const char *fmt, ...)
{
	va_list args;

	if (c->failed || c->dialer.state == DIALER_CLOSING)
		return;
	c->failed = true;
	c->end = end;
	c->failed_step = step_now(c);
	va_start(args, fmt);
	vsnprintf(c->failure, sizeof(c->failure), fmt, args);
	va_end(args);
	log_client(c, end == DIALER_END_IDLE ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "%s%s: %s",
		   step_name(c->failed_step), c->failed_step == STEP_UP ? " ended" : " failed",
		   c->failure);
}

/* --- on demand ---------------------------------------------------------------------------- */

/* A unicast packet of IPv4, which is all that a route can have led here for our purposes. */
static bool asks_for_session(const uint8_t *packet, size_t len)
{
	const size_t destination = 16;	/* RFC 791 section 3.1 */

	return len >= 20 && packet[0] >> 4 == 4 && packet[destination] < 224;
}

static void take_packet(struct client *c, const uint8_t *packet, size_t len)
{
	bool held = c->dialer.state == DIALER_LISTENING || c->dialer.state == DIALER_DIALING ||
		    c->settle_at != DIALER_NEVER;
	struct listen *l = c->listen;

	if (!held || !asks_for_session(packet, len) || l->n == HELD_PACKETS)
		return;
	memcpy(l->packets[l->n].data, packet, len);
	l->packets[l->n++].len = len;
	dialer_packet(&c->dialer, now_ms(c));
}

static void listen_cb(uv_poll_t *poll, int status, int events)
{
	struct listen *l = poll->data;
	uint8_t packet[HELD_MAX];
	ssize_t n;

	/* Bounded, so that a flood does not keep the loop. */
	for (unsigned int i = 0; i < HELD_PACKETS; i++) {
		n = tun_read(&l->tun, packet, sizeof(packet));
		if (n <= 0)
			break;
		take_packet(l->client, packet, n);
	}
	look_again(l->client);
}

static void pass_on_packets(struct client *c)
{
	struct listen *l = c->listen;

	for (unsigned int i = 0; l && i < l->n; i++) {
		int err = tun_pass_on(c->session.record.ifname, l->packets[i].data,
				      l->packets[i].len);

		if (err)
			log_client(c, LOG_LEVEL_WARNING, "packet that was held: %s",
				   strerror(-err));
	}
	if (l)
		l->n = 0;
}

static void listen_freed(uv_handle_t *handle)
{
	free(handle->data);
}

static void listen_close(struct client *c)
{
	struct listen *l = c->listen;

	if (!l)
		return;
	c->listen = NULL;
	uv_close((uv_handle_t *)&l->poll, listen_freed);
	tun_close(&l->tun);
}

/* The interface is up, has our address if that is known, and the routes. */
static int listen_routes(struct client *c)
{
	const struct in_addr local = c->config->local_address;
	struct rtnl *rtnl = &c->all->rtnl;
	int ifindex = c->listen->tun.ifindex;
	struct route route;
	int err = client_host_find_vrf(&c->host);

	if (!err && c->host.vrf)
		err = rtnl_link_set_vrf(rtnl, ifindex, c->host.vrf);
	if (!err)
		err = rtnl_link_up(rtnl, ifindex, HELD_MAX);
	if (!err && local.s_addr)
		err = rtnl_addr_add(rtnl, ifindex, local, local);
	for (size_t i = 0; !err && client_host_route(&c->host, i, ifindex, &route); i++) {
		route.metric++;		/* those of the session win */
		err = route_add(rtnl, &route);
	}
	return err;
}

static void listen_open(struct client *c)
{
	struct listen *l = calloc(1, sizeof(*l));
	int err;

	if (!l) {
		log_client(c, LOG_LEVEL_ERROR, "out of memory");
		return;
	}
	err = tun_open(&l->tun, "listen%d");
	if (!err) {
		err = uv_poll_init(c->all->loop, &l->poll, l->tun.fd);
		if (err)
			tun_close(&l->tun);
	}
	if (err) {
		log_client(c, LOG_LEVEL_ERROR, "no interface to listen on: %s", strerror(-err));
		free(l);
		return;
	}
	l->client = c;
	l->poll.data = l;
	c->listen = l;
	uv_poll_start(&l->poll, UV_READABLE, listen_cb);
	if (listen_routes(c))
		log_client(c, LOG_LEVEL_ERROR, "routes to be listened on: %s",
			   c->all->rtnl.nl.reason);
}

/* --- the session -------------------------------------------------------------------------- */

static void session_up(struct session *session)
{
	struct client *c = session->owner;
	const struct session_record *r = &session->record;
	char mppe[48] = "no encryption";

	if (r->ppp.open & PPP_OPEN_CCP)
		snprintf(mppe, sizeof(mppe), "MPPE %u bit %s", r->ppp.tx.bits,
			 r->ppp.tx.stateless ? "stateless" : "stateful");
	log_client(c, LOG_LEVEL_INFO, "up on %s, %s to %s, %s, MTU %u", r->ifname,
		   show(r->ip4.local), show(r->ip4.remote), mppe, r->ip4.mtu);
	c->step = STEP_UP;
	c->failure[0] = '\0';
	dialer_succeeded(&c->dialer, now_ms(c));
	/*
	 * The server lets traffic in when it has seen our last Configure-Ack, which is on its way.
	 * A packet that overtook it would be lost, so those that dialed are held a little longer.
	 */
	if (c->listen)
		c->settle_at = now_ms(c) + SETTLE_MS;
	else
		client_host_up(&c->host, r);
	arm(c);
}

static void session_paused(struct session *session)
{
	struct client *c = session->owner;

	c->settle_at = DIALER_NEVER;
	client_host_down(&c->host);
}

static void session_note(struct session *session, bool wrong, const char *what)
{
	struct client *c = session->owner;

	log_limited(c->config->name, now_ms(c), wrong ? LOG_LEVEL_NOTICE : LOG_LEVEL_DEBUG,
		    "client %s: %s", c->config->name, what);
}

/* The part of @text that says more than the reason alone; NULL if there is none. */
static const char *details(enum ppp_reason reason, const char *text)
{
	size_t len = strlen(ppp_reason_text(reason));

	if (strncmp(text, ppp_reason_text(reason), len) || strncmp(text + len, ": ", 2))
		return NULL;
	return text + len + 2;
}

static void note_link_failure(struct client *c, enum ppp_reason reason, const char *text)
{
	const char *more = details(reason, text);

	if (reason == PPP_REASON_AUTH_WE_FAILED)
		note_failure(c, DIALER_END_REFUSED, "server refused: %s",
			     more ? more : "wrong user or password");
	else if (reason == PPP_REASON_AUTH_NO_METHOD || reason == PPP_REASON_AUTH_PEER_UNPROVEN)
		note_failure(c, DIALER_END_REFUSED, "%s", text);
	else if (c->session.cause == EVENT_CAUSE_IDLE_TIMEOUT)
		note_failure(c, DIALER_END_IDLE, "%s", more ? more : text);
	else
		note_failure(c, DIALER_END_FAILED, "%s", text);
}

static void session_down(struct session *session, enum ppp_reason reason, const char *text)
{
	struct client *c = session->owner;

	/* If it is the call that went, call_down() or conn_closed() know why. */
	if (reason != PPP_REASON_LOWER_DOWN)
		note_link_failure(c, reason, text);
	if (c->calling)
		take_down(c);
}

static const struct session_ops session_ops = {
	.up = session_up,
	.paused = session_paused,
	.note = session_note,
	.down = session_down,
};

static int open_session(struct client *c)
{
	const struct net_session_addr addr = {
		.local = c->tunnel.local.sin_addr,
		.remote = c->tunnel.remote.sin_addr,
		.call_id = c->call.local_id,
		.peer_call_id = c->call.peer_id,
	};
	const struct ppp_ipv4 ipv4 = { .local = c->config->local_address };
	int err = session_open(&c->session, &addr);

	if (err)
		return err;
	if (c->config->password)
		session_set_credentials(&c->session, c->config->user, c->config->password);
	session_set_ipv4(&c->session, &ipv4);
	return 0;
}

/* --- the call ----------------------------------------------------------------------------- */

static void dial_call(struct client *c)
{
	struct pptp_out_request rq = {
		.min_bps = 2400,
		.max_bps = LINE_SPEED,
		.bearer = PPTP_BEARER_ANY,
		.framing = PPTP_FRAMING_ANY,
		.window = RECEIVE_WINDOW,
	};

	session_init(&c->session, c->all->sessions, SESSION_OF_CLIENT, c->config->name,
		     &c->settings, &session_ops, c);
	c->has_session = true;
	c->session_ended = false;
	session_set_user(&c->session, c->config->user);
	session_set_outer(&c->session, c->tunnel.local.sin_addr, c->tunnel.remote.sin_addr);
	if (session_reserve(&c->session, c->tunnel.local.sin_addr)) {
		note_failure(c, DIALER_END_FAILED, "%s", c->session.net.reason);
		take_down(c);
		return;
	}
	rq.call_id = c->session.record.addr.call_id;
	rq.serial = rq.call_id;
	if (pptp_call_dial(&c->call, &c->tunnel.pptp, &rq, now_ms(c))) {
		note_failure(c, DIALER_END_FAILED, "no call can be placed");
		take_down(c);
		return;
	}
	c->calling = true;
}

static void call_up(struct pptp_call *call)
{
	struct client *c = container_of(call, struct client, call);

	if (c->over)
		return;
	c->step = STEP_LCP;
	if (client_host_find_vrf(&c->host)) {
		note_failure(c, DIALER_END_FAILED, "VRF: %s", c->all->rtnl.nl.reason);
		take_down(c);
		return;
	}
	c->upper.vrf = c->host.vrf;
	if (open_session(c)) {
		note_failure(c, DIALER_END_FAILED, "%s", c->session.net.reason);
		take_down(c);
		return;
	}
	log_client(c, LOG_LEVEL_DEBUG, "call with IDs %u and %u", call->local_id, call->peer_id);
	session_start(&c->session);
}

static void note_call_failure(struct client *c, enum pptp_call_end why)
{
	const struct pptp_call *call = &c->call;

	switch (why) {
	case PPTP_END_REFUSED:
		note_failure(c, DIALER_END_FAILED, "server refused: %s%s%s",
			     pptp_result_text(PPTP_OUT_CALL_REPLY, call->result),
			     call->error ? ", " : "",
			     call->error ? pptp_error_text(call->error) : "");
		break;
	case PPTP_END_DISCONNECTED:
		note_failure(c, DIALER_END_FAILED, "server ended the call: %s",
			     pptp_result_text(PPTP_CALL_DISCONNECT_NOTIFY, call->result));
		break;
	case PPTP_END_CONN:
	case PPTP_END_LOCAL:
		break;		/* conn_closed() knows more, or we do */
	default:
		note_failure(c, DIALER_END_FAILED, "%s", pptp_call_end_text(why));
		break;
	}
}

static void call_down(struct pptp_call *call, enum pptp_call_end why)
{
	struct client *c = container_of(call, struct client, call);

	c->calling = false;
	/* What the link had to say comes first: a server that refuses a user clears the call. */
	if (c->has_session && !c->session_ended && c->step >= STEP_LCP)
		session_lost(&c->session);
	note_call_failure(c, why);
	if (why == PPTP_END_CONN)
		return;
	take_down(c);
	end_conn(c);
}

/* --- the control connection --------------------------------------------------------------- */

static void conn_up(struct pptp_conn *pptp)
{
	struct tunnel *tunnel = container_of(pptp, struct tunnel, pptp);
	struct client *c = container_of(tunnel, struct client, tunnel);

	log_client(c, LOG_LEVEL_DEBUG, "%s is host \"%s\", vendor \"%s\"", tunnel->name,
		   pptp->peer_host, pptp->peer_vendor);
	if (c->over)
		return;
	c->step = STEP_CALL;
	dial_call(c);
}

static void conn_closed(struct pptp_conn *pptp, enum pptp_close why)
{
	struct tunnel *tunnel = container_of(pptp, struct tunnel, pptp);
	struct client *c = container_of(tunnel, struct client, tunnel);

	switch (why) {
	case PPTP_CLOSE_REFUSED:
		note_failure(c, DIALER_END_FAILED, "server refused: %s%s%s",
			     pptp_result_text(PPTP_START_REPLY, pptp->result),
			     pptp->error ? ", " : "",
			     pptp->error ? pptp_error_text(pptp->error) : "");
		break;
	case PPTP_CLOSE_PEER_STOP:
		note_failure(c, DIALER_END_FAILED, "server ended the connection: %s",
			     pptp_stop_reason_text(pptp->stop_reason));
		break;
	default:
		note_failure(c, DIALER_END_FAILED, "%s", pptp_close_text(why));
		break;
	}
	close_conn(c);
	take_down(c);
}

static void conn_note(struct pptp_conn *pptp, const char *what)
{
	struct tunnel *tunnel = container_of(pptp, struct tunnel, pptp);
	struct client *c = container_of(tunnel, struct client, tunnel);

	log_limited(tunnel->name, now_ms(c), LOG_LEVEL_NOTICE, "client %s, %s: %s", c->config->name,
		    tunnel->name, what);
}

static const struct pptp_conn_ops conn_ops = {
	.send = tunnel_send,
	.closed = conn_closed,
	.up = conn_up,
	.note = conn_note,
	.call_up = call_up,
	.call_down = call_down,
};

static void connected(struct tunnel *tunnel, int status)
{
	struct client *c = container_of(tunnel, struct client, tunnel);

	if (status) {
		note_failure(c, DIALER_END_FAILED, "%s port %u: %s", tunnel->name, c->config->port,
			     uv_strerror(status));
		take_down(c);
		return;
	}
	c->connect_by = DIALER_NEVER;
	c->step = STEP_START;
	c->conn = CONN_RUNNING;
	tunnel_originate(tunnel, &c->pptp, &conn_ops);
	arm(c);
}

static void begin_address(struct client *c)
{
	const struct sockaddr_in remote = {
		.sin_family = AF_INET,
		.sin_addr = c->addresses[c->next_address++],
		.sin_port = htons(c->config->port),
	};
	int err;

	c->over = false;
	c->failed = false;
	c->abort_at = DIALER_NEVER;
	c->step = STEP_CONNECT;
	c->connect_by = now_ms(c) + CONNECT_MS;
	if (c->listen && client_host_covers(&c->host, remote.sin_addr)) {
		note_failure(c, DIALER_END_REFUSED,
			     "the routes cover the server's address %s, so that it cannot be reached",
			     show(remote.sin_addr));
		take_down(c);
		return;
	}
	c->conn = CONN_CONNECTING;
	err = tunnel_connect(&c->tunnel, c->all->loop, &remote, connected);
	if (err)
		connected(&c->tunnel, err);
	arm(c);
}

/* --- the server's addresses ---------------------------------------------------------------- */

static void take_addresses(struct client *c, const struct addrinfo *list)
{
	for (; list && c->n_addresses < MAX_ADDRESSES; list = list->ai_next) {
		struct sockaddr_in sin;

		if (list->ai_family != AF_INET || list->ai_addrlen < sizeof(sin))
			continue;
		memcpy(&sin, list->ai_addr, sizeof(sin));
		c->addresses[c->n_addresses++] = sin.sin_addr;
	}
}

static void looked_up(uv_getaddrinfo_t *lookup, int status, struct addrinfo *list)
{
	struct client *c = container_of(lookup, struct client, lookup);

	c->looking_up = false;
	if (!status)
		take_addresses(c, list);
	uv_freeaddrinfo(list);
	if (c->over) {
		attempt_gone(c);
	} else if (c->n_addresses) {
		begin_address(c);
	} else {
		note_failure(c, DIALER_END_FAILED, "%s has no address: %s", c->config->server,
			     uv_strerror(status ? status : UV_EAI_NONAME));
		take_down(c);
	}
}

static void begin_attempt(struct client *c)
{
	const struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	int err;

	c->busy = true;
	c->over = false;
	c->failed = false;
	c->end = DIALER_END_FAILED;
	c->step = STEP_LOOKUP;
	c->n_addresses = 0;
	c->next_address = 0;
	c->login_by = now_ms(c) + c->config->login_timeout_s * 1000ull;
	c->connect_by = DIALER_NEVER;
	c->settle_at = DIALER_NEVER;
	c->abort_at = DIALER_NEVER;
	log_client(c, LOG_LEVEL_DEBUG, "dialing %s", c->config->server);
	/* An address needs no lookup, which could keep us from stopping. */
	if (ipv4_parse(c->config->server, &c->addresses[0])) {
		c->n_addresses = 1;
		begin_address(c);
		return;
	}
	err = uv_getaddrinfo(c->all->loop, &c->lookup, looked_up, c->config->server, NULL, &hints);
	if (err) {
		note_failure(c, DIALER_END_FAILED, "%s: %s", c->config->server, uv_strerror(err));
		take_down(c);
		return;
	}
	c->looking_up = true;
}

/* --- the clock ----------------------------------------------------------------------------- */

static void timer_cb(uv_timer_t *timer)
{
	struct client *c = timer->data;
	uint64_t now = now_ms(c);

	if (c->busy && !c->over && c->step != STEP_UP && now >= c->login_by) {
		note_failure(c, DIALER_END_FAILED, "not done within the login-timeout of %u s",
			     c->config->login_timeout_s);
		take_down(c);
	} else if (c->busy && !c->over && now >= c->connect_by) {
		note_failure(c, DIALER_END_FAILED, "%s port %u: no answer", c->tunnel.name,
			     c->config->port);
		take_down(c);
	} else if (c->busy && now >= c->settle_at) {
		c->settle_at = DIALER_NEVER;
		client_host_up(&c->host, &c->session.record);
		pass_on_packets(c);
	} else if (c->busy && now >= c->abort_at) {
		c->abort_at = DIALER_NEVER;
		take_down(c);
		if (c->conn == CONN_RUNNING)
			pptp_conn_abort(&c->tunnel.pptp, now);
	}
	dialer_tick(&c->dialer, now);
	look_again(c);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void arm(struct client *c)
{
	uint64_t at = dialer_deadline(&c->dialer), now = now_ms(c);

	if (uv_is_closing((uv_handle_t *)&c->timer))
		return;
	if (c->busy)
		at = earlier(at, earlier(c->settle_at, c->abort_at));
	if (c->busy && !c->over && c->step != STEP_UP)
		at = earlier(at, earlier(c->login_by, c->connect_by));
	if (at == DIALER_NEVER)
		uv_timer_stop(&c->timer);
	else
		uv_timer_start(&c->timer, timer_cb, at > now ? at - now : 0, 0);
}

/* --- life ---------------------------------------------------------------------------------- */

/* What had to wait for the name servers to be taken back may go on. */
static void net_idle(struct resolver *r)
{
	look_again(container_of(client_host_of(r), struct client, host));
}

static void client_settings(struct client *c)
{
	const struct config_client *config = c->config;
	static const enum dialer_connect connects[] = {
		[CONFIG_CONNECT_START] = DIALER_AT_START,
		[CONFIG_CONNECT_DEMAND] = DIALER_ON_DEMAND,
		[CONFIG_CONNECT_MANUAL] = DIALER_BY_HAND,
	};
	const struct dialer_config dialer = {
		.connect = connects[config->connect],
		.reconnect = config->reconnect,
		.retry_min_ms = config->reconnect_min_s * 1000,
		.retry_max_ms = config->reconnect_max_s * 1000,
	};
	struct ppp_config *ppp = &c->settings.ppp;

	memset(&c->settings, 0, sizeof(c->settings));
	ppp_config_init(ppp);
	ppp->accept = config->auth;
	memcpy(ppp->eap, config->eap, sizeof(ppp->eap));
	ppp->name = config->user;
	ppp->echo_interval_ms = config->lcp_echo_interval_s * 1000;
	ppp->echo_failures = config->lcp_echo_failure;
	ppp->mppe = config->mppe;
	ppp->mppe_bits = config->mppe_bits;
	ppp->mppe_modes = config->mppe_modes;
	ppp->ask_dns = config->resolver != CONFIG_RESOLVER_OFF;
	c->settings.link = &c->upper;
	c->settings.mtu = config->mtu == CONFIG_MTU_AUTO ? 0 : config->mtu;
	c->settings.mru = config->mru == CONFIG_MTU_AUTO ? 0 : config->mru;
	c->settings.idle_timeout_s = config->idle_timeout_s;

	memset(&c->upper, 0, sizeof(c->upper));
	c->upper.mode = NET_LINK_SESSION;
	c->upper.mss_clamp = config->mss_clamp;
	snprintf(c->upper.name, sizeof(c->upper.name), "%s", config->interface);

	pptp_conn_config_init(&c->pptp);
	c->pptp.host = config->host_name;
	c->pptp.vendor = VENDOR;
	c->pptp.firmware = FIRMWARE;
	c->pptp.max_channels = 0;
	c->pptp.max_calls = 1;
	c->pptp.echo_interval_ms = config->echo_interval_s * 1000;
	c->pptp.echo_timeout_ms = config->echo_timeout_s * 1000;

	client_host_configure(&c->host, config, c->all->loop, &c->all->rtnl, net_idle);
	dialer_init(&c->dialer, &dialer, now_ms(c));
	c->failure[0] = '\0';
	if (config->connect == CONFIG_CONNECT_DEMAND)
		listen_open(c);
}

static void client_freed(uv_handle_t *handle)
{
	struct client *c = handle->data;
	struct clients *cs = c->all;

	TAILQ_REMOVE(&cs->list, c, link);
	cs->n--;
	config_put(c->whole);
	config_put(c->next_whole);
	explicit_bzero(c, sizeof(*c));
	free(c);
	if (cs->stopping)
		clients_stop(cs, cs->stopped, cs->ctx);
}

/* Nothing is under way: do what had to wait for that. */
static void at_rest(struct client *c)
{
	if (!client_host_is_idle(&c->host))
		return;
	if (c->retired || c->next_whole)
		listen_close(c);
	if (c->retired) {
		if (!uv_is_closing((uv_handle_t *)&c->timer))
			uv_close((uv_handle_t *)&c->timer, client_freed);
	} else if (c->next_whole) {
		config_put(c->whole);
		c->whole = c->next_whole;
		c->config = c->next_config;
		c->next_whole = NULL;
		client_settings(c);
		if (c->asked)
			dialer_ask_up(&c->dialer, now_ms(c));
		c->asked = false;
	}
}

static void hang_up(struct client *c)
{
	if (c->over)
		return;
	if (c->abort_at == DIALER_NEVER)
		c->abort_at = now_ms(c) + GOODBYE_MS;
	if (c->step >= STEP_LCP)
		session_close(&c->session, c->all->stopping ? EVENT_CAUSE_ADMIN_REBOOT :
							      EVENT_CAUSE_ADMIN_RESET,
			      "closed on request");
	else
		take_down(c);
}

/* Do what the dialer's state asks for. */
static void look_again(struct client *c)
{
	if (!c->busy && (c->dialer.state != DIALER_DIALING || c->next_whole))
		at_rest(c);
	if (!c->busy && !c->retired && !c->next_whole && c->dialer.state == DIALER_DIALING)
		begin_attempt(c);
	else if (c->busy && c->dialer.state == DIALER_CLOSING)
		hang_up(c);
	arm(c);
}

bool client_up(struct client *c)
{
	bool news = !c->retired && dialer_ask_up(&c->dialer, now_ms(c));

	/* Whoever asks wants to know how this attempt ends, not the one before. */
	if (news)
		c->failure[0] = '\0';
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

static void retire(struct client *c)
{
	c->retired = true;
	client_down(c);
}

static int add_client(struct clients *cs, struct config *whole, const struct config_client *config)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->all = cs;
	c->whole = config_get(whole);
	c->config = config;
	uv_timer_init(cs->loop, &c->timer);
	c->timer.data = c;
	TAILQ_INSERT_TAIL(&cs->list, c, link);
	cs->n++;
	c->settle_at = DIALER_NEVER;
	client_settings(c);
	look_again(c);
	return 0;
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

/* A client that is in the new configuration, too. */
static void change(struct client *c, struct config *whole, const struct config_client *config)
{
	if (!c->next_whole && config_same_client(c->config, config))
		return;
	config_put(c->next_whole);
	c->next_whole = config_get(whole);
	c->next_config = config;
	client_down(c);
	look_again(c);
}

/* The session's own packets come from an address that this host does not have any more. */
static void check_address(struct client *c)
{
	const struct in_addr local = c->tunnel.local.sin_addr;

	if (c->over || c->conn != CONN_RUNNING || route_is_local(&c->all->rtnl, local))
		return;
	note_failure(c, DIALER_END_FAILED, "the address %s of this host is gone", show(local));
	take_down(c);
	/* Nobody will hear what else there is to say. */
	if (c->conn == CONN_RUNNING)
		pptp_conn_abort(&c->tunnel.pptp, now_ms(c));
	look_again(c);
}

static void watch_cb(uv_poll_t *poll, int status, int events)
{
	struct clients *cs = poll->data;
	struct client *c, *next;

	rtnl_watch_read(&cs->watch);
	for (c = TAILQ_FIRST(&cs->list); c; c = next) {
		next = TAILQ_NEXT(c, link);
		check_address(c);
	}
}

static int open_watch(struct clients *cs)
{
	int err = rtnl_watch_open(&cs->watch);

	if (err)
		return err;
	err = uv_poll_init(cs->loop, &cs->watch_poll, mnl_socket_get_fd(cs->watch.nl.sock));
	if (err) {
		rtnl_close(&cs->watch);
		return err;
	}
	cs->watch_poll.data = cs;
	return uv_poll_start(&cs->watch_poll, UV_READABLE, watch_cb);
}

static int need_rtnl(struct clients *cs, const struct config *config)
{
	int err;

	if (cs->rtnl_open || !config->n_clients)
		return 0;
	err = rtnl_open(&cs->rtnl);
	if (err)
		return err;
	cs->rtnl_open = true;
	err = open_watch(cs);
	/* Echoes would miss it, too, only later. */
	if (err)
		log_warning("changes of addresses will not be noticed: %s", strerror(-err));
	return 0;
}

static void watch_closed(uv_handle_t *handle)
{
	struct clients *cs = handle->data;

	rtnl_close(&cs->watch);
	clients_stop(cs, cs->stopped, cs->ctx);
}

int clients_reload(struct clients *cs, struct config *config, char *error, size_t size)
{
	struct client *c, *next;
	int err = need_rtnl(cs, config);

	for (c = TAILQ_FIRST(&cs->list); c; c = next) {
		next = TAILQ_NEXT(c, link);
		if (!c->retired && !config_find_client(config, c->config->name))
			retire(c);
	}
	for (size_t i = 0; !err && i < config->n_clients; i++) {
		c = clients_find(cs, config->clients[i].name);
		if (c)
			change(c, config, &config->clients[i]);
		else
			err = add_client(cs, config, &config->clients[i]);
	}
	if (err)
		snprintf(error, size, "clients: %s", strerror(-err));
	return err;
}

void clients_init(struct clients *cs)
{
	memset(cs, 0, sizeof(*cs));
	TAILQ_INIT(&cs->list);
}

int clients_open(struct clients *cs, struct sessions *sessions, struct config *config)
{
	char error[128];
	int err;

	cs->sessions = sessions;
	cs->loop = sessions->loop;
	err = clients_reload(cs, config, error, sizeof(error));
	if (err)
		log_error("%s", error);
	return err;
}

void clients_stop(struct clients *cs, void (*stopped)(void *ctx), void *ctx)
{
	struct client *c, *next;

	cs->stopped = stopped;
	cs->ctx = ctx;
	if (!cs->stopping) {
		cs->stopping = true;
		for (c = TAILQ_FIRST(&cs->list); c; c = next) {
			next = TAILQ_NEXT(c, link);
			retire(c);
		}
	}
	if (cs->n)
		return;
	if (cs->watch.nl.sock) {
		if (!uv_is_closing((uv_handle_t *)&cs->watch_poll))
			uv_close((uv_handle_t *)&cs->watch_poll, watch_closed);
		return;
	}
	if (cs->rtnl_open)
		rtnl_close(&cs->rtnl);
	cs->rtnl_open = false;
	stopped(ctx);
}

/* --- what there is to see ------------------------------------------------------------------ */

void client_status(const struct client *c, struct client_status *status)
{
	uint64_t now = now_ms(c);
	bool dialing = c->busy && c->dialer.state == DIALER_DIALING;

	*status = (struct client_status){
		.config = c->config,
		.state = c->dialer.state,
		.step = dialing ? step_name(step_now(c)) : "",
		.failures = c->dialer.failures,
		.failed_step = c->failure[0] ? step_name(c->failed_step) : "",
		.failure = c->failure,
	};
	if (c->next_address)
		status->peer = c->addresses[c->next_address - 1];
	if (c->has_session && !c->session_ended && c->step >= STEP_LCP)
		status->session = (struct session *)&c->session;
	if (c->dialer.state == DIALER_WAITING && c->dialer.due > now)
		status->retry_ms = c->dialer.due - now;
}
