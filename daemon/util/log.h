/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The daemon's log: one line an event.
 *
 * One log for the process, used from the event loop's thread only. Lines go to
 * standard error, to the systemd journal or to syslog. What comes from the
 * network may be passed as it is: control characters and invalid UTF-8 are
 * escaped in every line, so that no peer can forge one or upset a terminal.
 * Secrets and keys are never passed here.
 *
 * Anything a peer can cause at will is logged through log_limited(), which
 * gives each key (usually the peer's address) a bucket of lines that refills
 * slowly, and all keys together a larger one. What did not fit is counted, and
 * said once in a line "N more lines about KEY suppressed". The table of keys has
 * a fixed size.
 *
 * Who logged in, who was refused, and what became of sessions is what people
 * look for afterwards, so that no flood of other lines may hide it: that goes
 * through log_audit(), which has a bucket of its own, as large as the daemon can
 * serve logins.
 */
#ifndef CULVERT_LOG_H
#define CULVERT_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level {
	LOG_LEVEL_ERROR,	/* something that should work does not */
	LOG_LEVEL_WARNING,	/* a peer or the system misbehaves; we go on */
	LOG_LEVEL_NOTICE,	/* start, stop, reload, logins refused */
	LOG_LEVEL_INFO,		/* sessions up and down */
	LOG_LEVEL_DEBUG,	/* protocol steps */
};

enum log_target {
	LOG_TARGET_AUTO,	/* the journal if standard error is connected to it, else stderr */
	LOG_TARGET_STDERR,
	LOG_TARGET_JOURNAL,
	LOG_TARGET_SYSLOG,
};

struct log_options {
	enum log_level level;		/* least important level that is written */
	enum log_target target;
	unsigned int limit_burst;	/* lines at once per key; 0: no limit */
	unsigned int limit_per_minute;	/* lines per minute and key after that, at least 1 */
};

/*
 * Set up or change the log. Before the first call, and for a target that can
 * not be reached, lines go to standard error at LOG_LEVEL_INFO with the default
 * limits, so that logging never has to be checked for failure.
 */
void log_open(const struct log_options *options);

/* Say what is still suppressed, then go back to standard error. */
void log_close(void);

/* True if the service manager has connected standard error to the journal. */
bool log_stderr_is_journal(void);

/* True if a line at @level would be written: to skip costly arguments. */
bool log_enabled(enum log_level level);

void log_at(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)		log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...)	log_at(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)		log_at(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)		log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)		log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)

/*
 * Log at most @limit_burst lines at once about @key, then @limit_per_minute.
 * @now_ms is the event loop's monotonic clock. @key is copied (its first 63
 * octets count) and shown in the line about suppressed ones.
 */
void log_limited(const char *key, uint64_t now_ms, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Log what belongs to the trail of logins and sessions. @now_ms as above. */
void log_audit(uint64_t now_ms, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Write the "N more lines about KEY suppressed" lines that are due. To be
 * called now and then, once a second is plenty; cheap when there is nothing.
 */
void log_tick(uint64_t now_ms);

#endif
