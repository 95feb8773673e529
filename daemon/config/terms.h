/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: the terms of a policy (aaa/policy.h) that the sections profile and
 * user may give, and the names of other sections that go with them.
 */
#ifndef CULVERT_CONFIG_TERMS_H
#define CULVERT_CONFIG_TERMS_H

#include <stddef.h>

#include "config/draft.h"
#include "util/netns.h"

extern const struct config_word config_single_sessions[];

/* Those that the section server has by the same names. */
#define CONFIG_RECHALLENGE_OPTION(AT) \
	{ "rechallenge", &config_type_number, AT(rechallenge_s), \
	  .max = 604800, .preset = "0", .unit = "seconds", \
	  .means = "Time after which a user has to prove himself again; 0: never" }

#define CONFIG_SHAPE_OPTIONS(AT) \
	{ "rate-up", &config_type_rate, AT(rate_up), .preset = "0", .unit = "bit/s", \
	  .means = "What a user may send, as 10M; 0: no limit" }, \
	{ "rate-down", &config_type_rate, AT(rate_down), .preset = "0", .unit = "bit/s", \
	  .means = "What is sent to a user, as 10M; 0: no limit" }, \
	{ "burst-up", &config_type_burst, AT(burst_up), .preset = "auto", .unit = "octets", \
	  .means = "What a user may send at once, or auto for what fits the rate" }, \
	{ "burst-down", &config_type_burst, AT(burst_down), .preset = "auto", .unit = "octets", \
	  .means = "What is sent to a user at once, or auto for what fits the rate" }, \
	{ "user-mark", &config_type_mark, AT(mark), .max = UINT32_MAX, .preset = "0", \
	  .means = "Mark of users' packets, for nft(8) and policy routing; 0: none" }, \
	{ "user-priority", &config_type_priority, AT(priority), .max = UINT32_MAX, .preset = "0", \
	  .means = "Priority of users' packets, or a class of tc(8) as 1:10; 0: none" }, \
	{ "nft-set", &config_type_nft_sets, AT(nft_sets), .preset = "", \
	  .means = "Sets of nftables that users' addresses are in, as \"inet filter users\"" }

#define CONFIG_PLACE_OPTIONS(AT) \
	{ "user-netns", &config_type_string, AT(netns), .max = NETNS_NAME_MAX, .preset = "", \
	  .means = "The network namespace of users' interfaces and routes" }, \
	{ "user-vrf", &config_type_optional_interface, AT(vrf), .preset = "", \
	  .means = "The VRF of users' interfaces and routes" }, \
	{ "interface-name", &config_type_interface_pattern, AT(interface), .preset = "pptp%d", \
	  .means = "Name of a user's interface: %d is a number, %u the user" }

/* The rows of the table. AT(field) is the offset of the field of struct policy. */
#define CONFIG_TERM_OPTIONS(AT) \
	{ "pool", &config_type_string, AT(pool), .preset = "", \
	  .means = "The pool that addresses are of" }, \
	{ "max-sessions", &config_type_number, AT(max_sessions), \
	  .max = 1000000, .preset = "0", .unit = "sessions", \
	  .means = "How many sessions a user may have at a server; 0: no limit" }, \
	{ "single-session", &config_type_word, AT(single), .words = config_single_sessions, \
	  .preset = "off", \
	  .means = "What becomes of a second session: off, deny, replace or replace-now" }, \
	{ "idle-timeout", &config_type_number, AT(idle_timeout_s), \
	  .max = 31536000, .preset = "0", .unit = "seconds", \
	  .means = "Time without traffic after which a session ends; 0: never" }, \
	{ "session-timeout", &config_type_number, AT(session_timeout_s), \
	  .max = 31536000, .preset = "0", .unit = "seconds", \
	  .means = "Time after which a session ends; 0: never" }, \
	CONFIG_RECHALLENGE_OPTION(AT), \
	{ "expires", &config_type_time, AT(expires_s), .preset = "never", \
	  .means = "When nobody is let in any more, as 2027-01-31 or 2027-01-31 18:00" }, \
	CONFIG_SHAPE_OPTIONS(AT), \
	CONFIG_PLACE_OPTIONS(AT)

/* Returns the mask of the terms that @s gives: policy.given. */
uint32_t config_given_terms(const struct config_section *s);

/* Report if @name, from @option of @s, is neither "" nor the name of a section of this @kind. */
void config_check_name(struct config_draft *d, const struct config_section *s, const char *option,
		       const char *name, const struct config_kind *kind);

#define CONFIG_USER_IS_REFUSED	"whoever needs it is refused"

/*
 * Warn if the device @name, or the network namespace if @option of @s ends in "netns", is neither ""
 * nor there now. @effect is what follows from that, in words.
 */
void config_check_there(struct config_draft *d, const struct config_section *s, const char *option,
			const char *name, const char *effect);

/* Report what is wrong with the place where users of @s land, and warn if it is not there. */
void config_check_user_place(struct config_draft *d, const struct config_section *s,
			     const struct policy *policy);

/* Report what is wrong with the terms of @s, which are in @policy. */
void config_check_terms(struct config_draft *d, const struct config_section *s,
			const struct policy *policy);

#endif
