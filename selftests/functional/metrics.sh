#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Prometheus is told of sessions, of logins that fail and of what the kernel drops, in a text that promtool takes: on
# loopback alone, only where the configuration says so, and as a reload says.
. "$(dirname "$0")/lib.sh"

# told PATH: what a scrape gets.
told() {
	in_ns server curl -sS --max-time 20 --fail "http://127.0.0.1:9723$1"
}

# tells PATH LINE: LINE is one of it.
tells() {
	told "$1" > "$work/told" && grep -qxF "$2" "$work/told" || { grep "^${2%%[ \{]*}" "$work/told"; return 1; }
}

# promtool's words on style are none, and there is no mistake.
is_well_formed() {
	told "$1" > "$work/told" && promtool check metrics < "$work/told"
}

# more_than NUMBER NAME: the sum of all lines of NAME.
more_than() {
	told /metrics | awk -v name="$2" -v least="$1" 'index($0, name) == 1 { n += $NF } END { exit !(n > least) }'
}

nobody_listens() {
	! in_ns server curl -sS --max-time 20 http://127.0.0.1:9723/metrics
}

# forged CLIENT CALL-ID: a packet of GRE for a session that is not the client's.
forged() {
	in_ns "$1" python3 - <<-END
		import socket, struct
		s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
		s.sendto(struct.pack("!HHHHI", 0x3001, 0x880b, 4, $2, 0) + b"\xff\x03\xc0\x21", ("$outer_server", 0))
	END
}

traffic_is_told() {
	more_than 0 culvert_kernel_receive_bytes_total && more_than 0 culvert_kernel_transmit_packets_total
}

plan 19
topology 2
server_start
check "without the section nobody listens" nobody_listens
echo 'web { session-series = 1 }' >> "$work/culvert.conf"
check "a reload lets the daemon listen" in_ns server pppctl reload
check "and promtool takes what it tells" is_well_formed /metrics
check "on loopback alone" not in_ns client1 curl -sS --max-time 5 "http://$outer_server:9723/metrics"

dial client1 alice wonder
check "a session comes up" wait_for 20 is_up client1
check "it is counted" tells /metrics 'culvert_sessions{server="office",state="up"} 1'
check "and how long it took" tells /metrics 'culvert_session_setup_seconds_count{step="all"} 1'
check "with each step" tells /metrics 'culvert_session_setup_seconds_count{step="auth"} 1'
check "its pool has an address less" tells /metrics 'culvert_pool_used_addresses{pool="users"} 1'
check "it is told of by itself" is_well_formed /metrics/sessions
check "with its traffic" grep -q '^culvert_session_receive_bytes_total{.*user="alice".*} [1-9]' "$work/told"
check "and all traffic" wait_for 20 traffic_is_told

dial client2 alice wrong
check "a wrong password is counted" wait_for 20 \
	tells /metrics 'culvert_logins_refused_total{server="office",reason="wrong-password"} 1'
check "and the session that did not come up" wait_for 20 more_than 0 culvert_session_failures_total
forged client1 65000
check "so is what the kernel drops" wait_for 20 \
	tells /metrics 'culvert_kernel_drops_total{direction="receive",reason="no-session"} 1'
forged client2 "$(sessions '.[] | select(.state == "up") | .call_id')"
check "for a session, too" wait_for 20 \
	tells /metrics 'culvert_kernel_drops_total{direction="receive",reason="wrong-peer"} 1'

hang_up client1
check "the end of the session is counted, and why" wait_for 20 \
	tells /metrics 'culvert_sessions_ended_total{server="office",cause="user-request"} 1'
check "what the kernel counted of it stays" eval 'traffic_is_told &&
	tells /metrics "culvert_kernel_drops_total{direction=\"receive\",reason=\"wrong-peer\"} 1"'
sed -i '/^web/d' "$work/culvert.conf"
in_ns server pppctl reload
check "another reload ends it" nobody_listens
finish
