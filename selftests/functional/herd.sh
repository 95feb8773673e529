#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two thousand clients at once (HERD_CLIENTS: as many): they log in, are listed, send and are sent, answer echoes, and leave
# in each way in which peers do. What they leave behind is nothing, and what one takes of the daemon's memory is bounded.
. "$(dirname "$0")/lib.sh"
. "$functional/herd_lib"

ctl=$programs/pptp_ctl
count=2000
! is_debug_kernel || count=300
[ $slowness = 1 ] || count=500
count=${HERD_CLIENTS:-$count}
half=$((count / 2))
ways=(clear stop terminate fin rst silence)
each=$((count / ${#ways[@]}))

# More than the daemon takes, which is less than 4: a buffer that stays with each session shows.
daemon_limit=6		# KiB a session
# What may be left of a session that is gone, octets: less than anything that could be lost of it in the kernel, whose slabs
# are given back as a whole only.
daemon_loss=256
kernel_loss=1024

pool=10.100.0.0/16
# A guest's files are in its memory, which is measured.
log_level=notice
echoes=("lcp-echo-interval = 10" "lcp-echo-failure = 2" "echo-interval = 10" "echo-timeout = 10")

# --- the herd ---------------------------------------------------------------------------------------------------

# answers FILTER: whether that is true of the answer.
answers() {
	jq -e "$1" <<< "$answer" > /dev/null
}

logs_in() {
	herd_does login "$@" && answers ".up == $1 and .failed == 0"
}

# Each client's first packet leaves right behind the frame that opened its link, as DHCPINFORM of Windows does.
first_packets_pass() {
	herd_does login 40 "$@" greet && answers '.up == 40 and .greeted == 40' && drops clear 40
}

drops() {
	herd_does drop "$@" && answers ".dropped == $2 and .unanswered == 0"
}

# --- the server -------------------------------------------------------------------------------------------------

daemon_memory() {
	awk '$1 == "VmRSS:" { print $2 }' "/proc/$server_pid/status"
}

interfaces() {
	[ "$(ip -n server -br link | grep -c '^pptp')" = "$1" ]
}

# has N: exactly so many sessions everywhere: in the daemon, up; in the kernel; as interfaces.
has() {
	session_count "$1" && [ "$(in_ns server "$ctl" count)" = "$1" ] && interfaces "${2:-$1}"
}

all_differ() {
	[ "$(sessions "map($1) | unique | length")" = "$count" ]
}

each_is_listed() {
	has "$count" && all_differ .user && all_differ .remote_address && all_differ .peer &&
		[ "$(pppctl session list | wc -l)" = $((count + 1)) ]
}

# packets DIRECTION: how many the daemon tells of, of all sessions. What a long list has of counters may be a second old.
packets() {
	sleep 1.1
	sessions "map(.$1_packets) | add"
}

# What clients send arrives and is answered, and the daemon tells of every packet.
traffic_passes() {
	local clients=$((count / 10)) sent rx tx

	sent=$((clients * 3))
	rx=$(packets rx)
	tx=$(packets tx)
	herd_does traffic "$clients" 3 && answers ".sent == $sent and .answered == $sent" &&
		[ $(($(packets rx) - rx)) = "$sent" ] && [ $(($(packets tx) - tx)) = "$sent" ]
}

# From the server's side, to the first and the last session without encryption.
clients_are_reached() {
	local address

	for address in $(sessions 'map(select(.mppe == null).remote_address) | first, last'); do
		ping_from server "$address" || return
	done
}

# All answer, so none is lost.
echoes_are_answered() {
	sleep 25
	herd_does count && answers ".up == $count and .lost == {} and .lcp_echoes >= $count and .control_echoes >= $count"
}

# goes WAY: the server notices, at once unless nothing tells it, and only these are gone.
goes() {
	local within=5

	[ "$1" != silence ] || within=60
	left=$((left - each))
	drops "$1" "$each" && wait_for "$within" has "$left"
}

others_live_on() {
	herd_does count && answers ".up == $left and .lost == {}" &&
		{ [ "$left" = 0 ] || { herd_does traffic 10 1 && answers '.answered == 10'; }; }
}

# --- what is left -----------------------------------------------------------------------------------------------

# Without a list, for which the daemon takes memory that would hide what it loses.
is_idle() {
	[ "$(pppctl -j status | jq .sessions)" = 0 ] && interfaces 0
}

# What is remembered of attempts for an hour, KiB: it has a bound of its own.
remembered() {
	echo $(($(pppctl -j diagnose peer 203.0.113.254 | jq .remembered_bytes) / 1024))
}

# Half of the herd comes, and leaves in all ways. Sockets of connections that were closed remain for a minute.
herd_passes() {
	logs_in "$half" 8 || return
	rss_up=$(daemon_memory)
	for way in "${ways[@]}"; do
		herd_does drop "$way" $((half / ${#ways[@]} + 1)) && answers '.unanswered == 0' || return
	done
	wait_for 60 is_idle || return
	sleep 65
	rss=$(daemon_memory) kernel=$(kernel_memory) history=$(remembered)
}

memory_is_bounded() {
	local before

	before=$(daemon_memory)
	herd_passes || return
	memory=$(((rss_up - before) * 1024 / half))
	is_debug_kernel || [ "$memory" -lt $((daemon_limit * 1024)) ]
}

# A second herd takes what the first one left, and leaves it again.
memory_comes_back() {
	local rss_then=$rss kernel_then=$kernel history_then=$history

	is_debug_kernel && return
	herd_passes || return
	echo "the daemon had $rss_then KiB and has $rss KiB, of which $history_then KiB and $history KiB are remembered attempts"
	echo "the kernel had $kernel_then KiB and has $kernel KiB"
	[ $(((rss - rss_then - (history - history_then)) * 1024 / half)) -lt "$daemon_loss" ] &&
		[ $(((kernel - kernel_then) * 1024 / half)) -lt "$kernel_loss" ]
}

server_is_empty() {
	[ "$(sessions length)" = 0 ] && [ "$(in_ns server "$ctl" count)" = 0 ] && interfaces "${1:-0}"
}

# With the daemon itself.
nothing_is_left() {
	kill -TERM "$server_pid"
	wait "$server_pid"
	ip -n server route del 10.64.0.0/14
	nothing_left server && wait_for 10 module_is_idle
}

plan $((16 + 2 * ${#ways[@]}))
topology 1
# Two of each session: its control connection, and the kernel's end of the call.
ulimit -n $((2 * count + 1000))
seq -f 'herd%.0f * herd *' 0 $((count - 1)) >> "$work/secrets"
herd_way
herd_start "$count"
server_start "mppe = preferred" "${echoes[@]}"
check "the daemon takes less than $daemon_limit KiB a session" memory_is_bounded
echo "# the daemon's memory: $memory octets a session"
check "and gives it back" memory_comes_back
check "the first packets of 40 clients are answered" first_packets_pass
check "also of eight at once" first_packets_pass 8
check "half of $count clients log in, one after another and eight at once" \
	eval 'logs_in $((half / 2)) && logs_in $((half - half / 2)) 8'
check "and the other half with encryption" logs_in $half 8 mppe
check "each is listed, with an interface" each_is_listed
check "half are encrypted" \
	eval '[ "$(sessions "map(select(.mppe.bits == 128 and .mppe.stateless)) | length")" = $half ]'
check "traffic passes both ways" traffic_passes
check "also when the server's side begins" clients_are_reached
check "none is lost while echoes go to and fro" echoes_are_answered
left=$count
for way in "${ways[@]}"; do
	[ "$way" != silence ] || each=$left
	check "those who leave by $way are gone" goes "$way"
	check "and nobody else" others_live_on
done
check "nothing is left" nothing_is_left
herd_way_there
server_start "mppe = preferred" "link = shared"
check "the first packets are answered on a shared link, too" first_packets_pass
check "also of eight at once" first_packets_pass 8
check "half as many share one link" eval 'logs_in $half 8 && has $half 1'
check "and are gone from it" eval 'drops fin $half && wait_for 5 server_is_empty 1'
finish
