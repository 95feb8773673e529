// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/interfaces.h"

/* Returns false after writing to @error. */
static bool add(struct interfaces *all, const char *text, char *error, size_t size)
{
	struct interface *interface = &all->list[all->n++];
	struct idl_fault fault;

	interface->text = text;
	interface->parsed = idl_parse(text, strlen(text), &fault);
	if (!interface->parsed)
		snprintf(error, size, "description %zu of an interface, line %u: %s", all->n,
			 fault.line, fault.text);
	return interface->parsed;
}

int interfaces_parse(struct interfaces *all, const char *first, const char * const *texts,
		     char *error, size_t size)
{
	size_t n = 0;
	bool done;

	while (texts[n])
		n++;
	*all = (struct interfaces){ .list = calloc(n + 1, sizeof(*all->list)) };
	if (!all->list) {
		snprintf(error, size, "out of memory");
		return -1;
	}
	done = add(all, first, error, size);
	for (size_t i = 0; done && i < n; i++)
		done = add(all, texts[i], error, size);
	return done ? 0 : -1;
}

void interfaces_free(struct interfaces *all)
{
	for (size_t i = 0; i < all->n; i++)
		idl_free(all->list[i].parsed);
	free(all->list);
	*all = (struct interfaces){ 0 };
}

const struct idl_interface *interfaces_find(const struct interfaces *all, const char *name,
					    size_t len, const char **text)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct interface *interface = &all->list[i];

		if (strncmp(interface->parsed->name, name, len) || interface->parsed->name[len])
			continue;
		if (text)
			*text = interface->text;
		return interface->parsed;
	}
	return NULL;
}

const struct idl_member *interfaces_method(const struct interfaces *all, const char *name)
{
	const char *dot = strrchr(name, '.');
	const struct idl_interface *interface;

	interface = dot ? interfaces_find(all, name, (size_t)(dot - name), NULL) : NULL;
	return interface ? idl_find(interface, IDL_METHOD, dot + 1) : NULL;
}
