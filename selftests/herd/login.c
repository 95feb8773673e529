// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "herd.h"

/* The job of a command "login". */
static struct {
	unsigned int left;		/* logins to be begun */
	unsigned int under_way;
	bool encrypted;
	unsigned int up;
	uint64_t began_ns;
	struct samples latency;
	struct tally failed;
} login;

static void report(struct herd *herd)
{
	double seconds = (uv_hrtime() - login.began_ns) / 1e9;
	json_t *answer = json_pack("{s:i, s:i, s:o, s:f, s:f, s:o}",
				   "up", login.up,
				   "failed", tally_sum(&login.failed),
				   "reasons", tally_json(&login.failed),
				   "seconds", seconds,
				   "per_second", seconds ? login.up / seconds : 0.0,
				   "latency_ms", samples_json(&login.latency));

	samples_free(&login.latency);
	herd_answer(herd, answer);
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
		report(herd);
}

static void one_up(struct herd *herd, struct client *c)
{
	login.under_way--;
	login.up++;
	samples_add(&login.latency, c->up_ns - c->began_ns);
	go_on(herd, 1);
}

static void one_over(struct herd *herd, struct client *c, enum client_state was, const char *why)
{
	if (was != CLIENT_LOGGING_IN)
		return;
	login.under_way--;
	tally_add(&login.failed, why);
	go_on(herd, 1);
}

static const struct job_ops ops = { .up = one_up, .over = one_over };

void login_begin(struct herd *herd, unsigned int n, unsigned int at_once, bool encrypted)
{
	memset(&login, 0, sizeof(login));
	login.left = n;
	login.encrypted = encrypted;
	login.began_ns = uv_hrtime();
	herd->job = &ops;
	go_on(herd, at_once);
}
