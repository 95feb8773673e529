#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's pppd with the kernel's ppp_mppe dials in, with each key length and mode that it has: both agree, and what is
# sent arrives unchanged both ways, over a calm wire and over one that loses, repeats and reorders. (client_pptpd has
# the other direction.)
. "$(dirname "$0")/lib.sh"

# What the server offers, what pppd is told, and what must come of it: bits and mode.
combinations=(
	"mppe-bits = { 128 };mppe-mode = stateless|require-mppe-128|128 stateless"
	"mppe-bits = { 40 };mppe-mode = stateless|nomppe-128 require-mppe-40|40 stateless"
	"mppe-bits = { 128 };mppe-mode = stateful|require-mppe-128 mppe-stateful|128 stateful"
	"mppe-bits = { 40 };mppe-mode = stateful|nomppe-128 require-mppe-40 mppe-stateful|40 stateful"
	"mppe-bits = { 40, 56, 128 };mppe-mode = any|require-mppe mppe-stateful|128 stateless"
)

agreed() {
	sessions '.[0].mppe | "\(.bits) " + if .stateless then "stateless" else "stateful" end' | tee /dev/stderr | grep -qx "$1"
}

comes_up() {
	# shellcheck disable=SC2086 # several options
	dial client1 alice wonder $1
	wait_for 20 is_up client1 && wait_for 5 agreed "$2"
}

both_ways() {
	transfer client1 server "$inner_server" "$1" && transfer server client1 "$(inner_client)" "$1"
}

inner_client() {
	address_of client1
}

# Frames are lost and come late, both ways. Repeated are those to the server only: pptp-linux loops for ever when a frame
# that it holds back comes again.
bad_wire() {
	worsen_wire client1 "delay 4ms 1ms 25% loss 1%" "duplicate 1%" && both_ways 300000 && mend_wire client1
}

pings() {
	in_ns client1 ping -q -i 0.1 -W 1 "$@" "$inner_server"
}

# So much is lost that requests to start again are, and their answers; and then so few packets come that hardly any is left
# to tell by.
comes_back() {
	for _ in 1 2 3 4; do
		worsen_wire client1 "loss 50%"
		pings -c 20
		mend_wire client1 && wait_for 8 pings -c 1 || return
	done
}

goes() {
	hang_up client1
	wait_for 10 server_is_clean
}

plan $((${#combinations[@]} * 5 + 1))
topology 1
server_start
for combination in "${combinations[@]}"; do
	IFS='|' read -r offer options result <<< "$combination"
	IFS=';' read -ra settings <<< "$offer"
	server_config "${settings[@]}" > "$work/culvert.conf"
	pppctl reload > /dev/null
	check "pppd with $options, server with ${offer//;/, }" comes_up "$options" "$result"
	check "bytes arrive unchanged" both_ways 500000
	check "and on a bad wire" bad_wire
	check "it comes back from a worse one" comes_back
	check "it goes" goes
done
check "the server has nothing to complain of" not grep -E "warning|error" "$work/server.log"
finish
