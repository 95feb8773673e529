/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What peers and we say to each other, in words: PPP frames and control messages of PPTP.
 *
 * Pure: octets in, printable text of bounded length out; nothing is allocated, and the octets may be
 * anything. What would help somebody to log in as another is not shown: passwords, challenges and
 * responses (the two together let a password be guessed), what proves a server, and the contents of
 * EAP methods and of rejected packets, which may have any of those.
 */
#ifndef CULVERT_TRACE_PACKET_H
#define CULVERT_TRACE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_FIELDS_SIZE	2048	/* octets of all fields, with a NUL each */
#define TRACE_TEXT_SIZE		(2 * TRACE_FIELDS_SIZE)

struct trace_packet {
	const char *protocol;		/* "LCP", a constant string; "PPP" if it has no name here */
	char code[40];			/* "Configure-Request"; "" if the protocol has no codes */
	int id;				/* identifier; -1: none */

	/* private */
	bool cut;			/* there was no room for all */
	size_t len;			/* octets in @fields */
	char fields[TRACE_FIELDS_SIZE];	/* texts, each with its NUL */
};

/* Describe a frame, which begins with a protocol field of two octets (RFC 1661 section 2). */
void trace_frame(struct trace_packet *p, const uint8_t *frame, size_t len);

/*
 * Describe what is left of a frame: its protocol, its code, and @len octets of what came behind
 * identifier and length. That octets are missing there is not told as a fault of the frame.
 */
void trace_kept(struct trace_packet *p, uint16_t protocol, uint8_t code, const uint8_t *data,
		size_t len);

/*
 * Describe a control message (RFC 2637 section 2). Of one that is malformed or of an undefined type,
 * there need be no more than the first octets.
 */
void trace_message(struct trace_packet *p, const uint8_t *message, size_t len);

/*
 * Put zeros in the place of what is not shown of a frame, as well as that can be told. Its length
 * stays as it is.
 */
void trace_hide(uint8_t *frame, size_t len);

/*
 * Returns the first field (@field is NULL) or the one after @field: "mru 1400"; NULL if there are no
 * more. When there was no room for all, the last one is "...".
 */
const char *trace_next_field(const struct trace_packet *p, const char *field);

/* Write all to @text, as "LCP Configure-Request id 1 <mru 1400> <pfc>", and return it. */
const char *trace_text(const struct trace_packet *p, char text[TRACE_TEXT_SIZE]);

/*
 * Write all but the identifier to @text, of @size octets, as "LCP Configure-Request: mru 1400, pfc",
 * cut if there is no room. Returns @text.
 */
char *trace_sentence(const struct trace_packet *p, char *text, size_t size);

#endif
