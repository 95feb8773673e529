// SPDX-License-Identifier: GPL-2.0-only
/*
 * Warnings of secrets by which nobody can log in. They are no mistakes: other programs may read the
 * same file. But users whom a server cannot tell apart have one section.
 */
#include <search.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "aaa/secrets.h"
#include "config/check.h"
#include "ppp/auth.h"
#include "util/text.h"

static const struct config_server *server_of(const struct config_section *s)
{
	return &((const struct server_values *)s->values)->server;
}

/* Returns what the second column of the secrets calls the server. */
static const char *name_of(const struct config_section *s)
{
	const char *name = server_of(s)->auth_name;

	return *name ? name : s->name;
}

/* Returns true if somebody can log in at @s by this line. */
static bool is_for(const struct secrets_entry *e, const struct config_section *s)
{
	if (e->flaw)
		return false;
	return !strcmp(e->server, "*") || !strcmp(e->server, name_of(s));
}

/*
 * Returns the first server with the secrets of @s that @entry is for; or, if it is for none, whose
 * name it seems to have meant: then *@is_typo is true. NULL: none.
 */
static const struct config_section *meant(const struct config_draft *d,
					  const struct config_section *s,
					  const struct secrets_entry *entry, bool *is_typo)
{
	const struct config_section *other, *found = NULL;

	*is_typo = false;

	for_each_section(d, other, &config_kind_server) {
		if (server_of(other)->secrets != server_of(s)->secrets)
			continue;
		if (is_for(entry, other))
			return other;
		if (!found && text_resembles(entry->server, name_of(other)))
			found = other;
	}
	*is_typo = found;
	return found;
}

/*
 * Of servers that share their secrets, the one that a name was meant for reports it, so that it is
 * reported once.
 */
static void check_server_name(const struct config_draft *d, const struct config_section *s,
			      struct diag *diag, const struct secrets_entry *entry)
{
	bool is_typo;

	if (!entry->flaw && meant(d, s, entry, &is_typo) == s && is_typo)
		diag_warning(diag, server_of(s)->secrets_path, entry->line,
			     "the second column is not the name of a server here; did you mean "
			     "\"%s\"?", name_of(s));
}

/* Returns the first server that has the secrets of @s. */
static const struct config_section *first_with(const struct config_draft *d,
					       const struct config_section *s)
{
	const struct config_section *other;

	for_each_section(d, other, &config_kind_server)
		if (server_of(other)->secrets == server_of(s)->secrets)
			return other;
	return s;
}

/*
 * Say of the first line that is for none of our servers what the second column means. Other programs
 * may read the file, too, so that there may be many such lines.
 */
static void explain_servers(const struct config_draft *d, const struct config_section *s,
			    struct diag *diag)
{
	const struct secrets *secrets = server_of(s)->secrets;
	const struct secrets_entry *first = NULL;
	char more[48] = "";
	size_t n = 0;
	bool is_typo;

	if (first_with(d, s) != s)
		return;
	for (size_t i = 0; i < secrets_count(secrets); i++) {
		const struct secrets_entry *e = secrets_at(secrets, i);

		if (e->flaw || meant(d, s, e, &is_typo))
			continue;
		first = first ? first : e;
		n++;
	}
	if (n > 1)
		snprintf(more, sizeof(more), ", nor are %zu more lines", n - 1);
	if (first)
		diag_warning(diag, server_of(s)->secrets_path, first->line,
			     "the second column is \"%s\", but no server here has that name, so that "
			     "this line is not used%s; expected *, or a name of a server (see "
			     "auth-name)", first->server, more);
}

static void check_domain(const struct config_section *s, struct diag *diag,
			 const struct secrets_entry *entry)
{
	if (server_of(s)->strip_domain && is_for(entry, s) && strchr(entry->client, '\\'))
		diag_warning(diag, server_of(s)->secrets_path, entry->line,
			     "\"%s\" is never found by server \"%s\", which looks users up without "
			     "their domain (strip-domain)", entry->client, s->name);
}

/* Returns true if users of @realm are asked of RADIUS, whose realms stay in the name. */
static bool keeps_realm(const struct config_draft *d, const struct config_section *s,
			const char *realm)
{
	const struct config_section *other;

	if (!memchr(server_of(s)->users, CONFIG_JUDGE_RADIUS, sizeof(server_of(s)->users)))
		return false;
	for_each_section(d, other, &config_kind_realm)
		if (!strcasecmp(other->name, realm))
			return true;
	return false;
}

static void check_realm(const struct config_draft *d, const struct config_section *s,
			struct diag *diag, const struct secrets_entry *entry)
{
	const char *at = strrchr(entry->client, '@');

	if (server_of(s)->strip_realm && is_for(entry, s) && at && !keeps_realm(d, s, at + 1))
		diag_warning(diag, server_of(s)->secrets_path, entry->line,
			     "\"%s\" is never found by server \"%s\", which looks users up without "
			     "their realm (strip-realm)", entry->client, s->name);
}

static void check_case(const struct config_section *s, struct diag *diag,
		       const struct secrets_entry *entry)
{
	const struct secrets_entry *first = NULL;

	if (server_of(s)->fold_case && is_for(entry, s))
		first = secrets_namesake(server_of(s)->secrets, entry);
	if (first)
		diag_warning(diag, server_of(s)->secrets_path, entry->line,
			     "\"%s\" is never found by server \"%s\", to which it is the same as "
			     "\"%s\" in line %u (fold-case)", entry->client, s->name,
			     first->client, first->line);
}

/* Returns true if users whose password we have no more than the hash of can log in. */
static bool takes_nt_hash(const struct config_server *server)
{
	for (const uint8_t *m = server->auth; *m; m++) {
		if (ppp_auth_takes_nt_hash(*m))
			return true;
		for (const uint8_t *e = server->eap; *m == PPP_AUTH_EAP && *e; e++)
			if (ppp_auth_takes_nt_hash(*e))
				return true;
	}
	return false;
}

static void check_hash(const struct config_section *s, struct diag *diag,
		       const struct secrets_entry *entry)
{
	if (entry->nt_hash && is_for(entry, s) && !takes_nt_hash(server_of(s)))
		diag_warning(diag, server_of(s)->secrets_path, entry->line,
			     "\"%s\" cannot log in at server \"%s\", whose methods (auth, eap) need "
			     "the password and not its NT hash", entry->client, s->name);
}

/* Returns true if there are lines that are not wrong, but all of them are for other servers. */
static bool are_for_others(const struct config_section *s, const struct secrets *secrets)
{
	bool any = false;

	for (size_t i = 0; i < secrets_count(secrets); i++) {
		const struct secrets_entry *e = secrets_at(secrets, i);

		if (is_for(e, s))
			return false;
		any = any || !e->flaw;
	}
	return any;
}

static void check_users(struct config_draft *d, const struct config_section *s)
{
	const struct secrets *secrets = server_of(s)->secrets;
	const bool for_others = are_for_others(s, secrets);
	struct diag diag;

	if (for_others)
		report_warning(&d->report, section_place(s, "auth-name"),
			       "nobody can log in at server \"%s\": the second column of %s is "
			       "neither * nor \"%s\" in any line; see auth-name", s->name,
			       server_of(s)->secrets_path, name_of(s));
	diag_init(&diag);
	if (!for_others)
		explain_servers(d, s, &diag);
	for (size_t i = 0; i < secrets_count(secrets); i++) {
		check_server_name(d, s, &diag, secrets_at(secrets, i));
		check_domain(s, &diag, secrets_at(secrets, i));
		check_realm(d, s, &diag, secrets_at(secrets, i));
		check_case(s, &diag, secrets_at(secrets, i));
		check_hash(s, &diag, secrets_at(secrets, i));
	}
	report_other_file(&d->report, section_place(s, "secrets"), &diag);
}

/* Returns the first server to which the case of names means nothing, or NULL. */
static const struct config_section *who_folds(const struct config_draft *d)
{
	const struct config_section *s;

	for_each_section(d, s, &config_kind_server)
		if (server_of(s)->fold_case)
			return s;
	return NULL;
}

static int by_folded_name(const void *a, const void *b)
{
	const struct config_section *x = a, *y = b;

	return strcasecmp(x->name, y->name);
}

static void leave(void *section)
{
	/* It belongs to the draft. */
	(void)section;
}

/* Report sections of users whom @server cannot tell apart. */
static void check_names(struct config_draft *d, const struct config_section *server)
{
	char where[REPORT_WHERE_SIZE];
	const struct config_section *s;
	void *names = NULL;

	for_each_section(d, s, &config_kind_user) {
		const struct config_section **first = tsearch(s, &names, by_folded_name);

		if (!first) {
			report_no_memory(&d->report);
			break;
		}
		if (*first != s)
			report_error(&d->report, s->place, "user \"%s\" is the same as \"%s\" (%s) to "
				     "server \"%s\" (fold-case); expected one section for both",
				     s->name, (*first)->name,
				     report_where(&d->report, s->place, (*first)->place, where),
				     server->name);
	}
	tdestroy(names, leave);
}

void config_check_users(struct config_draft *d)
{
	const struct config_section *folds = who_folds(d), *s;

	if (folds)
		check_names(d, folds);
	for_each_section(d, s, &config_kind_server)
		check_users(d, s);
}
