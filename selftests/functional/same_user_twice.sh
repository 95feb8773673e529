#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One user from two places: two sessions with two addresses, unless he is to have one only. What is behind him is
# reached through the newest of them, also while the server does not know yet that another one is dead.
. "$(dirname "$0")/lib.sh"

lan=192.168.5.1	# behind alice, wherever she is

# sessions_start LINK: a server with that kind of link, which knows what is behind alice.
sessions_start() {
	server_start "link = $1" 'echo-interval = 3' 'echo-timeout = 3' 'lcp-echo-interval = 3'
	echo "user \"alice\" { routes = { \"$lan/32\" } }" >> "$work/culvert.conf"
	pppctl reload
}

addresses_differ() {
	[ "$(sessions '[.[] | select(.user == "alice") | .remote_address] | unique | length')" = 2 ]
}

both_work() {
	ping_from client1 "$inner_server" && ping_from client2 "$inner_server"
}

# received CLIENT: packets that came out of its tunnel.
received() {
	ip -n "$1" -j -s link show ppp0 | jq '.[0].stats64.rx.packets'
}

# lan_is_at CLIENT: whether that is where what is sent there arrives.
lan_is_at() {
	local before

	before=$(received "$1")
	ping_from server "$lan" && [ "$(received "$1")" -ge $((before + 3)) ]
}

mended() {
	ip -n wire link set client1 up && wait_for 20 ping_from client1 "$outer_server"
}

comes_back() {
	dial client1 alice wonder
	wait_for 20 is_up client1 && session_count 2
}

# The wire of client1 is cut, so that nobody hears of what happens there.
vanishes() {
	ip -n wire link set client1 down
	signal_client client1 KILL
}

# with_profile OPTION...: a server whose users all have these options.
with_profile() {
	server_sections="profile \"all\" { $* }"
	server_start 'profile = "all"'
}

in_effect() {
	pppctl session show "$(sessions '.[0].id')" | tee /dev/stderr | grep -qx "  in effect  *$1"
}

plan 32
topology 2
ip -n client1 address add $lan dev lo
ip -n client2 address add $lan dev lo
for link in session shared; do
	check "$link: a server that knows what is behind alice" sessions_start $link
	dial client1 alice wonder
	check "$link: she comes up" wait_for 30 is_up client1
	check "$link: her LAN is there" lan_is_at client1
	dial client2 alice wonder
	check "$link: she comes up in another place" wait_for 30 is_up client2
	check "$link: with another address" addresses_differ
	check "$link: both work" both_work
	check "$link: her LAN is in the new place" lan_is_at client2
	hang_up client2
	check "$link: it is back when she hangs up there" eval 'wait_for 10 session_count 1 && lan_is_at client1'
	vanishes
	dial client2 alice wonder
	check "$link: she comes back before it is known that she was gone" \
		eval 'wait_for 30 is_up client2 && session_count 2 && lan_is_at client2'
	check "$link: once it is, her LAN is still there" eval 'wait_for 30 session_count 1 && lan_is_at client2'
	mended > /dev/null || echo "# the wire is not mended"
	check "$link: once more in the old place" eval 'comes_back && lan_is_at client1'
	hang_up client1
	hang_up client2
	kill -TERM "$server_pid"
	check "$link: the server ends in good order, and nothing is left" eval 'wait "$server_pid" && nothing_left server'
done

check "deny: a server whose profile allows one session" with_profile 'single-session = deny session-timeout = 86400'
dial client1 alice wonder
check "deny: she comes up" wait_for 30 is_up client1
check "deny: that is shown" eval 'in_effect "single session deny" && in_effect "session timeout 86400 s"'
dial client2 alice wonder
check "deny: she does not come up in another place, and stays in the first" \
	eval 'wait_for 30 has_ended client2 && ! is_up client2 && session_count 1 && ping_from client1 "$inner_server"'
hang_up client1
kill -TERM "$server_pid"
wait "$server_pid"
check "replace-now: a server that lets the newest stay" with_profile 'single-session = replace-now'
dial client1 alice wonder
check "replace-now: she comes up" wait_for 30 is_up client1
dial client2 alice wonder
check "replace-now: she comes up in another place" eval 'wait_for 30 is_up client2 && ping_from client2 "$inner_server"'
check "replace-now: and is gone in the first" eval 'wait_for 10 has_ended client1 && session_count 1'
hang_up client2
finish
