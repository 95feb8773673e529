#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Each attribute that culvert.conf(5) says Culvert sends is seen by FreeRADIUS, and each that it says an Access-Accept may
# grant arrives: pppctl shows those that are kept.
. "$(dirname "$0")/radius_lib"

manual="$functional/../../docs/man/culvert.conf.5"

# rows LETTER: the attributes that are sent, or looked at, in packets of this letter.
rows() {
	awk -v letter="$1" '
		/^\.Sh / { within = /RADIUS ATTRIBUTES/ }
		within && /^\.It .* Ta / && $2 != "Sy" && index($4, letter) { print $2 }' "$manual"
}

# received CODE: the attributes of all packets of this kind that FreeRADIUS has received.
received() {
	awk -v code="$1" '
		/Received |Sent / { within = /Received / && index($0, code " ") }
		within && match($0, /[A-Z][A-Za-z0-9-]*(:[0-9]+)? = /) {
			name = substr($0, RSTART, RLENGTH - 3)
			sub(/:[0-9]+/, "", name)
			print name
		}' "$radius_log" | sort -u
}

# sent CODE: likewise of those that FreeRADIUS has sent.
sent() {
	awk -v code="$1" '
		/Received |Sent / { within = /Sent / && index($0, code " ") }
		within && match($0, /[A-Z][A-Za-z0-9-]*(:[0-9]+)? [+:]?= /) {
			name = $0
			sub(/^[^A-Z]*/, "", name)
			sub(/(:[0-9]+)? [+:]?= .*/, "", name)
			print name
		}' "$radius_log" | sort -u
}

# lacks_none LETTER N: standard input has each row of the letter, of which there are N at least.
lacks_none() {
	sort -u > "$work/seen"
	rows "$1" | sort -u | comm -23 - "$work/seen" > "$work/lacking"
	cat "$work/lacking"
	[ "$(rows "$1" | wc -l)" -ge "$2" ] && [ ! -s "$work/lacking" ]
}

all_are_received() {
	received "$1" | lacks_none "$2" "$3"
}

all_were_sent() {
	sent Access-Accept | lacks_none A 30
}

# comes_and_goes USER PASSWORD WAY OPTION...: a session as this server and this pppd have it.
comes_and_goes() {
	local who=$1 password=$2

	client_auth=$3
	shift 3
	office_again "$@" > "$work/reload.out" && come client1 "$who" "$password" && hang_up client1 &&
		wait_for 20 session_count 0
}

shown() {
	pppctl -j session show "$(sessions '.[0].id')" | jq -S "$1"
}

shows_all() {
	shown .grant > "$work/shown"
	diff "$work/granted" "$work/shown"
}

# Each member of the object has a line of its own.
has_a_line_for_each() {
	pppctl session show "$(sessions '.[0].id')" > "$work/lines"
	cat "$work/lines"
	[ "$(grep -cE '^ *granted' "$work/lines")" = "$(jq length "$work/granted")" ]
}

plan 16
radius_topology 1
# Whoever has signed one answer is expected to sign all.
radius_user <<-'END'
	DEFAULT
	    Message-Authenticator = 0x00000000000000000000000000000000,
	    Fall-Through = Yes
	everything	Cleartext-Password := "granted"
	    User-Name = "Every.One",
	    Service-Type = Framed-User,
	    Framed-Protocol = PPP,
	    Framed-IP-Address = 10.99.0.40,
	    Framed-IP-Netmask = 255.255.255.252,
	    Filter-Id = "in",
	    Filter-Id += "out",
	    Framed-MTU = 1400,
	    Reply-Message = "Welcome",
	    Framed-Route = "192.168.40.0/24 0.0.0.0 2",
	    State = 0x0102,
	    Class = "gold",
	    Class += "extra",
	    Session-Timeout = 86400,
	    Idle-Timeout = 3600,
	    Termination-Action = RADIUS-Request,
	    Port-Limit = 2,
	    Tunnel-Type:0 = PPTP,
	    Tunnel-Medium-Type:0 = IPv4,
	    Tunnel-Client-Endpoint:0 = "192.0.2.11",
	    Tunnel-Server-Endpoint:0 = "192.0.2.1",
	    Acct-Interim-Interval = 60,
	    Framed-Pool = "users",
	    Framed-Interface-Id = 0200:0000:0000:0007,
	    Framed-IPv6-Prefix = 2001:db8:40::/64,
	    Framed-IPv6-Prefix += 2001:db8:41::/64,
	    Framed-IPv6-Route = "2001:db8:42::/48",
	    Framed-IPv6-Pool = "pool6",
	    Delegated-IPv6-Prefix = 2001:db8:4300::/56,
	    Framed-IPv6-Address = 2001:db8:40::7,
	    DNS-Server-IPv6-Address = 2001:db8::53,
	    Delegated-IPv6-Prefix-Pool = "delegated",
	    Cisco-AVPair = "ip:inacl#1=permit ip any any",
	    Cisco-AVPair += "lcp:interface-config=nothing",
	    MS-CHAP-Domain = "OFFICE",
	    MS-Primary-DNS-Server = 192.0.2.53,
	    MS-Secondary-DNS-Server = 192.0.2.54,
	    MS-Primary-NBNS-Server = 192.0.2.55,
	    MS-Secondary-NBNS-Server = 192.0.2.56,
	    WISPr-Bandwidth-Max-Up = 1000000,
	    WISPr-Bandwidth-Max-Down = 2000000,
	    Mikrotik-Rate-Limit = "10M/20M 12M/24M 8M/16M 5/6"
	wispr	Cleartext-Password := "granted"
	    WISPr-Bandwidth-Max-Up = 1000000,
	    WISPr-Bandwidth-Max-Down = 2000000
	barred	Auth-Type := Reject
	    Error-Cause = Administratively-Prohibited,
	    Reply-Message = "not today"
END
jq -S . > "$work/granted" <<-'END'
	{ "user": "Every.One", "classes": 2, "address": "10.99.0.40", "netmask": 30, "pool": "users",
	  "routes": ["192.168.40.0/24 metric 2", "2001:db8:42::/48"], "dns": ["192.0.2.53", "192.0.2.54"],
	  "nbns": ["192.0.2.55", "192.0.2.56"], "dns6": ["2001:db8::53"], "addresses6": ["2001:db8:40::7"],
	  "prefixes6": ["2001:db8:40::/64", "2001:db8:41::/64"], "delegated6": ["2001:db8:4300::/56"],
	  "pool6": "pool6", "delegated_pool6": "delegated", "interface_id": "0200:0000:0000:0007",
	  "session_timeout_s": 86400, "idle_timeout_s": 3600, "interim_interval_s": 60, "termination_action": 1,
	  "port_limit": 2, "mtu": 1400, "filters": ["in", "out"], "rate_up": 10000000, "rate_down": 20000000,
	  "burst_up": 12000000, "burst_down": 24000000, "burst_up_s": 5, "burst_down_s": 6,
	  "avpairs": ["ip:inacl#1=permit ip any any", "lcp:interface-config=nothing"] }
END
radius_start
office

check "a user comes up who is granted all that there is" come client1 everything granted
check "pppctl shows all of it, and nothing else" shows_all
check "and has a line for each" has_a_line_for_each
check "the session has the name that was granted" eval '[ "$(sessions ".[0].user")" = Every.One ]'
check "the network behind the client has its route" eval 'ip -n server route | grep "^192.168.40.0/24.*metric 2"'
check "each Class is recorded" wait_for 20 eval 'has_packets 1 Start "Class = 0x676f6c64" && has_packets 1 Start "Class = 0x6578747261"'
check "and, in time, how it goes" wait_for 150 eval '[ $(packets Interim-Update) -ge 1 ]'
hang_up client1
check "the session ends" wait_for 20 ended 1
check "WISPr's rates are kept where there are no others" eval 'come client1 wispr granted &&
	[ "$(shown "[.grant.rate_up, .grant.rate_down] == [1000000, 2000000]")" = true ]'
hang_up client1
check "who is barred does not come in, and the log has the cause and the words" \
	eval 'refused client1 barred any && log_says "Error-Cause 501.*not today"'

check "logins by PAP and CHAP" eval 'comes_and_goes alice wonder nomppe "auth = { pap }" "mppe = off" &&
	comes_and_goes alice wonder nomppe "auth = { chap-md5 }" "mppe = off"'
check "by MS-CHAP and EAP" eval 'comes_and_goes alice wonder require-mppe-128 "auth = { mschap }" &&
	comes_and_goes alice wonder nomppe "auth = { eap }" "mppe = off"'
sed -i 's/^\(\taddress    = \)"192.0.2.1"/\1"2001:db8::1"/' /etc/culvert/radius.conf
check "and by a server that is called by an IPv6 address" \
	comes_and_goes alice wonder "refuse-eap refuse-pap refuse-chap refuse-mschap require-mppe-128"
check "FreeRADIUS has seen each attribute of logins" all_are_received Access-Request Q 25
check "and each one of accounting" all_are_received Accounting-Request T 25
check "and has granted each that is looked at" all_were_sent
finish
