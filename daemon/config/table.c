// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "config/table.h"

const struct config_kind * const config_kinds[] = {
	&config_kind_log, &config_kind_control, &config_kind_pool,
	&config_kind_profile, &config_kind_server,
	&config_kind_client, &config_kind_user, &config_kind_abuse, &config_kind_nas,
	&config_kind_database, &config_kind_radius, &config_kind_radius_group, &config_kind_realm,
	&config_kind_accounting, &config_kind_state, &config_kind_coa, &config_kind_coa_client,
	&config_kind_hooks, &config_kind_web, NULL,
};

const struct config_kind *config_find_kind(const char *name)
{
	for (size_t i = 0; config_kinds[i]; i++)
		if (!strcmp(config_kinds[i]->name, name))
			return config_kinds[i];
	return NULL;
}

static const struct config_option *find_option(const struct config_kind *kind, const char *name)
{
	const struct config_option *o;

	for_each_option(o, kind)
		if (!strcmp(o->name, name))
			return o;
	return NULL;
}

const struct config_option *config_find_option(const struct config_kind *kind, const char *name)
{
	/* What else options are called, where a kind of section has them. */
	static const struct {
		const char *also, *name;
		const struct config_kind *only;		/* NULL: whichever has it */
	} names[] = {
		{ "wins", "nbns", NULL },
		{ "password-file", "secret-file", &config_kind_client },
		{ "pptp-echo-interval", "echo-interval", NULL },
		{ "pptp-echo-timeout", "echo-timeout", NULL },
	};
	const struct config_option *option = find_option(kind, name);

	for (size_t i = 0; !option && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].also, name) && (!names[i].only || names[i].only == kind))
			option = find_option(kind, names[i].name);
	return option;
}

/* FNV-1a, 64 bits. */
uint64_t config_content(uint64_t so_far, const void *data, size_t len)
{
	const uint8_t *p = data;

	so_far = so_far ? so_far : UINT64_C(14695981039346656037);
	for (size_t i = 0; i < len; i++)
		so_far = (so_far ^ p[i]) * UINT64_C(1099511628211);
	return so_far;
}

uint64_t config_content_of_text(uint64_t so_far, const char *text)
{
	return text ? config_content(so_far, text, strlen(text) + 1) : so_far;
}

static bool preset_list(const struct config_option *option, void *field)
{
	char *copy = strdup(option->preset), *rest = copy, *element, want[128];
	bool ok = copy;

	while (ok && (element = strsep(&rest, " ")))
		if (*element)
			ok = option->type->set(option, field, element, want, sizeof(want));
	free(copy);
	return ok;
}

bool config_preset_option(const struct config_option *option, void *field)
{
	char want[128];

	if (!option->preset)
		return true;
	if (option->type->list)
		return preset_list(option, field);
	return option->type->set(option, field, option->preset, want, sizeof(want));
}

bool config_preset(const struct config_kind *kind, void *values)
{
	const struct config_option *o;

	for_each_option(o, kind)
		if (!config_preset_option(o, (char *)values + o->offset))
			return false;
	return true;
}

void config_clear(const struct config_kind *kind, void *values)
{
	const struct config_option *o;

	for_each_option(o, kind)
		if (o->type->clear)
			o->type->clear((char *)values + o->offset);
	if (kind->release)
		kind->release(values);
}

bool config_same_option(const struct config_option *o, const void *a, const void *b)
{
	a = (const char *)a + o->offset;
	b = (const char *)b + o->offset;
	return o->type->size ? !memcmp(a, b, o->type->size) : o->type->same(a, b);
}

bool config_same_values(const struct config_kind *kind, const void *a, const void *b)
{
	const struct config_option *o;

	for_each_option(o, kind)
		if (!config_same_option(o, a, b))
			return false;
	return true;
}

bool config_option_info(size_t i, struct config_option_info *info)
{
	const struct config_option *o;

	for (size_t k = 0; config_kinds[k]; k++) {
		for_each_option(o, config_kinds[k]) {
			if (i--)
				continue;
			*info = (struct config_option_info){
				.section = config_kinds[k]->name, .name = o->name,
				.type = o->type->name, .preset = o->preset,
				.unit = o->unit ? o->unit : "",
			};
			return true;
		}
	}
	return false;
}
