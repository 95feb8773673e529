// SPDX-License-Identifier: GPL-2.0-only
#include "pptp/owner_test.h"

#include <errno.h>

/* Our ID of the call under test is 7, the peer's is 3. */
#define OURS	7
#define THEIRS	3

static const struct pptp_out_request out_request = {
	.call_id = OURS, .serial = 11, .min_bps = 300, .max_bps = 100000000,
	.bearer = PPTP_BEARER_ANY, .framing = PPTP_FRAMING_ANY, .window = 64, .phone = "5551212",
};

static const struct pptp_in_request in_request = { .serial = 12, .dialed = "1", .dialing = "2" };

static const struct pptp_call_params params = {
	.local_id = OURS, .window = 32, .delay = 4, .speed = 5, .channel = 6,
};

/* --- messages of the peer ---------------------------------------------------------------- */

static void hear_ocrq(struct owner *o, uint16_t id)
{
	owner_feed(o, &(struct pptp_msg){
		.type = PPTP_OUT_CALL_REQUEST,
		.out_request = { .call_id = id, .serial = 21, .window = 9, .delay = 2,
				 .max_bps = 1234 },
	});
}

static void hear_ocrp(struct owner *o, uint16_t id, uint16_t peer_id, uint8_t result)
{
	owner_feed(o, &(struct pptp_msg){
		.type = PPTP_OUT_CALL_REPLY,
		.out_reply = { .call_id = id, .peer_call_id = peer_id, .result = result,
			       .error = result == 2 ? 4 : 0, .cause = 99, .speed = 1000,
			       .window = 10, .delay = 1 },
	});
}

static void hear_icrq(struct owner *o, uint16_t id)
{
	owner_feed(o, &(struct pptp_msg){
		.type = PPTP_IN_CALL_REQUEST, .in_request = { .call_id = id, .serial = 22 },
	});
}

static void hear_icrp(struct owner *o, uint16_t id, uint16_t peer_id, uint8_t result)
{
	owner_feed(o, &(struct pptp_msg){
		.type = PPTP_IN_CALL_REPLY,
		.in_reply = { .call_id = id, .peer_call_id = peer_id, .result = result,
			      .error = result == 2 ? 4 : 0, .window = 11, .delay = 1 },
	});
}

static void hear_iccn(struct owner *o, uint16_t peer_id)
{
	owner_feed(o, &(struct pptp_msg){
		.type = PPTP_IN_CALL_CONNECTED,
		.in_connected = { .peer_call_id = peer_id, .speed = 56000, .window = 12,
				  .delay = 3 },
	});
}

static void hear_ccrq(struct owner *o, uint16_t id)
{
	owner_feed(o, &(struct pptp_msg){
		.type = PPTP_CALL_CLEAR_REQUEST, .clear = { .call_id = id },
	});
}

static void hear_cdn(struct owner *o, uint16_t id)
{
	owner_feed(o, &(struct pptp_msg){
		.type = PPTP_CALL_DISCONNECT_NOTIFY,
		.disconnect = { .call_id = id, .result = 2, .error = 6, .cause = 31 },
	});
}

static void hear_wen(struct owner *o, uint16_t peer_id)
{
	owner_feed(o, &(struct pptp_msg){
		.type = PPTP_WAN_ERROR_NOTIFY, .wan_error = { .peer_call_id = peer_id },
	});
}

static void hear_sli(struct owner *o, uint16_t peer_id)
{
	owner_feed(o, &(struct pptp_msg){
		.type = PPTP_SET_LINK_INFO, .link_info = { .peer_call_id = peer_id },
	});
}

/* --- states ------------------------------------------------------------------------------ */

/* The call under test is always the first that the owner takes. */
static struct pptp_call *the_call(struct owner *o)
{
	assert_true(o->taken[0]);
	return &o->calls[0];
}

static void no_call(struct owner *o)
{
	owner_accept(o);
}

static void pns_out_wait_reply(struct owner *o)
{
	owner_start_conn(o);
	assert_int_equal(pptp_call_dial(owner_take(o), &o->conn, &out_request, o->now), 0);
	expect(o, ">OCRQ 7");
}

static void pns_out_established(struct owner *o)
{
	pns_out_wait_reply(o);
	hear_ocrp(o, THEIRS, OURS, PPTP_OUT_CONNECTED);
	expect(o, "call_up(7,3)");
}

/* The call is cleared before the peer has told its call ID. */
static void pns_out_wait_disconnect_early(struct owner *o)
{
	pns_out_wait_reply(o);
	pptp_call_clear(the_call(o), PPTP_DISC_REQUEST, o->now);
	expect(o, ">CCRQ 7");
}

static void pns_out_wait_disconnect(struct owner *o)
{
	pns_out_established(o);
	pptp_call_clear(the_call(o), PPTP_DISC_REQUEST, o->now);
	expect(o, ">CCRQ 7");
}

static void pac_out_wait_answer(struct owner *o)
{
	owner_accept(o);
	hear_ocrq(o, THEIRS);
	expect(o, "asked(3)");
}

static void pac_out_established(struct owner *o)
{
	pac_out_wait_answer(o);
	assert_int_equal(pptp_call_answer(the_call(o), &params, o->now), 0);
	expect(o, ">OCRP 7,3 1/0 call_up(7,3)");
}

static void pac_in_wait_reply(struct owner *o)
{
	owner_start_conn(o);
	assert_int_equal(pptp_call_ring(owner_take(o), &o->conn, &in_request, &params, o->now), 0);
	expect(o, ">ICRQ 7");
}

static void pac_in_established(struct owner *o)
{
	pac_in_wait_reply(o);
	hear_icrp(o, THEIRS, OURS, PPTP_IN_CONNECT);
	expect(o, ">ICCN 3 call_up(7,3)");
}

static void pns_in_wait_answer(struct owner *o)
{
	owner_accept(o);
	hear_icrq(o, THEIRS);
	expect(o, "asked(3)");
}

static void pns_in_wait_connect(struct owner *o)
{
	pns_in_wait_answer(o);
	assert_int_equal(pptp_call_answer(the_call(o), &params, o->now), 0);
	expect(o, ">ICRP 7,3 1/0");
}

static void pns_in_established(struct owner *o)
{
	pns_in_wait_connect(o);
	hear_iccn(o, OURS);
	expect(o, "call_up(7,3)");
}

static void pns_in_wait_disconnect(struct owner *o)
{
	pns_in_established(o);
	pptp_call_clear(the_call(o), PPTP_DISC_REQUEST, o->now);
	expect(o, ">CCRQ 7");
}

/* --- every event in every state, section 3.2 --------------------------------------------- */

enum event {
	OCRQ_OTHER,	/* the peer asks for another call */
	OCRQ_SAME,	/* the peer asks for a call with an ID in use */
	OCRP_OK,
	OCRP_ERROR,
	OCRP_OTHER,	/* the peer replies for a call that does not exist */
	ICRQ_OTHER,
	ICRQ_SAME,
	ICRP_OK,
	ICRP_ERROR,
	ICCN,
	CCRQ_PEER,	/* with the peer's ID, as the RFC says */
	CCRQ_OURS,	/* with our ID, against the RFC */
	CCRQ_OTHER,
	CDN_PEER,
	CDN_OURS,
	CDN_OTHER,
	WEN,
	SLI,
	SLI_OTHER,
	OWNER_ANSWERS,
	OWNER_REFUSES,
	OWNER_CLEARS,
	TIMEOUT,
	CONN_LOST,
	CONN_STOPPED,
	EVENTS,
};

static const char * const event_names[] = {
	"OCRQ_OTHER", "OCRQ_SAME", "OCRP_OK", "OCRP_ERROR", "OCRP_OTHER", "ICRQ_OTHER",
	"ICRQ_SAME", "ICRP_OK", "ICRP_ERROR", "ICCN", "CCRQ_PEER", "CCRQ_OURS", "CCRQ_OTHER",
	"CDN_PEER", "CDN_OURS", "CDN_OTHER", "WEN", "SLI", "SLI_OTHER", "OWNER_ANSWERS",
	"OWNER_REFUSES", "OWNER_CLEARS", "TIMEOUT", "CONN_LOST", "CONN_STOPPED",
};

static void raise_event(struct owner *o, enum event event)
{
	const struct pptp_refusal busy = { .result = 4 };
	struct pptp_call *call = o->taken[0] ? &o->calls[0] : NULL;

	switch (event) {
	case OCRQ_OTHER:
		hear_ocrq(o, 5);
		break;
	case OCRQ_SAME:
		hear_ocrq(o, THEIRS);
		break;
	case OCRP_OK:
		hear_ocrp(o, THEIRS, OURS, PPTP_OUT_CONNECTED);
		break;
	case OCRP_ERROR:
		hear_ocrp(o, 0, OURS, PPTP_OUT_GENERAL);
		break;
	case OCRP_OTHER:
		hear_ocrp(o, THEIRS, 99, PPTP_OUT_CONNECTED);
		break;
	case ICRQ_OTHER:
		hear_icrq(o, 5);
		break;
	case ICRQ_SAME:
		hear_icrq(o, THEIRS);
		break;
	case ICRP_OK:
		hear_icrp(o, THEIRS, OURS, PPTP_IN_CONNECT);
		break;
	case ICRP_ERROR:
		hear_icrp(o, 0, OURS, PPTP_IN_DO_NOT_ACCEPT);
		break;
	case ICCN:
		hear_iccn(o, OURS);
		break;
	case CCRQ_PEER:
		hear_ccrq(o, THEIRS);
		break;
	case CCRQ_OURS:
		hear_ccrq(o, OURS);
		break;
	case CCRQ_OTHER:
		hear_ccrq(o, 99);
		break;
	case CDN_PEER:
		hear_cdn(o, THEIRS);
		break;
	case CDN_OURS:
		hear_cdn(o, OURS);
		break;
	case CDN_OTHER:
		hear_cdn(o, 99);
		break;
	case WEN:
		hear_wen(o, OURS);
		break;
	case SLI:
		hear_sli(o, OURS);
		break;
	case SLI_OTHER:
		hear_sli(o, 99);
		break;
	case OWNER_ANSWERS:
		if (call && pptp_call_answer(call, &params, o->now))
			owner_log(o, "no");
		break;
	case OWNER_REFUSES:
		if (call)
			pptp_call_refuse(call, &busy, o->now);
		break;
	case OWNER_CLEARS:
		if (call)
			pptp_call_clear(call, PPTP_DISC_ADMIN, o->now);
		break;
	case TIMEOUT:
		o->now += 60000;
		/* so that no Echo-Request is due */
		o->conn.heard = o->now;
		pptp_conn_tick(&o->conn, o->now);
		break;
	case CONN_LOST:
		pptp_conn_eof(&o->conn, o->now);
		break;
	case CONN_STOPPED:
		pptp_conn_stop(&o->conn, PPTP_STOP_SHUTDOWN, o->now);
		break;
	case EVENTS:
		break;
	}
}

static const struct {
	const char *name;
	void (*enter)(struct owner *o);
	const char *on[EVENTS];
} table[] = {
	{ "no call", no_call, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "asked(3)",
		[OCRP_OK] = "note",
		[OCRP_ERROR] = "note",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "asked(3)",
		[ICRP_OK] = "note",
		[ICRP_ERROR] = "note",
		[ICCN] = "note",
		[CCRQ_PEER] = "note",
		[CCRQ_OURS] = "note",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "note",
		[CDN_OURS] = "note",
		[CDN_OTHER] = "note",
		[WEN] = "note",
		[SLI] = "note",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = "",
		[OWNER_REFUSES] = "",
		[OWNER_CLEARS] = "",
		[TIMEOUT] = "",
		[CONN_LOST] = "closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3",
	} },
	{ "PNS outgoing, wait_reply", pns_out_wait_reply, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "asked(3)",
		[OCRP_OK] = "call_up(7,3)",
		[OCRP_ERROR] = "call_down(7,0,refused)",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "asked(3)",
		[ICRP_OK] = "note",
		[ICRP_ERROR] = "note",
		[ICCN] = "note",
		[CCRQ_PEER] = "note",
		[CCRQ_OURS] = ">CDN 7 4/0 call_down(7,0,cleared)",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "note",
		[CDN_OURS] = "call_down(7,0,disconnected)",
		[CDN_OTHER] = "note",
		[WEN] = "note",
		[SLI] = "note",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = "no",
		[OWNER_REFUSES] = "",
		[OWNER_CLEARS] = ">CCRQ 7",
		[TIMEOUT] = "call_down(7,0,conn) closed(call-timeout)",
		[CONN_LOST] = "call_down(7,0,conn) closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3 call_down(7,0,conn)",
	} },
	{ "PNS outgoing, established", pns_out_established, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "note >OCRP 0,3 2/5",
		[OCRP_OK] = "note",
		[OCRP_ERROR] = "note",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "note >ICRP 0,3 2/5",
		[ICRP_OK] = "note",
		[ICRP_ERROR] = "note",
		[ICCN] = "note",
		[CCRQ_PEER] = ">CDN 7 4/0 call_down(7,3,cleared)",
		[CCRQ_OURS] = ">CDN 7 4/0 call_down(7,3,cleared)",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "call_down(7,3,disconnected)",
		[CDN_OURS] = "call_down(7,3,disconnected)",
		[CDN_OTHER] = "note",
		[WEN] = "wan_error(7)",
		[SLI] = "link_info(7)",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = "no",
		[OWNER_REFUSES] = "",
		[OWNER_CLEARS] = ">CCRQ 7",
		[TIMEOUT] = "",
		[CONN_LOST] = "call_down(7,3,conn) closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3 call_down(7,3,conn)",
	} },
	{ "PNS outgoing, wait_disconnect, not yet named", pns_out_wait_disconnect_early, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "asked(3)",
		[OCRP_OK] = "",
		[OCRP_ERROR] = "call_down(7,0,local)",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "asked(3)",
		[ICRP_OK] = "note",
		[ICRP_ERROR] = "note",
		[ICCN] = "note",
		[CCRQ_PEER] = "note",
		[CCRQ_OURS] = ">CDN 7 4/0 call_down(7,0,local)",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "call_down(7,0,local)",
		[CDN_OURS] = "call_down(7,0,local)",
		[CDN_OTHER] = "call_down(7,0,local)",
		[WEN] = "",
		[SLI] = "",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = "no",
		[OWNER_REFUSES] = "",
		[OWNER_CLEARS] = "",
		[TIMEOUT] = "call_down(7,0,conn) closed(call-timeout)",
		[CONN_LOST] = "call_down(7,0,conn) closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3 call_down(7,0,conn)",
	} },
	{ "PNS outgoing, wait_disconnect", pns_out_wait_disconnect, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "note >OCRP 0,3 2/5",
		[OCRP_OK] = "note",
		[OCRP_ERROR] = "note",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "note >ICRP 0,3 2/5",
		[ICRP_OK] = "note",
		[ICRP_ERROR] = "note",
		[ICCN] = "note",
		[CCRQ_PEER] = ">CDN 7 4/0 call_down(7,3,local)",
		[CCRQ_OURS] = ">CDN 7 4/0 call_down(7,3,local)",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "call_down(7,3,local)",
		[CDN_OURS] = "call_down(7,3,local)",
		[CDN_OTHER] = "note",
		[WEN] = "",
		[SLI] = "",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = "no",
		[OWNER_REFUSES] = "",
		[OWNER_CLEARS] = "",
		[TIMEOUT] = "call_down(7,3,conn) closed(call-timeout)",
		[CONN_LOST] = "call_down(7,3,conn) closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3 call_down(7,3,conn)",
	} },
	{ "PAC outgoing, wait_cs_ans", pac_out_wait_answer, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "note >OCRP 0,3 2/5",
		[OCRP_OK] = "note",
		[OCRP_ERROR] = "note",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "note >ICRP 0,3 2/5",
		[ICRP_OK] = "note",
		[ICRP_ERROR] = "note",
		[ICCN] = "note",
		[CCRQ_PEER] = ">CDN 3 4/0 call_down(0,3,cleared)",
		[CCRQ_OURS] = "note",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "call_down(0,3,disconnected)",
		[CDN_OURS] = "note",
		[CDN_OTHER] = "note",
		[WEN] = "note",
		[SLI] = "note",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = ">OCRP 7,3 1/0 call_up(7,3)",
		[OWNER_REFUSES] = ">OCRP 0,3 4/0 call_down(0,3,local)",
		[OWNER_CLEARS] = ">OCRP 0,3 7/0 call_down(0,3,local)",
		[TIMEOUT] = ">OCRP 0,3 6/0 call_down(0,3,unanswered)",
		[CONN_LOST] = "call_down(0,3,conn) closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3 call_down(0,3,conn)",
	} },
	{ "PAC outgoing, established", pac_out_established, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "note >OCRP 0,3 2/5",
		[OCRP_OK] = "note",
		[OCRP_ERROR] = "note",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "note >ICRP 0,3 2/5",
		[ICRP_OK] = "note",
		[ICRP_ERROR] = "note",
		[ICCN] = "note",
		[CCRQ_PEER] = ">CDN 7 4/0 call_down(7,3,cleared)",
		[CCRQ_OURS] = ">CDN 7 4/0 call_down(7,3,cleared)",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "call_down(7,3,disconnected)",
		[CDN_OURS] = "call_down(7,3,disconnected)",
		[CDN_OTHER] = "note",
		[WEN] = "wan_error(7)",
		[SLI] = "link_info(7)",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = "no",
		[OWNER_REFUSES] = "",
		[OWNER_CLEARS] = ">CDN 7 3/0 call_down(7,3,local)",
		[TIMEOUT] = "",
		[CONN_LOST] = "call_down(7,3,conn) closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3 call_down(7,3,conn)",
	} },
	{ "PAC incoming, wait_reply", pac_in_wait_reply, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "asked(3)",
		[OCRP_OK] = "note",
		[OCRP_ERROR] = "note",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "asked(3)",
		[ICRP_OK] = ">ICCN 3 call_up(7,3)",
		[ICRP_ERROR] = "call_down(7,0,refused)",
		[ICCN] = "note",
		[CCRQ_PEER] = "note",
		[CCRQ_OURS] = ">CDN 7 4/0 call_down(7,0,cleared)",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "note",
		[CDN_OURS] = "call_down(7,0,disconnected)",
		[CDN_OTHER] = "note",
		[WEN] = "note",
		[SLI] = "note",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = "no",
		[OWNER_REFUSES] = "",
		[OWNER_CLEARS] = ">CDN 7 3/0 call_down(7,0,local)",
		[TIMEOUT] = "call_down(7,0,conn) closed(call-timeout)",
		[CONN_LOST] = "call_down(7,0,conn) closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3 call_down(7,0,conn)",
	} },
	{ "PAC incoming, established", pac_in_established, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "note >OCRP 0,3 2/5",
		[OCRP_OK] = "note",
		[OCRP_ERROR] = "note",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "note >ICRP 0,3 2/5",
		[ICRP_OK] = "note",
		[ICRP_ERROR] = "note",
		[ICCN] = "note",
		[CCRQ_PEER] = ">CDN 7 4/0 call_down(7,3,cleared)",
		[CCRQ_OURS] = ">CDN 7 4/0 call_down(7,3,cleared)",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "call_down(7,3,disconnected)",
		[CDN_OURS] = "call_down(7,3,disconnected)",
		[CDN_OTHER] = "note",
		[WEN] = "wan_error(7)",
		[SLI] = "link_info(7)",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = "no",
		[OWNER_REFUSES] = "",
		[OWNER_CLEARS] = ">CDN 7 3/0 call_down(7,3,local)",
		[TIMEOUT] = "",
		[CONN_LOST] = "call_down(7,3,conn) closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3 call_down(7,3,conn)",
	} },
	{ "PNS incoming, not yet answered", pns_in_wait_answer, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "note >OCRP 0,3 2/5",
		[OCRP_OK] = "note",
		[OCRP_ERROR] = "note",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "note >ICRP 0,3 2/5",
		[ICRP_OK] = "note",
		[ICRP_ERROR] = "note",
		[ICCN] = "note",
		[CCRQ_PEER] = ">CDN 3 4/0 call_down(0,3,cleared)",
		[CCRQ_OURS] = "note",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "call_down(0,3,disconnected)",
		[CDN_OURS] = "note",
		[CDN_OTHER] = "note",
		[WEN] = "note",
		[SLI] = "note",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = ">ICRP 7,3 1/0",
		[OWNER_REFUSES] = ">ICRP 0,3 4/0 call_down(0,3,local)",
		[OWNER_CLEARS] = ">ICRP 0,3 3/0 call_down(0,3,local)",
		[TIMEOUT] = ">ICRP 0,3 3/0 call_down(0,3,unanswered)",
		[CONN_LOST] = "call_down(0,3,conn) closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3 call_down(0,3,conn)",
	} },
	{ "PNS incoming, wait_connect", pns_in_wait_connect, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "note >OCRP 0,3 2/5",
		[OCRP_OK] = "note",
		[OCRP_ERROR] = "note",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "note >ICRP 0,3 2/5",
		[ICRP_OK] = "note",
		[ICRP_ERROR] = "note",
		[ICCN] = "call_up(7,3)",
		[CCRQ_PEER] = ">CDN 7 4/0 call_down(7,3,cleared)",
		[CCRQ_OURS] = ">CDN 7 4/0 call_down(7,3,cleared)",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "call_down(7,3,disconnected)",
		[CDN_OURS] = "call_down(7,3,disconnected)",
		[CDN_OTHER] = "note",
		[WEN] = "note",
		[SLI] = "note",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = "no",
		[OWNER_REFUSES] = "",
		[OWNER_CLEARS] = ">CCRQ 7",
		[TIMEOUT] = "call_down(7,3,conn) closed(call-timeout)",
		[CONN_LOST] = "call_down(7,3,conn) closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3 call_down(7,3,conn)",
	} },
	{ "PNS incoming, established", pns_in_established, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "note >OCRP 0,3 2/5",
		[OCRP_OK] = "note",
		[OCRP_ERROR] = "note",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "note >ICRP 0,3 2/5",
		[ICRP_OK] = "note",
		[ICRP_ERROR] = "note",
		[ICCN] = "note",
		[CCRQ_PEER] = ">CDN 7 4/0 call_down(7,3,cleared)",
		[CCRQ_OURS] = ">CDN 7 4/0 call_down(7,3,cleared)",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "call_down(7,3,disconnected)",
		[CDN_OURS] = "call_down(7,3,disconnected)",
		[CDN_OTHER] = "note",
		[WEN] = "wan_error(7)",
		[SLI] = "link_info(7)",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = "no",
		[OWNER_REFUSES] = "",
		[OWNER_CLEARS] = ">CCRQ 7",
		[TIMEOUT] = "",
		[CONN_LOST] = "call_down(7,3,conn) closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3 call_down(7,3,conn)",
	} },
	{ "PNS incoming, wait_disconnect", pns_in_wait_disconnect, {
		[OCRQ_OTHER] = "asked(5)",
		[OCRQ_SAME] = "note >OCRP 0,3 2/5",
		[OCRP_OK] = "note",
		[OCRP_ERROR] = "note",
		[OCRP_OTHER] = "note",
		[ICRQ_OTHER] = "asked(5)",
		[ICRQ_SAME] = "note >ICRP 0,3 2/5",
		[ICRP_OK] = "note",
		[ICRP_ERROR] = "note",
		[ICCN] = "",
		[CCRQ_PEER] = ">CDN 7 4/0 call_down(7,3,local)",
		[CCRQ_OURS] = ">CDN 7 4/0 call_down(7,3,local)",
		[CCRQ_OTHER] = "note",
		[CDN_PEER] = "call_down(7,3,local)",
		[CDN_OURS] = "call_down(7,3,local)",
		[CDN_OTHER] = "note",
		[WEN] = "",
		[SLI] = "",
		[SLI_OTHER] = "note",
		[OWNER_ANSWERS] = "no",
		[OWNER_REFUSES] = "",
		[OWNER_CLEARS] = "",
		[TIMEOUT] = "call_down(7,3,conn) closed(call-timeout)",
		[CONN_LOST] = "call_down(7,3,conn) closed(eof)",
		[CONN_STOPPED] = ">StopCCRQ 3 call_down(7,3,conn)",
	} },
};

static void every_event_in_every_state(void **state)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		for (int event = 0; event < EVENTS; event++) {
			struct owner o;

			table[i].enter(&o);
			raise_event(&o, event);
			if (strcmp(o.log, table[i].on[event]))
				print_message("%s: %s\n", table[i].name, event_names[event]);
			expect(&o, table[i].on[event]);
		}
	}
}

/* After any two events the connection still works, and each call has gone down exactly once. */
static void any_two_events(void **state)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		for (int first = 0; first < EVENTS; first++) {
			for (int second = 0; second < EVENTS; second++) {
				struct owner o;

				table[i].enter(&o);
				raise_event(&o, first);
				raise_event(&o, second);
				pptp_conn_abort(&o.conn, o.now);
				assert_true(o.closed);
				assert_int_equal(o.conn.nr_calls, 0);
				for (int c = 0; c < OWNER_CALLS; c++)
					assert_false(o.taken[c]);
			}
		}
	}
}

/* --- values in messages ------------------------------------------------------------------ */

static void numbers_of_an_outgoing_call(void **state)
{
	struct pptp_call *call;
	struct owner o;

	/* as PNS */
	pns_out_wait_reply(&o);
	assert_memory_equal(&o.last.out_request, &out_request, sizeof(out_request));
	call = the_call(&o);
	assert_int_equal(call->kind, PPTP_CALL_PNS_OUT);
	assert_int_equal(call->state, PPTP_CALL_WAIT_REPLY);
	assert_int_equal(call->serial, 11);
	hear_ocrp(&o, THEIRS, OURS, PPTP_OUT_CONNECTED);
	assert_int_equal(call->peer_window, 10);
	assert_int_equal(call->peer_delay, 1);
	assert_int_equal(call->peer_speed, 1000);

	/* as PAC */
	pac_out_wait_answer(&o);
	call = the_call(&o);
	assert_int_equal(call->kind, PPTP_CALL_PAC_OUT);
	assert_int_equal(call->state, PPTP_CALL_WAIT_ANSWER);
	assert_int_equal(call->serial, 21);
	assert_int_equal(call->peer_window, 9);
	assert_int_equal(call->peer_delay, 2);
	assert_int_equal(call->peer_speed, 1234);
	pptp_call_answer(call, &params, o.now);
	assert_int_equal(o.last.out_reply.window, 32);
	assert_int_equal(o.last.out_reply.delay, 4);
	assert_int_equal(o.last.out_reply.speed, 5);
	assert_int_equal(o.last.out_reply.channel, 6);
}

static void numbers_of_an_incoming_call(void **state)
{
	struct pptp_call *call;
	struct owner o;

	/* as PAC */
	pac_in_wait_reply(&o);
	assert_int_equal(o.last.in_request.serial, 12);
	assert_string_equal(o.last.in_request.dialed, "1");
	assert_string_equal(o.last.in_request.dialing, "2");
	call = the_call(&o);
	assert_int_equal(call->kind, PPTP_CALL_PAC_IN);
	assert_int_equal(call->serial, 12);
	hear_icrp(&o, THEIRS, OURS, PPTP_IN_CONNECT);
	assert_int_equal(o.last.in_connected.window, 32);
	assert_int_equal(o.last.in_connected.delay, 4);
	assert_int_equal(o.last.in_connected.speed, 5);
	assert_int_equal(o.last.in_connected.framing, PPTP_FRAMING_SYNC);
	assert_int_equal(call->peer_window, 11);
	assert_int_equal(call->peer_delay, 1);

	/* as PNS */
	pns_in_wait_connect(&o);
	assert_int_equal(o.last.in_reply.window, 32);
	assert_int_equal(o.last.in_reply.delay, 4);
	call = the_call(&o);
	assert_int_equal(call->kind, PPTP_CALL_PNS_IN);
	assert_int_equal(call->serial, 22);
	hear_iccn(&o, OURS);
	assert_int_equal(call->peer_window, 12);
	assert_int_equal(call->peer_delay, 3);
	assert_int_equal(call->peer_speed, 56000);
}

/* If a peer sends window 0, the default window is used. We never send window 0. */
static void window_of_nothing(void **state)
{
	struct pptp_call_params none = { .local_id = OURS };
	struct owner o;

	owner_accept(&o);
	owner_feed(&o, &(struct pptp_msg){
		.type = PPTP_OUT_CALL_REQUEST, .out_request = { .call_id = THEIRS },
	});
	assert_int_equal(the_call(&o)->peer_window, PPTP_WINDOW_DEFAULT);
	pptp_call_answer(the_call(&o), &none, o.now);
	assert_int_equal(o.last.out_reply.window, 1);
}

/* Windows uses 0 as the ID of its first call. */
static void call_id_zero(void **state)
{
	struct owner o;

	owner_accept(&o);
	o.answer = true;
	hear_ocrq(&o, 0);
	expect(&o, "asked(0) >OCRP 7,0 1/0 call_up(7,0)");
	hear_ccrq(&o, 0);
	expect(&o, ">CDN 7 4/0 call_down(7,0,cleared)");

	pns_out_wait_reply(&o);
	hear_ocrp(&o, 0, OURS, PPTP_OUT_CONNECTED);
	expect(&o, "call_up(7,0)");
	hear_cdn(&o, 0);
	expect(&o, "call_down(7,0,disconnected)");
}

static void result_0_is_taken_for_success(void **state)
{
	struct owner o;

	pns_out_wait_reply(&o);
	hear_ocrp(&o, THEIRS, OURS, 0);
	expect(&o, "note call_up(7,3)");
}

static void codes_of_a_refusal(void **state)
{
	for (unsigned int result = 0; result < 256; result++) {
		struct pptp_conn_ops ops = owner_ops;
		struct owner o;

		if (result == PPTP_OUT_CONNECTED)
			continue;
		ops.call_down = NULL;	/* keep the memory unchanged */
		owner_init(&o);
		pptp_conn_start(&o.conn, &o.config, &ops, o.now);
		owner_feed(&o, &(struct pptp_msg){
			.type = PPTP_START_REPLY,
			.start = { .version = PPTP_VERSION, .result = PPTP_START_OK },
		});
		pptp_call_dial(owner_take(&o), &o.conn, &out_request, o.now);
		hear_ocrp(&o, 0, OURS, result);
		assert_int_equal(o.conn.nr_calls, 0);
		assert_int_equal(the_call(&o)->result, result);
		assert_int_equal(the_call(&o)->error, result == 2 ? 4 : 0);
		assert_int_equal(the_call(&o)->cause, 99);
	}
}

static void codes_of_a_disconnect(void **state)
{
	struct pptp_conn_ops ops = owner_ops;
	struct owner o;

	ops.call_down = NULL;
	owner_accept(&o);
	o.conn.ops = &ops;
	o.answer = true;
	hear_ocrq(&o, THEIRS);
	hear_cdn(&o, THEIRS);
	assert_int_equal(the_call(&o)->result, 2);
	assert_int_equal(the_call(&o)->error, 6);
	assert_int_equal(the_call(&o)->cause, 31);
}

/* --- several calls ----------------------------------------------------------------------- */

static void calls_are_told_apart(void **state)
{
	struct owner o;

	owner_accept(&o);
	o.answer = true;
	hear_ocrq(&o, 3);
	hear_ocrq(&o, 4);
	hear_icrq(&o, 5);
	expect(&o, "asked(3) >OCRP 7,3 1/0 call_up(7,3) asked(4) >OCRP 8,4 1/0 call_up(8,4) "
	       "asked(5) >ICRP 9,5 1/0");
	hear_sli(&o, 8);
	hear_iccn(&o, 9);
	expect(&o, "link_info(8) call_up(9,5)");
	/* if there are several calls, our ID in place of the peer's is not accepted */
	hear_ccrq(&o, 8);
	hear_cdn(&o, 9);
	expect(&o, "note note");
	hear_ccrq(&o, 4);
	expect(&o, ">CDN 8 4/0 call_down(8,4,cleared)");
	hear_cdn(&o, 5);
	expect(&o, "call_down(9,5,disconnected)");
	assert_int_equal(o.conn.nr_calls, 1);
	pptp_conn_eof(&o.conn, o.now);
	expect(&o, "call_down(7,3,conn) closed(eof)");
}

/* Our call ID and the peer's call ID may be equal: each side has its own. */
static void equal_ids_of_different_sides(void **state)
{
	struct owner o;

	owner_accept(&o);
	o.answer = true;
	o.next_id = 4;
	hear_ocrq(&o, 5);
	hear_ocrq(&o, 4);
	expect(&o, "asked(5) >OCRP 4,5 1/0 call_up(4,5) asked(4) >OCRP 5,4 1/0 call_up(5,4)");
	hear_ccrq(&o, 5);
	expect(&o, ">CDN 4 4/0 call_down(4,5,cleared)");
	hear_sli(&o, 5);
	expect(&o, "link_info(5)");
}

static void no_more_calls_than_allowed(void **state)
{
	struct pptp_out_request rq = out_request;
	struct pptp_call extra;
	struct owner o;

	owner_init(&o);
	o.config.max_calls = 3;
	o.answer = true;
	pptp_conn_accept(&o.conn, &o.config, &owner_ops, o.now);
	owner_feed(&o, &(struct pptp_msg){
		.type = PPTP_START_REQUEST, .start = { .version = PPTP_VERSION },
	});
	for (int i = 0; i < 3; i++)
		hear_ocrq(&o, i);
	o.log_len = 0;
	hear_ocrq(&o, 3);
	expect(&o, "note >OCRP 0,3 2/4");
	hear_icrq(&o, 3);
	expect(&o, "note >ICRP 0,3 2/4");
	rq.call_id = 99;
	assert_int_equal(pptp_call_dial(&extra, &o.conn, &rq, o.now), -ENOSPC);
	hear_ccrq(&o, 1);
	o.log_len = 0;
	hear_ocrq(&o, 3);
	expect(&o, "asked(3) >OCRP 10,3 1/0 call_up(10,3)");
}

static void owner_turns_a_call_down(void **state)
{
	struct owner o;

	owner_accept(&o);
	o.refuse = true;
	o.no = (struct pptp_refusal){ .result = PPTP_OUT_BUSY };
	hear_ocrq(&o, THEIRS);
	expect(&o, ">OCRP 0,3 4/0");
	o.no = (struct pptp_refusal){ PPTP_RESULT_GENERAL, PPTP_ERR_PAC };
	hear_icrq(&o, THEIRS);
	expect(&o, ">ICRP 0,3 2/6");
	assert_int_equal(o.conn.nr_calls, 0);
}

static void owner_leaves_while_allocating(void **state)
{
	struct owner o;

	owner_accept(&o);
	o.abort_in_alloc = true;
	hear_ocrq(&o, THEIRS);
	expect(&o, "closed(aborted)");
}

static void ids_in_use_are_refused(void **state)
{
	struct pptp_call_params taken = { .local_id = OURS };
	struct pptp_call extra;
	struct owner o;

	pns_out_established(&o);
	assert_int_equal(pptp_call_dial(&extra, &o.conn, &out_request, o.now), -EEXIST);
	assert_int_equal(pptp_call_ring(&extra, &o.conn, &in_request, &taken, o.now), -EEXIST);
	hear_ocrq(&o, 5);
	expect(&o, "asked(5)");
	assert_int_equal(pptp_call_answer(&o.calls[1], &taken, o.now), -EEXIST);
	expect(&o, "");
	assert_int_equal(o.calls[1].state, PPTP_CALL_WAIT_ANSWER);
	taken.local_id = 8;
	assert_int_equal(pptp_call_answer(&o.calls[1], &taken, o.now), 0);
	expect(&o, ">OCRP 8,5 1/0 call_up(8,5)");
}

static void nothing_is_dialled_unconnected(void **state)
{
	struct pptp_call call;
	struct owner o;

	owner_init(&o);
	pptp_conn_start(&o.conn, &o.config, &owner_ops, o.now);
	assert_int_equal(pptp_call_dial(&call, &o.conn, &out_request, o.now), -ENOTCONN);
	assert_int_equal(pptp_call_ring(&call, &o.conn, &in_request, &params, o.now), -ENOTCONN);
	owner_accept(&o);
	pptp_conn_stop(&o.conn, PPTP_STOP_NONE, o.now);
	assert_int_equal(pptp_call_dial(&call, &o.conn, &out_request, o.now), -ENOTCONN);
	owner_accept(&o);
	pptp_conn_abort(&o.conn, o.now);
	assert_int_equal(pptp_call_ring(&call, &o.conn, &in_request, &params, o.now), -ENOTCONN);
}

/* The frames of two calls with one ID could not be told apart. */
static void peer_names_two_calls_alike(void **state)
{
	struct pptp_out_request rq = out_request;
	struct pptp_call_params second = params;
	struct owner o;

	pns_out_established(&o);
	rq.call_id = 8;
	pptp_call_dial(owner_take(&o), &o.conn, &rq, o.now);
	expect(&o, ">OCRQ 8");
	hear_ocrp(&o, THEIRS, 8, PPTP_OUT_CONNECTED);
	expect(&o, ">CCRQ 8 note");

	pac_in_established(&o);
	second.local_id = 8;
	pptp_call_ring(owner_take(&o), &o.conn, &in_request, &second, o.now);
	expect(&o, ">ICRQ 8");
	hear_icrp(&o, THEIRS, 8, PPTP_IN_CONNECT);
	expect(&o, ">CDN 8 2/0 call_down(8,0,local) note");
}

/*
 * A PAC may use any ID for a call before it has told us its call ID. If two calls wait like this,
 * it is not known which of them is meant.
 */
static void nameless_calls_are_not_guessed(void **state)
{
	struct pptp_out_request rq = out_request;
	struct owner o;

	pns_out_wait_disconnect_early(&o);
	rq.call_id = 8;
	pptp_call_dial(owner_take(&o), &o.conn, &rq, o.now);
	pptp_call_clear(&o.calls[1], PPTP_DISC_REQUEST, o.now);
	expect(&o, ">OCRQ 8 >CCRQ 8");
	hear_cdn(&o, 0);
	expect(&o, "note");
	/* a late reply tells the ID of one of the calls */
	hear_ocrp(&o, 55, 8, PPTP_OUT_CONNECTED);
	hear_cdn(&o, 55);
	hear_cdn(&o, 0);
	expect(&o, "call_down(8,55,local) call_down(7,0,local)");
}

/* --- calls that are cleared in an event -------------------------------------------------- */

static void clear_in_call_up(struct pptp_call *call)
{
	pptp_call_clear(call, PPTP_DISC_ADMIN, owner_of(call->conn)->now);
}

static void clear_in_call_asked(struct pptp_call *call)
{
	const struct pptp_refusal no = { .result = PPTP_OUT_BUSY };

	pptp_call_refuse(call, &no, owner_of(call->conn)->now);
}

static void abort_in_call_up(struct pptp_call *call)
{
	pptp_conn_abort(call->conn, owner_of(call->conn)->now);
}

static void abort_in_call_down(struct pptp_call *call, enum pptp_call_end why)
{
	struct pptp_conn *conn = call->conn;

	owner_call_down(call, why);
	pptp_conn_abort(conn, owner_of(conn)->now);
}

static void dial_in_call_down(struct pptp_call *call, enum pptp_call_end why)
{
	struct owner *o = owner_of(call->conn);
	struct pptp_out_request rq = out_request;

	owner_call_down(call, why);
	rq.call_id = o->next_id++;
	if (pptp_call_dial(&o->calls[0], &o->conn, &rq, o->now))
		owner_log(o, "no");
	else
		o->taken[0] = true;
}

static void clear_all_in_call_down(struct pptp_call *call, enum pptp_call_end why)
{
	struct owner *o = owner_of(call->conn);

	owner_call_down(call, why);
	for (int i = 0; i < OWNER_CALLS; i++)
		if (o->taken[i])
			pptp_call_clear(&o->calls[i], PPTP_DISC_ADMIN, o->now);
}

static void owner_acts_in_events(void **state)
{
	struct pptp_conn_ops ops = owner_ops;
	struct owner o;

	/* the owner clears the call in call_up() */
	ops.call_up = clear_in_call_up;
	pac_out_wait_answer(&o);
	o.conn.ops = &ops;
	assert_int_equal(pptp_call_answer(the_call(&o), &params, o.now), 0);
	expect(&o, ">OCRP 7,3 1/0 >CDN 7 3/0 call_down(7,3,local)");

	pns_out_wait_reply(&o);
	o.conn.ops = &ops;
	hear_ocrp(&o, THEIRS, OURS, PPTP_OUT_CONNECTED);
	expect(&o, ">CCRQ 7");

	ops = owner_ops;
	ops.call_up = abort_in_call_up;
	pac_in_wait_reply(&o);
	o.conn.ops = &ops;
	hear_icrp(&o, THEIRS, OURS, PPTP_IN_CONNECT);
	expect(&o, ">ICCN 3 call_down(7,3,conn) closed(aborted)");

	ops = owner_ops;
	ops.call_asked = clear_in_call_asked;
	owner_accept(&o);
	o.conn.ops = &ops;
	hear_ocrq(&o, THEIRS);
	expect(&o, ">OCRP 0,3 4/0 call_down(0,3,local)");

	ops = owner_ops;
	ops.call_down = abort_in_call_down;
	pac_out_established(&o);
	o.answer = true;
	o.next_id = 8;
	hear_ocrq(&o, 5);
	o.log_len = 0;
	o.conn.ops = &ops;
	hear_cdn(&o, THEIRS);
	expect(&o, "call_down(7,3,disconnected) call_down(8,5,conn) closed(aborted)");

	/* the owner dials again in call_down() */
	ops = owner_ops;
	ops.call_down = dial_in_call_down;
	pns_out_wait_reply(&o);
	o.conn.ops = &ops;
	hear_ocrp(&o, 0, OURS, PPTP_OUT_BUSY);
	expect(&o, "call_down(7,0,refused) >OCRQ 7");
	/* a connection that is being closed takes no new call */
	pptp_conn_stop(&o.conn, PPTP_STOP_NONE, o.now);
	expect(&o, ">StopCCRQ 1 call_down(7,0,conn) no");

	/* When the connection closes, clearing the other calls sends nothing. */
	ops = owner_ops;
	ops.call_down = clear_all_in_call_down;
	owner_accept(&o);
	o.answer = true;
	hear_ocrq(&o, 3);
	hear_ocrq(&o, 4);
	hear_icrq(&o, 5);
	o.log_len = 0;
	o.conn.ops = &ops;
	pptp_conn_stop(&o.conn, PPTP_STOP_SHUTDOWN, o.now);
	expect(&o, ">StopCCRQ 3 call_down(9,5,conn) call_down(8,4,conn) call_down(7,3,conn)");
}

/* --- WAN-Error-Notify, Set-Link-Info ----------------------------------------------------- */

static void link_info_is_sent_by_both(void **state)
{
	void (* const enter[])(struct owner *o) = {
		pns_out_established, pac_out_established, pac_in_established, pns_in_established,
	};
	struct owner o;

	for (int i = 0; i < 4; i++) {
		enter[i](&o);
		assert_int_equal(pptp_call_set_link_info(the_call(&o), 1, 0xffffffff, o.now), 0);
		expect(&o, ">SLI 3");
		assert_int_equal(o.last.link_info.send_accm, 1);
		assert_int_equal(o.last.link_info.recv_accm, 0xffffffff);
	}
	pns_out_wait_reply(&o);
	assert_int_equal(pptp_call_set_link_info(the_call(&o), 0, 0, o.now), -EINVAL);
	pns_in_wait_disconnect(&o);
	assert_int_equal(pptp_call_set_link_info(the_call(&o), 0, 0, o.now), -EINVAL);
	expect(&o, "");
}

static void wan_error_at_most_once_a_minute(void **state)
{
	const struct pptp_wan_error counts = { .crc = 1, .alignment = 6 };
	struct owner o;

	pac_out_established(&o);
	assert_int_equal(pptp_call_wan_error(the_call(&o), &counts, o.now), 0);
	expect(&o, ">WEN 3");
	assert_int_equal(o.last.wan_error.crc, 1);
	assert_int_equal(o.last.wan_error.alignment, 6);
	o.now += 59999;
	assert_int_equal(pptp_call_wan_error(the_call(&o), &counts, o.now), -EAGAIN);
	expect(&o, "");
	o.now += 1;
	assert_int_equal(pptp_call_wan_error(the_call(&o), &counts, o.now), 0);
	expect(&o, ">WEN 3");

	/* refused for a PNS, and for a call that is not established */
	pns_out_established(&o);
	assert_int_equal(pptp_call_wan_error(the_call(&o), &counts, o.now), -EINVAL);
	pac_in_wait_reply(&o);
	assert_int_equal(pptp_call_wan_error(the_call(&o), &counts, o.now), -EINVAL);
	expect(&o, "");
}

/* --- time -------------------------------------------------------------------------------- */

static void deadlines_of_calls(void **state)
{
	struct owner o;
	uint64_t begin;

	pac_out_wait_answer(&o);
	begin = o.now;
	assert_int_equal(pptp_conn_deadline(&o.conn), begin + 60000);
	o.now += 20000;
	hear_ocrq(&o, 5);
	expect(&o, "asked(5)");
	assert_int_equal(pptp_conn_deadline(&o.conn), begin + 60000);
	pptp_conn_tick(&o.conn, begin + 59999);
	expect(&o, "");
	pptp_conn_tick(&o.conn, begin + 60000);
	expect(&o, ">OCRP 0,3 6/0 call_down(0,3,unanswered)");
	/* the timeout of the second call and the Echo-Request are due at the same time */
	assert_int_equal(pptp_conn_deadline(&o.conn), begin + 80000);
	pptp_conn_tick(&o.conn, begin + 80000);
	expect(&o, ">OCRP 0,5 6/0 call_down(0,5,unanswered) >EchoRQ 1");
}

/* Functions on a call pass the owner's clock to the connection, whose own time may be older. */
static void calls_bring_the_time_along(void **state)
{
	struct pptp_call_params other = params;
	struct pptp_out_request rq = out_request;
	struct owner o;

	pac_out_wait_answer(&o);
	o.now += 1000;
	rq.call_id = 8;
	pptp_call_dial(owner_take(&o), &o.conn, &rq, o.now);
	assert_int_equal(o.calls[1].state_since, o.now);
	o.now += 1000;
	other.local_id = 9;
	pptp_call_ring(owner_take(&o), &o.conn, &in_request, &other, o.now);
	assert_int_equal(o.calls[2].state_since, o.now);
	o.now += 1000;
	pptp_call_answer(the_call(&o), &params, o.now);
	assert_int_equal(the_call(&o)->state_since, o.now);
	o.now += 1000;
	pptp_call_clear(&o.calls[1], PPTP_DISC_ADMIN, o.now);
	assert_int_equal(o.calls[1].state, PPTP_CALL_WAIT_DISCONNECT);
	assert_int_equal(o.calls[1].state_since, o.now);
}

static void one_stuck_call_takes_all_along(void **state)
{
	struct pptp_out_request rq = out_request;
	struct owner o;

	pns_out_established(&o);
	rq.call_id = 8;
	pptp_call_dial(owner_take(&o), &o.conn, &rq, o.now);
	o.log_len = 0;
	o.conn.heard = o.now + 60000;
	pptp_conn_tick(&o.conn, o.now + 60000);
	expect(&o, "call_down(8,0,conn) call_down(7,3,conn) closed(call-timeout)");
}

static void words(void **state)
{
	for (int i = 0; i <= PPTP_END_CONN; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(pptp_call_end_text(i), pptp_call_end_text(k));
	assert_string_equal(pptp_call_end_text(99), "unknown reason");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_in_every_state),
		cmocka_unit_test(any_two_events),
		cmocka_unit_test(numbers_of_an_outgoing_call),
		cmocka_unit_test(numbers_of_an_incoming_call),
		cmocka_unit_test(window_of_nothing),
		cmocka_unit_test(call_id_zero),
		cmocka_unit_test(result_0_is_taken_for_success),
		cmocka_unit_test(codes_of_a_refusal),
		cmocka_unit_test(codes_of_a_disconnect),
		cmocka_unit_test(calls_are_told_apart),
		cmocka_unit_test(equal_ids_of_different_sides),
		cmocka_unit_test(no_more_calls_than_allowed),
		cmocka_unit_test(owner_turns_a_call_down),
		cmocka_unit_test(owner_leaves_while_allocating),
		cmocka_unit_test(ids_in_use_are_refused),
		cmocka_unit_test(nothing_is_dialled_unconnected),
		cmocka_unit_test(peer_names_two_calls_alike),
		cmocka_unit_test(nameless_calls_are_not_guessed),
		cmocka_unit_test(owner_acts_in_events),
		cmocka_unit_test(link_info_is_sent_by_both),
		cmocka_unit_test(wan_error_at_most_once_a_minute),
		cmocka_unit_test(deadlines_of_calls),
		cmocka_unit_test(calls_bring_the_time_along),
		cmocka_unit_test(one_stuck_call_takes_all_along),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
