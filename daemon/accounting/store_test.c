// SPDX-License-Identifier: GPL-2.0-only
/* The store in files of a folder of its own, with processes that end in the middle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "accounting/record.h"
#include "accounting/store.h"

#define NOW	1700000000u

struct bench {
	char folder[64];
	char path[128];
	struct store store;
	struct store_found found;
	struct store_records made;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	snprintf(b->folder, sizeof(b->folder), "/tmp/culvert-store-XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	snprintf(b->path, sizeof(b->path), "%s/made/store.sqlite", b->folder);
	b->store.path = b->path;
	b->store.limits.size = 64 << 20;
	STAILQ_INIT(&b->made);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	char command[160];

	store_close(&b->store);
	store_records_free(&b->made);
	snprintf(command, sizeof(command), "rm -rf '%s'", b->folder);
	assert_int_equal(system(command), 0);
	free(b);
	return 0;
}

static void open_again(struct bench *b)
{
	assert_int_equal(store_open(&b->store, &b->found, &b->made, NOW), STORE_DONE);
}

/* As after a restart: another process's struct store. */
static void restart(struct bench *b)
{
	const struct store fresh = { .path = b->path, .limits = b->store.limits };

	store_close(&b->store);
	store_records_free(&b->made);
	b->store = fresh;
	open_again(b);
}

/* --- records --------------------------------------------------------------------------------- */

static size_t body_of(const char *session, enum radius_status status, uint32_t time_s,
		      uint64_t octets, uint8_t body[ACCOUNT_BODY_MAX])
{
	const struct account_record r = {
		.session = { .id = session },
		.record = { .status = status, .event_time = time_s, .input_octets = octets },
	};

	return account_encode(&r, body);
}

static uint8_t bodies[1000][ACCOUNT_BODY_MAX];

/* The change number @i of a transaction. */
static struct store_change add_at(unsigned int i, uint64_t id, const char *session,
				  enum radius_status status, uint32_t time_s, uint64_t octets)
{
	return (struct store_change){
		.what = STORE_ADD,
		.id = id,
		.status = status,
		.time_s = time_s,
		.session = session,
		.body = bodies[i],
		.len = body_of(session, status, time_s, octets, bodies[i]),
	};
}

static enum store_result add(struct bench *b, uint64_t id, const char *session,
			     enum radius_status status, uint64_t octets)
{
	const struct store_change change = add_at(0, id, session, status, NOW, octets);

	return store_write(&b->store, &change, 1, NOW);
}

static void remove_record(struct bench *b, uint64_t id)
{
	const struct store_change change = { .what = STORE_REMOVE, .id = id };

	assert_int_equal(store_write(&b->store, &change, 1, NOW), STORE_DONE);
}

/* Returns what is in the store, as "1:start(a) 2:stop(a,OCTETS)". */
static const char *contents(struct bench *b)
{
	static const char * const names[] = {
		[RADIUS_STATUS_START] = "start", [RADIUS_STATUS_STOP] = "stop",
		[RADIUS_STATUS_INTERIM] = "interim", [RADIUS_STATUS_ON] = "on",
	};
	struct store_records records = STAILQ_HEAD_INITIALIZER(records);
	static char text[4096];
	struct store_record *one;
	unsigned int n;
	size_t at = 0;

	text[0] = '\0';
	assert_int_equal(store_load(&b->store, 0, 100, &records, &n), STORE_DONE);
	assert_int_equal(b->store.counts.records, n);
	STAILQ_FOREACH(one, &records, next) {
		struct account_record r;

		assert_true(account_decode(&r, one->body, one->len));
		assert_int_equal(r.record.status, one->status);
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%llu:%s(%s", at ? " " : "",
				       (unsigned long long)one->id, names[one->status],
				       r.session.id ? r.session.id : "");
		if (one->status != RADIUS_STATUS_START && one->status != RADIUS_STATUS_ON)
			at += (size_t)snprintf(text + at, sizeof(text) - at, ",%llu",
					       (unsigned long long)r.record.input_octets);
		at += (size_t)snprintf(text + at, sizeof(text) - at, ")");
	}
	store_records_free(&records);
	return text;
}

/* --- what is written stays ------------------------------------------------------------------- */

static void records_wait_until_they_are_done_with(void **state)
{
	struct bench *b = *state;

	open_again(b);
	assert_int_equal(b->found.last_id, 0);
	assert_string_equal(contents(b), "");
	add(b, 1, "a", RADIUS_STATUS_START, 0);
	add(b, 2, "b", RADIUS_STATUS_START, 0);
	add(b, 3, "a", RADIUS_STATUS_STOP, 5);
	add(b, 4, "b", RADIUS_STATUS_STOP, 6);
	remove_record(b, 1);
	assert_string_equal(contents(b), "2:start(b) 3:stop(a,5) 4:stop(b,6)");
	restart(b);
	assert_int_equal(b->found.last_id, 4);
	assert_int_equal(b->store.counts.records, 3);
	assert_int_equal(b->found.stops, 0);
	assert_string_equal(contents(b), "2:start(b) 3:stop(a,5) 4:stop(b,6)");
}

static void records_are_read_in_portions(void **state)
{
	struct store_records records = STAILQ_HEAD_INITIALIZER(records);
	struct bench *b = *state;
	unsigned int n;

	open_again(b);
	for (unsigned int i = 1; i <= 5; i++)
		add(b, i, "a", RADIUS_STATUS_START, 0);
	assert_int_equal(store_load(&b->store, 2, 2, &records, &n), STORE_DONE);
	assert_int_equal(n, 2);
	assert_int_equal(STAILQ_FIRST(&records)->id, 3);
	assert_int_equal(STAILQ_FIRST(&records)->time_s, NOW);
	store_records_free(&records);
}

static int keep_text(void *ctx, int columns, char **values, char **names)
{
	snprintf(ctx, 16, "%s", values[0]);
	return 0;
}

/* A transaction is synced before it counts as written. */
static void a_transaction_waits_for_the_disk(void **state)
{
	struct bench *b = *state;
	char text[16];

	open_again(b);
	sqlite3_exec(b->store.db, "PRAGMA synchronous", keep_text, text, NULL);
	assert_string_equal(text, "2");		/* FULL */
	sqlite3_exec(b->store.db, "PRAGMA journal_mode", keep_text, text, NULL);
	assert_string_equal(text, "wal");
}

static void only_the_owner_may_read_it(void **state)
{
	struct bench *b = *state;
	char path[160];
	struct stat st;

	umask(0);
	open_again(b);
	assert_int_equal(stat(b->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	snprintf(path, sizeof(path), "%s-wal", b->path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	snprintf(path, sizeof(path), "%s/made", b->folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	store_close(&b->store);
	/* and one that was there */
	assert_int_equal(chmod(b->path, 0644), 0);
	restart(b);
	assert_int_equal(stat(b->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

/* --- the end of a process -------------------------------------------------------------------- */

/* Run @work in a process that ends without any farewell, as by kill -9. */
static void die_after(struct bench *b, void (*work)(struct bench *b))
{
	int status;
	pid_t pid;

	store_close(&b->store);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		work(b);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void write_some(struct bench *b)
{
	open_again(b);
	add(b, 1, "a", RADIUS_STATUS_START, 0);
	add(b, 2, "b", RADIUS_STATUS_START, 0);
	add(b, 3, "b", RADIUS_STATUS_INTERIM, 100);
	add(b, 4, "c", RADIUS_STATUS_START, 0);
	add(b, 5, "c", RADIUS_STATUS_STOP, 7);
	remove_record(b, 2);
	/* the answer to this one came, too: the session is remembered all the same */
	remove_record(b, 3);
}

/* Stops are made up for who had none, behind all that waits, once. */
static void a_kill_loses_nothing(void **state)
{
	struct bench *b = *state;
	struct account_record r;

	die_after(b, write_some);
	restart(b);
	assert_int_equal(b->found.stops, 2);
	assert_int_equal(b->found.last_id, 7);
	assert_string_equal(contents(b), "1:start(a) 4:start(c) 5:stop(c,7) "
					 "6:stop(a,0) 7:stop(b,100)");
	/* whoever keeps records elsewhere has copies of the Stops */
	assert_true(account_decode(&r, STAILQ_FIRST(&b->made)->body, STAILQ_FIRST(&b->made)->len));
	assert_string_equal(r.session.id, "a");
	assert_int_equal(r.record.status, RADIUS_STATUS_STOP);
	assert_int_equal(r.record.cause, ACCOUNT_CAUSE_NAS_REBOOT);
	restart(b);
	assert_int_equal(b->found.stops, 0);
	assert_int_equal(b->store.counts.records, 5);
}

static void write_a_transaction_by_half(struct bench *b)
{
	open_again(b);
	add(b, 1, "a", RADIUS_STATUS_START, 0);
	sqlite3_exec(b->store.db, "BEGIN IMMEDIATE; DELETE FROM records; DELETE FROM sessions",
		     NULL, NULL, NULL);
}

static void a_transaction_is_whole_or_not_there(void **state)
{
	struct bench *b = *state;

	die_after(b, write_a_transaction_by_half);
	restart(b);
	assert_string_equal(contents(b), "1:start(a) 2:stop(a,0)");
}

/* Power fails while the last transaction is written: what was written before is there. */
static void a_torn_wal(void **state)
{
	struct bench *b = *state;
	char wal[160];
	struct stat st;
	int fd;

	die_after(b, write_some);
	snprintf(wal, sizeof(wal), "%s-wal", b->path);
	assert_int_equal(stat(wal, &st), 0);
	fd = open(wal, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, st.st_size - 100), 0);
	close(fd);
	restart(b);
	/* the removal of record 3 is lost, but its session's Stop has replaced it */
	assert_string_equal(contents(b), "1:start(a) 4:start(c) 5:stop(c,7) "
					 "6:stop(a,0) 7:stop(b,100)");
	assert_string_equal(b->store.aside, "");
}

/* --- sessions -------------------------------------------------------------------------------- */

static void a_later_record_replaces_interims_that_wait(void **state)
{
	struct store_change change;
	struct bench *b = *state;

	open_again(b);
	add(b, 1, "a", RADIUS_STATUS_START, 0);
	add(b, 2, "a", RADIUS_STATUS_INTERIM, 10);
	add(b, 3, "b", RADIUS_STATUS_INTERIM, 11);
	add(b, 4, "a", RADIUS_STATUS_INTERIM, 20);
	assert_string_equal(contents(b), "1:start(a) 3:interim(b,11) 4:interim(a,20)");
	/* one that is on its way stays */
	change = add_at(0, 5, "a", RADIUS_STATUS_INTERIM, NOW, 30);
	change.under_way = 4;
	assert_int_equal(store_write(&b->store, &change, 1, NOW), STORE_DONE);
	assert_string_equal(contents(b),
			    "1:start(a) 3:interim(b,11) 4:interim(a,20) 5:interim(a,30)");
	add(b, 6, "a", RADIUS_STATUS_STOP, 40);
	assert_string_equal(contents(b), "1:start(a) 3:interim(b,11) 6:stop(a,40)");
	assert_int_equal(b->store.counts.merged, 3);
}

static void nobody_gets_what_is_only_noted(void **state)
{
	struct bench *b = *state;
	struct store_change change;

	assert_int_equal(store_open(&b->store, &b->found, NULL, NOW), STORE_DONE);
	for (unsigned int i = 0; i < 2; i++) {
		change = add_at(0, 0, "a", i ? RADIUS_STATUS_INTERIM : RADIUS_STATUS_START, NOW, 9);
		change.what = STORE_TELL;
		assert_int_equal(store_write(&b->store, &change, 1, NOW), STORE_DONE);
	}
	assert_string_equal(contents(b), "");
	store_close(&b->store);
	b->store = (struct store){ .path = b->path, .limits = b->store.limits };
	assert_int_equal(store_open(&b->store, &b->found, &b->made, NOW), STORE_DONE);
	assert_int_equal(b->found.stops, 1);
	assert_string_equal(contents(b), "1:stop(a,9)");
}

/* A Stop that was sent from memory: the store has what it replaces, and perhaps itself. */
static void what_is_noted_replaces_what_waits(void **state)
{
	struct store_change change;
	struct bench *b = *state;

	open_again(b);
	add(b, 1, "a", RADIUS_STATUS_START, 0);
	add(b, 2, "a", RADIUS_STATUS_INTERIM, 10);
	add(b, 3, "b", RADIUS_STATUS_INTERIM, 11);
	add(b, 4, "c", RADIUS_STATUS_STOP, 12);
	change = add_at(0, 5, "a", RADIUS_STATUS_STOP, NOW, 20);
	change.what = STORE_TELL;
	assert_int_equal(store_write(&b->store, &change, 1, NOW), STORE_DONE);
	assert_string_equal(contents(b), "1:start(a) 3:interim(b,11) 4:stop(c,12)");
	change = add_at(0, 4, "c", RADIUS_STATUS_STOP, NOW, 12);
	change.what = STORE_TELL;
	assert_int_equal(store_write(&b->store, &change, 1, NOW), STORE_DONE);
	assert_string_equal(contents(b), "1:start(a) 3:interim(b,11)");
}

/* The sessions of a store that was closed by a failure are not ended by its being opened again. */
static void opening_once_more_ends_nobody(void **state)
{
	struct bench *b = *state;

	open_again(b);
	add(b, 1, "a", RADIUS_STATUS_START, 0);
	store_close(&b->store);
	assert_int_equal(add(b, 2, "b", RADIUS_STATUS_START, 0), STORE_FAILED);
	open_again(b);
	assert_int_equal(b->found.stops, 0);
	assert_string_equal(contents(b), "1:start(a)");
}

/* An error of the disk has hidden that a record was written: it is there once. */
static void what_is_there_is_written_again(void **state)
{
	struct bench *b = *state;

	open_again(b);
	add(b, 1, "a", RADIUS_STATUS_START, 0);
	add(b, 2, "a", RADIUS_STATUS_STOP, 5);
	store_close(&b->store);
	open_again(b);
	assert_int_equal(add(b, 2, "a", RADIUS_STATUS_STOP, 5), STORE_DONE);
	assert_string_equal(contents(b), "1:start(a) 2:stop(a,5)");
}

/* --- bounds ---------------------------------------------------------------------------------- */

static void change_many(struct bench *b, uint64_t first, unsigned int n, enum radius_status status,
			int what)
{
	static struct store_change changes[500];
	static char names[500][16];

	for (unsigned int i = 0; i < n; i++) {
		snprintf(names[i], sizeof(names[i]), "s%llu", (unsigned long long)(first + i));
		changes[i] = add_at(i, first + i, names[i], status, NOW, 1);
		changes[i].what = what;
	}
	assert_int_equal(store_write(&b->store, changes, n, NOW), STORE_DONE);
}

static void write_many(struct bench *b, uint64_t first, unsigned int n, enum radius_status status)
{
	change_many(b, first, n, status, STORE_ADD);
}

static uint64_t size_of(struct bench *b)
{
	struct stat st;

	store_close(&b->store);		/* what is in the WAL goes to the file */
	assert_int_equal(stat(b->path, &st), 0);
	return (uint64_t)st.st_size;
}

static void the_oldest_interims_go_first(void **state)
{
	struct store_records records = STAILQ_HEAD_INITIALIZER(records);
	struct bench *b = *state;
	unsigned int n;

	b->store.limits.size = STORE_SIZE_MIN;
	open_again(b);
	write_many(b, 1, 500, RADIUS_STATUS_STOP);
	write_many(b, 1001, 500, RADIUS_STATUS_INTERIM);
	for (unsigned int i = 2; b->store.counts.dropped_size == 0; i++) {
		assert_true(i < 100);
		write_many(b, i * 1000 + 1, 500, RADIUS_STATUS_STOP);
	}
	assert_int_equal(store_load(&b->store, 0, 1000, &records, &n), STORE_DONE);
	assert_int_equal(STAILQ_FIRST(&records)->id, 1);
	store_records_free(&records);
	assert_int_equal(store_load(&b->store, 1000, 1, &records, &n), STORE_DONE);
	assert_true(STAILQ_FIRST(&records)->id > 1001);
	store_records_free(&records);
	/* when there are none, the oldest */
	for (unsigned int i = 100; i < 120; i++)
		write_many(b, i * 1000 + 1, 500, RADIUS_STATUS_STOP);
	assert_int_equal(store_load(&b->store, 0, 1, &records, &n), STORE_DONE);
	assert_true(STAILQ_FIRST(&records)->id > 1);
	store_records_free(&records);
	assert_true(size_of(b) <= STORE_SIZE_MIN);
}

/* What sessions take does not make records give way that have just come. */
static void many_sessions_leave_room_for_records(void **state)
{
	struct bench *b = *state;

	b->store.limits.size = STORE_SIZE_MIN;
	open_again(b);
	for (unsigned int i = 0; i < 40; i++)
		change_many(b, i * 500 + 1, 500, RADIUS_STATUS_START, STORE_TELL);
	write_many(b, 100001, 500, RADIUS_STATUS_STOP);
	assert_int_equal(b->store.counts.records, 500);
	assert_int_equal(b->store.counts.dropped_size, 0);
	write_many(b, 200001, 500, RADIUS_STATUS_STOP);
	assert_true(b->store.counts.records > STORE_SIZE_MIN / 2048);
	assert_true(b->store.counts.dropped_size > 0);
	assert_true(size_of(b) > STORE_SIZE_MIN);
}

static void write_old_ones(struct bench *b)
{
	const struct store_change changes[] = {
		add_at(0, 1, "a", RADIUS_STATUS_START, NOW - 3601, 0),
		add_at(1, 2, "a", RADIUS_STATUS_STOP, NOW - 3600, 0),
		add_at(2, 3, "b", RADIUS_STATUS_ON, NOW, 0),
	};

	b->store.limits.age_s = 3600;
	open_again(b);
	assert_int_equal(store_write(&b->store, changes, 3, NOW), STORE_DONE);
}

static void what_is_too_old_is_dropped(void **state)
{
	struct bench *b = *state;

	write_old_ones(b);
	restart(b);
	assert_string_equal(contents(b), "1:start(a) 2:stop(a,0) 3:on(b)");
	assert_int_equal(store_write(&b->store, NULL, 0, NOW), STORE_DONE);
	assert_string_equal(contents(b), "2:stop(a,0) 3:on(b)");
	assert_int_equal(b->store.counts.dropped_age, 1);
}

/* The clock may have been set since. */
static void what_is_new_does_not_look_old(void **state)
{
	struct bench *b = *state;

	write_old_ones(b);
	b->store.uptime_s = 3600;
	assert_int_equal(store_write(&b->store, NULL, 0, NOW + 10000), STORE_DONE);
	assert_string_equal(contents(b), "1:start(a) 2:stop(a,0) 3:on(b)");
	b->store.uptime_s = 3601;
	assert_int_equal(store_write(&b->store, NULL, 0, NOW), STORE_DONE);
	assert_string_equal(contents(b), "2:stop(a,0) 3:on(b)");
}

/* --- what cannot be used --------------------------------------------------------------------- */

static void overwrite(const char *path, off_t at)
{
	int fd = open(path, O_RDWR);
	char rubbish[4096];

	memset(rubbish, 'x', sizeof(rubbish));
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, rubbish, sizeof(rubbish), at), sizeof(rubbish));
	close(fd);
}

static unsigned int files_aside(struct bench *b)
{
	char pattern[160];
	glob_t found;
	unsigned int n;

	snprintf(pattern, sizeof(pattern), "%s.damaged-*", b->path);
	n = glob(pattern, 0, NULL, &found) ? 0 : (unsigned int)found.gl_pathc;
	globfree(&found);
	return n;
}

static void a_damaged_file_is_moved_aside(void **state)
{
	struct bench *b = *state;
	off_t places[] = { 0, 4096 };	/* the header; a page of a table */

	for (unsigned int i = 0; i < 2; i++) {
		restart(b);
		write_many(b, 1, 500, RADIUS_STATUS_STOP);
		store_close(&b->store);
		overwrite(b->path, places[i]);
		/* without a header it is known only to who had it open */
		if (i)
			b->store = (struct store){ .path = b->path, .limits = b->store.limits };
		assert_int_equal(store_open(&b->store, &b->found, NULL, NOW + i), STORE_DONE);
		assert_int_equal(b->store.counts.records, 0);
		assert_int_equal(access(b->store.aside, R_OK), 0);
		assert_int_equal(add(b, 1, "a", RADIUS_STATUS_START, 0), STORE_DONE);
	}
	assert_int_equal(files_aside(b), 2);
}

static void refuses_the_file(struct bench *b, mode_t mode)
{
	static uint8_t before[65536], after[65536];
	struct stat st;
	ssize_t n;
	int fd;

	assert_int_equal(chmod(b->path, mode), 0);
	fd = open(b->path, O_RDONLY);
	n = pread(fd, before, sizeof(before), 0);
	assert_true(n > 0);
	b->store = (struct store){ .path = b->path, .limits = b->store.limits };
	assert_int_equal(store_open(&b->store, &b->found, NULL, NOW), STORE_FAILED);
	assert_string_equal(b->store.reason,
			    "is not a store of culvertd; name another file as store");
	assert_int_equal(files_aside(b), 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
	assert_int_equal(pread(fd, after, sizeof(after), 0), n);
	assert_memory_equal(before, after, (size_t)n);
	close(fd);
}

/* What is not ours is left alone. */
static void the_file_of_somebody_else(void **state)
{
	struct bench *b = *state;
	sqlite3 *db;

	open_again(b);
	store_close(&b->store);
	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA application_id = 7; PRAGMA journal_mode = DELETE", NULL, NULL,
		     NULL);
	sqlite3_close(db);
	refuses_the_file(b, 0644);
	/* nor was it one of another kind */
	sqlite3_open(b->path, &db);
	sqlite3_exec(db, "PRAGMA application_id = 0; DROP TABLE records; DROP TABLE sessions", NULL,
		     NULL, NULL);
	sqlite3_close(db);
	refuses_the_file(b, 0640);
	overwrite(b->path, 0);
	refuses_the_file(b, 0604);
}

static void another_version(void **state)
{
	struct bench *b = *state;

	open_again(b);
	sqlite3_exec(b->store.db, "PRAGMA user_version = 2", NULL, NULL, NULL);
	store_close(&b->store);
	assert_int_equal(store_open(&b->store, &b->found, NULL, NOW), STORE_FAILED);
	assert_string_equal(b->store.reason, "is the store of another version of culvertd; name "
					     "another file as store");
}

static void two_daemons_have_two_stores(void **state)
{
	struct bench *b = *state;
	struct store other = { .path = b->path, .limits = b->store.limits };
	struct store_found found;

	open_again(b);
	add(b, 1, "a", RADIUS_STATUS_START, 0);
	assert_int_equal(store_open(&other, &found, NULL, NOW), STORE_FAILED);
	assert_non_null(strstr(other.reason, "another culvertd has it open"));
	assert_string_equal(contents(b), "1:start(a)");
}

static void a_folder_that_is_not_there(void **state)
{
	struct bench *b = *state;

	snprintf(b->path, sizeof(b->path), "%s/neither/nor/store.sqlite", b->folder);
	assert_int_equal(store_open(&b->store, &b->found, NULL, NOW), STORE_FAILED);
	assert_non_null(strstr(b->store.reason, "No such file or directory"));
	assert_non_null(strstr(b->store.reason, "culvertd must be able to write to it"));
}

/* A disk without room: nothing of a transaction is there, and later it may be written. */
static void a_full_disk(void **state)
{
	struct bench *b = *state;

	open_again(b);
	sqlite3_exec(b->store.db, "PRAGMA max_page_count = 5", NULL, NULL, NULL);
	for (unsigned int i = 1; i < 100; i++)
		if (add(b, i, "a", RADIUS_STATUS_START, 0) != STORE_DONE)
			break;
	assert_non_null(strstr(b->store.reason, "make room on that disk"));
	open_again(b);
	assert_int_equal(add(b, 500, "z", RADIUS_STATUS_START, 0), STORE_DONE);
	assert_int_equal(b->found.stops, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_wait_until_they_are_done_with),
		TEST(records_are_read_in_portions),
		TEST(a_transaction_waits_for_the_disk),
		TEST(only_the_owner_may_read_it),
		TEST(a_kill_loses_nothing),
		TEST(a_transaction_is_whole_or_not_there),
		TEST(a_torn_wal),
		TEST(a_later_record_replaces_interims_that_wait),
		TEST(nobody_gets_what_is_only_noted),
		TEST(what_is_noted_replaces_what_waits),
		TEST(opening_once_more_ends_nobody),
		TEST(what_is_there_is_written_again),
		TEST(the_oldest_interims_go_first),
		TEST(many_sessions_leave_room_for_records),
		TEST(what_is_too_old_is_dropped),
		TEST(what_is_new_does_not_look_old),
		TEST(a_damaged_file_is_moved_aside),
		TEST(the_file_of_somebody_else),
		TEST(another_version),
		TEST(two_daemons_have_two_stores),
		TEST(a_folder_that_is_not_there),
		TEST(a_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
