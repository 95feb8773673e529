// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "util/log.h"
#include "util/text.h"

#define MAX_LINE	1024	/* octets of a line before escaping */
#define MAX_KEY		63
#define KEYS		1024	/* a power of two */
#define PROBES		8	/* places where a key may be found */

/* Bucket of one key. Tokens are thousandths of a line. */
struct bucket {
	char key[MAX_KEY + 1];	/* "" if the place is free */
	uint64_t updated_ms;
	uint64_t tokens;
	uint64_t suppressed;	/* lines not yet confessed */
	enum log_level level;	/* most important of them */
};

static const struct log_options defaults = {
	.level = LOG_LEVEL_INFO,
	.target = LOG_TARGET_STDERR,
	.limit_burst = 10,
	.limit_per_minute = 6,
};

static struct {
	struct log_options options;
	struct bucket buckets[KEYS];
	size_t n_suppressing;	/* buckets with @suppressed set */
} logger = { .options = defaults };

static const int syslog_priority[] = {
	[LOG_LEVEL_ERROR] = LOG_ERR,
	[LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_NOTICE] = LOG_NOTICE,
	[LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

/* JOURNAL_STREAM names the device and inode of the stream; see systemd.exec(5). */
bool log_stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
}

/* One write, so that lines of several writers to one file don't mix. */
static void write_stderr(enum log_level level, const char *line)
{
	static const char * const mark[] = {
		[LOG_LEVEL_ERROR] = "error: ",
		[LOG_LEVEL_WARNING] = "warning: ",
		[LOG_LEVEL_NOTICE] = "",
		[LOG_LEVEL_INFO] = "",
		[LOG_LEVEL_DEBUG] = "debug: ",
	};
	struct iovec iov[] = {
		{ .iov_base = "culvertd: ", .iov_len = 10 },
		{ .iov_base = (void *)mark[level], .iov_len = strlen(mark[level]) },
		{ .iov_base = (void *)line, .iov_len = strlen(line) },
		{ .iov_base = "\n", .iov_len = 1 },
	};
	/* There is nowhere to complain to if this fails. */
	ssize_t n = writev(STDERR_FILENO, iov, sizeof(iov) / sizeof(iov[0]));

	(void)n;
}

static void write_line(enum log_level level, const char *fmt, va_list args)
{
	char raw[MAX_LINE], line[TEXT_SHOW_SIZE(MAX_LINE)];

	vsnprintf(raw, sizeof(raw), fmt, args);
	text_show(line, sizeof(line), raw, strlen(raw));
	switch (logger.options.target) {
	case LOG_TARGET_JOURNAL:
		if (!sd_journal_print(syslog_priority[level], "%s", line))
			return;
		break;
	case LOG_TARGET_SYSLOG:
		syslog(syslog_priority[level], "%s", line);
		return;
	case LOG_TARGET_AUTO:
	case LOG_TARGET_STDERR:
		break;
	}
	write_stderr(level, line);
}

void log_open(const struct log_options *options)
{
	if (logger.options.target == LOG_TARGET_SYSLOG)
		closelog();
	logger.options = *options;
	if (options->target == LOG_TARGET_AUTO)
		logger.options.target = log_stderr_is_journal() ? LOG_TARGET_JOURNAL :
								   LOG_TARGET_STDERR;
	if (logger.options.target == LOG_TARGET_SYSLOG)
		openlog("culvertd", LOG_PID, LOG_DAEMON);
}

bool log_enabled(enum log_level level)
{
	return level <= logger.options.level;
}

void log_at(enum log_level level, const char *fmt, ...)
{
	va_list args;

	if (!log_enabled(level))
		return;
	va_start(args, fmt);
	write_line(level, fmt, args);
	va_end(args);
}

static uint64_t burst(void)
{
	return logger.options.limit_burst * UINT64_C(1000);
}

static void refill(struct bucket *b, uint64_t now_ms)
{
	uint64_t elapsed = now_ms > b->updated_ms ? now_ms - b->updated_ms : 0;
	uint64_t more;

	/* Longer than any bucket takes to fill, and short enough not to overflow. */
	if (elapsed > UINT32_MAX)
		elapsed = UINT32_MAX;
	more = elapsed * logger.options.limit_per_minute / 60;
	if (!more)
		return;
	b->updated_ms = now_ms;
	b->tokens += more;
	if (b->tokens > burst())
		b->tokens = burst();
}

static void confess(struct bucket *b)
{
	if (!b->suppressed)
		return;
	log_at(b->level, "%llu more line%s about %s suppressed",
	       (unsigned long long)b->suppressed, b->suppressed == 1 ? "" : "s", b->key);
	b->suppressed = 0;
	logger.n_suppressing--;
}

static uint32_t hash_key(const char *key)
{
	uint32_t h = 0x811c9dc5;

	for (; *key; key++)
		h = (h ^ (unsigned char)*key) * 0x01000193;
	return h;
}

/* The bucket of @key; a new one takes the place of the one used least recently. */
static struct bucket *find_bucket(const char *key, uint64_t now_ms)
{
	struct bucket *victim = NULL;
	uint32_t h = hash_key(key);

	for (uint32_t i = 0; i < PROBES; i++) {
		struct bucket *b = &logger.buckets[(h + i) % KEYS];

		if (!strcmp(b->key, key))
			return b;
		if (!victim || (victim->key[0] && (!b->key[0] ||
						   b->updated_ms < victim->updated_ms)))
			victim = b;
	}
	confess(victim);
	snprintf(victim->key, sizeof(victim->key), "%s", key);
	victim->tokens = burst();
	victim->updated_ms = now_ms;
	return victim;
}

static bool may_pass(const char *key, uint64_t now_ms, enum log_level level)
{
	char name[MAX_KEY + 1];
	struct bucket *b;

	if (!logger.options.limit_burst || !*key)
		return true;
	snprintf(name, sizeof(name), "%s", key);
	b = find_bucket(name, now_ms);
	refill(b, now_ms);
	if (b->tokens >= 1000) {
		b->tokens -= 1000;
		confess(b);
		return true;
	}
	if (!b->suppressed++) {
		logger.n_suppressing++;
		b->level = level;
	} else if (level < b->level) {
		b->level = level;
	}
	return false;
}

void log_limited(const char *key, uint64_t now_ms, enum log_level level, const char *fmt, ...)
{
	va_list args;

	if (!log_enabled(level) || !may_pass(key, now_ms, level))
		return;
	va_start(args, fmt);
	write_line(level, fmt, args);
	va_end(args);
}

void log_tick(uint64_t now_ms)
{
	if (!logger.n_suppressing)
		return;
	for (size_t i = 0; i < KEYS; i++) {
		struct bucket *b = &logger.buckets[i];

		if (!b->suppressed)
			continue;
		refill(b, now_ms);
		if (b->tokens < 1000)
			continue;
		b->tokens -= 1000;
		confess(b);
	}
}

void log_close(void)
{
	for (size_t i = 0; i < KEYS; i++)
		confess(&logger.buckets[i]);
	memset(logger.buckets, 0, sizeof(logger.buckets));
	log_open(&defaults);
}
