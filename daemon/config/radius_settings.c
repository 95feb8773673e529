// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "config/radius_settings.h"
#include "config/table.h"

#define LONGEST_WAIT		4	/* times the first one */
#define ACCOUNTING_GIVE_UP_MS	60000	/* then the record waits in the store for its next turn */

static struct ip_addr given(struct ip_addr address)
{
	return ip_is_any(address) ? ip_none() : address;
}

static struct radius_peer_settings peer_of(const struct config_radius *r)
{
	return (struct radius_peer_settings){
		.name = r->name,
		.address = r->address,
		.auth_port = r->port,
		.acct_port = r->accounting_port,
		.secret = r->secret,
		.secret_len = strlen(r->secret),
		.source = given(r->source_address),
		.vrf = r->vrf,
		.netns = r->netns,
		.require = (enum radius_require)r->require,
		.ports = r->ports,
		.window = r->window,
		.line_max = r->max_queued,
		.weight = r->weight,
		.dead_after = r->dead_after,
		.probe_ms = r->probe_interval_s * 1000,
		.dead_ms = r->dead_time_s * 1000,
	};
}

/* A record is not lost if nobody takes it, so it is asked for longer than a person waits. */
static struct radius_group_settings group_of(const struct config_radius_group *g)
{
	const struct radius_patience waits = {
		.irt_ms = g->timeout_ms, .mrt_ms = LONGEST_WAIT * g->timeout_ms,
	};
	struct radius_group_settings group = {
		.name = g->name,
		.weighted = g->balance == CONFIG_BALANCE_WEIGHT,
		.login = waits,
		.accounting = waits,
	};

	group.login.mrc = g->retries;
	group.login.mrd_ms = g->give_up_s * 1000;
	group.accounting.mrd_ms = ACCOUNTING_GIVE_UP_MS;
	return group;
}

/* Returns the number of the section; the check has found that there is one. */
static unsigned int number_of(const struct config *config, const char *name)
{
	unsigned int i = 0;

	while (strcmp(config->radius[i].name, name))
		i++;
	return i;
}

static void add_groups(const struct config *config, struct config_radius_settings *made)
{
	unsigned int *numbers = made->numbers;

	for (size_t i = 0; i < config->n_radius_groups; i++) {
		const struct config_radius_group *g = &config->radius_groups[i];
		struct radius_group_settings *group = &made->groups[made->settings.n_groups++];

		*group = group_of(g);
		group->peers = numbers;
		for (; group->n < g->servers.n; group->n++)
			*numbers++ = number_of(config, g->servers.list[group->n]);
	}
}

/* A server alone is a group with the defaults of a group. */
static bool add_singles(const struct config *config, struct config_radius_settings *made)
{
	unsigned int *numbers = made->numbers + config->n_radius_groups * RADIUS_GROUP_MAX;
	struct config_radius_group preset = { 0 };
	bool done = config_preset(&config_kind_radius_group, &preset);

	for (size_t i = 0; done && i < config->n_radius; i++) {
		struct radius_group_settings *group = &made->groups[made->settings.n_groups++];

		*group = group_of(&preset);
		group->name = config->radius[i].name;
		group->peers = numbers;
		group->n = 1;
		*numbers++ = (unsigned int)i;
	}
	config_clear(&config_kind_radius_group, &preset);
	return done;
}

bool config_radius_settings(const struct config *config, struct config_radius_settings *made)
{
	const size_t n_groups = config->n_radius_groups + config->n_radius;

	*made = (struct config_radius_settings){ 0 };
	/* One element more than needed: calloc() of an empty array may return NULL. */
	made->peers = calloc(config->n_radius + 1, sizeof(*made->peers));
	made->groups = calloc(n_groups + 1, sizeof(*made->groups));
	made->numbers = calloc(config->n_radius_groups * RADIUS_GROUP_MAX + config->n_radius + 1,
			       sizeof(*made->numbers));
	if (!made->peers || !made->groups || !made->numbers)
		return false;
	for (size_t i = 0; i < config->n_radius; i++)
		made->peers[i] = peer_of(&config->radius[i]);
	made->settings.nas_identifier = config->nas.identifier;
	made->settings.nas_address = given(config->nas.address);
	made->settings.peers = made->peers;
	made->settings.n_peers = (unsigned int)config->n_radius;
	made->settings.groups = made->groups;
	add_groups(config, made);
	return add_singles(config, made);
}

void config_radius_settings_free(struct config_radius_settings *made)
{
	free(made->peers);
	free(made->groups);
	free(made->numbers);
}
