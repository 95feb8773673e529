#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A new configuration is gone over to without a session noticing; a wrong one changes nothing.
. "$(dirname "$0")/lib.sh"

# reload_fails PATTERN: pppctl ends with status 2 and says a line that matches.
reload_fails() {
	local status

	pppctl reload > "$work/said" 2>&1
	status=$?
	cat "$work/said"
	[ "$status" = 2 ] && grep -Eq "$1" "$work/said"
}

# reload_warns PATTERN: pppctl succeeds and says a line that matches.
reload_warns() {
	pppctl reload > "$work/said" 2>&1 || return
	cat "$work/said"
	grep -Eq "$1" "$work/said"
}

# The very session that was up at first is up still.
session_stays() {
	[ "$(sessions '.[] | select(.user == "alice") | .id')" = "$session" ] && ping_from client1 "$inner_server"
}

wrong_by_signal() {
	kill -HUP "$server_pid"
	wait_for 5 grep -q 'culvert.conf:[0-9]*: mtu is "huge"' "$work/server.log" &&
		wait_for 5 grep -q 'the configuration stays as it was' "$work/server.log"
}

by_signal() {
	kill -HUP "$server_pid"
	wait_for 5 grep -q 'the configuration was read again' "$work/server.log"
}

new_pool_counts() {
	[ "$(sessions '.[] | select(.user == "carol") | .remote_address')" = 10.99.0.201 ]
}

moved() {
	in_ns server ss -Hltn 'sport = :1724' | grep . && ! in_ns server ss -Hltn 'sport = :1723' | grep .
}

plan 13
topology 2
server_start
dial client1 alice wonder
check "a client comes up" wait_for 30 is_up client1
session=$(sessions '.[0].id')
server_config 'mtu = huge' > "$work/culvert.conf"
check "a wrong option is told by pppctl" reload_fails 'culvert\.conf:[0-9]+: mtu is "huge"'
check "and logged after SIGHUP" wrong_by_signal
server_config > "$work/culvert.conf"
echo 'carol * "no end' >> "$work/secrets"
check "a wrong line of the secrets is told" reload_warns 'secrets:3: .*; this line lets nobody in'
check "the session has noticed nothing" session_stays
rm "$work/secrets"
user alice wonder
user carol chimney
pool=10.99.0.201-10.99.0.209
server_config > "$work/culvert.conf"
check "what is right is taken" pppctl reload
check "the session has noticed nothing of that" session_stays
dial client2 carol chimney
check "a user who was added comes up" wait_for 30 is_up client2
check "with an address of the new pool" new_pool_counts
server_config 'port = 1724' > "$work/culvert.conf"
check "another port by SIGHUP" by_signal
check "it is listened on, and no longer on the old one" moved
check "both sessions stay" eval 'session_count 2 && session_stays'
hang_up client1
hang_up client2
check "nothing is left when they hang up" wait_for 10 server_is_clean
finish
