/* SPDX-License-Identifier: GPL-2.0-only */
/* From the sections about RADIUS to what aaa/radius.h is made from. Pure. */
#ifndef CULVERT_CONFIG_RADIUS_SETTINGS_H
#define CULVERT_CONFIG_RADIUS_SETTINGS_H

#include "aaa/radius.h"
#include "config/config.h"

/* The settings, and their arrays; texts are those of the configuration. */
struct config_radius_settings {
	struct radius_settings settings;

	/* private */
	struct radius_peer_settings *peers;
	struct radius_group_settings *groups;
	unsigned int *numbers;
};

/*
 * Make the settings: a peer for each server, a group for each group, and one for each server alone,
 * under its name. Returns false without memory. config_radius_settings_free() is called either way.
 */
bool config_radius_settings(const struct config *config, struct config_radius_settings *made);
void config_radius_settings_free(struct config_radius_settings *made);

#endif
