// SPDX-License-Identifier: GPL-2.0-only
/* What is left to do on a host, in words, with the commands to run. */
#include <stdarg.h>
#include <string.h>

#include "init.h"

struct advising {
	const struct init_facts *facts;
	const struct init_pool *pool;
	struct init_advice *advice;
	size_t n;
};

static struct init_advice *say(struct advising *a, enum init_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static struct init_advice *say(struct advising *a, enum init_level level, const char *fmt, ...)
{
	struct init_advice *new = &a->advice[a->n++];
	va_list args;

	*new = (struct init_advice){ .level = level };
	va_start(args, fmt);
	vsnprintf(new->text, sizeof(new->text), fmt, args);
	va_end(args);
	return new;
}

/* Append to a text, as far as there is room. */
static void append(char *out, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void append(char *out, size_t size, const char *fmt, ...)
{
	const size_t len = strlen(out);
	va_list args;

	va_start(args, fmt);
	vsnprintf(out + len, size - len, fmt, args);
	va_end(args);
}

/* Add lines to the commands of an advice. */
#define tell(advice, ...) append((advice)->commands, sizeof((advice)->commands), __VA_ARGS__)

/* ---- the kernel ---- */

static void advise_build(struct advising *a)
{
	const struct init_facts *f = a->facts;
	struct init_advice *advice = say(a, INIT_TODO, "the module culvert is not there for this "
					 "kernel, %s", f->release);

	if (f->debian && strstr(f->release, "cloud"))
		tell(advice, "apt install linux-image-amd64   # this one was built without PPP; and boot it\n");
	if (!f->headers)
		tell(advice, f->debian ? "apt install linux-headers-%s\n" : "dnf install kernel-devel-%s\n",
		     f->release);
	if (f->dkms_sources)
		tell(advice, "dkms install culvert/" CULVERT_VERSION " -k %s\n", f->release);
	else if (f->debian)
		tell(advice, "apt install ./culvert-dkms_*.deb   # or, in the sources: make install\n");
	else
		tell(advice, "make install   # in the sources, or a package culvert-dkms\n");
}

static void advise_module(struct advising *a)
{
	const struct init_facts *f = a->facts;
	struct init_advice *advice;

	if (f->pptp_loaded) {
		advice = say(a, INIT_TODO, "the kernel's own module pptp is loaded, and culvert cannot "
			     "be beside it. Programs that use it have to end first");
		tell(advice, "modprobe -r pptp\nmodprobe culvert\n");
		if (f->culvert_available)
			advice->action = INIT_SWAP_MODULES;
	}
	if (f->culvert_loaded)
		say(a, INIT_OK, "the module culvert is loaded");
	else if (f->culvert_available)
		say(a, INIT_OK, "the module culvert is there for this kernel, which loads it when it "
		    "is needed");
	else
		advise_build(a);
	if (f->secure_boot && !f->culvert_loaded) {
		advice = say(a, INIT_NOTE, "Secure Boot is on: the kernel loads only modules that are "
			     "signed with a key it knows. If it refuses culvert, enrol the key of DKMS "
			     "and boot");
		tell(advice, "mokutil --import /var/lib/dkms/mok.pub\n");
	}
}

static void advise_forwarding(struct advising *a)
{
	struct init_advice *advice;

	if (a->facts->forwarding) {
		say(a, INIT_OK, "this host forwards packets (net.ipv4.ip_forward)");
		return;
	}
	advice = say(a, INIT_TODO, "this host does not forward packets, so that users get no further "
		     "than to it");
	advice->action = INIT_FORWARD;
	tell(advice, "echo net.ipv4.ip_forward=1 > /etc/sysctl.d/60-culvert.conf\n"
	     "sysctl -p /etc/sysctl.d/60-culvert.conf\n");
}

static void advise_pool(struct advising *a)
{
	const struct init_network *other = init_pool_overlaps(a->pool, a->facts->networks,
							      a->facts->n_networks);
	char prefix[IP_TEXT_SIZE];

	if (!other)
		say(a, INIT_OK, "users' addresses are of no other network of this host");
	else
		say(a, INIT_TODO, "users' addresses are also those of %s, which %s has: choose others "
		    "in the configuration, or have proxy-arp there if that is meant",
		    ip_prefix_format(&other->prefix, prefix), other->interface);
}

/* Addresses that the Internet has no way to. */
static bool is_private(struct ip_addr address)
{
	static const char * const texts[] = { "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12",
					      "192.168.0.0/16" };
	struct ip_prefix prefix;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (ip_parse_prefix_v4(texts[i], &prefix) && ip_prefix_contains(&prefix, address))
			return true;
	return false;
}

static void advise_address(struct advising *a)
{
	if (is_private(a->facts->outer))
		say(a, INIT_NOTE, "%s is a private address. Who calls from the Internet calls the one "
		    "in front of it, where TCP port 1723 and GRE have to be forwarded to this host",
		    ip_text(a->facts->outer));
}

/* ---- the firewall ---- */

static bool is_open(const struct init_firewall *firewall)
{
	for (size_t i = 0; i < INIT_PACKETS; i++)
		if (firewall->verdicts[i] != INIT_PASSES)
			return false;
	return true;
}

static bool has_verdict(const struct init_firewall *firewall, enum init_verdict verdict)
{
	for (size_t i = 0; i < INIT_PACKETS; i++)
		if (firewall->verdicts[i] == verdict)
			return true;
	return false;
}

static const char * const packet_names[INIT_PACKETS] = {
	[INIT_CONTROL] = "TCP to port 1723",
	[INIT_GRE] = "GRE (IP protocol 47)",
	[INIT_OUTWARD] = "what users send to others",
	[INIT_BACK] = "the answers to users",
};

static const char * const rules[INIT_PACKETS] = {
	[INIT_CONTROL] = "tcp dport 1723 accept",
	[INIT_GRE] = "meta l4proto gre accept",
	[INIT_OUTWARD] = "iifname \"pptp*\" accept",
	[INIT_BACK] = "oifname \"pptp*\" ct state established,related accept",
};

/* Chains of iptables(8) have names in capitals. Their rules are for that program to change. */
static bool is_of_iptables(const char *chain)
{
	return strstr(chain, " INPUT") || strstr(chain, " FORWARD");
}

void init_firewall_rules(const struct init_firewall *firewall, const struct init_pool *pool,
			 char *out, size_t size)
{
	const struct ip_prefix prefix = init_pool_prefix(pool);
	char text[IP_TEXT_SIZE];

	out[0] = '\0';
	for (size_t i = 0; i < INIT_PACKETS; i++)
		if (firewall->verdicts[i] == INIT_DROPPED && !is_of_iptables(firewall->chains[i]))
			append(out, size, "insert rule %s %s\n", firewall->chains[i], rules[i]);
	if (!firewall->translated)
		append(out, size, "add table ip pptp_users\n"
		       "add chain ip pptp_users postrouting "
		       "{ type nat hook postrouting priority 100; }\n"
		       "add rule ip pptp_users postrouting ip saddr %s oifname != \"pptp*\" masquerade\n",
		       ip_prefix_format(&prefix, text));
}

static void tell_iptables(struct init_advice *advice, const struct init_firewall *firewall,
			  enum init_verdict verdict)
{
	static const char * const commands[INIT_PACKETS] = {
		[INIT_CONTROL] = "INPUT -p tcp --dport 1723 -j ACCEPT",
		[INIT_GRE] = "INPUT -p 47 -j ACCEPT",
		[INIT_OUTWARD] = "FORWARD -i pptp+ -j ACCEPT",
		[INIT_BACK] = "FORWARD -o pptp+ -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
	};

	for (size_t i = 0; i < INIT_PACKETS; i++)
		if (firewall->verdicts[i] == verdict)
			tell(advice, "iptables -I %s\n", commands[i]);
}

static void tell_nft(struct init_advice *advice, const struct init_firewall *firewall,
		     enum init_verdict verdict)
{
	for (size_t i = 0; i < INIT_PACKETS; i++)
		if (firewall->verdicts[i] == verdict)
			tell(advice, "nft 'insert rule %s %s'\n", firewall->chains[i], rules[i]);
	tell(advice, "# and to stay: the same without nft and quotes, at the end of /etc/nftables.conf\n");
}

static void name_packets(struct init_advice *advice, const struct init_firewall *firewall,
			 enum init_verdict verdict)
{
	const char *comma = "";

	for (size_t i = 0; i < INIT_PACKETS; i++) {
		if (firewall->verdicts[i] != verdict)
			continue;
		append(advice->text, sizeof(advice->text), "%s%s (%s)", comma, packet_names[i],
		       firewall->chains[i]);
		comma = ", ";
	}
}

/* Say which packets have this verdict, and what lets them pass. */
static void advise_packets(struct advising *a, enum init_level level, enum init_verdict verdict,
			   const char *what)
{
	const struct init_firewall *firewall = &a->facts->firewall;
	struct init_advice *advice;
	bool of_iptables = false;

	if (!has_verdict(firewall, verdict))
		return;
	advice = say(a, level, "%s ", what);
	name_packets(advice, firewall, verdict);
	for (size_t i = 0; i < INIT_PACKETS; i++)
		of_iptables |= is_of_iptables(firewall->chains[i]);
	if (of_iptables) {
		tell_iptables(advice, firewall, verdict);
		return;
	}
	if (verdict == INIT_DROPPED)
		advice->action = INIT_OPEN_FIREWALL;
	tell_nft(advice, firewall, verdict);
}

/* The rules themselves, as nftables shows them. */
static void advise_rules(struct advising *a)
{
	if (is_open(&a->facts->firewall))
		say(a, INIT_OK, "the firewall lets PPTP in (TCP 1723 and GRE), and users through");
	advise_packets(a, INIT_TODO, INIT_DROPPED, "the firewall drops");
	advise_packets(a, INIT_NOTE, INIT_DEPENDS, "the firewall may let only some through of");
}

static void advise_ufw(struct advising *a)
{
	char prefix[IP_TEXT_SIZE];
	struct init_advice *advice;
	struct ip_prefix users;

	if (a->facts->ufw_has_rules) {
		say(a, INIT_OK, "ufw is enabled, and has rules for TCP 1723 and GRE");
		return;
	}
	users = init_pool_prefix(a->pool);
	ip_prefix_format(&users, prefix);
	advice = say(a, INIT_TODO, "ufw is enabled, and does not let PPTP in");
	tell(advice, "ufw allow 1723/tcp\n"
	     "ufw allow proto gre from any to any\n"
	     "ufw route allow from %s\n", prefix);
}

static void advise_firewalld(struct advising *a)
{
	const struct ip_prefix users = init_pool_prefix(a->pool);
	char prefix[IP_TEXT_SIZE];
	struct init_advice *advice;

	if (is_open(&a->facts->firewall)) {
		say(a, INIT_OK, "firewalld runs, and lets PPTP in, and users through");
		return;
	}
	advice = say(a, INIT_TODO, "firewalld runs, and does not let all of PPTP in, or users through");
	tell(advice, "firewall-cmd --permanent --add-port=1723/tcp\n"
	     "firewall-cmd --permanent --add-protocol=gre\n"
	     "firewall-cmd --permanent --zone=trusted --add-source=%s\n"
	     "firewall-cmd --permanent --add-masquerade\n"
	     "firewall-cmd --reload\n", ip_prefix_format(&users, prefix));
}

static void advise_translation(struct advising *a)
{
	const struct init_facts *f = a->facts;
	const struct ip_prefix users = init_pool_prefix(a->pool);
	char prefix[IP_TEXT_SIZE];
	struct init_advice *advice;

	if (f->firewall.translated) {
		say(a, INIT_OK, "users go on under an address of this host");
		return;
	}
	if (f->firewalld)
		return;
	ip_prefix_format(&users, prefix);
	advice = say(a, INIT_NOTE, "users go on under their own addresses. That is right if others know "
		     "that %s is behind this host; if not, as for the Internet", prefix);
	if (f->ufw) {
		tell(advice, "# at the beginning of /etc/ufw/before.rules, and then: ufw reload\n"
		     "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -s %s ! -o pptp+ -j MASQUERADE\n"
		     "COMMIT\n", prefix);
		return;
	}
	advice->action = INIT_OPEN_FIREWALL;
	tell(advice, "nft add table ip pptp_users\n"
	     "nft 'add chain ip pptp_users postrouting { type nat hook postrouting priority 100; }'\n"
	     "nft 'add rule ip pptp_users postrouting ip saddr %s oifname != \"pptp*\" masquerade'\n",
	     prefix);
}

static void advise_firewall(struct advising *a)
{
	const struct init_facts *f = a->facts;
	struct init_advice *advice;

	if (f->ufw) {
		advise_ufw(a);
	} else if (f->firewall.verdicts[INIT_CONTROL] == INIT_UNKNOWN) {
		say(a, INIT_NOTE, "the rules of the firewall cannot be seen%s. It has to let in TCP port "
		    "1723 and IP protocol 47 (GRE)", f->root ? "" : ": root can");
		return;
	} else if (f->firewalld) {
		advise_firewalld(a);
	} else {
		advise_rules(a);
	}
	if (f->boot_rules && f->systemd && !f->nftables_enabled && !f->ufw && !f->firewalld) {
		advice = say(a, INIT_NOTE, "/etc/nftables.conf has rules for PPTP, but is not read at "
			     "boot");
		tell(advice, "systemctl enable nftables\n");
	}
	if (f->iptables_legacy && !f->ufw) {
		advice = say(a, INIT_NOTE, "there are rules of iptables-legacy, too, which were not "
			     "judged. They have to let TCP 1723 and GRE in");
		tell(advice, "iptables-legacy -I INPUT -p tcp --dport 1723 -j ACCEPT\n"
		     "iptables-legacy -I INPUT -p 47 -j ACCEPT\n");
	}
	advise_translation(a);
}

/* ---- the service ---- */

static void advise_port(struct advising *a)
{
	const char *who = a->facts->port_taken_by;
	struct init_advice *advice;

	if (!*who || a->facts->daemon_runs)
		return;
	advice = say(a, INIT_TODO, "TCP port 1723 is taken by %s", who);
	if (!strcmp(who, "pptpd") || !strcmp(who, "accel-pppd"))
		tell(advice, "systemctl disable --now %s\n",
		     !strcmp(who, "pptpd") ? "pptpd" : "accel-ppp");
	else
		tell(advice, "ss -ltnp 'sport = :1723'\n");
}

static void advise_service(struct advising *a)
{
	const struct init_facts *f = a->facts;
	struct init_advice *advice;

	advise_port(a);
	if (f->daemon_runs && f->config_is_new) {
		advice = say(a, INIT_TODO, "culvertd runs with another configuration");
		advice->action = INIT_RELOAD;
		tell(advice, "pppctl reload\n");
	}
	if (f->daemon_runs && (f->unit_enabled || !f->systemd)) {
		say(a, INIT_OK, "culvertd runs%s",
		    f->systemd ? ", and will after the next boot" : "");
		return;
	}
	if (!f->systemd) {
		say(a, INIT_TODO, "culvertd does not run. It is started as other daemons of this host "
		    "are, and stays in the foreground");
		return;
	}
	advice = say(a, INIT_TODO, f->daemon_runs ? "culvertd runs, but will not after the next boot" :
		     "culvertd does not run");
	if (f->config_exists && f->culvert_available && (f->daemon_runs || !*f->port_taken_by))
		advice->action = INIT_START;
	tell(advice, "systemctl enable --now culvertd\n");
}

size_t init_advise(const struct init_facts *facts, const struct init_pool *pool,
		   struct init_advice advice[INIT_ADVICE_MAX])
{
	struct advising a = { .facts = facts, .pool = pool, .advice = advice };

	if (!facts->config_exists)
		tell(say(&a, INIT_TODO, "there is no configuration"), "pppctl init\n");
	advise_module(&a);
	advise_address(&a);
	advise_pool(&a);
	advise_forwarding(&a);
	advise_firewall(&a);
	advise_service(&a);
	return a.n;
}

/* ---- the other end ---- */

void init_write_client_help(FILE *out, const char *address, const char *user)
{
	fprintf(out,
		"What users' devices have to be told:\n\n"
		"  server       %s, reached by TCP port 1723 and IP protocol 47 (GRE)\n"
		"  kind         PPTP; in Windows \"Point to Point Tunneling Protocol (PPTP)\"\n"
		"  name         %s, and the password\n"
		"  login        MS-CHAPv2 alone\n"
		"  encryption   required, 128 bits (MPPE)\n\n"
		"Windows (PowerShell):\n"
		"  Add-VpnConnection -Name Office -ServerAddress %s -TunnelType Pptp "
		"-EncryptionLevel Maximum -AuthenticationMethod MSChapv2\n"
		"  rasdial Office %s *\n"
		"Linux with NetworkManager (network-manager-pptp):\n"
		"  nmcli connection add type vpn vpn-type pptp con-name office vpn.data "
		"'gateway=%s, user=%s, password-flags=2, require-mppe-128=yes, refuse-eap=yes, "
		"refuse-pap=yes, refuse-chap=yes, refuse-mschap=yes'\n"
		"  nmcli --ask connection up office\n"
		"Android up to 11: type PPTP, \"PPP encryption (MPPE)\" on. macOS since 10.12, iOS since 10 "
		"and Android since 12 have no PPTP.\n"
		"More is in remote-access.md, and in troubleshooting.md when it does not work: in docs/ of "
		"the sources, and in /usr/share/doc/culvert.\n",
		address, user, address, user, address, user);
}
