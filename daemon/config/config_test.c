// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "aaa/database.h"
#include "aaa/secrets.h"
#include "config/config.h"
#include "config/radius_settings.h"
#include "util/ip_literal_test.h"
#include "util/played_local_test.h"

static char folder[] = "/tmp/config-test-XXXXXX";
static char conf[64], secrets[64];
static struct diag diag;

static void write_file(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static int make_folder(void **state)
{
	if (!mkdtemp(folder))
		return -1;
	snprintf(conf, sizeof(conf), "%s/c", folder);
	snprintf(secrets, sizeof(secrets), "%s/s", folder);
	return 0;
}

static int remove_folder(void **state)
{
	unlink(conf);
	unlink(secrets);
	return rmdir(folder);
}

static int set_up(void **state)
{
	diag_init(&diag);
	played_interface = (struct local_network){ 0 };
	write_file(secrets, "alice * s *\n", 12);
	return 0;
}

static int tear_down(void **state)
{
	diag_free(&diag);
	return 0;
}

/* Replace every $S and $C in @text by the path of the secrets and of the configuration. */
static char *expand(const char *text)
{
	char *out = calloc(1, strlen(text) + 64 * sizeof(conf));
	char *p = out;

	assert_non_null(out);
	while (*text) {
		if (!strncmp(text, "$S", 2) || !strncmp(text, "$C", 2)) {
			p = stpcpy(p, text[1] == 'S' ? secrets : conf);
			text += 2;
		} else {
			*p++ = *text++;
		}
	}
	return out;
}

static struct config *load(const char *text)
{
	char *full = expand(text);
	struct config *config;

	write_file(conf, full, strlen(full));
	free(full);
	config = config_load(conf, &diag);
	assert_true(!config == !!diag.errors);
	return config;
}

static struct config *load_good(const char *text)
{
	struct config *config = load(text);

	if (!config)
		fail_msg("%s", diag.lines[0].text);
	return config;
}

static bool is_default(const struct outer *outer)
{
	return outer->tos == OUTER_TOS_INHERIT && !outer->ttl && outer->df == OUTER_DF_SET &&
	       !outer->mark && !outer->ecn;
}

static const char smallest[] = "server \"s\" { secrets = \"$S\"\n local-address = 10.0.0.1 }\n";

static void defaults_are_safe(void **state)
{
	struct config *c = load_good(smallest);
	const struct config_server *s = config_find_server(c, "s");

	assert_int_equal(diag.n_lines, 0);
	assert_int_equal(c->log.level, LOG_LEVEL_INFO);
	assert_int_equal(c->log.target, LOG_TARGET_AUTO);
	assert_string_equal(c->control.socket, "/run/culvert/control.sock");
	assert_string_equal(c->control.group, "");
	assert_non_null(s);
	assert_int_equal(s->listen.n, 1);
	assert_true(ip_is_any(s->listen.list[0]));
	assert_int_equal(s->port, 1723);
	assert_int_equal(s->auth[0], PPP_AUTH_MSCHAPV2);
	assert_int_equal(s->auth[1], PPP_AUTH_NONE);
	/* names in the configuration are those of ppp_auth_name() */
	assert_string_equal(ppp_auth_name(s->auth[0]), "mschap-v2");
	assert_int_equal(s->mppe, PPP_MPPE_REQUIRED);
	assert_int_equal(s->mppe_bits, PPP_MPPE_128);
	assert_int_equal(s->mppe_modes, PPP_MPPE_STATELESS);
	assert_string_equal(s->auth_name, "s");
	assert_int_equal(s->mtu, CONFIG_MTU_AUTO);
	assert_true(is_default(&s->outer));
	assert_null(s->pool);
	assert_int_equal(secrets_count(s->secrets), 1);
	assert_null(config_find_server(c, "t"));
	config_put(c);
}

static void everything_set(void **state)
{
	struct config *c = load_good(
		"# a comment\n"
		"log { level = debug target = syslog limit-burst = 0 limit-rate = 60 }\n"
		"control { socket = \"/tmp/x.sock\" group = root max-clients = 5 }\n"
		"/* servers may come before their pools */\n"
		"server \"office\" {\n"
		"	listen = { 192.0.2.1, # two of them\n"
		"		   \"192.0.2.2\" }\n"
		"	port = 1724\n"
		"	host-name = \"g#t//e /* \\\" */\"\n"
		"	auth = { \"mschap-v2\", mschap, eap }\n"
		"	eap = { chap-md5, mschap-v2 }\n"
		"	auth-name = 'gate way'\n"
		"	secrets = \"$S\"\n"
		"	strip-domain = true\n"
		"	strip-realm = true\n"
		"	fold-case = true\n"
		"	mppe = preferred\n"
		"	mppe-bits = { 128, 56, 40 }\n"
		"	mppe-mode = any\n"
		"	pool = \"users\"\n"
		"	local-address = \"10.0.0.1\"\n"
		"	link = shared\n"
		"	interface = vpn0\n"
		"	proxy-arp = lo\n"
		"	dns = { 10.0.0.53 }\n"
		"	dns += { 10.0.1.53 }\n"
		"	nbns = { }\n"
		"	mtu = 1400\n"
		"	sliding-window = true\n"
		"	tos = 0x48 ttl = 9 df = clear mark = 0xfffffffe ecn = yes\n"
		"	echo-interval = 0\n"
		"	echo-timeout = 5\n"
		"	lcp-echo-interval = 7\n"
		"	lcp-echo-failure = 2\n"
		"	login-timeout = 11\n"
		"	idle-timeout = 12\n"
		"	session-timeout = 13\n"
		"	max-sessions = 14\n"
		"	max-sessions-per-user = 15\n"
		"	max-sessions-per-address = 19\n"
		"	max-connections = 16\n"
		"	max-connections-per-address = 17\n"
		"	max-calls-per-connection = 18\n"
		"}\n"
		"server \"second\" { listen = { 192.0.2.1 } secrets = \"$S\"\n"
		"	local-address = 10.0.0.2 pool = users }\n"
		"pool \"more\" { range = 10.0.2.0/24 }\n"
		"pool \"users\" { range = { \"10.0.0.0/24\", 10.0.1.10-10.0.1.20 }  next = more\n"
		"sticky = false\n"
		"	exclude = { 10.0.0.99 } }\n");
	const struct config_server *s = &c->servers[0];

	assert_int_equal(diag.n_lines, 3);	/* no interface has what they listen on */
	for (size_t i = 0; i < diag.n_lines; i++)
		assert_non_null(strstr(diag.lines[i].text, ": listen has 192.0.2."));
	assert_int_equal(c->log.level, LOG_LEVEL_DEBUG);
	assert_int_equal(c->log.target, LOG_TARGET_SYSLOG);
	assert_int_equal(c->log.limit_burst, 0);
	assert_int_equal(c->log.limit_per_minute, 60);
	assert_string_equal(c->control.socket, "/tmp/x.sock");
	assert_string_equal(c->control.group, "root");
	assert_int_equal(c->control.max_clients, 5);
	assert_int_equal(c->n_servers, 2);
	assert_string_equal(s->name, "office");
	assert_int_equal(s->listen.n, 2);
	assert_int_equal(ip_number(s->listen.list[1]), 0xc0000202);
	assert_int_equal(s->port, 1724);
	assert_string_equal(s->host_name, "g#t//e /* \" */");
	assert_int_equal(s->auth[0], PPP_AUTH_MSCHAPV2);
	assert_int_equal(s->auth[1], PPP_AUTH_MSCHAP);
	assert_int_equal(s->auth[2], PPP_AUTH_EAP);
	assert_int_equal(s->auth[3], PPP_AUTH_NONE);
	assert_int_equal(s->eap[0], PPP_AUTH_CHAP_MD5);
	assert_int_equal(s->eap[1], PPP_AUTH_MSCHAPV2);
	assert_int_equal(s->link, CONFIG_LINK_SHARED);
	assert_string_equal(s->interface, "vpn0");
	assert_string_equal(s->proxy_arp, "lo");
	assert_string_equal(s->auth_name, "gate way");
	assert_true(s->strip_domain);
	assert_true(s->strip_realm);
	assert_true(s->fold_case);
	assert_int_equal(s->mppe, PPP_MPPE_PREFERRED);
	assert_int_equal(s->mppe_bits, PPP_MPPE_128 | PPP_MPPE_56 | PPP_MPPE_40);
	assert_int_equal(s->mppe_modes, PPP_MPPE_STATELESS | PPP_MPPE_STATEFUL);
	assert_ptr_equal(s->pool, &c->pools[1]);
	assert_int_equal(ip_number(s->local_address), 0x0a000001);
	assert_int_equal(s->dns.n, 2);
	assert_int_equal(s->nbns.n, 0);
	assert_int_equal(s->mtu, 1400);
	assert_true(s->sliding_window);
	assert_int_equal(s->outer.tos, 0x48);
	assert_int_equal(s->outer.ttl, 9);
	assert_int_equal(s->outer.df, OUTER_DF_CLEAR);
	assert_int_equal(s->outer.mark, 0xfffffffe);
	assert_true(s->outer.ecn);
	assert_int_equal(s->echo_interval_s, 0);
	assert_int_equal(s->echo_timeout_s, 5);
	assert_int_equal(s->lcp_echo_interval_s, 7);
	assert_int_equal(s->lcp_echo_failure, 2);
	assert_int_equal(s->login_timeout_s, 11);
	assert_int_equal(s->idle_timeout_s, 12);
	assert_int_equal(s->session_timeout_s, 13);
	assert_int_equal(s->max_sessions, 14);
	assert_int_equal(s->max_sessions_per_user, 15);
	assert_int_equal(s->max_sessions_per_address, 19);
	assert_int_equal(s->max_connections, 16);
	assert_int_equal(s->max_connections_per_address, 17);
	assert_int_equal(s->max_calls_per_connection, 18);
	assert_ptr_equal(s->secrets, c->servers[1].secrets);
	assert_int_equal(c->n_pools, 2);
	assert_int_equal(c->pools[1].n_ranges, 2);
	assert_int_equal(c->pools[1].ranges[0].first, 0x0a000001);
	/* as listed, and the local-address of both servers */
	assert_int_equal(c->pools[1].n_exclude, 3);
	assert_null(c->pools[0].next);
	assert_string_equal(c->pools[1].next, "more");
	assert_true(c->pools[0].sticky);
	assert_false(c->pools[1].sticky);
	config_put(c);
}

#define CLIENT "client \"c\" { server = vpn.example secret-file = \"$S\"\n"
#define SERVER	"server \"s\" { secrets = \"$S\" local-address = 10.0.0.1\n"
#define SERVER_T "server \"t\" { secrets = \"$S\" port = 1724 local-address = 10.0.0.2\n"
#define RADIUS	"radius \"r\" { address = 192.0.2.1 secret-file = \"$S\"\n"
#define POOL	"pool \"users\" { range = { 10.0.0.10-10.0.0.20 } }\n"

#define WANT_TOS "expected inherit, a DSCP like af11 or ef, or a TOS octet from 0x00 to 0xfc whose " \
		 "last two bits are 0"
#define WANT_RATE "expected bits per second like 512k, 10M or 1G, from 8k to 1000G; or 0"
#define WANT_BURST "expected auto, or octets like 64k or 2M, up to 1073741824"
#define WANT_TIME "expected a day like 2027-01-31, a time like 2027-01-31 18:00, or never"
#define WANT_PATTERN "expected a letter, then letters, digits, '.', '_', '-', %u, %i and %p"
#define WANT_MARK "expected a number from 0 to 4294967295 or 0xffffffff"

/* A configuration with a mistake, and everything that is reported, without the path of the file. */
static const struct {
	const char *text;
	const char *want[3];
} wrong[] = {
	/* values */
	{ SERVER "port = 70000 }\n",
	  { ":2: port is \"70000\": expected a number from 1 to 65535" } },
	{ SERVER "port = x\nmtu = 100\nstrip-domain = maybe }\n",
	  { ":2: port is \"x\": expected a number from 1 to 65535",
	    ":3: mtu is \"100\": expected auto or a number from 576 to 1500",
	    ":4: strip-domain is \"maybe\": expected true or false" } },
	{ SERVER "port = -1 }\n",
	  { ":2: port is \"-1\": expected a number from 1 to 65535" } },
	{ SERVER "mppe = always }\n",
	  { ":2: mppe is \"always\": expected off, preferred or required" } },
	{ SERVER "mppe-bits = { 128, 64 } }\n",
	  { ":2: mppe-bits has \"64\": expected 40, 56 or 128" } },
	{ SERVER "mppe-bits = { 128, 128 } }\n",
	  { ":2: mppe-bits has \"128\": it is there twice" } },
	{ SERVER "auth = { mschap-v2,\nchap } }\n",
	  { ":3: auth has \"chap\": expected pap, chap-md5, mschap, mschap-v2 or eap" } },
	{ SERVER "link = own }\n",
	  { ":2: link is \"own\": expected session or shared" } },
	{ SERVER "interface = \"a name too long for it\" }\n",
	  { ":2: interface is \"a name too long for it\": expected a name of at most 15 octets "
	    "like pptp0 or pptp%d" } },
	{ SERVER "proxy-arp = \"\" }\n",
	  { ":2: proxy-arp is \"\": expected off, on, or the name of an interface" } },
	{ SERVER "proxy-arp = true }\n",
	  { ":2: proxy-arp is \"true\": expected off, on, or the name of an interface" } },
	{ SERVER "proxy-arp = \"eth%d\" }\n",
	  { ":2: proxy-arp is \"eth%d\": expected a name without %" } },
	{ SERVER "interface = \"p%d%d\" }\n",
	  { ":2: interface is \"p%d%d\": expected a name of at most 15 octets like pptp0 or "
	    "pptp%d" } },
	{ SERVER "interface = \"p%s\" }\n",
	  { ":2: interface is \"p%s\": expected a name of at most 15 octets like pptp0 or "
	    "pptp%d" } },
	{ SERVER "interface-name = \"%u\" }\nprofile \"p\" { interface-name = \"ppp-%x\" }\n"
	  "user \"u\" { interface-name = \"ppp/%u\" }\n",
	  { ":2: interface-name is \"%u\": " WANT_PATTERN,
	    ":3: interface-name is \"ppp-%x\": " WANT_PATTERN,
	    ":4: interface-name is \"ppp/%u\": " WANT_PATTERN } },
	{ SERVER "interface-name = \"p%u%d\" }\n"
	  "user \"u\" { interface-name = \"of-customers-%u\" }\n",
	  { ":2: interface-name is \"p%u%d\": " WANT_PATTERN "; or a %d alone at the end",
	    ":3: interface-name is \"of-customers-%u\": expected at most 13 octets" } },
	{ SERVER "user-vrf = \"a/b\" }\n",
	  { ":2: user-vrf is \"a/b\": expected a name of at most 15 octets like pptp0 or pptp%d" } },
	{ SERVER "link = shared }\nuser \"u\" { user-vrf = lo }\n"
	  "profile \"p\" { user-vrf = \"\" }\n",
	  { ":3: user-vrf needs an interface for each session, which no server has; expected a "
	    "server with link = session",
	    ":4: user-vrf needs an interface for each session, which no server has; expected a "
	    "server with link = session" } },
	{ SERVER "link = shared\nuser-netns = x }\nuser \"u\" { user-netns = \"\" }\n",
	  { ":3: user-netns needs link = session",
	    ":3: user-netns is \"x\", which there is not on this host now: whoever needs it is "
	    "refused",
	    ":4: user-netns needs an interface for each session, which no server has; expected a "
	    "server with link = session" } },
	{ SERVER "}\nprofile \"p\" { user-netns = \"a/b\" }\n",
	  { ":3: user-netns is \"a/b\": expected a name as \"ip netns\" shows it" } },
	{ SERVER "}\npool \"p\" { user-vrf = lo  range = 10.0.1.0/24 }\n"
	  "pool \"q\" { range = 10.0.1.0/24 }\npool \"r\" { user-vrf = lo\nrange = 10.0.1.9 }\n",
	  { ":6: range 10.0.1.9 overlaps 10.0.1.1-10.0.1.254 of pool \"p\" (line 3)" } },
	{ SERVER "tos = ef11\nttl = 0\ndf = off }\n",
	  { ":2: tos is \"ef11\": " WANT_TOS,
	    ":3: ttl is \"0\": expected auto or a number from 1 to 255",
	    ":4: df is \"off\": expected set or clear" } },
	{ SERVER "tos = 0x49\nttl = 256\nmark = 4294967296 }\n",
	  { ":2: tos is \"0x49\": " WANT_TOS,
	    ":3: ttl is \"256\": expected auto or a number from 1 to 255",
	    ":4: mark is \"4294967296\": " WANT_MARK } },
	/* 8 could be meant as the DSCP. */
	{ SERVER "rate-up = 10m\nrate-down = 7k }\n",
  { ":2: rate-up is \"10m\": " WANT_RATE, ":3: rate-down is \"7k\": " WANT_RATE } },
	{ SERVER "}\nprofile \"p\" { expires = 2027-02-30 }\n"
	  "profile \"q\" { expires = \"2027-02-03 24:00\" }\nuser \"u\" { expires = 2027-2-3 }\n",
	  { ":3: expires is \"2027-02-30\": " WANT_TIME,
	    ":4: expires is \"2027-02-03 24:00\": " WANT_TIME,
	    ":5: expires is \"2027-2-3\": " WANT_TIME } },
	{ SERVER "rate-up = 1001G\nrate-down = 18446744073709551617 }\n",
	  { ":2: rate-up is \"1001G\": " WANT_RATE,
	    ":3: rate-down is \"18446744073709551617\": " WANT_RATE } },
	{ SERVER "burst-up = 0\nburst-down = 2G }\n",
	  { ":2: burst-up is \"0\": " WANT_BURST, ":3: burst-down is \"2G\": " WANT_BURST } },
	{ SERVER "nft-set = \"guests\" }\n",
	  { ":2: nft-set is \"guests\": expected at most 4 sets of nftables like \"inet filter "
	    "guests\", separated by commas; inet may be left out, and ip, bridge or netdev stand "
	    "for it" } },
	{ SERVER "user-priority = 1:10000\nuser-mark = 1:1 }\n",
	  { ":2: user-priority is \"1:10000\": expected a class like 1:10, or a number",
	    ":3: user-mark is \"1:1\": " WANT_MARK } },
	{ SERVER "pre-up = \"/nowhere/at/all\"\non-up = \"bin/sh\"\non-down = \"/etc\" }\n",
	  { ":2: pre-up is \"/nowhere/at/all\", which cannot be found: No such file or directory",
	    ":3: on-up is \"bin/sh\": expected a path that begins with /",
	    ":4: on-down is \"/etc\", which is not a file" } },
	{ CLIENT "user = u\non-change = \"/etc/passwd\"\npre-up = \"/bin/sh\" }\n",
	  { ":3: on-change is \"/etc/passwd\", which cannot be executed; expected mode 0755 or "
	    "0700",
	    ":4: there is no option \"pre-up\" in client \"c\"; it belongs into server { }" } },
	{ SERVER "}\nhooks { max-running = 0\ntimeout = 3601 }\n",
	  { ":3: max-running is \"0\": expected a number from 1 to 1000",
	    ":4: timeout is \"3601\": expected a number from 1 to 3600" } },
	{ SERVER "}\nuser \"a\" { address = 10.1.0.5 }\nuser \"b\" {\n address = 10.1.0.5 }\n"
	  "user \"c\" { address = 127.0.0.1 }\n",
	  { ":5: address 10.1.0.5 is that of user \"a\" (line 3); expected one that no other user "
	    "has",
	    ":6: address is 127.0.0.1, which no peer can have; expected a unicast address" } },
	{ SERVER "profile = gold }\nprofile \"golf\" { }\nuser \"u\" { }\n",
	  { ":2: there is no profile \"gold\"; did you mean \"golf\"?",
	    ":4: user \"u\" says nothing of the user; expected routes, profile or another "
	    "option" } },
	{ CLIENT "user = u tos = 8\nmark = 0x100000000\necn = copy }\n",
	  { ":2: tos is \"8\": " WANT_TOS,
	    ":3: mark is \"0x100000000\": " WANT_MARK,
	    ":4: ecn is \"copy\": expected true or false" } },
	{ CLIENT "user = u tos = 0x\nmark = 0x }\n",
	  { ":2: tos is \"0x\": " WANT_TOS, ":3: mark is \"0x\": " WANT_MARK } },
	{ CLIENT "user = u tos = 0x100\nmark = -1 }\n",
	  { ":2: tos is \"0x100\": " WANT_TOS, ":3: mark is \"-1\": " WANT_MARK } },
	{ CLIENT "user = u tos = \"0x20 \"\nmark = 0x7/0xf }\n",
	  { ":2: tos is \"0x20 \": " WANT_TOS, ":3: mark is \"0x7/0xf\": " WANT_MARK } },
	{ SERVER "auth = { eap } eap = { chap-md5 } }\n",
	  { ":2: eap has \"chap-md5\", which gives no keys for mppe = required; leave it out, or "
	    "set mppe = preferred or mppe = off" } },
	{ SERVER "auth = { mschap-v2, mschap-v2 } }\n",
	  { ":2: auth has \"mschap-v2\": it is there twice" } },
	{ SERVER "auth = { } }\n",
	  { ":2: auth is empty; expected a list of words" } },
	{ SERVER "listen = { everywhere } }\n",
	  { ":2: listen has \"everywhere\": expected an address like 10.0.0.1" } },
	{ SERVER "listen = { } }\n",
	  { ":2: listen is empty; expected a list of addresses" } },
	{ SERVER "dns = { 1.1.1.1, 1.1.1.2, 1.1.1.3 } }\n",
	  { ":2: dns has 3 elements; expected at most 2" } },
	{ SERVER "host-name = \"0123456789012345678901234567890123456789012345678901234567890123\" "
	  "}\n",
	  { ":2: host-name is \"0123456789012345678901234567890123456789012345678901234567890123\":"
	    " expected at most 63 octets" } },
	{ "log { level = loud }\n" SERVER "}\n",
	  { ":1: level is \"loud\": expected error, warning, notice, info or debug" } },
	{ "control { socket = run.sock }\n" SERVER "}\n",
	  { ":1: socket is \"run.sock\": expected a path that begins with /" } },
	{ "control {\n\n group = no-such-group-here }\n" SERVER "}\n",
	  { ":3: group is \"no-such-group-here\": expected the name of a group of this system" } },
	{ SERVER "port = \"17\n23\" }\n",
	  { ":3: port is \"17\\x0a23\": expected a number from 1 to 65535" } },
	{ "client \"b\" { server = \"vpn.example\" user = \"CORP\\alice\" auth = { none } mppe = off }\n" SERVER "}\n",
	  { ":1: user is \"CORP\\x07lice\": expected text without control characters; a backslash is "
	    "written \\\\ in double quotes" } },

	/* names */
	{ SERVER "lisen = { 0.0.0.0 } }\n",
	  { ":2: there is no option \"lisen\" in server \"s\"; did you mean \"listen\"?" } },
	{ SERVER "colour = blue }\n",
	  { ":2: there is no option \"colour\" in server \"s\"; see culvert.conf(5)" } },
	{ "log { levle = info }\n",
	  { ":1: there is no option \"levle\" in log; did you mean \"level\"?" } },
	{ "\nsevrer \"x\" { }\n",
	  { ":2: there is no section \"sevrer\"; did you mean \"server\"?" } },
	{ "frobnicate { }\n",
	  { ":1: there is no section \"frobnicate\"; see culvert.conf(5)" } },
	{ "port = 1723\n",
	  { ":1: port stands outside of any section; it belongs into server { }" } },
	{ "server \"a b\" { secrets = \"$S\" local-address = 10.0.0.1 }\n",
	  { ":1: server \"a b\" needs a name of 1 to 63 letters, digits, dots, hyphens and "
	    "underscores" } },
	{ "server \"\" { secrets = \"$S\" local-address = 10.0.0.1 }\n",
	  { ":1: server \"\" needs a name of 1 to 63 letters, digits, dots, hyphens and "
	    "underscores" } },

	/* given twice */
	{ SERVER "port = 1\n\nport = 2 }\n",
	  { ":4: port is set twice in this section, first in line 2" } },
	{ SERVER "dns = { 1.1.1.1 }\ndns = { 1.1.1.2 } }\n",
	  { ":3: dns is set twice in this section, first in line 2" } },
	{ SERVER "}\n" SERVER "}\n",
	  { ":3: the name \"s\" is taken already by a section of this kind (line 1)" } },
	{ "log { level = info }\nlog { target = stderr }\n" SERVER "}\n",
	  { ":2: there are two log sections; the first begins in line 1" } },

	/* syntax */
	{ SERVER "port 1723 }\n",
	  { ":2: port has to be followed by = and a value" } },
	{ SERVER "port = 1723\n\n",
	  { ":1: the { that begins here is never closed" } },
	{ SERVER "}\nlog { level = {\n debug }\n",
	  { ":3: level takes one value, not a list",
	    ":3: the { that begins here is never closed" } },
	{ SERVER "} log\n",
	  { ":2: the head of the log section has to be followed by {" } },
	{ SERVER "auth-name = \"open\n}\n",
	  { ":2: the quote that begins here is never closed" } },
	{ SERVER "auth-name = 'it\\'s\n\n}\n",
	  { ":2: the quote that begins here is never closed" } },
	{ SERVER "} // the end\n/* or\n not\n",
	  { ":3: the comment that begins here is never closed" } },
	{ SERVER "} }\n",
	  { ":2: unexpected closing brace" } },
	{ "server { }\n",
	  { ":1: server has to be followed by a name in quotes" } },
	{ "log level = info\n",
	  { ":1: the head of the log section has to be followed by {" } },
	{ SERVER "port = }\n",
	  { ":2: port has to be followed by a value" } },
	{ SERVER "port += 1723 }\n",
	  { ":2: port is no list that something could be added to; expected =" } },

	/* several options */
	{ "\nserver \"s\" {\n secrets = \"$S\"\n}\n",
	  { ":2: server \"s\" needs local-address (address)" } },
	{ "pool \"p\" { }\n" SERVER "}\n",
	  { ":1: pool \"p\" needs range (list of ranges)" } },
	{ SERVER "local-address = 10.0.0.2 }\n",
	  { ":2: local-address is set twice in this section, first in line 1" } },
	{ "server \"s\" { secrets = \"$S\"\nlocal-address = 127.0.0.1 }\n",
	  { ":2: local-address is \"127.0.0.1\": expected a unicast address" } },
	{ SERVER "\npool = \"user\" }\n" POOL,
	  { ":3: there is no pool \"user\"; did you mean \"users\"?" } },
	{ SERVER "pool = \"guests\" }\n" POOL,
	  { ":2: there is no pool \"guests\"; expected the name of a pool section" } },
	{ SERVER "}\npool \"p\" { range = { 10.0.0.1-10.0.0.9, 10.0.0.9 } }\n",
	  { ":3: range 10.0.0.9 overlaps 10.0.0.1-10.0.0.9 of pool \"p\" (line 3)" } },
	{ SERVER "}\n" POOL "pool \"more\" {\n range = { 10.0.0.0/24 } }\n",
	  { ":5: range 10.0.0.1-10.0.0.254 overlaps 10.0.0.10-10.0.0.20 of pool \"users\" "
	    "(line 3)" } },
	{ SERVER "}\n" POOL "pool \"more\" { range = 10.0.1.0/24\n next = user }\n",
	  { ":5: there is no pool \"user\"; did you mean \"users\"?" } },
	{ SERVER "}\npool \"p\" { range = 10.0.1.0/24\n next = p }\n",
	  { ":4: the pools after \"p\" lead back to it; expected a last one without next" } },
	{ SERVER "}\npool \"a\" { range = 10.0.1.0/24  next = b }\n"
	  "pool \"b\" { range = 10.0.2.0/24  next = c }\n"
	  "pool \"c\" { range = 10.0.3.0/24  next = b }\n",
	  { ":4: the pools after \"b\" lead back to it; expected a last one without next" } },
	{ SERVER "}\npool \"p\" { range = { 10.0.0.9-10.0.0.1 } }\n",
	  { ":3: range has \"10.0.0.9-10.0.0.1\": it ends before it begins" } },
	{ SERVER "}\npool \"p\" { range = { 10.0.0.1/24 } }\n",
	  { ":3: range has \"10.0.0.1/24\": it has bits set beyond the prefix length" } },
	{ SERVER "}\npool \"p\" { range = { 10.0.0.0/8 } }\n",
	  { ":3: pool \"p\" has 16777214 addresses; expected at most 1048576" } },
	{ SERVER "}\npool \"p\" { range = { 224.0.0.1-224.0.0.9 } }\n",
	  { ":3: range 224.0.0.1-224.0.0.9 has addresses that no peer can have; expected unicast "
	    "addresses" } },
	{ SERVER "auth = { mschap-v2, pap } }\n",
	  { ":2: auth has \"pap\", which gives no keys for mppe = required; leave it out, or set "
	    "mppe = preferred or mppe = off" } },
	{ SERVER "auth = { chap-md5 } mppe = required }\n",
	  { ":2: auth has \"chap-md5\", which gives no keys for mppe = required; leave it out, or "
	    "set mppe = preferred or mppe = off" } },
	{ SERVER "}\nserver \"t\" { secrets = \"$S\" local-address = 10.0.0.1\n"
	  "listen = { 192.0.2.1 } }\n",
	  { ":4: 192.0.2.1 port 1723 is taken already by server \"s\" (line 1)" } },
	/* In another place it is another address. */
	{ SERVER "}\nserver \"t\" { secrets = \"$S\" local-address = 10.0.0.1 device = lo }\n"
	  "server \"u\" { secrets = \"$S\" local-address = 10.0.0.1 vrf = lo\nport = 1723 }\n"
	  "server \"v\" { secrets = \"$S\" local-address = 10.0.0.1 }\n",
	  { ":4: 0.0.0.0 port 1723 is taken already by server \"t\" (line 3)",
	    ":6: 0.0.0.0 port 1723 is taken already by server \"s\" (line 1)" } },
	{ SERVER "vrf = lo\ndevice = lo }\n",
	  { ":3: server \"s\" has vrf and device; expected one of them" } },
	{ SERVER "netns = \"a/b\" }\n",
	  { ":2: netns is \"a/b\": expected a name as \"ip netns\" shows it" } },
	{ "server \"s\" { local-address = 10.0.0.1\nsecrets = \"/nonexistent/s\" }\n",
	  { "/nonexistent/s: secrets cannot be read: No such file or directory",
	    ":2: server \"s\" cannot do without /nonexistent/s" } },

	/* clients */
	{ "client \"c\" { user = u\nsecret-file = \"$S\" }\n",
	  { ":1: client \"c\" needs server (text)" } },
	{ CLIENT "user = u source-address = 224.0.0.1 }\n",
	  { ":2: source-address is \"224.0.0.1\": expected an address of this host" } },
	{ CLIENT "user = \"\" }\n",
	  { ":2: client \"c\" needs user (text), unless auth is \"none\" alone" } },
	{ "client \"c\" { server = s\nuser = u }\n",
	  { ":1: client \"c\" needs secret-file (path), unless auth is \"none\" alone" } },
	{ "client \"c\" { server = s user = u\nsecret-file = /nonexistent }\n",
	  { "/nonexistent: cannot be read: No such file or directory",
	    ":2: client \"c\" cannot do without /nonexistent" } },
	{ CLIENT "user = u auth = { pap, none } }\n",
	  { ":2: auth has nothing that gives keys for mppe = required; add \"mschap-v2\", or set "
	    "mppe = preferred or mppe = off" } },
	{ CLIENT "user = u auth = { eap } eap = { chap-md5 } }\n",
	  { ":2: auth has nothing that gives keys for mppe = required; add \"mschap-v2\", or set "
	    "mppe = preferred or mppe = off" } },
	{ CLIENT "user = u auth = { pap, any } }\n",
	  { ":2: auth has \"any\": it is there twice" } },
	{ CLIENT "user = u\nroutes = { 10.0.0.0/8, 192.168.5.1/24 } }\n",
	  { ":3: routes has \"192.168.5.1/24\": expected 192.168.5.0/24" } },
	{ CLIENT "user = u\nroutes = { 10.0.0.1 } }\n",
	  { ":3: routes has \"10.0.0.1\": expected a network like 192.168.5.0/24" } },
	{ CLIENT "user = u\nroutes = { 10.0.0.0/8, 10.0.0.0/8 } }\n",
	  { ":3: routes has \"10.0.0.0/8\": it is there twice" } },
	{ CLIENT "user = u\nlocal-address = 224.0.0.1 }\n",
	  { ":3: local-address is \"224.0.0.1\": expected a unicast address" } },
	{ CLIENT "user = u\nreconnect-min = 10\nreconnect-max = 9 }\n",
	  { ":4: reconnect-max is 9: expected no less than reconnect-min, which is 10" } },
	{ CLIENT "user = u\nreconnect-refused-min = 10\nreconnect-refused-max = 9 }\n",
	  { ":4: reconnect-refused-max is 9: expected 0, or no less than reconnect-refused-min, "
	    "which is 10" } },
	{ CLIENT "user = u\nidle-timeout = 9 }\n",
	  { ":3: idle-timeout makes no sense with connect = start, which would dial again at once; "
	    "expected connect = demand or connect = manual" } },
	{ CLIENT "user = u\nconnect = demand }\n",
	  { ":3: connect is demand, but without routes there is nothing to wait for" } },
	{ CLIENT "user = u routes = { 10.0.0.0/8 }\nconnect = demand\ndefault-route = true }\n",
	  { ":4: default-route would keep connect = demand from reaching the server; expected "
	    "routes" } },
	{ CLIENT "user = u\ninterface = \"vpn%d\" }\n",
	  { ":3: interface is \"vpn%d\": expected a name without %" } },
	{ "client \"a-name-of-16-octets\" { server = s user = u\nsecret-file = \"$S\" }\n",
	  { ":1: client \"a-name-of-16-octets\" needs interface (interface), since its own name has "
	    "more than 15 octets" } },
	{ CLIENT "user = u }\nclient \"d\" { server = s user = u secret-file = \"$S\"\n"
	  "interface = c }\n",
	  { ":4: interface c is taken already by client \"c\" (line 1)" } },
	{ SERVER "link = shared\ninterface = vpn }\nserver \"b\" { secrets = \"$S\" port = 1724\n"
	  "local-address = 10.0.0.2 link = shared\ninterface = vpn }\n",
	  { ":6: interface vpn is taken already by server \"s\" (line 3)" } },
	{ SERVER "link = shared\ninterface = c }\n" CLIENT "user = u }\n",
	  { ":4: interface c is taken already by server \"s\" (line 3)" } },
	/* RADIUS */
	{ SERVER "}\nradius \"r\" { address = 0.0.0.0 port = 0\nsecret-file = \"$S\"\n"
	  "accounting-port = 0 }\n",
	  { ":3: address is \"0.0.0.0\": expected the address of a host",
	    ":3: port and accounting-port are 0, so that the server is asked for nothing; leave one "
	    "of them out" } },
	{ SERVER "}\nradius \"r\" { address = vpn.example }\n",
	  { ":3: address is \"vpn.example\": expected an address like 10.0.0.1 or 2001:db8::1",
	    ":3: radius \"r\" needs secret-file (path)" } },
	{ SERVER "}\n" RADIUS "accounting-port = 1812\nsource-address = \"2001:db8::5\" }\n",
	  { ":4: accounting-port is 1812, as port is; expected another one, or 0 if the server does "
	    "not do accounting",
	    ":5: source-address is \"2001:db8::5\": expected an IPv4 address, as address is one" } },
	{ SERVER "}\n" RADIUS "source-address = 224.0.0.1 }\n",
	  { ":4: source-address is \"224.0.0.1\": expected an address of this host" } },
	{ SERVER "}\n" RADIUS "ports = 1\nwindow = 127 netns = \"../blue\" }\n",
	  { ":5: window is 127: expected at most 126 with ports = 1, or more ports",
	    ":5: netns is \"../blue\": expected a name as \"ip netns\" shows it" } },
	{ SERVER "}\n" RADIUS "ports = 33\nrequire-message-authenticator = true\n"
	  "dead-after = 0 }\n",
	  { ":4: ports is \"33\": expected a number from 1 to 32",
	    ":5: require-message-authenticator is \"true\": expected auto, yes or no",
	    ":6: dead-after is \"0\": expected a number from 1 to 1000" } },
	{ SERVER "}\nradius \"r\" { address = 192.0.2.1\nsecret-file = \"/dev/null\" }\n",
	  { "/dev/null: is not a regular file",
	    ":4: radius \"r\" cannot do without /dev/null" } },
	{ SERVER "}\n" RADIUS "}\nradius-group \"r\" { servers = r }\n",
	  { ":5: the name \"r\" is taken already by radius (line 3); a server and a group cannot "
	    "have the same" } },
	{ SERVER "}\n" RADIUS "}\nradius-group \"g\" { servers = { r, r }\nbalance = random }\n",
	  { ":5: servers has \"r\": it is there twice",
	    ":6: balance is \"random\": expected order or weight" } },
	{ SERVER "}\nradius \"alpha\" { address = 192.0.2.1 secret-file = \"$S\" }\n"
	  "radius-group \"g\" { servers = { aplha, x } timeout = 3000\ngive-up-after = 2 }\n",
	  { ":4: there is no radius \"aplha\"; did you mean \"alpha\"?",
	    ":4: there is no radius \"x\"; expected the name of a radius section",
	    ":5: give-up-after is 2 s: expected no less than timeout, which is 3000 ms" } },
	{ SERVER "}\nradius-group \"g\" { servers = { } }\n",
	  { ":3: servers is empty; expected a list of names" } },
	{ SERVER "}\n" RADIUS "}\nrealm \"example.org\" { radius-group = r }\n"
	  "realm \"EXAMPLE.org\" { radius-group = r }\n",
	  { ":6: realm \"EXAMPLE.org\" is there already as \"example.org\" (line 5)" } },
	{ SERVER "}\nrealm \"example.org\" { radius-group = r }\n",
	  { ":3: there is no radius-group \"r\", and no radius \"r\"; expected the name of such a "
	    "section" } },
	{ SERVER "}\n" RADIUS "port = 0 }\nradius-group \"g\" { servers = r }\n"
	  "realm \"a\" { radius-group = r }\nrealm \"b\" { radius-group = g }\n",
	  { ":6: radius-group is \"r\", which has no server for logins; expected one whose port is "
	    "not 0",
	    ":7: radius-group is \"g\", which has no server for logins; expected one whose port is "
	    "not 0" } },
	{ SERVER "users = radius }\n",
	  { ":2: users has \"radius\", but nothing says whom to ask; expected radius-group, or realm "
	    "sections" } },
	{ SERVER "users = { secrets, database } }\n",
	  { ":2: users has \"database\", but nothing says which; expected database = the name of a "
	    "database section" } },
	{ SERVER "users = database\ndatabase = user }\n"
	  "database \"users\" { type = sqlite file = /u.db }\n",
	  { ":3: there is no database \"user\"; did you mean \"users\"?" } },
	{ SERVER "}\ndatabase \"d\" { type = sqlite\nconnection = \"host=/run\"\n"
	  "password-file = \"$S\" }\n",
	  { ":3: database \"d\" of type sqlite needs file",
	    ":4: connection is for another type of database; leave it out",
	    ":5: password-file is for another type of database; leave it out" } },
	{ SERVER "}\ndatabase \"d\" { type = sqlite file = /u.db\nquery = \"SELECT 1\" }\n",
	  { ":4: query has no $1, which stands for the name of the user" } },
	{ SERVER "}\ndatabase \"d\" { type = mysql\ntimeout = 61 }\n"
	  "database \"e\" { file = /u.db }\n",
	  { ":3: type is \"mysql\": expected sqlite or postgresql",
	    ":4: timeout is \"61\": expected a number from 1 to 60",
	    ":5: database \"e\" needs type (word)" } },
#ifdef CULVERT_POSTGRESQL
	{ SERVER "}\ndatabase \"d\" { type = postgresql\nfile = /u.db\n"
	  "connection = \"host=db.example.org\" }\n"
	  "database \"e\" { type = postgresql }\n",
	  { ":4: file is for another type of database; leave it out",
	    ":5: connection has no address: expected hostaddr=ADDRESS, with host=NAME beside it if "
	    "need be, or host=/FOLDER of a socket",
	    ":6: connection has no address: expected hostaddr=ADDRESS, with host=NAME beside it if "
	    "need be, or host=/FOLDER of a socket" } },
	{ SERVER "}\ndatabase \"d\" { type = postgresql\nconnection = \"host=/run\"\n"
	  "password-file = \"/dev/null\" }\n",
	  { "/dev/null: is not a regular file",
	    ":5: database \"d\" cannot do without /dev/null" } },
#else
	{ SERVER "}\ndatabase \"d\" { type = postgresql\nconnection = \"host=/run\" }\n",
	  { ":4: connection cannot be used, since this culvertd was built without libpq "
	    "(PostgreSQL)" } },
#endif
	{ SERVER "users = { radius, secrets }\nradius-group = main }\n"
	  "radius \"mian\" { address = 192.0.2.1 secret-file = \"$S\" }\n",
	  { ":3: there is no radius-group \"main\", and no radius \"main\"; did you mean "
	    "\"mian\"?" } },
#ifdef CULVERT_MICROHTTPD
	{ SERVER "}\nweb { address = localhost\nport = 0 session-series = 1001 }\n",
	  { ":3: address is \"localhost\": expected an address like 10.0.0.1 or 2001:db8::1",
	    ":4: port is \"0\": expected a number from 1 to 65535",
	    ":4: session-series is \"1001\": expected a number from 0 to 1000" } },
	{ SERVER "}\nweb { metrics = false\nsession-series = 5 }\n",
	  { ":4: session-series needs metrics = true" } },
	{ SERVER "}\nweb {\npage = true }\n", { ":4: page needs tokens, by "
	    "which people log in: see \"pppctl token\"" } },
	{ SERVER "}\nweb { page = true tokens = /nonexistent }\n",
	  { "/nonexistent: tokens cannot be read: No such file or directory" } },
#else
	{ SERVER "}\nweb { }\n",
	  { ":3: web cannot be used, since this culvertd was built without libmicrohttpd" } },
#endif
	{ SERVER "}\nabuse { ban-time = 100 max-ban-time = 99 aggregate = 25\n"
	  "except = { 192.0.2.0/24, here } }\n",
	  { ":3: aggregate is \"25\": expected 24 or 32",
	    ":3: ban-time is 100: expected at most max-ban-time, which is 99",
	    ":4: except has \"here\": expected a network like 192.168.5.0/24" } },
	{ SERVER "}\naccounting { interim-interval = 30 }\n",
	  { ":3: accounting has nowhere to go; expected radius-group, file, or both",
	    ":3: interim-interval is 30: expected 0, or at least 60" } },
	{ SERVER "}\n" RADIUS "accounting-port = 0 }\naccounting { radius-group = r\n"
	  "file = here }\n",
	  { ":5: radius-group is \"r\", which has no server for accounting; expected one whose "
	    "accounting-port is not 0",
	    ":6: file is \"here\": expected a path that begins with /" } },
	{ SERVER "}\ncoa { netns = \"..\" }\n"
	  "coa-client \"a\" { address = 192.0.2.1 secret-file = \"$S\" }\n",
	  { ":3: netns is \"..\": expected a name as \"ip netns\" shows it" } },
	{ SERVER "}\ncoa { listen = \"::1\" port = 0 }\n",
	  { ":3: port is \"0\": expected a number from 1 to 65535",
	    ":3: coa has nobody to listen to; expected a coa-client section" } },
	{ SERVER "}\ncoa-client \"a\" { address = 192.0.2.1 secret-file = \"$S\" }\n"
	  "coa-client \"b\" { address = 192.0.2.1 secret-file = \"$S\" }\n"
	  "coa-client \"c\" { address = \"ff02::1\" secret-file = \"$S\" }\n",
	  { ":4: 192.0.2.1 is the address of coa-client \"a\" (line 3) already",
	    ":5: address is \"ff02::1\": expected the address of a host" } },
	{ SERVER "users = { ldap }\n}\nnas { address = 255.255.255.255 }\n",
	  { ":2: users has \"ldap\": expected secrets, radius or database",
	    ":4: address is \"255.255.255.255\": expected an address of this host" } },
};

static void mistakes_are_named_exactly(void **state)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct config *config = load(wrong[i].text);
		size_t n = 0;

		if (config)
			fail_msg("accepted: %s", wrong[i].text);
		for (; n < 3 && wrong[i].want[n]; n++) {
			const char *got = n < diag.n_lines ? diag.lines[n].text : "(nothing)";

			if (wrong[i].want[n][0] == ':' && !strncmp(got, conf, strlen(conf)))
				got += strlen(conf);
			assert_string_equal(got, wrong[i].want[n]);
		}
		if (diag.n_lines != n)
			fail_msg("in excess: %s", diag.lines[n].text);
		diag_free(&diag);
	}
}

/* Mistakes of all kinds are reported in one run, without further reports that follow from them. */
static void all_mistakes_are_told_in_one_run(void **state)
{
	static const char * const want[] = {
		":1: level is \"loud\": expected error, warning, notice, info or debug",
		":3: port is \"x\": expected a number from 1 to 65535",
		":4: there is no pool \"user\"; did you mean \"users\"?",
		":5: auth has \"pap\", which gives no keys for mppe = required; leave it out, or "
			"set mppe = preferred or mppe = off",
		":6: there is no option \"local-adress\" in server \"s\"; did you mean "
			"\"local-address\"?",
		":8: server \"t\" needs local-address (address)",
		":9: auth has \"handshake\": expected pap, chap-md5, mschap, mschap-v2 or eap",
		":10: there is no section \"pol\"; did you mean \"pool\"?",
		":11: range 10.0.0.7 overlaps 10.0.0.1-10.0.0.9 of pool \"guests\" (line 11)",
		":12: client \"c\" needs user (text), unless auth is \"none\" alone",
		":13: there is no option \"secret-fil\" in client \"c\"; did you mean "
			"\"secret-file\"?",
	};
	const size_t n = sizeof(want) / sizeof(want[0]);

	assert_null(load("log { level = loud }\n"
			 "server \"s\" { secrets = \"$S\"\n"
			 "port = x\n"
			 "pool = user\n"
			 "auth = { pap }\n"
			 "local-adress = 10.0.0.1\n"
			 "}\n"
			 "server \"t\" { secrets = \"$S\" pool = users\n"
			 "auth = { handshake, pap } }\n"
			 "pol \"users\" { }\n"
			 "pool \"guests\" { range = { 10.0.0.1-10.0.0.9, 10.0.0.7 } }\n"
			 "client \"c\" { server = x\n"
			 "secret-fil = \"/x\" }\n"));
	for (size_t i = 0; i < n && i < diag.n_lines; i++)
		assert_string_equal(diag.lines[i].text + strlen(conf), want[i]);
	assert_int_equal(diag.n_lines, n);
}

/* Parsing a new file must not depend on quotes or comments that were open in the last one. */
static void a_broken_file_leaves_nothing_behind(void **state)
{
	static const char * const broken[] = {
		"server \"open", "server 'open", "/* open", "server \"s\" { dns = { \"x", "log {",
	};

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		assert_null(load(broken[i]));
		diag_free(&diag);
		config_put(load_good(smallest));
		assert_int_equal(diag.n_lines, 0);
	}
}

static void wrong_secrets_are_named_by_line(void **state)
{
	char want[256];

	write_file(secrets, "alice * s *\nbob\n", 16);
	config_put(load_good(SERVER "}\n"));
	snprintf(want, sizeof(want), "%s:2: \"bob\" has to be followed by a server and a secret; "
		 "this line lets nobody in", secrets);
	assert_string_equal(diag.lines[0].text, want);
	assert_int_equal(diag.n_lines, 1);
}

static void wrong_modes_of_secrets_are_told(void **state)
{
	char want[256];

	assert_int_equal(chmod(secrets, 0644), 0);
	assert_null(load(SERVER "}\n"));
	snprintf(want, sizeof(want), "%s: mode 0644 lets others in on the secrets; expected 0600",
		 secrets);
	assert_string_equal(diag.lines[0].text, want);
	snprintf(want, sizeof(want), "%s:1: server \"s\" cannot do without %s", conf, secrets);
	assert_string_equal(diag.lines[1].text, want);
	assert_int_equal(diag.n_lines, 2);
}

static void warns(const char *users, const char *text, const char *want)
{
	char *full = expand(want);

	diag_free(&diag);
	write_file(secrets, users, strlen(users));
	config_put(load_good(text));
	assert_string_equal(diag.n_lines ? diag.lines[0].text : "", full);
	assert_int_equal(diag.n_lines, !!*want);
	free(full);
}

/* The second column of the secrets has to be our name, or anybody is an unknown user. */
static void secrets_for_other_servers_are_told(void **state)
{
	static const char office[] = "server \"office\" { secrets = \"$S\"\n"
				     "local-address = 10.0.0.1 }\n";
	static const char two[] = "server \"office\" { secrets = \"$S\" local-address = 10.0.0.1 }\n"
				  "server \"x\" { secrets = \"$S\" local-address = 10.0.0.1\n"
				  "port = 1724 auth-name = gate }\n";

	warns("a * s *\nb office s *\nc \"\" \"\" *\n", office, "$S:3: the secret of \"c\" is empty: "
	      "anybody could use it; this line lets nobody in");
	warns("c pptpd \"\" *\n* * s *\n", two, "$S:1: the secret of \"c\" is empty: anybody could "
	      "use it; this line lets nobody in");
	warns("a * s *\nb office s *\nc elsewhere s *\n", office, "$S:3: the second column is "
	      "\"elsewhere\", but no server here has that name, so that this line is not used; "
	      "expected *, or a name of a server (see auth-name)");
	warns("a * s *\nb pptpd s *\nc \"\" s *\nd l2tpd s *\n", two, "$S:2: the second column is "
	      "\"pptpd\", but no server here has that name, so that this line is not used, nor are "
	      "2 more lines; expected *, or a name of a server (see auth-name)");
	warns("c pptpd s *\nd pptpd s *\n", office, "$C:1: nobody can log in at server \"office\": "
	      "the second column of $S is neither * nor \"office\" in any line; see auth-name");
	warns("a * s *\nb ofice s *\n", office,
	      "$S:2: the second column is not the name of a server here; did you mean \"office\"?");
	warns("a * s *\nb gate s *\nc office s *\n", two, "");
	warns("a * s *\nb gates s *\n", two,
	      "$S:2: the second column is not the name of a server here; did you mean \"gate\"?");
	warns("a office s *\n", two, "$C:3: nobody can log in at server \"x\": the second column of "
	      "$S is neither * nor \"gate\" in any line; see auth-name");
	warns("CORP\\\\alice * s *\nbob * s *\n", "server \"office\" { secrets = \"$S\"\n"
	      "local-address = 10.0.0.1 strip-domain = true }\n",
	      "$S:1: \"CORP\\alice\" is never found by server \"office\", which looks users up "
	      "without their domain (strip-domain)");
}

static void pools_of_the_secrets_have_to_be_there(void **state)
{
	static const char text[] = "server \"office\" { secrets = \"$S\" local-address = 10.0.0.1 }\n"
				   "pool \"gold\" { range = 10.1.0.0/24 }\n";

	warns("a * s gold\nb * s gold 512/128\n", text, "");
	warns("a * s gold\nb * s silver\n", text, "$S:2: no address stands behind the secret; "
	      "expected a.b.c.d, a.b.c.d/n or a.b.c.d-e.f.g.h, any with ! in front, * or -, the name "
	      "of a pool, or quotes around a secret with blanks; this line lets nobody in");
}

static void realms_that_are_stripped(void **state)
{
#define REALMS RADIUS "}\n" "realm \"Example.org\" { radius-group = r }\n"
	static const char file[] = "alice@example.org * s *\nbob * s *\n";
	static const char never[] =
		"$S:1: \"alice@example.org\" is never found by server \"office\", which looks users "
		"up without their realm (strip-realm)";

	warns(file, "server \"office\" { secrets = \"$S\" local-address = 10.0.0.1 }\n", "");
	warns(file, "server \"office\" { secrets = \"$S\" local-address = 10.0.0.1\n"
	      "strip-realm = true }\n" REALMS, never);
	warns(file, "server \"office\" { secrets = \"$S\" local-address = 10.0.0.1\n"
	      "users = { secrets, radius } strip-realm = true }\n" REALMS, "");
	warns("alice@example.com * s *\n",
	      "server \"office\" { secrets = \"$S\" local-address = 10.0.0.1\n"
	      "users = { secrets, radius } strip-realm = true }\n" REALMS,
	      "$S:1: \"alice@example.com\" is never found by server \"office\", which looks users "
	      "up without their realm (strip-realm)");
	warns(file, "server \"office\" { secrets = \"$S\" local-address = 10.0.0.1\n"
	      "users = radius strip-realm = true }\n" REALMS,
	      "$C:2: strip-realm is not used, since users has neither \"secrets\" nor "
	      "\"database\"; see strip in realm sections");
#undef REALMS
}

/* One server does not tell users apart whose names differ in case; another one does. */
static void names_in_any_case(void **state)
{
	static const char sections[] =
		"server \"office\" { secrets = \"$S\" local-address = 10.0.0.1 fold-case = true }\n"
		"server \"x\" { secrets = \"$S\" local-address = 10.0.0.1 port = 1724 }\n"
		"user \"Alice\" { address = 10.1.0.5 }\n";
	char *want = expand("$C:4: user \"alicE\" is the same as \"Alice\" (line 3) to server "
			    "\"office\" (fold-case); expected one section for both");
	struct config *c;
	char text[512];

	warns("alice * s 10.1.0.5\nbob x s *\nBOB x s *\n", sections, "");
	warns("bob * s *\nBOB x s *\nBob * s *\n", sections,
	      "$S:3: \"Bob\" is never found by server \"office\", to which it is the same as "
	      "\"bob\" in line 1 (fold-case)");
	warns("bob * s 10.1.0.5\n", sections, "$S:1: \"bob\" has 10.1.0.5, which is that of user "
	      "\"Alice\" alone: logins will be refused");
	c = load_good(sections);
	assert_true(c->servers[0].fold_case);
	assert_false(c->servers[1].fold_case);
	assert_string_equal(config_match_user(c, "ALICE", true)->name, "Alice");
	assert_null(config_match_user(c, "ALICE", false));
	assert_null(config_match_user(c, "ALIC", true));
	config_put(c);

	write_file(secrets, "bob * s *\n", 10);
	diag_free(&diag);
	snprintf(text, sizeof(text), "%suser \"alicE\" { disabled = true }\n", sections);
	assert_null(load(text));
	assert_int_equal(diag.n_lines, 1);
	assert_string_equal(diag.lines[0].text, want);
	free(want);
	diag_free(&diag);
	c = load_good("server \"x\" { secrets = \"$S\" local-address = 10.0.0.1 }\n"
		      "user \"b\" { disabled = true }\nuser \"B\" { disabled = true }\n"
		      "user \"a\" { disabled = true }\nuser \"C\" { disabled = true }\n");
	for (const char *name = "a\0B\0b\0C\0"; *name; name += strlen(name) + 1)
		assert_string_equal(config_find_user(c, name)->name, name);
	config_put(c);
}

static void hashes_need_a_method_that_takes_them(void **state)
{
	static const char file[] = "a * {NT}44ebba8d5312b8d611474411f56989ae *\nb * s *\n";

	warns(file, "server \"office\" { secrets = \"$S\" local-address = 10.0.0.1\n"
	      "auth = chap-md5 mppe = off }\n",
	      "$S:1: \"a\" cannot log in at server \"office\", whose methods (auth, eap) need the "
	      "password and not its NT hash");
	warns(file, "server \"office\" { secrets = \"$S\" local-address = 10.0.0.1\n"
	      "auth = eap eap = chap-md5 mppe = off }\n",
	      "$S:1: \"a\" cannot log in at server \"office\", whose methods (auth, eap) need the "
	      "password and not its NT hash");
	warns(file, "server \"office\" { secrets = \"$S\" local-address = 10.0.0.1\n"
	      "auth = { chap-md5, mschap-v2 } mppe = off }\n", "");
	warns(file, "server \"office\" { secrets = \"$S\" local-address = 10.0.0.1\n"
	      "auth = eap eap = { chap-md5, mschap-v2 } mppe = off }\n", "");
}

static void warnings_do_not_prevent(void **state)
{
	struct config *c;
	char want[160];

	assert_int_equal(chmod(secrets, 0660), 0);
	c = load_good(SERVER "}\n" "pool \"p\" {\n range = { 10.1.0.0/24 }\n"
		      "exclude = { 10.2.0.1 } }\n");
	assert_int_equal(diag.n_lines, 2);
	snprintf(want, sizeof(want), "%s:5: exclude has 10.2.0.1, which is not in pool \"p\"",
		 conf);
	assert_string_equal(diag.lines[0].text, want);
	snprintf(want, sizeof(want), "%s: mode 0660 lets a group change the secrets", secrets);
	assert_string_equal(diag.lines[1].text, want);
	config_put(c);
}

/* A server that can ask by one of its methods asks who has come in by that. */
static void rechallenges_need_chap(void **state)
{
	struct config *c = load_good(SERVER "auth = { eap, mschap-v2 }\nrechallenge = 60 }\n");
	char want[160];

	assert_int_equal(diag.n_lines, 0);
	assert_int_equal(c->servers[0].rechallenge_s, 60);
	config_put(c);
	c = load_good(SERVER "auth = { eap, pap }\nmppe = off\nrechallenge = 60 }\n");
	snprintf(want, sizeof(want), "%s:4: rechallenge has no effect, since auth has none of "
		 "chap-md5, mschap and mschap-v2", conf);
	assert_int_equal(diag.n_lines, 1);
	assert_string_equal(diag.lines[0].text, want);
	config_put(c);
}

/* Inner addresses that are those of this host, or can be those of who calls it. */
static void addresses_that_collide(void **state)
{
	static const char users[] = "alice * s *\n"
				    "bob * s 10.0.0.1\n"
				    "carol * s 192.0.2.1\n"
				    "dave * s 192.0.2.9\n"
				    "erin * s 198.51.100.1\n"
				    "frank * s 10.0.0.7\n";
	static const char * const want[] = {
		"$C:3: listen has 198.51.100.1, which no interface has: nobody can call it before "
		"one has",
		"$C:4: range has addresses of 192.0.2.0/24 on eth7, where servers can be called: a "
		"caller whose own address a session was given cannot be reached any more",
		"$S:2: \"bob\" has 10.0.0.1, which is local-address of server \"s\": logins will be "
		"refused",
		"$S:3: \"carol\" has 192.0.2.1, which is an address of this host: logins will be "
		"refused",
		"$S:4: \"dave\" has 192.0.2.9, which is in 192.0.2.0/24 on eth7, where servers can "
		"be called: a caller whose own address a session was given cannot be reached any "
		"more",
		"$S:5: \"erin\" has 198.51.100.1, which is an address of this host: logins will be "
		"refused",
	};

	interface_has(ip("192.0.2.1"), 24);
	write_file(secrets, users, strlen(users));
	config_put(load_good("server \"s\" { secrets = \"$S\" local-address = 10.0.0.1 }\n"
			     "server \"t\" { secrets = \"$S\" local-address = 10.0.0.2\n"
			     "listen = 198.51.100.1 port = 1724 }\n"
			     "pool \"p\" { range = { 10.0.0.0/24, 192.0.2.128/25 } }\n"));
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		char *text = expand(want[i]);

		assert_true(i < diag.n_lines);
		assert_string_equal(diag.lines[i].text, text);
		free(text);
	}
	assert_int_equal(diag.n_lines, sizeof(want) / sizeof(want[0]));
	diag_free(&diag);

	/* Nobody calls from a network that no server listens in. */
	config_put(load_good("server \"t\" { secrets = \"$S\" local-address = 10.0.0.2\n"
			     "listen = 198.51.100.1 }\n"
			     "pool \"p\" { range = { 10.0.0.0/24, 192.0.2.128/25 } }\n"));
	assert_int_equal(diag.n_lines, 3);	/* that address, carol, erin */
}

static void addresses_of_users(void **state)
{
	static const char users[] = "alice * s 10.1.0.9\nbob * s 10.1.0.5\ncarol * s 10.0.0.7\n";
	static const char * const want[] = {
		"$C:2: address is 10.0.0.1, which is local-address of server \"s\": logins will be "
		"refused",
		"$S:2: \"bob\" has 10.1.0.5, which is that of user \"alice\" alone: logins will be "
		"refused",
	};
	struct config *c;

	write_file(secrets, users, strlen(users));
	c = load_good("server \"s\" { secrets = \"$S\" local-address = 10.0.0.1 }\n"
		      "user \"dave\" { address = 10.0.0.1 }\n"
		      "user \"alice\" { address = 10.1.0.5 }\n"
		      "user \"carol\" { address = 10.0.0.7 }\n"
		      "user \"erin\" { address = 0.0.0.0 }\n");
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		char *text = expand(want[i]);

		assert_true(i < diag.n_lines);
		assert_string_equal(diag.lines[i].text, text);
		free(text);
	}
	assert_int_equal(diag.n_lines, sizeof(want) / sizeof(want[0]));
	assert_string_equal(config_find_owner(c, ip("10.1.0.5"))->name, "alice");
	assert_string_equal(config_find_owner(c, ip("10.0.0.1"))->name, "dave");
	assert_null(config_find_owner(c, ip("10.1.0.9")));
	assert_null(config_find_owner(c, ip("0.0.0.0")));
	assert_false(ip_is_set(config_find_user(c, "erin")->address));
	config_put(c);
}

/* Inner addresses that are those of servers which clients of this host call. */
static void addresses_of_called_servers(void **state)
{
	static const char users[] = "alice * s *\n"
				    "bob * s 203.0.113.5\n"
				    "carol * s 203.0.113.6\n"
				    "dave * s 203.0.113.7\n";
	static const char * const want[] = {
		"$C:5: range has 203.0.113.5, which is the server of client \"hq\": a session "
		"that is given this address keeps the client from reaching it",
		"$S:2: \"bob\" has 203.0.113.5, which is the server of client \"hq\": a session "
		"that is given this address keeps the client from reaching it",
		"$S:3: \"carol\" has 203.0.113.6, which is the server of client \"x\": a session "
		"that is given this address keeps the client from reaching it",
	};

	write_file(secrets, users, strlen(users));
	config_put(load_good("server \"s\" { secrets = \"$S\" local-address = 10.0.0.1 }\n"
			     "client \"hq\" { server = 203.0.113.5 auth = none mppe = off }\n"
			     "client \"x\" { server = 203.0.113.6 auth = none mppe = off }\n"
			     "client \"y\" { server = vpn.example auth = none mppe = off }\n"
			     "pool \"p\" { range = { 10.0.0.0/24, 203.0.113.0/24 }\n"
			     "exclude = { 203.0.113.6 } }\n"));
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		char *text = expand(want[i]);

		assert_true(i < diag.n_lines);
		assert_string_equal(diag.lines[i].text, text);
		free(text);
	}
	assert_int_equal(diag.n_lines, sizeof(want) / sizeof(want[0]));
}

static void addresses_of_radius_servers(void **state)
{
	static const char users[] = "alice * s *\nbob * s 203.0.113.5\ncarol * s 203.0.113.6\n";
	static const char * const want[] = {
		"$C:5: range has 203.0.113.5, which is RADIUS server \"r\": a session that is given "
		"this address keeps the server from being asked",
		"$S:2: \"bob\" has 203.0.113.5, which is RADIUS server \"r\": a session that is "
		"given this address keeps the server from being asked",
	};

	write_file(secrets, users, strlen(users));
	config_put(load_good("server \"s\" { secrets = \"$S\" local-address = 10.0.0.1 }\n"
			     "radius \"r\" { address = 203.0.113.5 secret-file = \"$S\" }\n"
			     "radius \"x\" { address = \"2001:db8::1\" secret-file = \"$S\" }\n"
			     "radius \"y\" { address = 203.0.113.6 secret-file = \"$S\" vrf = v }\n"
			     "pool \"p\" { range = { 203.0.113.0/24 } }\n"));
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		char *text = expand(want[i]);

		assert_true(i < diag.n_lines);
		assert_string_equal(diag.lines[i].text, text);
		free(text);
	}
	assert_int_equal(diag.n_lines, sizeof(want) / sizeof(want[0]));
}

static void unreadable_files(void **state)
{
	char want[128];

	assert_null(config_load("/nonexistent/culvert.conf", &diag));
	assert_string_equal(diag.lines[0].text,
			    "/nonexistent/culvert.conf: cannot be read: No such file or directory");
	diag_free(&diag);
	assert_null(config_load(folder, &diag));
	snprintf(want, sizeof(want), "%s: is not a regular file", folder);
	assert_string_equal(diag.lines[0].text, want);
	diag_free(&diag);
	write_file(conf, "log { }\0", 8);
	assert_null(config_load(conf, &diag));
	snprintf(want, sizeof(want), "%s:1: there is a NUL octet; expected a text file", conf);
	assert_string_equal(diag.lines[0].text, want);
}

static void servers_on_different_addresses_or_ports(void **state)
{
	config_put(load_good(
		"server \"a\" { secrets = \"$S\" local-address = 10.0.0.1 listen = { 192.0.2.1 } }\n"
		"server \"b\" { secrets = \"$S\" local-address = 10.0.0.1 listen = { 192.0.2.2 } }\n"
		"server \"c\" { secrets = \"$S\" local-address = 10.0.0.1 port = 1724 }\n"));
}

static void networks_behind_users(void **state)
{
	struct config *c = load_good(SERVER "}\n"
				     "user \"north\" { routes = { 192.168.9.0/24 } }\n"
				     "user \"branch5\" { routes = { 192.168.5.0/24, 10.5.0.0/16 } }\n"
				     "user \"branch6\" { routes = { 192.168.6.0/24 } }\n");
	const struct config_user *u = config_find_user(c, "branch5");

	assert_int_equal(c->n_users, 3);
	assert_non_null(u);
	assert_int_equal(u->routes.n, 2);
	assert_int_equal(u->routes.list[1].length, 16);
	assert_null(config_find_user(c, "branch7"));
	for (const char *name = "branch5\0branch6\0north\0"; *name; name += strlen(name) + 1)
		assert_string_equal(config_find_user(c, name)->name, name);
	config_put(c);
}

static void rates_have_units(void **state)
{
	struct config *c = load_good(
		"profile \"slow\" { rate-up = 512k  rate-down = 10M  burst-down = 64k }\n"
		"user \"alice\" { rate-down = 0  user-mark = 0x10  user-priority = 1:1f }\n"
		SERVER "rate-down = 1G  burst-up = 2M  user-priority = 6 }\n");
	const struct policy *slow = &config_find_profile(c, "slow")->policy;
	const struct policy *alice = &config_find_user(c, "alice")->policy;
	const struct policy *all = &c->servers[0].shape;

	assert_int_equal(slow->rate_up, 512000);
	assert_int_equal(slow->rate_down, 10000000);
	assert_int_equal(slow->burst_up, 0);
	assert_int_equal(slow->burst_down, 64000);
	assert_int_equal(slow->given, POLICY_BIT(POLICY_RATE_UP) | POLICY_BIT(POLICY_RATE_DOWN) |
					      POLICY_BIT(POLICY_BURST_DOWN));
	assert_true(policy_has(alice, POLICY_RATE_DOWN));
	assert_int_equal(alice->rate_down, 0);
	assert_int_equal(alice->mark, 0x10);
	assert_int_equal(alice->priority, 0x1001f);
	assert_int_equal(all->rate_up, 0);
	assert_int_equal(all->rate_down, 1000000000);
	assert_int_equal(all->burst_up, 2000000);
	assert_int_equal(all->priority, 6);
	config_put(c);
}

static void users_land_somewhere(void **state)
{
	struct config *c = load_good(
		"profile \"customers\" { user-vrf = lo }\n"
		"user \"alice\" { user-vrf = \"\" interface-name = \"lan\" }\n"
		"pool \"a\" { range = 10.9.0.0/24 }\n"
		"pool \"b\" { range = 10.9.0.0/24  user-vrf = lo }\n"
		"pool \"c\" { range = 10.9.0.0/24  user-netns = lo }\n"
		SERVER "interface-name = \"ppp-%u\" }\n"
		"server \"t\" { port = 1724 link = shared local-address = 10.0.0.2 secrets = \"$S\" }\n"
		"server \"u\" { local-address = 10.0.0.1 secrets = \"$S\" netns = nowhere0 }\n"
		"server \"v\" { local-address = 10.0.0.1 secrets = \"$S\" netns = nowhere1 }\n"
		"server \"w\" { local-address = 10.0.0.1 secrets = \"$S\" netns = nowhere1 vrf = lo }\n");
	const struct policy *customers = &config_find_profile(c, "customers")->policy;
	const struct policy *alice = &config_find_user(c, "alice")->policy;

	assert_string_equal(customers->vrf, "lo");
	assert_int_equal(customers->given, POLICY_BIT(POLICY_VRF));
	assert_true(policy_has(alice, POLICY_VRF));
	assert_string_equal(alice->vrf, "");
	assert_string_equal(alice->interface, "lan");
	assert_string_equal(c->servers[0].shape.vrf, "");
	assert_string_equal(c->servers[0].shape.interface, "ppp-%u");
	assert_string_equal(c->servers[1].shape.interface, "pptp%d");
	config_put(c);
}

static void places_may_be_missing(void **state)
{
	static const char server[] = "server \"s\" { secrets = \"$S\" local-address = 10.0.0.1\n"
				     "user-vrf = nowhere0 }\n";
	static const char profile[] = "server \"s\" { secrets = \"$S\" local-address = 10.0.0.1 }\n"
				      "profile \"p\" { user-vrf = nowhere1 }\n";
	static const char elsewhere[] = "server \"s\" { secrets = \"$S\" local-address = 10.0.0.1\n"
				      "user-netns = nowhere4 user-vrf = nowhere5 }\n";
	static const char outside[] = "server \"s\" { secrets = \"$S\" local-address = 10.0.0.1\n"
				      "device = nowhere2 }\n";
	static const char netns[] = "server \"s\" { secrets = \"$S\" local-address = 10.0.0.1\n"
				    "netns = nowhere3 }\n";
	static const char shared[] = "server \"s\" { secrets = \"$S\" local-address = 10.0.0.1\n"
				     "link = shared interface-name = \"ppp-%u\" }\n";
	static const char arp[] = "server \"s\" { secrets = \"$S\" local-address = 10.0.0.1\n"
				  "proxy-arp = nowhere6 }\n";
	static const char nearly[] = "server \"s\" { secrets = \"$S\" local-address = 10.0.0.1\n"
				     "proxy-arp = onn }\n";

	warns("a * s *\n", server, "$C:2: user-vrf is \"nowhere0\", which there is not on this host "
	      "now: whoever needs it is refused");
	warns("a * s *\n", profile, "$C:2: user-vrf is \"nowhere1\", which there is not on this host "
	      "now: whoever needs it is refused");
	warns("a * s *\n", elsewhere, "$C:2: user-netns is \"nowhere4\", which there is not on this "
	      "host now: whoever needs it is refused");
	warns("a * s *\n", outside, "$C:2: device is \"nowhere2\", which there is not on this host "
	      "now: the server cannot listen");
	warns("a * s *\n", netns, "$C:2: netns is \"nowhere3\", which there is not on this host "
	      "now: the server cannot listen");
	warns("a * s *\n", arp, "$C:2: proxy-arp is \"nowhere6\", which there is not on this host "
	      "now: nobody is answered for");
	warns("a * s *\n", nearly, "$C:2: proxy-arp is \"onn\", which there is not on this host "
	      "now: did you mean on?");
	warns("a * s *\n", shared, "$C:2: interface-name is not used, since link = shared; the "
	      "interface is named by interface");
}

static void addresses_are_in_sets_of_nftables(void **state)
{
	struct config *c = load_good(
		"profile \"some\" { nft-set = \"ip nat some\" }\n"
		"user \"alice\" { nft-set = \"\" }\n"
		SERVER "nft-set = \"filter guests, filter all\" }\n");
	const struct policy *some = &config_find_profile(c, "some")->policy;
	const struct policy *alice = &config_find_user(c, "alice")->policy;

	assert_string_equal(some->nft_sets, "ip nat some");
	assert_int_equal(some->given, POLICY_BIT(POLICY_NFT_SETS));
	assert_string_equal(alice->nft_sets, "");
	assert_true(policy_has(alice, POLICY_NFT_SETS));
	assert_string_equal(c->servers[0].shape.nft_sets, "filter guests, filter all");
	config_put(c);
}

static void users_may_be_disabled_or_expire(void **state)
{
	struct config *c;

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	c = load_good("profile \"guests\" { expires = 2027-01-31 }\n"
		      "user \"alice\" { disabled = true }\n"
		      "user \"bob\" { profile = guests expires = never }\n"
		      "user \"carol\" { expires = \"2027-07-01 18:30\" }\n"
		      "user \"dave\" { expires = 2027-01-31T00:00:05 }\n" SERVER "}\n");
	assert_true(config_find_user(c, "alice")->disabled);
	assert_int_equal(config_find_user(c, "alice")->policy.given, 0);
	assert_false(config_find_user(c, "bob")->disabled);
	assert_int_equal(config_find_user(c, "bob")->policy.given, POLICY_BIT(POLICY_EXPIRES));
	assert_int_equal(config_find_user(c, "bob")->policy.expires_s, 0);
	assert_int_equal(c->profiles[0].policy.expires_s, 1801350000);
	assert_int_equal(config_find_user(c, "carol")->policy.expires_s, 1814459400);
	assert_int_equal(config_find_user(c, "dave")->policy.expires_s, 1801350005);
	config_put(c);
	unsetenv("TZ");
	tzset();
}

static void terms_of_users_and_profiles(void **state)
{
	struct config *c = load_good(
		"user \"alice\" { profile = gold  max-sessions = 0  single-session = deny }\n"
		"user \"bob\" { idle-timeout = 60 }\n"
		"profile \"gold\" { pool = p  max-sessions = 3  session-timeout = 7200 }\n"
		"pool \"p\" { range = 10.0.0.10-10.0.0.20 }\n"
		SERVER "profile = gold  single-session = replace-now }\n");
	const struct config_profile *gold = config_find_profile(c, "gold");
	const struct config_user *alice = config_find_user(c, "alice");
	const struct config_user *bob = config_find_user(c, "bob");

	assert_non_null(gold);
	assert_null(config_find_profile(c, "silver"));
	assert_int_equal(gold->policy.given, POLICY_BIT(POLICY_POOL) |
						     POLICY_BIT(POLICY_MAX_SESSIONS) |
						     POLICY_BIT(POLICY_SESSION_TIMEOUT));
	assert_string_equal(gold->policy.pool, "p");
	assert_int_equal(gold->policy.max_sessions, 3);
	assert_int_equal(gold->policy.session_timeout_s, 7200);
	assert_ptr_equal(alice->profile, gold);
	assert_int_equal(alice->policy.given,
			 POLICY_BIT(POLICY_MAX_SESSIONS) | POLICY_BIT(POLICY_SINGLE_SESSION));
	assert_int_equal(alice->policy.max_sessions, 0);
	assert_int_equal(alice->policy.single, POLICY_SINGLE_DENY);
	assert_null(bob->profile);
	assert_int_equal(bob->policy.given, POLICY_BIT(POLICY_IDLE_TIMEOUT));
	assert_int_equal(bob->policy.idle_timeout_s, 60);
	assert_ptr_equal(c->servers[0].profile, gold);
	assert_int_equal(c->servers[0].single, POLICY_SINGLE_REPLACE_NOW);
	config_put(c);
}

static const char smallest_client[] =
	"client \"branch\" { server = \"vpn.example\" user = \"DOM\\\\u\" secret-file = \"$S\" }\n";

static void defaults_of_clients_are_safe(void **state)
{
	struct config *c = load_good(smallest_client);
	const struct config_client *l = config_find_client(c, "branch");

	assert_int_equal(diag.n_lines, 0);
	assert_non_null(l);
	assert_null(config_find_client(c, "other"));
	assert_string_equal(l->server, "vpn.example");
	assert_int_equal(l->port, 1723);
	assert_string_equal(l->user, "DOM\\u");
	assert_string_equal(l->password, "alice * s *");
	assert_int_equal(l->auth, PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2));
	assert_int_equal(l->mppe, PPP_MPPE_REQUIRED);
	assert_int_equal(l->mppe_bits, PPP_MPPE_128);
	assert_int_equal(l->mppe_modes, PPP_MPPE_STATELESS);
	assert_string_equal(l->interface, "branch");
	assert_true(is_default(&l->outer));
	assert_int_equal(l->connect, CONFIG_CONNECT_START);
	assert_true(l->reconnect);
	assert_int_equal(l->reconnect_refused_min_s, 300);
	assert_int_equal(l->reconnect_refused_max_s, 3600);
	assert_false(l->default_route);
	assert_int_equal(l->routes.n, 0);
	config_put(c);
}

static void programs_and_their_bounds(void **state)
{
	struct config *c = load_good(SERVER "pre-up = \"/bin/sh\" on-down = \"/bin/true\" }\n"
				     CLIENT "user = u on-up = \"/bin/true\" }\n");

	assert_string_equal(c->servers[0].programs.pre_up, "/bin/sh");
	assert_string_equal(c->servers[0].programs.on_up, "");
	assert_string_equal(c->servers[0].programs.on_down, "/bin/true");
	assert_string_equal(c->clients[0].programs.on_up, "/bin/true");
	assert_string_equal(c->clients[0].programs.on_change, "");
	assert_int_equal(c->hooks.max_running, 8);
	assert_int_equal(c->hooks.max_waiting, 16384);
	assert_int_equal(c->hooks.timeout_s, 10);
	config_put(c);
	c = load_good(SERVER "}\nhooks { max-running = 3 max-waiting = 4 timeout = 5 }\n");
	assert_int_equal(c->hooks.max_running, 3);
	assert_int_equal(c->hooks.max_waiting, 4);
	assert_int_equal(c->hooks.timeout_s, 5);
	config_put(c);
}

static void every_option_of_a_client(void **state)
{
	struct config *c = load_good(
		"client \"c\" { server = 192.0.2.1 port = 1724 host-name = box user = u\n"
		"secret-file = \"$S\" auth = { pap, chap-md5, none } mppe = off\n"
		"local-address = 10.0.0.9 interface = vpn7 mtu = 1400 mru = 1404\n"
		"sliding-window = true\n"
		"routes = { 192.168.5.0/24, 10.0.0.0/8 } default-route = true metric = 50\n"
		"connect = manual reconnect = false reconnect-min = 3 reconnect-max = 4\n"
		"reconnect-refused-min = 20 reconnect-refused-max = 0\n"
		"source-address = 192.0.2.9 phone = \"0 17\"\n"
		"tos = af11 ttl = 255 df = clear mark = 4294967295 ecn = true\n"
		"login-timeout = 5 idle-timeout = 6 echo-interval = 7 echo-timeout = 8\n"
		"lcp-echo-interval = 9 lcp-echo-failure = 10 }\n"
		"client \"free\" { server = 192.0.2.1 auth = { none } mppe = off }\n");
	const struct config_client *l = &c->clients[0];

	assert_int_equal(c->n_clients, 2);
	assert_int_equal(l->auth, PPP_AUTH_BIT(PPP_AUTH_PAP) | PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5) |
					  PPP_AUTH_BIT(PPP_AUTH_NONE));
	assert_string_equal(l->interface, "vpn7");
	assert_int_equal(ip_number(l->local_address), 0x0a000009);
	assert_int_equal(l->mtu, 1400);
	assert_int_equal(l->mru, 1404);
	assert_true(l->sliding_window);
	assert_int_equal(l->routes.n, 2);
	assert_int_equal(ip_number(l->routes.list[0].address), 0xc0a80500);
	assert_int_equal(l->routes.list[0].length, 24);
	assert_true(l->default_route);
	assert_int_equal(l->metric, 50);
	assert_int_equal(l->connect, CONFIG_CONNECT_MANUAL);
	assert_false(l->reconnect);
	assert_int_equal(l->reconnect_min_s, 3);
	assert_int_equal(l->reconnect_max_s, 4);
	assert_int_equal(l->reconnect_refused_min_s, 20);
	assert_int_equal(l->reconnect_refused_max_s, 0);
	assert_int_equal(l->idle_timeout_s, 6);
	assert_int_equal(ip_number(l->source_address), 0xc0000209);
	assert_string_equal(l->phone, "0 17");
	assert_int_equal(l->outer.tos, 0x28);
	assert_int_equal(l->outer.ttl, 255);
	assert_int_equal(l->outer.df, OUTER_DF_CLEAR);
	assert_int_equal(l->outer.mark, 0xffffffff);
	assert_true(l->outer.ecn);
	assert_null(c->clients[1].password);
	config_put(c);
}

/* Every way to write a TOS octet, and what comes of it. */
static void dscps_have_names(void **state)
{
	static const struct {
		const char *text;
		uint8_t tos;
	} good[] = {
		{ "inherit", OUTER_TOS_INHERIT }, { "0x00", 0 }, { "0x0", 0 }, { "0xfc", 0xfc },
		{ "0xFC", 0xfc }, { "cs0", 0 }, { "cs1", 0x20 }, { "cs7", 0xe0 }, { "af11", 0x28 },
		{ "af43", 0x98 }, { "ef", 0xb8 }, { "va", 0xb0 }, { "le", 0x04 },
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char text[256];
		struct config *c;

		snprintf(text, sizeof(text), CLIENT "user = u tos = %s }\n", good[i].text);
		c = load_good(text);
		assert_int_equal(c->clients[0].outer.tos, good[i].tos);
		config_put(c);
	}
}

/* Returns true if config_same_client() finds the client of both texts equal. */
static bool same(const char *a, const char *b)
{
	struct config *one = load_good(a), *two = load_good(b);
	bool result = config_same_client(&one->clients[0], &two->clients[0]);

	config_put(one);
	config_put(two);
	return result;
}

static void changes_of_clients_are_noticed(void **state)
{
	struct config *before, *after;

	assert_true(same(smallest_client, smallest_client));
	assert_true(same(CLIENT "user = u routes = { 10.0.0.0/8 } }\n",
			 "log { level = debug }\n" CLIENT "routes = { 10.0.0.0/8 } user = u }\n"));
	assert_false(same(CLIENT "user = u }\n", CLIENT "user = v }\n"));
	assert_false(same(CLIENT "user = u }\n", CLIENT "user = u metric = 1 }\n"));
	assert_false(same(CLIENT "user = u }\n", CLIENT "user = u eap = { chap-md5 } }\n"));
	assert_false(same(CLIENT "user = u }\n", CLIENT "user = u tos = cs1 }\n"));
	assert_false(same(CLIENT "user = u }\n", CLIENT "user = u mark = 1 }\n"));
	assert_false(same(CLIENT "user = u routes = { 10.0.0.0/8 } }\n",
			  CLIENT "user = u routes = { 10.0.0.0/9 } }\n"));
	assert_false(same(CLIENT "user = u }\n", CLIENT "user = u routes = { 10.0.0.0/9 } }\n"));
	before = load_good(smallest_client);
	write_file(secrets, "other\n", 6);
	after = load_good(smallest_client);
	assert_false(config_same_client(&before->clients[0], &after->clients[0]));
	config_put(before);
	config_put(after);
}

#define CALLER(name, more) \
	"client \"" name "\" { server = a  auth = none  mppe = off " more " }\n"

static void warns_of_routes(const char *text, const char *warning)
{
	char want[256];

	config_put(load_good(text));
	assert_int_equal(diag.n_lines, warning != NULL);
	snprintf(want, sizeof(want), "%s:%s: while both are up, whoever came first has it", conf,
		 warning);
	if (warning)
		assert_string_equal(diag.lines[0].text, want);
	diag_free(&diag);
	diag_init(&diag);
}

static void routes_in_each_others_way(void **state)
{
	warns_of_routes(CALLER("a", "routes = { \"10.1.0.0/16\", \"10.2.0.0/16\" }")
			CALLER("b", "routes = { \"10.2.0.0/16\" }"),
			"2: the route to 10.2.0.0/16 is in the way of that of client \"a\", "
			"line 1");
	warns_of_routes(CALLER("a", "default-route = true") CALLER("b", "default-route = true"),
			"2: the route to 0.0.0.0/0 is in the way of that of client \"a\", line 1");
	warns_of_routes(CALLER("a", "routes = \"10.2.0.0/16\"")
			"user \"bob\" { routes = \"10.2.0.0/16\" }\n",
			"2: the route to 10.2.0.0/16 is in the way of that of client \"a\", "
			"line 1");
	warns_of_routes(CALLER("a", "routes = \"10.2.0.0/16\"")
			CALLER("b", "routes = \"10.2.0.0/16\" metric = 1")
			CALLER("c", "routes = \"10.2.0.0/16\" vrf = blue")
			CALLER("d", "routes = \"10.2.0.0/17\""), NULL);
}

/* --- databases ------------------------------------------------------------------------------- */

static void defaults_of_a_database(void **state)
{
	struct config *c = load_good(SERVER "users = { database, secrets } database = d }\n"
				     "database \"d\" { type = sqlite file = \"/u.db\" }\n");
	const struct config_database *d = &c->databases[0];

	assert_int_equal(diag.n_lines, 0);
	assert_int_equal(c->n_databases, 1);
	assert_string_equal(d->name, "d");
	assert_int_equal(d->type, DATABASE_SQLITE);
	assert_string_equal(d->file, "/u.db");
	assert_string_equal(d->connection, "");
	assert_null(d->password);
	assert_string_equal(d->query, "");
	assert_int_equal(d->timeout_s, 5);
	assert_int_equal(d->max_queued, 1000);
	assert_string_equal(c->servers[0].database, "d");
	assert_int_equal(c->servers[0].users[0], CONFIG_JUDGE_DATABASE);
	assert_int_equal(c->servers[0].users[1], CONFIG_JUDGE_SECRETS);
	assert_int_equal(c->servers[0].users[2], CONFIG_JUDGE_END);
	config_put(c);
}

#ifdef CULVERT_POSTGRESQL
static void a_query_and_a_password_are_read(void **state)
{
	struct config *c = load_good(SERVER "users = database database = d }\n"
				     "database \"d\" { type = postgresql timeout = 2\n"
				     "connection = \"host=192.0.2.30 dbname=isp\"\n"
				     "password-file = \"$S\"  max-queued = 5\n"
				     "query = \"SELECT pw AS secret FROM t WHERE n = $1\" }\n");
	const struct config_database *d = &c->databases[0];

	assert_int_equal(diag.n_lines, 0);
	assert_string_equal(d->connection, "host=192.0.2.30 dbname=isp");
	assert_string_equal(d->password, "alice * s *");
	assert_string_equal(d->query, "SELECT pw AS secret FROM t WHERE n = $1");
	assert_int_equal(d->timeout_s, 2);
	assert_int_equal(d->max_queued, 5);
	config_put(c);
}
#endif

/* --- RADIUS ---------------------------------------------------------------------------------- */

static void defaults_of_radius(void **state)
{
	struct config *c = load_good(SERVER "users = radius radius-group = r }\n" RADIUS "}\n"
				     "radius-group \"g\" { servers = r }\n"
				     "realm \"example.org\" { radius-group = g }\n");
	const struct config_radius *r = &c->radius[0];
	char name[65] = "";

	assert_int_equal(diag.n_lines, 0);
	assert_int_equal(c->n_radius, 1);
	assert_string_equal(r->name, "r");
	assert_ip(r->address, "192.0.2.1");
	assert_int_equal(r->port, 1812);
	assert_int_equal(r->accounting_port, 1813);
	assert_string_equal(r->secret, "alice * s *");
	assert_true(ip_is_any(r->source_address));
	assert_string_equal(r->vrf, "");
	assert_string_equal(r->netns, "");
	assert_int_equal(r->require, RADIUS_REQUIRE_AUTO);
	assert_int_equal(c->radius_groups[0].balance, CONFIG_BALANCE_ORDER);
	assert_int_equal(c->radius_groups[0].timeout_ms, 1000);
	assert_string_equal(c->realms[0].radius_group, "g");
	assert_false(c->realms[0].strip);
	/* without a section "nas" the host's name is ours */
	gethostname(name, sizeof(name) - 1);
	assert_string_equal(c->nas.identifier, name);
	assert_true(ip_is_any(c->nas.address));
	assert_int_equal(c->servers[0].users[0], CONFIG_JUDGE_RADIUS);
	assert_int_equal(c->servers[0].users[1], CONFIG_JUDGE_END);
	assert_string_equal(c->servers[0].radius_group, "r");
	assert_ptr_equal(config_find_realm(c, "eXample.orgy", 11), &c->realms[0]);
	assert_null(config_find_realm(c, "example.or", 10));
	config_put(c);
}

static void defaults_of_abuse(void **state)
{
	struct config *c = load_good(SERVER "}\n");

	assert_int_equal(c->abuse.max_sessions, 0);
	assert_int_equal(c->abuse.failures, 0);
	assert_int_equal(c->abuse.within_s, 600);
	assert_int_equal(c->abuse.ban_s, 600);
	assert_int_equal(c->abuse.max_ban_s, 86400);
	assert_int_equal(c->abuse.max_delay_s, 4);
	assert_int_equal(c->abuse.aggregate, 32);
	assert_int_equal(c->abuse.per_second, 0);
	assert_int_equal(c->abuse.burst, 100);
	assert_int_equal(c->abuse.except.n, 0);
	config_put(c);
}

static void every_option_of_abuse(void **state)
{
	struct config *c = load_good(
		SERVER "}\n"
		"abuse { max-sessions = 9 failures = 5 within = 60 ban-time = 30 max-ban-time = 90\n"
		"	max-delay = 8 aggregate = 24 connections-per-second = 7 connection-burst = 3\n"
		"	except = { 192.0.2.0/24, 198.51.100.7/32 } }\n");

	assert_int_equal(c->abuse.max_sessions, 9);
	assert_int_equal(c->abuse.failures, 5);
	assert_int_equal(c->abuse.within_s, 60);
	assert_int_equal(c->abuse.ban_s, 30);
	assert_int_equal(c->abuse.max_ban_s, 90);
	assert_int_equal(c->abuse.max_delay_s, 8);
	assert_int_equal(c->abuse.aggregate, 24);
	assert_int_equal(c->abuse.per_second, 7);
	assert_int_equal(c->abuse.burst, 3);
	assert_int_equal(c->abuse.except.n, 2);
	assert_int_equal(c->abuse.except.list[1].length, 32);
	config_put(c);
}

static void defaults_of_accounting_and_coa(void **state)
{
	struct config *c = load_good(SERVER "}\n");

	assert_string_equal(c->accounting.radius_group, "");
	assert_string_equal(c->accounting.file, "");
	assert_string_equal(c->accounting.store, "/var/lib/culvert/accounting.sqlite");
	assert_string_equal(c->state.addresses, "/var/lib/culvert/addresses");
	assert_int_equal(c->accounting.interim_s, 600);
	assert_int_equal(c->coa.port, 3799);
	assert_string_equal(c->coa.vrf, "");
	assert_string_equal(c->coa.netns, "");
	assert_int_equal(c->coa.window_s, 300);
	assert_false(c->coa.require_timestamp);
	assert_false(c->coa.require_signature);
	assert_int_equal(c->n_coa_clients, 0);
	config_put(c);
}

#ifdef CULVERT_MICROHTTPD
static void the_listener_for_http(void **state)
{
	struct config *c = load_good(SERVER "}\n");

	assert_false(c->web.on);
	config_put(c);
	c = load_good(SERVER "}\nweb { }\n");
	assert_true(c->web.on);
	assert_ip(c->web.address, "127.0.0.1");
	assert_int_equal(c->web.port, 9723);
	assert_int_equal(c->web.names.n, 0);
	assert_int_equal(c->web.max_connections, 32);
	assert_true(c->web.metrics);
	assert_int_equal(c->web.session_series, 0);
	assert_null(c->web.tokens);
	assert_false(c->web.page);
	config_put(c);
	assert_int_equal(diag.n_lines, 0);
	c = load_good(SERVER "}\nweb {\naddress = \"2001:db8::1\" }\n");
	assert_int_equal(diag.n_lines, 1);
	assert_non_null(strstr(diag.lines[0].text, ":4: address 2001:db8::1: whoever can reach it"));
	config_put(c);
	c = load_good(SERVER "}\nweb { address = \"::1\" port = 80 names = { a, b.example } "
		      "max-connections = 7 session-series = 9 }\n");
	assert_ip(c->web.address, "::1");
	assert_int_equal(c->web.port, 80);
	assert_int_equal(c->web.names.n, 2);
	assert_string_equal(c->web.names.list[1], "b.example");
	assert_int_equal(c->web.max_connections, 7);
	assert_int_equal(c->web.session_series, 9);
	config_put(c);
	/* The secrets are no tokens, and are enough to see that the file was read. */
	c = load_good(SERVER "}\nweb { tokens = \"$S\" page = true }\n");
	assert_non_null(strstr(diag.lines[diag.n_lines - 1].text, ":1: a line has three words"));
	assert_non_null(c->web.tokens);
	assert_true(c->web.page);
	config_put(c);
}
#endif

static void every_option_of_accounting_and_coa(void **state)
{
	struct config *c = load_good(
		SERVER "}\n" RADIUS "}\n"
		"state { addresses = \"/srv/addresses\" }\n"
		"accounting { radius-group = r file = \"/var/log/records\" store = \"/srv/store\"\n"
		"	max-size = 10 max-age = 7 interim-interval = 60 }\n"
		"coa { listen = { 192.0.2.5, \"2001:db8::5\" } port = 3800 vrf = mgmt netns = blue window = 60\n"
		"	require-timestamp = yes require-message-authenticator = yes }\n"
		"coa-client \"x\" { address = \"2001:db8::1\" secret-file = \"$S\" }\n");

	assert_string_equal(c->accounting.radius_group, "r");
	assert_string_equal(c->accounting.file, "/var/log/records");
	assert_string_equal(c->accounting.store, "/srv/store");
	assert_string_equal(c->state.addresses, "/srv/addresses");
	assert_int_equal(c->accounting.max_size_mib, 10);
	assert_int_equal(c->accounting.max_age_days, 7);
	assert_int_equal(c->accounting.interim_s, 60);
	assert_int_equal(c->coa.listen.n, 2);
	assert_ip(c->coa.listen.list[1], "2001:db8::5");
	assert_int_equal(c->coa.port, 3800);
	assert_string_equal(c->coa.vrf, "mgmt");
	assert_string_equal(c->coa.netns, "blue");
	assert_int_equal(c->coa.window_s, 60);
	assert_true(c->coa.require_timestamp);
	assert_true(c->coa.require_signature);
	assert_int_equal(c->n_coa_clients, 1);
	assert_string_equal(c->coa_clients[0].name, "x");
	assert_ip(c->coa_clients[0].address, "2001:db8::1");
	assert_string_equal(c->coa_clients[0].secret, "alice * s *");
	config_put(c);
}

static void names_of_ours_as_long_as_radius_has_them(void **state)
{
	char name[RADIUS_VALUE_MAX + 2] = "", text[512];
	struct config *c;

	memset(name, 'n', RADIUS_VALUE_MAX);
	snprintf(text, sizeof(text), SERVER "}\nnas { identifier = \"%s\" }\n", name);
	c = load_good(text);
	assert_string_equal(c->nas.identifier, name);
	config_put(c);
	name[RADIUS_VALUE_MAX] = 'n';
	snprintf(text, sizeof(text), SERVER "}\nnas { identifier = \"%s\" }\n", name);
	assert_null(load(text));
	assert_int_equal(diag.n_lines, 1);
	diag_free(&diag);
}

/* Make a configuration with @n sections "radius", each of a line. */
static char *with_radius_servers(char *text, size_t size, unsigned int n)
{
	size_t at = (size_t)snprintf(text, size, SERVER "}\n");

	for (unsigned int i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, size - at, "radius \"r%u\" { address = 192.0.2.1 "
				       "secret-file = \"$S\" }\n", i);
	return text;
}

static void radius_servers_are_bounded(void **state)
{
	static char text[8192];
	struct config *c = load_good(with_radius_servers(text, sizeof(text), RADIUS_PEERS_MAX));
	char want[512];

	assert_int_equal(c->n_radius, RADIUS_PEERS_MAX);
	config_put(c);
	assert_null(load(with_radius_servers(text, sizeof(text), RADIUS_PEERS_MAX + 2)));
	assert_int_equal(diag.n_lines, 1);
	snprintf(want, sizeof(want), "%s:%d: radius \"r64\" is the 65th section of its kind: "
		 "expected at most 64", conf, 3 + RADIUS_PEERS_MAX);
	assert_string_equal(diag.lines[0].text, want);
	diag_free(&diag);
}

/* A server alone is a group, too. */
static void radius_as_it_is_made(void **state)
{
	struct config *c = load_good(
		SERVER "users = { secrets, radius } radius-group = \"pair\" }\n"
		"radius \"a\" { address = \"2001:db8::1\" port = 1645 accounting-port = 0\n"
		"	secret-file = \"$S\" source-address = \"2001:db8::2\" vrf = mgmt netns = blue\n"
		"	require-message-authenticator = yes ports = 2 window = 100 max-queued = 50\n"
		"	weight = 7 dead-after = 2 probe-interval = 10 dead-time = 30 }\n"
		RADIUS "}\n"
		"radius-group \"pair\" { servers = { r, a } balance = weight timeout = 500\n"
		"	retries = 3 give-up-after = 15 }\n"
		"nas { identifier = \"nas 1\" address = 192.0.2.9 }\n");
	const struct radius_peer_settings *peer;
	const struct radius_group_settings *group;
	struct config_radius_settings made;

	assert_true(config_radius_settings(c, &made));
	assert_string_equal(made.settings.nas_identifier, "nas 1");
	assert_ip(made.settings.nas_address, "192.0.2.9");
	assert_int_equal(made.settings.n_peers, 2);
	peer = &made.settings.peers[0];
	assert_string_equal(peer->name, "a");
	assert_int_equal(peer->address.family, AF_INET6);
	assert_int_equal(peer->source.family, AF_INET6);
	assert_int_equal(peer->auth_port, 1645);
	assert_int_equal(peer->acct_port, 0);
	assert_int_equal(peer->secret_len, strlen("alice * s *"));
	assert_string_equal(peer->vrf, "mgmt");
	assert_string_equal(peer->netns, "blue");
	assert_int_equal(peer->require, RADIUS_REQUIRE_YES);
	assert_int_equal(peer->ports, 2);
	assert_int_equal(peer->window, 100);
	assert_int_equal(peer->line_max, 50);
	assert_int_equal(peer->weight, 7);
	assert_int_equal(peer->dead_after, 2);
	assert_int_equal(peer->probe_ms, 10000);
	assert_int_equal(peer->dead_ms, 30000);
	assert_false(ip_is_set(made.settings.peers[1].source));
	assert_int_equal(made.settings.n_groups, 3);
	group = &made.settings.groups[0];
	assert_string_equal(group->name, "pair");
	assert_int_equal(group->n, 2);
	assert_int_equal(group->peers[0], 1);
	assert_int_equal(group->peers[1], 0);
	assert_true(group->weighted);
	assert_int_equal(group->login.irt_ms, 500);
	assert_int_equal(group->login.mrt_ms, 2000);
	assert_int_equal(group->login.mrc, 3);
	assert_int_equal(group->login.mrd_ms, 15000);
	/* a record has patience: it is in a store */
	assert_int_equal(group->accounting.mrc, 0);
	assert_int_equal(group->accounting.mrd_ms, 60000);
	group = &made.settings.groups[2];
	assert_string_equal(group->name, "r");
	assert_int_equal(group->n, 1);
	assert_int_equal(group->peers[0], 1);
	assert_int_equal(group->login.irt_ms, 1000);
	config_radius_settings_free(&made);
	config_put(c);
}

/* Secrets that nobody is looked up in are not read: the default may not be there. */
static void secrets_are_not_read_without_need(void **state)
{
	struct config *c = load_good("server \"s\" { users = radius radius-group = r\n"
				     "secrets = \"/nowhere/at/all\" local-address = 10.0.0.1 }\n"
				     SERVER_T "}\n" RADIUS "}\n");

	assert_int_equal(secrets_count(c->servers[0].secrets), 0);
	assert_int_equal(secrets_count(c->servers[1].secrets), 1);
	config_put(c);
	c = load_good(SERVER "radius-group = r }\n" RADIUS "}\n");
	assert_int_equal(diag.warnings, 1);
	assert_non_null(strstr(diag.lines[0].text, "radius-group is not used, since users has no "
						   "\"radius\""));
	config_put(c);
	c = load_good(SERVER "database = d }\ndatabase \"d\" { type = sqlite file = \"/u.db\" }\n");
	assert_int_equal(diag.warnings, 2);
	assert_non_null(strstr(diag.lines[1].text, ":2: database is not used, since users has no "
						   "\"database\""));
	config_put(c);
}

static void the_table_can_be_listed(void **state)
{
	struct config_option_info info;
	size_t n = 0, required = 0;

	while (config_option_info(n, &info)) {
		assert_non_null(info.section);
		assert_true(*info.name);
		assert_non_null(info.unit);
		required += !info.preset;
		n++;
	}
	assert_true(n > 30);
	assert_int_equal(required, 10);
}

/* "Ta" separates the cells of a row in mdoc(7). */
/* ---- clients that are in no file ---- */

static struct config *client_of(const char *name, const char *password,
				const struct config_setting *settings)
{
	struct config *config;
	size_t n = 0;

	while (settings[n].name)
		n++;
	config = config_of_client(name, settings, n, password, &diag);
	assert_true(!config == !!diag.errors);
	return config;
}

#define SETTINGS(...) ((const struct config_setting[]){ __VA_ARGS__, { 0 } })

static void a_client_in_no_file(void **state)
{
	struct config *config = client_of("office", "open sesame", SETTINGS(
		{ "server", "vpn.example.net" }, { "user", "alice, of \"#1\"" },
		{ "routes", "192.168.0.0/16,10.0.0.0/8 , 172.16.0.0/12" },
		{ "mppe-bits", "40, 128" }, { "mtu", "1300" }, { "connect", "manual" }));
	const char *whose;
	const struct config_client *c;

	assert_non_null(config);
	assert_int_equal(config->n_clients, 1);
	c = config_find_client(config, "office");
	assert_non_null(c);
	assert_string_equal(c->server, "vpn.example.net");
	assert_string_equal(c->user, "alice, of \"#1\"");
	assert_string_equal(c->password, "open sesame");
	assert_string_equal(c->secret_path, "");
	assert_string_equal(c->interface, "office");
	assert_int_equal(c->routes.n, 3);
	assert_true(ip_equal(c->routes.list[2].address, ip("172.16.0.0")));
	assert_int_equal(c->mppe_bits, PPP_MPPE_40 | PPP_MPPE_128);
	assert_int_equal(c->mtu, 1300);
	assert_int_equal(c->connect, CONFIG_CONNECT_MANUAL);
	assert_int_equal(c->mppe, PPP_MPPE_REQUIRED);
	assert_string_equal(config_find_interface(config, "office", &whose), "client");
	assert_string_equal(whose, "office");
	assert_null(config_find_interface(config, "other", &whose));
	config_put(config);
}

static void mistakes_in_no_file_name_the_option(void **state)
{
	static const struct {
		const char *name, *password;
		struct config_setting settings[3];
		const char *mistake;
	} rows[] = {
		{ "of fice", "x", { { "server", "s" }, { "user", "u" } },
		  "client: client \"of fice\" needs a name of 1 to 63 letters, digits, dots, hyphens and "
		  "underscores" },
		{ "c", "x", { { "user", "u" } }, "client: client \"c\" needs server (text)" },
		{ "c", "x", { { "server", "s" } },
		  "client: client \"c\" needs user (text), unless auth is \"none\" alone" },
		{ "c", NULL, { { "server", "s" }, { "user", "u" } },
		  "client: client \"c\" needs secret-file (path), unless auth is \"none\" alone" },
		{ "c", "", { { "server", "s" }, { "user", "u" } },
		  "client: expected a password of 1 to 256 octets without control characters" },
		{ "c", "a\nb", { { "server", "s" }, { "user", "u" } },
		  "client: expected a password of 1 to 256 octets without control characters" },
		{ "c", "x", { { "sever", "s" }, { "user", "u" } },
		  "client: there is no option \"sever\" in client \"c\"; did you mean \"server\"?" },
		{ "c", "x", { { "server", "s" }, { "user", "u" }, { "mtu", "12" } },
		  "client: mtu is \"12\": expected auto or a number from 576 to 1500" },
		{ "c", "x", { { "server", "s" }, { "user", "u" }, { "routes", "10.0.0.0/8,x" } },
		  "client: routes has \"x\": expected a network like 192.168.5.0/24" },
		{ "c", "x", { { "server", "s" }, { "user", "u" }, { "routes", "10.0.0.0/8 10.9.0.0/16" } },
		  "client: routes has \"10.0.0.0/8 10.9.0.0/16\": expected a network like 192.168.5.0/24" },
		{ "c", "x", { { "server", "s" }, { "user", "u" }, { "secret-file", "/nowhere" } },
		  "client: there are both a password and secret-file; expected one of them" },
		{ "a-name-too-long-for-it", "x", { { "server", "s" }, { "user", "u" } },
		  "client: client \"a-name-too-long-for-it\" needs interface (interface), since its own "
		  "name has more than 15 octets" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = 0;

		while (n < 3 && rows[i].settings[n].name)
			n++;
		assert_null(config_of_client(rows[i].name, rows[i].settings, n, rows[i].password,
					     &diag));
		assert_true(diag.n_lines);
		assert_string_equal(diag.lines[0].text, rows[i].mistake);
		diag_free(&diag);
	}
}

static void an_empty_file_is_enough_for_them(void **state)
{
	struct config *config = load_good("");
	char want[256];

	snprintf(want, sizeof(want), "%s: there is neither a server nor a client section, so there is "
		 "nothing to do but for clients that are made at run time", conf);
	assert_int_equal(diag.warnings, 1);
	assert_string_equal(diag.lines[0].text, want);
	config_put(config);
}

static void expect_row(const char *page, const struct config_option_info *info)
{
	char section[64], row[256];
	const char *preset = info->preset, *begin, *end, *found;

	if (!preset)
		preset = "required";
	else if (!*preset)
		preset = strncmp(info->type, "list", 4) ? "Qq" : "{ }";
	snprintf(section, sizeof(section), "\n.Ss Section %s\n", info->section);
	snprintf(row, sizeof(row), "\n.It Ic %s Ta %s Ta%s%s\n", info->name, preset,
		 *info->unit ? " " : "", info->unit);
	begin = strstr(page, section);
	assert_non_null(begin);
	end = strstr(begin + 1, "\n.Ss ");
	found = strstr(begin, row);
	if (!found || (end && found > end))
		fail_msg("culvert.conf(5) lacks in section %s: %s", info->section, row + 1);
}

/* Names in the configuration are those that the log and pppctl show. */
static void methods_are_called_as_in_ppp(void **state)
{
	for (unsigned int m = PPP_AUTH_NONE + 1; m < PPP_AUTH_METHODS; m++) {
		char text[512];
		struct config *c;

		snprintf(text, sizeof(text), CLIENT "user = u auth = %s mppe = off }\n"
			 SERVER "auth = %s mppe = off }\n", ppp_auth_name(m), ppp_auth_name(m));
		c = load_good(text);
		assert_int_equal(c->clients[0].auth, PPP_AUTH_BIT(m));
		assert_int_equal(c->servers[0].auth[0], m);
		config_put(c);
	}
}

static void the_manual_has_the_same_table(void **state)
{
	struct config_option_info info;
	static char page[1 << 18];
	FILE *f = fopen("../docs/man/culvert.conf.5", "r");
	size_t options = 0, rows = 0;

	assert_non_null(f);
	assert_true(fread(page, 1, sizeof(page) - 1, f) > 0);
	fclose(f);
	for (; config_option_info(options, &info); options++)
		expect_row(page, &info);
	for (const char *p = page; (p = strstr(p, "\n.It Ic ")); p++)
		rows += !!memmem(p, strcspn(p + 1, "\n"), " Ta ", 4);
	assert_int_equal(rows, options);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(defaults_are_safe, set_up, tear_down),
		cmocka_unit_test_setup_teardown(everything_set, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mistakes_are_named_exactly, set_up, tear_down),
		cmocka_unit_test_setup_teardown(all_mistakes_are_told_in_one_run, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_broken_file_leaves_nothing_behind, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(wrong_secrets_are_named_by_line, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(warnings_do_not_prevent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rechallenges_need_chap, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wrong_modes_of_secrets_are_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(users_land_somewhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(places_may_be_missing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(users_may_be_disabled_or_expire, set_up, tear_down),
		cmocka_unit_test_setup_teardown(realms_that_are_stripped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_in_any_case, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(hashes_need_a_method_that_takes_them, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(pools_of_the_secrets_have_to_be_there, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(secrets_for_other_servers_are_told, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(addresses_that_collide, set_up, tear_down),
		cmocka_unit_test_setup_teardown(addresses_of_users, set_up, tear_down),
		cmocka_unit_test_setup_teardown(addresses_of_called_servers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(addresses_of_radius_servers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unreadable_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(servers_on_different_addresses_or_ports, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(defaults_of_clients_are_safe, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_option_of_a_client, set_up, tear_down),
		cmocka_unit_test_setup_teardown(programs_and_their_bounds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(dscps_have_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(networks_behind_users, set_up, tear_down),
		cmocka_unit_test_setup_teardown(terms_of_users_and_profiles, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rates_have_units, set_up, tear_down),
		cmocka_unit_test_setup_teardown(addresses_are_in_sets_of_nftables, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(changes_of_clients_are_noticed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(routes_in_each_others_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(defaults_of_a_database, set_up, tear_down),
#ifdef CULVERT_POSTGRESQL
		cmocka_unit_test_setup_teardown(a_query_and_a_password_are_read, set_up, tear_down),
#endif
		cmocka_unit_test_setup_teardown(defaults_of_radius, set_up, tear_down),
		cmocka_unit_test_setup_teardown(defaults_of_abuse, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_option_of_abuse, set_up, tear_down),
		cmocka_unit_test_setup_teardown(defaults_of_accounting_and_coa, set_up, tear_down),
#ifdef CULVERT_MICROHTTPD
		cmocka_unit_test_setup_teardown(the_listener_for_http, set_up, tear_down),
#endif
		cmocka_unit_test_setup_teardown(every_option_of_accounting_and_coa, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(names_of_ours_as_long_as_radius_has_them, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(radius_servers_are_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(radius_as_it_is_made, set_up, tear_down),
		cmocka_unit_test_setup_teardown(secrets_are_not_read_without_need, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_client_in_no_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mistakes_in_no_file_name_the_option, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_empty_file_is_enough_for_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_table_can_be_listed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(methods_are_called_as_in_ppp, set_up, tear_down),
		cmocka_unit_test(the_manual_has_the_same_table),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
