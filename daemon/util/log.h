/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The daemon's log: one line for each event.
 *
 * There is one log for the process; only the event loop's thread may use it.
 * Lines go to standard error, to the systemd journal or to syslog. Callers may
 * pass what comes from the network unchanged: control characters and invalid
 * UTF-8 are escaped in every line, so that no peer can forge a line or disturb a
 * terminal. Callers never pass secrets or keys.
 *
 * Everything that a peer can cause as often as it likes is logged with
 * log_limited(). It gives each key (usually the peer's address) a bucket of lines
 * that refills slowly, and all keys together a larger bucket. Lines that find the
 * bucket empty are suppressed: they are counted, and reported later in one line
 * "N more lines about KEY suppressed". The table of keys has a fixed size.
 *
 * An administrator later looks for who logged in and how sessions ended, and no
 * flood of other lines may hide that. These lines go through log_audit(), which
 * has a bucket of its own. It is large enough for as many logins as the daemon
 * can serve. Lines about logins that were refused have no limit, since programs
 * count them: server/login.c.
 *
 * A line may have fields beside its words (struct log_fields), for programs. The
 * journal of systemd takes them, and lines of JSON have them; other targets have
 * the words alone.
 */
#ifndef CULVERT_LOG_H
#define CULVERT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/ip.h"

enum log_level {
	LOG_LEVEL_ERROR,	/* something that should work fails */
	LOG_LEVEL_WARNING,	/* a peer or the system misbehaves; the daemon continues */
	LOG_LEVEL_NOTICE,	/* start, stop, reload, logins refused */
	LOG_LEVEL_INFO,		/* sessions up and down */
	LOG_LEVEL_DEBUG,	/* protocol steps */
};

enum log_target {
	LOG_TARGET_AUTO,	/* JOURNAL if standard error is connected to it, else STDERR */
	LOG_TARGET_STDERR,
	LOG_TARGET_JOURNAL,
	LOG_TARGET_SYSLOG,
	LOG_TARGET_JSON,	/* STDERR, each line an object of JSON */
};

struct log_options {
	enum log_level level;		/* the least important level that is written */
	enum log_target target;
	unsigned int limit_burst;	/* lines at once for each key; 0: no limit */
	unsigned int limit_per_minute;	/* then lines per minute for each key, at least 1 */
};

/* What the journal's catalogue (packaging/systemd/culvert.catalog) explains. */
enum log_event {
	LOG_EVENT_NONE,
	LOG_EVENT_LOGIN_REFUSED,
	LOG_EVENT_SESSION_UP,
	LOG_EVENT_SESSION_DOWN,
	LOG_EVENT_SESSION_FAILED,	/* it ended before it was up */
	LOG_EVENT_GRE_NOT_HEARD,
	LOG_EVENT_CLIENT_UP,
	LOG_EVENT_CLIENT_DOWN,
	LOG_EVENT_CLIENT_FAILED,
	LOG_EVENT_BAN,
	LOG_EVENT_RADIUS_DEAD,
	LOG_EVENT_RADIUS_ALIVE,
	LOG_EVENT_CONFIG_WRONG,
	LOG_EVENT_POOL_SCARCE,
	LOG_EVENT_DATABASE_FAULT,
	LOG_EVENT_HOOK_FAILED,
	LOG_EVENT_ACCOUNTING_FAULT,	/* the store or the file of records */
	LOG_EVENTS
};

/* What a line is about. NULL, "", 0 or no address: nothing is known of that. */
struct log_fields {
	enum log_event event;
	uint64_t session;		/* its number */
	const char *user;
	struct ip_addr peer;		/* outer address */
	const char *server;		/* names of sections of the configuration */
	const char *client;
	const char *radius;
	const char *pool;
	const char *database;
	const char *coa;		/* a section coa-client */
	const char *hook;		/* an option that names a program, as "on-up" */
	const char *reason;		/* in a word that is the same each time */
};

struct log_rule;
struct log_rules;
struct log_subject;

/*
 * Set up the log, or change its options. Before the first call, lines go to
 * standard error at LOG_LEVEL_INFO with the default limits. Lines that the journal
 * does not take go to standard error, too. No caller has to check the log for
 * failure. Lines that syslog does not take are lost, as syslog(3) reports no error.
 */
void log_open(const struct log_options *options);

/* Report all lines that are still suppressed, then set the log back to standard error. */
void log_close(void);

/* Returns true if the service manager has connected standard error to the journal. */
bool log_stderr_is_journal(void);

/*
 * Returns true if a line at @level would be written now, about what log_about() has said: lets a caller
 * skip costly arguments. It costs one comparison as long as there are no rules.
 */
bool log_enabled(enum log_level level);

/*
 * Levels for some lines, for some time (log_rules.h). They stay when options change. Lines that are
 * there for such a rule alone have a limit of their own, as that of log_audit(), and not those of
 * log_limited(): who asks for them wants all of them.
 */
bool log_set_rule(const struct log_rule *rule);
size_t log_remove_rule(const struct log_subject *subject);

/* Returns the rules, without those whose time is over; valid until the next call of the log. */
const struct log_rules *log_rules_now(uint64_t now_ms);

/* Returns the level of struct log_options. */
enum log_level log_level(void);

/* Returns "debug", and back; false if @name is no level. */
const char *log_level_name(enum log_level level);
bool log_level_find(const char *name, enum log_level *level);

void log_at(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)		log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...)	log_at(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)		log_at(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)		log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)		log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)

/*
 * Lines from now on are about @about, until this is called with NULL. @about is borrowed until then,
 * so that a line costs no copy: use log_with(), which takes it back.
 */
void log_about(const struct log_fields *about);

/* Have the line that the statement writes be about @about: log_with(&about, log_info("up")). */
#define log_with(about, ...)	\
	do {			\
		log_about(about); \
		__VA_ARGS__;	\
		log_about(NULL); \
	} while (0)

/*
 * Log at most @limit_burst lines at once about @key, then @limit_per_minute. An
 * empty @key has no limit. @now_ms is the event loop's monotonic clock. @key is
 * copied (only its first 63 octets count) and shown in the line that reports
 * suppressed lines.
 */
void log_limited(const char *key, uint64_t now_ms, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Log a line of the record of logins and sessions. @now_ms as above. */
void log_audit(uint64_t now_ms, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Write the "N more lines about KEY suppressed" lines that are due. Call this from
 * time to time; once a second is enough. It costs little when nothing is suppressed.
 */
void log_tick(uint64_t now_ms);

#endif
