// SPDX-License-Identifier: GPL-2.0-only
/* What people want, by questions on the terminal or by options. */
#include <stdlib.h>
#include <string.h>

#include "init.h"
#include "pppctl.h"
#include "util/text.h"

/* Returns what was typed, which the caller frees, or NULL at the end of the input. */
static char *ask(const char *question, const char *otherwise)
{
	char *answer = NULL;
	size_t size = 0;

	printf("%s [%s]: ", question, otherwise);
	fflush(stdout);
	if (getline(&answer, &size, stdin) < 0) {
		putchar('\n');
		free(answer);
		return NULL;
	}
	answer[strcspn(answer, "\r\n")] = '\0';
	return answer;
}

bool init_agrees(const char *question)
{
	char *answer = ask(question, "y/N");
	const bool yes = answer && text_lower(*answer) == 'y';

	free(answer);
	return yes;
}

static const char *take_listen(const char *text, const struct init_facts *facts,
			       struct ip_addr *address)
{
	*address = ip_none();
	if (!text || !strcmp(text, "all"))
		return NULL;
	if (ip_parse_v4(text, address)) {
		if (ip_is_any(*address))
			*address = ip_none();
		return NULL;
	}
	for (size_t i = 0; i < facts->n_networks; i++) {
		const struct init_network *network = &facts->networks[i];

		/* Its addresses come before its routes. */
		if (strcmp(network->interface, text))
			continue;
		*address = network->prefix.address;
		return NULL;
	}
	return "is neither an IPv4 address nor an interface that has one, nor \"all\"";
}

static const char *take_dns(const char *text, struct init_answers *answers)
{
	char copy[INIT_DNS_MAX * INET_ADDRSTRLEN + INIT_DNS_MAX], *rest = copy, *word;

	answers->n_dns = 0;
	if (!text || !strcmp(text, "none"))
		return NULL;
	if (strlen(text) >= sizeof(copy))
		return "is too long";
	strcpy(copy, text);
	while ((word = strsep(&rest, ", ")))
		if (*word && (answers->n_dns == INIT_DNS_MAX ||
			      !ip_parse_v4(word, &answers->dns[answers->n_dns++])))
			return "is no list of one or two IPv4 addresses, separated by a comma";
	return NULL;
}

static const char *take_pool(const char *text, const struct init_facts *facts,
			     struct init_pool *pool)
{
	if (text)
		return init_parse_pool(text, pool);
	*pool = init_choose_pool(facts->networks, facts->n_networks);
	return NULL;
}

const char *init_take_wishes(const struct init_wishes *wishes, const struct init_facts *facts,
			     struct init_answers *answers)
{
	static char fault[256];
	const char *text = wishes->listen, *reason;

	reason = take_listen(text, facts, &answers->listen);
	if (!reason)
		reason = take_dns(text = wishes->dns, answers);
	if (!reason)
		reason = take_pool(text = wishes->pool, facts, &answers->pool);
	if (!reason && wishes->user)
		reason = init_secret_fault(text = wishes->user);
	if (!reason)
		return NULL;
	snprintf(fault, sizeof(fault), "\"%.100s\" %s", text, reason);
	return fault;
}

/*
 * Ask for one of the @wishes until the answer is right; nothing typed leaves it unsaid. Returns false
 * at the end of the input.
 */
static bool ask_for(const char **wish, struct init_wishes *wishes, const struct init_facts *facts,
		    const char *question, const char *otherwise)
{
	struct init_answers ignored;

	while (!*wish) {
		char *answer = ask(question, otherwise);
		const char *fault;

		if (!answer)
			return false;
		if (!*answer) {
			free(answer);
			return true;
		}
		*wish = answer;
		fault = init_take_wishes(wishes, facts, &ignored);
		if (!fault)
			return true;
		complain("%s", fault);
		*wish = NULL;
		free(answer);
	}
	return true;
}

bool init_ask(struct init_wishes *wishes, const struct init_facts *facts)
{
	const struct init_pool pool = init_choose_pool(facts->networks, facts->n_networks);
	const struct ip_prefix prefix = init_pool_prefix(&pool);
	char text[IP_TEXT_SIZE], question[256];

	puts("A server that users call. What is in brackets counts if you just press Enter.\n");
	snprintf(question, sizeof(question), "Address or interface of this host that they call%s%s%s",
		 ip_is_set(facts->outer) ? " (the default route has " : "",
		 ip_is_set(facts->outer) ? ip_text(facts->outer) : "",
		 ip_is_set(facts->outer) ? ")" : "");
	return ask_for(&wishes->listen, wishes, facts, question, "all") &&
	       ask_for(&wishes->pool, wishes, facts, "Addresses for users",
		       ip_prefix_format(&prefix, text)) &&
	       ask_for(&wishes->dns, wishes, facts, "Name servers that they are told", "none") &&
	       ask_for(&wishes->user, wishes, facts, "Name of the first user", "none");
}
