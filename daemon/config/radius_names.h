/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: what the sections about RADIUS have in common.
 *
 * Servers and groups share their names, since a server can be named where a group is expected: it
 * is a group of one.
 */
#ifndef CULVERT_CONFIG_RADIUS_NAMES_H
#define CULVERT_CONFIG_RADIUS_NAMES_H

#include <stdbool.h>

#include "config/draft.h"

enum config_radius_use {
	CONFIG_RADIUS_LOGINS,
	CONFIG_RADIUS_ACCOUNTING,
};

/* Returns true if a host can have the address; loopback is one, since servers may be here. */
bool config_is_host(struct ip_addr address);

/* Let @s have its name, of a server or a group. Report if another one has it. */
void config_take_radius_name(struct config_draft *d, struct config_section *s);

/*
 * Report if @name, the value of @option in @s, is no server and no group, or one without a server
 * for @use.
 */
void config_check_radius_name(struct config_draft *d, const struct config_section *s,
			      const char *option, const char *name, enum config_radius_use use);

/*
 * Read the secret in the file @path, which @option of @s names. Returns NULL after a report. The
 * caller gives it to password_free().
 */
char *config_load_secret(struct config_draft *d, const struct config_section *s, const char *option,
			 const char *path);

/*
 * Report if @name, the value of @option in @s, cannot be the name of a network namespace. Returns false
 * then.
 */
bool config_check_netns(struct config_draft *d, const struct config_section *s, const char *option,
			const char *name);

#endif
