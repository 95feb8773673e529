#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A whole session as a dissector that is not ours reads it: nothing malformed, no expert error, every step there.
. "$(dirname "$0")/lib.sh"

# dissect FILTER: print the frames that match. Fails only if the dissector does.
dissect() {
	tshark -n -r "$work/session.pcap" -Y "$1" 2> "$work/tshark.err" || {
		cat "$work/tshark.err"
		return 1
	}
}

none_matches() {
	local frames

	frames=$(dissect "$1") && [ -z "$frames" ] || {
		echo "$frames"
		return 1
	}
}

some_match() {
	local frames

	frames=$(dissect "$1") && [ -n "$frames" ] || {
		echo "$frames"
		return 1
	}
}

# Reply and request as the dissector names them.
has_message() {
	some_match "pptp.control_message_type == $1"
}

# Whether the client asks to clear the call (12) depends on whether it does so before the server, whom the end of the
# link reaches first, has told that the call is over (13).
whole_control_exchange() {
	local type

	for type in 1 2 7 8 13; do
		has_message $type || { echo "no control message of type $type"; return 1; }
	done
}

# Encrypted: no IP in clear crosses the tunnel once there are data.
all_data_encrypted() {
	some_match 'comp_data' && none_matches 'gre && ip.proto == 1'
}

plan 8
topology 1
check "the capture runs" capture_start server "$work/session.pcap"
server_start
dial client1 alice wonder
wait_for 20 is_up client1
check "traffic passes" eval 'ping_from client1 "$inner_server" && transfer client1 server "$inner_server" 200000'
hang_up client1
wait_for 10 server_is_clean
capture_stop
check "the dissector reads the capture" some_match 'pptp && tcp'
check "nothing is malformed" none_matches '_ws.malformed || _ws.short'
check "no expert error" none_matches '_ws.expert.severity == "Error"'
check "control messages from start to disconnect are there" whole_control_exchange
check "data are encrypted" all_data_encrypted
check "frames from the server carry its call" some_match "ip.src == $outer_server && gre.key.call_id"
finish
