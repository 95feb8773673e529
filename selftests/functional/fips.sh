#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# In FIPS mode the module takes no keys, and says why; what is not encrypted passes. For a guest with "fips=1".
. "$(dirname "$0")/link_lib"

is_fips() {
	[ "$(cat /proc/sys/crypto/fips_enabled 2> /dev/null)" = 1 ]
}

key_is_refused() {
	not in_ns server "$ctl" key 192.0.2.1 5 128 1 "$key1" "$key2" > "$work/refused" 2>&1
	cat "$work/refused"
	grep FIPS "$work/refused"
}

is_fips || skip_all "the kernel is not in FIPS mode"
modprobe culvert || skip_all "no module"
plan 5
topology 1
check "a link at each end" link_pair
check "a session on them" eval 'session server 192.0.2.1 5 192.0.2.11 6 pptp0 10.99.0.10 &&
	session client1 192.0.2.11 6 192.0.2.1 5 pptp0'
check "a key is refused, with the reason" key_is_refused
check "taking keys away is not" in_ns server "$ctl" key 192.0.2.1 5 0 0 "$key1" "$key2"
check "packets pass" ping_from server 10.99.0.10
finish
