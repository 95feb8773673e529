/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sets of nftables that the addresses of users are in (the term nft-set): an address is an element
 * of each set from when its session is up until it ends.
 *
 * What changes is collected while a transaction is under way, and goes into the next one, so that a
 * thousand logins a second are a few transactions. A thread of its own makes them (net/nft_set.h).
 *
 * What the kernel refuses is told once for each set, and tried again every few seconds; so is all
 * that was in a set which somebody has made anew, as who loads a firewall does. An element that is
 * there already is left alone, now and later.
 *
 * Used on the loop's thread.
 */
#ifndef CULVERT_SERVER_USER_SETS_H
#define CULVERT_SERVER_USER_SETS_H

#include <sys/queue.h>
#include <uv.h>

#include "net/nft_set.h"
#include "util/jobs.h"

struct call;
struct config;
struct set_member;
struct user_set;

TAILQ_HEAD(set_members, set_member);

/* How the kernel is asked; tests play it. Functions as of net/nft_set.h. */
struct nft_ops {
	int (*open)(struct nft *nft);
	void (*close)(struct nft *nft);
	int (*make)(struct nft *nft, struct nft_change *changes, size_t n);
	int (*find)(struct nft *nft, const struct nft_name *name, uint64_t *handle);
	int (*remove_ours)(struct nft *nft, const struct nft_name *name);
};

extern const struct nft_ops nft_ops;

struct user_sets {
	/* may be read by anyone */
	unsigned int n_elements;	/* that are in their sets */
	unsigned int n_missing;		/* that should be, and are not */

	/* private */
	const struct nft_ops *ops;
	uv_loop_t *loop;
	bool opened;			/* @jobs, @nft and @poll are */
	struct nft nft;			/* for jobs alone, and before and after them */
	struct jobs jobs;
	uv_poll_t poll;
	struct job job;			/* the transaction or the look that is under way */
	bool busy;			/* @job is with the thread */
	bool look;			/* look at all sets before the next transaction */
	LIST_HEAD(, user_set) sets;
	struct set_members line;	/* members that are to be changed */
	struct nft_change *changes;	/* of @job */
	struct set_member **members;	/* whose they are */
	size_t n;
	struct set_look *looks;		/* of @job, NULL: it is a transaction */
};

void user_sets_init(struct user_sets *all, uv_loop_t *loop, const struct nft_ops *ops);

/* Remove what an earlier daemon has left in the sets that @config names. Waits for the kernel. */
void user_sets_clean(struct user_sets *all, const struct config *config);

/* The session of @c is up, for the first time or again; or its terms have changed. */
void user_sets_up(struct call *c);

/* The session of @c is over. */
void user_sets_end(struct call *c);

/* Look whether the sets are still what they were. To be called every few seconds. */
void user_sets_look(struct user_sets *all);

/*
 * Make all changes that are left; waits for the kernel. No session is left. @closed is called for
 * the handle, if there is one. Returns how many handles are to be closed: 0 or 1.
 */
unsigned int user_sets_close(struct user_sets *all, uv_close_cb closed);

#endif
