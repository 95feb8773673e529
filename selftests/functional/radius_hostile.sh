#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A RADIUS server that means no good (hostile_radius.py, which lists its modes) lets nobody in by a reply that is not
# right, does not keep others from coming in, and loses no record.
. "$(dirname "$0")/radius_lib"

other=192.0.2.21

# hostile: it answers, as it should, when this returns.
hostile() {
	rm -f "$work/mode"
	in_ns radius "$functional/hostile_radius.py" "$radius_address" "$other" "$radius_secret" "$work/mode" \
		>> "$work/hostile.log" 2>&1 &
	# shellcheck disable=SC2034 # for a check
	hostile_pid=$!
	wait_for 10 eval '[ -n "$(in_ns radius ss -Hnul "sport = :1813")" ]'
}

mode() {
	echo "$1" > "$work/mode"
}

# turned_away MODE: nobody comes in by such a reply; who comes when the server means well again does.
turned_away() {
	mode "$1"
	refused client1 alice wonder && mode good && comes_and_goes
}

comes_and_goes() {
	come client1 alice wonder && hang_up client1 && wait_for 20 session_count 0
}

let_in() {
	mode "$1"
	comes_and_goes
}

# told STATUS: the sessions of which the server has had a record of this Acct-Status-Type.
told() {
	awk -v status="$1" '$1 == "accounting" && $2 == status { print $3 }' "$work/hostile.log" | sort -u
}

# begun N: it was told of the beginning of so many.
begun() {
	[ "$(told 1 | wc -l | tee /dev/stderr)" = "$1" ]
}

alive() {
	is_running "$server_pid" && pppctl status
}

# Sessions that were told: each begins once and ends once.
records_are_whole() {
	[ -n "$(told 1)" ] && diff <(told 1) <(told 2)
}

spoilt=(wrong-secret wrong-authenticator wrong-signature doubled-signature truncated oversized attribute-length-0
	attribute-length-1 other-identifier other-address other-code random stateless-challenge silent)

plan 35
radius_topology 1
ip -n radius address add "$other/24" dev eth0
hostile
radius_group=impatient
server_sections+='
radius-group "impatient" { servers = { "alpha" }  timeout = 1000  retries = 2  give-up-after = 4 }'
client_auth=nomppe
sed -i 's/^radius "alpha" {/&\n\trequire-message-authenticator = yes\n\tdead-after = 1000/' /etc/culvert/radius.conf
office 'auth = { pap }' 'mppe = off'
check "a server that means well lets alice in" let_in good
for one in "${spoilt[@]}" unsigned; do
	check "$one: nobody comes in by that, and then alice does" turned_away "$one"
done

# An answer that comes when nobody waits for it any more.
mode late
check "late: nobody waits so long" refused client1 alice wonder
mode good
check "and the answer lets nobody in" eval 'wait_for 60 grep -q "^late" "$work/hostile.log" && session_count 0 && comes_and_goes'
for one in after-timeout doubled many-attributes; do
	check "$one: alice comes in all the same" let_in "$one"
done
check "long-name: alice comes in" eval 'mode long-name && come client1 alice wonder'
check "by the name that the server gives her" eval '[ "$(sessions ".[0].user | length")" = 253 ]'
check "and ends by it" eval 'request disconnect "User-Name = \"$(printf "%0253d" 0 | tr 0 n)\"" && wait_for 10 has_ended client1'
check "the daemon is alive" alive
check "each session was told, from its beginning to its end" wait_for 60 records_are_whole

# It lets alice in, and is gone before it hears that she came.
check "dies: alice comes in" eval 'mode dies && come client1 alice wonder && ! is_running "$hostile_pid"'
before=$(told 1 | wc -l)
hostile
check "her beginning is told to the server that is there then" wait_for 120 begun "$((before + 1))"
hang_up client1
check "and her end" eval 'wait_for 20 session_count 0 && wait_for 60 records_are_whole'

sed -i '/require-message-authenticator/d' /etc/culvert/radius.conf
check "who has not seen a signature takes what is unsigned" eval 'office_stops && office "auth = { pap }" "mppe = off" && let_in unsigned'
check "after it has signed once, auto takes nothing unsigned" eval 'let_in good && turned_away unsigned'
office_again 'auth = { eap }' 'mppe = off' > "$work/reload.out"
check "EAP: alice comes in" let_in good
check "EAP: a challenge without State is answered without State" let_in stateless-challenge
check "no octet of the secret is in the log" not grep -q "$radius_secret" "$work/server.log"
check "nothing is left" eval 'wait_for 20 server_is_clean && alive'
finish
