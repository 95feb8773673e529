// SPDX-License-Identifier: GPL-2.0-only
#include "ppp/lcp.h"

#include <stdio.h>
#include <string.h>

#include "ppp/link_priv.h"

/* Codes beyond those of the automaton (RFC 1661 section 5, RFC 1570 section 2). */
enum {
	PROTOCOL_REJECT	= 8,
	ECHO_REQUEST	= 9,
	ECHO_REPLY	= 10,
	DISCARD_REQUEST	= 11,
	IDENTIFICATION	= 12,
	TIME_REMAINING	= 13,
};

/* Options (RFC 1661 section 6). */
enum {
	OPT_MRU		= 1,
	OPT_ACCM	= 2,
	OPT_AUTH	= 3,
	OPT_MAGIC	= 5,
	OPT_PFC		= 7,
	OPT_ACFC	= 8,
};

/* Algorithms of CHAP in the authentication option (RFC 1994, 2433, 2759). */
enum {
	CHAP_MD5	= 5,
	CHAP_MSCHAP	= 0x80,
	CHAP_MSCHAPV2	= 0x81,
};

#define AUTH_DATA_MAX	3
#define MAGIC_LEN	4
/*
 * Less than the default of ppp_config.max_failure: after that many Naks we reject the magic
 * number, and a looped line would look like agreement.
 */
#define LOOPS_MAX	4
#define OWN_ECHOES	3	/* Echo-Requests of ours in a row that mean a looped line */

static struct lcp *lcp_of(struct fsm *fsm)
{
	return (struct lcp *)(void *)((char *)fsm - offsetof(struct lcp, fsm));
}

static struct ppp_link *link_of_lcp(struct lcp *lcp)
{
	return link_of(lcp, lcp);
}

/* --- the authentication option -------------------------------------------------------- */

static size_t auth_encode(enum ppp_auth_method method, uint8_t data[AUTH_DATA_MAX])
{
	switch (method) {
	case PPP_AUTH_PAP:
		put_be16(data, PPP_PROTO_PAP);
		return 2;
	case PPP_AUTH_EAP:
		put_be16(data, PPP_PROTO_EAP);
		return 2;
	case PPP_AUTH_CHAP_MD5:
		data[2] = CHAP_MD5;
		break;
	case PPP_AUTH_MSCHAP:
		data[2] = CHAP_MSCHAP;
		break;
	default:
		data[2] = CHAP_MSCHAPV2;
		break;
	}
	put_be16(data, PPP_PROTO_CHAP);
	return 3;
}

enum ppp_auth_method lcp_auth_method(const struct fsm_option *option)
{
	uint8_t data[AUTH_DATA_MAX];

	for (unsigned int m = PPP_AUTH_NONE + 1; m < PPP_AUTH_METHODS; m++) {
		size_t len = auth_encode(m, data);

		if (option->len == len && !memcmp(option->data, data, len))
			return m;
	}
	return PPP_AUTH_NONE;
}

enum ppp_auth_method lcp_demanded(const struct lcp *lcp)
{
	return lcp->fsm.config->demand[lcp->demand];
}

static bool we_can_give(const struct ppp_link *link, enum ppp_auth_method method)
{
	return method != PPP_AUTH_NONE && link->user &&
	       (link->config->accept & PPP_AUTH_BIT(method));
}

/* --- our Configure-Request ------------------------------------------------------------ */

static void new_magic(struct lcp *lcp)
{
	do {
		link_random(link_of_lcp(lcp), &lcp->magic, sizeof(lcp->magic));
	} while (!lcp->magic);
}

void lcp_reset(struct lcp *lcp)
{
	const struct ppp_config *config = lcp->fsm.config;

	lcp->ask_mru = config->mru == PPP_MRU_DEFAULT ? 0 : config->mru;
	lcp->ask_magic = true;
	lcp->ask_pfc = config->pfc;
	lcp->ask_acfc = config->acfc;
	lcp->demand = 0;
	lcp->give = PPP_AUTH_NONE;
	lcp->loops = 0;
	lcp->echo_deadline = NEVER;
	new_magic(lcp);
}

static void lcp_request(struct fsm *fsm, struct writer *options)
{
	struct lcp *lcp = lcp_of(fsm);
	uint8_t data[MAGIC_LEN];

	if (lcp->ask_mru) {
		put_be16(data, lcp->ask_mru);
		fsm_option_write(options, OPT_MRU, data, sizeof(lcp->ask_mru));
	}
	if (lcp_demanded(lcp) != PPP_AUTH_NONE) {
		size_t len = auth_encode(lcp_demanded(lcp), data);

		fsm_option_write(options, OPT_AUTH, data, len);
	}
	if (lcp->ask_magic) {
		put_be32(data, lcp->magic);
		fsm_option_write(options, OPT_MAGIC, data, MAGIC_LEN);
	}
	if (lcp->ask_pfc)
		fsm_option_write(options, OPT_PFC, NULL, 0);
	if (lcp->ask_acfc)
		fsm_option_write(options, OPT_ACFC, NULL, 0);
}

/* The peer agrees to none of the methods that we demand; @hint is what it suggests. */
static void no_method(struct lcp *lcp, enum ppp_auth_method hint)
{
	const char *first = ppp_auth_name(lcp->fsm.config->demand[0]);
	char text[PPP_TEXT_MAX + 1];

	if (hint == PPP_AUTH_NONE)
		snprintf(text, sizeof(text), "the peer agrees to none, not even to %s", first);
	else
		snprintf(text, sizeof(text), "the peer suggests %s, which is not allowed here",
			 ppp_auth_name(hint));
	link_fail(link_of_lcp(lcp), PPP_REASON_AUTH_NO_METHOD, text);
}

/*
 * The peer suggests the method @hint instead. Take it if it is further down our list, else
 * take the next one of our list. Returns false, after link_fail(), at the end of the list.
 */
static bool demand_next(struct lcp *lcp, enum ppp_auth_method hint)
{
	const uint8_t *list = lcp->fsm.config->demand;

	if (lcp_demanded(lcp) == PPP_AUTH_NONE)
		return true;
	for (unsigned int i = lcp->demand + 1u; list[i] != PPP_AUTH_NONE; i++) {
		if (list[i] == hint) {
			lcp->demand = (uint8_t)i;
			return true;
		}
	}
	lcp->demand++;
	if (lcp_demanded(lcp) != PPP_AUTH_NONE)
		return true;
	no_method(lcp, hint);
	return false;
}

static void mru_hint(struct lcp *lcp, const struct fsm_option *option)
{
	uint16_t mru;

	if (option->len != sizeof(mru))
		return;
	mru = (uint16_t)(option->data[0] << 8 | option->data[1]);
	/* A smaller MRU is fine. A larger one than we can receive is not for the peer to choose. */
	if (mru >= PPP_MRU_MIN && mru < lcp->fsm.config->mru)
		lcp->ask_mru = mru;
}

static bool lcp_naked(struct fsm *fsm, struct reader options)
{
	struct lcp *lcp = lcp_of(fsm);
	struct fsm_option option;

	while (fsm_option_next(&options, &option)) {
		switch (option.type) {
		case OPT_MRU:
			mru_hint(lcp, &option);
			break;
		case OPT_AUTH:
			if (!demand_next(lcp, lcp_auth_method(&option)))
				return false;
			break;
		case OPT_MAGIC:
			new_magic(lcp);
			break;
		}
	}
	return true;
}

static bool lcp_rejected(struct fsm *fsm, struct reader options)
{
	struct lcp *lcp = lcp_of(fsm);
	struct fsm_option option;

	while (fsm_option_next(&options, &option)) {
		switch (option.type) {
		case OPT_MRU:
			lcp->ask_mru = 0;
			break;
		case OPT_AUTH:
			link_fail(link_of_lcp(lcp), PPP_REASON_AUTH_PEER_REFUSED, NULL);
			return false;
		case OPT_MAGIC:
			lcp->ask_magic = false;
			break;
		case OPT_PFC:
			lcp->ask_pfc = false;
			break;
		case OPT_ACFC:
			lcp->ask_acfc = false;
			break;
		}
	}
	return true;
}

/* --- the peer's Configure-Request ----------------------------------------------------- */

static void judge_mru(struct lcp *lcp, const struct fsm_option *option, struct fsm_answer *answer)
{
	uint8_t least[2];

	lcp->peer.mru = (uint16_t)(option->data[0] << 8 | option->data[1]);
	if (lcp->peer.mru >= PPP_MRU_MIN)
		return;
	put_be16(least, PPP_MRU_MIN);
	fsm_answer_nak(answer, option, least, sizeof(least));
}

static void judge_auth(struct lcp *lcp, const struct fsm_option *option, struct fsm_answer *answer)
{
	/* Methods to suggest, the strongest first. */
	static const uint8_t hints[] = {
		PPP_AUTH_MSCHAPV2, PPP_AUTH_EAP, PPP_AUTH_MSCHAP, PPP_AUTH_CHAP_MD5, PPP_AUTH_PAP,
	};
	struct ppp_link *link = link_of_lcp(lcp);
	uint8_t data[AUTH_DATA_MAX];

	lcp->peer.auth = lcp_auth_method(option);
	lcp->peer.in_vain = !we_can_give(link, lcp->peer.auth);
	if (!lcp->peer.in_vain)
		return;
	for (size_t i = 0; i < sizeof(hints); i++) {
		if (we_can_give(link, hints[i])) {
			fsm_answer_nak(answer, option, data, auth_encode(hints[i], data));
			return;
		}
	}
	fsm_answer_reject(answer, option);
}

static void judge_magic(struct lcp *lcp, const struct fsm_option *option, struct fsm_answer *answer)
{
	uint8_t other[MAGIC_LEN];
	struct reader r = rd_init(option->data, option->len);

	lcp->peer.magic = rd_be32(&r);
	if (lcp->peer.magic && !(lcp->ask_magic && lcp->peer.magic == lcp->magic)) {
		lcp->loops = 0;
		return;
	}
	if (lcp->peer.magic && ++lcp->loops >= LOOPS_MAX)
		link_fail(link_of_lcp(lcp), PPP_REASON_LOOPBACK, NULL);
	link_random(link_of_lcp(lcp), other, sizeof(other));
	fsm_answer_nak(answer, option, other, sizeof(other));
}

static void judge_option(struct lcp *lcp, const struct fsm_option *option,
			 struct fsm_answer *answer)
{
	/* Data lengths in octets of the options that we know; the length of OPT_AUTH varies. */
	static const uint8_t lengths[] = {
		[OPT_MRU] = 2, [OPT_ACCM] = 4, [OPT_MAGIC] = MAGIC_LEN,
		[OPT_PFC] = 0, [OPT_ACFC] = 0,
	};

	if (option->type < sizeof(lengths) && option->type != OPT_AUTH &&
	    option->len != lengths[option->type]) {
		fsm_answer_reject(answer, option);
		return;
	}
	switch (option->type) {
	case OPT_MRU:
		judge_mru(lcp, option, answer);
		break;
	case OPT_ACCM:
		/*
		 * No octet is escaped in GRE, so this has no effect. It is recorded all the
		 * same.
		 */
		memcpy(&lcp->peer.accm, option->data, sizeof(lcp->peer.accm));
		lcp->peer.accm = ntohl(lcp->peer.accm);
		break;
	case OPT_AUTH:
		judge_auth(lcp, option, answer);
		break;
	case OPT_MAGIC:
		judge_magic(lcp, option, answer);
		break;
	case OPT_PFC:
		lcp->peer.pfc = true;
		break;
	case OPT_ACFC:
		lcp->peer.acfc = true;
		break;
	default:
		/* Callback, multilink, quality reports and all other options are rejected. */
		fsm_answer_reject(answer, option);
	}
}

static void lcp_judge(struct fsm *fsm, struct reader options, struct fsm_answer *answer)
{
	struct lcp *lcp = lcp_of(fsm);
	struct fsm_option option;

	lcp->peer = (struct lcp_peer){ .mru = PPP_MRU_DEFAULT, .accm = ~0u };
	while (fsm_option_next(&options, &option))
		judge_option(lcp, &option, answer);
}

static void lcp_acking(struct fsm *fsm)
{
	struct lcp *lcp = lcp_of(fsm);
	struct ppp_state *state = &link_of_lcp(lcp)->state;

	state->peer_mru = lcp->peer.mru;
	state->peer_accm = lcp->peer.accm;
	state->peer_magic = lcp->peer.magic;
	state->peer_pfc = lcp->peer.pfc;
	state->peer_acfc = lcp->peer.acfc;
	lcp->give = lcp->peer.auth;
}

/* --- keepalive ------------------------------------------------------------------------ */

void lcp_echo_start(struct lcp *lcp, uint64_t now)
{
	uint32_t interval = lcp->fsm.config->echo_interval_ms;

	lcp->echo_missed = 0;
	lcp->echo_waits = false;
	lcp->echo_deadline = interval ? now + interval : NEVER;
}

void lcp_heard(struct lcp *lcp, uint64_t now)
{
	lcp->echo_missed = 0;
	lcp->echo_waits = false;
	if (lcp->echo_deadline != NEVER)
		lcp->echo_deadline = now + lcp->fsm.config->echo_interval_ms;
}

void lcp_echo_now(struct lcp *lcp)
{
	uint8_t magic[MAGIC_LEN];

	put_be32(magic, link_of_lcp(lcp)->state.local_magic);
	fsm_send(&lcp->fsm, ECHO_REQUEST, fsm_next_id(&lcp->fsm), magic, sizeof(magic));
}

/* Returns true if data has come from the peer since the last call. */
static bool has_new_data(struct lcp *lcp)
{
	struct ppp_link *link = link_of_lcp(lcp);
	uint64_t before = lcp->data_frames;

	if (link->ops->data_frames)
		lcp->data_frames = link->ops->data_frames(link);
	return lcp->data_frames != before;
}

static void echo_tick(struct lcp *lcp, uint64_t now)
{
	const struct ppp_config *config = lcp->fsm.config;
	struct ppp_link *link = link_of_lcp(lcp);

	if (now < lcp->echo_deadline)
		return;
	if (has_new_data(lcp)) {
		lcp_heard(lcp, now);
		return;
	}
	if (lcp->echo_waits)
		lcp->echo_missed++;
	if (config->echo_failures && lcp->echo_missed >= config->echo_failures) {
		lcp->echo_deadline = NEVER;
		link_fail(link, PPP_REASON_ECHO_TIMEOUT, NULL);
		return;
	}
	lcp->echo_waits = true;
	lcp->echo_deadline = now + config->echo_interval_ms;
	lcp_echo_now(lcp);
}

/*
 * An Echo-Request with our own magic number: the line is looped (RFC 1661 section 6.4), or it is an
 * old or forged frame. A looped line returns each of ours, and nothing comes in between.
 */
static void hear_own_echo(struct lcp *lcp)
{
	struct ppp_link *link = link_of_lcp(lcp);

	if (++lcp->own_echoes >= OWN_ECHOES)
		link_fail(link, PPP_REASON_LOOPBACK, NULL);
	else
		link_bad(link, "Echo-Request with our own magic number");
}

static void echo_request(struct lcp *lcp, uint8_t id, struct reader data)
{
	struct ppp_link *link = link_of_lcp(lcp);
	uint8_t reply[PPP_MRU_DEFAULT - FSM_HEADER_LEN];
	struct writer w = wr_init(reply, sizeof(reply));
	size_t room = link->state.peer_mru - FSM_HEADER_LEN - MAGIC_LEN;
	uint32_t magic = rd_be32(&data);
	size_t len;

	if (!rd_ok(&data)) {
		link_bad(link, "Echo-Request without a magic number");
		return;
	}
	if (magic && magic == link->state.local_magic) {
		hear_own_echo(lcp);
		return;
	}
	lcp->own_echoes = 0;
	len = rd_left(&data) < room ? rd_left(&data) : room;
	wr_be32(&w, link->state.local_magic);
	wr_copy(&w, rd_bytes(&data, len), len);
	fsm_send(&lcp->fsm, ECHO_REPLY, id, reply, wr_len(&w));
}

/* --- other codes ---------------------------------------------------------------------- */

static bool lcp_knows(uint8_t code)
{
	return code >= PROTOCOL_REJECT && code <= TIME_REMAINING;
}

static void identification(struct lcp *lcp, struct reader data)
{
	char text[PPP_TEXT_MAX + 1];
	size_t len;

	rd_skip(&data, MAGIC_LEN);
	len = rd_left(&data);
	link_sanitise(text, sizeof(text), rd_bytes(&data, len), len);
	if (*text)
		link_event_text(link_of_lcp(lcp), PPP_EVENT_IDENTIFICATION, text);
}

static void lcp_extra(struct fsm *fsm, uint8_t code, uint8_t id, struct reader data)
{
	struct lcp *lcp = lcp_of(fsm);
	uint16_t protocol;

	switch (code) {
	case PROTOCOL_REJECT:
		protocol = rd_be16(&data);
		if (rd_ok(&data))
			link_protocol_rejected(link_of_lcp(lcp), protocol);
		else
			link_bad(link_of_lcp(lcp), "Protocol-Reject without a protocol");
		break;
	case ECHO_REQUEST:
		echo_request(lcp, id, data);
		break;
	case IDENTIFICATION:
		identification(lcp, data);
		break;
	case ECHO_REPLY:
		/* Any frame from the peer shows that it is alive; lcp_heard() was called. */
		lcp->own_echoes = 0;
		break;
	case DISCARD_REQUEST:
	case TIME_REMAINING:
		break;
	}
}

static void lcp_code_rejected(struct fsm *fsm, uint8_t code)
{
	/* A peer that does not know Echo-Request cannot be watched with it. */
	if (code == ECHO_REQUEST)
		lcp_of(fsm)->echo_deadline = NEVER;
}

void lcp_protocol_reject(struct lcp *lcp, const uint8_t *frame, size_t len)
{
	size_t room = link_of_lcp(lcp)->state.peer_mru - FSM_HEADER_LEN;

	fsm_send(&lcp->fsm, PROTOCOL_REJECT, fsm_next_id(&lcp->fsm), frame,
		 len < room ? len : room);
}

/* --- termination ---------------------------------------------------------------------- */

static void lcp_farewell(struct fsm *fsm, struct writer *text)
{
	const struct ppp_link *link = link_of_lcp(lcp_of(fsm));
	const char *words = ppp_link_reason_text(link);

	wr_copy(text, words, strlen(words));
}

void lcp_fail(struct lcp *lcp, enum ppp_reason reason, const char *detail)
{
	char text[PPP_TEXT_MAX + 1];

	if (lcp->peer.in_vain) {
		reason = PPP_REASON_AUTH_NO_METHOD;
		snprintf(text, sizeof(text), "the peer wants %s",
			 lcp->peer.auth ? ppp_auth_name(lcp->peer.auth) : "another");
		detail = text;
	}
	link_fail(link_of_lcp(lcp), reason, detail);
}

/*
 * Windows ends a link with its magic number, 00 3c cd 74 and an error code. Other peers
 * send a text, or nothing.
 */
static void lcp_terminating(struct fsm *fsm, struct reader data)
{
	static const uint8_t windows[] = { 0x00, 0x3c, 0xcd, 0x74 };
	char text[PPP_TEXT_MAX + 1] = "";
	size_t len = rd_left(&data);

	if (len == 12 && !memcmp(data.pos + MAGIC_LEN, windows, sizeof(windows))) {
		rd_skip(&data, MAGIC_LEN + sizeof(windows));
		snprintf(text, sizeof(text), "Windows error %u", rd_be32(&data));
	} else {
		link_sanitise(text, sizeof(text), rd_bytes(&data, len), len);
	}
	lcp_fail(lcp_of(fsm), PPP_REASON_PEER_CLOSED, *text ? text : NULL);
}

/* --- glue ----------------------------------------------------------------------------- */

static void lcp_output(struct fsm *fsm, const uint8_t *frame, size_t len)
{
	link_output(link_of_lcp(lcp_of(fsm)), frame, len);
}

static void lcp_up(struct fsm *fsm)
{
	struct lcp *lcp = lcp_of(fsm);
	struct ppp_state *state = &link_of_lcp(lcp)->state;

	state->local_mru = lcp->ask_mru ? lcp->ask_mru : PPP_MRU_DEFAULT;
	state->local_magic = lcp->ask_magic ? lcp->magic : 0;
	state->local_pfc = lcp->ask_pfc;
	state->local_acfc = lcp->ask_acfc;
	link_lcp_up(link_of_lcp(lcp));
}

static void lcp_down(struct fsm *fsm)
{
	lcp_reset(lcp_of(fsm));
	link_lcp_down(link_of_lcp(lcp_of(fsm)));
}

static void lcp_finished(struct fsm *fsm, enum fsm_cause cause)
{
	link_lcp_finished(link_of_lcp(lcp_of(fsm)), cause);
}

static void lcp_bad(struct fsm *fsm, const char *why)
{
	link_bad(link_of_lcp(lcp_of(fsm)), why);
}

static void lcp_untimely(struct fsm *fsm, const char *why)
{
	link_untimely(link_of_lcp(lcp_of(fsm)), why);
}

static void lcp_no_memory(struct fsm *fsm)
{
	link_fail(link_of_lcp(lcp_of(fsm)), PPP_REASON_NO_MEMORY, NULL);
}

static const struct fsm_ops ops = {
	.protocol = PPP_PROTO_LCP,
	.reack = true,
	.eager = true,
	.output = lcp_output,
	.request = lcp_request,
	.judge = lcp_judge,
	.acking = lcp_acking,
	.naked = lcp_naked,
	.rejected = lcp_rejected,
	.up = lcp_up,
	.down = lcp_down,
	.finished = lcp_finished,
	.knows = lcp_knows,
	.extra = lcp_extra,
	.code_rejected = lcp_code_rejected,
	.farewell = lcp_farewell,
	.terminating = lcp_terminating,
	.bad = lcp_bad,
	.untimely = lcp_untimely,
	.no_memory = lcp_no_memory,
};

void lcp_init(struct lcp *lcp, const struct ppp_config *config)
{
	memset(lcp, 0, sizeof(*lcp));
	fsm_init(&lcp->fsm, &ops, config);
	lcp->echo_deadline = NEVER;
}

uint64_t lcp_deadline(const struct lcp *lcp)
{
	uint64_t deadline = fsm_deadline(&lcp->fsm);

	return earlier(deadline, lcp->echo_deadline);
}

void lcp_tick(struct lcp *lcp, uint64_t now)
{
	fsm_tick(&lcp->fsm, now);
	echo_tick(lcp, now);
}

void lcp_resume(struct lcp *lcp, const struct ppp_state *state)
{
	lcp_reset(lcp);
	lcp->ask_mru = state->local_mru == PPP_MRU_DEFAULT ? 0 : state->local_mru;
	lcp->ask_magic = state->local_magic;
	lcp->magic = state->local_magic;
	lcp->ask_pfc = state->local_pfc;
	lcp->ask_acfc = state->local_acfc;
	fsm_resume(&lcp->fsm, true, state->lcp_id);
}
