#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# culvertd as client of Debian's pptpd and pppd, in each way to authenticate and to encrypt that those have; some of the
# ways are left to make soak.
. "$(dirname "$0")/client_lib"

# What is asked of pppd, what the client says, and what must come of it: method, bits of MPPE, and its mode. pppd has
# no 56 bits, and no 40 with MS-CHAPv1.
combinations=(
	"require-mschap-v2 require-mppe-128|auth = { mschap-v2 }|mschap-v2 128 stateless"
	"require-mschap-v2 require-mppe-40 mppe-stateful|mppe-bits = { 40 };mppe-mode = stateful|mschap-v2 40 stateful"
	"require-mschap require-mppe-128|auth = { mschap }|mschap 128 stateless"
	"require-chap nomppe|auth = { chap-md5 };mppe = off|chap-md5"
	"require-pap nomppe|auth = { any };mppe = preferred|pap"
	"require-eap nomppe|auth = { eap };eap = { chap-md5 };mppe = off|eap"
)
[ -z "${SOAK-}" ] || combinations+=(
	"require-mschap-v2 require-mppe-40|auth = { mschap-v2 };mppe-bits = { 40 }|mschap-v2 40 stateless"
	"require-mschap-v2 require-mppe-128 mppe-stateful|mppe-mode = stateful|mschap-v2 128 stateful"
	"require-mschap-v2 nomppe|auth = { mschap-v2 };mppe = off|mschap-v2"
	"require-mschap-v2 nomppe|auth = { mschap-v2 };mppe = preferred|mschap-v2"
	"require-mschap require-mppe-128 mppe-stateful|auth = { either };mppe-mode = stateful|mschap 128 stateful"
	"require-mschap nomppe|auth = { mschap };mppe = off|mschap"
	"noauth nomppe|auth = { none };mppe = off|"
)

# pptpd_start PPPD OPTION...: listening when this returns.
pptpd_start() {
	cat > "$work/pptpd.conf" <<END
ppp /usr/sbin/pppd
option $work/pptpd.options
listen $outer_server
localip 10.97.0.1
remoteip 10.97.0.10-20
END
	printf '%s\n' name pptpd lock nobsdcomp nodeflate noipx noipdefault "logfile $work/pppd.log" debug "$@" \
		> "$work/pptpd.options"
	in_ns server pptpd --fg --conf "$work/pptpd.conf" > "$work/pptpd.log" 2>&1 &
	server_pid=$!
	wait_for 10 listens server 1723
}

pptpd_stop() {
	kill -TERM "$server_pid"
	wait "$server_pid"
	return 0
}

# agreed "METHOD [BITS MODE]"
agreed() {
	hq '.auth + (if .mppe then " \(.mppe.bits) " + if .mppe.stateless then "stateless" else "stateful" end else "" end)' |
		tee /dev/stderr | grep -qx -- "$1"
}

both_ways() {
	transfer client1 server 10.97.0.1 "$1" && transfer server client1 "$(hq_address)" "$1"
}

# on_bad_wire BYTES: both ways while frames are lost, repeated and late. A lost frame costs some of those after it, in
# stateful mode all until both ends have started again, and is only seen when another one comes: pptpd hands up what it
# holds back behind a gap when it next receives something, at no time of its own. Pings beside see to that, since TCP
# that is left alone sends one frame in 1, 2, 4, ... 120 seconds.
on_bad_wire() {
	local status pinger

	worsen_wire client1 "delay 4ms 1ms 25% loss 1% duplicate 1%" || return
	in_ns client1 ping -n -q -i 0.1 10.97.0.1 > /dev/null &
	pinger=$!
	both_ways "$1"
	status=$?
	kill_now "$pinger"
	mend_wire client1 && return "$status"
}

# works OPTIONS SETTINGS RESULT: the client comes up so, carries traffic, and leaves nothing.
works() {
	local settings bytes=200000

	# Starting again takes pptpd half a second; see on_bad_wire.
	[[ $3 != *stateful ]] || bytes=60000
	# shellcheck disable=SC2086 # several options
	pptpd_start $1 || return
	IFS=';' read -ra settings <<< "$2"
	client_config "${settings[@]}" 'connect = manual' > "$work/client.conf"
	ctl reload && ctl client up hq && wait_for 30 hq_is up && agreed "$3" && ping_from client1 10.97.0.1 &&
		both_ways 200000 && on_bad_wire "$bytes" &&
		ctl client down hq && wait_for 10 hq_is down &&
		nothing_left client1 && wait_for 10 nothing_left server
	local status=$?
	pptpd_stop
	return "$status"
}

wrong_password() {
	pptpd_start require-mschap-v2 require-mppe-128
	secret wrong
	client_config 'connect = manual' > "$work/client.conf"
	ctl reload && ctl client up hq && wait_for 20 failed_with login "server refused: wrong user or password"
	local status=$?
	ctl client down hq
	secret wonder
	pptpd_stop
	return "$status"
}

plan $((${#combinations[@]} + 2))
topology 1
modprobe -a ppp_mppe ppp_async ppp_synctty 2> /dev/null
for file in chap-secrets pap-secrets; do
	(umask 077 && printf 'alice * wonder *\n' > "/etc/ppp/$file")
done
client_start 'connect = manual'
for combination in "${combinations[@]}"; do
	IFS='|' read -r options settings result <<< "$combination"
	check "pppd with $options, client with ${settings//;/ }" works "$options" "$settings" "$result"
done
check "a wrong password is told" wrong_password
check "the client ends in good order" client_stop
finish
