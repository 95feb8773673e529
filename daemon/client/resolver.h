/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tell the host's resolver the name servers that are reached through an interface: systemd-resolved
 * by resolvectl(1), or else resolvconf(8), which several packages provide.
 *
 *	resolver_tell(), resolver_forget() ──► @wanted ──► one program at a time ──► @told
 *
 * The programs are processes of their own, with a bound on their time. @wanted may change while a
 * program runs. When the program has ended the next one is started, until @told equals @wanted.
 *
 * Such a process is this program, started once more, which closes what it has inherited and then
 * becomes the other one: resolver_serve().
 */
#ifndef CULVERT_RESOLVER_H
#define CULVERT_RESOLVER_H

#include <stdbool.h>
#include <net/if.h>
#include <uv.h>

#include "config/config.h"

#define RESOLVER_SERVERS	2

#define RESOLVER_FAILED	127	/* status of a process that could not become the program */

/* What the process is called, in argv[0]. argv[1] is the program that it becomes, and so on. */
#define RESOLVER_PROGRAM	"culvertd: resolver"

struct resolver_servers {
	char ifname[IFNAMSIZ];		/* "": no name servers */
	bool resolved;			/* for systemd-resolved; else for resolvconf */
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
	char text[128];			/* what the program reads from its standard input */
	const char *program;		/* that was started last */
	unsigned int handles;		/* of libuv, not closed yet */
	unsigned int running;		/* number of programs that run: 0 or 1 */
};

/*
 * @name, the client's, is for the log and must outlive @r. @idle is called on the loop's thread
 * when a program has ended and no other follows.
 */
void resolver_init(struct resolver *r, uv_loop_t *loop, enum config_resolver kind, const char *name,
		   void (*idle)(struct resolver *r));

/*
 * Returns true if resolvconf has name servers that were told for the interface @ifname, whoever
 * told them: a daemon that was killed.
 */
bool resolver_has_record(const char *ifname);

/* The name servers that were told for @ifname are ours to take back. To be called first. */
void resolver_claim(struct resolver *r, const char *ifname);

/*
 * The @n name servers of @list are reached through @ifname, from now on and instead of those told
 * before. Only the first RESOLVER_SERVERS count. With @n of 0, the same as resolver_forget().
 */
void resolver_tell(struct resolver *r, const char *ifname, const struct ip_addr *list,
		   unsigned int n);

/* The name servers that were told are not reached any more. */
void resolver_forget(struct resolver *r);

/* Returns true if no program runs. After resolver_forget() the memory of @r may be reused then. */
bool resolver_is_idle(const struct resolver *r);

/*
 * To be called first by main(). Returns false if the process was not started for a resolver.
 * Otherwise the process becomes the program that it is to be. Returns true if it cannot: main()
 * then returns RESOLVER_FAILED.
 */
bool resolver_serve(int argc, char **argv);

#endif
