/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions in the order of one of their members. Sorting is cut into small steps, since there may be
 * tens of thousands of them; sessions may come and go meanwhile.
 */
#ifndef CULVERT_CONTROL_SESSION_ORDER_H
#define CULVERT_CONTROL_SESSION_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;
struct order;

/* Where a session stands in an order. */
struct place_in_order {
	uint64_t id;			/* of the session; decides between those that are equal */
	uint64_t number;
	char *text;			/* NULL: the order is one of numbers */
};

struct session_order {
	/* may be read */
	const struct order *by;		/* NULL: by their numbers, as they are */
	bool descending;
	struct place_in_order *list;
	size_t n;

	/* private */
	size_t room;
	size_t limit;			/* places that are kept; 0: all */
	size_t unsorted;		/* those at the beginning of @list are a heap, the last on top */
	struct place_in_order after;	/* .id is 0: from the first one on */
};

/*
 * Begin with the order @name, as "user" or "-rx_bytes" for the largest first; NULL: by ID. Returns false
 * if there is no such order. session_order_free() must be called either way.
 */
bool session_order_open(struct session_order *o, const char *name, size_t limit);
void session_order_free(struct session_order *o);

/* Names of all orders, for people. */
#define SESSION_ORDERS "id, user, server, client, peer, remote_address, interface, state, uptime_s, " \
	"idle_s, rx_bytes, tx_bytes, rx_bit_s, tx_bit_s or bit_s"

/* Returns true if the order is one of counters, which have to be read before. */
bool session_order_counts(const struct session_order *o);

/*
 * Leave out those up to the place @text, which session_order_place() has written. Returns false if it
 * is none.
 */
bool session_order_after(struct session_order *o, const char *text);

/* Returns true if @s comes after the place of session_order_after(). */
bool session_order_follows(const struct session_order *o, const struct session *s);

/* Add @s, or leave it out if it comes behind @limit others. Returns false if there is no memory. */
bool session_order_add(struct session_order *o, const struct session *s);

/* One step of sorting. Returns true when @list is in order. */
bool session_order_step(struct session_order *o);

/* Returns the place of @s as a text, which the caller frees; NULL: there is no memory. */
char *session_order_place(const struct session_order *o, const struct session *s);

#endif
