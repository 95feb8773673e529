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
	/* accel-ppp's */
	{ "deny", PPP_MPPE_OFF },
	{ "prefer", PPP_MPPE_PREFERRED },
	{ "require", PPP_MPPE_REQUIRED },
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

/* A TOS octet is a DSCP and two bits of ECN. */
#define DSCP(name, dscp)	{ name, (dscp) << 2 }

const struct config_word config_dscps[] = {
	{ "inherit", OUTER_TOS_INHERIT },
	/* RFC 2474, RFC 2597, RFC 3246, RFC 5865, RFC 8622 */
	DSCP("cs0", 0), DSCP("cs1", 8), DSCP("cs2", 16), DSCP("cs3", 24),
	DSCP("cs4", 32), DSCP("cs5", 40), DSCP("cs6", 48), DSCP("cs7", 56),
	DSCP("af11", 10), DSCP("af12", 12), DSCP("af13", 14),
	DSCP("af21", 18), DSCP("af22", 20), DSCP("af23", 22),
	DSCP("af31", 26), DSCP("af32", 28), DSCP("af33", 30),
	DSCP("af41", 34), DSCP("af42", 36), DSCP("af43", 38),
	DSCP("ef", 46), DSCP("va", 44), DSCP("le", 1),
	{ 0 },
};

const struct config_word config_dfs[] = {
	{ "set", OUTER_DF_SET },
	{ "clear", OUTER_DF_CLEAR },
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

void config_check_program(struct config_draft *d, const struct config_section *s,
			  const char *option, const char *path)
{
	char reason[PROGRAM_REASON_SIZE];

	if (section_knows(s, option) && *path && !program_is_safe(path, reason))
		report_error(&d->report, section_place(s, option), "%s is \"%s\", which %s", option,
			     path, reason);
}

void config_check_hooks(struct config_draft *d, const struct config_section *s,
			const struct programs *programs)
{
	config_check_program(d, s, "on-up", programs->on_up);
	config_check_program(d, s, "on-down", programs->on_down);
	config_check_program(d, s, "on-change", programs->on_change);
}
