/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The herd: all clients by number, what they share, and the job that is under way.
 *
 * A client's number (its slot) determines its address and the call IDs that it uses, so that the
 * client of a packet is found without a search. When a number is used again, the client has another
 * call ID.
 */
#ifndef CULVERT_HERD_H
#define CULVERT_HERD_H

#include <jansson.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "client.h"
#include "ppp/ppp.h"
#include "pptp/conn.h"
#include "stats.h"
#include "wire.h"

/*
 * A job carries out one command. There is one job at a time; it ends when it calls herd_answer().
 * The ops tell the job what happens to clients. Each may be NULL.
 */
struct job_ops {
	void (*up)(struct herd *herd, struct client *c);
	/* @was: the state before CLIENT_OVER. @why: the reason; "" if the end was asked for. */
	void (*over)(struct herd *herd, struct client *c, enum client_state was, const char *why);
	void (*answered)(struct herd *herd, struct client *c, uint16_t seq);
};

struct slot {
	struct client *client;		/* NULL: free */
	uint16_t generation;		/* how often the slot was used */
};

struct herd {
	uv_loop_t loop;
	struct wire wire;

	/* options */
	struct sockaddr_in server;
	uint32_t first_address;		/* of the clients, host order; the others follow it */
	unsigned int n_addresses;
	const char *user;		/* a user's name is this and the client's number */
	const char *password;
	uint32_t patience_ms;		/* bound for a login, and for a client to leave */
	struct pptp_conn_config pptp;
	struct ppp_config plain;
	struct ppp_config encrypted;

	struct slot *slots;
	unsigned int n_slots;
	unsigned int n_up;
	unsigned int n_silent;
	struct tally lost;		/* reasons why clients that were up have ended unasked */
	struct {
		uint64_t control_echoes;	/* Echo-Requests of the server, answered */
		uint64_t lcp_echoes;		/* LCP Echo-Requests of the server, answered */
		uint64_t pings_answered;	/* pings through the server to the clients */
		uint64_t stray;			/* packets for no client, or late */
	} counts;

	const struct job_ops *job;	/* NULL: none */
	uv_timer_t idle;		/* when it fires, the next command is carried out */
};

/* --- for clients --- */

/* Choose the address and the call ID of a client that is about to begin with number @slot. */
void herd_name(struct herd *herd, unsigned int slot, struct in_addr *address, uint16_t *call_id);
void herd_up(struct herd *herd, struct client *c);
void herd_over(struct herd *herd, struct client *c, enum client_state was, const char *why);
void herd_answered(struct herd *herd, struct client *c, uint16_t seq);

/* --- for jobs --- */

/* Begin a login with a free number. Returns false if there is none, or client_begin() fails. */
bool herd_begin(struct herd *herd, bool encrypted);

/* Returns the next client after @c that is up, or the first if @c is NULL; NULL after the last. */
struct client *herd_next_up(struct herd *herd, const struct client *c);

/* Selects @n of @all clients, evenly spread. @share begins as 0. */
struct spread {
	unsigned int n;
	unsigned int all;
	unsigned int share;
};

/*
 * To be called once for each of the clients. Returns true if this client is selected: each client
 * adds @n to the share; when the share reaches @all, a client is selected.
 */
static inline bool spread_next(struct spread *s)
{
	s->share += s->n;
	if (s->share < s->all)
		return false;
	s->share -= s->all;
	return true;
}

/* Print @answer, whose reference is taken, as one line, and end the job. */
void herd_answer(struct herd *herd, json_t *answer);

/* Returns {"median", "p99", "max"} in milliseconds, of samples in nanoseconds. */
json_t *samples_json(struct samples *s);

/* Returns {"reason": count, ...}. */
json_t *tally_json(const struct tally *t);

/* How clients log in. */
struct login_manner {
	unsigned int at_once;		/* so many at the same time */
	bool encrypted;			/* they require MPPE */
	bool greets;			/* each sends an echo request when it is up */
};

/* Begin a job. It answers before this returns, or later. */
void login_begin(struct herd *herd, unsigned int n, const struct login_manner *manner);
void drop_begin(struct herd *herd, unsigned int n, enum manner manner);
void traffic_begin(struct herd *herd, unsigned int n, unsigned int packets);
void knock_begin(struct herd *herd, unsigned int per_second, unsigned int seconds);

/* Read commands from standard input, on the loop. The program ends when standard input does. */
void commands_open(struct herd *herd);

/* Carry out commands that were read, until one begins a job that takes time. @timer: herd->idle. */
void commands_go_on(uv_timer_t *timer);

#endif
