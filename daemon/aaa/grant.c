// SPDX-License-Identifier: GPL-2.0-only
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/grant.h"
#include "aaa/policy.h"

/* --- a grant in one piece of memory ---------------------------------------------------------- */

/* Memory that is given out from its beginning. It is measured first, with @start NULL. */
struct piece {
	char *start;
	size_t used;
};

/* Returns a copy of the @len octets at @from, or NULL while the piece is measured. */
static void *keep(struct piece *piece, const void *from, size_t len, size_t align)
{
	char *to;

	piece->used = (piece->used + align - 1) / align * align;
	to = piece->start ? piece->start + piece->used : NULL;
	piece->used += len;
	return to && len ? memcpy(to, from, len) : to;
}

static const char *keep_text(struct piece *piece, const char *text)
{
	return keep(piece, text, strlen(text) + 1, 1);
}

static const char * const *keep_texts(struct piece *piece, const char * const *texts,
				      unsigned int n)
{
	const char **list = keep(piece, texts, n * sizeof(*texts), alignof(const char *));

	for (unsigned int i = 0; i < n; i++) {
		const char *text = keep_text(piece, texts[i]);

		if (list)
			list[i] = text;
	}
	return list;
}

static const struct grant_octets *keep_classes(struct piece *piece,
					       const struct grant_octets *classes, unsigned int n)
{
	struct grant_octets *list = keep(piece, classes, n * sizeof(*classes),
					 alignof(struct grant_octets));

	for (unsigned int i = 0; i < n; i++) {
		const uint8_t *octets = keep(piece, classes[i].octets, classes[i].len, 1);

		if (list)
			list[i].octets = octets;
	}
	return list;
}

#define KEEP_LIST(piece, from, member)	\
	keep(piece, (from)->member, (from)->n_##member * sizeof((from)->member[0]), \
	     alignof(__typeof__((from)->member[0])))

/* Returns a copy of @from whose parts are in @piece, too; NULL while that is measured. */
static struct auth_grant *keep_grant(struct piece *piece, const struct auth_grant *from)
{
	struct auth_grant *to = keep(piece, from, sizeof(*from), alignof(struct auth_grant));
	struct auth_grant kept = *from;

	kept.routes = KEEP_LIST(piece, from, routes);
	kept.dns6 = KEEP_LIST(piece, from, dns6);
	kept.prefixes6 = KEEP_LIST(piece, from, prefixes6);
	kept.delegated6 = KEEP_LIST(piece, from, delegated6);
	kept.addresses6 = KEEP_LIST(piece, from, addresses6);
	kept.classes = keep_classes(piece, from->classes, from->n_classes);
	kept.filters = keep_texts(piece, from->filters, from->n_filters);
	kept.avpairs = keep_texts(piece, from->avpairs, from->n_avpairs);
	kept.user = keep_text(piece, from->user);
	kept.pool = keep_text(piece, from->pool);
	kept.pool6 = keep_text(piece, from->pool6);
	kept.delegated_pool6 = keep_text(piece, from->delegated_pool6);
	kept.refs = 1;
	if (to)
		*to = kept;
	return to;
}

/* Returns a copy that has all its parts in one piece of memory; NULL if there is none. */
static struct auth_grant *copy(const struct auth_grant *from)
{
	struct piece piece = { 0 };

	keep_grant(&piece, from);
	piece.start = malloc(piece.used);
	piece.used = 0;
	return piece.start ? keep_grant(&piece, from) : NULL;
}

static const struct auth_grant nothing = {
	.user = "", .pool = "", .pool6 = "", .delegated_pool6 = "",
};

/* --- what a reply says ----------------------------------------------------------------------- */

/* Memory of the lists of a grant that is not copied yet. */
struct lists {
	struct grant_octets classes[RADIUS_CLASSES_MAX];
	const char *filters[RADIUS_FILTERS_MAX];
	const char *avpairs[RADIUS_AVPAIRS_MAX];
};

static void change_number(uint32_t *to, struct radius_number number)
{
	if (number.given)
		*to = number.value;
}

/* A limit that somebody gives anew is lifted no more. */
static void change_limit(struct auth_grant *to, uint32_t *limit, enum policy_term term,
			 struct radius_number number)
{
	change_number(limit, number);
	if (number.given)
		to->lifted &= ~POLICY_BIT(term);
}

static void change_rates(struct auth_grant *to, const struct radius_rates *rates)
{
	/* one packet has the rates of both directions */
	if (!rates->up && !rates->down)
		return;
	to->rates = *rates;
	to->lifted &= ~(POLICY_BIT(POLICY_RATE_UP) | POLICY_BIT(POLICY_RATE_DOWN));
}

static void change_classes(struct auth_grant *to, const struct radius_reply *reply,
			   struct lists *lists)
{
	if (!reply->n_classes)
		return;
	for (unsigned int i = 0; i < reply->n_classes; i++)
		lists->classes[i] = (struct grant_octets){
			reply->classes[i].octets, reply->classes[i].len,
		};
	to->classes = lists->classes;
	to->n_classes = reply->n_classes;
}

static void change_texts(struct auth_grant *to, const struct radius_reply *reply,
			 struct lists *lists)
{
	for (unsigned int i = 0; i < reply->n_filters; i++)
		lists->filters[i] = reply->filters[i];
	for (unsigned int i = 0; i < reply->n_avpairs; i++)
		lists->avpairs[i] = reply->avpairs[i];
	if (reply->n_filters) {
		to->filters = lists->filters;
		to->n_filters = reply->n_filters;
	}
	if (reply->n_avpairs) {
		to->avpairs = lists->avpairs;
		to->n_avpairs = reply->n_avpairs;
	}
}

/* Change what a CoA-Request may change. What is in lists stays memory of @reply and @lists. */
static void change(struct auth_grant *to, const struct radius_reply *reply, struct lists *lists)
{
	change_limit(to, &to->session_timeout_s, POLICY_SESSION_TIMEOUT, reply->session_timeout);
	change_limit(to, &to->idle_timeout_s, POLICY_IDLE_TIMEOUT, reply->idle_timeout);
	change_number(&to->interim_s, reply->interim_interval);
	change_number(&to->termination_action, reply->termination_action);
	change_number(&to->port_limit, reply->port_limit);
	change_rates(to, &reply->rates);
	change_classes(to, reply, lists);
	change_texts(to, reply, lists);
}

/* --- what an administrator says -------------------------------------------------------------- */

uint32_t grant_settable(void)
{
	return POLICY_BIT(POLICY_SESSION_TIMEOUT) | POLICY_BIT(POLICY_IDLE_TIMEOUT) |
	       POLICY_BIT(POLICY_RATE_UP) | POLICY_BIT(POLICY_RATE_DOWN) |
	       POLICY_BIT(POLICY_BURST_UP) | POLICY_BIT(POLICY_BURST_DOWN);
}

/* Lift the limit that @term is if it is 0. */
static void set_lifted(struct auth_grant *to, enum policy_term term, uint64_t limit)
{
	if (limit)
		to->lifted &= ~POLICY_BIT(term);
	else
		to->lifted |= POLICY_BIT(term);
}

static void set_seconds(struct auth_grant *to, uint32_t *limit, const struct policy *terms,
			enum policy_term term, uint32_t seconds)
{
	if (!policy_has(terms, term))
		return;
	*limit = seconds;
	set_lifted(to, term, seconds);
}

/* A burst of so many octets is one of a second: see policy_add_grant(). */
static uint64_t burst_rate(uint64_t rate, uint32_t octets)
{
	return octets ? rate + 8ull * octets : 0;
}

struct auth_grant *grant_set(const struct auth_grant *old, const struct policy *terms)
{
	struct auth_grant grant = old ? *old : nothing;
	struct radius_rates *rates = &grant.rates;

	set_seconds(&grant, &grant.session_timeout_s, terms, POLICY_SESSION_TIMEOUT,
		    terms->session_timeout_s);
	set_seconds(&grant, &grant.idle_timeout_s, terms, POLICY_IDLE_TIMEOUT,
		    terms->idle_timeout_s);
	if (policy_has(terms, POLICY_RATE_UP)) {
		rates->up = terms->rate_up;
		rates->burst_up = burst_rate(rates->up, terms->burst_up);
		rates->burst_up_s = terms->burst_up ? 1 : 0;
		set_lifted(&grant, POLICY_RATE_UP, rates->up);
	}
	if (policy_has(terms, POLICY_RATE_DOWN)) {
		rates->down = terms->rate_down;
		rates->burst_down = burst_rate(rates->down, terms->burst_down);
		rates->burst_down_s = terms->burst_down ? 1 : 0;
		set_lifted(&grant, POLICY_RATE_DOWN, rates->down);
	}
	return copy(&grant);
}

/* --- grants ---------------------------------------------------------------------------------- */

struct auth_grant *grant_new(const struct radius_reply *reply)
{
	struct auth_grant grant = {
		.user = reply->user,
		.address_choice = reply->address_choice,
		.address = reply->address,
		.has_netmask = reply->netmask.given,
		.netmask = (uint8_t)reply->netmask.value,
		.pool = reply->pool,
		.routes = reply->routes,
		.n_routes = reply->n_routes,
		.dns6 = reply->dns6,
		.n_dns6 = reply->n_dns6,
		.prefixes6 = reply->prefixes6,
		.n_prefixes6 = reply->n_prefixes6,
		.delegated6 = reply->delegated6,
		.n_delegated6 = reply->n_delegated6,
		.addresses6 = reply->addresses6,
		.n_addresses6 = reply->n_addresses6,
		.pool6 = reply->pool6,
		.delegated_pool6 = reply->delegated_pool6,
		.has_ifid = reply->has_ifid,
		.mtu = reply->mtu.value,
		.mppe_policy = reply->mppe_policy,
		.mppe_types = reply->mppe_types,
	};
	struct lists lists;

	memcpy(grant.dns, reply->dns, sizeof(grant.dns));
	memcpy(grant.nbns, reply->nbns, sizeof(grant.nbns));
	memcpy(grant.ifid, reply->ifid, sizeof(grant.ifid));
	change(&grant, reply, &lists);
	return copy(&grant);
}

struct auth_grant *grant_of_account(const char *profile, uint64_t expires_s)
{
	struct auth_grant grant = nothing;

	grant.filters = &profile;
	grant.n_filters = *profile ? 1 : 0;
	grant.expires_s = expires_s;
	return copy(&grant);
}

struct auth_grant *grant_of_secret(const char *pool, uint64_t rate_up, uint64_t rate_down)
{
	struct auth_grant grant = nothing;

	grant.pool = pool;
	grant.rates.up = rate_up;
	grant.rates.down = rate_down;
	return copy(&grant);
}

struct auth_grant *grant_changed(const struct auth_grant *old, const struct radius_reply *changes)
{
	struct auth_grant grant = old ? *old : nothing;
	struct lists lists;

	change(&grant, changes, &lists);
	return copy(&grant);
}

struct auth_grant *grant_get(struct auth_grant *grant)
{
	if (grant)
		grant->refs++;
	return grant;
}

void grant_put(struct auth_grant *grant)
{
	if (grant && !--grant->refs)
		free(grant);
}
