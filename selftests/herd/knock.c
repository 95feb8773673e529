// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "herd.h"

#define TICK_MS		5
#define MSEC_PER_SEC	1000

/*
 * The job of a command "knock": logins begin at a rate, whether or not those before have ended. It
 * ends when its time is over and all logins have ended. Who comes up leaves at once.
 */
static struct {
	unsigned int per_second;
	unsigned int all;		/* logins that are to begin */
	unsigned int begun;
	unsigned int not_begun;		/* no number was free, for instance */
	unsigned int under_way;
	unsigned int up;
	uv_timer_t timer;
	bool has_timer;
	uint64_t began_ns;
	struct tally ends;
} knock;

static double seconds_of(uint64_t since_ns)
{
	return (uv_hrtime() - since_ns) / 1e9;
}

static void report(struct herd *herd, double seconds)
{
	uv_timer_stop(&knock.timer);
	herd_answer(herd, json_pack("{s:i, s:i, s:i, s:o, s:f}",
				    "begun", knock.begun,
				    "not_begun", knock.not_begun,
				    "up", knock.up,
				    "reasons", tally_json(&knock.ends),
				    "per_second", seconds ? knock.begun / seconds : 0.0));
}

static void begin_one(struct herd *herd)
{
	if (herd_begin(herd, false)) {
		knock.begun++;
		knock.under_way++;
	} else {
		knock.not_begun++;
	}
}

static void tick(uv_timer_t *timer)
{
	static double took;
	struct herd *herd = timer->data;
	double seconds = seconds_of(knock.began_ns);
	double due = seconds * knock.per_second;

	if (knock.begun + knock.not_begun < knock.all)
		took = seconds;
	while (knock.begun + knock.not_begun < knock.all && knock.begun + knock.not_begun < due)
		begin_one(herd);
	if (knock.begun + knock.not_begun == knock.all && !knock.under_way)
		report(herd, took);
}

static void one_up(struct herd *herd, struct client *c)
{
	knock.under_way--;
	knock.up++;
	client_leave(c, MANNER_RST);
}

static void one_over(struct herd *herd, struct client *c, enum client_state was, const char *why)
{
	if (was != CLIENT_LOGGING_IN)
		return;
	knock.under_way--;
	tally_add(&knock.ends, why);
}

static const struct job_ops ops = { .up = one_up, .over = one_over };

void knock_begin(struct herd *herd, unsigned int per_second, unsigned int seconds)
{
	if (!knock.has_timer)
		uv_timer_init(&herd->loop, &knock.timer);
	knock.has_timer = true;
	knock.timer.data = herd;
	knock.per_second = per_second;
	knock.all = per_second * seconds;
	knock.begun = 0;
	knock.not_begun = 0;
	knock.up = 0;
	memset(&knock.ends, 0, sizeof(knock.ends));
	knock.began_ns = uv_hrtime();
	herd->job = &ops;
	uv_timer_start(&knock.timer, tick, TICK_MS, TICK_MS);
}
