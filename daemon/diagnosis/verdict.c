// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pptp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnosis/verdict.h"
#include "util/deadline.h"
#include "util/text.h"

/* In the place of numbers that Windows shows: the one that it sent. */
#define WINDOWS_SAID	1

/* LCP is asked for several times by then, and the peer has asked, too. */
#define WAITED_MS	4000

enum whose {
	ANY,
	SERVER,				/* of attempts of peers */
	CLIENT,				/* of attempts of ours */
	ABSENT,				/* of what is not remembered */
};

/*
 * In texts {peer}, {user}, {section} and {reason} stand for what it is in the attempt, {count} for the
 * counter of the rule, {detail} for what follows the words of the rule in the reason, and {windows} for
 * what that number means to Windows.
 */
struct rule {
	const char *name;
	enum whose whose;
	const char *words;		/* the reason begins with them, or has them behind a "*" */
	bool (*holds)(const struct facts *f, const struct surroundings *around); /* or NULL */
	unsigned int counter;		/* {count} is that one of the kernel's */
	enum verdict_kind kind;
	uint16_t windows[VERDICT_WINDOWS];
	const char *sentence;
	const char *advice;
};

/* --- conditions ---------------------------------------------------------------------------- */

#define CONDITION(name) \
	static bool name(const struct facts *f, const struct surroundings *around)

CONDITION(is_deaf)
{
	return !facts_heard(f);
}

/* For so long that a packet would have come if any did. */
CONDITION(waited_in_vain)
{
	return is_deaf(f, around) && f->called && f->head.ended - f->head.began >= WAITED_MS;
}

CONDITION(hears_wrong_source)
{
	return f->counters[PPTP_A_STATS_RX_DROP_WRONG_PEER];
}

CONDITION(is_up)
{
	return f->head.up && f->head.ended == NEVER;
}

CONDITION(was_up)
{
	return f->head.up;
}

CONDITION(goes_on)
{
	return f->head.ended == NEVER;
}

CONDITION(is_not_connected)
{
	return !f->connected;
}

CONDITION(is_not_started)
{
	return f->connected && !f->started;
}

CONDITION(is_not_called)
{
	return f->started && !f->called;
}

CONDITION(loses_too_big)
{
	return f->head.up && f->counters[PPTP_A_STATS_TX_DROP_TOO_BIG] > 9;
}

CONDITION(drops_by_reverse_path)
{
	return f->head.up && f->counters[PPTP_A_STATS_RX_DROP_REVERSE_PATH];
}

CONDITION(forwards_nothing)
{
	return is_up(f, around) && !around->forwards;
}

/* One in a hundred is felt by each connection of TCP. */
CONDITION(loses_many)
{
	return is_up(f, around) && f->counters[PPTP_A_STATS_RX_LOST] > 9 &&
	       f->counters[PPTP_A_STATS_RX_LOST] > f->counters[PPTP_A_STATS_RX_PACKETS] / 100;
}

CONDITION(drops_by_rate)
{
	const uint64_t *n = f->counters;

	return is_up(f, around) && n[PPTP_A_STATS_RX_DROP_RATE] + n[PPTP_A_STATS_TX_DROP_RATE] > 9;
}

CONDITION(has_no_reason)
{
	return !*f->reason;
}

/* --- the rules ----------------------------------------------------------------------------- */

#define LOOK_FOR_GRE							\
	"Look at both ends with tcpdump -ni any 'tcp port 1723 or proto 47'. GRE is IP protocol 47 and " \
	"has no ports: firewalls on the way have to let it pass, and a router with NAT has to know PPTP " \
	"(PPTP passthrough; on Linux nf_nat_pptp, with a rule that assigns the helper)."

/* Many peers give up before we do. */
#define NO_GRE_UNTIL(end)								\
	{										\
		.name = "gre-blocked", .whose = SERVER, .words = (end), .holds = waited_in_vain,	\
		.windows = { 619, 628, 721, 806 },					\
		.sentence = "GRE does not arrive: TCP 1723 works, no packet of protocol 47 came from "	\
			    "{peer} until it gave up; a firewall or a router without PPTP passthrough "	\
			    "is between",						\
		.advice = LOOK_FOR_GRE,							\
	}

#define LOOK_FOR_GRE_OUT						\
	"Look at this host with tcpdump -ni any 'tcp port 1723 or proto 47'. Its own firewall, and each " \
	"router with NAT before it, has to let GRE (IP protocol 47, which has no ports) pass; so has the " \
	"firewall of the server."

#define WAIT_FOR_ROOM	"Wait until others are gone, or raise the limit: "

/* The first one that holds counts. */
static const struct rule rules[] = {
	/* --- GRE does not pass: 619, 628, 721, 806 --- */
	{
		.name = "gre-other-address", .whose = SERVER, .words = "*GRE (IP protocol 47)",
		.holds = hears_wrong_source, .windows = { 619, 628, 721, 806 },
		.counter = PPTP_A_STATS_RX_DROP_WRONG_PEER,
		.sentence = "GRE comes from another address than TCP: {count} packets for the call of "
			    "{peer} had another source",
		.advice = "A NAT with several addresses is between: have it take the same one for "
			  "TCP and for GRE of a host.",
	},
	{
		.name = "gre-icmp", .words = "*(ICMP says of our packets: ",
		.windows = { 619, 628, 721, 806 },
		.sentence = "our GRE packets do not reach {peer}: ICMP says of them: {detail}",
		.advice = "\"Protocol not available\" and \"connection refused\" come from a host or a "
			  "firewall that takes no GRE, the others from routers on the way. "
			  LOOK_FOR_GRE,
	},
	{
		.name = "gre-blocked", .whose = SERVER, .words = "no answer to LCP", .holds = is_deaf,
		.windows = { 619, 628, 721, 806 },
		.sentence = "GRE does not arrive: TCP 1723 works, no packet of protocol 47 came from "
			    "{peer}; a firewall or a router without PPTP passthrough is between",
		.advice = LOOK_FOR_GRE,
	},
	{
		.name = "gre-blocked", .whose = SERVER, .words = "no PPP frame came", .holds = is_deaf,
		.windows = { 619, 628, 721, 806 },
		.sentence = "GRE does not arrive: TCP 1723 works, no packet of protocol 47 came from "
			    "{peer}; a firewall or a router without PPTP passthrough is between",
		.advice = LOOK_FOR_GRE,
	},
	NO_GRE_UNTIL("cleared by the peer"),
	NO_GRE_UNTIL("disconnected by the peer"),
	NO_GRE_UNTIL("peer closed the TCP connection"),
	{
		.name = "gre-blocked", .whose = CLIENT, .words = "no answer to LCP", .holds = is_deaf,
		.sentence = "GRE does not come back: TCP 1723 of {peer} works, no packet of protocol 47 "
			    "came from there; a firewall or a router without PPTP passthrough is between",
		.advice = LOOK_FOR_GRE_OUT,
	},
	{
		.name = "lcp-silent", .words = "no answer to LCP", .windows = { 718, 721 },
		.sentence = "packets of GRE came from {peer}, and nothing in them answers LCP",
		.advice = "The program there has not begun PPP, or a device on the way answers for it. "
			  LOOK_FOR_GRE,
	},
	{
		.name = "lcp-silent", .whose = SERVER, .words = "no PPP frame came",
		.windows = { 619, 628, 721, 806 },
		.sentence = "packets of GRE came from {peer}, and no PPP frame that could be taken",
		.advice = "pppctl kernel session show counts what was dropped, and why. " LOOK_FOR_GRE,
	},
	{
		.name = "gre-one-way", .whose = SERVER, .words = "the peer does not hear us",
		.windows = { 619, 628, 721, 806 },
		.sentence = "GRE passes in one direction only: packets come from {peer}, and ours do not "
			    "get there; a firewall, or a NAT that does not know PPTP, is between",
		.advice = LOOK_FOR_GRE,
	},
	{
		.name = "gre-one-way", .whose = CLIENT, .words = "the peer does not hear us",
		.sentence = "GRE passes in one direction only: packets come from the server {peer}, and "
			    "ours do not get there",
		.advice = LOOK_FOR_GRE_OUT,
	},
	{
		.name = "nat-call-id", .words = "another call from this address has the same call ID",
		.windows = { 619, 628 },
		.sentence = "two clients behind the NAT at {peer} use the same call ID, and the NAT does "
			    "not tell them apart",
		.advice = "The NAT has to know PPTP (on Linux nf_nat_pptp, with a rule that assigns the "
			  "helper), or the clients have to call from different addresses.",
	},

	/* --- it does not come to PPP --- */
	{
		.name = "no-start", .words = "no Start-Control-Connection-Request came",
		.windows = { 619, 628 },
		.sentence = "{peer} connected to TCP port 1723 and said nothing",
		.advice = "A port scanner or a monitor does so. If it is a user, something on the way "
			  "takes the connection and does not pass it on.",
	},
	{
		.name = "no-start", .words = "no Start message from the peer in time",
		.windows = { 619, 628 },
		.sentence = "{peer} took the TCP connection and did not begin PPTP",
		.advice = "Something else than a PPTP server may listen there, or something on the way "
			  "takes the connection and does not pass it on.",
	},
	{
		.name = "no-call", .words = "no call was placed", .windows = { 619, 628 },
		.sentence = "{peer} began PPTP and then placed no call",
		.advice = "Its program has stopped halfway: see what it says.",
	},
	{
		.name = "not-pptp", .words = "the peer does not speak PPTP",
		.sentence = "{peer} connected to the port and speaks something else than PPTP",
		.advice = "It is a scanner, or a program for another protocol.",
	},
	{
		.name = "login-too-slow", .words = "no session came up in time",
		.windows = { 619, 628, 718 },
		.sentence = "{peer} had no session up within login-timeout",
		.advice = "The steps say what it waited for. Packets may be lost on the way.",
	},
	{
		.name = "login-too-slow", .whose = CLIENT, .words = "*not done within the login-timeout",
		.sentence = "the client {section} was not up within its login-timeout",
		.advice = "The last steps say what it waited for: a name server, TCP, or the server.",
	},
	{
		.name = "limit-connections", .words = "too many connections from this address",
		.windows = { 619, 628 },
		.sentence = "{peer} has too many connections on which nobody has logged in",
		.advice = WAIT_FOR_ROOM "max-connections-per-address. Many users behind one NAT, or a "
			  "flood, bring this about.",
	},
	{
		.name = "limit-connections", .words = "too many connections", .windows = { 619, 628 },
		.sentence = "the server has as many connections as it may: {peer} had to go",
		.advice = WAIT_FOR_ROOM "max-connections, max-waiting.",
	},
	{
		.name = "limit-calls", .words = "too many calls from this address have yet to log in",
		.windows = { 619, 628 },
		.sentence = "too many calls of {peer} have yet to log in",
		.advice = WAIT_FOR_ROOM "max-starting-per-address. Often GRE is blocked at that address, "
			  "and the calls wait in vain: pppctl diagnose peer {peer} shows the others.",
	},
	{
		.name = "limit-calls", .words = "too many calls have yet to log in",
		.windows = { 619, 628 },
		.sentence = "too many calls have yet to log in: that of {peer} was refused",
		.advice = WAIT_FOR_ROOM "max-starting.",
	},
	{
		.name = "limit-calls", .words = "too many calls in this connection",
		.sentence = "{peer} has too many calls in one connection",
		.advice = WAIT_FOR_ROOM "max-calls-per-connection.",
	},
	{
		.name = "limit-calls", .words = "the connection has enough calls",
		.sentence = "{peer} places a second call before the first has logged in",
		.advice = "Its program has to log in on one call before it places another one.",
	},
	{
		.name = "limit-descriptors", .words = "the limit of open files is reached",
		.windows = { 619, 628 },
		.sentence = "the daemon may open no more files: {peer} was turned away",
		.advice = "Raise LimitNOFILE= of the service (ulimit -n): two for each session.",
	},
	{
		.name = "drained", .words = "the server is drained", .windows = { 619, 628, 646 },
		.sentence = "the server is drained: it takes nobody new",
		.advice = "pppctl undrain opens it again.",
	},
	{
		.name = "banned", .words = "the address is banned", .windows = { 646 },
		.sentence = "{peer} is banned",
		.advice = "pppctl ban list says why and for how long; pppctl ban remove {peer} ends it.",
	},

	/* --- the login is refused: 691, 646, 647, 649, 718, 720 --- */
	{
		.name = "wrong-password", .whose = SERVER, .words = "wrong password",
		.windows = { 691 },
		.sentence = "the password of {user} is wrong",
		.advice = "If it is right and refused: another user of the same name stands in an earlier "
			  "line, a # or a quote in it has to be quoted, or a second column names another "
			  "server. culvertd --check tells of most.",
	},
	{
		.name = "unknown-user", .whose = SERVER, .words = "unknown user", .windows = { 691 },
		.sentence = "nobody knows a user {user}",
		.advice = "That is the name which the peer has sent. With DOMAIN\\ before it see "
			  "strip-domain, with other capitals fold-case, with @realm behind it "
			  "strip-realm.",
	},
	{
		.name = "other-server", .words = "the secrets have this user for another server only",
		.windows = { 691 },
		.sentence = "the secrets have {user} for another server only",
		.advice = "Their second column has a name that is not the auth-name of this server: write "
			  "* there.",
	},
	{
		.name = "guesses", .words = "too many failed logins of this user",
		.windows = { 646 },
		.sentence = "{user} failed too often from {peer}: the password was not looked at",
		.advice = "Wait a minute. A program there may have an old password: see "
			  "max-failed-logins.",
	},
	{
		.name = "guesses", .words = "too many failed logins from this address",
		.windows = { 646 },
		.sentence = "too many logins from {peer} failed: the password was not looked at",
		.advice = "Wait a minute. Somebody guesses, or a program there has an old password: see "
			  "max-failed-logins-per-address.",
	},
	{
		.name = "user-sessions", .words = "the user has too many sessions", .windows = { 646 },
		.sentence = "{user} has as many sessions as allowed, and they are alive",
		.advice = "pppctl session list shows them. See max-sessions-per-user and single-session.",
	},
	{
		.name = "server-full", .words = "the server has as many sessions as it may",
		.windows = { 646 },
		.sentence = "the server {section} is full",
		.advice = WAIT_FOR_ROOM "max-sessions of the server.",
	},
	{
		.name = "server-full", .words = "all servers together have as many sessions",
		.windows = { 646 },
		.sentence = "all servers together are full",
		.advice = WAIT_FOR_ROOM "max-sessions of the section abuse.",
	},
	{
		.name = "address-sessions", .words = "there are as many sessions from this address",
		.windows = { 646 },
		.sentence = "there are as many sessions from {peer} as there may be",
		.advice = WAIT_FOR_ROOM "max-sessions-per-address. Users behind one NAT share it.",
	},
	{
		.name = "pool-empty", .words = "no address is free", .windows = { 646 },
		.sentence = "no address is free for {user}{detail}",
		.advice = "pppctl pool list shows how many are in use: make the pool larger, or name "
			  "another one in its next.",
	},
	{
		.name = "pool-empty", .words = "no address that the user may have is free",
		.windows = { 646 },
		.sentence = "no address that {user} may have is free{detail}",
		.advice = "The secrets or a database allow this user some addresses only: allow more, or "
			  "have the others give them back.",
	},
	{
		.name = "no-pool", .words = "the server has no pool and the user no address",
		.windows = { 720 },
		.sentence = "{user} has no address, and the server {section} has no pool",
		.advice = "Name a pool in the section of the server, or give the user an address.",
	},
	{
		.name = "no-pool", .words = "there is no pool ", .windows = { 649 },
		.sentence = "there is no pool {detail}",
		.advice = "RADIUS names one that culvert.conf has not: the names have to be the same.",
	},
	{
		.name = "no-address", .words = "no address allowed for this user",
		.windows = { 649 },
		.sentence = "{user} may use no address at all",
		.advice = "The line in the secrets has no address, or -: write * behind the password.",
	},
	{
		.name = "address-in-use", .words = "the user's address is in use", .windows = { 646 },
		.sentence = "the address of {user} is in use by another session, which is alive",
		.advice = "pppctl session list shows who has it.",
	},
	{
		.name = "bad-address", .words = "the user's address is ", .windows = { 649 },
		.sentence = "{user} cannot get the address that was given to this name: it is {detail}",
		.advice = "Give this user another address, in the secrets, in the section user, in RADIUS "
			  "or in the database.",
	},
	{
		.name = "user-disabled", .words = "the user is disabled", .windows = { 647 },
		.sentence = "{user} is disabled",
		.advice = "The section of this user has disabled, or the row in the database.",
	},
	{
		.name = "time-over", .words = "*the user has expired", .holds = was_up,
		.kind = VERDICT_FINE,
		.sentence = "the time of {user} is over (expires)",
		.advice = "",
	},
	{
		.name = "user-expired", .words = "the user has expired", .windows = { 647 },
		.sentence = "the time of {user} is over (expires)",
		.advice = "Set expires of this user to a later time.",
	},
	{
		.name = "by-policy", .words = "refused by policy", .windows = { 647, 649 },
		.sentence = "{user} is known, and may not log in now",
		.advice = "Who judges says so (users of the server): see the account there.",
	},
	{
		.name = "judge-silent", .words = "authentication not available",
		.windows = { 646, 718 },
		.sentence = "nobody could say whether the password of {user} is right",
		.advice = "pppctl radius list and pppctl database list say whether those who are asked can "
			  "be.",
	},
	{
		.name = "judge-silent", .words = "no RADIUS server answers", .windows = { 646, 718 },
		.sentence = "no RADIUS server answered whether {user} may log in",
		.advice = "pppctl radius list says how each of them does. Its address, its secret and this "
			  "host's address in its list of clients have to be right, and UDP has to pass.",
	},
	{
		.name = "judge-silent", .words = "too many requests wait for the RADIUS servers",
		.windows = { 646, 718 },
		.sentence = "the RADIUS servers are too slow for the logins that come",
		.advice = "pppctl radius list says how many requests wait, and for how long.",
	},
	{
		.name = "other-user", .words = "another user is logged in on this call",
		.windows = { 646 },
		.sentence = "{peer} tries to be somebody else in a session that has a user",
		.advice = "A session belongs to one user: hang up first.",
	},
	{
		.name = "auth-too-slow", .words = "authentication took too long", .windows = { 718 },
		.sentence = "authentication took too long{detail}",
		.advice = "See whether RADIUS or the database is there (pppctl radius list, pppctl database "
			  "list), and whether packets are lost.",
	},

	/* --- nothing is agreed on: 720, 734, 741, 742 --- */
	{
		.name = "no-method", .whose = SERVER, .words = "no authentication method that both sides allow",
		.windows = { 734 },
		.sentence = "{peer} and the server {section} allow no common way to log in{detail}",
		.advice = "On Windows MS-CHAP v2 has to be ticked. Otherwise see auth of the server.",
	},
	{
		.name = "no-method", .whose = CLIENT, .words = "no authentication method that both sides allow",
		.sentence = "the server {peer} and the client {section} allow no common way to log "
			    "in{detail}",
		.advice = "See auth of the client: mschap-v2 alone is used unless others are named.",
	},
	{
		.name = "no-method", .words = "the peer refuses to authenticate itself",
		.windows = { 734 },
		.sentence = "{peer} refuses to log in",
		.advice = "Its program has no user and password, or takes the other end for the one that "
			  "has to log in.",
	},
	{
		.name = "mppe-refused", .whose = SERVER,
		.words = "MPPE is required here and the peer does not agree to it",
		.windows = { 734, 741 },
		.sentence = "the server requires encryption, and {peer} does not agree to it{detail}",
		.advice = "Set the connection to require encryption (Windows: maximum strength), and leave "
			  "mppe-bits at 128. Without encryption only with mppe = preferred or off.",
	},
	{
		.name = "mppe-refused", .whose = CLIENT,
		.words = "MPPE is required here and the peer does not agree to it",
		.sentence = "the client {section} requires encryption, and the server {peer} does not agree "
			    "to it{detail}",
		.advice = "The server has it off, or other key lengths: see mppe and mppe-bits of the "
			  "client.",
	},
	{
		.name = "mppe-no-keys", .words = "MPPE is required here and needs MS-CHAP, which was not used",
		.windows = { 734 },
		.sentence = "encryption is required, and its keys come from MS-CHAP, which was not "
			    "used{detail}",
		.advice = "Log in by mschap-v2, or by EAP at a RADIUS server that gives keys.",
	},
	{
		.name = "mppe-ended", .words = "the peer ended the encryption that was agreed",
		.sentence = "{peer} ended the encryption that was agreed, so the session had to end",
		.advice = "Its program is at fault, or somebody on the way forges packets.",
	},
	{
		.name = "no-network", .words = "no network protocol could be agreed",
		.windows = { 720 },
		.sentence = "no network protocol could be agreed with {peer}{detail}",
		.advice = "On Windows IPv4 has to be on for the connection; if it is, removing its WAN "
			  "Miniports in the Device Manager has them made anew. The user needs an address "
			  "here.",
	},
	{
		.name = "windows-742", .words = "closed by the peer: Windows error 742",
		.windows = { 742 },
		.sentence = "Windows at {peer} requires encryption, and the server {section} does not offer "
			    "it (error 742)",
		.advice = "mppe is off for the server, or mppe-bits has none of the lengths that Windows "
			  "takes: 128.",
	},
	{
		.name = "peer-requires-mppe", .words = "closed by the peer: MPPE required",
		.sentence = "{peer} requires encryption by MPPE, and has not come to terms with {section} "
			    "about it",
		.advice = "The steps of CCP show what each side proposed. See mppe and mppe-bits: nearly all "
			  "peers want 128.",
	},
	{
		.name = "windows-error", .words = "closed by the peer: Windows error ",
		.windows = { WINDOWS_SAID },
		.sentence = "Windows at {peer} gave up with error {detail}{windows}",
		.advice = "docs/troubleshooting.md has its numbers.",
	},
	{
		.name = "lcp-not-agreed", .words = "the peer answers but LCP could not be agreed",
		.windows = { 734 },
		.sentence = "{peer} answers, and LCP could not be agreed{detail}",
		.advice = "The steps show what each side proposed and what the other did not take.",
	},
	{
		.name = "looped", .words = "we hear ourselves: the line is looped",
		.sentence = "we hear our own frames: something returns our packets",
		.advice = "A tunnel leads into itself, or a device on the way reflects GRE.",
	},
	{
		.name = "breaks-protocol", .words = "the peer breaks the protocol",
		.sentence = "{peer} breaks the protocol of PPP{detail}",
		.advice = "The steps show what it sent. Its program is at fault.",
	},
	{
		.name = "breaks-protocol", .words = "the peer renegotiates without end",
		.sentence = "{peer} negotiates again and again",
		.advice = "The steps show what it is not content with. Its program is at fault, or somebody "
			  "on the way forges packets.",
	},
	{
		.name = "breaks-protocol", .words = "malformed message",
		.sentence = "{peer} sent a PPTP message that is none of RFC 2637",
		.advice = "Its program is at fault, or a device on the way changes what passes.",
	},
	{
		.name = "breaks-protocol", .words = "message out of place",
		.sentence = "{peer} sent a PPTP message that has no place here",
		.advice = "Its program is at fault.",
	},
	{
		.name = "breaks-protocol", .words = "synchronisation lost",
		.sentence = "{peer} sent something that does not begin as a PPTP message",
		.advice = "Its program is at fault, or a device on the way changes what passes.",
	},
	{
		.name = "old-version", .words = "no common protocol version",
		.sentence = "{peer} does not speak version 1.0 of PPTP",
		.advice = "Something else may answer there.",
	},

	/* --- what our clients meet --- */
	{
		.name = "no-name", .whose = CLIENT, .words = "* has no address: ",
		.sentence = "the name of the server cannot be looked up: {detail}",
		.advice = "See whether name servers answer (resolvectl query, /etc/resolv.conf), or give the "
			  "server's address in the section of the client.",
	},
	{
		.name = "covered", .whose = CLIENT, .words = "the routes cover the server's address",
		.sentence = "{reason}",
		.advice = "Take the server's address out of routes of the client {section}.",
	},
	{
		.name = "tcp-refused", .whose = CLIENT, .words = "*: connection refused",
		.holds = is_not_connected,
		.sentence = "{peer} is there, and nothing listens on the port ({reason})",
		.advice = "No PPTP server runs there, or a firewall refuses for it. See server and port of "
			  "the client.",
	},
	{
		.name = "tcp-no-answer", .whose = CLIENT, .words = "*: no answer",
		.holds = is_not_connected,
		.sentence = "{peer} does not answer on TCP ({reason})",
		.advice = "The host is off, the address is wrong, or a firewall on the way drops TCP port "
			  "1723.",
	},
	{
		.name = "no-route", .whose = CLIENT, .words = "*: network is unreachable",
		.holds = is_not_connected,
		.sentence = "this host has no route to {peer} ({reason})",
		.advice = "ip route get {peer} says the same: a default route is missing, or an interface "
			  "is down.",
	},
	{
		.name = "no-route", .whose = CLIENT, .words = "*: host is unreachable",
		.holds = is_not_connected,
		.sentence = "a router, or this host, cannot reach {peer} ({reason})",
		.advice = "The host is off, or a route on the way is missing: ip route get {peer}, and "
			  "traceroute.",
	},
	{
		.name = "tcp-failed", .whose = CLIENT, .words = "", .holds = is_not_connected,
		.sentence = "no TCP connection to the server: {reason}",
		.advice = "ip route get {peer}, and tcpdump -ni any 'tcp port 1723', say how far it gets.",
	},
	{
		.name = "start-refused", .whose = CLIENT, .words = "server refused: ",
		.holds = is_not_started,
		.sentence = "the server {peer} refused the control connection: {detail}",
		.advice = "It says so by RFC 2637, section 2.2. It may allow some addresses only, or be full.",
	},
	{
		.name = "call-refused", .whose = CLIENT, .words = "server refused: ",
		.holds = is_not_called,
		.sentence = "the server {peer} refused the call: {detail}",
		.advice = "It says so by RFC 2637, section 2.8: \"busy\" is a server that is full; some "
			  "want a phone number (phone of the client).",
	},
	{
		.name = "login-refused", .whose = CLIENT, .words = "server refused: ",
		.sentence = "the server {peer} refused the login of {user}: {detail}",
		.advice = "See user and secret-file of the client {section}, and the log of the server: it "
			  "knows more than it tells.",
	},
	{
		.name = "login-refused", .words = "the peer refused our user or password",
		.sentence = "the server {peer} refused the login of {user}{detail}",
		.advice = "See user and secret-file of the client {section}, and the log of the server: it "
			  "knows more than it tells.",
	},
	{
		.name = "login-unfit", .words = "our user or password does not suit",
		.sentence = "user or password of the client {section} do not suit the way to log "
			    "in{detail}",
		.advice = "They are too long for it, or there is no password for this server in the secrets.",
	},
	{
		.name = "impostor", .words = "the server does not know our password",
		.sentence = "the server {peer} let {user} in without knowing the password: it may be an "
			    "impostor",
		.advice = "Do not use it before you know why. A server that is right proves itself by "
			  "MS-CHAPv2.",
	},
	{
		.name = "stopped-by-server", .whose = CLIENT, .words = "server ended the connection: ",
		.sentence = "the server {peer} ended the control connection: {detail}",
		.advice = "Its log says why.",
	},
	{
		.name = "ended-by-server", .whose = CLIENT, .words = "server ended the call: ",
		.sentence = "the server {peer} ended the call: {detail}",
		.advice = "Its log says why.",
	},
	{
		.name = "address-gone", .whose = CLIENT, .words = "*of this host is gone",
		.sentence = "{reason}",
		.advice = "The interface by which the server is reached has another address now: the client "
			  "dials again by itself.",
	},

	/* --- it was up, and ended: 807 --- */
	{
		.name = "way-lost", .words = "the peer no longer answers LCP echo requests",
		.windows = { 807 },
		.sentence = "the way to {peer} was interrupted: it no longer answers in GRE",
		.advice = "Or a NAT has forgotten GRE: lcp-echo-interval below the time after which it "
			  "forgets keeps it alive.",
	},
	{
		.name = "way-lost", .words = "no Echo-Reply from the peer in time", .windows = { 807 },
		.sentence = "the way to {peer} was interrupted: it no longer answers in TCP",
		.advice = "Or a NAT has forgotten the connection: echo-interval below the time after which "
			  "it forgets keeps it alive.",
	},
	{
		.name = "connection-lost", .words = "peer closed the TCP connection", .holds = was_up,
		.windows = { 807 },
		.sentence = "the TCP connection of {peer} was closed or broke, and the session ended with it",
		.advice = "If nobody hung up there: the program or the host has gone down, or a NAT or a "
			  "firewall on the way has cut it.",
	},
	{
		.name = "gave-up", .words = "peer closed the TCP connection",
		.windows = { 619, 628 },
		.sentence = "{peer} closed the connection before anything was wrong here",
		.advice = "The last steps show what it did not like, or did not wait for; what its program "
			  "says tells more.",
	},
	{
		.name = "gives-way", .words = "gives way to a newer one: ", .windows = { 807 },
		.sentence = "the connection of {peer} had to give way to a newer one: {detail}",
		.advice = "See the limit that it names.",
	},
	{
		.name = "replaced", .words = "the user logged in again", .windows = { 807 },
		.sentence = "{user} logged in again from elsewhere, and this session had to go",
		.advice = "See single-session and max-sessions-per-user.",
	},
	{
		.name = "replaced", .words = "the user came back", .kind = VERDICT_FINE,
		.sentence = "{user} came back, and this session was silent: it had to go",
		.advice = "",
	},
	{
		.name = "replaced", .words = "the peer placed the same call anew", .kind = VERDICT_FINE,
		.sentence = "{peer} placed the same call anew, and the old one was silent: it had to go",
		.advice = "",
	},
	{
		.name = "idle", .words = "*idle for too long", .kind = VERDICT_FINE,
		.sentence = "the session of {user} was idle for longer than idle-timeout",
		.advice = "",
	},
	{
		.name = "time-over", .words = "*session time is over", .kind = VERDICT_FINE,
		.sentence = "the session of {user} was up for as long as session-timeout allows",
		.advice = "",
	},
	{
		.name = "by-administrator", .words = "*ended by the administrator",
		.kind = VERDICT_FINE, .windows = { 807 },
		.sentence = "an administrator ended the session of {user}",
		.advice = "",
	},
	{
		.name = "by-radius", .words = "*ended by a RADIUS server", .kind = VERDICT_FINE,
		.sentence = "a RADIUS server ended the session of {user} (Disconnect-Request)",
		.advice = "",
	},
	{
		.name = "hung-up", .words = "cleared by the peer", .holds = was_up, .kind = VERDICT_FINE,
		.sentence = "{peer} hung up",
		.advice = "",
	},
	{
		.name = "hung-up", .words = "disconnected by the peer", .holds = was_up,
		.kind = VERDICT_FINE,
		.sentence = "{peer} hung up",
		.advice = "",
	},
	{
		.name = "hung-up", .words = "closed by the peer", .holds = was_up, .kind = VERDICT_FINE,
		.sentence = "{peer} hung up{detail}",
		.advice = "",
	},
	{
		.name = "gave-up", .words = "cleared by the peer", .windows = { 619, 628 },
		.sentence = "{peer} hung up before its session was up",
		.advice = "The last steps show what it did not like, or did not wait for; what its program "
			  "says tells more.",
	},
	{
		.name = "gave-up", .words = "disconnected by the peer",
		.sentence = "{peer} hung up before its session was up",
		.advice = "The last steps show what it did not like, or did not wait for; what its program "
			  "says tells more.",
	},
	{
		.name = "gave-up", .words = "closed by the peer", .windows = { 619, 628 },
		.sentence = "{peer} ended it before its session was up{detail}",
		.advice = "The last steps show what it did not like, or did not wait for; what its program "
			  "says tells more.",
	},
	{
		.name = "on-request", .words = "*closed on request", .kind = VERDICT_FINE,
		.sentence = "it was ended on request",
		.advice = "",
	},
	{
		.name = "no-memory", .words = "*out of memory",
		.sentence = "this host has no memory left",
		.advice = "See MemoryMax= of the service, and free.",
	},

	/* --- it is up: what is wrong all the same --- */
	{
		.name = "too-big", .words = "", .holds = loses_too_big,
		.counter = PPTP_A_STATS_TX_DROP_TOO_BIG,
		.sentence = "{count} packets to {peer} were too large for the way and were dropped: pings "
			    "pass, web pages and large files hang",
		.advice = "Look whether somebody has changed mtu or mss-clamp. Where routers on the way drop "
			  "ICMP, df = clear in the section of the server lets them cut packets; mtu = 1400 "
			  "is the other way out.",
	},
	{
		.name = "reverse-path", .words = "", .holds = drops_by_reverse_path,
		.counter = PPTP_A_STATS_RX_DROP_REVERSE_PATH,
		.sentence = "{count} packets of {user} came from addresses that are not routed to this "
			    "session, and were dropped",
		.advice = "A network behind this user is not named by routes, or a program there takes the "
			  "wrong source address.",
	},
	{
		.name = "no-forwarding", .whose = SERVER, .words = "", .holds = forwards_nothing,
		.sentence = "the session of {user} is up, and this host forwards nothing: "
			    "net.ipv4.ip_forward is 0",
		.advice = "Set it to 1 (sysctl), and let the firewall forward pptp*. Whoever is asked behind "
			  "has to know the way back: a route to this host, masquerading, or proxy-arp = on.",
	},
	{
		.name = "losses", .words = "", .holds = loses_many, .counter = PPTP_A_STATS_RX_LOST,
		.sentence = "the session of {user} is up, and {count} packets of {peer} were lost on the "
			    "way: it is slow",
		.advice = "Look at the way for a line that is full, and see docs/tuning.md.",
	},
	{
		.name = "rate", .words = "", .holds = drops_by_rate, .kind = VERDICT_FINE,
		.sentence = "the session of {user} is up, and its rate limit drops packets",
		.advice = "See rate-up and rate-down of this user.",
	},
	{
		.name = "up", .words = "", .holds = is_up, .kind = VERDICT_FINE,
		.sentence = "the session of {user} is up",
		.advice = "",
	},
	{
		.name = "under-way", .words = "", .holds = goes_on, .kind = VERDICT_UNDER_WAY,
		.sentence = "the attempt goes on",
		.advice = "Ask again in some seconds.",
	},
	{
		.name = "no-reason", .words = "", .holds = has_no_reason,
		.sentence = "it ended, and nothing said why",
		.advice = "The steps show how far it came.",
	},
	{
		.name = "as-told", .words = "",
		.sentence = "{reason}",
		.advice = "culvertd(8) has what it means, in its section REASONS, if the words are ours.",
	},

	/* --- nothing is remembered: 800, 809 --- */
	{
		.name = "banned", .whose = ABSENT, .words = "banned",
		.sentence = "{peer} is banned: its connections are closed at once, and have no history",
		.advice = "pppctl ban list says why and for how long; pppctl ban remove {peer} ends it.",
	},
	{
		.name = "drained", .whose = ABSENT, .words = "drained",
		.sentence = "the servers are drained: they do not listen",
		.advice = "pppctl undrain opens them again.",
	},
	{
		.name = "no-server", .whose = ABSENT, .words = "no server",
		.sentence = "no server is configured",
		.advice = "culvert.conf needs a section server.",
	},
	{
		.name = "nothing-came", .whose = ABSENT, .words = "peer", .windows = { 800, 809 },
		.sentence = "no TCP connection to port 1723 came from {peer} in the last hour",
		.advice = "The name or address that is called is wrong, or a firewall or a router on the way, "
			  "or this host's, drops it: ss -ltn sport = :1723, and tcpdump -ni any 'tcp port "
			  "1723 or proto 47', say how far it gets. Behind a NAT it comes from another "
			  "address.",
	},
	{
		.name = "nobody-came", .whose = ABSENT, .words = "user",
		.sentence = "nobody has tried to log in as {user} in the last hour",
		.advice = "A login that ends before the name is known is found by its address: pppctl "
			  "diagnose peer ADDRESS. Or the name that is sent is another one: pppctl diagnose "
			  "shows who failed.",
	},
	{
		.name = "never-dialed", .whose = ABSENT, .words = "client",
		.sentence = "the client {section} has not dialed in the last hour",
		.advice = "pppctl client show {section} says whether it is up, listens, or waits; pppctl "
			  "client up {section} dials.",
	},
	{
		.name = "nothing", .whose = ABSENT, .words = "", .kind = VERDICT_FINE,
		.sentence = "nothing has failed in the last hour",
		.advice = "If somebody says otherwise: TCP port 1723 of this host was not reached.",
	},
};

#define N_RULES	(sizeof(rules) / sizeof(rules[0]))

const char *verdict_rule(size_t i, const uint16_t **windows)
{
	if (i >= N_RULES)
		return NULL;
	*windows = rules[i].windows;
	return rules[i].name;
}

/* --- texts --------------------------------------------------------------------------------- */

/* Returns what follows the words of @rule in @reason; NULL if it does not have them. */
static const char *match(const struct rule *rule, const char *reason)
{
	const char *words = rule->words;
	const char *at;

	if (*words == '*') {
		at = strstr(reason, words + 1);
		return at ? at + strlen(words + 1) : NULL;
	}
	return strncmp(reason, words, strlen(words)) ? NULL : reason + strlen(words);
}

#define N_VALUES	7

struct values {
	const char *names[N_VALUES];
	const char *texts[N_VALUES];
};

/* Returns the value of the name at @at, which a "}" ends, and moves *@at behind that. */
static const char *value_of(const struct values *values, const char **at)
{
	const size_t len = strcspn(*at, "}");

	for (size_t i = 0; i < N_VALUES; i++)
		if (strlen(values->names[i]) == len && !memcmp(values->names[i], *at, len)) {
			*at += len + 1;
			return values->texts[i];
		}
	abort();
}

static void fill(char out[VERDICT_TEXT], const char *text, const struct values *values)
{
	char raw[VERDICT_TEXT];
	const char *value;
	size_t len = 0, n;

	while (*text && len < sizeof(raw) - 1) {
		if (*text != '{') {
			raw[len++] = *text++;
			continue;
		}
		text++;
		value = value_of(values, &text);
		n = strlen(value);
		n = n < sizeof(raw) - 1 - len ? n : sizeof(raw) - 1 - len;
		memcpy(raw + len, value, n);
		len += n;
	}
	text_show(out, VERDICT_TEXT, raw, len);
}

static void pass(struct verdict *v, const struct rule *rule, const struct values *values)
{
	v->rule = rule->name;
	v->kind = rule->kind;
	memcpy(v->windows, rule->windows, sizeof(v->windows));
	fill(v->sentence, rule->sentence, values);
	fill(v->advice, rule->advice, values);
}

/* What follows the words, but for the end of a bracket that they have begun. */
static void detail_of(char out[FACTS_TEXT], const char *rest)
{
	size_t len;

	snprintf(out, FACTS_TEXT, "%s", rest);
	len = strlen(out);
	if (len && out[len - 1] == ')' && !strchr(out, '('))
		out[len - 1] = '\0';
}

static void judge(struct verdict *v, const struct rule *rule, const struct facts *f,
		  const char *rest)
{
	char peer[IP_TEXT_SIZE], user[TEXT_QUOTE_SIZE], detail[FACTS_TEXT], count[24];
	const unsigned int number = rule->windows[0] == WINDOWS_SAID ? atoi(rest) : 0;
	const char *means = verdict_windows_text(number);
	char windows[80];
	struct values values = {
		{ "peer", "user", "section", "reason", "detail", "count", "windows" },
		{ peer, user, f->section, f->reason, detail, count, windows },
	};

	ip_format(f->head.peer, peer);
	if (!*peer)
		snprintf(peer, sizeof(peer), "%s", f->head.role == HISTORY_OF_CLIENT ?
			 "the server" : "the peer");
	if (*f->head.user)
		text_name(user, f->head.user);
	else
		snprintf(user, sizeof(user), "%s", peer);
	detail_of(detail, rest);
	snprintf(windows, sizeof(windows), "%s%s", means ? ": " : "", means ? means : "");
	snprintf(count, sizeof(count), "%llu", (unsigned long long)f->counters[rule->counter]);
	pass(v, rule, &values);
	if (rule->windows[0] == WINDOWS_SAID)
		v->windows[0] = (uint16_t)number;
}

static bool is_about(const struct rule *rule, enum history_role role)
{
	return rule->whose == ANY ||
	       rule->whose == (role == HISTORY_OF_SERVER ? SERVER : CLIENT);
}

void verdict_of(struct verdict *v, const struct facts *f, const struct surroundings *around)
{
	const struct rule *rule;
	const char *rest = NULL;

	for (rule = rules;; rule++) {
		rest = is_about(rule, f->head.role) ? match(rule, f->reason) : NULL;
		if (rest && (!rule->holds || rule->holds(f, around)))
			break;
	}
	judge(v, rule, f, rest);
}

/* Returns the words of the rule for what was asked for. */
static const char *absent_words(const struct verdict_absent *a)
{
	if (a->client)
		return "client";
	if (a->peer && a->banned)
		return "banned";
	if ((a->peer || a->user) && !a->servers)
		return "no server";
	if ((a->peer || a->user) && a->drained)
		return "drained";
	return a->peer ? "peer" : a->user ? "user" : "";
}

void verdict_of_absence(struct verdict *v, const struct verdict_absent *a)
{
	const char *words = absent_words(a);
	char user[TEXT_QUOTE_SIZE] = "";
	const struct values values = {
		{ "peer", "user", "section", "reason", "detail", "count", "windows" },
		{ a->peer ? a->peer : "", user, a->client ? a->client : "", "", "", "", "" },
	};
	const struct rule *rule = rules;

	if (a->user)
		text_name(user, a->user);
	while (rule->whose != ABSENT || strcmp(rule->words, words))
		rule++;
	pass(v, rule, &values);
}

const char *verdict_windows_text(unsigned int number)
{
	static const struct {
		unsigned int number;
		const char *text;
	} texts[] = {
		{ 619, "the port was disconnected" },
		{ 628, "the port was disconnected" },
		{ 646, "the account may not log in now" },
		{ 647, "the account is disabled" },
		{ 649, "the account may not dial in" },
		{ 691, "user name or password are wrong" },
		{ 718, "the other computer did not answer in time" },
		{ 720, "no PPP control protocols are configured" },
		{ 721, "the remote computer does not respond" },
		{ 734, "the PPP link control protocol was terminated" },
		{ 741, "this computer does not support the encryption" },
		{ 742, "the server does not support the encryption" },
		{ 800, "no VPN connection could be made" },
		{ 806, "GRE is blocked" },
		{ 807, "the connection was interrupted" },
		{ 809, "the server does not answer" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].number == number)
			return texts[i].text;
	return NULL;
}
