// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "pppctl.h"
#include "util/ip.h"
#include "util/text.h"

#define NOWHERE	((struct import_place){ 0 })

/* One value of an option. Those of a list stand behind each other. */
struct value {
	char *kind, *title, *option, *text;
	bool list;
	const char *refers;	/* to a section of this kind, which has to be there; NULL: to none */
	struct import_place place;
	struct value *next;
};

/* What is known of a RADIUS server. */
struct known {
	char *host, *secret;
	struct import_place place;
	struct known *next;
};

struct import {
	struct value *values;
	struct known *known;
	struct import_place changes;	/* what lets RADIUS servers ask for changes; line 0: nothing */
	char *change_secret;	/* NULL: that of each server */
	char *missing;		/* lines of comments */
	char *secrets;		/* likewise */
	char *files;		/* likewise */
};

static void *need(void *memory)
{
	if (memory)
		return memory;
	complain("out of memory");
	exit(STATUS_FAILED);
}

static char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static char *format(const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	return need(text);
}

/* Append @more, which is freed, to *@text. */
static void append(char **text, char *more)
{
	char *longer = format("%s%s", *text, more);

	free(*text);
	free(more);
	*text = longer;
}

struct import *import_new(void)
{
	struct import *import = need(calloc(1, sizeof(*import)));

	import->missing = format("%s", "");
	import->secrets = format("%s", "");
	import->files = format("%s", "");
	return import;
}

static void value_free(struct value *v)
{
	free(v->kind);
	free(v->title);
	free(v->option);
	free(v->text);
	free(v);
}

void import_free(struct import *import)
{
	while (import->values) {
		struct value *v = import->values;

		import->values = v->next;
		value_free(v);
	}
	while (import->known) {
		struct known *k = import->known;

		import->known = k->next;
		free(k->host);
		free(k->secret);
		free(k);
	}
	free(import->change_secret);
	free(import->missing);
	free(import->secrets);
	free(import->files);
	free(import);
}

/* ---- values ---- */

static bool is_of(const struct value *v, const char *kind, const char *title, const char *option)
{
	return !strcmp(v->kind, kind) && !strcmp(v->title, title) && !strcmp(v->option, option);
}

static char *from_of(struct import_place place)
{
	char shown[256];

	if (!place.line)
		return format("nothing says it: please check");
	text_show(shown, sizeof(shown), place.file, strlen(place.file));
	return format("%s:%u", shown, place.line);
}

static struct value *put(struct import *import, const char *kind, const char *title,
			 const char *option, const char *value, bool list,
			 struct import_place place)
{
	struct value **end = &import->values, *v = need(calloc(1, sizeof(*v)));

	*v = (struct value){
		.kind = format("%s", kind), .title = format("%s", title),
		.option = format("%s", option), .text = format("%s", value), .list = list,
		.place = place,
	};
	while (*end)
		end = &(*end)->next;
	*end = v;
	return v;
}

/* Returns where the first value that is equal to @value (NULL: any) hangs, or NULL. */
static struct value **find(struct import *import, const char *kind, const char *title,
			   const char *option, const char *value)
{
	for (struct value **v = &import->values; *v; v = &(*v)->next)
		if (is_of(*v, kind, title, option) && (!value || !strcmp((*v)->text, value)))
			return v;
	return NULL;
}

bool import_remove(struct import *import, const char *kind, const char *title, const char *option,
		   const char *value)
{
	struct value **at = find(import, kind, title, option, value);
	struct value *v = at ? *at : NULL;

	if (!v)
		return false;
	*at = v->next;
	value_free(v);
	return true;
}

void import_set(struct import *import, const char *kind, const char *title, const char *option,
		const char *value, struct import_place place)
{
	import_remove(import, kind, title, option, NULL);
	put(import, kind, title, option, value, false, place);
}

void import_add(struct import *import, const char *kind, const char *title, const char *option,
		const char *value, struct import_place place)
{
	if (!find(import, kind, title, option, value))
		put(import, kind, title, option, value, true, place);
}

const char *import_get(const struct import *import, const char *kind, const char *title,
		       const char *option)
{
	for (const struct value *v = import->values; v; v = v->next)
		if (is_of(v, kind, title, option))
			return v->text;
	return NULL;
}

void import_number(struct import *import, const char *kind, const char *title, const char *option,
		   const char *value, unsigned long min, unsigned long max,
		   struct import_place place)
{
	uint64_t n;

	if (text_number(value, min, max, &n))
		import_set(import, kind, title, option, value, place);
	else
		import_missing(import, place, "\"%s\" cannot be %s, which is from %lu to %lu", value,
			       option, min, max);
}

void import_address(struct import *import, const char *kind, const char *title, const char *option,
		    const char *value, bool list, struct import_place place)
{
	const bool two = !strcmp(option, "dns") || !strcmp(option, "nbns");
	struct ip_addr address;
	unsigned int n = 0;

	for (const struct value *v = import->values; v; v = v->next)
		n += is_of(v, kind, title, option) && strcmp(v->text, value);
	if (!ip_parse_v4(value, &address))
		import_missing(import, place, "\"%s\" cannot be %s, which is an address", value,
			       option);
	else if (list && two && n >= 2)
		import_missing(import, place, "%s in %s: there can be two", value, option);
	else if (list)
		import_add(import, kind, title, option, value, place);
	else
		import_set(import, kind, title, option, value, place);
}

void import_rate(struct import *import, const char *kind, const char *title, const char *option,
		 const char *value, unsigned long scale, struct import_place place)
{
	static const char units[] = "kMG";
	char digits[24], *rate;
	size_t len = strspn(value, "0123456789"), unit = 0;
	uint64_t n = 0, over = 0;

	snprintf(digits, sizeof(digits), "%.*s", (int)len, value);
	for (; over < 3 && value[len] && (value[len] | 0x20) != (units[over] | 0x20); over++)
		scale *= 1000;
	scale *= value[len] ? 1000 : 1;
	if (over == 3 || (value[len] && value[len + 1]) ||
	    !text_number(digits, 0, UINT64_C(1000000000000) / scale, &n) ||
	    (n && n * scale < 8000)) {
		import_missing(import, place, "\"%s\" cannot be %s, which is from 8k to 1000G", value,
			       option);
		return;
	}
	for (n *= scale; unit < 3 && n && n % 1000 == 0; unit++)
		n /= 1000;
	rate = format("%ju%.*s", (uintmax_t)n, unit ? 1 : 0, unit ? &units[unit - 1] : "");
	import_set(import, kind, title, option, rate, place);
	free(rate);
}

static char *quoted(const char *text)
{
	char *out = need(malloc(2 * strlen(text) + 3)), *end = out;

	*end++ = '"';
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			*end++ = '\\';
		*end++ = *text;
	}
	*end++ = '"';
	*end = '\0';
	return out;
}

void import_string(struct import *import, const char *kind, const char *title, const char *option,
		   const char *text, struct import_place place)
{
	char *value = quoted(text);

	if (text_has_control(text))
		import_missing(import, place, "%s has a control character", option);
	else
		import_set(import, kind, title, option, value, place);
	free(value);
}

void import_reference(struct import *import, const char *kind, const char *title,
		      const char *option, const char *name, struct import_place place)
{
	char *value = quoted(name);

	import_remove(import, kind, title, option, NULL);
	/* Options that name a section are called like its kind; but for the next pool. */
	put(import, kind, title, option, value, false, place)->refers =
		strcmp(option, "next") ? option : "pool";
	free(value);
}

/* Returns the range in a pool that has addresses of @range, or NULL. */
static const struct value *find_overlap(const struct import *import, const struct ipv4_range *range)
{
	for (const struct value *v = import->values; v; v = v->next) {
		struct ipv4_range other;

		if (!strcmp(v->kind, "pool") && !strcmp(v->option, "range") &&
		    !ipv4_parse_range(v->text, &other) && ipv4_ranges_overlap(range, &other))
			return v;
	}
	return NULL;
}

void import_range(struct import *import, const char *pool, const char *text,
		  struct import_place place)
{
	const struct value *overlap;
	char word[64], *dash, *dot, *slash, *whole = NULL;
	struct ipv4_range range;
	struct ip_addr address;
	uint64_t octet, length;

	snprintf(word, sizeof(word), "%s", text);
	dash = strchr(word, '-');
	dot = dash ? memrchr(word, '.', (size_t)(dash - word)) : NULL;
	slash = strchr(word, '/');
	if (slash)
		*slash = '\0';
	if (slash && ip_parse_v4(word, &address) && text_number(slash + 1, 0, 32, &length))
		whole = format("%s/%ju", ip_text(ip_network(address, (unsigned int)length)),
			       (uintmax_t)length);
	else if (dot && text_number(dash + 1, 0, 255, &octet))
		whole = format("%.*s-%.*s.%s", (int)(dash - word), word, (int)(dot - word), word,
			       dash + 1);
	else
		whole = format("%s", word);
	overlap = NULL;
	if (strlen(text) >= sizeof(word) || ipv4_parse_range(whole, &range))
		import_missing(import, place, "\"%s\" is no range of addresses", text);
	else if (!(overlap = find_overlap(import, &range)))
		import_add(import, "pool", pool, "range", whole, place);
	else if (strcmp(overlap->text, whole) || strcmp(overlap->title, pool))
		import_missing(import, place, "\"%s\" has addresses of %s in pool \"%s\": no two "
			       "ranges may overlap", text, overlap->text, overlap->title);
	free(whole);
}

void import_missing(struct import *import, struct import_place place, const char *fmt, ...)
{
	char words[512], shown[TEXT_SHOW_SIZE(512)], *from = from_of(place);
	va_list args;

	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	text_show(shown, sizeof(shown), words, strlen(words));
	append(&import->missing, place.line ? format("#  - %s: %s\n", from, shown) :
					      format("#  - %s\n", shown));
	free(from);
}

void import_secret(struct import *import, const char *user, const char *password,
		   const char *addresses, struct import_place place)
{
	char *name = quoted(user), *secret = quoted(password), *from = from_of(place);

	if (text_has_control(user) || text_has_control(password))
		import_missing(import, place, "a user whose name or password has a control character");
	else
		append(&import->secrets, format("# %s * %s %s\t# %s\n", name, secret, addresses, from));
	free(name);
	free(secret);
	free(from);
}

void import_file(struct import *import, const char *kind, const char *title, const char *name,
		 const char *secret, struct import_place place)
{
	char *path = format("/etc/culvert/%s.secret", name), *from = from_of(place);

	if (text_has_control(secret) || !*secret) {
		import_missing(import, place, "%s \"%s\": its secret is %s", kind, title,
			       *secret ? "no text" : "not there");
		secret = "(the secret)";
	}
	append(&import->files, format("# %s, from %s:\n# %s\n", path, from, secret));
	import_string(import, kind, title, "secret-file", path, place);
	free(path);
	free(from);
}

char *import_name(const char *name)
{
	char *out = format("%.63s", *name ? name : "unnamed");

	for (char *c = out; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *c))
			*c = '-';
	return out;
}

/* ---- RADIUS ---- */

const char *import_radius_server(struct import *import, const char *host, struct import_place place)
{
	struct ip_addr address;
	char *name, *value;

	if (!strcmp(host, "localhost"))
		host = "127.0.0.1";
	if (!ip_parse(host, &address)) {
		import_missing(import, place, "RADIUS server %s: servers have addresses here, and no "
			       "names", host);
		return NULL;
	}
	name = import_name(host);
	value = format("\"%s\"", host);
	if (!find(import, "radius", name, "address", NULL))
		import_set(import, "radius", name, "address", value, place);
	free(value);
	value = quoted(name);
	import_add(import, IMPORT_GROUP, "servers", value, place);
	free(value);
	value = (*find(import, "radius", name, "address", NULL))->title;
	free(name);
	return value;
}

void import_radius_secret(struct import *import, const char *host, const char *secret,
			  struct import_place place)
{
	struct known *k = need(calloc(1, sizeof(*k)));

	if (!strcmp(host, "localhost"))
		host = "127.0.0.1";
	*k = (struct known){
		.host = import_name(host), .secret = format("%s", secret), .place = place,
		.next = import->known,
	};
	import->known = k;
}

void import_judge(struct import *import, const char *judge, struct import_place place)
{
	import_add(import, IMPORT_SERVER, "users", judge, place);
}

void import_radius_timeout(struct import *import, uint64_t ms, struct import_place place)
{
	char *text = format("%ju", (uintmax_t)ms);

	import_number(import, IMPORT_GROUP, "timeout", text, 100, 60000, place);
	free(text);
	/* The default is 20 s, which must be no less. */
	text = format("%ju", (uintmax_t)(ms / 1000 + 1) * 2);
	if (ms > 20000 && import_get(import, IMPORT_GROUP, "timeout"))
		import_set(import, IMPORT_GROUP, "give-up-after", text, place);
	free(text);
}

/* Returns the secret of the server whose section is @name, or one that is empty. */
static const struct known *secret_of(const struct import *import, const char *name)
{
	static const struct known none = { .secret = "" };
	const struct known *k = import->known;

	while (k && strcmp(k->host, name))
		k = k->next;
	return k ? k : &none;
}

void import_radius_changes(struct import *import, const char *secret, struct import_place place)
{
	free(import->change_secret);
	import->change_secret = secret ? format("%s", secret) : NULL;
	import->changes = place;
}

/* Let the server in the section @radius ask for changes. */
static void let_change(struct import *import, const struct value *radius)
{
	const char *secret = import->change_secret, *title = radius->title;
	char *name;

	import_set(import, "coa-client", title, "address", radius->text, import->changes);
	if (!secret || !strcmp(secret, secret_of(import, title)->secret)) {
		name = format("/etc/culvert/%s.secret", title);
		import_string(import, "coa-client", title, "secret-file", name, import->changes);
	} else {
		name = format("%s-coa", title);
		import_file(import, "coa-client", title, name, secret, import->changes);
	}
	free(name);
}

static void drop_section(struct import *import, const char *kind)
{
	for (struct value **at = &import->values, *v; (v = *at);) {
		if (strcmp(v->kind, kind)) {
			at = &v->next;
			continue;
		}
		*at = v->next;
		value_free(v);
	}
}

/*
 * Servers need secrets, which may stand in a file that is read later, and who is to be judged by
 * RADIUS needs a server.
 */
static void finish_radius(struct import *import)
{
	const char *group = import_get(import, IMPORT_GROUP, "servers");

	for (struct value *v = import->values; v; v = v->next) {
		const struct known *known = secret_of(import, v->title);

		if (strcmp(v->kind, "radius") || strcmp(v->option, "address"))
			continue;
		import_file(import, "radius", v->title, v->title, known->secret,
			    known->place.line ? known->place : v->place);
		if (import->changes.line)
			let_change(import, v);
	}
	if (find(import, IMPORT_SERVER, "users", "radius") && group) {
		import_set(import, IMPORT_SERVER, "radius-group", "\"imported\"",
			   (*find(import, IMPORT_SERVER, "users", "radius"))->place);
	} else if (import_remove(import, IMPORT_SERVER, "users", "radius")) {
		import_missing(import, NOWHERE, "radius in users: no server of it is named (of pptpd it is "
			       "in radiusclient.conf, which can be read, too)");
	}
	if (!group) {
		drop_section(import, "radius-group");
		drop_section(import, "accounting");
		drop_section(import, "coa");
	}
}

/* ---- the result ---- */

/* MPPE takes its keys from MS-CHAP, so that other methods cannot be there together with it. */
static void drop_keyless(struct import *import)
{
	static const char * const keyless[] = { "pap", "chap-md5" };
	const char *mppe = import_get(import, IMPORT_SERVER, "mppe");

	for (size_t i = 0; i < 2 && (!mppe || !strcmp(mppe, "required")); i++)
		if (import_remove(import, IMPORT_SERVER, "auth", keyless[i]))
			import_missing(import, NOWHERE, "%s in auth: it gives no keys for mppe = "
				       "required", keyless[i]);
}

static bool has_section(const struct import *import, const char *kind)
{
	for (const struct value *v = import->values; v; v = v->next)
		if (!strcmp(v->kind, kind))
			return true;
	return false;
}

/* What names a section that is not there is taken out, and told. */
static void drop_dangling(struct import *import)
{
	for (struct value **at = &import->values, *v; (v = *at);) {
		bool found = !v->refers;

		for (const struct value *o = import->values; o && !found; o = o->next) {
			char *title = quoted(o->title);

			found = !strcmp(o->kind, v->refers) && !strcmp(title, v->text);
			free(title);
		}
		if (found) {
			at = &v->next;
			continue;
		}
		*at = v->next;
		import_missing(import, v->place, "%s %s: there is none", v->refers, v->text);
		value_free(v);
	}
}

bool import_is_empty(const struct import *import)
{
	return !has_section(import, "server") && !has_section(import, "client") &&
	       !*import->secrets;
}

static void add_required(struct import *import)
{
	finish_radius(import);
	drop_dangling(import);
	if (!has_section(import, "server") && has_section(import, "client"))
		return;
	if (!import_get(import, IMPORT_SERVER, "local-address"))
		import_set(import, IMPORT_SERVER, "local-address", "10.99.0.1", NOWHERE);
	if (!import_get(import, IMPORT_SERVER, "pool") && !has_section(import, "pool"))
		import_add(import, "pool", IMPORT_POOL, "range", "10.99.0.2-10.99.0.254", NOWHERE);
	if (!import_get(import, IMPORT_SERVER, "pool") &&
	    import_get(import, "pool", IMPORT_POOL, "range"))
		import_set(import, IMPORT_SERVER, "pool", "\"" IMPORT_POOL "\"", NOWHERE);
	if (*import->secrets)
		import_set(import, IMPORT_SERVER, "secrets", "\"/etc/culvert/secrets\"", NOWHERE);
	drop_keyless(import);
}

static void write_value(char **out, const char *indent, const char *option, const struct value *v,
			const char *end)
{
	char *from = from_of(v->place);

	append(out, format("%s%s%s%s%s\t# %s\n", indent, option, *option ? " = " : "", v->text, end,
			   from));
	free(from);
}

/* Write all values of the list that begins with @first. */
static void write_list(char **out, struct value *first)
{
	append(out, format("\t%s = {\n", first->option));
	for (struct value *v = first; v; v = v->next)
		if (is_of(v, first->kind, first->title, first->option))
			write_value(out, "\t\t", "", v, ",");
	append(out, format("\t}\n"));
}

static bool is_first(const struct import *import, const struct value *v, bool of_section)
{
	for (const struct value *o = import->values; o != v; o = o->next)
		if (!strcmp(o->kind, v->kind) && !strcmp(o->title, v->title) &&
		    (of_section || !strcmp(o->option, v->option)))
			return false;
	return true;
}

static void write_section(struct import *import, char **out, struct value *first)
{
	append(out, *first->title ? format("%s \"%s\" {\n", first->kind, first->title) :
				    format("%s {\n", first->kind));
	for (struct value *v = first; v; v = v->next) {
		if (strcmp(v->kind, first->kind) || strcmp(v->title, first->title))
			continue;
		if (!v->list)
			write_value(out, "\t", v->option, v, "");
		else if (is_first(import, v, false))
			write_list(out, v);
	}
	append(out, format("}\n\n"));
}

char *import_text(struct import *import)
{
	char *out = format("# Made by pppctl import. See culvert.conf(5), and try it by culvertd --check.\n\n");

	add_required(import);
	for (struct value *v = import->values; v; v = v->next)
		if (is_first(import, v, true))
			write_section(import, &out, v);
	if (*import->secrets)
		append(&out, format("# These lines, without the # before them, belong into "
				    "/etc/culvert/secrets (mode 0600):\n%s\n", import->secrets));
	if (*import->files)
		append(&out, format("# These files (mode 0600) have one line, without the \"# \" before "
				    "it:\n%s\n", import->files));
	append(&out, *import->missing ? format("# What has no equivalent, and why:\n%s", import->missing) :
					format("# Everything has an equivalent.\n"));
	return out;
}
