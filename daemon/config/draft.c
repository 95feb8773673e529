// SPDX-License-Identifier: GPL-2.0-only
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "config/draft.h"

#define MAX_NAME 63	/* octets of a section's name */

void draft_init(struct config_draft *d, struct diag *diag)
{
	*d = (struct config_draft){ 0 };
	report_init(&d->report, diag);
}

static void given_free(const struct config_kind *kind, struct config_given *given)
{
	for (size_t i = 0; given && kind->options[i].name; i++) {
		for (size_t j = 0; j < given[i].n_texts; j++)
			free(given[i].texts[j]);
		free(given[i].texts);
	}
	free(given);
}

static void section_free(struct config_section *s)
{
	if (!s)
		return;
	if (s->values)
		config_clear(s->kind, s->values);
	free(s->values);
	given_free(s->kind, s->given);
	free(s->name);
	free(s);
}

void draft_free(struct config_draft *d)
{
	for (size_t i = 0; i < d->n_sections; i++)
		section_free(d->sections[i]);
	free(d->sections);
	tdestroy(d->names, free);
	report_free(&d->report);
}

struct config_section *draft_next(const struct config_draft *d, const struct config_kind *kind,
				  size_t *i)
{
	while (*i < d->n_sections) {
		struct config_section *s = d->sections[(*i)++];

		if (s->kind == kind)
			return s;
	}
	return NULL;
}

/* ---- names ---- */

struct taken_name {
	const void *kind;
	const char *name;
	struct config_section *section;
};

static int compare_names(const void *a, const void *b)
{
	const struct taken_name *x = a, *y = b;

	return x->kind != y->kind ? x->kind < y->kind ? -1 : 1 : strcmp(x->name, y->name);
}

struct config_section *draft_take_name(struct config_draft *d, const void *kind, const char *name,
				       struct config_section *s)
{
	struct taken_name *new = malloc(sizeof(*new)), **found = NULL;

	if (new) {
		*new = (struct taken_name){ kind, name, s };
		found = tsearch(new, &d->names, compare_names);
	}
	if (!found)
		report_no_memory(&d->report);
	if (!found || *found != new)
		free(new);
	return found && *found != new ? (*found)->section : NULL;
}

struct config_section *draft_find(const struct config_draft *d, const struct config_kind *kind,
				  const char *name)
{
	const struct taken_name wanted = { .kind = kind, .name = name };
	struct taken_name **found = tfind(&wanted, &d->names, compare_names);

	return found ? (*found)->section : NULL;
}

/* ---- sections ---- */

static size_t count_options(const struct config_kind *kind)
{
	const struct config_option *o;
	size_t n = 0;

	for_each_option(o, kind)
		n++;
	return n;
}

static struct config_section *section_new(const struct config_kind *kind, const char *name,
					  struct config_place place)
{
	struct config_section *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->kind = kind;
	s->place = place;
	s->name = strdup(name);
	s->given = calloc(count_options(kind), sizeof(*s->given));
	s->values = calloc(1, kind->size);
	if (!s->name || !s->given || !s->values || !config_preset(kind, s->values)) {
		section_free(s);
		return NULL;
	}
	return s;
}

static bool append_section(struct config_draft *d, struct config_section *s)
{
	struct config_section **grown = d->sections;

	/* The array is full when its length is a power of two. */
	if (!(d->n_sections & (d->n_sections - 1)))
		grown = reallocarray(grown, d->n_sections ? 2 * d->n_sections : 1, sizeof(*grown));
	if (!grown)
		return false;
	d->sections = grown;
	grown[d->n_sections++] = s;
	return true;
}

static bool is_good_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t len = strlen(name);

	return len && len <= MAX_NAME && strspn(name, letters) == len;
}

/* Report any mistake in the name of @s. */
static void check_name(struct config_draft *d, struct config_section *s)
{
	const struct config_section *first = draft_take_name(d, s->kind, s->name, s);
	char where[REPORT_WHERE_SIZE];

	s->doubtful = true;
	if (s->kind->titled && !is_good_name(s->name))
		report_error(&d->report, s->place, "%s \"%s\" needs a name of 1 to %d letters, "
			     "digits, dots, hyphens and underscores", s->kind->name, s->name,
			     MAX_NAME);
	else if (first && s->kind->titled)
		report_error(&d->report, s->place, "the name \"%s\" is taken already by a section "
			     "of this kind (%s)", s->name,
			     report_where(&d->report, s->place, first->place, where));
	else if (first)
		report_error(&d->report, s->place, "there are two %s sections; the first begins in "
			     "%s", s->kind->name,
			     report_where(&d->report, s->place, first->place, where));
	else
		s->doubtful = false;
}

struct config_section *draft_section(struct config_draft *d, const struct config_kind *kind,
				     const char *title, struct config_place place)
{
	struct config_section *s = section_new(kind, title ? title : "", place);

	if (!s || !append_section(d, s)) {
		section_free(s);
		report_no_memory(&d->report);
		return NULL;
	}
	if (title || !kind->titled)
		check_name(d, s);
	else
		s->doubtful = true;
	return s;
}

/* ---- options ---- */

struct config_given *section_given(const struct config_section *s,
				   const struct config_option *option)
{
	return &s->given[option - s->kind->options];
}

struct config_place section_place(const struct config_section *s, const char *option)
{
	const struct config_given *g = section_given(s, config_find_option(s->kind, option));

	return g->place.line ? g->place : s->place;
}

bool section_knows_all(const struct config_section *s, const char * const *options)
{
	for (; *options; options++)
		if (section_given(s, config_find_option(s->kind, *options))->wrong)
			return false;
	return true;
}

void draft_wrong(struct config_section *s, const struct config_option *option)
{
	section_given(s, option)->wrong = true;
}

static void *field_of(const struct config_section *s, const struct config_option *option)
{
	return (char *)s->values + option->offset;
}

bool draft_option(struct config_draft *d, struct config_section *s,
		  const struct config_option *option, struct config_place place, bool add)
{
	struct config_given *g = section_given(s, option);

	if (!g->place.line) {
		g->place = place;
		if (option->type->list)
			option->type->clear(field_of(s, option));
		return true;
	}
	if (add)
		return true;
	report_error(&d->report, place, "%s is set twice in this section, first in line %u",
		     option->name, g->place.line);
	g->wrong = true;
	return false;
}

/* Keep @text as it is written. Returns false if there is no memory. */
static bool keep_text(struct config_given *g, const char *text)
{
	char **grown = g->texts;

	/* The array is full when its length is a power of two. */
	if (!(g->n_texts & (g->n_texts - 1)))
		grown = reallocarray(grown, g->n_texts ? 2 * g->n_texts : 1, sizeof(*grown));
	if (!grown)
		return false;
	g->texts = grown;
	grown[g->n_texts] = strdup(text);
	return grown[g->n_texts] && ++g->n_texts;
}

void draft_value(struct config_draft *d, struct config_section *s,
		 const struct config_option *option, struct config_place place, const char *text)
{
	struct config_given *g = section_given(s, option);
	char want[256];

	/*
	 * The length of a list that is too long is reported later; its further elements take no
	 * memory.
	 */
	if (option->type->list && ++g->n > option->max)
		return;
	if (option->type->set(option, field_of(s, option), text, want, sizeof(want))) {
		if (!keep_text(g, text))
			report_no_memory(&d->report);
		return;
	}
	report_error(&d->report, place, "%s %s \"%s\": %s", option->name,
		     option->type->list ? "has" : "is", text, want);
	g->wrong = true;
}
