#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The server ends with sessions up: on SIGTERM the peers are told, and either way nothing is left behind.
. "$(dirname "$0")/lib.sh"

both_up() {
	dial client1 alice wonder
	dial client2 bob builder
	wait_for 30 is_up client1 && wait_for 30 is_up client2 && session_count 2
}

server_is_gone() {
	! is_running "$server_pid"
}

ends_well() {
	wait_for 10 server_is_gone || return
	wait "$server_pid"
}

both_hung_up() {
	wait_for 10 has_ended client1 && wait_for 10 has_ended client2
}

told() {
	grep 'rcvd \[LCP TermReq' "$work/client1.log"
}

nothing_remains() {
	nothing_left server && module_is_idle && [ ! -e "$control_socket" ]
}

plan 9
topology 2
server_start
check "two clients are up" both_up
kill -TERM "$server_pid"
check "the server ends with status 0" ends_well
check "both clients have hung up" both_hung_up
check "they were told so by LCP" told
check "no device, route, call or socket is left" wait_for 5 nothing_remains

server_start
check "a new server takes new calls" both_up
kill_now "$server_pid"
check "the kernel cleans up after a server that was killed" \
	wait_for 5 eval 'nothing_left server && module_is_idle'
check "the clients notice" both_hung_up
server_start
check "the next server replaces the stale control socket" session_count 0
finish
