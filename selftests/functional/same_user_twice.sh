#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One user from two places: two sessions with two addresses, unless the server's limit says one.
. "$(dirname "$0")/lib.sh"

addresses_differ() {
	[ "$(sessions '[.[] | select(.user == "alice") | .remote_address] | unique | length')" = 2 ]
}

both_work() {
	ping_from client1 "$inner_server" && ping_from client2 "$inner_server"
}

plan 6
topology 2
server_start
dial client1 alice wonder
dial client2 alice wonder
check "both come up" eval 'wait_for 30 is_up client1 && wait_for 30 is_up client2'
check "their addresses differ" addresses_differ
check "both work" both_work
hang_up client1
check "one hangs up, the other stays" eval 'wait_for 10 session_count 1 && ping_from client2 "$inner_server"'
dial client1 alice wonder
check "and comes back" eval 'wait_for 20 is_up client1 && session_count 2'
hang_up client1
hang_up client2
check "nothing is left" wait_for 10 server_is_clean
finish
