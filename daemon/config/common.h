/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: the options that the sections server and client have in common.
 * Each option is described here once. The two sections differ only in the structure that has the
 * field.
 */
#ifndef CULVERT_CONFIG_COMMON_H
#define CULVERT_CONFIG_COMMON_H

#include <stddef.h>
#include <stdint.h>

#include "config/draft.h"

extern const struct config_word config_eap_methods[];
extern const struct config_word config_mppe_policies[];
extern const struct config_word config_mppe_lengths[];
extern const struct config_word config_mppe_modes[];
extern const struct config_word config_dscps[];
extern const struct config_word config_dfs[];

/* The rows of the table. AT(field) is the offset of the field in the section's structure. */
#define CONFIG_COMMON_OPTIONS(AT) \
	{ "port", &config_type_port, AT(port), .min = 1, .max = 65535, .preset = "1723", \
	  .means = "The TCP port of the control connection" }, \
	{ "host-name", &config_type_string, AT(host_name), .max = 63, .preset = "culvert", \
	  .means = "What the other end is told that this host is called" }, \
	{ "eap", &config_type_methods, AT(eap), .words = config_eap_methods, \
	  .min = 1, .max = PPP_AUTH_METHODS, .preset = "mschap-v2", \
	  .means = "What is asked, or answered, inside of EAP, best first" }, \
	{ "mppe", &config_type_word, AT(mppe), .words = config_mppe_policies, \
	  .preset = "required", \
	  .means = "Whether traffic is encrypted: required, preferred or off" }, \
	{ "mppe-bits", &config_type_mask, AT(mppe_bits), .words = config_mppe_lengths, \
	  .min = 1, .max = 3, .preset = "128", .unit = "bits", \
	  .means = "Lengths of the key that are agreed to: 128, 56, 40" }, \
	{ "mppe-mode", &config_type_mask_word, AT(mppe_modes), .words = config_mppe_modes, \
	  .preset = "stateless", \
	  .means = "Whether the key changes with each packet: stateless, stateful or any" }, \
	{ "mtu", &config_type_mtu, AT(mtu), .min = 576, .max = 1500, .preset = "auto", \
	  .unit = "octets", \
	  .means = "The largest packet in the tunnel, or auto for what the path allows" }, \
	{ "mss-clamp", &config_type_bool, AT(mss_clamp), .preset = "true", \
	  .means = "Whether the MSS of TCP connections is adapted to the MTU" }, \
	{ "sliding-window", &config_type_bool, AT(sliding_window), .preset = "false", \
	  .means = "Whether the receive window that the peer announces is kept to" }, \
	{ "tos", &config_type_tos, AT(outer.tos), .words = config_dscps, .max = 0xfc, \
	  .preset = "inherit", \
	  .means = "TOS of packets outside: inherit, the name of a DSCP, or an octet in hexadecimal" }, \
	{ "ttl", &config_type_ttl, AT(outer.ttl), .min = 1, .max = 255, .preset = "auto", \
	  .means = "TTL of packets outside, or auto" }, \
	{ "df", &config_type_word, AT(outer.df), .words = config_dfs, .preset = "set", \
	  .means = "Whether packets outside may be fragmented: set (not) or clear" }, \
	{ "mark", &config_type_mark, AT(outer.mark), .max = UINT32_MAX, .preset = "0", \
	  .means = "Mark of packets outside, for nft(8) and policy routing" }, \
	{ "ecn", &config_type_bool, AT(outer.ecn), .preset = "false", \
	  .means = "Whether congestion is told from outside to inside (ECN)" }, \
	{ "echo-interval", &config_type_number, AT(echo_interval_s), \
	  .max = 86400, .preset = "60", .unit = "seconds", \
	  .means = "Silence before the control connection is asked for a sign of life; 0: never" }, \
	{ "echo-timeout", &config_type_number, AT(echo_timeout_s), \
	  .min = 1, .max = 86400, .preset = "60", .unit = "seconds", \
	  .means = "Wait for that sign before the connection ends" }, \
	{ "lcp-echo-interval", &config_type_number, AT(lcp_echo_interval_s), \
	  .max = 86400, .preset = "30", .unit = "seconds", \
	  .means = "Silence before the PPP link is asked for a sign of life; 0: never" }, \
	{ "lcp-echo-failure", &config_type_number, AT(lcp_echo_failure), \
	  .min = 1, .max = 100, .preset = "4", .unit = "requests", \
	  .means = "So many of these that are not answered in a row end the link" }, \
	{ "login-timeout", &config_type_number, AT(login_timeout_s), \
	  .min = 1, .max = 3600, .preset = "60", .unit = "seconds", \
	  .means = "Time for a login, from the connection to traffic" }, \
	{ "idle-timeout", &config_type_number, AT(idle_timeout_s), \
	  .max = 31536000, .preset = "0", .unit = "seconds", \
	  .means = "Time without traffic after which a session ends; 0: never" }

/* Programs that are told of sessions. */
#define CONFIG_HOOK_OPTIONS(AT) \
	{ "on-up", &config_type_optional_path, AT(programs.on_up), .preset = "", \
	  .means = "A program that is run when a session is up" }, \
	{ "on-down", &config_type_optional_path, AT(programs.on_down), .preset = "", \
	  .means = "A program that is run when a session that was up has ended" }, \
	{ "on-change", &config_type_optional_path, AT(programs.on_change), .preset = "", \
	  .means = "A program that is run when a session has other limits or addresses" }

/* Report if @path, from @option of @s, is neither "" nor a program that only root can change. */
void config_check_program(struct config_draft *d, const struct config_section *s,
			  const char *option, const char *path);

/* The same for all of CONFIG_HOOK_OPTIONS. */
void config_check_hooks(struct config_draft *d, const struct config_section *s,
			const struct programs *programs);

/* Report @address, the local-address of @s, if it is not a unicast address. */
void config_check_local_address(struct config_draft *d, const struct config_section *s,
				struct ip_addr address);

/*
 * Report if another section makes an interface named @name, as @s does. @name must stay valid as
 * long as @d.
 */
void config_check_interface(struct config_draft *d, struct config_section *s, const char *name);

#endif
