// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "aaa/password.h"
#include "config/radius_names.h"

#define AT(field) offsetof(struct config_coa_client, field)

static const struct config_option options[] = {
	{ "address", &config_type_any_address, AT(address), .preset = NULL,
	  .means = "The address that may send requests" },
	{ "secret-file", &config_type_path, AT(secret_path), .preset = NULL,
	  .means = "The file with the secret that we share" },
	{ 0 },
};

/* The address tells which secret is meant. Report if a client before @s has the same. */
static void check_address(struct config_draft *d, const struct config_section *s)
{
	const struct ip_addr address = ((struct config_coa_client *)s->values)->address;
	struct config_place place = section_place(s, "address");
	const struct config_section *other;
	char where[REPORT_WHERE_SIZE];

	if (!config_is_host(address))
		report_error(&d->report, place, "address is \"%s\": expected the address of a host",
			     ip_text(address));
	for_each_section(d, other, &config_kind_coa_client) {
		if (other == s)
			return;
		if (other->doubtful || !section_knows(other, "address") ||
		    !ip_equal(((struct config_coa_client *)other->values)->address, address))
			continue;
		report_error(&d->report, place, "%s is the address of coa-client \"%s\" (%s) "
			     "already", ip_text(address), other->name,
			     report_where(&d->report, place, section_place(other, "address"),
					  where));
		return;
	}
}

static void check(struct config_draft *d, struct config_section *s)
{
	struct config_coa_client *c = s->values;

	if (section_knows(s, "address"))
		check_address(d, s);
	if (section_knows(s, "secret-file"))
		c->secret = config_load_secret(d, s, "secret-file", c->secret_path);
}

static void release(void *values)
{
	struct config_coa_client *c = values;

	password_free(c->secret);
	free(c->name);
}

static uint64_t content(const void *values)
{
	const struct config_coa_client *c = values;

	return config_content_of_text(0, c->secret);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	struct config_coa_client *c = &config->coa_clients[config->n_coa_clients++];

	*c = *(struct config_coa_client *)s->values;
	c->name = s->name;
	s->name = NULL;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_coa_client = {
	"coa-client", .means = "A RADIUS server that may send such requests",
	.titled = true, .size = sizeof(struct config_coa_client), .options = options,
	.check = check, .content = content, .content_of = "secret-file", .release = release,
	.move = move,
};
