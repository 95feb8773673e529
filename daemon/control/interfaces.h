/* SPDX-License-Identifier: GPL-2.0-only */
/* The interfaces of the control socket, with their descriptions. */
#ifndef CULVERT_CONTROL_INTERFACES_H
#define CULVERT_CONTROL_INTERFACES_H

#include <stddef.h>

#include "control/idl.h"

struct interfaces {
	struct interface {
		struct idl_interface *parsed;
		const char *text;
	} * list;
	size_t n;
};

/*
 * Parse the description @first, and behind it @texts, which NULL ends. They must outlive the result.
 * Returns 0; or -1 after writing the reason to @error, of @size octets. interfaces_free() must be
 * called either way.
 */
int interfaces_parse(struct interfaces *all, const char *first, const char * const *texts,
		     char *error, size_t size);
void interfaces_free(struct interfaces *all);

/*
 * Returns the interface that is called as the first @len octets of @name, and its text in *@text,
 * which may be NULL; NULL if there is none.
 */
const struct idl_interface *interfaces_find(const struct interfaces *all, const char *name,
					    size_t len, const char **text);

/* Returns the method "org.culvert.Session.Show"; NULL if there is none. */
const struct idl_member *interfaces_method(const struct interfaces *all, const char *name);

#endif
