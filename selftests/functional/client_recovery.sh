#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A way to the server that is lost and found: the client does not wait for its next attempt, which is minutes away, but
# tries again as soon as a link, an address or a route is back.
. "$(dirname "$0")/client_lib"

# lost COMMAND...: what takes the way away; the session ends, and attempts fail.
lost() {
	"$@" && wait_for 30 hq_is waiting && wait_for 30 later
}

later() {
	[ "$(hq .retry_in_s)" -gt 60 ]
}

same_failures() {
	[ "$(hq .failures)" = "$before" ]
}

plan 13
topology 1
server_start
secret wonder
client_config 'lcp-echo-interval = 2' 'lcp-echo-failure = 2' |
	sed -e 's/\(reconnect-min\).*/\1 = 300/' -e 's/\(reconnect-max\).*/\1 = 600/' > "$work/client.conf"
client_run
check "the client comes up" wait_for 20 hq_is up
check "a cable is pulled" lost ip -n wire link set client1 down
ip -n wire link set client1 up
check "it is plugged in again, and the client comes up" wait_for 10 hq_is up
check "the link goes down" lost ip -n client1 link set eth0 down
ip -n client1 link set eth0 up
check "it comes back, and so does the client" wait_for 10 hq_is up
before=$(hq .failures)
check "the address goes away" lost ip -n client1 address del 192.0.2.11/24 dev eth0
check "it is said, and not held against the server" \
	eval 'failed_with session "address 192.0.2.11 of this host is gone" && same_failures'
ip -n client1 address add 192.0.2.11/24 dev eth0
check "it comes back, and so does the client" wait_for 10 hq_is up
ctl client down hq
check "the client goes down" wait_for 10 hq_is down
ip -n client1 route del 192.0.2.0/24
check "without a route an attempt fails" eval 'ctl client up hq && wait_for 10 failed_with "TCP connection" "network is unreachable" &&
	[ "$(hq .failures)" = 0 ]'
ip -n client1 route add 192.0.2.0/24 dev eth0 src 192.0.2.11
check "with one, the next is made at once" wait_for 10 hq_is up
check "the client ends in good order" client_stop
check "nothing is left" eval 'nothing_left client1 && wait_for 20 server_is_clean'
finish
