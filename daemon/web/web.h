/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The listener for HTTP: metrics for Prometheus, methods of the control socket, and the page.
 *
 *	GET /metrics			all but single sessions
 *	GET /metrics/sessions		single sessions, if settings.session_series
 *	POST /api/METHOD		the reply of a method; the body has its parameters
 *	GET /api/METHOD?parameters=...	the same of one that changes nothing; or a stream of its replies
 *	POST /login, /logout; GET /whoami
 *	GET /				the page, if settings.page; and its files
 *
 * docs/api.md says what /api takes and gives. Whoever asks there has a token (aaa/tokens.h), or has
 * logged in with one; without settings.tokens there is no /api and no login.
 *
 * Bounds: so many connections at a time as the settings say, of which half may be streams, each with
 * 16 KiB for a head and for a body and WEB_TIMEOUT_S to go on; each text of metrics is SCRAPE_TEXT_MAX
 * at most, and in memory until it was sent. While one is made whoever asks for the same one gets it,
 * too. Replies wait within the bounds of the control socket.
 *
 * A request has to name us by an address, as "localhost", or by one of settings.names: who makes a
 * name of theirs point to us, and lets a browser here look at that, is not answered.
 */
#ifndef CULVERT_WEB_H
#define CULVERT_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/commands.h"
#include "util/ip.h"

#define WEB_TIMEOUT_S 10

struct tokens;
struct web;

struct web_settings {
	struct ip_addr address;
	uint16_t port;
	unsigned int max_connections;
	bool metrics;
	unsigned int session_series;	/* 0: none */
	const char * const *names;   /* by which requests may name us; borrowed for the call */
	size_t n_names;
	struct tokens *tokens;	/* who may use /api; NULL: nobody. Another reference is taken */
	bool page;
};

/*
 * Begin to count what happens to the sessions of @api. It and @control must outlive the result. Nothing
 * listens yet. Returns NULL if there is no memory.
 */
struct web *web_new(const struct api *api, struct control *control);

/*
 * Listen as @settings say, which are copied; NULL: do not listen. Requests that are under way on
 * another address are dropped; logins and streams end if their token is not there any more. Returns 0;
 * or a negative errno after writing the reason to @error, of @size octets. Then all is as it was, but
 * for the tokens: who listens goes on with the new ones.
 */
int web_use(struct web *web, const struct web_settings *settings, char *error, size_t size);

/*
 * Stop listening, drop all requests, and count no more. The memory is freed once the loop has run the
 * close callbacks. @web may be NULL.
 */
void web_close(struct web *web);

#endif
