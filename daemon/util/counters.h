/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of the kernel's counters, by their number PPTP_A_STATS_* (uapi/linux/pptp.h). */
#ifndef CULVERT_UTIL_COUNTERS_H
#define CULVERT_UTIL_COUNTERS_H

/* Calls @COUNTER with each name behind PPTP_A_STATS_, and its text. */
#define COUNTERS(COUNTER) \
	COUNTER(RX_PACKETS, "rx_packets") \
	COUNTER(RX_BYTES, "rx_bytes") \
	COUNTER(TX_PACKETS, "tx_packets") \
	COUNTER(TX_BYTES, "tx_bytes") \
	COUNTER(RX_ACKS, "rx_acks") \
	COUNTER(TX_ACKS, "tx_acks") \
	COUNTER(RX_REORDERED, "rx_reordered") \
	COUNTER(RX_LOST, "rx_lost") \
	COUNTER(RX_RESYNCS, "rx_resyncs") \
	COUNTER(RX_DROP_MALFORMED, "rx_drop_malformed") \
	COUNTER(RX_DROP_TRUNCATED, "rx_drop_truncated") \
	COUNTER(RX_DROP_NO_SESSION, "rx_drop_no_session") \
	COUNTER(RX_DROP_WRONG_PEER, "rx_drop_wrong_peer") \
	COUNTER(RX_DROP_DUPLICATE, "rx_drop_duplicate") \
	COUNTER(RX_DROP_STALE, "rx_drop_stale") \
	COUNTER(RX_DROP_FAR, "rx_drop_far") \
	COUNTER(RX_DROP_FRAME, "rx_drop_frame") \
	COUNTER(RX_DROP_NO_UPPER, "rx_drop_no_upper") \
	COUNTER(RX_DROP_PROTOCOL_DOWN, "rx_drop_protocol_down") \
	COUNTER(RX_DROP_LINK_DOWN, "rx_drop_link_down") \
	COUNTER(RX_DROP_INNER, "rx_drop_inner") \
	COUNTER(RX_DROP_REVERSE_PATH, "rx_drop_reverse_path") \
	COUNTER(RX_DROP_QUEUE_FULL, "rx_drop_queue_full") \
	COUNTER(RX_DROP_PLAINTEXT, "rx_drop_plaintext") \
	COUNTER(RX_DROP_MPPE_COHERENCY, "rx_drop_mppe_coherency") \
	COUNTER(RX_DROP_MPPE_RESYNC, "rx_drop_mppe_resync") \
	COUNTER(RX_DROP_BACKLOG, "rx_drop_backlog") \
	COUNTER(RX_DROP_NO_MEMORY, "rx_drop_no_memory") \
	COUNTER(TX_DROP_NO_SESSION, "tx_drop_no_session") \
	COUNTER(TX_DROP_PROTOCOL_DOWN, "tx_drop_protocol_down") \
	COUNTER(TX_DROP_CLOSED, "tx_drop_closed") \
	COUNTER(TX_DROP_NO_ROUTE, "tx_drop_no_route") \
	COUNTER(TX_DROP_LOOP, "tx_drop_loop") \
	COUNTER(TX_DROP_TOO_BIG, "tx_drop_too_big") \
	COUNTER(TX_DROP_SEGMENT, "tx_drop_segment") \
	COUNTER(TX_DROP_WINDOW, "tx_drop_window") \
	COUNTER(TX_DROP_PLAINTEXT, "tx_drop_plaintext") \
	COUNTER(TX_DROP_BACKLOG, "tx_drop_backlog") \
	COUNTER(TX_DROP_NO_MEMORY, "tx_drop_no_memory") \
	COUNTER(RX_DROP_RATE, "rx_drop_rate") \
	COUNTER(TX_DROP_RATE, "tx_drop_rate")

#endif
