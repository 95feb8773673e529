#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Routes that are in the way of a client's: those of another client, and those of the host. It is said whose they are, and
# when they go, the client has its own.
. "$(dirname "$0")/client_lib"

lan=192.168.5.0/24

# route_is PATTERN: what the host does with packets for the LAN.
route_is() {
	ip -n client1 route show "$lan" | tee /dev/stderr | grep -Eqx "$lan $1 *"
}

lab_is() {
	[ "$(ctl -j client show lab | jq -r .state)" = "$1" ]
}

said() {
	tee /dev/stderr < "$work/client.log" | grep -q "$1"
}

both() {
	client_config "$@"
	client_config "$@" | sed -n '/^client/,$p' | sed -e 's/"hq"/"lab"/' -e 's/user = .*/user = "bob"/' \
		-e 's/hq.secret/lab.secret/'
}

plan 19
topology 1
server_start
secret wonder
(umask 077 && echo builder > "$work/lab.secret")
both 'connect = manual' "routes = { \"$lan\" }" > "$work/client.conf"
check "that two want the same is a warning" eval 'culvertd --check -c "$work/client.conf" 2> "$work/check.err" &&
	grep -q "in the way of that of client \"hq\"" "$work/check.err"'
client_run
ctl client up hq
check "the first client comes up" wait_for 20 hq_is up
check "and has its route" wait_for 5 route_is 'dev hq proto 47 scope link'
ctl client up lab
check "the second client comes up" wait_for 20 lab_is up
check "which does not change the route" route_is 'dev hq proto 47 scope link'
check "it is said who has it" said "client lab: route to $lan: client hq has the same one"
ctl client down hq
check "when the first goes, the second has the route" wait_for 10 eval 'hq_is down && route_is "dev lab proto 47 scope link"'
ctl client down lab
check "when that goes, nobody has" wait_for 10 eval 'lab_is down && not route_is ".+"'
ip -n client1 route add "$lan" via 192.0.2.77
ctl client up hq
check "a client comes up where the host has the route" wait_for 20 hq_is up
check "it is said which that is" wait_for 5 said \
	"client hq: route to $lan: this host has the same one already, through eth0 via 192.0.2.77"
check "it is left alone" route_is 'via 192.0.2.77 dev eth0'
ip -n client1 route del "$lan"
check "when it goes, the client has its own" wait_for 5 route_is 'dev hq proto 47 scope link'
check "the daemon ends in good order" client_stop
check "and leaves nothing" nothing_left client1

both 'connect = demand' "routes = { \"$lan\" }" > "$work/client.conf"
client_run
check "of two that listen for packets the first has them" \
	wait_for 5 route_is 'dev listen0 proto 47 scope link metric 1'
ctl client down hq
check "when it is asked down, the second has" wait_for 5 route_is 'dev listen1 proto 47 scope link metric 1'
ctl client down lab
check "when nobody listens, packets are refused" \
	wait_for 5 eval 'ip -n client1 route show "$lan" | grep -q "^unreachable $lan proto 47 metric 1"'
check "the daemon ends in good order" client_stop
check "and leaves nothing" nothing_left client1
finish
