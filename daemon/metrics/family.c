// SPDX-License-Identifier: GPL-2.0-only
#include "metrics/family.h"

#define SESSION_LABELS { "session", "server", "client", "user", "interface" }

const struct metrics_family metrics_families[METRICS_NAMES] = {
	[METRICS_BUILD] = {
		"culvert_build_info", METRICS_GAUGE, { "version" },
		"1; the label has the version of culvertd." },
	[METRICS_START_TIME] = {
		"process_start_time_seconds", METRICS_GAUGE, { 0 },
		"When culvertd was started, in seconds since 1970." },
	[METRICS_CPU] = {
		"process_cpu_seconds_total", METRICS_COUNTER, { 0 },
		"Processor time that culvertd has used, in the kernel too." },
	[METRICS_MEMORY] = {
		"process_resident_memory_bytes", METRICS_GAUGE, { 0 },
		"Memory of culvertd that is resident." },
	[METRICS_OPEN_FDS] = {
		"process_open_fds", METRICS_GAUGE, { 0 },
		"File descriptors that culvertd has open; a session has two." },
	[METRICS_MAX_FDS] = {
		"process_max_fds", METRICS_GAUGE, { 0 },
		"File descriptors that culvertd may have open." },
	[METRICS_LONGEST_CALLBACK] = {
		"culvert_callback_longest_seconds", METRICS_GAUGE, { "callback" },
		"The longest that a callback has held the loop since the start." },
	[METRICS_BUSIEST_CALLBACK] = {
		"culvert_callback_busiest_seconds", METRICS_GAUGE, { "callback" },
		"The most processor time that a callback has used since the start." },
	[METRICS_CALLBACKS_TOO_LONG] = {
		"culvert_callbacks_too_long_total", METRICS_COUNTER, { 0 },
		"Callbacks that have held the loop for more than 5 ms." },
	[METRICS_HTTP_REQUESTS] = {
		"culvert_http_requests_total", METRICS_COUNTER, { "code" },
		"Requests of HTTP, by the status of the answer." },

	[METRICS_CONNECTIONS] = {
		"culvert_connections", METRICS_GAUGE, { "server" },
		"Control connections, with a session or without." },
	[METRICS_CONNECTIONS_ACCEPTED] = {
		"culvert_connections_accepted_total", METRICS_COUNTER, { 0 },
		"Control connections that were let in." },
	[METRICS_CONNECTIONS_REFUSED] = {
		"culvert_connections_refused_total", METRICS_COUNTER, { "reason" },
		"Control connections that were not let in." },
	[METRICS_CONNECTIONS_DISPLACED] = {
		"culvert_connections_displaced_total", METRICS_COUNTER, { "reason" },
		"Control connections without a login that gave way to newer ones." },
	[METRICS_CONNECTIONS_EXPIRED] = {
		"culvert_connections_expired_total", METRICS_COUNTER, { "missing" },
		"Control connections that were ended because the peer did not go on." },
	[METRICS_CALLS_REFUSED] = {
		"culvert_calls_refused_total", METRICS_COUNTER, { "reason" },
		"Calls that were refused." },

	[METRICS_SESSIONS] = {
		"culvert_sessions", METRICS_GAUGE, { "server", "state" },
		"Sessions of servers." },
	[METRICS_SESSIONS_STARTED] = {
		"culvert_sessions_started_total", METRICS_COUNTER, { "server" },
		"Sessions that began with LCP." },
	[METRICS_SESSIONS_UP] = {
		"culvert_sessions_up_total", METRICS_COUNTER, { "server" },
		"Sessions that came up." },
	[METRICS_SESSIONS_ENDED] = {
		"culvert_sessions_ended_total", METRICS_COUNTER, { "server", "cause" },
		"Sessions that had come up and have ended." },
	[METRICS_SESSION_FAILURES] = {
		"culvert_session_failures_total", METRICS_COUNTER, { "server", "reason" },
		"Sessions that ended before they came up." },
	[METRICS_LOGINS_REFUSED] = {
		"culvert_logins_refused_total", METRICS_COUNTER, { "server", "reason" },
		"Logins that were refused; a peer may try more than once in a session." },
	[METRICS_SETUP] = {
		"culvert_session_setup_seconds", METRICS_HISTOGRAM, { "step" },
		"How long the steps took that led to a session." },

	[METRICS_SERVER_DRAINING] = {
		"culvert_server_draining", METRICS_GAUGE, { "server" },
		"1 if the server takes nobody new." },
	[METRICS_SERVER_ABSENT] = {
		"culvert_server_absent_addresses", METRICS_GAUGE, { "server" },
		"Addresses of the server that no interface has." },
	[METRICS_POOL_SIZE] = {
		"culvert_pool_addresses", METRICS_GAUGE, { "pool" },
		"Addresses of the pool, without excluded and reserved ones." },
	[METRICS_POOL_USED] = {
		"culvert_pool_used_addresses", METRICS_GAUGE, { "pool" },
		"Addresses of the pool that are in use." },
	[METRICS_POOL_MOST] = {
		"culvert_pool_most_used_addresses", METRICS_GAUGE, { "pool" },
		"Addresses of the pool that were in use at the same time, at most." },
	[METRICS_POOL_RESERVED] = {
		"culvert_pool_reserved_addresses", METRICS_GAUGE, { "pool" },
		"Addresses of the pool that users have as their own." },
	[METRICS_POOL_REFUSALS] = {
		"culvert_pool_refusals_total", METRICS_COUNTER, { "pool" },
		"Logins for which neither the pool nor those after it had an address." },
	[METRICS_BANS] = {
		"culvert_bans", METRICS_GAUGE, { "reason" },
		"Networks that are banned." },
	[METRICS_BANS_BEGUN] = {
		"culvert_bans_total", METRICS_COUNTER, { "reason" },
		"Bans that have begun." },
	[METRICS_NFT_ELEMENTS] = {
		"culvert_nft_elements", METRICS_GAUGE, { 0 },
		"Elements in sets of nftables that are there for users." },
	[METRICS_NFT_MISSING] = {
		"culvert_nft_missing_elements", METRICS_GAUGE, { 0 },
		"Elements that the kernel has refused to put in a set." },

	[METRICS_KERNEL_SESSIONS] = {
		"culvert_kernel_sessions", METRICS_GAUGE, { 0 },
		"Sessions that the kernel module has, those of other programs too." },
	[METRICS_KERNEL_DROPS] = {
		"culvert_kernel_drops_total", METRICS_COUNTER, { "direction", "reason" },
		"Packets that the kernel module has dropped, of sessions and of none." },
	[METRICS_KERNEL_RX_BYTES] = {
		"culvert_kernel_receive_bytes_total", METRICS_COUNTER, { 0 },
		"Octets of PPP that came from peers in all sessions that there are and were." },
	[METRICS_KERNEL_TX_BYTES] = {
		"culvert_kernel_transmit_bytes_total", METRICS_COUNTER, { 0 },
		"Octets of PPP that went to peers in all sessions that there are and were." },
	[METRICS_KERNEL_RX_PACKETS] = {
		"culvert_kernel_receive_packets_total", METRICS_COUNTER, { 0 },
		"Frames of PPP that came from peers in all sessions that there are and were." },
	[METRICS_KERNEL_TX_PACKETS] = {
		"culvert_kernel_transmit_packets_total", METRICS_COUNTER, { 0 },
		"Frames of PPP that went to peers in all sessions that there are and were." },

	[METRICS_RADIUS_UP] = {
		"culvert_radius_up", METRICS_GAUGE, { "radius", "use" },
		"1 if the RADIUS server is asked; 0 if it is dead or on trial." },
	[METRICS_RADIUS_REQUESTS] = {
		"culvert_radius_requests_total", METRICS_COUNTER, { "radius", "use" },
		"Packets to the RADIUS server, probes and retransmissions among them." },
	[METRICS_RADIUS_RETRANSMISSIONS] = {
		"culvert_radius_retransmissions_total", METRICS_COUNTER, { "radius", "use" },
		"Packets that repeated a request." },
	[METRICS_RADIUS_RESPONSES] = {
		"culvert_radius_responses_total", METRICS_COUNTER, { "radius", "use" },
		"Answers of the RADIUS server, to probes too." },
	[METRICS_RADIUS_LOST] = {
		"culvert_radius_lost_total", METRICS_COUNTER, { "radius", "use" },
		"Waits for an answer of the RADIUS server that ended without one." },
	[METRICS_RADIUS_REFUSED] = {
		"culvert_radius_refused_total", METRICS_COUNTER, { "radius", "use" },
		"Requests for which there was no room in the line to the RADIUS server." },
	[METRICS_RADIUS_BAD] = {
		"culvert_radius_bad_responses_total", METRICS_COUNTER, { "radius", "use", "reason" },
		"Packets from the RADIUS server that were dropped." },
	[METRICS_RADIUS_UNDER_WAY] = {
		"culvert_radius_requests_under_way", METRICS_GAUGE, { "radius", "use" },
		"Requests that wait for an answer of the RADIUS server." },
	[METRICS_RADIUS_WINDOW] = {
		"culvert_radius_window_requests", METRICS_GAUGE, { "radius", "use" },
		"Requests that may be under way to the RADIUS server." },
	[METRICS_RADIUS_QUEUED] = {
		"culvert_radius_requests_queued", METRICS_GAUGE, { "radius", "use" },
		"Requests that wait until fewer are under way." },
	[METRICS_RADIUS_TIME] = {
		"culvert_radius_response_seconds", METRICS_GAUGE, { "radius", "use", "quantile" },
		"How long answers of the RADIUS server took in the last five minutes." },
	[METRICS_DATABASE_UP] = {
		"culvert_database_up", METRICS_GAUGE, { "database" },
		"1 if the database of users can be asked." },
	[METRICS_DATABASE_QUESTIONS] = {
		"culvert_database_questions_total", METRICS_COUNTER, { "database", "result" },
		"Questions to the database that have ended." },
	[METRICS_DATABASE_REFUSED] = {
		"culvert_database_refused_total", METRICS_COUNTER, { "database" },
		"Questions that were not asked: too many waited, or the database was not reachable." },
	[METRICS_DATABASE_CONNECTS] = {
		"culvert_database_connects_total", METRICS_COUNTER, { "database" },
		"Connections to the database that succeeded." },
	[METRICS_DATABASE_UNDER_WAY] = {
		"culvert_database_questions_under_way", METRICS_GAUGE, { "database" },
		"Questions that wait for an answer of the database." },
	[METRICS_DATABASE_QUEUED] = {
		"culvert_database_questions_queued", METRICS_GAUGE, { "database" },
		"Questions that wait until fewer are under way." },

	[METRICS_COA_REQUESTS] = {
		"culvert_coa_requests_total", METRICS_COUNTER, { "result" },
		"Requests of RADIUS servers to end or change sessions." },
	[METRICS_COA_SESSIONS] = {
		"culvert_coa_sessions_total", METRICS_COUNTER, { "change" },
		"Sessions that such requests have ended or changed." },
	[METRICS_HOOKS_RUN] = {
		"culvert_hooks_run_total", METRICS_COUNTER, { "result" },
		"Programs of hooks that have ended." },
	[METRICS_HOOKS_DROPPED] = {
		"culvert_hooks_dropped_total", METRICS_COUNTER, { 0 },
		"Programs of hooks that were not run, since too many waited." },
	[METRICS_HOOKS_RUNNING] = {
		"culvert_hooks_running", METRICS_GAUGE, { 0 },
		"Programs of hooks that run." },
	[METRICS_HOOKS_WAITING] = {
		"culvert_hooks_waiting", METRICS_GAUGE, { 0 },
		"Programs of hooks that wait to be run." },
	[METRICS_ACCOUNTING_QUEUED] = {
		"culvert_accounting_queued_records", METRICS_GAUGE, { 0 },
		"Records that wait for an answer, or for the file." },
	[METRICS_ACCOUNTING_OLDEST] = {
		"culvert_accounting_oldest_record_seconds", METRICS_GAUGE, { 0 },
		"Age of the oldest record that waits." },
	[METRICS_ACCOUNTING_SENT] = {
		"culvert_accounting_sent_total", METRICS_COUNTER, { 0 },
		"Records that got where they belong." },
	[METRICS_ACCOUNTING_UNANSWERED] = {
		"culvert_accounting_unanswered_total", METRICS_COUNTER, { 0 },
		"Tries to send a record that were not answered." },
	[METRICS_ACCOUNTING_LOST] = {
		"culvert_accounting_lost_total", METRICS_COUNTER, { "reason" },
		"Records that got nowhere." },
	[METRICS_ACCOUNTING_STORE_UP] = {
		"culvert_accounting_store_up", METRICS_GAUGE, { 0 },
		"1 if the store of records can be used." },
	[METRICS_ACCOUNTING_STORE_ERRORS] = {
		"culvert_accounting_store_errors_total", METRICS_COUNTER, { 0 },
		"Errors of the store of records." },
	[METRICS_ACCOUNTING_FILE_UP] = {
		"culvert_accounting_file_up", METRICS_GAUGE, { 0 },
		"1 if the file of records can be written to." },
	[METRICS_ACCOUNTING_LINES] = {
		"culvert_accounting_lines_total", METRICS_COUNTER, { 0 },
		"Records that were written to the file." },
	[METRICS_ACCOUNTING_LINES_QUEUED] = {
		"culvert_accounting_queued_lines", METRICS_GAUGE, { 0 },
		"Records that wait to be written to the file." },
	[METRICS_ACCOUNTING_LINES_DROPPED] = {
		"culvert_accounting_lines_dropped_total", METRICS_COUNTER, { 0 },
		"Records that were not written to the file, for want of room." },

	[METRICS_CLIENT_UP] = {
		"culvert_client_up", METRICS_GAUGE, { "client" },
		"1 if the client is up." },
	[METRICS_CLIENT_FAILURES] = {
		"culvert_client_failed_attempts", METRICS_GAUGE, { "client" },
		"Attempts of the client that have failed in a row." },
	[METRICS_CLIENT_RETRY] = {
		"culvert_client_retry_seconds", METRICS_GAUGE, { "client" },
		"Time until the client tries again; 0 if it does not wait for that." },

	[METRICS_SESSION_RX_BYTES] = {
		"culvert_session_receive_bytes_total", METRICS_COUNTER, SESSION_LABELS,
		"Octets of PPP that came from the peer." },
	[METRICS_SESSION_TX_BYTES] = {
		"culvert_session_transmit_bytes_total", METRICS_COUNTER, SESSION_LABELS,
		"Octets of PPP that went to the peer." },
	[METRICS_SESSION_RX_PACKETS] = {
		"culvert_session_receive_packets_total", METRICS_COUNTER, SESSION_LABELS,
		"Frames of PPP that came from the peer." },
	[METRICS_SESSION_TX_PACKETS] = {
		"culvert_session_transmit_packets_total", METRICS_COUNTER, SESSION_LABELS,
		"Frames of PPP that went to the peer." },
	[METRICS_SESSION_UP_TIME] = {
		"culvert_session_up_seconds", METRICS_GAUGE, SESSION_LABELS,
		"Time since the session came up." },
	[METRICS_SESSION_SERIES_LEFT_OUT] = {
		"culvert_session_series_left_out", METRICS_GAUGE, { 0 },
		"Sessions that are up and are not told of, since there are more than may be." },
	[METRICS_LEFT_OUT] = {
		"culvert_metrics_left_out", METRICS_GAUGE, { 0 },
		"Lines that were left out of this text, which would be too long." },
};

const char *metrics_type_name(enum metrics_type type)
{
	switch (type) {
	case METRICS_COUNTER:
		return "counter";
	case METRICS_GAUGE:
		return "gauge";
	case METRICS_HISTOGRAM:
		return "histogram";
	}
	return "";
}
