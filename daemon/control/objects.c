// SPDX-License-Identifier: GPL-2.0-only
#include "control/objects.h"
#include "session/session.h"

json_t *object_of_address(struct ip_addr a)
{
	return ip_is_set(a) && !ip_is_any(a) ? json_string(ip_text(a)) : json_null();
}

json_t *object_of_mppe(const struct ppp_state *ppp)
{
	if (!(ppp->open & PPP_OPEN_CCP))
		return json_null();
	return json_pack("{s:i, s:b}", "bits", ppp->tx.bits, "stateless", ppp->tx.stateless);
}

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

	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:i, s:i, s:s, s:s, s:o, "
			 "s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
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
			 "idle_s", (json_int_t)r->stats.idle_s,
			 "rx_bytes", (json_int_t)r->stats.rx_bytes,
			 "tx_bytes", (json_int_t)r->stats.tx_bytes,
			 "rx_packets", (json_int_t)r->stats.rx_packets,
			 "tx_packets", (json_int_t)r->stats.tx_packets,
			 "rx_dropped", (json_int_t)r->stats.rx_dropped,
			 "tx_dropped", (json_int_t)r->stats.tx_dropped);
}
