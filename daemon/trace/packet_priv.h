/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to the descriptions: how a struct trace_packet is filled. */
#ifndef CULVERT_TRACE_PACKET_PRIV_H
#define CULVERT_TRACE_PACKET_PRIV_H

#include "trace/packet.h"
#include "util/bytes.h"

/* Begin to describe a packet of @protocol, without code, identifier and fields. */
void packet_begin(struct trace_packet *p, const char *protocol);

/* @name is that of @code in its protocol; NULL: it has none. */
void packet_code(struct trace_packet *p, const char *name, unsigned int code);

/* Add a field of printable text. */
void packet_add(struct trace_packet *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Add a field with what a peer has chosen, in quotes: @name "text". */
void packet_add_text(struct trace_packet *p, const char *name, const void *text, size_t len);

/* The same with all octets that are left. */
void packet_add_rest(struct trace_packet *p, const char *name, struct reader *r);

/* Add a field that says how many octets are left, if there are any. */
void packet_add_octets(struct trace_packet *p, const char *name, const struct reader *r);

#endif
