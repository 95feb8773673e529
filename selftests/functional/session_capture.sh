#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# pppctl session capture: a dissector that is not ours finds GRE outside and pings in the clear inside of an MPPE session,
# on an interface of its own and on one that sessions share, where packets of others stay out; and what happened.
. "$(dirname "$0")/lib.sh"

# captures USER COMMAND...: what crosses while the command runs is in $work/USER.pcapng.
captures() {
	local name=$1 pid

	pppctl session capture user "$name" -w "$work/$name.pcapng" 2> "$work/$name.capture.log" &
	pid=$!
	wait_for 10 has_heading "$work/$name.pcapng" && "${@:2}"
	# The last packet is there when a later one is.
	wait_for 10 eval "ping_from client1 $inner_server && packets $name icmp 'icmp.type == 0' > /dev/null"
	kill -INT "$pid"
	wait "$pid"
}

has_heading() {
	[ -s "$1" ]
}

# packets USER FIELD FILTER: print the field of each packet for which the filter holds. Fails if there is none.
packets() {
	tshark -n -r "$work/$1.pcapng" -Y "$3" -T fields -e "$2" 2> /dev/null | tee "$work/packets" && [ -s "$work/packets" ]
}

# In the clear: ICMP right in PPP, and not in GRE.
sees_pings() {
	packets "$1" ppp.protocol 'icmp and not gre and ppp' | grep -q -i '0x0*21$'
}

sees_gre() {
	packets "$1" ip.src 'gre and comp_data' | grep -q -x "$outer_server"
}

is_well_formed() {
	capinfos -t "$work/$1.pcapng" | grep -q pcapng && not packets "$1" frame.number '_ws.malformed'
}

server_stop() {
	kill_now "$server_pid"
	rm -f "$control_socket"
}

both_up() {
	is_up client1 && is_up client2
}

pings() {
	ping_from client1 "$inner_server"
}

both_ping() {
	ping_from client2 "$inner_server" && ping_from client1 "$inner_server"
}

plan 15
topology 2
server_start
dial client1 alice wonder
check "a client is up" wait_for 20 is_up client1
check "its packets are captured" captures alice pings
check "a dissector reads the file" is_well_formed alice
check "GRE is outside, encrypted" sees_gre alice
check "pings are inside, in the clear" sees_pings alice
check "the file is for its owner only" eval '[ "$(stat -c %a "$work/alice.pcapng")" = 600 ]'
check "the end is a comment" eval 'pppctl session capture user alice -w "$work/end.pcapng" 2> "$work/end.log" & pid=$!
	wait_for 10 has_heading "$work/end.pcapng" && hang_up client1 && wait $pid; packets end frame.comment frame.comment |
	grep "session session.down"'
wait_for 10 server_is_clean
check "the next session from somewhere is waited for" eval '
	pppctl session capture next-from 192.0.2.0/24 -w "$work/next.pcapng" 2> "$work/next.log" & pid=$!
	wait_for 10 has_heading "$work/next.pcapng" && dial client1 alice wonder && wait_for 20 is_up client1 && pings &&
	hang_up client1 && wait $pid; sees_pings next'
check "from its first packet on" eval 'packets next tcp.flags "tcp.flags.syn == 1 and tcp.dstport == 1723"'
check "nobody else may" eval 'setpriv --reuid 65534 --regid 65534 --clear-groups pppctl session capture 1 -w "$work/x" 2>&1 |
	grep -E "may not (be used by you|do that)"'
check "a file has to be named" eval 'pppctl session capture 1 2>&1 | grep -- "-w FILE"'
wait_for 10 server_is_clean
server_stop
server_start 'link = shared'
dial client1 alice wonder
dial client2 bob builder
check "two share an interface" wait_for 20 both_up
rm "$work/alice.pcapng"
check "the packets of one are captured" captures alice both_ping
check "they are inside, in the clear" sees_pings alice
check "and those of the other are not" not packets alice ip.addr "ip.addr == $(address_of client2)"
finish
