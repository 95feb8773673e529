/* SPDX-License-Identifier: GPL-2.0-only */
/* What the subcommands about clients of the daemon share. */
#ifndef PPPCTL_CLIENT_H
#define PPPCTL_CLIENT_H

#include <jansson.h>
#include <stdbool.h>

#include "control.h"
#include "table.h"

/* Let the daemon do @command to each client named, show what it says; return the worst status. */
int each_client(const struct options *options, const char *command, int argc, char **argv,
		show_fn show);

/* It failed, and will again unless somebody changes something. */
bool failed_for_good(const json_t *client);

/* When it is tried again after a failure: "in 1m15s" or "when asked"; "": that depends. */
const char *show_next_try(const json_t *client, char text[UNIT_SIZE]);

#endif
