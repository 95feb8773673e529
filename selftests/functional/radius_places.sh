#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A RADIUS server that is reached through a VRF, and then in another network namespace, each with a source address, and
# requests of the server that come the same way. Nothing of it passes by the network that the clients are in.
. "$(dirname "$0")/radius_lib"

# way NAMESPACE LINK NETWORK: a wire from the namespace to FreeRADIUS, at .1 and .9, and .20.
way() {
	ip -n "$1" link add "$2" type veth peer name "$2" netns radius
	ip -n "$1" address add "$3.1/24" dev "$2"
	ip -n "$1" address add "$3.9/24" dev "$2"
	ip -n "$1" link set "$2" up
	ip -n radius address add "$3.20/24" dev "$2"
	ip -n radius link set "$2" up
}

vrf_way() {
	ip -n server link add mgmt type vrf table 100
	ip -n server link set mgmt up
	way server wire1 198.51.100
	ip -n server link set wire1 master mgmt
}

netns_way() {
	ip netns add beyond
	ip -n beyond link set lo up
	way beyond wire2 203.0.113
}

# by NETWORK PLACE [PLACE OF COA]: the configuration of Culvert.
by() {
	cat > /etc/culvert/radius.conf <<-END
		nas { identifier = "culvert-1"  address = "192.0.2.1" }
		radius "alpha" {
			address = "$1.20"  source-address = "$1.9"  $2
			secret-file = "/etc/culvert/radius.secret"
		}
		accounting { radius-group = "alpha" }
		coa { listen = { "$1.1" }  ${3-$2} }
		coa-client "alpha" { address = "$1.20"  secret-file = "/etc/culvert/radius.secret" }
	END
	coa_address=$1.1
}

# asked_by ADDRESS: FreeRADIUS was asked from there, and from nowhere else, since lines_before.
asked_by() {
	tail -n "+$((lines_before + 1))" "$radius_log" | sed -n 's/.* Received .* from \([0-9.]*\):[0-9]* to .*/\1/p' | sort -u |
		tee /dev/stderr > "$work/sources"
	[ "$(cat "$work/sources")" = "$1" ]
}

# session N SOURCE: alice comes, and is told as the Nth session.
session() {
	lines_before=$(wc -l < "$radius_log")
	come client1 alice wonder && starts_recorded "$1" && asked_by "$2"
}

ended_by_request() {
	request disconnect 'User-Name = "alice"' && wait_for 10 has_ended client1 && wait_for 20 ended "$1"
}

# silent_at ADDRESS: no request is heard there.
silent_at() {
	local coa_address=$1

	ignores disconnect 'User-Name = "alice"'
}

plan 14
radius_topology 1
sed -i 's/ipaddr = 192.0.2.20$/ipaddr = */; s/ipaddr = 192.0.2.1$/ipaddr = 0.0.0.0\/0/' "$radius_tree/radiusd.conf"
vrf_way
netns_way
radius_start

by 198.51.100 'vrf = "mgmt"'
office
check "through a VRF, by an address of ours" session 1 198.51.100.9
check "a request comes through the VRF" ended_by_request 1
check "nobody listens beside it" silent_at "$outer_server"

by 203.0.113 'netns = "beyond"'
check "another network namespace instead" pppctl reload
check "in that namespace, by an address of it" session 2 203.0.113.9
check "a request comes in that namespace" ended_by_request 2
check "nobody listens in the VRF any more" silent_at 198.51.100.1

# Sockets in it keep the old one, with its links, as long as they are open.
ip -n radius link delete wire2
ip netns delete beyond
netns_way
check "another namespace of that name" pppctl reload
check "the server is asked there" session 3 203.0.113.9
check "a request comes there" ended_by_request 3

by 203.0.113 'netns = "beyond"' 'netns = "nowhere"'
pppctl reload > "$work/reload.out" 2>&1
check "a namespace that is not there is named" log_says 'CoA: listen on 203.0.113.1 port 3799 in namespace nowhere: No such file'
check "and what listens goes on" refuses Session-Context-Not-Found disconnect 'User-Name = "alice"'

by 203.0.113 'netns = "nowhere"' 'netns = "beyond"'
pppctl reload > "$work/reload.out" 2>&1
check "nobody comes in without the server" refused client1 alice wonder
check "whose namespace is named, too" log_says 'radius alpha \(203.0.113.20 port 1812\): cannot be asked: No such file'
finish
