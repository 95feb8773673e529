#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Several clients behind one NAT, which to the server are one address, Debian's and ours side by side: the call IDs tell
# them apart. So they do for two clients of one daemon at the same server.
. "$(dirname "$0")/client_lib"

nat=192.0.2.50

# behind NAMESPACE ADDRESS: a host on the inner side of the NAT.
behind() {
	ip netns add "$1"
	ip -n "$1" link set lo up
	ip -n nat link add "$1" type veth peer name eth0 netns "$1"
	ip -n nat link set "$1" master inside
	ip -n nat link set "$1" up
	ip -n "$1" link set eth0 up
	ip -n "$1" address add "$2/24" dev eth0
	ip -n "$1" route add default via 172.20.0.1
}

# Linux's own NAT, with its helper for PPTP, which makes call IDs unique.
make_nat() {
	modprobe -a nf_conntrack_pptp nf_nat_pptp || return
	attach nat "$nat"
	ip -n nat link add inside type bridge
	ip -n nat link set inside up
	ip -n nat address add 172.20.0.1/24 dev inside
	in_ns nat sysctl -qw net.ipv4.ip_forward=1
	in_ns nat nft -f - <<'END'
table ip nat {
	ct helper pptp { type "pptp" protocol tcp; }
	chain prerouting {
		type filter hook prerouting priority filter;
		tcp dport 1723 ct helper set "pptp"
	}
	chain postrouting {
		type nat hook postrouting priority srcnat;
		oifname "eth0" masquerade
	}
}
END
}

two_clients_config() {
	client_config 'connect = manual' 'interface = "hq"'
	cat <<END
client "second" {
	server = "$outer_server"
	user = "bob"
	secret-file = "$work/second.secret"
	connect = manual
}
END
}

second_is() {
	ctl -j client show second | jq -r .state | grep -qx "$1"
}

# peers N: N sessions are up, all from the address of the NAT, with call IDs that differ at both ends.
peers() {
	sessions "[.[] | select(.state == \"up\")] | [length, ([.[].peer] | unique | join(\",\")),
		([.[].call_id] | unique | length), ([.[].peer_call_id] | unique | length)] | join(\" \")" |
		tee /dev/stderr | grep -qx "$1 $nat $1 $1"
}

carries() {
	ping_from "$1" "$inner_server" && transfer "$1" server "$inner_server" 300000
}

plan 13
topology 0
user carol wonder
check "a NAT with the helper for PPTP" make_nat
behind client1 172.20.0.2
behind client2 172.20.0.3
behind client3 172.20.0.4
server_start
secret wonder
(umask 077 && echo builder > "$work/second.secret")
two_clients_config > "$work/client.conf"
client_run
dial client2 alice wonder
dial client3 carol wonder
check "two clients of Debian come up" eval 'wait_for 40 is_up client2 && wait_for 40 is_up client3'
check "ours comes up beside them" eval 'ctl client up hq && wait_for 20 hq_is up'
check "its second one, too" eval 'ctl client up second && wait_for 20 second_is up'
check "to the server they are one address with four calls" wait_for 5 peers 4
check "the first carries traffic" carries client2
check "the second does" carries client3
check "ours does" carries client1
hang_up client2
check "one goes, the others stay" eval 'wait_for 10 peers 3 && carries client3 && hq_is up && second_is up'
check "of two clients of one daemon one goes" eval 'ctl client down hq && wait_for 10 hq_is down && second_is up'
check "the other carries traffic" carries client1
hang_up client3
check "the client ends in good order" client_stop
check "nothing is left at the server" wait_for 10 server_is_clean
finish
