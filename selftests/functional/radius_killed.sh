#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Culvert is killed at each step of a session, and FreeRADIUS' own table has all sessions that there were afterwards, each
# once, with its end. Records that were sent twice are those that the server can tell: they have the same
# Acct-Session-Id and the same time.
. "$(dirname "$0")/radius_lib"

# once CLIENT: a session begins, and has come and gone when this returns.
once() {
	come "$1" alice wonder && hang_up "$1" && wait_for 20 session_count 0
}

# The login is asked for, and FreeRADIUS, which is frozen, does not answer.
login_waits() {
	in_ns radius ss -Hnul 'sport = :1812' | awk '$2 > 0 { n++ } END { exit !n }'
}

# comes_back CLIENT: Culvert is started again, the pppd of the session is gone, and FreeRADIUS hears of all that there was.
comes_back() {
	office_back && wait_for 120 has_ended "$1"
}

# stop_is_stored: a Stop is on disk. The end of a session does not wait for that: a Stop that is not yet there would be
# made up at the next start, and have another cause.
stop_is_stored() {
	cp "$culvert_store" "$work/store" && cp "$culvert_store-wal" "$work/store-wal" &&
		[ "$(sqlite3 "$work/store" 'SELECT COUNT(*) FROM records WHERE status = 2')" -gt 0 ]
}

plan 17
radius_topology 1
radius_start
office
check "FreeRADIUS hears that Culvert has begun" wait_for 20 has_packets 1 Accounting-On

no_accounting
check "nobody hears, three times" eval 'once client1 && once client1 && once client1 && recorded 0 1'
office_killed
accounting_again
check "killed with six records: none is lost" eval 'office_back && wait_for 120 ended 3'

kill -STOP "$radius_pid"
dial client1 alice wonder
check "killed while a login is asked for" eval 'wait_for 20 login_waits && office_killed'
kill -CONT "$radius_pid"
check "there was no session" eval 'comes_back client1 && wait_for 20 eval "[ \$(packets Accounting-On) -ge 3 ]" && recorded 3 1'

no_accounting
check "killed when a session is up, of which nobody has heard" eval 'come client1 alice wonder && office_killed'
accounting_again
check "it is told, and that it ended" eval 'comes_back client1 && wait_for 120 ended 4'

check "killed when its beginning was recorded" eval 'come client1 alice wonder && starts_recorded 5 && office_killed'
check "its end is told" eval 'comes_back client1 && wait_for 120 ended 5'

# shellcheck disable=SC2034 # for a check
before=$(packets Interim-Update)
check "killed when what it had was told" eval 'come client1 bob builder && transfer client1 server "$inner_server" 300000 &&
	wait_for 150 eval "[ \$(packets Interim-Update) -gt $before ]" && office_killed'
check "its end is told, with what it had then" eval 'comes_back client1 && wait_for 120 ended 6 &&
	recorded 1 "radacctid = (SELECT MAX(radacctid) FROM radacct) AND acctinputoctets > 300000"'

check "killed when its end could not be told" eval 'come client1 alice wonder && starts_recorded 7 && no_accounting &&
	hang_up client1 && wait_for 20 stop_is_stored && office_killed'
accounting_again
check "that is told, too, and why" eval 'office_back && wait_for 120 ended 7 && ended_with User-Request'

no_accounting
once client1 > "$work/once.out"
office_killed
check "killed once more when it has just begun again" eval 'office_back && office_killed'
accounting_again
check "nothing is lost by that" eval 'office_back && wait_for 120 ended 8'

check "what came twice can be told" repeats_can_be_told
check "each session began before it ended" order_is_right
finish
