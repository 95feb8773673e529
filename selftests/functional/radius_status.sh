#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# `pppctl radius list` and `show` tell how FreeRADIUS does: up or dead and for how long, how long it takes to answer, how
# much was lost, and how much waits for its turn.
. "$(dirname "$0")/radius_lib"

# alpha FILTER: what jq makes of the server that is asked for logins.
alpha() {
	pppctl -j radius list | jq -r ".[] | select(.name == \"alpha\" and .use == \"logins\") | $1"
}

# is FILTER: the condition is true of it.
is() {
	[ "$(alpha "$1")" = true ] || {
		alpha .
		return 1
	}
}

# lists PATTERN: a line of the list matches.
lists() {
	pppctl radius list | tee /dev/stderr | grep -qE "^alpha +$1"
}

# shows TEXT...: what is shown for people has each of them.
shows() {
	local text

	pppctl radius show alpha > "$work/shown"
	cat "$work/shown"
	for text in "$@"; do
		grep -qF "$text" "$work/shown" || return 1
	done
}

goes() {
	hang_up client1
	wait_for 20 session_count 0
}

plan 20
radius_topology 2
radius_start
office
check "before anybody is asked for it is up, for logins and for accounting" \
	eval 'lists "logins +192\.0\.2\.20 +1812 +up" && lists "accounting +192\.0\.2\.20 +1813 +up"'
check "and has no times" is '.last_minute.answers == 0 and .last_5_minutes.answers == 0 and .counters.sent == 0'
worsen_wire radius "delay 50ms"
check "an answer takes 100 ms" eval 'come client1 alice wonder && goes'
check "which is seen" is '.last_minute.answers == 1 and .last_minute.median_ms >= 100 and .last_minute.median_ms <= 130'
worsen_wire radius "delay 150ms"
check "another one takes 300 ms" eval 'come client1 alice wonder && goes'
check "half of them take the one, 99 of 100 the other time" \
	is '.last_minute | .answers == 2 and .median_ms <= 130 and .p99_ms >= 300 and .p99_ms <= 350'
mend_wire radius
sleep 70
check "after a minute they are among those of five minutes alone" \
	is '.last_minute.answers == 0 and .last_5_minutes.answers == 2 and .last_5_minutes.p99_ms >= 300'
check "it is up since the start" is '.state == "up" and .state_s >= 70 and .counters.lost == 0 and .counters.answered == 2'
check "all of it is shown for people, too" shows "radius alpha, logins" "192.0.2.20 port 1812" "up for" "no answers" \
	"2 answers, half of them within" "radius alpha, accounting" "0; 0 requests went to another server"

kill -STOP "$radius_pid"
dial client1 alice wonder
check "frozen, it is dead after three requests" wait_for 20 is '.state == "dead" and .counters.lost >= 3'
check "since a moment ago" is '.state_s <= 10'
check "the list says so" lists "logins +192\.0\.2\.20 +1812 +dead"
sleep 30
check "half a minute later it has been dead for so long" is '.state == "dead" and .state_s >= 30 and .state_s <= 45'
wait_for 60 has_ended client1
kill -CONT "$radius_pid"
check "it is up again when it has answered Status-Server" wait_for 20 is '.state == "up" and .state_s <= 10'

sed -i '/^radius "alpha"/a window = 1' /etc/culvert/radius.conf
check "a reload keeps what was counted" eval 'office_again && is ".window == 1 and .counters.lost >= 3 and .counters.answered >= 3"'
check "and one that changes nothing" eval 'office_again && is ".counters.lost >= 3"'
kill -STOP "$radius_pid"
dial client1 alice wonder
dial client2 bob builder
check "where one request may be under way, another one waits" wait_for 10 is '.under_way == 1 and .queued == 1'
kill -CONT "$radius_pid"
check "both users come in" eval 'wait_for 30 is_up client1 && wait_for 30 is_up client2'
check "and nothing waits" is '.under_way == 0 and .queued == 0'
check "there is no server beta" eval '! pppctl radius show beta'
finish
