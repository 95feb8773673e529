#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The main job: Debian's client dials, MS-CHAPv2 and MPPE-128 are agreed upon, traffic passes both ways byte for byte,
# the daemon tells what it sees, and hanging up leaves nothing behind.
. "$(dirname "$0")/lib.sh"

session_is_told() {
	sessions '.[0] | [.user, .server, .peer, .local_address, .state, .auth, .mppe.bits, .mppe.stateless]
		| map(tostring) | join(" ")' | tee /dev/stderr |
		grep -qx "alice office 192.0.2.11 $inner_server up mschap-v2 128 true"
}

interface_is_real() {
	ip -n server link show dev "$(sessions '.[0].interface')" up
}

# Both directions carried a megabyte.
bytes_are_counted() {
	sessions '.[0] | .rx_bytes > 1000000 and .tx_bytes > 1000000' | grep -qx true || { sessions . ; false; }
}

addresses_agree() {
	[ "$(sessions '.[0].remote_address')" = "$(address_of client1 | cut -d / -f 1)" ]
}

plan 16
topology 1
server_start
check "the server listens" server_listens
check "the module is loaded by its alias" test -d /sys/module/culvert
dial client1 alice wonder
check "the client gets an address" wait_for 20 is_up client1
check "one session is up" wait_for 5 session_count 1
check "user, addresses, authentication and encryption are told" session_is_told
check "the address told is the client's" addresses_agree
check "the interface told is up" interface_is_real
check "the client reaches the server" ping_from client1 "$inner_server"
check "the server reaches the client" ping_from server "$(address_of client1 | cut -d / -f 1)"
check "a megabyte arrives at the server unchanged" transfer client1 server "$inner_server" 1100000
check "a megabyte arrives at the client unchanged" \
	transfer server client1 "$(address_of client1 | cut -d / -f 1)" 1100000
check "bytes are counted" wait_for 5 bytes_are_counted
hang_up client1
check "the server has nothing left" wait_for 10 server_is_clean
check "the client has nothing left" wait_for 10 nothing_left client1
check "a second call comes up" eval 'dial client1 alice wonder; wait_for 20 is_up client1'
hang_up client1
check "nothing is left of it either" wait_for 10 server_is_clean
finish
