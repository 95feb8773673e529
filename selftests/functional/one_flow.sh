#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A session is one flow outside, whatever is inside: what parts flows below us (qdiscs, transmit queues, XPS) does not make
# its frames overtake each other, which many peers would drop then. And inside, packets are of the link, not of the queue
# that they came by.
. "$(dirname "$0")/link_lib"

queues=16
# As pptp-pair has them, whose end at the server is the peer at last.
address_server=10.0.0.1 call_server=1
address_client=10.0.0.2 call_client=30001
tracing=/sys/kernel/tracing

two_hosts() {
	local ns

	system_log
	ip netns add server
	ip netns add client1
	ip -n client1 link add eth0 numtxqueues "$queues" numrxqueues "$queues" type veth \
		peer name eth0 netns server numtxqueues "$queues" numrxqueues "$queues" || return
	for ns in server client1; do
		ip -n "$ns" link set lo up
		ip -n "$ns" link set eth0 up
	done
	ip -n server address add "$address_server/24" dev eth0
	ip -n client1 address add "$address_client/24" dev eth0
}

connect() {
	link_pair && session server "$address_server" "$call_server" "$address_client" "$call_client" pptp0 10.99.0.10 &&
		session client1 "$address_client" "$call_client" "$address_server" "$call_server" pptp0
}

# shape PARENT HANDLE: make a bottleneck of a class; what waits is to be put into class HANDLE:1.
shape() {
	tc -n client1 qdisc add dev eth0 "$@" tbf rate 10mbit burst 5k latency 500ms
}

# one_queue QDISC...: packets wait in that.
one_queue() {
	tc -n client1 qdisc del dev eth0 root 2> /dev/null
	shape root handle 1: && tc -n client1 qdisc add dev eth0 parent 1:1 handle 10: "$@"
}

# Packets wait in the transmit queue that they were given.
many_queues() {
	local queue

	tc -n client1 qdisc del dev eth0 root 2> /dev/null
	tc -n client1 qdisc replace dev eth0 root handle 1: mq || return
	for queue in $(seq 1 "$queues"); do
		shape parent "1:$(printf %x "$queue")" || return
	done
}

backlogged() {
	tc -n client1 -s qdisc show dev eth0 | awk '$1 == "backlog" && $3 + 0 > 3 { found = 1 } END { exit !found }'
}

# Small flows of several kinds beside the large one, from each CPU. Whether they are answered does not matter here.
small_flows() {
	local cpu tos pids=()

	for cpu in $(seq 0 $(($(nproc) - 1))); do
		for tos in 0 0x10 0x08; do
			in_ns client1 taskset -c "$cpu" ping -n -q -c 150 -i 0.005 -W 1 -Q "$tos" 10.99.0.1 > /dev/null &
			pids+=($!)
		done
	done
	head -c 20000 /dev/zero | in_ns client1 socat -u -b 100 - UDP-SENDTO:10.99.0.1:9
	wait "${pids[@]}"
	return 0
}

# nothing_overtaken SETUP...: frames leave the queues that SETUP makes in the order of their numbers, while those of a large
# flow wait there and small ones come beside it. (Behind the queues, two CPUs may pass on what a veth carries.)
nothing_overtaken() {
	local capture=$work/order-$((++captures)).pcap status

	"$@" && large_flow && capture_start client1 "$capture" || return
	wait_for 10 backlogged && small_flows
	status=$?
	kill_now "$large"
	capture_stop
	[ "$status" = 0 ] && in_order "$capture"
}

# An endless one; $large is its process.
large_flow() {
	[ -n "${sink-}" ] || { in_ns server socat -u TCP-LISTEN:9999,fork OPEN:/dev/null & sink=$!; }
	wait_for 5 listens server 9999 || return
	in_ns client1 socat -u OPEN:/dev/zero TCP:10.99.0.1:9999 &
	large=$!
}

# in_order FILE: and whether there are frames of both flows.
in_order() {
	tshark -r "$1" -Y "ip.src == $address_client" -T fields -e gre.sequence_number -e frame.len |
	awk 'NF == 2 { bad += n++ && $1 <= last; last = $1; large += $2 > 1000; small += $2 < 500 }
	     END { print large + 0, "large frames,", small + 0, "small ones,", bad + 0, "out of order"
		   exit large < 100 || small < 100 || bad }'
}

# set_queue NAMESPACE DEVICE FILE VALUE: one of the files of a device's queues, which are in the namespace's own sysfs.
set_queue() {
	ip netns exec "$1" sh -c "echo $4 > /sys/class/net/$2/queues/$3"
}

xps_queues() {
	local cpu

	many_queues || return
	for cpu in 0 1; do
		set_queue client1 eth0 "tx-$cpu/xps_cpus" $((1 << cpu)) || return
	done
}

# Packets come out of the link as if its one queue had received them.
of_the_link() {
	local buffer=$tracing/instances/rx

	mkdir "$buffer" && echo 1 > "$buffer/events/net/netif_receive_skb_entry/enable" || return
	in_ns client1 ping -n -q -c 3 -i 0.01 10.99.0.1
	awk '!/dev=pptp0/ { next }
	     /queue_mapping=0 .* hash=0x00000000/ { good++; next }
	     { bad++; print } END { exit bad || good < 3 }' "$buffer/trace"
	local status=$?
	rmdir "$buffer"
	return "$status"
}

# Inter-processor interrupts by which RPS has handed packets on.
rps_count() {
	local sum=0 count

	while read -r _ _ _ _ _ _ _ _ _ count _; do
		sum=$((sum + 0x$count))
	done < /proc/net/softnet_stat
	echo "$sum"
}

# All that comes by CPU 0 is to be taken in by CPU 1.
rps_works() {
	local before

	set_queue server pptp0 rx-0/rps_cpus 2 || return
	before=$(rps_count)
	in_ns client1 taskset -c 0 ping -n -q -c 50 -i 0.01 10.99.0.1 || return
	echo "before $before, after $(rps_count)"
	[ "$(rps_count)" -ge $((before + 40)) ]
}

# The in-tree module, which drops a frame that comes behind one with a later number, takes our place at the server.
in_tree_peer() {
	modprobe -r culvert && modprobe pptp || return
	tail -f /dev/null | "$programs/pptp-pair" -1 server client1 > "$work/pair" 2>&1 &
	wait_for 10 grep -qx ready "$work/pair" && ip -n server link set ppp0 up
}

without_sessions() {
	kill_now "$sink"
	ip -n server link delete pptp0
	ip -n client1 link delete pptp0
	pkill -x pptp_ctl
	wait_for 10 not pgrep -x pptp_ctl
}

# Frames that the peer has received.
received() {
	ip -n server -s link show ppp0 | awk '/RX:/ { getline; print $2 }'
}

replay() {
	in_ns client1 "$functional/replay.py" eth0 "$address_client" "$@"
}

# All that left the queues, in the order in which it left.
in_tree_takes_all() {
	local sent

	tc -n client1 qdisc del dev eth0 root
	without_sessions && in_tree_peer || return
	sent=$(replay "$work"/order-*.pcap)
	echo "sent $sent, received $(received)"
	[ "$sent" -gt 800 ] && [ "$(received)" = "$sent" ]
}

# The same frames once more: the peer does mind their numbers.
in_tree_minds_order() {
	local before

	before=$(received)
	replay "$work/order-1.pcap"
	[ "$(received)" = "$before" ]
}

# Otherwise no later test of this guest has a module.
in_tree_goes() {
	pkill -x pptp-pair
	wait_for 10 modprobe -r pptp && modprobe culvert
}

# What a qdisc parts it parts on one CPU, too, where this costs a twentieth.
one_cpu() {
	check "nothing is overtaken in fq_codel" nothing_overtaken one_queue fq_codel
	check "nor in fq" nothing_overtaken one_queue fq
	check "nor in bands by priority" nothing_overtaken one_queue prio
	check "nor in the queues of a device" nothing_overtaken many_queues
	check "the in-tree module takes each of these frames" in_tree_takes_all
	check "but none of them once more" in_tree_minds_order
	check "our module takes its place again" in_tree_goes
}

several_cpus() {
	check "nothing is overtaken where each CPU has a queue" nothing_overtaken xps_queues
	tc -n client1 qdisc del dev eth0 root
	check "RPS hands packets on to other CPUs" rps_works
}

modprobe culvert || skip_all "no module"
captures=0
[ "$(nproc)" = 1 ] && plan 9 || plan 4
check "hosts and sessions" eval 'two_hosts && connect'
check "packets come out of the link's own queue" of_the_link
if [ "$(nproc)" = 1 ]; then one_cpu; else several_cpus; fi
finish
