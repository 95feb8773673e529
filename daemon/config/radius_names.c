// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "aaa/password.h"
#include "config/radius_names.h"
#include "util/text.h"

static const struct config_kind * const kinds[] = {
	&config_kind_radius, &config_kind_radius_group,
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

bool config_is_host(struct ip_addr address)
{
	if (address.family == AF_INET && ip_number(address) >> 24 == IN_LOOPBACKNET)
		return true;
	if (address.family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&address.v6))
		return true;
	return ip_is_unicast(address);
}

void config_take_radius_name(struct config_draft *d, struct config_section *s)
{
	/* the address of @kinds stands for names that both kinds share */
	const struct config_section *other = draft_take_name(d, kinds, s->name, s);
	char where[REPORT_WHERE_SIZE];

	if (other)
		report_error(&d->report, s->place, "the name \"%s\" is taken already by %s (%s); "
			     "a server and a group cannot have the same", s->name,
			     other->kind->name,
			     report_where(&d->report, s->place, other->place, where));
}

static bool serves(const struct config_section *server, enum config_radius_use use)
{
	const struct config_radius *r = server->values;

	/* a mistake in it was reported, and hides whether it serves */
	if (server->doubtful || !section_knows(server, "port", "accounting-port"))
		return true;
	return use == CONFIG_RADIUS_LOGINS ? r->port : r->accounting_port;
}

static bool group_serves(const struct config_draft *d, const struct config_section *group,
			 enum config_radius_use use)
{
	const struct config_radius_group *g = group->values;

	if (group->doubtful || !section_knows(group, "servers"))
		return true;
	for (size_t i = 0; i < g->servers.n; i++) {
		const struct config_section *server = draft_find(d, &config_kind_radius,
								 g->servers.list[i]);

		if (!server || serves(server, use))
			return true;
	}
	return false;
}

/* Returns a name of a server or a group that @name resembles, or NULL. */
static const char *resembling(const struct config_draft *d, const char *name)
{
	const struct config_section *s;

	for (size_t k = 0; k < N_KINDS; k++)
		for_each_section(d, s, kinds[k])
			if (text_resembles(name, s->name))
				return s->name;
	return NULL;
}

static void report_unknown(struct config_draft *d, const struct config_section *s,
			   const char *option, const char *name)
{
	const char *near = resembling(d, name);

	if (near)
		report_error(&d->report, section_place(s, option), "there is no radius-group "
			     "\"%s\", and no radius \"%s\"; did you mean \"%s\"?", name, name,
			     near);
	else
		report_error(&d->report, section_place(s, option), "there is no radius-group "
			     "\"%s\", and no radius \"%s\"; expected the name of such a section",
			     name, name);
}

void config_check_radius_name(struct config_draft *d, const struct config_section *s,
			      const char *option, const char *name, enum config_radius_use use)
{
	const struct config_section *server = draft_find(d, &config_kind_radius, name);
	const struct config_section *group = draft_find(d, &config_kind_radius_group, name);

	if (!server && !group)
		report_unknown(d, s, option, name);
	else if (group ? !group_serves(d, group, use) : !serves(server, use))
		report_error(&d->report, section_place(s, option),
			     "%s is \"%s\", which has no server for %s; expected one whose %s is "
			     "not 0", option, name,
			     use == CONFIG_RADIUS_LOGINS ? "logins" : "accounting",
			     use == CONFIG_RADIUS_LOGINS ? "port" : "accounting-port");
}

char *config_load_secret(struct config_draft *d, const struct config_section *s, const char *option,
			 const char *path)
{
	struct config_place place = section_place(s, option);
	struct diag diag;
	char *secret;

	diag_init(&diag);
	secret = password_load(path, &diag);
	report_other_file(&d->report, place, &diag);
	if (!secret)
		report_error(&d->report, place, "%s \"%s\" cannot do without %s", s->kind->name,
			     s->name, path);
	return secret;
}

bool config_check_netns(struct config_draft *d, const struct config_section *s, const char *option,
			const char *name)
{
	if (!section_knows(s, option) ||
	    (!strchr(name, '/') && strcmp(name, ".") && strcmp(name, "..")))
		return true;
	report_error(&d->report, section_place(s, option),
		     "%s is \"%s\": expected a name as \"ip netns\" shows it", option, name);
	return false;
}
