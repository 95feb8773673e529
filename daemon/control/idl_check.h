/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares JSON values with types of a description (idl.h). Pure. */
#ifndef CULVERT_CONTROL_IDL_CHECK_H
#define CULVERT_CONTROL_IDL_CHECK_H

#include <jansson.h>

#include "control/idl.h"

/* The first thing that is wrong with a value. */
struct idl_misfit {
	char path[120];		/* where it is, as "filter.states[2]"; "" for the value itself */
	char text[160];		/* what would be right, as "expected a number" */
};

/*
 * Returns true if @value is of @type. Members that are null where that means the same as their
 * absence are removed from @value: whoever reads it need know absence only. Otherwise @misfit says
 * what is wrong.
 */
bool idl_check(const struct idl_type *type, json_t *value, struct idl_misfit *misfit);

#endif
