// SPDX-License-Identifier: GPL-2.0-only

#include "config/check.h"
#include "config/common.h"

const struct config_word config_eap_methods[] = {
	{ "chap-md5", PPP_AUTH_CHAP_MD5 },
	{ "mschap-v2", PPP_AUTH_MSCHAPV2 },
	{ 0 },
};

const struct config_word config_mppe_policies[] = {
	{ "off", PPP_MPPE_OFF },
	{ "preferred", PPP_MPPE_PREFERRED },
	{ "required", PPP_MPPE_REQUIRED },
	{ 0 },
};

const struct config_word config_mppe_lengths[] = {
	{ "40", PPP_MPPE_40 },
	{ "56", PPP_MPPE_56 },
	{ "128", PPP_MPPE_128 },
	{ 0 },
};

const struct config_word config_mppe_modes[] = {
	{ "stateless", PPP_MPPE_STATELESS },
	{ "stateful", PPP_MPPE_STATEFUL },
	{ "any", PPP_MPPE_STATELESS | PPP_MPPE_STATEFUL },
	{ 0 },
};

void config_check_local_address(struct config_draft *d, const struct config_section *s,
				struct ip_addr address)
{
	if (!ip_is_unicast(address))
		report_error(&d->report, section_place(s, "local-address"),
			     "local-address is \"%s\": expected a unicast address",
			     ip_text(address));
}

void config_check_interface(struct config_draft *d, struct config_section *s, const char *name)
{
	const struct config_section *other = draft_take_name(d, &config_type_interface, name, s);
	struct config_place place = section_place(s, "interface");
	char where[REPORT_WHERE_SIZE];

	if (other)
		report_error(&d->report, place, "interface %s is taken already by %s \"%s\" (%s)",
			     name, other->kind->name, other->name,
			     report_where(&d->report, place, section_place(other, "interface"),
					  where));
}
