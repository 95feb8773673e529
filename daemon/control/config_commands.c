// SPDX-License-Identifier: GPL-2.0-only
/* org.culvert.Config: what is in use, and what a reload would change. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/origin.h"
#include "control/commands_priv.h"
#include "control/objects.h"
#include "util/callback.h"
#include "util/text.h"

#define CHANGES		500	/* of an answer */
#define VALUE_SHOWN	256	/* octets of a value in a change */

/* ---- what is in use ---- */

struct showing {
	struct config *config;		/* a reference */
	json_t *parameters;		/* a reference, which keeps the texts */
	const char *section, *name;	/* NULL: any */
	bool all;
	size_t at;
};

static void *open_show(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;
	struct showing *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->config = config_get(api->servers->config);
	s->parameters = json_incref((json_t *)parameters);
	s->section = json_string_value(json_object_get(parameters, "section"));
	s->name = json_string_value(json_object_get(parameters, "name"));
	s->all = json_is_true(json_object_get(parameters, "all"));
	return s;
}

static void close_show(void *ctx)
{
	struct showing *s = ctx;

	config_put(s->config);
	json_decref(s->parameters);
	free(s);
}

/* Returns a text that is fit for JSON, of at most @most octets of @value; NULL if there is no memory. */
static json_t *shown(const char *value, size_t most)
{
	const size_t len = strnlen(value, most);
	char *text = malloc(TEXT_SHOW_SIZE(len));
	json_t *object = NULL;

	if (text) {
		text_show(text, TEXT_SHOW_SIZE(len), value, len);
		object = json_string(text);
	}
	free(text);
	return object;
}

/* Its name may be any octets. */
static json_t *file_of(const char *file)
{
	return file ? shown(file, SIZE_MAX) : NULL;
}

/* Returns JSON's number, or NULL, which makes no member, if there is no file. */
static json_t *line_of(const char *file, unsigned int line)
{
	return file ? json_integer(line) : NULL;
}

static json_t *object_of_option(const struct showing *s, size_t i, size_t j)
{
	struct config_origin_option o;
	char *value = NULL;
	json_t *object;

	config_origin_option(s->config, i, j, &o);
	if (o.file || !o.required)
		value = config_origin_value(s->config, i, j);
	object = json_pack("{s:s, s:o, s:o*, s:o*}", "option", o.option,
			   "value", value ? shown(value, SIZE_MAX) : json_null(), "file", file_of(o.file),
			   "line", line_of(o.file, o.line));
	free(value);
	return object;
}

static json_t *options_of(const struct showing *s, size_t i, size_t n)
{
	json_t *options = json_array();
	struct config_origin_option o;

	for (size_t j = 0; j < n; j++) {
		config_origin_option(s->config, i, j, &o);
		if (s->all || o.file)
			json_array_append_new(options, object_of_option(s, i, j));
	}
	return options;
}

static bool is_wanted(const struct showing *s, const struct config_origin_section *section)
{
	return (s->all || section->file) &&
	       (!s->section || !strcmp(s->section, section->section)) &&
	       (!s->name || !strcmp(s->name, section->name));
}

static json_t *object_of_section(const struct showing *s, size_t i,
				 const struct config_origin_section *section)
{
	return json_pack("{s:s, s:s, s:o*, s:o*, s:o}", "section", section->section,
			 "name", section->name, "file", file_of(section->file),
			 "line", line_of(section->file, section->line),
			 "options", options_of(s, i, section->n_options));
}

static enum control_next next_section(void *ctx, json_t **element)
{
	struct showing *s = ctx;
	struct config_origin_section section;

	for (; config_origin_section(s->config, s->at, &section); s->at++) {
		if (is_wanted(s, &section)) {
			*element = object_of_section(s, s->at++, &section);
			return CONTROL_ELEMENT;
		}
		if (!callback_has_time()) {
			s->at++;
			return CONTROL_LATER;
		}
	}
	return CONTROL_END;
}

const struct control_list api_config_show = {
	.member = "sections",
	.open = open_show,
	.next = next_section,
	.close = close_show,
};

/* ---- what a reload would change ---- */

struct looking {
	struct control_answer *answer;
	json_t *changes;
	json_int_t missing;
};

/* What is no change of an option has no values. */
static json_t *value_object(const char *value)
{
	return value ? shown(value, VALUE_SHOWN) : json_null();
}

static json_t *object_of_change(const struct config_change *c)
{
	static const char * const kinds[] = {
		[CONFIG_ADDED] = "added",
		[CONFIG_REMOVED] = "removed",
		[CONFIG_CHANGED] = "changed",
		[CONFIG_CONTENT] = "content",
	};

	return json_pack("{s:s, s:s, s:s, s:s?, s:o, s:o, s:o*, s:o*, s:b}",
			 "kind", kinds[c->kind],
			 "section", c->section,
			 "name", c->name,
			 "option", c->option,
			 "before", value_object(c->before),
			 "after", value_object(c->after),
			 "file", file_of(c->file),
			 "line", line_of(c->file, c->line),
			 "restart", c->restart);
}

static void add_change(void *ctx, const struct config_change *change)
{
	struct looking *l = ctx;

	if (json_array_size(l->changes) < CHANGES)
		json_array_append_new(l->changes, object_of_change(change));
	else
		l->missing++;
}

/* On a thread: @l belongs to it now. */
static void compare(void *ctx, const struct config *before, const struct config *after)
{
	struct looking *l = ctx;

	if (after && !config_compare(before, after, add_change, l)) {
		json_decref(l->changes);
		l->changes = NULL;
	}
}

static void compared(void *ctx, const struct diag *diag)
{
	struct looking *l = ctx;

	control_answer(l->answer, l->changes ? json_pack("{s:o, s:I, s:o, s:o}",
							 "changes", l->changes,
							 "missing", l->missing,
							 "errors", lines_of_diag(diag, false),
							 "warnings", lines_of_diag(diag, true)) :
					       NULL);
	free(l);
}

void api_config_diff(void *ctx, const json_t *parameters, struct control_answer *answer)
{
	const struct api *api = ctx;
	struct looking *l = calloc(1, sizeof(*l));

	if (l) {
		l->answer = answer;
		l->changes = json_array();
		if (l->changes && !api->compare(api->daemon, compare, compared, l))
			return;
		json_decref(l->changes);
		free(l);
	}
	control_answer(answer, NULL);
}
