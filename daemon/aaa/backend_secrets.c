// SPDX-License-Identifier: GPL-2.0-only
/* The backend that judges logins by a chap-secrets file. It answers at once. */
#include <stdlib.h>
#include <string.h>

#include "aaa/backend.h"
#include "aaa/entry_verdict.h"
#include "aaa/grant.h"
#include "aaa/secrets.h"
#include "ppp/mschap.h"
#include "util/text.h"

struct auth_secrets {
	struct auth base;
	struct secrets *secrets;
};

static struct auth_secrets *to_secrets(struct auth *auth)
{
	return (struct auth_secrets *)auth;
}

/* Let the pool and the rates of the line count, if it has any. */
static void grant_line(struct auth_verdict *v, const struct secrets_entry *entry)
{
	if (!entry->pool && !entry->rate_up && !entry->rate_down)
		return;
	v->grant = grant_of_secret(entry->pool ? entry->pool : "", entry->rate_up, entry->rate_down);
	if (!v->grant)
		auth_refuse_without_memory(v);
}

static void judge(const struct auth_secrets *auth, const struct auth_request *request,
		  struct auth_verdict *v)
{
	const struct secrets_entry *entry;
	size_t len;
	const char *name = entry_name(v, request, &len);

	if (!entry_can_tell(v, request))
		return;
	entry = secrets_find(auth->secrets, name, len, request->server, request->fold_case);
	if (entry && strcmp(entry->client, "*"))
		text_show(v->user, sizeof(v->user), entry->client, strlen(entry->client));
	entry_verdict(v, request, entry,
		      secrets_knows(auth->secrets, name, len, request->fold_case) ?
			      AUTH_OTHER_SERVER : AUTH_UNKNOWN_USER);
	if (v->result == AUTH_OK)
		grant_line(v, entry);
}

static void start(struct auth *auth, struct auth_job *job, const struct auth_request *request)
{
	struct auth_verdict verdict = { 0 };

	judge(to_secrets(auth), request, &verdict);
	auth_finish(job, &verdict);
	grant_put(verdict.grant);
	explicit_bzero(&verdict, sizeof(verdict));
}

static void destroy(struct auth *auth)
{
	secrets_put(to_secrets(auth)->secrets);
	free(auth);
}

struct auth *auth_secrets_new(struct secrets *secrets)
{
	static const struct auth_ops ops = { .start = start, .free = destroy };
	struct auth_secrets *auth = calloc(1, sizeof(*auth));

	if (!auth)
		return NULL;
	auth->base.ops = &ops;
	auth->base.name = "secrets";
	auth->base.refs = 1;
	auth->secrets = secrets_get(secrets);
	return &auth->base;
}
