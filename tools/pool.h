/* SPDX-License-Identifier: GPL-2.0-only */
/* What "status" and "pool list" share. */
#ifndef PPPCTL_POOL_H
#define PPPCTL_POOL_H

#include <jansson.h>

#include "pppctl.h"

/* Print a table of the array @pools: how much of them is in use. */
void print_pools(const struct options *options, const json_t *pools, bool headings);

#endif
