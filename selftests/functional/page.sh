#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The page, in a browser: who has a token sees sessions come and go, finds them, looks at one, ends it, and learns why
# others have failed; what peers have chosen is text; and nothing goes elsewhere.
#
# May take 900 s.
. "$(dirname "$0")/lib.sh"

url=http://127.0.0.1:9723
# What an administrator's browser would run, if it were markup.
hostile='<img/src=x/onerror=document.title=1>'

# token NAME RIGHTS: a line of the file of tokens; the token is "NAME's".
token() {
	printf '%s %s %s\n' "$1" "$2" "$(printf "%s's" "$1" | sha256sum | cut -d ' ' -f 1)" >> "$work/tokens"
	chmod 600 "$work/tokens"
}

browser_start() {
	mkfifo "$work/ask" "$work/told"
	in_ns server env HOME="$work" "$functional/page.py" "$url" "$work" > "$work/page.log" 2>&1 &
	exec {ask}<> "$work/ask" {told}<> "$work/told"
}

# person STEP [ARGUMENT...]: the person before the browser does it (page.py), and nothing is wrong.
person() {
	local line failed=0

	(IFS=$'\t' && printf '%s\n' "$*") >&"$ask"
	while read -r -t 300 line <&"$told"; do
		[ "$line" != . ] || return $failed
		printf '%s\n' "$line"
		failed=1
	done
	echo "the browser does not answer"
	return 1
}

# daemon_stop: without a chance to say so.
daemon_stop() {
	kill_now "$server_pid"
}

daemon_start() {
	in_ns server "${culvertd[@]}" -c "$work/culvert.conf" >> "$work/server.log" 2>&1 &
	server_pid=$!
	wait_for 10 server_listens
}

[ -x /usr/lib/chromium/chromium-headless-shell ] || skip_all "chromium-headless-shell is not installed"

plan 32
topology 2
user "\"$hostile\"" builder
token ops write
token noc read
server_sections="web { page = true  tokens = \"$work/tokens\" }"
server_start
browser_start

check "whoever comes is asked for a token" person comes
check "a wrong one is refused" person is_refused wrong
check "with another one there is the overview" person is_let_in "ops's"
check "with the server" person sees office
check "and the pool" person sees "0 of 241"
person goes '#/sessions'
check "there are no sessions yet" person sees "There are no sessions."
dial client1 alice wonder
check "one that comes up is seen at once" person lists alice
dial client2 "$hostile" builder
check "so is another one" person lists alice "$hostile"
check "of whom markup is text" person sees_markup "$hostile"
check "sessions are sorted, by keyboard" person sorts
person searches ali
check "one is found by a part of the user's name" person lists alice
person searches 192.0.2.12
check "another one by its peer" person lists "$hostile"
person searches nobody
check "and that there is none" person sees "No session is like that."

check "a session has a page of its own" person opens alice
wait_for 20 is_up client1
in_ns client1 ping -q -i 0.01 -s 1000 "$inner_server" > /dev/null &
pinger=$!
check "with its rates, drawn" person sees_rates
kill_now $pinger
check "what it has negotiated" person sees "MPPE, 128 bits"
check "and what happened to it" person sees "LCP Configure-Request"
check "to disconnect it is asked for once more" person thinks_better
check "and then done" person disconnects
check "so that the client is told" wait_for 20 has_ended client1

dial client1 alice wrong
wait_for 20 has_ended client1
person goes '#/attempts?user=alice'
check "why somebody failed who is not connected is told" person sees wrong-password
check "no view is wider than a phone or a desk" person fits "#/session/2" "#/attempts?user=alice"
person goes '#/'
check "the last hour is drawn" person sees_curves

person opens "$hostile"
check "an address is banned" person bans
check "so that its client is told" wait_for 20 has_ended client2
check "which is told on the overview, and taken back" person lifts 192.0.2.12

check "whoever logs out is out" person logs_out
person is_let_in "noc's"
dial client1 alice wonder
person opens alice
check "who may only look cannot change anything" person may_not_change

person goes '#/'
daemon_stop
check "when the daemon is gone the page says so" person misses_the_daemon
daemon_start
check "and goes on once it is back" person finds_the_daemon
check "the keyboard leads past the navigation" person skips
check "the browser has found nothing wrong, and asked nobody else" person was_told_no_harm
finish
