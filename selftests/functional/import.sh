#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What pppctl makes of other products' configurations is a configuration that the daemon takes.
. "$(dirname "$0")/lib.sh"

# files_of OUTPUT: make the files that are described at its end, in $work.
files_of() {
	awk -v work="$work" '/^# \/etc\/culvert\/.*\.secret, from / {
		file = work substr($2, 13, length($2) - 13)
		getline
		print substr($0, 3) > file
	}' "$1"
	awk '/belong into/ { on = 1; next } !NF { on = 0 } on { print substr($0, 3) }' "$1" > "$work/secrets.made"
	! [ -s "$work/secrets.made" ] || cp "$work/secrets.made" "$work/secrets"
	chmod go= "$work"/*.secret "$work/secrets" 2> /dev/null
}

# takes PRODUCT FILE...: the configuration that is made of the files is right, together with the files that it names.
takes() {
	pppctl import "$@" > "$work/imported" || return
	sed -E "s#/etc/ppp/chap-secrets\"#$work/secrets\"#; s#\"/etc/culvert/#\"$work/#" "$work/imported" > "$work/imported.conf"
	cat "$work/imported.conf"
	files_of "$work/imported"
	grep -q "secrets = " "$work/imported.conf" ||
		sed -i "0,/^server.*/s##&\n\tsecrets = \"$work/secrets\"#" "$work/imported.conf"
	in_ns server timeout $((10 * slowness)) culvertd --check -c "$work/imported.conf"
}

# has LINE...: the last configuration has them.
has() {
	local line

	for line; do
		sed 's/\t# .*//' "$work/imported.conf" | grep -qFx "	$line" || return
	done
}

tells_nothing() {
	pppctl import "$@"
	[ $? = 1 ]
}

tells_usage() {
	pppctl import "$@"
	[ $? = 2 ]
}

topology 0
user alice wonder
user bob builder "10.5.0.9 2M/512"
cat > "$work/pptpd.conf" <<'END'
option /etc/ppp/pptpd-options
localip 192.168.9.1
remoteip 192.168.9.10-20,192.168.9.30
END
cat > "$work/options" <<'END'
name pptpd
refuse-pap
require-mschap-v2
require-mppe-128
ms-dns 192.0.2.53
proxyarp
chap-interval 60
END
cat > "$work/accel-ppp.conf" <<'END'
[modules]
pptp
auth_mschap_v2
auth_mschap_v1
[pptp]
ifname=pptp%d
ip-pool=users
mppe=require
[ip-pool]
gw-ip-address=10.5.0.1
10.5.0.2-255,name=users
10.6.0.0/24,gold
[chap-secrets]
chap-secrets=/etc/ppp/chap-secrets
END
cat > "$work/export.rsc" <<'END'
/ip pool
add name="p 1" ranges=10.7.0.2-10.7.0.99
/ppp profile
set *FFFFFFFE local-address=10.7.0.1 remote-address="p 1"
/interface pptp-server server
set authentication=mschap2 enabled=yes
/ppp secret
add name=alice password=wonder service=pptp
END
printf 'plugin radius.so\n' > "$work/radius-options"
cat > "$work/radiusclient.conf" <<'END'
authserver 192.0.2.20:1812
acctserver 192.0.2.20:1813
servers /etc/radiusclient/servers
radius_timeout 10
radius_retries 3
END
printf '192.0.2.20\ttesting123testing123\n' > "$work/servers"
cat > "$work/accel-radius.conf" <<'END'
[modules]
pptp
auth_mschap_v2
radius
shaper
[pptp]
ip-pool=users
[radius]
nas-identifier=nas1
dae-server=192.0.2.1:3799,another-secret-of-it
server=192.0.2.20,testing123testing123,auth-port=1812,acct-port=1813,req-limit=50,fail-timeout=0,max-fail=10,weight=1
server=192.0.2.21,testing123testing123,acct-port=0,backup
timeout=3
max-try=3
acct-interim-interval=300
[ip-pool]
gw-ip-address=10.5.0.1
10.5.0.2-255,name=users,next=more
10.5.0.0/24,name=again
10.6.0.1/24,name=more
[shaper]
rate-limit=20480/5120
END
cat > "$work/all.rsc" <<'END'
/interface pptp-client
add connect-to=vpn.example.org disabled=no name=hq password="p\24 s" user=branch
/ip pool
add name=dhcp ranges=192.168.88.10-192.168.88.254
add name=p1 ranges=10.7.0.2-10.7.0.99
add name=p2 ranges=10.8.0.2-10.8.0.99
/ppp profile
add local-address=10.7.0.1 name=one only-one=yes rate-limit=2M/10M remote-address=p1 session-timeout=1d
add name=two rate-limit=64k remote-address=p2
/interface pptp-server server
set authentication=mschap2 default-profile=one enabled=yes
/ip route
add distance=1 dst-address=192.168.10.0/24 gateway=hq
/radius
add address=192.0.2.20 secret=testing123testing123 service=ppp timeout=300ms
/radius incoming
set accept=yes port=3799
/ppp aaa
set use-radius=yes interim-update=5m
/ppp secret
add name=bob password=builder profile=two routes=192.168.20.0/24 service=pptp
add name=eve password="two words" profile=one remote-address=10.7.0.200
END
printf '/ip pool\nadd name=dhcp ranges=192.168.88.10-192.168.88.254\n' > "$work/dhcp.rsc"
plan 13
check "pptpd's files" takes pptpd "$work/pptpd.conf" "$work/options"
check "accel-ppp's file" takes accel-ppp "$work/accel-ppp.conf"
check "a file of secrets" takes chap-secrets "$work/secrets"
check "an export of RouterOS" takes routeros-export "$work/export.rsc"
check "a client of RouterOS, users of several profiles, and RADIUS" takes routeros-export "$work/all.rsc"
check "  ... with profile, routes and rates" has 'profile = "two"' 'rate-down = 10M' 'rate-up = 64k' 'interim-interval = 300'
check "  ... and a client with its secret" eval '[ "$(cat "$work/hq.secret")" = "p\$ s" ]'
check "pptpd with RADIUS" takes pptpd "$work/pptpd.conf" "$work/radius-options" "$work/radiusclient.conf" "$work/servers"
check "accel-ppp with RADIUS" takes accel-ppp "$work/accel-radius.conf"
check "  ... with what it says" has 'balance = weight' 'weight = 0' 'rate-down = 20480k' 'next = "more"'
check "an export without PPTP" tells_nothing routeros-export "$work/dhcp.rsc"
check "a product that is unknown" tells_usage poptop "$work/pptpd.conf"
check "a file that is not there" tells_usage pptpd "$work/nothing"
finish
