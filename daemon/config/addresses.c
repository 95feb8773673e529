// SPDX-License-Identifier: GPL-2.0-only
/*
 * Warnings of inner addresses that collide with outer ones, and of outer ones that are not there. They
 * are no mistakes: an interface may come later, nobody may ever call from the network that it is in,
 * and a client may never dial.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "aaa/secrets.h"
#include "config/check.h"
#include "util/local.h"

struct host {
	struct config_draft *draft;
	struct local_network *networks;	/* in which a server of ours can be called */
	size_t n;
	const struct config_section **owners;	/* users with an address, sorted by it */
	size_t n_owners;
};

static const struct config_server *server_of(const struct config_section *s)
{
	return &((const struct server_values *)s->values)->server;
}

static bool has(const struct config_addresses *list, struct ip_addr address)
{
	for (size_t i = 0; i < list->n; i++)
		if (ip_equal(list->list[i], address))
			return true;
	return false;
}

static bool has_any(const struct config_addresses *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (ip_is_any(list->list[i]))
			return true;
	return false;
}

/* Returns true if a server listens on @address of this host, and not in a place of its own. */
static bool is_listened_on(const struct config_draft *d, struct ip_addr address)
{
	const struct config_section *s;

	for_each_section(d, s, &config_kind_server)
		if (place_is_here(config_outside(server_of(s))) &&
		    (has_any(&server_of(s)->listen) || has(&server_of(s)->listen, address)))
			return true;
	return false;
}

/* Leave only the networks in which a server can be called. */
static void keep_networks_of_callers(struct host *host)
{
	size_t kept = 0;

	for (size_t i = 0; i < host->n; i++)
		if (is_listened_on(host->draft, host->networks[i].address))
			host->networks[kept++] = host->networks[i];
	host->n = kept;
}

static struct ipv4_range range_of(const struct ip_prefix *prefix)
{
	uint32_t first = ip_number(prefix->address);

	return (struct ipv4_range){ first, first | UINT32_MAX >> prefix->length };
}

static const struct local_network *network_with(const struct host *host,
						const struct ipv4_range *range)
{
	for (size_t i = 0; i < host->n; i++) {
		struct ipv4_range network = range_of(&host->networks[i].network);

		if (ipv4_ranges_overlap(&network, range))
			return &host->networks[i];
	}
	return NULL;
}

/* --- servers that clients call ------------------------------------------------------------ */

#define CALLED	"which is the server of client \"%s\": a session that is given this address " \
		"keeps the client from reaching it"

/* Returns false if the server of the client @s has a name, which may have any address. */
static bool called_by(const struct config_section *s, struct ip_addr *address)
{
	const struct config_client *client = s->values;

	return ip_parse_v4(client->server, address);
}

/* Returns a client whose server has @address, or NULL. */
static const struct config_section *who_calls(const struct config_draft *d, struct ip_addr address)
{
	const struct config_section *s;
	struct ip_addr called;

	for_each_section(d, s, &config_kind_client)
		if (called_by(s, &called) && ip_equal(called, address))
			return s;
	return NULL;
}

/* --- RADIUS servers ------------------------------------------------------------------------ */

#define ASKED	"which is RADIUS server \"%s\": a session that is given this address keeps the " \
		"server from being asked"

/* Returns true if the RADIUS server @s is where sessions are. */
static bool is_beside_sessions(const struct config_section *s)
{
	const struct config_radius *r = s->values;

	return !*r->vrf && !*r->netns;
}

/* Returns a RADIUS server with @address, or NULL. */
static const struct config_section *who_is_asked(const struct config_draft *d,
						 struct ip_addr address)
{
	const struct config_section *s;

	for_each_section(d, s, &config_kind_radius)
		if (is_beside_sessions(s) &&
		    ip_equal(((const struct config_radius *)s->values)->address, address))
			return s;
	return NULL;
}

/* --- pools -------------------------------------------------------------------------------- */

#define CALLERS	"where servers can be called: a caller whose own address a session was given " \
		"cannot be reached any more"

static void check_pool_against_clients(const struct host *host, const struct config_section *s)
{
	const struct pool_values *pool = s->values;
	const struct config_section *client;
	struct ip_addr called;

	for_each_section(host->draft, client, &config_kind_client)
		if (called_by(client, &called) && !has(&pool->exclude, called) &&
		    ipv4_ranges_contain(pool->ranges.list, pool->ranges.n, called))
			report_warning(&host->draft->report, section_place(s, "range"),
				       "range has %s, " CALLED, ip_text(called), client->name);
}

static void check_pool_against_radius(const struct host *host, const struct config_section *s)
{
	const struct pool_values *pool = s->values;
	const struct config_section *server;

	for_each_section(host->draft, server, &config_kind_radius) {
		const struct config_radius *r = server->values;

		if (is_beside_sessions(server) && !has(&pool->exclude, r->address) &&
		    ipv4_ranges_contain(pool->ranges.list, pool->ranges.n, r->address))
			report_warning(&host->draft->report, section_place(s, "range"),
				       "range has %s, " ASKED, ip_text(r->address), server->name);
	}
}

static void check_pool(const struct host *host, const struct config_section *s)
{
	const struct config_ranges *ranges = &((const struct pool_values *)s->values)->ranges;
	const struct local_network *network = NULL;
	char text[IP_TEXT_SIZE];

	for (size_t i = 0; i < ranges->n && !network; i++)
		network = network_with(host, &ranges->list[i]);
	if (network)
		report_warning(&host->draft->report, section_place(s, "range"),
			       "range has addresses of %s on %s, " CALLERS,
			       ip_prefix_format(&network->network, text), network->interface);
	check_pool_against_clients(host, s);
	check_pool_against_radius(host, s);
}

/* --- users with an address of their own --------------------------------------------------- */

/* Returns the server whose local-address this is, or NULL. */
static const struct config_section *whose_inner(const struct config_draft *d,
						struct ip_addr address)
{
	const struct config_section *s;

	for_each_section(d, s, &config_kind_server)
		if (ip_equal(server_of(s)->local_address, address))
			return s;
	return NULL;
}

static struct ip_addr address_of(const struct config_section *user)
{
	return ((const struct user_values *)user->values)->user.address;
}

static int by_address(const void *a, const void *b)
{
	const struct config_section * const *x = a, * const *y = b;

	return ip_compare(address_of(*x), address_of(*y));
}

/* Returns false if there is no memory. */
static bool find_owners(struct host *host)
{
	const struct config_section *s;

	host->owners = calloc(host->draft->n_sections, sizeof(*host->owners));
	if (!host->owners)
		return false;
	for_each_section(host->draft, s, &config_kind_user)
		if (!ip_is_any(address_of(s)))
			host->owners[host->n_owners++] = s;
	qsort(host->owners, host->n_owners, sizeof(*host->owners), by_address);
	return true;
}

/* Returns the section of the user who alone has @address, or NULL. */
static const struct config_section *whose_own(const struct host *host, struct ip_addr address)
{
	size_t low = 0, high = host->n_owners;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = ip_compare(address, address_of(host->owners[mid]));

		if (!order)
			return host->owners[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

static bool is_of_this_host(const struct config_draft *d, struct ip_addr address)
{
	const struct config_section *s;

	for_each_section(d, s, &config_kind_server)
		if (has(&server_of(s)->listen, address))
			return true;
	return local_has_address(address);
}

#define COLLISION_SIZE	320

/* Returns words that say what is wrong with @address for a user; NULL if nothing is. */
static const char *collision_of(const struct host *host, struct ip_addr address,
				char text[COLLISION_SIZE])
{
	const struct config_section *server = whose_inner(host->draft, address);
	const struct config_section *client = who_calls(host->draft, address);
	const struct config_section *radius = who_is_asked(host->draft, address);
	const struct ipv4_range one = { ip_number(address), ip_number(address) };
	const struct local_network *network = network_with(host, &one);
	char prefix[IP_TEXT_SIZE];

	if (server)
		snprintf(text, COLLISION_SIZE, "which is local-address of server \"%s\": logins will "
			 "be refused", server->name);
	else if (is_of_this_host(host->draft, address))
		snprintf(text, COLLISION_SIZE, "which is an address of this host: logins will be "
			 "refused");
	else if (client)
		snprintf(text, COLLISION_SIZE, CALLED, client->name);
	else if (radius)
		snprintf(text, COLLISION_SIZE, ASKED, radius->name);
	else if (network)
		snprintf(text, COLLISION_SIZE, "which is in %s on %s, " CALLERS,
			 ip_prefix_format(&network->network, prefix), network->interface);
	else
		return NULL;
	return text;
}

static void check_listen(const struct host *host, const struct config_section *s)
{
	const struct config_addresses *listen = &server_of(s)->listen;

	/* What there is in another namespace is not known here. */
	for (size_t i = 0; !*server_of(s)->netns && i < listen->n; i++)
		if (!ip_is_any(listen->list[i]) && !local_has_address(listen->list[i]))
			report_warning(&host->draft->report, section_place(s, "listen"),
				       "listen has %s, which no interface has: nobody can call it "
				       "before one has", ip_text(listen->list[i]));
}

static bool is_name_of(const struct config_section *user, const struct secrets_entry *entry,
		       const struct config_server *server)
{
	return server->fold_case ? !strcasecmp(user->name, entry->client) :
				   !strcmp(user->name, entry->client);
}

static void check_entry(const struct host *host, const struct config_server *server,
			struct diag *diag, const struct secrets_entry *entry)
{
	const char *path = server->secrets_path;
	const struct config_section *owner;
	char text[COLLISION_SIZE];
	struct ip_addr address;
	const char *wrong;

	if (!secrets_fixed_address(entry, &address))
		return;
	wrong = collision_of(host, address, text);
	owner = whose_own(host, address);
	if (wrong)
		diag_warning(diag, path, entry->line, "\"%s\" has %s, %s", entry->client,
			     ip_text(address), wrong);
	else if (owner && !is_name_of(owner, entry, server))
		diag_warning(diag, path, entry->line, "\"%s\" has %s, which is that of user \"%s\" "
			     "alone: logins will be refused", entry->client, ip_text(address),
			     owner->name);
}

static void check_owner(const struct host *host, const struct config_section *s)
{
	const struct ip_addr address = address_of(s);
	char text[COLLISION_SIZE];
	const char *wrong = ip_is_any(address) ? NULL : collision_of(host, address, text);

	if (wrong)
		report_warning(&host->draft->report, section_place(s, "address"),
			       "address is %s, %s", ip_text(address), wrong);
}

/* Returns true if no server before @s has the same secrets. */
static bool has_new_secrets(const struct config_draft *d, const struct config_section *s)
{
	const struct config_section *other;

	for_each_section(d, other, &config_kind_server) {
		if (other == s)
			break;
		if (server_of(other)->secrets == server_of(s)->secrets)
			return false;
	}
	return true;
}

static void check_users(const struct host *host, const struct config_section *s)
{
	const struct config_server *server = server_of(s);
	struct diag diag;

	if (!has_new_secrets(host->draft, s))
		return;
	diag_init(&diag);
	for (size_t i = 0; i < secrets_count(server->secrets); i++)
		check_entry(host, server, &diag, secrets_at(server->secrets, i));
	report_other_file(&host->draft->report, section_place(s, "secrets"), &diag);
}

void config_check_addresses(struct config_draft *d)
{
	struct host host = { .draft = d };
	const struct config_section *s;

	if (!find_owners(&host)) {
		report_no_memory(&d->report);
		return;
	}
	host.networks = local_networks(&host.n);
	keep_networks_of_callers(&host);
	for_each_section(d, s, &config_kind_pool)
		check_pool(&host, s);
	for_each_section(d, s, &config_kind_server) {
		check_listen(&host, s);
		check_users(&host, s);
	}
	for_each_section(d, s, &config_kind_user)
		check_owner(&host, s);
	free(host.networks);
	free(host.owners);
}
