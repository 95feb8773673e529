// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "control/idl_check.h"

/* One step on the way to a value: the member @name, or if that is NULL the element @index. */
struct step {
	const struct step *before;
	const char *name;
	size_t index;
};

static void write_path(const struct step *step, char *path, size_t size)
{
	size_t len;

	if (!step)
		return;
	write_path(step->before, path, size);
	len = strlen(path);
	if (step->name)
		snprintf(path + len, size - len, "%s%s", len ? "." : "", step->name);
	else
		snprintf(path + len, size - len, "[%zu]", step->index);
}

static bool misfits(const struct step *at, struct idl_misfit *misfit, const char *text)
{
	*misfit->path = '\0';
	write_path(at, misfit->path, sizeof(misfit->path));
	snprintf(misfit->text, sizeof(misfit->text), "%s", text);
	return false;
}

static bool check(const struct idl_type *type, json_t *value, const struct step *at,
		  struct idl_misfit *misfit);

static bool check_enum(const struct idl_type *type, const json_t *value, const struct step *at,
		       struct idl_misfit *misfit)
{
	const char *text = json_string_value(value);
	char expected[sizeof(misfit->text)] = "expected";

	for (const struct idl_field *f = type->fields; f; f = f->next) {
		size_t len = strlen(expected);

		if (text && !strcmp(f->name, text))
			return true;
		snprintf(expected + len, sizeof(expected) - len, "%s \"%s\"",
			 f == type->fields ? "" : f->next ? "," : " or", f->name);
	}
	return misfits(at, misfit, expected);
}

static const struct idl_field *find_field(const struct idl_type *type, const char *name)
{
	for (const struct idl_field *f = type->fields; f; f = f->next)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

static bool check_struct(const struct idl_type *type, json_t *value, const struct step *at,
			 struct idl_misfit *misfit)
{
	struct step in = { .before = at };
	json_t *member;
	const char *name;

	if (!json_is_object(value))
		return misfits(at, misfit, "expected an object");
	json_object_foreach(value, name, member) {
		in.name = name;
		if (!find_field(type, name))
			return misfits(&in, misfit, "there is no such member");
	}
	for (const struct idl_field *f = type->fields; f; f = f->next) {
		in.name = f->name;
		member = json_object_get(value, f->name);
		if (f->type->kind == IDL_MAYBE && json_is_null(member)) {
			json_object_del(value, f->name);
			continue;
		}
		if (!member && f->type->kind != IDL_MAYBE)
			return misfits(&in, misfit, "it is missing");
		if (member && !check(f->type, member, &in, misfit))
			return false;
	}
	return true;
}

static bool check_map(const struct idl_type *type, json_t *value, const struct step *at,
		      struct idl_misfit *misfit)
{
	struct step in = { .before = at };
	json_t *member;

	if (!json_is_object(value))
		return misfits(at, misfit, "expected an object");
	json_object_foreach(value, in.name, member)
		if (!check(type->of, member, &in, misfit))
			return false;
	return true;
}

static bool check_array(const struct idl_type *type, json_t *value, const struct step *at,
			struct idl_misfit *misfit)
{
	struct step in = { .before = at };
	json_t *element;

	if (!json_is_array(value))
		return misfits(at, misfit, "expected an array");
	json_array_foreach(value, in.index, element)
		if (!check(type->of, element, &in, misfit))
			return false;
	return true;
}

static bool check(const struct idl_type *type, json_t *value, const struct step *at,
		  struct idl_misfit *misfit)
{
	switch (type->kind) {
	case IDL_BOOL:
		return json_is_boolean(value) || misfits(at, misfit, "expected true or false");
	case IDL_INT:
		return json_is_integer(value) || misfits(at, misfit, "expected a whole number");
	case IDL_FLOAT:
		return json_is_number(value) || misfits(at, misfit, "expected a number");
	case IDL_STRING:
		return json_is_string(value) || misfits(at, misfit, "expected a text");
	case IDL_OBJECT:
		return json_is_object(value) || misfits(at, misfit, "expected an object");
	case IDL_ANY:
		return !json_is_null(value) || misfits(at, misfit, "expected a value");
	case IDL_ENUM:
		return check_enum(type, value, at, misfit);
	case IDL_STRUCT:
		return check_struct(type, value, at, misfit);
	case IDL_NAMED:
		return check(type->of, value, at, misfit);
	case IDL_MAYBE:
		return json_is_null(value) || check(type->of, value, at, misfit);
	case IDL_ARRAY:
		return check_array(type, value, at, misfit);
	case IDL_MAP:
		return check_map(type, value, at, misfit);
	}
	return false;
}

bool idl_check(const struct idl_type *type, json_t *value, struct idl_misfit *misfit)
{
	return check(type, value, NULL, misfit);
}
