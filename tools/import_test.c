// SPDX-License-Identifier: GPL-2.0-only
/* The whole output is compared: what is written beside a value is a part of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import.h"

typedef void read_fn(struct import *import, const char *file, const char *text);

static char *read_all(read_fn *read, const char *a, const char *b)
{
	struct import *import = import_new();
	char *out;

	read(import, "a", a);
	if (b)
		read(import, "b", b);
	out = import_text(import);
	import_free(import);
	return out;
}

#define HEAD	"# Made by pppctl import. See culvert.conf(5), and try it by culvertd --check.\n\n"

static void gives(read_fn *read, const char *a, const char *b, const char *want)
{
	char *out = read_all(read, a, b);

	assert_memory_equal(out, HEAD, strlen(HEAD));
	assert_string_equal(out + strlen(HEAD), want);
	free(out);
}

static void of_pptpd(void **state)
{
	gives(import_pptpd,
	      "# TAG: option\r\noption /etc/ppp/pptpd-options\r\n#debug\r\nlogwtmp\r\n"
	      "localip 192.168.9.1-5\r\nremoteip 192.168.9.10-20,192.168.9.30\r\nconnections 50\r\n",
	      "name pptpd\nrefuse-pap\nrefuse-chap\nrequire-mschap-v2\nrequire-mppe-128\n"
	      "ms-dns 192.0.2.53\nms-dns 192.0.2.54\nproxyarp\nlock\nnobsdcomp\nmtu 9000\nnovj\nfrob 1\n",
	      "server \"imported\" {\n"
	      "\tlocal-address = 192.168.9.1\t# a:5\n"
	      "\tpool = \"imported\"\t# a:6\n"
	      "\tmax-sessions = 50\t# a:7\n"
	      "\tauth-name = \"pptpd\"\t# b:1\n"
	      "\tauth = {\n\t\tmschap-v2,\t# b:4\n\t}\n"
	      "\tmppe = required\t# b:5\n"
	      "\tmppe-bits = {\n\t\t128,\t# b:5\n\t}\n"
	      "\tdns = {\n\t\t192.0.2.53,\t# b:6\n\t\t192.0.2.54,\t# b:7\n\t}\n"
	      "\tproxy-arp = on\t# b:8\n"
	      "}\n\n"
	      "pool \"imported\" {\n"
	      "\trange = {\n\t\t192.168.9.10-192.168.9.20,\t# a:6\n\t\t192.168.9.30,\t# a:6\n\t}\n"
	      "}\n\n"
	      "# What has no equivalent, and why:\n"
	      "#  - a:2: option /etc/ppp/pptpd-options: name that file, too, if it is not there yet\n"
	      "#  - a:4: logwtmp: see section accounting\n"
	      "#  - a:5: more than one localip: all sessions have the same local address here, which "
	      "is enough\n"
	      "#  - b:11: \"9000\" cannot be mtu, which is from 576 to 1500\n"
	      "#  - b:13: frob: unknown here\n");
}

static void of_accel(void **state)
{
	gives(import_accel,
	      "[modules]\nlog_file\npptp\nl2tp\nauth_mschap_v2\nauth_pap\nchap-secrets\n\n"
	      "[core]\nthread-count=4\n"
	      "[common]\nsingle-session=replace\n"
	      "[ppp]\nverbose=1\nmtu=1400\nmppe=require\n"
	      "[pptp]\nbind=192.0.2.1\necho-interval=30\nifname=pptp%d\nip-pool=users\n"
	      "[dns]\ndns1=192.0.2.53\n"
	      "[ip-pool]\ngw-ip-address=10.5.0.1\n10.5.0.2-255,name=users\n10.6.0.0/24,gold\n"
	      "[chap-secrets]\nchap-secrets=/etc/ppp/chap-secrets\nfrob=1\n", NULL,
	      "server \"imported\" {\n"
	      "\tauth = {\n\t\tmschap-v2,\t# a:5\n\t}\n"
	      "\tsingle-session = replace-now\t# a:12\n"
	      "\tmtu = 1400\t# a:15\n"
	      "\tmppe = required\t# a:16\n"
	      "\tlisten = {\n\t\t192.0.2.1,\t# a:18\n\t}\n"
	      "\techo-interval = 30\t# a:19\n"
	      "\tinterface = pptp%d\t# a:20\n"
	      "\tpool = \"users\"\t# a:21\n"
	      "\tdns = {\n\t\t192.0.2.53,\t# a:23\n\t}\n"
	      "\tlocal-address = 10.5.0.1\t# a:25\n"
	      "\tsecrets = \"/etc/ppp/chap-secrets\"\t# a:29\n"
	      "}\n\n"
	      "pool \"users\" {\n\trange = {\n\t\t10.5.0.2-10.5.0.255,\t# a:26\n\t}\n}\n\n"
	      "pool \"gold\" {\n\trange = {\n\t\t10.6.0.0/24,\t# a:27\n\t}\n}\n\n"
	      "# What has no equivalent, and why:\n"
	      "#  - a:4: l2tp: here is PPTP alone\n"
	      "#  - a:9: [core]: not taken over\n"
	      "#  - a:30: frob in [chap-secrets]: unknown here\n"
	      "#  - pap in auth: it gives no keys for mppe = required\n");
}

static void of_chap_secrets(void **state)
{
	gives(import_chap_secrets, "# client server secret\nalice * s *\nbob pptpd s *\n", NULL,
	      "server \"imported\" {\n"
	      "\tsecrets = \"a\"\t# a:1\n"
	      "\tauth-name = \"pptpd\"\t# a:3\n"
	      "\tlocal-address = 10.99.0.1\t# nothing says it: please check\n"
	      "\tpool = \"imported\"\t# nothing says it: please check\n"
	      "}\n\n"
	      "pool \"imported\" {\n\trange = {\n"
	      "\t\t10.99.0.2-10.99.0.254,\t# nothing says it: please check\n\t}\n}\n\n"
	      "# Everything has an equivalent.\n");
}

static void of_routeros(void **state)
{
	gives(import_routeros,
	      "# jan/02/2026 by RouterOS 6.49\n/ip pool\nadd name=\"vpn pool\" ranges=10.7.0.2-10.7.0.99\n"
	      "/ppp profile\nadd dns-server=192.0.2.53,192.0.2.54 local-address=10.7.0.1 name=\\\n"
	      "    vpn remote-address=\"vpn pool\"\nadd name=other\n"
	      "/interface pptp-server server\nset authentication=mschap2 default-profile=vpn enabled=yes\n"
	      "/ppp secret\nadd name=alice password=\"won\\\"der\" service=pptp\n"
	      "add name=bob password=x profile=vpn remote-address=10.7.0.200 service=any\n"
	      "add name=carol service=pptp\nadd name=dave password=x service=l2tp\n", NULL,
	      "pool \"vpn-pool\" {\n\trange = {\n\t\t10.7.0.2-10.7.0.99,\t# a:3\n\t}\n}\n\n"
	      "server \"imported\" {\n"
	      "\tlocal-address = 10.7.0.1\t# a:5\n"
	      "\tpool = \"vpn-pool\"\t# a:5\n"
	      "\tdns = {\n\t\t192.0.2.53,\t# a:5\n\t\t192.0.2.54,\t# a:5\n\t}\n"
	      "\tauth = {\n\t\tmschap-v2,\t# a:9\n\t}\n"
	      "\tmppe = preferred\t# a:9\n"
	      "\tsecrets = \"/etc/culvert/secrets\"\t# nothing says it: please check\n"
	      "}\n\n"
	      "# These lines, without the # before them, belong into /etc/culvert/secrets (mode 0600):\n"
	      "# \"alice\" * \"won\\\"der\" *\t# a:11\n"
	      "# \"bob\" * \"x\" 10.7.0.200\t# a:12\n\n"
	      "# What has no equivalent, and why:\n"
	      "#  - a:7: profile other: not that of the server; see profile sections\n"
	      "#  - a:13: user carol: the export has no password (RouterOS 7 needs /export "
	      "show-sensitive)\n");
}

/* What is not text, or is cut anywhere, is read to its end. */
static void of_anything(void **state)
{
	static const char text[] = "[pptp\nbind\n/ppp secret\nadd name\nlocalip\nremoteip ,-,1-\n"
				   "option \"\nmtu \\\r\n9 \\\nname \x80\x01\n=\n[ip-pool]\n10.0.0.0/8,\n\\";
	read_fn * const all[] = { import_pptpd, import_accel, import_chap_secrets, import_routeros };
	char cut[sizeof(text)];

	for (size_t len = 0; len < sizeof(text); len++) {
		memcpy(cut, text, len);
		cut[len] = '\0';
		for (size_t i = 0; i < 4; i++)
			free(read_all(all[i], cut, "\xef\xbb\xbf" "a"));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_pptpd),
		cmocka_unit_test(of_accel),
		cmocka_unit_test(of_chap_secrets),
		cmocka_unit_test(of_routeros),
		cmocka_unit_test(of_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
