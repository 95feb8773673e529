// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which sets of nftables users are in. The kernel is played: sets with a handle and elements.
 * Sessions are records without PPP or a tunnel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "server/call.h"
#include "server/servers.h"
#include "server/user_sets.h"
#include "util/captured_log_test.h"
#include "util/ip_literal_test.h"

/* --- the kernel, which the thread of jobs asks ----------------------------------------------- */

struct played_set {
	const char *set;		/* NULL: there is none */
	uint64_t handle;
	size_t size;			/* it is full then */
	struct ip_addr elements[32];
	size_t n;
};

static struct played_set played[2];
static char asked[4096];		/* what was asked, a line for each transaction */
static bool opened;

static struct played_set *played_find(const struct nft_name *name)
{
	for (size_t i = 0; i < 2; i++)
		if (played[i].set && !strcmp(played[i].set, name->set))
			return &played[i];
	return NULL;
}

static int played_open(struct nft *nft)
{
	assert_false(opened);
	opened = true;
	return 0;
}

static void played_close(struct nft *nft)
{
	opened = false;
}

static size_t index_of(const struct played_set *set, struct ip_addr address)
{
	size_t i = 0;

	while (i < set->n && !ip_equal(set->elements[i], address))
		i++;
	return i;
}

static int played_change(const struct nft_change *change)
{
	struct played_set *set = played_find(&change->name);
	size_t i = set ? index_of(set, change->address) : 0;

	if (!set || (!change->add && i == set->n))
		return -ENOENT;
	if (!change->add) {
		set->elements[i] = set->elements[--set->n];
		return 0;
	}
	if (i < set->n)
		return -EEXIST;
	if (set->n == set->size)
		return -ENFILE;
	set->elements[set->n++] = change->address;
	return 0;
}

static int played_make(struct nft *nft, struct nft_change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(asked);

		changes[i].err = played_change(&changes[i]);
		snprintf(asked + len, sizeof(asked) - len, "%s%s%s %s", i ? ", " : "",
			 changes[i].add ? "+" : "-", ip_text(changes[i].address),
			 changes[i].name.set);
	}
	strcat(asked, "\n");
	return 0;
}

static int played_handle(struct nft *nft, const struct nft_name *name, uint64_t *handle)
{
	const struct played_set *set = played_find(name);

	*handle = set ? set->handle : 0;
	return set ? 0 : -ENOENT;
}

static int played_remove(struct nft *nft, const struct nft_name *name)
{
	struct played_set *set = played_find(name);
	int n = set ? (int)set->n : -ENOENT;

	if (set)
		set->n = 0;
	return n;
}

static const struct nft_ops played_ops = {
	.open = played_open, .close = played_close, .make = played_make, .find = played_handle,
	.remove_ours = played_remove,
};

/* --- sessions ------------------------------------------------------------------------------- */

static uv_loop_t loop;
static struct servers servers;
static struct server office;
static struct call one, two, three;

static int setup(void **state)
{
	uv_loop_init(&loop);
	memset(&servers, 0, sizeof(servers));
	user_sets_init(&servers.user_sets, &loop, &played_ops);
	office = (struct server){ .all = &servers };
	played[0] = (struct played_set){ .set = "guests", .handle = 1, .size = 32 };
	played[1] = (struct played_set){ .set = "trusted", .handle = 2, .size = 32 };
	*asked = '\0';
	return 0;
}

/* Let the loop and the thread do all that is begun. */
static void run_all(void)
{
	while (servers.user_sets.busy)
		uv_run(&loop, UV_RUN_ONCE);
}

static int teardown(void **state)
{
	run_all();
	user_sets_close(&servers.user_sets, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_false(opened);
	assert_true(LIST_EMPTY(&servers.user_sets.sets));
	assert_int_equal(servers.user_sets.n_elements, 0);
	assert_int_equal(servers.user_sets.n_missing, 0);
	return 0;
}

static void up(struct call *c, const char *address, const char *sets)
{
	c->session.record.ip4.remote = ip(address);
	c->session.policy.nft_sets = sets;
	user_sets_up(c);
}

static void begin(struct call *c, const char *address, const char *sets)
{
	memset(c, 0, sizeof(*c));
	c->server = &office;
	c->session.owner = c;
	c->session.loop = &loop;
	c->session.record.user = "alice";
	up(c, address, sets);
}

static void look(void)
{
	user_sets_look(&servers.user_sets);
	run_all();
}

static void expect(const char *text)
{
	run_all();
	assert_string_equal(asked, text);
	*asked = '\0';
}

static void an_address_is_there_while_the_session_is(void **state)
{
	begin(&one, "10.0.0.7", "filter guests, filter trusted");
	expect("+10.0.0.7 guests, +10.0.0.7 trusted\n");
	assert_int_equal(servers.user_sets.n_elements, 2);
	/* After a pause, as it was, and with another address. */
	up(&one, "10.0.0.7", "filter guests, filter trusted");
	expect("");
	up(&one, "10.0.0.8", "filter guests");
	run_all();
	assert_int_equal(played[0].n, 1);
	assert_int_equal(played[1].n, 0);
	look();
	expect("-10.0.0.7 guests, -10.0.0.7 trusted\n+10.0.0.8 guests\n");
	user_sets_end(&one);
	expect("-10.0.0.8 guests\n");
	assert_int_equal(played[0].n, 0);
}

static void without_sets_nothing_is_opened(void **state)
{
	begin(&one, "10.0.0.7", "");
	begin(&two, "10.0.0.7", NULL);
	look();
	user_sets_end(&one);
	user_sets_end(&two);
	assert_false(opened);
}

/* What comes while a transaction is under way goes into the next one. */
static void changes_are_collected(void **state)
{
	begin(&one, "10.0.0.7", "filter guests");
	begin(&two, "10.0.0.8", "filter guests");
	begin(&three, "10.0.0.9", "filter guests");
	user_sets_end(&two);
	expect("+10.0.0.7 guests\n+10.0.0.9 guests\n");
	/* The address goes to the next user at once. */
	user_sets_end(&one);
	begin(&two, "10.0.0.7", "filter guests");
	expect("-10.0.0.7 guests\n+10.0.0.7 guests\n");
	user_sets_end(&two);
	user_sets_end(&three);
	run_all();
	*asked = '\0';
	/* The first is with the thread when it ends. */
	begin(&one, "10.0.0.7", "filter guests");
	user_sets_end(&one);
	begin(&two, "10.0.0.7", "filter guests");
	expect("+10.0.0.7 guests\n-10.0.0.7 guests, +10.0.0.7 guests\n");
	user_sets_end(&two);
	run_all();
	assert_int_equal(played[0].n, 0);
}

static void a_set_that_is_missing_is_told_once_and_tried_again(void **state)
{
	played[0].set = NULL;
	capture();
	begin(&one, "10.0.0.7", "filter guests, filter trusted");
	begin(&two, "10.0.0.8", "filter guests");
	run_all();
	look();
	assert_string_equal(captured(),
			    "culvertd: warning: nft-set: inet filter guests, 10.0.0.7: there is no "
			    "such set; \"nft add set\" makes one of type ipv4_addr\n");
	assert_int_equal(servers.user_sets.n_missing, 2);
	assert_int_equal(servers.user_sets.n_elements, 1);
	*asked = '\0';
	played[0].set = "guests";
	look();
	expect("+10.0.0.7 guests, +10.0.0.8 guests\n");
	assert_int_equal(servers.user_sets.n_missing, 0);
	user_sets_end(&one);
	user_sets_end(&two);
}

static void a_set_that_is_made_anew_is_filled(void **state)
{
	begin(&one, "10.0.0.7", "filter guests");
	run_all();
	*asked = '\0';
	played[0].handle = 9;
	played[0].n = 0;
	/* Who comes before it is noticed is in the new one. */
	begin(&two, "10.0.0.8", "filter guests");
	look();
	expect("+10.0.0.8 guests\n+10.0.0.7 guests\n");
	look();
	expect("");
	assert_int_equal(servers.user_sets.n_elements, 2);
	user_sets_end(&one);
	user_sets_end(&two);
}

static void what_is_refused_disturbs_no_other(void **state)
{
	played[0].size = 1;
	capture();
	begin(&one, "10.0.0.7", "filter guests");
	begin(&two, "10.0.0.8", "filter guests");
	begin(&three, "10.0.0.9", "filter trusted");
	run_all();
	assert_non_null(strstr(captured(), "guests, 10.0.0.8: it is full"));
	assert_int_equal(servers.user_sets.n_elements, 2);
	user_sets_end(&one);
	run_all();
	look();
	assert_int_equal(servers.user_sets.n_elements, 2);
	assert_int_equal(servers.user_sets.n_missing, 0);
	user_sets_end(&two);
	user_sets_end(&three);
}

/* It stays when the user goes. */
static void an_element_of_somebody_else_is_left_alone(void **state)
{
	played[0].elements[played[0].n++] = ip("10.0.0.7");
	capture();
	begin(&one, "10.0.0.7", "filter guests");
	run_all();
	assert_non_null(strstr(captured(), "somebody else has put the address there"));
	user_sets_end(&one);
	expect("+10.0.0.7 guests\n");
	assert_int_equal(played[0].n, 1);
	/* One that an administrator has removed is no error. */
	begin(&two, "10.0.0.8", "filter guests");
	run_all();
	played[0].n = 1;
	capture();
	user_sets_end(&two);
	run_all();
	assert_string_equal(captured(), "");
}

static void what_was_left_behind_is_removed(void **state)
{
	static char guests[] = "filter guests", none[] = "filter none";
	struct config_profile profile = { .policy.nft_sets = guests };
	struct config_user user = { .policy.nft_sets = none };
	const struct config config = {
		.profiles = &profile, .n_profiles = 1, .users = &user, .n_users = 1,
	};

	played[0].elements[played[0].n++] = ip("10.0.0.7");
	capture();
	user_sets_clean(&servers.user_sets, &config);
	assert_string_equal(captured(), "culvertd: removed 1 address that an earlier culvertd left "
					"in the set inet filter guests\n");
	assert_int_equal(played[0].n, 0);
}

/* The daemon ends before the thread has come to it. */
static void the_end_leaves_nothing(void **state)
{
	begin(&one, "10.0.0.7", "filter guests");
	begin(&two, "10.0.0.8", "filter guests");
	run_all();
	user_sets_end(&one);
	user_sets_end(&two);
	user_sets_close(&servers.user_sets, NULL);
	assert_int_equal(played[0].n, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_address_is_there_while_the_session_is),
		TEST(without_sets_nothing_is_opened),
		TEST(changes_are_collected),
		TEST(a_set_that_is_missing_is_told_once_and_tried_again),
		TEST(a_set_that_is_made_anew_is_filled),
		TEST(what_is_refused_disturbs_no_other),
		TEST(an_element_of_somebody_else_is_left_alone),
		TEST(what_was_left_behind_is_removed),
		TEST(the_end_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
