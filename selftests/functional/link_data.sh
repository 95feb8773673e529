#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The native data plane without a daemon: a shared link at one end, a link of its own at the other, netlink between.
. "$(dirname "$0")/link_lib"

tracing=/sys/kernel/tracing

make_links() {
	link_pair || return
	ip -n server -6 address add fe80::1/64 dev pptp0 nodad
	ip -n client1 -6 address add fe80::2/64 dev pptp0 nodad
}

connect() {
	session server 192.0.2.1 5 192.0.2.11 6 pptp0 10.99.0.10 fe80::2 &&
	session client1 192.0.2.11 6 192.0.2.1 5 pptp0
}

counter() {
	in_ns "$1" "$ctl" get "$2" "$3" | awk -v name="$4" '$1 == name { print $2 }'
}

too_big() {
	in_ns server ping -n -c 1 -W 2 -M 'do' -s 1500 10.99.0.10 | grep -i 'frag needed\|message too long' ||
	in_ns server ping -n -c 1 -W 2 -M 'do' -s 1500 10.99.0.10 2>&1 | grep -i 'too long'
}

spoofed_is_dropped() {
	ip -n client1 address add 172.16.9.9/32 dev lo
	not in_ns client1 ping -n -q -c 1 -W 1 -I 172.16.9.9 10.99.0.1 || return
	[ "$(counter server 192.0.2.1 5 RX_DROP_REVERSE_PATH)" -ge 1 ]
}

routed_source_passes() {
	ip -n server route add 172.16.9.0/24 via 10.99.0.10 dev pptp0 onlink
	in_ns client1 ping -n -q -c 1 -W 5 -I 172.16.9.9 10.99.0.1
}

bad_wire() {
	tc -n client1 qdisc replace dev eth0 root netem delay 3ms 1ms 25% duplicate 2% loss 1% limit 10000
	tc -n server qdisc replace dev eth0 root netem delay 3ms 1ms 25% duplicate 2% loss 1% limit 10000
	transfer client1 server 10.99.0.1 1000000 && transfer server client1 10.99.0.10 1000000
}

acknowledged() {
	[ "$(counter client1 192.0.2.11 6 WINDOW_TX_ACKED)" = "$(counter client1 192.0.2.11 6 WINDOW_TX_SEQ)" ]
}

# Nothing comes back that could take acknowledgements along.
one_way() {
	local acks

	in_ns server socat -u UDP-RECV:9000 OPEN:/dev/null &
	wait_for 10 eval 'in_ns server ss -Huln | grep -q :9000' || return
	acks=$(counter server 192.0.2.1 5 TX_ACKS)
	head -c 300000 /dev/zero | in_ns client1 socat -u -b 100 - UDP-SENDTO:10.99.0.1:9000
	wait_for 10 acknowledged && [ "$(counter server 192.0.2.1 5 TX_ACKS)" -gt "${acks:-0}" ]
}

ping_from_all_cpus() {
	local cpu pids=()

	for cpu in $(seq 0 $(($(nproc) - 1))); do
		in_ns client1 taskset -c "$cpu" ping -n -q -f -c 1500 10.99.0.1 > /dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# What comes out of order many a peer drops.
leave_in_order() {
	local capture=$work/leave.pcap

	capture_start client1 "$capture" || return
	ping_from_all_cpus
	capture_stop
	tshark -r "$capture" -Y 'ip.src == 192.0.2.11' -T fields -e gre.sequence_number |
	awk '$1 != "" { bad += n++ && $1 <= last; last = $1 }
	     END { print n, "frames,", bad + 0, "out of order"; exit n < 1000 || bad }'
}

# trace_start NAME EVENT...: into a buffer of its own.
trace_start() {
	local buffer=$tracing/instances/$1 event

	mkdir "$buffer" && echo mono > "$buffer/trace_clock" && echo 8192 > "$buffer/buffer_size_kb" || return
	for event in "${@:2}"; do
		echo 1 > "$buffer/events/$event/enable" || return
	done
}

# trace_stop NAME: what was traced.
trace_stop() {
	cat "$tracing/instances/$1/trace"
	rmdir "$tracing/instances/$1"
}

# Each packet is seen twice: in its frame, when that is received, and when it comes out of the link. The address of its
# buffer tells that it is the same one, but only until another frame is received at that address, at either end: the
# buffer of a frame that was dropped, as one that comes too late is, may be used again for the answer to another ping,
# and that comes out of a link as well. Acknowledgements by themselves have no length, and no number.
#
# Only pings are looked at, by their length. TCP takes a way of its own up the link, for GRO, so what a connection of
# before still says may be overtaken by them.
arrive_in_order() {
	trace_start order culvert/pptp_rx net/netif_receive_skb || return
	ping_from_all_cpus
	trace_stop order |
	awk 'function field(name) { return match($0, name "=[^ ]+") ? substr($0, RSTART + length(name) + 1, RLENGTH - length(name) - 1) : "" }
	     / pptp_rx: / { delete number[field("skbaddr")] }
	     / pptp_rx: local=192.0.2.1\/5 / && field("len") > 0 { number[field("skbaddr")] = field("seq") + 0 }
	     / netif_receive_skb: dev=pptp0 / && field("len") == 84 && (field("skbaddr") in number) {
		seq = number[field("skbaddr")]
		delete number[field("skbaddr")]
		if (n++ && seq <= last) {
			print "number", seq, "behind", last ":", $0
			bad++
		}
		last = seq
	     }
	     END { print n + 0, "packets,", bad + 0, "out of order"; exit n < 1000 || bad }'
}

tracepoints_tell() {
	local event

	trace_start packets culvert/pptp_tx culvert/pptp_rx && ping_from server 10.99.0.10 || return
	{ trace_stop packets; trace_stop rare; } > "$work/trace"
	for event in pptp_session_up pptp_session_down pptp_tx pptp_rx pptp_rx_held pptp_drop; do
		grep -m 1 " $event: local=192\.0\.2\." "$work/trace" || { echo "no $event"; return 1; }
	done
}

# Programs read of a format how to print an event: names of constants tell them nothing, nor do expressions.
formats_are_plain() {
	local formats=("$tracing"/events/culvert/*/format)

	grep -q '"RX_DROP_FAR"' "${formats[@]}" && not grep -E 'PPTP_COUNT_|&REC' "${formats[@]}"
}

# Whether what leaves the links is dropped before it is numbered and encrypted: hush add, or hush del.
hush() {
	tc -n server qdisc "$1" dev pptp0 root netem loss 100% && tc -n client1 qdisc "$1" dev pptp0 root netem loss 100%
}

# mppe BITS STATELESS: new keys at both ends. Nothing may be under way from the first of them to the last: a frame of the old
# key, or one of the new key that comes too early, leaves stateful decryption waiting for a reset, and without a daemon
# nobody asks for one. A second is longer than a link holds a frame back for the sake of order.
mppe() {
	hush add && sleep 1 &&
	in_ns server "$ctl" key 192.0.2.1 5 "$1" "$2" "$key1" "$key2" &&
	in_ns client1 "$ctl" key 192.0.2.11 6 "$1" "$2" "$key2" "$key1" &&
	hush del &&
	transfer client1 server 10.99.0.1 1000000 && transfer server client1 10.99.0.10 1000000
}

# A frame that an emulated CPU, held up, brings too late is lost as well, and without a daemon ends what can be decrypted. Then
# it is begun anew, with other keys.
stateful() {
	for _ in 1 2 3 4 5; do
		patience=2 mppe "$1" 0 && return
		hush del 2> /dev/null
	done
	return 1
}

plaintext_is_dropped() {
	in_ns server "$ctl" key 192.0.2.1 5 128 1 "$key1" "$key2" &&
	in_ns client1 "$ctl" key 192.0.2.11 6 0 0 "$key2" "$key1" || return
	not in_ns client1 ping -n -q -c 1 -W 1 10.99.0.1 || return
	[ "$(counter server 192.0.2.1 5 RX_DROP_PLAINTEXT)" -ge 1 ] &&
	in_ns server "$ctl" key 192.0.2.1 5 0 0 "$key1" "$key2"
}

# What is dropped is freed next, on the same CPU, and then the kernel tells its own reason.
drops_have_reasons() {
	trace_start reasons culvert/pptp_drop skb/kfree_skb && plaintext_is_dropped || return
	trace_stop reasons |
	awk '{ match($0, /\[[0-9]+\]/); cpu = substr($0, RSTART, RLENGTH) }
	     / pptp_drop: / { dropped[cpu] = 1 }
	     / kfree_skb: / && dropped[cpu] { n++; bad += /NOT_SPECIFIED/; dropped[cpu] = 0; print }
	     END { exit !n || bad }'
}

same_call_id() {
	local second

	ip -n server address add 192.0.2.2/24 dev eth0
	tail -f /dev/null | in_ns server "$ctl" new 192.0.2.2 5 192.0.2.11 7 pptp0 10.99.0.11 > "$work/second" &
	second=$!
	wait_for 10 grep -qx 5 "$work/second" && ping_from server 10.99.0.10 && kill "$second"
}

under_traffic() {
	in_ns client1 ping -n -q "${ping_flood[@]}" -s 1000 10.99.0.1 > /dev/null 2>&1 &
	wait_for 10 eval '[ "$(counter server 192.0.2.1 5 RX_PACKETS)" -gt 500 ]'
}

refusals_say_why() {
	in_ns server "$ctl" attach 192.0.2.1 5 pptp0 10.99.0.12 2>&1 | grep -q 'attached to a link already' &&
	in_ns server "$ctl" detach 192.0.2.1 99 2>&1 | grep -q 'no session has' &&
	in_ns server "$ctl" key 192.0.2.1 5 41 1 00 00 2>&1 | grep -q '40, 56 and 128'
}

modprobe culvert || skip_all "no module"
plan 23
topology 1
trace_start rare culvert/pptp_session_{up,down} culvert/pptp_{rx_held,drop}
check "links of both modes" make_links
check "sessions on them" connect
check "IPv4 passes" ping_from server 10.99.0.10
check "IPv6 passes" ping_from server fe80::2%pptp0
check "TCP arrives unchanged" transfer client1 server 10.99.0.1 3000000
check "what goes one way is acknowledged to the last frame" one_way
check "frames leave in the order of their numbers" leave_in_order
check "what is in them goes up the link in that order" arrive_in_order
check "what does not fit is refused, not lost" too_big
check "a source that is not routed to the session is dropped" spoofed_is_dropped
check "a network behind it passes once routed" routed_source_passes
check "TCP arrives unchanged over a wire that loses, repeats and reorders" bad_wire
check "also encrypted, stateless, 128 bit" mppe 128 1
tc -n client1 qdisc del dev eth0 root
tc -n server qdisc del dev eth0 root
check "and goes up the link in order" arrive_in_order
check "stateful, 40 bit" stateful 40
check "plaintext is dropped where encryption is required" plaintext_is_dropped
check "and the kernel is told the reason" drops_have_reasons
check "refusals say why" refusals_say_why
check "the same call ID on another local address" same_call_id
check "tracepoints tell of all that" tracepoints_tell
check "in a format that programs can read" formats_are_plain
check "traffic flows" under_traffic
check "its link goes under traffic" ip -n server link delete pptp0
finish
