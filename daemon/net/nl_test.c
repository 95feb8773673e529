// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/nl.h"
#include "net/played_netlink_test.h"

static struct nl nl;

static int setup(void **state)
{
	return nl_open(&nl, NETLINK_ROUTE);
}

static int teardown(void **state)
{
	nl_close(&nl);
	play_end();
	return 0;
}

static struct nlmsghdr *get_link(int ifindex)
{
	struct nlmsghdr *nlh = nl_request(&nl, RTM_GETLINK, 0, sizeof(struct ifinfomsg));

	((struct ifinfomsg *)mnl_nlmsg_get_payload(nlh))->ifi_index = ifindex;
	return nlh;
}

static struct nlmsghdr *also_link(const struct nlmsghdr *before, int ifindex)
{
	struct nlmsghdr *nlh = nl_also(&nl, before, RTM_GETLINK, 0, sizeof(struct ifinfomsg));

	((struct ifinfomsg *)mnl_nlmsg_get_payload(nlh))->ifi_index = ifindex;
	return nlh;
}

static struct nlmsghdr *dump_links(void)
{
	return nl_request(&nl, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
}

/* Returns an answer to get_link(). */
static struct nlmsghdr *link_message(int ifindex)
{
	struct nlmsghdr *nlh = play_message(RTM_NEWLINK, sizeof(struct ifinfomsg));

	((struct ifinfomsg *)mnl_nlmsg_get_payload(nlh))->ifi_index = ifindex;
	return nlh;
}

/* Add the index in the answer to the text @arg, as "3 4 ". */
static int note_index(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	char *text = arg;

	sprintf(text + strlen(text), "%d ", ifi->ifi_index);
	return MNL_CB_OK;
}

static void a_request_is_acknowledged(void **state)
{
	assert_int_equal(nl_talk(&nl, get_link(3), NULL, NULL), 0);
	assert_string_equal(nl.reason, "");
	expect_requests("GETLINK index 3 ack\n");
}

static void an_answer_comes_before_the_acknowledgement(void **state)
{
	char seen[64] = "";

	play_answer("GETLINK", link_message(3));
	assert_int_equal(nl_talk(&nl, get_link(3), note_index, seen), 0);
	assert_string_equal(seen, "3 ");
	expect_requests("GETLINK index 3 ack\n");
}

static void a_refusal_has_the_kernels_words(void **state)
{
	play_refusal("GETLINK", -EINVAL, "no such thing here");
	assert_int_equal(nl_talk(&nl, get_link(3), NULL, NULL), -EINVAL);
	assert_string_equal(nl.reason, "no such thing here");

	play_refusal("GETLINK", -ENODEV, NULL);
	assert_int_equal(nl_talk(&nl, get_link(3), NULL, NULL), -ENODEV);
	assert_string_equal(nl.reason, "No such device");

	assert_int_equal(nl_talk(&nl, get_link(3), NULL, NULL), 0);
	assert_string_equal(nl.reason, "");
	expect_requests("GETLINK index 3 ack\nGETLINK index 3 ack\nGETLINK index 3 ack\n");
}

static void a_question_ends_with_its_answer(void **state)
{
	char seen[64] = "";

	play_answer("GETLINK index 3", link_message(3));
	assert_int_equal(nl_ask(&nl, get_link(3), note_index, seen), 0);
	/* The answer to the first request does not end the exchange. */
	play_answer("GETLINK index 4", link_message(4));
	play_answer("GETLINK index 5", link_message(5));
	assert_int_equal(nl_ask(&nl, also_link(get_link(4), 5), note_index, seen), 0);
	assert_string_equal(seen, "3 4 5 ");

	play_refusal("GETLINK index 6", -ENODEV, "there is no sixth");
	assert_int_equal(nl_ask(&nl, get_link(6), note_index, seen), -ENODEV);
	assert_string_equal(nl.reason, "there is no sixth");
	play_refusal("GETLINK index 7", -ENODEV, NULL);
	play_answer("GETLINK index 8", link_message(8));
	assert_int_equal(nl_ask(&nl, also_link(get_link(7), 8), note_index, seen), -ENODEV);
	assert_string_equal(seen, "3 4 5 8 ");
	expect_requests("GETLINK index 3\nGETLINK index 4 + GETLINK index 5\n"
			"GETLINK index 6\nGETLINK index 7 + GETLINK index 8\n");
}

static void several_requests_are_one_message(void **state)
{
	char seen[64] = "";

	play_answer("GETLINK index 3", link_message(3));
	play_answer("GETLINK index 4", link_message(4));
	assert_int_equal(nl_talk(&nl, also_link(get_link(3), 4), note_index, seen), 0);
	assert_string_equal(seen, "3 4 ");
	expect_requests("GETLINK index 3 + GETLINK index 4 ack\n");
}

static void of_several_refusals_the_first_counts(void **state)
{
	char seen[64] = "";

	play_refusal("GETLINK index 3", -EPERM, "not that one");
	play_answer("GETLINK index 4", link_message(4));
	assert_int_equal(nl_talk(&nl, also_link(get_link(3), 4), note_index, seen), -EPERM);
	assert_string_equal(nl.reason, "not that one");
	assert_string_equal(seen, "4 ");

	play_refusal("GETLINK index 3", -EPERM, "not that one");
	play_refusal("GETLINK index 4", -ENODEV, "nor this one");
	assert_int_equal(nl_talk(&nl, also_link(get_link(3), 4), NULL, NULL), -EPERM);
	assert_string_equal(nl.reason, "not that one");

	play_refusal("GETLINK index 4", -ENODEV, "only this one");
	assert_int_equal(nl_talk(&nl, also_link(get_link(3), 4), NULL, NULL), -ENODEV);
	assert_string_equal(nl.reason, "only this one");
	expect_requests("GETLINK index 3 + GETLINK index 4 ack\n"
			"GETLINK index 3 + GETLINK index 4 ack\n"
			"GETLINK index 3 + GETLINK index 4 ack\n");
}

/* Add @nlh to @buf as an answer of the kernel to the request @seq. Returns the new length. */
static size_t append(char *buf, size_t len, struct nlmsghdr *nlh, uint32_t seq)
{
	nlh->nlmsg_seq = seq;
	nlh->nlmsg_pid = PLAYED_PORT;
	memcpy(buf + len, nlh, nlh->nlmsg_len);
	return len + MNL_ALIGN(nlh->nlmsg_len);
}

static void a_dump_has_many_parts(void **state)
{
	_Alignas(8) char two[256];
	size_t len = append(two, 0, link_message(1), nl.seq + 1);
	char seen[64] = "";

	len = append(two, len, link_message(2), nl.seq + 1);
	play_datagram(two, len);
	play_answer("GETLINK", link_message(3));
	play_answer("GETLINK", link_message(4));
	assert_int_equal(nl_talk(&nl, dump_links(), note_index, seen), 0);
	assert_string_equal(seen, "1 2 3 4 ");
	expect_requests("GETLINK dump ack\n");
}

static void an_interrupted_dump_is_read_to_its_end(void **state)
{
	struct nlmsghdr *nlh = link_message(1);
	char seen[64] = "";

	nlh->nlmsg_flags |= NLM_F_MULTI | NLM_F_DUMP_INTR;
	play_answer("GETLINK", nlh);
	play_answer("GETLINK", link_message(2));
	assert_int_equal(nl_talk(&nl, dump_links(), note_index, seen), -EINTR);
	assert_string_equal(seen, "1 2 ");
	assert_string_equal(nl.reason, strerror(EINTR));

	assert_int_equal(nl_talk(&nl, dump_links(), NULL, NULL), 0);
	expect_requests("GETLINK dump ack\nGETLINK dump ack\n");
}

static void a_dump_may_fail_at_its_end(void **state)
{
	struct nlmsghdr *nlh = play_message(NLMSG_DONE, sizeof(int));
	_Alignas(8) char buf[64];

	*(int *)mnl_nlmsg_get_payload(nlh) = -ENOMEM;
	play_datagram(buf, append(buf, 0, nlh, nl.seq + 1));
	assert_int_equal(nl_talk(&nl, dump_links(), NULL, NULL), -ENOMEM);
	assert_string_equal(nl.reason, "Cannot allocate memory");
	/* The fake's own end of the dump is still queued: it is a late answer now. */
	assert_int_equal(nl_talk(&nl, get_link(1), NULL, NULL), 0);
	expect_requests("GETLINK dump ack\nGETLINK index 1 ack\n");
}

static void answers_to_others_are_left_out(void **state)
{
	_Alignas(8) char buf[256];
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	char seen[64] = "";

	play_datagram(buf, append(buf, 0, link_message(7), nl.seq));
	play_datagram(buf, append(buf, 0, link_message(8), nl.seq + 3));
	append(buf, 0, link_message(9), nl.seq + 1);
	nlh->nlmsg_pid = PLAYED_PORT + 1;
	play_datagram(buf, nlh->nlmsg_len);
	assert_int_equal(nl_talk(&nl, also_link(get_link(3), 4), note_index, seen), 0);
	assert_string_equal(seen, "");
	expect_requests("GETLINK index 3 + GETLINK index 4 ack\n");
}

static void numbers_of_requests_may_wrap(void **state)
{
	char seen[64] = "";

	nl.seq = UINT32_MAX - 1;
	play_answer("GETLINK index 3", link_message(3));
	play_answer("GETLINK index 4", link_message(4));
	assert_int_equal(nl_talk(&nl, also_link(get_link(3), 4), note_index, seen), 0);
	assert_int_equal(nl.seq, 0);
	assert_string_equal(seen, "3 4 ");
	expect_requests("GETLINK index 3 + GETLINK index 4 ack\n");
}

static void errors_of_the_socket_are_told(void **state)
{
	char seen[64] = "";

	play_failure(ENOBUFS);
	play_answer("GETLINK dump", link_message(1));
	assert_int_equal(nl_talk(&nl, dump_links(), note_index, seen), -ENOBUFS);
	assert_string_equal(nl.reason, "No buffer space available");
	assert_string_equal(seen, "");
	/* The rest of the failed exchange is not taken for an answer to the next request. */
	play_answer("GETLINK index 3", link_message(3));
	assert_int_equal(nl_talk(&nl, get_link(3), note_index, seen), 0);
	assert_string_equal(seen, "3 ");

	played_send_error = EMSGSIZE;
	assert_int_equal(nl_talk(&nl, get_link(3), NULL, NULL), -EMSGSIZE);
	assert_string_equal(nl.reason, "Message too long");
	expect_requests("GETLINK dump ack\nGETLINK index 3 ack\n");
}

static void signals_do_no_harm(void **state)
{
	play_failure(EINTR);
	assert_int_equal(nl_talk(&nl, get_link(3), NULL, NULL), 0);
	expect_requests("GETLINK index 3 ack\n");
}

static void silence_ends(void **state)
{
	struct nlmsghdr *nlh = get_link(3);

	nl.seq++;		/* as if there were another request, which nobody answers */
	assert_int_equal(nl_talk(&nl, nlh, NULL, NULL), -EAGAIN);
	assert_string_equal(nl.reason, strerror(EAGAIN));
	expect_requests("GETLINK index 3 ack\n");
}

/* Check the error after a datagram of @len octets comes instead of an answer. */
static void malformed(const void *data, size_t len)
{
	play_datagram(data, len);
	assert_int_equal(nl_talk(&nl, get_link(3), NULL, NULL), -EBADMSG);
	assert_string_equal(nl.reason, "Bad message");
	/* The fake's acknowledgment is still queued: it is a late answer now. */
	assert_int_equal(nl_talk(&nl, get_link(3), NULL, NULL), 0);
	expect_requests("GETLINK index 3 ack\nGETLINK index 3 ack\n");
}

static void malformed_messages_end_it(void **state)
{
	_Alignas(8) char buf[64] = { 0 };
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	size_t len = append(buf, 0, link_message(3), nl.seq + 1);

	malformed(buf, sizeof(*nlh) - 1);
	malformed(buf, len - 4);
	nlh->nlmsg_len = sizeof(*nlh) - 1;
	malformed(buf, len);
	nlh->nlmsg_len = UINT32_MAX;
	malformed(buf, len);
}

static void an_error_message_may_be_cut(void **state)
{
	_Alignas(8) char buf[64] = { 0 };
	struct nlmsghdr *nlh = play_message(NLMSG_ERROR, sizeof(int));

	*(int *)mnl_nlmsg_get_payload(nlh) = -EPERM;
	malformed(buf, append(buf, 0, nlh, nl.seq + 1));

	/* The message claims to have a text, which would begin behind its end. */
	nlh = play_message(NLMSG_ERROR, sizeof(struct nlmsgerr));
	nlh->nlmsg_flags = NLM_F_ACK_TLVS;
	*(struct nlmsgerr *)mnl_nlmsg_get_payload(nlh) =
		(struct nlmsgerr){ .error = -EPERM, .msg.nlmsg_len = 4000 };
	play_datagram(buf, append(buf, 0, nlh, nl.seq + 1));
	assert_int_equal(nl_talk(&nl, get_link(3), NULL, NULL), -EPERM);
	assert_string_equal(nl.reason, "Operation not permitted");
	assert_int_equal(nl_talk(&nl, get_link(3), NULL, NULL), 0);
	expect_requests("GETLINK index 3 ack\nGETLINK index 3 ack\n");
}

/* Without NETLINK_CAP_ACK the whole request stands before the text of the error. */
static void words_may_stand_behind_the_request(void **state)
{
	struct nlmsghdr *nlh = play_message(NLMSG_ERROR, sizeof(struct nlmsgerr) + 16);
	struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	_Alignas(8) char buf[128];

	nlh->nlmsg_flags = NLM_F_ACK_TLVS;
	e->error = -EPERM;
	e->msg.nlmsg_len = sizeof(e->msg) + 16;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "in words");
	play_datagram(buf, append(buf, 0, nlh, nl.seq + 1));
	assert_int_equal(nl_talk(&nl, get_link(3), NULL, NULL), -EPERM);
	assert_string_equal(nl.reason, "in words");
	assert_int_equal(nl_talk(&nl, get_link(3), NULL, NULL), 0);
	expect_requests("GETLINK index 3 ack\nGETLINK index 3 ack\n");
}

static int cannot_read(const struct nlmsghdr *nlh, void *arg)
{
	return MNL_CB_ERROR;
}

static void what_the_caller_cannot_read_is_an_error(void **state)
{
	play_answer("GETLINK", link_message(3));
	assert_int_equal(nl_talk(&nl, get_link(3), cannot_read, NULL), -EBADMSG);
	assert_string_equal(nl.reason, "Bad message");
	/* The answer was read to its end. */
	assert_int_equal(played_n_waiting, 0);
	expect_requests("GETLINK index 3 ack\n");
}

static void messages_of_netlink_itself_are_not_answers(void **state)
{
	char seen[64] = "";

	play_answer("GETLINK", play_message(NLMSG_NOOP, sizeof(struct ifinfomsg)));
	assert_int_equal(nl_talk(&nl, get_link(3), note_index, seen), 0);
	assert_string_equal(seen, "");
	expect_requests("GETLINK index 3 ack\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_request_is_acknowledged),
		TEST(an_answer_comes_before_the_acknowledgement),
		TEST(a_refusal_has_the_kernels_words),
		TEST(a_question_ends_with_its_answer),
		TEST(several_requests_are_one_message),
		TEST(of_several_refusals_the_first_counts),
		TEST(a_dump_has_many_parts),
		TEST(an_interrupted_dump_is_read_to_its_end),
		TEST(a_dump_may_fail_at_its_end),
		TEST(answers_to_others_are_left_out),
		TEST(numbers_of_requests_may_wrap),
		TEST(errors_of_the_socket_are_told),
		TEST(signals_do_no_harm),
		TEST(silence_ends),
		TEST(malformed_messages_end_it),
		TEST(an_error_message_may_be_cut),
		TEST(words_may_stand_behind_the_request),
		TEST(what_the_caller_cannot_read_is_an_error),
		TEST(messages_of_netlink_itself_are_not_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
