#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A RADIUS server ends and changes sessions (RFC 5176), by radclient: each selector, all that match or none, the right
# Error-Cause; a change does not touch the traffic; requests from elsewhere, forged, old or repeated do nothing.
. "$(dirname "$0")/radius_lib"

# of USER FIELD: what is known of the user's session.
of() {
	sessions ".[] | select(.user == \"$1\") | .$2"
}

# The names of a session that only FreeRADIUS has been told.
acct_id() {
	records "SELECT acctsessionid FROM radacct WHERE username = '$1' AND acctstoptime IS NULL"
}

# ended_by SELECTOR: bob's session ends by it, and nobody else's.
ended_by() {
	request disconnect "$1" && wait_for 10 has_ended client2 && wait_for 10 session_count 1 &&
		recorded 1 "username = 'alice' AND acctstoptime IS NULL"
}

bob_comes() {
	come client2 bob builder && wait_for 10 recorded 1 "username = 'bob' AND acctstoptime IS NULL"
}

# Packets pass all the time while the session changes.
changes_meanwhile() {
	local pinging

	in_ns client1 ping -i 0.05 -c 200 -W 5 "$inner_server" > "$work/ping.out" &
	pinging=$!
	wait_for 5 grep -q icmp_seq=1 "$work/ping.out" && request coa "$1" && ! grep -q icmp_seq=200 "$work/ping.out" &&
		wait "$pinging" && grep ' 0% packet loss' "$work/ping.out"
}

event_came() {
	grep -q "^{.*\"type\": *\"session.$1\"" "$work/monitor.out"
}

plan 42
radius_topology 2
radius_start
office
check "alice comes up" eval 'come client1 alice wonder && wait_for 10 recorded 1 "username = '\''alice'\''"'

# Each in its turn names bob's session.
selectors=(
	'User-Name = "bob"'
	'Framed-IP-Address = $(of bob remote_address)'
	'NAS-Port = $(of bob id)'
	'NAS-Port-Id = "office:$(of bob id)"'
	'Calling-Station-Id = "192.0.2.12"'
	'Acct-Session-Id = "$(acct_id bob)"'
	'Acct-Multi-Session-Id = "$(acct_id bob)"'
	'Called-Station-Id = "192.0.2.1", User-Name = "bob"'
	'User-Name = "bob", NAS-Identifier = "culvert-1", NAS-IP-Address = 192.0.2.1'
)
for selector in "${selectors[@]}"; do
	check "bob comes up" bob_comes
	eval "selector=\"${selector//\"/\\\"}\""
	check "his session ends by ${selector%% *}" ended_by "$selector"
done
check "the record says who ended it" wait_for 20 recorded 9 "username = 'bob' AND acctterminatecause = 'Admin-Reset'"

check "nobody is named mallory" refuses Session-Context-Not-Found disconnect 'User-Name = "mallory"'
check "nobody is alice with another address" \
	refuses Session-Context-Not-Found disconnect 'User-Name = "alice", Framed-IP-Address = 10.99.0.34'
check "another NAS" refuses NAS-Identification-Mismatch disconnect 'User-Name = "alice", NAS-Identifier = "culvert-2"'
check "nobody is named at all" refuses Missing-Attribute disconnect 'Acct-Terminate-Cause = Admin-Reset'
check "no MPPE policy can be changed" \
	refuses Unsupported-Attribute coa 'User-Name = "alice", MS-MPPE-Encryption-Policy = Encryption-Allowed, Session-Timeout = 900'
check "no address, either" refuses Session-Context-Not-Found coa 'Framed-IP-Address = 10.99.0.44, Session-Timeout = 900'
check "nothing that is unknown" refuses Unsupported-Attribute coa 'User-Name = "alice", Login-Service = Telnet'
check "no service but ours" refuses Unsupported-Service coa 'User-Name = "alice", Service-Type = Authorize-Only'
check "no time that is over" refuses Invalid-Attribute-Value coa 'User-Name = "alice", Session-Timeout = 1'
check "alice is still there" eval 'is_up client1 && ping_from client1 "$inner_server"'

check "from another address: no answer" ignores disconnect 'User-Name = "alice"' client2
check "with another secret: no answer" ignores disconnect 'User-Name = "alice"' radius mistaken
check "an hour old: no answer" \
	ignores disconnect "User-Name = \"alice\", Event-Timestamp = $(($(date +%s) - 3600))"
check "the log tells each" eval 'log_says "no coa-client has this address" && log_says "is the secret the same" &&
	log_says "Event-Timestamp is missing or too far"'
check "alice is still there" ping_from client1 "$inner_server"

check "pppctl counts all of that" eval '[ "$(pppctl -j status | jq -c "[.coa.ended, .coa.changed, .coa.dropped]")" = "[9,0,3]" ]'

pppctl -j monitor > "$work/monitor.out" &
check "she gets less time, and another class, while packets pass" changes_meanwhile \
	'User-Name = "alice", Session-Timeout = 3000, Idle-Timeout = 40, Class = "silver", Filter-Id = "web", Mikrotik-Rate-Limit = "2M/10M"'
check "the kernel has her new rates" eval 'in_ns server pppctl -j kernel session list | tee /dev/stderr |
	jq -e ".[0].shape | [.rx_rate, .tx_rate] == [2000000, 10000000]" > /dev/null'
check "who watches hears of it" wait_for 10 event_came changed
check "her session ends when it is idle, as it was changed" eval 'wait_for 120 has_ended client1 && wait_for 10 session_count 0'
check "the last record has the class that was changed" wait_for 10 has_packets 1 Stop 'Class = 0x73696c766572'
check "and the cause" wait_for 10 recorded 1 "username = 'alice' AND acctterminatecause = 'Idle-Timeout'"
finish
