// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/registry.h"
#include "session/session.h"
#include "util/ip_literal_test.h"

static int setup(void **state)
{
	struct registry *r = malloc(sizeof(*r));

	registry_init(r);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct registry *r = *state;

	assert_int_equal(r->n, 0);
	for (unsigned int key = 0; key < REGISTRY_KEYS; key++)
		for (unsigned int i = 0; i < REGISTRY_BUCKETS; i++)
			assert_true(LIST_EMPTY(&r->index[key][i]));
	free(r);
	return 0;
}

static void test_numbers(void **state)
{
	struct registry *r = *state;
	struct session a = { 0 }, b = { 0 }, c = { 0 };

	registry_add(r, &a);
	registry_add(r, &b);
	assert_int_equal(a.record.id, 1);
	assert_int_equal(b.record.id, 2);
	assert_ptr_equal(registry_find_id(r, 1), &a);
	assert_ptr_equal(registry_find_id(r, 2), &b);
	registry_remove(r, &a);
	assert_null(registry_find_id(r, 1));
	/* a number is never reused */
	registry_add(r, &c);
	assert_int_equal(c.record.id, 3);
	assert_ptr_equal(registry_next(r, NULL), &b);
	assert_ptr_equal(registry_next(r, &b), &c);
	assert_null(registry_next(r, &c));
	registry_remove(r, &b);
	registry_remove(r, &c);
}

static void test_numbers_in_one_bucket(void **state)
{
	struct registry *r = *state;
	struct session a = { 0 }, b = { 0 };

	registry_add(r, &a);
	r->last_id += REGISTRY_BUCKETS - 1;
	registry_add(r, &b);
	assert_int_equal(b.record.id, 1 + REGISTRY_BUCKETS);
	assert_ptr_equal(registry_find_id(r, 1), &a);
	assert_ptr_equal(registry_find_id(r, 1 + REGISTRY_BUCKETS), &b);
	assert_null(registry_find_id(r, 1 + 2 * REGISTRY_BUCKETS));
	registry_remove(r, &b);
	registry_remove(r, &a);
}

static void set_user(struct registry *r, struct session *s, const char *user, const char *owner)
{
	s->record.user = user;
	snprintf(s->record.owner, sizeof(s->record.owner), "%s", owner);
	registry_set(r, s, REGISTRY_USER);
}

/* Servers know a user of a realm that they are not told by the rest of the name. */
static void test_users_of_realms(void **state)
{
	static const char *const names[] = {
		"alice", "alice@b.example", "B\\alice", "B\\alice@b.example", "bob@b.example",
	};
	struct registry *r = *state;
	struct session s[5] = { 0 };
	struct session *found = NULL;
	unsigned int mask = 0;

	for (unsigned int i = 0; i < 5; i++) {
		registry_add(r, &s[i]);
		set_user(r, &s[i], names[i], "office");
	}
	while ((found = registry_next_alike(r, "alice", found)))
		mask |= 1u << (found - s);
	assert_int_equal(mask & 0xf, 0xf);
	for (unsigned int i = 0; i < 5; i++) {
		assert_ptr_equal(registry_next_of_user(r, names[i], NULL), &s[i]);
		assert_null(registry_next_of_user(r, names[i], &s[i]));
	}
	for (unsigned int i = 0; i < 5; i++)
		registry_remove(r, &s[i]);
}

static void test_users(void **state)
{
	struct registry *r = *state;
	struct session s[4] = { 0 };
	struct session *found = NULL;
	unsigned int mask = 0;

	for (unsigned int i = 0; i < 4; i++)
		registry_add(r, &s[i]);
	set_user(r, &s[0], "alice", "office");
	set_user(r, &s[1], "bob", "office");
	set_user(r, &s[2], "alice", "lab");
	set_user(r, &s[3], "alice", "office");
	assert_int_equal(registry_count_user(r, "office", "alice"), 2);
	assert_int_equal(registry_count_user(r, "lab", "alice"), 1);
	assert_int_equal(registry_count_user(r, "office", "carol"), 0);
	while ((found = registry_next_of_user(r, "alice", found)))
		mask |= 1u << (found - s);
	assert_int_equal(mask, 0xd);
	/* after another login on the same call, the session is found by the new name only */
	set_user(r, &s[3], "bob", "office");
	assert_int_equal(registry_count_user(r, "office", "alice"), 1);
	assert_int_equal(registry_count_user(r, "office", "bob"), 2);
	for (unsigned int i = 0; i < 4; i++)
		registry_remove(r, &s[i]);
}

/* Where the case of names does not tell users apart, they are found in any. */
static void test_users_in_any_case(void **state)
{
	struct registry *r = *state;
	struct session s[3] = { 0 };

	for (unsigned int i = 0; i < 3; i++)
		registry_add(r, &s[i]);
	set_user(r, &s[0], "alice@Example", "office");
	s[0].config.fold_case = true;
	set_user(r, &s[1], "Alice@Example", "lab");
	set_user(r, &s[2], "alicE@Examplf", "office");
	s[2].config.fold_case = true;
	assert_ptr_equal(registry_next_of_user(r, "ALICE@EXAMPLE", NULL), &s[0]);
	assert_null(registry_next_of_user(r, "ALICE@EXAMPLE", &s[0]));
	assert_ptr_equal(registry_next_of_user(r, "Alice@Example", NULL), &s[1]);
	assert_ptr_equal(registry_next_of_user(r, "Alice@Example", &s[1]), &s[0]);
	for (unsigned int i = 0; i < 3; i++)
		registry_remove(r, &s[i]);
}

static void test_inner_addresses(void **state)
{
	const struct place blue = { .vrf = "blue" }, red = { .vrf = "red" },
			   elsewhere = { .netns = "blue" };
	struct registry *r = *state;
	struct session a = { 0 }, b = { 0 };

	registry_add(r, &a);
	registry_add(r, &b);
	assert_true(registry_claim_inner(r, &a, (struct place){ 0 }, ip("10.0.0.1")));
	assert_true(registry_claim_inner(r, &a, (struct place){ 0 }, ip("10.0.0.1")));
	assert_false(registry_claim_inner(r, &b, (struct place){ 0 }, ip("10.0.0.1")));
	assert_true(registry_claim_inner(r, &b, (struct place){ 0 }, ip("10.1.0.1")));
	assert_ptr_equal(registry_find_inner(r, (struct place){ 0 }, ip("10.0.0.1")), &a);
	assert_ptr_equal(registry_find_inner(r, (struct place){ 0 }, ip("10.1.0.1")), &b);
	assert_true(registry_claim_inner(r, &a, (struct place){ 0 }, ip("10.0.0.2")));
	assert_null(registry_find_inner(r, (struct place){ 0 }, ip("10.0.0.1")));
	assert_true(registry_claim_inner(r, &b, (struct place){ 0 }, ip("10.0.0.1")));
	assert_ptr_equal(registry_find_inner(r, (struct place){ 0 }, ip("10.0.0.2")), &a);

	/* In another VRF it is another address. */
	assert_true(registry_claim_inner(r, &a, blue, ip("10.0.0.1")));
	assert_ptr_equal(registry_find_inner(r, blue, ip("10.0.0.1")), &a);
	assert_ptr_equal(registry_find_inner(r, (struct place){ "", "" }, ip("10.0.0.1")), &b);
	assert_null(registry_find_inner(r, red, ip("10.0.0.1")));
	assert_null(registry_find_inner(r, elsewhere, ip("10.0.0.1")));
	assert_false(registry_claim_inner(r, &b, blue, ip("10.0.0.1")));
	assert_true(registry_claim_inner(r, &b, red, ip("10.0.0.1")));
	assert_ptr_not_equal(registry_next_of_inner(r, ip("10.0.0.1"), NULL),
			     registry_next_of_inner(r, ip("10.0.0.1"),
						    registry_next_of_inner(r, ip("10.0.0.1"),
									   NULL)));
	assert_null(registry_next_of_inner(r, ip("10.0.0.9"), NULL));
	registry_remove(r, &a);
	registry_remove(r, &b);
}

static void test_calls(void **state)
{
	struct registry *r = *state;
	struct session a = { .record.addr = { ip("192.0.2.1"), ip("192.0.2.9"), 5, 6 } };
	struct session b = { .record.addr = { ip("192.0.2.2"), ip("192.0.2.9"), 5, 6 } };
	/* in the same bucket as a and b */
	struct session c = { .record.addr = { ip("192.0.2.1"), ip("192.0.2.9"), 7, 4096 + 6 } };
	struct session d = { .record.addr = { ip("192.0.2.1"), ip("192.0.2.8"), 8, 6 } };
	struct net_session_addr name = { .local = ip("192.0.2.2"), .call_id = 5 };

	registry_add(r, &a);
	registry_add(r, &b);
	registry_set(r, &a, REGISTRY_CALL);
	registry_set(r, &b, REGISTRY_CALL);
	registry_add(r, &c);
	registry_add(r, &d);
	registry_set(r, &a, REGISTRY_PEER_CALL);
	registry_set(r, &c, REGISTRY_PEER_CALL);
	registry_set(r, &d, REGISTRY_PEER_CALL);
	registry_set(r, &b, REGISTRY_PEER_CALL);
	assert_ptr_equal(registry_find_call(r, NULL, &name), &b);
	name.local = ip("192.0.2.1");
	assert_ptr_equal(registry_find_call(r, NULL, &name), &a);
	name.call_id = 6;
	assert_null(registry_find_call(r, NULL, &name));
	assert_ptr_equal(registry_next_of_call(r, ip("192.0.2.9"), 6, NULL), &b);
	assert_ptr_equal(registry_next_of_call(r, ip("192.0.2.9"), 6, &b), &a);
	assert_null(registry_next_of_call(r, ip("192.0.2.9"), 6, &a));
	assert_ptr_equal(registry_next_of_call(r, ip("192.0.2.9"), 4096 + 6, NULL), &c);
	assert_ptr_equal(registry_next_of_call(r, ip("192.0.2.8"), 6, NULL), &d);
	assert_null(registry_next_of_call(r, ip("192.0.2.9"), 7, NULL));
	assert_null(registry_next_of_call(r, ip("192.0.2.1"), 6, NULL));
	registry_remove(r, &a);
	registry_remove(r, &b);
	registry_remove(r, &c);
	registry_remove(r, &d);
}

/* Peers behind one outer address, and one of another address in the same bucket. */
static void test_outer_addresses(void **state)
{
	struct registry *r = *state;
	struct session a = { .record.addr.remote = ip("10.0.0.1") };
	struct session b = { .record.addr.remote = ip("10.0.22.199") };
	struct session c = { .record.addr.remote = ip("10.0.0.1") };

	registry_add(r, &a);
	registry_add(r, &b);
	registry_add(r, &c);
	registry_set(r, &a, REGISTRY_OUTER);
	registry_set(r, &b, REGISTRY_OUTER);
	registry_set(r, &c, REGISTRY_OUTER);
	assert_int_equal(ip_hash(ip("10.0.0.1")) % REGISTRY_BUCKETS,
			 ip_hash(ip("10.0.22.199")) % REGISTRY_BUCKETS);
	assert_ptr_equal(registry_next_of_outer(r, ip("10.0.0.1"), NULL), &c);
	assert_ptr_equal(registry_next_of_outer(r, ip("10.0.0.1"), &c), &a);
	assert_null(registry_next_of_outer(r, ip("10.0.0.1"), &a));
	assert_ptr_equal(registry_next_of_outer(r, ip("10.0.22.199"), NULL), &b);
	assert_null(registry_next_of_outer(r, ip("10.0.0.2"), NULL));
	/* the outer address is known earlier than the kernel has it, and then set again */
	registry_set(r, &c, REGISTRY_OUTER);
	registry_remove(r, &a);
	assert_ptr_equal(registry_next_of_outer(r, ip("10.0.0.1"), NULL), &c);
	assert_null(registry_next_of_outer(r, ip("10.0.0.1"), &c));
	registry_remove(r, &b);
	registry_remove(r, &c);
}

static void test_interfaces(void **state)
{
	struct registry *r = *state;
	struct session a = { .record.ifname = "pptp0" }, b = { .record.ifname = "pptp1" };

	registry_add(r, &a);
	registry_add(r, &b);
	registry_set(r, &a, REGISTRY_INTERFACE);
	registry_set(r, &b, REGISTRY_INTERFACE);
	assert_ptr_equal(registry_next_on_interface(r, "pptp1", NULL), &b);
	assert_null(registry_next_on_interface(r, "pptp1", &b));
	assert_null(registry_next_on_interface(r, "pptp2", NULL));
	registry_remove(r, &a);
	registry_remove(r, &b);
}

static void test_going_through_in_slices(void **state)
{
	struct registry *r = *state;
	struct session s[4] = { 0 };
	struct registry_cursor one, two;

	for (unsigned int i = 0; i < 3; i++)
		registry_add(r, &s[i]);
	registry_cursor_open(r, &one);
	registry_cursor_open(r, &two);
	assert_ptr_equal(registry_cursor_step(&one), &s[0]);
	/* the session visited last, and the next one */
	registry_remove(r, &s[0]);
	registry_remove(r, &s[1]);
	registry_add(r, &s[3]);
	assert_ptr_equal(registry_cursor_step(&one), &s[2]);
	assert_ptr_equal(registry_cursor_step(&one), &s[3]);
	assert_null(registry_cursor_step(&one));
	assert_ptr_equal(registry_cursor_step(&two), &s[2]);
	registry_remove(r, &s[2]);
	registry_remove(r, &s[3]);
	assert_null(registry_cursor_step(&two));
	registry_cursor_close(&one);
	registry_cursor_close(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers_in_one_bucket, setup, teardown),
		cmocka_unit_test_setup_teardown(test_users, setup, teardown),
		cmocka_unit_test_setup_teardown(test_users_in_any_case, setup, teardown),
		cmocka_unit_test_setup_teardown(test_users_of_realms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_inner_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_calls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_outer_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_interfaces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_going_through_in_slices, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
