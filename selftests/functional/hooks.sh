#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Programs that are told of sessions, and asked about them: scripts for pppd as Debian runs them, in the order of what
# happened, so many at a time, and nobody waits for a slow one but the session that it is about.
# shellcheck disable=SC2154 # client1_log: dial sets it
. "$(dirname "$0")/lib.sh"
. "$functional/herd_lib"
. "$functional/client_lib"

told=$work/told

# script NAME BODY: a hook; $told is where it notes what it hears.
script() {
	printf '#!/bin/sh\ntold=%s\n%s\n' "$told" "$2" > "$work/$1"
	chmod 755 "$work/$1"
}

# hook_of_debian NAME: a script for run-parts, by which Debian's own /etc/ppp/NAME runs what packages have to be told.
hook_of_debian() {
	mkdir -p "/etc/ppp/$1.d"
	# shellcheck disable=SC2016 # variables of the script
	printf '#!/bin/sh\necho %s "$PPP_IFACE $PPP_TTYNAME $PPP_LOCAL $PPP_REMOTE $PPP_IPPARAM $PEERNAME" %s >> %s\n' \
		"$1" "$2" "$told" > "/etc/ppp/$1.d/zz-test"
	chmod 755 "/etc/ppp/$1.d/zz-test"
}

lines() {
	cat "$told"
	[ "$(wc -l < "$told")" = "$1" ]
}

# told_are LINE...: exactly these, in this order.
told_are() {
	cat "$told"
	printf '%s\n' "$@" | cmp - "$told"
}

# Debian's scripts were told of alice, who came by client1 on INTERFACE; the counters of the end are those of her pings.
debian_was_told() {
	lines 2 && grep -qx "ip-up $1 192.0.2.11 $inner_server 10.99.0.[0-9]* 192.0.2.11 alice" "$told" &&
		grep -qx "ip-down $1 192.0.2.11 $inner_server 10.99.0.[0-9]* 192.0.2.11 alice [1-9][0-9]* [1-9][0-9]*" "$told"
}

counter() {
	pppctl -j status | jq -e ".hooks.$1"
}

log_has() {
	grep "$1" "$work/server.log"
}

refused() {
	wait_for 40 has_ended "$1" && ! is_up "$1"
}

server_ends() {
	kill -TERM "$server_pid"
	wait "$server_pid"
}

bad_hook_is_told() {
	chmod 777 "$work/up"
	not pppctl reload > "$work/reload.out" 2>&1
	cat "$work/reload.out"
	grep "culvert.conf:[0-9]*: on-up is \"$work/up\", which can be written by others" "$work/reload.out"
}

# No script of that name runs.
ended_is() {
	! pgrep -f "$1"
}

most_at_once() {
	sort -n "$work/beside" | tail -n 1
}

plan 36
topology 2
user carol carol
for n in $(seq 0 59); do
	user "herd$n" herd
done

hook_of_debian ip-up ''
# shellcheck disable=SC2016 # variables of the script
hook_of_debian ip-down '"$BYTES_SENT $BYTES_RCVD"'
for link in session shared; do
	: > "$told"
	check "$link: a server with Debian's scripts of pppd" \
		server_start "link = $link" 'on-up = "/etc/ppp/debian/ip-up"' 'on-down = "/etc/ppp/debian/ip-down"'
	dial client1 alice wonder
	check "$link: alice comes up" wait_for 30 is_up client1
	check "$link: and reaches the server" ping_from client1 "$inner_server"
	hang_up client1
	check "$link: both were told what pppd tells" wait_for 10 debian_was_told 'pptp[0-9]*'
	check "$link: and count" eval 'counter "run == 2" && counter "failed == 0" && pppctl status | grep "hooks.*2 run: 0 failed"'
	check "$link: the server ends" server_ends
done
rm /etc/ppp/ip-{up,down}.d/zz-test

# shellcheck disable=SC2016 # variables of the scripts
{
	script up 'case $PEERNAME in alice) sleep 4 ;; esac; echo "up $PEERNAME" >> $told; echo "hello $PEERNAME"'
	script down 'echo "down $PEERNAME $CULVERT_CAUSE" >> $told'
	script pre 'case $PEERNAME in
	bob) echo "bob has to pay $CULVERT_PEER first"; exit 1 ;;
	carol) trap "" TERM; while :; do sleep 1000; done ;;
	esac'
}
hooks=("on-up = \"$work/up\"" "on-down = \"$work/down\"")
server_sections='hooks { timeout = 6 max-running = 4 }'
: > "$told"
check "a server with a slow script" server_start "${hooks[@]}"
dial client1 alice wonder
wait_for 30 is_up client1
dial client2 bob builder
check "another user comes up meanwhile, and is told" eval 'wait_for 30 is_up client2 && wait_for 2 told_are "up bob"'
hang_up client1
check "who hangs up meanwhile is told up, then down" \
	wait_for 10 told_are 'up bob' 'up alice' 'down alice user-request'
check "what the script says is in the log" log_has 'session [0-9]* (alice, 192.0.2.11): on-up: hello alice'
check "a server that ends tells of its end" \
	eval 'server_ends && told_are "up bob" "up alice" "down alice user-request" "down bob admin-reboot"'
wait_for 20 has_ended client2 || echo "# bob's pppd goes on"

: > "$told"
check "a server that asks a script first" server_start "${hooks[@]}" "pre-up = \"$work/pre\""
dial client1 bob builder
check "a refusal is one" refused client1
check "it is logged with what the script says" \
	log_has 'refused: user "bob", session [0-9]*, mschap-v2: pre-up ended with status 1: bob has to pay 192.0.2.11 first$'
check "he was told what passes by itself" grep -a 'E=646' "$client1_log"
dial client1 carol carol
check "a script that hangs" wait_for 30 pgrep -f "$work/pre"
dial client2 alice wonder
check "others come in meanwhile" eval 'wait_for 30 is_up client2 && ping_from client2 "$inner_server"'
check "it lets nobody in" refused client1
check "that is logged" log_has 'refused: user "carol", session [0-9]*, mschap-v2: pre-up did not end within 6 s'
check "it is ended, though it ignores SIGTERM, and so is what it has started" \
	eval 'wait_for 10 ended_is "$work/pre" && not pgrep -x sleep && counter "timed_out == 1"'
dial client1 carol carol
wait_for 30 pgrep -f "$work/pre" > /dev/null
signal_client client1 KILL
check "who is gone is asked about no more" wait_for 10 ended_is "$work/pre"
check "a wrong script is told, and the old configuration stays" bad_hook_is_told
hang_up client2
check "nobody was told of those who did not come in" wait_for 10 told_are 'up alice' 'down alice user-request'
server_ends

# shellcheck disable=SC2016 # variables of the script
script up 'd=$(dirname $told)/at
mkdir -p $d; mkdir $d/$$; ls $d | wc -l >> $(dirname $told)/beside; sleep 1; rmdir $d/$$; echo up >> $told'
: > "$told"
check "a server for fifty" server_start "${hooks[@]}" 'mppe = preferred'
herd_way
herd_start 50
check "fifty come at once, before all scripts have run" eval \
	'herd_does login 50 50 && jq -e ".up == 50" <<< "$answer" && counter "running == 4" && ! lines 50'
check "all are told, four at a time" eval 'wait_for 60 lines 50 && [ "$(most_at_once)" = 4 ]'
herd_vanishes
server_ends

# shellcheck disable=SC2016 # variables of the script
script hear 'echo "$CULVERT_EVENT $CULVERT_CLIENT $1 $2 $IPREMOTE $6" >> $told'
: > "$told"
check "a server without hooks" server_start
check "a client with them" client_start "on-up = \"$work/hear\"" "on-down = \"$work/hear\""
check "is told that it is up" wait_for 30 told_are "up hq hq $outer_server $inner_server hq"
ctl client down hq
check "and that it is down" wait_for 30 told_are "up hq hq $outer_server $inner_server hq" \
	"down hq hq $outer_server $inner_server hq"
finish
