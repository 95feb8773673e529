/* SPDX-License-Identifier: GPL-2.0-only */
/* The databases of the configuration, of which servers ask some. */
#ifndef CULVERT_SERVER_DATABASES_H
#define CULVERT_SERVER_DATABASES_H

#include <stddef.h>
#include <uv.h>

#include "aaa/database.h"
#include "config/config.h"

struct databases {
	size_t n;
	struct database *list[];	/* references, in the order of the configuration */
};

/*
 * Returns those of @config. One of @old, which may be NULL, stays if its settings are the same.
 * Returns NULL, with the reason in @error, of @size octets, if one cannot be made.
 */
struct databases *databases_new(uv_loop_t *loop, const struct config *config,
				const struct databases *old, char *error, size_t size);

/* Returns the one with this name, without a reference; it is one of the configuration. */
struct database *databases_find(const struct databases *all, const char *name);

void databases_free(struct databases *all);	/* NULL is allowed */

#endif
