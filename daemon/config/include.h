/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: reads the main file and the files that it includes, one after the
 * other.
 */
#ifndef CULVERT_CONFIG_INCLUDE_H
#define CULVERT_CONFIG_INCLUDE_H

#include "config/draft.h"

#define INCLUDE_MAX_SIZE	(1024 * 1024)	/* octets of a file */
#define INCLUDE_MAX_DEPTH	8	/* files that include each other, open at the same time */
#define INCLUDE_MAX_FILES	1000		/* read for one configuration */

/* Read the file @path, and what it includes, into @d. */
void config_read(struct config_draft *d, const char *path);

#endif
