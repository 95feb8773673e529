#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A whole session as a dissector that is not ours reads it: nothing malformed, no expert error, every step there.
. "$(dirname "$0")/lib.sh"

# What is asked of each frame, by tshark's names, and how awk knows it below.
fields=(_ws.malformed _ws.short _ws.expert.severity pptp.control_message_type comp_data ip.proto ip.src gre.key.call_id)
named='{ malformed = $1 $2; severity = $3; message = "," $4 ","; encrypted = $5; protocols = "," $6 ","; source = $7; call = $8 }'

# One run of the dissector for all checks, since starting it takes longer than its work.
dissect() {
	# shellcheck disable=SC2068 # -e and the field's name are two words
	tshark -n -r "$work/session.pcap" -T fields ${fields[@]/#/-e } > "$work/frames" && some 'message != ",,"'
}

# some CONDITION: print the frames for which it holds, an expression of awk's. Fails if there is none.
some() {
	awk -F '\t' "$named $1"' { print NR ": " $0; found = 1 } END { exit !found }' "$work/frames"
}

none() {
	not some "$1"
}

# Whether the client asks to clear the call (12) depends on whether it does so before the server, whom the end of the
# link reaches first, has told that the call is over (13).
whole_control_exchange() {
	local type

	for type in 1 2 7 8 13; do
		some "message ~ /,$type,/" || { echo "no control message of type $type"; return 1; }
	done
}

# Encrypted: no IP in clear crosses the tunnel once there are data.
all_data_encrypted() {
	some 'encrypted != ""' && none 'protocols ~ /,47,.*,1,/'
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
check "the dissector reads the capture" dissect
check "nothing is malformed" none 'malformed != ""'
check "no expert error" none 'severity ~ /8388608/'	# PI_ERROR
check "control messages from start to disconnect are there" whole_control_exchange
check "data are encrypted" all_data_encrypted
check "frames from the server carry its call" some "source ~ /^$outer_server/ && call != \"\""
finish
