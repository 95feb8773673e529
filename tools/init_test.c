// SPDX-License-Identifier: GPL-2.0-only
/* What init chooses, writes and advises, without the host that it is run on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "init/init.h"

static struct init_network network(const char *prefix, const char *interface)
{
	struct init_network network = { 0 };

	assert_true(ip_parse_prefix_v4(prefix, &network.prefix));
	strcpy(network.interface, interface);
	return network;
}

/* ---- pools ---- */

static void pool_is(const char *text, const char *local, const char *first, const char *last,
		    const char *prefix)
{
	struct init_pool pool;
	struct ip_prefix all;
	char shown[IP_TEXT_SIZE];

	assert_null(init_parse_pool(text, &pool));
	assert_string_equal(ip_text(ip_from_number(pool.local)), local);
	assert_string_equal(ip_text(ip_from_number(pool.range.first)), first);
	assert_string_equal(ip_text(ip_from_number(pool.range.last)), last);
	all = init_pool_prefix(&pool);
	assert_string_equal(ip_prefix_format(&all, shown), prefix);
}

static void pools_are_parsed(void **state)
{
	static const char * const wrong[] = {
		"", "x", "10.0.0.0/30", "0.0.0.0/0", "10.0.0.9", "10.0.0.9-10.0.0.2",
		"224.0.0.0/24", "127.0.0.0/24", "10.0.0.0/24 ",
	};
	struct init_pool pool;

	pool_is("10.99.0.0/24", "10.99.0.1", "10.99.0.10", "10.99.0.250", "10.99.0.0/24");
	pool_is("10.99.0.77/24", "10.99.0.1", "10.99.0.10", "10.99.0.250", "10.99.0.0/24");
	pool_is("10.0.0.0/29", "10.0.0.1", "10.0.0.2", "10.0.0.6", "10.0.0.0/29");
	pool_is("172.16.0.0/12", "172.16.0.1", "172.16.0.10", "172.31.255.250", "172.16.0.0/12");
	pool_is("192.168.7.101-192.168.7.126", "192.168.7.100", "192.168.7.101", "192.168.7.126",
		"192.168.7.96/27");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_non_null(init_parse_pool(wrong[i], &pool));
}

static void a_free_pool_is_chosen(void **state)
{
	const struct init_network networks[] = {
		network("0.0.0.0/0", "eth0"),
		network("192.0.2.1/24", "eth0"),
		network("10.99.0.0/16", "eth1"),
		network("10.100.0.200/32", "wg0"),
		network("10.101.0.1/32", "pptp0"),
	};
	const struct init_network everything = network("10.0.0.0/8", "eth0");
	struct init_pool pool = init_choose_pool(networks, 2);

	assert_int_equal(pool.local, 0x0a630001);
	assert_null(init_pool_overlaps(&pool, networks, 2));
	assert_ptr_equal(init_pool_overlaps(&pool, networks, 5), &networks[2]);
	/* What our own sessions have is no other network. */
	pool = init_choose_pool(networks, 5);
	assert_int_equal(pool.local, 0x0a650001);
	pool = init_choose_pool(&everything, 1);
	assert_int_equal(pool.local, 0xac1fff01);
	assert_int_equal(pool.range.first, 0xac1fff0a);
}

/* The server's own address counts, too. */
static void the_local_address_overlaps(void **state)
{
	const struct init_network host = network("192.168.7.100/32", "eth0");
	struct init_pool pool;

	init_parse_pool("192.168.7.101-192.168.7.126", &pool);
	assert_ptr_equal(init_pool_overlaps(&pool, &host, 1), &host);
}

/* ---- what is written ---- */

static char *written(const struct init_answers *answers)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	init_write_config(out, answers);
	fclose(out);
	return text;
}

static void a_configuration_is_read_again(void **state)
{
	struct init_answers answers = { .secrets = "/etc/culvert/secrets", .n_dns = 2 };
	struct init_pool pool;
	char *text;

	init_parse_pool("10.5.0.0/24", &answers.pool);
	ip_parse("192.0.2.53", &answers.dns[0]);
	ip_parse("192.0.2.54", &answers.dns[1]);
	text = written(&answers);
	assert_non_null(strstr(text, "\tlisten = { \"0.0.0.0\" }\n"));
	assert_non_null(strstr(text, "\tdns = { \"192.0.2.53\", \"192.0.2.54\" }\n"));
	assert_non_null(strstr(text, "\tsecrets = \"/etc/culvert/secrets\"\n"));
	assert_true(init_read_config(text, &pool));
	assert_memory_equal(&pool, &answers.pool, sizeof(pool));
	free(text);
	ip_parse("192.0.2.1", &answers.listen);
	answers.n_dns = 0;
	text = written(&answers);
	assert_non_null(strstr(text, "\tlisten = { \"192.0.2.1\" }\n"));
	assert_non_null(strstr(text, "\n#\tdns = "));
	free(text);
}

static void a_configuration_of_others_is_read(void **state)
{
	struct init_pool pool;

	assert_true(init_read_config("# range = { 1.1.1.1 }\npool \"u\" { range={10.1.0.2-10.1.0.9, 10.2.0.1} }\n"
				     "server \"s\" { pool = \"u\"; local-address\t=\t\"10.1.0.1\" }", &pool));
	assert_int_equal(pool.range.first, 0x0a010002);
	assert_int_equal(pool.range.last, 0x0a010009);
	assert_int_equal(pool.local, 0x0a010001);
	assert_false(init_read_config("pool \"u\" { range = { \"10.1.0.2\" } }", &pool));
	assert_false(init_read_config("local-address = \"10.1.0.1\" arrange = { \"10.1.0.2\" }", &pool));
	assert_false(init_read_config("", &pool));
	assert_false(init_read_config("range", &pool));
}

static void secrets_are_quoted_and_found(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	init_write_secret(out, "o'neil \"x\\y\"", "a # b");
	init_write_secret(out, "bob", "c");
	fclose(out);
	assert_string_equal(text, "\"o'neil \\\"x\\\\y\\\"\"\t*\t\"a # b\"\t*\n\"bob\"\t*\t\"c\"\t*\n");
	assert_true(init_secrets_have(text, "o'neil \"x\\y\""));
	assert_true(init_secrets_have(text, "bob"));
	assert_false(init_secrets_have(text, "c"));
	assert_false(init_secrets_have("# bob * c *\n", "bob"));
	free(text);
	assert_non_null(init_secret_fault(""));
	assert_non_null(init_secret_fault("a\nb"));
	assert_null(init_secret_fault("J\xc3\xb6rg"));
}

static void passwords_use_each_octet(void **state)
{
	uint8_t random[INIT_PASSWORD_OCTETS];
	char password[INIT_PASSWORD_SIZE], before[INIT_PASSWORD_SIZE];

	for (size_t i = 0; i < sizeof(random); i++)
		random[i] = (uint8_t)(i * 17);
	init_make_password(random, before);
	assert_string_equal(before, "atcv-exgz-i3k5-n7q9");
	for (size_t i = 0; i < sizeof(random); i++) {
		random[i] ^= 1;
		init_make_password(random, password);
		assert_string_not_equal(password, before);
		random[i] ^= 1;
	}
}

/* ---- what is read of the host ---- */

static void routes_are_read(void **state)
{
	struct init_network networks[8];
	char outer[IF_NAMESIZE] = "", shown[IP_TEXT_SIZE];

	assert_int_equal(init_read_routes(
		"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
		"eth0\t00000000\tFE0200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
		"eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
		"nonsense\n", networks, 8, outer), 2);
	assert_string_equal(outer, "eth0");
	assert_string_equal(ip_prefix_format(&networks[1].prefix, shown), "192.0.2.0/24");
	assert_int_equal(networks[0].prefix.length, 0);
	assert_int_equal(init_read_routes("", networks, 8, outer), 0);
}

static void a_listener_is_found(void **state)
{
	const char *text =
		"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
		"   0: 0100007F:06BB 0100007F:C000 01 00000000:00000000 00:00000000 00000000     0        0 7 1\n"
		"   1: 00000000:06BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1\n";

	assert_int_equal(init_read_listener(text, 1723), 4711);
	assert_int_equal(init_read_listener(text, 1724), 0);
	assert_int_equal(init_read_listener("", 1723), 0);
}

/* ---- the firewall ---- */

#define CHAIN(hook, policy)							\
	"{\"chain\":{\"family\":\"inet\",\"table\":\"filter\",\"name\":\"" hook "\","	\
	"\"type\":\"filter\",\"hook\":\"" hook "\",\"prio\":0,\"policy\":\"" policy "\"}}"
#define RULE(chain, statements)							\
	",{\"rule\":{\"family\":\"inet\",\"table\":\"filter\",\"chain\":\"" chain "\","	\
	"\"expr\":[" statements "]}}"
/* A statement always follows. */
#define MATCH(op, left, right)	"{\"match\":{\"op\":\"" op "\",\"left\":" left ",\"right\":" right "}},"
#define META(key)		"{\"meta\":{\"key\":\"" key "\"}}"
#define FIELD(protocol, field)							\
	"{\"payload\":{\"protocol\":\"" protocol "\",\"field\":\"" field "\"}}"
#define STATE			"{\"ct\":{\"key\":\"state\"}}"
#define ACCEPT			"{\"accept\":null}"
#define DROP			"{\"drop\":null}"

/* Judge @rules for users of 10.99.0.0/24 who come by eth0. */
static struct init_firewall judge(const char *rules)
{
	struct init_firewall firewall;
	struct init_pool pool;
	char text[8192];
	json_t *json;

	snprintf(text, sizeof(text), "{\"nftables\":[%s]}", rules);
	json = json_loads(text, 0, NULL);
	assert_non_null(json);
	init_parse_pool("10.99.0.0/24", &pool);
	init_judge_firewall(json, &pool, "eth0", &firewall);
	json_decref(json);
	return firewall;
}

static void verdict_is(const char *rules, enum init_packet packet, enum init_verdict verdict)
{
	const struct init_firewall firewall = judge(rules);

	assert_int_equal(firewall.verdicts[packet], verdict);
}

static void chains_drop_by_policy(void **state)
{
	struct init_firewall firewall = judge(CHAIN("input", "drop"));

	assert_int_equal(firewall.verdicts[INIT_CONTROL], INIT_DROPPED);
	assert_string_equal(firewall.chains[INIT_CONTROL], "inet filter input");
	assert_int_equal(firewall.verdicts[INIT_GRE], INIT_DROPPED);
	assert_int_equal(firewall.verdicts[INIT_OUTWARD], INIT_PASSES);
	firewall = judge(CHAIN("input", "accept") "," CHAIN("forward", "drop"));
	assert_int_equal(firewall.verdicts[INIT_CONTROL], INIT_PASSES);
	assert_int_equal(firewall.verdicts[INIT_OUTWARD], INIT_DROPPED);
	assert_int_equal(firewall.verdicts[INIT_BACK], INIT_DROPPED);
	verdict_is(CHAIN("input", "accept") RULE("input", "{\"reject\":null}"), INIT_GRE,
		   INIT_DROPPED);
}

static void rules_match_what_they_name(void **state)
{
#define PORT(op, right)	CHAIN("input", "drop") RULE("input", MATCH(op, FIELD("tcp", "dport"), right) ACCEPT)
	verdict_is(PORT("==", "1723"), INIT_CONTROL, INIT_PASSES);
	verdict_is(PORT("==", "1723"), INIT_GRE, INIT_DROPPED);
	verdict_is(PORT("==", "22"), INIT_CONTROL, INIT_DROPPED);
	verdict_is(PORT("!=", "22"), INIT_CONTROL, INIT_PASSES);
	verdict_is(PORT("==", "{\"set\":[22,{\"range\":[1700,1800]}]}"), INIT_CONTROL, INIT_PASSES);
	verdict_is(PORT("==", "{\"set\":[22,{\"range\":[1724,1800]}]}"), INIT_CONTROL, INIT_DROPPED);
	verdict_is(PORT("<", "1723"), INIT_CONTROL, INIT_DEPENDS);
#define PROTOCOL(left, right)	CHAIN("input", "drop") RULE("input", MATCH("==", left, right) ACCEPT)
	verdict_is(PROTOCOL(META("l4proto"), "\"gre\""), INIT_GRE, INIT_PASSES);
	verdict_is(PROTOCOL(META("l4proto"), "47"), INIT_GRE, INIT_PASSES);
	verdict_is(PROTOCOL(FIELD("ip", "protocol"), "{\"set\":[\"esp\",\"gre\"]}"), INIT_GRE, INIT_PASSES);
	verdict_is(PROTOCOL(META("l4proto"), "\"tcp\""), INIT_GRE, INIT_DROPPED);
	verdict_is(PROTOCOL(META("iifname"), "\"lo\""), INIT_GRE, INIT_DROPPED);
	verdict_is(PROTOCOL(META("iifname"), "\"eth*\""), INIT_GRE, INIT_PASSES);
	verdict_is(PROTOCOL(FIELD("icmp", "type"), "8"), INIT_GRE, INIT_DROPPED);
	verdict_is(PROTOCOL(FIELD("ip", "saddr"), "\"192.0.2.9\""), INIT_GRE, INIT_DEPENDS);
}

/* A new connection is not of those that Debian's example lets in, and answers are. */
static void states_count(void **state)
{
#define STATES(chain)	CHAIN(chain, "drop") RULE(chain, "{\"vmap\":{\"key\":" STATE ",\"data\":{\"set\":["	\
	"[\"invalid\"," DROP "],[\"established\"," ACCEPT "],[\"related\"," ACCEPT "]]}}}")
	verdict_is(STATES("input"), INIT_CONTROL, INIT_DROPPED);
	verdict_is(STATES("forward"), INIT_OUTWARD, INIT_DROPPED);
	verdict_is(STATES("forward"), INIT_BACK, INIT_PASSES);
	verdict_is(CHAIN("forward", "drop") RULE("forward", MATCH("in", STATE, "[\"established\",\"related\"]")
						 ACCEPT), INIT_BACK, INIT_PASSES);
}

static void chains_are_jumped_to(void **state)
{
	static const char jump[] = CHAIN("input", "drop")
		RULE("input", "{\"jump\":{\"target\":\"more\"}}")
		RULE("input", MATCH("==", META("l4proto"), "\"gre\"") ACCEPT)
		RULE("more", MATCH("==", FIELD("tcp", "dport"), "1723") ACCEPT)
		RULE("more", "{\"return\":null}") RULE("more", DROP);
	static const char go[] = CHAIN("input", "drop")
		RULE("input", "{\"goto\":{\"target\":\"more\"}}") RULE("input", ACCEPT)
		RULE("more", MATCH("==", FIELD("tcp", "dport"), "1723") ACCEPT);
	static const char loop[] = CHAIN("input", "drop")
		RULE("input", "{\"jump\":{\"target\":\"input\"}}");

	verdict_is(jump, INIT_CONTROL, INIT_PASSES);
	verdict_is(jump, INIT_GRE, INIT_PASSES);
	verdict_is(go, INIT_CONTROL, INIT_PASSES);
	verdict_is(go, INIT_GRE, INIT_DROPPED);
	verdict_is(loop, INIT_GRE, INIT_DROPPED);
}

/* What cannot be judged may let a packet pass; a rule that may drop one is there for some clients. */
static void what_is_unknown_may_match(void **state)
{
	verdict_is(CHAIN("input", "drop") RULE("input", "{\"xt\":null}," ACCEPT), INIT_GRE, INIT_DEPENDS);
	verdict_is(CHAIN("input", "drop") RULE("input", "{\"limit\":{\"rate\":3}}," ACCEPT), INIT_GRE,
		   INIT_DEPENDS);
	verdict_is(CHAIN("input", "accept") RULE("input", MATCH("==", FIELD("ip", "saddr"), "\"@bad\"") DROP),
		   INIT_GRE, INIT_PASSES);
	verdict_is(CHAIN("input", "drop") RULE("input", "{\"counter\":{\"packets\":3}}," ACCEPT), INIT_GRE,
		   INIT_PASSES);
}

/* iptables(8) is told by names alone. */
static void rules_of_iptables_are_judged(void **state)
{
#define XT(type, name)	"{\"xt\":{\"type\":\"" type "\",\"name\":\"" name "\"}}"
#define BY_STATE(chain)	CHAIN(chain, "drop") RULE(chain, XT("match", "conntrack") "," ACCEPT)
	verdict_is(BY_STATE("input"), INIT_GRE, INIT_DROPPED);
	verdict_is(BY_STATE("forward"), INIT_BACK, INIT_PASSES);
	verdict_is(CHAIN("forward", "accept") RULE("forward", XT("match", "state") "," DROP), INIT_BACK,
		   INIT_PASSES);
	verdict_is(CHAIN("input", "drop") RULE("input", XT("match", "multiport") "," ACCEPT), INIT_CONTROL,
		   INIT_DEPENDS);
	verdict_is(CHAIN("input", "accept") RULE("input", XT("target", "LOG"))
		   RULE("input", XT("target", "REJECT")), INIT_GRE, INIT_DROPPED);
	verdict_is(CHAIN("input", "accept") RULE("input", XT("match", "recent") "," XT("target", "REJECT")),
		   INIT_GRE, INIT_PASSES);
}

static void users_are_known_by_their_addresses(void **state)
{
#define SET	"{\"set\":{\"family\":\"inet\",\"table\":\"filter\",\"name\":\"users\",\"elem\":["	\
		"\"192.0.2.7\",{\"prefix\":{\"addr\":\"10.99.0.0\",\"len\":24}}]}},"
#define FROM(right) CHAIN("forward", "drop") RULE("forward", MATCH("==", FIELD("ip", "saddr"), right) ACCEPT)
	verdict_is(FROM("{\"prefix\":{\"addr\":\"10.98.0.0\",\"len\":15}}"), INIT_OUTWARD, INIT_PASSES);
	verdict_is(FROM("{\"prefix\":{\"addr\":\"10.98.0.0\",\"len\":16}}"), INIT_OUTWARD, INIT_DROPPED);
	verdict_is(SET FROM("\"@users\""), INIT_OUTWARD, INIT_PASSES);
	verdict_is(FROM("\"10.99.0.10\""), INIT_OUTWARD, INIT_PASSES);
	verdict_is(FROM("\"10.99.0.11\""), INIT_OUTWARD, INIT_DROPPED);
	verdict_is(FROM("{\"range\":[\"10.99.0.1\",\"10.99.0.99\"]}"), INIT_OUTWARD, INIT_PASSES);
}

static void translation_is_seen(void **state)
{
#define NAT(prefix, how)	"{\"chain\":{\"family\":\"ip\",\"table\":\"nat\",\"name\":\"post\",\"type\":\"nat\","	\
	"\"hook\":\"postrouting\",\"policy\":\"accept\"}},{\"rule\":{\"family\":\"ip\",\"table\":\"nat\","	\
	"\"chain\":\"post\",\"expr\":[" MATCH("==", FIELD("ip", "saddr"), "{\"prefix\":{\"addr\":\"" prefix	\
	"\",\"len\":24}}") MATCH("!=", META("oifname"), "\"pptp*\"") how "]}}"
	assert_true(judge(NAT("10.99.0.0", "{\"masquerade\":null}")).translated);
	assert_false(judge(NAT("10.98.0.0", "{\"masquerade\":null}")).translated);
	assert_true(judge(NAT("10.99.0.0", XT("target", "MASQUERADE"))).translated);
	assert_false(judge("").translated);
}

/* ---- advice ---- */

static struct init_facts good_host(void)
{
	struct init_facts facts = {
		.release = "6.1.0-50-amd64", .root = true, .debian = true, .culvert_loaded = true,
		.culvert_available = true, .forwarding = true, .daemon_runs = true, .systemd = true,
		.unit_enabled = true, .config_exists = true,
	};

	facts.firewall = judge("");
	facts.firewall.translated = true;
	return facts;
}

static struct init_advice advice[INIT_ADVICE_MAX];
static size_t n_advice;

/* Returns how much there is to do. */
static size_t advise(const struct init_facts *facts)
{
	struct init_pool pool;
	size_t todo = 0;

	init_parse_pool("10.99.0.0/24", &pool);
	n_advice = init_advise(facts, &pool, advice);
	assert_in_range(n_advice, 1, INIT_ADVICE_MAX);
	for (size_t i = 0; i < n_advice; i++)
		todo += advice[i].level == INIT_TODO;
	return todo;
}

/* Returns the advice that has both texts, and fails if there is none. */
static const struct init_advice *said(const char *text, const char *command)
{
	for (size_t i = 0; i < n_advice; i++)
		if (strstr(advice[i].text, text) && strstr(advice[i].commands, command))
			return &advice[i];
	fail_msg("nothing says \"%s\" with \"%s\"", text, command);
	return NULL;
}

static void a_good_host_has_nothing_to_do(void **state)
{
	const struct init_facts facts = good_host();

	assert_int_equal(advise(&facts), 0);
	for (size_t i = 0; i < n_advice; i++)
		assert_int_equal(advice[i].level, INIT_OK);
}

static void the_kernel_is_advised(void **state)
{
	struct init_facts facts = good_host();

	facts.pptp_loaded = true;
	facts.culvert_loaded = false;
	assert_int_equal(advise(&facts), 1);
	assert_int_equal(said("module pptp is loaded", "modprobe -r pptp\nmodprobe culvert\n")->action,
			 INIT_SWAP_MODULES);
	facts = good_host();
	facts.culvert_loaded = facts.culvert_available = false;
	facts.secure_boot = true;
	assert_int_equal(advise(&facts), 1);
	said("not there for this kernel", "apt install linux-headers-6.1.0-50-amd64\n");
	said("not there for this kernel", "culvert-dkms");
	said("Secure Boot", "mokutil --import");
	facts.dkms_sources = facts.headers = true;
	advise(&facts);
	assert_null(strstr(said("not there", "dkms install culvert/")->commands, "apt"));
	strcpy(facts.release, "6.1.0-50-cloud-amd64");
	advise(&facts);
	said("not there", "linux-image-amd64");
	facts.debian = facts.headers = facts.dkms_sources = false;
	advise(&facts);
	assert_null(strstr(said("not there", "dnf install kernel-devel-")->commands, "apt"));
}

static void the_network_is_advised(void **state)
{
	struct init_facts facts = good_host();

	facts.forwarding = false;
	facts.networks[0] = network("10.99.0.7/24", "eth1");
	facts.n_networks = 1;
	assert_int_equal(advise(&facts), 2);
	assert_int_equal(said("does not forward", "60-culvert.conf")->action, INIT_FORWARD);
	said("also those of 10.99.0.7/24, which eth1 has", "");
	facts = good_host();
	ip_parse("172.20.1.2", &facts.outer);
	assert_int_equal(advise(&facts), 0);
	assert_int_equal(said("172.20.1.2 is a private address", "")->level, INIT_NOTE);
	ip_parse("172.32.1.2", &facts.outer);
	advise(&facts);
	for (size_t i = 0; i < n_advice; i++)
		assert_int_equal(advice[i].level, INIT_OK);
}

static void the_firewall_is_advised(void **state)
{
	struct init_facts facts = good_host();
	struct init_pool pool;
	char rules[2048];

	facts.firewall = judge(CHAIN("input", "drop") "," CHAIN("forward", "drop"));
	assert_int_equal(advise(&facts), 1);
	said("drops TCP to port 1723 (inet filter input), GRE",
	     "nft 'insert rule inet filter input tcp dport 1723 accept'\n"
	     "nft 'insert rule inet filter input meta l4proto gre accept'\n"
	     "nft 'insert rule inet filter forward iifname \"pptp*\" accept'\n");
	assert_int_equal(said("under their own addresses", "masquerade")->level, INIT_NOTE);
	init_parse_pool("10.99.0.0/24", &pool);
	init_firewall_rules(&facts.firewall, &pool, rules, sizeof(rules));
	assert_string_equal(
		rules,
		"insert rule inet filter input tcp dport 1723 accept\n"
		"insert rule inet filter input meta l4proto gre accept\n"
		"insert rule inet filter forward iifname \"pptp*\" accept\n"
		"insert rule inet filter forward oifname \"pptp*\" ct state established,related accept\n"
		"add table ip pptp_users\n"
		"add chain ip pptp_users postrouting { type nat hook postrouting priority 100; }\n"
		"add rule ip pptp_users postrouting ip saddr 10.99.0.0/24 oifname != \"pptp*\" masquerade\n");
	/* Chains of iptables are for iptables. */
	strcpy(facts.firewall.chains[INIT_CONTROL], "ip filter INPUT");
	advise(&facts);
	assert_int_equal(said("the firewall drops", "iptables -I INPUT -p tcp --dport 1723 -j ACCEPT")->action,
			 INIT_NOTHING);
	init_firewall_rules(&facts.firewall, &pool, rules, sizeof(rules));
	assert_null(strstr(rules, "INPUT"));
}

static void other_firewalls_are_named(void **state)
{
	struct init_facts facts = good_host();

	facts.ufw = true;
	assert_int_equal(advise(&facts), 1);
	said("ufw is enabled", "ufw allow 1723/tcp\nufw allow proto gre from any to any\n"
	     "ufw route allow from 10.99.0.0/24\n");
	facts.ufw_has_rules = true;
	assert_int_equal(advise(&facts), 0);
	facts = good_host();
	facts.firewalld = true;
	assert_int_equal(advise(&facts), 0);
	facts.firewall = judge(CHAIN("input", "drop"));
	assert_int_equal(advise(&facts), 1);
	said("firewalld runs", "firewall-cmd --permanent --add-protocol=gre\n");
	facts = good_host();
	facts.firewall = (struct init_firewall){ 0 };
	facts.root = false;
	assert_int_equal(advise(&facts), 0);
	said("cannot be seen: root can", "");
	facts = good_host();
	facts.iptables_legacy = true;
	assert_int_equal(advise(&facts), 0);
	said("iptables-legacy", "iptables-legacy -I INPUT -p 47");
	facts = good_host();
	facts.boot_rules = true;
	assert_int_equal(advise(&facts), 0);
	said("not read at boot", "systemctl enable nftables");
}

static void the_service_is_advised(void **state)
{
	struct init_facts facts = good_host();

	facts.daemon_runs = false;
	strcpy(facts.port_taken_by, "pptpd");
	assert_int_equal(advise(&facts), 2);
	said("taken by pptpd", "systemctl disable --now pptpd");
	assert_int_equal(said("does not run", "systemctl enable --now culvertd")->action, INIT_NOTHING);
	facts.port_taken_by[0] = '\0';
	assert_int_equal(advise(&facts), 1);
	assert_int_equal(said("does not run", "")->action, INIT_START);
	facts.culvert_available = facts.culvert_loaded = false;
	advise(&facts);
	assert_int_equal(said("does not run", "")->action, INIT_NOTHING);
	facts.culvert_available = true;
	facts.config_exists = false;
	assert_int_equal(advise(&facts), 2);
	said("no configuration", "pppctl init");
	assert_int_equal(said("does not run", "")->action, INIT_NOTHING);
	facts = good_host();
	facts.unit_enabled = false;
	assert_int_equal(advise(&facts), 1);
	said("not after the next boot", "systemctl enable");
	facts = good_host();
	facts.config_is_new = true;
	assert_int_equal(advise(&facts), 1);
	assert_int_equal(said("another configuration", "pppctl reload")->action, INIT_RELOAD);
	facts = good_host();
	facts.systemd = facts.unit_enabled = false;
	assert_int_equal(advise(&facts), 0);
}

/* Everything at once still has room. */
static void the_worst_host_has_room(void **state)
{
	struct init_facts facts = {
		.release = "6.1.0-50-cloud-amd64", .root = true, .pptp_loaded = true, .secure_boot = true,
		.systemd = true, .boot_rules = true, .iptables_legacy = true, .port_taken_by = "x",
		.config_is_new = true,
	};

	facts.firewall = judge(CHAIN("input", "drop") "," CHAIN("forward", "drop")
			       RULE("forward", "{\"xt\":null}," ACCEPT));
	facts.networks[facts.n_networks++] = network("10.0.0.0/8", "eth0");
	assert_int_equal(advise(&facts), 8);
	assert_true(n_advice < INIT_ADVICE_MAX);
}

/* ---- wishes ---- */

static void wishes_are_taken(void **state)
{
	struct init_facts facts = good_host();
	struct init_answers answers = { 0 };

	facts.networks[facts.n_networks++] = network("10.99.0.1/16", "eth1");
	assert_null(init_take_wishes(&(struct init_wishes){ .listen = "all", .dns = "none" }, &facts, &answers));
	assert_false(ip_is_set(answers.listen));
	assert_int_equal(answers.pool.local, 0x0a640001);
	assert_null(init_take_wishes(&(struct init_wishes){ .listen = "eth1", .user = "a",
				     .dns = "192.0.2.1, 192.0.2.2", .pool = "10.5.0.0/24" }, &facts, &answers));
	assert_string_equal(ip_text(answers.listen), "10.99.0.1");
	assert_int_equal(answers.n_dns, 2);
	assert_int_equal(answers.pool.local, 0x0a050001);
	assert_non_null(init_take_wishes(&(struct init_wishes){ .listen = "eth9" }, &facts, &answers));
	assert_non_null(init_take_wishes(&(struct init_wishes){ .dns = "x" }, &facts, &answers));
	assert_non_null(init_take_wishes(&(struct init_wishes){ .dns = "1.1.1.1,1.1.1.2,1.1.1.3" },
					 &facts, &answers));
	assert_non_null(init_take_wishes(&(struct init_wishes){ .pool = "x" }, &facts, &answers));
	assert_non_null(init_take_wishes(&(struct init_wishes){ .user = "a\nb" }, &facts, &answers));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pools_are_parsed),
		cmocka_unit_test(a_free_pool_is_chosen),
		cmocka_unit_test(the_local_address_overlaps),
		cmocka_unit_test(a_configuration_is_read_again),
		cmocka_unit_test(a_configuration_of_others_is_read),
		cmocka_unit_test(secrets_are_quoted_and_found),
		cmocka_unit_test(passwords_use_each_octet),
		cmocka_unit_test(routes_are_read),
		cmocka_unit_test(a_listener_is_found),
		cmocka_unit_test(chains_drop_by_policy),
		cmocka_unit_test(rules_match_what_they_name),
		cmocka_unit_test(states_count),
		cmocka_unit_test(chains_are_jumped_to),
		cmocka_unit_test(what_is_unknown_may_match),
		cmocka_unit_test(rules_of_iptables_are_judged),
		cmocka_unit_test(users_are_known_by_their_addresses),
		cmocka_unit_test(translation_is_seen),
		cmocka_unit_test(a_good_host_has_nothing_to_do),
		cmocka_unit_test(the_kernel_is_advised),
		cmocka_unit_test(the_network_is_advised),
		cmocka_unit_test(the_firewall_is_advised),
		cmocka_unit_test(other_firewalls_are_named),
		cmocka_unit_test(the_service_is_advised),
		cmocka_unit_test(the_worst_host_has_room),
		cmocka_unit_test(wishes_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
