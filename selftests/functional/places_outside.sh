#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Where servers are: the same address and port in two VRFs and in another network namespace, with callers whose addresses
# are the same, too, and a reload that moves a server from one to the other.
. "$(dirname "$0")/lib.sh"

# wire NAMESPACE LINK CALLER [VRF]: a wire from there (203.0.113.1) to a namespace of its own (203.0.113.11).
wire_to() {
	ip netns add "$3"
	ip -n "$3" link set lo up
	ip -n "$1" link add "$2" type veth peer name eth0 netns "$3"
	[ -z "${4-}" ] || ip -n "$1" link set "$2" master "$4"
	ip -n "$1" link set "$2" up
	ip -n "$1" address add 203.0.113.1/24 dev "$2"
	ip -n "$3" link set eth0 up
	ip -n "$3" address add 203.0.113.11/24 dev eth0
}

vrf() {
	ip -n server link add "$1" type vrf table "$2"
	ip -n server link set "$1" up
}


field() {
	sessions ".[] | select(.user == \"$1\" and .state == \"up\") | .$2"
}

log_says() {
	grep -E "$1" "$work/server.log"
}

# outside SERVER: where pppctl says that it listens.
outside() {
	pppctl status | tee /dev/stderr | grep "^ *$1 "
}

# comes CLIENT USER PASSWORD SERVER: and gets in by that server.
comes() {
	dial "$1" "$2" "$3"
	wait_for 30 eval "[ \"\$(field $2 server)\" = $4 ]"
}

# listens_in NAMESPACE DEVICE|- TIMES
listens_in() {
	local filter=cat

	[ "$2" = - ] || filter="grep %$2:1723"
	[ "$(in_ns "$1" ss -Hltn 'sport = :1723' | tee /dev/stderr | $filter | wc -l)" = "$3" ]
}

# wrong_peers: packets that came in `server` for a session of somebody else.
wrong_peers() {
	in_ns server pppctl -j kernel session list | jq '[.. | .rx_drop_wrong_peer? // empty] | add'
}

# forge NAMESPACE CALL_ID: a packet of GRE to the server, as that call's peer might send it (RFC 2637 section 4.1).
forge() {
	in_ns "$1" python3 - "$2" <<-'END'
		import socket, struct, sys
		packet = struct.pack("!HHHHI", 0x3001, 0x880b, 4, int(sys.argv[1]), 1000) + b"\xc0\x21\x09\x01"
		socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_GRE).sendto(packet, ("203.0.113.1", 0))
	END
}

# is_not_taken NAMESPACE USER: what comes from there, by the address of the user's peer, is not his.
is_not_taken() {
	local before

	before=$(wrong_peers)
	forge "$1" "$(field "$2" call_id)" && [ "$(wrong_peers)" = $((before + 1)) ]
}

plan 32
topology 1
vrf red 101
vrf blue 102
wire_to server wred cred red
wire_to server wblue cblue blue
ip netns add beyond
ip -n beyond link set lo up
wire_to beyond wbeyond cbeyond
user carol singing
user dave daring

cat > "$work/servers.conf" <<-END
	server "red" {
		listen = { "203.0.113.1" }  vrf = "red"
		secrets = "$work/secrets"  pool = "users"  local-address = 10.99.0.1
	}
	server "blue" {
		listen = { "203.0.113.1" }  vrf = "blue"  link = shared  interface = "lan"
		secrets = "$work/secrets"  pool = "users"  local-address = 10.99.0.1
	}
	server "beyond" {
		listen = { "203.0.113.1" }  netns = "beyond"
		secrets = "$work/secrets"  pool = "users"  local-address = 10.99.0.1
	}
END
server_sections="include \"$work/servers.conf\""
check "four servers, three of them at the same address" server_start
check "each is where it should be" eval 'listens_in server red 1 && listens_in server blue 1 && listens_in beyond - 1'
check "pppctl shows a VRF" eval 'outside red | grep "203.0.113.1:1723 by red"'
check "and a namespace" eval 'outside beyond | grep "203.0.113.1:1723 in beyond"'
check "somebody comes beside them" comes client1 alice wonder office
outer_server=203.0.113.1
check "in red" comes cred bob builder red
check "in blue, from the same address" comes cblue carol singing blue
check "in the namespace, from the same address" comes cbeyond dave daring beyond
check "all are in" session_count 4
for client in client1 cred cblue cbeyond; do
	check "$client reaches the server" ping_from $client "$inner_server"
done
check "and is reached in red" in_ns server ping -n -q -c 2 -W $((5 * slowness)) "$(field bob remote_address)"
check "and in the namespace" in_ns server ping -n -q -c 2 -W $((5 * slowness)) "$(field dave remote_address)"
check "what passed is counted" eval '[ "$(field bob rx_packets)" -gt 3 ] && [ "$(field dave rx_packets)" -gt 3 ]'
check "the session is in the namespace" eval '[ "$(in_ns beyond pppctl kernel session list | grep -c 203.0.113.11)" = 1 ]'
check "and its link is not" eval '[ -z "$(ip -n beyond -br link show type pptp)" ]'
check "who is in blue is nobody in red" is_not_taken cblue bob
check "nor the other way" is_not_taken cred carol
hang_up cbeyond
check "it ends" wait_for 20 session_count 3

# --- a reload moves servers --------------------------------------------------------------------------------------

sed -i 's/netns = "beyond"/device = "eth0"/; s/vrf = "blue"/vrf = "nowhere"/' "$work/servers.conf"
check "a VRF that is not there" not pppctl reload
check "is named, and nothing changes" eval 'log_says "listen on 203.0.113.1 port 1723 by way of nowhere: [Nn]o such device" && listens_in beyond - 1'
sed -i 's/vrf = "nowhere"/netns = "beyond"/' "$work/servers.conf"
check "a server moves to the namespace, another to a device" pppctl reload
check "it listens there" eval 'listens_in beyond - 1 && listens_in server blue 0 && listens_in server eth0 1'
check "who is in stays" eval 'session_count 3 && ping_from cblue "$inner_server"'
check "who calls there is served by it" comes cbeyond dave daring blue
check "on the shared link" ping_from cbeyond "$inner_server"
hang_up client1
hang_up cred
hang_up cblue
hang_up cbeyond
check "nothing is left" wait_for 20 eval '[ "$(sessions length)" = 0 ]'

# A namespace is kept by what is in it.
ip netns delete beyond
ip netns add beyond
ip -n beyond link set lo up
check "another namespace gets the name" pppctl reload
check "it listens in that one" listens_in beyond - 1
kill_now "$server_pid"
check "no call is left" module_is_idle
finish
