// SPDX-License-Identifier: GPL-2.0-only
#include "ppp/ccp.h"

#include <string.h>

#include "ppp/link_priv.h"

/* Codes (RFC 1962 section 3) and the only option that we know. */
enum {
	RESET_REQUEST	= 14,
	RESET_ACK	= 15,
};

#define OPT_MPPE	18
#define BITS_LEN	4
#define STRENGTHS	(MPPE_OPT_S | MPPE_OPT_M | MPPE_OPT_L)

static struct ccp *ccp_of(struct fsm *fsm)
{
	return (struct ccp *)(void *)((char *)fsm - offsetof(struct ccp, fsm));
}

static struct ppp_link *link_of_ccp(struct ccp *ccp)
{
	return link_of(ccp, ccp);
}

/* --- Supported Bits ------------------------------------------------------------------- */

/* Returns the key lengths that the configuration allows and that we have keys for. */
static uint32_t allowed_strengths(const struct ccp *ccp)
{
	const struct ppp_link *link = link_of(ccp, ccp);
	uint8_t bits = link->config->mppe_bits;

	if (link->keys.long_only)
		bits &= PPP_MPPE_128;
	return (bits & PPP_MPPE_128 ? MPPE_OPT_S : 0) | (bits & PPP_MPPE_56 ? MPPE_OPT_M : 0) |
	       (bits & PPP_MPPE_40 ? MPPE_OPT_L : 0);
}

bool ccp_possible(const struct ccp *ccp)
{
	const struct ppp_link *link = link_of(ccp, ccp);

	return link->config->mppe != PPP_MPPE_OFF && link->keys.valid && allowed_strengths(ccp);
}

/* Returns the strongest key length in @bits, or 0 if @bits has none. */
static uint32_t strongest(uint32_t bits)
{
	if (bits & MPPE_OPT_S)
		return MPPE_OPT_S;
	if (bits & MPPE_OPT_M)
		return MPPE_OPT_M;
	return bits & MPPE_OPT_L;
}

/* Returns the allowed key lengths that are weaker than the strongest one in @bits. */
static uint32_t weaker(const struct ccp *ccp, uint32_t bits)
{
	uint32_t allowed = allowed_strengths(ccp);

	switch (strongest(bits)) {
	case MPPE_OPT_S:
		return allowed & (MPPE_OPT_M | MPPE_OPT_L);
	case MPPE_OPT_M:
		return allowed & MPPE_OPT_L;
	default:
		return 0;
	}
}

/* Returns the mode that @bits asks for if the configuration allows it, else the other mode. */
static uint32_t mode_like(const struct ppp_config *config, uint32_t bits)
{
	uint8_t like = bits & MPPE_OPT_H ? PPP_MPPE_STATELESS : PPP_MPPE_STATEFUL;
	bool stateless = config->mppe_modes & like ? like == PPP_MPPE_STATELESS
						   : like != PPP_MPPE_STATELESS;

	return stateless ? MPPE_OPT_H : 0;
}

static struct ppp_mppe mppe_of(uint32_t bits)
{
	struct ppp_mppe mppe = { .stateless = bits & MPPE_OPT_H };

	if (bits & MPPE_OPT_S)
		mppe.bits = 128;
	else if (bits & MPPE_OPT_M)
		mppe.bits = 56;
	else if (bits & MPPE_OPT_L)
		mppe.bits = 40;
	return mppe;
}

/* Tell the owner how to set up one direction. */
static void announce(struct ccp *ccp, enum ppp_event_type type, uint32_t bits)
{
	struct ppp_link *link = link_of_ccp(ccp);
	struct ppp_mppe mppe = mppe_of(bits);
	uint8_t option[MPPE_OPT_LEN] = { OPT_MPPE, MPPE_OPT_LEN };
	uint8_t key[MPPE_KEY_LEN];
	struct ppp_event event = {
		.type = type,
		.mppe = {
			.bits = mppe.bits,
			.stateless = mppe.stateless,
			.key_len = mppe.bits == 128 ? MPPE_KEY_LEN : MPPE_SHORT_KEY_LEN,
			.key = key,
			.option = option,
		},
	};

	/* A resumed link has no keys. It ends before any data is encrypted. */
	if (!link->keys.valid)
		return;
	put_be32(option + FSM_OPTION_HEADER_LEN, bits);
	mppe_start_key(&link->keys, type == PPP_EVENT_MPPE_TX, mppe.bits, key);
	link->keyed = link->keyed || type == PPP_EVENT_MPPE_TX;
	link->ops->event(link, &event);
	explicit_bzero(key, sizeof(key));
}

/* --- our Configure-Request: what the peer is to send ---------------------------------- */

void ccp_reset(struct ccp *ccp)
{
	const struct ppp_config *config = ccp->fsm.config;

	/* Ask for one key length at a time: an acknowledgment of several would be ambiguous. */
	ccp->ask = strongest(allowed_strengths(ccp)) | mode_like(config, MPPE_OPT_H);
	ccp->granted = 0;
	ccp->hinted = false;
	ccp->settled = false;
	ccp->rejected = false;
	ccp->reset_waits = false;
	ccp->reset_deadline = NEVER;
}

static void ccp_request(struct fsm *fsm, struct writer *options)
{
	struct ccp *ccp = ccp_of(fsm);
	uint8_t bits[BITS_LEN];

	announce(ccp, PPP_EVENT_MPPE_RX, ccp->ask);
	put_be32(bits, ccp->ask);
	fsm_option_write(options, OPT_MPPE, bits, sizeof(bits));
}

static bool ccp_naked(struct fsm *fsm, struct reader options)
{
	struct ccp *ccp = ccp_of(fsm);
	const struct ppp_config *config = fsm->config;
	struct fsm_option option;

	while (fsm_option_next(&options, &option)) {
		struct reader r = rd_init(option.data, option.len);
		uint32_t hint = rd_be32(&r);
		uint32_t strength = strongest(hint & allowed_strengths(ccp));
		uint32_t ask;

		if (option.type != OPT_MPPE || !rd_done(&r))
			continue;
		/*
		 * The peer cannot do what we asked for, and we cannot do what the peer
		 * suggests: ask for a weaker key length.
		 */
		if (!strength)
			strength = strongest(weaker(ccp, ccp->ask));
		ask = strength | mode_like(config, hint);
		/* A suggestion that changes nothing is as good as a refusal. */
		if (!strength || ask == ccp->ask)
			return false;
		ccp->ask = ask;
	}
	return true;
}

static bool ccp_rejected(struct fsm *fsm, struct reader options)
{
	struct ccp *ccp = ccp_of(fsm);
	uint32_t less = strongest(weaker(ccp, ccp->ask));

	ccp->rejected = true;
	/* Some peers reject a key length that they lack, where a Nak would be right. */
	if (!less)
		return false;
	ccp->ask = less | (ccp->ask & MPPE_OPT_H);
	return true;
}

/* --- the peer's Configure-Request: what we are to send -------------------------------- */

static void judge_mppe(struct ccp *ccp, const struct fsm_option *option, struct fsm_answer *answer)
{
	const struct ppp_config *config = ccp->fsm.config;
	struct reader r = rd_init(option->data, option->len);
	uint32_t bits = rd_be32(&r);
	uint32_t allowed = allowed_strengths(ccp);
	uint8_t hint[BITS_LEN];

	if (!rd_done(&r)) {
		fsm_answer_reject(answer, option);
		return;
	}
	ccp->peer = mode_like(config, bits) |
		    strongest(bits & allowed ? bits & allowed : allowed);
	if (ccp->peer == bits)
		return;
	put_be32(hint, ccp->peer);
	fsm_answer_nak(answer, option, hint, sizeof(hint));
}

static void ccp_judge(struct fsm *fsm, struct reader options, struct fsm_answer *answer)
{
	struct ccp *ccp = ccp_of(fsm);
	struct fsm_option option;
	uint8_t hint[BITS_LEN];
	bool seen = false;

	ccp->peer = 0;
	while (fsm_option_next(&options, &option)) {
		if (option.type != OPT_MPPE || seen) {
			fsm_answer_reject(answer, &option);
			continue;
		}
		seen = true;
		judge_mppe(ccp, &option, answer);
	}
	/* Not together with a Reject: then the Reject is sent and the suggestion is not. */
	if (!seen && !ccp->hinted && !wr_len(&answer->reject)) {
		ccp->hinted = true;
		put_be32(hint,
			 strongest(allowed_strengths(ccp)) | mode_like(fsm->config, MPPE_OPT_H));
		fsm_answer_want(answer, OPT_MPPE, hint, sizeof(hint));
	}
}

static void ccp_acking(struct fsm *fsm)
{
	struct ccp *ccp = ccp_of(fsm);

	ccp->granted = ccp->peer;
	if (ccp->granted)
		announce(ccp, PPP_EVENT_MPPE_TX, ccp->granted);
	link_acking(link_of_ccp(ccp));
}

/* --- resynchronisation ---------------------------------------------------------------- */

static void send_reset_request(struct ccp *ccp, uint64_t now)
{
	ccp->resets++;
	ccp->reset_deadline = now + ccp->fsm.config->restart_first_ms;
	fsm_send(&ccp->fsm, RESET_REQUEST, ccp->reset_id, NULL, 0);
}

void ccp_lost_step(struct ccp *ccp, uint64_t now)
{
	/* In stateless mode the receiver gets back into step with every packet. */
	if (!ccp_encrypts(ccp) || ccp->ask & MPPE_OPT_H || ccp->reset_waits)
		return;
	ccp->reset_waits = true;
	ccp->resets = 0;
	ccp->reset_id = fsm_next_id(&ccp->fsm);
	send_reset_request(ccp, now);
}

static void reset_tick(struct ccp *ccp, uint64_t now)
{
	if (now < ccp->reset_deadline)
		return;
	if (ccp->resets < ccp->fsm.config->max_configure) {
		send_reset_request(ccp, now);
		return;
	}
	/*
	 * The peer does not answer. The next packet that cannot be decrypted starts it all
	 * again.
	 */
	ccp->reset_waits = false;
	ccp->reset_deadline = NEVER;
}

static bool ccp_knows(uint8_t code)
{
	return code == RESET_REQUEST || code == RESET_ACK;
}

static void ccp_extra(struct fsm *fsm, uint8_t code, uint8_t id, struct reader data)
{
	struct ccp *ccp = ccp_of(fsm);

	/* The encryptor sees our Reset-Ack pass, and flushes its state with the next packet. */
	if (code == RESET_REQUEST) {
		fsm_send(fsm, RESET_ACK, id, NULL, 0);
		return;
	}
	/* The peer may acknowledge both copies of a Reset-Request that we repeated. */
	if (!ccp->reset_waits || id != ccp->reset_id) {
		link_untimely(link_of_ccp(ccp), "Reset-Ack that nothing waits for");
		return;
	}
	ccp->reset_waits = false;
	ccp->reset_deadline = NEVER;
}

/* --- glue ----------------------------------------------------------------------------- */

bool ccp_encrypts(const struct ccp *ccp)
{
	return fsm_is_open(&ccp->fsm) && ccp->granted;
}

static void ccp_output(struct fsm *fsm, const uint8_t *frame, size_t len)
{
	link_output(link_of_ccp(ccp_of(fsm)), frame, len);
}

static void ccp_up(struct fsm *fsm)
{
	struct ccp *ccp = ccp_of(fsm);
	struct ppp_state *state = &link_of_ccp(ccp)->state;

	ccp->settled = true;
	if (ccp->granted) {
		state->rx = mppe_of(ccp->ask);
		state->tx = mppe_of(ccp->granted);
	}
	link_ncp_changed(link_of_ccp(ccp), PPP_OPEN_CCP, true);
}

static void ccp_down(struct fsm *fsm)
{
	struct ccp *ccp = ccp_of(fsm);
	struct ppp_state *state = &link_of_ccp(ccp)->state;

	ccp_reset(ccp);
	memset(&state->rx, 0, sizeof(state->rx));
	memset(&state->tx, 0, sizeof(state->tx));
	link_ncp_changed(link_of_ccp(ccp), PPP_OPEN_CCP, false);
}

static void ccp_finished(struct fsm *fsm, enum fsm_cause cause)
{
	struct ccp *ccp = ccp_of(fsm);

	ccp->settled = true;
	link_ncp_finished(link_of_ccp(ccp), PPP_OPEN_CCP, cause);
}

static void ccp_bad(struct fsm *fsm, const char *why)
{
	link_bad(link_of_ccp(ccp_of(fsm)), why);
}

static void ccp_untimely(struct fsm *fsm, const char *why)
{
	link_untimely(link_of_ccp(ccp_of(fsm)), why);
}

static void ccp_no_memory(struct fsm *fsm)
{
	link_fail(link_of_ccp(ccp_of(fsm)), PPP_REASON_NO_MEMORY, NULL);
}

static const struct fsm_ops ops = {
	.protocol = PPP_PROTO_CCP,
	.reack = true,
	.output = ccp_output,
	.request = ccp_request,
	.judge = ccp_judge,
	.acking = ccp_acking,
	.naked = ccp_naked,
	.rejected = ccp_rejected,
	.up = ccp_up,
	.down = ccp_down,
	.finished = ccp_finished,
	.knows = ccp_knows,
	.extra = ccp_extra,
	.bad = ccp_bad,
	.untimely = ccp_untimely,
	.no_memory = ccp_no_memory,
};

void ccp_init(struct ccp *ccp, const struct ppp_config *config)
{
	memset(ccp, 0, sizeof(*ccp));
	fsm_init(&ccp->fsm, &ops, config);
	ccp_reset(ccp);
}

uint64_t ccp_deadline(const struct ccp *ccp)
{
	uint64_t deadline = fsm_deadline(&ccp->fsm);

	return earlier(deadline, ccp->reset_deadline);
}

void ccp_tick(struct ccp *ccp, uint64_t now)
{
	fsm_tick(&ccp->fsm, now);
	reset_tick(ccp, now);
}

static uint32_t bits_of(const struct ppp_mppe *mppe)
{
	uint32_t mode = mppe->stateless ? MPPE_OPT_H : 0;

	switch (mppe->bits) {
	case 128:
		return mode | MPPE_OPT_S;
	case 56:
		return mode | MPPE_OPT_M;
	default:
		return mode | MPPE_OPT_L;
	}
}

void ccp_resume(struct ccp *ccp, const struct ppp_state *state)
{
	bool open = state->open & PPP_OPEN_CCP;

	if (open) {
		ccp->ask = bits_of(&state->rx);
		ccp->granted = bits_of(&state->tx);
	}
	ccp->settled = true;
	fsm_resume(&ccp->fsm, open, state->ccp_id);
}
