#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One daemon that serves and calls at the same time: the box of a branch calls head office and serves a mobile user.
. "$(dirname "$0")/client_lib"

branch=192.0.2.11
branch_inner=10.88.0.1

branch_config() {
	client_config 'routes = { "10.99.0.0/24" }'
	cat <<END
pool "mobile" { range = { "10.88.0.10-10.88.0.20" } }
server "branch" {
	listen = { "$branch" }
	secrets = "$work/secrets"
	pool = "mobile"
	local-address = "$branch_inner"
}
END
}

branch_sessions() {
	ctl -j session list | jq '[.[] | select(.role == "server" and .state == "up")] | length' | grep -qx "$1"
}

# In the one kernel of the branch no two calls have the same ID.
call_ids_differ() {
	[ "$(hq .call_id)" != "$(ctl -j session list | jq '.[] | select(.role == "server").call_id')" ]
}

mobile_is_up() {
	address_of client2 | grep -q '^10\.88\.0\.'
}

# The mobile user, through the branch and its tunnel, to head office.
head_office_from_mobile() {
	ip -n client2 route add 10.99.0.0/24 dev ppp0
	ip -n server route add 10.88.0.0/24 via "$(hq_address)"
	in_ns client1 sysctl -qw net.ipv4.ip_forward=1
	ping_from client2 "$inner_server"
}

plan 13
topology 2
server_start
secret wonder
branch_config > "$work/client.conf"
client_run
check "the branch comes up at head office" wait_for 20 hq_is up
outer_server=$branch dial client2 bob builder
check "a mobile user comes up at the branch" wait_for 30 mobile_is_up
check "the branch tells one of each" eval 'branch_sessions 1 && hq_is up'
check "call IDs differ" call_ids_differ
check "the branch reaches head office" ping_from client1 "$inner_server"
check "the mobile user reaches the branch" ping_from client2 "$branch_inner"
check "a megabyte to head office" transfer client1 server "$inner_server" 1100000
check "a megabyte from the mobile user" transfer client2 client1 "$branch_inner" 1100000
check "the mobile user reaches head office through both tunnels" head_office_from_mobile
hang_up client2
check "the mobile user goes" wait_for 10 branch_sessions 0
check "head office has not noticed" eval 'hq_is up && ping_from client1 "$inner_server"'
ip -n server route del 10.88.0.0/24
check "the daemon ends in good order" client_stop
check "nothing is left anywhere" eval 'nothing_left client1 && wait_for 10 server_is_clean'
finish
