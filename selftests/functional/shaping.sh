#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A thousand users have a class of HTB each, as docs/shaping.md has it. Two of them who send and get as much as they can
# have what their classes give them, at the same time; a third one notices nothing of it. Needs a kernel with HTB.
. "$(dirname "$0")/lib.sh"
. "$functional/rates_lib"

modprobe -q sch_htb && modprobe -q cls_fw || skip_all "this kernel has no HTB"

rate=2000000	# of each class
lan=192.168.7.	# the network behind the server

# page NAME: print the file that docs/shaping.md shows under that name.
page() {
	awk -v want="$1" '/^``` / { on = $2 == want; next } /^```$/ { on = 0 } on' "$functional/../../docs/shaping.md"
}

network_behind() {
	local n

	ip netns add lan
	ip -n server link add inside type veth peer name eth0 netns lan
	ip -n server link set inside up
	ip -n server address add "${lan}1/24" dev inside
	ip -n lan link set eth0 up
	for n in 11 12 13; do
		ip -n lan address add "$lan$n/24" dev eth0
	done
	ip -n lan route add default via "${lan}1"
	in_ns server sysctl -q -w net.ipv4.ip_forward=1
}

# has_classes DEVICE: of a thousand users, of those who have none, and the one above them.
has_classes() {
	[ "$(tc -n server class show dev "$1" | grep -c '^class htb 1:')" = 1002 ]
}

make_classes() {
	page classes > "$work/classes" && in_ns server sh "$work/classes" eth0 inside && has_classes eth0 && has_classes inside
}

comes_up() {
	dial "client$1" "user$1" "secret$1" && wait_for 30 is_up "client$1" &&
		ip -n "client$1" route add "${lan}0/24" dev ppp0
}

# count: octets that the users send to addresses of `lan`.
count() {
	in_ns lan nft -f - <<-END
		table ip count {
			chain in {
				type filter hook input priority 0
				ip daddr ${lan}11 counter
				ip daddr ${lan}12 counter
			}
		}
	END
}

# left N DIRECTION: octets that have left the class.
left() {
	local device=inside

	[ "$2" = up ] || device=eth0
	tc -n server -s class show dev "$device" classid "1:$1" | awk '$1 == "Sent" { print $2 }'
}

# got N DIRECTION: octets of IP that have arrived.
got() {
	if [ "$2" = down ]; then
		arrived "client$1" ppp0
	else
		in_ns lan nft list table ip count | awk -v to="daddr ${lan}1$1" 'index($0, to) { print $NF }'
	fi
}

# fill N DIRECTION: as much TCP as goes, in the background, until `quiet`.
fill() {
	local inner

	inner=$(address_of "client$1")
	if [ "$2" = down ]; then
		set -- lan "client$1" "$inner"
	else
		set -- "client$1" lan "${lan}1$1"
	fi
	in_ns "$2" socat -u "TCP-LISTEN:9,bind=$3,reuseaddr" OPEN:/dev/null &
	streams+=($!)
	wait_for 5 listens_on "$2" "$3" || return
	in_ns "$1" socat -u OPEN:/dev/zero "TCP:$3:9" &
	streams+=($!)
}

listens_on() {
	[ -n "$(in_ns "$1" ss -Hltn "src $2:9")" ]
}

quiet() {
	kill "${streams[@]}"
	wait "${streams[@]}" 2> /dev/null
	streams=()
	# The queues run empty.
	sleep 5
}

# both DIRECTION: what their classes give, at the same time; less than a twentieth of that is headers. TCP may leave the
# queue empty for a moment after a drop.
both() {
	local before after n streams=() status=0

	fill 1 "$1" && fill 2 "$1" || return
	sleep 3
	before=("$(left 1 "$1")" "$(left 2 "$1")" "$(got 1 "$1")" "$(got 2 "$1")")
	sleep "$seconds"
	after=("$(left 1 "$1")" "$(left 2 "$1")" "$(got 1 "$1")" "$(got 2 "$1")")
	quiet
	for n in 0 1; do
		is_near "$rate" 4 $((after[n] - before[n])) && is_near "$rate" 10 $((after[n + 2] - before[n + 2])) || status=1
	done
	return "$status"
}

# undisturbed DIRECTION: while the first user fills his class, the third one's packets pass as if he were alone.
undisturbed() {
	local streams=() status

	fill 1 "$1" || return
	sleep 3
	ping_from client3 "${lan}13" -c 20 -i 0.1 -W 1 > "$work/ping" && grep -q ' 0% packet loss' "$work/ping" &&
		awk -F / '/^rtt/ { print $6, "ms"; exit !($6 < 10) }' "$work/ping"
	status=$?
	quiet
	cat "$work/ping"
	return "$status"
}

plan 10
topology 3
network_behind
for n in 1 2 3; do
	user "user$n" "secret$n"
done
server_sections=$(page users > "$work/users" && sh "$work/users")
server_start
check "a server with a thousand users" pppctl status
check "a thousand classes outside and inside" make_classes
count
for n in 1 2 3; do
	check "user $n comes up" comes_up $n
done
check "two get what their classes give" both down
check "a third is not disturbed" undisturbed down
check "two may send what their classes give" both up
check "a third is not disturbed by that" undisturbed up
for n in 1 2 3; do
	hang_up "client$n"
done
kill -TERM "$server_pid"
ip -n server link del inside
check "the server ends in good order, and nothing is left" eval 'wait "$server_pid" && nothing_left server'
finish
