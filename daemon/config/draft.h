/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: what was read so far, before it is known to be free of mistakes.
 * The parser fills the draft, and the checks look at it. If there is no mistake, its values move
 * into a struct config.
 */
#ifndef CULVERT_CONFIG_DRAFT_H
#define CULVERT_CONFIG_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "config/report.h"
#include "config/table.h"

/* What the files say about one option of one section. */
struct config_given {
	struct config_place place;	/* .line is 0 if the option is not given */
	size_t n;			/* elements of a list that were given */
	char **texts;			/* the values as they are written */
	size_t n_texts;
	bool wrong;			/* a mistake was reported; the value is meaningless */
};

struct config_section {
	const struct config_kind *kind;
	char *name;			/* "" without a title */
	struct config_place place;	/* where the section begins */
	/*
	 * The head of the section has a mistake. Its options are read, but not checked together,
	 * and missing options are not reported.
	 */
	bool doubtful;
	struct config_given *given;	/* one for each option of @kind, in the table's order */
	void *values;
};

struct config_draft {
	struct config_report report;
	struct config_section **sections;	/* in the order of the files */
	size_t n_sections;
	void *names;			/* a tree of the names in use; see draft_take_name() */
};

void draft_init(struct config_draft *d, struct diag *diag);
void draft_free(struct config_draft *d);

/*
 * Begin a section. @title is NULL if there is none. A name that is invalid or in use, and a second
 * section of a kind that may appear once, are reported and make the section doubtful. So does a
 * missing title, which the parser reports. Returns NULL if there is no memory, which is reported.
 */
struct config_section *draft_section(struct config_draft *d, const struct config_kind *kind,
				     const char *title, struct config_place place);

/*
 * Note that @option is given in @s at @place, by += if @add, else by =. If it is given for the
 * first time, a list loses the elements of its preset. Returns false, after reporting it, if the
 * option was given before and @add is false.
 */
bool draft_option(struct config_draft *d, struct config_section *s,
		  const struct config_option *option, struct config_place place, bool add);

/* Set @option to @text, or append @text to its list. A mistake is reported. */
void draft_value(struct config_draft *d, struct config_section *s,
		 const struct config_option *option, struct config_place place, const char *text);

/* Note that a mistake in @option of @s was reported elsewhere. */
void draft_wrong(struct config_section *s, const struct config_option *option);

/*
 * Let @s have @name. Returns the section that has the name already; or NULL if there was none, or
 * no memory, which is reported. Names of different @kind, compared as a pointer, are independent.
 * @name must stay valid as long as @d.
 */
struct config_section *draft_take_name(struct config_draft *d, const void *kind, const char *name,
				       struct config_section *s);

/* Returns the first section with this kind and name, or NULL. */
struct config_section *draft_find(const struct config_draft *d, const struct config_kind *kind,
				  const char *name);

struct config_given *section_given(const struct config_section *s,
				   const struct config_option *option);

/* Returns where @option was given, or where the section begins if it was not. */
struct config_place section_place(const struct config_section *s, const char *option);

/* Returns true if no mistake was found in these options: section_knows(s, "mtu", "mru"). */
#define section_knows(s, ...) section_knows_all(s, (const char * const []){ __VA_ARGS__, NULL })
bool section_knows_all(const struct config_section *s, const char * const *options);

/*
 * Returns the next section of this kind, beginning with index *@i, and moves *@i behind it; or
 * NULL.
 */
struct config_section *draft_next(const struct config_draft *d, const struct config_kind *kind,
				  size_t *i);

#define for_each_section(d, s, kind) \
	for (size_t i_##s = 0; ((s) = draft_next(d, kind, &i_##s));)

#endif
