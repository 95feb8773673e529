// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "aaa/radius.h"
#include "control/coa.h"
#include "hooks/hooks.h"
#include "server/connection.h"
#include "server/databases.h"
#include "server/listener.h"
#include "server/server.h"
#include "util/callback.h"
#include "util/descriptors.h"
#include "web/tell.h"

#define RADIUS_WINDOW_MS 300000

/* --- the daemon ---------------------------------------------------------------------------- */

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void tell_daemon(struct metrics_text *t, const struct scrape_source *from)
{
	const struct callbacks *seen = callbacks_seen();
	struct rusage usage;
	unsigned long pages;
	FILE *f;

	metrics_count(t, METRICS_BUILD, 1, from->api->version);
	metrics_count(t, METRICS_START_TIME, from->started_s);
	if (!getrusage(RUSAGE_SELF, &usage))
		metrics_number(t, METRICS_CPU,
			       seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
	f = fopen("/proc/self/statm", "re");
	if (f && fscanf(f, "%*u %lu", &pages) == 1)
		metrics_count(t, METRICS_MEMORY, (uint64_t)pages * (uint64_t)getpagesize());
	if (f)
		fclose(f);
	metrics_count(t, METRICS_MAX_FDS, descriptors_limit());
	if (*seen->longest)
		metrics_number(t, METRICS_LONGEST_CALLBACK, seen->longest_ns / 1e9, seen->longest);
	if (*seen->busiest)
		metrics_number(t, METRICS_BUSIEST_CALLBACK, seen->busiest_ns / 1e9, seen->busiest);
	metrics_count(t, METRICS_CALLBACKS_TOO_LONG, seen->too_long);
}

static void tell_http(struct metrics_text *t, const struct scrape_source *from)
{
	static const unsigned int codes[WEB_N_CODES] = WEB_CODES;
	char code[16];

	for (unsigned int i = 0; i < WEB_N_CODES; i++) {
		snprintf(code, sizeof(code), codes[i] ? "%u" : "other", codes[i]);
		metrics_count(t, METRICS_HTTP_REQUESTS, from->answers[i], code);
	}
}

/* --- connections and sessions --------------------------------------------------------------- */

static void tell_connections(struct metrics_text *t, const struct scrape_source *from)
{
	const struct servers *all = from->api->servers;
	const struct connection_counts *n = &all->conns->counts;
	const struct server *server;

	TAILQ_FOREACH(server, &all->list, link)
		if (!server->retired)
			metrics_count(t, METRICS_CONNECTIONS, server->n_conns,
				      server->config->name);
	metrics_count(t, METRICS_CONNECTIONS_ACCEPTED, n->accepted);
	metrics_count(t, METRICS_CONNECTIONS_REFUSED, all->abuse.too_fast, "too-fast");
	/* Bans keep connections out before admission could do so. */
	metrics_count(t, METRICS_CONNECTIONS_REFUSED, all->abuse.banned,
		      admission_reason_name(ADMISSION_BANNED));
	for (unsigned int i = ADMISSION_NONE + 1; i < ADMISSION_REASONS; i++)
		if (n->refused[i] && i != ADMISSION_BANNED)
			metrics_count(t, METRICS_CONNECTIONS_REFUSED, n->refused[i],
				      admission_reason_name(i));
	for (unsigned int i = ADMISSION_NONE + 1; i < ADMISSION_REASONS; i++)
		if (n->displaced[i])
			metrics_count(t, METRICS_CONNECTIONS_DISPLACED, n->displaced[i],
				      admission_reason_name(i));
	for (unsigned int i = 0; i < CONNECTION_LACKS; i++)
		metrics_count(t, METRICS_CONNECTIONS_EXPIRED, n->expired[i],
			      connection_lack_name(i));
	for (unsigned int i = ADMISSION_NONE + 1; i < ADMISSION_REASONS; i++)
		if (n->refused_calls[i])
			metrics_count(t, METRICS_CALLS_REFUSED, n->refused_calls[i],
				      admission_reason_name(i));
}

static void tell_words(struct metrics_text *t, enum metrics_name name, const char *server,
		       const struct tally_words *words)
{
	for (unsigned int i = 0; i < words->n; i++)
		metrics_count(t, name, words->counts[i], server, words->words[i]);
}

static void tell_ended(struct metrics_text *t, const struct tally_server *server)
{
	for (unsigned int i = 0; i < TALLY_CAUSES; i++)
		if (*event_cause_name(i))
			metrics_count(t, METRICS_SESSIONS_ENDED, server->ended[i], server->name,
				      event_cause_name(i));
}

static void tell_sessions(struct metrics_text *t, const struct scrape_source *from)
{
	const struct tally_server *list = from->tally->servers;
	const size_t n = from->tally->n;

	for (size_t i = 0; i < n; i++) {
		metrics_count(t, METRICS_SESSIONS, list[i].starting, list[i].name, "starting");
		metrics_count(t, METRICS_SESSIONS, list[i].up, list[i].name, "up");
		metrics_count(t, METRICS_SESSIONS, list[i].paused, list[i].name, "paused");
	}
	for (size_t i = 0; i < n; i++)
		metrics_count(t, METRICS_SESSIONS_STARTED, list[i].started, list[i].name);
	for (size_t i = 0; i < n; i++)
		metrics_count(t, METRICS_SESSIONS_UP, list[i].came_up, list[i].name);
	for (size_t i = 0; i < n; i++)
		tell_ended(t, &list[i]);
	for (size_t i = 0; i < n; i++)
		tell_words(t, METRICS_SESSION_FAILURES, list[i].name, &list[i].failures);
	for (size_t i = 0; i < n; i++)
		tell_words(t, METRICS_LOGINS_REFUSED, list[i].name, &list[i].refusals);
}

static void tell_setup(struct metrics_text *t, const struct scrape_source *from)
{
	for (unsigned int i = 0; i < SETUP_STEPS; i++)
		metrics_histogram(t, METRICS_SETUP, &from->tally->steps[i], setup_step_name(i));
	metrics_histogram(t, METRICS_SETUP, &from->tally->all_steps, "all");
}

/* --- servers, pools, bans, the kernel -------------------------------------------------------- */

static uint64_t absent(const struct servers *all, const struct config_server *config)
{
	const struct place place = config_outside(config);
	const struct listener *l;
	uint64_t n = 0;

	for (size_t i = 0; i < config->listen.n; i++) {
		l = listener_find(all, place, config->listen.list[i], config->port);
		n += l && l->absent;
	}
	return n;
}

static void tell_servers(struct metrics_text *t, const struct scrape_source *from)
{
	const struct servers *all = from->api->servers;
	const struct server *server;

	TAILQ_FOREACH(server, &all->list, link)
		if (!server->retired)
			metrics_count(t, METRICS_SERVER_DRAINING, server->drain.on,
				      server->config->name);
	TAILQ_FOREACH(server, &all->list, link)
		if (!server->retired)
			metrics_count(t, METRICS_SERVER_ABSENT, absent(all, server->config),
				      server->config->name);
}

static void tell_pools(struct metrics_text *t, const struct scrape_source *from)
{
	static const enum metrics_name names[] = {
		METRICS_POOL_SIZE, METRICS_POOL_USED, METRICS_POOL_MOST, METRICS_POOL_RESERVED,
		METRICS_POOL_REFUSALS,
	};
	const struct servers *all = from->api->servers;

	for (unsigned int k = 0; k < sizeof(names) / sizeof(names[0]); k++)
		for (size_t i = 0; i < all->config->n_pools; i++) {
			const struct pool_counts n = pool_counts(all->pools[i]);
			const uint64_t counts[] = {
				n.size, n.used, n.most, n.reserved, n.refused,
			};

			metrics_count(t, names[k], counts[k], all->config->pools[i].name);
		}
}

static void tell_bans(struct metrics_text *t, const struct scrape_source *from)
{
	static const char * const reasons[] = { "failed-logins", "administrator" };
	const struct servers *all = from->api->servers;

	for (unsigned int i = 0; i < 2; i++)
		metrics_count(t, METRICS_BANS, bans_count(all->abuse.bans, i), reasons[i]);
	for (unsigned int i = 0; i < 2; i++)
		metrics_count(t, METRICS_BANS_BEGUN, all->abuse.begun[i], reasons[i]);
	metrics_count(t, METRICS_NFT_ELEMENTS, all->user_sets.n_elements);
	metrics_count(t, METRICS_NFT_MISSING, all->user_sets.n_missing);
}

static void tell_kernel(struct metrics_text *t, const struct scrape_source *from)
{
	struct net_totals totals;

	if (net_read_totals(from->api->sessions->backend, &totals))
		return;
	metrics_count(t, METRICS_KERNEL_SESSIONS, totals.sessions);
	for (unsigned int i = 0; i < NET_DROPS; i++)
		metrics_count(t, METRICS_KERNEL_DROPS, totals.drops[i],
			      net_drops[i].sent ? "transmit" : "receive", net_drops[i].reason);
	if (!totals.has_traffic)
		return;
	metrics_count(t, METRICS_KERNEL_RX_BYTES, totals.rx_bytes);
	metrics_count(t, METRICS_KERNEL_TX_BYTES, totals.tx_bytes);
	metrics_count(t, METRICS_KERNEL_RX_PACKETS, totals.rx_packets);
	metrics_count(t, METRICS_KERNEL_TX_PACKETS, totals.tx_packets);
}

/* --- who is asked for users ------------------------------------------------------------------ */

static void tell_radius_bad(struct metrics_text *t, const struct radius_view *v, const char *use)
{
	const struct radius_counters *n = &v->server->counters;
	const char *name = v->peer->name;

	metrics_count(t, METRICS_RADIUS_BAD, n->late, name, use, "late");
	metrics_count(t, METRICS_RADIUS_BAD, n->doubled, name, use, "doubled");
	metrics_count(t, METRICS_RADIUS_BAD, n->stray, name, use, "stray");
	metrics_count(t, METRICS_RADIUS_BAD, n->malformed, name, use, "malformed");
	metrics_count(t, METRICS_RADIUS_BAD, n->bad_authenticator, name, use, "bad-authenticator");
	metrics_count(t, METRICS_RADIUS_BAD, n->bad_signature, name, use, "bad-signature");
	metrics_count(t, METRICS_RADIUS_BAD, n->unsigned_replies, name, use, "unsigned");
	metrics_count(t, METRICS_RADIUS_BAD, n->bad_code, name, use, "bad-code");
}

static void tell_radius_times(struct metrics_text *t, const struct radius *r,
			      const struct radius_view *v, const char *use)
{
	const struct radius_rtt *rtt = &v->server->rtt;
	const uint64_t now = radius_now(r);

	if (!radius_rtt_count(rtt, RADIUS_WINDOW_MS, now))
		return;
	metrics_number(t, METRICS_RADIUS_TIME,
		       radius_rtt_quantile(rtt, 50, RADIUS_WINDOW_MS, now) / 1e3, v->peer->name,
		       use, "0.5");
	metrics_number(t, METRICS_RADIUS_TIME,
		       radius_rtt_quantile(rtt, 99, RADIUS_WINDOW_MS, now) / 1e3, v->peer->name,
		       use, "0.99");
}

static uint64_t radius_count(const struct radius_view *v, enum metrics_name name)
{
	const struct radius_server *s = v->server;

	switch (name) {
	case METRICS_RADIUS_UP:
		return s->state == RADIUS_UP;
	case METRICS_RADIUS_REQUESTS:
		return s->counters.sent;
	case METRICS_RADIUS_RETRANSMISSIONS:
		return s->counters.retransmitted;
	case METRICS_RADIUS_RESPONSES:
		return s->counters.answered;
	case METRICS_RADIUS_LOST:
		return s->counters.lost;
	case METRICS_RADIUS_REFUSED:
		return s->counters.refused_line;
	case METRICS_RADIUS_UNDER_WAY:
		return s->under_way;
	case METRICS_RADIUS_WINDOW:
		return s->config->window;
	default:
		return s->in_line;	/* METRICS_RADIUS_QUEUED */
	}
}

static void tell_radius(struct metrics_text *t, const struct scrape_source *from)
{
	const struct radius *r = from->api->servers->radius;
	struct radius_view v;

	for (enum metrics_name name = METRICS_RADIUS_UP; r && name <= METRICS_RADIUS_TIME; name++)
		for (unsigned int i = 0; radius_view(r, i, &v); i++) {
			const char *use = v.accounting ? "accounting" : "logins";

			if (name == METRICS_RADIUS_BAD)
				tell_radius_bad(t, &v, use);
			else if (name == METRICS_RADIUS_TIME)
				tell_radius_times(t, r, &v, use);
			else
				metrics_count(t, name, radius_count(&v, name), v.peer->name, use);
		}
}

static void tell_questions(struct metrics_text *t, const struct database_view *v)
{
	const struct database_counters *n = &v->counters;

	metrics_count(t, METRICS_DATABASE_QUESTIONS, n->found, v->name, "found");
	metrics_count(t, METRICS_DATABASE_QUESTIONS, n->unknown, v->name, "unknown");
	metrics_count(t, METRICS_DATABASE_QUESTIONS, n->late, v->name, "late");
	metrics_count(t, METRICS_DATABASE_QUESTIONS, n->failed - n->late, v->name, "failed");
}

static uint64_t database_count(const struct database_view *v, enum metrics_name name)
{
	switch (name) {
	case METRICS_DATABASE_UP:
		return !strcmp(v->state, "up");
	case METRICS_DATABASE_REFUSED:
		return v->counters.refused;
	case METRICS_DATABASE_CONNECTS:
		return v->counters.connects;
	case METRICS_DATABASE_UNDER_WAY:
		return v->under_way;
	default:
		return v->waiting;	/* METRICS_DATABASE_QUEUED */
	}
}

static void tell_databases(struct metrics_text *t, const struct scrape_source *from)
{
	const struct databases *all = from->api->servers->databases;

	for (enum metrics_name name = METRICS_DATABASE_UP; all && name <= METRICS_DATABASE_QUEUED;
	     name++)
		for (size_t i = 0; i < all->n; i++) {
			const struct database_view v = database_view(all->list[i]);

			if (name == METRICS_DATABASE_QUESTIONS)
				tell_questions(t, &v);
			else
				metrics_count(t, name, database_count(&v, name), v.name);
		}
}

/* --- who is told of sessions ----------------------------------------------------------------- */

static void tell_coa(struct metrics_text *t, const struct scrape_source *from)
{
	const struct coa_counters n = coa_counters(from->api->coa);
	const struct radius_coa_counters *p = &n.packets;

	if (!coa_listens(from->api->coa))
		return;
	metrics_count(t, METRICS_COA_REQUESTS, n.acks, "acked");
	metrics_count(t, METRICS_COA_REQUESTS, n.naks + p->refused, "refused");
	metrics_count(t, METRICS_COA_REQUESTS, p->repeated, "repeated");
	metrics_count(t, METRICS_COA_REQUESTS, n.unknown_source, "unknown-source");
	metrics_count(t, METRICS_COA_REQUESTS, p->malformed + p->bad_code + p->too_long,
		      "malformed");
	metrics_count(t, METRICS_COA_REQUESTS, p->bad_authenticator + p->unsigned_requests,
		      "bad-authenticator");
	metrics_count(t, METRICS_COA_REQUESTS, p->bad_time + p->doubtful, "bad-time");
	metrics_count(t, METRICS_COA_SESSIONS, n.ended, "ended");
	metrics_count(t, METRICS_COA_SESSIONS, n.changed, "changed");
}

static void tell_hooks(struct metrics_text *t, const struct scrape_source *from)
{
	const struct hooks_counters *n = &from->api->hooks->counters;

	metrics_count(t, METRICS_HOOKS_RUN, n->run - n->failed - n->timed_out, "ok");
	metrics_count(t, METRICS_HOOKS_RUN, n->failed, "failed");
	metrics_count(t, METRICS_HOOKS_RUN, n->timed_out, "timed-out");
	metrics_count(t, METRICS_HOOKS_DROPPED, n->dropped);
	metrics_count(t, METRICS_HOOKS_RUNNING, n->running);
	metrics_count(t, METRICS_HOOKS_WAITING, n->waiting);
}

static void tell_accounting(struct metrics_text *t, const struct scrape_source *from)
{
	struct accounting_view v;

	if (!from->api->accounting)
		return;
	accounting_look(from->api->accounting, &v);
	if (!v.radius && !v.file)
		return;
	metrics_count(t, METRICS_ACCOUNTING_QUEUED, v.queued);
	metrics_count(t, METRICS_ACCOUNTING_OLDEST, v.oldest_s);
	metrics_count(t, METRICS_ACCOUNTING_SENT, v.counts.sent);
	metrics_count(t, METRICS_ACCOUNTING_UNANSWERED, v.failures);
	metrics_count(t, METRICS_ACCOUNTING_LOST, v.counts.dropped, "dropped");
	metrics_count(t, METRICS_ACCOUNTING_LOST, v.counts.too_old, "too-old");
	metrics_count(t, METRICS_ACCOUNTING_LOST, v.counts.unusable, "unusable");
	metrics_count(t, METRICS_ACCOUNTING_STORE_UP, !*v.store_fault);
	metrics_count(t, METRICS_ACCOUNTING_STORE_ERRORS, v.counts.store_errors);
	if (!v.file)
		return;
	metrics_count(t, METRICS_ACCOUNTING_FILE_UP, !v.file_fault);
	metrics_count(t, METRICS_ACCOUNTING_LINES, v.lines);
	metrics_count(t, METRICS_ACCOUNTING_LINES_QUEUED, v.lines_queued);
	metrics_count(t, METRICS_ACCOUNTING_LINES_DROPPED, v.lines_dropped);
}

/* --- clients --------------------------------------------------------------------------------- */

static void tell_each_client(struct metrics_text *t, const struct scrape_source *from,
			     enum metrics_name name)
{
	const struct client *c = NULL;
	struct client_status status;

	while ((c = clients_next(from->api->clients, c))) {
		client_status(c, &status);
		metrics_count(t, name,
			      name == METRICS_CLIENT_UP ? status.state == DIALER_UP :
			      name == METRICS_CLIENT_FAILURES ? status.failures :
							       (status.retry_ms + 999) / 1000,
			      status.config->name);
	}
}

static void tell_clients_up(struct metrics_text *t, const struct scrape_source *from)
{
	tell_each_client(t, from, METRICS_CLIENT_UP);
}

static void tell_clients_failures(struct metrics_text *t, const struct scrape_source *from)
{
	tell_each_client(t, from, METRICS_CLIENT_FAILURES);
}

static void tell_clients_retry(struct metrics_text *t, const struct scrape_source *from)
{
	tell_each_client(t, from, METRICS_CLIENT_RETRY);
}

const tell_fn tell_all[] = {
	tell_daemon, tell_http, tell_connections, tell_sessions, tell_setup, tell_servers,
	tell_pools, tell_bans, tell_kernel, tell_radius, tell_databases, tell_coa, tell_hooks,
	tell_accounting, tell_clients_up, tell_clients_failures, tell_clients_retry, NULL,
};
