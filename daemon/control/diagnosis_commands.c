// SPDX-License-Identifier: GPL-2.0-only
#include "control/commands_priv.h"
#include "control/diagnosis.h"

json_t *api_diagnose(void *ctx, const json_t *parameters, struct control_error *error)
{
	const char *peer = json_string_value(json_object_get(parameters, "peer"));
	struct diagnosis_question q = {
		.user = json_string_value(json_object_get(parameters, "user")),
		.client = json_string_value(json_object_get(parameters, "client")),
	};
	const struct api *api = ctx;

	if (!!q.user + !!peer + !!q.client > 1) {
		control_invalid(error, q.client ? "client" : "peer",
				"\"user\", \"peer\" and \"client\": expected one of them");
		return NULL;
	}
	if (peer && !ip_parse(peer, &q.peer)) {
		control_invalid(error, "peer", "\"%s\" is not an address", peer);
		return NULL;
	}
	if (q.client && !clients_find(api->clients, q.client)) {
		control_not_found(error, "client", q.client);
		return NULL;
	}
	return diagnosis_answer(api, &q);
}
