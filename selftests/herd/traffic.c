// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "herd.h"

#define PATIENCE_MS	3000

/*
 * The job of a command "traffic". In a round each client sends one echo request. The round ends
 * when all are answered, or after PATIENCE_MS.
 */
static struct {
	unsigned int clients;
	unsigned int rounds;		/* to be begun */
	uint16_t round;			/* never reset, so that late answers are recognised */
	unsigned int awaited;		/* answers of this round that have yet to come */
	uint64_t sent, answered;
	uint64_t began_ns, round_ns;
	struct samples latency;
	uv_timer_t timer;
	bool has_timer;
} traffic;

static void report(struct herd *herd)
{
	double seconds = (uv_hrtime() - traffic.began_ns) / 1e9;
	json_t *answer = json_pack("{s:i, s:I, s:I, s:f, s:f, s:o}",
				   "clients", traffic.clients,
				   "sent", (json_int_t)traffic.sent,
				   "answered", (json_int_t)traffic.answered,
				   "seconds", seconds,
				   "per_second", seconds ? traffic.answered / seconds : 0.0,
				   "latency_ms", samples_json(&traffic.latency));

	samples_free(&traffic.latency);
	herd_answer(herd, answer);
}

static unsigned int plain_clients(struct herd *herd)
{
	unsigned int n = 0;

	for (struct client *c = herd_next_up(herd, NULL); c; c = herd_next_up(herd, c))
		n += !c->encrypted;
	return n;
}

static void send_round(struct herd *herd)
{
	struct spread spread = { .n = traffic.clients, .all = plain_clients(herd) };

	for (struct client *c = herd_next_up(herd, NULL); c; c = herd_next_up(herd, c)) {
		if (c->encrypted || !spread_next(&spread))
			continue;
		traffic.sent++;
		traffic.awaited++;
		client_ping(c, traffic.round);
	}
}

static void round_over(uv_timer_t *timer);

static void next_round(struct herd *herd)
{
	uv_timer_stop(&traffic.timer);
	if (!traffic.rounds) {
		report(herd);
		return;
	}
	traffic.rounds--;
	traffic.round++;
	traffic.awaited = 0;
	traffic.round_ns = uv_hrtime();
	send_round(herd);
	/* uv_now() is the time at which the loop's turn began, and sending may have taken long. */
	uv_update_time(&herd->loop);
	uv_timer_start(&traffic.timer, round_over, traffic.awaited ? PATIENCE_MS : 0, 0);
}

static void round_over(uv_timer_t *timer)
{
	next_round(timer->data);
}

static void one_answered(struct herd *herd, struct client *c, uint16_t seq)
{
	if (seq != traffic.round || !traffic.awaited)
		return;
	traffic.answered++;
	samples_add(&traffic.latency, uv_hrtime() - traffic.round_ns);
	if (!--traffic.awaited)
		next_round(herd);
}

static const struct job_ops ops = { .answered = one_answered };

void traffic_begin(struct herd *herd, unsigned int n, unsigned int packets)
{
	unsigned int all = plain_clients(herd);

	if (!traffic.has_timer)
		uv_timer_init(&herd->loop, &traffic.timer);
	traffic.has_timer = true;
	traffic.timer.data = herd;
	traffic.clients = n < all ? n : all;
	traffic.rounds = packets;
	traffic.sent = 0;
	traffic.answered = 0;
	traffic.began_ns = uv_hrtime();
	herd->job = &ops;
	next_round(herd);
}
