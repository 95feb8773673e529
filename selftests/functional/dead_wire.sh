#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The control connection works, and GRE does not pass, or passes in one direction only: the log says so, and what ICMP says
# of it; and nothing is left of such a session.
. "$(dirname "$0")/lib.sh"

# gre_in NAMESPACE VERDICT: what comes in there by GRE gets it from now on.
gre_in() {
	in_ns "$1" nft -f - <<END
table ip wire {
	chain in {
		type filter hook input priority 0;
		ip protocol gre $2
	}
}
END
}

mend() {
	in_ns "$1" nft delete table ip wire
}

# dials_and_is_told PATTERN: a client dials, a line of the log matches, and once the client is gone nothing is left.
dials_and_is_told() {
	local log

	log=$(wc -l < "$work/server.log")
	dial client1 alice wonder
	wait_for 60 said_since "$log" "$1" || return
	hang_up client1
	wait_for 20 server_is_clean
}

# said_since N PATTERN: whether a line after the first N of the server's log matches.
said_since() {
	tail -n "+$(($1 + 1))" "$work/server.log" | grep -E "$2"
}

plan 5
topology 1
server_start
gre_in client1 drop
check "a client that does not hear us" dials_and_is_told 'the peer does not hear us: .*GRE'
mend client1
gre_in client1 'reject with icmp type admin-prohibited'
check "and its router says so" \
	dials_and_is_told 'the peer does not hear us: .*ICMP says of our packets: No route to host'
gre_in server drop
check "nor do we hear it" dials_and_is_told 'no answer to LCP: .*ICMP says of our packets: No route to host'
mend client1
check "we do not hear a client" dials_and_is_told 'no answer to LCP: .*GRE.*\?$'
mend server
dial client1 alice wonder
check "on a good wire it comes up" wait_for 20 is_up client1
finish
