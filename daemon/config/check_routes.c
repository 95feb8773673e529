// SPDX-License-Identifier: GPL-2.0-only
/* Routes of two sections that are in each other's way. */
#include <stdlib.h>
#include <string.h>

#include "config/check.h"

/* A route that a section makes on this host. */
struct wanted {
	struct ip_prefix to;
	unsigned int metric;
	const char *vrf;		/* "": none */
	const struct config_section *section;
	size_t order;
};

struct wanted_list {
	struct wanted *list;		/* NULL: only @n is counted */
	size_t n;
};

static void want(struct wanted_list *w, const struct config_section *s, struct ip_prefix to,
		 unsigned int metric, const char *vrf)
{
	if (w->list)
		w->list[w->n] = (struct wanted){ to, metric, vrf, s, w->n };
	w->n++;
}

static void want_all(struct wanted_list *w, const struct config_section *s,
		     const struct config_prefixes *routes, unsigned int metric, const char *vrf)
{
	for (size_t i = 0; i < routes->n; i++)
		want(w, s, routes->list[i], metric, vrf);
}

static void want_of_client(struct wanted_list *w, const struct config_section *s)
{
	const struct ip_prefix all = { .address = ip_from_number(0), .length = 0 };
	const struct config_client *c = s->values;

	if (s->doubtful || !section_knows(s, "routes", "metric", "vrf", "default-route"))
		return;
	want_all(w, s, &c->routes, c->metric, c->vrf);
	if (c->default_route)
		want(w, s, all, c->metric, c->vrf);
}

/*
 * Routes of users have the metric 0. Those in other namespaces are left out. Which VRF a profile or the server says is not looked at, nor what
 * RADIUS does.
 */
static void want_of_user(struct wanted_list *w, const struct config_section *s)
{
	const struct user_values *v = s->values;

	if (!s->doubtful && section_knows(s, "routes", "user-netns", "user-vrf") &&
	    !*v->user.policy.netns)
		want_all(w, s, &v->user.routes, 0, v->user.policy.vrf);
}

static void find_wanted(struct wanted_list *w, const struct config_draft *d)
{
	const struct config_section *s;

	w->n = 0;
	for_each_section(d, s, &config_kind_client)
		want_of_client(w, s);
	for_each_section(d, s, &config_kind_user)
		want_of_user(w, s);
}

static int compare_routes(const struct wanted *a, const struct wanted *b)
{
	int order = ip_compare(a->to.address, b->to.address);

	if (!order)
		order = (a->to.length > b->to.length) - (a->to.length < b->to.length);
	if (!order)
		order = (a->metric > b->metric) - (a->metric < b->metric);
	return order ? order : strcmp(a->vrf, b->vrf);
}

static int compare_wanted(const void *one, const void *other)
{
	const struct wanted *a = one, *b = other;
	int order = compare_routes(a, b);

	return order ? order : (a->order > b->order) - (a->order < b->order);
}

static void warn_of_routes(struct config_draft *d, const struct wanted *w, size_t n)
{
	char where[REPORT_WHERE_SIZE], text[IP_TEXT_SIZE];

	for (size_t i = 1; i < n; i++) {
		const struct config_section *one = w[i - 1].section, *other = w[i].section;
		struct config_place place = section_place(other, "routes");

		if (one == other || compare_routes(&w[i - 1], &w[i]))
			continue;
		report_warning(&d->report, place,
			       "the route to %s is in the way of that of %s \"%s\", %s: while both "
			       "are up, whoever came first has it",
			       ip_prefix_format(&w[i].to, text), one->kind->name, one->name,
			       report_where(&d->report, place, section_place(one, "routes"),
					    where));
	}
}

/* Two sections may want the same route because either may fail: that is no mistake. */
void config_check_routes(struct config_draft *d)
{
	struct wanted_list w = { 0 };

	find_wanted(&w, d);
	w.list = calloc(w.n + 1, sizeof(*w.list));
	if (!w.list) {
		report_no_memory(&d->report);
		return;
	}
	find_wanted(&w, d);
	qsort(w.list, w.n, sizeof(*w.list), compare_wanted);
	warn_of_routes(d, w.list, w.n);
	free(w.list);
}
