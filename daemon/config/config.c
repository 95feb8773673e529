// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading goes in three steps. libconfuse takes the file apart and hands each
 * value to set_option(), which puts it into the section's structure and notes
 * the line. Then what concerns several options is checked. Only if no step
 * reported an error are the sections moved into a struct config.
 */
#include <arpa/inet.h>
#include <confuse.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aaa/password.h"
#include "aaa/pool.h"
#include "aaa/secrets.h"
#include "config/config.h"
#include "config/table.h"
#include "util/text.h"

#define MAX_FILE	(1024 * 1024)	/* octets */
#define MAX_NAME	63		/* octets of a section's name */
#define MAX_OPTIONS	64		/* of one kind of section */
#define MAX_KINDS	8

struct section {
	const struct config_kind *kind;
	cfg_t *cfg;			/* while the file is being parsed */
	char *name;			/* "" without a title */
	unsigned int line;		/* where it begins */
	unsigned int ended;		/* how often its closing brace was seen */
	unsigned int lines[MAX_OPTIONS];	/* of each option; 0: not in the file */
	void *values;
};

struct parser {
	const char *path;
	struct diag *diag;
	cfg_t *root;
	struct section **sections;
	size_t n_sections;
};

/* libconfuse has no place for its user's data. Set during config_load() only. */
static struct parser *parser;

/* ---- sections ---- */

static const char *kind_of(const struct section *s)
{
	return s->kind->name;
}

static void section_free(struct section *s)
{
	if (!s)
		return;
	if (s->values)
		config_clear(s->kind, s->values);
	free(s->values);
	free(s->name);
	free(s);
}

static bool is_good_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t len = strlen(name);

	return len && len <= MAX_NAME && strspn(name, letters) == len;
}

static struct section *section_new(const struct config_kind *kind, const char *title)
{
	struct section *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->kind = kind;
	s->name = strdup(title ? title : "");
	s->values = calloc(1, kind->size);
	if (!s->name || !s->values || !config_preset(kind, s->values)) {
		section_free(s);
		return NULL;
	}
	return s;
}

/* Our section for the one that libconfuse is in, made when it is first seen. */
static struct section *section_of(cfg_t *cfg, unsigned int line)
{
	struct section **grown, *s;

	for (size_t i = 0; i < parser->n_sections; i++)
		if (parser->sections[i]->cfg == cfg)
			return parser->sections[i];
	grown = realloc(parser->sections, (parser->n_sections + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	parser->sections = grown;
	s = section_new(config_find_kind(cfg_name(cfg)), cfg_title(cfg));
	if (!s)
		return NULL;
	s->cfg = cfg;
	s->line = line;
	parser->sections[parser->n_sections++] = s;
	if (s->kind->titled && !is_good_name(s->name))
		diag_error(parser->diag, parser->path, line,
			   "%s \"%s\" needs a name of 1 to %d letters, digits, dots, hyphens and "
			   "underscores", kind_of(s), s->name, MAX_NAME);
	return s;
}

static size_t index_of(const struct section *s, const struct config_option *option)
{
	return (size_t)(option - s->kind->options);
}

/* Where an option was set, or where the section begins if it was not. */
static unsigned int line_of(const struct section *s, const char *name)
{
	unsigned int line = s->lines[index_of(s, config_find_option(s->kind, name))];

	return line ? line : s->line;
}

static void *field_of(const struct section *s, const struct config_option *option)
{
	return (char *)s->values + option->offset;
}

/* ---- first step: libconfuse calls back ---- */

/* A value was read: of an option, or one element of a list. */
static int set_option(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	const unsigned int line = (unsigned int)cfg->line;
	/* The outer line stands still while a section is read. */
	struct section *s = section_of(cfg, (unsigned int)parser->root->line);
	const struct config_option *option;
	unsigned int *seen;
	char want[256];

	*(void **)result = NULL;
	if (!s) {
		diag_error(parser->diag, parser->path, line, "out of memory");
		return -1;
	}
	option = config_find_option(s->kind, opt->name);
	seen = &s->lines[index_of(s, option)];
	/* libconfuse has made room for this value already; += does not come here with 1. */
	if (!option->type->list || cfg_opt_size(opt) <= 1) {
		if (*seen) {
			diag_error(parser->diag, parser->path, line,
				   "%s is set twice in this section, first in line %u",
				   option->name, *seen);
			return 0;
		}
		if (option->type->list)
			option->type->clear(field_of(s, option));
	}
	*seen = line;
	if (!option->type->set(option, field_of(s, option), value, want, sizeof(want)))
		diag_error(parser->diag, parser->path, line, "%s %s \"%s\": %s", option->name,
			   option->type->list ? "has" : "is", value, want);
	return 0;
}

/* "dns = { }" sets a list to nothing, without any value that could be called back for. */
static void clear_empty_lists(struct section *s, cfg_t *cfg)
{
	const struct config_option *o;

	for_each_option(o, s->kind) {
		const cfg_opt_t *opt;

		if (!o->type->list)
			continue;
		opt = cfg_getopt(cfg, o->name);
		if (!cfg_opt_size((cfg_opt_t *)opt) && (opt->flags & CFGF_MODIFIED))
			o->type->clear(field_of(s, o));
	}
}

/* A section was read to its end. */
static int end_section(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *inner = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	struct section *s = section_of(inner, (unsigned int)cfg->line);

	if (!s)
		return -1;
	clear_empty_lists(s, inner);
	if (s->ended++)
		diag_error(parser->diag, parser->path, (unsigned int)cfg->line,
			   "there are two %s sections; the first begins in line %u", kind_of(s),
			   s->line);
	return 0;
}

/* The nearest name to a mistyped one, as words to be added to a message. */
static void suggest(char *words, size_t size, const char *typed, const struct config_kind *kind)
{
	static const struct config_option none;
	const struct config_option *o = kind ? kind->options : &none;
	const char *best = NULL;
	unsigned int distance = UINT32_MAX;

	for (; o->name; o++) {
		if (text_distance(typed, o->name) < distance) {
			distance = text_distance(typed, o->name);
			best = o->name;
		}
	}
	for (size_t i = 0; !kind && config_kinds[i]; i++) {
		if (text_distance(typed, config_kinds[i]->name) < distance) {
			distance = text_distance(typed, config_kinds[i]->name);
			best = config_kinds[i]->name;
		}
	}
	if (best && text_resembles(typed, best))
		snprintf(words, size, "; did you mean \"%s\"?", best);
	else
		snprintf(words, size, "; see culvert.conf(5)");
}

static void report_unknown(cfg_t *cfg, const char *name)
{
	const struct config_kind *kind = config_find_kind(cfg_name(cfg));
	const char *title = cfg_title(cfg);
	char words[128];

	suggest(words, sizeof(words), name, kind);
	if (kind && kind->titled) {
		diag_error(parser->diag, parser->path, (unsigned int)cfg->line,
			   "there is no option \"%s\" in %s \"%s\"%s", name, kind->name,
			   title, words);
		return;
	}
	if (kind) {
		diag_error(parser->diag, parser->path, (unsigned int)cfg->line,
			   "there is no option \"%s\" in %s%s", name, kind->name, words);
		return;
	}
	for (size_t i = 0; config_kinds[i]; i++) {
		if (config_find_option(config_kinds[i], name)) {
			diag_error(parser->diag, parser->path, (unsigned int)cfg->line,
				   "%s stands outside of any section; it belongs into %s { }",
				   name, config_kinds[i]->name);
			return;
		}
	}
	diag_error(parser->diag, parser->path, (unsigned int)cfg->line,
		   "there is no section \"%s\"%s", name, words);
}

/* The first argument of a message, if that is a string, and else nothing. */
static const char *first_string(const char *fmt, va_list args)
{
	const char *percent = strchr(fmt, '%');

	return percent && percent[1] == 's' ? va_arg(args, const char *) : "";
}

/*
 * An error that libconfuse found. Which one is told by its format; the usual
 * ones are put into words of our own.
 */
static void report(cfg_t *cfg, const char *fmt, va_list args)
{
	const unsigned int line = (unsigned int)cfg->line;
	struct diag *diag = parser->diag;
	const char *path = parser->path;
	const char *name;
	char words[512];
	va_list copy;

	va_copy(copy, args);
	vsnprintf(words, sizeof(words), fmt, copy);
	va_end(copy);
	name = first_string(fmt, args);

	if (strstr(fmt, "no such option"))
		report_unknown(cfg, name);
	else if (strstr(fmt, "duplicate title"))
		diag_error(diag, path, line, "the name \"%s\" is taken already by a section of "
			   "this kind", name);
	else if (strstr(fmt, "missing equal sign"))
		diag_error(diag, path, line, "%s has to be followed by = and a value", name);
	else if (strstr(fmt, "missing opening brace"))
		diag_error(diag, path, line, "the head of the %s section has to be followed by {",
			   name);
	else if (strstr(fmt, "missing title"))
		diag_error(diag, path, line, "%s has to be followed by a name in quotes", name);
	else
		diag_error(diag, path, line, "%s", words);
}

/* Describe one kind of section to libconfuse. @opts has room for all options and the end. */
static void describe(const struct config_kind *kind, cfg_opt_t *opts)
{
	const struct config_option *o;

	for_each_option(o, kind)
		*opts++ = (cfg_opt_t)CFG_PTR_CB(o->name, 0, o->type->list ? CFGF_LIST : CFGF_NONE,
						set_option, NULL);
	*opts = (cfg_opt_t)CFG_END();
}

static cfg_t *make_grammar(void)
{
	cfg_opt_t sub[MAX_KINDS][MAX_OPTIONS + 1];
	cfg_opt_t top[MAX_KINDS + 1];
	cfg_t *root;
	size_t n = 0;

	for (; config_kinds[n]; n++) {
		cfg_flag_t flags = CFGF_NODEFAULT;

		if (config_kinds[n]->titled)
			flags = CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES;
		describe(config_kinds[n], sub[n]);
		top[n] = (cfg_opt_t)CFG_SEC((char *)config_kinds[n]->name, sub[n], flags);
	}
	top[n] = (cfg_opt_t)CFG_END();
	/* libconfuse copies both arrays. */
	root = cfg_init(top, CFGF_NONE);
	if (!root)
		return NULL;
	cfg_set_error_function(root, report);
	for (size_t i = 0; i < n; i++)
		cfg_set_validate_func(root, config_kinds[i]->name, end_section);
	return root;
}

static char *read_file(const char *path, struct diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char *text = NULL;
	size_t done = 0;
	ssize_t n = 1;

	if (fd < 0 || fstat(fd, &st)) {
		diag_error(diag, path, 0, "cannot be read: %s", strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		diag_error(diag, path, 0, "is not a regular file");
	} else if (st.st_size > MAX_FILE) {
		diag_error(diag, path, 0, "is larger than %d octets", MAX_FILE);
	} else {
		text = calloc(1, (size_t)st.st_size + 1);
		while (text && n > 0 && done < (size_t)st.st_size) {
			n = read(fd, text + done, (size_t)st.st_size - done);
			if (n > 0)
				done += (size_t)n;
			else if (n < 0 && errno == EINTR)
				n = 1;
		}
		if (!text || n < 0)
			diag_error(diag, path, 0, "cannot be read: %s", strerror(errno));
		else if (memchr(text, '\0', done))
			diag_error(diag, path, 0, "is not a text file");
	}
	if (fd >= 0)
		close(fd);
	return text;
}

/* Length of the quoted text at @p with both its quotes; 0 if it is never closed. */
static size_t quote_length(const char *p)
{
	for (size_t i = 1; p[i]; i++) {
		if (p[i] == *p)
			return i + 1;
		if (p[i] == '\\' && p[i + 1])
			i++;
	}
	return 0;
}

static bool is_comment(const char *p)
{
	return *p == '#' || !strncmp(p, "//", 2) || !strncmp(p, "/*", 2);
}

/* Length of the comment at @p; 0 if it is never closed. */
static size_t comment_length(const char *p)
{
	const char *end;

	if (strncmp(p, "/*", 2))
		return strcspn(p, "\n");
	end = strstr(p + 2, "*/");
	return end ? (size_t)(end + 2 - p) : 0;
}

static void blank(char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != '\n')
			p[i] = ' ';
}

/*
 * Overwrite comments with blanks, since libconfuse takes none inside a list,
 * and make sure that every quote, comment and brace is closed, which it would
 * notice in the wrong line or not at all.
 */
static bool prepare_text(char *text)
{
	unsigned int line = 1, opened = 0, depth = 0;
	const char *unclosed = NULL;
	size_t len;

	for (char *p = text; *p; p += len) {
		len = 1;
		if (is_comment(p)) {
			len = comment_length(p);
			unclosed = len ? NULL : "comment";
			blank(p, len);
		} else if (*p == '"' || *p == '\'') {
			len = quote_length(p);
			unclosed = len ? NULL : "quote";
		} else if (*p == '{' && !depth++) {
			opened = line;
		} else if (*p == '}' && depth) {
			depth--;
		}
		if (unclosed)
			break;
		for (size_t i = 0; i < len; i++)
			line += p[i] == '\n';
	}
	if (!unclosed && depth) {
		unclosed = "{";
		line = opened;
	}
	if (unclosed)
		diag_error(parser->diag, parser->path, line,
			   "the %s that begins here is never closed", unclosed);
	return !unclosed;
}

static void parse_text(char *text)
{
	unsigned int errors = parser->diag->errors;

	if (!prepare_text(text))
		return;
	parser->root = make_grammar();
	if (!parser->root) {
		diag_error(parser->diag, parser->path, 0, "out of memory");
		return;
	}
	if (cfg_parse_buf(parser->root, text) != CFG_SUCCESS && parser->diag->errors == errors)
		diag_error(parser->diag, parser->path, 0, "cannot be understood");
	cfg_free(parser->root);
	parser->root = NULL;
	for (size_t i = 0; i < parser->n_sections; i++)
		parser->sections[i]->cfg = NULL;
}

/* ---- second step: checks ---- */

/* The next section of this kind, from index @i on, which is moved behind it; or NULL. */
static struct section *next_section(const struct parser *p, const struct config_kind *kind,
				    size_t *i)
{
	while (*i < p->n_sections) {
		struct section *s = p->sections[(*i)++];

		if (s->kind == kind)
			return s;
	}
	return NULL;
}

#define for_each_section(p, s, kind) \
	for (size_t i_##s = 0; ((s) = next_section(p, kind, &i_##s));)

static void check_option(const struct parser *p, const struct section *s,
			 const struct config_option *o)
{
	unsigned int line = s->lines[index_of(s, o)];
	size_t n;

	if (!line && !o->preset) {
		diag_error(p->diag, p->path, s->line, "%s \"%s\" needs %s (%s)", kind_of(s),
			   s->name, o->name, o->type->name);
		return;
	}
	if (!o->type->list)
		return;
	n = config_list_length(o, field_of(s, o));
	if (n < o->min)
		diag_error(p->diag, p->path, line ? line : s->line, "%s is empty; expected a %s",
			   o->name, o->type->name);
	else if (n > o->max)
		diag_error(p->diag, p->path, line, "%s has %zu elements; expected at most %lu",
			   o->name, n, o->max);
}

static void check_options(const struct parser *p)
{
	const struct config_option *o;

	for (size_t i = 0; i < p->n_sections; i++)
		for_each_option(o, p->sections[i]->kind)
			check_option(p, p->sections[i], o);
}

static void range_text(const struct ipv4_range *range, char text[2 * INET_ADDRSTRLEN])
{
	char last[INET_ADDRSTRLEN];

	ipv4_format(range->first, text);
	if (range->first == range->last)
		return;
	strcat(text, "-");
	strcat(text, ipv4_format(range->last, last));
}

/* Report if @range, number @index of pool @s, overlaps any that comes before it in the file. */
static void check_overlap(const struct parser *p, const struct section *s, size_t index)
{
	const struct pool_values *mine = s->values;
	const struct ipv4_range *range = &mine->ranges.list[index];
	char one[2 * INET_ADDRSTRLEN], two[2 * INET_ADDRSTRLEN];
	const struct section *other;

	for_each_section(p, other, &config_kind_pool) {
		const struct pool_values *theirs = other->values;

		for (size_t i = 0; i < theirs->ranges.n; i++) {
			if (other == s && i == index)
				return;
			if (!ipv4_ranges_overlap(range, &theirs->ranges.list[i]))
				continue;
			range_text(range, one);
			range_text(&theirs->ranges.list[i], two);
			diag_error(p->diag, p->path, line_of(s, "range"),
				   "range %s overlaps %s of pool \"%s\" (line %u)", one, two,
				   other->name, line_of(other, "range"));
			return;
		}
	}
}

static bool is_peer_address(uint32_t a)
{
	return a >> 24 != 0 && a >> 24 != 127 && a >> 28 < 0xe;
}

static void check_pool(const struct parser *p, const struct section *s)
{
	const struct pool_values *v = s->values;
	uint64_t total = 0;
	char text[2 * INET_ADDRSTRLEN];

	for (size_t i = 0; i < v->ranges.n; i++) {
		const struct ipv4_range *range = &v->ranges.list[i];

		total += (uint64_t)range->last - range->first + 1;
		if (!is_peer_address(range->first) || !is_peer_address(range->last)) {
			range_text(range, text);
			diag_error(p->diag, p->path, line_of(s, "range"),
				   "range %s has addresses that no peer can have; expected "
				   "unicast addresses", text);
		}
		check_overlap(p, s, i);
	}
	if (total > POOL_MAX_ADDRESSES)
		diag_error(p->diag, p->path, line_of(s, "range"),
			   "pool \"%s\" has %" PRIu64 " addresses; expected at most %d", s->name,
			   total, POOL_MAX_ADDRESSES);
	for (size_t i = 0; i < v->exclude.n; i++) {
		uint32_t a = ntohl(v->exclude.list[i].s_addr);
		struct ipv4_range one = { a, a };
		bool inside = false;

		for (size_t j = 0; j < v->ranges.n; j++)
			inside |= ipv4_ranges_overlap(&one, &v->ranges.list[j]);
		if (!inside)
			diag_warning(p->diag, p->path, line_of(s, "exclude"),
				     "exclude has %s, which is not in pool \"%s\"",
				     ipv4_format(a, text), s->name);
	}
}

static void report_keyless(const struct parser *p, const struct section *s, const char *option,
			   uint8_t method)
{
	const struct config_word *w = config_find_option(s->kind, option)->words;

	while (w->text && w->value != method)
		w++;
	diag_error(p->diag, p->path, line_of(s, option),
		   "%s has \"%s\", which gives no keys for mppe = required; leave it out, or set "
		   "mppe = preferred or mppe = off", option, w->text);
}

/* MPPE takes its keys from MS-CHAP; a user who came by another method would never get through. */
static void check_mppe(const struct parser *p, const struct section *s)
{
	const struct server_values *v = s->values;

	if (v->server.mppe != PPP_MPPE_REQUIRED)
		return;
	for (const uint8_t *m = v->server.auth; *m; m++) {
		if (*m == PPP_AUTH_PAP || *m == PPP_AUTH_CHAP_MD5)
			report_keyless(p, s, "auth", *m);
		for (const uint8_t *e = v->server.eap; *m == PPP_AUTH_EAP && *e; e++)
			if (*e == PPP_AUTH_CHAP_MD5)
				report_keyless(p, s, "eap", *e);
	}
}

static bool share_an_address(const struct config_addresses *a, const struct config_addresses *b,
			     struct in_addr *which)
{
	for (size_t i = 0; i < a->n; i++) {
		for (size_t j = 0; j < b->n; j++) {
			*which = a->list[i];
			if (a->list[i].s_addr == b->list[j].s_addr || !a->list[i].s_addr ||
			    !b->list[j].s_addr)
				return true;
		}
	}
	return false;
}

/* Report if a server that comes before @s in the file listens on the same address and port. */
static void check_listen(const struct parser *p, const struct section *s)
{
	const struct server_values *mine = s->values;
	const struct section *other;
	struct in_addr which;
	char text[INET_ADDRSTRLEN];

	for_each_section(p, other, &config_kind_server) {
		const struct server_values *theirs = other->values;

		if (other == s)
			return;
		if (mine->server.port != theirs->server.port ||
		    !share_an_address(&mine->server.listen, &theirs->server.listen, &which))
			continue;
		diag_error(p->diag, p->path, line_of(s, "listen"),
			   "%s port %u is taken already by server \"%s\" (line %u)",
			   ipv4_format(ntohl(which.s_addr), text), mine->server.port, other->name,
			   line_of(other, "listen"));
		return;
	}
}

static const struct section *find_section(const struct parser *p, const struct config_kind *kind,
					  const char *name)
{
	const struct section *s;

	for_each_section(p, s, kind)
		if (!strcmp(s->name, name))
			return s;
	return NULL;
}

static void check_pool_name(const struct parser *p, const struct section *s)
{
	const struct server_values *v = s->values;
	const struct section *pool;

	if (!*v->pool || find_section(p, &config_kind_pool, v->pool))
		return;
	for_each_section(p, pool, &config_kind_pool) {
		if (!text_resembles(v->pool, pool->name))
			continue;
		diag_error(p->diag, p->path, line_of(s, "pool"),
			   "there is no pool \"%s\"; did you mean \"%s\"?", v->pool, pool->name);
		return;
	}
	diag_error(p->diag, p->path, line_of(s, "pool"),
		   "there is no pool \"%s\"; expected the name of a pool section", v->pool);
}

/* Read the secrets of @s, once for all servers that name the same file. */
static void load_secrets(const struct parser *p, const struct section *s)
{
	struct server_values *v = s->values;
	struct section *other;
	unsigned int errors = p->diag->errors;

	for_each_section(p, other, &config_kind_server) {
		struct config_server *theirs = &((struct server_values *)other->values)->server;

		if (other == s)
			break;
		if (strcmp(theirs->secrets_path, v->server.secrets_path))
			continue;
		/* NULL if it was wrong; that has been said then. */
		if (theirs->secrets)
			v->server.secrets = secrets_get(theirs->secrets);
		return;
	}
	v->server.secrets = secrets_load(v->server.secrets_path, p->diag);
	if (p->diag->errors != errors)
		diag_error(p->diag, p->path, line_of(s, "secrets"),
			   "server \"%s\" cannot do without %s", s->name, v->server.secrets_path);
}

static void check_server(const struct parser *p, const struct section *s)
{
	const struct server_values *v = s->values;
	uint32_t local = ntohl(v->server.local_address.s_addr);
	char text[INET_ADDRSTRLEN];

	if (s->lines[index_of(s, config_find_option(s->kind, "local-address"))] && !is_peer_address(local))
		diag_error(p->diag, p->path, line_of(s, "local-address"),
			   "local-address is \"%s\": expected a unicast address",
			   ipv4_format(local, text));
	check_mppe(p, s);
	check_listen(p, s);
	check_pool_name(p, s);
	load_secrets(p, s);
}

/* MPPE takes its keys from MS-CHAP, whatever else we would agree to. */
static void check_client_mppe(const struct parser *p, const struct section *s)
{
	const struct config_client *c = s->values;
	uint8_t keyed = PPP_AUTH_BIT(PPP_AUTH_MSCHAP) | PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2);

	if (memchr(c->eap, PPP_AUTH_MSCHAPV2, sizeof(c->eap)))
		keyed |= PPP_AUTH_BIT(PPP_AUTH_EAP);
	if (c->mppe == PPP_MPPE_REQUIRED && !(c->auth & keyed))
		diag_error(p->diag, p->path, line_of(s, "auth"),
			   "auth has nothing that gives keys for mppe = required; add "
			   "\"mschap-v2\", or set mppe = preferred or mppe = off");
}

static void load_password(const struct parser *p, const struct section *s)
{
	struct config_client *c = s->values;

	if (c->auth == PPP_AUTH_BIT(PPP_AUTH_NONE))
		return;
	if (!*c->user)
		diag_error(p->diag, p->path, line_of(s, "user"),
			   "client \"%s\" needs user (text), unless auth is \"none\" alone",
			   s->name);
	if (!*c->secret_path) {
		diag_error(p->diag, p->path, line_of(s, "secret-file"),
			   "client \"%s\" needs secret-file (path), unless auth is \"none\" alone",
			   s->name);
		return;
	}
	c->password = password_load(c->secret_path, p->diag);
	if (!c->password)
		diag_error(p->diag, p->path, line_of(s, "secret-file"),
			   "client \"%s\" cannot do without %s", s->name, c->secret_path);
}

/* What the client's interface is called. */
static const char *interface_of(const struct section *s)
{
	const struct config_client *c = s->values;

	return *c->interface ? c->interface : s->name;
}

static void check_interface(const struct parser *p, const struct section *s)
{
	const struct section *other;

	if (strlen(interface_of(s)) >= IFNAMSIZ)
		diag_error(p->diag, p->path, s->line,
			   "client \"%s\" needs interface (interface), since its own name has more "
			   "than %d octets", s->name, IFNAMSIZ - 1);
	for_each_section(p, other, &config_kind_client) {
		if (other == s)
			return;
		if (strcmp(interface_of(other), interface_of(s)))
			continue;
		diag_error(p->diag, p->path, line_of(s, "interface"),
			   "interface %s is taken already by client \"%s\" (line %u)",
			   interface_of(s), other->name, line_of(other, "interface"));
		return;
	}
}

static void check_client(const struct parser *p, const struct section *s)
{
	const struct config_client *c = s->values;
	uint32_t local = ntohl(c->local_address.s_addr);
	char text[INET_ADDRSTRLEN];

	if (local && !is_peer_address(local))
		diag_error(p->diag, p->path, line_of(s, "local-address"),
			   "local-address is \"%s\": expected a unicast address",
			   ipv4_format(local, text));
	if (c->reconnect_max_s < c->reconnect_min_s)
		diag_error(p->diag, p->path, line_of(s, "reconnect-max"),
			   "reconnect-max is %u: expected no less than reconnect-min, which is %u",
			   c->reconnect_max_s, c->reconnect_min_s);
	if (c->connect == CONFIG_CONNECT_START && c->idle_timeout_s)
		diag_error(p->diag, p->path, line_of(s, "idle-timeout"),
			   "idle-timeout makes no sense with connect = start, which would dial "
			   "again at once; expected connect = demand or connect = manual");
	if (c->connect == CONFIG_CONNECT_DEMAND && !c->routes.n)
		diag_error(p->diag, p->path, line_of(s, "connect"),
			   "connect is demand, but without routes there is nothing to wait for");
	if (c->connect == CONFIG_CONNECT_DEMAND && c->default_route)
		diag_error(p->diag, p->path, line_of(s, "default-route"),
			   "default-route would keep connect = demand from reaching the server; "
			   "expected routes");
	check_client_mppe(p, s);
	check_interface(p, s);
	load_password(p, s);
}

static void check_control(const struct parser *p, const struct section *s)
{
	const struct config_control *c = s->values;

	if (*c->group && !getgrnam(c->group))
		diag_error(p->diag, p->path, line_of(s, "group"),
			   "group is \"%s\": expected the name of a group of this system",
			   c->group);
}

static void check_sections(const struct parser *p)
{
	const struct section *s;
	bool anything = false;

	for_each_section(p, s, &config_kind_control)
		check_control(p, s);
	for_each_section(p, s, &config_kind_pool)
		check_pool(p, s);
	for_each_section(p, s, &config_kind_server) {
		check_server(p, s);
		anything = true;
	}
	for_each_section(p, s, &config_kind_client) {
		check_client(p, s);
		anything = true;
	}
	if (!anything)
		diag_error(p->diag, p->path, 0,
			   "there is neither a server nor a client section, so there is nothing to "
			   "do");
}

/* ---- third step: the result ---- */

static bool exclude_address(struct config_addresses *list, struct in_addr address)
{
	struct in_addr *grown;

	for (size_t i = 0; i < list->n; i++)
		if (list->list[i].s_addr == address.s_addr)
			return true;
	grown = realloc(list->list, (list->n + 1) * sizeof(*grown));
	if (!grown)
		return false;
	grown[list->n++] = address;
	list->list = grown;
	return true;
}

/* No peer may get an address of ours, whichever pool it would come from. */
static bool exclude_servers(struct parser *p)
{
	const struct section *pool, *server;

	for_each_section(p, pool, &config_kind_pool)
		for_each_section(p, server, &config_kind_server)
			if (!exclude_address(&((struct pool_values *)pool->values)->exclude,
					     ((struct server_values *)server->values)->
						     server.local_address))
				return false;
	return true;
}

static void move_pool(struct config_pool *pool, struct section *s)
{
	struct pool_values *v = s->values;

	pool->name = s->name;
	pool->ranges = v->ranges.list;
	pool->n_ranges = v->ranges.n;
	pool->exclude = v->exclude.list;
	pool->n_exclude = v->exclude.n;
	s->name = NULL;
	memset(v, 0, sizeof(*v));
}

static bool move_server(struct config *config, struct config_server *server, struct section *s)
{
	struct server_values *v = s->values;

	if (!*v->server.auth_name) {
		char *name = strdup(s->name);

		if (!name)
			return false;
		free(v->server.auth_name);
		v->server.auth_name = name;
	}
	*server = v->server;
	server->name = s->name;
	for (size_t i = 0; i < config->n_pools; i++)
		if (!strcmp(config->pools[i].name, v->pool))
			server->pool = &config->pools[i];
	s->name = NULL;
	free(v->pool);
	memset(v, 0, sizeof(*v));
	return true;
}

static bool move_client(struct config_client *client, struct section *s)
{
	struct config_client *v = s->values;

	if (!*v->interface) {
		char *name = strdup(s->name);

		if (!name)
			return false;
		free(v->interface);
		v->interface = name;
	}
	*client = *v;
	client->name = s->name;
	s->name = NULL;
	memset(v, 0, sizeof(*v));
	return true;
}

static void move_user(struct config_user *user, struct section *s)
{
	*user = *(struct config_user *)s->values;
	user->name = s->name;
	s->name = NULL;
	memset(s->values, 0, s->kind->size);
}

static bool move_sections(struct config *config, struct parser *p)
{
	struct section *s;

	for_each_section(p, s, &config_kind_log)
		config->log = *(struct log_options *)s->values;
	for_each_section(p, s, &config_kind_control) {
		config_clear(s->kind, &config->control);
		config->control = *(struct config_control *)s->values;
		memset(s->values, 0, s->kind->size);
	}
	for_each_section(p, s, &config_kind_pool)
		move_pool(&config->pools[config->n_pools++], s);
	for_each_section(p, s, &config_kind_server)
		if (!move_server(config, &config->servers[config->n_servers++], s))
			return false;
	for_each_section(p, s, &config_kind_client)
		if (!move_client(&config->clients[config->n_clients++], s))
			return false;
	for_each_section(p, s, &config_kind_user)
		move_user(&config->users[config->n_users++], s);
	return true;
}

static struct config *make_config(struct parser *p)
{
	struct config *config = calloc(1, sizeof(*config));

	if (!config)
		return NULL;
	config->refs = 1;
	config->path = strdup(p->path);
	config->pools = calloc(p->n_sections + 1, sizeof(*config->pools));
	config->servers = calloc(p->n_sections + 1, sizeof(*config->servers));
	config->clients = calloc(p->n_sections + 1, sizeof(*config->clients));
	config->users = calloc(p->n_sections + 1, sizeof(*config->users));
	if (!config->path || !config->pools || !config->servers || !config->clients ||
	    !config->users ||
	    !config_preset(&config_kind_log, &config->log) ||
	    !config_preset(&config_kind_control, &config->control) ||
	    !exclude_servers(p) || !move_sections(config, p)) {
		config_put(config);
		return NULL;
	}
	return config;
}

static void parser_free(struct parser *p)
{
	struct section *s;

	/* Secrets are no option of the table, so config_clear() does not know of them. */
	for_each_section(p, s, &config_kind_server)
		secrets_put(((struct server_values *)s->values)->server.secrets);
	for_each_section(p, s, &config_kind_client)
		password_free(((struct config_client *)s->values)->password);
	for (size_t i = 0; i < p->n_sections; i++)
		section_free(p->sections[i]);
	free(p->sections);
}

struct config *config_load(const char *path, struct diag *diag)
{
	struct parser p = { .path = path, .diag = diag };
	unsigned int errors = diag->errors;
	struct config *config = NULL;
	char *text = read_file(path, diag);

	if (diag->errors == errors) {
		parser = &p;
		parse_text(text);
		parser = NULL;
	}
	free(text);
	if (diag->errors == errors)
		check_options(&p);
	if (diag->errors == errors)
		check_sections(&p);
	if (diag->errors == errors) {
		config = make_config(&p);
		if (!config)
			diag_error(diag, path, 0, "out of memory");
	}
	parser_free(&p);
	return config;
}

struct config *config_get(struct config *config)
{
	config->refs++;
	return config;
}

void config_put(struct config *config)
{
	if (!config || --config->refs)
		return;
	for (size_t i = 0; i < config->n_pools; i++) {
		free(config->pools[i].name);
		free(config->pools[i].ranges);
		free(config->pools[i].exclude);
	}
	for (size_t i = 0; i < config->n_servers; i++) {
		struct server_values v = { .server = config->servers[i] };

		secrets_put(v.server.secrets);
		free(v.server.name);
		config_clear(&config_kind_server, &v);
	}
	for (size_t i = 0; i < config->n_clients; i++) {
		password_free(config->clients[i].password);
		free(config->clients[i].name);
		config_clear(&config_kind_client, &config->clients[i]);
	}
	for (size_t i = 0; i < config->n_users; i++) {
		free(config->users[i].name);
		config_clear(&config_kind_user, &config->users[i]);
	}
	config_clear(&config_kind_control, &config->control);
	free(config->users);
	free(config->clients);
	free(config->servers);
	free(config->pools);
	free(config->path);
	free(config);
}

const struct config_server *config_find_server(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_servers; i++)
		if (!strcmp(config->servers[i].name, name))
			return &config->servers[i];
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
	for (size_t i = 0; i < config->n_users; i++)
		if (!strcmp(config->users[i].name, name))
			return &config->users[i];
	return NULL;
}

bool config_same_client(const struct config_client *a, const struct config_client *b)
{
	return config_same_values(&config_kind_client, a, b) && !strcmp(a->name, b->name) &&
	       !strcmp(a->password ? a->password : "", b->password ? b->password : "");
}
