/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: words of other products' configurations, and what they are here.
 */
#ifndef CULVERT_CONFIG_FOREIGN_H
#define CULVERT_CONFIG_FOREIGN_H

struct config_foreign {
	const char *word;
	const char *product;	/* whose word it is */
	const char *here;	/* for people: "dns", "range of a pool section" */
};

/* Returns what @word is elsewhere, or NULL if no other product is known to have it. */
const struct config_foreign *config_find_foreign(const char *word);

#endif
