/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bans: which sources may not connect for a while. One table for all servers of the daemon.
 *
 * A source is an address, or the /24 network that it belongs to (struct ban_settings). Failed
 * logins of a source are counted. When there are too many within some time, the source is banned.
 * A source that is banned again is banned for twice as long, and so on up to a maximum; one that has
 * not been banned for that maximum is new again. An administrator can ban and free networks of any
 * size. Apart from that a source may connect so often in a second only.
 *
 * A ban does not know users: it is checked before there is any. So it also concerns others behind
 * the same NAT, whereas admission.h makes those wait who guess. Networks can be excepted from
 * all but the bans of an administrator.
 *
 * Everything is bounded. A source that is counted, and has no room, takes the place of one that
 * matters less: one that only connected, then one that failed, then one that was banned; who only
 * connects takes no place of the other two. A ban that has no room takes the place of the one that
 * ends first; those of an administrator stay.
 *
 * Pure: times are milliseconds of the caller's monotonic clock. Memory: 450 KiB, and 150 octets for
 * each ban. One thread only.
 */
#ifndef CULVERT_AAA_BAN_H
#define CULVERT_AAA_BAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/deadline.h"
#include "util/ip.h"

#define BANS_MAX		4096	/* for failed logins */
#define BANS_BY_HAND_MAX	1024

struct ban_settings {
	unsigned int failures;		/* so many failed logins of a source ban it; 0: never */
	uint64_t within_ms;		/* from the first to the last of them */
	uint64_t time_ms;		/* of the first ban */
	uint64_t max_time_ms;		/* of any ban; at least @time_ms */
	unsigned int length;		/* of the IPv4 network that is a source: 24 or 32 */
	unsigned int per_second;	/* connections of a source, at most 1000000; 0: no limit */
	unsigned int burst;		/* so many may come at once; at least 1 */
	const struct ip_prefix *except;	/* not copied; NULL: none */
	size_t n_except;
};

struct ban {
	struct ip_prefix network;
	uint64_t since;
	uint64_t until;			/* or NEVER */
	bool by_hand;			/* of an administrator */
	unsigned int failures;		/* that led to it; 0 if it is by hand */
	unsigned int times;		/* how often in a row, with this time; likewise */
	uint64_t turned_away;		/* connections */
};

enum ban_end {
	BAN_END_TIME,			/* it is over */
	BAN_END_REMOVED,		/* by an administrator */
	BAN_END_ROOM,			/* another took its place */
};

/* Called from within other functions; @ban is borrowed. They must not call back. */
struct ban_ops {
	void (*begun)(void *ctx, const struct ban *ban);
	void (*ended)(void *ctx, const struct ban *ban, enum ban_end why);
};

enum ban_answer {
	BAN_WELCOME,
	BAN_BANNED,
	BAN_TOO_FAST,			/* this source has connected too often just now */
};

struct bans;

/*
 * Create a table without settings: nobody is banned or slowed down but by hand. @seed should be
 * random, so that nobody can choose sources that take each other's places. @ops and @ctx must
 * outlive the table. Returns NULL if there is no memory.
 */
struct bans *bans_new(uint32_t seed, const struct ban_ops *ops, void *ctx);
void bans_free(struct bans *b);		/* NULL is allowed; ended() is not called */

/* Bans stay as they are, and what was counted stays counted. */
void bans_set(struct bans *b, const struct ban_settings *settings);

/* Answer whether a connection from @from may come in, and count it. */
enum ban_answer bans_connection(struct bans *b, struct ip_addr from, uint64_t now);

/* Returns the ban that keeps @from out, or NULL; valid until the next call that is not const. */
const struct ban *bans_find(const struct bans *b, struct ip_addr from, uint64_t now);

/* Returns true if no limit but a ban by hand counts for @from. */
bool bans_excepts(const struct bans *b, struct ip_addr from);

/* Count a failed login from @from, unless that is excepted or banned already. */
void bans_failed(struct bans *b, struct ip_addr from, uint64_t now);

/*
 * Ban @network by hand, until @until or NEVER, instead of any other ban of the same network. Bits
 * beyond its length are ignored. Returns 0, -ENOSPC or -ENOMEM.
 */
int bans_add(struct bans *b, const struct ip_prefix *network, uint64_t until, uint64_t now);

/*
 * End the ban of just @network; if that is one address which is not banned by itself, that of the
 * source that it belongs to. What the source has done is forgotten. Returns false if there is no
 * such ban; else *@ended, if not NULL, is what was ended.
 */
bool bans_remove(struct bans *b, const struct ip_prefix *network, struct ban *ended);

/* Returns when the next ban ends, or NEVER. */
uint64_t bans_due(const struct bans *b);

/* End the bans that are over; some hundred at most, so that bans_due() may be past afterwards. */
void bans_run(struct bans *b, uint64_t now);

/* Returns how many bans there are, by hand or for failed logins. */
unsigned int bans_count(const struct bans *b, bool by_hand);

/*
 * Returns all bans, the oldest first, *@n of them, which the caller frees; NULL if there is no
 * memory.
 */
struct ban *bans_copy(const struct bans *b, size_t *n);

#endif
