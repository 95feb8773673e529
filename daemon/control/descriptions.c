// SPDX-License-Identifier: GPL-2.0-only
#include "control/commands.h"

/* Made of varlink/: one string for each file. */
const char * const api_descriptions[] = {
#include "descriptions.inc"
	NULL
};
