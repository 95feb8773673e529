#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# FreeRADIUS' own table has each session, once, with what it had and why it ended, whatever ends it, and also while
# FreeRADIUS is away. (radius_killed has what happens when Culvert is killed.)
. "$(dirname "$0")/radius_lib"

# vanish CLIENT: all that runs there dies at once, and its wire is cut, so that nobody hears of it.
vanish() {
	ip -n wire link set "$1" down
	signal_client "$1" KILL
	wait_for 120 session_count 0
	ip -n wire link set "$1" up
}

plan 20
radius_topology 1
radius_user <<-'END'
	short	Cleartext-Password := "lived"
	    Session-Timeout = 20
	idle	Cleartext-Password := "lazy"
	    Idle-Timeout = 20
END
radius_start
office 'lcp-echo-interval = 3' 'lcp-echo-failure = 2'
check "FreeRADIUS hears that Culvert has begun" wait_for 20 has_packets 1 Accounting-On

check "alice comes, and is told" eval 'come client1 alice wonder && starts_recorded 1'
check "with her address and who she is" recorded 1 "username = 'alice' AND framedipaddress = '10.99.0.33' AND
	acctauthentic = 'RADIUS' AND callingstationid = '192.0.2.11' AND calledstationid = '192.0.2.1' AND
	nasipaddress = '192.0.2.1' AND framedprotocol = 'PPP' AND servicetype = 'Framed-User'"
check "and with the class that was granted" has_packets 1 Start 'Class = 0x676f6c64'
check "something is sent" transfer client1 server "$inner_server" 300000
hang_up client1
check "she goes" wait_for 20 ended 1
check "by her own will, and with what she has sent" recorded 1 "acctterminatecause = 'User-Request' AND
	acctinputoctets > 300000 AND acctoutputoctets BETWEEN 1000 AND 100000 AND acctsessiontime >= 0"
check "the last record has the class, too" has_packets 1 Stop 'Class = 0x676f6c64'

check "bob is told each minute" eval 'come client1 bob builder && wait_for 90 eval "[ \$(packets Interim-Update) -ge 1 ]"'
pppctl session kill "$(sessions '.[0].id')" > "$work/kill.out"
check "ended by the administrator" eval 'wait_for 20 ended 2 && ended_with Admin-Reset'
check "a session with little time" eval 'come client1 short lived && wait_for 60 ended 3 && ended_with Session-Timeout'
check "an idle session" eval 'come client1 idle lazy && wait_for 120 ended 4 && ended_with Idle-Timeout'
check "a peer that vanishes" eval 'come client1 alice wonder && vanish client1 && wait_for 20 ended 5 && ended_with Lost-Carrier'
check "nobody who is refused is recorded" eval 'refused client1 alice mistaken && recorded 5 1'

check "FreeRADIUS goes away, and those who were let in before go on" eval 'come client1 alice wonder && starts_recorded 6 &&
	radius_stop && ping_from client1 "$inner_server"'
hang_up client1
check "she goes meanwhile" wait_for 20 session_count 0
radius_start
check "which is told when it is back" wait_for 120 ended 6
check "with the time at which it was" recorded 1 "radacctid = (SELECT MAX(radacctid) FROM radacct) AND
	acctstoptime - acctstarttime BETWEEN 0 AND 30"

check "Culvert stops in good order while a session is up" eval 'come client1 alice wonder && starts_recorded 7 && office_stops'
check "its end is told, and that Culvert has ended" eval 'wait_for 20 ended 7 && ended_with Admin-Reboot && has_packets 1 Accounting-Off'
finish
