// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verdicts of attempts, and docs/troubleshooting.md: each line of the log that the guide shows
 * has a rule of its own, and each number of Windows those that the guide names by it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <linux/pptp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnosis/verdict.h"
#include "ppp/ppp.h"
#include "pptp/call.h"
#include "pptp/conn.h"
#include "util/deadline.h"

#define PEER	0xcb007109		/* 203.0.113.9 */
#define N_OF(array)	(sizeof(array) / sizeof((array)[0]))

static struct histories *all;
static struct history *history;
static const struct surroundings forwarding = { .forwards = true };

static int set_up(void **state)
{
	all = histories_new();
	return !all;
}

static int tear_down(void **state)
{
	histories_free(all);
	return 0;
}

/* --- attempts that are made up ------------------------------------------------------------- */

/* How far an attempt came. */
enum far {
	NOWHERE,			/* of a client: no TCP */
	CONNECTED,
	STARTED,
	CALLED,
	WAITED,				/* nothing came for some seconds */
	HEARD,				/* a frame came */
	UP,
};

static void begin(enum history_role role, const char *user)
{
	history_begin(all, &history, role, "office", ip_from_number(PEER), 0, 0);
	history_set_user(history, user);
}

static void go(enum far far)
{
	const uint8_t ids[4] = { 0, 1, 0, 2 };
	const uint8_t request[] = { 0xc0, 0x21, 1, 1, 0, 4 };

	if (far >= CONNECTED)
		history_add(history, HISTORY_CONNECTED, 1, "192.0.2.1");
	if (far >= STARTED)
		history_add(history, HISTORY_STARTED, 2, "host \"\", vendor \"Microsoft\"");
	if (far >= CALLED) {
		history_add_octets(history, HISTORY_CALL, 3, ids, sizeof(ids));
		history_frame(history, true, request, sizeof(request), 3);
	}
	if (far >= HEARD)
		history_frame(history, false, request, sizeof(request), 4);
	if (far >= UP)
		history_up(history, 5, "on ppp0");
}

static struct verdict verdict;

static const struct verdict *judge(void)
{
	struct facts facts;

	facts_of(&facts, history);
	verdict_of(&verdict, &facts, &forwarding);
	return &verdict;
}

/* --- rows ---------------------------------------------------------------------------------- */

struct row {
	const char *rule;
	enum history_role role;
	enum far far;
	enum history_step step;		/* by which the reason became known */
	const char *reason;		/* NULL: it goes on */
	const char *sentence;		/* NULL: any */
};

#define S	HISTORY_OF_SERVER
#define C	HISTORY_OF_CLIENT

static const struct row rows[] = {
	/* it connects, and then waits until it gives up */
	{ "gre-blocked", S, CALLED, HISTORY_TOLD,
	  "no answer to LCP: does a firewall drop GRE (IP protocol 47)?",
	  "GRE does not arrive: TCP 1723 works, no packet of protocol 47 came from 203.0.113.9; a "
	  "firewall or a router without PPTP passthrough is between" },
	{ "gre-blocked", S, CALLED, HISTORY_TOLD,
	  "no PPP frame came: does GRE (IP protocol 47) reach us?", NULL },
	{ "gre-blocked", C, CALLED, HISTORY_ENDED,
	  "no answer to LCP: does a firewall drop GRE (IP protocol 47)?",
	  "GRE does not come back: TCP 1723 of 203.0.113.9 works, no packet of protocol 47 came from "
	  "there; a firewall or a router without PPTP passthrough is between" },
	{ "lcp-silent", S, HEARD, HISTORY_TOLD,
	  "no answer to LCP: does a firewall drop GRE (IP protocol 47)?", NULL },
	{ "gre-one-way", S, HEARD, HISTORY_TOLD,
	  "the peer does not hear us: a firewall or NAT lets GRE (IP protocol 47) pass in one "
	  "direction only", NULL },
	{ "gre-one-way", C, HEARD, HISTORY_ENDED,
	  "the peer does not hear us: a firewall or NAT lets GRE (IP protocol 47) pass in one "
	  "direction only", NULL },
	{ "gre-icmp", S, CALLED, HISTORY_TOLD,
	  "no answer to LCP: does a firewall drop GRE (IP protocol 47)? (ICMP says of our packets: "
	  "Protocol not available)",
	  "our GRE packets do not reach 203.0.113.9: ICMP says of them: Protocol not available" },
	/* the connection is told something, and the call only ends */
	{ "wrong-password", S, HEARD, HISTORY_REFUSED, "wrong password",
	  "the password of alice is wrong" },
	{ "pool-empty", S, HEARD, HISTORY_REFUSED, "no address is free in pools a, b",
	  "no address is free for alice in pools a, b" },
	{ "bad-address", S, HEARD, HISTORY_REFUSED, "the user's address is one of this host",
	  "alice cannot get the address that was given to this name: it is one of this host" },
	{ "no-method", S, HEARD, HISTORY_ENDED,
	  "no authentication method that both sides allow: the peer suggests pap, which is not "
	  "allowed here",
	  "203.0.113.9 and the server office allow no common way to log in: the peer suggests pap, "
	  "which is not allowed here" },
	{ "mppe-no-keys", S, HEARD, HISTORY_ENDED,
	  "MPPE is required here and needs MS-CHAP, which was not used: pap",
	  "encryption is required, and its keys come from MS-CHAP, which was not used: pap" },
	{ "mppe-refused", C, HEARD, HISTORY_ENDED,
	  "MPPE is required here and the peer does not agree to it", NULL },
	{ "windows-742", S, HEARD, HISTORY_ENDED, "closed by the peer: Windows error 742", NULL },
	{ "peer-requires-mppe", S, HEARD, HISTORY_ENDED,
	  "closed by the peer: MPPE required but peer negotiation failed",
	  "203.0.113.9 requires encryption by MPPE, and has not come to terms with office about it" },
	{ "windows-error", S, HEARD, HISTORY_ENDED, "closed by the peer: Windows error 718",
	  "Windows at 203.0.113.9 gave up with error 718: the other computer did not answer in time" },
	{ "windows-error", S, HEARD, HISTORY_ENDED, "closed by the peer: Windows error 12345",
	  "Windows at 203.0.113.9 gave up with error 12345" },
	{ "gave-up", S, HEARD, HISTORY_ENDED, "closed by the peer: User request", NULL },
	{ "gave-up", S, CALLED, HISTORY_ENDED, "cleared by the peer", NULL },
	{ "gre-blocked", S, WAITED, HISTORY_ENDED, "cleared by the peer",
	  "GRE does not arrive: TCP 1723 works, no packet of protocol 47 came from 203.0.113.9 until it "
	  "gave up; a firewall or a router without PPTP passthrough is between" },
	{ "gre-blocked", S, WAITED, HISTORY_ENDED, "disconnected by the peer", NULL },
	{ "gre-blocked", S, WAITED, HISTORY_ENDED, "peer closed the TCP connection", NULL },
	{ "gave-up", S, HEARD, HISTORY_ENDED, "cleared by the peer", NULL },
	{ "gave-up", S, STARTED, HISTORY_ENDED, "peer closed the TCP connection", NULL },
	{ "gives-way", S, CONNECTED, HISTORY_TOLD, "gives way to a newer one: too many connections",
	  NULL },
	/* it was up */
	{ "hung-up", S, UP, HISTORY_ENDED, "cleared by the peer", "203.0.113.9 hung up" },
	{ "hung-up", S, UP, HISTORY_ENDED, "closed by the peer: User request",
	  "203.0.113.9 hung up: User request" },
	{ "connection-lost", S, UP, HISTORY_ENDED, "peer closed the TCP connection", NULL },
	{ "time-over", S, UP, HISTORY_ENDED, "closed on request: the user has expired", NULL },
	{ "user-expired", S, HEARD, HISTORY_REFUSED, "the user has expired", NULL },
	{ "idle", S, UP, HISTORY_ENDED, "closed on request: idle for too long", NULL },
	{ "up", S, UP, HISTORY_NOTE, NULL, "the session of alice is up" },
	{ "under-way", S, STARTED, HISTORY_NOTE, NULL, NULL },
	/* what clients meet */
	{ "no-name", C, NOWHERE, HISTORY_ENDED, "vpn.example has no address: unknown node or service",
	  "the name of the server cannot be looked up: unknown node or service" },
	{ "tcp-refused", C, NOWHERE, HISTORY_TCP_FAILED,
	  "203.0.113.9 port 1723: connection refused", NULL },
	{ "tcp-no-answer", C, NOWHERE, HISTORY_TCP_FAILED, "203.0.113.9 port 1723: no answer", NULL },
	{ "no-route", C, NOWHERE, HISTORY_TCP_FAILED,
	  "203.0.113.9 port 1723: network is unreachable", NULL },
	{ "no-route", C, NOWHERE, HISTORY_TCP_FAILED, "203.0.113.9 port 1723: host is unreachable",
	  NULL },
	{ "tcp-failed", C, NOWHERE, HISTORY_TCP_FAILED, "203.0.113.9 port 1723: permission denied",
	  NULL },
	{ "login-too-slow", C, NOWHERE, HISTORY_ENDED, "not done within the login-timeout of 30 s",
	  NULL },
	{ "covered", C, NOWHERE, HISTORY_ENDED,
	  "the routes cover the server's address 203.0.113.9, so that it cannot be reached", NULL },
	{ "start-refused", C, CONNECTED, HISTORY_ENDED,
	  "server refused: requester is not authorized (result 4)",
	  "the server 203.0.113.9 refused the control connection: requester is not authorized (result "
	  "4)" },
	{ "no-start", C, CONNECTED, HISTORY_ENDED, "no Start message from the peer in time", NULL },
	{ "call-refused", C, STARTED, HISTORY_ENDED, "server refused: busy (result 4)", NULL },
	{ "login-refused", C, HEARD, HISTORY_ENDED, "server refused: wrong user or password",
	  "the server 203.0.113.9 refused the login of alice: wrong user or password" },
	{ "impostor", C, HEARD, HISTORY_ENDED,
	  "the server does not know our password: it may be an impostor", NULL },
	{ "stopped-by-server", C, STARTED, HISTORY_ENDED,
	  "server ended the connection: peer is being shut down", NULL },
	{ "ended-by-server", C, UP, HISTORY_ENDED, "server ended the call: administrative (result 3)",
	  NULL },
	{ "address-gone", C, UP, HISTORY_ENDED, "the address 192.0.2.1 of this host is gone", NULL },
	{ "way-lost", C, UP, HISTORY_ENDED, "the peer no longer answers LCP echo requests", NULL },
	{ "on-request", C, UP, HISTORY_ENDED, "closed on request", NULL },
	/* words that are not ours */
	{ "as-told", S, HEARD, HISTORY_REFUSED, "come back on Monday", "come back on Monday" },
	{ "no-reason", S, HEARD, HISTORY_ENDED, "", NULL },
};

static void make(const struct row *row)
{
	begin(row->role, "alice");
	go(row->far);
	if (!row->reason)
		return;
	if (row->step != HISTORY_ENDED)
		history_add(history, row->step, 9, "%s", row->reason);
	history_end(history, false, row->far == WAITED ? 5000 : 10,
		    row->step == HISTORY_ENDED ? row->reason : "ended by us");
}

/* Of a client, an address that failed is told as the end, too. */
static void test_rows(void **state)
{
	for (size_t i = 0; i < N_OF(rows); i++) {
		struct row row = rows[i];

		if (row.step == HISTORY_TCP_FAILED)
			row.step = HISTORY_ENDED;
		make(&row);
		assert_string_equal(judge()->rule, row.rule);
		if (row.sentence)
			assert_string_equal(verdict.sentence, row.sentence);
		assert_null(strchr(verdict.sentence, '{'));
		assert_null(strchr(verdict.advice, '{'));
		if (verdict.kind == VERDICT_FAULT)
			assert_true(*verdict.advice);
		history_let_go(&history, 10);
	}
}

/* --- what the kernel has counted ------------------------------------------------------------ */

struct counted {
	const char *rule;
	enum far far;
	const char *ended;		/* NULL: it goes on */
	unsigned int counter;
	uint64_t value;
};

static const struct counted counted[] = {
	{ "too-big", UP, NULL, PPTP_A_STATS_TX_DROP_TOO_BIG, 10 },
	{ "up", UP, NULL, PPTP_A_STATS_TX_DROP_TOO_BIG, 1 },
	{ "reverse-path", UP, NULL, PPTP_A_STATS_RX_DROP_REVERSE_PATH, 1 },
	{ "losses", UP, NULL, PPTP_A_STATS_RX_LOST, 100 },
	{ "up", UP, NULL, PPTP_A_STATS_RX_LOST, 2 },
	{ "rate", UP, NULL, PPTP_A_STATS_TX_DROP_RATE, 100 },
	{ "hung-up", UP, "cleared by the peer", PPTP_A_STATS_RX_LOST, 100 },
	/* GRE came all the same */
	{ "lcp-silent", CALLED, "no PPP frame came: does GRE (IP protocol 47) reach us?",
	  PPTP_A_STATS_RX_PACKETS, 3 },
	{ "gre-other-address", CALLED, "no answer to LCP: does a firewall drop GRE (IP protocol 47)?",
	  PPTP_A_STATS_RX_DROP_WRONG_PEER, 3 },
};

static void test_counters(void **state)
{
	for (size_t i = 0; i < N_OF(counted); i++) {
		uint64_t counters[FACTS_COUNTERS] = { 0 };

		begin(HISTORY_OF_SERVER, "alice");
		go(counted[i].far);
		counters[counted[i].counter] = counted[i].value;
		history_count(history, 9, counters, FACTS_COUNTERS);
		if (counted[i].ended)
			history_end(history, false, 10, counted[i].ended);
		assert_string_equal(judge()->rule, counted[i].rule);
		history_let_go(&history, 10);
	}
}

static void test_a_host_that_forwards_nothing(void **state)
{
	const struct surroundings around = { .forwards = false };
	struct facts facts;

	begin(HISTORY_OF_SERVER, "alice");
	go(UP);
	facts_of(&facts, history);
	verdict_of(&verdict, &facts, &around);
	assert_string_equal(verdict.rule, "no-forwarding");
	history_let_go(&history, 10);
	begin(HISTORY_OF_CLIENT, "alice");
	go(UP);
	facts_of(&facts, history);
	verdict_of(&verdict, &facts, &around);
	assert_string_equal(verdict.rule, "up");
}

/* --- nothing is remembered ------------------------------------------------------------------ */

static void test_absence(void **state)
{
	static const struct {
		const char *rule;
		struct verdict_absent absent;
	} absences[] = {
		{ "nothing", { .servers = true } },
		{ "nothing-came", { .peer = "203.0.113.9", .servers = true } },
		{ "banned", { .peer = "203.0.113.9", .servers = true, .banned = true } },
		{ "drained", { .peer = "203.0.113.9", .servers = true, .drained = true } },
		{ "no-server", { .peer = "203.0.113.9" } },
		{ "nobody-came", { .user = "alice", .servers = true } },
		{ "drained", { .user = "alice", .servers = true, .drained = true } },
		{ "never-dialed", { .client = "office" } },
	};

	for (size_t i = 0; i < N_OF(absences); i++) {
		verdict_of_absence(&verdict, &absences[i].absent);
		assert_string_equal(verdict.rule, absences[i].rule);
		assert_null(strchr(verdict.sentence, '{'));
		assert_null(strchr(verdict.advice, '{'));
	}
}

/* What a peer has chosen cannot seem to be ours. */
static void test_names_of_peers_are_shown_safely(void **state)
{
	begin(HISTORY_OF_SERVER, "alice\x1b[2J is fine");
	go(HEARD);
	history_end(history, false, 10, "wrong password");
	assert_string_equal(judge()->sentence, "the password of \"alice\\x1b[2J is fine\" is wrong");
}

/* --- every reason that is ours -------------------------------------------------------------- */

static const char *rule_of_end(const char *reason)
{
	begin(HISTORY_OF_SERVER, "alice");
	go(HEARD);
	history_end(history, false, 10, reason);
	judge();
	history_let_go(&history, 10);
	return verdict.rule;
}

/* These are no reasons by themselves: what is told beside them is. */
static bool says_nothing(const char *reason)
{
	static const char * const nothing[] = {
		"no reason given", "the call was closed", "closed by us", "dropped by us",
		"unknown reason", "ended by us", "refused by the peer", "not answered in time",
		"control connection ended", "peer refused the control connection",
		"control connection not accepted", "no Stop reply from the peer in time",
		"a call was stuck halfway", "start collision",
		"the peer failed to authenticate itself",
	};

	for (size_t i = 0; i < N_OF(nothing); i++)
		if (!strcmp(reason, nothing[i]))
			return true;
	return false;
}

static void need_rule(const char *reason)
{
	if (says_nothing(reason) || strcmp(rule_of_end(reason), "as-told"))
		return;
	print_error("no rule is about \"%s\"\n", reason);
	fail();
}

static void test_each_reason_has_a_rule(void **state)
{
	for (int i = 0; i < PPP_REASONS; i++)
		need_rule(ppp_reason_text(i));
	for (int i = 0; i <= PPTP_CLOSE_NO_MEMORY; i++)
		need_rule(pptp_close_text(i));
	for (int i = 0; i <= PPTP_END_CONN; i++)
		need_rule(pptp_call_end_text(i));
}

/* --- the guide ------------------------------------------------------------------------------ */

/* Whether a number of Windows has to be in a verdict, and whether any verdict has it. */
static bool has_number(const struct verdict *v, unsigned int number)
{
	for (size_t i = 0; i < VERDICT_WINDOWS; i++)
		if (v->windows[i] == number)
			return true;
	return false;
}

static bool some_rule_has(unsigned int number)
{
	const uint16_t *windows;

	for (size_t i = 0; verdict_rule(i, &windows); i++)
		for (size_t n = 0; n < VERDICT_WINDOWS; n++)
			if (windows[n] == number)
				return true;
	return false;
}

struct guide {
	unsigned int numbers[VERDICT_WINDOWS]; /* of the heading */
	unsigned int n_numbers;
	bool in_log;
	unsigned int lines;		/* of logs that were compared */
	bool seen[1000];		/* numbers of headings */
};

/* A heading like "### 619, 628: the port was disconnected". */
static void read_heading(struct guide *g, const char *line)
{
	char *end;

	g->n_numbers = 0;
	if (strncmp(line, "### ", 4))
		return;
	for (line += 4; isdigit((unsigned char)*line) && g->n_numbers < VERDICT_WINDOWS;) {
		g->numbers[g->n_numbers] = (unsigned int)strtoul(line, &end, 10);
		assert_true(g->numbers[g->n_numbers] < N_OF(g->seen));
		g->seen[g->numbers[g->n_numbers++]] = true;
		line = end + strspn(end, ", ");
	}
}

/* Put the number of the heading where the guide has one that differs from case to case. */
static void replace_number(const struct guide *g, char *line)
{
	char *at = strstr(line, "<number>");
	char number[12];

	if (!at || !g->n_numbers || strstr(line, "session <number>"))
		return;
	snprintf(number, sizeof(number), "%u", g->numbers[0]);
	memmove(at + strlen(number), at + strlen("<number>"), strlen(at + strlen("<number>")) + 1);
	memcpy(at, number, strlen(number));
}

/* "<Windows error 741, or words>" stands for the first of the two. */
static void choose_first(char *line)
{
	char *open = strchr(line, '<'), *or = strstr(line, ", or words>");

	while (open && or &&strchr(open + 1, '<') && strchr(open + 1, '<') < or)
		open = strchr(open + 1, '<');
	if (!open || ! or || or < open)
		return;
	* or = '\0';
	memmove(open, open + 1, strlen(open));
}

/*
 * Make the attempt that such a line is logged of. Returns false if it is not of an attempt: the
 * module is not there, and neither is the daemon.
 */
static bool make_logged(char *line)
{
	static const char before[] = "ended before it was up: ", down[] = "down after <time> s: ";
	const char *at;
	char *traffic;

	if (!strncmp(line, "login from ", 11)) {
		at = strstr(line, "<method>: ");
		assert_non_null(at);
		go(HEARD);
		history_add(history, HISTORY_REFUSED, 9, "%s", at + strlen("<method>: "));
		history_end(history, false, 10, "the peer failed to authenticate itself");
	} else if ((at = strstr(line, before))) {
		go(strstr(line, "no answer to LCP") ? CALLED : HEARD);
		history_end(history, false, 10, at + strlen(before));
	} else if ((at = strstr(line, down))) {
		traffic = strstr(line, "; <traffic>");
		assert_non_null(traffic);
		*traffic = '\0';
		go(UP);
		history_end(history, false, 10, at + strlen(down));
	} else if ((at = strstr(line, "call refused: ")) || (at = strstr(line, "connection refused: "))) {
		go(CONNECTED);
		history_add(history, HISTORY_TOLD, 9, "%s", strstr(at, ": ") + 2);
		history_end(history, false, 10, "ended by us");
	} else if ((at = strstr(line, "connection closed: "))) {
		go(UP);
		history_end(history, false, 10, "control connection ended");
		history_add(history, HISTORY_CLOSED, 11, "%s", strstr(at, ": ") + 2);
	} else if (!strncmp(line, "server <name>, <address>: ", 26)) {
		go(CALLED);
		history_add(history, HISTORY_TOLD, 9, "%s", line + 26);
		history_end(history, false, 10, "ended by us");
	} else {
		return false;
	}
	return true;
}

static void compare_line(struct guide *g, char *line)
{
	char shown[512];

	snprintf(shown, sizeof(shown), "%s", line);
	replace_number(g, line);
	choose_first(line);
	begin(HISTORY_OF_SERVER, "alice");
	if (!make_logged(line)) {
		assert_non_null(strstr(line, "can the module \"culvert\" be loaded?"));
		return;
	}
	g->lines++;
	judge();
	if (!strcmp(verdict.rule, "as-told")) {
		print_error("no rule is about the guide's line \"%s\"\n", shown);
		fail();
	}
	for (unsigned int i = 0; i < g->n_numbers; i++) {
		if (has_number(&verdict, g->numbers[i]))
			return;
	}
	if (g->n_numbers) {
		print_error("the rule %s has not the guide's number %u\n", verdict.rule, g->numbers[0]);
		fail();
	}
}

static void read_guide(struct guide *g)
{
	FILE *f = fopen("../docs/troubleshooting.md", "r");
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line == '#')
			read_heading(g, line);
		if (!strcmp(line, "```log"))
			g->in_log = true;
		else if (!strncmp(line, "```", 3))
			g->in_log = false;
		else if (g->in_log)
			compare_line(g, line);
	}
	fclose(f);
}

static void test_the_guide_and_the_rules_say_the_same(void **state)
{
	struct guide guide = { .lines = 0 };
	const uint16_t *windows;
	const char *name;

	read_guide(&guide);
	assert_true(guide.lines > 30);
	for (unsigned int number = 0; number < N_OF(guide.seen); number++) {
		if (guide.seen[number] && !some_rule_has(number)) {
			print_error("no rule has the guide's number %u\n", number);
			fail();
		}
		if (guide.seen[number])
			assert_non_null(verdict_windows_text(number));
	}
	for (size_t i = 0; (name = verdict_rule(i, &windows)); i++)
		for (size_t n = 0; n < VERDICT_WINDOWS && windows[n] > 1; n++)
			if (!guide.seen[windows[n]]) {
				print_error("the guide has no number %u, as the rule %s has\n",
					    windows[n], name);
				fail();
			}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(test_rows),
		TEST(test_counters),
		TEST(test_a_host_that_forwards_nothing),
		TEST(test_absence),
		TEST(test_names_of_peers_are_shown_safely),
		TEST(test_each_reason_has_a_rule),
		TEST(test_the_guide_and_the_rules_say_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
