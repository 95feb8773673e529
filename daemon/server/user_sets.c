// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "server/call.h"
#include "server/servers.h"
#include "server/user_place.h"
#include "server/user_sets.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"

/* A set that some user is to be in. */
struct user_set {
	LIST_ENTRY(user_set) of_all;
	struct nft_name name;
	unsigned int refs;		/* members, and @looks of a job */
	struct set_members members;
	int told;			/* the error that was told last; 0: none since it worked */
	uint64_t filled;		/* handle of the set that all members were last looked at for */
};

/* The address of a user in a set. */
struct set_member {
	TAILQ_ENTRY(set_member) of_set;
	TAILQ_ENTRY(set_member) in_line;
	struct user_set *set;
	struct ip_addr address;
	struct set_member *next;	/* of the same session */
	bool wanted;			/* the session is there */
	bool there;			/* the element is, and is ours */
	uint64_t handle;		/* of the set that it is in */
	bool missing;			/* the kernel has refused it */
	bool waits;			/* it is in the line */
	bool under_way;			/* it is in the transaction under way */
};

struct set_look {
	struct user_set *set;
	struct nft_name name;
	uint64_t handle;
	int err;
};

const struct nft_ops nft_ops = {
	.open = nft_open,
	.close = nft_close,
	.make = nft_make,
	.find = nft_set_find,
	.remove_ours = nft_remove_ours,
};

/* --- sets and members ----------------------------------------------------------------------- */

static struct user_set *set_get(struct user_sets *all, const struct nft_name *name)
{
	struct user_set *set;

	LIST_FOREACH(set, &all->sets, of_all)
		if (nft_name_equal(&set->name, name))
			break;
	if (!set) {
		set = calloc(1, sizeof(*set));
		if (!set)
			return NULL;
		set->name = *name;
		TAILQ_INIT(&set->members);
		LIST_INSERT_HEAD(&all->sets, set, of_all);
	}
	set->refs++;
	return set;
}

static void set_put(struct user_set *set)
{
	if (--set->refs)
		return;
	LIST_REMOVE(set, of_all);
	free(set);
}

static void member_free(struct set_member *m)
{
	TAILQ_REMOVE(&m->set->members, m, of_set);
	set_put(m->set);
	free(m);
}

static bool is_settled(const struct set_member *m)
{
	return m->wanted == m->there;
}

/* Put the member in the line if there is something to do for it. */
static void queue(struct user_sets *all, struct set_member *m, bool first)
{
	if (m->waits || m->under_way || is_settled(m))
		return;
	m->waits = true;
	if (first)
		TAILQ_INSERT_HEAD(&all->line, m, in_line);
	else
		TAILQ_INSERT_TAIL(&all->line, m, in_line);
}

/* Free the member if its session is gone and the kernel has nothing of it. */
static void settle(struct user_sets *all, struct set_member *m)
{
	if (m->wanted || m->there || m->under_way)
		return;
	if (m->waits)
		TAILQ_REMOVE(&all->line, m, in_line);
	member_free(m);
}

static void set_missing(struct user_sets *all, struct set_member *m, bool missing)
{
	all->n_missing += missing - m->missing;
	m->missing = missing;
}

static void set_there(struct user_sets *all, struct set_member *m, bool there)
{
	all->n_elements += there - m->there;
	m->there = there;
}

/* --- what went wrong ------------------------------------------------------------------------ */

static const char *why(int err)
{
	switch (err) {
	case -ENOENT:
		return "there is no such set; \"nft add set\" makes one of type ipv4_addr";
	case -EINVAL:
		return "it is not a set of single addresses; expected one of type ipv4_addr "
		       "without flags interval";
	case -ENFILE:
		return "it is full; expected a larger size";
	case -EEXIST:
		return "somebody else has put the address there, which stays when the user goes";
	default:
		return strerror(-err);
	}
}

/* The same error of a set is told once, however many users have it. */
static void tell(struct user_set *set, struct ip_addr address, int err)
{
	char name[NFT_NAME_TEXT_SIZE];

	if (set->told == err)
		return;
	set->told = err;
	log_warning("nft-set: %s, %s: %s", nft_name_format(&set->name, name), ip_text(address),
		    why(err));
}

/* --- jobs ----------------------------------------------------------------------------------- */

/* Sets may be made anew at any time: it has to be known which one an address is in. */
static void run_changes(struct user_sets *all)
{
	const struct nft_change *last = NULL;

	all->ops->make(&all->nft, all->changes, all->n);
	for (size_t i = 0; i < all->n; i++) {
		struct nft_change *change = &all->changes[i];

		if (!change->add || change->err)
			continue;
		if (last && nft_name_equal(&last->name, &change->name))
			change->handle = last->handle;
		else if (all->ops->find(&all->nft, &change->name, &change->handle))
			change->handle = 0;
		last = change;
	}
}

static void run(struct job *job)
{
	struct user_sets *all = container_of(job, struct user_sets, job);

	if (!all->looks) {
		run_changes(all);
		return;
	}
	for (size_t i = 0; i < all->n; i++)
		all->looks[i].err = all->ops->find(&all->nft, &all->looks[i].name,
						   &all->looks[i].handle);
}

static void changed(struct user_sets *all, struct set_member *m, const struct nft_change *change)
{
	m->under_way = false;
	if (!change->add) {
		/* It is gone in any case: somebody else may have removed it, or the whole set. */
		set_there(all, m, false);
		if (change->err && change->err != -ENOENT)
			tell(m->set, m->address, change->err);
	} else if (change->err) {
		set_missing(all, m, m->wanted);
		if (m->wanted)
			tell(m->set, m->address, change->err);
	} else {
		set_there(all, m, true);
		m->handle = change->handle;
		set_missing(all, m, false);
		m->set->told = 0;
	}
	/* Whoever has the address next comes behind. */
	if (!m->wanted)
		queue(all, m, true);
	else if (!m->missing)
		queue(all, m, false);
	settle(all, m);
}

/*
 * Let all that ought to be in the set come in again; what is in another one is gone. Most often the
 * set is the same and nobody is missing, and then thousands need not be looked at.
 */
static void fill(struct user_sets *all, struct user_set *set, uint64_t handle)
{
	struct set_member *m, *next;

	if (set->filled == handle && !all->n_missing)
		return;
	set->filled = handle;
	for (m = TAILQ_FIRST(&set->members); m; m = next) {
		next = TAILQ_NEXT(m, of_set);
		if (m->handle != handle)
			set_there(all, m, false);
		if (m->wanted)
			queue(all, m, false);
		settle(all, m);
	}
}

static void looked(struct user_sets *all, const struct set_look *look)
{
	struct user_set *set = look->set;

	if (!look->err)
		fill(all, set, look->handle);
	else if (!TAILQ_EMPTY(&set->members))
		tell(set, TAILQ_FIRST(&set->members)->address, look->err);
	set_put(set);
}

static void finish(struct user_sets *all)
{
	struct set_look *looks = all->looks;
	const size_t n = all->n;

	all->busy = false;
	all->looks = NULL;
	all->n = 0;
	for (size_t i = 0; i < n; i++)
		if (looks)
			looked(all, &looks[i]);
		else
			changed(all, all->members[i], &all->changes[i]);
	free(looks);
}

/* Prepare a look at all sets. Returns false if there are none, or no memory. */
static bool prepare_look(struct user_sets *all)
{
	struct user_set *set;
	size_t n = 0;

	all->look = false;
	LIST_FOREACH(set, &all->sets, of_all)
		n++;
	all->looks = n ? calloc(n, sizeof(*all->looks)) : NULL;
	if (!all->looks)
		return false;
	LIST_FOREACH(set, &all->sets, of_all) {
		set->refs++;
		all->looks[all->n++] = (struct set_look){ .set = set, .name = set->name };
	}
	return true;
}

/* Prepare a transaction of what waits. Returns false if nothing does. */
static bool prepare_changes(struct user_sets *all)
{
	struct set_member *m;

	while (all->n < NFT_CHANGES_MAX && (m = TAILQ_FIRST(&all->line))) {
		TAILQ_REMOVE(&all->line, m, in_line);
		m->waits = false;
		m->under_way = true;
		all->changes[all->n] = (struct nft_change){
			.name = m->set->name, .address = m->address, .add = m->wanted,
		};
		all->members[all->n++] = m;
	}
	return all->n;
}

static bool prepare(struct user_sets *all)
{
	return (all->look && prepare_look(all)) || prepare_changes(all);
}

static void done(struct job *job);

static void begin(struct user_sets *all)
{
	if (all->busy || !all->opened || !prepare(all))
		return;
	all->busy = true;
	all->job = (struct job){ .run = run, .done = done };
	jobs_add(&all->jobs, &all->job);
}

static void done(struct job *job)
{
	struct user_sets *all = container_of(job, struct user_sets, job);

	finish(all);
	begin(all);
}

static void poll_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("nft sets: done");
	struct user_sets *all = poll->data;

	jobs_done(&all->jobs);
}

/* --- opened when somebody has a set --------------------------------------------------------- */

void user_sets_init(struct user_sets *all, uv_loop_t *loop, const struct nft_ops *ops)
{
	memset(all, 0, sizeof(*all));
	all->loop = loop;
	all->ops = ops;
	LIST_INIT(&all->sets);
	TAILQ_INIT(&all->line);
}

static int open_all(struct user_sets *all)
{
	int err;

	if (all->opened)
		return 0;
	all->changes = calloc(NFT_CHANGES_MAX, sizeof(*all->changes));
	all->members = calloc(NFT_CHANGES_MAX, sizeof(*all->members));
	err = all->changes && all->members ? all->ops->open(&all->nft) : -ENOMEM;
	if (!err) {
		err = jobs_open(&all->jobs);
		if (!err)
			err = uv_poll_init(all->loop, &all->poll, jobs_fd(&all->jobs));
		if (!err) {
			all->opened = true;
			all->poll.data = all;
			uv_poll_start(&all->poll, UV_READABLE, poll_cb);
			return 0;
		}
		jobs_close(&all->jobs);
		all->ops->close(&all->nft);
	}
	free(all->changes);
	free(all->members);
	all->changes = NULL;
	all->members = NULL;
	log_limited("nft sets", uv_now(all->loop), LOG_LEVEL_ERROR, "nft-set: nfnetlink: %s",
		    strerror(-err));
	return err;
}

unsigned int user_sets_close(struct user_sets *all, uv_close_cb closed)
{
	if (!all->opened)
		return 0;
	/* Nothing is begun any more. */
	all->opened = false;
	uv_poll_stop(&all->poll);
	jobs_close(&all->jobs);
	all->look = false;
	while (prepare(all)) {
		run(&all->job);
		finish(all);
	}
	all->ops->close(&all->nft);
	free(all->changes);
	free(all->members);
	uv_close((uv_handle_t *)&all->poll, closed);
	return 1;
}

/* --- sessions ------------------------------------------------------------------------------- */

/* Returns true if the session is in these sets, and in no others, with its address of now. */
static bool has(const struct call *c, const struct nft_name *names, int n)
{
	const struct set_member *m = c->sets;

	for (int i = 0; i < n; i++, m = m->next)
		if (!m || !nft_name_equal(&m->set->name, &names[i]) ||
		    !ip_equal(m->address, c->session.record.ip4.remote))
			return false;
	return !m;
}

static bool add(struct user_sets *all, struct call *c, const struct nft_name *name)
{
	struct set_member *m = calloc(1, sizeof(*m)), **end = &c->sets;

	if (!m)
		return false;
	m->set = set_get(all, name);
	if (!m->set) {
		free(m);
		return false;
	}
	TAILQ_INSERT_TAIL(&m->set->members, m, of_set);
	m->address = c->session.record.ip4.remote;
	m->wanted = true;
	while (*end)
		end = &(*end)->next;
	*end = m;
	queue(all, m, false);
	return true;
}

void user_sets_up(struct call *c)
{
	struct user_sets *all = &c->server->all->user_sets;
	const char *text = c->session.policy.nft_sets;
	struct nft_name names[NFT_NAMES_MAX];
	int n = text && !user_place_is_beyond(c) ? nft_names_parse(text, names) : 0;

	if (has(c, names, n))
		return;
	user_sets_end(c);
	if (n <= 0 || open_all(all))
		return;
	for (int i = 0; i < n; i++)
		if (!add(all, c, &names[i]))
			log_call(c, LOG_LEVEL_ERROR, "nft-set: out of memory");
	begin(all);
}

void user_sets_end(struct call *c)
{
	struct user_sets *all = &c->server->all->user_sets;
	struct set_member *m;

	while ((m = c->sets)) {
		c->sets = m->next;
		m->wanted = false;
		set_missing(all, m, false);
		queue(all, m, false);
		settle(all, m);
	}
	begin(all);
}

void user_sets_look(struct user_sets *all)
{
	all->look = !LIST_EMPTY(&all->sets);
	begin(all);
}

/* --- the start ------------------------------------------------------------------------------ */

static void clean_set(struct user_sets *all, const struct nft_name *name)
{
	char text[NFT_NAME_TEXT_SIZE];
	int n = all->ops->remove_ours(&all->nft, name);

	nft_name_format(name, text);
	if (n < 0 && n != -ENOENT)
		log_warning("nft-set: %s: addresses that an earlier culvertd may have left behind: "
			    "%s", text, strerror(-n));
	else if (n > 0)
		log_notice("removed %d address%s that an earlier culvertd left in the set %s", n,
			   n == 1 ? "" : "es", text);
}

static void clean(struct user_sets *all, const char *text)
{
	struct nft_name names[NFT_NAMES_MAX];
	int n = text ? nft_names_parse(text, names) : 0;

	if (n <= 0 || open_all(all))
		return;
	for (int i = 0; i < n; i++)
		clean_set(all, &names[i]);
}

void user_sets_clean(struct user_sets *all, const struct config *config)
{
	for (size_t i = 0; i < config->n_servers; i++)
		clean(all, config->servers[i].shape.nft_sets);
	for (size_t i = 0; i < config->n_profiles; i++)
		clean(all, config->profiles[i].policy.nft_sets);
	for (size_t i = 0; i < config->n_users; i++)
		clean(all, config->users[i].policy.nft_sets);
}
