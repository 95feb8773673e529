// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "config/radius_names.h"
#include "radius/client.h"
#include "util/text.h"

static const struct config_word balances[] = {
	{ "order", CONFIG_BALANCE_ORDER },
	{ "weight", CONFIG_BALANCE_WEIGHT },
	{ 0 },
};

#define AT(field) offsetof(struct config_radius_group, field)

static const struct config_option options[] = {
	{ "servers", &config_type_names, AT(servers), .min = 1, .max = RADIUS_GROUP_MAX,
	  .means = "The RADIUS servers of the group" },
	{ "balance", &config_type_word, AT(balance), .words = balances, .preset = "order",
	  .means = "Which one is asked: order (the first that answers) or weight" },
	{ "timeout", &config_type_number, AT(timeout_ms), .min = 100, .max = 60000,
	  .preset = "1000", .unit = "milliseconds",
	  .means = "The first wait for an answer" },
	{ "retries", &config_type_number, AT(retries), .min = 1, .max = 100, .preset = "5",
	  .unit = "requests",
	  .means = "How often a login is asked for again" },
	{ "give-up-after", &config_type_number, AT(give_up_s), .min = 1, .max = 3600,
	  .preset = "20", .unit = "seconds",
	  .means = "Time after which a login is given up" },
	{ 0 },
};

static void check_server(struct config_draft *d, const struct config_section *s, const char *name)
{
	const struct config_section *server;

	if (draft_find(d, &config_kind_radius, name))
		return;
	for_each_section(d, server, &config_kind_radius) {
		if (!text_resembles(name, server->name))
			continue;
		report_error(&d->report, section_place(s, "servers"),
			     "there is no radius \"%s\"; did you mean \"%s\"?", name,
			     server->name);
		return;
	}
	report_error(&d->report, section_place(s, "servers"),
		     "there is no radius \"%s\"; expected the name of a radius section", name);
}

static void check(struct config_draft *d, struct config_section *s)
{
	const struct config_radius_group *g = s->values;

	config_take_radius_name(d, s);
	for (size_t i = 0; section_knows(s, "servers") && i < g->servers.n; i++)
		check_server(d, s, g->servers.list[i]);
	if (section_knows(s, "timeout", "give-up-after") && g->timeout_ms > 1000 * g->give_up_s)
		report_error(&d->report, section_place(s, "give-up-after"),
			     "give-up-after is %u s: expected no less than timeout, which is %u ms",
			     g->give_up_s, g->timeout_ms);
}

static void release(void *values)
{
	struct config_radius_group *g = values;

	free(g->name);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	struct config_radius_group *g = &config->radius_groups[config->n_radius_groups++];

	*g = *(struct config_radius_group *)s->values;
	g->name = s->name;
	s->name = NULL;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_radius_group = {
	"radius-group", .means = "RADIUS servers that may be asked the same",
	.titled = true, .size = sizeof(struct config_radius_group), .options = options,
	.check = check, .release = release, .move = move,
};
