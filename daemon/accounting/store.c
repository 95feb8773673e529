// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accounting/record.h"
#include "accounting/store.h"

#define APPLICATION_ID	0x43756c41	/* "CulA", in the header of the file */
#define FORMAT		1		/* user_version */
#define MAGIC		"SQLite format 3"	/* with its NUL, at the start of the header */
#define HEADER_SIZE	100
#define AT_APPLICATION	68		/* application_id in the header, in network order */
#define DROP_AT_ONCE	256		/* records; ... */
#define DROPS		8		/* ... and so often in one call */
#define STORE_SHARE	2048		/* octets of the limit for each record that stays */
#define PAGES_LEFT	64		/* for what is written before some are dropped */
#define QUOTED(number)	#number
#define TEXT_OF(number)	QUOTED(number)

/* The order of columns is that of the parameters below. Interims are status 3. */
static const char schema[] =
	"CREATE TABLE records ("
	"  id INTEGER PRIMARY KEY,"	/* order of what has happened */
	"  session TEXT NOT NULL,"	/* Acct-Session-Id */
	"  status INTEGER NOT NULL,"	/* Acct-Status-Type */
	"  time INTEGER NOT NULL,"	/* seconds since 1970 */
	"  body BLOB NOT NULL);"
	"CREATE INDEX interims ON records(session) WHERE status = 3;"
	/* Sessions that have begun and not ended, with their last record. */
	"CREATE TABLE sessions ("
	"  session TEXT PRIMARY KEY,"
	"  body BLOB NOT NULL) WITHOUT ROWID;"
	"PRAGMA application_id = " TEXT_OF(APPLICATION_ID) ";"
	"PRAGMA user_version = " TEXT_OF(FORMAT) ";";

static const char * const sql[STORE_STATEMENTS] = {
	[STORE_INSERT] = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)",
	[STORE_MERGE] = "DELETE FROM records WHERE session = ?1 AND status = 3 AND id <> ?2",
	[STORE_DELETE] = "DELETE FROM records WHERE id = ?",
	[STORE_OLDEST] = "DELETE FROM records WHERE id IN "
			 "(SELECT id FROM records ORDER BY id LIMIT ?)",
	[STORE_OLDEST_INTERIMS] = "DELETE FROM records WHERE id IN "
				  "(SELECT id FROM records WHERE status = 3 ORDER BY id LIMIT ?)",
	[STORE_OLD] = "DELETE FROM records WHERE id IN "
		      "(SELECT id FROM records ORDER BY id LIMIT ?1) AND time < ?2 AND id <= ?3",
	[STORE_LOAD] = "SELECT id, status, time, body FROM records WHERE id > ? "
		       "ORDER BY id LIMIT ?",
	[STORE_NOTE_SESSION] = "INSERT OR REPLACE INTO sessions VALUES (?, ?)",
	[STORE_CLOSE_SESSION] = "DELETE FROM sessions WHERE session = ?",
};

void store_records_free(struct store_records *records)
{
	struct store_record *record;

	while ((record = STAILQ_FIRST(records))) {
		STAILQ_REMOVE_HEAD(records, next);
		free(record);
	}
}

/* --- SQLite ---------------------------------------------------------------------------------- */

/* Note an error, unless there was one before, from which this one may come. */
static void note(struct store *s, int err)
{
	if (err == SQLITE_OK || err == SQLITE_ROW || err == SQLITE_DONE || s->err)
		return;
	s->err = err;
	snprintf(s->reason, sizeof(s->reason), "%s", s->db ? sqlite3_errmsg(s->db) :
							     sqlite3_errstr(err));
}

static void run(struct store *s, const char *words)
{
	if (!s->err)
		note(s, sqlite3_exec(s->db, words, NULL, NULL, NULL));
}

static int keep_number(void *ctx, int columns, char **values, char **names)
{
	*(uint64_t *)ctx = values[0] ? strtoull(values[0], NULL, 10) : 0;
	return 0;
}

static uint64_t number(struct store *s, const char *words)
{
	uint64_t n = 0;

	if (!s->err)
		note(s, sqlite3_exec(s->db, words, keep_number, &n, NULL));
	return n;
}

/* Do a statement without result, whose parameters are bound. Returns how many rows it changed. */
static unsigned int step(struct store *s, enum store_statement which)
{
	sqlite3_stmt *statement = s->statements[which];
	int err = s->err ? SQLITE_DONE : sqlite3_step(statement);

	note(s, err);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return s->err ? 0 : (unsigned int)sqlite3_changes(s->db);
}

static void bind_number(struct store *s, enum store_statement which, int i, uint64_t n)
{
	sqlite3_bind_int64(s->statements[which], i, (sqlite3_int64)n);
}

static void bind_text(struct store *s, enum store_statement which, int i, const char *text)
{
	sqlite3_bind_text(s->statements[which], i, text, -1, SQLITE_STATIC);
}

static void bind_body(struct store *s, enum store_statement which, int i, const uint8_t *body,
		      size_t len)
{
	sqlite3_bind_blob(s->statements[which], i, body, (int)len, SQLITE_STATIC);
}

/* --- the end of a call ----------------------------------------------------------------------- */

static bool is_damaged(int err)
{
	return (err & 0xff) == SQLITE_CORRUPT || (err & 0xff) == SQLITE_NOTADB;
}

/* Returns words on what people can do about an error; "" if only they can know. */
static const char *cure(int err)
{
	switch (err & 0xff) {
	case SQLITE_FULL:
		return ": make room on that disk";
	case SQLITE_BUSY:
		return ": another culvertd has it open; each needs a store of its own";
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return ": culvertd must be able to write to it and to its directory";
	case SQLITE_IOERR:
		return ": look for errors of that disk, or a full one, in the log of the kernel";
	}
	return "";
}

static void add_cure(struct store *s)
{
	size_t len = strlen(s->reason);

	snprintf(s->reason + len, sizeof(s->reason) - len, "%s", cure(s->err));
}

/* Returns the result of a call. After an error the file is closed: the next call opens it. */
static enum store_result finish(struct store *s)
{
	if (!s->err)
		return STORE_DONE;
	add_cure(s);
	store_close(s);
	return is_damaged(s->err) ? STORE_DAMAGED : STORE_FAILED;
}

void store_close(struct store *s)
{
	for (unsigned int i = 0; i < STORE_STATEMENTS; i++) {
		sqlite3_finalize(s->statements[i]);
		s->statements[i] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

/* --- opening --------------------------------------------------------------------------------- */

static void fail(struct store *s, int err, const char *what)
{
	s->err = err;
	snprintf(s->reason, sizeof(s->reason), "%s: %s", what, strerror(errno));
}

static void refuse(struct store *s, const char *what)
{
	s->err = SQLITE_ERROR;
	snprintf(s->reason, sizeof(s->reason), "%s; name another file as store", what);
}

static void make_folder(struct store *s)
{
	char *copy = strdup(s->path);

	if (copy && mkdir(dirname(copy), 0700) && errno != EEXIST && errno != ENOENT)
		fail(s, SQLITE_CANTOPEN, "directory of the store");
	free(copy);
}

/*
 * Look at the header of a file that may be any program's: nothing of it is changed before. What is
 * no database is a damaged one if it was ours.
 */
static void look_at_header(struct store *s, int fd, bool *is_new)
{
	uint8_t header[HEADER_SIZE] = { 0 };
	ssize_t n = pread(fd, header, sizeof(header), 0);
	const bool is_database = n == sizeof(header) && !memcmp(header, MAGIC, sizeof(MAGIC));

	*is_new = !n;
	if (n < 0)
		fail(s, SQLITE_CANTOPEN, "cannot be read");
	else if (n && !is_database && s->opened)
		note(s, SQLITE_NOTADB);
	else if (n && (!is_database || memcmp(header + AT_APPLICATION, "CulA", 4)))
		refuse(s, "is not a store of culvertd");
}

/* SQLite gives its other files the mode of this one. */
static void make_file(struct store *s, bool *is_new)
{
	int fd;

	make_folder(s);
	if (s->err)
		return;
	fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	if (fd < 0) {
		fail(s, SQLITE_CANTOPEN, "cannot be opened");
		return;
	}
	look_at_header(s, fd, is_new);
	if (!s->err && fchmod(fd, 0600))
		fail(s, SQLITE_CANTOPEN, "cannot be opened");
	close(fd);
}

/*
 * The header of a new file is in the file itself, not in a WAL. With an exclusive lock there is no
 * file of shared memory. It is taken by the first write, which is an empty one here.
 */
static void open_file(struct store *s)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	bool is_new = false;
	int err;

	make_file(s, &is_new);
	if (s->err)
		return;
	err = sqlite3_open_v2(s->path, &s->db, flags, NULL);
	note(s, err);
	run(s, "PRAGMA locking_mode = EXCLUSIVE");
	run(s, "PRAGMA synchronous = FULL");
	if (is_new) {
		run(s, "BEGIN IMMEDIATE");
		run(s, schema);
		run(s, "COMMIT");
	}
	run(s, "PRAGMA journal_mode = WAL");
	run(s, "PRAGMA temp_store = MEMORY");
	run(s, "PRAGMA journal_size_limit = 4194304");
	run(s, "BEGIN IMMEDIATE; COMMIT");
}

/* A format that we do not know is not ours to change. */
static void check_format(struct store *s)
{
	uint64_t format = number(s, "PRAGMA user_version");

	if (!s->err && format != FORMAT)
		refuse(s, "is the store of another version of culvertd");
}

static int keep_verdict(void *ctx, int columns, char **values, char **names)
{
	*(bool *)ctx = values[0] && !strcmp(values[0], "ok");
	return 0;
}

static void check_whole(struct store *s)
{
	bool whole = false;

	if (s->err)
		return;
	note(s, sqlite3_exec(s->db, "PRAGMA quick_check(1)", keep_verdict, &whole, NULL));
	if (s->err || whole)
		return;
	s->err = SQLITE_CORRUPT;
	snprintf(s->reason, sizeof(s->reason), "is damaged");
}

static void prepare(struct store *s)
{
	for (unsigned int i = 0; i < STORE_STATEMENTS && !s->err; i++)
		note(s, sqlite3_prepare_v3(s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
					   &s->statements[i], NULL));
}

static void set_up(struct store *s)
{
	s->err = 0;
	open_file(s);
	check_format(s);
	check_whole(s);
	if (!s->err)
		prepare(s);
	s->page_size = number(s, "PRAGMA page_size");
}

/* Move the file and its WAL aside. A WAL that stayed would be taken for that of the new file. */
static void move_aside(struct store *s, uint64_t now_s)
{
	char aside[sizeof(s->aside)], from[sizeof(aside)], to[sizeof(aside) + 8];

	store_close(s);
	s->err = 0;
	snprintf(aside, sizeof(aside), "%s.damaged-%llu", s->path, (unsigned long long)now_s);
	snprintf(from, sizeof(from), "%s-wal", s->path);
	snprintf(to, sizeof(to), "%s-wal", aside);
	if ((rename(from, to) && errno != ENOENT) || rename(s->path, aside))
		fail(s, SQLITE_CANTOPEN, "is damaged, and cannot be moved aside");
	else
		memcpy(s->aside, aside, sizeof(aside));
}

/* --- Stops that were never written ----------------------------------------------------------- */

/* Returns a copy; NULL without memory, which @s notes. */
static struct store_record *copy_of(struct store *s, const uint8_t *body, size_t len)
{
	struct store_record *record = malloc(sizeof(*record) + len);

	if (!record) {
		note(s, SQLITE_NOMEM);
		return NULL;
	}
	*record = (struct store_record){ .len = len };
	memcpy(record->body, body, len);
	return record;
}

/* Do a statement that removes records. Returns how many. */
static unsigned int take_away(struct store *s, enum store_statement which)
{
	unsigned int n = step(s, which);

	s->counts.records -= n;
	return n;
}

static void remove_record(struct store *s, uint64_t id)
{
	bind_number(s, STORE_DELETE, 1, id);
	take_away(s, STORE_DELETE);
}

/* One that seemed not to be written may be there, when the file has been opened once more. */
static void insert(struct store *s, const struct store_change *change)
{
	if (change->id <= s->last_id)
		remove_record(s, change->id);
	bind_number(s, STORE_INSERT, 1, change->id);
	bind_text(s, STORE_INSERT, 2, change->session);
	bind_number(s, STORE_INSERT, 3, change->status);
	bind_number(s, STORE_INSERT, 4, change->time_s);
	bind_body(s, STORE_INSERT, 5, change->body, change->len);
	s->counts.records += step(s, STORE_INSERT);
}

static void merge(struct store *s, const char *session, uint64_t under_way)
{
	bind_text(s, STORE_MERGE, 1, session);
	bind_number(s, STORE_MERGE, 2, under_way);
	s->counts.merged += take_away(s, STORE_MERGE);
}

/* Make up the Stop of a session whose last record is @body. */
static void make_stop(struct store *s, const char *session, const uint8_t *body, size_t len,
		      uint64_t id, struct store_records *made)
{
	uint8_t stop[ACCOUNT_BODY_MAX];
	size_t stop_len = account_make_stop(body, len, s->copied_by, stop);
	struct store_change change;
	struct store_record *copy;
	struct account_record r;

	if (!stop_len || !account_decode(&r, stop, stop_len)) {
		s->counts.unreadable++;
		return;
	}
	change = (struct store_change){
		.id = id,
		.session = session,
		.status = RADIUS_STATUS_STOP,
		.time_s = r.record.event_time,
		.body = stop,
		.len = stop_len,
	};
	merge(s, session, 0);
	insert(s, &change);
	copy = made ? copy_of(s, stop, stop_len) : NULL;
	if (copy)
		STAILQ_INSERT_TAIL(made, copy, next);
}

static void make_stops(struct store *s, struct store_records *made, uint64_t *n)
{
	uint64_t id = number(s, "SELECT max(id) FROM records");
	sqlite3_stmt *rows = NULL;

	if (!s->err)
		note(s, sqlite3_prepare_v2(s->db, "SELECT session, body FROM sessions", -1, &rows,
					   NULL));
	while (!s->err) {
		int err = sqlite3_step(rows);

		note(s, err);
		if (err != SQLITE_ROW)
			break;
		make_stop(s, (const char *)sqlite3_column_text(rows, 0),
			  sqlite3_column_blob(rows, 1), (size_t)sqlite3_column_bytes(rows, 1), ++id,
			  made);
		++*n;
	}
	sqlite3_finalize(rows);
	run(s, "DELETE FROM sessions");
}

static void recover(struct store *s, struct store_records *made, uint64_t *n)
{
	run(s, "BEGIN IMMEDIATE");
	make_stops(s, made, n);
	run(s, "COMMIT");
	if (s->err && made)
		store_records_free(made);
}

/* Stops are made up once: later, the sessions in the store are those that we have. */
enum store_result store_open(struct store *s, struct store_found *found, struct store_records *made,
			     uint64_t now_s)
{
	memset(found, 0, sizeof(*found));
	if (s->aside_seen)
		s->aside[0] = '\0';
	store_close(s);
	set_up(s);
	if (is_damaged(s->err)) {
		move_aside(s, now_s);
		if (!s->err)
			set_up(s);
	}
	if (!s->opened)
		recover(s, made, &found->stops);
	found->last_id = number(s, "SELECT max(id) FROM records");
	s->last_id = found->last_id;
	if (!s->opened)
		s->found_id = found->last_id;
	s->counts.records = number(s, "SELECT count(*) FROM records");
	s->opened |= !s->err;
	s->aside_seen = !s->err;
	return finish(s);
}

/* --- writing --------------------------------------------------------------------------------- */

static void note_session(struct store *s, const struct store_change *change)
{
	enum store_statement which;

	switch (change->status) {
	case RADIUS_STATUS_START:
	case RADIUS_STATUS_INTERIM:
		which = STORE_NOTE_SESSION;
		break;
	case RADIUS_STATUS_STOP:
		which = STORE_CLOSE_SESSION;
		break;
	default:
		return;
	}
	bind_text(s, which, 1, change->session);
	if (which != STORE_CLOSE_SESSION)
		bind_body(s, which, 2, change->body, change->len);
	step(s, which);
}

static void apply(struct store *s, const struct store_change *change)
{
	if (change->what == STORE_REMOVE) {
		remove_record(s, change->id);
		return;
	}
	note_session(s, change);
	if (change->status == RADIUS_STATUS_INTERIM || change->status == RADIUS_STATUS_STOP)
		merge(s, change->session, change->under_way);
	if (change->what == STORE_TELL)
		remove_record(s, change->id);
	else
		insert(s, change);
}

static unsigned int drop(struct store *s, enum store_statement which, unsigned int most)
{
	bind_number(s, which, 1, most);
	return take_away(s, which);
}

static uint64_t size_limit(const struct store *s)
{
	return s->limits.size < STORE_SIZE_MIN ? STORE_SIZE_MIN : s->limits.size;
}

/* Returns true if the file is about to be larger than it may be. */
static bool is_too_large(struct store *s)
{
	uint64_t pages = number(s, "PRAGMA page_count") - number(s, "PRAGMA freelist_count");

	return !s->err && (pages + PAGES_LEFT) * s->page_size > size_limit(s);
}

static bool may_drop(const struct store *s)
{
	return s->counts.records > size_limit(s) / STORE_SHARE + DROP_AT_ONCE;
}

static void bound_size(struct store *s)
{
	for (unsigned int i = 0; i < DROPS && may_drop(s) && is_too_large(s); i++) {
		unsigned int n = drop(s, STORE_OLDEST_INTERIMS, DROP_AT_ONCE);

		if (!n)
			n = drop(s, STORE_OLDEST, DROP_AT_ONCE);
		s->counts.dropped_size += n;
	}
}

/* Records are nearly in the order of their times, so that only the first ones are looked at. */
static void bound_age(struct store *s, uint64_t now_s)
{
	if (!s->limits.age_s || now_s < s->limits.age_s)
		return;
	bind_number(s, STORE_OLD, 1, DROP_AT_ONCE * DROPS);
	bind_number(s, STORE_OLD, 2, now_s - s->limits.age_s);
	bind_number(s, STORE_OLD, 3, s->uptime_s > s->limits.age_s ? INT64_MAX : s->found_id);
	s->counts.dropped_age += take_away(s, STORE_OLD);
}

enum store_result store_write(struct store *s, const struct store_change *changes, size_t n,
			      uint64_t now_s)
{
	const struct store_counts before = s->counts;
	enum store_result result;

	s->err = 0;
	if (!s->db)
		note(s, SQLITE_MISUSE);
	run(s, "BEGIN IMMEDIATE");
	for (size_t i = 0; i < n && !s->err; i++)
		apply(s, &changes[i]);
	bound_age(s, now_s);
	bound_size(s);
	run(s, "COMMIT");
	result = finish(s);
	if (result != STORE_DONE)
		s->counts = before;
	return result;
}

enum store_result store_load(struct store *s, uint64_t after, unsigned int most,
			     struct store_records *records, unsigned int *n)
{
	sqlite3_stmt *rows = s->statements[STORE_LOAD];

	*n = 0;
	s->err = 0;
	if (!s->db) {
		note(s, SQLITE_MISUSE);
		return finish(s);
	}
	bind_number(s, STORE_LOAD, 1, after);
	bind_number(s, STORE_LOAD, 2, most);
	while (!s->err) {
		int err = sqlite3_step(rows);
		struct store_record *copy;

		note(s, err);
		if (err != SQLITE_ROW)
			break;
		copy = copy_of(s, sqlite3_column_blob(rows, 3),
			       (size_t)sqlite3_column_bytes(rows, 3));
		if (!copy)
			break;
		copy->id = (uint64_t)sqlite3_column_int64(rows, 0);
		copy->status = (enum radius_status)sqlite3_column_int(rows, 1);
		copy->time_s = (uint32_t)sqlite3_column_int64(rows, 2);
		STAILQ_INSERT_TAIL(records, copy, next);
		++*n;
	}
	sqlite3_reset(rows);
	sqlite3_clear_bindings(rows);
	return finish(s);
}
