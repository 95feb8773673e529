// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "config/check.h"
#include "config/parse.h"
#include "fuzz/fuzz.h"

/* The contents of an included file; no file is opened here. */
struct other {
	struct config_draft *draft;
	const char *text;
	size_t len;
	unsigned int depth;
	struct config_includer includer;
};

static void include(void *ctx, struct config_place place, const char *pattern)
{
	struct other *o = ctx;
	unsigned int file;

	assert(*pattern && place.line);
	if (o->depth == 3)
		return;
	file = report_file(&o->draft->report, pattern);
	assert(file != REPORT_NO_FILE);
	o->depth++;
	config_parse(o->draft, file, o->text, o->len / 2, &o->includer);
	o->depth--;
}

static void look_at(const struct config_section *s)
{
	const struct config_option *o;

	assert(s->place.line && (s->doubtful || strlen(s->name) <= 63));
	for_each_option(o, s->kind) {
		const struct config_given *g = section_given(s, o);

		assert(g->place.line || !g->n || g->wrong);
		assert(o->type->list || !g->n);
	}
}

static void look_at_report(const struct diag *diag)
{
	assert(diag->n_lines <= DIAG_MAX_LINES);
	for (size_t i = 0; i < diag->n_lines; i++) {
		assert(!strchr(diag->lines[i].text, '\n'));
		assert(!i || diag->lines[i].rank >= diag->lines[i - 1].rank);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_draft draft;
	struct other other = {
		.draft = &draft, .text = (const char *)data, .len = size,
		.includer = { .include = include, .ctx = &other },
	};
	struct diag diag;
	unsigned int file;

	diag_init(&diag);
	draft_init(&draft, &diag);
	file = report_file(&draft.report, "f");
	config_parse(&draft, file, (const char *)data, size, &other.includer);
	for (size_t i = 0; i < draft.n_sections; i++)
		look_at(draft.sections[i]);
	diag_close(&diag, "f");
	look_at_report(&diag);
	draft_free(&draft);
	diag_free(&diag);
	return 0;
}

size_t fuzz_seed(unsigned int index, uint8_t *buf)
{
	static const char * const seeds[] = {
		"server \"s\" {\n\tport = 1\n\tdns = { 1.1.1.1, \"1.0.0.1\", }\n\tdns += 9.9.9.9\n"
		"\tauth-name = 'it''s'\n}\n",
		"# a\nlog { level = debug } // b\n/* c */ include \"conf.d/*.conf\"\n",
		"client c { server = \"${HOME}\" user = \"a\\x41\\101\\n\\\"\\\nb\" routes += { } }\n",
		"pool \"p\" { range = { 10.0.0.1-10.0.0.9, 10.1.0.0/24 } exclude = { } }\n",
		"user u { routes = { 10.0.0.0/8 } }\ncontrol { group = ${A:-root} socket = /x }\n",
		"sevrer \"s\" { prot = 1 dns = { a b, } } } port = 5 x y z = { = } log x { \"open",
	};

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	memcpy(buf, seeds[index], strlen(seeds[index]));
	return strlen(seeds[index]);
}
