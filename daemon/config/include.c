// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/include.h"
#include "config/parse.h"

/* A file that is being read. */
struct reading {
	const char *path;
	dev_t dev;
	ino_t ino;
};

struct reader {
	struct config_draft *draft;
	struct config_includer includer;
	struct reading stack[INCLUDE_MAX_DEPTH];
	unsigned int depth;
	unsigned int n_files;
};

/* A file to be read, and the place where mistakes with the file itself are reported. */
struct source {
	const char *path;
	struct config_place place;	/* of the include; .line is 0 for the main file */
};

#define WHY_SIZE 128

/* ---- one file ---- */

/*
 * Returns the contents of the file @fd, and its length in *@len; or NULL with the reason in @why.
 */
static char *read_text(int fd, const struct stat *st, size_t *len, char why[WHY_SIZE])
{
	char *text = malloc((size_t)st->st_size + 1);
	ssize_t n = 1;

	*len = 0;
	while (text && n && *len < (size_t)st->st_size) {
		n = read(fd, text + *len, (size_t)st->st_size - *len);
		if (n < 0 && errno != EINTR)
			break;
		*len += n > 0 ? (size_t)n : 0;
	}
	if (text && n >= 0)
		return text;
	snprintf(why, WHY_SIZE, "cannot be read: %s", strerror(errno));
	free(text);
	return NULL;
}

static char *read_file(const char *path, struct stat *st, size_t *len, char why[WHY_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *text = NULL;

	if (fd < 0 || fstat(fd, st))
		snprintf(why, WHY_SIZE, "cannot be read: %s", strerror(errno));
	else if (!S_ISREG(st->st_mode))
		snprintf(why, WHY_SIZE, "is not a regular file");
	else if (st->st_size > INCLUDE_MAX_SIZE)
		snprintf(why, WHY_SIZE, "is larger than 1 MiB (%d octets)", INCLUDE_MAX_SIZE);
	else
		text = read_text(fd, st, len, why);
	if (fd >= 0)
		close(fd);
	return text;
}

/* Returns the line of the first NUL in @text, or 0. */
static unsigned int line_of_nul(const char *text, size_t len)
{
	const char *nul = memchr(text, '\0', len);
	unsigned int line = 1;

	if (!nul)
		return 0;
	for (; text < nul; text++)
		line += *text == '\n';
	return line;
}

static void parse_text(struct reader *r, const char *path, const char *text, size_t len)
{
	struct config_report *report = &r->draft->report;
	struct config_place place = { .file = report_file(report, path) };

	place.line = line_of_nul(text, len);
	if (place.file == REPORT_NO_FILE)
		report_no_memory(report);
	else if (place.line)
		report_error(report, place, "there is a NUL octet; expected a text file");
	else
		config_parse(r->draft, place.file, text, len, &r->includer);
}

static bool is_being_read(const struct reader *r, const struct stat *st)
{
	for (unsigned int i = 0; i < r->depth; i++)
		if (r->stack[i].dev == st->st_dev && r->stack[i].ino == st->st_ino)
			return true;
	return false;
}

/* Returns false, after reporting the mistake, if the file must not be read. */
static bool is_allowed(struct reader *r, const struct source *from, const struct stat *st)
{
	struct config_report *report = &r->draft->report;

	if (is_being_read(r, st))
		report_error(report, from->place, "%s is included by itself", from->path);
	else if (r->depth == INCLUDE_MAX_DEPTH)
		report_error(report, from->place, "%s is included more than %d files deep",
			     from->path, INCLUDE_MAX_DEPTH);
	else if (r->n_files == INCLUDE_MAX_FILES)
		report_error(report, from->place, "%s is one file too many; expected at most %d",
			     from->path, INCLUDE_MAX_FILES);
	else
		return true;
	return false;
}

static void report_unreadable(struct reader *r, const struct source *from, const char *why)
{
	if (from->place.line)
		report_error(&r->draft->report, from->place, "%s %s", from->path, why);
	else
		diag_error(r->draft->report.diag, from->path, 0, "%s", why);
}

static void read_source(struct reader *r, const struct source *from)
{
	char why[WHY_SIZE], *text;
	struct stat st;
	size_t len;

	text = read_file(from->path, &st, &len, why);
	if (!text) {
		report_unreadable(r, from, why);
		return;
	}
	if (is_allowed(r, from, &st)) {
		r->stack[r->depth++] = (struct reading){ from->path, st.st_dev, st.st_ino };
		r->n_files++;
		parse_text(r, from->path, text, len);
		r->depth--;
	}
	free(text);
}

/* ---- include ---- */

static bool is_pattern(const char *name)
{
	return strpbrk(name, "*?[");
}

/*
 * Returns the length of the folder in the path of the file that is being read, with the last slash;
 * 0 for the working folder.
 */
static size_t folder_length(const struct reader *r)
{
	const char *path = r->stack[r->depth - 1].path, *slash = strrchr(path, '/');

	return slash ? (size_t)(slash + 1 - path) : 0;
}

/*
 * Write the path that @name stands for to @path: relative to the folder of the file that is being
 * read. If @name is a pattern, special characters in the folder are escaped for glob(3). Returns
 * false if the path is too long.
 */
static bool resolve(const struct reader *r, const char *name, char path[PATH_MAX])
{
	const char *folder = r->stack[r->depth - 1].path;
	size_t n = 0, len = *name == '/' ? 0 : folder_length(r);

	for (size_t i = 0; i < len && n < PATH_MAX - 2; i++) {
		if (is_pattern(name) && strchr("*?[]\\", folder[i]))
			path[n++] = '\\';
		path[n++] = folder[i];
	}
	if (n + strlen(name) >= PATH_MAX)
		return false;
	strcpy(path + n, name);
	return true;
}

/* A missing folder contains no file that matches; any other error is a failure. */
static int unreadable_folder(const char *path, int error)
{
	return error != ENOENT && error != ENOTDIR;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char * const *)a, *(char * const *)b);
}

/* Read all files that match, sorted by the octets of their paths in any locale. */
static void include_pattern(struct reader *r, struct config_place place, const char *pattern)
{
	glob_t found = { 0 };
	int err = glob(pattern, GLOB_NOSORT, unreadable_folder, &found);

	if (err && err != GLOB_NOMATCH)
		report_error(&r->draft->report, place, "%s cannot be searched: %s", pattern,
			     err == GLOB_NOSPACE ? "out of memory" : strerror(errno));
	if (!err) {
		qsort(found.gl_pathv, found.gl_pathc, sizeof(*found.gl_pathv), compare);
		for (size_t i = 0; i < found.gl_pathc; i++)
			read_source(r, &(struct source){ found.gl_pathv[i], place });
	}
	globfree(&found);
}

static void include(void *ctx, struct config_place place, const char *name)
{
	struct reader *r = ctx;
	char path[PATH_MAX];

	if (!resolve(r, name, path))
		report_error(&r->draft->report, place, "the path of the file to be included has "
			     "more than %d octets", PATH_MAX - 1);
	else if (is_pattern(name))
		include_pattern(r, place, path);
	else
		read_source(r, &(struct source){ path, place });
}

void config_read(struct config_draft *d, const char *path)
{
	struct reader r = { .draft = d, .includer = { .include = include } };

	r.includer.ctx = &r;
	read_source(&r, &(struct source){ .path = path });
}
