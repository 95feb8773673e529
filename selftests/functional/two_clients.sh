#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two clients at once: each its own address, device and counters; through the server they reach each other.
. "$(dirname "$0")/lib.sh"

all_differ() {
	[ "$(sessions "[.[].$1] | unique | length")" = 2 ]
}

address() {
	address_of "$1" | cut -d / -f 1
}

route_to_pool() {
	ip -n client1 route add 10.99.0.0/24 dev ppp0
	ip -n client2 route add 10.99.0.0/24 dev ppp0
	in_ns server sysctl -q net.ipv4.ip_forward=1
}

killed_by_pppctl() {
	pppctl session kill "$(sessions '.[] | select(.user == "alice") | .id')" && wait_for 10 has_ended client1
}

# Somebody deletes the session in the kernel. Nobody has to wait for echoes that are not answered.
deleted_in_the_kernel() {
	in_ns server "$programs/pptp_ctl" del "$outer_server" "$(sessions '.[0].call_id')" || return
	wait_for 5 session_count 0 && wait_for 10 has_ended client2
}

plan 11
topology 2
server_start
dial client1 alice wonder
dial client2 bob builder
check "both come up" eval 'wait_for 30 is_up client1 && wait_for 30 is_up client2'
check "two sessions are told" wait_for 5 session_count 2
check "their addresses differ" all_differ remote_address
check "their interfaces differ" all_differ interface
check "their call IDs differ" all_differ call_id
check "each is known by its outer address" all_differ peer
route_to_pool
check "one reaches the other through the server" ping_from client1 "$(address client2)"
check "bytes arrive unchanged from one at the other" transfer client1 client2 "$(address client2)" 300000
check "pppctl ends one of them" killed_by_pppctl
check "the other stays" eval 'session_count 1 && ping_from client2 "$inner_server"'
check "a session that is deleted in the kernel ends" deleted_in_the_kernel
finish
