#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every way to misbehave on the control connection that selftests/tools/hostile_peer.py knows, one after the other: the
# server answers as RFC 2637 asks, serves the next connection, and somebody else's session does not notice.
. "$(dirname "$0")/lib.sh"

peer=$functional/../tools/hostile_peer.py

play_all() {
	in_ns client2 "$peer" client --slow --wait $((5 * slowness)) --patience $((30 * slowness)) "$outer_server"
}

# result NAME: what came of a scenario, after whatever was wrong.
result() {
	grep -B 1 -- "- $1\$" "$work/scenarios"
	grep -qx -- "ok [0-9]* - $1" "$work/scenarios"
}

only_alice() {
	session_count 1 && [ "$(sessions length)" = 1 ] && [ "$(sessions '.[0].id')" = "$alice_id" ]
}

mapfile -t names < <("$peer" list client)
plan $((${#names[@]} + 4))
topology 2
server_start "echo-interval = 2" "echo-timeout = 2" "login-timeout = 5"
dial client1 alice wonder
check "somebody is up" wait_for 20 is_up client1
alice_id=$(sessions '.[0].id')
play_all > "$work/scenarios" 2>&1
for name in "${names[@]}"; do
	check "$name" result "$name"
done
check "the server has only that one session" wait_for 20 only_alice
check "and serves it" ping_from client1 "$inner_server"
hang_up client1
check "nothing is left" wait_for 20 server_is_clean
finish
