// SPDX-License-Identifier: GPL-2.0-only
/* Backends that the test plays, asked one after the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/backend_chain.h"
#include "util/scarce_test.h"

/* A backend that answers as the test says, at once or later. */
struct played {
	struct auth base;
	enum auth_result result;
	bool later;
	unsigned int asked, cancelled;
	struct auth_job *job;		/* that waits for the answer */
	struct auth_job *talks;		/* with whom there is a conversation */
	char user[16], password[16];	/* of the last request */
	bool freed;
};

static struct played one, two;
static struct auth *chain;
static struct auth_job job;
static struct auth_verdict last;
static unsigned int verdicts;

static void answer(struct played *p)
{
	struct auth_verdict v = { .result = p->result };
	struct auth_job *asker = p->job;

	p->job = NULL;
	asker->backend = p->result == AUTH_CONTINUES ? p : NULL;
	p->talks = asker->backend ? asker : NULL;
	snprintf(v.why, sizeof(v.why), "%s says so", p->base.name);
	snprintf(v.user, sizeof(v.user), "%s", p->user);
	v.link.result = p->result == AUTH_OK ? PPP_AUTH_OK : PPP_AUTH_FAILED;
	if (p->result == AUTH_CONTINUES)
		v.link.result = PPP_AUTH_CONTINUE;
	auth_finish(asker, &v);
}

static void played_start(struct auth *auth, struct auth_job *asker,
			 const struct auth_request *request)
{
	struct played *p = (struct played *)auth;

	assert_null(p->job);
	assert_ptr_equal(asker->backend, p->talks ? p : NULL);
	p->asked++;
	p->job = asker;
	asker->backend = p;
	memcpy(p->user, request->proof->user, request->proof->user_len + 1);
	memcpy(p->password, request->proof->response, request->proof->response_len);
	if (!p->later)
		answer(p);
}

static void played_cancel(struct auth *auth, struct auth_job *asker)
{
	struct played *p = (struct played *)auth;

	assert_ptr_equal(asker, p->job ? p->job : p->talks);
	p->cancelled++;
	p->job = p->talks = NULL;
}

static void played_free(struct auth *auth)
{
	((struct played *)auth)->freed = true;
}

static void done(void *ctx, const struct auth_verdict *verdict)
{
	last = *verdict;
	verdicts++;
}

static int set_up(void **state)
{
	static const struct auth_ops ops = {
		.start = played_start, .cancel = played_cancel, .free = played_free,
	};
	struct auth *const list[] = { &one.base, &two.base };

	memset(&one, 0, sizeof(one));
	memset(&two, 0, sizeof(two));
	memset(&job, 0, sizeof(job));
	one.base = (struct auth){ .ops = &ops, .name = "one", .refs = 1 };
	two.base = (struct auth){ .ops = &ops, .name = "two", .refs = 1 };
	verdicts = 0;
	chain = auth_chain_new(list, 2);
	assert_non_null(chain);
	auth_put(&one.base);
	auth_put(&two.base);
	return 0;
}

/* Nothing is left, and whoever was referenced is free. */
static int tear_down(void **state)
{
	auth_cancel(&job);
	auth_put(chain);
	assert_true(one.freed);
	assert_true(two.freed);
	return 0;
}

static void ask(void)
{
	struct ppp_auth_request *proof = calloc(1, sizeof(*proof));
	const struct auth_request request = { .proof = proof, .server = "office" };

	proof->method = PPP_AUTH_PAP;
	strcpy(proof->user, "alice");
	proof->user_len = 5;
	memcpy(proof->response, "secret", 6);
	proof->response_len = 6;
	auth_start(chain, &job, &request, done, NULL);
	free(proof);
}

static void only_who_cannot_tell_passes_it_on(void **state)
{
	static const struct {
		enum auth_result first;
		bool next;
	} cases[] = {
		{ AUTH_OK, false }, { AUTH_UNKNOWN_USER, true }, { AUTH_OTHER_SERVER, false },
		{ AUTH_WRONG_SECRET, false }, { AUTH_NO_ADDRESS, false }, { AUTH_REFUSED, false },
		{ AUTH_UNAVAILABLE, true },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const unsigned int before = two.asked;

		one.result = cases[i].first;
		two.result = AUTH_OK;
		ask();
		assert_int_equal(verdicts, i + 1);
		assert_int_equal(two.asked - before, cases[i].next);
		assert_int_equal(last.result, cases[i].next ? AUTH_OK : cases[i].first);
		assert_string_equal(last.why, cases[i].next ? "two says so" : "one says so");
	}
	assert_int_equal(one.asked, sizeof(cases) / sizeof(cases[0]));
}

static void the_next_one_hears_the_same(void **state)
{
	one.result = AUTH_UNKNOWN_USER;
	one.later = true;
	two.later = true;
	two.result = AUTH_WRONG_SECRET;
	ask();
	answer(&one);
	assert_int_equal(two.asked, 1);
	assert_string_equal(two.user, "alice");
	assert_string_equal(two.password, "secret");
	assert_int_equal(verdicts, 0);
	answer(&two);
	assert_int_equal(verdicts, 1);
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
	assert_null(job.backend);
}

static void the_last_one_decides(void **state)
{
	one.result = AUTH_UNKNOWN_USER;
	two.result = AUTH_UNKNOWN_USER;
	ask();
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	assert_string_equal(last.why, "two says so");
	two.result = AUTH_UNAVAILABLE;
	ask();
	assert_int_equal(last.result, AUTH_UNAVAILABLE);
	assert_string_equal(last.why, "two says so");
}

/* The user may be one of those of the first one. */
static void nobody_is_unknown_to_who_could_not_tell(void **state)
{
	one.result = AUTH_UNAVAILABLE;
	two.result = AUTH_UNKNOWN_USER;
	ask();
	assert_int_equal(last.result, AUTH_UNAVAILABLE);
	assert_string_equal(last.why, "one says so");
	two.result = AUTH_OTHER_SERVER;
	ask();
	assert_int_equal(last.result, AUTH_UNAVAILABLE);
	two.result = AUTH_WRONG_SECRET;
	ask();
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
	assert_string_equal(last.why, "two says so");
}

static void it_is_told_that_the_first_one_could_not(void **state)
{
	one.result = AUTH_UNAVAILABLE;
	two.result = AUTH_OK;
	ask();
	assert_string_equal(last.remark, "one says so");
	one.result = AUTH_UNKNOWN_USER;
	ask();
	assert_string_equal(last.remark, "");
}

static void either_question_can_be_cancelled(void **state)
{
	one.later = two.later = true;
	one.result = AUTH_UNKNOWN_USER;
	ask();
	auth_cancel(&job);
	assert_int_equal(one.cancelled, 1);
	ask();
	answer(&one);
	auth_cancel(&job);
	assert_int_equal(one.cancelled, 1);
	assert_int_equal(two.cancelled, 1);
	assert_int_equal(verdicts, 0);
}

static void a_conversation_stays_where_it_began(void **state)
{
	one.result = AUTH_UNAVAILABLE;
	two.result = AUTH_CONTINUES;
	ask();
	assert_int_equal(last.result, AUTH_CONTINUES);
	assert_true(auth_is_talking(&job));
	ask();
	assert_int_equal(one.asked, 1);
	assert_int_equal(two.asked, 2);
	two.result = AUTH_WRONG_SECRET;
	ask();
	assert_int_equal(two.asked, 3);
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
	assert_false(auth_is_talking(&job));
	/* another one begins with the first */
	one.result = AUTH_OK;
	ask();
	assert_int_equal(one.asked, 2);
}

static void nobody_goes_on_with_what_was_begun(void **state)
{
	one.result = AUTH_CONTINUES;
	ask();
	one.result = AUTH_UNAVAILABLE;
	ask();
	assert_int_equal(two.asked, 0);
	assert_int_equal(last.result, AUTH_UNAVAILABLE);
}

static void a_conversation_can_be_cancelled(void **state)
{
	one.result = AUTH_CONTINUES;
	ask();
	auth_cancel(&job);
	assert_int_equal(one.cancelled, 1);
	assert_false(auth_is_talking(&job));
}

static void without_memory_nobody_is_asked(void **state)
{
	const struct ppp_auth_request proof = { .method = PPP_AUTH_PAP, .user = "alice",
						.user_len = 5 };
	const struct auth_request request = { .proof = &proof, .server = "office" };

	for (unsigned int left = 0; left < 2; left++) {
		memory_left = left;
		auth_start(chain, &job, &request, done, NULL);
		memory_left = UINT_MAX;
		assert_int_equal(verdicts, left + 1);
		assert_int_equal(last.result, AUTH_UNAVAILABLE);
		assert_string_equal(last.user, "alice");
		assert_null(job.backend);
	}
	assert_int_equal(one.asked, 0);
	memory_left = 0;
	assert_null(auth_chain_new((struct auth *const []){ &one.base }, 1));
	memory_left = UINT_MAX;
}

/* As when the configuration is read again. */
static void a_question_outlives_its_owner(void **state)
{
	one.later = true;
	one.result = AUTH_OK;
	ask();
	auth_put(chain);
	chain = NULL;
	assert_false(one.freed);
	answer(&one);
	assert_int_equal(last.result, AUTH_OK);
	assert_true(one.freed);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(only_who_cannot_tell_passes_it_on),
		TEST(the_next_one_hears_the_same),
		TEST(the_last_one_decides),
		TEST(nobody_is_unknown_to_who_could_not_tell),
		TEST(it_is_told_that_the_first_one_could_not),
		TEST(either_question_can_be_cancelled),
		TEST(a_conversation_stays_where_it_began),
		TEST(nobody_goes_on_with_what_was_begun),
		TEST(a_conversation_can_be_cancelled),
		TEST(without_memory_nobody_is_asked),
		TEST(a_question_outlives_its_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
