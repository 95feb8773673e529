// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "aaa/ban.h"
#include "control/commands_priv.h"

static uint64_t now_of(const struct api *api)
{
	return uv_now(api->servers->abuse.timer.loop);
}

/* --- ban.list ------------------------------------------------------------------------------ */

/* The bans as they were when the list was asked for. */
struct listing {
	struct ban *bans;
	size_t n;
	size_t next;
	uint64_t now;
};

static void *open_bans(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;
	struct listing *list = calloc(1, sizeof(*list));

	if (list) {
		list->now = now_of(api);
		list->bans = bans_copy(api->servers->abuse.bans, &list->n);
	}
	if (list && list->bans)
		return list;
	free(list);
	return NULL;
}

static json_t *seconds(uint64_t ms)
{
	return json_integer((json_int_t)((ms + 999) / 1000));
}

static json_t *object_of_ban(const struct ban *ban, uint64_t now)
{
	const uint64_t left = ban->until > now ? ban->until - now : 0;
	char network[IP_TEXT_SIZE];

	return json_pack("{s:s, s:s, s:I, s:o, s:i, s:i, s:I}",
			 "network", ip_prefix_format(&ban->network, network),
			 "reason", ban->by_hand ? "administrator" : "failed logins",
			 "age_s", (json_int_t)((now - ban->since) / 1000),
			 "left_s", ban->until == NEVER ? json_null() : seconds(left),
			 "failures", ban->failures,
			 "times", ban->times,
			 "turned_away", (json_int_t)ban->turned_away);
}

static enum control_next next_ban(void *ctx, json_t **element)
{
	struct listing *list = ctx;

	if (list->next == list->n)
		return CONTROL_END;
	*element = object_of_ban(&list->bans[list->next++], list->now);
	return CONTROL_ELEMENT;
}

static void close_bans(void *ctx)
{
	struct listing *list = ctx;

	free(list->bans);
	free(list);
}

const struct control_list api_ban_list = {
	.member = "bans",
	.open = open_bans,
	.next = next_ban,
	.close = close_bans,
};

/* --- ban.add, ban.remove ------------------------------------------------------------------- */

/* Returns false after saying why. */
static bool network_of(const json_t *parameters, struct ip_prefix *network,
		       struct control_error *error)
{
	const char *text = json_string_value(json_object_get(parameters, "network"));
	struct ip_addr address;

	if (ip_parse_v4(text, &address)) {
		*network = ip_host(address);
		return true;
	}
	if (!ip_parse_prefix_v4(text, network) ||
	    !ip_equal(network->address, ip_network(network->address, network->length))) {
		control_invalid(error, "network", "\"%s\" is neither an address nor a network like "
				"192.0.2.0/24", text);
		return false;
	}
	return true;
}

static json_t *answer(const char *member, const struct ip_prefix *network)
{
	char text[IP_TEXT_SIZE];

	return json_pack("{s:s}", member, ip_prefix_format(network, text));
}

/* Returns false after saying why. Without "time_s" *@until is NEVER. */
static bool until_of(const json_t *parameters, uint64_t now, uint64_t *until,
		     struct control_error *error)
{
	const json_t *time = json_object_get(parameters, "time_s");

	*until = NEVER;
	if (!time)
		return true;
	if (json_integer_value(time) < 1 || json_integer_value(time) > UINT32_MAX) {
		control_invalid(error, "time_s", "\"time_s\": expected a number from 1 to %u", UINT32_MAX);
		return false;
	}
	*until = now + (uint64_t)json_integer_value(time) * 1000;
	return true;
}

json_t *api_ban_add(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;
	struct ip_prefix network;
	uint64_t until;
	int err;

	if (!network_of(parameters, &network, error) ||
	    !until_of(parameters, now_of(api), &until, error))
		return NULL;
	if (!network.length) {
		control_invalid(error, "network", "0.0.0.0/0 would keep everybody out");
		return NULL;
	}
	err = bans_add(api->servers->abuse.bans, &network, until, now_of(api));
	if (err) {
		if (err == -ENOSPC)
			control_refused(error, "there are too many bans by hand");
		return NULL;
	}
	abuse_settle(&api->servers->abuse);
	return answer("added", &network);
}

json_t *api_ban_remove(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;
	char asked[IP_TEXT_SIZE], covers[IP_TEXT_SIZE];
	const struct ban *cover;
	struct ip_prefix network;
	struct ban ended;

	if (!network_of(parameters, &network, error))
		return NULL;
	if (bans_remove(api->servers->abuse.bans, &network, &ended)) {
		abuse_settle(&api->servers->abuse);
		return answer("removed", &ended.network);
	}
	ip_prefix_format(&network, asked);
	cover = bans_find(api->servers->abuse.bans, network.address, now_of(api));
	if (cover && cover->network.length < network.length)
		control_refused(error, "%s is banned as a part of %s alone", asked,
			 ip_prefix_format(&cover->network, covers));
	else
		control_refused(error, "%s is not banned", asked);
	return NULL;
}
