#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two links whose routes lead into each other, and a tunnel in a tunnel, which is none of that; without a daemon.
. "$(dirname "$0")/link_lib"

# An outer route decides over the peer when a session is made; it is changed into the other link afterwards.
two_links() {
	# No packets but those of the test.
	in_ns client1 sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'
	ip -n client1 route add 198.51.100.1 via 192.0.2.1 && ip -n client1 route add 198.51.100.2 via 192.0.2.1 || return
	in_ns client1 "$ctl" link loop0 session && in_ns client1 "$ctl" link loop1 session || return
	session client1 192.0.2.11 1 198.51.100.1 1 loop0 && session client1 192.0.2.11 2 198.51.100.2 2 loop1 || return
	ip -n client1 link set loop0 up
	ip -n client1 link set loop1 up
}

dropped() {
	in_ns client1 "$ctl" get 192.0.2.11 "$1" | awk '$1 == "TX_DROP_LOOP" { n = $2 } END { print n + 0 }'
}

sent() {
	in_ns client1 "$ctl" get 192.0.2.11 "$1" | awk '$1 == "TX_PACKETS" { n = $2 } END { print n + 0 }'
}

route() {
	ip -n client1 route replace "$@"
}

# A packet that is sent once is dropped once, and is not seen going round.
loop_ends() {
	route 198.51.100.1 dev loop1 && route 198.51.100.2 dev loop0 || return
	route 10.98.0.0/24 dev loop0
	in_ns client1 ping -n -q -c 1 -W 1 10.98.0.1
	wait_for 10 eval '[ $(($(dropped 1) + $(dropped 2))) -ge 1 ]' || return
	echo "$(sent 1) and $(sent 2) frames"
	[ $(($(sent 1) + $(sent 2))) -le 2 ]
}

# The frames of loop0 leave through loop1, which leads outside.
nested_passes() {
	local before after

	route 198.51.100.2 via 192.0.2.1 || return
	before=$(sent 2)
	in_ns client1 ping -n -q -c 1 -W 1 10.98.0.1
	after=$(sent 2)
	echo "$before and then $after frames"
	[ "$after" -gt "$before" ]
}

modprobe culvert || skip_all "no module"
plan 3
topology 1
check "two links" two_links
check "routes into each other end in a drop" loop_ends
check "a tunnel inside a tunnel is no loop" nested_passes
finish
