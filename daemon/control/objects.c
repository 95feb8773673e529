// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pptp.h>
#include <string.h>

#include "control/objects.h"
#include "util/counters.h"

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

static const struct {
	const char *name;
	size_t at;			/* in struct net_stats; a uint64_t */
} traffic[] = {
#define TRAFFIC(member)	{ #member, offsetof(struct net_stats, member) }
	TRAFFIC(idle_s), TRAFFIC(rx_bytes), TRAFFIC(tx_bytes), TRAFFIC(rx_packets),
	TRAFFIC(tx_packets), TRAFFIC(rx_dropped), TRAFFIC(tx_dropped),
};

#define N_TRAFFIC (sizeof(traffic) / sizeof(traffic[0]))

bool object_set_traffic(json_t *object, const struct net_stats *stats)
{
	for (size_t i = 0; i < N_TRAFFIC; i++) {
		uint64_t n;

		memcpy(&n, (const char *)stats + traffic[i].at, sizeof(n));
		if (json_object_set_new(object, traffic[i].name, json_integer((json_int_t)n)))
			return false;
	}
	return true;
}

bool is_traffic_member(const char *name)
{
	for (size_t i = 0; i < N_TRAFFIC; i++)
		if (!strcmp(traffic[i].name, name))
			return true;
	return false;
}

json_t *object_of_counters(const uint64_t counters[NET_COUNTERS])
{
#define NAME(constant, name) [PPTP_A_STATS_##constant] = name,
	static const char * const names[NET_COUNTERS] = { COUNTERS(NAME) };
	json_t *object = json_object();

	for (size_t i = 0; i < NET_COUNTERS; i++)
		if (names[i] && counters[i])
			json_object_set_new(object, names[i],
					    json_integer((json_int_t)counters[i]));
	return object;
}

json_t *lines_of_diag(const struct diag *diag, bool warnings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < diag->n_lines; i++)
		if (diag->lines[i].warning == warnings)
			json_array_append_new(list, json_string(diag->lines[i].text));
	return list;
}
