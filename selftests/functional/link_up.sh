#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The least that a kernel must be able to do: load the module, carry packets over links, encrypted too, and let the
# module go. `make matrix` runs it on every kernel.
. "$(dirname "$0")/link_lib"

connect() {
	session server 192.0.2.1 5 192.0.2.11 6 pptp0 10.99.0.10 && session client1 192.0.2.11 6 192.0.2.1 5 pptp0
}

one_is_listed() {
	[ "$(in_ns server "$ctl" count pptp0)" = 1 ] && [ "$(in_ns server "$ctl" count)" = 1 ]
}

encrypt() {
	in_ns server "$ctl" key 192.0.2.1 5 128 1 "$key1" "$key2" && in_ns client1 "$ctl" key 192.0.2.11 6 128 1 "$key2" "$key1"
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
check "links of both modes" link_pair
check "sessions on them" connect
check "the kernel lists what a link has" one_is_listed
check "packets pass" ping_from client1 10.99.0.1
check "TCP arrives unchanged" transfer client1 server 10.99.0.1 300000
check "also encrypted" eval 'encrypt && ping_from server 10.99.0.10 && transfer server client1 10.99.0.10 300000'
check "the module can be removed" removable
finish
