#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Users whom FreeRADIUS knows log in by each protocol that pppd speaks; what FreeRADIUS grants takes effect, and it is
# told who asks. Who is not let in learns why, as far as that may be told. When the server is away nobody comes in, and
# with a second one that answers everybody does. Users of our own come first where that is configured, and realms have
# servers of theirs.
. "$(dirname "$0")/radius_lib"

# Options of the server, of pppd, and what must come of it: the protocol and the bits of MPPE.
ways=(
	"auth = { pap };mppe = off|nomppe|pap none"
	"auth = { chap-md5 };mppe = off|nomppe|chap-md5 none"
	"auth = { mschap }|require-mppe-128|mschap 128"
	"auth = { mschap-v2 }|require-mppe-128|mschap-v2 128"
)

# agreed TEXT
agreed() {
	sessions '.[0] | .auth + " " + if .mppe then "\(.mppe.bits)" else "none" end' | tee /dev/stderr | grep -qx "$1"
}

has_address() {
	[ "$(address_of client1 | sed 's,[ /].*,,')" = "$1" ]
}

# goes CLIENT: the user hangs up, and nothing is left.
goes() {
	hang_up "$1"
	wait_for 20 session_count 0
}

says_who_asks() {
	asked 'NAS-Identifier = "culvert-1"' 'NAS-IP-Address = 192.0.2.1' 'NAS-Port = ' 'NAS-Port-Id = "office:' \
		'NAS-Port-Type = Virtual' 'Service-Type = Framed-User' 'Framed-Protocol = PPP' \
		'Calling-Station-Id = "192.0.2.11"' 'Called-Station-Id = "192.0.2.1"' 'Acct-Session-Id = "' \
		'Tunnel-Type:0 = PPTP' 'Tunnel-Medium-Type:0 = IPv4' 'Tunnel-Client-Endpoint:0 = "192.0.2.11"' \
		'Tunnel-Server-Endpoint:0 = "192.0.2.1"' 'Message-Authenticator = 0x'
}

# ends_by SECONDS PATTERN: the session ends, and the log says why.
ends_by() {
	wait_for "$1" session_count 0 && log_says "$2"
}

# captured FILTER [FIELD...]: what tshark, which knows the secret, has to say of the packets of RADIUS that match.
captured() {
	local filter=$1

	shift
	tshark -n -r "$work/radius.pcap" -o "radius.shared_secret:$radius_secret" -o radius.validate_authenticator:TRUE \
		-Y "radius && ($filter)" "$@"
}

# No packet is malformed, and no answer has a wrong authenticator.
nothing_is_wrong() {
	captured '_ws.malformed || radius.invalid_length || radius.authenticator.invalid == 1' > "$work/faults"
	[ ! -s "$work/faults" ] || { cat "$work/faults"; return 1; }
}

signature_comes_first() {
	[ "$(captured 'radius.code == 1' -T fields -E occurrence=f -e radius.avp.type | sort -u | tee /dev/stderr)" = 80 ]
}

plan 45
radius_topology 2
capture_start radius "$work/radius.pcap"
radius_user <<-'END'
	short	Cleartext-Password := "lived"
	    Session-Timeout = 20
	idle	Cleartext-Password := "lazy"
	    Idle-Timeout = 20
	twice	Cleartext-Password := "nobody"
	    Port-Limit = 1
	weird	Cleartext-Password := "odd"
	    Service-Type = Login-User
END
radius_start
office

for way in "${ways[@]}"; do
	IFS='|' read -r options client_auth agreement <<< "$way"
	IFS=';' read -ra options <<< "$options"
	office_again "${options[@]}" > "$work/reload.out" || cat "$work/reload.out"
	check "$agreement: alice comes up" come client1 alice wonder
	check "$agreement: as was agreed" agreed "$agreement"
	check "$agreement: her packets pass" ping_from client1 "$inner_server"
	check "$agreement: and she goes" goes client1
done
check "FreeRADIUS is told who asks" says_who_asks
check "that its answers are not signed is told" log_says 'Message-Authenticator'

client_auth=nomppe
office_again 'mppe = off' > "$work/reload.out"
check "without MPPE, which FreeRADIUS demands, nobody comes in" refused client1 alice wonder
check "and the log says why" log_says 'encrypt|MPPE'
client_auth="refuse-eap refuse-pap refuse-chap refuse-mschap require-mppe-128"
office_again
check "alice has her own address" eval 'come client1 alice wonder usepeerdns && has_address 10.99.0.33'
check "and the name server that was granted" grep -q 'primary *DNS address 192.0.2.53' "$work/client1.log"
check "she goes" goes client1
check "bob has one of the pool" come client1 bob builder
check "and the network behind him" eval 'ip -n server route | grep -q "^192.168.5.0/24"'
check "he goes, and the route, too" eval 'goes client1 && ! ip -n server route | grep -q "^192.168.5.0/24"'
check "a session with little time ends" eval 'come client1 short lived && ends_by 40 "session time is over"'
check "an idle one ends" eval 'come client1 idle lazy && ends_by 90 "idle for too long"'
check "of a user with one port" come client1 twice nobody
check "no second session comes up" eval 'dial client2 twice nobody; wait_for 60 has_ended client2 && session_count 1'
check "and the first one stays" eval 'is_up client1 && goes client1'

check "a wrong password is refused" eval 'refused client1 alice mistaken && grep -q "E=691" "$work/client1.log"'
check "an unknown user, too" refused client1 mallory wonder
check "and one who is refused by the server, whose words the log has" \
	eval 'refused client1 carol anything && log_says "the bill is not paid"'
check "a service that is none of ours is none" refused client1 weird odd
check "no password is in our log" not grep -q -e wonder -e mistaken -e "$radius_secret" "$work/server.log"

capture_stop
check "tshark finds nothing wrong with any packet" nothing_is_wrong
check "Message-Authenticator comes first in each request" signature_comes_first
radius_stop
check "without a server nobody comes in" refused client1 alice wonder
radius_start
check "when it is back, alice comes up" eval 'come client1 alice wonder && goes client1'

user erin local
office_stops
server_sections+="
radius \"beta\" {
	address = \"192.0.2.22\"
	secret-file = \"/etc/culvert/radius.secret\"
}
radius-group \"both\" { servers = { \"beta\", \"alpha\" } }
realm \"example.org\" { radius-group = \"alpha\"  strip = true }"
client_auth=nomppe
server_start 'users = { "secrets", "radius" }' 'radius-group = "both"' 'auth = { pap }' 'mppe = off'
check "with users of our own and a first server that is dead, erin comes up" eval 'come client1 erin local && goes client1'
check "and so does one whom RADIUS alone knows" eval 'come client1 twice nobody && goes client1'
check "a wrong password of erin is not asked elsewhere" eval 'refused client1 erin mistaken && asked_about twice && ! asked_about erin'
check "carol, whom nobody lets in, does not" refused client1 carol anything
check "alice@example.org is alice there" eval 'come client1 alice@example.org wonder && address_of client1 | grep -q "^10.99.0.33"'
finish
