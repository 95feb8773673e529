#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What of the module needs privilege, without a daemon.
. "$(dirname "$0")/link_lib"

somebody=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all)

as_somebody() {
	in_ns server "${somebody[@]}" "$@"
}

# refused COMMAND...: somebody is told which capability is missing, and nothing else; root may.
refused() {
	in_ns server "$@" | grep -w 192.0.2.11 || return
	not as_somebody "$@" > "$work/refused" 2>&1 || return
	cat "$work/refused"
	grep CAP_NET_ADMIN "$work/refused" && not grep -w 192.0.2.11 "$work/refused"
}

events_are_refused() {
	not as_somebody timeout 5 pppctl kernel session monitor > "$work/refused" 2>&1
	cat "$work/refused"
	grep CAP_NET_ADMIN "$work/refused"
}

modprobe culvert || skip_all "no module"
plan 7
topology 1
check "a session" session server 192.0.2.1 5 192.0.2.11 6 -
check "a list of sessions needs privilege" refused pppctl kernel session list
check "a session by its name likewise" refused pppctl kernel session show 192.0.2.1 5
check "so do events" events_are_refused
check "what met no session does not" as_somebody pppctl kernel status
check "nor may somebody change a session" not as_somebody "$ctl" set 192.0.2.1 5 idle-timeout 9
check "a start key is wiped from the request" in_ns server "$ctl" echo 192.0.2.1 99 "$key1"
finish
