#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Users with addresses of the server's LAN: it answers for them there as long as they are in, with both kinds of links,
# also after the LAN was away; and what a killed daemon leaves of that goes when the next one starts.
. "$(dirname "$0")/lib.sh"

pool=198.51.100.200-198.51.100.220
hers=198.51.100.200
desk=198.51.100.7

# A LAN behind the server, with a desk on it.
lan_topology() {
	ip netns add desk
	ip -n desk link set lo up
	ip -n server link add eth1 type veth peer name eth0 netns desk
	ip -n server link set eth1 up
	ip -n desk link set eth0 up
	ip -n server address add 198.51.100.1/24 dev eth1
	ip -n desk address add "$desk/24" dev eth0
	in_ns server sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
	# Of an administrator.
	ip -n server neigh add proxy 198.51.100.99 dev eth1
}

# alice_comes: she reaches the LAN by the tunnel.
alice_comes() {
	dial client1 alice wonder
	wait_for 30 has_address && ip -n client1 route add 198.51.100.0/24 dev ppp0
}

has_address() {
	address_of client1 | tee /dev/stderr | grep -q "^$hers"
}

# entries_are LINE...: those of the server, but for the administrator's.
entries_are() {
	ip -n server neigh show proxy | sed 's/ *$//' | grep -v '^198.51.100.99 ' > "$work/entries"
	{ [ $# -eq 0 ] || printf '%s\n' "$@"; } | cmp - "$work/entries" || {
		cat "$work/entries"
		return 1
	}
}

administrators_is_there() {
	ip -n server neigh show proxy | tee /dev/stderr | grep -q '^198.51.100.99 dev eth1'
}

# Nobody on the LAN knows by itself where she is.
desk_reaches_her() {
	ip -n desk neigh flush all
	ping_from desk "$hers" && ip -n desk neigh show "$hers" | tee /dev/stderr |
		grep -q "lladdr $(ip -n server -br link show eth1 | awk '{ print $3 }')"
}

is_shown() {
	pppctl session show "$(sessions '.[0].id')" | tee /dev/stderr | grep -q 'proxy ARP  *on eth1' &&
		pppctl status | tee /dev/stderr | grep -q 'proxy ARP  *for 1 session$'
}

plan 25
topology 1
lan_topology
entry="$hers dev eth1 proxy proto 47"
for link in session shared; do
	where=on
	[ $link = session ] || where=eth1
	check "$link: a server" server_start "link = $link" "proxy-arp = $where"
	check "$link: alice comes up" alice_comes
	check "$link: the server answers for her address" wait_for 5 entries_are "$entry"
	check "$link: her desk reaches her" desk_reaches_her
	check "$link: pppctl tells it" is_shown
	ip -n server link set eth1 down
	check "$link: without the LAN there is no entry" entries_are
	ip -n server link set eth1 up
	ip -n server neigh add proxy 198.51.100.99 dev eth1
	check "$link: it is back soon after the LAN" wait_for 30 entries_are "$entry"
	check "$link: and the desk reaches her" wait_for 5 desk_reaches_her
	hang_up client1
	check "$link: it goes with her" wait_for 5 entries_are
	[ $link = session ] || break
	kill -TERM "$server_pid"
	check "$link: the server ends in good order" wait "$server_pid"
done
check "she comes again" alice_comes
check "and has her entry" wait_for 5 entries_are "$entry"
kill_now "$server_pid"
signal_client client1 KILL
check "the daemon is killed, and the entry stays" entries_are "$entry"
server_start
check "the next one removes it" entries_are
check "and says so" grep -q 'removed 1 entry of proxy ARP that an earlier culvertd left behind' "$work/server.log"
check "but none of others" administrators_is_there
finish
