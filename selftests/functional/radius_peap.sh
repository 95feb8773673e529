#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# PEAP with EAP-MSCHAPv2 inside, which Culvert only passes on: the keys of TLS come back for MPPE, and the session, its
# address and its records are those of the user inside, whatever name the client writes outside.
. "$(dirname "$0")/radius_lib"

# knock USER PASSWORD [OPTION...]: the client of selftests/tools, in the background.
knock() {
	local log

	log=$(new_log client1)
	in_ns client1 "$functional/../tools/peap_peer.py" "$outer_server" --ca "$radius_tree/certs/ca.pem" \
		--user "$1" --password "$2" "${@:3}" > "$log" 2>&1 &
	# shellcheck disable=SC2034 # for hang_up() and has_ended()
	client1_pid=$! client1_log=$log
}

# enters USER PASSWORD [OPTION...]: her ping is answered through MPPE.
enters() {
	knock "$@"
	wait_for 30 grep -q '^answered' "$client1_log"
}

# is_refused USER PASSWORD [OPTION...]: by Failure of EAP, and nothing is left.
is_refused() {
	knock "$@"
	wait_for 60 has_ended client1
	tee /dev/stderr < "$client1_log" | grep -q '^refused: EAP-Failure' && session_count 0
}

goes() {
	hang_up client1
	wait_for 20 session_count 0
}

has_address() {
	grep -qx "address $1" "$client1_log"
}

encrypted() {
	[ "$(sessions '.[0] | "\(.auth) \(.mppe.bits)"' | tee /dev/stderr)" = "eap 128" ]
}

is_of() {
	[ "$(sessions '.[0].user' | tee /dev/stderr)" = "$1" ]
}

# in_fragments N: what the client had to say went in so many pieces at least, as did what the server had to say.
in_fragments() {
	[ "$(grep -c 'Sent Access-Challenge' "$radius_log" | tee /dev/stderr)" -ge "$1" ]
}

# starts_over FRAGMENT: FreeRADIUS, with TLS in fragments of so many octets.
starts_over() {
	radius_stop
	sed -i "s/fragment_size = .*/fragment_size = $1/" "$radius_tree/radiusd.conf"
	radius_start
}

plan 20
radius_topology 1
# A certificate that does not fit into one packet.
(cd "$radius_tree/certs" && certificate server radius.example.org serverAuth \
	"subjectAltName = $(seq -f DNS:radius%g.example.org -s , 60)") > "$work/openssl.log" 2>&1
server_sections+='
user "bob" { routes = { "192.168.77.0/24" } }'
radius_start
office 'auth = { eap }'
check "alice comes up, anonymous outside, and her ping is answered" enters alice wonder
check "by EAP, with MPPE and the keys of TLS" encrypted
check "the session is hers" is_of alice
check "and has what she was granted" has_address 10.99.0.33
check "and so are the records" wait_for 20 has_packets 1 Start 'User-Name = "alice"'
check "FreeRADIUS was asked about anonymous" asked_about anonymous
check "its certificate came in fragments" in_fragments 9
check "she goes" goes
check "of herself, and no record is of anybody else" \
	eval 'wait_for 20 ended_with User-Request && recorded 1 "username = '"'alice'"'" && recorded 1 1'
check "bob comes up, and says so outside, too" enters bob builder --outer bob
check "he has his routes" eval 'ip -n server route | tee /dev/stderr | grep "^192.168.77.0/24"'
check "he goes" goes
check "alice says outside that she is bob, and comes up" enters alice wonder --outer bob
check "the session is hers all the same" is_of alice
check "with no routes of bob's" eval '! ip -n server route | grep "^192.168.77.0/24" && goes'
check "a wrong password inside is refused" is_refused alice mistaken
check "and so is an unknown user" is_refused mallory wonder
check "and one whom the server refuses" is_refused carol anything

starts_over 200
check "with small fragments on both sides she comes up" enters alice wonder --fragment 120
check "there were many" eval 'in_fragments 18 && goes'
finish
