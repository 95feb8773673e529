// SPDX-License-Identifier: GPL-2.0-only
#include "ppp/ipv6cp.h"

#include <string.h>

#include "ppp/link_priv.h"

#define OPT_INTERFACE_IDENTIFIER	1	/* RFC 5072 section 4.1 */
#define UNIVERSAL_BIT			0x02	/* in the first octet */

static struct ipv6cp *ipv6cp_of(struct fsm *fsm)
{
	return (struct ipv6cp *)(void *)((char *)fsm - offsetof(struct ipv6cp, fsm));
}

static struct ppp_link *link_of_ipv6cp(struct ipv6cp *ipv6cp)
{
	return link_of(ipv6cp, ipv6cp);
}

static bool is_set(const uint8_t id[PPP_IFID_LEN])
{
	static const uint8_t none[PPP_IFID_LEN];

	return memcmp(id, none, PPP_IFID_LEN);
}

/* Choose a random identifier. It is not globally unique, so the universal bit is cleared. */
static void random_id(struct ipv6cp *ipv6cp, uint8_t id[PPP_IFID_LEN])
{
	do {
		link_random(link_of_ipv6cp(ipv6cp), id, PPP_IFID_LEN);
		id[0] &= (uint8_t)~UNIVERSAL_BIT;
	} while (!is_set(id));
}

void ipv6cp_reset(struct ipv6cp *ipv6cp)
{
	ipv6cp->have = ipv6cp->want;
	if (!is_set(ipv6cp->have.local))
		random_id(ipv6cp, ipv6cp->have.local);
}

static void ipv6cp_request(struct fsm *fsm, struct writer *options)
{
	fsm_option_write(options, OPT_INTERFACE_IDENTIFIER, ipv6cp_of(fsm)->have.local,
			 PPP_IFID_LEN);
}

static bool ipv6cp_naked(struct fsm *fsm, struct reader options)
{
	struct ipv6cp *ipv6cp = ipv6cp_of(fsm);
	struct fsm_option option;

	while (fsm_option_next(&options, &option)) {
		if (option.type != OPT_INTERFACE_IDENTIFIER || option.len != PPP_IFID_LEN ||
		    is_set(ipv6cp->want.local))
			continue;
		if (is_set(option.data))
			memcpy(ipv6cp->have.local, option.data, PPP_IFID_LEN);
		else
			random_id(ipv6cp, ipv6cp->have.local);
	}
	return true;
}

static bool ipv6cp_rejected(struct fsm *fsm, struct reader options)
{
	/* Without this option nothing is left to negotiate. */
	return false;
}

static void judge_id(struct ipv6cp *ipv6cp, const struct fsm_option *option,
		     struct fsm_answer *answer)
{
	const uint8_t *wanted = ipv6cp->want.remote;
	uint8_t hint[PPP_IFID_LEN];

	memcpy(ipv6cp->peer, option->data, PPP_IFID_LEN);
	if (is_set(wanted)) {
		if (memcmp(option->data, wanted, PPP_IFID_LEN))
			fsm_answer_nak(answer, option, wanted, PPP_IFID_LEN);
	} else if (!is_set(option->data) ||
		   !memcmp(option->data, ipv6cp->have.local, PPP_IFID_LEN)) {
		random_id(ipv6cp, hint);
		fsm_answer_nak(answer, option, hint, PPP_IFID_LEN);
	}
}

static void ipv6cp_judge(struct fsm *fsm, struct reader options, struct fsm_answer *answer)
{
	struct ipv6cp *ipv6cp = ipv6cp_of(fsm);
	struct fsm_option option;
	uint8_t hint[PPP_IFID_LEN];
	bool told = false;

	while (fsm_option_next(&options, &option)) {
		if (option.type != OPT_INTERFACE_IDENTIFIER || option.len != PPP_IFID_LEN) {
			fsm_answer_reject(answer, &option);
			continue;
		}
		told = true;
		judge_id(ipv6cp, &option, answer);
	}
	if (!told) {
		/* If the peer goes on without an identifier it gets the one suggested here. */
		memcpy(hint, ipv6cp->want.remote, PPP_IFID_LEN);
		if (!is_set(hint))
			random_id(ipv6cp, hint);
		memcpy(ipv6cp->peer, hint, PPP_IFID_LEN);
		fsm_answer_want(answer, OPT_INTERFACE_IDENTIFIER, hint, PPP_IFID_LEN);
	}
}

static void ipv6cp_acking(struct fsm *fsm)
{
	struct ipv6cp *ipv6cp = ipv6cp_of(fsm);

	memcpy(ipv6cp->have.remote, ipv6cp->peer, PPP_IFID_LEN);
}

static void ipv6cp_output(struct fsm *fsm, const uint8_t *frame, size_t len)
{
	link_output(link_of_ipv6cp(ipv6cp_of(fsm)), frame, len);
}

static void ipv6cp_up(struct fsm *fsm)
{
	struct ipv6cp *ipv6cp = ipv6cp_of(fsm);
	struct ppp_link *link = link_of_ipv6cp(ipv6cp);

	link->state.ipv6 = ipv6cp->have;
	link_ncp_changed(link, PPP_OPEN_IPV6CP, true);
}

static void ipv6cp_down(struct fsm *fsm)
{
	struct ipv6cp *ipv6cp = ipv6cp_of(fsm);

	ipv6cp_reset(ipv6cp);
	link_ncp_changed(link_of_ipv6cp(ipv6cp), PPP_OPEN_IPV6CP, false);
}

static void ipv6cp_finished(struct fsm *fsm, enum fsm_cause cause)
{
	link_ncp_finished(link_of_ipv6cp(ipv6cp_of(fsm)), PPP_OPEN_IPV6CP, cause);
}

static void ipv6cp_bad(struct fsm *fsm, const char *why)
{
	link_bad(link_of_ipv6cp(ipv6cp_of(fsm)), why);
}

static void ipv6cp_untimely(struct fsm *fsm, const char *why)
{
	link_untimely(link_of_ipv6cp(ipv6cp_of(fsm)), why);
}

static void ipv6cp_no_memory(struct fsm *fsm)
{
	link_fail(link_of_ipv6cp(ipv6cp_of(fsm)), PPP_REASON_NO_MEMORY, NULL);
}

static const struct fsm_ops ops = {
	.protocol = PPP_PROTO_IPV6CP,
	.reack = true,
	.output = ipv6cp_output,
	.request = ipv6cp_request,
	.judge = ipv6cp_judge,
	.acking = ipv6cp_acking,
	.naked = ipv6cp_naked,
	.rejected = ipv6cp_rejected,
	.up = ipv6cp_up,
	.down = ipv6cp_down,
	.finished = ipv6cp_finished,
	.bad = ipv6cp_bad,
	.untimely = ipv6cp_untimely,
	.no_memory = ipv6cp_no_memory,
};

void ipv6cp_init(struct ipv6cp *ipv6cp, const struct ppp_config *config)
{
	memset(ipv6cp, 0, sizeof(*ipv6cp));
	fsm_init(&ipv6cp->fsm, &ops, config);
}

void ipv6cp_resume(struct ipv6cp *ipv6cp, const struct ppp_state *state)
{
	ipv6cp->have = state->ipv6;
	fsm_resume(&ipv6cp->fsm, state->open & PPP_OPEN_IPV6CP, state->ipv6cp_id);
}
