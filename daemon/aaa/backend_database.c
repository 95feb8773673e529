// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/backend_database.h"
#include "aaa/entry_verdict.h"
#include "aaa/grant.h"
#include "ppp/mschap.h"
#include "util/container.h"
#include "util/text.h"

struct auth_database {
	struct auth base;
	struct database *database;	/* a reference */
	size_t n_profiles;
	char *profiles[];
};

/* A question under way. */
struct login {
	struct auth_database *auth;
	struct auth_job *job;
	struct auth_kept *kept;		/* the request */
	struct database_question question;
	char user[PPP_NAME_MAX + 1];
};

static struct auth_database *to_database(struct auth *auth)
{
	return (struct auth_database *)auth;
}

static void login_free(struct login *login)
{
	auth_kept_free(login->kept);
	free(login);
}

/* --- verdicts -------------------------------------------------------------------------------- */

/* The database could not tell; @why are words for the log. */
static void cannot_tell(struct auth_verdict *v, const struct auth_database *auth, const char *why)
{
	snprintf(v->why, sizeof(v->why), "database %s: %s", database_name(auth->database), why);
	auth_refuse(v, AUTH_UNAVAILABLE, MSCHAP_ERR_RESTRICTED_LOGON_HOURS,
		    "Logins cannot be checked now, try again later");
}

/* Refuse a user whose proof may have been right already: of @v only the name stays. */
static void refuse(struct auth_verdict *v, const struct auth_database *auth, const char *why,
		   enum mschap_error error, const char *message)
{
	struct auth_verdict no = { 0 };

	memcpy(no.user, v->user, sizeof(no.user));
	snprintf(no.why, sizeof(no.why), "database %s: %s", database_name(auth->database), why);
	auth_refuse(&no, AUTH_REFUSED, error, message);
	explicit_bzero(v, sizeof(*v));
	*v = no;
}

static bool has_profile(const struct auth_database *auth, const char *name)
{
	for (size_t i = 0; i < auth->n_profiles; i++)
		if (!strcmp(auth->profiles[i], name))
			return true;
	return false;
}

/* Let the profile of the row count, and when the user expires. */
static void grant_account(struct auth_verdict *v, const struct auth_database *auth,
			  const char *profile, uint64_t expires_s)
{
	char shown[TEXT_SHOW_SIZE(64)], why[TEXT_SHOW_SIZE(64) + 64];

	if (*profile && !has_profile(auth, profile)) {
		text_show(shown, sizeof(shown), profile, strlen(profile));
		snprintf(why, sizeof(why), "there is no profile \"%s\", which the row names", shown);
		refuse(v, auth, why, MSCHAP_ERR_NO_DIALIN_PERMISSION, "Your account is not set up");
		return;
	}
	v->grant = grant_of_account(profile, expires_s);
	if (!v->grant)
		refuse(v, auth, "out of memory", MSCHAP_ERR_RESTRICTED_LOGON_HOURS,
		       "The server is busy, try again later");
}

/* The proof was right. Whether the account is closed, admission says. */
static void admit(struct auth_verdict *v, const struct auth_database *auth,
		  const struct database_row *row)
{
	v->source = AUTH_SOURCE_DATABASE;
	v->disabled = row->disabled;
	if (*row->profile || row->expires_s)
		grant_account(v, auth, row->profile, row->expires_s);
}

static void judge_row(struct auth_verdict *v, const struct auth_database *auth,
		      const struct auth_request *request, const struct database_found *found)
{
	struct database_row row;
	const char *wrong = database_row_read(&row, found);

	if (wrong)
		refuse(v, auth, wrong, MSCHAP_ERR_RESTRICTED_LOGON_HOURS,
		       "Logins cannot be checked now, try again later");
	else
		entry_verdict(v, request, &row.entry, AUTH_UNKNOWN_USER);
	if (v->result == AUTH_OK)
		admit(v, auth, &row);
	explicit_bzero(&row, sizeof(row));
}

static void judge(struct auth_verdict *v, const struct auth_database *auth,
		  const struct auth_request *request, const struct database_found *found)
{
	if (database_found_any(found)) {
		judge_row(v, auth, request, found);
		return;
	}
	entry_verdict(v, request, NULL, found->known ? AUTH_OTHER_SERVER : AUTH_UNKNOWN_USER);
	if (found->known)
		snprintf(v->why, sizeof(v->why), "database %s has this user for another server only "
			 "(column server)", database_name(auth->database));
}

/* --- the question ---------------------------------------------------------------------------- */

/* The verdict is there, and ends the question. */
static void finish(struct login *login, struct auth_verdict *v)
{
	struct auth_job *job = login->job;

	job->backend = NULL;
	login_free(login);
	auth_finish(job, v);
	grant_put(v->grant);
	explicit_bzero(v, sizeof(*v));
}

static void answered(struct database_question *question, const struct database_answer *answer)
{
	struct login *login = container_of(question, struct login, question);
	const struct auth_request *request = auth_kept_request(login->kept);
	struct auth_verdict v = { 0 };
	size_t len;

	entry_name(&v, request, &len);
	if (answer->found)
		judge(&v, login->auth, request, answer->found);
	else
		cannot_tell(&v, login->auth, answer->fault);
	finish(login, &v);
}

static void ask(struct login *login)
{
	static const struct database_found nobody;
	const struct auth_request *request = auth_kept_request(login->kept);
	struct auth_verdict v = { 0 };
	size_t len;
	const char *name = entry_name(&v, request, &len), *why;

	if (!entry_can_tell(&v, request)) {
		finish(login, &v);
		return;
	}
	if (!len || memchr(name, '\0', len)) {
		judge(&v, login->auth, request, &nobody);
		finish(login, &v);
		return;
	}
	memcpy(login->user, name, len);
	if (request->fold_case)
		text_fold(login->user);
	login->question = (struct database_question){
		.user = login->user, .server = request->server, .answered = answered,
	};
	why = database_ask(login->auth->database, &login->question);
	if (!why)
		return;
	cannot_tell(&v, login->auth, why);
	finish(login, &v);
}

static void start(struct auth *auth, struct auth_job *job, const struct auth_request *request)
{
	struct login *login = calloc(1, sizeof(*login));

	if (login)
		login->kept = auth_keep(request);
	if (!login || !login->kept) {
		free(login);
		auth_finish_without_memory(job, request);
		return;
	}
	login->auth = to_database(auth);
	login->job = job;
	job->backend = login;
	ask(login);
}

static void cancel(struct auth *auth, struct auth_job *job)
{
	struct login *login = job->backend;

	job->backend = NULL;
	database_give_up(&login->question);
	login_free(login);
}

/* --- the backend ----------------------------------------------------------------------------- */

static void destroy(struct auth *auth)
{
	struct auth_database *a = to_database(auth);

	for (size_t i = 0; i < a->n_profiles; i++)
		free(a->profiles[i]);
	database_drop(a->database);
	free(a);
}

struct auth *auth_database_new(struct database *database,
			       const struct auth_database_settings *settings)
{
	static const struct auth_ops ops = { .start = start, .cancel = cancel, .free = destroy };
	struct auth_database *a = calloc(1, sizeof(*a) +
						    settings->n_profiles * sizeof(a->profiles[0]));

	if (!a)
		return NULL;
	a->base = (struct auth){ .ops = &ops, .name = "database", .refs = 1 };
	a->database = database_keep(database);
	for (size_t i = 0; i < settings->n_profiles; i++) {
		char *name = strdup(settings->profiles[i]);

		if (!name) {
			destroy(&a->base);
			return NULL;
		}
		a->profiles[a->n_profiles++] = name;
	}
	return &a->base;
}
