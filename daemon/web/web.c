// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/web.h"

#ifdef CULVERT_MICROHTTPD

#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "util/callback.h"
#include "util/container.h"
#include "web/web_priv.h"

#define THROTTLE_ENTRIES 1024

/* ---- settings ---- */

static void free_names(char **names, size_t n)
{
	for (size_t i = 0; names && i < n; i++)
		free(names[i]);
	free(names);
}

static char **copy_names(const struct web_settings *from)
{
	char **names = calloc(from->n_names + 1, sizeof(*names));

	for (size_t i = 0; names && i < from->n_names; i++) {
		names[i] = strdup(from->names[i]);
		if (!names[i]) {
			free_names(names, i);
			return NULL;
		}
	}
	return names;
}

static void free_settings(struct web *web)
{
	free_names(web->names, web->settings.n_names);
	tokens_put(web->settings.tokens);
}

/* @tokens may be NULL. */
static void take_tokens(struct web *web, struct tokens *tokens)
{
	struct tokens *before = web->settings.tokens;

	web->settings.tokens = tokens ? tokens_get(tokens) : NULL;
	tokens_put(before);
	logins_review(&web->logins, tokens);
	gateway_review(web);
}

/* Takes over @names. */
static void take_settings(struct web *web, const struct web_settings *settings, char **names)
{
	struct tokens *before = web->settings.tokens;

	free_names(web->names, web->settings.n_names);
	web->names = names;
	web->settings = *settings;
	web->settings.names = NULL;
	web->settings.tokens = before;
	take_tokens(web, settings->tokens);
}

/* ---- the listener ---- */

static void close_door(struct web *web)
{
	struct door *door = web->door;

	if (!door)
		return;
	web->door = NULL;
	metrics_close(web);
	gateway_close(web);
	door_close(door);
}

static bool same_address(const struct web_settings *a, const struct web_settings *b)
{
	return ip_equal(a->address, b->address) && a->port == b->port;
}

/* Returns 0, or a negative errno. */
static int change_door(struct web *web, const struct web_settings *to)
{
	const bool stays = web->door && same_address(&web->settings, to);
	const struct door_options options = {
		.max_connections = to->max_connections, .timeout_s = WEB_TIMEOUT_S,
		.serve = request_serve, .over = request_over, .ctx = web,
	};
	struct door *door;
	int fd;

	if (stays && web->settings.max_connections == to->max_connections)
		return 0;
	fd = stays ? door_socket(web->door) : door_listen(to->address, to->port);
	if (fd < 0)
		return fd;
	door = door_open(web->api->sessions->loop, fd, &options);
	if (!door) {
		close(fd);
		return -ENOMEM;
	}
	close_door(web);
	web->door = door;
	return 0;
}

/* ---- from outside ---- */

struct web *web_new(const struct api *api, struct control *control)
{
	struct web *web = calloc(1, sizeof(*web));
	uint32_t seed = 0;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uint32_t)time(NULL);
	if (web)
		web->failures = throttle_new(THROTTLE_ENTRIES, seed);
	if (!web || !web->failures) {
		free(web);
		return NULL;
	}
	web->api = api;
	web->control = control;
	tally_open(&web->tally, api->sessions);
	web->source = (struct scrape_source){
		.api = api, .tally = &web->tally, .started_s = (uint64_t)time(NULL),
		.answers = web->answers, .descriptors = &web->descriptors,
	};
	for (unsigned int i = 0; i < TEXTS; i++)
		web->texts[i].web = web;
	LIST_INIT(&web->exchanges);
	uv_timer_init(api->sessions->loop, &web->tick);
	return web;
}

static int fail(const struct web_settings *settings, int err, char *error, size_t size)
{
	snprintf(error, size, "web: %s port %u: %s", ip_text(settings->address), settings->port,
		 strerror(-err));
	return err;
}

int web_use(struct web *web, const struct web_settings *settings, char *error, size_t size)
{
	char **names;
	int err;

	if (!settings) {
		close_door(web);
		logins_review(&web->logins, NULL);
		return 0;
	}
	names = copy_names(settings);
	err = names ? change_door(web, settings) : -ENOMEM;
	if (err) {
		free_names(names, settings->n_names);
		/* Whoever connects as before is not to get in by a token that was taken away. */
		if (web->door)
			take_tokens(web, settings->tokens);
		return fail(settings, err, error, size);
	}
	take_settings(web, settings, names);
	return 0;
}

static void closed(uv_handle_t *handle)
{
	CALLBACK("web: closed");

	free(container_of((uv_timer_t *)handle, struct web, tick));
}

void web_close(struct web *web)
{
	if (!web)
		return;
	close_door(web);
	tally_close(&web->tally);
	free_settings(web);
	throttle_free(web->failures);
	uv_close((uv_handle_t *)&web->tick, closed);
}

#else

struct web {
	char nothing;
};

/* The configuration refuses the section, so that nobody asks for more. */
struct web *web_new(const struct api *api, struct control *control)
{
	return calloc(1, sizeof(struct web));
}

int web_use(struct web *web, const struct web_settings *settings, char *error, size_t size)
{
	return 0;
}

void web_close(struct web *web)
{
	free(web);
}

#endif
