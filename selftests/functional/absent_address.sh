#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A server listens on an address that no interface has, as one of keepalived that is another host's for now: it says so,
# can be called as soon as the address is there, and tells when that goes and comes.
. "$(dirname "$0")/lib.sh"

missing="listen has 192.0.2.100, which no interface has"

# keepalived ADD-OR-DEL: what it does when this host becomes the master, or is it no longer.
keepalived() {
	ip -n server address "$1" 192.0.2.100/32 dev eth0
}

# told N WHAT: the log has it so often.
told() {
	[ "$(grep -c "server office: $2" "$work/server.log")" = "$1" ]
}

# state_is PATTERN: of the only server, as pppctl tells it.
state_is() {
	pppctl status | tee /dev/stderr | grep -q "^office .*  $1\$"
}

reload_tells() {
	pppctl reload 2>&1 | tee /dev/stderr | grep -F "$missing"
}

plan 12
topology 1
outer_server=192.0.2.100
server_start
check "a server listens on an address that is not there" server_listens
check "the log says so" grep -F "$missing" "$work/server.log"
check "pppctl, too" state_is "waits for an address"
check "a reload says it again" reload_tells
keepalived add
check "it is told when the address comes" wait_for 10 told 1 'an interface has 192.0.2.100 now'
check "pppctl tells it, too" state_is open
dial client1 alice wonder
check "a client comes up" wait_for 30 is_up client1
keepalived del
check "it is told when the address goes" wait_for 10 told 1 'no interface has 192.0.2.100 any more'
check "pppctl tells that as well" eval 'state_is "waits for an address" &&
	pppctl -j status | jq -e ".servers[0].absent == [\"192.0.2.100:1723\"]"'
keepalived add
check "it comes again" wait_for 10 told 2 'an interface has 192.0.2.100 now'
check "the session has stayed" ping_from client1 "$inner_server"
kill -TERM "$server_pid"
check "the server ends in good order, and nothing is left" eval 'wait "$server_pid" && nothing_left server'
finish
