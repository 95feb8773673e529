#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The data plane without a daemon, in each way that a session can be attached: as a channel of ppp_generic, on a link of
# its own, on a shared link; in plaintext and encrypted. Bytes arrive as they were sent over a wire that reorders,
# repeats, loses and damages, and sessions, links and namespaces may go while traffic flows.
. "$(dirname "$0")/lib.sh"

pair=$programs/pptp-pair
inner_a=10.9.0.1
inner_b=10.9.128.1
mode=
device=
bytes=500000
[ -z "${SOAK-}" ] || bytes=1500000

two_hosts() {
	system_log
	ip netns add A
	ip netns add B
	ip -n A link add o0 type veth peer name o0 netns B
	for ns in A B; do
		ip -n $ns link set lo up
		ip -n $ns link set o0 up
	done
	ip -n A address add 10.0.0.1/24 dev o0
	ip -n B address add 10.0.0.2/24 dev o0
}

# pair_up MODE [-e]: a session between them that stays until pair_down, with addresses and routes.
pair_up() {
	mode=$1
	device=pptp0
	[ "$mode" != channel ] || device=ppp0
	mkfifo "$work/end"
	"$pair" -m "$@" A B < "$work/end" > "$work/pair" 2>&1 &
	pair_pid=$!
	exec {pair_end}> "$work/end"
	rm "$work/end"
	wait_for 20 grep -qx ready "$work/pair" || { cat "$work/pair"; return 1; }
	side A "$inner_a" "$inner_b" && side B "$inner_b" "$inner_a"
}

# side NAMESPACE LOCAL REMOTE
side() {
	local via=()

	[ "$mode" != shared ] || via=(via "$3" onlink)
	ip -n "$1" link set "$device" mtu 1442 up && ip -n "$1" address add "$2/32" dev "$device" &&
		ip -n "$1" route add "$3/32" "${via[@]}" dev "$device"
}

pair_down() {
	exec {pair_end}>&-
	wait "$pair_pid"
}

wire() {
	local ns

	for ns in A B; do
		tc -n $ns qdisc replace dev o0 root netem "$@" limit 10000
	done
}

good_wire() {
	tc -n A qdisc del dev o0 root
	tc -n B qdisc del dev o0 root
}

both_ways() {
	transfer A B "$inner_b" "$1" && transfer B A "$inner_a" "$1"
}

flood() {
	in_ns A ping -n -q "${ping_flood[@]}" -s 1200 "$inner_b" > /dev/null 2>&1 &
	pings=("$!")
	in_ns B ping -n -q "${ping_flood[@]}" -s 100 "$inner_a" > /dev/null 2>&1 &
	pings+=("$!")
	wait_for 20 eval '[ "$(packets A)" -gt 300 ]'
}

packets() {
	ip -n "$1" -j -s link show "$device" | jq '.[0].stats64.rx.packets'
}

# The process that has the sessions is killed while traffic flows: the channel's devices go with it, links stay.
session_goes() {
	kill -KILL "$pair_pid"
	wait "$pair_pid" 2> /dev/null
	exec {pair_end}>&-
	kill "${pings[@]}" 2> /dev/null
	[ "$mode" = channel ] || { ip -n A link delete "$device" && ip -n B link delete "$device"; }
	wait_for 10 module_is_idle && wait_for 10 not ip -n A link show "$device"
}

link_goes() {
	ip -n A link delete "$device" && ip -n B link delete "$device" && kill "${pings[@]}" && pair_down
	wait_for 10 module_is_idle
}

namespaces_go() {
	ip netns delete A && ip netns delete B
	kill "${pings[@]}" "$pair_pid" 2> /dev/null
	exec {pair_end}>&-
	wait_for 20 module_is_idle
}

modprobe -a culvert ppp_generic ppp_mppe || skip_all "no module"
plan 40
two_hosts
for how in "channel" "channel -e" "session" "session -e" "shared" "shared -e"; do
	what=${how/-e/encrypted}
	# shellcheck disable=SC2086 # a mode and perhaps an option
	check "$what: a session comes up" pair_up $how
	check "$what: each end answers" eval 'ping_from A $inner_b && ping_from B $inner_a'
	check "$what: bytes arrive unchanged" both_ways $bytes
	# Without integrity a damaged count of ppp_mppe ends what it encrypts; so it is left out there.
	damage=(corrupt 1%)
	[ "$how" != "channel -e" ] || damage=()
	wire delay 3ms 1ms 25% duplicate 2% loss 1% "${damage[@]}"
	check "$what: on a bad wire, too" both_ways 300000
	good_wire
	check "$what: traffic flows" flood
	check "$what: the session goes meanwhile" session_goes
done
check "session: up for a link that is to go" eval 'pair_up session -e && flood'
check "session: the link goes under traffic" link_goes
check "shared: up in namespaces that are to go" eval 'pair_up shared -e && flood'
check "shared: the namespaces go under traffic" namespaces_go
finish
