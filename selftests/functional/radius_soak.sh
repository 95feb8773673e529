#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Culvert is killed twenty times while many come and go, each time at another moment, one packet in twenty to and from
# FreeRADIUS is lost, and FreeRADIUS itself is killed now and then. Then FreeRADIUS' table has every session that was in
# Culvert's store, once, with its end. Without SOAK it is done four times with a few.
. "$(dirname "$0")/radius_lib"
. "$functional/herd_lib"

kills=4 clients=12
[ -z "${SOAK-}" ] || kills=20 clients=60
RANDOM=${SEED:=$((RANDOM + 1))}

pool=10.100.0.0/16
log_level=notice

# pause MS: up to so long.
pause() {
	local ms=$((RANDOM % $1))

	sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
}

lossy_way() {
	tc -n radius qdisc add dev eth0 root netem loss 5% && tc -n wire qdisc add dev radius root netem loss 5%
}

lost_packets() {
	{ tc -n radius -s qdisc show dev eth0 && tc -n wire -s qdisc show dev radius; } |
		awk '/dropped/ { sub(",", "", $7); n += $7 } END { print n; exit !n }'
}

# The sessions that the store knows of, which nobody has open: those that are up, and those of which records wait. A
# copy is read, since whoever opens the store itself would tidy it up.
note_durable() {
	rm -f "$work/store"*
	cp "$culvert_store" "$work/store" && cp "$culvert_store-wal" "$work/store-wal" &&
		sqlite3 "$work/store" 'SELECT session FROM sessions UNION SELECT session FROM records WHERE status < 4' \
			>> "$work/durable"
}

# Half of the time in the midst of logins, half when some have gone again.
come_and_go() {
	if [ $((RANDOM % 2)) = 0 ]; then
		herd_begins login "$clients" 8 mppe
		pause 4000
	else
		herd_does login "$clients" 8 mppe
		herd_begins drop fin $((clients / 2))
		pause 300
	fi
}

# What a round does to FreeRADIUS: one time in three it is killed, and comes back before Culvert does or later.
maybe_kill_radius() {
	[ $((RANDOM % 3)) = 0 ] || return
	kill_now "$radius_pid"
	radius_killed=$((radius_killed + 1))
	pause 2000
}

round() {
	herd_start "$clients"
	pause 200
	come_and_go
	maybe_kill_radius
	office_killed
	herd_vanishes
	note_durable || return
	[ $((RANDOM % 2)) = 0 ] || radius_back
	office_back
	radius_back
	# Some of it is told before the next one.
	pause 3000
}

radius_back() {
	kill -0 "$radius_pid" 2> /dev/null || radius_start
}

rounds() {
	for _ in $(seq "$kills"); do
		round > "$work/round.out" 2>&1 || { cat "$work/round.out"; return 1; }
	done
}

all_is_told() {
	[ "$(pppctl -j accounting | jq .queued)" = 0 ]
}

# Each one that the store had is in the table once, and has ended.
durable_are_there() {
	sort -u "$work/durable" > "$work/wanted"
	records "SELECT acctsessionid FROM radacct WHERE acctstoptime IS NOT NULL AND acctterminatecause <> ''" |
		sort > "$work/found"
	comm -23 "$work/wanted" "$work/found" | head
	[ -z "$(comm -23 "$work/wanted" "$work/found")" ] && [ -z "$(uniq -d "$work/found")" ]
}

# Others, that came and went between two kills, have ended, too.
none_is_open() {
	recorded 0 "acctstoptime IS NULL" > "$work/open" || { head -40 "$work/open"; return 1; }
}

plan 7
radius_topology 1
radius_user <<-'END'
	DEFAULT	Cleartext-Password := "herd"
END
herd_way
check "packets are lost" lossy_way
radius_killed=0
radius_start
office "mppe = preferred"
check "killed $kills times (SEED=$SEED)" rounds
check "in the end all is told" wait_for 3000 all_is_told
echo "# $(records 'SELECT COUNT(*) FROM radacct') sessions, $(sort -u "$work/durable" | wc -l) seen in the store;" \
	"FreeRADIUS was killed $radius_killed times, and $(lost_packets) packets were lost"
check "the store had many, and packets were lost" eval '[ "$(sort -u "$work/durable" | wc -l)" -gt $((kills * clients / 4)) ] && lost_packets'
check "each session that was in the store is there once, and has ended" durable_are_there
check "and none is left open" none_is_open
check "what came twice can be told, and each began before it ended" eval 'repeats_can_be_told && order_is_right'
finish
