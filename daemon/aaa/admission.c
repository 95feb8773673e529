// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "admission.h"
#include "pool.h"
#include "ppp/mschap.h"
#include "secrets.h"
#include "util/hash.h"

#define SOURCE_BUCKETS	4096
#define FAILED_SOURCES	1024	/* entries of the throttle by address */
#define FAILED_USERS	8192	/* entries of the throttle by address and user */
#define LEVELS		64	/* lists of sources by waiting connections */
#define LOOKS		64	/* sources that oldest_of_most() looks at, at most */

TAILQ_HEAD(connection_list, admission_connection);

/* Connections that wait and calls that are starting, of one address or of all. */
struct crowd {
	struct connection_list waiting[ADMISSION_LOGGED_IN]; /* by standing, the oldest first */
	unsigned int n_waiting;		/* connections */
	unsigned int n_starting;	/* calls, also those of connections that do not wait */
};

/* An address that has connections. */
struct admission_source {
	LIST_ENTRY(admission_source) in_bucket;
	TAILQ_ENTRY(admission_source) at_level;
	struct ip_addr address;
	unsigned int n;			/* connections; each holds a reference */
	unsigned int n_sessions;
	struct crowd crowd;
};

LIST_HEAD(source_bucket, admission_source);
TAILQ_HEAD(source_list, admission_source);

struct admission {
	const struct admission_view *view;
	void *ctx;
	struct admission_limits limits;
	unsigned int n_connections;
	unsigned int n_sources;
	unsigned int n_sessions;
	struct crowd crowd;
	struct throttle *failed_sources;
	struct throttle *failed_users;	/* by source and user */
	struct source_list levels[LEVELS];	/* sources by number of waiting connections */
	struct source_bucket sources[SOURCE_BUCKETS];
};

/* --- reasons ------------------------------------------------------------------------------- */

#define NOT_NOW		MSCHAP_ERR_RESTRICTED_LOGON_HOURS
#define NOT_YOU		MSCHAP_ERR_NO_DIALIN_PERMISSION
#define DISABLED	MSCHAP_ERR_ACCT_DISABLED

static const struct admission_reason_info reasons[ADMISSION_REASONS] = {
	[ADMISSION_NONE] = { "", "", 0, false },
	[ADMISSION_NO_MEMORY] = { "out of memory", "", 0, true },
	[ADMISSION_DRAINED] = {
		"the server is drained", "The server takes nobody new, try another one", NOT_NOW, true,
	},
	[ADMISSION_CONNECTIONS] = { "too many connections", "", 0, true },
	[ADMISSION_CONNECTIONS_OF_ADDRESS] = {
		"too many connections from this address on which nobody has logged in", "", 0, true,
	},
	[ADMISSION_DESCRIPTORS] = {
		"the limit of open files is reached (LimitNOFILE= of systemd, ulimit -n)", "", 0,
		true,
	},
	[ADMISSION_CALLS] = { "too many calls in this connection", "", 0, true },
	[ADMISSION_CALL_STARTING] = {
		"the connection has enough calls that have yet to log in", "", 0, true,
	},
	[ADMISSION_STARTING] = { "too many calls have yet to log in", "", 0, true },
	[ADMISSION_STARTING_OF_ADDRESS] = {
		"too many calls from this address have yet to log in", "", 0, true,
	},
	[ADMISSION_CALL_ID] = {
		"another call from this address has the same call ID and is alive: two clients "
		"behind one NAT that does not tell their call IDs apart", "", 0, true,
	},
	[ADMISSION_FAILED_LOGINS] = {
		"too many failed logins of this user from this address",
		"Too many failed logins, try again in a minute", NOT_NOW, true,
	},
	[ADMISSION_FAILED_LOGINS_OF_ADDRESS] = {
		"too many failed logins from this address",
		"Too many failed logins from your address, try again in a minute", NOT_NOW, true,
	},
	[ADMISSION_BANNED] = {
		"the address is banned", "Your address is banned for now", NOT_NOW, true,
	},
	[ADMISSION_OTHER_USER] = {
		"another user is logged in on this call",
		"Another user is logged in on this call", NOT_NOW, true,
	},
	[ADMISSION_SESSIONS] = {
		"the server has as many sessions as it may",
		"The server is full, try again later", NOT_NOW, true,
	},
	[ADMISSION_SESSIONS_OF_ADDRESS] = {
		"there are as many sessions from this address as there may be",
		"There are too many sessions from your address", NOT_NOW, true,
	},
	[ADMISSION_SESSIONS_OF_ALL] = {
		"all servers together have as many sessions as they may",
		"The server is full, try again later", NOT_NOW, true,
	},
	[ADMISSION_SESSIONS_OF_USER] = {
		"the user has too many sessions",
		"You are logged in too often already", NOT_NOW, true,
	},
	[ADMISSION_NO_POOL] = {
		"the server has no pool and the user no address",
		"There is no address for you", NOT_YOU, false,
	},
	[ADMISSION_NO_ADDRESS] = {
		"no address is free",
		"No address is free, try again later", NOT_NOW, true,
	},
	[ADMISSION_ADDRESS_HELD] = {
		"the user's address is in use",
		"Your address is in use, try again later", NOT_NOW, true,
	},
	[ADMISSION_ADDRESS_OUTER] = {
		"the user's address is the outer one of a caller",
		"Your address would be one that is in use outside the tunnel", NOT_YOU, false,
	},
	[ADMISSION_ADDRESS_OURS] = {
		"the user's address is one of this host",
		"Your address would be the server's own", NOT_YOU, false,
	},
	[ADMISSION_ADDRESS_UNUSABLE] = {
		"the user's address is none that a host can have",
		"Your address is none that a host can have", NOT_YOU, false,
	},
	[ADMISSION_ADDRESS_RESERVED] = {
		"the user's address is another user's own",
		"Your address is another user's", NOT_YOU, false,
	},
	[ADMISSION_USER_DISABLED] = {
		"the user is disabled",
		"Your account is disabled", DISABLED, false,
	},
	/* A password that has expired (648) is another thing: peers would ask for a new one. */
	[ADMISSION_USER_EXPIRED] = {
		"the user has expired",
		"Your account has expired", DISABLED, false,
	},
};

const struct admission_reason_info *admission_reason_info(enum admission_reason reason)
{
	return &reasons[reason];
}

const char *admission_reason_name(enum admission_reason reason)
{
	static const char * const names[ADMISSION_REASONS] = {
		[ADMISSION_NONE] = "none",
		[ADMISSION_NO_MEMORY] = "no-memory",
		[ADMISSION_CONNECTIONS] = "connections",
		[ADMISSION_CONNECTIONS_OF_ADDRESS] = "connections-of-address",
		[ADMISSION_DESCRIPTORS] = "descriptors",
		[ADMISSION_CALLS] = "calls-of-connection",
		[ADMISSION_CALL_STARTING] = "starting-of-connection",
		[ADMISSION_STARTING] = "starting",
		[ADMISSION_STARTING_OF_ADDRESS] = "starting-of-address",
		[ADMISSION_CALL_ID] = "call-id",
		[ADMISSION_FAILED_LOGINS] = "failed-logins",
		[ADMISSION_FAILED_LOGINS_OF_ADDRESS] = "failed-logins-of-address",
		[ADMISSION_BANNED] = "banned",
		[ADMISSION_DRAINED] = "drained",
		[ADMISSION_OTHER_USER] = "other-user",
		[ADMISSION_SESSIONS] = "sessions",
		[ADMISSION_SESSIONS_OF_ADDRESS] = "sessions-of-address",
		[ADMISSION_SESSIONS_OF_ALL] = "sessions-of-all",
		[ADMISSION_SESSIONS_OF_USER] = "sessions-of-user",
		[ADMISSION_NO_POOL] = "no-pool",
		[ADMISSION_NO_ADDRESS] = "no-address",
		[ADMISSION_ADDRESS_HELD] = "address-held",
		[ADMISSION_ADDRESS_OUTER] = "address-outer",
		[ADMISSION_ADDRESS_OURS] = "address-ours",
		[ADMISSION_ADDRESS_UNUSABLE] = "address-unusable",
		[ADMISSION_ADDRESS_RESERVED] = "address-reserved",
		[ADMISSION_USER_DISABLED] = "user-disabled",
		[ADMISSION_USER_EXPIRED] = "user-expired",
	};

	return names[reason];
}

static struct admission_answer allow(void)
{
	return (struct admission_answer){ .verdict = ADMISSION_ALLOW };
}

static struct admission_answer refuse(enum admission_reason reason)
{
	return (struct admission_answer){ .verdict = ADMISSION_REFUSE, .reason = reason };
}

/*
 * Returns the answer for a @session that stands in the way for @reason: REPLACE if it is @silent,
 * the session that did not answer its probe (0: none), otherwise PROBE.
 */
static struct admission_answer move_away(uint64_t session, uint64_t silent,
					 enum admission_reason reason)
{
	return (struct admission_answer){
		.verdict = session == silent ? ADMISSION_REPLACE : ADMISSION_PROBE,
		.reason = reason, .session = session,
	};
}

/* Returns the answer that lets @victim give way, or REFUSE if @victim is NULL. */
static struct admission_answer push_out(struct admission_connection *victim,
					enum admission_reason reason)
{
	if (!victim)
		return refuse(reason);
	return (struct admission_answer){
		.verdict = ADMISSION_REPLACE, .reason = reason, .connection = victim,
	};
}

/* --- the whole ----------------------------------------------------------------------------- */

static void crowd_init(struct crowd *crowd)
{
	for (unsigned int i = 0; i < ADMISSION_LOGGED_IN; i++)
		TAILQ_INIT(&crowd->waiting[i]);
}

struct admission *admission_new(const struct admission_view *view, void *ctx, uint32_t seed)
{
	struct admission *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->view = view;
	a->ctx = ctx;
	crowd_init(&a->crowd);
	for (unsigned int i = 0; i < LEVELS; i++)
		TAILQ_INIT(&a->levels[i]);
	a->failed_sources = throttle_new(FAILED_SOURCES, seed);
	a->failed_users = throttle_new(FAILED_USERS, seed);
	if (a->failed_sources && a->failed_users)
		return a;
	admission_free(a);
	return NULL;
}

void admission_free(struct admission *a)
{
	if (!a)
		return;
	throttle_free(a->failed_sources);
	throttle_free(a->failed_users);
	free(a);
}

void admission_set_limits(struct admission *a, const struct admission_limits *limits)
{
	a->limits = *limits;
}

/* Returns true if @n has reached the limit; a limit of 0 is never reached. */
static bool full(unsigned int limit, unsigned int n)
{
	return limit && n >= limit;
}

/* --- sources ------------------------------------------------------------------------------- */

static struct source_bucket *bucket_of(const struct admission *a, struct ip_addr from)
{
	uint32_t h = ip_hash(from) % SOURCE_BUCKETS;

	return (struct source_bucket *)&a->sources[h];
}

static struct admission_source *find_source(const struct admission *a, struct ip_addr from)
{
	struct admission_source *s;

	LIST_FOREACH(s, bucket_of(a, from), in_bucket)
		if (ip_equal(s->address, from))
			return s;
	return NULL;
}

static struct admission_source *source_get(struct admission *a, struct ip_addr from)
{
	struct admission_source *s = find_source(a, from);

	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return NULL;
		s->address = from;
		crowd_init(&s->crowd);
		LIST_INSERT_HEAD(bucket_of(a, from), s, in_bucket);
		TAILQ_INSERT_TAIL(&a->levels[0], s, at_level);
		a->n_sources++;
	}
	s->n++;
	return s;
}

static void source_put(struct admission *a, struct admission_source *s)
{
	if (--s->n)
		return;
	LIST_REMOVE(s, in_bucket);
	TAILQ_REMOVE(&a->levels[0], s, at_level);
	a->n_sources--;
	free(s);
}

static unsigned int level_of(const struct admission_source *s)
{
	return s->crowd.n_waiting < LEVELS ? s->crowd.n_waiting : LEVELS - 1;
}

/* Add @change, which is 1 or -1, to the number of waiting connections. */
static void count_waiting(struct admission *a, struct admission_source *s, int change)
{
	TAILQ_REMOVE(&a->levels[level_of(s)], s, at_level);
	s->crowd.n_waiting += change;
	a->crowd.n_waiting += change;
	TAILQ_INSERT_TAIL(&a->levels[level_of(s)], s, at_level);
}

/* --- connections --------------------------------------------------------------------------- */

static void leave_crowd(struct admission_connection *c)
{
	struct admission *a = c->admission;

	if (c->standing == ADMISSION_LOGGED_IN)
		return;
	TAILQ_REMOVE(&a->crowd.waiting[c->standing], c, in_all);
	TAILQ_REMOVE(&c->source->crowd.waiting[c->standing], c, of_source);
	count_waiting(a, c->source, -1);
}

static void join_crowd(struct admission_connection *c, enum admission_standing standing,
		       uint64_t now)
{
	struct admission *a = c->admission;

	c->standing = standing;
	c->since = now;
	if (standing == ADMISSION_LOGGED_IN)
		return;
	TAILQ_INSERT_TAIL(&a->crowd.waiting[standing], c, in_all);
	TAILQ_INSERT_TAIL(&c->source->crowd.waiting[standing], c, of_source);
	count_waiting(a, c->source, 1);
}

static enum admission_standing standing_of(const struct admission_connection *c)
{
	if (c->sessions)
		return ADMISSION_LOGGED_IN;
	if (c->starting)
		return ADMISSION_BUSY;
	return c->spoke ? ADMISSION_IDLE : ADMISSION_SILENT;
}

/* Give the connection its new standing after something about it has changed. */
static void settle(struct admission_connection *c, uint64_t now)
{
	enum admission_standing standing = standing_of(c);

	if (standing == c->standing)
		return;
	leave_crowd(c);
	join_crowd(c, standing, now);
}

/* Who gives way. */
struct victim {
	enum admission_standing lowest;	/* only connections with this standing or a higher one */
	const struct admission_connection *spared;	/* not this one; NULL: any */
	uint64_t now;
};

/* Returns the oldest connection of @crowd with @standing but @spared, or NULL. */
static struct admission_connection *first_but(const struct crowd *crowd,
					      enum admission_standing standing,
					      const struct admission_connection *spared)
{
	struct admission_connection *c = TAILQ_FIRST(&crowd->waiting[standing]);

	if (!c || c != spared)
		return c;
	return crowd == &c->source->crowd ? TAILQ_NEXT(c, of_source) : TAILQ_NEXT(c, in_all);
}

/*
 * Returns the connection of @crowd that has to give way first, or NULL if there is none. A
 * connection with a starting call has ADMISSION_GRACE_MS.
 */
static struct admission_connection *oldest(const struct crowd *crowd, const struct victim *v)
{
	struct admission_connection *c;

	for (unsigned int i = v->lowest; i < ADMISSION_LOGGED_IN; i++) {
		c = first_but(crowd, i, v->spared);
		if (c && (i < ADMISSION_BUSY || v->now >= c->since + ADMISSION_GRACE_MS))
			return c;
	}
	return NULL;
}

/*
 * Returns the connection that has to give way when there are too many in all, or NULL: one of the
 * address with the most waiting connections that has such a connection. If no address has two
 * waiting connections, it is the oldest of all. At most LOOKS addresses are looked at, to bound the
 * time.
 */
static struct admission_connection *oldest_of_most(const struct admission *a,
						   const struct victim *v)
{
	struct admission_connection *c;
	struct admission_source *s;
	unsigned int looks = 0;

	for (unsigned int i = LEVELS - 1; i > 1; i--) {
		TAILQ_FOREACH(s, &a->levels[i], at_level) {
			c = oldest(&s->crowd, v);
			if (c)
				return c;
			if (++looks == LOOKS)
				return oldest(&a->crowd, v);
		}
	}
	return oldest(&a->crowd, v);
}

struct admission_answer admission_connection(struct admission *a, struct admission_connection *c,
					     struct ip_addr from, uint64_t now)
{
	const struct victim any = { .lowest = ADMISSION_SILENT, .now = now };
	const struct admission_limits *limits = &a->limits;
	struct admission_source *source = find_source(a, from);

	if (limits->nobody_new)
		return refuse(ADMISSION_DRAINED);
	if (source && full(limits->max_connections_per_address, source->crowd.n_waiting))
		return push_out(oldest(&source->crowd, &any), ADMISSION_CONNECTIONS_OF_ADDRESS);
	if (full(limits->max_connections, a->n_connections) ||
	    full(limits->max_waiting, a->crowd.n_waiting))
		return push_out(oldest_of_most(a, &any), ADMISSION_CONNECTIONS);
	source = source_get(a, from);
	if (!source)
		return refuse(ADMISSION_NO_MEMORY);
	*c = (struct admission_connection){ .admission = a, .source = source };
	a->n_connections++;
	join_crowd(c, ADMISSION_SILENT, now);
	return allow();
}

struct admission_answer admission_no_descriptors(const struct admission *a,
						 const struct admission_connection *c, uint64_t now)
{
	const struct victim other = { .lowest = ADMISSION_SILENT, .spared = c, .now = now };

	return push_out(oldest_of_most(a, &other), ADMISSION_DESCRIPTORS);
}

void admission_connection_spoke(struct admission_connection *c, uint64_t now)
{
	if (!c->admission)
		return;
	c->spoke = true;
	settle(c, now);
}

void admission_connection_end(struct admission_connection *c)
{
	struct admission *a = c->admission;

	if (!a)
		return;
	leave_crowd(c);
	source_put(a, c->source);
	a->n_connections--;
	c->admission = NULL;
}

/* --- calls --------------------------------------------------------------------------------- */

/* Add @change, which is 1 or -1, to the number of starting calls. */
static void count_starting(struct admission_connection *c, int change)
{
	c->starting += change;
	c->source->crowd.n_starting += change;
	c->admission->crowd.n_starting += change;
}

/* Answer whether @c may have one more call. After ALLOW @call is held. */
static struct admission_answer take_call(struct admission_call *call,
					 struct admission_connection *c, uint64_t now)
{
	const struct victim busy = { .lowest = ADMISSION_BUSY, .now = now };
	struct admission *a = c->admission;
	const struct admission_limits *limits = &a->limits;

	if (a->view->is_banned(a->ctx, c->source->address, now))
		return refuse(ADMISSION_BANNED);
	if (limits->nobody_new)
		return refuse(ADMISSION_DRAINED);
	if (full(limits->max_calls_per_connection, c->starting + c->sessions))
		return refuse(ADMISSION_CALLS);
	if (c->starting && c->starting >= c->sessions)
		return refuse(ADMISSION_CALL_STARTING);
	if (full(limits->max_starting_per_address, c->source->crowd.n_starting))
		return push_out(oldest(&c->source->crowd, &busy), ADMISSION_STARTING_OF_ADDRESS);
	if (full(limits->max_starting, a->crowd.n_starting))
		return push_out(oldest_of_most(a, &busy), ADMISSION_STARTING);
	*call = (struct admission_call){ .connection = c };
	count_starting(c, 1);
	settle(c, now);
	return allow();
}

/* Answer whether another session has the same peer address and the same peer's call ID. */
static struct admission_answer check_call_id(const struct admission_call *call,
					     const struct admission_call_question *q)
{
	const struct admission *a = call->connection->admission;
	uint64_t other = a->view->call(a->ctx, q->local, call->connection->source->address,
				       q->peer_call_id);

	if (!other || other == q->session)
		return allow();
	if (other == q->probed.session && q->probed.alive)
		return refuse(ADMISSION_CALL_ID);
	return move_away(other, q->probed.session, ADMISSION_CALL_ID);
}

struct admission_answer admission_call(struct admission_call *call, struct admission_connection *c,
				       const struct admission_call_question *q, uint64_t now)
{
	struct admission_answer answer = allow();

	if (!call->connection)
		answer = take_call(call, c, now);
	if (answer.verdict != ADMISSION_ALLOW)
		return answer;
	answer = check_call_id(call, q);
	if (answer.verdict == ADMISSION_REFUSE)
		admission_call_end(call, now);
	return answer;
}

static void give_back_address(struct admission_call *call)
{
	if (call->pool)
		pool_give_back(call->pool, call->address);
	pool_put(call->pool);
	call->pool = NULL;
}

void admission_call_end(struct admission_call *call, uint64_t now)
{
	struct admission_connection *c = call->connection;

	if (!c)
		return;
	if (call->admitted) {
		c->sessions--;
		c->source->n_sessions--;
		c->admission->n_sessions--;
	} else {
		count_starting(c, -1);
	}
	settle(c, now);
	give_back_address(call);
	*call = (struct admission_call){ 0 };
}

/* --- failed logins ------------------------------------------------------------------------- */

/* Returns the hash of a user name for a throttle key; never 0, which is the address alone. */
static uint32_t hash_user(const void *user, size_t len)
{
	const uint32_t h = hash_folded(user, len);

	return h ? h : 1;
}

static struct throttle_key source_key(const struct admission_login *login)
{
	return (struct throttle_key){ .from = login->key.from };
}

/* Answer whether failed logins stand against a try: REFUSE with @wait, or ALLOW. */
static struct admission_answer check_failed(const struct admission *a,
					    const struct admission_login *login, uint64_t now)
{
	struct admission_answer no = refuse(ADMISSION_FAILED_LOGINS);

	no.wait = throttle_wait(a->failed_users, login->key, a->limits.max_failed_logins, now);
	if (no.wait)
		return no;
	if (throttle_knows(a->failed_users, login->key, now))
		return allow();
	no.reason = ADMISSION_FAILED_LOGINS_OF_ADDRESS;
	no.wait = throttle_wait(a->failed_sources, source_key(login),
				a->limits.max_failed_logins_per_address, now);
	return no.wait ? no : allow();
}

struct admission_answer admission_try(struct admission_login *login, struct admission_call *call,
				      const void *user, size_t len, uint64_t now)
{
	struct admission *a = call->connection->admission;
	struct admission_answer answer;

	*login = (struct admission_login){
		.key = { call->connection->source->address, hash_user(user, len) },
	};
	/*
	 * A user who is logged in proves itself again. This is not counted, so that other peers who
	 * fail with the same name cannot end the session.
	 */
	if (call->admitted)
		return login->key.user == call->user ? allow() : refuse(ADMISSION_OTHER_USER);
	if (a->view->is_banned(a->ctx, login->key.from, now))
		return refuse(ADMISSION_BANNED);
	answer = check_failed(a, login, now);
	if (answer.verdict != ADMISSION_ALLOW)
		return answer;
	login->admission = a;
	login->counted_user = throttle_take(a->failed_users, login->key,
					    a->limits.max_failed_logins, now);
	login->counted_source = throttle_take(a->failed_sources, source_key(login),
					      a->limits.max_failed_logins_per_address, now);
	return answer;
}

void admission_forget(struct admission_login *login, uint64_t now)
{
	struct admission *a = login->admission;

	if (!a)
		return;
	if (login->counted_user)
		throttle_give_back(a->failed_users, login->key, a->limits.max_failed_logins, now);
	if (login->counted_source)
		throttle_give_back(a->failed_sources, source_key(login),
				   a->limits.max_failed_logins_per_address, now);
	login->admission = NULL;
}

void admission_tried(struct admission_login *login, enum auth_result result, uint64_t now)
{
	struct admission *a = login->admission;

	if (!a)
		return;
	if (auth_is_failure(result)) {
		login->admission = NULL;
		return;
	}
	admission_forget(login, now);
	if (result == AUTH_OK)
		throttle_succeeded(a->failed_users, login->key, now);
}

unsigned int admission_failures(const struct admission *a, const struct admission_login *login,
				uint64_t now)
{
	return throttle_failures(a->failed_users, login->key, a->limits.max_failed_logins, now);
}

/* --- addresses ----------------------------------------------------------------------------- */

/* Returns true if another user than the one of @q is the only one who may have @address. */
static bool is_others_own(const struct admission *a, const struct admission_login_question *q,
			  struct ip_addr address)
{
	const char *owner = a->view->owner(a->ctx, address);

	return owner && (q->claimed || strcmp(owner, q->user));
}

/* Returns ADMISSION_NONE if a peer may have the inner address @address, or the reason against. */
static enum admission_reason check_address(const struct admission *a,
					   const struct admission_login_question *q,
					   struct ip_addr address)
{
	if (!ip_is_unicast(address))
		return ADMISSION_ADDRESS_UNUSABLE;
	if (is_others_own(a, q, address))
		return ADMISSION_ADDRESS_RESERVED;
	if (find_source(a, address) || a->view->is_outer(a->ctx, address))
		return ADMISSION_ADDRESS_OUTER;
	if (ip_equal(address, q->local) || a->view->is_ours(a->ctx, address))
		return ADMISSION_ADDRESS_OURS;
	if (a->view->holder(a->ctx, q->place, address))
		return ADMISSION_ADDRESS_HELD;
	return ADMISSION_NONE;
}

static enum admission_reason take_fixed(struct admission_call *call,
					const struct admission_login_question *q)
{
	enum admission_reason no = check_address(call->connection->admission, q, q->address);
	struct pool *pool = q->pool;
	int err = -ENOENT;

	if (no)
		return no;
	while (pool && (err = pool_take_address(pool, q->address)) == -ENOENT)
		pool = pool_next(pool);
	if (err == -EBUSY)
		return ADMISSION_ADDRESS_HELD;
	/* No pool gives this address: only the view can tell that a session holds it. */
	call->pool = err ? NULL : pool_get(pool);
	call->address = q->address;
	return ADMISSION_NONE;
}

struct pick {
	const struct admission *admission;
	const struct admission_login_question *q;
};

static bool may_have(const void *ctx, struct ip_addr address)
{
	const struct pick *pick = ctx;

	return check_address(pick->admission, pick->q, address) == ADMISSION_NONE;
}

static enum admission_reason take_from_pool(struct admission_call *call,
					    const struct admission_login_question *q)
{
	const struct pick pick = { call->connection->admission, q };
	const struct pool_wish wish = {
		.user = q->user, .user_len = strlen(q->user),
		.within = q->within, .n_within = q->n_within,
		.allowed = may_have, .ctx = &pick,
	};

	struct pool *from;

	if (!q->pool)
		return ADMISSION_NO_POOL;
	from = pool_take(q->pool, &wish, &call->address);
	if (!from)
		return ADMISSION_NO_ADDRESS;
	call->pool = pool_get(from);
	return ADMISSION_NONE;
}

/* --- logins -------------------------------------------------------------------------------- */

struct search {
	const struct admission_login *login;
	uint64_t id;			/* the only session to look for; 0: any */
	struct admission_session found;	/* the best so far */
};

static bool is_alive(const struct admission_login *login, uint64_t id)
{
	for (unsigned int i = 0; i < login->n_alive; i++)
		if (login->alive[i] == id)
			return true;
	return false;
}

static bool is_quieter(const struct admission_session *a, const struct admission_session *b)
{
	return a->heard < b->heard || (a->heard == b->heard && a->id < b->id);
}

static bool look_at(void *arg, const struct admission_session *session)
{
	struct search *search = arg;
	const struct admission_session *found = &search->found;

	if ((search->id && session->id != search->id) || is_alive(search->login, session->id))
		return true;
	/* The session that a probe found silent is best; then the one not heard for longest. */
	if (!found->id || session->id == search->login->silent ||
	    (found->id != search->login->silent && is_quieter(session, found)))
		search->found = *session;
	return true;
}

/* Returns the ID of the session of the same user that stands in the way for @reason, or 0. */
static uint64_t in_the_way(const struct admission *a, const struct admission_login *login,
			   const struct admission_login_question *q, enum admission_reason reason)
{
	struct search search = { .login = login };

	if (reason == ADMISSION_ADDRESS_HELD)
		search.id = a->view->holder(a->ctx, q->place, q->address);
	else if (reason != ADMISSION_SESSIONS_OF_USER)
		return 0;
	if (reason == ADMISSION_ADDRESS_HELD && !search.id)
		return 0;
	a->view->each_of_user(a->ctx, q->user, look_at, &search);
	return search.found.id;
}

static void note_probe(struct admission_login *login, const struct admission_probed *probed)
{
	if (!probed->session || is_alive(login, probed->session))
		return;
	login->silent = probed->alive ? 0 : probed->session;
	if (probed->alive && login->n_alive < ADMISSION_PROBES)
		login->alive[login->n_alive++] = probed->session;
}

static enum admission_reason take_session(struct admission_call *call,
					  const struct admission_login_question *q)
{
	const struct admission_source *source = call->connection->source;
	const struct admission *a = call->connection->admission;
	const struct admission_limits *limits = &a->limits;
	const unsigned int of_user = q->single == POLICY_SINGLE_OFF ? q->max_sessions : 1;

	if (limits->nobody_new)
		return ADMISSION_DRAINED;
	if (of_user && full(of_user, a->view->count_user(a->ctx, q->user)))
		return ADMISSION_SESSIONS_OF_USER;
	if (full(limits->max_sessions, a->n_sessions))
		return ADMISSION_SESSIONS;
	if (full(limits->max_sessions_per_address, source->n_sessions))
		return ADMISSION_SESSIONS_OF_ADDRESS;
	if (limits->max_sessions_of_all &&
	    full(limits->max_sessions_of_all, a->view->count_all(a->ctx)))
		return ADMISSION_SESSIONS_OF_ALL;
	return q->address_kind == AUTH_ADDRESS_FIXED ? take_fixed(call, q) :
						       take_from_pool(call, q);
}

static struct admission_answer allow_address(struct ip_addr address)
{
	return (struct admission_answer){ .verdict = ADMISSION_ALLOW, .address = address };
}

static struct admission_answer let_in(struct admission_call *call, uint32_t user, uint64_t now)
{
	struct admission_connection *c = call->connection;

	call->admitted = true;
	call->user = user;
	count_starting(c, -1);
	c->sessions++;
	c->source->n_sessions++;
	c->admission->n_sessions++;
	settle(c, now);
	return allow_address(call->address);
}

/* Returns why the account of the user is closed; ADMISSION_NONE if it is open. */
static enum admission_reason check_account(const struct admission_login_question *q)
{
	if (q->disabled)
		return ADMISSION_USER_DISABLED;
	return q->expires_s && q->clock_s >= q->expires_s ? ADMISSION_USER_EXPIRED : ADMISSION_NONE;
}

/* Let the user's own address count, unless RADIUS says which one it is. */
static struct admission_login_question with_own(const struct admission_login_question *q)
{
	const bool chosen_by_radius = q->granted && q->address_kind != AUTH_ADDRESS_POOL;
	struct admission_login_question own = *q;

	if (!q->claimed && ip_is_set(q->own) && !chosen_by_radius) {
		own.address_kind = AUTH_ADDRESS_FIXED;
		own.address = q->own;
	}
	return own;
}

/* Answer for a user who is let in, or whose session or address stands in the way. */
static struct admission_answer enter(struct admission_login *login, struct admission_call *call,
				     const struct admission_login_question *q, uint64_t now)
{
	const struct admission *a = call->connection->admission;
	enum admission_reason no;
	uint64_t session;

	note_probe(login, &q->probed);
	no = take_session(call, q);
	if (!no)
		return let_in(call, login->key.user, now);
	if (q->claimed || q->single == POLICY_SINGLE_DENY)
		return refuse(no);
	session = in_the_way(a, login, q, no);
	if (session && q->single == POLICY_SINGLE_REPLACE_NOW)
		login->silent = session;
	if (!session || (session != login->silent && login->n_alive == ADMISSION_PROBES))
		return refuse(no);
	return move_away(session, login->silent, no);
}

struct admission_answer admission_login(struct admission_login *login, struct admission_call *call,
					const struct admission_login_question *q, uint64_t now)
{
	const struct admission_login_question own = with_own(q);
	enum admission_reason no = check_account(q);
	struct admission_answer answer;

	if (no)
		return refuse(no);
	if (!call->admitted)
		answer = enter(login, call, &own, now);
	else if (strcmp(q->current, q->user))
		return refuse(ADMISSION_OTHER_USER);
	else
		answer = allow_address(call->address);
	if (answer.verdict == ADMISSION_ALLOW)
		call->may_choose = own.address_kind == AUTH_ADDRESS_CHOSEN;
	return answer;
}

bool admission_choose(struct admission_call *call, struct ip_addr address, struct ip_addr local,
		      struct place place)
{
	/* Somebody's own address is not there to be chosen. */
	const struct admission_login_question q = {
		.local = local, .place = place, .claimed = true,
	};
	const struct admission *a;

	if (!call->may_choose || !call->pool)
		return false;
	a = call->connection->admission;
	if (check_address(a, &q, address) || pool_take_address(call->pool, address))
		return false;
	pool_give_back(call->pool, call->address);
	call->address = address;
	return true;
}

/* --- addresses that are not for everybody ---------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	const struct ip_addr *x = a, *y = b;

	return ip_compare(*x, *y);
}

static size_t sort_out_doubles(struct ip_addr *list, size_t n)
{
	size_t kept = 0;

	qsort(list, n, sizeof(*list), by_address);
	for (size_t i = 0; i < n; i++)
		if (!kept || !ip_equal(list[i], list[kept - 1]))
			list[kept++] = list[i];
	return kept;
}

struct ip_addr *admission_reserved(const struct secrets *secrets, const struct ipv4_range *ranges,
				   size_t n_ranges, size_t *n)
{
	size_t count = secrets_count(secrets);
	struct ip_addr *list;
	size_t found = 0;

	*n = count;
	list = calloc(count ? count : 1, sizeof(*list));
	if (!list)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (secrets_fixed_address(secrets_at(secrets, i), &list[found]) &&
		    ipv4_ranges_contain(ranges, n_ranges, list[found]))
			found++;
	*n = sort_out_doubles(list, found);
	if (*n)
		return list;
	free(list);
	return NULL;
}

/* --- to be shown --------------------------------------------------------------------------- */

void admission_count(const struct admission *a, const struct ip_addr *from,
		     struct admission_counts *counts)
{
	const struct admission_source *source;

	*counts = (struct admission_counts){
		.connections = a->n_connections,
		.waiting = a->crowd.n_waiting,
		.starting = a->crowd.n_starting,
		.sessions = a->n_sessions,
		.sources = a->n_sources,
	};
	if (!from)
		return;
	*counts = (struct admission_counts){ 0 };
	source = find_source(a, *from);
	if (source)
		*counts = (struct admission_counts){
			.connections = source->n,
			.waiting = source->crowd.n_waiting,
			.starting = source->crowd.n_starting,
			.sessions = source->n_sessions,
			.sources = 1,
		};
}
