#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The least that a kernel must be able to do: load the module, carry packets over links, encrypted too, and let the
# module go. `make matrix` runs it on every kernel.
. "$(dirname "$0")/lib.sh"

ctl=$programs/pptp_ctl
key1=000102030405060708090a0b0c0d0e0f
key2=0f0e0d0c0b0a09080706050403020100

make_links() {
	in_ns server "$ctl" link pptp0 shared && in_ns client1 "$ctl" link pptp0 session || return
	ip -n server address add 10.99.0.1/32 dev pptp0
	ip -n server link set pptp0 up
	ip -n server route add 10.99.0.10/32 dev pptp0
	ip -n client1 address add 10.99.0.10 peer 10.99.0.1/32 dev pptp0
	ip -n client1 link set pptp0 up
}

# session NAMESPACE ARGUMENTS...: a session that stays until it is killed, in the background.
session() {
	local ns=$1

	shift
	tail -f /dev/null | ip netns exec "$ns" "$ctl" new "$@" > "$work/session-$ns" 2>&1 &
	wait_for 20 grep -q '^[0-9]' "$work/session-$ns"
}

connect() {
	session server 192.0.2.1 5 192.0.2.11 6 pptp0 10.99.0.10 && session client1 192.0.2.11 6 192.0.2.1 5 pptp0
}

one_is_listed() {
	[ "$(in_ns server "$ctl" count pptp0)" = 1 ] && [ "$(in_ns server "$ctl" count)" = 1 ]
}

encrypt() {
	in_ns server "$ctl" key 192.0.2.1 5 128 1 $key1 $key2 && in_ns client1 "$ctl" key 192.0.2.11 6 128 1 $key2 $key1
}

removable() {
	ip netns pids server | xargs -r kill -KILL
	ip netns pids client1 | xargs -r kill -KILL
	ip -all netns delete
	wait_for 10 modprobe -r culvert
}

plan 8
check "the module is loaded" modprobe culvert
topology 1
check "links of both modes" make_links
check "sessions on them" connect
check "the kernel lists what a link has" one_is_listed
check "packets pass" ping_from client1 10.99.0.1
check "TCP arrives unchanged" transfer client1 server 10.99.0.1 300000
check "also encrypted" eval 'encrypt && ping_from server 10.99.0.10 && transfer server client1 10.99.0.10 300000'
check "the module can be removed" removable
finish
