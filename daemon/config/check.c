// SPDX-License-Identifier: GPL-2.0-only
#include "config/check.h"

static void check_length(struct config_draft *d, const struct config_option *o,
			 struct config_given *g)
{
	if (g->n < o->min)
		report_error(&d->report, g->place, "%s is empty; expected a %s", o->name,
			     o->type->name);
	else if (g->n > o->max)
		report_error(&d->report, g->place, "%s has %zu elements; expected at most %lu",
			     o->name, g->n, o->max);
	else
		return;
	g->wrong = true;
}

static void check_option(struct config_draft *d, const struct config_section *s,
			 const struct config_option *o)
{
	struct config_given *g = section_given(s, o);

	if (g->wrong)
		return;
	if (!g->place.line && !o->preset) {
		report_error(&d->report, s->place, "%s \"%s\" needs %s (%s)", s->kind->name,
			     s->name, o->name, o->type->name);
		g->wrong = true;
	} else if (g->place.line && o->type->list) {
		check_length(d, o, g);
	}
}

/* Comes before the checks of several options, which must not use an option that has a mistake. */
static void check_options(struct config_draft *d)
{
	const struct config_option *o;

	for (size_t i = 0; i < d->n_sections; i++)
		if (!d->sections[i]->doubtful)
			for_each_option(o, d->sections[i]->kind)
				check_option(d, d->sections[i], o);
}

/* Report the first section that is one too many. */
static void check_number(struct config_draft *d, const struct config_kind *kind)
{
	struct config_section *s;
	size_t n = 0;

	for_each_section(d, s, kind)
		if (++n == kind->most + 1)
			report_error(&d->report, s->place, "%s \"%s\" is the %zuth section of its "
				     "kind: expected at most %zu", kind->name, s->name, n,
				     kind->most);
}

static void check_sections(struct config_draft *d)
{
	struct config_section *s;

	for (size_t k = 0; config_kinds[k]; k++)
		if (config_kinds[k]->most)
			check_number(d, config_kinds[k]);
	for (size_t k = 0; config_kinds[k]; k++)
		for_each_section(d, s, config_kinds[k])
			if (!s->doubtful && config_kinds[k]->check)
				config_kinds[k]->check(d, s);
	config_check_routes(d);
}

void config_check(struct config_draft *d)
{
	size_t i = 0;

	check_options(d);
	check_sections(d);
	if (!report_is_good(&d->report))
		return;
	if (draft_next(d, &config_kind_server, &i)) {
		config_check_addresses(d);
		config_check_users(d);
		return;
	}
	i = 0;
	if (!draft_next(d, &config_kind_client, &i))
		report_warning(&d->report, (struct config_place){ 0 }, "there is neither a server "
			       "nor a client section, so there is nothing to do but for clients that "
			       "are made at run time");
}
