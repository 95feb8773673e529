#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A name server that does not answer: it holds up neither a client whose server's name the host knows by itself, nor
# anybody who asks a client down, nor the daemon's end.
. "$(dirname "$0")/client_lib"

name=vpn.culvert.test
waiting="one two three four five"

# It takes all questions and answers none.
play_name_server() {
	echo "nameserver $outer_server" > "$work/resolv.conf"
	cat "$work/resolv.conf" > /etc/resolv.conf
	in_ns server socat -u "UDP-RECV:53,bind=$outer_server" "OPEN:$work/questions,creat" &
	wait_for 5 eval '[ -n "$(in_ns server ss -Hlun "sport = :53")" ]'
}

# client_of NAME SERVER: a client as hq.
client_of() {
	client_config | sed -n '/^client/,$p' | sed -e "s/\"hq\"/\"$1\"/" -e "s/server = .*/server = \"$2\"/"
}

asks() {
	ctl -j client show "$1" | jq -r '.state + ", " + .step' | tee /dev/stderr | grep -qx 'dialing, name lookup'
}

all_ask() {
	local client

	for client in $waiting; do
		asks "$client" || return
	done
}

has_ended() {
	not kill -0 "$client_pid"
}

plan 7
topology 1
server_start
sed "/$name/d" /etc/hosts > "$work/hosts"
echo "$outer_server $name" >> "$work/hosts"
cat "$work/hosts" > /etc/hosts
secret wonder
{
	client_config | sed '/^client/,$d'
	for client in $waiting; do
		client_of "$client" "$client.culvert.test"
	done
	client_of hq "$name"
} > "$work/client.conf"
check "a name server does not answer" play_name_server
client_run
check "a client whose server is in /etc/hosts comes up" wait_for 5 hq_is up
check "while others wait for the name server" eval 'all_ask && wait_for 5 test -s "$work/questions"'
check "asked down" ctl client down one
check "one of those is down at once" wait_for 2 eval '[ "$(ctl -j client show one | jq -r .state)" = down ]'
kill -TERM "$client_pid"
check "the daemon ends in good order while they wait" eval 'wait_for 5 has_ended && wait "$client_pid"'
check "and leaves no process behind" eval 'not pgrep -f "culvertd: lookup"'
finish
