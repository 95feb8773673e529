#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How much fits: 1442 octets at least over a path of 1500, 1434 over one of 1492, and not one fragment on the wire.
. "$(dirname "$0")/client_lib"

at_least() {
	hq .mtu | tee /dev/stderr | awk -v n="$1" '{ exit !($1 >= n && $1 <= 1500) }'
}

# The interface has what was agreed upon, and the server's end is no larger.
ends_agree() {
	ip -n client1 link show hq | tee /dev/stderr | grep -q "mtu $(hq .mtu) " &&
		sessions '.[0].mtu' | tee /dev/stderr | grep -qx "$(hq .mtu)"
}

# The largest packet, which must not be fragmented inside either.
largest_passes() {
	ping_from client1 "$inner_server" -M "do" -s $(($(hq .mtu) - 28))
}

# full_rate FILE: a transfer in each direction, with all that crosses the client's eth0 on file.
full_rate() {
	capture_start client1 "$1" || return
	transfer client1 server "$inner_server" 3000000 && transfer server client1 "$(hq_address)" 3000000
	local status=$?
	capture_stop
	return "$status"
}

# no_fragments FILE: though there are many packets of GRE, some of them as large as can be.
no_fragments() {
	tcpdump -n -r "$1" 'ip proto 47' 2> /dev/null | awk 'END { print NR " packets"; exit NR < 1000 }' &&
		tcpdump -n -r "$1" 'ip proto 47 and ip[2:2] > 1400' 2> /dev/null | grep -q . &&
		not eval "tcpdump -n -r '$1' 'ip[6:2] & 0x3fff != 0' 2> /dev/null | grep ."
}

plan 12
topology 1
server_start
client_start
check "up over a path of 1500" wait_for 20 hq_is up
check "1442 octets fit at least" at_least 1442
check "both ends agree" ends_agree
check "the largest packet passes" largest_passes
check "transfers at full rate" full_rate "$work/1500.pcap"
check "no fragments" no_fragments "$work/1500.pcap"
ctl client down hq
wait_for 10 hq_is down
ip -n client1 link set eth0 mtu 1492
ip -n wire link set client1 mtu 1492
ctl client up hq
check "up over a path of 1492" wait_for 20 hq_is up
check "1434 octets fit at least" at_least 1434
check "both ends agree" ends_agree
check "the largest packet passes" largest_passes
check "transfers at full rate" full_rate "$work/1492.pcap"
check "no fragments" no_fragments "$work/1492.pcap"
client_stop
finish
