#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Links among what a host does with its other interfaces: ip(8) shows and sets them, tcpdump sees their packets, nftables
# and tc act on them, policy routing and marks choose sessions, a VRF takes them in, and so does a container, for whoever
# is its root and nobody else.
. "$(dirname "$0")/link_lib"

# A shared link at the server, with a session for each of two clients.
make_links() {
	local n

	ip -n server link add pptp0 type pptp mode shared || return
	ip -n server address add 10.99.0.1/32 dev pptp0
	ip -n server link set pptp0 up
	for n in 1 2; do
		ip -n "client$n" link add pptp0 type pptp &&
			session server "$outer_server" "$n" "192.0.2.1$n" 7 pptp0 "10.99.0.1$n" "fd00::1$n" &&
			session "client$n" "192.0.2.1$n" 7 "$outer_server" "$n" pptp0 || return
		ip -n "client$n" address add "10.99.0.1$n" peer 10.99.0.1/32 dev pptp0
		ip -n "client$n" address add 172.16.0.1/32 dev pptp0
		ip -n "client$n" link set pptp0 up
		ip -n server route add "10.99.0.1$n/32" dev pptp0
	done
}

# Each client has the address behind it, with its own number at it.
add_ipv6() {
	local n

	ip -n server -6 address add fd00::1/128 dev pptp0 nodad
	for n in 1 2; do
		ip -n "client$n" -6 address add "fd00::1$n/128" dev pptp0 nodad
		ip -n "client$n" -6 address add "fd00:$n::1/128" dev pptp0 nodad
		ip -n "client$n" -6 route add fd00::1/128 dev pptp0
		ip -n server -6 route add "fd00::1$n/128" dev pptp0
		ip -n server -6 route add "fd00:$n::/64" via "fd00::1$n" dev pptp0 onlink
	done
}

# shows OPTION...: the settings of the server's link, as ip shows them.
shows() {
	ip -n server -d link show pptp0 | tee /dev/stderr | grep -q "pptp $1"
}

shows_json() {
	ip -n server -d -j link show pptp0 | jq -r '.[0].linkinfo.info_data |
		[.mode, .reverse_path, .mss_clamp, .sessions] | map(tostring) | join(" ")' | tee /dev/stderr |
		grep -qx "shared true true 2"
}

refuses() {
	local said=$1

	shift
	! "$@" > "$work/refused" 2>&1 && grep -- "$said" "$work/refused"
}

# Packets from behind the client, whose route is looked up for the first of them alone.
source_is_known() {
	local buffer=/sys/kernel/tracing/instances/fib6

	ip -n server link set pptp0 type pptp reverse-path on && mkdir "$buffer" &&
		echo 1 > "$buffer/events/fib6/fib6_table_lookup/enable" || return
	ping_from client1 fd00::1 -I fd00:1::1 -c 20
	local status=$?
	grep -c ' ::/.* -> fd00:1::1/' "$buffer/trace" > "$work/lookups"
	rmdir "$buffer"
	[ "$status" = 0 ] && awk '{ print $1, "lookups"; exit !($1 >= 1 && $1 <= 3) }' "$work/lookups"
}

# What was found once does not outlive its route.
source_goes_with_route() {
	ip -n server -6 route del fd00:1::/64 dev pptp0 || return
	not ping_from client1 fd00::1 -I fd00:1::1 -c 1 -W 1 || return
	ip -n server -6 route add fd00:1::/64 via fd00::12 dev pptp0 onlink
	not ping_from client1 fd00::1 -I fd00:1::1 -c 1 -W 1 || return
	ip -n server -6 route replace fd00:1::/64 via fd00::11 dev pptp0 onlink &&
		ping_from client1 fd00::1 -I fd00:1::1 &&
		in_ns server "$ctl" get "$outer_server" 1 | grep RX_DROP_REVERSE_PATH &&
		ip -n server link set pptp0 type pptp reverse-path off
}

# udp_forwarded: how many packets the server forwards when client1 sends forty datagrams to client2 by four superpackets.
udp_forwarded() {
	local receiver status

	head -c 40000 /dev/urandom > "$work/datagrams"
	in_ns client2 socat -u UDP-RECV:9000 - > "$work/arrived" &
	receiver=$!
	wait_for 10 eval 'in_ns client2 ss -Huln | grep -q :9000' || return
	in_ns server nft 'add table ip u; add chain ip u f { type filter hook forward priority 0; };
		add rule ip u f udp dport 9000 counter' || return
	in_ns client1 socat -u -b 10000 "OPEN:$work/datagrams" UDP-SENDTO:10.99.0.12:9000,setsockopt-int=17:103:1000 &&
		wait_for 10 cmp "$work/datagrams" "$work/arrived" >&2
	status=$?
	kill_now "$receiver"
	in_ns server nft -j list table ip u | jq '[.. | .counter? | select(. != null) | .packets] | add'
	in_ns server nft delete table ip u
	return "$status"
}

udp_alone() {
	local packets

	in_ns server sysctl -q net.ipv4.ip_forward=1 && ip -n client1 route add 10.99.0.12/32 dev pptp0 || return
	packets=$(udp_forwarded) && echo "$packets packets" && [ "$packets" = 40 ]
}

# udp_merged FEATURE
udp_merged() {
	local packets status

	in_ns server ethtool -K pptp0 "$1" on || return
	packets=$(udp_forwarded) && echo "$packets packets" && [ "$packets" -le 20 ]
	status=$?
	in_ns server ethtool -K pptp0 "$1" off
	return "$status"
}

# udp_merged_and_encrypted FEATURE: from one session in plaintext to one with encryption.
udp_merged_and_encrypted() {
	local status

	in_ns server "$ctl" key "$outer_server" 2 128 1 "$key1" "$key2" &&
		in_ns client2 "$ctl" key 192.0.2.12 7 128 1 "$key2" "$key1" && udp_merged "$1"
	status=$?
	in_ns server "$ctl" key "$outer_server" 2 0 0 "$key1" "$key2" &&
		in_ns client2 "$ctl" key 192.0.2.12 7 0 0 "$key2" "$key1" || return
	return "$status"
}

tcpdump_sees() {
	sniff server pptp0 2 icmp && ping_from server 10.99.0.11 && wait "$sniffer"
	grep 'IP 10.99.0.1 > 10.99.0.11: ICMP echo request' "$work/sniffed"
}

nft_acts() {
	in_ns server nft -f - <<'END'
table inet t {
	chain in { type filter hook input priority 0; iifname "pptp0" ip saddr 10.99.0.11 counter drop; }
	chain out { type filter hook output priority 0; oifname "pptp0" meta mark 0 counter; }
}
END
	not ping_from server 10.99.0.11 -c 1 -W 1 && ping_from server 10.99.0.12 || return
	in_ns server nft -j list table inet t | jq '[.. | .counter? | select(. != null) | .packets] | min > 0' |
		grep -x true
	local status=$?
	in_ns server nft delete table inet t
	return "$status"
}

tc_acts() {
	tc -n server qdisc replace dev pptp0 root handle 1: prio &&
		tc -n server filter add dev pptp0 parent 1: protocol ip u32 match ip dst 10.99.0.11/32 action drop || return
	not ping_from server 10.99.0.11 -c 1 -W 1 && ping_from server 10.99.0.12
	local status=$?
	tc -n server qdisc del dev pptp0 root
	return "$status"
}

tc_shapes() {
	tc -n server qdisc replace dev pptp0 root tbf rate 2mbit burst 10k latency 50ms &&
		transfer server client1 10.99.0.11 300000 && tc -n server -s qdisc show dev pptp0 |
		tee /dev/stderr | awk '/Sent/ { exit !($2 > 300000) }'
	local status=$?
	tc -n server qdisc del dev pptp0 root
	return "$status"
}

# answered_by N [PING OPTION...]: packets to what both clients have come to client N.
answered_by() {
	local n=$1 before after

	shift
	before=$(received "$n")
	in_ns server ping -n -q -c 3 -i 0.2 -W 5 "$@" 172.16.0.1 || return
	after=$(received "$n")
	[ "$after" -ge $((before + 3)) ]
}

received() {
	ip -n "client$1" -j -s link show pptp0 | jq '.[0].stats64.rx.packets'
}

# The route's next hop names the session; a mark chooses the table with the route.
marks_choose() {
	ip -n server route add 172.16.0.1 via 10.99.0.11 dev pptp0 onlink
	ip -n server route add 172.16.0.1 via 10.99.0.12 dev pptp0 onlink table 100
	ip -n server rule add fwmark 7 table 100
	answered_by 1 && answered_by 2 -m 7
}

source_chooses() {
	ip -n server address add 10.99.0.2/32 dev pptp0
	ip -n client2 route add 10.99.0.2/32 dev pptp0
	ip -n server rule add from 10.99.0.2 table 100
	answered_by 1 && answered_by 2 -I 10.99.0.2
}

takes_packets_of_vrf() {
	ip -n client1 link add blue type vrf table 10 && ip -n client1 link set blue up &&
		ip -n client1 link set pptp0 master blue &&
		ping_from client1 10.99.0.1 -I blue && ping_from server 10.99.0.11
}

# Whether client1 answers packets of the server's that have another address than the link's.
source_answers() {
	in_ns server ping -n -q -c 2 -i 0.2 -W 2 -I fd00:9::1 fd00::11
}

spoofed() {
	in_ns client1 "$ctl" get 192.0.2.11 7 | awk '$1 == "RX_DROP_REVERSE_PATH" { print $2 }'
}

# Whether it drops them for their source.
source_is_refused() {
	local before

	before=$(spoofed) && not source_answers && [ "$(spoofed)" -ge $((before + 2)) ]
}

# A source that is not behind the link, for what the main table says, is behind it for what the VRF says, and again not.
source_changes_with_vrf() {
	ip -n client1 link set pptp0 nomaster type pptp reverse-path off &&
		ip -n client1 -6 address replace fd00::11/128 dev pptp0 nodad || return
	# The answers go beside the tunnel.
	ip -n server -6 address add fd00:9::1/128 dev eth0 nodad
	ip -n client1 -6 route add fd00:9::1/128 dev eth0
	wait_for 5 source_answers && ip -n client1 link set pptp0 type pptp reverse-path on &&
		source_is_refused || return
	ip -n client1 link set pptp0 master blue && ip -n client1 -6 address replace fd00::11/128 dev pptp0 nodad &&
		ip -n client1 -6 route add fd00:9::1/128 dev pptp0 table 10 && source_answers || return
	ip -n client1 link set pptp0 nomaster && ip -n client1 -6 address replace fd00::11/128 dev pptp0 nodad &&
		source_is_refused && ip -n client1 link set pptp0 master blue type pptp reverse-path off
}

# moves LINK: to another namespace, and goes on there.
moves() {
	ip netns add elsewhere && ip -n client2 link set pptp0 netns elsewhere &&
		ip -n elsewhere address add 10.99.0.12 peer 10.99.0.1/32 dev pptp0 &&
		ip -n elsewhere link set pptp0 up && ping_from elsewhere 10.99.0.1
}

# What it has looked up there does not outlive the other namespace.
moves_back() {
	ip -n elsewhere link set pptp0 type pptp reverse-path on || return
	ip -n elsewhere -6 address add fd00::12/128 dev pptp0 nodad
	ip -n elsewhere -6 route add fd00::1/128 dev pptp0
	ping_from server fd00::12 && ip -n elsewhere link set pptp0 netns client2 && ip netns delete elsewhere && sleep 1
}

# The root of a container, who is nobody outside, has links and sessions of his own there.
in_container() {
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn sh -ec '
		ip link set lo up
		ip address add 192.0.2.1/32 dev lo
		ip address add 192.0.2.2/32 dev lo
		ip link add pptp0 type pptp
		ip link set pptp0 up
		echo | "$0" new 192.0.2.1 5 192.0.2.2 6 pptp0
		echo | "$0" count' "$ctl"
}

# Nobody, who is root nowhere, gets neither links nor sessions nor a look at them.
nobody_is_refused() {
	local asks

	for asks in "ip link add pptp9 type pptp" "$ctl new 192.0.2.1 55 192.0.2.2 6 -" "$ctl del $outer_server 1" \
		"$ctl key $outer_server 1 0 0 00 00"; do
		# shellcheck disable=SC2086 # a command and its arguments
		in_ns server setpriv --reuid 65534 --regid 65534 --clear-groups $asks < /dev/null > "$work/asked" 2>&1 &&
			{ echo "allowed: $asks"; return 1; }
		grep -i 'not permitted\|permission denied' "$work/asked" || { cat "$work/asked"; return 1; }
	done
	return 0
}

modprobe culvert || skip_all "no module"
plan 31
topology 2
check "links with sessions" make_links
check "ip shows what they are set to" shows "mode shared reverse-path on mss-clamp on sessions 2"
check "as JSON, too" shows_json
check "and sets it" eval 'ip -n server link set pptp0 type pptp reverse-path off mss-clamp off &&
	shows "mode shared reverse-path off mss-clamp off"'
check "but not the mode" refuses "mode of a link is fixed" ip -n server link set pptp0 type pptp mode session
check "nor what is nonsense" refuses "expected session or shared" ip -n server link add x type pptp mode none
check "nor numbers that are none" eval 'refuses "not a number" ip -n server link add x type pptp ttl " -18446744073709551615" &&
	refuses "not a number" ip -n server link add x type pptp mark 18446744073709551616'
check "IPv4 finds its session" eval 'ping_from server 10.99.0.11 && ping_from server 10.99.0.12'
add_ipv6
check "so does IPv6" eval 'ping_from server fd00::11 && ping_from server fd00::12'
check "and by the next hop" eval 'ping_from server fd00:1::1 && ping_from server fd00:2::1'
check "the route to a source is looked up once" source_is_known
check "and again when routes change" source_goes_with_route
check "UDP is forwarded as it came" udp_alone
check "merged when that is asked for" udp_merged rx-udp-gro-forwarding
check "also from plaintext to encryption" udp_merged_and_encrypted rx-udp-gro-forwarding
check "or in lists" udp_merged rx-gro-list
check "these, too" udp_merged_and_encrypted rx-gro-list
check "tcpdump sees packets" tcpdump_sees
check "nftables counts and drops them" nft_acts
check "tc drops them" tc_acts
check "tc shapes them" tc_shapes
check "a mark chooses the session" marks_choose
check "so does a source address" source_chooses
check "a link works in a VRF" takes_packets_of_vrf
check "where the source of packets is looked for in that" source_changes_with_vrf
check "and in another namespace" moves
check "and back, when that one goes" moves_back
check "a container has links and sessions of its own" in_container
check "who is root nowhere is refused" nobody_is_refused
ip -n server link delete pptp0
check "without links there is no session on any" eval '[ "$(in_ns server "$ctl" count)" = 2 ]'
pkill -f "$ctl new"
check "and without sockets none at all" wait_for 10 module_is_idle
finish
