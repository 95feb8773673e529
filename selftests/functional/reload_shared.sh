#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A shared interface outlives a change of what its server asks of it: sessions go on with their end of before, new ones
# have the new one, and what no session has any more is gone.
. "$(dirname "$0")/lib.sh"

# configure ADDRESS [OPTION...]: the next configuration.
configure() {
	local inner_server=$1

	shift
	server_config 'link = shared' 'interface = users' "$@" > "$work/culvert.conf"
}

index() {
	ip -n server -j link show users | jq '.[0].ifindex'
}

# has_addresses ADDRESS...: whether the interface has just these.
has_addresses() {
	[ "$(ip -n server -j -4 address show dev users | jq -r '[.[0].addr_info[].local] | sort | join(" ")')" = "$*" ]
}

clamps() {
	ip -n server -d link show users | tee /dev/stderr | grep -q "mss-clamp $1"
}

ends_at() {
	ip -n "$1" -4 -br address show dev ppp0 | awk '{ sub("/.*", "", $5); print $5 }' | tee /dev/stderr | grep -qx "$2"
}

# The very interface and the very session of the start.
nothing_moved() {
	[ "$(index)" = "$first_index" ] && [ "$(sessions '.[] | select(.user == "alice") | .id')" = "$session" ] &&
		ping_from client1 10.99.0.1 && ping_from server "$(address_of client1 | cut -d / -f 1)"
}

# not_taken WHY
not_taken() {
	! pppctl reload > "$work/said" 2>&1 && grep "$1" "$work/said" && has_addresses 10.99.0.1 && clamps on &&
		nothing_moved
}

plan 14
topology 2
server_start 'link = shared' 'interface = users'
dial client1 alice wonder
check "a client comes up" wait_for 30 is_up client1
session=$(sessions '.[0].id')
first_index=$(index)
configure "$(address_of client1 | cut -d / -f 1)" 'mss-clamp = false'
check "an address that a client has is not taken" not_taken "is in use by session $session (alice)"
configure 10.99.0.2 'listen = { "192.0.2.1", "198.51.100.1" }' 'mss-clamp = false'
sed -i '/listen = { "192.0.2.1" }/d' "$work/culvert.conf"
in_ns server ip address add 198.51.100.1/32 dev lo
in_ns server socat TCP-LISTEN:1723,bind=198.51.100.1 - > /dev/null &
squatter=$!
wait_for 5 eval 'in_ns server ss -Hltn "sport = :1723" | grep -q 198.51.100.1'
check "what cannot be gone over to leaves all as it was" not_taken "address already in use"
kill_now $squatter
configure 10.99.0.2 'mss-clamp = false'
check "another address, and no clamp" pppctl reload
check "the session has noticed nothing" nothing_moved
check "the interface has both addresses" has_addresses 10.99.0.1 10.99.0.2
check "and clamps no more" clamps off
dial client2 bob builder
check "a client comes up after that" wait_for 30 is_up client2
check "with the new address at the other end" eval 'ends_at client2 10.99.0.2 && ends_at client1 10.99.0.1'
check "which answers" ping_from client2 10.99.0.2
hang_up client1
check "the old address goes with the last session that has it" wait_for 10 has_addresses 10.99.0.2
check "the other session stays" eval 'ping_from client2 10.99.0.2 && [ "$(index)" = "$first_index" ]'
hang_up client2
wait_for 10 session_count 0 > /dev/null
configure 10.99.0.3
check "an address that no session has goes at once" eval 'pppctl reload && has_addresses 10.99.0.3 && clamps on'
kill -TERM "$server_pid"
check "nothing is left in the end" eval 'wait "$server_pid" && nothing_left server'
finish
