/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that the subcommands about clients of the daemon share. */
#ifndef PPPCTL_CLIENT_H
#define PPPCTL_CLIENT_H

#include <jansson.h>
#include <stdbool.h>

#include "table.h"

/* Returns true if the client's last failure is permanent. */
bool failed_for_good(const json_t *client);

/*
 * Returns when the next attempt begins: "in 1m15s", or "when asked" for a client that is down after
 * a failure; "" in other cases.
 */
const char *show_next_try(const json_t *client, char text[UNIT_SIZE]);

#endif
