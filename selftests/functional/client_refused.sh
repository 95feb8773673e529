#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A server that refuses a client for now is asked again soon; one that refuses its password rarely, or not at all, until
# people say so or the password is another one.
. "$(dirname "$0")/client_lib"

failed_as() {
	hq .failure_kind | tee /dev/stderr | grep -qx "$1"
}

# The next attempt is due in FROM to TO seconds.
next_in() {
	local s

	s=$(hq .retry_in_s)
	echo "in $s s"
	[ "$s" -ge "$1" ] && [ "$s" -le "$2" ]
}

list_says() {
	ctl client list | tee /dev/stderr | grep -Eq "$1"
}

reloaded_with() {
	client_config "$@" > "$work/client.conf"
	ctl reload
}

plan 15
topology 2
server_start 'max-sessions = 1'
dial client2 bob builder
check "the server is full" wait_for 30 session_count 1
client_start
check "the client is refused" wait_for 20 failed_with login 'login not allowed at this time \(MS-CHAP 646\), The server is full'
check "for now" failed_as temporary
hang_up client2
check "when there is room, it comes up by itself" wait_for 20 hq_is up
secret mistaken
check "another password is a reason to begin anew" reloaded_with
check "it is refused" wait_for 20 failed_with login 'wrong user or password \(MS-CHAP 691\)'
check "for good" failed_as permanent
check "the next attempt is in 5 minutes, more or less" next_in 200 380
check "that is told in the list" list_says 'login: .*; permanent, next try in [3-6]m'
check "and in the log" grep -Eq 'this will not pass by itself; next attempt in [23]..? s' "$work/client.log"
check "a reload without retries" reloaded_with 'reconnect-refused-max = 0'
check "leaves it to people" eval 'wait_for 20 list_says "hq +down .*; permanent, next try when asked" && hq_is down'
check "who are told so in the log" grep -q 'no attempt before "pppctl client up hq"' "$work/client.log"
secret wonder
check "the right password" reloaded_with
check "brings it up at once" wait_for 20 hq_is up
finish
