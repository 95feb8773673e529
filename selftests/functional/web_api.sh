#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Methods by HTTP: who has a token calls what its rights let them; a browser logs in; a stream tells what happens to
# sessions; the page is there; and a reload takes all of that away again.
. "$(dirname "$0")/lib.sh"

at=http://127.0.0.1:9723
jar=$work/cookies

# asks TOKEN METHOD [PARAMETERS]: call a method; "$work/told" has the reply, and the status behind it.
asks() {
	in_ns server curl -sS --max-time 20 -w '\n%{http_code}\n' -H "Authorization: Bearer $1" \
		-H 'Content-Type: application/json' -d "${3:-{\}}" "$at/api/org.culvert.$2" > "$work/told"
}

# tells STATUS PATTERN: what came.
tells() {
	cat "$work/told"
	[[ $(tail -n 1 "$work/told") == "$1" ]] && grep -q "$2" "$work/told"
}

asked() {
	asks "$1" "$2" "$4" && tells "$3" "$5"
}

# browser PATH OPTION...: a request with the cookie.
browser() {
	local path=$1

	shift
	in_ns server curl -sS --max-time 20 -w '\n%{http_code}\n' -b "$jar" -c "$jar" "$@" "$at$path" > "$work/told"
}

# make_token NAME RIGHT...: a line more in the file; "$work/NAME.token" is the token.
make_token() {
	pppctl token "$@" >> "$work/tokens" 2> "$work/made" && sed 's/.* //' "$work/made" > "$work/$1.token"
}

token() {
	cat "$work/$1.token"
}

stream_has() {
	grep -q "$1" "$work/stream"
}

plan 19
topology 1
umask 077
check "a token is made" make_token reader
check "and one that may change something" make_token writer write
server_start
echo "web { tokens = \"$work/tokens\" page = true }" >> "$work/culvert.conf"
check "a reload lets the daemon listen" in_ns server pppctl reload
check "a method is called" asked "$(token reader)" Daemon.Status 200 '{}' '^{"version":'
check "not without a token" asked nonsense Daemon.Status 401 '{}' PermissionDenied

in_ns server curl -sSN --max-time 300 -H "Authorization: Bearer $(token reader)" -H 'Accept: text/event-stream' \
	"$at/api/org.culvert.Session.Monitor" > "$work/stream" &
stream=$!
check "a stream begins" wait_for 20 stream_has '^data: {}$'
dial client1 alice wonder
check "a session comes up" wait_for 20 is_up client1
check "which the stream tells" wait_for 20 stream_has '^data: {"event":{"type":"session.up",.*"user":"alice"'
check "it is listed" asked "$(token reader)" Session.List 200 '{"fields":["user"]}' '"user":"alice"'
check "who may only look ends none" asked "$(token reader)" Session.Kill 403 '{"filter":{"user":"alice"}}' PermissionDenied
check "who may, does" asked "$(token writer)" Session.Kill 200 '{"filter":{"user":"alice"}}' '"killed":'
check "and the log names the token" \
	grep -q 'web: token writer (127.0.0.1) calls org.culvert.Session.Kill {"filter":{"user":"alice"}}' "$work"/server*.log
check "the stream tells that, too" wait_for 20 stream_has '"type":"session.down"'

browser /login -H 'Content-Type: application/json' -d "{\"token\":\"$(token writer)\"}"
check "a browser logs in" tells 200 '"name":"writer"'
browser /whoami
check "and is known" tells 200 '"rights":\["read","write"\]'
browser /
check "and sees the page" tells 200 '<html'
browser /api/org.culvert.Daemon.Drain -H 'Origin: http://127.0.0.1:8080' -H 'Content-Type: application/json' -d '{}'
check "a page at another port changes nothing" tells 403 'PermissionDenied'

: > "$work/tokens"
in_ns server pppctl reload
browser /whoami
check "a reload takes the login away with its token" tells 401 PermissionDenied
wait "$stream"
check "and the stream has ended" test $? = 0
finish
