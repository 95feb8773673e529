/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The herd: clients by number, what they share, and the job that is under way.
 *
 * A client's number says from which address it comes and which call IDs it uses, so that the
 * client of a packet is found at once. A number that is used again gets another call ID.
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
 * What a command has the herd do. One at a time; it answers by herd_answer(), and is over then.
 * Members may be NULL.
 */
struct job_ops {
	void (*up)(struct herd *herd, struct client *c);
	/* @was the state when it ended; @why: "" as it was asked to. */
	void (*over)(struct herd *herd, struct client *c, enum client_state was, const char *why);
	void (*answered)(struct herd *herd, struct client *c, uint16_t seq);
};

struct slot {
	struct client *client;		/* NULL: free */
	uint16_t generation;		/* how often it was used */
};

struct herd {
	uv_loop_t loop;
	struct wire wire;

	/* options */
	struct sockaddr_in server;
	uint32_t first_address;		/* host order; the others follow */
	unsigned int n_addresses;
	const char *user;		/* which the client's number is added to */
	const char *password;
	uint32_t patience_ms;		/* for a login, and for an answer to who leaves */
	struct pptp_conn_config pptp;
	struct ppp_config plain;
	struct ppp_config encrypted;

	struct slot *slots;
	unsigned int n_slots;
	unsigned int n_up;
	unsigned int n_silent;
	struct tally lost;		/* clients that were up, and why they are not any more */
	struct {
		uint64_t control_echoes;	/* of the server that were answered */
		uint64_t lcp_echoes;
		uint64_t pings_answered;	/* of hosts behind the server */
		uint64_t stray;			/* packets for no client, or late */
	} counts;

	const struct job_ops *job;	/* NULL: none */
	uv_timer_t idle;		/* a job has answered: on to the next command, soon */
};

/* For clients. */

/* The address and the call ID of the client that is about to begin with this number. */
void herd_name(struct herd *herd, unsigned int slot, struct in_addr *address, uint16_t *call_id);
void herd_up(struct herd *herd, struct client *c);
void herd_over(struct herd *herd, struct client *c, enum client_state was, const char *why);
void herd_answered(struct herd *herd, struct client *c, uint16_t seq);

/* For jobs. */

/* Begin a login with a free number. False if there is none, or no memory. */
bool herd_begin(struct herd *herd, bool encrypted);

/* The first client that is up, or the next one after @c; NULL after the last. */
struct client *herd_next_up(struct herd *herd, const struct client *c);

/* Which N of ALL are meant, evenly spread; zeroed but for these two. */
struct spread {
	unsigned int n;
	unsigned int all;
	unsigned int share;
};

/* Whether the next one of all is among them: each adds its share, until that is a whole one. */
static inline bool spread_next(struct spread *s)
{
	s->share += s->n;
	if (s->share < s->all)
		return false;
	s->share -= s->all;
	return true;
}

/* Print the answer, which is taken over, as one line. The job is over. */
void herd_answer(struct herd *herd, json_t *answer);

/* Times in nanoseconds as {"median", "p99", "max"} in milliseconds. */
json_t *samples_json(struct samples *s);

/* {"reason": count} */
json_t *tally_json(const struct tally *t);

/* The jobs; each answers at once or later. */
void login_begin(struct herd *herd, unsigned int n, unsigned int at_once, bool encrypted);
void drop_begin(struct herd *herd, unsigned int n, enum manner manner);
void traffic_begin(struct herd *herd, unsigned int n, unsigned int packets);

/* Read commands from standard input until it ends, which ends the program. */
void commands_open(struct herd *herd);

/* Do the commands that wait, until one takes its time. @timer is the herd's. */
void commands_go_on(uv_timer_t *timer);

#endif
