#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Clients that are made at run time, by pppctl and by the program of docs/api.md: with a password that is in no argument and
# in no log, over a reload, for as long as whoever made them wants, and by root alone.
. "$(dirname "$0")/client_lib"

configured() {
	cat > "$work/client.conf"
	printf 'log { target = stderr  level = debug }\ncontrol { socket = "%s"  group = daemon }\n' "$client_socket" \
		>> "$work/client.conf"
}

# add NAME [OPTION...]: with the password on standard input.
add() {
	local name=$1

	shift
	ctl client add "$name" server="$outer_server" user=alice reconnect-min=1 reconnect-max=2 "$@"
}

client_has() {
	ctl -j client show "$1" | jq -e "$2" > "$work/has.out" || {
		ctl client show "$1"
		return 1
	}
}

is_made() {
	add office routes=192.168.5.0/24,192.168.6.0/24 --wait <<< wonder &&
		client_has office '.state == "up" and .origin == "run-time" and (.routes | length) == 2' &&
		ip -n client1 route show 192.168.6.0/24 | grep 'dev office' && ping_from client1 "$inner_server"
}

by_descriptor() {
	add branch --password-fd 7 --wait 7<<< wonder < /dev/null && client_has branch '.state == "up"'
}

# Once it listens, its routes are there.
listens() {
	add lazy connect=demand routes=192.168.7.0/24 --wait <<< wonder && client_has lazy '.state == "listening"' &&
		ip -n client1 route show 192.168.7.0/24 | grep . && ctl client remove lazy
}

is_not_logged() {
	grep 'calls org.culvert.Client.Add .*"password":"(not shown)"' "$work/client.log" &&
		! grep wonder "$work/client.log"
}

is_refused() {
	local status

	add wrong reconnect=false --wait <<< blunder > "$work/wrong.out" 2>&1
	status=$?
	cat "$work/wrong.out"
	[ "$status" = 1 ] && grep -q '^pppctl: login failed: .*password' "$work/wrong.out" && ctl client remove wrong &&
		! ctl client show wrong
}

# mistake WORDS OPTION...
mistake() {
	local words=$1

	shift
	add typo "$@" <<< wonder 2>&1 | tee /dev/stderr | grep -qF "$words"
}

# The test's folder is root's.
is_denied() {
	chmod 711 "$work"
	in_ns client1 setpriv --reuid=daemon --regid=daemon --clear-groups pppctl -S "$client_socket" client list &&
		! in_ns client1 setpriv --reuid=daemon --regid=daemon --clear-groups pppctl -S "$client_socket" \
			client add mine server="$outer_server" user=alice <<< wonder
}

session_of() {
	sessions ".[] | select(.remote_address == \"$(ctl -j client show "$1" | jq -r .local_address)\") | .id"
}

outlasts_a_reload() {
	local before

	before=$(session_of office)
	ctl reload && client_has office '.state == "up"' && [ "$(session_of office)" = "$before" ]
}

comes_into_the_file() {
	printf 'client "branch" {\n\tserver = "%s"\n\tuser = alice\n\tsecret-file = "%s"\n\tmetric = 9\n}\n' \
		"$outer_server" "$work/hq.secret" | configured
	ctl reload && client_has branch '.origin == "configuration"' && wait_for 20 client_has branch '.state == "up"' &&
		not ctl client remove branch
}

again_at_once() {
	ctl client remove office && add office routes=192.168.5.0/24 --wait <<< wonder &&
		client_has office '.state == "up"'
}

# A server of the configuration gets the interface of a client that is up.
makes_way() {
	add lan --wait <<< wonder || return
	{
		head -n -2 "$work/client.conf"
		printf 'pool "hall" { range = { "10.98.0.2-10.98.0.9" } }\nserver "hall" {\n\tlisten = { "127.0.0.1" }\n'
		printf '\tsecrets = "%s"\n\tpool = "hall"\n\tlocal-address = 10.98.0.1\n' "$work/hq.secrets"
		printf '\tlink = shared\n\tinterface = "lan"\n}\n'
	} > "$work/with_server"
	(umask 077 && : > "$work/hq.secrets")
	configured < "$work/with_server"
	ctl reload && not ctl client show lan && ip -n client1 address show lan | grep 10.98.0.1 &&
		grep 'client lan: removed, since server "hall" of the configuration has the interface lan now' "$work/client.log"
}

# The program of the page, on the client's host.
program() {
	awk '/^```python/ { on = 1; next } /^```/ { on = 0 } on' "$functional/../../docs/api.md" |
		sed "s,/run/culvert/control.sock,$client_socket,; s,vpn.example.net,$outer_server,; s,\"office\",\"mine\",; \
			s,192.168.0.0/16,172.16.0.0/16,"
}

program_runs() {
	program > "$work/program.py"
	in_ns client1 python3 -u "$work/program.py" <<< wonder > "$work/program.log" 2>&1 &
	program_pid=$!
	wait_for 20 grep '^up .* mine 10\.99\.' "$work/program.log" &&
		client_has mine '.origin == "ephemeral" and .state == "up"'
}

goes_with_the_program() {
	kill_now "$program_pid"
	wait_for 20 not ctl client show mine && wait_for 20 not ip -n client1 link show mine &&
		grep 'client mine: removed, since whoever made it has gone' "$work/client.log"
}

plan 16
topology 1
user alice wonder
server_start
secret wonder
configured < /dev/null
client_run
check "a configuration without servers and clients is enough" eval 'ctl client list | grep "no clients"'
check "a client is made, and is up" is_made
check "its password is by a descriptor" by_descriptor
check "and in no log" is_not_logged
check "one on demand listens" listens
check "a wrong one is refused, in words" is_refused
check "a mistake is told by the option" mistake 'mtu is "12": expected auto or a number from 576 to 1500' mtu=12
check "one that is there is not made again" mistake 'interface office is taken already by client "office"' interface=office
check "who is not root may look, and make none" is_denied
check "a reload leaves it alone" outlasts_a_reload
check "the configuration goes before" comes_into_the_file
check "removed and made again at once" again_at_once
check "one makes way for a server" makes_way
check "the program of the page runs" program_runs
check "its client goes with it" goes_with_the_program
check "all of it goes with the daemon" eval 'client_stop && nothing_left client1 && wait_for 10 server_is_clean'
finish
