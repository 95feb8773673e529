/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What CoA- and Disconnect-Requests do (RFC 5176): which sessions they name, and what befalls
 * those.
 *
 * A request is about all sessions that match each of its selectors, of those that came by a server
 * and whose user was let in. Where a selector names one session, or a few, these are found by an
 * index; else all sessions are looked at, in slices. If none matches, that is error 503.
 *
 * A Disconnect-Request ends them. It is acknowledged when the first one is found, since nothing can
 * hinder that any more. A CoA-Request changes all of them or none: what becomes of each is made
 * before the first one changes, and the request is acknowledged after the last one has. Session-
 * and Idle-Timeout count at once, and traffic flows on. All that changes is in session->grant, and
 * EVENT_CHANGED tells of it. Refused are
 *
 *	403 NAS Identification Mismatch	the request is for another NAS
 *	407 Invalid Attribute Value	a Session-Timeout that is over already in one of the sessions
 *	506 Resources Unavailable	there is no memory, or COA_TASKS_MAX requests wait already
 *
 * Requests are carried out one after the other, in their order, so that two of them never work on
 * the same sessions. Those that have little to do are done before coa_apply() returns.
 */
#ifndef CULVERT_COA_APPLY_H
#define CULVERT_COA_APPLY_H

#include <stdint.h>
#include <sys/queue.h>

#include "radius/coa.h"
#include "session/sessions.h"

#define COA_TASKS_MAX	128	/* each takes some 14 KiB while it waits */

struct coa_job;

/* A request that is to be carried out, and how it came. Has no pointers. */
struct coa_task {
	struct radius_coa_request request;
	struct ip_addr asked;		/* the address of ours that it was sent to */
	uint64_t socket;		/* the owner's: by which it came */
};

struct coa_applier {
	/* may be read: how many sessions were ended, and changed, by requests */
	uint64_t ended;
	uint64_t changed;

	/* private */
	struct sessions *sessions;
	const char *nas_identifier;
	struct ip_addr nas_address;
	void (*done)(struct coa_applier *a, const struct coa_task *task,
		     enum radius_error_cause error);
	TAILQ_HEAD(, coa_job) jobs;	/* the first one is under way */
	unsigned int n_jobs;
};

/*
 * Begin. @done is called once for each task, when it is to be answered, perhaps before coa_apply()
 * returns. It must not call coa_apply() or coa_applier_stop().
 */
void coa_applier_init(struct coa_applier *a, struct sessions *sessions,
		      void (*done)(struct coa_applier *a, const struct coa_task *task,
				   enum radius_error_cause error));

/*
 * Say who we are, for requests that come from now on. @identifier, which may be "", must stay valid
 * until it is replaced. @address may not be set. A request may also name the address that it was
 * sent to.
 */
void coa_applier_name(struct coa_applier *a, const char *identifier, struct ip_addr address);

/* Carry out a request. @task is copied if it is needed for longer. */
void coa_apply(struct coa_applier *a, const struct coa_task *task);

/*
 * Give up what is not done yet. @done is not called any more. Sessions that should have ended may
 * not, and of those that should have changed some may have. To be called before sessions_close().
 */
void coa_applier_stop(struct coa_applier *a);

#endif
