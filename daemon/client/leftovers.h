/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a daemon has left behind that was killed. Sockets and interfaces go with the process, and
 * take addresses and routes along. But routes that lead past a tunnel, and routes that refuse, have
 * no interface of ours, and neither have entries of proxy ARP: they stay, and the next daemon removes
 * them, which knows them by their protocol (net/route.h).
 */
#ifndef CULVERT_CLIENT_LEFTOVERS_H
#define CULVERT_CLIENT_LEFTOVERS_H

/* Made if it is not there. In it are the locks of the network namespaces in which a daemon runs. */
#define LEFTOVERS_FOLDER	"/run/culvert"

struct leftovers {
	int lock;			/* -1: none */
};

/*
 * Remove all routes and entries of proxy ARP that culvertd made, unless another one runs in this
 * network namespace: then they may be in use. To be called before any of them is made. Errors are
 * logged. Until leftovers_close() other daemons do the same for us; all must name the same @folder,
 * in which nobody but root may make files.
 */
void leftovers_remove(struct leftovers *l, const char *folder);
void leftovers_close(struct leftovers *l);

#endif
