// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/log_line.h"

/* Names and IDs stay what they are: programs look for them, and the catalogue has the IDs. */
static const struct {
	const char *name;
	const char *id;
} events[LOG_EVENTS] = {
	[LOG_EVENT_LOGIN_REFUSED] = { "login-refused", "1c58869aaf36aa4193ea3ab9501a21a3" },
	[LOG_EVENT_SESSION_UP] = { "session-up", "42fb5dada212496b8a5a3ac7cba068bc" },
	[LOG_EVENT_SESSION_DOWN] = { "session-down", "32a1bbeb2635976423a65a601587d48b" },
	[LOG_EVENT_SESSION_FAILED] = { "session-failed", "6458be3c1339772bd31e25c2ae90e039" },
	[LOG_EVENT_GRE_NOT_HEARD] = { "gre-not-heard", "c437d19d8288ef28e38a97db42b6bae2" },
	[LOG_EVENT_CLIENT_UP] = { "client-up", "8c524923debfe8fce7b45c9fa9b966c5" },
	[LOG_EVENT_CLIENT_DOWN] = { "client-down", "64616cc4b304e14a036e2ef5e57e315e" },
	[LOG_EVENT_CLIENT_FAILED] = { "client-failed", "91b20cfa07ca0177e336501e2579ff3d" },
	[LOG_EVENT_BAN] = { "ban", "71eca1638c6669c8732e303f5c3809eb" },
	[LOG_EVENT_RADIUS_DEAD] = { "radius-dead", "c8ec242c201f7f0abedd67a54f8515b9" },
	[LOG_EVENT_RADIUS_ALIVE] = { "radius-alive", "b76e05d9e8fa061380d1566723f461f1" },
	[LOG_EVENT_CONFIG_WRONG] = { "config-wrong", "d43b239c88a9dffa7791b56063e2434d" },
	[LOG_EVENT_POOL_SCARCE] = { "pool-scarce", "94f2bfc547437da6db7d3fee16b7426f" },
	[LOG_EVENT_DATABASE_FAULT] = { "database-fault", "c08007ac2bdd4eb28e6f14c08594595f" },
	[LOG_EVENT_HOOK_FAILED] = { "hook-failed", "da838ed3cc5b45c59726a628a045a2a0" },
	[LOG_EVENT_ACCOUNTING_FAULT] = { "accounting-fault", "7dc72e2ae8194665b0440402cbf07a64" },
};

/* One field. @name is in small letters. */
struct pair {
	const char *name;
	const char *value;
	bool number;
};

struct pairs {
	struct pair list[LOG_LINE_PAIRS];
	size_t n;
	char number[24];
};

const char *log_event_name(enum log_event event)
{
	return events[event].name;
}

const char *log_event_id(enum log_event event)
{
	return events[event].id;
}

static void add(struct pairs *p, const char *name, const char *value)
{
	if (value && *value)
		p->list[p->n++] = (struct pair){ .name = name, .value = value };
}

static void make_pairs(struct pairs *p, const struct log_fields *about)
{
	p->n = 0;
	if (!about)
		return;
	add(p, "event", events[about->event].name);
	if (about->session) {
		snprintf(p->number, sizeof(p->number), "%llu", (unsigned long long)about->session);
		add(p, "session", p->number);
		p->list[p->n - 1].number = true;
	}
	add(p, "user", about->user);
	if (ip_is_set(about->peer))
		add(p, "peer", ip_text(about->peer));
	add(p, "server", about->server);
	add(p, "client", about->client);
	add(p, "radius", about->radius);
	add(p, "pool", about->pool);
	add(p, "database", about->database);
	add(p, "coa", about->coa);
	add(p, "hook", about->hook);
	add(p, "reason", about->reason);
}

/* --- for the journal --------------------------------------------------------------------- */

/* What has no room is cut: MESSAGE always has. */
static void put(struct log_journal *j, const char *name, const char *value)
{
	char *at = j->room + j->used;
	size_t room = sizeof(j->room) - j->used, len = strlen(name) + 1;

	if (room <= len)
		return;
	sprintf(at, "%s=", name);
	len += text_show(at + len, room - len, value, strlen(value));
	j->fields[j->n++] = (struct iovec){ .iov_base = at, .iov_len = len };
	j->used += len;
}

static void put_pair(struct log_journal *j, const struct pair *pair)
{
	char name[32] = "CULVERT_";
	size_t len = strlen(name);

	for (const char *p = pair->name; *p; p++)
		name[len++] = (char)(*p - 'a' + 'A');
	name[len] = '\0';
	put(j, name, pair->value);
}

void log_journal_make(struct log_journal *j, int priority, const char *line,
		      const struct log_fields *about)
{
	const char digit[] = { (char)('0' + priority), '\0' };
	struct pairs pairs;

	j->n = 0;
	j->used = 0;
	put(j, "MESSAGE", line);
	put(j, "PRIORITY", digit);
	if (about && about->event)
		put(j, "MESSAGE_ID", events[about->event].id);
	make_pairs(&pairs, about);
	for (size_t i = 0; i < pairs.n; i++)
		put_pair(j, &pairs.list[i]);
}

/* --- JSON -------------------------------------------------------------------------------- */

/* A string that is shown already: what JSON does not take as it is are quotes and backslashes. */
static char *put_string(char *at, const char *shown)
{
	*at++ = '"';
	for (const char *p = shown; *p; p++) {
		if (*p == '"' || *p == '\\')
			*at++ = '\\';
		*at++ = *p;
	}
	*at++ = '"';
	return at;
}

/* Returns where the next one goes. @end is the end of the room. */
static char *put_member(char *at, const char *end, const struct pair *pair)
{
	char shown[TEXT_SHOW_SIZE(256)];
	size_t len = text_show(shown, sizeof(shown), pair->value, strlen(pair->value));

	if ((size_t)(end - at) < 2 * len + strlen(pair->name) + sizeof(",\"\":\"\""))
		return at;
	at += sprintf(at, ",\"%s\":", pair->name);
	return pair->number ? stpcpy(at, shown) : put_string(at, shown);
}

static char *put_time(char *at, const struct timespec *time)
{
	struct tm tm;

	gmtime_r(&time->tv_sec, &tm);
	at += strftime(at, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	return at + sprintf(at, ".%06ldZ", time->tv_nsec / 1000);
}

size_t log_json_make(char out[LOG_JSON_SIZE], const struct timespec *at, enum log_level level,
		     const char *line, const struct log_fields *about)
{
	const char *end = out + LOG_JSON_SIZE - sizeof("}\n");
	struct pairs pairs;
	char *p = out;

	p = put_time(stpcpy(p, "{\"time\":\""), at);
	p += sprintf(p, "\",\"level\":\"%s\",\"message\":", log_level_name(level));
	p = put_string(p, line);
	make_pairs(&pairs, about);
	for (size_t i = 0; i < pairs.n; i++)
		p = put_member(p, end, &pairs.list[i]);
	return (size_t)(stpcpy(p, "}\n") - out);
}
