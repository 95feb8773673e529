#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who is in proves himself again and again, to which pppd answers by itself; traffic and its encryption go on. A user who
# may not come in any more has to go.
. "$(dirname "$0")/lib.sh"

# proofs: how many of alice's were right.
proofs() {
	grep -a -c 'rcvd \[CHAP Success' "$work/client1.log"
}

# several_proofs N
several_proofs() {
	[ "$(proofs)" -ge "$1" ]
}

plan 17
topology 1
for link in session shared; do
	server_sections='user "alice" { rechallenge = 5 }'
	check "$link: a server" server_start "link = $link" 'rechallenge = 3600'
	dial client1 alice wonder
	check "$link: alice comes up" wait_for 30 is_up client1
	check "$link: the interval is shown" \
		eval 'pppctl session show "$(sessions ".[0].id")" | tee /dev/stderr | grep "in effect  *rechallenge 5 s"'
	check "$link: her traffic flows for half a minute" ping_from client1 "$inner_server" -c 300 -i 0.1 -W 1
	check "$link: meanwhile she has proved herself six times" several_proofs 6
	check "$link: and no packet was lost" eval 'ping_from client1 "$inner_server" -c 100 -i 0.1 | grep " 0% packet loss"'
	check "$link: nobody was let in for a second time" [ "$(grep -c 'alice.*authenticated' "$work/server.log")" = 1 ]
	sed -i 's/wonder/looking-glass/' "$work/secrets"
	pppctl reload
	check "$link: she has to go when her password is another one" \
		eval 'wait_for 20 has_ended client1 && wait_for 10 session_count 0'
	sed -i 's/looking-glass/wonder/' "$work/secrets"
	kill -TERM "$server_pid"
	wait "$server_pid"
done
check "the log says why" grep 'failed: user "alice", session [0-9]*, mschap-v2: wrong password$' "$work/server.log"
finish
