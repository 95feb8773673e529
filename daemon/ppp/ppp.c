// SPDX-License-Identifier: GPL-2.0-only
#include "ppp/ppp.h"

const char *ppp_auth_name(enum ppp_auth_method method)
{
	static const char *const names[PPP_AUTH_METHODS] = {
		[PPP_AUTH_NONE]		= "none",
		[PPP_AUTH_PAP]		= "pap",
		[PPP_AUTH_CHAP_MD5]	= "chap-md5",
		[PPP_AUTH_MSCHAP]	= "mschap",
		[PPP_AUTH_MSCHAPV2]	= "mschap-v2",
		[PPP_AUTH_EAP]		= "eap",
	};

	return method < PPP_AUTH_METHODS ? names[method] : "?";
}

const char *ppp_phase_name(enum ppp_phase phase)
{
	static const char *const names[] = {
		[PPP_PHASE_DEAD]		= "dead",
		[PPP_PHASE_ESTABLISH]		= "establish",
		[PPP_PHASE_AUTHENTICATE]	= "authenticate",
		[PPP_PHASE_NETWORK]		= "network",
		[PPP_PHASE_TERMINATE]		= "terminate",
	};

	return phase <= PPP_PHASE_TERMINATE ? names[phase] : "?";
}

const char *ppp_reason_name(enum ppp_reason reason)
{
	static const char *const names[PPP_REASONS] = {
		[PPP_REASON_NONE]		= "none",
		[PPP_REASON_LOCAL]		= "closed-here",
		[PPP_REASON_LOWER_DOWN]		= "call-closed",
		[PPP_REASON_PEER_CLOSED]	= "closed-by-peer",
		[PPP_REASON_NO_ANSWER]		= "no-answer",
		[PPP_REASON_UNHEARD]		= "unheard",
		[PPP_REASON_LCP_FAILED]		= "lcp-failed",
		[PPP_REASON_LOOPBACK]		= "loopback",
		[PPP_REASON_ECHO_TIMEOUT]	= "echo-timeout",
		[PPP_REASON_AUTH_NO_METHOD]	= "no-common-auth",
		[PPP_REASON_AUTH_PEER_REFUSED]	= "peer-refused-auth",
		[PPP_REASON_AUTH_PEER_FAILED]	= "peer-failed-auth",
		[PPP_REASON_AUTH_WE_FAILED]	= "we-failed-auth",
		[PPP_REASON_AUTH_WE_CANNOT]	= "we-cannot-auth",
		[PPP_REASON_AUTH_PEER_UNPROVEN]	= "peer-unproven",
		[PPP_REASON_AUTH_TIMEOUT]	= "auth-timeout",
		[PPP_REASON_MPPE_REFUSED]	= "mppe-refused",
		[PPP_REASON_MPPE_ENDED]		= "mppe-ended",
		[PPP_REASON_MPPE_NO_KEYS]	= "mppe-no-keys",
		[PPP_REASON_NO_NETWORK]		= "no-network",
		[PPP_REASON_PROTOCOL]		= "protocol",
		[PPP_REASON_NO_MEMORY]		= "no-memory",
	};

	return reason < PPP_REASONS ? names[reason] : names[PPP_REASON_NONE];
}

const char *ppp_reason_text(enum ppp_reason reason)
{
	static const char *const texts[PPP_REASONS] = {
		[PPP_REASON_NONE]		= "no reason given",
		[PPP_REASON_LOCAL]		= "closed on request",
		[PPP_REASON_LOWER_DOWN]		= "the call was closed",
		[PPP_REASON_PEER_CLOSED]	= "closed by the peer",
		[PPP_REASON_NO_ANSWER]		=
			"no answer to LCP: does a firewall drop GRE (IP protocol 47)?",
		[PPP_REASON_UNHEARD]		=
			"the peer does not hear us: a firewall or NAT lets GRE (IP protocol 47) "
			"pass in one direction only",
		[PPP_REASON_LCP_FAILED]		= "the peer answers but LCP could not be agreed",
		[PPP_REASON_LOOPBACK]		= "we hear ourselves: the line is looped",
		[PPP_REASON_ECHO_TIMEOUT]	= "the peer no longer answers LCP echo requests",
		[PPP_REASON_AUTH_NO_METHOD]	= "no authentication method that both sides allow",
		[PPP_REASON_AUTH_PEER_REFUSED]	= "the peer refuses to authenticate itself",
		[PPP_REASON_AUTH_PEER_FAILED]	= "the peer failed to authenticate itself",
		[PPP_REASON_AUTH_WE_FAILED]	= "the peer refused our user or password",
		[PPP_REASON_AUTH_WE_CANNOT]	=
			"our user or password does not suit the authentication method",
		[PPP_REASON_AUTH_PEER_UNPROVEN]	=
			"the server does not know our password: it may be an impostor",
		[PPP_REASON_AUTH_TIMEOUT]	= "authentication took too long",
		[PPP_REASON_MPPE_REFUSED]	=
			"MPPE is required here and the peer does not agree to it",
		[PPP_REASON_MPPE_ENDED]		= "the peer ended the encryption that was agreed",
		[PPP_REASON_MPPE_NO_KEYS]	=
			"MPPE is required here and needs MS-CHAP, which was not used",
		[PPP_REASON_NO_NETWORK]		= "no network protocol could be agreed",
		[PPP_REASON_PROTOCOL]		= "the peer breaks the protocol",
		[PPP_REASON_NO_MEMORY]		= "out of memory",
	};

	return reason < PPP_REASONS ? texts[reason] : texts[PPP_REASON_NONE];
}

void ppp_config_init(struct ppp_config *config)
{
	*config = (struct ppp_config){
		.mru = PPP_MRU_DEFAULT,
		.pfc = true,
		.acfc = true,
		.echo_interval_ms = 30000,
		.echo_failures = 4,
		.demand = { PPP_AUTH_NONE },
		.eap = { PPP_AUTH_MSCHAPV2 },
		.name = "culvert",
		.auth_timeout_ms = 60000,
		.mppe = PPP_MPPE_OFF,
		.mppe_bits = PPP_MPPE_128,
		.mppe_modes = PPP_MPPE_STATELESS,
		.ipv4 = true,
		.restart_first_ms = 250,
		.restart_max_ms = 3000,
		.max_configure = 10,
		.max_terminate = 2,
		.max_failure = 5,
	};
}

uint32_t ppp_first_interval(const struct ppp_config *config, uint32_t answer_time)
{
	/*
	 * Three times as long. @answer_time may count from a copy of the request that was
	 * sent half a round trip after the copy that the peer answered. And a retransmission
	 * that crosses the answer can make a peer negotiate all over again.
	 */
	uint64_t interval = 3 * (uint64_t)answer_time;

	if (interval < config->restart_first_ms)
		return config->restart_first_ms;
	return interval < config->restart_max_ms ? (uint32_t)interval : config->restart_max_ms;
}
