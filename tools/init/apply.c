// SPDX-License-Identifier: GPL-2.0-only
/* What init does for people who let it. All of it is what the advice says, and is told. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "init.h"
#include "init/nftables.h"
#include "pppctl.h"

#define SYSCTL_FILE	"/etc/sysctl.d/60-culvert.conf"
#define NFT_FILE	"/etc/nftables.conf"

static void forward(void)
{
	FILE *file = fopen("/proc/sys/net/ipv4/ip_forward", "we");
	bool ok = file && fputs("1\n", file) >= 0;

	ok = file && !fclose(file) && ok;
	if (!ok)
		complain("net.ipv4.ip_forward cannot be set: %s", strerror(errno));
	else
		puts("set net.ipv4.ip_forward to 1");
	if (init_write_file(SYSCTL_FILE, "# Users of culvertd get further than to this host.\n"
			    "net.ipv4.ip_forward=1\n", 0644))
		puts("wrote " SYSCTL_FILE ", which sets it at boot");
}

static void swap_modules(void)
{
	if (!init_run((const char *const[]){ "modprobe", "-r", "pptp", NULL }) &&
	    !init_run((const char *const[]){ "modprobe", "culvert", NULL }))
		puts("removed the module pptp and loaded culvert");
}

/* Add rules to those of the next boot, if they fit there. */
static void keep_rules(const char *rules)
{
	char *text = init_read_file(NFT_FILE), *longer = NULL;
	struct stat st;

	if (text && !stat(NFT_FILE, &st) &&
	    asprintf(&longer, "%s\n# PPTP comes in and its users go on: by pppctl init.\n%s", text,
		     rules) < 0)
		longer = NULL;
	if (longer && nftables_run(longer, true) &&
	    init_write_file(NFT_FILE, longer, st.st_mode & 07777))
		puts("added them to " NFT_FILE);
	else
		puts(text ? "they are gone after the next boot: add them to where this host has its rules" :
		     "they are gone after the next boot: install nftables, and add them to " NFT_FILE);
	free(longer);
	free(text);
}

static void open_firewall(const struct init_facts *facts, const struct init_pool *pool)
{
	char rules[2048];

	init_firewall_rules(&facts->firewall, pool, rules, sizeof(rules));
	if (!*rules || !nftables_run(rules, false))
		return;
	printf("added these rules to nftables:\n%s", rules);
	keep_rules(rules);
}

void init_apply(const struct init_facts *facts, const struct init_pool *pool,
		const struct init_advice *advice)
{
	switch (advice->action) {
	case INIT_NOTHING:
		break;
	case INIT_SWAP_MODULES:
		swap_modules();
		break;
	case INIT_FORWARD:
		forward();
		break;
	case INIT_OPEN_FIREWALL:
		open_firewall(facts, pool);
		break;
	case INIT_START:
		if (!init_run((const char *const[]){ "systemctl", "enable", "--now", "culvertd",
						     NULL }))
			puts("enabled and started culvertd");
		break;
	case INIT_RELOAD:
		if (!init_run((const char *const[]){ "pppctl", "reload", NULL }))
			puts("culvertd has taken the configuration over");
		break;
	}
}
