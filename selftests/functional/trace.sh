#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# pppctl session trace: a login from its first message to its end, as it comes and without the password; a session that
# runs; who may, and who is named in the log.
. "$(dirname "$0")/lib.sh"

# trace NAME WORD...: what pppctl says, into a file of that name, until it ends; the last word is whom it is about.
trace() {
	pppctl "${@:2}" > "$work/$1" 2> "$work/$1.log" &
	tracers+=($!)
	wait_for 10 grep -q "calls org.culvert.Trace.Trace.*\"${*: -1}\"" "$work/server.log"
}

# in_order FILE PATTERN...: each in a line behind that of the one before.
in_order() {
	local file=$1 line=0 next pattern

	for pattern in "${@:2}"; do
		next=$(tail -n +$((line + 1)) "$work/$file" | grep -n -m 1 -E "$pattern" | cut -d: -f1)
		[ -n "$next" ] || { echo "no \"$pattern\" behind line $line"; cat "$work/$file"; return 1; }
		line=$((line + next))
	done
}

whole_login() {
	in_order login ' TCP connected: peer 192\.0\.2\.11$' \
		'received PPTP Start-Control-Connection-Request <version 1\.0> ' \
		'sent     PPTP Start-Control-Connection-Reply <result 1: control connection established>' \
		'received PPTP Outgoing-Call-Request <call [0-9]+>' \
		'sent     PPTP Outgoing-Call-Reply <call [0-9]+> .*<result 1: connected>' \
		' session session\.starting$' \
		'LCP Configure-Request id [0-9]+ .*<magic 0x' \
		'sent     CHAP Challenge id [0-9]+ <challenge <hidden> 16 octets> <name "' \
		'received CHAP Response id [0-9]+ <response <hidden> 49 octets> <name "alice">' \
		'sent     CHAP Success id [0-9]+ <message "S=<hidden>' \
		'CCP Configure-Ack id [0-9]+ <mppe 128 bit stateless>' \
		'received IPCP Configure-Request id [0-9]+ .*<address 10\.99\.0\.' \
		' session session\.up: .* MPPE 128 bit stateless'
}

# The client clears its call at about the time when PPP is over: either may be first.
whole_end() {
	in_order login ' session session\.up' 'received LCP Terminate-Request' 'sent     LCP Terminate-Ack' \
		' session session\.down: ' '^ended: ' &&
		in_order login 'sent     LCP Terminate-Ack' ' PPTP Call-Disconnect-Notify <call [0-9]+>' '^ended: '
}

all_ended() {
	local pid

	for pid in "${tracers[@]}"; do
		not is_running "$pid" || return
	done
}

# Neither the password nor what proves it: the octets of a challenge or a response would be so many digits.
no_secrets() {
	not grep -E 'wonder|[0-9a-fA-F]{32}' "$work/login"
}

as_json() {
	jq -es 'map(select(.protocol == "LCP")) | (.[0].fields | type == "array") and .[0].time_us > 1e15 and
		(map(.direction) | unique == ["received", "sent"])' "$work/json"
}

tracers=()
plan 12
topology 1
control_options='read-group = "daemon" capture-group = "man"'
server_start
trace login session trace next-from 192.0.2.0/24
trace json -j session trace next-from 192.0.2.11
dial client1 alice wonder
check "a client is up" wait_for 20 is_up client1
check "its login was seen, step by step" wait_for 10 whole_login
check "without the password" no_secrets
check "and as JSON" wait_for 10 as_json
check "a session that runs can be traced" trace running session trace user alice
check "nobody is called like that" eval 'pppctl session trace user carol 2>&1 | grep "there is no session of user \"carol\""'
check "who may look may not trace" eval 'setpriv --reuid 65534 --regid 65534 --groups daemon pppctl session trace 1 2>&1 |
	grep "you may not do that"'
hang_up client1
check "the end was seen, too" wait_for 10 whole_end
check "also by who came late" wait_for 10 in_order running 'LCP Terminate-Request' '^ended: '
check "and ends the traces" wait_for 10 all_ended
check "who traces is named" grep 'control: uid 0 (process [0-9]*) calls org.culvert.Trace.Trace {"from":"192.0.2.0/24"}' \
	"$work/server.log"
check "the server is clean" wait_for 10 server_is_clean
finish
