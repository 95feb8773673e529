#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Loading and removing the module and the namespaces it works in, idle and under traffic.
. "$(dirname "$0")/lib.sh"

# Whoever asks for a PPTP socket gets culvert, through the alias.
alias_is_ours() {
	modprobe -r culvert 2>/dev/null
	python3 -c 'import socket; socket.socket(24, socket.SOCK_STREAM, 2)' || return
	grep -w ^culvert /proc/modules && ! grep -w ^pptp /proc/modules
}

refused_beside_in_tree() {
	modprobe -r culvert && modprobe pptp || return
	! modprobe culvert && dmesg | tail -n 5 | grep -i 'culvert.*pptp'
}

removal_is_refused() {
	! modprobe -r culvert 2>/dev/null && ping_from client1 "$inner_server"
}

# Not more than the guest can carry: its time passes only while it rests.
busy() {
	in_ns client1 ping -n -q -i 0.01 -s 1000 "$inner_server" > /dev/null 2>&1 &
	in_ns client2 ping -n -q -i 0.01 -s 1000 "$inner_server" > /dev/null 2>&1 &
	wait_for 5 eval 'sessions "all(.[]; .rx_packets > 100)" | grep -qx true'
}

# The daemon stays, in a namespace without devices; its sessions go since no packet comes any more. The kernel takes a
# namespace down after its name has gone: until the other end of its device goes, another of the same name has no place.
remove_namespace() {
	local pids

	mapfile -t pids < <(ip netns pids "$1")
	ip netns delete "$1"
	kill -KILL "${pids[@]}"
	wait_for 10 no_namespace_of "${pids[@]}" && wait_for 20 not ip -n wire link show "$1"
}

no_namespace_of() {
	local pid

	for pid in "$@"; do
		[ ! -e "/proc/$pid" ] || return
	done
}

removable() {
	modprobe -r culvert
}

# Enhanced GRE for calls that nobody knows, for a second.
flood() {
	in_ns stranger python3 - "$outer_server" <<-'END' &
		import socket, struct, sys, time
		raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
		for n in range(400):
		    raw.sendto(struct.pack("!HHHHI", 0x3001, 0x880B, 64, n, n) + bytes(64), (sys.argv[1], 0))
		    if n % 4 == 0: time.sleep(0.01)
	END
	flood_pid=$!
}

flood_is_heard() {
	[ "$(in_ns server "$programs/pptp_ctl" net | awk '$1 == "RX_DROP_NO_SESSION" { print $2 }')" -gt 0 ]
}

# Each time it goes while packets for it still come.
comes_and_goes() {
	for _ in $(seq 20); do
		modprobe culvert || return
		flood
		wait_for 5 flood_is_heard && kill -0 "$flood_pid" && modprobe -r culvert && wait "$flood_pid" || return
	done
}

plan 11
check "the alias leads to culvert" alias_is_ours
check "beside the in-tree module it refuses to load, and says why" refused_beside_in_tree
modprobe -r pptp
topology 2
server_start
dial client1 alice wonder
dial client2 bob builder
check "two clients are up" eval 'wait_for 30 is_up client1 && wait_for 30 is_up client2'
check "removal is refused while sessions are up" removal_is_refused
check "traffic flows" busy
check "a client's namespace goes under traffic" remove_namespace client2
check "the other client is not disturbed" ping_from client1 "$inner_server"
check "the server's namespace goes under traffic" remove_namespace server
pkill -x ping
check "all sockets are closed" wait_for 20 module_is_idle
check "the module can be removed" removable
attach server "$outer_server"
attach stranger 192.0.2.66
check "it comes and goes twenty times while packets for it arrive" comes_and_goes
finish
