#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What pppctl makes of other products' configurations is a configuration that the daemon takes.
. "$(dirname "$0")/lib.sh"

# takes PRODUCT FILE...: the configuration that is made of the files is right. Passwords are in $work.
takes() {
	pppctl import "$@" > "$work/imported" || return
	sed -E "s#/etc/(culvert|ppp)/[a-z-]*secrets\"#$work/secrets\"#" "$work/imported" > "$work/imported.conf"
	cat "$work/imported.conf"
	grep -q "secrets = " "$work/imported.conf" ||
		sed -i "0,/^server.*/s##&\n\tsecrets = \"$work/secrets\"#" "$work/imported.conf"
	in_ns server timeout $((10 * slowness)) culvertd --check -c "$work/imported.conf"
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
plan 6
check "pptpd's files" takes pptpd "$work/pptpd.conf" "$work/options"
check "accel-ppp's file" takes accel-ppp "$work/accel-ppp.conf"
check "a file of secrets" takes chap-secrets "$work/secrets"
check "an export of RouterOS" takes routeros-export "$work/export.rsc"
check "a product that is unknown" tells_usage poptop "$work/pptpd.conf"
check "a file that is not there" tells_usage pptpd "$work/nothing"
finish
