#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The MTU of the path to the peer reaches the session whichever way its news come: here the router's errors come back by
# another interface than the frames leave by. IPv6 packets that every link must take pass over a path that is smaller.
. "$(dirname "$0")/link_lib"

# wire NAMESPACE DEVICE ADDRESS NAMESPACE DEVICE ADDRESS: a cable between two hosts.
wire() {
	ip -n "$1" link add "$2" type veth peer name "$5" netns "$4" || return
	ip -n "$1" address add "$3" dev "$2"
	ip -n "$4" address add "$6" dev "$5"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}

# Two cables from the server to a router, and one from there to the client.
router_between() {
	local ns

	system_log
	for ns in server router client1; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
		in_ns "$ns" sh -c 'for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done'
	done
	wire server there 192.0.2.1/30 router there 192.0.2.2/30 &&
		wire server back 192.0.2.5/30 router back 192.0.2.6/30 &&
		wire client1 eth0 198.51.100.1/24 router client 198.51.100.2/24 || return
	in_ns router sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
	ip -n server route add 198.51.100.0/24 via 192.0.2.2
	ip -n client1 route add default via 198.51.100.2
	ip -n router route add 192.0.2.1/32 via 192.0.2.5
}

connect() {
	link_pair || return
	ip -n server -6 address add fe80::1/64 dev pptp0 nodad
	ip -n client1 -6 address add fe80::2/64 dev pptp0 nodad
	session server 192.0.2.1 5 198.51.100.1 6 pptp0 10.99.0.10 fe80::2 &&
		session client1 198.51.100.1 6 192.0.2.1 5 pptp0
}

path_mtu() {
	in_ns server "$ctl" get 192.0.2.1 5 | awk '$1 == "PATH_MTU" { print $2 }' | tee /dev/stderr | grep -qx "$1"
}

# narrow MTU: of the last part of the way.
narrow() {
	ip -n router link set client mtu "$1" && ip -n client1 link set eth0 mtu "$1"
}

learns() {
	narrow 1400 || return
	in_ns server ping -n -q -c 3 -i 0.2 -W 1 -M "do" -s 1400 10.99.0.10
	wait_for 5 path_mtu $((1400 - 40))
}

# What fits goes in one piece, and no more is sent in vain.
passes() {
	ping_from server 10.99.0.10 -M "do" -s $((1400 - 40 - 28)) &&
		not in_ns server ping -n -q -c 1 -W 1 -M "do" -s $((1400 - 40 - 27)) 10.99.0.10
}

# The route to the client is that of the session's mark alone.
learns_by_mark() {
	narrow 1350 || return
	ip -n server route add 198.51.100.0/24 via 192.0.2.2 table 100
	ip -n server rule add fwmark 7 table 100
	ip -n server route del 198.51.100.0/24 && in_ns server "$ctl" set 192.0.2.1 5 mark 7 || return
	in_ns server ping -n -q -c 3 -i 0.2 -W 1 -M "do" -s 1320 10.99.0.10
	wait_for 5 path_mtu $((1350 - 40))
}

ipv6_passes() {
	narrow 1200 || return
	ip -n server link set there mtu 1200
	ping_from server fe80::2%pptp0 -M "do" -s 1232 && ping_from client1 fe80::1%pptp0 -M "do" -s 1232
}

modprobe culvert || skip_all "no module"
plan 6
check "a router between" router_between
check "sessions over it" connect
check "an MTU that is told by another interface is learnt" learns
check "and used" passes
check "and one for a route that only a mark leads to" learns_by_mark
check "IPv6 packets of 1280 octets pass over a path of 1200" ipv6_passes
finish
