/* SPDX-License-Identifier: GPL-2.0-only */
/* From the configuration to what coa.h listens with. Pure. */
#ifndef CULVERT_COA_CONFIG_H
#define CULVERT_COA_CONFIG_H

#include "config/config.h"
#include "control/coa.h"

/* The settings, and their arrays; texts are those of the configuration. */
struct coa_config {
	struct coa_settings settings;

	/* private */
	struct coa_listen_settings *listen;
	struct coa_client_settings *clients;
};

/*
 * Make the settings. Without a coa-client nothing listens. Returns false without memory.
 * coa_config_free() is to be called either way.
 */
bool coa_config_make(struct coa_config *made, const struct config *config);
void coa_config_free(struct coa_config *made);

#endif
