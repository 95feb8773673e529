#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel that was started with ipv6.disable=1 has no table, route or socket of IPv6. Packets of IPv6 that somebody sends
# to it all the same, or into a link, are dropped there.
. "$(dirname "$0")/link_lib"

# send_ipv6 NAMESPACE: a packet from fd00::10 to fd00::1, put into the link as it is.
send_ipv6() {
	in_ns "$1" python3 - <<-'END'
		import ipaddress, socket
		address = lambda text: ipaddress.ip_address(text).packed
		packet = bytes.fromhex("6000000000083a40") + address("fd00::10") + address("fd00::1") + bytes(8)
		link = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
		link.sendto(packet, ("pptp0", 0x86dd))
	END
}

connect() {
	link_pair && session server "$outer_server" 5 192.0.2.11 6 pptp0 10.99.0.10 &&
		session client1 192.0.2.11 6 "$outer_server" 5 pptp0
}

# counted COMMAND NAME: whether something was, of what pptp_ctl tells of the server.
counted() {
	# shellcheck disable=SC2086 # a command and its arguments
	in_ns server "$ctl" $1 | tee /dev/stderr | grep -q "^$2 [1-9]"
}

received_is_dropped() {
	send_ipv6 client1 && wait_for 5 counted "get $outer_server 5" RX_DROP_REVERSE_PATH
}

sent_is_dropped() {
	send_ipv6 server && counted net TX_DROP_NO_SESSION
}

# A path on which it would have to be told that the packet is too big, if there were somebody to tell.
too_big_is_dropped() {
	ip -n client1 link set eth0 mtu 1200 || return
	in_ns client1 python3 - <<-'END'
		import socket
		packet = bytes.fromhex("6000000005143a40") + bytes(32) + bytes(1300)
		link = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
		link.sendto(packet, ("pptp0", 0x86dd))
	END
}

grep -q 'ipv6\.disable=1' /proc/cmdline || skip_all "this kernel has IPv6"
modprobe culvert || skip_all "no module"
plan 5
topology 1
check "sessions" connect
check "a packet of IPv6 that comes is dropped" received_is_dropped
check "one that is sent to nobody is dropped" sent_is_dropped
check "one that is too big is dropped" too_big_is_dropped
check "IPv4 passes" ping_from client1 10.99.0.1
finish
