/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: what has to be looked at when all was read.
 * What concerns one kind of section only is in its own file.
 */
#ifndef CULVERT_CONFIG_CHECK_H
#define CULVERT_CONFIG_CHECK_H

#include "config/draft.h"

/* Report all that is wrong with @d and was not seen when it was read. */
void config_check(struct config_draft *d);

#endif
