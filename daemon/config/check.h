/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: checks that are made after all files were read. Checks of a single
 * kind of section are in the file of that kind.
 */
#ifndef CULVERT_CONFIG_CHECK_H
#define CULVERT_CONFIG_CHECK_H

#include "config/draft.h"

/* Warn of each route that two sections make, of which the host can have one at a time. */
void config_check_routes(struct config_draft *d);

/* Report every mistake in @d that was not found while the files were read. */
void config_check(struct config_draft *d);

/*
 * Warn of addresses to listen on that no interface has; and of inner addresses that are, or may become, outer ones: of this host, of those who call it,
 * of the servers that its clients call, and of RADIUS servers. @d must have no mistake.
 */
void config_check_addresses(struct config_draft *d);

/*
 * Warn of secrets that no server finds, and report users who have two sections where case is
 * folded. @d must have no other mistake.
 */
void config_check_users(struct config_draft *d);

#endif
