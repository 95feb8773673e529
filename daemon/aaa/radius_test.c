// SPDX-License-Identifier: GPL-2.0-only
#include "aaa/played_radius_test.h"
#include "util/captured_log_test.h"
#include "util/scarce_test.h"

struct played_question {
	struct radius_question q;
	uint8_t buffer[300];
	bool answered;
	enum radius_outcome outcome;
	uint8_t code;			/* of the reply */
	const char *server;		/* that sent it */
	const struct radius_group *again;	/* to be asked from within the event */
	struct radius *drop;		/* a reference to be dropped likewise */
	uint32_t age_s;			/* when it was written last */
};

static struct played_radius p;

static void write_question(struct radius_question *q, struct radius_writer *w,
			   const struct radius_server *server, uint32_t age_s)
{
	container_of(q, struct played_question, q)->age_s = age_s;
	radius_put_text(w, RADIUS_NAS_IDENTIFIER, radius_nas(p.radius)->identifier);
	radius_put_text(w, RADIUS_USER_NAME, "alice");
}

static void on_answer(struct radius_question *question, const struct radius_answer *answer)
{
	struct played_question *q = container_of(question, struct played_question, q);

	assert_false(q->answered);
	q->answered = true;
	q->outcome = answer->outcome;
	q->code = answer->packet ? answer->packet->code : 0;
	q->server = answer->server ? answer->server->config->name : "";
	radius_drop(q->drop);
	q->drop = NULL;
	if (!q->again)
		return;
	q->answered = false;
	assert_int_equal(radius_ask(p.radius, question, q->again), RADIUS_ANSWERED);
	q->again = NULL;
}

static void prepare(struct played_question *q, enum radius_code code)
{
	memset(q, 0, sizeof(*q));
	q->q.request.code = code;
	q->q.request.buffer = q->buffer;
	q->q.request.size = sizeof(q->buffer);
	q->q.write = write_question;
	q->q.answered = on_answer;
}

static void ask_login(struct played_question *q, const char *group)
{
	prepare(q, RADIUS_ACCESS_REQUEST);
	assert_int_equal(radius_ask(p.radius, &q->q, radius_login_group(p.radius, group)),
			 RADIUS_ANSWERED);
}

static int set_up(void **state)
{
	played_radius_open(&p, NULL);
	return 0;
}

static int tear_down(void **state)
{
	played_radius_close(&p);
	return 0;
}

/* --- questions ------------------------------------------------------------------------------- */

static void a_question_is_answered(void **state)
{
	struct played_question q;
	struct radius_attribute a;

	ask_login(&q, "ab");
	assert_int_equal(p.n_sent, 1);
	assert_int_equal(p.sent[0].server, PLAYED_A_LOGIN);
	assert_true(played_radius_find(&p, 0, 0, RADIUS_USER_NAME, &a));
	assert_int_equal(a.len, 5);
	assert_true(p.due > p.now && p.due != NEVER);
	played_radius_reply(&p, 0, RADIUS_ACCESS_ACCEPT);
	assert_true(q.answered);
	assert_int_equal(q.code, RADIUS_ACCESS_ACCEPT);
	assert_string_equal(q.server, "a");
	assert_null(q.q.radius);
	assert_int_equal(p.due, NEVER);
}

static void accounting_goes_to_its_own_server(void **state)
{
	const struct radius_group *group = radius_accounting_group(p.radius, "ab");
	struct played_question q;

	prepare(&q, RADIUS_ACCOUNTING_REQUEST);
	q.q.request.ages = true;
	q.q.request.since = radius_now(p.radius) - 7000;
	assert_int_equal(radius_ask(p.radius, &q.q, group), RADIUS_ANSWERED);
	assert_int_equal(p.sent[0].server, PLAYED_A_ACCOUNTING);
	assert_int_equal(q.age_s, 7);
	played_radius_reply(&p, 0, RADIUS_ACCOUNTING_RESPONSE);
	assert_int_equal(q.code, RADIUS_ACCOUNTING_RESPONSE);
}

static void the_next_server_is_asked(void **state)
{
	struct played_question q;

	ask_login(&q, "ab");
	played_radius_pass(&p, 1200);
	assert_int_equal(p.n_sent, 2);
	assert_int_equal(p.sent[1].server, PLAYED_B_LOGIN);
	played_radius_reply(&p, 1, RADIUS_ACCESS_REJECT);
	assert_string_equal(q.server, "b");
	assert_int_equal(q.code, RADIUS_ACCESS_REJECT);
}

static void nobody_answers(void **state)
{
	struct played_question q;

	ask_login(&q, "b");
	capture();
	played_radius_pass(&p, 60000);
	assert_non_null(strstr(captured(), "radius b (192.0.2.2 port 1812, logins): does not "
					   "answer\n"));
	assert_true(q.answered);
	assert_int_equal(q.outcome, RADIUS_NO_ANSWER);
	assert_null(q.q.radius);
}

static void a_question_is_given_up(void **state)
{
	struct played_question q;

	ask_login(&q, "ab");
	radius_give_up(&q.q);
	radius_give_up(&q.q);
	assert_int_equal(p.due, NEVER);
	played_radius_reply(&p, 0, RADIUS_ACCESS_ACCEPT);
	assert_false(q.answered);
}

static void one_that_does_not_fit_is_not_asked(void **state)
{
	struct played_question q;

	prepare(&q, RADIUS_ACCESS_REQUEST);
	q.q.request.size = 40;
	assert_int_equal(radius_ask(p.radius, &q.q, radius_login_group(p.radius, "a")),
			 RADIUS_TOO_LONG);
	assert_null(q.q.radius);
	assert_int_equal(p.n_sent, 0);
	radius_give_up(&q.q);
}

static void who_is_answered_may_ask_again(void **state)
{
	struct played_question q;

	ask_login(&q, "ab");
	q.again = radius_login_group(p.radius, "b");
	played_radius_reply(&p, 0, RADIUS_ACCESS_CHALLENGE);
	assert_int_equal(p.n_sent, 2);
	played_radius_reply(&p, 1, RADIUS_ACCESS_ACCEPT);
	assert_string_equal(q.server, "b");
	assert_null(q.q.radius);
}

/* A question outlives whoever dropped the reference by which it was asked. */
static void the_last_question_frees(void **state)
{
	struct played_radius *old = &p;
	struct played_question q, other;

	ask_login(&q, "ab");
	ask_login(&other, "ab");
	radius_drop(old->radius);
	assert_false(old->freed);
	played_radius_reply(old, 0, RADIUS_ACCESS_ACCEPT);
	assert_true(q.answered);
	assert_false(old->freed);
	radius_give_up(&other.q);
	assert_true(old->freed);
	played_radius_open(&p, NULL);
}

static void the_last_reference_goes_during_an_event(void **state)
{
	struct played_question q;

	ask_login(&q, "ab");
	q.drop = p.radius;
	played_radius_reply(&p, 0, RADIUS_ACCESS_ACCEPT);
	assert_true(p.freed);
	played_radius_open(&p, NULL);
	ask_login(&q, "b");
	q.drop = p.radius;
	while (!p.freed) {
		p.now = p.due;
		radius_timeout(p.radius);
	}
	assert_int_equal(q.outcome, RADIUS_NO_ANSWER);
	played_radius_open(&p, NULL);
}

/* --- servers --------------------------------------------------------------------------------- */

static unsigned int kill_server(const char *name)
{
	struct played_question q;

	for (unsigned int i = 0; i < 3; i++) {
		ask_login(&q, name);
		played_radius_pass(&p, 1200);
		radius_give_up(&q.q);
	}
	return p.n_sent;
}

static void a_dead_server_is_probed(void **state)
{
	struct radius_attribute a;
	struct radius_view view;
	unsigned int sent = kill_server("a");

	radius_view(p.radius, PLAYED_A_LOGIN, &view);
	assert_int_equal(view.server->state, RADIUS_DEAD);
	assert_true(view.for_ms < 2000);
	assert_int_equal(p.renewed, 0);
	played_radius_pass(&p, 6000);
	assert_int_equal(p.n_sent, sent + 1);
	assert_int_equal(p.sent[sent].octets[0], RADIUS_STATUS_SERVER);
	assert_true(played_radius_find(&p, sent, 0, RADIUS_NAS_IDENTIFIER, &a));
	assert_memory_equal(a.value, "nas", 3);
	/* the route may be another one by now */
	assert_int_equal(p.renewed, 1);
	capture();
	played_radius_reply(&p, sent, RADIUS_ACCESS_ACCEPT);
	assert_non_null(strstr(captured(), "radius a (192.0.2.1 port 1812, logins): answers again"));
	radius_view(p.radius, PLAYED_A_LOGIN, &view);
	assert_int_equal(view.server->state, RADIUS_UP);
	radius_view(p.radius, PLAYED_A_ACCOUNTING, &view);
	assert_true(view.accounting);
	assert_int_equal(view.port, 1813);
	assert_int_equal(view.server->counters.sent, 0);
	assert_false(radius_view(p.radius, PLAYED_B_ACCOUNTING + 1, &view));
}

/* The longest name that RADIUS has is there as a whole, beside the longest address. */
static void a_probe_has_room_for_who_asks(void **state)
{
	struct radius_settings settings = played_radius_settings;
	char name[RADIUS_VALUE_MAX + 1] = "";
	struct radius_attribute a;
	unsigned int sent;

	memset(name, 'n', RADIUS_VALUE_MAX);
	settings.nas_identifier = name;
	settings.nas_address = (struct ip_addr){ .family = AF_INET6 };
	played_radius_close(&p);
	played_radius_open(&p, &settings);
	sent = kill_server("a");
	played_radius_pass(&p, 6000);
	assert_int_equal(p.n_sent, sent + 1);
	assert_int_equal(p.sent[sent].octets[0], RADIUS_STATUS_SERVER);
	assert_true(played_radius_find(&p, sent, 0, RADIUS_NAS_IDENTIFIER, &a));
	assert_int_equal(a.len, RADIUS_VALUE_MAX);
	assert_memory_equal(a.value, name, RADIUS_VALUE_MAX);
	assert_true(played_radius_find(&p, sent, 0, RADIUS_NAS_IPV6_ADDRESS, &a));
}

static void groups_are_found_by_name(void **state)
{
	const struct radius_group *group = radius_login_group(p.radius, "ab");

	assert_int_equal(group->n, 2);
	assert_string_equal(group->servers[1]->config->name, "b");
	assert_false(group->servers[1]->config->accounting);
	assert_int_equal(group->patience.mrd_ms, 30000);
	group = radius_accounting_group(p.radius, "b");
	assert_int_equal(group->n, 1);
	assert_true(group->servers[0]->config->accounting);
	assert_int_equal(group->patience.mrd_ms, 60000);
	assert_null(radius_login_group(p.radius, "c"));
	assert_null(radius_accounting_group(p.radius, "c"));
}

/* A server that is asked for one thing is in no group for the other. */
static void a_server_may_do_one_thing(void **state)
{
	struct radius_peer_settings peers[2];
	struct radius_settings settings = played_radius_settings;
	static struct played_radius q;
	struct radius_view view;

	memcpy(peers, played_radius_peers, sizeof(peers));
	peers[0].acct_port = 0;
	peers[1].auth_port = 0;
	settings.peers = peers;
	played_radius_open(&q, &settings);
	assert_int_equal(radius_login_group(q.radius, "ab")->n, 1);
	assert_string_equal(radius_accounting_group(q.radius, "ab")->servers[0]->config->name, "b");
	assert_null(radius_accounting_group(q.radius, "a"));
	assert_null(radius_login_group(q.radius, "b"));
	assert_true(radius_view(q.radius, 1, &view));
	assert_true(view.accounting);
	assert_false(radius_view(q.radius, 2, &view));
	played_radius_close(&q);
}

/* Whatever allocation fails, nothing is left, and the wire is still its owner's. */
static void there_may_be_no_memory(void **state)
{
	static struct played_radius q;
	struct radius *r = NULL;
	unsigned int i = 0;

	q.wire.ops = &played_radius_ops;
	for (; !r; i++) {
		memory_left = i;
		r = radius_new_on(&q.wire, &played_radius_settings);
		memory_left = UINT_MAX;
	}
	/* the structure, its lists, and more for each peer and group */
	assert_true(i > 15);
	assert_false(q.freed);
	radius_drop(r);
	assert_true(q.freed);
}

/* What is known of a server goes over, but not to one with another secret. */
static void what_is_known_goes_over(void **state)
{
	static struct played_radius next;
	struct radius_peer_settings peers[2];
	struct radius_settings settings = played_radius_settings;
	struct radius_view old, new;

	kill_server("a");
	kill_server("b");
	memcpy(peers, played_radius_peers, sizeof(peers));
	peers[1].secret = "another one";
	settings.peers = peers;
	played_radius_open(&next, &settings);
	next.now = p.now + 500;
	radius_inherit(next.radius, p.radius);
	radius_view(p.radius, PLAYED_A_LOGIN, &old);
	radius_view(next.radius, PLAYED_A_LOGIN, &new);
	assert_int_equal(new.server->state, RADIUS_DEAD);
	assert_int_equal(new.for_ms, old.for_ms + 500);
	assert_int_equal(new.server->counters.sent, old.server->counters.sent);
	radius_view(next.radius, PLAYED_B_LOGIN, &new);
	assert_int_equal(new.server->state, RADIUS_UP);
	assert_int_equal(new.server->counters.sent, 0);
	/* and the dead one goes on to be probed, at once or soon */
	played_radius_pass(&next, 6000);
	assert_true(next.n_sent > 0);
	assert_int_equal(next.sent[0].server, PLAYED_A_LOGIN);
	assert_int_equal(next.sent[0].octets[0], RADIUS_STATUS_SERVER);
	played_radius_close(&next);
}

/* Settings that a test changes, with all that they point to. */
struct variant {
	struct radius_settings settings;
	struct radius_peer_settings peers[2];
	struct radius_group_settings groups[3];
	unsigned int numbers[2];
};

static void vary(struct variant *v)
{
	v->settings = played_radius_settings;
	memcpy(v->peers, played_radius_peers, sizeof(v->peers));
	memcpy(v->groups, played_radius_groups, sizeof(v->groups));
	memcpy(v->numbers, played_radius_numbers, sizeof(v->numbers));
	v->settings.peers = v->peers;
	v->settings.groups = v->groups;
	v->groups[0].peers = v->numbers;
}

#define assert_another(v, change)						\
	do {									\
		vary(v);							\
		assert_true(radius_is_made_of(p.radius, &(v)->settings));	\
		(v)->change;							\
		assert_false(radius_is_made_of(p.radius, &(v)->settings));	\
	} while (0)

/* Equal texts and lists in other places are the same; whatever differs makes another one. */
static void the_same_settings_are_known(void **state)
{
	char name[] = "a", secret[] = "secret of a";
	const struct ip_addr other = { .v6.s6_addr = { 192, 0, 2, 3 }, .family = AF_INET };
	struct variant v;

	vary(&v);
	v.peers[0].name = name;
	v.peers[0].secret = secret;
	assert_true(radius_is_made_of(p.radius, &v.settings));

	assert_another(&v, settings.nas_identifier = "san");
	assert_another(&v, settings.nas_address = other);
	assert_another(&v, settings.n_peers = 1);
	assert_another(&v, settings.n_groups = 2);
	assert_another(&v, peers[1].name = "c");
	assert_another(&v, peers[1].address = other);
	assert_another(&v, peers[1].auth_port = 1645);
	assert_another(&v, peers[1].acct_port = 0);
	assert_another(&v, peers[1].secret = "secret of c");
	assert_another(&v, peers[1].secret_len--);
	assert_another(&v, peers[1].source = other);
	assert_another(&v, peers[1].vrf = "red");
	assert_another(&v, peers[1].netns = "blue");
	assert_another(&v, peers[1].require = RADIUS_REQUIRE_YES);
	assert_another(&v, peers[1].ports++);
	assert_another(&v, peers[1].window++);
	assert_another(&v, peers[1].line_max++);
	assert_another(&v, peers[1].weight++);
	assert_another(&v, peers[1].dead_after++);
	assert_another(&v, peers[1].probe_ms++);
	assert_another(&v, peers[1].dead_ms++);
	assert_another(&v, groups[0].name = "ba");
	assert_another(&v, groups[0].n = 1);
	assert_another(&v, numbers[0] = 1);
	assert_another(&v, groups[0].weighted = true);
	assert_another(&v, groups[0].login.irt_ms++);
	assert_another(&v, groups[0].login.mrc++);
	assert_another(&v, groups[0].login.mrd_ms++);
	assert_another(&v, groups[0].accounting.mrt_ms++);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_question_is_answered),
		TEST(accounting_goes_to_its_own_server),
		TEST(the_next_server_is_asked),
		TEST(nobody_answers),
		TEST(a_question_is_given_up),
		TEST(one_that_does_not_fit_is_not_asked),
		TEST(who_is_answered_may_ask_again),
		TEST(the_last_question_frees),
		TEST(the_last_reference_goes_during_an_event),
		TEST(a_dead_server_is_probed),
		TEST(a_probe_has_room_for_who_asks),
		TEST(groups_are_found_by_name),
		TEST(a_server_may_do_one_thing),
		TEST(there_may_be_no_memory),
		TEST(what_is_known_goes_over),
		TEST(the_same_settings_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
