/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: what was read so far, before anybody knows
 * whether it is right. The parser fills it, the checks look at it, and if nobody
 * found a mistake its values move into a struct config.
 */
#ifndef CULVERT_CONFIG_DRAFT_H
#define CULVERT_CONFIG_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "config/report.h"
#include "config/table.h"

/* What the files say of one option of one section. */
struct config_given {
	struct config_place place;	/* .line is 0 if they do not mention it */
	size_t n;			/* elements of a list, counted */
	bool wrong;			/* a mistake in it was reported; its value means nothing */
};

struct config_section {
	const struct config_kind *kind;
	char *name;			/* "" without a title */
	struct config_place place;	/* where it begins */
	/* Its head is wrong, so that nobody can say what it lacks. Its options are read. */
	bool doubtful;
	struct config_given *given;	/* one for each option of the kind, in their order */
	void *values;
};

struct config_draft {
	struct config_report report;
	struct config_section **sections;	/* in the order of the files */
	size_t n_sections;
	void *names;			/* that are taken: a tree, see draft_take_name() */
};

void draft_init(struct config_draft *d, struct diag *diag);
void draft_free(struct config_draft *d);

/*
 * Begin a section. @title is NULL if it has none. A title that is not right or
 * taken already, and a second section of a kind of which there is one, are
 * reported, and make it doubtful. NULL without memory, which is reported, too.
 */
struct config_section *draft_section(struct config_draft *d, const struct config_kind *kind,
				     const char *title, struct config_place place);

/*
 * @option is given in @s, at @place, by = or, if @add, by +=. Lists are empty
 * after the first time. False, after saying so, if it was given before.
 */
bool draft_option(struct config_draft *d, struct config_section *s,
		  const struct config_option *option, struct config_place place, bool add);

/* Its value, or the next element of its list, is @text. Reported if that is not right. */
void draft_value(struct config_draft *d, struct config_section *s,
		 const struct config_option *option, struct config_place place, const char *text);

/* A mistake in @option of @s was reported by somebody else. */
void draft_wrong(struct config_section *s, const struct config_option *option);

/*
 * Let @s have @name, unless another has it: that one is returned then, and else
 * NULL. @kind says of what the names are, and is compared as a pointer; @name has
 * to stay where it is for as long as names are taken.
 */
struct config_section *draft_take_name(struct config_draft *d, const void *kind, const char *name,
				       struct config_section *s);

/* The first section of this kind and name, or NULL. */
struct config_section *draft_find(const struct config_draft *d, const struct config_kind *kind,
				  const char *name);

struct config_given *section_given(const struct config_section *s,
				   const struct config_option *option);

/* Where an option was given, or where the section begins if it was not. */
struct config_place section_place(const struct config_section *s, const char *option);

/* Whether all that these options depend on was understood: section_knows(s, "mtu", "mru"). */
#define section_knows(s, ...) section_knows_all(s, (const char * const []){ __VA_ARGS__, NULL })
bool section_knows_all(const struct config_section *s, const char * const *options);

/* The next section of this kind, from index @i on, which is moved behind it; or NULL. */
struct config_section *draft_next(const struct config_draft *d, const struct config_kind *kind,
				  size_t *i);

#define for_each_section(d, s, kind) \
	for (size_t i_##s = 0; ((s) = draft_next(d, kind, &i_##s));)

#endif
