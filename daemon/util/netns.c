// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/netns.h"

#define NETNS_FOLDER	"/run/netns/"

/* What a thread makes in another network namespace, which ends with the thread. */
struct elsewhere {
	int ns;
	int (*make)(const void *arg);
	const void *arg;
	int fd;				/* or a negative errno */
};

#define PATH_SIZE	(sizeof(NETNS_FOLDER) + NETNS_NAME_MAX)

static const char *path_of(const char *name, char path[PATH_SIZE])
{
	snprintf(path, PATH_SIZE, NETNS_FOLDER "%s", name);
	return path;
}

uint64_t netns_number(const char *name)
{
	char path[PATH_SIZE];
	struct stat st;

	/* A name whose namespace is gone is a plain file, of another file system. */
	return *name && !stat(path_of(name, path), &st) ? st.st_ino : 0;
}

int netns_open(const char *name)
{
	char path[PATH_SIZE];
	int fd = open(path_of(name, path), O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static void *make_elsewhere(void *arg)
{
	struct elsewhere *e = arg;

	e->fd = setns(e->ns, CLONE_NEWNET) ? -errno : e->make(e->arg);
	return NULL;
}

/* A thread of its own cannot leave the caller's in the other namespace. */
int netns_make_in(int ns, int (*make)(const void *arg), const void *arg)
{
	struct elsewhere e = { .ns = ns, .make = make, .arg = arg };
	pthread_t thread;
	int err;

	err = pthread_create(&thread, NULL, make_elsewhere, &e);
	if (err)
		return -err;
	pthread_join(thread, NULL);
	return e.fd;
}

int netns_make(const char *name, int (*make)(const void *arg), const void *arg)
{
	int ns, fd;

	if (!*name)
		return make(arg);
	ns = netns_open(name);
	if (ns < 0)
		return ns;
	fd = netns_make_in(ns, make, arg);
	close(ns);
	return fd;
}
