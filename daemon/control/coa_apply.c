// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/grant.h"
#include "control/coa_apply.h"
#include "session/radius_session.h"
#include "session/session.h"
#include "session/sweep.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/text.h"

/* What is done at once: sessions that match, and those that an index offers. */
#define FEW		16
#define STEPS		256

/* --- whom a request names -------------------------------------------------------------------- */

/* By what those that may match are found. */
enum way {
	BY_ID,				/* one session at most; likewise the next one */
	BY_INNER,
	BY_USER,
	BY_OUTER,
	BY_LOOKING,			/* at all */
	NOBODY,				/* the selectors name none that can exist */
};

/* Selectors, in the form in which they are compared. */
struct wanted {
	const struct radius_selectors *selectors;
	enum way way;
	uint64_t id;			/* BY_ID */
	char user[TEXT_SHOW_SIZE(RADIUS_VALUE_MAX)];	/* printable, as record.user is */
	struct ip_addr calling, called;
};

/* Sessions have numbers from 1, of which NAS-Port has the lower 32 bits. */
static uint64_t id_of_port(const struct registry *r, uint32_t port)
{
	uint64_t id = (r->last_id & ~(uint64_t)UINT32_MAX) | port;

	return id <= r->last_id ? id : id - ((uint64_t)UINT32_MAX + 1);
}

/* Returns the number at the end of "SERVER:NUMBER", or 0. */
static uint64_t id_of_port_id(const char *port_id)
{
	const char *colon = strrchr(port_id, ':');
	uint64_t id;

	return colon && text_number(colon + 1, 1, UINT64_MAX, &id) ? id : 0;
}

/* Returns the number at the end of what session_acct_id() makes, or 0. */
static uint64_t id_of_acct_id(const char *acct_id)
{
	const char *dash = strchr(acct_id, '-');

	return dash ? strtoull(dash + 1, NULL, 16) : 0;
}

/* Take the way that leads to the fewest. */
static void find_way(struct wanted *w, const struct registry *r)
{
	const struct radius_selectors *of = w->selectors;

	w->way = BY_ID;
	if (*of->session_id)
		w->id = id_of_acct_id(of->session_id);
	else if (*of->multi_id)
		w->id = id_of_acct_id(of->multi_id);
	else if (of->port.given)
		w->id = id_of_port(r, of->port.value);
	else if (*of->port_id)
		w->id = id_of_port_id(of->port_id);
	else if (ip_is_set(of->address))
		w->way = BY_INNER;
	else if (*of->user)
		w->way = BY_USER;
	else if (*of->calling)
		w->way = BY_OUTER;
	else
		w->way = BY_LOOKING;
}

static void prepare(struct wanted *w, const struct radius_selectors *selectors,
		    const struct registry *r)
{
	*w = (struct wanted){ .selectors = selectors };
	text_show(w->user, sizeof(w->user), selectors->user, strlen(selectors->user));
	find_way(w, r);
	if ((*selectors->calling && !ip_parse(selectors->calling, &w->calling)) ||
	    (*selectors->called && !ip_parse(selectors->called, &w->called)))
		w->way = NOBODY;
}

/* Returns the first (@s is NULL) or the next session that may match. */
static struct session *next_of(const struct wanted *w, const struct registry *r, struct session *s)
{
	switch (w->way) {
	case BY_ID:
		return s ? NULL : registry_find_id(r, w->id);
	case BY_INNER:
		return registry_next_of_inner(r, w->selectors->address, s);
	case BY_USER:
		return registry_next_alike(r, w->user, s);
	case BY_OUTER:
		return registry_next_of_outer(r, w->calling, s);
	case BY_LOOKING:
		return registry_next(r, s);
	case NOBODY:
		break;
	}
	return NULL;
}

static bool is_text(const char *wanted, const char *text)
{
	return !*wanted || !strcmp(wanted, text);
}

/* The user is known by the name that accounting has, or by the one that pppctl shows. */
static bool names_are_right(const struct session *s, const struct wanted *w)
{
	const struct radius_selectors *of = w->selectors;
	struct radius_session_texts texts;
	struct radius_session named;

	radius_session_of(s, &named, &texts);
	return (is_text(of->user, named.user) || !*w->user || session_is_of(s, w->user)) &&
	       is_text(of->session_id, named.id) && is_text(of->multi_id, named.multi_id) &&
	       is_text(of->port_id, named.port_id) &&
	       (!of->port.given || of->port.value == named.port.value);
}

static bool addresses_are_right(const struct session *s, const struct wanted *w)
{
	const struct net_session_addr *outer = &s->record.addr;
	struct ip_addr inner = w->selectors->address;

	return (!ip_is_set(w->calling) || ip_equal(w->calling, outer->remote)) &&
	       (!ip_is_set(w->called) || ip_equal(w->called, outer->local)) &&
	       (!ip_is_set(inner) || ip_equal(inner, s->entry.inner));
}

static bool has_prefix6(const struct auth_grant *grant, const struct ip_prefix *prefix)
{
	for (unsigned int i = 0; grant && i < grant->n_prefixes6; i++)
		if (ip_prefix_equal(&grant->prefixes6[i], prefix))
			return true;
	return false;
}

static bool has_ifid(const struct auth_grant *grant, const uint8_t ifid[8])
{
	return grant && grant->has_ifid && !memcmp(grant->ifid, ifid, sizeof(grant->ifid));
}

static bool ipv6_is_right(const struct session *s, const struct radius_selectors *of)
{
	return (!of->has_ifid || has_ifid(s->grant, of->ifid)) &&
	       (!ip_is_set(of->prefix6.address) || has_prefix6(s->grant, &of->prefix6));
}

static bool matches(const struct session *s, const struct wanted *w)
{
	return session_is_in(s) && addresses_are_right(s, w) && ipv6_is_right(s, w->selectors) &&
	       names_are_right(s, w);
}

/* Returns true unless the request is for another NAS. */
static bool is_for_us(const struct coa_applier *a, const struct coa_task *task)
{
	const struct radius_selectors *of = &task->request.selectors;
	const struct ip_addr named[] = { of->nas_address, of->nas_address6 };

	if (*of->nas_identifier && strcmp(of->nas_identifier, a->nas_identifier))
		return false;
	for (unsigned int i = 0; i < 2; i++)
		if (ip_is_set(named[i]) && !ip_equal(named[i], a->nas_address) &&
		    !ip_equal(named[i], task->asked))
			return false;
	return true;
}

/* --- what befalls them ----------------------------------------------------------------------- */

/* What becomes of a session. */
struct change {
	uint64_t id;			/* the session, which may have ended meanwhile */
	struct auth_grant *old;		/* what it had been granted; a reference; NULL: nothing */
	struct auth_grant *grant;	/* what becomes of that; a reference */
};

/* Make what becomes of a session; it stays as it is. */
static enum radius_error_cause plan(struct change *change, const struct session *s,
				    const struct radius_reply *changes)
{
	change->id = s->record.id;
	change->old = grant_get(s->grant);
	change->grant = grant_changed(s->grant, changes);
	if (!change->grant)
		return RADIUS_ERROR_NO_RESOURCES;
	return session_fits(s, change->grant) ? RADIUS_ERROR_NONE : RADIUS_ERROR_INVALID_VALUE;
}

static void forget_one(struct change *change)
{
	grant_put(change->old);
	grant_put(change->grant);
	change->old = NULL;
	change->grant = NULL;
}

/* Returns false if the session has another grant meanwhile, with which the change cannot be. */
static bool is_up_to_date(struct change *change, const struct session *s,
			  const struct radius_reply *changes)
{
	if (s->grant == change->old)
		return true;
	forget_one(change);
	return plan(change, s, changes) == RADIUS_ERROR_NONE;
}

/* The user may have logged in once more since the plan was made. */
static void carry_out(struct coa_applier *a, struct change *change,
		      const struct radius_reply *changes)
{
	struct session *s = registry_find_id(&a->sessions->registry, change->id);

	if (s && session_is_in(s) && is_up_to_date(change, s, changes)) {
		session_change_grant(s, change->grant);
		a->changed++;
	}
	forget_one(change);
}

static void forget(struct change *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		forget_one(&list[i]);
}

static void end_session(struct coa_applier *a, struct session *s)
{
	session_close(s, EVENT_CAUSE_ADMIN_RESET, "ended by a RADIUS server");
	a->ended++;
}

/* --- few sessions: at once ------------------------------------------------------------------- */

struct few {
	struct session *list[FEW];
	unsigned int n;
};

/* Find all that match. Returns false if that would take too long, or if they are too many. */
static bool find_few(const struct registry *r, const struct wanted *w, struct few *few)
{
	unsigned int steps = 0;
	struct session *s = NULL;

	few->n = 0;
	while ((s = next_of(w, r, s))) {
		if (steps++ == STEPS)
			return false;
		if (!matches(s, w))
			continue;
		if (few->n == FEW)
			return false;
		few->list[few->n++] = s;
	}
	return true;
}

static enum radius_error_cause change_few(struct coa_applier *a, const struct few *few,
					  const struct radius_reply *changes)
{
	enum radius_error_cause error = RADIUS_ERROR_NONE;
	struct change list[FEW] = { 0 };

	for (unsigned int i = 0; i < few->n && !error; i++)
		error = plan(&list[i], few->list[i], changes);
	if (error)
		forget(list, few->n);
	else
		for (unsigned int i = 0; i < few->n; i++)
			carry_out(a, &list[i], changes);
	return error;
}

static enum radius_error_cause deal_with_few(struct coa_applier *a, const struct few *few,
					     const struct radius_coa_request *request)
{
	if (!few->n)
		return RADIUS_ERROR_NO_SESSION;
	if (!request->disconnect)
		return change_few(a, few, &request->changes);
	for (unsigned int i = 0; i < few->n; i++)
		end_session(a, few->list[i]);
	return RADIUS_ERROR_NONE;
}

/* --- many sessions: in slices ---------------------------------------------------------------- */

struct coa_job {
	TAILQ_ENTRY(coa_job) link;
	struct coa_applier *a;		/* NULL: given up */
	struct coa_task task;
	struct wanted wanted;
	bool sweeping;			/* the sweep frees the job */
	bool answered;
	enum radius_error_cause error;	/* what hinders a change */
	struct later later;		/* its turn to change more of @list */
	struct change *list;
	size_t n, room;
	size_t next;			/* of @list, that is to change next */
};

static void begin(struct coa_applier *a);

static void free_job(struct coa_job *job)
{
	forget(job->list, job->n);
	free(job->list);
	free(job);
}

static void answer(struct coa_job *job, enum radius_error_cause error)
{
	job->answered = true;
	job->a->done(job->a, &job->task, error);
}

/* The first job is done. */
static void end(struct coa_job *job)
{
	struct coa_applier *a = job->a;

	TAILQ_REMOVE(&a->jobs, job, link);
	a->n_jobs--;
	free_job(job);
	begin(a);
}

/* Returns a new element of @list, or NULL if there is no memory. */
static struct change *add_change(struct coa_job *job)
{
	if (job->n == job->room) {
		size_t room = job->room ? 2 * job->room : 64;
		struct change *list = realloc(job->list, room * sizeof(*list));

		if (!list)
			return NULL;
		job->list = list;
		job->room = room;
	}
	job->list[job->n] = (struct change){ 0 };
	return &job->list[job->n++];
}

static enum radius_error_cause plan_more(struct coa_job *job, const struct session *s)
{
	struct change *change = add_change(job);

	return change ? plan(change, s, &job->task.request.changes) : RADIUS_ERROR_NO_RESOURCES;
}

static bool visit(void *ctx, struct session *s)
{
	struct coa_job *job = ctx;

	if (!job->a)
		return false;
	if (!matches(s, &job->wanted))
		return true;
	if (!job->task.request.disconnect) {
		job->error = plan_more(job, s);
		return !job->error;
	}
	if (!job->answered)
		answer(job, RADIUS_ERROR_NONE);
	end_session(job->a, s);
	return true;
}

/* Change what a slice has time for. */
static void change_more(struct later *later)
{
	struct coa_job *job = container_of(later, struct coa_job, later);

	do {
		carry_out(job->a, &job->list[job->next++], &job->task.request.changes);
	} while (job->next < job->n && callback_has_time());
	if (job->next < job->n) {
		later_add(&job->a->sessions->ends, &job->later);
		return;
	}
	answer(job, RADIUS_ERROR_NONE);
	end(job);
}

static void swept(void *ctx)
{
	struct coa_job *job = ctx;

	job->sweeping = false;
	if (!job->a) {
		free_job(job);
	} else if (job->n && !job->error) {
		job->later.turn = change_more;
		later_add(&job->a->sessions->ends, &job->later);
	} else {
		if (!job->answered)
			answer(job, job->error ? job->error : RADIUS_ERROR_NO_SESSION);
		end(job);
	}
}

/* Begin with the first job, if there is one. */
static void begin(struct coa_applier *a)
{
	struct coa_job *job = TAILQ_FIRST(&a->jobs);

	if (!job)
		return;
	prepare(&job->wanted, &job->task.request.selectors, &a->sessions->registry);
	job->sweeping = !sweep_sessions(a->sessions, visit, swept, job);
	if (job->sweeping)
		return;
	job->error = RADIUS_ERROR_NO_RESOURCES;
	swept(job);
}

/* --- tasks ----------------------------------------------------------------------------------- */

/* Let it be carried out behind those that came before it. Returns false if that cannot be. */
static bool put_off(struct coa_applier *a, const struct coa_task *task)
{
	struct coa_job *job = a->n_jobs < COA_TASKS_MAX ? calloc(1, sizeof(*job)) : NULL;

	if (!job)
		return false;
	job->a = a;
	job->task = *task;
	TAILQ_INSERT_TAIL(&a->jobs, job, link);
	if (!a->n_jobs++)
		begin(a);
	return true;
}

/* Carry out a task at once. Returns false if it has to be put off. */
static bool do_now(struct coa_applier *a, const struct coa_task *task,
		   enum radius_error_cause *error)
{
	const struct registry *r = &a->sessions->registry;
	struct wanted wanted;
	struct few few;

	if (a->n_jobs)
		return false;
	prepare(&wanted, &task->request.selectors, r);
	if (!find_few(r, &wanted, &few))
		return false;
	*error = deal_with_few(a, &few, &task->request);
	return true;
}

void coa_apply(struct coa_applier *a, const struct coa_task *task)
{
	enum radius_error_cause error = RADIUS_ERROR_NAS_MISMATCH;

	if (is_for_us(a, task) && !do_now(a, task, &error)) {
		if (put_off(a, task))
			return;
		error = RADIUS_ERROR_NO_RESOURCES;
	}
	a->done(a, task, error);
}

void coa_applier_init(struct coa_applier *a, struct sessions *sessions,
		      void (*done)(struct coa_applier *a, const struct coa_task *task,
				   enum radius_error_cause error))
{
	*a = (struct coa_applier){ .sessions = sessions, .nas_identifier = "", .done = done };
	TAILQ_INIT(&a->jobs);
}

void coa_applier_name(struct coa_applier *a, const char *identifier, struct ip_addr address)
{
	a->nas_identifier = identifier;
	a->nas_address = address;
}

void coa_applier_stop(struct coa_applier *a)
{
	struct coa_job *job;

	while ((job = TAILQ_FIRST(&a->jobs))) {
		TAILQ_REMOVE(&a->jobs, job, link);
		later_cancel(&a->sessions->ends, &job->later);
		job->a = NULL;
		if (!job->sweeping)
			free_job(job);
	}
	a->n_jobs = 0;
}
