// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aaa/pool.h"
#include "aaa/pool_file.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/file.h"
#include "util/log.h"

#define HEAD		"culvert-addresses 1\n"
#define LINE_SIZE	(IP_TEXT_SIZE + 19)	/* an address, twice a blank and 8 digits, the end */
#define SPARE_LINES	1024			/* a short file is not written anew all the time */
/* Of addresses that pools no longer have the latest stay. */
#define KEPT_MOST	POOL_MAX_ADDRESSES
#define SIZE_MOST	((size_t)LINE_SIZE * (2 * KEPT_MOST + SPARE_LINES + POOL_FILE_WAITING))

/* --- entries --------------------------------------------------------------------------------- */

static bool append(struct pool_entries *e, struct pool_entry entry)
{
	if (e->n == e->room) {
		const size_t room = e->room ? 2 * e->room : 64;
		struct pool_entry *list = reallocarray(e->list, room, sizeof(*list));

		if (!list)
			return false;
		e->list = list;
		e->room = room;
	}
	e->list[e->n++] = entry;
	return true;
}

static void drop(struct pool_entries *e)
{
	free(e->list);
	*e = (struct pool_entries){ 0 };
}

/* An entry, and which one in the file it is. */
struct turn {
	struct pool_entry entry;
	size_t turn;
};

static int by_address(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;

	if (x->entry.address != y->entry.address)
		return x->entry.address < y->entry.address ? -1 : 1;
	if (x->entry.place != y->entry.place)
		return x->entry.place < y->entry.place ? -1 : 1;
	return (x->turn > y->turn) - (x->turn < y->turn);
}

static bool same_address(const struct pool_entry *a, const struct pool_entry *b)
{
	return a->address == b->address && a->place == b->place;
}

static int by_turn(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;

	return (x->turn > y->turn) - (x->turn < y->turn);
}

/* Of each address leave only the latest entry, and KEPT_MOST in all. */
static bool leave_latest(struct pool_entries *e)
{
	struct turn *list = calloc(e->n + 1, sizeof(*list));
	size_t n = 0, first;

	if (!list)
		return false;
	for (size_t i = 0; i < e->n; i++)
		list[i] = (struct turn){ e->list[i], i };
	qsort(list, e->n, sizeof(*list), by_address);
	for (size_t i = 0; i < e->n; i++)
		if (i + 1 == e->n || !same_address(&list[i].entry, &list[i + 1].entry))
			list[n++] = list[i];
	qsort(list, n, sizeof(*list), by_turn);
	first = n > KEPT_MOST ? n - KEPT_MOST : 0;
	e->n = 0;
	for (size_t i = first; i < n; i++)
		e->list[e->n++] = list[i].entry;
	free(list);
	return true;
}

/* --- lines ----------------------------------------------------------------------------------- */

static size_t write_line(char *line, const struct pool_entry *entry)
{
	int n = sprintf(line, "%s %08" PRIx32, ip_text(ip_from_number(entry->address)),
			entry->user);

	if (entry->place)
		n += sprintf(line + n, " %08" PRIx32, entry->place);
	return (size_t)(n + sprintf(line + n, "\n"));
}

/* Returns all entries as lines behind @head, *@len octets; NULL if there is no memory. */
static char *text_of(const struct pool_entries *e, const char *head, size_t *len)
{
	char *text = malloc(strlen(head) + e->n * LINE_SIZE + 1);

	*len = strlen(head);
	if (!text)
		return NULL;
	memcpy(text, head, *len);
	for (size_t i = 0; i < e->n; i++)
		*len += write_line(text + *len, &e->list[i]);
	return text;
}

/* Returns true if @word is the number *@n, which is not 0. */
static bool parse_word(const char *word, uint32_t *n)
{
	if (strlen(word) != 8 || strspn(word, "0123456789abcdef") != 8)
		return false;
	*n = (uint32_t)strtoul(word, NULL, 16);
	return *n;
}

/* @line is changed. */
static bool parse_line(char *line, struct pool_entry *entry)
{
	char *user = strchr(line, ' '), *place = user ? strchr(user + 1, ' ') : NULL;
	struct ip_addr address;

	if (!user)
		return false;
	*user++ = '\0';
	if (place)
		*place++ = '\0';
	if (!ip_parse_v4(line, &address))
		return false;
	*entry = (struct pool_entry){ .address = ip_number(address) };
	return parse_word(user, &entry->user) && (!place || parse_word(place, &entry->place));
}

/*
 * Read the lines of @file up to the first one that is damaged, whose number is returned; 0: none
 * is. What a kill left of a last line without an end is none.
 */
static size_t parse(struct file *file, struct pool_entries *e)
{
	char *line = file->data, *end;
	size_t n = 1;

	if (!file->len)
		return 0;
	if (file->len < strlen(HEAD) || memcmp(line, HEAD, strlen(HEAD)))
		return n;
	for (line += strlen(HEAD); (end = strchr(line, '\n')); line = end + 1) {
		struct pool_entry entry;

		n++;
		*end = '\0';
		if (!parse_line(line, &entry) || !append(e, entry))
			return n;
	}
	return line + strlen(line) == file->data + file->len ? 0 : n + 1;
}

/* --- the file: at the start, and on the thread ----------------------------------------------- */

static bool fail(struct pool_file *f, const char *what)
{
	f->err = errno;
	f->what = what;
	return false;
}

static bool write_all(int fd, const char *octets, size_t len)
{
	while (len) {
		ssize_t n = write(fd, octets, len);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			octets += n;
			len -= (size_t)n;
		}
	}
	return true;
}

/* Write all of @e to @fd, so that it is on the disk. */
static bool fill(int fd, const struct pool_entries *e)
{
	size_t len;
	char *text = text_of(e, HEAD, &len);
	bool done = text && write_all(fd, text, len) && !fdatasync(fd);

	free(text);
	return done;
}

/* Begin the file anew with what is in @e. If that fails, the old one stays. */
static bool replace(struct pool_file *f, const struct pool_entries *e)
{
	char fresh[PATH_MAX];
	int fd;

	snprintf(fresh, sizeof(fresh), "%s.new", f->path);
	unlink(fresh);
	fd = open(fresh, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(f, "cannot be made anew");
	if (!fill(fd, e) || flock(fd, LOCK_EX | LOCK_NB) || rename(fresh, f->path)) {
		fail(f, "cannot be made anew");
		close(fd);
		unlink(fresh);
		return false;
	}
	close(f->fd);
	f->fd = fd;
	f->lines = f->kept = e->n;
	return true;
}

static void shorten(struct pool_file *f)
{
	struct pool_entries all = { 0 };
	struct file file;

	/* If it does not do now, it is not tried each time. */
	f->kept = f->lines;
	if (file_read(&file, f->path, SIZE_MOST)) {
		fail(f, "cannot be read");
		return;
	}
	parse(&file, &all);
	file_free(&file);
	if (leave_latest(&all))
		replace(f, &all);
	drop(&all);
}

/* Half a line, when there is no room for the rest, is taken back. */
static void write_batch(struct pool_file *f)
{
	struct stat before;
	size_t len;
	char *text = text_of(&f->batch, "", &len);

	if (!text || fstat(f->fd, &before)) {
		fail(f, "cannot be written to");
	} else if (!write_all(f->fd, text, len)) {
		fail(f, "cannot be written to");
		if (ftruncate(f->fd, before.st_size))
			f->what = "has half a line, since it could not be written to";
	} else {
		f->lines += f->batch.n;
	}
	free(text);
}

static void run(struct job *job)
{
	struct pool_file *f = container_of(job, struct pool_file, job);

	f->err = 0;
	write_batch(f);
	if (!f->err && f->lines > 2 * f->kept + SPARE_LINES)
		shorten(f);
}

/* --- on the loop ----------------------------------------------------------------------------- */

static void begin(struct pool_file *f)
{
	struct pool_entries empty = f->batch;

	empty.n = 0;
	f->batch = f->waiting;
	f->waiting = empty;
	f->busy = true;
	jobs_add(&f->thread, &f->job);
}

static void tell(struct pool_file *f)
{
	if (f->err && !f->failed)
		log_warning("%s %s: %s. Users may have other addresses when culvertd is started "
			    "again", f->path, f->what, strerror(f->err));
	else if (!f->err && f->failed)
		log_notice("%s is written to again", f->path);
	f->failed = f->err;
}

static void done(struct job *job)
{
	struct pool_file *f = container_of(job, struct pool_file, job);

	f->busy = false;
	tell(f);
	if (f->waiting.n && !f->closing)
		begin(f);
}

static void jobs_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("addresses: written");
	struct pool_file *f = container_of(poll, struct pool_file, poll);

	jobs_done(&f->thread);
}

/* The directory of @path, if only that is missing. */
static void make_directory(const char *path)
{
	char folder[PATH_MAX], *end;

	snprintf(folder, sizeof(folder), "%s", path);
	end = strrchr(folder, '/');
	if (!end || end == folder)
		return;
	*end = '\0';
	mkdir(folder, 0700);
}

/* The lock is of this file until it is replaced, and then of the new one. */
static bool lock_file(struct pool_file *f)
{
	f->fd = open(f->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	if (f->fd < 0)
		return fail(f, "cannot be opened");
	if (!flock(f->fd, LOCK_EX | LOCK_NB))
		return true;
	return fail(f, errno == EWOULDBLOCK ? "is in use by another culvertd" :
					      "cannot be locked");
}

static void move_aside(struct pool_file *f, const char *damage)
{
	char aside[PATH_MAX];

	snprintf(aside, sizeof(aside), "%s.damaged", f->path);
	if (rename(f->path, aside))
		snprintf(aside, sizeof(aside), "nowhere, since that failed");
	log_warning("%s %s: it was moved to %s, and is begun anew. Users may have other addresses "
		    "than before", f->path, damage, aside);
}

/* Read the file, which is locked, into @e. */
static bool load(struct pool_file *f, struct pool_entries *e)
{
	char damage[64];
	struct file file;
	size_t line;
	int err = file_read(&file, f->path, SIZE_MOST);

	if (err == -EFBIG) {
		move_aside(f, file.reason);
		return true;
	}
	if (err) {
		errno = -err;
		return fail(f, "cannot be read");
	}
	line = parse(&file, e);
	file_free(&file);
	snprintf(damage, sizeof(damage), "is damaged in line %zu", line);
	if (line)
		move_aside(f, damage);
	return leave_latest(e) || fail(f, "is too long");
}

static bool start(struct pool_file *f, uv_loop_t *loop, struct pool_entries *e)
{
	make_directory(f->path);
	if (!lock_file(f) || !load(f, e) || !replace(f, e))
		return false;
	errno = -jobs_open(&f->thread);
	if (!errno)
		errno = -uv_poll_init(loop, &f->poll, jobs_fd(&f->thread));
	if (errno)
		return fail(f, "cannot be written to by a thread");
	uv_poll_start(&f->poll, UV_READABLE, jobs_cb);
	return true;
}

static void release(struct pool_file *f)
{
	jobs_close(&f->thread);
	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
	f->path = NULL;
	drop(&f->waiting);
	drop(&f->batch);
}

void pool_file_open(struct pool_file *f, uv_loop_t *loop, const char *path,
		    void (*known)(void *ctx, const struct pool_entry *entry), void *ctx)
{
	struct pool_entries all = { 0 };

	*f = (struct pool_file){ .fd = -1, .path = strdup(path), .job = { run, done } };
	if (!f->path || !start(f, loop, &all)) {
		log_warning("%s %s: %s. Users may have other addresses when culvertd is started "
			    "again", path, f->path ? f->what : "is not opened",
			    strerror(f->path ? f->err : ENOMEM));
		release(f);
	}
	for (size_t i = 0; i < all.n; i++)
		known(ctx, &all.list[i]);
	drop(&all);
}

void pool_file_add(struct pool_file *f, const struct pool_entry *entry)
{
	if (!f->path || f->waiting.n == POOL_FILE_WAITING || !append(&f->waiting, *entry))
		return;
	if (!f->busy)
		begin(f);
}

void pool_file_close(struct pool_file *f)
{
	if (!f->path)
		return;
	f->closing = true;
	uv_poll_stop(&f->poll);
	jobs_close(&f->thread);
	if (f->waiting.n) {
		drop(&f->batch);
		f->batch = f->waiting;
		f->waiting = (struct pool_entries){ 0 };
		run(&f->job);
		tell(f);
	}
	uv_close((uv_handle_t *)&f->poll, NULL);
	release(f);
}
