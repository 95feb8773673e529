// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/coa_config.h"

static void add_listeners(struct coa_config *made, const struct config_coa *coa)
{
	for (size_t i = 0; i < coa->listen.n; i++) {
		struct coa_listen_settings *on = &made->listen[i];

		on->address = coa->listen.list[i];
		on->port = coa->port;
		snprintf(on->vrf, sizeof(on->vrf), "%s", coa->vrf);
		snprintf(on->netns, sizeof(on->netns), "%s", coa->netns);
	}
	made->settings.listen = made->listen;
	made->settings.n_listen = coa->listen.n;
}

static void add_clients(struct coa_config *made, const struct config *config)
{
	for (size_t i = 0; i < config->n_coa_clients; i++) {
		const struct config_coa_client *client = &config->coa_clients[i];

		made->clients[i] = (struct coa_client_settings){
			.name = client->name, .address = client->address,
			.secret = client->secret, .secret_len = strlen(client->secret),
		};
	}
	made->settings.clients = made->clients;
	made->settings.n_clients = config->n_coa_clients;
}

bool coa_config_make(struct coa_config *made, const struct config *config)
{
	const struct config_coa *coa = &config->coa;

	*made = (struct coa_config){
		.settings = {
			.checks = {
				.window_s = coa->window_s,
				.require_timestamp = coa->require_timestamp,
				.require_signature = coa->require_signature,
			},
			.nas_identifier = config->nas.identifier,
			.nas_address = ip_is_any(config->nas.address) ? ip_none() :
									config->nas.address,
		},
		.listen = calloc(coa->listen.n + 1, sizeof(*made->listen)),
		.clients = calloc(config->n_coa_clients + 1, sizeof(*made->clients)),
	};
	if (!made->listen || !made->clients)
		return false;
	if (config->n_coa_clients)
		add_listeners(made, coa);
	add_clients(made, config);
	return true;
}

void coa_config_free(struct coa_config *made)
{
	free(made->listen);
	free(made->clients);
}
