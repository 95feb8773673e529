// SPDX-License-Identifier: GPL-2.0-only
#include "ppp/ipcp.h"

#include <string.h>

#include "ppp/link_priv.h"
#include "util/ip.h"

/* Options: RFC 1332 section 3, RFC 1877 section 1. */
enum {
	OPT_ADDRESS	= 3,
	OPT_DNS1	= 129,
	OPT_NBNS1	= 130,
	OPT_DNS2	= 131,
	OPT_NBNS2	= 132,
};

#define ADDRESS_LEN	4

/* Options that carry one address each, and their bits in ipcp.ask. */
static const uint8_t option_types[] = { OPT_ADDRESS, OPT_DNS1, OPT_NBNS1, OPT_DNS2, OPT_NBNS2 };

#define ASK_ADDRESS	0x01u
#define ASK_DNS		0x0au
#define ASK_NBNS	0x14u

static struct ipcp *ipcp_of(struct fsm *fsm)
{
	return (struct ipcp *)(void *)((char *)fsm - offsetof(struct ipcp, fsm));
}

static struct ppp_link *link_of_ipcp(struct ipcp *ipcp)
{
	return link_of(ipcp, ipcp);
}

/* Returns the index of @type in option_types, or -1. */
static int option_index(uint8_t type)
{
	for (size_t i = 0; i < sizeof(option_types); i++)
		if (option_types[i] == type)
			return (int)i;
	return -1;
}

/*
 * Returns the place in @ipv4 of the option with that index. The address option is that of
 * this end.
 */
static struct in_addr *slot(struct ppp_ipv4 *ipv4, int index)
{
	switch (option_types[index]) {
	case OPT_DNS1:
		return &ipv4->dns[0];
	case OPT_DNS2:
		return &ipv4->dns[1];
	case OPT_NBNS1:
		return &ipv4->nbns[0];
	case OPT_NBNS2:
		return &ipv4->nbns[1];
	default:
		return &ipv4->local;
	}
}

static struct in_addr option_address(const struct fsm_option *option)
{
	struct in_addr address;

	memcpy(&address, option->data, sizeof(address));
	return address;
}

static bool is_unicast(struct in_addr address)
{
	return ip_is_unicast(ip_from_v4(address));
}

/* --- our Configure-Request ------------------------------------------------------------ */

void ipcp_reset(struct ipcp *ipcp)
{
	const struct ppp_config *config = ipcp->fsm.config;

	ipcp->have = ipcp->want;
	ipcp->ask = ASK_ADDRESS | (config->ask_dns ? ASK_DNS : 0) |
		    (config->ask_nbns ? ASK_NBNS : 0);
	ipcp->hinted = false;
}

static void ipcp_request(struct fsm *fsm, struct writer *options)
{
	struct ipcp *ipcp = ipcp_of(fsm);

	for (int i = 0; i < (int)sizeof(option_types); i++)
		if (ipcp->ask & 1u << i)
			fsm_option_write(options, option_types[i], slot(&ipcp->have, i),
					 ADDRESS_LEN);
}

static bool ipcp_naked(struct fsm *fsm, struct reader options)
{
	struct ipcp *ipcp = ipcp_of(fsm);
	struct fsm_option option;

	while (fsm_option_next(&options, &option)) {
		int i = option_index(option.type);

		if (i < 0 || option.len != ADDRESS_LEN || !(ipcp->ask & 1u << i))
			continue;
		/* The peer cannot change what the owner set. */
		if (!slot(&ipcp->want, i)->s_addr)
			*slot(&ipcp->have, i) = option_address(&option);
	}
	return true;
}

static bool ipcp_rejected(struct fsm *fsm, struct reader options)
{
	struct ipcp *ipcp = ipcp_of(fsm);
	struct fsm_option option;

	while (fsm_option_next(&options, &option)) {
		int i = option_index(option.type);

		if (i >= 0)
			ipcp->ask &= ~(1u << i);
	}
	/* A peer that rejects the address option will not give us an address. */
	return ipcp->ask & ASK_ADDRESS || ipcp->want.local.s_addr;
}

/* --- the peer's Configure-Request ----------------------------------------------------- */

/* Returns true if the owner lets the peer choose @address. */
static bool may_choose(struct ipcp *ipcp, struct in_addr address)
{
	struct ppp_link *link = link_of_ipcp(ipcp);
	struct ppp_ipv4 ipv4 = ipcp->have;

	ipv4.remote = address;
	return link->ops->choose_address && is_unicast(address) &&
	       address.s_addr != ipcp->have.local.s_addr && link->ops->choose_address(link, &ipv4);
}

static void judge_address(struct ipcp *ipcp, const struct fsm_option *option,
			  struct fsm_answer *answer)
{
	struct in_addr address = option_address(option);
	struct in_addr wanted = ipcp->want.remote;

	if (wanted.s_addr && address.s_addr != wanted.s_addr && may_choose(ipcp, address)) {
		ipcp->want.remote = address;
		ipcp->peer = address;
	} else if (wanted.s_addr) {
		if (address.s_addr != wanted.s_addr)
			fsm_answer_nak(answer, option, &wanted, sizeof(wanted));
	} else if (is_unicast(address) && address.s_addr != ipcp->have.local.s_addr) {
		ipcp->peer = address;
	} else {
		/* The peer asks us for an address and we have none for it. */
		fsm_answer_reject(answer, option);
	}
}

static void judge_server(struct ipcp *ipcp, int index, const struct fsm_option *option,
			 struct fsm_answer *answer)
{
	struct in_addr wanted = *slot(&ipcp->want, index);

	if (!wanted.s_addr)
		fsm_answer_reject(answer, option);
	else if (option_address(option).s_addr != wanted.s_addr)
		fsm_answer_nak(answer, option, &wanted, sizeof(wanted));
}

static void ipcp_judge(struct fsm *fsm, struct reader options, struct fsm_answer *answer)
{
	struct ipcp *ipcp = ipcp_of(fsm);
	struct fsm_option option;
	bool told = false;

	ipcp->peer = ipcp->want.remote;
	while (fsm_option_next(&options, &option)) {
		int i = option_index(option.type);

		if (i < 0 || option.len != ADDRESS_LEN) {
			/*
			 * Header compression, the obsolete option with two addresses, and
			 * all others.
			 */
			fsm_answer_reject(answer, &option);
		} else if (option.type == OPT_ADDRESS) {
			told = true;
			judge_address(ipcp, &option, answer);
		} else {
			judge_server(ipcp, i, &option, answer);
		}
	}
	/* If the peer does not name its address, ask for it once, then do without it. */
	if (!told && !ipcp->hinted && !wr_len(&answer->reject)) {
		ipcp->hinted = true;
		fsm_answer_want(answer, OPT_ADDRESS, &ipcp->want.remote, ADDRESS_LEN);
	}
}

static void ipcp_acking(struct fsm *fsm)
{
	struct ipcp *ipcp = ipcp_of(fsm);

	ipcp->have.remote = ipcp->peer;
	link_acking(link_of_ipcp(ipcp));
}

/* --- glue ----------------------------------------------------------------------------- */

static void ipcp_output(struct fsm *fsm, const uint8_t *frame, size_t len)
{
	link_output(link_of_ipcp(ipcp_of(fsm)), frame, len);
}

static void ipcp_up(struct fsm *fsm)
{
	struct ipcp *ipcp = ipcp_of(fsm);
	struct ppp_link *link = link_of_ipcp(ipcp);

	if (!is_unicast(ipcp->have.local)) {
		link_fail(link, PPP_REASON_NO_NETWORK, "the peer gives us no IPv4 address");
		return;
	}
	/* A request that the automaton dropped, though it was good, may have chosen another one. */
	if (ipcp->want.remote.s_addr && ipcp->have.remote.s_addr != ipcp->want.remote.s_addr) {
		link_fail(link, PPP_REASON_NO_NETWORK,
			  "the peer chose another address than was acknowledged");
		return;
	}
	link->state.ipv4 = ipcp->have;
	link_ncp_changed(link, PPP_OPEN_IPCP, true);
}

static void ipcp_down(struct fsm *fsm)
{
	struct ipcp *ipcp = ipcp_of(fsm);

	ipcp_reset(ipcp);
	link_ncp_changed(link_of_ipcp(ipcp), PPP_OPEN_IPCP, false);
}

static void ipcp_finished(struct fsm *fsm, enum fsm_cause cause)
{
	link_ncp_finished(link_of_ipcp(ipcp_of(fsm)), PPP_OPEN_IPCP, cause);
}

static void ipcp_bad(struct fsm *fsm, const char *why)
{
	link_bad(link_of_ipcp(ipcp_of(fsm)), why);
}

static void ipcp_untimely(struct fsm *fsm, const char *why)
{
	link_untimely(link_of_ipcp(ipcp_of(fsm)), why);
}

static void ipcp_no_memory(struct fsm *fsm)
{
	link_fail(link_of_ipcp(ipcp_of(fsm)), PPP_REASON_NO_MEMORY, NULL);
}

static const struct fsm_ops ops = {
	.protocol = PPP_PROTO_IPCP,
	.reack = true,
	.output = ipcp_output,
	.request = ipcp_request,
	.judge = ipcp_judge,
	.acking = ipcp_acking,
	.naked = ipcp_naked,
	.rejected = ipcp_rejected,
	.up = ipcp_up,
	.down = ipcp_down,
	.finished = ipcp_finished,
	.bad = ipcp_bad,
	.untimely = ipcp_untimely,
	.no_memory = ipcp_no_memory,
};

void ipcp_init(struct ipcp *ipcp, const struct ppp_config *config)
{
	memset(ipcp, 0, sizeof(*ipcp));
	fsm_init(&ipcp->fsm, &ops, config);
}

void ipcp_resume(struct ipcp *ipcp, const struct ppp_state *state)
{
	ipcp->have = state->ipv4;
	fsm_resume(&ipcp->fsm, state->open & PPP_OPEN_IPCP, state->ipcp_id);
}
