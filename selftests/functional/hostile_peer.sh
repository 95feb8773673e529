#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Malformed control messages and PPP frames from one peer: another's session carries on, the daemon stays, the log
# stays small, and when the peer has gone nothing of it is left.
. "$(dirname "$0")/lib.sh"

# The session of client1 with its counters, as it was before.
same_session() {
	[ "$(sessions '.[] | select(.user == "alice") | .id')" = "$alice_id" ]
}

daemon_lives() {
	is_running "$server_pid"
}

# Lines that name the hostile peer are few, against thousands of messages; what was kept back is said.
log_is_limited() {
	local lines sent

	lines=$(grep -c '192\.0\.2\.12' "$work/server.log")
	sent=$(cat "$work/hostile.sent")
	echo "$lines lines for $sent messages"
	[ "$sent" -gt 2000 ] && [ "$lines" -gt 0 ] && [ "$lines" -lt 100 ] && grep -q suppressed "$work/server.log"
}

# What is wrong with frames is said, too.
says_what_is_wrong() {
	grep '192\.0\.2\.12).*packet with a wrong length' "$work/server.log"
}

only_alice() {
	session_count 1 && [ "$(sessions length)" = 1 ]
}

plan 10
topology 2
server_start
dial client1 alice wonder
check "a well-behaved client is up" wait_for 20 is_up client1
alice_id=$(sessions '.[0].id')
in_ns client2 "$functional/hostile.py" "$outer_server" 1 "$(sessions '.[0].call_id')" \
	> "$work/hostile.sent" 2> "$work/hostile.log" &
hostile=$!
check "bytes arrive unchanged meanwhile" transfer client1 server "$inner_server" 2000000
check "the hostile peer came to its end" wait $hostile
check "the daemon lives" daemon_lives
check "the well-behaved client still has its session" same_session
check "and is served" ping_from client1 "$inner_server"
check "the log is limited, and says so" wait_for 60 log_is_limited
check "it says what is wrong with frames" says_what_is_wrong
check "nothing of the hostile peer is left" wait_for 20 only_alice
dial client2 bob builder
check "its address may still dial in properly" wait_for 20 is_up client2
finish
