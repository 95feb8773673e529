// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "aaa/backend.h"

void auth_start(struct auth *auth, struct auth_job *job, const struct auth_request *request,
		auth_done_fn done, void *ctx)
{
	auth->refs++;
	job->auth = auth;
	job->done = done;
	job->ctx = ctx;
	job->backend = NULL;
	auth->ops->start(auth, job, request);
}

void auth_cancel(struct auth_job *job)
{
	struct auth *auth = job->auth;

	if (!auth)
		return;
	job->auth = NULL;
	if (auth->ops->cancel)
		auth->ops->cancel(auth, job);
	auth_put(auth);
}

void auth_finish(struct auth_job *job, const struct auth_verdict *verdict)
{
	struct auth *auth = job->auth;

	job->auth = NULL;
	job->done(job->ctx, verdict);
	auth_put(auth);
}

void auth_put(struct auth *auth)
{
	if (auth && !--auth->refs)
		auth->ops->free(auth);
}

bool auth_is_failure(enum auth_result result)
{
	return result == AUTH_UNKNOWN_USER || result == AUTH_OTHER_SERVER ||
	       result == AUTH_WRONG_SECRET;
}

const char *auth_result_text(enum auth_result result)
{
	switch (result) {
	case AUTH_OK:
		return "accepted";
	case AUTH_UNKNOWN_USER:
		return "unknown user";
	case AUTH_OTHER_SERVER:
		return "the secrets have this user for another server only (second column)";
	case AUTH_WRONG_SECRET:
		return "wrong password";
	case AUTH_NO_ADDRESS:
		return "no address allowed for this user";
	case AUTH_REFUSED:
		return "refused by policy";
	case AUTH_UNAVAILABLE:
		return "authentication not available";
	}
	return "refused";
}
