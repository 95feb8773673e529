// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "session/describe.h"

const char *describe_name(const struct session_record *r, char text[DESCRIBE_NAME_SIZE])
{
	char user[TEXT_QUOTE_SIZE];

	snprintf(text, DESCRIBE_NAME_SIZE, "%llu (%s%s%s)", (unsigned long long)r->id,
		 r->user[0] ? text_name(user, r->user) : "", r->user[0] ? ", " : "",
		 ip_text(r->addr.remote));
	return text;
}

const char *describe_up(const struct session_record *r, char text[DESCRIBE_SIZE])
{
	char mppe[48] = "no encryption";

	if (r->ppp.open & PPP_OPEN_CCP)
		snprintf(mppe, sizeof(mppe), "MPPE %u bit %s", r->ppp.tx.bits,
			 r->ppp.tx.stateless ? "stateless" : "stateful");
	snprintf(text, DESCRIBE_SIZE, "on %s, %s to %s, %s, MTU %u", r->ifname,
		 ip_text(r->ip4.local), ip_text(r->ip4.remote), mppe, r->ip4.mtu);
	return text;
}

const char *describe_traffic(const struct session_record *r, char text[DESCRIBE_SIZE])
{
	const struct net_stats *stats = &r->stats;

	snprintf(text, DESCRIBE_SIZE, "received %llu bytes in %llu packets, sent %llu in %llu",
		 (unsigned long long)stats->rx_bytes, (unsigned long long)stats->rx_packets,
		 (unsigned long long)stats->tx_bytes, (unsigned long long)stats->tx_packets);
	return text;
}

struct log_fields describe_fields(const struct session_record *r, enum log_event event)
{
	const bool server = r->role == SESSION_OF_SERVER;

	return (struct log_fields){
		.event = event,
		.session = r->id,
		.user = r->user,
		.peer = r->addr.remote,
		.server = server ? r->owner : NULL,
		.client = server ? NULL : r->owner,
	};
}
