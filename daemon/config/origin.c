// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/draft.h"
#include "config/origin.h"

/* What the files say of one option. */
struct said {
	struct config_place place;	/* .line is 0: nothing */
	char **texts;
	size_t n;
};

/* A section, or a kind of section that no file has. */
struct origin {
	const struct config_kind *kind;
	char *name;
	struct config_place place;	/* .line is 0: no file has it */
	struct said *options;		/* one for each option of @kind, in the table's order */
	size_t n_options;
	uint64_t content;
};

struct config_origins {
	char **files;
	size_t n_files;
	struct origin *list;
	size_t n;
};

/* ---- how they are made ---- */

static size_t count_options(const struct config_kind *kind)
{
	const struct config_option *o;
	size_t n = 0;

	for_each_option(o, kind)
		n++;
	return n;
}

static bool begin(struct origin *origin, const struct config_kind *kind, const char *name)
{
	origin->kind = kind;
	origin->n_options = count_options(kind);
	origin->name = strdup(name);
	origin->options = calloc(origin->n_options, sizeof(*origin->options));
	return origin->name && origin->options;
}

static bool take_section(struct origin *origin, struct config_section *s)
{
	if (!begin(origin, s->kind, s->name))
		return false;
	origin->place = s->place;
	if (s->kind->content)
		origin->content = s->kind->content(s->values);
	for (size_t i = 0; i < origin->n_options; i++) {
		struct config_given *g = &s->given[i];

		origin->options[i] = (struct said){ g->place, g->texts, g->n_texts };
		g->texts = NULL;
		g->n_texts = 0;
	}
	return true;
}

static bool take_sections(struct config_origins *o, struct config_draft *d)
{
	for (size_t i = 0; i < d->n_sections; i++)
		if (!take_section(&o->list[o->n++], d->sections[i]))
			return false;
	return true;
}

/* Add the kinds that have no name and that no file has. */
static bool add_absent(struct config_origins *o, const struct config_draft *d)
{
	for (size_t k = 0; config_kinds[k]; k++) {
		size_t i = 0;

		if (config_kinds[k]->titled || config_kinds[k]->absent_is_off ||
		    draft_next(d, config_kinds[k], &i))
			continue;
		if (!begin(&o->list[o->n++], config_kinds[k], ""))
			return false;
	}
	return true;
}

static bool copy_files(struct config_origins *o, const struct config_report *r)
{
	o->files = calloc(r->n_files, sizeof(*o->files));
	if (!o->files)
		return false;
	for (; o->n_files < r->n_files; o->n_files++) {
		o->files[o->n_files] = strdup(r->files[o->n_files]);
		if (!o->files[o->n_files])
			return false;
	}
	return true;
}

struct config_origins *config_origins_new(struct config_draft *d)
{
	struct config_origins *o = calloc(1, sizeof(*o));
	size_t kinds = 0;

	if (!o)
		return NULL;
	while (config_kinds[kinds])
		kinds++;
	o->list = calloc(d->n_sections + kinds, sizeof(*o->list));
	if (o->list && copy_files(o, &d->report) && take_sections(o, d) && add_absent(o, d))
		return o;
	config_origins_free(o);
	return NULL;
}

static void origin_free(struct origin *origin)
{
	for (size_t i = 0; origin->options && i < origin->n_options; i++) {
		for (size_t j = 0; j < origin->options[i].n; j++)
			free(origin->options[i].texts[j]);
		free(origin->options[i].texts);
	}
	free(origin->options);
	free(origin->name);
}

void config_origins_free(struct config_origins *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->n; i++)
		origin_free(&o->list[i]);
	for (size_t i = 0; i < o->n_files; i++)
		free(o->files[i]);
	free(o->files);
	free(o->list);
	free(o);
}

/* ---- values as a file has them ---- */

/* A word that needs no quotes, as culvert.conf(5) says. */
static bool is_plain(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-:/";

	return *text && !strstr(text, "//") && strspn(text, letters) == strlen(text);
}

static void write_text(FILE *out, const char *text)
{
	if (is_plain(text)) {
		fputs(text, out);
		return;
	}
	putc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\' || (*text == '$' && text[1] == '{'))
			putc('\\', out);
		putc(*text, out);
	}
	putc('"', out);
}

static void write_element(FILE *out, bool first, const char *text)
{
	fputs(first ? " " : ", ", out);
	write_text(out, text);
}

static void write_list(FILE *out, char * const *texts, size_t n)
{
	if (n == 1) {
		write_text(out, texts[0]);
		return;
	}
	putc('{', out);
	for (size_t i = 0; i < n; i++)
		write_element(out, !i, texts[i]);
	fputs(" }", out);
}

/* The elements of a preset are separated by spaces. */
static void write_preset(FILE *out, const struct config_option *o)
{
	char *copy = strdup(o->preset), *rest = copy, *element;
	char *texts[64];
	size_t n = 0;

	if (!copy)
		return;
	while (o->type->list && n < 64 && (element = strsep(&rest, " ")))
		if (*element)
			texts[n++] = element;
	if (o->type->list)
		write_list(out, texts, n);
	else
		write_text(out, copy);
	free(copy);
}

static void write_value(FILE *out, const struct config_option *o, const struct said *said)
{
	if (said->place.line)
		write_list(out, said->texts, said->n);
	else if (o->preset)
		write_preset(out, o);
}

static char *value_of(const struct config_option *o, const struct said *said)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	write_value(out, o, said);
	fclose(out);
	return text;
}

/* ---- what is shown ---- */

static const char *file_of(const struct config_origins *o, struct config_place place)
{
	return place.line ? o->files[place.file] : NULL;
}

bool config_origin_section(const struct config *config, size_t i,
			   struct config_origin_section *section)
{
	const struct config_origins *o = config->origins;
	const struct origin *origin;

	if (i >= o->n)
		return false;
	origin = &o->list[i];
	*section = (struct config_origin_section){
		.section = origin->kind->name,
		.name = origin->name,
		.file = file_of(o, origin->place),
		.line = origin->place.line,
		.n_options = origin->n_options,
	};
	return true;
}

void config_origin_option(const struct config *config, size_t i, size_t j,
			  struct config_origin_option *option)
{
	const struct config_origins *o = config->origins;
	const struct config_option *row = &o->list[i].kind->options[j];
	const struct said *said = &o->list[i].options[j];

	*option = (struct config_origin_option){
		.option = row->name,
		.file = file_of(o, said->place),
		.line = said->place.line,
		.required = !row->preset,
	};
}

char *config_origin_value(const struct config *config, size_t i, size_t j)
{
	const struct origin *origin = &config->origins->list[i];

	return value_of(&origin->kind->options[j], &origin->options[j]);
}

/* ---- differences ---- */

struct comparison {
	const struct config_origins *before, *after;
	config_change_fn fn;
	void *ctx;
	bool complete;
};

static int by_name(const void *a, const void *b)
{
	const struct origin * const *x = a, * const *y = b;
	const int kinds = strcmp((*x)->kind->name, (*y)->kind->name);

	return kinds ? kinds : strcmp((*x)->name, (*y)->name);
}

/* Returns pointers to all, sorted; the caller frees. NULL: there is no memory. */
static const struct origin **sorted(const struct config_origins *o)
{
	const struct origin **list = calloc(o->n + 1, sizeof(struct origin *));

	for (size_t i = 0; list && i < o->n; i++)
		list[i] = &o->list[i];
	if (list)
		qsort(list, o->n, sizeof(*list), by_name);
	return list;
}

static const struct origin *find(const struct origin **list, size_t n, const struct origin *wanted)
{
	const struct origin **found = bsearch(&wanted, list, n, sizeof(*list), by_name);

	return found ? *found : NULL;
}

/* Set @field, which is zeroed, to what is said. Returns false if there is no memory. */
static bool set_field(const struct config_option *o, void *field, const struct said *said)
{
	char want[256];

	if (!said->place.line)
		return config_preset_option(o, field);
	for (size_t i = 0; i < said->n; i++)
		if (!o->type->set(o, field, said->texts[i], want, sizeof(want)))
			return false;
	return true;
}

static bool same_texts(const struct said *a, const struct said *b)
{
	if (!a->place.line != !b->place.line || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->texts[i], b->texts[i]))
			return false;
	return true;
}

/* However it is written. Without memory, texts that differ count as different. */
static bool same_value(const struct config_kind *kind, const struct config_option *o,
		       const struct said *a, const struct said *b)
{
	char *x, *y;
	bool same;

	if (same_texts(a, b))
		return true;
	x = calloc(1, kind->size);
	y = calloc(1, kind->size);
	same = x && y && set_field(o, x + o->offset, a) && set_field(o, y + o->offset, b) &&
	       config_same_option(o, x, y);
	if (x && o->type->clear)
		o->type->clear(x + o->offset);
	if (y && o->type->clear)
		o->type->clear(y + o->offset);
	free(x);
	free(y);
	return same;
}

static void tell(const struct comparison *c, const struct config_change *change)
{
	c->fn(c->ctx, change);
}

static struct config_change change_of(const struct comparison *c, enum config_change_kind kind,
				      const struct origin *origin, struct config_place place)
{
	return (struct config_change){
		.kind = kind,
		.section = origin->kind->name,
		.name = origin->name,
		.file = file_of(c->after, place),
		.line = place.line,
	};
}

static void tell_section(const struct comparison *c, enum config_change_kind kind,
			 const struct origin *origin)
{
	const struct config_place nowhere = { 0 };
	const struct config_change change =
		change_of(c, kind, origin, kind == CONFIG_ADDED ? origin->place : nowhere);

	tell(c, &change);
}

static void tell_option(struct comparison *c, const struct origin *before,
			const struct origin *after, size_t i)
{
	const struct config_option *o = &after->kind->options[i];
	struct config_change change = change_of(c, CONFIG_CHANGED, after, after->options[i].place);
	char *was = value_of(o, &before->options[i]), *is = value_of(o, &after->options[i]);

	change.option = o->name;
	change.restart = o->restart;
	change.before = was;
	change.after = is;
	if (was && is)
		tell(c, &change);
	else
		c->complete = false;
	free(was);
	free(is);
}

static void tell_content(const struct comparison *c, const struct origin *after)
{
	const struct config_option *o = config_find_option(after->kind, after->kind->content_of);
	struct config_change change = change_of(c, CONFIG_CONTENT, after,
						after->options[o - after->kind->options].place);

	change.option = o->name;
	tell(c, &change);
}

static void compare_sections(struct comparison *c, const struct origin *before,
			     const struct origin *after)
{
	for (size_t i = 0; i < after->n_options; i++)
		if (!same_value(after->kind, &after->kind->options[i], &before->options[i],
				&after->options[i]))
			tell_option(c, before, after, i);
	if (before->content != after->content)
		tell_content(c, after);
}

/* An added or removed section without a name is one whose options had or get their defaults. */
static void compare_all(struct comparison *c, const struct origin **before,
			const struct origin **after)
{
	for (size_t i = 0; i < c->after->n; i++) {
		const struct origin *now = &c->after->list[i];
		const struct origin *then = find(before, c->before->n, now);

		if (then)
			compare_sections(c, then, now);
		else
			tell_section(c, CONFIG_ADDED, now);
	}
	for (size_t i = 0; i < c->before->n; i++)
		if (!find(after, c->after->n, &c->before->list[i]))
			tell_section(c, CONFIG_REMOVED, &c->before->list[i]);
}

bool config_compare(const struct config *before, const struct config *after, config_change_fn fn,
		    void *ctx)
{
	struct comparison c = { before->origins, after->origins, fn, ctx, true };
	const struct origin **then = sorted(before->origins), **now = sorted(after->origins);

	if (then && now)
		compare_all(&c, then, now);
	else
		c.complete = false;
	free(then);
	free(now);
	return c.complete;
}

static const struct origin *find_section(const struct config_origins *o, const char *section)
{
	for (size_t i = 0; i < o->n; i++)
		if (!strcmp(o->list[i].kind->name, section))
			return &o->list[i];
	return NULL;
}

bool config_needs_restart(const struct config *before, const struct config *after,
			  const char *section)
{
	const struct origin *then = find_section(before->origins, section);
	const struct origin *now = find_section(after->origins, section);

	for (size_t i = 0; then && now && i < now->n_options; i++)
		if (now->kind->options[i].restart &&
		    !same_value(now->kind, &now->kind->options[i], &then->options[i],
				&now->options[i]))
			return true;
	return false;
}

/* ---- all options ---- */

static void write_option(FILE *out, const struct config_option *o)
{
	fprintf(out, "#\t# %s", o->means);
	if (o->unit)
		fprintf(out, " (%s)", o->unit);
	if (!o->preset)
		fputs("; has to be set", out);
	fprintf(out, "\n#\t%s = ", o->name);
	if (o->preset)
		write_preset(out, o);
	putc('\n', out);
}

static void write_kind(FILE *out, const struct config_kind *kind)
{
	const struct config_option *o;

	fprintf(out, "\n# %s\n#%s%s {\n", kind->means, kind->name, kind->titled ? " \"NAME\"" : "");
	for_each_option(o, kind)
		write_option(out, o);
	fputs("#}\n", out);
}

void config_write_defaults(FILE *out)
{
	fputs("# All sections and options of culvert.conf(5) with their defaults. To change one, take\n"
	      "# away the # before it, and before its section.\n", out);
	for (size_t k = 0; config_kinds[k]; k++)
		write_kind(out, config_kinds[k]);
}
