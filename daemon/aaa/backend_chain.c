// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "aaa/backend_chain.h"

struct auth_chain {
	struct auth base;
	unsigned int n;
	struct auth *list[];		/* references */
};

/* A question, or a conversation, under way. */
struct turn {
	struct auth_chain *chain;
	struct auth_job *job;
	struct auth_job inner;		/* with the one that is asked now */
	unsigned int at;		/* its number */
	struct auth_kept *kept;		/* the request, for the next one */
	bool talking;			/* a conversation has begun: nobody else is asked */
	bool missed;			/* one could not tell: ... */
	struct auth_verdict could_not;	/* ... what the first such one said; without secrets */
};

static struct auth_chain *to_chain(struct auth *auth)
{
	return (struct auth_chain *)auth;
}

static void turn_free(struct turn *turn)
{
	auth_kept_free(turn->kept);
	free(turn);
}

static bool does_not_know(enum auth_result result)
{
	return result == AUTH_UNKNOWN_USER || result == AUTH_OTHER_SERVER;
}

static void note_unavailable(struct turn *turn, const struct auth_verdict *verdict)
{
	if (turn->missed || verdict->result != AUTH_UNAVAILABLE)
		return;
	turn->missed = true;
	turn->could_not = *verdict;
}

/* Put what several have said into one verdict. */
static void sum_up(struct turn *turn, struct auth_verdict *v)
{
	if (!turn->missed)
		return;
	if (does_not_know(v->result))
		*v = turn->could_not;
	else if (v->result == AUTH_OK && !*v->remark)
		strcpy(v->remark, auth_why(&turn->could_not));
}

static void finish(struct turn *turn, const struct auth_verdict *verdict)
{
	struct auth_verdict v = *verdict;
	struct auth_job *job = turn->job;

	sum_up(turn, &v);
	turn->talking = v.result == AUTH_CONTINUES;
	if (!turn->talking) {
		job->backend = NULL;
		turn_free(turn);
	}
	auth_finish(job, &v);
	explicit_bzero(&v, sizeof(v));
}

static void answered(void *ctx, const struct auth_verdict *verdict)
{
	struct turn *turn = ctx;
	const bool next = verdict->result == AUTH_UNKNOWN_USER ||
			  verdict->result == AUTH_UNAVAILABLE;

	if (turn->talking || !next || turn->at + 1 == turn->chain->n) {
		finish(turn, verdict);
		return;
	}
	note_unavailable(turn, verdict);
	turn->at++;
	auth_start(turn->chain->list[turn->at], &turn->inner, auth_kept_request(turn->kept),
		   answered, turn);
}

static void start(struct auth *auth, struct auth_job *job, const struct auth_request *request)
{
	struct turn *turn = job->backend;

	if (turn) {
		auth_start(turn->chain->list[turn->at], &turn->inner, request, answered, turn);
		return;
	}
	turn = calloc(1, sizeof(*turn));
	if (turn)
		turn->kept = auth_keep(request);
	if (!turn || !turn->kept) {
		free(turn);
		auth_finish_without_memory(job, request);
		return;
	}
	turn->chain = to_chain(auth);
	turn->job = job;
	job->backend = turn;
	auth_start(turn->chain->list[0], &turn->inner, request, answered, turn);
}

static void cancel(struct auth *auth, struct auth_job *job)
{
	struct turn *turn = job->backend;

	job->backend = NULL;
	auth_cancel(&turn->inner);
	turn_free(turn);
}

static void destroy(struct auth *auth)
{
	struct auth_chain *chain = to_chain(auth);

	for (unsigned int i = 0; i < chain->n; i++)
		auth_put(chain->list[i]);
	free(chain);
}

struct auth *auth_chain_new(struct auth * const *list, unsigned int n)
{
	static const struct auth_ops ops = { .start = start, .cancel = cancel, .free = destroy };
	struct auth_chain *chain = calloc(1, sizeof(*chain) + n * sizeof(chain->list[0]));

	if (!chain)
		return NULL;
	chain->base = (struct auth){ .ops = &ops, .name = "chain", .refs = 1 };
	chain->n = n;
	for (unsigned int i = 0; i < n; i++) {
		chain->list[i] = list[i];
		list[i]->refs++;
	}
	return &chain->base;
}
