/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints, event group "culvert".  They print addresses and call IDs, never payload or keys.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM culvert

#if !defined(_CULVERT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _CULVERT_TRACE_H

#include <linux/skbuff.h>
#include <linux/tracepoint.h>

#include "session.h"
#include "stats.h"

#ifndef PPTP_TRACE_NAMES
#define PPTP_TRACE_NAMES
#define PPTP_TRACE_DROP(name, reason)	{ PPTP_COUNT_##name, #name },
#define pptp_trace_drops		PPTP_DROPS(PPTP_TRACE_DROP) { PPTP_COUNT_MAX, "?" }
#endif

/*
 * Programs such as perf read the format of an event as text: it must have the values of constants
 * in place of their names, and addresses as four octets.
 */
#undef PPTP_TRACE_ENUM
#define PPTP_TRACE_ENUM(name, reason)	TRACE_DEFINE_ENUM(PPTP_COUNT_##name);
PPTP_DROPS(PPTP_TRACE_ENUM)
TRACE_DEFINE_ENUM(PPTP_COUNT_MAX);

DECLARE_EVENT_CLASS(pptp_session_event,
	TP_PROTO(const struct pptp_session *s),
	TP_ARGS(s),
	TP_STRUCT__entry(
		__array(u8, laddr, 4)
		__array(u8, raddr, 4)
		__field(u16, call_id)
		__field(u16, peer_call_id)
	),
	TP_fast_assign(
		memcpy(__entry->laddr, &s->laddr, 4);
		memcpy(__entry->raddr, &s->key.raddr, 4);
		__entry->call_id = s->call_id;
		__entry->peer_call_id = s->key.peer_call_id;
	),
	TP_printk("local=%pI4/%u peer=%pI4/%u", __entry->laddr, __entry->call_id,
		  __entry->raddr, __entry->peer_call_id)
);

DEFINE_EVENT(pptp_session_event, pptp_session_up,
	TP_PROTO(const struct pptp_session *s), TP_ARGS(s));
DEFINE_EVENT(pptp_session_event, pptp_session_down,
	TP_PROTO(const struct pptp_session *s), TP_ARGS(s));

DECLARE_EVENT_CLASS(pptp_packet_event,
	TP_PROTO(const struct pptp_session *s, const struct sk_buff *skb, u32 seq),
	TP_ARGS(s, skb, seq),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__array(u8, laddr, 4)
		__field(u16, call_id)
		__field(u32, seq)
		__field(unsigned int, len)
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		memcpy(__entry->laddr, &s->laddr, 4);
		__entry->call_id = s->call_id;
		__entry->seq = seq;
		__entry->len = skb->len;
	),
	TP_printk("local=%pI4/%u skbaddr=%p seq=%u len=%u", __entry->laddr, __entry->call_id,
		  __entry->skbaddr, __entry->seq, __entry->len)
);

DEFINE_EVENT(pptp_packet_event, pptp_rx,
	TP_PROTO(const struct pptp_session *s, const struct sk_buff *skb, u32 seq),
	TP_ARGS(s, skb, seq));
DEFINE_EVENT(pptp_packet_event, pptp_rx_held,
	TP_PROTO(const struct pptp_session *s, const struct sk_buff *skb, u32 seq),
	TP_ARGS(s, skb, seq));
DEFINE_EVENT(pptp_packet_event, pptp_tx,
	TP_PROTO(const struct pptp_session *s, const struct sk_buff *skb, u32 seq),
	TP_ARGS(s, skb, seq));

/* @s is NULL for a packet that belongs to no session. */
TRACE_EVENT(pptp_drop,
	TP_PROTO(const struct pptp_session *s, const struct sk_buff *skb, unsigned int why),
	TP_ARGS(s, skb, why),
	TP_STRUCT__entry(
		__array(u8, laddr, 4)
		__field(u16, call_id)
		__field(unsigned int, len)
		__field(unsigned int, why)
	),
	TP_fast_assign(
		if (s)
			memcpy(__entry->laddr, &s->laddr, 4);
		else
			memset(__entry->laddr, 0, 4);
		__entry->call_id = s ? s->call_id : 0;
		__entry->len = skb->len;
		__entry->why = why;
	),
	TP_printk("local=%pI4/%u len=%u why=%s", __entry->laddr, __entry->call_id,
		  __entry->len, __print_symbolic(__entry->why, pptp_trace_drops))
);

#endif /* _CULVERT_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
