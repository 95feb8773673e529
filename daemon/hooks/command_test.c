// SPDX-License-Identifier: GPL-2.0-only
/* What programs are told of sessions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hooks/command.h"
#include "util/ip_literal_test.h"

static const struct session_record alice = {
	.id = 7,
	.role = SESSION_OF_SERVER,
	.owner = "office",
	.ifname = "pptp3",
	.stats = { .rx_bytes = 11, .tx_bytes = 22 },
	.ppp = { .open = PPP_OPEN_CCP, .tx = { .bits = 128, .stateless = true } },
};

static struct command_facts facts_of(struct session_record *r)
{
	r->addr.remote = ip("192.0.2.11");
	r->addr.local = ip("192.0.2.1");
	return (struct command_facts){
		.program = "/etc/ppp/ip-up",
		.event = "up",
		.record = r,
		.user = "alice",
		.local = ip("10.99.0.1"),
		.remote = ip("10.99.0.10"),
		.acct_id = "0123",
		.uptime_s = 300,
		.reason = "",
	};
}

static void expect(const struct command_facts *facts, const char *want)
{
	char name[] = "name", *args[COMMAND_WORDS], *env[COMMAND_WORDS], text[4096] = "";
	struct command *command = command_new(facts);

	assert_non_null(command);
	assert_string_equal(command_program(command), facts->program);
	command_split(command, name, args, env);
	assert_string_equal(args[0], "name");
	for (char **arg = args + 1; *arg; arg++)
		strcat(strcat(text, *arg), " ");
	strcat(text, "\n");
	for (char **e = env; *e; e++)
		if (strncmp(*e, "PATH=/usr/local/sbin:", 21))
			strcat(strcat(text, *e), "\n");
	assert_string_equal(text, want);
	free(command);
}

#define ARGUMENTS	"192.0.2.11 100000000 10.99.0.1 10.99.0.10 "
#define SHARED		"DEVICE=192.0.2.11\nIFNAME=pptp3\nIPLOCAL=10.99.0.1\nIPREMOTE=10.99.0.10\n"
#define SHARED_2	"ORIG_UID=0\nPPPLOGNAME=root\n"
#define OURS		"CULVERT_PEER=192.0.2.11\nCULVERT_LOCAL=192.0.2.1\n" \
			"CULVERT_ACCT_SESSION_ID=0123\nCULVERT_MPPE=128 stateless\n"

static void a_session_of_a_server_that_is_up(void **state)
{
	struct session_record r = alice;
	const struct command_facts facts = facts_of(&r);

	expect(&facts, "/etc/ppp/ip-up pptp3 " ARGUMENTS "192.0.2.11 \n"
	       SHARED "PEERNAME=alice\nSPEED=100000000\nLINKNAME=office\n" SHARED_2
	       "CULVERT_EVENT=up\nCULVERT_ID=7\nCULVERT_SERVER=office\nCULVERT_USER=alice\n" OURS);
}

/* What a peer says of the end cannot make a second line. */
static void the_end_has_counters_and_a_reason(void **state)
{
	struct session_record r = alice;
	struct command_facts facts = facts_of(&r);

	facts.event = "down";
	facts.cause = "user-request";
	facts.reason = "bye\nLD_PRELOAD=x";
	expect(&facts, "/etc/ppp/ip-up pptp3 " ARGUMENTS "192.0.2.11 \n"
	       SHARED "PEERNAME=alice\nSPEED=100000000\nLINKNAME=office\n" SHARED_2
	       "CONNECT_TIME=300\nBYTES_SENT=22\nBYTES_RCVD=11\n"
	       "CULVERT_EVENT=down\nCULVERT_ID=7\nCULVERT_SERVER=office\nCULVERT_USER=alice\n" OURS
	       "CULVERT_CAUSE=user-request\nCULVERT_REASON=bye\\x0aLD_PRELOAD=x\n");
}

static void a_client_has_name_servers_and_no_name_of_the_peer(void **state)
{
	struct session_record r = alice;
	struct command_facts facts = facts_of(&r);

	r.role = SESSION_OF_CLIENT;
	snprintf(r.owner, sizeof(r.owner), "hq");
	r.ppp.ipv4.dns[1] = ip("10.0.0.53").v4;
	r.ppp.open = 0;
	expect(&facts, "/etc/ppp/ip-up pptp3 " ARGUMENTS "hq \n"
	       SHARED "SPEED=100000000\nLINKNAME=hq\n" SHARED_2 "DNS1=10.0.0.53\nUSEPEERDNS=1\n"
	       "CULVERT_EVENT=up\nCULVERT_ID=7\nCULVERT_CLIENT=hq\nCULVERT_USER=alice\n"
	       "CULVERT_PEER=192.0.2.11\nCULVERT_LOCAL=192.0.2.1\nCULVERT_ACCT_SESSION_ID=0123\n");
}

/* Whatever is said, words have room, and lists of them too. */
static void the_longest_of_all_fits(void **state)
{
	char user[AUTH_SHOWN_MAX + 1], reason[1000], path[4096];
	char name[] = "name", *args[COMMAND_WORDS], *env[COMMAND_WORDS];
	struct session_record r = alice;
	struct command_facts facts = facts_of(&r);
	struct command *command;

	memset(user, 'u', sizeof(user) - 1);
	memset(reason, '\n', sizeof(reason) - 1);
	memset(path, 'p', sizeof(path) - 1);
	memset(r.owner, 'o', sizeof(r.owner) - 1);
	user[sizeof(user) - 1] = '\0';
	reason[sizeof(reason) - 1] = '\0';
	path[sizeof(path) - 1] = '\0';
	facts.user = user;
	facts.reason = reason;
	facts.cause = "nas-request";
	facts.program = path;
	command = command_new(&facts);
	assert_non_null(command);
	command_split(command, name, args, env);
	assert_true(command->n_args + 2 < COMMAND_WORDS && command->n_env + 1 < COMMAND_WORDS);
	assert_memory_equal(env[command->n_env - 1], "CULVERT_REASON=\\x0a", 19);
	free(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_of_a_server_that_is_up),
		cmocka_unit_test(the_end_has_counters_and_a_reason),
		cmocka_unit_test(a_client_has_name_servers_and_no_name_of_the_peer),
		cmocka_unit_test(the_longest_of_all_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
