// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#include "util/hash.h"
#include "util/log.h"
#include "util/log_line.h"
#include "util/log_rules.h"
#include "util/systemd.h"
#include "util/text.h"

#define MAX_KEY		63
#define KEYS		1024	/* a power of two */
#define PROBES		8	/* number of places where a key can be */
#define ALL_KEYS	20	/* all keys together have this many times the limit of one */

/* Limits of log_audit(): lines at once, and lines per minute. */
#define AUDIT_BURST	2000
#define AUDIT_PER_MINUTE 12000

/* The bucket of one key, of all keys, or of log_audit(). A token is a thousandth of a line. */
struct bucket {
	char key[MAX_KEY + 1];	/* "" if the place is free */
	uint64_t updated_ms;
	uint64_t tokens;
	uint64_t suppressed;	/* suppressed lines that are not reported yet */
	enum log_level level;	/* the most important level of these lines */
};

static const struct log_options defaults = {
	.level = LOG_LEVEL_INFO,
	.target = LOG_TARGET_STDERR,
	.limit_burst = 10,
	.limit_per_minute = 6,
};

static struct {
	struct log_options options;
	const struct log_fields *about;	/* borrowed; NULL: nothing that is known */
	struct bucket buckets[KEYS];
	struct bucket all;	/* of all keys together */
	struct bucket audit;
	struct bucket asked;	/* of lines that are there for a rule alone */
	struct log_rules rules;
	size_t n_suppressing;	/* how many of @buckets have suppressed lines */
} logger = {
	.options = defaults,
	.all = { .key = "all callers" },
	.audit = { .key = "logins and sessions", .tokens = AUDIT_BURST * 1000 },
	.asked = { .key = "what was asked for", .tokens = AUDIT_BURST * 1000 },
};

static const char * const level_names[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_NOTICE] = "notice",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static const int syslog_priority[] = {
	[LOG_LEVEL_ERROR] = LOG_ERR,
	[LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_NOTICE] = LOG_NOTICE,
	[LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

/* JOURNAL_STREAM holds the device and inode of the journal's stream; see systemd.exec(5). */
bool log_stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
}

/* A single write, so that lines of several processes that write to one file do not mix. */
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
	/* If this fails, there is no place left to report it. */
	ssize_t n = writev(STDERR_FILENO, iov, sizeof(iov) / sizeof(iov[0]));

	(void)n;
}

/* Returns false if the journal does not take the line. */
static bool write_journal(enum log_level level, const char *line)
{
	struct log_journal j;

	log_journal_make(&j, syslog_priority[level], line, logger.about);
	return !sd_journal_sendv(j.fields, j.n);
}

/* A single write, as above. */
static void write_json(enum log_level level, const char *line)
{
	char object[LOG_JSON_SIZE];
	struct timespec now;
	ssize_t n;

	clock_gettime(CLOCK_REALTIME, &now);
	n = write(STDERR_FILENO, object, log_json_make(object, &now, level, line, logger.about));
	(void)n;
}

static void write_line(enum log_level level, const char *fmt, va_list args)
{
	char raw[LOG_LINE_MAX], line[LOG_LINE_SHOWN];

	vsnprintf(raw, sizeof(raw), fmt, args);
	text_show(line, sizeof(line), raw, strlen(raw));
	switch (logger.options.target) {
	case LOG_TARGET_JOURNAL:
		if (write_journal(level, line))
			return;
		break;
	case LOG_TARGET_SYSLOG:
		syslog(syslog_priority[level], "%s", line);
		return;
	case LOG_TARGET_JSON:
		write_json(level, line);
		return;
	case LOG_TARGET_AUTO:
	case LOG_TARGET_STDERR:
		break;
	}
	write_stderr(level, line);
}

static uint64_t burst(void)
{
	return logger.options.limit_burst * UINT64_C(1000);
}

void log_open(const struct log_options *options)
{
	if (logger.options.target == LOG_TARGET_SYSLOG)
		closelog();
	logger.options = *options;
	logger.all.tokens = burst() * ALL_KEYS;
	if (options->target == LOG_TARGET_AUTO)
		logger.options.target = log_stderr_is_journal() ? LOG_TARGET_JOURNAL :
								   LOG_TARGET_STDERR;
	if (logger.options.target == LOG_TARGET_SYSLOG)
		openlog("culvertd", LOG_PID, LOG_DAEMON);
}

void log_about(const struct log_fields *about)
{
	logger.about = about;
}

/* Returns the level that counts for a line now. *@asked is true if it is that of a rule of some lines. */
static enum log_level level_now(bool *asked)
{
	*asked = false;
	if (!logger.rules.n)
		return logger.options.level;
	return log_rules_level(&logger.rules, logger.about, logger.options.level, asked);
}

bool log_enabled(enum log_level level)
{
	bool asked;

	return level <= level_now(&asked);
}

bool log_set_rule(const struct log_rule *rule)
{
	return log_rules_set(&logger.rules, rule);
}

size_t log_remove_rule(const struct log_subject *subject)
{
	return log_rules_remove(&logger.rules, subject);
}

const struct log_rules *log_rules_now(uint64_t now_ms)
{
	log_rules_expire(&logger.rules, now_ms);
	return &logger.rules;
}

enum log_level log_level(void)
{
	return logger.options.level;
}

const char *log_level_name(enum log_level level)
{
	return level_names[level];
}

bool log_level_find(const char *name, enum log_level *level)
{
	for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
		if (strcmp(level_names[i], name))
			continue;
		*level = (enum log_level)i;
		return true;
	}
	return false;
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

/* Add tokens for the time since @b->updated_ms, @per_minute lines a minute, up to @burst tokens. */
static void refill(struct bucket *b, uint64_t now_ms, uint64_t burst, uint64_t per_minute)
{
	uint64_t elapsed = now_ms > b->updated_ms ? now_ms - b->updated_ms : 0;
	uint64_t more;

	/* Any bucket fills in less time; a larger value could overflow the product. */
	if (elapsed > UINT32_MAX)
		elapsed = UINT32_MAX;
	more = elapsed * per_minute / 60;
	if (!more)
		return;
	b->updated_ms = now_ms;
	b->tokens += more;
	if (b->tokens > burst)
		b->tokens = burst;
}

static void refill_key(struct bucket *b, uint64_t now_ms)
{
	refill(b, now_ms, burst(), logger.options.limit_per_minute);
}

static void refill_all(uint64_t now_ms)
{
	refill(&logger.all, now_ms, burst() * ALL_KEYS,
	       (uint64_t)logger.options.limit_per_minute * ALL_KEYS);
}

static bool spend(struct bucket *b)
{
	if (b->tokens < 1000)
		return false;
	b->tokens -= 1000;
	return true;
}

static void suppress(struct bucket *b, uint64_t n, enum log_level level)
{
	if (!b->suppressed || level < b->level)
		b->level = level;
	b->suppressed += n;
}

/* The line is about many others, and not about what the next one is about. */
static void confess(struct bucket *b)
{
	const struct log_fields *about = logger.about;

	if (!b->suppressed)
		return;
	logger.about = NULL;
	log_at(b->level, "%llu more line%s about %s suppressed",
	       (unsigned long long)b->suppressed, b->suppressed == 1 ? "" : "s", b->key);
	logger.about = about;
	b->suppressed = 0;
}

/* Report the suppressed lines of @b, or add them to @logger.all if that bucket is empty. */
static void confess_key(struct bucket *b)
{
	if (!b->suppressed)
		return;
	logger.n_suppressing--;
	if (spend(&logger.all)) {
		confess(b);
		return;
	}
	suppress(&logger.all, b->suppressed, b->level);
	b->suppressed = 0;
}

/* Returns the bucket of @key. A new key takes a free place or that of the least recently used. */
static struct bucket *find_bucket(const char *key, uint64_t now_ms)
{
	struct bucket *victim = NULL;
	uint32_t h = hash_text(key);

	for (uint32_t i = 0; i < PROBES; i++) {
		struct bucket *b = &logger.buckets[(h + i) % KEYS];

		if (!strcmp(b->key, key))
			return b;
		if (!victim ||
		    (victim->key[0] && (!b->key[0] || b->updated_ms < victim->updated_ms)))
			victim = b;
	}
	confess_key(victim);
	snprintf(victim->key, sizeof(victim->key), "%s", key);
	victim->tokens = burst();
	victim->updated_ms = now_ms;
	return victim;
}

static bool key_may_pass(const char *key, uint64_t now_ms, enum log_level level)
{
	char name[MAX_KEY + 1];
	struct bucket *b;

	snprintf(name, sizeof(name), "%s", key);
	b = find_bucket(name, now_ms);
	refill_key(b, now_ms);
	if (spend(b)) {
		confess_key(b);
		return true;
	}
	logger.n_suppressing += !b->suppressed;
	suppress(b, 1, level);
	return false;
}

/*
 * Returns true if a line may be written now that counts against a bucket of many callers. Then the
 * suppressed lines of that bucket are reported first.
 */
static bool many_may_pass(struct bucket *b, enum log_level level)
{
	if (!spend(b)) {
		suppress(b, 1, level);
		return false;
	}
	confess(b);
	return true;
}

/* That some were suppressed is told at a level at which it is written. */
static bool asked_may_pass(uint64_t now_ms)
{
	refill(&logger.asked, now_ms, AUDIT_BURST * 1000, AUDIT_PER_MINUTE);
	return many_may_pass(&logger.asked, LOG_LEVEL_ERROR);
}

static bool may_pass(const char *key, uint64_t now_ms, enum log_level level)
{
	if (!logger.options.limit_burst || !*key)
		return true;
	refill_all(now_ms);
	return key_may_pass(key, now_ms, level) && many_may_pass(&logger.all, level);
}

void log_limited(const char *key, uint64_t now_ms, enum log_level level, const char *fmt, ...)
{
	va_list args;
	bool asked;

	if (level > level_now(&asked))
		return;
	if (asked && level > logger.options.level ? !asked_may_pass(now_ms) :
						    !may_pass(key, now_ms, level))
		return;
	va_start(args, fmt);
	write_line(level, fmt, args);
	va_end(args);
}

void log_audit(uint64_t now_ms, enum log_level level, const char *fmt, ...)
{
	va_list args;

	if (!log_enabled(level))
		return;
	refill(&logger.audit, now_ms, AUDIT_BURST * 1000, AUDIT_PER_MINUTE);
	if (!many_may_pass(&logger.audit, level))
		return;
	va_start(args, fmt);
	write_line(level, fmt, args);
	va_end(args);
}

static void tick_many(struct bucket *b)
{
	if (b->suppressed && spend(b))
		confess(b);
}

void log_tick(uint64_t now_ms)
{
	refill_all(now_ms);
	refill(&logger.audit, now_ms, AUDIT_BURST * 1000, AUDIT_PER_MINUTE);
	tick_many(&logger.all);
	refill(&logger.asked, now_ms, AUDIT_BURST * 1000, AUDIT_PER_MINUTE);
	tick_many(&logger.audit);
	tick_many(&logger.asked);
	log_rules_expire(&logger.rules, now_ms);
	if (!logger.n_suppressing)
		return;
	for (size_t i = 0; i < KEYS; i++) {
		struct bucket *b = &logger.buckets[i];

		if (!b->suppressed)
			continue;
		refill_key(b, now_ms);
		if (spend(b))
			confess_key(b);
	}
}

void log_close(void)
{
	for (size_t i = 0; i < KEYS; i++)
		confess_key(&logger.buckets[i]);
	confess(&logger.all);
	confess(&logger.audit);
	confess(&logger.asked);
	log_rules_remove(&logger.rules, NULL);
	memset(logger.buckets, 0, sizeof(logger.buckets));
	logger.all.updated_ms = 0;
	logger.audit.updated_ms = 0;
	logger.audit.tokens = AUDIT_BURST * 1000;
	logger.asked.updated_ms = 0;
	logger.asked.tokens = AUDIT_BURST * 1000;
	log_open(&defaults);
}
