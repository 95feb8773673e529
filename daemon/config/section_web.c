// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "aaa/tokens.h"
#include "config/draft.h"

#define AT(field) offsetof(struct config_web, field)

static const struct config_option options[] = {
	{ "address", &config_type_any_address, AT(address), .preset = "127.0.0.1",
	  .means = "The address of this host where HTTP is spoken" },
	{ "port", &config_type_port, AT(port), .min = 1, .max = 65535, .preset = "9723",
	  .means = "The TCP port for it" },
	{ "names", &config_type_names, AT(names), .max = 100, .preset = "",
	  .means = "Names by which requests may call this host, besides its address and localhost" },
	{ "max-connections", &config_type_number, AT(max_connections), .min = 1, .max = 1000,
	  .preset = "32", .unit = "connections",
	  .means = "How many may be connected at a time" },
	{ "metrics", &config_type_bool, AT(metrics), .preset = "true",
	  .means = "Whether metrics are told" },
	{ "session-series", &config_type_number, AT(session_series), .max = 1000, .preset = "0",
	  .unit = "sessions",
	  .means = "How many sessions are told of one by one; 0: none" },
	{ "tokens", &config_type_optional_path, AT(tokens_path), .preset = "",
	  .means = "The file of tokens by which programs and the page may call methods; empty: none" },
	{ "page", &config_type_bool, AT(page), .preset = "false",
	  .means = "Whether there is a page for browsers" },
	{ 0 },
};

static bool is_loopback(struct ip_addr address)
{
	return address.family == AF_INET ? ip_number(address) >> 24 == IN_LOOPBACKNET :
					   IN6_IS_ADDR_LOOPBACK(&address.v6);
}

static void load_tokens(struct config_draft *d, const struct config_section *s,
			struct config_web *web)
{
	struct diag diag;

	diag_init(&diag);
	web->tokens = tokens_load(web->tokens_path, &diag);
	report_other_file(&d->report, section_place(s, "tokens"), &diag);
}

static void check(struct config_draft *d, struct config_section *s)
{
	struct config_web *web = s->values;

#ifndef CULVERT_MICROHTTPD
	report_error(&d->report, s->place, "web cannot be used, since this culvertd was built "
		     "without libmicrohttpd");
#endif
	if (section_knows(s, "address") && !is_loopback(web->address))
		report_warning(&d->report, section_place(s, "address"),
			       "address %s: whoever can reach it can read all metrics, and what is "
			       "said there is not encrypted; let a firewall or a proxy decide who may",
			       ip_text(web->address));
	if (web->session_series && !web->metrics)
		report_error(&d->report, section_place(s, "session-series"),
			     "session-series needs metrics = true");
	if (section_knows(s, "tokens") && *web->tokens_path)
		load_tokens(d, s, web);
	else if (section_knows(s, "tokens") && web->page)
		report_error(&d->report, section_place(s, "page"),
			     "page needs tokens, by which people log in: see \"pppctl token\"");
}

static uint64_t content(const void *values)
{
	const struct tokens *tokens = ((const struct config_web *)values)->tokens;
	uint64_t so_far = 0;

	for (size_t i = 0; i < tokens_count(tokens); i++) {
		const struct token *t = tokens_at(tokens, i);

		so_far = config_content_of_text(so_far, t->name);
		so_far = config_content(so_far, t->hash, sizeof(t->hash));
		so_far = config_content(so_far, &t->rights, sizeof(t->rights));
	}
	return so_far;
}

static void release(void *values)
{
	struct config_web *web = values;

	tokens_put(web->tokens);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	config_clear(s->kind, &config->web);
	config->web = *(struct config_web *)s->values;
	config->web.on = true;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_web = {
	"web", .means = "The listener for HTTP",
	.absent_is_off = true, .size = sizeof(struct config_web), .options = options,
	.check = check, .content = content, .content_of = "tokens", .release = release, .move = move,
};
