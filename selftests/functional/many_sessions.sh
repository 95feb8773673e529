#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Ten thousand sessions on one shared link: they come, are listed, also while others come and go, and leave nothing. What
# one takes of the kernel's memory is told, and bounded where the kernel does not take more for debugging.
. "$(dirname "$0")/lib.sh"

ctl=$programs/pptp_ctl
count=10000
limit=4096	# octets a session

# many COUNT PEER LINK HOP: in the background.
many() {
	tail -f /dev/null | in_ns server "$ctl" many "$1" "$outer_server" "$2" "$3" "$4" > "$work/many-$2" 2>&1 &
	wait_for 120 grep -qx "$1" "$work/many-$2" || { cat "$work/many-$2"; return 1; }
}

create() {
	local before

	before=$(kernel_memory)
	many "$count" 192.0.2.99 pptp0 10.98.0.1 || return
	each=$((($(kernel_memory) - before) * 1024 / count))
}

bounded() {
	echo "$each octets a session"
	[ "$each" -gt 0 ] || return
	is_debug_kernel || [ "$each" -le "$limit" ]
}

listed() {
	[ "$(in_ns server "$ctl" count)" = "$1" ] && [ "$(in_ns server "$ctl" count pptp0)" = "$1" ]
}

# names PEER: the call IDs of the sessions with that peer, as pppctl lists them without a daemon.
names() {
	in_ns server pppctl -br kernel session list | awk -v peer="$1" '$3 == peer { print $2 }'
}

# A dump that was begun while others come and go has each of ours once.
whole_while_changing() {
	for _ in 1 2 3; do
		many 300 192.0.2.98 pptp1 10.97.0.1 > /dev/null 2>&1 &
		names 192.0.2.99 > "$work/names"
		wait $!
		pkill -f "$ctl many 300" 2> /dev/null
		[ "$(wc -l < "$work/names")" = "$count" ] && [ "$(sort -u "$work/names" | wc -l)" = "$count" ] || {
			wc -l "$work/names"
			return 1
		}
	done
}

gone() {
	pkill -f "$ctl many" 2> /dev/null
	wait_for 60 listed 0
}

modprobe culvert || skip_all "no module"
plan 7
topology 0
check "shared links" eval 'in_ns server "$ctl" link pptp0 shared && in_ns server "$ctl" link pptp1 shared'
ip -n server link set pptp0 up
check "ten thousand sessions come" create
echo "# kernel memory: $each octets a session"
check "their memory is bounded" bounded
check "they are listed" listed $count
check "each once, while others come and go" whole_while_changing
check "they go" gone
check "and so do the links" eval 'ip -n server link delete pptp0 && ip -n server link delete pptp1 && wait_for 10 module_is_idle'
finish
