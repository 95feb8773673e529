#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The IP header of packets to a peer: what it has of the packet inside, what can be set for a link and for a session, and
# that the session's own comes first.
. "$(dirname "$0")/link_lib"

connect() {
	in_ns server ip link add pptp0 type pptp mode shared && in_ns client1 ip link add pptp0 type pptp || return
	ip -n server address add 10.99.0.1/32 dev pptp0
	ip -n server link set pptp0 up
	ip -n server route add 10.99.0.10/32 dev pptp0
	ip -n client1 address add 10.99.0.10 peer 10.99.0.1/32 dev pptp0
	ip -n client1 link set pptp0 up
	ip -n server -6 address add fe80::1/64 dev pptp0 nodad
	ip -n client1 -6 address add fe80::2/64 dev pptp0 nodad
	session server "$outer_server" 5 192.0.2.11 6 pptp0 10.99.0.10 fe80::2 &&
		session client1 192.0.2.11 6 "$outer_server" 5 pptp0
}

# Settings of the server's link and of its session.
link_set() {
	ip -n server link set pptp0 type pptp "$@"
}

own() {
	in_ns server "$ctl" set "$outer_server" 5 "$@"
}

# sent FILTER [PING OPTION...]: whether the frame of each ping that the server sends matches.
sent() {
	local filter=$1 to=10.99.0.10

	shift
	[ "${1-}" != -6 ] || { shift; to=fe80::2%pptp0; }
	sniff server eth0 3 "src $outer_server and ip proto 47 and len > 90 and $filter" || return
	ping_from server "$to" "$@" && wait "$sniffer" || { kill_now "$sniffer"; return 1; }
}

# In compatibility mode no router marks what we send, whatever the packet inside allows.
dscp_is_inherited() {
	sent 'ip[1] = 0' && sent 'ip[1] = 0xb8' -Q 0xb8 && sent 'ip[1] = 0xb8' -Q 0xba && sent 'ip[1] = 0xb8' -Q 0xbb &&
		sent 'ip[1] = 0x28' -6 -Q 0x2a
}

ecn_is_copied() {
	link_set ecn on && sent 'ip[1] = 0xba' -Q 0xba && sent 'ip[1] = 0xbb' -Q 0xbb && sent 'ip[1] = 0xb8' -Q 0xb8 &&
		sent 'ip[1] = 0x2a' -6 -Q 0x2a && link_set ecn off && sent 'ip[1] = 0xb8' -Q 0xba
}

# A mark of the outer header reaches the packet inside, whatever we do to what we send ourselves.
mark_is_brought_in() {
	link_set ecn on || return
	in_ns server nft -f - <<-'END'
		table ip t {
			chain out {
				type filter hook output priority 0
				ip protocol 47 ip ecn ect0 ip ecn set ce
			}
		}
	END
	sniff client1 pptp0 3 "src 10.99.0.1 and ip[1] = 0x03" && ping_from server 10.99.0.10 -Q 0x02 && wait "$sniffer"
	local status=$?
	in_ns server nft delete table ip t
	link_set ecn off
	return "$status"
}

tos_is_set() {
	link_set tos 0x48 && sent 'ip[1] = 0x48' && sent 'ip[1] = 0x48' -Q 0xb8 || return
	own tos 0x20 && sent 'ip[1] = 0x20' -Q 0xb8 && own outer - && sent 'ip[1] = 0x48' -Q 0xb8 || return
	own tos 1 && sent 'ip[1] = 0xb8' -Q 0xb8 && own outer - && link_set tos inherit && sent 'ip[1] = 0xb8' -Q 0xb8
}

ttl_is_set() {
	sent 'ip[8] = 64' && link_set ttl 9 && sent 'ip[8] = 9' && own ttl 7 && sent 'ip[8] = 7' || return
	own outer - && sent 'ip[8] = 9' && link_set ttl auto && sent 'ip[8] = 64'
}

df_is_cleared() {
	sent 'ip[6] = 0x40' && link_set df clear && sent 'ip[6] = 0' && own df 0 && sent 'ip[6] = 0x40' || return
	own outer - && sent 'ip[6] = 0' && link_set df set && sent 'ip[6] = 0x40'
}

# The only route to the peer is that of a mark.
mark_leads_to_peer() {
	ip -n server route add 192.0.2.11/32 dev eth0 table 100
	ip -n server rule add fwmark 7 table 100
	ip -n server route add unreachable 192.0.2.11/32 || return
	not ping_from server 10.99.0.10 -c 1 -W 1 && link_set mark 7 && ping_from server 10.99.0.10 || return
	own mark 8 && not ping_from server 10.99.0.10 -c 1 -W 1 && own outer - && ping_from server 10.99.0.10 || return
	link_set mark 0 && not ping_from server 10.99.0.10 -c 1 -W 1 && own mark 7 && ping_from server 10.99.0.10 || return
	own outer - && ip -n server route del unreachable 192.0.2.11/32 && ping_from server 10.99.0.10
}

# A session may be of another link than it was.
goes_with_link() {
	link_set ttl 9 && in_ns server "$ctl" detach "$outer_server" 5 && is_told TTL 0 || return
	in_ns server "$ctl" attach "$outer_server" 5 pptp0 10.99.0.10 fe80::2 && is_told TTL 9 && sent 'ip[8] = 9' &&
		link_set ttl auto
}

# is_told NAME VALUE: of the session.
is_told() {
	in_ns server "$ctl" get "$outer_server" 5 | tee /dev/stderr | grep -qx "OUTER_$1 $2"
}

is_shown() {
	link_set tos 0x48 ttl 9 df clear mark 7 ecn on || return
	ip -n server -d link show pptp0 | grep "tos 0x48 ttl 9 df clear mark 7 ecn on" &&
		is_told TOS 72 && is_told TTL 9 && is_told DF 1 && is_told MARK 7 && is_told ECN 1 &&
		in_ns server pppctl -j kernel session show "$outer_server" 5 | jq -c .outer | tee /dev/stderr |
		grep -Fqx '{"tos":72,"ttl":9,"df":"clear","mark":7,"ecn":true}'
}

nonsense_is_refused() {
	own tos 3 2>&1 | grep 'belong to ECN' && own df 2 2>&1 | grep -i 'range' && own ecn 2 2>&1 | grep -i 'range'
}

modprobe culvert || skip_all "no module"
plan 11
topology 1
check "sessions" connect
check "DSCP is inherited, and ECN is not" dscp_is_inherited
check "ECN is copied for peers that heed it" ecn_is_copied
check "congestion that is marked outside is told inside" mark_is_brought_in
check "TOS is what it is set to" tos_is_set
check "so is TTL" ttl_is_set
check "DF is cleared" df_is_cleared
check "the mark leads to the peer" mark_leads_to_peer
check "a session has what its link has" goes_with_link
check "all of it is shown" is_shown
check "nonsense is refused, with words" nonsense_is_refused
finish
