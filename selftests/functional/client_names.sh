#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A server by name: all its addresses are tried in turn, and the name is looked up again for each attempt.
. "$(dirname "$0")/client_lib"

name=vpn.culvert.test

# named ADDRESS...: these are what the name has from now on.
named() {
	sed "/$name/d" /etc/hosts > "$work/hosts"
	[ $# -eq 0 ] || printf "%s $name\n" "$@" >> "$work/hosts"
	cat "$work/hosts" > /etc/hosts
}

plan 8
topology 1
server_start
named 192.0.2.98 192.0.2.99 "$outer_server"
client_server=$name client_start 'connect = manual'
ctl client up hq
check "the client comes up by the last of three addresses" wait_for 60 hq_is up
check "which is told" [ "$(hq .peer)" = "$outer_server" ]
ctl client down hq
check "it hangs up" wait_for 10 hq_is down
named
ctl client up hq
check "without any address the name lookup fails" wait_for 30 failed_with "name lookup" "$name has no address"
named 192.0.2.98
check "with a dead one the TCP connection" wait_for 40 failed_with "TCP connection" "192.0.2.98 port 1723: "
named "$outer_server"
check "with the right one the client comes up by itself" wait_for 60 hq_is up
check "and ends in good order" client_stop
check "nothing is left" eval 'nothing_left client1 && wait_for 10 server_is_clean'
finish
