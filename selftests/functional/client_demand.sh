#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Dialing on demand: the routes are there, the first packet dials and is not lost, whether it is the host's own or from
# the LAN behind it; an idle session ends and the next packet dials again.
. "$(dirname "$0")/client_lib"

# one_packet NAMESPACE ADDRESS: a single one is answered, however long that takes.
one_packet() {
	in_ns "$1" ping -n -c 1 -W $((20 * slowness)) "$2"
}

listens_for() {
	ip -n client1 route show "$1" | tee /dev/stderr | grep -q "dev listen0 .*metric 8"
}

# refused NAMESPACE ADDRESS
refused() {
	in_ns "$1" ping -n -c 1 -W $((5 * slowness)) "$2" | tee /dev/stderr |
		grep -q "From 192.168.5.1 .*Destination Host Unreachable"
}

no_session() {
	hq_is listening && session_count 0
}

# All packets of a burst are held until they can be sent, to an address that only the routes lead to.
burst() {
	ip -n server address add 10.99.0.200/32 dev lo
	in_ns lanhost ping -n -c 8 -i 0.01 -W $((20 * slowness)) 10.99.0.200 > "$work/burst"
	cat "$work/burst"
	grep -q ' 8 received' "$work/burst"
}

plan 19
topology 1
user carol wonder 10.99.0.77
ip netns add lanhost
ip -n client1 link add lan type veth peer name eth0 netns lanhost
ip -n client1 link set lan up
ip -n client1 address add 192.168.5.1/24 dev lan
ip -n lanhost link set eth0 up
ip -n lanhost address add 192.168.5.10/24 dev eth0
ip -n lanhost route add default via 192.168.5.1
in_ns client1 sysctl -qw net.ipv4.ip_forward=1
server_config > "$work/culvert.conf"
echo 'user "carol" { routes = { "192.168.5.0/24" } }' >> "$work/culvert.conf"
in_ns server "${culvertd[@]}" -c "$work/culvert.conf" > "$work/server.log" 2>&1 &
wait_for 10 server_listens
client_user=carol client_start 'connect = demand' 'routes = { "10.99.0.0/24" }' 'metric = 7' 'idle-timeout = 3' \
	'local-address = "10.99.0.77"'
check "the client listens" hq_is listening
check "with its routes" listens_for 10.99.0.0/24
check "and no session" no_session
check "the first packet of the host is answered" one_packet client1 "$inner_server"
check "since it dialed" hq_is up
check "the address is the one that was asked for" [ "$(hq_address)" = 10.99.0.77 ]
check "the routes lead into the session" wait_for 5 eval 'ip -n client1 route get "$inner_server" | grep -q "dev hq"'
check "an idle session ends, and the client listens again" wait_for 20 no_session
check "it is said why" failed_with session "idle for too long"
check "the first packet of a host in the LAN is answered" one_packet lanhost "$inner_server"
check "since it dialed again" hq_is up
check "idle again" wait_for 20 no_session
check "of a burst nothing is lost" burst
ctl client down hq
check "hanging up by hand" wait_for 10 hq_is down
check "stops the listening, too" eval 'not in_ns client1 ping -n -c 1 -W 2 "$inner_server" && hq_is down'
check "a host in the LAN is told that its packets are refused" refused lanhost "$inner_server"
check "asked up, it dials again" eval 'ctl client up hq && wait_for 20 hq_is up && one_packet lanhost "$inner_server" &&
	ctl client down hq && wait_for 10 hq_is down'
check "the client ends in good order" client_stop
check "nothing is left but the LAN" \
	eval '[ "$(ip -n client1 -br link | wc -l)" = 3 ] && not eval "ip -n client1 route | grep 10.99" && wait_for 10 server_is_clean'
finish
