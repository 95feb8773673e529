#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The IP header of packets on the way, as the configuration of a client and of a server with a shared link asks for it:
# from the first frame to the last, on the wire. Marks lead both ends to each other, control connections too.
. "$(dirname "$0")/client_lib"

# The only route to the other end is that of a mark: 7 at the client, 8 at the server.
only_marks_lead() {
	ip -n "$1" route add "$3/32" dev eth0 table 100 && ip -n "$1" rule add fwmark "$2" table 100 &&
		ip -n "$1" route add unreachable "$3/32"
}

all_may_pass() {
	ip -n client1 route del unreachable "$outer_server/32" && ip -n server route del unreachable 192.0.2.11/32
}

# frames FILE ADDRESS FILTER: how many frames of that end match, in a capture.
frames() {
	tcpdump -n -r "$1" "ip proto 47 and src $2 and $3" 2> /dev/null | wc -l
}

# all_have FILE ADDRESS FILTER: whether all frames of that end match, and not just a few.
all_have() {
	tcpdump -n -v -r "$1" "ip proto 47 and src $2 and not ($3)" 2> /dev/null | head -n 4 >&2
	[ "$(frames "$1" "$2" "not ($3)")" = 0 ] && [ "$(frames "$1" "$2" "$3")" -gt 10 ]
}

# client_goes_over [OPTION...]: to a configuration with these options, with a session after that.
client_goes_over() {
	client_config "$@" > "$work/client.conf"
	ctl reload && wait_for 20 one_session
}

one_session() {
	hq_is up && session_count 1
}

# First to last frame of a session, with pings of different classes both ways.
session_is_seen() {
	local ok

	capture_start client1 "$work/session.pcap" || return
	client_goes_over 'tos = af11' 'ttl = 7' 'mark = 0x7' 'ecn = true' &&
		ping_from client1 "$inner_server" && ping_from client1 "$inner_server" -Q 0xb8 -s 1200 &&
		ping_from server "$(hq_address)" -Q 0xb8 -s 1200
	ok=$?
	capture_stop
	return "$ok"
}

# client_sends FILTER [PING OPTION...]: whether the frames of pings of the client match.
client_sends() {
	local filter=$1

	shift
	sniff client1 eth0 3 "ip proto 47 and src 192.0.2.11 and greater 100 and $filter" &&
		ping_from client1 "$inner_server" "$@" && wait "$sniffer"
}

# server_sends FILTER [PING OPTION...]
server_sends() {
	local filter=$1

	shift
	sniff server eth0 3 "ip proto 47 and src $outer_server and greater 100 and $filter" &&
		ping_from server "$(hq_address)" "$@" && wait "$sniffer"
}

# is_told LOCAL JSON: whether the kernel says that this is in effect for the session of that end.
is_told() {
	in_ns "$1" pppctl -j kernel session list | jq -c '.[0].outer' | tee /dev/stderr | grep -Fqx "$2"
}

server_goes_over() {
	server_config 'link = shared' "$@" > "$work/culvert.conf"
	pppctl reload
}

plan 15
topology 1
server_start 'link = shared' 'tos = 0x48' 'ttl = 9' 'df = clear' 'mark = 8'
only_marks_lead client1 7 "$outer_server"
only_marks_lead server 8 192.0.2.11
client_start
check "without the mark there is no way" wait_for 20 failed_with "TCP connection" "no route to host|unreachable"
check "with it a session comes up" session_is_seen
check "all that the client sends has the header that it asks for" \
	all_have "$work/session.pcap" 192.0.2.11 'ip[1] & 0xfc = 0x28 and ip[8] = 7 and ip[6] = 0x40'
check "all that the server sends has that of the server" \
	all_have "$work/session.pcap" "$outer_server" 'ip[1] = 0x48 and ip[8] = 9 and ip[6] = 0'
check "ECN is copied where it is asked for" client_sends 'ip[1] = 0x2a' -Q 0xba
check "and only there" server_sends 'ip[1] = 0x48' -Q 0xba
check "the client's kernel tells so" \
	is_told client1 '{"tos":40,"ttl":7,"df":"set","mark":7,"ecn":true}'
check "so does the server's" is_told server '{"tos":72,"ttl":9,"df":"clear","mark":8,"ecn":false}'
check "the server goes over to the defaults" server_goes_over
check "but not a session that is there" server_sends 'ip[1] = 0x48 and ip[8] = 9 and ip[6] = 0'
all_may_pass
check "the client goes over to another header" client_goes_over 'df = clear'
check "whose packets may be cut" client_sends 'ip[6] = 0 and ip[8] = 64' -s 1200
check "and have the class of what is inside, which is all" client_sends 'ip[1] = 0xb8' -Q 0xba
check "the new session has the server's defaults" server_sends 'ip[1] = 0xb8 and ip[8] = 64 and ip[6] = 0x40' -Q 0xb8
check "the client ends in good order" client_stop
finish
