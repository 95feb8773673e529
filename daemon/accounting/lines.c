// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accounting/lines.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"
#include "util/timer.h"

#define RETRY_MS	10000
#define MODE		0640	/* whoever evaluates the file may be of its group */

struct line {
	STAILQ_ENTRY(line) next;
	char *text;
	size_t len;
	void *record;			/* for @lines->done; NULL: it is not called */
	bool kept;			/* there was a record */
};

/* --- on the thread --------------------------------------------------------------------------- */

static int fail(struct lines *l, const char *what)
{
	l->err = errno;
	l->what = what;
	return -1;
}

/* Half a line that the loss of power left would spoil the next one, too. */
static int end_last_line(struct lines *l, off_t size)
{
	char last;

	if (!size || pread(l->fd, &last, 1, size - 1) != 1 || last == '\n')
		return 0;
	return write(l->fd, "\n", 1) == 1 ? 0 : fail(l, "cannot be written to");
}

static void close_file(struct lines *l)
{
	close(l->fd);
	l->fd = -1;
}

/* What waits for a reader, as a FIFO does, is no file. */
static int open_file(struct lines *l)
{
	const int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	struct stat st;

	if (l->fd >= 0)
		return 0;
	l->fd = open(l->path, flags, MODE);
	if (l->fd < 0)
		return fail(l, "cannot be opened");
	if (fstat(l->fd, &st) || !S_ISREG(st.st_mode)) {
		close_file(l);
		errno = EINVAL;
		return fail(l, "is not a file");
	}
	if (!end_last_line(l, st.st_size))
		return 0;
	close_file(l);
	return -1;
}

static int write_all(struct lines *l, const char *octets, size_t len)
{
	while (len) {
		ssize_t n = write(l->fd, octets, len);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			octets += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* Put the lines into one piece of memory; NULL without it. */
static char *piece_of(const struct lines *l, size_t *len)
{
	const struct line *line;
	char *piece, *end;

	*len = 0;
	STAILQ_FOREACH(line, &l->batch, next)
		*len += line->len;
	piece = end = malloc(*len + 1);
	if (piece)
		STAILQ_FOREACH(line, &l->batch, next)
			end = mempcpy(end, line->text, line->len);
	return piece;
}

/* Half of what was written, when there is no room for the rest, is taken back. */
static void write_batch(struct lines *l)
{
	struct stat before;
	char *piece;
	size_t len;

	if (open_file(l))
		return;
	piece = piece_of(l, &len);
	if (!piece || fstat(l->fd, &before)) {
		fail(l, "cannot be written to");
	} else if (write_all(l, piece, len) || fdatasync(l->fd)) {
		fail(l, "cannot be written to");
		if (ftruncate(l->fd, before.st_size))
			l->what = "has half a line, since it could not be written to";
	}
	free(piece);
}

static void run(struct job *job)
{
	struct lines *l = container_of(job, struct lines, job);

	l->err = 0;
	if (l->fd >= 0 && (l->close_first || l->over))
		close_file(l);
	if (!STAILQ_EMPTY(&l->batch))
		write_batch(l);
}

/* --- on the loop ----------------------------------------------------------------------------- */

static void tick(uv_timer_t *timer);

static void look(struct lines *l)
{
	uint64_t now = uv_now(l->loop);
	bool work = l->n || l->reopen || l->closed;

	timer_arm(&l->timer, tick, l->busy || !work ? NEVER : l->failed && !l->closed ?
			  l->retry_at : now);
}

/* The first line of @list was written, or never will be. */
static void end_first(struct lines *l, struct line_list *list, bool written)
{
	struct line *line = STAILQ_FIRST(list);

	STAILQ_REMOVE_HEAD(list, next);
	l->n--;
	l->n_kept -= line->kept;
	l->written += written && line->len;
	l->dropped += !written && !line->kept;
	if (line->record)
		l->done(l, line->record, written);
	free(line->text);
	free(line);
}

static void begin(struct lines *l)
{
	struct line *line;

	while ((line = STAILQ_FIRST(&l->waiting)) && l->n_batch < LINES_BATCH) {
		STAILQ_REMOVE_HEAD(&l->waiting, next);
		STAILQ_INSERT_TAIL(&l->batch, line, next);
		l->n_batch++;
	}
	l->tried = l->closed;
	l->close_first = l->reopen;
	l->reopen = false;
	l->busy = true;
	jobs_add(&l->thread, &l->job);
}

static void tell(struct lines *l)
{
	if (l->err && !l->failed)
		log_with(&(struct log_fields){ .event = LOG_EVENT_ACCOUNTING_FAULT },
			 log_error("accounting file %s %s: %s. Records wait", l->path, l->what,
				   strerror(l->err)));
	else if (!l->err && l->failed)
		log_notice("accounting file %s is written to again", l->path);
	l->failed = l->err;
}

static void done(struct job *job)
{
	struct lines *l = container_of(job, struct lines, job);

	l->busy = false;
	if (l->n_batch)
		tell(l);
	if (l->err) {
		/* before those that came meanwhile */
		STAILQ_CONCAT(&l->batch, &l->waiting);
		STAILQ_CONCAT(&l->waiting, &l->batch);
		l->retry_at = uv_now(l->loop) + RETRY_MS;
	} else {
		while (!STAILQ_EMPTY(&l->batch))
			end_first(l, &l->batch, true);
	}
	l->n_batch = 0;
	look(l);
}

static void handle_closed(uv_handle_t *handle)
{
	CALLBACK("accounting: closed");
	struct lines *l = handle->data;

	if (--l->handles)
		return;
	free(l->path);
	l->closed(l);
}

static void end(struct lines *l)
{
	if (l->n > l->n_kept)
		log_error("accounting file %s: %u records could not be written, and are lost",
			  l->path, l->n - l->n_kept);
	while (!STAILQ_EMPTY(&l->waiting))
		end_first(l, &l->waiting, false);
	uv_poll_stop(&l->poll);
	jobs_close(&l->thread);
	l->poll.data = l;
	l->timer.data = l;
	uv_close((uv_handle_t *)&l->poll, handle_closed);
	uv_close((uv_handle_t *)&l->timer, handle_closed);
}

/* At the end the file is written to as long as it can be, and then closed by a job of its own. */
static void tick(uv_timer_t *timer)
{
	CALLBACK("accounting: file");
	struct lines *l = container_of(timer, struct lines, timer);

	if (l->over) {
		end(l);
	} else if (l->closed && (!l->n || (l->failed && l->tried))) {
		l->over = true;
		l->busy = true;
		jobs_add(&l->thread, &l->job);
	} else {
		begin(l);
	}
}

static void jobs_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("accounting: file written");
	struct lines *l = container_of(poll, struct lines, poll);

	jobs_done(&l->thread);
}

int lines_open(struct lines *l, uv_loop_t *loop, const char *path)
{
	int err;

	memset(l, 0, sizeof(*l));
	l->loop = loop;
	l->fd = -1;
	l->job = (struct job){ .run = run, .done = done };
	STAILQ_INIT(&l->waiting);
	STAILQ_INIT(&l->batch);
	l->path = strdup(path);
	if (!l->path)
		return -ENOMEM;
	err = jobs_open(&l->thread);
	if (!err)
		err = uv_poll_init(loop, &l->poll, jobs_fd(&l->thread));
	if (err) {
		jobs_close(&l->thread);
		free(l->path);
		return err;
	}
	uv_poll_start(&l->poll, UV_READABLE, jobs_cb);
	uv_timer_init(loop, &l->timer);
	l->handles = 2;
	return 0;
}

static void bound(struct lines *l)
{
	if (l->n <= LINES_MOST)
		return;
	end_first(l, &l->waiting, false);
	log_limited("accounting", uv_now(l->loop), LOG_LEVEL_ERROR,
		    "accounting file %s: a record is dropped, since %u wait in memory", l->path,
		    LINES_MOST);
}

struct line *lines_add(struct lines *l, char *text, void *record)
{
	struct line *line = text ? malloc(sizeof(*line)) : NULL;

	if (!line) {
		free(text);
		l->dropped += !record;
		return NULL;
	}
	*line = (struct line){
		.text = text, .len = strlen(text), .record = record, .kept = record,
	};
	STAILQ_INSERT_TAIL(&l->waiting, line, next);
	l->n++;
	l->n_kept += line->kept;
	bound(l);
	look(l);
	return line;
}

void line_disown(struct line *line)
{
	line->record = NULL;
}

void lines_reopen(struct lines *l)
{
	l->reopen = true;
	l->retry_at = uv_now(l->loop);
	look(l);
}

void lines_close(struct lines *l, void (*closed)(struct lines *lines))
{
	l->closed = closed;
	look(l);
}
