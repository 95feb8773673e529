// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "aaa/database.h"
#include "aaa/password.h"
#include "config/radius_names.h"

static const struct config_word types[] = {
	{ "sqlite", DATABASE_SQLITE },
	{ "postgresql", DATABASE_POSTGRESQL },
	{ 0 },
};

#define AT(field) offsetof(struct config_database, field)

static const struct config_option options[] = {
	{ "type", &config_type_word, AT(type), .words = types, .preset = NULL,
	  .means = "sqlite or postgresql" },
	{ "file", &config_type_optional_path, AT(file), .preset = "",
	  .means = "The file of SQLite" },
	{ "connection", &config_type_string, AT(connection), .preset = "",
	  .means = "How PostgreSQL is reached, as \"host=db dbname=users user=culvert\"" },
	{ "password-file", &config_type_optional_path, AT(password_path), .preset = "",
	  .means = "The file with the password for it" },
	{ "query", &config_type_string, AT(query), .preset = "",
	  .means = "The query for a user, with $1 for the name; empty: that of users.sql" },
	{ "timeout", &config_type_number, AT(timeout_s), .min = 1, .max = 60, .preset = "5",
	  .unit = "seconds",
	  .means = "How long an answer is waited for" },
	{ "max-queued", &config_type_number, AT(max_queued), .min = 1, .max = 100000,
	  .preset = "1000", .unit = "questions",
	  .means = "How many questions may wait for their turn" },
	{ 0 },
};

/* Report if @option, which belongs to databases of another type, is given. */
static void check_needless(struct config_draft *d, const struct config_section *s,
			   const char *option, const char *value)
{
	if (section_knows(s, option) && *value)
		report_error(&d->report, section_place(s, option),
			     "%s is for another type of database; leave it out", option);
}

static void check_sqlite(struct config_draft *d, const struct config_section *s)
{
	const struct config_database *db = s->values;

	if (section_knows(s, "file") && !*db->file)
		report_error(&d->report, s->place, "database \"%s\" of type sqlite needs file",
			     s->name);
	check_needless(d, s, "connection", db->connection);
	check_needless(d, s, "password-file", db->password_path);
}

static void check_postgresql(struct config_draft *d, struct config_section *s)
{
	struct config_database *db = s->values;
	char wrong[256];

	check_needless(d, s, "file", db->file);
	if (section_knows(s, "connection") &&
	    !database_can_connect(db->connection, wrong, sizeof(wrong)))
		report_error(&d->report,
			     *db->connection ? section_place(s, "connection") : s->place,
			     "connection %s", wrong);
	if (section_knows(s, "password-file") && *db->password_path)
		db->password = config_load_secret(d, s, "password-file", db->password_path);
}

static void check(struct config_draft *d, struct config_section *s)
{
	const struct config_database *db = s->values;

	if (section_knows(s, "query") && *db->query && !strstr(db->query, "$1"))
		report_error(&d->report, section_place(s, "query"),
			     "query has no $1, which stands for the name of the user");
	if (!section_knows(s, "type"))
		return;
	if (db->type == DATABASE_SQLITE)
		check_sqlite(d, s);
	else
		check_postgresql(d, s);
}

static void release(void *values)
{
	struct config_database *db = values;

	password_free(db->password);
	free(db->name);
}

static uint64_t content(const void *values)
{
	const struct config_database *c = values;

	return config_content_of_text(0, c->password);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	struct config_database *db = &config->databases[config->n_databases++];

	*db = *(struct config_database *)s->values;
	db->name = s->name;
	s->name = NULL;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_database = {
	"database", .means = "Users in a database",
	.titled = true, .most = DATABASES_MAX, .size = sizeof(struct config_database),
	.options = options, .check = check, .content = content, .content_of = "password-file",
	.release = release, .move = move,
};
