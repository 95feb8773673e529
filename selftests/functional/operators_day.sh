#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A day at a concentrator: three hundred users of three kinds come, are limited, refused, banned, moved, shut out and sent
# home, and in the end the books balance: each session is in them once, with what it sent and why it ended.
#
# Staff come from an address each, with encryption; guests have day tickets, one session each and too few addresses; the
# field force is behind one NAT, which gets another address in the course of the day.
#
# May take 100000 s.
# shellcheck disable=SC2086 # numbers need no quotes
. "$(dirname "$0")/lib.sh"
. "$functional/herd_lib"
. "$functional/rates_lib"

staff=150 guests=100 field=50
tickets=94	# addresses that there are for guests
books=$work/books.jsonl
# Only in a soak is the day as long as one.
hour=300
[ -z "${SOAK-}" ] || hour=3600

# --- who there is -----------------------------------------------------------------------------------------------

# kind NAME USERS: so many users, whose profile has the name.
kind() {
	seq -f "$1%.0f * herd *" 0 $(($2 - 1)) >> "$work/secrets"
	seq -f "user \"$1%.0f\" { profile = \"$1\" }" 0 $(($2 - 1)) >> "$work/users.conf"
}

hook() {
	printf '#!/bin/sh\necho "$PEERNAME $IPREMOTE" >> %s\n' "$work/$1" > "$work/hook-$1"
	chmod 755 "$work/hook-$1"
}

server_sections=$(cat <<END
include "$work/users.conf"
pool "staff" { range = { 10.110.0.1-10.110.0.200 } }
pool "guests" { range = { 10.120.0.1-10.120.0.64 } next = "overflow" }
pool "overflow" { range = { 10.121.0.1-10.121.0.30 } }
pool "field" { range = { 10.130.0.0/24 } }
profile "staff" { pool = "staff" }
profile "guest" { pool = "guests" single-session = deny session-timeout = $((9 * hour)) rate-up = 4M rate-down = 4M }
profile "field" { pool = "field" single-session = replace-now }
user "alice" { rate-down = 1M }
accounting { file = "$books" store = "$work/store" interim-interval = $hour }
abuse { failures = 5 within = 300 ban-time = $hour max-ban-time = $hour }
END
)

opens() {
	kind staff "$staff"
	kind guest "$guests"
	kind field "$field"
	hook up
	hook down
	# Three hundred who are asked every half a minute would make the day a long one.
	server_start 'mppe = preferred' "on-up = \"$work/hook-up\"" "on-down = \"$work/hook-down\"" \
		"lcp-echo-interval = $hour" "echo-interval = $hour"
	pppctl config check "$work/culvert.conf"
}

# --- what happens -----------------------------------------------------------------------------------------------

# herds NAME USERS [OPTION...]: a herd of users of that name.
herds() {
	herd=$1
	shift
	herd_start "$@"
}

# comes NAME N [MANNER...]: all N are let in.
comes() {
	herd=$1
	shift
	herd_does login "$@" && jq -e ".up == $1 and .failed == 0" <<< "$answer"
}

leaves() {
	herd=$1
	shift
	herd_does drop "$@" && jq -e ".dropped == $2" <<< "$answer"
}

# of NAME FILTER: what a jq filter makes of the sessions of users of that name.
of() {
	sessions "[.[] | select(.user | startswith(\"$1\"))] | $2"
}

are() {
	of "$1" length
	[ "$(of "$1" length)" = "$2" ]
}

log_has() {
	grep -c "$2" "$work/server.log"
	[ "$(grep -c "$2" "$work/server.log")" = "$1" ]
}

# Two of each three guests have an address of the first pool. For the last there is none, and the log says where.
guests_crowd() {
	herd=guest
	herd_does login $guests 8 && jq -e ".up == $tickets and .failed == $((guests - tickets))" <<< "$answer" &&
		log_has $((guests - tickets)) 'login from 10\.65\..* refused: user "guest.*: no address is free in pools guests, overflow$' &&
		are guest $tickets
}

# pool_is NAME FILTER
pool_is() {
	pppctl -j pool list | tee /dev/stderr | jq -e ".[] | select(.name == \"$1\") | $2"
}

in_effect() {
	pppctl session show "$(of "$1" '.[0].id')" | tee /dev/stderr | grep -q "  in effect .*$2"
}

each_has_its_terms() {
	in_effect guest 'rate up 4000000 bit/s' && in_effect guest "session timeout $((9 * hour)) s" &&
		in_effect field 'single session replace-now' || return
	of staff 'map("\(.remote_address) \(.mppe)") | .[]'
	[ "$(of staff 'map(select((.remote_address | startswith("10.110.0.")) and .mppe.bits == 128)) | length')" = $staff ] &&
		[ "$(of guest 'map(select(.remote_address | startswith("10.12"))) | length')" = $tickets ]
}

# packets DIRECTION: of all guests. What a long list has of counters may be a second old.
packets() {
	sleep 1.1
	of guest "map(.$1_packets) | add"
}

# Each guest sends ten packets, all are answered, and all are counted.
guests_work() {
	local n=$((tickets * 10)) rx tx

	rx=$(packets rx) tx=$(packets tx)
	herd=guest
	herd_does traffic $tickets 10 && jq -e ".sent == $n and .answered == $n" <<< "$answer" &&
		[ $(($(packets rx) - rx)) = $n ] && [ $(($(packets tx) - tx)) = $n ]
}

rate_holds() {
	local before

	stream server client2 "$(address_of client2)"
	sleep 1
	before=$(arrived client2 ppp0)
	sleep $seconds
	is_near 1000000 5 $(($(arrived client2 ppp0) - before))
}

guesses() {
	dial client3 staff1 "guess$1" > "$work/dial.out"
	wait_for 20 has_ended client3
}

is_banned() {
	for n in 1 2 3 4 5; do
		guesses $n
	done
	[ "$(pppctl -j ban list | jq -r '.[].network')" = 192.0.2.13/32 ] && log_has 1 '192.0.2.13 is banned' &&
		are staff $staff && ping_from client2 "$inner_server"
}

# The NAT's old address is of no use any more; nobody tells the server so.
nat_moves() {
	leaves field silence $field && are field $field || return
	herds moved $field -u field -f 10.67.0.1 -a 1
	comes moved $field 8 && are field $field &&
		[ "$(of field 'map(select(.peer == "10.67.0.1")) | length')" = $field ]
}

halve_the_rates() {
	local id

	for id in $(of guest '.[].id'); do
		pppctl session set "$id" rate-up=2M rate-down=2M || return
	done
	in_effect guest 'rate up 2000000 bit/s' && [ "$(of guest length)" = $tickets ]
}

# He is among the first who come back, by his number.
is_shut_out() {
	sed -i '/^user "staff7"/s/}/disabled = true }/' "$work/users.conf"
	pppctl reload && pppctl session kill user staff7 && wait_for 10 are staff $((staff - 1)) || return
	herd=staff
	herd_does login 1 1 mppe && jq -e '.up == 0' <<< "$answer" &&
		log_has 1 'refused: user "staff7".*: the user is disabled$'
}

day_tickets_end() {
	sleep $((9 * hour))
	wait_for 60 are guest 0
}

state_is() {
	pppctl status | tee /dev/stderr | grep -q "^office .*  $1\$"
}

closing_time() {
	pppctl drain office 600 && leaves staff terminate 100 && are staff $((staff - 101)) || return
	dial client3 bob builder > "$work/dial.out"
	wait_for 20 has_ended client3 && state_is 'draining, ends in .*' || return
	sleep 580
	wait_for 60 state_is drained
}

doors_open_again() {
	sleep $hour
	pppctl undrain office && dial client2 alice wonder && wait_for 30 is_up client2 && [ "$(address_of client2)" = "$alice_had" ]
}

# --- the books --------------------------------------------------------------------------------------------------

# books FILTER: what a jq filter makes of all records.
books() {
	jq -s -r "$1" "$books"
}

# Alice's two are among them.
all_sessions=$((staff + tickets + 2 * field + 2))

each_session_is_in_the_books_once() {
	books 'group_by(.type) | map({ (.[0].type): length }) | add'
	books "(map(select(.type == \"start\").session) | sort) as \$starts | (map(select(.type == \"stop\").session) | sort) as \$stops |
		\$starts == \$stops and (\$stops | unique | length) == $all_sessions and (\$stops | length) == $all_sessions" | grep -x true
}

# causes USER: how many sessions of such users ended for which cause of RFC 2866.
causes() {
	books "map(select(.type == \"stop\" and (.user | startswith(\"$1\")))) | group_by(.terminate_cause) |
		map(\"\(.[0].terminate_cause): \(length)\") | join(\", \")"
}

causes_are() {
	causes "$1"
	[ "$(causes "$1")" = "$2" ]
}

# The log has what each session carried, too.
books_and_log_agree() {
	books 'map(select(.type == "stop")) | .[] |
		"\(.user) \(.session_time_s) \(.input_octets) \(.input_packets) \(.output_octets) \(.output_packets)"' | sort > "$work/in-books"
	sed -n 's/.*session [0-9]* (\([^,]*\), .*: down after \([0-9]*\) s: .*; received \([0-9]*\) bytes in \([0-9]*\) packets, sent \([0-9]*\) in \([0-9]*\)$/\1 \2 \3 \4 \5 \6/p' \
		"$work/server.log" | sort > "$work/in-log"
	[ "$(wc -l < "$work/in-log")" = $all_sessions ] && diff "$work/in-books" "$work/in-log"
}

hooks_were_told() {
	wc -l "$work/up" "$work/down"
	[ "$(wc -l < "$work/up")" = $all_sessions ] && sort "$work/up" | cmp - <(sort "$work/down")
}

# Nobody has an address any more.
nothing_is_held() {
	[ "$(pppctl -j pool list | jq 'map(.used) | add')" = 0 ] && [ "$(sessions length)" = 0 ] && module_has_none
}

module_has_none() {
	[ "$(in_ns server "$programs/pptp_ctl" count)" = 0 ]
}

closes() {
	kill -TERM "$server_pid"
	wait "$server_pid" && ip -n server route del 10.64.0.0/14 && nothing_left server
}

plan 25
topology 3
# Two of each session, at both ends.
ulimit -n 4000
herd_way
check "a server with three kinds of users" opens
herds staff $staff -f 10.64.0.1
herds guest $guests -f 10.65.0.1
herds field $field -f 10.66.0.1 -a 1
check "the staff come" comes staff $staff 8 mppe
check "the guests come, until there is no address left" guests_crowd
check "the field force comes through one NAT" comes field $field 8
dial client2 alice wonder
check "alice comes" wait_for 30 is_up client2
alice_had=$(address_of client2)
check "each has the terms of his profile" each_has_its_terms
check "it was warned of the pools" eval 'log_has 1 "pool guests: 58 of 64 addresses" && pool_is overflow ".used == 30"'
check "the guests work" guests_work
check "alice has her rate" rate_holds
check "who guesses is banned, and nobody else" is_banned
sleep $hour
check "the ban is over" eval '[ "$(pppctl -j ban list)" = "[]" ] && log_has 1 "192.0.2.13 is not banned any more: its time is over"'
check "the NAT gets another address, and all come back through it" nat_moves
check "the guests get half of their rate, and stay" halve_the_rates
check "and go on working" guests_work
check "somebody's account is closed" is_shut_out
check "60 guests go home" eval 'leaves guest stop 60 && are guest $((tickets - 60))'
check "the others' tickets end" day_tickets_end
check "those who are there at closing time are sent home" closing_time
check "when the doors open again alice comes, and has her address" doors_open_again
hang_up client2
check "each session was in the books once" eval 'wait_for 10 each_session_is_in_the_books_once'
check "the staff went as they did" causes_are staff "1: 100, 6: 1, 7: 49"
check "so did guests and field force" eval 'causes_are guest "3: 60, 5: 34" && causes_are field "7: 50, 10: 50"'
check "books and log agree on what each carried" books_and_log_agree
check "the programs were told of each" wait_for 10 hooks_were_told
check "nothing is held, and nothing is left" eval 'nothing_is_held && closes'
finish
