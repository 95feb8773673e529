// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "control/socket_priv.h"

struct control_client *control_visit(struct control *control, struct control_visitor *visitor,
				     const char *who, unsigned int rights)
{
	struct control_client *client = control_client_new(control, true);

	if (!client)
		return NULL;
	client->visitor = visitor;
	client->rights = rights;
	snprintf(client->who, sizeof(client->who), "%s", who);
	return client;
}

void control_call(struct control_client *visit, const char *method, json_t *parameters, bool more)
{
	const struct call_form form = { .more = more };

	dispatch_call(visit, method, parameters, &form);
}

void control_taken(struct control_client *visit, size_t len)
{
	client_written(visit, client_cost(len));
}

void control_leave(struct control_client *visit)
{
	visit->visitor = NULL;
	client_close(visit);
}
