#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who fails to log in too often is banned, and nobody else; an administrator frees and bans; a flood of connections is
# turned away; and the filter for fail2ban finds who has failed, whatever names peers take.
. "$(dirname "$0")/lib.sh"

server_sections='abuse {
	failures = 3
	within = 300
	ban-time = 3000
	max-ban-time = 3000
	connections-per-second = 1
	connection-burst = 15
	except = { "192.0.2.13/32" }
}'

# fail_as CLIENT USER: with a wrong password.
fail_as() {
	dial "$1" "$2" mistaken > "$work/dial.out"
	wait_for 20 has_ended "$1"
}

fails_three_times() {
	fail_as client1 alice && fail_as client1 bob && fail_as client1 mallory
}

# bans FILTER: what a jq filter makes of the list of bans.
bans() {
	pppctl -j ban list | jq -r "$1"
}

is_banned() {
	bans '.[].network' | grep -qx "$1"
}

# Whether CLIENT's password, which is right, is not even asked for.
is_turned_away() {
	local log="${1}_log"

	dial "$1" alice wonder > "$work/dial.out"
	wait_for 20 has_ended "$1" && ! grep -q 'CHAP Challenge' "${!log}"
}

is_served() {
	dial "$1" "$2" "$3" && wait_for 20 is_up "$1"
}

# Connect from client4 a hundred times at once, and print how many of these connections stay.
flood() {
	in_ns client4 python3 -c '
import socket, time
peers = [socket.create_connection(("'"$outer_server"'", 1723)) for _ in range(100)]
time.sleep(0.5)
stay = 0
for peer in peers:
    peer.setblocking(False)
    try:
        peer.recv(1)
    except BlockingIOError:
        stay += 1
    except ConnectionResetError:
        pass
print(stay)'
}

flood_is_cut() {
	flood > "$work/flood" && cat "$work/flood" && [ "$(cat "$work/flood")" -le 20 ]
}

log_tells() {
	grep -q "$1" "$work/server.log"
}

# told_once PATTERN: whether the log has one line with it.
told_once() {
	grep "$1" "$work/server.log"
	[ "$(grep -c "$1" "$work/server.log")" = 1 ]
}

hostile_names_fail() {
	fail_as client3 'y", session 1, pap: no
culvertd: login from 192.0.2.99 failed: user "z' &&
		fail_as client3 'login from 192.0.2.98 failed: user "z' &&
		fail_as client3 '192.0.2.97 failed: user \"'
}

filter_finds() {
	python3 "$functional/fail2ban.py" "$functional/../../docs/fail2ban.md" "$work/server.log" | tee "$work/found"
	printf '%s\n' "192.0.2.11 3" "192.0.2.13 7" | cmp - "$work/found"
}

plan 21
topology 4
server_start
check "three logins fail" fails_three_times
check "then the address is banned" is_banned 192.0.2.11/32
check "the log tells it" log_tells '192\.0\.2\.11 is banned for 3000 s: 3 failed logins$'
check "the right password is not asked for" is_turned_away client1
check "another address is served" is_served client2 bob builder
check "the ban counts whom it has turned away" test "$(bans '.[0].turned_away')" -ge 1
check "a reload" pppctl reload
check "leaves it as it is" is_banned 192.0.2.11/32
check "an administrator frees the address" pppctl ban remove 192.0.2.11
check "it is served" is_served client1 alice wonder
hang_up client1
check "the end of the ban is told once" told_once '192\.0\.2\.11 is not banned any more: removed by the administrator'
for _ in 1 2 3 4; do
	fail_as client3 mallory
done
check "an address that is excepted is served whatever it does" is_served client3 alice wonder
hang_up client3
check "names made to mislead are refused" hostile_names_fail
check "fail2ban's filter finds who failed, and how often" filter_finds
check "an administrator bans" pppctl ban add 192.0.2.12 for 5
check "who is logged in stays" ping_from client2 "$inner_server"
hang_up client2
check "but does not come again" is_turned_away client2
check "until the time is over" wait_for 20 log_tells '192\.0\.2\.12 is not banned any more: its time is over'
check "a flood of connections is turned away" flood_is_cut
check "the log tells it" log_tells 'server office, 192\.0\.2\.14: connection refused: too many of them'
check "others are served meanwhile" is_served client2 bob builder
finish
