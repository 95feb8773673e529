// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "herd.h"

#define PATIENCE_MS	3000
#define GREETING	0xffff		/* the number of a greeting; traffic counts from 1 */

/*
 * The job of a command "login". With @greets, each client sends an echo request in the moment in
 * which it is up. It ends when all are up or have failed, and all greetings are answered or
 * PATIENCE_MS have passed.
 */
static struct {
	unsigned int left;		/* logins to be begun */
	unsigned int under_way;
	bool encrypted;
	bool greets;
	unsigned int up;
	unsigned int greeted;		/* greetings that were answered */
	uv_timer_t timer;
	bool has_timer;
	uint64_t began_ns;
	struct samples latency;
	struct tally failed;
} login;

static void report(struct herd *herd)
{
	double seconds = (uv_hrtime() - login.began_ns) / 1e9;
	json_t *answer = json_pack("{s:i, s:i, s:i, s:o, s:f, s:f, s:o}",
				   "up", login.up,
				   "greeted", login.greeted,
				   "failed", tally_sum(&login.failed),
				   "reasons", tally_json(&login.failed),
				   "seconds", seconds,
				   "per_second", seconds ? login.up / seconds : 0.0,
				   "latency_ms", samples_json(&login.latency));

	uv_timer_stop(&login.timer);
	samples_free(&login.latency);
	herd_answer(herd, answer);
}

static void patience_ends(uv_timer_t *timer)
{
	report(timer->data);
}

/* No login is left or under way. */
static void wait_for_answers(struct herd *herd)
{
	if (!login.greets || login.greeted == login.up)
		report(herd);
	else
		uv_timer_start(&login.timer, patience_ends, PATIENCE_MS, 0);
}

static void begin_one(struct herd *herd)
{
	login.left--;
	if (herd_begin(herd, login.encrypted))
		login.under_way++;
	else
		tally_add(&login.failed, "no free number, memory, address or descriptor");
}

/* Begin up to @at_most logins, and report after the last. A loop: a login may fail at once. */
static void go_on(struct herd *herd, unsigned int at_most)
{
	while (login.left && at_most) {
		unsigned int before = login.under_way;

		begin_one(herd);
		at_most -= login.under_way - before;
	}
	if (!login.left && !login.under_way)
		wait_for_answers(herd);
}

static void one_up(struct herd *herd, struct client *c)
{
	login.under_way--;
	login.up++;
	samples_add(&login.latency, c->up_ns - c->began_ns);
	if (login.greets)
		client_ping(c, GREETING);
	go_on(herd, 1);
}

static void one_answered(struct herd *herd, struct client *c, uint16_t seq)
{
	login.greeted += seq == GREETING;
	if (!login.left && !login.under_way && login.greeted == login.up)
		report(herd);
}

static void one_over(struct herd *herd, struct client *c, enum client_state was, const char *why)
{
	if (was != CLIENT_LOGGING_IN)
		return;
	login.under_way--;
	tally_add(&login.failed, why);
	go_on(herd, 1);
}

static const struct job_ops ops = { .up = one_up, .over = one_over, .answered = one_answered };

void login_begin(struct herd *herd, unsigned int n, const struct login_manner *manner)
{
	if (!login.has_timer)
		uv_timer_init(&herd->loop, &login.timer);
	login.has_timer = true;
	login.timer.data = herd;
	login.left = n;
	login.encrypted = manner->encrypted;
	login.greets = manner->greets;
	login.up = 0;
	login.greeted = 0;
	memset(&login.latency, 0, sizeof(login.latency));
	memset(&login.failed, 0, sizeof(login.failed));
	login.began_ns = uv_hrtime();
	herd->job = &ops;
	go_on(herd, manner->at_once);
}
