#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Clients that die, freeze or are cut off: the session is gone within the echo timeout, and others do not notice.
. "$(dirname "$0")/lib.sh"

pptp_echo=3
lcp_echo=2

# The other client's session is the one that remains, and it works.
only_other_remains() {
	wait_for 5 session_count 1 && [ "$(sessions '.[0].user')" = bob ] && ping_from client2 "$inner_server"
}

cut_off() {
	in_ns wire tc qdisc add dev client1 root netem loss 100%
	ip -n wire link set client1 down
}

plan 9
topology 2
server_start "echo-interval = $pptp_echo" "echo-timeout = $pptp_echo" \
	"lcp-echo-interval = $lcp_echo" "lcp-echo-failure = 3"
dial client2 bob builder
dial client1 alice wonder
check "both clients are up" eval 'wait_for 30 is_up client1 && wait_for 30 is_up client2'

signal_client client1 KILL 2> /dev/null
check "a killed client's session goes" wait_for 10 session_count 1
check "the other client is not disturbed" only_other_remains

dial client1 alice wonder
check "the client comes back" wait_for 20 is_up client1
signal_client client1 STOP
check "a frozen client's session goes within the echo timeout" wait_for 10 session_count 1
check "the other client is not disturbed by that" only_other_remains
signal_client client1 KILL 2> /dev/null
# shellcheck disable=SC2154 # set by dial
wait "$client1_pid" 2>/dev/null

dial client1 alice wonder
wait_for 20 is_up client1
cut_off
check "a client that is cut off loses its session within the echo timeout" wait_for 10 session_count 1
check "the other client is not disturbed by that either" only_other_remains
hang_up client2
check "nothing is left" wait_for 10 server_is_clean
finish
