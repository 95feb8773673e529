#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The sliding window of RFC 2637, towards a peer that acknowledges as the RFC says: with it no more packets are on
# their way than the peer's receive window has room for, and everything arrives all the same.
. "$(dirname "$0")/client_lib"

window=64	# packets, what culvertd announces

# Acknowledgments take so long that TCP would have more than a window on its way.
long_way() {
	tc -n client1 qdisc replace dev eth0 root netem delay 80ms limit 10000
}

# on_its_way FILE: the most packets of the server that a capture saw sent and not yet acknowledged.
on_its_way() {
	tshark -n -r "$1" -Y 'ip.proto == 47' -T fields -E occurrence=f -e ip.src -e gre.sequence_number -e gre.ack_number |
	awk -F '\t' -v server="$outer_server" '
		$1 == server && $2 != "" { if (!n++) acked = $2 - 1; if ($2 - acked > most) most = $2 - acked }
		$1 != server && $3 != "" && n && $3 > acked { acked = $3 }
		END { print n + 0, "packets" > "/dev/stderr"; print most + 0 }'
}

transfer_seen() {
	local ok

	capture_start server "$1" || return
	transfer server client1 "$(hq_address)" 3000000
	ok=$?
	capture_stop
	return "$ok"
}

dial_again() {
	server_config "$@" > "$work/culvert.conf"
	pppctl reload && ctl client down hq && wait_for 10 session_count 0 && ctl client up hq && wait_for 20 hq_is up &&
		wait_for 5 session_count 1
}

plan 7
topology 1
server_start
client_start
check "a session" wait_for 20 hq_is up
long_way
check "without the option a transfer arrives" transfer_seen "$work/free.pcap"
check "and TCP has more on its way than the window" [ "$(on_its_way "$work/free.pcap")" -gt $window ]
check "the server is told to keep to the window" dial_again 'sliding-window = true'
check "a transfer arrives unchanged" transfer_seen "$work/kept.pcap"
check "and no more than the window was on its way" [ "$(on_its_way "$work/kept.pcap")" -le $window ]
check "nor less than half of it" [ "$(on_its_way "$work/kept.pcap")" -ge $((window / 2)) ]
finish
