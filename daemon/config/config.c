// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading has three steps. The files are parsed into a draft. Then the draft is checked for
 * mistakes that cannot be seen while parsing. If there is no mistake, the values of the draft move
 * into a struct config.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "config/check.h"
#include "config/config.h"
#include "config/draft.h"
#include "config/include.h"
#include "config/origin.h"
#include "config/parse.h"
#include "aaa/password.h"
#include "util/text.h"

/*
 * Initialise @config without sections, with room for those of @d. Returns false if there is no
 * memory.
 */
static bool make_room(struct config *config, const struct config_draft *d, const char *path)
{
	const size_t n = d->n_sections + 1;

	config->path = strdup(path);
	config->pools = calloc(n, sizeof(*config->pools));
	config->profiles = calloc(n, sizeof(*config->profiles));
	config->servers = calloc(n, sizeof(*config->servers));
	config->clients = calloc(n, sizeof(*config->clients));
	config->users = calloc(n, sizeof(*config->users));
	config->owners = calloc(n, sizeof(*config->owners));
	config->databases = calloc(n, sizeof(*config->databases));
	config->radius = calloc(n, sizeof(*config->radius));
	config->radius_groups = calloc(n, sizeof(*config->radius_groups));
	config->realms = calloc(n, sizeof(*config->realms));
	config->coa_clients = calloc(n, sizeof(*config->coa_clients));
	return config->path && config->pools && config->profiles && config->servers &&
	       config->clients && config->users && config->owners && config->databases &&
	       config->radius && config->radius_groups && config->realms && config->coa_clients &&
	       config_preset(&config_kind_log, &config->log) &&
	       config_preset(&config_kind_control, &config->control) &&
	       config_preset(&config_kind_abuse, &config->abuse) &&
	       config_preset(&config_kind_nas, &config->nas) &&
	       config_preset(&config_kind_accounting, &config->accounting) &&
	       config_preset(&config_kind_state, &config->state) &&
	       config_preset(&config_kind_coa, &config->coa) &&
	       config_preset(&config_kind_hooks, &config->hooks) &&
	       config_preset(&config_kind_web, &config->web);
}

/* A NAS has to have a name or an address (RFC 2865 section 4.1). */
static bool name_nas(struct config_nas *nas)
{
	char name[65] = "";

	if (*nas->identifier)
		return true;
	gethostname(name, sizeof(name) - 1);
	free(nas->identifier);
	nas->identifier = strdup(*name ? name : "culvert");
	return nas->identifier;
}

static bool move_sections(struct config *config, const struct config_draft *d)
{
	struct config_section *s;

	for (size_t k = 0; config_kinds[k]; k++)
		for_each_section(d, s, config_kinds[k])
			if (!config_kinds[k]->move(config, d, s))
				return false;
	return true;
}

static int by_folded_name(const void *a, const void *b)
{
	const struct config_user *x = a, *y = b;

	return strcasecmp(x->name, y->name);
}

static int by_either_name(const void *a, const void *b)
{
	const struct config_user *x = a, *y = b;
	const int folded = by_folded_name(a, b);

	return folded ? folded : strcmp(x->name, y->name);
}

static int by_address(const void *a, const void *b)
{
	const struct config_user * const *x = a, * const *y = b;

	return ip_compare((*x)->address, (*y)->address);
}

static void sort_users(struct config *config)
{
	qsort(config->users, config->n_users, sizeof(*config->users), by_either_name);
	for (size_t i = 0; i < config->n_users; i++)
		if (ip_is_set(config->users[i].address))
			config->owners[config->n_owners++] = &config->users[i];
	qsort(config->owners, config->n_owners, sizeof(*config->owners), by_address);
}

static struct config *make_config(struct config_draft *d, const char *path)
{
	struct config *config = calloc(1, sizeof(*config));

	if (!config)
		return NULL;
	config->refs = 1;
	config->origins = config_origins_new(d);
	if (!config->origins || !make_room(config, d, path) || !move_sections(config, d) ||
	    !name_nas(&config->nas)) {
		config_put(config);
		return NULL;
	}
	sort_users(config);
	return config;
}

/* What was read is complete: check it. Returns NULL if there is a mistake. Frees @d. */
static struct config *finish(struct config_draft *d, const char *path, struct diag *diag)
{
	struct config *config = NULL;

	config_check(d);
	if (report_is_good(&d->report)) {
		config = make_config(d, path);
		if (!config)
			report_no_memory(&d->report);
	}
	draft_free(d);
	diag_close(diag, path);
	return config;
}

struct config *config_load(const char *path, struct diag *diag)
{
	struct config_draft d;

	draft_init(&d, diag);
	config_read(&d, path);
	return finish(&d, path, diag);
}

/* ---- a client that is in no file ---- */

/* Give a list its elements, which commas separate. */
static void set_elements(struct config_draft *d, struct config_section *s,
			 const struct config_option *option, struct config_place place,
			 const char *value)
{
	char *copy = strdup(value), *rest = copy, *element;

	if (!copy)
		report_no_memory(&d->report);
	while ((element = strsep(&rest, ","))) {
		size_t len;

		element += strspn(element, " ");
		for (len = strlen(element); len && element[len - 1] == ' '; len--)
			element[len - 1] = '\0';
		if (*element || rest)
			draft_value(d, s, option, place, element);
	}
	free(copy);
}

static void set_option(struct config_draft *d, struct config_section *s, struct config_place place,
		       const struct config_setting *setting)
{
	const struct config_option *option = config_find_option(s->kind, setting->name);

	if (!option)
		config_unknown_option(d, s, place, setting->name);
	else if (!draft_option(d, s, option, place, false))
		;
	else if (option->type->list)
		set_elements(d, s, option, place, setting->value);
	else
		draft_value(d, s, option, place, setting->value);
}

static void set_password(struct config_draft *d, struct config_section *s, const char *password)
{
	struct config_client *c = s->values;

	if (!*password || strlen(password) > PASSWORD_MAX || text_has_control(password)) {
		report_error(&d->report, s->place, "expected a password of 1 to %d octets without "
			     "control characters", PASSWORD_MAX);
		return;
	}
	c->password = strdup(password);
	if (!c->password)
		report_no_memory(&d->report);
}

/* Each option stands in a line of its own, as it were. */
static void draft_client(struct config_draft *d, const char *name,
			 const struct config_setting *settings, size_t n, const char *password)
{
	struct config_place place = { .file = report_file(&d->report, "client"), .line = 1 };
	struct config_section *s;

	if (place.file == REPORT_NO_FILE) {
		report_no_memory(&d->report);
		return;
	}
	d->report.no_lines = true;
	s = draft_section(d, &config_kind_client, name, place);
	for (size_t i = 0; s && i < n; i++) {
		place.line++;
		set_option(d, s, place, &settings[i]);
	}
	if (s && password)
		set_password(d, s, password);
}

struct config *config_of_client(const char *name, const struct config_setting *settings, size_t n,
				const char *password, struct diag *diag)
{
	struct config_draft d;

	draft_init(&d, diag);
	draft_client(&d, name, settings, n, password);
	return finish(&d, name, diag);
}

struct config *config_get(struct config *config)
{
	config->refs++;
	return config;
}

static void pool_free(struct config_pool *pool)
{
	free(pool->name);
	free(pool->ranges);
	free(pool->exclude);
	free(pool->next);
}

static void server_free(struct config_server *server)
{
	struct server_values v = { .server = *server };

	config_clear(&config_kind_server, &v);
}

static void user_free(struct config_user *user)
{
	struct user_values v = { .user = *user };

	config_clear(&config_kind_user, &v);
}

void config_put(struct config *config)
{
	if (!config || --config->refs)
		return;
	for (size_t i = 0; i < config->n_pools; i++)
		pool_free(&config->pools[i]);
	for (size_t i = 0; i < config->n_servers; i++)
		server_free(&config->servers[i]);
	for (size_t i = 0; i < config->n_clients; i++)
		config_clear(&config_kind_client, &config->clients[i]);
	for (size_t i = 0; i < config->n_users; i++)
		user_free(&config->users[i]);
	for (size_t i = 0; i < config->n_profiles; i++)
		config_clear(&config_kind_profile, &config->profiles[i]);
	for (size_t i = 0; i < config->n_databases; i++)
		config_clear(&config_kind_database, &config->databases[i]);
	for (size_t i = 0; i < config->n_radius; i++)
		config_clear(&config_kind_radius, &config->radius[i]);
	for (size_t i = 0; i < config->n_radius_groups; i++)
		config_clear(&config_kind_radius_group, &config->radius_groups[i]);
	for (size_t i = 0; i < config->n_realms; i++)
		config_clear(&config_kind_realm, &config->realms[i]);
	config_clear(&config_kind_control, &config->control);
	for (size_t i = 0; i < config->n_coa_clients; i++)
		config_clear(&config_kind_coa_client, &config->coa_clients[i]);
	config_clear(&config_kind_abuse, &config->abuse);
	config_clear(&config_kind_nas, &config->nas);
	config_clear(&config_kind_accounting, &config->accounting);
	config_clear(&config_kind_state, &config->state);
	config_clear(&config_kind_coa, &config->coa);
	config_clear(&config_kind_web, &config->web);
	config_origins_free(config->origins);
	free(config->coa_clients);
	free(config->realms);
	free(config->radius_groups);
	free(config->radius);
	free(config->databases);
	free(config->owners);
	free(config->users);
	free(config->clients);
	free(config->servers);
	free(config->profiles);
	free(config->pools);
	free(config->path);
	free(config);
}

struct place config_outside(const struct config_server *server)
{
	return (struct place){
		.netns = server->netns,
		.vrf = server->vrf && *server->vrf ? server->vrf : server->device,
	};
}

const struct config_server *config_find_server(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_servers; i++)
		if (!strcmp(config->servers[i].name, name))
			return &config->servers[i];
	return NULL;
}

const struct config_profile *config_find_profile(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_profiles; i++)
		if (!strcmp(config->profiles[i].name, name))
			return &config->profiles[i];
	return NULL;
}

const char *config_find_interface(const struct config *config, const char *name, const char **whose)
{
	for (size_t i = 0; i < config->n_servers; i++)
		if (config->servers[i].link == CONFIG_LINK_SHARED &&
		    !strcmp(config->servers[i].interface, name)) {
			*whose = config->servers[i].name;
			return "server";
		}
	for (size_t i = 0; i < config->n_clients; i++)
		if (!strcmp(config->clients[i].interface, name)) {
			*whose = config->clients[i].name;
			return "client";
		}
	return NULL;
}

const struct config_client *config_find_client(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_clients; i++)
		if (!strcmp(config->clients[i].name, name))
			return &config->clients[i];
	return NULL;
}

const struct config_user *config_find_user(const struct config *config, const char *name)
{
	return config_match_user(config, name, false);
}

const struct config_user *config_match_user(const struct config *config, const char *name,
					    bool fold_case)
{
	const struct config_user wanted = { .name = (char *)(uintptr_t)name };

	if (!config->n_users)
		return NULL;
	return bsearch(&wanted, config->users, config->n_users, sizeof(wanted),
		       fold_case ? by_folded_name : by_either_name);
}

const struct config_user *config_find_owner(const struct config *config, struct ip_addr address)
{
	const struct config_user wanted = { .address = address }, *key = &wanted;
	const struct config_user **found = NULL;

	if (config->n_owners)
		found = bsearch(&key, config->owners, config->n_owners, sizeof(key), by_address);
	return found ? *found : NULL;
}

const struct config_realm *config_find_realm(const struct config *config, const char *name,
					     size_t len)
{
	for (size_t i = 0; i < config->n_realms; i++) {
		const struct config_realm *realm = &config->realms[i];

		if (strlen(realm->name) == len && !strncasecmp(realm->name, name, len))
			return realm;
	}
	return NULL;
}

bool config_same_client(const struct config_client *a, const struct config_client *b)
{
	return config_same_values(&config_kind_client, a, b) && !strcmp(a->name, b->name) &&
	       !strcmp(a->password ? a->password : "", b->password ? b->password : "");
}
