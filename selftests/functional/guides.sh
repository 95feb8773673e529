#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The configurations of the guides do what the guides say: remote access with Debian's client and with our own, users who
# have moved to something else, and two networks joined by two of us.
. "$(dirname "$0")/lib.sh"

docs=$functional/../../docs

# host_files PAGE HOST: put the files that docs/PAGE.md shows for HOST, and those for no host, into a folder of its own, and
# add what the guest needs. With "" as HOST those for no host alone.
host_files() {
	local folder=$work/$1-${2:-server}

	mkdir -p "$folder"
	awk -v host="$2" -v folder="$folder" '
		/^``` \/etc\/culvert\// && ($3 == "" || $3 == host) { file = $2; sub("/etc/culvert", folder, file); next }
		/^```/ { file = "" }
		file { gsub("/etc/culvert", folder); print > file }' "$docs/$1.md"
	cat >> "$folder/culvert.conf" <<-END
		log { target = stderr }
		control { socket = "$folder/control.sock" }
		state { addresses = "$folder/addresses" }
	END
	chmod 600 "$folder"/*
	echo "$folder"
}

# start NAMESPACE PAGE HOST: the daemon with these files; it answers when this returns.
start() {
	local folder

	folder=$(host_files "$2" "$3")
	culvertd --check -c "$folder/culvert.conf" || return
	in_ns "$1" "${culvertd[@]}" -c "$folder/culvert.conf" > "$(new_log "$1-daemon")" 2>&1 &
	eval "$1_daemon=$! $1_socket=$folder/control.sock"
	wait_for 10 test -S "$folder/control.sock"
}

stop() {
	local pid="$1_daemon"

	kill -TERM "${!pid}"
	wait "${!pid}" 2> /dev/null
}

# ctl NAMESPACE COMMAND...
ctl() {
	local socket="$1_socket"

	shift
	pppctl -S "${!socket}" "$@"
}

# network GATEWAY PREFIX: hosts behind GATEWAY, one of which is PREFIX.10.
network() {
	ip netns add "lan-$1"
	ip -n "$1" link add lan type veth peer name eth0 netns "lan-$1"
	ip -n "$1" link set lan up
	ip -n "$1" address add "$2.1/24" dev lan
	ip -n "lan-$1" link set eth0 up
	ip -n "lan-$1" address add "$2.10/24" dev eth0
	ip -n "lan-$1" route add default via "$2.1"
	in_ns "$1" sysctl -q -w net.ipv4.ip_forward=1
}

client_is_up() {
	[ "$(ctl "$1" -j client show "$2" | jq -r '.state + " " + (.mppe.bits | tostring)')" = "up 128" ] || {
		ctl "$1" client show "$2"
		return 1
	}
}

# logged FILE SECTION: whether it has the first line of the log that security.md shows below that title; what is in angle
# brackets differs from case to case.
logged() {
	grep -E -e "$(awk -v title="## $2" '/^#/ { on = $0 == title } /^```/ { log_line = $0 == "```log"; next }
		on && log_line' "$docs/security.md" | sed -E -e 's/<[^<>]*>/.+/g')" "$work/$1.log"
}

# The server that runs gets the files of the page, and the page's commands are given.
moves_users() {
	local from to=$work/remote-access-server

	from=$(host_files security "") && cp -p "$from"/{culvert.conf,secrets} "$to" &&
		sed -i "s#$from#$to#" "$to/culvert.conf" &&
		ctl server reload && ctl server session kill user alice
}

plan 14
topology 2
network server 192.168.1

check "remote access: the server starts" start server remote-access ""
dial client1 alice "correct horse"
check "a user gets an address of the pool" wait_for 30 is_up client1
check "and reaches the server" ping_from client1 10.99.0.1
check "another one comes by the client of the page" start client2 remote-access laptop
check "which is up and encrypted" wait_for 30 client_is_up client2 office
check "and reaches the network of the office" ping_from client2 192.168.1.10
stop client2
check "a user has moved to something else" moves_users
check "he is put out" wait_for 20 has_ended client1
dial client1 alice "correct horse"
check "and the log tells when he comes back" wait_for 20 logged server-daemon "Both for a while"
wait_for 20 has_ended client1 || echo "# the client stays"
stop server

network client1 192.168.5
check "LAN to LAN: the head office starts" start server lan-to-lan head-office
check "and the branch" start client1 lan-to-lan branch
check "which dials, and is encrypted" wait_for 30 client_is_up client1 headoffice
check "hosts of the branch reach hosts of the head office" ping_from lan-client1 192.168.1.10
check "and the other way" ping_from lan-server 192.168.5.10
finish
