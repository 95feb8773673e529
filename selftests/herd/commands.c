// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "herd.h"
#include "util/container.h"
#include "util/text.h"

#define COMMAND_MAX	256	/* octets of a command, with its newline */
#define WORDS_MAX	4
#define KNOCKS_MAX	(1 << 30)

static struct {
	uv_pipe_t pipe;
	char text[4096];
	size_t len;			/* octets in @text: commands not carried out yet */
} input;

static void complain(struct herd *herd, const char *what)
{
	herd_answer(herd, json_pack("{s:s}", "error", what));
}

static bool number(const char *text, unsigned int *n)
{
	uint64_t value;

	if (!text || !text_number(text, 1, 1 << 20, &value))
		return false;
	*n = value;
	return true;
}

/* --- the commands ---------------------------------------------------------------------------- */

static void cmd_login(struct herd *herd, char **words)
{
	struct login_manner manner = { .at_once = 1 };
	unsigned int n;

	if (!number(words[1], &n)) {
		complain(herd, "login N [AT-ONCE] [mppe] [greet]");
		return;
	}
	for (unsigned int i = 2; words[i]; i++) {
		if (!strcmp(words[i], "mppe")) {
			manner.encrypted = true;
		} else if (!strcmp(words[i], "greet")) {
			manner.greets = true;
		} else if (!number(words[i], &manner.at_once)) {
			complain(herd, "login N [AT-ONCE] [mppe] [greet]");
			return;
		}
	}
	login_begin(herd, n, &manner);
}

static void cmd_drop(struct herd *herd, char **words)
{
	unsigned int n, manner = 0;

	while (words[1] && manner < MANNERS && strcmp(words[1], manner_names[manner]))
		manner++;
	if (!words[1] || manner == MANNERS || !number(words[2], &n))
		complain(herd, "drop clear|stop|terminate|fin|rst|silence N");
	else
		drop_begin(herd, n, manner);
}

static void cmd_traffic(struct herd *herd, char **words)
{
	unsigned int n, packets;

	if (!number(words[1], &n) || !number(words[2], &packets))
		complain(herd, "traffic N PACKETS");
	else
		traffic_begin(herd, n, packets);
}

static void cmd_knock(struct herd *herd, char **words)
{
	unsigned int per_second, seconds;

	if (!number(words[1], &per_second) || !number(words[2], &seconds) ||
	    per_second > KNOCKS_MAX / seconds)
		complain(herd, "knock PER-SECOND SECONDS");
	else
		knock_begin(herd, per_second, seconds);
}

static void cmd_count(struct herd *herd, char **words)
{
	json_t *answer = json_pack("{s:i, s:i, s:o, s:I, s:I, s:I, s:I, s:I, s:I}",
				   "up", herd->n_up,
				   "silent", herd->n_silent,
				   "lost", tally_json(&herd->lost),
				   "control_echoes", (json_int_t)herd->counts.control_echoes,
				   "lcp_echoes", (json_int_t)herd->counts.lcp_echoes,
				   "pings_answered", (json_int_t)herd->counts.pings_answered,
				   "stray", (json_int_t)herd->counts.stray,
				   "bad", (json_int_t)herd->wire.bad,
				   "unsent", (json_int_t)herd->wire.unsent);

	memset(&herd->lost, 0, sizeof(herd->lost));
	herd_answer(herd, answer);
}

static void obey(struct herd *herd, char *line)
{
	static const struct {
		const char *name;
		void (*run)(struct herd *herd, char **words);
	} commands[] = {
		{ "login", cmd_login }, { "drop", cmd_drop }, { "traffic", cmd_traffic },
		{ "knock", cmd_knock }, { "count", cmd_count },
	};
	char *words[WORDS_MAX + 2] = { NULL }, *rest;

	words[0] = strtok_r(line, " ", &rest);
	for (unsigned int i = 0; i < WORDS_MAX && words[i]; i++)
		words[i + 1] = strtok_r(NULL, " ", &rest);
	for (size_t i = 0; words[0] && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!strcmp(words[0], commands[i].name)) {
			commands[i].run(herd, words);
			return;
		}
	}
	complain(herd, "commands: login, drop, traffic, knock, count");
}

/* --- standard input --------------------------------------------------------------------------- */

/* Take the first line out of the input. Returns false if there is no whole line. */
static bool next_line(char line[COMMAND_MAX])
{
	char *end = memchr(input.text, '\n', input.len);
	size_t len = end ? end - input.text : 0;

	if (!end)
		return false;
	if (len >= COMMAND_MAX)
		errx(2, "a command is too long");
	memcpy(line, input.text, len);
	line[len] = '\0';
	input.len -= len + 1;
	memmove(input.text, end + 1, input.len);
	return true;
}

static void work(struct herd *herd)
{
	char line[COMMAND_MAX];

	while (!herd->job && next_line(line))
		obey(herd, line);
}

void commands_go_on(uv_timer_t *timer)
{
	work(container_of(timer, struct herd, idle));
}

static void alloc_cb(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	*buf = uv_buf_init(input.text + input.len, sizeof(input.text) - input.len);
}

static void read_cb(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	if (n == UV_ENOBUFS)
		errx(2, "too many commands wait");
	if (n < 0)
		exit(0);
	input.len += n;
	work(stream->data);
}

void commands_open(struct herd *herd)
{
	uv_timer_init(&herd->loop, &herd->idle);
	if (uv_pipe_init(&herd->loop, &input.pipe, 0) || uv_pipe_open(&input.pipe, STDIN_FILENO) ||
	    uv_read_start((uv_stream_t *)&input.pipe, alloc_cb, read_cb))
		errx(1, "standard input is no pipe");
	input.pipe.data = herd;
}
