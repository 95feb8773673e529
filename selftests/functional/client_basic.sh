#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# culvertd as client of culvertd: it dials when it starts, brings its routes along, carries traffic both ways byte for
# byte, tells what it sees, hangs up and dials when asked, and leaves nothing behind.
. "$(dirname "$0")/client_lib"

told() {
	hq '[.name, .server, .user, .state, .interface, .peer, .remote_address, .auth, .mppe.bits, .mppe.stateless,
		.failure] | map(tostring) | join(" ")' | tee /dev/stderr |
		grep -qx "hq $outer_server alice up hq $outer_server $inner_server mschap-v2 128 true "
}

has_route() {
	ip -n client1 route show "$1" | tee /dev/stderr | grep -q "dev hq"
}

is_pinned() {
	ip -n client1 route show "$outer_server" | tee /dev/stderr | grep -q "dev eth0"
}

addresses_agree() {
	[ "$(sessions '.[0].remote_address')" = "$(hq_address)" ]
}

text_is_for_people() {
	ctl client list | tee /dev/stderr | grep -Eq "^hq +$outer_server +hq +up +10\.99\.0\." &&
		ctl client show hq | tee /dev/stderr | grep -q '^client hq$' &&
		ctl -br client list | tee /dev/stderr | grep -Eq "^hq +hq +up "
}

no_such_client() {
	ctl client up nobody 2>&1 | tee /dev/stderr | grep -q 'there is no client "nobody"'
}

# The server's own session was the same all the time.
same_session() {
	[ "$(sessions '.[0].id')" = "$session" ]
}

reloaded_with() {
	client_config "$@" > "$work/client.conf"
	ctl reload
}

plan 27
topology 1
server_start
client_start 'routes = { "192.168.5.0/24", "192.0.0.0/8" }' 'metric = 7'
check "the client comes up" wait_for 20 hq_is up
check "one session is up at the server" wait_for 5 session_count 1
check "what there is to know is told" told
check "both ends agree on the address" addresses_agree
check "lists are for people, too" text_is_for_people
check "a client that is not there" no_such_client
check "the routes are there" eval 'has_route 192.168.5.0/24 && has_route 192.0.0.0/8'
check "one that covers the server does not swallow the tunnel" is_pinned
check "the server answers" ping_from client1 "$inner_server"
check "the client answers" ping_from server "$(hq_address)"
check "a megabyte arrives at the server unchanged" transfer client1 server "$inner_server" 1100000
check "a megabyte arrives at the client unchanged" transfer server client1 "$(hq_address)" 1100000
session=$(sessions '.[0].id')
check "a reload without a change" reloaded_with 'metric = 7' 'routes = { "192.168.5.0/24", "192.0.0.0/8" }'
check "is not noticed" eval 'hq_is up && same_session && ping_from client1 "$inner_server"'
check "a reload with another route" reloaded_with 'routes = { "192.168.6.0/24" }'
check "dials again" eval 'wait_for 20 has_route 192.168.6.0/24 && hq_is up && not has_route 192.168.5.0/24'
check "hanging up" ctl client down hq
check "takes the client down" wait_for 10 hq_is down
check "leaves nothing at the client" wait_for 10 nothing_left client1
check "leaves nothing at the server" wait_for 10 server_is_clean
check "dialing" ctl client up hq
check "brings it up again" wait_for 20 hq_is up
check "and traffic" ping_from client1 "$inner_server"
check "stopping the daemon" client_stop
check "leaves nothing at the client" nothing_left client1
check "leaves nothing at the server" wait_for 10 server_is_clean
check "the call ended in good order" grep -Eq 'alice.*down after .*(closed|cleared) by the peer' "$work/server.log"
finish
