// SPDX-License-Identifier: GPL-2.0-only
/*
 * A database of SQLite: a file, which is only read. Since a disk may be slow, and whoever writes to
 * the file locks it, a thread reads (util/jobs.h): one question after another, each within its time.
 *
 * The file need not be there when the daemon starts. Before each question it is looked at whether
 * another file has taken the place of the one that is open.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <sqlite3.h>

#include "aaa/database_driver.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/jobs.h"

#define STEPS_AT_ONCE	1000	/* of SQLite's machine, from one look at the clock to the next */

struct sqlite {
	struct database base;
	struct jobs jobs;
	uv_poll_t poll;			/* of what the thread has finished */
	bool has_poll;
	bool busy;			/* @job is under way */

	struct flight *flight;		/* that it is for; NULL: nobody's, to see whether it can be */

	/* for the thread while @busy */
	struct job job;
	char *user, *server;
	struct database_found found;
	bool opened;			/* the file was opened for this job */
	char fault[DATABASE_FAULT_MAX + 1];	/* "": none */

	/* the thread's alone, and of whoever frees it */
	sqlite3 *db;			/* NULL: not open */
	sqlite3_stmt *query;
	dev_t dev;			/* which file it is */
	ino_t ino;
	uint64_t until_ms;		/* of CLOCK_MONOTONIC: the job ends */
};

static struct sqlite *sqlite_of(struct database *d)
{
	return container_of(d, struct sqlite, base);
}

/* --- on the thread --------------------------------------------------------------------------- */

static uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int is_late(void *ctx)
{
	const struct sqlite *s = ctx;

	return clock_ms() >= s->until_ms;
}

static void close_file(struct sqlite *s)
{
	sqlite3_finalize(s->query);
	sqlite3_close(s->db);
	s->query = NULL;
	s->db = NULL;
}

/* Returns words on what people can do about an error; "" if only they can know. */
static const char *cure(const struct sqlite *s, int err)
{
	switch (err & 0xff) {
	case SQLITE_ERROR:
		return strstr(s->fault, "no such") ?
		       "; users.sql makes the table, and for another one there is query" : "";
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return "; culvertd must be able to read it, and its directory";
	case SQLITE_BUSY:
		return "; another program keeps it locked";
	case SQLITE_NOTADB:
		return "; expected a database of SQLite 3";
	}
	return "";
}

/* Note an error, and close the file: it is opened again for the next question. */
static void fail(struct sqlite *s, int err)
{
	size_t len;

	snprintf(s->fault, sizeof(s->fault), "%s",
		 err == SQLITE_INTERRUPT ? "the query took too long" :
		 s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(err));
	len = strlen(s->fault);
	snprintf(s->fault + len, sizeof(s->fault) - len, "%s", cure(s, err));
	close_file(s);
}

/* Returns false, with a fault, if there is no file that may be used; closes one that is replaced. */
static bool look_at_file(struct sqlite *s)
{
	struct stat st;

	if (stat(s->base.settings.file, &st))
		snprintf(s->fault, sizeof(s->fault), "%s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		snprintf(s->fault, sizeof(s->fault), "is no file");
	else if (st.st_mode & (S_IROTH | S_IWOTH))
		snprintf(s->fault, sizeof(s->fault), "mode %04o lets others in on the secrets; "
			 "expected 0600", st.st_mode & 07777);
	if (*s->fault || st.st_dev != s->dev || st.st_ino != s->ino)
		close_file(s);
	if (*s->fault)
		return false;
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	return true;
}

static bool open_file(struct sqlite *s)
{
	const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int err;

	if (s->db)
		return true;
	err = sqlite3_open_v2(s->base.settings.file, &s->db, flags, NULL);
	if (err == SQLITE_OK) {
		/* The file is others': nothing in its schema may do more than read. */
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		/* before the question's time is over, which would hide the reason */
		sqlite3_busy_timeout(s->db, (int)(s->base.settings.timeout_ms / 4 * 3));
		sqlite3_progress_handler(s->db, STEPS_AT_ONCE, is_late, s);
		err = sqlite3_prepare_v3(s->db, s->base.settings.query, -1,
					 SQLITE_PREPARE_PERSISTENT, &s->query, NULL);
	}
	s->opened = err == SQLITE_OK;
	if (err != SQLITE_OK)
		fail(s, err);
	else if (!s->query)
		fail(s, SQLITE_MISUSE);
	return s->query;
}

static void bind_text(struct sqlite *s, const char *name, const char *text)
{
	const int i = sqlite3_bind_parameter_index(s->query, name);

	if (i)
		sqlite3_bind_text(s->query, i, text, -1, SQLITE_STATIC);
}

/* Take the row that the query is at. Returns false, with a fault, if that cannot be done. */
static bool take_row(struct sqlite *s)
{
	const char *texts[DATABASE_COLUMNS + 1] = { NULL };

	for (int i = 0; i < sqlite3_column_count(s->query); i++) {
		const char *text = (const char *)sqlite3_column_text(s->query, i);
		const enum database_column column = database_column(
			sqlite3_column_name(s->query, i));

		texts[column] = text;
		if (column == DATABASE_OTHER || !text ||
		    strlen(text) == (size_t)sqlite3_column_bytes(s->query, i))
			continue;
		snprintf(s->fault, sizeof(s->fault), "column %s has a text with a NUL in it",
			 sqlite3_column_name(s->query, i));
		return false;
	}
	if (database_found_add(&s->found, texts, s->server))
		return true;
	snprintf(s->fault, sizeof(s->fault), "out of memory");
	return false;
}

static void ask(struct sqlite *s)
{
	int err;

	bind_text(s, "$1", s->user);
	bind_text(s, "$2", s->server);
	while ((err = sqlite3_step(s->query)) == SQLITE_ROW && take_row(s))
		;
	if (err != SQLITE_DONE && err != SQLITE_ROW) {
		fail(s, err);
		return;
	}
	sqlite3_reset(s->query);
	sqlite3_clear_bindings(s->query);
}

static void run(struct job *job)
{
	struct sqlite *s = container_of(job, struct sqlite, job);

	s->until_ms = clock_ms() + s->base.settings.timeout_ms;
	if (!*s->fault && look_at_file(s) && open_file(s))
		ask(s);
}

/* --- on the loop ----------------------------------------------------------------------------- */

static void forget_job(struct sqlite *s)
{
	free(s->user);
	free(s->server);
	s->user = NULL;
	s->server = NULL;
	database_found_clear(&s->found);
	s->fault[0] = '\0';
	s->opened = false;
}

static void done(struct job *job)
{
	struct sqlite *s = container_of(job, struct sqlite, job);
	struct database_found found = s->found;
	struct flight *flight = s->flight;
	struct database *d = &s->base;
	char fault[sizeof(s->fault)];

	memcpy(fault, s->fault, sizeof(fault));
	if (s->opened)
		database_note_connected(d);
	s->found = (struct database_found){ 0 };
	forget_job(s);
	s->busy = false;
	database_note(d, *fault ? fault : NULL);
	if (flight && *fault)
		database_could_not(d, flight, fault);
	else if (flight)
		database_answer(d, flight, &found);
	database_found_clear(&found);
	d->driver->serve(d);
	database_drop(d);
}

static void begin(struct sqlite *s, struct flight *flight, const char *user, const char *server)
{
	s->flight = flight;
	s->user = strdup(user);
	s->server = strdup(server);
	s->busy = true;
	s->job = (struct job){ .run = run, .done = done };
	database_keep(&s->base);
	if (!s->user || !s->server)
		snprintf(s->fault, sizeof(s->fault), "out of memory");
	jobs_add(&s->jobs, &s->job);
}

static void serve(struct database *d)
{
	struct sqlite *s = sqlite_of(d);
	struct flight *flight = s->busy ? NULL : database_next(d);

	if (flight)
		begin(s, flight, flight->question->user, flight->question->server);
}

static void finished_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("database: sqlite");
	struct sqlite *s = container_of(poll, struct sqlite, poll);

	jobs_done(&s->jobs);
}

static int open_sqlite(struct database *d)
{
	struct sqlite *s = sqlite_of(d);
	int err = jobs_open(&s->jobs);

	snprintf(d->where, sizeof(d->where), "%s", d->settings.file);
	if (!err)
		err = uv_poll_init(d->loop, &s->poll, jobs_fd(&s->jobs));
	if (err)
		return err;
	s->has_poll = true;
	err = uv_poll_start(&s->poll, UV_READABLE, finished_cb);
	/* So that it is told at once, and not with the first login, if the file cannot be used. */
	if (!err)
		begin(s, NULL, "", "");
	return err;
}

/* The job under way ends by itself, and in time. */
static void late(struct database *d)
{
}

static void closed(struct sqlite *s)
{
	jobs_close(&s->jobs);
	close_file(s);
	forget_job(s);
	database_closed(&s->base);
}

static void poll_closed(uv_handle_t *handle)
{
	CALLBACK("database: sqlite closed");

	closed(container_of((uv_poll_t *)handle, struct sqlite, poll));
}

static void close_sqlite(struct database *d)
{
	struct sqlite *s = sqlite_of(d);

	if (s->has_poll)
		uv_close((uv_handle_t *)&s->poll, poll_closed);
	else
		closed(s);
}

const struct database_driver database_sqlite = {
	.size = sizeof(struct sqlite), .open = open_sqlite, .serve = serve, .late = late,
	.close = close_sqlite,
};
