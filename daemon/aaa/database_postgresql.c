// SPDX-License-Identifier: GPL-2.0-only
/*
 * A database of PostgreSQL, by the asynchronous interface of libpq: one connection, on which up to
 * WINDOW questions are under way at a time (pipeline mode). Each question is a transaction of its own,
 * and no statement is prepared on the server, so that a pooler of connections may stand between.
 *
 *	CONNECTING ──► UP ──► lost: CONNECTING, and what was under way is asked again
 *	    └──► DOWN, in which questions are refused; CONNECTING again after a delay that grows
 *
 * libpq would wait for a name server. Therefore the connection has to say an address, or a folder with
 * a socket (database_can_connect()).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/database_driver.h"

#ifdef CULVERT_POSTGRESQL

#include <libpq-fe.h>

#include "util/callback.h"
#include "util/container.h"
#include "util/ip.h"
#include "util/log.h"
#include "util/timer.h"

#define WINDOW		64	/* questions under way */
#define DELAY_MIN_MS	1000	/* from one try to connect to the next, twice as long each time */
#define DELAY_MAX_MS	15000
#define PROVEN_MS	1000	/* a connection that lasted for so long was a good one */
#define TEXT_OID	25	/* of PostgreSQL's type "text" */

enum state {
	DOWN,				/* until @timer */
	CONNECTING,			/* likewise, at most */
	UP,
};

/* What is watched: freed when its handle is closed. */
struct watched {
	uv_poll_t poll;
	struct postgresql *p;		/* NULL: nobody's any more */
};

struct postgresql {
	struct database base;
	uv_timer_t timer;
	enum state state;
	PGconn *conn;			/* NULL if DOWN */
	struct watched *watched;	/* its socket; NULL: not watched */
	unsigned int failures;		/* to connect, in a row */
	uint64_t up_since;
	bool proven;			/* it has answered */
	bool broken;			/* @timer is about to end it */

	/* what was answered of the oldest flight */
	struct database_found found;
	char fault[DATABASE_FAULT_MAX + 1];
};

static void timer_cb(uv_timer_t *timer);
static void serve(struct database *d);

static struct postgresql *postgresql_of(struct database *d)
{
	return container_of(d, struct postgresql, base);
}

/* --- words ----------------------------------------------------------------------------------- */

/* Write the first line of libpq's words, which may have several, to @to. */
static void first_line(char *to, size_t size, const char *words)
{
	const int len = (int)strcspn(words, "\n");

	snprintf(to, size, "%.*s", len, len ? words : "no reason is known");
}

/* Returns words on what people can do about an error (PostgreSQL, appendix A); or "". */
static const char *cure(const char *sqlstate)
{
	if (!strcmp(sqlstate, "42P01") || !strcmp(sqlstate, "42703"))
		return "; users.sql makes the table, and for another one there is query";
	if (!strcmp(sqlstate, "42501"))
		return "; GRANT SELECT on it to the user of the connection";
	if (!strncmp(sqlstate, "42", 2))
		return "; look at query";
	return "";
}

/* A name that is no text in the database's encoding is nobody's name there. */
static bool is_unspeakable(const char *sqlstate)
{
	return !strcmp(sqlstate, "22021") || !strcmp(sqlstate, "22P05");
}

/* The server ends the connection (57P01 and the like): that is not the question's fault. */
static bool is_farewell(const char *sqlstate)
{
	return !strncmp(sqlstate, "57P", 3) || !strncmp(sqlstate, "08", 2);
}

/* --- the socket ------------------------------------------------------------------------------ */

static void poll_cb(uv_poll_t *poll, int status, int events);

static void watched_closed(uv_handle_t *handle)
{
	CALLBACK("database: socket closed");

	free(container_of((uv_poll_t *)handle, struct watched, poll));
}

static void unwatch(struct postgresql *p)
{
	if (!p->watched)
		return;
	p->watched->p = NULL;
	uv_close((uv_handle_t *)&p->watched->poll, watched_closed);
	p->watched = NULL;
}

/* Returns 0 or a negative errno. libpq may have closed the socket that was watched before. */
static int watch(struct postgresql *p, int events)
{
	struct watched *watched = malloc(sizeof(*watched));
	int err;

	unwatch(p);
	if (!watched)
		return -ENOMEM;
	err = uv_poll_init(p->base.loop, &watched->poll, PQsocket(p->conn));
	if (err) {
		free(watched);
		return err;
	}
	watched->p = p;
	p->watched = watched;
	return uv_poll_start(&watched->poll, events, poll_cb);
}

/* --- connecting ------------------------------------------------------------------------------ */

static void disconnect(struct postgresql *p)
{
	unwatch(p);
	PQfinish(p->conn);
	p->conn = NULL;
	p->broken = false;
	database_found_clear(&p->found);
	p->fault[0] = '\0';
}

/* There is no connection: those who ask are told so until there is one. */
static void go_down(struct postgresql *p, const char *fault)
{
	struct database *d = &p->base;
	const unsigned int doublings = p->failures < 4 ? p->failures : 4;
	const uint64_t delay = earlier(DELAY_MIN_MS << doublings, DELAY_MAX_MS);

	disconnect(p);
	p->state = DOWN;
	p->failures++;
	d->unreachable = true;
	database_note(d, fault);
	timer_arm(&p->timer, timer_cb, uv_now(d->loop) + delay);
	database_return(d);
	database_refuse_all(d, fault);
}

static void go_down_by_words(struct postgresql *p)
{
	char fault[DATABASE_FAULT_MAX + 1];

	first_line(fault, sizeof(fault), p->conn ? PQerrorMessage(p->conn) : "out of memory");
	go_down(p, fault);
}

static void ignore_notice(void *ctx, const PGresult *result)
{
}

/* What the administrator says comes behind our defaults and counts more; what we must have, last. */
static PGconn *start_connection(const struct database_settings *s)
{
	const char *keywords[] = {
		"gssencmode", "keepalives_idle", "tcp_user_timeout", "fallback_application_name",
		"dbname", "client_encoding", *s->password ? "password" : NULL, NULL,
	};
	const char *values[] = {
		"disable", "60", "10000", "culvertd", s->connection, "UTF8", s->password, NULL,
	};

	return PQconnectStartParams(keywords, values, 1);
}

static void connected(struct postgresql *p)
{
	struct database *d = &p->base;

	if (PQsetnonblocking(p->conn, 1) || !PQenterPipelineMode(p->conn) ||
	    watch(p, UV_READABLE)) {
		go_down_by_words(p);
		return;
	}
	p->state = UP;
	p->up_since = uv_now(d->loop);
	p->proven = false;
	d->unreachable = false;
	uv_timer_stop(&p->timer);
	database_note_connected(d);
	database_note(d, NULL);
	serve(d);
}

/* Go on connecting; @step is what libpq has last asked for. */
static void go_on(struct postgresql *p, PostgresPollingStatusType step)
{
	int err = 0;

	switch (step) {
	case PGRES_POLLING_OK:
		connected(p);
		return;
	case PGRES_POLLING_READING:
		err = watch(p, UV_READABLE);
		break;
	case PGRES_POLLING_WRITING:
		err = watch(p, UV_WRITABLE);
		break;
	default:
		go_down_by_words(p);
		return;
	}
	if (err)
		go_down(p, strerror(-err));
}

static void begin(struct postgresql *p)
{
	struct database *d = &p->base;

	p->conn = start_connection(&d->settings);
	if (!p->conn || PQstatus(p->conn) == CONNECTION_BAD) {
		go_down_by_words(p);
		return;
	}
	PQsetNoticeReceiver(p->conn, ignore_notice, NULL);
	p->state = CONNECTING;
	timer_arm(&p->timer, timer_cb, uv_now(d->loop) + d->settings.timeout_ms);
	/* as if it had said so (PQconnectPoll) */
	go_on(p, PGRES_POLLING_WRITING);
}

/* The connection has ended by itself. What was under way is asked again if it was a good one. */
static void lose(struct postgresql *p)
{
	struct database *d = &p->base;
	const bool good = p->proven || uv_now(d->loop) - p->up_since >= PROVEN_MS;
	char words[DATABASE_FAULT_MAX + 1];

	if (!good) {
		go_down_by_words(p);
		return;
	}
	first_line(words, sizeof(words), PQerrorMessage(p->conn));
	log_with(&(struct log_fields){ .database = d->settings.name },
		 log_notice("database %s (%s): connection lost: %s", d->settings.name, d->where,
			    words));
	p->failures = 0;
	disconnect(p);
	database_return(d);
	begin(p);
}

/* --- questions and answers ------------------------------------------------------------------- */

static bool send_question(struct postgresql *p, const struct database_question *q)
{
	static const Oid types[] = { TEXT_OID, TEXT_OID };
	const char *values[] = { q->user, q->server };

	return PQsendQueryParams(p->conn, p->base.settings.query, 2, types, values, NULL, NULL,
				 0) &&
	       PQpipelineSync(p->conn);
}

/* Not at once: who asks must not hear the answer before it knows that it has asked. */
static void end_soon(struct postgresql *p)
{
	p->broken = true;
	timer_arm(&p->timer, timer_cb, 0);
}

static void flush(struct postgresql *p)
{
	const int left = PQflush(p->conn);

	if (left < 0 || uv_poll_start(&p->watched->poll, UV_READABLE | (left ? UV_WRITABLE : 0),
				      poll_cb))
		end_soon(p);
}

static void serve(struct database *d)
{
	struct postgresql *p = postgresql_of(d);
	struct flight *flight;

	if (p->state != UP || p->broken)
		return;
	while (d->n_flights < WINDOW && (flight = database_next(d))) {
		if (!send_question(p, flight->question)) {
			end_soon(p);
			return;
		}
	}
	flush(p);
}

static void take_rows(struct postgresql *p, const PGresult *result, const char *server)
{
	const char *texts[DATABASE_COLUMNS + 1];

	for (int row = 0; row < PQntuples(result); row++) {
		memset(texts, 0, sizeof(texts));
		for (int i = 0; i < PQnfields(result); i++)
			if (!PQgetisnull(result, row, i))
				texts[database_column(PQfname(result, i))] = PQgetvalue(result, row,
											i);
		if (!database_found_add(&p->found, texts, server))
			snprintf(p->fault, sizeof(p->fault), "out of memory");
	}
}

/* Returns false if the server says goodbye. */
static bool take_error(struct postgresql *p, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	size_t len;

	sqlstate = sqlstate ? sqlstate : "08000";
	if (is_farewell(sqlstate))
		return false;
	if (is_unspeakable(sqlstate))
		return true;
	first_line(p->fault, sizeof(p->fault), words ? words : "");
	len = strlen(p->fault);
	snprintf(p->fault + len, sizeof(p->fault) - len, "%s", cure(sqlstate));
	return true;
}

/* All of the answer to the oldest question is there. */
static void finish_oldest(struct postgresql *p)
{
	struct database *d = &p->base;
	struct flight *flight = TAILQ_FIRST(&d->flights);
	struct database_found found = p->found;
	char fault[sizeof(p->fault)];

	memcpy(fault, p->fault, sizeof(fault));
	p->found = (struct database_found){ 0 };
	p->fault[0] = '\0';
	p->proven = true;
	p->failures = 0;
	database_note(d, *fault ? fault : NULL);
	if (*fault)
		database_could_not(d, flight, fault);
	else
		database_answer(d, flight, &found);
	database_found_clear(&found);
}

/* Returns false if the connection is over. */
static bool take_result(struct postgresql *p, const PGresult *result)
{
	const struct flight *oldest = TAILQ_FIRST(&p->base.flights);

	switch (PQresultStatus(result)) {
	case PGRES_TUPLES_OK:
		if (oldest->question)
			take_rows(p, result, oldest->question->server);
		return true;
	case PGRES_FATAL_ERROR:
		return take_error(p, result);
	case PGRES_PIPELINE_SYNC:
		return true;
	default:
		/* as of an UPDATE, which somebody may call a query */
		snprintf(p->fault, sizeof(p->fault), "query gives no rows; look at query");
		return true;
	}
}

/* Take all answers that have come. Returns false if the connection is over. */
static bool take_answers(struct postgresql *p)
{
	unsigned int nothing = 0;

	/* Behind each result comes a NULL, and two of them say that nothing is left. */
	while (!TAILQ_EMPTY(&p->base.flights) && !PQisBusy(p->conn) && nothing < 2) {
		PGresult *result = PQgetResult(p->conn);
		const bool is_end = result && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		const bool goes_on = !result || take_result(p, result);

		nothing = result ? 0 : nothing + 1;
		PQclear(result);
		if (!goes_on)
			return false;
		if (is_end)
			finish_oldest(p);
	}
	return true;
}

static void exchange(struct postgresql *p, int events)
{
	if (p->broken || !PQconsumeInput(p->conn) || !take_answers(p) ||
	    PQstatus(p->conn) == CONNECTION_BAD)
		lose(p);
	else
		serve(&p->base);
}

static void poll_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("database: postgresql");
	struct postgresql *p = container_of(poll, struct watched, poll)->p;

	if (!p || database_is_dropped(&p->base))
		return;
	database_keep(&p->base);
	if (p->state == CONNECTING)
		go_on(p, PQconnectPoll(p->conn));
	else
		exchange(p, events);
	database_drop(&p->base);
}

static void timer_cb(uv_timer_t *timer)
{
	CALLBACK("database: postgresql timer");
	struct postgresql *p = container_of(timer, struct postgresql, timer);
	char fault[64];

	if (database_is_dropped(&p->base))
		return;
	database_keep(&p->base);
	snprintf(fault, sizeof(fault), "no connection within %u s",
		 p->base.settings.timeout_ms / 1000);
	if (p->state == DOWN)
		begin(p);
	else if (p->state == CONNECTING)
		go_down(p, fault);
	else if (p->broken)
		lose(p);
	database_drop(&p->base);
}

/* --- the driver ------------------------------------------------------------------------------ */

/* The connection is of no use: what the server does not answer it will not answer later. */
static void late(struct database *d)
{
	char fault[64];

	snprintf(fault, sizeof(fault), "no answer within %u s", d->settings.timeout_ms / 1000);
	go_down(postgresql_of(d), fault);
}

/* Returns the value of @keyword among @options, or "". */
static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
	while (options->keyword && strcmp(options->keyword, keyword))
		options++;
	return options->val ? options->val : "";
}

static void name_place(struct database *d)
{
	PQconninfoOption *options = PQconninfoParse(d->settings.connection, NULL);
	const char *host;

	if (!options)
		return;
	host = *value_of(options, "host") ? value_of(options, "host") :
					    value_of(options, "hostaddr");
	snprintf(d->where, sizeof(d->where), "%s%s%s", host,
		 *value_of(options, "dbname") ? " " : "", value_of(options, "dbname"));
	PQconninfoFree(options);
}

static int open_postgresql(struct database *d)
{
	struct postgresql *p = postgresql_of(d);

	uv_timer_init(d->loop, &p->timer);
	name_place(d);
	begin(p);
	return 0;
}

static void closed(uv_handle_t *handle)
{
	CALLBACK("database: postgresql closed");

	database_closed(&container_of((uv_timer_t *)handle, struct postgresql, timer)->base);
}

static void close_postgresql(struct database *d)
{
	struct postgresql *p = postgresql_of(d);

	disconnect(p);
	database_return(d);	/* those that were given up */
	if (p->timer.loop)
		uv_close((uv_handle_t *)&p->timer, closed);
	else
		database_closed(d);
}

/* Returns true if libpq need not look any name up. @hosts has commas between. */
static bool are_addresses(const char *hosts)
{
	struct ip_addr address;
	char host[64];

	do {
		const size_t len = strcspn(hosts, ",");

		if (!len || (*hosts != '/' && *hosts != '@' && len >= sizeof(host)))
			return false;
		snprintf(host, sizeof(host), "%.*s", (int)len, hosts);
		if (*hosts != '/' && *hosts != '@' && !ip_parse(host, &address))
			return false;
		hosts += len;
	} while (*hosts++);
	return true;
}

/* Returns true if there is one of those that libpq marks as secrets: sslpassword, say. */
static bool has_secret(const PQconninfoOption *options)
{
	for (; options->keyword; options++)
		if (*options->dispchar == '*' && options->val && *options->val)
			return true;
	return false;
}

static const char *wrong_with(const PQconninfoOption *options)
{
	if (*value_of(options, "service"))
		return "has service, which names a file; expected what stands in it";
	if (*value_of(options, "password"))
		return "has a password; expected it in a file of its own, password-file";
	if (has_secret(options))
		return "has a secret, which readers of the configuration would see; expected none: a "
		       "key of TLS, say, is in a file without a password";
	if (are_addresses(value_of(options, "hostaddr")) || are_addresses(value_of(options, "host")))
		return NULL;
	return "has no address: expected hostaddr=ADDRESS, with host=NAME beside it if need be, or "
	       "host=/FOLDER of a socket";
}

bool database_can_connect(const char *connection, char *error, size_t size)
{
	char *message = NULL;
	PQconninfoOption *options = PQconninfoParse(connection, &message);
	const char *wrong = options ? wrong_with(options) : message;

	if (wrong)
		first_line(error, size, wrong);
	PQconninfoFree(options);
	PQfreemem(message);
	return !wrong;
}

const struct database_driver database_postgresql = {
	.size = sizeof(struct postgresql), .open = open_postgresql, .serve = serve, .late = late,
	.close = close_postgresql,
};

#else

bool database_can_connect(const char *connection, char *error, size_t size)
{
	snprintf(error, size, "cannot be used, since this culvertd was built without libpq "
		 "(PostgreSQL)");
	return false;
}

static int no_postgresql(struct database *d)
{
	return -EPROTONOSUPPORT;
}

static void nothing(struct database *d)
{
}

const struct database_driver database_postgresql = {
	.size = sizeof(struct database), .open = no_postgresql, .serve = nothing, .late = nothing,
	.close = database_closed,
};

#endif
