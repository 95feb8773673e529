# SPDX-License-Identifier: GPL-2.0-only
#
# What the functional tests share. Sourced by bash, in a guest (selftests/lab/run): it makes network namespaces,
# loads modules and writes to /etc.
#
# A test reads from top to bottom as
#
#	. "$(dirname "$0")/lib.sh"
#	plan 2
#	topology 1
#	server_start
#	dial client1 alice wonder
#	check "the client gets an address" wait_for 20 is_up client1
#	check "the server answers" ping_from client1 "$inner_server"
#	finish
#
# Every check is one line of TAP. Nothing waits for a time: things wait for conditions.
#
# The network: namespaces `server` (192.0.2.1), `client1` (192.0.2.11), `client2` (192.0.2.12), …, each with a device
# eth0, on a bridge in the namespace `wire`, where the other ends have the namespaces' names.
# shellcheck shell=bash disable=SC2034 # variables are for the tests

[ -e /run/lab/params ] || {
	echo "this runs in a guest: selftests/lab/run -- $0" >&2
	exit 1
}

functional=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
programs=$(realpath "$functional/../../build/functional")
# Also in_ns NAMESPACE COMMAND..., a quick "ip netns exec".
PATH=$programs:$PATH
work=$(mktemp -d /tmp/culvert-test.XXXXXX)

outer_server=192.0.2.1
inner_server=10.99.0.1
pool=10.99.0.10-10.99.0.250
control_socket=/run/culvert/control.sock

# --- TAP --------------------------------------------------------------------------------------------------------

tap_planned=0
tap_done=0
tap_failed=0

plan() {
	tap_planned=$1
	echo "TAP version 13"
	echo "1..$1"
}

# check WHAT COMMAND...: one result; what the command printed is shown if it fails.
check() {
	local what=$1

	shift
	tap_done=$((tap_done + 1))
	if "$@" > "$work/check.out" 2>&1; then
		echo "ok $tap_done - $what"
	else
		tap_failed=$((tap_failed + 1))
		echo "# failed: $*"
		sed 's/^/#   /' "$work/check.out"
		echo "not ok $tap_done - $what"
	fi
}

# skip_all WHY: for a test that cannot be had in this guest.
skip_all() {
	echo "TAP version 13"
	echo "1..1"
	echo "ok 1 - all # SKIP $*"
	exit 4
}

# Logs are worth seeing when something failed.
finish() {
	local log

	if [ $tap_failed -gt 0 ] || [ $tap_done -ne "$tap_planned" ]; then
		for log in "$work"/*.log; do
			[ -s "$log" ] || continue
			echo "# --- ${log##*/}"
			# Its last line may lack an end.
			# shellcheck disable=SC1003 # the last line of a file gets an end
			tail -c 4000 "$log" | sed -e 's/^/# /' -e '$a\'
		done
	fi
	[ $tap_failed -eq 0 ] && [ $tap_done -eq "$tap_planned" ]
	exit
}

clean_up() {
	local job

	# A background process that is ended before it has become its program has the trap still.
	[ "$BASHPID" = $$ ] || return
	for job in $(jobs -p); do
		kill_now "$job"
	done
	ip -all netns delete 2>/dev/null
	rm -rf "$work" "$control_socket"
}
trap clean_up EXIT

# --- conditions -------------------------------------------------------------------------------------------------

# Emulated processors are slow; this many times slower than those the waits below are made for.
slowness=1
grep -q '^QEMU' /sys/class/dmi/id/sys_vendor 2>/dev/null && slowness=20

# A pipe that nobody writes to: waiting for it is a pause that starts no program.
exec {silence}<> <(:)

# wait_for SECONDS COMMAND...: until the command succeeds; fails when it has not in that time. What comes at once is seen
# at once, and what takes long is asked for less and less often.
wait_for() {
	local end=$((SECONDS + $1 * slowness)) pause=100

	shift
	until "$@" > "$work/wait.out" 2>&1; do
		if [ $SECONDS -ge $end ]; then
			echo "waited in vain for: $*"
			cat "$work/wait.out"
			return 1
		fi
		read -r -t "0.$pause" -u "$silence"
		pause=$((pause < 450 ? pause * 2 : 900))
	done
}

not() {
	! "$@"
}

# In time travel no time passes while a thread waits by sched_yield() for another one of its process, as those of libuv do
# after a name was looked up or files were read. The common scheduler, which goes by time, then never lets the other one
# run; this one does.
culvertd=(culvertd)
! grep -q time-travel /proc/cmdline || culvertd=(chrt --rr 1 culvertd)

# Whether the kernel spends memory and time on looking for faults.
is_debug_kernel() {
	[ -e /sys/kernel/debug/kmemleak ]
}

# KiB that are free once caches and what waits for RCU are given back.
free_memory() {
	local last=0 now=1000000

	while [ $((now > last ? now - last : last - now)) -gt 64 ]; do
		last=$now
		sleep 1
		sync
		echo 3 > /proc/sys/vm/drop_caches
		now=$(awk '$1 == "MemFree:" { print $2 }' /proc/meminfo)
	done
	echo "$now"
}

# KiB that the kernel has given to itself, once caches are given back. Free memory would not do: files and processes are
# in it, too.
kernel_memory() {
	free_memory > /dev/null
	awk '$1 == "Slab:" || $1 == "Percpu:" || $1 == "VmallocUsed:" { sum += $2 } END { print sum }' /proc/meminfo
}

# --- network ----------------------------------------------------------------------------------------------------

# topology CLIENTS
topology() {
	local ns

	system_log
	ip netns add wire
	ip -n wire link add bridge type bridge
	ip -n wire link set bridge up
	attach server "$outer_server"
	for ns in $(seq 1 "$1"); do
		attach "client$ns" "192.0.2.$((10 + ns))"
	done
}

# attach NAMESPACE ADDRESS
attach() {
	ip netns add "$1"
	ip -n "$1" link set lo up
	ip -n wire link add "$1" type veth peer name eth0 netns "$1"
	ip -n wire link set "$1" master bridge
	ip -n wire link set "$1" up
	ip -n "$1" link set eth0 up
	ip -n "$1" address add "$2/24" dev eth0
}

# What pptp has to say goes to the system's log only.
system_log() {
	rm -f /dev/log
	socat -u UNIX-RECV:/dev/log,mode=666 "OPEN:$work/syslog.log,creat,append" 2> /dev/null &
	wait_for 5 test -S /dev/log
}

# new_log NAME: print where the next process of that name logs; what an earlier one said is kept beside it.
new_log() {
	local n=1

	if [ -e "$work/$1.log" ]; then
		while [ -e "$work/$1.$n.log" ]; do
			n=$((n + 1))
		done
		mv "$work/$1.log" "$work/$1.$n.log"
	fi
	printf '%s\n' "$work/$1.log"
}

# --- the server -------------------------------------------------------------------------------------------------

# Further sections of the server's configuration.
server_sections=
# Further options of its section control.
control_options=

# server_config [OPTION...]: print a configuration; each OPTION is a line added to the server's section.
server_config() {
	cat <<END
log { target = stderr  level = ${log_level:-info} }
control { socket = "$control_socket" $control_options }
state { addresses = "$work/addresses" }
pool "users" { range = { "$pool" } }
server "office" {
	listen = { "$outer_server" }
	secrets = "$work/secrets"
	pool = "users"
	local-address = "$inner_server"
END
	[ $# -eq 0 ] || printf '\t%s\n' "$@"
	printf '}\n%s\n' "$server_sections"
}

# user NAME PASSWORD [ADDRESSES]
user() {
	printf '%s * %s %s\n' "$1" "$2" "${3:-*}" >> "$work/secrets"
	chmod 600 "$work/secrets"
}

# server_start [OPTION...]: start culvertd in `server`, ready when this returns. Users alice and bob are known.
server_start() {
	local log

	grep -qs '^alice ' "$work/secrets" || user alice wonder
	grep -qs '^bob ' "$work/secrets" || user bob builder
	server_config "$@" > "$work/culvert.conf"
	log=$(new_log server)
	in_ns server "${culvertd[@]}" -c "$work/culvert.conf" > "$log" 2>&1 &
	server_pid=$!
	wait_for 10 server_listens || echo "# culvertd does not come up"
}

server_listens() {
	[ -n "$(in_ns server ss -Hltn 'sport = :1723')" ] && [ -S "$control_socket" ]
}

# sessions FILTER: what a jq filter makes of the list of sessions.
sessions() {
	pppctl -j session list | jq -r "$1"
}

# session_count N: whether the daemon has exactly N sessions that are up.
session_count() {
	[ "$(sessions '[.[] | select(.state == "up")] | length')" = "$1" ]
}

# Whether the server has nothing of any session: none listed, no device, no route, no call in the kernel.
server_is_clean() {
	[ "$(sessions length)" = 0 ] && nothing_left server
}

# nothing_left NAMESPACE: whether it has only the devices and routes that the topology gave it.
nothing_left() {
	ip -n "$1" -br link | awk '{ sub("@.*", "", $1); print $1 }' | sort | tr '\n' ' ' | grep -x 'eth0 lo ' || {
		ip -n "$1" -br link
		return 1
	}
	ip -n "$1" route | grep -v '^192.0.2.0/24 dev eth0' && return 1
	return 0
}

# Whether no PPTP socket is open any more: each holds the module.
module_is_idle() {
	[ "$(awk '$1 == "culvert" { print $3 }' /proc/modules)" = 0 ] || {
		grep culvert /proc/modules
		return 1
	}
}

# --- clients ----------------------------------------------------------------------------------------------------

# The guest's own hooks for address changes have nothing to do here; a test may want them. Those of an earlier test in the
# same guest are not the guest's own.
! mkdir /etc/ppp/debian 2> /dev/null || mv /etc/ppp/ip-{pre-up,up,down} /etc/ppp/ipv6-{up,down} /etc/ppp/debian 2> /dev/null
rm -f /etc/ppp/ip-{pre-up,up,down} /etc/ppp/ipv6-{up,down}

# Which proofs of themselves pppds refuse, and which encryption they want.
client_auth="refuse-eap refuse-pap refuse-chap refuse-mschap require-mppe-128"

# dial CLIENT USER PASSWORD [PPPD OPTION...]: Debian's pptp and pppd, in the background; the server has been asked for a
# call when this returns. Options that are given come after ours and so win. Once in a while the two halves of pptp miss
# each other when they start, and no call is ever asked for; then, and only then, it is started again.
dial() {
	local pid="${1}_pid"

	start_client "$@"
	wait_for 8 asked_or_ended "$1" > /dev/null && return
	echo "# $1: pptp asks for no call, once more"
	kill_now "${!pid}"
	signal_client "$1" KILL
	start_client "$@"
}

# Each client has a /run of its own, since pptp shares one call manager per server there.
start_client() {
	local client=$1 user=$2 password=$3 log

	shift 3
	log=$(new_log "$client")
	# shellcheck disable=SC2086 # several options
	in_ns "$client" unshare -m sh -c 'mount -t tmpfs run /run && mkdir /run/pptp && exec "$@"' sh \
		pppd pty "pptp $outer_server --nolaunchpppd --nohostroute --logstring $log ${pptp_options:-}" \
		nodetach noauth nodefaultroute noipdefault noaccomp nopcomp debug \
		$client_auth user "$user" password "$password" "$@" > "$log" 2>&1 &
	eval "${client}_pid=$! ${client}_log=$log ${client}_calls=\$(calls_of $log)"
}

# calls_of LOG: how many calls the pptp that goes by this name has asked for.
calls_of() {
	grep -a -c "$1 .*Outgoing-Call-Request" "$work/syslog.log" 2> /dev/null
}

asked_or_ended() {
	local log="${1}_log" calls="${1}_calls"

	has_ended "$1" || [ "$(calls_of "${!log}")" -gt "${!calls:-0}" ]
}

# hang_up CLIENT: as a user does, and wait until pppd has ended.
hang_up() {
	local pid="${1}_pid"

	kill -TERM "${!pid}"
	wait "${!pid}" 2>/dev/null
	return 0
}

# signal_client CLIENT SIGNAL: to all that runs there at once, as when the machine dies or freezes.
signal_client() {
	# shellcheck disable=SC2046 # several processes
	kill "-$2" $(ip netns pids "$1") 2> /dev/null
	return 0
}

# kill_now PID: without a chance to clean up; it is gone when this returns.
kill_now() {
	{ kill -KILL "$1" && wait "$1"; } 2>/dev/null
	return 0
}

# is_running PID: whether the process has not ended. One that has ended is there until this shell has waited for it, and
# takes signals until then, so that `kill -0` does not tell: the shell waits when it is told of the end, unless that
# came in an ill moment, and then it waits for the next child that ends.
is_running() {
	local state

	state=$(awk '$1 == "State:" { print $2 }' "/proc/$1/status" 2>/dev/null)
	[ -n "$state" ] && [ "$state" != Z ]
}

address_of() {
	ip -n "$1" -4 -br address show dev ppp0 2>/dev/null | awk '{ print $3 }'
}

is_up() {
	address_of "$1" | grep -q '^10\.99\.0\.'
}

# has_ended CLIENT: whether its pppd is gone.
has_ended() {
	local pid="${1}_pid"

	! is_running "${!pid}"
}

# worsen_wire CLIENT NETEM [MORE]: the wire to and from CLIENT loses, delays and so on as NETEM says; what it sends suffers
# MORE besides.
worsen_wire() {
	# shellcheck disable=SC2086 # netem's options are several words
	tc -n wire qdisc replace dev "$1" root netem $2 && tc -n "$1" qdisc replace dev eth0 root netem $2 ${3-}
}

mend_wire() {
	tc -n wire qdisc del dev "$1" root && tc -n "$1" qdisc del dev eth0 root
}

# --- traffic ----------------------------------------------------------------------------------------------------

# ping_from NAMESPACE ADDRESS [OPTION...]
ping_from() {
	local ns=$1 address=$2

	shift 2
	in_ns "$ns" ping -n -q -c 3 -i 0.2 -W $((5 * slowness)) "$@" "$address"
}

# In time travel no time passes while a ping is answered, and so none at all during a flood.
ping_flood=(-f)
! grep -q time-travel /proc/cmdline || ping_flood=(-i 0.002)

# transfer FROM TO ADDRESS BYTES: send random bytes over TCP to ADDRESS, where TO listens; they must arrive unchanged, within
# $patience seconds (60). The sender ends when its kernel has the bytes, long before they arrive perhaps; so the receiver
# has a limit of its own.
transfer() {
	local port=$((20000 + RANDOM % 20000)) limit=$((${patience:-60} * slowness)) receiver

	head -c "$4" /dev/urandom > "$work/sent"
	timeout $limit in_ns "$2" socat -u "TCP-LISTEN:$port,bind=$3" "OPEN:$work/received,creat,trunc" &
	receiver=$!
	wait_for 5 listens "$2" "$port" || return
	timeout $limit in_ns "$1" socat -u "OPEN:$work/sent" "TCP:$3:$port" || {
		kill $receiver
		wait $receiver
		return 1
	}
	wait $receiver || {
		echo "$(stat -c %s "$work/received") of $4 bytes arrived in time"
		return 1
	}
	cmp "$work/sent" "$work/received"
}

listens() {
	[ -n "$(in_ns "$1" ss -Hltn "sport = :$2")" ]
}

# sniff NAMESPACE DEVICE N FILTER: the first N packets that match are told in $work/sniffed, from when this returns; then
# the process $sniffer ends.
sniff() {
	: > "$work/sniff.err"
	in_ns "$1" timeout $((20 * slowness)) tcpdump -l -n -c "$3" -i "$2" "$4" \
		> "$work/sniffed" 2> "$work/sniff.err" &
	sniffer=$!
	wait_for 10 grep -q 'listening on' "$work/sniff.err"
}

# capture_start NAMESPACE FILE: all that crosses its eth0, from when this returns.
capture_start() {
	capture_ns=$1 capture_file=$2
	in_ns "$1" tcpdump -i eth0 -U -B 8192 --immediate-mode -w "$2" 2> "$work/tcpdump.log" &
	capture_pid=$!
	wait_for 10 grep -q '^tcpdump: listening' "$work/tcpdump.log"
}

# capture_stop: what is captured is on file when this returns. What tcpdump has not yet read when it is told to end is
# lost, so it is told when it has written something that was sent last.
capture_stop() {
	wait_for 10 capture_has_the_last || echo "# the capture has no end"
	kill -TERM "$capture_pid"
	wait "$capture_pid"
}

capture_has_the_last() {
	echo "last of the capture" |
		in_ns "$capture_ns" socat -u - UDP4-DATAGRAM:255.255.255.255:9,broadcast,so-bindtodevice=eth0
	grep -q -a "last of the capture" "$capture_file"
}
