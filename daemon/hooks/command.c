// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hooks/command.h"
#include "session/tunnel.h"
#include "util/text.h"

#define WORDS_MAX	8192		/* octets; the longest user takes an eighth of them twice */
#define REASON_MAX	256

#define PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct wording {
	char words[WORDS_MAX];
	size_t len;
	unsigned int n;
};

/* Every word fits: those that have no bound of their own are cut. */
__attribute__((format(printf, 2, 3))) static void put(struct wording *w, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(w->words + w->len, sizeof(w->words) - w->len, fmt, args);
	va_end(args);
	w->len += (size_t)len + 1;
	w->n++;
}

static bool is_server(const struct session_record *r)
{
	return r->role == SESSION_OF_SERVER;
}

/*
 * pptpd gives pppd the caller's address as ipparam, and scripts count on that; who dials with pptp
 * gives it the name of the tunnel.
 */
static void put_arguments(struct wording *w, const struct command_facts *f)
{
	const struct session_record *r = f->record;

	put(w, "%s", f->program);
	put(w, "%s", r->ifname);
	put(w, "%s", ip_text(r->addr.remote));
	put(w, "%u", TUNNEL_SPEED);
	put(w, "%s", ip_text(f->local));
	put(w, "%s", ip_text(f->remote));
	put(w, "%s", is_server(r) ? ip_text(r->addr.remote) : r->owner);
}

/* The name servers that a client was told; who serves has told them, and pppd is silent then. */
static void put_name_servers(struct wording *w, const struct session_record *r)
{
	unsigned int n = 0;

	for (size_t i = 0; !is_server(r) && i < PPP_DNS_MAX; i++) {
		const struct ip_addr dns = ip_from_v4(r->ppp.ipv4.dns[i]);

		if (ip_is_set(dns) && !ip_is_any(dns))
			put(w, "DNS%u=%s", ++n, ip_text(dns));
	}
	if (n)
		put(w, "USEPEERDNS=1");
}

static void put_pppd(struct wording *w, const struct command_facts *f)
{
	const struct session_record *r = f->record;

	put(w, "DEVICE=%s", ip_text(r->addr.remote));
	put(w, "IFNAME=%s", r->ifname);
	put(w, "IPLOCAL=%s", ip_text(f->local));
	put(w, "IPREMOTE=%s", ip_text(f->remote));
	if (is_server(r))
		put(w, "PEERNAME=%s", f->user);
	put(w, "SPEED=%u", TUNNEL_SPEED);
	put(w, "LINKNAME=%s", r->owner);
	put(w, "ORIG_UID=0");
	put(w, "PPPLOGNAME=root");
	put_name_servers(w, r);
	if (!f->cause)
		return;
	put(w, "CONNECT_TIME=%llu", (unsigned long long)f->uptime_s);
	put(w, "BYTES_SENT=%llu", (unsigned long long)r->stats.tx_bytes);
	put(w, "BYTES_RCVD=%llu", (unsigned long long)r->stats.rx_bytes);
}

static void put_ours(struct wording *w, const struct command_facts *f)
{
	const struct session_record *r = f->record;
	char reason[REASON_MAX];

	put(w, "CULVERT_EVENT=%s", f->event);
	put(w, "CULVERT_ID=%llu", (unsigned long long)r->id);
	put(w, "CULVERT_%s=%s", is_server(r) ? "SERVER" : "CLIENT", r->owner);
	put(w, "CULVERT_USER=%s", f->user);
	put(w, "CULVERT_PEER=%s", ip_text(r->addr.remote));
	put(w, "CULVERT_LOCAL=%s", ip_text(r->addr.local));
	put(w, "CULVERT_ACCT_SESSION_ID=%s", f->acct_id);
	if (r->ppp.open & PPP_OPEN_CCP)
		put(w, "CULVERT_MPPE=%u %s", r->ppp.tx.bits,
		    r->ppp.tx.stateless ? "stateless" : "stateful");
	if (!f->cause)
		return;
	text_show(reason, sizeof(reason), f->reason, strlen(f->reason));
	put(w, "CULVERT_CAUSE=%s", f->cause);
	put(w, "CULVERT_REASON=%s", reason);
}

struct command *command_new(const struct command_facts *f)
{
	struct command *command;
	struct wording w;

	w.len = 0;
	w.n = 0;
	put_arguments(&w, f);
	put(&w, "PATH=" PATH);
	put_pppd(&w, f);
	put_ours(&w, f);
	command = malloc(sizeof(*command) + w.len);
	if (!command)
		return NULL;
	command->n_args = 7;
	command->n_env = w.n - command->n_args;
	memcpy(command->words, w.words, w.len);
	return command;
}

static char *point(char **list, unsigned int n, char *word)
{
	for (unsigned int i = 0; i < n; i++) {
		list[i] = word;
		word += strlen(word) + 1;
	}
	list[n] = NULL;
	return word;
}

void command_split(struct command *command, char *name, char *args[COMMAND_WORDS],
		   char *env[COMMAND_WORDS])
{
	args[0] = name;
	point(env, command->n_env, point(args + 1, command->n_args, command->words));
}
