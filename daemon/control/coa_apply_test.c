// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "aaa/grant.h"
#include "control/coa_apply.h"
#include "control/played_sessions_test.h"
#include "util/container.h"
#include "util/scarce_test.h"

#define MANY	10000

struct bench {
	struct played_world world;
	struct coa_applier applier;
	struct coa_task task;		/* the request that is being made */
	unsigned int answers;
	enum radius_error_cause errors[COA_TASKS_MAX + 8];
	uint16_t ports[COA_TASKS_MAX + 8];	/* where the answers go to */
	/* as they were when the last answer was given */
	unsigned int over, changes;
};

static void done(struct coa_applier *a, const struct coa_task *task, enum radius_error_cause error)
{
	struct bench *b = container_of(a, struct bench, applier);

	b->errors[b->answers] = error;
	b->ports[b->answers++] = task->request.port;
	b->over = world_over(&b->world);
	b->changes = b->world.changes;
}

static void bench_open(struct bench *b, unsigned int n)
{
	memset(b, 0, sizeof(*b));
	world_open(&b->world, n);
	coa_applier_init(&b->applier, &b->world.sessions, done);
	coa_applier_name(&b->applier, "nas-1", ip("192.0.2.1"));
}

static void bench_close(struct bench *b)
{
	coa_applier_stop(&b->applier);
	world_close(&b->world);
}

/* Sessions 1 to 6. Nobody was let in to the fifth, and the sixth is not of a server. */
static int set_up(void **state)
{
	struct bench *b = malloc(sizeof(*b));
	struct played_world *w = &b->world;

	bench_open(b, 6);
	world_add(w, "office", "alice", ip("198.51.100.1"), ip("10.0.0.1"));
	world_add(w, "office", "alice", ip("198.51.100.2"), ip("10.0.0.2"));
	world_add(w, "lab", "alice", ip("198.51.100.2"), ip("10.0.0.3"));
	world_add(w, "lab", "b\\x01b", ip("2001:db8::1"), ip("10.0.0.4"));
	world_add(w, "lab", "alice", ip("198.51.100.2"), ip("10.0.0.5"))->reached =
		PPP_PHASE_AUTHENTICATE;
	world_add(w, "hq", "alice", ip("198.51.100.2"), ip("10.0.0.6"))->record.role =
		SESSION_OF_CLIENT;
	*state = b;
	return 0;
}

static int set_up_many(void **state)
{
	struct bench *b = malloc(sizeof(*b));

	bench_open(b, MANY);
	for (unsigned int i = 0; i < MANY; i++)
		world_add(&b->world, "office", "guest", ip("198.51.100.1"),
			  ip_from_number(0x0a000001 + i));
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	memory_left = UINT_MAX;
	bench_close(b);
	free(b);
	return 0;
}

/* Begin another request. Returns its selectors. */
static struct radius_selectors *request(struct bench *b, bool disconnect)
{
	b->task.request = (struct radius_coa_request){
		.disconnect = disconnect, .from = ip("192.0.2.7"),
		.port = b->task.request.port + 1,
	};
	b->task.asked = ip("192.0.2.1");
	return &b->task.request.selectors;
}

static struct radius_selectors *change(struct bench *b, uint32_t session_timeout_s)
{
	struct radius_selectors *of = request(b, false);

	b->task.request.changes.session_timeout =
		(struct radius_number){ true, session_timeout_s };
	return of;
}

/* Apply the request, and return its error, which has to be known at once. */
static enum radius_error_cause apply(struct bench *b)
{
	unsigned int answers = b->answers;

	coa_apply(&b->applier, &b->task);
	assert_int_equal(b->answers, answers + 1);
	assert_int_equal(b->ports[answers], b->task.request.port);
	return b->errors[answers];
}

/* Returns the sessions that were changed since the last call: the first one is bit 0. */
static unsigned int changed(struct bench *b)
{
	unsigned int mask = 0;

	for (unsigned int i = 0; i < b->world.n; i++) {
		mask |= !!b->world.list[i].changes << i;
		b->world.list[i].changes = 0;
	}
	return mask;
}

/* Check that the request that is being made is about these sessions, and no others. */
#define names(b, mask)	do { \
	enum radius_error_cause error_ = apply(b); \
	assert_int_equal(changed(b), (mask)); \
	assert_int_equal(error_, (mask) ? RADIUS_ERROR_NONE : RADIUS_ERROR_NO_SESSION); \
} while (0)

static void test_each_selector(void **state)
{
	struct bench *b = *state;
	char id[SESSION_ACCT_ID_SIZE];

	strcpy(change(b, 60)->user, "alice");
	names(b, 0x7);
	strcpy(change(b, 60)->user, "alic");
	names(b, 0);
	/* the name is shown, and known, with what is not printable escaped */
	strcpy(change(b, 60)->user, "b\001b");
	names(b, 0x8);
	change(b, 60)->address = ip("10.0.0.2");
	names(b, 0x2);
	change(b, 60)->address = ip("10.0.0.5");
	names(b, 0);
	change(b, 60)->port = (struct radius_number){ true, 3 };
	names(b, 0x4);
	change(b, 60)->port = (struct radius_number){ true, 7 };
	names(b, 0);
	strcpy(change(b, 60)->port_id, "lab:3");
	names(b, 0x4);
	strcpy(change(b, 60)->port_id, "office:3");
	names(b, 0);
	strcpy(change(b, 60)->port_id, "lab");
	names(b, 0);
	strcpy(change(b, 60)->calling, "198.51.100.2");
	names(b, 0x6);
	strcpy(change(b, 60)->calling, "2001:DB8:0::1");
	names(b, 0x8);
	strcpy(change(b, 60)->calling, "somewhere");
	names(b, 0);
	strcpy(change(b, 60)->called, "192.0.2.1");
	names(b, 0xf);
	strcpy(change(b, 60)->called, "192.0.2.2");
	names(b, 0);
	session_acct_id(&b->world.list[3].session, id);
	strcpy(change(b, 60)->session_id, id);
	names(b, 0x8);
	strcpy(change(b, 60)->multi_id, id);
	names(b, 0x8);
	/* of an earlier run of the daemon */
	id[0] ^= 1;
	strcpy(change(b, 60)->session_id, id);
	names(b, 0);
	strcpy(change(b, 60)->session_id, "4");
	names(b, 0);
}

static void test_what_was_granted_names_too(void **state)
{
	static const uint8_t ifid[8] = { 2, 0, 0, 0, 0, 0, 0, 9 };
	static struct radius_reply reply;
	struct bench *b = *state;
	struct auth_grant *grant;

	strcpy(reply.user, "alice@example.org");
	reply.has_ifid = true;
	memcpy(reply.ifid, ifid, sizeof(ifid));
	reply.prefixes6[0] = (struct ip_prefix){ ip("2001:db8:7::"), 64 };
	reply.n_prefixes6 = 1;
	grant = grant_new(&reply);
	session_set_grant(&b->world.list[1].session, AUTH_SOURCE_RADIUS, grant);
	grant_put(grant);
	change(b, 60)->has_ifid = true;
	memcpy(b->task.request.selectors.ifid, ifid, sizeof(ifid));
	names(b, 0x2);
	b->task.request.selectors.ifid[7]++;
	names(b, 0);
	change(b, 60)->prefix6 = (struct ip_prefix){ ip("2001:db8:7::"), 64 };
	names(b, 0x2);
	b->task.request.selectors.prefix6.length = 56;
	names(b, 0);
	/* the name of accounting, by which sessions are found though they have another here */
	strcpy(change(b, 60)->user, "alice@example.org");
	names(b, 0x2);
	/* that, and the one of the login */
	strcpy(change(b, 60)->user, "alice@example.org");
	b->task.request.selectors.address = ip("10.0.0.2");
	names(b, 0x2);
	strcpy(b->task.request.selectors.user, "alice");
	names(b, 0x2);
	strcpy(b->task.request.selectors.user, "bob");
	names(b, 0);
}

static void test_users_in_any_case(void **state)
{
	struct bench *b = *state;

	strcpy(change(b, 60)->user, "ALICE");
	names(b, 0);
	b->world.list[2].session.config.fold_case = true;
	names(b, 0x4);
}

static void test_all_selectors_have_to_match(void **state)
{
	struct bench *b = *state;
	struct radius_selectors *of = change(b, 60);

	strcpy(of->user, "alice");
	strcpy(of->calling, "198.51.100.2");
	names(b, 0x6);
	strcpy(of->called, "192.0.2.1");
	names(b, 0x6);
	of->address = ip("10.0.0.3");
	names(b, 0x4);
	strcpy(of->port_id, "lab:3");
	names(b, 0x4);
	of->port = (struct radius_number){ true, 3 };
	names(b, 0x4);
	session_acct_id(&b->world.list[2].session, of->session_id);
	names(b, 0x4);
	of->port.value = 2;
	names(b, 0);
	of->port.value = 3;
	strcpy(of->called, "192.0.2.2");
	names(b, 0);
	*of->called = '\0';
	of->address = ip("10.0.0.1");
	names(b, 0);
}

/* NAS-Port has the lower 32 bits of a number that may have more. */
static void test_port_of_the_youngest(void **state)
{
	struct bench *b = *state;
	struct registry *r = &b->world.sessions.registry;

	change(b, 60)->port = (struct radius_number){ true, 2 };
	r->last_id += UINT64_C(1) << 33;
	names(b, 0);
	r->last_id = (UINT64_C(1) << 32) + 1;
	names(b, 0x2);
}

static void test_another_nas(void **state)
{
	struct bench *b = *state;
	struct radius_selectors *of = change(b, 60);

	strcpy(of->user, "alice");
	strcpy(of->nas_identifier, "nas-1");
	of->nas_address = ip("192.0.2.1");
	names(b, 0x7);
	strcpy(of->nas_identifier, "nas-2");
	assert_int_equal(apply(b), RADIUS_ERROR_NAS_MISMATCH);
	*of->nas_identifier = '\0';
	of->nas_address = ip("192.0.2.99");
	assert_int_equal(apply(b), RADIUS_ERROR_NAS_MISMATCH);
	/* the address that was asked is ours, too */
	b->task.asked = ip("192.0.2.99");
	names(b, 0x7);
	of->nas_address6 = ip("2001:db8::2");
	assert_int_equal(apply(b), RADIUS_ERROR_NAS_MISMATCH);
	b->task.asked = ip("2001:db8::2");
	of->nas_address = ip("192.0.2.1");
	names(b, 0x7);
	/* who has no name cannot be called by one */
	coa_applier_name(&b->applier, "", ip_none());
	strcpy(of->nas_identifier, "nas-1");
	assert_int_equal(apply(b), RADIUS_ERROR_NAS_MISMATCH);
	assert_int_equal(changed(b), 0);
}

static void test_disconnect(void **state)
{
	struct bench *b = *state;

	strcpy(request(b, true)->user, "alice");
	assert_int_equal(apply(b), RADIUS_ERROR_NONE);
	assert_int_equal(world_over(&b->world), 3);
	assert_int_equal(b->applier.ended, 3);
	assert_int_equal(b->world.list[0].session.cause, EVENT_CAUSE_ADMIN_RESET);
	assert_false(session_is_over(&b->world.list[3].session));
	assert_int_equal(changed(b), 0);
	/* they are about to end, and so are nobody's any more */
	assert_int_equal(apply(b), RADIUS_ERROR_NO_SESSION);
}

static void test_change(void **state)
{
	struct bench *b = *state;
	struct session *s = &b->world.list[3].session;
	struct radius_reply *changes = &b->task.request.changes;
	const struct auth_grant *first;

	change(b, 60)->address = ip("10.0.0.4");
	changes->classes[0] = (struct radius_octets){ 3, "abc" };
	changes->n_classes = 1;
	strcpy(changes->filters[0], "web");
	changes->n_filters = 1;
	assert_int_equal(apply(b), RADIUS_ERROR_NONE);
	assert_int_equal(s->grant->session_timeout_s, 60);
	assert_int_equal(s->grant->n_classes, 1);
	assert_memory_equal(s->grant->classes[0].octets, "abc", 3);
	assert_string_equal(s->grant->filters[0], "web");
	/* what is not given stays */
	first = grant_get(s->grant);
	request(b, false)->address = ip("10.0.0.4");
	changes->idle_timeout = (struct radius_number){ true, 7 };
	assert_int_equal(apply(b), RADIUS_ERROR_NONE);
	assert_int_equal(s->grant->session_timeout_s, 60);
	assert_int_equal(s->grant->idle_timeout_s, 7);
	assert_string_equal(s->grant->filters[0], "web");
	assert_int_equal(first->idle_timeout_s, 0);
	grant_put((struct auth_grant *)first);
	assert_int_equal(b->applier.changed, 2);
	assert_int_equal(world_over(&b->world), 0);
}

/* Alice's second session is up for longer than she would have then. */
static void test_all_or_none(void **state)
{
	struct bench *b = *state;
	struct session *s = &b->world.list[1].session;

	s->record.up_s = 1;
	s->up_at = uv_now(&b->world.loop) - 61000;
	strcpy(change(b, 60)->user, "alice");
	assert_int_equal(apply(b), RADIUS_ERROR_INVALID_VALUE);
	assert_int_equal(changed(b), 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_null(b->world.list[i].session.grant);
	strcpy(change(b, 62)->user, "alice");
	names(b, 0x7);
}

static void test_without_memory_nothing_changes(void **state)
{
	struct bench *b = *state;

	strcpy(change(b, 60)->user, "alice");
	for (unsigned int left = 0; left < 3; left++) {
		memory_left = left;
		assert_int_equal(apply(b), RADIUS_ERROR_NO_RESOURCES);
		memory_left = UINT_MAX;
		assert_int_equal(changed(b), 0);
	}
	names(b, 0x7);
}

/* --- many ------------------------------------------------------------------------------------ */

static void turn(struct bench *b)
{
	uv_run(&b->world.loop, UV_RUN_NOWAIT);
}

/* Let the loop run until @n answers were given. Returns how many turns that took. */
static unsigned int await(struct bench *b, unsigned int n)
{
	unsigned int turns = 0;

	for (; b->answers < n; turns++) {
		assert_true(turns < 2 * MANY);
		turn(b);
	}
	return turns;
}

/* A turn does no more than a slice has time for, and the answer does not wait for the last one. */
static void test_many_are_ended(void **state)
{
	const unsigned int slice = CALLBACK_SLICE_NS / CLOCK_STEP_NS;
	struct bench *b = *state;
	unsigned int before;

	strcpy(request(b, true)->user, "guest");
	coa_apply(&b->applier, &b->task);
	assert_int_equal(b->answers, 0);
	await(b, 1);
	assert_int_equal(b->errors[0], RADIUS_ERROR_NONE);
	assert_int_equal(b->over, 0);
	do {
		before = world_over(&b->world);
		turn(b);
		assert_in_range(world_over(&b->world) - before, 1, slice);
	} while (world_over(&b->world) < MANY);
	assert_int_equal(b->applier.ended, MANY);
	assert_int_equal(b->answers, 1);
}

static void test_many_are_changed(void **state)
{
	const unsigned int slice = CALLBACK_SLICE_NS / CLOCK_STEP_NS;
	struct bench *b = *state;
	unsigned int before;

	strcpy(change(b, 60)->called, "192.0.2.1");
	coa_apply(&b->applier, &b->task);
	while (!b->answers) {
		before = b->world.changes;
		turn(b);
		assert_in_range(b->world.changes - before, 0, slice);
	}
	assert_int_equal(b->errors[0], RADIUS_ERROR_NONE);
	assert_int_equal(b->changes, MANY);
	assert_int_equal(b->applier.changed, MANY);
}

static void test_all_of_many_or_none(void **state)
{
	struct bench *b = *state;
	struct session *s = &b->world.list[MANY / 2].session;

	s->record.up_s = 1;
	s->up_at = uv_now(&b->world.loop) - 61000;
	strcpy(change(b, 60)->user, "guest");
	coa_apply(&b->applier, &b->task);
	await(b, 1);
	assert_int_equal(b->errors[0], RADIUS_ERROR_INVALID_VALUE);
	assert_int_equal(b->world.changes, 0);
}

static void test_none_of_many(void **state)
{
	struct bench *b = *state;

	strcpy(change(b, 60)->called, "192.0.2.2");
	coa_apply(&b->applier, &b->task);
	assert_true(await(b, 1) > 1);
	assert_int_equal(b->errors[0], RADIUS_ERROR_NO_SESSION);
	/* users, addresses and numbers are looked up */
	strcpy(change(b, 60)->user, "nobody");
	assert_int_equal(apply(b), RADIUS_ERROR_NO_SESSION);
	change(b, 60)->address = ip("10.0.0.99");
	assert_int_equal(apply(b), RADIUS_ERROR_NONE);
	strcpy(change(b, 60)->port_id, "office:9999");
	assert_int_equal(apply(b), RADIUS_ERROR_NONE);
	session_acct_id(&b->world.list[77].session, change(b, 60)->multi_id);
	assert_int_equal(apply(b), RADIUS_ERROR_NONE);
	assert_int_equal(b->world.list[77].changes, 1);
}

/* A change that waits is made, though the session was ended by the request before. */
static void test_requests_keep_their_order(void **state)
{
	struct bench *b = *state;

	strcpy(change(b, 60)->user, "guest");
	coa_apply(&b->applier, &b->task);
	strcpy(request(b, true)->user, "guest");
	b->task.request.selectors.address = ip("10.0.0.5");
	coa_apply(&b->applier, &b->task);
	change(b, 60)->address = ip("10.0.0.5");
	coa_apply(&b->applier, &b->task);
	change(b, 60)->address = ip("10.0.0.6");
	coa_apply(&b->applier, &b->task);
	await(b, 4);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(b->ports[i], i + 1);
	assert_int_equal(b->errors[0], RADIUS_ERROR_NONE);
	assert_int_equal(b->errors[1], RADIUS_ERROR_NONE);
	assert_int_equal(b->errors[2], RADIUS_ERROR_NO_SESSION);
	assert_int_equal(b->errors[3], RADIUS_ERROR_NONE);
	assert_int_equal(b->world.list[4].changes, 1);
	assert_int_equal(b->world.list[5].changes, 2);
	assert_true(session_is_over(&b->world.list[4].session));
}

static void test_not_too_many_wait(void **state)
{
	struct bench *b = *state;

	for (unsigned int i = 0; i < COA_TASKS_MAX; i++) {
		strcpy(change(b, 60 + i)->user, "guest");
		coa_apply(&b->applier, &b->task);
	}
	assert_int_equal(b->answers, 0);
	assert_int_equal(apply(b), RADIUS_ERROR_NO_RESOURCES);
	/* those that had room are carried out */
	await(b, 3);
	assert_int_equal(b->errors[1], RADIUS_ERROR_NONE);
	assert_int_equal(b->errors[2], RADIUS_ERROR_NONE);
}

static void test_many_without_memory(void **state)
{
	struct bench *b = *state;

	for (unsigned int left = 0; left < 5; left++) {
		strcpy(change(b, 60)->user, "guest");
		memory_left = left;
		coa_apply(&b->applier, &b->task);
		await(b, left + 1);
		memory_left = UINT_MAX;
		assert_int_equal(b->errors[left], RADIUS_ERROR_NO_RESOURCES);
	}
	assert_int_equal(b->world.changes, 0);
}

/* Half of them end between their being found and their being changed. */
static void test_sessions_end_meanwhile(void **state)
{
	struct bench *b = *state;

	strcpy(change(b, 60)->user, "guest");
	coa_apply(&b->applier, &b->task);
	while (!b->world.changes)
		turn(b);
	for (unsigned int i = MANY / 2; i < MANY; i++)
		session_end(&b->world.list[i].session, EVENT_CAUSE_NAS_REQUEST, "over",
			    played_freed);
	await(b, 1);
	assert_int_equal(b->errors[0], RADIUS_ERROR_NONE);
	assert_int_equal(b->world.changes, MANY / 2);
}

/* One of them logs in once more between: what was granted then stays, but for the change. */
static void test_a_session_logs_in_meanwhile(void **state)
{
	const struct radius_reply accept = { .interim_interval = { true, 1234 } };
	struct bench *b = *state;
	struct session *s = &b->world.list[MANY - 1].session;

	strcpy(change(b, 60)->user, "guest");
	coa_apply(&b->applier, &b->task);
	while (!b->world.changes)
		turn(b);
	grant_put(s->grant);
	s->grant = grant_new(&accept);
	await(b, 1);
	assert_int_equal(b->errors[0], RADIUS_ERROR_NONE);
	assert_int_equal(b->world.changes, MANY);
	assert_int_equal(s->grant->interim_s, 1234);
	assert_int_equal(s->grant->session_timeout_s, 60);
}

static void test_stop(void **state)
{
	struct bench *b = *state;

	for (unsigned int turns = 0; turns < 100; turns += 9) {
		coa_applier_init(&b->applier, &b->world.sessions, done);
		for (unsigned int i = 0; i < 2; i++) {
			strcpy(change(b, 60 + turns)->user, "guest");
			coa_apply(&b->applier, &b->task);
		}
		for (unsigned int i = 0; i < turns; i++)
			turn(b);
		coa_applier_stop(&b->applier);
		b->answers = 0;
		for (unsigned int i = 0; i < 100; i++)
			turn(b);
		assert_int_equal(b->answers, 0);
	}
	assert_true(b->world.changes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_selector, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_was_granted_names_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_users_in_any_case, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_all_selectors_have_to_match, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_port_of_the_youngest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_another_nas, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_disconnect, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_change, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_all_or_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_without_memory_nothing_changes, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_many_are_ended, set_up_many, tear_down),
		cmocka_unit_test_setup_teardown(test_many_are_changed, set_up_many, tear_down),
		cmocka_unit_test_setup_teardown(test_all_of_many_or_none, set_up_many, tear_down),
		cmocka_unit_test_setup_teardown(test_none_of_many, set_up_many, tear_down),
		cmocka_unit_test_setup_teardown(test_requests_keep_their_order, set_up_many,
						tear_down),
		cmocka_unit_test_setup_teardown(test_not_too_many_wait, set_up_many, tear_down),
		cmocka_unit_test_setup_teardown(test_many_without_memory, set_up_many, tear_down),
		cmocka_unit_test_setup_teardown(test_sessions_end_meanwhile, set_up_many,
						tear_down),
		cmocka_unit_test_setup_teardown(test_a_session_logs_in_meanwhile, set_up_many,
						tear_down),
		cmocka_unit_test_setup_teardown(test_stop, set_up_many, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
