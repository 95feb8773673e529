#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A client that is killed: what the kernel and resolvconf keep of it is taken back by the next one, and by no other that
# runs beside it.
. "$(dirname "$0")/client_lib"

pin() {
	ip -n client1 route show proto 47 | tee /dev/stderr | grep "^$outer_server dev eth0"
}

# Another culvertd in the same place, which starts and stops.
another() {
	client_config 'connect = manual' 'interface = "other"' |
		sed "s#$client_socket#$work/other.sock#" > "$work/other.conf"
	in_ns client1 "${culvertd[@]}" -c "$work/other.conf" > "$work/other.log" 2>&1 &
	local pid=$!
	wait_for 10 test -S "$work/other.sock" && kill -TERM "$pid" && wait "$pid"
}

removed() {
	grep -q 'removed 1 route that an earlier culvertd left behind' "$work/client.log"
}

plan 11
topology 1
server_start 'dns = { "10.99.0.53" }'
check "resolvconf keeps the host's own name server" have_resolvconf
client_start 'routes = { "192.0.0.0/8" }' 'resolver = resolvconf'
check "a client comes up" wait_for 20 hq_is up
check "with a route past the tunnel" pin
check "and a name server" wait_for 5 told_servers 10.99.0.53 192.0.2.53
check "another culvertd comes and goes" another
check "without touching the route" pin
kill_now "$client_pid"
check "killed, it leaves both" eval 'pin && told_servers 10.99.0.53 192.0.2.53'
client_start 'connect = manual'
check "the next one removes the route" wait_for 5 eval 'not pin && removed'
check "and the name server" wait_for 5 told_servers 192.0.2.53
check "it ends in good order" client_stop
check "and leaves nothing" nothing_left client1
finish
