/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Name servers that come with an interface, handed to whatever keeps the host's own: systemd-resolved
 * by resolvectl(1), or resolvconf(8), which several packages provide.
 *
 *	resolver_tell(), resolver_forget() ──► what is wanted ──► one program at a time ──► what is told
 *
 * The programs run beside the loop and are bounded in time. What is wanted may change meanwhile:
 * when one has ended the next is started, until what was told last is what is wanted.
 */
#ifndef CULVERT_RESOLVER_H
#define CULVERT_RESOLVER_H

#include <stdbool.h>
#include <net/if.h>
#include <uv.h>

#include "config/config.h"

#define RESOLVER_SERVERS	2

struct resolver_servers {
	char ifname[IFNAMSIZ];		/* "": none are wanted */
	struct ip_addr list[RESOLVER_SERVERS];
	unsigned int n;
};

struct resolver {
	/* private */
	uv_loop_t *loop;
	enum config_resolver kind;
	const char *name;
	void (*idle)(struct resolver *r);
	struct resolver_servers wanted;
	struct resolver_servers told;
	uv_process_t process;
	uv_pipe_t input;
	uv_timer_t timer;
	uv_write_t write;
	char text[128];			/* for the program's input */
	unsigned int handles;		/* that are not closed yet */
	unsigned int running;		/* programs, 0 or 1 */
};

/*
 * @name stands in the log and must outlive it. @idle is called on the loop's thread when a program
 * has ended and none follows.
 */
void resolver_init(struct resolver *r, uv_loop_t *loop, enum config_resolver kind, const char *name,
		   void (*idle)(struct resolver *r));

/* These @n servers are reached through @ifname; without any, as resolver_forget(). */
void resolver_tell(struct resolver *r, const char *ifname, const struct ip_addr *list,
		   unsigned int n);

/* They are not, any more. */
void resolver_forget(struct resolver *r);

/* Nothing runs: its memory may be reused, once nothing is told. */
bool resolver_is_idle(const struct resolver *r);

#endif
