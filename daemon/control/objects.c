// SPDX-License-Identifier: GPL-2.0-only
#include "control/objects.h"

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
