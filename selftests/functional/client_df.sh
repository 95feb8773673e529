#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Don't Fragment in a client's packets: set, so that the path's MTU is found, unless the configuration says otherwise.
. "$(dirname "$0")/client_lib"

# large_packet FLAG: whether a large packet leaves with this in the octet of the flags.
large_packet() {
	sniff client1 eth0 1 "ip proto 47 and src host 192.0.2.11 and greater 1000 and ip[6] & 0x40 = $1" &&
		in_ns client1 ping -n -q -c 3 -i 0.2 -s 1200 "$inner_server" && wait "$sniffer"
}

plan 6
topology 1
server_start
client_start
check "a client comes up" wait_for 20 hq_is up
check "its packets must not be cut" large_packet 0x40
client_config 'df = clear' > "$work/client.conf"
check "another setting" ctl reload
check "comes up" wait_for 20 eval 'hq_is up && [ "$(sessions "map(select(.state == \"up\")) | length")" = 1 ]'
check "and may be cut" large_packet 0
check "the client ends in good order" client_stop
finish
