#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A server is drained: nobody new comes in, who is in stays until he leaves or the time is up, and a reload changes
# nothing of it.
. "$(dirname "$0")/lib.sh"

# A balancer that looks whether the server is there.
answers() {
	in_ns client2 timeout 5 socat /dev/null "TCP:$outer_server:1723"
}

# state_is PATTERN: of the only server, as pppctl tells it.
state_is() {
	pppctl status | tee /dev/stderr | grep -q "^office .*  $1\$"
}

says() {
	grep "server office .*$1" "$work/server.log"
}

is_refused() {
	dial client2 bob builder
	wait_for 20 has_ended client2 && grep -a 'Connection refused' "$work/client2.log" "$work/syslog.log"
}

plan 19
topology 2
server_start
dial client1 alice wonder
check "alice comes up" wait_for 30 is_up client1
check "the server answers" answers
check "it is open" state_is open
check "it is drained" pppctl drain
check "the log tells so" says 'is drained: nobody new comes in, and 1 session is left'
check "pppctl tells so" state_is draining
check "the server does not answer any more" not answers
check "a client is refused" is_refused
check "alice has stayed" ping_from client1 "$inner_server"
check "it stays drained when it is reloaded" eval 'pppctl reload && state_is draining && not answers'
check "it is drained no more" eval 'pppctl undrain office && state_is open && says "users may come in"'
dial client2 bob builder
check "bob comes up" wait_for 30 is_up client2
check "there is no other server" not pppctl drain elsewhere 5
hang_up client1
check "it is drained for a time" eval 'wait_for 10 session_count 1 && pppctl drain office 20 && state_is "draining, ends in [12].*s"'
check "bob stays for most of it" eval 'sleep 15; ping_from client2 "$inner_server"'
check "then he is told that it is over" eval 'wait_for 20 has_ended client2 && grep "rcvd \[LCP TermReq" "$work/client2.log"'
check "nobody is left" eval 'wait_for 10 state_is drained && says "has been drained: no session is left"'
check "who waits for that does not wait any more" timeout 10 pppctl drain wait
kill -TERM "$server_pid"
check "the server ends in good order, and nothing is left" eval 'wait "$server_pid" && nothing_left server'
finish
