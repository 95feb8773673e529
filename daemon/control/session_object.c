// SPDX-License-Identifier: GPL-2.0-only
/* A session, as JSON. */
#include <string.h>

#include "control/objects.h"
#include "server/proxy_arp.h"
#include "session/session.h"

/* Returns the protocol by which the end that placed the call has proved who it is; "" if none. */
static const char *auth_of(const struct session_record *r)
{
	enum ppp_auth_method method = r->role == SESSION_OF_SERVER ? r->ppp.peer_auth :
								     r->ppp.local_auth;

	return method ? ppp_auth_name(method) : "";
}

json_t *object_of_session(struct session *s)
{
	const struct session_record *r = &s->record;
	const bool served = r->role == SESSION_OF_SERVER;
	const struct ip_addr none = { .family = AF_UNSPEC };
	json_t *object;

	object = json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:i, s:i, s:s, s:s, s:o, "
			 "s:i, s:I, s:I, s:I}",
			 "id", (json_int_t)r->id,
			 "role", served ? "server" : "client",
			 "server", served ? r->owner : "",
			 "client", served ? "" : r->owner,
			 "user", r->user,
			 "peer", object_of_address(r->addr.remote),
			 "local_address", object_of_address(r->up ? r->ip4.local : none),
			 "remote_address", object_of_address(r->up ? r->ip4.remote : none),
			 "interface", r->ifname,
			 "vrf", r->vrf,
			 "call_id", r->addr.call_id,
			 "peer_call_id", r->addr.peer_call_id,
			 "state", session_state_name(s),
			 "auth", auth_of(r),
			 "mppe", object_of_mppe(&r->ppp),
			 "mtu", r->up ? r->ip4.mtu : 0,
			 "uptime_s", (json_int_t)session_uptime_s(s),
			 "rx_bit_s", (json_int_t)s->rate.rx,
			 "tx_bit_s", (json_int_t)s->rate.tx);
	if (!object || object_set_traffic(object, &r->stats))
		return object;
	json_decref(object);
	return NULL;
}

/* Returns false if there is no memory. */
static bool add_proxy_arp(json_t *object, const struct session *s)
{
	const char *name = s->record.role == SESSION_OF_SERVER ? proxy_arp_interface(s->owner) :
								 NULL;

	return !name || !json_object_set_new(object, "proxy_arp", json_string(name));
}

/*
 * Add who has let the user in, what was granted, and what counts. Returns false if there is no
 * memory.
 */
static bool add_grant(json_t *object, const struct session *s)
{
	json_t *grant = s->grant ? object_of_grant(s->grant) : json_null();

	return !json_object_set_new(object, "source", json_string(auth_source_name(s->source))) &&
	       !json_object_set_new(object, "grant", grant) &&
	       !json_object_set_new(object, "policy", object_of_policy(&s->policy));
}

json_t *object_of_whole_session(struct session *s)
{
	json_t *object = object_of_session(s);

	if (!object || (add_grant(object, s) && add_proxy_arp(object, s)))
		return object;
	json_decref(object);
	return NULL;
}

bool is_whole_session_member(const char *name)
{
	static const char * const members[] = { "source", "grant", "policy", "proxy_arp" };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (!strcmp(members[i], name))
			return true;
	return false;
}
