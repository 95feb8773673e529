// SPDX-License-Identifier: GPL-2.0-only
#include "ppp/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ppp/auth_priv.h"
#include "ppp/link_priv.h"
#include "util/ip.h"

#define RESTARTS_MAX		16	/* new negotiations of LCP, started by the peer */
#define REJECTS_MAX		8	/* Protocol-Rejects in a burst */
#define REJECT_REFILL_MS	250	/* one more is allowed after each such interval */
#define DATA_REJECT_MS		10000	/* for so long the peer may reject data that it agreed to */
#define DATA_REJECTS		4	/* and so many times at least */
#define DATA_FRAMES		8	/* more than that show that it sends data */
#define DEAD_WIRE_TRIES		5	/* requests without an answer, four seconds' worth */
#define CCP_SILENCE_MS		2000	/* for so long preferred encryption is waited for */
#define READIES_MAX		4	/* how often IPV4_READY is raised before IPV4_UP */
#define READY_MS		2000	/* for so long packets pass before IPV4_UP */

/* --- entry and exit ------------------------------------------------------------------- */

/*
 * Every entry point is enter(), work, leave(). Whatever ends the link or a protocol is only
 * recorded in between, and carried out by the outermost leave(). So no automaton changes
 * while one of its own functions runs.
 */
static void enter(struct ppp_link *link, uint64_t now)
{
	link->now = now;
	link->depth++;
}

static void ncps_down(struct ppp_link *link);
static void update_ready(struct ppp_link *link);

static void start_closing(struct ppp_link *link)
{
	struct fsm *lcp = &link->lcp.fsm;

	link->closing = true;
	link->state.phase = PPP_PHASE_TERMINATE;
	link->lcp.echo_deadline = NEVER;
	ppp_auth_stop(link);
	ncps_down(link);
	/* If the peer closed LCP first, its automaton runs on until it has finished. */
	if (lcp->state >= FSM_REQ_SENT)
		fsm_close(lcp, link->now);
	else if (lcp->state != FSM_CLOSING && lcp->state != FSM_STOPPING)
		link->lcp_done = true;
}

static void raise_down(struct ppp_link *link)
{
	char *text = link->reason_text;
	struct ppp_event event = {
		.type = PPP_EVENT_DOWN,
		.down = {
			.reason = link->reason,
			.error = link->error,
			.text = text ? text : ppp_reason_text(link->reason),
		},
	};

	link->down_raised = true;
	link->state.phase = PPP_PHASE_DEAD;
	link->state.open = 0;
	link->reason_text = NULL;
	ppp_link_wipe(link);
	link->ops->event(link, &event);
	free(text);
}

static void leave(struct ppp_link *link)
{
	struct ppp_state *state = &link->state;

	if (--link->depth)
		return;
	state->lcp_id = link->lcp.fsm.id;
	state->ccp_id = link->ccp.fsm.id;
	state->ipcp_id = link->ipcp.fsm.id;
	state->ipv6cp_id = link->ipv6cp.fsm.id;
	update_ready(link);
	if (link->reason && !link->closing)
		start_closing(link);
	/* CCP is open without MPPE. We use CCP for MPPE only, so close it. */
	if (!link->closing && fsm_is_open(&link->ccp.fsm) && !ccp_encrypts(&link->ccp))
		fsm_close(&link->ccp.fsm, link->now);
	if (link->lcp_done && !link->down_raised)
		raise_down(link);
}

/* --- what the protocols call ---------------------------------------------------------- */

void link_output(struct ppp_link *link, const uint8_t *frame, size_t len)
{
	link->ops->send(link, frame, len);
}

void link_random(struct ppp_link *link, void *buf, size_t len)
{
	link->ops->random(link, buf, len);
}

void link_event(struct ppp_link *link, enum ppp_event_type type)
{
	const struct ppp_event event = { .type = type };

	link->ops->event(link, &event);
}

void link_event_text(struct ppp_link *link, enum ppp_event_type type, const char *text)
{
	const struct ppp_event event = { .type = type, .text = text };

	link->ops->event(link, &event);
}

void link_bad(struct ppp_link *link, const char *why)
{
	link_event_text(link, PPP_EVENT_PEER_ERROR, why);
}

void link_untimely(struct ppp_link *link, const char *why)
{
	link_event_text(link, PPP_EVENT_UNTIMELY, why);
}

void link_sanitise(char *dst, size_t size, const uint8_t *src, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n + 1 < size; i++)
		if (src[i] >= 0x20 && src[i] < 0x7f)
			dst[n++] = (char)src[i];
	dst[n] = '\0';
}

/* Write as much of @text as there is room for. */
static void write_text(struct writer *w, const char *text)
{
	size_t len = strlen(text);

	wr_copy(w, text, len < wr_room(w) ? len : wr_room(w));
}

enum ppp_reason ppp_link_wire(const struct ppp_link *link)
{
	const struct fsm *lcp = &link->lcp.fsm;

	if (lcp->answered || lcp->state < FSM_REQ_SENT ||
	    lcp->counter + DEAD_WIRE_TRIES > link->config->max_configure)
		return PPP_REASON_NONE;
	return lcp->peer_seen ? PPP_REASON_UNHEARD : PPP_REASON_NO_ANSWER;
}

enum ppp_reason ppp_link_reason(const struct ppp_link *link)
{
	return (enum ppp_reason)link->reason;
}

/*
 * The peer gives up, or its program does. If the wire is dead that is why, and more helpful than
 * what the peer says.
 */
static enum ppp_reason true_reason(const struct ppp_link *link, enum ppp_reason reason)
{
	enum ppp_reason wire = ppp_link_wire(link);
	bool gives_up = reason == PPP_REASON_LOWER_DOWN || reason == PPP_REASON_PEER_CLOSED;

	return gives_up && wire ? wire : reason;
}

void link_fail(struct ppp_link *link, enum ppp_reason reason, const char *detail)
{
	char text[PPP_TEXT_MAX + 1];
	struct writer w = wr_init(text, PPP_TEXT_MAX);

	if (link->reason)
		return;
	reason = true_reason(link, reason);
	link->reason = reason;
	if (!detail)
		return;
	write_text(&w, ppp_reason_text(reason));
	write_text(&w, ": ");
	write_text(&w, detail);
	text[wr_len(&w)] = '\0';
	/* Without memory the text is that of the reason alone. */
	link->reason_text = strdup(text);
}

const char *ppp_link_reason_text(const struct ppp_link *link)
{
	return link->reason_text ? link->reason_text : ppp_reason_text(link->reason);
}

void link_fail_mschap(struct ppp_link *link, enum ppp_reason reason, unsigned int error,
		      const char *detail)
{
	char text[PPP_TEXT_MAX + 1];

	if (link->reason)
		return;
	if (detail && *detail)
		snprintf(text, sizeof(text), "%s (MS-CHAP %u), %.80s", mschap_error_text(error),
			 error, detail);
	else
		snprintf(text, sizeof(text), "%s (MS-CHAP %u)", mschap_error_text(error), error);
	link_fail(link, reason, text);
	link->error = (uint16_t)error;
}

/* --- network phase -------------------------------------------------------------------- */

struct ncp {
	struct fsm *fsm;
	uint16_t protocol;
	uint8_t open;			/* the bit of the protocol in ppp_state.open */
	bool enabled;
};

#define NCPS 3

/* CCP comes first: no data may flow before it. */
static void ncps_of(struct ppp_link *link, struct ncp ncps[NCPS])
{
	const struct ppp_config *config = link->config;

	ncps[0] = (struct ncp){
		&link->ccp.fsm, PPP_PROTO_CCP, PPP_OPEN_CCP,
		ccp_possible(&link->ccp) || link->resumed,
	};
	ncps[1] = (struct ncp){
		&link->ipcp.fsm, PPP_PROTO_IPCP, PPP_OPEN_IPCP, config->ipv4,
	};
	ncps[2] = (struct ncp){
		&link->ipv6cp.fsm, PPP_PROTO_IPV6CP, PPP_OPEN_IPV6CP, config->ipv6,
	};
}

/* Returns true if encryption does not keep datagrams from flowing. */
static bool encryption_settled(const struct ppp_link *link)
{
	switch (link->config->mppe) {
	case PPP_MPPE_OFF:
		return true;
	case PPP_MPPE_PREFERRED:
		if (!link->encrypted)
			return link->ccp.settled;
		/* fall through */
	default:
		return ccp_encrypts(&link->ccp);
	}
}

/*
 * A peer that has opened its network protocol, and has not said a word of CCP by CCP_SILENCE_MS
 * later, has none: by then our request was repeated several times. All repetitions together take
 * ten times as long. CCP may come up later all the same.
 */
static void limit_silence(struct ppp_link *link)
{
	if (link->config->mppe == PPP_MPPE_PREFERRED && !link->encrypted && !link->ccp.settled &&
	    !link->ccp_heard && link->silence_ends == NEVER)
		link->silence_ends = link->now + CCP_SILENCE_MS;
}

static void forget_silence(struct ppp_link *link)
{
	link->ccp_heard = false;
	link->silence_ends = NEVER;
}

static void raise_flow(struct ppp_link *link, uint8_t open, bool up)
{
	struct ppp_event event = { 0 };

	if (open == PPP_OPEN_IPCP) {
		event.type = up ? PPP_EVENT_IPV4_UP : PPP_EVENT_IPV4_DOWN;
		event.ipv4 = &link->state.ipv4;
	} else {
		event.type = up ? PPP_EVENT_IPV6_UP : PPP_EVENT_IPV6_DOWN;
		event.ipv6 = &link->state.ipv6;
	}
	link->ops->event(link, &event);
}

/*
 * Returns true if the protocol of @fsm is open at the peer, for all we know: it has our Ack, and
 * what we wait for is its own, which may be lost or on the way.
 */
static bool is_half_open(const struct fsm *fsm)
{
	return fsm->state == FSM_ACK_SENT || fsm->state == FSM_OPENED;
}

/* Returns true if the peer would encrypt what it sends, for all we know. */
static bool peer_encrypts(const struct ppp_link *link)
{
	return is_half_open(&link->ccp.fsm) && link->ccp.granted && link->keys.valid;
}

/* Returns true if the peer may send IPv4 packets, for all we know. */
static bool peer_may_send(const struct ppp_link *link)
{
	return link->state.phase == PPP_PHASE_NETWORK && is_half_open(&link->ipcp.fsm) &&
	       (peer_encrypts(link) || encryption_settled(link)) &&
	       ip_is_unicast(ip_from_v4(link->ipcp.have.local));
}

/* Returns true if IPv4 is open, or will be as soon as the automaton in progress has run. */
static bool is_about_to_flow(const struct ppp_link *link)
{
	return fsm_is_open(&link->ipcp.fsm) &&
	       (ccp_encrypts(&link->ccp) || encryption_settled(link));
}

static void set_ready(struct ppp_link *link, bool ready)
{
	link->ready = ready;
	link->ready_ends = ready ? link->now + READY_MS : NEVER;
}

void link_acking(struct ppp_link *link)
{
	const struct ppp_event event = {
		.type = PPP_EVENT_IPV4_READY,
		.ready = { .ipv4 = &link->ipcp.have, .encrypted = peer_encrypts(link) },
	};

	if (link->ready || link->flow & PPP_OPEN_IPCP || link->readies >= READIES_MAX ||
	    is_about_to_flow(link) || !peer_may_send(link))
		return;
	set_ready(link, true);
	link->readies++;
	link->ops->event(link, &event);
}

static void end_ready(struct ppp_link *link)
{
	set_ready(link, false);
	raise_flow(link, PPP_OPEN_IPCP, false);
}

/* What the peer may have sent after IPV4_READY it may send no more. */
static void update_ready(struct ppp_link *link)
{
	if (link->ready && !peer_may_send(link))
		end_ready(link);
}

/*
 * Nobody is told of the session before it is up, and a peer that does not acknowledge our request
 * could keep it so. From now on nothing passes before IPV4_UP.
 */
static void ready_tick(struct ppp_link *link)
{
	if (link->now < link->ready_ends)
		return;
	link->readies = READIES_MAX;
	end_ready(link);
}

static void ipv4_flows(struct ppp_link *link)
{
	set_ready(link, false);
	link->readies = 0;
}

static void update_flow(struct ppp_link *link)
{
	static const uint8_t layers[] = { PPP_OPEN_IPCP, PPP_OPEN_IPV6CP };
	bool may = link->state.phase == PPP_PHASE_NETWORK && encryption_settled(link);

	update_ready(link);
	for (size_t i = 0; i < sizeof(layers); i++) {
		bool up = may && (link->state.open & layers[i]);

		if (up == !!(link->flow & layers[i]))
			continue;
		link->flow ^= layers[i];
		if (up && layers[i] == PPP_OPEN_IPCP)
			ipv4_flows(link);
		raise_flow(link, layers[i], up);
	}
}

static void silence_tick(struct ppp_link *link)
{
	if (link->now < link->silence_ends)
		return;
	link->silence_ends = NEVER;
	link->ccp.settled = true;
	update_flow(link);
}

/* Datagrams that flow in clear stop, because what they may be long is another from now on. */
static void stop_flow(struct ppp_link *link)
{
	uint8_t flow = link->flow;

	link->flow = 0;
	if (flow & PPP_OPEN_IPCP)
		raise_flow(link, PPP_OPEN_IPCP, false);
	if (flow & PPP_OPEN_IPV6CP)
		raise_flow(link, PPP_OPEN_IPV6CP, false);
}

/* The owner has the key that we agreed to send with, and the peer did not agree to any. */
static void void_keys(struct ppp_link *link)
{
	bool keyed = link->keyed;

	link->keyed = false;
	if (keyed)
		link_event(link, PPP_EVENT_CCP_DOWN);
}

void link_ncp_changed(struct ppp_link *link, uint8_t open, bool up)
{
	bool was = link->state.open & open;

	if (open == PPP_OPEN_CCP && up && !ccp_encrypts(&link->ccp)) {
		if (link->config->mppe == PPP_MPPE_REQUIRED)
			link_fail(link, PPP_REASON_MPPE_REFUSED, "it wants CCP without MPPE");
		void_keys(link);
		update_flow(link);
		return;
	}
	if (up) {
		link->state.open |= open;
		link->data_rejects = 0;
	} else {
		link->state.open &= (uint8_t)~open;
	}
	if (open != PPP_OPEN_CCP && up)
		limit_silence(link);
	if (open == PPP_OPEN_CCP && up) {
		stop_flow(link);
		link->encrypted = true;
		link_event(link, PPP_EVENT_CCP_UP);
	}
	update_flow(link);
	if (open == PPP_OPEN_CCP && !up && was) {
		link->keyed = false;
		link_event(link, PPP_EVENT_CCP_DOWN);
		if (link->resumed)
			link_fail(link, PPP_REASON_MPPE_NO_KEYS,
				  "the peer wants new keys on a link that was taken over");
	}
}

static void ccp_failed(struct ppp_link *link, enum fsm_cause cause)
{
	static const char *const details[] = {
		[FSM_CAUSE_PEER]		= "it closed CCP",
		[FSM_CAUSE_TIMEOUT]		= "it does not answer CCP",
		[FSM_CAUSE_REJECTED]		= "it does not speak CCP",
		[FSM_CAUSE_NO_AGREEMENT]	= "no common key length or mode",
	};
	const char *detail = details[cause];

	if (cause == FSM_CAUSE_NO_AGREEMENT && link->ccp.rejected)
		detail = "it rejects MPPE (in pppd that is nomppe)";
	if (link->config->mppe == PPP_MPPE_REQUIRED)
		link_fail(link, PPP_REASON_MPPE_REFUSED, detail);
	else if (link->encrypted)
		link_fail(link, PPP_REASON_MPPE_ENDED, detail);
	else
		void_keys(link);
	update_flow(link);
	/* The peer may have waited for nothing else since it has our Ack of IPCP. */
	link_acking(link);
}

void link_ncp_finished(struct ppp_link *link, uint8_t open, enum fsm_cause cause)
{
	struct ncp ncps[NCPS];
	bool alive = false;

	if (link->state.phase != PPP_PHASE_NETWORK)
		return;
	if (open == PPP_OPEN_CCP) {
		ccp_failed(link, cause);
		return;
	}
	ncps_of(link, ncps);
	for (int i = 1; i < NCPS; i++)
		alive = alive || (ncps[i].enabled && ncps[i].fsm->state >= FSM_REQ_SENT);
	if (!alive)
		link_fail(link, PPP_REASON_NO_NETWORK, NULL);
}

/*
 * Returns true if this end holds back its Acks (see fsm.hold). Only one end of a link may:
 * the end that authenticates the other. An end that can be asked for authentication itself
 * does not, or both ends might.
 */
static bool holds_back(const struct ppp_link *link)
{
	return link->config->demand[0] != PPP_AUTH_NONE && !link->user;
}

/*
 * The end that does not hold back its Acks does so with that of CCP for a moment, until the peer
 * has gone on since it asked: until it acknowledges our request, or sends a packet of the network
 * protocol that comes next, or our request is due again. accel-ppp tells its kernel that CCP is
 * negotiated only after it has sent its request, and an Ack that comes before that is lost on the
 * kernel: it never decrypts what we send, while to us and to accel-ppp all seems well.
 */
static void let_go_of_ccp(struct ppp_link *link)
{
	if (!holds_back(link))
		fsm_let_go(&link->ccp.fsm, link->now);
}

static void ncps_up(struct ppp_link *link)
{
	struct ncp ncps[NCPS];

	forget_silence(link);
	ccp_reset(&link->ccp);
	ipcp_reset(&link->ipcp);
	if (link->config->ipv6)
		ipv6cp_reset(&link->ipv6cp);
	ncps_of(link, ncps);
	for (int i = 0; i < NCPS; i++)
		ncps[i].fsm->hold = holds_back(link) || ncps[i].protocol == PPP_PROTO_CCP;
	/* Without keys there is nothing to wait for. */
	link->ccp.settled = !ncps[0].enabled;
	for (int i = 0; i < NCPS; i++) {
		if (!ncps[i].enabled)
			continue;
		fsm_expect(ncps[i].fsm, link->lcp.fsm.answer_time);
		fsm_open(ncps[i].fsm, link->now);
		fsm_up(ncps[i].fsm, link->now);
	}
}

static void ncps_down(struct ppp_link *link)
{
	struct ncp ncps[NCPS];

	forget_silence(link);
	update_flow(link);
	ncps_of(link, ncps);
	for (int i = 0; i < NCPS; i++) {
		fsm_down(ncps[i].fsm, link->now);
		fsm_close(ncps[i].fsm, link->now);
	}
	void_keys(link);
}

/* --- phases --------------------------------------------------------------------------- */

void link_lcp_up(struct ppp_link *link)
{
	link->state.open |= PPP_OPEN_LCP;
	link->state.phase = PPP_PHASE_AUTHENTICATE;
	lcp_echo_start(&link->lcp, link->now);
	link_event(link, PPP_EVENT_LCP_UP);
	ppp_auth_start(link);
}

static void no_keys(struct ppp_link *link)
{
	const struct ppp_state *state = &link->state;
	enum ppp_auth_method method = state->peer_auth ? state->peer_auth : state->local_auth;
	char text[PPP_TEXT_MAX + 1];

	if (link->keys.long_only)
		snprintf(text, sizeof(text), "with such a password MS-CHAPv1 has long keys only; "
			 "mschap-v2 has short ones as well");
	else
		snprintf(text, sizeof(text), "the method was %s", ppp_auth_name(method));
	link_fail(link, PPP_REASON_MPPE_NO_KEYS, text);
}

void link_authenticated(struct ppp_link *link)
{
	link->state.phase = PPP_PHASE_NETWORK;
	link_event(link, PPP_EVENT_AUTHENTICATED);
	if (link->config->mppe == PPP_MPPE_REQUIRED && !ccp_possible(&link->ccp)) {
		no_keys(link);
		return;
	}
	if (link->encrypted && !ccp_possible(&link->ccp)) {
		link_fail(link, PPP_REASON_MPPE_ENDED, "it logged in anew in a way without keys");
		return;
	}
	ncps_up(link);
}

/* LCP is negotiated anew: everything above it goes down. */
void link_lcp_down(struct ppp_link *link)
{
	struct ppp_state *state = &link->state;

	if (link->closing)
		return;
	state->open &= (uint8_t)~PPP_OPEN_LCP;
	state->phase = PPP_PHASE_ESTABLISH;
	link->resumed = false;
	ppp_auth_stop(link);
	ncps_down(link);
	state->peer_auth = PPP_AUTH_NONE;
	state->local_auth = PPP_AUTH_NONE;
	explicit_bzero(&link->keys, sizeof(link->keys));
	if (++link->restarts > RESTARTS_MAX)
		link_fail(link, PPP_REASON_PROTOCOL, "it negotiates LCP over and over");
}

static enum ppp_reason timeout_reason(const struct fsm *lcp)
{
	if (!lcp->peer_seen)
		return PPP_REASON_NO_ANSWER;
	return lcp->answered ? PPP_REASON_LCP_FAILED : PPP_REASON_UNHEARD;
}

void link_lcp_finished(struct ppp_link *link, enum fsm_cause cause)
{
	link->lcp_done = true;
	switch (cause) {
	case FSM_CAUSE_TIMEOUT:
		lcp_fail(&link->lcp, timeout_reason(&link->lcp.fsm), NULL);
		break;
	case FSM_CAUSE_REJECTED:
		link_fail(link, PPP_REASON_PROTOCOL, "it rejects a code that LCP must have");
		break;
	default:
		lcp_fail(&link->lcp, PPP_REASON_LCP_FAILED, NULL);
	}
}

static uint64_t data_frames(struct ppp_link *link)
{
	return link->ops->data_frames ? link->ops->data_frames(link) : 0;
}

/*
 * The peer has agreed to the protocol of this data, and rejects it. It may only not be ready yet,
 * if it agrees to a protocol a moment before it opens it. So the link goes on, unless the peer still
 * rejects data after DATA_REJECT_MS and has sent no data in that time.
 */
static void data_rejected(struct ppp_link *link, bool agreed, const char *words)
{
	uint64_t frames;

	if (!agreed) {
		link_untimely(link, "Protocol-Reject of data that is not in use");
		return;
	}
	link_untimely(link, "the peer rejects data that it has agreed to");
	frames = data_frames(link);
	if (!link->data_rejects || frames > link->data_frames + DATA_FRAMES) {
		link->data_rejects = 0;
		link->data_rejected_at = link->now;
		link->data_frames = frames;
	}
	if (link->data_rejects < DATA_REJECTS)
		link->data_rejects++;
	if (link->data_rejects == DATA_REJECTS &&
	    link->now - link->data_rejected_at >= DATA_REJECT_MS)
		link_fail(link, PPP_REASON_PROTOCOL, words);
}

void link_protocol_rejected(struct ppp_link *link, uint16_t protocol)
{
	struct ncp ncps[NCPS];

	switch (protocol) {
	case PPP_PROTO_LCP:
		link_fail(link, PPP_REASON_PROTOCOL, "it rejects LCP");
		return;
	case PPP_PROTO_PAP:
	case PPP_PROTO_CHAP:
	case PPP_PROTO_EAP:
		ppp_auth_rejected(link, protocol);
		return;
	case PPP_PROTO_COMPRESSED:
		data_rejected(link, link->state.open & PPP_OPEN_CCP,
			      "it agreed to encryption, and rejects encrypted frames");
		return;
	case PPP_PROTO_IPV4:
		data_rejected(link, link->state.open & PPP_OPEN_IPCP,
			      "it agreed to IPv4, and rejects IPv4 packets");
		return;
	case PPP_PROTO_IPV6:
		data_rejected(link, link->state.open & PPP_OPEN_IPV6CP,
			      "it agreed to IPv6, and rejects IPv6 packets");
		return;
	}
	ncps_of(link, ncps);
	for (int i = 0; i < NCPS; i++)
		if (ncps[i].protocol == protocol && ncps[i].enabled)
			fsm_protocol_rejected(ncps[i].fsm, link->now);
}

/* --- input ---------------------------------------------------------------------------- */

static void reject_protocol(struct ppp_link *link, const uint8_t *frame, size_t len)
{
	uint64_t refills = (link->now - link->reject_refill) / REJECT_REFILL_MS;

	if (refills) {
		link->reject_budget = refills < (uint64_t)(REJECTS_MAX - link->reject_budget)
				      ? (uint8_t)(link->reject_budget + refills) : REJECTS_MAX;
		link->reject_refill = link->now;
	}
	link_untimely(link, "frame of a protocol that is not in use");
	if (!link->reject_budget)
		return;
	link->reject_budget--;
	lcp_protocol_reject(&link->lcp, frame, len);
}

/* Handle a frame in the network phase that is neither LCP nor authentication. */
static void network_input(struct ppp_link *link, uint16_t protocol, const uint8_t *frame,
			  size_t len)
{
	struct ncp ncps[NCPS];

	ppp_auth_confirmed(link);
	ncps_of(link, ncps);
	for (int i = 0; i < NCPS; i++) {
		if (ncps[i].protocol != protocol || !ncps[i].enabled)
			continue;
		if (protocol == PPP_PROTO_CCP) {
			link->ccp_heard = true;
			link->silence_ends = NEVER;
		} else {
			let_go_of_ccp(link);
		}
		fsm_input(ncps[i].fsm, frame + PPP_PROTO_LEN, len - PPP_PROTO_LEN, link->now);
		return;
	}
	if ((protocol == PPP_PROTO_IPV4 && ncps[1].enabled) ||
	    (protocol == PPP_PROTO_IPV6 && ncps[2].enabled))
		link_untimely(link, "datagram before its protocol was open");
	else if (protocol == PPP_PROTO_COMPRESSED && ncps[0].enabled)
		ccp_lost_step(&link->ccp, link->now);
	else
		reject_protocol(link, frame, len);
}

static void input(struct ppp_link *link, const uint8_t *frame, size_t len)
{
	struct reader r = rd_init(frame, len);
	uint16_t protocol = rd_be16(&r);

	if (!rd_ok(&r) || len > PPP_FRAME_MAX) {
		link_bad(link, "frame that is too short or too long");
		return;
	}
	/* RFC 1661 section 2: the first octet of a protocol is even, the second is odd. */
	if (protocol & 0x0100 || !(protocol & 0x0001)) {
		link_bad(link, "frame with an impossible protocol");
		return;
	}
	lcp_heard(&link->lcp, link->now);
	if (protocol == PPP_PROTO_LCP) {
		fsm_input(&link->lcp.fsm, frame + PPP_PROTO_LEN, len - PPP_PROTO_LEN, link->now);
	} else if (link->state.phase != PPP_PHASE_AUTHENTICATE &&
		   link->state.phase != PPP_PHASE_NETWORK) {
		link_untimely(link, "frame before LCP is open");
	} else if (protocol == PPP_PROTO_PAP || protocol == PPP_PROTO_CHAP ||
		   protocol == PPP_PROTO_EAP) {
		ppp_auth_input(link, protocol, frame + PPP_PROTO_LEN, len - PPP_PROTO_LEN);
	} else {
		if (link->state.phase == PPP_PHASE_AUTHENTICATE)
			eap_implied_success(link);
		if (link->state.phase == PPP_PHASE_NETWORK)
			network_input(link, protocol, frame, len);
		else
			link_untimely(link, "frame before authentication is done");
	}
}

/* --- the owner's entry points --------------------------------------------------------- */

void ppp_link_init(struct ppp_link *link, const struct ppp_config *config,
		   const struct ppp_link_ops *ops, void *owner)
{
	memset(link, 0, sizeof(*link));
	link->config = config;
	link->ops = ops;
	link->owner = owner;
	link->state.version = PPP_STATE_VERSION;
	link->state.phase = PPP_PHASE_DEAD;
	link->state.peer_mru = PPP_MRU_DEFAULT;
	link->state.local_mru = PPP_MRU_DEFAULT;
	link->reject_budget = REJECTS_MAX;
	link->silence_ends = NEVER;
	link->ready_ends = NEVER;
	ppp_auth_forget(link);
	lcp_init(&link->lcp, config);
	ccp_init(&link->ccp, config);
	ipcp_init(&link->ipcp, config);
	ipv6cp_init(&link->ipv6cp, config);
}

void ppp_link_set_credentials(struct ppp_link *link, const char *user, const char *password)
{
	link->user = user;
	link->password = password;
	link->password_len = strlen(password);
}

void ppp_link_set_ipv4(struct ppp_link *link, const struct ppp_ipv4 *ipv4)
{
	link->ipcp.want = *ipv4;
}

void ppp_link_set_ipv6(struct ppp_link *link, const struct ppp_ipv6 *ipv6)
{
	link->ipv6cp.want = *ipv6;
}

void ppp_link_open(struct ppp_link *link, uint64_t now)
{
	enter(link, now);
	link->reject_refill = now;
	link->state.phase = PPP_PHASE_ESTABLISH;
	lcp_reset(&link->lcp);
	/* Not with PAP, where the peer has to send its request as soon as LCP is open. */
	link->lcp.fsm.hold = holds_back(link) && link->config->demand[0] != PPP_AUTH_PAP;
	fsm_open(&link->lcp.fsm, now);
	fsm_up(&link->lcp.fsm, now);
	leave(link);
}

void ppp_link_input(struct ppp_link *link, const uint8_t *frame, size_t len, uint64_t now)
{
	if (link->down_raised)
		return;
	enter(link, now);
	input(link, frame, len);
	leave(link);
}

void ppp_link_auth_verdict(struct ppp_link *link, const struct ppp_auth_verdict *verdict,
			   uint64_t now)
{
	if (link->down_raised)
		return;
	enter(link, now);
	ppp_auth_verdict(link, verdict);
	leave(link);
}

void ppp_link_mppe_lost(struct ppp_link *link, uint64_t now)
{
	if (link->down_raised)
		return;
	enter(link, now);
	ccp_lost_step(&link->ccp, now);
	leave(link);
}

void ppp_link_probe(struct ppp_link *link, uint64_t now)
{
	if (link->down_raised || !fsm_is_open(&link->lcp.fsm))
		return;
	enter(link, now);
	lcp_echo_now(&link->lcp);
	leave(link);
}

void ppp_link_close(struct ppp_link *link, enum ppp_reason reason, const char *text, uint64_t now)
{
	if (link->down_raised)
		return;
	enter(link, now);
	link_fail(link, reason, text);
	leave(link);
}

void ppp_link_lower_down(struct ppp_link *link, uint64_t now)
{
	if (link->down_raised)
		return;
	enter(link, now);
	link_fail(link, PPP_REASON_LOWER_DOWN, NULL);
	link->closing = true;
	link->state.phase = PPP_PHASE_TERMINATE;
	ppp_auth_stop(link);
	ncps_down(link);
	link->lcp_done = true;
	leave(link);
}

uint64_t ppp_link_deadline(const struct ppp_link *link)
{
	const uint64_t deadlines[] = {
		lcp_deadline(&link->lcp), ppp_auth_deadline(link), ccp_deadline(&link->ccp),
		fsm_deadline(&link->ipcp.fsm), fsm_deadline(&link->ipv6cp.fsm),
		link->silence_ends, link->ready_ends,
	};
	uint64_t deadline = NEVER;

	if (link->down_raised)
		return NEVER;
	for (size_t i = 0; i < sizeof(deadlines) / sizeof(deadlines[0]); i++)
		deadline = earlier(deadline, deadlines[i]);
	return deadline;
}

void ppp_link_tick(struct ppp_link *link, uint64_t now)
{
	if (link->down_raised)
		return;
	enter(link, now);
	lcp_tick(&link->lcp, now);
	ppp_auth_tick(link);
	if (now >= fsm_deadline(&link->ccp.fsm))
		let_go_of_ccp(link);
	ccp_tick(&link->ccp, now);
	fsm_tick(&link->ipcp.fsm, now);
	fsm_tick(&link->ipv6cp.fsm, now);
	silence_tick(link);
	ready_tick(link);
	leave(link);
}

const struct ppp_state *ppp_link_state(const struct ppp_link *link)
{
	return &link->state;
}

const char *ppp_link_peer_name(const struct ppp_link *link)
{
	bool proved = link->state.peer_auth != PPP_AUTH_NONE && link->peer_name;

	return proved ? link->peer_name : "";
}

/* --- taking over ---------------------------------------------------------------------- */

static bool mppe_is_sane(const struct ppp_mppe *mppe)
{
	return mppe->bits == 40 || mppe->bits == 56 || mppe->bits == 128;
}

static bool state_is_sane(const struct ppp_state *state, const struct ppp_config *config)
{
	if (state->version != PPP_STATE_VERSION || state->phase != PPP_PHASE_NETWORK ||
	    !(state->open & PPP_OPEN_LCP) || state->peer_mru < PPP_MRU_MIN ||
	    state->peer_auth >= PPP_AUTH_METHODS || state->local_auth >= PPP_AUTH_METHODS)
		return false;
	if (state->open & PPP_OPEN_CCP)
		return config->mppe != PPP_MPPE_OFF && mppe_is_sane(&state->tx) &&
		       mppe_is_sane(&state->rx);
	return config->mppe != PPP_MPPE_REQUIRED;
}

bool ppp_link_resume(struct ppp_link *link, const struct ppp_state *state, const char *peer_name,
		     uint64_t now)
{
	if (!state_is_sane(state, link->config))
		return false;
	link->peer_name = strdup(peer_name);
	if (!link->peer_name)
		return false;
	link->now = now;
	link->reject_refill = now;
	link->state = *state;
	link->flow = state->open & (PPP_OPEN_IPCP | PPP_OPEN_IPV6CP);
	link->resumed = state->open & PPP_OPEN_CCP;
	link->encrypted = link->resumed;
	link->ipcp.want = state->ipv4;
	link->ipv6cp.want = state->ipv6;
	lcp_resume(&link->lcp, state);
	ccp_resume(&link->ccp, state);
	ipcp_resume(&link->ipcp, state);
	ipv6cp_resume(&link->ipv6cp, state);
	lcp_echo_start(&link->lcp, now);
	return true;
}

void ppp_link_wipe(struct ppp_link *link)
{
	ppp_auth_forget(link);
	fsm_free(&link->lcp.fsm);
	fsm_free(&link->ccp.fsm);
	fsm_free(&link->ipcp.fsm);
	fsm_free(&link->ipv6cp.fsm);
	free(link->reason_text);
	link->reason_text = NULL;
	free(link->peer_name);
	link->peer_name = NULL;
	explicit_bzero(&link->keys, sizeof(link->keys));
	link->user = NULL;
	link->password = NULL;
	link->password_len = 0;
}
