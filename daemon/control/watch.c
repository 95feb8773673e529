// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "control/watch.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"

struct watched {
	SLIST_ENTRY(watched) link;
	struct watch *watch;
	uv_fs_event_t event;		/* of the folder */
	const char *name;		/* of the file, in @path */
	char path[];
};

static void told(uv_timer_t *timer)
{
	CALLBACK("watch: told");
	struct watch *w = container_of(timer, struct watch, timer);

	w->changed(w->ctx);
}

static void noticed(uv_fs_event_t *event, const char *name, int events, int status)
{
	CALLBACK("watch: noticed");
	const struct watched *file = container_of(event, struct watched, event);
	struct watch *w = file->watch;
	const uint64_t now = uv_now(w->loop);
	uint64_t latest;

	if (status || !name || strcmp(name, file->name))
		return;
	if (!uv_is_active((uv_handle_t *)&w->timer))
		w->since = now;
	latest = w->since + WATCH_LATEST_MS;
	uv_timer_start(&w->timer, told, now + WATCH_REST_MS < latest ? WATCH_REST_MS : latest - now,
		       0);
}

static void closed(uv_handle_t *handle)
{
	free(container_of((uv_fs_event_t *)handle, struct watched, event));
}

static void forget(struct watched_list *files)
{
	struct watched *file;

	while ((file = SLIST_FIRST(files))) {
		SLIST_REMOVE_HEAD(files, link);
		uv_close((uv_handle_t *)&file->event, closed);
	}
}

static bool is_watched(const struct watch *w, const char *path)
{
	const struct watched *file;

	SLIST_FOREACH(file, &w->files, link)
	if (!strcmp(file->path, path))
		return true;
	return false;
}

/* @path begins with / . */
static void watch_file(struct watch *w, const char *path)
{
	const size_t size = strlen(path) + 1;
	struct watched *file = calloc(1, sizeof(*file) + size);
	char *folder = strdup(path);
	int err = UV_ENOMEM;

	if (file && folder) {
		memcpy(file->path, path, size);
		file->name = strrchr(file->path, '/') + 1;
		file->watch = w;
		folder[file->name - file->path] = '\0';
		uv_fs_event_init(w->loop, &file->event);
		SLIST_INSERT_HEAD(&w->files, file, link);
		err = uv_fs_event_start(&file->event, noticed, folder, 0);
	} else {
		free(file);
	}
	if (err)
		log_error("%s cannot be watched: %s", path, uv_strerror(err));
	free(folder);
}

void watch_init(struct watch *w, uv_loop_t *loop, watch_changed_fn changed, void *ctx)
{
	memset(w, 0, sizeof(*w));
	w->loop = loop;
	w->changed = changed;
	w->ctx = ctx;
	uv_timer_init(loop, &w->timer);
	SLIST_INIT(&w->files);
}

void watch_files(struct watch *w, const struct config *config)
{
	struct watched_list before = w->files;

	SLIST_INIT(&w->files);
	for (size_t i = 0; i < config->n_servers; i++) {
		const struct config_server *server = &config->servers[i];

		if (server->watch_secrets &&
		    memchr(server->users, CONFIG_JUDGE_SECRETS, sizeof(server->users)) &&
		    !is_watched(w, server->secrets_path))
			watch_file(w, server->secrets_path);
	}
	/* Only now, so that nothing is missed of a folder that is watched again. */
	forget(&before);
}

void watch_close(struct watch *w)
{
	forget(&w->files);
	if (!uv_is_closing((uv_handle_t *)&w->timer))
		uv_close((uv_handle_t *)&w->timer, NULL);
}
