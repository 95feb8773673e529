#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a client's session does to the host it runs on, and takes back: name servers, masquerading, segments clamped,
# all of it in a VRF; and what the client makes of an address of the host that goes away.
. "$(dirname "$0")/client_lib"

reload_with() {
	client_config 'connect = manual' "$@" > "$work/client.conf"
	ctl reload
}

comes_up() {
	ctl client up hq && wait_for 20 hq_is up
}

# A resolvectl that tells which descriptors it was given, beside that of its own text.
play_resolvectl() {
	mkdir -p "$work/bin"
	cat > "$work/bin/resolvectl" <<-END
	#!/bin/sh
	readlink /proc/\$\$/fd/* | grep -v resolvectl > "$work/descriptors.\$1"
	END
	chmod +x "$work/bin/resolvectl"
}

# The first three, whatever the client has open.
has_no_more() {
	wait_for 5 test -s "$1" && cat "$1" && [ "$(wc -l < "$1")" = 3 ]
}

goes_down() {
	ctl client down hq && wait_for 10 hq_is down
}

tables() {
	in_ns client1 nft list tables | grep culvert_
}

# The interface of the session at the server.
server_interface() {
	sessions '[.[] | select(.state == "up")][0].interface'
}

# What the server sees of a host in the LAN comes from the client's own address.
seen_as_client() {
	sniff server "$(server_interface)" 1 icmp && ping_from lanhost "$inner_server" && wait "$sniffer"
	cat "$work/sniffed"
	grep -q " $(hq_address) > $inner_server: ICMP echo request" "$work/sniffed"
}

# mss_of_lan: the maximum segment size with which a connection of the LAN arrives at the server.
mss_of_lan() {
	sniff server "$(server_interface)" 1 'tcp[tcpflags] & tcp-syn != 0' || return
	in_ns lanhost timeout $((2 * slowness)) socat -u /dev/null "TCP:$inner_server:9" 2> /dev/null
	wait $sniffer
	sed -n 's/.*mss \([0-9]*\).*/\1/p' "$work/sniffed"
}

in_vrf() {
	ip -n client1 -d link show hq | tee /dev/stderr | grep -q 'master blue' &&
		ip -n client1 route show table 10 | tee /dev/stderr | grep -q '^10.99.0.0/24 dev hq' &&
		not eval 'ip -n client1 route | grep 10.99.0'
}

passes_in_vrf() {
	ping_from client1 "$inner_server" -I blue && ping_from lanhost "$inner_server"
}

# The address that the tunnel is from moves to another.
renumber() {
	in_ns client1 sysctl -qw net.ipv4.conf.eth0.promote_secondaries=1
	ip -n client1 address add 192.0.2.111/24 dev eth0
	ip -n client1 address del 192.0.2.11/24 dev eth0
}

new_session() {
	hq_is up && [ "$(sessions '[.[] | select(.state == "up" and .peer == "192.0.2.111")] | length')" = 1 ]
}

plan 37
topology 1
ip netns add lanhost
ip -n client1 link add lan type veth peer name eth0 netns lanhost
ip -n client1 link set lan up
ip -n client1 address add 192.168.5.1/24 dev lan
ip -n lanhost link set eth0 up
ip -n lanhost address add 192.168.5.10/24 dev eth0
ip -n lanhost route add default via 192.168.5.1
in_ns client1 sysctl -qw net.ipv4.ip_forward=1
PATH=$work/bin:$PATH
server_start 'dns = { "10.99.0.53", "10.99.0.54" }' 'mss-clamp = false'
client_start 'connect = manual'

check "resolvconf keeps the host's own name server" have_resolvconf
check "a client that does not ask for name servers comes up" comes_up
check "is told none" [ "$(hq '.dns | length')" = 0 ]
check "and tells none" told_servers 192.0.2.53
check "goes down" goes_down
check "one that hands them on is configured" reload_with 'resolver = auto'
check "comes up" comes_up
check "knows them" [ "$(hq '.dns | join(" ")')" = "10.99.0.53 10.99.0.54" ]
check "the host asks them, too" wait_for 5 told_servers 10.99.0.53 10.99.0.54 192.0.2.53
check "and goes down" goes_down
check "the host has its own again" wait_for 5 told_servers 192.0.2.53
check "a program that is not there is no obstacle" eval 'reload_with "resolver = resolved" && comes_up && goes_down'

check "without masquerading the LAN gets no answer" \
	eval 'reload_with "routes = { \"10.99.0.0/24\" }" && comes_up && not ping_from lanhost "$inner_server"'
check "segments are clamped" [ "$(mss_of_lan)" = $(($(hq .mtu) - 40)) ]
check "unless that is turned off" eval 'goes_down && reload_with "mss-clamp = false" && comes_up'
check "and then they are as the LAN sent them" [ "$(mss_of_lan)" = 1460 ]
goes_down

check "a client that masquerades comes up" \
	eval 'reload_with "masquerade = true" "routes = { \"10.99.0.0/24\" }" && comes_up'
check "it has a table of its own" tables
check "the server sees the client, and the LAN gets its answers" seen_as_client
check "nobody else can take the table away" eval 'not in_ns client1 nft delete "$(tables)" && tables'
check "it goes down" goes_down
check "and takes the table along" not tables
play_resolvectl
check "one that masquerades and hands name servers on comes up" \
	eval 'reload_with "masquerade = true" "resolver = resolved" && comes_up && tables'
check "the program that it hands them to gets no descriptor of it" has_no_more "$work/descriptors.dns"
check "nor does the one that takes them back" eval 'goes_down && has_no_more "$work/descriptors.revert"'
check "on demand the first packet of the LAN dials and is masqueraded" \
	eval 'client_config "connect = demand" "masquerade = true" "routes = { \"10.99.0.0/24\" }" > "$work/client.conf" &&
		ctl reload && wait_for 10 hq_is listening &&
		in_ns lanhost ping -n -c 1 -W $((20 * slowness)) "$inner_server"'

check "without its VRF a client does not come up" \
	eval 'reload_with "vrf = blue" && ctl client up hq && wait_for 20 failed_with link "VRF: there is no VRF blue"'
ctl client down hq
ip -n client1 link add blue type vrf table 10
ip -n client1 link set blue up
ip -n client1 link set lan master blue
check "with it, it does" eval 'reload_with "vrf = blue" "masquerade = true" "routes = { \"10.99.0.0/24\" }" && comes_up'
check "interface and routes are in the VRF" in_vrf
check "traffic passes in it" passes_in_vrf
check "it leaves nothing there" eval 'goes_down && not eval "ip -n client1 route show table 10 | grep 10.99"'
check "on demand the routes of the VRF dial" \
	eval 'client_config "connect = demand" "vrf = blue" "masquerade = true" "routes = { \"10.99.0.0/24\" }" \
		> "$work/client.conf" && ctl reload && wait_for 10 hq_is listening &&
		in_ns lanhost ping -n -c 1 -W $((20 * slowness)) "$inner_server"'

check "a client that is always on comes up" \
	eval 'client_config "routes = { \"192.0.0.0/8\" }" > "$work/client.conf" && ctl reload && wait_for 20 hq_is up'
renumber
check "that its address is gone is noticed at once" \
	wait_for 5 eval 'grep -q "session ended: the address 192.0.2.11 of this host is gone" "$work/client.log"'
check "it comes up again from the other one" wait_for 20 new_session
check "the client ends in good order" client_stop
check "and leaves nothing" eval 'not eval "ip -n client1 -br link | grep -E \"hq|listen\"" && not tables'
finish
