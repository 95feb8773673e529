#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The control socket: Varlink as docs/api.md shows it, what groups may do, and who is named in the log.
. "$(dirname "$0")/lib.sh"

guide=$(dirname "$0")/../../docs/api.md

# ask METHOD [PARAMETERS]: print the reply.
ask() {
	python3 - "$@" <<-'END'
		import json, socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.settimeout(20)
		s.connect("/run/culvert/control.sock")
		parameters = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
		s.sendall(json.dumps({"method": sys.argv[1], "parameters": parameters}).encode() + b"\0")
		print(b"".join(iter(lambda: s.recv(1), b"\0")).decode())
	END
}

one_up() {
	dial client1 alice wonder
	wait_for 30 is_up client1 && session_count 1
}

# as GROUP COMMAND...: as somebody who is in that group and nobody else.
as() {
	setpriv --reuid 65534 --regid 65534 --groups "$1" "${@:2}"
}

# The first example of the guide, which lists, and counts those who are idle.
python_example() {
	sed -n '/^```python$/,/^```$/{ /^```$/q; /^```/!p }' "$guide" > "$work/example.py"
	python3 "$work/example.py" | tee /dev/stderr | grep -qE '^[0-9]+ alice 10\.'
}

# Each interface that the daemon names is described, and the text is the one of the sources.
described() {
	local name n=0

	for name in $(ask org.varlink.service.GetInfo | jq -r '.parameters.interfaces[]'); do
		ask org.varlink.service.GetInterfaceDescription "{\"interface\":\"$name\"}" |
			jq -r .parameters.description > "$work/description"
		grep -qx "interface $name" "$work/description" || return
		[ "$name" = org.varlink.service ] ||
			diff -B "$(dirname "$0")/../../daemon/control/varlink/$name.varlink" "$work/description" || return
		n=$((n + 1))
	done
	[ "$n" -ge 9 ]
}

busiest() {
	pppctl top interval 2 count 1 | tee /dev/stderr | grep -q 'sessions: 1, receiving [1-9]'
}

user_is_known() {
	pppctl user list | tee /dev/stderr | grep -qE '^alice +1 ' &&
		pppctl user show alice | tee /dev/stderr | grep -q "known to .*/secrets:[0-9]" &&
		! pppctl user show nobody
}

# The kernel has counted what was sent through the tunnel.
counted() {
	pppctl session stats user alice | tee /dev/stderr | grep -qE '^  rx packets +[1-9]'
}

# What is in use, and what a reload would change: it names the line.
told_of_config() {
	pppctl config show server | tee /dev/stderr | grep -qE '^ +secrets = .* # .*culvert\.conf:[0-9]+$' || return
	pppctl config diff | tee /dev/stderr | grep -qx 'a reload would change nothing' || return
	server_config 'mtu = 1400' > "$work/culvert.conf"
	pppctl config diff | tee /dev/stderr |
		grep -qE '^server "[^"]*": mtu = 1400, is auto \(.*culvert\.conf:[0-9]+\)$'
}

defaults_are_right() {
	server_config > "$work/with.conf"
	pppctl config dump-defaults >> "$work/with.conf" && grep -qx '#server "NAME" {' "$work/with.conf" &&
		pppctl config check "$work/with.conf"
}

# Lines about alice are not written, and those about others are.
quiet() {
	pppctl log set user alice error for 10m && pppctl log list | tee /dev/stderr | grep -qE '^user alice +error +' ||
		return
	pppctl user kill alice && wait_for 10 has_ended client1 || return
	! grep 'session .* (alice, .*: down' "$work/server.log" || return
	pppctl log unset all && ! pppctl log unset all && one_up && pppctl user kill alice &&
		wait_for 10 grep 'session .* (alice, .*: down' "$work/server.log"
}

# The steps of one peer are written, from its connection on.
loud() {
	local peer

	peer=$(sessions '.[0].peer')
	! grep 'debug: ' "$work/server.log" || return
	pppctl user kill alice && wait_for 10 has_ended client1 && pppctl log set peer "$peer" debug && one_up &&
		grep "debug: server office, $peer: connected, host " "$work/server.log" && pppctl log unset peer "$peer"
}

plan 17
topology 1
control_options='group = "games" read-group = "daemon" capture-group = "man"'
server_start
check "a client is up" one_up
check "the example of the guide" python_example
check "interfaces are described" described
in_ns client1 ping -q -i 0.1 -c 50 -s 1000 "$inner_server" > /dev/null &
check "rates are shown" busiest
wait $!
check "users are told of" user_is_known
check "and what the kernel counts of them" counted
check "so is the configuration, and a change of it" told_of_config
check "and all its defaults" defaults_are_right
check "lines about a user have a level of their own" quiet
check "a client is up again" one_up
check "its steps are written if somebody asks for them" loud
check "who may look looks" as daemon pppctl session list
check "and may not change anything" eval 'as daemon pppctl session kill 1 2>&1 | grep "may not do that"'
check "others are not let in" eval 'as nogroup pppctl status 2>&1 | grep -E "may not (be used by you|do that)"'
check "who may change something ends a session" as games pppctl session kill user alice
check "and is named" grep 'control: uid 65534 (process [0-9]*) calls org.culvert.Session.Kill {"filter":{"user":"alice"}}' "$work/server.log"
check "the session has ended" wait_for 10 has_ended client1
finish
