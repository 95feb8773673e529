#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A server that refuses, stalls, answers wrongly or goes away at each step: the client says which step failed and why,
# and comes up by itself when the server is good again.
. "$(dirname "$0")/client_lib"

peer=$functional/../tools/hostile_peer.py

# Scenarios of the peer, the step that fails, and what is said of it.
scenarios=(
	"start-close|control connection|peer closed the TCP connection"
	"start-reset|control connection|(peer closed the TCP connection|connection reset)"
	"start-wrong|control connection|message out of place"
	"start-version|control connection|no common protocol version"
	"start-refuse|control connection|server refused: not authorized"
	"start-stall|control connection|not done within the login-timeout of 3 s"
	"start-garbage|control connection|the peer does not speak PPTP"
	"call-busy|call|server refused: busy"
	"call-close|call|peer closed the TCP connection"
	"call-wrong|call|not done within the login-timeout"
	"call-disconnect|call|not done within the login-timeout"
	"call-stall|call|not done within the login-timeout"
	"lcp-stall|link|not done within the login-timeout"
	"lcp-close|link|peer closed the TCP connection"
	"lcp-disconnect|link|server ended the call: "
	"auth-refuse|login|server refused: wrong user or password \(MS-CHAP 691\)"
	"auth-refuse-648|login|server refused: password expired \(MS-CHAP 648\)"
	"auth-wrong|login|the server does not know our password"
	"auth-close|login|peer closed the TCP connection"
	"auth-terminate|login|closed by the peer: terminated"
	"auth-stall|login|not done within the login-timeout"
	"ccp-refuse|encryption|MPPE is required here and the peer does not agree"
	"ccp-close|encryption|peer closed the TCP connection"
	"ccp-wrong|encryption|MPPE is required here and the peer does not agree"
	"ccp-stall|encryption|not done within the login-timeout"
	"ipcp-refuse|addresses|no network protocol"
	"ipcp-close|addresses|peer closed the TCP connection"
	"ipcp-wrong|addresses|no network protocol"
	"ipcp-stall|addresses|not done within the login-timeout"
	"up-close|session|peer closed the TCP connection"
	"up-terminate|session|closed by the peer: terminated"
	"up-deaf|session|no longer answers LCP echo"
	"up-disconnect|session|server ended the call: "
)

# serve SCENARIO: the server is of that kind when this returns.
serve() {
	[ -z "$server_pid" ] || kill_now "$server_pid"
	rm -f "$work/hostile.log"
	in_ns server "$peer" server "$1" "$outer_server" --password wonder > "$work/hostile.log" 2>&1 &
	server_pid=$!
	wait_for 10 grep -q listening "$work/hostile.log"
}

# says STEP PATTERN: the client does, before long, after having been told to dial.
says() {
	ctl client up hq && wait_for 20 failed_with "$1" "$2" && ctl client down hq && wait_for 10 hq_is down
}

plan $((${#scenarios[@]} + 5))
topology 1
server_pid=
client_start 'connect = manual' 'login-timeout = 3' 'lcp-echo-interval = 1' 'lcp-echo-failure = 2'
for scenario in "${scenarios[@]}"; do
	IFS='|' read -r name step pattern <<< "$scenario"
	serve "$name"
	check "$name: it is said that \"$step\" failed, and why" says "$step" "$pattern"
done
kill_now "$server_pid"
server_pid=
check "no server at all: the TCP connection fails" \
	eval 'ctl client up hq && wait_for 20 failed_with "TCP connection" "$outer_server port 1723: connection refused"'
serve good
check "when the server is good, the client comes up by itself" wait_for 20 hq_is up
check "with nothing to complain of" [ "$(hq .failure)" = "" ]
ctl client down hq
check "and goes down" wait_for 10 hq_is down
check "nothing is left at the client" wait_for 10 nothing_left client1
finish
